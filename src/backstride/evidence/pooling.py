"""One number from several small studies: random-effects pooling of a ratio.

Which studies went in, which did not and why stands in ``pools.toml``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from backstride.errors import EvidenceError
from backstride.evidence.constants import Floats
from backstride.evidence.tracing import CONFIDENCE, Spread


@dataclass(frozen=True)
class PooledStudy:
    """One study of a pool: its ratio with the 95 % interval of its mean, and its weight."""

    source: str
    people: int
    ratio: Spread
    weight: float
    spread_known: bool
    note: str


@dataclass(frozen=True)
class LeftOut:
    """A study that could not be pooled, and why."""

    source: str
    why: str


@dataclass(frozen=True)
class Pool:
    """A pooled ratio.

    Attributes
    ----------
    mean
        Pooled ratio with the 95 % confidence interval of the mean; the study is the unit.
    next_study
        The same ratio with the 95 % prediction interval for the mean of one more study.
    next_person
        The same ratio with the interval in which 95 % of further people are expected if the
        studies do not differ; the person is the unit, so it can be narrower than the others.
    between_studies_sd
        tau, on the scale of the logarithm.
    """

    name: str
    question: str
    studies: tuple[PooledStudy, ...]
    left_out: tuple[LeftOut, ...]
    mean: Spread
    next_study: Spread
    next_person: Spread
    between_studies_sd: float
    people: int


def paired_spread(forward: float, backward: float, people: int, p_below: float) -> float:
    """Largest SD between people of the logarithm of a ratio that a paired test's P value allows.

    A paper that gives two means and "P < p" but no spread of the difference still bounds it: the
    t of the paired test is at least that of p, so the standard error is at most |log ratio| / t.
    That supposes a test over people (not over runs or speeds), of the logarithm of the ratio.
    """
    from scipy.special import stdtrit

    standard_error = abs(np.log(backward / forward)) / stdtrit(people - 1, 1 - p_below / 2)
    return float(standard_error * np.sqrt(people))


def one_more_person(log_ratio: float, variance_of_mean: float, sd: float, people: int) -> Spread:
    """The interval of a ratio in which 95 % of further people are expected, Student's t."""
    from scipy.special import stdtrit

    half = stdtrit(people - 1, (1 + CONFIDENCE) / 2) * np.sqrt(sd**2 + variance_of_mean)
    return _ratio(log_ratio, half)


def between_studies_variance(effects: Floats, variances: Floats) -> float:
    """tau² by Paule and Mandel (1982, doi 10.6028/jres.087.022).

    Parameters
    ----------
    effects, variances
        shape (k,): each study's effect and the square of its standard error.

    Returns
    -------
    float
        The tau² at which the weighted sum of squares equals its expectation k - 1; 0 where even
        tau² = 0 gives less. Found by bisection to 1e-12.
    """
    k = len(effects)

    def excess(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        mean = np.sum(weights * effects) / np.sum(weights)
        return float(np.sum(weights * (effects - mean) ** 2) - (k - 1))

    if k < 2 or excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.var(effects, ddof=1)) * k + 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def random_effects(effects: Floats, variances: Floats) -> tuple[float, float, float, float]:
    """Random-effects mean with a small-sample interval.

    Parameters
    ----------
    effects, variances
        shape (k,), k >= 2.

    Returns
    -------
    mean, standard error, tau², Student's t for 95 % with k - 1 degrees of freedom

    Notes
    -----
    Student's t in place of the normal, as Knapp and Hartung (2003, doi 10.1002/sim.1482). Their
    scale factor, in the form that never narrows the interval, is always 1 with the tau² of Paule
    and Mandel, so it is left out. With two studies t is 12.7 and the interval as wide as it should
    be: two studies cannot say how much studies differ.
    """
    from scipy.special import stdtrit

    tau2 = between_studies_variance(effects, variances)
    weights = 1 / (variances + tau2)
    mean = float(np.sum(weights * effects) / np.sum(weights))
    standard_error = float(np.sqrt(1 / np.sum(weights)))
    return mean, standard_error, tau2, float(stdtrit(len(effects) - 1, (1 + CONFIDENCE) / 2))


@cache
def _pools() -> Mapping[str, Mapping[str, object]]:
    file = resources.files("backstride.evidence") / "pools.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def pool(name: str) -> Pool:
    """Pool the studies of that name in ``pools.toml``.

    The prediction interval for one more study uses Student's t with k - 1 degrees of freedom
    (Partlett and Riley 2017, doi 10.1002/sim.7140, discuss the choice; k - 2 does not exist for
    two studies). The one for one more person adds the spread between people.

    Raises
    ------
    EvidenceError
        No such pool, or fewer than two studies, or none with a spread.
    """
    if name not in _pools():
        raise EvidenceError(f"no pool is called {name}", hint="see evidence/pools.toml")
    table = _pools()[name]
    rows = table["studies"]
    if not isinstance(rows, list) or len(rows) < 2:
        raise EvidenceError(f"pool {name} has fewer than two studies", hint="see pools.toml")
    spreads = [
        paired_spread(1.0, row["ratio"], row["people"], row["p_below"])
        if "p_below" in row
        else None
        for row in rows
    ]
    known = [(spread, row["people"]) for spread, row in zip(spreads, rows, strict=True) if spread]
    if not known:
        raise EvidenceError(f"pool {name}: no study gives a spread", hint="see pools.toml")
    person_sd, people_behind_it = max(known)
    sds = np.array([person_sd if spread is None else spread for spread in spreads])
    people = np.array([row["people"] for row in rows])
    effects = np.log(np.array([row["ratio"] for row in rows]))
    variances = sds**2 / people
    mean, standard_error, tau2, t = random_effects(effects, variances)
    weights = 1 / (variances + tau2)
    return Pool(
        name=name,
        question=str(table["question"]),
        studies=tuple(
            PooledStudy(
                source=row["source"],
                people=row["people"],
                ratio=_ratio(float(effect), 1.96 * float(np.sqrt(variance))),
                weight=float(weight / np.sum(weights)),
                spread_known=spread is not None,
                note=row["note"],
            )
            for row, effect, variance, weight, spread in zip(
                rows, effects, variances, weights, spreads, strict=True
            )
        ),
        left_out=tuple(LeftOut(**row) for row in table["left_out"]),  # type: ignore[attr-defined]  # TOML array of tables
        mean=_ratio(mean, t * standard_error),
        next_study=_ratio(mean, t * float(np.sqrt(tau2 + standard_error**2))),
        next_person=one_more_person(mean, tau2 + standard_error**2, person_sd, people_behind_it),
        between_studies_sd=float(np.sqrt(tau2)),
        people=int(np.sum(people)),
    )


def pool_names() -> tuple[str, ...]:
    """Every pool."""
    return tuple(_pools())


def _ratio(log_ratio: float, half_width: float) -> Spread:
    low, middle, high = np.exp([log_ratio - half_width, log_ratio, log_ratio + half_width])
    return Spread(float(middle), float(low), float(high))
