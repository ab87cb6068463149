"""What a runner's own strides add to relief and fitness, and that nothing changes without them."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.benefits.made import batches, in_turn
from tests.benefits.test_answers import MONDAY, assessed, digested, findings, row
from tests.motion.made import steady, strides

from backstride.benefits.batches import Batches, batches_of
from backstride.evidence import Grade
from backstride.motion.bouts import Bout, Bouts
from backstride.motion.series import series_of
from backstride.motion.strides import Strides
from backstride.vocabulary import Direction, Gait, Origin


def seen(**changed: object) -> Batches:
    """160 steps a minute forward and 192 backward at one speed, contact 0.25 and 0.21 s."""
    return batches(
        {
            "cadence_spm": in_turn(160, 192, 0.01),
            "contact_s": in_turn(0.25, 0.21, 0.01),
            "step_length_m": in_turn(0.75, 0.625, 0.01),
            "stiffness_per_s2": in_turn(300, 420, 0.01),
            "foot_strike_rad": in_turn(0.2, -0.1),
            "contact_s:symmetry": in_turn(0.01, 0.06),
        },
        **changed,
    )


def test_own_steps_take_the_place_of_published_ones() -> None:
    """192 / 160 = 1.2 times the steps: 0.756 per step makes 0.907 per kilometre, not 0.841."""
    plain, own = (
        findings(one)["injury_relief"] for one in (digested(), replace(digested(), batches=seen()))
    )
    assert row(own, "steps") == pytest.approx(20, abs=1)
    assert assessed(own).value == pytest.approx(100 * (0.756 * 1.2 - 1), abs=1)
    assert assessed(plain).value == pytest.approx(100 * (0.756 * 1.113 - 1), abs=0.1)
    assert "own count of steps" in assessed(own).because
    assert "own count of steps" not in assessed(plain).because
    spread = [(100 + each.high) / (100 + each.low) for each in (assessed(own), assessed(plain))]
    assert spread[0] < spread[1], "own steps are known better than other people's"
    assert "backstride" in assessed(own).sources
    assert assessed(own).grade >= Grade.C, "one person without a comparison"


def test_contact_and_landing_are_told_by_direction() -> None:
    found = findings(replace(digested(), batches=seen()))["injury_relief"]
    assert row(found, "contact") == pytest.approx(-16, abs=1)
    assert row(found, "contact_backward") == pytest.approx(0.21, abs=0.003)
    assert row(found, "sole_backward") == pytest.approx(np.rad2deg(-0.1), abs=0.01)
    assert row(found, "sole") == pytest.approx(np.rad2deg(-0.3), abs=0.01)
    assert row(found, "contact_right") == pytest.approx(5, abs=0.01)
    assert row(found, "steps_km_forward") == pytest.approx(160 / 60 * 1000 / 2, rel=0.01)


def test_steps_at_other_speeds_and_of_walking_do_not_take_that_place() -> None:
    """Fewer steps a kilometre at a higher speed are the speed's doing, not the direction's."""
    faster = np.where(np.arange(12) // 3 % 2 == 1, 1.5, 3.0)
    plain = assessed(findings(digested())["injury_relief"])
    for some in (seen(speed_mps=faster), seen(running=np.zeros(12, bool))):
        found = assessed(findings(replace(digested(), batches=some))["injury_relief"])
        assert found.value == plain.value
        assert "own count of steps" not in found.because


def test_an_unsure_direction_takes_the_change_back_but_once() -> None:
    sure, unsure = (
        assessed(
            findings(replace(digested(), batches=seen(probability=np.full(12, p))))["injury_relief"]
        )
        for p in (1.0, 0.6)
    )
    contact = [
        next(each for each in one.details if each.key == "contact") for one in (sure, unsure)
    ]
    assert contact[0].value == contact[1].value
    assert contact[1].high is not None
    assert contact[0].high is not None
    assert contact[1].high > contact[0].high, "perhaps it was not backward, and nothing changed"


def test_fitness_tells_how_steps_change_with_direction() -> None:
    weeks = [
        replace(
            digested(heart_rate_bpm=np.full(10, 150 - week + week % 2)),
            start_utc=MONDAY + timedelta(weeks=week),
            batches=seen(),
        )
        for week in range(8)
    ]
    found = findings(*weeks)["fitness"]
    assert row(found, "cadence") == pytest.approx(20, abs=1)
    assert row(found, "step_length") == pytest.approx(-16.7, abs=1)
    assert row(found, "stiffness") == pytest.approx(40, abs=1)
    (stiffness,) = (each for each in assessed(found).details if each.key == "stiffness")
    assert "cavagna2012" in stiffness.sources
    assert "499" in stiffness.note


def cut(one: Strides, *bouts: Bout) -> Batches:
    return batches_of(Bouts(bouts), series_of(steady(60)), None, one)


def bout(start_s: float, end_s: float, direction: Direction = Direction.FORWARD) -> Bout:
    return Bout(start_s, end_s, direction, Gait.RUN, 1.0, Origin.POSE)


def test_strides_are_averaged_in_the_batch_that_they_begin_in() -> None:
    one = strides(100, contact_s=np.where(np.arange(100) < 60, 0.2, 0.3))
    found = cut(one, bout(0, 21), bout(21, 22), bout(22, 35, Direction.BACKWARD))
    assert len(found) == 10 + 0 + 6, "a bout shorter than its ends has none"
    whole = (20 - 0.7 + 12 - 0.7) / 0.35
    assert found.strides.sum() == pytest.approx(whole, abs=2), "none that ends in another bout"
    assert set(np.round(found.column("contact_s")[~found.backward], 6)) == {0.2}
    assert set(np.round(found.column("contact_s")[found.backward], 6)) == {0.3}
    assert np.isnan(found.column("trunk_lean_rad")).all()


def test_scatter_is_about_each_foot_s_own_mean_and_symmetry_between_them() -> None:
    """Left 0.12, right 0.08 m at every step: feet differ, but nothing scatters."""
    even = strides(100, step_width_m=[0.12, 0.08] * 50, contact_s=[0.22, 0.18] * 50)
    found = cut(even, bout(0, 35))
    assert np.allclose(found.column("step_width_m:variance"), 0)
    assert np.allclose(found.column("contact_s:symmetry"), -0.2)
    chance = np.random.default_rng(1).normal(0, 0.02, 100)
    uneven = cut(strides(100, step_width_m=np.array([0.12, 0.08] * 50) + chance), bout(0, 35))
    variance, freedom = (uneven.column(f"step_width_m:{of}") for of in ("variance", "freedom"))
    pooled = np.sqrt(np.sum(variance * freedom) / np.sum(freedom))
    assert pooled == pytest.approx(0.02, rel=0.15)
    assert freedom.sum() == uneven.strides.sum() - 2 * len(uneven)
