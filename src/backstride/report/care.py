"""Skills and rehabilitation on a terminal: where somebody stands, and what comes next."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstride.coaching.progress import Changed, Progress
from backstride.coaching.rehab import Protocol, measures
from backstride.coaching.sessions import Level
from backstride.coaching.skills import SkillTest, Standing
from backstride.coaching.sourced import Sourced


def render_skills(
    standings: Sequence[Standing],
    level: Level,
    missing: Sequence[SkillTest],
    console: Console,
    *,
    why: bool = False,
) -> None:
    """Every test with its result, the level, and what is missing for the next one."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("test", "for level", "asks for", "yours", ""):
        table.add_column(name, no_wrap=name == "test")
    for one in standings:
        test, result = one.test, one.result
        unit = "" if test.unit == "1" else f" {test.unit}"
        table.add_row(
            Text(test.key, "bold"),
            test.level.name.lower(),
            f"{test.quantity} {test.asks}",
            f"{result.value:.3g}{unit} on {result.date} ({result.origin})" if result else "–",
            _state(one),
        )
    console.print(table)
    console.print(Text.assemble("\nYour level is ", (level.name.lower(), "bold"), "."))
    if missing:
        names = "; ".join(test.title for test in missing)
        console.print(
            f"Still to pass for {missing[0].level.name.lower()}: {names}.", highlight=False
        )
    if not why:
        console.print(
            Text(
                "The bounds are this project's own (grade D). --why tells how each is done.", "dim"
            )
        )
        return
    for one in standings:
        console.print(Text(f"\n{one.test.title} ({one.test.key})", "bold"))
        console.print(f"  {one.test.how} {one.test.safe}", highlight=False, markup=False)
        console.print(Text(f"  {_rests_on(one.test)}", "dim"))


def _state(one: Standing) -> Text:
    if one.good:
        return Text(f"passed, good until {one.until}", "green")
    if one.until is not None:
        return Text(f"too old since {one.until}: do it again", "yellow")
    return Text("not passed", "red") if one.result else Text("not done", "dim")


def _rests_on(entry: Sourced) -> str:
    return f"Grade {entry.grade} ({' '.join(entry.sources)}): {entry.basis}"


def render_protocols(protocols: Sequence[Protocol], console: Console) -> None:
    """The protocols there are."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("protocol", "what for", "for whom", "stages", "grade"):
        table.add_column(name, no_wrap=name == "protocol")
    for of in protocols:
        table.add_row(Text(of.key, "bold"), of.purpose, of.for_whom, str(len(of.stages)), of.grade)
    console.print(table)
    console.print("\n[dim]backstride rehab PROTOCOL tells its stages.[/dim]")


def render_protocol(of: Protocol, console: Console) -> None:
    """One protocol: its stages, what moves on and back, what is measured."""
    console.print(Text.assemble("\n", (of.title, "bold"), f"\n{of.purpose} {of.for_whom}\n"))
    for number, stage in enumerate(of.stages, start=1):
        share = "" if stage.share == 1 else f", {stage.share:.0%} of its main part"
        console.print(
            f"  {number}. {stage.title}: {stage.session}{share}, {stage.a_week} times a week. "
            f"Next after {stage.moves_on}.",
            highlight=False,
            markup=False,
        )
    console.print(f"\n  {of.steps_back} bad sessions in a row: a stage back.", highlight=False)
    for key in of.measures:
        console.print(
            f"  {measures()[key].title} ({key}): {measures()[key].how}",
            highlight=False,
            markup=False,
        )
    console.print(Text(f"\n{_rests_on(of)}", "dim"))
    console.print("[dim]Keep what you do: backstride rehab PROTOCOL --log FILE[/dim]")


def render_progress(found: Progress, console: Console) -> None:
    """How far somebody has come: the stage, the road to it, what was measured, what comes next."""
    of = found.protocol
    at = of.stages.index(found.stage) + 1 if found.stage else len(of.stages)
    where = (
        f"stage {at} of {len(of.stages)}: {found.stage.title}" if found.stage else "all stages done"
    )
    console.print(Text.assemble("\n", (of.title, "bold"), f", {where}"))
    kept = "" if found.adherence is None else f", {found.adherence:.0%} of those due"
    console.print(
        f"  {found.done:g} sessions done{kept}; {found.good} good in a row", highlight=False
    )
    if found.waits:
        console.print("  The last waits for how it feels after 24 hours.", style="yellow")
    for move in found.moves:
        to = move.after.title if move.after else "the end"
        console.print(
            f"  {move.date}  {move.before.title} to {to}: {move.because}",
            highlight=False,
            markup=False,
        )
    for changed in found.measures:
        console.print(f"  {_change(changed)}", highlight=False, markup=False)
    for reason in found.limits.reasons:
        console.print(Text.assemble(("  ! ", "yellow"), reason))
    console.print(Text(found.next, "bold"))
    console.print(
        Text(f"{_rests_on(of)} This is not medical advice.", "dim"),
    )


def _change(one: Changed) -> str:
    unit = "" if one.measure.unit == "0-10" else f" {one.measure.unit}"
    if one.first == one.last:
        return f"{one.measure.title}: {one.last.value:g}{unit} on {one.last.date}"
    way = {None: "no change", True: "better", False: "worse"}[one.better]
    sure = {
        None: "; nobody has published how much of it could be chance",
        True: ", more than chance",
        False: ", which may be chance",
    }[one.real]
    return (
        f"{one.measure.title}: {one.first.value:g} to {one.last.value:g}{unit}, {way}"
        f"{sure if one.better is not None else ''}"
    )
