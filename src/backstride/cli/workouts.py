"""`backstride workout`: sessions of the library, to see and to take to a watch."""

from pathlib import Path

import click

from backstride.cli.shared import FILE, console_of, refuse
from backstride.errors import BackstrideError, printable

_VOLUME = click.option(
    "--volume",
    type=float,
    default=1.0,
    show_default=True,
    metavar="SHARE",
    help="How much of its main part: 0.5 for half, 1.5 for half as much again.",
)
_IMPERIAL = click.option("--imperial", is_flag=True, help="Show miles instead of kilometres.")


@click.group()
def workout() -> None:
    """Sessions of the library: see them, print them, take them to a watch."""


@workout.command(name="list")
@click.option("--kind", metavar="KIND", help="Only of this kind: technique, intervals, uphill, …")
def list_them(kind: str | None) -> None:
    """List the sessions of the library."""
    from backstride.app import coaching as app
    from backstride.report import coaching as shown

    try:
        shown.render_sessions(app.sessions(kind), console_of())
    except BackstrideError as error:
        refuse(error)


@workout.command()
@click.argument("session")
@_VOLUME
@_IMPERIAL
def show(session: str, *, volume: float, imperial: bool) -> None:
    """Show a SESSION step by step: what it is for, what it needs, where it comes from."""
    from backstride.app import coaching as app
    from backstride.report import coaching as shown

    try:
        shown.render_session(*app.session_of(session, volume), console_of(), imperial=imperial)
    except BackstrideError as error:
        refuse(error)


@workout.command()
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@click.option(
    "--out", type=FILE, default=Path("workouts"), show_default=True, metavar="DIR", help="Where to."
)
@_VOLUME
@_IMPERIAL
def export(sessions: tuple[str, ...], *, out: Path, volume: float, imperial: bool) -> None:
    """Write each SESSION ('all' for all) as a FIT workout, ZWO, spoken cues and a card to print.

    Copy the .fit to your watch. Its step names carry the direction, so that the recording comes
    home already labelled.
    """
    from backstride.app import coaching as app

    try:
        written = app.export_sessions(sessions, out, volume, imperial=imperial)
    except BackstrideError as error:
        refuse(error)
    console_of().print(
        f"wrote {len(written)} files to {printable(out)}", markup=False, soft_wrap=True
    )
