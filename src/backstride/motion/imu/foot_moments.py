"""When a foot leaves the ground and lands, from its sagittal angular velocity.

After Jasiewicz and others (2006, doi 10.1016/j.gaitpost.2005.12.017): toe-off is a fixed time
behind the fastest toe-down turn. Contact departs from them: it is the median of three signs, the
end of the toe-up rotation, the sole's coming down and the first strong change of acceleration, for
each alone fails on some steps. For a backward stride both are those of the same stride played in
time reversed: the toes touch down as they lift off in forward gait. Nobody has checked that.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.inertial import Inertial
from backstride.motion.series import Bools
from backstride.recording import Floats

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/imu.toml``."""

    pitch_smoothing_s: float = constant("imu.pitch_smoothing_s")
    toe_off_after_s: float = constant("imu.toe_off_after_s")
    contact_rate_radps: float = constant("imu.contact_rate_radps")
    contact_after_s: float = constant("imu.contact_after_s")
    contact_reach_s: float = constant("imu.contact_reach_s")
    contact_before_s: float = constant("imu.contact_before_s")
    slap_before_s: float = constant("imu.slap_before_s")
    impact_share: float = constant("imu.impact_share")


_M = _Model()


@dataclass(frozen=True, eq=False)
class Felt:
    """What moments are read from, on the sensor's clock; shape (n,) each.

    Attributes
    ----------
    pitching, smooth
        Angular velocity about the foot's left, as felt and averaged.
    jerk
        Change of the acceleration from sample to sample, whatever its direction.
    """

    pitching: Floats
    smooth: Floats
    jerk: Floats

    @classmethod
    def of(cls, inertial: Inertial, pitching: Floats) -> "Felt":
        """Of a whole recording, once."""
        from scipy.ndimage import uniform_filter1d

        window = inertial.samples(_M.pitch_smoothing_s)
        change = np.diff(inertial.acceleration_mps2, axis=0, prepend=inertial.acceleration_mps2[:1])
        return cls(
            pitching,
            uniform_filter1d(pitching, window, mode="nearest"),
            np.sqrt(np.einsum("ni,ni->n", change, change)),
        )


def moments(
    inertial: Inertial, felt: Felt, place: Indices, length: Indices, backward: Bools
) -> Floats:
    """When the foot leaves the ground and lands.

    Parameters
    ----------
    place
        shape (s, n): samples of each stride, the last one again where it is over.
    length
        shape (s,), samples from its first to its last.
    backward
        shape (s,), whether it went backward.

    Returns
    -------
    shape (s, 2), samples from the stride's first to toe-off and contact.
    """
    pitching, smooth, jerk = felt.pitching, felt.smooth, felt.jerk
    found = np.empty((len(place), 2))
    ahead = np.flatnonzero(~backward)
    rate, angle = smooth[place[ahead]], np.cumsum(pitching[place[ahead]], axis=1)
    found[ahead, 0] = _toes_leave(inertial, rate, angle, length[ahead])
    found[ahead, 1] = _heel_lands(inertial, rate, angle, jerk[place[ahead]], length[ahead])
    back = np.flatnonzero(backward)
    mirror = np.maximum(length[back, None] - np.arange(place.shape[1]), 0)
    there = np.take_along_axis(place[back], mirror, axis=1)
    rate, angle = -smooth[there], -np.cumsum(pitching[there], axis=1)
    found[back, 1] = length[back] - _toes_leave(inertial, rate, angle, length[back])
    settled = _toe_up_ends(rate, angle, length[back]) + inertial.samples(_M.contact_after_s)
    found[back, 0] = np.maximum(length[back] - settled, 0)
    return found


def _toes_leave(inertial: Inertial, rate: Floats, angle: Floats, length: Indices) -> Floats:
    """Samples to toe-off: a fixed time behind the fastest toe-down turn before the steepest pitch.

    `rate` and `angle` have shape (s, n), toe down positive.
    """
    at = np.arange(rate.shape[1])
    before = at <= _steepest(angle, length)[:, None]
    fastest = np.where(before, rate, -np.inf).argmax(axis=1)
    leaves: Floats = np.minimum(fastest + _M.toe_off_after_s * inertial.rate_hz, length)
    return leaves


def _heel_lands(
    inertial: Inertial, rate: Floats, angle: Floats, jerk: Floats, length: Indices
) -> Floats:
    """Samples to contact: the median of three signs of it."""
    ends = _toe_up_ends(rate, angle, length)
    at = np.arange(rate.shape[1])
    late = np.minimum(ends + inertial.samples(_M.contact_reach_s), length + 1)[:, None]
    early = (ends - inertial.samples(_M.contact_before_s))[:, None]
    coming_down = (at >= ends[:, None]) & (at < late)
    slap = np.where(coming_down, rate, -np.inf).argmax(axis=1)
    near = np.where((at >= early) & (at < late), jerk, 0)
    impact = (near > _M.impact_share * near.max(axis=1, initial=0)[:, None]).argmax(axis=1)
    signs = [
        ends + _M.contact_after_s * inertial.rate_hz,
        slap - _M.slap_before_s * inertial.rate_hz,
        impact.astype(np.float64),
    ]
    contact: Floats = np.minimum(np.median(signs, axis=0), length)
    return contact


def _toe_up_ends(rate: Floats, angle: Floats, length: Indices) -> Indices:
    """Samples to where the foot, turning toe up in its swing, stops doing so."""
    at = np.arange(rate.shape[1])
    swinging = (at >= _steepest(angle, length)[:, None]) & (at <= length[:, None])
    fastest = np.where(swinging, rate, np.inf).argmin(axis=1)
    slow = (at >= fastest[:, None]) & ((rate > _M.contact_rate_radps) | (at >= length[:, None]))
    ends: Indices = slow.argmax(axis=1)
    return ends


def _steepest(angle: Floats, length: Indices) -> Indices:
    """Samples to where the toe points down most."""
    inside = np.arange(angle.shape[1]) <= length[:, None]
    steepest: Indices = np.where(inside, angle, -np.inf).argmax(axis=1)
    return steepest
