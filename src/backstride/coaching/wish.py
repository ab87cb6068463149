"""Nouns of planning: what is wished, what is planned, what was done, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isfinite

from backstride.coaching.limits import Limits
from backstride.coaching.sessions import Level, Need
from backstride.coaching.volume import Speeds
from backstride.errors import RequestError
from backstride.recording import Athlete
from backstride.vocabulary import DAYS_PER_WEEK

#: Longest plan, in weeks, and what a person can do in a day: more is a slip of the pen.
_MOST_WEEKS = 52
_MOST_MINUTES = 24 * 60.0
_MOST_METRES = 200_000.0
_MOST_LOAD = 24 * 60 * 10.0
#: What is at hand unless a wish says otherwise.
USUAL = frozenset({Need.LINE, Need.TRACK, Need.CONES, Need.STEP})


def _bad(what: str, hint: str) -> RequestError:
    return RequestError(what, hint=hint)


def _in_range(name: str, value: float, most: float) -> None:
    if not (isfinite(value) and 0 <= value <= most):
        raise _bad(f"{name} is {value:g}", f"give a number from 0 to {most:g}")


@dataclass(frozen=True)
class Day:
    """What somebody did on a day, from recordings: running, walking backward and load.

    Attributes
    ----------
    load_au
        Minutes times rating of effort of everything done.
    """

    date: date
    forward_m: float = 0.0
    backward_m: float = 0.0
    backward_s: float = 0.0
    walked_backward_s: float = 0.0
    load_au: float = 0.0

    def __post_init__(self) -> None:
        here = f"history of {self.date}:"
        _in_range(f"{here} forward_m", self.forward_m, _MOST_METRES)
        _in_range(f"{here} backward_m", self.backward_m, _MOST_METRES)
        _in_range(f"{here} backward_s", self.backward_s, _MOST_MINUTES * 60)
        _in_range(f"{here} walked_backward_s", self.walked_backward_s, _MOST_MINUTES * 60)
        _in_range(f"{here} load_au", self.load_au, _MOST_LOAD)


@dataclass(frozen=True)
class Wish:
    """What a plan is made for.

    Attributes
    ----------
    goal
        A key of `goals`.
    start, weeks
        The first day, and how many weeks of seven days from there.
    days
        Minutes available by weekday, Monday 0; weekdays that are not named are free.
    history
        Days from recordings before `start`, in any order; days that are not there were rest. None
        where nothing is known, which is not the same as nothing done.
    race
        The day of a race, for the goals that need one; the plan ends with its week.
    away
        Days without a session.
    has
        What is at hand for a session.
    share
        Backward share of running distance, for the goal that asks for one.

    Raises
    ------
    RequestError
        Something in it is impossible or contradicts something else.
    """

    goal: str
    start: date
    weeks: int
    days: Mapping[int, float]
    history: tuple[Day, ...] | None = None
    level: Level = Level.WALK
    limits: Limits = field(default_factory=Limits)
    race: date | None = None
    away: frozenset[date] = frozenset()
    has: frozenset[Need] = USUAL
    share: float | None = None
    athlete: Athlete = field(default_factory=Athlete)
    speeds: Speeds | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= _MOST_WEEKS:
            raise _bad(f"a plan of {self.weeks} weeks", f"ask for 1 to {_MOST_WEEKS} weeks")
        for weekday, minutes in self.days.items():
            if weekday not in range(DAYS_PER_WEEK):
                raise _bad(f"there is no weekday {weekday}", "Monday is 0, Sunday 6")
            _in_range(f"minutes of weekday {weekday}", minutes, _MOST_MINUTES)
        if not any(minutes > 0 for minutes in self.days.values()):
            raise _bad("no day is available", "name at least one weekday and its minutes")
        if self.race is not None and self.race < self.start:
            raise _bad(
                f"the race on {self.race} is before the plan begins on {self.start}",
                "give a race to come, or an earlier start",
            )
        if self.race is not None and not self.start <= self.race <= self.end:
            raise _bad(
                f"the race on {self.race} is after the plan ends on {self.end}",
                f"ask for {(self.race - self.start).days // DAYS_PER_WEEK + 1} weeks",
            )
        if self.share is not None and not 0 < self.share < 1:
            raise _bad(f"a backward share of {self.share:g}", "give one between 0 and 1")
        self._check_history()

    def _check_history(self) -> None:
        dates = [day.date for day in self.history or ()]
        if len(set(dates)) != len(dates):
            raise _bad("history has a day twice", "add up what was done on a day")
        if dates and max(dates) >= self.start:
            raise _bad(
                f"history goes to {max(dates)}, the plan begins on {self.start}",
                "begin the plan after the history, or leave out the days from there on",
            )

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(days=DAYS_PER_WEEK * self.weeks - 1)

    def week_of(self, day: date) -> int:
        """Which week a day is in, the first being 0; negative before the plan."""
        return (day - self.start).days // DAYS_PER_WEEK

    def minutes_on(self, day: date) -> float:
        """Minutes for a session on a day; 0 where there is none to be."""
        if day in self.away or day == self.race or (self.race and day > self.race):
            return 0.0
        return self.days.get(day.weekday(), 0.0)


@dataclass(frozen=True)
class Planned:
    """A session on a day.

    Attributes
    ----------
    session, share
        Its key in the library, and how much of its main part.
    because
        One sentence.
    rules
        Keys of the rules that shaped it, the most telling first.
    """

    date: date
    session: str
    share: float
    because: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What came of a day, by the runner's word.

    Attributes
    ----------
    session
        Key of what was planned or done; "" for none.
    done
        How much of it was done: 1 all that was planned (or all of the session, where another was
        planned), 0 missed.
    effort
        Rating of the whole session, 0 to 10.
    pain
        The worst during or after, 0 to 10, by place.
    pain_next_day
        What was left of it 24 hours later, by place.
    soreness
        0 to 10.
    ill
        Whether somebody was ill on that day.

    Raises
    ------
    RequestError
        A rating outside 0 to 10, more than twice what was planned, or something done unnamed.
    """

    date: date
    session: str = ""
    done: float = 0.0
    effort: float | None = None
    pain: Mapping[str, float] = field(default_factory=dict)
    pain_next_day: Mapping[str, float] = field(default_factory=dict)
    soreness: float | None = None
    ill: bool = False

    def __post_init__(self) -> None:
        here = f"log of {self.date}:"
        _in_range(f"{here} done", self.done, 2.0)
        for name, value in (("effort", self.effort), ("soreness", self.soreness)):
            if value is not None:
                _in_range(f"{here} {name}", value, 10.0)
        for place, value in (*self.pain.items(), *self.pain_next_day.items()):
            _in_range(f"{here} pain at {place}", value, 10.0)
        if self.done and not self.session:
            raise _bad(f"{here} something was done and no session is named", "name the session")


@dataclass(frozen=True)
class Log:
    """What was done since a plan began.

    Attributes
    ----------
    entries
        At most one a day.
    earned
        Levels that tests have shown, by the day from which they hold.
    recorded
        Days as recordings show them; they stand above what an entry says of the same day.
    """

    entries: tuple[Entry, ...] = ()
    earned: Mapping[date, Level] = field(default_factory=dict)
    recorded: tuple[Day, ...] = ()

    def __post_init__(self) -> None:
        dates = [entry.date for entry in self.entries]
        if len(set(dates)) != len(dates):
            raise _bad("the log has a day twice", "keep one entry for each day")

    def on(self, day: date) -> Entry | None:
        """The entry of a day."""
        return next((entry for entry in self.entries if entry.date == day), None)


@dataclass(frozen=True)
class Status:
    """How good a plan is known to be: its worth and what no plan for the wish can exceed."""

    worth: float
    bound: float

    @property
    def gap(self) -> float:
        """How far it may be from the best, as a share of that."""
        return max(0.0, self.bound - self.worth) / max(abs(self.bound), 1e-9)

    def __str__(self) -> str:
        if self.gap < 1e-6:
            return "proven optimal"
        return f"at most {100 * self.gap:.2g} % below the best there could be"


@dataclass(frozen=True)
class Plan:
    """Sessions for a wish, from its first day to its last.

    Attributes
    ----------
    days
        In order; days that are not there are rest. Those before `since` stand as they were
        planned; what was done is in `log`.
    since
        The day from which it was planned last: the start, or that of the last update.
    notes
        What somebody should know of it, in sentences.
    """

    wish: Wish
    days: tuple[Planned, ...]
    since: date
    log: Log
    status: Status
    notes: tuple[str, ...] = ()

    def on(self, day: date) -> Planned | None:
        """What is planned on a day."""
        return next((each for each in self.days if each.date == day), None)


@dataclass(frozen=True)
class Change:
    """A day on which two plans differ; None for rest."""

    date: date
    before: Planned | None
    after: Planned | None

    def __str__(self) -> str:
        return f"{self.date}: {_named(self.before)} -> {_named(self.after)}"


def _named(planned: Planned | None) -> str:
    return "rest" if planned is None else f"{planned.session} ({planned.share:.0%})"
