"""Keypoints: points of people in pictures, as pose estimators write them in JSON.

A recording has a track ``keypoints`` of the person that is seen longest and largest, and
``keypoints:2``, ``keypoints:3`` … of others. Columns are ``keypoint:<point>.x`` and ``.y`` in
pixels, x to the right and y down, and ``.confidence`` from 0 to 1. What was not seen has neither x
nor y (NaN) and a confidence of 0. A row is a frame, from the person's first to its last.

Estimators do not write how many frames a second there are, and some give places as shares of the
picture's size. What a file lacks is asked for; see `backstride.readers.told`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.keypoint_layouts import (
    Sightings,
    Skeleton,
    is_keypoints,
    is_one_frame,
    sightings_of,
    sightings_of_frames,
)
from backstride.readers.people import Boxes, Places, by_closeness, by_numbers
from backstride.readers.samples import NAN, Clock, clock_of
from backstride.readers.told import NOTHING_TOLD, Told, is_frame_rate, is_image_size
from backstride.recording import (
    Device,
    Floats,
    Notice,
    Recording,
    Section,
    Source,
    Table,
    Track,
    frozen_array,
)
from backstride.vocabulary import Sport

__all__ = ["is_one_frame", "of_frames", "read", "sniff"]

_HINT = "export it from OpenPose, AlphaPose, MMPose or MediaPipe with all frames"
_ASK_RATE = "give the video's frame rate, as in --frame-rate 30"
_ASK_SIZE = "give the size of the pictures, as in --image-size 1920x1080, or export pixels"
_VALUES = ("x", "y", "confidence")
#: More at once cannot be followed, and nobody looks for a runner among them.
_MAX_PEOPLE = 200
#: Tracks of one recording.
_MAX_TRACKS = 8
#: Somebody seen in fewer frames, or for less than this share of the subject's time and size, is a
#: ghost or a passer-by.
_FEWEST_FRAMES = 3
_SMALLEST_SHARE = 0.02
#: Extent of a body: at most this as a share of the picture, at least this in pixels.
_MOST_SHARES = 3.0
_FEWEST_PX = 8.0
#: Shares of a picture reach from 0 to 1, and a little beyond for what is guessed outside of it.
_OUTSIDE, _FEW = -0.1, 0.05
#: A point that is the middle of two others is no further from it, in extents of the body.
_FROM_THE_MIDDLE = 0.1
#: Seconds of a step between frames, in any unit of time: the ranges do not touch.
_STEP_S = (0.00101, 0.99)
_TICKS_S = (1.0, 1e-3, 1e-6)
#: Two rates that differ by less are one.
_SAME_RATE = 0.02
_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def sniff(head: bytes) -> bool:
    """Whether a file that begins so has frames of people's points."""
    return is_keypoints(head)


def read(data: bytes, source: Source, told: Told = NOTHING_TOLD) -> tuple[Recording, ...]:
    """The people in a file as one recording.

    Raises
    ------
    DamagedFileError
        Nobody is seen in it.
    RefusedFileError
        More people or frames than the limits allow.
    ReadError
        No frame rate or size of pictures where they are needed; points in an unknown order, upside
        down, or on a scale that is neither pixels nor shares of a picture.
    """
    return (_recording(sightings_of(data), source, told),)


def of_frames(
    frames: Iterable[tuple[float, bytes]], source: Source, told: Told = NOTHING_TOLD
) -> Recording:
    """The people in files of one frame each as one recording.

    Parameters
    ----------
    frames
        Number and content of each.

    Raises
    ------
    ReadError
        As `read`.
    """
    return _recording(sightings_of_frames(frames), source, told)


@dataclass(frozen=True, eq=False)
class _Everybody:
    """All people seen, in order of time.

    Attributes
    ----------
    points
        Names of the k points.
    values
        shape (d, k, 3): x, y, confidence; x and y are NaN where unseen.
    frames
        shape (d,), places in the clock.
    ids
        shape (d,), the file's own numbers of people, NaN for none.
    """

    points: tuple[str, ...]
    values: Floats
    frames: Places
    ids: Floats

    def point(self, name: str) -> Floats:
        """Shape (d, 2); all NaN for a point that there is not."""
        if name not in self.points:
            return np.full((len(self.values), 2), np.nan)
        return self.values[:, self.points.index(name), :2]

    def extents(self) -> Floats:
        """Shape (d,), diagonal of the box around each body."""
        places = self.values[:, :, :2]
        high, low = _most(places, -np.inf, np.maximum), _most(places, np.inf, np.minimum)
        extents: Floats = np.hypot(*(high - low).T)
        return extents

    def middles(self) -> Floats:
        """Shape (d, 2), mean of what is seen of the trunk, or of the body without one."""
        trunk = [place for place, name in enumerate(self.points) if name in _TRUNK]
        of_trunk, of_body = _mean(self.values[:, trunk, :2]), _mean(self.values[:, :, :2])
        return np.where(np.isfinite(of_trunk), of_trunk, of_body)


def _most(places: Floats, least: float, which: np.ufunc) -> Floats:
    most: Floats = which.reduce(np.where(np.isnan(places), least, places), axis=1)
    return most


def _mean(places: Floats) -> Floats:
    """Shape (d, 2), mean over the points that are seen; NaN where none is."""
    seen = np.isfinite(places)
    count = seen.sum(axis=1)
    total = np.where(seen, places, 0.0).sum(axis=1)
    mean: Floats = np.full(total.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def _recording(found: Sightings, source: Source, told: Told) -> Recording:
    skeleton = found.skeleton()
    if skeleton is None or not len(found.numbers):
        raise _nobody(found, source)
    clock, rate = _clock(found, source.path, told)
    everybody, odd = _everybody(found, skeleton, clock)
    if not len(everybody.values):
        raise _nobody(found, source)
    if int(np.bincount(everybody.frames).max()) > _MAX_PEOPLE:
        raise limits.refuse(source.path, None, f"shows more than {_MAX_PEOPLE} people at once")
    _check_order(everybody, skeleton, source.path)
    everybody, size, scale = _in_pixels(everybody, found, source.path, told)
    tracks, people = _tracks(everybody, clock, source.path)
    how = f"{skeleton.name}, {scale}; {rate}"
    return Recording(
        start_utc=clock.start_utc,
        tracks=tracks,
        laps=(),
        sections=(Section(0.0, max(float(track.t_s[-1]) for track in tracks), Sport.UNKNOWN),),
        device=Device(),
        source=source,
        notices=(
            *found.notices,
            Notice("keypoints_found", how),
            Notice("people_found", people),
            *clock.notices,
            *odd,
        ),
        raw={} if size is None else {"image": _table(size)},
    )


def _nobody(found: Sightings, source: Source) -> ReadError:
    if found.seen and found.skeleton() is None:
        counts = ", ".join(f"{count}" for count in sorted(found.seen)[:5])
        reason = f"has people of {counts} points, which is no known set of keypoints"
        return ReadError(source.path, None, reason, "known are BODY_25, COCO, Halpe and BlazePose")
    if len(found.numbers):
        return DamagedFileError(source.path, None, "shows nobody in any frame", _HINT)
    reason = "has no frames of people's keypoints that are known"
    return DamagedFileError(source.path, None, reason, _HINT)


def _table(size: tuple[float, float]) -> Table:
    return Table({"width_px": np.array([size[0]]), "height_px": np.array([size[1]])})


def _clock(found: Sightings, path: str, told: Told) -> tuple[Clock, str]:
    """When each frame was, and a sentence of how that is known.

    Raises
    ------
    ReadError
        There are several frames, and nothing says how many there are in a second.
    """
    times, numbers = np.array(found.times), _numbers(found)
    stated = found.rate_hz if is_frame_rate(found.rate_hz) else NAN
    rate = told.frame_rate_hz
    if rate is not None:
        said = "as was told"
        if abs(stated / rate - 1) > _SAME_RATE:
            said = f"as was told; the file says {stated:g}"
        return clock_of(numbers / rate), f"{rate:g} frames a second, {said}"
    tick_s = found.tick_s if np.isfinite(times).all() else NAN
    if np.isfinite(times).all() and len(times) > 1:
        tick_s = tick_s if math.isfinite(tick_s) else _tick_s(times)
        if math.isfinite(tick_s):
            clock = clock_of(times * tick_s)
            steps = np.diff(clock.t_s)
            usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else NAN
            return clock, f"{1 / usual:.4g} frames a second, by the time of each"
    if math.isfinite(stated):
        return clock_of(numbers / stated), f"{stated:g} frames a second, as the file says"
    if len(numbers) == 1:
        return clock_of(numbers), "one frame"
    raise ReadError(path, None, "does not say how many frames there are in a second", _ASK_RATE)


def _numbers(found: Sightings) -> Floats:
    """Number of each frame, from 0; by their order where the file has none that tell them apart."""
    numbers = np.array(found.numbers)
    if not np.isfinite(numbers).all() or len(np.unique(numbers)) < len(numbers):
        numbers = np.arange(len(numbers), dtype=np.float64)
    from_zero: Floats = numbers - numbers.min()
    return from_zero


def _tick_s(times: Floats) -> float:
    """The unit of times in seconds, by how far frames are apart; NaN where it is none that fits."""
    steps = np.diff(np.unique(times))
    usual = float(np.median(steps)) if len(steps) else NAN
    low, high = _STEP_S
    return next((tick for tick in _TICKS_S if low <= usual * tick <= high), NAN)


def _everybody(
    found: Sightings, skeleton: Skeleton, clock: Clock
) -> tuple[_Everybody, list[Notice]]:
    """All people with that skeleton in frames that have a time, and what was odd with them."""
    seen = found.people
    notices = []
    if others := sum(len(one.frames) for one in found.seen.values()) - len(seen.frames):
        message = f"{others} people have another number of points than most; they are left out"
        notices.append(Notice("other_skeletons", message))
    if found.guessed_feet:
        message = (
            f"in {found.guessed_feet} frames the file's heels and toes were worked out from the "
            "shank, so they show nothing of where the body faces; they are left out"
        )
        notices.append(Notice("feet_guessed", message))
    place = np.full(len(found.numbers), -1)
    place[clock.order] = np.arange(len(clock.order))
    frames = place[np.array(seen.frames, dtype=np.int64)]
    values = np.array(seen.values).reshape(len(frames), -1, 3)
    unseen = ~np.isfinite(values[:, :, :2]).all(axis=2) | (values[:, :, :2] == 0).all(axis=2)
    values[unseen] = (np.nan, np.nan, 0.0)
    kept, points = _kept(skeleton, ~unseen)
    order = np.argsort(frames, kind="stable")
    order = order[(frames[order] >= 0) & ~unseen[order][:, kept].all(axis=1)]
    everybody = _Everybody(points, values[order][:, kept], frames[order], np.array(seen.ids)[order])
    if found.mirrored:
        everybody = replace(everybody, points=tuple(map(_other_side, points)))
        message = "the file says that its pictures were mirrored for the estimator; undone"
        notices.append(Notice("mirrored_back", message))
    return everybody, [*notices, *_sure(everybody)]


def _kept(skeleton: Skeleton, seen: np.ndarray) -> tuple[list[int], tuple[str, ...]]:
    """Places and names of the points that are of use; those with names only where ever seen."""
    by_name = "points with names" in skeleton.name
    kept = [
        place
        for place, name in enumerate(skeleton.points)
        if name != "-" and (not by_name or seen[:, place].any())
    ]
    return kept, tuple(skeleton.points[place] for place in kept)


def _other_side(point: str) -> str:
    if point.startswith("left_"):
        return point.replace("left_", "right_", 1)
    return point.replace("right_", "left_", 1)


def _sure(everybody: _Everybody) -> list[Notice]:
    """Put confidences between 0 and 1, in place; what had to be done for it."""
    sure = everybody.values[:, :, 2]
    notices = []
    if (unsaid := np.isnan(sure)).any():
        sure[unsaid] = 1.0
        message = "points have no confidence; those that are there were taken as sure"
        notices.append(Notice("confidence_assumed", message))
    if len(sure) and (most := float(sure.max())) > 1:
        message = f"confidences reach {most:.3g}; all above 1 are taken as 1"
        notices.append(Notice("confidence_clipped", message))
    np.clip(sure, 0, 1, out=sure)
    return notices


def _check_order(everybody: _Everybody, skeleton: Skeleton, path: str) -> None:
    """Refuse points that cannot be in the order that their number stands for, or upside down.

    Raises
    ------
    ReadError
        Neck or pelvis are not between shoulders or hips; feet are above shoulders.
    """
    extents = everybody.extents()
    for point, of_a_side in (("neck", "shoulder"), ("pelvis", "hip")):
        sides = [everybody.point(f"{side}_{of_a_side}") for side in ("left", "right")]
        off = np.hypot(*(everybody.point(point) - (sides[0] + sides[1]) / 2).T) / extents
        if _usual(off) > _FROM_THE_MIDDLE:
            raise ReadError(
                path,
                None,
                f"has as many points as {skeleton.name}, but its {point} is not between the "
                f"{of_a_side}s",
                "export BODY_25, COCO, Halpe or BlazePose keypoints in their own order",
            )
    above = everybody.middles()[:, 1]
    below = [everybody.point(f"{side}_ankle")[:, 1] for side in ("left", "right")]
    if _usual((below[0] + below[1]) / 2 - above) < 0:
        raise ReadError(
            path,
            None,
            "shows people with their feet above their trunk",
            "export keypoints with y down, from a video that is not upside down",
        )


def _usual(values: Floats) -> float:
    """The median of what is there; NaN, which is beyond no limit, where nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else NAN


def _in_pixels(
    everybody: _Everybody, found: Sightings, path: str, told: Told
) -> tuple[_Everybody, tuple[float, float] | None, str]:
    """The same in pixels, the size of the pictures if it is known, and how the scale was found.

    Raises
    ------
    ReadError
        Shares of a picture of unknown size, or neither shares nor pixels.
    """
    size = told.image_size_px or (found.size_px if is_image_size(*found.size_px) else None)
    extent = _usual(everybody.extents())
    if extent >= _FEWEST_PX:
        if found.mirrored:
            everybody = _mirrored(everybody, size, path)
        pictures = "" if size is None else f" of pictures of {size[0]:g} x {size[1]:g}"
        return everybody, size, f"in pixels{pictures}"
    places = everybody.values[:, :, :2]
    if extent > _MOST_SHARES or np.mean(places[np.isfinite(places)] < _OUTSIDE) > _FEW:
        raise ReadError(
            path,
            None,
            "has places that are neither pixels nor shares of a picture from 0 to 1",
            "export places in the picture in pixels; MediaPipe's world landmarks are none",
        )
    if size is None:
        raise ReadError(
            path,
            None,
            "has places as shares of a picture whose size it does not say",
            _ASK_SIZE,
        )
    values = everybody.values.copy()
    values[:, :, :2] *= size
    everybody = replace(everybody, values=values)
    if found.mirrored:
        everybody = _mirrored(everybody, size, path)
    return everybody, size, f"shares of pictures of {size[0]:g} x {size[1]:g}, turned into pixels"


def _mirrored(everybody: _Everybody, size: tuple[float, float] | None, path: str) -> _Everybody:
    """The same with left for right in the picture; names of sides are not touched."""
    if size is None:
        reason = "was mirrored, but does not say how wide its pictures are"
        raise ReadError(path, None, reason, _ASK_SIZE)
    values = everybody.values.copy()
    values[:, :, 0] = size[0] - values[:, :, 0]
    return replace(everybody, values=values)


def _tracks(everybody: _Everybody, clock: Clock, path: str) -> tuple[tuple[Track, ...], str]:
    """A track for each person, the subject first, and a sentence on who they are.

    Raises
    ------
    RefusedFileError
        More numbers than a recording can hold.
    """
    extents = everybody.extents()
    middles = everybody.middles()
    people = by_numbers(everybody.frames, everybody.ids)
    if people is None:
        boxes = Boxes(everybody.frames, middles[:, 0], middles[:, 1], extents)
        people, how = by_closeness(boxes, clock.t_s), "followed by closeness"
    else:
        how = "by the file's own numbers"
    # Time that somebody is seen, times size: frames are as long as each other.
    weight = np.array([extents[places].sum() for places in people])
    ranked = np.argsort(-weight, kind="stable")
    kept = [
        people[k]
        for k in ranked
        if len(people[k]) >= _FEWEST_FRAMES and weight[k] >= _SMALLEST_SHARE * weight[ranked[0]]
    ][:_MAX_TRACKS] or [people[ranked[0]]]
    rows = sum(int(np.ptp(everybody.frames[places])) + 1 for places in kept)
    if rows * 3 * len(everybody.points) > limits.MAX_CELLS:
        raise limits.refuse(path, None, "holds more numbers than any clip")
    tracks = tuple(
        _track("keypoints" if not at else f"keypoints:{at + 1}", everybody, places, clock)
        for at, places in enumerate(kept)
    )
    return tracks, _about(kept, len(people), extents, len(clock.t_s), how)


def _about(kept: Sequence[Places], count: int, extents: Floats, frames: int, how: str) -> str:
    subject = kept[0]
    size = float(np.median(extents[subject]))
    seen = f"seen in {len(subject)} of {frames} frames, about {size:.0f} pixels in extent"
    if count == 1:
        return f"one person, {seen}"
    gone = count - len(kept)
    left_out = f"; {gone} seen for moments or small are left out" if gone else ""
    return (
        f"{count} people, {how}; the subject is the one that is longest and largest, {seen}"
        f"{left_out}"
    )


def _track(name: str, everybody: _Everybody, places: Places, clock: Clock) -> Track:
    """One person's points in each frame from its first to its last."""
    frames = everybody.frames[places]
    first, count = int(frames[0]), int(frames[-1] - frames[0]) + 1
    table = np.full((count, len(everybody.points), 3), np.nan)
    table[:, :, 2] = 0.0
    table[frames - first] = everybody.values[places]
    return Track(
        name,
        frozen_array(clock.t_s[first : first + count]),
        frozen_array(table.reshape(count, -1)),
        tuple(f"keypoint:{point}.{value}" for point in everybody.points for value in _VALUES),
    )
