"""Wander and lag: the two first-order filters that the simulation is made of."""

import numpy as np
from scipy.signal import lfilter

from backstride.recording import Floats


def wander(n: int, sd: float, time_s: float, chance: np.random.Generator) -> Floats:
    """A stationary first-order autoregression, shape (n,), of that SD and time constant."""
    keep = np.exp(-1 / time_s)
    fresh = chance.standard_normal(n) * sd * np.sqrt(1 - keep**2)
    start = sd * chance.standard_normal()
    return np.asarray(lfilter([1.0], [1.0, -keep], fresh, zi=[keep * start])[0])


def lagged(values: Floats, time_s: float, *, from_rest: bool = False) -> Floats:
    """First-order low-pass of that time constant, begun at the first value or at 0."""
    keep = np.exp(-1 / time_s)
    start = 0.0 if from_rest else values[0]
    return np.asarray(lfilter([1 - keep], [1.0, -keep], values, zi=[keep * start])[0])
