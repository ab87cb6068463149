"""Inertial logs: text tables of what an accelerometer and a gyroscope measured.

Known by their columns, each as its maker or its users document it:

- Xsens and Movella: MT Manager's text export (``//`` comments, tabs), the Movella DOT's CSV, and
  the tables of Voisard et al. (2023, ipol.im/pub/art/2023/497), which begin with their frequency;
- phyphox: ``Time (s)`` and ``Acceleration x (m/s^2)``, or a table for each sensor;
- Physics Toolbox: ``time, gFx, gFy, gFz`` in g, ``wx, wy, wz``, ``Bx, By, Bz``;
- Sensor Logger: ``time, seconds_elapsed, z, y, x``, one table for each sensor, whose file name says
  which.

One file is one sensor: one track, called ``imu:`` and where it was worn, if the file's name says so
(``left_foot``, ``_lf``). Acceleration without gravity (phyphox's linear acceleration, Sensor
Logger's Accelerometer) is kept under its own name and is no acceleration in the vocabulary's sense.
"""

import codecs
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.samples import NAN, clock_of, number, one_line
from backstride.recording import Device, Floats, Notice, Recording, Section, Source, Track
from backstride.recording import frozen_array as frozen
from backstride.vocabulary import SECONDS_PER_MINUTE, Sport

_HINT = "give a table of Xsens, Movella, phyphox, Physics Toolbox or Sensor Logger as exported"
_MAX_PREAMBLE_LINES = 60
_AXES = "xyz"
_ACCELERATION, _ANGULAR_VELOCITY, _MAGNETIC = "acceleration", "angular_velocity", "magnetic"
_COLUMN: Mapping[str, str] = {
    _ACCELERATION: "acceleration_{}_mps2",
    _ANGULAR_VELOCITY: "angular_velocity_{}_radps",
    _MAGNETIC: "magnetic_{}_ut",
}
_STANDARD_GRAVITY = 9.80665

#: How a header is written -> what it measures, and its unit; the axis is the group.
_CHANNELS = tuple(
    (re.compile(pattern), kind, unit)
    for pattern, kind, unit in (
        (r"acc_([xyz])", _ACCELERATION, "m/s²"),
        (r"gyr_([xyz])", _ANGULAR_VELOCITY, "rad/s"),
        (r"(?:acceleration )?([xyz]) \(m/s\^?2\)", _ACCELERATION, "m/s²"),
        (r"(?:gyroscope )?([xyz]) \(rad/s\)", _ANGULAR_VELOCITY, "rad/s"),
        (r"(?:magnetic field )?([xyz]) \([µμu]t\)", _MAGNETIC, "µT"),
        (r"gf([xyz])(?: \(g\))?", _ACCELERATION, "g"),
        (r"w([xyz])(?: \(rad/s\))?", _ANGULAR_VELOCITY, "rad/s"),
        (r"b([xyz])(?: \([µμu]t\))?", _MAGNETIC, "µT"),
    )
)
_SENSOR_LOGGER = {"time", "seconds_elapsed", "x", "y", "z"}
#: Sensor Logger's tables that are words of the vocabulary, by the beginning of the file's name.
_SENSOR_LOGGER_KINDS = {
    "totalacceleration": _ACCELERATION,
    "accelerometeruncalibrated": _ACCELERATION,
    "gyroscope": _ANGULAR_VELOCITY,
    "magnetometer": _MAGNETIC,
}
_SECONDS = ("seconds_elapsed", "time (s)", "time")
_COUNTER, _TICKS = "packetcounter", "sampletimefine"
_COUNTER_RANGE = 65536
#: Nanoseconds since 1970 are below, and it is safe to reckon with.
_MAX_NUMBER = 1e19
_RATE = re.compile(
    r"(?:acquisition frequency|(?:update|output|sampl\w+) ?(?:rate|frequency))\W*([0-9.]+) *hz"
)

#: Words of a file's name -> where the sensor was worn.
_PLACES: Mapping[str, str] = {
    "lf": "left_foot",
    "left foot": "left_foot",
    "foot left": "left_foot",
    "rf": "right_foot",
    "right foot": "right_foot",
    "foot right": "right_foot",
    "lb": "lower_back",
    "lower back": "lower_back",
    "pelvis": "pelvis",
    "shank": "shank",
    "chest": "chest",
    "pocket": "pocket",
}

#: Median size of acceleration with gravity on somebody who moves, in g: what a unit is known by.
_GRAVITY_IN_G = (0.4, 4.0)
_ACCELERATION_UNITS: Mapping[str, float] = {
    "m/s²": 1.0,
    "g": _STANDARD_GRAVITY,
    "mg": _STANDARD_GRAVITY / 1000,
}
#: No foot turns faster (2300 degrees a second), and no sensor is made for it.
_MAX_RADPS = 40.0
_MAX_DEGPS = 5000.0


@dataclass(frozen=True)
class _Layout:
    """What the lines before the values say.

    `channels` are (kind, axis, unit) by column; `facts` all text before the headers, in lower case.
    """

    maker: str
    delimiter: str
    first_line: int
    headers: tuple[str, ...]
    channels: Mapping[int, tuple[str, str, str]]
    facts: str

    @property
    def rate_hz(self) -> float:
        """The frequency that the text before the headers names, else NaN."""
        found = _RATE.search(self.facts)
        rate = number(found[1]) if found else NAN
        return rate if rate > 0 else NAN

    def at(self, header: str) -> int | None:
        """The column of that header."""
        return self.headers.index(header) if header in self.headers else None


def sniff(head: bytes) -> bool:
    """Whether a file that begins so has a time and three axes of one inertial sensor."""
    return _layout(head, "") is not None


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """The table as a recording with one track.

    Units are those that the layout documents unless gravity, or how fast a foot can turn, says
    otherwise; then a notice names what was found.

    Raises
    ------
    DamagedFileError
        No row has a time and a value.
    RefusedFileError
        More values than the limits allow.
    ReadError
        No known layout, no rate, or an acceleration that is gravity in no unit.
    """
    layout = _layout(data[: limits.HEAD_BYTES], source.path)
    if layout is None:
        raise ReadError(source.path, 0, "is no inertial log of a known layout", _HINT)
    lines = data.decode("utf-8-sig", errors="replace").splitlines()[layout.first_line :]
    lines = [line for line in lines if line.strip()]
    if len(lines) * len(layout.headers) > limits.MAX_CELLS:
        raise limits.refuse(source.path, None, "holds more values than any recording has")
    values, unreadable = _numbers(lines, layout)
    values = np.where(np.abs(values) < _MAX_NUMBER, values, NAN)
    notices = []
    if unreadable:
        notices.append(Notice("unreadable_values", f"{unreadable} values are no numbers"))
    times, in_microseconds = _times(values, layout, source.path)
    clock = clock_of(times)
    columns, units = _columns(
        values[clock.order], layout, source.path, in_microseconds=in_microseconds
    )
    if not columns or not len(clock.t_s):
        raise DamagedFileError(source.path, None, "no row has a time and a value", _HINT)
    table = np.column_stack(list(columns.values()))
    track = Track(f"imu:{_place(source.path)}", clock.t_s, frozen(table), tuple(columns))
    return (
        Recording(
            start_utc=clock.start_utc,
            tracks=(track,),
            laps=(),
            sections=(Section(0.0, float(clock.t_s[-1]), Sport.UNKNOWN),),
            device=Device(manufacturer=layout.maker),
            source=source,
            notices=(*notices, *clock.notices, *units),
        ),
    )


def _layout(head: bytes, path: str) -> _Layout | None:
    """How a file that begins so is laid out; None where it is none of these."""
    if b"\0" in head:
        return None
    text = codecs.getincrementaldecoder("utf-8-sig")("replace").decode(head)
    lines = text.splitlines()[:_MAX_PREAMBLE_LINES]
    for at, line in enumerate(lines):
        delimiter = max("\t;,", key=line.count)
        cells = tuple(one_line(cell.strip().strip('"')).lower() for cell in line.split(delimiter))
        if len(cells) < 4 or len(cells) > limits.MAX_COLUMNS or line.startswith(("//", "#")):
            continue
        channels = _channels(cells, path)
        timed = {*_SECONDS, _COUNTER, _TICKS} & set(cells)
        if timed and (_whole(channels) or set(cells) == _SENSOR_LOGGER):
            facts = "\n".join(lines[:at]).lower()
            return _Layout(_maker(cells), delimiter, at + 1, cells, channels, facts)
    return None


def _channels(headers: Sequence[str], path: str) -> dict[int, tuple[str, str, str]]:
    """Columns that are words of the vocabulary; of two with one name, the first."""
    found: dict[int, tuple[str, str, str]] = {}
    name = PurePath(path.rpartition("!")[2]).stem.lower().replace(" ", "").replace("_", "")
    if set(headers) == _SENSOR_LOGGER:
        kind = next((k for word, k in _SENSOR_LOGGER_KINDS.items() if word in name), "")
        unit = {_ACCELERATION: "m/s²", _ANGULAR_VELOCITY: "rad/s"}.get(kind, "µT")
        return {headers.index(axis): (kind, axis, unit) for axis in _AXES} if kind else {}
    for at, header in enumerate(headers):
        for pattern, kind, unit in _CHANNELS:
            match = pattern.fullmatch(header)
            if match and not (kind == _ACCELERATION and "linear" in name):
                channel = (kind, match[1], unit)
                if all(channel[:2] != other[:2] for other in found.values()):
                    found[at] = channel
                break
    return found


def _whole(channels: Mapping[int, tuple[str, str, str]]) -> bool:
    """Whether three axes of acceleration or of angular velocity are there."""
    axes = [(kind, axis) for kind, axis, _ in channels.values()]
    return any(
        all((kind, axis) in axes for axis in _AXES) for kind in (_ACCELERATION, _ANGULAR_VELOCITY)
    )


def _maker(headers: Sequence[str]) -> str:
    if set(headers) == _SENSOR_LOGGER:
        return "Sensor Logger"
    if _COUNTER in headers or _TICKS in headers:
        return "Xsens"
    return "phyphox" if "time (s)" in headers else "Physics Toolbox"


def _numbers(lines: Sequence[str], layout: _Layout) -> tuple[Floats, int]:
    """Shape (rows, columns), and how many cells are no numbers; an empty cell is missing."""
    if layout.delimiter != "," and any("," in line for line in lines[:2]):
        lines = [line.replace(",", ".") for line in lines]
    width = len(layout.headers)
    if not lines:
        return np.empty((0, width)), 0
    try:
        table = np.loadtxt(lines, delimiter=layout.delimiter, ndmin=2, comments=None)
    except ValueError:
        table = np.empty((0, 0))
    if table.shape != (len(lines), width):
        return _numbers_one_by_one(lines, layout)
    return table, 0


def _numbers_one_by_one(lines: Sequence[str], layout: _Layout) -> tuple[Floats, int]:
    """The same for a table that is damaged, has holes, or a time of day."""
    table = np.full((len(lines), len(layout.headers)), NAN)
    unreadable = 0
    for row, line in enumerate(lines):
        cells = line.split(layout.delimiter)
        for column, cell in zip(range(len(layout.headers)), cells, strict=False):
            text = cell.strip().strip('"')
            table[row, column] = value = _value(text)
            unreadable += math.isnan(value) and text.lower() not in ("", "nan")
    return table, unreadable


def _value(text: str) -> float:
    """A number, or a time of day as 13:05:10:123 or 13:05:10.123 in seconds; else NaN."""
    if ":" not in text:
        try:
            value = float(text)
        except ValueError:
            return NAN
        return value if math.isfinite(value) else NAN
    parts = text.split(":")
    hours, minutes, seconds, *rest = [*(number(part) for part in parts), NAN, NAN, NAN]
    thousandths = rest[0] if len(parts) == 4 else 0.0
    return ((hours * SECONDS_PER_MINUTE + minutes) * SECONDS_PER_MINUTE + seconds) + (
        thousandths / 1000
    )


def _times(values: Floats, layout: _Layout, path: str) -> tuple[Floats, bool]:
    """Seconds on the file's clock, and whether it ticks in microseconds, as a Movella DOT's does.

    Raises
    ------
    ReadError
        Samples are counted, but nothing says how many there are in a second.
    """
    if layout.maker == "Sensor Logger":
        return _since_epoch(values, layout), False
    for header in _SECONDS:
        if (at := layout.at(header)) is not None:
            return values[:, at], False
    counter, ticks = layout.at(_COUNTER), layout.at(_TICKS)
    tick_s = NAN if ticks is None else _tick_s(values[:, ticks])
    if counter is not None and not math.isnan(layout.rate_hz):
        return _unwrapped(values[:, counter]) / layout.rate_hz, tick_s == 1e-6
    if ticks is None or math.isnan(tick_s):
        raise ReadError(
            path,
            None,
            "counts its samples, but does not say how many there are in a second",
            "export it with its update rate or with SampleTimeFine",
        )
    return values[:, ticks] * tick_s, tick_s == 1e-6


def _since_epoch(values: Floats, layout: _Layout) -> Floats:
    """Sensor Logger's seconds since its start, put behind the date in nanoseconds."""
    elapsed = values[:, layout.headers.index("seconds_elapsed")]
    stamped = values[:, layout.headers.index("time")] / 1e9
    both = np.flatnonzero(np.isfinite(elapsed) & np.isfinite(stamped))
    return elapsed + (stamped[both[0]] - elapsed[both[0]] if len(both) else 0.0)


def _tick_s(ticks: Floats) -> float:
    """Tenths of milliseconds as an MTw counts them, or microseconds as a DOT does; else NaN.

    Told apart by the rate: 100 of the one, or 10,000 of the other, are both 100 Hz.
    """
    steps = np.diff(ticks[np.isfinite(ticks)])
    steps = steps[steps > 0]
    if not len(steps):
        return NAN
    return 1e-4 if np.median(steps) < 1000 else 1e-6


def _unwrapped(counter: Floats) -> Floats:
    """A counter of 16 bits goes on where it starts again."""
    known = np.flatnonzero(np.isfinite(counter))
    steps = np.diff(counter[known], prepend=counter[known][:1])
    unwrapped = counter.copy()
    unwrapped[known] += _COUNTER_RANGE * np.cumsum(steps < -_COUNTER_RANGE / 2)
    return unwrapped


def _columns(
    values: Floats, layout: _Layout, path: str, *, in_microseconds: bool
) -> tuple[dict[str, Floats], list[Notice]]:
    """Name -> values in SI, without what is missing throughout; what units were found.

    Raises
    ------
    ReadError
        Acceleration or angular velocity is not what it can be in any unit.
    """
    columns: dict[str, Floats] = {}
    notices = []
    scales: dict[str, float] = {}
    for kind, find in ((_ACCELERATION, _acceleration_scale), (_ANGULAR_VELOCITY, _turning_scale)):
        at = [column for column, channel in layout.channels.items() if channel[0] == kind]
        whole = values[:, at][np.isfinite(values[:, at]).all(axis=1)]
        if not at or not len(whole):
            continue
        stated = layout.channels[at[0]][2]
        if kind == _ANGULAR_VELOCITY and in_microseconds:
            stated = "°/s"
        scales[kind], said = find(np.asarray(whole), stated, path)
        if said:
            notices.append(Notice("unit_found", said))
    for column, header in enumerate(layout.headers):
        series = values[:, column]
        if not np.isfinite(series).any() or header in (*_SECONDS, _COUNTER, _TICKS):
            continue
        if column in layout.channels:
            kind, axis, _ = layout.channels[column]
            columns[_COLUMN[kind].format(axis)] = series * scales.get(kind, 1.0)
        else:
            columns.setdefault(f"imu:{header}", series)
    return columns, notices


def _acceleration_scale(values: Floats, stated: str, path: str) -> tuple[float, str]:
    """What turns acceleration into m/s², and a sentence if its unit is not the one stated."""
    size = float(np.median(np.linalg.norm(values, axis=1)))
    for unit in (stated, *_ACCELERATION_UNITS):
        scale = _ACCELERATION_UNITS[unit]
        if _GRAVITY_IN_G[0] <= size * scale / _STANDARD_GRAVITY <= _GRAVITY_IN_G[1]:
            said = f"acceleration is given as {stated}, but its median of {size:.3g} is gravity in "
            return scale, "" if unit == stated else f"{said}{unit} and was taken so"
    raise ReadError(
        path,
        None,
        f"has an acceleration with a median of {size:.3g}, which is gravity in no known unit",
        "export acceleration with gravity, in m/s² or g",
    )


def _turning_scale(values: Floats, stated: str, path: str) -> tuple[float, str]:
    """What turns angular velocity into rad/s, and a sentence where that is not plainly stated."""
    fastest = float(np.quantile(np.abs(values).max(axis=1), 0.999))
    if fastest > _MAX_DEGPS:
        raise ReadError(
            path,
            None,
            f"has an angular velocity of {fastest:.3g}, which nothing reaches in any known unit",
            "export angular velocity in rad/s or degrees per second",
        )
    if stated == "°/s":
        return math.pi / 180, "angular velocity was taken as degrees per second, as a DOT gives it"
    if fastest <= _MAX_RADPS:
        return 1.0, ""
    return (
        math.pi / 180,
        f"angular velocity is given as rad/s, but reaches {fastest:.0f}: taken as degrees per "
        "second",
    )


def _place(path: str) -> str:
    """Where the sensor was worn, as the file's name says."""
    words = list(_words(PurePath(path.rpartition("!")[2]).stem))
    pairs = [*words, *(f"{a} {b}" for a, b in pairwise(words))]
    return next((_PLACES[word] for word in pairs if word in _PLACES), "unknown")


def _words(name: str) -> Iterator[str]:
    """Words of a name like ``LeftFoot_2`` or ``1-1_lf``, in lower case."""
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name):
        yield word.lower()
