"""What a sensor of unknown orientation on trunk or leg says of the direction, and refusals.

Direction follows from travel and facing (`travel`), both seen in the sensor's own axes. A sensor
that stays where it is on the body shows for certain where the direction changes; which of the two
ways is forward is one error for all of a piece, so no number of strides makes it surer than that.
"""

from dataclasses import dataclass

import numpy as np

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.imu.gait import (
    STRIDE,
    TILT_FIRST,
    TILT_SECOND,
    YAW,
    Gait,
    Indices,
    gait_of,
)
from backstride.motion.imu.inertial import Inertial
from backstride.motion.imu.travel import (
    PARTS,
    Part,
    Travel,
    faces_of,
    hangs,
    hangs_below_knee,
    logistic,
    of_shank,
    of_thigh,
    of_trunk,
)
from backstride.motion.series import Bools
from backstride.recording import Floats
from backstride.vocabulary import Origin


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/trunk.toml``."""

    gravity: float = constant("imu.gravity")
    worn_behind: float = constant("trunk.worn_behind")
    thigh_holds: float = constant("trunk.thigh_holds")
    shank_holds: float = constant("shank.holds")
    memory_s: float = constant("trunk.memory_s")
    sideways: float = constant("trunk.sideways")
    reach_s: float = constant("trunk.reach_s")
    turning_radps: float = constant("trunk.turning_radps")
    turning_spread_radps: float = constant("trunk.turning_spread_radps")
    turning_s: float = constant("trunk.turning_s")
    still_mps2: float = constant("trunk.still_mps2")
    least_g: float = constant("trunk.least_g")
    most_g: float = constant("trunk.most_g")
    trunk_tilt_radps: float = constant("trunk.trunk_tilt_radps")
    thigh_tilt_radps: float = constant("trunk.thigh_tilt_radps")
    thigh_tilt_least_radps: float = constant("trunk.thigh_tilt_least_radps")
    shank_most_g: float = constant("shank.most_g")
    shank_tilt_radps: float = constant("shank.tilt_radps")
    shank_tilt_least_radps: float = constant("shank.tilt_least_radps")
    handed_block_s: float = constant("trunk.handed_block_s")
    handed_s: float = constant("trunk.handed_s")
    posture_s: float = constant("trunk.posture_s")
    handed_prior: float = constant("trunk.handed_prior")
    handed_per_tilt: float = constant("trunk.handed_per_tilt")
    handed_tilts: float = constant("trunk.handed_tilts")


_M = _Model()


def clues_of(inertial: Inertial) -> Clues:
    """What a sensor on trunk, thigh or shank says of the direction.

    Seen is where there is gait, and where the sensor lies still. A trunk does not tell sideways
    from other directions, so SIDEWAYS is never likely.

    Raises
    ------
    RequestError
        Worn elsewhere, not moved as its place would be, or units or axes that cannot be right.
    """
    part = _part(inertial)
    gait = gait_of(inertial)
    _refuse_unlikely(inertial, part, gait)
    travel = _TRAVEL.get(part, of_trunk)(gait)
    handed = _handed_on(part, inertial, gait, travel)
    if handed < 0:
        raise RequestError(
            f"imu:{inertial.place}: acceleration and rotation do not go together as on "
            f"{_NAMES[part]}",
            hint="an axis is mirrored, a sign is wrong, or it was worn elsewhere; export both in "
            "the same right-handed axes, and name the place",
        )
    faces = faces_of(gait, travel, part, handed)
    return _clues(inertial, gait, travel, faces, part)


def _part(inertial: Inertial) -> Part:
    part = PARTS.get(inertial.place)
    if part is None:
        raise RequestError(
            f"imu:{inertial.place}: direction is not known from a sensor worn there",
            hint="wear it on the low back, a shank or in a trouser pocket, or name the place: "
            + ", ".join(sorted(PARTS)),
        )
    return part


def _refuse_unlikely(inertial: Inertial, part: Part, gait: Gait) -> None:
    """Units first, then whether it moves like the part that it is said to be on."""
    name = f"imu:{inertial.place}"
    size = np.sqrt(np.einsum("ni,ni->n", *(2 * (inertial.acceleration_mps2,))))
    weight = float(np.median(size)) / _M.gravity
    most_g = _M.shank_most_g if part is Part.SHANK else _M.most_g
    if not _M.least_g <= weight <= most_g:
        raise RequestError(
            f"{name}: acceleration is {weight * _M.gravity:.2g} m/s² most of the time, not that of "
            "gravity",
            hint="export acceleration with gravity, in m/s² (a value near 1 is in g)",
        )
    if not len(gait):
        return
    tilt = 2 * np.sqrt((np.abs(gait.harmonics[[TILT_FIRST, TILT_SECOND], :, STRIDE]) ** 2).sum(0))
    usual = float(np.median(tilt))
    least, most = 0.0, _M.trunk_tilt_radps
    if part is Part.THIGH:
        least, most = _M.thigh_tilt_least_radps, _M.thigh_tilt_radps
    elif part is Part.SHANK:
        least, most = _M.shank_tilt_least_radps, _M.shank_tilt_radps
    if not least <= usual <= most:
        raise RequestError(
            f"{name}: it tilts to and fro at {usual:.1f} rad/s with each stride, and "
            f"{_NAMES[part]} does not",
            hint="name the place where it was worn (feet are read apart, hands not at all), and "
            "export angular velocity in rad/s",
        )


_NAMES = {
    Part.BACK: "a trunk",
    Part.TRUNK: "a trunk",
    Part.THIGH: "a thigh",
    Part.SHANK: "a shank",
}
_TRAVEL = {Part.THIGH: of_thigh, Part.SHANK: of_shank}
#: Probability that the model of a part of the body holds at all.
_HOLDS = {Part.THIGH: _M.thigh_holds, Part.SHANK: _M.shank_holds}


def _handed_on(part: Part, inertial: Inertial, gait: Gait, travel: Travel) -> float:
    """Log odds that the axes of both triples are right-handed, by all that shows it."""
    if part is Part.SHANK:
        # A shank's slow tilts are not gravity's alone: in running they show the opposite.
        return _M.handed_prior + hangs_below_knee(gait, travel)
    return _handed(inertial) + (hangs(gait, travel) if part is Part.THIGH else 0)


def _handed(inertial: Inertial) -> float:
    """Log odds that the axes of both triples are right-handed.

    Where the sensor tilts slowly, gravity moves in its axes against the angular velocity, not with
    it. What a body does slowly shakes that, so a short recording shows little of it.
    """
    from scipy.ndimage import uniform_filter1d

    block = inertial.samples(_M.handed_block_s)
    whole = len(inertial) // block * block
    force, turning = (
        np.add.reduceat(signal[:whole], np.arange(0, whole, block)) / block
        for signal in (inertial.acceleration_mps2, inertial.angular_velocity_radps)
    )
    width = round(_M.handed_s / _M.handed_block_s)
    for _ in range(2):
        force, turning = (uniform_filter1d(each, width, axis=0) for each in (force, turning))
    moved = np.gradient(force, axis=0)
    # Level acceleration turns with the body, too; over longer it is gravity alone.
    gravity = uniform_filter1d(force, round(_M.posture_s / _M.handed_block_s), axis=0)
    meant = np.cross(gravity, turning - turning.mean(axis=0))
    size = max(float(np.sqrt((moved**2).sum() * (meant**2).sum())), np.finfo(np.float64).tiny)
    tilts = min(len(force) / (2 * width), _M.handed_tilts)
    alike = float((moved * meant).sum()) / size
    return _M.handed_prior + _M.handed_per_tilt * tilts * alike


@dataclass(frozen=True, eq=False)
class Line:
    """What a direction rests on: facing, which errs for a whole piece alike.

    Attributes
    ----------
    walks
        shape (m,), epochs with gait.
    piece, towards
        shape (m,), of the moment nearest to each epoch; as in `Gait` and `Travel`.
    faces
        shape (pieces,), log odds.
    top
        Probability that the model of this part of the body holds at all.
    """

    walks: Bools
    piece: Indices
    towards: Floats
    faces: Floats
    top: float

    def certainty(self, rows: slice, state: State) -> float:
        """As `Clues.certainty`."""
        if state not in (State.FORWARD, State.BACKWARD):
            return 1.0
        walks = self.walks[rows]
        count = len(self.faces)
        piece, towards = self.piece[rows][walks], self.towards[rows][walks]
        epochs = np.bincount(piece, minlength=count)
        if not epochs.any():
            return 0.0
        odds = self.faces * np.sign(np.bincount(piece, towards, minlength=count))
        right = logistic(odds if state is State.FORWARD else -odds)
        return min(float(np.average(right, weights=epochs)), self.top)


def _clues(inertial: Inertial, gait: Gait, travel: Travel, faces: Floats, part: Part) -> Clues:
    from scipy.ndimage import uniform_filter1d

    first = int(np.ceil(gait.t_s[0] / EPOCH_S))
    epoch_s = EPOCH_S * np.arange(first, int(gait.t_s[-1] / EPOCH_S) + 1, dtype=np.float64)
    sample = np.clip(np.searchsorted(gait.t_s, epoch_s), 0, len(gait.t_s) - 1)
    known = gait.known[sample]
    still = known & (gait.motion_mps2[sample] < _M.still_mps2)
    walks, near = _near(gait, epoch_s)
    walks &= known & ~still
    table = np.full((len(epoch_s), len(State)), np.log(_M.sideways))
    running, towards = np.zeros(len(epoch_s)), np.zeros(len(epoch_s))
    piece = np.zeros(len(epoch_s), dtype=np.intp)
    if len(gait):
        piece, towards = gait.moment_piece[near], travel.towards[near]

        odds = joined(faces[piece], towards)
        yaw = uniform_filter1d(gait.signals[YAW], max(1, round(_M.turning_s * gait.rate_hz)))
        turn = (np.abs(yaw[sample]) - _M.turning_radps) / _M.turning_spread_radps
        table[:, State.FORWARD] = -np.logaddexp(0, -odds)
        table[:, State.BACKWARD] = -np.logaddexp(0, odds)
        table[:, : State.TURNING] -= np.logaddexp(0, turn)[:, None]
        table[:, State.TURNING] = np.log(1 / 2) - np.logaddexp(0, -turn)
        running[walks] = 2 * travel.runs[near][walks] - 1
    table[still] = np.log(_M.sideways)
    table[still, State.STILL] = 0
    table[~(walks | still)] = 0
    return Clues(
        name=f"imu:{inertial.place}",
        origin=Origin.IMU,
        first=first,
        log_likelihood=table * (EPOCH_S / _M.memory_s),
        seen=walks | still,
        speed_mps=np.full(len(epoch_s), np.nan),
        running=running,
        certainty=Line(walks, piece, towards, faces, _HOLDS.get(part, _M.worn_behind)).certainty,
    )


def _near(gait: Gait, epoch_s: Floats) -> tuple[Bools, Indices]:
    """Whether a moment of gait is near each epoch, and which one is nearest."""
    if not len(gait):
        return np.zeros(len(epoch_s), dtype=np.bool_), np.zeros(len(epoch_s), dtype=np.intp)
    middles = (gait.moment_s[1:] + gait.moment_s[:-1]) / 2
    near = np.searchsorted(middles, epoch_s)
    return np.abs(gait.moment_s[near] - epoch_s) <= _M.reach_s, near


def joined(one: Floats, other: Floats) -> Floats:
    """Log odds that two signs are alike, from the log odds that each is positive."""
    return np.asarray(np.logaddexp(0, one + other) - np.logaddexp(one, other))
