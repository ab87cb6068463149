"""What no plan for a wish can be worth more than."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from backstride.coaching.dose import BACKWARD, WALKED, Sized, weeks_before
from backstride.coaching.goals import Goal, Reach, ReachKind
from backstride.coaching.schedule import (
    Schedule,
    cap_in,
    done_in,
    may_be_hard,
    wanted_in,
)
from backstride.coaching.solve import Week, Worth, bound, most_backward
from backstride.coaching.wish import Log, Planned, Status, Wish
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE


@dataclass(frozen=True, eq=False)
class _Free:
    """A week as it could be at best, and what it came to in the plan."""

    week: Week
    choices: tuple[Sized, ...]
    relaxed: float
    worth: float


def status_of(
    wish: Wish,
    goal: Goal,
    log: Log,
    days: Sequence[Planned],
    since: date,
    found: Schedule,
) -> Status:
    """The worth of a schedule, and the sum of its weeks at best.

    A week at best comes after weeks that took all that their ramps allow and their sessions can
    hold, and has nothing hard shortly before it; what is to be reached once counts once, where
    some week could.
    """
    before = weeks_before(wish)
    weeks: list[_Free] = []
    once: set[Reach] = set()
    for number in range(wish.weeks):
        most = done_in(wish, log, days, since, number)
        if number in found.weeks:
            given = found.weeks[number]
            wanted = wanted_in(wish, goal, number, ())
            cap = cap_in(wish, number, before, found.held)
            free = replace(
                given.week,
                days=tuple(
                    replace(day, hard=may_be_hard(wish, found.held, day.date))
                    for day in given.week.days
                ),
                caps=np.maximum(0.0, cap - given.done),
                wanted=tuple(each for each in wanted if each.kind is ReachKind.TIMES),
                recent=frozenset(),
            )
            once |= {each for each in wanted if _possible(each, free, given.choices)}
            relaxed = bound(free, given.choices, goal)
            weeks.append(_Free(free, given.choices, relaxed, given.worth))
            top = most_backward(free, given.choices, goal)
            most = _most(most, cap, top)
        before = np.vstack([before, most])
    worth = sum(each.worth for each in weeks)
    total = len(once | found.reached_once) * float(Worth.reach)
    total += sum(each.relaxed for each in weeks)
    if total - worth < _HOPELESS * abs(total):
        for each in sorted(weeks, key=lambda each: each.worth - each.relaxed):
            if total - worth <= _GOOD * abs(total):
                break
            # The loosest are solved whole until the gap is small.
            total += bound(each.week, each.choices, goal, relaxed=False) - each.relaxed
    return Status(worth, max(worth, total))


#: A gap below this is not worth looking for a lower bound, and one above that is not made small so.
_GOOD, _HOPELESS = 0.008, 0.03


def _most(done: Floats, cap: Floats, backward: tuple[float, float]) -> Floats:
    """What a week can hold at most: its caps, and of moving backward what its sessions hold."""
    most = np.maximum(done, cap)
    for place, top in zip((BACKWARD, WALKED), backward, strict=True):
        most[place] = min(most[place], done[place] + top)
    return most


def _possible(reach: Reach, week: Week, choices: Sequence[Sized]) -> bool:
    """Whether a week might reach what is wanted, by its caps and its longest day."""
    if reach.kind is ReachKind.TIMES:
        return False
    if reach.kind is ReachKind.WALKED:
        return bool(week.caps[WALKED] >= reach.amount)
    longest = SECONDS_PER_MINUTE * max(day.minutes for day in week.days)
    least = reach.amount if reach.kind is ReachKind.SESSION else 1.0
    return any(
        one.dose.backward_m >= least
        and one.dose.time_s <= longest
        and bool(np.all(one.amounts <= week.caps * (1 + 1e-9)))
        for one in choices
    )
