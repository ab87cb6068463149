"""Rehabilitation: protocols in stages as data (``rehab.toml``), and the log that somebody keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from math import isfinite

from backstride.coaching.library import library
from backstride.coaching.library import session as session_of
from backstride.coaching.safety import After, after_pain, pain_word
from backstride.coaching.sessions import Session
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
from backstride.coaching.volume import scaled
from backstride.errors import RequestError
from backstride.vocabulary import DAYS_PER_WEEK

LOG = "backstride/rehab-1"


class Better(StrEnum):
    """Which way a measure gets better."""

    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, kw_only=True)
class Measure(Sourced):
    """What is measured to see whether it helps.

    Attributes
    ----------
    highest
        The most that is possible of a person; 0 is the least.
    least_change
        The smallest change that is real, in the same unit; None where the evidence has none.
    """

    key: str
    title: str
    how: str
    unit: str
    better: Better
    highest: float
    least_change: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("how", self.how)
        if not self.highest > 0:
            raise wrong(f"highest is {self.highest:g}")


@dataclass(frozen=True)
class Stage:
    """A session, so often a week, until it is good.

    Attributes
    ----------
    session, share
        Its key in the library, and how much of its main part.
    a_week
        Times a week.
    sessions, weeks
        Good sessions in a row, and weeks, before the next stage.
    rest_days
        Days without a session before one, at least.
    """

    title: str
    session: str
    a_week: int
    sessions: int
    weeks: int = 0
    share: float = 1.0
    rest_days: int = 0

    def __post_init__(self) -> None:
        if self.session not in library():
            raise wrong(f"stage '{self.title}': there is no session {self.session}")
        low, high = library()[self.session].volume
        if not low <= self.share <= high:
            raise wrong(f"stage '{self.title}': a share of {self.share:g} of {self.session}")
        possible = 1 <= self.a_week <= DAYS_PER_WEEK // (1 + self.rest_days) + 1
        if not possible or self.sessions < 1 or self.weeks < 0 or self.rest_days < 0:
            raise wrong(f"stage '{self.title}': its sessions do not fit into its weeks")

    @property
    def done_as(self) -> Session:
        """The session as it is done in this stage."""
        return scaled(session_of(self.session), self.share)

    @property
    def moves_on(self) -> str:
        """What must be so before the next stage, in words."""
        weeks = f", in week {self.weeks} or later" if self.weeks > 1 else ""
        rest = f", {days_in_words(self.rest_days)} of rest before each" if self.rest_days else ""
        return f"{self.sessions} good sessions in a row{rest}{weeks}"


def days_in_words(days: int) -> str:
    """A number of days."""
    return "1 day" if days == 1 else f"{days} days"


@dataclass(frozen=True, kw_only=True)
class Protocol(Sourced):
    """Stages in order.

    Attributes
    ----------
    for_whom
        Whom it is for.
    measures
        Keys of what is measured before, between and after.
    steps_back
        Bad sessions in a row that lead a stage back.
    """

    key: str
    title: str
    purpose: str
    for_whom: str
    measures: tuple[str, ...]
    steps_back: int
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("purpose", self.purpose)
        sentences("for_whom", self.for_whom)
        if unknown := sorted(set(self.measures) - set(measures())):
            raise wrong(f"there is no measure {', '.join(unknown)}")
        if not self.stages or not self.measures or self.steps_back < 1:
            raise wrong("needs stages, measures, and one or more bad sessions to step back")


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure by key."""
    return entries(Measure, table("rehab.toml"), "measures")


@cache
def protocols() -> Mapping[str, Protocol]:
    """Every protocol by key."""
    return entries(Protocol, table("rehab.toml"), "protocols")


def protocol(key: str) -> Protocol:
    """The protocol of that name.

    Raises
    ------
    RequestError
        There is none.
    """
    return one_of("protocol", protocols(), key)


@dataclass(frozen=True)
class Done:
    """A session of a protocol, by the person's word.

    Attributes
    ----------
    done
        How much of it, 0 none to 1 all.
    pain, pain_before, pain_next_day
        The worst during or after, before it, and 24 hours later (None: not yet known); 0 to 10.
    swelling
        Whether a joint is swollen or stiff since.

    Raises
    ------
    RequestError
        A rating outside 0 to 10 or a share outside 0 to 1.
    """

    date: date
    done: float
    pain: float
    pain_before: float = 0.0
    pain_next_day: float | None = None
    swelling: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.done <= 1:
            raise RequestError(
                f"session of {self.date}: done is {self.done:g}", hint="give 0 to 1, 1 for all"
            )
        pain_word(self.pain, self.pain_next_day, before=self.pain_before)

    @property
    def word(self) -> str:
        """What the pain rule says of it."""
        return pain_word(
            self.pain, self.pain_next_day, before=self.pain_before, swelling=self.swelling
        )

    @property
    def after(self) -> After:
        """What follows from its pain."""
        return after_pain(
            self.pain,
            self.pain_next_day,
            on=self.date,
            before=self.pain_before,
            swelling=self.swelling,
        )


@dataclass(frozen=True)
class Measured:
    """A measure on a day.

    Raises
    ------
    RequestError
        There is no such measure, or the value is not possible.
    """

    measure: str
    date: date
    value: float

    def __post_init__(self) -> None:
        about = one_of("measure", measures(), self.measure)
        if not (isfinite(self.value) and 0 <= self.value <= about.highest):
            raise RequestError(
                f"{self.measure} of {self.date} is {self.value:g}",
                hint=f"give a number from 0 to {about.highest:g}, unit {about.unit}",
            )


@dataclass(frozen=True)
class RehabLog:
    """What was done and measured in a protocol since its first day.

    Raises
    ------
    RequestError
        A day stands twice, or before the start.
    """

    protocol: str
    start: date
    sessions: tuple[Done, ...] = ()
    measured: tuple[Measured, ...] = ()

    def __post_init__(self) -> None:
        protocol(self.protocol)
        days = [one.date for one in self.sessions]
        if len(set(days)) != len(days):
            raise RequestError("the log has a day twice", hint="keep one session for each day")
        if days and min(days) < self.start:
            raise RequestError(
                f"a session of {min(days)} lies before the start on {self.start}",
                hint="give the first day of the protocol as start",
            )
        pairs = [(one.measure, one.date) for one in self.measured]
        if len(set(pairs)) != len(pairs):
            raise RequestError("a measure stands twice on a day", hint="keep one of them")


def rehab_log_to_toml(log: RehabLog) -> str:
    """A log as text."""
    return to_toml(LOG, log)


def rehab_log_from_toml(text: str) -> RehabLog:
    """A log from text.

    Raises
    ------
    RequestError
        It is not such a text, or something in it is impossible.
    """
    return from_toml(LOG, RehabLog, text)
