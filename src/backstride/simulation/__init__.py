"""Simulated runners and what their watches would record, with the truth beside it.

Nobody has published a watch recording of backward running, so everything that Backstride shows
about finding it rests on this module. Each of its assumptions stands in `ASSUMPTIONS`; what was
measured of backward running comes from the evidence, what is ordinary forward from real runs. A
simulated recording says so in its title, its device and a notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstride.errors import RequestError
from backstride.recording import Recording, WorkoutStep, carried_out
from backstride.simulation.assumptions import ASSUMPTIONS, Assumption
from backstride.simulation.course import (
    Leg,
    Span,
    backward,
    forward,
    run_course,
    stand,
    truth_of,
    walk,
)
from backstride.simulation.people import Runner, runners
from backstride.simulation.watch import (
    NOTICE,
    RUNNING_DYNAMICS,
    Options,
    Place,
    Sampling,
    recorded,
)
from backstride.vocabulary import Direction, Gait

__all__ = [
    "ASSUMPTIONS",
    "NOTICE",
    "RUNNING_DYNAMICS",
    "Assumption",
    "Leg",
    "Move",
    "Options",
    "Place",
    "Runner",
    "Sampling",
    "Simulated",
    "Span",
    "backward",
    "demo_session",
    "execute",
    "forward",
    "runners",
    "simulate",
    "stand",
    "walk",
]


@dataclass(frozen=True, eq=False)
class Simulated:
    """A recording, and what was truly run in it: spans in order, contiguous."""

    recording: Recording
    truth: tuple[Span, ...]
    runner: Runner


_STANDARD = Options()


def simulate(
    legs: Sequence[Leg],
    runner: Runner,
    *,
    seed: int,
    options: Options = _STANDARD,
    title: str = "Simulated session",
) -> Simulated:
    """What a watch on `runner` would record of `legs`, one sample a second.

    The same arguments give the same recording.

    Raises
    ------
    RequestError
        There is no leg, or one without a length or with a negative speed.
    """
    if not legs or min(leg.speed_mps for leg in legs) < 0:
        raise RequestError(
            "a simulated session needs legs, and none slower than 0 m/s",
            hint="give at least one leg; backward is a direction, not a negative speed",
        )
    named = [leg for leg in legs if leg.lap_name]
    steps = tuple(
        WorkoutStep(index, leg.lap_name, intensity=leg.intensity) for index, leg in enumerate(named)
    )
    indices = iter(steps)
    legs = [replace(leg, step_index=next(indices).index) if leg.lap_name else leg for leg in legs]
    workout = ("SIMULATED session" if steps else "", steps)
    return _simulated(legs, runner, seed, options, title, workout)


def _simulated(
    legs: Sequence[Leg],
    runner: Runner,
    seed: int,
    options: Options,
    title: str,
    workout: tuple[str, tuple[WorkoutStep, ...]],
) -> Simulated:
    course = run_course(legs, np.random.default_rng(seed))
    recording = recorded(course, runner, np.random.default_rng((seed, 1)), options, workout)
    recording = replace(recording, source=replace(recording.source, title=title))
    return Simulated(recording, truth_of(course), runner)


@dataclass(frozen=True)
class Move:
    """How somebody does a step of a workout; on the spot the speed is 0."""

    direction: Direction
    gait: Gait
    speed_mps: float


def execute(
    name: str,
    steps: Sequence[WorkoutStep],
    moves: Sequence[Move],
    runner: Runner,
    *,
    seed: int,
    options: Options = _STANDARD,
) -> Simulated:
    """What a watch on `runner` would record of a workout that it was given.

    As in the files of watches, each lap tells by index which step it carried out, steps of a repeat
    again and again.

    Parameters
    ----------
    moves
        One for each step in the order in which they are done, repeats unrolled. What the steps are
        called plays no part in what is truly run.

    Raises
    ------
    RequestError
        There are more or fewer moves than steps, or a step is neither a time nor a distance, or is
        a distance on the spot.
    """
    done = carried_out(steps)
    if len(done) != len(moves) or not done:
        raise RequestError(
            f"{len(moves)} moves for a workout of {len(done)} steps",
            hint="give one for each step that is carried out",
        )
    legs = [
        Leg(
            move.direction,
            move.gait,
            move.speed_mps,
            duration_s=step.duration_value if step.duration_kind == "time" else None,
            distance_m=step.duration_value if step.duration_kind == "distance" else None,
            name=step.name,
            intensity=step.intensity,
            step_index=step.index,
        )
        for step, move in zip(done, moves, strict=True)
    ]
    title = f"Simulated: {name}"
    return _simulated(legs, runner, seed, options, title, (f"SIMULATED {name}", tuple(steps)))


def demo_session(seed: int = 7) -> Simulated:
    """Warm-up, 6 x 200 m backward with 200 m forward between, cool-down, labelled, on a track.

    Seed 7 happens to draw a person whose steps and cost backward are near the published means.
    """
    runner = runners(1, seed)[0]
    easy, back = runner.easy_speed_mps, runner.equal_effort_speed_mps
    run, ahead, behind = Gait.RUN, Direction.FORWARD, Direction.BACKWARD
    warm_up = Leg(ahead, run, easy, distance_m=1600, name="Warm-up", intensity="warmup")
    cool_down = Leg(ahead, run, 0.9 * easy, distance_m=1200, name="Cool-down", intensity="cooldown")
    fast = Leg(behind, run, back, distance_m=200, name="Backward 200 m", intensity="active")
    jog = Leg(ahead, run, 0.9 * easy, distance_m=200, name="Forward jog", intensity="recovery")
    legs = (warm_up, *(fast, jog) * 6, cool_down)
    return simulate(legs, runner, seed=seed, title="Simulated: 6 x 200 m backward")
