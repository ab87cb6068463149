"""Screening, limits and skills: what a person may do, by their own answers and by professionals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from backstride.app.coaching import text_of, write_all
from backstride.coaching.limits import Limits
from backstride.coaching.progress import Progress, progress
from backstride.coaching.rehab import (
    Done,
    Measured,
    Protocol,
    RehabLog,
    protocol,
    protocols,
    rehab_log_from_toml,
    rehab_log_to_toml,
)
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
from backstride.coaching.sessions import Level
from backstride.coaching.set_limits import SetLimits, in_force
from backstride.coaching.skills import (
    Result,
    SkillTest,
    Standing,
    level_of,
    results_from_toml,
    results_of,
    results_to_toml,
    standings,
    to_pass,
)
from backstride.errors import ReadError, RequestError
from backstride.motion import analyze
from backstride.readers import read_many


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


def level_by_tests(results_file: Path, day: date, limits: Limits) -> Level:
    """The level that kept results of tests have earned, within limits.

    Raises
    ------
    RequestError
        The file cannot be read or is not one of results.
    """
    return level_of(results_from_toml(text_of(results_file)), day, limits)


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


@dataclass(frozen=True)
class Skills:
    """How somebody stands in every test, their level, and what is missing for the next."""

    standings: tuple[Standing, ...]
    level: Level
    missing: tuple[SkillTest, ...]
    unread: tuple[ReadError, ...] = ()


def skills(
    results_file: Path | None,
    told: Mapping[str, float],
    recordings: Sequence[Path],
    day: date,
) -> Skills:
    """How somebody stands by the results they keep, what they tell, and what recordings show.

    Parameters
    ----------
    results_file
        Where results are kept; what is new is added to it. It need not be there yet.
    told
        Values of tests done on the day.
    recordings
        Files; one without a date shows nothing, for results expire.

    Raises
    ------
    RequestError
        A file cannot be read or written, or there is no such test or value.
    """
    known = [Result(key, day, value) for key, value in told.items()]
    unread: list[ReadError] = []
    for path in recordings:
        for one in read_many(path):
            if isinstance(one, ReadError):
                unread.append(one)
            elif one.start_utc is not None:
                known += results_of(analyze(one))
    kept: tuple[Result, ...] = ()
    if results_file is not None and results_file.exists():
        kept = results_from_toml(text_of(results_file))
    results = tuple(dict.fromkeys((*kept, *known)))
    if results_file is not None and results != kept:
        keep(results_file, results_to_toml(results))
    return Skills(
        standings(results, day), level_of(results, day), to_pass(results, day), tuple(unread)
    )


def keep(path: Path, text: str) -> None:
    """Write what a person keeps, whole or not at all.

    Raises
    ------
    RequestError
        It cannot be written.
    """
    write_all(path.parent, {path.name: text.encode()})


def all_protocols() -> tuple[Protocol, ...]:
    """The protocols of rehabilitation there are."""
    return tuple(protocols().values())


def protocol_of(key: str) -> Protocol:
    """The protocol of that name.

    Raises
    ------
    RequestError
        There is none.
    """
    return protocol(key)


def session_done(
    day: date,
    done: float,
    pain: float,
    before: float = 0.0,
    next_day: float | None = None,
    *,
    swelling: bool = False,
) -> Done:
    """A session of a protocol by the person's word, as `Done`.

    Raises
    ------
    RequestError
        As `Done`.
    """
    return Done(day, done, pain, before, next_day, swelling)


def rehab(
    key: str,
    log_file: Path,
    day: date,
    session: Done | None = None,
    values: Mapping[str, float] | None = None,
    limits_file: Path | None = None,
) -> Progress:
    """How far somebody has come in a protocol, with what is new put into their log.

    Parameters
    ----------
    log_file
        One that is not there yet begins on the day.
    session
        To be added, in place of one of the same day.
    values
        What was measured on the day.

    Raises
    ------
    RequestError
        There is no such protocol, the log is of another one, or a file cannot be read or written.
    """
    of = protocol(key)
    old = rehab_log_from_toml(text_of(log_file)) if log_file.exists() else RehabLog(of.key, day)
    sessions = old.sessions
    if session is not None:
        sessions = (*(one for one in sessions if one.date != session.date), session)
    measured = tuple(Measured(name, day, value) for name, value in (values or {}).items())
    new = {(one.measure, one.date) for one in measured}
    others = (one for one in old.measured if (one.measure, one.date) not in new)
    log = replace(old, sessions=sessions, measured=(*others, *measured))
    found = progress(of, log, day, limits=in_force(_set(limits_file), day))
    if log != old or not log_file.exists():
        keep(log_file, rehab_log_to_toml(log))
    return found
