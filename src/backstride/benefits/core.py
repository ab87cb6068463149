"""Core: work of the trunk's muscles. It needs a body model."""

from backstride.benefits.finding import Finding, NotAssessable, not_assessable
from backstride.benefits.history import History

KEY = "core"


def assess(history: History) -> Finding | NotAssessable:
    """No recording that can be read so far drives a body model."""
    del history
    return not_assessable(
        KEY,
        missing="moments and work of the trunk; nobody has measured the abdominals backward",
        what_would_help="motion capture or video with the body model (not in this version)",
    )
