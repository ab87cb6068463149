"""A made body of sticks that walks, runs, turns and stands: simulated, nobody moved so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.recording import Device, Recording, Section, Source, Track
from backstride.vocabulary import Sport

Points = dict[str, npt.NDArray[np.float64]]

STRIDE_S = 1.0
_SIDES = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class Leg:
    """So many seconds of travel at a speed and an angle to the facing, while the facing turns."""

    seconds: float
    speed_mps: float = 1.2
    angle_deg: float = 0.0
    turn_radps: float = 0.0
    stance: float = 0.62


def walked(
    *legs: Leg, rate_hz: float = 100.0, facing_deg: float = 0.0, treadmill: bool = False
) -> Points:
    """Points of a body over all legs; feet stand still on the ground, or go with its belt."""
    counts = [round(leg.seconds * rate_hz) for leg in legs]

    def each(name: str) -> npt.NDArray[np.float64]:
        return np.repeat([float(getattr(leg, name)) for leg in legs], counts)

    t_s = np.arange(sum(counts)) / rate_hz
    facing = np.deg2rad(facing_deg) + np.cumsum(each("turn_radps")) / rate_hz
    ahead = np.exp(1j * facing)
    toward = np.exp(1j * (facing + np.deg2rad(each("angle_deg"))))
    velocity = each("speed_mps") * toward
    course = np.cumsum(velocity, dtype=np.complex128) / rate_hz
    pelvis: npt.NDArray[np.complex128] = course * (0 if treadmill else 1)
    bob = 0.02 * np.cos(4 * np.pi * t_s / STRIDE_S)
    points: Points = {
        "pelvis": _point(pelvis, 0.95 + bob),
        "head": _point(pelvis, 1.6 + bob),
    }
    for side, sign in _SIDES.items():
        left = sign * 1j * ahead
        phase = (t_s / STRIDE_S + (0 if side == "left" else 0.5)) % 1
        stance = each("stance")
        reach = stance * STRIDE_S * velocity
        swing = np.clip((phase - stance) / (1 - stance), 0, 1)
        share = np.where(phase < stance, 0.5 - phase / stance, swing - 0.5)
        moves = np.minimum(each("speed_mps"), 1.0)
        lift = 0.12 * moves * np.sin(np.pi * swing)
        ankle = pelvis + 0.1 * left + share * reach
        hip = pelvis + 0.1 * left
        points |= {
            f"{side}_hip": _point(hip, 0.95 + bob),
            f"{side}_shoulder": _point(pelvis + 0.18 * left, 1.4 + bob),
            f"{side}_knee": _point((hip + ankle) / 2 + 0.07 * ahead, 0.5 + bob),
            f"{side}_ankle": _point(ankle, 0.08 + lift),
            f"{side}_toe": _point(ankle + 0.16 * ahead, 0.02 + lift),
        }
    return points


def _point(
    plane: npt.NDArray[np.complex128], height: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return np.column_stack([plane.real, plane.imag, np.broadcast_to(height, plane.shape)])


def bent(points: Points, lean_deg: float | Sequence[float], side_deg: float = 0.0) -> Points:
    """With all above the pelvis bent about it: to where the hips face, and to the left.

    `lean_deg` may be one for each frame.
    """
    hips = points["left_hip"] - points["right_hip"]
    left = hips / np.sqrt((hips**2).sum(axis=1))[:, None]
    ahead = np.column_stack([left[:, 1], -left[:, 0], left[:, 2]])
    lean = np.tan(np.deg2rad(np.broadcast_to(lean_deg, len(hips))))[:, None]
    side = np.tan(np.deg2rad(side_deg))
    moved = dict(points)
    for name in ("head", "neck", "left_shoulder", "right_shoulder"):
        if name in points:
            above = (points[name] - points["pelvis"])[:, 2:]
            moved[name] = points[name] + above * (lean * ahead + side * left)
    return moved


def turned(points: Points, degrees: float, shift: Sequence[float] = (0, 0, 0)) -> Points:
    """The whole scene turned about the vertical, then moved."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return {name: place @ turn.T + np.asarray(shift) for name, place in points.items()}


def mirrored(points: Points) -> Points:
    """As seen in a mirror: left is right."""
    return {_other_side(name): place * [1, -1, 1] for name, place in points.items()}


def swapped(points: Points) -> Points:
    """Left named right, nothing moved: as wrong as labels or axes can be."""
    return {_other_side(name): place for name, place in points.items()}


def _other_side(name: str) -> str:
    side, _, rest = name.partition("_")
    return {"left": f"right_{rest}", "right": f"left_{rest}"}.get(side, name)


def without(points: Points, *parts: str) -> Points:
    """Without the points whose name holds one of the parts."""
    return {n: place for n, place in points.items() if not any(part in n for part in parts)}


def track(points: Mapping[str, npt.NDArray[np.float64]], rate_hz: float = 100.0) -> Track:
    """The points as a track."""
    count = len(next(iter(points.values())))
    return Track(
        "points",
        np.arange(count) / rate_hz,
        np.concatenate(list(points.values()), axis=1),
        tuple(f"point:{name}.{axis}" for name in points for axis in "xyz"),
    )


def recorded(*tracks: Track) -> Recording:
    """A recording of these tracks."""
    end_s = max((float(one.t_s[-1]) for one in tracks if len(one)), default=0.0)
    return Recording(
        start_utc=None,
        tracks=tracks,
        laps=(),
        sections=(Section(0, end_s, Sport.RUNNING),),
        device=Device(),
        source=Source(path="made", sha256="", format="made"),
    )
