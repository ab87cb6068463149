"""Who is who from frame to frame: people followed by the file's own numbers, or by closeness.

A person is expected where its last steps lead. What is seen goes to the nearest expectation first
and to nobody that is too far off, so people who cross keep their ways and one who was hidden for a
moment is found again; after a second somebody is somebody new.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.recording import Floats

Places = npt.NDArray[np.int64]

#: As long as somebody may be hidden and is still the same, in frames at least where these are
#: rare; and as far as a way is drawn on.
_HIDDEN_S = 1.0
_HIDDEN_FRAMES = 2
_DRAWN_ON_S = 0.5
#: In heights of the body: how far off the expected place is still near, at once and for each second
#: hidden. A sprinter does five heights a second.
_NEAR = 0.35
_NEAR_PER_S = 2.0
#: A body half or twice as large is another one as surely as one that far off.
_SIZE_WEIGHT = 0.5
#: Weight of the latest step in a person's speed.
_FRESH = 0.3


@dataclass(frozen=True, eq=False)
class Boxes:
    """Where people are and how large, a row each.

    Attributes
    ----------
    frames
        shape (d,), place of the frame in `t_s`, never decreasing.
    x, y, sizes
        shape (d,), middle of the trunk and extent of the body, pixels.
    """

    frames: Places
    x: Floats
    y: Floats
    sizes: Floats


class _Way:
    """One person's way so far."""

    def __init__(self, place: int, t_s: float, x: float, y: float, size: float) -> None:
        self.places = [place]
        self.t_s, self.x, self.y, self.size = t_s, x, y, size
        self.u = self.v = 0.0

    def off(self, t_s: float, x: float, y: float, size: float) -> float:
        """How badly something fits this way, in heights of the body; infinite if not at all."""
        hidden_s = t_s - self.t_s
        ahead_s = min(hidden_s, _DRAWN_ON_S)
        far = math.hypot(x - self.x - self.u * ahead_s, y - self.y - self.v * ahead_s)
        larger = abs(math.log2(size / self.size))
        off = far / max(size, self.size) + _SIZE_WEIGHT * _NEAR * larger
        return off if off <= _NEAR + _NEAR_PER_S * hidden_s else math.inf

    def go_on(self, place: int, t_s: float, x: float, y: float, size: float) -> None:
        passed_s = t_s - self.t_s
        if passed_s > 0:
            fresh = 1.0 if len(self.places) == 1 else _FRESH
            self.u += fresh * ((x - self.x) / passed_s - self.u)
            self.v += fresh * ((y - self.y) / passed_s - self.v)
        self.places.append(place)
        self.t_s, self.x, self.y, self.size = t_s, x, y, size


def by_numbers(frames: Places, ids: Floats) -> list[Places] | None:
    """People by the file's own numbers; None where these do not tell people apart.

    They do if everybody has one, nobody has two places in one frame, and people last.
    """
    if not len(ids) or not np.isfinite(ids).all():
        return None
    order = np.lexsort((frames, ids))
    again = np.diff(ids[order]) == 0
    if (again & (np.diff(frames[order]) == 0)).any():
        return None
    starts = np.flatnonzero(np.concatenate([[True], ~again]))
    if len(starts) * 2 > len(ids) and frames[-1] > frames[0]:
        return None
    return [np.sort(group) for group in np.split(order, starts[1:])]


def by_closeness(boxes: Boxes, t_s: Floats) -> list[Places]:
    """People by where they are and how large; every row is somebody's."""
    times = t_s[boxes.frames].tolist()
    x, y, sizes = boxes.x.tolist(), boxes.y.tolist(), np.maximum(boxes.sizes, 1e-6).tolist()
    frames = boxes.frames.tolist()
    ways: list[_Way] = []
    present: list[_Way] = []
    step_s = float(np.median(np.diff(t_s))) if len(t_s) > 1 else 0.0
    hidden_s = max(_HIDDEN_S, _HIDDEN_FRAMES * step_s)
    start = 0
    while start < len(frames):
        stop = start + 1
        while stop < len(frames) and frames[stop] == frames[start]:
            stop += 1
        now = times[start]
        present = [way for way in present if now - way.t_s <= hidden_s]
        for at, way in _pairs(range(start, stop), present, (times, x, y, sizes)):
            here = (at, now, x[at], y[at], sizes[at])
            if way is not None:
                way.go_on(*here)
            else:
                present.append(_Way(*here))
                ways.append(present[-1])
        start = stop
    return [np.array(way.places) for way in ways]


def _pairs(
    rows: range, ways: Sequence[_Way], here: tuple[Sequence[float], ...]
) -> list[tuple[int, _Way | None]]:
    """Each row with the way that it goes on, the best fit first; None for somebody new."""
    fits = []
    for at in rows:
        t_s, x, y, size = (values[at] for values in here)
        for number, way in enumerate(ways):
            off = way.off(t_s, x, y, size)
            if off < math.inf:
                fits.append((off, at, number))
    fits.sort()
    taken: dict[int, _Way | None] = dict.fromkeys(rows)
    used: set[int] = set()
    for _, at, number in fits:
        if taken[at] is None and number not in used:
            taken[at] = ways[number]
            used.add(number)
    return list(taken.items())
