"""C3D: points of motion capture with forces and other analog signals, as c3d.org lays it out.

A header block of 512 bytes; a section of named parameters, in the byte order and floating point of
one of three processors; then, frame by frame, four words for each point and one for each analog
sample. What a header or parameter counts is compared with the file's length before it is believed.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

import numpy as np
import numpy.typing as npt

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.points import (
    MAX_COORDINATE,
    MAX_COORDINATES,
    MAX_POINTS,
    Capture,
    miscounted,
    recording_of,
)
from backstride.readers.samples import NAN, one_line
from backstride.readers.skeleton import Naming
from backstride.readers.told import NOTHING_TOLD, Told, is_frame_rate
from backstride.recording import (
    Floats,
    Notice,
    Recording,
    Source,
    Table,
    Track,
    frozen_array,
)

_BLOCK = 512
_MAGIC = 0x50
_INTEL, _DEC, _MIPS = 84, 85, 86
_HINT = "export it again as C3D, or as TRC"
#: Characters of one group's or parameter's name, of one parameter's dimensions; a byte each.
_MAX_DIMENSIONS = 7
_MAX_PARAMETERS = 5000
#: Point-like results of models: three numbers each that are no place.
_NO_PLACES = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")
_UNITS = {"m": "m", "cm": "cm", "mm": "mm", "in": "inches", "inches": "inches"}
_SAME_RATE = 0.01
#: Where 16 bits end, and counting with them.
_OVERFLOW = 2**16 - 1

#: Numbers as they stand in the file.
Words = npt.NDArray[np.float32] | npt.NDArray[np.int16]


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is C3D."""
    if len(head) < 2 or head[1] != _MAGIC or not head[0]:
        return False
    start = (head[0] - 1) * _BLOCK
    return len(head) > start + 3 and _INTEL <= head[start + 3] <= _MIPS


def read(data: bytes, source: Source, told: Told = NOTHING_TOLD) -> tuple[Recording, ...]:
    """The points as one recording with a track ``points``, and ``forces`` where there are plates.

    ``forces`` has the channels of force plates at their own rate, in the file's own unit, as
    ``c3d:<label> [unit]``. Events of the file are the raw table ``c3d:events``.

    Raises
    ------
    DamagedFileError
        No header, parameters, points or frames that are sound.
    RefusedFileError
        More points or numbers than the limits allow.
    ReadError
        No frame rate, or what `recording_of` cannot tell.
    """
    file = _opened(data, source.path)
    rate_hz, notices = _rate(file, source.path, told)
    frames = file.frames()
    if not len(frames):
        raise DamagedFileError(source.path, len(data), "has no frames", _HINT)
    names, positions, said = _positions(file, frames, source.path)
    t_s = np.round(np.arange(len(frames)) / rate_hz, 6)
    if t_s[-1] > limits.MAX_SPAN_S:
        raise limits.refuse(source.path, None, "lasts longer than any recording")
    unit = _UNITS.get(next(iter(file.texts("POINT", "UNITS")), "").lower(), "")
    counted = miscounted("frames", file.declared_frames, len(frames))
    capture = Capture(
        Naming.MARKERS, names, positions, frozen_array(t_s), unit, (*notices, *counted, *said)
    )
    recording = recording_of(capture, source)
    forces = _forces(file, frames, rate_hz)
    return (
        replace(
            recording,
            tracks=(*recording.tracks, *([forces] if forces else [])),
            raw=_events(file, rate_hz),
        ),
    )


@dataclass(frozen=True)
class _Parameter:
    """One parameter: its type (-1 text, 1, 2 integer, 4 float), dimensions and bytes."""

    kind: int
    dimensions: tuple[int, ...]
    data: bytes


@dataclass(frozen=True, eq=False)
class _File:
    """A C3D file's header and parameters, and its data as they are.

    Attributes
    ----------
    points, analog_words
        Points, and analog words of all channels and samples, in one frame.
    samples
        Analog samples of a channel in one frame.
    first, last
        Numbers of frames as the header has them.
    start
        Where the frames begin, in bytes.
    """

    data: bytes
    processor: int
    points: int
    analog_words: int
    samples: int
    first: int
    last: int
    scale: float
    start: int
    rate_hz: float
    parameters: Mapping[tuple[str, str], _Parameter]

    @cached_property
    def order(self) -> str:
        """Byte order."""
        return ">" if self.processor == _MIPS else "<"

    @property
    def is_float(self) -> bool:
        """Whether words of the frames are floats, or else scaled integers."""
        return self.scale < 0

    @property
    def declared_frames(self) -> float:
        """How many frames there are by the header, or by parameters where these say more.

        The header's numbers have 16 bits and stay at their limit where there are more.
        """
        return self._end() - self.first + 1

    def _end(self) -> float:
        """Number of the last frame."""
        ends = [float(self.last)]
        for group, name in (
            ("TRIAL", "ACTUAL_END_FIELD"),
            ("POINT", "LONG_FRAMES"),
            ("POINT", "FRAMES"),
        ):
            values = self.numbers(group, name, unsigned=True)
            if len(values) == 2:
                ends.append(float(values[0] + 2**16 * values[1]))
            elif len(values) == 1:
                # How many, and not which is the last: the first is counted in.
                ends.append(float(values[0]) + self.first - 1)
        return max(end for end in ends if math.isfinite(end))

    def numbers(self, group: str, name: str, *, unsigned: bool = False) -> Floats:
        """A parameter's numbers; none where it is absent or no numbers."""
        parameter = self.parameters.get((group, name))
        if parameter is None or parameter.kind not in (1, 2, 4):
            return np.empty(0)
        if parameter.kind == 4:
            return self.floats(parameter.data).astype(np.float64)
        kind = f"{self.order}{'u' if unsigned else 'i'}{parameter.kind}"
        return np.frombuffer(parameter.data, kind).astype(np.float64)

    def texts(self, group: str, name: str) -> list[str]:
        """A parameter's texts, with those of the parameters that continue it (LABELS2, …)."""
        texts: list[str] = []
        for number in count(1):
            parameter = self.parameters.get((group, name if number == 1 else f"{name}{number}"))
            if parameter is None or parameter.kind != -1:
                return texts
            width = parameter.dimensions[0] if parameter.dimensions else 1
            for at in range(0, len(parameter.data), max(width, 1)):
                text = parameter.data[at : at + width].decode("utf-8", "replace")
                texts.append(one_line(text.replace("\0", " ")))
        return texts

    def floats(self, data: bytes) -> Words:
        """Bytes as floats of this processor."""
        if self.processor == _DEC:
            # Two halves in the other order, and an exponent that is two too large.
            halves = np.frombuffer(data, "<u2").reshape(-1, 2)[:, ::-1]
            return (np.ascontiguousarray(halves).view("<f4").ravel() / 4).astype(np.float32)
        return np.frombuffer(data, f"{self.order}f4")

    def frames(self) -> Words:
        """All words of all frames that are there, shape (frames, words)."""
        words = 4 * self.points + self.analog_words
        size = words * (4 if self.is_float else 2)
        there = (len(self.data) - self.start) // size if size else 0
        declared = int(self.declared_frames)
        if 0 < declared < there and self._end() != _OVERFLOW:
            there = declared  # what is behind fills the last block
        part = self.data[self.start : self.start + there * size]
        if self.is_float:
            return self.floats(part).reshape(there, words)
        return np.frombuffer(part, f"{self.order}i2").reshape(there, words)


def _opened(data: bytes, path: str) -> _File:
    """Header and parameters.

    Raises
    ------
    DamagedFileError, RefusedFileError
        They are not sound.
    """
    if not sniff(data):
        raise DamagedFileError(path, 0, "has no header or parameters of a C3D file", _HINT)
    section = (data[0] - 1) * _BLOCK
    processor = data[section + 3]
    order = ">" if processor == _MIPS else "<"
    head = data[: struct.calcsize(f"{order}2B5H4sHH4s")]
    if len(head) < 24:
        raise DamagedFileError(path, len(data), "ends within its header", _HINT)
    _, _, points, analog, first, last, _, scale, start, samples, rate = struct.unpack(
        f"{order}2B5H4sHH4s", head
    )
    bare = _File(
        data, processor, points, analog, samples, first, last, NAN, (start - 1) * _BLOCK, NAN, {}
    )
    parameters = _parameters(data, section, order)
    file = replace(bare, parameters=parameters)
    file = replace(
        file,
        scale=next(iter(file.numbers("POINT", "SCALE")), float(bare.floats(scale)[0])),
        rate_hz=float(bare.floats(rate)[0]),
    )
    if not 0 < points <= MAX_POINTS:
        reason = "has no points" if not points else "has more points than any body"
        raise limits.refuse(path, 2, reason)
    if not file.scale or not math.isfinite(file.scale) or file.start < _BLOCK:
        raise DamagedFileError(path, 12, "does not say how its numbers are written", _HINT)
    return file


def _parameters(data: bytes, section: int, order: str) -> dict[tuple[str, str], _Parameter]:
    """Parameters by group and name; those that are damaged, and all behind them, are left out."""
    end = min(len(data), section + max(data[section + 2], 1) * _BLOCK)
    groups: dict[int, str] = {}
    found: dict[tuple[int, str], _Parameter] = {}
    at = section + 4
    while at + 2 <= end and len(found) < _MAX_PARAMETERS:
        length, number = struct.unpack_from("bb", data, at)
        after = at + 2 + abs(length)
        if not length or not number or after + 2 > end:
            break
        name = data[at + 2 : after].decode("utf-8", "replace").strip().upper()
        (offset,) = struct.unpack_from(f"{order}h", data, after)
        if number < 0:
            groups[-number] = name
        elif (parameter := _parameter(data[after + 2 : end])) is not None:
            found[number, name] = parameter
        if offset <= 0:
            break
        at = after + offset
    return {(groups.get(number, ""), name): one for (number, name), one in found.items()}


def _parameter(data: bytes) -> _Parameter | None:
    """The parameter whose type begins these bytes; None for a damaged one."""
    if len(data) < 2:
        return None
    kind, dimensions = struct.unpack_from("bB", data)
    if kind not in (-1, 1, 2, 4) or dimensions > _MAX_DIMENSIONS or len(data) < 2 + dimensions:
        return None
    sides = tuple(data[2 : 2 + dimensions])
    size = abs(kind) * math.prod(sides)
    inside = data[2 + dimensions : 2 + dimensions + size]
    return _Parameter(kind, sides, inside) if len(inside) == size else None


def _rate(file: _File, path: str, told: Told) -> tuple[float, list[Notice]]:
    """Frames a second.

    Raises
    ------
    ReadError
        Neither the file nor a person says it.
    """
    stated = [*file.numbers("POINT", "RATE"), file.rate_hz]
    rates = [rate for rate in stated if is_frame_rate(rate)]
    if told.frame_rate_hz is not None:
        return told.frame_rate_hz, []
    if not rates:
        raise ReadError(
            path,
            None,
            "does not say how many frames there are in a second",
            "give the frame rate, as in --frame-rate 120",
        )
    if abs(rates[-1] / rates[0] - 1) > _SAME_RATE:
        message = f"the header says {rates[-1]:g} frames a second, its parameters {rates[0]:g}"
        return rates[0], [Notice("rate_differs", f"{message}; the parameters count")]
    return rates[0], []


def _positions(
    file: _File, frames: Words, path: str
) -> tuple[tuple[str, ...], Floats, list[Notice]]:
    """Names and positions, shape (points, 3, frames), of what is a place; NaN where unseen."""
    if frames.shape[0] * file.points * 3 > MAX_COORDINATES:
        raise limits.refuse(path, None, "holds more numbers than any clip")
    labels = file.texts("POINT", "LABELS")[: file.points]
    labels += [f"*{place}" for place in range(len(labels), file.points)]
    models = {label for name in _NO_PLACES for label in file.texts("POINT", name)} - {""}
    places = [place for place, label in enumerate(labels) if label not in models]
    words = frames[:, : 4 * file.points].reshape(len(frames), file.points, 4)[:, places]
    positions = np.ascontiguousarray(words[:, :, :3].transpose(1, 2, 0), dtype=np.float64)
    if not file.is_float:
        positions *= file.scale
    with np.errstate(invalid="ignore"):
        positions[~(np.abs(positions) < MAX_COORDINATE)] = np.nan
        unseen = words[:, :, 3].T < 0
    zero = (positions == 0).all(axis=1) & ~unseen
    positions.transpose(0, 2, 1)[unseen | zero] = np.nan
    notices = []
    if zero.any():
        message = f"{int(zero.sum())} positions are exactly zero, which means unseen"
        notices.append(Notice("zero_means_unseen", message))
    if models and len(places) < file.points:
        message = f"{file.points - len(places)} of its points are results of a model; left out"
        notices.append(Notice("no_places", message))
    return tuple(labels[place] for place in places), positions, notices


def _forces(file: _File, frames: Words, rate_hz: float) -> Track | None:
    """Channels of force plates at their own rate; None where there are none."""
    if not file.samples or not file.analog_words:
        return None
    channels = file.analog_words // file.samples
    wanted = [int(channel) - 1 for channel in file.numbers("FORCE_PLATFORM", "CHANNEL")]
    wanted = list(dict.fromkeys(channel for channel in wanted if 0 <= channel < channels))
    samples = len(frames) * file.samples
    if not wanted or samples * len(wanted) > limits.MAX_CELLS:
        return None
    words = frames[:, 4 * file.points :][:, : channels * file.samples]
    values = words.reshape(samples, channels)[:, wanted].astype(np.float64)
    if not file.is_float and "UNSIGNED" in file.texts("ANALOG", "FORMAT"):
        values = values % 2.0**16
    scales = _of_channels(file.numbers("ANALOG", "SCALE"), wanted, 1.0)
    offsets = _of_channels(file.numbers("ANALOG", "OFFSET"), wanted, 0.0)
    general = next(iter(file.numbers("ANALOG", "GEN_SCALE")), 1.0)
    with np.errstate(all="ignore"):
        values = (values - offsets) * scales * general
    values[~np.isfinite(values)] = np.nan
    return Track(
        "forces",
        frozen_array(np.round(np.arange(samples) / (rate_hz * file.samples), 6)),
        frozen_array(values),
        _channel_names(file, wanted),
    )


def _of_channels(numbers: Floats, wanted: Sequence[int], default: float) -> Floats:
    known = dict(enumerate(numbers.tolist()))
    return np.array([known.get(channel, default) for channel in wanted])


def _channel_names(file: _File, wanted: Sequence[int]) -> tuple[str, ...]:
    labels, units = file.texts("ANALOG", "LABELS"), file.texts("ANALOG", "UNITS")
    names: list[str] = []
    for channel in wanted:
        label = labels[channel] if channel < len(labels) else ""
        unit = f" [{units[channel]}]" if channel < len(units) and units[channel] else ""
        name = f"c3d:{label or channel + 1}{unit}"
        names.append(name if name not in names else f"{name} ({channel + 1})")
    return tuple(names)


def _events(file: _File, rate_hz: float) -> dict[str, Table]:
    """Events that somebody marked, seconds since the first frame, with their labels."""
    times = file.numbers("EVENT", "TIMES")
    if not len(times) or len(times) % 2:
        return {}
    seconds = times[0::2] * 60 + times[1::2] - max(file.first - 1, 0) / rate_hz
    columns = {"time_s": seconds}
    texts = {
        name: np.array((file.texts("EVENT", key) + [""] * len(seconds))[: len(seconds)], object)
        for name, key in (("label", "LABELS"), ("context", "CONTEXTS"))
    }
    return {"c3d:events": Table({**columns, **texts})}
