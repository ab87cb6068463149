"""How much a session is, and the same session larger or smaller."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.coaching.library import broken_by, library, session
from backstride.coaching.sessions import (
    Aim,
    Intensity,
    Kind,
    Level,
    Repeat,
    Session,
    Step,
    Target,
)
from backstride.coaching.volume import (
    Speeds,
    Tissue,
    dose_of,
    forward_metres_of_one_backward,
    scaled,
    seconds_of,
    speed_of,
)
from backstride.errors import RequestError
from backstride.evidence import constant
from backstride.vocabulary import Direction, Gait

KEYS = sorted(library())
SPEEDS = Speeds(3.0, 2.0, 1.4, 1.0)


def step(direction: Direction, gait: Gait, **amount: float) -> Step:
    return Step("step", direction, gait, **amount)  # type: ignore[arg-type]  # amounts are floats


def made(*parts: Step | Repeat, volume: tuple[float, float] = (0.25, 4.0)) -> Session:
    return Session("made", "Made", ".", Kind.DRILLS, Level.FAST, parts=parts, volume=volume)


def active_s(one: Session) -> float:
    """Seconds of the main part that is no rest."""
    return sum(seconds_of(s, SPEEDS) for s in one.steps if s.intensity is Intensity.ACTIVE)


def test_a_dose_counts_directions_and_gaits_apart() -> None:
    dose = dose_of(
        made(
            step(Direction.FORWARD, Gait.RUN, duration_s=100),
            Repeat(3, (step(Direction.BACKWARD, Gait.RUN, distance_m=200),)),
            step(Direction.BACKWARD, Gait.WALK, duration_s=60),
            step(Direction.FORWARD, Gait.WALK, distance_m=140),
            step(Direction.STILL, Gait.STILL, duration_s=30),
        ),
        SPEEDS,
    )
    assert (dose.forward_s, dose.forward_m) == (100, 300)
    assert (dose.backward_s, dose.backward_m) == (300, 600)
    assert (dose.walked_backward_s, dose.walked_backward_m) == (60, 60)
    assert dose.walked_forward_s == pytest.approx(100)
    assert dose.time_s == pytest.approx(590)


def test_load_is_forward_metres_and_walking_backward_adds_none() -> None:
    """A backward metre loads the knee less and the Achilles tendon more."""
    worth = forward_metres_of_one_backward()
    assert worth[Tissue.PATELLOFEMORAL] == pytest.approx(3.4 / 4.5 * 1.113, rel=2e-3)
    assert worth[Tissue.ACHILLES] == pytest.approx(1.11 * 1.113, rel=1e-3)
    run = step(Direction.BACKWARD, Gait.RUN, distance_m=1000)
    walk = step(Direction.BACKWARD, Gait.WALK, distance_m=1000)
    only, both = dose_of(made(run), SPEEDS), dose_of(made(run, walk), SPEEDS)
    assert only.load == both.load
    assert only.load[Tissue.ACHILLES] == pytest.approx(1000 * worth[Tissue.ACHILLES])
    assert dose_of(made(walk), SPEEDS).load == dict.fromkeys(Tissue, 0.0)


def test_assumed_speeds_cost_as_much_a_minute_backward_as_forward() -> None:
    speeds = Speeds.assumed(3.5)
    ratio = float(constant("energy.cost_ratio_running"))
    assert speeds.forward_run_mps / speeds.backward_run_mps == pytest.approx(ratio)
    assert 0 < speeds.backward_walk_mps < speeds.forward_walk_mps < speeds.backward_run_mps


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        (Direction.BACKWARD, Target(Aim.SPEED, 2.2, 2.26), 2.23),
        (Direction.FORWARD, Target(Aim.FORWARD_SPEED, 3.0, 3.2), 3.1),
        (Direction.BACKWARD, Target(Aim.FORWARD_SPEED, 3.0, 3.2), 3.1 / 1.312),
        (Direction.BACKWARD, Target(Aim.EFFORT, 3, 3), 2.0),
        (Direction.BACKWARD, Target(Aim.EFFORT, 8, 8), 2.8),
        (Direction.FORWARD, Target(Aim.HEART_RATE, 0.6, 0.7), 3.0),
        (Direction.FORWARD, Target(), 3.0),
        (Direction.STILL, Target(Aim.EFFORT, 8, 8), 0.0),
    ],
)
def test_a_target_says_how_fast(direction: Direction, target: Target, expected: float) -> None:
    one = Step("s", direction, Gait.RUN, duration_s=10, target=target)
    assert speed_of(one, SPEEDS) == pytest.approx(expected, rel=1e-3)


def test_no_speed_and_no_distance_on_the_spot_are_made_up() -> None:
    with pytest.raises(RequestError, match="easy speeds"):
        Speeds(3, 0, 1, 1)
    with pytest.raises(RequestError, match="does not move"):
        dose_of(made(step(Direction.STILL, Gait.STILL, distance_m=10)))


@given(
    key=st.sampled_from(KEYS),
    easy=st.floats(0.5, 6.0),
    part=st.floats(0.3, 1.0),
    walk=st.floats(0.3, 2.0),
)
def test_a_dose_is_finite_adds_up_and_grows_with_speed(
    key: str, easy: float, part: float, walk: float
) -> None:
    one = session(key)
    slow = Speeds(easy, easy * part, walk, walk * part)
    dose, faster = dose_of(one, slow), dose_of(one, replace(slow, forward_run_mps=easy * 1.1))
    still = sum(s.duration_s or 0 for s in one.steps if s.direction is Direction.STILL)
    moved = dose.forward_s + dose.backward_s + dose.walked_forward_s + dose.walked_backward_s
    assert dose.time_s == pytest.approx(moved + still)
    assert dose.forward_m <= faster.forward_m * (1 + 1e-9)
    assert faster.time_s <= dose.time_s * (1 + 1e-9)
    for load in dose.load.values():
        assert dose.forward_m <= load * (1 + 1e-9)
        assert load <= dose.forward_m + 1.5 * dose.backward_m + 1e-9


shares = st.floats(0.2, 2.5)


@given(key=st.sampled_from(KEYS), share=shares)
def test_a_scaled_session_keeps_its_rules_its_ends_and_its_rests(key: str, share: float) -> None:
    one = session(key)
    low, high = one.volume
    if not low <= share <= high:
        with pytest.raises(RequestError, match=key):
            scaled(one, share)
        return
    other = scaled(one, share)
    assert broken_by(other) == ()
    ends = {Intensity.WARMUP, Intensity.COOLDOWN}
    assert [s for s in other.steps if s.intensity in ends] == [
        s for s in one.steps if s.intensity in ends
    ]
    rests = {s for s in one.steps if s.intensity is Intensity.REST}
    assert {s for s in other.steps if s.intensity is Intensity.REST} <= rests
    assert [type(part) for part in other.parts] == [type(part) for part in one.parts]
    assert 0.75 * share <= active_s(other) / active_s(one) <= 1.3 * share


@given(key=st.sampled_from(KEYS), share=shares)
def test_amounts_of_a_scaled_session_are_whole_and_sensible(key: str, share: float) -> None:
    one = session(key)
    if not one.volume[0] <= share <= one.volume[1]:
        return
    known = {(s.duration_s, s.distance_m) for s in one.steps}
    for changed in scaled(one, share).steps:
        if (changed.duration_s, changed.distance_m) in known:
            continue
        grid = 5 if changed.duration_s is not None else 10
        amount = changed.duration_s or changed.distance_m or 0
        assert amount >= grid
        assert amount % grid == 0


@given(key=st.sampled_from(KEYS), one=shares, other=shares)
def test_a_larger_share_is_never_a_smaller_session_by_more_than_rounding(
    key: str, one: float, other: float
) -> None:
    whole = session(key)
    low, high = sorted((one, other))
    if whole.volume[0] <= low and high <= whole.volume[1]:
        assert active_s(scaled(whole, low)) <= 1.1 * active_s(scaled(whole, high))


def test_whole_repeats_stay_as_long_as_they_are_where_there_are_four_or_more() -> None:
    laps = made(Repeat(4, (step(Direction.BACKWARD, Gait.RUN, distance_m=400),)))
    for share in (0.5, 0.6, 0.63, 0.7, 0.9, 1.1, 1.3, 2.0):
        assert {s.distance_m for s in scaled(laps, share).steps} == {400}


def test_few_or_single_steps_become_longer_or_shorter() -> None:
    one = made(step(Direction.BACKWARD, Gait.RUN, duration_s=600))
    assert scaled(one, 0.7).steps[0].duration_s == 420
    pair = made(Repeat(2, (step(Direction.BACKWARD, Gait.RUN, duration_s=900),)))
    (repeat,) = scaled(pair, 0.7).parts
    assert isinstance(repeat, Repeat)
    assert (repeat.times, repeat.steps[0].duration_s) == (1, 1260)


def test_the_range_of_a_scaled_session_is_still_that_of_the_first() -> None:
    """Scaling again cannot leave what the library states."""
    half = scaled(session("shuttles"), 0.5)
    assert half.volume == (1.0, 3.0)
    with pytest.raises(RequestError, match="cannot be 90% of itself"):
        scaled(half, 0.9)
    assert scaled(half, 2.0).parts == session("shuttles").parts


@pytest.mark.parametrize("share", [0, -1, float("nan"), float("inf")])
def test_an_absurd_share_is_refused(share: float) -> None:
    with pytest.raises(RequestError, match="shuttles"):
        scaled(session("shuttles"), share)
