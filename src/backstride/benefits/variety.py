"""Variety: how many kinds of movement, with the backward part and with it counted as forward."""

from functools import partial

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    counted,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import Constant, constant, equation
from backstride.models import adaptation, energy
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE

KEY = "variety"


def assess(history: History) -> Finding | NotAssessable:
    """Effective number of kinds of movement that the backward part adds."""
    pieces = history.pieces.where(history.pieces.distance_m > 0)
    if not pieces.backward.any():
        return not_assessable(
            KEY,
            missing="backward movement with distance",
            what_would_help="mix some backward running in, or declare what you ran backward",
        )
    details = _details(history, pieces)
    rows = {row.key: row for row in details}
    return finding(
        KEY,
        lambda: _kinds(pieces, with_backward=True) - _kinds(pieces, with_backward=False),
        unit="kinds",
        because=lambda added: (
            f"You moved in about {rows['with'].value:.1f} kinds of ways; with the backward part "
            f"counted as forward it would be {rows['without'].value:.1f}, so it added "
            f"{added.value:.1f}. Kinds are combinations of direction, gait, effort and gradient, "
            "weighted by time."
        ),
        cautions=(
            "How finely effort is sorted is a choice; the interval shows what it does.",
            remark(KEY, "not_proof"),
        ),
        details=details,
    )


@equation(returns="kinds", source="")
def effective_kinds(
    time_s: Floats,
    ratio: Floats,
    kind: Floats,
    *,
    step: Constant = constant("benefits.intensity_step"),
) -> Floats:
    """Effective number of kinds of movement: the exponential of Shannon's entropy of time.

    Parameters
    ----------
    time_s
        shape (n,).
    ratio
        Metabolic power over its median, shape (n,) or (draws, n); sorted into steps of `step` on a
        logarithmic scale.
    kind
        Code of direction, gait and gradient, shape (n,) or (draws, n).

    Returns
    -------
    ndarray
        shape (1,) or (draws, 1).
    """
    effort = np.round(np.log(ratio) / np.log1p(step))
    codes = np.atleast_2d((effort - np.min(effort)) * (1 + np.max(kind) - np.min(kind)) + kind)
    return np.array([[_exponential_entropy(row, time_s)] for row in codes])


def _exponential_entropy(code: Floats, time_s: Floats) -> float:
    _, group = np.unique(code, return_inverse=True)
    share = np.bincount(group, weights=time_s) / np.sum(time_s)
    return float(np.exp(-np.sum(share * np.log(share))))


def _kinds(pieces: Pieces, *, with_backward: bool) -> Floats:
    """Kinds of movement with the backward part as it was, or counted as forward."""
    slope = pieces.slope
    tilt = np.sign(slope) * (1 - _level(slope))
    kind = 2 * 2 * pieces.running + tilt
    speed = energy.level_forward_speed(pieces.speed_mps, slope)
    if with_backward:
        is_backward = pieces.is_backward(KEY)
        kind = kind + 2 * 2 * 2 * is_backward
        equivalent = energy.equivalent_forward_speed(pieces.speed_mps, slope)
        speed = np.where(is_backward > 0, equivalent, speed)
    return effective_kinds(pieces.time_s, _over_median(speed), kind)


def _over_median(speed: Floats) -> Floats:
    positive = np.maximum(speed, np.finfo(float).tiny)
    return np.asarray(positive / np.median(positive, axis=-1, keepdims=True))


@equation(returns="share", source="")
def _level(gradient: Floats, *, level: Constant = constant("energy.level_gradient")) -> Floats:
    """1 where a gradient cannot be told from level ground."""
    return np.asarray(np.abs(gradient) <= level, dtype=np.float64)


def _details(history: History, pieces: Pieces) -> tuple[Detail, ...]:
    rows = tuple(
        measured(key, label, "kinds", partial(_kinds, pieces, with_backward=so))
        for key, label, so in (
            ("with", "Kinds of movement", True),
            ("without", "Kinds, backward counted as forward", False),
        )
    )
    days = history.daily(history.pieces.time_s / SECONDS_PER_MINUTE)
    if len(days) < adaptation.week_days():
        return rows
    monotony, strain = adaptation.monotony(days), adaptation.strain(days)
    if not np.isfinite(monotony).all():
        return rows
    note = "from daily minutes on foot, last 7 days; direction does not change it"
    return (
        *rows,
        counted("monotony", "Training monotony", float(monotony[0]), "1", note),
        counted("strain", "Training strain", float(strain[0]), "min", note),
    )
