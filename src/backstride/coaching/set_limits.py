"""Limits with who set them and for how long, and what several of them are together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TypeVar

from backstride.coaching.limits import Limits
from backstride.coaching.sessions import Kind, Need, Session
from backstride.coaching.volume import dose_of
from backstride.errors import RequestError
from backstride.vocabulary import SECONDS_PER_MINUTE, Gait

N = TypeVar("N", int, float)

#: Until a professional has agreed.
NOTHING_BACKWARD = Limits(most_backward_min=0.0)


def combined(*limits: Limits) -> Limits:
    """Limits of which each is the stricter; none at all give no limits.

    The order does not matter, and the same twice is the same once; reasons come in order of the
    alphabet, each once.
    """
    return Limits(
        max_level=min((one.max_level for one in limits), default=Limits().max_level),
        walk_only=any(one.walk_only for one in limits),
        required=frozenset(chain.from_iterable(one.required for one in limits)),
        no_uphill=any(one.no_uphill for one in limits),
        no_hard=any(one.no_hard for one in limits),
        most_backward_min=_least(one.most_backward_min for one in limits),
        most_sessions=_least(one.most_sessions for one in limits),
        reasons=tuple(sorted(set(chain.from_iterable(one.reasons for one in limits)))),
    )


def _least(values: Iterable[N | None]) -> N | None:
    return min((one for one in values if one is not None), default=None)


@dataclass(frozen=True)
class SetLimits:
    """Limits that a professional or a rule set, and the days for which they hold.

    Attributes
    ----------
    by
        Who set them: a name, or the rule.
    since, until
        First and last day; no last one: until they are lifted.
    agrees
        Questions and stop rules that sent the person to a professional, to which this one agrees:
        their limits stand in place of those of the question or rule. Only names of those.
    rule
        The stop rule that set them; "" for a person.

    Raises
    ------
    RequestError
        No name, an end before the start, or a rule that agrees.
    """

    by: str
    since: date
    limits: Limits
    until: date | None = None
    agrees: tuple[str, ...] = ()
    rule: str = ""

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise RequestError("limits without a name", hint="say in 'by' who set them")
        if self.until is not None and self.until < self.since:
            raise RequestError(
                f"limits by {self.by} end on {self.until}, before {self.since}",
                hint="give a last day that is not before the first",
            )
        if self.rule and self.agrees:
            raise RequestError("a rule cannot agree", hint="only a professional can")

    def holds(self, day: date) -> bool:
        """Whether they hold on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def beyond(limits: Limits, session: Session, *, a_week: int = 1) -> Iterator[str]:
    """What of a session, done so often a week, the limits do not allow, in words."""
    if session.level > limits.max_level:
        level = session.level.name.lower()
        yield f"it asks for level {level}, the limits allow {limits.max_level.name.lower()}"
    if limits.walk_only and any(step.gait is Gait.RUN for step in session.steps):
        yield "it has running, the limits allow walking only"
    if limits.no_hard and session.hard:
        yield "it is hard, the limits forbid that"
    if limits.no_uphill and session.kind is Kind.UPHILL:
        yield "it goes uphill, the limits forbid that"
    dose = dose_of(session)
    minutes = a_week * (dose.backward_s + dose.walked_backward_s) / SECONDS_PER_MINUTE
    if limits.most_backward_min is not None and minutes > limits.most_backward_min:
        most = limits.most_backward_min
        yield f"{minutes:.0f} min backward a week, the limits allow {most:g}"
    if minutes and Need.TREADMILL in limits.required and Need.TREADMILL not in session.needs:
        yield "it is not on a treadmill with rails, the limits require one"
    if limits.most_sessions is not None and a_week > limits.most_sessions:
        yield f"{a_week} sessions a week, the limits allow {limits.most_sessions}"


def in_force(several: Iterable[SetLimits], day: date) -> Limits:
    """The limits that hold on a day, each with who set them.

    A stop rule to which a professional agreed on its day or later holds no more.
    """
    holding = [one for one in several if one.holds(day)]
    lifted = {
        one
        for one in holding
        for other in holding
        if one.rule and not other.rule and one.rule in other.agrees and one.since <= other.since
    }
    return combined(*(_signed(one) for one in holding if one not in lifted))


def _signed(one: SetLimits) -> Limits:
    if one.limits == Limits():
        return one.limits
    return combined(one.limits, Limits(reasons=(f"Set by {one.by} on {one.since}.",)))
