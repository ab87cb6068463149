"""Fitness: whether the same forward speed takes fewer heart beats as the weeks go by."""

from dataclasses import replace

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    between,
    counted,
    finding,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.benefits.own_strides import change_of, column, steps_error, stiffness_error
from backstride.evidence import (
    CONFIDENCE,
    Constant,
    Spread,
    constant,
    equation,
    estimate,
    evaluate,
)
from backstride.models import cardio, energy
from backstride.recording import Floats
from backstride.vocabulary import DAYS_PER_WEEK, SECONDS_PER_DAY

KEY = "fitness"


def assess(history: History) -> Finding | NotAssessable:
    """Trend of forward heart beats per kilometre at the runner's usual speed, % per 4 weeks."""
    points = _economy(history)
    weeks, recordings = least_weeks(), least_recordings()
    if len(points) < recordings or np.ptp(points[:, 0]) < weeks:
        return not_assessable(
            KEY,
            missing=f"weeks of training: {len(points)} dated recording(s) have forward running, "
            f"speed and heart rate; at least {recordings} over {weeks} weeks are needed",
            what_would_help="give all recordings of some weeks together, e.g. their whole folder",
        )
    trend = _trend(points)

    def traced_trend() -> dict[str, float | Floats]:
        own = _trend(_economy(history))
        return {"trend": estimate("economy", own.value, own.low, own.high)}

    return finding(
        KEY,
        evaluate(traced_trend),
        "trend",
        unit="% per 4 weeks",
        because=(
            "At your usual forward speed your heart beats per kilometre changed by "
            f"{between(trend, digits=1, unit='%', sign=True)} in four weeks; fewer is fitter. "
            + remark(KEY, "known")
        ),
        cautions=(remark(KEY, "no_control"), remark(KEY, "confounded")),
        details=_details(history, points),
    )


@equation(returns="weeks", source="")
def trend_weeks(*, weeks: Constant = constant("benefits.trend_weeks")) -> int:
    """Weeks over which a trend is told."""
    return int(weeks)


@equation(returns="weeks", source="")
def least_weeks(*, weeks: Constant = constant("benefits.least_weeks")) -> int:
    """Weeks that a trend needs."""
    return int(weeks)


@equation(returns="count", source="")
def least_recordings(*, recordings: Constant = constant("benefits.least_recordings")) -> int:
    """Recordings that a trend needs."""
    return int(recordings)


@equation(returns="share", source="")
def _near(ratio: Floats, *, within: Constant = constant("benefits.matched_speed")) -> Floats:
    """1 where a speed is near the runner's usual one."""
    return np.asarray(np.abs(ratio - 1) <= within, dtype=np.float64)


def _economy(history: History) -> Floats:
    """Week and forward beats per kilometre at usual speed of each recording, shape (m, 2).

    On the level, and before anything backward in the recording, which raises the heart rate after.
    """
    forward = history.before_backward
    known = forward.where(
        forward.running
        & np.isfinite(forward.heart_rate_bpm)
        & (forward.distance_m > 0)
        & (energy.level_ground(forward.slope) > 0)
    )
    if not len(known):
        return np.zeros((0, 2))
    usual = float(np.median(known.speed_mps))
    near = known.where(_near(known.speed_mps / usual) > 0)
    rows = []
    for mine in near.split(near.recording):
        start = history.digests[int(mine.recording[0])].start_utc
        if start is None:
            continue
        rate = np.average(mine.heart_rate_bpm, weights=mine.time_s)
        speed = np.sum(mine.distance_m) / np.sum(mine.time_s)
        rows.append(
            (
                start.timestamp() / (SECONDS_PER_DAY * DAYS_PER_WEEK),
                float(cardio.beats_per_km(np.asarray(rate), np.asarray(speed))),
            )
        )
    return np.array(rows).reshape(-1, 2)


def _trend(points: Floats) -> Spread:
    """Least squares of log beats on weeks, with Student's t interval of the slope."""
    from scipy.special import stdtrit

    weeks = points[:, 0] - np.mean(points[:, 0])
    (slope, _), covariance = np.polyfit(weeks, np.log(points[:, 1]), 1, cov=True)
    half = stdtrit(len(points) - 2, (1 + CONFIDENCE) / 2) * np.sqrt(covariance[0, 0])
    low, middle, high = (
        100 * float(np.expm1(trend_weeks() * each)) for each in (slope - half, slope, slope + half)
    )
    return Spread(middle, low, high)


def _details(history: History, points: Floats) -> tuple[Detail, ...]:
    rows = [
        counted(
            "recordings",
            "Recordings in the trend",
            float(len(points)),
            "1",
            "forward, with heart rate",
        ),
        counted(
            "weeks", "Weeks between first and last", float(np.ptp(points[:, 0])), "weeks", "counted"
        ),
    ]
    backward, forward = (p.where(p.running) for p in (history.backward, history.forward))
    if np.sum(backward.time_s) > 0 and np.sum(forward.time_s) > 0:
        rows.append(
            counted(
                "direction_gap",
                "Backward speed over forward speed",
                _speed(backward) / _speed(forward),
                "1",
                f"{remark(KEY, 'gap')} {records_gap():.2f}",
            )
        )
    return (*rows, *_own_strides(history))


def _own_strides(history: History) -> tuple[Detail, ...]:
    """How cadence, step length and stiffness change with direction, where strides were seen."""
    runs = history.batches.where(history.batches.running)
    stiffness = change_of(
        runs,
        "stiffness",
        "Vertical stiffness over mass, backward against forward",
        column("stiffness_per_s2"),
        stiffness_error,
        remark(KEY, "stiffness"),
    )
    return (
        *change_of(
            runs,
            "cadence",
            "Cadence, backward against forward",
            column("cadence_spm"),
            steps_error,
        ),
        *change_of(
            runs,
            "step_length",
            "Step length, backward against forward",
            column("step_length_m"),
            steps_error,
        ),
        *(replace(row, sources=(*row.sources, _STIFFNESS)) for row in stiffness),
    )


#: Of the remark on stiffness.
_STIFFNESS = "cavagna2012"


@equation(returns="ratio", source="")
def records_gap(*, ratio: Constant = constant("records.speed_ratio")) -> float:
    """Speed of the best marks backward over forward, of different people: for comparison only."""
    return float(ratio)


def _speed(pieces: Pieces) -> float:
    return float(np.sum(pieces.distance_m) / np.sum(pieces.time_s))
