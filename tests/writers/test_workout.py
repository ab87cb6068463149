"""A workout comes back from its file as it was, by our reader and by two others."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.writers.decoders import rows_of_fitdecode, rows_of_fitparse
from tests.writers.workouts import RowsOf, read_by_us, steps_by, workouts

from backstride.errors import ReadError, RequestError
from backstride.readers.fit import profile
from backstride.recording import WorkoutStep, carried_out
from backstride.vocabulary import Sport
from backstride.writers import fit_messages, workout
from backstride.writers.workout import write

DECODERS = pytest.mark.parametrize("rows_of", [rows_of_fitdecode, rows_of_fitparse])
BACK = WorkoutStep(0, "BACKWARD 200 m", "Tall.", "active", "distance", 200.0, "open")
REPEAT = WorkoutStep(1, "", "", "", "repeat_until_steps_cmplt", 0.0, "repeats", 6.0)


@given(steps=workouts())
@settings(max_examples=150)
def test_any_workout_is_read_back_equal_by_us(steps: tuple[WorkoutStep, ...]) -> None:
    back = read_by_us(write("Any", steps))
    assert back.workout_steps == steps
    assert back.workout_name == "Any"
    assert back.notices == ()


@DECODERS
@given(steps=workouts())
@settings(max_examples=60)
def test_any_workout_is_read_equal_by_another_decoder(
    rows_of: RowsOf, steps: tuple[WorkoutStep, ...]
) -> None:
    assert steps_by(rows_of, write("Any", steps)) == steps


@DECODERS
def test_another_decoder_reads_what_the_file_is(rows_of: RowsOf) -> None:
    day = datetime(2026, 3, 1, 6, tzinfo=UTC)
    data = write("Hills, uphill only", (BACK, REPEAT), Sport.WALKING, created_utc=day)
    (identity,) = rows_of(data, "file_id")
    assert (identity["type"], identity["manufacturer"]) == ("workout", "development")
    assert str(identity["time_created"]).startswith("2026-03-01 06:00:00")
    (about,) = rows_of(data, "workout")
    assert (about["wkt_name"], about["sport"]) == ("Hills, uphill only", "walking")
    assert about["num_valid_steps"] == 2


WORKOUT_FILES = (
    "WorkoutCustomTargetValues.fit",
    "WorkoutIndividualSteps.fit",
    "WorkoutRepeatGreaterThanStep.fit",
    "WorkoutRepeatSteps.fit",
)


@pytest.mark.parametrize("name", WORKOUT_FILES)
def test_a_real_workout_survives_being_read_written_and_read(data_dir: Path, name: str) -> None:
    folder = data_dir / "activity-corpus"
    first = read_by_us((folder / f"dtcooper__python-fitparse__{name}").read_bytes())
    again = read_by_us(write(first.workout_name, first.workout_steps))
    assert again.workout_steps == first.workout_steps != ()
    assert again.workout_name == first.workout_name
    assert first.notices == again.notices == ()


def test_the_workout_of_a_real_activity_survives_too(data_dir: Path) -> None:
    file = data_dir / "activity-corpus" / "stadelmanma__fitparse-rs__hrv-activity.fit"
    first = read_by_us(file.read_bytes())
    assert [lap.step_index for lap in first.laps][4:9] == [4, 5, 6, 5, 6]
    assert first.laps[-1].step_index is None
    again = read_by_us(write(first.workout_name, first.workout_steps, Sport.OTHER))
    assert again.workout_steps == first.workout_steps
    assert len(first.workout_steps) == 14


def test_what_a_reader_does_not_know_is_noticed_and_kept() -> None:
    steps = (
        replace(BACK, duration_kind="duration 45", duration_value=7.0),
        replace(BACK, index=1, target_kind="target 99", target_value=3.0),
    )
    back = read_by_us(write("Of tomorrow", steps))
    assert back.workout_steps == steps
    assert [notice.code for notice in back.notices] == ["workout_step"] * 2
    assert "duration 45" in back.notices[0].message
    assert "target 99" in back.notices[1].message


def test_a_repeat_of_nothing_is_noticed_when_read() -> None:
    steps = (BACK, replace(REPEAT, duration_value=9.0))
    identity = fit_messages.message(fit_messages.FILE_ID, (0, fit_messages.ENUM, 5))
    odd = fit_messages.file_of((identity, *workout.messages("Odd", steps, Sport.OTHER)))
    (notice,) = read_by_us(odd).notices
    assert (notice.code, "step 1" in notice.message) == ("workout_step", True)


@given(steps=workouts(), damage=st.data())
@settings(max_examples=150)
def test_a_damaged_workout_is_read_as_far_as_it_goes_or_refused(
    steps: tuple[WorkoutStep, ...], damage: st.DataObject
) -> None:
    """Whatever bytes say, nobody waits for a workout without end."""
    data = bytearray(write("Any", steps))
    for _ in range(damage.draw(st.integers(1, 4))):
        data[damage.draw(st.integers(0, len(data) - 1))] = damage.draw(st.integers(0, 255))
    try:
        back = read_by_us(bytes(data[: damage.draw(st.integers(1, len(data)))]))
        assert len(carried_out(back.workout_steps)) <= 10_000
    except (ReadError, RequestError) as error:
        assert error.hint  # noqa: PT017  # either outcome is right


def test_words_and_numbers_are_those_of_the_reader() -> None:
    assert {word: profile.duration_kind(n) for word, n in workout.DURATIONS.items()} == {
        word: word for word in workout.DURATIONS
    }
    assert tuple(workout.TARGETS) == profile.TARGETS
    assert workout.DURATIONS.keys() >= {"reps", "time_only", "repeat_until_time"}


def test_steps_share_one_definition_as_in_files_of_watches() -> None:
    data = write("Ten", [replace(BACK, index=k, name="x" * k) for k in range(10)])
    assert data.count(bytes([0x48, 0, 0, 27, 0])) == 1


def test_the_same_workout_has_the_same_serial_number_and_another_another() -> None:
    def serial(name: str, *steps: WorkoutStep) -> object:
        return rows_of_fitdecode(write(name, steps), "file_id")[0]["serial_number"]

    assert serial("One", BACK) == serial("One", BACK)
    assert len({serial("One", BACK), serial("Two", BACK), serial("One", BACK, REPEAT)}) == 3


def test_a_title_is_cut_at_a_word_to_what_the_watch_shows() -> None:
    title = "Five or six backward minutes, again"
    assert read_by_us(write(title, (BACK,))).workout_name == "Five or six backward minutes,"
    assert read_by_us(write(title, (BACK,), title_bytes=4)).workout_name == "Five"
    assert read_by_us(write("ü" * 20, (BACK,), title_bytes=5)).workout_name == "üü"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((), "a workout of 0 steps"),
        ((BACK,) * 2, "not numbered"),
        ((replace(BACK, name="BACKWARD 200 m easy"),), "15 bytes of its name"),
        ((replace(BACK, notes="x" * 200),), "199 bytes of its notes"),
        ((BACK, replace(REPEAT, duration_value=1.0)), "repeats from step 1"),
        ((BACK, replace(REPEAT, duration_value=None)), "repeats from step \\?"),
        ((BACK, replace(REPEAT, target_value=0.0)), "repeats from step 0"),
        ((replace(BACK, duration_kind="until tired"),), "no duration 'until tired'"),
        ((replace(BACK, target_kind="joy"),), "no target 'joy'"),
        ((replace(BACK, target_kind="target 255"),), "no target 'target 255'"),
        ((replace(BACK, duration_value=-1.0),), "no place for -1"),
        ((replace(BACK, duration_value=float("nan")),), "no place for nan"),
        ((replace(BACK, duration_value=1e9),), r"no place for 1e\+09"),
        ((replace(BACK, target_kind="heart_rate", target_value=2.5),), "no place for 2.5"),
        ([replace(BACK, index=k) for k in range(51)], "51 steps; the watch takes 1 to 50"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_the_format_or_the_watch_has_no_place_for_is_refused(
    steps: tuple[WorkoutStep, ...], said: str
) -> None:
    with pytest.raises(RequestError, match=said) as error:
        write("Refused", steps)
    assert error.value.hint
