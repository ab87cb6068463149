"""A calendar is what another parser of the standard reads."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.errors import RequestError
from backstride.writers.calendar import Event, uid, write

STAMP = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY = Event("plan 1", date(2026, 3, 2), "Rest")


def read(text: str) -> list[icalendar.cal.Component]:
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    events = calendar.walk("VEVENT")
    assert all(not event.errors for event in events)
    return events


def text_of(component: icalendar.cal.Component, name: str) -> str:
    return str(component[name])


def plain(text: str) -> str:
    """A text as the standard can hold it: printable, lines apart by one sign."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = lines.replace("\u2028", "\n").replace("\u2029", "\n")
    lines = lines.encode(errors="replace").decode()
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in lines)


@given(title=st.text(max_size=200), notes=st.text(min_size=1, max_size=300), name=st.text())
def test_any_text_is_read_back(title: str, notes: str, name: str) -> None:
    text = write(name, [replace(DAY, title=title, notes=notes)], stamp_utc=STAMP)
    (event,) = read(text)
    assert text_of(event, "SUMMARY") == plain(title)
    assert text_of(event, "DESCRIPTION") == plain(notes)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


@given(
    day=st.dates(date(1990, 1, 1), date(2200, 1, 1)),
    seconds_of_day=st.integers(0, 86_399),
    hours=st.one_of(st.none(), st.integers(-12, 12)),
    seconds=st.integers(1, 40_000),
)
def test_a_time_of_day_is_a_moment_or_the_clock_of_wherever_one_is(
    day: date, seconds_of_day: int, hours: int | None, seconds: int
) -> None:
    zone = None if hours is None else timezone(timedelta(hours=hours))
    start = datetime.combine(day, time(), zone) + timedelta(seconds=seconds_of_day)
    timed = Event("k", start, "Run", duration_s=float(seconds))
    (event,) = read(write("Plan", [timed], stamp_utc=STAMP))
    assert event["DTSTART"].dt == start
    assert (event["DTSTART"].dt.tzinfo is None) == (hours is None)
    assert event["DURATION"].dt == timedelta(seconds=seconds)


def test_a_whole_day_is_a_date_and_does_not_count_as_busy() -> None:
    (event,) = read(write("Plan", [DAY], stamp_utc=STAMP))
    assert event["DTSTART"].dt == date(2026, 3, 2)
    assert event["DURATION"].dt == timedelta(days=1)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["DTSTAMP"].dt == STAMP


def test_an_event_that_moves_keeps_its_identity_and_counts_its_revisions() -> None:
    moved = replace(DAY, start=date(2026, 3, 4), revision=1, cancelled=True)
    (before,), (after,) = (read(write("Plan", [one], stamp_utc=STAMP)) for one in (DAY, moved))
    assert before["UID"] == after["UID"] == uid("plan 1")
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_the_identity_of_a_key_never_changes() -> None:
    """Calendars that were imported once find the event by this."""
    assert uid("plan 1") == "c177351a-ac34-5011-b555-d561a2cbec91"
    assert uid("plan 1") != uid("plan 2")


def test_a_calendar_of_no_events_is_one() -> None:
    assert read(write("Empty", [], stamp_utc=STAMP)) == []


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([DAY, replace(DAY, title="Run")], "two events are called 'plan 1'"),
        ([replace(DAY, duration_s=60.0)], "lasts 60 s from 2026-03-02"),
        ([replace(DAY, start=STAMP, duration_s=0.0)], "lasts 0 s"),
    ],
    ids=["a key twice", "a day with a length", "no length"],
)
def test_what_the_standard_has_no_place_for_is_refused(events: list[Event], said: str) -> None:
    with pytest.raises(RequestError, match=said) as error:
        write("Plan", events, stamp_utc=STAMP)
    assert error.value.hint


def test_a_stamp_without_a_zone_is_refused() -> None:
    with pytest.raises(RequestError, match="time zone"):
        write("Plan", [DAY], stamp_utc=STAMP.replace(tzinfo=None))
