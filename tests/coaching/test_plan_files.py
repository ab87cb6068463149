"""Wishes, plans and logs as text: what is written is read back, what is wrong is named."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation.wishes import random_wish

from backstride.coaching.files import (
    log_from_json,
    log_to_json,
    plan_from_json,
    plan_to_json,
    wish_from_json,
    wish_to_json,
)
from backstride.coaching.plan import best_effort
from backstride.coaching.sessions import Level
from backstride.coaching.volume import Speeds
from backstride.coaching.wish import Day, Entry, Log, Wish
from backstride.errors import RequestError
from backstride.recording import Athlete, Given, Sex

ratings = st.none() | st.floats(0, 10)
places = st.dictionaries(st.text(max_size=8), st.floats(0, 10), max_size=2)
entries = st.builds(
    Entry,
    date=st.dates(),
    session=st.just("easy-forward"),
    done=st.floats(0, 2),
    effort=ratings,
    pain=places,
    pain_next_day=places,
    soreness=ratings,
    ill=st.booleans(),
)
logs = st.builds(
    Log,
    entries=st.lists(entries, max_size=4, unique_by=lambda entry: entry.date).map(tuple),
    earned=st.dictionaries(st.dates(), st.sampled_from(Level), max_size=2),
    recorded=st.lists(st.builds(Day, date=st.dates(), load_au=st.floats(0, 900))).map(tuple),
)


@given(logs)
def test_a_log_comes_back_as_it_was(log: Log) -> None:
    assert log_from_json(log_to_json(log)) == log


@given(st.integers(0, 10**6))
def test_a_wish_comes_back_as_it_was(seed: int) -> None:
    wish = random_wish(seed)
    assert wish_from_json(wish_to_json(wish)) == wish


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**6))
def test_a_plan_comes_back_as_it_was(seed: int) -> None:
    plan = best_effort(random_wish(seed, most_weeks=2))
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_person_comes_back_too() -> None:
    athlete = Athlete(mass_kg=60.0, sex=Sex.FEMALE, origins={"mass_kg": Given.PERSON})
    wish = Wish(
        "variety",
        date(2027, 1, 4),
        1,
        {0: 60.0},
        athlete=athlete,
        speeds=Speeds(3.0, 2.0, 1.5, 1.0),
    )
    assert wish_from_json(wish_to_json(wish)) == wish


TEXT = wish_to_json(Wish("variety", date(2027, 1, 4), 4, {0: 60.0}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "backstride/plan-1"}, "is not backstride/wish-1"),
        ({"weeks": "four"}, "wish.weeks: 'four' is not a whole number"),
        ({"weeks": True}, "wish.weeks"),
        ({"weeks": 0}, "wish: a plan of 0 weeks"),
        ({"start": "4 January"}, "wish.start: '4 January' is no date"),
        ({"start": 4}, "wish.start"),
        ({"colour": "red"}, "unknown field colour"),
        ({"level": "god"}, "wish.level: 'god' is none of walk"),
        ({"level": ["walk"]}, "wish.level"),
        ({"days": {"Monday": 60}}, "'Monday' is not a whole number"),
        ({"days": [60]}, "wish.days: must be a table"),
        ({"limits": 3}, "wish.limits: must be a table"),
        ({"away": "2027-01-05"}, "wish.away: must be a list"),
        ({"goal": None}, "wish.goal"),
        ({"athlete": {"mass_kg": -4.0}}, "mass_kg"),
    ],
)
def test_what_is_wrong_in_a_text_is_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        wish_from_json(json.dumps({**json.loads(TEXT), **change}))


def test_a_missing_field_is_named() -> None:
    table = json.loads(TEXT)
    del table["goal"]
    with pytest.raises(RequestError, match="lacks 'goal'"):
        wish_from_json(json.dumps(table))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": 4}', TEXT.replace("60", "NaN")]
)
def test_what_is_no_such_text_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        wish_from_json(text)


@given(st.text(), st.integers(0, 400))
def test_mangled_text_raises_nothing_but_a_request_error(noise: str, at: int) -> None:
    for text in (noise, TEXT[:at], TEXT[:at] + noise + TEXT[at:]):
        try:
            wish_from_json(text)
        except RequestError:
            continue
