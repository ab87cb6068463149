"""Load per tissue, backward over forward at the same speed, per step and per kilometre.

For the tibia, the plantar fascia, the calf and the hamstrings nothing could be read for backward
running, so they have no equation here.
"""

import numpy as np

from backstride.evidence import Constant, constant, equation
from backstride.recording import Floats
from backstride.vocabulary import METRES_PER_KILOMETRE, SECONDS_PER_MINUTE


@equation(returns="steps", source="")
def steps_per_km(cadence_spm: Floats, speed_mps: Floats) -> Floats:
    """Steps of both feet for a kilometre."""
    return cadence_spm / SECONDS_PER_MINUTE * METRES_PER_KILOMETRE / speed_mps


@equation(returns="ratio", source="")
def steps_ratio(*, ratio: Constant = constant("gait.stride_frequency_ratio")) -> float | Floats:
    """Steps per kilometre, backward over forward at the same speed."""
    return ratio


@equation(returns="ratio", source="roos2012")
def patellofemoral_per_step(
    *, ratio: Constant = constant("joints.patellofemoral_force_ratio")
) -> float | Floats:
    """Peak patellofemoral force of one step, backward over forward.

    Roos et al. 2012 (10.1016/j.jbiomech.2012.03.020), 20 adults at the same speed. Flynn and
    Soutas-Little 1995 found a larger fall in 5 joggers, at speeds that were not matched; it is not
    used.
    """
    return ratio


@equation(returns="force_bw", source="roos2012")
def patellofemoral_forward(
    *, force: Constant = constant("joints.patellofemoral_force_forward")
) -> float | Floats:
    """Peak patellofemoral force of one forward step, body weights."""
    return force


@equation(returns="ratio", source="roos2012")
def knee_moment_per_step(
    *, ratio: Constant = constant("joints.knee_extension_moment_ratio")
) -> float | Floats:
    """Peak knee extension moment of one step, backward over forward."""
    return ratio


@equation(returns="ratio", source="almonroeder2013")
def achilles_per_step(
    *, ratio: Constant = constant("tissue.achilles_impulse_ratio")
) -> float | Floats:
    """Achilles impulse of one step, backward over forward, by the landing alone.

    Almonroeder et al. 2013 (10.1007/s10439-013-0819-1) compared forefoot with rearfoot landing in
    forward running. Backward running lands on the forefoot; that its Achilles load differs by no
    more than the landing is an assumption, and a runner who lands on the forefoot forward too has
    less of a change.
    """
    return ratio


@equation(returns="ratio", source="bws_direction")
def rectus_femoris_activity(
    *, ratio: Constant = constant("tissue.rectus_femoris_activity_ratio")
) -> float | Floats:
    """Activity (EMG) of the rectus femoris, backward over forward at the same speed."""
    return ratio


@equation(returns="ratio", source="")
def per_km(ratio: float | Floats) -> float | Floats:
    """A ratio per step as one per kilometre: there are more steps in a backward kilometre."""
    return np.asarray(ratio) * steps_ratio()
