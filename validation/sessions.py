"""Longer sessions from short clips of motion capture: looped, joined, there and back. Simulated.

Clips are cut where their poses are alike and blended there (Kovar, Gleicher and Pighin 2002,
doi 10.1145/566654.566605): pose as seen from the pelvis, turning and velocity are each faded over
into the next one's, and the way is summed up again. Strides repeat themselves, so they vary less
than a person's; feet slide for the length of a blend; nobody has moved so from forward into
backward.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backstride.recording import SIMULATED_DEVICE, Device, Floats, Notice, Recording, Track
from backstride.vocabulary import Direction

Plane = npt.NDArray[np.complex128]

#: How long a blend lasts: within a clip and its loops, and from one leg to the next.
LOOP_S, CHANGE_S = 0.3, 0.8
#: A stride lasts from a sprint's to that of somebody very slow.
_STRIDES_S = (0.5, 1.8)
#: A clip is used where its pelvis travels at more than this share of its median speed.
_MOVING_SHARE = 0.6
#: How much velocities count beside places in telling poses apart, in seconds.
_AHEAD_S = 0.15

_BODY = {"pelvis", "spine", "neck", "head"} | {
    f"{side}_{name}"
    for side in ("left", "right")
    for name in ("hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist")
}


@dataclass(frozen=True, eq=False)
class Leg:
    """So many seconds in one direction, made of clips of one actor that went that way."""

    clips: tuple[Recording, ...]
    direction: Direction
    duration_s: float


@dataclass(frozen=True, eq=False)
class Session:
    """A simulated session, and when which direction was meant: a row a leg."""

    recording: Recording
    start_s: Floats
    end_s: Floats
    directions: tuple[Direction, ...]


@dataclass(frozen=True, eq=False)
class _Moves:
    """A clip frame by frame, as seen from its pelvis; only where it travels.

    Attributes
    ----------
    pose
        shape (n, points, 3), from the point under the pelvis, turned to where it faces.
    turn
        shape (n,), radians to the next frame.
    way
        shape (n,), horizontal metres to the next frame, turned like `pose`.
    """

    pose: Floats
    turn: Floats
    way: Plane
    rate_hz: float

    def __len__(self) -> int:
        return len(self.turn)


@dataclass(frozen=True, eq=False)
class _Span:
    """Frames `first` to `last` of some moves, faded in over the last `blend` of the span before."""

    leg: int
    moves: _Moves
    first: int
    last: int
    blend: int


def session_of(legs: Sequence[Leg], *, seed: int, turns_round: bool = False) -> Session:
    """A session of the legs, one after the other.

    Parameters
    ----------
    turns_round
        Whether the body turns round where the direction changes, and the course goes on; if not,
        it stops and goes back where it came from, looking the same way.

    Raises
    ------
    ValueError
        Clips of different rates, or without points; or one that is too short for a stride.
    """
    rates = {_points(clip).rate_hz for leg in legs for clip in leg.clips}
    if len({round(rate or 0) for rate in rates}) != 1:
        raise ValueError("clips of one session have one rate")
    rate_hz = next(iter(rates)) or 0.0
    names = _names(legs)
    spans = tuple(_spans(legs, names, rate_hz, np.random.default_rng(seed)))
    starts = np.cumsum([0, *(span.last - span.first for span in spans)])[:-1]
    starts -= np.cumsum([span.blend for span in spans])
    length = int(starts[-1]) + spans[-1].last - spans[-1].first
    pose = np.zeros((length, len(names), 3))
    turn, round_rad = np.zeros(length), np.zeros(length)
    way = np.zeros(length, dtype=np.complex128)
    first = legs[0].direction
    for place, span in enumerate(spans):
        following = spans[place + 1].blend if place + 1 < len(spans) else 0
        weight = _faded(span, following)
        here = slice(int(starts[place]), int(starts[place]) + span.last - span.first)
        frames = slice(span.first, span.last)
        other = turns_round and legs[span.leg].direction is not first
        pose[here] += weight[:, None, None] * span.moves.pose[frames]
        turn[here] += weight * span.moves.turn[frames]
        way[here] += weight * span.moves.way[frames] * (-1 if other else 1)
        round_rad[here] += weight * (np.pi if other else 0)
    course = np.exp(1j * np.concatenate([[0], np.cumsum(turn)[:-1]]))
    under = np.concatenate([[0], np.cumsum(way * course)[:-1]])
    flat = (pose[..., 0] + 1j * pose[..., 1]) * (course * np.exp(1j * round_rad))[:, None]
    flat += under[:, None]
    values = np.stack([flat.real, flat.imag, pose[..., 2]], axis=2).reshape(length, -1)
    columns = tuple(f"point:{name}.{axis}" for name in names for axis in "xyz")
    track = Track("points", np.arange(length) / rate_hz, values, columns)
    changes = [
        (starts[k] + spans[k].blend / 2) / rate_hz
        for k in range(1, len(spans))
        if spans[k].leg != spans[k - 1].leg
    ]
    edges_s = np.array([0.0, *changes, (length - 1) / rate_hz])
    recording = replace(
        legs[0].clips[0],
        tracks=(track,),
        device=Device(SIMULATED_DEVICE, "joined clips"),
        notices=(Notice("simulated", "Nobody moved so: joined and looped from short clips."),),
    )
    return Session(recording, edges_s[:-1], edges_s[1:], tuple(leg.direction for leg in legs))


def _spans(
    legs: Sequence[Leg], names: tuple[str, ...], rate_hz: float, rng: np.random.Generator
) -> Iterator[_Span]:
    """What is played: each span ends, and the next one begins, where they are most alike."""
    loop, change = round(LOOP_S * rate_hz), round(CHANGE_S * rate_hz)
    shortest = loop + change + 1
    moves = [[_moves(clip, names, rate_hz) for clip in leg.clips] for leg in legs]
    now = _Span(0, _any_of(moves[0], rng), 0, 0, 0)
    for number, leg in enumerate(legs):
        wanted = round(leg.duration_s * rate_hz)
        while now.first + wanted + change > len(now.moves):
            then, room = _any_of(moves[number], rng), len(now.moves) - loop
            ends = range(max(room - _stride(now.moves), now.first + now.blend + 1), room)
            end, begin = _most_alike(now, ends, then, len(then) - shortest)
            yield replace(now, last=end + loop)
            wanted -= end - now.first
            now = _Span(number, then, begin, 0, loop)
        last = now.first + max(wanted, now.blend + 1)
        if number + 1 == len(legs):
            yield replace(now, last=last + change)
            return
        then = _any_of(moves[number + 1], rng)
        earliest = max(last - _stride(now.moves) // 2, now.first + now.blend + 1)
        ends = range(earliest, max(last, earliest + 1))
        end, begin = _most_alike(now, ends, then, len(then) - shortest)
        yield replace(now, last=end + change)
        now = _Span(number + 1, then, begin, 0, change)


def _any_of(moves: Sequence[_Moves], rng: np.random.Generator) -> _Moves:
    """One of the clips, longer ones the more often."""
    lengths = np.array([len(one) for one in moves], dtype=np.float64)
    return moves[int(rng.choice(len(moves), p=lengths / lengths.sum()))]


def _stride(moves: _Moves) -> int:
    """Frames after which a clip's pose is most like itself again."""
    flat = moves.pose.reshape(len(moves), -1)
    low, high = (round(s * moves.rate_hz) for s in _STRIDES_S)
    lags = range(low, min(high, len(moves) - low))
    if not lags:
        raise ValueError("a clip is too short to be looped")
    apart = [((flat[lag:] - flat[:-lag]) ** 2).mean() for lag in lags]
    return lags.start + int(np.argmin(apart))


def _most_alike(now: _Span, ends: range, then: _Moves, latest: int) -> tuple[int, int]:
    """Frame to leave at and frame to go on with; within one clip, whole strides before it.

    Raises
    ------
    ValueError
        There is no such pair.
    """
    if latest <= 0 or not len(ends):
        raise ValueError("a clip is too short to be looped")
    leaving = _features(now.moves)[ends.start : ends.stop]
    going_on = _features(then)[:latest]
    apart = ((leaving[:, None] - going_on[None]) ** 2).sum(axis=2)
    if now.moves is then:
        stride = _stride(then)
        back = np.arange(ends.start, ends.stop)[:, None] - np.arange(latest)
        off = np.abs(back - stride * np.round(back / stride))
        apart[(back < stride - 1) | (off > 1)] = np.inf
    best = int(np.argmin(apart))
    if not np.isfinite(apart.flat[best]):
        raise ValueError("a clip is too short to be looped")
    return ends.start + best // latest, best % latest


def _features(moves: _Moves) -> Floats:
    """Shape (n, k): places of all points, and where they will be a moment later by velocity."""
    flat = moves.pose.reshape(len(moves), -1)
    frames = max(1, round(_AHEAD_S * moves.rate_hz))
    ahead = np.vstack([flat[frames:], np.repeat(flat[-1:], frames, axis=0)])
    return np.hstack([flat, ahead - flat])


def _faded(span: _Span, following: int) -> Floats:
    """Shape (n,): from 0 to 1 over the blend, and back over the next one's; sums to 1 with it."""
    weight = np.ones(span.last - span.first)
    weight[: span.blend] = _step(span.blend)
    if following:
        weight[-following:] *= 1 - _step(following)
    return weight


def _step(frames: int) -> Floats:
    """From 0 to 1 without a jump of velocity or acceleration (Perlin 2002)."""
    x = (np.arange(frames) + 0.5) / max(frames, 1)
    return np.asarray(x**3 * (x * (6 * x - 15) + 10))


def _points(clip: Recording) -> Track:
    track = clip.track("points")
    if track is None:
        raise ValueError(f"{clip.source.path} has no points of a body")
    return track


def _names(legs: Sequence[Leg]) -> tuple[str, ...]:
    """Parts of a body that every clip has; other points may stay behind in the room."""
    each = [{c[6:-2] for c in _points(clip).columns} for leg in legs for clip in leg.clips]
    return tuple(sorted(set.intersection(_BODY, *each)))


def _moves(clip: Recording, names: tuple[str, ...], rate_hz: float) -> _Moves:
    track = _points(clip)
    points = np.stack(
        [np.column_stack([track.column(f"point:{n}.{a}") for a in "xyz"]) for n in names], axis=1
    )
    at = {name: points[:, place] for place, name in enumerate(names)}
    across = at["left_hip"] - at["right_hip"]
    facing = across[:, 1] - 1j * across[:, 0]
    facing = facing / np.abs(facing)
    under = at["pelvis"][:, 0] + 1j * at["pelvis"][:, 1]
    flat = (points[..., 0] + 1j * points[..., 1] - under[:, None]) * np.conj(facing)[:, None]
    pose = np.stack([flat.real, flat.imag, points[..., 2]], axis=2)
    way = np.diff(under) * np.conj(facing[:-1])
    turn = np.angle(facing[1:] * np.conj(facing[:-1]))
    window = np.ones(round(rate_hz / 2)) / round(rate_hz / 2)
    speed = np.convolve(np.abs(way), window, mode="same")
    moving = np.flatnonzero(speed > _MOVING_SHARE * np.median(speed))
    kept = slice(int(moving[0]), int(moving[-1]) + 1)
    return _Moves(pose[:-1][kept], turn[kept], way[kept], rate_hz)
