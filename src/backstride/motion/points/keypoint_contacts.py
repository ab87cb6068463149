"""When feet touch and leave the ground, from keypoints of one camera.

A foot touches the ground near the far end of its path along the travel as seen from the pelvis, and
leaves it near the other end (Zeni et al. 2008, doi 10.1016/j.gaitpost.2007.07.007). When exactly
shows in its vertical acceleration, as in points of the body (`contacts`): first touch of heel or
toe, last leaving of either.

Departures from Zeni et al., and why: the ends are those along the travel and not along the facing,
so that backward contact is not taken for toe-off; runners draw the foot back before it touches and
after it left, and heel and toe of a backward step come in the other order, so the ends only say
where to look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.points.picture import Picture
from backstride.motion.points.sagittal import Film, pelvis_of, smoothed
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats, Track
from backstride.vocabulary import Origin


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/keypoints.toml``."""

    widest: float = constant("keypoints.widest")
    end_s: float = constant("keypoints.foot_s")
    edge_s: float = constant("keypoints.edge_s")
    step: float = constant("keypoints.step")
    inward_s: float = constant("keypoints.inward_s")
    outward_s: float = constant("keypoints.outward_s")
    drawn_s: float = constant("keypoints.drawn_s")
    peak_share: float = constant("keypoints.peak_share")
    longest_stance_s: float = constant("keypoints.longest_stance_s")
    shortest_contact_s: float = constant("steps.shortest_contact_s")


_C = _Choices()
_Places = npt.NDArray[np.intp]


def contacts_of(track: Track, films: Sequence[Film]) -> Iterator[Contacts]:
    """Contacts of both feet in each stretch that shows one body, where it is seen from the side.

    Parameters
    ----------
    films
        Of the same track, as `films_of` gives them.
    """
    for film in films:
        yield _contacts(track.name, film)


@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def _contacts(name: str, film: Film) -> Contacts:
    stances = [_stances(film, side) for side in SIDES[:2]]
    codes = np.repeat(np.arange(len(stances), dtype=np.int8), [len(one) for one in stances])
    both = np.concatenate(stances)
    order = np.argsort(both[:, 0], kind="stable")
    frames = both[order]
    at_s = film.body.t_s[0] + frames / RATE_HZ
    middle = np.rint(frames.mean(axis=1)).astype(np.intp)
    return Contacts(
        name=name,
        origin=Origin.POSE,
        side=codes[order],
        contact_s=at_s[:, 0],
        toe_off_s=at_s[:, 1],
        measured={"speed_mps": film.motion.speed_mps[middle]},
    )


def _stances(film: Film, side: str) -> Floats:
    """Shape (k, 2): frames, not whole, of contact and toe-off of one foot."""
    body, motion = film.body, film.motion
    first, last = _ends(_along(body, side), motion.travel_per_s)
    peaks = _peaks(_rises(body, side))
    middle = (first + last) // 2
    drawn = np.where(motion.running[middle] > 0, _C.drawn_s, 0) * RATE_HZ
    outward, inward = _C.outward_s * RATE_HZ - drawn, _C.inward_s * RATE_HZ + drawn
    contact = _outermost(first - outward, first + inward, first, peaks, earliest=True)
    toe_off = _outermost(last - inward, last + outward, last, peaks, earliest=False)
    whole = toe_off - contact >= _C.shortest_contact_s * RATE_HZ
    whole &= (motion.across <= _C.widest)[middle]
    return np.column_stack([contact, toe_off])[whole]


def _along(body: Picture, side: str) -> Floats:
    """Shape (n,): how far to the right of the pelvis a heel is, or without heels an ankle."""
    heel = body.point(f"{side}_heel")
    seen = np.isfinite(heel).any()
    foot = heel if seen else body.point(f"{side}_ankle")
    ones = np.ones(len(body))
    return np.asarray(
        smoothed(foot[:, 0], _C.end_s, ones) - smoothed(pelvis_of(body)[:, 0], _C.end_s, ones)
    )


def _ends(along: Floats, travel: Floats) -> tuple[_Places, _Places]:
    """Where a foot is furthest along the travel, and the end against it that follows."""
    from scipy.signal import find_peaks

    known = np.isfinite(along)
    nothing = np.empty(0, dtype=np.intp)
    if not known.any():
        return nothing, nothing
    frames = np.arange(len(along))
    whole = np.interp(frames, frames[known], along[known])
    # A step is judged by its neighbours: a look at the whole would cost its square.
    near = 2 * round(2 * _C.longest_stance_s * RATE_HZ) + 1
    right, _ = find_peaks(whole, prominence=_C.step, wlen=near)
    left, _ = find_peaks(-whole, prominence=_C.step, wlen=near)
    ends = np.concatenate([right, left])
    far = np.concatenate([travel[right] > 0, travel[left] < 0])
    order = np.argsort(ends)
    ends, far = ends[order], far[order]
    # An end in a gap was not seen; without a travel neither end is the far one.
    told = known[ends] & np.isfinite(travel[ends])
    ends, far = ends[told], far[told]
    pair = np.flatnonzero(far[:-1] & ~far[1:])
    pair = pair[ends[pair + 1] - ends[pair] <= _C.longest_stance_s * RATE_HZ]
    return ends[pair], ends[pair + 1]


def _rises(body: Picture, side: str) -> list[Floats]:
    """Vertical acceleration of heel and toe, or of the ankle, in body heights a frame squared."""
    parts = [body.point(f"{side}_{part}") for part in ("toe", "heel", "ankle")]
    seen = [part for part in parts if np.isfinite(part).any()][: len(parts) - 1]
    rises = []
    for part in seen:
        up = -smoothed(part[:, 1], _C.edge_s, np.ones(len(body)))
        rise = np.full(len(body), np.nan)
        rise[1:-1] = up[2:] - 2 * up[1:-1] + up[:-2]
        rises.append(rise)
    return rises


def _peaks(rises: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Places, in order and between frames, and heights of upward peaks of all parts."""
    places, heights = [np.empty(0)], [np.empty(0)]
    for rise in rises:
        before, here, after = rise[:-2], rise[1:-1], rise[2:]
        top = np.flatnonzero((here > before) & (here >= after) & (here > 0))
        a, b, c = before[top], here[top], after[top]
        places.append(top + 1 + (a - c) / (2 * (a - 2 * b + c)))
        heights.append(b)
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    return place[order], np.concatenate(heights)[order]


def _outermost(
    begin: Floats, end: Floats, ends: _Places, peaks: tuple[Floats, Floats], *, earliest: bool
) -> Floats:
    """First or last of the high peaks between two frames each; the end itself where there is none.

    Frames need not be whole.
    """
    places, heights = peaks
    found = ends.astype(np.float64)
    low = np.searchsorted(places, begin)
    high = np.searchsorted(places, end, side="right")
    for row, (first, stop) in enumerate(zip(low, high, strict=True)):
        if first < stop:
            near = heights[first:stop]
            tall = np.flatnonzero(near >= _C.peak_share * near.max())
            found[row] = places[first + tall[0 if earliest else -1]]
    return found
