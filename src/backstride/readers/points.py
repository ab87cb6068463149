"""Positions of named joints or markers, in whatever axes and units -> a Recording in ours.

Nothing is guessed silently. The unit follows from the length of the shank, which no posture
changes; the axis that points up from where head or pelvis are above the feet; whether left is left
from how knees bend and feet point. What was found is a notice; where two readings are as plausible,
a ReadError.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.samples import one_line
from backstride.readers.skeleton import Naming, Points, points_of
from backstride.recording import Device, Floats, Notice, Recording, Section, Source, Track
from backstride.vocabulary import QUANTITIES, Sport

#: Points times frames times three of one file; 8 bytes each.
MAX_COORDINATES = 30_000_000
MAX_POINTS = 1000
#: Numbers beyond are damage: in millimetres it is ten kilometres.
MAX_COORDINATE = 1e7

#: Unit -> metres.
UNITS: Mapping[str, float] = {"m": 1.0, "cm": 0.01, "inches": 0.0254, "mm": 0.001}
#: How tall people are. The units are further from each other than its ends: one fits at most.
_STATURE_M = (1.2, 2.2)
#: Bodies are about four shanks (knee to ankle) tall: rough, and only to tell units apart.
_SHANKS_TALL = 4.0
#: Of the frames, the tallest posture; for bodies whose shanks are not known.
_UPRIGHT = 0.9

#: Characters of one number and what stands around it.
_LONGEST_NUMBER = 64

#: As many frames as units, axes and sides are found from.
_SAMPLE = 2000
#: A body tilted further than 37 degrees from an axis does not say that this one is up: well before
#: 45, where it would say the wrong one.
_UPRIGHT_COSINE = 0.8
#: Of frames, that must agree on which axis is up.
_AGREEMENT = 0.6
#: For minus against, of all frames that show something.
_MAJORITY = 0.3
#: Sine of the bend of a joint that shows which way it bends: 17 degrees.
_BENT = 0.3
_FLOOR_NEAR_M = 0.15

_AXES = "xyz"
_UPPER = ("head", "neck", "left_shoulder", "right_shoulder", "spine", "pelvis")
_LOWER = ("left_ankle", "right_ankle", "left_heel", "right_heel", "left_toe", "right_toe")
_HINT = "export it again in metres with z up, its joints named as common skeletons name them"


@dataclass(frozen=True, eq=False)
class Capture:
    """What a file of motion capture says.

    Attributes
    ----------
    names
        k names of joints or markers.
    positions
        shape (k, 3, n), in the file's own axes and unit; NaN where unseen.
    t_s
        shape (n,), from 0.
    unit
        The unit that the file declares, a key of `UNITS`, or "" where it declares none.
    """

    naming: Naming
    names: tuple[str, ...]
    positions: Floats
    t_s: Floats
    unit: str = ""
    notices: tuple[Notice, ...] = ()


def recording_of(capture: Capture, source: Source) -> Recording:
    """The capture as a recording with a track ``points``: metres, z up, right-handed.

    Raises
    ------
    DamagedFileError
        No frame shows a body.
    ReadError
        Names, unit, up or sides cannot be told.
    """
    known = points_of(capture.names, capture.naming)
    seen = np.flatnonzero(np.isfinite(capture.positions[:, 0]).any(axis=0))
    some = seen[:: max(1, len(seen) // _SAMPLE)]
    sample = _Body(source.path, known, capture.positions[:, :, some])
    up = sample.up()
    unit, said = sample.unit(up, capture.unit)
    turn = _Turn.upright(up, UNITS[unit])
    upright = replace(sample, positions=turn.apply(sample.positions, sample.positions.copy()))
    sides = upright.sides()
    if sides is _Sides.MIRRORED:
        turn = turn.reflected()
    columns, positions = _points(capture, known, turn)
    track = Track(
        "points",
        capture.t_s,
        positions.reshape(-1, len(capture.t_s)).T,
        tuple(f"point:{name}.{axis}" for name in columns for axis in _AXES),
    )
    found = Notice(
        "axes_and_units_found",
        f"{_rate(track)}; lengths are in {unit} ({said}); "
        f"{up} points up and became z; {len(known.indices)} points of the body are known by name",
    )
    return Recording(
        start_utc=None,
        tracks=(track,),
        laps=(),
        sections=(Section(0.0, float(track.t_s[-1]), Sport.UNKNOWN),),
        device=Device(),
        source=source,
        notices=(
            *capture.notices,
            found,
            *_namesakes(capture.names),
            *([sides.value] if sides.value else []),
            *upright.notices(),
        ),
    )


def check_lines(body: bytes, numbers: int, path: str) -> None:
    """Refuse lines that are too many, or too long for their numbers, before they are taken apart.

    Raises
    ------
    RefusedFileError
        There are such lines.
    """
    is_end = np.frombuffer(body, np.uint8) == ord("\n")
    if (np.count_nonzero(is_end) + 1) * numbers > MAX_COORDINATES:
        raise limits.refuse(path, None, "holds more numbers than any clip")
    ends = np.flatnonzero(is_end)
    if np.max(np.diff(ends, prepend=-1, append=len(body))) > numbers * _LONGEST_NUMBER:
        raise limits.refuse(path, None, "has a line too long for its numbers")


def miscounted(what: str, declared: float, found: int) -> tuple[Notice, ...]:
    """The notice of a number of frames or markers that is not as declared; NaN: unreadable."""
    if declared == found:
        return ()
    shown = f"{declared:.0f}" if np.isfinite(declared) else "an unreadable number of"
    message = f"the file says that it has {shown} {what}, and has {found}"
    return (Notice(f"{what}_miscounted", message),)


def _rate(track: Track) -> str:
    rate = track.rate_hz
    return "one frame" if rate is None else f"{rate:.6g} frames a second"


@dataclass(frozen=True)
class _Turn:
    """From a file's axes to ours: where x, y and z are among the file's, and their scale."""

    order: tuple[int, int, int]
    scales: tuple[float, float, float]

    @classmethod
    def upright(cls, up: str, scale: float) -> "_Turn":
        """A turn and no reflection that makes `up` z: right-handed axes stay so."""
        at = _AXES.index(up[1])
        # Taken in cyclic order axes keep their hand; down for up turns one more axis over.
        sign = scale if up[0] == "+" else -scale
        return cls(((at + 1) % 3, (at + 2) % 3, at), (scale, sign, sign))

    def reflected(self) -> "_Turn":
        """The same, with left for right."""
        x, y, z = self.scales
        return replace(self, scales=(x, -y, z))

    def apply(self, positions: Floats, out: Floats) -> Floats:
        """Turn positions of shape (..., 3, n) into `out` of the same shape."""
        for new, (old, scale) in enumerate(zip(self.order, self.scales, strict=True)):
            np.multiply(positions[..., old, :], scale, out=out[..., new, :])
        return out


def _points(capture: Capture, known: Points, turn: _Turn) -> tuple[tuple[str, ...], Floats]:
    """Names and positions, turned: our points first, then all else by the file's own names."""
    single = {
        found[0]
        for point, found in known.indices.items()
        if len(found) == 1 and point not in known.stand_ins
    }
    others = [place for place in range(len(capture.names)) if place not in single]
    names = list(known.indices)
    for place in others:
        names.append(_free(one_line(capture.names[place]) or "unnamed", frozenset(names)))
    positions = np.empty((len(names), *capture.positions.shape[1:]))
    for row, found in enumerate([*known.indices.values(), *((place,) for place in others)]):
        turn.apply(_middle(capture.positions, found), positions[row])
    return tuple(names), positions


def _namesakes(names: Sequence[str]) -> tuple[Notice, ...]:
    doubled = sum(n - 1 for n in Counter(names).values())
    message = f"{doubled} joints or markers have a name that came before; the first one counts"
    return (Notice("names_doubled", message),) if doubled else ()


def _middle(positions: Floats, places: Sequence[int]) -> Floats:
    """Mean of some points, shape (3, n), from (k, 3, n); NaN where one of them is unseen."""
    one: Floats = positions[places[0]]
    return one if len(places) == 1 else np.mean(positions[list(places)], axis=0)


def _free(name: str, taken: frozenset[str]) -> str:
    """The name, or the first numbered one that is not taken."""
    if name not in taken:
        return name
    return next(other for n in count(2) if (other := f"{name} ({n})") not in taken)


class _Sides(Enum):
    """Whether a body's left side is on its left; the notice that says so, where one is needed."""

    AS_NAMED = None
    MIRRORED = Notice(
        "mirrored",
        "the left side is where the right should be: the file's axes were taken as left-handed and "
        "mended; if its names are swapped instead, left and right are the wrong way round",
    )
    UNSEEN = Notice(
        "sides_not_checked",
        "nothing shows where this body faces, so its left and right are as the file names them and "
        "its axes are taken as right-handed",
    )


@dataclass(frozen=True, eq=False)
class _Body:
    """Some frames of a body, to find out in which axes and units it stands."""

    path: str
    known: Points
    positions: Floats

    def point(self, name: str) -> Floats:
        """Shape (3, m); all NaN for a point that is not known."""
        found = self.known.indices.get(name)
        if found is None:
            return np.full(self.positions.shape[1:], np.nan)
        return _middle(self.positions, found)

    def up(self) -> str:
        """The axis along which the upper body is above the feet, as "+y".

        Raises
        ------
        ReadError
            There is no upper body and feet, or frames do not agree.
        """
        upper = next((self.point(name) for name in _UPPER if name in self.known.indices), None)
        lower = [self.point(name) for name in _LOWER if name in self.known.indices]
        if upper is None or not lower:
            raise ReadError(
                self.path,
                None,
                "its joints or markers have names of no known skeleton, so nobody can tell head "
                "from feet",
                _HINT,
            )
        seen = np.concatenate([upper - one for one in lower], axis=1)
        seen = seen[:, np.isfinite(seen).all(axis=0)]
        if not seen.size:
            raise DamagedFileError(self.path, None, "no frame shows a body", _HINT)
        cosines = seen / np.maximum(np.linalg.norm(seen, axis=0), np.finfo(float).tiny)
        votes = {
            f"{name}{axis}": float(np.mean(sign * cosines[at] > _UPRIGHT_COSINE))
            for at, axis in enumerate(_AXES)
            for name, sign in (("+", 1), ("-", -1))
        }
        best, second, *_ = sorted(votes, key=votes.__getitem__, reverse=True)
        if votes[best] < _AGREEMENT:
            raise ReadError(
                self.path,
                None,
                f"cannot be told which way is up: head over feet says {best} in "
                f"{votes[best]:.0%} of it and {second} in {votes[second]:.0%}",
                _HINT,
            )
        return best

    def unit(self, up: str, declared: str) -> tuple[str, str]:
        """The unit of lengths, a key of `UNITS`, and why.

        Raises
        ------
        ReadError
            No unit makes this a human body, or there is nothing to tell by.
        """
        tall = self._tall(up)
        if not np.isfinite(tall):
            if declared:
                return declared, "as the file says; nothing in it can confirm that"
            raise ReadError(self.path, None, "has no shanks or head to tell its unit by", _HINT)
        low, high = _STATURE_M
        fitting = next((u for u, scale in UNITS.items() if low <= tall * scale <= high), None)
        height = QUANTITIES["height_m"]
        if declared and height.low <= tall * UNITS[declared] <= height.high:
            return declared, f"as the file says; a body of about {tall * UNITS[declared]:.1f} m"
        if fitting is None:
            raise ReadError(
                self.path,
                None,
                f"its body is {tall:.3g} units tall, which is human in no unit",
                f"scale it to metres; people of {low} to {high} m are known",
            )
        says = f"not {declared}, as the file says: " if declared else ""
        return fitting, f"{says}the body is then about {tall * UNITS[fitting]:.1f} m tall"

    def _tall(self, up: str) -> float:
        """How tall the body is, in the file's unit; NaN where that cannot be told."""
        shanks = np.concatenate(
            [
                np.linalg.norm(self.point(f"{side}_knee") - self.point(f"{side}_ankle"), axis=0)
                for side in ("left", "right")
            ]
        )
        shanks = shanks[np.isfinite(shanks)]
        if shanks.size:
            return _SHANKS_TALL * float(np.median(shanks))
        at = _AXES.index(up[1])
        feet = np.stack([self.point(name)[at] for name in _LOWER])
        for top in ("head", "neck"):
            spans = np.abs(self.point(top)[at] - feet)
            if np.isfinite(spans).any():
                return float(np.quantile(spans[np.isfinite(spans)], _UPRIGHT))
        return float("nan")

    def sides(self) -> _Sides:
        """Whether the left side is on the left, whatever the axes of the file are called.

        Knees bend and feet point one way only, in any posture: seen from the left, a shank turns
        clockwise off its thigh (running to the left), and a foot the other way off its shank.

        Raises
        ------
        ReadError
            Feet and knees say the opposite of each other, so facing itself is in doubt.
        """
        leftward = self.point("left_hip") - self.point("right_hip")
        if not np.isfinite(leftward).any():
            leftward = self.point("left_shoulder") - self.point("right_shoulder")
        knees, feet = [], []
        for side in ("left", "right"):
            hip, knee, ankle = (self.point(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
            heel = f"{side}_heel" if f"{side}_heel" in self.known.indices else f"{side}_ankle"
            knees.append(_turning(knee - hip, ankle - knee, leftward))
            feet.append(
                -_turning(ankle - knee, self.point(f"{side}_toe") - self.point(heel), leftward)
            )
        bending, pointing = _majority(knees), _majority(feet)
        if min(bending, pointing) < -_MAJORITY and max(bending, pointing) > _MAJORITY:
            raise ReadError(
                self.path,
                None,
                "its knees bend against its feet, so nobody can tell where it faces",
                "check the names of its heels and toes, and of left and right",
            )
        strongest = max(bending, pointing, key=abs)
        if abs(strongest) <= _MAJORITY:
            return _Sides.UNSEEN
        return _Sides.AS_NAMED if strongest > 0 else _Sides.MIRRORED

    def notices(self) -> tuple[Notice, ...]:
        """What else should be said of a body that stands upright, in metres."""
        said = []
        if self.known.stand_ins:
            said.append(
                Notice(
                    "hips_from_pelvis",
                    "hips are the markers at the front of the pelvis: right for left and right "
                    "and for facing, some centimetres before and above the joints",
                )
            )
        feet = np.concatenate([self.point(name)[2] for name in _LOWER])
        floor = (
            float(np.quantile(feet[np.isfinite(feet)], 0.01)) if np.isfinite(feet).any() else 0.0
        )
        if abs(floor) > _FLOOR_NEAR_M:
            said.append(
                Notice(
                    "floor_elsewhere", f"the feet are at {floor:.2f} m where they are lowest; kept"
                )
            )
        return tuple(said)


def _turning(one: Floats, other: Floats, axis: Floats) -> Floats:
    """Sine of the turn from `one` to `other` about an axis, shape (m,) from (3, m)."""
    lengths = np.prod([np.sqrt(np.sum(v * v, axis=0)) for v in (one, other, axis)], axis=0)
    volume = np.sum(np.cross(one, other, axis=0) * axis, axis=0)
    sines: Floats = np.full(len(lengths), np.nan)
    np.divide(volume, lengths, out=sines, where=lengths > 0)
    return sines


def _majority(sines: Sequence[Floats]) -> float:
    """For minus against, in [-1, 1], of all that is bent enough to show anything; 0 for none."""
    seen = np.concatenate(sines)
    seen = seen[np.abs(np.nan_to_num(seen)) > _BENT]
    return float(np.mean(np.sign(seen))) if len(seen) else 0.0
