"""How far somebody has come in a protocol of rehabilitation.

A report is computed from the log every time; nothing is kept but what the person wrote down.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from backstride.coaching.limits import Limits
from backstride.coaching.rehab import (
    Better,
    Done,
    Measure,
    Measured,
    Protocol,
    RehabLog,
    Stage,
    measures,
)
from backstride.coaching.safety import pain_rules
from backstride.coaching.sessions import Level
from backstride.coaching.set_limits import beyond, combined, in_force
from backstride.errors import RequestError
from backstride.vocabulary import DAYS_PER_WEEK


@dataclass(frozen=True)
class Move:
    """A change of stage, or its beginning again; `after` is None at the end of the protocol."""

    date: date
    before: Stage
    after: Stage | None
    because: str


@dataclass(frozen=True)
class Changed:
    """A measure, first and last.

    Attributes
    ----------
    better
        Whether the last is better than the first; None for no change or a single value.
    real
        Whether the change is at least the smallest that is real; None where nobody knows that.
    """

    measure: Measure
    first: Measured
    last: Measured
    change: float
    better: bool | None
    real: bool | None


@dataclass(frozen=True)
class Progress:
    """How far somebody has come.

    Attributes
    ----------
    stage
        The one that they are in; None when all are done.
    good
        Good sessions in a row in it.
    waits
        Whether the last session still waits for its 24 hours.
    barred
        Why the stage may not be gone on with, by limits or level; none where it may.
    limits
        What follows on this day from pain in the log; a plan obeys them, too.
    done, due
        Sessions done in all, and how many the stages asked for in the days since the start.
    adherence
        Their ratio, at most 1; None on the first days, when nothing is due.
    next
        What to do now, in words.
    """

    protocol: Protocol
    stage: Stage | None
    good: int
    waits: bool
    barred: tuple[str, ...]
    limits: Limits
    done: float
    due: float
    adherence: float | None
    moves: tuple[Move, ...]
    measures: tuple[Changed, ...]
    next: str


@dataclass(frozen=True)
class _State:
    """Where a log has led to."""

    at: int
    since: date
    good: int = 0
    bad: int = 0
    last: date | None = None
    waits: bool = False


def progress(
    of: Protocol,
    log: RehabLog,
    today: date,
    *,
    limits: Limits | None = None,
    level: Level | None = None,
) -> Progress:
    """How far somebody has come by what they logged up to a day.

    Parameters
    ----------
    limits, level
        Of the person, by screening or a professional and by tests; they bar stages that go beyond.

    Raises
    ------
    RequestError
        The log is of another protocol.
    """
    if log.protocol != of.key:
        raise RequestError(
            f"the log is of '{log.protocol}', not of '{of.key}'", hint="give the protocol's own log"
        )
    known = sorted((one for one in log.sessions if one.date <= today), key=lambda one: one.date)
    state, moves, due, told = _State(0, log.start), list[Move](), 0.0, "Begin."
    for one in known:
        if state.at == len(of.stages):
            break
        before, stage = state, of.stages[state.at]
        state, because = _after(of, state, one)
        told = _told(one, today)
        if because:
            due += _due(stage, before.since, one.date)
            following = of.stages[state.at] if state.at < len(of.stages) else None
            moves.append(Move(one.date, stage, following, because))
    now = of.stages[state.at] if state.at < len(of.stages) else None
    due += _due(now, state.since, today) if now else 0.0
    done = sum(one.done for one in known)
    pain = in_force((held for one in known for held in one.after.limits), today)
    barred = tuple(_barred(now, combined(limits or Limits(), pain), level)) if now else ()
    return Progress(
        protocol=of,
        stage=now,
        good=state.good,
        waits=state.waits,
        barred=barred,
        limits=pain,
        done=done,
        due=due,
        adherence=min(1.0, done / due) if due >= 1 else None,
        moves=tuple(moves),
        measures=tuple(_changes(of, log, today)),
        next=_next(now, state, told, barred),
    )


def _told(one: Done, today: date) -> str:
    """What a session says for today: what its pain asks for, while that holds."""
    held = one.after.limits
    if held and not any(each.holds(today) for each in held):
        return "Begin again where you were."
    return pain_rules()[one.word].now


def _barred(stage: Stage, limits: Limits, level: Level | None) -> Iterator[str]:
    """Why a stage may not be gone on with."""
    session = stage.done_as
    yield from beyond(limits, session, a_week=stage.a_week)
    if level is not None and session.level > level:
        yield f"it asks for level {session.level.name.lower()}, which its tests have not shown"


def _after(of: Protocol, state: _State, one: Done) -> tuple[_State, str]:
    """Where a session leads, and why it moves somebody if it does."""
    stage, word = of.stages[state.at], one.word
    rested = state.last is None or (one.date - state.last).days > stage.rest_days
    here = _State(state.at, state.since, last=one.date)
    back = _State(max(0, state.at - 1), one.date, last=one.date)
    if word == "stop":
        return back, "pain that stops, or swelling"
    if word == "ease":
        bad = state.bad + 1
        if bad >= of.steps_back:
            return back, f"more pain than is borne in {bad} sessions in a row"
        return _State(state.at, state.since, 0, bad, one.date), ""
    if word == "waiting":
        return _State(state.at, state.since, state.good, state.bad, one.date, waits=True), ""
    if not (one.done == 1 and rested):
        return here, ""
    good = state.good + 1
    if good >= stage.sessions and one.date >= _earliest(stage, state.since):
        return _State(state.at + 1, one.date, last=one.date), f"{good} good sessions in a row"
    return _State(state.at, state.since, good, last=one.date), ""


def _earliest(stage: Stage, since: date) -> date:
    """The first day on which a stage may end: that of its last session, if all come evenly."""
    days = DAYS_PER_WEEK * stage.weeks - ceil(DAYS_PER_WEEK / stage.a_week)
    return since + timedelta(days=max(0, days))


def _due(stage: Stage, first: date, last: date) -> float:
    """Sessions that a stage asks for in these days."""
    return stage.a_week * max(0, (last - first).days) / DAYS_PER_WEEK


def _next(stage: Stage | None, state: _State, told: str, barred: Sequence[str]) -> str:
    if stage is None:
        return "All stages are done. Measure once more, and screen again before more than this."
    if barred:
        return f"{told} {stage.title} may not be done now: {'; '.join(barred)}."
    left = max(1, stage.sessions - state.good)
    plan = f"{stage.title}: {stage.a_week} times a week, {left} more good sessions at least."
    return f"{told} {plan}"


def _changes(of: Protocol, log: RehabLog, today: date) -> Iterable[Changed]:
    for key in of.measures:
        values = sorted(
            (one for one in log.measured if one.measure == key and one.date <= today),
            key=lambda one: one.date,
        )
        if not values:
            continue
        measure, first, last = measures()[key], values[0], values[-1]
        change = last.value - first.value
        less = measure.better is Better.LESS
        yield Changed(
            measure=measure,
            first=first,
            last=last,
            change=change,
            better=None if change == 0 else (change < 0) is less,
            real=None
            if measure.least_change is None or len(values) == 1
            else abs(change) >= measure.least_change,
        )
