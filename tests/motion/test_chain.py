"""The hidden Markov chain: exact where it can be checked, and true to its minimum durations."""

from itertools import pairwise, product

import numpy as np
import pytest

from backstride.motion.chain import Chain, chain_of, posterior


@pytest.fixture
def chain() -> Chain:
    leaving = np.array([[0, 0.7, 0.3], [0.5, 0, 0.5], [0.9, 0.1, 0]])
    return chain_of(np.array([8.0, 4.0, 6.0]), np.array([1, 1, 3]), leaving)


def test_every_row_of_the_chain_sums_to_one_and_its_start_is_its_long_run(chain: Chain) -> None:
    assert chain.transition.sum(axis=1) == pytest.approx(1)
    assert chain.start @ chain.transition == pytest.approx(chain.start, abs=1e-9)


def test_the_posterior_equals_the_sum_over_all_paths(chain: Chain) -> None:
    n = 6
    likelihood = np.log(np.random.default_rng(3).uniform(0.05, 1, (n, 3)))
    expected = np.zeros((n, 3))
    for path in product(range(len(chain.state)), repeat=n):
        weight = chain.start[path[0]]
        for before, after in pairwise(path):
            weight *= chain.transition[before, after]
        states = chain.state[list(path)]
        weight *= np.exp(likelihood[np.arange(n), states].sum())
        expected[np.arange(n), states] += weight
    expected /= expected.sum(axis=1, keepdims=True)
    # One block whose overlap is blank: before and after the data nothing is seen.
    assert posterior(chain, likelihood, block=6, overlap=0) == pytest.approx(expected, abs=1e-9)


def test_blocks_give_what_one_long_block_gives(chain: Chain) -> None:
    likelihood = np.log(np.random.default_rng(4).uniform(0.05, 1, (700, 3)))
    whole = posterior(chain, likelihood, block=700, overlap=60)
    blocks = posterior(chain, likelihood, block=96, overlap=60)
    assert blocks == pytest.approx(whole, abs=1e-6)


def test_a_state_with_a_minimum_duration_is_not_entered_for_less(chain: Chain) -> None:
    likelihood = np.zeros((40, 3))
    likelihood[:, 2] = -6
    likelihood[20, 2] = 9
    alone = posterior(chain, likelihood, block=40, overlap=0)[20, 2]
    likelihood[19:22, 2] = 9
    together = posterior(chain, likelihood, block=40, overlap=0)[20, 2]
    assert alone < 0.5 < together


def test_nothing_gives_nothing(chain: Chain) -> None:
    assert posterior(chain, np.empty((0, 3)), block=96, overlap=60).shape == (0, 3)
