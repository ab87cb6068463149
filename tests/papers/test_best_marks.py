"""The best marks of running backward, as printed, and what they say of the models of races."""

import pytest

from backstride.coaching.race import Effort, Method, predict
from backstride.coaching.records import (
    DISTANCES_M,
    RECORDS,
    fastest_known_mps,
    shares_of_records,
)
from backstride.evidence import bibliography
from backstride.recording import Sex

#: Distance, sex, and the speed that the evidence table works out of each printed time.
SPEEDS = (
    ("100m", Sex.MALE, 7.353), ("200m", Sex.MALE, 6.616), ("400m", Sex.MALE, 5.835),
    ("800m", Sex.MALE, 5.298), ("1000m", Sex.MALE, 5.040), ("1500m", Sex.MALE, 4.983),
    ("mile", Sex.MALE, 4.543), ("3000m", Sex.MALE, 4.542), ("5000m", Sex.MALE, 4.322),
    ("10km", Sex.MALE, 4.237), ("half_marathon", Sex.MALE, 3.499),
    ("800m", Sex.FEMALE, 3.478), ("1500m", Sex.FEMALE, 3.086), ("5000m", Sex.FEMALE, 3.444),
    ("10km", Sex.FEMALE, 3.212), ("half_marathon", Sex.FEMALE, 2.585),
    ("marathon", Sex.FEMALE, 2.643),
)  # fmt: skip
UNRATIFIED = (("mile", 4.877), ("marathon", 3.424))


@pytest.mark.parametrize(("name", "sex", "speed_mps"), SPEEDS)
def test_a_mark_has_the_speed_of_the_table(name: str, sex: Sex, speed_mps: float) -> None:
    (mark,) = [r for r in RECORDS if (r.name, r.sex, r.unratified) == (name, sex, False)]
    assert mark.distance_m / mark.time_s == pytest.approx(speed_mps, abs=6e-4)


@pytest.mark.parametrize(("name", "speed_mps"), UNRATIFIED)
def test_unratified_marks_are_kept_and_marked(name: str, speed_mps: float) -> None:
    (mark,) = [r for r in RECORDS if r.name == name and r.unratified]
    assert mark.distance_m / mark.time_s == pytest.approx(speed_mps, abs=6e-4)
    assert any(r.name == name and not r.unratified and r.sex is mark.sex for r in RECORDS)


def test_every_mark_says_who_when_and_where_it_was_read() -> None:
    assert len(RECORDS) == len(SPEEDS) + len(UNRATIFIED) + 1  # and the marathon of 2004
    for mark in RECORDS:
        assert mark.holder
        assert any(year in mark.about for year in ("19", "20"))
        assert all(bibliography()[key].link for key in mark.sources)


def test_a_share_is_of_the_speed_and_only_at_distances_that_have_a_mark() -> None:
    both = shares_of_records(5000, 1500)
    assert [(one.record.sex, round(one.share, 3)) for one in both] == [
        (Sex.MALE, 0.771),
        (Sex.FEMALE, 0.968),
    ]
    (women,) = shares_of_records(5004, 1451.6, Sex.FEMALE)
    assert women.share == 1
    assert [one.record.unratified for one in shares_of_records(1609.344, 400, Sex.MALE)] == [
        False,
        True,
    ]
    assert shares_of_records(4000, 1200) == ()


def test_no_mark_is_faster_than_what_bounds_it() -> None:
    for mark in RECORDS:
        assert mark.distance_m / mark.time_s <= fastest_known_mps(mark.distance_m)
    bounds = [fastest_known_mps(metres) for metres in (50, 150, 250, 4000, 15_000, 60_000)]
    assert bounds == sorted(bounds, reverse=True)


def test_marks_of_one_man_lie_in_the_intervals_that_his_other_marks_give() -> None:
    """Dold holds six from 800 m to 10 km; the models were not fitted to them."""
    his = [r for r in RECORDS if r.holder == "Dold"]
    assert len(his) == 6
    for left_out in his:
        efforts = [Effort(r.distance_m, r.time_s) for r in his if r is not left_out]
        for prediction in predict(efforts, left_out.distance_m).predictions:
            assert prediction.time.low < left_out.time_s < prediction.time.high, prediction.method
    methods = predict([Effort(r.distance_m, r.time_s) for r in his[:4]], 5000).predictions
    assert [one.method for one in methods] == [Method.POWER_LAW, Method.CRITICAL_SPEED]


def test_one_mark_of_one_man_gives_intervals_that_hold_most_of_the_others() -> None:
    his = [r for r in RECORDS if r.holder == "Dold"]
    held = [
        prediction.time.low < other.time_s < prediction.time.high
        for one in his
        for other in his
        if other is not one
        for prediction in predict(
            [Effort(one.distance_m, one.time_s)], other.distance_m
        ).predictions
    ]
    assert sum(held) >= 0.9 * len(held)


def test_names_of_distances_are_those_of_the_marks() -> None:
    assert {mark.name for mark in RECORDS} == set(DISTANCES_M)
