"""Sessions as steps for a watch: limits hold, repeats stay, labels come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.coaching.library import library, scaled, session
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
from backstride.coaching.workouts import WatchLimits, steps_for_watch, watch_name
from backstride.errors import RequestError
from backstride.motion.labels import direction_named
from backstride.recording import WorkoutStep
from backstride.vocabulary import Direction, Gait

KEYS = sorted(library())
MOVING = (Direction.FORWARD, Direction.BACKWARD)


def wanted(step: Step) -> Direction | None:
    return step.direction if step.direction in MOVING else None


def carried_out(steps: tuple[WorkoutStep, ...]) -> list[WorkoutStep]:
    """What a watch does with the steps: repeats jump back to their first step."""
    done: list[WorkoutStep] = []
    at, left = (
        0,
        {s.index: int(s.target_value or 0) - 1 for s in steps if s.target_kind == "repeats"},
    )
    while at < len(steps):
        step = steps[at]
        if step.target_kind != "repeats":
            done.append(step)
        elif left[at] > 0:
            left[at] -= 1
            at = int(step.duration_value or 0)
            continue
        at += 1
    return done


def same(watch: WorkoutStep, step: Step) -> bool:
    amount = (
        ("time", step.duration_s) if step.duration_s is not None else ("distance", step.distance_m)
    )
    return (
        (watch.duration_kind, watch.duration_value) == amount
        and watch.intensity == step.intensity.value
        and direction_named(watch.name) is wanted(step)
    )


@given(key=st.sampled_from(KEYS), share=st.floats(0.3, 2.0), repeats=st.booleans())
def test_a_watch_carries_out_exactly_the_session_at_any_volume(
    key: str, share: float, repeats: bool
) -> None:
    one = session(key)
    one = scaled(one, min(max(share, one.volume[0]), one.volume[1]))
    steps = steps_for_watch(one, WatchLimits(steps=200, repeats=repeats))
    assert [step.index for step in steps] == list(range(len(steps)))
    assert repeats or all(step.target_kind != "repeats" for step in steps)
    done = carried_out(steps)
    assert len(done) == len(one.steps)
    assert all(same(watch, step) for watch, step in zip(done, one.steps, strict=True))


words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["look left", "backward", "forward", "fast forward", "lunge", "no backward", "zurück",
         "rückwärts", "ABC" * 9, "squats and swings", "", " "]
    ),
    st.text(st.sampled_from("backwrdfo d"), max_size=25),
)  # fmt: skip


@given(
    name=words,
    cue=words,
    direction=st.sampled_from(sorted(Direction)),
    gait=st.sampled_from(sorted(Gait)),
    name_bytes=st.integers(3, 40),
    notes_bytes=st.integers(0, 60),
    effort=st.booleans(),
)
def test_whatever_a_step_is_called_its_lap_is_labelled_with_its_direction(
    name: str,
    cue: str,
    direction: Direction,
    gait: Gait,
    name_bytes: int,
    notes_bytes: int,
    effort: bool,
) -> None:
    target = Target(Aim.EFFORT, 3, 4) if effort else Target()
    step = Step(name, direction, gait, duration_s=10, cue=cue, target=target)
    limits = WatchLimits(name_bytes=name_bytes, notes_bytes=notes_bytes)
    (watch,) = steps_for_watch(
        Session("made", "Made", ".", Kind.DRILLS, Level.FAST, parts=(step,)), limits
    )
    assert direction_named(watch.name) is wanted(step)
    assert direction_named(f"{watch.name} – {watch.notes}") is wanted(step)
    assert len(watch.name.encode()) <= name_bytes
    assert len(watch.notes.encode()) <= notes_bytes


@pytest.mark.parametrize(
    ("name", "direction", "limit", "said"),
    [
        ("200 m", Direction.BACKWARD, 15, "BACKWARD 200 m"),
        ("200 m easy", Direction.BACKWARD, 15, "BWD 200 m easy"),
        ("slow jog home", Direction.FORWARD, 15, "FWD slow jog"),
        ("look left", Direction.BACKWARD, 15, "BACKWARD run"),
        ("backward", Direction.FORWARD, 15, "FORWARD run"),
        ("anything", Direction.BACKWARD, 3, "BWD"),
        ("stand", Direction.STILL, 15, "stand"),
        ("backward rest", Direction.STILL, 15, "rest"),
        ("side steps", Direction.SIDEWAYS, 15, "side steps"),
    ],
)
def test_a_name_is_the_direction_and_as_much_of_the_step_as_fits(
    name: str, direction: Direction, limit: int, said: str
) -> None:
    step = Step(name, direction, Gait.RUN, duration_s=9, intensity=Intensity.REST)
    assert watch_name(step, limit) == said


def test_repeats_and_targets_are_in_the_words_of_the_profile() -> None:
    """As the workout files of the activity corpus have them: the repeat after its steps."""
    steps = steps_for_watch(session("economy"))
    repeat = next(step for step in steps if step.target_kind == "repeats")
    assert (repeat.duration_kind, repeat.duration_value) == ("repeat_until_steps_cmplt", 2)
    assert (repeat.index, repeat.target_value) == (4, 5)
    run = steps[2]
    assert (run.target_kind, run.target_low, run.target_high) == ("speed", 2.65, 2.71)
    assert run.target_value == pytest.approx(2.68)
    assert {s.target_kind for s in steps} == {"open", "speed", "repeats"}


def test_a_pace_that_is_adjusted_for_direction_is_slower_over_the_ground_backward() -> None:
    target = Target(Aim.FORWARD_SPEED, 2.8, 3.0)
    parts = tuple(Step("run", d, Gait.RUN, distance_m=400, target=target) for d in MOVING)
    forward, backward = steps_for_watch(
        Session("made", "Made", ".", Kind.DRILLS, Level.FAST, parts=parts)
    )
    assert (forward.target_low, forward.target_high) == (2.8, 3.0)
    assert backward.target_low == pytest.approx(2.8 / 1.312, abs=2e-3)


def test_effort_and_heart_rate_are_said_in_the_notes() -> None:
    steps = tuple(
        Step("run", Direction.BACKWARD, Gait.RUN, duration_s=60, target=target, cue="Tall.")
        for target in (
            Target(Aim.EFFORT, 3, 4.5),
            Target(Aim.EFFORT, 5, 5),
            Target(Aim.HEART_RATE, 0.6, 0.7),
        )
    )
    made = Session("made", "Made", ".", Kind.DRILLS, Level.FAST, parts=(Repeat(1, steps),))
    assert [step.notes for step in steps_for_watch(made)] == [
        "Effort 3-4.5 of 10. Tall.",
        "Effort 5 of 10. Tall.",
        "60% to 70% of heart rate reserve. Tall.",
    ]


def test_a_session_with_too_many_steps_for_a_watch_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        RequestError, match="session skips has 16 steps; the watch takes 9"
    ) as error:
        steps_for_watch(session("skips"), WatchLimits(steps=9, repeats=False))
    assert "smaller volume" in error.value.hint


@pytest.mark.parametrize(
    "limits",
    [{"name_bytes": 2}, {"notes_bytes": -1}, {"steps": 0}],
    ids=lambda one: next(iter(one)),
)
def test_a_watch_that_cannot_hold_a_session_is_none(limits: dict[str, int]) -> None:
    with pytest.raises(RequestError, match="cannot hold a session"):
        WatchLimits(**limits)  # type: ignore[arg-type]  # each is a whole number
