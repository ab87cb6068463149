"""What a runner's own strides were like, backward against forward at matched speed."""

from collections.abc import Callable
from functools import partial

import numpy as np

from backstride.benefits.batches import Batches
from backstride.benefits.finding import Detail, measured
from backstride.benefits.matched import Matched, matched
from backstride.evidence import Constant, constant, equation, estimate
from backstride.models import tissue
from backstride.recording import Floats


def ratio_of(
    batches: Batches, of: Callable[[Batches], Floats], error: Callable[[], float]
) -> Matched | None:
    """Ratio of a positive quantity, backward over forward, on the scale of the logarithm.

    Parameters
    ----------
    of
        The quantity in each batch, shape (n,).
    error
        Relative standard deviation of what measuring may put between the two directions.

    Returns
    -------
    Matched or None
        None where strides do not show enough of both directions at one speed.
    """

    def log(some: Batches) -> Floats:
        values = of(some)
        return np.log(np.where(values > 0, values, np.nan))

    return matched(batches, log, lambda _: error())


def ratio(one: Matched, name: str) -> float | Floats:
    """The ratio as a traced number, measured on this runner."""
    change = np.expm1([one.difference.value, one.difference.low, one.difference.high])
    value, low, high = (float(each) for each in change)
    return 1 + estimate(f"own_{name}", value, low, high)


def change_of(
    batches: Batches,
    key: str,
    label: str,
    of: Callable[[Batches], Floats],
    error: Callable[[], float],
    note: str = "",
) -> tuple[Detail, ...]:
    """The same in per cent as a number beside an answer; none where strides do not show it."""
    one = ratio_of(batches, of, error)
    if one is None:
        return ()
    way = "running" if one.running else "walking"
    said = f"your own, {way} at matched speed{'; ' + note if note else ''}"
    return (measured(key, label, "%", partial(_percent, one, key), said),)


def _percent(one: Matched, name: str) -> Floats:
    """0 where a bout turns out not to have been backward."""
    return np.asarray(100 * (ratio(one, name) - 1) * one.right(name))


def column(name: str) -> Callable[[Batches], Floats]:
    """A column of batches, for the functions here."""
    return lambda batches: batches.column(name)


def steps_per_km(batches: Batches) -> Floats:
    """Steps of both feet for a kilometre, shape (n,)."""
    speed = np.where(batches.speed_mps > 0, batches.speed_mps, np.nan)
    return tissue.steps_per_km(batches.column("cadence_spm"), speed)


def mean_of(batches: Batches, of: Callable[[Batches], Floats]) -> float | None:
    """Mean over the time of batches that know it."""
    values = of(batches)
    known = np.isfinite(values)
    return float(np.average(values[known], weights=batches.time_s[known])) if known.any() else None


@equation(returns="ratio", source="")
def steps_error(*, error: Constant = constant("own_strides.steps_error")) -> float:
    """What counting steps and measuring speed may put between the directions."""
    return float(error)


@equation(returns="ratio", source="")
def contact_error(*, error: Constant = constant("own_strides.contact_error")) -> float:
    """What finding contacts and toe-offs may put between the directions."""
    return float(error)


@equation(returns="ratio", source="")
def stiffness_error(*, error: Constant = constant("own_strides.stiffness_error")) -> float:
    """What a stiffness from contact and flight time may put between the directions."""
    return float(error)


@equation(returns="foot_strike_rad", source="")
def foot_strike_error(*, error: Constant = constant("own_strides.foot_strike_error_rad")) -> float:
    """What measuring the sole may put between the directions."""
    return float(error)


@equation(returns="ratio", source="")
def feet_error(*, error: Constant = constant("own_strides.feet_error")) -> float:
    """What finding contacts may put between right and left, otherwise backward than forward."""
    return float(error)
