"""An inertial sensor's track as signals to integrate: one clock, no offset; or refused."""

from dataclasses import dataclass

import numpy as np

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.series import Bools
from backstride.recording import Floats, Notice, Track

_AXES = ("x", "y", "z")
ACCELERATION = tuple(f"acceleration_{axis}_mps2" for axis in _AXES)
ANGULAR_VELOCITY = tuple(f"angular_velocity_{axis}_radps" for axis in _AXES)


@dataclass(frozen=True)
class _Model:
    """Limits of what is taken; their meaning stands in ``constants/imu.toml``."""

    grid_hz: float = constant("imu.grid_hz")
    slowest_hz: float = constant("imu.slowest_hz")
    longest_gap_s: float = constant("imu.longest_gap_s")
    shortest_s: float = constant("imu.shortest_s")
    clipped_share: float = constant("imu.clipped_share")
    noted_share: float = constant("imu.noted_share")
    rest_window_s: float = constant("imu.rest_window_s")
    rest_acceleration_sd: float = constant("imu.rest_acceleration_sd")
    rest_turning_sd: float = constant("imu.rest_turning_sd")


_M = _Model()


@dataclass(frozen=True, eq=False)
class Inertial:
    """One sensor on a clock of `rate_hz`, in its own axes.

    Attributes
    ----------
    place
        Where it was worn, as the track's name says; "unknown" otherwise.
    start_s
        Time of the first sample on the recording's clock.
    acceleration_mps2
        shape (n, 3), gravity included: at rest it points up.
    angular_velocity_radps
        shape (n, 3), without the offset found at rest.
    known
        shape (n,): not inside a gap longer than `imu.longest_gap_s`.
    """

    place: str
    start_s: float
    rate_hz: float
    acceleration_mps2: Floats
    angular_velocity_radps: Floats
    known: Bools
    notices: tuple[Notice, ...]

    def __len__(self) -> int:
        return len(self.known)

    def samples(self, seconds: float) -> int:
        """A duration in samples, at least one."""
        return max(1, round(seconds * self.rate_hz))


def inertial_of(track: Track) -> Inertial:
    """Both triples of a track on one clock of `imu.grid_hz`.

    Each triple is interpolated over its own complete rows, so sensors that wrote in turn are
    joined; samples with one time count once. What is faster than the grid is averaged over one
    step of it first. The offset of the angular velocity is its median over rest, where there is
    any rest of a second.

    Raises
    ------
    RequestError
        No acceleration with gravity or no angular velocity, too short, too slow, an axis that
        never changes, or one that stands at its limits.
    """
    signals = {
        "acceleration with gravity": _triple(track, ACCELERATION),
        "angular velocity": _triple(track, ANGULAR_VELOCITY),
    }
    clipped = [
        _refuse_unusable(track.name, what, t_s, values) for what, (t_s, values) in signals.items()
    ]
    begin = max(float(t_s[0]) for t_s, _ in signals.values())
    end = min(float(t_s[-1]) for t_s, _ in signals.values())
    if end - begin < _M.shortest_s:
        raise RequestError(
            f"{track.name}: acceleration and angular velocity have {max(end - begin, 0):.1f} s in "
            "common",
            hint="record both sensors together, for some strides at least",
        )
    grid_s = begin + np.arange(int((end - begin) * _M.grid_hz) + 1) / _M.grid_hz
    acceleration, turning = (_on_grid(grid_s, *signal) for signal in signals.values())
    known = np.ones(len(grid_s), dtype=np.bool_)
    for t_s, _ in signals.values():
        known &= _outside_gaps(grid_s, t_s)
    offset = _offset_at_rest(acceleration, turning, known)
    return Inertial(
        place=track.name.removeprefix("imu:") or "unknown",
        start_s=begin,
        rate_hz=_M.grid_hz,
        acceleration_mps2=acceleration,
        angular_velocity_radps=turning if offset is None else turning - offset,
        known=known,
        notices=tuple(_notices(track.name, known, offset, max(clipped))),
    )


def _triple(track: Track, columns: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Times, strictly rising, and values of the rows in which all three axes are there."""
    axes = [track.column(name) for name in columns]
    whole = np.logical_and.reduce([np.isfinite(axis) for axis in axes])
    values = np.column_stack([axis[whole] for axis in axes])
    t_s = track.t_s[whole]
    if (t_s[1:] > t_s[:-1]).all():
        return t_s, values
    t_s, first = np.unique(t_s, return_index=True)
    return t_s, values[first]


def _refuse_unusable(name: str, what: str, t_s: Floats, values: Floats) -> float:
    """Share of the time that one axis or another stands at its limits, if that is bearable."""
    if len(t_s) < 2:
        raise RequestError(
            f"{name}: has no {what}",
            hint="export acceleration with gravity and angular velocity of three axes in one file",
        )
    if t_s[-1] - t_s[0] < _M.shortest_s:
        raise RequestError(
            f"{name}: {what} lasts {t_s[-1] - t_s[0]:.1f} s", hint="record some strides at least"
        )
    rate_hz = 1 / float(np.median(np.diff(t_s)))
    if rate_hz < _M.slowest_hz:
        raise RequestError(
            f"{name}: {what} comes {rate_hz:.0f} times a second, which is too slow for footfalls",
            hint=f"record with {_M.grid_hz:.0f} Hz or more",
        )
    worst = 0.0
    for axis, column in zip(_AXES, values.T, strict=True):
        low, high = column.min(), column.max()
        if low == high:
            raise RequestError(
                f"{name}: {what} along {axis} never changes from {low:g}",
                hint="the sensor or its export is broken on this axis; record again",
            )
        # Any signal reaches its highest and its lowest value once.
        share = (int(np.sum((column == low) | (column == high))) - 2) / len(column)
        if share > _M.clipped_share:
            raise RequestError(
                f"{name}: {what} along {axis} stands at its limits {low:g} and {high:g} for "
                f"{100 * share:.0f} % of the time",
                hint="set the sensor to a wider range and record again",
            )
        worst = max(worst, share)
    return worst


def _on_grid(grid_s: Floats, t_s: Floats, values: Floats) -> Floats:
    """Shape (n, 3): values at the grid, averaged over one of its steps where they are denser."""
    dense = round(1 / (float(np.median(np.diff(t_s))) * _M.grid_hz))
    if dense > 1:
        from scipy.ndimage import uniform_filter1d

        values = uniform_filter1d(values, dense, axis=0, mode="nearest")
    return np.column_stack([np.interp(grid_s, t_s, column) for column in values.T])


def _outside_gaps(grid_s: Floats, t_s: Floats) -> Bools:
    """Shape (n,): whether the samples around each moment of the grid are near to each other."""
    after = np.clip(np.searchsorted(t_s, grid_s), 1, len(t_s) - 1)
    near: Bools = t_s[after] - t_s[after - 1] <= _M.longest_gap_s
    return near


def _offset_at_rest(acceleration: Floats, turning: Floats, known: Bools) -> Floats | None:
    """Shape (3,), median angular velocity over rest; None where there is none."""
    window = int(_M.rest_window_s * _M.grid_hz)
    still = known & (_scatter(acceleration, window) < _M.rest_acceleration_sd)
    still &= _scatter(turning, window) < _M.rest_turning_sd
    if still.sum() < 1:
        return None
    offset: Floats = np.median(turning[still], axis=0)
    return offset


def _scatter(values: Floats, window: int) -> Floats:
    """Shape (n,), standard deviation of all axes together within a window about each sample."""
    from scipy.ndimage import uniform_filter1d

    centred = np.ascontiguousarray(values.T)
    centred -= centred.mean(axis=1, keepdims=True)
    mean = uniform_filter1d(centred, window, axis=1, mode="nearest")
    square = uniform_filter1d(np.einsum("in,in->n", centred, centred), window, mode="nearest")
    square -= np.einsum("in,in->n", mean, mean)
    scatter: Floats = np.sqrt(np.maximum(square, 0))
    return scatter


def _notices(name: str, known: Bools, offset: Floats | None, clipped_share: float) -> list[Notice]:
    notices = []
    if clipped_share > _M.noted_share:
        notices.append(
            Notice(
                "imu_clipped",
                f"{name}: {100 * clipped_share:.1f} % of it are at the sensor's limits, as hard "
                "landings are; lengths and contacts may be off",
            )
        )
    if missing := int((~known).sum()):
        notices.append(
            Notice("imu_gaps", f"{name}: {missing / _M.grid_hz:.1f} s are missing; not bridged")
        )
    if offset is None:
        notices.append(
            Notice(
                "imu_no_rest",
                f"{name}: the sensor never rested for a second, so its gyroscope is taken as it is",
            )
        )
    return notices


def turns(rotation_vectors: Floats) -> Floats:
    """Shape (4, ...): unit quaternions w, x, y, z of rotation vectors of shape (3, ...).

    Components come first here and below, for each is worked on as a whole.
    """
    angle = np.sqrt((rotation_vectors**2).sum(axis=0))
    return np.concatenate(
        [np.cos(angle / 2)[None], np.sinc(angle / (2 * np.pi)) / 2 * rotation_vectors]
    )


def composed(first: Floats, second: Floats) -> Floats:
    """Products of quaternions of shape (4, ...)."""
    w, x, y, z = first
    a, b, c, d = second
    return np.stack(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ]
    )


def rotated(quaternions: Floats, vectors: Floats) -> Floats:
    """Vectors of shape (3, ...), turned by quaternions of shape (4, ...)."""
    across = 2 * _cross(quaternions[1:], vectors)
    turned: Floats = vectors + quaternions[0] * across + _cross(quaternions[1:], across)
    return turned


def _cross(first: Floats, second: Floats) -> Floats:
    x, y, z = first
    a, b, c = second
    return np.stack([y * c - z * b, z * a - x * c, x * b - y * a])


def running_turns(quaternions: Floats) -> Floats:
    """Shape (4, s, n): each row's products from its beginning on, by doubling.

    Hillis and Steele (1986, doi 10.1145/7902.7903). A sum of angles would do for one axis only.
    """
    reach = 1
    while reach < quaternions.shape[-1]:
        later = composed(quaternions[..., :-reach], quaternions[..., reach:])
        quaternions = np.concatenate([quaternions[..., :reach], later], axis=-1)
        reach *= 2
    return quaternions
