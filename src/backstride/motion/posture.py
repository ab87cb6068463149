"""How trunk, head and pelvis are inclined to the vertical, over time.

A line between two points of the body is seen from the side, that is in the upright plane of the
facing, and its angle to the vertical is counted positive towards where the pelvis faces, whichever
way the person travels. Which two points stand for the trunk differs between recordings, and with it
the angle by some degrees: within a recording the same two are taken throughout, so that a
difference between forward and backward does not hold it.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from backstride.evidence import constant
from backstride.motion.points.body_points import TRACK, BodyPoints, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics, Plane, kinematics_of
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


def posture_of(recording: Recording) -> Posture | None:
    """Posture from points of the body in space; None where the recording has none.

    The trunk is the line from the pelvis (else the middle of the hips) to the neck (else the middle
    of the shoulders), the head that from the neck (else the middle of the shoulders) to the head;
    of the choices the one that was seen in most frames is taken for all of the recording. The
    pelvis is the line from the middle of the hips to the pelvis where the two are apart; as it may
    point anywhere in a pelvis that stands level, its zero says nothing.

    Frames in which a line is a quarter longer or shorter than usual are missing, for people are
    not elastic. So are those whose facing is not known, which leaves out people who lie, mirrored
    axes and axes that point down.
    """
    track = recording.track(TRACK)
    if track is None:
        return None
    times = [np.zeros(0)]
    seen = {part: [np.zeros((0, len(lines), 2))] for part, lines in _LINES.items()}
    for body in stretches(track, POINTS):
        facing = _facing(kinematics_of(body))
        times.append(body.t_s)
        for part, lines in _LINES.items():
            seen[part].append(np.stack([_angles(body, line, facing) for line in lines], axis=1))
    trunk, head, pelvis = (_most_seen(np.concatenate(seen[part])) for part in _LINES)
    return Posture(
        table=Track(
            "posture",
            np.concatenate(times),
            np.column_stack([trunk, head[:, 0], pelvis[:, 0]]),
            COLUMNS,
        ),
        origin=Origin.POSE,
        means=Means.BODY,
        zero=Zero.VERTICAL,
        error_rad=_C.points_error_rad,
    )


#: Lines from one point up to another, best first; a name of two sides stands for their middle.
_LINES = {
    "trunk": (("pelvis", "neck"), ("pelvis", "shoulder"), ("hip", "neck"), ("hip", "shoulder")),
    "head": (("neck", "head"), ("shoulder", "head")),
    "pelvis": (("hip", "pelvis"),),
}
_OF_TWO_SIDES = ("hip", "shoulder")


def _facing(motion: Kinematics) -> Plane:
    """Unit vectors of the facing; NaN where it is not known."""
    return np.where(np.isfinite(motion.facing_sd_rad), np.exp(1j * motion.facing_rad), np.nan)


# What is missing is not a number and stays missing.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def _angles(body: BodyPoints, line: tuple[str, str], facing: Plane) -> Floats:
    """Shape (n, 2): angle of a line to the vertical, seen from the side and from behind."""
    low, high = (body.middle(name) if name in _OF_TWO_SIDES else body.point(name) for name in line)
    along = high - low
    length = np.sqrt((along**2).sum(axis=1))
    known = length >= _C.shortest_line_m
    if not known.any():
        return np.full((len(body), 2), np.nan)
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
