"""What a study gives back, and how it is kept: JSON for machines, a table for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

Cell = str | int | float | None


class Evidence(StrEnum):
    """What a study was made on. Nothing here is a real recording of backward running."""

    REAL = "real recordings"
    SIMULATED = "simulated recordings"
    PUBLISHED = "published numbers"
    NOTHING = "no recordings"


class Bound(StrEnum):
    """On which side of its limit a number must lie."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Target:
    """What must be reached, and what was."""

    name: str
    value: float
    bound: Bound
    limit: float

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        if self.bound is Bound.AT_MOST:
            return self.value <= self.limit
        return self.value >= self.limit

    def __str__(self) -> str:
        state = "met" if self.met else "MISSED"
        return f"{self.name}: {self.value:.4g}, {self.bound} {self.limit:g}: {state}"


@dataclass(frozen=True)
class Table:
    """Rows under a title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def markdown(self) -> str:
        """As a table of a page."""
        lines = [self.columns, tuple("---" for _ in self.columns)]
        lines += [tuple(_shown(cell) for cell in row) for row in self.rows]
        return f"**{self.title}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


@dataclass(frozen=True)
class Result:
    """What a study found.

    Attributes
    ----------
    on
        Whether the recordings were real.
    size
        How many people and files, in words.
    findings
        What the tables show, in plain words.
    not_measured
        Why nothing could be measured, or "".
    """

    key: str
    title: str
    on: Evidence
    size: str
    tables: tuple[Table, ...] = ()
    targets: tuple[Target, ...] = ()
    remarks: tuple[str, ...] = ()
    not_measured: str = ""
    findings: tuple[str, ...] = ()

    def summary(self) -> str:
        """As lines of a terminal: what it was made on, and its targets."""
        lines = [f"\n{self.title} (on {self.on}: {self.size})"]
        if self.not_measured:
            lines.append(f"  not measured: {self.not_measured}")
        return "\n".join([*lines, *(f"  {target}" for target in self.targets)])

    def markdown(self) -> str:
        """As a section of a page."""
        parts = [f"*On {self.on}: {self.size}.*"]
        if self.not_measured:
            parts.append(f"Not measured: {self.not_measured}.")
        if self.targets:
            parts.append("\n".join(f"- {target}" for target in self.targets))
        if self.findings:
            parts.append("\n".join(f"- {finding}" for finding in self.findings))
        parts += [table.markdown() for table in self.tables]
        if self.remarks:
            parts.append("\n".join(f"- {remark}" for remark in self.remarks))
        return "\n\n".join(parts)


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return str(cell).replace("|", "\\|")


def percent(part: float, whole: float) -> float | None:
    """Per cent to three decimals; None of nothing."""
    return round(100 * part / whole, 3) if whole > 0 else None


def keep(results: Sequence[Result], folder: Path, page: Path) -> None:
    """Write each result as JSON into the folder, and its tables into their place on the page."""
    folder.mkdir(exist_ok=True)
    for result in results:
        text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
        (folder / f"{result.key}.json").write_text(text + "\n", encoding="utf-8")
    sections = {result.key: result.markdown() for result in results}
    page.write_text(filled(page.read_text(encoding="utf-8"), sections), encoding="utf-8")


def filled(page: str, sections: dict[str, str]) -> str:
    """The page with each section between its markers ``<!-- key -->`` and ``<!-- /key -->``.

    Raises
    ------
    ValueError
        A section has no place on the page.
    """
    for key, text in sections.items():
        begin, end = f"<!-- {key} -->", f"<!-- /{key} -->"
        if begin not in page or end not in page:
            raise ValueError(f"the page has no place between {begin} and {end}")
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end, 1)[1]}"
    return page
