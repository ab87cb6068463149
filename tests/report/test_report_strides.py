"""Strides as people see them: a sentence, a table, the way of the feet."""

import re

import numpy as np
import pytest
from tests.motion.points.walker import Leg, recorded, track, walked

from backstride.benefits import assess
from backstride.motion import analyze
from backstride.report import strides
from backstride.report.document import Results, Shown, show
from backstride.report.html import render
from backstride.report.words import Units


@pytest.fixture(scope="module", name="there_and_back")
def _there_and_back() -> Shown:
    """Eight strides forward at 1.2 m/s and eight backward at 0.9 m/s."""
    analysis = analyze(recorded(track(walked(Leg(8, 1.2), Leg(8, 0.9, 180)))))
    return show(analysis, assess(analysis))


def test_the_sentence_names_what_differs_and_the_unlike_speed(there_and_back: Shown) -> None:
    said = strides.sentence(there_and_back.document)
    assert said is not None
    assert re.search(r"120 steps a minute, (not|1\u00a0%) more than forward", said)
    assert re.search(r"each was [12]\d\u00a0% shorter, at a speed [12]\d\u00a0% lower", said)
    assert "Going backward your feet land with the whole sole." in said


def test_the_table_has_each_number_in_the_readers_units(there_and_back: Shown) -> None:
    metric = strides.table(there_and_back.document, Units())
    imperial = strides.table(there_and_back.document, Units(imperial=True))
    assert metric is not None
    assert imperial is not None
    assert re.search(r"Step length</th><td class=\"n\">4[3-7]\u00a0cm", metric)
    assert re.search(r"Step length</th><td class=\"n\">1[67]\.\d\u00a0in", imperial)
    assert "backward, walking" in metric
    assert metric.index("backward, walking") < metric.index("forward, walking")


def test_the_feet_go_round_the_other_way_backward(there_and_back: Shown) -> None:
    paths = there_and_back.picture.feet
    assert {path.direction.value for path in paths} == {"forward", "backward"}
    for path in paths:
        around = np.sum(path.ahead_m[:-1] * path.up_m[1:] - path.ahead_m[1:] * path.up_m[:-1])
        assert (around < 0) == (path.direction.value == "forward")
    picture = strides.feet(paths, "feet")
    assert picture is not None
    assert "go round anticlockwise" in picture
    assert "go round clockwise" in picture


def test_the_page_has_strides_where_there_are_any(there_and_back: Shown) -> None:
    assert "Step by step" in render(Results((there_and_back,), None, ()))
    standing = analyze(recorded(track(walked(Leg(8, 0)))))
    shown = show(standing, assess(standing))
    assert shown.document["strides"] == {"count": 0, "origins": [], "groups": []}
    assert strides.sentence(shown.document) is None
    assert "Step by step" not in render(Results((shown,), None, ()))


def test_the_document_says_how_many_how_much_and_how_even(there_and_back: Shown) -> None:
    groups = {g["direction"]: g for g in there_and_back.document["strides"]["groups"]}
    backward = groups["backward"]
    assert backward["columns"]["stride_s"]["mean"] == pytest.approx(1.0, abs=0.01)
    assert backward["columns"]["stride_s"]["count"] == backward["strides"] >= 12
    assert abs(backward["symmetry"]["contact_s"]["index"]) < 0.05
