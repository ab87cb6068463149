"""Which way a foot points in the axes of a sensor that is mounted in any way on it.

Its left-right axis is the level one about which it turns most. Toe and heel are told apart because
between two flat stances a foot pitches further and longer toe down, behind the leg, than toe up, so
the cubes of its pitch add up to toe down. They do so when played in time reversed, too: this holds
whichever way the person goes.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.foot_path import blocks, joined
from backstride.motion.imu.inertial import Inertial
from backstride.recording import Floats

Indices = npt.NDArray[np.intp]

_LEAST_PITCH_RAD = float(constant("imu.least_pitch_rad"))
_AXIS_SKEW_SD = float(constant("imu.axis_skew_sd"))
_STRIDE_SKEW_SD = float(constant("imu.stride_skew_sd"))
_WIDEST_AXIS = float(constant("imu.widest_axis"))
#: A single stride does not tell toe from heel: it may be a kick.
FEWEST_STRIDES = int(constant("imu.fewest_strides"))


class FootAxis(NamedTuple):
    """The foot in the sensor's axes, and how well it is known.

    Attributes
    ----------
    left
        shape (3,), unit.
    level
        Whether one level axis stands out at all.
    probability
        That toe and heel have not been mistaken for each other; ½ where nothing tells.
    """

    left: Floats
    level: bool
    probability: float


def axis_of(
    inertial: Inertial, first: Indices, last: Indices, up: Floats
) -> tuple[FootAxis, npt.NDArray[np.bool_]]:
    """The foot's axes, and which strides are steps, shape (s,).

    Parameters
    ----------
    first, last
        shape (s,), samples of the stances at both ends of each stride.
    up
        shape (s, 3), where up is at the first.
    """
    left, level = _turning_axis(inertial, first, last, up)
    if not len(first):
        return FootAxis(left, level, 1 / 2), np.zeros(0, dtype=np.bool_)
    pitch = np.cumsum(np.einsum("ni,i->n", inertial.angular_velocity_radps, left))
    pitch /= inertial.rate_hz
    parts = (_pitched(pitch, place, length) for _, place, length in blocks(first, last))
    range_rad, cubes, sizes = joined(parts, first, last)
    stepped = range_rad > _LEAST_PITCH_RAD
    strides = int(stepped.sum())
    if not strides:
        return FootAxis(left, level, 1 / 2), stepped
    skew = float(cubes[stepped].sum() / sizes[stepped].sum())
    left = left if skew >= 0 else -left
    if strides < FEWEST_STRIDES:
        return FootAxis(left, level, 1 / 2), stepped
    from scipy.special import ndtr

    spread = np.hypot(_AXIS_SKEW_SD, _STRIDE_SKEW_SD / np.sqrt(strides))
    return FootAxis(left, level, float(ndtr(abs(skew) / spread))), stepped


def _pitched(pitch: Floats, place: Indices, length: Indices) -> tuple[Floats, Floats, Floats]:
    """Pitch of strides against the line from their first stance to their last.

    Returns
    -------
    From its least to its most; the sum of its cubes, and the same of its size; shape (s,) each.
    """
    along = np.minimum(np.arange(place.shape[1]) / length[:, None], 1)
    angle = pitch[place]
    angle -= angle[:, :1] + (angle[:, -1:] - angle[:, :1]) * along
    size = np.abs(angle)
    squares = angle**2
    return (
        np.ptp(angle, axis=1),
        np.einsum("sn,sn->s", squares, angle),
        np.einsum("sn,sn->s", squares, size),
    )


def _turning_axis(
    inertial: Inertial, first: Indices, last: Indices, up: Floats
) -> tuple[Floats, bool]:
    """Shape (3,), unit: the level axis about which the foot turns most within strides, either way.

    And whether it does so much more than about the level axis square to it.
    """
    inside = np.zeros(len(inertial) + 1, dtype=np.intp)
    np.add.at(inside, first, 1)
    np.add.at(inside, last, -1)
    turning = inertial.angular_velocity_radps[np.cumsum(inside)[:-1] > 0]
    scatter = np.einsum("ni,nj->ij", turning, turning)
    middle = up.sum(axis=0)
    size = float(np.linalg.norm(middle))
    if size > 0:
        flat = np.eye(len(middle)) - np.outer(middle, middle) / size**2
        scatter = flat @ scatter @ flat
    squares, axes = np.linalg.eigh(scatter)
    level = bool(squares[1] <= _WIDEST_AXIS**2 * squares[2])
    return np.asarray(axes[:, -1]), level
