"""The rules that shape a plan, in words, and which of them shaped a session.

The numbers in them stand in ``constants/coaching.toml``, each with its source; but for the start,
which is the word of coaches, all are the project's own choice (grade D), for no study of how to
progress in running backward was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from backstride.coaching.dose import (
    AMOUNTS,
    BACKWARD,
    STARTS,
    STEPS,
    Hold,
    Numbers,
    easy_share,
    level_in,
)
from backstride.coaching.goals import Goal, Reach, ReachKind
from backstride.coaching.schedule import Placed, Schedule
from backstride.coaching.sessions import Kind, Level
from backstride.coaching.solve import Rules, Week, light_share
from backstride.coaching.wish import Log, Planned, Wish
from backstride.vocabulary import DAYS_PER_WEEK

#: What each rule says.
RULES: Mapping[str, str] = {
    "available": "Sessions fit into the minutes of available days; none when away or on race day.",
    "limits": "Limits from screening or a physiotherapist outrank goal and wish.",
    "level": "A session asks for no more than the level that tests have earned, or will have.",
    "start": f"A week may always hold {Numbers.novice_backward / 60:g} minutes of running backward "
    "and a small amount of the rest.",
    "ramp": f"Beyond that, a week holds at most {Numbers.ramp:g} times the mean of the four weeks "
    "before it and a small step: of load, of each tissue, of running and of walking backward.",
    "easy-week": f"Every {Numbers.easy_every:g}th week holds at most {Numbers.easy_share:.0%} of "
    f"the mean of the three before, in at most {Rules.easy_sessions:g} sessions.",
    "taper": f"The week before a race holds at most {Numbers.taper_share:.0%} of the mean of the "
    f"three before; nothing hard in its last {Numbers.fresh_days:g} days.",
    "hard-spacing": f"At least {Rules.hard_between:g} days lie between hard sessions, and a week "
    f"holds at most {Rules.most_hard:g}.",
    "monotony": f"The week's mean daily load is at most {Rules.monotony:g} times its standard "
    f"deviation; at most {Rules.most_sessions:g} sessions a week.",
    "variety": "A week holds the same session at most twice, strength in all at most "
    f"{Rules.most_strength:g} times; the published knee walk may come three times.",
    "balance": "Running backward stays below a share of the week's running, and running in all "
    "near what it was.",
    "goal": "What the goal asks for comes first within the rules.",
    "pain": f"Pain above {Numbers.pain_stop:g} stops backward and hard sessions; pain above "
    f"{Numbers.pain_ease:g}, or any still there after 24 hours, eases the week.",
    "soreness": f"Soreness above {Numbers.soreness:g} keeps {Numbers.soreness_days:g} days free of "
    "backward and hard sessions.",
    "illness": "No session while ill and on the day after; then a week eased, without hard ones.",
    "effort": "Two sessions in a week much harder than planned keep the next from growing.",
}

#: An amount this near to its cap has been shaped by it.
_NEAR = 0.9


def planned(wish: Wish, goal: Goal, log: Log, since: date, found: Schedule) -> tuple[Planned, ...]:
    """The sessions of a schedule, each with why it is there and which rules shaped it."""
    return tuple(
        _planned(
            wish,
            goal,
            level_in(wish, goal, log, since, one.week),
            found.held,
            found.weeks[one.week].week,
            one,
            found.placed,
        )
        for one in found.placed
    )


def _planned(
    wish: Wish,
    goal: Goal,
    level: Level,
    held: Sequence[Hold],
    week: Week,
    one: Placed,
    every: Sequence[Placed],
) -> Planned:
    session = one.sized.session
    reasons = list(_reasons(wish, goal, held, week, one, every))
    if session.level > wish.level and session.level == level:
        reasons.append(("level", f"if the tests of level {level.name.lower()} are passed by then"))
    why = "; ".join(words for _, words in reasons[:2])
    return Planned(
        date=one.date,
        session=session.key,
        share=one.sized.share,
        because=f"{session.purpose.rstrip('.')}: {why}.",
        rules=tuple(dict.fromkeys(rule for rule, _ in reasons)),
    )


def _reasons(
    wish: Wish,
    goal: Goal,
    held: Sequence[Hold],
    week: Week,
    one: Placed,
    every: Sequence[Placed],
) -> Iterator[tuple[str, str]]:
    """Rules that shaped a session, the most telling first."""
    session = one.sized.session
    for hold in held:
        if hold.touches(wish, one.week) and (hold.share is not None or hold.on(one.date)):
            yield hold.rule, hold.because.rstrip(".").lower()
            break
    for reach in week.wanted:
        if _serves(reach, one):
            yield "goal", f"it is what the goal '{goal.title.lower()}' asks for"
            break
    if wish.race is not None and easy_share(wish, one.week) == float(Numbers.taper_share):
        yield "taper", "kept small before the race"
    elif easy_share(wish, one.week) is not None:
        yield "easy-week", "an easy week, so less of everything"
    if one.sized.amounts[BACKWARD]:
        yield from _grown(week, one, every)
    if session.hard:
        yield "hard-spacing", f"hard, so {Rules.hard_between:g} days free of hard ones around it"
    mates = [each for each in every if each.week == one.week]
    load = sum(float(each.sized.amounts[0]) for each in mates)
    light = one.sized.amounts[0] <= light_share() * load / DAYS_PER_WEEK
    if len(mates) == int(Rules.most_sessions) and light:
        yield "monotony", "a light day, so that days differ"
    if session.kind is Kind.FORWARD:
        yield "balance", "forward running stays what it was"
    elif session.kind is Kind.STRENGTH:
        yield "variety", "strength beside the running"
    elif session.key in goal.sessions:
        yield "goal", f"it serves the goal '{goal.title.lower()}'"
    yield "variety", "a change from the other days of the week"


def _grown(week: Week, one: Placed, every: Sequence[Placed]) -> Iterator[tuple[str, str]]:
    """Whether the week's running backward, or a tissue, is as much as its ramp allows."""
    mates = [each.sized.amounts for each in every if each.week == one.week]
    total = np.sum(mates, axis=0)
    for place in (BACKWARD, 2, 1, 0):
        cap = float(week.caps[place])
        if cap <= 0 or float(total[place]) < _NEAR * cap:
            continue
        if cap <= max(STARTS[place], STEPS[place]):
            yield "start", f"the week holds a first dose of {_NAMES[place]}"
        else:
            yield "ramp", f"{_NAMES[place]} grows as far as its ramp allows"
        return


_NAMES = dict(
    zip(
        range(len(AMOUNTS)),
        (
            "load",
            "load behind the kneecap",
            "load of the Achilles tendon",
            "running backward",
            "walking backward",
        ),
        strict=True,
    )
)


def _serves(reach: Reach, one: Placed) -> bool:
    if reach.kind is ReachKind.SESSION:
        return one.sized.dose.backward_m >= reach.amount
    if reach.kind is ReachKind.TIMES:
        return one.sized.session.key in reach.sessions
    return False
