"""The tables of docs/coaching.md from the rules themselves.

``python -m docs.reference`` writes them, each between two comments of its name; a test compares
them with what this gives.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from backstride.coaching.limits import Limits
from backstride.coaching.rehab import days_in_words, measures, protocols
from backstride.coaching.safety import conditions, pain_rules, stop_rules
from backstride.coaching.screening import Lead, Word, questions, screen_again, together
from backstride.coaching.sessions import Level
from backstride.coaching.skills import skill_tests
from backstride.coaching.sourced import Sourced

FILE = Path(__file__).parent / "coaching.md"


def limits_in_words(limits: Limits) -> str:
    """Limits as a list of words, without their reasons."""
    free = Limits()
    words = [
        "walk only" if limits.walk_only else "",
        f"at most level {limits.max_level.name.lower()}"
        if limits.max_level < free.max_level and not limits.walk_only
        else "",
        *(need.value for need in sorted(limits.required)),
        "no uphill" if limits.no_uphill else "",
        "nothing hard" if limits.no_hard else "",
        _most(limits.most_backward_min, "min backward a week"),
        _most(limits.most_sessions, "sessions a week"),
    ]
    return ", ".join(filter(None, words))


def _most(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"at most {value:g} {unit}" if value else "nothing backward"


def _questions() -> list[str]:
    rows = []
    for key, one in questions().items():
        lead = one.lead(one.careful)
        rows.append(
            f"| `{key}` | {one.ask} | {one.why} | {one.careful}: {_leads(lead)} | {_source(one)} |"
        )
    return _table("key | question | why it is asked | what follows | sources, grade", rows)


def _leads(lead: Lead) -> str:
    limits = limits_in_words(lead.limits)
    if lead.word is Word.PROFESSIONAL:
        return f"**{lead.word}**; then {limits}"
    again = f"; again in {lead.again_days // 7} weeks" if lead.again_days else ""
    return f"{limits}{again}"


def _together() -> list[str]:
    rows = [
        f"| {' and '.join(f'`{key}`' for key in one.when)} | {one.because} | {_source(one)} |"
        for one in together().values()
    ]
    return _table("together | what follows | sources, grade", rows)


def _again() -> list[str]:
    return [f"- {one.say}" for one in screen_again().values()]


def _conditions() -> list[str]:
    rows = []
    for one in conditions().values():
        only = [*one.kinds, *(need.value for need in one.needs)]
        where = ", ".join(only) or ("every session" if one.always else "everything backward")
        but = f", not on {' or '.join(need.value for need in one.unless)}" if one.unless else ""
        rows.append(f"| {one.about} | {one.check} | {one.why} | {where}{but} | {_source(one)} |")
    return _table("about | check | why | before | sources, grade", rows)


def _stops() -> list[str]:
    rows = []
    for key, one in stop_rules().items():
        if one.professional:
            days = f"until a professional agreed, {days_in_words(one.days)} at least"
        else:
            days = days_in_words(one.days) if one.days else "for now"
        limits = limits_in_words(one.limits) if one.days and not one.professional else ""
        rows.append(
            f"| `{key}` | {one.sign} | {one.now} | {one.next} | {days} | {limits} "
            f"| {_source(one)} |"
        )
    return _table(
        "key | sign | at once | then | nothing backward | as long again | sources, grade", rows
    )


def _pain() -> list[str]:
    rows = [
        f"| {key} | {one.now} | {limits_in_words(one.limits)} | {_source(one)} |"
        for key, one in pain_rules().items()
    ]
    return _table("it is | what to do | limits for a week | sources, grade", rows)


def _tests() -> list[str]:
    rows = [
        f"| {one.level.name.lower()} | `{key}` | {one.how} {one.safe} | {one.quantity}: {one.asks} "
        f"| {one.weeks} weeks | {one.recorded} | {_source(one)} |"
        for key, one in skill_tests().items()
    ]
    head = "level | key | how | passed | good for | read from a recording | sources, grade"
    return _table(head, rows)


def _levels() -> list[str]:
    rows = []
    for level in Level:
        titles = [one.title for one in skill_tests().values() if one.level is level]
        rows.append(f"| {level.name.lower()} | {'; '.join(titles) or 'none'} |")
    return _table("level | its tests, beside those of the levels below it", rows)


def _protocols() -> list[str]:
    lines = []
    for key, one in protocols().items():
        rows = [
            f"| {stage.title} | `{stage.session}`{_share(stage.share)} | {stage.a_week} | "
            f"{stage.moves_on} |"
            for stage in one.stages
        ]
        lines += [
            f"### {one.title}",
            "",
            f"`{key}`. {one.purpose} For: {one.for_whom[0].lower()}{one.for_whom[1:]} "
            f"Measures: {'; '.join(measures()[each].title for each in one.measures)}. "
            f"{one.steps_back} bad sessions in a row lead a stage back.",
            "",
            f"{one.basis} Sources: {_source(one)}.",
            "",
            *_table("stage | session | a week | moves on after", rows),
            "",
        ]
    return lines[:-1]


def _share(share: float) -> str:
    return "" if share == 1 else f", {share:.0%} of it"


def _measures() -> list[str]:
    rows = [
        f"| `{key}` | {one.how} | {one.unit} | {_real(one.least_change)} | {_source(one)} |"
        for key, one in measures().items()
    ]
    return _table("key | how | unit | smallest real change | sources, grade", rows)


def _real(change: float | None) -> str:
    return "not known here" if change is None else f"{change:g}"


def _basis() -> list[str]:
    tables: list[tuple[str, Mapping[str, Sourced]]] = [
        ("question", questions()),
        ("together", together()),
        ("condition", conditions()),
        ("stop", stop_rules()),
        ("pain", pain_rules()),
        ("test", skill_tests()),
        ("measure", measures()),
    ]
    rows = [
        f"| {what} `{key}` | {one.basis} | {_source(one)} |"
        for what, table in tables
        for key, one in table.items()
        if set(one.sources) != {"backstride"}
    ]
    return _table("rule | what of it is published | sources, grade", rows)


def _source(one: Sourced) -> str:
    return f"{', '.join(one.sources)}; {one.grade}"


def _table(head: str, rows: list[str]) -> list[str]:
    return [f"| {head} |", "|" + "---|" * (head.count("|") + 1), *rows]


TABLES: Mapping[str, Callable[[], list[str]]] = {
    "questions": _questions,
    "together": _together,
    "again": _again,
    "conditions": _conditions,
    "stops": _stops,
    "pain": _pain,
    "levels": _levels,
    "tests": _tests,
    "protocols": _protocols,
    "measures": _measures,
    "basis": _basis,
}


def text() -> str:
    """docs/coaching.md with its tables as they should be."""
    whole = FILE.read_text(encoding="utf-8")
    for name, lines in TABLES.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        written = "\n".join([begin, *lines(), "", end])
        whole, found = between.subn(written.replace("\\", r"\\"), whole)
        if found != 1:
            raise ValueError(f"docs/coaching.md has {found} places for {name}")
    return whole


def write() -> None:
    """Write the tables into docs/coaching.md."""
    FILE.write_text(text(), encoding="utf-8")
