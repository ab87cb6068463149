"""A made body in made pictures: parallel light from the side, no camera saw it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from tests.motion.points.walker import STRIDE_S, Leg, Points, walked

from backstride.recording import Track

Keypoints = dict[str, npt.NDArray[np.float64]]

PX_PER_M = 200.0
#: What COCO-17 has no points for.
FEET = ("heel", "toe")


def seen_from_the_side(points: Points, *, from_left: bool = False, pan: bool = False) -> Keypoints:
    """Pixels, x right and y down, of a body that faces along the room's x axis.

    A camera that pans keeps the pelvis near the middle of the picture, and wavers.
    """
    whole = with_head(points)
    right = -1.0 if from_left else 1.0
    drift: npt.NDArray[np.float64] = np.zeros(len(points["pelvis"]))
    if pan:
        drift = points["pelvis"][:, 0] + 0.2 * np.sin(np.arange(len(drift)) / 60)
    return {
        name: np.column_stack(
            [640 + right * PX_PER_M * (place[:, 0] - drift), 600 - PX_PER_M * place[:, 2]]
        )
        for name, place in whole.items()
    }


def seen_from_the_front(points: Points) -> Keypoints:
    """Pixels of a body that comes towards the camera or goes away from it."""
    return {
        name: np.column_stack([640 + PX_PER_M * place[:, 1], 600 - PX_PER_M * place[:, 2]])
        for name, place in with_head(points).items()
    }


def with_head(points: Points) -> Points:
    """The body with nose and ears, looking along the room's x axis."""
    place = {
        "neck": (-0.03, 0, -0.15),
        "nose": (0.11, 0, 0),
        "left_ear": (0, 0.07, 0),
        "right_ear": (0, -0.07, 0),
    }
    return {**points, **{name: points["head"] + np.array(off) for name, off in place.items()}}


def walk(*legs: Leg, rate_hz: float = 60.0, treadmill: bool = False) -> Keypoints:
    """A walk seen from the right side, so that the body faces to the right of the picture."""
    return seen_from_the_side(vaulted(*legs, rate_hz=rate_hz, treadmill=treadmill))


def vaulted(*legs: Leg, rate_hz: float = 60.0, treadmill: bool = False) -> Points:
    """The made body, which bounces as a runner does, but lowest with its feet apart."""
    points = walked(*legs, rate_hz=rate_hz, treadmill=treadmill)
    t_s = np.arange(len(points["pelvis"])) / rate_hz
    rise = -0.04 * np.cos(4 * np.pi * t_s / STRIDE_S)
    up = rise[:, None] * [0, 0, 1]
    grounded = ("ankle", "toe")
    return {name: at + (0 if name.endswith(grounded) else 1) * up for name, at in points.items()}


def taken(
    keypoints: Mapping[str, npt.NDArray[np.float64]],
    rate_hz: float = 60.0,
    confidence: float | npt.NDArray[np.float64] = 0.9,
) -> Track:
    """The keypoints as a track."""
    frames = len(next(iter(keypoints.values())))
    sure = np.broadcast_to(confidence, frames)
    return Track(
        "keypoints",
        np.arange(frames) / rate_hz,
        np.column_stack([part for place in keypoints.values() for part in (place, sure)]),
        tuple(f"keypoint:{name}.{p}" for name in keypoints for p in ("x", "y", "confidence")),
    )
