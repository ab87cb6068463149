"""What running backward is expected to change in what a watch sees, from the evidence."""

import numpy as np

from backstride.evidence import Constant, constant, equation
from backstride.recording import Floats


@equation(returns="cadence_spm", source="bws_direction")
def backward_cadence(
    cadence_spm: Floats, *, ratio: Constant = constant("gait.stride_frequency_ratio")
) -> Floats:
    """Cadence backward at the speed at which it is `cadence_spm` forward.

    A stride frequency 11 % higher was measured (n = 13, treadmill); the bouncing body's own
    frequency, a bound on it from above, is 19 % higher (Cavagna 2012, J Exp Biol 215:75-84).
    """
    return cadence_spm * ratio


@equation(returns="contact_s", source="cavagna2012")
def backward_contact(
    contact_s: Floats, *, ratio: Constant = constant("gait.effective_contact_ratio")
) -> Floats:
    """Contact backward at the speed at which it is `contact_s` forward.

    The source's contact is the effective one, the time of more than body weight; a watch shows
    the whole, for which no number was found.
    """
    return contact_s * ratio


@equation(returns="vertical_oscillation_m", source="cavagna2012")
def backward_oscillation(
    vertical_oscillation_m: Floats,
    *,
    ratio: Constant = constant("gait.vertical_oscillation_ratio"),
) -> Floats:
    """Rise and fall of the trunk backward at the speed at which it is that much forward."""
    return vertical_oscillation_m * ratio


@equation(returns="speed_mps", source="")
def backward_speed(
    speed_mps: Floats, *, ratio: Constant = constant("energy.cost_ratio_running")
) -> Floats:
    """Speed backward at the effort with which `speed_mps` is run forward.

    Cost per metre is higher by `ratio`, so at equal power speed is lower by it; the ratio of
    records backward over forward, 0.6 to 0.7, lies below that.
    """
    return speed_mps / ratio


@equation(returns="share", source="hreljac2005")
def backward_running_share(
    speed_mps: Floats,
    *,
    transition: Constant = constant("gait.backward_transition_speed"),
    spread: Constant = constant("gait.backward_transition_spread"),
) -> Floats:
    """Share of people who run rather than walk backward at a speed.

    A logistic curve through the preferred transition speed of Hreljac et al. 2005 (n = 12), as soft
    as their standard deviation between people.
    """
    return np.asarray(1 / (1 + np.exp(-(speed_mps - transition) / spread)))
