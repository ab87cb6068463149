"""The exception tree drawn in errors.py is the real one, and nothing else is raised on purpose."""

import ast
import inspect
import pickle
import re
from pathlib import Path

import pytest

import backstride
from backstride import errors
from backstride.errors import BackstrideError, MissingExtraError, ReadError

SOURCE = Path(backstride.__file__).parent
#: Python's own exceptions for a programmer's mistake, never for a person's input.
FOR_PROGRAMMERS = {"ValueError", "AttributeError", "SystemExit"}


def drawn(text: str) -> dict[str, str]:
    """Child -> parent, from a tree drawn with ├── and └──."""
    parents: list[str] = []
    tree = {}
    for line in text.splitlines():
        found = re.match(r"^(\s*)([│ ]*(?:[├└]── )?)([A-Z]\w+Error)\b", line)
        if not found:
            continue
        depth = len(found[2]) // 4
        parents = [*parents[:depth], found[3]]
        if depth:
            tree[found[3]] = parents[depth - 1]
    return tree


def real() -> dict[str, str]:
    return {
        name: cls.__mro__[1].__name__
        for name, cls in vars(errors).items()
        if inspect.isclass(cls) and issubclass(cls, BackstrideError) and cls is not BackstrideError
    }


def raised(text: str) -> set[str]:
    """Names of the exceptions that a file raises, where they can be told."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            exc = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(exc, ast.Name) and exc.id[0].isupper():
                names.add(exc.id)
    return names


def test_the_tree_drawn_is_the_real_one() -> None:
    assert drawn(errors.__doc__ or "") == real()


def test_a_planted_lie_in_the_tree_is_caught() -> None:
    assert drawn("BackstrideError\n├── ReadError\n│   └── LostError") != real()
    assert drawn("A_Error") == {}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.name)
def test_only_the_tree_is_raised(path: Path) -> None:
    assert raised(path.read_text()) <= set(real()) | {"BackstrideError"} | FOR_PROGRAMMERS


def test_a_planted_foreign_exception_is_caught() -> None:
    assert raised("raise RuntimeError('x')") == {"RuntimeError"}


@pytest.mark.parametrize(
    "error",
    [ReadError("a.fit", 12, "is cut", "copy it again"), MissingExtraError("export", "Parquet")],
)
def test_an_error_crosses_to_another_process_whole(error: BackstrideError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (str(again), again.hint, type(again)) == (str(error), error.hint, type(error))
