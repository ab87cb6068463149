"""Levels are earned by tests, expire, are taken back, and are read from recordings with care."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.motion.points.walker import Leg, recorded, track, walked

from backstride.coaching.limits import Limits
from backstride.coaching.sessions import Level
from backstride.coaching.skills import (
    Origin,
    Result,
    level_of,
    results_from_toml,
    results_of,
    results_to_toml,
    skill_tests,
    standings,
    to_pass,
)
from backstride.errors import RequestError
from backstride.motion import Analysis, Declared, analyze
from backstride.simulation import demo_session
from backstride.vocabulary import Direction, Gait

TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)


def passing(key: str) -> float:
    """A value that just passes a test."""
    one = skill_tests()[key]
    value = one.least if one.least is not None else one.most
    assert value is not None
    return value


def failing(key: str) -> float:
    one = skill_tests()[key]
    return passing(key) - 1 if one.least is not None else passing(key) + 1


def passed(*levels: Level, on: date = TODAY) -> list[Result]:
    return [
        Result(key, on, passing(key)) for key, one in skill_tests().items() if one.level in levels
    ]


keys = st.sampled_from(list(skill_tests()))
days = st.integers(0, 400).map(lambda ago: TODAY - ago * DAY)
results = st.builds(Result, test=keys, date=days, value=st.floats(0, 400))
several = st.lists(results, max_size=30)
ABOVE = (Level.JOG, Level.RUN, Level.FAST)


@pytest.mark.parametrize("level", ABOVE)
def test_a_level_is_earned_by_its_tests_and_those_of_all_below(level: Level) -> None:
    upto = [each for each in ABOVE if each <= level]
    assert level_of(passed(*upto), TODAY) is level
    assert level_of(passed(level), TODAY) is (level if level is Level.JOG else Level.WALK)
    for missing in passed(*upto):
        rest = [one for one in passed(*upto) if one.test != missing.test]
        assert level_of(rest, TODAY) == skill_tests()[missing.test].level - 1, missing.test


def test_nobody_has_less_than_walking_and_is_told_what_is_missing_next() -> None:
    assert level_of([], TODAY) is Level.WALK
    assert {one.level for one in to_pass([], TODAY)} == {Level.JOG}
    assert {one.key for one in to_pass(passed(Level.JOG)[1:], TODAY)} == {"walk_line"}
    assert {one.level for one in to_pass(passed(Level.JOG), TODAY)} == {Level.RUN}
    assert to_pass(passed(*ABOVE), TODAY) == ()


@pytest.mark.parametrize("key", skill_tests())
def test_a_failed_later_test_takes_the_level_back_and_a_pass_after_it_gives_it_again(
    key: str,
) -> None:
    had = passed(*ABOVE, on=TODAY - 5 * DAY)
    failed = Result(key, TODAY - 2 * DAY, failing(key))
    again = Result(key, TODAY - DAY, passing(key))
    assert level_of([*had, failed], TODAY) == skill_tests()[key].level - 1
    assert level_of([*had, failed, again], TODAY) is Level.FAST
    before = Result(key, TODAY - 9 * DAY, failing(key))
    assert level_of([*had, before], TODAY) is Level.FAST


@pytest.mark.parametrize("key", skill_tests())
def test_a_result_is_good_to_the_last_day_of_its_weeks(key: str) -> None:
    weeks = timedelta(weeks=skill_tests()[key].weeks)
    had = [
        Result(key, TODAY, passing(key)),
        *(one for one in passed(*ABOVE, on=TODAY + weeks) if one.test != key),
    ]
    assert level_of(had, TODAY + weeks) is Level.FAST
    (standing,) = (one for one in standings(had, TODAY + weeks) if one.test.key == key)
    assert standing.until == TODAY + weeks
    later = [replace(one, date=TODAY + weeks + DAY) for one in had[1:]]
    assert level_of([had[0], *later], TODAY + weeks + DAY) == skill_tests()[key].level - 1


def test_of_one_day_the_worst_result_counts() -> None:
    both = [*passed(*ABOVE), Result("jog_60s", TODAY, 30)]
    assert level_of(both, TODAY) is Level.JOG
    assert level_of(both[::-1], TODAY) is Level.JOG


@given(several, st.sampled_from(Level), st.randoms())
def test_the_order_does_not_matter_and_limits_cap(
    some: list[Result], most: Level, chance: object
) -> None:
    level = level_of(some, TODAY)
    shuffled = list(some)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert level_of(shuffled, TODAY) is level
    assert level_of(some, TODAY, Limits(max_level=most)) == min(level, most)


@given(several, keys)
def test_a_pass_today_never_lowers_and_a_failure_never_raises(some: list[Result], key: str) -> None:
    before = [one for one in some if one.date < TODAY]
    level = level_of(before, TODAY)
    assert level_of([*before, Result(key, TODAY, passing(key))], TODAY) >= level
    assert level_of([*before, Result(key, TODAY, failing(key))], TODAY) <= level


@given(several, st.integers(0, 400))
def test_time_alone_never_raises_and_the_future_does_not_count(
    some: list[Result], later: int
) -> None:
    assert level_of(some, TODAY + later * DAY) <= level_of(some, TODAY)
    past = [one for one in some if one.date <= TODAY - later * DAY]
    assert level_of(some, TODAY - later * DAY) is level_of(past, TODAY - later * DAY)


@given(st.lists(st.builds(Result, test=keys, date=days, value=st.floats(0, 1e6))).map(tuple))
def test_results_come_back_from_text_as_they_were(some: tuple[Result, ...]) -> None:
    assert results_from_toml(results_to_toml(some)) == some


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('test = "walk_lin"\ndate = 2027-03-01\nvalue = 1', "no test 'walk_lin'"),
        ('test = "walk_line"\ndate = 2027-03-01\nvalue = -1', "walk_line of 2027-03-01"),
        ('test = "walk_line"\ndate = 2027-03-01\nvalue = nan', "nan is no greatest distance"),
        ('test = "walk_line"\ndate = 2027-03-01', "value"),
        ('test = "walk_line"\ndate = "today"\nvalue = 1', "today"),
        ('test = "walk_line"\ndate = 2027-03-01\nvalue = 1\nby = "me"', "by"),
        ('test = "walk_line"\ndate = 2027-03-01\nvalue = 1\norigin = "felt"', "felt"),
    ],
)
def test_a_file_of_results_that_is_wrong_is_refused(line: str, said: str) -> None:
    text = f'schema = "backstride/results-1"\n[[results]]\n{line}\n'
    with pytest.raises(RequestError, match=said) as error:
        results_from_toml(text)
    assert error.value.hint


def filmed(*legs: Leg) -> Analysis:
    made = recorded(track(walked(*legs)))
    return analyze(replace(made, start_utc=datetime(2027, 3, 1, 9, tzinfo=UTC)))


def test_a_film_of_walking_backward_shows_drift_and_time() -> None:
    """On a circle of 150 m the path is a third of a metre off its chord of 20 m."""
    bent = Leg(58, 1.2, 180, turn_radps=1.2 / 150)
    found = {one.test: one for one in results_of(filmed(Leg(20, 1.2), bent))}
    assert set(found) == {"walk_line", "walk_10m"}
    assert found["walk_line"].value == pytest.approx(1 / 3, abs=0.05)
    assert found["walk_10m"].value == pytest.approx(10 / 1.2, abs=0.3)
    assert all((one.date, one.origin) == (TODAY, Origin.RECORDING) for one in found.values())


def test_who_strays_fails_only_if_the_recording_was_made_for_the_test() -> None:
    strays = filmed(Leg(20, 1.2), Leg(58, 1.2, 180, turn_radps=1.2 / 80))
    assert {one.test for one in results_of(strays)} == {"walk_10m"}
    meant = {one.test: one.passed for one in results_of(strays, meant=["walk_line"])}
    assert meant == {"walk_line": False, "walk_10m": True}


def test_three_metres_out_of_standing_are_the_timed_walk() -> None:
    found = results_of(filmed(Leg(3, 0), Leg(6, 1.0, 180), Leg(3, 0)))
    assert [one.test for one in found] == ["walk_3m"]
    assert found[0].value == pytest.approx(3, abs=0.4)


def test_walking_forward_shows_nothing() -> None:
    assert results_of(filmed(Leg(3, 0), Leg(58, 1.2))) == ()


def test_a_minute_run_backward_is_read_from_a_watch_if_it_is_declared() -> None:
    recording = demo_session().recording
    declared = analyze(recording, declared=[Declared(600, 661, Direction.BACKWARD)])
    runs = declared.bouts.of(Direction.BACKWARD, Gait.RUN)
    found = {one.test: one.value for one in results_of(declared)}
    assert found["jog_60s"] == max(one.duration_s for one in runs) >= 60


def test_a_suspected_bout_is_no_result() -> None:
    shown = analyze(demo_session().recording)
    suspected = tuple(
        replace(one, direction=Direction.UNKNOWN, suspected_direction=one.direction)
        for one in shown.bouts
    )
    assert results_of(replace(shown, bouts=replace(shown.bouts, items=suspected))) == ()


def test_a_recording_without_a_date_asks_for_one() -> None:
    undated = analyze(recorded(track(walked(Leg(20, 1.2), Leg(40, 1.2, 180)))))
    undated = replace(undated, recording=replace(undated.recording, start_utc=None))
    with pytest.raises(RequestError, match="no date"):
        results_of(undated)
    assert {one.date for one in results_of(undated, on=TODAY)} == {TODAY}
    with pytest.raises(RequestError, match="no test 'walk'"):
        results_of(undated, on=TODAY, meant=["walk"])
