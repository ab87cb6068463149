"""Calories: what the backward part cost, against what it would have cost forward."""

from collections.abc import Callable

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    between,
    compared,
    counted,
    details_of,
    finding,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import evaluate, total
from backstride.models import energy
from backstride.recording import Floats, Given
from backstride.vocabulary import (
    JOULES_PER_KILOCALORIE,
    METRES_PER_KILOMETRE,
    SECONDS_PER_MINUTE,
)

KEY = "calories"
Cost = Callable[[Floats], Floats]


def assess(history: History) -> Finding | NotAssessable:
    """Energy of the backward part by the corrected model, beside device and forward model."""
    everything = history.pieces.merged()
    pieces = everything.where(everything.covered > 0)
    part = pieces.where(pieces.backward)
    if not np.sum(part.distance_m) > 0:
        return not_assessable(
            KEY,
            missing="backward running on the level or uphill, with distance",
            what_would_help="run backward on the level: downhill nobody has measured what it costs",
        )
    mass = history.athlete.mass_kg
    unit, digits = ("kcal/kg", 2) if mass is None else ("kcal", 0)
    scale = (1 if mass is None else mass) / JOULES_PER_KILOCALORIE
    traced = evaluate(lambda: _energies(pieces, scale))
    return finding(
        KEY,
        traced,
        "backward",
        unit=unit,
        because=(
            "Your backward part cost about "
            f"{between(traced['backward'], digits=digits, unit=unit)}. Forward at the same speed "
            f"it would have cost {traced['as_forward'].value:.{digits}f} {unit}: "
            f"{compared(traced['extra'])} without the energy of rest. " + remark(KEY, "average")
        ),
        cautions=_cautions(history, part),
        details=(
            *_device(history),
            *details_of(
                traced,
                {
                    "session_as_forward": ("All movement on foot, counted as forward", unit),
                    "session": ("All movement on foot, corrected for backward", unit),
                    "as_forward": ("Backward part, counted as forward", unit),
                    "backward": ("Backward part, corrected", unit),
                    "active": ("Backward part, corrected, without rest", unit),
                    "extra": ("More than forward at the same speed", "%"),
                    "per_km": ("Backward, per kilometre", f"{unit}/km"),
                    "per_min": ("Backward, per minute", f"{unit}/min"),
                },
            ),
        ),
    )


def _energies(pieces: Pieces, scale: float) -> dict[str, float | Floats]:
    """Energies of the pieces, in the unit that `scale` makes of J/kg.

    Backward pieces are never downhill by more than a watch's height can err, so what little they
    seem to fall is taken as level, in both figures alike.
    """
    slope = np.where(pieces.backward, np.maximum(pieces.slope, 0), pieces.slope)
    forward = _by_gait(pieces, slope, energy.running_cost, energy.walking_cost)
    forward = forward * pieces.distance_m
    part = pieces.backward
    ahead, behind = forward[..., ~part], pieces.where(part)
    as_forward = total(forward[..., part])
    if_backward = behind.distance_m * _by_gait(
        behind, slope[part], energy.backward_running_cost, energy.backward_walking_cost
    )
    was_backward = behind.is_backward(KEY) > 0
    active = total(np.where(was_backward, if_backward, forward[..., part]))
    elsewhere = total(ahead)
    rest = energy.resting_energy(total(behind.time_s))
    rest_of_all = energy.resting_energy(total(pieces.time_s))
    kilometres = total(behind.distance_m) / METRES_PER_KILOMETRE
    minutes = total(behind.time_s) / SECONDS_PER_MINUTE
    return {
        "backward": scale * (active + rest),
        "active": scale * active,
        "as_forward": scale * (as_forward + rest),
        "extra": 100 * (active / as_forward - 1),
        "per_km": scale * (active + rest) / kilometres,
        "per_min": scale * (active + rest) / minutes,
        "session": scale * (elsewhere + active + rest_of_all),
        "session_as_forward": scale * (elsewhere + as_forward + rest_of_all),
    }


def _by_gait(pieces: Pieces, slope: Floats, run: Cost, walk: Cost) -> Floats:
    """Cost of each piece by its gait; a gait that does not occur is not computed."""
    if pieces.running.all():
        return run(slope)
    if not pieces.running.any():
        return walk(slope)
    return np.where(pieces.running, run(slope), walk(slope))


def _device(history: History) -> tuple[Detail, ...]:
    """What the devices say, where each recording has it."""
    energies = [one.device_energy_j for one in history.digests]
    known = [energy_j for energy_j in energies if energy_j is not None]
    if not known or len(known) < len(energies):
        return ()
    return (
        counted(
            "device",
            "Whole recording, by the device",
            sum(known) / JOULES_PER_KILOCALORIE,
            "kcal",
            "the device's own figure; it does not know the direction",
        ),
    )


def _cautions(history: History, covered: Pieces) -> tuple[str, ...]:
    backward = history.backward
    said = []
    left_out = float(np.sum(backward.time_s) - np.sum(covered.time_s))
    if left_out > 0:
        said.append(
            f"{left_out:.0f} s of moving backward downhill or steeply uphill are left out: "
            + remark(KEY, "downhill")
        )
    if not np.isfinite(covered.gradient).any():
        said.append("The recording has no height, so it is taken as level.")
    origin = history.athlete.origins.get("mass_kg")
    if origin is Given.RECORDING:
        said.append(f"Body mass is what the recording says: {history.athlete.mass_kg:.0f} kg.")
    if history.athlete.mass_kg is None:
        said.append("Body mass is not known, so this is per kilogram of body mass.")
    if not backward.running.all():
        said.append(remark(KEY, "walking"))
    said.append(remark(KEY, "practice"))
    return tuple(said)
