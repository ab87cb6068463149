"""A recording in epochs of a few seconds, as the watch model takes it in."""

from dataclasses import dataclass

import numpy as np

from backstride.evidence import constant
from backstride.motion.series import Bools, Series
from backstride.recording import Floats

#: Length of an epoch.
EPOCH_S = int(constant("watch.epoch_s"))
#: At less than either a person does not walk.
MOVING_MPS = constant("watch.moving_mps")
MOVING_SPM = constant("watch.moving_spm")
_LAG_S = constant("watch.heart_rate_lag_s")


@dataclass(frozen=True, eq=False)
class Epochs:
    """Means over the seconds of an epoch that count; all of shape (m,).

    `moving` is whether the person moves, `seen` whether both speed and cadence are known.
    """

    log_speed: Floats
    log_cadence: Floats
    gradient: Floats
    log_contact: Floats
    log_oscillation: Floats
    log_heart_rate: Floats
    log_lagged_speed: Floats
    moving: Bools
    seen: Bools


def mean_of(values: Floats, usable: Bools) -> Floats:
    """Shape (m,): mean of each epoch's usable finite values, NaN where there is none."""
    short = -len(values) % EPOCH_S
    counted = usable & np.isfinite(values)
    filled = np.pad(np.where(counted, values, 0), (0, short)).reshape(-1, EPOCH_S)
    counts = np.pad(counted, (0, short)).reshape(-1, EPOCH_S).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(filled.sum(axis=1) / counts)


def epochs_of(series: Series, usable: Bools) -> Epochs:
    speed = mean_of(series.speed_mps, usable)
    cadence = mean_of(series.cadence_spm, usable)
    with np.errstate(invalid="ignore", divide="ignore"):
        moving = (speed >= MOVING_MPS) & (cadence >= MOVING_SPM)
        return Epochs(
            log_speed=np.log(speed),
            log_cadence=np.log(cadence),
            gradient=mean_of(series.gradient, usable),
            log_contact=np.log(mean_of(series.contact_s, usable)),
            log_oscillation=np.log(mean_of(series.vertical_oscillation_m, usable)),
            log_heart_rate=np.log(mean_of(series.heart_rate_bpm, usable)),
            log_lagged_speed=np.log(_lagged(speed)),
            moving=moving,
            seen=np.isfinite(speed),
        )


def _lagged(speed: Floats) -> Floats:
    """Speed as heart rate follows it: an exponential mean over the past."""
    decay = np.exp(-EPOCH_S / _LAG_S)
    kernel = decay ** np.arange(min(len(speed), int(2 * _LAG_S / EPOCH_S)))
    known = np.isfinite(speed)
    sums = np.convolve(np.where(known, speed, 0), kernel)[: len(speed)]
    counts = np.convolve(known.astype(np.float64), kernel)[: len(speed)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / counts)
