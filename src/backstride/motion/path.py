"""The path of the pelvis over the ground: how straight it is, and a timed walk backward.

From points of the body only. A watch's position is off by metres, which is more than what people
stray from a straight line of twenty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backstride.evidence import constant
from backstride.motion.bouts import Bout
from backstride.motion.points import Bodies
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.points.kinematics import Kinematics, Plane
from backstride.recording import Floats
from backstride.vocabulary import Direction, Gait


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/senses.toml``."""

    straight_m: float = constant("senses.straight_m")
    bend_m: float = constant("senses.bend_m")
    walk_m: float = constant("senses.walk_m")
    stood_s: float = constant("senses.stood_s")


_C = _Choices()


@dataclass(frozen=True)
class Straight:
    """A part of a bout that is `senses.straight_m` long and no bend.

    `bout` is the bout's place among all; `deviation_m` the greatest distance of the path from the
    line between its two ends.
    """

    bout: int
    length_m: float
    time_s: float
    deviation_m: float


@dataclass(frozen=True)
class Paths:
    """What the paths of a recording show.

    `walks_s` holds the seconds that each first 3 m of walking backward took, from standing.
    """

    straights: tuple[Straight, ...] = ()
    walks_s: tuple[float, ...] = ()


def paths_of(bodies: Bodies, bouts: Sequence[Bout]) -> Paths:
    """Straights and timed walks of a recording's points of the body; nothing where it has none.

    On a moving ground, as on a treadmill, nobody is free to stray, so nothing is told there.
    """
    straights: list[Straight] = []
    walks: list[float] = []
    for motion in (body.motion for body in bodies):
        for number, bout in enumerate(bouts):
            first, last = np.searchsorted(motion.t_s, [bout.start_s, bout.end_s])
            if bout.direction not in _TRAVEL or first == last:
                continue
            place, way = _path(motion, slice(int(first), int(last)))
            straights += _straights(number, place, way)
            if number and _stood(bouts[number - 1], bout):
                walks += _walk(way)
    return Paths(tuple(straights), tuple(walks))


_TRAVEL = (Direction.FORWARD, Direction.BACKWARD)


def _path(motion: Kinematics, within: slice) -> tuple[Plane, Floats]:
    """Place over the ground and way come so far, shape (m,); up to where they are not known."""
    steps = (motion.ahead_mps + 1j * motion.left_mps)[within] * np.exp(
        1j * motion.facing_rad[within]
    )
    known = np.isfinite(steps) & ~motion.ground_moves[within]
    end = len(known) if known.all() else int(np.argmin(known))
    steps = steps[:end] / RATE_HZ
    return np.cumsum(steps), np.cumsum(np.abs(steps))


def _straights(bout: int, place: Plane, way: Floats) -> Iterator[Straight]:
    if not len(way):
        return
    edges = np.searchsorted(way, np.arange(0, way[-1], _C.straight_m))
    for first, last in pairwise(edges.tolist()):
        path = place[first : last + 1] - place[first]
        chord = path[-1] / np.abs(path[-1])
        deviation = float(np.max(np.abs((path * np.conj(chord)).imag)))
        if deviation <= _C.bend_m:
            yield Straight(bout, _C.straight_m, (last - first) / RATE_HZ, deviation)


def _stood(before: Bout, bout: Bout) -> bool:
    """Whether a bout is a walk backward out of standing."""
    stood = before.direction is Direction.STILL and before.duration_s >= _C.stood_s
    return stood and bout.direction is Direction.BACKWARD and bout.gait is Gait.WALK


def _walk(way: Floats) -> list[float]:
    reached = int(np.searchsorted(way, _C.walk_m))
    return [reached / RATE_HZ] if reached < len(way) else []
