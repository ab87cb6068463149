"""Levels of skill, earned by tests before speed or volume rises.

Tests are data (``skills.toml``). No published threshold of any was found: they are the project's
own choice. Some results are read from recordings; what a recording shows is what somebody can do.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from math import isfinite
from statistics import median

from backstride.coaching.limits import Limits
from backstride.coaching.sessions import Level, Need
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
from backstride.motion import Analysis
from backstride.motion.path import Straight, paths_of
from backstride.vocabulary import Direction, Gait

RESULTS = "backstride/results-1"


@dataclass(frozen=True, kw_only=True)
class SkillTest(Sourced):
    """A test of skill.

    Attributes
    ----------
    how, safe
        How it is done, and what makes it safe.
    quantity, unit
        What is measured.
    least, most
        A value from here to there passes; None for no such end.
    level
        The level that it is for, with the other tests of it.
    weeks
        A result is good for so long.
    recorded
        What of a recording shows it; "" where nothing does.
    """

    key: str
    title: str
    how: str
    safe: str
    quantity: str
    unit: str
    level: Level
    weeks: int
    needs: tuple[Need, ...]
    least: float | None = None
    most: float | None = None
    recorded: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        sentences("how", self.how)
        sentences("safe", self.safe)
        if self.least is None and self.most is None:
            raise wrong("can neither be passed nor failed: give least or most")
        if self.level is Level.WALK:
            raise wrong("is for the level that everybody has")
        if self.weeks < 1:
            raise wrong(f"is good for {self.weeks} weeks")

    def passed_by(self, value: float) -> bool:
        """Whether a value passes."""
        low = self.least is None or value >= self.least
        return low and (self.most is None or value <= self.most)

    @property
    def asks(self) -> str:
        """What passes, in words."""
        ends = [
            f"{word} {end:g}{'' if self.unit == '1' else f' {self.unit}'}"
            for word, end in (("at least", self.least), ("at most", self.most))
            if end is not None
        ]
        return " and ".join(ends)


@cache
def skill_tests() -> Mapping[str, SkillTest]:
    """Every test by key, in the order of levels."""
    return entries(SkillTest, table("skills.toml"), "tests")


class Origin(StrEnum):
    """Who says so."""

    MEASURED = "measured"
    RECORDING = "recording"


@dataclass(frozen=True)
class Result:
    """What came of a test on a day.

    Raises
    ------
    RequestError
        There is no such test, or the value is none.
    """

    test: str
    date: date
    value: float
    origin: Origin = Origin.MEASURED

    def __post_init__(self) -> None:
        one_of("test", skill_tests(), self.test)
        if not (isfinite(self.value) and self.value >= 0):
            raise RequestError(
                f"{self.test} of {self.date}: {self.value:g} is no {self._about.quantity}",
                hint=f"give a number of 0 or more, unit {self._about.unit}",
            )

    @property
    def _about(self) -> SkillTest:
        return skill_tests()[self.test]

    @property
    def passed(self) -> bool:
        """Whether it passes its test."""
        return self._about.passed_by(self.value)


@dataclass(frozen=True)
class Standing:
    """How somebody stands in a test on a day.

    Attributes
    ----------
    result
        The one that counts; None for none.
    until
        The last day on which it is good; None where it is failed or there is none.
    good
        Whether it is passed and not too old.
    """

    test: SkillTest
    result: Result | None = None
    until: date | None = None
    good: bool = False


def standings(results: Iterable[Result], today: date) -> tuple[Standing, ...]:
    """How somebody stands in every test.

    The latest result counts, so that a later failure takes a pass back; of one day the worst.
    """
    known = [one for one in results if one.date <= today]
    return tuple(_standing(test, known, today) for test in skill_tests().values())


def _standing(test: SkillTest, known: Iterable[Result], today: date) -> Standing:
    of_test = [one for one in known if one.test == test.key]
    counts = max(of_test, key=lambda one: (one.date, not one.passed, one.value), default=None)
    if counts is None or not counts.passed:
        return Standing(test, counts)
    until = counts.date + timedelta(weeks=test.weeks)
    return Standing(test, counts, until, good=today <= until)


def level_of(results: Iterable[Result], today: date, limits: Limits | None = None) -> Level:
    """The level that somebody has on a day: every test of it and of those below is passed.

    Parameters
    ----------
    limits
        No level above theirs.
    """
    short = {one.test.level for one in standings(results, today) if not one.good}
    earned = min(short) - 1 if short else max(Level)
    return Level(min(earned, limits.max_level if limits else max(Level)))


def to_pass(results: Iterable[Result], today: date) -> tuple[SkillTest, ...]:
    """The tests that are missing for the next level; none for who has the highest."""
    missing = [one.test for one in standings(results, today) if not one.good]
    following = min((test.level for test in missing), default=None)
    return tuple(test for test in missing if test.level is following)


def results_of(
    analysis: Analysis, *, on: date | None = None, meant: Collection[str] = ()
) -> tuple[Result, ...]:
    """Results that a recording shows.

    Somebody who strolled, stopped early or went round a bend failed nothing, so only passes are
    told, and failures of the tests that the recording was `meant` as. Bouts count that are called,
    not suspected. Drift and times over a few metres need points of the body: a watch's position
    is too coarse for them.

    Parameters
    ----------
    on
        The day; by default that of the recording's start, UTC.
    meant
        Keys of the tests that the recording was made for.

    Raises
    ------
    RequestError
        There is no such test, or neither the recording nor `on` says the day.
    """
    for key in meant:
        one_of("test", skill_tests(), key)
    start = analysis.recording.start_utc
    day = on or (start.date() if start else None)
    if day is None:
        raise RequestError("this recording has no date", hint="say the day on which it was made")
    shown = (Result(key, day, value, Origin.RECORDING) for key, value in _shown(analysis))
    return tuple(one for one in shown if one.passed or one.test in meant)


def _shown(analysis: Analysis) -> Iterator[tuple[str, float]]:
    """Tests and values that a recording shows, in the order of tests."""
    paths = paths_of(analysis.bodies, analysis.bouts.items)
    walked, run = (_straights(analysis, paths.straights, gait) for gait in (Gait.WALK, Gait.RUN))
    if walked:
        yield "walk_line", median(one.deviation_m for one in walked)
    if paths.walks_s:
        yield "walk_3m", min(paths.walks_s)
    if walked:
        yield "walk_10m", min(_TEN_M * one.time_s / one.length_m for one in walked)
    longest = max(
        (one.duration_s for one in analysis.bouts.of(Direction.BACKWARD, Gait.RUN)), default=None
    )
    if longest is not None:
        yield "jog_60s", longest
    if run:
        yield "jog_line", median(one.deviation_m for one in run)
    if longest is not None:
        yield "run_steady", longest
    held = [one for one in run if skill_tests()["jog_line"].passed_by(one.deviation_m)]
    if held:
        yield "run_line", min(_TWENTY_M * one.time_s / one.length_m for one in held)


#: Lengths that the tests are over.
_TEN_M, _TWENTY_M = 10.0, 20.0


def _straights(
    analysis: Analysis, straights: Iterable[Straight], gait: Gait
) -> tuple[Straight, ...]:
    """Straights of a gait backward."""
    bouts = analysis.bouts.items
    return tuple(
        one
        for one in straights
        if bouts[one.bout].direction is Direction.BACKWARD and bouts[one.bout].gait is gait
    )


@dataclass(frozen=True)
class _File:
    """What a file of results holds."""

    results: tuple[Result, ...] = ()


def results_to_toml(results: Iterable[Result]) -> str:
    """Results as text."""
    return to_toml(RESULTS, _File(tuple(results)))


def results_from_toml(text: str) -> tuple[Result, ...]:
    """Results from text.

    Raises
    ------
    RequestError
        It is not such a text, or there is no such test or value.
    """
    return from_toml(RESULTS, _File, text).results
