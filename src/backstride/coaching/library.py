"""The library of sessions: read from ``library.toml`` and checked.

Every session of it holds the rules that `broken_by` tells, so a plan may take any. Steps that many
sessions share, as a warm-up, stand once under ``shared`` and are named where they are used.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from backstride.coaching.sessions import (
    Aim,
    Intensity,
    Kind,
    Level,
    Need,
    Part,
    Repeat,
    Session,
    Step,
    Target,
)
from backstride.coaching.volume import Dose, Speeds, dose_of, scaled
from backstride.errors import EvidenceError, RequestError
from backstride.evidence import Grade, bibliography, claims, constant
from backstride.vocabulary import Direction, Gait

__all__ = [
    "Dose",
    "Speeds",
    "broken_by",
    "dose_of",
    "level_of_step",
    "library",
    "parse_library",
    "scaled",
    "session",
]

E = TypeVar("E", bound=Enum)

#: The words of a target in the file, and what they aim at.
_AIMS = {
    "speed_mps": Aim.SPEED,
    "forward_speed_mps": Aim.FORWARD_SPEED,
    "heart_rate_reserve_share": Aim.HEART_RATE,
    "effort": Aim.EFFORT,
}
_STEP = {"name", "move", "duration_s", "distance_m", "intensity", "cue", *_AIMS}
_NEEDED = {"title", "purpose", "kind", "level", "surface", "claims", "sources", "grade", "parts"}
_OPTIONAL = {"needs", "hard", "basis", "volume", "move_on"}
#: The source of what the project chose itself.
_OWN = "backstride"


@cache
def library() -> Mapping[str, Session]:
    """Every session by key, in the order in which they are shown.

    Raises
    ------
    EvidenceError
        The file that holds them breaks a rule.
    """
    file = resources.files("backstride.coaching") / "library.toml"
    return parse_library(file.read_text(encoding="utf-8"))


def session(key: str) -> Session:
    """The session of that name.

    Raises
    ------
    RequestError
        There is none; the hint gives the nearest names.
    """
    known = library()
    if key not in known:
        near = get_close_matches(key.casefold(), known, n=3, cutoff=0.5)
        raise RequestError(
            f"no session is called '{key}'",
            hint=f"did you mean {' or '.join(near)}?"
            if near
            else "see them all with: backstride workout list",
        )
    return known[key]


def parse_library(text: str) -> Mapping[str, Session]:
    """TOML text as sessions by key.

    Raises
    ------
    EvidenceError
        The text is not TOML; a field is missing, unknown or of another type; a kind, level, need,
        claim, source or grade does not exist; a step is impossible; or a session breaks a rule.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EvidenceError(f"library of sessions: {error}", hint=_HINT) from error
    shared = {
        name: _steps(f"shared steps {name}", entry)
        for name, entry in table.pop("shared", {}).items()
    }
    found = {key: _session(key, entry, shared) for key, entry in table.items()}
    for one in found.values():
        for rule in broken_by(one):
            raise _wrong(f"session {one.key}", rule)
    return found


_HINT = "see CONTRIBUTING, 'Add a session'"


def _wrong(name: str, what: str) -> EvidenceError:
    return EvidenceError(f"{name}: {what}", hint=_HINT)


def _session(key: str, entry: Any, shared: Mapping[str, tuple[Step, ...]]) -> Session:
    name = f"session {key}"
    table = _table(name, entry, _NEEDED, _NEEDED | _OPTIONAL)
    volume = [float(end) for end in _list(name, table, "volume", (int, float))] or [1.0, 1.0]
    if len(volume) != 2 or not 0 < volume[0] <= 1 <= volume[1]:
        raise _wrong(name, f"volume {volume} is not a least and a most share around 1")
    hard = table.get("hard", False)
    if not isinstance(hard, bool):
        raise _wrong(name, "hard must be true or false")
    words = {
        field: _text(name, table, field)
        for field in ("title", "purpose", "surface", "basis", "move_on")
        if field in table
    }
    made = Session(
        key=key,
        kind=Kind(_member(name, "kind", {one.value: one for one in Kind}, table["kind"])),
        level=_member(name, "level", _by_name(Level), table["level"]),
        parts=tuple(_parts(name, _list(name, table, "parts", (str, dict)), shared)),
        needs=tuple(
            _member(name, "needs", _by_name(Need), one)
            for one in _list(name, table, "needs", (str,))
        ),
        hard=hard,
        claims=tuple(_known(name, table, "claims", claims())),
        sources=tuple(_known(name, table, "sources", bibliography())),
        grade=_member(name, "grade", {one.value: one.value for one in Grade}, table["grade"]),
        volume=(volume[0], volume[1]),
        **words,
    )
    if set(made.sources) != {_OWN} and not made.basis:
        raise _wrong(name, "basis must say what of it is published")
    if set(made.sources) == {_OWN} and made.grade != Grade.D:
        raise _wrong(name, f"grade {made.grade} needs a published source; the project's own is D")
    return made


def _parts(
    name: str, entries: Sequence[Any], shared: Mapping[str, tuple[Step, ...]]
) -> Iterator[Part]:
    for number, entry in enumerate(entries, start=1):
        here = f"{name}, part {number}"
        if isinstance(entry, str):
            yield from _member(here, "shared steps", shared, entry)
        elif "times" in entry:
            table = _table(here, entry, {"times", "steps"}, {"times", "steps"})
            times = table["times"]
            if type(times) is not int or times < 1:
                raise _wrong(here, f"times {times!r} is not a whole number above zero")
            yield Repeat(times, _steps(here, table["steps"]))
        else:
            yield _step(here, entry)


def _steps(name: str, entries: Any) -> tuple[Step, ...]:
    if not isinstance(entries, list) or not entries:
        raise _wrong(name, "steps must be a list with something in it")
    return tuple(
        _step(f"{name}, step {number}", entry) for number, entry in enumerate(entries, start=1)
    )


def _step(name: str, entry: Any) -> Step:
    table = _table(name, entry, {"name", "move", "cue"}, _STEP)
    direction, _, gait = _text(name, table, "move").partition(" ")
    aims = [word for word in _AIMS if word in table]
    if len(aims) > 1:
        raise _wrong(name, f"has two targets: {' and '.join(aims)}")
    try:
        target = Target()
        if aims:
            low, high = (float(end) for end in _list(name, table, aims[0], (int, float)))
            target = Target(_AIMS[aims[0]], low, high)
        return Step(
            name=_text(name, table, "name"),
            direction=_member(name, "move", {one.value: one for one in Direction}, direction),
            gait=_member(name, "move", {one.value: one for one in Gait}, gait or direction),
            duration_s=_number(name, table, "duration_s"),
            distance_m=_number(name, table, "distance_m"),
            intensity=_member(
                name,
                "intensity",
                {one.value: one for one in Intensity},
                table.get("intensity", "active"),
            ),
            target=target,
            cue=_text(name, table, "cue"),
        )
    except RequestError as error:
        raise _wrong(name, error.message) from error
    except ValueError as error:
        raise _wrong(name, f"{aims[0]} must be a lower and a higher end") from error


def _table(name: str, entry: Any, needed: set[str], known: set[str]) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise _wrong(name, "is not a table")
    if missing := sorted(needed - set(entry)):
        raise _wrong(name, f"has no {', '.join(missing)}")
    if unknown := sorted(set(entry) - known):
        raise _wrong(name, f"has an unknown field {', '.join(unknown)}")
    return entry


def _text(name: str, table: Mapping[str, Any], field: str) -> str:
    value = table[field]
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, f"{field} must be words")
    return value


def _number(name: str, table: Mapping[str, Any], field: str) -> float | None:
    value = table.get(field)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _wrong(name, f"{field} must be a number")
    return None if value is None else float(value)


def _list(name: str, table: Mapping[str, Any], field: str, kinds: tuple[type, ...]) -> list[Any]:
    value = table.get(field, [])
    if not isinstance(value, list) or any(
        isinstance(one, bool) or not isinstance(one, kinds) for one in value
    ):
        raise _wrong(
            name, f"{field} must be a list of {' or '.join(one.__name__ for one in kinds)}"
        )
    if field in _NEEDED and not value:
        raise _wrong(name, f"{field} is empty")
    return value


def _known(
    name: str, table: Mapping[str, Any], field: str, known: Mapping[str, object]
) -> Iterator[str]:
    for one in _list(name, table, field, (str,)):
        if one not in known:
            raise _wrong(name, f"{field}: there is no {one}")
        yield one


def _by_name(kind: type[E]) -> Mapping[str, E]:
    return {member.name.lower(): member for member in kind}


T = TypeVar("T")


def _member(name: str, field: str, members: Mapping[str, T], word: Any) -> T:
    if word not in members:
        near = get_close_matches(str(word), members, n=1)
        known = f"did you mean {near[0]}" if near else f"there are {', '.join(members)}"
        raise _wrong(name, f"{field} {word!r} does not exist; {known}")
    return members[word]


def level_of_step(step: Step) -> Level:
    """The least level that a step asks of a runner: only running backward has to be earned."""
    if step.direction is not Direction.BACKWARD or step.gait is not Gait.RUN:
        return Level.WALK
    jog, run = {
        Aim.EFFORT: ("coaching.library_jog_effort", "coaching.library_run_effort"),
        Aim.SPEED: ("coaching.library_jog_speed", "coaching.library_run_speed"),
    }.get(step.target.aim, ("", ""))
    # A pace that is relative to the runner's own forward one, a heart rate or nothing at all says
    # nothing of how fast it becomes.
    if not jog or step.target.high is None:
        return Level.FAST
    if step.target.high > constant(run):
        return Level.FAST
    return Level.RUN if step.target.high > constant(jog) else Level.JOG


def broken_by(one: Session) -> tuple[str, ...]:
    """Every rule that a session breaks, in words; empty where it breaks none.

    It begins with a warm-up and ends with a cool-down; nothing goes backward before enough of the
    warm-up; its level is at least what its steps ask for; it is marked hard where running backward
    in it is hard or long; its time is plausible at assumed speeds; and it has what its kind needs.
    """
    return tuple(_broken(one))


def _broken(one: Session) -> Iterator[str]:
    steps = one.steps
    if not steps or steps[0].intensity is not Intensity.WARMUP:
        yield "does not begin with a warm-up"
    if not steps or steps[-1].intensity is not Intensity.COOLDOWN:
        yield "does not end with a cool-down"
    order = [_ORDER[step.intensity] for step in steps]
    if order != sorted(order):
        yield "warms up or cools down in its middle"
    if not any(step.intensity is Intensity.ACTIVE for step in steps):
        yield "has nothing between warm-up and cool-down"
    try:
        dose = dose_of(one)
    except RequestError as error:
        yield error.message
        return
    yield from _cold(steps)
    needed = max((level_of_step(step) for step in steps), default=Level.WALK)
    if one.level < needed:
        yield f"level {one.level.name.lower()}: its steps ask for {needed.name.lower()}"
    long = dose.backward_s >= constant("coaching.library_hard_backward")
    if not one.hard and (long or any(_is_hard(step) for step in steps)):
        yield "runs backward hard or for long and is not marked hard"
    shortest, longest = constant("coaching.library_shortest"), constant("coaching.library_longest")
    if not shortest <= dose.time_s <= longest:
        yield f"takes {dose.time_s:.0f} s, which is not between {shortest:.0f} and {longest:.0f}"
    for kind, need in _KIND_NEEDS.items():
        if one.kind is kind and not set(need) & set(one.needs):
            yield f"kind {kind} needs {' or '.join(each.name.lower() for each in need)}"


#: What comes before what.
_ORDER = {Intensity.WARMUP: 0, Intensity.ACTIVE: 1, Intensity.REST: 1, Intensity.COOLDOWN: 2}
#: What a kind cannot be done without: one of these.
_KIND_NEEDS: Mapping[Kind, tuple[Need, ...]] = {
    Kind.UPHILL: (Need.HILL, Need.TREADMILL),
    Kind.SHUTTLES: (Need.CONES,),
    Kind.PARTNER: (Need.PARTNER, Need.SPOTTER),
    Kind.TREADMILL: (Need.TREADMILL,),
}


def _cold(steps: Sequence[Step]) -> Iterator[str]:
    """Whether something goes backward before enough has been done forward or on the spot."""
    warm_s, speeds = 0.0, Speeds.assumed()
    for step in steps:
        if step.direction is Direction.BACKWARD:
            if warm_s < constant("coaching.library_warmup"):
                yield f"goes backward after a warm-up of {warm_s:.0f} s"
            return
        if step.intensity is Intensity.WARMUP:
            warm_s += step.duration_s or (step.distance_m or 0.0) / speeds.forward_run_mps


def _is_hard(step: Step) -> bool:
    """Whether somebody runs backward hard in a step."""
    if step.direction is not Direction.BACKWARD or step.gait is not Gait.RUN:
        return False
    if step.target.aim is Aim.EFFORT and step.target.high is not None:
        return step.target.high >= constant("coaching.library_hard_effort")
    return level_of_step(step) is Level.FAST
