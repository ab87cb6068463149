"""Lean of a trunk by a sensor of unknown mounting, on made signals: nobody wore it."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.walker import recorded

from backstride.motion.bouts import Bout
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY, inertial_of
from backstride.motion.imu.leaning import Leaning, leaning_of
from backstride.motion.posture import Means, Zero, posture_of
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction, Gait, Origin

RATE_HZ = 100.0
G = 9.80665
BOUT_S = 30.0
STEPS_HZ = {Gait.RUN: 2.8, Gait.WALK: 1.8}


def bout(number: int, direction: Direction, gait: Gait = Gait.RUN) -> Bout:
    return Bout(number * BOUT_S, (number + 1) * BOUT_S, direction, gait, 1.0, Origin.DECLARED)


def bouts(gait: Gait = Gait.RUN) -> tuple[Bout, ...]:
    ways = (Direction.FORWARD, Direction.BACKWARD) * 2
    return tuple(bout(number, way, gait) for number, way in enumerate(ways))


def felt(
    lean_deg: tuple[float, ...],
    gait: Gait = Gait.RUN,
    *,
    side_deg: float = 0.0,
    mounting: int | None = None,
    push: float = 1.0,
    bias_radps: float = 0.0,
) -> Track:
    """Bouts in turn forward and backward, each with its lean; the trunk nods with each step."""
    rng = np.random.default_rng(3)
    count = round(BOUT_S * RATE_HZ)
    t_s = np.arange(count * len(lean_deg)) / RATE_HZ
    lean = np.repeat(np.deg2rad(lean_deg), count)
    way = np.repeat([1.0 if k % 2 == 0 else -1.0 for k in range(len(lean_deg))], count)
    phase = 2 * np.pi * STEPS_HZ[gait] * t_s
    # Braked and then pushed while on the spring of the leg; the other way round over a stiff one.
    ahead = push * way * np.sin(phase) * (2.5 if gait is Gait.RUN else -1.2)
    room = np.column_stack([ahead, 1.0 * np.sin(phase / 2), G + 6.0 * np.cos(phase)])
    nod = np.deg2rad(3.0) * np.cos(phase)
    force = about_y(room, -(lean + nod))
    force = about_x(force, np.deg2rad(side_deg))
    rate = np.column_stack([0 * nod, np.gradient(nod, t_s), 0 * nod])
    rate = about_x(rate, np.deg2rad(side_deg)) + bias_radps
    turn = np.eye(3) if mounting is None else rotation(mounting)
    values = np.column_stack([force @ turn.T, rate @ turn.T]) + rng.normal(0, 0.02, (len(t_s), 6))
    return Track("imu:chest", t_s, values, (*ACCELERATION, *ANGULAR_VELOCITY))


def about_y(vectors: Floats, angle: npt.ArrayLike) -> Floats:
    x, y, z = vectors.T
    c, s = np.cos(angle), np.sin(angle)
    return np.column_stack([c * x + s * z, y, c * z - s * x])


def about_x(vectors: Floats, angle: npt.ArrayLike) -> Floats:
    x, y, z = vectors.T
    c, s = np.cos(angle), np.sin(angle)
    return np.column_stack([x, c * y - s * z, s * y + c * z])


def rotation(seed: int) -> Floats:
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return np.asarray(matrix * np.linalg.det(matrix))


def leaning(track: Track, gait: Gait = Gait.RUN) -> Leaning:
    found = leaning_of(inertial_of(track), bouts(gait))
    assert found is not None
    return found


def by_bout_deg(found: Leaning) -> Floats:
    """Mean lean of each bout."""
    place = (found.t_s // BOUT_S).astype(int)
    return np.array([np.rad2deg(found.ahead_rad[place == k].mean()) for k in range(4)])


@pytest.mark.parametrize("gait", [Gait.RUN, Gait.WALK])
def test_a_difference_of_lean_is_found_with_its_sign(gait: Gait) -> None:
    found = by_bout_deg(leaning(felt((8.0, 3.0, 7.0, 4.0), gait), gait))
    assert found == pytest.approx([0.5, -4.5, -0.5, -3.5], abs=0.4)


@settings(max_examples=15, deadline=None)
@given(mounting=st.integers(0, 2**16))
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int) -> None:
    plain = leaning(felt((8.0, 3.0, 8.0, 3.0)))
    other = leaning(felt((8.0, 3.0, 8.0, 3.0), mounting=mounting))
    assert np.allclose(other.ahead_rad, plain.ahead_rad, atol=0.01)
    assert np.allclose(other.left_rad, plain.left_rad, atol=0.01)


def test_a_gyroscope_that_is_off_and_a_trunk_that_leans_aside_do_not_lean_it_ahead() -> None:
    plain = by_bout_deg(leaning(felt((8.0, 3.0, 8.0, 3.0))))
    off = by_bout_deg(leaning(felt((8.0, 3.0, 8.0, 3.0), bias_radps=0.01, side_deg=4)))
    assert off == pytest.approx(plain, abs=0.4)


def test_where_nothing_tells_where_ahead_is_nothing_is_said() -> None:
    """Without braking and pushing, or without both directions, the sign would be a guess."""
    assert leaning_of(inertial_of(felt((8.0, 3.0, 8.0, 3.0), push=0.0)), bouts()) is None
    for only in (Direction.FORWARD, Direction.BACKWARD):
        said = tuple(bout(number, only) for number in range(4))
        assert leaning_of(inertial_of(felt((8.0, 3.0, 8.0, 3.0))), said) is None


def test_directions_that_contradict_the_mechanics_are_refused() -> None:
    """Bouts named the wrong way here and there do not point to opposite sides."""
    ways = (Direction.FORWARD, Direction.FORWARD, Direction.BACKWARD, Direction.BACKWARD)
    mixed = tuple(bout(number, way) for number, way in enumerate(ways))
    assert leaning_of(inertial_of(felt((8.0, 3.0, 8.0, 3.0))), mixed) is None


def test_gaps_are_not_leant_across() -> None:
    track = felt((8.0, 3.0, 8.0, 3.0))
    kept = (track.t_s < 40) | (track.t_s > 47)
    thinned = Track(track.name, track.t_s[kept], track.values[kept], track.columns)
    found = leaning(thinned)
    assert not ((found.t_s > 41) & (found.t_s < 46)).any()
    assert by_bout_deg(found)[1] == pytest.approx(-5, abs=0.5)


def test_posture_takes_a_chest_sensor_and_says_that_its_zero_is_its_own() -> None:
    found = posture_of(recorded(felt((8.0, 3.0, 8.0, 3.0))), (), bouts())
    assert found is not None
    assert (found.means, found.zero, found.origin) == (Means.SENSOR, Zero.OWN, Origin.IMU)
    broken = felt((8.0, 3.0, 8.0, 3.0))
    frozen = Track(broken.name, broken.t_s, 0 * broken.values, broken.columns)
    assert posture_of(recorded(frozen), (), bouts()) is None


def test_a_sensor_on_the_pelvis_tells_the_pelvis_and_not_the_trunk() -> None:
    track = felt((8.0, 3.0, 8.0, 3.0))
    pelvis = Track("imu:pelvis", track.t_s, track.values, track.columns)
    found = posture_of(recorded(pelvis), (), bouts())
    assert found is not None
    assert np.isfinite(found.table.column("pelvis_tilt_rad")).all()
    assert np.isnan(found.table.column("trunk_lean_rad")).all()


def test_real_low_backs_walk_the_way_that_the_sensor_was_put_on(data_dir: object) -> None:
    """In all 12 people the sensor's z axis points out of the back: ahead is about minus z."""
    from pathlib import Path

    from backstride.motion.imu import leaning as module
    from backstride.readers import read

    paths = sorted((Path(str(data_dir)) / "imu-voisard-forward" / "GaitData").glob("*-1_lb.txt"))
    assert len(paths) >= 10
    for path in paths:
        found = read(path)
        recording = found if not isinstance(found, tuple) else found[0]
        inertial = inertial_of(recording.tracks[0])
        rate_hz = inertial.rate_hz / 2
        width = round(4 * rate_hz)
        force, turning = (
            values[: len(values) // (2 * width) * 2 * width].reshape(-1, width, 2, 3).mean(axis=2)
            for values in (inertial.acceleration_mps2, inertial.angular_velocity_radps)
        )
        up = module._up(force, turning / rate_hz)
        ahead = module._ahead(force, up, rate_hz)[0].sum(axis=0)
        mean = up.mean(axis=(0, 1)) / np.linalg.norm(up.mean(axis=(0, 1)))
        out_of_the_back = np.array([0, 0, 1]) - mean[2] * mean
        cosine = ahead @ out_of_the_back
        cosine /= np.linalg.norm(ahead) * np.linalg.norm(out_of_the_back)
        assert cosine < -0.9, path.name
