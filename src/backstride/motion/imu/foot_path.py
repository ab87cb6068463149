"""The way of a foot from one stance to the next, by strapdown integration.

A foot that stands still at both ends of a stride has gained no velocity in it, so all that it felt
on average, turned into the axes that it began with, is gravity. That mean is taken for up, and is
taken off: what is left is summed up twice. In running this is much better than to take gravity
from the stance itself (as in the zero-velocity updates of Foxlin 2005, doi 10.1109/MCG.2005.140),
for a runner's foot is pushed on while it stands; in walking it is as good.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.inertial import Inertial, composed, rotated, running_turns, turns
from backstride.recording import Floats

Indices = npt.NDArray[np.intp]

#: Strides worked on at once, so that memory does not grow with the recording.
_BLOCK = 1000

_GRAVITY = float(constant("imu.gravity"))
_SCALE_ERROR = float(constant("imu.scale_error"))


class Paths(NamedTuple):
    """Strides in the sensor's axes at the start of each, rows of shape (s, ...).

    Attributes
    ----------
    displacement_m
        shape (s, 3).
    up
        shape (s, 3), unit vectors.
    turned
        shape (s, 4), the sensor's whole rotation: quaternions w, x, y, z.
    drift_mps
        shape (s,), velocity that no tilt explains: of a stance that was none, above all.
    lift_m
        shape (s,), how far above its two ends the foot came.
    lean_rad
        shape (s,), between up and what was felt at the two stances, on average: next to nothing if
        the foot stood, much if it went on along a curve, as on a pedal.
    """

    displacement_m: Floats
    up: Floats
    turned: Floats
    drift_mps: Floats
    lift_m: Floats
    lean_rad: Floats


def paths(inertial: Inertial, calm: Floats, place: Indices, length: Indices) -> Paths:
    """Integrate strides.

    Parameters
    ----------
    calm
        shape (n, 3), acceleration averaged over some samples.
    place
        shape (s, n): samples of each stride, the last one again where it is over.
    length
        shape (s,), samples from its first to its last.
    """
    steps = (np.arange(place.shape[1]) < length[:, None]) / inertial.rate_hz
    rotation = inertial.angular_velocity_radps.T[:, place] * steps
    turned = running_turns(turns(rotation))
    # A sample's acceleration acts in the middle of the turn that its own angular velocity makes.
    force = inertial.acceleration_mps2.T[:, place]
    force = rotated(composed(turned, turns(-rotation / 2)), force)
    seconds = length / inertial.rate_hz
    mean = np.einsum("isn,sn->is", force, steps) / seconds
    size = np.sqrt(np.einsum("is,is->s", mean, mean))
    up = mean / size
    # An accelerometer's scale may be a little off, not more.
    scale = np.clip(_GRAVITY / size, 1 - _SCALE_ERROR, 1 + _SCALE_ERROR)
    force -= mean[..., None]
    force *= scale[:, None] * steps
    velocity = np.cumsum(force, axis=-1)
    height = np.cumsum(np.einsum("is,isn->sn", up, velocity) * steps, axis=-1)
    slope = height[:, -1:] * np.cumsum(steps, axis=-1) / seconds[:, None]
    felt = np.stack([calm[place[:, 0]].T, rotated(turned[..., -1], calm[place[:, -1]].T)])
    along = np.einsum("eis,is->es", felt, up) / np.sqrt(np.einsum("eis,eis->es", felt, felt))
    return Paths(
        displacement_m=np.einsum("isn,sn->si", velocity, steps),
        up=up.T,
        turned=turned[..., -1].T,
        drift_mps=np.abs(size - _GRAVITY) * seconds,
        lift_m=(height - slope).max(axis=-1, initial=0),
        lean_rad=np.arccos(np.clip(along, -1, 1)).mean(axis=0),
    )


def blocks(first: Indices, last: Indices) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Some strides at once: which ones, their samples, shape (s, n), and lengths.

    Strides of one length come together, for a block is as wide as its longest one.
    """
    order = np.argsort(last - first, kind="stable")
    for at in range(0, max(len(order), 1), _BLOCK):
        some = order[at : at + _BLOCK]
        length = last[some] - first[some]
        width = int(length.max(initial=0)) + 1
        yield (
            some,
            np.minimum(first[some, None] + np.arange(width), last[some, None]),
            length,
        )


def joined(parts: Iterator[tuple[Floats, ...]], first: Indices, last: Indices) -> Iterator[Floats]:
    """What came block by block, in the order of time."""
    back = np.argsort(np.argsort(last - first, kind="stable"))
    return (np.concatenate(part)[back] for part in zip(*parts, strict=True))
