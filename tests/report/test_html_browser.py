"""The page in a browser: what it asks for, whether it fits, whether zoom and keys work."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.report import example_results as examples

from backstride.report.document import Results
from backstride.report.html import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CASES = {
    "backward": examples.one(examples.session(simulated=True)),
    "forward": examples.one(examples.session(examples.FORWARD_RUN, gps=False, heart_rate=False)),
    "hostile": Results(
        (examples.session(examples.SUSPECTED_RUN, title=examples.HOSTILE),), None, examples.FAILURES
    ),
    "several": examples.several(4, failures=examples.FAILURES),
}
#: Opens a page from a file and fails the test if anything was asked for or complained of.
Opener = Callable[..., "Page"]


@pytest.fixture(name="opened")
def _opened(browser: "Browser", tmp_path: Path) -> Iterator[Opener]:
    contexts, faults = [], []

    def opened(results: Results, **options: Any) -> "Page":
        file = tmp_path / "report.html"
        file.write_text(render(results), encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: faults.extend(_foreign(request.url)))
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _foreign(url: str) -> list[str]:
    return [] if url.startswith(("file:", "data:")) else [url]


def _size(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 800}}


def _seen(page: "Page") -> tuple[float, float]:
    """The part of time that the first chart shows, in seconds."""
    data = page.locator("[data-chart]").first.evaluate("e => [e.dataset.from, e.dataset.to]")
    return float(data[0]), float(data[1])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("case", CASES)
def test_the_page_fits_asks_for_nothing_and_complains_of_nothing(
    opened: Opener, case: str, width: int, scheme: str
) -> None:
    page = opened(CASES[case], color_scheme=scheme, **_size(width))
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_charts_route_and_answers_are_all_there(opened: Opener) -> None:
    page = opened(CASES["backward"], java_script_enabled=False, **_size(1280))
    assert page.locator("path.line").count() == 3
    assert page.locator("svg.route").is_visible()
    assert page.locator(".answer").count() == 10
    assert not page.locator(".tools").first.is_visible()


def test_dragging_over_a_part_of_the_chart_zooms_to_it_and_a_double_click_shows_all(
    opened: Opener,
) -> None:
    page = opened(CASES["backward"], **_size(1280))
    whole = _seen(page)
    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    y = box["y"] + 40
    page.mouse.move(box["x"] + box["width"] / 4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, y, steps=4)
    page.mouse.up()
    low, high = _seen(page)
    assert low == pytest.approx(whole[1] / 4, rel=0.02)
    assert high == pytest.approx(whole[1] / 2, rel=0.02)
    view = page.locator("svg.curve").first.get_attribute("viewBox")
    assert view is not None
    assert float(view.split()[0]) == pytest.approx(low)
    plot.dblclick()
    assert _seen(page) == whole


def test_the_chart_is_read_moved_and_zoomed_by_keys(opened: Opener) -> None:
    page = opened(CASES["backward"], **_size(1280))
    whole = _seen(page)
    page.locator(".panels").first.focus()
    page.keyboard.press("+")
    zoomed = _seen(page)
    assert zoomed[1] - zoomed[0] == pytest.approx(whole[1] / 2)
    page.keyboard.press("Shift+ArrowRight")
    assert _seen(page)[0] > zoomed[0]
    page.keyboard.press("ArrowRight")
    told = page.locator(".readout").first.inner_text()
    assert re.search(r"\d+:\d\d · .*m/s · \d+:\d\d /km · \d+ steps/min · \d+ bpm", told)
    page.keyboard.press("0")
    assert _seen(page) == whole


def test_buttons_zoom_too_and_never_past_the_ends(opened: Opener) -> None:
    page = opened(CASES["backward"], **_size(360))
    whole = _seen(page)
    page.get_by_role("button", name="Zoom in").click()
    for _ in range(6):
        page.get_by_role("button", name="Later").click()
    assert _seen(page)[1] == pytest.approx(whole[1])
    page.get_by_role("button", name="Zoom out").click()
    assert _seen(page) == whole


def test_pointing_at_a_backward_part_says_the_numbers_there_and_marks_the_route(
    opened: Opener,
) -> None:
    page = opened(CASES["backward"], **_size(1280))
    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 660 / _seen(page)[1], box["y"] + 20)
    told = page.locator(".readout").first.inner_text()
    assert re.match(r"1[01]:\d\d · backward · \d\.\d\d m/s · ", told)
    assert page.locator(".here").get_attribute("visibility") == "visible"


def test_a_link_to_a_recording_opens_it_and_starts_its_chart(opened: Opener) -> None:
    page = opened(CASES["several"], **_size(1280))
    page.get_by_role("link", name="Run 1").click()
    page.locator("#r0[open] [data-ready]").wait_for()
    assert page.locator("#r0 .buttons").first.is_visible()


def test_a_hostile_title_is_shown_as_the_words_it_is(opened: Opener) -> None:
    page = opened(CASES["hostile"], **_size(1280))
    assert page.locator("h1").inner_text().startswith("</script><script>alert(1)")


def test_paper_shows_what_stands_behind_the_answers_in_light_colours(opened: Opener) -> None:
    page = opened(CASES["backward"], color_scheme="dark", **_size(1280))
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".behind table").first.is_visible()
    assert not page.locator(".tools").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(252, 252, 250)"


def test_everything_that_can_be_pressed_has_a_name_and_shows_where_the_focus_is(
    opened: Opener,
) -> None:
    page = opened(CASES["several"], **_size(1280))
    unnamed = page.evaluate(
        "[...document.querySelectorAll('a, button, summary, [tabindex]')].filter(e =>"
        " !e.textContent.trim() && !e.getAttribute('aria-label')).length"
    )
    assert unnamed == 0
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


# Contrast needs no browser, but it is about what is seen, so it stands here with the rest.


def _palettes() -> dict[str, dict[str, str]]:
    css = (resources.files("backstride.report") / "assets" / "report.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", b)) for b in css.split("@media")[:2]
    )
    return {"light": light, "dark": light | dark}


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("fore", "back", "least"),
    [
        *(
            (fore, back, 4.5)
            for fore in ("ink", "quiet", "forward", "backward")
            for back in ("paper", "sheet")
        ),
        ("alert-ink", "alert", 4.5),
        ("unknown", "paper", 3.0),
        ("unknown", "sheet", 3.0),
        ("ink", "backward-tint", 4.5),
        ("ink", "forward-tint", 4.5),
    ],
)
def test_words_and_lines_stand_out_from_what_is_behind_them(
    scheme: str, fore: str, back: str, least: float
) -> None:
    colours = _palettes()[scheme]
    assert _contrast(colours[fore], colours[back]) >= least


def test_the_two_schemes_differ() -> None:
    """Guards the reading of the colours: a wrong pattern would test one scheme twice."""
    palettes = _palettes()
    assert palettes["light"]["paper"] != palettes["dark"]["paper"]
    assert _contrast("#ffffff", "#000000") == pytest.approx(21)
