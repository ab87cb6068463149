"""Keypoints of one body in pictures, cleaned: on an even clock, left and right where they were."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.series import Bools
from backstride.recording import Floats, Track
from backstride.vocabulary import QUANTITIES

#: The track that holds keypoints, and how its columns begin.
TRACK = "keypoints"
_PREFIX = "keypoint:"
_PARTS = ("x", "y", "confidence")

_SIDES = ("left", "right")
#: What changes sides together where a network takes one leg for the other.
_LOWER_LEG = ("knee", "ankle", "heel", "toe", "small_toe")
_OF_A_SIDE = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", *_LOWER_LEG)
_NAMES = (
    "nose",
    "neck",
    "pelvis",
    "head",
    *(f"{side}_{part}" for part in _OF_A_SIDE for side in _SIDES),
)


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/keypoints.toml``."""

    least_confidence: float = constant("keypoints.least_confidence")
    longest_gap_s: float = constant("pose.longest_gap_s")
    shortest_stretch_s: float = constant("pose.shortest_stretch_s")
    swapped: float = constant("keypoints.swapped")
    jump: float = constant("keypoints.jump")
    reach: float = constant("keypoints.reach")
    stature: float = constant("keypoints.stature")
    scale_s: float = constant("keypoints.scale_s")
    stature_m: float = constant("keypoints.stature_m")
    least_px: float = constant("keypoints.least_px")


_C = _Choices()

#: Metres of a body height, for want of anything in the picture that has a length.
STATURE_M = _C.stature_m


@dataclass(frozen=True, eq=False)
class Picture:
    """One body in a stretch of pictures without long gaps.

    Attributes
    ----------
    t_s
        shape (n,), seconds since the recording's start: whole frames of `RATE_HZ` a second.
    end_s
        When the stretch ends: its last frame as recorded.
    at
        Name of a point -> shape (n, 2), body heights, x right and y down; NaN where it is unseen.
    confidence
        Name of a point -> shape (n,), 0 where it is unseen.
    swapped
        Share of the recorded frames in which left and right lower leg were put back.
    """

    t_s: Floats
    end_s: float
    at: Mapping[str, Floats]
    confidence: Mapping[str, Floats]
    swapped: float

    def __len__(self) -> int:
        return len(self.t_s)

    def point(self, name: str) -> Floats:
        """Shape (n, 2); all NaN where there is no such point."""
        found = self.at.get(name)
        return np.full((len(self), 2), np.nan) if found is None else found

    def sure(self, *names: str) -> Floats:
        """Shape (n,): confidence of the least sure of these points."""
        nothing = np.zeros(len(self))
        least = nothing
        for at, name in enumerate(names):
            sure = self.confidence.get(name, nothing)
            least = np.minimum(least, sure) if at else sure
        return least

    def middle(self, name: str) -> Floats:
        """Shape (n, 2): halfway between the left and the right point, or the one that is seen."""
        return mean_of(self.point(f"left_{name}"), self.point(f"right_{name}"))


def mean_of(*choices: Floats) -> Floats:
    """Mean of what is seen; NaN where nothing is."""
    known = [np.isfinite(choice) for choice in choices]
    total = np.sum([np.where(k, c, 0) for k, c in zip(known, choices, strict=True)], axis=0)
    count = np.sum(known, axis=0)
    return np.asarray(np.where(count, total / np.maximum(count, 1), np.nan))


def pictures(track: Track) -> Iterator[Picture]:
    """The track's stretches in which one body is seen without a gap.

    Points less sure than `keypoints.least_confidence`, and points further from the trunk than a
    body is long, are unseen. A trunk that jumps as no body moves is another person's: the stretch
    ends there. Lower legs that change sides between two frames are put back: of both namings in
    each frame those are kept that make all points travel least, the given one being more probable
    (Viterbi 1967, doi 10.1109/TIT.1967.1054010). Stretches shorter than `pose.shortest_stretch_s`
    are left out. Lengths are in body heights, as the lengths of trunk and legs make them; so the
    size of the picture and the zoom do not matter.
    """
    t_s, once = np.unique(track.t_s, return_index=True)
    once = once[np.isfinite(t_s)]
    t_s = t_s[: len(once)]
    at, confidence = _seen(track, once)
    height = _height(at, t_s)
    trunk = _trunk(at)
    for name, place in at.items():
        # A point off the trunk by more than a body is not of this body.
        far = np.linalg.norm(place - trunk, axis=1) > _C.reach * height
        place[~np.isfinite(place).all(axis=1) | far] = np.nan
        confidence[name][np.isnan(place[:, 0])] = 0
    starts = np.flatnonzero(_breaks(t_s, trunk, height))
    ends = np.append(starts[1:], len(t_s))[: len(starts)]
    long = t_s[ends - 1] - t_s[starts] >= _C.shortest_stretch_s
    for start, end in zip(starts[long], ends[long], strict=True):
        here = slice(start, end)
        if not np.isfinite(height[here]).any():
            continue
        yield _picture(
            t_s[here],
            {name: place[here] for name, place in at.items()},
            {name: sure[here] for name, sure in confidence.items()},
            height[here],
        )


def _seen(track: Track, rows: npt.NDArray[np.intp]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Points of a body and their confidence; NaN and 0 where they are not seen.

    A network that gives no confidence is taken at its word.
    """
    at, confidence = {}, {}
    for name in _NAMES:
        x, y, sure = (f"{_PREFIX}{name}.{part}" for part in _PARTS)
        if x not in track or y not in track:
            continue
        place = np.column_stack([track.column(x)[rows], track.column(y)[rows]])
        how = track.column(sure)[rows] if sure in track else np.ones(len(rows))
        known = np.isfinite(place).all(axis=1) & (how >= _C.least_confidence)
        known &= (np.abs(place) < _FAR_PX).all(axis=1)
        at[name] = np.where(known[:, None], place, np.nan)
        confidence[name] = np.where(known, np.minimum(how, 1), 0)
    return at, confidence


#: No picture is so large; beyond, squares of pixels lose their digits.
_FAR_PX = 1000.0 * 1000


def _point(at: Mapping[str, Floats], name: str) -> Floats:
    frames = len(next(iter(at.values()))) if at else 0
    return at.get(name, np.full((frames, 2), np.nan))


def _middle(at: Mapping[str, Floats], name: str) -> Floats:
    return mean_of(_point(at, f"left_{name}"), _point(at, f"right_{name}"))


def _trunk(at: Mapping[str, Floats]) -> Floats:
    """Middle of shoulders and hips, or of those that are seen."""
    return mean_of(_middle(at, "shoulder"), _middle(at, "hip"))


def _height(at: Mapping[str, Floats], t_s: Floats) -> Floats:
    """Shape (m,), stature in pixels, steady over about `keypoints.scale_s`."""
    trunk = np.linalg.norm(_middle(at, "shoulder") - _middle(at, "hip"), axis=1)
    hip = _middle(at, "hip")
    legs = []
    for upper, lower in (("hip", "knee"), ("knee", "ankle")):
        lengths = []
        for side in _SIDES:
            above = hip if upper == "hip" else _point(at, f"{side}_{upper}")
            lengths.append(np.linalg.norm(above - _point(at, f"{side}_{lower}"), axis=1))
        legs.append(mean_of(*lengths))
    total = trunk + legs[0] + legs[1]
    total[total < _C.least_px] = np.nan
    return _steady(total / _C.stature, t_s)


def _steady(values: Floats, t_s: Floats) -> Floats:
    """Median of the neighbourhood of each frame, from medians of short pieces."""
    known = np.isfinite(values)
    if not known.any():
        return values
    piece = np.floor((t_s - t_s[0]) / _C.scale_s).astype(np.intp)
    order = np.flatnonzero(known)
    edges = np.flatnonzero(np.diff(piece[order], prepend=-1))
    parts = np.split(order, edges[1:])
    medians = np.array([np.median(values[part]) for part in parts])
    middles = np.array([t_s[part].mean() for part in parts])
    return np.asarray(np.interp(t_s, middles, medians))


def _breaks(t_s: Floats, trunk: Floats, height: Floats) -> Bools:
    """Whether a new stretch begins with each frame: after a gap, or with another body."""
    gap = np.diff(t_s, prepend=-np.inf) > _C.longest_gap_s
    seen = np.flatnonzero(np.isfinite(trunk[:, 0]) & np.isfinite(height))
    if len(seen) < 2:
        return gap
    moved = np.linalg.norm(np.diff(trunk[seen], axis=0), axis=1) / height[seen[1:]]
    fastest = QUANTITIES["speed_mps"].high / _C.stature_m
    gap[seen[1:][moved > _C.jump + fastest * np.diff(t_s[seen])]] = True
    return gap


def _picture(
    t_s: Floats, at: Mapping[str, Floats], confidence: Mapping[str, Floats], height: Floats
) -> Picture:
    legs = [part for part in _LOWER_LEG if all(f"{side}_{part}" in at for side in _SIDES)]
    swap = _swapped(at, legs, height)
    even = np.arange(np.ceil(t_s[0] * RATE_HZ), t_s[-1] * RATE_HZ) / RATE_HZ
    scale = np.interp(even, t_s, height)
    placed, sure = {}, {}
    for name in at:
        place, how = at[name], confidence[name]
        side, _, part = name.partition("_")
        if part in legs:
            other = f"{_SIDES[1 - _SIDES.index(side)]}_{part}"
            place = np.where(swap[:, None], at[other], place)
            how = np.where(swap, confidence[other], how)
        known = np.isfinite(place[:, 0])
        placed[name] = _on_clock(even, t_s[known], place[known]) / scale[:, None]
        filled = _on_clock(even, t_s[known], how[known, None])[:, 0]
        sure[name] = np.nan_to_num(filled)
    return Picture(even, float(t_s[-1]), placed, sure, float(swap.mean()))


def _swapped(at: Mapping[str, Floats], legs: list[str], height: Floats) -> Bools:
    """In which frames left and right lower leg are the other way round."""
    frames = len(height)
    kept, crossed = np.zeros(frames), np.zeros(frames)
    for part in legs:
        left, right = (at[f"{side}_{part}"] for side in _SIDES)
        same = _squared(left[1:] - left[:-1]) + _squared(right[1:] - right[:-1])
        other = _squared(left[1:] - right[:-1]) + _squared(right[1:] - left[:-1])
        both = np.isfinite(same) & np.isfinite(other)
        kept[1:] += np.where(both, same, 0)
        crossed[1:] += np.where(both, other, 0)
    # How much better it fits that the sides change before a frame than that they do not.
    gain = ((kept - crossed) / (_C.jump * height / 2) ** 2).tolist()
    rare = float(np.log(_C.swapped / (1 - _C.swapped)))
    ahead = 0.0  # of the swapped naming's score over that of the given one
    came: list[tuple[bool, bool]] = []
    for change in gain:
        came.append((ahead + change > 0, ahead >= change))
        ahead = max(ahead, change) + rare - max(0.0, ahead + change)
    swap = np.zeros(frames, dtype=np.bool_)
    state = ahead > 0
    for frame in range(frames - 1, -1, -1):
        swap[frame] = state
        state = came[frame][state]
    return swap


def _squared(vectors: Floats) -> Floats:
    return np.asarray((vectors**2).sum(axis=1))


def _on_clock(even: Floats, t_s: Floats, values: Floats) -> Floats:
    """Straight lines between frames; NaN where two known ones are too far apart."""
    if not len(t_s):
        return np.full((len(even), values.shape[1]), np.nan)
    after = np.clip(np.searchsorted(t_s, even), 1, max(len(t_s) - 1, 1))
    before, after = after - 1, np.minimum(after, len(t_s) - 1)
    near = (even >= t_s[0]) & (even <= t_s[-1])
    near &= t_s[after] - t_s[before] <= _C.longest_gap_s
    line = np.column_stack([np.interp(even, t_s, column) for column in values.T])
    line[~near] = np.nan
    return line
