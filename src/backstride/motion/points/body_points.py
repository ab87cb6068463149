"""Points of the body from a track, on an even clock and without what cannot be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from backstride.evidence import constant
from backstride.recording import Floats, Track

#: The track that holds points of the body, and how its columns begin.
TRACK = "points"
_PREFIX = "point:"
_AXES = ("x", "y", "z")


@dataclass(frozen=True)
class _Clock:
    """The project's choices; their meaning stands in ``constants/pose.toml``."""

    rate_hz: float = constant("pose.rate_hz")
    longest_gap_s: float = constant("pose.longest_gap_s")
    shortest_stretch_s: float = constant("pose.shortest_stretch_s")


_C = _Clock()

#: Frames a second of every stretch.
RATE_HZ = _C.rate_hz


@dataclass(frozen=True, eq=False)
class BodyPoints:
    """Points of the body in a stretch of time without long gaps.

    Attributes
    ----------
    t_s
        shape (n,), seconds since the recording's start: whole frames of its rate.
    end_s
        When the stretch ends: its last frame as recorded.
    at
        Name of a point -> shape (n, 3), metres, z up; NaN where the point was not seen.
    """

    t_s: Floats
    end_s: float
    at: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.t_s)

    def point(self, name: str) -> Floats:
        """Shape (n, 3); all NaN where there is no such point."""
        found = self.at.get(name)
        return np.full((len(self), len(_AXES)), np.nan) if found is None else found

    def middle(self, name: str) -> Floats:
        """Shape (n, 3): halfway between the left and the right point of that name."""
        return (self.point(f"left_{name}") + self.point(f"right_{name}")) / 2

    def first_of(self, *choices: Floats) -> Floats:
        """Shape (n, 3): in each frame the first choice that was seen."""
        best = np.full((len(self), len(_AXES)), np.nan)
        for choice in reversed(choices):
            best = np.where(np.isfinite(choice), choice, best)
        return best


def stretches(
    track: Track, names: frozenset[str], rate_hz: float = RATE_HZ
) -> Iterator[BodyPoints]:
    """The track's stretches without a gap in its clock longer than `pose.longest_gap_s`.

    Points are put on an even clock by straight lines between frames; where a point was not seen for
    longer than that it is missing. Stretches shorter than `pose.shortest_stretch_s` hold not even
    a step and are left out.

    Parameters
    ----------
    names
        The points that are wanted; others are not looked at.
    rate_hz
        Of the even clock.
    """
    t_s, once = np.unique(track.t_s, return_index=True)
    once = once[np.isfinite(t_s)]
    t_s = t_s[: len(once)]
    places = {name: places for name in sorted(names) if (places := _places(track, name))}
    starts = np.flatnonzero(np.diff(t_s, prepend=-np.inf) > _C.longest_gap_s)
    ends = np.append(starts[1:], len(t_s))[: len(starts)]
    long = t_s[ends - 1] - t_s[starts] >= _C.shortest_stretch_s
    for start, end in zip(starts[long], ends[long], strict=True):
        here = t_s[start:end]
        even = np.arange(np.ceil(here[0] * rate_hz), here[-1] * rate_hz) / rate_hz
        at = {
            name: _on_clock(even, here, track.values[once[start:end]][:, columns])
            for name, columns in places.items()
        }
        yield BodyPoints(even, float(here[-1]), at)


def _places(track: Track, name: str) -> list[int]:
    """Columns of a point's three axes; none where one of them is absent."""
    wanted = [f"{_PREFIX}{name}.{axis}" for axis in _AXES]
    if any(column not in track for column in wanted):
        return []
    return [track.columns.index(column) for column in wanted]


def _on_clock(even: Floats, t_s: Floats, values: Floats) -> Floats:
    seen = np.isfinite(values).all(axis=1)
    if not seen.any():
        return np.full((len(even), values.shape[1]), np.nan)
    times, known = t_s[seen], values[seen]
    after = np.clip(np.searchsorted(times, even), 1, max(len(times) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    near = (even >= times[0]) & (even <= times[-1])
    near &= times[after] - times[before] <= _C.longest_gap_s
    line = np.column_stack([np.interp(even, times, column) for column in known.T])
    line[~near] = np.nan
    return line
