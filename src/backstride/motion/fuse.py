"""From what a person declared, labels say, and body and watch show to one line of bouts."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout, Bouts, Disagreement, overlaid
from backstride.motion.sensed import Sensed
from backstride.motion.series import Series
from backstride.motion.watch.expected import backward_running_share
from backstride.motion.watch.model import Watched
from backstride.vocabulary import Direction, Gait, Origin

Codes = npt.NDArray[np.int8]

_GAITS = (Gait.UNKNOWN, Gait.STILL, Gait.WALK, Gait.RUN)
_UNKNOWN, _STILL, _WALK, _RUN = range(len(_GAITS))


@dataclass(frozen=True)
class Word:
    """Seconds that a person or a label gives a direction."""

    start_s: float
    end_s: float
    direction: Direction
    origin: Origin


@dataclass(frozen=True)
class _Decisions:
    """The project's choices; their meaning stands in ``constants/watch.toml``."""

    called: float = constant("watch.called")
    shortest_backward_s: float = constant("watch.shortest_backward_s")
    forward_prior: float = constant("watch.forward_prior")
    label_probability: float = constant("watch.label_probability")
    shortest_gait_s: int = int(constant("watch.shortest_gait_s"))
    shortest_rest_s: int = int(constant("watch.shortest_rest_s"))
    moving_mps: float = constant("watch.moving_mps")
    moving_spm: float = constant("watch.moving_spm")
    running_spm: float = constant("watch.running_spm")
    transition_mps: float = constant("watch.forward_transition_mps")


_D = _Decisions()


def fused(
    series: Series,
    watched: Watched | None,
    sensed: Sensed | None,
    layers: Sequence[Sequence[Word]],
    duration_s: float,
) -> Bouts:
    """Bouts from 0 to `duration_s`, the strongest origin's word standing wherever there is one.

    Parameters
    ----------
    layers
        Words from the weakest origin to the strongest; each layer in order of time and free of
        overlap.
    """
    items = _watch_bouts(series, watched, duration_s)
    disagreements: list[Disagreement] = []
    if sensed is not None:
        shown = [bout for bout in sensed.bouts if _says_something(bout)]
        disagreements += sensed.disagreements
        items = overlaid(items, shown)
        disagreements += _all_doubted(series, watched, shown)
    for words in layers:
        disagreements += [found for word in words for found in _overruled(items, word)]
        items = overlaid(items, [bout for word in words for bout in _worded(series, word)])
        disagreements += _all_doubted(series, watched, words)
    return Bouts(
        items=tuple(_joined(items)),
        disagreements=tuple(sorted(disagreements, key=lambda one: one.start_s)),
        posterior=watched.posterior if watched else None,
    )


def _watch_bouts(series: Series, watched: Watched | None, duration_s: float) -> list[Bout]:
    """What the watch alone shows, from 0 to `duration_s`."""
    gait = gait_of(series, Direction.FORWARD)
    probability = np.full(len(series), _D.forward_prior)
    if watched is not None:
        still, walk, run, walk_back, run_back = watched.posterior.values.T
        as_model = 1 + np.argmax((still, walk + walk_back, run + run_back), axis=0)
        gait = np.where(watched.seen, as_model, gait).astype(np.int8)
        moving = np.maximum(1 - still, np.finfo(np.float64).eps)
        probability = np.where(watched.seen, (walk + run) / moving, probability)
    gait = _without_short(gait)
    base = [
        Bout(
            start_s=float(first),
            end_s=min(float(end), duration_s),
            direction=_DIRECTIONS.get(code, Direction.FORWARD),
            gait=_GAITS[code],
            probability=_CERTAINTY.get(code, min(float(probability[first:end].mean()), 1.0)),
            origin=Origin.WATCH,
        )
        for first, end, code in _spans(gait)
    ]
    if watched is None:
        return base
    return overlaid(base, [_found(gait, bout, duration_s) for bout in watched.backward])


#: What needs no model: whoever stands has no direction, and of the unknown nothing is claimed.
_DIRECTIONS = {_STILL: Direction.STILL, _UNKNOWN: Direction.UNKNOWN}
_CERTAINTY = {_STILL: 1.0, _UNKNOWN: 0.0}


def _found(gait: Codes, found: tuple[int, int, float], duration_s: float) -> Bout:
    """A backward bout of the model: one that counts, or one that waits for the runner's word."""
    first, end, probability = found
    during = gait[first:end]
    running = np.count_nonzero(during == _RUN) >= np.count_nonzero(during == _WALK)
    # A walking break and walking backward look too much alike to a watch to change a number.
    counts = running and probability >= _D.called
    return Bout(
        start_s=float(first),
        end_s=min(float(end), duration_s),
        direction=Direction.BACKWARD if counts else Direction.UNKNOWN,
        gait=Gait.RUN if running else Gait.WALK,
        probability=probability,
        origin=Origin.WATCH,
        suspected_direction=None if counts else Direction.BACKWARD,
    )


def _worded(series: Series, word: Word) -> list[Bout]:
    """A declared or labelled range: its direction wherever the person does not stand.

    Seconds of which nothing was recorded have it too, for it was said of them.
    """
    first, end = int(word.start_s), int(np.ceil(word.end_s))
    gait = _without_short(gait_of(series, word.direction)[first:end])
    said = 1.0 if word.origin is Origin.DECLARED else _D.label_probability
    whole = Bout(word.start_s, word.end_s, word.direction, Gait.UNKNOWN, said, word.origin)
    return [
        replace(
            whole,
            start_s=max(float(first + low), word.start_s),
            end_s=min(float(first + high), word.end_s),
            direction=Direction.STILL if code == _STILL else word.direction,
            gait=_GAITS[code],
        )
        for low, high, code in _spans(gait)
    ] or [whole]


def gait_of(series: Series, direction: Direction) -> Codes:
    """Shape (n,): standing, walking or running by speed and cadence, as indices of gaits.

    Cadence decides where it is known and of running; else speed, against the speed at which
    people change from walking to running in that direction.
    """
    speed = np.nan_to_num(series.speed_mps, nan=0.0)
    cadence = np.nan_to_num(series.cadence_spm, nan=0.0)
    if direction is Direction.BACKWARD:
        fast = backward_running_share(speed) >= 1 / 2
    else:
        fast = speed >= _D.transition_mps
    known = np.isfinite(series.speed_mps) | np.isfinite(series.cadence_spm)
    moving = (speed >= _D.moving_mps) | (cadence >= _D.moving_spm)
    gait = np.where(fast | (cadence >= _D.running_spm), _RUN, _WALK)
    gait = np.where(moving, gait, _STILL)
    return np.where(known & series.on_foot, gait, _UNKNOWN).astype(np.int8)


def _spans(codes: Codes) -> list[tuple[int, int, int]]:
    """Half-open ranges of equal codes, and the code."""
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], len(codes))
    return [(int(a), int(b), int(codes[a])) for a, b in zip(starts, ends, strict=False)]


def _without_short(gait: Codes) -> Codes:
    """Changes too short to be bouts of their own, given to what was before (or comes first)."""
    if len(gait) == 0:
        return gait
    starts = np.flatnonzero(np.diff(gait, prepend=-1))
    lengths = np.diff(np.append(starts, len(gait)))
    codes = gait[starts]
    shortest = np.where(codes >= _WALK, _D.shortest_gait_s, _D.shortest_rest_s)
    kept = lengths >= shortest
    if not kept.any():
        kept = lengths == lengths.max()
    last = np.maximum.accumulate(np.where(kept, np.arange(len(codes)), -1))
    last = np.where(last < 0, np.argmax(kept), last)
    return np.asarray(np.repeat(codes[last], lengths))


def _overruled(items: Sequence[Bout], word: Word) -> list[Disagreement]:
    """Bouts of a weaker origin that named another direction within this word's range."""
    return [
        Disagreement(
            start_s=max(bout.start_s, word.start_s),
            end_s=min(bout.end_s, word.end_s),
            used=word.origin,
            used_direction=word.direction,
            other=bout.origin,
            other_direction=bout.direction,
            other_probability=bout.probability,
        )
        for bout in _overlapping(items, word)
        if bout.origin not in (Origin.WATCH, word.origin)
        and bout.direction not in (word.direction, Direction.STILL, Direction.UNKNOWN)
    ]


def _overlapping(items: Sequence[Bout], word: Word) -> Sequence[Bout]:
    first = bisect_right(items, word.start_s, key=lambda bout: bout.end_s)
    last = bisect_left(items, word.end_s, key=lambda bout: bout.start_s)
    return items[first:last]


def _says_something(bout: Bout) -> bool:
    """Whether a bout of the body's sensors is better than what the watch has for that time."""
    return bout.direction is not Direction.UNKNOWN or bout.suspected


def _all_doubted(
    series: Series, watched: Watched | None, said: Sequence[Word | Bout]
) -> list[Disagreement]:
    return [found for one in said if (found := _doubted(series, watched, one)) is not None]


def _doubted(series: Series, watched: Watched | None, word: Word | Bout) -> Disagreement | None:
    """Where the watch model is as sure of the other direction as it must be to call one."""
    if watched is None or word.direction not in (Direction.FORWARD, Direction.BACKWARD):
        return None
    within = series.within(word.start_s, word.end_s)
    shares = watched.posterior.values[within][watched.seen[within]]
    moving = shares[shares[:, 0] < 1 / 2]
    if len(moving) < _D.shortest_backward_s:
        return None
    backward = float((moving[:, 3] + moving[:, 4]).mean())
    other, probability = Direction.BACKWARD, backward
    if word.direction is Direction.BACKWARD:
        other, probability = Direction.FORWARD, 1 - backward
    if probability < _D.called:
        return None
    return Disagreement(
        start_s=word.start_s,
        end_s=word.end_s,
        used=word.origin,
        used_direction=word.direction,
        other=Origin.WATCH,
        other_direction=other,
        other_probability=min(probability, 1.0),
    )


def _joined(items: Sequence[Bout]) -> list[Bout]:
    """Neighbours that say the same, as one; their probability by time."""
    joined: list[Bout] = []
    for bout in items:
        if joined and _same(joined[-1], bout):
            before = joined.pop()
            weighted = before.probability * before.duration_s + bout.probability * bout.duration_s
            mean = min(weighted / (before.duration_s + bout.duration_s), 1.0)
            joined.append(replace(before, end_s=bout.end_s, probability=mean))
        else:
            joined.append(bout)
    return joined


def _same(one: Bout, other: Bout) -> bool:
    return (one.direction, one.gait, one.origin, one.suspected_direction) == (
        other.direction,
        other.gait,
        other.origin,
        other.suspected_direction,
    )
