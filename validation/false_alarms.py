"""How much forward running of real watches is called backward."""

from collections.abc import Sequence
from dataclasses import dataclass

from backstride.motion import analyze
from backstride.vocabulary import Direction, Gait
from validation.data import Run, runs, shortened, why_not
from validation.study import Bound, Evidence, Result, Table, Target, percent

_TITLE = "False alarms on real forward runs"

#: Per cent of forward running time that may be called backward, suspected bouts included.
MOST = 0.5


@dataclass(frozen=True)
class Counted:
    """Seconds of one forward run: all of the running, and what of it was called backward.

    `visible` says whether the recording has what the watch model needs, speed and cadence.
    """

    name: str
    files: int
    tuning: bool
    visible: bool
    running_s: float
    called_s: float
    suspected_s: float


def study() -> Result:
    """Analyze every real run, all of them forward, and count what is called backward."""
    if reason := why_not():
        return Result("false_alarms", _TITLE, Evidence.REAL, "none", not_measured=reason)
    found = sorted((counted(run) for run in runs()), key=lambda one: (not one.tuning, one.name))
    halves = {
        "tuning half": [one for one in found if one.tuning],
        "held-out half": [one for one in found if not one.tuning],
        "all": found,
        "all with cadence": [one for one in found if one.visible],
    }
    totals = Table(
        "Seconds called backward, by half",
        ("half", "runs", "running h", "called s", "suspected s", "share %"),
        tuple((name, len(part), *_summed(part)) for name, part in halves.items()),
    )
    each = Table(
        "The same by run",
        ("run", "half", "cadence", "running min", "called s", "suspected s", "share %"),
        tuple(
            (
                one.name,
                "tuning" if one.tuning else "held out",
                "yes" if one.visible else "no",
                round(one.running_s / 60, 1),
                round(one.called_s),
                round(one.suspected_s),
                percent(one.called_s + one.suspected_s, one.running_s),
            )
            for one in found
        ),
    )
    return Result(
        key="false_alarms",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"{len(found)} runs in {sum(one.files for one in found)} files; how many people ran"
        " them is not known",
        tables=(totals, each),
        targets=tuple(
            Target(f"share of running time, {name}, %", _share(part), Bound.AT_MOST, MOST)
            for name, part in halves.items()
        ),
        remarks=(
            "The people may be the same in both halves. With next to no alarm in a handful of "
            "runs, a rate of one in three runs is not excluded.",
            "All of these runs are taken to be forward throughout; nobody has confirmed it.",
            "A run that stands in several files counts once, and as tuned on if any of them was.",
        ),
    )


def counted(run: Run) -> Counted:
    """What the analysis makes of a run; its sport is running, so all its directions are alarms."""
    analysis = analyze(run.recording)
    bouts = analysis.bouts
    visible = all(notice.code != "direction_not_visible" for notice in analysis.notices)
    called = sum(bout.duration_s for bout in bouts.of(Direction.BACKWARD))
    suspected = sum(bout.duration_s for bout in bouts.suspected())
    running = sum(bout.duration_s for bout in bouts if bout.gait is Gait.RUN)
    return Counted(
        shortened(run.names), len(run.names), run.tuning, visible, running, called, suspected
    )


def _summed(part: Sequence[Counted]) -> tuple[float | None, ...]:
    running = sum(one.running_s for one in part)
    called = sum(one.called_s for one in part)
    suspected = sum(one.suspected_s for one in part)
    return (
        round(running / 3600, 2),
        round(called),
        round(suspected),
        percent(called + suspected, running),
    )


def _share(part: Sequence[Counted]) -> float:
    return _summed(part)[-1] or 0.0
