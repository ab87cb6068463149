"""Messages of the FIT format as bytes: what activities and workouts are written with.

Layout after the FIT protocol as public decoders document it; the numbers of messages and fields are
the profile's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from backstride.vocabulary import Sport

TIMESTAMP = 253
INDEX = 254
#: The maker of files that no maker of devices wrote.
DEVELOPMENT = 255

SPORTS = {Sport.RUNNING: 1, Sport.WALKING: 11, Sport.OTHER: 0, Sport.UNKNOWN: 0}
INTENSITIES = ("active", "rest", "warmup", "cooldown", "recovery", "interval", "other")

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_TEXT = 0x07
#: The longest text with its zero that is kept: the size of a field is one byte.
_TEXT_BYTES = 251


class Type(NamedTuple):
    """A base type: its code, how NumPy calls it, its bytes, what stands for a missing value."""

    code: int
    dtype: str
    size: int
    missing: int


ENUM = Type(0x00, "u1", 1, 0xFF)
S8 = Type(0x01, "<i1", 1, 0x7F)
U8 = Type(0x02, "u1", 1, 0xFF)
U16 = Type(0x84, "<u2", 2, 0xFFFF)
S32 = Type(0x85, "<i4", 4, 0x7FFFFFFF)
U32 = Type(0x86, "<u4", 4, 0xFFFFFFFF)
SERIAL = Type(0x8C, "<u4", 4, 0)


@dataclass(frozen=True)
class Kind:
    """A kind of message: its number in the profile, and the slot it uses in the file."""

    number: int
    slot: int


FILE_ID = Kind(0, 0)
USER = Kind(3, 1)
SESSION = Kind(18, 2)
LAP = Kind(19, 3)
RECORD = Kind(20, 4)
EVENT = Kind(21, 5)
DEVICE = Kind(23, 6)
WORKOUT = Kind(26, 7)
STEP = Kind(27, 8)
ACTIVITY = Kind(34, 9)

#: Number, type and value of a field of a message; without a type it is a text.
Field = tuple[int, Type | None, int | str | None]


def fit_time(when: datetime) -> int:
    """Seconds on the format's clock, whole."""
    return round((when - _EPOCH).total_seconds())


def fit_intensity(word: str) -> int | None:
    """The number of an intensity; None for a word that the profile does not have."""
    return INTENSITIES.index(word) if word in INTENSITIES else None


def fit_text(text: str) -> bytes:
    """A text as it is stored, cut at a letter where it is too long, with a zero at its end."""
    kept = text.encode(errors="replace")[: _TEXT_BYTES - 1].decode(errors="ignore")
    return kept.encode() + b"\0"


def message(kind: Kind, *fields: Field) -> bytes:
    """A message with its own definition before it; a value that does not fit is a missing one."""
    return messages(kind, [fields])


def messages(kind: Kind, rows: Sequence[Sequence[Field]]) -> bytes:
    """Messages of the same fields under one definition; texts are as wide as the widest of them."""
    if not rows:
        return b""
    columns = [_column([row[k] for row in rows]) for k in range(len(rows[0]))]
    shape = [shape for shape, _ in columns]
    slot = bytes([kind.slot])
    stored = zip(*(values for _, values in columns), strict=True)
    return definition(kind, shape) + b"".join(slot + b"".join(values) for values in stored)


def _column(fields: Sequence[Field]) -> tuple[tuple[int, int, int], list[bytes]]:
    """A field's number, size and type, and its bytes in each message."""
    number, base, _ = fields[0]
    if base is None:
        texts = [fit_text(str(value or "")) for _, _, value in fields]
        size = max(map(len, texts))
        return (number, size, _TEXT), [text.ljust(size, b"\0") for text in texts]
    size = base.size
    raws = (
        value if isinstance(value, int) and not value >> (8 * size) else base.missing
        for _, _, value in fields
    )
    return (number, size, base.code), [raw.to_bytes(size, "little") for raw in raws]


def definition(kind: Kind, shape: Sequence[tuple[int, int, int]]) -> bytes:
    """The definition of messages whose fields have those numbers, sizes and types."""
    head = bytes([0x40 | kind.slot, 0, 0]) + kind.number.to_bytes(2, "little")
    return head + bytes([len(shape)]) + b"".join(bytes(field) for field in shape)


def file_of(pieces: Iterable[bytes]) -> bytes:
    """A whole file of these messages: header, messages, checksum."""
    body = b"".join(pieces)
    header = b"\x0e\x20" + (2140).to_bytes(2, "little") + len(body).to_bytes(4, "little") + b".FIT"
    header += crc(header).to_bytes(2, "little")
    return header + body + crc(header + body).to_bytes(2, "little")


def crc(data: bytes) -> int:
    """The format's checksum of `data`: CRC-16 with the reflected polynomial 0xA001."""
    value = 0
    for byte in data:
        value = (value >> 8) ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return value


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def scaled(value: float | None, factor: float) -> int | None:
    """A number in steps of the format, or None for none."""
    return None if value is None else round(value * factor)
