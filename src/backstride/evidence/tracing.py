"""Where a result came from: equations that declare themselves, and the trace of what ran.

A constant enters a calculation only as the keyword default of an `@equation`. Through that one
seam every result gets its sources (what ran), its grade (the weakest used) and its interval (the
calculation run again with all constants drawn from theirs).
"""

import functools
import inspect
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from backstride.errors import EvidenceError
from backstride.evidence.constants import Constant, Provenance, Regression, Shape
from backstride.evidence.grade import Grade, weakest

Floats = npt.NDArray[np.float64]
P = ParamSpec("P")
R = TypeVar("R")

#: Draws of each constant. Percentiles of 500 stratified draws move by less than 2 % of the width.
DRAWS = 500

#: Source of what rests on the runner's own recording and on the project's way to look at it.
OWN_SOURCE = "backstride"

#: Every interval of the program is meant to hold in this share of cases.
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Equation:
    """What an `@equation` declares of itself.

    `returns` is a name of the vocabulary; `source` a key of the bibliography, or "" for plain
    arithmetic; `constants` maps each keyword that holds one to it.
    """

    name: str
    returns: str
    source: str
    constants: Mapping[str, Constant | Regression]
    parameters: tuple[str, ...]


@functools.cache
def _deviates() -> Floats:
    """Stratified standard normal deviates, shape (DRAWS,), in rising order."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((k + 0.5) / DRAWS) for k in range(DRAWS)])


@functools.lru_cache(maxsize=1024)
def deviates(name: str) -> Floats:
    """Deviates of the quantity called `name`, shape (DRAWS, 1): the same wherever it is used."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    column = generator.permutation(_deviates())[:, None]
    column.setflags(write=False)
    return column


@dataclass
class _Trace:
    drawing: bool
    constants: dict[str, Provenance] = field(default_factory=dict)
    equations: dict[str, Equation] = field(default_factory=dict)
    assumed: dict[str, str] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)


_TRACE: ContextVar[_Trace | None] = ContextVar("backstride_trace", default=None)
_SEEN: ContextVar[dict[str, Provenance] | None] = ContextVar("backstride_seen", default=None)


@contextmanager
def collecting() -> Iterator[Mapping[str, Provenance]]:
    """Every constant that any `evaluate` within the block used, by name."""
    seen: dict[str, Provenance] = {}
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


def equation(*, returns: str, source: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function of a model to be an equation.

    Parameters
    ----------
    returns
        The vocabulary's name for what it gives back.
    source
        Key of the bibliography for the form of the equation; "" for plain arithmetic.

    A keyword that defaults to a constant and is given another value by the caller is noticed, and
    the result is graded as assumed. The function must accept arrays with a leading axis of draws.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        held: dict[str, Constant | Regression] = {}
        for parameter in signature.parameters.values():
            if isinstance(parameter.default, Constant | Regression):
                if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
                    raise EvidenceError(
                        f"{function.__name__}: {parameter.name} holds a constant but can be "
                        "given by position",
                        hint="put a * before it",
                    )
                held[parameter.name] = parameter.default
        about = Equation(
            name=f"{function.__module__.removeprefix('backstride.')}.{function.__name__}",
            returns=returns,
            source=source,
            constants=held,
            parameters=tuple(name for name in signature.parameters if name not in held),
        )

        @functools.wraps(function)
        def traced(*args: P.args, **kwargs: P.kwargs) -> R:
            trace = _TRACE.get()
            if trace is None:
                return function(*args, **kwargs)
            given: dict[str, Any] = dict(kwargs)
            trace.equations[about.name] = about
            for keyword, number in held.items():
                name = number.provenance.name
                if keyword in given and given[keyword] is not number:
                    trace.assumed[name] = f"{keyword} of {about.name} was given by the caller"
                    continue
                trace.constants[name] = number.provenance
                if trace.drawing and number.provenance.shape is not Shape.EXACT:
                    given[keyword] = number.drawn(deviates(name))
            return cast("Callable[..., R]", function)(*args, **given)

        traced.equation = about  # type: ignore[attr-defined]  # read by the audit and its tests
        return traced

    return declare


def estimate(name: str, value: float, low: float, high: float) -> float | Floats:
    """A number measured on this runner, with its own 95 % interval.

    One person watched without a comparison is indirect evidence at best: grade C.

    It is `value` when a calculation runs plainly, and draws of shape (DRAWS, 1) when its interval
    is sought.
    """
    trace = _TRACE.get()
    if trace is None:
        return value
    trace.own.append(name)
    if not trace.drawing:
        return value
    z = deviates(f"estimate:{name}")
    edge = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    return value + z / edge * np.where(z < 0, value - low, high - value)


def chance(name: str, probability: Floats) -> Floats:
    """Whether each of n things is so: ones when run plainly, draws of 0 and 1 otherwise.

    Parameters
    ----------
    probability
        shape (n,)

    Returns
    -------
    ndarray
        shape (n,), or (DRAWS, n) when an interval is sought.
    """
    trace = _TRACE.get()
    if trace is None or not trace.drawing:
        return np.ones_like(probability)
    generator = np.random.default_rng(zlib.crc32(f"chance:{name}".encode()))
    return (generator.random((DRAWS, len(probability))) < probability).astype(np.float64)


def total(values: npt.ArrayLike) -> Floats:
    """Sum over the last axis, which is time, and keep it, so that draws never mix with time."""
    return np.asarray(np.sum(np.asarray(values, dtype=np.float64), axis=-1, keepdims=True))


@dataclass(frozen=True)
class Spread:
    """A number and the interval in which 95 % of its draws lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Traced:
    """Results of a calculation with everything that stands behind them."""

    values: Mapping[str, Spread]
    grade: Grade
    sources: tuple[str, ...]
    constants: tuple[Provenance, ...]
    equations: tuple[Equation, ...]
    assumed: Mapping[str, str]

    def __getitem__(self, name: str) -> Spread:
        return self.values[name]


def evaluate(calculation: Callable[[], Mapping[str, float | Floats]]) -> Traced:
    """Run a calculation plainly, then once more with every constant drawn from its interval.

    Parameters
    ----------
    calculation
        Returns named numbers: floats or arrays with one element, and when drawn arrays whose
        leading axis is the draws. It must call models through their equations and reduce time with
        `total`. It runs in this thread; what it starts in other threads is not traced.

    Raises
    ------
    EvidenceError
        The calculation gave something other than one finite number a name.
    """
    plain = _Trace(drawing=False)
    token = _TRACE.set(plain)
    try:
        values = {name: _single(name, value) for name, value in calculation().items()}
    finally:
        _TRACE.reset(token)
    token = _TRACE.set(_Trace(drawing=True))
    try:
        drawn = {name: np.ravel(np.asarray(value)) for name, value in calculation().items()}
    finally:
        _TRACE.reset(token)
    if (seen := _SEEN.get()) is not None:
        seen.update(plain.constants)
    grades = [about.grade for about in plain.constants.values()]
    if plain.assumed:
        grades.append(Grade.D)
    if plain.own:
        grades.append(Grade.C)
    keys = [eq.source for eq in plain.equations.values() if eq.source]
    keys += [key for about in plain.constants.values() for key in about.sources]
    keys += [OWN_SOURCE] if plain.own or not keys else []
    return Traced(
        values={name: _interval(name, value, drawn[name]) for name, value in values.items()},
        grade=weakest(grades) if grades else Grade.D,
        sources=tuple(dict.fromkeys(keys)),
        constants=tuple(plain.constants.values()),
        equations=tuple(plain.equations.values()),
        assumed=plain.assumed,
    )


def _single(name: str, value: float | Floats) -> float:
    flat = np.ravel(np.asarray(value, dtype=np.float64))
    if flat.shape != (1,) or not np.isfinite(flat[0]):
        raise EvidenceError(
            f"'{name}' came out as {value!r}, not as one finite number",
            hint="this is a fault of the program; please report it with the recording's kind",
        )
    return float(flat[0])


def _interval(name: str, value: float, drawn: Floats) -> Spread:
    if not np.isfinite(drawn).all():
        raise EvidenceError(
            f"'{name}' came out as no number for some people that the evidence allows",
            hint="this is a fault of the program; please report it with the recording's kind",
        )
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Spread(value, min(float(low), value), max(float(high), value))
