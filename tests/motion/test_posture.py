"""Inclination of trunk, head and pelvis, on a made body that is bent by a known angle."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.film import seen_from_the_front, seen_from_the_side, taken, vaulted
from tests.motion.points.walker import (
    Leg,
    Points,
    bent,
    mirrored,
    recorded,
    swapped,
    track,
    turned,
    walked,
    without,
)

from backstride.motion.points import bodies_of
from backstride.motion.posture import COLUMNS, Means, Posture, Zero, posture_of
from backstride.recording import Recording
from backstride.vocabulary import QUANTITIES, Origin, degrees

FORWARD, BACKWARD = Leg(6, 1.2), Leg(6, 1.0, 180)


def seen_in(recording: Recording) -> Posture | None:
    """Posture of all of a recording."""
    seen = (one for one in recording.tracks if one.name == "points")
    bodies = [body for one in seen for body in bodies_of(one)]
    return posture_of(recording, bodies, ())


def posture(points: Points, rate_hz: float = 100.0) -> Posture:
    found = seen_in(recorded(track(points, rate_hz)))
    assert found is not None
    return found


def mean_deg(found: Posture, column: str) -> float:
    return degrees(float(np.nanmean(found.table.column(column))))


@pytest.mark.parametrize("leg", [FORWARD, BACKWARD, Leg(6, 1.0, 90), Leg(6, 0)])
@pytest.mark.parametrize("lean", [-8.0, 0.0, 12.0])
def test_a_lean_is_measured_towards_the_facing_whichever_way_the_body_travels(
    leg: Leg, lean: float
) -> None:
    """The trap of every tool that takes travel for facing: backward lean would change its sign."""
    found = posture(bent(walked(leg, facing_deg=35), lean))
    assert mean_deg(found, "trunk_lean_rad") == pytest.approx(lean, abs=0.2)
    assert mean_deg(found, "head_lean_rad") == pytest.approx(lean, abs=0.2)
    assert mean_deg(found, "trunk_side_lean_rad") == pytest.approx(0, abs=0.2)
    assert found.origin is Origin.POSE
    assert (found.means, found.zero) == (Means.BODY, Zero.VERTICAL)


@settings(max_examples=15, deadline=None)
@given(turn=st.floats(-180, 180), lean=st.floats(-15, 25), side=st.floats(-10, 10))
def test_turning_the_room_changes_nothing_and_a_mirror_only_the_side(
    turn: float, lean: float, side: float
) -> None:
    points = bent(walked(Leg(3, 1.0, 180)), lean, side)
    plain = posture(points).table.values
    around = posture(turned(points, turn, (3, -2, 0))).table.values
    assert np.allclose(plain, around, atol=1e-6, equal_nan=True)
    mirror = posture(mirrored(points)).table.values
    assert np.allclose(plain * [1, -1, 1, 1], mirror, atol=1e-6, equal_nan=True)


def test_the_pelvis_is_told_where_it_has_a_length_of_its_own() -> None:
    """A pelvis made from the two hips has no direction; one above them turns with it."""
    level = posture(walked(FORWARD))
    assert np.isnan(level.table.column("pelvis_tilt_rad")).all()
    found = []
    for tilt in (0.0, 9.0):
        points = walked(FORWARD)
        points["pelvis"] = points["pelvis"] + 0.08 * np.array(
            [np.sin(np.deg2rad(tilt)), 0, np.cos(np.deg2rad(tilt))]
        )
        found.append(mean_deg(posture(points), "pelvis_tilt_rad"))
    assert found[1] - found[0] == pytest.approx(9, abs=0.2)


def test_the_same_two_points_stand_for_the_trunk_throughout() -> None:
    """Where the neck vanishes in half of the frames, no step of the angle may come from that."""
    points = bent(walked(Leg(8)), 5)
    points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2 + [0.04, 0, 0.05]
    half = len(points["neck"]) // 2
    points["neck"] = np.where(np.arange(2 * half)[:, None] < half - 50, np.nan, points["neck"])
    lean = posture(points).table.column("trunk_lean_rad")
    assert np.nanstd(lean) < np.deg2rad(0.2)


def test_what_cannot_be_is_missing_rather_than_leaning() -> None:
    points = bent(walked(FORWARD), 5)
    for name, wrong in {
        "swapped sides": swapped(points),
        "upside down": {n: place * [1, -1, -1] for n, place in points.items()},
        "no hips and shoulders": without(points, "hip", "shoulder"),
        "lying": {n: place[:, [2, 1, 0]] for n, place in points.items()},
    }.items():
        lean = posture(wrong).table.column("trunk_lean_rad")
        assert np.isnan(lean).all(), name


def test_a_point_that_jumps_away_leaves_its_frames_out() -> None:
    points = bent(walked(Leg(6)), 5)
    jumps = np.arange(600) % 50 < 5
    for side in ("left", "right"):
        shoulder = points[f"{side}_shoulder"]
        points[f"{side}_shoulder"] = np.where(
            jumps[:, None], shoulder + np.array([0.9, 0, 0]), shoulder
        )
    found = posture(points)
    assert mean_deg(found, "trunk_lean_rad") == pytest.approx(5, abs=1.0)
    assert np.isnan(found.table.column("trunk_lean_rad")).any()


def test_without_points_there_is_no_posture_and_from_one_frame_none_either() -> None:
    assert seen_in(recorded()) is None
    single: dict[str, npt.NDArray[np.float64]] = {n: p[:1] for n, p in walked(FORWARD).items()}
    assert seen_in(recorded(track(single))) is None


def test_columns_are_of_the_vocabulary() -> None:
    assert set(COLUMNS) <= set(QUANTITIES)


@pytest.mark.parametrize("from_left", [False, True])
@pytest.mark.parametrize("leg", [Leg(8, 1.2), Leg(8, 1.1, 180)])
@pytest.mark.parametrize("lean", [-4.0, 10.0])
def test_a_camera_from_the_side_sees_the_lean_to_where_the_body_faces(
    leg: Leg, lean: float, *, from_left: bool
) -> None:
    """Facing left in the picture or right, going forward or backward: the sign is the facing's."""
    points = bent(vaulted(leg), lean)
    film = taken(seen_from_the_side(points, from_left=from_left))
    found = seen_in(recorded(film))
    assert found is not None
    assert (found.means, found.zero) == (Means.CAMERA, Zero.VERTICAL)
    assert mean_deg(found, "trunk_lean_rad") == pytest.approx(lean, abs=0.5)
    assert mean_deg(found, "head_lean_rad") == pytest.approx(lean, abs=2)
    assert np.isnan(found.table.column("trunk_side_lean_rad")).all()


def test_a_camera_from_the_front_sees_no_lean() -> None:
    film = taken(seen_from_the_front(walked(Leg(8, 1.2), rate_hz=60.0)))
    found = seen_in(recorded(film))
    assert found is None or np.isnan(found.table.column("trunk_lean_rad")).all()


def test_points_in_space_are_taken_before_a_camera() -> None:
    points = bent(vaulted(Leg(8, 1.2)), 5)
    both = recorded(taken(seen_from_the_side(points)), track(points, 60.0))
    found = seen_in(both)
    assert found is not None
    assert found.means is Means.BODY
