"""Contacts of feet with the ground, and strides: a row each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.bouts import Bout
from backstride.motion.series import Bools, Series
from backstride.recording import Floats, Track
from backstride.vocabulary import QUANTITIES, SECONDS_PER_MINUTE, Direction, Gait, Origin, Side

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
    "leg_length_m",
)

_LONGEST_STRIDE_S = float(constant("steps.longest_stride_s"))
_GRAVITY_MPS2 = float(constant("imu.gravity"))


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


def strides_of(found: Iterable[Contacts], bouts: Sequence[Bout]) -> Strides:
    """Strides of all sensors, from a foot's initial contact to its next one.

    Where several sensors saw the same time, the best one counts: points of the body, then sensors
    on the feet, keypoints, and last a sensor on the trunk, which feels steps but not whose foot
    (every second of them is taken to be of one foot). A value outside the vocabulary's range is
    missing.

    Parameters
    ----------
    bouts
        Of the whole recording, in order; each stride has the direction and gait of its middle.
    """
    kept = _best(found)
    timed = _timed(kept)
    columns = {name: kept.measured.get(name, np.full(len(kept), np.nan)) for name in COLUMNS}
    columns |= timed
    for length, time in (("step_length_m", "step_s"), ("stride_length_m", "stride_s")):
        by_speed = columns["speed_mps"] * timed[time]
        columns[length] = np.where(np.isnan(columns[length]), by_speed, columns[length])
    columns = {name: _plausible(name, values) for name, values in columns.items()}
    springs = _spring_mass(columns, _running(kept, bouts))
    columns |= {name: _plausible(name, values) for name, values in springs.items()}
    values = np.column_stack([columns[name] for name in COLUMNS])
    return _placed(kept, values, np.isfinite(timed["stride_s"]), bouts)


def with_strides(series: Series, strides: Strides) -> Series:
    """The series with cadence, contact time and oscillation of strides where it had none."""
    second = np.floor(strides.table.t_s).astype(np.intp)
    inside = (second >= 0) & (second < len(series))
    filled = {}
    for name in ("cadence_spm", "contact_s", "vertical_oscillation_m"):
        known = inside & np.isfinite(strides.column(name))
        count = np.bincount(second[known], minlength=len(series))
        total = np.bincount(second[known], strides.column(name)[known], minlength=len(series))
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        own: Floats = getattr(series, name)
        filled[name] = np.where(np.isnan(own), mean, own)
    return replace(series, **filled)


def _best(found: Iterable[Contacts]) -> Contacts:
    """Contacts of the best sensor at each time, as of one."""
    by_rank: dict[int, list[Contacts]] = {}
    for contacts in found:
        by_rank.setdefault(_rank(contacts), []).append(contacts)
    kept: list[Contacts] = []
    for rank in sorted(by_rank):
        better = np.sort(np.concatenate([np.empty(0), *(one.contact_s for one in kept)]))
        for one in by_rank[rank]:
            before = np.searchsorted(better, one.contact_s)
            near = np.zeros(len(one), dtype=np.bool_)
            for place in (before - 1, before):
                other = np.append(better, np.inf)[np.clip(place, 0, len(better))]
                near |= np.abs(other - one.contact_s) < _LONGEST_STRIDE_S
            kept.append(_where(one, ~near))
    return _together(kept)


def _rank(contacts: Contacts) -> int:
    """Lower is better."""
    if contacts.origin is Origin.POSE:
        return _RANKS.index("points" if contacts.name.startswith("points") else "keypoints")
    sided = (contacts.side != SIDES.index(Side.UNKNOWN)).all()
    return _RANKS.index("foot" if sided else "trunk")


_RANKS = ("points", "foot", "keypoints", "trunk")


def _where(contacts: Contacts, mask: Bools) -> Contacts:
    return replace(
        contacts,
        side=contacts.side[mask],
        contact_s=contacts.contact_s[mask],
        toe_off_s=contacts.toe_off_s[mask],
        measured={name: values[mask] for name, values in contacts.measured.items()},
    )


def _together(parts: Sequence[Contacts]) -> Contacts:
    """All of them in order of time; their origin is a column of its own among the measured."""
    sizes = [len(one) for one in parts]
    contact = np.concatenate([np.empty(0), *(one.contact_s for one in parts)])
    order = np.argsort(contact, kind="stable")

    def joined(name: str) -> Floats:
        values = [
            one.measured.get(name, np.full(size, np.nan))
            for one, size in zip(parts, sizes, strict=True)
        ]
        return np.asarray(np.concatenate([np.empty(0), *values])[order])

    origins = [float(_ORIGINS.index(one.origin)) for one in parts]
    return Contacts(
        name="strides",
        origin=Origin.FUSED,
        side=np.concatenate([np.empty(0, np.int8), *(one.side for one in parts)])[order],
        contact_s=contact[order],
        toe_off_s=np.concatenate([np.empty(0), *(one.toe_off_s for one in parts)])[order],
        measured={
            **{name: joined(name) for name in COLUMNS},
            _ORIGIN: np.repeat(origins, sizes)[order],
        },
    )


#: Place in `_ORIGINS` of the sensor that saw a contact.
_ORIGIN = "origin"
_ORIGINS = (Origin.POSE, Origin.IMU)


def _timed(kept: Contacts) -> dict[str, Floats]:
    """What contacts and toe-offs alone tell; NaN where the next contact is not known."""
    contact, toe_off, side = kept.contact_s, kept.toe_off_s, kept.side
    following = np.full(len(kept), np.nan)
    for code, name in enumerate(SIDES):
        mine = np.flatnonzero(side == code)
        ahead = 2 if name is Side.UNKNOWN else 1
        following[mine[:-ahead]] = contact[mine[ahead:]]
    stride = following - contact
    stride[~(stride <= _LONGEST_STRIDE_S)] = np.nan
    unknown = side == SIDES.index(Side.UNKNOWN)
    alternates = (side[1:] != side[:-1]) | (unknown[1:] & unknown[:-1])
    step = np.where(alternates, np.diff(contact), np.nan)
    step = np.append(step, np.nan)[: len(kept)]
    # The other foot's contact lies within the stride, or a foot was missed.
    step[~(step < stride)] = np.nan
    return {
        "contact_s": toe_off - contact,
        "swing_s": stride - (toe_off - contact),
        "stride_s": stride,
        "step_s": step,
        "flight_s": step - (toe_off - contact),
        "contact_share": (toe_off - contact) / stride,
        "cadence_spm": 2 * SECONDS_PER_MINUTE / stride,
    }


def _spring_mass(columns: Mapping[str, Floats], running: Bools) -> dict[str, Floats]:
    """Stiffness over mass of the body as a mass on a spring, for running steps with flight.

    Morin, Dalleau, Kyröläinen, Jeannin and Belli (2005, doi 10.1123/jab.21.2.167): force is taken
    as half a sine over the contact; its peak follows from contact and flight, vertical stiffness
    is the peak over the sinking of the centre of mass, leg stiffness the peak over how much the
    leg shortens. It was checked by them on force plates in forward running; backward it is an
    assumption.
    """
    contact, flight = columns["contact_s"], columns["flight_s"]
    flight = np.where(running & (flight > 0), flight, np.nan)
    peak = _GRAVITY_MPS2 * np.pi / 2 * (flight / contact + 1)
    sinks = peak * (contact / np.pi) ** 2 - _GRAVITY_MPS2 * (contact / 2) ** 2 / 2
    leg = columns["leg_length_m"]
    swept = columns["speed_mps"] * contact / 2
    shortens = leg - np.sqrt(np.where(swept < leg, leg**2 - swept**2, np.nan)) + sinks
    return {"stiffness_per_s2": peak / sinks, "leg_stiffness_per_s2": peak / shortens}


def _plausible(name: str, values: Floats) -> Floats:
    quantity = QUANTITIES[name]
    return np.where((values >= quantity.low) & (values <= quantity.high), values, np.nan)


def _placed(kept: Contacts, values: Floats, rows: Bools, bouts: Sequence[Bout]) -> Strides:
    """Rows of whole strides, each with the direction of the bout that its middle lies in."""
    begin = kept.contact_s[rows]
    table = Track("strides", begin, values[rows], COLUMNS)
    of = _bouts_at(begin + table.column("stride_s") / 2, bouts)
    return Strides(
        table=table,
        side=tuple(SIDES[code] for code in kept.side[rows]),
        direction=tuple(bout.direction for bout in of),
        gait=tuple(bout.gait for bout in of),
        origin=tuple(_ORIGINS[int(code)] for code in kept.measured[_ORIGIN][rows]),
        probability=np.array([bout.probability for bout in of], dtype=np.float64),
    )


def _running(kept: Contacts, bouts: Sequence[Bout]) -> Bools:
    """Whether each contact is in a bout of running."""
    return np.array([bout.gait is Gait.RUN for bout in _bouts_at(kept.contact_s, bouts)], np.bool_)


def _bouts_at(moments_s: Floats, bouts: Sequence[Bout]) -> list[Bout]:
    """The bout that each moment lies in."""
    place = np.searchsorted([bout.end_s for bout in bouts], moments_s, side="right")
    return [bouts[min(int(at), len(bouts) - 1)] for at in place]
