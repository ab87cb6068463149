"""Plans made, changed, and written for people, calendars and watches."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from backstride.app.care import level_by_tests, limits_in_force, today
from backstride.app.coaching import files_of, stop_sentences, text_of, write_all
from backstride.app.recordings import Progress, Request, digests_of
from backstride.coaching import files
from backstride.coaching.goals import Goal, goal_of, goals
from backstride.coaching.history import days_of
from backstride.coaching.library import session
from backstride.coaching.plan import best_effort, changes, plan, update
from backstride.coaching.sessions import Level, Need
from backstride.coaching.volume import dose_of, scaled
from backstride.coaching.wish import USUAL, Change, Day, Plan, Planned, Wish
from backstride.errors import RequestError
from backstride.recording import Athlete
from backstride.report import plan as page
from backstride.report.document import Failure
from backstride.report.plan import Dated
from backstride.vocabulary import DAYS_PER_WEEK
from backstride.writers import calendar

__all__ = [
    "Asked",
    "Made",
    "all_goals",
    "at_hand",
    "level_of",
    "make",
    "next_monday",
    "renew",
    "today",
]

#: What a plan is called in its folder.
PLAN = "plan.json"


@dataclass(frozen=True)
class Asked:
    """What a person asks a plan for; see `Wish` for what is not said here.

    Attributes
    ----------
    history
        Folder or files of recordings.
    level, results_file
        The level of skill, by word or by kept results of tests, which count where both are given.
    anyway
        Whether a plan is wanted that comes as near as can be to a goal that it does not reach.
    screening_file, limits_file
        Answers of a screening, and what a physiotherapist set; the stricter holds.
    """

    goal: str
    weeks: int
    days: Mapping[int, float]
    start: date
    level: Level = Level.WALK
    race: date | None = None
    away: frozenset[date] = frozenset()
    has: frozenset[Need] = USUAL
    share: float | None = None
    history: Path | None = None
    athlete_file: Path | None = None
    results_file: Path | None = None
    screening_file: Path | None = None
    limits_file: Path | None = None
    anyway: bool = False


@dataclass(frozen=True)
class Made:
    """A plan with what it is made of, what changed, and where it was written."""

    plan: Plan
    days: tuple[Dated, ...]
    changes: tuple[Change, ...] = ()
    written: tuple[Path, ...] = ()
    failures: tuple[Failure, ...] = ()


def all_goals() -> tuple[Goal, ...]:
    """The goals there are."""
    return tuple(goals().values())


def level_of(word: str) -> Level:
    """A skill level by its name."""
    return Level[word.upper()]


def at_hand(words: Collection[str]) -> frozenset[Need]:
    """What is usually at hand, and what else is, by short names.

    Raises
    ------
    RequestError
        There is no such need.
    """
    known = {need.name.lower(): need for need in Need}
    if unknown := sorted({word.lower() for word in words} - set(known)):
        raise RequestError(
            f"nothing that a session needs is called '{unknown[0]}'",
            hint="one of: " + ", ".join(known),
        )
    return USUAL | {known[word.lower()] for word in words}


def next_monday(today: date) -> date:
    """The day that a plan begins on unless another is asked for."""
    return today + timedelta(days=(-today.weekday()) % DAYS_PER_WEEK)


def make(asked: Asked, folder: Path | None, progress: Progress | None = None) -> Made:
    """Make a plan, and write it where a folder is given.

    Raises
    ------
    RequestError
        The wish contradicts itself or cannot be fulfilled; the hint says what would help. Nothing
        is written then.
    """
    athlete = Athlete.from_toml(asked.athlete_file) if asked.athlete_file else Athlete()
    limits = limits_in_force(asked.screening_file, asked.limits_file, asked.start)
    level = asked.level
    if asked.results_file is not None:
        level = level_by_tests(asked.results_file, asked.start, limits)
    history: tuple[Day, ...] | None = None
    failures: tuple[Failure, ...] = ()
    if asked.history is not None:
        request = Request((asked.history,), athlete_file=asked.athlete_file)
        digests, agreed, failures = digests_of(request, progress)
        athlete, history = athlete.filled_from(agreed), days_of(digests, asked.start)
    made = (best_effort if asked.anyway else plan)(
        Wish(
            goal=asked.goal,
            start=asked.start,
            weeks=asked.weeks,
            days=asked.days,
            history=history,
            level=level,
            limits=limits,
            race=asked.race,
            away=asked.away,
            has=asked.has,
            share=asked.share,
            athlete=athlete,
        )
    )
    return replace(_delivered(made, (), folder), failures=failures)


def renew(old_file: Path, log_file: Path | None, today: date, folder: Path | None) -> Made:
    """Change a plan from today on by what its log says, and say what changed.

    Raises
    ------
    RequestError
        A file cannot be read, or does not fit.
    """
    old = files.plan_from_json(text_of(old_file))
    log = files.log_from_json(text_of(log_file)) if log_file else old.log
    new = update(old, log, today)
    return _delivered(new, changes(old, new), folder)


def _delivered(made: Plan, changed: Sequence[Change], folder: Path | None) -> Made:
    written: tuple[Path, ...] = ()
    days = tuple(_dated(made, each) for each in made.days)
    if folder is not None:
        written = write_all(folder, _files(made, days, changed))
    return Made(made, days, tuple(changed), written)


def _dated(made: Plan, planned: Planned) -> Dated:
    one = scaled(session(planned.session), planned.share)
    name = _name(planned)
    return Dated(
        planned,
        one,
        dose_of(one, made.wish.speeds),
        {"card": f"{name}.html", "watch": f"{name}.fit"},
    )


def _name(planned: Planned) -> str:
    """Of the files of a session; sessions of one volume share them."""
    share = "" if planned.share == 1 else f"-{100 * planned.share:.0f}"
    return f"{planned.session}{share}"


def _files(made: Plan, days: Sequence[Dated], changed: Sequence[Change]) -> dict[str, bytes]:
    goal = goal_of(made.wish.goal)
    stops = stop_sentences()
    text = "\n".join(page.lines(made, days)) + "\n"
    found: dict[str, bytes] = {
        PLAN: files.plan_to_json(made).encode(),
        "plan.txt": text.encode(),
        "plan.html": page.render(made, goal, days, stops, changed).encode(),
        "plan.ics": calendar_of(made, days).encode(),
    }
    for day in days:
        found |= files_of(_name(day.planned), day.session)
    return found


def calendar_of(made: Plan, days: Sequence[Dated]) -> str:
    """The plan as a calendar that every program reads."""
    return calendar.write(
        goal_of(made.wish.goal).title,
        [
            calendar.Event(
                key=f"{made.wish.goal}-{made.wish.start}-{day.planned.date}",
                start=day.planned.date,
                title=day.session.title,
                notes=f"{day.session.purpose} {day.planned.because}",
            )
            for day in days
        ],
        stamp_utc=datetime.combine(made.since, time(), UTC),
    )
