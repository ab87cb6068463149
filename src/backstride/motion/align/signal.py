"""What a recording shows of steps, whatever recorded it: the signal that clocks are aligned by."""

from dataclasses import dataclass

import numpy as np

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.imu.inertial import ACCELERATION
from backstride.motion.series import Bools, series_of
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import SECONDS_PER_MINUTE, clock


@dataclass(frozen=True)
class _Model:
    """The project's choices; their meaning stands in ``constants/align.toml``."""

    fast_hz: float = constant("align.fast_hz")
    sensor_hz: float = constant("align.sensor_hz")
    longest_s: float = constant("align.longest_s")
    longest_gap_s: float = constant("align.longest_gap_s")
    quiet_mps3: float = constant("align.quiet_mps3")
    quiet_mps2: float = constant("align.quiet_mps2")
    quiet_per_s: float = constant("align.quiet_per_s")
    quiet_mps: float = constant("align.quiet_mps")
    step_smoothing_s: float = constant("align.step_smoothing_s")
    points_smoothing_s: float = constant("align.points_smoothing_s")
    keypoints_smoothing_s: float = constant("align.keypoints_smoothing_s")
    keypoints_median_s: float = constant("align.keypoints_median_s")
    activity_smoothing_s: float = constant("align.activity_smoothing_s")
    seen_confidence: float = constant("align.seen_confidence")
    cadence_window_s: float = constant("align.cadence_window_s")
    shortest_period_s: float = constant("align.shortest_period_s")
    longest_period_s: float = constant("align.longest_period_s")
    same_peak_share: float = constant("align.same_peak_share")
    least_rhythm: float = constant("align.least_rhythm")
    still_scatter: float = constant("align.still_scatter")
    moving_mps: float = constant("watch.moving_mps")


_M = _Model()

#: What a watch keeps: a row a second.
WATCH_HZ = 1.0


@dataclass(frozen=True, eq=False)
class StepSignal:
    """Steps as one sensor shows them, on an even clock.

    Attributes
    ----------
    name
        Of the track that it rests on.
    start_s
        Time of the first sample on the recording's clock.
    activity
        shape (n,), logarithm of how vigorously the body moves, each sensor in its own unit; NaN
        where nothing was recorded.
    cadence_spm
        shape (n,), 0 at rest, NaN where not known. A sensor of which nobody knows the place may be
        on one leg: then it is half of what it should be, throughout.
    steps
        shape (n,), what comes and goes with each step; None where single steps are not to be told.
    """

    name: str
    start_s: float
    rate_hz: float
    activity: Floats
    cadence_spm: Floats
    steps: Floats | None

    def __len__(self) -> int:
        return len(self.activity)

    @property
    def t_s(self) -> Floats:
        """Shape (n,), seconds on the recording's clock."""
        return self.start_s + np.arange(len(self)) / self.rate_hz

    @property
    def of_watch(self) -> bool:
        """Whether it is a watch's, which shows changes late."""
        return self.name == "record"

    @property
    def place(self) -> str:
        """Where the sensor was worn, or "" where it was not worn or nobody said."""
        place = self.name.removeprefix("imu:")
        return "" if place in (self.name, "unknown") else place


def step_signal(recording: Recording) -> StepSignal:
    """Activity and cadence of the recording's sensor that shows steps best.

    In this order: an inertial sensor, by the logarithm of how fast its acceleration changes, which
    needs no known orientation; points of the body, by how fast the velocity of the ankles changes;
    keypoints, by how fast the ankles go over the picture, in lengths of the leg; a watch, by its
    speed and cadence.

    Raises
    ------
    RequestError
        Nothing in it shows steps.
    """
    for track in recording.tracks:
        if track.name.startswith("imu:") and (signal := _of_acceleration(track)) is not None:
            return signal
    for name, of in (("points", _of_points), ("keypoints", _of_keypoints)):
        track_of = recording.track(name)
        if track_of is not None and (signal := of(track_of)) is not None:
            return signal
    if recording.track("record") is not None and (signal := _of_watch(recording)) is not None:
        return signal
    raise RequestError(
        "nothing in it shows steps: no acceleration, no ankles and hips, no cadence or speed",
        hint="say by how many seconds its clock is to be shifted",
    )


def _of_acceleration(track: Track) -> StepSignal | None:
    values = np.column_stack([track.column(name) for name in ACCELERATION])
    sampled = _sampled(track.t_s, values, _M.sensor_hz)
    if sampled is None:
        return None
    start_s, even, known = sampled
    change = np.linalg.norm(np.gradient(even, axis=0), axis=1) * _M.sensor_hz
    return _of_steps(track.name, start_s, np.log(change + _M.quiet_mps3), known, _M.sensor_hz)


def _of_points(track: Track) -> StepSignal | None:
    from scipy.ndimage import gaussian_filter1d

    ankles = [_point(track, f"point:{side}_ankle", "xyz") for side in ("left", "right")]
    sampled = _sampled(track.t_s, np.column_stack(ankles), _M.fast_hz)
    if sampled is None:
        return None
    start_s, even, known = sampled
    smooth = gaussian_filter1d(even, _M.points_smoothing_s * _M.fast_hz, axis=0)
    change = np.gradient(np.gradient(smooth, axis=0), axis=0) * _M.fast_hz**2
    size = (np.linalg.norm(change[:, :3], axis=1) + np.linalg.norm(change[:, 3:], axis=1)) / 2
    return _of_steps(track.name, start_s, np.log(size + _M.quiet_mps2), known, _M.fast_hz)


def _of_keypoints(track: Track) -> StepSignal | None:
    """Activity alone: noise of pixels and legs taken for each other hide the single step.

    The middle of both ankles and how far they are apart stay what they are when left and right
    are swapped. A camera that goes along with the body sees too little of its speed to compare.
    """
    from scipy.ndimage import gaussian_filter1d, median_filter

    left, right, left_hip, right_hip = (
        _point(track, f"keypoint:{name}", "xy")
        for name in ("left_ankle", "right_ankle", "left_hip", "right_hip")
    )
    leg_px = np.linalg.norm(left + right - left_hip - right_hip, axis=1) / 2
    sampled = _sampled(
        track.t_s, np.column_stack([(left + right) / 2, np.abs(left - right)]), _M.fast_hz
    )
    if sampled is None or not np.isfinite(leg_px).any():
        return None
    start_s, even, known = sampled
    middle = median_filter(even, (round(_M.keypoints_median_s * _M.fast_hz), 1), mode="nearest")
    smooth = gaussian_filter1d(middle, _M.keypoints_smoothing_s * _M.fast_hz, axis=0)
    speed = np.linalg.norm(np.gradient(smooth, axis=0), axis=1) * _M.fast_hz
    speed /= max(float(np.nanmedian(leg_px)), 1.0)
    power = _smoothed(speed**2, known, _M.activity_smoothing_s * _M.fast_hz)
    activity = np.log(np.sqrt(np.maximum(power, 0)) + _M.quiet_per_s)
    unknown = np.full(len(activity), np.nan)
    return StepSignal(track.name, start_s, _M.fast_hz, activity, unknown, None)


def _point(track: Track, name: str, axes: str) -> Floats:
    """Shape (n, axes), NaN where it was not surely seen."""
    at = np.column_stack([track.column(f"{name}.{axis}") for axis in axes])
    at[track.column(f"{name}.confidence") < _M.seen_confidence] = np.nan
    return at


def _sampled(t_s: Floats, values: Floats, rate_hz: float) -> tuple[float, Floats, Bools] | None:
    """Start, values of shape (n, k) at an even rate, and which of them lie in no gap.

    What is denser than the rate is averaged over one step of it. None where there are no two rows
    in which all values are there.

    Raises
    ------
    RequestError
        From its first row to its last one are more than `align.longest_s`.
    """
    whole = np.isfinite(values).all(axis=1) & np.isfinite(t_s)
    t_s, first = np.unique(t_s[whole], return_index=True)
    if len(t_s) < 2:
        return None
    if t_s[-1] - t_s[0] > _M.longest_s:
        raise RequestError(
            f"its clock runs over {clock(float(t_s[-1] - t_s[0]))} hours",
            hint="cut out the session; or its times are wrong",
        )
    values = values[whole][first]
    dense = round(1 / (float(np.median(np.diff(t_s))) * rate_hz))
    if dense > 1:
        from scipy.ndimage import uniform_filter1d

        values = uniform_filter1d(values, dense, axis=0, mode="nearest")
    even_s = np.arange(np.ceil(t_s[0] * rate_hz), np.floor(t_s[-1] * rate_hz) + 1) / rate_hz
    if len(even_s) < 2:
        return None
    after = np.clip(np.searchsorted(t_s, even_s), 1, len(t_s) - 1)
    known: Bools = t_s[after] - t_s[after - 1] <= _M.longest_gap_s
    even = np.column_stack([np.interp(even_s, t_s, column) for column in values.T])
    return float(even_s[0]), even, known


def _of_steps(
    name: str, start_s: float, steps: Floats, known: Bools, rate_hz: float
) -> StepSignal | None:
    """The signal from what comes and goes with each step, of any rate."""
    every = round(rate_hz / _M.fast_hz)
    steps = _smoothed(steps, known, _M.step_smoothing_s * rate_hz)[::every]
    known = np.isfinite(steps)
    if not known.any():
        return None
    cadence = _cadence(steps, known, one_leg=one_leg(name))
    activity = _smoothed(steps, known, _M.activity_smoothing_s * _M.fast_hz)
    return StepSignal(name, start_s, _M.fast_hz, activity, cadence, steps)


def one_leg(place: str) -> bool:
    """Whether what is worn there feels one leg's strides rather than all steps."""
    return place.removeprefix("imu:").startswith(("left_", "right_")) or "shank" in place


def _smoothed(values: Floats, known: Bools, width: float) -> Floats:
    """Under a bell of standard deviation `width`, over what is known; NaN elsewhere."""
    from scipy.ndimage import gaussian_filter1d

    sums = gaussian_filter1d(np.where(known, values, 0.0), width, mode="nearest")
    weight = gaussian_filter1d(known.astype(np.float64), width, mode="nearest")
    return np.where(known, sums / np.maximum(weight, np.finfo(np.float64).tiny), np.nan)


#: Windows whose rhythm is looked for at once, so that memory does not grow with the recording.
_AT_ONCE = 1000


def _cadence(steps: Floats, known: Bools, *, one_leg: bool) -> Floats:
    """Shape (n,): steps a minute from the rhythm of the window around each second.

    The period is the shortest one at which the autocorrelation is about as high as it gets: of a
    sensor on one leg that is a stride, of one in the middle a step.
    """
    rate_hz, window = _M.fast_hz, round(_M.cadence_window_s * _M.fast_hz)
    hop = round(rate_hz)
    if len(steps) < window:
        return np.full(len(steps), np.nan)
    filled = np.where(known, steps, np.nanmedian(steps))
    rows = np.lib.stride_tricks.sliding_window_view(filled, window)[::hop]
    seen = np.lib.stride_tricks.sliding_window_view(known, window)[::hop].mean(axis=1) >= 1 / 2
    steps_each = 2 if one_leg else 1
    shortest_s = steps_each * _M.shortest_period_s
    found = [
        _period_of(rows[at : at + _AT_ONCE], shortest_s) for at in range(0, len(rows), _AT_ONCE)
    ]
    per_minute = steps_each * SECONDS_PER_MINUTE / np.concatenate(found)
    per_minute[~seen] = np.nan
    nearest = np.clip((np.arange(len(steps)) - window // 2 + hop // 2) // hop, 0, len(rows) - 1)
    # A window that reaches into a rest still has a rhythm: where it begins and ends is seen nearer.
    width = _M.activity_smoothing_s * rate_hz
    scatter = _smoothed(steps**2, known, width) - _smoothed(steps, known, width) ** 2
    return np.where(
        scatter < _M.still_scatter**2, 0.0, np.where(known, per_minute[nearest], np.nan)
    )


def _period_of(rows: Floats, shortest_s: float) -> Floats:
    """Shape (m,): the period of each row in seconds; NaN where it has none."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    width = rows.shape[1]
    spectrum = np.abs(np.fft.rfft(centred, 2 * width, axis=1)) ** 2
    similar = np.fft.irfft(spectrum, axis=1)[:, :width] / np.arange(width, 0, -1)
    power = np.maximum(similar[:, :1], np.finfo(np.float64).tiny)
    low, high = (round(s * _M.fast_hz) for s in (shortest_s, _M.longest_period_s))
    near = (similar / power)[:, low - 1 : high + 2]
    inner = near[:, 1:-1]
    peak = (inner >= near[:, :-2]) & (inner > near[:, 2:])
    heights = np.where(peak, inner, 0.0)
    best = heights.max(axis=1, keepdims=True)
    at = np.argmax(heights >= np.maximum(_M.same_peak_share * best, np.finfo(float).tiny), axis=1)
    each = np.arange(len(rows))
    before, here, behind = near[each, at], near[each, at + 1], near[each, at + 2]
    bend = np.minimum(before - 2 * here + behind, -np.finfo(np.float64).eps)
    period_s = (low + at + (before - behind) / (2 * bend)) / _M.fast_hz
    return np.where(best[:, 0] >= _M.least_rhythm, period_s, np.nan)


def _of_watch(recording: Recording) -> StepSignal | None:
    series = series_of(recording)
    speed, cadence = series.speed_mps, series.cadence_spm
    resting = np.nan_to_num(speed, nan=np.inf) < _M.moving_mps
    cadence = np.where(np.isnan(cadence) & resting, 0.0, cadence)
    if not (np.isfinite(speed).any() or np.isfinite(cadence).any()):
        return None
    return StepSignal("record", 0.0, WATCH_HZ, np.log(speed + _M.quiet_mps), cadence, None)


def sampled_alike(signal: StepSignal, rate_hz: float, values: Floats) -> tuple[float, Floats]:
    """Start and values at a lower rate, at whole multiples of its step."""
    if rate_hz >= signal.rate_hz:
        return signal.start_s, values
    t_s = signal.t_s
    at = np.arange(np.ceil(t_s[0] * rate_hz), np.floor(t_s[-1] * rate_hz) + 1) / rate_hz
    places = np.clip(np.rint((at - t_s[0]) * signal.rate_hz).astype(np.int64), 0, len(t_s) - 1)
    return (float(at[0]) if len(at) else signal.start_s), values[places]
