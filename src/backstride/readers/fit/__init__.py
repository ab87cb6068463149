"""FIT: what watches write, after the Flexible and Interoperable Data Transfer (FIT) Protocol.

Every message stays reachable in ``Recording.raw`` by its name (``record``, ``unknown_233``), its
fields as the device stored them; raw ``record`` has the rows of the track ``record``. What the
vocabulary has no word for is a column ``fit:<field>`` of that track in the profile's unit; what an
app on the device wrote is ``developer:<name> [<units>]``.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from backstride.errors import AthleteError, DamagedFileError, ReadError, UnknownFormatError
from backstride.readers import limits
from backstride.readers.fit import beats as fit_beats
from backstride.readers.fit import frame as fit_frame
from backstride.readers.fit import profile as fit_profile
from backstride.readers.fit import wire as fit_wire
from backstride.readers.fit.clock import Clock, clock_of
from backstride.readers.fit.frame import Check
from backstride.readers.fit.records import record_track, without_implausible
from backstride.readers.fit.tables import RECORD, Kind, Messages, RawTables
from backstride.readers.fit.wire import Part, Wire
from backstride.readers.samples import one_line
from backstride.recording import (
    Athlete,
    Device,
    Floats,
    Given,
    Interval,
    Lap,
    Notice,
    Recording,
    Section,
    Sex,
    Source,
    Track,
    WorkoutStep,
)
from backstride.vocabulary import JOULES_PER_KILOCALORIE, Sport

_FILE_ID, _USER_PROFILE, _ZONES_TARGET, _SPORT = 0, 3, 7, 12
_SESSION, _LAP, _EVENT, _DEVICE_INFO = 18, 19, 21, 23
_WORKOUT, _WORKOUT_STEP, _FILE_CREATOR = 26, 27, 49
_START_TIME = 2
_TIMER = 0
_ACTIVITY_FILE, _WORKOUT_FILE = 4, 5
_STEP_MASK = 0x0FFF
_Stretch = TypeVar("_Stretch", Lap, Section)
_HINT = "give the activity, which watches keep in their folder Activity"


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is FIT."""
    return fit_frame.begins(head)


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """One recording per activity of the file, or the workout that it holds.

    Files that follow one another in one (chained) and hold no records of their own, such as what a
    heart-rate strap sent late, belong to the recording before them.

    Raises
    ------
    DamagedFileError
        Nothing in it is sound.
    UnknownFormatError
        It is another kind of FIT file than an activity or a workout.
    RefusedFileError
        More than the limits allow.
    """
    if len(data) > limits.MAX_FILE_BYTES:
        raise limits.refuse(source.path, None, f"is larger than {limits.MAX_FILE_BYTES:,} bytes")
    wire = fit_wire.scan(data, source.path)
    kinds = [_kind_of(Messages(data, part.groups)) for part in wire.parts]
    recordings = []
    for first, stop in _chains(kinds):
        messages = Messages(data, (g for part in wire.parts[first:stop] for g in part.groups))
        messages.check_size(source.path)
        notices = _losses(wire.parts[first:stop])
        if kinds[first] == _WORKOUT_FILE:
            recordings.append(_workout(messages, source, notices))
        else:
            recordings.append(_recording(messages, wire.parts[first:stop], source, notices))
    if not recordings:
        raise _nothing(wire, kinds, source.path)
    aside = _aside(wire, kinds)
    return (replace(recordings[0], notices=(*recordings[0].notices, *aside)), *recordings[1:])


#: Kinds of parts beside the numbers that `file_id` gives.
_NOTHING, _ADDENDUM = -1, -2


def _kind_of(messages: Messages) -> int:
    """What a part of a chain is: a type of `file_id`, or nothing, or an addendum to another."""
    if not any(True for _ in messages):
        return _NOTHING
    types = messages.kind(_FILE_ID).value(0)
    said = int(types[0]) if len(types) and types[0] == types[0] else _ACTIVITY_FILE
    if said == _WORKOUT_FILE:
        return said if _WORKOUT_STEP in messages else _NOTHING
    if said in fit_profile.FILE_TYPES:
        return said
    own = any(number in messages for number in (RECORD, _SESSION, _LAP))
    if own:
        return _ACTIVITY_FILE
    return _ADDENDUM if any(number in messages for number in fit_beats.KINDS) else _NOTHING


def _chains(kinds: Sequence[int]) -> list[tuple[int, int]]:
    """First and last-but-one part of each recording."""
    chains: list[tuple[int, int]] = []
    for index, kind in enumerate(kinds):
        if kind == _ADDENDUM and chains and chains[-1][1] == index:
            chains[-1] = (chains[-1][0], index + 1)
        elif kind in (_ACTIVITY_FILE, _WORKOUT_FILE, _ADDENDUM):
            chains.append((index, index + 1))
    return chains


def _nothing(wire: Wire, kinds: Sequence[int], path: str) -> ReadError:
    """The error for a file without a recording."""
    other = next((kind for kind in kinds if kind in fit_profile.FILE_TYPES), None)
    if other is not None:
        word = fit_profile.FILE_TYPES[other]
        article = "an" if word[0] in "aeiou" else "a"
        return UnknownFormatError(
            path, None, f"is {article} FIT {word} file, not an activity", _HINT
        )
    damage = next((span for part in wire.parts for span in part.damages), None)
    at = damage.start if damage else None
    return DamagedFileError(
        path, at, "is a FIT file in which no record could be read", "copy it from the watch again"
    )


def _losses(parts: Sequence[Part]) -> tuple[Notice, ...]:
    """What of a recording could not be read, and what its checksum says."""
    notices = []
    damages = [span for part in parts for span in part.damages]
    if damages:
        lost = sum(span.stop - span.start for span in damages)
        places = ", ".join(f"{span.start:,}" for span in damages[:3])
        more = ", …" if len(damages) > 3 else ""
        notices.append(
            Notice("damaged", f"{lost:,} bytes could not be read, at byte {places}{more}")
        )
    for part in parts:
        if part.missing:
            reason = f"the file ends {part.missing:,} bytes early, at byte {part.span.stop:,}"
            notices.append(Notice("truncated", reason))
        elif part.check is Check.WRONG:
            reason = f"its checksum is wrong, at byte {part.span.stop - 2:,}; check the values"
            notices.append(Notice("checksum", reason))
        elif part.check is Check.ABSENT:
            notices.append(Notice("checksum", "it has no sound checksum; check the values"))
    return tuple(notices)


def _aside(wire: Wire, kinds: Sequence[int]) -> list[Notice]:
    """What of the file belongs to no recording."""
    notices = [
        Notice(
            "damaged",
            f"{span.stop - span.start:,} bytes from byte {span.start:,} on are not FIT",
        )
        for span in wire.strange
    ]
    for part, kind in zip(wire.parts, kinds, strict=True):
        if kind != _WORKOUT_FILE and (kind == _NOTHING or kind in fit_profile.FILE_TYPES):
            word = fit_profile.FILE_TYPES.get(kind, "part without records")
            notices.append(
                Notice("part_left_out", f"the {word} from byte {part.span.start:,} on was left out")
            )
    return notices


def _recording(
    messages: Messages, parts: Sequence[Part], source: Source, losses: Sequence[Notice]
) -> Recording:
    damages = [span for part in parts for span in part.damages]
    messages, implausible = without_implausible(messages, damages)
    sessions, laps = messages.kind(_SESSION), messages.kind(_LAP)
    records = messages.kind(RECORD)
    starts = [*sessions.value(_START_TIME).tolist(), *laps.value(_START_TIME).tolist()]
    if not len(records):
        starts += messages.kind(_EVENT).times().tolist()
    clock = clock_of(records.times(), starts)
    sections = _sections(messages, clock)
    record, left_out = record_track(records, clock, sections)
    tracks: list[Track] = [record] if len(record) else []
    tracks += fit_beats.tracks(messages, clock)
    steps = _workout_steps(messages)
    return Recording(
        start_utc=clock.start_utc,
        tracks=tuple(tracks),
        laps=_laps(laps, clock, steps),
        sections=sections,
        device=_device(messages),
        source=source,
        pauses=_pauses(messages.kind(_EVENT), clock),
        workout_name=_first_text(messages.kind(_WORKOUT), 8),
        workout_steps=steps,
        athlete=_athlete(messages),
        notices=(*losses, *implausible, *clock.notices, *left_out, *_strange(steps)),
        raw=RawTables(messages),
    )


def _stretches(kind: Kind, clock: Clock) -> list[tuple[int, float, float]]:
    """Row, start and end of each lap or session whose time is known, in order of time."""
    ends = clock.seconds(kind.times())
    elapsed = kind.value(7)
    starts = clock.seconds(kind.value(_START_TIME))
    starts = np.where(np.isnan(starts), np.maximum(ends - np.nan_to_num(elapsed), 0), starts)
    timed = starts + np.where(elapsed <= limits.MAX_SPAN_S, elapsed, np.nan)
    ends = np.where(np.isnan(timed), ends, timed)
    ends = np.maximum(np.where(np.isnan(ends), starts, ends), starts)
    rows = np.flatnonzero(np.isfinite(starts))
    rows = rows[np.argsort(starts[rows], kind="stable")]
    starts, ends = np.round(starts, 6), np.round(ends, 6)
    return [(int(row), float(starts[row]), float(ends[row])) for row in rows]


def _sections(messages: Messages, clock: Clock) -> tuple[Section, ...]:
    """A section per session; a file without one has one sport from beginning to end."""
    sessions = messages.kind(_SESSION)
    sports, sub_sports = sessions.value(5), sessions.value(6)
    distances, calories = sessions.value(9), sessions.value(11)
    sections = [
        Section(
            start,
            end,
            device_sport=_device_sport(sports[row], sub_sports[row]),
            sport=_sport(sports[row]),
            indoors=fit_profile.is_indoors(_whole(sub_sports[row])),
            distance_m=_known(distances[row]),
            energy_j=_energy_j(calories[row]),
        )
        for row, start, end in _stretches(sessions, clock)
    ]
    return _side_by_side(sections) or (_only_section(messages, clock),)


def _only_section(messages: Messages, clock: Clock) -> Section:
    """All of the recording, with the sport that other messages than a session say."""
    end = float(clock.t_s[-1]) if len(clock.t_s) else 0.0
    end = max([end, *(stop for _, _, stop in _stretches(messages.kind(_LAP), clock))])
    for number, sport, sub_sport in ((_SPORT, 0, 1), (_LAP, 25, 39), (_WORKOUT, 4, 11)):
        kind = messages.kind(number)
        said, more = kind.value(sport), kind.value(sub_sport)
        if len(kind) and said[0] == said[0]:
            name = _device_sport(said[0], more[0])
            indoors = fit_profile.is_indoors(_whole(more[0]))
            return Section(0.0, end, _sport(said[0]), name, indoors)
    return Section(0.0, end, Sport.UNKNOWN)


def _laps(laps: Kind, clock: Clock, steps: Sequence[WorkoutStep]) -> tuple[Lap, ...]:
    """Laps in order, named by all that says what they were."""
    by_index = {step.index: step for step in steps}
    step_indices = laps.value(71)
    texts = [laps.texts(key) for key in laps.keys if laps.is_text(key)]
    columns = [laps.value(number) for number in (23, 24, 9, 11)]
    made = []
    for row, start, end in _stretches(laps, clock):
        intensity, trigger, distance, calories = (column[row] for column in columns)
        step = by_index.get(_step_index(step_indices[row]))
        names = [one_line(column[row]) for column in texts]
        names += [step.name, step.notes] if step else []
        made.append(
            Lap(
                start,
                end,
                name=" – ".join(dict.fromkeys(filter(None, names))),
                intensity=fit_profile.word(fit_profile.INTENSITIES, _whole(intensity)),
                trigger=fit_profile.word(fit_profile.LAP_TRIGGERS, _whole(trigger)),
                distance_m=_known(distance),
                energy_j=_energy_j(calories),
                step_index=step.index if step else None,
            )
        )
    return _side_by_side(made)


def _side_by_side(stretches: Sequence[_Stretch]) -> tuple[_Stretch, ...]:
    """Stretches in order, each ending where the next begins at the latest."""
    return tuple(
        replace(one, end_s=min(one.end_s, following.start_s))
        for one, following in pairwise(stretches)
    ) + tuple(stretches[-1:])


def _pauses(events: Kind, clock: Clock) -> tuple[Interval, ...]:
    """From where the timer was stopped to where it was started again."""
    times = clock.seconds(events.times())
    timer = np.flatnonzero((events.value(0) == _TIMER) & np.isfinite(times))
    timer = timer[np.argsort(times[timer], kind="stable")]
    pauses = []
    stopped = None
    for time, kind in zip(times[timer].tolist(), events.value(1)[timer].tolist(), strict=True):
        if kind in fit_profile.TIMER_STOPS:
            stopped = time if stopped is None else stopped
        elif kind == fit_profile.TIMER_START and stopped is not None:
            if time > stopped:
                pauses.append(Interval(stopped, time))
            stopped = None
    return tuple(pauses)


def _workout(messages: Messages, source: Source, notices: Sequence[Notice]) -> Recording:
    """A planned workout: steps, and nothing recorded."""
    steps = _workout_steps(messages)
    return Recording(
        start_utc=None,
        tracks=(),
        laps=(),
        sections=(),
        device=_device(messages),
        source=source,
        workout_name=_first_text(messages.kind(_WORKOUT), 8),
        workout_steps=steps,
        notices=(*notices, *_strange(steps)),
        raw=RawTables(messages),
    )


def _workout_steps(messages: Messages) -> tuple[WorkoutStep, ...]:
    """Steps in order. Where a target is a range, its ends are kept and its value is the middle."""
    kind = messages.kind(_WORKOUT_STEP)
    names, notes = kind.text(0), kind.text(8)
    indices = kind.value(254)
    columns = [kind.value(number) for number in (1, 2, 3, 4, 5, 6, 7)]
    steps = []
    for row in range(len(kind)):
        duration, amount, target, value, low, high, intensity = (column[row] for column in columns)
        index = _step_index(indices[row])
        duration_kind = fit_profile.duration_kind(int(duration)) if duration == duration else ""
        repeats = duration_kind.startswith("repeat_until")
        target_kind = fit_profile.target_kind(int(target)) if target == target else ""
        ranged = not repeats and target_kind != "open" and not value > 0
        low, high = (end / (1000 if target_kind == "speed" else 1) for end in (low, high))
        if ranged:
            value = (low + high) / 2
        steps.append(
            WorkoutStep(
                index=row if index < 0 else index,
                name=names[row],
                notes=notes[row],
                intensity=fit_profile.word(fit_profile.INTENSITIES, _whole(intensity)),
                duration_kind=duration_kind,
                duration_value=_known(amount / _DURATION_STEPS.get(duration_kind, 1)),
                target_kind="repeats" if repeats else target_kind,
                target_value=_known(value) if target_kind != "open" or repeats else None,
                target_low=_known(low) if ranged else None,
                target_high=_known(high) if ranged else None,
            )
        )
    return tuple(sorted(steps, key=lambda step: step.index))


#: Steps of the format in a second or a metre; other kinds are as the device stores them.
_DURATION_STEPS = {
    "time": 1000,
    "time_only": 1000,
    "repetition_time": 1000,
    "repeat_until_time": 1000,
    "distance": 100,
    "repeat_until_distance": 100,
}


def _strange(steps: Sequence[WorkoutStep]) -> list[Notice]:
    """What of a workout's steps is not known, or cannot be carried out as it stands."""
    notices = []
    for step in steps:
        unknown = [
            word
            for word in (step.duration_kind, step.target_kind)
            if word.partition(" ")[0] in ("duration", "target")
        ]
        if unknown:
            words = " and ".join(unknown)
            notices.append(f"step {step.index} of the workout has a {words} that is not known")
        if step.duration_kind == "repeat_until_steps_cmplt" and not any(
            step.duration_value == other.index < step.index for other in steps
        ):
            notices.append(f"step {step.index} of the workout repeats no step before it")
    return [Notice("workout_step", message) for message in notices]


def _device(messages: Messages) -> Device:
    """Who made what recorded it: what `file_id` says, and the device's own message."""
    ids, infos = messages.kind(_FILE_ID), messages.kind(_DEVICE_INFO)
    own = [row for row, index in enumerate(infos.value(0)) if index == 0]
    maker, number = _first(ids.value(1)), _first(ids.value(2))
    names = [*ids.text(8), *(infos.text(27)[row] for row in own)]
    named = next(filter(None, names), "")
    if not named and number is not None:
        named = fit_profile.product(int(maker or 0), int(number))
    version = _first(infos.value(5)[own])
    if version is None:
        stored = _first(messages.kind(_FILE_CREATOR).value(0))
        version = None if stored is None else stored / 100
    return Device(
        manufacturer="" if maker is None else fit_profile.manufacturer(int(maker)),
        product=named,
        software="" if version is None else f"{version:.2f}",
    )


def _athlete(messages: Messages) -> Athlete:
    """What the device was told of the person; what cannot be is left out."""
    profile = messages.kind(_USER_PROFILE)
    gender = _first(profile.value(1))
    top = _first(profile.value(9)) or _first(profile.value(11))
    facts: dict[str, Any] = {
        "mass_kg": _first(profile.value(4)),
        "height_m": _first(profile.value(3)),
        "sex": {0.0: Sex.FEMALE, 1.0: Sex.MALE}.get(gender) if gender is not None else None,
        "max_heart_rate_bpm": _first(messages.kind(_ZONES_TARGET).value(1)) or top,
        "resting_heart_rate_bpm": _first(profile.value(8)),
    }
    known = Athlete()
    for name, fact in facts.items():
        if fact is None:
            continue
        with suppress(AthleteError):
            # a device's default, such as a resting heart rate of 0, is no fact
            said = replace(Athlete(), **{name: fact, "origins": {name: Given.RECORDING}})
            known = known.filled_from(said)
    return known


def _first(values: Floats) -> float | None:
    """The first value that is not missing."""
    known = values[np.isfinite(values)]
    return float(known[0]) if len(known) else None


def _first_text(kind: Kind, number: int) -> str:
    return next(filter(None, kind.text(number)), "")


def _known(value: float) -> float | None:
    return float(value) if value >= 0 else None


def _whole(value: float) -> int | None:
    return int(value) if value == value else None


def _step_index(value: float) -> int:
    """An index without its flags; -1 for none."""
    return int(value) & _STEP_MASK if value == value else -1


def _energy_j(kilocalories: float) -> float | None:
    return float(kilocalories) * JOULES_PER_KILOCALORIE if kilocalories >= 0 else None


def _sport(value: float) -> Sport:
    return fit_profile.sport(int(value)) if value == value else Sport.UNKNOWN


def _device_sport(sport: float, sub_sport: float) -> str:
    return fit_profile.device_sport(int(sport), _whole(sub_sport)) if sport == sport else ""
