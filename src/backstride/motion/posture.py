"""How trunk, head and pelvis are inclined to the vertical, over time.

A line between two points of the body is seen from the side, that is in the upright plane of the
facing, and its angle to the vertical is counted positive towards where the pelvis faces, whichever
way the person travels. Which two points stand for the trunk differs between recordings, and with it
the angle by some degrees: within a recording the same two are taken throughout, so that a
difference between forward and backward does not hold it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.bouts import Bout
from backstride.motion.imu.inertial import inertial_of
from backstride.motion.imu.leaning import leaning_of
from backstride.motion.points import Bodies, picture
from backstride.motion.points.body_points import BodyPoints
from backstride.motion.points.keypoints import facing_known, facing_odds
from backstride.motion.points.kinematics import Kinematics, Plane
from backstride.motion.points.sagittal import sagittal_of
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Origin

#: Columns of `Posture`, all of the vocabulary.
COLUMNS = ("trunk_lean_rad", "trunk_side_lean_rad", "head_lean_rad", "pelvis_tilt_rad")


class Means(StrEnum):
    """By what a posture was seen."""

    BODY = "points of the body in space"
    CAMERA = "a camera from the side"
    SENSOR = "a motion sensor on the trunk"


class Zero(StrEnum):
    """What the angles are counted from."""

    VERTICAL = "the vertical"
    OWN = "the sensor's own mean while forward"


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/posture.toml``."""

    shortest_line_m: float = constant("posture.shortest_line_m")
    length_share: float = constant("posture.length_share")
    points_error_rad: float = constant("posture.points_error_rad")
    camera_error_rad: float = constant("posture.camera_error_rad")
    sensor_error_rad: float = constant("posture.sensor_error_rad")


_C = _Choices()


@dataclass(frozen=True, eq=False)
class Posture:
    """Inclinations over time.

    Attributes
    ----------
    table
        Track ``posture`` with `COLUMNS`; NaN where a part was not seen or the facing is not known.
    origin, means, zero
        Which kind of sensor saw it, how, and from where its angles count. The zero of the pelvis is
        the recording's own in any case.
    error_rad
        Standard deviation of what measuring may put between forward and backward.
    """

    table: Track
    origin: Origin
    means: Means
    zero: Zero
    error_rad: float

    def __len__(self) -> int:
        return len(self.table)


def posture_of(recording: Recording, bodies: Bodies, bouts: Sequence[Bout]) -> Posture | None:
    """Posture by the best that a recording has: points in space, a camera, or a trunk sensor.

    Parameters
    ----------
    bodies
        Stretches of the recording's points of the body.
    bouts
        Of the whole recording; a sensor knows from those forward where ahead is.

    Returns
    -------
    Posture or None
        None where it has none of these, or ahead cannot be told.
    """
    if len(found := _in_space(bodies)):
        return found
    film = recording.track(picture.TRACK)
    if film is not None and len(found := _by_camera(film)):
        return found
    worn = (recording.track(name) for name in _WORN)
    sensed = (_by_sensor(track, bouts) for track in worn if track is not None)
    return next((each for each in sensed if each is not None), None)


#: Tracks of sensors on the trunk, best first, and the column that each fills.
_WORN = {
    "imu:chest": "trunk_lean_rad",
    "imu:lower_back": "trunk_lean_rad",
    "imu:pelvis": "pelvis_tilt_rad",
}


def _by_sensor(track: Track, bouts: Sequence[Bout]) -> Posture | None:
    """Posture from a sensor on the trunk (`leaning`); None where it cannot be used."""
    try:
        found = leaning_of(inertial_of(track), bouts)
    except RequestError:
        # Whoever wants its contacts or direction is told; here it only does not speak.
        return None
    if found is None:
        return None
    values = np.full((len(found.t_s), len(COLUMNS)), np.nan)
    values[:, COLUMNS.index(_WORN[track.name])] = found.ahead_rad
    values[:, COLUMNS.index("trunk_side_lean_rad")] = found.left_rad
    return Posture(
        table=Track("posture", found.t_s, values, COLUMNS),
        origin=Origin.IMU,
        means=Means.SENSOR,
        zero=Zero.OWN,
        error_rad=_C.sensor_error_rad,
    )


def _in_space(bodies: Bodies) -> Posture:
    """Posture from points of the body in space.

    The trunk is the line from the pelvis (else the middle of the hips) to the neck (else the middle
    of the shoulders), the head that from the neck (else the middle of the shoulders) to the head;
    of the choices the one that was seen in most frames is taken for all of the recording. The
    pelvis is the line from the middle of the hips to the pelvis where the two are apart; as it may
    point anywhere in a pelvis that stands level, its zero says nothing.

    Frames in which a line is a quarter longer or shorter than usual are missing, for people are
    not elastic. So are those whose facing is not known, which leaves out people who lie, mirrored
    axes and axes that point down.
    """
    times = [np.zeros(0)]
    seen = {part: [np.zeros((0, len(lines), 2))] for part, lines in _LINES.items()}
    for body, motion in ((each.points, each.motion) for each in bodies):
        facing = _facing(motion)
        times.append(body.t_s)
        for part, lines in _LINES.items():
            along = [_end(body, high) - _end(body, low) for low, high in lines]
            seen[part].append(np.stack([_angles(each, facing) for each in along], axis=1))
    trunk, head, pelvis = (_most_seen(np.concatenate(seen[part])) for part in _LINES)
    values = np.column_stack([trunk, head[:, 0], pelvis[:, 0]])
    return _posture(np.concatenate(times), values, Means.BODY, _C.points_error_rad)


@np.errstate(invalid="ignore")
def _by_camera(track: Track) -> Posture:
    """Posture from keypoints of a camera that sees the body from the side.

    The trunk is the line from hips to shoulders, the head that from shoulders to ears (else to the
    head), in the picture, whose left or right the body faces; what a body turned out of the side
    view shows too short is stretched again. The camera is taken to stand level: where it does not,
    angles are off by its tilt, to one side facing right and to the other facing left.
    """
    times = [np.zeros(0)]
    seen = {part: [np.zeros((0, len(lines), 2))] for part, lines in _FLAT_LINES.items()}
    for body in picture.pictures(track):
        motion = sagittal_of(body)
        odds = facing_odds(motion)
        right = np.where(facing_known(motion, odds), np.sign(odds), np.nan)
        right /= np.sqrt(np.maximum(1 - motion.across**2, 0))
        times.append(body.t_s)
        for part, lines in _FLAT_LINES.items():
            ends = [(body.middle(low), _flat_end(body, high)) for low, high in lines]
            # In pictures y points down: up is minus that, and nothing is known of the depth.
            along = [
                np.column_stack([right * (high - low)[:, 0], 0 * right, (low - high)[:, 1]])
                for low, high in ends
            ]
            ahead = np.ones(len(body), dtype=np.complex128)
            seen[part].append(np.stack([_angles(each, ahead) for each in along], axis=1))
    trunk, head = (_most_seen(np.concatenate(seen[part])) for part in _FLAT_LINES)
    unknown = np.full(len(trunk), np.nan)
    values = np.column_stack([trunk[:, 0], unknown, head[:, 0], unknown])
    return _posture(np.concatenate(times), values, Means.CAMERA, _C.camera_error_rad)


def _posture(t_s: Floats, values: Floats, means: Means, error_rad: float) -> Posture:
    return Posture(
        table=Track("posture", t_s, values, COLUMNS),
        origin=Origin.POSE,
        means=means,
        zero=Zero.VERTICAL,
        error_rad=error_rad,
    )


#: Lines from one point up to another, best first; a name of two sides stands for their middle.
_LINES = {
    "trunk": (("pelvis", "neck"), ("pelvis", "shoulder"), ("hip", "neck"), ("hip", "shoulder")),
    "head": (("neck", "head"), ("shoulder", "head")),
    "pelvis": (("hip", "pelvis"),),
}
_OF_TWO_SIDES = ("hip", "shoulder", "ear")
#: The same in pictures, where networks put their own necks and pelves.
_FLAT_LINES = {"trunk": (("hip", "shoulder"),), "head": (("shoulder", "ear"), ("shoulder", "head"))}


def _end(body: BodyPoints, name: str) -> Floats:
    return body.middle(name) if name in _OF_TWO_SIDES else body.point(name)


def _flat_end(body: picture.Picture, name: str) -> Floats:
    return body.middle(name) if name in _OF_TWO_SIDES else body.point(name)


def _facing(motion: Kinematics) -> Plane:
    """Unit vectors of the facing; NaN where it is not known."""
    return np.where(np.isfinite(motion.facing_sd_rad), np.exp(1j * motion.facing_rad), np.nan)


# What is missing is not a number and stays missing.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def _angles(along: Floats, facing: Plane) -> Floats:
    """Shape (n, 2): angle to the vertical of lines, seen from the side and from behind.

    `along` has shape (n, 3), upward from one end to the other.
    """
    length = np.sqrt((along**2).sum(axis=1))
    known = length >= _C.shortest_line_m
    if not known.any():
        return np.full((len(along), 2), np.nan)
    usual = float(np.median(length[known]))
    known &= np.abs(length / usual - 1) <= _C.length_share
    level = (along[:, 0] + 1j * along[:, 1]) * np.conj(facing)
    angles = np.arctan2(np.column_stack([level.real, level.imag]), along[:, 2:])
    angles[~known] = np.nan
    return np.asarray(angles)


def _most_seen(angles: Floats) -> Floats:
    """Shape (n, 2): of the choices, shape (n, choices, 2), the one that is known most often."""
    counts = np.isfinite(angles[:, :, 0]).sum(axis=0)
    return angles[:, int(np.argmax(counts))]
