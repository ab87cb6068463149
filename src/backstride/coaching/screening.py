"""Screening: questions before anybody runs backward, and what the answers mean.

Questions are data (``safety.toml``). Nearly all are opinion: no study of who may run backward was
found, and each says so. Answers are kept nowhere but in the text that the person keeps; nothing of
them leaves the machine.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from backstride.coaching.limits import Limits
from backstride.coaching.set_limits import NOTHING_BACKWARD, SetLimits, combined, in_force
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

SCREENING = "backstride/screening-1"


class Word(StrEnum):
    """What screening says, from free to strict."""

    CLEARED = "cleared"
    LIMITED = "cleared with limits"
    PROFESSIONAL = "see a professional first"


class Answer(StrEnum):
    """An answer; who is not sure is treated as by the careful one."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not sure"


@dataclass(frozen=True)
class Lead:
    """Where an answer leads.

    Attributes
    ----------
    because
        Said to the person; "" where they are cleared.
    limits
        Of a professional's question: those that hold once they have agreed.
    again_days
        Days until the next screening; None for the usual ones.
    """

    word: Word
    because: str = ""
    limits: Limits = field(default_factory=Limits)
    again_days: int | None = None

    def __post_init__(self) -> None:
        if self.word is Word.CLEARED:
            if self.because or self.limits != Limits():
                raise wrong("clears and limits at once")
            return
        sentences("because", self.because)
        if self.limits == Limits():
            raise wrong(f"'{self.word}' leads to no limits")
        if self.again_days is not None and self.again_days < 1:
            raise wrong(f"again_days is {self.again_days}")

    def holding(self) -> Limits:
        """The limits that hold now, with the reason."""
        until = NOTHING_BACKWARD if self.word is Word.PROFESSIONAL else Limits()
        return combined(self.limits, until, Limits(reasons=(self.because,)))


@dataclass(frozen=True, kw_only=True)
class Question(Sourced):
    """A question of screening.

    Attributes
    ----------
    why
        Why it is asked.
    careful
        The answer that is taken of who is not sure: YES or NO.
    """

    key: str
    ask: str
    why: str
    careful: Answer
    yes: Lead
    no: Lead

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("ask", self.ask)
        sentences("why", self.why)
        if not self.ask.endswith("?"):
            raise wrong("ask is no question")
        if self.careful is Answer.NOT_SURE:
            raise wrong("careful must be yes or no")
        free = self.no if self.careful is Answer.YES else self.yes
        if free.word is not Word.CLEARED or self.lead(self.careful).word is Word.CLEARED:
            raise wrong("only the answer that is not careful clears")

    def is_careful(self, answer: Answer) -> bool:
        """Whether an answer counts as the careful one."""
        return answer in (self.careful, Answer.NOT_SURE)

    def lead(self, answer: Answer) -> Lead:
        """Where an answer leads."""
        if answer is Answer.NOT_SURE:
            answer = self.careful
        return self.yes if answer is Answer.YES else self.no


@dataclass(frozen=True, kw_only=True)
class Together(Sourced):
    """Questions whose careful answers together send somebody to a professional."""

    key: str
    when: tuple[str, ...]
    because: str

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("because", self.because)
        if unknown := sorted(set(self.when) - set(questions())) or len(self.when) < 2:
            raise wrong(f"when: there is no question {unknown}, or only one")


@dataclass(frozen=True, kw_only=True)
class Again(Sourced):
    """When to screen again before the day that was told."""

    key: str
    say: str

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("say", self.say)


@cache
def questions() -> Mapping[str, Question]:
    """Every question by key, in the order in which they are asked."""
    return entries(Question, table("safety.toml"), "questions")


@cache
def together() -> Mapping[str, Together]:
    """Answers that weigh more together."""
    return entries(Together, table("safety.toml"), "together")


@cache
def screen_again() -> Mapping[str, Again]:
    """When to screen again before the day that was told."""
    return entries(Again, table("safety.toml"), "again")


@dataclass(frozen=True)
class Screening:
    """What somebody answered on a day.

    Raises
    ------
    RequestError
        A question is not answered, or there is no such question; says which.
    """

    date: date
    answers: Mapping[str, Answer]

    def __post_init__(self) -> None:
        for key in self.answers:
            one_of("question", questions(), key)
        if missing := [key for key in questions() if key not in self.answers]:
            raise RequestError(
                f"not answered: {', '.join(missing)}",
                hint="answer each with yes, no or not_sure; nothing is assumed",
            )


@dataclass(frozen=True)
class Clearance:
    """What screening says.

    Attributes
    ----------
    limits
        Those of answers and of professionals, the stricter of each.
    reasons
        In plain words, in the order of the questions.
    again
        The day on which to screen again; see `screen_again` for what brings it nearer.
    """

    word: Word
    limits: Limits
    reasons: tuple[str, ...]
    again: date

    def holds(self, day: date) -> bool:
        """Whether it is not yet time to screen again."""
        return day < self.again


def screened(
    screening: Screening, by_others: Iterable[SetLimits] = (), on: date | None = None
) -> Clearance:
    """What answers mean, with what professionals said of them.

    Limits of a professional who agrees to a question stand in place of the question's own; if they
    set none, the question's own hold. In all else the stricter of two limits wins.

    Parameters
    ----------
    on
        The day asked about, for professionals speak later; by default that of the answers.
    """
    day = on or screening.date
    holding = [one for one in by_others if one.holds(day)]
    leads = [
        lead
        for key, found in _leads(screening)
        if (lead := _agreed(key, found, holding)) is not None
    ]
    limits = combined(*(lead.holding() for lead in leads), in_force(holding, day))
    if Word.PROFESSIONAL in {lead.word for lead in leads}:
        word = Word.PROFESSIONAL
    else:
        word = Word.CLEARED if limits == Limits() else Word.LIMITED
    days = min(lead.again_days or _SCREEN_DAYS for lead in [*leads, _USUAL])
    return Clearance(
        word=word,
        limits=limits,
        reasons=tuple(dict.fromkeys([*(lead.because for lead in leads), *limits.reasons])),
        again=screening.date + timedelta(days=days),
    )


def _agreed(key: str, lead: Lead, by_others: Iterable[SetLimits]) -> Lead | None:
    """What is left of a lead when professionals have spoken; None where their limits replace it."""
    agreeing = [one for one in by_others if key in one.agrees]
    if not agreeing:
        return lead
    if any(one.limits != Limits() for one in agreeing):
        return None
    said = f"{lead.because} {agreeing[0].by} agreed on {agreeing[0].since}."
    return replace(lead, word=Word.LIMITED, because=said)


_USUAL = Lead(Word.CLEARED)
_SCREEN_DAYS = int(constant("coaching.safety_screen_days"))


def _leads(screening: Screening) -> Iterator[tuple[str, Lead]]:
    """What each answer leads to, but for those that clear."""
    careful = {key for key, one in questions().items() if one.is_careful(screening.answers[key])}
    for key, one in questions().items():
        if key in careful:
            yield key, one.lead(one.careful)
    for key, several in together().items():
        if set(several.when) <= careful:
            limits = combined(
                *(questions()[each].lead(Answer.NOT_SURE).limits for each in several.when)
            )
            yield key, Lead(Word.PROFESSIONAL, several.because, limits)


def screening_to_toml(screening: Screening) -> str:
    """Answers as text."""
    return to_toml(SCREENING, screening)


def screening_from_toml(text: str) -> Screening:
    """Answers from text.

    Raises
    ------
    RequestError
        It is not such a text, a question is not answered, or there is no such question or answer.
    """
    return from_toml(SCREENING, Screening, text)
