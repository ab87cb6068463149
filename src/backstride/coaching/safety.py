"""Conditions of a session, signs to stop at, and what follows from pain; they outrank every plan.

Rules are data (``safety.toml``). Nearly all are opinion: no study of falls in running backward was
found, and each says so.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from math import isfinite

from backstride.coaching.limits import Limits
from backstride.coaching.screening import Question, Together, Word, questions, together
from backstride.coaching.sessions import Kind, Need, Session
from backstride.coaching.set_limits import NOTHING_BACKWARD, SetLimits, combined
from backstride.coaching.sourced import (
    Sourced,
    entries,
    from_toml,
    one_of,
    sentences,
    table,
    to_toml,
    wrong,
)
from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.vocabulary import Direction

LIMITS = "backstride/limits-1"
#: The worst that pain can be rated.
WORST_PAIN = 10.0


class _Numbers:
    """Their meaning and source stand in ``constants/coaching.toml``."""

    pain_ok = constant("coaching.safety_pain_ok")
    pain_stop = constant("coaching.safety_pain_stop")
    pain_days = constant("coaching.safety_pain_days")


class About(StrEnum):
    """What a condition is about."""

    SURFACE = "surface"
    LIGHT = "light"
    TRAFFIC = "traffic"
    OBSTACLES = "obstacles"
    SLOPE = "slope"
    SPOTTER = "spotter"
    TRACK = "track"
    TREADMILL = "treadmill"
    YOURSELF = "yourself"


@dataclass(frozen=True, kw_only=True)
class Condition(Sourced):
    """What must be so before a session.

    Attributes
    ----------
    kinds, needs
        For sessions of these kinds, or with one of these needs; neither: for every session with
        something backward.
    unless
        Not for sessions with such a need.
    always
        For sessions without anything backward, too.
    """

    key: str
    about: About
    check: str
    why: str
    kinds: tuple[Kind, ...] = ()
    needs: tuple[Need, ...] = ()
    unless: tuple[Need, ...] = ()
    always: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("check", self.check)
        sentences("why", self.why)

    def is_for(self, session: Session, has: Collection[Need] = ()) -> bool:
        """Whether it is to be looked at before a session with this at hand."""
        needs = {*session.needs, *has}
        if self.always:
            return True
        if not any(step.direction is Direction.BACKWARD for step in session.steps):
            return False
        if set(session.needs) & set(self.unless):
            return False
        named = session.kind in self.kinds or bool(needs & set(self.needs))
        return named or not (self.kinds or self.needs)


@cache
def conditions() -> Mapping[str, Condition]:
    """Every condition by key, in the order of a checklist."""
    return entries(Condition, table("safety.toml"), "conditions")


def checklist(session: Session, limits: Limits | None = None) -> tuple[Condition, ...]:
    """What to look at before a session, for a person with these limits."""
    has = limits.required if limits else frozenset()
    return tuple(one for one in conditions().values() if one.is_for(session, has))


@dataclass(frozen=True, kw_only=True)
class Stop(Sourced):
    """A sign to stop at.

    Attributes
    ----------
    now, next
        What to do at once, and later.
    days
        Without anything backward; then the limits hold for as many days again.
    professional
        There is no end to that before a professional has agreed.
    """

    key: str
    sign: str
    now: str
    next: str
    days: int
    limits: Limits
    professional: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("sign", "now", "next"):
            sentences(name, getattr(self, name))
        if self.days < 0:
            raise wrong(f"days is {self.days}")
        if self.professional and not self.days:
            raise wrong("sends somebody to a professional and leaves no day free")


@cache
def stop_rules() -> Mapping[str, Stop]:
    """Every stop rule by key, in the order in which they are shown."""
    return entries(Stop, table("safety.toml"), "stops")


def asking_professional() -> Mapping[str, Question | Together | Stop]:
    """Questions and rules that send somebody to a professional, by key."""
    asking: dict[str, Question | Together | Stop] = {
        key: one
        for key, one in questions().items()
        if one.lead(one.careful).word is Word.PROFESSIONAL
    }
    stops = {key: one for key, one in stop_rules().items() if one.professional}
    return {**asking, **together(), **stops}


@dataclass(frozen=True)
class After:
    """What follows from a sign or from pain.

    Attributes
    ----------
    now
        What to do, in words.
    limits
        What holds from that day on, each with its days.
    professional
        Whether one is to be seen before anything backward.
    """

    now: str
    limits: tuple[SetLimits, ...] = ()
    professional: bool = False


def after_stop(key: str, on: date) -> After:
    """What follows from a sign on a day.

    Raises
    ------
    RequestError
        There is no such rule.
    """
    rule = one_of("stop rule", stop_rules(), key)
    by = f"the stop rule '{key.replace('_', ' ')}'"
    free = on + timedelta(days=rule.days)
    held = []
    if rule.days:
        until = None if rule.professional else free - timedelta(days=1)
        held.append(SetLimits(by, on, combined(rule.limits, NOTHING_BACKWARD), until, rule=key))
        if not rule.professional and rule.limits != Limits():
            last = free + timedelta(days=rule.days - 1)
            held.append(SetLimits(by, free, rule.limits, last, rule=key))
    return After(f"{rule.now} {rule.next}", tuple(held), rule.professional)


@dataclass(frozen=True, kw_only=True)
class PainRule(Sourced):
    """What follows from pain; its thresholds stand in ``constants/coaching.toml``."""

    key: str
    now: str
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("now", self.now)


@cache
def pain_rules() -> Mapping[str, PainRule]:
    """What follows from pain, from nothing to most."""
    return entries(PainRule, table("safety.toml"), "pain")


def pain_word(
    pain: float, next_day: float | None = None, *, before: float = 0.0, swelling: bool = False
) -> str:
    """Which of `pain_rules` holds: waiting, fine, ease or stop.

    Up to 2 of 10 is borne if a day later it is back to where it was before the session.

    Parameters
    ----------
    pain, next_day, before
        The worst during or after a session, 24 hours later (None: not yet known), and before it;
        0 to 10.
    swelling
        Whether a joint is swollen or stiff since.

    Raises
    ------
    RequestError
        A rating outside 0 to 10.
    """
    for name, value in (("pain", pain), ("pain a day later", next_day), ("pain before", before)):
        if value is not None and not (isfinite(value) and 0 <= value <= WORST_PAIN):
            raise RequestError(
                f"{name} is {value:g}", hint="rate it from 0, none, to 10, the worst"
            )
    left = 0.0 if next_day is None else next_day
    worst = max(pain, left, before)
    if swelling or worst > _Numbers.pain_stop:
        return "stop"
    if worst > _Numbers.pain_ok or left > before:
        return "ease"
    return "waiting" if next_day is None else "fine"


def after_pain(
    pain: float,
    next_day: float | None = None,
    *,
    on: date,
    before: float = 0.0,
    swelling: bool = False,
) -> After:
    """What to do after pain in a session on a day, and the limits that follow; see `pain_word`."""
    word = pain_word(pain, next_day, before=before, swelling=swelling)
    rule = pain_rules()[word]
    if rule.limits == Limits():
        return After(rule.now)
    later = "" if next_day is None else f", {next_day:g} a day later"
    last = on + timedelta(days=int(_Numbers.pain_days) - 1)
    by = f"the pain rule (pain {pain:g} of 10{later}{', swelling' if swelling else ''})"
    return After(rule.now, (SetLimits(by, on, rule.limits, last),))


@dataclass(frozen=True)
class _File:
    """What a file of limits holds."""

    set: tuple[SetLimits, ...]


def limits_to_toml(several: Iterable[SetLimits]) -> str:
    """Limits, with who set them, as text."""
    return to_toml(LIMITS, _File(tuple(several)))


def limits_from_toml(text: str) -> tuple[SetLimits, ...]:
    """Limits, with who set them, from text.

    Raises
    ------
    RequestError
        It is not such a text, something in it is impossible, or somebody agrees to what asks for
        no professional.
    """
    read = from_toml(LIMITS, _File, text).set
    for key in (key for one in read for key in one.agrees):
        one_of("question or rule that asks for a professional,", asking_professional(), key)
    return read
