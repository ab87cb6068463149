"""Posture: inclination of the trunk, backward against forward. A watch cannot see it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from backstride.benefits.batches import MEANS, Batches
from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History
from backstride.benefits.matched import Matched, least_batches, matched
from backstride.evidence import Constant, Grade, constant, equation, estimate, evaluate, weakest
from backstride.motion.posture import Means
from backstride.recording import Floats
from backstride.vocabulary import DEGREES_PER_RADIAN, degrees

KEY = "posture"
_WOULD_HELP = (
    "motion capture, a video from the side or a motion sensor on the trunk, forward and backward "
    "at the same speed, some minutes of each in turn"
)


def assess(history: History) -> Finding | NotAssessable:
    """Trunk inclination backward less forward, degrees; negative is more upright backward."""
    seen = history.batches.where(np.isfinite(history.batches.column("trunk_lean_rad")))
    if not len(seen):
        return not_assessable(
            KEY,
            missing="a recording that shows your trunk; a watch does not",
            what_would_help=_WOULD_HELP,
        )
    # What saw it best speaks alone: a camera's angles and a sensor's do not share a zero.
    best = seen.where(seen.seen_by == np.min(seen.seen_by))
    trunk = _compared(best, "trunk_lean_rad")
    if trunk is None:
        return not_assessable(KEY, missing=_lacks(best), what_would_help=_WOULD_HELP)
    means = MEANS[int(best.seen_by[0])]
    traced = evaluate(lambda: {"trunk": _traced(trunk, "trunk")})
    found = finding(
        KEY,
        traced,
        "trunk",
        unit="degrees",
        because=_because(trunk, means),
        cautions=_cautions(trunk, means),
        details=_details(best, trunk, means),
    )
    by_means = Grade.C if means is Means.BODY else Grade.D
    return replace(found, grade=weakest([found.grade, trunk.grade, by_means]))


def _compared(batches: Batches, column: str) -> Matched | None:
    return matched(
        batches,
        lambda some: some.column(column),
        lambda some: float(np.max(some.error_rad)),
    )


def _traced(one: Matched, name: str) -> float | Floats:
    """The difference in degrees, as a number measured on this runner."""
    spread = one.difference
    value, low, high = (degrees(each) for each in (spread.value, spread.low, spread.high))
    return estimate(f"posture_{name}", value, low, high) * one.right(KEY)


def _lacks(seen: Batches) -> str:
    """What is missing to compare, of a recording that shows the trunk."""
    counts = {
        "backward": int(np.sum(seen.backward)),
        "forward": int(np.sum(~seen.backward)),
    }
    short = [name for name, count in counts.items() if count < least_batches()]
    if short:
        return f"enough movement {' and '.join(short)} in which your trunk is seen"
    speeds = [float(np.nanmean(seen.speed_mps[way])) for way in (seen.backward, ~seen.backward)]
    return (
        "the same speed in both directions, both running or both walking: yours were "
        f"{speeds[0]:.1f} m/s backward and {speeds[1]:.1f} m/s forward, and lean changes with speed"
    )


def _because(trunk: Matched, means: Means) -> str:
    spread = trunk.difference
    low, middle, high = (degrees(each) for each in (spread.low, spread.value, spread.high))
    if low > 0:
        said = "Your trunk leaned further forward when you went backward"
    elif high < 0:
        said = "Your trunk was more upright when you went backward"
    else:
        said = "Whether your trunk was more upright when you went backward cannot be told"
    difference = (
        f"{middle:+.1f} degrees of forward lean (between {low:+.1f} and {high:+.1f})".replace(
            "-", "−"
        )
    )
    ends = f"{degrees(trunk.backward):.1f} against {degrees(trunk.forward):.1f} degrees"
    absolute = "" if means is Means.SENSOR else f", {ends.replace('-', '−')}"
    return f"{said}: {difference} against forward{absolute}. {remark(KEY, 'not_better')}"


def _cautions(trunk: Matched, means: Means) -> tuple[str, ...]:
    said = [f"Seen by {means}; the interval holds an assumed measuring error of that."]
    if not trunk.speeds_known:
        said.append(
            "The speeds are not known, so whether they match is not either; lean changes with "
            "speed."
        )
    if not trunk.between_bouts:
        said.append(
            "There is only one bout in a direction, so how bouts differ is not in the interval: "
            "run each direction twice or more in turn."
        )
    if not trunk.together:
        said.append(
            "Forward and backward are in different recordings: markers or a camera placed anew in "
            "between are in the difference."
        )
    if not trunk.running:
        said.append("This is walking; running may differ.")
    if means is Means.SENSOR:
        said.append(
            "A sensor does not know how it was put on: it shows differences, no angle to the "
            "vertical, and of the part of the trunk that it is worn on; a back can round."
        )
    said.append(remark(KEY, "definitions"))
    return tuple(said)


def _details(seen: Batches, trunk: Matched, means: Means) -> tuple[Detail, ...]:
    rows = []
    for key, column, label, note in _PARTS:
        part = trunk if column == "trunk_lean_rad" else _compared(seen, column)
        if part is not None:
            rows.append(measured(key, label, "degrees", partial(_traced, part, key), note))
    return (*rows, *(_norms() if means is not Means.SENSOR and trunk.running else ()))


_SAME = "backward less forward; negative is more upright backward"
_PARTS = (
    ("trunk", "trunk_lean_rad", "Trunk, forward lean", _SAME),
    ("head", "head_lean_rad", "Head (line from the neck), forward lean", _SAME),
    (
        "pelvis",
        "pelvis_tilt_rad",
        "Pelvis, forward tilt",
        "backward less forward; positive is front further down",
    ),
    (
        "side",
        "trunk_side_lean_rad",
        "Trunk, lean to the left",
        "backward less forward; positive is further left",
    ),
)


@equation(returns="trunk_lean_rad", source="teng2015")
def forward_lean_flexed(
    *, lean: Constant = constant("posture.forward_lean_flexed_deg")
) -> float | Floats:
    """Trunk lean of the half of runners that leaned more, running forward."""
    return lean / DEGREES_PER_RADIAN


@equation(returns="trunk_lean_rad", source="teng2015")
def forward_lean_upright(
    *, lean: Constant = constant("posture.forward_lean_upright_deg")
) -> float | Floats:
    """Trunk lean of the half of runners that leaned less, running forward."""
    return lean / DEGREES_PER_RADIAN


@equation(returns="trunk_lean_rad", source="aminiaghdam2021")
def forward_lean_other(
    *, lean: Constant = constant("posture.forward_lean_other_deg")
) -> float | Floats:
    """Trunk lean of others running forward, by another definition of the trunk."""
    return lean / DEGREES_PER_RADIAN


def _in_degrees(lean: Callable[[], float | Floats]) -> float | Floats:
    return lean() * DEGREES_PER_RADIAN


def _norms() -> tuple[Detail, ...]:
    """How others lean when they run forward, for comparison only."""
    return tuple(
        measured(
            key,
            label,
            "degrees",
            partial(_in_degrees, lean),
            "for comparison only; each study defines the trunk otherwise",
        )
        for key, label, lean in (
            ("others_flexed", "Others, forward: the half that leaned more", forward_lean_flexed),
            ("others_upright", "Others, forward: the half that leaned less", forward_lean_upright),
            ("others_lean", "Others, forward, by another definition", forward_lean_other),
        )
    )
