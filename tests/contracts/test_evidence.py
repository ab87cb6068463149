"""Every number is sourced, derived as it says, inside its interval and used; units are declared."""

import ast
import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import backstride
from backstride.errors import EvidenceError
from backstride.evidence import Constant, Equation, Regression, all_constants, constant, equation
from backstride.evidence import audit as audit_module
from backstride.evidence.audit import audit
from backstride.evidence.constants import entries, parse
from backstride.vocabulary import QUANTITIES

SOURCE = Path(backstride.__file__).parent
#: Rooms in which no number may stand but these: everything else has a source and a name.
ROOMS = ("models", "motion", "body", "benefits")
PLAIN = {0, 0.5, 1, 2, 60, 100, 1000}


def equations() -> dict[str, tuple[Equation, Any]]:
    """Every `@equation` of the package, by name, with its function."""
    found = {}
    for module in walk_packages(backstride.__path__, "backstride."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(import_module(module.name)).values():
            about = getattr(value, "equation", None)
            if isinstance(about, Equation):
                found[about.name] = (about, value)
    return found


def undeclared(about: Equation) -> list[str]:
    """What an equation returns or takes that the vocabulary does not know."""
    unknown = [] if about.returns in QUANTITIES else [f"returns {about.returns}"]
    return unknown + [f"takes {name}" for name in about.parameters if name not in QUANTITIES]


def bare_numbers(text: str) -> list[int]:
    """Lines with a number that has no name; an index or slice may be any whole number."""
    tree = ast.parse(text)
    indices = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        for inner in ast.walk(node.slice)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, int)
    }
    plain = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and id(node) not in indices
        and node.value not in PLAIN
    ]
    return plain + [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub)
        and (value := folded(node)) is not None
        and value not in PLAIN | {3}
    ]


def folded(node: ast.expr) -> float | None:
    """The number that plain arithmetic hides, or None where there is more than numbers."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = folded(node.left), folded(node.right)
        if left is not None and right is not None:
            return float(eval(compile(ast.Expression(node), "", "eval")))  # noqa: S307  # numbers only
    return None


def rooms() -> list[str]:
    return sorted(
        str(path.relative_to(SOURCE)) for room in ROOMS for path in (SOURCE / room).rglob("*.py")
    )


@pytest.mark.parametrize("path", rooms())
def test_no_number_stands_bare_where_equations_are(path: str) -> None:
    assert bare_numbers((SOURCE / path).read_text()) == []


def test_a_planted_bare_number_is_caught() -> None:
    assert bare_numbers("def cost(v):\n    return 3.6 * v") == [2]
    assert bare_numbers("x = y[3] + 2 * 60 ** 0.5") == []
    assert bare_numbers("format(3)") == [1]
    assert bare_numbers("week = 2 + 2 + 2 + 1")
    assert bare_numbers("half = 1 / 2") == []


@pytest.mark.parametrize("name", sorted(equations()))
def test_an_equation_speaks_the_vocabulary(name: str) -> None:
    about, function = equations()[name]
    assert undeclared(about) == []
    assert inspect.getdoc(function), f"{name} has no docstring"


def test_a_planted_equation_with_unknown_units_is_caught() -> None:
    @equation(returns="speed_kmh", source="")
    def planted(velocity: float) -> float:
        return velocity

    assert undeclared(planted.equation) == ["returns speed_kmh", "takes velocity"]  # type: ignore[attr-defined]  # set by the decorator


def test_a_constant_that_can_be_given_by_position_is_refused() -> None:
    number = constant("energy.resting_oxygen")
    with pytest.raises(EvidenceError, match="by position"):

        @equation(returns="ratio", source="")
        def planted(rest: Constant = number) -> float:
            return rest


def test_the_audit_finds_nothing() -> None:
    from backstride.app import evidence as app

    assert app.evidence_audit() == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": ["nobody1900"]}, "nobody1900: is cited but not in the bibliography"),
        ({"value": 9.0}, "outside its own interval"),
        ({"value": 1.2}, "its derivation gives"),
        ({"derivation": {"rule": "wishful"}}, "no rule is called 'wishful'"),
        ({"grade": "E"}, "'E' is not a valid Grade"),
        ({"colour": "red"}, "unknown field colour"),
    ],
)
def test_the_audit_catches_a_planted_fault(
    change: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "gait.stride_frequency_ratio"
    planted = {**entries(), name: {**entries()[name], **change}}
    monkeypatch.setattr(audit_module, "entries", lambda: planted)
    faults = audit(used_constants=set(planted), used_sources=())
    assert any(said in fault for fault in faults), faults


def test_the_audit_catches_a_constant_that_nothing_uses() -> None:
    faults = audit(used_constants=set(entries()) - {"energy.resting_power"}, used_sources=())
    assert "constant energy.resting_power: nothing uses it" in faults


@pytest.mark.parametrize("field", ["source", "unit", "grade", "interval", "kind", "population"])
def test_no_field_of_a_constant_has_a_default(field: str) -> None:
    entry = dict(entries()["energy.resting_power"])
    entry.pop("sources" if field == "source" else field)
    with pytest.raises(EvidenceError, match="has no"):
        parse("energy.resting_power", entry)


@pytest.mark.parametrize("number", all_constants(), ids=lambda n: n.provenance.name)
def test_draws_of_a_constant_fill_its_interval(number: Constant | Regression) -> None:
    """2.5 % below, 50 % below the value, 2.5 % above: what the interval says it means."""
    import numpy as np

    from backstride.evidence.tracing import deviates

    about = number.provenance
    drawn = number.drawn(deviates(about.name))
    values = np.ravel(drawn.factor if isinstance(drawn, Regression) else drawn)
    middle = 1.0 if isinstance(number, Regression) else float(number)
    low, median, high = np.quantile(values, [0.025, 0.5, 0.975])
    room = 0.03 * (about.high - about.low) + 1e-12
    assert abs(low - about.low) <= room
    assert abs(median - middle) <= room
    assert abs(high - about.high) <= room
