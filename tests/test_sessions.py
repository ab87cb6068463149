"""Sessions joined from clips: the legs asked for, without jumps, on the course meant."""

from itertools import pairwise

import numpy as np
import pytest
from validation.sessions import Leg, Session, session_of

from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction
from tests.motion.points import walker

LEGS = (Direction.FORWARD, Direction.BACKWARD, Direction.FORWARD)


def clip(direction: Direction, rate_hz: float = 50.0) -> Recording:
    """Six seconds of a body of sticks that looks to the north-west of its room."""
    angle = 0.0 if direction is Direction.FORWARD else 180.0
    points = walker.walked(
        walker.Leg(6.0, angle_deg=angle), rate_hz=rate_hz, facing_deg=135.0 if angle else -20.0
    )
    return walker.recorded(walker.track(points, rate_hz))


def joined(*, turns_round: bool, seed: int = 0) -> Session:
    legs = [Leg((clip(direction),), direction, 9.0) for direction in LEGS]
    return session_of(legs, seed=seed, turns_round=turns_round)


def plane(track: Track, name: str) -> np.ndarray:
    return np.asarray(track.column(f"point:{name}.x") + 1j * track.column(f"point:{name}.y"))


def travel_and_facing(session: Session) -> tuple[np.ndarray, np.ndarray]:
    """Mean velocity and facing in the middle of each leg, as complex numbers."""
    track = session.recording.tracks[0]
    pelvis = plane(track, "pelvis")
    facing = 1j * (plane(track, "right_hip") - plane(track, "left_hip"))
    middles = [
        (track.t_s > start + 1) & (track.t_s < end - 1)
        for start, end in zip(session.start_s, session.end_s, strict=True)
    ]
    ways = np.array([np.diff(pelvis)[within[1:]].mean() for within in middles])
    return ways / np.abs(ways), np.array(
        [facing[m].mean() / abs(facing[m].mean()) for m in middles]
    )


@pytest.mark.parametrize("turns_round", [False, True])
def test_each_leg_goes_the_way_it_was_asked_to_and_lasts_as_long(*, turns_round: bool) -> None:
    session = joined(turns_round=turns_round)
    way, facing = travel_and_facing(session)
    assert session.directions == LEGS
    assert np.allclose((way * np.conj(facing)).real, [1, -1, 1], atol=0.01)
    assert np.allclose(session.end_s - session.start_s, 9.0, atol=1.5)
    assert np.array_equal(session.start_s[1:], session.end_s[:-1])
    assert session.recording.simulated


def test_who_turns_round_keeps_the_course_and_who_does_not_keeps_the_facing() -> None:
    way, facing = travel_and_facing(joined(turns_round=True))
    assert np.allclose(way, way[0], atol=0.05)
    assert np.allclose(facing, facing[0] * np.array([1, -1, 1]), atol=0.05)
    way, facing = travel_and_facing(joined(turns_round=False))
    assert np.allclose(facing, facing[0], atol=0.05)
    assert np.allclose(way, way[0] * np.array([1, -1, 1]), atol=0.05)


@pytest.mark.parametrize("turns_round", [False, True])
def test_no_point_jumps_where_clips_are_joined(*, turns_round: bool) -> None:
    session = joined(turns_round=turns_round)
    track = session.recording.tracks[0]
    for name in ("pelvis", "left_hip", "right_ankle"):
        place: Floats = np.column_stack([track.column(f"point:{name}.{axis}") for axis in "xyz"])
        assert np.linalg.norm(np.diff(place, axis=0), axis=1).max() < 0.12


def test_the_same_seed_gives_the_same_session_and_others_choose_other_clips() -> None:
    two = [
        clip(Direction.FORWARD),
        walker.recorded(walker.track(walker.walked(walker.Leg(6.0, 2.0), rate_hz=50), 50)),
    ]
    sessions = [
        session_of([Leg(tuple(two), Direction.FORWARD, 20.0)], seed=seed) for seed in (1, 1, 2, 3)
    ]
    values = [session.recording.tracks[0].values for session in sessions]
    assert np.array_equal(values[0], values[1])
    assert any(a.shape != b.shape or not np.allclose(a, b) for a, b in pairwise(values[1:]))


def test_clips_of_two_rates_or_shorter_than_a_stride_are_refused() -> None:
    mixed = (clip(Direction.FORWARD), clip(Direction.FORWARD, rate_hz=100))
    with pytest.raises(ValueError, match="one rate"):
        session_of([Leg(mixed, Direction.FORWARD, 9.0)], seed=0)
    points = walker.walked(walker.Leg(1.0), rate_hz=50)
    short = walker.recorded(walker.track(points, 50))
    with pytest.raises(ValueError, match="too short"):
        session_of([Leg((short,), Direction.FORWARD, 9.0)], seed=0)
