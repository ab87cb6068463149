"""From the clues of all sensors on a body to bouts: one hidden semi-Markov chain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout, Disagreement
from backstride.motion.chain import Chain, chain_of, posterior
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.series import Bools, Series
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction, Gait, Origin


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/pose.toml``."""

    shortest_s: float = constant("pose.shortest_s")
    travel_s: float = constant("pose.travel_s")
    turning_s: float = constant("pose.turning_s")
    still_s: float = constant("pose.still_s")
    block_epochs: int = int(constant("pose.block_epochs"))
    overlap_epochs: int = int(constant("pose.overlap_epochs"))
    called: float = constant("pose.called")
    gait_s: float = constant("pose.gait_s")
    longest_gap_s: float = constant("pose.longest_unseen_s")


_M = _Model()


@dataclass(frozen=True, eq=False)
class Sensed:
    """What the sensors on a body show together.

    Attributes
    ----------
    posterior
        Rows of an epoch, a column for each of `State` by name in lower case; NaN where no sensor
        can tell.
    speed_mps
        shape (rows,), over the ground; NaN where not known.
    bouts
        In order of time; contiguous within a stretch of clues, absent between two.
    disagreements
        Where one of several sensors is as sure of another direction as it must be to call one.
    """

    posterior: Track
    speed_mps: Floats
    bouts: tuple[Bout, ...]
    disagreements: tuple[Disagreement, ...]


def sensed(clues: Iterable[Clues], duration_s: float) -> Sensed | None:
    """Join the clues of all sensors; None where there are none.

    Sensors err independently of each other, so their log likelihoods add up. A hidden semi-Markov
    chain (`chain`) joins the epochs. A bout of which it is less sure than `pose.called` is
    UNKNOWN, and so is every epoch in which no sensor can tell.

    Parameters
    ----------
    duration_s
        Of the recording; bouts do not reach beyond it.
    """
    ordered = sorted((one for one in clues if len(one)), key=lambda one: one.first)
    if not ordered:
        return None
    stretches = [_joined(group) for group in _neighbours(ordered)]
    shares = [_posterior(one) for one in stretches]
    bouts, disagreements = [], []
    for stretch, share in zip(stretches, shares, strict=True):
        found = list(_bouts(stretch, share, duration_s))
        bouts += found
        disagreements += [each for bout in found for each in _doubts(stretch, bout)]
    times = [EPOCH_S * (one.first + np.arange(len(one.seen))) for one in stretches]
    columns = tuple(state.name.lower() for state in State)
    return Sensed(
        posterior=Track("direction", np.concatenate(times), np.concatenate(shares), columns),
        speed_mps=np.concatenate([one.speed_mps for one in stretches]),
        bouts=tuple(bouts),
        disagreements=tuple(disagreements),
    )


def with_travel(series: Series, seen: Sensed | None) -> Series:
    """The series with speed and distance of the body in seconds of which it had no speed."""
    if seen is None:
        return series
    known = np.isfinite(seen.speed_mps)
    second = seen.posterior.t_s[known].astype(np.intp)
    inside = (second >= 0) & (second < len(series))
    second, speed = second[inside], seen.speed_mps[known][inside]
    moments = np.bincount(second, minlength=len(series))
    total = np.bincount(second, speed, minlength=len(series))
    fills = (moments > 0) & np.isnan(series.speed_mps)
    return replace(
        series,
        speed_mps=np.where(fills, total / np.maximum(moments, 1), series.speed_mps),
        distance_m=np.where(fills, total * EPOCH_S, series.distance_m),
        on_foot=series.on_foot | fills,
    )


@dataclass(frozen=True, eq=False)
class _Stretch:
    """Epochs of which some sensor says something, and what all say together; shape (m,) each."""

    parts: tuple[Clues, ...]
    first: int
    log_likelihood: Floats
    seen: Bools
    speed_mps: Floats
    running: Floats


def _neighbours(ordered: Sequence[Clues]) -> Iterator[list[Clues]]:
    """Groups of clues without a long gap between them."""
    group: list[Clues] = []
    end = 0
    for one in ordered:
        if group and (one.first - end) * EPOCH_S > _M.longest_gap_s:
            yield group
            group = []
        end = max(end, one.first + len(one)) if group else one.first + len(one)
        group.append(one)
    yield group


def _joined(group: Sequence[Clues]) -> _Stretch:
    first = min(one.first for one in group)
    size = max(one.first + len(one) for one in group) - first
    table = np.zeros((size, len(State)))
    seen = np.zeros(size, dtype=np.bool_)
    speed = np.full(size, np.nan)
    running = np.zeros(size)
    # A person's points are measured in metres; what an inertial sensor integrates drifts.
    for one in sorted(group, key=lambda each: each.origin is not Origin.POSE):
        rows = slice(one.first - first, one.first - first + len(one))
        table[rows] += np.where(one.seen[:, None], one.log_likelihood, 0)
        seen[rows] |= one.seen
        speed[rows] = np.where(np.isfinite(speed[rows]), speed[rows], one.speed_mps)
        running[rows] += one.running
    return _Stretch(tuple(group), first, table, seen, speed, running)


def _posterior(stretch: _Stretch) -> Floats:
    """Shape (m, states): probability of each; NaN where direction cannot be told."""
    shares = posterior(
        _chain(), stretch.log_likelihood, block=_M.block_epochs, overlap=_M.overlap_epochs
    )
    shares[~stretch.seen] = np.nan
    return shares


@cache
def _chain() -> Chain:
    seconds = np.full(len(State), _M.travel_s)
    seconds[State.TURNING], seconds[State.STILL] = _M.turning_s, _M.still_s
    shortest = np.full(len(State), round(_M.shortest_s / EPOCH_S), dtype=np.intp)
    leaving = (1 - np.eye(len(State))) / (len(State) - 1)
    return chain_of(seconds / EPOCH_S, shortest, leaving)


def _bouts(stretch: _Stretch, shares: Floats, duration_s: float) -> Iterator[Bout]:
    """Bouts of one stretch, contiguous."""
    state = np.where(stretch.seen, np.argmax(np.nan_to_num(shares), axis=1), len(State))
    runs = stretch.seen & (state != State.STILL) & _runs(stretch.running)
    edges_s = (stretch.first + np.arange(len(state) + 1) - 1 / 2) * EPOCH_S
    # Beyond its outermost epochs nothing else is known of a recording.
    if edges_s[0] < 2 * EPOCH_S:
        edges_s[0] = 0.0
    if edges_s[-1] > duration_s - 2 * EPOCH_S:
        edges_s[-1] = duration_s
    for start, stop in _spans(state):
        rows = slice(start, stop)
        whole = replace(_UNSEEN, origin=_origin(_present(stretch, rows)))
        if stretch.seen[start]:
            found = State(int(state[start]))
            sure = float(shares[rows, found].mean()) * _certainty(stretch, rows, found)
            whole = _bout(found, min(sure, 1.0), whole.origin)
        steady = _steady(runs[rows])
        for low, high in _spans(steady):
            yield replace(
                whole,
                start_s=float(edges_s[start + low]),
                end_s=float(edges_s[start + high]),
                gait=Gait.RUN if steady[low] else whole.gait,
            )


#: A bout of no length yet, of which nothing is known.
_UNSEEN = Bout(0.0, 0.0, Direction.UNKNOWN, Gait.UNKNOWN, 0.0, Origin.POSE)


def _bout(state: State, sure: float, origin: Origin) -> Bout:
    """A bout of no length yet; who moves is taken to walk."""
    counts = sure >= _M.called
    waits = not counts and state is State.BACKWARD and sure > 1 / 2
    return replace(
        _UNSEEN,
        direction=state.direction if counts else Direction.UNKNOWN,
        gait=Gait.STILL if state is State.STILL else Gait.WALK,
        probability=sure,
        origin=origin,
        suspected_direction=Direction.BACKWARD if waits else None,
    )


def _spans(values: npt.NDArray[np.generic]) -> list[tuple[int, int]]:
    """Half-open ranges of equal values."""
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    return list(pairwise([0, *edges.tolist(), len(values)]))


def _steady(runs: Bools) -> Bools:
    """Running or walking without changes that are too short to be any, those given to before."""
    shortest = round(_M.gait_s / EPOCH_S / 2)
    steady = runs.copy()
    long = [(low, high) for low, high in _spans(runs) if high - low >= shortest]
    if not long:
        steady[:] = 2 * np.count_nonzero(runs) > len(runs)
        return steady
    at = 0
    kept = bool(runs[long[0][0]])
    for low, high in [*long, (len(runs), len(runs))]:
        steady[at:low] = kept
        if low < high:
            kept = bool(runs[low])
        at = high
    return steady


def _runs(running: Floats) -> Bools:
    """Whether most epochs near each are of running."""
    half = round(_M.gait_s / EPOCH_S / 2)
    window = np.ones(2 * half + 1)
    return np.asarray(np.convolve(running, window)[half : half + len(running)] > 0)


def _present(stretch: _Stretch, rows: slice) -> list[tuple[Clues, slice]]:
    """The clues that see some of these rows, and which rows of theirs those are."""
    found = []
    for one in stretch.parts:
        low = max(rows.start + stretch.first - one.first, 0)
        high = min(rows.stop + stretch.first - one.first, len(one))
        if low < high and one.seen[low:high].any():
            found.append((one, slice(low, high)))
    return found


def _origin(present: Sequence[tuple[Clues, slice]]) -> Origin:
    """What kind of sensor it is, or that there are several."""
    if len({one.name for one, _ in present}) > 1:
        return Origin.FUSED
    return present[0][0].origin if present else Origin.POSE


def _certainty(stretch: _Stretch, rows: slice, state: State) -> float:
    """Probability that no lasting error of the sensors makes all of a bout wrong.

    Sensors that say the same confirm each other; one that says otherwise counts against.
    """
    right, wrong = 1.0, 1.0
    for parts in _by_sensor(stretch, rows):
        share = _shares(parts)[state]
        agrees = share * _lasting(parts, state)
        agrees += (1 - share) * (1 - _lasting(parts, _best(parts)))
        right *= agrees
        wrong *= 1 - agrees
    return right / (right + wrong) if right + wrong else 0.0


def _by_sensor(stretch: _Stretch, rows: slice) -> list[list[tuple[Clues, slice]]]:
    present = sorted(_present(stretch, rows), key=lambda part: part[0].name)
    return [list(parts) for _, parts in groupby(present, key=lambda part: part[0].name)]


def _shares(parts: Sequence[tuple[Clues, slice]]) -> Floats:
    """Shape (states,): what one sensor's clues of a bout make of it, without the chain."""
    total = np.sum(
        [one.log_likelihood[rows][one.seen[rows]].sum(axis=0) for one, rows in parts], axis=0
    )
    shares = np.exp(total - total.max())
    return np.asarray(shares / shares.sum())


def _best(parts: Sequence[tuple[Clues, slice]]) -> State:
    return State(int(_shares(parts).argmax()))


def _lasting(parts: Sequence[tuple[Clues, slice]], state: State) -> float:
    """A sensor's certainty in a state, by time."""
    seconds = [rows.stop - rows.start for _, rows in parts]
    return float(np.average([one.certainty(rows, state) for one, rows in parts], weights=seconds))


def _doubts(stretch: _Stretch, bout: Bout) -> Iterator[Disagreement]:
    """Sensors that are as sure of another direction as they must be to call one."""
    if bout.origin is not Origin.FUSED or bout.direction not in _TRAVEL:
        return
    low = max(round(bout.start_s / EPOCH_S) - stretch.first, 0)
    high = max(round(bout.end_s / EPOCH_S) - stretch.first, low + 1)
    for parts in _by_sensor(stretch, slice(low, high)):
        best = _best(parts)
        probability = float(_shares(parts)[best]) * _lasting(parts, best)
        differs = best.direction in _TRAVEL and best.direction is not bout.direction
        if differs and probability >= _M.called:
            yield Disagreement(
                start_s=bout.start_s,
                end_s=bout.end_s,
                used=bout.origin,
                used_direction=bout.direction,
                other=parts[0][0].origin,
                other_direction=best.direction,
                other_probability=probability,
            )


#: Directions that sensors can contradict each other in.
_TRAVEL = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS)
