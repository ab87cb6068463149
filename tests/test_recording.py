"""The nouns: frozen, missing stays missing, people's facts are possible and say where from."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.errors import AthleteError, RequestError
from backstride.recording import (
    Athlete,
    Given,
    Sex,
    Table,
    Track,
    WorkoutStep,
    carried_out,
    frozen_array,
)
from backstride.vocabulary import QUANTITIES, Sport, clock, distance, pace


def track(*t_s: float) -> Track:
    return Track("record", frozen_array(t_s), frozen_array([[t] for t in t_s]), ("speed_mps",))


def test_a_track_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        track(0, 1).values[0, 0] = 5


def test_a_track_whose_values_do_not_fit_its_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit its clock"):
        Track("record", frozen_array([0, 1]), frozen_array([[1.0]]), ("speed_mps",))


def test_a_column_that_is_not_there_is_missing_and_zero_is_a_value() -> None:
    assert np.isnan(track(0, 1).column("heart_rate_bpm")).all()
    assert track(0, 1).column("speed_mps")[0] == 0
    assert "speed_mps" in track(0)


def test_the_rate_is_that_of_the_median_step() -> None:
    assert track(0, 1, 2, 10).rate_hz == 1
    assert track(0).rate_hz is None


def test_a_table_is_as_long_as_its_longest_column() -> None:
    assert len(Table({})) == 0
    assert len(Table({"a": np.zeros(3)})) == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"mass_kg": 5.0},
        {"mass_kg": float("nan")},
        {"mass_kg": True},
        {"height_m": 30.0},
        {"birth_year": 1066},
        {"max_heart_rate_bpm": 20.0},
        {"resting_heart_rate_bpm": 100.0, "max_heart_rate_bpm": 99.0},
    ],
)
def test_an_impossible_person_is_refused(facts: dict[str, float]) -> None:
    with pytest.raises(AthleteError):
        Athlete(**facts)  # type: ignore[arg-type]  # the point of the test


def test_what_a_person_says_wins_over_what_a_recording_says() -> None:
    person = Athlete(mass_kg=60, origins={"mass_kg": Given.PERSON})
    watch = Athlete(
        mass_kg=70, max_heart_rate_bpm=190, origins={"max_heart_rate_bpm": Given.RECORDING}
    )
    known = person.filled_from(watch)
    assert (known.mass_kg, known.max_heart_rate_bpm) == (60, 190)
    assert known.origins["max_heart_rate_bpm"] is Given.RECORDING


def test_a_fact_that_contradicts_a_known_one_is_not_taken() -> None:
    known = Athlete(resting_heart_rate_bpm=95).filled_from(Athlete(max_heart_rate_bpm=90))
    assert known.max_heart_rate_bpm is None


def test_recordings_of_several_people_agree_on_nothing_they_differ_in() -> None:
    one = Athlete(mass_kg=60, sex=Sex.MALE, origins={"mass_kg": Given.RECORDING})
    other = Athlete(mass_kg=80, sex=Sex.MALE)
    agreed = Athlete.agreed([one, other, Athlete()])
    assert (agreed.mass_kg, agreed.sex) == (None, Sex.MALE)
    assert Athlete.agreed([one, Athlete()]).origins == {"mass_kg": Given.RECORDING}


def test_an_athlete_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "me.toml"
    path.write_text('mass_kg = 62\nsex = "female"\nbirth_year = 1990\n')
    athlete = Athlete.from_toml(path)
    assert (athlete.mass_kg, athlete.sex, athlete.birth_year) == (62, Sex.FEMALE, 1990)
    assert athlete.origins == dict.fromkeys(("mass_kg", "sex", "birth_year"), Given.PERSON)


def test_every_quantity_ends_in_a_unit_or_is_a_pure_number_or_a_count() -> None:
    """A name tells its unit; what has none is a ratio, share or count."""
    for name, quantity in QUANTITIES.items():
        assert quantity.name == name
        assert quantity.low < quantity.high
        assert quantity.meaning.endswith(".")


@given(st.floats(0.2, 12))
def test_pace_and_speed_agree(speed_mps: float) -> None:
    minutes, seconds = pace(speed_mps).removesuffix(" /km").rsplit(":", 1)
    hours, _, rest = minutes.rpartition(":")
    total = (int(hours or 0) * 60 + int(rest)) * 60 + int(seconds)
    assert total == pytest.approx(1000 / speed_mps, abs=0.51)


@given(st.integers(0, 359_999))
def test_a_clock_can_be_read_back(seconds: int) -> None:
    total = 0
    for part in clock(seconds).split(":"):
        total = total * 60 + int(part)
    assert total == seconds


def test_standing_has_no_pace_and_short_ways_are_in_metres() -> None:
    assert pace(0) == "–"
    assert distance(999.4) == "999 m"
    assert Sport("running") is Sport.RUNNING


def again(index: int, first: float, times: float, until: str = "steps_cmplt") -> WorkoutStep:
    kind = f"repeat_until_{until}"
    return WorkoutStep(index, "", "", "", kind, first, "repeats", times)


def carried(*steps: WorkoutStep) -> str:
    return "".join(step.name for step in carried_out(steps))


def test_a_workout_is_carried_out_with_its_repeats_and_repeats_of_repeats() -> None:
    a, b, c = (WorkoutStep(index, name) for index, name in enumerate("abc"))
    assert carried(a, b, again(2, 1, 3)) == "abbb"
    inner, d = again(2, 1, 2), WorkoutStep(3, "d")
    assert carried(a, b, inner, d, again(4, 0, 2), WorkoutStep(5, "e")) == "abbdabbde"
    assert carried(a, b, c, again(3, 2, 1)) == "abc"


def test_a_repeat_until_a_time_is_done_once_and_one_of_nothing_not_at_all() -> None:
    a = WorkoutStep(0, "a")
    assert carried(a, again(1, 0, 600, "time")) == "a"
    assert carried(a, again(1, 7, 3)) == "a"
    assert carried() == ""


def test_a_workout_without_end_is_refused() -> None:
    """Repeats of repeats grow without bound: a damaged file must not fill the memory."""
    steps = [WorkoutStep(0, "a"), *(again(k, 0, 60_000) for k in range(1, 20))]
    with pytest.raises(RequestError, match="step 1 makes a workout of more than 10,000 steps"):
        carried(*steps)
