"""Direction from keypoints of one camera: facing against travel along the picture, as clues."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.points.picture import STATURE_M
from backstride.motion.points.sagittal import Film, Sagittal
from backstride.motion.series import Bools
from backstride.recording import Floats, Notice, Track
from backstride.vocabulary import Origin


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/keypoints.toml``."""

    feet_mean: float = constant("keypoints.feet_mean")
    feet_sd: float = constant("keypoints.feet_sd")
    feet_wrong: float = constant("keypoints.feet_wrong")
    knees_mean: float = constant("keypoints.knees_mean")
    knees_sd: float = constant("keypoints.knees_sd")
    knees_wrong: float = constant("keypoints.knees_wrong")
    head_mean: float = constant("keypoints.head_mean")
    head_sd: float = constant("keypoints.head_sd")
    head_wrong: float = constant("keypoints.head_wrong")
    elbows_mean: float = constant("keypoints.elbows_mean")
    elbows_sd: float = constant("keypoints.elbows_sd")
    elbows_wrong: float = constant("keypoints.elbows_wrong")
    travel_sd: float = constant("keypoints.travel_sd")
    travel_wrong: float = constant("keypoints.travel_wrong")
    moving_mps: float = constant("pose.moving_mps")
    moving_spread_mps: float = constant("pose.moving_spread_mps")
    turning_per_s: float = constant("keypoints.turning_per_s")
    turning_spread_per_s: float = constant("keypoints.turning_spread_per_s")
    steps_per_s: float = constant("keypoints.steps_per_s")
    steps_spread_per_s: float = constant("keypoints.steps_spread_per_s")
    aside: float = constant("keypoints.aside")
    aside_spread: float = constant("keypoints.aside_spread")
    widest: float = constant("keypoints.widest")
    least_odds: float = constant("keypoints.least_odds")
    memory: float = constant("keypoints.memory")


_M = _Model()
_EPOCH_FRAMES = round(EPOCH_S * RATE_HZ)

#: What votes on facing: how far it points ahead in the mean, how that spreads, and the share of
#: bodies of which it is wrong throughout.
_VOTES = {
    "feet": (_M.feet_mean, _M.feet_sd, _M.feet_wrong),
    "knees": (_M.knees_mean, _M.knees_sd, _M.knees_wrong),
    "head": (_M.head_mean, _M.head_sd, _M.head_wrong),
    "elbows": (_M.elbows_mean, _M.elbows_sd, _M.elbows_wrong),
}


def clues_of(track: Track, films: Sequence[Film]) -> Iterator[Clues]:
    """What a track of keypoints says of direction, for each stretch that shows one body.

    Feet, knees, head and elbows each vote on whether the body faces to the right or to the left of
    the picture: the log odds of two normal densities, and some share of bodies of which the part is
    wrong for good. Travel to the right or left comes from feet against the pelvis (`sagittal`).
    Forward is where both agree, and backward where they do not. Speed is that of a body of
    `keypoints.stature_m`, for nothing in a picture has a length.

    Not seen is a body that is turned further out of the side view than `keypoints.widest`, or of
    which parts do not tell where it faces. Who steps sideways or turns on the spot shows
    little along the picture but that the body does not travel along it, so both are as likely as
    standing there, the one where legs move, the other where shoulders sweep round.

    Parameters
    ----------
    films
        Of the same track, as `films_of` gives them.
    """
    for film in films:
        frame = round(float(film.body.t_s[0]) * RATE_HZ)
        first = -(-frame // _EPOCH_FRAMES)
        moments = film.motion.every(first * _EPOCH_FRAMES - frame, _EPOCH_FRAMES)
        yield _clues(track.name, first, moments)


def notices_of(films: Sequence[Film]) -> Iterator[Notice]:
    """What somebody who filmed should know: what is assumed, what was mended, what is not told."""
    if not films:
        message = "no part of the keypoints shows one body for long enough to tell anything"
        yield Notice("keypoints_not_used", message)
        return
    yield Notice(
        "stature_assumed",
        f"nothing in a picture has a length: speeds and lengths from keypoints are those of a body "
        f"of {STATURE_M:g} m",
    )
    frames = np.array([len(film.body) for film in films])
    swapped = float(np.average([film.body.swapped for film in films], weights=frames))
    if round(100 * swapped):
        message = f"left and right lower leg were put back in {swapped:.0%} of the pictures"
        yield Notice("legs_swapped", message)
    wide_s = sum(int((film.motion.across > _M.widest).sum()) for film in films) / RATE_HZ
    if wide_s >= 1:
        yield Notice(
            "not_from_the_side",
            f"for {wide_s:.0f} s the body is turned too far out of the side view to tell where it "
            "goes; film from the side",
        )


def _clues(name: str, first: int, motion: Sagittal) -> Clues:
    odds = facing_odds(motion)
    seen = np.isfinite(motion.travel_per_s) & facing_known(motion, odds)
    likelihood = _log_likelihood(motion, odds) / _M.memory
    return Clues(
        name=name,
        origin=Origin.POSE,
        first=first,
        log_likelihood=np.where(seen[:, None], likelihood, 0),
        seen=seen,
        speed_mps=np.where(seen, motion.speed_mps, np.nan),
        running=np.where(seen, motion.running, 0),
        certainty=lambda rows, state: _lasting(odds, seen, rows, state),
    )


def facing_known(motion: Sagittal, odds: Floats) -> Bools:
    """Whether a body is seen from the side, and its parts tell where it faces."""
    return np.asarray((motion.across <= _M.widest) & (np.abs(odds) >= _M.least_odds))


def facing_odds(motion: Sagittal) -> Floats:
    """Log odds of facing to the right against facing to the left."""
    total = np.zeros(len(motion.t_s))
    # Seen at an angle, all that points ahead is shorter.
    cosine = np.sqrt(np.maximum(1 - motion.across**2, 0))
    for name, (mean, sd, wrong) in _VOTES.items():
        odds = np.nan_to_num(2 * motion.ahead[name] * mean * cosine / sd**2)
        total += np.logaddexp(np.log1p(-wrong) + odds, np.log(wrong)) - np.logaddexp(
            np.log1p(-wrong), np.log(wrong) + odds
        )
    return total


def _log_likelihood(motion: Sagittal, facing: Floats) -> Floats:
    """Shape (m, states), up to a constant of the moment."""
    travel_mps = np.nan_to_num(motion.travel_per_s) * STATURE_M
    speed = np.abs(travel_mps)
    travels, rests = _log_odds((speed - _M.moving_mps) / _M.moving_spread_mps)
    sweeps = np.abs(np.nan_to_num(motion.across_per_s))
    turns, goes_on = _log_odds((sweeps - _M.turning_per_s) / _M.turning_spread_per_s)
    to_right, to_left = _log_sign(travel_mps / STATURE_M / _M.travel_sd, _M.travel_wrong)
    faces_right, faces_left = _log_odds(facing)
    aside, _ = _log_odds((np.nan_to_num(motion.across) - _M.aside) / _M.aside_spread)
    table = np.zeros((len(speed), len(State)))
    table[:, State.FORWARD] = np.logaddexp(faces_right + to_right, faces_left + to_left)
    table[:, State.BACKWARD] = np.logaddexp(faces_right + to_left, faces_left + to_right)
    table[:, State.FORWARD] += travels + goes_on
    table[:, State.BACKWARD] += travels + goes_on
    steps, stands = _log_odds(
        (np.nan_to_num(motion.stepping_per_s) - _M.steps_per_s) / _M.steps_spread_per_s
    )
    table[:, State.SIDEWAYS] = np.logaddexp(travels + aside, rests + steps - np.log(2)) + goes_on
    table[:, State.TURNING] = turns + rests
    table[:, State.STILL] = rests + np.logaddexp(stands, steps - np.log(2)) + goes_on
    return table


def _log_odds(x: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the logistic curve at x and of what it leaves."""
    return -np.logaddexp(0, -x), -np.logaddexp(0, x)


def _log_sign(x: Floats, wrong: float) -> tuple[Floats, Floats]:
    """Log probabilities that something is above and below 0 of which x is seen, in its own sd."""
    from scipy.special import ndtr

    above = wrong + (1 - 2 * wrong) * ndtr(x)
    return np.log(above), np.log1p(-above)


def _lasting(odds: Floats, seen: Bools, rows: slice, state: State) -> float:
    """Probability that the facing, and which way feet swing, are not wrong all along."""
    here = odds[rows][seen[rows]]
    if state not in (State.FORWARD, State.BACKWARD) or not len(here):
        return 1.0
    right = 1 / (1 + exp(-abs(float(here.mean()))))
    return right * (1 - _M.travel_wrong) + (1 - right) * _M.travel_wrong
