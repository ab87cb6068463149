"""Variety: how many kinds of movement, with the backward part and with it counted as forward."""

from collections.abc import Callable

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    counted,
    details_of,
    finding,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import Constant, constant, equation, evaluate
from backstride.models import adaptation, energy
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE

KEY = "variety"
Cost = Callable[[Floats], Floats]


def assess(history: History) -> Finding | NotAssessable:
    """Effective number of kinds of movement that the backward part adds."""
    pieces = history.pieces.where(history.pieces.distance_m > 0).merged()
    if not pieces.backward.any():
        return not_assessable(
            KEY,
            missing="backward movement with distance",
            what_would_help="mix some backward running in, or declare what you ran backward",
        )
    traced = evaluate(lambda: _kinds(pieces))
    return finding(
        KEY,
        traced,
        "added",
        unit="kinds",
        because=(
            f"You moved in about {traced['with'].value:.1f} kinds of ways; with the backward part "
            f"counted as forward it would be {traced['without'].value:.1f}. Kinds are combinations "
            "of direction, gait, effort and gradient, weighted by time."
        ),
        cautions=(
            "How finely effort is sorted is a choice; the interval shows what it does.",
            remark(KEY, "not_proof"),
        ),
        details=(
            *details_of(
                traced,
                {
                    "with": ("Kinds of movement", "kinds"),
                    "without": ("Kinds, backward counted as forward", "kinds"),
                },
            ),
            *_over_days(history),
        ),
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
    level = np.log(ratio) / np.log1p(step)
    # Where one effort ends and the next begins is as arbitrary as the step, so two sets of limits
    # half a step apart are averaged.
    return (_kinds_of(level, kind, time_s) + _kinds_of(level + 0.5, kind, time_s)) / 2


def _kinds_of(level: Floats, kind: Floats, time_s: Floats) -> Floats:
    """Effective number of kinds for efforts sorted by rounding `level`, shape (..., 1)."""
    effort = np.round(level)
    effort = np.atleast_2d(effort - np.min(effort))
    code = np.atleast_2d(effort * (1 + np.max(kind) - np.min(kind)) + kind - np.min(kind))
    code = code.astype(np.int64)
    # All draws at once: draw d counts its time in bins d * width ... (d + 1) * width.
    draws, width = len(code), int(np.max(code)) + 1
    bins = (code + width * np.arange(draws)[:, None]).ravel()
    weights = np.broadcast_to(time_s, code.shape).ravel()
    time = np.bincount(bins, weights=weights, minlength=draws * width).reshape(draws, width)
    share = time / np.sum(time_s)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(np.exp(-np.sum(share * logs, axis=1, keepdims=True)))


#: What a gradient may be, for kinds of movement.
_TILTS = ("down", "level", "up")


def _kinds(pieces: Pieces) -> dict[str, float | Floats]:
    """Kinds of movement with the backward part as it was, as forward, and the difference."""
    slope = pieces.slope
    tilt = np.sign(slope) * (1 - energy.level_ground(slope))
    kind = tilt + len(_TILTS) * pieces.running
    is_backward = pieces.is_backward(KEY)
    ahead = _effort(pieces, energy.running_cost, energy.walking_cost)
    behind = _effort(pieces, energy.backward_running_cost, energy.backward_walking_cost)
    # One middle for both, so that the difference is the direction's and not the sorting's.
    middle = np.median(ahead, axis=-1, keepdims=True)
    found = effective_kinds(
        pieces.time_s,
        np.where(is_backward > 0, behind, ahead) / middle,
        kind + 2 * len(_TILTS) * is_backward,
    )
    without = effective_kinds(pieces.time_s, ahead / middle, kind)
    return {"with": found, "without": without, "added": found - without}


def _effort(pieces: Pieces, run: Cost, walk: Cost) -> Floats:
    """Metabolic power of each piece by its gait, W/kg."""
    cost = np.where(pieces.running, run(pieces.slope), walk(pieces.slope))
    return np.maximum(cost * pieces.speed_mps, np.finfo(float).tiny)


def _over_days(history: History) -> tuple[Detail, ...]:
    """Monotony and strain of the last week, where there is one."""
    days = history.daily(history.pieces, history.pieces.time_s / SECONDS_PER_MINUTE)
    if len(days) < adaptation.week_days():
        return ()
    monotony, strain = adaptation.monotony(days), adaptation.strain(days)
    if not np.isfinite(monotony).all():
        return ()
    note = "from daily minutes on foot, last 7 days; direction does not change it"
    return (
        counted("monotony", "Training monotony", float(monotony[0]), "1", note),
        counted("strain", "Training strain", float(strain[0]), "min", note),
    )
