"""`backstride plan`: a plan for a goal, and what becomes of it."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstride.cli.shared import FILE, console_of, refuse
from backstride.errors import BackstrideError, RequestError, printable

if TYPE_CHECKING:
    from backstride.app.plans import Made

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Days(click.ParamType[dict[int, float]]):
    """``mon 45, wed 60, sat 90``: minutes by weekday."""

    name = "days"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[int, float]:
        del param, ctx
        if isinstance(value, dict):
            return value
        found: dict[int, float] = {}
        for part in str(value).split(","):
            told = re.fullmatch(r"\s*([a-zA-Z]{3,})\s+(\d+)\s*", part)
            day = told[1].lower()[:3] if told else ""
            if told is None or day not in _WEEKDAYS:
                refuse(
                    RequestError(
                        f"--days: '{part.strip()}' is not a weekday and minutes",
                        hint="write them as 'mon 45, wed 60, sat 90'",
                    )
                )
            found[_WEEKDAYS.index(day)] = float(told[2])
        return found


class _Date(click.ParamType[date]):
    """``2027-03-01``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        del param, ctx
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            refuse(RequestError(f"'{value}' is not a date", hint="write it as 2027-03-01"))


_DATE = _Date()


@click.group(invoke_without_command=True)
@click.option("--goal", metavar="GOAL", help="What for; --goal list shows the goals there are.")
@click.option("--weeks", type=int, default=8, show_default=True, help="How many weeks.")
@click.option(
    "--days",
    type=_Days(),
    default="tue 45, thu 45, sun 60",
    show_default=True,
    metavar="'mon 45, sat 90'",
    help="Weekdays with minutes available.",
)
@click.option("--start", type=_DATE, metavar="DATE", help="First day; the next Monday unless told.")
@click.option("--race", type=_DATE, metavar="DATE", help="Day of the race, for a race.")
@click.option("--away", type=_DATE, multiple=True, metavar="DATE", help="A day off; may repeat.")
@click.option(
    "--level",
    type=click.Choice(["walk", "jog", "run", "fast"]),
    default="walk",
    show_default=True,
    help="Skill level that tests have shown.",
)
@click.option("--results", type=FILE, help="Results of backstride skills, in place of --level.")
@click.option("--has", multiple=True, metavar="NEED", help="Also at hand: treadmill, hill, …")
@click.option("--share", type=float, help="Backward share of distance, for weekly-share.")
@click.option("--history", type=FILE, metavar="PATH", help="Recordings of what was run so far.")
@click.option("--athlete", type=FILE, help="Athlete file (TOML).")
@click.option("--screening", type=FILE, help="Answers to backstride screen (TOML).")
@click.option("--limits", type=FILE, help="Limits set by a physiotherapist (TOML).")
@click.option("--anyway", is_flag=True, help="Come as near as can be to a goal out of reach.")
@click.option("--out", type=FILE, metavar="DIR", help="Write plan, calendar, cards and workouts.")
@click.pass_context
def plan(
    context: click.Context,
    /,
    goal: str | None,
    weeks: int,
    days: dict[int, float],
    start: date | None,
    race: date | None,
    away: tuple[date, ...],
    level: str,
    results: Path | None,
    has: tuple[str, ...],
    share: float | None,
    history: Path | None,
    athlete: Path | None,
    screening: Path | None,
    limits: Path | None,
    out: Path | None,
    *,
    anyway: bool,
) -> None:
    """Make a plan that mixes backward running into training, safely.

    The plan is the best within its rules, the same for the same wish, and says for each session
    why it is there. With --out it is written as a page, text, calendar (.ics), JSON, and for each
    session a FIT workout for the watch and a card to print. Where the rules do not let the goal be
    reached, the smallest changes that would are named instead.
    """
    if context.invoked_subcommand is not None:
        return
    from backstride.app import plans as app
    from backstride.report import coaching as shown

    try:
        if goal in (None, "list"):
            shown.render_goals(app.all_goals(), console_of())
            return
        asked = app.Asked(
            goal=goal,
            weeks=weeks,
            days=days,
            start=start or app.next_monday(app.today()),
            level=app.level_of(level),
            race=race,
            away=frozenset(away),
            has=app.at_hand(has),
            share=share,
            history=history,
            athlete_file=athlete,
            results_file=results,
            screening_file=screening,
            limits_file=limits,
            anyway=anyway,
        )
        with console_of(stderr=True).status("planning"):
            made = app.make(asked, out)
        _told(made, out)
    except BackstrideError as error:
        refuse(error)


@plan.command()
@click.argument("plan_file", type=FILE, metavar="PLAN.json")
@click.option("--log", type=FILE, metavar="LOG.json", help="What was done and how it felt.")
@click.option("--today", type=_DATE, metavar="DATE", help="From when on; today unless told.")
@click.option("--out", type=FILE, metavar="DIR", help="Write the changed plan there.")
def update(plan_file: Path, log: Path | None, today: date | None, out: Path | None) -> None:
    """Change a plan from today on by what was done, missed, felt and hurt."""
    from backstride.app import plans as app

    try:
        with console_of(stderr=True).status("planning"):
            made = app.renew(plan_file, log, today or app.today(), out)
        _told(made, out)
    except BackstrideError as error:
        refuse(error)


def _told(made: "Made", out: Path | None) -> None:
    from backstride.report import coaching as shown

    console = console_of()
    shown.render_plan(made.plan, made.days, made.changes, console)
    if out is not None:
        console.print(
            f"wrote {len(made.written)} files to {printable(out)}; open plan.html",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
