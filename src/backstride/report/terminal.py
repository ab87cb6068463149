"""What was found, on a terminal: a timeline strip, bouts, calories, ten answers, warnings."""

from pathlib import PurePath
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from backstride.evidence import Verdict
from backstride.report import strides
from backstride.report.document import Failure, Results, Shown
from backstride.report.parts import found_by, shift
from backstride.vocabulary import clock, distance, pace

#: Direction by letter and colour, so that neither is needed for the other.
_MARKS = {
    "forward": ("─", "blue"),
    "backward": ("◀", "dark_orange"),
    "sideways": ("↔", "magenta"),
    "turning": ("↻", "magenta"),
    "still": ("·", "bright_black"),
    "unknown": ("?", "bright_black"),
    "suspected": ("◁", "yellow"),
}
#: More bouts than this are counted, not listed.
_MOST_BOUTS = 24
#: Characters of a file's name that an overview shows.
_NAME = 30
#: With more recordings than this each gets a line, not a page.
_MOST_PAGES = 3


def render(results: Results, console: Console, *, imperial: bool = False) -> None:
    """Print results; failures are not among them, they go where errors go."""
    if len(results.recordings) > _MOST_PAGES:
        console.print(_overview(results, imperial=imperial))
    else:
        for shown in results.recordings:
            console.print(page(shown, width=console.width, imperial=imperial))
    if results.together is not None:
        console.rule("[bold]All recordings together[/bold]")
        console.print(_answers(results.together["findings"], imperial=imperial))


def render_failures(failures: tuple[Failure, ...], console: Console) -> None:
    """One line for each failure, and what to do about it."""
    for failure in failures:
        hint = f" [dim]({escape(failure.hint)})[/dim]" if failure.hint else ""
        console.print(
            f"[red]✗[/red] {escape(failure.error)}{hint}", highlight=False, soft_wrap=True
        )


def page(shown: Shown, *, width: int, imperial: bool = False) -> RenderableType:
    """One recording, whole."""
    document = shown.document
    parts: list[RenderableType] = [Text(), _heading(document)]
    if document["simulated"]:
        parts.append(
            Text(
                "SIMULATED: nobody ran this. It was made from published figures.", "black on yellow"
            )
        )
    parts += [
        Text(summary(document, imperial=imperial)),
        Text(),
        _strip(document, width=min(width, 100)),
        _bouts(document, width=width, imperial=imperial),
    ]
    if steps := strides.sentence(document):
        parts += [Text.assemble(("Steps: ", "bold"), steps), Text()]
    if calories := _calories(document):
        parts.append(calories)
    parts.append(_answers(document["findings"], imperial=imperial))
    parts += [
        Text.assemble(("Myth: ", "bold"), f"{myth['myth']}. ", (myth["answer"], "italic"))
        for myth in document["myths"]
    ]
    parts += [
        Text.assemble(("! ", "yellow"), warning["message"]) for warning in document["warnings"]
    ]
    return Group(*parts)


def summary(document: dict[str, Any], *, imperial: bool = False) -> str:
    """The recording in one or two plain sentences."""
    backward = document["totals"]["backward"]
    forward = document["totals"]["forward"]
    count = sum(bout["direction"] == "backward" for bout in document["bouts"])
    waiting = [bout for bout in document["bouts"] if bout["suspected"]]
    if count:
        share = backward["time_s"] / (backward["time_s"] + forward["time_s"])
        times = "once" if count == 1 else f"{count} times"
        said = (
            f"You went backward {times}: {distance(backward['distance_m'], imperial=imperial)} in "
            f"{clock(backward['time_s'])}, {_percent(share)} of your time on the move, at "
            f"{pace(backward['speed_mps'] or 0, imperial=imperial)}."
        )
    elif document["tracks"]:
        said = "No part of this recording is known to be backward."
    else:
        said = "This file holds a workout, not a recording."
    if forward["distance_m"]:
        said += (
            f" Forward: {distance(forward['distance_m'], imperial=imperial)} in "
            f"{clock(forward['time_s'])}, at {pace(forward['speed_mps'] or 0, imperial=imperial)}."
        )
    if waiting:
        ranges = ", ".join(f"{clock(b['start_s'])}-{clock(b['end_s'])}" for b in waiting)
        said += (
            f" {len(waiting)} part(s) look backward but not surely ({ranges}); they change no "
            "number until you confirm them with --backward."
        )
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "less than 1 %"


def _heading(document: dict[str, Any]) -> Text:
    source = document["source"]
    started = (document["start_utc"] or "no date").replace("T", " ").replace("+00:00", " UTC")
    facts = [started, clock(document["duration_s"]), document["sport"], document["device"]]
    return Text.assemble(
        (source["title"] or source["path"], "bold"),
        "\n",
        (" · ".join(fact for fact in facts if fact), "dim"),
        *((f"\n+ {_part(part, document['parts'][0])}", "dim") for part in document["parts"][1:]),
    )


def _part(part: dict[str, Any], lead: dict[str, Any]) -> str:
    """``left_foot.csv: clock +3.20 s ± 0.04 s, by steps in both files``."""
    return f"{_tail(part['path'])}: clock {shift(part)}, {found_by(part, lead)}"


def _strip(document: dict[str, Any], *, width: int) -> Text:
    """Time from left to right; each cell shows the direction that fills most of it."""
    duration = document["duration_s"] or 1.0
    text = Text()
    seen = {}
    for cell in range(width):
        start, end = duration * cell / width, duration * (cell + 1) / width
        filled: dict[str, float] = {}
        for bout in document["bouts"]:
            overlap = min(end, bout["end_s"]) - max(start, bout["start_s"])
            if overlap > 0:
                kind = "suspected" if bout["suspected"] else bout["direction"]
                filled[kind] = filled.get(kind, 0.0) + overlap
        kind = max(filled, key=lambda k: filled[k], default="unknown")
        mark, colour = _MARKS[kind]
        seen[kind] = (mark, colour)
        text.append(mark, colour)
    text.append("\n0:00".ljust(width - len(clock(duration)) + 1) + clock(duration), "dim")
    text.append("\n")
    for kind, (mark, colour) in seen.items():
        text.append(f"{mark} {kind}  ", colour)
    return text


def _bouts(document: dict[str, Any], *, width: int, imperial: bool) -> RenderableType:
    moving = [b for b in document["bouts"] if b["gait"] != "still" or b["suspected"]]
    rows = moving
    if len(rows) > _MOST_BOUTS:
        rows = [b for b in rows if b["direction"] == "backward" or b["suspected"]]
    if not rows:
        return Text(f"{len(moving)} parts, none backward", "dim") if moving else Text()
    columns = [name for name, least in _COLUMNS.items() if width >= least]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        left = name in ("direction", "gait", "sure")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for bout in rows[:_MOST_BOUTS]:
        kind = "suspected" if bout["suspected"] else bout["direction"]
        mark, colour = _MARKS[kind]
        name = f"backward? {mark}" if bout["suspected"] else f"{kind} {mark}"
        unknown = kind in ("unknown", "still")
        cells = {
            "from": clock(bout["start_s"]),
            "to": clock(bout["end_s"]),
            "direction": Text(name, colour),
            "gait": "–" if unknown else bout["gait"],
            "distance": distance(bout["distance_m"], imperial=imperial)
            if bout["distance_m"] or bout["speed_mps"] is not None
            else "–",
            "pace": "–" if unknown else pace(bout["speed_mps"] or 0, imperial=imperial),
            "steps/min": _whole(bout["cadence_spm"]),
            "bpm": _whole(bout["heart_rate_bpm"]),
            "sure": "–" if unknown else _surety(bout),
        }
        table.add_row(*(cells[name] for name in columns))
    hidden = len(moving) - min(len(rows), _MOST_BOUTS)
    return Group(table, Text(f"… and {hidden} more parts", "dim")) if hidden > 0 else table


#: Columns of the table of bouts, and the width of terminal from which each is shown.
_COLUMNS = {
    "from": 0,
    "to": 0,
    "direction": 0,
    "gait": 90,
    "distance": 0,
    "pace": 0,
    "steps/min": 84,
    "bpm": 78,
    "sure": 70,
}


def _surety(bout: dict[str, Any]) -> str:
    """Who says so, and how surely; no probability is rounded up to certainty."""
    if bout["origin"] == "declared":
        return "you said so"
    percent = min(99, int(100 * (bout["probability"] or 0)))
    return f"{percent} % {bout['origin']}"


def _calories(document: dict[str, Any]) -> RenderableType | None:
    finding = next((f for f in document["findings"] if f["benefit"] == "calories"), None)
    if finding is None or finding["state"] != "assessed":
        return None
    table = Table(title="Calories, all movement on foot", title_justify="left", box=None)
    rows = {row["key"]: row for row in finding["details"]}
    for key, name in (
        ("device", "by the device"),
        ("session_as_forward", "all as forward"),
        ("session", "corrected"),
    ):
        table.add_column(name, justify="right")
        if key not in rows:
            rows[key] = {"value": None}
    table.add_row(*(_interval(rows[key]) for key in ("device", "session_as_forward", "session")))
    return table


def _answers(findings: list[dict[str, Any]], *, imperial: bool) -> RenderableType:
    """A block for each answer; then in one list what could not be answered, and what would help."""
    assessed = [f for f in findings if f["state"] == "assessed"]
    others = [f for f in findings if f["state"] != "assessed"]
    blocks: list[RenderableType] = []
    for finding in assessed:
        head = Text.assemble(
            (f"{finding['title']}  ", "bold"),
            (_interval(finding), "bold cyan"),
            f"  grade {finding['grade']}, the claim is {Verdict(finding['verdict']).label}",
        )
        blocks += [Text(), head, Padding(Text(finding["because"]), (0, 0, 0, 2))]
        adjusted = [d for d in finding["details"] if d["key"] == "direction_adjusted_speed"]
        blocks += [Padding(_adjusted(d, imperial=imperial), (0, 0, 0, 2)) for d in adjusted]
        blocks += [
            Padding(Text(f"· {caution}", "dim"), (0, 0, 0, 2)) for caution in finding["cautions"]
        ]
    if others:
        blocks += [Text(), Text("Not assessable from this", "bold")]
    alike: dict[tuple[str, str], list[str]] = {}
    for finding in others:
        title = f"{finding['title']} ({Verdict(finding['verdict']).label})"
        alike.setdefault((finding["missing"], finding["what_would_help"]), []).append(title)
    for (missing, helps), titles in alike.items():
        line = Text.assemble(
            (", ".join(titles), "bold"),
            f". Missing: {missing}.",
            (f" What would help: {helps}.", "dim"),
        )
        blocks.append(Padding(line, (0, 0, 0, 2)))
    return Group(*blocks, Text())


def _adjusted(detail: dict[str, Any], *, imperial: bool) -> Text:
    """The forward, level pace that takes the power of the backward running."""
    shown, slow, fast = (pace(detail[k] or 0, imperial=imperial) for k in ("value", "low", "high"))
    return Text(f"The power was that of {shown} forward on the level (between {slow} and {fast}).")


def _interval(row: dict[str, Any]) -> str:
    """``4.2 kcal (3.1 to 6.0)``; a dash where there is no number."""
    if row["value"] is None:
        return "–"
    unit = row["unit"] if row["unit"] not in (None, "1") else ""
    if row["low"] is None:
        return f"{_number(row['value'])} {unit}".strip()
    return f"{_number(row['value'])} {unit} ({_number(row['low'])} to {_number(row['high'])})"


def _number(value: float) -> str:
    """As many decimals as leave two or three digits, for more would pretend."""
    size = abs(value)
    shown = f"{value:.{0 if size >= 10 else 1 if size >= 1 else 2}f}"
    return shown.replace("-", "−") if float(shown) else shown.lstrip("-")


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _tail(path: str) -> str:
    """The end of a file's name, which is where names differ."""
    name = PurePath(path).name
    return name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"


def _overview(results: Results, *, imperial: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column("day", no_wrap=True)
    table.add_column("recording", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("sport", no_wrap=True)
    for name in ("time", "forward", "backward", "suspected"):
        table.add_column(name, justify="right", no_wrap=True)
    for shown in results.recordings:
        document = shown.document
        totals = document["totals"]
        waiting = sum(bool(bout["suspected"]) for bout in document["bouts"])
        table.add_row(
            (document["start_utc"] or "no date")[:10],
            escape(document["source"]["title"] or _tail(document["source"]["path"])),
            document["sport"],
            clock(document["duration_s"]),
            distance(totals["forward"]["distance_m"], imperial=imperial),
            distance(totals["backward"]["distance_m"], imperial=imperial)
            if totals["backward"]["distance_m"]
            else "–",
            str(waiting) if waiting else "–",
        )
    return table
