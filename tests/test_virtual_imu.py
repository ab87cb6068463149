"""Virtual sensors feel what mechanics says: gravity, centripetal acceleration, turning."""

from dataclasses import replace

import numpy as np
import pytest
from validation.virtual_imu import (
    COLUMNS,
    FLAWLESS,
    GRAVITY,
    LOOSE_PHONE,
    PHONE,
    PLACES,
    RATE_HZ,
    Wear,
    any_rotation,
    virtual_imu,
)

from backstride.motion.imu.inertial import inertial_of
from backstride.recording import Device, Floats, Recording, Source, Track

#: A body that stands and looks along x.
STANDING = {
    "pelvis": (0, 0, 1.0),
    "spine": (0, 0, 1.2),
    "neck": (0, 0, 1.5),
    "left_hip": (0, 0.1, 0.95),
    "right_hip": (0, -0.1, 0.95),
    "left_shoulder": (0, 0.2, 1.45),
    "right_shoulder": (0, -0.2, 1.45),
    "left_knee": (0, 0.1, 0.5),
    "right_knee": (0, -0.1, 0.5),
    "left_ankle": (0, 0.1, 0.1),
    "right_ankle": (0, -0.1, 0.1),
    "left_toe": (0.15, 0.1, 0.02),
    "right_toe": (0.15, -0.1, 0.02),
}


def circling(turn_radps: float = 0.0, radius_m: float = 0.0, rate_hz: float = 60.0) -> Recording:
    """A stiff body that goes round a circle to its left, and looks where it goes."""
    t_s = np.arange(0, 10, 1 / rate_hz)
    cosine, sine = np.cos(turn_radps * t_s), np.sin(turn_radps * t_s)
    columns, names = [], []
    for name, (x, y, z) in STANDING.items():
        y -= radius_m
        columns += [x * cosine - y * sine, x * sine + y * cosine, np.full(len(t_s), z)]
        names += [f"point:{name}.{axis}" for axis in "xyz"]
    track = Track("points", t_s, np.column_stack(columns), tuple(names))
    return Recording(None, (track,), (), (), Device(), Source("made", "", "made"))


def felt(recording: Recording, place: str, wear: Wear, seed: int = 0) -> Floats:
    (track,) = virtual_imu(recording, seed=seed, places=(place,), wear=wear).tracks
    return track.values


@pytest.mark.parametrize("place", ["pelvis", "chest", "pocket", "shank"])
def test_a_body_at_rest_feels_gravity_upward_and_no_turning(place: str) -> None:
    values = felt(circling(), place, FLAWLESS)
    assert np.allclose(values[:, :3], [0, 0, GRAVITY], atol=1e-6)
    assert np.allclose(values[:, 3:6], 0, atol=1e-6)


def test_on_a_circle_the_pelvis_feels_the_pull_to_the_middle_and_the_turn() -> None:
    values = felt(circling(turn_radps=0.8, radius_m=3.0), "pelvis", FLAWLESS)[100:-100]
    # The sensor sits 11 cm behind the pelvis, and is pulled to the middle from there.
    assert np.allclose(values[:, 0], 0.8**2 * 0.11, atol=0.01)
    assert np.allclose(values[:, 1], 0.8**2 * 3.0, atol=0.02)
    assert np.allclose(values[:, 3:6], [0, 0, 0.8], atol=0.005)


def test_the_mounting_turns_all_three_triples_alike() -> None:
    recording = circling(turn_radps=0.8, radius_m=3.0)
    mounted = replace(FLAWLESS, turned=True)
    plain, turned = felt(recording, "pelvis", FLAWLESS), felt(recording, "pelvis", mounted)
    axes, *_ = np.linalg.lstsq(plain[:, :3], turned[:, :3], rcond=None)
    for triple in (slice(0, 3), slice(3, 6), slice(6, 9)):
        sizes = [np.linalg.norm(values[:, triple], axis=1) for values in (plain, turned)]
        assert np.allclose(*sizes, atol=1e-9)
    assert not np.allclose(axes, np.eye(3), atol=0.1)


def test_the_same_seed_gives_the_same_and_another_place_changes_nothing() -> None:
    recording = circling(turn_radps=0.3)
    one = virtual_imu(recording, seed=4)
    alone = virtual_imu(recording, seed=4, places=("chest",))
    assert [track.name for track in one.tracks] == [f"imu:{place}" for place in PLACES]
    assert all(track.columns == COLUMNS for track in one.tracks)
    chest = one.track("imu:chest")
    assert chest is not None
    assert np.array_equal(chest.values, alone.tracks[0].values)
    assert not np.array_equal(felt(recording, "chest", PHONE, 5), alone.tracks[0].values)


def test_a_loose_phone_loses_samples_and_slips() -> None:
    recording = circling()
    for seed in range(9):
        (track,) = virtual_imu(recording, seed=seed, places=("pelvis",), wear=LOOSE_PHONE).tracks
        up = track.values[:, :3] / np.linalg.norm(track.values[:, :3], axis=1, keepdims=True)
        assert up[0] @ up[-1] < 0.999
    assert len(track) <= 10 * RATE_HZ
    gappy = replace(PHONE, gaps_per_min=60.0)
    (track,) = virtual_imu(recording, seed=1, places=("pelvis",), wear=gappy).tracks
    assert np.diff(track.t_s).max() > 0.1


def test_what_is_beyond_the_range_is_clipped() -> None:
    weak = replace(PHONE, range_mps2=5.0)
    assert np.abs(felt(circling(), "pelvis", weak)[:, :3]).max() == 5.0


def test_noise_of_the_cameras_does_not_become_acceleration_of_the_body() -> None:
    recording = circling(rate_hz=240)
    noisy = recording.tracks[0].values + np.random.default_rng(0).normal(0, 0.001, (2400, 39))
    track = Track("points", recording.tracks[0].t_s, noisy, recording.tracks[0].columns)
    shaken = Recording(None, (track,), (), (), Device(), recording.source)
    assert np.abs(felt(shaken, "pelvis", FLAWLESS)[:, 2] - GRAVITY).max() < 5


def test_a_virtual_sensor_says_that_it_is_simulated_and_is_read_like_any_other() -> None:
    worn = virtual_imu(circling(turn_radps=0.3), seed=1)
    assert worn.simulated
    assert len(inertial_of(worn.tracks[0])) == pytest.approx(10 * RATE_HZ, abs=5)


def test_without_points_there_is_nothing_to_feel() -> None:
    recording = circling()
    bare = Recording(None, (), (), (), Device(), recording.source)
    with pytest.raises(ValueError, match="too few frames"):
        virtual_imu(bare, seed=0)
    with pytest.raises(ValueError, match="no place is called hat"):
        virtual_imu(recording, seed=0, places=("hat",))


def test_any_rotation_is_a_rotation_and_points_everywhere() -> None:
    rng = np.random.default_rng(0)
    turns = [any_rotation(rng) for _ in range(200)]
    assert all(np.allclose(turn @ turn.T, np.eye(3)) for turn in turns)
    assert all(np.linalg.det(turn) == pytest.approx(1) for turn in turns)
    assert np.abs(np.mean(turns, axis=0)).max() < 0.15
