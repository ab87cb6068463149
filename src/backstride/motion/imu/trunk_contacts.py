"""A sensor on pelvis, lower back or chest: when feet touch and leave the ground.

Steps
    Vertical acceleration, averaged until a step is one rise and one fall: a peak of it is the
    middle of a push, when the force on the ground exceeds body weight (the effective contact of
    Cavagna and others 2012, J Exp Biol 215, 75). Up is where acceleration points on average,
    so the sensor may be mounted in any way.
Contact
    Where the vertical acceleration bends up most before the push. The second derivative is that of
    McCamley and others (2012, doi 10.1016/j.gaitpost.2012.02.019), who take it for the final
    contact of walking; here it is that of the acceleration itself, not of its integral, and serves
    the initial contact, too: when a foot takes the load, force begins to rise at once.
Toe-off, running
    Where the smoothed vertical acceleration has fallen to a share of gravity above its least in
    flight. A share, for the level in flight depends on the sensor and on how it is fixed, and
    smoothed, for legs that swing shake the pelvis after toe-off as much as the last of the push.
Toe-off, walking
    A fixed time behind the bend that follows the push, which belongs to the foot behind: it leaves
    the ground after the other one has landed.

Rise and fall
    Acceleration summed up twice over each step, at whose ends the trunk is as high and as fast.

Walking and running are told apart by how far the acceleration swings: only who falls freely
between contacts loses all weight in each step. Which foot it is a trunk that may face and travel
any way does not tell, so sides are unknown. Benson and others (2019, doi 10.3390/s19071483) show
detectors of this kind on the low back; this one has not been compared with theirs.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.imu.inertial import Inertial
from backstride.motion.series import Bools
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats
from backstride.vocabulary import Origin, Side

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/contacts.toml``."""

    gravity: float = constant("imu.gravity")
    gravity_window_s: float = constant("contacts.gravity_window_s")
    coarse_s: float = constant("contacts.coarse_s")
    firm_s: float = constant("contacts.firm_s")
    sharp_s: float = constant("contacts.sharp_s")
    least_rise_mps2: float = constant("contacts.least_rise_mps2")
    shortest_step_s: float = constant("contacts.shortest_step_s")
    longest_step_s: float = constant("contacts.longest_step_s")
    fewest_steps: float = constant("contacts.fewest_steps")
    run_swing_mps2: float = constant("contacts.run_swing_mps2")
    gait_steps: float = constant("contacts.gait_steps")
    run_reach_s: float = constant("contacts.run_reach_s")
    toe_off_share: float = constant("contacts.toe_off_share")
    walk_contact_early_s: float = constant("contacts.walk_contact_early_s")
    walk_contact_late_s: float = constant("contacts.walk_contact_late_s")
    walk_toe_off_reach_s: float = constant("contacts.walk_toe_off_reach_s")
    walk_toe_off_after_s: float = constant("contacts.walk_toe_off_after_s")


_M = _Model()


class _Pushes(NamedTuple):
    """Middles of pushes, shape (k,), and whether the next one is the next step, shape (k,)."""

    middle: Indices
    goes_on: Bools


def contacts_of(inertial: Inertial) -> Contacts:
    """Every contact that a trunk feels, none where it stands or does not walk some steps on end.

    Toe-off is NaN for the last contact of a walk, and where walking turns into running. Nothing is
    found within a step of a gap.
    """
    felt = vertical_mps2(inertial)
    pushes = _pushes(inertial, felt)
    contact, toe_off = _moments(inertial, felt, pushes)
    in_order = np.argsort(contact, kind="stable")
    bounce = _bounce(inertial, felt, contact, pushes.goes_on)
    return Contacts(
        name=f"imu:{inertial.place}",
        origin=Origin.IMU,
        side=np.full(len(contact), SIDES.index(Side.UNKNOWN), dtype=np.int8),
        contact_s=inertial.start_s + contact[in_order] / inertial.rate_hz,
        toe_off_s=inertial.start_s + toe_off[in_order] / inertial.rate_hz,
        measured={"vertical_oscillation_m": bounce[in_order]},
    )


def vertical_mps2(inertial: Inertial) -> Floats:
    """Shape (n,): acceleration along up, gravity included.

    Up is the mean of acceleration over `contacts.gravity_window_s`: over whole steps a body that
    goes on at its speed feels gravity alone.
    """
    from scipy.ndimage import uniform_filter1d

    window = inertial.samples(_M.gravity_window_s)
    up = uniform_filter1d(inertial.acceleration_mps2, window, axis=0, mode="nearest")
    size = np.sqrt(np.einsum("ni,ni->n", up, up))
    along: Floats = np.einsum("ni,ni->n", inertial.acceleration_mps2, up)
    vertical: Floats = along / np.maximum(size, 1)
    return vertical


def _smoothed(inertial: Inertial, felt: Floats, seconds: float, order: int = 0) -> Floats:
    from scipy.ndimage import gaussian_filter1d

    sd = seconds * inertial.rate_hz
    return np.asarray(gaussian_filter1d(felt, sd, order=order, mode="nearest"))


def _pushes(inertial: Inertial, felt: Floats) -> _Pushes:
    """Pushes that follow each other as steps do, some on end and away from gaps."""
    from scipy.signal import find_peaks

    middle, _ = find_peaks(
        _smoothed(inertial, felt, _M.coarse_s),
        prominence=_M.least_rise_mps2,
        distance=inertial.samples(_M.shortest_step_s),
    )
    reach = inertial.samples(_M.longest_step_s / 2)
    missing = np.concatenate(([0], np.cumsum(~inertial.known)))
    first, last = np.maximum(middle - reach, 0), np.minimum(middle + reach, len(inertial) - 1)
    middle = middle[missing[last + 1] == missing[first]]
    goes_on = np.diff(middle, append=np.iinfo(np.intp).max) <= inertial.samples(_M.longest_step_s)
    walk = np.cumsum(np.concatenate(([0], ~goes_on[:-1])))[: len(middle)]
    kept = np.bincount(walk)[walk] >= _M.fewest_steps if len(middle) else goes_on
    return _Pushes(middle[kept], goes_on[kept])


def _moments(inertial: Inertial, felt: Floats, pushes: _Pushes) -> tuple[Floats, Floats]:
    """Samples of contact and toe-off, shape (k,) each."""
    middle = pushes.middle
    bend = _smoothed(inertial, felt, _M.sharp_s, order=2)
    firm = _smoothed(inertial, felt, _M.firm_s)
    begin, end = _push(inertial, firm, middle)
    early, reach = inertial.samples(_M.walk_contact_early_s), inertial.samples(_M.run_reach_s)
    walk_contact = _highest(bend, middle - early, middle - inertial.samples(_M.walk_contact_late_s))
    leaves = _highest(bend, middle, middle + inertial.samples(_M.walk_toe_off_reach_s))
    leaves = leaves + _M.walk_toe_off_after_s * inertial.rate_hz
    runs = _runs(inertial, firm, pushes)
    # The foot that leaves the ground in walking is the one of the contact before.
    follows = pushes.goes_on & ~np.append(runs[1:], True)
    walk_toe_off = np.where(follows, np.append(leaves[1:], np.nan), np.nan)
    run_contact = _highest(bend, begin - reach, begin)
    return (
        np.where(runs, run_contact, walk_contact),
        np.where(runs, _falls(firm, end, end + reach), walk_toe_off),
    )


def _push(inertial: Inertial, firm: Floats, middle: Indices) -> tuple[Indices, Indices]:
    """Samples at which the force rises above weight before each middle and falls below after."""
    from scipy.ndimage import uniform_filter1d

    level = uniform_filter1d(firm, inertial.samples(_M.gravity_window_s), mode="nearest")
    above = firm > level
    change = np.diff(above.astype(np.int8), prepend=0, append=0)
    rises, falls = np.flatnonzero(change > 0), np.flatnonzero(change < 0)
    if not len(rises):
        return middle, middle
    before = np.maximum(np.searchsorted(rises, middle, side="right") - 1, 0)
    return rises[before], np.minimum(falls[before], len(firm) - 1)


def _runs(inertial: Inertial, firm: Floats, pushes: _Pushes) -> Bools:
    """Whether each push is one of running: its acceleration swings wide, and its neighbours'."""
    from scipy.ndimage import median_filter

    middle = pushes.middle
    if len(middle) < 2:
        return np.zeros(len(middle), dtype=np.bool_)
    pairs = np.column_stack([middle[:-1], middle[1:]]).ravel()
    swing = np.maximum.reduceat(firm, pairs)[::2] - np.minimum.reduceat(firm, pairs)[::2]
    # What smoothing took from a wave of one step's length.
    swing *= np.exp((2 * np.pi * _M.firm_s * inertial.rate_hz / np.diff(middle)) ** 2 / 2)
    swing = np.append(swing, swing[-1])
    swing[~pushes.goes_on] = np.roll(swing, 1)[~pushes.goes_on]
    usual = median_filter(swing, size=int(_M.gait_steps), mode="nearest")
    return np.asarray(usual > _M.run_swing_mps2)


def _bounce(inertial: Inertial, felt: Floats, contact: Floats, goes_on: Bools) -> Floats:
    """Shape (k,): metres from the lowest to the highest point of each step; NaN for a last one.

    The trunk is taken to end a step as high, and to rise or sink as fast, as it began it.
    """
    first = np.round(contact).astype(np.intp)
    last = np.append(first[1:], 0)
    steps = goes_on & (last > first)
    first, last = first[steps], last[steps]
    at, inside = _window(felt, first, last - 1)
    count = np.maximum(inside.sum(axis=1, keepdims=True), 1)

    def balanced(values: Floats) -> Floats:
        return np.where(inside, values - (values * inside).sum(axis=1, keepdims=True) / count, 0)

    velocity = balanced(np.cumsum(balanced(felt[at]), axis=1))
    height = np.cumsum(velocity, axis=1) / inertial.rate_hz**2
    low = np.where(inside, height, np.inf).min(axis=1, initial=np.inf)
    high = np.where(inside, height, -np.inf).max(axis=1, initial=-np.inf)
    bounce = np.full(len(contact), np.nan)
    bounce[steps] = high - low
    return bounce


def _window(signal: Floats, first: Indices, last: Indices) -> tuple[Indices, Bools]:
    """Samples from first to last, shape (k, w), and which of them are inside, both ends too."""
    width = int((last - first).max(initial=0)) + 1
    at = first[:, None] + np.arange(width)
    inside = (at <= last[:, None]) & (at >= 0) & (at < len(signal))
    return np.clip(at, 0, len(signal) - 1), inside


def _highest(signal: Floats, first: Indices, last: Indices) -> Floats:
    """Shape (k,): where the signal is highest from first to last, between samples by a parabola."""
    at, inside = _window(signal, first, last)
    rows = np.arange(len(at))
    best = at[rows, np.where(inside, signal[at], -np.inf).argmax(axis=1)]
    best = np.clip(best, 1, len(signal) - 2)
    before, there, after = signal[best - 1], signal[best], signal[best + 1]
    bent = before - 2 * there + after
    aside = (before - after) / np.where(bent < 0, 2 * bent, np.inf)
    moment: Floats = best + np.clip(aside, -1 / 2, 1 / 2)
    return moment


def _falls(firm: Floats, first: Indices, last: Indices) -> Floats:
    """Shape (k,): where force, falling from first on, is down to its share above the least."""
    at, inside = _window(firm, first, last)
    values = np.where(inside, firm[at], np.inf)
    least = values.min(axis=1, initial=np.inf)
    level = least + _M.toe_off_share * (_M.gravity - least)
    below = values <= level[:, None]
    rows, down = np.arange(len(at)), below.argmax(axis=1)
    under, over = firm[at[rows, down]], firm[np.maximum(at[rows, down] - 1, 0)]
    step = np.where(over > under, over - under, np.inf)
    moment: Floats = at[rows, down] - np.clip((level - under) / step, 0, 1)
    return moment
