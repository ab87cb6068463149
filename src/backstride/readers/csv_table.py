"""CSV: any table with a header, a time and something measured, by a column map or its headers."""

import codecs
import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.column_map import (
    ANY_TIME,
    DATE,
    EITHER_LEG,
    LAP,
    TIME,
    Column,
    ColumnMap,
)
from backstride.readers.inertial import (
    ACCELERATION,
    ANGULAR_VELOCITY,
    MAGNETIC,
    Stated,
    in_si,
    place_named,
    place_of,
    repeats,
    track_of,
)
from backstride.readers.samples import (
    NAN,
    Clock,
    Rows,
    cadence_notice,
    clock_of,
    counts_one_leg,
    epoch_seconds,
    number,
    one_line,
    record_track,
)
from backstride.readers.told import NOTHING_TOLD, Told
from backstride.recording import Device, Floats, Lap, Notice, Recording, Section, Source, Track
from backstride.vocabulary import SECONDS_PER_DAY, SECONDS_PER_MINUTE

_DELIMITERS = ",;\t"
#: A time beyond what is read as a measured value.
_NANOSECONDS = re.compile(r"\d{16,19}")
#: Unix time above is in nanoseconds, microseconds, milliseconds.
_UNIX_TICKS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
#: How names of columns of inertial sensors begin while they are read.
_IMU = "imu:"
#: Beyond any reading.
_MOST = 1e15
_HINT = "give a column map that names its time and what it measures"


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is a table whose time and one quantity are recognized."""
    headers = headers_of(head)
    columns = ColumnMap.recognized(headers)
    return columns.has_time and len(columns.columns) > 1


def fits(head: bytes, columns: ColumnMap) -> bool:
    """Whether a file that begins so is a table with all columns of a column map."""
    return set(columns.columns) <= set(headers_of(head))


def headers_of(head: bytes) -> list[str]:
    """The headers of a table that begins so; empty where it is no table."""
    try:
        headers = [one_line(cell) for cell in next(_cells(head), [])]
    except csv.Error:
        return []
    return headers if len(headers) > 1 else []


def read(data: bytes, source: Source, told: Told = NOTHING_TOLD) -> tuple[Recording, ...]:
    """The table as one recording, by the columns that were told, or by what its headers say.

    Raises
    ------
    DamagedFileError
        No row has a time and a value.
    RefusedFileError
        More than the limits allow.
    ReadError
        No header, no time column, or not the columns that the map names.
    """
    headers = headers_of(data[: limits.HEAD_BYTES])
    if not headers:
        raise ReadError(source.path, 0, "is not a table with a line of headers", _HINT)
    named = told.columns or ColumnMap.recognized(headers)
    if missing := [header for header in named.columns if header not in headers]:
        raise ReadError(
            source.path,
            0,
            f"has no column {_listed(missing)}, which the column map names",
            f"its columns are {_listed(headers)}",
        )
    if not named.has_time:
        raise ReadError(source.path, 0, "has no column that is known as a time", _HINT)
    table = _Table(source.path, headers, named)
    values, notices = _values_of(table, data, headers, source.path)
    if told.columns is None:
        notices += _not_recognized(headers, named)
    return (_recording(values, table, source, notices),)


def _values_of(
    table: "_Table", data: bytes, headers: Sequence[str], path: str
) -> tuple[dict[str, Floats], list[Notice]]:
    """Values by what they are kept under, and what was odd with the rows.

    Logs of inertial sensors are long, and their rows mostly whole and all numbers: these are read
    at once, all others cell by cell.
    """
    if any(column.kind for column in table.named.columns.values()):
        numbers = _all_numbers(data, len(headers), path)
        if numbers is not None and (values := table.of_numbers(numbers)):
            return values, []
    notices = table.read(_cells(data))
    return table.rows.columns(), [*notices, *table.rows.notices()]


def _all_numbers(data: bytes, width: int, path: str) -> Floats | None:
    """Shape (rows, columns); None for a table that has anything but numbers in whole rows."""
    encoding = _encoding(data[: limits.HEAD_BYTES])
    lines = [line for line in data.decode(encoding or "utf-8", "replace").splitlines() if line]
    start = next((at for at, line in enumerate(lines) if _counts(line)), len(lines)) + 1
    if start >= len(lines):
        return None
    if len(lines) * width > limits.MAX_CELLS:
        raise limits.refuse(path, None, "holds more values than any recording has")
    delimiter = max(_DELIMITERS, key=lines[start - 1].count)
    try:
        numbers: Floats = np.loadtxt(lines[start:], delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:
        return None
    return numbers if numbers.shape == (len(lines) - start, width) else None


class _Table:
    """Takes rows of cells; keeps times, laps and values.

    Values of inertial sensors are kept as they are under `_IMU`, place and quantity, for their unit
    is known when all are seen.
    """

    def __init__(self, path: str, headers: Sequence[str], named: ColumnMap) -> None:
        time_headers = [h for h, c in named.columns.items() if c.quantity in (TIME, DATE)]
        self.named = named
        self.time_header = next(
            (h for h in time_headers if named.columns[h].quantity == DATE),
            time_headers[0] if time_headers else "",
        )
        self.names = {
            header: _kept_as(column, named, path)
            for header, column in named.columns.items()
            if column.quantity not in (DATE, LAP)
        }
        known = [self.names[header] for header in headers if header in self.names]
        self.rows = Rows(path, dict.fromkeys([TIME, *known]))
        self.laps: list[str] = []
        self._headers = headers
        self._time_at = headers.index(self.time_header) if self.time_header else -1
        self._time = named.columns.get(self.time_header, Column(TIME))

    def read(self, lines: Iterator[list[str]]) -> list[Notice]:
        """Take all rows; what was odd in them."""
        ragged, unreadable, broken = 0, 0, ""
        width = len(self._headers)
        try:
            next(lines)
            for cells in lines:
                ragged += len(cells) != width
                unreadable += self._row(cells)
        except csv.Error as error:
            broken = str(error)
        notices = []
        if ragged:
            notices.append(Notice("ragged_rows", f"{ragged} rows are not as long as the header"))
        if unreadable:
            notices.append(Notice("unreadable_values", f"{unreadable} values are no numbers"))
        if broken:
            notices.append(Notice("damaged", f"damaged after row {self.rows.count}: {broken}"))
        return notices

    def of_numbers(self, numbers: Floats) -> dict[str, Floats]:
        """The same for rows of numbers, shape (rows, columns); nothing if there is more to them."""
        if any(column.quantity == LAP for column in self.named.columns.values()):
            return {}
        sane = np.where(np.abs(numbers) < _MOST, numbers, NAN)
        values = {TIME: np.arange(len(numbers)) / (self.named.rate_hz or 1.0)}
        for at, header in enumerate(self._headers):
            column = self.named.columns.get(header)
            if at == self._time_at:
                values[TIME] = np.array([self._since(value) for value in numbers[:, at]])
            elif column is None or column.quantity in (TIME, DATE):
                values[f"csv:{header}"] = sane[:, at]
            elif column.kind:
                values[self.names[header]] = sane[:, at]
            else:
                values[self.names[header]] = np.array([column.convert(v) for v in sane[:, at]])
        return values

    def _row(self, cells: Sequence[str]) -> int:
        """Take one row; how many of its values could not be read."""
        row: dict[str, float | str] = {}
        unreadable = 0
        lap = ""
        if self.named.rate_hz is not None and not self.time_header:
            row[TIME] = self.rows.count / self.named.rate_hz
        for at, (header, cell) in enumerate(zip(self._headers, cells, strict=False)):
            if not cell:
                continue
            column = self.named.columns.get(header)
            if at == self._time_at:
                row[TIME] = self._moment(cell)
            elif column is None or column.quantity in (TIME, DATE):
                value = _value(cell)
                row[f"csv:{header}"] = value if math.isfinite(value) else cell
            elif column.quantity == LAP:
                lap = one_line(cell)
            else:
                value = _value(cell, minutes=column.unit.startswith("min/"))
                value = value if column.kind else column.convert(value)
                unreadable += not math.isfinite(value)
                row[self.names[header]] = value if math.isfinite(value) else NAN
        self.rows.add(row)
        self.laps.append(lap)
        return unreadable

    def _moment(self, cell: str) -> float:
        """A time cell as seconds on the file's clock."""
        value = float(cell) if _NANOSECONDS.fullmatch(cell) else _value(cell)
        if not math.isfinite(value):
            return epoch_seconds(cell)
        return value if ":" in cell else self._since(value)

    def _since(self, value: float) -> float:
        """A time as a number, as seconds on the file's clock."""
        if self._time.unit == ANY_TIME:
            return value * next((tick for least, tick in _UNIX_TICKS if value >= least), 1.0)
        return self._time.convert(value)


def _kept_as(column: Column, named: ColumnMap, path: str) -> str:
    """What a column's values are kept under."""
    if not column.kind:
        return column.quantity
    place = column.place or named.place
    return f"{_IMU}{place_named(place) if place else place_of(path)}:{column.quantity}"


def _recording(
    values: dict[str, Floats], table: _Table, source: Source, notices: Sequence[Notice]
) -> Recording:
    """The rows as tracks: one for each inertial sensor, and one for all else if there is any."""
    times = _unwrapped(values.pop(TIME))
    clock = clock_of(times)
    cadences: tuple[Notice, ...] = ()
    if Column("cadence_spm", EITHER_LEG) in table.named.columns.values():
        cadences = _cadence(values, table.named)
    felt = {name: values.pop(name) for name in tuple(values) if name.startswith(_IMU)}
    sensors, units = _sensors(felt, table, clock, source.path)
    record = record_track(clock, values)
    others = any(not column.startswith("csv:") for column in record.columns)
    tracks = (record, *sensors) if others or (record.columns and not sensors) else sensors
    if not tracks:
        raise DamagedFileError(source.path, None, "no row has a time and a value", _HINT)
    section = Section(0.0, max(float(track.t_s[-1]) for track in tracks), table.named.sport)
    return Recording(
        start_utc=clock.start_utc,
        tracks=tracks,
        laps=_laps(table.laps, clock),
        sections=(section,),
        device=Device(),
        source=source,
        notices=(*notices, *clock.notices, *cadences, *units),
        raw=table.rows.text_tables("row", 0, table.rows.count),
    )


def _sensors(
    felt: Mapping[str, Floats], table: _Table, clock: Clock, path: str
) -> tuple[tuple[Track, ...], list[Notice]]:
    """A track for each place where a sensor was worn, and what units were found.

    Raises
    ------
    ReadError
        An acceleration or angular velocity that is possible in no unit.
    """
    columns = {table.names[h]: c for h, c in table.named.columns.items() if h in table.names}
    places = dict.fromkeys(name.split(":")[1] for name in felt)
    tracks: list[Track] = []
    notices: list[Notice] = []
    for place in places:
        here = {n: v[clock.order] for n, v in felt.items() if n.split(":")[1] == place}
        in_units: dict[str, Floats] = {}
        for kind in (ACCELERATION, ANGULAR_VELOCITY, MAGNETIC):
            triple = {name: values for name, values in here.items() if columns[name].kind == kind}
            if not triple:
                continue
            first = columns[next(iter(triple))]
            if len({columns[name].spelled_unit for name in triple}) > 1:
                reason = f"has the axes of one {kind} in several units"
                raise ReadError(path, None, reason, "give them in one unit in the column map")
            stated = Stated(first.spelled_unit, is_said=bool(first.unit))
            scale, said = in_si(kind, np.column_stack(list(triple.values())), stated, place, path)
            if kind == MAGNETIC:
                scale = first.convert(1.0)
            notices += said
            in_units |= {columns[n].quantity: scale * values for n, values in triple.items()}
        track = track_of(place, clock.t_s, in_units)
        if track is not None:
            tracks.append(track)
            notices += repeats(track)
    return tuple(tracks), notices


def _cadence(values: dict[str, Floats], named: ColumnMap) -> tuple[Notice, ...]:
    """Decide whose steps the cadence counts, in place."""
    cadence = values.get("cadence_spm")
    if cadence is None or not (cadence > 0).any():
        return ()
    doubled = counts_one_leg(cadence, named.sport)
    values["cadence_spm"] = 2 * cadence if doubled else cadence
    return (cadence_notice(cadence, doubled=doubled),)


def _unwrapped(times: Floats) -> Floats:
    """A time of day goes on behind midnight."""
    if not np.isfinite(times).any() or np.nanmax(times) > SECONDS_PER_DAY:
        return times
    steps = np.diff(times, prepend=times[:1])
    return times + SECONDS_PER_DAY * np.cumsum(steps < -SECONDS_PER_DAY / 2)


def _laps(labels: Sequence[str], clock: Clock) -> tuple[Lap, ...]:
    """A lap wherever the lap column changes; a number alone is no name."""
    if not any(labels):
        return ()
    kept = [labels[row] for row in clock.order]
    changes = [i for i in range(1, len(kept)) if kept[i] != kept[i - 1]]
    edges = [0, *changes, len(kept) - 1]
    return tuple(
        Lap(
            float(clock.t_s[start]),
            float(clock.t_s[stop]),
            name="" if math.isfinite(number(kept[start])) else kept[start],
        )
        for start, stop in pairwise(edges)
    )


def _not_recognized(headers: Sequence[str], named: ColumnMap) -> list[Notice]:
    """Names the columns that were kept as they are, because their quantity or unit is unclear."""
    unclear = [header for header in headers if header not in named.columns]
    if not unclear:
        return []
    return [
        Notice(
            "columns_not_recognized",
            f"columns {_listed(unclear)} are kept as they are; a column map can say what they are",
        )
    ]


def _listed(headers: Sequence[str], most: int = 12) -> str:
    more = f" and {len(headers) - most} more" if len(headers) > most else ""
    return ", ".join(repr(one_line(h)[:40]) for h in islice(headers, most)) + more


def _encoding(head: bytes) -> str | None:
    """The encoding of a text that begins so, or None for what is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _cells(data: bytes) -> Iterator[list[str]]:
    """Rows of stripped cells; empty lines and comments are no rows.

    Raises
    ------
    csv.Error
        A cell or a row of no sensible length.
    """
    head = data[: limits.HEAD_BYTES]
    encoding = _encoding(head)
    if encoding is None:
        return
    beginning = head.decode(encoding, errors="replace").splitlines()
    header = next((line for line in beginning if _counts(line)), "")
    delimiter = max(_DELIMITERS, key=header.count)
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")
    lines = (line for line in text if _counts(line))
    for cells in csv.reader(lines, delimiter=delimiter):
        if len(cells) > 4 * limits.MAX_COLUMNS:
            raise csv.Error("a row of too many cells")
        yield [cell.strip() for cell in cells]


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _value(cell: str, *, minutes: bool = False) -> float:
    """A number, or a clock as 5:30 or 1:05:30, in seconds (or minutes); else NaN."""
    if ":" in cell:
        seconds = _clock_seconds(cell)
        return seconds / SECONDS_PER_MINUTE if minutes else seconds
    value = number(cell)
    if not math.isfinite(value) and cell.count(",") == 1:
        value = number(cell.replace(",", "."))
    return value


def _clock_seconds(cell: str) -> float:
    parts = cell.split(":")
    if len(parts) not in (2, 3):
        return NAN
    seconds = 0.0
    for part in parts:
        value = number(part)
        if not 0 <= value < 1e6 or "-" in part:
            return NAN
        seconds = seconds * SECONDS_PER_MINUTE + value
    return seconds
