"""The popular figures, answered with this runner's own number."""

from dataclasses import dataclass

import numpy as np

from backstride.benefits.finding import Finding, NotAssessable, between, compared
from backstride.evidence import Grade, Myth, Spread, evaluate, myths
from backstride.models import energy, tissue


@dataclass(frozen=True)
class MythAnswer:
    """A myth, what is known, and what this runner's recording says of it."""

    key: str
    myth: str
    answer: str
    value: float
    low: float
    high: float
    unit: str
    grade: Grade
    sources: tuple[str, ...]


def answer_myths(findings: tuple[Finding | NotAssessable, ...]) -> tuple[MythAnswer, ...]:
    """Each myth with a number, or none at all where nothing was run backward."""
    by_key = {f.benefit: f for f in findings if isinstance(f, Finding)}
    laps, calories = by_key.get("cardio"), by_key.get("calories")
    if laps is None or calories is None:
        return ()
    extra = next(row for row in calories.details if row.key == "extra")
    steps = evaluate(
        lambda: {
            "steps": 100 * energy.laps_by_energy(np.zeros(1)) / tissue.steps_ratio(),
        }
    )
    lap = Spread(laps.value, laps.low, laps.high)
    more = Spread(extra.value, extra.low or 0.0, extra.high or 0.0)
    said = {
        "six_laps": (
            f"One backward lap of yours was worth {between(lap, digits=1, unit='forward laps')}"
            f"{_verdict(lap, myths()['six_laps'])}",
            lap,
            laps.unit,
            laps.grade,
            laps.sources,
        ),
        "hundred_steps": (
            "A hundred backward steps cost about as much energy as "
            f"{between(steps['steps'], unit='forward steps')}"
            f"{_verdict(steps['steps'], myths()['hundred_steps'])}",
            steps["steps"],
            "forward steps",
            steps.grade,
            steps.sources,
        ),
        "twenty_percent": (
            f"At the same speed your backward part cost {compared(more)} "
            "per distance; per minute at the same effort it costs no more, by what effort means.",
            more,
            "%",
            extra.grade or Grade.D,
            extra.sources,
        ),
    }
    answers = []
    for key, myth in myths().items():
        text, spread, unit, grade, sources = said[key]
        answers.append(
            MythAnswer(
                key, myth.title, text, spread.value, spread.low, spread.high, unit, grade, sources
            )
        )
    return tuple(answers)


def _verdict(number: Spread, myth: Myth) -> str:
    """Whether the interval rules the myth's figure out."""
    if number.high < myth.figure:
        return f", not {myth.figure:g}."
    return f"; that is too unsure to rule {myth.figure:g} out."
