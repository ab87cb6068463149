"""What the heart says: reserve, oxygen by heart rate, beats for a distance."""

import numpy as np

from backstride.evidence import Regression, equation, regression
from backstride.recording import Floats
from backstride.vocabulary import METRES_PER_KILOMETRE, SECONDS_PER_MINUTE


@equation(returns="heart_rate_reserve_share", source="")
def heart_rate_reserve(
    heart_rate_bpm: Floats, resting_heart_rate_bpm: float, max_heart_rate_bpm: float
) -> Floats:
    """Share of the heart rate reserve: 0 at rest, 1 at the maximum."""
    return np.asarray(
        (heart_rate_bpm - resting_heart_rate_bpm) / (max_heart_rate_bpm - resting_heart_rate_bpm)
    )


@equation(returns="oxygen_reserve_share", source="swain1998")
def oxygen_reserve(
    heart_rate_reserve_share: Floats,
    *,
    line: Regression = regression("energy.oxygen_reserve"),
) -> Floats:
    """Share of the oxygen uptake reserve by heart rate.

    Swain et al. 1998, %HRR = 1.5 + 1.03 %VO2R, solved for %VO2R. From forward treadmill tests; that
    it holds backward is an assumption, since nobody has measured it.
    """
    return line(heart_rate_reserve_share)


@equation(returns="beats_per_km", source="")
def beats_per_km(heart_rate_bpm: Floats, speed_mps: Floats) -> Floats:
    """Heart beats for a kilometre at that speed."""
    return heart_rate_bpm / SECONDS_PER_MINUTE * METRES_PER_KILOMETRE / speed_mps
