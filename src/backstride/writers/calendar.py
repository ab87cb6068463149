"""Days and sessions as an iCalendar file (RFC 5545), which every calendar takes.

Written by hand: a few properties of one component need no library, only folding and escaping done
right. A kept parser reads the result in the tests.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from backstride.errors import RequestError

#: Octets of a line without its end; longer ones are folded.
_LINE_OCTETS = 75
#: What keys of events are unique within.
_NAMESPACE = UUID("5e0d3c0a-6a1c-5d0e-9a53-0c0f0b5a7d1e")


@dataclass(frozen=True)
class Event:
    """Something on a day, or from a time of day on.

    Attributes
    ----------
    key
        The same in every version of a calendar, so that an event is moved and not doubled; unlike
        the keys of all other events of the person, as a plan's name with the number of a session.
    start
        A date for the whole day, which then does not count as busy; a datetime for a time of day:
        with a zone a fixed moment, without one the time on the clock wherever the person is.
    duration_s
        Of an event with a time of day.
    revision
        How often it has been changed.
    cancelled
        Taken out of the plan: calendars that have it strike it out.
    """

    key: str
    start: date
    title: str
    notes: str = ""
    duration_s: float | None = None
    revision: int = 0
    cancelled: bool = False


def write(name: str, events: Iterable[Event], *, stamp_utc: datetime) -> str:
    """The events as iCalendar text.

    Lines end with CR and LF, as the standard has it: write it to disk without changing them.

    Parameters
    ----------
    stamp_utc
        When this was made, which the standard wants in each event.

    Raises
    ------
    RequestError
        Two events have one key, a duration is not above zero or that of a whole day, or the stamp
        has no zone.
    """
    if stamp_utc.tzinfo is None:
        raise RequestError("the stamp of a calendar has no time zone", hint="give it in UTC")
    known = tuple(events)
    keys = [event.key for event in known]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RequestError(f"two events are called '{twice}'", hint="give each its own key")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Backstride//Backstride//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        *(line for event in known for line in _event(event, stamp_utc)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def uid(key: str) -> str:
    """The identity of an event in calendars: always the same for the same key."""
    return str(uuid5(_NAMESPACE, key))


def _event(event: Event, stamp_utc: datetime) -> Iterator[str]:
    timed = isinstance(event.start, datetime)
    if event.duration_s is not None and not (timed and event.duration_s >= 1):
        raise RequestError(
            f"event '{event.key}' lasts {event.duration_s:g} s from {event.start}",
            hint="give an event with a time of day a second or more, and a whole day none",
        )
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(event.key)}"
    yield f"DTSTAMP:{_moment(stamp_utc)}"
    yield f"SEQUENCE:{event.revision}"
    if isinstance(event.start, datetime):
        yield f"DTSTART:{_moment(event.start)}"
        if event.duration_s is not None:
            yield f"DURATION:PT{round(event.duration_s)}S"
    else:
        yield f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}"
        yield "DURATION:P1D"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(event.title)}"
    if event.notes:
        yield f"DESCRIPTION:{_text(event.notes)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(when: datetime) -> str:
    if when.tzinfo is None:
        return f"{when:%Y%m%dT%H%M%S}"
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A text value: escaped, its lines kept, without what the standard has no place for."""
    lines = re.split(r"\r\n|[\r\n\u2028\u2029]", text.encode(errors="replace").decode())
    kept = ("".join(c if c.isprintable() or c == "\t" else " " for c in line) for line in lines)
    return "\\n".join(re.sub(r"([\\;,])", r"\\\1", line) for line in kept)


def _folded(line: str) -> Sequence[str]:
    """A line in parts that are short enough, never cut within a letter."""
    parts, octets = [""], 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > _LINE_OCTETS:
            parts.append(" ")
            octets = 1
        parts[-1] += letter
        octets += size
    return parts
