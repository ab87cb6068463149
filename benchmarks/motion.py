"""Motion capture and inertial sensors: from signals to contacts, strides and direction."""

import sys

import numpy as np
from tests.motion.points.walker import Leg, recorded, track, walked
from validation.study import Bound, Evidence, Result, Table, Target

from backstride.motion import analyze
from backstride.recording import Floats, Recording, Track
from benchmarks.measure import ROUNDS, alternating, machine, peak_mb, ran

_TITLE = "Motion: an hour of a sensor, ten minutes of motion capture"
RATE_HZ = 100
CAPTURE_RATE_HZ = 120.0
STRIDE_S = 1.0
#: Seconds for an hour of one sensor, and for ten minutes of motion capture.
MOST_SENSOR_S, MOST_CAPTURE_S = 0.6, 2.0
MOST_MB = 500.0
#: Ten hours may take this many times as long as five.
MOST_TIMES = 2.4


def study() -> Result:
    """`analyze` alone, on made signals: what they show does not matter here."""
    # First, for a process begins with the most memory that the one which starts it has held.
    child = ran(sys.executable, "-m", "benchmarks.motion")
    hour = {place: worn(place, 3600) for place in ("left_foot", "lower_back")}
    five, ten = (worn("left_foot", hours * 3600) for hours in (5, 10))
    capture = captured(600)
    actions = [lambda r=recording: analyze(r) for recording in (*hour.values(), five, ten, capture)]
    times = alternating(actions)
    names = (
        *(f"1 h, {place}" for place in hour),
        "5 h, left_foot",
        "10 h, left_foot",
        "10 min of motion capture",
    )
    strides = [len(analyze(r).strides) for r in (*hour.values(), five, ten, capture)]
    return Result(
        key="motion",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{RATE_HZ} Hz of six axes; {len(capture.tracks[0].columns) // 3} points at "
        f"{CAPTURE_RATE_HZ:g} frames a second; {machine()}",
        tables=(
            Table(
                f"Medians of {ROUNDS}",
                ("what", "s", "strides"),
                tuple(
                    (name, round(time, 3), count)
                    for name, time, count in zip(names, times, strides, strict=True)
                ),
            ),
        ),
        targets=(
            Target("1 h of a foot, s", times[0], Bound.AT_MOST, MOST_SENSOR_S),
            Target("1 h of a lower back, s", times[1], Bound.AT_MOST, MOST_SENSOR_S),
            Target("10 h over 5 h", times[3] / times[2], Bound.AT_MOST, MOST_TIMES),
            Target("10 min of motion capture, s", times[4], Bound.AT_MOST, MOST_CAPTURE_S),
            Target(
                "peak memory, an hour of a foot, MB",
                float(child.output.split()[-1]),
                Bound.AT_MOST,
                MOST_MB,
            ),
        ),
    )


def worn(place: str, seconds: int) -> Recording:
    """A made sensor: a foot that pitches and travels, or a back that bounces with each step."""
    size = seconds * RATE_HZ
    t_s = np.arange(size) / RATE_HZ
    force, turning = _foot(t_s) if place.endswith("foot") else _back(t_s)
    noise = np.random.default_rng(1).normal(0, [0.05] * 3 + [0.01] * 3, (size, 6))
    columns = tuple(
        f"{kind}_{axis}_{unit}"
        for kind, unit in (("acceleration", "mps2"), ("angular_velocity", "radps"))
        for axis in "xyz"
    )
    values = np.column_stack([force, turning]) + noise
    return recorded(Track(f"imu:{place}", t_s, values, columns))


def _foot(t_s: Floats) -> tuple[Floats, Floats]:
    phase = np.clip(2 * (t_s / STRIDE_S % 1), 0, 1)
    pitch = 1.2 * np.sin(np.pi * phase) ** 2 - 0.35 * np.sin(2 * np.pi * phase)
    push = np.where(phase < 1, 30 * np.sin(2 * np.pi * phase), 0)
    flat = np.zeros(len(t_s))
    ahead = push * np.cos(pitch) - 9.81 * np.sin(pitch)
    up = push * np.sin(pitch) + 9.81 * np.cos(pitch)
    return (
        np.column_stack([ahead, flat, up]),
        np.column_stack([flat, np.gradient(pitch) * RATE_HZ, flat]),
    )


def _back(t_s: Floats) -> tuple[Floats, Floats]:
    step, stride = 4 * np.pi * t_s / STRIDE_S, 2 * np.pi * t_s / STRIDE_S
    force = np.column_stack(
        [np.sin(step), 0.8 * np.sin(stride), 9.81 + 3 * np.cos(step) + np.cos(2 * step)]
    )
    return force, np.column_stack([0.1 * np.sin(stride), 0.2 * np.sin(step), 0.3 * np.cos(stride)])


def captured(seconds: int) -> Recording:
    """A made body that walks forward and backward."""
    half = seconds / 2
    points = walked(Leg(half), Leg(half, 1, 180), rate_hz=CAPTURE_RATE_HZ)
    return recorded(track(points, CAPTURE_RATE_HZ))


if __name__ == "__main__":
    analyze(worn("left_foot", 3600))
    print(f"{peak_mb():.1f}")
