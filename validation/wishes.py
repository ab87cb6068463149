"""Made wishes and made athletes who live by a plan, both by seeded chance: nobody's real ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from backstride.coaching.goals import goals
from backstride.coaching.limits import Limits
from backstride.coaching.plan import update
from backstride.coaching.sessions import Level, Need
from backstride.coaching.wish import USUAL, Day, Entry, Plan, Wish

FIRST = date(2027, 1, 4)
_DAY = timedelta(days=1)


def random_wish(seed: int, *, most_weeks: int = 16) -> Wish:
    """A wish of any goal, with any history, level, limits, days off and things at hand."""
    chance = np.random.default_rng(seed)
    goal = goals()[str(chance.choice(list(goals())))]
    weeks = max(goal.least_weeks, int(chance.integers(1, most_weeks + 1)))
    start = FIRST + _DAY * int(chance.integers(0, 28))
    race = start + _DAY * (7 * weeks - 1 - int(chance.integers(0, 5)))
    count = int(chance.integers(1, 8))
    weekdays = chance.choice(7, size=count, replace=False)
    has = USUAL | {need for need in Need if chance.random() < 0.4}
    away = start + _DAY * int(chance.integers(0, 7 * weeks))
    return Wish(
        goal=goal.key,
        start=start,
        weeks=weeks,
        days={int(day): float(chance.integers(15, 121)) for day in sorted(weekdays)},
        history=None if chance.random() < 0.4 else tuple(_history(chance, start)),
        level=Level(int(chance.integers(0, 4))),
        limits=_limits(chance),
        race=race if goal.race else None,
        away=frozenset(away + k * _DAY for k in range(int(chance.integers(0, 12)))),
        has=frozenset(has),
        share=float(chance.uniform(0.03, 0.3)) if chance.random() < 0.2 else None,
    )


def able_wish(seed: int) -> Wish:
    """A wish that can be met: time, things at hand, a base and the level that the goal needs."""
    chance = np.random.default_rng([seed, 1])
    wish = random_wish(seed)
    goal = goals()[wish.goal]
    weeks = int(chance.integers(max(12, goal.least_weeks), 25))
    weekdays = chance.choice(7, int(chance.integers(4, 7)), replace=False)
    demanding = goal.race or goal.key == "economy"
    base_s = 60 * float(chance.uniform(25, 40) if demanding else chance.uniform(10, 20))
    return replace(
        wish,
        weeks=weeks,
        days={int(day): float(chance.integers(75, 121)) for day in sorted(weekdays)},
        history=tuple(_steady(wish.start, float(chance.uniform(20_000, 45_000)), base_s)),
        level=Level.FAST if goal.level is Level.FAST else Level.RUN,
        limits=Limits(),
        race=wish.start + _DAY * (7 * weeks - 1) if goal.race else None,
        away=frozenset(),
        has=frozenset(Need),
        share=None,
    )


def _steady(start: date, forward_m: float, backward_s: float) -> Iterator[Day]:
    """Four weeks alike, of four days each."""
    for week in range(4):
        for back in (1, 3, 5, 7):
            yield Day(
                start - _DAY * (7 * week + back),
                forward_m / 4,
                2.2 * backward_s / 4,
                backward_s / 4,
                120.0,
                (forward_m / 2.8 + backward_s) / 4 / 60 * 3,
            )


def _history(chance: np.random.Generator, start: date) -> Iterator[Day]:
    often, far = chance.random(), chance.uniform(0, 15_000)
    backward = chance.choice([0.0, 0.05, 0.3])
    for back in range(1, int(chance.integers(1, 60))):
        if chance.random() < often:
            forward_m = float(far * chance.random())
            backward_m = forward_m * float(backward * chance.random())
            yield Day(
                start - back * _DAY,
                forward_m,
                backward_m,
                backward_m / 2.2,
                float(60 * chance.integers(0, 5)),
                (forward_m / 2.8 + backward_m / 2.2) / 60 * 3,
            )


def _limits(chance: np.random.Generator) -> Limits:
    if chance.random() < 0.6:
        return Limits()
    return Limits(
        max_level=Level(int(chance.integers(0, 4))),
        walk_only=bool(chance.random() < 0.2),
        required=frozenset(
            need for need in (Need.SPOTTER, Need.TREADMILL) if chance.random() < 0.2
        ),
        no_uphill=bool(chance.random() < 0.3),
        no_hard=bool(chance.random() < 0.3),
        most_backward_min=float(chance.integers(0, 40)) if chance.random() < 0.4 else None,
        most_sessions=int(chance.integers(0, 6)) if chance.random() < 0.4 else None,
    )


@dataclass(frozen=True)
class Life:
    """How somebody lives by a plan: what is missed, where it hurts and when, an illness."""

    seed: int
    misses: float = 0.1
    pain_days: tuple[int, ...] = ()
    pain: float = 6.0
    ill_days: tuple[int, ...] = ()


def lived(plan: Plan, life: Life, *, every: int = 7) -> Iterator[Plan]:
    """The plan after each update: every so many days, and on the day after each event."""
    chance = np.random.default_rng(life.seed)
    log = plan.log
    for number in range(7 * plan.wish.weeks):
        day = plan.wish.start + number * _DAY
        log = replace(log, entries=(*log.entries, _entry(plan, life, chance, day, number)))
        event = number in life.pain_days or number in life.ill_days
        if event or number % every == every - 1:
            plan = update(plan, log, day)
            yield plan


def _entry(plan: Plan, life: Life, chance: np.random.Generator, day: date, number: int) -> Entry:
    planned = plan.on(day)
    ill, hurts = number in life.ill_days, number in life.pain_days
    missed = ill or planned is None or chance.random() < life.misses
    whole = 1.0 if chance.random() < 0.8 else 0.5
    return Entry(
        date=day,
        session="" if planned is None else planned.session,
        done=0.0 if missed else whole,
        effort=None if missed or chance.random() < 0.7 else float(chance.integers(2, 9)),
        pain={"left knee": life.pain} if hurts else {},
        pain_next_day={"left knee": 2.0} if hurts and chance.random() < 0.5 else {},
        soreness=float(chance.integers(0, 9)) if chance.random() < 0.1 else None,
        ill=ill,
    )
