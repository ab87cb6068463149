"""What backward running costs, by the studies that were read."""

import numpy as np
import pytest

from backstride.evidence import evaluate
from backstride.models.energy import (
    backward_covered,
    backward_running_cost,
    equivalent_forward_speed,
    laps_by_energy,
    running_cost,
)


def test_the_ratio_lies_between_the_two_studies() -> None:
    """BWS_DIRECTION 5.8/4.5 = 1.289 (n = 13); Rasica 2020 1.35 (n = 8)."""
    assert 5.8 / 4.5 < laps_by_energy(np.zeros(1))[0] < 1.35


def test_each_study_lies_in_the_interval_of_one_more_person() -> None:
    spread = evaluate(lambda: {"laps": laps_by_energy(np.zeros(1))})["laps"]
    assert spread.low < 5.8 / 4.5 < spread.high
    assert spread.low < 1.35 < spread.high


def test_backward_uphill_is_covered_to_a_quarter_and_downhill_never() -> None:
    gradients = np.array([-0.10, -0.03, 0.0, 0.25, 0.26])
    assert backward_covered(gradients).tolist() == [0, 0, 1, 1, 0]


def test_equal_power_speed_ratio_is_within_what_is_known() -> None:
    """CLAIM_1_OVER_RATIO: 0.74 to 0.78 of the forward speed at equal metabolic power."""
    ratio = 2.0 / equivalent_forward_speed(np.array([2.0]), np.zeros(1))[0]
    assert 0.74 <= ratio <= 0.78


def test_backward_uphill_costs_the_ratio_of_forward_uphill() -> None:
    gradients = np.array([0.0, 0.05, 0.1, 0.25])
    again = backward_running_cost(gradients) / running_cost(gradients)
    assert again == pytest.approx(np.full(4, again[0]))
