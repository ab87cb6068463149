"""Forward running that looks odd to a watch: does it raise alarms?"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from backstride.motion import analyze
from backstride.recording import Interval
from backstride.simulation import (
    RUNNING_DYNAMICS,
    Leg,
    Options,
    Place,
    Runner,
    forward,
    runners,
    simulate,
    stand,
    walk,
)
from validation.simulated import alarms_of
from validation.study import Bound, Evidence, Result, Table, Target, percent

PEOPLE = 100
SEED = 77

#: Per cent of forward running time that may be called backward, suspected bouts included.
MOST = 0.5


_STANDARD = Options()


@dataclass(frozen=True)
class Case:
    """A kind of forward session; `judged` where alarms in it miss a target."""

    name: str
    legs: Callable[[Runner], list[Leg]]
    options: Options = _STANDARD
    judged: bool = True


def _steady(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy * share, 300) for share in (0.9, 1.0, 1.1, 1.0, 0.95, 1.05)]


def _uphill(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    climbs: list[Leg] = []
    for gradient in (0.04, 0.06, 0.08, 0.1, 0.12):
        climbs += [
            forward(0.75 * easy, 120, gradient=gradient),
            forward(easy, 90, gradient=-gradient),
        ]
    return [forward(easy, 600), *climbs, forward(easy, 300)]


def _long_climb(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy, 600), forward(0.75 * easy, 900, gradient=0.07), forward(easy, 600)]


def _intervals(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [
        forward(easy, 600),
        *([forward(1.35 * easy, 90), forward(0.7 * easy, 90)] * 8),
        forward(easy, 300),
    ]


def _strides(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy, 900), *([forward(1.7 * easy, 20), walk(60)] * 8), forward(easy, 300)]


def _stop_and_go(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy, 300), *([forward(0.95 * easy, 45), stand(15)] * 20)]


def _paused(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy, 300), *([forward(easy, 60), stand(20, paused=True)] * 15)]


def _run_walk(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(easy, 300), *([forward(0.9 * easy, 120), walk(60)] * 8)]


def _slow_recovery(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    return [forward(1.15 * easy, 900), forward(0.65 * easy, 300), forward(1.1 * easy, 600)]


def _drills(runner: Runner) -> list[Leg]:
    easy = runner.easy_speed_mps
    drill = replace(forward(0.55 * easy, 30), cadence_factor=1.15)
    return [forward(easy, 900), *([drill, walk(45)] * 6), forward(easy, 300)]


_LOST = Options(
    place=Place.ROAD,
    dropouts=tuple(Interval(start, start + 60.0) for start in (400.0, 800.0, 1200.0)),
)

CASES = (
    Case("steady", _steady),
    Case("hill repeats, 4 to 12 %", _uphill, Options(place=Place.ROAD)),
    Case("long climb, 7 %", _long_climb, Options(place=Place.ROAD)),
    Case("intervals", _intervals),
    Case("strides", _strides),
    Case("stop and go", _stop_and_go, Options(place=Place.ROAD)),
    Case("stop and go with pauses", _paused, Options(place=Place.ROAD)),
    Case("run and walk", _run_walk, Options(place=Place.ROAD)),
    Case("slow recovery after fast running", _slow_recovery),
    Case("treadmill", _steady, Options(place=Place.TREADMILL)),
    Case("treadmill intervals", _intervals, Options(place=Place.TREADMILL)),
    Case("satellites lost for a minute", _steady, _LOST, judged=False),
    Case("drills of quick short steps", _drills, judged=False),
)


def study() -> Result:
    """Every case, with and without running dynamics, and what of it is called backward."""
    people = runners(PEOPLE, SEED)
    rows, targets = [], []
    for case in CASES:
        for dynamics in (True, False):
            name = f"{case.name}, {'with' if dynamics else 'without'} running dynamics"
            ahead, called, suspected = _counted(case, people, dynamics=dynamics)
            share = percent(called + suspected, ahead) or 0.0
            rows.append(
                (
                    name,
                    round(ahead / 3600, 1),
                    round(called),
                    round(suspected),
                    share,
                    "yes" if case.judged else "no",
                )
            )
            if case.judged:
                targets.append(Target(f"{name}, %", share, Bound.AT_MOST, MOST))
    return Result(
        key="hard",
        title="Forward running that looks odd to a watch",
        on=Evidence.SIMULATED,
        size=f"{PEOPLE} simulated people, {len(CASES)} kinds of session",
        tables=(
            Table(
                "Seconds called backward",
                ("session", "running h", "called s", "suspected s", "share %", "target"),
                tuple(rows),
            ),
        ),
        targets=tuple(targets),
        remarks=(
            "Drills of quick short steps at low speed, and a watch that shows too low a speed "
            "without satellites, differ from running backward in nothing that a watch records; "
            "they have no target.",
        ),
    )


def _counted(
    case: Case, people: tuple[Runner, ...], *, dynamics: bool
) -> tuple[float, float, float]:
    missing = case.options.missing if dynamics else case.options.missing | RUNNING_DYNAMICS
    options = replace(case.options, missing=missing)
    sums = [0.0, 0.0, 0.0]
    for person in people:
        session = simulate(case.legs(person), person, seed=SEED + person.number, options=options)
        counted = alarms_of(session, analyze(session.recording).bouts)
        sums = [total + more for total, more in zip(sums, counted, strict=True)]
    return sums[0], sums[1], sums[2]
