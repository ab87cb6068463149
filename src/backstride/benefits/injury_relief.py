"""Injury relief: what a swap of forward for backward kilometres does to each tissue."""

from collections.abc import Callable
from functools import partial

import numpy as np

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
from backstride.evidence import evaluate, total
from backstride.models import adaptation, tissue
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE

KEY = "injury_relief"
PerStep = Callable[[], float | Floats]


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
    details = (*_details(running), *_over_weeks(history))
    heel = next(row for row in details if row.key == "achilles")
    knee = evaluate(
        lambda: {"knee": _change(running, tissue.per_km(tissue.patellofemoral_per_step()))}
    )
    return finding(
        KEY,
        knee,
        "knee",
        unit="%",
        because=(
            "By studies of other people, the peak forces behind the kneecap of a kilometre's steps "
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


def _change(running: Pieces, ratio: float | Floats, *, of_all: bool = False) -> Floats:
    """Per cent change of a load by having run backward, over the backward part or over all of it.

    Where a bout turns out not to have been backward, it changed nothing.
    """
    part = running.where(running.backward).merged()
    whole = np.sum(running.distance_m) if of_all else np.sum(part.distance_m)
    right = total(part.is_backward(KEY) * part.distance_m) / whole
    return np.asarray(100 * right * (np.asarray(ratio) - 1))


def _details(running: Pieces) -> tuple[Detail, ...]:
    knee, heel = tissue.patellofemoral_per_step, tissue.achilles_per_step
    known = running.where(running.backward & np.isfinite(running.cadence_spm))
    steps = float(np.sum(known.cadence_spm * known.time_s)) / SECONDS_PER_MINUTE
    return (
        measured(
            "patellofemoral",
            "Kneecap joint, per km",
            "%",
            lambda: _change(running, tissue.per_km(knee())),
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
            lambda: _change(running, tissue.per_km(tissue.knee_moment_per_step())),
        ),
        measured(
            "achilles",
            "Achilles tendon, per km",
            "%",
            lambda: _change(running, tissue.per_km(heel())),
        ),
        *_forces(known),
        measured("steps", "Steps, per km", "%", lambda: _change(running, tissue.steps_ratio())),
        measured(
            "patellofemoral_whole",
            "Kneecap joint, all running of the recording",
            "%",
            lambda: _change(running, tissue.per_km(knee()), of_all=True),
        ),
        measured(
            "achilles_whole",
            "Achilles tendon, all running of the recording",
            "%",
            lambda: _change(running, tissue.per_km(heel()), of_all=True),
        ),
        *(
            (
                counted(
                    "backward_steps",
                    "Backward steps taken",
                    steps,
                    "steps",
                    "counted by the device",
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


def _over_weeks(history: History) -> tuple[Detail, ...]:
    """Load of each tissue over days, in forward metres: last week against four, and the ramp."""
    pieces = history.pieces.where(history.pieces.running)
    metres = history.daily(pieces, pieces.distance_m)
    if metres.shape[-1] < 2 * adaptation.week_days():
        return ()
    backward = pieces.where(pieces.backward)

    def days(per_step: PerStep) -> Floats:
        swap = history.daily(backward, backward.is_backward(KEY) * backward.distance_m)
        return metres + swap * (tissue.per_km(per_step()) - 1)

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
