"""A planned workout as sentences to be read aloud, one line for each step as it begins."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from backstride.recording import WorkoutStep, carried_out
from backstride.vocabulary import METRES_PER_KILOMETRE, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

#: Words of watches, and as they are said.
_SAID = {"BWD": "Backward", "FWD": "Forward"}


def cues(steps: Sequence[WorkoutStep]) -> str:
    """A line for each step in the order in which they are done, repeats unrolled.

    It says the name, how long or how far, which round of how many, the pace where a range of speed
    is aimed at, and the notes. A voice reads the next line whenever a step begins.

    Raises
    ------
    RequestError
        The repeats make more steps than anybody does.
    """
    done = carried_out(steps)
    rounds = Counter(step.index for step in done)
    begun: Counter[int] = Counter()
    lines = []
    for step in done:
        begun[step.index] += 1
        parts = _parts(step, begun[step.index], rounds[step.index])
        lines.append(" ".join(_sentence(part) for part in parts if part))
    return "".join(f"{line}\n" for line in lines)


def _parts(step: WorkoutStep, this: int, of: int) -> Iterator[str]:
    words = step.name.split()
    yield " ".join([_word(word) for word in words[:1]] + words[1:])
    amount = _amount(step)
    if step.duration_kind != "distance" or f"{step.duration_value:g} m" not in step.name:
        yield amount
    if of > 1:
        yield f"{this} of {of}"
    yield _pace(step)
    yield re.sub(r"(?<=\d)-(?=\d)", " to ", " ".join(step.notes.split()))


def _word(word: str) -> str:
    """A word as it is said; what watches shout is not spelt out by a voice."""
    return _SAID.get(word, word.capitalize() if word.isupper() else word)


def _amount(step: WorkoutStep) -> str:
    value = step.duration_value or 0.0
    if step.duration_kind == "time" and value > 0:
        return _time(value)
    if step.duration_kind == "distance" and value > 0:
        if value < METRES_PER_KILOMETRE:
            return _counted(round(value), "metre")
        kilometres = value / METRES_PER_KILOMETRE
        return (
            "1 kilometre"
            if kilometres == 1
            else f"{kilometres:.2f}".rstrip("0").rstrip(".") + (" kilometres")
        )
    return "Until you press" if step.duration_kind == "open" else ""


def _time(seconds: float) -> str:
    whole = max(1, round(seconds))
    hours, rest = divmod(whole, int(SECONDS_PER_HOUR))
    minutes, left = divmod(rest, int(SECONDS_PER_MINUTE))
    counts = ((hours, "hour"), (minutes, "minute"), (left, "second"))
    return " ".join(_counted(count, word) for count, word in counts if count)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _pace(step: WorkoutStep) -> str:
    low, high = step.target_low, step.target_high
    if step.target_kind != "speed" or not low or not high:
        return ""
    quick, slow = (_time(METRES_PER_KILOMETRE / speed) for speed in (high, low))
    return f"{quick} a kilometre" if quick == slow else f"{quick} to {slow} a kilometre"


def _sentence(part: str) -> str:
    return part if part[-1] in ".!?" else f"{part}."
