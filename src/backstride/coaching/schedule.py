"""From a wish to sessions on dates: week after week under its caps, then days within the week."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

from backstride.coaching.dose import (
    AMOUNTS,
    BACKWARD,
    WALKED,
    Hold,
    Numbers,
    Sized,
    cap_of,
    done_on,
    easy_share,
    habit_m,
    holds,
    level_in,
    sized,
    speeds_of,
    weeks_before,
)
from backstride.coaching.goals import Goal, Reach, ReachKind
from backstride.coaching.library import library
from backstride.coaching.sessions import Kind, Level, Need, Session
from backstride.coaching.solve import Open, Rules, Solved, Week, solved
from backstride.coaching.volume import forward_metres_of_one_backward, scaled
from backstride.coaching.wish import Log, Planned, Wish
from backstride.evidence import constant
from backstride.recording import Floats
from backstride.vocabulary import DAYS_PER_WEEK, SECONDS_PER_MINUTE, Direction, Gait

#: Shares of a session that a plan may take, where the session allows them.
SHARES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
#: The same of one with nothing backward in it, where steps may be coarser.
COARSE = (0.5, 1.0, 1.5, 2.0)
_AIM = float(constant("coaching.plan_aim"))
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Placed:
    """A session on a day, and the week that it was solved in."""

    date: date
    sized: Sized
    week: int


@dataclass(frozen=True, eq=False)
class Solvable:
    """A week as it was given, what it could take, what was done in it, and what it came to."""

    week: Week
    choices: tuple[Sized, ...]
    done: Floats
    worth: float


@dataclass(frozen=True, eq=False)
class Schedule:
    """All sessions from a day on, the weeks in which there can be any, and what was reached."""

    placed: tuple[Placed, ...]
    weeks: Mapping[int, Solvable]
    reached: frozenset[Reach]
    held: tuple[Hold, ...]

    @property
    def reached_once(self) -> frozenset[Reach]:
        """What is reached in one week, and counts once."""
        return frozenset(each for each in self.reached if each.kind is not ReachKind.TIMES)


def allowed(session: Session, wish: Wish, goal: Goal) -> bool:
    """Whether a session is for this goal, with what is at hand and within the limits but its level.

    A session of rehabilitation is for a goal that names it and no other.
    """
    steps, limits = session.steps, wish.limits
    if session.kind not in goal.kinds or not set(session.needs) <= wish.has:
        return False
    if session.kind is Kind.REHAB and session.key not in goal.sessions:
        return False
    if limits.no_hard and session.hard:
        return False
    if limits.no_uphill and session.kind is Kind.UPHILL:
        return False
    if limits.walk_only and any(step.gait is Gait.RUN for step in steps):
        return False
    if _backward(session):
        if not limits.required <= wish.has:
            return False
        return Need.TREADMILL not in limits.required or Need.TREADMILL in session.needs
    return True


def _backward(session: Session) -> bool:
    return any(step.direction is Direction.BACKWARD for step in session.steps)


def choices_of(wish: Wish, goal: Goal) -> tuple[Sized, ...]:
    """Every session that the goal and the limits allow, at a few shares of its volume."""
    found = []
    for key, session in library().items():
        if session.level > wish.limits.max_level or not allowed(session, wish, goal):
            continue
        low, high = session.volume
        seen = set()
        shares = SHARES if _backward(session) else COARSE
        for share in sorted({min(max(share, low), high) for share in shares}):
            parts = scaled(session, share).parts
            if parts not in seen:
                seen.add(parts)
                found.append(sized(key, share, speeds_of(wish)))
    return tuple(found)


def schedule(
    wish: Wish,
    goal: Goal,
    log: Log,
    days: Sequence[Planned],
    since: date,
) -> Schedule:
    """Sessions from `since` to the end of the wish.

    Parameters
    ----------
    days
        What was planned before; what of it is still to come is kept where nothing speaks against.
    """
    choices, held = choices_of(wish, goal), holds(wish, log, days, since)
    before = weeks_before(wish)
    aims = _aims(wish, goal, log, days, since)
    reached: set[Reach] = set()
    placed: list[Placed] = []
    weeks: dict[int, Solvable] = {}
    for number in range(wish.weeks):
        total = fixed = done_in(wish, log, days, since, number)
        level = level_in(wish, goal, log, since, number)
        fits = tuple(one for one in choices if one.session.level <= level)
        here = _week(
            wish, goal, log, days, since, number, held, before, fixed, aims[number], placed
        )
        least = min((float(b) for one in fits if (b := one.amounts[BACKWARD])), default=np.inf)
        if here.aim_backward_s < least:
            here = replace(here, aim_backward_s=0.0)
        here = replace(here, wanted=wanted_in(wish, goal, number, reached))
        if here.days:
            found = solved(here, fits, goal)
            reached |= {each for each, one in zip(here.wanted, found.reached, strict=True) if one}
            on_days = _on_days(here, found, placed, days, number)
            placed += on_days
            weeks[number] = Solvable(here, fits, fixed, found.worth)
            total = fixed + sum((each.sized.amounts for each in on_days), np.zeros(len(AMOUNTS)))
        before = np.vstack([before, total])
    return Schedule(tuple(placed), weeks, frozenset(reached), held)


def cap_in(wish: Wish, week: int, before: Floats, held: Sequence[Hold]) -> Floats:
    """The most that a week may hold, given those before it and what a log forbids."""
    shares = [hold.share for hold in held if hold.share is not None and hold.touches(wish, week)]
    return cap_of(wish, week, before, min(shares, default=None))


def done_in(wish: Wish, log: Log, days: Sequence[Planned], since: date, week: int) -> Floats:
    """What was done in a week before `since`."""
    found = np.zeros(len(AMOUNTS))
    for day in _dates(wish, week):
        if day < since:
            found += done_on(wish, log, _planned_on(days, day), day)
    return found


def _planned_on(days: Sequence[Planned], day: date) -> Planned | None:
    return next((each for each in days if each.date == day), None)


def _dates(wish: Wish, week: int) -> list[date]:
    first = wish.start + DAYS_PER_WEEK * week * _DAY
    return [first + k * _DAY for k in range(DAYS_PER_WEEK)]


def _aims(
    wish: Wish, goal: Goal, log: Log, days: Sequence[Planned], since: date
) -> list[tuple[float, float, float]]:
    """What each week aims at: seconds of running and of walking backward, metres run in all.

    Running backward grows along a share of what the ramp allows, up to what the goal asks for;
    walking backward does where it is the goal, or where running is not yet allowed; running in all
    is kept at what it was.
    """
    speeds, habit = speeds_of(wish), habit_m(wish)
    most_s = goal.backward_min * SECONDS_PER_MINUTE
    if any(each.kind is ReachKind.SHARE for each in goal.reach):
        most_s = min(most_s, share_of(wish, goal) * habit / speeds.backward_run_mps)
    walked_s = goal.walked_min * SECONDS_PER_MINUTE
    to_walk = any(each.kind is ReachKind.WALKED for each in goal.reach)
    before = weeks_before(wish)
    worth = max(forward_metres_of_one_backward().values())
    found = []
    for week in range(wish.weeks):
        dates = _dates(wish, week)
        cap = cap_of(wish, week, before)
        open_days = [day for day in dates if day >= since and wish.minutes_on(day) > 0]
        fixed = done_in(wish, log, days, since, week)
        part = len(open_days) / max(1, len([d for d in dates if wish.days.get(d.weekday(), 0) > 0]))
        level = level_in(wish, goal, log, since, week)
        easy = easy_share(wish, week) or 1.0
        runs = level >= Level.JOG and not wish.limits.walk_only
        backward = min(_AIM * cap[BACKWARD], most_s * easy) if runs and open_days else 0.0
        walks = (not runs or to_walk) and open_days
        walked = min(_AIM * cap[WALKED], walked_s * easy) if walks else 0.0
        spare = (worth - 1) * backward * speeds.backward_run_mps
        usual = habit if easy == 1 else _AIM * easy * habit
        running = min(_AIM * cap[1], _AIM * cap[2] - spare, usual)
        if wish.limits.walk_only or not open_days:
            running = 0.0
        found.append(
            (
                max(0.0, backward - fixed[BACKWARD]),
                max(0.0, walked - fixed[WALKED]),
                max(0.0, part * running),
            )
        )
        taken = np.maximum(fixed, _AIM * cap) if open_days else fixed
        taken[BACKWARD], taken[WALKED] = max(backward, fixed[BACKWARD]), max(walked, fixed[WALKED])
        before = np.vstack([before, taken])
    return found


def share_of(wish: Wish, goal: Goal) -> float:
    """The backward share of running distance that is asked for."""
    asked = next((each.amount for each in goal.reach if each.kind is ReachKind.SHARE), 0.0)
    return asked if wish.share is None else wish.share


def reaches_of(wish: Wish, goal: Goal) -> tuple[Reach, ...]:
    """What is to be reached, with the wish's own share in it."""
    return tuple(
        replace(each, amount=share_of(wish, goal)) if each.kind is ReachKind.SHARE else each
        for each in goal.reach
    )


def last_full_week(wish: Wish) -> int:
    """The last week that is not an easy one, or the last of all."""
    full = [week for week in range(wish.weeks) if easy_share(wish, week) is None]
    return full[-1] if full else wish.weeks - 1


def wanted_in(wish: Wish, goal: Goal, week: int, reached: Collection[Reach]) -> tuple[Reach, ...]:
    """What this week could still reach."""
    found = []
    for each in reaches_of(wish, goal):
        if each.kind is ReachKind.TIMES:
            if each.first_week <= week + 1 <= each.last_week:
                found.append(each)
        elif each in reached:
            continue
        elif each.kind is not ReachKind.SHARE or week == last_full_week(wish):
            found.append(each)
    return tuple(found)


def may_be_hard(wish: Wish, held: Sequence[Hold], day: date) -> bool:
    """Whether neither the race nor a log speaks against a hard session on a day."""
    return not _fresh(wish, day) and not any(hold.no_hard and hold.on(day) for hold in held)


def _fresh(wish: Wish, day: date) -> bool:
    """Whether a day is so near before the race that nothing hard is done."""
    return wish.race is not None and 0 < (wish.race - day).days <= Numbers.fresh_days


def _week(
    wish: Wish,
    goal: Goal,
    log: Log,
    days: Sequence[Planned],
    since: date,
    week: int,
    held: Sequence[Hold],
    before: Floats,
    fixed: Floats,
    aims: tuple[float, float, float],
    placed: Sequence[Placed],
) -> Week:
    dates = _dates(wish, week)
    hard = [each.date for each in placed if each.sized.session.hard]
    done = [entry for day in dates if day < since and (entry := log.on(day)) and entry.done]
    hard += [
        entry.date
        for entry in log.entries
        if entry.done and entry.date < since and library()[entry.session].hard
    ]
    apart = int(Rules.hard_between)
    open_days = tuple(
        Open(
            day,
            wish.minutes_on(day),
            hard=may_be_hard(wish, held, day)
            and not any(0 <= (day - other).days <= apart for other in hard),
            backward=not any(hold.no_backward and hold.on(day) for hold in held),
        )
        for day in dates
        if day >= since
        and wish.minutes_on(day) > 0
        and not any(hold.rest and hold.on(day) for hold in held)
    )
    limits, kinds = wish.limits, [library()[entry.session] for entry in done]
    most_s = np.inf if limits.most_backward_min is None else limits.most_backward_min * 60
    running_m, backward_m = _done_metres(wish, log, days, since, week)
    recent = {each.sized.session.key for each in placed if each.week >= week - 2}
    kept = Counter(
        (each.session, each.share) for each in days if each.date in {day.date for day in open_days}
    )
    return Week(
        days=open_days,
        whole=dates[0] >= since,
        caps=np.maximum(0.0, cap_in(wish, week, before, held) - fixed),
        most_sessions=_most_sessions(wish, week),
        most_backward_s=max(0.0, most_s - fixed[BACKWARD] - fixed[WALKED]),
        share_most=max(goal.share_most, share_of(wish, goal)),
        aim_backward_s=aims[0],
        aim_walked_s=aims[1],
        aim_running_m=aims[2],
        done_running_m=running_m,
        done_backward_m=backward_m,
        done=tuple(one.key for one in kinds),
        done_hard=sum(one.hard for one in kinds),
        done_backward=sum(_backward(one) for one in kinds),
        done_strength=sum(one.kind is Kind.STRENGTH for one in kinds),
        recent=frozenset(recent),
        kept=dict(kept),
    )


def _most_sessions(wish: Wish, week: int) -> int:
    easy = easy_share(wish, week) is not None
    most, own = (Rules.easy_sessions if easy else Rules.most_sessions), wish.limits.most_sessions
    return int(most if own is None else min(most, own))


def _done_metres(
    wish: Wish, log: Log, days: Sequence[Planned], since: date, week: int
) -> tuple[float, float]:
    """Metres run in all and backward before `since` in a week."""
    running = backward = 0.0
    for day in _dates(wish, week):
        if day >= since:
            break
        recorded = [each for each in log.recorded if each.date == day]
        entry, planned = log.on(day), _planned_on(days, day)
        if recorded:
            running += sum(each.forward_m + each.backward_m for each in recorded)
            backward += sum(each.backward_m for each in recorded)
        elif entry is not None and entry.done:
            share = planned.share if planned and planned.session == entry.session else 1.0
            whole = sized(entry.session, share, speeds_of(wish))
            running += whole.running_m * entry.done
            backward += whole.dose.backward_m * entry.done
    return running, backward


@lru_cache
def _orders(size: int) -> npt.NDArray[np.int64]:
    """Every order of that many things, shape (size!, size)."""
    return np.array(list(permutations(range(size))), dtype=np.int64).reshape(-1, size)


#: What makes an order of days worse: an impossible one, and nuisances by weight.
_IMPOSSIBLE = 1e6
_BACK_TO_BACK = 1.0
_SAME_AS_BEFORE = 3.0
_TIGHT = 0.01


def _on_days(
    week: Week, found: Solved, placed: Sequence[Placed], days: Sequence[Planned], number: int
) -> list[Placed]:
    """The week's sessions on its days: hard ones apart, backward ones rather not on days in a row,
    where they were in the plan before, long ones where there is time.
    """
    sessions = [one for one, times in found.counts for _ in range(times)]
    slots: list[Sized | None] = [*sessions, *[None] * (len(week.days) - len(sessions))]
    cost = np.array([[_cost(slot, day, days) for day in week.days] for slot in slots])
    orders = _orders(len(slots))
    total = cost[orders, np.arange(len(slots))].sum(axis=1)
    hard = np.array([slot is not None and slot.session.hard for slot in slots])[orders]
    backward = np.array([slot is not None and slot.backward for slot in slots])[orders]
    apart = int(Rules.hard_between)
    for one in range(len(slots)):
        for other in range(one + 1, len(slots)):
            between = (week.days[other].date - week.days[one].date).days
            if between <= apart:
                total += _IMPOSSIBLE * (hard[:, one] & hard[:, other])
            if between == 1:
                total += _BACK_TO_BACK * (backward[:, one] & backward[:, other])
    if placed and (week.days[0].date - placed[-1].date).days == 1 and placed[-1].sized.backward:
        total += _BACK_TO_BACK * backward[:, 0]
    order = orders[int(np.argmin(total))]
    chosen = [slots[slot] for slot in order]
    return [
        Placed(day.date, one, number)
        for day, one in zip(week.days, chosen, strict=True)
        if one is not None
    ]


def _cost(slot: Sized | None, day: Open, days: Sequence[Planned]) -> float:
    before = _planned_on(days, day.date)
    if slot is None:
        return -_SAME_AS_BEFORE if days and before is None else 0.0
    minutes = slot.dose.time_s / SECONDS_PER_MINUTE
    if minutes > day.minutes:
        return _IMPOSSIBLE
    if (slot.session.hard and not day.hard) or (slot.backward and not day.backward):
        return _IMPOSSIBLE
    same = before is not None and (before.session, before.share) == (slot.session.key, slot.share)
    return _TIGHT * minutes / day.minutes * minutes - _SAME_AS_BEFORE * same
