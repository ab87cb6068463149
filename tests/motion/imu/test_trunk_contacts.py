"""Contacts felt at the trunk: a simulated runner whose contacts are known, and one real person.

The simulated force on the ground is half a sine in each contact, so the trunk feels nothing in
flight; a real trunk feels more than that.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstride.errors import RequestError
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY, inertial_of
from backstride.motion.imu.trunk_contacts import contacts_of
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats, Track
from backstride.vocabulary import Origin, Side

RATE_HZ = 100
STEP_S = 0.34
CONTACT_S = 0.24
G = 9.81


def track_of(values: Floats, t_s: Floats) -> Track:
    return Track("imu:pelvis", t_s.copy(), values.copy(), ACCELERATION + ANGULAR_VELOCITY)


def felt(vertical: Floats, seed: int = 0) -> Floats:
    """Six axes of a sensor whose z points up, with noise."""
    noise = np.random.default_rng(seed).normal(0, [0.05] * 3 + [0.01] * 3, (len(vertical), 6))
    noise[:, 2] += vertical
    return noise


def runner(steps: int = 12, rate_hz: int = RATE_HZ, rest_s: float = 1.0) -> tuple[Floats, Floats]:
    """Values and clock of somebody who stands, runs some steps and stands."""
    t_s = np.arange(0, 2 * rest_s + steps * STEP_S, 1 / rate_hz)
    since = t_s - rest_s
    phase = np.mod(since, STEP_S)
    push = np.pi / 2 * STEP_S / CONTACT_S * G * np.sin(np.pi * phase / CONTACT_S)
    runs = (since >= 0) & (since < steps * STEP_S)
    vertical = np.where(runs, np.where(phase < CONTACT_S, push, 0), G)
    return felt(vertical), t_s


def found(values: Floats, t_s: Floats) -> Contacts:
    return contacts_of(inertial_of(track_of(values, t_s)))


def turned(values: Floats, seed: int) -> Floats:
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    axes = axes * np.sign(np.linalg.det(axes))
    return np.hstack([values[:, :3] @ axes.T, values[:, 3:] @ axes.T])


def test_contact_toe_off_and_flight_of_a_simulated_runner_are_found() -> None:
    contacts = found(*runner())
    true_s = 1.0 + STEP_S * np.arange(12)
    assert len(contacts) == 12
    assert np.abs(contacts.contact_s - true_s)[1:].max() < 0.02
    assert np.abs(contacts.toe_off_s - contacts.contact_s - CONTACT_S)[1:-1].max() < 0.03
    assert contacts.origin is Origin.IMU
    assert contacts.name == "imu:pelvis"


def test_a_trunk_does_not_tell_which_foot_it_was() -> None:
    contacts = found(*runner())
    assert {SIDES[code] for code in contacts.side} == {Side.UNKNOWN}


@settings(max_examples=20, deadline=None)
@given(mounting=st.integers(0, 2**16))
def test_how_the_sensor_is_mounted_changes_nothing(mounting: int) -> None:
    values, t_s = runner()
    plain, other = found(values, t_s), found(turned(values, mounting), t_s)
    assert np.allclose(other.contact_s, plain.contact_s, atol=1e-6)
    assert np.allclose(other.toe_off_s, plain.toe_off_s, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("rate_hz", [50, 200, 500])
def test_the_rate_of_the_sensor_changes_next_to_nothing(rate_hz: int) -> None:
    plain, other = found(*runner()), found(*runner(rate_hz=rate_hz))
    assert np.abs(other.contact_s - plain.contact_s).max() < 0.015
    assert np.nanmax(np.abs(other.toe_off_s - plain.toe_off_s)[:-1]) < 0.015


@settings(max_examples=10, deadline=None)
@given(late_s=st.floats(-1e4, 1e6))
def test_a_later_start_shifts_all_times_and_nothing_else(late_s: float) -> None:
    values, t_s = runner()
    plain, late = found(values, t_s), found(values, t_s + late_s)
    assert np.allclose(late.contact_s, plain.contact_s + late_s, atol=0.02)


def test_in_walking_a_foot_leaves_the_ground_after_the_other_has_landed() -> None:
    t_s = np.arange(0, 12, 1 / RATE_HZ)
    vertical = G + 2.5 * np.sin(2 * np.pi * t_s / 0.55) + 1.2 * np.sin(4 * np.pi * t_s / 0.55)
    contacts = found(felt(vertical), t_s)
    assert len(contacts) in (20, 21, 22)
    step_s = np.diff(contacts.contact_s)
    assert np.allclose(step_s[1:-1], 0.55, atol=0.03)
    stance_s = (contacts.toe_off_s - contacts.contact_s)[:-1]
    # Both feet stand for a part of each step, and each foot swings.
    assert (stance_s > step_s).all()
    assert (stance_s < 1.75 * step_s).all()
    assert np.isnan(contacts.toe_off_s[-1])


def test_the_trunk_rises_by_what_its_acceleration_sums_up_to() -> None:
    t_s = np.arange(0, 12, 1 / RATE_HZ)
    contacts = found(felt(G + 4 * np.sin(4 * np.pi * t_s)), t_s)
    bounce_m = contacts.measured["vertical_oscillation_m"]
    assert np.isnan(bounce_m[-1])
    true_m = 2 * 4 / (4 * np.pi) ** 2
    assert np.allclose(bounce_m[1:-1], true_m, rtol=0.15)
    assert np.mean(bounce_m[1:-1]) == pytest.approx(true_m, rel=0.02)


def test_who_stands_makes_no_contacts() -> None:
    t_s = np.arange(0, 60, 1 / RATE_HZ)
    sway = G + 0.1 * np.sin(2 * np.pi * 0.3 * t_s)
    assert len(found(felt(sway), t_s)) == 0


def test_a_jump_and_a_few_steps_are_no_walk() -> None:
    assert len(found(*runner(steps=3))) == 0
    assert len(found(*runner(steps=1))) == 0


def test_nothing_is_found_in_a_gap_and_the_rest_stays() -> None:
    values, t_s = runner(steps=40)
    kept = (t_s < 6) | (t_s > 7)
    plain, gapped = found(values, t_s), found(values[kept], t_s[kept])
    assert not ((gapped.contact_s > 6) & (gapped.contact_s < 7)).any()
    assert 40 - 3 - 4 <= len(gapped) < len(plain) == 40


def test_broken_signals_are_refused_and_not_guessed_from() -> None:
    values, t_s = runner()
    flat = values.copy()
    flat[:, 2] = G
    with pytest.raises(RequestError, match="never changes"):
        found(flat, t_s)
    with pytest.raises(RequestError, match="stands at its limits"):
        found(np.clip(values, None, 12), t_s)


def test_real_running_agrees_with_force(data_dir: Path) -> None:
    """One person's trials on the level, as the study reads them."""
    if not (data_dir / "biomech-alcantara-run-grf").is_dir():
        pytest.skip("no recordings of running with force")
    from validation.running_contacts import _running

    level = [trial for trial in _running() if trial.name.endswith("slope 0")]
    assert len(level) == 6
    for trial in level:
        assert trial.missed == 0
        assert (np.abs(np.nanmedian(trial.errors_s, axis=0)) < 0.03).all()
