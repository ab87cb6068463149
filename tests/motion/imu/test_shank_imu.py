"""Direction from a sensor on a shank: a made walker whose knee bends one way, and broken signals.

The made walker is simulated: its foot stands, then goes ahead in an arc, either way; its shank
tips over the standing foot, and is tilted ahead while the foot is carried along.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstride.errors import RequestError
from backstride.motion.clues import State
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY, inertial_of
from backstride.motion.imu.trunk import clues_of
from backstride.motion.sensed import sensed
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction

COLUMNS = ACCELERATION + ANGULAR_VELOCITY
RATE_HZ = 100
STRIDE_S = 1.1
SWING_SHARE = 0.4
LENGTH_M = 1.3
ABOVE_ANKLE_M = 0.15
FORWARD, BACKWARD, UNKNOWN = Direction.FORWARD, Direction.BACKWARD, Direction.UNKNOWN


def made(
    *ways: int, each_s: float = 11.0, above_m: float = ABOVE_ANKLE_M, bends: int = 1
) -> Floats:
    """Six axes, ahead, left and up along the shank: 1 walks forward, -1 backward, 0 stands.

    `bends` is the way in which the knee bends; no knee bends the other way.
    """
    way = np.repeat(np.array(ways, dtype=np.float64), round(each_s * RATE_HZ))
    walks = np.abs(way)
    phase = np.arange(len(way)) / RATE_HZ / STRIDE_S % 1
    swing = np.clip(phase / SWING_SHARE, 0, 1)
    arc = np.sin(np.pi * swing) ** 2
    speed = way * arc * 2 * LENGTH_M / (SWING_SHARE * STRIDE_S)
    tips = way * 0.35 * np.cos(2 * np.pi * (phase + 0.05))
    tilt = tips + bends * walks * 0.8 * arc
    x = np.cumsum(speed) / RATE_HZ + above_m * np.sin(tilt)
    z = walks * 0.12 * arc + above_m * np.cos(tilt)
    ahead, up = (np.gradient(np.gradient(one)) * RATE_HZ**2 for one in (x, z))
    up += 9.81
    zero = np.zeros(len(way))
    values = np.column_stack(
        [
            ahead * np.cos(tilt) - up * np.sin(tilt),
            zero,
            ahead * np.sin(tilt) + up * np.cos(tilt),
            zero,
            np.gradient(tilt) * RATE_HZ,
            zero,
        ]
    )
    noise = np.random.default_rng(0).normal(0, [0.05] * 3 + [0.005] * 3, values.shape)
    return np.asarray(values + noise)


def track_of(values: Floats, name: str = "imu:shank") -> Track:
    return Track(name, np.arange(len(values)) / RATE_HZ, values.copy(), COLUMNS)


def found(track: Track, *moments_s: float) -> list[Direction]:
    """The direction that is found at some moments."""
    seen = sensed([clues_of(inertial_of(track))], float(track.t_s[-1]))
    bouts = seen.bouts if seen else ()
    return [
        next((b.direction for b in bouts if b.start_s <= at < b.end_s), UNKNOWN) for at in moments_s
    ]


def turned(values: Floats, seed: int) -> Floats:
    """The same movement felt by a sensor that is mounted otherwise."""
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    axes = axes * np.sign(np.linalg.det(axes))
    return np.hstack([values[:, :3] @ axes.T, values[:, 3:] @ axes.T])


@pytest.mark.parametrize("name", ["imu:shank", "imu:left_shank", "imu:right_shank"])
def test_there_and_back_is_told_on_either_shank(name: str) -> None:
    assert found(track_of(made(1, -1, 1), name), 5, 16, 27) == [FORWARD, BACKWARD, FORWARD]


@pytest.mark.parametrize("above_m", [0.08, 0.15, 0.25, 0.3])
@pytest.mark.parametrize(("way", "truth"), [(1, FORWARD), (-1, BACKWARD)])
def test_one_direction_alone_is_told_with_nothing_to_compare_at_any_height(
    way: int, truth: Direction, above_m: float
) -> None:
    assert found(track_of(made(way, way, above_m=above_m)), 11) == [truth]


def test_it_rests_on_the_knee_that_bends_one_way() -> None:
    """A leg whose knee bent the other way would be seen the wrong way round: facing is the knee."""
    assert found(track_of(made(1, 1, bends=-1)), 11) != [FORWARD]


@settings(max_examples=15, deadline=None)
@given(mounting=st.integers(0, 2**16), ways=st.sampled_from([(1, 1), (-1, -1), (1, -1, 1)]))
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int, ways: tuple[int, ...]) -> None:
    values = made(*ways)
    plain = clues_of(inertial_of(track_of(values)))
    other = clues_of(inertial_of(track_of(turned(values, mounting))))
    assert np.array_equal(other.seen, plain.seen)
    assert np.allclose(other.log_likelihood, plain.log_likelihood, atol=0.01)


def test_who_stands_is_still_and_who_walks_does_not_run() -> None:
    track = track_of(made(0, 1, 0))
    assert found(track, 5, 16, 27) == [Direction.STILL, FORWARD, Direction.STILL]
    clues = clues_of(inertial_of(track))
    assert clues.running[125:205].max() < 0


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("way", "truth"), [(1, FORWARD), (-1, BACKWARD)])
def test_mirrored_axes_are_refused_or_not_called_the_wrong_way(
    axis: int, way: int, truth: Direction
) -> None:
    mirrored = made(way, way)
    mirrored[:, [axis, 3 + axis]] *= -1
    try:
        called = found(track_of(mirrored), 11)
    except RequestError:
        called = [UNKNOWN]
    assert called in ([UNKNOWN], [truth])


def test_rotation_that_goes_against_acceleration_is_refused() -> None:
    against = made(1, 1, 1) * [1, 1, 1, -1, -1, -1]
    with pytest.raises(RequestError, match="do not go together as on a shank") as refused:
        clues_of(inertial_of(track_of(against)))
    assert "right-handed" in refused.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((1 / 9.81, 1.0), "not that of gravity"),
        ((1.0, 57.3), "rad/s"),
        ((1.0, 0.1), "a shank does not"),
    ],
)
def test_units_that_cannot_be_right_are_refused(change: tuple[float, float], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        clues_of(inertial_of(track_of(made(1, 1) * np.repeat(change, 3))))


def test_constant_clipped_and_short_signals_are_refused() -> None:
    values = made(1, 1)
    flat = values.copy()
    flat[:, 2] = 9.81
    for broken, said in (
        (flat, "never changes"),
        (np.clip(values, -1, 1), "stands at its limits"),
        (values[:60], "lasts"),
    ):
        with pytest.raises(RequestError, match=said):
            clues_of(inertial_of(track_of(broken)))


@pytest.mark.parametrize("samples", [120, 160, 250, 400])
def test_a_stride_or_two_are_not_called_backward(samples: int) -> None:
    track = track_of(made(1)[:samples])
    assert found(track, samples / RATE_HZ / 2) in ([UNKNOWN], [FORWARD])


def test_noise_without_gait_is_not_seen() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal([0, 0, 9.81, 0, 0, 0], [1.0] * 3 + [0.3] * 3, (3000, 6))
    assert clues_of(inertial_of(track_of(values))).seen.mean() < 0.1


def test_certainty_does_not_grow_with_the_number_of_strides() -> None:
    short, long = (clues_of(inertial_of(track_of(made(*[-1] * n)))) for n in (3, 20))
    certain = [one.certainty(slice(0, len(one)), State.BACKWARD) for one in (short, long)]
    assert max(certain) <= 0.9
    assert certain[1] <= certain[0] + 0.02
