"""A planned workout as ZWO text, which indoor training programs take for runs on a treadmill.

After the list of elements and attributes of Zwift's own workouts that others made (h4l,
zwift-workout-file-reference). The format knows seconds and shares of a runner's pace; it knows no
direction, no effort and no distance beside a time. What is lost so is said in the file's
description, and each step tells its name and notes as messages.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from xml.sax.saxutils import escape, quoteattr

from backstride.errors import RequestError
from backstride.recording import WorkoutStep, carried_out
from backstride.vocabulary import clock, distance

#: Seconds into a step at which its notes follow its name.
_NOTES_AFTER_S = 6


class Pace(IntEnum):
    """Which of the runner's own paces a share is of, by the format's number."""

    MILE = 0
    FIVE_KM = 1
    TEN_KM = 2
    HALF_MARATHON = 3
    MARATHON = 4


def write(
    name: str,
    steps: Sequence[WorkoutStep],
    *,
    seconds: Mapping[int, float] | None = None,
    reference_mps: float | None = None,
    pace: Pace = Pace.FIVE_KM,
) -> str:
    """The workout as ZWO text, repeats written out.

    Parameters
    ----------
    seconds
        Index of a step -> how long it takes, for steps that are no time; a distance with a target
        of speed needs none.
    reference_mps
        The runner's speed forward at `pace`, which speeds are told as shares of; without it, steps
        are free runs.

    Raises
    ------
    RequestError
        There are no steps, a step is no time and nobody tells how long it takes, or the reference
        is not above zero.
    """
    if reference_mps is not None and not reference_mps > 0:
        raise RequestError(
            f"a pace of {reference_mps:g} m/s", hint="give the runner's speed above zero, or none"
        )
    done = carried_out(steps)
    if not done:
        raise RequestError("a workout without steps", hint="give at least one")
    known = {step.index: _seconds(step, seconds or {}) for step in done}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<workout_file>",
        "  <author>Backstride</author>",
        f"  <name>{escape(_plain(name))}</name>",
        f"  <description>{escape(_description(done, known, reference_mps))}</description>",
        "  <sportType>run</sportType>",
        "  <durationType>time</durationType>",
        "  <tags/>",
        "  <workout>",
        *(line for step in done for line in _element(step, known[step.index], reference_mps, pace)),
        "  </workout>",
        "</workout_file>",
    ]
    return "\n".join(lines) + "\n"


def _seconds(step: WorkoutStep, told: Mapping[int, float]) -> int:
    speed = step.target_value if step.target_kind == "speed" and _ranged(step) else None
    amount = told.get(step.index)
    if amount is None and step.duration_kind == "time":
        amount = step.duration_value
    if amount is None and step.duration_kind == "distance" and speed and step.duration_value:
        amount = step.duration_value / speed
    if amount is None or not amount > 0:
        raise RequestError(
            f"step {step.index} '{step.name}' is no time, and the format needs one",
            hint="tell how many seconds it takes",
        )
    return max(1, round(amount))


def _ranged(step: WorkoutStep) -> bool:
    """Whether the target is a range; else it is a zone of a watch, which is no speed."""
    return step.target_low is not None and step.target_high is not None


def _element(
    step: WorkoutStep, duration_s: int, reference_mps: float | None, pace: Pace
) -> Iterator[str]:
    """A step as an element of the format, with its messages."""
    if reference_mps is not None and step.target_kind == "speed" and _ranged(step):
        share = (step.target_value or 0.0) / reference_mps
        kind = "SteadyState"
        head = f'<SteadyState Duration="{duration_s}" Power="{share:.3f}" pace="{pace:d}">'
    else:
        kind = "FreeRide"
        head = f'<FreeRide Duration="{duration_s}" FlatRoad="1">'
    yield f"    {head}"
    later = min(_NOTES_AFTER_S, duration_s // 2)
    for offset, text in ((0, _plain(step.name)), (later, _plain(step.notes))):
        if text:
            yield f'      <textevent timeoffset="{offset}" message={quoteattr(text)}/>'
    yield f"    </{kind}>"


def _description(
    done: Sequence[WorkoutStep], seconds: Mapping[int, int], reference_mps: float | None
) -> str:
    """What the format cannot express of this workout, in sentences."""
    said = ["The format knows no direction: the message of each step says it; turn round by it."]
    metres = dict.fromkeys(
        f"{distance(step.duration_value)} as {clock(seconds[step.index])}"
        for step in done
        if step.duration_kind == "distance" and step.duration_value
    )
    if metres:
        said.append(f"Distances stand as times: {', '.join(metres)}.")
    speeds = [step for step in done if step.target_kind == "speed" and _ranged(step)]
    if speeds and reference_mps is None:
        said.append("Target speeds are left out, for no pace of the runner was told.")
    elif speeds:
        said.append("Target speeds stand as shares of a pace forward, their middle for a range.")
    if any(step.target_kind not in ("", "open", "speed") for step in done):
        said.append("Other targets are left out.")
    if any(step.duration_kind not in ("time", "distance") for step in done):
        said.append("Steps that end by anything else stand as times.")
    return " ".join(said)


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
