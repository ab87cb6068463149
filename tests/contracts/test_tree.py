"""What the tree refuses: long files, catch-all modules, bags of keywords."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500
REFUSED = {"utils", "helpers", "common", "misc"}
CODE = sorted(
    path
    for folder in ("src", "tests", "validation", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
)


def faults(name: str, text: str) -> list[str]:
    """What a file does that the tree refuses."""
    said = []
    if len(text.splitlines()) > LONGEST:
        said.append(f"{name}: longer than {LONGEST} lines")
    if Path(name).stem in REFUSED:
        said.append(f"{name}: says nothing about what is in it")
    for node in ast.walk(ast.parse(text)):
        public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if public and node.args.kwarg is not None and node.name != "traced":
            said.append(f"{name}:{node.lineno}: takes a bag of keywords")
    return said


@pytest.mark.parametrize("path", [p for p in CODE if "src" in p.parts], ids=lambda p: p.stem)
def test_a_file_is_what_the_tree_accepts(path: Path) -> None:
    assert faults(str(path.relative_to(ROOT)), path.read_text()) == []


@pytest.mark.parametrize("path", [p for p in CODE if "src" not in p.parts], ids=lambda p: p.stem)
def test_no_other_file_is_too_long_or_nameless(path: Path) -> None:
    said = faults(str(path.relative_to(ROOT)), path.read_text())
    assert [fault for fault in said if "keywords" not in fault] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "x = 1\n" * 501),
        ("utils.py", ""),
        ("a.py", "def run(**options):\n    pass"),
    ],
)
def test_a_planted_offender_is_caught(name: str, text: str) -> None:
    assert faults(name, text)


def namesakes(names: list[str]) -> set[str]:
    """Names of test files that stand in several folders: pytest reads only one of them."""
    return {name for name in names if names.count(name) > 1}


def test_no_two_test_files_have_one_name() -> None:
    assert namesakes([path.name for path in (ROOT / "tests").rglob("test_*.py")]) == set()


def test_planted_namesakes_are_caught() -> None:
    assert namesakes(["test_a.py", "test_b.py", "test_a.py"]) == {"test_a.py"}
