"""Sessions as steps for a watch, named so that the activity comes back labelled.

A watch keeps the workout with the activity, and each lap says which step it was. So a step that
goes somewhere has its direction in its name, in a word that `motion.labels` understands; and what
stands in its notes, which come back as well, never spoils that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstride.coaching.sessions import Aim, Repeat, Session, Step, Target
from backstride.coaching.volume import Speeds, seconds_of, speed_of
from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.labels import direction_named
from backstride.recording import WorkoutStep
from backstride.vocabulary import Direction

#: Words for a direction, longest first, that the labels understand.
_WORDS = {
    Direction.FORWARD: ("FORWARD", "FWD"),
    Direction.BACKWARD: ("BACKWARD", "BWD"),
}
#: What parts a lap's name from its notes when a FIT file is read.
_BETWEEN = " – "


@dataclass(frozen=True)
class WatchLimits:
    """What a watch takes.

    Attributes
    ----------
    name_bytes, notes_bytes
        UTF-8 without the zero at the end.
    steps
        Repeats counted as a step each, as the format does.
    repeats
        Whether it can repeat steps; if not, they are written out.

    Raises
    ------
    RequestError
        Its names are too short for a direction, or it takes no step.
    """

    name_bytes: int = int(constant("coaching.watch_name_bytes"))
    notes_bytes: int = int(constant("coaching.watch_notes_bytes"))
    steps: int = int(constant("coaching.watch_steps"))
    repeats: bool = True

    def __post_init__(self) -> None:
        shortest = min(len(word) for words in _WORDS.values() for word in words)
        if self.name_bytes < shortest or self.notes_bytes < 0 or self.steps < 1:
            raise RequestError(
                f"a watch with names of {self.name_bytes} bytes, notes of {self.notes_bytes} and "
                f"{self.steps} steps cannot hold a session",
                hint=f"give names at least {shortest} bytes and one step",
            )


def steps_for_watch(session: Session, limits: WatchLimits | None = None) -> tuple[WorkoutStep, ...]:
    """The steps of a session in the form that a workout file holds, in order.

    A repeat follows the steps that it repeats, and says which is the first and how often in all. A
    target that is a speed becomes one, backward by what it costs; effort and heart rate, which no
    watch can hold for everybody, are said in the notes before the cue.

    Raises
    ------
    RequestError
        The session has more steps than the watch takes.
    """
    known = limits or WatchLimits()
    steps = tuple(replace(step, index=index) for index, step in enumerate(_steps(session, known)))
    if len(steps) > known.steps:
        raise RequestError(
            f"session {session.key} has {len(steps)} steps; the watch takes {known.steps}",
            hint="choose a smaller volume of it, or a watch that can repeat steps",
        )
    return steps


def seconds_by_index(session: Session, speeds: Speeds | None = None) -> dict[int, float]:
    """How long each step of `steps_for_watch` takes, for easy speeds or for assumed ones."""
    known = speeds or Speeds.assumed()
    found: dict[int, float] = {}
    at = 0
    for part in session.parts:
        steps = (part,) if isinstance(part, Step) else part.steps
        found |= {at + place: seconds_of(step, known) for place, step in enumerate(steps)}
        at += len(steps) + (isinstance(part, Repeat) and part.times > 1)
    return found


def _steps(session: Session, limits: WatchLimits) -> Iterator[WorkoutStep]:
    done = 0
    for part in session.parts:
        if isinstance(part, Step):
            yield _step(part, limits)
            done += 1
        elif not limits.repeats or part.times == 1:
            for step in part.steps * part.times:
                yield _step(step, limits)
            done += part.times * len(part.steps)
        else:
            yield from (_step(step, limits) for step in part.steps)
            yield _repeat(part, done)
            done += len(part.steps) + 1


def _repeat(part: Repeat, first: int) -> WorkoutStep:
    return WorkoutStep(
        index=0,
        name="",
        duration_kind="repeat_until_steps_cmplt",
        duration_value=float(first),
        target_kind="repeats",
        target_value=float(part.times),
    )


def _step(step: Step, limits: WatchLimits) -> WorkoutStep:
    name = watch_name(step, limits.name_bytes)
    speeds = _speed_range(step)
    low, high = speeds or (None, None)
    return WorkoutStep(
        index=0,
        name=name,
        notes=_notes(step, name, limits.notes_bytes),
        intensity=step.intensity.value,
        duration_kind="distance" if step.duration_s is None else "time",
        duration_value=step.distance_m if step.duration_s is None else step.duration_s,
        target_kind="speed" if speeds else "open",
        target_value=sum(speeds) / 2 if speeds else None,
        target_low=low,
        target_high=high,
    )


def watch_name(step: Step, limit_bytes: int) -> str:
    """A name within the limit that names exactly the direction of the step, and none on the spot.

    The step's own name follows the direction as far as it fits. Where the two together would name
    another direction or none, the gait stands in its place.
    """
    wanted = _label(step)
    if wanted is None:
        names = (step.name, step.intensity.value, "")
        return next(name for name in _cut(names, limit_bytes) if direction_named(name) is None)
    words = _WORDS[wanted]
    told = [f"{word} {step.name}" for word in words]
    fits = [name for name in told if len(name.encode()) <= limit_bytes]
    shorter = [told[-1], *(f"{word} {step.gait.value}" for word in words), *words]
    return next(
        name for name in [*fits, *_cut(shorter, limit_bytes)] if direction_named(name) is wanted
    )


def _label(step: Step) -> Direction | None:
    """The direction that a lap of the step is to be labelled with."""
    return step.direction if step.direction in _WORDS else None


def _cut(names: list[str] | tuple[str, ...], limit_bytes: int) -> Iterator[str]:
    """Names that fit, cut at a word, else within one."""
    for name in names:
        plain = " ".join(name.split())
        cut = plain.encode()[:limit_bytes].decode(errors="ignore")
        if cut != plain and " " in cut and plain[len(cut)] != " ":
            cut = cut[: cut.rindex(" ")]
        yield cut.rstrip()


def _notes(step: Step, name: str, limit_bytes: int) -> str:
    """Effort or heart rate, and the cue, as far as they fit and leave the label what it is."""
    aim = _told(step.target)
    whole = " ".join(part for part in (aim, step.cue) if part)
    return next(
        notes
        for notes in _cut((whole, aim, ""), limit_bytes)
        if direction_named(f"{name}{_BETWEEN}{notes}") is _label(step)
    )


def _told(target: Target) -> str:
    """A target in words, where a workout file has no place for it."""
    if target.low is None or target.high is None:
        return ""
    if target.aim is Aim.EFFORT:
        low, high = f"{target.low:g}", f"{target.high:g}"
        return f"Effort {low if low == high else f'{low}-{high}'} of 10."
    if target.aim is Aim.HEART_RATE:
        return f"{target.low:.0%} to {target.high:.0%} of heart rate reserve."
    return ""


def _speed_range(step: Step) -> tuple[float, float] | None:
    """The speeds that a step aims at, over the ground, or None where its target is no speed."""
    target = step.target
    if (
        target.aim not in (Aim.SPEED, Aim.FORWARD_SPEED)
        or target.low is None
        or target.high is None
    ):
        return None
    ends = [replace(step, target=Target(target.aim, end, end)) for end in (target.low, target.high)]
    low, high = (round(speed_of(one, Speeds.assumed()), 3) for one in ends)
    return (low, high) if low > 0 else None
