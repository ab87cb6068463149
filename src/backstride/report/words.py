"""Numbers, times and kinds as a reader of the report sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, TypeAlias

from backstride import vocabulary
from backstride.vocabulary import METRES_PER_FOOT, METRES_PER_KILOMETRE, METRES_PER_MILE, clock

#: A part of the JSON document.
Document: TypeAlias = Mapping[str, Any]

NO_BREAK = "\u00a0"
NONE = "–"

ORIGINS = {
    "declared": "said by the runner",
    "label": "lap or step label",
    "watch": "watch model",
    "imu": "motion sensor",
    "pose": "body movement",
    "fused": "several sensors",
}

GAITS = {"run": "running", "walk": "walking", "still": "still", "unknown": "not known"}


@dataclass(frozen=True)
class Units:
    """Distances and paces in the units that a reader wants."""

    imperial: bool = False

    def pace(self, speed_mps: float | None) -> str:
        """Pace, or a dash where there is no speed."""
        if speed_mps is None:
            return NONE
        return vocabulary.pace(speed_mps, imperial=self.imperial).replace(" ", NO_BREAK)

    def distance(self, metres: float | None) -> str:
        """Distance, or a dash where it is not known."""
        if metres is None:
            return NONE
        return vocabulary.distance(metres, imperial=self.imperial).replace(" ", NO_BREAK)

    @property
    def pace_unit(self) -> str:
        """What a pace is counted in."""
        return "min/mi" if self.imperial else "min/km"

    @property
    def pace_metres(self) -> float:
        """The metres that a pace is counted over."""
        return METRES_PER_MILE if self.imperial else METRES_PER_KILOMETRE

    @property
    def short_m(self) -> float:
        """The unit of a short scale bar, in metres."""
        return METRES_PER_FOOT if self.imperial else 1.0

    def scale(self, length: float) -> str:
        """The label of a scale bar that is `length` short units long."""
        if not self.imperial:
            return self.distance(length)
        miles = length * METRES_PER_FOOT / METRES_PER_MILE
        return f"{miles:.2g}{NO_BREAK}mi" if miles >= 1 else f"{length:,.0f}{NO_BREAK}ft"


@dataclass(frozen=True)
class Number:
    """A number in words: the value with its unit, and its interval or ""."""

    value: str
    interval: str


def number(row: Document, units: Units) -> Number:
    """A finding, detail or myth as words, with as many digits as its interval carries."""
    value, low, high, unit = row["value"], row["low"], row["high"], row["unit"]
    if unit == "m/s":
        spread = f"{units.pace(high)} to {units.pace(low)}" if low is not None else ""
        return Number(units.pace(value), spread)
    digits = _digits(value, low, high, unit)
    signed = unit.startswith("%") and row.get("key") != "share"
    end = "" if unit == "1" else NO_BREAK + unit
    if low is None or high is None:
        return Number(plain(value, digits, signed=signed) + end, "")
    ends = [plain(each, digits, signed=signed) for each in (low, high)]
    return Number(plain(value, digits, signed=signed) + end, f"{ends[0]} to {ends[1]}{end}")


def plain(value: float, digits: int, *, signed: bool = False) -> str:
    """A number with true minus and narrow spaces between thousands."""
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    if not any(figure in text for figure in "123456789"):
        text = text.lstrip("+-")
    return text.replace(",", "\u202f").replace("-", "\u2212")


def _digits(value: float, low: float | None, high: float | None, unit: str) -> int:
    if unit in ("steps", "bpm", "beats/km", "weeks"):
        return 0
    if low is None or high is None:
        return 0 if abs(value) >= 100 or value == round(value) else 2
    half = (high - low) / 2
    return 0 if half >= 5 else 1 if half >= 0.5 else 2


def times(start_s: float, end_s: float) -> str:
    """A stretch of time of a recording: ``12:00–14:30``."""
    return f"{clock(start_s)}–{clock(end_s)}"


def title(document: Document) -> str:
    """What a person calls the recording: its title, else its file's name."""
    source = document["source"]
    return str(source.get("title") or file_name(document))


def file_name(document: Document) -> str:
    """The file's name without its folders, which are nobody's business where a page is shared."""
    path = document["source"]["path"]
    return PurePath(path).name or str(path)


def date(document: Document) -> str:
    """The recording's start, with its clock named."""
    start = document["start_utc"]
    if start is None:
        return "no date in the file"
    try:
        return datetime.fromisoformat(start).strftime("%Y-%m-%d %H:%M:%S UTC")
    except ValueError:
        return f"{start} (UTC)"


def percent(share: float) -> str:
    """A share of a whole, as a percentage that never rounds something to nothing."""
    if 0 < share < 0.01:
        return f"less than 1{NO_BREAK}%"
    return f"{100 * share:.0f}{NO_BREAK}%"


def times_word(count: int) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(count, f"{count}{NO_BREAK}times")
