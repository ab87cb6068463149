"""The bibliography: nothing cited that cannot be found, nothing read that is not in the grammar."""

import contextlib
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.errors import EvidenceError
from backstride.evidence.bibliography import Reference, bibliography, parse_bibliography

GOOD = (
    "@misc{somebody1999,\n  author = {Somebody},\n  year = {1999},\n  note = {READ: a page.},\n}\n"
)

words = (
    st.text(string.ascii_letters + string.digits + " .,:;%=@±²é'\"/&-", min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
names = (
    st.text(string.ascii_letters + ". '-", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda name: bool(name) and " and " not in f" {name} " and "  " not in name)
)
references = st.builds(
    Reference,
    key=st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True),
    kind=st.sampled_from(["article", "misc", "thesis"]),
    authors=st.lists(names, max_size=3).map(tuple),
    title=st.just("") | words,
    year=st.none() | st.integers(1000, 2999),
    journal=st.just("") | words,
    volume=st.just("") | words,
    pages=st.just("") | words,
    doi=st.just("") | words,
    url=st.just("") | words,
    note=words,
)


def test_every_shipped_source_survives_being_written_and_read_again() -> None:
    written = "\n".join(source.bibtex for source in bibliography().values())
    assert parse_bibliography(written) == bibliography()


@given(references)
def test_any_source_survives_being_written_and_read_again(reference: Reference) -> None:
    assert parse_bibliography(reference.bibtex) == {reference.key: reference}


def test_every_citation_is_one_line_that_says_something() -> None:
    for source in bibliography().values():
        assert len(source.text) > 10
        assert "\n" not in source.text
        assert ".." not in source.text.replace("...", ""), source.text


def test_every_source_says_in_its_note_how_far_it_was_read_or_that_it_was_not() -> None:
    for source in bibliography().values():
        unread = "not in the read evidence table" in source.note or source.key == "backstride"
        assert source.note.startswith("READ: ") != unread, source.key


def test_every_doi_and_address_has_the_form_of_one() -> None:
    for source in bibliography().values():
        assert not source.doi or re.fullmatch(r"10\.\d{4,}/\S+", source.doi), source.key
        assert not source.url or re.fullmatch(r"https?://\S+", source.url), source.key


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (
            Reference("a1999", "article", ("A", "B"), "Title", 1999, "J", "3", "1-2", "10.1000/x"),
            "A and B (1999). Title. J 3:1-2. doi:10.1000/x",
        ),
        (
            Reference("a1999", "article", ("A", "others"), url="https://example.org/a"),
            "A et al. https://example.org/a",
        ),
        (
            Reference("a1999", "article", ("A", "B", "C"), year=1999, doi="10.1000/x"),
            "A, B and C (1999). doi:10.1000/x",
        ),
        (
            Reference("b", "article", year=1999, url="https://example.org/b", note="READ: page."),
            "Author not known (1999). READ: page. https://example.org/b",
        ),
        (
            Reference("c", "misc", url="https://example.org/c", note="READ: press. 13.60 s."),
            "READ: press. 13.60 s. https://example.org/c",
        ),
        (Reference("d", "misc", ("D",), year=1991, note="a definition"), "D (1991). a definition"),
    ],
)
def test_a_citation_names_who_when_what_and_where(reference: Reference, text: str) -> None:
    assert reference.text == text


def test_a_doi_links_to_its_resolver_and_a_page_to_itself() -> None:
    assert bibliography()["roos2012"].link == "https://doi.org/10.1016/j.jbiomech.2012.03.020"
    assert bibliography()["six_laps"].link == bibliography()["six_laps"].url
    assert bibliography()["banister1991"].link == ""


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (GOOD + GOOD, "stands twice"),
        (GOOD.replace("note = {READ: a page.},", ""), "neither doi nor url nor note"),
        (GOOD.replace("note", "publisher"), "unknown field publisher"),
        (GOOD.replace("@misc", "@novel"), "unknown kind novel"),
        (GOOD.replace("{Somebody}", "{}"), "empty field author"),
        (GOOD.replace("{1999}", "{last}"), "a year that is none"),
        (GOOD.replace("{1999}", "{١٩٩٩}"), "a year that is none"),
        (GOOD.replace("year", "author"), "two fields author"),
        (GOOD.replace("{READ: a page.}", "{READ: {a} page.}"), "line 4"),
        (GOOD.replace("1999},", "1999}"), "line 3"),
        (GOOD[:-2], "not an entry or a field"),
        ("stray words\n" + GOOD, "line 1"),
    ],
)
def test_an_entry_that_breaks_the_rules_is_refused_with_the_reason(
    bad: str, complaint: str
) -> None:
    assert list(parse_bibliography(GOOD)) == ["somebody1999"]
    with pytest.raises(EvidenceError, match=complaint):
        parse_bibliography(bad)


@given(st.text(max_size=200) | st.text(st.sampled_from("@misc{}a,= %\n"), max_size=60))
def test_no_text_makes_anything_but_an_evidence_error_escape(text: str) -> None:
    with contextlib.suppress(EvidenceError):
        parse_bibliography(text)
