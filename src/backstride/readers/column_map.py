"""Which column of a table is which quantity, in which unit: given in a TOML file, or recognized.

::

    sport = "running"
    [columns]
    "t" = "time_s"
    "HF" = "heart_rate_bpm"
    "Tempo" = { quantity = "speed_mps", unit = "min/km" }
    "Runde" = "lap"

or, for inertial sensors, whose places stand with their columns where there are several::

    place = "left_foot"
    rate_hz = 100
    [columns]
    "ax" = { quantity = "acceleration_x_mps2", unit = "g" }
    "wx" = { quantity = "angular_velocity_x_radps", unit = "deg/s" }
    "pelvis ax" = { quantity = "acceleration_x_mps2", unit = "g", place = "pelvis" }

Quantities are the vocabulary's, with `time_s` for seconds since the start, and two words more:
`date` (an ISO 8601 time, or Unix time in the unit `s` or `ms`) and `lap` (a number or a name).
Without a unit a column is taken to be in the vocabulary's own; of inertial sensors gravity, and how
fast a body can turn, have to confirm it. `rate_hz` stands for times in a table that has none.
"""

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backstride.errors import RequestError
from backstride.readers.inertial import KINDS, STANDARD_GRAVITY
from backstride.vocabulary import (
    JOULES_PER_KILOCALORIE,
    METRES_PER_FOOT,
    METRES_PER_KILOMETRE,
    METRES_PER_MILE,
    QUANTITIES,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Sport,
)

DATE = "date"
TIME = "time_s"
LAP = "lap"
#: A time whose kind only its values can tell: a date, Unix time, a clock or seconds.
ANY_TIME = "any"
#: A cadence that may be one leg's or both legs'.
EITHER_LEG = "/min"

Conversion = Callable[[float], float]


def _times(factor: float) -> Conversion:
    return lambda value: value * factor


def _per(metres: float) -> Conversion:
    """Pace in minutes as speed; standing has no pace, so zero is missing."""
    return lambda minutes: metres / (SECONDS_PER_MINUTE * minutes) if minutes > 0 else math.nan


#: SI unit -> unit of a file -> conversion.
_UNITS: Mapping[str, Mapping[str, Conversion]] = {
    "m/s": {
        "mps": _times(1),
        "km/h": _times(METRES_PER_KILOMETRE / SECONDS_PER_HOUR),
        "mph": _times(METRES_PER_MILE / SECONDS_PER_HOUR),
        "min/km": _per(METRES_PER_KILOMETRE),
        "min/mi": _per(METRES_PER_MILE),
    },
    "m": {
        "km": _times(METRES_PER_KILOMETRE),
        "mi": _times(METRES_PER_MILE),
        "ft": _times(METRES_PER_FOOT),
        "cm": _times(0.01),
        "mm": _times(0.001),
    },
    "s": {"ms": _times(0.001), "min": _times(SECONDS_PER_MINUTE), "h": _times(SECONDS_PER_HOUR)},
    "steps/min": {"spm": _times(1), "rpm": _times(2), EITHER_LEG: _times(1)},
    "deg": {"°": _times(1), "rad": math.degrees, "semicircles": _times(180 / 2**31)},
    "°c": {"c": _times(1), "f": lambda value: (value - 32) / 1.8, "°f": lambda v: (v - 32) / 1.8},
    "w": {"kw": _times(1000)},
    "j": {"kj": _times(1000), "kcal": _times(JOULES_PER_KILOCALORIE)},
    "bpm": {"1/min": _times(1)},
    "m/s²": {"g": _times(STANDARD_GRAVITY), "mg": _times(STANDARD_GRAVITY / 1000)},
    "rad/s": {"°/s": math.radians},
    "µt": {"gauss": _times(100), "mgauss": _times(0.1)},
    "1": {"%": _times(0.01)},
}
_SPELLINGS: Mapping[str, str] = {
    "kmh": "km/h",
    "kph": "km/h",
    "mi/h": "mph",
    "m/sec": "m/s",
    "m/s2": "m/s²",
    "m/s^2": "m/s²",
    "deg/s": "°/s",
    "dps": "°/s",
    "ut": "µt",
    "μt": "µt",
    "min/mile": "min/mi",
    "metres": "m",
    "meters": "m",
    "kilometers": "km",
    "kilometres": "km",
    "miles": "mi",
    "feet": "ft",
    "sec": "s",
    "secs": "s",
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "degrees": "deg",
    "watts": "w",
    "strides/min": "rpm",
    "step/min": "spm",
    "percent": "%",
    "celsius": "°c",
    "fahrenheit": "°f",
}
_DATE_UNITS: Mapping[str, Conversion] = {
    "": _times(1),
    "s": _times(1),
    "ms": _times(1e-3),
    "us": _times(1e-6),
    "ns": _times(1e-9),
}

#: Well-known names -> quantity and unit; without a unit here a header must bring its own.
_KNOWN: Mapping[str, tuple[str, str]] = {
    "heart rate": ("heart_rate_bpm", "bpm"),
    "heartrate": ("heart_rate_bpm", "bpm"),
    "hr": ("heart_rate_bpm", "bpm"),
    "pulse": ("heart_rate_bpm", "bpm"),
    "cadence": ("cadence_spm", EITHER_LEG),
    "cad": ("cadence_spm", EITHER_LEG),
    "run cadence": ("cadence_spm", EITHER_LEG),
    "speed": ("speed_mps", ""),
    "velocity": ("speed_mps", ""),
    "kph": ("speed_mps", "km/h"),
    "pace": ("speed_mps", ""),
    "distance": ("distance_m", ""),
    "km": ("distance_m", "km"),
    "altitude": ("elevation_m", ""),
    "elevation": ("elevation_m", ""),
    "ele": ("elevation_m", "m"),
    "alt": ("elevation_m", "m"),
    "latitude": ("latitude_deg", "deg"),
    "lat": ("latitude_deg", "deg"),
    "longitude": ("longitude_deg", "deg"),
    "lon": ("longitude_deg", "deg"),
    "lng": ("longitude_deg", "deg"),
    "power": ("power_w", "w"),
    "watts": ("power_w", "w"),
    "temperature": ("temperature_c", ""),
    "temp": ("temperature_c", ""),
    "ground contact time": ("contact_s", ""),
    "contact time": ("contact_s", ""),
    "stance time": ("contact_s", ""),
    "vertical oscillation": ("vertical_oscillation_m", ""),
    "step length": ("step_length_m", ""),
    "time": (TIME, ANY_TIME),
    "timestamp": (TIME, ANY_TIME),
    "date": (TIME, ANY_TIME),
    "datetime": (TIME, ANY_TIME),
    "date time": (TIME, ANY_TIME),
    "elapsed": (TIME, ANY_TIME),
    "elapsed time": (TIME, ANY_TIME),
    "secs": (TIME, "s"),
    "seconds": (TIME, "s"),
    "lap": (LAP, ""),
}
_IN_BRACKETS = re.compile(r"^(?P<name>[^\[(]*)[\[(](?P<unit>[^\])]*)[\])]$")


@dataclass(frozen=True)
class Column:
    """What one column holds: a quantity, and the unit it is given in ("" for the vocabulary's).

    `place` is where an inertial sensor was worn, "" for the map's place or the file's name.

    Raises
    ------
    RequestError
        An unknown quantity, a unit that cannot be its unit, or a place of what is worn nowhere.
    """

    quantity: str
    unit: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if self.quantity != LAP and self.quantity != DATE and self.quantity not in QUANTITIES:
            raise RequestError(
                f"column map: {self.quantity!r} is no quantity",
                hint=f"use '{DATE}', '{LAP}' or a word of the vocabulary, as 'heart_rate_bpm'",
            )
        units = _units_of(self.quantity)
        if _spelled(self.unit) not in units:
            raise RequestError(
                f"column map: {self.quantity} cannot be in {self.unit!r}",
                hint="units that fit: " + ", ".join(filter(None, units)),
            )
        if self.place and not self.kind:
            raise RequestError(
                f"column map: {self.quantity} is of no inertial sensor",
                hint="a place belongs to acceleration_, angular_velocity_ and magnetic_ columns",
            )

    @property
    def kind(self) -> str:
        """Which triple of an inertial sensor it belongs to; "" for none."""
        return KINDS.get(self.quantity, "")

    @property
    def spelled_unit(self) -> str:
        """The unit in one spelling, the vocabulary's where none was given."""
        si = QUANTITIES[self.quantity].unit
        unit = _spelled(self.unit) or si
        return si if unit == si.lower() else unit

    @cached_property
    def convert(self) -> Conversion:
        """From the file's unit to the vocabulary's."""
        return _units_of(self.quantity)[_spelled(self.unit)]


@dataclass(frozen=True)
class ColumnMap:
    """Header -> what its column holds; `sport` where the person says what it was.

    `place` is where inertial sensors were worn, `rate_hz` how many rows there are in a second where
    no column is a time; "" and None where nobody says so.
    """

    columns: Mapping[str, Column]
    sport: Sport = Sport.UNKNOWN
    place: str = ""
    rate_hz: float | None = None

    @property
    def has_time(self) -> bool:
        """Whether there is a time for each row."""
        timed = any(column.quantity in (TIME, DATE) for column in self.columns.values())
        return timed or self.rate_hz is not None

    @classmethod
    def from_toml(cls, path: str | Path) -> "ColumnMap":
        """Read a column map.

        Raises
        ------
        RequestError
            The file is missing, is not TOML, or names an unknown quantity, unit or sport.
        """
        hint = 'it has lines as "HR" = "heart_rate_bpm" under [columns]'
        try:
            table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise RequestError(f"{path}: {error.strerror or error}", hint=hint) from error
        except ValueError as error:
            raise RequestError(f"{path}: not a TOML file: {error}", hint=hint) from error
        entries = table.pop("columns", None)
        if not isinstance(entries, dict) or not entries:
            raise RequestError(f"{path}: has no table [columns]", hint=hint)
        word = table.pop("sport", Sport.UNKNOWN)
        if word not in tuple(Sport):
            raise RequestError(f"{path}: sport = {word!r}", hint="one of: " + ", ".join(Sport))
        place, rate = table.pop("place", ""), table.pop("rate_hz", None)
        if not isinstance(place, str) or (rate is not None and not _is_rate(rate)):
            raise RequestError(
                f"{path}: place = {place!r}, rate_hz = {rate!r}",
                hint='as in place = "left_foot", rate_hz = 100',
            )
        if table:
            raise RequestError(f"{path}: unknown key {', '.join(sorted(table))}", hint=hint)
        columns = {header: _entry(header, entries[header]) for header in entries}
        held = [(column.quantity, column.place) for column in columns.values()]
        if twice := sorted({one[0] for one in held if held.count(one) > 1}):
            raise RequestError(
                f"{path}: several columns are {', '.join(twice)}",
                hint='name one of them, or give sensors a place, as place = "pelvis"',
            )
        return cls(columns, Sport(word), place, rate)

    @classmethod
    def recognized(cls, headers: Sequence[str]) -> "ColumnMap":
        """The columns whose headers are words of the vocabulary or well known with their unit."""
        found = {header: _recognize(header) for header in headers}
        return cls({header: column for header, column in found.items() if column})


def _is_rate(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6


def _entry(header: str, value: object) -> Column:
    if isinstance(value, str):
        return Column(value)
    if isinstance(value, dict) and set(value) <= {"quantity", "unit", "place"}:
        quantity, unit, place = value.get("quantity"), value.get("unit", ""), value.get("place", "")
        if isinstance(quantity, str) and isinstance(unit, str) and isinstance(place, str):
            return Column(quantity, unit, place)
    raise RequestError(
        f"column map: {header!r} is not understood",
        hint='write "header" = "quantity" or { quantity = "...", unit = "..." }',
    )


def _recognize(header: str) -> Column | None:
    words = " ".join(re.split(r"[\s_]+", header.strip().lower()))
    if "_".join(words.split()) in QUANTITIES:
        return Column("_".join(words.split()))
    if words in _KNOWN:
        quantity, unit = _KNOWN[words]
        return Column(quantity, unit) if unit or quantity == LAP else None
    bracketed = _IN_BRACKETS.match(words)
    name, _, unit = (
        words.rpartition(" ") if not bracketed else (bracketed[1].strip(), "", bracketed[2])
    )
    quantity, _ = _KNOWN.get(name, ("", ""))
    fits = quantity and quantity != LAP and unit and _spelled(unit) in _units_of(quantity)
    return Column(quantity, unit) if fits else None


def _units_of(quantity: str) -> Mapping[str, Conversion]:
    if quantity == LAP:
        return {"": _times(1)}
    if quantity == DATE:
        return _DATE_UNITS
    si = QUANTITIES[quantity].unit.lower()
    any_time = {ANY_TIME: _times(1)} if quantity == TIME else {}
    return {"": _times(1), si: _times(1), **_UNITS.get(si, {}), **any_time}


def _spelled(unit: str) -> str:
    plain = unit.strip().lower()
    return _SPELLINGS.get(plain, plain)
