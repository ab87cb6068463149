"""The smallest changes of a wish that would let its goal be reached.

Each change is made and the plan solved anew, so that what is proposed is known to work; a relaxed
model with penalties would only have guessed it. Limits from screening are never proposed away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

import numpy as np

from backstride.coaching.dose import BACKWARD, cap_of, level_in, weeks_before
from backstride.coaching.goals import Goal, ReachKind, goals
from backstride.coaching.library import library
from backstride.coaching.schedule import choices_of, schedule
from backstride.coaching.sessions import Level
from backstride.coaching.unreached import unreached
from backstride.coaching.wish import Log, Plan, Planned, Status, Wish
from backstride.vocabulary import DAYS_PER_WEEK

#: The longest plan that is proposed.
_MOST_WEEKS = 52
#: Minutes that a day is proposed to have, and how many proposals are made.
_MINUTES = 60.0
_MOST = 3


@dataclass(frozen=True)
class _Change:
    """A change of a wish in words; the smallest of a kind that helps is enough."""

    kind: str
    words: str
    of: Callable[[Wish], Wish]


def smallest_changes(wish: Wish, goal: Goal) -> str:
    """In words, what alone would do; else what would do together; else that nothing would."""
    singles = [change for change in _changes(wish, goal) if _limits_allow(change.of(wish), goal)]
    helps: dict[str, str] = {}
    for change in singles:
        if change.kind not in helps and _reaches(change.of(wish), goal):
            helps[change.kind] = change.words
    found = [*helps.values(), *_longer(wish, goal)]
    if not found:
        for one, other in combinations(singles, 2):
            if _reaches(other.of(one.of(wish)), goal):
                found.append(f"{one.words} and {other.words}")
                break
    if not found:
        for change in singles:
            longer = _longer(change.of(wish), goal)
            found += [f"{change.words} and {words}" for words in longer[:1]]
            if found:
                break
    if found:
        return "; or ".join(found[:_MOST])
    others = [key for key in goals() if key != goal.key and not goals()[key].reach]
    return f"no single or double change helps; choose another goal, as {' or '.join(others)}"


def _limits_allow(wish: Wish, goal: Goal) -> bool:
    return bool(choices_of(wish, goal))


def _reaches(wish: Wish, goal: Goal) -> bool:
    if wish.weeks < goal.least_weeks or not _could_reach(wish, goal):
        return False
    found = schedule(wish, goal, Log(), (), wish.start)
    days = tuple(
        Planned(one.date, one.sized.session.key, one.sized.share, "tried", ("goal",))
        for one in found.placed
    )
    return not unreached(Plan(wish, days, wish.start, Log(), Status(0.0, 0.0)))


def _could_reach(wish: Wish, goal: Goal) -> bool:
    """Whether a session of what is asked for fits into its week if all ramps are taken whole."""
    before = weeks_before(wish)
    sessions = [
        [one for one in choices_of(wish, goal) if one.dose.backward_m >= each.amount]
        for each in goal.reach
        if each.kind is ReachKind.SESSION
    ]
    if not sessions:
        return True
    caps = []
    for week in range(wish.weeks):
        level = level_in(wish, goal, Log(), wish.start, week)
        cap = cap_of(wish, week, before)
        if level < Level.JOG:
            cap[BACKWARD] = 0.0
        before = np.vstack([before, cap])
        caps.append((level, cap))
    return all(
        any(
            one.session.level <= level and bool(np.all(one.amounts <= cap))
            for one in those
            for level, cap in caps
        )
        for those in sessions
    )


def _changes(wish: Wish, goal: Goal) -> Iterator[_Change]:
    """Changes from the one that costs a runner least, each alone."""
    if wish.away:
        yield _Change("away", "be away on no day", lambda w: replace(w, away=frozenset()))
    named = {key for each in goal.reach for key in each.sessions} or set(goal.sessions)
    needs = {need for key in named for need in library()[key].needs} - wish.has
    if needs:
        words = " and ".join(sorted(need.value for need in needs))
        yield _Change("needs", f"have {words}", lambda w: replace(w, has=w.has | needs))
    short = {day: minutes for day, minutes in wish.days.items() if 0 < minutes < _MINUTES}
    if short:
        more = {**wish.days, **dict.fromkeys(short, _MINUTES)}
        yield _Change(
            "minutes",
            f"give each day that is available {_MINUTES:g} minutes",
            lambda w: replace(w, days={**w.days, **{d: m for d, m in more.items() if d in short}}),
        )
    free = [day for day in range(DAYS_PER_WEEK) if not wish.days.get(day)]
    for count in (1, 2):
        if len(free) > count:
            extra = dict.fromkeys(_spread(free, count), max(_MINUTES, *wish.days.values()))
            words = "a day" if count == 1 else f"{count} days"
            yield _Change(
                "days",
                f"have {words} more a week ({', '.join(_NAMES[day] for day in extra)})",
                lambda w, extra=extra: replace(w, days={**w.days, **extra}),  # type: ignore[misc]
            )
    for level in Level:
        if wish.level < level <= wish.limits.max_level:
            yield _Change(
                "level",
                f"earn level {level.name.lower()} by its tests first",
                lambda w, level=level: replace(w, level=level),  # type: ignore[misc]
            )
    if any(each.kind is ReachKind.SHARE for each in goal.reach):
        asked = wish.share or goal.reach[0].amount
        for share in (0.75 * asked, 0.5 * asked, 0.25 * asked):
            yield _Change(
                "share",
                f"ask for a share of {share:.1%}",
                lambda w, share=share: replace(w, share=share),  # type: ignore[misc]
            )


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _spread(free: list[int], count: int) -> list[int]:
    """That many of the free days, apart from each other."""
    return [free[k * len(free) // count] for k in range(count)]


def _longer(wish: Wish, goal: Goal) -> list[str]:
    """How many weeks more it would take, by halving; nothing where a year is not enough."""
    low, high = 0, 2
    while not _reaches(_with_weeks(wish, high), goal):
        low, high = high, 2 * high
        if wish.weeks + high > _MOST_WEEKS:
            return []
    while high - low > 1:
        middle = (low + high) // 2
        if _reaches(_with_weeks(wish, middle), goal):
            high = middle
        else:
            low = middle
    words = "take 1 week more" if high == 1 else f"take {high} weeks more"
    return [words if wish.race is None else f"{words}, with a race as much later"]


def _with_weeks(wish: Wish, more: int) -> Wish:
    later = timedelta(days=DAYS_PER_WEEK * more)
    race = None if wish.race is None else wish.race + later
    return replace(wish, weeks=wish.weeks + more, race=race)
