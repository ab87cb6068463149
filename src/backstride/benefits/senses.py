"""Senses: how straight and how evenly somebody goes when they cannot see the way.

What is told is balance and orientation, from points of the body. Hearing, peripheral vision and
joint sense need tests of their own.
"""

from dataclasses import replace
from functools import partial
from statistics import NormalDist

import numpy as np

from backstride.benefits.batches import DEVIATION, Batches
from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    between,
    counted,
    finding,
    measured,
    not_assessable,
)
from backstride.benefits.history import History
from backstride.benefits.matched import Matched, matched, matched_scatter
from backstride.evidence import (
    CONFIDENCE,
    Constant,
    Spread,
    constant,
    equation,
    estimate,
    evaluate,
    weakest,
)
from backstride.recording import Floats
from backstride.vocabulary import CENTIMETRES_PER_METRE, MILLISECONDS_PER_SECOND

KEY = "senses"


def assess(history: History) -> Finding | NotAssessable:
    """Drift from a straight line backward less forward; else scatter of step width; else a time.

    The first of the three that the recordings show at matched speed is the answer, the others
    stand beside it.
    """
    drift = matched(history.straights, _deviation, lambda _: drift_error())
    width = matched_scatter(
        history.batches, "step_width_m", width_error(), least_freedom=least_freedom()
    )
    rhythm = matched_scatter(
        history.batches, "stride_s", rhythm_error(), least_freedom=least_freedom()
    )
    details = (
        *_compared("drift", f"Drift from a line over {straight():.0f} m", "cm", drift),
        *_compared("step_width", "Scatter of step width", "cm", width),
        *_compared("stride_time", "Scatter of stride time", "ms", rhythm),
        *_walks(history.walks_s),
    )
    if drift is not None:
        because = (
            f"Over {straight():.0f} m you strayed {_cm(drift.backward)} from a straight line "
            f"backward and {_cm(drift.forward)} forward: {_apart(drift)}. "
        )
        return _found(because, drift, "drift", details)
    if width is not None:
        because = (
            f"The width of your steps scattered by {_cm(width.backward)} backward and "
            f"{_cm(width.forward)} forward: {_apart(width)}. "
        )
        return _found(because, width, "step_width", details)
    if history.walks_s:
        return _timed(history.walks_s, details)
    return not_assessable(
        KEY,
        missing="a straight line, or step widths in both directions at one speed, from points of "
        "your body; a watch's position is too coarse",
        what_would_help="motion capture of a straight 20 m there and back, or of some minutes in "
        "turn forward and backward; for hearing and sight, tests that this version does not have",
    )


def _deviation(batches: Batches) -> Floats:
    return batches.column(DEVIATION)


def _found(because: str, one: Matched, name: str, details: tuple[Detail, ...]) -> Finding:
    cautions = [
        "This is how you go, not what running backward trains: for that, compare months.",
        "Hearing, peripheral vision and joint sense are not in it.",
    ]
    if not one.between_bouts:
        cautions.append(
            "There is only one bout in a direction, so how bouts differ is not in the interval."
        )
    if not one.running:
        cautions.append("This is walking; running may differ.")
    if name == "drift":
        cautions.append("A gentle bend that was meant counts as drift, in both directions.")
    found = finding(
        KEY,
        evaluate(lambda: {name: _traced(one, name, "cm")}),
        name,
        unit="cm",
        because=because + "Less is steadier.",
        cautions=tuple(cautions),
        details=details,
    )
    return replace(found, grade=weakest([found.grade, one.grade]))


#: Of metres or seconds, by the unit that people are shown.
_SCALES = {"cm": CENTIMETRES_PER_METRE, "ms": MILLISECONDS_PER_SECOND}


def _traced(one: Matched, name: str, unit: str) -> float | Floats:
    """The difference, as a number measured on this runner."""
    spread = one.difference
    value, low, high = (_SCALES[unit] * each for each in (spread.value, spread.low, spread.high))
    return estimate(f"senses_{name}", value, low, high) * one.right(KEY)


def _cm(metres: float) -> str:
    return f"{CENTIMETRES_PER_METRE * metres:.1f} cm"


def _apart(one: Matched) -> str:
    spread = one.difference
    ends = (CENTIMETRES_PER_METRE * each for each in (spread.value, spread.low, spread.high))
    return between(Spread(*ends), digits=1, unit="cm", sign=True)


def _compared(key: str, label: str, unit: str, one: Matched | None) -> tuple[Detail, ...]:
    if one is None:
        return ()
    note = f"backward less forward, {'running' if one.running else 'walking'} at matched speed"
    return (measured(key, label, unit, partial(_traced, one, key, unit), note),)


def _walks(walks_s: tuple[float, ...]) -> tuple[Detail, ...]:
    if not walks_s:
        return ()
    note = "counted from standing; a test only if it was meant as one"
    return (
        measured("walk", _walk_label(), "s", partial(_walk, walks_s), note),
        counted("walks", "Walks that were timed", float(len(walks_s)), "1", "counted"),
    )


def _walk_label() -> str:
    return f"Walking {walk():.0f} m backward from standing"


def _walk(walks_s: tuple[float, ...]) -> float | Floats:
    """Mean time; the interval is Student's t of several, and how well the start is known."""
    middle = float(np.mean(walks_s))
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * start_error() / np.sqrt(len(walks_s))
    if len(walks_s) > 1:
        from scipy.special import stdtrit

        scatter = np.std(walks_s, ddof=1) / np.sqrt(len(walks_s))
        half = np.hypot(half, stdtrit(len(walks_s) - 1, (1 + CONFIDENCE) / 2) * scatter)
    return estimate("walk", middle, middle - float(half), middle + float(half))


def _timed(walks_s: tuple[float, ...], details: tuple[Detail, ...]) -> Finding:
    traced = evaluate(lambda: {"walk": _walk(walks_s)})
    return finding(
        KEY,
        traced,
        "walk",
        unit="s",
        because=(
            f"{_walk_label()} took you {between(traced['walk'], digits=1, unit='s')}. There was "
            "not enough of both directions at one speed to compare."
        ),
        cautions=("Hearing, peripheral vision and joint sense are not in it.",),
        details=details,
    )


@equation(returns="path_deviation_m", source="")
def drift_error(*, error: Constant = constant("senses.drift_error_m")) -> float:
    """What measuring the path may put between the directions."""
    return float(error)


@equation(returns="step_width_m", source="")
def width_error(*, error: Constant = constant("senses.width_error_m")) -> float:
    """What measuring step width may put between the scatters of both directions."""
    return float(error)


@equation(returns="stride_s", source="")
def rhythm_error(*, error: Constant = constant("senses.rhythm_error_s")) -> float:
    """What finding contacts may put between the scatters of both directions."""
    return float(error)


@equation(returns="count", source="")
def least_freedom(*, least: Constant = constant("senses.least_freedom")) -> float:
    """Degrees of freedom that the scatter of each direction needs."""
    return float(least)


@equation(returns="distance_m", source="")
def straight(*, length: Constant = constant("senses.straight_m")) -> float:
    """Length of a straight stretch."""
    return float(length)


@equation(returns="distance_m", source="")
def walk(*, length: Constant = constant("senses.walk_m")) -> float:
    """Length of the timed walk."""
    return float(length)


@equation(returns="time_s", source="")
def start_error(*, error: Constant = constant("senses.start_error_s")) -> float:
    """How well the begin of the timed walk is known."""
    return float(error)
