"""Direction from a sensor on trunk or thigh: a made walker, real forward walking, broken signals.

The made walker is simulated: its trunk obeys the mechanics of walking, whichever way it faces, and
its pelvis swings about an axis that a sensor on the back sits behind.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstride.errors import RequestError
from backstride.motion.clues import Clues, State
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY, inertial_of
from backstride.motion.imu.trunk import clues_of
from backstride.motion.sensed import sensed
from backstride.readers import read
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction

COLUMNS = ACCELERATION + ANGULAR_VELOCITY
RATE_HZ = 100
STRIDE_S = 1.1
BEHIND_M = 0.1


def made(
    *ways: int,
    each_s: float = 10.0,
    seed: int = 0,
    rate_hz: float = RATE_HZ,
    place_m: float = -BEHIND_M,
) -> Floats:
    """A sensor on a pelvis, axes ahead, left and up: 1 walks forward, -1 backward, 0 stands.

    Its trunk bows slowly to and fro, as people's do; that shows that its axes are right-handed.
    """
    way = np.repeat(np.array(ways, dtype=np.float64), round(each_s * rate_hz))
    t_s = np.arange(len(way)) / rate_hz
    walks = np.abs(way)
    phase = 2 * np.pi * t_s / STRIDE_S
    step = 2 * phase
    towards = 2.0 * np.cos(step + np.deg2rad(100)) + 0.6 * np.cos(2 * step + np.deg2rad(110))
    aside = 0.9 * np.cos(phase + np.deg2rad(5))
    rise = 2.5 * np.cos(step)
    yaw = 0.5 * np.cos(phase + 1.0) + 0.3 * np.cos(3 * phase)
    yaw = yaw * walks
    spin = np.gradient(yaw) * rate_hz
    bow = 0.15 * np.sin(2 * np.pi * t_s / 7)
    ahead = way * towards - place_m * yaw**2
    left = way * aside + place_m * spin
    up = 9.81 + walks * rise
    force = np.column_stack(
        [ahead * np.cos(bow) - up * np.sin(bow), left, ahead * np.sin(bow) + up * np.cos(bow)]
    )
    bowing = np.gradient(bow) * rate_hz
    turning = np.column_stack([-yaw * np.sin(bow), bowing, yaw * np.cos(bow)])
    noise = np.random.default_rng(seed).normal(0, [0.05] * 3 + [0.005] * 3, (len(t_s), 6))
    values: Floats = np.column_stack([force, turning]) + noise
    return values


def track_of(values: Floats, rate_hz: float = RATE_HZ, name: str = "imu:lower_back") -> Track:
    return Track(name, np.arange(len(values)) / rate_hz, values.copy(), COLUMNS)


def found(track: Track, *moments_s: float) -> list[Direction]:
    """The direction that is found at some moments."""
    seen = sensed([clues_of(inertial_of(track))], float(track.t_s[-1]))
    bouts = seen.bouts if seen else ()
    return [
        next((b.direction for b in bouts if b.start_s <= at < b.end_s), Direction.UNKNOWN)
        for at in moments_s
    ]


def turned(values: Floats, seed: int) -> Floats:
    """The same movement felt by a sensor that is mounted otherwise."""
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    axes = axes * np.sign(np.linalg.det(axes))
    return np.hstack([values[:, :3] @ axes.T, values[:, 3:] @ axes.T])


def backward_share(clues: Clues) -> Floats:
    """Log odds of backward, where something is seen."""
    likelihood = clues.log_likelihood[clues.seen]
    return np.asarray(likelihood[:, State.BACKWARD] - likelihood[:, State.FORWARD])


FORWARD, BACKWARD, UNKNOWN = Direction.FORWARD, Direction.BACKWARD, Direction.UNKNOWN
THERE_AND_BACK = (1, -1, 1, 1)


def test_who_walks_forward_goes_forward_and_who_goes_back_is_found_backward() -> None:
    assert found(track_of(made(*THERE_AND_BACK)), 5, 15, 25, 35) == [
        FORWARD,
        BACKWARD,
        FORWARD,
        FORWARD,
    ]


def test_a_sensor_on_the_back_knows_backward_walking_with_nothing_to_compare() -> None:
    assert found(track_of(made(-1, -1, -1)), 5, 15, 25) == [BACKWARD] * 3


def test_the_same_sensor_worn_in_front_would_be_wrong_so_its_place_counts() -> None:
    """That the answer rests on where the sensor sits is what this guards."""
    front = made(1, 1, 1, place_m=BEHIND_M)
    assert found(track_of(front), 15) != [FORWARD]
    assert found(track_of(front, name="imu:chest"), 15) != [BACKWARD]


def test_a_chest_does_not_say_which_way_it_faces() -> None:
    both = track_of(made(*THERE_AND_BACK), name="imu:chest")
    assert found(both, 5, 15, 25) == [UNKNOWN] * 3
    odds = backward_share(clues_of(inertial_of(both)))
    assert (odds > 0).any()
    assert (odds < 0).any()


@settings(max_examples=15, deadline=None)
@given(mounting=st.integers(0, 2**16), way=st.sampled_from([(1, 1), (-1, -1), (1, -1, 1)]))
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int, way: tuple[int, ...]) -> None:
    values = made(*way)
    plain = clues_of(inertial_of(track_of(values)))
    other = clues_of(inertial_of(track_of(turned(values, mounting))))
    assert np.array_equal(other.seen, plain.seen)
    assert np.allclose(other.log_likelihood, plain.log_likelihood, atol=0.01)


@pytest.mark.parametrize("rate_hz", [50, 100, 200, 400])
def test_the_rate_of_the_sensor_changes_no_direction(rate_hz: int) -> None:
    values = made(*THERE_AND_BACK, rate_hz=rate_hz)
    assert found(track_of(values, rate_hz), 5, 15, 25) == [FORWARD, BACKWARD, FORWARD]


def test_a_later_start_shifts_all_epochs_and_nothing_else() -> None:
    values = made(1, -1, 1)
    early = clues_of(inertial_of(track_of(values)))
    late_track = Track("imu:lower_back", np.arange(len(values)) / RATE_HZ + 500, values, COLUMNS)
    late = clues_of(inertial_of(late_track))
    assert late.first == early.first + 5000
    assert np.array_equal(late.seen, early.seen)
    assert np.allclose(late.log_likelihood, early.log_likelihood, atol=1e-6)


def test_who_stands_is_still() -> None:
    values = made(0, 1, 0)
    assert found(track_of(values), 5, 15, 25) == [Direction.STILL, FORWARD, Direction.STILL]


def test_a_sensor_that_slips_begins_anew_and_stays_right() -> None:
    values = made(1, 1, 1, -1, -1, -1)
    slipped = np.vstack([values[:2000], turned(values[2000:], 7)])
    assert found(track_of(slipped), 10, 25, 45) == [FORWARD, FORWARD, BACKWARD]


def test_mirrored_axes_are_refused_where_the_trunk_bows() -> None:
    mirrored = made(1, 1, 1, 1) * [1, -1, 1, 1, -1, 1]
    with pytest.raises(RequestError, match="do not go together") as refused:
        clues_of(inertial_of(track_of(mirrored)))
    assert "right-handed" in refused.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values / np.repeat([9.81, 1.0], 3), "not that of gravity"),
        (lambda values: values * np.repeat([1.0, 57.3], 3), "rad/s"),
        (lambda values: values * 0 + [0, 0, 9.81, 0, 0, 0], "never changes"),
        (lambda values: np.clip(values, -1, 1), "stands at its limits"),
        (lambda values: values * np.nan, "has no acceleration"),
        (lambda values: values[:60], "lasts"),
    ],
)
def test_signals_that_cannot_be_right_are_refused(
    change: Callable[[Floats], Floats], said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        clues_of(inertial_of(track_of(change(made(1, 1)))))


@pytest.mark.parametrize("samples", [120, 160, 250, 400])
def test_a_stride_or_two_are_not_called_backward(samples: int) -> None:
    track = track_of(made(1)[:samples])
    assert found(track, samples / RATE_HZ / 2) in ([UNKNOWN], [FORWARD])


@pytest.mark.parametrize("name", ["imu:wrist", "imu:hand", "imu:left_foot"])
def test_a_place_that_does_not_tell_is_refused_by_name(name: str) -> None:
    with pytest.raises(RequestError, match="direction is not known from a sensor worn there"):
        clues_of(inertial_of(track_of(made(1, 1), name=name)))


def test_what_swings_like_an_arm_is_no_trunk() -> None:
    values = made(1, 1)
    swing = 2.5 * np.cos(2 * np.pi * np.arange(len(values)) / RATE_HZ / STRIDE_S)
    values[:, 4] += swing
    with pytest.raises(RequestError, match="a trunk does not"):
        clues_of(inertial_of(track_of(values, name="imu:unknown")))


def test_a_trunk_named_a_pocket_is_refused() -> None:
    with pytest.raises(RequestError, match="a thigh does not"):
        clues_of(inertial_of(track_of(made(1, 1), name="imu:pocket")))


def test_a_gap_is_not_seen_and_does_not_spoil_the_rest() -> None:
    track = track_of(made(*THERE_AND_BACK))
    kept = (track.t_s < 13) | (track.t_s > 18)
    gappy = Track(track.name, track.t_s[kept].copy(), track.values[kept].copy(), COLUMNS)
    clues = clues_of(inertial_of(gappy))
    inside = slice(round(13.2 / 0.1) - clues.first, round(17.8 / 0.1) - clues.first)
    assert not clues.seen[inside].any()
    assert found(gappy, 5, 25, 35) == [FORWARD] * 3


def test_noise_without_gait_is_not_seen() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal([0, 0, 9.81, 0, 0, 0], [1.0] * 3 + [0.3] * 3, (3000, 6))
    clues = clues_of(inertial_of(track_of(values)))
    assert clues.seen.mean() < 0.1


def test_certainty_does_not_grow_with_the_number_of_strides() -> None:
    short, long = (clues_of(inertial_of(track_of(made(*[-1] * n)))) for n in (3, 30))
    certain = [one.certainty(slice(0, len(one)), State.BACKWARD) for one in (short, long)]
    assert max(certain) <= 0.95
    assert long.certainty(slice(0, len(long)), State.FORWARD) < 0.3


def test_real_forward_walking_on_the_low_back_is_forward(data_dir: Path) -> None:
    """Ten metres there and back, a trial each of four people, none of them tuned on."""
    folder = data_dir / "imu-voisard-forward" / "GaitData"
    for path in (folder / f"{person}-1_lb.txt" for person in (2, 4, 6, 8)):
        trial = json.loads(path.with_name(f"{path.stem[:-3]}.json").read_text())
        start_s, turn_s = trial["TrialBoundaries"][0] / 100, trial["UTurnBoundaries"][0] / 100
        (direction,) = found(read(path).tracks[0], (start_s + turn_s) / 2)
        assert direction is FORWARD, path.name
