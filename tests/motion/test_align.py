"""Several recordings of one session come onto one clock, or are refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.walker import Leg
from tests.test_virtual_camera import body as body_of
from validation.virtual_camera import Faults, View, filmed
from validation.virtual_imu import virtual_imu
from validation.worn import bouts, worn

from backstride.errors import RequestError
from backstride.motion import analyze
from backstride.motion.align import joined, offset_between, step_signal
from backstride.readers import read
from backstride.recording import Device, FoundBy, Recording, Section, Source, Track
from backstride.simulation import backward, forward, runners, simulate, stand, walk
from backstride.vocabulary import Sport

PLACES = ("left_foot", "right_foot", "lower_back", "chest")
BODY = bouts(np.random.default_rng(5), 240)
DAY = datetime(2025, 5, 4, 6, 30, tzinfo=UTC)


def still(seconds: float, path: str = "still.csv") -> Recording:
    """A sensor that lies on a table."""
    t_s = np.arange(0, seconds, 0.01)
    values = np.random.default_rng(1).normal((0.0, 0.0, 9.81), 0.02, (len(t_s), 3))
    names = tuple(f"acceleration_{axis}_mps2" for axis in "xyz")
    return Recording(
        start_utc=None,
        tracks=(Track("imu:pocket", t_s, values, names),),
        laps=(),
        sections=(Section(0, seconds, Sport.UNKNOWN),),
        device=Device(),
        source=Source(path, path, "imu"),
    )


def found(lead: Recording, other: Recording) -> tuple[float, float]:
    offset = offset_between(step_signal(lead), step_signal(other))
    return offset.seconds, offset.sd_s


@settings(max_examples=25, deadline=None)
@given(
    places=st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)),
    start_s=st.floats(-5, 40),
    end_s=st.floats(200, 240),
    gain=st.floats(0.5, 2),
)
def test_a_shift_is_found_within_its_stated_error(
    places: tuple[str, str], start_s: float, end_s: float, gain: float
) -> None:
    lead = worn(BODY, places[0])
    other = worn(BODY, places[1], start_s=start_s, end_s=end_s, gain=gain, seed=1)
    offset_s, sd_s = found(lead, other)
    assert abs(offset_s - start_s) <= 4 * sd_s
    assert sd_s < 0.5


def test_the_offset_there_is_minus_the_offset_back() -> None:
    lead, other = worn(BODY, "lower_back"), worn(BODY, "left_foot", start_s=12.34, seed=1)
    there_s, sd_s = found(lead, other)
    back_s, _ = found(other, lead)
    assert there_s == pytest.approx(-back_s, abs=2 * sd_s)


def test_two_feet_are_joined_by_way_of_the_back_to_a_hundredth_of_a_second() -> None:
    files = [
        worn(BODY, "left_foot", start_s=3.2, seed=1),
        worn(BODY, "right_foot", start_s=7.5, seed=2),
        worn(BODY, "lower_back", seed=3),
    ]
    session = joined(files).recording
    offsets = {part.source.path: part.offset_s for part in session.parts}
    assert offsets["right_foot.csv"] - offsets["left_foot.csv"] == pytest.approx(4.3, abs=0.05)
    assert {track.name for track in session.tracks} == {f"imu:{place}" for place in PLACES[:3]}


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_files_does_not_matter(order: list[int]) -> None:
    files = [
        worn(BODY, "left_foot", start_s=3.2, seed=1),
        worn(BODY, "right_foot", start_s=7.5, seed=2),
        worn(BODY, "lower_back", seed=3),
        worn(BODY, "lower_back", start_s=20, end_s=200, seed=4, path="second.csv"),
    ]
    session = joined(files).recording
    again = joined([files[place] for place in order]).recording
    assert again.parts == session.parts
    assert [track.name for track in again.tracks] == [track.name for track in session.tracks]
    assert again.notices == session.notices
    assert "imu:lower_back_2" in {track.name for track in session.tracks}


def session_of_a_watch() -> Recording:
    legs = [stand(20), walk(90), forward(2.7, 240), walk(40), backward(2.0, 100), forward(3.0, 150)]
    legs += [stand(45), forward(2.6, 120), walk(60), stand(20)]
    return simulate(legs, runners(1, 3)[0], seed=3).recording


def steps_of(watch: Recording) -> np.ndarray:
    """Cadence of each second without the watch's lag of some seconds."""
    series = analyze(watch).series
    cadence = np.nan_to_num(series.cadence_spm)
    cadence[cadence < 60] = 0
    return np.append(cadence[3:], [0.0, 0.0, 0.0])


def test_a_sensor_comes_onto_the_clock_of_the_watch() -> None:
    watch = session_of_a_watch()
    sensor = worn(steps_of(watch), "left_foot", start_s=31.0, seed=2)
    session = joined([sensor, watch]).recording
    lead, part = session.parts
    assert lead.found_by is FoundBy.LEAD
    assert lead.source == watch.source
    assert part.offset_sd_s is not None
    assert abs(part.offset_s - 31) <= 2 * part.offset_sd_s < 8
    assert session.start_utc == watch.start_utc
    assert session.simulated
    said = [notice.message for notice in session.notices if notice.code == "clock_shifted"]
    assert len(said) == 1
    assert said[0].startswith("left_foot.csv: shifted by +3")


def test_dates_win_where_they_are_surer_and_steps_agree() -> None:
    watch = session_of_a_watch()
    sensor = worn(steps_of(watch), "left_foot", start_s=31.0, seed=2)
    assert watch.start_utc is not None
    dated = replace(sensor, start_utc=watch.start_utc + timedelta(seconds=31))
    part = joined([watch, dated]).recording.parts[1]
    assert (part.offset_s, part.found_by) == (31, FoundBy.DATES)


def test_dates_of_a_clock_that_is_an_hour_wrong_are_not_believed_and_that_is_said() -> None:
    watch = session_of_a_watch()
    sensor = worn(steps_of(watch), "left_foot", start_s=31.0, seed=2)
    assert watch.start_utc is not None
    wrong = replace(sensor, start_utc=watch.start_utc + timedelta(seconds=3631))
    session = joined([watch, wrong]).recording
    assert session.parts[1].found_by is FoundBy.STEPS
    assert session.parts[1].offset_s == pytest.approx(31, abs=6)
    assert any(notice.code == "dates_contradict_steps" for notice in session.notices)


def test_a_steady_run_without_pauses_is_placed_by_dates_alone_and_without_them_not_at_all() -> None:
    watch = simulate([forward(2.7, 600)], runners(1, 3)[0], seed=3).recording
    steady = np.full(500, float(np.median(steps_of(watch))))
    sensor = worn(steady, "left_foot", seed=2)
    assert len(joined([watch, sensor]).left_out) == 1
    assert watch.start_utc is not None
    dated = replace(sensor, start_utc=watch.start_utc + timedelta(seconds=50))
    assert joined([watch, dated]).recording.parts[1].found_by is FoundBy.DATES
    other = replace(worn(steady * 0.7, "left_foot", seed=2), start_utc=dated.start_utc)
    assert len(joined([watch, other]).left_out) == 1


def test_an_offset_that_a_person_gives_stands_whatever_the_steps_say() -> None:
    files = [worn(BODY, "lower_back"), worn(BODY, "left_foot", start_s=12.0, end_s=200, seed=1)]
    session = joined(files, [("left_foot.csv", 3.2)]).recording
    part = session.parts[1]
    assert (part.offset_s, part.offset_sd_s, part.found_by) == (3.2, None, FoundBy.GIVEN)
    assert session.tracks[1].t_s[0] == pytest.approx(3.2)


def test_what_lies_before_the_lead_is_cut_off_and_said() -> None:
    files = [worn(BODY, "lower_back"), worn(BODY, "left_foot", end_s=200, seed=1)]
    session = joined(files, [("left_foot.csv", -10)]).recording
    assert min(float(track.t_s[0]) for track in session.tracks) >= 0
    assert any("its first 10.0 s" in notice.message for notice in session.notices)
    assert session.duration_s == pytest.approx(240, abs=0.1)


@pytest.mark.parametrize(
    ("offsets", "words"),
    [
        ([("wrong.csv", 1.0)], "no file is called wrong.csv"),
        ([("lower_back.csv", 1.0), ("left_foot.csv", 1.0)], "no file whose clock"),
    ],
)
def test_offsets_that_cannot_be_meant_are_wrong_usage(
    offsets: list[tuple[str, float]], words: str
) -> None:
    files = [worn(BODY, "lower_back"), worn(BODY, "left_foot", seed=1)]
    with pytest.raises(RequestError, match=words):
        joined(files, offsets)


def test_an_offset_that_leaves_nothing_in_common_is_refused() -> None:
    files = [worn(BODY, "lower_back"), worn(BODY, "left_foot", end_s=200, seed=1)]
    outcome = joined(files, [("left_foot.csv", 3000.0)])
    assert [one.source.path for one, _ in outcome.left_out] == ["left_foot.csv"]
    assert "nothing in common" in str(outcome.left_out[0][1])


@pytest.mark.parametrize("seed", range(6))
def test_a_session_of_somebody_else_is_refused_with_what_to_do(seed: int) -> None:
    body, stranger = (bouts(np.random.default_rng(100 + seed + k), 240) for k in (0, 50))
    outcome = joined([worn(body, "lower_back"), worn(stranger, "left_foot", seed=1)])
    assert len(outcome.recording.tracks) == 1
    ((recording, error),) = outcome.left_out
    assert recording.source.path in str(error)
    assert "--offset" in error.hint


def test_a_still_sensor_is_refused_and_the_rest_joined() -> None:
    files = [worn(BODY, "lower_back"), worn(BODY, "left_foot", start_s=3, seed=1), still(100)]
    outcome = joined(files)
    assert [one.source.path for one, _ in outcome.left_out] == ["still.csv"]
    assert len(outcome.recording.parts) == 2


def test_a_file_without_steps_is_refused_by_name() -> None:
    pulse = replace(
        worn(BODY, "lower_back"),
        tracks=(Track("heart_rate", np.arange(9.0), np.full((9, 1), 120.0), ("heart_rate_bpm",)),),
        source=Source("strap.fit", "strap", "fit"),
    )
    ((_, error),) = joined([worn(BODY, "left_foot"), pulse]).left_out
    assert "strap.fit" in str(error)
    assert "nothing in it shows steps" in str(error)


def test_a_file_given_twice_counts_once() -> None:
    one = worn(BODY, "left_foot")
    again = replace(one, source=replace(one.source, path="copy/left_foot.csv"))
    session = joined([one, again]).recording
    assert len(session.tracks) == 1
    assert [notice.code for notice in session.notices] == ["same_file"]


def test_more_files_than_one_session_has_are_refused() -> None:
    with pytest.raises(RequestError, match="21 recordings"):
        joined([still(3, f"{number}.csv") for number in range(21)])


def test_a_clock_over_years_is_refused_before_it_fills_the_memory() -> None:
    one = worn(BODY, "left_foot")
    track = one.tracks[0]
    t_s = np.append(track.t_s[:-1], 1e9)
    wrong = replace(one, tracks=(Track(track.name, t_s, track.values, track.columns),))
    with pytest.raises(RequestError, match="its clock runs over"):
        step_signal(wrong)


@pytest.mark.parametrize("rate_hz", [40.0, 52.0, 208.0])
def test_sensors_of_different_rates_are_compared(rate_hz: float) -> None:
    other = worn(BODY, "left_foot", start_s=10.0, seed=1)
    track = other.tracks[0]
    t_s = np.arange(0, float(track.t_s[-1]), 1 / rate_hz)
    values = np.column_stack([np.interp(t_s, track.t_s, column) for column in track.values.T])
    resampled = replace(other, tracks=(Track(track.name, t_s, values, track.columns),))
    offset_s, sd_s = found(worn(BODY, "lower_back"), resampled)
    assert abs(offset_s - 10) <= 4 * sd_s


def test_a_minute_finds_its_place_in_ten_hours() -> None:
    """So that cost grows no faster than n log n: with every offset tried it would take hours."""
    day = bouts(np.random.default_rng(9), 36000)
    lead = worn(day, "lower_back")
    clip = worn(day, "left_foot", start_s=20000, end_s=20060, seed=1)
    offset_s, sd_s = found(lead, clip)
    assert abs(offset_s - 20000) <= 4 * sd_s


def test_gaps_backward_times_and_missing_values_do_not_mislead() -> None:
    chance = np.random.default_rng(2)
    other = worn(BODY, "left_foot", start_s=10, seed=1)
    track = other.tracks[0]
    kept = chance.random(len(track)) > 0.02
    kept[3000:3500] = False
    values = track.values[kept].copy()
    values[chance.random(len(values)) < 0.01] = np.nan
    torn = replace(other, tracks=(Track(track.name, track.t_s[kept], values, track.columns),))
    offset_s, sd_s = found(worn(BODY, "lower_back"), torn)
    assert abs(offset_s - 10) <= 4 * sd_s


def test_a_cadence_is_that_of_the_body_whatever_wears_the_sensor() -> None:
    body = np.repeat([0.0, 110.0, 0.0, 170.0, 0.0], [10, 40, 10, 40, 10])
    for place in PLACES:
        cadence = step_signal(worn(body, place)).cadence_spm
        at = [int(25 * second) for second in (5, 30, 55, 80, 105)]
        assert np.allclose(cadence[at], body[[5, 30, 55, 80, 105]], rtol=0.03), place


def test_feet_and_back_of_a_real_trial_are_found_to_be_together(data_dir: Path) -> None:
    folder = data_dir / "imu-voisard-forward" / "GaitData"
    if not folder.is_dir():
        pytest.skip("no recordings at imu-voisard-forward")
    files = [read(folder / f"3-2_{place}.txt") for place in ("lf", "rf", "lb")]
    session = joined(files).recording
    assert len(session.parts) == 3
    assert max(abs(part.offset_s) for part in session.parts) < 0.1


def walker_session() -> tuple[Recording, Recording, Recording]:
    """A body of sticks that walks and stands: its points, a tripod's keypoints, a foot's sensor."""
    chance = np.random.default_rng(11)
    legs = []
    for speed_mps in (1.2, 0.8, 1.5, 1.0, 1.3):
        legs += [
            Leg(float(chance.uniform(4, 9)), 0.0),
            Leg(float(chance.uniform(9, 16)), speed_mps),
        ]
    body = body_of(*legs, Leg(6, 0.0))
    keypoints = filmed(body, View(), Faults(), 1).recording
    foot = virtual_imu(body, seed=1, places=("left_foot",))
    named = [("body.bvh", body), ("clip.json", keypoints), ("left_foot.csv", foot)]
    one, two, three = (
        replace(each, source=Source(name, name, "made"), start_utc=None) for name, each in named
    )
    return one, two, three


def later(recording: Recording, seconds: float) -> Recording:
    """The recording without its first seconds, its clock begun anew."""
    track = recording.tracks[0]
    kept = track.t_s >= seconds
    cut = Track(track.name, track.t_s[kept] - seconds, track.values[kept], track.columns)
    return replace(recording, tracks=(cut,))


def test_motion_capture_a_camera_on_a_tripod_and_a_sensor_come_onto_one_clock() -> None:
    body, camera, foot = walker_session()
    session = joined([body, later(camera, 2.5), later(foot, 4.0)]).recording
    offsets = {part.source.path: part for part in session.parts}
    for name, true_s in (("clip.json", 2.5), ("left_foot.csv", 4.0)):
        sd_s = offsets[name].offset_sd_s
        assert sd_s is not None
        assert abs(offsets[name].offset_s - true_s) <= 3 * sd_s
    assert {track.name for track in session.tracks} == {"points", "keypoints", "imu:left_foot"}
