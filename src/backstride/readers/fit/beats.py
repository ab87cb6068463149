"""Heart beats of a FIT file: heart rate that a strap sent late, and times between beats."""

import numpy as np

from backstride.readers.fit.clock import Clock
from backstride.readers.fit.tables import RECORD, Key, Kind, Messages, unrolled
from backstride.recording import Floats, Track

_HR, _HRV = 132, 78
#: Messages that a strap's addendum to a recording may hold.
KINDS = (_HR, _HRV)

_FRACTION, _BPM, _EVENT, _EVENT_12 = 0, 6, 9, 10
#: A beat further from the records around it than this does not follow the one before it.
_DRIFT_S = 3.0


def tracks(messages: Messages, clock: Clock) -> list[Track]:
    """The tracks ``heart_rate`` and ``rr``, where the file has such messages."""
    made = []
    if _HR in messages:
        made.append(_heart_rate(messages.kind(_HR), clock))
    if _HRV in messages:
        made.append(_intervals(messages.kind(_HRV), messages.kind(RECORD), clock))
    return [track for track in made if len(track)]


def _track(name: str, column: str, t_s: Floats, values: Floats) -> Track:
    """The samples whose time is known, in order."""
    kept = np.flatnonzero(np.isfinite(t_s))
    kept = kept[np.argsort(t_s[kept], kind="stable")]
    return Track(name, t_s[kept], values[kept][:, None], (column,))


def _heart_rate(kind: Kind, clock: Clock) -> Track:
    """Several readings a message, on the strap's own clock, which some messages set to a time.

    A reading's time is written whole (1/1024 s) or in its lowest twelve bits.
    """
    whole = _whole_events(kind)
    packed = _packed_events(kind)
    rates = kind.numbers(Key(_BPM))
    width = max(whole.shape[1], packed.shape[1], rates.shape[1])
    whole, packed, rates = (_widened(values, width) for values in (whole, packed, rates))
    is_whole = np.isfinite(whole)
    used = (is_whole | np.isfinite(packed)) & np.isfinite(rates)
    if not used.any():
        return _track("heart_rate", "heart_rate_bpm", np.empty(0), np.empty(0))
    stored = np.where(is_whole, whole, packed)[used].astype(np.int64)
    events = unrolled(stored, is_whole[used], 12) / 1024
    times = kind.times() + np.nan_to_num(kind.value(_FRACTION))
    first = np.zeros_like(used)
    first[np.arange(len(used)), used.argmax(axis=1)] = np.isfinite(times) & used.any(axis=1)
    anchors = np.flatnonzero(first[used])
    if not len(anchors):
        return _track("heart_rate", "heart_rate_bpm", np.empty(0), np.empty(0))
    rows = np.nonzero(used)[0]
    shifts = times[rows[anchors]] - events[anchors]
    at = np.clip(np.searchsorted(anchors, np.arange(len(events)), side="right") - 1, 0, None)
    bpm = rates[used]
    bpm = np.where(bpm == 0, np.nan, bpm)
    return _track("heart_rate", "heart_rate_bpm", clock.seconds(events + shifts[at]), bpm)


def _whole_events(kind: Kind) -> Floats:
    """Shape (n, k), in 1/1024 s; NaN for none."""
    return kind.numbers(Key(_EVENT))


def _packed_events(kind: Kind) -> Floats:
    """Shape (n, k), twelve bits each, two in three bytes; NaN for none."""
    if Key(_EVENT_12) not in kind.keys or kind.is_text(Key(_EVENT_12)):
        return np.empty((len(kind), 0))
    stored = kind.raw(Key(_EVENT_12))
    stored = stored.reshape(len(kind), -1)
    triples = stored.shape[1] // 3
    groups = stored[:, : 3 * triples].reshape(len(kind), triples, 3).astype(np.float64)
    groups[(groups == 0xFF).all(axis=2)] = np.nan
    low, middle, high = np.moveaxis(groups, 2, 0)
    first = low + middle % 16 * 256
    second = middle // 16 + high * 16
    return np.stack([first, second], axis=2).reshape(len(kind), 2 * triples)


def _widened(values: Floats, width: int) -> Floats:
    """With columns of NaN on the right."""
    return np.pad(values, ((0, 0), (0, width - values.shape[1])), constant_values=np.nan)


def _intervals(kind: Kind, records: Kind, clock: Clock) -> Track:
    """Times between beats, each at its later beat.

    The file only says between which records they came. Beats follow one another by their own
    intervals, and are set to the record before them where they have drifted away from it, as
    behind a pause.
    """
    stored = kind.numbers(Key(0)) / 1000
    used = np.isfinite(stored)
    seconds = stored[used]
    before = np.searchsorted(records.offsets, kind.offsets) - 1
    anchors = np.zeros(len(kind))
    if len(clock.t_s):
        anchors = clock.t_s[np.clip(before, 0, None)]
    near = np.repeat(anchors, used.sum(axis=1))
    beats = np.cumsum(seconds)
    drift = near - beats
    shift = np.empty(len(beats))
    current = drift[0] if len(drift) else 0.0
    for index, wanted in enumerate(drift.tolist()):
        if abs(wanted - current) > _DRIFT_S:
            current = wanted
        shift[index] = current
    t_s = np.maximum.accumulate(np.maximum(beats + shift, 0)) if len(beats) else beats
    return _track("rr", "rr_interval_s", t_s, seconds)
