"""The foot sensor on real forward walking, on the same turned and reversed, and on broken signals.

Nobody has published a foot sensor in backward gait. Real strides played in time reversed stand in
for it here: they share its kinematics, not its impacts.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstride.errors import RequestError
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.imu.foot import FootStrides, clues_of, contacts_of, foot_strides
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY, inertial_of
from backstride.motion.strides import SIDES
from backstride.readers import read
from backstride.recording import Floats, Track
from backstride.vocabulary import Direction, Side

COLUMNS = ACCELERATION + ANGULAR_VELOCITY
RATE_HZ = 100


def track_of(values: Floats, t_s: Floats | None = None) -> Track:
    clock = np.arange(len(values)) / RATE_HZ if t_s is None else t_s
    return Track("imu:left_foot", clock.copy(), values.copy(), COLUMNS)


def strides_of(values: Floats, t_s: Floats | None = None) -> FootStrides:
    return foot_strides(inertial_of(track_of(values, t_s)))


def made(strides: int = 8, seed: int = 0, rate_hz: int = RATE_HZ) -> Floats:
    """A simulated foot: it pitches and travels 1.2 m in 0.5 s, then stands for as long.

    The sensor's axes are the foot's: x toe, y left, z up.
    """
    half = round(0.5 * rate_hz)
    phase = (np.arange(half) + 0.5) / half
    pitch = 1.2 * np.sin(np.pi * phase) ** 2 - 0.35 * np.sin(2 * np.pi * phase)
    still = np.zeros(half)
    angle = np.concatenate([still, *[np.concatenate([pitch, still]) for _ in range(strides)]])
    push = 1.2 * 2 * np.pi * np.sin(2 * np.pi * phase) / 0.5**2
    ahead = np.concatenate([still, *[np.concatenate([push, still]) for _ in range(strides)]])
    force = np.column_stack(
        [
            ahead * np.cos(angle) - 9.81 * np.sin(angle),
            0 * angle,
            ahead * np.sin(angle) + 9.81 * np.cos(angle),
        ]
    )
    turning = np.column_stack([0 * angle, np.gradient(angle) * rate_hz, 0 * angle])
    noise = np.random.default_rng(seed).normal(0, [0.05] * 3 + [0.01] * 3, (len(angle), 6))
    values: Floats = np.column_stack([force, turning]) + noise
    return values


def made_running(strides: int = 8, seed: int = 0) -> Floats:
    """A simulated runner's foot: it never lies still, and travels 2.4 m in 0.7 s.

    While it stands, for 0.2 s, it rolls on and is shaken.
    """
    stance, swing = 20, 50
    phase = (np.arange(swing) + 0.5) / swing
    roll = 0.6 * (np.arange(stance) + 0.5) / stance
    pitch = (
        roll[-1] * (1 - phase) + 1.3 * np.sin(np.pi * phase) ** 2 - 0.4 * np.sin(2 * np.pi * phase)
    )
    angle = np.concatenate([roll, *[np.concatenate([pitch, roll]) for _ in range(strides)]])
    push = 2.4 * 2 * np.pi * np.sin(2 * np.pi * phase) / 0.5**2
    still = np.zeros(stance)
    ahead = np.concatenate([still, *[np.concatenate([push, still]) for _ in range(strides)]])
    rng = np.random.default_rng(seed)
    force = np.column_stack(
        [
            ahead * np.cos(angle) - 9.81 * np.sin(angle),
            0 * angle,
            ahead * np.sin(angle) + 9.81 * np.cos(angle),
        ]
    ) + rng.normal(0, 4, (len(angle), 3))
    turning = np.column_stack([0 * angle, np.gradient(angle) * RATE_HZ, 0 * angle])
    values: Floats = np.column_stack([force, turning + rng.normal(0, 0.3, turning.shape)])
    return values


def turned(values: Floats, seed: int) -> Floats:
    """The same movement felt by a sensor that is mounted otherwise."""
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    axes = axes * np.sign(np.linalg.det(axes))
    return np.hstack([values[:, :3] @ axes.T, values[:, 3:] @ axes.T])


def reversed_in_time(values: Floats) -> Floats:
    """What would be felt if time ran back: turning changes its sign, acceleration does not."""
    return np.hstack([values[::-1, :3], -values[::-1, 3:]])


def test_a_simulated_foot_that_travels_toe_first_goes_forward_by_its_length() -> None:
    strides = strides_of(made())
    assert strides.directions == (Direction.FORWARD,) * 8
    assert np.allclose(strides.displacement_m, [1.2, 0, 0], atol=0.1)
    assert (strides.start_s < strides.toe_off_s).all()
    assert (strides.toe_off_s < strides.contact_s).all()
    assert (strides.contact_s < strides.end_s).all()


def test_the_same_foot_reversed_in_time_goes_backward() -> None:
    strides = strides_of(reversed_in_time(made()))
    assert strides.directions == (Direction.BACKWARD,) * 8
    assert np.allclose(strides.displacement_m, [-1.2, 0, 0], atol=0.1)
    assert (strides.toe_off_s < strides.contact_s).all()


@pytest.mark.parametrize("backward", [False, True])
def test_a_running_foot_that_never_lies_still_has_strides_too(*, backward: bool) -> None:
    values = reversed_in_time(made_running()) if backward else made_running()
    strides = strides_of(values)
    assert len(strides) >= 6
    assert set(strides.directions) == {Direction.BACKWARD if backward else Direction.FORWARD}
    length_m = np.abs(strides.displacement_m[:, 0])
    assert np.abs(np.median(length_m) - 2.4) < 0.3
    halts = np.diff(strides.rest_s, axis=1)[:, 0] == 0
    assert halts.sum() >= 4


@settings(max_examples=20, deadline=None)
@given(mounting=st.integers(0, 2**16), backward=st.booleans())
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int, *, backward: bool) -> None:
    values = reversed_in_time(made()) if backward else made()
    plain, other = strides_of(values), strides_of(turned(values, mounting))
    assert other.directions == plain.directions
    assert np.allclose(other.displacement_m, plain.displacement_m, atol=1e-6)
    assert np.allclose(other.contact_s, plain.contact_s)


@pytest.mark.parametrize("rate_hz", [50, 100, 200, 400])
def test_the_rate_of_the_sensor_changes_next_to_nothing(rate_hz: int) -> None:
    values = made(rate_hz=rate_hz)
    strides = strides_of(values, np.arange(len(values)) / rate_hz)
    assert strides.directions == (Direction.FORWARD,) * 8
    assert np.allclose(strides.displacement_m[:, 0], 1.2, atol=0.15)


def test_a_later_start_shifts_all_times_and_nothing_else() -> None:
    values = made()
    plain = strides_of(values)
    late = strides_of(values, np.arange(len(values)) / RATE_HZ + 1000)
    assert np.allclose(late.contact_s, plain.contact_s + 1000)
    assert np.allclose(late.displacement_m, plain.displacement_m, atol=1e-6)


def test_an_offset_of_the_gyroscope_is_found_at_rest() -> None:
    rest = made(strides=0)
    values = np.vstack([rest, rest, rest, made()])
    values[:, 3:] += [0.05, -0.04, 0.03]
    strides = strides_of(values)
    assert strides.directions == (Direction.FORWARD,) * 8
    assert "imu_no_rest" not in {notice.code for notice in strides.notices}


def test_a_foot_that_lies_still_makes_no_stride() -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, (1000, 6))
    strides = strides_of(noise + np.array([0, 0, 9.81, 0, 0, 0]))
    assert len(strides) == 0
    assert strides.directions == ()


def test_too_few_strides_do_not_tell_toe_from_heel() -> None:
    strides = strides_of(made(strides=1))
    assert len(strides) == 1
    assert set(strides.directions) == {Direction.UNKNOWN}
    assert "imu_few_strides" in {notice.code for notice in strides.notices}


def test_a_stride_with_a_gap_is_left_out_and_the_others_stay() -> None:
    values = made()
    t_s = np.arange(len(values)) / RATE_HZ
    kept = (t_s < 2.6) | (t_s > 2.9)
    strides = strides_of(values[kept], t_s[kept])
    assert len(strides) == 7
    assert set(strides.directions) == {Direction.FORWARD}
    assert "imu_gaps" in {notice.code for notice in strides.notices}


def test_samples_with_one_time_count_once() -> None:
    values = made()
    t_s = np.repeat(np.arange(len(values)) / RATE_HZ, 2)
    strides = strides_of(np.repeat(values, 2, axis=0), t_s)
    assert strides.directions == (Direction.FORWARD,) * 8


def dead_axis(values: Floats) -> Floats:
    values[:, 4] = 0.5
    return values


def clipped(values: Floats) -> Floats:
    return np.clip(values, -3, 12)


def no_gyroscope(values: Floats) -> Floats:
    values[:, 3:] = np.nan
    return values


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (dead_axis, "angular velocity along y never changes"),
        (clipped, "stands at its limits"),
        (no_gyroscope, "has no angular velocity"),
        (lambda values: values[:80], "lasts 0.8 s"),
        (lambda values: values[:1], "has no acceleration"),
    ],
)
def test_signals_that_cannot_be_integrated_are_refused_in_one_line(spoil, said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        strides_of(spoil(made()))
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_landings_that_clip_the_sensor_are_said_and_not_refused() -> None:
    values = made(strides=20)
    values[130::100, 2] = 156.9
    strides = strides_of(values)
    assert "imu_clipped" in {notice.code for notice in strides.notices}
    assert "imu_clipped" not in {notice.code for notice in strides_of(made()).notices}


def test_a_slow_sensor_is_refused() -> None:
    values = made()[::5]
    with pytest.raises(RequestError, match="20 times a second"):
        strides_of(values, np.arange(len(values)) / 20)


def test_probabilities_of_a_stride_sum_to_one() -> None:
    for values in (made(), reversed_in_time(made()), made(strides=2)):
        assert np.allclose(strides_of(values).probability.sum(axis=1), 1)


def test_contacts_carry_the_stride_that_begins_with_them() -> None:
    strides = strides_of(made())
    contacts = contacts_of(strides)
    assert len(contacts) == 8
    assert {SIDES[code] for code in contacts.side} == {Side.LEFT}
    assert (contacts.toe_off_s[:-1] > contacts.contact_s[:-1]).all()
    assert (contacts.toe_off_s[:-1] < contacts.contact_s[1:]).all()
    assert np.isnan(contacts.toe_off_s[-1])
    assert np.allclose(contacts.measured["stride_length_m"][:-1], 1.2, atol=0.1)
    assert np.isnan(contacts.measured["stride_length_m"][-1])
    assert np.allclose(contacts.measured["speed_mps"][:-1], 1.2, atol=0.1)
    assert np.isfinite(contacts.measured["foot_strike_rad"]).all()


def test_a_foot_that_stood_for_long_did_not_step_off_from_that_contact() -> None:
    rest = made(strides=0)
    values = np.vstack([made(strides=4), rest, rest, rest, made(strides=4)])
    contacts = contacts_of(strides_of(values))
    assert np.flatnonzero(np.isnan(contacts.toe_off_s)).tolist() == [3, 7]


def pedalling(rate_hz: float, pitch_rad: float) -> Floats:
    """A simulated foot on a pedal: a circle of 0.17 m, and some pitching of the ankle."""
    phase = 2 * np.pi * rate_hz * np.arange(0, 30, 1 / RATE_HZ)
    pull = 0.17 * (2 * np.pi * rate_hz) ** 2
    ahead, up = -pull * np.cos(phase), 9.81 - pull * np.sin(phase)
    angle = pitch_rad * np.sin(phase + 0.5)
    force = np.column_stack(
        [
            ahead * np.cos(angle) - up * np.sin(angle),
            0 * angle,
            ahead * np.sin(angle) + up * np.cos(angle),
        ]
    )
    turning = np.column_stack([0 * angle, np.gradient(angle) * RATE_HZ, 0 * angle])
    noise = np.random.default_rng(0).normal(0, [0.3] * 3 + [0.05] * 3, (len(angle), 6))
    values: Floats = np.column_stack([force, turning]) + noise
    return values


@pytest.mark.parametrize("rate_hz", [1.0, 1.2, 1.4, 1.6])
@pytest.mark.parametrize("pitch_rad", [0.2, 0.3, 0.45, 0.6])
def test_a_foot_on_a_pedal_goes_nowhere(rate_hz: float, pitch_rad: float) -> None:
    """At one moment of a turn it feels as much as at rest, and would seem to go its way since.

    Slower pedals press so little that they are not told from a slow runner's stance.
    """
    strides = strides_of(pedalling(rate_hz, pitch_rad))
    assert set(strides.directions) <= {Direction.UNKNOWN}


@pytest.mark.parametrize("rate_hz", [1.0, 1.2, 1.4, 1.6])
def test_a_foot_on_a_pedal_has_no_contacts_and_no_speed(rate_hz: float) -> None:
    strides = strides_of(pedalling(rate_hz, 0.3))
    assert len(contacts_of(strides)) == 0
    clues = clues_of(strides)
    assert not clues.seen.any()
    assert not np.isfinite(clues.speed_mps).any()
    if len(strides):
        assert "imu_never_stands" in {notice.code for notice in strides.notices}


def epochs(clues: Clues, begin_s: float, end_s: float) -> Floats:
    """Rows of the likelihoods from begin to end."""
    first, last = round(begin_s / EPOCH_S) - clues.first, round(end_s / EPOCH_S) - clues.first
    return clues.log_likelihood[first:last]


@pytest.mark.parametrize("backward", [False, True])
def test_clues_are_for_the_direction_of_the_strides_and_for_rest_where_it_stands(
    *, backward: bool
) -> None:
    rest = made(strides=0)
    values = np.vstack([made(), rest, rest, rest, rest, rest, rest])
    if backward:
        values = reversed_in_time(values)
    clues = clues_of(strides_of(values))
    moving, standing = ((4.0, 10.0), (0.5, 2.5)) if backward else ((1.0, 8.0), (9.0, 11.0))
    best = State.BACKWARD if backward else State.FORWARD
    assert (epochs(clues, *moving).argmax(axis=1) == best).all()
    assert (epochs(clues, *standing).argmax(axis=1) == State.STILL).all()
    assert clues.certainty(slice(0, 10), best) > 0.95
    assert clues.certainty(slice(0, 10), State.STILL) == 1


def test_a_stride_says_the_same_however_many_epochs_it_lasts() -> None:
    """Likelihoods of a stride's epochs add up to that of the stride."""
    clues = clues_of(strides_of(made()))
    odds = clues.log_likelihood[:, State.FORWARD] - clues.log_likelihood[:, State.BACKWARD]
    assert odds.sum() == pytest.approx(8 * np.log(100), rel=0.1)


def test_without_knowing_toe_from_heel_forward_and_backward_are_alike() -> None:
    clues = clues_of(strides_of(made(strides=1)))
    moving = clues.seen & (clues.log_likelihood[:, State.STILL] < 0)
    assert moving.any()
    rows = clues.log_likelihood[moving]
    assert np.allclose(rows[:, State.FORWARD], rows[:, State.BACKWARD])


def test_who_never_steps_is_still_and_makes_no_contact() -> None:
    noise = np.random.default_rng(0).normal(0, 0.02, (1000, 6))
    strides = strides_of(noise + np.array([0, 0, 9.81, 0, 0, 0]))
    assert len(contacts_of(strides)) == 0
    clues = clues_of(strides)
    assert clues.seen.mean() > 0.95
    assert (clues.log_likelihood[clues.seen].argmax(axis=1) == State.STILL).all()


def real_feet(data_dir: Path) -> list[Path]:
    folder = data_dir / "imu-voisard-forward" / "GaitData"
    feet = [path for path in folder.glob("*f.txt") if path.stem.split("-")[1].startswith("1_")]
    if not feet:
        pytest.skip("no inertial recordings")
    return sorted(feet)


def straight(path: Path, strides: FootStrides) -> list[Direction]:
    """Directions of the strides between a trial's boundaries and outside its turn."""
    about = json.loads(path.with_name(path.stem.split("_")[0] + ".json").read_text())
    begin, end = (sample / RATE_HZ for sample in about["TrialBoundaries"])
    turn, after = (sample / RATE_HZ for sample in about["UTurnBoundaries"])
    middle = (strides.start_s + strides.end_s) / 2
    wanted = (begin < middle) & (middle < end) & ((middle < turn) | (middle > after))
    return [direction for direction, kept in zip(strides.directions, wanted, strict=True) if kept]


def test_real_forward_strides_are_never_called_backward(data_dir: Path) -> None:
    """The first trial of each of 12 people, both feet."""
    for path in real_feet(data_dir):
        found = straight(path, foot_strides(inertial_of(read(path).tracks[0])))
        assert found.count(Direction.FORWARD) > 0.8 * len(found)
        assert Direction.BACKWARD not in found


def test_real_strides_reversed_in_time_are_called_backward(data_dir: Path) -> None:
    """A stand-in: no real backward gait."""
    found: list[Direction] = []
    for path in real_feet(data_dir):
        signals = inertial_of(read(path).tracks[0])
        values = np.hstack([signals.acceleration_mps2, signals.angular_velocity_radps])
        found += strides_of(reversed_in_time(values)).directions
    assert found.count(Direction.BACKWARD) > 0.75 * len(found)
    assert found.count(Direction.FORWARD) < 0.02 * len(found)
