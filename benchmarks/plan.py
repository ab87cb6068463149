"""A plan of sixteen weeks with six sessions a week: seconds, and how near to the best."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from validation.study import Bound, Evidence, Result, Table, Target

from backstride.coaching.goals import goals
from backstride.coaching.plan import best_effort, update
from backstride.coaching.sessions import Level, Need
from backstride.coaching.wish import USUAL, Entry, Log, Wish
from benchmarks.measure import ROUNDS, alternating, machine, peak_mb, ran

WEEKS = 16
#: Seconds, and the gap in per cent, that a plan may take.
MOST_S, MOST_GAP = 2.0, 1.0


def study() -> Result:
    """Every goal, for somebody of the level that it needs; and an update after a week of pain."""
    child = ran(sys.executable, "-m", "benchmarks.plan")
    wishes = {key: wish_of(key) for key in goals()}
    plans = {key: best_effort(wish) for key, wish in wishes.items()}
    times = alternating([_making(wish) for wish in wishes.values()])
    old = plans["race-5km"]
    hurt = _hurt_log(old.wish)
    (updated_s,) = alternating([lambda: update(old, hurt, old.wish.start + timedelta(days=30))])
    gaps = [100 * plan.status.gap for plan in plans.values()]
    return Result(
        key="plan",
        title="A plan of sixteen weeks",
        on=Evidence.NOTHING,
        size=f"{WEEKS} weeks, six days a week; {machine()}",
        tables=(
            Table(
                f"Medians of {ROUNDS}",
                ("goal", "s", "gap %", "sessions"),
                (
                    *(
                        (key, round(time, 2), round(gap, 2), len(plans[key].days))
                        for key, time, gap in zip(plans, times, gaps, strict=True)
                    ),
                    ("update of race-5km after pain", round(updated_s, 2), None, None),
                ),
            ),
        ),
        targets=(
            Target("median over goals, s", median(times), Bound.AT_MOST, MOST_S),
            Target("slowest goal, s", max(times), Bound.AT_MOST, MOST_S),
            Target("widest gap, %", max(gaps), Bound.AT_MOST, MOST_GAP),
            Target("update, s", updated_s, Bound.AT_MOST, MOST_S),
        ),
        remarks=(
            f"A whole process, with the start of Python and SciPy: {child.cpu_s:.1f} s, "
            f"{child.output.split()[-1]} MB at most.",
        ),
    )


def _making(wish: Wish) -> Callable[[], object]:
    return lambda: best_effort(wish)


def wish_of(key: str) -> Wish:
    """Sixteen weeks, six days, at the level that the goal needs, nothing known of before."""
    goal, start = goals()[key], date(2026, 12, 7)
    return Wish(
        goal=key,
        start=start,
        weeks=WEEKS,
        days={0: 45.0, 1: 60.0, 2: 45.0, 3: 60.0, 5: 90.0, 6: 120.0},
        level=Level.FAST if goal.level is Level.FAST else Level.RUN,
        race=start + timedelta(days=7 * WEEKS - 1) if goal.race else None,
        has=USUAL | {Need.TREADMILL, Need.SPOTTER},
    )


def _hurt_log(wish: Wish) -> Log:
    plan = best_effort(wish)
    day = wish.start + timedelta(days=29)
    entries = tuple(Entry(one.date, one.session, 1.0) for one in plan.days if one.date < day)
    return replace(Log(entries), entries=(*entries, Entry(day, pain={"left knee": 6.0})))


if __name__ == "__main__":
    best_effort(wish_of("race-5km"))
    print(f"{peak_mb():.0f}")
