"""Direction from points of the body: facing against travel, as probabilities, and as bouts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import erf, sqrt

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout
from backstride.motion.chain import Chain, chain_of, posterior
from backstride.motion.clues import EPOCH_S, State
from backstride.motion.points.body_points import RATE_HZ, TRACK, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics, kinematics_of
from backstride.motion.series import Bools, Series
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction, Gait, Origin


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/pose.toml``."""

    width_rad: float = constant("pose.width_rad")
    outliers: float = constant("pose.outliers")
    moving_mps: float = constant("pose.moving_mps")
    moving_spread_mps: float = constant("pose.moving_spread_mps")
    turning_radius_m: float = constant("pose.turning_radius_m")
    turning_spread_mps: float = constant("pose.turning_spread_mps")
    memory: float = constant("pose.memory")
    shortest_s: float = constant("pose.shortest_s")
    travel_s: float = constant("pose.travel_s")
    turning_s: float = constant("pose.turning_s")
    still_s: float = constant("pose.still_s")
    block_epochs: int = int(constant("pose.block_epochs"))
    overlap_epochs: int = int(constant("pose.overlap_epochs"))
    called: float = constant("pose.called")
    run_flight: float = constant("pose.run_flight")
    run_flight_spread: float = constant("pose.run_flight_spread")
    run_mps: float = constant("watch.forward_transition_mps")
    run_spread_mps: float = constant("pose.run_spread_mps")
    gait_s: float = constant("pose.gait_s")


_M = _Model()
_EPOCH_FRAMES = round(EPOCH_S * RATE_HZ)


@dataclass(frozen=True, eq=False)
class Posed:
    """What points of the body show.

    Attributes
    ----------
    posterior
        Rows of 0.1 s, a column for each of `State` by name in lower case; NaN where facing or
        travel is not known.
    speed_mps
        shape (rows,), speed over the ground at the same moments; NaN where travel is not known.
    bouts
        In order of time; contiguous within a stretch of points, absent between two.
    """

    posterior: Track
    speed_mps: Floats
    bouts: tuple[Bout, ...]


def posed(recording: Recording) -> Posed | None:
    """Direction from the recording's points of the body; None where it has none.

    The angle between facing and travel is compared with 0 (forward), π (backward) and +-π/2
    (sideways) by von Mises densities (Mardia and Jupp 2000, doi 10.1002/9780470316979) that are as
    wide as people's ways and the uncertainty of both together. A body that turns on a radius
    shorter than a step turns; one that does neither is still. A hidden semi-Markov chain (`chain`)
    joins the moments.

    A bout of which the model is less sure than `pose.called` is UNKNOWN, and so is every moment
    in which facing or travel is not known. Between two directions, within about ten degrees of
    their border, none is sure.
    """
    track = recording.track(TRACK)
    if track is None:
        return None
    times, rows, speeds = [np.empty(0)], [np.empty((0, len(State)))], [np.empty(0)]
    bouts: list[Bout] = []
    for body in stretches(track, POINTS):
        moments = _every(kinematics_of(body), _EPOCH_FRAMES)
        shares = _posterior(moments)
        times.append(moments.t_s)
        rows.append(shares)
        speeds.append(np.where(_seen(moments), moments.speed_mps, np.nan))
        bouts += _bouts(moments, shares, body.end_s)
    columns = tuple(state.name.lower() for state in State)
    return Posed(
        posterior=Track("pose", np.concatenate(times), np.concatenate(rows), columns),
        speed_mps=np.concatenate(speeds),
        bouts=tuple(bouts),
    )


def with_travel(series: Series, pose: Posed | None) -> Series:
    """The series with speed and distance of the body in seconds of which it had no speed."""
    if pose is None:
        return series
    known = np.isfinite(pose.speed_mps)
    second = pose.posterior.t_s[known].astype(np.intp)
    inside = (second >= 0) & (second < len(series))
    second, speed = second[inside], pose.speed_mps[known][inside]
    moments = np.bincount(second, minlength=len(series))
    total = np.bincount(second, speed, minlength=len(series))
    fills = (moments > 0) & np.isnan(series.speed_mps)
    return replace(
        series,
        speed_mps=np.where(fills, total / np.maximum(moments, 1), series.speed_mps),
        distance_m=np.where(fills, total * EPOCH_S, series.distance_m),
        on_foot=series.on_foot | fills,
    )


def _every(motion: Kinematics, frames: int) -> Kinematics:
    """One frame of so many."""
    return Kinematics(**{name: values[::frames] for name, values in vars(motion).items()})


def _seen(motion: Kinematics) -> Bools:
    """Where direction can be told.

    Without feet, a pelvis at rest in the room may well run on a treadmill.
    """
    known = np.isfinite(motion.facing_sd_rad) & np.isfinite(motion.travel_sd_mps)
    return known & (motion.feet_seen | (motion.speed_mps >= 2 * _M.moving_mps))


def _posterior(motion: Kinematics) -> Floats:
    """Shape (m, states): probability of each; NaN where direction cannot be told."""
    seen = _seen(motion)
    likelihood = np.where(seen[:, None], _log_likelihood(motion) / _M.memory, 0)
    shares = posterior(_chain(), likelihood, block=_M.block_epochs, overlap=_M.overlap_epochs)
    shares[~seen] = np.nan
    return shares


def _log_likelihood(motion: Kinematics) -> Floats:
    """Shape (m, states), up to a constant of the moment."""
    speed = np.nan_to_num(motion.speed_mps)
    angle = np.nan_to_num(motion.angle_rad)
    turning = np.abs(np.nan_to_num(motion.turn_radps)) * _M.turning_radius_m
    travels = _log_odds((speed - _M.moving_mps) / _M.moving_spread_mps)
    turns = _log_odds((turning - np.maximum(speed, _M.moving_mps)) / _M.turning_spread_mps)
    off_angle = motion.travel_sd_mps / np.maximum(speed, _M.moving_spread_mps)
    spread = np.minimum(_M.width_rad**2 + motion.facing_sd_rad**2 + off_angle**2, 1 / _EPS)
    anywhere = np.full(len(speed), -np.log(2 * np.pi))
    table = np.zeros((len(speed), len(State)))
    table[:, State.FORWARD] = _log_around(angle, 0, spread)
    table[:, State.BACKWARD] = _log_around(angle, np.pi, spread)
    to_left, to_right = (_log_around(angle, side * np.pi / 2, spread) for side in (1, -1))
    table[:, State.SIDEWAYS] = np.logaddexp(to_left, to_right) - np.log(2)
    table[:, : State.TURNING] += (travels[0] + turns[1])[:, None]
    table[:, State.TURNING] = anywhere + turns[0]
    table[:, State.STILL] = anywhere + travels[1] + turns[1]
    return table


_EPS = float(np.finfo(np.float64).eps)


def _log_odds(x: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the logistic curve at x and of what it leaves."""
    return -np.logaddexp(0, -x), -np.logaddexp(0, x)


def _log_around(angle: Floats, middle: float, spread: Floats) -> Floats:
    """Log density of an angle around a middle; some share of moments may point anywhere."""
    density = np.exp(np.cos(angle - middle) / spread) / (2 * np.pi * np.i0(1 / spread))
    return np.asarray(np.log((1 - _M.outliers) * density + _M.outliers / (2 * np.pi)))


@cache
def _chain() -> Chain:
    seconds = np.full(len(State), _M.travel_s)
    seconds[State.TURNING], seconds[State.STILL] = _M.turning_s, _M.still_s
    shortest = np.full(len(State), round(_M.shortest_s / EPOCH_S), dtype=np.intp)
    leaving = (1 - np.eye(len(State))) / (len(State) - 1)
    return chain_of(seconds / EPOCH_S, shortest, leaving)


def _bouts(motion: Kinematics, shares: Floats, end_s: float) -> Iterator[Bout]:
    """Bouts of one stretch, contiguous from its first moment to `end_s`."""
    seen = np.isfinite(shares[:, 0])
    state = np.where(seen, np.argmax(np.nan_to_num(shares), axis=1), len(State))
    runs = seen & (state != State.STILL) & _runs(motion)
    edges_s = np.append(motion.t_s - EPOCH_S / 2, end_s)
    edges_s[0] = motion.t_s[0]
    for start, stop in _spans(state):
        whole = _UNSEEN
        if seen[start]:
            moments, found = slice(start, stop), State(int(state[start]))
            sure = float(shares[moments, found].mean()) * _apart(motion, moments, found)
            whole = _bout(found, min(sure, 1.0))
        for first, last in _spans(runs[start:stop]):
            yield replace(
                whole,
                start_s=float(edges_s[start + first]),
                end_s=float(edges_s[start + last]),
                gait=Gait.RUN if runs[start + first] else whole.gait,
            )


#: A bout of no length yet, of which nothing is known.
_UNSEEN = Bout(0.0, 0.0, Direction.UNKNOWN, Gait.UNKNOWN, 0.0, Origin.POSE)


def _bout(state: State, sure: float) -> Bout:
    """A bout of no length yet; who moves is taken to walk."""
    counts = sure >= _M.called
    waits = not counts and state is State.BACKWARD and sure > 1 / 2
    return replace(
        _UNSEEN,
        direction=state.direction if counts else Direction.UNKNOWN,
        gait=Gait.STILL if state is State.STILL else Gait.WALK,
        probability=sure,
        suspected_direction=Direction.BACKWARD if waits else None,
    )


def _spans(values: npt.NDArray[np.generic]) -> list[tuple[int, int]]:
    """Half-open ranges of equal values."""
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    return list(pairwise([0, *edges.tolist(), len(values)]))


def _apart(motion: Kinematics, moments: slice, state: State) -> float:
    """Probability that the mean angle is on this direction's side of its neighbours.

    How far the line of the hips is off the facing stays the same from moment to moment, so the
    many moments of a bout do not make it surer.
    """
    angle = motion.angle_rad[moments]
    if state is State.SIDEWAYS:
        off = np.angle(np.exp(2j * (angle - np.pi / 2))) / 2
    elif state in (State.FORWARD, State.BACKWARD):
        off = np.angle(np.exp(1j * angle) * (1 if state is State.FORWARD else -1))
    else:
        return 1.0
    room_rad = np.pi / 2 / 2 - abs(float(off.mean()))
    sd_rad = float(motion.facing_sd_rad[moments].mean())
    return (1 + erf(room_rad / sd_rad / sqrt(2))) / 2


def _runs(motion: Kinematics) -> Bools:
    """Whether most moments near each are of running: by flight and speed, or by speed alone."""
    by_speed = (motion.speed_mps - _M.run_mps) / _M.run_spread_mps
    by_flight = (motion.flight - _M.run_flight) / _M.run_flight_spread
    votes = np.sign(np.nan_to_num(by_speed + np.nan_to_num(by_flight)))
    half = round(_M.gait_s / EPOCH_S / 2)
    window = np.ones(2 * half + 1)
    return np.asarray(np.convolve(votes, window)[half : half + len(votes)] > 0)
