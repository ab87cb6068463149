"""A plan as a page: its weeks at a glance, then day by day with the reason for each session."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backstride.coaching.goals import Goal
from backstride.coaching.sessions import Session
from backstride.coaching.volume import Dose
from backstride.coaching.wish import Change, Plan, Planned
from backstride.report.card import facts
from backstride.report.markup import Markup, compact, tag, together
from backstride.report.page import page
from backstride.report.words import NO_BREAK
from backstride.vocabulary import DAYS_PER_WEEK, SECONDS_PER_MINUTE, clock


@dataclass(frozen=True)
class Dated:
    """A planned day with what it is: the session at its volume, and how much that is.

    `files` are what was written for it: what it is called -> its name beside the page.
    """

    planned: Planned
    session: Session
    dose: Dose
    files: Mapping[str, str]

    @property
    def backward_min(self) -> float:
        """Minutes moved backward, walking included."""
        return (self.dose.backward_s + self.dose.walked_backward_s) / SECONDS_PER_MINUTE


def render(
    plan: Plan,
    goal: Goal,
    days: Sequence[Dated],
    stop_rules: Sequence[str],
    changes: Sequence[Change] = (),
) -> str:
    """The plan as a self-contained page.

    Parameters
    ----------
    days
        Of `plan.days`, in order.
    stop_rules
        Sentences that outrank the plan.
    changes
        What an update changed, shown first.
    """
    weeks = weeks_of(plan, days)
    return page(
        f"{goal.title} – Backstride",
        together(
            (
                tag("h1", None, goal.title),
                tag("p", {"class": "lead"}, goal.purpose),
                tag("ul", {"class": "facts"}, (tag("li", None, each) for each in _facts(plan))),
                _list("What changed", [str(change) for change in changes]),
                _section("Weeks at a glance", _glance(weeks)),
                _list("Know before you begin", list(plan.notes)),
                _list("Stop at once if", stop_rules, "stop"),
                _section(
                    "Day by day",
                    together(_week(plan, number, week) for number, week in enumerate(weeks)),
                ),
                _section(
                    "Where it comes from",
                    tag("p", None, f"Grade {goal.grade}. {goal.basis}"),
                ),
            )
        ),
    )


def weeks_of(plan: Plan, days: Sequence[Dated]) -> list[list[Dated]]:
    """The planned days of each week of the plan."""
    weeks: list[list[Dated]] = [[] for _ in range(plan.wish.weeks)]
    for day in days:
        weeks[plan.wish.week_of(day.planned.date)].append(day)
    return weeks


def _facts(plan: Plan) -> Iterator[str]:
    yield f"{plan.wish.start:%d %b %Y} to {plan.wish.end:%d %b %Y}"
    yield f"{plan.wish.weeks} weeks"
    yield f"{len(plan.days)} sessions"
    if plan.wish.race is not None:
        yield f"race on {plan.wish.race:%d %b %Y}"
    if plan.since != plan.wish.start:
        yield f"planned anew from {plan.since:%d %b %Y} on"


def _section(heading: str, content: Markup) -> Markup:
    return tag("section", None, tag("h2", None, heading), content)


def _list(heading: str, rows: Sequence[str], look: str | None = None) -> Markup | None:
    if not rows:
        return None
    return tag(
        "section",
        {"class": look},
        tag("h2", None, heading),
        tag("ul", {"class": "notes"}, (tag("li", None, row) for row in rows)),
    )


#: Of the bars of weeks, px.
_HIGH, _ROOM = 110.0, 18.0


def _glance(weeks: Sequence[Sequence[Dated]]) -> Markup:
    """Minutes moved backward of each week as bars, and what is run in all below."""
    minutes = [sum(day.backward_min for day in week) for week in weeks]
    most = max([*minutes, 1.0])
    share = 100 / len(weeks)
    told = "; ".join(f"week {at}: {value:.0f}" for at, value in enumerate(minutes, start=1))
    return tag(
        "figure",
        None,
        tag(
            "svg",
            {
                "class": "weeks",
                "height": _HIGH + 2 * _ROOM,
                "role": "img",
                "aria-labelledby": "weeks-title weeks-desc",
            },
            tag("title", {"id": "weeks-title"}, "Minutes backward, week by week"),
            tag("desc", {"id": "weeks-desc"}, told),
            (
                (
                    tag(
                        "rect",
                        {
                            "class": "is-backward",
                            "x": f"{(at + 0.12) * share:.2f}%",
                            "width": f"{0.76 * share:.2f}%",
                            "y": compact(_ROOM + _HIGH * (1 - value / most)),
                            "height": compact(_HIGH * value / most),
                        },
                    ),
                    tag(
                        "text",
                        {
                            "x": f"{(at + 0.5) * share:.2f}%",
                            "y": compact(_ROOM + _HIGH * (1 - value / most) - 4),
                            "text-anchor": "middle",
                        },
                        f"{value:.0f}",
                    ),
                    tag(
                        "text",
                        {
                            "x": f"{(at + 0.5) * share:.2f}%",
                            "y": _HIGH + 2 * _ROOM - 4,
                            "text-anchor": "middle",
                        },
                        str(at + 1),
                    ),
                )
                for at, value in enumerate(minutes)
            ),
        ),
        tag("figcaption", {"class": "quiet"}, "Minutes moved backward in each week"),
    )


def _week(plan: Plan, number: int, week: Sequence[Dated]) -> Markup:
    begin = plan.wish.start + timedelta(days=DAYS_PER_WEEK * number)
    by_date = {day.planned.date: day for day in week}
    dates = [begin + timedelta(days=day) for day in range(DAYS_PER_WEEK)]
    minutes = sum(day.dose.time_s for day in week) / SECONDS_PER_MINUTE
    backward = sum(day.backward_min for day in week)
    return tag(
        "section",
        {"class": "week"},
        tag(
            "h3",
            None,
            f"Week {number + 1} ",
            tag(
                "span",
                {"class": "quiet"},
                f"{len(week)} sessions, {minutes:.0f}{NO_BREAK}min, "
                f"{backward:.0f}{NO_BREAK}min backward",
            ),
        ),
        tag("ol", {"class": "days"}, (_day(plan, day, by_date.get(day)) for day in dates)),
    )


def _day(plan: Plan, day: date, planned: Dated | None) -> Markup:
    name = tag("span", {"class": "day-name"}, f"{day:%a %d %b}")
    if day == plan.wish.race:
        return tag("li", {"class": "day race"}, name, tag("b", None, "Race"))
    if planned is None:
        return tag("li", {"class": "day rest"}, name, tag("span", {"class": "quiet"}, "rest"))
    backward = planned.backward_min > 0
    return tag(
        "li",
        {"class": f"day {'day-backward' if backward else 'day-forward'}"},
        name,
        tag("b", None, planned.session.title),
        tag("span", {"class": "quiet"}, " · ".join(_brief(planned))),
        tag("span", {"class": "why"}, planned.planned.because),
        tag(
            "span",
            {"class": "links"},
            ((tag("a", {"href": href}, what), " ") for what, href in planned.files.items()),
        )
        if planned.files
        else None,
    )


def _brief(day: Dated) -> Iterator[str]:
    about, *rest = facts(day.session, day.dose)
    yield about
    yield from rest[:2]
    if day.planned.share != 1:
        yield f"{day.planned.share:.0%} of its main part"


def lines(plan: Plan, days: Sequence[Dated]) -> Iterator[str]:
    """The plan as lines of text: a line a session, and its reason."""
    for number, week in enumerate(weeks_of(plan, days)):
        backward = sum(day.backward_min for day in week)
        yield f"Week {number + 1}: {len(week)} sessions, {backward:.0f} min backward"
        for day in week:
            one = day.planned
            volume = "" if one.share == 1 else f" ({one.share:.0%})"
            time = clock(day.dose.time_s)
            yield f"  {one.date:%a %d %b}  {one.session}{volume}, {time}. {one.because}"
