"""Strides from the contacts of one or several sensors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.motion.bouts import Bout
from backstride.motion.strides import COLUMNS, SIDES, Contacts, strides_of
from backstride.vocabulary import QUANTITIES, Direction, Gait, Origin, Side

LEFT, RIGHT, UNKNOWN = range(len(SIDES))


def seen(
    name: str,
    origin: Origin,
    times: np.ndarray,
    side: np.ndarray,
    contact_s: float = 0.25,
    **measured: float,
) -> Contacts:
    """Contacts at these times, each of one duration."""
    size = len(times)
    return Contacts(
        name=name,
        origin=origin,
        side=np.asarray(side, dtype=np.int8),
        contact_s=np.asarray(times, dtype=np.float64),
        toe_off_s=np.asarray(times, dtype=np.float64) + contact_s,
        measured={key: np.full(size, value) for key, value in measured.items()},
    )


def bout(direction: Direction, gait: Gait = Gait.RUN, end_s: float = 1000.0) -> Bout:
    return Bout(0.0, end_s, direction, gait, 0.9, Origin.POSE)


def alternating(begin_s: float, count: int, step_s: float = 0.36) -> tuple[np.ndarray, np.ndarray]:
    return begin_s + step_s * np.arange(count), np.arange(count) % 2


def test_times_follow_from_contacts_and_toe_offs() -> None:
    times, side = alternating(0, 10)
    strides = strides_of(
        [seen("points", Origin.POSE, times, side, speed_mps=3.0)], [bout(Direction.BACKWARD)]
    )
    assert len(strides) == 8
    expected = {
        "contact_s": 0.25,
        "swing_s": 0.47,
        "stride_s": 0.72,
        "step_s": 0.36,
        "flight_s": 0.11,
        "contact_share": 0.25 / 0.72,
        "cadence_spm": 120 / 0.72,
        "stride_length_m": 2.16,
        "step_length_m": 1.08,
    }
    for name, value in expected.items():
        assert strides.column(name) == pytest.approx(value), name
    assert set(strides.direction) == {Direction.BACKWARD}
    assert strides.side[:2] == (Side.LEFT, Side.RIGHT)
    assert strides.origin[0] is Origin.POSE


def test_the_better_sensor_counts_where_both_saw() -> None:
    times, side = alternating(0, 20)
    later = alternating(0.05, 60)[0]
    found = strides_of(
        [
            seen("imu:pelvis", Origin.IMU, later, np.full(60, UNKNOWN), 0.2),
            seen("points", Origin.POSE, times, side),
        ],
        [bout(Direction.FORWARD)],
    )
    by_points = np.array([origin is Origin.POSE for origin in found.origin])
    assert by_points.sum() == 18
    assert found.table.t_s[~by_points].min() > times[-1] + 2.5
    assert (np.diff(found.table.t_s) > 0).all()


def test_two_feet_are_one_sensor_for_steps() -> None:
    times, _ = alternating(0, 20)
    found = strides_of(
        [
            seen("imu:left_foot", Origin.IMU, times[::2], np.full(10, LEFT)),
            seen("imu:right_foot", Origin.IMU, times[1::2], np.full(10, RIGHT)),
        ],
        [bout(Direction.FORWARD)],
    )
    assert found.column("step_s") == pytest.approx(0.36)
    alone = strides_of(
        [seen("imu:left_foot", Origin.IMU, times[::2], np.full(10, LEFT))],
        [bout(Direction.FORWARD)],
    )
    assert np.isnan(alone.column("step_s")).all()
    assert alone.column("stride_s") == pytest.approx(0.72)


def test_a_sensor_on_the_trunk_knows_steps_but_not_whose() -> None:
    times, _ = alternating(0, 20)
    found = strides_of(
        [seen("imu:pelvis", Origin.IMU, times, np.full(20, UNKNOWN))], [bout(Direction.FORWARD)]
    )
    assert set(found.side) == {Side.UNKNOWN}
    assert found.column("step_s") == pytest.approx(0.36)
    assert found.column("stride_s") == pytest.approx(0.72)


def test_who_stood_in_between_made_no_stride_there() -> None:
    times = np.concatenate([alternating(0, 6)[0], alternating(30, 6)[0]])
    found = strides_of(
        [seen("points", Origin.POSE, times, np.arange(12) % 2)], [bout(Direction.FORWARD)]
    )
    assert found.column("stride_s").max() < 1


@given(st.floats(0.08, 0.4), st.floats(0.01, 0.3))
def test_the_spring_is_that_of_half_a_sine(contact_s: float, flight_s: float) -> None:
    """Morin et al. (2005): integrated step by step, the mass sinks as far as their formula says."""
    times, side = alternating(0, 6, contact_s + flight_s)
    found = strides_of(
        [seen("points", Origin.POSE, times, side, contact_s)], [bout(Direction.FORWARD)]
    )
    t_s, dt_s = np.linspace(0, contact_s, 20001, retstep=True)
    gravity = 9.80665
    peak = gravity * np.pi / 2 * (flight_s / contact_s + 1)
    speed = (
        -gravity * flight_s / 2 + np.cumsum(peak * np.sin(np.pi * t_s / contact_s) - gravity) * dt_s
    )
    sinks = -(np.cumsum(speed) * dt_s).min()
    stiffness = peak / sinks
    if stiffness <= QUANTITIES["stiffness_per_s2"].high:
        assert found.column("stiffness_per_s2") == pytest.approx(stiffness, rel=0.01)


def test_who_walks_has_no_spring() -> None:
    times, side = alternating(0, 10)
    found = strides_of(
        [seen("points", Origin.POSE, times, side)], [bout(Direction.FORWARD, Gait.WALK)]
    )
    assert np.isnan(found.column("stiffness_per_s2")).all()


def test_no_contact_no_stride_and_columns_are_words_of_the_vocabulary() -> None:
    for found in ([], [seen("points", Origin.POSE, np.empty(0), np.empty(0))]):
        assert len(strides_of(found, [bout(Direction.FORWARD)])) == 0
    assert set(COLUMNS) <= set(QUANTITIES)
