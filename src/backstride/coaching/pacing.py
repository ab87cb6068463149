"""Even effort over laps and hills: at which speed to run each stretch for a time in all.

Effort is metabolic power, as in direction-adjusted pace: what a stretch costs a metre, forward or
backward, sets its speed. Backward it is known on the level and uphill to 25 %; downhill nobody has
measured it, and no number is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from backstride.coaching.race import fastest_possible_mps
from backstride.errors import RequestError
from backstride.evidence import Grade, Spread, evaluate
from backstride.models.energy import (
    backward_covered,
    backward_running_cost,
    running_cost,
    running_covered,
)
from backstride.recording import Floats
from backstride.vocabulary import Direction, clock, distance

_LAP_M = 400.0


@dataclass(frozen=True)
class Stretch:
    """A part of a course on one gradient, run in one direction.

    Raises
    ------
    RequestError
        No length, another direction than forward or backward, or a gradient on which nobody has
        measured what running in that direction costs.
    """

    length_m: float
    gradient: float = 0.0
    direction: Direction = Direction.BACKWARD

    def __post_init__(self) -> None:
        if not (isfinite(self.length_m) and self.length_m > 0):
            raise RequestError(
                f"a stretch of {self.length_m:g} m", hint="give it a length above zero"
            )
        if self.direction not in (Direction.FORWARD, Direction.BACKWARD):
            raise RequestError(f"a stretch run {self.direction}", hint="run it forward or backward")
        if not isfinite(self.gradient):
            raise RequestError("a stretch without a gradient", hint="give it one, or 0")
        back = self.direction is Direction.BACKWARD
        covered = backward_covered if back else running_covered
        if not covered(np.array([self.gradient]))[0]:
            raise RequestError(
                f"what running {self.direction} at {self.gradient:+.0%} costs was never measured",
                hint="walk it or run it forward, and leave it out of the plan"
                if back
                else "leave it out of the plan",
            )


@dataclass(frozen=True)
class Split:
    """How a stretch is to be run.

    Attributes
    ----------
    time
        Of the stretch; its interval is that of what running backward costs, and has no width where
        that plays no part.
    at_m, at_s
        Distance and time since the start at its end.
    """

    stretch: Stretch
    speed_mps: float
    time: Spread
    at_m: float
    at_s: float


@dataclass(frozen=True)
class Pacing:
    """A plan of even effort.

    Attributes
    ----------
    adjusted_mps
        Direction-adjusted speed, the same all the way: forward on the level at the same power.
    """

    splits: tuple[Split, ...]
    adjusted_mps: Spread
    grade: Grade
    sources: tuple[str, ...]


def laps(distance_m: float, lap_m: float = _LAP_M) -> tuple[Stretch, ...]:
    """A level distance in laps, backward; what is left of a lap comes first, as on a track.

    Raises
    ------
    RequestError
        One of the two is not above zero, or the laps are more than anybody counts.
    """
    if not (lap_m > 0 and distance_m > 0) or distance_m > _MOST_LAPS * lap_m:
        raise RequestError(
            f"{distance_m:g} m in laps of {lap_m:g} m", hint="give both above zero, longer laps"
        )
    whole = int(distance_m / lap_m + _TINY_SHARE)
    rest = distance_m - whole * lap_m
    first = [rest] if rest > _TINY_SHARE * lap_m else []
    return tuple(Stretch(length) for length in (*first, *[lap_m] * whole))


_MOST_LAPS = 1000
#: Less than this share of a lap is rounding.
_TINY_SHARE = 1e-6


def even_effort(time_s: float, course: Sequence[Stretch]) -> Pacing:
    """Speeds at which every stretch takes the same power and all of them together that time.

    That cost rises with gradient backward as it does forward is an assumption
    (`models.energy.backward_running_cost`).

    Raises
    ------
    RequestError
        The course is empty, or the time is none or asks for a speed that nobody runs backward.
    """
    if not course or not (isfinite(time_s) and time_s > 0):
        raise RequestError(
            f"a plan of {len(course)} stretches in {time_s:g} s",
            hint="give at least one stretch and a time above zero",
        )
    lengths = np.array([one.length_m for one in course])
    gradients = np.array([one.gradient for one in course])
    back = np.array([one.direction is Direction.BACKWARD for one in course])

    def energy_j_per_kg() -> Floats:
        cost = np.where(back, backward_running_cost(gradients), running_cost(gradients))
        return np.asarray(cost * lengths)

    def found() -> dict[str, Floats]:
        energy = energy_j_per_kg()
        total = energy.sum(axis=-1, keepdims=True)
        times = energy / total * time_s
        named = {str(k): times[..., k : k + 1] for k in range(len(course))}
        return {**named, "adjusted": total / time_s / running_cost(np.zeros(1))}

    traced = evaluate(found)
    splits, at_m, at_s = [], 0.0, 0.0
    for k, one in enumerate(course):
        time = traced[str(k)]
        at_m, at_s = at_m + one.length_m, at_s + time.value
        speed = one.length_m / time.value
        if back[k] and speed > fastest_possible_mps(one.length_m):
            raise RequestError(
                f"{distance(float(lengths.sum()))} in {clock(time_s)} asks for {speed:.1f} m/s "
                "backward, which nobody has run",
                hint="give more time",
            )
        splits.append(Split(one, speed, time, at_m, at_s))
    return Pacing(tuple(splits), traced["adjusted"], traced.grade, traced.sources)
