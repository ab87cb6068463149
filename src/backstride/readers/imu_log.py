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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.inertial import (
    ACCELERATION,
    ANGULAR_VELOCITY,
    AXES,
    COLUMN,
    MAGNETIC,
    Stated,
    in_si,
    place_of,
    repeats,
    track_of,
)
from backstride.readers.samples import NAN, clock_of, number, one_line
from backstride.recording import Device, Floats, Notice, Recording, Section, Source
from backstride.vocabulary import SECONDS_PER_MINUTE, Sport

_HINT = "give a table of Xsens, Movella, phyphox, Physics Toolbox or Sensor Logger as exported"
_MAX_PREAMBLE_LINES = 60

#: How a header is written -> what it measures, and its unit; the axis is the group.
_CHANNELS = tuple(
    (re.compile(pattern), kind, unit)
    for pattern, kind, unit in (
        (r"acc_([xyz])", ACCELERATION, "m/s²"),
        (r"gyr_([xyz])", ANGULAR_VELOCITY, "rad/s"),
        (r"(?:acceleration )?([xyz]) \(m/s\^?2\)", ACCELERATION, "m/s²"),
        (r"(?:gyroscope )?([xyz]) \(rad/s\)", ANGULAR_VELOCITY, "rad/s"),
        (r"(?:magnetic field )?([xyz]) \([µμu]t\)", MAGNETIC, "µT"),
        (r"gf([xyz])(?: \(g\))?", ACCELERATION, "g"),
        (r"w([xyz])(?: \(rad/s\))?", ANGULAR_VELOCITY, "rad/s"),
        (r"b([xyz])(?: \([µμu]t\))?", MAGNETIC, "µT"),
    )
)
_SENSOR_LOGGER = {"time", "seconds_elapsed", "x", "y", "z"}
#: Sensor Logger's tables that are words of the vocabulary, by the beginning of the file's name.
_SENSOR_LOGGER_KINDS = {
    "totalacceleration": ACCELERATION,
    "accelerometeruncalibrated": ACCELERATION,
    "gyroscope": ANGULAR_VELOCITY,
    "magnetometer": MAGNETIC,
}
_SECONDS = ("seconds_elapsed", "time (s)", "time")
_COUNTER, _TICKS = "packetcounter", "sampletimefine"
_COUNTER_RANGE = 65536
#: Nanoseconds since 1970 are below, and it is safe to reckon with.
_MAX_NUMBER = 1e19
_RATE = re.compile(
    r"(?:acquisition frequency|(?:update|output|sampl\w+) ?(?:rate|frequency))\W*([0-9.]+) *hz"
)


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


@dataclass(frozen=True, eq=False)
class Log:
    """One table.

    Attributes
    ----------
    times
        shape (n,), seconds on the file's clock; NaN where a row has none.
    columns
        Name -> values of shape (n,), SI for words of the vocabulary.
    maker
        Whose table it is.
    """

    times: Floats
    columns: Mapping[str, Floats]
    maker: str
    notices: tuple[Notice, ...] = ()


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
    return (recording_of((log_of(data, source.path),), source),)


def recording_of(logs: Sequence[Log], source: Source) -> Recording:
    """Tables of one sensor unit that share their clock as one recording with one track.

    Rows of each table stay rows; what another table measured at another time is missing in them.

    Raises
    ------
    DamagedFileError
        No row has a time and a value.
    """
    names = dict.fromkeys(name for log in logs for name in log.columns)
    columns = {
        name: np.concatenate(
            [log.columns.get(name, np.full(len(log.times), np.nan)) for log in logs]
        )
        for name in names
    }
    # Tables follow each other in the file and not in time: that no clock went back.
    times = np.concatenate([log.times for log in logs])
    if len(logs) > 1:
        order = np.argsort(times, kind="stable")
        times, columns = times[order], {name: values[order] for name, values in columns.items()}
    clock = clock_of(times)
    kept = {name: values[clock.order] for name, values in columns.items()}
    track = track_of(place_of(source.path), clock.t_s, kept)
    if track is None:
        raise DamagedFileError(source.path, None, "no row has a time and a value", _HINT)
    return Recording(
        start_utc=clock.start_utc,
        tracks=(track,),
        laps=(),
        sections=(Section(0.0, float(track.t_s[-1]), Sport.UNKNOWN),),
        device=Device(manufacturer=logs[0].maker),
        source=source,
        notices=(*(n for log in logs for n in log.notices), *clock.notices, *repeats(track)),
    )


def log_of(data: bytes, path: str) -> Log:
    """One table.

    Parameters
    ----------
    path
        Says which sensor a table of Sensor Logger is of.

    Raises
    ------
    RefusedFileError, ReadError
        As `read`.
    """
    layout = _layout(data[: limits.HEAD_BYTES], path)
    if layout is None:
        raise ReadError(path, 0, "is no inertial log of a known layout", _HINT)
    lines = data.decode("utf-8-sig", errors="replace").splitlines()[layout.first_line :]
    lines = [line for line in lines if line.strip()]
    if len(lines) * len(layout.headers) > limits.MAX_CELLS:
        raise limits.refuse(path, None, "holds more values than any recording has")
    values, unreadable = _numbers(lines, layout)
    values = np.where(np.abs(values) < _MAX_NUMBER, values, NAN)
    notices = []
    if unreadable:
        notices.append(Notice("unreadable_values", f"{unreadable} values are no numbers"))
    times, in_microseconds = _times(values, layout, path)
    columns, units = _columns(values, layout, path, in_microseconds=in_microseconds)
    return _upright(Log(times, columns, layout.maker, (*notices, *units)), path)


def _upright(log: Log, path: str) -> Log:
    """Raw acceleration of an iPhone points down at rest: turned to point up, as all others.

    Sensor Logger gives it in g on an iPhone only, which its writers document.
    """
    raw = log.maker == "Sensor Logger" and "accelerometeruncalibrated" in _plain_name(path)
    if not (raw and any(notice.code == "unit_found" for notice in log.notices)):
        return log
    message = "raw acceleration in g is an iPhone's, which points down at rest; turned around"
    return replace(turned_around(log), notices=(*log.notices, Notice("sign_found", message)))


def turned_around(log: Log) -> Log:
    """The same with all accelerations the other way round."""
    return replace(
        log,
        columns={
            name: -values if name.startswith(ACCELERATION) else values
            for name, values in log.columns.items()
        },
    )


def kinds_in(head: bytes, path: str) -> tuple[str, frozenset[str]] | None:
    """Who wrote a table that begins so, and which triples are whole in it; None for no table."""
    layout = _layout(head, path)
    if layout is None:
        return None
    found = [channel[0] for channel in layout.channels.values()]
    return layout.maker, frozenset(kind for kind in found if found.count(kind) == len(AXES))


def _plain_name(path: str) -> str:
    name = PurePath(path.rpartition("!")[2]).stem
    return name.lower().replace(" ", "").replace("_", "")


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
    name = _plain_name(path)
    if set(headers) == _SENSOR_LOGGER:
        kind = next((k for word, k in _SENSOR_LOGGER_KINDS.items() if word in name), "")
        unit = {ACCELERATION: "m/s²", ANGULAR_VELOCITY: "rad/s"}.get(kind, "µT")
        return {headers.index(axis): (kind, axis, unit) for axis in AXES} if kind else {}
    for at, header in enumerate(headers):
        for pattern, kind, unit in _CHANNELS:
            match = pattern.fullmatch(header)
            if match and not (kind == ACCELERATION and "linear" in name):
                channel = (kind, match[1], unit)
                if all(channel[:2] != other[:2] for other in found.values()):
                    found[at] = channel
                break
    return found


def _whole(channels: Mapping[int, tuple[str, str, str]]) -> bool:
    """Whether three axes of acceleration or of angular velocity are there."""
    axes = [(kind, axis) for kind, axis, _ in channels.values()]
    return any(
        all((kind, axis) in axes for axis in AXES) for kind in (ACCELERATION, ANGULAR_VELOCITY)
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
    notices: list[Notice] = []
    scales: dict[str, float] = {}
    for kind in (ACCELERATION, ANGULAR_VELOCITY):
        at = [column for column, channel in layout.channels.items() if channel[0] == kind]
        if not at or not np.isfinite(values[:, at]).all(axis=1).any():
            continue
        in_degrees = kind == ANGULAR_VELOCITY and in_microseconds
        stated = Stated("°/s" if in_degrees else layout.channels[at[0]][2])
        scales[kind], said = in_si(kind, values[:, at], stated, place_of(path), path)
        notices += said
    for column, header in enumerate(layout.headers):
        series = values[:, column]
        if not np.isfinite(series).any() or header in (*_SECONDS, _COUNTER, _TICKS):
            continue
        if column in layout.channels:
            kind, axis, _ = layout.channels[column]
            columns[COLUMN[kind].format(axis)] = series * scales.get(kind, 1.0)
        else:
            columns.setdefault(f"imu:{header}", series)
    return columns, notices
