"""What is written as FIT is what every reader reads: ours and two others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.writers.decoders import rows_of_fitdecode, rows_of_fitparse

from backstride.errors import RequestError
from backstride.readers import fit as fit_reader
from backstride.recording import Recording, Source, Track
from backstride.simulation import (
    Options,
    Place,
    Sampling,
    backward,
    demo_session,
    forward,
    runners,
    simulate,
    stand,
)
from backstride.writers.fit import write
from backstride.writers.fit_messages import crc

#: Field of the format, column of the vocabulary, and what the first must be divided by.
FIELDS = (
    ("heart_rate", "heart_rate_bpm", 1),
    ("distance", "distance_m", 1),
    ("enhanced_speed", "speed_mps", 1),
    ("enhanced_altitude", "elevation_m", 1),
    ("stance_time", "contact_s", 1000),
    ("stance_time_percent", "contact_share", 100),
    ("stance_time_balance", "contact_balance_left", 100),
    ("vertical_oscillation", "vertical_oscillation_m", 1000),
    ("vertical_ratio", "vertical_ratio", 100),
    ("step_length", "step_length_m", 1000),
    ("position_lat", "latitude_deg", 2**31 / 180),
    ("position_long", "longitude_deg", 2**31 / 180),
)


@pytest.fixture(scope="module")
def demo() -> Recording:
    return demo_session().recording


@pytest.fixture(scope="module")
def paused() -> Recording:
    legs = [forward(3, 120), stand(30, paused=True), backward(2, 60), forward(3, 60)]
    options = Options(place=Place.ROAD, sampling=Sampling.SMART)
    return simulate(legs, runners(1, 2)[0], seed=3, options=options).recording


def read_by_us(recording: Recording) -> Recording:
    (back,) = fit_reader.read(write(recording), Source("written.fit", "", "fit"))
    return back


@pytest.mark.parametrize("rows_of", [rows_of_fitdecode, rows_of_fitparse])
def test_another_decoder_reads_every_value_of_every_record(rows_of, demo: Recording) -> None:
    rows = rows_of(write(demo), "record")
    track = demo.tracks[0]
    assert len(rows) == len(track)
    for field, column, divisor in FIELDS:
        read = np.array([row.get(field) for row in rows], dtype=np.float64) / divisor
        np.testing.assert_allclose(read, track.column(column), atol=1e-6, err_msg=field)
    strides = np.array([row["cadence"] + row["fractional_cadence"] for row in rows], dtype=float)
    np.testing.assert_array_equal(2 * strides, track.column("cadence_spm"))


@pytest.mark.parametrize("rows_of", [rows_of_fitdecode, rows_of_fitparse])
def test_another_decoder_reads_laps_with_the_steps_they_carried_out(
    rows_of, demo: Recording
) -> None:
    data = write(demo)
    steps = {row["message_index"]: row["wkt_step_name"] for row in rows_of(data, "workout_step")}
    laps = rows_of(data, "lap")
    assert [steps[lap["wkt_step_index"]] for lap in laps] == [lap.name for lap in demo.laps]
    assert [lap["total_distance"] for lap in laps] == [lap.distance_m for lap in demo.laps]
    (session,) = rows_of(data, "session")
    assert session["sport"] == "running"
    assert session["num_laps"] == len(demo.laps)


def test_our_reader_reads_back_what_was_written(demo: Recording) -> None:
    back = read_by_us(demo)
    assert back.start_utc == demo.start_utc
    assert back.laps == demo.laps
    assert back.athlete.mass_kg == demo.athlete.mass_kg
    assert [step.name for step in back.workout_steps] == [step.name for step in demo.workout_steps]
    wrote, read = demo.tracks[0], back.track("record")
    assert read is not None
    np.testing.assert_array_equal(read.t_s, wrote.t_s)
    for column in wrote.columns:
        np.testing.assert_allclose(
            read.column(column), wrote.column(column), atol=1e-6, err_msg=column
        )


def test_our_reader_reads_back_pauses_and_gaps(paused: Recording) -> None:
    back = read_by_us(paused)
    assert back.pauses == paused.pauses
    read = back.track("record")
    assert read is not None
    np.testing.assert_array_equal(read.t_s, paused.tracks[0].t_s)


def test_a_pause_is_time_that_the_timer_does_not_count(paused: Recording) -> None:
    (session,) = rows_of_fitdecode(write(paused), "session")
    assert session["total_elapsed_time"] - session["total_timer_time"] == 30


def test_a_simulated_file_shows_it_to_any_program(demo: Recording) -> None:
    data = write(demo)
    (identity,) = rows_of_fitdecode(data, "file_id")
    (workout,) = rows_of_fitdecode(data, "workout")
    assert identity["manufacturer"] == "development"
    assert "SIMULATED" in str(identity["product_name"])
    assert "SIMULATED" in str(workout["wkt_name"])


def test_missing_and_impossible_values_are_written_as_missing(demo: Recording) -> None:
    values = np.array([[np.nan, 70.0], [300.0, 0.0], [-1.0, 90.0]])
    track = Track("record", np.arange(3.0), values, ("heart_rate_bpm", "cadence_spm"))
    rows = rows_of_fitdecode(write(replace(demo, tracks=(track,))), "record")
    assert [row["heart_rate"] for row in rows] == [None, None, None]
    assert [row["cadence"] for row in rows] == [35, 0, 45]


def test_a_recording_without_a_date_is_refused_with_what_to_do(demo: Recording) -> None:
    with pytest.raises(RequestError, match="date") as caught:
        write(replace(demo, start_utc=None))
    assert caught.value.hint


def test_a_recording_without_records_is_written_and_read(demo: Recording) -> None:
    data = write(replace(demo, tracks=()))
    assert rows_of_fitdecode(data, "record") == []
    assert len(rows_of_fitdecode(data, "lap")) == len(demo.laps)


@given(st.text(max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_workout_name_is_written_so_that_it_can_be_read(demo: Recording, name: str) -> None:
    data = write(replace(demo, workout_name=name, tracks=()))
    (workout,) = rows_of_fitdecode(data, "workout")
    read = str(workout["wkt_name"] or "")
    assert name.split("\0")[0].startswith(read)


def test_the_checksum_is_the_formats() -> None:
    """CRC-16/ARC, whose published check value over the digits is 0xBB3D."""
    assert crc(b"123456789") == 0xBB3D
