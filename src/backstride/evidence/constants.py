"""Numbers that came from papers: each with its interval, kind, source and grade.

A number enters the program as one entry of ``constants/*.toml``. There is no default for any
of its fields: an entry that leaves one out does not load.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from backstride.errors import EvidenceError
from backstride.evidence.grade import Grade

Floats = npt.NDArray[np.float64]


class Kind(StrEnum):
    """How a number came about."""

    MEASURED = "measured"  # read in the source
    DERIVED = "derived"  # arithmetic on numbers read in the sources
    DEFINITION = "definition"  # part of a published method, true by definition
    TUNED = "tuned"  # chosen by the project on recordings or simulations that it names
    ASSUMED = "assumed"  # chosen by the project for want of anything better


class IntervalOf(StrEnum):
    """What the interval of a number means."""

    BETWEEN_PEOPLE = "between_people"  # 95 % of runners are expected in it
    OF_MEAN = "of_mean"  # 95 % confidence interval of the group's mean
    RANGE = "range"  # the lowest and highest value that would be defensible
    EXACT = "exact"  # no interval: a definition, a choice, or a paper that gives none


class Shape(StrEnum):
    """How draws are spread over the interval."""

    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    EXACT = "exact"


@dataclass(frozen=True)
class Provenance:
    """Everything about a number but the number."""

    name: str
    low: float
    high: float
    unit: str
    kind: Kind
    interval: IntervalOf
    shape: Shape
    population: str
    sources: tuple[str, ...]
    where: str
    grade: Grade


class Constant(float):
    """A number with its provenance; behaves as a float."""

    provenance: Provenance

    def __new__(cls, value: float, provenance: Provenance) -> "Constant":
        self = super().__new__(cls, value)
        self.provenance = provenance
        return self

    def __getnewargs__(self) -> tuple[float, Provenance]:  # type: ignore[override]  # float's own takes none
        return float(self), self.provenance

    def drawn(self, z: Floats) -> Floats:
        """Values at standard normal deviates `z`, spread as the entry's shape says."""
        return _spread(float(self), self.provenance, z)


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients of one equation, with the paper's prediction error as one factor.

    Coefficients of a regression are correlated; drawing each on its own would invent people who
    do not exist. So the whole prediction is scaled by `factor`, which is 1 but when drawn.

    Attributes
    ----------
    coefficients
        Highest power first.
    factor
        1.0, or shape (draws, 1).
    """

    coefficients: tuple[float, ...]
    provenance: Provenance
    factor: float | Floats = 1.0

    def __call__(self, x: npt.ArrayLike) -> Floats:
        """The polynomial at `x`, times the factor."""
        y = np.polyval(self.coefficients, np.asarray(x, dtype=np.float64)) * self.factor
        return np.asarray(y, dtype=np.float64)

    def drawn(self, z: Floats) -> "Regression":
        """The same equation for other people: its factor at standard normal deviates `z`."""
        return Regression(self.coefficients, self.provenance, _spread(1.0, self.provenance, z))


_Z95 = 1.959963984540054  # half the width of a 95 % interval, in standard deviations


def _spread(value: float, about: Provenance, z: Floats) -> Floats:
    """Draws whose 2.5th, 50th and 97.5th percentiles are low, value and high."""
    if about.shape is Shape.EXACT:
        return np.full(z.shape, value)
    if about.shape is Shape.LOGNORMAL:
        low, middle, high = np.log(about.low), np.log(value), np.log(about.high)
    else:
        low, middle, high = about.low, value, about.high
    drawn = middle + z / _Z95 * np.where(z < 0, middle - low, high - middle)
    return np.asarray(np.exp(drawn) if about.shape is Shape.LOGNORMAL else drawn, dtype=np.float64)


_REQUIRED = tuple(f.name for f in fields(Provenance) if f.name != "name")
_OPTIONAL = ("value", "coefficients", "derivation")


def parse(name: str, entry: Mapping[str, Any]) -> Constant | Regression:
    """One TOML entry as a constant or a regression.

    Raises
    ------
    EvidenceError
        A field is missing, unknown, or contradicts another.
    """

    def wrong(what: str) -> EvidenceError:
        return EvidenceError(f"constant {name}: {what}", hint="see CONTRIBUTING, 'Add a study'")

    if missing := [field for field in _REQUIRED if field not in entry]:
        raise wrong(f"has no {', '.join(missing)}")
    if unknown := sorted(set(entry) - set(_REQUIRED) - set(_OPTIONAL)):
        raise wrong(f"has an unknown field {', '.join(unknown)}")
    if ("value" in entry) == ("coefficients" in entry):
        raise wrong("needs either value or coefficients")
    try:
        about = Provenance(
            name=name,
            low=float(entry["low"]),
            high=float(entry["high"]),
            unit=str(entry["unit"]),
            kind=Kind(entry["kind"]),
            interval=IntervalOf(entry["interval"]),
            shape=Shape(entry["shape"]),
            population=str(entry["population"]),
            sources=tuple(entry["sources"]),
            where=str(entry["where"]),
            grade=Grade(entry["grade"]),
        )
    except (ValueError, TypeError) as error:
        raise wrong(str(error)) from error
    value = float(entry.get("value", 1.0))
    if not about.low <= value <= about.high:
        raise wrong(f"{value:g} is outside its own interval {about.low:g} to {about.high:g}")
    if (about.shape is Shape.EXACT) != (about.interval is IntervalOf.EXACT):
        raise wrong("shape and interval disagree on whether it is exact")
    if about.shape is Shape.EXACT and about.low != about.high:
        raise wrong("is exact but has an interval")
    if about.shape is Shape.LOGNORMAL and about.low <= 0:
        raise wrong("a lognormal interval must be above zero")
    if not about.sources:
        raise wrong("has no source")
    if not (about.population and about.where):
        raise wrong("population and where must say something")
    if "coefficients" in entry:
        return Regression(tuple(float(c) for c in entry["coefficients"]), about)
    return Constant(value, about)


@cache
def entries() -> Mapping[str, Mapping[str, Any]]:
    """Every entry of ``constants/*.toml`` as written, by ``table.name``."""
    found: dict[str, Mapping[str, Any]] = {}
    folder = resources.files("backstride.evidence") / "constants"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        stem = file.name.removesuffix(".toml")
        found |= {f"{stem}.{name}": entry for name, entry in table.items()}
    return found


#: Names handed out since the program started; the audit compares them with what there is.
requested: set[str] = set()


@cache
def _parsed(name: str) -> Constant | Regression:
    if name not in entries():
        raise EvidenceError(f"no constant is called {name}", hint="see `backstride evidence`")
    return parse(name, entries()[name])


def constant(name: str) -> Constant:
    """The constant called ``table.name``, e.g. ``energy.cost_ratio_running``."""
    requested.add(name)
    found = _parsed(name)
    if not isinstance(found, Constant):
        raise EvidenceError(f"{name} is a regression, not one number", hint="use regression()")
    return found


def regression(name: str) -> Regression:
    """The regression called ``table.name``."""
    requested.add(name)
    found = _parsed(name)
    if not isinstance(found, Regression):
        raise EvidenceError(f"{name} is one number, not a regression", hint="use constant()")
    return found


def all_constants() -> tuple[Constant | Regression, ...]:
    """Every constant and regression, by name."""
    return tuple(_parsed(name) for name in sorted(entries()))
