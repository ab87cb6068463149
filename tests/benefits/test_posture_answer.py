"""Posture as an answer: backward against forward at matched speed, with what is not known said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benefits.made import batches
from tests.benefits.test_answers import MONDAY, pieces
from tests.motion.points.walker import Leg, bent, recorded, track, walked

from backstride.benefits import Finding, NotAssessable, assess, assess_history, digest, posture
from backstride.benefits.batches import NO_BATCHES, joined
from backstride.benefits.history import Digest, History
from backstride.benefits.matched import matched, same_speed
from backstride.evidence import Grade
from backstride.motion import Analysis, analyze
from backstride.motion.posture import Means
from backstride.recording import Athlete
from backstride.vocabulary import degrees

LEAN = "trunk_lean_rad"


def analysis(*bouts: tuple[Leg, float]) -> Analysis:
    """Legs, each with its lean in degrees, and a lean that wanders by a degree."""
    leans = np.concatenate([np.full(round(leg.seconds * 100), lean) for leg, lean in bouts])
    wander = np.sin(np.arange(len(leans)) / 170) + np.sin(np.arange(len(leans)) / 610)
    return analyze(recorded(track(bent(walked(*(leg for leg, _ in bouts)), leans + wander))))


def answer(one: Analysis) -> Finding | NotAssessable:
    return next(each for each in assess(one).findings if each.benefit == "posture")


def ahead(seconds: float = 14, speed: float = 1.2) -> Leg:
    return Leg(seconds, speed)


def behind(seconds: float = 14, speed: float = 1.1) -> Leg:
    return Leg(seconds, speed, 180)


def test_a_known_difference_is_found_within_its_interval() -> None:
    turns = [(ahead(), 7.0), (behind(), 2.5), (ahead(), 6.5), (behind(), 2.0)] * 2
    found = answer(analysis(*turns))
    assert isinstance(found, Finding)
    assert (found.unit, found.grade, found.sources) == ("degrees", Grade.C, ("backstride",))
    assert found.low < -4.5 < found.high < 0
    assert found.value == pytest.approx(-4.5, abs=0.7)
    assert "more upright when you went backward" in found.because
    assert "not automatically better" in found.because
    assert {row.key for row in found.details} >= {"trunk", "head", "side"}


def test_no_difference_is_not_called_one() -> None:
    found = answer(analysis((ahead(), 5), (behind(), 5), (ahead(), 5), (behind(), 5)))
    assert isinstance(found, Finding)
    assert found.low < 0 < found.high
    assert "cannot be told" in found.because


def test_one_bout_each_way_is_graded_lower_and_says_why() -> None:
    found = answer(analysis((ahead(), 7), (behind(), 2)))
    assert isinstance(found, Finding)
    assert found.grade is Grade.D
    assert any("only one bout" in caution for caution in found.cautions)


def test_speeds_that_do_not_match_are_not_compared() -> None:
    """Lean changes with speed: 1.6 against 0.8 m/s would answer another question."""
    found = answer(analysis((ahead(speed=1.6), 7), (behind(speed=0.8), 2)))
    assert isinstance(found, NotAssessable)
    assert "0.8 m/s backward and 1.6 m/s forward" in found.missing


def test_of_mixed_speeds_only_the_matching_bouts_speak() -> None:
    """The fast bout leans 20 degrees; taken in, it would shift the answer by seven."""
    found = answer(
        analysis((ahead(), 6), (behind(), 3), (ahead(speed=1.9), 20), (behind(), 3), (ahead(), 6))
    )
    assert isinstance(found, Finding)
    assert found.value == pytest.approx(-3, abs=0.7)


def test_forward_only_and_too_little_are_not_assessable() -> None:
    for bouts in (((ahead(30), 5),), ((ahead(30), 5), (behind(3), 2))):
        found = answer(analysis(*bouts))
        assert isinstance(found, NotAssessable)
        assert "enough movement backward" in found.missing


def test_posture_of_several_recordings_is_pooled_from_digests_without_tracks() -> None:
    """Bouts of two recordings stay apart, and a digest stays small however long the recording."""
    one = digest(analysis((ahead(), 7), (behind(), 2)))
    both = assess_history([one, one], Athlete()).findings
    found = next(each for each in both if each.benefit == "posture")
    assert isinstance(found, Finding)
    assert found.grade is Grade.C, "two bouts in each direction now"
    assert len(digest(analysis((ahead(60), 7), (behind(60), 2))).batches) <= 20


def test_what_saw_the_trunk_best_speaks_alone() -> None:
    """A camera's zero is not that of motion capture: pooled, their offset would be a difference."""
    body = batches({LEAN: [0.1, 0.1, 0.1, 0.05, 0.05, 0.05]}, 6)
    sensor = batches(
        {LEAN: [0.9, 0.9, 0.9, 0.0, 0.0, 0.0]},
        6,
        seen_by=np.full(6, list(Means).index(Means.SENSOR)),
    )
    parts = [Digest(MONDAY, pieces(), (), None, batches=part) for part in (sensor, body)]
    found = posture.assess(History(tuple(parts), Athlete()))
    assert isinstance(found, Finding)
    assert found.value == pytest.approx(degrees(-0.05))
    (alone,) = (posture.assess(History((part,), Athlete())) for part in parts[:1])
    assert isinstance(alone, Finding)
    assert alone.grade is Grade.D
    assert any("no angle to the vertical" in caution for caution in alone.cautions)


def test_directions_in_different_recordings_are_graded_lower_and_said() -> None:
    """Markers that were placed anew may lie two degrees off, and nothing in the data shows it."""
    some = batches({LEAN: [0.1] * 3 + [0.05] * 3 + [0.1] * 3 + [0.05] * 3})
    ways = [some.where(~some.backward), some.where(some.backward)]
    apart = [Digest(MONDAY, pieces(), (), None, batches=way) for way in ways]
    together = posture.assess(History((replace(apart[0], batches=some),), Athlete()))
    found = posture.assess(History(tuple(apart), Athlete()))
    assert isinstance(together, Finding)
    assert isinstance(found, Finding)
    assert found.value == together.value
    assert (together.grade, found.grade) == (Grade.C, Grade.D)
    assert any("different recordings" in caution for caution in found.cautions)
    assert not any("different recordings" in caution for caution in together.cautions)


def test_bouts_that_differ_widen_the_interval_beyond_what_their_batches_say() -> None:
    steady = batches({LEAN: [0.1] * 3 + [0.05] * 3 + [0.1] * 3 + [0.05] * 3})
    moody = batches({LEAN: [0.2] * 3 + [0.0] * 3 + [0.0] * 3 + [0.1] * 3})
    widths = []
    for each in (steady, moody):
        found = matched(each, lambda some: some.column("trunk_lean_rad"), lambda _: 0.01)
        assert found is not None
        widths.append(found.difference.high - found.difference.low)
    assert widths[1] > 5 * widths[0] > 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.2, 6), min_size=2, max_size=24))
def test_every_batch_kept_has_one_of_the_other_direction_at_its_speed(speeds: list[float]) -> None:
    some = batches({}, len(speeds), speed_mps=np.array(speeds))
    kept = same_speed(some)
    for mine in (True, False):
        others = some.speed_mps[some.backward != mine]
        for speed in some.speed_mps[some.backward == mine]:
            near = bool(len(others)) and float(np.min(np.abs(others / speed - 1))) <= 0.15
            assert near == (speed in kept.speed_mps[kept.backward == mine])


def test_joining_nothing_is_nothing() -> None:
    assert len(joined([])) == len(joined([NO_BATCHES, NO_BATCHES])) == 0
