"""Direction from OpenSim's coordinates: where the pelvis is turned against where it goes."""

from collections.abc import Iterator

import numpy as np

from backstride.evidence import constant
from backstride.motion.clues import Clues
from backstride.motion.points.body_points import BodyPoints, stretches
from backstride.motion.points.kinematics import Kinematics, smoothed, turn_of, velocity_of
from backstride.motion.points.pose import clues_of_motion
from backstride.recording import Floats, Track

#: The track that holds them.
TRACK = "joints"
_NEEDED = ("joint:pelvis_rotation", "joint:pelvis_tx", "joint:pelvis_tz")
_SMOOTHING_S = float(constant("pose.smoothing_s"))
_HIPS_SD_RAD = float(constant("pose.hips_sd_rad"))
_PELVIS_SD_MPS = float(constant("pose.pelvis_sd_mps"))


def clues_of(track: Track) -> Iterator[Clues]:
    """What a track of joint angles says of direction, for each stretch without long gaps.

    OpenSim's ground has x forward, y up and z to the right; its pelvis faces where
    ``pelvis_rotation`` turns x about y, and travels as ``pelvis_tx`` and ``pelvis_tz`` change.
    There are no feet: whether the ground moves is not known, and a pelvis that stays in its place
    may run on a treadmill, so there nothing is seen.
    """
    if any(column not in track for column in _NEEDED):
        return
    for body in stretches(_as_points(track), frozenset({"pelvis", "ahead"})):
        yield clues_of_motion(track.name, _motion(body))


def _as_points(track: Track) -> Track:
    """The pelvis and a place a metre ahead of it, z up, as points."""
    rotation, forward, right = (track.column(column) for column in _NEEDED)
    flat = np.zeros(len(track))
    values = np.column_stack(
        [forward, -right, flat, forward + np.cos(rotation), -right + np.sin(rotation), flat]
    )
    columns = tuple(f"point:{name}.{axis}" for name in ("pelvis", "ahead") for axis in "xyz")
    return Track(track.name, track.t_s.copy(), values, columns)


def _motion(body: BodyPoints) -> Kinematics:
    pelvis, ahead = (
        body.point(name)[:, 0] + 1j * body.point(name)[:, 1] for name in ("pelvis", "ahead")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = smoothed(ahead - pelvis, _SMOOTHING_S)
        facing = mean / np.abs(mean)
        travel = smoothed(velocity_of(pelvis) * np.conj(facing), _SMOOTHING_S)

    def where_known(value: float) -> Floats:
        return np.where(np.isfinite(travel), value, np.inf)

    nothing = np.zeros(len(body), dtype=np.bool_)
    return Kinematics(
        t_s=body.t_s,
        facing_rad=np.angle(facing),
        facing_sd_rad=where_known(_HIPS_SD_RAD),
        ahead_mps=travel.real,
        left_mps=travel.imag,
        travel_sd_mps=where_known(_PELVIS_SD_MPS),
        turn_radps=turn_of(facing),
        flight=np.full(len(body), np.nan),
        feet_seen=nothing,
        ground_moves=nothing,
        ground_mps=np.zeros(len(body), dtype=np.complex128),
    )
