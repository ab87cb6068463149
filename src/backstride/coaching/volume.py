"""How much a session is in seconds, metres and load of tissues; and the same one larger or smaller.

Walking backward has no published load of any joint, so it is counted apart and adds nothing to the
load of a tissue. Hills have none either: uphill counts as level, which is not known to be right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor

import numpy as np

from backstride.coaching.sessions import Aim, Intensity, Part, Repeat, Session, Step
from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.models.energy import backward_walking_cost, equivalent_forward_speed, walking_cost
from backstride.models.tissue import achilles_per_step, patellofemoral_per_step, per_km
from backstride.vocabulary import Direction, Gait

_LEVEL = np.zeros(1)


class Tissue(StrEnum):
    """What has a published load of running backward against forward."""

    PATELLOFEMORAL = "patellofemoral"
    ACHILLES = "achilles"


@dataclass(frozen=True)
class Speeds:
    """Easy speeds of a person in m/s; `assumed` gives them where nobody measured any.

    Raises
    ------
    RequestError
        One is not above zero.
    """

    forward_run_mps: float
    backward_run_mps: float
    forward_walk_mps: float
    backward_walk_mps: float

    def __post_init__(self) -> None:
        if not min(self.of.values()) > 0:
            raise RequestError(
                f"easy speeds of {', '.join(f'{speed:g}' for speed in self.of.values())} m/s",
                hint="give every speed above zero, or leave all of them out",
            )

    @property
    def of(self) -> Mapping[tuple[Direction, Gait], float]:
        """The speed of each direction and gait."""
        return {
            (Direction.FORWARD, Gait.RUN): self.forward_run_mps,
            (Direction.BACKWARD, Gait.RUN): self.backward_run_mps,
            (Direction.FORWARD, Gait.WALK): self.forward_walk_mps,
            (Direction.BACKWARD, Gait.WALK): self.backward_walk_mps,
        }

    @classmethod
    def assumed(cls, forward_run_mps: float | None = None) -> "Speeds":
        """What is assumed of a recreational runner, or of one whose easy forward run is known.

        Backward speeds are those that cost as much a minute as forward, by the pooled ratios.
        """
        run = constant("coaching.dose_forward_run_speed")
        walk = constant("watch.walking_mps")
        forward = float(run if forward_run_mps is None else forward_run_mps)
        walked = walking_cost(_LEVEL) / backward_walking_cost(_LEVEL)
        return cls(forward, forward / _forward_worth(), float(walk), float(walk * walked[0]))


def _forward_worth() -> float:
    """Forward speed on the level that costs as much as one metre a second backward."""
    return float(equivalent_forward_speed(np.ones(1), _LEVEL)[0])


def speed_of(step: Step, speeds: Speeds) -> float:
    """The speed at which somebody does a step, m/s; 0 on the spot.

    A target that is a speed is taken in its middle; one of effort is easy speed, faster or slower
    by a share for each point (assumed); one of heart rate, or none, is easy speed. A walk has one.
    """
    easy = speeds.of.get((step.direction, step.gait), 0.0)
    target = step.target
    if easy == 0 or target.low is None or target.high is None:
        return easy
    middle = (target.low + target.high) / 2
    if target.aim is Aim.SPEED:
        return middle
    if target.aim is Aim.FORWARD_SPEED:
        return middle / (_forward_worth() if step.direction is Direction.BACKWARD else 1.0)
    if target.aim is Aim.EFFORT and step.gait is Gait.RUN:
        above = middle - constant("coaching.dose_easy_effort")
        return easy * float(1 + constant("coaching.dose_speed_per_effort") * above)
    return easy


def seconds_of(step: Step, speeds: Speeds) -> float:
    """How long a step takes.

    Raises
    ------
    RequestError
        It is a distance on the spot.
    """
    if step.duration_s is not None:
        return step.duration_s
    speed = speed_of(step, speeds)
    if not speed > 0:
        raise RequestError(
            f"step '{step.name}' covers {step.distance_m:g} m and does not move",
            hint="give it a duration_s, or a direction and a gait",
        )
    return (step.distance_m or 0.0) / speed


def metres_of(step: Step, speeds: Speeds) -> float:
    """How far a step goes; 0 on the spot."""
    if step.distance_m is not None:
        return step.distance_m
    return seconds_of(step, speeds) * speed_of(step, speeds)


@dataclass(frozen=True)
class Dose:
    """How much a session is.

    Attributes
    ----------
    time_s
        All of it, rest and work on the spot included.
    backward_s, backward_m, forward_s, forward_m
        Running.
    walked_backward_s, walked_backward_m, walked_forward_s, walked_forward_m
        Walking, which has no published load of a tissue backward.
    load
        Of each tissue, in metres of running forward at the same speed that load it as much; peak
        patellofemoral force and Achilles impulse of all steps.
    """

    time_s: float
    backward_s: float
    backward_m: float
    forward_s: float
    forward_m: float
    walked_backward_s: float
    walked_backward_m: float
    walked_forward_s: float
    walked_forward_m: float
    load: Mapping[Tissue, float]


def forward_metres_of_one_backward() -> Mapping[Tissue, float]:
    """Metres of running forward that load each tissue as much as one metre of running backward."""
    per_step = {
        Tissue.PATELLOFEMORAL: patellofemoral_per_step(),
        Tissue.ACHILLES: achilles_per_step(),
    }
    return {tissue: float(per_km(ratio)) for tissue, ratio in per_step.items()}


def dose_of(session: Session, speeds: Speeds | None = None) -> Dose:
    """How much a session is for somebody with those easy speeds, or with assumed ones.

    Raises
    ------
    RequestError
        A step of it is a distance on the spot.
    """
    known = speeds or Speeds.assumed()
    seconds: dict[tuple[Direction, Gait], float] = dict.fromkeys(known.of, 0.0)
    metres = dict(seconds)
    for step in session.steps:
        pair = step.direction, step.gait
        seconds[pair] = seconds.get(pair, 0.0) + seconds_of(step, known)
        metres[pair] = metres.get(pair, 0.0) + metres_of(step, known)
    forward, backward = (Direction.FORWARD, Gait.RUN), (Direction.BACKWARD, Gait.RUN)
    forward_walk, backward_walk = (Direction.FORWARD, Gait.WALK), (Direction.BACKWARD, Gait.WALK)
    worth = forward_metres_of_one_backward()
    return Dose(
        time_s=sum(seconds.values()),
        backward_s=seconds[backward],
        backward_m=metres[backward],
        forward_s=seconds[forward],
        forward_m=metres[forward],
        walked_backward_s=seconds[backward_walk],
        walked_backward_m=metres[backward_walk],
        walked_forward_s=seconds[forward_walk],
        walked_forward_m=metres[forward_walk],
        load={tissue: metres[forward] + worth[tissue] * metres[backward] for tissue in Tissue},
    )


#: How far repeats done a whole number of times may be from what was asked before their steps become
#: longer or shorter; so four or more stay laps, sprints or minutes down to half of them.
_NEAR = (0.8, 1.25)
#: Up to which amount a step's length is a multiple of what, in s and in m.
_SENSIBLE_S = ((60.0, 5.0), (300.0, 15.0), (float("inf"), 60.0))
_SENSIBLE_M = ((100.0, 10.0), (1000.0, 50.0), (float("inf"), 100.0))


def scaled(session: Session, share: float) -> Session:
    """The session with about that share of its main part: fewer or more repeats, else other steps.

    Warm-up, cool-down and rests stay as they are. Repeats stay whole, and a step that changes
    becomes a multiple of 5 s, 15 s or 60 s, of 10 m, 50 m or 100 m, by its length.

    Raises
    ------
    RequestError
        The share is outside what the session states in `volume`.
    """
    low, high = session.volume
    if not low <= share <= high:
        raise RequestError(
            f"session {session.key} cannot be {share:.0%} of itself",
            hint=f"ask for {low:.0%} to {high:.0%}",
        )
    if share == 1:
        return session
    parts = tuple(_scaled_part(part, share) for part in session.parts)
    return replace(session, parts=parts, volume=(low / share, high / share))


def _scaled_part(part: Part, share: float) -> Part:
    if isinstance(part, Step):
        return _scaled_step(part, share)
    if not any(step.intensity is Intensity.ACTIVE for step in part.steps):
        return part
    wanted = part.times * share
    times = max(1, floor(wanted + 0.5))
    left = wanted / times
    if _NEAR[0] <= left <= _NEAR[1]:
        return Repeat(times, part.steps)
    return Repeat(times, tuple(_scaled_step(step, left) for step in part.steps))


def _scaled_step(step: Step, share: float) -> Step:
    if step.intensity is not Intensity.ACTIVE:
        return step
    if step.duration_s is not None:
        return replace(step, duration_s=_sensible(step.duration_s * share, _SENSIBLE_S))
    return replace(step, distance_m=_sensible((step.distance_m or 0.0) * share, _SENSIBLE_M))


def _sensible(amount: float, grids: Iterable[tuple[float, float]]) -> float:
    """The nearest multiple of what suits an amount of that size; never zero."""
    grid = next(grid for limit, grid in grids if amount < limit)
    return max(grid, floor(amount / grid + 0.5) * grid)
