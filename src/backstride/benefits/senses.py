"""Senses: balance, hearing, peripheral vision, joint sense. They need tests of their own."""

from backstride.benefits.finding import Finding, NotAssessable, not_assessable
from backstride.benefits.history import History

KEY = "senses"


def assess(history: History) -> Finding | NotAssessable:
    """A watch's position is too coarse for drift over 20 m, and nothing else was recorded."""
    del history
    return not_assessable(
        KEY,
        missing="a test of balance, reaction or a straight line; a watch's position is too coarse",
        what_would_help="standing on one leg, walking 3 m backward and a straight 20 m, with a "
        "phone or motion sensor (not assessed yet by this version)",
    )
