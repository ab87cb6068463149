"""Whether a plan keeps its rules, checked from the rules and not from the solver's model.

It shares with the solver what a session holds, what the constants are, and what a log forbids;
sums, ramps, spacing, monotony and balance are counted here again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, stdev

from backstride.coaching.dose import (
    AMOUNTS,
    STARTS,
    STEPS,
    Numbers,
    Sized,
    amounts_of_day,
    done_on,
    holds,
    known_history,
    level_in,
    sized,
    speeds_of,
)
from backstride.coaching.goals import Goal, ReachKind, goal_of
from backstride.coaching.library import session as session_of
from backstride.coaching.sessions import Intensity, Kind, Need
from backstride.coaching.solve import Rules
from backstride.coaching.wish import Plan, Planned, Wish
from backstride.errors import RequestError
from backstride.vocabulary import Direction, Gait

_DAY = timedelta(days=1)
#: Sums may be above a limit by this share, for they were added in another order.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class _Coming:
    """A session still to come."""

    planned: Planned
    sized: Sized

    @property
    def date(self) -> date:
        return self.planned.date

    @property
    def steps_backward(self) -> bool:
        return any(step.direction is Direction.BACKWARD for step in self.sized.session.steps)


def broken_rules(plan: Plan) -> tuple[str, ...]:
    """Every rule that the days from `plan.since` on break, in words; empty where none is broken."""
    try:
        goal = goal_of(plan.wish.goal)
        coming = tuple(
            _Coming(each, sized(each.session, each.share, speeds_of(plan.wish)))
            for each in plan.days
            if each.date >= plan.since
        )
    except RequestError as error:
        return (error.message,)
    return tuple(_broken(plan, goal, coming))


def _broken(plan: Plan, goal: Goal, coming: Sequence[_Coming]) -> Iterator[str]:
    dates = [each.date for each in plan.days]
    if dates != sorted(set(dates)):
        yield "days are out of order, or one has two sessions"
        return
    for one in coming:
        yield from _on_its_day(plan, goal, one)
        yield from _within_limits(plan.wish, one)
        yield from _held(plan, one)
    yield from _apart(plan, coming)
    for week in range(plan.wish.weeks):
        first = plan.wish.start + 7 * week * _DAY
        here = [one for one in coming if first <= one.date < first + 7 * _DAY]
        if here:
            yield from (f"week {week + 1}: {rule}" for rule in _in_week(plan, goal, week, here))


def _on_its_day(plan: Plan, goal: Goal, one: _Coming) -> Iterator[str]:
    wish, session = plan.wish, one.sized.session
    if not wish.start <= one.date < wish.start + 7 * wish.weeks * _DAY:
        yield f"{one.date}: outside the plan"
    if one.date in wish.away:
        yield f"{one.date}: away"
    if wish.race is not None and one.date >= wish.race:
        yield f"{one.date}: on the day of the race or after it"
    if one.sized.dose.time_s > 60 * wish.days.get(one.date.weekday(), 0.0):
        yield f"{one.date}: {session.key} takes longer than there is time"
    if session.kind not in goal.kinds:
        yield f"{one.date}: {session.key} is not for this goal"
    if session.level > level_in(
        wish, goal, plan.log, plan.since, (one.date - wish.start).days // 7
    ):
        yield f"{one.date}: {session.key} is above the level"
    if not set(session.needs) <= wish.has:
        yield f"{one.date}: {session.key} needs what is not at hand"
    fresh = wish.race is not None and (wish.race - one.date).days <= Numbers.fresh_days
    if fresh and session.hard:
        yield f"{one.date}: hard so near to the race"
    if not one.planned.because or not one.planned.rules:
        yield f"{one.date}: nothing says why"


def _within_limits(wish: Wish, one: _Coming) -> Iterator[str]:
    limits, session = wish.limits, one.sized.session
    if session.level > limits.max_level:
        yield f"{one.date}: {session.key} is above the level that the limits allow"
    if limits.walk_only and any(step.gait is Gait.RUN for step in session.steps):
        yield f"{one.date}: {session.key} has running, the limits allow walking only"
    if limits.no_hard and session.hard:
        yield f"{one.date}: {session.key} is hard, the limits forbid that"
    if limits.no_uphill and session.kind is Kind.UPHILL:
        yield f"{one.date}: {session.key} goes uphill, the limits forbid that"
    if one.steps_backward:
        if not limits.required <= wish.has:
            yield f"{one.date}: {session.key} without what the limits require"
        if Need.TREADMILL in limits.required and Need.TREADMILL not in session.needs:
            yield f"{one.date}: {session.key} is not on a treadmill, the limits require one"


def _held(plan: Plan, one: _Coming) -> Iterator[str]:
    for hold in holds(plan.wish, plan.log, plan.days, plan.since):
        if not hold.first <= one.date <= hold.last:
            continue
        if hold.rest:
            yield f"{one.date}: a session, but {hold.because}"
        if hold.no_hard and one.sized.session.hard:
            yield f"{one.date}: a hard session, but {hold.because}"
        if hold.no_backward and one.steps_backward:
            yield f"{one.date}: a session backward, but {hold.because}"


def _apart(plan: Plan, coming: Sequence[_Coming]) -> Iterator[str]:
    done = [
        entry.date
        for entry in plan.log.entries
        if entry.date < plan.since and entry.done and session_of(entry.session).hard
    ]
    ahead = [one.date for one in coming if one.sized.session.hard]
    for day in ahead:
        for other in (*done, *ahead):
            if 0 < (day - other).days <= Rules.hard_between:
                yield f"{day}: hard, {(day - other).days} days after another hard session"


def _in_week(plan: Plan, goal: Goal, week: int, here: Sequence[_Coming]) -> Iterator[str]:
    wish, first = plan.wish, plan.wish.start + 7 * week * _DAY
    past = [first + k * _DAY for k in range(7) if first + k * _DAY < plan.since]
    done = [entry for day in past if (entry := plan.log.on(day)) is not None and entry.done]
    keys = [one.sized.session.key for one in here]
    yield from _counts(plan, goal, week, here, [entry.session for entry in done])
    yield from _ramps(plan, week, here)
    if not past:
        loads = [0.0] * 7
        for one in here:
            loads[(one.date - first).days] = float(one.sized.amounts[0])
        if stdev(loads) * Rules.monotony * (1 + _ROUNDING) < mean(loads):
            yield f"monotony: mean load {mean(loads):.0f}, deviation {stdev(loads):.0f}"
    backward = sum(one.sized.dose.backward_m for one in here)
    running = backward + sum(one.sized.dose.forward_m for one in here)
    share = goal.share_most
    if any(each.kind is ReachKind.SHARE for each in goal.reach) and wish.share is not None:
        share = max(share, wish.share)
    whole_b, whole = _ran(plan, past)
    alone = backward <= share * running * (1 + _ROUNDING)
    together = backward + whole_b <= share * (running + whole) * (1 + _ROUNDING)
    if not (alone or together):
        yield f"{backward / running:.0%} of running is backward, at most {share:.0%} may be"
    most = wish.limits.most_backward_min
    if most is not None and keys:
        moved = sum(one.sized.dose.backward_s + one.sized.dose.walked_backward_s for one in here)
        moved_before = sum(float(sum(_done(plan, day)[3:5])) for day in past)
        if moved > 0 and moved + moved_before > 60 * most * (1 + _ROUNDING):
            yield f"{(moved + moved_before) / 60:.0f} min backward, the limits allow {most:g}"


def _counts(
    plan: Plan, goal: Goal, week: int, here: Sequence[_Coming], done: Sequence[str]
) -> Iterator[str]:
    sessions = [*(one.sized.session for one in here), *(session_of(key) for key in done)]
    most = float(Rules.easy_sessions if _easy(plan.wish, week) else Rules.most_sessions)
    if plan.wish.limits.most_sessions is not None:
        most = min(most, plan.wish.limits.most_sessions)
    backward = [
        one for one in sessions if any(s.direction is Direction.BACKWARD for s in one.steps)
    ]
    coming = [one.sized.session for one in here]
    for what, those, limit in (
        ("sessions", sessions, most),
        ("hard sessions", [one for one in sessions if one.hard], float(Rules.most_hard)),
        ("backward sessions", backward, float(goal.backward_sessions)),
        (
            "strength sessions",
            [one for one in sessions if one.kind is Kind.STRENGTH],
            float(Rules.most_strength),
        ),
    ):
        if len(those) > limit and any(one in those for one in coming):
            yield f"{len(those)} {what}, at most {limit:g}"
    for key in sorted({each.key for each in coming}):
        if sum(each.key == key for each in sessions) > goal.most_same:
            yield f"{key} comes more than {goal.most_same} times"
    for one in here:
        if one.sized.session.steps[0].intensity is not Intensity.WARMUP:
            yield f"{one.sized.session.key} begins without a warm-up"


def _easy(wish: Wish, week: int) -> float:
    """The share of an easy week; 0 for another."""
    if wish.race is not None:
        begin = wish.start + 7 * week * _DAY
        taper = [
            k for k in range(7) if 0 <= (wish.race - (begin + k * _DAY)).days <= Numbers.taper_days
        ]
        if len(taper) >= 4:
            return float(Numbers.taper_share)
    return float(Numbers.easy_share) if (week + 1) % Numbers.easy_every == 0 else 0.0


def _done(plan: Plan, day: date) -> list[float]:
    planned = next((each for each in plan.days if each.date == day), None)
    return [float(amount) for amount in done_on(plan.wish, plan.log, planned, day)]


def _ran(plan: Plan, days: Sequence[date]) -> tuple[float, float]:
    """Metres run backward and in all on days that are over."""
    backward = running = 0.0
    for day in days:
        recorded = [each for each in plan.log.recorded if each.date == day]
        entry = plan.log.on(day)
        if recorded:
            backward += sum(each.backward_m for each in recorded)
            running += sum(each.backward_m + each.forward_m for each in recorded)
        elif entry is not None and entry.done:
            planned = next((each for each in plan.days if each.date == day), None)
            same = planned is not None and planned.session == entry.session
            share = planned.share if planned is not None and same else 1.0
            dose = sized(entry.session, share, speeds_of(plan.wish)).dose
            backward += entry.done * dose.backward_m
            running += entry.done * (dose.backward_m + dose.forward_m)
    return backward, running


def _ramps(plan: Plan, week: int, here: Sequence[_Coming]) -> Iterator[str]:
    """Each amount of the week against the four before it, as done or as planned."""
    sums = weekly_amounts(plan)
    planned = [sum(float(one.sized.amounts[k]) for one in here) for k in range(len(AMOUNTS))]
    touching = [
        hold.share
        for hold in holds(plan.wish, plan.log, plan.days, plan.since)
        if hold.share is not None
        and hold.first < plan.wish.start + 7 * (week + 1) * _DAY
        and hold.last >= plan.wish.start + 7 * week * _DAY
    ]
    for k, name in enumerate(AMOUNTS):
        if planned[k] <= 0:
            continue
        before = [sums[week - back][k] for back in (1, 2, 3, 4)]
        most = max(Numbers.ramp * mean(before) + STEPS[k], STARTS[k])
        if easy := _easy(plan.wish, week):
            most = min(most, max(easy * mean(before[:3]), STEPS[k]))
        if touching:
            most = min(most, max(min(touching) * mean(before), STEPS[k]))
        if sums[week][k] > most * (1 + _ROUNDING):
            yield f"{name} of {sums[week][k]:.0f}, its ramp allows {most:.0f}"


def weekly_amounts(plan: Plan) -> dict[int, list[float]]:
    """Amounts of each week, from the four before the plan (-4 to -1) on, as done or planned."""
    wish = plan.wish
    sums = {week: [0.0] * len(AMOUNTS) for week in range(-4, wish.weeks)}

    def add(day: date, amounts: Sequence[float]) -> None:
        week = (day - wish.start).days // 7
        if week in sums:
            sums[week] = [one + other for one, other in zip(sums[week], amounts, strict=True)]

    for day in known_history(wish):
        add(day.date, [float(amount) for amount in amounts_of_day(day)])
    over = wish.start
    while over < plan.since:
        add(over, _done(plan, over))
        over += _DAY
    for each in plan.days:
        if each.date >= plan.since:
            whole = sized(each.session, each.share, speeds_of(wish))
            add(each.date, [float(amount) for amount in whole.amounts])
    return sums
