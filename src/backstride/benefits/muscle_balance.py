"""Muscle balance: what backward running adds to the muscles that forward running uses less."""

import numpy as np

from backstride.benefits.finding import (
    Finding,
    NotAssessable,
    compared,
    details_of,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import evaluate, total
from backstride.models import tissue
from backstride.recording import Floats

KEY = "muscle_balance"


def assess(history: History) -> Finding | NotAssessable:
    """Activity of the front of the thigh over the running, with the backward part and without."""
    running = history.pieces.where(history.pieces.running & (history.pieces.distance_m > 0))
    if not running.backward.any():
        return not_assessable(
            KEY,
            missing="backward running with distance",
            what_would_help="run backward for some minutes; a body model from motion capture or "
            "video would give each muscle",
        )
    part = measured(
        "part",
        "Front thigh (rectus femoris), while backward",
        "%",
        lambda: _change(running, running.where(running.backward)),
    )
    whole = evaluate(lambda: {"whole": _change(running, running)})
    return finding(
        KEY,
        whole,
        "whole",
        unit="%",
        because=(
            "By one study of other people, the activity (EMG) of the straight muscle of the front "
            f"thigh over all your running here was about {compared(whole['whole'])} than had it "
            f"all been forward; while backward itself, {compared(part)}. "
            + remark(KEY, "not_balance")
        ),
        cautions=(remark(KEY, "one_study"), remark(KEY, "others")),
        details=(
            part,
            *details_of(whole, {"whole": ("Front thigh, all running of the recording", "%")}),
            measured(
                "knee_moment",
                "Knee extension moment, per backward step",
                "%",
                lambda: 100 * (tissue.knee_moment_per_step() - 1),
                remark(KEY, "moment"),
            ),
        ),
    )


def _change(running: Pieces, over: Pieces) -> Floats:
    """Per cent more activity of the rectus femoris than all forward, over the time of `over`."""
    part = running.where(running.backward).merged()
    share = total(part.is_backward(KEY) * part.time_s) / np.sum(over.time_s)
    return np.asarray(100 * share * (tissue.rectus_femoris_activity() - 1))
