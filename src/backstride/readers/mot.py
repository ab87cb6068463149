"""MOT and STO: OpenSim's tables of joint angles or forces over time.

A recording of coordinates has a track ``joints`` with columns ``joint:<name>``: angles in radians,
translations (``pelvis_tx``, ``_ty``, ``_tz``) in metres. OpenSim's ground has x forward, y up and z
to the right, in which ``pelvis_rotation`` turns about y, to the left if positive: the pelvis faces
(cos, -sin) of it along x and z as long as it is tilted little, and travels as ``pelvis_tx`` and
``pelvis_tz`` change. Hips cannot be told from these without the model, so no points are made up.
Forces, and what else stands in the table, are ``mot:<name>`` in the file's SI units.
"""

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.points import check_lines, miscounted
from backstride.readers.samples import NAN, clock_of, number, one_line
from backstride.recording import (
    Device,
    Floats,
    Notice,
    Recording,
    Section,
    Source,
    Track,
    frozen_array,
)
from backstride.vocabulary import Sport

_BOM = b"\xef\xbb\xbf"
_END = re.compile(rb"^[ \t]*endheader[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_COUNTS = re.compile(rb"^[ \t]*(?:nRows|datarows)\b", re.IGNORECASE | re.MULTILINE)
_HINT = "export it again from OpenSim, with its header and its line of names"
_MAX_HEADER_BYTES = 16 * 1024
_TIME = "time"
#: How names of coordinates of OpenSim's bodies begin.
_JOINTS = (
    "pelvis_", "hip_", "knee_", "ankle_", "subtalar_", "mtp_", "lumbar_", "arm_", "elbow_",
    "pro_sup_", "wrist_", "neck_", "torso_", "shoulder_", "thorax_",
)  # fmt: skip
_MOVES = ("_tx", "_ty", "_tz")
#: A coordinate coupled to another one, which OpenSim leaves in radians whatever its header says.
_COUPLED = "_beta"
_FORCES = re.compile(r"force|torque|moment", re.IGNORECASE)
#: No joint turns further in radians; in degrees a moving body always does.
_MOST_RADIANS = 3.5
_FEWEST_DEGREES = 10.0
#: Height of a pelvis above the ground, in metres.
_PELVIS_M = (0.2, 2.0)


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is an OpenSim table."""
    end = _END.search(head[:_MAX_HEADER_BYTES])
    return end is not None and b"\0" not in head and bool(_COUNTS.search(head[: end.start()]))


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """The table as one recording with a track ``joints`` or ``forces``.

    Raises
    ------
    DamagedFileError
        No header, names or rows that are sound.
    RefusedFileError
        More numbers than the limits allow.
    ReadError
        Neither joints nor forces, or angles in a unit that nobody can tell.
    """
    header = _header(data, source.path)
    rows, notices = _rows(data[header.end :], header, source.path)
    at = next((k for k, name in enumerate(header.names) if name.lower() == _TIME), None)
    if at is None:
        raise DamagedFileError(source.path, header.end, "has no column of times", _HINT)
    clock = clock_of(np.where(np.abs(rows[:, at]) < limits.MAX_SPAN_S, rows[:, at], NAN))
    if not len(clock.t_s):
        raise DamagedFileError(source.path, header.end, "has no row with a time", _HINT)
    values = rows[clock.order]
    joints = {k: joint for k, name in enumerate(header.names) if (joint := _joint(name, header))}
    others = [k for k, name in enumerate(header.names) if k != at and k not in joints]
    if not joints and not any(_FORCES.search(header.names[k]) for k in others):
        reason = "has neither joint angles nor forces among its columns"
        raise ReadError(source.path, header.end, reason, _HINT)
    columns, units = _in_si(values, joints, header, source.path)
    for k in others:
        columns.setdefault(f"mot:{header.names[k]}", values[:, k])
    track = Track(
        "joints" if joints else "forces",
        clock.t_s,
        frozen_array(np.column_stack(list(columns.values()))),
        tuple(columns),
    )
    return (
        Recording(
            start_utc=None,
            tracks=(track,),
            laps=(),
            sections=(Section(0.0, float(clock.t_s[-1]), Sport.UNKNOWN),),
            device=Device(),
            source=source,
            notices=(*notices, *clock.notices, *units),
        ),
    )


@dataclass(frozen=True)
class _Header:
    """What the first lines say.

    Attributes
    ----------
    title
        The first line, which says what is in the table: "Coordinates".
    rows
        As declared; NaN where that cannot be read.
    in_degrees
        Whether rotations are in degrees; None where the file does not say.
    names
        Of the columns.
    end
        Where the rows begin, in bytes.
    """

    title: str
    rows: float
    in_degrees: bool | None
    names: tuple[str, ...]
    end: int


def _header(data: bytes, path: str) -> _Header:
    body = data.removeprefix(_BOM)
    skipped = len(data) - len(body)
    end = _END.search(body[:_MAX_HEADER_BYTES])
    if end is None:
        raise DamagedFileError(path, 0, "has no header that ends", _HINT)
    lines = body[: end.start()].decode("utf-8", "replace").splitlines()
    facts: dict[str, str] = {}
    for line in lines:
        key, found, value = line.partition("=") if "=" in line else line.partition(" ")
        if found:
            facts.setdefault(key.strip().lower(), value.strip().lower())
    start = end.end()
    names_line = ""
    while not names_line.strip():
        stop = body.find(b"\n", start + 1)
        if stop < 0 or stop - start > limits.MEBIBYTE:
            raise DamagedFileError(path, start, "ends before its names of columns", _HINT)
        names_line = body[start:stop].decode("utf-8", "replace")
        start = stop
    names = tuple(one_line(name) for name in names_line.split())
    if len(names) > limits.MAX_COLUMNS:
        raise limits.refuse(path, None, "has more columns than any body has joints")
    degrees = facts.get("indegrees", "")
    return _Header(
        title=one_line(lines[0] if lines else "").lower(),
        rows=number(facts.get("nrows", facts.get("datarows", ""))),
        in_degrees={"yes": True, "no": False}.get(degrees),
        names=names,
        end=start + 1 + skipped,
    )


def _rows(body: bytes, header: _Header, path: str) -> tuple[Floats, tuple[Notice, ...]]:
    """Numbers of each row, shape (rows, columns), and what was odd with the lines."""
    width = len(header.names)
    check_lines(body, width, path)
    if not body.endswith(b"\n") and body.strip().count(b"\n") + 1 < header.rows:
        # The file ends in the middle of this line, perhaps of a number.
        body = body[: body.rfind(b"\n") + 1]
    lines = [line for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    rows: Floats = np.empty((0, 0))
    # NumPy warns of text that is all blank to it, and knows more blanks than there are in bytes.
    if re.search(rb"\d", body):
        with suppress(ValueError):
            rows = np.loadtxt(lines, comments=None, ndmin=2)
    if not lines or rows.shape != (len(lines), width):
        kept = [_numbers(line) for line in lines if len(line.split()) == width]
        rows = np.array(kept).reshape(-1, width)
    if not len(rows):
        raise DamagedFileError(path, header.end, "has no rows", _HINT)
    rows = np.where(np.isfinite(rows), rows, np.nan)
    notices = [*miscounted("rows", header.rows, len(rows))]
    if odd := len(lines) - len(rows):
        message = f"{odd} of {len(lines)} rows are not as long as the line of names; left out"
        notices.append(Notice("rows_unreadable", message))
    return rows, tuple(notices)


def _numbers(line: str) -> Sequence[float]:
    return [number(cell) for cell in line.split()]


def _joint(name: str, header: _Header) -> str:
    """The coordinate that a column is; "" for anything else."""
    # A table of states has paths: /jointset/hip_r/hip_flexion_r/value and …/speed.
    *path, last = name.split("/")
    if last in ("value", "speed") and path:
        return path[-1] if last == "value" else ""
    plain = name.lower()
    if plain == _TIME or _FORCES.search(plain):
        return ""
    return name if plain.startswith(_JOINTS) or header.title == "coordinates" else ""


def _in_si(
    values: Floats, joints: dict[int, str], header: _Header, path: str
) -> tuple[dict[str, Floats], list[Notice]]:
    """Coordinates in radians and metres, and what had to be found for it.

    Raises
    ------
    ReadError
        Angles that are neither degrees nor radians.
    """
    turns = [k for k, name in joints.items() if not name.endswith((*_MOVES, _COUPLED))]
    in_degrees, notices = _in_degrees(values[:, turns], header, path)
    metres, said = _metres(values, joints)
    columns: dict[str, Floats] = {}
    for k, name in joints.items():
        scale = metres if name.endswith(_MOVES) else 1.0
        if k in turns and in_degrees:
            scale = math.pi / 180
        columns.setdefault(f"joint:{name}", scale * values[:, k])
    return columns, [*notices, *said]


def _in_degrees(values: Floats, header: _Header, path: str) -> tuple[bool, list[Notice]]:
    """Whether angles are in degrees, and a notice where the file does not say so itself."""
    known = np.abs(values[np.isfinite(values)])
    widest = float(known.max()) if len(known) else 0.0
    if header.in_degrees is True or not len(known):
        return bool(header.in_degrees), []
    if header.in_degrees is False and widest < _FEWEST_DEGREES:
        return False, []
    if _MOST_RADIANS < widest < _FEWEST_DEGREES:
        raise ReadError(
            path,
            None,
            f"does not say whether angles are in degrees, and reaches {widest:.3g}, which may be "
            "degrees or radians",
            "write inDegrees=yes or inDegrees=no into its header",
        )
    unit = "degrees" if widest >= _FEWEST_DEGREES else "radians"
    before = "the header says radians, but angles" if header.in_degrees is False else "angles"
    message = f"{before} reach {widest:.3g} and were taken as {unit}"
    return unit == "degrees", [Notice("unit_found", message)]


def _metres(values: Floats, joints: dict[int, str]) -> tuple[float, list[Notice]]:
    """What turns translations into metres; OpenSim's are, others wrote millimetres."""
    heights = [values[:, k] for k, name in joints.items() if name.lower() == "pelvis_ty"]
    known = np.abs(np.concatenate(heights)) if heights else np.empty(0)
    known = known[np.isfinite(known)]
    height = float(np.median(known)) if len(known) else NAN
    low, high = _PELVIS_M
    if low <= height / 1000 <= high:
        message = f"the pelvis is at {height:.0f}, so translations were taken as millimetres"
        return 0.001, [Notice("unit_found", message)]
    return 1.0, []
