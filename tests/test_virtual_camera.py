"""The virtual camera films what stands before it, and spoils it as it says."""

from dataclasses import replace

import numpy as np
import pytest
from validation.virtual_camera import FOCAL_PX, LAYOUTS, Faults, Mount, View, filmed

from backstride.recording import Floats, Recording
from tests.motion.points.film import with_head
from tests.motion.points.walker import Leg, recorded, track, walked

NO_FAULTS = Faults(noise_px=0, points_missing=0, frames_missing=0, swapped=0, head_sd_deg=0)


def body(*legs: Leg) -> Recording:
    """A made body with all joints that motion capture has; it faces along the room's x axis."""
    points = with_head(walked(*(legs or (Leg(4),)), rate_hz=60.0))
    for side in ("left", "right"):
        shoulder = points[f"{side}_shoulder"]
        points[f"{side}_elbow"] = shoulder - [0.03, 0, 0.3]
        points[f"{side}_wrist"] = shoulder - [-0.1, 0, 0.5]
    for name in ("nose", "left_ear", "right_ear"):
        del points[name]
    return recorded(track(points, 60.0))


def column(recording: Recording, name: str) -> Floats:
    return recording.tracks[0].column(f"keypoint:{name}")


@pytest.mark.parametrize("from_left", [False, True])
def test_a_body_seen_from_its_left_faces_to_the_left(*, from_left: bool) -> None:
    film = filmed(body(), View(from_left=from_left), NO_FAULTS, 1).recording
    faces = np.sign(column(film, "nose.x") - column(film, "left_ear.x"))
    assert (faces == (-1 if from_left else 1)).all()
    travels = np.diff(column(film, "pelvis.x"))
    assert (np.sign(travels) == faces[1:]).all()


def test_sizes_are_those_of_a_pinhole() -> None:
    """A trunk of known height, as far away as the camera stands."""
    film = filmed(body(Leg(4, 0)), View(), NO_FAULTS, 1).recording
    height_px = column(film, "pelvis.y") - column(film, "neck.y")
    assert height_px == pytest.approx(FOCAL_PX * 0.5 / 4.5, rel=0.03)


def test_how_far_off_the_side_it_films_is_known() -> None:
    for angle_deg in (0.0, 30.0, -60.0, 90.0):
        film = filmed(body(Leg(4, 0)), View(angle_deg=angle_deg), NO_FAULTS, 1)
        assert film.off_deg == pytest.approx(abs(angle_deg), abs=1)


def test_a_camera_that_pans_keeps_the_body_near_the_middle() -> None:
    fixed = filmed(body(), View(), NO_FAULTS, 1).recording
    panned = filmed(body(), View(mount=Mount.PANNING), NO_FAULTS, 1).recording
    assert np.ptp(column(panned, "pelvis.x")) < np.ptp(column(fixed, "pelvis.x")) / 3


def test_faults_are_as_many_as_said() -> None:
    faults = Faults(noise_px=0, points_missing=0.07, frames_missing=0.03, swapped=0.05)
    clean = filmed(body(Leg(300, 0)), View(), replace(NO_FAULTS, head_sd_deg=15), 4).recording
    spoiled = filmed(body(Leg(300, 0)), View(), faults, 4).recording
    x = column(spoiled, "right_knee.x")
    assert np.isnan(x).mean() == pytest.approx(0.1, abs=0.02)
    assert (column(spoiled, "right_knee.confidence")[np.isnan(x)] == 0).all()
    y = column(spoiled, "left_shoulder.y")
    moved = np.abs(y - column(clean, "left_shoulder.y")) > 1
    assert moved[np.isfinite(y)].mean() == pytest.approx(0.05, abs=0.02)


def test_what_is_hidden_is_less_sure() -> None:
    film = filmed(body(Leg(4, 0)), View(from_left=False), NO_FAULTS, 1).recording
    near, far = (column(film, f"{side}_hip.confidence").mean() for side in ("right", "left"))
    assert far < 0.6 < near


def test_the_same_seed_films_the_same_and_says_that_nobody_did() -> None:
    one, same, other = (filmed(body(), View(), Faults(), seed).recording for seed in (1, 1, 2))
    assert np.array_equal(one.tracks[0].values, same.tracks[0].values, equal_nan=True)
    assert not np.array_equal(one.tracks[0].values, other.tracks[0].values, equal_nan=True)
    assert one.simulated


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_network_gives_the_points_that_it_has(layout: str) -> None:
    film = filmed(body(), View(layout=layout), Faults(), 1).recording
    names = {name.split(":")[1].rsplit(".", 1)[0] for name in film.tracks[0].columns}
    assert names == set(LAYOUTS[layout])
    assert ("left_heel" in names) == (layout != "COCO-17")
