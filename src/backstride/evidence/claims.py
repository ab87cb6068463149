"""The ten things that running backward is said to do, and what has been found of each.

The words and numbers stand in ``claims.toml``; this module refuses any entry that leaves
something out or cites a source that the bibliography does not know.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TypeVar

from backstride.errors import EvidenceError
from backstride.evidence.bibliography import Reference, bibliography
from backstride.evidence.grade import Grade

E = TypeVar("E", bound=StrEnum)


class Verdict(StrEnum):
    """What the studies say of a claim, taken together."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    NO_DIRECT_EVIDENCE = "no_direct_evidence"

    @property
    def label(self) -> str:
        """The verdict in plain words."""
        return _LABELS[self]


_LABELS = {
    Verdict.SUPPORTED: "supported",
    Verdict.PARTLY: "partly supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.NO_DIRECT_EVIDENCE: "no direct evidence",
}


class Lean(StrEnum):
    """Which way one study points on a claim."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"  # mixed, indirect, or silent on the claim


@dataclass(frozen=True)
class Study:
    """What one source found on one claim.

    `source` is a key of the bibliography; `people` says how many and who they were, in words.
    """

    source: str
    people: str
    setting: str
    found: str
    leans: Lean


@dataclass(frozen=True)
class Claim:
    """One claim with the verdict on it.

    Attributes
    ----------
    claim
        The popular saying, one sentence.
    says
        What is known and what is not, for a runner.
    cap
        The best grade that any answer on this claim may carry.
    remarks
        Sentences that answers quote, by key, so that no published number stands in their code.
    """

    key: str
    title: str
    claim: str
    verdict: Verdict
    says: str
    cap: Grade
    remarks: Mapping[str, str]
    studies: tuple[Study, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the bibliography, in the order of the studies."""
        return tuple(study.source for study in self.studies)


@dataclass(frozen=True)
class Myth:
    """A saying that people know by heart, its `figure`, and what is known of it."""

    key: str
    title: str
    figure: float
    known: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Claims:
    """All claims and myths by key, in the order in which they are shown."""

    claims: Mapping[str, Claim]
    myths: Mapping[str, Myth]


def parse_claims(text: str, known: Mapping[str, Reference]) -> Claims:
    """TOML text as claims and myths.

    Parameters
    ----------
    known
        The bibliography that the studies may cite.

    Raises
    ------
    EvidenceError
        The text is not TOML; a field is missing, unknown, empty or of another type; a verdict,
        grade or lean does not exist; or a source is unknown or cited twice for the same claim.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong("claims", str(error)) from error
    myths = _table("myths", table.pop("myths", {}))
    return Claims(
        claims={key: _claim(key, entry, known) for key, entry in table.items()},
        myths={key: _myth(key, entry, known) for key, entry in myths.items()},
    )


def _claim(key: str, entry: object, known: Mapping[str, Reference]) -> Claim:
    name = f"claim {key}"
    table = _complete(name, entry, Claim)
    claim = Claim(
        key=key,
        title=_text(name, table, "title"),
        claim=_text(name, table, "claim"),
        verdict=_member(name, Verdict, _text(name, table, "verdict")),
        says=_text(name, table, "says"),
        cap=_member(name, Grade, _text(name, table, "cap")),
        remarks=_remarks(name, table),
        studies=tuple(_study(name, row) for row in _array(name, table, "studies")),
    )
    _check_sources(name, claim.sources, known)
    return claim


def _remarks(name: str, table: Mapping[str, object]) -> Mapping[str, str]:
    remarks = _table(f"{name}, remarks", table["remarks"])
    return {key: _text(f"{name}, remarks", remarks, key) for key in remarks}


def _study(claim: str, entry: object) -> Study:
    name = f"{claim}, study"
    table = _complete(name, entry, Study)
    return Study(
        source=_text(name, table, "source"),
        people=_text(name, table, "people"),
        setting=_text(name, table, "setting"),
        found=_text(name, table, "found"),
        leans=_member(name, Lean, _text(name, table, "leans")),
    )


def _myth(key: str, entry: object, known: Mapping[str, Reference]) -> Myth:
    name = f"myth {key}"
    table = _complete(name, entry, Myth)
    sources = tuple(str(source) for source in _array(name, table, "sources"))
    _check_sources(name, sources, known)
    figure = table["figure"]
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        raise _wrong(name, "figure must be a number")
    return Myth(
        key, _text(name, table, "title"), float(figure), _text(name, table, "known"), sources
    )


def _complete(name: str, entry: object, noun: type[Claim | Study | Myth]) -> dict[str, object]:
    """The entry, if it has exactly the fields of the noun (its key stands outside)."""
    table = _table(name, entry)
    expected = {field.name for field in fields(noun)} - {"key"}
    if missing := sorted(expected - set(table)):
        raise _wrong(name, f"has no {', '.join(missing)}")
    if unknown := sorted(set(table) - expected):
        raise _wrong(name, f"has an unknown field {', '.join(unknown)}")
    return table


def _table(name: str, entry: object) -> dict[str, object]:
    if not isinstance(entry, dict):
        raise _wrong(name, "is not a table")
    return entry


def _text(name: str, table: Mapping[str, object], field: str) -> str:
    value = table[field]
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, f"{field} must be words")
    return value


def _array(name: str, table: Mapping[str, object], field: str) -> list[object]:
    value = table[field]
    if not isinstance(value, list) or not value:
        raise _wrong(name, f"{field} must be a list with something in it")
    return value


def _member(name: str, kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise _wrong(name, f"{value} is no {kind.__name__.lower()}") from error


def _check_sources(name: str, sources: tuple[str, ...], known: Mapping[str, Reference]) -> None:
    if unknown := sorted(set(sources) - set(known)):
        raise _wrong(name, f"cites {', '.join(unknown)}, which the bibliography does not know")
    if len(set(sources)) < len(sources):
        raise _wrong(name, "cites a source twice")


def _wrong(name: str, what: str) -> EvidenceError:
    return EvidenceError(f"{name}: {what}", hint="see CONTRIBUTING, 'Add a study'")


@cache
def _shipped() -> Claims:
    file = resources.files("backstride.evidence") / "claims.toml"
    return parse_claims(file.read_text(encoding="utf-8"), bibliography())


def claims() -> Mapping[str, Claim]:
    """The ten claims by key, in the order in which they are shown."""
    return _shipped().claims


def myths() -> Mapping[str, Myth]:
    """The sayings that every report answers, by key."""
    return _shipped().myths
