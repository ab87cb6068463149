"""Rules and tests as data: tables of the package that say where each entry comes from, and TOML.

What people keep (answers, results, limits) is TOML with a `schema` field; text goes in and text
comes out, no file of theirs is touched here.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib import resources
from typing import Any, TypeVar

from backstride.coaching.files import made, plain
from backstride.errors import EvidenceError, RequestError
from backstride.evidence import Grade, bibliography

T = TypeVar("T")

#: The source of what the project chose itself.
OWN = "backstride"
#: Words in a sentence at most, for people who read it before a run.
_LONGEST_SENTENCE = 34


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """An entry of a table.

    Attributes
    ----------
    sources, grade
        Where it comes from, and the grade of that for this use.
    basis
        What of it is published, what is opinion and what the project chose.

    Raises
    ------
    EvidenceError
        No source, one that is not in the bibliography, no such grade, a grade above D without a
        published source, or a basis that is not said.
    """

    sources: tuple[str, ...]
    grade: str
    basis: str

    def __post_init__(self) -> None:
        if not self.sources:
            raise wrong("has no source")
        if unknown := sorted(set(self.sources) - set(bibliography())):
            raise wrong(f"there is no source {', '.join(unknown)}")
        if self.grade not in {grade.value for grade in Grade}:
            raise wrong(f"there is no grade {self.grade}")
        if set(self.sources) == {OWN} and self.grade != Grade.D:
            raise wrong(f"grade {self.grade} needs a published source; the project's own is D")
        sentences("basis", self.basis)
        opinion = ("opinion", "project", "anecdote")
        if self.grade == Grade.D and not any(word in self.basis.casefold() for word in opinion):
            raise wrong("is grade D and its basis does not say whose opinion it is")


def wrong(what: str) -> EvidenceError:
    """The error of an entry."""
    return EvidenceError(what, hint="compare with the other entries of that table")


def sentences(field: str, text: str) -> None:
    """Refuse what is not plain: nothing, no sentence, or one too long to be read at a run.

    Raises
    ------
    EvidenceError
        It is so.
    """
    if not text.strip() or text != text.strip():
        raise wrong(f"{field} says nothing, or begins or ends with a space")
    if text[-1] not in ".?":
        raise wrong(f"{field} is no sentence: it ends with '{text[-1]}'")
    for one in re.split(r"(?<=[.?;:]) ", text):
        if len(one.split()) > _LONGEST_SENTENCE:
            raise wrong(f"{field} has a sentence of {len(one.split())} words")


def table(file: str) -> str:
    """Text of a table of this package."""
    return (resources.files("backstride.coaching") / file).read_text(encoding="utf-8")


def entries(kind: type[T], text: str, part: str) -> Mapping[str, T]:
    """The entries of a part of a table, by key, in the order in which they are shown.

    Raises
    ------
    EvidenceError
        The text is not TOML, the part is missing, or an entry breaks a rule; says which.
    """
    try:
        found = tomllib.loads(text).get(part)
    except tomllib.TOMLDecodeError as error:
        raise wrong(f"{part}: {error}") from error
    if not isinstance(found, dict) or not found:
        raise wrong(f"there is no table '{part}'")
    try:
        return {
            key: made(kind, {"key": key, **entry} if isinstance(entry, dict) else entry, key)
            for key, entry in found.items()
        }
    except RequestError as error:
        raise wrong(f"{part}: {error}") from error


def one_of(what: str, known: Mapping[str, T], key: str) -> T:
    """The entry of that key.

    Raises
    ------
    RequestError
        There is none; the hint gives the nearest names.
    """
    if key in known:
        return known[key]
    near = get_close_matches(key.casefold(), known, n=3, cutoff=0.5)
    raise RequestError(
        f"there is no {what} '{key}'",
        hint=f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}",
    )


def to_toml(schema: str, value: object) -> str:
    """A noun as TOML text, its schema first."""
    return "".join(_lines({"schema": schema, **plain(value)}, ""))


def from_toml(schema: str, kind: type[T], text: str) -> T:
    """A noun from TOML text; dates may stand in quotes or not.

    Raises
    ------
    RequestError
        The text is not TOML, not of this schema, or a field is missing, unknown or impossible.
    """
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequestError(f"not TOML: {error}", hint="see docs/coaching.md for one") from error
    name = schema.partition("/")[2].rpartition("-")[0]
    given = found.pop("schema", None)
    if given != schema:
        raise RequestError(
            f"schema {given!r} is not {schema}", hint=f'begin the file with: schema = "{schema}"'
        )
    return made(kind, _undated(found), name)


def _undated(value: Any) -> Any:
    """TOML's own dates as words, which is how nouns take them."""
    if isinstance(value, dict):
        return {key: _undated(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_undated(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _lines(value: Mapping[str, Any], path: str) -> list[str]:
    """A table: plain values, then tables, then lists of tables, as TOML wants them."""
    lines, below = [], []
    for key, inner in value.items():
        name = _key(key)
        here = f"{path}.{name}" if path else name
        if isinstance(inner, dict):
            below += ["\n", f"[{here}]\n", *_lines(inner, here)]
        elif isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            for one in inner:
                below += ["\n", f"[[{here}]]\n", *_lines(one, here)]
        else:
            lines.append(f"{name} = {_plain(inner)}\n")
    return lines + below


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_plain(one) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _plain(key)
