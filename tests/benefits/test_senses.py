"""Senses as an answer: drift from a straight line, scatter of step width, a timed walk."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from tests.benefits.made import batches, in_turn
from tests.benefits.test_answers import digested
from tests.motion.points.walker import Leg, recorded, track, walked

from backstride.benefits import Finding, History, NotAssessable, assess, digest
from backstride.benefits.senses import assess as assess_senses
from backstride.motion import analyze
from backstride.recording import Athlete, Recording


def filmed(*legs: Leg, treadmill: bool = False) -> Recording:
    return recorded(track(walked(*legs, treadmill=treadmill)))


def answer(recording: Recording) -> Finding | NotAssessable:
    found = assess(analyze(recording)).findings
    return next(each for each in found if each.benefit == "senses")


def veering(radius_m: float, seconds: float = 58.0, *, backward: bool = True) -> Leg:
    return Leg(seconds, 1.2, 180 if backward else 0, turn_radps=1.2 / radius_m)


def test_a_path_that_veers_backward_drifts_by_the_height_of_its_arc() -> None:
    """On a circle of 100 m the path is 20 ** 2 / (8 * 100) = 0.5 m off its chord of 20 m."""
    found = answer(filmed(Leg(58, 1.2), veering(100)))
    assert isinstance(found, Finding)
    assert found.unit == "cm"
    assert found.low < 50 < found.high
    assert found.value == pytest.approx(50, abs=4)
    assert "strayed" in found.because
    assert "over 20 m" in found.because.lower()


def test_a_bend_that_was_meant_is_no_drift() -> None:
    bend = digest(analyze(filmed(Leg(58, 1.2), veering(30))))
    assert not bend.straights.backward.any(), "a bend of 30 m"
    assert (~bend.straights.backward).any()


def test_on_a_treadmill_nobody_is_free_to_stray() -> None:
    found = digest(analyze(filmed(Leg(58, 1.2), Leg(58, 1.2, 180), treadmill=True)))
    assert len(found.straights) == 0
    assert len(found.batches) > 0


def test_swapping_the_directions_changes_the_sign() -> None:
    there, back = (
        answer(filmed(*legs))
        for legs in (
            (Leg(58, 1.2), veering(120)),
            (veering(120, backward=False), Leg(58, 1.2, 180)),
        )
    )
    assert isinstance(there, Finding)
    assert isinstance(back, Finding)
    assert there.value == pytest.approx(-back.value, abs=2)


def widths(forward_m: float, backward_m: npt.ArrayLike, **changed: object) -> History:
    """Step widths that scatter by so much, ten degrees of freedom in each batch."""
    some = batches(
        {
            "step_width_m:variance": in_turn(forward_m, backward_m, 0.05) ** 2,
            "step_width_m:freedom": 10,
            "stride_s:variance": in_turn(0.012, 0.02) ** 2,
            "stride_s:freedom": 10,
        },
        **changed,
    )
    return History((replace(digested(), batches=some),), Athlete())


def test_scatter_of_step_width_answers_where_no_straight_line_is() -> None:
    found = assess_senses(widths(0.02, 0.035))
    assert isinstance(found, Finding)
    assert found.value == pytest.approx(1.5, abs=0.1)
    assert 0 < found.low < 1.5 < found.high
    assert "width of your steps" in found.because
    (rhythm,) = (each for each in found.details if each.key == "stride_time")
    assert (rhythm.unit, rhythm.value) == ("ms", pytest.approx(8))
    few = widths(0.02, 0.035, running=np.arange(12) // 3 % 2 == 1)
    assert isinstance(assess_senses(few), NotAssessable), "running forward, walking backward"


def test_scatter_that_differs_between_bouts_is_less_sure() -> None:
    by_bout = np.repeat([0.02, 0.02, 0.02, 0.04], 3)
    moody = assess_senses(widths(0.02, by_bout))
    steady = assess_senses(widths(0.02, 0.03))
    assert isinstance(steady, Finding)
    assert isinstance(moody, Finding)
    assert moody.high - moody.low > 2 * (steady.high - steady.low)


def test_three_metres_backward_from_standing_are_timed() -> None:
    """At 1 m/s three metres take three seconds; walking that was not out of standing is none."""
    found = answer(filmed(Leg(3, 0), Leg(6, 1.0, 180), Leg(3, 0)))
    assert isinstance(found, Finding)
    assert (found.unit, found.value) == ("s", pytest.approx(3, abs=0.4))
    assert found.low < 3 < found.high
    assert "walking 3 m backward" in found.because.lower()
    none = answer(filmed(Leg(6, 1.2), Leg(6, 1.0, 180)))
    assert isinstance(none, NotAssessable)


def test_a_watch_alone_is_not_assessable() -> None:
    found = assess_senses(History((digested(),), Athlete()))
    assert isinstance(found, NotAssessable)
    assert "too coarse" in found.missing
