"""Where a body in a picture faces and where it travels, along the picture: two quantities."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backstride.evidence import constant
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.points.picture import STATURE_M, Picture, mean_of, pictures
from backstride.motion.series import Bools
from backstride.recording import Floats, Track
from backstride.vocabulary import QUANTITIES

_SIDES = ("left", "right")


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/keypoints.toml``."""

    smoothing_s: float = constant("keypoints.smoothing_s")
    facing_s: float = constant("keypoints.facing_s")
    foot_s: float = constant("keypoints.foot_s")
    shoulders: float = constant("keypoints.shoulders")
    hips: float = constant("keypoints.hips")
    stance_s: float = constant("keypoints.stance_s")
    stance_velocity_s: float = constant("keypoints.stance_velocity_s")
    still_per_s: float = constant("keypoints.still_per_s")
    still_lift: float = constant("keypoints.still_lift")
    least_seen: float = constant("keypoints.least_seen")
    now_s: float = constant("keypoints.now_s")
    steps: float = constant("keypoints.steps")
    run_bounce: float = constant("keypoints.run_bounce")
    run_bounce_spread: float = constant("keypoints.run_bounce_spread")
    run_mps: float = constant("watch.forward_transition_mps")
    run_spread_mps: float = constant("pose.run_spread_mps")


_C = _Choices()


@dataclass(frozen=True, eq=False)
class Sagittal:
    """Facing and travel along the picture, frame by frame; all of shape (n,).

    Attributes
    ----------
    ahead
        Part of the body -> how far it points to the right of the picture, in body
        heights, smoothed; NaN where it is not seen.
    travel_per_s
        Velocity over the ground to the right of the picture, in body heights; NaN where unknown.
    across
        Sine of the angle that the body is turned out of the side view, from the width of shoulders
        and hips: 0 side-on, 1 from the front or from behind.
    across_per_s
        How fast it changes, by its sign: positive where left moves to the right of the picture.
    bounce
        Correlation of the trunk's height with how far the feet are apart: walkers vault over the
        standing leg and are lowest with feet apart, runners are highest there (Cavagna et al. 1977,
        doi 10.1152/ajpregu.1977.233.5.R243).
    stepping_per_s
        Velocity of the feet as seen from the pelvis, up and down as well: root of its mean square.
    camera_rests
        Whether the pelvis goes in the picture as it does over the ground.
    """

    t_s: Floats
    ahead: Mapping[str, Floats]
    travel_per_s: Floats
    across: Floats
    across_per_s: Floats
    bounce: Floats
    stepping_per_s: Floats
    camera_rests: Bools

    def every(self, begin: int, frames: int) -> "Sagittal":
        """One frame of so many, from one on."""
        at = slice(begin, None, frames)
        parts = {name: values[at] for name, values in vars(self).items() if name != "ahead"}
        return Sagittal(ahead={name: values[at] for name, values in self.ahead.items()}, **parts)

    @property
    def speed_mps(self) -> Floats:
        """Speed over the ground of a body of `keypoints.stature_m`."""
        return np.asarray(np.abs(self.travel_per_s) * STATURE_M)

    @property
    def running(self) -> Floats:
        """A vote for running (1) or walking (-1): by bounce and speed, or by speed alone."""
        by_speed = (self.speed_mps - _C.run_mps) / _C.run_spread_mps
        by_bounce = (self.bounce - _C.run_bounce) / _C.run_bounce_spread
        return np.asarray(np.sign(np.nan_to_num(by_speed + np.nan_to_num(by_bounce))))


# What is missing is not a number and stays missing.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def sagittal_of(body: Picture) -> Sagittal:
    """Facing and travel of a body along the picture.

    No part of the facing comes from where the body goes. Feet point ahead off the shank, knees
    bend ahead of the line from hip to ankle, elbows behind that from shoulder to wrist, and the
    nose lies ahead of ears and neck.

    Travel is minus the velocity of a standing foot as seen from the pelvis, whatever camera or belt
    do. Which foot stands is not decided, and no level of the ground is needed: a foot that is low
    goes against the travel as seen from the pelvis, one that is high goes with it. So the
    correlation of a foot's height and velocity has the sign of the travel, and is about 0 in a body
    that stands. The size is how fast feet go against the travel at most within about a stride, less
    where the correlation is weak. Where the pelvis goes along in the picture as fast as that, the
    camera rests, and its velocity is taken, which is surer of the size.
    """
    ones = np.ones(len(body))
    pelvis = pelvis_of(body)
    moved = smoothed(_velocity(smoothed(pelvis[:, 0], _C.foot_s, ones)), _C.smoothing_s, ones)
    feet = [foot_of(body, side, pelvis) for side in _SIDES]
    travel = _by_feet(feet)
    rests = np.abs(moved - travel) < np.abs(moved) / 2
    across, across_per_s = _across(body)
    return Sagittal(
        t_s=body.t_s,
        ahead=_ahead(body),
        travel_per_s=np.where(rests, moved, travel),
        across=across,
        across_per_s=across_per_s,
        bounce=_bounce(body, pelvis, feet),
        stepping_per_s=_stepping(feet),
        camera_rests=rests,
    )


def pelvis_of(body: Picture) -> Floats:
    """Shape (n, 2): the pelvis and the middle of the hips, as far as they are seen."""
    return mean_of(body.point("pelvis"), body.middle("hip"))


@dataclass(frozen=True, eq=False)
class Foot:
    """A foot as seen from the pelvis, in body heights, shape (n,) each; NaN where it is not seen.

    Attributes
    ----------
    x
        To the right of the picture.
    up
        Height in the picture, not as seen from the pelvis, and with no level of its own.
    """

    x: Floats
    up: Floats


@dataclass(frozen=True, eq=False)
class Film:
    """A body in a stretch of pictures, and its facing and travel on the same clock."""

    body: Picture
    motion: Sagittal


def films_of(track: Track) -> list[Film]:
    """Every stretch of a track of keypoints that shows one body."""
    return [Film(body, sagittal_of(body)) for body in pictures(track)]


def foot_of(body: Picture, side: str, pelvis: Floats) -> Foot:
    """A foot: the mean of ankle, heel and toe, as far as the stretch has them."""
    names = [f"{side}_{part}" for part in ("ankle", "heel", "toe")]
    parts = [body.point(name) for name in names if np.isfinite(body.point(name)).any()]
    if not parts:
        nothing = np.full(len(body), np.nan)
        return Foot(nothing, nothing)
    foot = np.mean(parts, axis=0)
    ones = np.ones(len(body))
    x = smoothed(foot[:, 0], _C.foot_s, ones) - smoothed(pelvis[:, 0], _C.foot_s, ones)
    return Foot(x, -smoothed(foot[:, 1], _C.foot_s, ones))


def _by_feet(feet: list[Foot]) -> Floats:
    """Velocity of the pelvis over the ground, from both feet as seen from it."""
    from scipy.ndimage import maximum_filter1d

    covariance: list[Floats] = []
    fast: list[Floats] = []
    high: list[Floats] = []
    back: list[Floats] = []
    ahead: list[Floats] = []
    seen: list[Floats] = []
    now: list[Floats] = []
    frames = 2 * round(_C.stance_s * RATE_HZ / 2) + 1
    for foot in feet:
        velocity = _velocity(foot.x)
        known = (np.isfinite(velocity) & np.isfinite(foot.up)).astype(np.float64)
        off = velocity - smoothed(velocity, _C.smoothing_s, known)
        lift = foot.up - smoothed(foot.up, _C.smoothing_s, known)
        covariance.append(smoothed(off * lift, _C.smoothing_s, known))
        fast.append(smoothed(off**2, _C.smoothing_s, known))
        high.append(smoothed(lift**2, _C.smoothing_s, known))
        now.append(np.sqrt(smoothed(velocity**2, _C.now_s, known)))
        seen.append(_share(known, _C.smoothing_s))
        steady = smoothed(velocity, _C.stance_velocity_s, known)
        for extremes, sign in ((back, -1), (ahead, 1)):
            signed = np.where(np.isfinite(steady), sign * steady, -np.inf)
            most = maximum_filter1d(signed, frames, mode="nearest")
            extremes.append(np.where(np.isfinite(most), most, np.nan))
    spread = (mean_of(*fast) + _C.still_per_s**2) * (mean_of(*high) + _C.still_lift**2)
    correlation = mean_of(*covariance) / np.sqrt(spread)
    size = np.where(correlation > 0, mean_of(*back), mean_of(*ahead))
    size = smoothed(size, _C.facing_s, np.ones(len(size)))
    # Some foot always moves against a pelvis that travels; where none does, it has stopped.
    size = np.minimum(size, np.fmax(*now))
    # Of less than a stride feet show now what they do in the air, now what they do on the ground.
    enough = np.mean(seen, axis=0) >= _C.least_seen
    travel = np.clip(correlation / _C.steps, -1, 1) * np.maximum(size, 0)
    return np.asarray(np.where(enough, travel, np.nan))


def _stepping(feet: list[Foot]) -> Floats:
    squares = [_velocity(along) ** 2 for foot in feet for along in (foot.x, foot.up)]
    total = 2 * mean_of(*squares)
    return np.sqrt(smoothed(total, _C.smoothing_s, np.ones(len(total))))


def _bounce(body: Picture, pelvis: Floats, feet: list[Foot]) -> Floats:
    """Correlation of the height of pelvis and shoulders with how far the feet are apart."""
    ones = np.ones(len(body))
    trunk = mean_of(pelvis, body.middle("shoulder"))
    up = -smoothed(trunk[:, 1], _C.foot_s, ones)
    apart = np.abs(feet[0].x - feet[1].x)
    up -= smoothed(up, _C.smoothing_s, ones)
    apart -= smoothed(apart, _C.smoothing_s, ones)
    spread = smoothed(up**2, _C.smoothing_s, ones) + _C.still_lift**2
    spread *= smoothed(apart**2, _C.smoothing_s, ones)
    return np.asarray(smoothed(up * apart, _C.smoothing_s, ones) / np.sqrt(spread))


def _ahead(body: Picture) -> dict[str, Floats]:
    feet, knees, elbows = [], [], []
    for side in _SIDES:
        hip, knee, ankle = (body.point(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        toe = body.point(f"{side}_toe")
        heel = np.where(np.isfinite(body.point(f"{side}_heel")), body.point(f"{side}_heel"), ankle)
        sure = body.sure(f"{side}_knee", f"{side}_ankle", f"{side}_toe")
        feet.append((_off(ankle - knee, toe - heel), sure))
        sure = body.sure(f"{side}_hip", f"{side}_knee", f"{side}_ankle")
        knees.append((_off(ankle - hip, knee - (hip + ankle) / 2), sure))
        names = [f"{side}_{part}" for part in ("shoulder", "elbow", "wrist")]
        shoulder, elbow, wrist = map(body.point, names)
        # Turned over, for elbows bend to behind.
        off = _off(wrist - shoulder, (shoulder + wrist) / 2 - elbow)
        elbows.append((off, body.sure(*names)))
    nose, ears = body.point("nose"), body.middle("ear")
    neck = mean_of(body.point("neck"), body.middle("shoulder"))
    head = mean_of((nose - ears)[:, 0], (nose - neck)[:, 0])
    votes = {"feet": feet, "knees": knees, "head": [(head, body.sure("nose"))], "elbows": elbows}
    return {name: _pooled(parts) for name, parts in votes.items()}


def _pooled(parts: list[tuple[Floats, Floats]]) -> Floats:
    """Mean of both sides by confidence, smoothed."""
    known = [np.where(np.isfinite(value), sure, 0) for value, sure in parts]
    total = np.sum(known, axis=0)
    values = [np.nan_to_num(value) * sure for (value, _), sure in zip(parts, known, strict=True)]
    return smoothed(np.sum(values, axis=0) / total, _C.facing_s, total)


def _off(line: Floats, part: Floats) -> Floats:
    """How far a part lies off a line that runs down, to the right of the picture as it stands."""
    turned = part[:, 0] * line[:, 1] - part[:, 1] * line[:, 0]
    return np.asarray(turned / np.hypot(line[:, 0], line[:, 1]))


def _across(body: Picture) -> tuple[Floats, Floats]:
    """Sine of the turn out of the side view, without its sign, and how fast it changes with it."""
    widths = []
    for name, width in (("shoulder", _C.shoulders), ("hip", _C.hips)):
        off = body.point(f"left_{name}") - body.point(f"right_{name}")
        widths.append(off[:, 0] / width)
    both = mean_of(*widths)
    weight = np.ones(len(both))
    signed = smoothed(both, _C.facing_s, weight)
    # Left and right of shoulders are taken for each other in some frames.
    sine = np.sqrt(smoothed(both**2, _C.facing_s, weight))
    change = np.full(len(both), np.nan)
    change[1:-1] = (signed[2:] - signed[:-2]) * RATE_HZ / 2
    return np.minimum(sine, 1), change


def _velocity(x: Floats) -> Floats:
    """Per second; NaN where it is not seen, or faster than any part of a person."""
    velocity = np.full(len(x), np.nan)
    velocity[1:-1] = (x[2:] - x[:-2]) * RATE_HZ / 2
    # A swinging foot is about twice as fast as its runner.
    velocity[np.abs(velocity) > 2 * QUANTITIES["speed_mps"].high / STATURE_M] = np.nan
    return velocity


def smoothed(values: Floats, sd_s: float, weight: Floats) -> Floats:
    """Weighted mean under a bell, along the last axis.

    NaN where nothing is known within about one standard deviation of it.
    """
    from scipy.ndimage import convolve1d

    bell = _bell(sd_s)
    known = np.where(np.isfinite(values), weight, 0)
    total = convolve1d(np.where(known > 0, values * known, 0), bell, mode="constant")
    weights = convolve1d(known, bell, mode="constant")
    near = convolve1d((known > 0).astype(np.float64), bell, mode="constant")
    return np.asarray(np.where(near >= np.exp(-1 / 2), total / weights, np.nan))


def _share(known: Floats, sd_s: float) -> Floats:
    """How much of what lies under a bell is known."""
    from scipy.ndimage import convolve1d

    bell = _bell(sd_s)
    return np.asarray(convolve1d(known, bell, mode="constant") / bell.sum())


def _bell(sd_s: float) -> Floats:
    half = round(2 * sd_s * RATE_HZ)
    return np.asarray(np.exp(-((np.arange(-half, half + 1) / (sd_s * RATE_HZ)) ** 2) / 2))
