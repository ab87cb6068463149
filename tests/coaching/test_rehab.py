"""Protocols lead on and back by what is logged, obey limits, and report what is known."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.coaching.library import library
from backstride.coaching.limits import Limits
from backstride.coaching.progress import Progress, progress
from backstride.coaching.rehab import (
    Done,
    Measured,
    RehabLog,
    measures,
    protocol,
    protocols,
    rehab_log_from_toml,
    rehab_log_to_toml,
)
from backstride.coaching.sessions import Level
from backstride.errors import RequestError

START = date(2027, 3, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def good(number: int) -> Done:
    return Done(day(number), 1.0, 1.0, pain_next_day=0.0)


def after(key: str, *sessions: Done, on: int | None = None, **given: object) -> Progress:
    """How far somebody has come on the day of the last session, or another."""
    today = max((one.date for one in sessions), default=START) if on is None else day(on)
    log = RehabLog(key, START, sessions)
    return progress(protocol(key), log, today, **given)  # type: ignore[arg-type]


ratings = st.floats(0, 10)
logged = st.builds(
    Done,
    date=st.integers(0, 90).map(day),
    done=st.floats(0, 1) | st.just(1.0),
    pain=ratings,
    pain_before=ratings,
    pain_next_day=st.none() | ratings,
    swelling=st.booleans(),
)
measured = st.builds(
    Measured,
    measure=st.sampled_from(list(measures())),
    date=st.integers(0, 90).map(day),
    value=ratings,
)
logs = st.builds(
    RehabLog,
    protocol=st.sampled_from(list(protocols())),
    start=st.just(START),
    sessions=st.lists(logged, unique_by=lambda one: one.date, max_size=30).map(tuple),
    measured=st.lists(measured, unique_by=lambda one: (one.measure, one.date), max_size=6).map(
        tuple
    ),
)


def test_the_published_dose_for_the_knee_is_ten_minutes_three_times_a_week_for_six_weeks() -> None:
    """Alghadir 2019, and done as published it ends with its 18th session."""
    (stage,) = protocol("knee_osteoarthritis").stages
    assert (stage.a_week, stage.weeks) == (3, 6)
    backward = [one for one in stage.done_as.steps if one.direction == "backward"]
    assert [one.duration_s for one in backward] == [600]
    done = [good(7 * week + weekday) for week in range(6) for weekday in (0, 2, 4)]
    assert after("knee_osteoarthritis", *done[:-1]).stage == stage
    finished = after("knee_osteoarthritis", *done)
    assert finished.stage is None
    assert finished.adherence == 1
    assert finished.done == 18


def test_the_published_return_to_running_has_six_phases_each_done_twice_with_a_day_between() -> (
    None
):
    stages = protocol("return_to_run").stages
    assert [one.session for one in stages] == [f"return-to-run-{k}" for k in range(1, 7)]
    assert all((one.sessions, one.rest_days) == (2, 1) for one in stages)
    assert after("return_to_run", *(good(2 * k) for k in range(12))).stage is None
    assert after("return_to_run", *(good(2 * k) for k in range(11))).stage == stages[5]
    daily = after("return_to_run", *(good(k) for k in range(12)))
    assert daily.stage == stages[0], "without rest between no session counts but the first"


def test_a_way_back_to_jogging_begins_with_walking_and_says_that_it_is_opinion() -> None:
    one = protocol("knee_to_jog")
    assert one.grade == "D"
    assert "opinion" in one.basis
    levels = [stage.done_as.level for stage in one.stages]
    assert levels == sorted(levels)
    assert levels[0] is Level.WALK
    assert levels[-1] is Level.JOG


def test_pain_above_what_is_borne_begins_the_count_again_and_twice_leads_a_stage_back() -> None:
    first, second = protocol("return_to_run").stages[:2]
    hurt = [replace(good(k), pain=3.0) for k in (4, 6)]
    begun = after("return_to_run", good(0), good(2), hurt[0])
    assert (begun.stage, begun.good) == (second, 0)
    assert "no next stage" in begun.next
    assert after("return_to_run", good(0)).good == 1
    assert after("return_to_run", good(0), replace(good(2), pain=3.0)).good == 0
    back = after("return_to_run", good(0), good(2), *hurt)
    assert back.stage == first
    assert back.moves[-1].because == "more pain than is borne in 2 sessions in a row"
    between = after(
        "return_to_run", good(0), good(2), hurt[0], good(6), replace(hurt[1], date=day(8))
    )
    assert between.stage == second, "not in a row"


@pytest.mark.parametrize("bad", [{"swelling": True}, {"pain": 6.0}, {"pain_next_day": 7.0}])
def test_swelling_or_pain_that_stops_leads_a_stage_back_at_once_and_sets_limits(
    bad: dict[str, float],
) -> None:
    first = protocol("return_to_run").stages[0]
    back = after("return_to_run", good(0), good(2), replace(good(4), **bad))  # type: ignore[arg-type]
    assert back.stage == first
    assert back.limits.walk_only
    assert back.barred
    assert "may not be done now" in back.next
    week = after("return_to_run", replace(good(0), **bad), on=7)  # type: ignore[arg-type]
    assert week.limits == Limits()
    assert week.barred == ()


def test_the_first_stage_is_begun_again_after_pain_that_stops() -> None:
    again = after("knee_to_jog", good(0), good(2), replace(good(4), swelling=True))
    assert again.stage == protocol("knee_to_jog").stages[0]
    assert again.good == 0
    assert again.moves[-1].after == again.moves[-1].before


def test_a_session_counts_when_its_day_after_is_known() -> None:
    waiting = after("return_to_run", good(0), replace(good(2), pain_next_day=None))
    assert waiting.waits
    assert waiting.good == 1
    assert "24 hours" in waiting.next
    half = after("return_to_run", good(0), replace(good(2), done=0.5))
    assert half.good == 0


def test_limits_and_levels_bar_a_stage() -> None:
    walk = after("knee_osteoarthritis", limits=Limits(most_backward_min=20))
    assert walk.barred == ("30 min backward a week, the limits allow 20",)
    assert after("knee_osteoarthritis", limits=Limits(most_backward_min=30)).barred == ()
    assert after("return_to_run", limits=Limits(walk_only=True)).barred
    jog = [good(k) for k in (0, 2, 4, 7, 9, 11)]
    assert any("level jog" in one for one in after("knee_to_jog", *jog, level=Level.WALK).barred)
    assert after("knee_to_jog", *jog, level=Level.JOG).barred == ()


def test_adherence_is_what_was_done_of_what_was_due() -> None:
    half = after("knee_osteoarthritis", *(good(7 * week) for week in range(4)), on=28)
    assert half.due == pytest.approx(12)
    assert half.adherence == pytest.approx(4 / 12)
    assert after("knee_osteoarthritis", on=1).adherence is None, "nothing is due on the first days"
    assert after("knee_osteoarthritis", on=7).adherence == 0


def test_measures_are_told_first_and_last_and_no_change_is_called_real_without_evidence() -> None:
    log = RehabLog(
        "knee_osteoarthritis",
        START,
        measured=(
            Measured("pain", day(42), 2.0),
            Measured("pain", day(0), 5.0),
            Measured("tug", day(0), 11.0),
        ),
    )
    pain, tug = progress(protocol(log.protocol), log, day(42)).measures
    assert (pain.first.value, pain.last.value, pain.change, pain.better) == (5, 2, -3, True)
    assert (tug.change, tug.better) == (0, None)
    assert pain.real is tug.real is None
    worse = replace(log, measured=(Measured("pain", day(0), 2.0), Measured("pain", day(1), 3.0)))
    assert progress(protocol(log.protocol), worse, day(2)).measures[0].better is False
    assert progress(protocol(log.protocol), log, day(1)).measures[0].last.value == 5


@given(logs, st.integers(0, 100))
def test_a_report_is_possible_for_any_log_and_later_days_do_not_change_it(
    log: RehabLog, on: int
) -> None:
    of = protocol(log.protocol)
    found = progress(of, log, day(on))
    known = replace(
        log,
        sessions=tuple(one for one in log.sessions if one.date <= day(on)),
        measured=tuple(one for one in log.measured if one.date <= day(on)),
    )
    assert progress(of, known, day(on)) == found
    assert found.stage is None or found.stage in of.stages
    assert found.due >= 0
    assert found.adherence is None or 0 <= found.adherence <= 1
    assert found.next.endswith(".")


@given(logs, st.integers(0, 100), st.floats(0, 10), st.booleans())
def test_a_painful_last_session_never_leads_further_than_a_painless_one(
    log: RehabLog, more: int, pain: float, swelling: bool
) -> None:
    of, last = protocol(log.protocol), day(91 + more)

    def at(one: Done) -> int:
        found = progress(of, replace(log, sessions=(*log.sessions, one)), last)
        return len(of.stages) if found.stage is None else of.stages.index(found.stage)

    fine = Done(last, 1.0, 0.0, pain_next_day=0.0)
    assert at(replace(fine, pain=pain, swelling=swelling)) <= at(fine)


@given(logs)
def test_a_log_comes_back_from_text_as_it_was(log: RehabLog) -> None:
    assert rehab_log_from_toml(rehab_log_to_toml(log)) == log


def test_every_stage_is_a_session_that_goes_backward_only_within_its_protocol() -> None:
    for one in protocols().values():
        for stage in one.stages:
            assert stage.session in library()
            assert stage.done_as.steps


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('protocol = "knee"\nstart = 2027-03-01', "no protocol 'knee'"),
        ('protocol = "knee_to_jog"', "start"),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            "[[sessions]]\ndate = 2027-03-02\ndone = 1\npain = 11",
            "pain is 11",
        ),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            "[[sessions]]\ndate = 2027-03-02\ndone = 2\npain = 1",
            "done is 2",
        ),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            "[[sessions]]\ndate = 2027-02-02\ndone = 1\npain = 1",
            "before the start",
        ),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            + "[[sessions]]\ndate = 2027-03-02\ndone = 1\npain = 1\n" * 2,
            "a day twice",
        ),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            '[[measured]]\nmeasure = "tug"\ndate = 2027-03-02\nvalue = 1000',
            "tug of 2027-03-02 is 1000",
        ),
        (
            'protocol = "knee_to_jog"\nstart = 2027-03-01\n'
            '[[measured]]\nmeasure = "koos"\ndate = 2027-03-02\nvalue = 1',
            "no measure 'koos'",
        ),
    ],
)
def test_a_log_that_is_wrong_is_refused_with_what_and_what_to_do(lines: str, said: str) -> None:
    with pytest.raises(RequestError, match=said) as error:
        rehab_log_from_toml(f'schema = "backstride/rehab-1"\n{lines}\n')
    assert error.value.hint


def test_a_log_of_another_protocol_is_refused() -> None:
    with pytest.raises(RequestError, match="not of 'knee_to_jog'"):
        progress(protocol("knee_to_jog"), RehabLog("return_to_run", START), START)
