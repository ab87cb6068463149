"""FIT files byte by byte, so that a test can say exactly what a device wrote, or spoil it.

Independent of the reader, which only the short hands at the end call: it packs numbers with
`struct` and has its own, plain checksum.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from backstride.readers import fit
from backstride.recording import Recording, Source, Track

#: Base types as a definition writes them -> `struct` code and the value that means "none".
ENUM, SINT8, UINT8, STRING, BYTE = 0x00, 0x01, 0x02, 0x07, 0x0D
SINT16, UINT16, SINT32, UINT32 = 0x83, 0x84, 0x85, 0x86
FLOAT32, FLOAT64, UINT8Z, UINT16Z, UINT32Z = 0x88, 0x89, 0x0A, 0x8B, 0x8C
SINT64, UINT64, UINT64Z = 0x8E, 0x8F, 0x90
_PACKED: dict[int, tuple[str, int]] = {
    ENUM: ("B", 0xFF),
    SINT8: ("b", 0x7F),
    UINT8: ("B", 0xFF),
    BYTE: ("B", 0xFF),
    SINT16: ("h", 0x7FFF),
    UINT16: ("H", 0xFFFF),
    SINT32: ("i", 0x7FFFFFFF),
    UINT32: ("I", 0xFFFFFFFF),
    UINT8Z: ("B", 0),
    UINT16Z: ("H", 0),
    UINT32Z: ("I", 0),
    SINT64: ("q", 0x7FFFFFFFFFFFFFFF),
    UINT64: ("Q", 0xFFFFFFFFFFFFFFFF),
    UINT64Z: ("Q", 0),
}

FILE_ID, SESSION, LAP, RECORD, EVENT = 0, 18, 19, 20, 21
WORKOUT, WORKOUT_STEP, HRV, HR = 26, 27, 78, 132
FIELD_DESCRIPTION, DEVELOPER_DATA_ID = 206, 207

#: 2024-05-01 06:30:00 UTC on a FIT clock.
START = 1083479400

Field = tuple[int, int, int]
Value = int | float | str | bytes | None | Sequence[int | float]


def crc(data: bytes) -> int:
    """The checksum, a bit at a time."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


@dataclass(frozen=True)
class Shape:
    """A definition: fields are (number, size, base type), `developer` (number, size, app, type)."""

    local: int
    kind: int
    fields: Sequence[Field]
    developer: Sequence[tuple[int, int, int, int]] = ()
    big: bool = False

    def definition(self) -> bytes:
        """The definition message."""
        header = 0x40 | (0x20 if self.developer else 0) | self.local
        out = struct.pack("BBB", header, 0, self.big)
        out += struct.pack((">" if self.big else "<") + "HB", self.kind, len(self.fields))
        out += b"".join(bytes(field) for field in self.fields)
        if self.developer:
            out += bytes([len(self.developer)])
            out += b"".join(bytes(field[:3]) for field in self.developer)
        return out

    def data(self, *values: Value) -> bytes:
        """A data message with these values, None for the type's invalid one."""
        return bytes([self.local]) + self._packed(values)

    def compressed(self, offset: int, *values: Value) -> bytes:
        """A data message with the lowest five bits of its time in the header."""
        return bytes([0x80 | self.local << 5 | offset & 31]) + self._packed(values)

    def _packed(self, values: Sequence[Value]) -> bytes:
        types = [(size, base) for _, size, base in self.fields]
        types += [(size, base) for _, size, _, base in self.developer]
        return b"".join(
            _packed(value, size, base, ">" if self.big else "<")
            for value, (size, base) in zip(values, types, strict=True)
        )


def _packed(value: Value, size: int, base: int, order: str) -> bytes:
    if isinstance(value, bytes):
        return value.ljust(size, b"\0")[:size]
    if isinstance(value, str):
        return value.encode().ljust(size, b"\0")[:size]
    if base == STRING:
        return b"\0" * size
    if base in (FLOAT32, FLOAT64):
        code = "f" if base == FLOAT32 else "d"
        return b"\xff" * size if value is None else struct.pack(order + code, value)
    code, invalid = _PACKED[base]
    width = struct.calcsize(order + code)
    if size % width:
        return (b"\xff" if value is None else bytes([int(value) & 0xFF])) * size  # type: ignore[arg-type]  # such fields are given numbers only
    if value is None or isinstance(value, int | float):
        values: list[int] = [invalid if value is None else int(value)]
    else:
        values = [int(one) for one in value]
    values += [invalid] * (size // width - len(values))
    return struct.pack(f"{order}{size // width}{code}", *values)


def fit_file(
    *messages: bytes,
    header_size: int = 14,
    data_size: int | None = None,
    checksum: int | None = None,
    with_checksum: bool = True,
) -> bytes:
    """A whole file; the keywords say what its header and checksum claim instead of the truth."""
    body = b"".join(messages)
    size = len(body) if data_size is None else data_size
    header = struct.pack("<BBHI4s", header_size, 0x20, 2140, size, b".FIT")
    if header_size == 14:
        header += struct.pack("<H", crc(header))
    data = header + body
    if not with_checksum:
        return data
    return data + struct.pack("<H", crc(data) if checksum is None else checksum)


FILE_ID_SHAPE = Shape(0, FILE_ID, ((0, 1, ENUM), (1, 2, UINT16), (2, 2, UINT16), (4, 4, UINT32)))
#: time, latitude, longitude, distance in cm, heart rate, cadence, speed in mm/s.
RECORD_SHAPE = Shape(
    1,
    RECORD,
    (
        (253, 4, UINT32),
        (0, 4, SINT32),
        (1, 4, SINT32),
        (5, 4, UINT32),
        (3, 1, UINT8),
        (4, 1, UINT8),
        (6, 2, UINT16),
    ),
)
#: time, start, sport, elapsed ms.
SESSION_SHAPE = Shape(
    2, SESSION, ((253, 4, UINT32), (2, 4, UINT32), (5, 1, ENUM), (6, 1, ENUM), (7, 4, UINT32))
)
LAP_SHAPE = Shape(
    3,
    LAP,
    (
        (253, 4, UINT32),
        (2, 4, UINT32),
        (7, 4, UINT32),
        (9, 4, UINT32),
        (23, 1, ENUM),
        (71, 2, UINT16),
    ),
)
EVENT_SHAPE = Shape(4, EVENT, ((253, 4, UINT32), (0, 1, ENUM), (1, 1, ENUM)))


def file_id(file_type: int = 4) -> bytes:
    """The first message of a file, of an activity unless said otherwise."""
    shape = FILE_ID_SHAPE
    return shape.definition() + shape.data(file_type, 1, 3290, START)


def record(second: int, *, start: int = START) -> bytes:
    """A record of a run at 3 m/s to the north, from 45° N 5° E."""
    north = round((45 + 3 * second / 111_195) * 2**31 / 180)
    east = round(5 * 2**31 / 180)
    bpm = 120 + second % 40
    return RECORD_SHAPE.data(start + second, north, east, 300 * second, bpm, 83, 3000)


def records(seconds: Sequence[int], *, start: int = START) -> bytes:
    """The definition and a record for each second."""
    return RECORD_SHAPE.definition() + b"".join(record(s, start=start) for s in seconds)


def session(seconds: int, sport: int = 1, sub_sport: int = 0, begin: int = 0) -> bytes:
    """The definition and a session from `begin`."""
    data = SESSION_SHAPE.data(
        START + begin + seconds, START + begin, sport, sub_sport, seconds * 1000
    )
    return SESSION_SHAPE.definition() + data


def activity(seconds: int = 60) -> bytes:
    """A run, whole and sound: `seconds` records, and a session."""
    return fit_file(file_id(), records(range(seconds)), session(seconds))


SOURCE = Source("run.fit", "0" * 64, "fit")


def read(data: bytes) -> Recording:
    (recording,) = fit.read(data, SOURCE)
    return recording


def track_of(recording: Recording, name: str = "record") -> Track:
    track = recording.track(name)
    assert track is not None
    return track


def codes(recording: Recording) -> list[str]:
    return [notice.code for notice in recording.notices]


def said(recording: Recording) -> str:
    return " | ".join(notice.message for notice in recording.notices)
