"""Points of the body, from motion capture or cameras: facing, travel, contacts, direction."""

from backstride.motion.points.body_points import TRACK, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics, kinematics_of
from backstride.recording import Track

__all__ = ["TRACK", "motions_of"]


def motions_of(track: Track) -> list[Kinematics]:
    """Facing and travel in each stretch of a track of points."""
    return [kinematics_of(body) for body in stretches(track, POINTS)]
