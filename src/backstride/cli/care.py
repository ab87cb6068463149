"""`backstride screen`, `skills` and `rehab`: what somebody may do, and how far they have come."""

from datetime import datetime
from pathlib import Path

import click

from backstride.cli.shared import FILE, console_of, refuse, write_whole
from backstride.errors import BackstrideError, RequestError


def _named(values: tuple[str, ...], option: str) -> dict[str, float]:
    """``walk_3m=3.1`` and so on, by name."""
    found: dict[str, float] = {}
    for each in values:
        name, _, value = each.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            refuse(
                RequestError(
                    f"{option}: '{each}' is not a name and a number",
                    hint="write it as walk_3m=3.1",
                )
            )
    return found


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


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option("--results", type=FILE, metavar="FILE", help="Where results are kept (TOML).")
@click.option("--did", multiple=True, metavar="TEST=VALUE", help="A test done today; may repeat.")
@click.option("--why", is_flag=True, help="Show how tests are done, and what they rest on.")
def skills(
    files: tuple[Path, ...], results: Path | None, did: tuple[str, ...], *, why: bool
) -> None:
    """Show the tests of skill, what is passed, and the level that plans may count on.

    FILES are recordings, of which some show that a test is passed.
    """
    from backstride.app import care as app
    from backstride.report import care as shown

    try:
        found = app.skills(results, _named(did, "--did"), files, app.today())
    except BackstrideError as error:
        refuse(error)
    for one in found.unread:
        click.echo(f"{one}\n  {one.hint}", err=True)
    shown.render_skills(found.standings, found.level, found.missing, console_of(), why=why)
    if found.unread:
        raise SystemExit(1)


@click.command()
@click.argument("protocol", required=False)
@click.option("--log", type=FILE, metavar="FILE", help="What was done and measured (TOML).")
@click.option("--done", type=float, metavar="0-1", help="Today's session: how much of it.")
@click.option("--pain", type=float, metavar="0-10", help="The worst during or after it.")
@click.option("--pain-before", type=float, default=0.0, metavar="0-10", help="Before it.")
@click.option("--pain-next-day", type=float, metavar="0-10", help="24 hours after it.")
@click.option("--swelling", is_flag=True, help="A joint is swollen or stiff since.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Another day than today.")
@click.option("--measured", multiple=True, metavar="MEASURE=VALUE", help="May repeat.")
@click.option("--limits", type=FILE, metavar="FILE", help="What a physiotherapist set (TOML).")
def rehab(
    protocol: str | None,
    *,
    log: Path | None,
    done: float | None,
    pain: float | None,
    pain_before: float,
    pain_next_day: float | None,
    on: datetime | None,
    measured: tuple[str, ...],
    limits: Path | None,
    swelling: bool,
) -> None:
    """Show protocols of rehabilitation, and how far somebody has come in one.

    With --log FILE, progress: the stage, what moves on or back, adherence, what was measured.
    A session is put into it with --done and --pain; 24 hours later again, with --pain-next-day.
    """
    from backstride.app import care as app
    from backstride.report import care as shown

    console = console_of()
    day = on.date() if on else app.today()
    try:
        if protocol is None:
            shown.render_protocols(app.all_protocols(), console)
            return
        if log is None:
            shown.render_protocol(app.protocol_of(protocol), console)
            return
        if (done is None) != (pain is None):
            raise RequestError(
                "a session needs both --done and --pain", hint="--done 1 --pain 0, say"
            )
        session = None
        if done is not None and pain is not None:
            session = app.session_done(
                day, done, pain, pain_before, pain_next_day, swelling=swelling
            )
        values = _named(measured, "--measured")
        shown.render_progress(app.rehab(protocol, log, day, session, values, limits), console)
    except BackstrideError as error:
        refuse(error)
