"""When feet stand on the ground, and what each stride was like, from points of the body.

A heel or toe stands while it is low and keeps its place on the ground. When exactly it touched and
left shows in its vertical acceleration: the ground stops a foot that comes down, and a foot that
leaves is pulled up; both are peaks (heel and forefoot at contact: Maiwald et al. 2009, doi
10.1080/19424280903133938; toe at toe-off: De Witt 2010, Journal of Biomechanics 43:3067).
A foot's contact is the first touch of any part of it, its toe-off the last leaving of any. Of
walking, in which a heel rolls on and off rather than lands, the far end of its path tells (Zeni,
Richards and Higginson 2008, doi 10.1016/j.gaitpost.2007.07.007), along the travel.

Departures from the papers, and why: neither part nor order is presumed, for backward the forefoot
lands first; peaks are looked for where a part comes to a stand, not in the pattern of a forward
stride; and all of it is the same when played in time reversed, which turns forward into backward
and contact into toe-off. So nothing here needs to know the direction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.points import Bodies
from backstride.motion.points.body_points import RATE_HZ, BodyPoints, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics
from backstride.motion.series import Bools
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats, Track
from backstride.vocabulary import Origin

#: Horizontal vectors: x + iy.
Plane = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class _Model:
    """The project's choices; their meaning stands in ``constants/steps.toml``."""

    highest_rate_hz: float = constant("steps.highest_rate_hz")
    smoothing_s: float = constant("steps.smoothing_s")
    low_m: float = constant("steps.low_m")
    still_mps: float = constant("steps.still_mps")
    still_share: float = constant("steps.still_share")
    lowest_s: float = constant("pose.lowest_s")
    reach_share: float = constant("steps.reach_share")
    heel_rad: float = constant("steps.heel_rad")
    heel_inward_s: float = constant("steps.heel_inward_s")
    walking_share: float = constant("steps.walking_share")
    heel_behind: float = constant("steps.heel_behind")
    peak_share: float = constant("steps.peak_share")
    shortest_contact_s: float = constant("steps.shortest_contact_s")
    shortest_swing_s: float = constant("steps.shortest_swing_s")
    flattest_share: float = constant("steps.flattest_share")
    longest_stride_s: float = constant("steps.longest_stride_s")


_M = _Model()


def contacts_of(track: Track, bodies: Bodies) -> Iterator[Contacts]:
    """Contacts of both feet in each stretch of a track of points.

    Works at the track's own rate, up to `steps.highest_rate_hz`. A contact or toe-off that the
    stretch begins or ends in is not one.

    Parameters
    ----------
    bodies
        The same stretches, with facing and travel.
    """
    rate_hz = min(track.rate_hz or RATE_HZ, _M.highest_rate_hz)
    for body, known in zip(stretches(track, POINTS, rate_hz), bodies, strict=True):
        yield _contacts(track.name, _Scene.of(body, known.motion, rate_hz))


@dataclass(frozen=True, eq=False)
class _Scene:
    """A body over the ground; all of shape (n,) on the clock of its points.

    Attributes
    ----------
    ground_mps, travel_mps
        Velocity of the ground in the room, and of the body over the ground.
    ground_m
        How far the ground has gone.
    """

    body: BodyPoints
    rate_hz: float
    facing_rad: Floats
    travel_mps: Plane
    ground_mps: Plane
    ground_m: Plane

    @classmethod
    def of(cls, body: BodyPoints, motion: Kinematics, rate_hz: float) -> "_Scene":
        """The kinematics put on the clock of the points."""
        facing = _at(motion.t_s, np.exp(1j * motion.facing_rad), body.t_s)
        travel = (motion.ahead_mps + 1j * motion.left_mps) * np.exp(1j * motion.facing_rad)
        ground = np.nan_to_num(_at(motion.t_s, motion.ground_mps, body.t_s))
        return cls(
            body=body,
            rate_hz=rate_hz,
            facing_rad=np.unwrap(np.angle(np.nan_to_num(facing))),
            travel_mps=_at(motion.t_s, travel, body.t_s),
            ground_mps=ground,
            ground_m=np.cumsum(ground) / rate_hz,
        )

    def frames(self, seconds: float) -> int:
        """A duration in frames, at least one."""
        return max(1, round(seconds * self.rate_hz))

    def seconds(self, frames: Floats) -> Floats:
        """Moments on the recording's clock of frames that need not be whole."""
        return np.asarray(self.body.t_s[0] + frames / self.rate_hz)

    def over_ground(self, points: Floats) -> Plane:
        """Places of a point on the ground, shape (n,)."""
        return np.asarray(points[:, 0] + 1j * points[:, 1] - self.ground_m)


# What is missing is not a number, here and there divided by nothing, and stays missing.
@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def _contacts(name: str, scene: _Scene) -> Contacts:
    feet = [_foot(scene, side) for side in SIDES[:2]]
    side = np.repeat(np.arange(len(feet), dtype=np.int8), [len(foot.contact) for foot in feet])
    contact = np.concatenate([foot.contact for foot in feet])
    toe_off = np.concatenate([foot.toe_off for foot in feet])
    place = np.concatenate([foot.place_m for foot in feet])
    own = {key: np.concatenate([foot.measured[key] for foot in feet]) for key in feet[0].measured}
    order = np.argsort(contact, kind="stable")
    between = _between_feet(scene, side[order], contact[order], toe_off[order], place[order])
    return Contacts(
        name=name,
        origin=Origin.POSE,
        side=side[order],
        contact_s=scene.seconds(contact[order]),
        toe_off_s=scene.seconds(toe_off[order]),
        measured={**{key: values[order] for key, values in own.items()}, **between},
    )


@dataclass(frozen=True, eq=False)
class _Foot:
    """Stances of one foot; frames, not whole, of its contacts and toe-offs, shape (n,) each.

    `place_m` is where on the ground it stood.
    """

    contact: Floats
    toe_off: Floats
    place_m: Plane
    measured: Mapping[str, Floats]


def _foot(scene: _Scene, side: str) -> _Foot:
    toe, heel = _toe_and_heel(scene.body, side)
    parts = [_smooth(part, scene) for part in (toe, heel)]
    stands = np.zeros(len(scene.body), dtype=np.bool_)
    for part in parts:
        stands |= _stands(part, scene)
    first, last = _stances(stands, parts[0], scene)
    middle = (first + last) // 2
    reach = _reach(first, scene)
    peaks = [_peaks(_second_derivative(part[:, 2])) for part in parts]
    contact = _edges(first, peaks, reach, earliest=True)
    toe_off = _edges(last, peaks, reach, earliest=False)
    front = parts[0]
    pitch = _pitch(*parts)
    walks = _walks(first, last)
    ahead = _ahead_of_pelvis(parts[1], scene)
    inward = _M.heel_inward_s * scene.rate_hz
    by_heel = _by_heel(first, ahead, pitch, reach) + inward
    contact = np.where(walks & np.isfinite(by_heel), by_heel, contact)
    by_heel = _by_heel(last, -ahead, pitch, reach) - inward
    toe_off = np.where(walks & np.isfinite(by_heel), by_heel, toe_off)
    seen = np.isfinite(front[:, 2])
    return _Foot(
        contact,
        toe_off,
        scene.over_ground(front)[middle],
        _measured(scene, front, pitch, seen, contact, middle),
    )


def _toe_and_heel(body: BodyPoints, side: str) -> tuple[Floats, Floats]:
    """Both as they were seen; what is missing, from the ankle.

    A heel is put behind and below an ankle as the sole turns with the foot. Without toes the ankle
    stands for all of the foot.
    """
    ankle, toe, heel = (body.point(f"{side}_{part}") for part in ("ankle", "toe", "heel"))
    if not np.isfinite(toe).any():
        return ankle, heel if np.isfinite(heel).any() else ankle
    if np.isfinite(heel).any():
        return toe, heel
    ahead = toe - ankle
    flatly = np.hypot(ahead[:, 0], ahead[:, 1])
    turned = np.arctan2(ahead[:, 2], flatly)
    turned = turned - _flat(turned, toe[:, 2] + ankle[:, 2])
    length = np.linalg.norm(ahead, axis=1)
    down = float(np.nanmin(ankle[:, 2]) - np.nanmin(toe[:, 2]))
    behind = -_M.heel_behind * length
    along = behind * np.cos(turned) + down * np.sin(turned)
    rise = behind * np.sin(turned) - down * np.cos(turned)
    made = ankle.copy()
    made[:, :2] += (along / flatly)[:, None] * ahead[:, :2]
    made[:, 2] += rise
    return toe, made


def _smooth(part: Floats, scene: _Scene) -> Floats:
    """Shape (n, 3), smoothed; what is missing stays missing."""
    from scipy.ndimage import gaussian_filter1d

    missing = ~np.isfinite(part).all(axis=1)
    if missing.all():
        return part
    at = np.arange(len(part))
    filled = np.column_stack([np.interp(at, at[~missing], axis[~missing]) for axis in part.T])
    smooth = gaussian_filter1d(filled, _M.smoothing_s * scene.rate_hz, axis=0, mode="nearest")
    smooth[missing] = np.nan
    return np.asarray(smooth)


def _stands(part: Floats, scene: _Scene) -> Bools:
    """Shape (n,): low, and slow over the ground beside the body's own speed."""
    from scipy.ndimage import minimum_filter1d

    seen = np.isfinite(part[:, 2])
    window = 2 * scene.frames(_M.lowest_s) + 1
    lowest = minimum_filter1d(np.where(seen, part[:, 2], np.inf), window, mode="nearest")
    above = part[:, 2] - np.where(seen, lowest, np.nan)
    velocity = np.gradient(part, axis=0) * scene.rate_hz
    across = velocity[:, 0] + 1j * velocity[:, 1] - scene.ground_mps
    speed = np.hypot(np.abs(across), velocity[:, 2])
    slow = np.fmax(_M.still_mps, _M.still_share * np.abs(scene.travel_mps))
    return np.asarray((above < _M.low_m) & (speed < slow))


def _stances(
    stands: Bools, front: Floats, scene: _Scene
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and last frame of each stance; those cut by the stretch's ends are left out.

    Between two stands a foot that went less far over the ground than the body did not swing.
    """
    change = np.diff(np.concatenate(([0], stands.astype(np.int8), [0])))
    first, last = np.flatnonzero(change > 0), np.flatnonzero(change < 0) - 1
    place = scene.over_ground(front)
    gap = first[1:] - last[:-1]
    went = np.abs(place[first[1:]] - place[last[:-1]]) * scene.rate_hz
    body = np.abs(scene.travel_mps)[(first[1:] + last[:-1]) // 2] * gap
    left = (gap > _M.shortest_swing_s * scene.rate_hz) & ~(went < body)
    first = first[np.append(True, left)[: len(first)]]
    last = last[np.append(left, True)[: len(last)]]
    whole = (last - first >= _M.shortest_contact_s * scene.rate_hz) & (first > 0)
    whole &= last < len(stands) - 1
    return first[whole], last[whole]


def _second_derivative(height: Floats) -> Floats:
    rise = np.full(len(height), np.nan)
    rise[1:-1] = height[2:] - 2 * height[1:-1] + height[:-2]
    return rise


def _reach(first: npt.NDArray[np.intp], scene: _Scene) -> float:
    """Frames to both sides of a stand's end in which its peak is looked for: quicker, fewer."""
    strides = np.diff(first) / scene.rate_hz
    strides = strides[strides <= _M.longest_stride_s]
    stride_s = float(np.median(strides)) if len(strides) else 1.0
    return _M.reach_share * stride_s * scene.rate_hz


#: Places, in order and between frames, and heights of the upward peaks of a part's acceleration.
_Peaks = tuple[Floats, Floats]


def _edges(
    frames: npt.NDArray[np.intp], parts: Sequence[_Peaks], reach: float, *, earliest: bool
) -> Floats:
    """Frames, not whole, of the outermost high peak of any part near each frame.

    High is a peak beside the highest of its own part, and not next to nothing beside that of the
    other: a forefoot lands more softly than a heel. Where there is none, the frame itself.
    """
    found = frames.astype(np.float64)
    for row, frame in enumerate(frames):
        near = [_near(peaks, frame - reach, frame + reach) for peaks in parts]
        tops = [float(heights.max(initial=0)) for _, heights in near]
        outermost = [
            float(places[high[0 if earliest else -1]])
            for (places, heights), top in zip(near, tops, strict=True)
            if len(
                high := np.flatnonzero(
                    heights >= np.fmax(_M.peak_share * top, _M.peak_share**2 * max(tops))
                )
            )
        ]
        if outermost:
            found[row] = min(outermost) if earliest else max(outermost)
    return found


def _pitch(toe: Floats, heel: Floats) -> Floats:
    """Shape (n,), angle of the sole to how it lies on the ground, toes up positive."""
    along = toe - heel
    pitch = np.arctan2(along[:, 2], np.hypot(along[:, 0], along[:, 1]))
    return np.asarray(pitch - _flat(pitch, toe[:, 2] + heel[:, 2]))


def _walks(first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> Bools:
    """Which stances are of walking: of a foot that stands for half of its stride or more."""
    strides = np.diff(first).astype(np.float64)
    if not len(strides):
        return np.zeros(len(first), dtype=np.bool_)
    return np.asarray(last - first >= _M.walking_share * np.append(strides, strides[-1]))


def _ahead_of_pelvis(part: Floats, scene: _Scene) -> Floats:
    """Shape (n,), how far ahead of the pelvis it is in the direction of travel."""
    pelvis = scene.body.first_of(scene.body.point("pelvis"), scene.body.middle("hip"))
    away = (part - pelvis)[:, 0] + 1j * (part - pelvis)[:, 1]
    return np.asarray((away * np.conj(scene.travel_mps) / np.abs(scene.travel_mps)).real)


def _by_heel(frames: npt.NDArray[np.intp], ahead: Floats, pitch: Floats, reach: float) -> Floats:
    """Frames, not whole, near each at which the heel is farthest ahead, the toes not down.

    Zeni et al. (2008), along the travel and not the facing: so it is the contact of forward
    walking and, with `ahead` turned round, the last touch of backward walking. NaN where the toes
    are down there: then the heel is not the part that touches first or last.
    """
    places, heights = _peaks(ahead - np.nanmin(ahead, initial=0.0))
    found = np.full(len(frames), np.nan)
    for row, frame in enumerate(frames):
        near, tall = _near((places, heights), frame - reach, frame + reach)
        if len(near):
            farthest = float(near[tall.argmax()])
            if pitch[round(farthest)] > _M.heel_rad:
                found[row] = farthest
    return found


def _near(peaks: _Peaks, low: float, high: float) -> _Peaks:
    places, heights = peaks
    begin, end = np.searchsorted(places, [low, high])
    return places[begin:end], heights[begin:end]


def _peaks(rise: Floats) -> _Peaks:
    before, here, after = rise[:-2], rise[1:-1], rise[2:]
    top = np.flatnonzero((here > before) & (here >= after) & (here > 0))
    a, b, c = before[top], here[top], after[top]
    return top + 1 + (a - c) / (2 * (a - 2 * b + c)), b


def _measured(
    scene: _Scene,
    front: Floats,
    pitch: Floats,
    seen: Bools,
    contact: Floats,
    middle: npt.NDArray[np.intp],
) -> dict[str, Floats]:
    """What one foot's own path tells of the strides that begin with its contacts."""
    size = len(contact)
    following = np.append(contact[1:], np.nan)[:size]
    following[following - contact > _M.longest_stride_s * scene.rate_hz] = np.nan
    pelvis = scene.body.first_of(scene.body.point("pelvis"), scene.body.middle("hip"))
    way = _sampled(scene.over_ground(pelvis), following) - _sampled(
        scene.over_ground(pelvis), contact
    )
    stood = scene.over_ground(front)[middle]
    lengths = np.abs(np.diff(stood, append=np.nan))
    turned = _sampled(scene.facing_rad, following) - _sampled(scene.facing_rad, contact)
    low, high = _range(pelvis[:, 2], contact, following)
    floor, top = _range(np.where(seen, front[:, 2], np.nan), contact, following)
    return {
        "stride_length_m": np.where(np.isfinite(following), lengths, np.nan),
        "speed_mps": np.abs(way) * scene.rate_hz / (following - contact),
        "vertical_oscillation_m": high - low,
        "foot_clearance_m": top - floor,
        "foot_strike_rad": _sampled(pitch, contact),
        "turned_rad": np.angle(np.exp(1j * turned)),
        "leg_length_m": np.full(size, _leg(scene.body)),
    }


def _flat(pitch: Floats, height: Floats) -> float:
    """The sole's pitch while it lies on the ground: where toe and heel are lowest together."""
    known = np.isfinite(height)
    if not known.any():
        return np.nan
    lowest = known & (height <= np.quantile(height[known], _M.flattest_share))
    return float(np.median(pitch[lowest]))


def _leg(body: BodyPoints) -> float:
    """Hip to ground with a straight leg: thigh, shank and the ankle's height; NaN where unseen."""
    lengths = []
    for side in SIDES[:2]:
        hip, knee, ankle = (body.point(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        leg = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
        both = np.isfinite(leg) & np.isfinite(ankle[:, 2])
        if both.any():
            lengths.append(np.median(leg[both]) + np.min(ankle[both, 2]) - _floor(body))
    return float(np.mean(lengths)) if lengths else np.nan


def _floor(body: BodyPoints) -> float:
    """Height of the lowest part of a foot that is seen."""
    heights = [
        body.point(f"{side}_{part}")[:, 2]
        for side in SIDES[:2]
        for part in ("toe", "heel", "ankle")
    ]
    return float(np.nanmin(np.concatenate(heights)))


def _between_feet(
    scene: _Scene,
    side: npt.NDArray[np.int8],
    contact: Floats,
    toe_off: Floats,
    place_m: Plane,
) -> dict[str, Floats]:
    """Step length along the travel, and how far the left foot stands left of the right one."""
    size = len(contact)
    other = np.append(side[1:] != side[:-1], False)[:size]
    step = np.diff(place_m, append=np.nan)[:size]
    middle = (contact + toe_off) / 2
    travel = _sampled(scene.travel_mps, middle)
    facing = np.exp(1j * _sampled(scene.facing_rad, middle))
    toward = travel / np.abs(travel)
    left = 1j * toward
    # To the left of the body, not of the travel: they are opposite in backward gait.
    left = np.where((left * np.conj(1j * facing)).real < 0, -left, left)
    from_right = np.where(side == 0, -step, step)
    return {
        "step_length_m": np.where(other, np.abs((step * np.conj(toward)).real), np.nan),
        "step_width_m": np.where(other, (from_right * np.conj(left)).real, np.nan),
    }


def _at(t_s: Floats, values: Plane, wanted_s: Floats) -> Plane:
    """Complex values between those that are known; NaN where nothing near is."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(wanted_s), complex(np.nan, np.nan))
    line: Plane = np.interp(wanted_s, t_s[known], values[known])
    near = np.interp(wanted_s, t_s, known.astype(np.float64)) > 0
    line[~near] = np.nan
    return line


_Number = TypeVar("_Number", np.float64, np.complex128)


def _sampled(values: npt.NDArray[_Number], frames: Floats) -> npt.NDArray[_Number]:
    """Values at frames that need not be whole; NaN for a frame that is."""
    low = np.clip(np.nan_to_num(frames), 0, len(values) - 1).astype(np.intp)
    high = np.minimum(low + 1, len(values) - 1)
    share = frames - low
    return np.asarray(values[low] * (1 - share) + values[high] * share)


def _range(values: Floats, contact: Floats, following: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value from each contact to the following one; NaN without one."""
    low, high = np.full(len(contact), np.nan), np.full(len(contact), np.nan)
    whole = np.flatnonzero(np.isfinite(following))
    if not len(whole):
        return low, high
    edges = np.column_stack([contact[whole], following[whole]]).astype(np.intp).ravel()
    edges = np.minimum(edges, len(values) - 1)
    low[whole] = np.minimum.reduceat(values, edges)[::2]
    high[whole] = np.maximum.reduceat(values, edges)[::2]
    return low, high
