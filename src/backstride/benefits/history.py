"""What benefits look at: one or several analyzed recordings of a person, cut into pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backstride.evidence import Constant, chance, constant, equation
from backstride.models import energy
from backstride.motion import Analysis
from backstride.motion.bouts import Bout
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

    def where(self, mask: npt.NDArray[np.bool_]) -> "Pieces":
        """The pieces of a mask, shape (n,)."""
        return Pieces(*(getattr(self, f.name)[mask] for f in fields(self)))

    @property
    def speed_mps(self) -> Floats:
        """Shape (n,)."""
        return np.asarray(self.distance_m / self.time_s)

    @property
    def slope(self) -> Floats:
        """The gradient, taken as level where the recording has no height."""
        return np.nan_to_num(self.gradient)

    def is_backward(self, name: str) -> Floats:
        """1 for backward, 0 for forward; when drawn, each bout by its probability, whole bouts.

        Returns
        -------
        ndarray
            shape (n,), or (draws, n) when an interval is sought.
        """
        bouts, first, inverse = np.unique(self.bout, return_index=True, return_inverse=True)
        right = chance(name, self.probability[first])[..., inverse]
        return np.where(self.backward, right, 1 - right) if len(bouts) else np.zeros(0)

    @cached_property
    def covered(self) -> Floats:
        """Shape (n,): 1 where cost has been measured at this gradient and direction, else 0."""
        return np.asarray(
            np.where(
                self.backward & self.running,
                energy.backward_covered(self.slope),
                energy.running_covered(self.slope),
            )
        )


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
    """The little of an analyzed recording that benefits need: years of them fit in memory."""

    start_utc: datetime | None
    pieces: Pieces
    suspected: tuple[Bout, ...]
    device_energy_j: float | None


def digest(analysis: Analysis) -> Digest:
    """Cut a recording's movement on foot into pieces."""
    rows = [
        _cut(analysis, bout, number)
        for number, bout in enumerate(analysis.bouts)
        if bout.direction in _TRAVEL and bout.gait in (Gait.RUN, Gait.WALK)
    ]
    on_foot = [s for s in analysis.recording.sections if s.sport is not Sport.OTHER]
    energies = [s.energy_j for s in on_foot if s.energy_j is not None]
    return Digest(
        start_utc=analysis.recording.start_utc,
        pieces=_joined(rows),
        suspected=analysis.bouts.suspected(),
        device_energy_j=sum(energies) if energies else None,
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
    def backward(self) -> Pieces:
        """The pieces that count as backward."""
        return self.pieces.where(self.pieces.backward)

    @cached_property
    def forward(self) -> Pieces:
        """The pieces that count as forward."""
        return self.pieces.where(~self.pieces.backward)

    def daily(self, values: Floats) -> Floats:
        """Sums per calendar day (UTC), from the first dated recording's to the last's.

        Parameters
        ----------
        values
            shape (..., n), one per piece.

        Returns
        -------
        ndarray
            shape (..., days); days is 0 where no recording has a date.
        """
        dates = [one.start_utc.date() if one.start_utc else None for one in self.digests]
        known = [date for date in dates if date is not None]
        if not known:
            return np.zeros((*values.shape[:-1], 0))
        first = min(known)
        day = np.array([-1 if date is None else (date - first).days for date in dates])
        of_piece = day[self.pieces.recording]
        return np.asarray(values @ (of_piece[:, None] == np.arange((max(known) - first).days + 1)))

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
