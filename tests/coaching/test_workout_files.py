"""Sessions of the library go to a watch as files, and activities of them come back labelled."""

import pytest
from tests.writers.decoders import rows_of_fitdecode, rows_of_fitparse
from tests.writers.workouts import read_by_us, steps_by

from backstride.coaching.library import Speeds, library
from backstride.coaching.sessions import Session
from backstride.coaching.volume import speed_of
from backstride.coaching.workouts import steps_for_watch
from backstride.motion import analyze
from backstride.readers import fit as fit_reader
from backstride.recording import Recording, Source
from backstride.simulation import Move, Options, Place, Simulated, execute, runners
from backstride.vocabulary import Direction, Origin, Sport
from backstride.writers import fit, workout

SESSIONS = pytest.mark.parametrize("one", library().values(), ids=lambda one: one.key)
LABELLED = (Direction.FORWARD, Direction.BACKWARD)


@SESSIONS
def test_every_session_is_read_back_equal_by_three_readers(one: Session) -> None:
    steps = steps_for_watch(one)
    data = workout.write(one.title, steps)
    back = read_by_us(data)
    assert back.workout_steps == steps
    assert one.title.startswith(back.workout_name)
    assert back.notices == ()
    assert steps_by(rows_of_fitdecode, data) == steps
    assert steps_by(rows_of_fitparse, data) == steps


def executed(one: Session, place: Place) -> Simulated:
    """The session as somebody does it who moves as it says, whatever its steps are called."""
    speeds = Speeds.assumed()
    moves = [Move(step.direction, step.gait, speed_of(step, speeds)) for step in one.steps]
    options = Options(place=place)
    return execute(
        one.title, steps_for_watch(one), moves, runners(1, 7)[0], seed=4, options=options
    )


def from_the_watch(recording: Recording) -> Recording:
    (back,) = fit_reader.read(fit.write(recording), Source("activity.fit", "", "fit"))
    return back


@SESSIONS
def test_an_activity_of_every_session_comes_back_with_every_bout_labelled_rightly(
    one: Session,
) -> None:
    done = executed(one, Place.TRACK)
    back = from_the_watch(done.recording)
    assert back.workout_steps == done.recording.workout_steps
    assert [lap.step_index for lap in back.laps] == [lap.step_index for lap in done.recording.laps]
    bouts = analyze(back).bouts
    for span in done.truth:
        for bout in bouts:
            shared = min(bout.end_s, span.end_s) - max(bout.start_s, span.start_s)
            if shared <= 0:
                continue
            if span.direction in LABELLED:
                assert (bout.origin, bout.direction) == (Origin.LABEL, span.direction)
            else:
                assert bout.origin is not Origin.LABEL


def test_laps_of_a_repeat_tell_the_same_steps_again_and_again() -> None:
    """As in the activity files of watches that carry a workout."""
    one = library()["first-backward-minutes"]
    laps = from_the_watch(executed(one, Place.ROAD).recording).laps
    assert [lap.step_index for lap in laps] == [0, 1, 2, 3, 2, 3, 2, 3, 5, 6]
    assert len({lap.name for lap in laps}) < len(laps)


def test_an_activity_written_again_keeps_its_steps() -> None:
    """Names that a reader joined of a step's name and notes do not hide which step it was."""
    back = from_the_watch(executed(library()["first-backward-minutes"], Place.ROAD).recording)
    assert from_the_watch(back).laps == back.laps
    assert rows_of_fitdecode(fit.write(back), "session")[0]["sport"] == Sport.RUNNING.value
