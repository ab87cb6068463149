"""Every sensor of a recording is heard, by its kind; one that cannot be used stops nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.motion.points import film
from tests.motion.points.walker import Leg, recorded, track, walked

from backstride.motion import analyze
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.sensed import Sensed, sensed
from backstride.readers import read
from backstride.recording import Track
from backstride.vocabulary import Direction, Origin, Side

BOTH_WAYS = (Leg(8, 1.2), Leg(8, 1.0, 180))


def said(
    name: str,
    state: State,
    epochs: int = 100,
    first: int = 0,
    *,
    origin: Origin = Origin.IMU,
    weight: float = 2.0,
    certain: float = 0.95,
) -> Clues:
    """A sensor that says the same all the time."""
    table = np.zeros((epochs, len(State)))
    table[:, state] = weight
    return Clues(
        name=name,
        origin=origin,
        first=first,
        log_likelihood=table,
        seen=np.ones(epochs, dtype=np.bool_),
        speed_mps=np.full(epochs, 2.0 if origin is Origin.IMU else 1.0),
        running=np.zeros(epochs),
        certainty=lambda _, found: certain if found is state else 1 - certain,
    )


def together(*clues: Clues) -> Sensed:
    found = sensed(clues, 100 * EPOCH_S)
    assert found is not None
    return found


def test_two_sensors_that_agree_are_surer_than_one() -> None:
    one = together(said("imu:left_foot", State.BACKWARD))
    two = together(said("imu:left_foot", State.BACKWARD), said("imu:pelvis", State.BACKWARD))
    assert one.bouts[0].origin is Origin.IMU
    assert two.bouts[0].origin is Origin.FUSED
    assert two.bouts[0].probability > one.bouts[0].probability
    assert two.disagreements == ()


def test_the_stronger_of_two_sensors_counts_and_the_difference_is_shown() -> None:
    found = together(
        said("points", State.BACKWARD, origin=Origin.POSE, weight=5.0, certain=0.999),
        said("imu:pelvis", State.FORWARD, weight=1.0, certain=0.9),
    )
    (bout,) = found.bouts
    assert bout.direction is Direction.BACKWARD
    assert bout.probability < 0.995
    (kept,) = found.disagreements
    assert (kept.other, kept.other_direction) == (Origin.IMU, Direction.FORWARD)


def test_sensors_as_sure_of_opposite_directions_leave_it_unknown() -> None:
    found = together(said("imu:left_foot", State.BACKWARD), said("imu:right_foot", State.FORWARD))
    assert {bout.direction for bout in found.bouts} == {Direction.UNKNOWN}


def test_a_body_measured_in_metres_gives_the_speed() -> None:
    found = together(
        said("imu:left_foot", State.FORWARD), said("points", State.FORWARD, origin=Origin.POSE)
    )
    assert set(found.speed_mps) == {1.0}


def test_sensors_that_follow_each_other_are_one_line_and_far_ones_are_not() -> None:
    found = together(
        said("imu:left_foot", State.FORWARD, 30), said("imu:pelvis", State.BACKWARD, 30, 30)
    )
    assert [bout.direction for bout in found.bouts] == [Direction.FORWARD, Direction.BACKWARD]
    assert found.bouts[0].end_s == found.bouts[1].start_s
    apart = together(
        said("imu:left_foot", State.FORWARD, 20), said("imu:pelvis", State.FORWARD, 20, 80)
    )
    assert len(apart.bouts) == 2
    assert apart.bouts[0].end_s < 3 < 7 < apart.bouts[1].start_s


def test_who_is_filmed_from_the_side_has_a_direction() -> None:
    filmed = film.taken(film.walk(*BOTH_WAYS))
    found = analyze(recorded(filmed)).bouts
    assert [bout.direction for bout in found][:2] == [Direction.FORWARD, Direction.BACKWARD]
    assert found.items[0].origin is Origin.POSE
    other = Track("keypoints:2", filmed.t_s.copy(), filmed.values.copy(), filmed.columns)
    assert analyze(recorded(other)).bouts.of(Direction.BACKWARD) == ()


def test_film_and_motion_capture_of_one_walk_are_fused() -> None:
    points = walked(*BOTH_WAYS)
    analysis = analyze(recorded(track(points), film.taken(film.walk(*BOTH_WAYS))))
    first, second = (bout for bout in analysis.bouts if bout.duration_s > 5)
    assert (first.direction, first.origin) == (Direction.FORWARD, Origin.FUSED)
    assert (second.direction, second.origin) == (Direction.BACKWARD, Origin.FUSED)


def test_a_sensor_that_cannot_be_used_is_named_and_the_rest_goes_on() -> None:
    t_s = np.arange(400) / 100
    still = Track("imu:pelvis", t_s, np.zeros((400, 1)), ("acceleration_x_mps2",))
    analysis = analyze(recorded(track(walked(*BOTH_WAYS)), still))
    (notice,) = (each for each in analysis.notices if each.code == "sensor_not_used")
    assert "imu:pelvis" in notice.message
    assert analysis.bouts.of(Direction.BACKWARD)


def test_real_foot_sensors_of_one_walk_show_its_way_and_steps(data_dir: Path) -> None:
    """A walk of 10 m there and 10 m back, forward, by a sensor on either foot."""
    folder = data_dir / "imu-voisard-forward" / "GaitData"
    feet = [read(folder / f"1-1_{side}.txt") for side in ("lf", "rf")]
    both = replace(feet[0], tracks=tuple(foot.tracks[0] for foot in feet))
    analysis = analyze(both)
    forward = analysis.bouts.of(Direction.FORWARD)
    assert sum(bout.duration_s for bout in forward) > 15
    assert not analysis.bouts.of(Direction.BACKWARD)
    assert not analysis.bouts.suspected()
    assert {bout.origin for bout in forward} == {Origin.FUSED}
    assert 17 < float(analysis.series.distance_m.sum()) < 23
    assert set(analysis.strides.side) == {Side.LEFT, Side.RIGHT}
    assert np.nanmedian(analysis.strides.column("step_s")) == pytest.approx(0.55, abs=0.1)
    assert np.nanmedian(analysis.strides.column("contact_share")) == pytest.approx(0.62, abs=0.06)
