"""Training load of one session, by heart rate or by the runner's own rating."""

import numpy as np

from backstride.evidence import Constant, constant, equation
from backstride.recording import Floats, Sex


@equation(returns="load_au", source="banister1991")
def trimp_male(
    duration_min: Floats,
    heart_rate_reserve_share: Floats,
    *,
    factor: Constant = constant("adaptation.trimp_factor_male"),
    exponent: Constant = constant("adaptation.trimp_exponent_male"),
) -> Floats:
    """Banister's training impulse of each stretch of time, men's weighting."""
    share = np.clip(heart_rate_reserve_share, 0, 1)
    return duration_min * share * factor * np.exp(exponent * share)


@equation(returns="load_au", source="banister1991")
def trimp_female(
    duration_min: Floats,
    heart_rate_reserve_share: Floats,
    *,
    factor: Constant = constant("adaptation.trimp_factor_female"),
    exponent: Constant = constant("adaptation.trimp_exponent_female"),
) -> Floats:
    """Banister's training impulse of each stretch of time, women's weighting."""
    share = np.clip(heart_rate_reserve_share, 0, 1)
    return duration_min * share * factor * np.exp(exponent * share)


#: Banister's weighting by sex; there is none for a person whose sex is not given.
TRIMP = {Sex.MALE: trimp_male, Sex.FEMALE: trimp_female}


@equation(returns="load_au", source="edwards1993")
def zone_load(
    duration_min: Floats,
    heart_rate_max_share: Floats,
    *,
    start: Constant = constant("adaptation.zone_start"),
    width: Constant = constant("adaptation.zone_width"),
    zones: Constant = constant("adaptation.zones"),
) -> Floats:
    """Edwards' load of each stretch of time: a minute in zone k counts k, below zone 1 nothing."""
    # A hair's breadth keeps 60 % in the zone that begins there, whatever 0.6 - 0.5 is in binary.
    zone = np.floor((heart_rate_max_share - start) / width * (1 + np.finfo(float).eps * 60)) + 1
    return np.asarray(duration_min * np.clip(zone, 0, zones))


@equation(returns="load_au", source="foster2001")
def session_rating_load(duration_min: Floats, rating_of_effort: Floats) -> Floats:
    """Foster's session load: minutes times the runner's rating of the whole session, 0 to 10."""
    return duration_min * rating_of_effort
