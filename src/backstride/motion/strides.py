"""Contacts of feet with the ground, and strides: a row each."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.recording import Floats, Track
from backstride.vocabulary import Direction, Gait, Origin, Side

#: Sides by their code in arrays.
SIDES = (Side.LEFT, Side.RIGHT, Side.UNKNOWN)
Codes = npt.NDArray[np.int8]

#: Columns of `Strides`, all of the vocabulary.
COLUMNS = (
    "contact_s",
    "swing_s",
    "flight_s",
    "step_s",
    "stride_s",
    "contact_share",
    "cadence_spm",
    "step_length_m",
    "stride_length_m",
    "step_width_m",
    "speed_mps",
    "vertical_oscillation_m",
    "stiffness_per_s2",
    "leg_stiffness_per_s2",
    "foot_strike_rad",
    "foot_clearance_m",
    "turned_rad",
)


@dataclass(frozen=True, eq=False)
class Contacts:
    """When feet stood on the ground, in order of initial contact.

    Attributes
    ----------
    name
        Of the track that they were found in.
    side
        shape (n,), places in `SIDES`.
    contact_s, toe_off_s
        shape (n,), on the recording's clock; NaN for a toe-off that was not seen.
    measured
        Column of `COLUMNS` -> shape (n,), what the sensor knows of the stride that begins with the
        contact; NaN where it does not.
    """

    name: str
    origin: Origin
    side: Codes
    contact_s: Floats
    toe_off_s: Floats
    measured: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.side)


@dataclass(frozen=True, eq=False)
class Strides:
    """A row per stride, from a foot's initial contact to its next one, in order of time.

    Attributes
    ----------
    table
        Track ``strides``: its clock is the initial contact, its columns are `COLUMNS`; NaN where a
        quantity is not known.
    side, direction, gait, origin
        n each: whose foot, the direction that counts there, and which kind of sensor saw it.
    probability
        shape (n,), that the direction is right.
    """

    table: Track
    side: tuple[Side, ...]
    direction: tuple[Direction, ...]
    gait: tuple[Gait, ...]
    origin: tuple[Origin, ...]
    probability: Floats

    def __len__(self) -> int:
        return len(self.side)

    def column(self, name: str) -> Floats:
        """Shape (n,)."""
        return self.table.column(name)
