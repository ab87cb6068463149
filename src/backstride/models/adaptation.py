"""Load over days: acute, chronic, ramp, monotony, strain.

`load_au` is one day's load per element, shape (..., days), oldest first, 0 on a day without
training; results keep the last axis with length 1. Where a figure does not exist (nothing done,
all days equal) it is NaN: ask `np.isfinite` before it becomes a finding.
"""

import numpy as np

from backstride.evidence import Constant, constant, equation, total
from backstride.recording import Floats


@equation(returns="days", source="foster2001")
def week_days(*, days: Constant = constant("adaptation.acute_days")) -> int:
    """Days that a week of load has."""
    return _whole(days)


@equation(returns="days", source="")
def month_days(*, days: Constant = constant("adaptation.chronic_days")) -> int:
    """Days that the chronic load is taken over."""
    return _whole(days)


@equation(returns="load_au", source="foster2001")
def acute_load(load_au: Floats, *, days: Constant = constant("adaptation.acute_days")) -> Floats:
    """Mean daily load of the last week."""
    return np.asarray(total(load_au[..., -_whole(days) :]) / min(_whole(days), load_au.shape[-1]))


@equation(returns="load_au", source="")
def chronic_load(
    load_au: Floats, *, days: Constant = constant("adaptation.chronic_days")
) -> Floats:
    """Mean daily load of the last four weeks, or of as many days as there are."""
    return np.asarray(total(load_au[..., -_whole(days) :]) / min(_whole(days), load_au.shape[-1]))


@equation(returns="ratio", source="")
def acute_to_chronic(load_au: Floats) -> Floats:
    """Acute over chronic load.

    Its use to predict injuries is disputed; here it says how the last week compares, no more.
    """
    return _over(acute_load(load_au), chronic_load(load_au))


@equation(returns="change", source="")
def ramp(load_au: Floats, *, days: Constant = constant("adaptation.acute_days")) -> Floats:
    """Relative change of the last week's load against the week before."""
    week = _whole(days)
    return _over(total(load_au[..., -week:]), total(load_au[..., -2 * week : -week])) - 1


@equation(returns="monotony", source="foster2001")
def monotony(load_au: Floats, *, days: Constant = constant("adaptation.acute_days")) -> Floats:
    """Mean daily load of a week over its standard deviation (n - 1).

    Foster et al. do not say which standard deviation; the one of a sample is used, as in common
    spreadsheets.
    """
    week = load_au[..., -_whole(days) :]
    return _over(
        np.mean(week, axis=-1, keepdims=True), np.std(week, axis=-1, ddof=1, keepdims=True)
    )


@equation(returns="strain_au", source="foster2001")
def strain(load_au: Floats, *, days: Constant = constant("adaptation.acute_days")) -> Floats:
    """The week's load times its monotony."""
    return total(load_au[..., -_whole(days) :]) * monotony(load_au)


def _whole(days: float | Floats) -> int:
    """A number of days; draws of a definition are all alike, so the first will do."""
    return int(np.ravel(np.asarray(days))[0])


def _over(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.divide(one, other, out=np.full_like(one, np.nan), where=other > 0))
