"""A sensor on a foot: when the foot leaves the ground and lands, and which way each stride went.

Stance
    The zero-velocity statistic of Skog, Händel, Nilsson and Rantakokko (2010, doi
    10.1109/TBME.2010.2060723), the generalized likelihood ratio of a foot that lies still under
    gravity. It departs from the paper in its threshold: not one number, but a multiple of the least
    statistic within `imu.still_reach_s`, so that a foot that never lies quite still has a stance,
    too.
Stride
    From stance to stance, by strapdown integration of orientation, velocity and place. Velocity is
    set to zero at both ends and the drift between is taken to have grown evenly; gravity is that of
    the stance itself, scaled to the standard one, which mends a wrong scale of the accelerometer.
The foot's own axis
    Its left-right axis is the one about which it turns most. Toe and heel are told apart without
    knowing how the sensor is mounted: between two flat stances a foot pitches much further toe
    down, behind the leg, than toe up. Both run through the same angles when played in time
    reversed, so this holds whichever way the person goes; travel against this axis is the
    direction. On a treadmill that is the direction against the belt.
Toe-off and contact
    After Jasiewicz et al. (2006, doi 10.1016/j.gaitpost.2005.12.017), who read both from the foot's
    sagittal angular velocity: toe-off is a fixed time behind its toe-down peak. Contact departs
    from them: it is the median of three signs, the end of the toe-up rotation, the sole's coming
    down and the first strong change of acceleration, for each alone fails on some steps.

What it rests on
    Chosen on real forward walking. There is no recording of a foot sensor in backward gait: for a
    backward stride toe-off and contact are those of the same stride played in time reversed (the
    toes touch down as they lift off in forward gait), and nobody has checked it. Running has not
    been tried either.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.inertial import Inertial, composed, rotated, running_turns, turns
from backstride.recording import Floats, Notice
from backstride.vocabulary import Direction

Indices = npt.NDArray[np.intp]

#: Columns of `FootStrides.probability`.
PATHS = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS)
#: Strides integrated at once, so that memory does not grow with the recording.
_BLOCK = 1000


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
    shortest_stride_s: float = constant("imu.shortest_stride_s")
    longest_stride_s: float = constant("imu.longest_stride_s")
    least_pitch_rad: float = constant("imu.least_pitch_rad")
    pitch_smoothing_s: float = constant("imu.pitch_smoothing_s")
    toe_off_after_s: float = constant("imu.toe_off_after_s")
    contact_rate_radps: float = constant("imu.contact_rate_radps")
    contact_after_s: float = constant("imu.contact_after_s")
    contact_reach_s: float = constant("imu.contact_reach_s")
    contact_before_s: float = constant("imu.contact_before_s")
    slap_before_s: float = constant("imu.slap_before_s")
    impact_share: float = constant("imu.impact_share")
    midstance_half_s: float = constant("imu.midstance_half_s")
    axis_share_sd: float = constant("imu.axis_share_sd")
    fewest_strides: float = constant("imu.fewest_strides")
    displacement_sd_m: float = constant("imu.displacement_sd_m")
    drift_share: float = constant("imu.drift_share")
    turning_rad: float = constant("imu.turning_rad")
    certain: float = constant("imu.certain")


_M = _Model()


@dataclass(frozen=True, eq=False)
class FootStrides:
    """Strides of one foot, a row each.

    Attributes
    ----------
    start_s, end_s
        shape (s,), the stances between which the stride was integrated, on the recording's clock.
    toe_off_s, contact_s
        shape (s,), when the foot left the ground and when it landed.
    displacement_m
        shape (s, 3): forward, left and up, seen from the foot's mean heading.
    turned_rad
        shape (s,), change of heading, left positive.
    probability
        shape (s, 3), columns `PATHS`; rows sum to 1.
    axis_probability
        That toe and heel have not been mistaken for each other; ½ where nothing tells.
    """

    place: str
    start_s: Floats
    end_s: Floats
    toe_off_s: Floats
    contact_s: Floats
    displacement_m: Floats
    turned_rad: Floats
    probability: Floats
    axis_probability: float
    notices: tuple[Notice, ...]

    def __len__(self) -> int:
        return len(self.start_s)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Of each stride: turning, the most probable path if it is certain enough, or unknown."""
        best = self.probability.argmax(axis=1)
        certain = self.probability.max(axis=1) >= _M.certain
        turning = np.abs(self.turned_rad) > _M.turning_rad
        return tuple(
            Direction.TURNING if turned else PATHS[path] if sure else Direction.UNKNOWN
            for path, sure, turned in zip(best, certain, turning, strict=True)
        )


class _Cut(NamedTuple):
    """Strides from sample `first` to sample `last`, shape (s,) each, and the foot's left axis."""

    first: Indices
    last: Indices
    left: Floats
    axis_probability: float


def foot_strides(inertial: Inertial) -> FootStrides:
    """Every stride of a foot between two stances; none where the foot made no step."""
    cut = _cut(inertial)
    # Strides of one length together: a block is as wide as its longest one.
    order = np.argsort(cut.last - cut.first, kind="stable")
    blocks = [
        _block(inertial, cut.first[some], cut.last[some], cut.left)
        for some in (order[at : at + _BLOCK] for at in range(0, max(len(order), 1), _BLOCK))
    ]
    forward, backward, displacement, drift, turned = (
        np.concatenate(part)[np.argsort(order)] for part in zip(*blocks, strict=True)
    )
    duration = (cut.last - cut.first) / inertial.rate_hz
    probability = _probability(displacement, drift * duration, cut.axis_probability)
    reverse = probability[:, PATHS.index(Direction.BACKWARD)] > 0.5
    moments = cut.first[:, None] + np.where(reverse[:, None], backward, forward)
    seconds = inertial.start_s + moments / inertial.rate_hz
    return FootStrides(
        place=inertial.place,
        start_s=inertial.start_s + cut.first / inertial.rate_hz,
        end_s=inertial.start_s + cut.last / inertial.rate_hz,
        toe_off_s=seconds[:, 0],
        contact_s=seconds[:, 1],
        displacement_m=displacement,
        turned_rad=turned,
        probability=probability,
        axis_probability=cut.axis_probability,
        notices=(*inertial.notices, *_notices(inertial.place, len(cut.first))),
    )


def _cut(inertial: Inertial) -> _Cut:
    """Cut the signals into strides, and find the axis that points to the foot's left."""
    first, last = _between_stances(inertial)
    duration = (last - first) / inertial.rate_hz
    missing = np.concatenate(([0], np.cumsum(~inertial.known)))
    whole = (missing[last + 1] == missing[first]) & (duration >= _M.shortest_stride_s)
    whole &= duration <= _M.longest_stride_s
    first, last = first[whole], last[whole]
    left = _turning_axis(inertial, first, last)
    if not len(first):
        return _Cut(first, last, left, 0.5)
    angle = np.cumsum(_about(inertial, left)) / inertial.rate_hz
    edges = np.column_stack([first, last]).ravel()
    toe_down = np.maximum.reduceat(angle, edges)[::2] - angle[first]
    toe_up = angle[first] - np.minimum.reduceat(angle, edges)[::2]
    stepped = toe_down + toe_up > _M.least_pitch_rad
    first, last = first[stepped], last[stepped]
    further = float(np.sum(toe_down[stepped] - toe_up[stepped]))
    pitched = float(np.sum(toe_down[stepped] + toe_up[stepped]))
    if len(first) < _M.fewest_strides:
        return _Cut(first, last, left if further >= 0 else -left, 0.5)
    from scipy.special import ndtr

    sure = float(ndtr(abs(further) / pitched / _M.axis_share_sd))
    return _Cut(first, last, left if further >= 0 else -left, sure)


def _between_stances(inertial: Inertial) -> tuple[Indices, Indices]:
    """First and last sample of what lies between each stance and the next."""
    from scipy.ndimage import minimum_filter1d

    statistic = _stillness(inertial)
    least = minimum_filter1d(statistic, 2 * inertial.samples(_M.still_reach_s) + 1)
    still = (statistic <= np.maximum(_M.still_floor, _M.still_rise * least)) & (
        statistic < _M.still_top
    )
    change = np.diff(np.concatenate(([0], still.astype(np.intp), [0])))
    begin, end = np.flatnonzero(change > 0), np.flatnonzero(change < 0) - 1
    middle = (begin + end) // 2
    edge = inertial.samples(_M.still_edge_s)
    return np.maximum(middle, end - edge)[:-1], np.minimum(middle, begin + edge)[1:]


def _stillness(inertial: Inertial) -> Floats:
    """Shape (n,), Skog's statistic: 2 of pure noise, thousands of a swinging foot."""
    from scipy.ndimage import uniform_filter1d

    window = inertial.samples(_M.still_window_s)

    def mean(values: Floats) -> Floats:
        return np.asarray(uniform_filter1d(values, window, axis=0, mode="nearest"))

    acceleration, turning = inertial.acceleration_mps2, inertial.angular_velocity_radps
    size = np.linalg.norm(mean(acceleration), axis=1)
    # The mean of (a - g m/|m|)² over the window, where m is the mean of a.
    lying = mean((acceleration**2).sum(axis=1)) - 2 * _M.gravity * size + _M.gravity**2
    statistic: Floats = (
        np.maximum(lying, 0) / _M.still_acceleration_sd**2
        + mean((turning**2).sum(axis=1)) / _M.still_turning_sd**2
    )
    return statistic


def _turning_axis(inertial: Inertial, first: Indices, last: Indices) -> Floats:
    """Shape (3,), unit: the axis about which the foot turns most within strides, either way."""
    inside = np.zeros(len(inertial) + 1)
    np.add.at(inside, first, 1)
    np.add.at(inside, last, -1)
    turning = inertial.angular_velocity_radps[np.cumsum(inside)[:-1] > 0]
    axis: Floats = np.linalg.eigh(np.einsum("ni,nj->ij", turning, turning))[1][:, -1]
    return axis


def _about(inertial: Inertial, axis: Floats) -> Floats:
    """Shape (n,), angular velocity about an axis.

    Without BLAS, whose threads take longer to wake than this takes.
    """
    turning: Floats = np.einsum("ni,i->n", inertial.angular_velocity_radps, axis)
    return turning


def _block(
    inertial: Inertial, first: Indices, last: Indices, left: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Integrate some strides.

    Returns
    -------
    forward, backward
        shape (s, 2) each, samples from the stride's first to where the foot leaves the ground and
        where it lands, if the stride went that way.
    displacement_m
        shape (s, 3).
    drift_mps
        shape (s,), velocity that was left over at the second stance.
    turned_rad
        shape (s,).
    """
    length = last - first
    width = int(length.max(initial=0)) + 1
    place = np.minimum(first[:, None] + np.arange(width), last[:, None])
    moving = np.arange(width) < length[:, None]
    forward, backward = _moments(inertial, place, length, left)
    displacement, drift, turned = _travel(inertial, place, moving, left)
    return forward, backward, displacement, drift, turned


def _travel(
    inertial: Inertial, place: Indices, moving: npt.NDArray[np.bool_], left: Floats
) -> tuple[Floats, Floats, Floats]:
    """Displacement, velocity drift and turn of strides by strapdown integration.

    Parameters
    ----------
    place, moving
        shape (s, n): samples of each stride, and whether it is still on its way there.
    """
    from scipy.ndimage import uniform_filter1d

    window = 2 * inertial.samples(_M.midstance_half_s) + 1
    calm = uniform_filter1d(inertial.acceleration_mps2, window, axis=0, mode="nearest")
    before, after = calm[place[:, 0]], calm[place[:, -1]]
    up = before / np.linalg.norm(before, axis=1, keepdims=True)
    across = left - (up @ left)[:, None] * up
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    ahead = np.cross(across, up)
    frame = np.stack([ahead, across, up], axis=1)

    steps = moving / inertial.rate_hz
    rotation = inertial.angular_velocity_radps.T[:, place] * steps
    turned = running_turns(turns(rotation))
    # A sample's acceleration acts in the middle of the turn that its own angular velocity makes.
    gravity = (np.linalg.norm(before, axis=1) + np.linalg.norm(after, axis=1)) / 2
    force = inertial.acceleration_mps2.T[:, place] * (_M.gravity / gravity)[:, None]
    force = rotated(composed(turned, turns(-rotation / 2)), force)
    force = np.einsum("sij,jsn->isn", frame, force)
    force[2] -= _M.gravity
    velocity = np.cumsum(force * steps, axis=-1)
    drift = velocity[..., -1]
    grown = np.cumsum(moving, axis=1) / np.maximum(moving.sum(axis=1), 1)[:, None]
    velocity = velocity - drift[..., None] * grown
    forward, leftward, upward = np.sum(velocity * steps, axis=-1)

    heading = np.einsum("sij,js->is", frame, rotated(turned[..., -1], ahead.T))
    turn = np.arctan2(heading[1], heading[0])
    cosine, sine = np.cos(turn / 2), np.sin(turn / 2)
    seen = np.column_stack(
        [
            cosine * forward + sine * leftward,
            cosine * leftward - sine * forward,
            upward,
        ]
    )
    return seen, np.linalg.norm(drift, axis=0), turn


def _moments(
    inertial: Inertial, place: Indices, length: Indices, left: Floats
) -> tuple[Floats, Floats]:
    """When the foot leaves the ground and lands, if strides went forward, and if backward."""
    from scipy.ndimage import uniform_filter1d

    window = inertial.samples(_M.pitch_smoothing_s)
    pitching = _about(inertial, left)
    smooth = uniform_filter1d(pitching, window, mode="nearest")
    change = np.diff(inertial.acceleration_mps2, axis=0, prepend=inertial.acceleration_mps2[:1])
    jerk = np.linalg.norm(change, axis=1)[place]
    rate = smooth[place]
    angle = np.cumsum(pitching[place], axis=1)
    forward = np.column_stack(
        [
            _toes_leave(inertial, rate, angle, length),
            _heel_lands(inertial, rate, angle, jerk, length),
        ]
    )
    mirror = np.maximum(length[:, None] - np.arange(place.shape[1]), 0)
    rate = -np.take_along_axis(rate, mirror, axis=1)
    angle = np.take_along_axis(angle, mirror, axis=1)
    landing = length - _toes_leave(inertial, rate, angle, length)
    settled = _toe_up_ends(rate, angle, length) + inertial.samples(_M.contact_after_s)
    backward = np.column_stack([np.maximum(length - settled, 0), landing])
    return forward, backward


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


def _probability(displacement: Floats, drift_m: Floats, axis_probability: float) -> Floats:
    """Shape (s, 3): probabilities of `PATHS`.

    The error of a displacement is taken as normal and alike along both horizontal axes. Forward is
    a displacement within 45 degrees of the foot's axis: seen from axes turned by those 45 degrees
    both coordinates are positive, and their errors are independent.
    """
    from scipy.special import ndtr

    spread = np.hypot(_M.displacement_sd_m, _M.drift_share * drift_m)
    along, aside = displacement[:, 0], displacement[:, 1]
    first = ndtr((along + aside) / np.sqrt(2) / spread)
    second = ndtr((along - aside) / np.sqrt(2) / spread)
    ahead, behind = first * second, (1 - first) * (1 - second)
    forward = axis_probability * ahead + (1 - axis_probability) * behind
    backward = axis_probability * behind + (1 - axis_probability) * ahead
    return np.column_stack([forward, backward, np.maximum(1 - ahead - behind, 0)])


def _notices(place: str, strides: int) -> list[Notice]:
    if strides >= _M.fewest_strides:
        return []
    return [
        Notice(
            "imu_few_strides",
            f"imu:{place}: {strides} strides are too few to tell toe from heel, so their direction "
            "is unknown",
        )
    ]
