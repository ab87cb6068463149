"""What moving costs, forward and backward, and the forward pace that costs the same."""

import numpy as np

from backstride.evidence import Constant, Regression, constant, equation, regression
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE


@equation(returns="cost_j_per_kg_m", source="minetti2002")
def running_cost(
    gradient: Floats, *, polynomial: Regression = regression("energy.running_cost")
) -> Floats:
    """Net cost of running forward, J/kg/m, at any speed.

    Minetti et al. 2002 (10.1152/japplphysiol.01177.2001), 10 runners on a treadmill, gradient -0.45
    to 0.45; ask `running_covered` first. Cost per metre is taken as the same at every speed, as in
    the paper; the gross power of Kipp et al. 2018 at 5 m/s is 10 % higher than that gives.
    """
    return polynomial(gradient)


@equation(returns="share", source="minetti2002")
def running_covered(
    gradient: Floats, *, limit: Constant = constant("energy.running_cost_gradient_limit")
) -> Floats:
    """1 where forward running has been measured at that gradient, else 0."""
    return np.asarray(np.abs(gradient) <= limit, dtype=np.float64)


@equation(returns="cost_j_per_kg_m", source="")
def backward_running_cost(
    gradient: Floats, *, ratio: Constant = constant("energy.cost_ratio_running")
) -> Floats:
    """Net cost of running backward, J/kg/m: the pooled ratio times the forward cost.

    That one ratio holds at every speed and uphill gradient is an assumption: the abstract of Rasica
    et al. 2020 (10.1007/s00421-020-04474-7) gives +35 % as a mean over 0 to 25 %, and a linear rise
    whose coefficients could not be read. Ask `backward_covered` first; within what a watch cannot
    tell from level, a downhill gradient counts as level.
    """
    return np.asarray(ratio * running_cost(np.maximum(gradient, 0)))


@equation(returns="share", source="rasica2020")
def backward_covered(
    gradient: Floats,
    *,
    level: Constant = constant("energy.level_gradient"),
    limit: Constant = constant("energy.backward_gradient_limit"),
) -> Floats:
    """1 where backward running has been measured at that gradient, else 0.

    Downhill there are no data at all: those seconds get no number.
    """
    return np.asarray((gradient >= -level) & (gradient <= limit), dtype=np.float64)


@equation(returns="share", source="")
def level_ground(
    gradient: Floats, *, level: Constant = constant("energy.level_gradient")
) -> Floats:
    """1 where a watch's height cannot tell a gradient from level ground, else 0."""
    return np.asarray(np.abs(gradient) <= level, dtype=np.float64)


@equation(returns="cost_j_per_kg_m", source="acsm_walk")
def walking_cost(
    gradient: Floats,
    *,
    level_cost: Constant = constant("energy.walking_cost"),
    by_speed: Constant = constant("energy.walking_oxygen_speed"),
    by_gradient: Constant = constant("energy.walking_oxygen_gradient"),
) -> Floats:
    """Net cost of walking forward, J/kg/m.

    The level cost is Minetti et al. 2002's minimum at 1.0 m/s; uphill it grows as the oxygen uptake
    of the ACSM's walking equation does. Downhill, where that equation does not hold, the cost is
    taken as level, which is too much.
    """
    return level_cost * (by_speed + by_gradient * np.maximum(gradient, 0)) / by_speed


@equation(returns="cost_j_per_kg_m", source="")
def backward_walking_cost(
    gradient: Floats, *, ratio: Constant = constant("energy.cost_ratio_walking")
) -> Floats:
    """Net cost of walking backward, J/kg/m: Hooper et al. 2004's ratio times the forward cost."""
    return ratio * walking_cost(gradient)


@equation(returns="energy_j_per_kg", source="")
def resting_energy(time_s: Floats, *, power: Constant = constant("energy.resting_power")) -> Floats:
    """Energy that the same time at rest would have used, J/kg: total less active."""
    return power * time_s


@equation(returns="oxygen_ml_per_kg_min", source="acsm_run")
def running_oxygen(
    speed_mps: Floats,
    gradient: Floats,
    *,
    by_speed: Constant = constant("energy.running_oxygen_speed"),
    by_gradient: Constant = constant("energy.running_oxygen_gradient"),
    rest: Constant = constant("energy.resting_oxygen"),
) -> Floats:
    """Gross oxygen uptake of running forward, ml/kg/min; downhill counts as level.

    ACSM running equation, for over 2.23 m/s, or from 1.33 m/s where the person truly runs.
    """
    metres_per_min = speed_mps * SECONDS_PER_MINUTE
    return metres_per_min * (by_speed + by_gradient * np.maximum(gradient, 0)) + rest


@equation(returns="oxygen_ml_per_kg_min", source="")
def backward_running_oxygen(
    speed_mps: Floats,
    gradient: Floats,
    *,
    ratio: Constant = constant("energy.cost_ratio_running"),
    rest: Constant = constant("energy.resting_oxygen"),
) -> Floats:
    """Gross oxygen uptake of running backward, ml/kg/min: the net part times the cost ratio."""
    return rest + ratio * (running_oxygen(speed_mps, gradient) - rest)


@equation(returns="speed_mps", source="")
def equivalent_forward_speed(speed_mps: Floats, gradient: Floats) -> Floats:
    """Direction-adjusted speed: forward on the level at the metabolic power of running backward."""
    return np.asarray(speed_mps * backward_running_cost(gradient) / running_cost(np.zeros(1)))


@equation(returns="speed_mps", source="")
def level_forward_speed(speed_mps: Floats, gradient: Floats) -> Floats:
    """Gradient-adjusted speed: on the level at the metabolic power of running forward uphill."""
    return np.asarray(speed_mps * running_cost(gradient) / running_cost(np.zeros(1)))


@equation(returns="laps", source="")
def laps_by_energy(
    gradient: Floats, *, ratio: Constant = constant("energy.cost_ratio_running")
) -> Floats:
    """Forward laps that cost the energy of one backward lap on the same ground."""
    return ratio + 0 * gradient


@equation(returns="laps", source="")
def laps_by_oxygen(speed_mps: Floats, gradient: Floats) -> Floats:
    """Forward laps that take the oxygen of one backward lap at the same speed, rest included."""
    return backward_running_oxygen(speed_mps, gradient) / running_oxygen(speed_mps, gradient)
