"""What benefits look at: one or several analyzed recordings of a person, cut into pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backstride.benefits.batches import NO_BATCHES, Batches, batches_of, joined, straights_of
from backstride.evidence import Constant, chance, constant, equation
from backstride.models import energy
from backstride.motion import Analysis
from backstride.motion.bouts import Bout
from backstride.motion.path import paths_of
from backstride.motion.posture import posture_of
from backstride.recording import Athlete, Floats
from backstride.vocabulary import Direction, Gait, Sport


@dataclass(frozen=True, eq=False)
class Pieces:
    """Short stretches of moving on foot, each of one direction and one gait.

    Attributes
    ----------
    recording, bout
        shape (n,), int: which recording, and which bout over all recordings.
    start_s, time_s, distance_m
        shape (n,).
    gradient, heart_rate_bpm, cadence_spm
        shape (n,), means over the piece; NaN where missing.
    backward, running
        shape (n,), bool.
    probability
        shape (n,), that the direction is right.
    """

    recording: npt.NDArray[np.int64]
    bout: npt.NDArray[np.int64]
    start_s: Floats
    time_s: Floats
    distance_m: Floats
    gradient: Floats
    heart_rate_bpm: Floats
    cadence_spm: Floats
    backward: npt.NDArray[np.bool_]
    running: npt.NDArray[np.bool_]
    probability: Floats

    def __len__(self) -> int:
        return len(self.time_s)

    def where(self, mask: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Pieces":
        """The pieces of a mask, shape (n,), or of indices."""
        return Pieces(*(getattr(self, f.name)[mask] for f in fields(self)))

    def split(self, by: npt.NDArray[np.generic]) -> Iterator["Pieces"]:
        """Runs of neighbouring pieces with the same value of `by`, shape (n,)."""
        edges = np.flatnonzero(np.r_[True, by[1:] != by[:-1], True][: len(by) + 1])
        for first, end in pairwise(edges if len(by) else ()):
            yield Pieces(*(getattr(self, f.name)[first:end] for f in fields(self)))

    def merged(self) -> "Pieces":
        """Like with like, so that years of pieces can be drawn hundreds of times.

        Forward pieces of one gait, gradient (to a hundredth) and speed (to one per cent) become
        one; backward ones of one gradient within their bout. Time and distance add up, gradients
        are averaged over distance; heart rate, cadence and place in time are lost.
        """
        if not len(self):
            return self
        speed = np.log(np.maximum(self.speed_mps, _TINY))
        keys = np.column_stack(
            (
                np.where(self.backward, self.bout, -1),
                self.running,
                np.round(100 * self.slope),
                np.where(self.backward, 0, np.round(100 * speed)),
            )
        )
        _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        group = np.ravel(group)
        missing = np.full(len(first), np.nan)
        weight = self.distance_m + _TINY
        mean = np.bincount(group, weights=self.slope * weight) / np.bincount(group, weights=weight)
        return replace(
            self.where(first),
            gradient=np.where(np.isnan(self.gradient[first]), np.nan, mean),
            time_s=np.asarray(np.bincount(group, weights=self.time_s), dtype=np.float64),
            distance_m=np.asarray(np.bincount(group, weights=self.distance_m), dtype=np.float64),
            heart_rate_bpm=missing,
            cadence_spm=missing,
        )

    @property
    def speed_mps(self) -> Floats:
        """Shape (n,)."""
        return np.asarray(self.distance_m / self.time_s)

    @property
    def slope(self) -> Floats:
        """The gradient, taken as level where the recording has no height."""
        return np.nan_to_num(self.gradient)

    def is_backward(self, name: str) -> Floats:
        """1 for backward, 0 for forward; when drawn, backward bouts by their probability, whole.

        What counts as forward stays forward: the runner did not say otherwise.

        Returns
        -------
        ndarray
            shape (n,), or (draws, n) when an interval is sought.
        """
        bouts, first, inverse = np.unique(self.bout, return_index=True, return_inverse=True)
        right = chance(name, self.probability[first])[..., inverse]
        return np.where(self.backward, right, 0.0) if len(bouts) else np.zeros(0)

    @cached_property
    def covered(self) -> Floats:
        """Shape (n,): 1 where cost has been measured at this gradient and direction, else 0."""
        return np.asarray(
            np.where(
                self.backward,
                energy.backward_covered(self.slope),
                energy.running_covered(self.slope),
            )
        )


_TINY = float(np.finfo(np.float64).tiny)


@equation(returns="time_s", source="")
def _piece_length(*, length: Constant = constant("energy.piece_s")) -> float:
    """Models see a bout in pieces of this length."""
    return float(length)


@equation(returns="time_s", source="")
def least_backward(*, least: Constant = constant("benefits.least_backward_s")) -> float:
    """Less backward movement than this is not assessed."""
    return float(least)


@dataclass(frozen=True, eq=False)
class Digest:
    """The little of an analyzed recording that benefits need: years of them fit in memory.

    `batches` hold posture and strides, `straights` how far 20 m of path stray from a line, and
    `walks_s` timed walks backward, where the recording shows them.
    """

    start_utc: datetime | None
    pieces: Pieces
    suspected: tuple[Bout, ...]
    device_energy_j: float | None
    batches: Batches = NO_BATCHES
    straights: Batches = NO_BATCHES
    walks_s: tuple[float, ...] = ()


def digest(analysis: Analysis) -> Digest:
    """Cut a recording's movement on foot into pieces."""
    rows = [
        _cut(analysis, bout, number)
        for number, bout in enumerate(analysis.bouts)
        if bout.direction in _TRAVEL and bout.gait in (Gait.RUN, Gait.WALK)
    ]
    on_foot = [s for s in analysis.recording.sections if s.sport is not Sport.OTHER]
    energies = [s.energy_j for s in on_foot if s.energy_j is not None]
    paths = paths_of(analysis.bodies, analysis.bouts.items)
    return Digest(
        start_utc=analysis.recording.start_utc,
        pieces=_joined(rows),
        suspected=analysis.bouts.suspected(),
        device_energy_j=sum(energies) if energies else None,
        batches=batches_of(
            analysis.bouts,
            analysis.series,
            posture_of(analysis.recording, analysis.bodies, analysis.bouts.items),
            analysis.strides,
        ),
        straights=straights_of(analysis.bouts, paths.straights),
        walks_s=paths.walks_s,
    )


@dataclass(frozen=True, eq=False)
class History:
    """One or several recordings of one person, in order of time."""

    digests: tuple[Digest, ...]
    athlete: Athlete

    @cached_property
    def pieces(self) -> Pieces:
        """All recordings' forward and backward movement on foot, in order."""
        parts, bouts = [], 0
        for which, one in enumerate(self.digests):
            pieces = one.pieces
            number = np.full(len(pieces), which)
            parts.append(replace(pieces, recording=number, bout=pieces.bout + bouts))
            bouts += int(np.max(pieces.bout, initial=-1)) + 1
        return _joined([tuple(getattr(part, f.name) for f in fields(Pieces)) for part in parts])

    @cached_property
    def batches(self) -> Batches:
        """Posture and strides of all recordings."""
        return joined([one.batches for one in self.digests])

    @cached_property
    def straights(self) -> Batches:
        """Straight stretches of all recordings."""
        return joined([one.straights for one in self.digests])

    @property
    def walks_s(self) -> tuple[float, ...]:
        """Timed walks backward of all recordings."""
        return tuple(each for one in self.digests for each in one.walks_s)

    @cached_property
    def backward(self) -> Pieces:
        """The pieces that count as backward."""
        return self.pieces.where(self.pieces.backward)

    @cached_property
    def forward(self) -> Pieces:
        """The pieces that count as forward."""
        return self.pieces.where(~self.pieces.backward)

    @cached_property
    def before_backward(self) -> Pieces:
        """Forward pieces of each recording before anything backward in it."""
        parts = [
            part.where(~np.logical_or.accumulate(part.backward))
            for part in self.pieces.split(self.pieces.recording)
        ]
        return _joined([tuple(getattr(part, f.name) for f in fields(Pieces)) for part in parts])

    def daily(self, pieces: Pieces, values: Floats) -> Floats:
        """Sums of `values` per calendar day (UTC), from the first dated recording's to the last's.

        Parameters
        ----------
        values
            shape (..., n), one per piece of `pieces`.

        Returns
        -------
        ndarray
            shape (..., days); days is 0 where no recording has a date.
        """
        dates = [one.start_utc.date() if one.start_utc else None for one in self.digests]
        known = [date for date in dates if date is not None]
        if not known:
            return np.zeros((*values.shape[:-1], 0))
        first, days = min(known), (max(known) - min(known)).days + 1
        # Pieces of one recording stand together; the last slot takes what has no date.
        day = np.array([days if date is None else (date - first).days for date in dates])
        found = np.zeros((*values.shape[:-1], days + 1))
        if len(pieces):
            edges = np.flatnonzero(np.r_[True, np.diff(pieces.recording) != 0])
            sums = np.add.reduceat(values, edges, axis=-1)
            for place, which in enumerate(pieces.recording[edges]):
                found[..., day[which]] += sums[..., place]
        return found[..., :-1]

    @property
    def suspected(self) -> tuple[Bout, ...]:
        """Bouts that wait for the runner's word."""
        return tuple(bout for one in self.digests for bout in one.suspected)


def _joined(rows: Sequence[tuple[npt.NDArray[np.generic], ...]]) -> Pieces:
    columns = (
        [np.concatenate(column) for column in zip(*rows, strict=True)]
        if rows
        else [np.zeros(0) for _ in fields(Pieces)]
    )
    kinds = {"recording": np.int64, "bout": np.int64, "backward": np.bool_, "running": np.bool_}
    return Pieces(
        *(
            np.asarray(column, dtype=kinds.get(f.name, np.float64))
            for f, column in zip(fields(Pieces), columns, strict=True)
        )
    )


_TRAVEL = (Direction.FORWARD, Direction.BACKWARD)


def _cut(analysis: Analysis, bout: Bout, number: int) -> tuple[Floats, ...]:
    """A bout's recorded seconds in pieces, as columns in the order of `Pieces`."""
    series = analysis.series
    seconds = np.flatnonzero(series.on_foot[(span := series.within(bout.start_s, bout.end_s))])
    seconds = seconds + (span.start or 0)
    if not len(seconds):
        return tuple(np.zeros(0) for _ in fields(Pieces))
    piece = ((series.t_s[seconds] - series.t_s[seconds[0]]) // _piece_length()).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, np.diff(piece) > 0])
    count = np.diff(np.r_[starts, len(piece)]).astype(np.float64)

    def mean(values: Floats) -> Floats:
        known = np.isfinite(values)
        sums = np.add.reduceat(np.where(known, values, 0.0), starts)
        counts = np.add.reduceat(known.astype(np.float64), starts)
        return np.asarray(
            np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)
        )

    same = np.ones(len(starts))
    return (
        same * 0,
        same * number,
        series.t_s[seconds][starts],
        count,
        np.add.reduceat(series.distance_m[seconds], starts),
        mean(series.gradient[seconds]),
        mean(series.heart_rate_bpm[seconds]),
        mean(series.cadence_spm[seconds]),
        same * (bout.direction is Direction.BACKWARD),
        same * (bout.gait is Gait.RUN),
        same * bout.probability,
    )
