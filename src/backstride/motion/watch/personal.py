"""What is ordinary for this runner: curves of cadence, contact, oscillation and heart rate.

Every curve is log-linear in speed, with the gradient as a second slope, and lies near the
population's unless the recording says otherwise: a Bayesian linear regression whose noise is
found along with it (Bishop 2006, Pattern Recognition and Machine Learning, chapter 3).
"""

from dataclasses import dataclass, replace

import numpy as np

from backstride.evidence import constant
from backstride.recording import Floats


@dataclass(frozen=True)
class Prior:
    """A population's curve: the middle at the reference speed, its slopes, and their spreads.

    All on the scale of the logarithm; `noise` is the least scatter about a runner's own curve and
    `drift` how far that curve wanders in the course of a run.
    """

    middle: float
    exponent: float
    gradient: float
    middle_sd: float
    exponent_sd: float
    gradient_sd: float
    noise: float
    drift: float

    @property
    def mean(self) -> Floats:
        """Shape (3,)."""
        return np.array([self.middle, self.exponent, self.gradient])

    @property
    def sd(self) -> Floats:
        """Shape (3,)."""
        return np.array([self.middle_sd, self.exponent_sd, self.gradient_sd])


CADENCE = Prior(
    middle=float(np.log(constant("watch.cadence_spm"))),
    exponent=constant("watch.cadence_exponent"),
    gradient=constant("watch.cadence_gradient"),
    middle_sd=constant("watch.cadence_sd"),
    exponent_sd=constant("watch.cadence_exponent_sd"),
    gradient_sd=constant("watch.cadence_gradient_sd"),
    noise=constant("watch.noise_floor"),
    drift=constant("watch.drift"),
)
CONTACT = Prior(
    middle=float(np.log(constant("watch.contact_s"))),
    exponent=constant("watch.contact_exponent"),
    gradient=0.0,
    middle_sd=constant("watch.contact_sd"),
    exponent_sd=constant("watch.contact_exponent_sd"),
    gradient_sd=constant("watch.cadence_gradient_sd"),
    noise=constant("watch.other_noise_floor"),
    drift=constant("watch.contact_drift"),
)
OSCILLATION = Prior(
    middle=float(np.log(constant("watch.oscillation_m"))),
    exponent=constant("watch.oscillation_exponent"),
    gradient=0.0,
    middle_sd=constant("watch.oscillation_sd"),
    exponent_sd=constant("watch.oscillation_exponent_sd"),
    gradient_sd=constant("watch.cadence_gradient_sd"),
    noise=constant("watch.other_noise_floor"),
    drift=constant("watch.oscillation_drift"),
)
HEART_RATE = Prior(
    middle=float(np.log(constant("watch.heart_rate_bpm"))),
    exponent=constant("watch.heart_rate_exponent"),
    gradient=1.0,
    middle_sd=constant("watch.heart_rate_sd"),
    exponent_sd=constant("watch.heart_rate_exponent_sd"),
    gradient_sd=1.0,
    noise=constant("watch.other_noise_floor"),
    drift=constant("watch.heart_rate_drift"),
)

MEMORY = constant("watch.memory_epochs")
_NEIGHBOURS = constant("watch.neighbour_epochs")
_HILLS = constant("watch.gradient_noise")


@dataclass(frozen=True, eq=False)
class Curve:
    """One runner's curve: coefficients, how sure they are, and the scatter about it."""

    coefficients: Floats
    covariance: Floats
    noise: float
    drift: float

    def residual(self, log_value: Floats, design: Floats) -> Floats:
        """Shape (n,): how far each epoch is above the curve, on the scale of the logarithm."""
        return log_value - design @ self.coefficients

    def shared(self, design: Floats) -> Floats:
        """Shape (n,): variance of what neighbouring epochs have in common.

        The error of the curve, its drift, and on hills what a gradient does to steps.
        """
        curve = np.einsum("ni,ij,nj->n", design, self.covariance, design)
        return np.asarray(curve + self.drift**2 + (_HILLS * design[:, 2]) ** 2)


def log_density(residual: Floats, noise: float, shared: Floats | float) -> Floats:
    """Log density of one epoch's residual as part of a stretch, up to a constant.

    Of m epochs in a row with the same error of variance `shared` and each with scatter `noise`, the
    joint normal density is divided by m: a chain takes its epochs for independent, and would
    count the common error m times. m is `watch.memory_epochs`.
    """
    together = noise**2 + MEMORY * shared
    scatter = (1 - 1 / MEMORY) * np.log(noise)
    return np.asarray(-(residual**2) / (2 * together) - np.log(together) / (2 * MEMORY) - scatter)


def design_of(log_speed: Floats, gradient: Floats) -> Floats:
    """Shape (n, 3): one, log speed over the reference speed, gradient (level where unknown)."""
    reference = float(np.log(constant("watch.reference_mps")))
    return np.column_stack(
        (np.ones(len(log_speed)), np.nan_to_num(log_speed - reference), np.nan_to_num(gradient))
    )


def fitted(prior: Prior, log_value: Floats, design: Floats, weight: Floats) -> Curve:
    """The curve of the epochs given, each with a weight from 0 to 1 for being ordinary running."""
    return _regressed(prior, log_value, design, weight, noise=2 * prior.noise, rounds=2)


def _regressed(
    prior: Prior, log_value: Floats, design: Floats, weight: Floats, *, noise: float, rounds: int
) -> Curve:
    known = np.isfinite(log_value) & (weight > 0)
    y, x, w = log_value[known], design[known], weight[known]
    precision = np.diag(1 / prior.sd**2)
    curve = Curve(prior.mean, np.diag(prior.sd**2), noise, prior.drift)
    # Neighbouring epochs tell nearly the same: so many of them count as one.
    weighted = x.T * (w / _NEIGHBOURS)
    gram, moment = weighted @ x, weighted @ (y - x @ prior.mean)
    for _ in range(rounds):
        covariance = np.asarray(np.linalg.inv(precision + gram / noise**2), dtype=np.float64)
        coefficients = prior.mean + covariance @ moment / noise**2
        squares = float(w @ (y - x @ coefficients) ** 2)
        # A few imagined epochs at twice the floor keep a short recording from seeming exact.
        imagined = _NEIGHBOURS * (2 * prior.noise) ** 2
        noise = float(np.sqrt((squares + imagined) / (float(w.sum()) + _NEIGHBOURS)))
        noise = max(noise, prior.noise)
        curve = Curve(coefficients, covariance, noise, prior.drift)
    return curve


@dataclass(frozen=True)
class Change:
    """Cadence backward over forward at the same speed, as a logarithm, and its spread.

    The spread differs towards fewer and towards more steps.
    """

    shift: float
    sd_below: float
    sd_above: float


@dataclass(frozen=True, eq=False)
class Runner:
    """A runner's own cadence curve, usual running speed and change of cadence when backward.

    `weight` has shape (n,): the probability that an epoch is ordinary forward running.
    """

    curve: Curve
    log_speed: float
    weight: Floats
    change: Change


def runner_of(
    log_cadence: Floats, log_speed: Floats, design: Floats, candidates: Floats, change: Change
) -> Runner:
    """Find ordinary forward running, and the runner's own cadence in it, each from the other.

    Expectation-maximisation over three kinds of running: along the curve; above it as backward
    running is, and slower than usual; and neither. It begins from the level that explains most
    epochs when those above it by the expected shift count as explained too, so that a session half
    backward does not begin between the two.

    Parameters
    ----------
    candidates
        shape (n,), 1 where an epoch may be forward running, else 0.
    change
        What is expected of any runner.
    """
    running = candidates > 0
    if not running.any():
        nothing = fitted(CADENCE, log_cadence, design, candidates)
        return Runner(nothing, float(np.log(constant("watch.reference_mps"))), candidates, change)
    usual = float(np.median(log_speed[running]))
    broad = constant("watch.odd_sd")
    flat = Curve(CADENCE.mean, np.diag(CADENCE.sd**2), 2 * CADENCE.noise, CADENCE.drift)
    offset = np.where(running, flat.residual(log_cadence, design), 0)
    level = _level(offset[running], change.shift, broad)
    weight = np.where(running, _bell(offset - level, 2 * flat.noise), 0) * (2 * flat.noise)
    usual = _mean(log_speed, weight, usual)
    # While it is unknown which epochs are which, a free slope would bend towards backward ones.
    stiff = replace(CADENCE, exponent_sd=_STIFF_SD)
    curve = fitted(stiff, log_cadence, design, weight)
    for _ in range(_ROUNDS):
        residual = np.where(running, curve.residual(log_cadence, design), 0)
        spread = float(np.hypot(curve.noise, curve.drift))
        along = _bell(residual, spread)
        above = _bell(residual - change.shift, float(np.hypot(change.sd_above, spread)))
        above = above * (log_speed < usual)
        weight = np.where(running, along / (along + (above + _bell(residual, broad)) / 2), 0)
        usual = _mean(log_speed, weight, usual)
        curve = _regressed(stiff, log_cadence, design, weight, noise=curve.noise, rounds=2)
    free = _regressed(CADENCE, log_cadence, design, weight, noise=curve.noise, rounds=1)
    curve = replace(curve, covariance=free.covariance)
    return Runner(curve, usual, weight, change)


def reconsidered(
    first: Runner,
    log_cadence: Floats,
    log_speed: Floats,
    design: Floats,
    *,
    forward: Floats,
    backward: Floats,
) -> Runner:
    """The runner again, once a model has said which epochs were forward and which backward.

    Parameters
    ----------
    forward, backward
        shape (n,), probability of steady running in either direction.
    """
    curve = _regressed(CADENCE, log_cadence, design, forward, noise=first.curve.noise, rounds=2)
    residual = np.where(backward > 0, curve.residual(log_cadence, design), 0)
    stretches = float(backward.sum()) / _NEIGHBOURS
    mean = _mean(residual, backward, first.change.shift)
    about = first.change.sd_below
    # As surely as so many independent stretches say, each as unsure as one bout is.
    trust = stretches / (stretches + (_BOUT_SD / about) ** 2)
    shift = first.change.shift + trust * (mean - first.change.shift)
    shift = max(shift, first.change.shift / 2)
    narrower = np.sqrt((1 - trust) + (_BOUT_SD / about) ** 2 * trust)
    change = Change(
        shift=float(shift),
        sd_below=float(about * min(narrower, 1.0)),
        sd_above=float(first.change.sd_above * min(narrower, 1.0)),
    )
    return Runner(curve, _mean(log_speed, forward, first.log_speed), forward, change)


_ROUNDS = int(constant("watch.rounds"))
_STIFF_SD = constant("watch.stiff_exponent_sd")
_BOUT_SD = constant("watch.bout_sd")


def _mean(values: Floats, weight: Floats, otherwise: float) -> float:
    total = float(weight.sum())
    return float(weight @ np.where(weight > 0, values, 0)) / total if total > 0 else otherwise


def _level(offset: Floats, backward_shift: float, broad: float) -> float:
    """Where the runner's curve lies above the population's, sought on a grid of one per cent."""
    width = 1 / 100
    span = 2 * broad
    edges = np.arange(-span, span + width, width)
    middles = edges[:-1] + width / 2
    counts = np.histogram(np.clip(offset, -span, span), bins=edges)[0]
    away = middles[None, :] - middles[:, None]
    spread = 2 * CADENCE.noise
    explained = (
        _bell(away, spread) + _bell(away - backward_shift, spread) / 2 + _bell(away, broad) / 2
    )
    score = np.log(explained) @ counts - (middles / CADENCE.middle_sd) ** 2 / 2
    return float(middles[np.argmax(score)])


def _bell(residual: Floats, sd: float) -> Floats:
    return np.exp(-0.5 * (residual / sd) ** 2) / sd
