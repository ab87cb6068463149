"""Goals of plans, read from ``goals.toml`` and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from backstride.coaching.library import library
from backstride.coaching.sessions import Kind, Level
from backstride.errors import EvidenceError, RequestError
from backstride.evidence import Grade, bibliography


class ReachKind(StrEnum):
    """What a reach counts."""

    SESSION = "session_backward_m"  # metres run backward in one session, once
    SHARE = "share"  # backward share of running distance in the last week that is not easy
    TIMES = "times"  # sessions of a set in each of some weeks
    WALKED = "walked_backward_s"  # seconds walked backward in a week, once


@dataclass(frozen=True)
class Reach:
    """What must have been planned for a goal to count as reached; weeks are counted from 1."""

    kind: ReachKind
    amount: float
    sessions: tuple[str, ...] = ()
    first_week: int = 1
    last_week: int = 0


@dataclass(frozen=True)
class Goal:
    """What a plan maximises and reaches; see ``goals.toml`` for its fields."""

    key: str
    title: str
    purpose: str
    maximises: str
    kinds: tuple[Kind, ...]
    sessions: tuple[str, ...]
    backward_min: float
    walked_min: float
    share_most: float
    backward_sessions: int
    level: Level
    climb: bool
    reach: tuple[Reach, ...]
    sources: tuple[str, ...]
    grade: str
    basis: str
    race: bool = False
    most_same: int = 2

    @property
    def least_weeks(self) -> int:
        """Weeks that what is to be reached needs at least."""
        return max([1, *(each.last_week for each in self.reach)])


@cache
def goals() -> Mapping[str, Goal]:
    """Every goal by key.

    Raises
    ------
    EvidenceError
        The file that holds them breaks a rule.
    """
    file = resources.files("backstride.coaching") / "goals.toml"
    return parse_goals(file.read_text(encoding="utf-8"))


def goal_of(key: str) -> Goal:
    """The goal of that name.

    Raises
    ------
    RequestError
        There is none; the hint gives those that there are.
    """
    known = goals()
    if key in known:
        return known[key]
    near = [name for name in known if name.startswith(f"{key}-")]
    near = near or get_close_matches(key.casefold(), known, n=2, cutoff=0.5)
    raise RequestError(f"no goal is called '{key}'", hint=f"choose {' or '.join(near or known)}")


def parse_goals(text: str) -> Mapping[str, Goal]:
    """TOML text as goals by key.

    Raises
    ------
    EvidenceError
        The text is not TOML, or a field is missing, unknown, impossible or names what is not there.
    """
    try:
        return {key: _goal(key, dict(entry)) for key, entry in tomllib.loads(text).items()}
    except (tomllib.TOMLDecodeError, TypeError, ValueError, KeyError) as error:
        raise EvidenceError(f"goals: {error}", hint="compare with the other goals there") from error


def _goal(key: str, entry: dict[str, Any]) -> Goal:
    def wrong(what: str) -> EvidenceError:
        return EvidenceError(f"goal {key}: {what}", hint="compare with the other goals there")

    reach = tuple(
        Reach(
            **{**each, "kind": ReachKind(each["kind"]), "sessions": tuple(each.get("sessions", ()))}
        )
        for each in entry.pop("reach")
    )
    goal = Goal(
        key=key,
        kinds=tuple(Kind(kind) for kind in entry.pop("kinds")),
        sessions=tuple(entry.pop("sessions")),
        level=Level[entry.pop("level").upper()],
        reach=reach,
        sources=tuple(entry.pop("sources")),
        **entry,
    )
    named = {*goal.sessions, *(name for each in reach for name in each.sessions)}
    if unknown := sorted(named - set(library())):
        raise wrong(f"there is no session {', '.join(unknown)}")
    if unknown := sorted(set(goal.sources) - set(bibliography())):
        raise wrong(f"there is no source {', '.join(unknown)}")
    if goal.grade not in {grade.value for grade in Grade}:
        raise wrong(f"there is no grade {goal.grade}")
    if not 0 < goal.share_most < 1 or goal.backward_sessions < 1:
        raise wrong("share_most must be between 0 and 1, backward_sessions at least 1")
    return goal
