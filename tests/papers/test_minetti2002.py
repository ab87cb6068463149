"""Minetti et al. 2002, doi 10.1152/japplphysiol.01177.2001: cost of running on slopes."""

import numpy as np
import pytest

from backstride.models.energy import running_cost, running_covered, walking_cost


@pytest.mark.parametrize(
    ("gradient", "measured", "sd"),
    [(0.0, 3.40, 0.24), (0.45, 18.93, 1.74), (-0.20, 1.73, 0.36), (-0.45, 3.92, 0.81)],
)
def test_the_polynomial_lies_within_one_sd_of_each_mean_of_the_abstract(
    gradient: float, measured: float, sd: float
) -> None:
    assert abs(running_cost(np.array([gradient]))[0] - measured) <= sd


def test_beyond_the_measured_gradients_nothing_is_covered() -> None:
    gradients = np.array([-0.46, -0.45, 0.0, 0.45, 0.46])
    assert running_covered(gradients).tolist() == [0, 1, 1, 1, 0]


def test_level_walking_costs_the_abstract_s_minimum() -> None:
    """1.64 (SD 0.50) J/kg/m at 1.0 m/s."""
    assert walking_cost(np.zeros(1))[0] == pytest.approx(1.64)
