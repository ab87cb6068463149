"""`backstride analyze` and `backstride demo`."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstride.cli.shared import FILE, console_of, refuse, write_whole
from backstride.errors import BackstrideError, RequestError, printable

if TYPE_CHECKING:
    from backstride.report.document import Results


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
            refuse(
                RequestError(
                    f"--backward: '{value}' is not a range of times",
                    hint="write it as 12:00-14:30, from the start of the recording",
                )
            )
        if start >= end:
            refuse(
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
            refuse(
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
            refuse(
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


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
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
@click.option("--athlete", type=FILE, help="Athlete file (TOML): mass_kg, max_heart_rate_bpm, …")
@click.option("--columns", type=FILE, help="What the columns of tables are (TOML).")
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
@click.option("--report", "report_to", type=FILE, metavar="FILE.html", help="Write a web page.")
@click.option("--export", "export_to", type=FILE, metavar="DIR", help="Write Parquet and CSV.")
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
    from backstride.app import recordings as app

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
        refuse(error)
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

    from backstride.app import recordings as app

    console = console_of(stderr=True)
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
        write_whole(Path(json_to), _json(results))
    if report_to is not None:
        from backstride.report import html

        write_whole(report_to, html.render(results, imperial=imperial))
    if json_to == "-":
        click.echo(_json(results))
    else:
        terminal.render(results, console_of(), imperial=imperial)
    terminal.render_failures(results.failures, console_of(stderr=True))
    for path in (json_to, report_to):
        if path is not None and str(path) != "-":
            line = f"wrote {printable(path)}"
            console_of(stderr=True).print(line, style="dim", markup=False, soft_wrap=True)


def _json(results: "Results") -> str:
    return json.dumps(results.document(), ensure_ascii=False, allow_nan=False, indent=1)


@click.command()
@click.option(
    "--out",
    type=FILE,
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
    from backstride.app import recordings as app

    recording = out / "simulated-6x200m-backward.fit"
    try:
        app.write_demo(recording, out / "simulated-athlete.toml")
        results = app.analyze_files(
            app.Request((recording,), athlete_file=out / "simulated-athlete.toml")
        )
        _deliver(results, None, out / "report.html", imperial=imperial)
    except BackstrideError as error:
        refuse(error)
    sys.exit(1 if results.failures else 0)
