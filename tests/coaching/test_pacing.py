"""Even effort: the same power on every stretch, the whole in the time that was asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.coaching.pacing import Stretch, even_effort, laps
from backstride.errors import RequestError
from backstride.models.energy import backward_running_cost, equivalent_forward_speed, running_cost
from backstride.vocabulary import Direction

BACK = st.builds(Stretch, st.floats(50, 3000), st.floats(-0.02, 0.25))
AHEAD = st.builds(Stretch, st.floats(50, 3000), st.floats(-0.45, 0.45), st.just(Direction.FORWARD))


@given(course=st.lists(BACK | AHEAD, min_size=1, max_size=12), mean=st.floats(0.6, 1.4))
def test_every_stretch_takes_the_same_power_and_all_of_them_the_time(
    course: list[Stretch], mean: float
) -> None:
    time_s = sum(one.length_m for one in course) / mean
    try:
        plan = even_effort(time_s, course)
    except RequestError as error:
        assert "nobody has run" in error.message  # noqa: PT017  # hills may leave too little
        return
    assert sum(split.time.value for split in plan.splits) == pytest.approx(time_s)
    assert plan.splits[-1].at_s == pytest.approx(time_s)
    assert plan.splits[-1].at_m == pytest.approx(sum(one.length_m for one in course))
    for split in plan.splits:
        cost = (
            backward_running_cost if split.stretch.direction is Direction.BACKWARD else running_cost
        )
        power = cost(np.array([split.stretch.gradient]))[0] * split.speed_mps
        assert power == pytest.approx(plan.adjusted_mps.value * running_cost(np.zeros(1))[0])
        assert split.time.low <= split.time.value <= split.time.high


@given(gradient=st.floats(0, 0.24), metres=st.floats(100, 2000))
def test_steeper_is_slower_and_the_level_is_direction_adjusted_pace(
    gradient: float, metres: float
) -> None:
    course = [Stretch(metres), Stretch(metres, gradient), Stretch(metres, gradient + 0.01)]
    level, hill, steeper = even_effort(3 * metres / 1.0, course).splits
    assert level.speed_mps >= hill.speed_mps > steeper.speed_mps
    alone = even_effort(metres / level.speed_mps, course[:1])
    adjusted = equivalent_forward_speed(np.array([level.speed_mps]), np.zeros(1))[0]
    assert alone.adjusted_mps.value == pytest.approx(adjusted)


def test_what_backward_costs_plays_no_part_where_all_of_it_is_backward() -> None:
    """Nor does it widen the splits: only the forward pace that it compares with is unsure."""
    plan = even_effort(1500, laps(5000))
    assert all(s.time.high - s.time.low < 1e-6 for s in plan.splits)
    assert plan.adjusted_mps.low < plan.adjusted_mps.value < plan.adjusted_mps.high
    mixed = even_effort(600, [Stretch(800), Stretch(800, 0.0, Direction.FORWARD)])
    assert mixed.splits[0].time.low < mixed.splits[0].time.value < mixed.splits[0].time.high
    assert "rasica2020" in mixed.sources


@pytest.mark.parametrize(
    ("metres", "lap", "lengths"),
    [
        (1500, 400, [300, 400, 400, 400]),
        (800, 400, [400, 400]),
        (300, 400, [300]),
        (1609.344, 400, [9.344, 400, 400, 400, 400]),
        (1000, 200, [200] * 5),
        (0.3, 0.1, [0.1] * 3),
    ],
)
def test_laps_begin_with_what_is_left_of_one(
    metres: float, lap: float, lengths: list[float]
) -> None:
    assert [one.length_m for one in laps(metres, lap)] == pytest.approx(lengths)


@pytest.mark.parametrize(
    ("gradient", "direction", "said"),
    [
        (-0.03, Direction.BACKWARD, "backward at -3% costs was never measured"),
        (0.26, Direction.BACKWARD, r"backward at \+26% costs was never measured"),
        (-0.5, Direction.FORWARD, "forward at -50% costs was never measured"),
        (0.0, Direction.SIDEWAYS, "run sideways"),
        (float("nan"), Direction.BACKWARD, "without a gradient"),
    ],
)
def test_where_nothing_is_known_no_number_is_given(
    gradient: float, direction: Direction, said: str
) -> None:
    with pytest.raises(RequestError, match=said) as error:
        Stretch(100, gradient, direction)
    assert error.value.hint


@pytest.mark.parametrize("length", [0.0, -1.0, float("nan"), float("inf")])
def test_a_stretch_has_a_length(length: float) -> None:
    with pytest.raises(RequestError, match="a stretch of"):
        Stretch(length)


@pytest.mark.parametrize(
    ("time_s", "course", "said"),
    [
        (0.0, laps(800), "in 0 s"),
        (float("nan"), laps(800), "in nan s"),
        (600.0, (), "0 stretches"),
        (600.0, laps(5000), "asks for 8.3 m/s backward, which nobody has run"),
    ],
)
def test_impossible_plans_are_refused(
    time_s: float, course: tuple[Stretch, ...], said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        even_effort(time_s, course)


@pytest.mark.parametrize(("metres", "lap"), [(0, 400), (400, 0), (-1, 400), (1e6, 1)])
def test_laps_of_nothing_or_without_end_are_refused(metres: float, lap: float) -> None:
    with pytest.raises(RequestError, match="in laps of"):
        laps(metres, lap)
