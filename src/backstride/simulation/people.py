"""Simulated people: how they run forward, and what changes when they run backward."""

from dataclasses import dataclass

import numpy as np

from backstride.evidence import Constant, constant
from backstride.recording import Floats


@dataclass(frozen=True)
class Runner:
    """One simulated person.

    Cadence, contact and oscillation are those at `watch.reference_mps`, forward on the level; the
    exponents say how they follow speed, the ratios how they change backward at the same speed.
    """

    number: int
    easy_speed_mps: float
    mass_kg: float
    cadence_spm: float
    cadence_exponent: float
    cadence_gradient: float
    contact_s: float
    contact_exponent: float
    oscillation_m: float
    walking_spm: float
    backward_cadence_ratio: float
    backward_contact_ratio: float
    backward_oscillation_ratio: float
    backward_cost_ratio: float
    oxygen_max: float
    resting_heart_rate_bpm: float
    max_heart_rate_bpm: float
    heart_rate_lag_s: float
    heart_rate_drift_per_h: float
    treadmill_scale: float

    @property
    def equal_effort_speed_mps(self) -> float:
        """Backward speed that costs as much as running forward at the easy speed."""
        return self.easy_speed_mps / self.backward_cost_ratio


def runners(
    n: int, seed: int, *, spread: float = constant("simulation.spread_share")
) -> tuple[Runner, ...]:
    """Draw `n` people.

    Parameters
    ----------
    spread
        Share of the widest spread between people that the sources allow for what changes when
        running backward: cadence, oscillation and cost. 1.0 draws from the full bound.
    """
    chance = np.random.default_rng(seed)

    def drawn(number: Constant, share: float = 1.0) -> Floats:
        return number.drawn(share * chance.standard_normal(n))

    def about(middle: float, sd: float) -> Floats:
        return np.asarray(middle * np.exp(sd * chance.standard_normal(n)))

    def around(middle: float, sd: float) -> Floats:
        return np.asarray(middle + sd * chance.standard_normal(n))

    quicker = constant("gait.stride_frequency_ratio")
    cadence_ratio = drawn(quicker, spread)
    follows = (float(quicker) / cadence_ratio) ** constant("simulation.contact_follows_cadence")
    contact_ratio = follows * about(
        constant("gait.effective_contact_ratio"), constant("simulation.backward_contact_sd")
    )
    people = {
        "easy_speed_mps": drawn(constant("simulation.easy_speed_mps")),
        "mass_kg": drawn(constant("simulation.mass_kg")),
        "cadence_spm": about(constant("watch.cadence_spm"), constant("watch.cadence_sd")),
        "cadence_exponent": around(
            constant("watch.cadence_exponent"), constant("watch.cadence_exponent_sd")
        ),
        "cadence_gradient": around(
            constant("watch.cadence_gradient"), constant("watch.cadence_gradient_sd")
        ),
        "contact_s": about(constant("watch.contact_s"), constant("watch.contact_sd")),
        "contact_exponent": around(
            constant("watch.contact_exponent"), constant("watch.contact_exponent_sd")
        ),
        "oscillation_m": about(constant("watch.oscillation_m"), constant("watch.oscillation_sd")),
        "walking_spm": about(constant("watch.walking_spm"), constant("watch.walking_sd")),
        "backward_cadence_ratio": cadence_ratio,
        "backward_contact_ratio": contact_ratio,
        "backward_oscillation_ratio": drawn(constant("gait.vertical_oscillation_ratio"), spread),
        "backward_cost_ratio": drawn(constant("energy.cost_ratio_running"), spread),
        "oxygen_max": drawn(constant("simulation.oxygen_max")),
        "resting_heart_rate_bpm": drawn(constant("simulation.resting_heart_rate_bpm")),
        "max_heart_rate_bpm": drawn(constant("simulation.max_heart_rate_bpm")),
        "heart_rate_lag_s": drawn(constant("simulation.heart_rate_lag_s")),
        "heart_rate_drift_per_h": drawn(constant("simulation.heart_rate_drift")),
        "treadmill_scale": about(1.0, constant("simulation.treadmill_error_sd")),
    }
    return tuple(
        Runner(number=k, **{name: float(values[k]) for name, values in people.items()})
        for k in range(n)
    )
