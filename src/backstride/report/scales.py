"""Round numbers for axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_ROUND = (1, 2, 5, 10)
_TIMES_S = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    21600,
    43200,
    86400,
)


@dataclass(frozen=True)
class Scale:
    """From values to a place between 0 and 1.

    Attributes
    ----------
    low, high
        The values at 0 and 1; ``low < high``.
    ticks
        Round values between them.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def percent(self, value: float) -> str:
        """The place as a length that SVG understands."""
        return f"{100 * self(value):.3f}".rstrip("0").rstrip(".") + "%"


def round_step(span: float, most: int) -> float:
    """The smallest round step (1, 2 or 5 times a power of ten) of which `most` cover `span`."""
    least = span / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _ROUND if step * power >= least * (1 - 1e-9))


def over(values: Sequence[float], *, most: int = 4, margin: float = 0.06) -> Scale:
    """A scale that holds all values, with a margin beside them."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    low, high = low - margin * span, high + margin * span
    return Scale(low, high, _ticks(low, high, round_step(high - low, most)))


def from_zero(values: Sequence[float], *, most: int = 4) -> Scale:
    """A scale from zero to a little more than the largest value."""
    high = max([*values, 0.0]) * 1.05 or 1.0
    return Scale(0.0, high, _ticks(0.0, high, round_step(high, most)))


def of_time(seconds: float, *, most: int = 6) -> Scale:
    """A scale of a recording's time, from zero."""
    high = max(seconds, 1.0)
    step = next((each for each in _TIMES_S if high / each <= most), _TIMES_S[-1])
    while high / step > most:
        step *= 2
    return Scale(0.0, high, _ticks(0.0, high, step))


def _ticks(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(k * step, 10) for k in range(first, last + 1))
