"""Sessions, plans and answers of coaching on a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstride.coaching.goals import Goal
from backstride.coaching.pacing import Pacing
from backstride.coaching.race import Forecast
from backstride.coaching.records import Share
from backstride.coaching.screening import Clearance, Question, Word
from backstride.coaching.sessions import Session
from backstride.coaching.volume import Dose
from backstride.coaching.wish import Change, Plan
from backstride.report import plan as plans
from backstride.report.card import basis, facts, lines
from backstride.report.plan import Dated
from backstride.report.words import Units
from backstride.vocabulary import clock, distance, pace


def render_sessions(sessions: Mapping[str, tuple[Session, Dose]], console: Console) -> None:
    """All sessions in a table, by kind."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("session", "kind", "level", "time", "backward", "what for"):
        right = name in ("time", "backward")
        table.add_column(name, justify="right" if right else "left", no_wrap=name == "session")
    for key, (one, dose) in sorted(sessions.items(), key=lambda item: item[1][0].kind.value):
        backward = dose.backward_m + dose.walked_backward_m
        table.add_row(
            Text(key, "bold"),
            one.kind.value,
            one.level.name.lower(),
            clock(dose.time_s),
            f"{backward:.0f} m" if backward else "–",
            one.purpose,
        )
    console.print(table)
    console.print("\n[dim]backstride workout show SESSION tells it step by step.[/dim]")


def render_session(
    session: Session, dose: Dose, console: Console, *, imperial: bool = False
) -> None:
    """One session: purpose, facts, steps, where it comes from."""
    console.print(Text.assemble("\n", (session.title, "bold"), f"\n{session.purpose}"))
    console.print(Text(" · ".join(facts(session, dose)), "dim"))
    console.print()
    for line in lines(session, Units(imperial)):
        console.print(line, markup=False, highlight=False)
    load = ", ".join(f"{tissue.value} {metres:.0f} m" for tissue, metres in dose.load.items())
    console.print(
        Text(
            f"\nLoad in metres of easy forward running that load a tissue as much: {load}. "
            "Walking backward has no published one and is not counted.",
            "dim",
        )
    )
    console.print(Text(basis(session), "dim"))


def render_goals(goals: Sequence[Goal], console: Console) -> None:
    """The goals there are."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("goal", "what for", "grade"):
        table.add_column(name, no_wrap=name == "goal")
    for goal in goals:
        table.add_row(Text(goal.key, "bold"), goal.purpose, goal.grade)
    console.print(table)
    console.print("\n[dim]backstride plan --goal GOAL --weeks N --days 'tue 45, sat 60'[/dim]")


def render_plan(
    plan: Plan, days: Sequence[Dated], changes: Sequence[Change], console: Console
) -> None:
    """A plan line by line, what an update changed first."""
    if changes:
        console.print(Text("What changed", "bold"))
        for change in changes:
            console.print(f"  {change}", markup=False, highlight=False)
        console.print()
    for line in plans.lines(plan, days):
        week = line.startswith("Week")
        console.print(Text(line, "bold" if week else ""), soft_wrap=not week, highlight=False)
    console.print()
    for note in plan.notes:
        console.print(Text.assemble(("! ", "yellow"), note))


_WORDS = {Word.CLEARED: "green", Word.LIMITED: "yellow", Word.PROFESSIONAL: "red"}


def render_clearance(clearance: Clearance, console: Console) -> None:
    """What screening says, and why."""
    word = clearance.word.value.capitalize()
    console.print(Text.assemble("\n", (word, f"bold {_WORDS[clearance.word]}"), "."))
    for reason in clearance.reasons:
        console.print(f"  {reason}", markup=False, highlight=False)
    console.print(
        Text(
            f"Screen again on {clearance.again}, or sooner when something changes. Most of these "
            "rules are opinion (grade D); `--why` shows what each rests on. This is not medical "
            "advice.",
            "dim",
        )
    )


def render_questions(questions: Sequence[Question], console: Console) -> None:
    """Every question with why it is asked and what it rests on."""
    for question in questions:
        console.print(Text(question.ask, "bold"))
        console.print(f"  {question.why}", markup=False, highlight=False)
        sources = " ".join(question.sources)
        console.print(Text(f"  Grade {question.grade} ({sources}): {question.basis}", "dim"))


def render_forecast(
    forecast: Forecast, shares: Sequence[Share], pacing: Pacing, console: Console
) -> None:
    """Predicted times with intervals, beside the records, and laps."""
    metres = distance(forecast.distance_m)
    for one in forecast.predictions:
        low, high = (clock(each or 0.0) for each in (one.time.low, one.time.high))
        console.print(
            Text.assemble(
                f"{metres} backward in ",
                (clock(one.time.value), "bold"),
                f" ({low} to {high}, 95 % of such races) by {one.method.value}; grade {one.grade}",
            )
        )
        for caution in one.cautions:
            console.print(Text(f"  {caution}", "dim"))
    for share in shares:
        record = share.record
        mark = " (not ratified)" if record.unratified else ""
        console.print(
            f"  {100 * share.share:.0f} % of the speed of {clock(record.time_s)}, "
            f"{record.holder or record.sex.value}{mark}: {record.about}",
            markup=False,
            highlight=False,
        )
    for left in forecast.left_out:
        console.print(Text(f"  {left}", "dim"))
    adjusted = pace(pacing.adjusted_mps.value)
    console.print(Text(f"\nEven effort, worth {adjusted} of running forward:", "bold"))
    for split in pacing.splits:
        console.print(
            f"  {distance(split.at_m):>8}  {clock(split.at_s):>8}  {pace(split.speed_mps)}",
            markup=False,
            highlight=False,
        )
