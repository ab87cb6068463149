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
from backstride.recording import Recording
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
    "Options",
    "Place",
    "Runner",
    "Sampling",
    "Simulated",
    "Span",
    "backward",
    "demo_session",
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
    course = run_course(legs, np.random.default_rng(seed))
    recording = recorded(course, runner, np.random.default_rng((seed, 1)), options)
    recording = replace(recording, source=replace(recording.source, title=title))
    return Simulated(recording, truth_of(course), runner)


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
