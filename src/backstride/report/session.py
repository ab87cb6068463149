"""One recording, whole: what it was in words, when, where, the bouts, calories, answers."""

from collections.abc import Sequence
from itertools import groupby

from backstride.report import charts, route, strides
from backstride.report.answers import answers, header, myths, scrolling
from backstride.report.document import Shown
from backstride.report.intervals import calories
from backstride.report.markup import Markup, isolated, tag, together
from backstride.report.parts import table as parts_table
from backstride.report.words import (
    GAITS,
    NONE,
    ORIGINS,
    Document,
    Units,
    date,
    file_name,
    percent,
    times,
    times_word,
    title,
)
from backstride.vocabulary import clock

#: More bouts than this are listed at the end, after the backward ones.
_MOST_BOUTS = 24
#: Slower than this is standing about, of which a pace says nothing.
_SLOWEST_MPS = 0.5


def session(shown: Shown, name: str, level: int, units: Units) -> Markup:
    """All of one recording below its title; headings begin at `level`."""
    document = shown.document
    head = f"h{level}"
    chart = charts.chart(document, shown.picture, f"{name}-chart", units)
    way = route.drawn(document, shown.picture.route, f"{name}-route", units)
    figures = calories(_finding(document, "calories"), units)
    sayings = myths(document["myths"], name, level + 1, units)
    return together(
        (
            facts(document),
            simulated() if document["simulated"] else None,
            tag("div", {"class": "lead"}, summary(document, units)),
            charts.strip(document, f"{name}-strip") if document["bouts"] else None,
            charts.key(document["bouts"]),
            _part(head, "Over time", chart)
            if chart
            else tag("p", {"class": "quiet"}, "No speed, cadence or heart rate was recorded."),
            tag(
                "div",
                {"class": "side-by-side" if way else ""},
                _part(
                    head, "Route", way, "No map behind it: nothing is asked of any other computer."
                )
                if way
                else tag(
                    "p", {"class": "quiet"}, "No positions were recorded, so there is no route."
                ),
                _part(head, "By direction", totals(document, units)),
            ),
            _part(head, "Part by part", bouts(document, units)),
            _steps(head, shown, name, units),
            _part(head, "Calories, three ways", figures) if figures else None,
            _part(
                head,
                "Ten claims, ten answers",
                answers(document["findings"], name, level + 1, units),
            ),
            _part(head, "Sayings, with your own number", sayings) if sayings else None,
            _files(head, document),
            _notes(head, document),
        )
    )


def _part(head: str, title_: str, content: Markup, note: str = "") -> Markup:
    return tag(
        "section",
        None,
        tag(head, None, title_),
        content,
        tag("p", {"class": "quiet"}, note) if note else None,
    )


def _steps(head: str, shown: Shown, name: str, units: Units) -> Markup | None:
    """How the feet went, where points of the body or motion sensors show it."""
    rows = strides.table(shown.document, units)
    if rows is None:
        return None
    said = strides.sentence(shown.document)
    return _part(
        head,
        "Step by step",
        together(
            (
                tag("p", None, said) if said else None,
                strides.feet(shown.picture.feet, f"{name}-feet"),
                rows,
            )
        ),
        "Measured on these strides, not estimated from studies. The ± is how much single strides "
        "differ, not how far the measuring is off.",
    )


def _finding(document: Document, benefit: str) -> Document:
    empty: Document = {"state": "not_assessable"}
    return next((each for each in document["findings"] if each["benefit"] == benefit), empty)


def simulated() -> Markup:
    """The banner of what no runner ran."""
    return tag(
        "p",
        {"class": "simulated"},
        tag("strong", None, "SIMULATED"),
        " Nobody ran this: a program made the recording. Its numbers show how a report looks and "
        "say nothing about a person.",
    )


def facts(document: Document) -> Markup:
    """When, how long, by what."""
    rows = (
        tag("time", {"datetime": document["start_utc"]}, date(document))
        if document["start_utc"]
        else date(document),
        clock(document["duration_s"]),
        document["sport"] if document["sport"] != "unknown" else "sport not said",
        isolated(document["device"]) if document["device"] else "device not said",
        isolated(file_name(document)) if file_name(document) != title(document) else None,
        f"{len(document['parts'])} files on one clock" if document["parts"][1:] else None,
    )
    return tag("ul", {"class": "facts"}, (tag("li", None, row) for row in rows if row))


def summary(document: Document, units: Units) -> Markup:
    """The recording in plain sentences, what was run backward first."""
    if not document["tracks"]:
        return tag("p", None, "This file holds no recording of movement.")
    backward = document["totals"]["backward"]
    lead = _backward(document, units) if backward["time_s"] else _none_backward(document, units)
    return together((lead, _compared(document, units), _waiting(document)))


def _backward(document: Document, units: Units) -> Markup:
    total = document["totals"]["backward"]
    ran = [bout for bout in document["bouts"] if bout["direction"] == "backward"]
    walked = any(bout["gait"] == "walk" for bout in ran)
    verb, whole = ("moved", "moving") if walked else ("ran", "running")
    moving = [
        bout["end_s"] - bout["start_s"]
        for bout in document["bouts"]
        if bout["direction"] in ("forward", "backward")
        and (bout["gait"] == "run" or bout["direction"] == "backward" or walked)
    ]
    share = total["time_s"] / max(sum(moving), total["time_s"])
    count = sum(is_so for is_so, _ in groupby(document["bouts"], _is_backward))
    return tag(
        "p",
        None,
        f"You {verb} backward ",
        tag("b", None, times_word(count)),
        ", ",
        tag("b", None, units.distance(total["distance_m"])),
        " in ",
        tag("b", None, clock(total["time_s"])),
        ": ",
        tag("b", None, percent(share)),
        f" of the time you were {whole}.",
    )


def _is_backward(bout: Document) -> bool:
    return bool(bout["direction"] == "backward")


def _none_backward(document: Document, units: Units) -> Markup:
    forward = document["totals"]["forward"]
    went = (
        f" You went {units.distance(forward['distance_m'])} forward in {clock(forward['time_s'])}."
        if forward["time_s"]
        else ""
    )
    return tag("p", None, "Nothing in this recording is known to be backward.", went)


def _compared(document: Document, units: Units) -> Markup | None:
    backward, forward = (document["totals"][each] for each in ("backward", "forward"))
    if not (backward["speed_mps"] and forward["speed_mps"]):
        return None
    return tag(
        "p",
        None,
        f"On average {units.pace(backward['speed_mps'])} backward and "
        f"{units.pace(forward['speed_mps'])} forward.",
    )


def _waiting(document: Document) -> Markup | None:
    waiting = [bout for bout in document["bouts"] if bout["suspected"]]
    if not waiting:
        return None
    options = [
        f"--backward {clock(each['start_s'])}-{clock(each['end_s'])}" for each in waiting[:12]
    ]
    one = len(waiting) == 1
    return tag(
        "p",
        None,
        tag("b", None, f"{len(waiting)} part{'' if one else 's'}"),
        f" ({', '.join(times(bout['start_s'], bout['end_s']) for bout in waiting[:12])}"
        f"{' and more' if len(waiting) > 12 else ''}) "
        f"look{'s' * one} backward, but not surely. {'It changes' if one else 'They change'} no "
        f"number until you confirm {'it' if one else 'them'}: ",
        ((tag("code", {"class": "option"}, option), " ") for option in options),
    )


def totals(document: Document, units: Units) -> Markup:
    """Time, distance and means of each direction."""
    rows = [(word, total) for word, total in document["totals"].items() if total["time_s"]]
    return scrolling(
        "Totals by direction",
        tag(
            "table",
            {"class": "totals"},
            tag("caption", {"class": "sr"}, "Totals by direction"),
            header("Direction", "Time", "Distance", "Pace", "Steps/min", "Beats/min"),
            tag(
                "tbody",
                None,
                (
                    tag(
                        "tr",
                        None,
                        tag("th", {"scope": "row"}, _swatch(word), charts.KINDS[word]),
                        tag("td", {"class": "n"}, clock(total["time_s"])),
                        _measures(total, units),
                    )
                    for word, total in rows
                ),
            ),
        ),
    )


def _measures(row: Document, units: Units) -> list[Markup]:
    cells = (
        units.distance(row["distance_m"]) if row["distance_m"] else NONE,
        units.pace(row["speed_mps"] if (row["speed_mps"] or 0) >= _SLOWEST_MPS else None),
        _whole(row["cadence_spm"]),
        _whole(row["heart_rate_bpm"]),
    )
    return [tag("td", {"class": "n"}, cell) for cell in cells]


def _whole(value: float | None) -> str:
    return NONE if value is None else f"{value:.0f}"


def _swatch(drawn: str) -> Markup:
    return tag(
        "svg",
        {"class": "swatch", "width": 18, "height": 12, "aria-hidden": "true"},
        tag("rect", {"class": f"is-{drawn}", "x": 1, "y": 1, "width": 16, "height": 10}),
    )


def bouts(document: Document, units: Units) -> Markup:
    """The bouts: all of them if they are few, else the backward ones and the rest on demand."""
    rows = document["bouts"]
    told = [row for row in rows if row["direction"] == "backward" or row["suspected"]]
    if len(rows) <= _MOST_BOUTS:
        return together((_bout_table(rows, "All parts", units), _disagreements(document)))
    return together(
        (
            _bout_table(told, "Backward parts", units) if told else None,
            tag(
                "details",
                None,
                tag("summary", None, f"All {len(rows)} parts"),
                _bout_table(rows, "All parts", units),
            ),
            _disagreements(document),
        )
    )


def _bout_table(rows: Sequence[Document], caption: str, units: Units) -> Markup:
    return scrolling(
        caption,
        tag(
            "table",
            {"class": "bouts"},
            tag("caption", None, caption),
            header(
                "Direction",
                "From",
                "Time",
                "Distance",
                "Pace",
                "Steps/min",
                "Beats/min",
                "Gait",
                "How it is known",
            ),
            tag("tbody", None, (_bout(row, units) for row in rows)),
        ),
    )


def _bout(row: Document, units: Units) -> Markup:
    drawn = charts.kind(row)
    word = f"{row['suspected']}?" if row["suspected"] else charts.KINDS[drawn]
    return tag(
        "tr",
        {"class": f"row-{drawn}"},
        tag("th", {"scope": "row"}, _swatch(drawn), word),
        tag("td", {"class": "n"}, clock(row["start_s"])),
        tag("td", {"class": "n"}, clock(row["end_s"] - row["start_s"])),
        _measures(row, units),
        tag("td", None, GAITS.get(row["gait"], row["gait"])),
        tag("td", None, _known(row)),
    )


def _known(row: Document) -> str:
    """Who says so, and how surely; no probability is rounded up to certainty."""
    origin = ORIGINS.get(row["origin"], str(row["origin"]))
    if row["direction"] == "unknown" and not row["suspected"]:
        return NONE
    if row["origin"] == "declared" or row["probability"] is None:
        return origin
    return f"{origin}, {min(99, int(100 * row['probability']))} % sure"


def _disagreements(document: Document) -> Markup | None:
    rows = document["disagreements"]
    if not rows:
        return None
    return tag(
        "ul",
        {"class": "cautions"},
        (
            tag(
                "li",
                None,
                f"{times(row['start_s'], row['end_s'])}: {ORIGINS.get(row['used'], row['used'])}: "
                f"{row['used_direction']}; {ORIGINS.get(row['other'], row['other'])}: "
                f"{row['other_direction']}. The first was used.",
            )
            for row in rows
        ),
    )


def _files(head: str, document: Document) -> Markup | None:
    files = parts_table(document)
    if files is None:
        return None
    return _part(
        head,
        "Files of this session",
        files,
        "All times are on the clock of the first. Of 100 shifts 95 are right within ±. To set one "
        "yourself: --offset FILE=SECONDS.",
    )


def _notes(head: str, document: Document) -> Markup | None:
    rows = document["warnings"]
    if not rows:
        return None
    return _part(
        head,
        "Notes on the recording",
        tag(
            "ul",
            {"class": "notes"},
            (
                tag(
                    "li",
                    None,
                    isolated(row["message"]),
                    " ",
                    tag("code", {"class": "quiet"}, row["code"]),
                )
                for row in rows
            ),
        ),
    )
