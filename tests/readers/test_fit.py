"""The FIT reader on files made byte by byte: what a sound file says, one trap at a time."""

import pickle
import struct
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers import fit_builder as fb
from tests.readers.fit_builder import (
    START,
    Shape,
    activity,
    file_id,
    fit_file,
    read,
    record,
    records,
    session,
    track_of,
)

from backstride.errors import UnknownFormatError
from backstride.readers import fit
from backstride.readers.fit import frame as fit_frame
from backstride.readers.fit.tables import unrolled
from backstride.recording import Given, Sex
from backstride.vocabulary import Sport

# what a sound file says


def test_a_sound_file_is_read_as_it_was_written() -> None:
    recording = read(activity(60))
    track = track_of(recording)
    assert recording.start_utc == datetime(2024, 5, 1, 6, 30, tzinfo=UTC)
    assert track.t_s.tolist() == list(range(60))
    assert track.column("distance_m").tolist() == [3.0 * s for s in range(60)]
    assert track.column("speed_mps").tolist() == [3.0] * 60
    assert track.column("heart_rate_bpm")[:3].tolist() == [120, 121, 122]
    assert np.allclose(track.column("latitude_deg")[0], 45, atol=1e-6)
    assert recording.sport is Sport.RUNNING
    assert recording.notices == ()
    assert (recording.device.manufacturer, recording.device.product) == ("garmin", "fenix6")


def test_invalid_values_are_missing_and_zeros_are_values() -> None:
    """255, 65535 and 0x7FFFFFFF mean "none"; zeros of any kind do not: what was recorded stays."""
    shape = fb.RECORD_SHAPE
    body = shape.definition()
    body += shape.data(START, 0, 0, 0, 0, 0, 0)
    body += shape.data(START + 1, None, None, None, None, None, None)
    body += shape.data(START + 2, 1, 1, 1, 100, 80, 1)
    track = track_of(read(fit_file(file_id(), body, session(3))))
    names = ("latitude_deg", "longitude_deg", "distance_m", "speed_mps", "cadence_spm")
    for name in (*names, "heart_rate_bpm"):
        assert track.column(name)[0] == 0, name
        assert np.isnan(track.column(name)[1]), name


@pytest.mark.parametrize(
    ("base", "size", "stored", "wanted"),
    [
        (fb.SINT8, 1, -5, -5),
        (fb.SINT16, 2, -500, -500),
        (fb.UINT32, 4, 4_000_000_000, 4_000_000_000),
        (fb.SINT64, 8, -(2**40), -(2**40)),
        (fb.UINT64, 8, 2**40, 2**40),
        (fb.FLOAT32, 4, 0.25, 0.25),
        (fb.FLOAT64, 8, -1e-9, -1e-9),
        (fb.UINT8Z, 1, 7, 7),
        (fb.UINT16Z, 2, None, None),
        (fb.UINT32Z, 4, None, None),
        (fb.UINT64Z, 8, None, None),
        (fb.FLOAT32, 4, None, None),
        (fb.FLOAT64, 8, None, None),
        (fb.SINT64, 8, None, None),
        (fb.FLOAT32, 4, float("inf"), None),
    ],
)
@pytest.mark.parametrize("big", [False, True])
def test_every_base_type_is_read_in_both_byte_orders(
    base: int, size: int, stored: float | None, wanted: float | None, big: bool
) -> None:
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32), (200, size, base), (3, 1, fb.UINT8)), big=big)
    body = shape.definition() + shape.data(START, stored, 99) + shape.data(START + 1, None, 98)
    track = track_of(read(fit_file(file_id(), body)))
    assert track.t_s.tolist() == [0, 1]
    assert track.column("heart_rate_bpm").tolist() == [99, 98]
    value = track.column("fit:unknown_200")[0]
    assert (np.isnan(value) and wanted is None) or value == wanted


def test_enhanced_fields_win_where_they_have_a_value() -> None:
    shape = Shape(
        1,
        fb.RECORD,
        (
            (73, 4, fb.UINT32),
            (78, 4, fb.UINT32),
            (253, 4, fb.UINT32),
            (6, 2, fb.UINT16),
            (2, 2, fb.UINT16),
        ),
    )
    body = shape.definition()
    body += shape.data(3100, 5 * (500 + 12), START, 3000, 5 * 500)
    body += shape.data(None, None, START + 1, 3000, 5 * 500)
    track = track_of(read(fit_file(file_id(), body)))
    assert track.column("speed_mps").tolist() == [3.1, 3.0]
    assert track.column("elevation_m").tolist() == [12, 0]
    assert "fit:enhanced_speed" not in track


def test_running_dynamics_are_in_si() -> None:
    shape = Shape(
        1,
        fb.RECORD,
        (
            (253, 4, fb.UINT32),
            *((number, 2, fb.UINT16) for number in (41, 40, 84, 39, 83, 85)),
            (99, 1, fb.UINT8),
            (33, 2, fb.UINT16),
        ),
    )
    body = shape.definition() + shape.data(START, 2450, 3550, 5010, 835, 790, 1040, 31, 10)
    track = track_of(read(fit_file(file_id(), body)))
    wanted = {
        "contact_s": 0.245,
        "contact_share": 0.355,
        "contact_balance_left": 0.501,
        "vertical_oscillation_m": 0.0835,
        "vertical_ratio": 0.079,
        "step_length_m": 0.104,
        "respiration_bpm": 31,
        "activity_energy_j": 41840,
    }
    assert {name: round(float(track.column(name)[0]), 6) for name in wanted} == wanted


def test_cadence_of_a_run_counts_the_steps_of_both_feet_and_that_of_a_ride_does_not() -> None:
    """A device counts strides on foot; a part of a stride comes in a field of its own."""
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32), (4, 1, fb.UINT8), (53, 1, fb.UINT8)))
    body = shape.definition() + b"".join(shape.data(START + s, 83, 64) for s in range(20))
    legs = fb.SESSION_SHAPE.definition()
    legs += fb.SESSION_SHAPE.data(START + 10, START, 2, 0, 10_000)
    legs += fb.SESSION_SHAPE.data(START + 20, START + 10, 1, 0, 10_000)
    recording = read(fit_file(file_id(), body, legs))
    track = track_of(recording)
    assert [section.sport for section in recording.sections] == [Sport.OTHER, Sport.RUNNING]
    assert track.column("cadence_spm")[10:].tolist() == [167.0] * 10
    assert track.column("fit:cadence")[:10].tolist() == [83.5] * 10
    assert np.isnan(track.column("cadence_spm")[:10]).all()
    assert np.isnan(track.column("fit:cadence")[10:]).all()


def test_compressed_headers_carry_the_time() -> None:
    """Five bits that roll over after 32 seconds, counted on from the last whole time."""
    shape = Shape(2, fb.RECORD, ((3, 1, fb.UINT8),))
    seconds = [0, 5, 10, 31, 32, 50, 60, 91]
    body = fb.EVENT_SHAPE.definition() + fb.EVENT_SHAPE.data(START, 0, 0) + shape.definition()
    body += b"".join(shape.compressed(START + s, 100 + s) for s in seconds)
    track = track_of(read(fit_file(file_id(), body)))
    assert track.t_s.tolist() == seconds
    assert track.column("heart_rate_bpm").tolist() == [100 + s for s in seconds]
    raw = read(fit_file(file_id(), body)).raw["record"]
    assert raw.columns["timestamp"].tolist() == [START + s for s in seconds]


def test_compressed_distance_rolls_over_and_adds_up() -> None:
    """Twelve bits of 1/100 m/s and twelve of 1/16 m; all bits set is no value, not a distance."""
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32), (8, 3, fb.BYTE)))
    metres = [0.0, 100.0, 200.0, 300.0, 555.0, 800.0]
    body = shape.definition()
    for second, metre in enumerate(metres):
        packed = 312 | (int(metre * 16) & 0xFFF) << 12
        body += shape.data(START + second, packed.to_bytes(3, "little"))
    body += shape.data(START + 6, b"\xff\xff\xff")
    track = track_of(read(fit_file(file_id(), body)))
    assert track.column("distance_m")[:6].tolist() == metres
    assert track.column("speed_mps")[:6].tolist() == [3.12] * 6
    assert np.isnan(track.column("distance_m")[6])


def test_layouts_of_one_message_are_merged_in_the_order_of_the_file() -> None:
    """A watch defines its record anew when a sensor comes or goes."""
    other = Shape(5, fb.RECORD, ((3, 1, fb.UINT8), (253, 4, fb.UINT32)))
    body = fb.RECORD_SHAPE.definition() + other.definition()
    body += b"".join(record(s) + other.data(150, START + s + 1) for s in range(0, 10, 2))
    track = track_of(read(fit_file(file_id(), body)))
    assert track.t_s.tolist() == list(range(10))
    assert track.column("heart_rate_bpm")[1::2].tolist() == [150] * 5
    assert np.isnan(track.column("distance_m")[1::2]).all()
    assert not np.isnan(track.column("distance_m")[::2]).any()


def test_unknown_messages_and_fields_stay_reachable_as_they_were_stored() -> None:
    shape = Shape(6, 233, ((253, 4, fb.UINT32), (2, 6, fb.UINT16), (9, 8, fb.STRING)))
    body = (
        shape.definition() + shape.data(START, [1, 65535, 3], "abc") + shape.data(START, None, "")
    )
    recording = read(fit_file(file_id(), records(range(3)), body))
    table = recording.raw["unknown_233"]
    assert list(table.columns) == ["timestamp", "unknown_2", "unknown_9"]
    assert table.columns["unknown_2"].tolist() == [[1, 65535, 3], [65535] * 3]
    assert table.columns["unknown_9"].tolist() == ["abc", ""]
    assert set(recording.raw) == {"file_id", "record", "unknown_233"}
    assert len(recording.raw) == 3


def test_raw_records_have_the_rows_of_the_track() -> None:
    recording = read(activity(10))
    raw = recording.raw["record"].columns
    assert raw["heart_rate"].tolist() == track_of(recording).column("heart_rate_bpm").tolist()
    assert raw["distance"].tolist() == [300 * s for s in range(10)]


def test_a_field_whose_size_does_not_fit_its_type_is_kept_as_bytes() -> None:
    """Some devices declare a uint32 of one byte; the messages around it are sound."""
    shape = Shape(4, fb.EVENT, ((253, 4, fb.UINT32), (0, 1, fb.ENUM), (3, 1, fb.UINT32)))
    body = shape.definition() + shape.data(START, 0, 7)
    recording = read(fit_file(file_id(), body, records(range(3))))
    assert recording.raw["event"].columns["data"].tolist() == [7]
    assert len(track_of(recording)) == 3
    assert recording.notices == ()


def test_a_field_of_two_types_is_read_as_numbers() -> None:
    one = Shape(5, 233, ((1, 1, fb.UINT8),))
    two = Shape(6, 233, ((1, 4, fb.UINT16),))
    body = one.definition() + one.data(7) + two.definition() + two.data([300, 301]) + one.data(None)
    column = (
        read(fit_file(file_id(), records(range(2)), body)).raw["unknown_233"].columns["unknown_1"]
    )
    assert np.array_equal(column, [[7, np.nan], [300, 301], [np.nan, np.nan]], equal_nan=True)


def test_strings_end_at_their_zero_or_at_their_size() -> None:
    shape = Shape(5, fb.WORKOUT, ((8, 8, fb.STRING),))
    body = shape.definition() + shape.data(b"rundenzu")
    assert read(fit_file(file_id(), records(range(2)), body)).workout_name == "rundenzu"
    spoilt = shape.definition() + shape.data(b"a\xff\x1bb\0xyz")
    name = read(fit_file(file_id(), records(range(2)), spoilt)).workout_name
    assert name == "a� b"
    assert name.isprintable()


def test_arrays_of_a_record_are_a_column_each() -> None:
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32), (69, 2, fb.UINT8), (201, 40, fb.UINT8)))
    body = shape.definition() + shape.data(START, [64, 255], list(range(40)))
    recording = read(fit_file(file_id(), body))
    track = track_of(recording)
    assert track.columns == ("fit:left_power_phase[0]",)
    assert round(float(track.column("fit:left_power_phase[0]")[0])) == 90
    assert recording.raw["record"].columns["unknown_201"].shape == (1, 40)


# developer fields


def described(app: int, number: int, name: str, units: str = "", base: int = fb.UINT8) -> bytes:
    shape = Shape(
        7,
        fb.FIELD_DESCRIPTION,
        (
            (0, 1, fb.UINT8),
            (1, 1, fb.UINT8),
            (2, 1, fb.UINT8),
            (3, 24, fb.STRING),
            (8, 8, fb.STRING),
        ),
    )
    return shape.definition() + shape.data(app, number, base, name, units)


def test_developer_fields_are_named_by_their_app_and_those_of_one_name_both_survive() -> None:
    fields = (
        (0, 1, 0, fb.UINT8),
        (1, 2, 0, fb.UINT16),
        (0, 4, 1, fb.FLOAT32),
        (1, 2, 1, fb.UINT16),
        (5, 1, 9, fb.UINT8),
    )
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32),), fields)
    body = described(0, 0, "Power", "W") + described(0, 1, "Form", "", fb.UINT16)
    body += described(1, 0, "Power", "W", fb.FLOAT32) + described(1, 1, "Power", "W", fb.UINT16)
    body += shape.definition() + shape.data(START, 200, 300, 201.5, 202, 3)
    track = track_of(read(fit_file(file_id(), body)))
    assert {name: float(track.column(name)[0]) for name in track.columns} == {
        "developer:Power [W]": 200,
        "developer:Form": 300,
        "developer#1:Power [W]": 201.5,
        "developer#1.1:Power [W]": 202,
        "developer:unknown_5": 3,
    }


def test_texts_of_records_are_in_the_raw_table() -> None:
    shape = Shape(1, fb.RECORD, ((253, 4, fb.UINT32),), ((0, 9, 0, fb.STRING),))
    body = described(0, 0, "Direction", "", fb.STRING) + shape.definition()
    body += shape.data(START, "backward") + shape.data(START + 1, "")
    recording = read(fit_file(file_id(), body))
    assert recording.raw["record"].columns["developer:Direction"].tolist() == ["backward", ""]
    assert track_of(recording).columns == ()


# laps, sections, events, workouts, people


def test_a_lap_is_named_by_its_texts_and_its_step_of_the_workout() -> None:
    steps = Shape(5, fb.WORKOUT_STEP, ((254, 2, fb.UINT16), (0, 12, fb.STRING), (8, 12, fb.STRING)))
    body = steps.definition() + steps.data(0, "warm up", "") + steps.data(1, "Backward", "slowly")
    laps = Shape(
        3,
        fb.LAP,
        (*fb.LAP_SHAPE.fields, (29, 8, fb.STRING)),
        ((0, 12, 0, fb.STRING),),
    )
    body += described(0, 0, "Kind", "", fb.STRING) + laps.definition()
    body += laps.data(START + 10, START, 10_000, 3000, 2, 0, "one", "")
    body += laps.data(START + 20, START + 10, 10_400, 3000, 0, 1, "", "retro")
    body += laps.data(START + 30, START + 20, 10_000, None, None, None, "", "")
    recording = read(fit_file(file_id(), records(range(30)), body, session(30)))
    assert [lap.name for lap in recording.laps] == [
        "one – warm up",
        "retro – Backward – slowly",
        "",
    ]
    assert [(lap.start_s, lap.end_s) for lap in recording.laps] == [(0, 10), (10, 20), (20, 30)]
    assert [lap.intensity for lap in recording.laps] == ["warmup", "active", ""]
    assert [lap.distance_m for lap in recording.laps] == [30, 30, None]


def test_pauses_are_where_the_timer_stood_still() -> None:
    event = fb.EVENT_SHAPE
    body = event.definition()
    for second, kind in ((0, 0), (10, 1), (15, 4), (20, 0), (30, 8), (30, 0), (59, 9)):
        body += event.data(START + second, 0, kind)
    body += event.data(START + 12, 9, 1)
    pauses = read(fit_file(file_id(), records(range(60)), body)).pauses
    assert [(pause.start_s, pause.end_s) for pause in pauses] == [(10, 20)]


def test_a_workout_file_is_its_steps() -> None:
    shape = Shape(
        5,
        fb.WORKOUT_STEP,
        (
            (254, 2, fb.UINT16),
            (0, 12, fb.STRING),
            (1, 1, fb.ENUM),
            (2, 4, fb.UINT32),
            (3, 1, fb.ENUM),
            (4, 4, fb.UINT32),
            (5, 4, fb.UINT32),
            (6, 4, fb.UINT32),
            (7, 1, fb.ENUM),
        ),
    )
    body = shape.definition()
    body += shape.data(1, "Backward", 1, 20_000, 0, 0, 2000, 3000, 0)
    body += shape.data(0, "warm up", 0, 600_000, 2, None, None, None, 2)
    body += shape.data(2, "", 6, 1, None, 5, None, None, None)
    name = Shape(6, fb.WORKOUT, ((8, 8, fb.STRING),))
    recording = read(fit_file(file_id(5), name.definition() + name.data("retro"), body))
    assert recording.tracks == ()
    assert recording.workout_name == "retro"
    assert [step.name for step in recording.workout_steps] == ["warm up", "Backward", ""]
    warm_up, backward, repeat = recording.workout_steps
    assert (warm_up.duration_kind, warm_up.duration_value) == ("time", 600)
    assert (warm_up.intensity, warm_up.target_kind, warm_up.target_value) == (
        "warmup",
        "open",
        None,
    )
    assert (backward.duration_kind, backward.duration_value) == ("distance", 200)
    assert (backward.target_kind, backward.target_value) == ("speed", 2.5)
    assert (backward.target_low, backward.target_high) == (2.0, 3.0)
    assert (warm_up.target_low, repeat.target_low, repeat.target_high) == (None, None, None)
    assert (repeat.duration_kind, repeat.duration_value) == ("repeat_until_steps_cmplt", 1)
    assert (repeat.target_kind, repeat.target_value) == ("repeats", 5)


@pytest.mark.parametrize(("kind", "word"), [(2, "a FIT settings"), (20, "an"), (6, "a FIT course")])
def test_another_kind_of_fit_file_is_said_to_be_one(kind: int, word: str) -> None:
    with pytest.raises(UnknownFormatError, match=word):
        read(fit_file(file_id(kind), records(range(3))))


def test_the_athlete_is_what_the_device_was_told_and_can_be_true() -> None:
    shape = Shape(
        5,
        3,
        ((1, 1, fb.ENUM), (3, 1, fb.UINT8), (4, 2, fb.UINT16), (8, 1, fb.UINT8), (11, 1, fb.UINT8)),
    )
    body = shape.definition() + shape.data(0, 172, 615, 0, 188)
    athlete = read(fit_file(file_id(), body, records(range(3)))).athlete
    assert (athlete.mass_kg, athlete.height_m, athlete.sex) == (61.5, 1.72, Sex.FEMALE)
    assert (athlete.max_heart_rate_bpm, athlete.resting_heart_rate_bpm) == (188, None)
    assert set(athlete.origins.values()) == {Given.RECORDING}
    assert read(activity()).athlete.sex is None


def test_without_a_session_the_sport_comes_from_what_else_names_one() -> None:
    shape = Shape(5, 12, ((0, 1, fb.ENUM), (1, 1, fb.ENUM)))
    said_so = read(fit_file(file_id(), shape.definition() + shape.data(1, 1), records(range(9))))
    assert said_so.sport is Sport.RUNNING
    assert said_so.sections[0].device_sport == "running/treadmill"
    assert said_so.sections[0].indoors
    assert (said_so.sections[0].start_s, said_so.sections[0].end_s) == (0, 8)
    assert read(fit_file(file_id(), records(range(9)))).sport is Sport.UNKNOWN


# beats


def test_heart_rate_that_came_late_is_a_track_of_its_own() -> None:
    """One whole event time sets the strap's clock; twelve bits each then count it on."""
    first = Shape(
        5, fb.HR, ((253, 4, fb.UINT32), (0, 2, fb.UINT16), (6, 1, fb.UINT8), (9, 4, fb.UINT32))
    )
    many = Shape(6, fb.HR, ((6, 4, fb.UINT8), (10, 6, fb.BYTE)))
    begin = 5000
    steps = [700, 1500, 2300, 4100, 4900, 6000, 8000, 9000]
    body = first.definition() + first.data(START + 2, 16384, 90, begin) + many.definition()
    for group in (steps[:4], steps[4:]):
        low = [(begin + step) & 0xFFF for step in group]
        packed = b"".join(
            (a | b << 12).to_bytes(3, "little") for a, b in zip(low[::2], low[1::2], strict=True)
        )
        body += many.data([100 + i for i in range(4)], packed)
    recording = read(fit_file(file_id(), records(range(20)), body))
    track = track_of(recording, "heart_rate")
    assert np.allclose(track.t_s, [2.5, *(2.5 + step / 1024 for step in steps)])
    assert track.column("heart_rate_bpm").tolist() == [90, *range(100, 104), *range(100, 104)]


def test_beats_follow_one_another_and_begin_anew_behind_a_pause() -> None:
    shape = Shape(5, fb.HRV, ((0, 6, fb.UINT16),))
    body = shape.definition() + fb.RECORD_SHAPE.definition()
    for second in [*range(5), *range(100, 105)]:
        body += record(second) + shape.data([500, 490, 65535])
    track = track_of(read(fit_file(file_id(), body)), "rr")
    assert track.column("rr_interval_s").tolist() == [0.5, 0.49] * 10
    assert (np.diff(track.t_s) >= 0).all()
    assert track.t_s[10] == 100
    assert np.allclose(np.diff(track.t_s[:10]), [0.49, 0.5] * 4 + [0.49])


# pieces


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=1200))
def test_the_checksum_is_the_one_computed_bit_by_bit(data: bytes) -> None:
    """Also where it is taken block by block."""
    assert fit_frame.crc16(data) == fb.crc(data)
    assert fit_frame.crc16(data + struct.pack("<H", fb.crc(data))) == 0
    with pytest.MonkeyPatch.context() as patch:
        for size in (2, 64, 100):
            patch.setattr(fit_frame, "_BLOCK_BYTES", size)
            assert fit_frame.crc16(data) == fb.crc(data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 31), min_size=1, max_size=50), st.integers(0, 10**6))
def test_a_counter_is_unrolled_as_if_it_had_been_written_whole(
    steps: list[int], first: int
) -> None:
    whole = np.cumsum([first, *steps])
    marks = np.zeros(len(whole), dtype=bool)
    marks[0] = True
    written = np.where(marks, whole, whole & 31)
    assert unrolled(written, marks, 5).tolist() == whole.tolist()


def test_a_recording_crosses_to_another_process_whole() -> None:
    recording = read(activity(20))
    copy = pickle.loads(pickle.dumps(recording))  # noqa: S301  # our own bytes
    assert copy.raw["record"].columns["distance"].tolist() == [300 * s for s in range(20)]


def test_text_is_not_fit() -> None:
    for head in (b"", b"<?xml", b"time_s,heart_rate_bpm\n", b"PK\3\4", Path(__file__).read_bytes()):
        assert not fit.sniff(head)
