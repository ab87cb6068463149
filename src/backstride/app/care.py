"""Screening, limits and skills: what a person may do, by their own answers and by professionals."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from backstride.app.coaching import text_of
from backstride.coaching.limits import Limits
from backstride.coaching.safety import limits_from_toml
from backstride.coaching.screening import (
    Answer,
    Clearance,
    Question,
    Screening,
    Word,
    questions,
    screened,
    screening_from_toml,
    screening_to_toml,
)
from backstride.coaching.set_limits import SetLimits, in_force
from backstride.errors import RequestError


def today() -> date:
    """The day it is here."""
    return datetime.now(UTC).astimezone().date()


def all_questions() -> tuple[Question, ...]:
    """The questions of screening, in order."""
    return tuple(questions().values())


def answered(answers: Mapping[str, str], on: date) -> tuple[Clearance, str]:
    """What answers mean, and the text to keep them in.

    Raises
    ------
    RequestError
        An answer is missing or none of yes, no and not sure.
    """
    screening = Screening(on, {key: Answer(value) for key, value in answers.items()})
    return screened(screening), screening_to_toml(screening)


def clearance_of(screening_file: Path, limits_file: Path | None, day: date) -> Clearance:
    """What kept answers mean on a day, with what a professional set.

    Raises
    ------
    RequestError
        A file cannot be read or is not what it should be.
    """
    return screened(screening_from_toml(text_of(screening_file)), _set(limits_file), day)


def _set(limits_file: Path | None) -> tuple[SetLimits, ...]:
    return limits_from_toml(text_of(limits_file)) if limits_file else ()


def limits_in_force(screening_file: Path | None, limits_file: Path | None, day: date) -> Limits:
    """Limits for a plan that begins on a day.

    Raises
    ------
    RequestError
        A professional is to be seen first, it is time to screen again, or a file cannot be read.
    """
    if screening_file is None:
        return in_force(_set(limits_file), day)
    clearance = clearance_of(screening_file, limits_file, day)
    if clearance.word is Word.PROFESSIONAL:
        raise RequestError(
            f"no plan before you have seen a professional: {clearance.reasons[0]}",
            hint="what they allow goes into a file for --limits",
        )
    if not clearance.holds(day):
        raise RequestError(
            f"the screening holds until {clearance.again} only", hint="run backstride screen again"
        )
    return clearance.limits
