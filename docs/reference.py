"""Write docs/reference.md from the program itself: ``python -m docs.reference``.

A test compares the file with what this gives, so the reference cannot fall behind.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from backstride.benefits import BENEFITS
from backstride.cli import main
from backstride.coaching.goals import goals
from backstride.coaching.library import dose_of, library
from backstride.coaching.rules import RULES
from backstride.coaching.sessions import Level, Session
from backstride.evidence import Grade, all_constants, claims
from backstride.evidence.constants import Constant
from backstride.readers import READERS
from backstride.recording import Athlete, field_names
from backstride.vocabulary import QUANTITIES, Direction, Gait, Origin, clock, distance
from docs import rules

FILE = Path(__file__).parent / "reference.md"


def text() -> str:
    """The whole reference."""
    return "\n".join(
        [
            "# Reference",
            "",
            "Written by `python -m docs.reference` from the program itself; do not edit.",
            "",
            *_commands(),
            *_formats(),
            *_benefits(),
            *_sessions(),
            *_goals(),
            *_athlete(),
            *_words(),
            *_columns(),
            *_constants(),
        ]
    )


def _commands() -> list[str]:
    whole = click.Context(main, info_name="backstride", **main.context_settings)
    return ["## Commands", "", *_helps(main, whole)]


def _helps(group: click.Group, context: click.Context) -> Iterator[str]:
    """The help of every command of a group, and of the groups in it."""
    for name, command in sorted(group.commands.items()):
        inner = click.Context(command, info_name=name, parent=context)
        yield from (f"### {inner.command_path}", "", "```", command.get_help(inner), "```", "")
        if isinstance(command, click.Group):
            yield from _helps(command, inner)


def _formats() -> list[str]:
    rows = [f"| {one.format} | {', '.join(one.suffixes)} |" for one in READERS]
    return ["## Formats", "", "Each also in .gz and .zip.", "", *_table("format | suffixes", rows)]


def _benefits() -> list[str]:
    rows = [
        f"| {one.key} | {claims()[one.key].title} | {claims()[one.key].claim} "
        f"| {claims()[one.key].verdict.label} |"
        for one in BENEFITS
    ]
    grades = [f"| {grade} | {grade.meaning} |" for grade in Grade]
    return [
        "## Benefits",
        "",
        *_table("key | title | the claim | it is", rows),
        "## Grades of evidence",
        "",
        *_table("grade | meaning", grades),
    ]


def _goals() -> list[str]:
    rows = [
        f"| `{one.key}` | {one.purpose} | {one.maximises} | {one.level.name.lower()} "
        f"| {one.grade} | {', '.join(one.sources)} |"
        for one in goals().values()
    ]
    return [
        "## Goals of plans",
        "",
        *_table("goal | purpose | maximises | level | grade | sources", rows),
        "### What of a goal is published",
        "",
        *(f"- `{one.key}`: {one.basis}" for one in goals().values()),
        "",
        "### Rules of plans",
        "",
        *(f"- `{key}`: {words}" for key, words in RULES.items()),
        "",
    ]


def _sessions() -> list[str]:
    based = [one for one in library().values() if one.basis]
    staged = [one for one in library().values() if one.move_on]
    return [
        "## Sessions",
        "",
        "Times and distances are at assumed speeds. Backward is what is run backward, or walked "
        "where it says so. A level is earned by tests: "
        + ", ".join(level.name.lower() for level in Level)
        + ". The grade is that of what is published; all else is the project's own, grade D.",
        "",
        *_table(
            "key | kind | purpose | level | time | backward | needs | serves | grade",
            [_session(one) for one in library().values()],
        ),
        "### What of a session is published",
        "",
        *_table(
            "key | basis | sources",
            [f"| `{s.key}` | {s.basis} | {', '.join(s.sources)} |" for s in based],
        ),
        "### When to go to the next stage",
        "",
        *_table("key | when", [f"| `{s.key}` | {s.move_on} |" for s in staged]),
    ]


def _session(one: Session) -> str:
    dose = dose_of(one)
    run = f"{distance(dose.backward_m)} in {clock(dose.backward_s)}" if dose.backward_m else ""
    walked = f"{distance(dose.walked_backward_m)} walked" if dose.walked_backward_m else ""
    cells = (
        f"`{one.key}`",
        f"{one.kind}, hard" if one.hard else one.kind,
        one.purpose,
        one.level.name.lower(),
        clock(dose.time_s),
        ", ".join(filter(None, (run, walked))),
        ", ".join(one.needs),
        ", ".join(one.claims),
        one.grade,
    )
    return f"| {' | '.join(cells)} |"


def _athlete() -> list[str]:
    rows = [
        f"| {name} | {QUANTITIES[name].unit if name in QUANTITIES else ''} "
        f"| {QUANTITIES[name].meaning if name in QUANTITIES else _ATHLETE[name]} |"
        for name in field_names(Athlete)
        if name != "origins"
    ]
    return [
        "## Athlete file",
        "",
        "TOML; every key is optional.",
        "",
        *_table("key | unit | meaning", rows),
    ]


_ATHLETE = {"birth_year": "Year of birth.", "sex": "'female' or 'male', as load equations differ."}


def _words() -> list[str]:
    rows = [
        f"| {kind.__name__.lower()} | {', '.join(member.value for member in kind)} |"
        for kind in (Direction, Gait, Origin)
    ]
    return ["## Words", "", *_table("what | values", rows)]


def _columns() -> list[str]:
    rows = [f"| `{q.name}` | {q.unit} | {q.meaning} |" for q in QUANTITIES.values()]
    return [
        "## Columns and quantities",
        "",
        "A column with a colon (`developer:…`, `fit:…`, `gpx:…`, `tcx:…`, `csv:…`) is what the "
        "device recorded and this vocabulary has no word for.",
        "",
        *_table("name | unit | meaning", rows),
    ]


def _constants() -> list[str]:
    rows = []
    for number in all_constants():
        about = number.provenance
        value = f"{float(number):g}" if isinstance(number, Constant) else "equation"
        interval = "exact" if about.low == about.high else f"{about.low:g} to {about.high:g}"
        rows.append(
            f"| `{about.name}` | {value} | {interval} | {about.unit} | {about.kind} "
            f"| {about.grade} | {', '.join(about.sources)} |"
        )
    return [
        "## Constants",
        "",
        *_table("name | value | 95 % interval | unit | kind | grade | sources", rows),
    ]


def _table(head: str, rows: list[str]) -> list[str]:
    return [f"| {head} |", "|" + "---|" * (head.count("|") + 1), *rows, ""]


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    rules.write()
    print(f"wrote {FILE.name} and the tables of {rules.FILE.name}")
