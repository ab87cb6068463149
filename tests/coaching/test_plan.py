"""Plans: what a runner is promised of one, its changes, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from statistics import mean

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from validation.wishes import Life, able_wish, lived, random_wish

from backstride.coaching.check import broken_rules, weekly_amounts
from backstride.coaching.dose import AMOUNTS, STARTS, STEPS, Numbers
from backstride.coaching.goals import goals, parse_goals
from backstride.coaching.library import library
from backstride.coaching.limits import Limits
from backstride.coaching.plan import best_effort, changes, plan, update
from backstride.coaching.rules import RULES
from backstride.coaching.sessions import Kind, Level, Need
from backstride.coaching.solve import Rules, light_share
from backstride.coaching.unreached import unreached
from backstride.coaching.wish import Day, Entry, Log, Plan, Planned, Wish
from backstride.errors import BackstrideError, EvidenceError, RequestError
from backstride.vocabulary import Direction

START = date(2027, 1, 4)
DAY = timedelta(days=1)
DAYS = {0: 60.0, 1: 60.0, 3: 60.0, 5: 90.0}
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def wish(goal: str = "variety", weeks: int = 4, **given: object) -> Wish:
    return replace(Wish(goal, START, weeks, DAYS, level=Level.JOG), **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(wish("first-backward-km", 12, level=Level.RUN))


@FEW
@given(st.integers(0, 10**6))
def test_no_plan_for_any_wish_breaks_a_rule(seed: int) -> None:
    found = best_effort(random_wish(seed, most_weeks=6))
    assert broken_rules(found) == ()
    assert found.status.worth <= found.status.bound
    assert all(each.rules and set(each.rules) <= set(RULES) for each in found.days)


@FEW
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(0, 27), max_size=3),
    st.lists(st.integers(0, 27), max_size=4),
)
def test_no_update_breaks_a_rule_and_past_days_stay(
    seed: int, pain_days: list[int], ill_days: list[int]
) -> None:
    old = best_effort(random_wish(seed, most_weeks=4))
    life = Life(seed, 0.3, tuple(pain_days), ill_days=tuple(ill_days))
    for new in lived(old, life, every=5):
        assert broken_rules(new) == ()
        for each in changes(old, new):
            assert each.date >= new.since
        old = new


def test_the_same_wish_gives_the_same_plan() -> None:
    asked = random_wish(3)
    assert best_effort(asked) == best_effort(asked)


def test_a_plan_that_can_reach_its_goal_does(made: Plan) -> None:
    assert unreached(made) == ()
    for seed in (1, 2):
        assert unreached(plan(able_wish(seed))) == ()


def test_first_weeks_hold_the_published_minutes_and_grow_from_there() -> None:
    """Five to six minutes in all, by the word of coaches, for more than two weeks."""
    sums = weekly_amounts(best_effort(wish("first-backward-km", 8)))
    assert all(200 <= sums[week][3] <= 360 for week in range(3))
    assert max(sums[week][3] for week in range(4, 8)) > 360


def test_somebody_who_runs_backward_already_begins_where_they_are() -> None:
    history = tuple(
        Day(START - (1 + 7 * week + 3 * k) * DAY, 8000, 1500, 700, 0, 150)
        for week in range(4)
        for k in range(2)
    )
    sums = weekly_amounts(
        best_effort(wish("race-mile", 8, level=Level.RUN, history=history, race=date(2027, 2, 28)))
    )
    assert 1200 < sums[0][3] <= Numbers.ramp * 1400 + 60


def test_every_fourth_week_is_easy(made: Plan) -> None:
    sums = weekly_amounts(made)
    for week in (3, 7, 11):
        before = mean(sums[week - back][0] for back in (1, 2, 3))
        assert sums[week][0] <= Numbers.easy_share * before * 1.00001


def test_a_novice_at_a_walk_walks_until_the_level_above_may_be_earned() -> None:
    found = best_effort(wish("first-backward-km", 8, level=Level.WALK))
    first = found.days[0].date + 28 * DAY
    early = [each for each in found.days if each.date < first]
    assert all(library()[each.session].level is Level.WALK for each in early)
    assert any(library()[each.session].level is Level.JOG for each in found.days)
    assert any("pass its tests" in note for note in found.notes)


def test_limits_outrank_the_goal() -> None:
    limits = Limits(
        Level.JOG, required=frozenset({Need.SPOTTER}), most_backward_min=4, most_sessions=2
    )
    found = best_effort(wish("variety", 4, level=Level.FAST, limits=limits))
    sessions = [library()[each.session] for each in found.days]
    assert sessions
    assert not any(s.direction is Direction.BACKWARD for one in sessions for s in one.steps)
    found = best_effort(wish("variety", 4, level=Level.FAST, limits=limits, has=frozenset(Need)))
    assert all(
        amounts[3] + amounts[4] <= 240
        for week, amounts in weekly_amounts(found).items()
        if week >= 0
    )
    assert all(library()[each.session].level <= Level.JOG for each in found.days)


def test_the_days_before_a_race_are_light_and_race_day_is_free() -> None:
    race = START + 83 * DAY
    found = best_effort(wish("race-mile", 12, level=Level.RUN, race=race))
    late = [each for each in found.days if 0 <= (race - each.date).days <= 3]
    assert not any(library()[each.session].hard for each in late)
    assert found.on(race) is None
    sums = weekly_amounts(found)
    assert sums[11][0] <= 0.6 * mean(sums[week][0] for week in (8, 9, 10)) * 1.00001


def test_every_session_says_why_in_one_sentence(made: Plan) -> None:
    for each in made.days:
        assert each.because.endswith(".")
        assert each.because.count(". ") == 0
        assert library()[each.session].purpose.rstrip(".") in each.because


# Updates


def log_of(old: Plan, until: date, **last: object) -> Log:
    """All done as planned, and something of the last day."""
    entries = [Entry(each.date, each.session, 1.0) for each in old.days if each.date <= until]
    rest = [entry for entry in entries if entry.date != until]
    same = next((entry for entry in entries if entry.date == until), Entry(until))
    return Log((*rest, replace(same, **last)))  # type: ignore[arg-type]


def test_who_does_what_is_planned_keeps_the_plan(made: Plan) -> None:
    today = START + 20 * DAY
    new = update(made, log_of(made, today), today)
    assert new.days == made.days
    assert new.since == today + DAY


def test_missed_weeks_lower_what_comes(made: Plan) -> None:
    new = update(made, log_of(made, START + 13 * DAY), START + 28 * DAY)
    old_sums, new_sums = weekly_amounts(made), weekly_amounts(new)
    assert new_sums[2] == new_sums[3] == [0.0] * len(AMOUNTS)
    assert new_sums[4][3] < old_sums[4][3]
    assert changes(made, new)
    assert all(each.date >= new.since for each in changes(made, new))


def test_high_pain_stops_backward_and_hard_sessions_for_a_week(made: Plan) -> None:
    today = START + 30 * DAY
    new = update(made, log_of(made, today, pain={"left Achilles": 7.0}), today)
    for each in new.days:
        if today < each.date <= today + 7 * DAY:
            session = library()[each.session]
            assert not session.hard
            assert not any(step.direction is Direction.BACKWARD for step in session.steps)
    assert any("left Achilles" in note for note in new.notes)


def test_slight_pain_that_is_still_there_a_day_later_eases_the_week(made: Plan) -> None:
    today = START + 7 * 5 * DAY
    gone = update(made, log_of(made, today, pain={"knee": 2.0}), today)
    stays = update(
        made, log_of(made, today, pain={"knee": 2.0}, pain_next_day={"knee": 1.0}), today
    )
    assert gone.days == made.days
    assert weekly_amounts(stays)[5][0] < weekly_amounts(made)[5][0]


def test_illness_rests_and_the_return_is_eased(made: Plan) -> None:
    today = START + 35 * DAY
    new = update(made, log_of(made, today, ill=True, done=0.0), today)
    assert new.on(today + DAY) is None
    assert weekly_amounts(new)[5][0] < 0.6 * weekly_amounts(made)[5][0]


def test_soreness_keeps_two_days_free_of_backward_sessions(made: Plan) -> None:
    today = next(
        each.date
        for each in made.days
        if (after := made.on(each.date + 2 * DAY)) is not None
        and any(s.direction is Direction.BACKWARD for s in library()[after.session].steps)
    )
    new = update(made, log_of(made, today, soreness=8.0), today)
    for day in (today + DAY, today + 2 * DAY):
        planned = new.on(day)
        assert planned is None or not any(
            step.direction is Direction.BACKWARD for step in library()[planned.session].steps
        )


def test_tissues_stay_inside_their_ramp_when_more_was_done_than_planned(made: Plan) -> None:
    today = START + 9 * DAY
    log = replace(log_of(made, today), recorded=(Day(today, 12_000, 3_000, 1_400, 0, 300),))
    new = update(made, log, today)
    sums = weekly_amounts(new)
    assert broken_rules(new) == ()
    for k in (1, 2):
        most = max(Numbers.ramp * mean(sums[w][k] for w in (-3, -2, -1, 0)) + STEPS[k], STARTS[k])
        ahead = [each for each in new.days if today < each.date <= START + 13 * DAY]
        assert sums[1][k] <= most or not any(
            library()[each.session].kind is not Kind.STRENGTH for each in ahead
        )


# The checker


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("away", lambda p: replace(p, wish=replace(p.wish, away=frozenset({p.days[3].date})))),
        ("time", lambda p: replace(p, wish=replace(p.wish, days=dict.fromkeys(DAYS, 5.0)))),
        ("level", lambda p: replace(p, wish=replace(p.wish, limits=Limits(Level.WALK)))),
        ("is hard, the limits", lambda p: replace(with_hard_days(p), wish=forbidding_hard(p))),
        ("needs", lambda p: replace(p, wish=replace(p.wish, has=frozenset()))),
        ("ramp", lambda p: replace(p, days=with_session(p, "long-backward", 2.0))),
        ("hard, 1 days after", lambda p: with_hard_days(p)),
        ("two sessions", lambda p: replace(p, days=(p.days[0], *p.days))),
        ("cannot be", lambda p: replace(p, days=with_session(p, "long-backward", 9.0))),
        ("no session", lambda p: replace(p, days=with_session(p, "no-such", 1.0))),
        ("outside", lambda p: replace(p, wish=replace(p.wish, weeks=2))),
        ("monotony", lambda p: replace(p, days=monotonous(p))),
        ("sessions, at most", lambda p: replace(p, days=monotonous(p))),
    ],
)  # fmt: skip
def test_a_planted_break_of_a_rule_is_found(made: Plan, rule: str, broken: object) -> None:
    assert any(rule in said for said in broken_rules(broken(made)))  # type: ignore[operator]


def with_session(old: Plan, key: str, share: float) -> tuple[Planned, ...]:
    return (*old.days[:5], replace(old.days[5], session=key, share=share), *old.days[6:])


def with_hard_days(old: Plan) -> Plan:
    first = Planned(START, "backward-400s", 0.5, "so", ("goal",))
    second = replace(first, date=START + DAY, session="two-minute-intervals")
    rest = (each for each in old.days if each.date > START + DAY)
    return replace(old, days=(first, second, *rest))


def forbidding_hard(old: Plan) -> Wish:
    return replace(old.wish, limits=Limits(no_hard=True))


def monotonous(old: Plan) -> tuple[Planned, ...]:
    same = tuple(Planned(START + k * DAY, "easy-forward", 1.0, "so", ("goal",)) for k in range(7))
    return (*same, *(each for each in old.days if each.date > START + 6 * DAY))


def test_a_plan_that_breaks_a_rule_is_never_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backstride.coaching.plan.broken_rules", lambda _: ("planted",))
    with pytest.raises(BackstrideError, match="breaks its own rules: planted"):
        best_effort(wish(weeks=1))


# What is refused


def test_a_goal_out_of_reach_gets_changes_that_work() -> None:
    with pytest.raises(RequestError, match="not reached") as error:
        plan(wish("first-backward-km", 4))
    more = int(error.value.hint.split("take ")[1].split(" ")[0])
    assert unreached(best_effort(wish("first-backward-km", 4 + more))) == ()
    assert unreached(best_effort(wish("first-backward-km", 3 + more)))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(RequestError) as error:
        plan(wish("economy", 10, level=Level.FAST))
    assert "treadmill" in error.value.hint


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"goal": "race"}, "race-mile"),
        ({"goal": "weekly"}, "weekly-share"),
        ({"goal": "race-mile"}, "date of the race"),
        ({"goal": "economy"}, "10 weeks"),
        ({"weeks": 0}, "1 to 52"),
        ({"days": {}}, "at least one weekday"),
        ({"days": {0: 0.0}}, "at least one weekday"),
        ({"days": {9: 30.0}}, "Sunday 6"),
        ({"days": {0: float("nan")}}, "0 to"),
        ({"race": START - DAY}, "race to come"),
        ({"race": START + 300 * DAY}, "43 weeks"),
        ({"share": 1.5}, "between 0 and 1"),
        ({"history": (Day(START, 1000.0),)}, "begin the plan after"),
        ({"history": (Day(START - DAY), Day(START - DAY))}, "add up"),
    ],
)
def test_an_impossible_wish_says_what_to_change(given: dict[str, object], hint: str) -> None:
    with pytest.raises(RequestError) as error:
        plan(wish(**given))  # type: ignore[arg-type]
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "field", ["forward_m", "backward_m", "backward_s", "walked_backward_s", "load_au"]
)
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), 1e9])
def test_absurd_history_is_refused(field: str, value: float) -> None:
    with pytest.raises(RequestError, match=field):
        Day(START, **{field: value})


@pytest.mark.parametrize(
    ("entries", "today", "said"),
    [
        ((Entry(START + 9 * DAY),), START + 5 * DAY, "not between"),
        ((Entry(START - DAY),), START + 5 * DAY, "not between"),
        ((Entry(START, "no-such", 1.0),), START + 5 * DAY, "no session"),
        ((), START - DAY, "last changed"),
    ],
)
def test_an_impossible_log_is_refused(
    made: Plan, entries: tuple[Entry, ...], today: date, said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        update(made, Log(entries), today)


def test_a_day_twice_or_a_rating_above_ten_is_refused() -> None:
    with pytest.raises(RequestError, match="twice"):
        Log((Entry(START), Entry(START)))
    with pytest.raises(RequestError, match="effort"):
        Entry(START, effort=11.0)
    with pytest.raises(RequestError, match="no session is named"):
        Entry(START, done=1.0)


def test_goals_name_only_what_there_is() -> None:
    assert len(goals()) >= 9
    with pytest.raises(EvidenceError, match="no session"):
        parse_goals(_GOAL.replace("easy-forward", "no-such"))
    with pytest.raises(EvidenceError, match="no source"):
        parse_goals(_GOAL.replace('"backstride"', '"nobody2000"'))
    with pytest.raises(EvidenceError):
        parse_goals(_GOAL.replace("walked_min", "walked_minutes"))


_GOAL = """
[one]
title = "One"
purpose = "One."
maximises = "one"
kinds = ["forward"]
sessions = ["easy-forward"]
backward_min = 1
walked_min = 1
share_most = 0.5
backward_sessions = 1
level = "run"
climb = true
reach = []
sources = ["backstride"]
grade = "D"
basis = "None."
"""


def test_the_light_day_of_the_linear_stand_in_keeps_monotony_below_its_limit() -> None:
    """Five days alike, one at the share, one of rest: just at the limit."""
    light = light_share()
    loads = np.array([0.0, light, *[(7 - light) / 5] * 5])
    assert np.isclose(loads.mean() / loads.std(ddof=1), float(Rules.monotony))
