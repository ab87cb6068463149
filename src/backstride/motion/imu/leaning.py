"""How a sensor on the trunk leans against its own mean in forward gait, however it is mounted.

Up
    Within some seconds the gyroscope tells how the sensor turned; acceleration, turned back by
    that, averages to gravity, as steps add nothing over whole strides. What the gyroscope is off
    by grows from the middle of the seconds to both sides alike, so that their mean holds none.
Ahead
    Forward gait tells where ahead is. A runner is braked while the trunk sinks on the leg and
    pushed while it rises; a walker is pushed as the trunk sinks and braked as it vaults over the
    leg (Cavagna, Heglund and Taylor 1977, doi 10.1152/ajpregu.1977.233.5.R243). So level
    acceleration goes with the rate at which vertical acceleration changes: against it in running,
    along with it in walking. Sway to the sides has half the frequency and drops out. Whichever
    way a body faces, this is where it travels: backward bouts must point the opposite way, or
    nothing is said.

How upright the trunk is cannot be told: nobody knows how the sensor was put on. How much further it
leans in one bout than in another can, as long as it does not slip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout
from backstride.motion.imu.inertial import Inertial, rotated, running_turns, turns
from backstride.motion.series import Bools
from backstride.recording import Floats
from backstride.vocabulary import Direction, Gait

Indices = npt.NDArray[np.intp]

#: Samples that are averaged to one, for a trunk moves slowly.
_FEWER = 2


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/posture.toml``."""

    window_s: float = constant("posture.sensor_window_s")
    smoothing_s: float = constant("posture.sensor_smoothing_s")
    concord: float = constant("posture.sensor_concord")
    push_share: float = constant("posture.sensor_push")
    least_windows: float = constant("posture.sensor_windows")


_C = _Choices()


@dataclass(frozen=True, eq=False)
class Leaning:
    """Means over windows of some seconds: shape (n,) each; positive ahead, and to the left."""

    t_s: Floats
    ahead_rad: Floats
    left_rad: Floats


def leaning_of(inertial: Inertial, bouts: Sequence[Bout]) -> Leaning | None:
    """Lean of a trunk sensor in forward and backward bouts; None where ahead cannot be told.

    Parameters
    ----------
    bouts
        Of the whole recording. They must be right: they say where ahead is, and the mean of those
        forward is the zero of the angles.
    """
    moving = [bout for bout in bouts if bout.direction in _TRAVEL and bout.gait in _SIGNS]
    rate_hz = inertial.rate_hz / _FEWER
    width = round(_C.window_s * rate_hz)
    force, turning = (
        _fewer(values) for values in (inertial.acceleration_mps2, inertial.angular_velocity_radps)
    )
    known: Bools = _fewer(inertial.known[:, None].astype(np.float64))[:, 0] == 1
    t_s = inertial.start_s + np.arange(len(force), dtype=np.float64) / rate_hz
    first, sign, forward = _windows(moving, t_s, known, width)
    ways = (forward, ~forward)
    if min(way.sum() for way in ways) < _C.least_windows:
        return None
    samples = first[:, None] + np.arange(width)
    up = _up(force[samples], turning[samples] / rate_hz)
    pushed, most = _ahead(force[samples], up, rate_hz)
    # What points ahead in forward gait points back in backward gait.
    pushed = pushed * np.where(forward, sign, -sign)[:, None]
    shares = [pushed[way].sum(axis=0) / most[way].sum() for way in ways]
    towards = np.mean(shares, axis=0)
    lengths = np.linalg.norm(shares, axis=1)
    if lengths.min() < _C.push_share or np.linalg.norm(towards) < _C.concord * lengths.mean():
        return None
    mean = up.mean(axis=1)
    zero = _unit(_unit(mean[forward]).mean(axis=0))
    ahead = _unit(towards - (towards @ zero) * zero)
    left = np.cross(zero, ahead)
    # A trunk that leans ahead carries the sensor along, and up moves to its back.
    return Leaning(
        t_s=t_s[first] + _C.window_s / 2,
        ahead_rad=-np.arctan2(mean @ ahead, mean @ zero),
        left_rad=-np.arctan2(mean @ left, mean @ zero),
    )


_TRAVEL = (Direction.FORWARD, Direction.BACKWARD)
#: Whether ahead goes with the rate of vertical acceleration in forward gait, or against it.
_SIGNS = {Gait.WALK: 1.0, Gait.RUN: -1.0}


def _fewer(values: Floats) -> Floats:
    """Means of neighbours, shape (n // _FEWER, k)."""
    whole = len(values) // _FEWER * _FEWER
    return np.asarray(values[:whole].reshape(-1, _FEWER, values.shape[1]).mean(axis=1))


def _windows(
    bouts: Sequence[Bout], t_s: Floats, known: Bools, width: int
) -> tuple[Indices, Floats, Bools]:
    """First samples of windows within bouts, sign of their gait, and whether they go forward."""
    missing = np.concatenate([[0], np.cumsum(~known)])
    rows: list[tuple[int, float, bool]] = []
    for bout in bouts:
        begin, end = np.searchsorted(t_s, [bout.start_s, bout.end_s])
        firsts = np.arange(begin, end - width + 1, width)
        whole = missing[firsts + width] == missing[firsts]
        rows += [
            (int(first), _SIGNS[bout.gait], bout.direction is Direction.FORWARD)
            for first in firsts[whole]
        ]
    return (
        np.array([first for first, _, _ in rows], dtype=np.intp),
        np.array([sign for _, sign, _ in rows], dtype=np.float64),
        np.array([forward for _, _, forward in rows], dtype=np.bool_),
    )


def _up(force: Floats, turned_rad: Floats) -> Floats:
    """Shape (w, s, 3): up in the sensor's axes; both inputs of that shape."""
    since = running_turns(turns(np.moveaxis(turned_rad, -1, 0)))
    mean = rotated(since, np.moveaxis(force, -1, 0)).mean(axis=-1)
    back = np.concatenate([since[:1], -since[1:]])
    return np.moveaxis(rotated(back, np.repeat(mean[..., None], force.shape[1], axis=-1)), 0, -1)


def _ahead(force: Floats, up: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Level acceleration along with the rate of the vertical one, and the most it could be.

    Shape (w, 3) and (w,), summed over each window.
    """
    from scipy.ndimage import gaussian_filter1d

    size = np.linalg.norm(up, axis=-1, keepdims=True)
    felt = gaussian_filter1d(force - up, _C.smoothing_s * rate_hz, axis=1)
    vertical = (felt * up / size).sum(axis=-1)
    level = felt - vertical[..., None] * up / size
    rate = np.gradient(vertical, axis=1) * rate_hz
    most = np.sqrt((rate**2).sum(axis=1) * (vertical**2).sum(axis=1))
    return np.asarray((level * rate[..., None]).sum(axis=1)), np.asarray(most)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
