"""Random-effects pooling against arithmetic done by hand and against a published example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.errors import EvidenceError
from backstride.evidence.pooling import (
    between_studies_variance,
    paired_spread,
    pool,
    random_effects,
)


def test_two_equal_studies_pool_to_their_mean_without_heterogeneity() -> None:
    mean, error, tau2, t = random_effects(np.array([0.1, 0.3]), np.array([0.04, 0.04]))
    assert mean == pytest.approx(0.2)
    assert tau2 == 0
    assert error == pytest.approx(np.sqrt(0.04 / 2))
    assert t == pytest.approx(12.706, abs=1e-3)


def test_the_excess_of_the_weighted_squares_is_nil_at_the_estimate() -> None:
    """Paule and Mandel's equation: the weighted sum of squares equals k - 1."""
    effects, variances = np.array([0.0, 1.0, 2.5, 0.4]), np.array([0.1, 0.05, 0.2, 0.1])
    tau2 = between_studies_variance(effects, variances)
    weights = 1 / (variances + tau2)
    mean = np.sum(weights * effects) / np.sum(weights)
    assert np.sum(weights * (effects - mean) ** 2) == pytest.approx(3)


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=2, max_size=8),
    st.floats(-5, 5),
)
def test_pooling_follows_a_shift_and_stays_among_the_studies(
    studies: list[tuple[float, float]], shift: float
) -> None:
    effects, variances = (np.array(column) for column in zip(*studies, strict=True))
    mean, error, tau2, _ = random_effects(effects, variances)
    assert min(effects) - 1e-9 <= mean <= max(effects) + 1e-9
    assert error > 0
    assert tau2 >= 0
    assert random_effects(effects + shift, variances)[0] == pytest.approx(mean + shift, abs=1e-6)


def test_a_p_value_bounds_the_spread() -> None:
    """By hand: log(5.8/4.5) = 0.25378; t(12 df, P .001) = 4.3178; SE 0.05878; SD 0.2119."""
    assert paired_spread(4.5, 5.8, 13, 0.001) == pytest.approx(0.2119, abs=1e-4)


def test_the_cost_ratio_pools_the_two_usable_studies_and_names_the_rest() -> None:
    pooled = pool("cost_ratio_running")
    assert [study.source for study in pooled.studies] == ["bws_direction", "rasica2020"]
    assert pooled.people == 21
    assert 1.289 < pooled.mean.value < 1.35
    assert pooled.next_study.low <= pooled.mean.low, "a new study is less sure than the mean"
    assert sum(study.weight for study in pooled.studies) == pytest.approx(1)
    assert {"cavagna2011", "hooper2004"} <= {left.source for left in pooled.left_out}


def test_an_unknown_pool_is_refused() -> None:
    with pytest.raises(EvidenceError, match="no pool"):
        pool("nothing")
