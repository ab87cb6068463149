"""Sensors made by hand on one body whose steps are known; nobody wore them."""

import numpy as np

from backstride.recording import Device, Floats, Recording, Section, Source, Track
from backstride.vocabulary import Sport

_AXES = tuple(f"acceleration_{axis}_mps2" for axis in "xyz")
_RATE_HZ = 100.0


def bouts(chance: np.random.Generator, seconds: int) -> Floats:
    """Cadence of each second: bouts of walking and running of some length, and rests between."""
    cadence: list[float] = []
    while len(cadence) < seconds:
        cadence += [0.0] * int(chance.integers(4, 15))
        cadence += [float(chance.choice([105, 118, 160, 172]))] * int(chance.integers(10, 40))
    wander = np.cumsum(chance.normal(0, 0.004, seconds))
    return np.asarray(np.array(cadence[:seconds]) * np.exp(wander - wander.mean()))


def worn(
    cadence_spm: Floats,
    place: str = "lower_back",
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    gain: float = 1.0,
    seed: int = 0,
    path: str = "",
) -> Recording:
    """What a sensor at `place` records from `start_s` to `end_s` of a body with these steps.

    Its own clock begins with it. A foot feels every second step; all places feel one at once.
    """
    chance = np.random.default_rng(seed)
    end_s = float(len(cadence_spm)) if end_s is None else end_s
    t_s = np.arange(0, end_s - start_s, 1 / _RATE_HZ)
    body_s = np.arange(0, len(cadence_spm), 1 / _RATE_HZ)
    at_each = cadence_spm[body_s.astype(int)]
    steps = np.cumsum(at_each) / 60 / _RATE_HZ
    phase = np.interp(t_s + start_s, body_s, steps)
    going = np.interp(t_s + start_s, body_s, at_each, left=0, right=0) > 0
    if place.endswith("_foot"):
        # From one contact of a foot to its next one are two steps.
        phase = phase / 2 + (0.5 if place == "right_foot" else 0.0)
        away = np.abs((phase + 0.5) % 1 - 0.5) * 2
    else:
        away = np.abs((phase + 0.5) % 1 - 0.5)
    size = going * 20 * np.exp(-0.5 * (away / 0.08) ** 2)
    up = np.array([0.3, 0.2, 0.93])
    noise = chance.normal(0, 0.05, (len(t_s), 3))
    acceleration = gain * (size[:, None] * up + noise) + 9.81 * up
    track = Track(f"imu:{place}", t_s, acceleration, _AXES)
    name = path or f"{place}.csv"
    return Recording(
        start_utc=None,
        tracks=(track,),
        laps=(),
        sections=(Section(0.0, float(t_s[-1]), Sport.UNKNOWN),),
        device=Device(),
        source=Source(name, f"{name} {seed} {start_s} {end_s}", "imu"),
    )
