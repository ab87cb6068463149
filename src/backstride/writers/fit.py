"""A recording as a FIT activity.

An encoder of its own, for the kept library that could do it was tried and is too slow: fit-tool
0.9.16 took 26 s and 1.35 GB for 36,000 records with running dynamics, and 0.15 s to import; what
follows takes a tenth of a second, since records are one structured array.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.errors import RequestError
from backstride.recording import Interval, Lap, Recording, Section, Sex, Track, WorkoutStep
from backstride.vocabulary import JOULES_PER_KILOCALORIE
from backstride.writers import workout
from backstride.writers.fit_messages import (
    ACTIVITY,
    DEVELOPMENT,
    DEVICE,
    ENUM,
    EVENT,
    FILE_ID,
    INDEX,
    LAP,
    RECORD,
    S8,
    S32,
    SERIAL,
    SESSION,
    SPORTS,
    TIMESTAMP,
    U8,
    U16,
    U32,
    USER,
    Type,
    definition,
    file_of,
    fit_intensity,
    fit_time,
    message,
    scaled,
)


class _Column(NamedTuple):
    """How a column of the vocabulary is stored: ``round(value * factor + offset)``."""

    number: int
    type: Type
    factor: float
    offset: float = 0.0


_COLUMNS: Mapping[str, _Column] = {
    "latitude_deg": _Column(0, S32, 2**31 / 180),
    "longitude_deg": _Column(1, S32, 2**31 / 180),
    "heart_rate_bpm": _Column(3, U8, 1),
    "distance_m": _Column(5, U32, 100),
    "power_w": _Column(7, U16, 1),
    "temperature_c": _Column(13, S8, 1),
    "vertical_oscillation_m": _Column(39, U16, 10_000),
    "contact_share": _Column(40, U16, 10_000),
    "contact_s": _Column(41, U16, 10_000),
    "speed_mps": _Column(73, U32, 1000),
    "elevation_m": _Column(78, U32, 5, 2500),
    "vertical_ratio": _Column(83, U16, 10_000),
    "contact_balance_left": _Column(84, U16, 10_000),
    "step_length_m": _Column(85, U16, 10_000),
    "respiration_bpm": _Column(108, U16, 100),
}
#: Cadence is kept as strides per minute, the broken part apart.
_CADENCE = _Column(4, U8, 0.5)
_CADENCE_FRACTION = _Column(53, U8, 128)

_TREADMILL = 1
_TRIGGERS = {
    "manual": 0,
    "time": 1,
    "distance": 2,
    "position_start": 3,
    "position_lap": 4,
    "position_waypoint": 5,
    "position_marked": 6,
    "session_end": 7,
    "fitness_equipment": 8,
}
_TIMER, _SESSION_EVENT, _LAP_EVENT, _ACTIVITY_EVENT = 0, 8, 9, 26
_START, _STOP, _STOP_ALL = 0, 1, 4


def write(recording: Recording) -> bytes:
    """The recording as a FIT activity file.

    Kept are the ``record`` track, pauses, laps, workout, sections and the athlete. Clocks are
    rounded to whole seconds, values to the steps of the format. A lap keeps its name only through
    the workout step that it carried out, for the format has no other place; the device is stored as
    "development", which is who may write files without being a maker of watches, with its product
    name.

    Raises
    ------
    RequestError
        The recording has no date, which the format needs.
    """
    if recording.start_utc is None:
        raise RequestError(
            "a FIT file needs a date, and this recording has none",
            hint="give the recording a start_utc",
        )
    zero = fit_time(recording.start_utc)
    parts = (
        _about(recording, zero),
        workout.messages(recording.workout_name, recording.workout_steps, recording.sport),
        _timed(recording, zero),
        _laps(recording, zero),
        _sessions(recording, zero),
        _activity(recording, zero),
    )
    return file_of(piece for part in parts for piece in part)


def _about(recording: Recording, zero: int) -> Iterator[bytes]:
    product = str(recording.device.product or "Backstride")
    yield message(
        FILE_ID,
        (0, ENUM, 4),
        (1, U16, DEVELOPMENT),
        (2, U16, 0),
        (3, SERIAL, 1),
        (4, U32, zero),
        (8, None, product),
    )
    yield message(
        DEVICE,
        (TIMESTAMP, U32, zero),
        (0, U8, 0),
        (2, U16, DEVELOPMENT),
        (4, U16, 0),
        (5, U16, _software(recording.device.software)),
        (27, None, product),
    )
    who = recording.athlete
    if any((who.mass_kg, who.resting_heart_rate_bpm, who.max_heart_rate_bpm, who.height_m)):
        yield message(
            USER,
            (1, ENUM, None if who.sex is None else int(who.sex is Sex.MALE)),
            (3, U8, scaled(who.height_m, 100)),
            (4, U16, scaled(who.mass_kg, 10)),
            (8, U8, scaled(who.resting_heart_rate_bpm, 1)),
            (9, U8, scaled(who.max_heart_rate_bpm, 1)),
            (11, U8, scaled(who.max_heart_rate_bpm, 1)),
        )


def _software(words: str) -> int | None:
    """A version such as "4.20" in hundredths; None where it is not one."""
    major, _, minor = words.partition(".")
    if not (major.isdecimal() and (minor or "0").isdecimal()):
        return None
    return int(major) * 100 + int((minor + "00")[:2])


def _timed(recording: Recording, zero: int) -> Iterator[bytes]:
    """Records, with the timer's starts and stops between them."""
    track = recording.track("record")
    seconds = np.round(track.t_s).astype(np.int64) if track else np.empty(0, dtype=np.int64)
    definition, rows = _records(track, seconds + zero) if track else (b"", np.empty(0))
    yield definition
    yield _event(zero, _START)
    done = 0
    for pause in recording.pauses:
        upto = int(np.searchsorted(seconds, round(pause.start_s), side="right"))
        yield rows[done:upto].tobytes()
        yield _event(zero + round(pause.start_s), _STOP_ALL)
        yield _event(zero + round(pause.end_s), _START)
        done = upto
    yield rows[done:].tobytes()
    yield _event(zero + round(recording.duration_s), _STOP_ALL)


def _event(time: int, what: int) -> bytes:
    return message(EVENT, (TIMESTAMP, U32, time), (0, ENUM, _TIMER), (1, ENUM, what))


def _records(track: Track, times: npt.NDArray[np.int64]) -> tuple[bytes, npt.NDArray[np.void]]:
    """The definition of the record message, and a row of bytes for each sample."""
    stored = [(_Column(TIMESTAMP, U32, 1), times.astype(np.float64))]
    stored += [(column, track.column(name)) for name, column in _COLUMNS.items() if name in track]
    if "cadence_spm" in track:
        strides = track.column("cadence_spm") * _CADENCE.factor
        whole = np.floor(strides)
        stored += [(_CADENCE._replace(factor=1), whole), (_CADENCE_FRACTION, strides - whole)]
    fields = [("slot", "u1")] + [(f"f{c.number}", c.type.dtype) for c, _ in stored]
    rows = np.zeros(len(times), dtype=np.dtype(fields))
    rows["slot"] = RECORD.slot
    for column, values in stored:
        rows[f"f{column.number}"] = _raw(values, column)
    shape = [(c.number, c.type.size, c.type.code) for c, _ in stored]
    return definition(RECORD, shape), rows


def _raw(values: npt.NDArray[np.float64], column: _Column) -> npt.NDArray[np.int64]:
    """What is stored; the type's missing value for NaN and for what it cannot hold."""
    raw = np.round(values * column.factor + column.offset)
    about = np.iinfo(column.type.dtype)
    with np.errstate(invalid="ignore"):
        fits = (raw >= about.min) & (raw <= about.max)
    return np.where(fits, raw, column.type.missing).astype(np.int64)


def _laps(recording: Recording, zero: int) -> Iterator[bytes]:
    steps = _steps_of(recording.laps, recording.workout_steps)
    for index, (lap, step) in enumerate(zip(recording.laps, steps, strict=True)):
        yield message(
            LAP,
            (INDEX, U16, index),
            (TIMESTAMP, U32, zero + round(lap.end_s)),
            (0, ENUM, _LAP_EVENT),
            (1, ENUM, _STOP),
            (2, U32, zero + round(lap.start_s)),
            *_totals(lap, recording.pauses),
            (23, ENUM, fit_intensity(lap.intensity)),
            (24, ENUM, _TRIGGERS.get(lap.trigger)),
            (25, ENUM, SPORTS[recording.sport]),
            (71, U16, step),
        )


def _steps_of(laps: Sequence[Lap], steps: Sequence[WorkoutStep]) -> list[int | None]:
    """The step that each lap carried out: what the lap says, else the next one of its name."""
    found: list[int | None] = []
    ahead = list(steps)
    for lap in laps:
        if lap.step_index is not None:
            found.append(lap.step_index)
            continue
        step = next((step for step in ahead if step.name == lap.name), None)
        if step is not None:
            ahead = ahead[ahead.index(step) + 1 :]
        found.append(None if step is None else step.index)
    return found


def _sessions(recording: Recording, zero: int) -> Iterator[bytes]:
    for section in recording.sections:
        inside = [k for k, lap in enumerate(recording.laps) if _starts_in(lap, section)]
        yield message(
            SESSION,
            (TIMESTAMP, U32, zero + round(section.end_s)),
            (0, ENUM, _SESSION_EVENT),
            (1, ENUM, _STOP),
            (2, U32, zero + round(section.start_s)),
            (5, ENUM, SPORTS[section.sport]),
            (6, ENUM, _TREADMILL if section.indoors else 0),
            *_totals(section, recording.pauses),
            (25, U16, inside[0] if inside else None),
            (26, U16, len(inside)),
        )


def _starts_in(lap: Lap, section: Section) -> bool:
    return section.start_s <= lap.start_s < section.end_s


def _totals(
    part: Lap | Section, pauses: Sequence[Interval]
) -> tuple[tuple[int, Type, int | None], ...]:
    """Elapsed and moving time, distance and energy: the same fields in laps and sessions."""
    elapsed = part.end_s - part.start_s
    energy = part.energy_j
    return (
        (7, U32, scaled(elapsed, 1000)),
        (8, U32, scaled(elapsed - _paused_s(part.start_s, part.end_s, pauses), 1000)),
        (9, U32, scaled(part.distance_m, 100)),
        (11, U16, None if energy is None else scaled(energy / JOULES_PER_KILOCALORIE, 1)),
    )


def _paused_s(start_s: float, end_s: float, pauses: Sequence[Interval]) -> float:
    return sum(max(0.0, min(p.end_s, end_s) - max(p.start_s, start_s)) for p in pauses)


def _activity(recording: Recording, zero: int) -> Iterator[bytes]:
    whole = recording.duration_s
    yield message(
        ACTIVITY,
        (TIMESTAMP, U32, zero + round(whole)),
        (0, U32, scaled(whole - _paused_s(0.0, whole, recording.pauses), 1000)),
        (1, U16, len(recording.sections)),
        (2, ENUM, 0),
        (3, ENUM, _ACTIVITY_EVENT),
        (4, ENUM, _STOP),
    )
