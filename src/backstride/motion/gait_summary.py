"""Strides in short: how they were on average in each direction, how even and how much alike."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.motion.series import Bools
from backstride.motion.strides import COLUMNS, Strides
from backstride.recording import Floats
from backstride.vocabulary import QUANTITIES, Direction, Gait, Side

#: Columns that both feet should have alike.
BOTH_FEET = (
    "contact_s",
    "swing_s",
    "flight_s",
    "step_s",
    "stride_s",
    "step_length_m",
    "stride_length_m",
    "foot_clearance_m",
)


@dataclass(frozen=True)
class Summary:
    """One column over the strides that know it: mean, and standard deviation between strides.

    `sd` is None for one stride; `variation`, the coefficient of variation, also for what can be
    below zero, as angles can.
    """

    count: int
    mean: float
    sd: float | None
    variation: float | None


@dataclass(frozen=True)
class Symmetry:
    """One column by foot.

    `index` is the symmetry index, 2 (right - left) / (right + left): 0 if both are alike, positive
    where the right one is larger (Robinson, Herzog and Nigg 1987, J Manipulative Physiol Ther
    10:172-176, who give it in per cent).
    """

    left: Summary
    right: Summary
    index: float


@dataclass(frozen=True)
class GaitSummary:
    """All strides of one direction and gait of a recording.

    Attributes
    ----------
    strides
        How many there are.
    columns
        Those of `strides.COLUMNS` that any stride knows.
    symmetry
        Those of `BOTH_FEET` that strides of both feet know.
    """

    direction: Direction
    gait: Gait
    strides: int
    columns: Mapping[str, Summary]
    symmetry: Mapping[str, Symmetry]


def summarized(strides: Strides) -> tuple[GaitSummary, ...]:
    """A summary for each direction and gait that occurs, in the order of the vocabulary."""
    direction, gait, side = (
        np.array(labels, dtype=object) for labels in (strides.direction, strides.gait, strides.side)
    )
    found = []
    for each in Direction:
        for way in Gait:
            rows = np.asarray((direction == each) & (gait == way), dtype=np.bool_)
            if rows.any():
                found.append(_summary(strides, rows, side, each, way))
    return tuple(found)


def _summary(
    strides: Strides,
    rows: Bools,
    side: npt.NDArray[np.object_],
    direction: Direction,
    gait: Gait,
) -> GaitSummary:
    columns = {name: strides.column(name)[rows] for name in COLUMNS}
    left, right = side[rows] == Side.LEFT, side[rows] == Side.RIGHT
    feet = {
        name: (_of(name, columns[name][left]), _of(name, columns[name][right]))
        for name in BOTH_FEET
    }
    return GaitSummary(
        direction=direction,
        gait=gait,
        strides=int(rows.sum()),
        columns={name: one for name, values in columns.items() if (one := _of(name, values)).count},
        symmetry={
            name: Symmetry(one, other, symmetry_index(one.mean, other.mean))
            for name, (one, other) in feet.items()
            if one.count and other.count
        },
    )


def _of(name: str, values: Floats) -> Summary:
    known = values[np.isfinite(values)]
    if not len(known):
        return Summary(0, 0.0, None, None)
    mean = float(known.mean())
    sd = float(known.std(ddof=1)) if len(known) > 1 else None
    of_ratios = sd is not None and QUANTITIES[name].low >= 0 and mean > 0
    return Summary(len(known), mean, sd, sd / mean if of_ratios and sd is not None else None)


def symmetry_index(left: float, right: float) -> float:
    """Robinson, Herzog and Nigg's index as a share; 0 where there is nothing on either side."""
    both = (left + right) / 2
    return (right - left) / both if both else 0.0
