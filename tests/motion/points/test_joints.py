"""Direction from OpenSim's coordinates: the pelvis turned against its way."""

from pathlib import Path

import numpy as np
import pytest
from tests.motion.points.walker import recorded

from backstride.motion import analyze
from backstride.readers import read
from backstride.recording import Track
from backstride.vocabulary import Direction, Origin

COLUMNS = ("joint:pelvis_rotation", "joint:pelvis_tx", "joint:pelvis_tz", "joint:knee_angle_r")


def turned_and_gone(facing_deg: float, course_deg: float, speed_mps: float = 2.0) -> Track:
    """Six seconds in which the pelvis faces and goes so, anticlockwise from x as seen from above.

    OpenSim's z points to the right, so what goes to the left has a falling z.
    """
    t_s = np.arange(600) / 100
    course = np.deg2rad(course_deg)
    values = np.column_stack(
        [
            np.full(600, np.deg2rad(facing_deg)),
            speed_mps * np.cos(course) * t_s,
            -speed_mps * np.sin(course) * t_s,
            np.zeros(600),
        ]
    )
    return Track("joints", t_s, values, COLUMNS)


@pytest.mark.parametrize("facing_deg", [0, 70, 180, -100])
@pytest.mark.parametrize(
    ("off_deg", "direction"),
    [
        (0, Direction.FORWARD),
        (180, Direction.BACKWARD),
        (90, Direction.SIDEWAYS),
        (-90, Direction.SIDEWAYS),
        (45, Direction.UNKNOWN),
    ],
)
def test_direction_is_course_against_facing(
    facing_deg: float, off_deg: float, direction: Direction
) -> None:
    bouts = analyze(recorded(turned_and_gone(facing_deg, facing_deg + off_deg))).bouts
    longest = max(bouts, key=lambda bout: bout.duration_s)
    assert longest.direction is direction
    assert direction is Direction.UNKNOWN or longest.origin is Origin.POSE


def test_a_pelvis_that_stays_may_be_on_a_treadmill() -> None:
    bouts = analyze(recorded(turned_and_gone(0, 0, 0.0))).bouts
    assert {bout.direction for bout in bouts} == {Direction.UNKNOWN}


def test_angles_without_a_pelvis_say_nothing() -> None:
    knee = turned_and_gone(0, 180)
    alone = Track("joints", knee.t_s.copy(), knee.values[:, 3:].copy(), COLUMNS[3:])
    assert {b.direction for b in analyze(recorded(alone)).bouts} == {Direction.UNKNOWN}


def test_real_runs_go_forward_and_in_reverse_backward(data_dir: Path) -> None:
    recording = read(data_dir / "biomech-dorn-ja1-run" / "run0350cms.mot")
    (track,) = (each for each in recording.tracks if each.name == "joints")
    assert {b.direction for b in analyze(recording).bouts} == {Direction.FORWARD}
    reverse = Track("joints", track.t_s.copy(), track.values[::-1].copy(), track.columns)
    assert {b.direction for b in analyze(recorded(reverse)).bouts} == {Direction.BACKWARD}
