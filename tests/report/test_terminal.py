"""What the terminal shows of odd recordings and of many."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from backstride.motion import analyze
from backstride.recording import Recording
from backstride.report import Page, show, terminal
from backstride.report.document import Failure, Results
from backstride.simulation import demo_session, forward, runners, simulate, stand, walk

RUNNER = runners(1, seed=3)[0]


def rendered(results: Results, *, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        terminal.render(results, console)
    return captured.get()


def page_of(recording: Recording) -> Page:
    return show(analyze(recording))


def test_a_forward_run_says_so_and_answers_nothing() -> None:
    text = str(page_of(simulate([forward(2.8, 900)], RUNNER, seed=1).recording))
    assert "No part of this recording is known to be backward" in text
    plain = " ".join(text.split())
    assert plain.count("Missing: backward movement: none was found") == 1, "said once for all six"
    assert "Calories (partly supported), Cardio load (partly supported)" in plain
    assert "Forward: 2." in plain
    assert "Myth" not in text


def test_many_bouts_are_listed_shortly() -> None:
    legs = [leg for _ in range(30) for leg in (forward(2.8, 60), walk(40), stand(20))]
    text = str(page_of(simulate(legs, RUNNER, seed=2).recording))
    assert len(text.splitlines()) < 90


def test_more_than_three_recordings_get_a_line_each() -> None:
    shown = page_of(demo_session().recording).shown
    later = [
        replace(shown, document={**shown.document, "start_utc": f"2024-06-0{day}T08:00:00+00:00"})
        for day in range(1, 6)
    ]
    text = rendered(Results(tuple(later), {"findings": [], "myths": []}, ()))
    assert text.count("1.20 km") == 5
    assert "All recordings together" in text


def test_suspected_parts_are_named_with_the_word_to_confirm_them() -> None:
    shown = page_of(demo_session().recording).shown
    bouts = [
        {**bout, "direction": "unknown", "suspected": "backward"}
        if bout["direction"] == "backward"
        else bout
        for bout in shown.document["bouts"]
    ]
    doubtful = replace(shown, document={**shown.document, "bouts": bouts})
    text = rendered(Results((doubtful,), None, ()))
    assert "backward? ◁" in text
    assert "look backward but not surely" in text
    assert "--backward" in text


def test_failures_name_the_file_and_what_to_do() -> None:
    console = Console(file=StringIO(), width=60, color_system=None)
    with console.capture() as captured:
        terminal.render_failures((Failure("a.fit", "a.fit: [is] empty", "copy it again"),), console)
    assert captured.get() == "✗ a.fit: [is] empty (copy it again)\n"


@pytest.mark.parametrize("width", [50, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    shown = page_of(demo_session().recording).shown
    lines = rendered(Results((shown,), None, ()), width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("9:51" in line and "200 m" in line and "/km" in line for line in lines)


def test_a_page_is_text_data_and_html() -> None:
    page = page_of(demo_session().recording)
    assert '"backstride/analysis-1"' in page.json()
    assert page.html().startswith("<!DOCTYPE html>")
    assert page._repr_html_().startswith("<iframe srcdoc=")
    assert "SIMULATED" in page.text(width=80, imperial=True)
