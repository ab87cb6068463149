"""Keypoints of one camera, computed from motion capture: simulated, no camera saw them.

A pinhole camera films the points of a body; then what pose networks do wrong is put in. Assumed,
not measured on any network: noise of 2 px, half of its variance white and half lasting about 0.3 s;
points and whole frames that are missing for some frames; limbs of which left and right are swapped
for some frames; points of the far side that are hidden behind the body, found with less
confidence and twice the noise. Nose, eyes and ears are put on the head joint, which looks about by
its own; heels and toe tips on the foot, by its pitch where it stands flat. Shoulders and hips of
motion capture lie deeper in the body than those of keypoints, and are put apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from backstride.recording import SIMULATED_DEVICE, Device, Floats, Recording, Track

_SIDES = ("left", "right")
_UP = np.array([0.0, 0.0, 1.0])

#: Width and height of the picture, and the focal length of a view 60 degrees wide, in pixels.
WIDTH_PX, HEIGHT_PX = 1280.0, 720.0
FOCAL_PX = WIDTH_PX / 2 / np.tan(np.pi / 6)
_NEAREST_M = 4.5
_CAMERA_HEIGHT_M, _AIM_HEIGHT_M = 1.3, 0.9

_SHOULDERS_M, _HIPS_M = 0.36, 0.24
_TOE_TIP_M, _HEEL_M, _HEEL_HEIGHT_M, _FOOT_WIDTH_M = 0.06, 0.05, 0.03, 0.06
#: Points of the head from its joint: metres ahead, to the left, up.
_ON_HEAD: Mapping[str, tuple[float, float, float]] = {
    "nose": (0.11, 0.0, 0.07),
    "left_eye": (0.085, 0.035, 0.10),
    "right_eye": (0.085, -0.035, 0.10),
    "left_ear": (0.0, 0.075, 0.08),
    "right_ear": (0.0, -0.075, 0.08),
    "head": (0.0, 0.0, 0.2),
}
_OF_A_SIDE = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_COCO = ("nose", *(f"{side}_{part}" for part in _OF_A_SIDE for side in _SIDES))
_HEELS = ("left_heel", "right_heel")
_TOES = ("left_toe", "right_toe")
_SMALL_TOES = ("left_small_toe", "right_small_toe")
#: Points that a network gives, as far as we know them by name.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "BODY_25": (*_COCO, "neck", "pelvis", *_HEELS, *_TOES, *_SMALL_TOES),
    "COCO-17": _COCO,
    "BlazePose-33": (*_COCO, *_HEELS, *_TOES),
    "Halpe-26": (*_COCO, "head", "neck", "pelvis", *_HEELS, *_TOES, *_SMALL_TOES),
}
_LEG = ("hip", "knee", "ankle", "heel", "toe", "small_toe")
_ARM = ("shoulder", "elbow", "wrist")

#: What hides points behind it: from one point to another, so thick.
_CAPSULES: tuple[tuple[str, str, float], ...] = (
    ("neck", "pelvis", 0.13),
    *(
        (f"{side}_{a}", f"{side}_{b}", thick)
        for side in _SIDES
        for a, b, thick in (
            ("hip", "knee", 0.08),
            ("knee", "ankle", 0.055),
            ("ankle", "toe", 0.045),
            ("shoulder", "elbow", 0.05),
        )
    ),
)


class Mount(Enum):
    """What the camera does."""

    FIXED = auto()
    PANNING = auto()


@dataclass(frozen=True)
class View:
    """From where a body is filmed, and what finds its keypoints.

    Attributes
    ----------
    angle_deg
        Of the camera off the side of the body's mean facing: 0 side-on, 90 from the front, -90
        from behind.
    from_left
        Whether it stands at the body's left side.
    """

    angle_deg: float = 0.0
    from_left: bool = True
    mount: Mount = Mount.FIXED
    rate_hz: float = 30.0
    layout: str = "BODY_25"


@dataclass(frozen=True)
class Faults:
    """What goes wrong: standard deviation in pixels, and shares of time."""

    noise_px: float = 2.0
    points_missing: float = 0.07
    frames_missing: float = 0.03
    swapped: float = 0.05
    lasting_frames: float = 3.0
    head_sd_deg: float = 15.0
    head_turned_deg: float = 0.0


@dataclass(frozen=True, eq=False)
class Filmed:
    """A recording of keypoints, and how far each frame was filmed off the side of the body.

    `off_deg` is 0 side-on and 90 from the front or from behind.
    """

    recording: Recording
    t_s: Floats
    off_deg: Floats

    @property
    def track(self) -> Track:
        """The keypoints."""
        (track,) = self.recording.tracks
        return track


def filmed(recording: Recording, view: View, faults: Faults, seed: int) -> Filmed:
    """Film the recording's points of a body.

    Raises
    ------
    ValueError
        The recording has no track of points.
    """
    track = recording.track("points")
    if track is None:
        raise ValueError(f"{recording.source.path} has no points of a body")
    random = np.random.default_rng(seed)
    t_s = np.arange(track.t_s[0], track.t_s[-1], 1 / view.rate_hz)
    body = _whole_body(_resampled(track, t_s), t_s, faults, random)
    ahead = _mean_ahead(body)
    camera = _camera_place(body, ahead, view)
    image, depth = _projected(body, camera, view, t_s, random)
    keypoints, confidence = _as_found(image, depth, view, faults, random)
    columns, values = [], []
    for name in LAYOUTS[view.layout]:
        columns += [f"keypoint:{name}.{part}" for part in ("x", "y", "confidence")]
        values += [*keypoints[name].T, confidence[name]]
    found = Track("keypoints", t_s, np.column_stack(values), tuple(columns))
    sight = (body["pelvis"] - camera)[:, :2] @ [1, 1j]
    facing = _facing(body)
    off = np.degrees(np.arcsin(np.abs(np.cos(np.angle(facing * np.conj(sight))))))
    made = replace(
        recording,
        tracks=(found,),
        device=Device(manufacturer=SIMULATED_DEVICE),
    )
    return Filmed(made, t_s, off)


#: Name of a point -> shape (n, 3) or (n, 2).
_Body = dict[str, Floats]


def _resampled(track: Track, t_s: Floats) -> _Body:
    """Points at these moments by cubic curves between frames."""
    from scipy.interpolate import CubicSpline

    values = CubicSpline(track.t_s, track.values)(t_s)
    names = [column.removeprefix("point:").rsplit(".", 1)[0] for column in track.columns[::3]]
    return {name: values[:, 3 * at : 3 * at + 3] for at, name in enumerate(names)}


def _facing(body: _Body) -> npt.NDArray[np.complex128]:
    """Unit vectors square to the hips, smoothed over half a second or so by their own mean."""
    across = (body["left_hip"] - body["right_hip"])[:, :2] @ [1, 1j]
    ahead = -1j * across
    window = np.ones(min(31, len(ahead)))
    mean = np.convolve(ahead, window, mode="same")
    return np.asarray(mean / np.abs(mean))


def _mean_ahead(body: _Body) -> Floats:
    mean = complex(_facing(body).mean())
    return _unit(np.array([mean.real, mean.imag, 0.0]))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _whole_body(body: _Body, t_s: Floats, faults: Faults, random: np.random.Generator) -> _Body:
    """The body with head, heels and toe tips, and its joints as far apart as keypoints are."""
    whole = dict(body)
    across = _unit(body["left_hip"] - body["right_hip"])
    for name, width in (("shoulder", _SHOULDERS_M), ("hip", _HIPS_M)):
        left, right = body[f"left_{name}"], body[f"right_{name}"]
        middle, half = (left + right) / 2, _unit(left - right) * width / 2
        whole[f"left_{name}"], whole[f"right_{name}"] = middle + half, middle - half
    for side, sign in (("left", 1.0), ("right", -1.0)):
        ankle, ball = body[f"{side}_ankle"], body[f"{side}_toe"]
        sole = _sole(ankle, ball, across)
        up = np.cross(sole, across)
        up *= np.sign((up * (body[f"{side}_knee"] - ankle)).sum(axis=1, keepdims=True))
        drop = np.maximum(((ankle - ball) * up).sum(axis=1, keepdims=True), _HEEL_HEIGHT_M)
        whole[f"{side}_toe"] = ball + _TOE_TIP_M * sole
        whole[f"{side}_small_toe"] = ball + sign * _FOOT_WIDTH_M * across
        whole[f"{side}_heel"] = ankle - _HEEL_M * sole - drop * up
    shoulders = _unit(body["left_shoulder"] - body["right_shoulder"])
    looks = np.cross(shoulders, _UP)
    yaw = np.deg2rad(faults.head_turned_deg + faults.head_sd_deg * _wander(t_s, 2.0, random))
    ahead = np.cos(yaw)[:, None] * looks + np.sin(yaw)[:, None] * np.cross(_UP, looks)
    ahead = _unit(ahead * [1, 1, 0])
    for name, (ahead_m, left_m, up_m) in _ON_HEAD.items():
        aside = np.cross(_UP, ahead)
        whole[name] = body["head"] + ahead_m * ahead + left_m * aside + up_m * _UP
    return whole


def _sole(ankle: Floats, ball: Floats, across: Floats) -> Floats:
    """Where the sole points: ankle to ball, turned up by its pitch where the ball is low."""
    foot = _unit(ball - ankle)
    low = ball[:, 2] <= np.quantile(ball[:, 2], 0.3)
    pitch = float(np.median(np.arcsin(-foot[low, 2])))
    # Rodrigues' turn about the line of the hips, from right to left: toes up is negative.
    cos, sin = np.cos(-pitch), np.sin(-pitch)
    along = (foot * across).sum(axis=1, keepdims=True)
    return np.asarray(foot * cos + np.cross(across, foot) * sin + across * along * (1 - cos))


def _wander(t_s: Floats, lasts_s: float, random: np.random.Generator) -> Floats:
    """A first-order process of variance 1 that forgets itself in about so many seconds."""
    from scipy.signal import lfilter

    step = float(t_s[1] - t_s[0]) if len(t_s) > 1 else lasts_s
    keep = np.exp(-step / lasts_s)
    shocks = random.normal(size=len(t_s)) * np.sqrt(1 - keep**2)
    shocks[:1] = random.normal()
    return np.asarray(lfilter([1], [1, -keep], shocks))


def _camera_place(body: _Body, ahead: Floats, view: View) -> Floats:
    """Where the camera stands: far enough for all of the way where it does not turn."""
    pelvis = body["pelvis"]
    middle = (pelvis.min(axis=0) + pelvis.max(axis=0)) / 2
    side = np.cross(_UP, ahead) * (1 if view.from_left else -1)
    angle = np.deg2rad(view.angle_deg)
    toward = np.cos(angle) * side + np.sin(angle) * ahead
    distance = _NEAREST_M
    if view.mount is Mount.FIXED:
        right = np.cross(toward, _UP)
        off = pelvis - middle
        room = np.abs(off @ right) / (0.85 * WIDTH_PX / 2 / FOCAL_PX) + off @ toward
        distance = max(distance, float(room.max()))
    else:
        distance = max(distance, float(((pelvis - middle) @ toward).max()) + _NEAREST_M / 2)
    place = middle + distance * toward
    place[2] = _CAMERA_HEIGHT_M
    return np.asarray(place)


def _projected(
    body: _Body, camera: Floats, view: View, t_s: Floats, random: np.random.Generator
) -> tuple[_Body, dict[str, Floats]]:
    """Pixels, x right and y down, and the distance along the axis of the camera in metres."""
    pelvis = body["pelvis"]
    aim = (pelvis.min(axis=0) + pelvis.max(axis=0)) / 2 * np.ones_like(pelvis)
    if view.mount is Mount.PANNING:
        # Who pans lags behind and wavers.
        lag = max(1, round(0.3 * view.rate_hz))
        padded = np.concatenate([np.repeat(pelvis[:1], lag, axis=0), pelvis])
        sums = np.cumsum(np.concatenate([np.zeros((1, 3)), padded]), axis=0)
        aim = (sums[lag:-1] - sums[: -lag - 1])[: len(pelvis)] / lag
        aim[:, :2] += 0.05 * np.column_stack([_wander(t_s, 1.0, random) for _ in range(2)])
    aim[:, 2] = _AIM_HEIGHT_M
    axis = _unit(aim - camera)
    right = _unit(np.cross(axis, _UP))
    down = np.cross(axis, right)
    image, depth = {}, {}
    for name, place in body.items():
        off = place - camera
        along = np.maximum((off * axis).sum(axis=1), 0.1)
        x = FOCAL_PX * (off * right).sum(axis=1) / along + WIDTH_PX / 2
        y = FOCAL_PX * (off * down).sum(axis=1) / along + HEIGHT_PX / 2
        image[name], depth[name] = np.column_stack([x, y]), along
    return image, depth


def _hidden(name: str, image: _Body, depth: dict[str, Floats]) -> npt.NDArray[np.bool_]:
    """Where a point lies behind a limb or the trunk."""
    point = image[name]
    hidden = np.zeros(len(point), dtype=np.bool_)
    side = name.split("_")[0]
    for a, b, thick_m in _CAPSULES:
        if name in (a, b) or (side in _SIDES and a.startswith(side)):
            continue
        line = image[b] - image[a]
        along = ((point - image[a]) * line).sum(axis=1) / np.maximum((line**2).sum(axis=1), 1e-9)
        share = np.clip(along, 0, 1)
        off_px = np.linalg.norm(point - image[a] - share[:, None] * line, axis=1)
        there_m = depth[a] + share * (depth[b] - depth[a])
        hidden |= (off_px < thick_m * FOCAL_PX / there_m) & (depth[name] > there_m + 0.05)
    if name.endswith(("_eye", "_ear")):
        other = name.replace("left", "?").replace("right", "left").replace("?", "right")
        hidden |= depth[name] > depth[other] + 0.03
    return hidden


def _as_found(
    image: _Body, depth: dict[str, Floats], view: View, faults: Faults, random: np.random.Generator
) -> tuple[_Body, dict[str, Floats]]:
    """Pixels and confidence as a network would give them; NaN and 0 where it finds nothing."""
    names = LAYOUTS[view.layout]
    frames = len(image["pelvis"])
    t_s = np.arange(frames) / view.rate_hz
    found, confidence = {}, {}
    for name in names:
        hidden = _hidden(name, image, depth)
        lasting = np.column_stack([_wander(t_s, 0.3, random) for _ in range(2)])
        noise = (lasting + random.normal(size=(frames, 2))) / np.sqrt(2) * faults.noise_px
        found[name] = image[name] + noise * np.where(hidden, 2, 1)[:, None]
        sure = np.where(hidden, 0.45, 0.85) + np.where(hidden, 0.15, 0.07) * random.normal(
            size=frames
        )
        confidence[name] = np.clip(sure, 0.05, 1.0)
    for parts in (_LEG, ("knee", "ankle", "heel", "toe", "small_toe"), _ARM):
        present = [part for part in parts if f"left_{part}" in names]
        # Whole legs and lower legs are swapped by turns, so that a leg is for the share given.
        share = faults.swapped if parts is _ARM else faults.swapped / 2
        wrong = _spells(share, frames, faults, random)
        for part in present:
            for table in (found, confidence):
                left, right = table[f"left_{part}"], table[f"right_{part}"]
                which = wrong if left.ndim == 1 else wrong[:, None]
                table[f"left_{part}"] = np.where(which, right, left)
                table[f"right_{part}"] = np.where(which, left, right)
    nothing = _spells(faults.frames_missing, frames, faults, random)
    for name in names:
        x, y = found[name].T
        outside = (x < 0) | (y < 0) | (x >= WIDTH_PX) | (y >= HEIGHT_PX)
        lost = nothing | outside | _spells(faults.points_missing, frames, faults, random)
        found[name][lost] = np.nan
        confidence[name][lost] = 0.0
    return found, confidence


def _spells(
    share: float, frames: int, faults: Faults, random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Spells that take this share of frames, of a mean length of `lasting_frames`."""
    if share <= 0:
        return np.zeros(frames, dtype=np.bool_)
    begin = share / (1 - share) / faults.lasting_frames
    chance = random.random(frames)
    spell = np.empty(frames, dtype=np.bool_)
    inside = bool(random.random() < share)
    for frame in range(frames):
        inside = chance[frame] >= 1 / faults.lasting_frames if inside else chance[frame] < begin
        spell[frame] = inside
    return spell
