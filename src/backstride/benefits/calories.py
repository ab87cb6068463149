"""Calories: what the backward part cost, against what it would have cost forward."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    between,
    counted,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import total
from backstride.models import energy
from backstride.recording import Floats
from backstride.vocabulary import (
    JOULES_PER_KILOCALORIE,
    METRES_PER_KILOMETRE,
    SECONDS_PER_MINUTE,
)

KEY = "calories"


def assess(history: History) -> Finding | NotAssessable:
    """Energy of the backward part by the corrected model, beside device and forward model."""
    mass = history.athlete.mass_kg
    budget = _Budget(history.pieces, (1 if mass is None else mass) / JOULES_PER_KILOCALORIE)
    if not np.sum(budget.part.distance_m) > 0:
        return not_assessable(
            KEY,
            missing="backward running on the level or uphill, with distance",
            what_would_help="run backward on the level: downhill nobody has measured what it costs",
        )
    unit, digits = ("kcal/kg", 2) if mass is None else ("kcal", 0)
    details = _details(history, budget, unit)
    rows = {row.key: row for row in details}
    return finding(
        KEY,
        lambda: budget.part_total(corrected=True),
        unit=unit,
        because=lambda cost: (
            f"Your backward part cost about {between(cost, digits=digits, unit=unit)}. Forward at "
            f"the same speed it would have cost {rows['as_forward'].value:.{digits}f} {unit}: "
            f"{between(rows['extra'], unit='%', sign=True)} without the energy of rest. "
            + remark(KEY, "average")
        ),
        cautions=_cautions(history, budget),
        details=details,
    )


@dataclass(frozen=True, eq=False)
class _Budget:
    """Energies of a history's pieces, in the unit that `scale` makes of J/kg."""

    everything: Pieces
    scale: float

    @cached_property
    def pieces(self) -> Pieces:
        """The pieces at whose gradient and direction cost has been measured."""
        return self.everything.where(self.everything.covered > 0)

    @property
    def part(self) -> Pieces:
        """The backward ones of them."""
        return self.pieces.where(self.pieces.backward)

    def active(self, *, corrected: bool) -> Floats:
        """Net energy of each piece, by its direction or all as if forward.

        Backward pieces are never downhill by more than a watch's height can err, so what little
        they seem to fall is taken as level, in both figures alike.
        """
        pieces = self.pieces
        slope = np.where(pieces.backward, np.maximum(pieces.slope, 0), pieces.slope)
        run = pieces.running
        forward = np.where(run, energy.running_cost(slope), energy.walking_cost(slope))
        cost = forward
        if corrected:
            backward = np.where(
                run, energy.backward_running_cost(slope), energy.backward_walking_cost(slope)
            )
            cost = np.where(pieces.is_backward(KEY) > 0, backward, forward)
        return np.asarray(self.scale * cost * pieces.distance_m)

    def rest(self) -> Floats:
        """What the same time at rest would have used, of each piece."""
        return self.scale * energy.resting_energy(self.pieces.time_s)

    def part_active(self, *, corrected: bool) -> Floats:
        """Net energy of the backward part."""
        return total(self.active(corrected=corrected)[..., self.pieces.backward])

    def part_total(self, *, corrected: bool) -> Floats:
        """Energy of the backward part with that of rest."""
        rest = total(self.rest()[..., self.pieces.backward])
        return self.part_active(corrected=corrected) + rest

    def whole(self, *, corrected: bool) -> Floats:
        """Energy of all pieces with that of rest."""
        return total(self.active(corrected=corrected) + self.rest())


def _details(history: History, budget: _Budget, unit: str) -> tuple[Detail, ...]:
    """The three figures side by side, then the parts of the corrected one."""
    kilometres = float(np.sum(budget.part.distance_m)) / METRES_PER_KILOMETRE
    minutes = float(np.sum(budget.part.time_s)) / SECONDS_PER_MINUTE
    return (
        *_device(history),
        measured(
            "session_as_forward",
            "Whole recording, all counted as forward",
            unit,
            lambda: budget.whole(corrected=False),
        ),
        measured(
            "session",
            "Whole recording, corrected for backward",
            unit,
            lambda: budget.whole(corrected=True),
        ),
        measured(
            "as_forward",
            "Backward part, counted as forward",
            unit,
            lambda: budget.part_total(corrected=False),
        ),
        measured(
            "backward",
            "Backward part, corrected",
            unit,
            lambda: budget.part_total(corrected=True),
        ),
        measured(
            "active",
            "Backward part, corrected, without rest",
            unit,
            lambda: budget.part_active(corrected=True),
        ),
        measured(
            "extra",
            "More than forward at the same speed",
            "%",
            lambda: (
                100 * (budget.part_active(corrected=True) / budget.part_active(corrected=False) - 1)
            ),
        ),
        measured(
            "per_km",
            "Backward, per kilometre",
            f"{unit}/km",
            lambda: budget.part_total(corrected=True) / kilometres,
        ),
        measured(
            "per_min",
            "Backward, per minute",
            f"{unit}/min",
            lambda: budget.part_total(corrected=True) / minutes,
        ),
    )


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


def _cautions(history: History, budget: _Budget) -> tuple[str, ...]:
    backward, covered = history.backward, budget.part
    said = []
    left_out = float(np.sum(backward.time_s) - np.sum(covered.time_s))
    if left_out > 0:
        said.append(
            f"{left_out:.0f} s of backward running downhill or steeply uphill are left out: "
            + remark(KEY, "downhill")
        )
    if not np.isfinite(covered.gradient).any():
        said.append("The recording has no height, so it is taken as level.")
    if history.athlete.mass_kg is None:
        said.append("Body mass is not known, so this is per kilogram of body mass.")
    if not backward.running.all():
        said.append(remark(KEY, "walking"))
    said.append(remark(KEY, "practice"))
    return tuple(said)
