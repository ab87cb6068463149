"""The ten questions, one file each: `assess` answers them all.

`BENEFITS` is the table. A benefit is a function from a `History` to a `Finding` or
`NotAssessable`; what is common to them (nothing recorded, nothing run backward, too little of it)
is answered here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backstride.benefits import (
    calories,
    cardio,
    core,
    fitness,
    injury_relief,
    mood,
    muscle_balance,
    posture,
    senses,
    variety,
)
from backstride.benefits.finding import Detail, Finding, NotAssessable, not_assessable
from backstride.benefits.history import Digest, History, Pieces, digest, least_backward
from backstride.benefits.myths import MythAnswer, answer_myths
from backstride.motion import Analysis
from backstride.recording import Athlete
from backstride.vocabulary import clock

Answer = Finding | NotAssessable


@dataclass(frozen=True)
class Benefit:
    """One of the ten.

    `needs_backward` is False where something else is missing before that, whatever was run.
    """

    key: str
    assess: Callable[[History], Answer]
    needs_backward: bool = True


BENEFITS: tuple[Benefit, ...] = (
    Benefit(variety.KEY, variety.assess),
    Benefit(posture.KEY, posture.assess, needs_backward=False),
    Benefit(core.KEY, core.assess, needs_backward=False),
    Benefit(muscle_balance.KEY, muscle_balance.assess),
    Benefit(injury_relief.KEY, injury_relief.assess),
    Benefit(senses.KEY, senses.assess, needs_backward=False),
    Benefit(calories.KEY, calories.assess),
    Benefit(cardio.KEY, cardio.assess),
    Benefit(fitness.KEY, fitness.assess),
    Benefit(mood.KEY, mood.assess, needs_backward=False),
)


@dataclass(frozen=True)
class Assessment:
    """Ten answers and the myths, about one recording or several together."""

    findings: tuple[Answer, ...]
    myths: tuple[MythAnswer, ...]


def assess(analyses: Analysis | Sequence[Analysis], athlete: Athlete | None = None) -> Assessment:
    """Answer the ten claims from one analyzed recording, or from several of one person.

    Parameters
    ----------
    analyses
        What `motion.analyze` gave, in any order.
    athlete
        What is known of the person; by default what the recordings say.
    """
    several = (analyses,) if isinstance(analyses, Analysis) else tuple(analyses)
    return assess_history(
        [digest(analysis) for analysis in several],
        _athlete(several) if athlete is None else athlete,
    )


def assess_history(digests: Sequence[Digest], athlete: Athlete) -> Assessment:
    """The same from digests, for histories too long to hold in memory."""
    history = History(tuple(sorted(digests, key=_when)), athlete)
    findings = tuple(_answer(benefit, history) for benefit in BENEFITS)
    return Assessment(findings, answer_myths(findings))


def _when(one: Digest) -> float:
    return one.start_utc.timestamp() if one.start_utc is not None else 0.0


def _athlete(analyses: Sequence[Analysis]) -> Athlete:
    return Athlete.agreed(analysis.athlete for analysis in analyses)


def _answer(benefit: Benefit, history: History) -> Answer:
    seconds = float(np.sum(history.backward.time_s))
    if not benefit.needs_backward or seconds >= least_backward():
        return benefit.assess(history)
    return not_assessable(
        benefit.key,
        missing=f"more backward movement: {seconds:.0f} s say nothing, "
        f"{least_backward():.0f} s are the least"
        if seconds
        else "backward movement: none was found",
        what_would_help=_how_to_say_it(history),
    )


def _how_to_say_it(history: History) -> str:
    if not history.suspected:
        return "if you ran backward here, say when: --backward 12:00-14:30"
    if len(history.digests) > 1:
        return (
            f"{len(history.suspected)} part(s) look backward but not surely; look at each "
            "recording by itself, and say there with --backward what was"
        )
    times = ", ".join(
        f"--backward {clock(bout.start_s)}-{clock(bout.end_s)}" for bout in history.suspected
    )
    return f"parts look backward but not surely; if they were, say so: {times}"


__all__ = [
    "BENEFITS",
    "Answer",
    "Assessment",
    "Benefit",
    "Detail",
    "Digest",
    "Finding",
    "History",
    "MythAnswer",
    "NotAssessable",
    "Pieces",
    "answer_myths",
    "assess",
    "assess_history",
    "digest",
]
