"""Bouts in a few batches each, with what posture and strides were on average in each batch.

Steps of one bout are alike, so that counting each as new evidence makes an interval too narrow.
Means over batches that are long against that likeness are nearly independent (method of batch
means; Schmeiser 1982, doi 10.1287/opre.30.3.556, finds that ten to thirty suffice). At most ten of
a bout are kept, so that years of recordings fit in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout, Bouts
from backstride.motion.path import Straight
from backstride.motion.posture import COLUMNS as POSTURE
from backstride.motion.posture import Means, Posture
from backstride.motion.series import Bools, Series
from backstride.motion.strides import Strides
from backstride.recording import Floats
from backstride.vocabulary import Direction, Gait, Side

Counts = npt.NDArray[np.int64]

#: Columns of strides that batches keep the mean of.
STRIDES = (
    "contact_s",
    "flight_s",
    "step_length_m",
    "cadence_spm",
    "stiffness_per_s2",
    "leg_stiffness_per_s2",
    "foot_strike_rad",
)
#: Columns of strides of which batches keep the variance about each foot's mean, and its freedom.
SPREADS = ("stride_s", "step_width_m")
#: Columns of strides that batches keep the symmetry index of.
FEET = ("contact_s",)

#: How far a straight strays; of batches that are cut by distance (`straights_of`).
DEVIATION = "path_deviation_m"

#: What a batch keeps, as `Batches.column` names it.
COLUMNS = (
    *POSTURE,
    *STRIDES,
    *(f"{name}:variance" for name in SPREADS),
    *(f"{name}:freedom" for name in SPREADS),
    *(f"{name}:symmetry" for name in FEET),
    DEVIATION,
)

#: Kinds of `Means` by their code in arrays.
MEANS = tuple(Means)


@dataclass(frozen=True, eq=False)
class Batches:
    """Batches of bouts that went forward or backward, walking or running.

    Attributes
    ----------
    recording, bout
        shape (n,): which recording, and which bout over all recordings.
    time_s, speed_mps, probability
        shape (n,): length, mean speed (NaN where not known), and that the direction is right.
    backward, running
        shape (n,).
    strides
        shape (n,), how many strides begin in it.
    seen_by, error_rad
        shape (n,), place in `MEANS` of what saw the posture, and standard deviation of what that
        may put between two directions.
    values
        shape (n, k), the columns of `COLUMNS`; NaN where not known.
    """

    recording: Counts
    bout: Counts
    time_s: Floats
    speed_mps: Floats
    probability: Floats
    backward: Bools
    running: Bools
    strides: Counts
    seen_by: Counts
    error_rad: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.bout)

    def column(self, name: str) -> Floats:
        """Shape (n,), one of `COLUMNS`."""
        return self.values[:, COLUMNS.index(name)]

    def where(self, mask: Bools) -> "Batches":
        """The batches of a mask, shape (n,)."""
        return Batches(*(getattr(self, f.name)[mask] for f in fields(self)))


def joined(parts: Sequence[Batches]) -> Batches:
    """Those of several recordings, their bouts numbered on."""
    numbered, bouts = [NO_BATCHES], 0
    for which, one in enumerate(parts):
        numbered.append(replace(one, recording=0 * one.bout + which, bout=one.bout + bouts))
        bouts += int(np.max(one.bout, initial=-1)) + 1
    return Batches(
        *(np.concatenate([getattr(one, f.name) for one in numbered]) for f in fields(Batches))
    )


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/posture.toml``."""

    shortest_s: float = constant("posture.batch_s")
    most: float = constant("posture.batches")
    edge_s: float = constant("posture.edge_s")


_C = _Choices()


def batches_of(bouts: Bouts, series: Series, posture: Posture | None, strides: Strides) -> Batches:
    """Cut bouts in batches and take the means; none where neither posture nor strides are known.

    The first and last half second of a bout belong to the change of direction and are left out.
    """
    if posture is None and not len(strides):
        return NO_BATCHES
    rows = [
        (number, bout, start_s, end_s)
        for number, bout in enumerate(bouts)
        if bout.direction in _TRAVEL and bout.gait in (Gait.RUN, Gait.WALK)
        for start_s, end_s in _cut(bout)
    ]
    if not rows:
        return NO_BATCHES
    start_s, end_s = np.array([row[2:] for row in rows], dtype=np.float64).T
    count = len(rows)
    values = np.full((count, len(COLUMNS)), np.nan)
    _, speed = _means(_places(series.t_s + 1 / 2, start_s, end_s), series.speed_mps, count)
    if posture is not None:
        place = _places(posture.table.t_s, start_s, end_s)
        for name in POSTURE:
            values[:, COLUMNS.index(name)] = _means(place, posture.table.column(name), count)[1]
    bout = np.array([row[0] for row in rows])
    place = _places(strides.table.t_s, start_s, end_s)
    until = _places(strides.table.t_s + strides.column("stride_s"), start_s, end_s)
    # A stride that begins in a bout and ends after it is a change of direction.
    place[(until < 0) | (bout[until] != bout[place])] = -1
    values[:, len(POSTURE) : -1] = _of_strides(strides, place, count)
    return Batches(
        recording=np.zeros(count, dtype=np.int64),
        bout=bout,
        time_s=end_s - start_s,
        speed_mps=speed,
        probability=np.array([row[1].probability for row in rows]),
        backward=np.array([row[1].direction is Direction.BACKWARD for row in rows]),
        running=np.array([row[1].gait is Gait.RUN for row in rows]),
        strides=np.bincount(place[place >= 0], minlength=count),
        seen_by=np.full(count, MEANS.index(posture.means) if posture else -1),
        error_rad=np.full(count, posture.error_rad if posture else np.nan),
        values=values,
    )


_TRAVEL = (Direction.FORWARD, Direction.BACKWARD)


def straights_of(bouts: Bouts, straights: Sequence[Straight]) -> Batches:
    """Batches of as many metres as a `Straight` has, of which only the deviation is known."""
    ways = [
        (each, bout)
        for each in straights
        if (bout := bouts.items[each.bout]).gait in (Gait.RUN, Gait.WALK)
    ]
    count = len(ways)
    values = np.full((count, len(COLUMNS)), np.nan)
    values[:, COLUMNS.index(DEVIATION)] = [each.deviation_m for each, _ in ways]
    return Batches(
        recording=np.zeros(count, dtype=np.int64),
        bout=np.array([each.bout for each, _ in ways], dtype=np.int64),
        time_s=np.array([each.time_s for each, _ in ways], dtype=np.float64),
        speed_mps=np.array([each.length_m / each.time_s for each, _ in ways], dtype=np.float64),
        probability=np.array([bout.probability for _, bout in ways], dtype=np.float64),
        backward=np.array([bout.direction is Direction.BACKWARD for _, bout in ways], np.bool_),
        running=np.array([bout.gait is Gait.RUN for _, bout in ways], np.bool_),
        strides=np.zeros(count, dtype=np.int64),
        seen_by=np.full(count, -1),
        error_rad=np.full(count, np.nan),
        values=values,
    )


def _cut(bout: Bout) -> list[tuple[float, float]]:
    """Starts and ends of a bout's batches."""
    start, end = bout.start_s + _C.edge_s, bout.end_s - _C.edge_s
    count = int(min(max((end - start) // _C.shortest_s, 0), _C.most))
    edges = np.linspace(start, end, count + 1)
    return list(pairwise(edges.tolist())) if count else []


def _places(t_s: Floats, start_s: Floats, end_s: Floats) -> Counts:
    """Shape (m,): in which batch each time lies; -1 for none."""
    place = np.searchsorted(start_s, t_s, side="right") - 1
    return np.where((place >= 0) & (t_s < end_s[place]), place, -1)


def _means(place: Counts, values: Floats, count: int) -> tuple[Floats, Floats]:
    """How many values of each place are known, and their mean; shape (count,) each."""
    known = (place >= 0) & np.isfinite(values)
    number = np.bincount(place[known], minlength=count).astype(np.float64)
    sums = np.bincount(place[known], values[known], minlength=count)
    return number, np.divide(sums, number, out=np.full(count, np.nan), where=number > 0)


def _of_strides(strides: Strides, place: Counts, count: int) -> Floats:
    """Shape (count, columns of strides)."""
    side = np.array([_FEET.index(one) if one in _FEET else -1 for one in strides.side], dtype=int)
    # Batch and foot in one number; where the foot is not known, only the batch's own mean is.
    foot = np.where((place >= 0) & (side >= 0), place * len(_FEET) + side, -1)
    means = [_means(place, strides.column(name), count)[1] for name in STRIDES]
    variances, freedoms, symmetry = [], [], []
    for name in SPREADS:
        values = strides.column(name)
        number, middle = _means(foot, values, count * len(_FEET))
        off = np.where(foot >= 0, values - middle[foot], np.nan)
        squares = np.nan_to_num(_means(foot, off**2, count * len(_FEET))[1] * number)
        freedom = np.maximum(number - 1, 0).reshape(count, -1).sum(axis=1)
        total = squares.reshape(count, -1).sum(axis=1)
        variances.append(np.divide(total, freedom, out=np.full(count, np.nan), where=freedom > 0))
        freedoms.append(freedom)
    for name in FEET:
        _, middle = _means(foot, strides.column(name), count * len(_FEET))
        left, right = middle.reshape(count, -1).T
        symmetry.append(2 * (right - left) / (right + left))
    return np.column_stack([*means, *variances, *freedoms, *symmetry])


_FEET = (Side.LEFT, Side.RIGHT)

_NONE = np.zeros(0)
#: Of a recording that shows neither posture nor strides.
NO_BATCHES = Batches(
    recording=_NONE.astype(np.int64),
    bout=_NONE.astype(np.int64),
    time_s=_NONE,
    speed_mps=_NONE,
    probability=_NONE,
    backward=_NONE.astype(np.bool_),
    running=_NONE.astype(np.bool_),
    strides=_NONE.astype(np.int64),
    seen_by=_NONE.astype(np.int64),
    error_rad=_NONE,
    values=np.zeros((0, len(COLUMNS))),
)
