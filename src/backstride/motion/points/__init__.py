"""Points of the body, from motion capture or cameras: facing, travel, contacts, direction."""

from collections.abc import Sequence
from dataclasses import dataclass

from backstride.motion.points.body_points import TRACK, BodyPoints, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics, kinematics_of
from backstride.recording import Track

__all__ = ["TRACK", "Bodies", "Body", "bodies_of"]


@dataclass(frozen=True, eq=False)
class Body:
    """A stretch of points of a body, with where it faces and travels, on one clock."""

    points: BodyPoints
    motion: Kinematics


#: The stretches of a track, in order of time.
Bodies = Sequence[Body]


def bodies_of(track: Track) -> tuple[Body, ...]:
    """The stretches of a track of points."""
    return tuple(Body(body, kinematics_of(body)) for body in stretches(track, POINTS))
