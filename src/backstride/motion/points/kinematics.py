"""Where a body faces and where it travels: two quantities, each with its uncertainty."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.points.body_points import RATE_HZ, BodyPoints
from backstride.motion.series import Bools
from backstride.recording import Floats
from backstride.vocabulary import QUANTITIES

#: The points that facing and travel rest on.
POINTS = frozenset(
    {"pelvis", "head", "neck"}
    | {
        f"{side}_{name}"
        for side in ("left", "right")
        for name in ("hip", "shoulder", "knee", "ankle", "heel", "toe")
    }
)

#: Horizontal vectors: x + iy.
Plane = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/pose.toml``."""

    smoothing_s: float = constant("pose.smoothing_s")
    check_s: float = constant("pose.check_s")
    hips_sd_rad: float = constant("pose.hips_sd_rad")
    shoulders_sd_rad: float = constant("pose.shoulders_sd_rad")
    narrowest_m: float = constant("pose.narrowest_m")
    widest_m: float = constant("pose.widest_m")
    pelvis_sd_mps: float = constant("pose.pelvis_sd_mps")
    ground_sd_mps: float = constant("pose.ground_sd_mps")
    ground_s: float = constant("pose.ground_s")
    ground_moves_mps: float = constant("pose.ground_moves_mps")
    lowest_s: float = constant("pose.lowest_s")
    contact_m: float = constant("pose.contact_m")
    level_mps: float = constant("pose.level_mps")
    foot_s: float = constant("pose.foot_s")
    reach: float = constant("pose.reach")


_C = _Choices()


@dataclass(frozen=True, eq=False)
class Kinematics:
    """Facing and travel of a body, frame by frame; all of shape (n,).

    Attributes
    ----------
    facing_rad
        Direction that the pelvis faces, anticlockwise from the room's x axis as seen from above.
    facing_sd_rad
        Its standard deviation; infinite where it is not known.
    ahead_mps, left_mps
        Velocity over the ground towards where the pelvis faces, and to its left.
    travel_sd_mps
        Standard deviation of each of the two; infinite where travel is not known.
    turn_radps
        How fast the facing turns, anticlockwise.
    flight
        Share of the time near the frame in which neither foot is near the ground; NaN where the
        feet are not seen.
    feet_seen
        Whether both feet are seen near the frame, so that a moving ground would have been noticed.
    ground_moves
        Whether the ground moves in the room, as the belt of a treadmill does.
    ground_mps
        Its velocity in the room, x + iy; 0 where it does not move.
    """

    t_s: Floats
    facing_rad: Floats
    facing_sd_rad: Floats
    ahead_mps: Floats
    left_mps: Floats
    travel_sd_mps: Floats
    turn_radps: Floats
    flight: Floats
    feet_seen: Bools
    ground_moves: Bools
    ground_mps: Plane

    @property
    def angle_rad(self) -> Floats:
        """Travel as seen from the facing: 0 forward, +-π backward, π/2 to the left."""
        return np.asarray(np.arctan2(self.left_mps, self.ahead_mps))

    @property
    def speed_mps(self) -> Floats:
        """Speed over the ground."""
        return np.asarray(np.hypot(self.ahead_mps, self.left_mps))


# What is missing is not a number, here and there divided by nothing, and stays missing.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def kinematics_of(body: BodyPoints) -> Kinematics:
    """Facing and travel of a body.

    Facing is square to the line of the hips; where hips are not seen, to that of the shoulders,
    less surely. It is not known where the feet (without them, the knees) point the other way, for
    then left and right or an axis of the room are mirrored; where the line is too short or too long
    for a person; or where the pelvis does not stand above the feet.

    Travel is the velocity of the pelvis as seen from the facing, smoothed over about a stride after
    that, so that it is steady on a curve. Where the feet that stand on the ground move in the room
    (treadmill, camera that goes along, motion in place), their velocity is the ground's and is
    taken off.
    """
    pelvis = body.first_of(body.point("pelvis"), body.middle("hip"))
    facing, facing_sd = _facing(body, pelvis)
    left, right = _foot(body, "left"), _foot(body, "right")
    ground = _ground(left, right)
    moved = velocity_of(_plane(pelvis))
    ground_moves = _moves(ground, moved)
    over_ground = moved - np.where(ground_moves, ground, 0)
    travel = smoothed(over_ground * np.conj(facing), _C.smoothing_s)
    travel_sd = np.where(ground_moves, _C.ground_sd_mps, _C.pelvis_sd_mps)
    lower = np.minimum(left.height_m, right.height_m)
    in_air = np.where(np.isfinite(lower), lower > _C.contact_m, np.nan)
    return Kinematics(
        t_s=body.t_s,
        facing_rad=np.angle(facing),
        facing_sd_rad=facing_sd,
        ahead_mps=travel.real,
        left_mps=travel.imag,
        travel_sd_mps=np.where(np.isfinite(travel), travel_sd, np.inf),
        turn_radps=turn_of(facing),
        flight=smoothed(in_air.astype(np.complex128), _C.ground_s).real,
        feet_seen=np.isfinite(ground),
        ground_moves=ground_moves,
        ground_mps=np.where(ground_moves, ground, 0),
    )


@dataclass(frozen=True, eq=False)
class _Foot:
    """The front of a foot: its height above the ground, how fast it rises, where it goes."""

    height_m: Floats
    rise_mps: Floats
    velocity_mps: Plane


def _foot(body: BodyPoints, side: str) -> _Foot:
    """The toes stand longest in one place, forward and backward; else the ankle is taken."""
    toe = body.point(f"{side}_toe")
    front = toe if np.isfinite(toe).any() else body.point(f"{side}_ankle")
    height = smoothed(front[:, 2].astype(np.complex128), _C.foot_s).real
    half = round(_C.lowest_s * RATE_HZ / 2)
    padded = np.pad(np.where(np.isfinite(height), height, np.inf), half, constant_values=np.inf)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).min(axis=1)
    above = height - np.where(np.isfinite(lowest), lowest, 0)
    rise = np.full(len(height), np.nan)
    rise[1:-1] = (height[2:] - height[:-2]) * RATE_HZ / 2
    return _Foot(above, rise, velocity_of(smoothed(_plane(front), _C.foot_s)))


def _ground(left: _Foot, right: _Foot) -> Plane:
    """Velocity of the ground in the room: that of the lower foot while it stands on it.

    NaN where no foot that stands is seen.
    """
    left_lower = left.height_m <= right.height_m
    height = np.minimum(left.height_m, right.height_m)
    velocity = np.where(left_lower, left.velocity_mps, right.velocity_mps)
    rise = np.where(left_lower, left.rise_mps, right.rise_mps)
    # A foot that comes down or takes off is low as well, and fast.
    stands = (height <= _C.contact_m) & (np.abs(rise) <= _C.level_mps)
    return smoothed(np.where(stands, velocity, np.nan), _C.ground_s)


def _moves(ground: Plane, moved: Plane) -> Bools:
    """Whether the ground moves in the room.

    Toes that roll off seem to carry the ground along with a runner by up to a third of the speed;
    a belt moves the other way, by about all of it.
    """
    over_ground = smoothed(moved, _C.ground_s) - ground
    speed = np.abs(ground)
    return np.asarray((speed > _C.ground_moves_mps) & (speed > np.abs(over_ground) / 2))


def _facing(body: BodyPoints, pelvis: Floats) -> tuple[Plane, Floats]:
    """Unit vectors of the facing, smoothed, and their standard deviation in radians."""
    hips = _square_to(body.point("left_hip"), body.point("right_hip"))
    shoulders = _square_to(body.point("left_shoulder"), body.point("right_shoulder"))
    by_hips = np.isfinite(hips)
    line = np.where(by_hips, hips, shoulders)
    sd = np.where(by_hips, _C.hips_sd_rad, _C.shoulders_sd_rad)
    sd = np.where(np.isfinite(line), sd, np.nan)
    mean = smoothed(line, _C.smoothing_s)
    facing = mean / np.abs(mean)
    # A line that is tipped out of the horizontal, or turns, says less of where it points.
    sd = smoothed(sd.astype(np.complex128), _C.smoothing_s).real / np.abs(mean)
    mirrored = smoothed(_pointing(body) * np.conj(facing), _C.check_s).real <= 0
    known = np.isfinite(facing) & np.isfinite(sd) & ~mirrored & ~_lying(body, pelvis)
    return facing, np.where(known, sd, np.inf)


def _square_to(left: Floats, right: Floats) -> Plane:
    """Horizontal part of the unit vector ahead of the line from right to left, seen from above."""
    across = left - right
    width = np.sqrt((across**2).sum(axis=1))
    width[~((width >= _C.narrowest_m) & (width <= _C.widest_m))] = np.nan
    return np.asarray((across[:, 1] - 1j * across[:, 0]) / width)


def _pointing(body: BodyPoints) -> Plane:
    """Where the knees bend to; in frames without them, where the lower foot points to.

    A foot in the air points anywhere: behind, in a runner.
    """
    knees = np.zeros(len(body), dtype=np.complex128)
    feet = []
    for side in ("left", "right"):
        ankle, toe = body.point(f"{side}_ankle"), body.point(f"{side}_toe")
        hip, knee = body.point(f"{side}_hip"), body.point(f"{side}_knee")
        knees += _plane(knee - (hip + ankle) / 2)
        feet.append((toe[:, 2], _plane(toe - body.first_of(body.point(f"{side}_heel"), ankle))))
    (left_height, left), (right_height, right) = feet
    lower_foot = np.where(left_height <= right_height, left, right)
    return np.where(np.isfinite(knees), knees, lower_foot)


def _lying(body: BodyPoints, pelvis: Floats) -> Bools:
    """Whether the pelvis is more beside the ankles than above them; false where none is seen."""
    up = pelvis - body.middle("ankle")
    over = up[:, 2] - np.abs(_plane(up))
    return np.asarray(smoothed(over.astype(np.complex128), _C.check_s).real <= 0)


def velocity_of(place: Plane) -> Plane:
    """Velocity on the even clock; NaN where unseen, or faster than any part of a person."""
    velocity = np.full(len(place), complex(np.nan, np.nan))
    velocity[1:-1] = (place[2:] - place[:-2]) * RATE_HZ / 2
    velocity[np.abs(velocity) > _C.reach * QUANTITIES["speed_mps"].high] = np.nan
    return velocity


def turn_of(facing: Plane) -> Floats:
    """How fast unit vectors on the even clock turn, anticlockwise."""
    turn = np.full(len(facing), np.nan)
    turn[1:-1] = np.angle(facing[2:] * np.conj(facing[:-2])) * RATE_HZ / 2
    return turn


def _plane(points: Floats) -> Plane:
    return np.asarray(points[:, 0] + 1j * points[:, 1])


def smoothed(values: Plane, sd_s: float) -> Plane:
    """Mean under a bell; NaN where nothing is known within about one standard deviation of it."""
    half = round(2 * sd_s * RATE_HZ)
    bell = np.exp(-((np.arange(-half, half + 1) / (sd_s * RATE_HZ)) ** 2) / 2)
    known = np.isfinite(values)
    within = slice(half, half + len(values))
    weight = np.convolve(known.astype(np.float64), bell)[within]
    total = np.convolve(np.where(known, values, 0), bell)[within]
    return np.asarray(np.where(weight >= np.exp(-1 / 2), total / weight, np.nan))
