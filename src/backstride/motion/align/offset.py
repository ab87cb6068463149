"""By how much one clock is ahead of another, from steps that both recorded."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.motion.align.signal import WATCH_HZ, StepSignal, one_leg, sampled_alike
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE


@dataclass(frozen=True)
class _Model:
    """The project's choices; their meaning stands in ``constants/align.toml``."""

    activity_hz: float = constant("align.activity_hz")
    shortest_overlap_s: float = constant("align.shortest_overlap_s")
    overlap_share: float = constant("align.overlap_share")
    least_power_share: float = constant("align.least_power_share")
    sharpness: float = constant("align.sharpness")
    most_correlation: float = constant("align.most_correlation")
    least_correlation: float = constant("align.least_correlation")
    least_watch_correlation: float = constant("align.least_watch_correlation")
    least_evidence: float = constant("align.least_evidence")
    least_cadence_correlation: float = constant("align.least_cadence_correlation")
    evidence_without_steps: float = constant("align.evidence_without_steps")
    apart_s: float = constant("align.apart_s")
    trunk_lag_rad: float = constant("align.trunk_lag_rad")
    phase_weight: float = constant("align.phase_weight")
    least_coherence: float = constant("align.least_coherence")
    agreeing_share: float = constant("align.agreeing_share")
    cadence_share: float = constant("align.cadence_share")
    activity_sd_s: float = constant("align.activity_sd_s")
    gait_ratio: float = constant("align.gait_ratio")
    band_low: float = constant("align.band_low")
    band_high: float = constant("align.band_high")
    uniform_sd: float = constant("align.uniform_sd")
    search_s: float = constant("align.search_s")
    window_s: float = constant("align.window_s")
    most_sd_s: float = constant("align.most_sd_s")
    most_watch_sd_s: float = constant("align.most_watch_sd_s")
    fine_step_s: float = constant("align.fine_step_s")
    sensor_sd_s: float = constant("align.sensor_sd_s")
    watch_lag_s: float = constant("align.watch_lag_s")
    watch_sd_s: float = constant("align.watch_sd_s")


_M = _Model()

Waves = npt.NDArray[np.complex128]

_HINT = "say by how many seconds its clock is to be shifted, or analyze it alone"


@dataclass(frozen=True)
class Offset:
    """Seconds to add to one recording's clock so that it shows another's time.

    Attributes
    ----------
    sd_s
        Standard deviation of its error.
    next_best_s
        The offset that would be next best.
    odds
        Natural logarithm of how much likelier this one is.
    """

    seconds: float
    sd_s: float
    next_best_s: float
    odds: float


@dataclass(frozen=True, eq=False)
class _Likelihood:
    """Of offsets at an even step: logarithm, up to a constant; -inf where too little overlaps."""

    first_s: float
    rate_hz: float
    log: Floats
    correlation: Floats
    alike_s: float

    @property
    def offsets_s(self) -> Floats:
        return self.first_s + np.arange(len(self.log)) / self.rate_hz


def offset_between(lead: StepSignal, other: StepSignal) -> Offset:
    """By how many seconds `other`'s clock is to be shifted to be `lead`'s.

    Two sensors that feel single steps are first laid over each other by how vigorously the body
    moves (starts, stops and turns are shared by all of it), smoothed over a stride, for left and
    right foot step in turn. Where it is known how steps arrive at both places, the phase at step
    frequency then says where within a step. With a watch there is nothing but cadence over time,
    or, without it, speed against activity.

    The correlation r of n independent samples is worth ``-n/2 ln(1 - r²)``, the logarithm of how
    much likelier two signals are with this linear relation than without any (Kullback 1959, the
    information between two normal variables); correlations of all offsets come from Fourier
    transforms over what is known of both (Padfield 2012, doi 10.1109/TIP.2011.2181402), the number
    of independent samples from both autocorrelations (Bartlett 1935, doi 10.2307/2342284). Offset
    and error are mean and standard deviation of the likelihood about its peak, so a neighbouring
    step that cannot be excluded widens the error.

    Raises
    ------
    RequestError
        Too little in common; one of them never changes; no offset stands out of chance, or two do;
        or the steps of the two do not agree at the best one.
    """
    if not (lead.of_watch or other.of_watch):
        likelihood = _likelihood(lead, other, "activity", _M.activity_hz)
        compared = lead.steps is not None and other.steps is not None
        least = _M.least_evidence if compared else _M.evidence_without_steps
        best = _decided(likelihood, least, _M.least_correlation)
        return _sure(_by_steps(lead, other, likelihood, best), _M.most_sd_s)
    what = "cadence_spm" if _known(lead) and _known(other) else "activity"
    likelihood = _likelihood(lead, other, what, min(lead.rate_hz, other.rate_hz))
    best = _decided(likelihood, _M.evidence_without_steps, _M.least_watch_correlation)
    offset = _sure(_mean(likelihood, best), _M.most_watch_sd_s)
    if what == "cadence_spm":
        _refuse_other_cadence(lead, other, offset.seconds)
    if lead.of_watch and other.of_watch:
        return offset
    lag_s = -_M.watch_lag_s if lead.of_watch else _M.watch_lag_s
    return Offset(
        offset.seconds + lag_s,
        float(np.hypot(offset.sd_s, _M.watch_sd_s)),
        offset.next_best_s + lag_s,
        offset.odds,
    )


def _sure(offset: Offset, most_sd_s: float) -> Offset:
    if offset.sd_s > most_sd_s:
        raise RequestError(
            f"it fits from {offset.seconds - 2 * offset.sd_s:+.1f} s to "
            f"{offset.seconds + 2 * offset.sd_s:+.1f} s",
            hint=_HINT,
        )
    return offset


def agree(lead: StepSignal, other: StepSignal, offset_s: float) -> bool:
    """Whether two signals, one of them shifted, step and rest together in one cadence.

    A steady run has no other time to tell from, but it must not contradict the one that dates say:
    over `align.agreeing_share` of what both know cadence in, both rest, or both step and their
    cadences differ by less than `align.cadence_share`; where one knows none, activities correlate.
    Cadence of a sensor worn nobody knows where may be half of what it is.
    """
    one, two = _cadences(lead, other, offset_s)
    stepping = (one > 0) & (two > 0)
    if stepping.sum() < _M.shortest_overlap_s:
        return _as_active(lead, other, offset_s)
    ratio = np.abs(np.log(one[stepping] / two[stepping]))
    if not (lead.place and other.place):
        ratio = np.minimum(ratio, np.abs(ratio - np.log(2)))
    known = np.isfinite(one) & np.isfinite(two)
    alike = (ratio < _M.cadence_share).sum() + ((one == 0) & (two == 0)).sum()
    return bool(alike >= _M.agreeing_share * known.sum())


def _cadences(lead: StepSignal, other: StepSignal, offset_s: float) -> tuple[Floats, Floats]:
    """Of each second that both recorded: cadence as either shows it."""
    start_s = max(lead.start_s, other.start_s + offset_s)
    end_s = min(lead.t_s[-1], other.t_s[-1] + offset_s)
    t_s = np.arange(start_s, end_s)
    places = (
        np.rint((t_s - shift - signal.start_s) * signal.rate_hz).astype(np.int64)
        for signal, shift in ((lead, 0.0), (other, offset_s))
    )
    return lead.cadence_spm[next(places)], other.cadence_spm[next(places)]


def _refuse_other_cadence(lead: StepSignal, other: StepSignal, offset_s: float) -> None:
    """One start and one stop of two runs are always alike: their cadences are not.

    Raises
    ------
    RequestError
        The cadences differ, or, where both step, do not go up and down together.
    """
    one, two = _cadences(lead, other, offset_s)
    stepping = (one > 0) & (two > 0)
    scatter = np.cov(one[stepping], two[stepping]) if stepping.sum() > 1 else np.zeros((2, 2))
    together = scatter[0, 1] / np.sqrt(max(scatter[0, 0] * scatter[1, 1], np.finfo(float).tiny))
    if together < _M.least_cadence_correlation or not agree(lead, other, offset_s):
        raise RequestError(
            "it starts and stops alike, but in another cadence",
            hint=f"if it is of this session and person, {_HINT}",
        )


def _as_active(lead: StepSignal, other: StepSignal, offset_s: float) -> bool:
    """Whether two signals of which one knows no cadence are vigorous at the same times."""
    try:
        likelihood = _likelihood(lead, other, "activity", WATCH_HZ)
    except RequestError:
        return False
    place = round((offset_s - likelihood.first_s) * likelihood.rate_hz)
    inside = 0 <= place < len(likelihood.log)
    return inside and bool(likelihood.correlation[place] >= _M.least_correlation)


def _known(signal: StepSignal) -> bool:
    """Whether cadence is known for most of the time in which anything is."""
    known = np.isfinite(signal.cadence_spm).sum()
    return bool(known >= np.isfinite(signal.activity).sum() / 2 and known)


def _likelihood(lead: StepSignal, other: StepSignal, what: str, rate_hz: float) -> _Likelihood:
    starts, values = [], []
    for signal in (lead, other):
        start_s, each = sampled_alike(signal, rate_hz, getattr(signal, what))
        starts.append(start_s)
        values.append(_standard(each, signal.name))
    x, y = values
    known = [int(np.isfinite(each).sum()) for each in values]
    least = max(_M.overlap_share * min(known), _M.shortest_overlap_s * rate_hz)
    r, overlap = _correlations(x, y, least)
    alike = _alike(x, y)
    log = -_M.sharpness * overlap / alike / 2 * np.log1p(-(np.clip(r, 0, _M.most_correlation) ** 2))
    log[overlap < least] = -np.inf
    if not np.isfinite(log).any():
        raise RequestError(
            f"{min(known) / rate_hz:.0f} s of movement are too few to find a common time in",
            hint=_HINT,
        )
    first_s = starts[0] - starts[1] - (len(y) - 1) / rate_hz
    return _Likelihood(first_s, rate_hz, log, r, alike / rate_hz)


def _standard(values: Floats, name: str) -> Floats:
    """With mean 0 and standard deviation 1 over what is known."""
    known = values[np.isfinite(values)]
    if len(known) < 2 or not known.std() > np.finfo(np.float32).eps:
        raise RequestError(
            f"{name} shows no movement that begins, ends or changes, so there is nothing to "
            "find a common time by",
            hint=_HINT,
        )
    standard: Floats = (values - known.mean()) / known.std()
    return standard


def _correlations(x: Floats, y: Floats, least: float) -> tuple[Floats, Floats]:
    """Of every offset: correlation over what is known of both, and how many samples that is.

    Place k is y shifted by ``k - (len(y) - 1)`` samples.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    length = len(x) + len(y) - 1
    size = next_fast_len(length, real=True)
    known = [np.isfinite(each).astype(np.float64) for each in (x, y)]
    filled = [np.nan_to_num(each) for each in (x, y)]
    fx, gx, hx = (rfft(each, size) for each in (known[0], filled[0], filled[0] ** 2))
    fy, gy, hy = (rfft(each[::-1], size) for each in (known[1], filled[1], filled[1] ** 2))
    n, sx, sy, sxx, syy, sxy = (
        irfft(a * b, size)[:length]
        for a, b in ((fx, fy), (gx, fy), (fx, gy), (hx, fy), (fx, hy), (gx, gy))
    )
    n = np.rint(n)
    some = np.maximum(n, 1)
    vx, vy = sxx / some - (sx / some) ** 2, syy / some - (sy / some) ** 2
    enough = (n >= least) & (np.minimum(vx, vy) > _M.least_power_share)
    r = np.zeros(length)
    np.divide(sxy / some - sx * sy / some**2, np.sqrt(np.maximum(vx * vy, 0)), out=r, where=enough)
    return r, np.where(enough, n, 0)


def _alike(x: Floats, y: Floats) -> float:
    """Samples that count as one: the sum of the product of both autocorrelations."""
    from scipy.fft import irfft, next_fast_len, rfft

    shorter = min(len(x), len(y))
    product = np.ones(shorter)
    for each in (x, y):
        size = next_fast_len(2 * len(each), real=True)
        power = np.abs(rfft(np.nan_to_num(each), size)) ** 2
        similar = irfft(power, size)[:shorter]
        product *= similar / similar[0]
    return float(max(1, 2 * np.maximum(product, 0).sum() - 1))


def _decided(likelihood: _Likelihood, least: float, least_correlation: float) -> tuple[int, int]:
    """Places of the best offset, and of the next best one that is another.

    Raises
    ------
    RequestError
        The best one is not by `least` better than chance, or not by `align.least_evidence` better
        than the next best; or the correlation there is too low.
    """
    log, rate_hz = likelihood.log, likelihood.rate_hz
    best = int(np.argmax(log))
    tried = np.isfinite(log)
    chance = float(np.log(max(1.0, tried.sum() / (likelihood.alike_s * rate_hz))))
    found = log[best] >= chance + least
    if not found or likelihood.correlation[best] < least_correlation:
        raise RequestError(
            "its steps and pauses fit at no time better than chance would let them",
            hint=f"if it is of this session and person, {_HINT}",
        )
    apart = round(max(_M.apart_s, 2 * likelihood.alike_s) * rate_hz)
    others = np.where(tried, log, 0.0)
    others[max(best - apart, 0) : best + apart + 1] = 0.0
    second = int(np.argmax(others))
    if log[best] - others[second] < _M.least_evidence:
        one, other = (likelihood.offsets_s[place] for place in (best, second))
        raise RequestError(
            f"it fits about as well {one:+.1f} s as {other:+.1f} s later",
            hint=f"if it is of this session and person, {_HINT}",
        )
    return best, second


def _mean(likelihood: _Likelihood, best: tuple[int, int]) -> Offset:
    """Mean and standard deviation of the likelihood about its peak."""
    place, _ = best
    apart = round(max(_M.apart_s, 2 * likelihood.alike_s) * likelihood.rate_hz)
    peak = slice(max(place - apart, 0), place + apart + 1)
    log, offsets_s = likelihood.log[peak], likelihood.offsets_s[peak]
    weight = np.exp(log - likelihood.log[place])
    mean = float((weight * offsets_s).sum() / weight.sum())
    spread = float((weight * (offsets_s - mean) ** 2).sum() / weight.sum())
    # Within one sample nothing is known.
    within = _M.uniform_sd / likelihood.rate_hz
    return Offset(mean, float(np.hypot(np.sqrt(spread), within)), *_next_best(likelihood, best))


def _next_best(likelihood: _Likelihood, best: tuple[int, int]) -> tuple[float, float]:
    place, second = best
    odds = likelihood.log[place] - max(likelihood.log[second], 0.0)
    return float(likelihood.offsets_s[second]), float(odds)


def _by_steps(
    lead: StepSignal, other: StepSignal, likelihood: _Likelihood, best: tuple[int, int]
) -> Offset:
    """The offset of activity, checked and sharpened by the steps themselves.

    At step frequency both are waves; their coherence says whether they felt the same steps. Where
    it is known with which phase steps arrive at both places, only offsets that bring the waves into
    that phase are left, a step apart, of which activity says the one.
    """
    rough = _mean(likelihood, best)
    rough = replace(rough, sd_s=float(np.hypot(rough.sd_s, _M.activity_sd_s)))
    cadence_spm = _usual_cadence(lead, other)
    if lead.steps is None or other.steps is None or cadence_spm is None:
        return rough
    about_s = float(likelihood.offsets_s[best[0]])
    fine_s = about_s + np.arange(-_M.search_s, _M.search_s, _M.fine_step_s)
    wave = _common_wave(lead, other, fine_s, about_s, cadence_spm)
    if np.abs(wave).max() < _M.least_coherence:
        raise RequestError(
            "it starts and stops alike, but its steps are not the same steps",
            hint=f"if it is of this session and person, {_HINT}",
        )
    phases = [_phase(signal) for signal in (lead, other)]
    if None in phases:
        return rough
    expected = float(phases[0] or 0) - float(phases[1] or 0)
    # The other foot's step before is as like a foot's step as the one behind, and more than the one
    # at the same time, which it has not: of two feet the size of the wave says nothing.
    size = 1.0 if _two_legs(lead, other) else np.abs(wave)
    log = _of_activity(likelihood, fine_s, best[0])
    log = log + _M.phase_weight * size * np.cos(np.angle(wave) - expected)
    place = int(np.argmax(log))
    weight = np.exp(log - log[place])
    spread = float((weight * (fine_s - fine_s[place]) ** 2).sum() / weight.sum())
    sd_s = float(np.hypot(np.sqrt(spread), _M.sensor_sd_s))
    return Offset(float(fine_s[place]), sd_s, *_next_best(likelihood, best))


def _of_activity(likelihood: _Likelihood, offsets_s: Floats, best: int) -> Floats:
    """Its logarithm at finer offsets, spread by how unlike two places of a body start and stop."""
    from scipy.ndimage import gaussian_filter1d

    known = np.exp(likelihood.log - likelihood.log[best])
    fine = np.interp(offsets_s, likelihood.offsets_s, known)
    spread = gaussian_filter1d(fine, _M.activity_sd_s / _M.fine_step_s, mode="nearest")
    log: Floats = np.log(np.maximum(spread, np.finfo(np.float64).tiny))
    return log


def _two_legs(lead: StepSignal, other: StepSignal) -> bool:
    return one_leg(lead.name) and one_leg(other.name) and lead.place != other.place


def _phase(signal: StepSignal) -> float | None:
    """Phase of steps felt there against those felt at a foot; None where nobody knows."""
    if signal.place.endswith("_foot"):
        return 0.0
    return _M.trunk_lag_rad if signal.place in ("lower_back", "pelvis") else None


def _usual_cadence(lead: StepSignal, other: StepSignal) -> float | None:
    """The cadence that most of both is near to; None where neither steps."""
    cadence = np.concatenate([lead.cadence_spm, other.cadence_spm])
    stepping = np.sort(cadence[np.nan_to_num(cadence) > 0])
    if not len(stepping):
        return None
    near = np.searchsorted(stepping, stepping * _M.gait_ratio, side="right")
    first = int(np.argmax(near - np.arange(len(stepping))))
    return float(np.median(stepping[first : near[first]]))


def _common_wave(
    lead: StepSignal, other: StepSignal, offsets_s: Floats, about_s: float, cadence_spm: float
) -> Waves:
    """Complex coherence of both at step frequency for each of some offsets near `about_s`.

    Its size is the coherence, its angle how far the wave of `lead` is ahead of the other's. Of long
    recordings only `align.window_s` is looked at, where both step most: there clocks do not drift
    apart far enough to matter. Only steps of about one cadence count: in a band that held those of
    walking and of running, strides would be taken for steps.
    """
    rate_hz, frequency_hz = lead.rate_hz, cadence_spm / SECONDS_PER_MINUTE
    ahead, behind = (_wave(signal, cadence_spm) for signal in (lead, other))
    first_s = lead.start_s - other.start_s
    low = int(np.floor((offsets_s[0] - first_s) * rate_hz))
    shifts = np.arange(low, int(np.ceil((offsets_s[-1] - first_s) * rate_hz)) + 2)
    start = max(0, int(shifts[-1]))
    end = min(len(ahead), int(shifts[0]) + len(behind))
    middle = round((about_s - first_s) * rate_hz)
    power = np.abs(ahead[start:end]) * np.abs(behind[start - middle : end - middle])
    window = min(len(power), round(_M.window_s * rate_hz))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    start += int(np.argmax(sums[window:] - sums[: len(sums) - window]))
    here = ahead[start : start + window]
    here = np.where(behind[start - middle : start - middle + window] == 0, 0, here)
    # Turned back to rest it is slow enough for straight lines between samples.
    turning = 2 * np.pi * frequency_hz / rate_hz
    slow = np.array(
        [
            _coherence(here, behind[start - shift : start - shift + window])
            * np.exp(-1j * turning * shift)
            for shift in shifts.tolist()
        ]
    )
    at = (offsets_s - first_s) * rate_hz
    line = np.interp(at, shifts, slow.real) + 1j * np.interp(at, shifts, slow.imag)
    return np.asarray(line * np.exp(1j * turning * at))


def _coherence(one: Waves, other: Waves) -> complex:
    # Sums rather than inner products: on short arrays a library's threads cost more than they save.
    other = np.where(one == 0, 0, other)
    power = np.sqrt((np.abs(one) ** 2).sum() * (np.abs(other) ** 2).sum())
    return complex((one * other.conj()).sum() / max(power, np.finfo(np.float64).tiny))


def _wave(signal: StepSignal, cadence_spm: float) -> Waves:
    """Shape (n,): the analytic signal of steps in a band about a cadence; 0 at another cadence.

    The band is that of a Butterworth filter of second order (1930), run both ways.
    """
    from scipy.fft import fft, ifft, next_fast_len

    steps = signal.steps if signal.steps is not None else np.zeros(len(signal))
    filled = np.nan_to_num(steps - np.nanmean(steps))
    size = next_fast_len(len(filled))
    low_hz, high_hz = (
        edge * cadence_spm / SECONDS_PER_MINUTE for edge in (_M.band_low, _M.band_high)
    )
    at_hz = np.arange(size) * signal.rate_hz / size
    positive_hz = np.maximum(at_hz, low_hz / 100)
    off = (positive_hz**2 - low_hz * high_hz) / (positive_hz * (high_hz - low_hz))
    gain = np.where(at_hz < signal.rate_hz / 2, 2 / (1 + (off**2) ** 2), 0.0)
    wave = ifft(fft(filled, size) * gain)[: len(filled)]
    ratio = signal.cadence_spm / cadence_spm
    return np.where((ratio < _M.gait_ratio) & (ratio > 1 / _M.gait_ratio), wave, 0)
