"""Plans for made wishes: is each solved, does each keep its rules, and does every update of it?"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from time import process_time

import numpy as np

from backstride.coaching.check import broken_rules
from backstride.coaching.goals import goals
from backstride.coaching.plan import best_effort
from backstride.coaching.unreached import unreached
from backstride.coaching.wish import Plan, Wish
from validation.study import Bound, Cell, Evidence, Result, Table, Target
from validation.wishes import Life, able_wish, lived, random_wish

#: Wishes that can be met, wishes of any kind, athletes who live by a plan, and how many plans there
#: must be in all.
ABLE, ANY, ATHLETES, PLANS = 100, 500, 32, 1000
#: Where the seeds of wishes of any kind begin.
_SEED = 1_000


@dataclass(frozen=True)
class Made:
    """One plan of a made wish, or of an update of it, as the checker saw it."""

    goal: str
    weeks: int
    reached: bool
    broken: tuple[str, ...]
    gap: float
    seconds: float


def study() -> Result:
    """Every plan goes through the checker, which does not share the solver's model."""
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        able = list(pool.map(_able, range(ABLE), chunksize=5))
        anyone = list(pool.map(_anyone, range(_SEED, _SEED + ANY), chunksize=5))
        lives = list(pool.map(_life, range(ATHLETES)))
    updates = [made for life in lives for made in life]
    every = [*able, *anyone, *updates]
    return Result(
        key="plans",
        title="Plans for made wishes",
        on=Evidence.NOTHING,
        size=f"{ABLE} wishes that can be met, {ANY} of any kind, {ATHLETES} made athletes over 16 "
        f"weeks with {len(updates)} updates; {len(every)} plans",
        tables=(
            Table(
                "Wishes that can be met: somebody with time, a base and the level of the goal",
                _COLUMNS,
                tuple(_row(goal, [one for one in able if one.goal == goal]) for goal in goals()),
            ),
            Table(
                "Wishes of any kind: little time, days away, limits, any history",
                _COLUMNS,
                tuple(_row(goal, [one for one in anyone if one.goal == goal]) for goal in goals()),
            ),
            Table(
                "Athletes over 16 weeks who miss sessions, hurt on days, are ill for a week",
                ("what befalls them", "athletes", "updates", "with a broken rule"),
                tuple(_befallen(lives)),
            ),
        ),
        targets=(
            Target("plans", len(every), Bound.AT_LEAST, PLANS),
            Target("plans that break a rule", _count(every, _breaks), Bound.AT_MOST, 0),
            Target("wishes that can be met and are not", _count(able, _misses), Bound.AT_MOST, 0),
            Target("updates that break a rule", _count(updates, _breaks), Bound.AT_MOST, 0),
            Target(
                "updates with a tissue above its ramp", _count(updates, _ramped), Bound.AT_MOST, 0
            ),
        ),
        remarks=(
            "Nobody has followed such a plan: this says that rules are kept, not that they are "
            "right or safe. Most of them are the project's own choice.",
            "The gap is against a bound that lets every week take all that its ramp allows; with "
            "few days, limits or a level still to be earned the bound is loose and the gap wide.",
            "Seconds are those of one core, with others at work on the same machine.",
        ),
    )


_COLUMNS = ("goal", "wishes", "reached", "broken", "median gap %", "worst gap %", "median s")


def _row(goal: str, those: Sequence[Made]) -> tuple[Cell, ...]:
    if not those:
        return (goal, 0, *(None for _ in _COLUMNS[2:]))
    return (
        goal,
        len(those),
        sum(one.reached for one in those),
        _count(those, _breaks),
        round(100 * median(one.gap for one in those), 2),
        round(100 * max(one.gap for one in those), 2),
        round(median(one.seconds for one in those), 2),
    )


def _count(those: Sequence[Made], of: Callable[[Made], bool]) -> int:
    return sum(of(one) for one in those)


def _breaks(one: Made) -> bool:
    return bool(one.broken)


def _misses(one: Made) -> bool:
    return not one.reached


def _ramped(one: Made) -> bool:
    return any("patellofemoral" in rule or "achilles" in rule for rule in one.broken)


def _made(plan: Plan, seconds: float) -> Made:
    return Made(
        goal=plan.wish.goal,
        weeks=plan.wish.weeks,
        reached=not unreached(plan),
        broken=broken_rules(plan),
        gap=plan.status.gap,
        seconds=seconds,
    )


def _able(seed: int) -> Made:
    start = process_time()
    plan = best_effort(able_wish(seed))
    return _made(plan, process_time() - start)


def _anyone(seed: int) -> Made:
    start = process_time()
    plan = best_effort(random_wish(seed, most_weeks=10))
    return _made(plan, process_time() - start)


#: What befalls the athletes, in turn.
_KINDS = ("sessions missed", "pain on three days", "an illness week", "all of it")


def _life(seed: int) -> list[Made]:
    chance = np.random.default_rng([seed, 2])
    kind = _KINDS[seed % len(_KINDS)]
    hurts = kind in _KINDS[1::2]
    ill = int(chance.integers(10, 80))
    life = Life(
        seed,
        misses=0.3 if kind in (_KINDS[0], _KINDS[3]) else 0.05,
        pain_days=tuple(int(day) for day in chance.integers(5, 100, 3)) if hurts else (),
        pain=float(chance.integers(2, 9)),
        ill_days=tuple(range(ill, ill + 7)) if kind in _KINDS[2:] else (),
    )
    plan = best_effort(_sixteen_weeks(seed))
    return [_made(one, 0.0) for one in lived(plan, life)]


def _sixteen_weeks(seed: int) -> Wish:
    """A wish that can be met, of sixteen weeks."""
    wish = able_wish(seed)
    race = None if wish.race is None else wish.start + timedelta(days=7 * 16 - 1)
    return replace(wish, weeks=16, race=race)


def _befallen(lives: Sequence[Sequence[Made]]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for number, kind in enumerate(_KINDS):
        those = lives[number :: len(_KINDS)]
        updates = [made for life in those for made in life]
        rows.append((kind, len(those), len(updates), _count(updates, _breaks)))
    return rows
