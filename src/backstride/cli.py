"""Words -> app -> text: the command `backstride`.

Exit status: 0 done; 1 something could not be read (the rest was done, each failure named on
standard error); 2 wrong usage.
"""

import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backstride.errors import BackstrideError, RequestError, printable

if TYPE_CHECKING:
    from rich.console import Console

    from backstride.report.document import Results


class _File(click.Path):
    """A path that says something: an unset variable of the shell is no folder to walk through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            _refuse(RequestError("an empty name was given", hint="name a file or folder"))
        return super().convert(value, param, ctx)


_FILE = _File(path_type=Path)


class _Range(click.ParamType[tuple[float, float]]):
    """``12:00-14:30``: times since the start, in minutes and seconds or hours too."""

    name = "from-to"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        del param, ctx  # a wrong range is one line, without the usage that click would add
        if isinstance(value, tuple):
            return value
        ends = re.fullmatch(r"([\d:.]+)\s*[-–]\s*([\d:.]+)", str(value).strip())
        times = [_seconds(end) for end in ends.groups()] if ends else []
        start, end = times if ends else (None, None)
        if start is None or end is None:
            _refuse(
                RequestError(
                    f"--backward: '{value}' is not a range of times",
                    hint="write it as 12:00-14:30, from the start of the recording",
                )
            )
        if start >= end:
            _refuse(
                RequestError(
                    f"--backward: '{value}' ends before it starts", hint="swap the two times"
                )
            )
        return start, end


class _Size(click.ParamType[tuple[float, float]]):
    """``1920x1080``: width and height in pixels."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        del param, ctx  # a wrong size is one line, without the usage that click would add
        if isinstance(value, tuple):
            return value
        sides = re.fullmatch(r"(\d{1,9})\s*[x×]\s*(\d{1,9})", str(value).strip().lower())
        if sides is None:
            _refuse(
                RequestError(
                    f"--image-size: '{value}' is no width and height",
                    hint="write it in pixels, as 1920x1080",
                )
            )
        return float(sides[1]), float(sides[2])


class _Offset(click.ParamType[tuple[str, float]]):
    """``left_foot.csv=+3.2``: a file, and the seconds to add to its clock."""

    name = "file=seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        del param, ctx
        if isinstance(value, tuple):
            return value
        name, _, text = str(value).rpartition("=")
        seconds = re.fullmatch(r"[+\-−]?\d{1,9}([.,]\d+)?", text.strip())
        if not name or seconds is None:
            _refuse(
                RequestError(
                    f"--offset: '{printable(str(value))}' is not a file and seconds",
                    hint="write it as left_foot.csv=+3.2: what is added to that file's clock",
                )
            )
        return name.strip(), float(seconds[0].replace("−", "-").replace(",", "."))


def _seconds(clock: str) -> float | None:
    parts = clock.split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts):
        return None
    if any(float(part) >= 60 for part in parts[1:]):
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    return seconds


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backstride", message="%(prog)s %(version)s")
def main() -> None:
    """Backstride, the training system for running backward.

    Reads what a runner recorded, finds what was run backward, and says what that did, claim by
    claim, each with its interval, grade of evidence and sources.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old console has no arrows


@main.command()
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="PATH...")
@click.option(
    "--backward",
    type=_Range(),
    multiple=True,
    metavar="12:00-14:30",
    help="This part was run backward. Times from the start of the recording; may be repeated.",
)
@click.option(
    "--laps-alternate",
    type=click.Choice(["backward", "forward"]),
    help="Laps alternate; the first one was run in this direction.",
)
@click.option("--athlete", type=_FILE, help="Athlete file (TOML): mass_kg, max_heart_rate_bpm, …")
@click.option("--columns", type=_FILE, help="What the columns of tables are (TOML).")
@click.option(
    "--frame-rate",
    type=float,
    metavar="HZ",
    help="Frames a second of the video that keypoints come from.",
)
@click.option(
    "--image-size",
    type=_Size(),
    metavar="1920x1080",
    help="Pixels of the video whose keypoints are shares of the picture.",
)
@click.option("--json", "json_to", metavar="FILE", help="Write everything as JSON; - for stdout.")
@click.option("--report", "report_to", type=_FILE, metavar="FILE.html", help="Write a web page.")
@click.option("--export", "export_to", type=_FILE, metavar="DIR", help="Write Parquet and CSV.")
@click.option(
    "--one-session",
    is_flag=True,
    help="All files are of one session of one person: put watch, sensors and video on one clock.",
)
@click.option(
    "--offset",
    "offsets",
    type=_Offset(),
    multiple=True,
    metavar="FILE=SECONDS",
    help="With --one-session: add this to the file's clock (left_foot.csv=+3.2) instead of "
    "finding it; may be repeated.",
)
@click.option("--imperial", is_flag=True, help="Show miles instead of kilometres.")
def analyze(
    paths: tuple[Path, ...],
    backward: tuple[tuple[float, float], ...],
    laps_alternate: str | None,
    athlete: Path | None,
    columns: Path | None,
    frame_rate: float | None,
    image_size: tuple[float, float] | None,
    json_to: str | None,
    report_to: Path | None,
    export_to: Path | None,
    *,
    one_session: bool,
    offsets: tuple[tuple[str, float], ...],
    imperial: bool,
) -> None:
    """Analyze recordings: files, archives (.gz, .zip) or folders of them.

    FIT, TCX, GPX and CSV are read, motion capture (BVH, TRC, C3D, MOT), keypoints of a video
    (JSON; also folders of a file for each frame) and inertial logs. Parts are known to be backward
    because you say so (--backward, --laps-alternate), because a lap or workout step is named so,
    or because the movement or the watch's series show it. What is likely but not sure is called
    suspected and changes no number.
    """
    from backstride import app

    request = app.Request(
        paths,
        backward,
        laps_alternate,
        athlete,
        columns,
        export_to,
        frame_rate,
        image_size,
        one_session,
        offsets,
    )
    try:
        _keep_inputs((*paths, athlete, columns), (json_to, report_to))
        results = _with_progress(request)
        _deliver(results, json_to, report_to, imperial=imperial)
    except BackstrideError as error:
        _refuse(error)
    sys.exit(1 if results.failures else 0)


def _keep_inputs(inputs: tuple[Path | None, ...], outputs: tuple[str | Path | None, ...]) -> None:
    """Refuse to write over what is read, or two things to one place."""
    taken = {path.resolve() for path in inputs if path is not None}
    for output in outputs:
        if output is None or output == "-":
            continue
        if str(output) == "-":
            raise RequestError("a page cannot go to standard output", hint="name a file")
        place = Path(output).resolve()
        if place in taken:
            raise RequestError(
                f"{printable(output)}: would be written over what is read or written already",
                hint="name another file",
            )
        taken.add(place)


def _with_progress(request: Any) -> "Results":
    """Analyze, with a bar on standard error where that is a terminal and there is much to do."""
    from rich.markup import escape
    from rich.progress import Progress

    from backstride import app

    console = _console(stderr=True)
    many = len(request.paths) > 1 or any(
        path.is_dir() or path.suffix == ".zip" for path in request.paths
    )
    if not (console.is_terminal and many):
        return app.analyze_files(request)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(
                task,
                total=total,
                completed=done,
                description=escape(printable(name)[-40:]) or "stopping",
            )

        return app.analyze_files(request, show)


def _deliver(
    results: "Results", json_to: str | None, report_to: Path | None, *, imperial: bool
) -> None:
    from backstride.report import terminal

    # Files first: a screen that closes early must not cost what was asked for.
    if json_to not in (None, "-"):
        _write(Path(json_to), _json(results))
    if report_to is not None:
        from backstride.report import html

        _write(report_to, html.render(results, imperial=imperial))
    if json_to == "-":
        click.echo(_json(results))
    else:
        terminal.render(results, _console(), imperial=imperial)
    terminal.render_failures(results.failures, _console(stderr=True))
    for path in (json_to, report_to):
        if path is not None and str(path) != "-":
            line = f"wrote {printable(path)}"
            _console(stderr=True).print(line, style="dim", markup=False, soft_wrap=True)


def _json(results: "Results") -> str:
    return json.dumps(results.document(), ensure_ascii=False, allow_nan=False, indent=1)


def _write(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise BackstrideError(
            f"{printable(path)}: cannot be written: {error.strerror or error}",
            hint="name another place",
        ) from error


@main.command()
@click.argument("benefit", required=False)
@click.option("--check", is_flag=True, help="Audit: is every number sourced, derived and used?")
def evidence(benefit: str | None, *, check: bool) -> None:
    """Show the studies and numbers behind the ten claims, or behind one BENEFIT."""
    from backstride import app
    from backstride.report import evidence as shown

    console = _console()
    if check:
        faults = app.evidence_audit()
        for fault in faults:
            console.print(f"✗ {fault}", markup=False, highlight=False, soft_wrap=True)
        console.print(f"{len(faults)} fault(s) in the evidence" if faults else "the evidence holds")
        sys.exit(1 if faults else 0)
    try:
        if benefit is None:
            shown.render_claims(app.all_claims(), console)
        else:
            behind = app.evidence_behind(benefit.lower())
            shown.render_behind(behind.claim, behind.constants, behind.pools, console)
    except BackstrideError as error:
        _refuse(error)


@main.command()
@click.option(
    "--out",
    type=_FILE,
    default=Path("out"),
    show_default=True,
    metavar="DIR",
    help="Where the simulated recording and its report go.",
)
@click.option("--imperial", is_flag=True, help="Show miles instead of kilometres.")
def demo(out: Path, *, imperial: bool) -> None:
    """Analyze a simulated session: warm-up, 6 x 200 m backward with forward recoveries, cool-down.

    Nobody ran it. It is made from published figures, written as a FIT file and read back.
    """
    from backstride import app

    recording = out / "simulated-6x200m-backward.fit"
    try:
        app.write_demo(recording, out / "simulated-athlete.toml")
        results = app.analyze_files(
            app.Request((recording,), athlete_file=out / "simulated-athlete.toml")
        )
        _deliver(results, None, out / "report.html", imperial=imperial)
    except BackstrideError as error:
        _refuse(error)
    sys.exit(1 if results.failures else 0)


def _refuse(error: BackstrideError) -> NoReturn:
    """Wrong usage in one line, with what to do."""
    hint = f" ({error.hint})" if error.hint else ""
    click.echo(f"backstride: {error}{hint}", err=True)
    sys.exit(2)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)
