"""Contacts and strides of points of the body: where they were made, whichever way it goes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.walker import (
    STRIDE_S,
    Leg,
    Points,
    mirrored,
    recorded,
    track,
    turned,
    walked,
    without,
)

from backstride.motion import Analysis, analyze
from backstride.motion.points import bodies_of
from backstride.motion.points.contacts import contacts_of
from backstride.motion.strides import Contacts
from backstride.readers import read
from backstride.recording import Recording
from backstride.vocabulary import Direction, Side

WALK = Leg(8, 1.2)
#: A made heel stops at the far end of its path; a real one comes to stand a little later, by which
#: contacts of walking are corrected.
HEEL_S = 0.03
WAYS = {
    "forward": WALK,
    "backward": Leg(8, 1.0, 180),
    "sideways": Leg(8, 0.8, 90),
    "running": Leg(8, 2.6, stance=0.3),
    "running backward": Leg(8, 2.2, 180, stance=0.3),
}


def contacts(points: Points, rate_hz: float = 100.0) -> Contacts:
    """The contacts of these points."""
    found = track(points, rate_hz)
    (one,) = contacts_of(found, bodies_of(found))
    return one


def analyzed(points: Points) -> Analysis:
    return analyze(recorded(track(points)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("treadmill", [False, True])
def test_contact_and_toe_off_are_where_they_were_made(way: str, *, treadmill: bool) -> None:
    leg = WAYS[way]
    found = contacts(walked(leg, treadmill=treadmill))
    for code, begin in ((0, 0.0), (1, STRIDE_S / 2)):
        mine = found.contact_s[found.side == code]
        off = (mine - begin) / STRIDE_S
        assert np.abs(off - off.round()).max() < HEEL_S
        assert len(mine) >= 6
        made = leg.stance * STRIDE_S
        assert found.toe_off_s[found.side == code] - mine == pytest.approx(made, abs=2 * HEEL_S)


@pytest.mark.parametrize("way", WAYS)
def test_a_stride_is_as_long_wide_and_quick_as_it_was_made(way: str) -> None:
    leg = WAYS[way]
    strides = analyzed(walked(leg)).strides
    steady = slice(1, -1)
    expected = {
        "stride_s": STRIDE_S,
        "cadence_spm": 120,
        "stride_length_m": leg.speed_mps * STRIDE_S,
        "step_length_m": leg.speed_mps * STRIDE_S / 2,
        "speed_mps": leg.speed_mps,
        "contact_share": leg.stance,
        "flight_s": STRIDE_S / 2 - leg.stance,
        "vertical_oscillation_m": 0.04,
        "turned_rad": 0,
        "foot_strike_rad": 0,
    }
    if leg.angle_deg != 90:  # sideways the feet stand one behind the other, and 0.2 m apart
        expected["step_width_m"] = 0.2
    else:
        expected.pop("step_length_m")
    for name, value in expected.items():
        assert strides.column(name)[steady] == pytest.approx(value, abs=0.05), name
    assert set(strides.side) == {Side.LEFT, Side.RIGHT}


@given(st.sampled_from(sorted(WAYS)), st.floats(-180, 180), st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_where_the_room_is_and_how_it_is_turned_does_not_matter(
    way: str, degrees: float, shift: float
) -> None:
    points = walked(WAYS[way])
    one, other = contacts(points), contacts(turned(points, degrees, (shift, -shift, 0)))
    assert one.contact_s == pytest.approx(other.contact_s, abs=1e-6)
    for name in ("stride_length_m", "step_width_m", "foot_strike_rad"):
        assert one.measured[name] == pytest.approx(other.measured[name], abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("way", WAYS)
def test_in_a_mirror_left_is_right(way: str) -> None:
    points = walked(WAYS[way])
    one, other = contacts(points), contacts(mirrored(points))
    assert one.contact_s == pytest.approx(other.contact_s, abs=1e-9)
    assert (one.side != other.side).all()
    width = "step_width_m"
    assert one.measured[width] == pytest.approx(other.measured[width], abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("way", WAYS)
def test_a_film_run_backward_turns_contact_into_toe_off_and_the_direction_round(way: str) -> None:
    points = walked(WAYS[way])
    reverse = {name: place[::-1] for name, place in points.items()}
    end_s = (len(points["pelvis"]) - 1) / 100
    one, other = contacts(points), contacts(reverse)
    for code in (0, 1):
        mine, theirs = one.side == code, other.side == code
        assert one.contact_s[mine] == pytest.approx(
            end_s - other.toe_off_s[theirs][::-1], abs=0.011
        )
        assert one.toe_off_s[mine] == pytest.approx(
            end_s - other.contact_s[theirs][::-1], abs=0.011
        )


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0, 500.0])
def test_the_rate_of_the_camera_does_not_matter(rate_hz: float) -> None:
    found = contacts(walked(WALK, rate_hz=rate_hz), rate_hz)
    off = found.contact_s * 2 / STRIDE_S
    assert np.abs(off - off.round()).max() < 2 * (HEEL_S + 0.5 / rate_hz)


def test_who_stands_or_lacks_feet_makes_no_stride() -> None:
    assert len(analyzed(walked(Leg(8, 0))).strides) == 0
    footless = without(walked(WALK), "ankle", "toe")
    assert len(analyzed(footless).strides) == 0


def test_a_gap_in_what_was_seen_is_not_stepped_over() -> None:
    points = walked(WALK)
    for place in points.values():
        place[300:500] = np.nan
    strides = analyzed(points).strides
    middle = strides.table.t_s + strides.column("stride_s") / 2
    assert not ((middle > 3.0) & (middle < 5.0)).any()
    assert len(strides) >= 6


def test_a_foot_that_lands_on_its_toes_says_so() -> None:
    points = walked(Leg(8, 1.0, 180))
    phase = (np.arange(800) / 100 / STRIDE_S) % 1
    for side, begin in (("left", 0.0), ("right", 0.5)):
        late = (phase - begin) % 1
        points[f"{side}_ankle"][:, 2] += 0.06 * np.interp(late, [0, 0.2, 0.62, 1], [1, 0, 0, 1])
    strike = analyzed(points).strides.column("foot_strike_rad")
    assert np.nanmedian(strike) < -0.2


def test_strides_carry_the_direction_of_their_bout() -> None:
    found = analyzed(walked(WALK, Leg(8, 1.0, 180)))
    turn = np.searchsorted(found.strides.table.t_s, 8.0)
    assert set(found.strides.direction[: turn - 2]) == {Direction.FORWARD}
    assert set(found.strides.direction[turn + 2 :]) == {Direction.BACKWARD}
    assert found.series.cadence_spm[2:14] == pytest.approx(120, abs=3)


def test_real_backward_walking_lands_on_the_forefoot_and_forward_walking_does_not(
    data_dir: Path,
) -> None:
    def strike(clip: str) -> float:
        recording: Recording = read(data_dir / "mocap-bandai-namco-1" / f"dataset-1_{clip}.bvh")
        strides = analyze(recording).strides
        assert len(strides) >= 5
        return float(np.nanmedian(strides.column("foot_strike_rad")))

    assert strike("walk-back_active_001") < -0.2 < 0 < strike("walk_active_001")
