"""The FIT reader on files made byte by byte: clocks that jump, chains, and every kind of damage."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.soundness import outcome
from tests.readers import fit_builder as fb
from tests.readers.fit_builder import (
    SOURCE,
    START,
    Shape,
    activity,
    codes,
    file_id,
    fit_file,
    read,
    record,
    records,
    said,
    session,
    track_of,
)

from backstride.errors import DamagedFileError, RefusedFileError
from backstride.readers import fit, limits
from backstride.readers.fit import wire as fit_wire
from backstride.vocabulary import Sport

# clocks


def test_records_without_any_time_get_a_second_each_and_it_is_said() -> None:
    shape = Shape(1, fb.RECORD, ((3, 1, fb.UINT8),))
    body = shape.definition() + b"".join(shape.data(100 + i) for i in range(4))
    recording = read(fit_file(file_id(), body))
    assert track_of(recording).t_s.tolist() == [0, 1, 2, 3]
    assert recording.start_utc is None
    assert codes(recording) == ["no_time"]


def test_a_record_without_time_lies_between_its_neighbours() -> None:
    body = fb.RECORD_SHAPE.definition() + record(0)
    body += fb.RECORD_SHAPE.data(None, None, None, None, 111, None, None) + record(4)
    recording = read(fit_file(file_id(), body))
    assert track_of(recording).t_s.tolist() == [0, 2, 4]
    assert codes(recording) == ["no_time"]


def test_a_clock_that_was_set_while_recording_keeps_order_and_the_longest_stretch() -> None:
    """Before the first fix a watch may count from years ago; that is not how long the run was."""
    body = records(range(20), start=START - 10**8) + records(range(60))
    recording = read(fit_file(file_id(), body))
    track = track_of(recording)
    assert track.t_s.tolist() == [*range(20), *range(20, 80)]
    assert recording.start_utc == datetime(2024, 5, 1, 6, 29, 40, tzinfo=UTC)
    assert codes(recording) == ["clock_reset"]
    assert "20 of 80" in said(recording)


def test_one_wrong_time_moves_no_other_row() -> None:
    for wrong in (85, -85, 86_400, -86_400, 10**9):
        body = records(range(10)) + record(10, start=START + wrong)
        body += b"".join(record(s) for s in range(11, 30))
        t_s = track_of(read(fit_file(file_id(), body))).t_s
        assert np.delete(t_s, 10).tolist() == [*range(10), *range(11, 30)]


def test_a_clock_set_back_a_little_waits_until_it_has_caught_up() -> None:
    recording = read(fit_file(file_id(), records([0, 1, 2, 3, 4, 3, 4, 5, 6])))
    assert track_of(recording).t_s.tolist() == [0, 1, 2, 3, 4, 4, 4, 5, 6]
    assert codes(recording) == ["clock_went_back"]


def test_times_that_are_no_times_are_not_believed() -> None:
    chance = random.Random(1)
    body = fb.RECORD_SHAPE.definition()
    body += b"".join(record(5, start=chance.randrange(2 * 10**9)) for _ in range(3000))
    recording = read(fit_file(file_id(), body))
    assert track_of(recording).t_s.tolist() == list(range(3000))
    assert codes(recording) == ["no_time"]


def test_a_session_that_began_before_its_first_record_is_where_zero_is() -> None:
    recording = read(fit_file(file_id(), records(range(5, 30)), session(30)))
    assert recording.start_utc == datetime(2024, 5, 1, 6, 30, tzinfo=UTC)
    assert track_of(recording).t_s[0] == 5
    absurd = read(fit_file(file_id(), records(range(5, 30)), session(30, begin=-(10**8))))
    assert track_of(absurd).t_s[0] == 0


def test_seconds_since_the_device_was_switched_on_are_no_date() -> None:
    recording = read(fit_file(file_id(), records(range(5), start=1000)))
    assert recording.start_utc is None
    assert track_of(recording).t_s.tolist() == list(range(5))


# several files in one


def test_two_activities_in_a_row_are_two_recordings() -> None:
    two = fit.read(activity(10) + activity(20), SOURCE)
    assert [len(track_of(recording)) for recording in two] == [10, 20]
    assert [codes(recording) for recording in two] == [[], []]


def test_what_a_strap_sent_late_belongs_to_the_recording_before_it() -> None:
    shape = Shape(5, fb.HR, ((253, 4, fb.UINT32), (6, 1, fb.UINT8), (9, 4, fb.UINT32)))
    late = fit_file(shape.definition(), shape.data(START + 3, 99, 1024))
    recording = read(activity(10) + late + late)
    assert track_of(recording, "heart_rate").column("heart_rate_bpm").tolist() == [99, 99]
    assert len(track_of(recording)) == 10


def test_a_part_that_is_no_activity_is_left_out_and_named() -> None:
    recording = read(activity(10) + fit_file(file_id(2)))
    assert codes(recording) == ["part_left_out"]
    assert "settings" in said(recording)


def test_local_definitions_do_not_reach_into_the_next_file() -> None:
    orphan = fit_file(record(1) + record(2))
    recording = fit.read(activity(10) + orphan, SOURCE)[0]
    assert len(track_of(recording)) == 10


# damage


def test_a_wrong_checksum_is_said_and_everything_is_read() -> None:
    recording = read(fit_file(file_id(), records(range(30)), checksum=1))
    assert len(track_of(recording)) == 30
    assert codes(recording) == ["checksum"]


def test_a_file_cut_short_gives_what_is_sound_and_says_how_much_is_not() -> None:
    whole = activity(60)
    recording = read(whole[: len(whole) // 2])
    track = track_of(recording)
    assert 20 < len(track) < 40
    assert track.column("distance_m").tolist() == [3.0 * s for s in range(len(track))]
    assert f"{len(whole) - len(whole) // 2:,} bytes early" in said(recording)


@pytest.mark.parametrize("lost", [1, 2, 5, 13, 19, 33, 250])
@pytest.mark.parametrize("at", [700, 707, 711, 719])
def test_bytes_missing_in_the_middle_cost_the_rows_around_them(at: int, lost: int) -> None:
    """Neither a row of garbage is kept, nor are the rows behind it lost."""
    whole = activity(200)
    recording = read(whole[:at] + whole[at + lost :])
    track = track_of(recording)
    assert 200 - len(track) <= lost // 21 + 3
    wanted = {3.0 * s for s in range(200)}
    assert set(track.column("distance_m").tolist()) <= wanted
    assert np.array_equal(track.column("distance_m"), 3 * track.t_s)
    assert track.t_s[-1] == 199
    assert codes(recording)
    assert recording.sport is Sport.RUNNING


def test_bytes_put_in_cost_no_row() -> None:
    chance = random.Random(4)
    whole = activity(200)
    border = whole.index(record(100))
    for amount in (1, 7, 40, 700):
        spoilt = whole[:border] + chance.randbytes(amount) + whole[border:]
        track = track_of(read(spoilt))
        assert len(track) >= 198
        assert np.array_equal(track.column("distance_m"), 3 * track.t_s)


def test_a_hole_of_zeros_is_not_read_as_rows() -> None:
    whole = activity(400)
    at = whole.index(record(100)) + 7
    track = track_of(read(whole[:at] + bytes(2000) + whole[at + 2000 :]))
    assert 300 <= len(track) <= 306
    assert np.array_equal(track.column("distance_m"), 3 * track.t_s)


def test_damage_is_told_by_how_many_bytes_and_where() -> None:
    whole = activity(200)
    at = whole.index(record(100))
    recording = read(whole[: at + 1] + whole[at + 21 :])
    (notice,) = (notice for notice in recording.notices if notice.code == "damaged")
    assert f"{at:,}" in notice.message


def test_a_row_next_to_damage_that_cannot_be_is_left_out() -> None:
    """Its time is right, and its pulse of 250 and its place on another continent are not."""
    body = records(range(50)) + b"\x3b" * 9
    body += fb.RECORD_SHAPE.data(START + 50, -(10**9), 10**9, 15_000, 250, 83, 3000)
    body += b"".join(record(s) for s in range(51, 100))
    recording = read(fit_file(file_id(), body))
    assert len(track_of(recording)) == 99
    assert 50 not in track_of(recording).t_s
    assert "implausible_rows" in codes(recording)


@pytest.mark.parametrize("header_size", [12, 14])
def test_both_sizes_of_headers_are_read(header_size: int) -> None:
    data = fit_file(file_id(), records(range(9)), header_size=header_size)
    assert fit.sniff(data)
    assert len(track_of(read(data))) == 9


def test_a_header_of_an_odd_size_is_seen_through() -> None:
    data = bytearray(activity(9))
    data[0] = 99
    assert fit.sniff(data)
    assert len(track_of(read(bytes(data)))) == 9


def test_a_spoilt_header_costs_nothing_but_a_notice() -> None:
    data = b"\0" * 14 + activity(30)[14:]
    assert fit.sniff(data)
    recording = read(data)
    assert len(track_of(recording)) == 30
    assert codes(recording) == ["checksum"]


def test_a_recording_whose_size_was_never_written_is_read() -> None:
    """A device that lost power leaves a size of zero and no checksum."""
    data = fit_file(file_id(), records(range(30)), data_size=0, with_checksum=False)
    assert len(track_of(read(data))) == 30


def test_garbage_behind_the_end_is_said_and_not_read() -> None:
    recording = read(activity(30) + b"\x01garbage" * 20)
    assert len(track_of(recording)) == 30
    assert "160 bytes" in said(recording)


def test_a_file_of_nothing_but_damage_is_one_clear_error() -> None:
    with pytest.raises(DamagedFileError, match="no record"):
        read(fit_file(b"\xff" * 500, checksum=0))
    with pytest.raises(DamagedFileError):
        read(fit_file(file_id()))


# hostile


def test_a_header_that_promises_four_gigabytes_promises_nothing() -> None:
    data = fit_file(file_id(), records(range(30)), data_size=0xFFFFFFF0)
    assert len(track_of(read(data))) == 30


def test_thousands_of_definitions_of_255_fields_are_refused_or_read_quickly() -> None:
    fields = tuple((number, 255, fb.BYTE) for number in range(255))
    definitions = [Shape(1, kind, fields).definition() for kind in range(1000, 1000 + 5000)]
    with pytest.raises(RefusedFileError, match="kinds of messages"):
        read(fit_file(file_id(), *definitions, records(range(3)), with_checksum=False))


def test_more_messages_than_memory_is_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_wire, "MAX_MESSAGES", 1000)
    empty = Shape(1, fb.RECORD, ())
    with pytest.raises(RefusedFileError, match="more messages"):
        read(fit_file(file_id(), empty.definition(), b"\x01" * 2000))
    with pytest.raises(RefusedFileError, match="more messages"):
        read(fit_file(file_id(), empty.definition(), b"\x01" * 2000, checksum=1))


def test_tables_that_would_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 1000)
    shapes = [Shape(local, 233, ((local, 100, fb.UINT8),)) for local in range(8)]
    body = b"".join(shape.definition() + shape.data(None) * 3 for shape in shapes)
    with pytest.raises(RefusedFileError, match="more values"):
        read(fit_file(file_id(), records(range(3)), body))


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 100)
    with pytest.raises(RefusedFileError, match="larger than 100"):
        read(activity(30))


def test_a_chain_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_RECORDINGS", 20)
    with pytest.raises(RefusedFileError, match="chained"):
        fit.read(fit_file() * 30, SOURCE)


# anything at all


def assert_sound_or_read_error(data: bytes) -> int:
    """The rows that were read; 0 if the file is refused in words."""
    rows = 0
    for recording in outcome(lambda: fit.read(data, SOURCE), SOURCE.path):
        for name in recording.raw:
            assert len(recording.raw[name]) > 0 or not recording.raw[name].columns
        rows += len(recording.tracks[0]) if recording.tracks else 0
    return rows


def test_a_file_cut_at_any_byte_is_read_up_to_there() -> None:
    whole = activity(12)
    counts = [assert_sound_or_read_error(whole[:length]) for length in range(len(whole))]
    assert counts == sorted(counts)
    assert counts[-1] == 12


def test_any_one_wrong_byte_leaves_a_recording_or_a_read_error() -> None:
    whole = activity(12)
    chance = random.Random(20240502)
    kept = 0
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= chance.randrange(1, 256)
        kept += assert_sound_or_read_error(bytes(spoilt)) >= 10
    assert kept > 0.8 * len(whole)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 60))
def test_any_bytes_in_any_place_leave_a_recording_or_a_read_error(
    noise: bytes, at: int, lost: int
) -> None:
    whole = activity(15)
    assert_sound_or_read_error(whole[:at] + noise + whole[at + lost :])
    assert_sound_or_read_error(noise)
