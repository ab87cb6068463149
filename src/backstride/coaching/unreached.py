"""Whether a plan reaches its goal."""

from collections.abc import Iterator

from backstride.coaching.check import weekly_amounts
from backstride.coaching.dose import WALKED, Sized, sized, speeds_of
from backstride.coaching.goals import ReachKind, goal_of
from backstride.coaching.schedule import last_full_week, reaches_of
from backstride.coaching.wish import Plan

_ROUNDING = 1e-6


def unreached(plan: Plan) -> tuple[str, ...]:
    """What of the goal is not reached by what was done and is planned, in words."""
    return tuple(_unreached(plan))


def _unreached(plan: Plan) -> Iterator[str]:
    wish = plan.wish
    weeks: dict[int, list[tuple[Sized, float]]] = {week: [] for week in range(wish.weeks)}
    for each in plan.days:
        entry, share = plan.log.on(each.date), 1.0
        if each.date < plan.since:
            share = entry.done if entry is not None and entry.session == each.session else 0.0
        one = sized(each.session, each.share, speeds_of(wish))
        weeks[wish.week_of(each.date)].append((one, share))
    for reach in reaches_of(wish, goal_of(wish.goal)):
        every = [pair for pairs in weeks.values() for pair in pairs]
        if reach.kind is ReachKind.SESSION:
            most = max((one.dose.backward_m * share for one, share in every), default=0.0)
            if most < reach.amount * (1 - _ROUNDING):
                yield f"{most:.0f} of {reach.amount:.0f} m backward in one session"
        elif reach.kind is ReachKind.WALKED:
            most = max(sums[WALKED] for sums in weekly_amounts(plan).values())
            if most < reach.amount * (1 - _ROUNDING):
                yield f"{most / 60:.0f} of {reach.amount / 60:.0f} min walked backward in a week"
        elif reach.kind is ReachKind.SHARE:
            pairs = weeks[last_full_week(wish)]
            backward = sum(one.dose.backward_m * share for one, share in pairs)
            running = sum(one.running_m * share for one, share in pairs)
            if backward < reach.amount * running * (1 - 1e-4) or not running:
                share = backward / running if running else 0.0
                yield f"{share:.1%} of {reach.amount:.1%} of the last full week backward"
        else:
            short = [
                week + 1
                for week in range(reach.first_week - 1, min(reach.last_week, wish.weeks))
                if sum(share for one, share in weeks[week] if one.session.key in reach.sessions)
                < reach.amount - _ROUNDING
            ]
            if short:
                named = " or ".join(reach.sessions)
                yield f"{named} {reach.amount:g} times a week fails in week {short[0]}"
