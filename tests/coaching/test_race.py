"""Times backward are predicted from own efforts, as surely as these allow and no surer."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.benefits import History, digest
from backstride.coaching.race import (
    Effort,
    Forecast,
    Method,
    Prediction,
    distance_of,
    effort_of,
    efforts_of,
    fastest_possible_mps,
    predict,
)
from backstride.errors import RequestError
from backstride.motion import Analysis, Declared, analyze
from backstride.recording import Athlete
from backstride.simulation import Leg, Options, Place, backward, forward, runners, simulate, stand
from backstride.vocabulary import Direction, Gait

DISTANCES = (200.0, 400.0, 800.0, 1000.0, 1609.344, 3000.0, 5000.0, 10_000.0)


def by(forecast: Forecast, method: Method) -> Prediction:
    return next(one for one in forecast.predictions if one.method is method)


def law(
    exponent: float, km_s: float, *metres: float, noise: tuple[float, ...] = ()
) -> list[Effort]:
    """Efforts on a power law through that time for a kilometre, with errors of the logarithm."""
    errors = noise or (0.0,) * len(metres)
    return [
        Effort(m, km_s * (m / 1000) ** exponent * float(np.exp(error)))
        for m, error in zip(metres, errors, strict=True)
    ]


@st.composite
def several(draw: st.DrawFn) -> list[Effort]:
    """What somebody may have run, consistent or not."""
    chosen = draw(st.lists(st.sampled_from(DISTANCES), min_size=1, max_size=6))
    return [Effort(m, m / (draw(st.floats(0.35, 0.95)) * fastest_possible_mps(m))) for m in chosen]


@given(efforts=several(), near=st.floats(100, 40_000), further=st.floats(1.01, 2.5))
def test_farther_takes_longer_and_is_no_faster(
    efforts: list[Effort], near: float, further: float
) -> None:
    one, other = (
        by(predict(efforts, metres), Method.POWER_LAW).time for metres in (near, near * further)
    )
    assert one.value < other.value
    assert one.low < one.value < one.high
    exponent = by(predict(efforts, near), Method.POWER_LAW).parameters["exponent"]
    assert 1 <= exponent.value <= 1.8


@given(efforts=several(), metres=st.floats(100, 40_000), slower=st.floats(1.0, 1.4))
def test_whoever_takes_a_share_longer_is_predicted_to_take_it_everywhere(
    efforts: list[Effort], metres: float, slower: float
) -> None:
    scaled = [replace(one, time_s=one.time_s * slower) for one in efforts]
    one, other = (by(predict(each, metres), Method.POWER_LAW).time for each in (efforts, scaled))
    assert [other.low, other.value, other.high] == pytest.approx(
        [slower * one.low, slower * one.value, slower * one.high]
    )


@given(metres=st.sampled_from(DISTANCES), share=st.floats(0.35, 0.95))
def test_a_single_effort_is_its_own_prediction(metres: float, share: float) -> None:
    effort = Effort(metres, metres / (share * fastest_possible_mps(metres)))
    found = by(predict([effort], metres), Method.POWER_LAW)
    assert found.time.value == pytest.approx(effort.time_s)
    assert "exponent 1.08 is assumed" in found.cautions[0]


@given(exponent=st.floats(1.03, 1.15), km_s=st.floats(260, 500))
def test_efforts_on_a_law_are_found_again_and_sharpen_with_their_number(
    exponent: float, km_s: float
) -> None:
    efforts = law(exponent, km_s, 400, 800, 1609.344, 3000, 5000)
    truth = km_s * 10**exponent
    widths = []
    for count in (1, 2, 3, 5):
        found = by(predict(efforts[-count:], 10_000), Method.POWER_LAW).time
        assert found.low < truth < found.high
        widths.append(np.log(found.high / found.low))
    assert all(later < earlier for earlier, later in pairwise(widths))
    for one in efforts:
        assert by(predict(efforts, one.distance_m), Method.POWER_LAW).time.value == pytest.approx(
            one.time_s, rel=0.01
        )


def test_the_interval_holds_in_at_least_its_share_of_made_people() -> None:
    """People drawn from the prior, with the scatter that is assumed: 95 % of races lie within."""
    chance = np.random.default_rng(11)
    held, people = 0, 400
    for _ in range(people):
        exponent = chance.normal(1.08, 0.04)
        metres = sorted(chance.choice(DISTANCES[1:7], size=chance.integers(1, 5), replace=False))
        noise = tuple(chance.normal(0, 0.02, len(metres)))
        efforts = law(exponent, 330, *metres, noise=noise)
        goal = float(chance.choice(DISTANCES[2:7]))
        raced = 330 * (goal / 1000) ** exponent * np.exp(chance.normal(0, 0.02))
        found = by(predict(efforts, goal), Method.POWER_LAW).time
        held += found.low <= raced <= found.high
    assert 0.93 <= held / people <= 0.995


@given(speed=st.floats(2.0, 3.6), above_m=st.floats(60, 200), goal_s=st.floats(150, 1700))
def test_critical_speed_is_found_from_efforts_that_obey_it(
    speed: float, above_m: float, goal_s: float
) -> None:
    efforts = [Effort(above_m + speed * t, float(t)) for t in (150, 400, 1000)]
    found = by(predict(efforts, above_m + speed * goal_s), Method.CRITICAL_SPEED)
    assert found.parameters["critical_speed_mps"].value == pytest.approx(speed)
    assert found.parameters["distance_above_m"].value == pytest.approx(above_m)
    assert found.time.value == pytest.approx(goal_s)
    assert found.time.low < goal_s < found.time.high


@pytest.mark.parametrize(
    ("efforts", "metres", "said"),
    [
        (("1000m 5:30",), 3000, "needs 3 efforts of 2:00 to 20:00, each slower .* there is 1"),
        (("400m 1:30", "1000m 5:00", "3000m 17:00"), 3000, "there are 2"),
        (("600m 2:30", "1200m 5:30", "3000m 15:00"), 10_000, "would take 5\\d:\\d\\d"),
        (("600m 2:30", "1200m 5:30", "3000m 15:00"), 150, "would take 0:\\d\\d|no time"),
        (("600m 2:30", "600.2m 2:30.1", "600.4m 2:30.2"), 2000, "factor of two"),
    ],
)  # fmt: skip
def test_what_critical_speed_cannot_tell_is_said(
    efforts: tuple[str, ...], metres: float, said: str
) -> None:
    forecast = predict(map(effort_of, efforts), metres)
    assert [one.method for one in forecast.predictions] == [Method.POWER_LAW]
    assert re.search(said, " ".join(forecast.left_out))


def test_an_effort_that_a_longer_one_equals_is_left_out_and_said() -> None:
    """It was not all that the person had."""
    forecast = predict([effort_of(t) for t in ("1000m 6:00", "2000m 11:00", "2000m 12:00")], 5000)
    (found,) = forecast.predictions
    assert [str(one) for one in found.efforts] == ["2.00 km in 11:00"]
    assert [text for text in forecast.left_out if "left out" in text] == [
        "1.00 km in 6:00 is left out: another effort was as fast over as far or farther.",
        "2.00 km in 12:00 is left out: another effort was as fast over as far or farther.",
    ]


def test_a_distance_far_from_every_effort_is_cautioned_and_less_sure() -> None:
    efforts = law(1.08, 330, 400, 800, 1609.344)
    near, far, close = (
        by(predict(efforts, metres), Method.POWER_LAW) for metres in (1500, 21_097.5, 100)
    )
    assert near.cautions == ()
    assert "13.1 times as far" in far.cautions[0]
    assert "The shortest effort is 4.0 times as far" in close.cautions[0]
    assert far.time.high / far.time.value > 1.2 > near.time.high / near.time.value


@pytest.mark.parametrize(
    ("text", "metres", "seconds"),
    [
        ("1000m 5:30", 1000, 330),
        ("1000 m  5:30", 1000, 330),
        ("5km 28:10", 5000, 1690),
        ("5k 28:10.5", 5000, 1690.5),
        ("1 mile 8:00", 1609.344, 480),
        ("mile 8:00", 1609.344, 480),
        ("400m 95s", 400, 95),
        ("half-marathon 2:10:00", 21_097.5, 7800),
        ("Half Marathon 2:10:00", 21_097.5, 7800),
        ("2.5 km 14:00", 2500, 840),
    ],
)
def test_efforts_are_read_as_people_write_them(text: str, metres: float, seconds: float) -> None:
    assert effort_of(text) == Effort(metres, seconds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no effort"),
        ("5:30", "is no effort"),
        ("1000m", "is no effort"),
        ("1000m fast", "is no effort"),
        ("1000m 5:75", "'5:75' is no time"),
        ("1000 5:30", "'1000' is no distance"),
        ("1.0.0km 5:30", "is no distance"),
        ("-5km 28:00", "is no distance"),
        ("50m 0:12", "a distance of 50 m"),
        ("500km 90:00:00", "a distance of 500000 m"),
        ("1000m 0", "in 0 s"),
        ("1000m 2:50", "1.00 km in 2:50: faster than anybody has run backward"),
        ("5km 16:00", "faster than anybody"),
        ("400m 20:00", "slower than anybody races"),
    ],
)
def test_few_or_absurd_efforts_are_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(RequestError, match=said) as error:
        effort_of(text)
    assert error.value.hint


@given(st.text(max_size=20))
def test_any_text_is_a_distance_or_a_request_error(text: str) -> None:
    try:
        assert 100 <= distance_of(text) <= 100_000
    except RequestError as error:
        assert error.hint  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize("metres", [0.0, float("nan"), 1e9])
def test_a_race_over_no_distance_is_refused(metres: float) -> None:
    with pytest.raises(RequestError, match="a distance of"):
        predict([effort_of("1000m 5:30")], metres)


def test_without_efforts_nothing_is_predicted() -> None:
    with pytest.raises(RequestError, match="without an effort"):
        predict([], 5000)


def analyzed(*legs: Leg, day: int = 1, label: bool = True) -> Analysis:
    """A run of which the runner says what was backward."""
    options = Options(place=Place.TRACK, speed_error_mps=0.0)
    recording = simulate(legs, runners(1, 7)[0], seed=3, options=options).recording
    recording = replace(recording, start_utc=datetime(2026, 1, day, tzinfo=UTC))
    ends = np.cumsum([leg.seconds for leg in legs])
    said = [
        Declared(float(end - leg.seconds), float(end), leg.direction)
        for leg, end in zip(legs, ends, strict=True)
        if leg.direction is Direction.BACKWARD
    ]
    return analyze(recording, declared=said if label else ())


def history(*analyses: Analysis) -> History:
    return History(tuple(map(digest, analyses)), Athlete())


def test_the_fastest_run_of_each_distance_is_found_within_a_bout() -> None:
    slow = analyzed(forward(3, 300), backward(2.2, 600), forward(3, 200))
    quick = analyzed(forward(3, 300), backward(3.0, 200), forward(3, 200), day=8)
    found = {one.distance_m: one for one in efforts_of(history(slow, quick))}
    assert sorted(found) == [100, 200, 400, 800, 1000]
    assert found[400].speed_mps == pytest.approx(3.0, rel=0.03)
    assert found[1000].speed_mps == pytest.approx(2.2, rel=0.03)
    assert (found[400].day, found[1000].day) == (date(2026, 1, 8), date(2026, 1, 1))
    assert all(one.recorded for one in found.values())
    cautions = predict(found.values(), 1609.344).predictions[0].cautions
    assert "need not have been all" in cautions[-1]


def test_old_recordings_can_be_left_out() -> None:
    runs = history(analyzed(forward(3, 300), backward(3.0, 200)))
    assert efforts_of(runs, since=date(2026, 1, 2)) == ()
    assert efforts_of(runs, since=date(2026, 1, 1)) != ()


def test_forward_running_and_what_is_not_sure_are_no_efforts() -> None:
    assert efforts_of(history(analyzed(forward(3, 900)))) == ()
    legs = (forward(3, 300), backward(2.4, 300), forward(3, 300))
    assert all(one.speed_mps < 2.6 for one in efforts_of(history(analyzed(*legs, label=False))))


def test_a_run_that_nobody_can_have_run_backward_is_no_effort() -> None:
    """Declared backward by mistake: 5 m/s for five minutes."""
    found = efforts_of(history(analyzed(forward(3, 300), backward(5.2, 300))))
    assert [one.distance_m for one in found if one.distance_m > 800] == []


def test_hills_are_left_out() -> None:
    hill = Leg(Direction.BACKWARD, Gait.RUN, 2.4, 500, gradient=0.08)
    assert efforts_of(history(analyzed(forward(3, 300), hill))) == ()


def test_a_halt_is_never_left_out_of_a_time() -> None:
    """Two times 600 m with a minute's stop between are no kilometre without it."""
    legs = (forward(3, 300), backward(3, 200), stand(60, paused=True), backward(3, 200))
    times = {one.distance_m: one.time_s for one in efforts_of(history(analyzed(*legs)))}
    assert times[400] == pytest.approx(400 / 3, rel=0.05)
    assert times.get(1000, 1e9) > 1000 / 3 + 50
