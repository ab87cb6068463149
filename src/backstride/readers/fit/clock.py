"""Times that a FIT device wrote -> one clock that never goes back.

A device's clock can be set while it records: by the first GPS fix, by a phone, by a battery that
ran out. Rows keep their order then, and the longest stretch in one clock its date.
"""

import math
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from backstride.readers import limits
from backstride.readers.fit.wire import FIRST_DATE
from backstride.recording import Floats, Notice

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_DAY_S = 86400.0
#: A clock that goes back by less was set right; rows wait until it has caught up.
_SET_RIGHT_S = 60.0
#: Times are looked at anew behind a step of this size, for it may be an error.
_LONG_PAUSE_S = 3600.0
#: The same right before or after a clock that goes back.
_SHORT_PAUSE_S = 10.0
#: With more, these are no times.
_MAX_BREAKS = 1000
#: Between two stretches whose clocks have nothing to do with each other, and between rows of which
#: none has a time.
_STEP_S = 1.0


@dataclass(frozen=True, eq=False)
class Clock:
    """Seconds since `zero_s`, from times on the device's clock.

    Attributes
    ----------
    t_s
        shape (n,), of the n rows it was made from, never decreasing.
    zero_s
        Zero of the recording, on the clock of its longest stretch.
    starts_s, ends_s, shifts_s
        shape (stretches,): each stretch on the device's clock, and what was added to it.
    """

    t_s: Floats
    zero_s: float
    starts_s: Floats
    ends_s: Floats
    shifts_s: Floats
    notices: tuple[Notice, ...] = ()

    @property
    def start_utc(self) -> datetime | None:
        """The date of zero; None where the device did not know it."""
        if not self.zero_s >= FIRST_DATE:
            return None
        return _EPOCH + timedelta(seconds=self.zero_s)

    def seconds(self, times_s: Floats) -> Floats:
        """Times on the device's clock as seconds since zero; NaN where no row is near."""
        if not len(self.starts_s):
            return np.full(len(times_s), np.nan)
        at = np.clip(np.searchsorted(self.starts_s, times_s, side="right") - 1, 0, None)
        since = times_s + self.shifts_s[at] - self.zero_s
        last = float(self.t_s[-1]) if len(self.t_s) else 0.0
        near = (since > -_STEP_S) & (since <= last + limits.MAX_SPAN_S)
        return np.where(near, np.maximum(since, 0.0), np.nan)


def clock_of(times_s: Floats, also: Iterable[float]) -> Clock:
    """The clock of rows recorded at `times_s`, zero at the first of them.

    Parameters
    ----------
    times_s
        shape (n,), seconds on the device's clock in the order of the file; NaN for none.
    also
        Times that may come before the first row, or stand where there is no row: starts of laps.
    """
    others = sorted(time for time in also if math.isfinite(time))
    known = np.isfinite(times_s)
    if not known.any():
        return _clock_without_times(len(times_s), others)
    notices = []
    if missing := int((~known).sum()):
        rows = np.arange(len(times_s))
        times_s = np.interp(rows, rows[known], times_s[known])
        notices.append(
            Notice(
                "no_time", f"{missing} records have no time and were put between their neighbours"
            )
        )
    steps = np.diff(times_s)
    back = steps < -_SET_RIGHT_S
    beside = np.zeros_like(back)
    beside[1:] |= back[:-1]
    beside[:-1] |= back[1:]
    is_break = back | (steps > _LONG_PAUSE_S) | (beside & (steps > _SHORT_PAUSE_S))
    breaks = np.flatnonzero(is_break) + 1
    if len(breaks) > _MAX_BREAKS:
        return _clock_without_times(len(times_s), others)
    firsts = np.array([0, *breaks])
    lengths = np.diff([*firsts, len(times_s)])
    highest = np.maximum.reduceat(times_s, firsts)
    shifts = _shifts(times_s[firsts], highest, lengths)
    placed = np.maximum.accumulate(times_s + np.repeat(shifts, lengths))
    if moved := int((lengths[shifts != 0]).sum()):
        notices.append(
            Notice(
                "clock_reset",
                f"the device's clock was set anew: {moved} of {len(times_s)} records keep their "
                "order, but how far in time they are from the others is not known",
            )
        )
    if waited := int(((steps < 0) & (steps >= -_SET_RIGHT_S)).sum()):
        notices.append(
            Notice("clock_went_back", f"the device's clock went back a little {waited} times")
        )
    zero = float(placed[0])
    if not shifts[0]:
        zero = min([zero, *(time for time in others if zero - _DAY_S <= time)])
    by_start = np.argsort(times_s[firsts], kind="stable")
    return Clock(
        placed - zero,
        zero,
        times_s[firsts][by_start],
        highest[by_start],
        shifts[by_start],
        tuple(notices),
    )


def _shifts(starts_s: Floats, ends_s: Floats, lengths: npt.NDArray[np.intp]) -> Floats:
    """What to add to each stretch, so that they follow one another.

    Nothing, for the longest one and those that fit in with it, longer ones asked first; others
    begin where the one before them ends.
    """
    trusted: list[int] = []
    for index in np.argsort(-lengths, kind="stable").tolist():
        place = bisect(trusted, index)
        earlier, later = trusted[place - 1 : place] if place else [], trusted[place : place + 1]
        after = all(0 <= starts_s[index] - ends_s[i] <= limits.MAX_SPAN_S for i in earlier)
        before = all(0 <= starts_s[i] - ends_s[index] <= limits.MAX_SPAN_S for i in later)
        if after and before:
            trusted.insert(place, index)
    shifts = np.zeros(len(starts_s))
    start = float(starts_s[trusted[0]])
    for index in range(trusted[0] - 1, -1, -1):
        shifts[index] = start - _STEP_S - ends_s[index]
        start = float(starts_s[index] + shifts[index])
    end = float(ends_s[trusted[0]])
    fits = set(trusted)
    for index in range(trusted[0] + 1, len(starts_s)):
        if index not in fits:
            shifts[index] = end + _STEP_S - starts_s[index]
        end = float(ends_s[index] + shifts[index])
    return shifts


def _clock_without_times(rows: int, others: list[float]) -> Clock:
    """A second for each row, from the first of the other times if there is one."""
    zero = others[0] if others else 0.0
    said = Notice("no_time", f"none of {rows} records has a sound time; one a second was assumed")
    stretch = np.array([zero] if others else [], dtype=np.float64)
    t_s = np.arange(rows, dtype=np.float64) * _STEP_S
    return Clock(t_s, zero, stretch, stretch, np.zeros(len(stretch)), (said,) if rows else ())
