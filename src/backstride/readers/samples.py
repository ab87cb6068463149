"""What text formats share: numbers, times, and rows that grow into a track with a sound clock."""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from backstride.readers import limits
from backstride.recording import Floats, Notice, Table, Track, frozen_array
from backstride.vocabulary import Sport

NAN = math.nan
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A device without a fix counts from 1970, 1980 or 1989; that is a clock but not a date.
_FIRST_DATE_S = (datetime(1990, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()
_LAST_DATE_S = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()
#: Further than any date that can be written, and still exact in floating point.
_MAX_TIME_S = 1e12
#: Beyond any reading, and safe to reckon with.
_MAX_NUMBER = 1e15

#: One leg's cadence stays below, both legs' stays above: 120 in running, 75 in walking.
_ONE_LEG_RUNNING = 120.0
_ONE_LEG_WALKING = 75.0

_SPORT_WORDS: Mapping[str, Sport] = {
    "run": Sport.RUNNING,
    "running": Sport.RUNNING,
    "9": Sport.RUNNING,  # Strava's number in the <type> of its GPX files
    "jogging": Sport.RUNNING,
    "walk": Sport.WALKING,
    "walking": Sport.WALKING,
    "10": Sport.WALKING,
    "hike": Sport.WALKING,
    "hiking": Sport.WALKING,
    "4": Sport.WALKING,
}


def sport_named(word: str) -> Sport:
    """The sport a device's word stands for; UNKNOWN for no word, OTHER for any other one.

    >>> sport_named("trail_running"), sport_named("Biking"), sport_named("")
    (<Sport.RUNNING: 'running'>, <Sport.OTHER: 'other'>, <Sport.UNKNOWN: 'unknown'>)
    """
    parts = word.lower().replace("_", " ").replace("-", " ").split()
    if not parts:
        return Sport.UNKNOWN
    return next((_SPORT_WORDS[part] for part in parts if part in _SPORT_WORDS), Sport.OTHER)


def number(text: str) -> float:
    """The number that `text` is, else NaN; so is one that no sensor can give."""
    try:
        value = float(text)
    except ValueError:
        return NAN
    return value if abs(value) < _MAX_NUMBER else NAN


def epoch_seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 time, UTC where it names no zone, else NaN."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return NAN
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH).total_seconds()


def one_line(text: str) -> str:
    """Text from a file, safe to show: printable, on one line, not endless."""
    kept = "".join(c if c.isprintable() else " " for c in text[: 4 * limits.MAX_LABEL_CHARS])
    return " ".join(kept.split())[: limits.MAX_LABEL_CHARS]


class Rows:
    """Rows of named values in the order they are read; a value a row lacks is missing.

    Numbers make columns of floats. Text is kept apart, for it fits no track.

    Raises
    ------
    RefusedFileError
        More values than a recording can hold.
    """

    def __init__(self, path: str, always: Iterable[str] = ()) -> None:
        self._path = path
        self._numbers: dict[str, array[float]] = {name: array("d") for name in always}
        self._texts: dict[str, tuple[array[int], list[str]]] = {}
        self._text_chars = 0
        self.left_out: set[str] = set()
        self.count = 0

    def add(self, row: Mapping[str, float | str]) -> None:
        """Take one more row; NaN and "" are as good as absent."""
        for name, value in row.items():
            if isinstance(value, str):
                self._add_text(name, value)
            elif value == value:
                column = self._numbers.get(name)
                if column is None:
                    column = self._new_column(name)
                    if column is None:
                        continue
                if len(column) < self.count:
                    column.extend(array("d", [NAN]) * (self.count - len(column)))
                column.append(value)
        self.count += 1
        self._check_cells()

    def _check_cells(self) -> None:
        if self.count * max(1, len(self._numbers)) > limits.MAX_CELLS:
            raise limits.refuse(self._path, None, "holds more values than any recording has")

    def _has_room(self, name: str) -> bool:
        room = len(self._numbers) + len(self._texts) < limits.MAX_COLUMNS
        if not room and len(self.left_out) < limits.MAX_COLUMNS:
            self.left_out.add(name)
        return room

    def _new_column(self, name: str) -> "array[float] | None":
        if not self._has_room(name):
            return None
        column = self._numbers.setdefault(name, array("d"))
        self._check_cells()
        return column

    def _add_text(self, name: str, value: str) -> None:
        value = one_line(value)
        if not value or (name not in self._texts and not self._has_room(name)):
            return
        self._text_chars += len(value)
        if self._text_chars > limits.MAX_TEXT_CHARS:
            raise limits.refuse(self._path, None, "holds more text than any recording has")
        indices, words = self._texts.setdefault(name, (array("q"), []))
        indices.append(self.count)
        words.append(value)

    def columns(self) -> dict[str, Floats]:
        """Every column of numbers, shape (count,); NaN where a row had no such number.

        The columns that are `always` wanted come first, then the others as they appeared.
        """
        columns = {}
        for name, given in self._numbers.items():
            columns[name] = np.full(self.count, np.nan)
            columns[name][: len(given)] = given
        return columns

    def text_tables(self, kind: str, first: int, stop: int) -> dict[str, Table]:
        """Text of rows `first` to `stop`: ``kind:name`` -> table of row (from `first`) and text."""
        tables = {}
        for name, (indices, words) in self._texts.items():
            start, end = bisect_left(indices, first), bisect_left(indices, stop)
            if start < end:
                rows = np.array(indices[start:end], dtype=np.int64) - first
                kept = np.array(words[start:end], dtype=object)
                tables[f"{kind}:{name}"] = Table({"row": rows, "text": kept})
        return tables

    def notices(self) -> tuple[Notice, ...]:
        """What had no room."""
        if not self.left_out:
            return ()
        return (
            Notice(
                "columns_left_out",
                f"the file names more than {limits.MAX_COLUMNS} different values; the rest of "
                "them was left out",
            ),
        )


@dataclass(frozen=True, eq=False)
class Clock:
    """Which rows have a sound time, in order, and when.

    Attributes
    ----------
    order
        Indices of the rows kept, in order of time.
    t_s
        Their times, seconds since `zero_s`, never decreasing.
    zero_s
        Zero of the recording's clock, on the file's own clock.
    """

    order: npt.NDArray[np.int64]
    t_s: Floats
    zero_s: float
    notices: tuple[Notice, ...]

    @property
    def start_utc(self) -> datetime | None:
        """The date of zero; None where the clock was never set."""
        if not _FIRST_DATE_S <= self.zero_s < _LAST_DATE_S:
            return None
        return _EPOCH + timedelta(seconds=self.zero_s)

    def seconds(self, time_s: float) -> float:
        """A time on the file's clock as seconds since zero; NaN where it is far from the rows."""
        since = float(time_s - self.zero_s)
        return round(since, 6) if 0 <= since <= 3 * limits.MAX_SPAN_S else NAN


def clock_of(times_s: Floats, also: Iterable[float] = ()) -> Clock:
    """The clock of rows recorded at `times_s`, zero at the first sound time.

    Rows without a time, or days away from the middle one, are left out; rows whose clock went
    back are put in order. `also` are times that may come before the first row (starts of laps).
    """
    notices = []
    known = np.isfinite(times_s) & (np.abs(np.nan_to_num(times_s)) < _MAX_TIME_S)
    if untimed := int(len(times_s) - known.sum()):
        notices.append(
            Notice("no_time", f"{untimed} of {len(times_s)} points have no time and were left out")
        )
    others = [t for t in also if math.isfinite(t) and abs(t) < _MAX_TIME_S]
    middle = _middle(times_s[known].tolist() or others or [0.0])
    near = known & (np.abs(np.where(known, times_s, middle) - middle) <= limits.MAX_SPAN_S)
    if far := int(known.sum() - near.sum()):
        notices.append(
            Notice("time_far_off", f"{far} points are dated days away from the rest; left out")
        )
    order = np.flatnonzero(near)
    kept = times_s[order]
    if back := int((np.diff(kept) < 0).sum()):
        notices.append(
            Notice("clock_went_back", f"the clock went back {back} times; put in order of time")
        )
        order = order[np.argsort(kept, kind="stable")]
        kept = times_s[order]
    starts = [t for t in others if abs(t - middle) <= limits.MAX_SPAN_S]
    zero = min([*starts, *kept[:1].tolist()], default=0.0)
    return Clock(order, frozen_array(np.round(kept - zero, 6)), zero, tuple(notices))


def _middle(times_s: Sequence[float]) -> float:
    """The median, or the lower of two in the middle: always one that was recorded."""
    return sorted(times_s)[(len(times_s) - 1) // 2]


def record_track(clock: Clock, columns: Mapping[str, Floats]) -> Track:
    """The track ``record`` of the rows that `clock` keeps; columns without any value are left out.

    Each column has the shape that `clock` was made from.
    """
    kept = {name: values[clock.order] for name, values in columns.items()}
    present = {name: values for name, values in kept.items() if not np.isnan(values).all()}
    table = np.column_stack(list(present.values())) if present else np.empty((len(clock.t_s), 0))
    return Track("record", clock.t_s, frozen_array(table), tuple(present))


def counts_one_leg(cadence: Floats, sport: Sport) -> bool:
    """Whether the median cadence while moving can only be that of one leg."""
    moving = cadence[cadence > 0]
    limit = _ONE_LEG_WALKING if sport is Sport.WALKING else _ONE_LEG_RUNNING
    return bool(len(moving)) and float(np.median(moving)) <= limit


def cadence_notice(cadence: Floats, *, doubled: bool) -> Notice:
    """Says how an ambiguous cadence was understood."""
    median = float(np.median(cadence[cadence > 0]))
    taken = "one leg and doubled" if doubled else "both legs"
    return Notice(
        "cadence_assumed",
        f"the file does not say whose steps its cadence counts; a median of {median:.0f}/min was "
        f"taken as steps of {taken}",
    )
