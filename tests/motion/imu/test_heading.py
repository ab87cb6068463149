"""Heading against course, on simulated satellites and a simulated sensor: nobody ran so."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstride.motion.clues import Clues, State
from backstride.motion.imu.heading import clues_of
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY
from backstride.recording import Device, Floats, Recording, Source, Track

RATE_HZ = 50
LEG_S = 60.0
#: Heading and course of legs, in degrees from the first one's.
Leg = tuple[float, float]


def recorded(
    legs: Sequence[Leg],
    *,
    mounting: int = 0,
    satellites: bool = True,
    curve_radps: float = 0.0,
    leg_s: float = LEG_S,
) -> Recording:
    """Legs at 2.8 m/s; between two of them a body turns for two seconds."""
    rng = np.random.default_rng(mounting)
    t_s = np.arange(round(len(legs) * leg_s * RATE_HZ)) / RATE_HZ
    edges = np.concatenate(
        [[0], *([k * leg_s - 1, k * leg_s + 1] for k in range(1, len(legs))), [1e9]]
    )
    heading, course = (
        np.interp(t_s, edges, np.repeat(np.deg2rad([leg[which] for leg in legs]), 2)[: len(edges)])
        + curve_radps * t_s
        for which in (0, 1)
    )
    yaw = np.gradient(heading) * RATE_HZ + 0.3 * np.cos(2 * np.pi * 1.4 * t_s) + 0.005
    bounce = 8 * np.cos(2 * np.pi * 2.8 * t_s)
    zero = np.zeros(len(t_s))
    axes, _ = np.linalg.qr(np.random.default_rng(mounting).normal(size=(3, 3)))
    axes = axes * np.sign(np.linalg.det(axes))
    force = np.column_stack([zero, zero, 9.81 + bounce]) @ axes.T
    turning = np.column_stack([zero, zero, yaw]) @ axes.T
    values = np.hstack([force, turning]) + rng.normal(0, [0.1] * 3 + [0.01] * 3, (len(t_s), 6))
    tracks = [Track("imu:chest", t_s, values, ACCELERATION + ANGULAR_VELOCITY)]
    if satellites:
        place = np.cumsum(2.8 * np.exp(1j * course)) / RATE_HZ
        second = place[::RATE_HZ] + _wandering(rng, len(place[::RATE_HZ]))
        degrees = second / 6371000 * 180 / np.pi
        table = np.column_stack([47 + degrees.imag, 8 + degrees.real / np.cos(np.deg2rad(47))])
        clock = np.arange(len(table), dtype=np.float64)
        tracks.append(Track("record", clock, table, ("latitude_deg", "longitude_deg")))
    return Recording(None, tuple(tracks), (), (), Device(), Source("made", "", "made"))


def _wandering(rng: np.random.Generator, seconds: int) -> np.ndarray:
    """An error of some metres that changes slowly, as satellites' does."""
    steps = rng.normal(0, 0.4, (seconds, 2)) @ [1, 1j]
    return np.asarray(np.convolve(steps, 0.97 ** np.arange(200))[:seconds])


def likeliest(clues: Clues, *moments_s: float) -> list[State]:
    """The likeliest state at some moments, of those that are seen."""
    rows = [round(moment / 0.1) - clues.first for moment in moments_s]
    assert clues.seen[rows].all()
    return [State(int(clues.log_likelihood[row].argmax())) for row in rows]


def told(legs: Sequence[Leg], **how: float) -> Clues:
    (clues,) = clues_of(recorded(legs, **how))  # type: ignore[arg-type]
    return clues


MIDDLES = (30, 90, 150, 210)
FORWARD, BACKWARD, SIDEWAYS = State.FORWARD, State.BACKWARD, State.SIDEWAYS


def test_who_turns_round_and_goes_on_the_same_way_goes_backward() -> None:
    clues = told([(0, 0), (180, 0), (0, 0), (0, 0)])
    assert likeliest(clues, *MIDDLES) == [FORWARD, BACKWARD, FORWARD, FORWARD]


def test_who_goes_back_without_turning_goes_backward() -> None:
    clues = told([(0, 0), (0, 180), (0, 0), (0, 0)])
    assert likeliest(clues, *MIDDLES) == [FORWARD, BACKWARD, FORWARD, FORWARD]


def test_who_turns_about_and_goes_home_goes_forward_all_the_way() -> None:
    clues = told([(0, 0), (180, 180), (0, 0), (90, 90)])
    assert likeliest(clues, *MIDDLES) == [FORWARD] * 4


def test_a_right_angle_between_heading_and_course_is_sideways() -> None:
    """For as long as that is not the most that is seen around it."""
    clues = told([(0, 0), (0, 0), (0, 0), (90, 0), (0, 0), (0, 0), (0, 0)], leg_s=25)
    assert likeliest(clues, 40, 87, 140) == [FORWARD, SIDEWAYS, FORWARD]


def test_round_and_round_a_track_is_forward() -> None:
    clues = told([(0, 0)] * 4, curve_radps=0.08)
    assert likeliest(clues, *MIDDLES) == [FORWARD] * 4


def test_the_change_is_found_within_some_seconds() -> None:
    clues = told([(0, 0), (180, 0), (0, 0)])
    seen_s = 0.1 * (clues.first + np.flatnonzero(clues.seen))
    odds: Floats = clues.log_likelihood[clues.seen] @ [-1, 1, 0, 0, 0]
    changes = (seen_s[1:] + seen_s[:-1])[np.diff(np.sign(odds)) != 0] / 2
    assert len(changes) == 2
    assert np.allclose(changes, [LEG_S, 2 * LEG_S], atol=3)


def test_which_of_two_ways_is_forward_is_never_sure() -> None:
    clues = told([(0, 0), (180, 0), (0, 0), (0, 0)])
    first, second = slice(200, 400), slice(800, 1000)
    for rows, state in ((first, FORWARD), (second, BACKWARD)):
        assert 0.5 < clues.certainty(rows, state) < 0.8


@settings(max_examples=8, deadline=None)
@given(mounting=st.integers(0, 2**16))
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int) -> None:
    clues = told([(0, 0), (180, 0), (0, 0), (0, 0)], mounting=mounting)
    assert likeliest(clues, *MIDDLES) == [FORWARD, BACKWARD, FORWARD, FORWARD]


def test_while_the_body_turns_nothing_is_said() -> None:
    clues = told([(0, 0), (180, 0), (0, 0)])
    assert not clues.seen[round(LEG_S / 0.1) - clues.first]


def test_without_satellites_there_is_no_course() -> None:
    assert not list(clues_of(recorded([(0, 0)], satellites=False)))


@pytest.mark.parametrize("spoilt", [slice(0, None), slice(1, None)])
def test_satellites_that_saw_nothing_are_left_out(spoilt: slice) -> None:
    recording = recorded([(0, 0)])
    sensor, record = recording.tracks
    values = record.values.copy()
    values[spoilt] = np.nan
    lost = Track("record", record.t_s, values, record.columns)
    broken = Recording(None, (sensor, lost), (), (), Device(), recording.source)
    assert not list(clues_of(broken))
