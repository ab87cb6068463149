"""Backward against forward of one person at matched speed, with an interval."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from backstride.benefits.batches import Batches
from backstride.evidence import (
    CONFIDENCE,
    Constant,
    Grade,
    Spread,
    chance,
    constant,
    equation,
    total,
)
from backstride.recording import Floats


@dataclass(frozen=True)
class Matched:
    """One quantity in both directions.

    Attributes
    ----------
    backward, forward
        Means; `difference` is the first less the second, with its 95 % interval.
    bouts
        How many bouts backward and forward it rests on.
    speeds_known
        Whether the speeds are known to match; else nothing is known of them.
    running
        Whether it is running that is compared, or walking.
    together
        Whether any recording holds both directions.
    probability, weight
        shape (k,): of each backward bout, that its direction is right, and its share.
    """

    backward: float
    forward: float
    difference: Spread
    bouts: tuple[int, int]
    speeds_known: bool
    running: bool
    together: bool
    probability: Floats
    weight: Floats

    def right(self, name: str) -> Floats:
        """Share of the backward part that was backward, shape (..., 1); draws where sought.

        Where a bout turns out not to have been backward, it changed nothing.
        """
        return total(chance(name, self.probability) * self.weight)

    @property
    def grade(self) -> Grade:
        """One runner watched: C at best.

        D where one bout has to stand for all, or no recording holds both directions, so that what
        was placed anew in between is in the difference.
        """
        return Grade.C if self.between_bouts and self.together else Grade.D

    @property
    def between_bouts(self) -> bool:
        """Whether there are bouts enough to tell how bouts of one direction differ."""
        return min(self.bouts) > 1


@equation(returns="share", source="")
def _near(ratio: Floats, *, within: Constant = constant("benefits.matched_speed")) -> Floats:
    """1 where speeds match."""
    return np.asarray(np.abs(ratio - 1) <= within, dtype=np.float64)


@equation(returns="count", source="")
def least_batches(*, least: Constant = constant("posture.least_batches")) -> int:
    """Batches of each direction that a comparison needs."""
    return int(least)


def same_speed(batches: Batches) -> Batches:
    """Batches that have one of the other direction at a speed that matches theirs.

    Where no speed is known at all, all are taken.
    """
    speed, backward = batches.speed_mps, batches.backward
    known = np.isfinite(speed) & (speed > 0)
    if not known.any():
        return batches
    keeps = np.zeros(len(batches), dtype=np.bool_)
    for mine, others in (
        (backward & known, ~backward & known),
        (~backward & known, backward & known),
    ):
        if mine.any() and others.any():
            keeps[mine] = _near(_nearest(speed[mine], np.sort(speed[others])) / speed[mine]) > 0
    return batches.where(keeps)


def _nearest(values: Floats, choices: Floats) -> Floats:
    """Shape of `values`: of the choices, in rising order, the nearest to each."""
    after = np.clip(np.searchsorted(choices, values), 1, max(len(choices) - 1, 1))
    low, high = choices[after - 1], choices[np.minimum(after, len(choices) - 1)]
    return np.where(values - low <= high - values, low, high)


def matched(
    batches: Batches, of: Callable[[Batches], Floats], error: Callable[[Batches], float]
) -> Matched | None:
    """Means of a quantity over batches of matched speed, backward less forward.

    Running is compared with running where there is enough of both, else walking with walking. The
    interval is Welch's t (Welch 1947, doi 10.1093/biomet/34.1-2.28), of batches and, where there
    are two bouts or more in each direction, of bouts; the wider one is taken, and the measuring
    error added to it.

    Parameters
    ----------
    of
        The quantity in each batch, shape (n,); NaN where it is not known.
    error
        Standard deviation of what measuring may put between the two directions.

    Returns
    -------
    Matched or None
        None where there is too little of either direction at matched speed.
    """
    for running in (True, False):
        known = batches.where(batches.running == running)
        known = same_speed(known.where(np.isfinite(of(known))))
        values, backward = of(known), known.backward
        if min(backward.sum(), (~backward).sum()) < least_batches():
            continue
        _, first, group = np.unique(known.bout, return_index=True, return_inverse=True)
        sizes = np.bincount(np.ravel(group))
        of_bouts, which = np.bincount(np.ravel(group), values) / sizes, backward[first]
        half = _half_width(values[backward], values[~backward])
        if min(which.sum(), (~which).sum()) > 1:
            half = max(half, _half_width(of_bouts[which], of_bouts[~which]))
        half = float(np.hypot(half, _EDGE * error(known)))
        behind, ahead = float(np.mean(values[backward])), float(np.mean(values[~backward]))
        middle = behind - ahead
        return Matched(
            backward=behind,
            forward=ahead,
            difference=Spread(middle, middle - half, middle + half),
            bouts=(int(which.sum()), int((~which).sum())),
            speeds_known=bool(np.isfinite(known.speed_mps).all()),
            running=running,
            together=_together(known),
            probability=known.probability[first][which],
            weight=sizes[which] / sizes[which].sum(),
        )
    return None


def matched_scatter(
    batches: Batches, name: str, error: float, *, least_freedom: float
) -> Matched | None:
    """Standard deviation of a column between strides of matched speed, backward less forward.

    The interval is normal, from the degrees of freedom of both, and where there are two bouts or
    more in each direction Welch's t of theirs; the wider one is taken, and `error` added.
    """
    for running in (True, False):
        some = batches.where(batches.running == running)
        known = same_speed(some.where(some.column(f"{name}:freedom") > 0))
        freedom, backward = known.column(f"{name}:freedom"), known.backward
        squares = known.column(f"{name}:variance") * freedom
        ways = (backward, ~backward)
        if min(float(freedom[way].sum()) for way in ways) < least_freedom:
            continue
        sds = [float(np.sqrt(squares[way].sum() / freedom[way].sum())) for way in ways]
        errors = [sd**2 / (2 * freedom[way].sum()) for sd, way in zip(sds, ways, strict=True)]
        half = _EDGE * float(np.sqrt(sum(errors)))
        _, first, group = np.unique(known.bout, return_index=True, return_inverse=True)
        of_bouts = np.sqrt(
            np.bincount(np.ravel(group), squares) / np.bincount(np.ravel(group), freedom)
        )
        which = backward[first]
        if min(which.sum(), (~which).sum()) > 1:
            half = max(half, _half_width(of_bouts[which], of_bouts[~which]))
        half = float(np.hypot(half, _EDGE * error))
        weight = np.bincount(np.ravel(group), freedom)[which]
        return Matched(
            backward=sds[0],
            forward=sds[1],
            difference=Spread(sds[0] - sds[1], sds[0] - sds[1] - half, sds[0] - sds[1] + half),
            bouts=(int(which.sum()), int((~which).sum())),
            speeds_known=bool(np.isfinite(known.speed_mps).all()),
            running=running,
            together=_together(known),
            probability=known.probability[first][which],
            weight=weight / weight.sum(),
        )
    return None


def _together(known: Batches) -> bool:
    return bool(np.isin(known.recording[known.backward], known.recording[~known.backward]).any())


def _half_width(one: Floats, other: Floats) -> float:
    """Half the width of Welch's interval for a difference of means."""
    from scipy.special import stdtrit

    squares = [float(np.var(each, ddof=1)) / len(each) for each in (one, other)]
    if not sum(squares) > 0:
        return 0.0
    freedom = sum(squares) ** 2 / sum(
        square**2 / (len(each) - 1) for square, each in zip(squares, (one, other), strict=True)
    )
    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2) * np.sqrt(sum(squares)))


#: Half the width of a 95 % interval in standard deviations.
_EDGE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
