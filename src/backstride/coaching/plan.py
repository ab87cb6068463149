"""Plans: made for a wish, and changed from a day on by what was done and how it felt."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from backstride.coaching.bounds import status_of
from backstride.coaching.check import broken_rules
from backstride.coaching.dose import holds, level_in
from backstride.coaching.goals import Goal, goal_of
from backstride.coaching.library import session as session_of
from backstride.coaching.nearest import smallest_changes
from backstride.coaching.rules import planned
from backstride.coaching.schedule import schedule
from backstride.coaching.sessions import Level
from backstride.coaching.unreached import unreached
from backstride.coaching.wish import Change, Log, Plan, Planned, Wish
from backstride.errors import BackstrideError, RequestError

__all__ = ["best_effort", "changes", "plan", "update"]


def plan(wish: Wish) -> Plan:
    """The best plan for a wish, the same for the same wish.

    Raises
    ------
    RequestError
        The goal is unknown, lacks what it needs, or cannot be reached within the rules; the hint
        gives the smallest changes that would make it possible.
    """
    goal = _goal(wish)
    made = best_effort(wish)
    if missing := unreached(made):
        raise RequestError(
            f"within the rules the goal {goal.key} is not reached: {missing[0]}",
            hint=smallest_changes(wish, goal),
        )
    return made


def best_effort(wish: Wish) -> Plan:
    """The plan that comes nearest to the goal, which its notes say is not reached where it is not.

    Raises
    ------
    RequestError
        The goal is unknown or lacks what it needs.
    """
    return _checked(_made(wish, _goal(wish), Log(), (), wish.start))


def _goal(wish: Wish) -> Goal:
    goal = goal_of(wish.goal)
    if goal.race and wish.race is None:
        raise RequestError(
            f"the goal {goal.key} needs the day of the race", hint="give the date of the race"
        )
    if wish.weeks < goal.least_weeks:
        raise RequestError(
            f"the goal {goal.key} takes {goal.least_weeks} weeks, the wish has {wish.weeks}",
            hint=f"ask for {goal.least_weeks} weeks or more",
        )
    return goal


def update(old: Plan, log: Log, today: date) -> Plan:
    """The plan from today on, by what the log says; days before stay as they were planned.

    Where the rest of the old plan still breaks no rule it stays. A day before today that the log
    does not name counts as missed. Where `today` is in the log it is over, and tomorrow is next.

    Raises
    ------
    RequestError
        Today is before the plan or before its last update, the log names a day to come or an
        unknown session.
    """
    wish = old.wish
    if today < old.since:
        raise RequestError(
            f"the plan was last changed on {old.since}, today is {today}",
            hint="give a day from then on",
        )
    for entry in log.entries:
        if entry.date > today or entry.date < wish.start:
            raise RequestError(
                f"the log has {entry.date}, which is not between {wish.start} and {today}",
                hint="correct the date, or leave the entry out",
            )
        if entry.session:
            session_of(entry.session)
    logged = log.on(today) is not None or any(each.date == today for each in log.recorded)
    since = today + timedelta(days=1) if logged else today
    if since > wish.end:
        return replace(old, log=log, since=since, notes=("The plan is over.",))
    goal = goal_of(wish.goal)
    kept = replace(old, log=log, since=since)
    if not broken_rules(kept):
        return replace(kept, notes=tuple(_notes(kept, goal)))
    return _checked(_made(wish, goal, log, old.days, since))


def changes(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Days on which two plans differ, in order."""
    dates = sorted({each.date for each in (*old.days, *new.days)})
    pairs = ((day, old.on(day), new.on(day)) for day in dates)
    return tuple(
        Change(day, before, after) for day, before, after in pairs if _what(before) != _what(after)
    )


def _what(one: Planned | None) -> tuple[str, float] | None:
    return None if one is None else (one.session, one.share)


def _made(wish: Wish, goal: Goal, log: Log, days: tuple[Planned, ...], since: date) -> Plan:
    found = schedule(wish, goal, log, days, since)
    past = tuple(each for each in days if each.date < since)
    coming = planned(wish, goal, log, since, found)
    status = status_of(wish, goal, log, days, since, found)
    made = Plan(wish, past + coming, since, log, status)
    return replace(made, notes=tuple(_notes(made, goal)))


def _checked(made: Plan) -> Plan:
    """The plan, if the checker finds nothing; a plan that breaks a rule is never handed out."""
    if broken := broken_rules(made):
        raise BackstrideError(
            f"a plan was made that breaks its own rules: {broken[0]}",
            hint="this is a fault of the program; please report it with the wish",
        )
    return made


def _notes(made: Plan, goal: Goal) -> Iterator[str]:
    wish = made.wish
    yield f"{goal.title}: {goal.basis} Grade {goal.grade}."
    if wish.history is None:
        yield "No history was given: what you ran so far is assumed, and may be wrong for you."
    if not wish.limits.reasons:
        yield (
            "The plan knows of no limits of yours: answer the questions of backstride screen "
            "before the first session, if you have not."
        )
    last = level_in(wish, goal, made.log, made.since, wish.weeks - 1)
    now = level_in(wish, goal, made.log, made.since, wish.week_of(made.since))
    for level in Level:
        if now < level <= last:
            week = next(
                week
                for week in range(wish.weeks)
                if level_in(wish, goal, made.log, made.since, week) >= level
            )
            day = wish.start + timedelta(days=7 * week)
            yield (
                f"From {day} on the plan counts on level {level.name.lower()}: pass its tests "
                "before, else update the plan."
            )
    for reason in wish.limits.reasons:
        yield f"Limit: {reason}"
    for hold in holds(wish, made.log, made.days, made.since):
        yield f"{hold.because} From {hold.first} to {hold.last}."
    for missing in unreached(made):
        yield f"The goal is not reached as things are: {missing}."
    yield f"The plan is {made.status}."
