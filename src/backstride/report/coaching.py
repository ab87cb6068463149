"""Sessions, plans and answers of coaching on a terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backstride.coaching.sessions import Session
from backstride.coaching.volume import Dose
from backstride.report.card import basis, facts, lines
from backstride.report.words import Units
from backstride.vocabulary import clock


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
