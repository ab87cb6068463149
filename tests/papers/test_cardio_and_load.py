"""Heart rate, oxygen and training load, by their published definitions."""

import numpy as np
import pytest

from backstride.models.adaptation import acute_to_chronic, monotony, ramp, strain
from backstride.models.cardio import beats_per_km, heart_rate_reserve, oxygen_reserve
from backstride.models.load import session_rating_load, trimp_female, trimp_male, zone_load
from backstride.models.tissue import (
    patellofemoral_forward,
    patellofemoral_per_step,
    per_km,
    steps_per_km,
)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_swain1998_turned_round_gives_the_share_back(share: float) -> None:
    """%HRR = 1.5 + 1.03 %VO2R."""
    assert oxygen_reserve(np.array([0.015 + 1.03 * share]))[0] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_dalleck2006_agrees_with_swain1998(share: float) -> None:
    """An independent line, %HRR = -0.3 + 1.00 %VO2R, lies within five points."""
    assert oxygen_reserve(np.array([share]))[0] == pytest.approx(share + 0.003, abs=0.05)


def test_banister_s_training_impulse_by_hand() -> None:
    """By hand: 45 min at 150 bpm, rest 60, maximum 190; 45 x 0.6923 x 0.64 exp(1.92 x 0.6923)."""
    reserve = heart_rate_reserve(np.array([150.0]), 60, 190)
    assert trimp_male(np.array([45.0]), reserve)[0] == pytest.approx(75.3, abs=0.1)
    assert trimp_female(np.array([45.0]), reserve)[0] == pytest.approx(
        45 * 0.6923 * 0.86 * np.exp(1.67 * 0.6923), rel=1e-3
    )


def test_edwards_zones_begin_at_each_tenth_of_maximal_heart_rate() -> None:
    shares = np.array([0.49, 0.50, 0.59, 0.60, 0.70, 0.80, 0.90, 1.05])
    assert zone_load(np.ones(8), shares).tolist() == [0, 1, 1, 2, 3, 4, 5, 5]


def test_foster_s_session_load_is_minutes_times_rating() -> None:
    assert session_rating_load(np.array([40.0]), np.array([5.0]))[0] == 200


def test_monotony_and_strain_of_a_week_done_by_hand() -> None:
    """Days 0 60 0 60 0 60 0: mean 25.71, SD 32.07, monotony 0.802, strain 144.3."""
    week = np.array([0, 60, 0, 60, 0, 60, 0], dtype=float)
    assert monotony(week)[0] == pytest.approx(0.802, abs=1e-3)
    assert strain(week)[0] == pytest.approx(180 * 0.8018, abs=0.1)


def test_load_figures_that_do_not_exist_are_not_numbers() -> None:
    assert np.isnan(monotony(np.full(7, 30.0)))[0], "all days equal"
    assert np.isnan(acute_to_chronic(np.zeros(28)))[0], "nothing done"
    assert np.isnan(ramp(np.r_[np.zeros(7), np.ones(7)]))[0], "nothing before"


def test_ramp_and_acute_to_chronic_by_hand() -> None:
    days = np.r_[np.full(21, 10.0), np.full(7, 20.0)]
    assert ramp(days)[0] == pytest.approx(1.0)
    assert acute_to_chronic(days)[0] == pytest.approx(20 / 12.5)


def test_beats_and_steps_for_a_kilometre_by_hand() -> None:
    assert beats_per_km(np.array([150.0]), np.array([2.5]))[0] == pytest.approx(1000)
    assert steps_per_km(np.array([180.0]), np.array([3.0]))[0] == pytest.approx(1000)


def test_roos2012_per_step_and_with_more_steps_per_kilometre() -> None:
    """3.4 / 4.5 body weights; times +11.3 % stride frequency, 0.84 per kilometre."""
    assert patellofemoral_per_step() == pytest.approx(3.4 / 4.5, abs=1e-3)
    assert float(per_km(patellofemoral_per_step())) == pytest.approx(0.84, abs=0.01)
    assert patellofemoral_forward() == 4.5
