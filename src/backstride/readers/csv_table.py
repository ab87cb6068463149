"""CSV: any table with a header, a time and something measured, by a column map or its headers."""

import codecs
import csv
import io
import math
from collections.abc import Iterator, Sequence
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
from backstride.recording import Device, Floats, Lap, Notice, Recording, Section, Source
from backstride.vocabulary import SECONDS_PER_DAY, SECONDS_PER_MINUTE

_DELIMITERS = ",;\t"
#: Unix time above is in milliseconds.
_UNIX_MS = 1e11
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
    notices = [*table.read(_cells(data)), *table.rows.notices()]
    if told.columns is None:
        notices += _not_recognized(headers, named)
    return (_recording(table, source, notices),)


class _Table:
    """Takes rows of cells; keeps times, laps and values."""

    def __init__(self, path: str, headers: Sequence[str], named: ColumnMap) -> None:
        time_headers = [h for h, c in named.columns.items() if c.quantity in (TIME, DATE)]
        self.named = named
        self.time_header = next(
            (h for h in time_headers if named.columns[h].quantity == DATE), time_headers[0]
        )
        known = [named.columns[header].quantity for header in headers if header in named.columns]
        self.rows = Rows(path, dict.fromkeys([TIME, *(q for q in known if q not in (DATE, LAP))]))
        self.laps: list[str] = []
        self._headers = headers
        self._time_at = headers.index(self.time_header)
        self._time = named.columns[self.time_header]

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

    def _row(self, cells: Sequence[str]) -> int:
        """Take one row; how many of its values could not be read."""
        row: dict[str, float | str] = {}
        unreadable = 0
        lap = ""
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
                value = column.convert(_value(cell, minutes=column.unit.startswith("min/")))
                unreadable += not math.isfinite(value)
                row[column.quantity] = value if math.isfinite(value) else NAN
        self.rows.add(row)
        self.laps.append(lap)
        return unreadable

    def _moment(self, cell: str) -> float:
        """A time cell as seconds on the file's clock."""
        value = _value(cell)
        if not math.isfinite(value):
            return epoch_seconds(cell)
        if ":" in cell:
            return value
        if self._time.unit == ANY_TIME:
            return value / 1000 if value >= _UNIX_MS else value
        return self._time.convert(value)


def _recording(table: _Table, source: Source, notices: Sequence[Notice]) -> Recording:
    values = table.rows.columns()
    times = _unwrapped(values.pop(TIME))
    clock = clock_of(times)
    cadences: tuple[Notice, ...] = ()
    if Column("cadence_spm", EITHER_LEG) in table.named.columns.values():
        cadences = _cadence(values, table.named)
    track = record_track(clock, values)
    if not track.columns:
        raise DamagedFileError(source.path, None, "no row has a time and a value", _HINT)
    section = Section(0.0, float(track.t_s[-1]), table.named.sport)
    return Recording(
        start_utc=clock.start_utc,
        tracks=(track,),
        laps=_laps(table.laps, clock),
        sections=(section,),
        device=Device(),
        source=source,
        notices=(*notices, *clock.notices, *cadences),
        raw=table.rows.text_tables("row", 0, table.rows.count),
    )


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
