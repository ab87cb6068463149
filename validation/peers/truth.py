"""When feet stood on the ground, from motion capture alone: the reference of the comparison.

No detector takes part. The ground is fixed in the room in all these recordings, so a part of a foot
(toe, heel) stands while it is low and hardly moves in the room, in three dimensions. A foot's
contact is when the first of its parts comes to stand, its toe-off when the last of them leaves.
Nothing in it knows which way the body faces or goes, and played in reverse it gives the same
moments.

How low and how slow is a choice. Each moment is therefore found with nine pairs of limits: the
middle pair gives the moment, half of their range its uncertainty. The middle share of speed is the
one with which the sprinter's stances at 3.5 m/s last as long as between two free falls of the body
(0.24 s, `validation.point_contacts`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from backstride.recording import Floats
from validation.peers.scoring import Events

#: How far above its lowest place a part may be; the middle one counts.
LOW_M = (0.02, 0.03, 0.05)
#: How fast it may be beside its own fastest; the middle one counts.
SLOW_SHARE = (0.1, 0.15, 0.2)
#: Cameras cannot tell slower from standing.
SLOWEST_MPS = 0.3
#: The frames are put on this clock by quintic splines.
RATE_HZ = 250.0
#: What is faster than this in the frames is noise of the cameras.
CUTOFF_HZ = 20.0
#: Of the frames, the lowest: where the ground is.
_LOWEST = 0.02
_SHORTEST_S = 0.06
#: Moments further apart are not the same one, found with other limits.
_SAME_S = 0.15
_ORDER = 5

SIDES = ("left", "right")
#: Parts of a foot that can stand.
PARTS = ("toe", "heel")

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stances:
    """When both feet came to stand and left.

    Attributes
    ----------
    events
        Contact and toe-off of each, by side.
    uncertain_s
        shape (m,), half the range of each moment of all sides, contacts and toe-offs together.
    """

    events: Events
    uncertain_s: Floats


def stances(t_s: Floats, points: Mapping[str, Floats]) -> Stances:
    """Stances of a body that walks or runs on fixed, level ground.

    Parameters
    ----------
    t_s
        shape (n,), even.
    points
        ``left_toe``, ``left_heel`` and the same of the right: shape (n, 3), metres, z up.
    """
    contacts: dict[str, Floats] = {}
    toe_offs: dict[str, Floats] = {}
    uncertain: list[Floats] = []
    for side in SIDES:
        parts = [_Part.of(t_s, points[f"{side}_{part}"]) for part in PARTS]
        begun, ended = _stances(parts, LOW_M[1], SLOW_SHARE[1])
        others = [_stances(parts, low, slow) for low, slow in product(LOW_M, SLOW_SHARE)]
        uncertain += [
            _half_range(mine, [other[place] for other in others])
            for place, mine in enumerate((begun, ended))
        ]
        contacts[side], toe_offs[side] = begun, ended
    return Stances(Events(contacts, toe_offs), np.concatenate(uncertain))


@dataclass(frozen=True, eq=False)
class _Part:
    """Shape (m,) each, at `RATE_HZ`."""

    t_s: Floats
    height_m: Floats
    speed_mps: Floats

    @classmethod
    def of(cls, t_s: Floats, place: Floats) -> "_Part":
        from scipy.interpolate import make_interp_spline
        from scipy.signal import butter, sosfiltfilt

        rate_hz = (len(t_s) - 1) / float(t_s[-1] - t_s[0])
        if rate_hz > 2 * CUTOFF_HZ:
            place = sosfiltfilt(butter(2, CUTOFF_HZ, fs=rate_hz, output="sos"), place, axis=0)
        way = make_interp_spline(t_s, place, k=_ORDER)
        clock = np.arange(t_s[0], t_s[-1], 1 / RATE_HZ)
        height = way(clock)[:, 2]
        ground = np.quantile(height, _LOWEST)
        return cls(clock, height - ground, np.linalg.norm(way(clock, 1), axis=1))

    def stands(self, low_m: float, slow_share: float) -> Bools:
        """Where it is low and slow."""
        slow = max(SLOWEST_MPS, slow_share * float(self.speed_mps.max()))
        return np.asarray((self.height_m < low_m) & (self.speed_mps < slow))


def _stances(parts: list[_Part], low_m: float, slow_share: float) -> tuple[Floats, Floats]:
    """Contacts and toe-offs of one foot; what the recording begins or ends with is neither."""
    stands = np.any([part.stands(low_m, slow_share) for part in parts], axis=0)
    kept = [
        (begin, end)
        for begin, end in _runs(~_filled(~stands))
        if end - begin >= _SHORTEST_S * RATE_HZ or begin == 0 or end == len(stands)
    ]
    clock = parts[0].t_s
    return (
        np.array([clock[begin] for begin, _ in kept if begin > 0], dtype=np.float64),
        np.array([clock[end] for _, end in kept if end < len(stands)], dtype=np.float64),
    )


def _filled(lifted: Bools) -> Bools:
    """The same without moments off the ground shorter than any swing."""
    kept = lifted.copy()
    for begin, end in _runs(lifted):
        if end - begin < _SHORTEST_S * RATE_HZ:
            kept[begin:end] = False
    return kept


def _runs(flags: Bools) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _half_range(moments: Floats, others: list[Floats]) -> Floats:
    """Half of how far each moment moves with the limits; sets that have none near are left out."""
    if not len(moments):
        return moments
    all_of_it = [moments]
    for other in others:
        if len(other):
            nearest = other[np.argmin(np.abs(other[None, :] - moments[:, None]), axis=1)]
            near = np.abs(nearest - moments) < _SAME_S
            all_of_it.append(np.where(near, nearest, moments))
    return np.asarray(np.ptp(np.array(all_of_it), axis=0) / 2)
