"""Mood: feeling before and after. Only the runner can say it."""

from backstride.benefits.finding import Finding, NotAssessable, not_assessable
from backstride.benefits.history import History

KEY = "mood"


def assess(history: History) -> Finding | NotAssessable:
    """No recording says how somebody felt."""
    del history
    return not_assessable(
        KEY,
        missing="how you felt before and after; no device records it",
        what_would_help="a check-in before and after sessions with and without backward running "
        "(not in this version)",
    )
