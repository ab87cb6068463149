"""How much of what a week holds: amounts, ramps, easy weeks, first weeks, and what a log changes.

The ramp compares a week with the mean of the four before it, done or planned, so that a missed week
lowers what comes and an easy one does not stop growth. No study gives a safe ramp of running
backward: every number here is a choice of the project unless its constant names a source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np

from backstride.coaching.goals import Goal
from backstride.coaching.library import session as session_of
from backstride.coaching.sessions import Aim, Level, Session, Step
from backstride.coaching.volume import (
    Dose,
    Speeds,
    Tissue,
    dose_of,
    forward_metres_of_one_backward,
    scaled,
    seconds_of,
)
from backstride.coaching.wish import Day, Entry, Log, Planned, Wish
from backstride.evidence import constant
from backstride.models.load import session_rating_load
from backstride.recording import Floats
from backstride.vocabulary import DAYS_PER_WEEK, SECONDS_PER_MINUTE, Direction, Gait

#: What is ramped, in the order of every array of amounts: load in au, forward metres of two
#: tissues, seconds of running and of walking backward.
AMOUNTS = ("load", "patellofemoral", "achilles", "backward", "walked backward")
BACKWARD, WALKED = AMOUNTS.index("backward"), AMOUNTS.index("walked backward")
#: Weeks that a ramp looks back on, and an easy week.
RAMP_WEEKS, EASY_WEEKS = 4, 3


class Numbers:
    """Constants of dose, each with its source in ``constants/coaching.toml``."""

    ramp = constant("coaching.plan_ramp")
    easy_every = constant("coaching.plan_easy_every")
    easy_share = constant("coaching.plan_easy_share")
    taper_share = constant("coaching.plan_taper_share")
    taper_days = constant("coaching.plan_taper_days")
    fresh_days = constant("coaching.plan_race_fresh_days")
    novice_backward = constant("coaching.plan_novice_backward")
    start_load = constant("coaching.plan_start_load")
    start_tissue = constant("coaching.plan_start_tissue")
    start_walk = constant("coaching.plan_start_walk")
    step_load = constant("coaching.plan_step_load")
    step_tissue = constant("coaching.plan_step_tissue")
    step_backward = constant("coaching.plan_step_backward")
    step_walk = constant("coaching.plan_step_walk")
    habit = constant("coaching.plan_habit")
    base_run = constant("coaching.plan_base_run")
    base_fast = constant("coaching.plan_base_fast")
    climb_weeks = constant("coaching.plan_climb_weeks")
    pain_stop = constant("coaching.safety_pain_stop")
    pain_ease = constant("coaching.safety_pain_ok")
    pain_days = constant("coaching.safety_pain_days")
    ease_share = constant("coaching.plan_ease_share")
    soreness = constant("coaching.plan_soreness")
    soreness_days = constant("coaching.plan_soreness_days")
    effort_above = constant("coaching.plan_effort_above")
    ill_days = constant("coaching.plan_ill_days")
    return_days = constant("coaching.plan_ill_return_days")


#: What a week may be above its ramp, and what it may hold whatever came before.
STEPS = np.array(
    [
        Numbers.step_load,
        Numbers.step_tissue,
        Numbers.step_tissue,
        Numbers.step_backward,
        Numbers.step_walk,
    ],
    dtype=np.float64,
)
STARTS = np.array(
    [
        Numbers.start_load,
        Numbers.start_tissue,
        Numbers.start_tissue,
        Numbers.novice_backward,
        Numbers.start_walk,
    ],
    dtype=np.float64,
)


def effort_of(step: Step) -> float:
    """The rating that a step has: the middle of its target, or what is assumed of its gait."""
    target = step.target
    if target.aim is Aim.EFFORT and target.low is not None and target.high is not None:
        return (target.low + target.high) / 2
    return _EFFORT.get(step.gait, 0.0)


_EASY_EFFORT = float(constant("coaching.dose_easy_effort"))
#: A walk is taken for half as hard as an easy run.
_EFFORT = {Gait.RUN: _EASY_EFFORT, Gait.WALK: _EASY_EFFORT / 2}


def load_of(session: Session, speeds: Speeds) -> float:
    """Expected load of a session, au: minutes times rating, summed over its steps.

    Foster et al. rate a session as a whole; nobody has rated one that is still to be done.
    """
    return sum(
        float(
            session_rating_load(
                np.array(seconds_of(step, speeds) / SECONDS_PER_MINUTE), np.array(effort_of(step))
            )
        )
        for step in session.steps
    )


@dataclass(frozen=True, eq=False)
class Sized:
    """A session at a share of its volume, with what it holds."""

    session: Session
    share: float
    dose: Dose
    amounts: Floats

    @property
    def running_m(self) -> float:
        """Metres run in both directions."""
        return self.dose.forward_m + self.dose.backward_m

    @property
    def backward(self) -> bool:
        """Whether anything of it goes backward."""
        return any(step.direction is Direction.BACKWARD for step in self.session.steps)


@lru_cache(maxsize=4096)
def sized(key: str, share: float, speeds: Speeds) -> Sized:
    """A session of the library at a share of its volume.

    Raises
    ------
    RequestError
        There is no such session, or it cannot be scaled so.
    """
    made = scaled(session_of(key), share)
    dose = dose_of(made, speeds)
    amounts = np.array(
        [
            load_of(made, speeds),
            dose.load[Tissue.PATELLOFEMORAL],
            dose.load[Tissue.ACHILLES],
            dose.backward_s,
            dose.walked_backward_s,
        ]
    )
    return Sized(session_of(key), share, dose, amounts)


def speeds_of(wish: Wish) -> Speeds:
    """The runner's easy speeds, or assumed ones."""
    return wish.speeds or Speeds.assumed()


def amounts_of_day(day: Day) -> Floats:
    """Amounts of a recorded day."""
    worth = forward_metres_of_one_backward()
    return np.array(
        [
            day.load_au,
            *(day.forward_m + worth[tissue] * day.backward_m for tissue in Tissue),
            day.backward_s,
            day.walked_backward_s,
        ]
    )


def known_history(wish: Wish) -> tuple[Day, ...]:
    """The history, or one that is assumed of somebody of that level, a day a week."""
    if wish.history is not None:
        return wish.history
    speeds = speeds_of(wish)
    base_s = {Level.RUN: float(Numbers.base_run), Level.FAST: float(Numbers.base_fast)}
    backward_s = base_s.get(wish.level, 0.0)
    forward_m = float(Numbers.habit)
    effort = _EASY_EFFORT * (forward_m / speeds.forward_run_mps + backward_s)
    return tuple(
        Day(
            date=wish.start - timedelta(days=1 + DAYS_PER_WEEK * week),
            forward_m=forward_m,
            backward_m=backward_s * speeds.backward_run_mps,
            backward_s=backward_s,
            load_au=effort / SECONDS_PER_MINUTE,
        )
        for week in range(RAMP_WEEKS)
    )


def weeks_before(wish: Wish) -> Floats:
    """Amounts of the four weeks before the plan, shape (4, 5), oldest first."""
    found = np.zeros((RAMP_WEEKS, len(AMOUNTS)))
    for day in known_history(wish):
        week = wish.week_of(day.date)
        if week >= -RAMP_WEEKS:
            found[week] += amounts_of_day(day)
    return found


#: Of a start; somebody who ran less is planned so much.
_LEAST_HABIT = 0.5


def habit_m(wish: Wish) -> float:
    """Running in a usual week, m: the mean of the four weeks before, or half of a start."""
    days = [day for day in known_history(wish) if wish.week_of(day.date) >= -RAMP_WEEKS]
    mean = sum(day.forward_m + day.backward_m for day in days) / RAMP_WEEKS
    return max(mean, _LEAST_HABIT * float(Numbers.start_tissue))


def done_on(wish: Wish, log: Log, planned: Planned | None, day: date) -> Floats:
    """Amounts of a day that is over, by what was recorded, else by the log, else nothing."""
    recorded = [each for each in log.recorded if each.date == day]
    if recorded:
        return np.asarray(sum(amounts_of_day(each) for each in recorded))
    entry = log.on(day)
    if entry is None or not entry.done:
        return np.zeros(len(AMOUNTS))
    share = planned.share if planned and planned.session == entry.session else 1.0
    whole = sized(entry.session, share, speeds_of(wish))
    amounts = whole.amounts * entry.done
    if entry.effort is not None:
        amounts[0] = entry.effort * whole.dose.time_s / SECONDS_PER_MINUTE * entry.done
    return amounts


def level_in(wish: Wish, goal: Goal, log: Log, since: date, week: int) -> Level:
    """The level that a week is planned at, counted from what was earned by `since`.

    A goal that climbs counts on the tests of the next level after some weeks at one; a level that
    was due and is not in the log is counted on from the week after `since` at the earliest.
    """
    known = sorted((day, level) for day, level in log.earned.items() if day <= since)
    start, level = known[-1] if known else (wish.start, wish.level)
    if goal.climb:
        every, from_week, now = int(Numbers.climb_weeks), wish.week_of(start), wish.week_of(since)
        rises = [
            max(from_week + every * k, now + 1 + every * (k - 1)) for k in range(1, len(Level))
        ]
        climbed = min(level + sum(rise <= week for rise in rises), int(goal.level))
        level = Level(max(int(level), climbed))
    return min(level, wish.limits.max_level)


def easy_share(wish: Wish, week: int) -> float | None:
    """The most that a week may be of the three before it, where it is an easy one."""
    if wish.race is not None:
        first = wish.race - timedelta(days=int(Numbers.taper_days))
        begin = wish.start + timedelta(days=DAYS_PER_WEEK * week)
        days = [begin + timedelta(days=k) for k in range(DAYS_PER_WEEK)]
        if 2 * sum(first <= day <= wish.race for day in days) > DAYS_PER_WEEK:
            return float(Numbers.taper_share)
    every = int(Numbers.easy_every)
    return float(Numbers.easy_share) if week % every == every - 1 else None


def cap_of(wish: Wish, week: int, before: Floats, eased: float | None = None) -> Floats:
    """The most of each amount that a week may hold, given the weeks before it, newest last.

    Parameters
    ----------
    before
        shape (n, 5), n of at least four.
    eased
        Share of the mean of the four weeks before that a log leaves, or None.
    """
    mean = before[-RAMP_WEEKS:].mean(axis=0)
    cap = np.maximum(float(Numbers.ramp) * mean + STEPS, STARTS)
    share = easy_share(wish, week)
    if share is not None:
        easy = share * before[-EASY_WEEKS:].mean(axis=0)
        cap = np.minimum(cap, np.maximum(easy, STEPS))
    if eased is not None:
        cap = np.minimum(cap, np.maximum(eased * mean, STEPS))
    most = wish.limits.most_backward_min
    if most is not None:
        cap[BACKWARD] = min(cap[BACKWARD], most * SECONDS_PER_MINUTE)
        cap[WALKED] = min(cap[WALKED], most * SECONDS_PER_MINUTE)
    return np.asarray(cap)


@dataclass(frozen=True)
class Hold:
    """What a log forbids from `first` to `last`, and why; `share` eases weeks that it touches."""

    rule: str
    first: date
    last: date
    because: str
    rest: bool = False
    no_hard: bool = False
    no_backward: bool = False
    share: float | None = None

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day <= self.last

    def touches(self, wish: Wish, week: int) -> bool:
        """Whether it holds on some day of a week."""
        return wish.week_of(self.first) <= week <= wish.week_of(self.last)


def holds(wish: Wish, log: Log, days: Sequence[Planned], since: date) -> tuple[Hold, ...]:
    """What the log forbids from `since` on."""
    return tuple(hold for hold in _holds(wish, log, days, since) if hold.last >= since)


def _holds(wish: Wish, log: Log, days: Sequence[Planned], since: date) -> Iterator[Hold]:
    entries = sorted(log.entries, key=lambda entry: entry.date)
    for entry in entries:
        yield from _pain(entry, entries, since)
        if entry.ill:
            last = entry.date + timedelta(days=int(Numbers.ill_days))
            told = f"ill on {entry.date}"
            yield Hold("illness", entry.date, last, f"Rest: {told}.", rest=True)
            back = last + timedelta(days=int(Numbers.return_days))
            yield Hold(
                "illness",
                last + timedelta(days=1),
                back,
                f"Eased: {told}.",
                no_hard=True,
                share=float(Numbers.ease_share),
            )
        if entry.soreness is not None and entry.soreness > Numbers.soreness:
            last = entry.date + timedelta(days=int(Numbers.soreness_days))
            yield Hold(
                "soreness",
                entry.date,
                last,
                f"Nothing hard or backward: soreness {entry.soreness:g} of 10 on {entry.date}.",
                no_hard=True,
                no_backward=True,
            )
    yield from _efforts(wish, entries, days)


def _pain(entry: Entry, entries: Sequence[Entry], since: date) -> Iterator[Hold]:
    """The 24-hour rule: pain that is high stops, pain that stays or is more than slight eases."""
    for place, pain in sorted(entry.pain.items()):
        left = entry.pain_next_day.get(place, 0.0)
        told = f"pain {pain:g} of 10 at {place} on {entry.date}"
        if left > 0:
            told += f", {left:g} a day later"
        last = entry.date + timedelta(days=int(Numbers.pain_days))
        if max(pain, left) > Numbers.pain_stop:
            better = [
                later.date
                for later in entries
                if later.date > entry.date
                and place in later.pain
                and max(later.pain[place], later.pain_next_day.get(place, 0.0)) <= Numbers.pain_ease
            ]
            end = better[0] if better else max(last, since + (last - entry.date))
            yield Hold(
                "pain",
                entry.date,
                end,
                f"Nothing backward and nothing hard: {told}; see a professional if it stays.",
                no_hard=True,
                no_backward=True,
                share=float(Numbers.ease_share),
            )
        elif pain > Numbers.pain_ease or left > 0:
            yield Hold(
                "pain",
                entry.date,
                last,
                f"Eased: {told}.",
                no_hard=True,
                share=float(Numbers.ease_share),
            )


def _efforts(wish: Wish, entries: Sequence[Entry], days: Sequence[Planned]) -> Iterator[Hold]:
    """Sessions twice within a week much harder than planned keep the next from growing."""
    shares = {(each.date, each.session): each.share for each in days}
    high: list[date] = []
    for entry in entries:
        if entry.effort is None or not entry.done:
            continue
        whole = sized(entry.session, shares.get((entry.date, entry.session), 1.0), speeds_of(wish))
        meant = whole.amounts[0] / (whole.dose.time_s / SECONDS_PER_MINUTE)
        if entry.effort >= meant + Numbers.effort_above:
            high.append(entry.date)
    week = timedelta(days=DAYS_PER_WEEK)
    for one, other in pairwise(high):
        if other - one < week:
            yield Hold(
                "effort",
                other,
                other + week,
                f"No growth: harder than planned on {one} and on {other}.",
                share=1.0,
            )
