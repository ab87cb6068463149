"""The watch model: which seconds look like backward running to a wrist that only counts steps.

A hidden Markov model with minimum durations over epochs of five seconds, with states still,
forward walk, forward run, backward walk and backward run, over speed, cadence, heart rate,
gradient, and contact time and vertical oscillation where present. It is personal: every quantity
is compared with the runner's own forward curve, found in the same recording (`personal`). What
running backward changes comes from the evidence (`expected`): at the same speed cadence is 11 %
higher, contact shorter, effort and with it heart rate higher; at the same effort speed is lower.

What can be told apart, and what not
    A runner's own cadence scatters by about 2 % about the own curve on roads, so 11 % is far
    outside of it. A device that shows too little speed (trees, tunnels) shows the runner's *usual*
    cadence at a low speed, a kind of forward running that the model knows; but where that lasts a
    minute, running backward can look the same, and the model is then wrong (docs/validation.md,
    "satellites lost"). Drills with quick short steps are another kind it knows, and another that
    it can take for backward. On trails the runner's own scatter is
    so wide that little is called. Where there is little forward running to learn from, the
    curve is unsure and the model says forward. A recording that was run backward throughout,
    with no word about it, looks like forward running with a quick cadence and is not found. A
    backward walk can hardly be told from a forward one with short steps.

How it was tuned
    On every second (first, third, ...) of the recordings of forward running at hand, sorted by
    name, and on simulated backward bouts; the other recordings were kept for a test. They are not
    wholly blind: they were looked at a few times on the way, the first time when a more lenient
    model called 0.7 % of them backward. What was changed then (`watch.fast_share`, the rate of
    bouts, the thresholds) was chosen by what it did to the first half and to simulations. No
    public watch recording of backward running exists: what share of real backward running the
    model finds is not known.

The chain is solved twice where the first solution finds anything backward: the second time with
curves from what it took for forward, and with this runner's own change of cadence.
"""

from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cache

import numpy as np

from backstride.evidence import constant
from backstride.motion.chain import Chain, chain_of, posterior
from backstride.motion.series import Bools, Series
from backstride.motion.watch import personal
from backstride.motion.watch.epochs import (
    EPOCH_S,
    MOVING_MPS,
    MOVING_SPM,
    Epochs,
    epochs_of,
    mean_of,
)
from backstride.motion.watch.expected import (
    backward_cadence,
    backward_contact,
    backward_oscillation,
    backward_running_share,
    backward_speed,
)
from backstride.motion.watch.personal import Prior, Runner, log_density
from backstride.recording import Floats, Track


class State(IntEnum):
    """States of the chain. Forward running has three kinds, shown as one."""

    @staticmethod
    def _generate_next_value_(_name: str, _start: int, count: int, _last: list[int]) -> int:
        """Numbers from zero, for they are columns."""
        return count

    STILL = auto()
    FORWARD_WALK = auto()
    FORWARD_RUN = auto()
    FORWARD_RUN_SPEED_TOO_LOW = auto()
    FORWARD_RUN_ODD_STEPS = auto()
    BACKWARD_WALK = auto()
    BACKWARD_RUN = auto()


#: Columns of the posterior, and the states that each of them sums.
COLUMNS: dict[str, tuple[State, ...]] = {
    "still": (State.STILL,),
    "forward walk": (State.FORWARD_WALK,),
    "forward run": (
        State.FORWARD_RUN,
        State.FORWARD_RUN_SPEED_TOO_LOW,
        State.FORWARD_RUN_ODD_STEPS,
    ),
    "backward walk": (State.BACKWARD_WALK,),
    "backward run": (State.BACKWARD_RUN,),
}


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/watch.toml``."""

    running_spm: float = constant("watch.running_spm")
    running_from_mps: float = constant("watch.running_from_mps")
    transition_mps: float = constant("watch.forward_transition_mps")
    transition_spread_mps: float = constant("watch.transition_spread_mps")
    walking_spm: float = constant("watch.walking_spm")
    walking_mps: float = constant("watch.walking_mps")
    walking_exponent: float = constant("watch.walking_exponent")
    walking_sd: float = constant("watch.walking_sd")
    backward_cadence_sd: float = constant("watch.backward_cadence_sd")
    backward_cadence_sd_below: float = constant("watch.backward_cadence_sd_below")
    backward_contact_sd: float = constant("watch.backward_contact_sd")
    backward_oscillation_sd: float = constant("watch.backward_oscillation_sd")
    backward_heart_rate_sd: float = constant("watch.backward_heart_rate_sd")
    backward_speed_sd: float = constant("watch.backward_speed_sd")
    backward_again_s: float = constant("watch.backward_again_s")
    walking_noise: float = constant("watch.walking_noise")
    odd_noise: float = constant("watch.odd_noise")
    odd_sd: float = constant("watch.odd_sd")
    slow_share: float = constant("watch.slow_share")
    fast_share: float = constant("watch.fast_share")
    slow_sd: float = constant("watch.slow_sd")
    slow_spread: float = constant("watch.slow_spread")
    downhill_from: float = constant("watch.downhill_from")
    downhill_spread: float = constant("watch.downhill_spread")
    still_penalty: float = constant("watch.still_penalty")
    still_s: float = constant("watch.still_s")
    walk_s: float = constant("watch.walk_s")
    run_s: float = constant("watch.run_s")
    disturbed_s: float = constant("watch.disturbed_s")
    backward_s: float = constant("watch.backward_s")
    backward_every_s: float = constant("watch.backward_every_s")
    backward_walk_every_s: float = constant("watch.backward_walk_every_s")
    shortest_backward_s: float = constant("watch.shortest_backward_s")
    block_epochs: int = int(constant("watch.block_epochs"))
    overlap_epochs: int = int(constant("watch.overlap_epochs"))
    suspected: float = constant("watch.suspected")
    edge_s: int = int(constant("watch.edge_s"))


_M = _Model()


@dataclass(frozen=True, eq=False)
class Watched:
    """What the watch model found.

    Attributes
    ----------
    posterior
        One row a second, columns of `COLUMNS`.
    seen
        shape (n,), bool: seconds with both speed and cadence, on which the model rests.
    backward
        Half-open ranges of seconds with the mean probability of being backward.
    """

    posterior: Track
    seen: Bools
    backward: tuple[tuple[int, int, float], ...]


def watch_model(series: Series, known_backward: Bools) -> Watched | None:
    """Run the watch model; None where no second has both speed and cadence.

    Parameters
    ----------
    known_backward
        shape (n,): seconds that a stronger origin calls backward; they do not shape the curves.
    """
    usable = series.on_foot & np.isfinite(series.speed_mps) & np.isfinite(series.cadence_spm)
    # Running speed without a step is a sensor that fell silent, not a glide.
    with np.errstate(invalid="ignore"):
        silent = (series.cadence_spm < MOVING_SPM) & (series.speed_mps > _M.transition_mps)
    usable = usable & ~silent
    if not usable.any():
        return None
    epochs = epochs_of(series, usable)
    known = mean_of(known_backward.astype(np.float64), np.ones_like(usable))
    runner, design = _first_look(epochs, known)
    states = _states(epochs, runner, design, _M.backward_every_s)
    found_backward = states[:, State.BACKWARD_RUN] * epochs.moving
    if found_backward.sum() >= _M.shortest_backward_s / EPOCH_S:
        # A second look, with curves from what the first took for forward, and this runner's own
        # change of cadence from what it took for backward; bouts come in sets, too.
        runner = personal.reconsidered(
            runner,
            epochs.log_cadence,
            epochs.log_speed,
            design,
            forward=states[:, State.FORWARD_RUN] * (epochs.moving & ~(known > 0)),
            backward=found_backward,
        )
        states = _states(epochs, runner, design, _M.backward_again_s)
    shown = np.column_stack([states[:, list(members)].sum(axis=1) for members in COLUMNS.values()])
    seconds = np.repeat(shown, EPOCH_S, axis=0)[: len(series)]
    backward = shown[:, 3] + shown[:, 4]
    found: list[tuple[int, int, float]] = []
    for first, end in _runs((backward >= _M.suspected) & epochs.seen):
        begin, finish, probability = _refined(series, usable, runner, seconds, first, end)
        begin = max(begin, found[-1][1]) if found else begin
        if finish - begin >= _M.shortest_backward_s:
            found.append((begin, finish, probability))
    return Watched(Track("watch", series.t_s, seconds, tuple(COLUMNS)), usable, tuple(found))


def _first_look(epochs: Epochs, known_backward: Floats) -> tuple[Runner, Floats]:
    """What is ordinary for this runner, and the design matrix of the epochs."""
    design = personal.design_of(np.where(epochs.moving, epochs.log_speed, np.nan), epochs.gradient)
    candidates = (
        epochs.moving
        & (np.exp(epochs.log_speed) >= _M.running_from_mps)
        & (np.exp(epochs.log_cadence) >= _M.running_spm)
        & ~(known_backward > 0)
    )
    change = personal.Change(
        shift=_shift(backward_cadence(np.ones(1))),
        sd_below=_M.backward_cadence_sd_below,
        sd_above=_M.backward_cadence_sd,
    )
    runner = personal.runner_of(
        epochs.log_cadence, epochs.log_speed, design, candidates.astype(np.float64), change
    )
    return runner, design


def _states(epochs: Epochs, runner: Runner, design: Floats, every_s: float) -> Floats:
    """Shape (m, states): posterior probability of each state in each epoch."""
    likelihood = _log_likelihood(epochs, runner, design)
    likelihood[~epochs.seen] = 0
    return posterior(_chain(every_s), likelihood, block=_M.block_epochs, overlap=_M.overlap_epochs)


def _shift(of_one: Floats) -> float:
    return float(np.log(of_one[0]))


def _log_likelihood(epochs: Epochs, runner: Runner, design: Floats) -> Floats:
    """Shape (m, states), up to a constant of the epoch."""
    moving = epochs.moving
    speed = np.where(moving, np.exp(epochs.log_speed), 0.0)
    log_speed = np.where(moving, epochs.log_speed, runner.log_speed)
    log_cadence = np.where(moving, epochs.log_cadence, 0.0)
    curve = runner.curve
    noise, shared = curve.noise, curve.shared(design)
    above = curve.residual(log_cadence, design)
    as_usual = personal.design_of(np.full(len(speed), runner.log_speed), design[:, 2])
    above_usual = curve.residual(log_cadence, as_usual)
    above_walk = log_cadence - (
        np.log(_M.walking_spm) + _M.walking_exponent * (log_speed - np.log(_M.walking_mps))
    )
    shift = runner.change.shift
    # Fewer steps than forward are not believed of running backward, many more are.
    spread = np.where(above < shift, runner.change.sd_below, runner.change.sd_above)
    runs = _logistic((speed - _M.transition_mps) / _M.transition_spread_mps)
    runs_backward = np.clip(backward_running_share(speed), _TINY, 1 - _ALMOST)
    equal_effort = runner.log_speed + _shift(backward_speed(np.ones(1)))
    off_speed = (log_speed - equal_effort) / _M.backward_speed_sd
    not_down = np.log(
        _logistic((np.nan_to_num(design[:, 2]) - _M.downhill_from) / _M.downhill_spread)
    )
    not_fast = np.log(
        _logistic((np.log(_M.fast_share) - (log_speed - runner.log_speed)) / _M.slow_spread)
    )
    below_usual = runner.log_speed - log_speed
    slow = _logistic((np.log(_M.slow_share) + below_usual) / _M.slow_spread)
    ahead, behind, neither = _other_channels(epochs, runner)

    table = np.zeros((len(speed), len(State)))
    table[:, State.FORWARD_WALK] = log_density(
        above_walk, _M.walking_noise, _M.walking_sd**2
    ) + np.log(1 - runs)
    # Who goes forward that slowly walks; backward the change to a walk comes at a lower speed.
    table[:, State.FORWARD_RUN] = (
        log_density(above, noise, shared) + np.log(runs) / personal.MEMORY + ahead
    )
    table[:, State.FORWARD_RUN_SPEED_TOO_LOW] = (
        log_density(above_usual, noise, shared)
        + np.log(slow)
        - (below_usual / _M.slow_sd) ** 2 / 2
        + neither
    )
    table[:, State.FORWARD_RUN_ODD_STEPS] = (
        log_density(above, _M.odd_noise, shared + _M.odd_sd**2) + neither
    )
    table[:, State.BACKWARD_WALK] = (
        log_density(
            above_walk - shift, _M.walking_noise, _M.walking_sd**2 + _M.backward_cadence_sd**2
        )
        + (np.log(1 - runs_backward) + not_down) / personal.MEMORY
    )
    table[:, State.BACKWARD_RUN] = (
        log_density(above - shift, noise, shared + spread**2)
        + (np.log(runs_backward) - off_speed**2 / 2 + not_down) / personal.MEMORY
        + not_fast
        + behind
    )
    table[:, State.FORWARD_WALK] += neither
    table[:, State.BACKWARD_WALK] += neither
    table[:, State.STILL] = table.max(axis=1) - _M.still_penalty
    resting = np.full(len(State), -_M.still_penalty)
    resting[State.STILL] = 0
    table[~moving] = resting
    return table


_TINY = float(np.finfo(np.float64).tiny)
_ALMOST = float(np.finfo(np.float64).eps)


def _other_channels(epochs: Epochs, runner: Runner) -> tuple[Floats, Floats, Floats]:
    """Log likelihood of contact, oscillation and heart rate: forward, backward, neither."""
    effort = -_shift(backward_speed(np.ones(1)))
    one = np.ones(1)
    channels: tuple[tuple[Prior, Floats, Floats, float, float, float], ...] = (
        (
            personal.CONTACT,
            epochs.log_contact,
            epochs.log_speed,
            _shift(backward_contact(one)),
            0.0,
            _M.backward_contact_sd,
        ),
        (
            personal.OSCILLATION,
            epochs.log_oscillation,
            epochs.log_speed,
            _shift(backward_oscillation(one)),
            0.0,
            _M.backward_oscillation_sd,
        ),
        # Half of it, for heart rate comes late and many bouts are over before.
        (
            personal.HEART_RATE,
            epochs.log_heart_rate,
            epochs.log_lagged_speed,
            0.0,
            effort / 2,
            _M.backward_heart_rate_sd,
        ),
    )
    ahead = np.zeros(len(epochs.seen))
    behind = np.zeros(len(epochs.seen))
    neither = np.zeros(len(epochs.seen))
    for prior, log_value, log_speed, fixed, as_if_faster, sd in channels:
        known = np.isfinite(log_value) & np.isfinite(log_speed) & epochs.moving
        if not known.any():
            continue
        design = personal.design_of(log_speed, epochs.gradient)
        design[~known] = 0
        curve = personal.fitted(prior, log_value, design, runner.weight * known)
        shift = fixed + curve.coefficients[1] * as_if_faster
        noise, shared = curve.noise, curve.shared(design)
        residual = np.where(known, curve.residual(np.where(known, log_value, 0), design), 0)
        ahead += np.where(known, log_density(residual, noise, shared), 0)
        behind += np.where(known, log_density(residual - shift, noise, shared + sd**2), 0)
        neither += np.where(known, log_density(residual, noise, shared + _M.odd_sd**2), 0)
    return ahead, behind, neither


def _logistic(x: Floats) -> Floats:
    """The logistic curve, kept off 0 and 1 so that its logarithms are finite."""
    return np.clip(1 / (1 + np.exp(-np.clip(x, -100, 100))), _TINY, 1 - _ALMOST)


@cache
def _chain(backward_every_s: float) -> Chain:
    seconds = {
        State.STILL: _M.still_s,
        State.FORWARD_WALK: _M.walk_s,
        State.FORWARD_RUN: _M.run_s,
        State.FORWARD_RUN_SPEED_TOO_LOW: _M.disturbed_s,
        State.FORWARD_RUN_ODD_STEPS: _M.disturbed_s,
        State.BACKWARD_WALK: _M.backward_s,
        State.BACKWARD_RUN: _M.backward_s,
    }
    mean = np.array([seconds[state] for state in State])
    backward = [State.BACKWARD_WALK, State.BACKWARD_RUN]
    leaving = np.ones((len(State), len(State)))
    np.fill_diagonal(leaving, 0)
    leaving[:, backward] = 0
    leaving /= leaving.sum(axis=1, keepdims=True)
    # From anything forward or still, a backward bout begins as rarely in each second.
    for state, every_s in (
        (State.BACKWARD_RUN, backward_every_s),
        (State.BACKWARD_WALK, _M.backward_walk_every_s),
    ):
        begins = np.where(np.isin(np.arange(len(State)), backward), 0, mean / every_s)
        leaving = leaving * (1 - begins)[:, None]
        leaving[:, state] = begins
    shortest = np.ones(len(State), dtype=np.intp)
    shortest[backward] = int(_M.shortest_backward_s / EPOCH_S)
    return chain_of(mean / EPOCH_S, shortest, leaving)


def _runs(mask: Bools) -> list[tuple[int, int]]:
    """Half-open ranges in which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _refined(
    series: Series, usable: Bools, runner: Runner, seconds: Floats, first: int, end: int
) -> tuple[int, int, float]:
    """A backward range of epochs with its edges moved to the second where steps change most."""
    start, stop = first * EPOCH_S, min(end * EPOCH_S, len(series))
    probability = float((seconds[start:stop, 3] + seconds[start:stop, 4]).mean())
    low, high = max(start - _M.edge_s, 0), min(stop + _M.edge_s, len(series))
    around = slice(low, high)
    speed, cadence = series.speed_mps[around], series.cadence_spm[around]
    with np.errstate(invalid="ignore", divide="ignore"):
        moving = usable[around] & (speed >= MOVING_MPS) & (cadence >= MOVING_SPM)
        design = personal.design_of(
            np.where(moving, np.log(speed), np.nan), series.gradient[around]
        )
        above = runner.curve.residual(np.log(np.where(moving, cadence, 1)), design)
    score = np.where(moving, above / runner.change.shift - 1 / 2, -1 / 2)
    gain = np.concatenate(([0.0], np.cumsum(score)))
    window = 2 * _M.edge_s + 1
    begin = low + int(np.argmin(gain[: min(window, len(gain))]))
    tail = gain[max(len(gain) - window, 0) :]
    finish = high - len(tail) + 1 + int(np.argmax(tail))
    return begin, finish, probability
