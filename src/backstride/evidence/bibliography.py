"""The one bibliography: what each source is, and how far it was read.

``sources.bib`` is BibTeX with a narrow grammar: comment lines begin with ``%``; every value
stands in braces, holds none itself, and is followed by a comma.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from backstride.errors import EvidenceError

_HINT = "see CONTRIBUTING, 'Add a study'"
_KINDS = ("article", "misc", "thesis")


@dataclass(frozen=True)
class Reference:
    """One source.

    Attributes
    ----------
    kind
        ``article``, ``thesis`` or ``misc``.
    authors
        As far as they were read, often the first author's surname alone; ``others`` for et al.
    year
        None where it was not read.
    title, journal, volume, pages, doi, url, note
        "" where there is none or it was not read. `note` says how far the source was read, with
        the number of people and who they were.
    """

    key: str
    kind: str
    authors: tuple[str, ...] = ()
    title: str = ""
    year: int | None = None
    journal: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""
    note: str = ""

    @property
    def link(self) -> str:
        """Address to open: the resolver's for a DOI, else the page's, else ""."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def text(self) -> str:
        """One line that cites the source: who, when, what, where.

        What has neither author nor title, as a record or a saying, is told by its note.
        """
        unnamed = "" if self.kind == "misc" or self.title else "Author not known"
        year = "" if self.year is None else f"({self.year})"
        who = " ".join(part for part in (self._who or unnamed, year) if part)
        volume = self.volume and f" {self.volume}"
        pages = self.pages and f"{':' if self.volume else ' '}{self.pages}"
        place = f"doi:{self.doi}" if self.doi else self.url
        told = "" if self.title or (self._who and place) else self.note
        before = (who, self.title, told, f"{self.journal}{volume}{pages}")
        return ". ".join([part.rstrip(".") for part in before if part] + ([place] if place else []))

    @property
    def bibtex(self) -> str:
        """The entry in the grammar that `parse_bibliography` reads."""
        values = {
            "author": " and ".join(self.authors),
            "year": "" if self.year is None else str(self.year),
            **{name: str(getattr(self, name)) for name in _TEXT_FIELDS},
        }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in values.items() if value)
        return f"@{self.kind}{{{self.key},\n{body}}}\n"

    @property
    def _who(self) -> str:
        named = [author for author in self.authors if author != "others"]
        if len(named) < len(self.authors):
            return f"{', '.join(named)} et al."
        return " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)


_TEXT_FIELDS = ("title", "journal", "volume", "pages", "doi", "url", "note")
_OPENING = re.compile(r"@([a-z]+)\{([a-z0-9_]+),\s*")
_FIELD = re.compile(r"(\w+)\s*=\s*\{([^{}]*)\},\s*")
_CLOSING = re.compile(r"\}\s*")
_COMMENTS = re.compile(r"(?:\s*%[^\n]*\n)*\s*")


def parse_bibliography(text: str) -> Mapping[str, Reference]:
    """BibTeX text as references by key, in the order of the text.

    Raises
    ------
    EvidenceError
        The text leaves the grammar; a key or a field stands twice; a kind or a field is unknown;
        a year is not one; or an entry has neither DOI, address nor note.
    """
    found: dict[str, Reference] = {}
    position = _end(_COMMENTS.match(text), text, 0)
    while position < len(text):
        opening = _OPENING.match(text, position)
        position = _end(opening, text, position)
        kind, key = opening.groups() if opening else ("", "")
        values: dict[str, str] = {}
        while field := _FIELD.match(text, position):
            name, value = field.groups()
            if name in values:
                raise _wrong(key, f"has two fields {name}")
            values[name] = " ".join(value.split())
            position = field.end()
        position = _end(_CLOSING.match(text, position), text, position)
        position = _end(_COMMENTS.match(text, position), text, position)
        if key in found:
            raise _wrong(key, "stands twice")
        found[key] = _reference(key, kind, values)
    return found


def _reference(key: str, kind: str, values: Mapping[str, str]) -> Reference:
    if kind not in _KINDS:
        raise _wrong(key, f"is of the unknown kind {kind}")
    if unknown := sorted(set(values) - {"author", "year", *_TEXT_FIELDS}):
        raise _wrong(key, f"has an unknown field {', '.join(unknown)}")
    if empty := sorted(name for name, value in values.items() if not value):
        raise _wrong(key, f"has an empty field {', '.join(empty)}")
    if not any(name in values for name in ("doi", "url", "note")):
        raise _wrong(key, "has neither doi nor url nor note")
    year = values.get("year")
    if year is not None and not re.fullmatch(r"[12]\d{3}", year, re.ASCII):
        raise _wrong(key, f"has a year that is none: {year}")
    return Reference(
        key=key,
        kind=kind,
        authors=tuple(values["author"].split(" and ")) if "author" in values else (),
        year=None if year is None else int(year),
        **{name: values.get(name, "") for name in _TEXT_FIELDS},
    )


def _wrong(key: str, what: str) -> EvidenceError:
    return EvidenceError(f"source {key} {what}", hint=_HINT)


def _end(match: re.Match[str] | None, text: str, position: int) -> int:
    if match is None:
        line = text.count("\n", 0, position) + 1
        raise EvidenceError(f"bibliography, line {line}: not an entry or a field", hint=_HINT)
    return match.end()


@cache
def bibliography() -> Mapping[str, Reference]:
    """Every source of the project by key, in the order of ``sources.bib``."""
    file = resources.files("backstride.evidence") / "sources.bib"
    return parse_bibliography(file.read_text(encoding="utf-8"))
