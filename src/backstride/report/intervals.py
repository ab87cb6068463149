"""Numbers drawn: a dot with a whisker, and calories side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstride.report import scales
from backstride.report.markup import Markup, tag
from backstride.report.words import Document, Units, number, plain


@dataclass(frozen=True)
class Reference:
    """A value to compare with, and what it means."""

    value: float
    word: str


#: Numbers of the sayings themselves, which the drawn answers are held against.
SAYINGS = {
    "six_laps": Reference(6, "the saying: 6"),
    "hundred_steps": Reference(1000, "the saying: 1000"),
    "twenty_percent": Reference(20, "the saying: 20 %"),
}


def references(row: Document) -> tuple[Reference, ...]:
    """What a number of this unit is held against."""
    unit = row["unit"]
    if unit.startswith("%"):
        return (Reference(0, "no change"),)
    if unit == "forward laps":
        return (Reference(1, "1 forward lap"),)
    if unit == "forward steps":
        return (Reference(100, "100 forward steps"),)
    if unit in ("degrees", "cm"):
        return (Reference(0, "no difference"),)
    if unit == "kinds":
        return (Reference(0, "none"),)
    forward = next((d for d in row.get("details", ()) if d["key"] == "as_forward"), None)
    return (Reference(forward["value"], "if forward"),) if forward else ()


def whisker(row: Document, marks: Sequence[Reference], name: str, units: Units) -> Markup:
    """Value and interval on an axis, with what it is held against."""
    said = number(row, units)
    ends = [row["value"], row["low"], row["high"]]
    scale = scales.over([*ends, *(mark.value for mark in marks)], most=4, margin=0.08)
    words = ", ".join(mark.word for mark in marks)
    return tag(
        "svg",
        {"class": "whisker", "height": 64, "role": "img", "aria-labelledby": f"{name}-t"},
        tag(
            "title", {"id": f"{name}-t"}, f"{said.value}, between {said.interval}. Marked: {words}."
        ),
        (_reference(mark, scale) for mark in marks),
        tag("line", {"class": "axis", "x1": 0, "x2": "100%", "y1": 46, "y2": 46}),
        (_tick(tick, scale, row["unit"]) for tick in scale.ticks),
        tag(
            "line",
            {
                "class": "range",
                "x1": scale.percent(row["low"]),
                "x2": scale.percent(row["high"]),
                "y1": 30,
                "y2": 30,
            },
        ),
        (
            tag("line", {"class": "range-end", "x1": at, "x2": at, "y1": 24, "y2": 36})
            for at in (scale.percent(row["low"]), scale.percent(row["high"]))
        ),
        tag("circle", {"class": "dot", "cx": scale.percent(row["value"]), "cy": 30, "r": 5.5}),
    )


def _reference(mark: Reference, scale: scales.Scale) -> Markup:
    at = scale.percent(mark.value)
    where = scale(mark.value)
    anchor = "start" if where < 0.3 else "end" if where > 0.7 else "middle"
    return tag(
        "g",
        {"class": "reference"},
        tag("line", {"x1": at, "x2": at, "y1": 14, "y2": 46}),
        tag("text", {"x": at, "y": 10, "text-anchor": anchor}, mark.word),
    )


def _tick(tick: float, scale: scales.Scale, unit: str) -> Markup:
    where = scale(tick)
    anchor = "start" if where < 0.08 else "end" if where > 0.92 else "middle"
    step = abs(scale.ticks[1] - scale.ticks[0]) if len(scale.ticks) > 1 else abs(tick)
    digits = 0 if step >= 1 or step == 0 else 1 if step >= 0.1 else 2
    text = plain(tick, digits, signed=unit.startswith("%"))
    return tag(
        "g",
        {"class": "tick"},
        tag("line", {"x1": scale.percent(tick), "x2": scale.percent(tick), "y1": 46, "y2": 50}),
        tag("text", {"x": scale.percent(tick), "y": 62, "text-anchor": anchor}, text),
    )


_WHOLE = (
    ("device", "What the device says"),
    ("session_as_forward", "All counted as forward"),
    ("session", "Corrected for backward"),
)
_PART = (("as_forward", "Counted as forward"), ("backward", "Corrected"))


def calories(finding: Document, units: Units) -> Markup | None:
    """Calories by the device, as if all were forward, and corrected; None if not assessed."""
    if finding["state"] != "assessed":
        return None
    rows = {row["key"]: row for row in finding["details"]}
    return tag(
        "div",
        {"class": "calories"},
        _group("All movement on foot", _WHOLE, rows, units),
        _group("Only the backward part", _PART, rows, units),
    )


def _group(
    title: str, wanted: Sequence[tuple[str, str]], rows: Mapping[str, Document], units: Units
) -> Markup:
    unit = next((rows[key]["unit"] for key, _ in reversed(wanted) if key in rows), "kcal")
    drawn = [rows[key] for key, _ in wanted if key in rows and rows[key]["unit"] == unit]
    scale = scales.from_zero([row["high"] or row["value"] for row in drawn])
    return tag(
        "figure",
        {"class": "bars"},
        tag(
            "figcaption",
            None,
            title,
            tag("span", {"class": "quiet"}, f" {unit}, bars begin at zero"),
        ),
        (_bar(key, label, rows, scale, unit, units) for key, label in wanted),
    )


def _bar(
    key: str, label: str, rows: Mapping[str, Document], scale: scales.Scale, unit: str, units: Units
) -> Markup:
    row = rows.get(key)
    if row is None:
        return tag(
            "div",
            {"class": "bar"},
            tag("span", {"class": "bar-label"}, label),
            tag("span", {"class": "quiet bar-number"}, "nothing"),
        )
    said = number(row, units)
    grade = f" · grade {row['grade']}" if row["grade"] else "no interval: the device gives none"
    comparable = row["unit"] == unit
    other = "" if comparable else "; not comparable, for body mass is not known"
    return tag(
        "div",
        {"class": "bar"},
        tag("span", {"class": "bar-label"}, label),
        tag(
            "span",
            {"class": "bar-number"},
            tag("b", None, said.value),
            tag("span", {"class": "quiet"}, f" {said.interval}{grade}{other}"),
        ),
        _drawn_bar(key, rows, scale) if comparable else None,
    )


def _drawn_bar(key: str, rows: Mapping[str, Document], scale: scales.Scale) -> Markup:
    row = rows[key]
    low, high = row["low"], row["high"]
    ends = () if low is None or high is None else (scale.percent(low), scale.percent(high))
    backward = rows["backward"]["value"] if key == "session" and "backward" in rows else 0.0
    return tag(
        "svg",
        {"class": "bar-plot", "height": 22, "aria-hidden": "true"},
        _fill(_LOOK[key], 0.0, row["value"] - backward, scale),
        _fill("backward", row["value"] - backward, row["value"], scale) if backward else None,
        tag("line", {"class": "range", "x1": ends[0], "x2": ends[1], "y1": 11, "y2": 11})
        if ends
        else None,
        (tag("line", {"class": "range-end", "x1": at, "x2": at, "y1": 6, "y2": 16}) for at in ends),
    )


def _fill(look: str, start: float, end: float, scale: scales.Scale) -> Markup:
    return tag(
        "rect",
        {
            "class": f"fill is-{look}",
            "x": scale.percent(start),
            "y": 2,
            "width": scale.percent(end - start),
            "height": 18,
        },
    )


_LOOK = {
    "device": "device",
    "session_as_forward": "forward",
    "as_forward": "forward",
    "session": "forward",
    "backward": "backward",
}
