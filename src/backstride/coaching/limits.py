"""What somebody may not do, whatever the goal: from screening, or set by a physiotherapist."""

from dataclasses import dataclass
from math import isfinite

from backstride.coaching.sessions import Level, Need
from backstride.errors import RequestError


@dataclass(frozen=True)
class Limits:
    """Limits of a person; they outrank goal and wish, and no plan proposes to lift them.

    Attributes
    ----------
    max_level
        The highest level of a session.
    walk_only
        Nothing is run, in no direction.
    required
        What every session with something backward must have: a SPOTTER or PARTNER must be at hand;
        a TREADMILL (with rails) means that it is done on one.
    no_uphill, no_hard
        No sessions uphill; none marked hard.
    most_backward_min
        Minutes moved backward in a week at most, walking included; None for no such limit.
    most_sessions
        Sessions in a week at most; None for no such limit.
    reasons
        Why, in words, for whoever reads the plan.

    Raises
    ------
    RequestError
        A number is negative or not one.
    """

    max_level: Level = Level.FAST
    walk_only: bool = False
    required: frozenset[Need] = frozenset()
    no_uphill: bool = False
    no_hard: bool = False
    most_backward_min: float | None = None
    most_sessions: int | None = None
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("most_backward_min", "most_sessions"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise RequestError(
                    f"limits: {name} is {value:g}", hint=f"give {name} as a number of 0 or more"
                )
