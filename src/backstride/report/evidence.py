"""What stands behind a claim, on a terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backstride.evidence import Claim, Constant, Regression, bibliography
from backstride.evidence.pooling import Pool


def render_claims(claims: tuple[Claim, ...], console: Console) -> None:
    """All claims in a table: the claim, the verdict, how many studies."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("key", "the claim", "it is", "studies"):
        table.add_column(name)
    for claim in claims:
        table.add_row(
            Text(claim.key, "bold"), claim.claim, claim.verdict.label, str(len(claim.studies))
        )
    console.print(table)
    console.print("\n[dim]backstride evidence KEY shows the studies and numbers behind one.[/dim]")


def render_behind(
    claim: Claim,
    constants: tuple[Constant | Regression, ...],
    pools: tuple[Pool, ...],
    console: Console,
) -> None:
    """One claim: the verdict, the studies, the constants in use, and what was pooled."""
    console.print(Text.assemble("\n", (claim.title, "bold"), f": “{claim.claim}”"))
    console.print(Text.assemble("The claim is ", (claim.verdict.label, "bold"), f". {claim.says}"))
    console.print("\n[bold]Studies[/bold]")
    for study in claim.studies:
        console.print(
            Padding(
                Text.assemble(
                    (study.source, "bold"),
                    f" ({study.leans.value}): {study.people}; {study.setting}. {study.found}",
                ),
                (0, 0, 0, 2),
            )
        )
    console.print("\n[bold]Numbers in use[/bold]")
    for number in constants:
        console.print(Padding(_constant(number), (0, 0, 0, 2)))
    if not constants:
        console.print("  No number of the program stands behind this claim yet.", style="dim")
    for pool in pools:
        console.print(_pool(pool))
    keys = [study.source for study in claim.studies]
    keys += [key for number in constants for key in number.provenance.sources]
    console.print("\n[bold]Sources[/bold]")
    for key in dict.fromkeys(keys):
        console.print(
            Text.assemble("  ", (key, "bold"), f" {bibliography()[key].text}"), soft_wrap=True
        )


def _constant(number: Constant | Regression) -> Text:
    about = number.provenance
    value = (
        " ".join(f"{c:g}" for c in number.coefficients)
        if isinstance(number, Regression)
        else f"{float(number):g}"
    )
    unit = "" if about.unit == "1" else f" {about.unit}"
    meaning = about.interval.value.replace("_", " ")
    interval = "exact" if meaning == "exact" else f"{about.low:g} to {about.high:g} {meaning}"
    return Text.assemble(
        (about.name, "bold"),
        (f"  {value}{unit}", "cyan"),
        f" ({interval}), grade {about.grade.value}, {about.kind.value}. ",
        (f"{about.population}: {about.where} [{', '.join(about.sources)}]", "dim"),
    )


def _pool(pool: Pool) -> Table:
    table = Table(title=f"\nPooled: {pool.question}", title_justify="left", box=None)
    for name in ("study", "people", "ratio (95 %)", "weight", "note"):
        table.add_column(name, overflow="fold", ratio=2 if name == "note" else None)
    for study in pool.studies:
        r = study.ratio
        table.add_row(
            study.source,
            str(study.people),
            f"{r.value:.2f} ({r.low:.2f} to {r.high:.2f})",
            f"{100 * study.weight:.0f} %",
            study.note,
        )
    for label, spread, note in (
        (
            "mean",
            pool.mean,
            "random effects (Paule-Mandel), Student's t over studies; 95 %",
        ),
        ("one more study", pool.next_study, "95 % prediction interval"),
        ("one more person", pool.next_person, "if studies do not differ; every answer uses it"),
    ):
        table.add_row(
            Text(label, "bold"),
            str(pool.people) if label == "mean" else "",
            f"{spread.value:.2f} ({spread.low:.2f} to {spread.high:.2f})",
            "",
            note,
        )
    for left in pool.left_out:
        table.add_row(Text(left.source, "dim"), "", Text("left out", "dim"), "", left.why)
    return table
