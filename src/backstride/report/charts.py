"""Pictures over time: the strip of directions, and speed, cadence and heart rate.

A curve's path holds the data themselves: x in seconds, y in whole hundredths of a metre per
second, steps per minute or beats per minute, below zero because SVG counts down. Its `viewBox` is
the part of time that is seen, so zooming changes four numbers, and the readout reads the path.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backstride.report import scales
from backstride.report.document import Picture
from backstride.report.markup import Markup, compact, tag, together
from backstride.report.scales import Scale
from backstride.report.words import Document, Units, times
from backstride.vocabulary import clock

#: Height of the strip above and below its middle, px: forward rises, backward drops.
_RISE, _DROP = 62.0, 62.0
#: Of the middle of the strip, where nothing travels, px.
_THIN = 5.0
#: Share of values, at either end, that a chart's height may leave out: what lies there is a glitch
#: of the device more often than a feat of the runner.
_OUTLIERS = 0.005
#: They are only left out where they would make the chart this much higher.
_TOLERATED = 1.3
#: Steps or beats per minute that a chart shows at least, so that noise looks like noise.
_LEAST_SPAN = 40.0


def kind(bout: Document) -> str:
    """How a bout is drawn: its direction, or ``suspected``."""
    return "suspected" if bout["suspected"] else str(bout["direction"])


def parts_of(bouts: Sequence[Document]) -> list[str]:
    """The kinds among bouts, in the order in which a key shows them."""
    present = {kind(bout) for bout in bouts}
    return [each for each in KINDS if each in present]


#: Every kind that is drawn, with the words of its key.
KINDS = {
    "backward": "backward",
    "suspected": "looks backward, not confirmed",
    "forward": "forward",
    "sideways": "sideways",
    "turning": "turning",
    "unknown": "cannot be told",
    "still": "still",
}


def key(bouts: Sequence[Document]) -> Markup:
    """What the colours and patterns mean, in words."""
    return tag(
        "ul",
        {"class": "key"},
        (
            tag(
                "li",
                None,
                tag(
                    "svg",
                    {"class": "swatch", "width": 26, "height": 14, "aria-hidden": "true"},
                    tag("rect", _box(each, 1, 1, 24, 12)),
                ),
                KINDS[each],
            )
            for each in parts_of(bouts)
        ),
    )


def strip(document: Document, name: str) -> Markup:
    """All of the recording as a strip: forward above the line, backward below, taller is faster."""
    bouts = document["bouts"]
    scale = scales.of_time(document["duration_s"])
    fastest = max((bout["speed_mps"] or 0.0 for bout in bouts), default=0.0) or 1.0
    backward = [bout for bout in bouts if bout["direction"] == "backward"]
    told = (
        ", ".join(times(bout["start_s"], bout["end_s"]) for bout in backward[:20])
        + (f" and {len(backward) - 20} more" if len(backward) > 20 else "")
        if backward
        else "none"
    )
    return tag(
        "div",
        {"class": "strip"},
        tag(
            "svg",
            {
                "class": "strip-words",
                "width": 24,
                "height": _RISE + _DROP,
                "aria-hidden": "true",
            },
            _turned("forward", _RISE / 2, "is-forward"),
            _turned("backward", _RISE + _DROP / 2, "is-backward"),
        ),
        tag(
            "svg",
            {
                "class": "strip-plot",
                "height": _RISE + _DROP,
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-desc",
            },
            tag("title", {"id": f"{name}-title"}, "Directions over time"),
            tag(
                "desc",
                {"id": f"{name}-desc"},
                f"From 0:00 to {clock(document['duration_s'])}. Backward: {told}.",
            ),
            (_strip_part(bout, scale, fastest) for bout in bouts),
            tag("line", {"class": "middle", "x1": 0, "x2": "100%", "y1": _RISE, "y2": _RISE}),
        ),
        tag("span"),
        _time_axis(scale),
    )


def miniature(document: Document) -> Markup:
    """The strip without words, for a row of a table that has them."""
    bouts = [bout for bout in document["bouts"] if bout["direction"] != "still"]
    scale = scales.of_time(document["duration_s"])
    fastest = max((bout["speed_mps"] or 0.0 for bout in bouts), default=0.0) or 1.0
    return tag(
        "svg",
        {
            "class": "miniature",
            "viewBox": f"0 0 1000 {_RISE + _DROP:g}",
            "preserveAspectRatio": "none",
            "aria-hidden": "true",
        },
        (_strip_part(bout, scale, fastest, whole=1000.0) for bout in bouts),
        tag("line", {"class": "middle", "x1": 0, "x2": 1000, "y1": _RISE, "y2": _RISE}),
    )


def _strip_part(bout: Document, scale: Scale, fastest: float, whole: float | None = None) -> Markup:
    drawn = kind(bout)
    size = 0.25 + 0.75 * (bout["speed_mps"] or 0.0) / fastest
    top, height = {
        "forward": (_RISE * (1 - size), _RISE * size),
        "backward": (_RISE, _DROP * size),
        "suspected": (_RISE, _DROP * size),
    }.get(drawn, (_RISE - 2 * _THIN, 4 * _THIN))
    if drawn == "still":
        top, height = _RISE - _THIN / 2, _THIN
    start, end = scale(bout["start_s"]), scale(bout["end_s"])
    words = f"{KINDS[drawn]}, {times(bout['start_s'], bout['end_s'])}"
    if whole is not None:
        return tag(
            "rect", _box(drawn, compact(whole * start), top, compact(whole * (end - start)), height)
        )
    left, width = scale.percent(bout["start_s"]), scale.percent(bout["end_s"] - bout["start_s"])
    return tag("rect", _box(drawn, left, top, width, height), tag("title", None, words))


def _box(
    drawn: str, x: str | float, y: float, width: str | float, height: float
) -> dict[str, str | float | None]:
    return {
        "class": f"is-{drawn}",
        "x": x,
        "y": round(y, 1),
        "width": width,
        "height": round(height, 1),
    }


def _turned(word: str, middle: float, look: str) -> Markup:
    return tag(
        "text",
        {
            "class": look,
            "transform": f"translate(14 {middle:g}) rotate(-90)",
            "text-anchor": "middle",
        },
        word,
    )


def _time_axis(scale: Scale) -> Markup:
    return tag(
        "svg",
        {"class": "time-axis", "height": 22, "aria-hidden": "true"},
        (
            tag(
                "text",
                {
                    "x": scale.percent(tick),
                    "y": 16,
                    "text-anchor": "middle",
                },
                clock(tick),
            )
            for tick in scale.ticks
        ),
    )


@dataclass(frozen=True)
class _Panel:
    """One curve: its values times `factor` are whole numbers."""

    name: str
    word: str
    unit: str
    t_s: tuple[float, ...]
    values: tuple[float | None, ...]
    factor: int
    height: float
    scale: Scale
    left: tuple[str, ...]
    right: tuple[str, ...]
    cut: bool


def chart(document: Document, picture: Picture, name: str, units: Units) -> Markup | None:
    """Speed, cadence and heart rate over time; None where there is none of them."""
    panels = _panels(picture, units)
    if not panels:
        return None
    scale = scales.of_time(document["duration_s"])
    shades = [bout for bout in document["bouts"] if kind(bout) not in ("forward", "still")]
    return tag(
        "div",
        {
            "class": "chart",
            "data-chart": name,
            "data-end": compact(scale.high),
            "data-step": compact(_step(picture)),
            "data-pace-m": units.pace_metres,
            "data-pace-unit": units.pace_unit,
        },
        Markup(
            '<div class="tools" hidden>'
            '<span class="buttons">'
            '<button type="button" data-do="in">Zoom in</button>'
            '<button type="button" data-do="out">Zoom out</button>'
            '<button type="button" data-do="left" aria-label="Earlier">←</button>'
            '<button type="button" data-do="right" aria-label="Later">→</button>'
            '<button type="button" data-do="all">Show all</button></span>'
            '<output class="readout" aria-live="polite"></output></div>'
        ),
        tag(
            "div",
            {"class": "panels"},
            (_panel(panel, shades, scale, name) for panel in panels),
            tag("span"),
            _time_axis(scale),
            tag("span"),
        ),
        tag(
            "p",
            {"class": "quiet keys", "hidden": ""},
            "Keys, with the chart in focus: ← → read, Shift with ← → moves, + and − zoom, "
            "0 shows all.",
        ),
        tag("p", {"class": "quiet"}, _cut_words(panels)) if any(p.cut for p in panels) else None,
    )


def _cut_words(panels: Sequence[_Panel]) -> str:
    words = " and ".join(panel.word.lower() for panel in panels if panel.cut)
    return f"A few outlying values of {words} lie outside the chart."


def _step(picture: Picture) -> float:
    return picture.t_s[1] - picture.t_s[0] if len(picture.t_s) > 1 else 1.0


def _panels(picture: Picture, units: Units) -> list[_Panel]:
    panels = []
    speeds = [value for value in picture.speed_mps if value is not None]
    if any(speeds):
        top = max(_bounds(speeds)[1], 1.0)
        scale = scales.from_zero([top], most=6)
        paces = tuple(units.pace(tick).split("\u00a0")[0] if tick else "" for tick in scale.ticks)
        panels.append(
            _Panel(
                "speed",
                "Speed",
                f"m/s, pace at the right in {units.pace_unit}",
                picture.t_s,
                picture.speed_mps,
                100,
                150,
                scale,
                tuple(f"{tick:g}" for tick in scale.ticks),
                paces,
                max(speeds) > scale.high,
            )
        )
    for name, word, unit, values in (
        ("cadence", "Cadence", "steps per minute", picture.cadence_spm),
        ("heart", "Heart rate", "beats per minute", picture.heart_rate_bpm),
    ):
        known = [value for value in values if value]
        if known:
            low, high = _bounds(known)
            scale = scales.over([low, max(high, low + _LEAST_SPAN)], most=5, margin=0.08)
            cut = min(known) < scale.low or max(known) > scale.high
            labels = tuple(f"{tick:g}" for tick in scale.ticks)
            panels.append(
                _Panel(name, word, unit, picture.t_s, values, 1, 96, scale, labels, (), cut)
            )
    return panels


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    out = int(len(ordered) * _OUTLIERS)
    low, high = ordered[out], ordered[-1 - out]
    if ordered[-1] - ordered[0] <= _TOLERATED * (high - low):
        return ordered[0], ordered[-1]
    return low, high


def _panel(panel: _Panel, shades: Sequence[Document], time: Scale, name: str) -> Markup:
    identity = f"{name}-{panel.name}"
    places = [panel.height * (1 - panel.scale(tick)) for tick in panel.scale.ticks]
    low, high = panel.scale.low * panel.factor, panel.scale.high * panel.factor
    return together(
        (
            tag(
                "p",
                {"class": "panel-name"},
                tag("b", None, panel.word),
                " ",
                tag("span", {"class": "quiet"}, panel.unit),
            ),
            _gutter("left", panel.left, places, panel.height),
            tag(
                "svg",
                {
                    "class": "plot",
                    "height": panel.height,
                    "role": "img",
                    "aria-labelledby": f"{identity}-title {identity}-desc",
                },
                tag("title", {"id": f"{identity}-title"}, f"{panel.word} over time"),
                tag("desc", {"id": f"{identity}-desc"}, _told(panel)),
                tag(
                    "svg",
                    {"class": "shades", "width": "100%", "height": "100%"},
                    (_shade(bout, time, panel.height) for bout in shades),
                ),
                (
                    tag(
                        "line",
                        {
                            "class": "grid",
                            "x1": 0,
                            "x2": "100%",
                            "y1": round(y, 1),
                            "y2": round(y, 1),
                        },
                    )
                    for y in places
                ),
                tag(
                    "svg",
                    {
                        "class": "curve",
                        "width": "100%",
                        "height": panel.height,
                        "viewBox": f"0 {compact(-high)} {compact(time.high)} {compact(high - low)}",
                        "preserveAspectRatio": "none",
                        "data-name": panel.name,
                        "data-factor": panel.factor,
                    },
                    tag("path", {"class": "line", "d": _path(panel)}),
                ),
            ),
            _gutter("right", panel.right, places, panel.height),
        )
    )


def _gutter(side: str, labels: Sequence[str], places: Sequence[float], height: float) -> Markup:
    at, anchor = ("100%", "end") if side == "left" else (6, "start")
    return tag(
        "svg",
        {"class": f"gutter {side}", "height": height, "aria-hidden": "true"},
        (
            tag("text", {"x": at, "y": round(y + 4, 1), "text-anchor": anchor}, label)
            for label, y in zip(labels, places, strict=False)
        ),
    )


def _shade(bout: Document, time: Scale, height: float) -> Markup:
    left, width = time.percent(bout["start_s"]), time.percent(bout["end_s"] - bout["start_s"])
    return tag(
        "rect",
        {
            **_box(kind(bout), left, 0, width, height),
            "data-from": compact(bout["start_s"]),
            "data-to": compact(bout["end_s"]),
        },
        tag("title", None, f"{KINDS[kind(bout)]}, {times(bout['start_s'], bout['end_s'])}"),
    )


def _path(panel: _Panel) -> str:
    """Lines through neighbouring values; where one is missing the line is broken."""
    written, drawing = [], False
    for second, value in zip(panel.t_s, panel.values, strict=True):
        if value is not None:
            step = f"{compact(second)} {round(-value * panel.factor)}"
            # A value between two gaps is a line of no length, which a round cap shows as a dot.
            written.append(f"L{step}" if drawing else f"M{step}L{step}")
        drawing = value is not None
    return "".join(written)


def _told(panel: _Panel) -> str:
    known = [value for value in panel.values if value is not None]
    mean = sum(known) / len(known)
    unit = panel.unit.split(",")[0]
    return (
        f"Between {min(known):g} and {max(known):g}, on average {mean:.3g} {unit}; "
        f"{len(known)} of {len(panel.values)} moments have a value."
    )
