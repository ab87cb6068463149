"""Injury relief: what a swap of forward for backward kilometres does to each tissue."""

from collections.abc import Callable
from functools import partial

import numpy as np

from backstride.benefits.batches import Batches
from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    compared,
    counted,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.benefits.matched import Matched, matched
from backstride.benefits.own_strides import (
    change_of,
    column,
    contact_error,
    feet_error,
    foot_strike_error,
    mean_of,
    ratio,
    ratio_of,
    steps_error,
    steps_per_km,
)
from backstride.evidence import estimate, evaluate, total
from backstride.models import adaptation, tissue
from backstride.recording import Floats
from backstride.vocabulary import DEGREES_PER_RADIAN, SECONDS_PER_MINUTE

KEY = "injury_relief"
PerStep = Callable[[], float | Floats]
PerKm = Callable[[float | Floats], float | Floats]


def assess(history: History) -> Finding | NotAssessable:
    """Patellofemoral load of the backward part against the same distance forward, and the rest."""
    running = history.pieces.where(history.pieces.running & (history.pieces.distance_m > 0))
    if not running.backward.any():
        return not_assessable(
            KEY,
            missing="backward running with distance",
            what_would_help="run backward for some minutes; joint loads of backward walking have "
            "no published numbers",
        )
    own = ratio_of(_runs(history), steps_per_km, steps_error)
    per_km = tissue.per_km if own is None else partial(_per_own_km, own)
    details = (
        *_details(running, per_km, own),
        *_own_details(_runs(history)),
        *_over_weeks(history, per_km),
    )
    heel = next(row for row in details if row.key == "achilles")
    knee = evaluate(lambda: {"knee": _change(running, per_km(tissue.patellofemoral_per_step()))})
    return finding(
        KEY,
        knee,
        "knee",
        unit="%",
        because=(
            f"{_WHOSE[own is not None]}, the peak forces behind the kneecap of a kilometre's steps "
            f"add up to {compared(knee['knee'])} than forward. {remark(KEY, 'average')} For the "
            "Achilles tendon nobody has measured it backward; forefoot landing in forward running "
            f"suggests {compared(heel)}."
        ),
        cautions=(
            remark(KEY, "not_injuries"),
            remark(KEY, "pain"),
            remark(KEY, "achilles"),
            remark(KEY, "no_numbers"),
        ),
        details=details,
    )


#: Whose numbers they are, by whether the runner's own steps were seen in both directions.
_WHOSE = {
    False: "By studies of other people",
    True: "By your own count of steps and by the force of one step in studies of other people",
}


def _runs(history: History) -> Batches:
    return history.batches.where(history.batches.running)


def _per_own_km(own: Matched, per_step: float | Floats) -> float | Floats:
    """A ratio per step as one per kilometre, by this runner's own steps."""
    return np.asarray(per_step) * ratio(own, "steps")


def _change(running: Pieces, ratio: float | Floats, *, of_all: bool = False) -> Floats:
    """Per cent change of a load by having run backward, over the backward part or over all of it.

    Where a bout turns out not to have been backward, it changed nothing.
    """
    part = running.where(running.backward).merged()
    whole = np.sum(running.distance_m) if of_all else np.sum(part.distance_m)
    right = total(part.is_backward(KEY) * part.distance_m) / whole
    return np.asarray(100 * right * (np.asarray(ratio) - 1))


def _details(running: Pieces, per_km: PerKm, own: Matched | None) -> tuple[Detail, ...]:
    knee, heel = tissue.patellofemoral_per_step, tissue.achilles_per_step
    known = running.where(running.backward & np.isfinite(running.cadence_spm))
    steps = float(np.sum(known.cadence_spm * known.time_s)) / SECONDS_PER_MINUTE
    return (
        measured(
            "patellofemoral",
            "Kneecap joint, per km",
            "%",
            lambda: _change(running, per_km(knee())),
        ),
        measured(
            "patellofemoral_step",
            "Kneecap joint, per step",
            "%",
            lambda: _change(running, knee()),
        ),
        measured(
            "knee_moment",
            "Knee extension moment, per km",
            "%",
            lambda: _change(running, per_km(tissue.knee_moment_per_step())),
        ),
        measured(
            "achilles",
            "Achilles tendon, per km",
            "%",
            lambda: _change(running, per_km(heel())),
        ),
        *_forces(known),
        measured(
            "steps",
            "Steps, per km",
            "%",
            lambda: _change(running, per_km(1.0)),
            "" if own is None else "your own, at matched speed",
        ),
        measured(
            "patellofemoral_whole",
            "Kneecap joint, all running of the recording",
            "%",
            lambda: _change(running, per_km(knee()), of_all=True),
        ),
        measured(
            "achilles_whole",
            "Achilles tendon, all running of the recording",
            "%",
            lambda: _change(running, per_km(heel()), of_all=True),
        ),
        *(
            (
                counted(
                    "backward_steps",
                    "Backward steps taken",
                    steps,
                    "steps",
                    "counted by the device, or in the strides seen",
                ),
            )
            if steps
            else ()
        ),
    )


def _forces(known: Pieces) -> tuple[Detail, ...]:
    """Peak force behind the kneecap, per backward step and over the steps of a kilometre."""

    def of_step() -> float | Floats:
        return np.asarray(tissue.patellofemoral_forward()) * tissue.patellofemoral_per_step()

    per_step = measured(
        "patellofemoral_force", "Kneecap joint, peak force of a backward step", "BW", of_step
    )
    if not len(known):
        return (per_step,)
    seconds = np.sum(known.time_s)
    cadence = np.sum(known.cadence_spm * known.time_s) / seconds
    steps = tissue.steps_per_km(np.asarray(cadence), np.asarray(np.sum(known.distance_m) / seconds))
    return (
        per_step,
        measured(
            "patellofemoral_force_km",
            "Kneecap joint, peak forces of a backward kilometre, both legs",
            "BW/km",
            lambda: np.asarray(of_step()) * steps,
        ),
    )


def _own_details(runs: Batches) -> tuple[Detail, ...]:
    """The runner's own steps in both directions, where strides were seen."""
    rows = list(
        change_of(runs, "contact", "Contact time of a step", column("contact_s"), contact_error)
    )
    ways = (("backward", runs.where(runs.backward)), ("forward", runs.where(~runs.backward)))
    for way, some in ways:
        for key, label, unit, scale, of in (
            ("steps_km", "Steps per km", "steps", 1.0, steps_per_km),
            ("contact", "Contact time of a step", "s", 1.0, column("contact_s")),
            ("sole", "Sole to the ground at contact", "degrees", DEGREES_PER_RADIAN, _SOLE),
        ):
            mean = mean_of(some, of)
            if mean is not None:
                note = _HOW_IT_LANDS if of is _SOLE else _AT_ANY_SPEED
                rows.append(counted(f"{key}_{way}", f"{label}, {way}", scale * mean, unit, note))
    strike = matched(runs, _SOLE, lambda _: foot_strike_error())
    if strike is not None:
        rows.append(
            measured(
                "sole",
                "Sole to the ground at contact, backward less forward",
                "degrees",
                partial(_apart, strike, "sole", DEGREES_PER_RADIAN),
                "your own, at matched speed; negative lands further on the forefoot",
            )
        )
    feet = matched(runs, column("contact_s:symmetry"), lambda _: feet_error())
    if feet is not None:
        rows.append(
            measured(
                "contact_right",
                "Contact of the right foot over the left, backward less forward",
                "%",
                partial(_apart, feet, "contact_right", 100.0),
                "your own, at matched speed; by the symmetry index, positive if the right one "
                "stands longer",
            )
        )
    return tuple(rows)


def _apart(one: Matched, name: str, scale: float) -> float | Floats:
    """A difference that was measured on this runner, in the unit that `scale` makes."""
    spread = one.difference
    value, low, high = (scale * each for each in (spread.value, spread.low, spread.high))
    return estimate(name, value, low, high) * one.right(name)


_SOLE = column("foot_strike_rad")
_HOW_IT_LANDS = "mean over all of it; positive lands on the heel, negative on the forefoot"
_AT_ANY_SPEED = "mean over all of it; speeds differ"


def _over_weeks(history: History, per_km: PerKm) -> tuple[Detail, ...]:
    """Load of each tissue over days, in forward metres: last week against four, and the ramp."""
    pieces = history.pieces.where(history.pieces.running)
    metres = history.daily(pieces, pieces.distance_m)
    if metres.shape[-1] < 2 * adaptation.week_days():
        return ()
    backward = pieces.where(pieces.backward)

    def days(per_step: PerStep) -> Floats:
        swap = history.daily(backward, backward.is_backward(KEY) * backward.distance_m)
        return metres + swap * (per_km(per_step()) - 1)

    def compared(per_step: PerStep) -> Floats:
        return adaptation.acute_to_chronic(days(per_step))

    def ramped(per_step: PerStep) -> Floats:
        return 100 * adaptation.ramp(days(per_step))

    rows = []
    for name, per_step in _TISSUES.items():
        enough = metres.shape[-1] >= adaptation.month_days()
        if enough and np.isfinite(compared(per_step)).all():
            rows.append(
                measured(
                    f"{name}_acute_to_chronic",
                    f"{_NAMES[name]}: last week over the mean of four weeks",
                    "1",
                    partial(compared, per_step),
                )
            )
        if np.isfinite(ramped(per_step)).all():
            rows.append(
                measured(
                    f"{name}_ramp",
                    f"{_NAMES[name]}: last week against the week before",
                    "%",
                    partial(ramped, per_step),
                )
            )
    return tuple(rows)


_TISSUES = {
    "patellofemoral": tissue.patellofemoral_per_step,
    "achilles": tissue.achilles_per_step,
}
_NAMES = {"patellofemoral": "Kneecap joint", "achilles": "Achilles tendon"}
