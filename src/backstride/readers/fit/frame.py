"""Where in a FIT file its headers, its definitions and its checksums are.

After the Flexible and Interoperable Data Transfer (FIT) Protocol: a file is a header, messages and
a checksum, and files may follow one another (chained). A definition message gives the shape of the
data messages that follow under its local number.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

TIMESTAMP = 253
NO_TIME = 0xFFFFFFFF
DEFINITION = 0x40
DEVELOPER = 0x20
#: Bits that a definition may not have.
_NOT_DEFINITION = 0x90

_SIGNATURE = b".FIT"
_HEADER_SIZES = (14, 12)
_BASE_TYPES = 17
#: The checksum is taken of so much at once, which bounds its memory.
_BLOCK_BYTES = 1 << 18
#: Places looked at for a header that follows; a file has few, and garbage as many as it likes.
_MAX_SIGNATURES = 1000


class Span(NamedTuple):
    """Bytes from `start` up to `stop`."""

    start: int
    stop: int


class Check(StrEnum):
    """What the checksum says."""

    SOUND = "sound"
    WRONG = "wrong"
    ABSENT = "absent"


class FieldSpec(NamedTuple):
    """One field of a layout: `offset` counts from the message's header byte.

    `base` is the number of the base type (0 to 16); None for a developer field, whose type its
    description gives. `developer` is the index of the app it comes from, None for the profile's.
    """

    number: int
    size: int
    base: int | None
    developer: int | None
    offset: int


@dataclass(frozen=True)
class Layout:
    """The shape of a data message: `spec` is its definition without the header byte."""

    chained: int
    spec: bytes
    with_developer: bool

    @cached_property
    def is_big(self) -> bool:
        """Whether numbers are written big end first."""
        return self.spec[1] == 1

    @cached_property
    def kind(self) -> int:
        """Global number of the message."""
        return int.from_bytes(self.spec[2:4], "big" if self.spec[1] == 1 else "little")

    @cached_property
    def size(self) -> int:
        """Bytes of a message, its header byte among them."""
        stop = 5 + 3 * self.spec[4]
        return 1 + sum(self.spec[6:stop:3]) + sum(self.spec[stop + 2 :: 3])

    @cached_property
    def fields(self) -> tuple[FieldSpec, ...]:
        """Fields in the order of their bytes."""
        spec, stop, offset = self.spec, 5 + 3 * self.spec[4], 1
        fields = []
        for at in range(5, stop, 3):
            fields.append(FieldSpec(spec[at], spec[at + 1], spec[at + 2] & 31, None, offset))
            offset += spec[at + 1]
        for at in range(stop + 1, len(spec), 3):
            fields.append(FieldSpec(spec[at], spec[at + 1], None, spec[at + 2], offset))
            offset += spec[at + 1]
        return tuple(fields)

    def field(self, number: int) -> FieldSpec | None:
        """A field of the profile, the first of that number."""
        stop = 5 + 3 * self.spec[4]
        place = self.spec[5:stop:3].find(number)
        if place < 0:
            return None
        at = 5 + 3 * place
        offset = 1 + sum(self.spec[6:at:3])
        return FieldSpec(number, self.spec[at + 1], self.spec[at + 2] & 31, None, offset)

    @cached_property
    def time_offset(self) -> int:
        """Where the time is in a message; 0 where it has none."""
        time = self.field(TIMESTAMP)
        return time.offset if time is not None and time.size == 4 else 0

    def time_at(self, data: bytes, at: int) -> int | None:
        """The time of the message at `at`, or None."""
        if not self.time_offset:
            return None
        at += self.time_offset
        time = int.from_bytes(data[at : at + 4], "big" if self.is_big else "little")
        return None if time == NO_TIME else time

    @cached_property
    def is_plausible(self) -> bool:
        """Whether a device may have meant this."""
        stop = 5 + 3 * self.spec[4]
        return (
            self.spec[0] == 0
            and self.spec[1] <= 1
            and self.kind != 0xFFFF
            and all(self.spec[6:stop:3])
            and all(base & 31 < _BASE_TYPES and not base & 0x60 for base in self.spec[7:stop:3])
        )


def begins(head: bytes) -> bool:
    """Whether a file that begins so is FIT, its header whole or not."""
    if head[8:12] == _SIGNATURE:
        return True
    return _headless_body(head) is not None


class Frame(NamedTuple):
    """Where one file of a chain begins, where its messages do, where they end, where it ends."""

    start: int
    body: int
    end: int
    stop: int
    check: Check
    missing: int


def frame_at(data: bytes, at: int) -> Frame | None:
    """The file that begins at `at`, None where none does."""
    if data[at + 8 : at + 12] != _SIGNATURE:
        body = _headless_body(data) if at == 0 else None
        if body is None:
            return None
        return Frame(at, body, len(data), len(data), Check.ABSENT, 0)
    body = at + _header_size(data, at)
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    end = body + size
    if size and end + 2 <= len(data) and crc16(data[at : end + 2]) == 0:
        return Frame(at, body, end, end + 2, Check.SOUND, 0)
    following = next_header(data, body)
    stop = len(data) if following is None else following
    if size and end + 2 == stop:
        return Frame(at, body, end, stop, Check.WRONG, 0)
    missing = max(0, end + 2 - stop) if size else 0
    return Frame(at, min(body, stop), stop, stop, Check.ABSENT, missing)


def _header_size(data: bytes, at: int) -> int:
    """The header's size: what it says, if messages can begin there."""
    said = data[at]
    for size in (said, *_HEADER_SIZES):
        if size >= 12 and definition_at(data, at + size, len(data), 0) is not None:
            return size
    return said if said in _HEADER_SIZES else _HEADER_SIZES[0]


def _headless_body(data: bytes) -> int | None:
    """Where messages begin behind a header that is spoilt: at the definition of `file_id`."""
    for body in _HEADER_SIZES:
        found = definition_at(data, body, len(data), 0)
        if found is not None and found.kind == 0 and found.fields:
            return body
    return None


def next_header(data: bytes, at: int) -> int | None:
    """The next place from `at` on where a header stands."""
    signature = data.find(_SIGNATURE, at + 8)
    for _ in range(_MAX_SIGNATURES):
        if signature < 0:
            break
        start = signature - 8
        if data[start] in _HEADER_SIZES and data[start + 1] < 0x30:
            check = data[start + 12 : start + 14]
            whole = data[start] == 12 or check == b"\0\0" or not crc16(data[start : start + 14])
            if whole:
                return start
        signature = data.find(_SIGNATURE, signature + 4)
    return None


def definition_at(data: bytes, at: int, end: int, chained: int) -> Layout | None:
    """The layout that the definition at `at` gives; None where there is none."""
    if at + 6 > end or data[at] & _NOT_DEFINITION or not data[at] & DEFINITION:
        return None
    stop = at + 6 + 3 * data[at + 5]
    with_developer = bool(data[at] & DEVELOPER)
    if with_developer and stop < end:
        stop += 1 + 3 * data[stop]
    elif with_developer:
        return None
    if stop > end:
        return None
    layout = Layout(chained, data[at + 1 : stop], with_developer)
    return layout if layout.is_plausible else None


def crc16(data: bytes) -> int:
    """The protocol's checksum (CRC-16, polynomial 0x8005, reflected); 0 over data and checksum."""
    value = 0
    for at in range(0, len(data), _BLOCK_BYTES):
        block = bytearray(data[at : at + _BLOCK_BYTES])
        if len(block) > 1:
            block[0] ^= value & 0xFF
            block[1] ^= value >> 8
            value = _crc_of_block(block)
        else:
            value = value >> 8 ^ int(_by_one_byte()[(value ^ block[0]) & 0xFF])
    return value


def _crc_of_block(block: bytearray) -> int:
    """The checksum of a block that begins with none.

    The sum is linear, so that of two neighbours is one's, moved on by the other's length, plus the
    other's: all pairs are joined at once, then all pairs of pairs.
    """
    words = np.frombuffer(b"\0" + block if len(block) % 2 else block, dtype="<u2")
    sums = _moved(1)[words]
    doublings = 1
    while len(sums) > 1:
        if len(sums) % 2:
            sums = np.concatenate([np.zeros(1, np.uint16), sums])
        sums = _moved(doublings)[sums[::2]] ^ sums[1::2]
        doublings += 1
    return int(sums[0])


@cache
def _moved(doublings: int) -> npt.NDArray[np.uint16]:
    """What each sum becomes when 2 to the `doublings` zero bytes follow."""
    if doublings:
        half = _moved(doublings - 1) if doublings > 1 else _by_one_byte()
        return np.asarray(half[half], dtype=np.uint16)
    return _by_one_byte()


@cache
def _by_one_byte() -> npt.NDArray[np.uint16]:
    one, polynomial, none = np.uint16(1), np.uint16(0xA001), np.uint16(0)
    sums: npt.NDArray[np.uint16] = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(8):
        sums = (sums >> one) ^ np.where(sums & one, polynomial, none)
    return sums
