"""The library as others ask for it."""

import pytest

from backstride.coaching.library import broken_by, level_of_step, library, session
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
from backstride.errors import RequestError
from backstride.vocabulary import Direction, Gait


def test_a_session_is_found_by_its_key() -> None:
    assert session("shuttles") is library()["shuttles"]


@pytest.mark.parametrize(
    ("asked", "near"),
    [("first-backward-minute", "first-backward-minutes"), ("Shuttles", "shuttles")],
)
def test_an_unknown_name_is_answered_with_near_ones(asked: str, near: str) -> None:
    with pytest.raises(RequestError, match=asked) as error:
        session(asked)
    assert near in error.value.hint


def test_a_name_like_no_other_is_answered_with_where_to_see_them_all() -> None:
    with pytest.raises(RequestError, match="no session is called 'xyzzy'") as error:
        session("xyzzy")
    assert "workout list" in error.value.hint


def test_coaches_first_dose_is_as_read() -> None:
    """One minute, two or three times, slow jogging between: Wang 2006."""
    (repeat,) = [p for p in session("first-backward-minutes").parts if isinstance(p, Repeat)]
    jog, between = repeat.steps
    assert (repeat.times, jog.duration_s, jog.direction) == (3, 60, Direction.BACKWARD)
    assert (between.direction, between.gait) == (Direction.FORWARD, Gait.RUN)


def test_published_speeds_and_doses_are_as_read() -> None:
    """Ordway 2016: 134 and 161 m/min; Heath 2001: 15 min at 3.2 to 3.7 mph; Alghadir 2019: 10 min;
    Bouguezzi 2024: two sets of 7 x 20 m; MLJ 2023: 2 min and 1 min."""

    def work(key: str) -> list[Step]:
        return [
            s
            for s in session(key).steps
            if s.direction is Direction.BACKWARD and s.intensity is Intensity.ACTIVE
        ]

    for key, speed in (("economy-run-in", 134 / 60), ("economy", 161 / 60)):
        target = work(key)[0].target
        assert (target.low or 0) <= speed <= (target.high or 0)
    (belt,) = work("treadmill-walk")
    assert (belt.duration_s, belt.target) == (900, Target(Aim.SPEED, 1.43, 1.65))
    (knee,) = work("knee-walk")
    assert knee.duration_s == 600
    assert [s.distance_m for s in work("repeated-sprints")] == [20] * 14
    assert {s.duration_s for s in work("two-minute-intervals")} == {120}


@pytest.mark.parametrize(
    ("phase", "effort", "walk_s", "run_s", "miles"),
    [(1, 3, 120, 180, 1.0), (2, 3, 120, 180, 1.5), (3, 4, 120, 240, 1.5), (4, 4, 120, 240, 2.0),
     (5, 5, 60, 240, 2.0), (6, 5, None, None, 2.0)],
)  # fmt: skip
def test_return_to_run_is_as_published(
    phase: int, effort: float, walk_s: float | None, run_s: float | None, miles: float
) -> None:
    """Table 1 of the protocol (10.1186/s13063-023-07502-x), with its criterion to move on."""
    one = session(f"return-to-run-{phase}")
    run = [s for s in one.steps if s.gait is Gait.RUN]
    rests = [s for s in one.steps if s.intensity is Intensity.REST]
    assert {s.target for s in run} == {Target(Aim.EFFORT, effort, effort)}
    assert {s.duration_s for s in run} == {run_s}
    assert {s.duration_s for s in rests} == ({walk_s} if walk_s else set())
    assert one.steps[0].duration_s == 600, "10 to 15 min of warm-up"
    assert all(s.direction is Direction.FORWARD for s in one.steps)
    assert "twice" in one.move_on
    assert "swelling, stiffness" in one.move_on
    assert one.volume == (1.0, 1.0)
    if walk_s:
        assert all(f"{miles} mile" in s.cue for s in rests)
    else:
        assert run[0].distance_m == round(miles * 1609.344)


OPEN = Target()


def run(target: Target = OPEN, direction: Direction = Direction.BACKWARD) -> Step:
    return Step("run", direction, Gait.RUN, duration_s=60, target=target)


@pytest.mark.parametrize(
    ("step", "level"),
    [
        (run(direction=Direction.FORWARD), Level.WALK),
        (run(Target(Aim.EFFORT, 3, 4)), Level.JOG),
        (run(Target(Aim.EFFORT, 3, 4.5)), Level.RUN),
        (run(Target(Aim.EFFORT, 6, 8)), Level.FAST),
        (run(Target(Aim.SPEED, 1.5, 2.0)), Level.JOG),
        (run(Target(Aim.SPEED, 2.2, 2.3)), Level.RUN),
        (run(Target(Aim.SPEED, 2.6, 2.7)), Level.FAST),
        (run(Target(Aim.FORWARD_SPEED, 2, 2.2)), Level.FAST),
        (run(), Level.FAST),
    ],
)
def test_what_is_faster_asks_for_more_and_what_is_not_said_for_most(
    step: Step, level: Level
) -> None:
    assert level_of_step(step) is level


def test_a_session_of_ones_own_is_told_every_rule_that_it_breaks() -> None:
    bare = Session("bare", "Bare", "Nothing.", Kind.TREADMILL, Level.WALK, parts=(run(),))
    assert len(broken_by(bare)) == 7, broken_by(bare)
    empty = Session("empty", "Empty", "Nothing.", Kind.DRILLS, Level.WALK, parts=())
    assert "has nothing between warm-up and cool-down" in broken_by(empty)
