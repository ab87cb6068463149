"""A recording on a common clock of one second, cleaned for models."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.errors import RequestError
from backstride.evidence.constants import constant
from backstride.recording import Floats, Interval, Recording, Section, Track
from backstride.vocabulary import QUANTITIES, SECONDS_PER_DAY, Sport

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Series:
    """What happened in each second.

    Attributes
    ----------
    t_s
        shape (n,), 0.0, 1.0, 2.0 ...: the start of each second.
    speed_mps, cadence_spm, heart_rate_bpm, gradient, elevation_m, contact_s, vertical_oscillation_m
        shape (n,); NaN where missing, paused, or not plausible of a person on foot.
    distance_m
        shape (n,), travelled in that second; 0 where nothing is known.
    on_foot
        shape (n,), bool: recorded, not paused, and in a section of running, walking or unknown
        sport.
    """

    t_s: Floats
    speed_mps: Floats
    cadence_spm: Floats
    heart_rate_bpm: Floats
    gradient: Floats
    elevation_m: Floats
    contact_s: Floats
    vertical_oscillation_m: Floats
    distance_m: Floats
    on_foot: Bools

    def __len__(self) -> int:
        return len(self.t_s)

    def within(self, start_s: float, end_s: float) -> slice:
        """The seconds of an interval."""
        first, last = np.searchsorted(self.t_s, [start_s, end_s])
        return slice(int(first), int(last))


@dataclass(frozen=True)
class _Cleaning:
    """The project's choices in cleaning a recording."""

    longest_gap_s: float = constant("watch.longest_gap_s")
    longest_days: float = constant("watch.longest_recording_days")
    spike_mps: float = constant("watch.spike_mps")
    spike_s: float = constant("watch.spike_s")
    smoothing_s: float = constant("watch.position_smoothing_s")
    gradient_window_m: float = constant("watch.gradient_window_m")
    gradient_longest_s: float = constant("watch.gradient_longest_s")
    elevation_smoothing_s: float = constant("watch.elevation_smoothing_s")
    earth_radius_m: float = constant("watch.earth_radius_m")


_CLEAN = _Cleaning()


def series_of(recording: Recording) -> Series:
    """The recording's ``record`` track, one row a second.

    Gaps of smart recording up to `watch.longest_gap_s` are bridged by straight lines; longer ones
    and pauses are missing. Speed is the device's; where it has none, from its distance, else from
    positions (great circle, smoothed). Heart rate comes from the ``heart_rate`` track where the
    main one has none. The distance of a second follows the device's distance, so that sums
    agree with it; without that it follows speed.

    Raises
    ------
    RequestError
        The clock runs over more days than one recording can be.
    """
    days = recording.duration_s / SECONDS_PER_DAY
    if not days <= _CLEAN.longest_days:
        raise RequestError(
            f"the recording's clock runs over {days:,.0f} days",
            hint="its dates are probably wrong; cut it into single activities",
        )
    t_s = np.arange(np.ceil(recording.duration_s), dtype=np.float64)
    track = recording.track("record")
    recorded = _recorded(track, t_s) & ~_inside(recording.pauses, t_s)

    def column(name: str) -> Floats:
        return _plausible(name, _on_grid(track, name, t_s, recorded))

    moved_m = _device_distance(track, t_s)
    speed = _speed(track, column("speed_mps"), moved_m, t_s, recorded)
    if moved_m is None:
        moved_m = np.nan_to_num(speed)
    heart_rate = column("heart_rate_bpm")
    strap = recording.track("heart_rate")
    if strap is not None and len(strap):
        late = _plausible("heart_rate_bpm", _on_grid(strap, "heart_rate_bpm", t_s, recorded))
        heart_rate = np.where(np.isnan(heart_rate), late, heart_rate)
    elevation = column("elevation_m")
    return Series(
        t_s=t_s,
        speed_mps=speed,
        cadence_spm=column("cadence_spm"),
        heart_rate_bpm=heart_rate,
        gradient=_gradient(elevation, moved_m),
        elevation_m=elevation,
        contact_s=column("contact_s"),
        vertical_oscillation_m=column("vertical_oscillation_m"),
        distance_m=moved_m,
        on_foot=recorded & _foot(recording.sections, t_s),
    )


def _inside(intervals: tuple[Interval, ...], t_s: Floats) -> Bools:
    inside = np.zeros(len(t_s), dtype=np.bool_)
    for interval in intervals:
        first, last = np.searchsorted(t_s, [interval.start_s, interval.end_s])
        inside[first:last] = True
    return inside


def _foot(sections: tuple[Section, ...], t_s: Floats) -> Bools:
    """Seconds of a sport on foot. Of sections that overlap the shorter one knows better.

    Seconds between sections belong to a sport on foot only where all sections do.
    """
    known = all(section.sport is not Sport.OTHER for section in sections)
    foot = np.full(len(t_s), known)
    for section in sorted(sections, key=lambda s: s.start_s - s.end_s):
        first, last = np.searchsorted(t_s, [section.start_s, section.end_s])
        foot[first:last] = section.sport is not Sport.OTHER
    return foot


def _recorded(track: Track | None, t_s: Floats) -> Bools:
    """Seconds between two rows that are not too far apart."""
    if track is None or len(track) == 0:
        return np.zeros(len(t_s), dtype=np.bool_)
    return _bridged(track.t_s, t_s)


def _bridged(known_s: Floats, t_s: Floats) -> Bools:
    """Whether each second lies between two known times at most the longest gap apart."""
    after = np.searchsorted(known_s, t_s, side="right")
    inner = np.clip(after, 1, max(len(known_s) - 1, 1))
    near = np.zeros(len(t_s), dtype=np.bool_)
    if len(known_s) > 1:
        near = known_s[inner] - known_s[inner - 1] <= _CLEAN.longest_gap_s
    hit = known_s[np.maximum(after, 1) - 1] == t_s
    return np.asarray((after > 0) & (t_s <= known_s[-1]) & (near | hit))


def _on_grid(track: Track | None, name: str, t_s: Floats, recorded: Bools) -> Floats:
    """A column at each second, NaN where nothing is near enough."""
    if track is None or name not in track:
        return np.full(len(t_s), np.nan)
    values = track.column(name)
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(t_s), np.nan)
    if known.all():
        filled = np.interp(t_s, track.t_s, values)
        return np.where(
            recorded if track.name == "record" else _bridged(track.t_s, t_s), filled, np.nan
        )
    times = track.t_s[known]
    filled = np.interp(t_s, times, values[known])
    return np.where(recorded & _bridged(times, t_s), filled, np.nan)


def _plausible(name: str, values: Floats) -> Floats:
    quantity = QUANTITIES[name]
    with np.errstate(invalid="ignore"):
        return np.where((values >= quantity.low) & (values <= quantity.high), values, np.nan)


def _device_distance(track: Track | None, t_s: Floats) -> Floats | None:
    """Distance of each second as the device counts it; None where it does not.

    A counter that starts anew, as at a new leg, is followed; what it shows at its first row is
    counted where a person could have come so far, and taken as another leg's where not.
    """
    if track is None or "distance_m" not in track or len(t_s) == 0:
        return None
    distance = track.column("distance_m")
    known = np.isfinite(distance)
    if known.sum() <= 1 or not np.ptp(distance[known]) > 0:
        return None
    times, distance = track.t_s[known], distance[known]
    anew = distance[1:] < distance[:-1] / 2
    steps = np.where(anew, 0, np.diff(distance))
    travelled = np.maximum.accumulate(np.concatenate(([0.0], np.cumsum(steps))))
    edges = np.append(t_s, t_s[-1] + 1)
    moved = np.diff(np.interp(edges, times, travelled))
    reach_m = QUANTITIES["speed_mps"].high * max(1.0, float(times[0]))
    if 0 < distance[0] <= reach_m:
        moved[min(int(times[0]), len(moved) - 1)] += distance[0]
    return np.asarray(moved)


def _speed(
    track: Track | None, device: Floats, moved_m: Floats | None, t_s: Floats, recorded: Bools
) -> Floats:
    speed = device
    if moved_m is not None and np.isnan(speed[recorded]).any():
        smooth = _smoothed(np.where(recorded, moved_m, np.nan), _CLEAN.smoothing_s)
        speed = np.where(np.isnan(speed), smooth, speed)
    if moved_m is None and np.isnan(speed[recorded]).any():
        speed = np.where(np.isnan(speed), _speed_of_positions(track, t_s, recorded), speed)
    speed = _plausible("speed_mps", np.where(recorded, speed, np.nan))
    return _without_spikes(speed)


def _speed_of_positions(track: Track | None, t_s: Floats, recorded: Bools) -> Floats:
    """Great-circle speed between positions a few seconds apart."""
    latitude = np.radians(_on_grid(track, "latitude_deg", t_s, recorded))
    longitude = np.radians(_on_grid(track, "longitude_deg", t_s, recorded))
    if np.isnan(latitude).all():
        return latitude
    north = np.diff(latitude, append=np.nan)
    east = np.diff(longitude, append=np.nan)
    half = (
        np.sin(north / 2) ** 2
        + np.cos(latitude) * np.cos(np.roll(latitude, -1)) * np.sin(east / 2) ** 2
    )
    metres = 2 * _CLEAN.earth_radius_m * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return _smoothed(metres, _CLEAN.smoothing_s)


def _smoothed(values: Floats, window_s: float) -> Floats:
    """Moving mean over `window_s` of what is known; NaN where the second itself is missing."""
    half = int(window_s / 2)
    known = np.isfinite(values)
    sums = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0))))
    counts = np.concatenate(([0], np.cumsum(known)))
    index = np.arange(len(values))
    high = np.minimum(index + half + 1, len(values))
    low = np.maximum(index - half, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (sums[high] - sums[low]) / (counts[high] - counts[low])
    return np.where(known, mean, np.nan)


def _without_spikes(speed: Floats) -> Floats:
    """Speed without peaks too high and too short for a person.

    A morphological opening (Serra 1982) takes away every peak shorter than its window; what stood
    out of it by more than `watch.spike_mps` is missing.
    """
    width = int(_CLEAN.spike_s)
    if len(speed) <= width:
        return speed
    filled = np.where(np.isnan(speed), np.inf, speed)
    eroded = np.lib.stride_tricks.sliding_window_view(filled, width).min(axis=1)
    padded = np.pad(eroded, width - 1, constant_values=-np.inf)
    opened = np.lib.stride_tricks.sliding_window_view(padded, width).max(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(speed - opened > _CLEAN.spike_mps, np.nan, speed)


def _gradient(elevation: Floats, moved_m: Floats) -> Floats:
    """Rise over distance between two points half a window before and behind."""
    missing = np.full(len(elevation), np.nan)
    known = np.isfinite(elevation)
    if known.sum() <= 2:
        return missing
    smooth = _smoothed(elevation, _CLEAN.elevation_smoothing_s)
    way = np.cumsum(moved_m)
    half = _CLEAN.gradient_window_m / 2
    behind = np.searchsorted(way, way - half)
    before = np.minimum(np.searchsorted(way, way + half), len(way) - 1)
    run = way[before] - way[behind]
    with np.errstate(invalid="ignore", divide="ignore"):
        gradient = (smooth[before] - smooth[behind]) / run
    near = (before - behind <= _CLEAN.gradient_longest_s) & (run >= half)
    return _plausible("gradient", np.where(near & known, gradient, np.nan))
