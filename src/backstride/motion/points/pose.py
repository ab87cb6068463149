"""Direction from points of the body: facing against travel, as clues for each epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.points import Bodies
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.points.kinematics import Kinematics
from backstride.motion.series import Bools
from backstride.recording import Floats, Track
from backstride.vocabulary import Origin


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
    run_flight: float = constant("pose.run_flight")
    run_flight_spread: float = constant("pose.run_flight_spread")
    run_mps: float = constant("watch.forward_transition_mps")
    run_spread_mps: float = constant("pose.run_spread_mps")


_M = _Model()
_EPOCH_FRAMES = round(EPOCH_S * RATE_HZ)


def clues_of(track: Track, bodies: Bodies) -> Iterator[Clues]:
    """What a track of points says of direction, for each stretch that it was taken apart into.

    The angle between facing and travel is compared with 0 (forward), π (backward) and +-π/2
    (sideways) by von Mises densities (Mardia and Jupp 2000, doi 10.1002/9780470316979) that are as
    wide as people's ways and the uncertainty of both together. A body that turns on a radius
    shorter than a step turns; one that does neither is still. Between two directions, within about
    ten degrees of their border, none is sure.
    """
    for body in bodies:
        yield clues_of_motion(track.name, body.motion)


def clues_of_motion(name: str, motion: Kinematics) -> Clues:
    """What facing and travel of one stretch say of direction (see `clues_of`)."""
    start = round(float(motion.t_s[0]) * RATE_HZ)
    first = -(-start // _EPOCH_FRAMES)
    begin = first * _EPOCH_FRAMES - start
    moments = Kinematics(
        **{key: values[begin::_EPOCH_FRAMES] for key, values in vars(motion).items()}
    )
    seen = _seen(moments)
    return Clues(
        name=name,
        origin=Origin.POSE,
        first=first,
        log_likelihood=np.where(seen[:, None], _log_likelihood(moments) / _M.memory, 0),
        seen=seen,
        speed_mps=np.where(seen, moments.speed_mps, np.nan),
        running=_running(moments),
        certainty=lambda rows, state: _apart(moments, rows, state),
    )


def _seen(motion: Kinematics) -> Bools:
    """Where direction can be told.

    Without feet, a pelvis at rest in the room may well run on a treadmill.
    """
    known = np.isfinite(motion.facing_sd_rad) & np.isfinite(motion.travel_sd_mps)
    return known & (motion.feet_seen | (motion.speed_mps >= 2 * _M.moving_mps))


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


def _apart(motion: Kinematics, moments: slice, state: State) -> float:
    """Probability that the mean angle is on this direction's side of its neighbours.

    How far the line of the hips is off the facing stays the same from moment to moment, so the
    many moments of a bout do not make it surer.
    """
    sd_rad = motion.facing_sd_rad[moments]
    angle = motion.angle_rad[moments]
    known = np.isfinite(angle) & np.isfinite(sd_rad)
    angle = angle[known]
    if not len(angle):
        return 1.0
    if state is State.SIDEWAYS:
        off = np.angle(np.exp(2j * (angle - np.pi / 2))) / 2
    elif state in (State.FORWARD, State.BACKWARD):
        off = np.angle(np.exp(1j * angle) * (1 if state is State.FORWARD else -1))
    else:
        return 1.0
    room_rad = np.pi / 2 / 2 - abs(float(off.mean()))
    return (1 + erf(room_rad / float(sd_rad[known].mean()) / sqrt(2))) / 2


def _running(motion: Kinematics) -> Floats:
    """A vote for running (1) or walking (-1): by flight and speed, or by speed alone."""
    by_speed = (motion.speed_mps - _M.run_mps) / _M.run_spread_mps
    by_flight = (motion.flight - _M.run_flight) / _M.run_flight_spread
    return np.asarray(np.sign(np.nan_to_num(by_speed + np.nan_to_num(by_flight))))
