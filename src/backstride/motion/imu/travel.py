"""Which way a body travels and which way it faces, in the axes of one sensor on trunk or leg.

Two things are found in the sensor's own level axes, and compared: the way in which the body
travels, and the way in which it faces. So it does not matter how the sensor is mounted, as long as
it stays where it is; where it shifts, a new piece begins.

Travel, trunk
    Level acceleration along the way repeats itself with every step, across it with every stride;
    that gives the line. On it, a walker is braked after a foot has landed and pushed before the
    next one lands, while the trunk is lowest in between, and swings from side to side so that the
    path is a figure of eight that opens one way (Zijlstra and Hof 2003, doi
    10.1016/S0966-6362(02)00190-X). A runner is braked as the trunk sinks and pushed as it rises.
    Both are mechanics of whoever travels, whichever way they face.
Travel, thigh
    The same of the hip, which is the thigh's motion less that of a lever that turns about it; and
    how the thigh's angle is skewed: it swings faster than it stands.
Travel, shank
    A foot stands while it is low and goes ahead while it is high, whichever way its body faces: its
    velocity along the way goes with its height. The shank's angular velocity and acceleration turn
    into both without drift, as each harmonic is integrated on its own.
Facing, trunk
    A sensor that sits behind the axis about which a body turns is thrown sideways, against the
    sense of the turn, whenever the turn speeds up. The lever arm follows from level acceleration
    and angular acceleration about up, in turns and in the pelvis' swing alike. One worn on the low
    back thus knows where the back is; one on the chest does not, for the chest turns little.
Facing, thigh
    The hip is pushed ahead when the thigh is furthest before or behind the trunk. And a phone in a
    trouser pocket lies before the thigh bone, so it is thrown up when the thigh's swing ahead grows
    faster; in a pocket behind it would be the other way round.
Facing, shank
    A knee bends one way only. So a shank is tilted ahead, knee before ankle, while its foot is
    carried along, and stands upright on average while it does not: the angle goes with the
    velocity, along with it in forward gait, against it in backward gait.

What a trunk does not show otherwise (it faces either way) is taken from the longer part of a
piece, which is forward unless something says else.

What it rests on
    Lever arm and travel of a trunk: real sensors on low backs that walk forward, and virtual ones.
    All of backward gait, of running, of thighs and of shanks: virtual sensors, computed from
    motion capture of people who walk forward and backward and run forward. No sensor on anybody
    who runs backward has been published. Weights were fitted by logistic regression.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

import numpy as np

from backstride.evidence import constant, regression
from backstride.motion.imu.gait import (
    FIRST,
    SECOND,
    STEP,
    STRIDE,
    TILT_FIRST,
    TILT_SECOND,
    UP,
    YAW,
    Complexes,
    Gait,
)
from backstride.recording import Floats


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/trunk.toml``."""

    trunk_travel: tuple[float, ...] = regression("trunk.trunk_travel").coefficients
    thigh_travel: tuple[float, ...] = regression("trunk.thigh_travel").coefficients
    run_mps2: float = constant("trunk.run_mps2")
    run_spread_mps2: float = constant("trunk.run_spread_mps2")
    run_step_hz: float = constant("trunk.run_step_hz")
    run_step_spread_hz: float = constant("trunk.run_step_spread_hz")
    rise_mps2: float = constant("trunk.rise_mps2")
    lever_smoothing_s: float = constant("trunk.lever_smoothing_s")
    lever_per_m: float = constant("trunk.lever_per_m")
    moments_alike: float = constant("trunk.moments_alike")
    before_per_m: float = constant("trunk.before_per_m")
    thigh_top: float = constant("trunk.thigh_top")
    longer_part: float = constant("trunk.longer_part")
    facing_top: float = constant("trunk.facing_top")
    still_mps2: float = constant("trunk.still_mps2")
    shank_travel: float = constant("shank.travel")
    shank_bent: float = constant("shank.bent")
    shank_run_radps: float = constant("shank.run_radps")
    shank_run_spread_radps: float = constant("shank.run_spread_radps")
    below_knee_m: float = constant("shank.below_knee_m")
    below_knee_sd_m: float = constant("shank.below_knee_sd_m")
    rise_share: float = constant("shank.rise_share")
    rise_share_sd: float = constant("shank.rise_share_sd")
    shank_shown: float = constant("shank.shown")
    below_hip_m: float = constant("trunk.below_hip_m")
    below_hip_sd_m: float = constant("trunk.below_hip_sd_m")
    below_hip_shown: float = constant("trunk.below_hip_shown")


_M = _Model()


class Part(Enum):
    """Which part of the body carries a sensor."""

    BACK = auto()
    TRUNK = auto()
    THIGH = auto()
    SHANK = auto()


#: Part of the body by the place in a track's name. A pelvis sensor sits on the sacrum by custom.
PARTS = {
    "lower_back": Part.BACK,
    "pelvis": Part.BACK,
    "chest": Part.TRUNK,
    "unknown": Part.TRUNK,
    "pocket": Part.THIGH,
    "thigh": Part.THIGH,
    "shank": Part.SHANK,
    "left_shank": Part.SHANK,
    "right_shank": Part.SHANK,
}


class Travel(NamedTuple):
    """Of each moment, shape (m,) each.

    `line` is a unit vector in the level axes, one way or the other along the gait; alike within a
    piece. `towards` are log odds that the body travels that way rather than the opposite one.
    `runs` is the probability that it runs.
    """

    line: Complexes
    towards: Floats
    runs: Floats


def of_trunk(gait: Gait) -> Travel:
    """The line of the gait from what repeats with every step, the way along it from its phases."""
    level = gait.harmonics[FIRST], gait.harmonics[SECOND]
    doubled = _doubled(level, slice(STEP, None, STEP)) - _doubled(level, slice(STRIDE, None, STEP))
    line = _alike(np.exp(0.5j * np.angle(doubled)), gait)
    ahead, aside = _along(level, line)
    rise = gait.harmonics[UP, :, STEP]
    runs = _running(gait, rise)
    walks = 1 - runs
    with_rise = ahead[:, STEP] * np.conj(rise)
    features = (
        (with_rise, walks * _share(np.abs(rise), _M.rise_mps2 / 2)),
        (with_rise, runs),
        (ahead[:, 2 * STEP] * np.conj(ahead[:, STEP]) ** 2, walks),
        (aside[:, STRIDE] ** 2 * np.conj(ahead[:, STEP]), walks),
    )
    return Travel(line, _weighed(_M.trunk_travel, features), runs)


def of_thigh(gait: Gait) -> Travel:
    """The line of the gait is square to the axis about which the thigh swings."""
    tilt = gait.harmonics[TILT_FIRST], gait.harmonics[TILT_SECOND]
    axis = np.exp(0.5j * np.angle(_doubled(tilt, slice(STRIDE, STEP + 1))))
    line = _alike(-1j * axis, gait)
    ahead, swing = _swinging(gait, line)
    _, aside = _along((gait.harmonics[FIRST], gait.harmonics[SECOND]), line)
    hip, rise = _hip(ahead, swing, STEP), _hip(gait.harmonics[UP], swing, STEP)
    runs = _running(gait, rise)
    walks = 1 - runs
    with_rise = hip * np.conj(rise)
    features = (
        # Angles, from angular velocities: one harmonic up is a quarter turn later.
        (1j * swing[:, STEP] * np.conj(swing[:, STRIDE]) ** 2, walks),
        (with_rise, walks * _share(np.abs(rise), _M.rise_mps2 / 2)),
        (with_rise, runs),
        (_hip(ahead, swing, 2 * STEP) * np.conj(hip) ** 2, walks),
        (aside[:, STRIDE] ** 2 * np.conj(hip), walks),
    )
    return Travel(line, _weighed(_M.thigh_travel, features), runs)


def of_shank(gait: Gait) -> Travel:
    """The line as for a thigh; the way along it from where the foot goes while it is high."""
    tilt = gait.harmonics[TILT_FIRST], gait.harmonics[TILT_SECOND]
    axis = np.exp(0.5j * np.angle(_doubled(tilt, slice(STRIDE, None))))
    line = _alike(-1j * axis, gait)
    ahead, swing = _swinging(gait, line)
    velocity = _integral(ahead, gait)
    height = _integral(_integral(gait.harmonics[UP], gait), gait)
    tilting = np.sqrt(2 * (np.abs(swing[:, STRIDE:]) ** 2).sum(axis=1))
    runs = logistic((tilting - _M.shank_run_radps) / _M.shank_run_spread_radps)
    return Travel(line, _M.shank_travel * _alike_in_time(velocity, height), runs)


def _integral(signal: Complexes, gait: Gait) -> Complexes:
    """Harmonics of a signal's integral about its mean."""
    harmonic = np.arange(signal.shape[1])
    harmonic[0] = 1
    return np.asarray(signal * gait.stride_s[:, None] / (2j * np.pi * harmonic))


def _alike_in_time(one: Complexes, other: Complexes) -> Floats:
    """Shape (m,), correlation of two signals over a stride, from their harmonics."""
    one, other = one[:, STRIDE:], other[:, STRIDE:]
    size = np.sqrt((np.abs(one) ** 2).sum(axis=1) * (np.abs(other) ** 2).sum(axis=1))
    product = (one * np.conj(other)).real.sum(axis=1)
    return np.asarray(product / np.maximum(size, np.finfo(np.float64).tiny))


def _swinging(gait: Gait, line: Complexes) -> tuple[Complexes, Complexes]:
    """Acceleration along a line, and angular velocity about the axis to its left."""
    ahead, _ = _along((gait.harmonics[FIRST], gait.harmonics[SECOND]), line)
    _, swing = _along((gait.harmonics[TILT_FIRST], gait.harmonics[TILT_SECOND]), line)
    return ahead, swing


def _doubled(level: tuple[Complexes, Complexes], harmonics: slice) -> Complexes:
    """Shape (m,): in which line two level signals swing, as a vector at twice its angle.

    Its length is 1 where they swing in one line, 0 where in none.
    """
    first, second = (signal[:, harmonics] for signal in level)
    one, other = (np.abs(first) ** 2).sum(axis=1), (np.abs(second) ** 2).sum(axis=1)
    both = (first * np.conj(second)).real.sum(axis=1)
    whole = np.maximum(one + other, np.finfo(np.float64).tiny)
    return np.asarray((one - other + 2j * both) / whole)


def _alike(line: Complexes, gait: Gait) -> Complexes:
    """Each line the way round that is nearer to its piece's mean line."""
    mean = np.exp(0.5j * np.angle(_sums(line**2, gait)))[gait.moment_piece]
    return np.asarray(np.where((line * np.conj(mean)).real >= 0, line, -line))


def _sums(values: Complexes | Floats, gait: Gait) -> Complexes:
    """Shape (pieces,), sums over the moments of each piece."""
    count = int(gait.piece.max(initial=0)) + 1
    total = np.zeros(count, dtype=np.complex128)
    np.add.at(total, gait.moment_piece, values)
    return total


def _along(level: tuple[Complexes, Complexes], line: Complexes) -> tuple[Complexes, Complexes]:
    """Two level signals along a line, and to its left."""
    x, y = line.real[:, None], line.imag[:, None]
    first, second = level
    return first * x + second * y, second * x - first * y


def _hip(signal: Complexes, swing: Complexes, harmonic: int) -> Complexes:
    """Shape (m,), acceleration of the hip: the thigh's without its lever's.

    With each stride the hip itself hardly moves, so what is felt then is the lever's swing.
    """
    size = np.maximum(np.abs(swing[:, STRIDE]) ** 2, np.finfo(np.float64).tiny)
    lever = (signal[:, STRIDE] * np.conj(swing[:, STRIDE])).imag / size
    return np.asarray(signal[:, harmonic] - 1j * harmonic * lever * swing[:, harmonic])


def _running(gait: Gait, rise: Complexes) -> Floats:
    """Probability that it runs, by how hard it is pushed up and how fast the steps follow."""
    harder = (2 * np.abs(rise) - _M.run_mps2) / _M.run_spread_mps2
    faster = (STEP / gait.stride_s - _M.run_step_hz) / _M.run_step_spread_hz
    return logistic(harder + faster)


def logistic(x: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0, -x)))


def _share(size: Floats, half: float) -> Floats:
    """From 0 to 1, one half at `half`."""
    return size / (size + half)


def _weighed(weights: tuple[float, ...], features: tuple[tuple[Complexes, Floats], ...]) -> Floats:
    """Log odds: the phase of each product, by its real and imaginary part, times its relevance."""
    total = np.zeros(len(features[0][0]))
    for place, (product, relevance) in enumerate(features):
        phase = product / np.maximum(np.abs(product), np.finfo(np.float64).tiny)
        real, imaginary = weights[2 * place], weights[2 * place + 1]
        total += relevance * (real * phase.real + imaginary * phase.imag)
    return total


def faces_of(gait: Gait, travel: Travel, part: Part, handed: float) -> Floats:
    """Shape (pieces,), log odds that the body faces the way of the line of its piece."""
    moments = np.maximum(_sums(np.ones(len(gait)), gait).real, 1)
    longer = _sums(np.tanh(travel.towards / 2), gait).real / moments
    shown = np.zeros(len(moments))
    if part is Part.BACK:
        lever = _lever_m(gait) * np.conj(_unit(_sums(travel.line, gait)))
        shown = -_M.lever_per_m * lever.real
    elif part is Part.THIGH:
        pushed, before_m = _thigh_faces(gait, travel)
        each = (
            _sums(pushed, gait).real / _M.moments_alike,
            _M.before_per_m * _sums(before_m, gait).real / moments,
        )
        shown = sum((np.clip(one, -_M.thigh_top, _M.thigh_top) for one in each), shown)
    elif part is Part.SHANK:
        ahead, swing = _swinging(gait, travel.line)
        bent = _alike_in_time(_integral(swing, gait), _integral(ahead, gait))
        along = bent * np.tanh(travel.towards / 2)
        shown = _M.shank_bent * _sums(along, gait).real / moments
    # Of mirrored axes, both would be seen the wrong way round.
    top = min(handed, _M.facing_top)
    return np.asarray(np.clip(shown, -top, top) + _M.longer_part * longer)


def _unit(vectors: Complexes) -> Complexes:
    return np.asarray(vectors / np.maximum(np.abs(vectors), np.finfo(np.float64).tiny))


def _lever_m(gait: Gait) -> Complexes:
    """Shape (pieces,), the sensor's place in the level axes as seen from where the body turns."""
    from scipy.ndimage import uniform_filter1d

    width = max(1, round(_M.lever_smoothing_s * gait.rate_hz))
    level, yaw = (
        uniform_filter1d(gait.signals[row], width, axis=-1) for row in ([FIRST, SECOND], YAW)
    )
    turning = np.gradient(yaw) * gait.rate_hz
    wanted = gait.known & (gait.motion_mps2 >= _M.still_mps2)
    lever = np.zeros(int(gait.piece.max(initial=0)) + 1, dtype=np.complex128)
    for piece in range(len(lever)):
        here = wanted & (gait.piece == piece)
        if here.any():
            about = turning[here] - turning[here].mean()
            felt = (level[0] + 1j * level[1])[here]
            size = max(float(about @ about), np.finfo(np.float64).tiny)
            # A lever that turns faster and faster is thrown along i times itself.
            lever[piece] = -1j * (felt @ about) / size
    return lever


def _thigh_faces(gait: Gait, travel: Travel) -> tuple[Floats, Floats]:
    """Shape (m,) each: how well push and swing go with facing along the line, from -1 to 1; and how
    far before the thigh bone the sensor lies, if the body faces so, in metres.
    """
    ahead, swing = _swinging(gait, travel.line)
    pushed = -_unit(ahead[:, STEP] * np.conj(swing[:, STRIDE]) ** 2).real
    return pushed, -_lever_of(gait.harmonics[UP], swing, gait.stride_s)


def _lever_of(signal: Complexes, swing: Complexes, stride_s: Floats) -> Floats:
    """Shape (m,), metres: what a stride's acceleration takes for a lever of its angular one."""
    size = np.abs(swing[:, STRIDE]) ** 2 * (2 * np.pi / stride_s)
    product = (signal[:, STRIDE] * np.conj(swing[:, STRIDE])).imag
    return np.asarray(product / np.maximum(size, np.finfo(np.float64).tiny))


def hangs(gait: Gait, travel: Travel) -> float:
    """Log odds that a thigh's axes are right-handed, by how far below the hip the sensor seems.

    With each stride the hip itself hardly moves, so what is felt there is the lever's swing, if up
    has been carried on the right way.
    """
    ahead, swing = _swinging(gait, travel.line)
    above_m = _lever_of(ahead, swing, gait.stride_s)
    off = (float(np.median(above_m)) + _M.below_hip_m) / _M.below_hip_sd_m if len(gait) else 1.0
    return _M.below_hip_shown - off**2 / 2


def hangs_below_knee(gait: Gait, travel: Travel) -> float:
    """Log odds that a shank's axes are right-handed, by two things that wrong axes upset.

    With each stride a shank is felt to hang below a knee that hardly moves, and to be thrown up by
    little of what it is thrown along the way. Up that is carried on the wrong way mixes the two.
    """
    if not len(gait):
        return 0.0
    ahead, swing = _swinging(gait, travel.line)
    above_m = float(np.median(_lever_of(ahead, swing, gait.stride_s)))
    along = np.maximum(np.abs(ahead[:, STRIDE]), np.finfo(np.float64).tiny)
    share = float(np.median(np.abs(gait.harmonics[UP, :, STRIDE]) / along))
    off = (above_m + _M.below_knee_m) / _M.below_knee_sd_m
    odd = (share - _M.rise_share) / _M.rise_share_sd
    return _M.shank_shown - (off**2 + odd**2) / 2
