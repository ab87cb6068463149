"""The plan as mixed-integer programs, a week each, with a bound on what any plan could be worth.

A plan's worth is a sum over weeks, and weeks are tied together by their ramps and by hard sessions
at their borders alone. So each week is solved to optimality (HiGHS, by SciPy) under the caps that
the weeks before it leave. What no plan can exceed is the sum of the weeks' relaxations under the
caps that would hold if every week before had taken all that its ramp allows, with nothing hard
before: ramps only grow with what came before, so no plan has higher ones. The gap between the two
is stated. In one piece, sixteen weeks take HiGHS minutes.

Nothing here depends on the clock: gaps are fixed and no time limit is set.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, sqrt

import numpy as np

from backstride.coaching.dose import (
    BACKWARD,
    WALKED,
    Sized,
)
from backstride.coaching.goals import Goal, Reach, ReachKind
from backstride.coaching.sessions import Kind
from backstride.errors import BackstrideError
from backstride.evidence import constant
from backstride.recording import Floats
from backstride.vocabulary import DAYS_PER_WEEK, SECONDS_PER_MINUTE


class Rules:
    """Constants of a week, each with its source in ``constants/coaching.toml``."""

    monotony = constant("coaching.plan_monotony")
    hard_between = constant("coaching.plan_hard_between")
    most_hard = constant("coaching.plan_most_hard")
    most_sessions = constant("coaching.plan_most_sessions")
    easy_sessions = constant("coaching.plan_easy_sessions")
    most_strength = constant("coaching.plan_most_strength")
    surplus = constant("coaching.plan_surplus")


class Worth:
    """What things are worth, in sessions."""

    short = constant("coaching.plan_worth_short")
    reach = constant("coaching.plan_worth_reach")
    other = constant("coaching.plan_worth_other")
    goal = constant("coaching.plan_worth_goal")
    new = constant("coaching.plan_worth_new")
    kept = constant("coaching.plan_worth_kept")


#: Gap to which a week is solved.
_GAP = 5e-4
#: Caps are drawn in by this share, so that the solver's own tolerance breaks none.
_WITHIN = 1e-6
_NO_LIMIT = np.inf


@dataclass(frozen=True)
class Open:
    """A day on which there may be a session."""

    date: date
    minutes: float
    hard: bool = True
    backward: bool = True


@dataclass(frozen=True, eq=False)
class Week:
    """What a week may hold and what it aims at; amounts are of the days that are still open.

    Attributes
    ----------
    whole
        Whether all seven days are still to come, so that monotony can be planned.
    caps
        shape (5,).
    aim_backward_s, aim_walked_s, aim_running_m
        What it is short of counts against it; 0 for no aim.
    done_running_m, done_backward_m
        Of days that are over.
    done
        Keys of sessions done in the week.
    wanted
        What would reach the goal in this week.
    recent, kept
        Sessions of the two weeks before, and of the plan before on days still open.
    """

    days: tuple[Open, ...]
    whole: bool
    caps: Floats
    most_sessions: int
    most_backward_s: float
    share_most: float
    aim_backward_s: float
    aim_walked_s: float
    aim_running_m: float
    done_running_m: float = 0.0
    done_backward_m: float = 0.0
    done: tuple[str, ...] = ()
    done_hard: int = 0
    done_backward: int = 0
    done_strength: int = 0
    wanted: tuple[Reach, ...] = ()
    recent: frozenset[str] = frozenset()
    kept: Mapping[tuple[str, float], int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Solved:
    """Sessions of a week, how often each, what they are worth, and what was reached."""

    counts: tuple[tuple[Sized, int], ...]
    worth: float
    reached: tuple[bool, ...]


class _Model:
    """Columns and rows of one program, gathered one by one.

    The only class here that changes while it is used; it does not outlive `_built`.
    """

    def __init__(self) -> None:
        self.worth: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, worth: float = 0.0, upper: float = _NO_LIMIT, *, whole: bool = False) -> int:
        self.worth.append(worth)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.worth) - 1

    def most(self, terms: dict[int, float], limit: float) -> None:
        self.rows.append((terms, -_NO_LIMIT, limit))

    def least(self, terms: dict[int, float], limit: float) -> None:
        self.rows.append((terms, limit, _NO_LIMIT))

    def equal(self, terms: dict[int, float], value: float) -> None:
        self.rows.append((terms, value, value))

    def solved(self, *, relaxed: bool) -> tuple[Floats, float]:
        """Values of the best, and what nothing can be worth more than."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        size = len(self.worth)
        places = [(row, column) for row, (terms, _, _) in enumerate(self.rows) for column in terms]
        values = [value for terms, _, _ in self.rows for value in terms.values()]
        rows, columns = np.array(places, dtype=np.int64).reshape(-1, 2).T
        matrix = csr_array((values, (rows, columns)), shape=(len(self.rows), size))
        low, high = (np.array([row[end] for row in self.rows]) for end in (1, 2))
        # Presolving has been seen to end in an error where the same program solves without.
        why = ""
        for presolve in (True, False):
            found = milp(
                -np.array(self.worth),
                integrality=None if relaxed else np.array(self.whole, dtype=np.int64),
                bounds=Bounds(np.zeros(size), np.array(self.upper)),
                constraints=LinearConstraint(matrix, low, high),
                options={"mip_rel_gap": _GAP, "presolve": presolve},
            )
            if found.x is not None:
                most = found.fun if relaxed else found.mip_dual_bound
                return np.asarray(found.x, dtype=np.float64), -float(most)
            why = found.message
        raise BackstrideError(  # resting all week is always allowed
            f"a week of the plan has no solution: {why}",
            hint="this is a fault of the program; please report it with the wish",
        )


def solved(week: Week, choices: Sequence[Sized], goal: Goal) -> Solved:
    """The best week there is."""
    model, counts, reached = _built(week, choices, goal)
    values, _ = model.solved(relaxed=False)
    times = np.rint(values[counts]).astype(int)
    return Solved(
        counts=tuple((one, int(n)) for one, n in zip(choices, times, strict=True) if n),
        worth=float(values @ np.array(model.worth)),
        reached=tuple(bool(values[column] > 0.5) for column in reached),
    )


def bound(week: Week, choices: Sequence[Sized], goal: Goal, *, relaxed: bool = True) -> float:
    """What no week under these caps can be worth more than, by its linear relaxation or whole."""
    model, _, _ = _built(week, choices, goal)
    return model.solved(relaxed=relaxed)[1]


def most_backward(week: Week, choices: Sequence[Sized], goal: Goal) -> tuple[float, float]:
    """Seconds of running and of walking backward that no week under these caps can exceed."""
    model, counts, _ = _built(week, choices, goal)
    found = []
    for place in (BACKWARD, WALKED):
        model.worth = [0.0] * len(model.worth)
        for column, one in zip(counts, choices, strict=True):
            model.worth[column] = float(one.amounts[place]) / SECONDS_PER_MINUTE
        found.append(model.solved(relaxed=True)[1] * SECONDS_PER_MINUTE)
    return found[0], found[1]


def _built(week: Week, choices: Sequence[Sized], goal: Goal) -> tuple[_Model, list[int], list[int]]:
    model = _Model()
    counts = [
        model.column(_worth_of(one, week, goal), float(goal.most_same), whole=True)
        for one in choices
    ]
    pairs = list(zip(counts, choices, strict=True))

    def total(of: Callable[[Sized], float], scale: float = 1.0) -> dict[int, float]:
        return {column: of(one) / scale for column, one in pairs if of(one)}

    _amounts(model, week, total)
    _numbers(model, week, pairs, goal)
    _placed(model, week, pairs)
    if week.whole and min(len(week.days), week.most_sessions) >= Rules.most_sessions:
        _uneven(model, pairs)
    for aim, of in (
        (week.aim_backward_s, lambda one: float(one.amounts[BACKWARD])),
        (week.aim_walked_s, lambda one: float(one.amounts[WALKED])),
        (week.aim_running_m, lambda one: one.running_m),
    ):
        if aim > 0:  # one session that is enough is as good as one that is more than enough
            enough = {column: min(1.0, share) for column, share in total(of, aim).items()}
            model.least({**enough, model.column(-float(Worth.short)): 1.0}, 1.0)
    habit = max(week.aim_running_m, 1000.0)
    over = model.column(-float(Worth.short))
    model.most(
        {**total(lambda one: one.running_m, habit), over: -1.0},
        float(Rules.surplus) * max(week.aim_running_m / habit, 1.0),
    )
    reached = [_reaching(model, week, each, total) for each in week.wanted]
    for one, most in week.kept.items():
        same = [c for c, each in pairs if (each.session.key, each.share) == one]
        if same:
            kept = model.column(float(Worth.kept), float(most))
            model.most({kept: 1.0, same[0]: -1.0}, 0.0)
    return model, counts, reached


def _worth_of(one: Sized, week: Week, goal: Goal) -> float:
    key = one.session.key
    named, new = key in goal.sessions, key not in week.recent
    return 1.0 + float(Worth.goal) * named + float(Worth.new) * new


Total = Callable[..., dict[int, float]]


def _amounts(model: _Model, week: Week, total: Total) -> None:
    """Caps of the ramp, minutes backward in all, and the backward share of running."""
    for place, cap in enumerate(week.caps):
        _capped(model, total(lambda one, k=place: float(one.amounts[k])), float(cap))
    if np.isfinite(week.most_backward_s):
        moved = total(lambda one: float(one.amounts[BACKWARD] + one.amounts[WALKED]))
        _capped(model, moved, week.most_backward_s)
    share = week.share_most * (1 - _WITHIN)
    left = share * week.done_running_m - week.done_backward_m
    model.most(
        total(lambda one: one.dose.backward_m - share * one.running_m, 1000.0),
        max(0.0, left) / 1000.0,
    )


def _capped(model: _Model, amounts: dict[int, float], cap: float) -> None:
    """At most `cap` in all; what is more by itself is left out, so that numbers are near one."""
    cap *= 1 - _WITHIN
    fits = {column: amount / cap for column, amount in amounts.items() if amount <= cap}
    for column in set(amounts) - set(fits):
        model.upper[column] = 0.0
    if fits:
        model.most(fits, 1.0)


def _numbers(model: _Model, week: Week, pairs: Sequence[tuple[int, Sized]], goal: Goal) -> None:
    """How many sessions, how many of a kind, and how often the same."""
    limits = (
        (week.most_sessions - len(week.done), lambda one: one.share > 0),
        (int(Rules.most_hard) - week.done_hard, lambda one: one.session.hard),
        (goal.backward_sessions - week.done_backward, lambda one: one.backward),
        (
            int(Rules.most_strength) - week.done_strength,
            lambda one: one.session.kind is Kind.STRENGTH,
        ),
    )
    for most, of in limits:
        model.most({c: 1.0 for c, one in pairs if of(one)}, float(max(0, most)))
    for key in sorted({one.session.key for _, one in pairs}):
        same = {c: 1.0 for c, one in pairs if one.session.key == key}
        model.most(same, max(0.0, float(goal.most_same) - week.done.count(key)))
        if key not in week.done:
            different = model.column(float(Worth.other), 1.0)
            model.most({different: 1.0, **dict.fromkeys(same, -1.0)}, 0.0)


def _placed(model: _Model, week: Week, pairs: Sequence[tuple[int, Sized]]) -> None:
    """Every session finds a day that is long enough; hard ones find days apart.

    Sessions of one class (hard, backward, as long as the same days) flow to days; with whole counts
    and hard days chosen, such a flow has a whole solution.
    """
    lengths = sorted({day.minutes for day in week.days})
    classes: dict[tuple[bool, bool, float], dict[int, float]] = {}
    for column, one in pairs:
        minutes = one.dose.time_s / SECONDS_PER_MINUTE
        room = next((length for length in lengths if length >= minutes), None)
        if room is None:
            model.upper[column] = 0.0
        else:
            classes.setdefault((one.session.hard, one.backward, room), {})[column] = 1.0
    flows: dict[tuple[bool, bool, float], dict[int, float]] = {key: {} for key in classes}
    hard_days: dict[date, int] = {}
    for day in week.days:
        hard: dict[int, float] = {}
        easy: dict[int, float] = {}
        for (is_hard, backward, room), flow in flows.items():
            if room > day.minutes or (backward and not day.backward) or (is_hard and not day.hard):
                continue
            column = model.column(0.0, 1.0)
            flow[column] = -1.0
            (hard if is_hard else easy)[column] = 1.0
        if hard:
            chosen = hard_days[day.date] = model.column(0.0, 1.0, whole=True)
            model.most({**hard, chosen: -1.0}, 0.0)
            model.most({**easy, chosen: 1.0}, 1.0)
        elif easy:
            model.most(easy, 1.0)
    for key, columns in classes.items():
        model.equal({**columns, **flows[key]}, 0.0)
    apart = timedelta(days=int(Rules.hard_between))
    for first in hard_days:
        near = {c: 1.0 for day, c in hard_days.items() if first <= day <= first + apart}
        if len(near) > 1:
            model.most(near, 1.0)


def light_share() -> float:
    """Of the mean daily load: a day so light keeps six sessions and a rest below the monotony.

    Monotony is not linear. With one day of rest and one at a share 1 - b of the mean, the variance
    is least where the other five are alike, and from there it follows how large b must be. It asks
    for more than is needed where other days differ too; the checker computes the monotony itself.
    """
    needed = (DAYS_PER_WEEK - 1) / float(Rules.monotony) ** 2 - 1
    others = DAYS_PER_WEEK - 2
    # b² + (1 + b)² / others = needed
    a, b, c = 1 + 1 / others, 2 / others, 1 / others - needed
    return 1 - (sqrt(b * b - 4 * a * c) - b) / (2 * a)


def _uneven(model: _Model, pairs: Sequence[tuple[int, Sized]]) -> None:
    """A week of six sessions has a light one among them, so that monotony stays below its limit."""
    six = model.column(0.0, 1.0, whole=True)
    model.most({**{c: 1.0 for c, _ in pairs}, six: -1.0}, float(Rules.most_sessions) - 1)
    times = DAYS_PER_WEEK / light_share() * (1 + _WITHIN)
    lights = {six: -1.0}
    load = {c: -float(one.amounts[0]) / 100 for c, one in pairs if one.amounts[0]}
    light = sorted({float(one.amounts[0]) for _, one in pairs})
    for most in _thresholds(light):
        some = model.column(0.0, 1.0, whole=True)
        lights[some] = 1.0
        model.most({some: 1.0, **{c: -1.0 for c, one in pairs if one.amounts[0] <= most}}, 0.0)
        model.most({**load, some: times * most / 100}, 0.0)
    model.least(lights, 0.0)


def _thresholds(loads: Sequence[float]) -> Iterator[float]:
    """A few loads of the lighter half, for which light sessions are looked at together."""
    half = loads[: ceil(len(loads) / 2)]
    every = max(1, len(half) // 6)
    yield from half[every - 1 :: every]


def _reaching(model: _Model, week: Week, reach: Reach, total: Total) -> int:
    """A column that is 1 where the week reaches what is wanted."""
    worth = float(Worth.reach)
    column = model.column(worth, 1.0, whole=True)
    if reach.kind is ReachKind.SESSION:
        one = total(lambda each: float(each.dose.backward_m >= reach.amount))
        model.most({column: 1.0, **dict.fromkeys(one, -1.0)}, 0.0)
    elif reach.kind is ReachKind.TIMES:
        model.whole[column] = False
        done = sum(week.done.count(key) for key in reach.sessions) / reach.amount
        named = total(lambda each: float(each.session.key in reach.sessions))
        model.most({column: 1.0, **dict.fromkeys(named, -1 / reach.amount)}, done)
    elif reach.kind is ReachKind.WALKED:
        walked = total(lambda each: float(each.amounts[WALKED]), reach.amount)
        model.most({column: 1.0, **{c: -v for c, v in walked.items()}}, 0.0)
    else:
        most = 200.0  # no week falls short by more kilometres than that
        share = {
            c: v / 1000
            for c, v in total(
                lambda each: each.dose.backward_m - reach.amount * each.running_m
            ).items()
        }
        left = (week.done_backward_m - reach.amount * week.done_running_m) / 1000
        running = total(lambda each: each.running_m, 1000.0)
        model.least({**share, column: -most}, -most - left)
        model.least({**running, column: -1.0}, -week.done_running_m / 1000)
    return column
