"""Direction from heading against course: a body that turns round and still goes the same way.

A gyroscope tells how a body's heading changes, satellites how its course does. In a curve both turn
alike. Where one of them turns about and the other does not, somebody who went forward goes backward
now, or the other way round; where they part by a right angle, somebody goes sideways. How the
sensor is mounted does not matter, as long as it stays where it is, for only changes count.

The offset between heading and course drifts with the gyroscope, so it is followed: as a line, by
the mean of the doubled angle (Mardia and Jupp 2000, doi 10.1002/9780470316979), which is the same
for both ways along it. Where nobody is on the way for long, the line is lost, and a new piece
begins.

Which of the two ways is forward heading and course do not say. The longer part of a piece is taken
for it, which is too little to call anything; what they know for certain is where direction changes.

What it rests on
    Simulated satellites and virtual sensors. No recording of both, of anybody who turns round and
    runs on backward, is public.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.imu.gait import yaw_of
from backstride.motion.imu.inertial import Inertial, inertial_of
from backstride.motion.imu.travel import PARTS, Part, logistic
from backstride.motion.imu.trunk import Line
from backstride.motion.series import Bools
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Origin

#: Horizontal vectors: east + i north.
Plane = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/heading.toml``."""

    earth_m: float = constant("heading.earth_m")
    reach_s: float = constant("heading.reach_s")
    longest_gap_s: float = constant("heading.longest_gap_s")
    least_mps: float = constant("heading.least_mps")
    place_sd_m: float = constant("heading.place_sd_m")
    heading_sd_rad: float = constant("heading.heading_sd_rad")
    outliers: float = constant("heading.outliers")
    steady_s: float = constant("heading.steady_s")
    steady_rad: float = constant("heading.steady_rad")
    drift_s: float = constant("heading.drift_s")
    lost_s: float = constant("heading.lost_s")
    least_line: float = constant("heading.least_line")
    memory_s: float = constant("heading.memory_s")
    certain: float = constant("heading.certain")
    longer_part: float = constant("trunk.longer_part")


_M = _Model()


def clues_of(recording: Recording) -> Iterator[Clues]:
    """What each sensor on trunk or thigh says with the recording's satellites; none without them.

    Sensors that cannot be read are left out, for they are named elsewhere.
    """
    record = recording.track("record")
    if record is None:
        return
    for track in recording.tracks:
        kind, _, place = track.name.partition(":")
        # A shank turns about its own axis with each stride, and was not tried.
        if kind == "imu" and PARTS.get(place, Part.SHANK) is not Part.SHANK:
            try:
                inertial = inertial_of(track)
            except RequestError:
                continue
            if (clues := _clues(inertial, record)) is not None:
                yield clues


def _clues(inertial: Inertial, record: Track) -> Clues | None:
    t_s, yaw = yaw_of(inertial)
    first, last = int(np.ceil(t_s[0] / EPOCH_S)), int(t_s[-1] / EPOCH_S)
    epoch_s = EPOCH_S * np.arange(first, last + 1, dtype=np.float64)
    way, on_way = _way(record, epoch_s)
    if not on_way.any():
        return None
    turned = np.concatenate([[0], np.cumsum(yaw[1:] * np.diff(t_s))])
    heading = np.exp(1j * np.interp(epoch_s, t_s, turned))
    course = way / np.where(on_way, np.abs(way), 1)
    seen = on_way & _steady(heading) & _steady(course)
    sample = np.round((epoch_s - inertial.start_s) * inertial.rate_hz).astype(np.intp)
    seen &= inertial.known[np.clip(sample, 0, len(inertial) - 1)]
    off, piece, plain = _off_line(heading * np.conj(course), seen)
    seen &= plain
    if not seen.any():
        return None
    sd = np.hypot(
        _M.place_sd_m / (_M.reach_s * np.maximum(np.abs(way), _M.least_mps)), _M.heading_sd_rad
    )
    return _told(inertial, first, _Parted(off, piece, sd, seen))


@dataclass(frozen=True, eq=False)
class _Parted:
    """By how much heading and course part, shape (m,) each.

    `off_rad` is from the line of the piece, 0 or π along it; `sd_rad` its standard deviation.
    """

    off_rad: Floats
    piece: npt.NDArray[np.intp]
    sd_rad: Floats
    seen: Bools


def _told(inertial: Inertial, first: int, parted: _Parted) -> Clues:
    seen, piece = parted.seen, parted.piece
    along = _log_around(parted.off_rad, 0, parted.sd_rad)
    against = _log_around(parted.off_rad, np.pi, parted.sd_rad)
    beside = [_log_around(parted.off_rad, side * np.pi / 2, parted.sd_rad) for side in (1, -1)]
    towards = along - against
    count = int(piece.max(initial=0)) + 1
    epochs = np.maximum(np.bincount(piece, seen, minlength=count), 1)
    longer = np.bincount(piece, np.where(seen, np.tanh(towards / 2), 0), minlength=count) / epochs
    faces = _M.longer_part * longer
    ahead = np.log(logistic(faces))[piece], np.log(logistic(-faces))[piece]
    table = np.full((len(seen), len(State)), np.log(_M.outliers / (2 * np.pi)))
    table[:, State.FORWARD] = np.logaddexp(ahead[0] + along, ahead[1] + against)
    table[:, State.BACKWARD] = np.logaddexp(ahead[0] + against, ahead[1] + along)
    table[:, State.SIDEWAYS] = np.logaddexp(*beside) - np.log(2)
    table[~seen] = 0
    return Clues(
        name=f"imu:{inertial.place} against course",
        origin=Origin.IMU,
        first=first,
        log_likelihood=table * (EPOCH_S / _M.memory_s),
        seen=seen,
        speed_mps=np.full(len(seen), np.nan),
        running=np.zeros(len(seen)),
        certainty=Line(seen, piece, towards, faces, _M.certain).certainty,
    )


def _way(record: Track, epoch_s: Floats) -> tuple[Plane, Bools]:
    """Velocity over the ground, shape (m,), and whether it is known and fast enough."""
    latitude, longitude = record.column("latitude_deg"), record.column("longitude_deg")
    known = np.isfinite(latitude) & np.isfinite(longitude)
    t_s, once = np.unique(record.t_s[known], return_index=True)
    if len(t_s) < 2:
        return np.zeros(len(epoch_s), dtype=np.complex128), np.zeros(len(epoch_s), dtype=np.bool_)
    north, east = np.deg2rad(latitude[known][once]), np.deg2rad(longitude[known][once])
    east = np.unwrap(east) - east[0]
    place = _M.earth_m * (np.cos(north.mean()) * east + 1j * (north - north[0]))
    before, after = (np.interp(epoch_s + side * _M.reach_s, t_s, place) for side in (-1, 1))
    way = (after - before) / (2 * _M.reach_s)
    inside = (epoch_s - _M.reach_s >= t_s[0]) & (epoch_s + _M.reach_s <= t_s[-1])
    gaps = np.concatenate([[0], np.cumsum(np.diff(t_s) > _M.longest_gap_s)])
    left, right = (
        gaps[np.clip(np.searchsorted(t_s, epoch_s + side * _M.reach_s), 0, len(t_s) - 1)]
        for side in (-1, 1)
    )
    return way, inside & (left == right) & (np.abs(way) >= _M.least_mps)


def _steady(pointing: Plane) -> Bools:
    """Where a direction is about the same some seconds before and after."""
    reach = round(_M.steady_s / EPOCH_S)
    padded = np.pad(pointing, reach, mode="edge")
    change = np.angle(padded[2 * reach :] * np.conj(padded[: -2 * reach]))
    return np.asarray(np.abs(change) < _M.steady_rad)


def _off_line(parted: Plane, seen: Bools) -> tuple[Floats, npt.NDArray[np.intp], Bools]:
    """Angle off the line that heading and course keep, the piece, and whether there is a line."""
    from scipy.ndimage import uniform_filter1d

    places = np.flatnonzero(seen)
    begins = np.diff(places, prepend=places[:1]) * EPOCH_S > _M.lost_s
    piece = np.zeros(len(seen), dtype=np.intp)
    off, plain = np.zeros(len(seen)), np.zeros(len(seen), dtype=np.bool_)
    width = max(1, round(_M.drift_s / EPOCH_S))
    for number, here in enumerate(np.split(places, np.flatnonzero(begins))):
        if not len(here):
            continue
        doubled = parted[here] ** 2
        mean = (
            uniform_filter1d(doubled.real, width, mode="nearest")
            + 1j * uniform_filter1d(doubled.imag, width, mode="nearest")
        )  # fmt: skip
        line = np.unwrap(np.angle(mean)) / 2
        off[here] = np.angle(parted[here] * np.exp(-1j * line))
        plain[here] = np.abs(mean) >= _M.least_line
        piece[here] = number
    return off, piece, plain


def _log_around(angle: Floats, middle: float, sd: Floats) -> Floats:
    """Log density of an angle around a middle; some may point anywhere."""
    spread = sd**2
    density = np.exp((np.cos(angle - middle) - 1) / spread) / (sd * np.sqrt(2 * np.pi))
    return np.asarray(np.log((1 - _M.outliers) * density + _M.outliers / (2 * np.pi)))
