"""`backstride predict`."""

from pathlib import Path

import click

from backstride.cli.shared import FILE, console_of, refuse
from backstride.errors import BackstrideError


@click.command()
@click.argument("distance")
@click.option("--effort", "efforts", multiple=True, metavar="'1000m 5:30'", help="May be repeated.")
@click.option("--history", type=FILE, metavar="PATH", help="Recordings of running backward.")
def predict(distance: str, efforts: tuple[str, ...], history: Path | None) -> None:
    """Predict the time over DISTANCE (mile, 5km, 800m) backward from your own efforts.

    With an interval, beside the records, and with laps of even effort.
    """
    from backstride.app import races as app
    from backstride.report import coaching as shown

    try:
        found = app.foresee(distance, efforts, history)
        shown.render_forecast(found.forecast, found.records, found.pacing, console_of())
    except BackstrideError as error:
        refuse(error)
