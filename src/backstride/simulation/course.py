"""What is run: legs, and what truly happens second by second when they are run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.recording import Floats
from backstride.simulation.noise import wander
from backstride.vocabulary import Direction, Gait

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Leg:
    """A stretch of a session in one direction and gait.

    Attributes
    ----------
    duration_s, distance_m
        One of the two; a distance is covered exactly.
    speed_mps
        0 where gait is STILL.
    name
        Of the lap and the workout step. A leg without a name shares its lap with its neighbours.
    label
        Whether the lap and the workout step are named after the direction, where `name` is empty.
    cadence_factor
        Steps over what the runner would take unasked: drills.
    paused
        The watch is stopped, and records nothing.
    step_index
        Of the workout step that it carries out; such a leg has a lap of its own.
    """

    direction: Direction
    gait: Gait
    speed_mps: float
    duration_s: float | None = None
    distance_m: float | None = None
    gradient: float = 0.0
    name: str = ""
    label: bool = False
    intensity: str = ""
    cadence_factor: float = 1.0
    paused: bool = False
    step_index: int | None = None

    @property
    def seconds(self) -> int:
        """Whole seconds that it lasts, one at least.

        Raises
        ------
        RequestError
            It has neither a duration nor a distance that is covered at some speed.
        """
        if self.duration_s is not None:
            return max(1, round(self.duration_s))
        if self.distance_m is None or not self.speed_mps > 0:
            raise RequestError(
                "a simulated leg has no length",
                hint="give it a duration, or a distance and a speed",
            )
        return max(1, round(self.distance_m / self.speed_mps))

    @property
    def lap_name(self) -> str:
        """The name its lap carries, or "" where it has none of its own."""
        if self.name or not self.label:
            return self.name
        return f"{self.direction.value.capitalize()} {self.gait.value}"


def forward(speed_mps: float, duration_s: float, *, gradient: float = 0.0) -> Leg:
    """A leg of running forward."""
    return Leg(Direction.FORWARD, Gait.RUN, speed_mps, duration_s, gradient=gradient)


def backward(speed_mps: float, duration_s: float) -> Leg:
    """A leg of running backward."""
    return Leg(Direction.BACKWARD, Gait.RUN, speed_mps, duration_s)


def walk(duration_s: float) -> Leg:
    """A leg of walking forward."""
    return Leg(Direction.FORWARD, Gait.WALK, constant("watch.walking_mps"), duration_s)


def stand(duration_s: float, *, paused: bool = False) -> Leg:
    """A leg of standing still."""
    return Leg(Direction.STILL, Gait.STILL, 0.0, duration_s, paused=paused)


@dataclass(frozen=True)
class Span:
    """What was truly run from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    direction: Direction
    gait: Gait


@dataclass(frozen=True, eq=False)
class Course:
    """What was truly done, second by second: all arrays shape (n,)."""

    legs: tuple[Leg, ...]
    edges: tuple[int, ...]
    leg: npt.NDArray[np.intp]
    speed_mps: Floats
    gradient: Floats
    cadence_factor: Floats
    backward: Bools
    running: Bools
    moving: Bools
    paused: Bools

    def __len__(self) -> int:
        return len(self.leg)

    def spans(self) -> Iterator[tuple[Leg, float, float]]:
        """Each leg with its start and end in seconds."""
        return zip(self.legs, map(float, self.edges), map(float, self.edges[1:]), strict=False)


def run_course(legs: Sequence[Leg], chance: np.random.Generator) -> Course:
    """The legs as they are run: pace wanders, and turning around takes time."""
    lengths = [leg.seconds for leg in legs]
    edges = tuple(int(edge) for edge in np.cumsum([0, *lengths]))
    leg = np.repeat(np.arange(len(legs)), lengths)

    def of_legs(values: Sequence[float]) -> Floats:
        return np.asarray(values, dtype=np.float64)[leg]

    asked = of_legs([leg.speed_mps for leg in legs])
    pace = constant("simulation.pace_wander"), constant("simulation.pace_wander_s")
    speed = asked * np.exp(wander(len(leg), *pace, chance))
    reach = int(constant("simulation.turn_s") / 2)
    for before, after, edge in zip(legs, legs[1:], edges[1:], strict=False):
        if {before.direction, after.direction} == {Direction.FORWARD, Direction.BACKWARD}:
            slowest = constant("simulation.turn_speed_share") * min(
                before.speed_mps, after.speed_mps
            )
            turn = slice(max(edge - reach, 0), edge + reach)
            speed[turn] = np.minimum(speed[turn], slowest)
    for one, start, end in zip(legs, edges, edges[1:], strict=False):
        if one.distance_m is not None and one.duration_s is None:
            speed[start:end] *= one.distance_m / speed[start:end].sum()
    return Course(
        legs=tuple(legs),
        edges=edges,
        leg=leg,
        speed_mps=speed,
        gradient=of_legs([leg.gradient for leg in legs]),
        cadence_factor=of_legs([leg.cadence_factor for leg in legs]),
        backward=of_legs([leg.direction is Direction.BACKWARD for leg in legs]) > 0,
        running=of_legs([leg.gait is Gait.RUN for leg in legs]) > 0,
        moving=asked > 0,
        paused=of_legs([leg.paused for leg in legs]) > 0,
    )


def truth_of(course: Course) -> tuple[Span, ...]:
    """Spans of one direction and gait each."""
    spans = []
    for (direction, gait), group in groupby(
        course.spans(), key=lambda span: (span[0].direction, span[0].gait)
    ):
        stretch = list(group)
        spans.append(Span(stretch[0][1], stretch[-1][2], direction, gait))
    return tuple(spans)
