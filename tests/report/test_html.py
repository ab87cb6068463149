"""The page as text: what it holds, what it escapes, what it asks for."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise

import pytest
from tests.report import example_results as examples
from tests.report.example_parts import PARTS

from backstride.evidence import Grade, bibliography, claims
from backstride.report.document import Picture, Results, Shown
from backstride.report.html import MOST_SECTIONS, render
from backstride.report.markup import tag
from backstride.report.scales import from_zero, of_time, over, round_step
from backstride.report.words import Units, number, percent, plain

VOID = {"meta", "link", "br", "col", "wbr"}
ONE = examples.one()
CASES = {
    "backward": ONE,
    "forward only, no positions, no heart rate": examples.one(
        examples.session(examples.FORWARD_RUN, gps=False, heart_rate=False, start_utc=None)
    ),
    "suspected": examples.one(examples.session(examples.SUSPECTED_RUN)),
    "simulated": examples.one(examples.session(simulated=True, mass_known=False)),
    "hostile": Results((examples.session(title=examples.HOSTILE),), None, examples.FAILURES),
    "several": examples.several(5, failures=examples.FAILURES),
    "several files on one clock": examples.one(examples.session(parts=PARTS)),
    "only failures": Results((), None, examples.FAILURES),
    "nothing": Results((), None, ()),
    "a file without movement": examples.one(examples.session([])),
}


class Page(HTMLParser):
    """What a test asks of a page: elements with their attributes, text, and balanced tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["script"], ["style"]):
            self.words += data

    def every(self, name: str) -> list[dict[str, str | None]]:
        """Attributes of all elements of that name."""
        return [attributes for element, attributes in self.elements if element == name]


def page(results: Results, *, imperial: bool = False) -> Page:
    return Page(render(results, imperial=imperial))


@pytest.fixture(params=CASES, name="case")
def _case(request: pytest.FixtureRequest) -> Page:
    return page(CASES[request.param])


def test_every_element_is_closed_and_every_name_is_given_once(case: Page) -> None:
    names = [attributes["id"] for _, attributes in case.elements if "id" in attributes]
    assert len(set(names)) == len(names)


def test_every_reference_inside_the_page_leads_somewhere(case: Page) -> None:
    names = {attributes.get("id") for _, attributes in case.elements}
    for _, attributes in case.elements:
        href = attributes.get("href") or ""
        assert not href.startswith("#") or href[1:] in names, href
        assert set((attributes.get("aria-labelledby") or "").split()) <= names


def test_headings_go_down_one_level_at_a_time(case: Page) -> None:
    levels = [int(name[1]) for name, _ in case.elements if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_landmarks_a_language_and_a_name(case: Page) -> None:
    assert case.every("html") == [{"lang": "en"}]
    assert all(len(case.every(name)) == 1 for name in ("head", "header", "main", "footer"))
    head = [name for name, _ in case.elements[: case.elements.index(("body", {}))]]
    assert head.count("title") == 1


def test_every_table_has_a_caption_and_headers_with_a_scope(case: Page) -> None:
    assert len(case.every("table")) == len(case.every("caption"))
    assert all(cell.get("scope") in ("row", "col") for cell in case.every("th"))


def test_every_picture_is_named_or_hidden_from_those_who_cannot_see_it(case: Page) -> None:
    inside = {"shades", "curve"}  # parts of a picture that is named
    for svg in case.every("svg"):
        named = svg.get("aria-labelledby") and svg.get("role") == "img"
        assert named or svg.get("aria-hidden") == "true" or svg.get("class") in inside, svg


def test_nothing_in_the_page_makes_a_browser_ask_for_anything(case: Page) -> None:
    loading = ("img", "iframe", "object", "embed", "video", "audio", "image", "use", "form", "base")
    assert not any(case.every(name) for name in loading)
    assert all("src" not in attributes for _, attributes in case.elements)
    assert all((link["href"] or "").startswith("data:") for link in case.every("link"))
    for name in ("report.css", "report.js"):
        text = (resources.files("backstride.report") / "assets" / name).read_text(encoding="utf-8")
        assert not re.search(r"@import|https?:(?!//www\.w3\.org/2000/svg)|fetch\(|XMLHttp", text)


def test_the_policy_of_the_page_forbids_all_but_its_own_style_and_script(case: Page) -> None:
    policy = next(m["content"] or "" for m in case.every("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert len(case.every("style")) == len(case.every("script")) == 1
    assert all("style" not in attributes for _, attributes in case.elements)
    assert not any(key.startswith("on") for _, attributes in case.elements for key in attributes)


@pytest.mark.parametrize("where", ["title", "path", "device", "warning", "bout"])
def test_words_from_a_file_stay_words_wherever_they_stand(where: str) -> None:
    document = dict(examples.session().document)
    hostile = examples.HOSTILE
    if where == "path":
        document["source"] = {**document["source"], "title": ""}
    if where in ("title", "path"):
        document["source"] = {**document["source"], where: hostile}
    if where == "device":
        document["device"] = hostile
    if where == "warning":
        document["warnings"] = [{"code": hostile, "message": hostile}]
    if where == "bout":
        document["bouts"] = [{**bout, "gait": hostile} for bout in document["bouts"]]
    html = render(Results((replace(examples.session(), document=document),), None, ()))
    found = Page(html)
    assert "<img src=x onerror=alert(2)>" in found.words
    assert len(found.every("script")) == 1
    assert not found.every("img")
    html.encode("utf-8")
    assert not set("\x00\u202e") & set(html)


def test_attributes_cannot_be_left_by_a_quote() -> None:
    assert tag("a", {"title": '"><script>'}, "<b>") == (
        '<a title="&quot;&gt;&lt;script&gt;">&lt;b&gt;</a>'
    )


def test_what_was_run_backward_is_said_first_in_plain_words() -> None:
    said = page(ONE).words.replace("\u00a0", " ")
    assert "You ran backward 6 times, 1.20 km in 9:30: 25 % of the time you were running." in said
    assert "On average 7:56 /km backward and 6:16 /km forward." in said


def test_imperial_pages_speak_of_miles_and_of_no_kilometre_of_the_runner() -> None:
    said = page(ONE, imperial=True).words.replace("\u00a0", " ")
    assert "0.74 mi in 9:30" in said
    assert "12:46 /mi backward" in said
    assert " /km" not in said
    assert not re.search(r"\d km", said.split("Ten claims")[0])


def test_what_only_looks_backward_is_said_to_change_no_number_and_how_to_confirm_it() -> None:
    said = page(CASES["suspected"]).words
    assert "look backward, but not surely" in said
    assert "--backward 11:40-12:22" in said
    assert "Nothing in this recording is known to be backward." in said


def test_simulated_recordings_carry_the_banner_and_real_ones_do_not() -> None:
    assert "SIMULATED" in page(CASES["simulated"]).words
    assert "SIMULATED" not in page(ONE).words


def test_all_ten_claims_are_answered_with_verdict_and_sources() -> None:
    found = page(ONE)
    for key, claim in claims().items():
        assert f"r0-{key}" in {attributes.get("id") for _, attributes in found.elements}
        assert claim.claim in found.words
        assert claim.says in found.words
    links = {link["href"] for link in found.every("a")}
    for source in {source for claim in claims().values() for source in claim.sources}:
        link = bibliography()[source].link
        assert f"#source-{source}" in links
        assert not link or link in links


def test_every_assessed_number_stands_with_interval_unit_and_grade() -> None:
    said = page(ONE).words.replace("\u00a0", " ")
    for finding in ONE.recordings[0].document["findings"]:
        if finding["state"] != "assessed":
            assert finding["missing"] in said
            assert finding["what_would_help"] in said
            continue
        shown = number(finding, Units())
        assert shown.value.replace("\u00a0", " ") in said
        assert shown.interval.replace("\u00a0", " ") in said
        assert f"Grade {finding['grade']}" in said
        assert Grade(finding["grade"]).meaning in said
        assert all(caution in said for caution in finding["cautions"])
        assert all(detail["label"] in said for detail in finding["details"])


def test_three_calorie_figures_stand_side_by_side() -> None:
    said = page(ONE).words.replace("\u00a0", " ")
    assert re.search(r"device says389 kcal.*as forward402 kcal.*backward429 kcal", said)
    unknown_mass = page(CASES["simulated"]).words
    assert "not comparable, for body mass is not known" in unknown_mass


def test_the_sayings_are_held_against_the_runners_number() -> None:
    said = page(ONE).words
    assert "the saying: 6" in said
    assert "not a thousand" in said


def test_missing_kinds_of_data_are_said_and_not_drawn() -> None:
    found = page(CASES["forward only, no positions, no heart rate"])
    assert "No positions were recorded" in found.words
    assert "no date in the file" in found.words
    assert not [svg for svg in found.every("svg") if svg.get("data-name") == "heart"]


def test_curves_hold_the_data_and_break_where_a_value_is_missing() -> None:
    picture = Picture((0.0, 1.0, 2.0, 3.0), (2.5, None, 3.0, 2.0), (None,) * 4, (None,) * 4, ())
    shown = replace(examples.session(), picture=picture)
    paths = [
        p["d"] for p in page(Results((shown,), None, ())).every("path") if p.get("class") == "line"
    ]
    assert paths == ["M0 -250L0 -250M2 -300L2 -300L3 -200"]


def test_a_route_of_one_place_is_no_route() -> None:
    picture = Picture((), (), (), (), ((0.0, 0.0, 0.0), (0.0, 0.0, 5.0)))
    found = page(Results((replace(examples.session(), picture=picture),), None, ()))
    assert "No positions were recorded" in found.words


def test_failures_are_listed_with_what_to_do() -> None:
    said = page(CASES["only failures"]).words
    assert "2 files could not be read" in said
    assert "export it again" in said


def test_many_recordings_stay_a_page_of_a_few_megabytes_and_the_rest_is_said_to_have_rows() -> None:
    html = render(examples.several(120))
    found = Page(html)
    sections = [d for d in found.every("details") if d.get("class") == "recording"]
    assert len(sections) == MOST_SECTIONS
    assert "30 of 120 are shown in full" in found.words
    assert "The other 90 have a row" in found.words
    assert f"Run {120}" in found.words
    assert len(html.encode()) < 4_000_000


def test_recordings_shown_in_full_are_those_with_most_backward_time() -> None:
    recordings: list[Shown] = [
        examples.session(examples.FORWARD_RUN, title=f"forward {place}") for place in range(40)
    ]
    recordings[35] = examples.session(title="the backward one")
    found = page(Results(tuple(recordings), None, ()))
    assert "r35" in {attributes.get("id") for _, attributes in found.elements}


def test_the_same_results_give_the_same_page() -> None:
    assert render(ONE) == render(examples.one())


def test_the_script_is_small() -> None:
    assets = resources.files("backstride.report") / "assets"
    assert len((assets / "report.js").read_bytes()) < 15_000


def test_numbers_have_as_many_digits_as_their_interval_carries() -> None:
    wide = {"value": 31.26, "low": -6.0, "high": 81.0, "unit": "%"}
    narrow = {"value": 1.312, "low": 1.29, "high": 1.35, "unit": "forward laps"}
    assert number(wide, Units()).value == "+31\u00a0%"
    assert number(wide, Units()).interval == "\u22126 to +81\u00a0%"
    assert number(narrow, Units()).value == "1.31\u00a0forward laps"
    assert plain(-0.2, 0) == "0"
    assert plain(12345, 0) == "12\u202f345"
    assert percent(0.001) == "less than 1\u00a0%"


def test_a_pace_and_its_interval_run_from_fast_to_slow() -> None:
    row = {"value": 2.5, "low": 2.0, "high": 4.0, "unit": "m/s"}
    said = number(row, Units())
    assert (said.value, said.interval) == ("6:40\u00a0/km", "4:10\u00a0/km to 8:20\u00a0/km")


@pytest.mark.parametrize("seconds", [0.0, 0.5, 59, 3600, 36_000, 900_000, 1e8])
def test_time_has_at_most_six_round_ticks_besides_zero(seconds: float) -> None:
    scale = of_time(seconds)
    assert scale.ticks[0] == 0
    assert len(scale.ticks) <= 7
    assert all(0 <= tick <= scale.high for tick in scale.ticks)


@pytest.mark.parametrize("values", [[0.0], [1.0, 1.0], [-3e-5, 2e-5], [1e7, 2e7], [-40.0, 900.0]])
def test_a_scale_holds_its_values_and_has_round_ticks(values: list[float]) -> None:
    scale = over(values)
    assert all(0 < scale(value) < 1 for value in values)
    assert 1 <= len(scale.ticks) <= 6
    assert from_zero([abs(v) for v in values]).low == 0


def test_round_steps_are_one_two_or_five_times_a_power_of_ten() -> None:
    assert [round_step(span, 4) for span in (1, 4, 7, 16, 80)] == [0.5, 1, 2, 5, 20]


def test_files_of_a_session_are_listed_with_their_shift_and_how_it_was_found() -> None:
    page = render(CASES["several files on one clock"])
    words = Page(page).words.replace("\u00a0", " ")
    assert "3 files on one clock" in words
    assert "left_foot.csv+3.20 s ± 0.04 ssteps in both files" in words
    assert "−12.00 ssaid by you" in words
    assert "Files of this session" not in Page(render(ONE)).words


def test_the_name_of_a_file_of_a_session_stays_words() -> None:
    hostile = {**PARTS[1], "path": examples.HOSTILE}
    page = render(examples.one(examples.session(parts=[PARTS[0], hostile])))
    assert examples.HOSTILE not in page
