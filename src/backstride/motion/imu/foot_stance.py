"""When a foot is on the ground without moving: the ends of its strides.

Walking
    The zero-velocity statistic of Skog, Händel, Nilsson and Rantakokko (2010, doi
    10.1109/TBME.2010.2060723), the generalized likelihood ratio of a foot that lies still under
    gravity. It departs from the paper in its threshold: not one number, but a multiple of the least
    statistic within `imu.still_reach_s`, so that a foot that never lies quite still has a stance,
    too.
Running
    A runner's foot hardly lies still. Its pitch goes up and down once in a stride, and between two
    peaks of it without a stance of the first kind, the stance is the moment at which the same
    statistic over a shorter window is least, at about the same part of each stride. Zrenner and
    others (2018, doi 10.3390/s18124194), too, integrate a running foot from one such moment to the
    next; this one is found without landings, so it is the same forward and backward.
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

    gravity: float = constant("imu.gravity")
    still_window_s: float = constant("imu.still_window_s")
    still_acceleration_sd: float = constant("imu.still_acceleration_sd")
    still_turning_sd: float = constant("imu.still_turning_sd")
    still_floor: float = constant("imu.still_floor")
    still_top: float = constant("imu.still_top")
    still_rise: float = constant("imu.still_rise")
    still_reach_s: float = constant("imu.still_reach_s")
    still_edge_s: float = constant("imu.still_edge_s")
    run_window_s: float = constant("imu.run_window_s")
    run_pitch_rad: float = constant("imu.run_pitch_rad")
    run_level_s: float = constant("imu.run_level_s")
    shortest_stride_s: float = constant("imu.shortest_stride_s")
    longest_run_stride_s: float = constant("imu.longest_run_stride_s")
    run_strides: float = constant("imu.run_strides")
    run_phase: float = constant("imu.run_phase")


_M = _Model()


def rests(inertial: Inertial) -> tuple[Indices, Indices]:
    """First and last sample of each rest of a foot on the ground, shape (r,) each, in order."""
    squares = _Squares.of(inertial)
    still = _still(inertial, squares)
    still[_run_stances(inertial, squares, still)] = True
    change = np.diff(still.astype(np.int8), prepend=0, append=0)
    begin: Indices = np.flatnonzero(change > 0)
    end: Indices = np.flatnonzero(change < 0) - 1
    return begin, end


def between(inertial: Inertial, begin: Indices, end: Indices) -> tuple[Indices, Indices]:
    """First and last sample of what lies between each rest and the next."""
    middle = (begin + end) // 2
    edge = inertial.samples(_M.still_edge_s)
    first: Indices = np.maximum(middle, end - edge)[:-1]
    last: Indices = np.minimum(middle, begin + edge)[1:]
    return first, last


@dataclass(frozen=True, eq=False)
class _Squares:
    """Squared lengths of acceleration and angular velocity, shape (n,): slow to sum twice."""

    acceleration: Floats
    turning: Floats

    @classmethod
    def of(cls, inertial: Inertial) -> "_Squares":
        acceleration, turning = inertial.acceleration_mps2, inertial.angular_velocity_radps
        return cls(
            np.einsum("ni,ni->n", acceleration, acceleration),
            np.einsum("ni,ni->n", turning, turning),
        )


def _still(inertial: Inertial, squares: _Squares) -> Bools:
    from scipy.ndimage import minimum_filter1d

    statistic = _stillness(inertial, squares, _M.still_window_s)
    least = minimum_filter1d(statistic, 2 * inertial.samples(_M.still_reach_s) + 1)
    limit = np.minimum(np.maximum(_M.still_floor, _M.still_rise * least), _M.still_top)
    return np.asarray(statistic <= limit)


def _stillness(inertial: Inertial, squares: _Squares, seconds: float) -> Floats:
    """Shape (n,), Skog's statistic: 2 of pure noise, thousands of a swinging foot."""
    from scipy.ndimage import uniform_filter1d

    window = inertial.samples(seconds)

    def mean(values: Floats) -> Floats:
        return np.asarray(uniform_filter1d(values, window, axis=0, mode="nearest"))

    middle = mean(inertial.acceleration_mps2)
    size = np.sqrt(np.einsum("ni,ni->n", middle, middle))
    # The mean of (a - g m/|m|)² over the window, where m is the mean of a.
    lying = mean(squares.acceleration) - 2 * _M.gravity * size + _M.gravity**2
    statistic: Floats = (
        np.maximum(lying, 0) / _M.still_acceleration_sd**2
        + mean(squares.turning) / _M.still_turning_sd**2
    )
    return statistic


def _run_stances(inertial: Inertial, squares: _Squares, still: Bools) -> Indices:
    """Samples at which a running foot stands: one in each stride without a rest."""
    from scipy.ndimage import median_filter, uniform_filter1d
    from scipy.signal import find_peaks

    turning = inertial.angular_velocity_radps
    axis = np.linalg.eigh(np.einsum("ni,nj->ij", turning, turning))[1][:, -1]
    pitch = np.cumsum(np.einsum("ni,i->n", turning, axis)) / inertial.rate_hz
    pitch -= uniform_filter1d(pitch, inertial.samples(_M.run_level_s), mode="nearest")
    peaks, _ = find_peaks(
        pitch, prominence=_M.run_pitch_rad, distance=inertial.samples(_M.shortest_stride_s)
    )
    first: Indices = peaks[:-1]
    last: Indices = peaks[1:]
    rested = np.concatenate(([0], np.cumsum(still)))
    runs = (last - first <= inertial.samples(_M.longest_run_stride_s)) & (
        rested[last] == rested[first]
    )
    first, last = first[runs], last[runs]
    if not len(first):
        return first
    statistic = _stillness(inertial, squares, _M.run_window_s)
    at = np.minimum(first[:, None] + np.arange(int((last - first).max())), last[:, None])
    phase = (at - first[:, None]) / (last - first)[:, None]
    values = statistic[at]
    rows = np.arange(len(at))
    usual = median_filter(
        phase[rows, values.argmin(axis=1)], size=int(_M.run_strides), mode="nearest"
    )
    near = np.abs(phase - usual[:, None]) <= _M.run_phase
    stances: Indices = at[rows, np.where(near, values, np.inf).argmin(axis=1)]
    return stances
