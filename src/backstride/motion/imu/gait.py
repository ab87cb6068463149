"""Strides felt by a sensor of any orientation on any part of the body, as harmonics.

Up
    Where acceleration points on average, carried on by the gyroscope in between: a complementary
    filter (Mahony, Hamel and Pflimlin 2008, doi 10.1109/TAC.2008.923738), solved by fixed-point
    iteration over the whole recording rather than sample by sample, which suits arrays.
Strides
    The shortest time after which all six axes repeat themselves, by autocorrelation (Moe-Nilssen
    and Helbostad 2004, doi 10.1016/S0021-9290(03)00233-1). It departs from the paper in that the
    axes are decorrelated and weighted alike first: after a step, half of them have the other sign,
    so that a stride cannot be taken for a step, and how the sensor is mounted does not matter.
Harmonics
    Fourier coefficients of two strides on end, under Hann's window, whose neighbours do not leak
    into each other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.inertial import Inertial
from backstride.motion.series import Bools
from backstride.recording import Floats

Complexes = npt.NDArray[np.complex128]
Indices = npt.NDArray[np.intp]

#: Rows of `Gait.harmonics`: vertical acceleration; level acceleration along two axes at right
#: angles; angular velocity about up, and about the same two axes.
ROWS = ("up", "first", "second", "yaw", "tilt_first", "tilt_second")
UP, FIRST, SECOND, YAW, TILT_FIRST, TILT_SECOND = range(len(ROWS))
#: Harmonics that are a stride's and a step's.
STRIDE, STEP = 1, 2
#: Strides that a window holds.
_HELD = 2
#: Windows worked on at once, so that memory does not grow with the recording.
_BLOCK = 1000


@dataclass(frozen=True)
class _Choices:
    """The project's choices; their meaning stands in ``constants/trunk.toml``."""

    gravity: float = constant("imu.gravity")
    up_s: float = constant("trunk.up_s")
    up_rounds: int = int(constant("trunk.up_rounds"))
    window_s: float = constant("trunk.window_s")
    window_step_s: float = constant("trunk.window_step_s")
    moment_step_s: float = constant("trunk.moment_step_s")
    shortest_stride_s: float = constant("trunk.shortest_stride_s")
    longest_stride_s: float = constant("trunk.longest_stride_s")
    first_peak: float = constant("trunk.first_peak")
    alike: float = constant("trunk.alike")
    least_motion_mps2: float = constant("trunk.least_motion_mps2")
    slip_rad: float = constant("trunk.slip_rad")
    slip_moments: int = int(constant("trunk.slip_moments"))
    harmonics: int = int(constant("trunk.harmonics"))
    points: int = int(constant("trunk.points"))


_C = _Choices()


@dataclass(frozen=True, eq=False)
class Gait:
    """A part of the body in motion, seen from level axes that go with it.

    The two level axes are fixed to the sensor as far as being level allows: the first is that about
    which the part tilts most, either way round. A new piece begins where the mounting shifts.

    Attributes
    ----------
    t_s
        shape (n,), the clock of the signals, `rate_hz` a second.
    piece
        shape (n,), number of the piece that each sample is in.
    signals
        shape (6, n): rows as named above.
    motion_mps2
        shape (n,), scatter of acceleration around each sample.
    moment_s
        shape (m,), middles of windows of strides.
    stride_s
        shape (m,).
    moment_piece
        shape (m,).
    harmonics
        shape (6, m, harmonics + 1).
    """

    rate_hz: float
    t_s: Floats
    known: Bools
    piece: Indices
    signals: Floats
    motion_mps2: Floats
    moment_s: Floats
    stride_s: Floats
    moment_piece: Indices
    harmonics: Complexes

    def __len__(self) -> int:
        return len(self.moment_s)


def gait_of(inertial: Inertial) -> Gait:
    """Strides and their harmonics; none where nothing repeats itself."""
    rate_hz = inertial.rate_hz / 2
    force, turning = _halved(inertial.acceleration_mps2), _halved(inertial.angular_velocity_radps)
    known: Bools = inertial.known[: 2 * len(force) : 2] & inertial.known[1 : 2 * len(force) : 2]
    t_s = inertial.start_s + (2 * np.arange(len(force), dtype=np.float64) + 0.5) / inertial.rate_hz
    up = _up(force, turning, rate_hz)
    motion = _scatter(force, round(_C.window_step_s * rate_hz))
    centre, stride = _strides(force - _C.gravity * up, turning, rate_hz)
    reach = stride * (_HELD / 2) * rate_hz
    first, last = np.floor(centre - reach), np.ceil(centre + reach)
    inside = np.isfinite(reach) & (first >= 0) & (last < len(force))
    centre, stride, first, last = (each[inside] for each in (centre, stride, first, last))
    missing = np.concatenate([[0], np.cumsum(~known)])
    whole = missing[last.astype(np.intp) + 1] == missing[first.astype(np.intp)]
    whole &= motion[np.round(centre).astype(np.intp)] >= _C.least_motion_mps2
    centre, stride = centre[whole], stride[whole]
    moment_piece, edges = _pieces(up, centre)
    piece = np.searchsorted(edges, np.arange(len(force)), side="right")
    signals = _seen_level(force, turning, up, piece)
    return Gait(
        rate_hz=rate_hz,
        t_s=t_s,
        known=known,
        piece=piece,
        signals=signals,
        motion_mps2=motion,
        moment_s=np.interp(centre, np.arange(len(t_s)), t_s),
        stride_s=stride,
        moment_piece=moment_piece,
        harmonics=_harmonics(signals, centre, stride * rate_hz),
    )


def yaw_of(inertial: Inertial) -> tuple[Floats, Floats]:
    """Clock, shape (n,), and angular velocity about up, shape (n,): anticlockwise from above."""
    rate_hz = inertial.rate_hz / 2
    force, turning = _halved(inertial.acceleration_mps2), _halved(inertial.angular_velocity_radps)
    t_s = inertial.start_s + (2 * np.arange(len(force), dtype=np.float64) + 0.5) / inertial.rate_hz
    return t_s, np.einsum("ni,ni->n", turning, _up(force, turning, rate_hz))


def _halved(values: Floats) -> Floats:
    pairs = values[: len(values) // 2 * 2]
    return np.asarray((pairs[::2] + pairs[1::2]) / 2)


def _up(force: Floats, turning: Floats, rate_hz: float) -> Floats:
    """Shape (n, 3), unit vectors."""
    felt = force / _C.gravity
    up = _unit(_mean(felt, _C.up_s * rate_hz))
    for _ in range(_C.up_rounds):
        carried = np.cumsum(_cross(up, turning), axis=0) / rate_hz
        up = _unit(carried + _mean(felt - carried, _C.up_s * rate_hz))
    return up


def _mean(values: Floats, samples: float) -> Floats:
    """Running mean under a triangle of twice so many samples."""
    from scipy.ndimage import uniform_filter1d

    width = max(1, round(samples))
    once = uniform_filter1d(values, width, axis=0, mode="nearest")
    return np.asarray(uniform_filter1d(once, width, axis=0, mode="nearest"))


def _unit(vectors: Floats) -> Floats:
    size = np.sqrt(np.einsum("ni,ni->n", vectors, vectors))
    return np.asarray(vectors / np.maximum(size, np.finfo(np.float64).tiny)[:, None])


def _cross(one: Floats, other: Floats) -> Floats:
    """Cross products of rows; NumPy's own takes several times as long."""
    x, y, z = one.T
    a, b, c = other.T
    return np.column_stack([y * c - z * b, z * a - x * c, x * b - y * a])


def _scatter(values: Floats, width: int) -> Floats:
    """Shape (n,), standard deviation of all axes together around each sample."""
    centred = values - values.mean(axis=0)
    mean = _mean(centred, width / 2)
    square = _mean(np.einsum("ni,ni->n", centred, centred), width / 2)
    return np.asarray(np.sqrt(np.maximum(square - np.einsum("ni,ni->n", mean, mean), 0)))


def _strides(force: Floats, turning: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Moments in samples, shape (m,), and the length of the stride there; NaN where there is none.

    Moments lie `trunk.moment_step_s` apart.
    """
    signals = np.hstack([_whitened(_halved(force)), _whitened(_halved(turning))])
    rate = rate_hz / 2
    window = min(round(_C.window_s * rate), len(signals))
    begin = np.arange(0, len(signals) - window + 1, round(_C.window_step_s * rate))
    found = [
        _repeats(signals, begin[some : some + _BLOCK], window, rate)
        for some in range(0, len(begin), _BLOCK)
    ]
    stride = np.concatenate(found) if found else np.empty(0)
    centre = np.arange(0, len(force), round(_C.moment_step_s * rate_hz), dtype=np.float64)
    if not len(stride):
        return centre, np.full(len(centre), np.nan)
    nearest = np.round((centre / 2 - begin[0] - window / 2) / (_C.window_step_s * rate))
    return centre, stride[np.clip(nearest, 0, len(stride) - 1).astype(np.intp)]


def _whitened(values: Floats) -> Floats:
    """Shape (n, 3), axes made independent of each other and of one size, whatever they were."""
    spread = np.einsum("ni,nj->ij", values, values)
    size, axes = np.linalg.eigh(spread)
    size = np.maximum(size, size[-1] / 1000) + np.finfo(np.float64).tiny
    return np.asarray(values @ (axes / np.sqrt(size)))


def _repeats(signals: Floats, begin: Indices, window: int, rate: float) -> Floats:
    """Shape (w,), seconds after which the signals of each window repeat themselves, or NaN."""
    from scipy.fft import irfft, next_fast_len, rfft

    low = int(_C.shortest_stride_s * rate)
    high = min(int(np.ceil(_C.longest_stride_s * rate)), window - 2)
    if high <= low + 1:
        return np.full(len(begin), np.nan)
    held = signals[begin[:, None] + np.arange(window)].astype(np.float32)
    held -= held.mean(axis=1, keepdims=True)
    size = next_fast_len(window + high + 1, real=True)
    power = np.square(np.abs(rfft(held, size, axis=1)))
    lags = np.arange(low - 1, high + 2)
    alike = np.zeros((len(begin), len(lags)))
    for triple in (power[..., :3], power[..., 3:]):
        product = irfft(triple.sum(axis=2), size, axis=1)
        own = np.maximum(product[:, :1], np.finfo(np.float32).tiny)
        alike += product[:, lags] / own * (window / (window - lags)) / 2
    before, here, after = alike[:, :-2], alike[:, 1:-1], alike[:, 2:]
    peak = (here >= before) & (here > after)
    best = np.where(peak, here, -1).max(axis=1)
    chosen = (peak & (here >= _C.first_peak * best[:, None])).argmax(axis=1)
    row = np.arange(len(begin))
    b, h, a = before[row, chosen], here[row, chosen], after[row, chosen]
    off = (b - a) / 2 / np.minimum(b - 2 * h + a, -np.finfo(np.float32).eps)
    stride = (low + chosen + np.clip(off, -0.5, 0.5)) / rate
    return np.where(best >= _C.alike, stride, np.nan)


def _pieces(up: Floats, centre: Floats) -> tuple[Indices, Indices]:
    """Number of the piece of each moment, shape (m,), and the samples where a new one begins.

    A posture of the trunk changes where up points in the sensor, too, but less.
    """
    here = up[np.round(centre).astype(np.intp)]
    reach = _C.slip_moments
    if len(here) < 2 * reach:
        return np.zeros(len(here), dtype=np.intp), np.empty(0, dtype=np.intp)
    sums = np.concatenate([np.zeros_like(here[:1]), np.cumsum(here, axis=0)])
    means = _unit(sums[reach:] - sums[:-reach])
    off = np.arccos(np.clip(np.einsum("ni,ni->n", means[:-reach], means[reach:]), -1, 1))
    # The middle of each change: where the two sides differ most.
    padded = np.pad(off, reach, constant_values=-1)
    most = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    begins = np.flatnonzero((off > _C.slip_rad) & (off >= most)) + reach
    piece = np.searchsorted(begins, np.arange(len(here)), side="right")
    return piece, np.round((centre[begins - 1] + centre[begins]) / 2).astype(np.intp)


def _seen_level(force: Floats, turning: Floats, up: Floats, piece: Indices) -> Floats:
    """Shape (6, n): signals along up and along two level axes."""
    count = int(piece.max(initial=0)) + 1
    axes = np.stack([_tilt_axis(turning[piece == one], up[piece == one]) for one in range(count)])
    first = axes[piece]
    first = _unit(first - np.einsum("ni,ni->n", first, up)[:, None] * up)
    frame = (up, first, _cross(up, first))
    rows = [np.einsum("ni,ni->n", signal, axis) for signal in (force, turning) for axis in frame]
    rows[UP] = rows[UP] - _C.gravity
    signals: Floats = np.stack(rows)
    return signals


def _tilt_axis(turning: Floats, up: Floats) -> Floats:
    """Shape (3,): the level axis in the sensor about which it turns most."""
    mean = up.mean(axis=0)
    level = np.eye(len(mean)) - np.outer(mean, mean) / max(
        float(mean @ mean), np.finfo(np.float64).tiny
    )
    spread = level @ np.einsum("ni,nj->ij", turning, turning) @ level
    return np.asarray(np.linalg.eigh(spread)[1][:, -1])


def _harmonics(signals: Floats, centre: Floats, stride: Floats) -> Complexes:
    """Shape (6, m, harmonics + 1), of two strides around each centre; lengths in samples."""
    place = np.arange(_HELD * _C.points) / _C.points - _HELD / 2
    weight = (1 + np.cos(2 * np.pi * place / _HELD)) / len(place)
    wave = weight[:, None] * np.exp(-2j * np.pi * place[:, None] * np.arange(_C.harmonics + 1))
    found = np.empty((len(signals), len(centre), _C.harmonics + 1), dtype=np.complex128)
    for some in range(0, len(centre), _BLOCK):
        rows = slice(some, some + _BLOCK)
        at = centre[rows, None] + place * stride[rows, None]
        before = np.clip(at.astype(np.intp), 0, signals.shape[1] - 2)
        share = at - before
        for row, signal in enumerate(signals):
            held = signal[before] * (1 - share) + signal[before + 1] * share
            found[row, rows] = held @ wave.real + 1j * (held @ wave.imag)
    return found
