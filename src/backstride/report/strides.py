"""How feet went in each direction: in a sentence, as a table, and as a picture of their way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backstride.motion.points.paths import FootPath
from backstride.report.answers import header, scrolling
from backstride.report.markup import Markup, compact, tag, together
from backstride.report.words import GAITS, NO_BREAK, NONE, Document, Units, plain
from backstride.vocabulary import METRES_PER_FOOT, degrees

#: A foot that is turned further than this at contact, degrees, lands on its heel or its forefoot.
_FLAT_DEG = 6.0
#: Speeds that differ by less are alike.
_ALIKE = 0.1
#: Fewer strides are shown, but not compared in words.
_FEWEST = 3


_INCHES_PER_METRE = 12 / METRES_PER_FOOT


@dataclass(frozen=True)
class _Row:
    """One line of the table: its column, words, and how its number is shown."""

    column: str
    word: str
    unit: str
    scale: float
    digits: int = 0


_ROWS = (
    _Row("speed_mps", "Speed", "m/s", 1, 2),
    _Row("cadence_spm", "Steps a minute", "/min", 1),
    _Row("step_length_m", "Step length", "cm", 100),
    _Row("contact_s", "Contact time", "ms", 1000),
    _Row("flight_s", "Time in the air a step", "ms", 1000),
    _Row("contact_share", "Contact, share of the stride", "%", 100),
    _Row("step_width_m", "Step width", "cm", 100),
    _Row("vertical_oscillation_m", "Rise and fall", "cm", 100, 1),
    _Row("foot_strike_rad", "Sole at contact, toes up is +", "°", degrees(1)),
    _Row("foot_clearance_m", "Lift of the toes", "cm", 100),
    _Row("stiffness_per_s2", "Vertical stiffness over mass", "1/s²", 1),
    _Row("leg_stiffness_per_s2", "Leg stiffness over mass", "1/s²", 1),
)


def groups(document: Document) -> list[Document]:
    """Groups of strides that people compare: backward, then forward, the longer gait of each."""
    chosen = []
    for direction in ("backward", "forward"):
        of = [g for g in document["strides"]["groups"] if g["direction"] == direction]
        if of:
            chosen.append(max(of, key=lambda group: group["strides"]))
    return chosen


def sentence(document: Document) -> str | None:
    """What differs, in words; None without strides."""
    compared = groups(document)
    if not compared or max(group["strides"] for group in compared) < _FEWEST:
        return None
    said = [_landing(group) for group in compared]
    if len(compared) > 1 and all(group["strides"] >= _FEWEST for group in compared):
        backward, forward = compared
        said = [*_against(backward, forward), *said]
    return " ".join(words for words in said if words)


def _against(backward: Document, forward: Document) -> Iterator[str]:
    """Steps backward beside those forward."""
    more = _ratio(backward, forward, "cadence_spm")
    longer = _ratio(backward, forward, "step_length_m")
    if more is None or longer is None:
        return
    rate = _mean(backward, "cadence_spm") or 0.0
    faster = _ratio(backward, forward, "speed_mps")
    unlike = faster is not None and abs(faster - 1) > _ALIKE
    yield (
        f"Backward you took {rate:.0f} steps a minute, {_change(more, 'more', 'fewer')} than "
        f"forward, and each was {_change(longer, 'longer', 'shorter')}"
        + (f", at a speed {_change(faster, 'higher', 'lower')}." if faster and unlike else ".")
    )


def _change(ratio: float, above: str, below: str) -> str:
    share = round(100 * abs(ratio - 1))
    if not share:
        return f"not {above}"
    return f"{share}{NO_BREAK}% {above if ratio >= 1 else below}"


def _landing(group: Document) -> str | None:
    strike = _mean(group, "foot_strike_rad")
    if strike is None:
        return None
    angle = degrees(strike)
    how = "on the heel" if angle > _FLAT_DEG else "on the forefoot"
    where = "with the whole sole" if abs(angle) <= _FLAT_DEG else how
    return f"Going {group['direction']} your feet land {where}."


def _mean(group: Document, column: str) -> float | None:
    found = group["columns"].get(column)
    return None if found is None else float(found["mean"])


def _ratio(one: Document, other: Document, column: str) -> float | None:
    a, b = _mean(one, column), _mean(other, column)
    return a / b if a is not None and b else None


def table(document: Document, units: Units) -> Markup | None:
    """Means with their spread between strides, a column for each direction and gait."""
    columns = document["strides"]["groups"]
    moved = [g for g in columns if g["direction"] in ("backward", "forward", "sideways")]
    moved.sort(key=lambda group: _ORDER.index(group["direction"]))
    rows = [row for row in _ROWS if any(row.column in group["columns"] for group in moved)]
    if not rows:
        return None
    caption = "Strides: mean, and how much single strides differ (SD)"
    return scrolling(
        caption,
        tag(
            "table",
            {"class": "strides"},
            tag("caption", {"class": "sr"}, caption),
            header("", *(f"{group['direction']}, {GAITS[group['gait']]}" for group in moved)),
            tag(
                "tbody",
                None,
                (
                    tag(
                        "tr",
                        None,
                        tag("th", {"scope": "row"}, row.word),
                        (tag("td", {"class": "n"}, _cell(row, group, units)) for group in moved),
                    )
                    for row in rows
                ),
                tag(
                    "tr",
                    None,
                    tag("th", {"scope": "row"}, "Strides counted"),
                    (tag("td", {"class": "n"}, f"{group['strides']}") for group in moved),
                ),
            ),
        ),
    )


_ORDER = ("backward", "forward", "sideways")


def _cell(row: _Row, group: Document, units: Units) -> Markup | str:
    found = group["columns"].get(row.column)
    if found is None:
        return NONE
    unit, scale, digits = row.unit, row.scale, row.digits
    if units.imperial and unit == "cm":
        unit, scale, digits = "in", _INCHES_PER_METRE, 1
    value = plain(scale * found["mean"], digits) + NO_BREAK + unit
    if found["sd"] is None:
        return value
    spread = f"±{NO_BREAK}{plain(scale * found['sd'], digits)}"
    return together((value, " ", tag("span", {"class": "quiet"}, spread)))


#: Of the picture of a foot's way, px: its width, around it, and below the ground.
_WIDTH, _MARGIN, _GROUND, _HEAD = 380.0, 24.0, 20.0, 24.0
#: Feet are lifted by little beside their steps: heights are drawn so many times as large.
_TALLER = 2.0


def feet(paths: Sequence[FootPath], name: str) -> Markup | None:
    """The way of the toes beside the body, a picture for each direction; it faces right."""
    shown = []
    for direction in ("backward", "forward"):
        of = [path for path in paths if path.direction == direction]
        if of:
            gait = max(of, key=lambda path: path.strides).gait
            shown.append(_way([path for path in of if path.gait is gait], f"{name}-{direction}"))
    return tag("div", {"class": "feet"}, shown) if shown else None


@dataclass(frozen=True)
class _Frame:
    """From metres beside the body to px of a picture."""

    low_m: float
    high_m: float
    top_m: float

    @property
    def metre(self) -> float:
        """Px of a metre along the ground."""
        return (_WIDTH - 2 * _MARGIN) / max(self.high_m - self.low_m, 0.2)

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return self.ground + _GROUND

    @property
    def ground(self) -> float:
        """Down to the ground."""
        return _HEAD + self.metre * _TALLER * self.top_m

    def x(self, ahead_m: float) -> float:
        """Px from the left."""
        return _MARGIN + self.metre * (ahead_m - self.low_m)

    def y(self, up_m: float) -> float:
        """Px from the top."""
        return self.ground - self.metre * _TALLER * up_m


def _way(paths: Sequence[FootPath], name: str) -> Markup:
    """Both feet of one direction: thick while they stand, thin in the air."""
    frame = _Frame(
        min(0.0, *(float(path.ahead_m.min()) for path in paths)),
        max(0.0, *(float(path.ahead_m.max()) for path in paths)),
        max(float(path.up_m.max()) for path in paths),
    )
    direction = paths[0].direction.value
    pelvis, ground = compact(frame.x(0)), compact(frame.ground)
    told = (
        f"Seen from the right, facing right, the toes go round "
        f"{'anticlockwise' if direction == 'backward' else 'clockwise'}, from "
        f"{abs(100 * frame.low_m):.0f} cm behind the pelvis to {100 * frame.high_m:.0f} cm ahead "
        f"of it, and are lifted {100 * frame.top_m:.0f} cm."
    )
    return tag(
        "figure",
        None,
        tag(
            "svg",
            {
                "class": "foot-way",
                "viewBox": f"0 0 {_WIDTH:g} {compact(frame.height)}",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-desc",
            },
            tag("title", {"id": f"{name}-title"}, f"Way of the feet, {direction}"),
            tag("desc", {"id": f"{name}-desc"}, told),
            tag("line", {"class": "grid", "x1": 0, "x2": _WIDTH, "y1": ground, "y2": ground}),
            tag("line", {"class": "pelvis", "x1": pelvis, "x2": pelvis, "y1": 6, "y2": ground}),
            tag("text", {"x": compact(frame.x(0) + 5), "y": 12}, "below the pelvis"),
            tag(
                "text",
                {"x": _WIDTH, "y": compact(frame.height - 4), "text-anchor": "end"},
                "faces this way →",
            ),
            (_loop(path, frame) for path in paths),
        ),
        tag(
            "figcaption",
            None,
            tag("b", None, direction),
            tag(
                "span",
                {"class": "quiet"},
                f" way of the toes over {sum(path.strides for path in paths)} strides, heights "
                "doubled; thick where the foot stands, the right foot dashed",
            ),
        ),
    )


def _loop(path: FootPath, frame: _Frame) -> Markup:
    points = [
        (frame.x(ahead), frame.y(up))
        for ahead, up in zip(path.ahead_m.tolist(), path.up_m.tolist(), strict=True)
    ]
    stands = max(2, round(path.contact_share * len(points)))
    look = f"foot {path.side.value} to-{path.direction.value}"
    middle = (stands + len(points)) // 2
    return together(
        (
            tag("path", {"class": f"{look} stands", "d": _line(points[:stands])}),
            tag("path", {"class": f"{look} swings", "d": _line(points[stands - 1 :])}),
            _arrow(points[middle - 1], points[min(middle, len(points) - 1)], look),
        )
    )


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{compact(x)} {compact(y)}" for x, y in points)


def _arrow(at: tuple[float, float], toward: tuple[float, float], look: str) -> Markup:
    """A small head on the line, pointing the way that the foot goes in the air."""
    across, down = toward[0] - at[0], toward[1] - at[1]
    size = (across**2 + down**2) ** 0.5 or 1.0
    x, y = across / size * 6, down / size * 6
    tip = (at[0] + x, at[1] + y)
    corners = (tip, (at[0] - y, at[1] + x), (at[0] + y, at[1] - x))
    return tag("path", {"class": f"{look} arrow", "d": f"{_line(corners)}Z"})
