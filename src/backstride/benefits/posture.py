"""Posture: trunk inclination, backward against forward. A watch cannot see it."""

from backstride.benefits.finding import Finding, NotAssessable, not_assessable
from backstride.benefits.history import History

KEY = "posture"


def assess(history: History) -> Finding | NotAssessable:
    """No recording that can be read so far shows the trunk."""
    del history
    return not_assessable(
        KEY,
        missing="a recording that shows your trunk; a watch does not",
        what_would_help="motion capture, a video from the side or a motion sensor on the trunk, "
        "forward and backward at the same speed (not assessed yet by this version)",
    )
