"""What a benefit answers: a `Finding` or `NotAssessable`, never None, never NaN."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from backstride.errors import EvidenceError
from backstride.evidence import Grade, Spread, Traced, Verdict, claims, evaluate, weakest
from backstride.recording import Floats


@dataclass(frozen=True)
class Detail:
    """A number beside the answer, with all that a number needs.

    `low` and `high` are None for what was counted or what the device claims; `note` says which.
    """

    key: str
    label: str
    value: float
    low: float | None
    high: float | None
    unit: str
    grade: Grade | None
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """The answer to one of the ten claims.

    Attributes
    ----------
    benefit
        Key of the claim.
    value, low, high, unit
        The answer and the interval that holds it in 95 of 100 cases as far as the sources say.
    grade
        The weakest evidence used, capped by what is known of the claim at all.
    verdict
        What the literature says of the claim itself.
    because
        The answer in one or two plain sentences.
    cautions
        What a reader must know before using the number.
    sources
        Keys of the bibliography.
    constants
        Names of the constants behind the answer.
    """

    benefit: str
    value: float
    low: float
    high: float
    unit: str
    grade: Grade
    verdict: Verdict
    because: str
    cautions: tuple[str, ...]
    sources: tuple[str, ...]
    constants: tuple[str, ...]
    details: tuple[Detail, ...] = ()

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.value, self.low, self.high))):
            raise EvidenceError(
                f"{self.benefit}: {self.value} ({self.low} to {self.high}) is not a number",
                hint="this is a fault of the program; please report it",
            )
        if not self.low <= self.value <= self.high:
            raise EvidenceError(
                f"{self.benefit}: {self.value} is outside {self.low} to {self.high}",
                hint="this is a fault of the program; please report it",
            )


@dataclass(frozen=True)
class NotAssessable:
    """No answer, and why that is the answer."""

    benefit: str
    missing: str
    what_would_help: str
    verdict: Verdict


def not_assessable(benefit: str, *, missing: str, what_would_help: str) -> NotAssessable:
    """The full answer where the recordings cannot speak."""
    return NotAssessable(benefit, missing, what_would_help, claims()[benefit].verdict)


def remark(benefit: str, key: str) -> str:
    """A sentence of the evidence that an answer quotes, so that no published number stands here."""
    return claims()[benefit].remarks[key]


def capped(benefit: str, traced: Traced) -> Grade:
    """The weakest evidence used, but never better than what is known of the claim."""
    return weakest([traced.grade, claims()[benefit].cap])


def details_of(traced: Traced, rows: Mapping[str, tuple[str, str]]) -> tuple[Detail, ...]:
    """Named numbers of one traced calculation as details; `rows` maps key to (label, unit)."""
    return tuple(
        Detail(
            key,
            label,
            traced[key].value,
            traced[key].low,
            traced[key].high,
            unit,
            traced.grade,
            traced.sources,
        )
        for key, (label, unit) in rows.items()
    )


def measured(
    key: str, label: str, unit: str, calculation: Callable[[], float | Floats], note: str = ""
) -> Detail:
    """A number beside the answer, traced by itself so that its grade and sources are its own."""
    (row,) = details_of(evaluate(lambda: {key: calculation()}), {key: (label, unit)})
    return replace(row, note=note)


def counted(key: str, label: str, value: float, unit: str, note: str) -> Detail:
    """A number that was counted or that the device claims: no interval, no grade."""
    return Detail(key, label, value, None, None, unit, None, (), note)


def finding(
    benefit: str,
    traced: Traced,
    key: str,
    *,
    unit: str,
    because: str,
    cautions: tuple[str, ...] = (),
    details: tuple[Detail, ...] = (),
) -> Finding:
    """A finding from one named number of a traced calculation."""
    spread = traced[key]
    return Finding(
        benefit=benefit,
        value=spread.value,
        low=spread.low,
        high=spread.high,
        unit=unit,
        grade=capped(benefit, traced),
        verdict=claims()[benefit].verdict,
        because=because,
        cautions=cautions,
        sources=traced.sources,
        constants=tuple(about.name for about in traced.constants),
        details=details,
    )


def between(
    spread: Spread | Detail | Finding, *, digits: int = 0, unit: str = "", sign: bool = False
) -> str:
    """A number with its interval in a sentence: ``31 % (between -18 and 110 %)``."""
    plus = "+" if sign else ""
    end = f" {unit}" if unit else ""
    value, low, high = (
        f"{number:{plus}.{digits}f}".replace("-", "−")
        for number in (spread.value, spread.low or 0.0, spread.high or 0.0)
    )
    return f"{value}{end} (between {low} and {high}{end})"


def compared(change: Spread | Detail) -> str:
    """A change in per cent in words: ``16 % less (between 68 % less and 119 % more)``."""
    low, high = change.low or 0.0, change.high or 0.0
    return f"{_more(change.value)} (between {_more(low)} and {_more(high)})"


def _more(percent: float) -> str:
    return f"{abs(percent):.0f} % {'less' if percent < 0 else 'more'}"
