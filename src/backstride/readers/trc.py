"""TRC: markers in space, a line for each frame, as motion capture hands them to OpenSim."""

import io
import math
import re
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from backstride.errors import DamagedFileError
from backstride.readers import limits
from backstride.readers.points import (
    MAX_COORDINATE,
    MAX_POINTS,
    Capture,
    check_lines,
    miscounted,
    recording_of,
)
from backstride.readers.samples import NAN, clock_of, number, one_line
from backstride.readers.skeleton import Naming
from backstride.recording import Floats, Notice, Recording, Source

_MAGIC = b"PathFileType"
_BOM = b"\xef\xbb\xbf"
_HINT = "export the markers again as TRC, tab-separated, with its five lines of header"
_HEADER_LINES = 5
#: Frame number and time.
_BEFORE = 2
_RATE_TOLERANCE = 0.01
_UNITS = {
    "m": "m",
    "meter": "m",
    "meters": "m",
    "metre": "m",
    "metres": "m",
    "cm": "cm",
    "centimeters": "cm",
    "centimetres": "cm",
    "mm": "mm",
    "millimeters": "mm",
    "millimetres": "mm",
    "in": "inches",
    "inch": "inches",
    "inches": "inches",
}


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is TRC."""
    return head.removeprefix(_BOM).lstrip().startswith(_MAGIC)


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """The markers as one recording with a track ``points``.

    Raises
    ------
    DamagedFileError
        No header, marker or frame that is sound.
    RefusedFileError
        More markers or numbers than the limits allow.
    ReadError
        What `recording_of` cannot tell.
    """
    header = _header(data, source.path)
    frames, notices = _frames(data[header.end :], header, source.path)
    times, rate_notices = _times(frames, header)
    clock = clock_of(times)
    if not len(clock.t_s):
        raise DamagedFileError(source.path, None, "has no frame with a time", _HINT)
    named = [place for place, name in enumerate(header.markers) if name]
    positions, unseen_notices = _positions(frames[clock.order], named)
    capture = Capture(
        Naming.MARKERS,
        tuple(header.markers[place] for place in named),
        positions,
        clock.t_s,
        header.unit,
        (*header.notices, *notices, *rate_notices, *clock.notices, *unseen_notices),
    )
    return (recording_of(capture, source),)


@dataclass(frozen=True)
class _Header:
    """What the first lines say.

    Attributes
    ----------
    markers
        A name for each three columns; "" where they have none.
    frames, rate_hz
        As declared; NaN where that cannot be read.
    unit
        A key of `UNITS`, or "".
    end
        Where the frames begin, in bytes.
    """

    markers: tuple[str, ...]
    frames: float
    rate_hz: float
    unit: str
    end: int
    notices: tuple[Notice, ...]

    @property
    def width(self) -> int:
        """Columns of a frame."""
        return _BEFORE + 3 * len(self.markers)


def _header(data: bytes, path: str) -> _Header:
    lines = []
    end = 0
    for _ in range(_HEADER_LINES):
        stop = data.find(b"\n", end) + 1
        if stop > limits.MEBIBYTE:
            raise limits.refuse(path, end, "has a longer header than any body")
        if not stop:
            raise DamagedFileError(path, len(data), "ends within its header", _HINT)
        lines.append(data[end:stop].decode("utf-8", "replace").rstrip("\r\n"))
        end = stop
    declared = dict(zip(lines[1].lower().split(), lines[2].split(), strict=False))
    markers = _markers(lines[3], lines[4], path)
    if len(markers) > MAX_POINTS:
        raise limits.refuse(path, None, "has more markers than any body")
    named = sum(map(bool, markers))
    return _Header(
        markers,
        number(declared.get("numframes", "")),
        number(declared.get("datarate", "")),
        _UNITS.get(declared.get("units", "").lower(), ""),
        end,
        miscounted("markers", number(declared.get("nummarkers", "")), named),
    )


def _markers(names_line: str, axes_line: str, path: str) -> tuple[str, ...]:
    """A name for each three columns.

    Raises
    ------
    DamagedFileError
        There are none, or names and columns do not go together.
    """
    columns = len(axes_line.split())
    cells = [one_line(cell) for cell in names_line.rstrip().split("\t")][_BEFORE:]
    names = [cell for cell in cells if cell]
    if not names or columns % 3:
        raise DamagedFileError(path, None, "names no markers", _HINT)
    spread = cells[::3]
    if [cell for cell in spread if cell] == names and len(spread) <= columns // 3:
        return (*spread, *[""] * (columns // 3 - len(spread)))
    if len(names) == columns // 3:
        return tuple(names)
    raise DamagedFileError(
        path, None, f"names {len(names)} markers over {columns // 3} columns of three", _HINT
    )


def _frames(body: bytes, header: _Header, path: str) -> tuple[Floats, tuple[Notice, ...]]:
    """Numbers of each frame, shape (frames, columns), and what was odd with the lines.

    Raises
    ------
    DamagedFileError, RefusedFileError
        No frames, or too many.
    """
    check_lines(body, header.width, path)
    if not body.endswith(b"\n") and body.strip().count(b"\n") + 1 < header.frames:
        # The file ends in the middle of this line, perhaps of a number.
        body = body[: body.rfind(b"\n") + 1]
    rows, lines = _table(body, header.width)
    if not len(rows):
        raise DamagedFileError(path, None, "has no frames", _HINT)
    notices = [*miscounted("frames", header.frames, len(rows))]
    if unreadable := lines - len(rows):
        message = f"{unreadable} of {lines} frames are not as long as the header; left out"
        notices.append(Notice("frames_unreadable", message))
    return rows, tuple(notices)


def _positions(frames: Floats, named: list[int]) -> tuple[Floats, tuple[Notice, ...]]:
    """Positions of the named markers, shape (markers, 3, frames); NaN where unseen."""
    markers = frames[:, _BEFORE:].reshape(len(frames), -1, 3)[:, named]
    positions = np.ascontiguousarray(markers.transpose(1, 2, 0))
    positions[~(np.abs(positions) < MAX_COORDINATE)] = np.nan
    unseen = (positions == 0).all(axis=1)
    positions.transpose(0, 2, 1)[unseen] = np.nan
    if not unseen.any():
        return positions, ()
    message = f"{int(unseen.sum())} positions are exactly zero, which means unseen"
    return positions, (Notice("zero_means_unseen", message),)


def _table(body: bytes, width: int) -> tuple[Floats, int]:
    """Shape (rows, width), NaN for what is empty or no number, and how many lines there were.

    Lines of other lengths are no rows: their numbers belong to nobody knows whom.
    """
    # NumPy warns of text that is all blank to it, and knows more blanks than there are in bytes.
    if re.search(rb"\d", body):
        with suppress(ValueError):
            rows: Floats = np.loadtxt(
                io.BytesIO(_filled(body, width)),
                delimiter="\t",
                comments=None,
                ndmin=2,
                encoding="ascii",
            )
            if rows.shape[1] == width:
                return rows, len(rows)
    lines = [line for line in body.splitlines() if line.strip()]
    rows = np.empty((len(lines), width))
    kept = 0
    for line in lines:
        values = _values(line.decode("utf-8", "replace"), width)
        if len(values) == width:
            rows[kept] = values
            kept += 1
    return rows[:kept], len(lines)


def _filled(body: bytes, width: int) -> bytes:
    """The lines with NaN in empty cells; whole bodies without any are left alone, for speed."""
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    if b"\t\n" in body or body.endswith(b"\t"):
        body = b"\n".join(_without_last_tab(line, width) for line in body.split(b"\n"))
        body = (body + b"\n").replace(b"\t\n", b"\tnan\n")
    while b"\t\t" in body:
        # Twice, for every second of several empty cells is between two that were just found.
        body = body.replace(b"\t\t", b"\tnan\t")
    return body


def _without_last_tab(line: bytes, width: int) -> bytes:
    """Many writers end each line with a tab, behind which there is no column."""
    return line[:-1] if line.endswith(b"\t") and line.count(b"\t") == width else line


def _values(line: str, width: int) -> list[float]:
    """Numbers of a line, NaN for an empty cell; of another length where it is not as the header."""
    cells = line.split("\t") if "\t" in line else line.split()
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    try:
        return list(map(float, cells))
    except ValueError:
        return [number(cell) for cell in cells]


def _times(frames: Floats, header: _Header) -> tuple[Floats, tuple[Notice, ...]]:
    """Seconds of each frame by the column of times, or by the declared rate where it has none."""
    times = np.where(np.abs(frames[:, 1]) < limits.MAX_SPAN_S, frames[:, 1], NAN)
    steps = np.diff(times[np.isfinite(times)])
    steps = steps[steps > 0]
    declared = header.rate_hz
    sound = math.isfinite(declared) and declared > 0
    if not len(steps):
        if len(times) > 1 and sound:
            message = f"its column of times does not go on; {declared:g} frames a second were taken"
            return np.arange(len(times)) / declared, (Notice("times_by_rate", message),)
        return times, ()
    rate = 1 / float(np.median(steps))
    if sound and abs(rate / declared - 1) > _RATE_TOLERANCE:
        message = (
            f"the header says {declared:g} frames a second, the column of times {rate:.4g}; "
            "the times were taken"
        )
        return times, (Notice("rate_differs", message),)
    return times, ()
