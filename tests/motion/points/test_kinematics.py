"""Facing and travel from points of the body, each with its uncertainty."""

import numpy as np
import pytest
from tests.motion.points.walker import Leg, Points, swapped, track, turned, walked, without

from backstride.motion.points.body_points import RATE_HZ, stretches
from backstride.motion.points.kinematics import POINTS, Kinematics, kinematics_of
from backstride.recording import Track


def motion(points: Points, rate_hz: float = 100.0) -> Kinematics:
    """Facing and travel in the one stretch of these points."""
    (body,) = stretches(track(points, rate_hz), POINTS)
    return kinematics_of(body)


def inner(values: np.ndarray) -> np.ndarray:
    """All but the first and last second, where a stride is not seen whole."""
    return values[round(RATE_HZ) : -round(RATE_HZ)]


@pytest.mark.parametrize("angle_deg", [0, 35, 90, 145, 180, -90, -35])
@pytest.mark.parametrize("treadmill", [False, True])
def test_angle_and_speed_are_those_that_were_walked(angle_deg: float, *, treadmill: bool) -> None:
    found = motion(walked(Leg(8, 1.2, angle_deg), facing_deg=70, treadmill=treadmill))
    off = np.angle(np.exp(1j * (inner(found.angle_rad) - np.deg2rad(angle_deg))))
    assert np.abs(off).max() < np.deg2rad(5)
    assert inner(found.speed_mps) == pytest.approx(1.2, rel=0.15)
    assert inner(found.facing_rad) == pytest.approx(np.deg2rad(70), abs=0.05)
    assert bool(inner(found.ground_moves).all()) is treadmill


def test_on_a_curve_angle_and_speed_are_steady() -> None:
    """Smoothed in the room, travel on a curve would lag behind and shrink."""
    found = motion(walked(Leg(8, 1.2, 180, turn_radps=1.5)))
    assert np.abs(np.abs(inner(found.angle_rad)) - np.pi).max() < np.deg2rad(3)
    assert inner(found.speed_mps) == pytest.approx(1.2, rel=0.05)
    assert inner(found.turn_radps) == pytest.approx(1.5, rel=0.05)


def test_flight_is_seen_in_a_run_alone() -> None:
    walk = inner(motion(walked(Leg(6, 1.2))).flight)
    run = inner(motion(walked(Leg(6, 2.5, stance=0.3))).flight)
    assert walk.max() < 0.02
    assert run.min() > 0.1


def test_shoulders_stand_in_for_hips_less_surely() -> None:
    points = walked(Leg(6))
    by_hips, by_shoulders = motion(points), motion(without(points, "hip"))
    assert by_shoulders.facing_rad == pytest.approx(by_hips.facing_rad, abs=1e-9)
    assert (inner(by_shoulders.facing_sd_rad) > inner(by_hips.facing_sd_rad)).all()
    assert np.isfinite(by_shoulders.facing_sd_rad).all()


@pytest.mark.parametrize("parts", [(), ("knee",), ("toe",), ("knee", "shoulder")])
def test_facing_is_not_known_where_left_and_right_are_swapped(parts: tuple[str, ...]) -> None:
    """Knees show it; where there are none, feet do."""
    points = without(walked(Leg(6)), *parts)
    assert np.isfinite(motion(points).facing_sd_rad).all()
    assert np.isinf(motion(swapped(points)).facing_sd_rad).all()


def test_facing_is_not_known_of_a_body_upside_down_or_lying() -> None:
    points = walked(Leg(6))
    over = {name: place * [1, -1, -1] for name, place in points.items()}
    lying = {name: place[:, [2, 1, 0]] * [1, 1, -1] for name, place in points.items()}
    for wrong in (over, lying):
        assert np.isinf(motion(wrong).facing_sd_rad).all()


@pytest.mark.parametrize("scale", [0.01, 100, 1000])
def test_facing_is_not_known_of_a_body_that_is_not_in_metres(scale: float) -> None:
    points = {name: place * scale for name, place in walked(Leg(6)).items()}
    assert np.isinf(motion(points).facing_sd_rad).all()


def test_a_jump_that_no_body_makes_is_no_travel() -> None:
    points = {name: place.copy() for name, place in walked(Leg(8, speed_mps=0)).items()}
    for place in points.values():
        place[400:] += [30, 0, 0]
    assert motion(points).speed_mps.max() < 0.2


def test_travel_is_not_known_without_pelvis_and_hips() -> None:
    found = motion(without(walked(Leg(6)), "pelvis", "hip"))
    assert np.isinf(found.travel_sd_mps).all()


def test_turning_the_scene_turns_the_facing_alone() -> None:
    points = walked(Leg(6, 1.0, 20), Leg(3, 1.0, 20, turn_radps=0.5))
    here, there = motion(points), motion(turned(points, 130, (5, -3, 0.5)))
    turn = np.angle(np.exp(1j * (there.facing_rad - here.facing_rad)))
    assert turn == pytest.approx(np.deg2rad(130), abs=1e-6)
    assert there.ahead_mps == pytest.approx(here.ahead_mps, abs=1e-6)
    assert there.left_mps == pytest.approx(here.left_mps, abs=1e-6)


def test_a_stretch_ends_at_a_gap_and_a_short_one_is_left_out() -> None:
    whole = track(walked(Leg(6)))
    t_s = whole.t_s.copy()
    t_s[200:] += 10
    t_s[230:] += 10
    cut = Track(whole.name, t_s, whole.values.copy(), whole.columns)
    found = list(stretches(cut, POINTS))
    assert [(body.t_s[0], body.end_s) for body in found] == [
        (0, pytest.approx(1.99)),
        (pytest.approx(22.3), pytest.approx(25.99)),
    ]


def test_short_gaps_are_bridged_and_long_ones_are_missing() -> None:
    whole = track(walked(Leg(6)))
    values = whole.values.copy()
    values[100:115] = np.nan
    values[300:380] = np.nan
    (body,) = stretches(Track(whole.name, whole.t_s.copy(), values, whole.columns), POINTS)
    missing = np.isnan(body.point("pelvis")).any(axis=1)
    assert not missing[body.t_s < 2.9].any()
    assert missing[(body.t_s > 3.01) & (body.t_s < 3.78)].all()
    assert np.isnan(body.point("left_heel")).all()
