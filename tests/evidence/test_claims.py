"""The ten claims: complete, in their order, and true to the table of what was read."""

import csv
import re
from pathlib import Path

import pytest

from backstride.errors import EvidenceError
from backstride.evidence.bibliography import Reference, bibliography
from backstride.evidence.claims import Lean, Verdict, claims, myths, parse_claims
from backstride.evidence.grade import Grade

KEYS = [
    "variety",
    "posture",
    "core",
    "muscle_balance",
    "injury_relief",
    "senses",
    "calories",
    "cardio",
    "fitness",
    "mood",
]

#: Rows of the table whose source goes by another key than the lower case of the row's own.
OTHER_KEYS = {
    "WANG_GUARDIAN2006": "wang2006",
    "GROLLE_2007": "grolle2007",
    "GROLLE_COACH": "grolle2007",
    "MINETTI_POLY": "minetti2002",
    "EQUIV_SLOPE": "diprampero2005",
    "BACK_GRADIENT": "rasica2020",
    "BACK_ACCEL": "rasica2020",
    "CLAIM_1_OVER_RATIO": "backstride",
}
GOOD = """
[calories]
title = "Calories"
claim = "It burns more."
verdict = "supported"
says = "It does."
cap = "A"
remarks = {}

[[calories.studies]]
source = "a1999"
people = "8 adults"
setting = "treadmill"
found = "It was more."
leans = "for"

[myths.twenty]
title = "20 % more"
figure = 20
known = "More."
sources = ["a1999"]
"""
KNOWN = {"a1999": Reference("a1999", "misc", note="READ: a page.")}


@pytest.fixture(scope="module")
def findings(data_dir: Path) -> list[dict[str, str]]:
    """Rows of the table of published findings, which lies beside the recordings."""
    path = data_dir.parent / "evidence" / "findings.csv"
    if not path.is_file():
        pytest.skip(f"no table of published findings at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_key(row: dict[str, str]) -> str:
    return OTHER_KEYS.get(row["study_id"], row["study_id"].lower())


def claimed(rows: list[dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    """(claim key, row) for every claim that a row is tagged with."""
    tags = [(tag.strip(), row) for row in rows for tag in row["claim"].split(";")]
    return [(KEYS[int(tag) - 1], row) for tag, row in tags if tag.isdigit()]


def numbers(text: str) -> set[float]:
    """Size of every number of a text; a sign is told in words there as often as not."""
    return {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text)}


def test_the_ten_claims_stand_in_their_order() -> None:
    assert list(claims()) == KEYS
    assert [claim.key for claim in claims().values()] == KEYS


def test_each_verdict_is_the_one_that_the_review_of_the_studies_came_to() -> None:
    partly, none = Verdict.PARTLY, Verdict.NO_DIRECT_EVIDENCE
    assert {key: claim.verdict for key, claim in claims().items()} == {
        "variety": partly,
        "posture": none,
        "core": partly,
        "muscle_balance": partly,
        "injury_relief": partly,
        "senses": partly,
        "calories": partly,
        "cardio": partly,
        "fitness": partly,
        "mood": none,
    }


def test_a_claim_without_direct_evidence_is_capped_at_indirect() -> None:
    for claim in claims().values():
        if claim.verdict is Verdict.NO_DIRECT_EVIDENCE:
            assert claim.cap >= Grade.C, claim.key


def test_a_supported_claim_has_studies_that_lean_its_way_and_none_that_leans_away() -> None:
    for claim in claims().values():
        leans = {study.leans for study in claim.studies}
        if claim.verdict is Verdict.SUPPORTED:
            assert Lean.FOR in leans, claim.key
            assert Lean.AGAINST not in leans, claim.key


def test_what_a_claim_says_is_two_to_four_sentences() -> None:
    for claim in claims().values():
        assert 2 <= len(re.findall(r"\.(?= [A-Z]|$)", claim.says)) <= 4, claim.key


def test_the_size_that_is_contradicted_is_said_where_the_direction_is_supported() -> None:
    assert "20 % is too low" in claims()["calories"].says
    assert "contradicted" in claims()["cardio"].says


def test_every_verdict_has_plain_words_of_its_own() -> None:
    labels = [verdict.label for verdict in Verdict]
    assert len(set(labels)) == len(Verdict)
    assert not any("_" in label for label in labels)


def test_the_three_myths_are_answered_and_eight_laps_are_not_hidden() -> None:
    assert list(myths()) == ["six_laps", "hundred_steps", "twenty_percent"]
    assert "No primary source" in myths()["six_laps"].known
    assert "eight" in myths()["six_laps"].known


def test_every_study_of_the_table_stands_under_each_claim_that_it_is_tagged_with(
    findings: list[dict[str, str]],
) -> None:
    tagged = {(claim, source_key(row)) for claim, row in claimed(findings)}
    told = {(claim.key, source) for claim in claims().values() for source in claim.sources}
    assert len({claim for claim, _ in tagged}) == len(KEYS)
    assert tagged <= told
    assert told - tagged == {("variety", "pesek2013"), ("muscle_balance", "alghadir2019")}


def test_every_mean_spread_and_effect_of_the_table_stands_in_what_the_study_found(
    findings: list[dict[str, str]],
) -> None:
    checked = 0
    for claim, row in claimed(findings):
        if row["read_or_recall"] != "READ":
            continue
        (study,) = [s for s in claims()[claim].studies if s.source == source_key(row)]
        columns = ["forward_mean", "forward_sd", "backward_mean", "backward_sd"]
        if "derived" not in row["effect_unit"]:
            columns.append("effect")
        read = set().union(*(numbers(row[column]) for column in columns))
        assert read <= numbers(study.found), (claim, row["study_id"], read - numbers(study.found))
        checked += len(read)
    assert checked > 100


def test_every_number_of_people_is_the_table_s_or_the_sum_of_two_groups(
    findings: list[dict[str, str]],
) -> None:
    for claim, row in claimed(findings):
        (study,) = [s for s in claims()[claim].studies if s.source == source_key(row)]
        groups = numbers(study.people.replace(",", ""))
        sums = {one + other for one in groups for other in groups}
        assert numbers(row["n"]) <= groups | sums, (claim, study.people)


def test_every_doi_and_address_is_the_table_s(findings: list[dict[str, str]]) -> None:
    pages: dict[str, set[str]] = {}
    cited = [row for row in findings if source_key(row) in bibliography()]
    for row in cited:
        source = bibliography()[source_key(row)]
        if source.key != "backstride":
            assert source.doi == row["doi"] or not row["doi"], source.key
            pages.setdefault(source.key, set()).add(row["url"])
    assert {key for key, urls in pages.items() if bibliography()[key].url not in urls} == set()
    dois = {source_key(row): row["doi"] for row in cited if row["doi"]}
    assert {key: source.doi for key, source in bibliography().items() if source.doi} == dois


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"supported"', '"certain"', "claim calories: certain is no verdict"),
        ('"A"', '"E"', "E is no grade"),
        ('"for"', '"maybe"', "maybe is no lean"),
        ('source = "a1999"', 'source = "b2000"', "cites b2000, which the bibliography does not"),
        ('sources = ["a1999"]', 'sources = ["b2000"]', "myth twenty: cites b2000"),
        ('sources = ["a1999"]', 'sources = ["a1999", "a1999"]', "cites a source twice"),
        ('sources = ["a1999"]', "sources = []", "a list with something in it"),
        ('cap = "A"', "", "has no cap"),
        ('people = "8 adults"', "", "study: has no people"),
        ('people = "8 adults"', "people = 8", "people must be words"),
        ('says = "It does."', 'says = " "', "says must be words"),
        ('title = "Calories"', 'title = "Calories"\ncolour = "red"', "unknown field colour"),
        ('setting = "treadmill"', 'setting = "treadmill"\np = "0.01"', "unknown field p"),
        ("[calories]", "[calories]\nkey = 'cardio'", "unknown field key"),
        ("[calories]", "mood = 1\n[calories]", "claim mood: is not a table"),
        ("[[calories.studies]]", "[calories.studies]", "a list with something in it"),
        ("[calories]", "[calories", "claims: "),
    ],
)
def test_an_entry_that_breaks_the_rules_is_refused_with_the_reason(
    old: str, new: str, complaint: str
) -> None:
    assert list(parse_claims(GOOD, KNOWN).claims) == ["calories"]
    assert old in GOOD
    with pytest.raises(EvidenceError, match=re.escape(complaint)):
        parse_claims(GOOD.replace(old, new, 1), KNOWN)
