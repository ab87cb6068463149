"""BVH: a skeleton as a tree of joints, and its rotations frame by frame -> positions of joints.

Of the format there is no standard, but a custom: rotations in degrees, composed in the order in
which channels are listed; children move with their parents. Custom is divided on positions of
joints; see `_adds_positions`.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.points import (
    MAX_COORDINATE,
    MAX_POINTS,
    Capture,
    check_lines,
    miscounted,
    recording_of,
)
from backstride.readers.samples import number, one_line
from backstride.readers.skeleton import Naming
from backstride.recording import Floats, Notice, Recording, Source

_DEEPEST = 100
_LONGEST_HIERARCHY = limits.MEBIBYTE
_SLOWEST_HZ, _FASTEST_HZ = 1.0, 2000.0
#: Frame times are written with few digits: 0.008333 is meant as 1/120.
_RATE_TOLERANCE = 1e-4
#: Of a joint's own offset: positions smaller than this are added to it.
_SMALL = 0.1
#: Frames that are enough to see whether anything turns.
_SAMPLE = 2000
#: Longest bones that somebody has to travel for legs to have swung.
_FAR = 5.0
_HINT = "export the clip again as BVH, with its skeleton and all frames"
_AXES = "xyz"
_CHANNEL = re.compile(r"([xyz])(position|rotation)", re.IGNORECASE)
_MOTION = re.compile(
    rb"^[ \t]*MOTION\s+Frames:\s*(\S+)\s+Frame[ \t]*Time:[ \t]*(\S+)[ \t\r]*\n",
    re.IGNORECASE | re.MULTILINE,
)

#: w, x, y, z, each of shape (frames,).
_Quaternion = tuple[Floats, Floats, Floats, Floats]


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is BVH."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].upper() == b"HIERARCHY"


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """The clip as one recording with a track ``points``.

    Raises
    ------
    DamagedFileError
        No sound skeleton, frame time or frame.
    RefusedFileError
        More joints, levels or numbers than the limits allow.
    ReadError
        Several skeletons, rotations that are not degrees, or what `recording_of` cannot tell.
    """
    motion = _MOTION.search(data)
    if motion is None:
        reason = "has no MOTION with its number of frames and frame time"
        raise DamagedFileError(source.path, len(data), reason, _HINT)
    if motion.start() > _LONGEST_HIERARCHY:
        raise limits.refuse(source.path, motion.start(), "has a longer hierarchy than any body")
    joints = _joints(data[: motion.start()].decode("utf-8", "replace"), source.path)
    rate_hz = _rate_hz(motion[2], source.path)
    rows, notices = _rows(data, motion, joints, source.path)
    if len(rows) / rate_hz > limits.MAX_SPAN_S:
        raise limits.refuse(source.path, None, "lasts longer than any recording")
    _check_degrees(rows, joints, source.path)
    capture = Capture(
        Naming.JOINTS,
        tuple(joint.name for joint in joints),
        _positions(joints, rows),
        np.arange(len(rows)) / rate_hz,
        notices=notices,
    )
    return (recording_of(capture, source),)


@dataclass
class _Joint:
    """A joint, or the end of the last bone of a limb, as the hierarchy grows.

    `channels` are (axis, whether it turns); `first` is the column of the first of them.
    """

    name: str
    parent: int
    depth: int
    first: int
    is_end: bool = False
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: tuple[tuple[int, bool], ...] = field(default=())


def _width(joints: Sequence[_Joint]) -> int:
    return sum(len(joint.channels) for joint in joints)


def _joints(text: str, path: str) -> list[_Joint]:
    """The hierarchy, parents before children.

    Raises
    ------
    DamagedFileError, RefusedFileError, ReadError
        See `read`.
    """
    joints: list[_Joint] = []
    inside: list[int] = []
    opens = False
    for words in _statements(text):
        kind = words[0].upper()
        if kind in ("ROOT", "JOINT", "END"):
            if kind == "ROOT" and joints:
                hint = "export each person alone"
                raise ReadError(path, None, "holds several skeletons", hint)
            if opens or (not inside and kind != "ROOT"):
                raise _damaged(path, f"has a {kind} where none can be")
            if len(inside) >= _DEEPEST or len(joints) >= MAX_POINTS:
                raise limits.refuse(path, None, "has more joints than any body")
            parent = inside[-1] if inside else -1
            name = f"{joints[parent].name} end" if kind == "END" else " ".join(words[1:])
            joints.append(
                _Joint(one_line(name), parent, len(inside), _width(joints), kind == "END")
            )
            opens = True
        elif kind == "{" and opens:
            inside.append(len(joints) - 1)
            opens = False
        elif kind == "}" and inside and not opens:
            place = inside.pop()
            if joints[place].is_end and not any(joints[place].offset) and place + 1 == len(joints):
                # An end that is where its joint is shows nothing new.
                joints.pop()
        elif kind == "OFFSET" and inside:
            joints[inside[-1]].offset = _offset(words[1:], path)
        elif kind == "CHANNELS" and inside and inside[-1] == len(joints) - 1:
            joints[-1].channels = _channels(words[1:], path)
        elif kind != "HIERARCHY":
            raise _damaged(path, f"has a hierarchy with '{one_line(words[0])[:40]}' in it")
    if inside or opens or not _width(joints):
        raise _damaged(path, "has a hierarchy that is not whole")
    return joints


def _statements(text: str) -> Iterator[list[str]]:
    """Words of each line; braces stand alone."""
    lines = text.removeprefix("\ufeff").replace("{", "\n{\n").replace("}", "\n}\n").splitlines()
    return (words for words in map(str.split, lines) if words)


def _damaged(path: str, reason: str) -> DamagedFileError:
    return DamagedFileError(path, None, reason, _HINT)


def _offset(words: Sequence[str], path: str) -> tuple[float, ...]:
    offset = tuple(number(word) for word in words)
    if len(offset) != 3 or not all(abs(value) < MAX_COORDINATE for value in offset):
        raise _damaged(path, "has an offset that is not three numbers")
    return offset


def _channels(words: Sequence[str], path: str) -> tuple[tuple[int, bool], ...]:
    channels = tuple(
        (_AXES.index(match[1].lower()), match[2].lower() == "rotation")
        for word in words[1:]
        if (match := _CHANNEL.fullmatch(word))
    )
    if not words or words[0] != str(len(words) - 1) or len(channels) != len(words) - 1:
        raise _damaged(path, "has channels that are not as many positions and rotations")
    if len(set(channels)) != len(channels):
        raise _damaged(path, "has the same channel twice in one joint")
    return channels


def _rate_hz(frame_time: bytes, path: str) -> float:
    seconds = number(frame_time.decode("ascii", "replace"))
    if not 1 / _FASTEST_HZ <= seconds <= 1 / _SLOWEST_HZ:
        shown = one_line(frame_time.decode("ascii", "replace"))[:40]
        raise _damaged(path, f"has a frame time of '{shown}', which is no second's part")
    rate = 1 / seconds
    return float(round(rate)) if abs(rate / round(rate) - 1) < _RATE_TOLERANCE else rate


def _rows(
    data: bytes, motion: re.Match[bytes], joints: Sequence[_Joint], path: str
) -> tuple[Floats, tuple[Notice, ...]]:
    """Numbers of each frame, shape (frames, channels), and what was odd with them.

    A line that is not as long as the channels is a frame that nobody saw: it keeps its time.

    Raises
    ------
    DamagedFileError, RefusedFileError
        See `read`.
    """
    body = data[motion.end() :]
    width = _width(joints)
    check_lines(body, max(width, 3 * len(joints)), path)
    rows = _table(body, width)
    declared = number(motion[1].decode("ascii", "replace"))
    if len(rows) and not body.endswith(b"\n"):
        # The file may end in the middle of this line, and of a number.
        is_cut = len(rows) < declared or bool(np.isnan(rows[-1]).all())
        rows = rows[:-1] if is_cut else rows
    if not len(rows):
        raise _damaged(path, "has no frames")
    notices = [*miscounted("frames", declared, len(rows))]
    if unseen := int((~np.isfinite(rows)).any(axis=1).sum()):
        notices.append(
            Notice("frames_unreadable", f"{unseen} of {len(rows)} frames cannot be read wholly")
        )
    return rows, tuple(notices)


def _table(body: bytes, width: int) -> Floats:
    """Shape (lines, width); a line of another length, or with what is no number, is NaN."""
    # NumPy warns of text that is all blank to it, and knows more blanks than there are in bytes.
    if re.search(rb"\d", body):
        with suppress(ValueError):
            rows: Floats = np.loadtxt(io.BytesIO(body), comments=None, ndmin=2, encoding="ascii")
            if rows.shape[1] == width:
                return rows
    lines = [line for line in io.BytesIO(body) if line.strip()]
    rows = np.full((len(lines), width), np.nan)
    for place, line in enumerate(lines):
        words = line.split()
        if len(words) == width:
            with suppress(ValueError):
                rows[place] = list(map(float, words))
    return rows


def _check_degrees(rows: Floats, joints: Sequence[_Joint], path: str) -> None:
    """Refuse a body that travels while nothing in it turns by more than a few degrees.

    Raises
    ------
    ReadError
        Its rotations are radians, as it seems.
    """
    rows = rows[:: max(1, len(rows) // _SAMPLE)]
    turning = [
        joint.first + k for joint in joints for k, (_, turns) in enumerate(joint.channels) if turns
    ]
    moving = sorted(set(range(rows.shape[1])) - set(turning))
    if not turning or not moving:
        return
    angles, places = rows[:, turning], rows[:, moving]
    whole = np.isfinite(places).all(axis=1)
    if not whole.any() or not np.nanmax(np.abs(angles), initial=0) <= 2 * np.pi:
        return
    bone = max(float(np.linalg.norm(joint.offset)) for joint in joints[1:] or joints)
    if np.max(np.ptp(places[whole], axis=0)) > _FAR * bone > 0:
        raise ReadError(
            path, None, "travels without a turn of any joint: radians, as it seems", "use degrees"
        )


def _positions(joints: Sequence[_Joint], rows: Floats) -> Floats:
    """Where each joint is, shape (joints, 3, frames), in the file's axes and unit."""
    adds = _adds_positions(joints, rows)
    positions = np.empty((len(joints), 3, len(rows)))
    turned: list[_Quaternion | None] = [None] * (_DEEPEST + 2)
    has_children = {joint.parent for joint in joints}
    for place, joint in enumerate(joints):
        columns = np.ascontiguousarray(rows[:, joint.first : joint.first + len(joint.channels)].T)
        columns[~(np.abs(columns) < MAX_COORDINATE)] = np.nan
        local: list[Floats | float] = list(joint.offset)
        turn = turned[joint.depth]
        for (axis, turns), values in zip(joint.channels, columns, strict=True):
            if not turns:
                local[axis] = values + joint.offset[axis] if adds else values
        if turn is not None:
            local = _rotated(turn, local)
        for axis in range(3):
            positions[place, axis] = local[axis]
            if joint.parent >= 0:
                positions[place, axis] += positions[joint.parent, axis]
        if place in has_children:
            for (axis, turns), values in zip(joint.channels, columns, strict=True):
                if turns:
                    turn = _turned_about(turn, axis, np.radians(values / 2))
            turned[joint.depth + 1] = turn
    return positions


def _adds_positions(joints: Sequence[_Joint], rows: Floats) -> bool:
    """Whether positions of joints are added to their offsets; else they stand in their place.

    Some write what a joint's offset is in this frame, some what is to be added to it. The ones are
    as large as the offsets, the others next to nothing. The root tells nothing, for it travels, and
    for it the two differ by a constant only.
    """
    votes = []
    for joint in joints[1:]:
        moving = [joint.first + k for k, (_, turns) in enumerate(joint.channels) if not turns]
        length = float(np.linalg.norm(joint.offset))
        if not moving or not length:
            continue
        moved = np.sqrt(np.sum(np.square(rows[:, moving].clip(-MAX_COORDINATE, MAX_COORDINATE)), 1))
        moved = moved[np.isfinite(moved)]
        if len(moved):
            votes.append(float(np.median(moved)) < _SMALL * length)
    return bool(votes) and sum(votes) > len(votes) / 2


def _rotated(turn: _Quaternion, vector: Sequence[Floats | float]) -> list[Floats | float]:
    """A vector, turned: v + 2 w (u x v) + 2 u x (u x v)."""
    w, x, y, z = turn
    a, b, c = vector
    p, q, r = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return [
        a + w * p + (y * r - z * q),
        b + w * q + (z * p - x * r),
        c + w * r + (x * q - y * p),
    ]


def _turned_about(turn: _Quaternion | None, axis: int, half_angle: Floats) -> _Quaternion:
    """A turn, and after it (in the turned axes) one about an axis."""
    cos, sin = np.cos(half_angle), np.sin(half_angle)
    if turn is None:
        alone = [cos, *(np.zeros_like(cos) for _ in range(3))]
        alone[1 + axis] = sin
        return (alone[0], alone[1], alone[2], alone[3])
    w, x, y, z = turn
    if axis == 0:
        return (w * cos - x * sin, w * sin + x * cos, y * cos + z * sin, z * cos - y * sin)
    if axis == 1:
        return (w * cos - y * sin, x * cos - z * sin, w * sin + y * cos, z * cos + x * sin)
    return (w * cos - z * sin, x * cos + y * sin, y * cos - x * sin, w * sin + z * cos)
