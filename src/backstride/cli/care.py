"""`backstride screen`."""

from pathlib import Path

import click

from backstride.cli.shared import FILE, console_of, refuse, write_whole
from backstride.errors import BackstrideError


@click.command()
@click.option("--answers", type=FILE, metavar="FILE", help="Answers kept before (TOML).")
@click.option("--keep", type=FILE, metavar="FILE", help="Keep the answers there, for plans.")
@click.option("--limits", type=FILE, metavar="FILE", help="What a physiotherapist set (TOML).")
@click.option("--why", is_flag=True, help="Show the questions, why each is asked, its sources.")
def screen(answers: Path | None, keep: Path | None, limits: Path | None, *, why: bool) -> None:
    """Ask what must be known before anybody runs backward, and say what the answers mean.

    Answers stay on this computer, in the file that you name, and nowhere else.
    """
    from backstride.app import care as app
    from backstride.report import coaching as shown

    console = console_of()
    try:
        if why:
            shown.render_questions(app.all_questions(), console)
            return
        if answers is not None:
            shown.render_clearance(app.clearance_of(answers, limits, app.today()), console)
            return
        told = {
            question.key: click.prompt(
                question.ask, type=click.Choice(["yes", "no", "not sure"]), show_choices=True
            )
            for question in app.all_questions()
        }
        clearance, text = app.answered(told, app.today())
        if keep is not None:
            write_whole(keep, text)
        shown.render_clearance(clearance, console)
    except BackstrideError as error:
        refuse(error)
