"""What all logs of inertial sensors share: their words, units that gravity confirms, and places."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

import numpy as np

from backstride.errors import ReadError
from backstride.recording import Floats, Notice, Track, frozen_array

AXES = "xyz"
ACCELERATION, ANGULAR_VELOCITY, MAGNETIC = "acceleration", "angular_velocity", "magnetic"
#: Kind of triple -> its columns in the vocabulary, by axis.
COLUMN: Mapping[str, str] = {
    ACCELERATION: "acceleration_{}_mps2",
    ANGULAR_VELOCITY: "angular_velocity_{}_radps",
    MAGNETIC: "magnetic_{}_ut",
}
KINDS: Mapping[str, str] = {
    column.format(axis): kind for kind, column in COLUMN.items() for axis in AXES
}
STANDARD_GRAVITY = 9.80665

#: Median size of acceleration with gravity on somebody who moves, in g: what a unit is known by.
_GRAVITY_IN_G = (0.4, 4.0)
_ACCELERATION_UNITS: Mapping[str, float] = {
    "m/s²": 1.0,
    "g": STANDARD_GRAVITY,
    "mg": STANDARD_GRAVITY / 1000,
}
_PER_DEGREE = math.pi / 180
#: No foot turns faster (2300 degrees a second), no trunk (860), and no sensor is made for the last.
_MAX_RADPS = 40.0
_MAX_TRUNK_RADPS = 15.0
_MAX_DEGPS = 5000.0

_TRUNK = ("lower_back", "pelvis", "chest")
#: Words of a file's name -> where the sensor was worn.
_PLACES: Mapping[str, str] = {
    "lf": "left_foot",
    "left foot": "left_foot",
    "foot left": "left_foot",
    "rf": "right_foot",
    "right foot": "right_foot",
    "foot right": "right_foot",
    "lb": "lower_back",
    "lower back": "lower_back",
    "pelvis": "pelvis",
    "left shank": "left_shank",
    "shank left": "left_shank",
    "right shank": "right_shank",
    "shank right": "right_shank",
    "shank": "shank",
    "chest": "chest",
    "pocket": "pocket",
}
UNKNOWN_PLACE = "unknown"


@dataclass(frozen=True)
class Stated:
    """The unit that a triple is said to be in, and whether somebody said so or it is a custom."""

    unit: str
    is_said: bool = False


def in_si(
    kind: str, values: Floats, stated: Stated, place: str, path: str
) -> tuple[float, tuple[Notice, ...]]:
    """What turns a triple into SI units, and what has to be said of it.

    Parameters
    ----------
    kind
        `ACCELERATION`, `ANGULAR_VELOCITY` or `MAGNETIC`.
    values
        shape (n, up to 3), in the unit of the file; NaN for what is missing.

    Raises
    ------
    ReadError
        It is not what it can be in any unit.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    if kind == MAGNETIC or not len(whole):
        return _ACCELERATION_UNITS.get(stated.unit, 1.0) if kind == ACCELERATION else 1.0, ()
    if kind == ACCELERATION:
        scale, said = _acceleration_scale(whole, stated.unit, path)
    else:
        scale, said = _turning_scale(whole, stated, place, path)
    return scale, (Notice("unit_found", said),) if said else ()


def _acceleration_scale(values: Floats, stated: str, path: str) -> tuple[float, str]:
    """What turns acceleration into m/s², and a sentence if its unit is not the one stated."""
    if values.shape[1] < len(AXES):  # one axis alone may be at right angles to gravity
        return _ACCELERATION_UNITS[stated], ""
    size = float(np.median(np.linalg.norm(values, axis=1)))
    for unit in (stated, *_ACCELERATION_UNITS):
        scale = _ACCELERATION_UNITS[unit]
        if _GRAVITY_IN_G[0] <= size * scale / STANDARD_GRAVITY <= _GRAVITY_IN_G[1]:
            said = f"acceleration is given as {stated}, but its median of {size:.3g} is gravity in "
            return scale, "" if unit == stated else f"{said}{unit} and was taken so"
    raise ReadError(
        path,
        None,
        f"has an acceleration with a median of {size:.3g}, which is gravity in no known unit",
        "export acceleration with gravity, in m/s² or g",
    )


def _turning_scale(values: Floats, stated: Stated, place: str, path: str) -> tuple[float, str]:
    """What turns angular velocity into rad/s, and a sentence where that is not plainly stated."""
    fastest = float(np.quantile(np.abs(values).max(axis=1), 0.999))
    if fastest > _MAX_DEGPS:
        raise ReadError(
            path,
            None,
            f"has an angular velocity of {fastest:.3g}, which nothing reaches in any known unit",
            "export angular velocity in rad/s or degrees per second",
        )
    if stated.unit == "°/s":
        custom = "angular velocity was taken as degrees per second, as a DOT gives it"
        return _PER_DEGREE, "" if stated.is_said else custom
    if fastest <= (_MAX_TRUNK_RADPS if place in _TRUNK else _MAX_RADPS):
        return 1.0, ""
    return (
        _PER_DEGREE,
        f"angular velocity is given as rad/s, but reaches {fastest:.0f}: taken as degrees per "
        "second",
    )


def track_of(place: str, t_s: Floats, columns: Mapping[str, Floats]) -> Track | None:
    """The track of a sensor, of the rows that hold anything; None where none does.

    Parameters
    ----------
    t_s
        shape (n,), never decreasing.
    columns
        Name -> values of shape (n,) in SI.
    """
    present = {name: values for name, values in columns.items() if np.isfinite(values).any()}
    if not present:
        return None
    table = np.column_stack(list(present.values()))
    rows = np.isfinite(table).any(axis=1)
    return Track(f"imu:{place}", frozen_array(t_s[rows]), frozen_array(table[rows]), tuple(present))


def repeats(track: Track) -> tuple[Notice, ...]:
    """A notice of samples of one triple that have the time of the one before."""
    repeated = 0
    for column in COLUMN.values():
        triple = [track.column(column.format(axis)) for axis in AXES]
        t_s = track.t_s[np.isfinite(triple).all(axis=0)]
        repeated += int((np.diff(t_s) == 0).sum())
    if not repeated:
        return ()
    message = f"{track.name}: {repeated} samples have the time of the one before; kept"
    return (Notice("times_repeat", message),)


def place_of(path: str) -> str:
    """Where the sensor was worn, as the file's name says."""
    words = list(_words(PurePath(path.rpartition("!")[2]).stem))
    return _place(words)


def place_named(text: str) -> str:
    """A place as a person writes it, in our words: ``Left foot`` is ``left_foot``."""
    words = list(_words(text))
    known = _place(words)
    return "_".join(words) if known == UNKNOWN_PLACE else known


def _place(words: Sequence[str]) -> str:
    # The side and the part say more than the part alone.
    said = [*(f"{a} {b}" for a, b in pairwise(words)), *words]
    return next((_PLACES[word] for word in said if word in _PLACES), UNKNOWN_PLACE)


def _words(name: str) -> Iterator[str]:
    """Words of a name like ``LeftFoot_2`` or ``1-1_lf``, in lower case."""
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name):
        yield word.lower()
