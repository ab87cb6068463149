"""Direction from points of the body, and how it joins what watch and people say."""

from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.walker import (
    Leg,
    Points,
    mirrored,
    recorded,
    swapped,
    track,
    turned,
    walked,
    without,
)

from backstride.motion import Declared, analyze
from backstride.motion.bouts import Bout
from backstride.motion.points import bodies_of
from backstride.motion.points.pose import clues_of
from backstride.motion.sensed import Sensed, sensed
from backstride.readers import read
from backstride.recording import Recording, Track
from backstride.vocabulary import Direction, Gait, Origin

THERE_AND_BACK = (Leg(5), Leg(5, 1.0, 180), Leg(4, 0.8, 90), Leg(4, 0))


def posed(recording: Recording) -> Sensed | None:
    """What the recording's points show, without a watch or a person's word."""
    found = [clues for one in recording.tracks for clues in clues_of(one, bodies_of(one))]
    return sensed(found, recording.duration_s)


def bouts(points: Points, rate_hz: float = 100.0) -> tuple[Bout, ...]:
    """What these points show."""
    found = posed(recorded(track(points, rate_hz)))
    assert found is not None
    return found.bouts


def directions(points: Points, rate_hz: float = 100.0) -> list[Direction]:
    return [bout.direction for bout in bouts(points, rate_hz)]


@pytest.mark.parametrize(
    ("leg", "direction", "gait"),
    [
        (Leg(6), Direction.FORWARD, Gait.WALK),
        (Leg(6, 2.6, stance=0.3), Direction.FORWARD, Gait.RUN),
        (Leg(6, 0.9, 180), Direction.BACKWARD, Gait.WALK),
        (Leg(6, 2.2, 180, stance=0.3), Direction.BACKWARD, Gait.RUN),
        (Leg(6, 0.8, 90), Direction.SIDEWAYS, Gait.WALK),
        (Leg(6, 0.8, -90), Direction.SIDEWAYS, Gait.WALK),
        (Leg(6, 1.0, 180, turn_radps=1.2), Direction.BACKWARD, Gait.WALK),
        (Leg(6, 0, turn_radps=2.5), Direction.TURNING, Gait.WALK),
        (Leg(6, 0), Direction.STILL, Gait.STILL),
    ],
)
@pytest.mark.parametrize("treadmill", [False, True])
def test_a_direction_is_found_and_sure(
    leg: Leg, direction: Direction, gait: Gait, *, treadmill: bool
) -> None:
    if treadmill and leg.turn_radps and leg.speed_mps:
        pytest.skip("nobody walks a curve on a treadmill")
    (bout,) = bouts(walked(leg, treadmill=treadmill))
    assert (bout.direction, bout.gait, bout.origin) == (direction, gait, Origin.POSE)
    assert bout.probability > 0.9
    assert (bout.start_s, bout.end_s) == (0, pytest.approx(5.99))


def test_changes_are_where_they_were_made() -> None:
    found = bouts(walked(*THERE_AND_BACK))
    assert [bout.direction for bout in found] == [
        Direction.FORWARD,
        Direction.BACKWARD,
        Direction.SIDEWAYS,
        Direction.STILL,
    ]
    assert [bout.end_s for bout in found] == pytest.approx([5, 10, 14, 17.99], abs=0.3)
    assert all(a.end_s == b.start_s for a, b in pairwise(found))


@settings(max_examples=25, deadline=None)
@given(
    degrees=st.floats(0, 360),
    shift=st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(-1, 1)),
    rate_hz=st.sampled_from([25.0, 30.0, 59.94, 120.0, 240.0]),
    flipped=st.booleans(),
)
def test_turning_moving_mirroring_and_resampling_leave_the_answer(
    degrees: float, shift: tuple[float, float, float], rate_hz: float, *, flipped: bool
) -> None:
    points = turned(walked(*THERE_AND_BACK, rate_hz=rate_hz), degrees, shift)
    found = bouts(mirrored(points) if flipped else points, rate_hz)
    expected = bouts(walked(*THERE_AND_BACK))
    assert [bout.direction for bout in found] == [bout.direction for bout in expected]
    assert [bout.end_s for bout in found] == pytest.approx(
        [bout.end_s for bout in expected], abs=0.21
    )


def test_reversing_the_film_turns_forward_into_backward() -> None:
    points = walked(Leg(5), Leg(5, 0), Leg(5, 0.9, 180))
    reversed_film = {name: place[::-1] for name, place in points.items()}
    assert directions(points) == [Direction.FORWARD, Direction.STILL, Direction.BACKWARD]
    assert directions(reversed_film) == [Direction.FORWARD, Direction.STILL, Direction.BACKWARD]
    walk = {name: place[::-1] for name, place in walked(Leg(5)).items()}
    assert directions(walk) == [Direction.BACKWARD]


def test_noise_dropouts_and_swapped_sides_leave_the_answer() -> None:
    """2 cm of noise, a fifth of all points missing, a twentieth of frames left for right.

    Walking and running are not told apart by feet that jump that much.
    """
    random = np.random.default_rng(7)
    points = walked(*THERE_AND_BACK)
    other = swapped(points)
    wrong = random.random(len(points["pelvis"])) < 0.05
    seen = {}
    for name, place in points.items():
        noisy = np.where(wrong[:, None], other[name], place) + random.normal(0, 0.02, place.shape)
        noisy[random.random(len(place)) < 0.2] = np.nan
        seen[name] = noisy
    found = [tuple(same) for _, same in groupby(bouts(seen), key=lambda bout: bout.direction)]
    assert [same[0].direction for same in found] == directions(points)
    ends = [same[-1].end_s for same in found]
    assert ends == pytest.approx([bout.end_s for bout in bouts(points)], abs=0.3)


@pytest.mark.parametrize("angle_deg", [0, 180])
def test_what_cannot_be_told_is_unknown_and_not_wrong(angle_deg: float) -> None:
    points = walked(Leg(6, 1.2, angle_deg))
    unseen = {name: np.full_like(place, np.nan) for name, place in points.items()}
    for wrong in (swapped(points), unseen, without(points, "hip", "shoulder")):
        assert set(directions(wrong)) == {Direction.UNKNOWN}


def test_between_two_directions_is_unknown_and_never_the_opposite() -> None:
    for angle_deg in (40, 45, 50, 130, 135, 140, -45, -135):
        assert directions(walked(Leg(6, 1.2, angle_deg))) == [Direction.UNKNOWN]


def test_a_body_without_feet_at_rest_may_be_on_a_treadmill() -> None:
    footless = ("ankle", "toe")
    assert directions(without(walked(Leg(6), treadmill=True), *footless)) == [Direction.UNKNOWN]
    assert directions(without(walked(Leg(6)), *footless)) == [Direction.FORWARD]


def test_probabilities_are_whole_and_missing_where_nothing_is_seen() -> None:
    points = walked(Leg(6), Leg(6, 1, 180))
    for place in points.values():
        place[500:600] = np.nan
    found = posed(recorded(track(points)))
    assert found is not None
    sums = found.posterior.values.sum(axis=1)
    hidden = np.isnan(sums)
    assert sums[~hidden] == pytest.approx(1)
    assert hidden[(found.posterior.t_s > 5.4) & (found.posterior.t_s < 5.6)].all()
    assert not hidden[(found.posterior.t_s < 4.9) | (found.posterior.t_s > 6.1)].any()


@pytest.mark.parametrize("frames", [0, 1, 2, 30])
def test_too_few_frames_show_nothing(frames: int) -> None:
    points = {name: place[:frames] for name, place in walked(Leg(1)).items()}
    recording = recorded(track(points))
    assert posed(recording) is None
    assert all(bout.direction is Direction.UNKNOWN for bout in analyze(recording).bouts)


def test_a_recording_without_points_has_no_pose() -> None:
    assert posed(recorded()) is None


def test_frames_at_one_time_and_endless_coordinates_do_no_harm() -> None:
    whole = track(walked(Leg(6)))
    values, t_s = whole.values.copy(), whole.t_s.copy()
    values[50] = np.inf
    values[60] = 1e300
    t_s[70:75] = t_s[70]
    recording = recorded(Track(whole.name, t_s, values, whole.columns))
    assert [bout.direction for bout in analyze(recording).bouts][-1] is Direction.FORWARD


def watch(seconds: int, speed_mps: float = 2.8, cadence_spm: float = 168.0) -> Track:
    """A watch that saw a steady run."""
    t_s = np.arange(seconds + 1.0)
    values = np.column_stack([np.full(len(t_s), speed_mps), np.full(len(t_s), cadence_spm)])
    return Track("record", t_s, values, ("speed_mps", "cadence_spm"))


def test_what_the_body_shows_wins_over_the_watch_and_the_difference_is_kept() -> None:
    points = track(walked(Leg(60, 2.2, 180, stance=0.3)))
    found = analyze(recorded(watch(120), points)).bouts
    assert [(b.direction, b.origin) for b in found] == [
        (Direction.BACKWARD, Origin.POSE),
        (Direction.FORWARD, Origin.WATCH),
    ]
    (kept,) = found.disagreements
    assert (kept.used, kept.other, kept.other_direction) == (
        Origin.POSE,
        Origin.WATCH,
        Direction.FORWARD,
    )


def test_a_persons_word_wins_over_the_body_and_the_difference_is_kept() -> None:
    recording = recorded(track(walked(Leg(30))))
    found = analyze(recording, declared=[Declared(10, 20, Direction.BACKWARD)]).bouts
    assert [(b.direction, b.origin) for b in found] == [
        (Direction.FORWARD, Origin.POSE),
        (Direction.BACKWARD, Origin.DECLARED),
        (Direction.FORWARD, Origin.POSE),
    ]
    (kept,) = found.disagreements
    assert (kept.used, kept.other, kept.other_direction) == (
        Origin.DECLARED,
        Origin.POSE,
        Direction.FORWARD,
    )


def test_where_the_body_is_not_seen_the_watch_speaks() -> None:
    points = walked(Leg(60, 2.6, stance=0.3))
    for place in points.values():
        place[2000:4000] = np.nan
    found = analyze(recorded(watch(59), track(points))).bouts
    assert [bout.origin for bout in found] == [Origin.POSE, Origin.WATCH, Origin.POSE]
    assert {bout.direction for bout in found} == {Direction.FORWARD}


def test_distance_is_the_bodys_where_no_watch_measured_it() -> None:
    found = analyze(recorded(track(walked(Leg(30, 1.2, 180), treadmill=True))))
    assert found.series.distance_m.sum() == pytest.approx(36, rel=0.1)
    assert found.notices == ()
    both = analyze(recorded(watch(20), track(walked(Leg(30)))))
    assert both.series.speed_mps[:20] == pytest.approx(2.8)
    assert both.series.speed_mps[21:] == pytest.approx(1.2, rel=0.05)


@pytest.mark.parametrize(
    ("clip", "direction"),
    [
        ("walk_happy_001", Direction.FORWARD),
        ("run_angry_001", Direction.FORWARD),
        ("dash_giant_001", Direction.FORWARD),
        ("walk-back_giant_001", Direction.BACKWARD),
        ("walk-back_sad_001", Direction.BACKWARD),
    ],
)
def test_real_motion_capture_is_told_right(data_dir: Path, clip: str, direction: Direction) -> None:
    recording = read(data_dir / "mocap-bandai-namco-1" / f"dataset-1_{clip}.bvh")
    found = analyze(recording).bouts
    right = sum(bout.duration_s for bout in found if bout.direction is direction)
    wrong = {bout.direction for bout in found} - {direction, Direction.STILL, Direction.UNKNOWN}
    assert right > 0.85 * recording.duration_s
    assert not wrong
