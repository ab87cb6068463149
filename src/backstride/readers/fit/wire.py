"""Bytes of a FIT file -> where its messages are, and in what shape.

After the Flexible and Interoperable Data Transfer (FIT) Protocol: a data message begins with the
local number of the definition that gives its shape; one with a compressed header carries five bits
of time there, too.

Two walks find the messages. Where the checksum vouches for the bytes, the straight one takes each
at its word. Else, or where that walk comes upon something that cannot be, the careful one believes
a message only if its time is within reach of the one before; where none follows, it looks for the
next place from which several messages agree, and takes back a message that swallowed its beginning.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backstride.readers import limits
from backstride.readers.fit.frame import (
    DEFINITION,
    DEVELOPER,
    Check,
    Frame,
    Layout,
    Span,
    definition_at,
    frame_at,
    next_header,
)

Offsets = npt.NDArray[np.int64]
#: A layout and where its messages begin in the file.
Group = tuple[Layout, Offsets]

#: Times below are counted from when the device was switched on.
FIRST_DATE = 0x10000000
#: No recording is from later (2041), but much garbage would be.
_LAST_DATE = 0x60000000

_COMPRESSED = 0x80
_FILE_ID = 0
#: Records, heart rates, times between beats.
_OFTEN = frozenset({20, 132, 78})
_NO_CLOCK = -1

#: Of one file; every one costs a place in memory.
MAX_MESSAGES = 4_000_000
#: Of a definition, in messages.
_DEFINITION_COST = 8
#: Different shapes of messages in one file.
MAX_LAYOUTS = 4_096
#: How often reading goes on behind damage, and how many bytes are looked through for it.
_MAX_DAMAGES = 5_000
_MAX_SOUGHT_BYTES = 4 * limits.MEBIBYTE
_SLICE_BYTES = limits.MEBIBYTE
#: Further apart, two messages in a row are not of one clock.
_REACH_S = 86_400
#: What is left at the end of a file whose size is not known.
_CHECKSUM_BYTES = 2
#: Messages looked at to tell whether reading can go on at some place, and how many must agree.
_CHAIN = 24
_ENOUGH = 4


@dataclass(frozen=True, eq=False)
class Part:
    """One file of a chain.

    Attributes
    ----------
    groups
        Each layout with the offsets of its messages in the whole file's bytes.
    damages
        Bytes that could not be read, in order.
    check
        What its checksum says.
    missing
        Bytes that its header promises and that are not there.
    """

    span: Span
    groups: tuple[Group, ...]
    damages: tuple[Span, ...]
    check: Check
    missing: int = 0


@dataclass(frozen=True, eq=False)
class Wire:
    """All of a file: its parts, and bytes that belong to none."""

    parts: tuple[Part, ...]
    strange: tuple[Span, ...]


def scan(data: bytes, path: str) -> Wire:
    """Find every message of a file.

    Raises
    ------
    RefusedFileError
        More messages, layouts or chained files than any recording has.
    """
    parts: list[Part] = []
    strange: list[Span] = []
    at = 0
    budget = _Budget(path)
    while at < len(data):
        found = frame_at(data, at)
        if found is None:
            following = next_header(data, at + 1)
            stop = len(data) if following is None else following
            strange.append(Span(at, stop))
            at = stop
            continue
        parts.append(_read_part(data, found, len(parts), budget))
        at = found.stop
        if len(parts) > limits.MAX_RECORDINGS:
            raise limits.refuse(path, at, "holds too many chained files")
    return Wire(tuple(parts), tuple(strange))


class _Budget:
    """What may still be spent on one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.messages = MAX_MESSAGES
        self.layouts = MAX_LAYOUTS
        self.sought = _MAX_SOUGHT_BYTES
        self.damages = _MAX_DAMAGES

    def spend_messages(self, count: int, at: int) -> None:
        self.messages -= count
        if self.messages < 0:
            raise limits.refuse(self.path, at, "holds more messages than any recording has")

    def spend_layout(self, at: int) -> None:
        self.layouts -= 1
        if self.layouts < 0:
            raise limits.refuse(self.path, at, "holds more kinds of messages than a recording")


def _read_part(data: bytes, frame: Frame, chained: int, budget: _Budget) -> Part:
    if frame.check is Check.SOUND:
        walk = _Walk(data, frame.end, chained, budget)
        if walk.straight(frame.body):
            return Part(Span(frame.start, frame.stop), walk.groups(), (), frame.check)
    walk = _Walk(data, frame.end, chained, budget)
    walk.careful(frame.body)
    return Part(
        Span(frame.start, frame.stop),
        walk.groups(),
        tuple(walk.damages),
        frame.check,
        frame.missing,
    )


@dataclass
class _Walk:
    """One pass over the messages of a file, up to `end`."""

    data: bytes
    end: int
    chained: int
    budget: _Budget
    damages: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._found: dict[tuple[bytes, bool], tuple[Layout, array[int]]] = {}
        #: By header byte: the size of a message, and where its offset goes.
        self._sizes = [0] * 256
        self._places: list[array[int]] = [array("q")] * 256
        self._layouts: dict[int, Layout] = {}

    def groups(self) -> tuple[Group, ...]:
        """Layouts that have messages, and the offsets of these."""
        return tuple(
            (layout, np.frombuffer(offsets, dtype=np.int64))
            for layout, offsets in self._found.values()
            if offsets
        )

    def _define(self, at: int) -> int:
        """Take the definition at `at`; where it ends, or 0 where there is none."""
        layout = definition_at(self.data, at, self.end, self.chained)
        if layout is None:
            return 0
        self.budget.spend_messages(_DEFINITION_COST, at)
        key = (layout.spec, layout.with_developer)
        if key not in self._found:
            self.budget.spend_layout(at)
            self._found[key] = (layout, array("q"))
        layout, place = self._found[key]
        local = self.data[at] & 15
        self._layouts[local] = layout
        self._sizes[local], self._places[local] = layout.size, place
        if local < 4:
            compressed = slice(_COMPRESSED + 32 * local, _COMPRESSED + 32 * local + 32)
            self._sizes[compressed] = [layout.size] * 32
            self._places[compressed] = [place] * 32
        return at + 1 + len(layout.spec)

    def straight(self, at: int) -> bool:
        """Take every message at its word; whether that led exactly to the end."""
        data, end, sizes, places = self.data, self.end, self._sizes, self._places
        while at < end:
            stop = min(end, at + _SLICE_BYTES)
            count = 0
            while at < stop:
                header = data[at]
                size = sizes[header]
                if size:
                    places[header].append(at)
                    at += size
                    count += 1
                else:
                    at = self._define(at)
                    if not at:
                        return False
            self.budget.spend_messages(count, at)
        return at == end

    def careful(self, at: int) -> None:
        """Take what is sound; `damages` are the bytes that are not."""
        now = _NO_CLOCK
        recent = [at]  # messages since the last one whose time was believed, and that one
        while at < self.end:
            step, time = self._step(at, now)
            if step:
                if time is not None:
                    now, recent = time, []
                recent.append(at)
                at = step
                continue
            resumed = self._resume(recent[0], at, now)
            if resumed is None:
                if self.end - at > _CHECKSUM_BYTES:
                    self.damages.append(Span(at, self.end))
                return
            begun = self._take_back(recent, resumed) if resumed < at else at
            if resumed > begun:
                self.damages.append(Span(begun, resumed))
            at, now, recent = resumed, _NO_CLOCK, [resumed]

    def _step(self, at: int, now: int) -> tuple[int, int | None]:
        """Take the message at `at`: where the next begins and its time; 0 where it is not sound."""
        header = self.data[at]
        size = self._sizes[header]
        if not size:
            return self._define(at), None
        layout = _layout_of(header, self._layouts)
        if at + size > self.end or self._is_out_of_place(layout, header):
            return 0, None
        time = layout.time_at(self.data, at)
        if time is not None and now != _NO_CLOCK and abs(time - now) > _REACH_S:
            return 0, None
        self._places[header].append(at)
        self.budget.spend_messages(1, at)
        return at + size, time

    def _is_out_of_place(self, layout: Layout, header: int) -> bool:
        """Whether no device writes such a message here.

        That is `file_id` again, or a time of five bits with a message that is not one of many.
        """
        if header & _COMPRESSED:
            return layout.kind not in _OFTEN
        return layout.kind == _FILE_ID and any(
            offsets for known, offsets in self._found.values() if known.kind == _FILE_ID
        )

    def _take_back(self, recent: list[int], resumed: int) -> int:
        """Give up messages that swallowed what begins at `resumed`; where the first began."""
        begun = resumed
        for at in reversed(recent):
            header = self.data[at]
            place = self._places[header]
            if at + self._sizes[header] > resumed and place and place[-1] == at:
                place.pop()
                begun = min(begun, at)
        return begun

    def _resume(self, last: int, at: int, now: int) -> int | None:
        """The first place behind the start of the last message from which reading can go on."""
        self.budget.damages -= 1
        if self.budget.damages < 0:
            return None
        if at > last and self._is_sound(at, now):
            return at
        for candidate in self._candidates(last + 1):
            if candidate != at and self._is_sound(candidate, now):
                return candidate
        return None

    def _candidates(self, at: int) -> Iterator[int]:
        """Places from `at` on where a message may begin, as far as the budget goes."""
        known = np.array([size > 0 for size in self._sizes])
        known[DEFINITION : DEFINITION + 16] = True
        known[DEFINITION + DEVELOPER : DEFINITION + DEVELOPER + 16] = True
        while at < self.end and self.budget.sought > 0:
            stop = min(self.end, at + 4096, at + self.budget.sought)
            chunk = np.frombuffer(self.data, dtype=np.uint8, count=stop - at, offset=at)
            for place in np.flatnonzero(known[chunk]).tolist():
                yield at + place
            self.budget.sought -= stop - at
            at = stop

    def _is_sound(self, at: int, now: int) -> bool:
        """Whether messages that agree with each other begin here.

        Times must be within reach of one another, and of `now`; or else be dates that go forward,
        for then it is the device's clock that was set. Definitions count as much as times.
        """
        layouts = dict(self._layouts)
        times: list[int] = []
        defined = 0
        for _ in range(_CHAIN):
            if len(times) + defined >= _ENOUGH:
                break
            if self.end - at <= _CHECKSUM_BYTES:
                enough = 1 if now != _NO_CLOCK and times else _ENOUGH
                return len(times) + defined >= enough and _agree(times, now)
            header = self.data[at]
            local = (header >> 5) & 3 if header & _COMPRESSED else header
            if local < 16 and local in layouts:
                layout = layouts[local]
                if at + layout.size > self.end:
                    break
                if self._is_out_of_place(layout, header):
                    return False
                time = layout.time_at(self.data, at)
                if time is not None:
                    if times and abs(time - times[-1]) > _REACH_S:
                        return False
                    times.append(time)
                at += layout.size
            else:
                found = definition_at(self.data, at, self.end, self.chained)
                if found is None:
                    return False
                layouts[header & 15] = found
                defined += bool(found.fields)
                at += 1 + len(found.spec)
        return len(times) + defined >= _ENOUGH and _agree(times, now)


def _layout_of(header: int, layouts: Mapping[int, Layout]) -> Layout:
    """The layout of a data message with that header byte."""
    return layouts[(header >> 5) & 3 if header & _COMPRESSED else header & 15]


def _agree(times: list[int], now: int) -> bool:
    """Whether times can follow `now`."""
    if not times or now == _NO_CLOCK or abs(times[0] - now) <= _REACH_S:
        return True
    goes_on = times == sorted(times) and times[-1] > times[0] and len(times) >= _ENOUGH
    return goes_on and times[0] >= FIRST_DATE and times[-1] < _LAST_DATE
