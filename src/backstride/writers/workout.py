"""A planned workout as a FIT workout file, which watches take.

Laid out as the workout files of watches are: one definition for all steps, texts padded with zeros,
a repeat as a step of its own after those that it repeats.
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isfinite

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.recording import WorkoutStep
from backstride.vocabulary import Sport
from backstride.writers.fit_messages import (
    DEVELOPMENT,
    ENUM,
    FILE_ID,
    INDEX,
    SERIAL,
    SPORTS,
    STEP,
    U16,
    U32,
    WORKOUT,
    Field,
    file_of,
    fit_intensity,
    fit_time,
    message,
)
from backstride.writers.fit_messages import messages as messages_of

_WORKOUT_FILE = 5

#: What ends a step, in the order of the profile's numbers; one stands apart.
_DURATIONS = (
    "time", "distance", "hr_less_than", "hr_greater_than", "calories", "open",
    "repeat_until_steps_cmplt", "repeat_until_time", "repeat_until_distance",
    "repeat_until_calories", "repeat_until_hr_less_than", "repeat_until_hr_greater_than",
    "repeat_until_power_less_than", "repeat_until_power_greater_than", "power_less_than",
    "power_greater_than", "training_peaks_tss", "repeat_until_power_last_lap_less_than",
    "repeat_until_max_power_last_lap_less_than", "power_3s_less_than", "power_10s_less_than",
    "power_30s_less_than", "power_3s_greater_than", "power_10s_greater_than",
    "power_30s_greater_than", "power_lap_less_than", "power_lap_greater_than",
    "repeat_until_training_peaks_tss", "repetition_time", "reps",
)  # fmt: skip
DURATIONS = {word: number for number, word in enumerate(_DURATIONS)} | {"time_only": 31}
#: What a step aims at, in the same order.
_TARGETS = (
    "speed", "heart_rate", "open", "cadence", "power", "grade", "resistance", "power_3s",
    "power_10s", "power_30s", "power_lap", "swim_stroke", "speed_lap", "heart_rate_lap",
)  # fmt: skip
TARGETS = {word: number for number, word in enumerate(_TARGETS)}
#: Steps of the format in a second or a metre.
_DURATION_STEPS = {
    "time": 1000,
    "time_only": 1000,
    "repetition_time": 1000,
    "repeat_until_time": 1000,
    "distance": 100,
    "repeat_until_distance": 100,
}
_SPEED_STEPS = 1000
_REPEATS = "repeat_until_steps_cmplt"
#: The largest number that the format holds; one more means none.
_MOST = 0xFFFFFFFE


def write(
    name: str,
    steps: Sequence[WorkoutStep],
    sport: Sport = Sport.RUNNING,
    *,
    created_utc: datetime | None = None,
    title_bytes: int = int(constant("coaching.watch_title_bytes")),
    name_bytes: int = int(constant("coaching.watch_name_bytes")),
    notes_bytes: int = int(constant("coaching.watch_notes_bytes")),
    most_steps: int = int(constant("coaching.watch_steps")),
) -> bytes:
    """The workout as a FIT workout file.

    Times are rounded to milliseconds, distances to centimetres, speeds to millimetres a second. A
    target that is a range is stored as its ends; one without ends is a zone of the watch. The
    same workout has the same serial number, made from its content, for devices tell files apart by
    it and by their date.

    Parameters
    ----------
    name
        Its title; cut at a word where it is longer than the device shows.
    created_utc
        The date in the file; none where it is not told.
    title_bytes, name_bytes, notes_bytes
        What the device keeps of the title, and of a step's name and notes: UTF-8 without the zero
        at the end.
    most_steps
        How many steps it takes, repeats counted.

    Raises
    ------
    RequestError
        There are no steps or too many; they are not numbered from 0 on; a name or notes are longer
        than the device keeps, which could hide a direction; a repeat does not go back to a step
        before it; or a word or a number has no place in the format.
    """
    _checked(steps, name_bytes, notes_bytes, most_steps)
    title = _cut(" ".join(name.split()), title_bytes)
    content = b"".join(messages(title, steps, sport))
    return file_of(
        (
            message(
                FILE_ID,
                (0, ENUM, _WORKOUT_FILE),
                (1, U16, DEVELOPMENT),
                (2, U16, 0),
                (3, SERIAL, zlib.crc32(content) or 1),
                (4, U32, None if created_utc is None else fit_time(created_utc)),
            ),
            content,
        )
    )


def messages(name: str, steps: Sequence[WorkoutStep], sport: Sport) -> Iterator[bytes]:
    """The messages that hold a workout, in a workout file or in an activity; none without steps.

    Raises
    ------
    RequestError
        A word or a number of a step has no place in the format.
    """
    if not steps:
        return
    yield message(WORKOUT, (4, ENUM, SPORTS[sport]), (6, U16, len(steps)), (8, None, name))
    yield messages_of(STEP, [_fields(step) for step in steps])


def _fields(step: WorkoutStep) -> tuple[Field, ...]:
    repeats = step.duration_kind.startswith("repeat_until")
    target = "open" if repeats else step.target_kind
    speed = _SPEED_STEPS if target == "speed" else 1
    ranged = step.target_low is not None or step.target_high is not None
    value = 0.0 if ranged else step.target_value
    return (
        (INDEX, U16, step.index),
        (0, None, step.name),
        (1, ENUM, _number(step, step.duration_kind, DURATIONS, "duration")),
        (2, U32, _stored(step, step.duration_value, _DURATION_STEPS.get(step.duration_kind, 1))),
        (3, ENUM, _number(step, target, TARGETS, "target")),
        (4, U32, _stored(step, value, 1)),
        (5, U32, _stored(step, step.target_low, speed)),
        (6, U32, _stored(step, step.target_high, speed)),
        (7, ENUM, fit_intensity(step.intensity)),
        (8, None, step.notes),
    )


def _number(step: WorkoutStep, word: str, known: dict[str, int], what: str) -> int | None:
    """The profile's number of a word; of one that a reader did not know, the one that it tells."""
    told = word.removeprefix(f"{what} ")
    if word in known or not word:
        return known.get(word)
    if told != word and told.isdecimal() and int(told) < ENUM.missing:
        return int(told)
    raise RequestError(
        f"{_shown(step)}: a workout file has no {what} '{word}'",
        hint="use one of: " + ", ".join(known),
    )


def _stored(step: WorkoutStep, value: float | None, steps_per_unit: int) -> int | None:
    """A number in steps of the format, which are whole where they have no unit."""
    if value is None:
        return None
    amount = value * steps_per_unit if isfinite(value) else -1.0
    if not 0 <= amount <= _MOST or (steps_per_unit == 1 and amount != round(amount)):
        raise RequestError(
            f"{_shown(step)}: a workout file has no place for {value:g}",
            hint="give whole numbers, or seconds, metres and m/s, from 0 on",
        )
    return round(amount)


def _checked(
    steps: Sequence[WorkoutStep], name_bytes: int, notes_bytes: int, most_steps: int
) -> None:
    if not 0 < len(steps) <= most_steps:
        raise RequestError(
            f"a workout of {len(steps)} steps; the watch takes 1 to {most_steps}",
            hint="repeat steps instead of writing them out, or shorten the workout",
        )
    if [step.index for step in steps] != list(range(len(steps))):
        raise RequestError(
            "the steps of the workout are not numbered 0, 1, 2, ...", hint="number them in order"
        )
    for step in steps:
        for what, text, limit in (
            ("name", step.name, name_bytes),
            ("notes", step.notes, notes_bytes),
        ):
            if len(text.encode(errors="replace")) > limit:
                raise RequestError(
                    f"{_shown(step)}: the watch keeps {limit} bytes of its {what}",
                    hint="shorten it, its direction first",
                )
        first = step.duration_value
        if step.duration_kind == _REPEATS and not (
            first is not None and 0 <= first < step.index and (step.target_value or 0) >= 1
        ):
            raise RequestError(
                f"{_shown(step)} repeats from step {'?' if first is None else f'{first:g}'}",
                hint="a repeat names a step before it, and how often at least once",
            )


def _shown(step: WorkoutStep) -> str:
    return f"step {step.index}" + (f" '{step.name}'" if step.name else "")


def _cut(text: str, limit: int) -> str:
    """The text as far as it fits, cut at a word where there is one."""
    kept = text.encode(errors="replace")[:limit].decode(errors="ignore")
    if kept != text and " " in kept and text[len(kept)] != " ":
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip()
