"""The simulation: it says what it is, its truth is the truth, and its people are as assumed."""

import numpy as np
import pytest

from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.recording import Interval
from backstride.simulation import (
    ASSUMPTIONS,
    RUNNING_DYNAMICS,
    Leg,
    Options,
    Place,
    Runner,
    Sampling,
    backward,
    demo_session,
    forward,
    runners,
    simulate,
    stand,
    walk,
)
from backstride.vocabulary import QUANTITIES, Direction, Gait


@pytest.fixture(scope="module")
def runner() -> Runner:
    return runners(1, 7)[0]


def test_a_simulated_recording_says_so_everywhere_a_person_would_look(runner: Runner) -> None:
    recording = simulate([forward(3.0, 60)], runner, seed=1).recording
    assert [notice.code for notice in recording.notices] == ["simulated"]
    assert "imulated" in recording.source.title
    assert "SIMULATED" in recording.device.product


def test_the_same_seed_gives_the_same_session_and_another_seed_another(runner: Runner) -> None:
    legs = [forward(3.0, 300), backward(2.2, 60)]
    one, same, other = (simulate(legs, runner, seed=seed).recording for seed in (1, 1, 2))
    assert one.source.sha256 == same.source.sha256 != other.source.sha256


def test_people_of_the_same_seed_are_the_same() -> None:
    assert runners(3, 5) == runners(3, 5) != runners(3, 6)


def test_truth_is_contiguous_and_joins_legs_that_do_not_differ(runner: Runner) -> None:
    legs = [forward(3.0, 100), forward(2.5, 50), backward(2.2, 40), stand(10)]
    truth = simulate(legs, runner, seed=1).truth
    assert [(span.start_s, span.end_s, span.direction) for span in truth] == [
        (0, 150, Direction.FORWARD),
        (150, 190, Direction.BACKWARD),
        (190, 200, Direction.STILL),
    ]


def test_every_recorded_value_is_plausible_by_the_vocabulary() -> None:
    legs = [walk(60), forward(2.8, 300, gradient=0.08), backward(2.0, 60), stand(20)]
    for person in runners(20, 3):
        track = simulate(legs, person, seed=person.number).recording.tracks[0]
        for name in track.columns:
            values, quantity = track.column(name), QUANTITIES[name]
            assert np.nanmin(values) >= quantity.low, name
            assert np.nanmax(values) <= quantity.high, name


def test_backward_cadence_is_higher_by_the_runners_own_ratio_at_equal_speed() -> None:
    for person in runners(10, 4):
        session = simulate([forward(2.4, 600), backward(2.4, 600)], person, seed=1)
        cadence = session.recording.tracks[0].column("cadence_spm")
        seen = np.mean(cadence[620:1190]) / np.mean(cadence[20:590])
        assert seen == pytest.approx(person.backward_cadence_ratio, rel=0.04)


def test_a_minority_of_people_hardly_changes_cadence_backward() -> None:
    """P < 0.001 with 13 people does not rule such people out; a model must be tried on them."""
    ratios = np.array([person.backward_cadence_ratio for person in runners(2000, 1)])
    assert 0.03 < np.mean(ratios < 1.03) < 0.15
    assert np.median(ratios) == pytest.approx(constant("gait.stride_frequency_ratio"), rel=0.01)
    widest = np.array([person.backward_cadence_ratio for person in runners(2000, 1, spread=1.0)])
    assert np.mean(widest < 1.03) > np.mean(ratios < 1.03) + 0.05


def test_heart_rate_lags_effort_and_is_higher_backward_at_equal_speed(runner: Runner) -> None:
    session = simulate([forward(2.4, 900), backward(2.4, 600)], runner, seed=1)
    bpm = session.recording.tracks[0].column("heart_rate_bpm")
    ahead, soon, late = np.mean(bpm[800:890]), np.mean(bpm[902:908]), np.mean(bpm[1200:1490])
    assert late > ahead + 8
    assert soon < (ahead + late) / 2


def test_distance_legs_cover_their_distance(runner: Runner) -> None:
    leg = Leg(Direction.FORWARD, Gait.RUN, 3.0, distance_m=1000)
    recording = simulate([leg], runner, seed=1).recording
    assert recording.laps[0].distance_m == pytest.approx(1000, rel=0.02)


def test_a_leg_without_a_length_is_refused() -> None:
    with pytest.raises(RequestError, match="no length") as caught:
        _ = Leg(Direction.FORWARD, Gait.RUN, 3.0).seconds
    assert "duration" in caught.value.hint


@pytest.mark.parametrize("legs", [[], [forward(-1.0, 60)]])
def test_a_session_of_nothing_or_of_negative_speed_is_refused(
    legs: list[Leg], runner: Runner
) -> None:
    with pytest.raises(RequestError, match="legs"):
        simulate(legs, runner, seed=1)


def test_a_treadmill_has_no_positions_and_a_dropout_loses_them(runner: Runner) -> None:
    indoors = simulate([forward(3, 60)], runner, seed=1, options=Options(place=Place.TREADMILL))
    assert "latitude_deg" not in indoors.recording.tracks[0]
    assert indoors.recording.sections[0].indoors
    lost = Options(place=Place.ROAD, dropouts=(Interval(20, 40),))
    latitude = (
        simulate([forward(3, 60)], runner, seed=1, options=lost)
        .recording.tracks[0]
        .column("latitude_deg")
    )
    assert np.isnan(latitude[20:40]).all()
    assert np.isfinite(latitude[:20]).all()


def test_pauses_smart_recording_and_missing_columns_are_as_asked(runner: Runner) -> None:
    options = Options(sampling=Sampling.SMART, missing=RUNNING_DYNAMICS)
    legs = [forward(3, 120), stand(30, paused=True), forward(3, 120)]
    recording = simulate(legs, runner, seed=1, options=options).recording
    track = recording.tracks[0]
    assert recording.pauses == (Interval(120, 150),)
    assert not ((track.t_s >= 120) & (track.t_s < 150)).any()
    assert 2 < np.mean(np.diff(track.t_s)) < 8
    assert not RUNNING_DYNAMICS & set(track.columns)


def test_a_track_is_four_hundred_metres_round(runner: Runner) -> None:
    session = simulate([forward(4.0, 400)], runner, seed=1)
    track = session.recording.tracks[0]
    metres = np.radians(track.column("longitude_deg")) * constant("watch.earth_radius_m")
    assert 2 * 60 < np.ptp(metres) < 180
    assert np.ptp(np.radians(track.column("latitude_deg"))) * constant(
        "watch.earth_radius_m"
    ) == pytest.approx(2 * 36.8, abs=12)


def test_only_named_legs_have_laps_of_their_own(runner: Runner) -> None:
    named = Leg(Direction.BACKWARD, Gait.RUN, 2.2, 60, label=True)
    laps = simulate(
        [forward(3, 60), forward(2.8, 60), named, forward(3, 60)], runner, seed=1
    ).recording.laps
    assert [(lap.name, lap.end_s - lap.start_s) for lap in laps] == [
        ("", 120),
        ("Backward run", 60),
        ("", 60),
    ]


def test_the_demo_is_six_times_two_hundred_metres_backward_and_labelled() -> None:
    session = demo_session()
    backward_spans = [span for span in session.truth if span.direction is Direction.BACKWARD]
    named = [lap for lap in session.recording.laps if lap.name == "Backward 200 m"]
    assert len(backward_spans) == len(named) == 6
    for span, lap in zip(backward_spans, named, strict=True):
        assert (span.start_s, span.end_s) == (lap.start_s, lap.end_s)
        assert lap.distance_m == pytest.approx(200, abs=10)


def test_every_assumption_has_a_reason_and_a_source() -> None:
    assert {"gait.stride_frequency_ratio", "simulation.spread_share"} <= {
        assumption.name for assumption in ASSUMPTIONS
    }
    for assumption in ASSUMPTIONS:
        assert assumption.why
        assert assumption.sources
        assert assumption.low <= assumption.value <= assumption.high
