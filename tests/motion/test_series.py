"""From a device's rows to one row a second."""

import numpy as np
import pytest
from tests.motion import made

from backstride.errors import RequestError
from backstride.motion.series import series_of
from backstride.recording import Interval, Section, Track
from backstride.vocabulary import Sport


def test_gaps_of_smart_recording_are_bridged_by_straight_lines() -> None:
    series = series_of(made.recording([0, 4, 10, 13], {"speed_mps": [2.0, 3.0, 3.0, 2.4]}))
    assert series.speed_mps[:5] == pytest.approx([2.0, 2.25, 2.5, 2.75, 3.0])
    assert series.on_foot.all()


def test_longer_gaps_and_pauses_stay_missing() -> None:
    gap = series_of(made.recording([0, 1, 2, 62, 63], {"speed_mps": 3.0}))
    assert np.isnan(gap.speed_mps[3:62]).all()
    assert not gap.on_foot[3:62].any()
    paused = series_of(
        made.recording(np.arange(100.0), {"speed_mps": 3.0}, pauses=[Interval(40, 50)])
    )
    assert np.flatnonzero(np.isnan(paused.speed_mps)).tolist() == list(range(40, 50))


def test_a_column_that_is_missing_for_long_is_missing_while_others_go_on() -> None:
    cadence = np.where((np.arange(101) > 20) & (np.arange(101) < 80), np.nan, 170.0)
    series = series_of(made.steady(100, cadence_spm=cadence))
    assert np.isnan(series.cadence_spm[21:80]).all()
    assert np.isfinite(series.speed_mps).all()


def test_the_sum_of_distance_agrees_with_the_device_through_gaps_and_new_legs() -> None:
    times = np.concatenate([np.arange(100.0), np.arange(160.0, 400.0, 7)])
    counter = np.cumsum(np.full(len(times), 3.3))
    counter[60:] -= counter[60] - 0.5  # a new leg counts from zero
    series = series_of(made.recording(times, {"distance_m": counter}))
    device = counter[59] + (counter[-1] - counter[60])
    assert series.distance_m.sum() == pytest.approx(device, abs=0.01)
    assert (series.distance_m >= 0).all()


def test_a_counter_that_trembles_is_not_counted_twice() -> None:
    counter = np.cumsum(np.full(200, 3.0))
    counter[50] -= 4
    series = series_of(made.recording(np.arange(200.0), {"distance_m": counter}))
    assert series.distance_m.sum() == pytest.approx(counter[-1], abs=0.01)


def test_speed_comes_from_distance_and_else_from_positions() -> None:
    times = np.arange(300.0)
    by_distance = series_of(made.recording(times, {"distance_m": 3 * times}))
    assert by_distance.speed_mps[10:290] == pytest.approx(3.0, abs=0.01)
    north = {"latitude_deg": 47 + times * 3 / 111_195, "longitude_deg": 8.0}
    by_position = series_of(made.recording(times, north))
    assert by_position.speed_mps[10:290] == pytest.approx(3.0, abs=0.01)
    assert by_position.distance_m.sum() == pytest.approx(3 * 299, rel=0.02)


def test_implausible_values_and_spikes_are_missing_but_a_sprint_is_not() -> None:
    speed = np.full(301, 3.0)
    speed[50] = 40.0
    speed[100:103] = 9.0
    speed[200:215] = 7.0
    series = series_of(made.steady(300, speed_mps=speed, heart_rate_bpm=999.0))
    assert np.isnan(series.speed_mps[[50, 100, 101, 102]]).all()
    assert series.speed_mps[205] == 7.0
    assert np.isnan(series.heart_rate_bpm).all()


def test_heart_rate_may_come_from_its_own_track() -> None:
    strap = Track(
        "heart_rate", np.arange(0.0, 120, 2), np.full((60, 1), 150.0), ("heart_rate_bpm",)
    )
    series = series_of(made.recording(np.arange(120.0), {"speed_mps": 3.0}, more=[strap]))
    assert series.heart_rate_bpm[:118] == pytest.approx(150.0)


def test_gradient_is_rise_over_distance_and_missing_without_elevation() -> None:
    times = np.arange(400.0)
    climb = made.recording(times, {"speed_mps": 3.0, "elevation_m": 100 + 0.06 * 3 * times})
    assert series_of(climb).gradient[30:370] == pytest.approx(0.06, abs=0.002)
    assert np.isnan(series_of(made.steady()).gradient).all()


def test_only_sports_on_foot_count_and_the_shorter_of_two_sections_knows_better() -> None:
    sections = [
        Section(0, 300, Sport.OTHER, "triathlon"),
        Section(100, 200, Sport.RUNNING),
    ]
    run = made.recording(np.arange(301.0), {"speed_mps": 3.0}, sections=sections)
    assert np.flatnonzero(series_of(run).on_foot).tolist() == list(range(100, 200))


def test_a_clock_that_runs_over_years_is_refused_before_memory_is_spent() -> None:
    with pytest.raises(RequestError, match="days"):
        series_of(made.recording([0, 1, 3e8], {"speed_mps": 3.0}))


@pytest.mark.parametrize("times", [[], [0.0], [5.0], [0.0, 0.0]])
def test_almost_nothing_gives_an_empty_or_missing_series(times: list[float]) -> None:
    series = series_of(made.recording(times, {"speed_mps": np.full(len(times), 3.0)}))
    assert len(series) == (np.ceil(times[-1]) if times else 0)
