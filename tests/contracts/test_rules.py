"""Every rule of coaching has a source, a grade and plain words, and the documents show it."""

import re
from collections.abc import Callable, Mapping

import pytest
from docs import rules

from backstride.coaching import rehab, safety, screening, skills
from backstride.coaching.sessions import Level
from backstride.coaching.sourced import Sourced, entries, table
from backstride.errors import EvidenceError

TABLES: Mapping[str, Mapping[str, Sourced]] = {
    "questions": screening.questions(),
    "together": screening.together(),
    "again": screening.screen_again(),
    "conditions": safety.conditions(),
    "stops": safety.stop_rules(),
    "pain": safety.pain_rules(),
    "tests": skills.skill_tests(),
    "measures": rehab.measures(),
    "protocols": rehab.protocols(),
}
ALL = [(part, key, one) for part, table in TABLES.items() for key, one in table.items()]
each = pytest.mark.parametrize(
    "one", [one for *_, one in ALL], ids=[f"{part} {key}" for part, key, _ in ALL]
)
FILES = ("safety.toml", "skills.toml", "rehab.toml")
#: Words that a runner would have to look up.
JARGON = re.compile(
    r"contraindicat|comorbid|vestibul|propriocept|ambulat|etiolog|adherence|baseline|bilateral"
    r"|prophyla|orthost|utili[sz]e",
    re.IGNORECASE,
)


@each
def test_it_has_a_source_a_grade_and_says_what_of_it_is_published(one: Sourced) -> None:
    assert one.sources
    assert one.grade in "ABCD"
    assert one.basis.endswith(".")
    if set(one.sources) == {"backstride"}:
        assert one.grade == "D"


@each
def test_it_is_in_words_that_need_no_dictionary(one: Sourced) -> None:
    said = [value for value in vars(one).values() if isinstance(value, str)]
    assert [JARGON.findall(value) for value in said if JARGON.search(value)] == []


def test_nothing_of_the_files_is_left_unread() -> None:
    parts = {name for file in FILES for name in re.findall(r"^\[+(\w+)\.", table(file), re.M)}
    assert parts == set(TABLES)


def test_every_level_but_the_first_has_tests() -> None:
    assert {one.level for one in skills.skill_tests().values()} == set(Level) - {Level.WALK}


def test_the_tables_of_the_document_are_what_the_rules_say() -> None:
    assert rules.FILE.read_text() == rules.text(), "run: python -m docs.reference"


def test_a_table_that_is_missing_from_the_document_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "TABLES", {**rules.TABLES, "planted": list})
    with pytest.raises(ValueError, match="planted"):
        rules.text()


def test_every_toml_in_the_document_is_read_as_it_stands() -> None:
    examples = re.findall(r"```toml\n(.*?)```", rules.FILE.read_text(), re.DOTALL)
    answers = "\n".join(f'{key} = "no"' for key in screening.questions())
    read: Mapping[str, Callable[[str], object]] = {
        "screening": lambda text: screening.screening_from_toml(
            text.partition("[answers]")[0] + "[answers]\n" + answers
        ),
        "limits": safety.limits_from_toml,
        "results": skills.results_from_toml,
        "rehab": rehab.rehab_log_from_toml,
    }
    schemas = [re.findall(r"backstride/(\w+)-1", one)[0] for one in examples]
    assert sorted(schemas) == sorted(read)
    for schema, one in zip(schemas, examples, strict=True):
        assert read[schema](one)


QUESTION = """
[questions.planted]
ask = "Is it planted?"
why = "To be found."
careful = "yes"
sources = ["backstride"]
grade = "D"
basis = "The project's opinion."
yes = { word = "limited", because = "It is planted.", limits = { walk_only = true } }
no = { word = "cleared" }
"""
STOP = """
[stops.planted]
sign = "A sign."
now = "Stop."
next = "Wait."
days = 1
limits = { walk_only = true }
sources = ["backstride"]
grade = "D"
basis = "The project's opinion."
"""
TEST = """
[tests.planted]
title = "Planted"
how = "Do it."
safe = "With care."
quantity = "amount"
unit = "1"
least = 1
needs = ["line"]
level = "jog"
weeks = 12
sources = ["backstride"]
grade = "D"
basis = "The project's own."
"""
PROTOCOL = """
[protocols.planted]
title = "Planted"
purpose = "Be found."
for_whom = "Nobody."
measures = ["pain"]
steps_back = 2
sources = ["backstride"]
grade = "D"
basis = "The project's own."

[[protocols.planted.stages]]
title = "First"
session = "knee-walk"
a_week = 3
sessions = 2
"""
KINDS: Mapping[str, tuple[str, type[Sourced], str]] = {
    "question": (QUESTION, screening.Question, "questions"),
    "stop": (STOP, safety.Stop, "stops"),
    "test": (TEST, skills.SkillTest, "tests"),
    "protocol": (PROTOCOL, rehab.Protocol, "protocols"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_offenders_are_planted_in_is_good(kind: str) -> None:
    text, made, part = KINDS[kind]
    assert list(entries(made, text, part)) == ["planted"]


@pytest.mark.parametrize(
    ("kind", "change", "to", "said"),
    [
        ("question", 'sources = ["backstride"]', "sources = []", "no source"),
        ("question", 'sources = ["backstride"]', 'sources = ["nobody1900"]', "nobody1900"),
        ("question", 'grade = "D"', 'grade = "E"', "no grade E"),
        ("question", 'grade = "D"', 'grade = "C"', "needs a published source"),
        ("question", 'grade = "D"\n', "", "grade"),
        ("question", "The project's opinion.", "It is known.", "whose opinion"),
        ("question", "Is it planted?", "It is planted.", "no question"),
        ("question", "Is it planted?", "Is it planted", "no sentence"),
        ("question", "Is it planted?", "Is it planted " + "and " * 40 + "so?", "44 words"),
        ("question", "To be found.", "", "why says nothing"),
        ("question", 'careful = "yes"', 'careful = "no"', "only the answer that is not careful"),
        ("question", 'careful = "yes"', 'careful = "not_sure"', "yes or no"),
        ("question", 'no = { word = "cleared" }\n', "", "no"),
        ("question", '"It is planted."', '""', "because says nothing"),
        ("question", "limits = { walk_only = true }", "limits = {}", "leads to no limits"),
        ("question", 'no = { word = "cleared" }', 'no = { word = "free" }', "free"),
        (
            "question",
            'no = { word = "cleared" }',
            'no = { word = "cleared", because = "So." }',
            "clears and limits",
        ),
        ("question", "walk_only = true }", "walk_only = true }, again_days = 0", "again_days"),
        ("question", 'ask = "', 'colour = "red"\nask = "', "colour"),
        ("stop", '"Stop."', '"Stop"', "now is no sentence"),
        ("stop", "days = 1", "days = -1", "days is -1"),
        ("stop", "days = 1", "days = 0\nprofessional = true", "leaves no day free"),
        ("test", "least = 1\n", "", "neither be passed nor failed"),
        ("test", 'level = "jog"', 'level = "walk"', "everybody has"),
        ("test", "weeks = 12", "weeks = 0", "0 weeks"),
        ("test", '"With care."', '""', "safe says nothing"),
        ("test", 'needs = ["line"]', 'needs = ["moon"]', "moon"),
        ("protocol", 'measures = ["pain"]', 'measures = ["koos"]', "no measure koos"),
        ("protocol", 'measures = ["pain"]', "measures = []", "needs stages, measures"),
        ("protocol", '"knee-walk"', '"knee-walks"', "no session knee-walks"),
        ("protocol", "sessions = 2", "sessions = 2\nshare = 3.0", "a share of 3"),
        ("protocol", "a_week = 3", "a_week = 9", "do not fit"),
        ("protocol", "sessions = 2", "sessions = 0", "do not fit"),
        ("protocol", "[protocols.planted]", "[protocols.planted", "protocols"),
        ("protocol", "[protocols", "[protocol", "no table 'protocols'"),
    ],
)
def test_a_planted_offender_is_caught_and_named(kind: str, change: str, to: str, said: str) -> None:
    text, made, part = KINDS[kind]
    assert change in text
    with pytest.raises(EvidenceError, match=said) as error:
        entries(made, text.replace(change, to), part)
    assert "planted" in str(error.value) or part in str(error.value)
    assert error.value.hint
