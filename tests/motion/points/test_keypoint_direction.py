"""Direction from keypoints of one camera, on made pictures of a made body."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion.points.film import (
    FEET,
    Keypoints,
    seen_from_the_front,
    seen_from_the_side,
    taken,
    vaulted,
    walk,
)
from tests.motion.points.walker import Leg, swapped, walked, without

from backstride.motion.bouts import Bout
from backstride.motion.clues import Clues, State
from backstride.motion.points.keypoints import clues_of, notices_of
from backstride.motion.points.picture import Picture, pictures
from backstride.motion.points.sagittal import Sagittal, films_of, sagittal_of
from backstride.motion.sensed import sensed
from backstride.recording import Track
from backstride.vocabulary import Direction, Gait, Origin

THERE_AND_BACK = (Leg(6, 1.2), Leg(6, 1.0, 180), Leg(5, 0))
WALK, BACK = Leg(6, 1.2), Leg(6, 0.9, 180)


def clues(track: Track) -> list[Clues]:
    return list(clues_of(track, films_of(track)))


def bouts(track: Track) -> tuple[Bout, ...]:
    """What keypoints alone make of a recording."""
    found = sensed(clues(track), float(track.t_s[-1]))
    return found.bouts if found else ()


def directions(track: Track) -> list[Direction]:
    return [direction for direction, _ in groupby(bout.direction for bout in bouts(track))]


def picture(keypoints: Keypoints) -> Picture:
    (one,) = pictures(taken(keypoints))
    return one


def motion(keypoints: Keypoints) -> Sagittal:
    return sagittal_of(picture(keypoints))


@pytest.mark.parametrize(
    ("leg", "direction", "gait"),
    [
        (WALK, Direction.FORWARD, Gait.WALK),
        (BACK, Direction.BACKWARD, Gait.WALK),
        (Leg(6, 3.2, stance=0.3), Direction.FORWARD, Gait.RUN),
        (Leg(6, 2.8, 180, stance=0.3), Direction.BACKWARD, Gait.RUN),
        (Leg(6, 0), Direction.STILL, Gait.STILL),
    ],
)
@pytest.mark.parametrize("camera", ["fixed", "panning", "treadmill"])
@pytest.mark.parametrize("from_left", [False, True])
def test_a_direction_is_found_and_sure(
    leg: Leg, direction: Direction, gait: Gait, camera: str, *, from_left: bool
) -> None:
    """Whichever side is filmed, and whether ground, camera or neither moves."""
    made = walked if gait is Gait.RUN else vaulted
    points = made(leg, rate_hz=60.0, treadmill=camera == "treadmill")
    keypoints = seen_from_the_side(points, from_left=from_left, pan=camera == "panning")
    (bout,) = bouts(taken(keypoints))
    assert (bout.direction, bout.gait, bout.origin) == (direction, gait, Origin.POSE)
    assert bout.probability > 0.9
    assert (bout.start_s, bout.end_s) == (0, pytest.approx(6, abs=0.02))


@pytest.mark.parametrize("leg", [WALK, BACK])
def test_without_feet_knees_and_head_tell_the_facing(leg: Leg) -> None:
    """COCO-17 has neither heels nor toes."""
    keypoints = without(walk(leg), *FEET)
    assert directions(taken(keypoints)) == directions(taken(walk(leg)))


def test_changes_are_where_they_were_made() -> None:
    found = bouts(taken(walk(*THERE_AND_BACK)))
    assert [bout.direction for bout in found] == [
        Direction.FORWARD,
        Direction.BACKWARD,
        Direction.STILL,
    ]
    assert [bout.end_s for bout in found] == pytest.approx([6, 12, 17], abs=0.3)


@settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(0.5, 20),
    shift=st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
    rate_hz=st.sampled_from([25.0, 29.97, 50.0, 59.94, 120.0]),
    flipped=st.booleans(),
)
def test_mirroring_shifting_scaling_and_resampling_leave_the_answer(
    scale: float, shift: tuple[float, float], rate_hz: float, *, flipped: bool
) -> None:
    made = {
        name: (place * [-1 if flipped else 1, 1]) * scale + shift
        for name, place in walk(*THERE_AND_BACK, rate_hz=rate_hz).items()
    }
    found, expected = bouts(taken(made, rate_hz)), bouts(taken(walk(*THERE_AND_BACK)))
    assert [bout.direction for bout in found] == [bout.direction for bout in expected]
    assert [bout.end_s for bout in found] == pytest.approx(
        [bout.end_s for bout in expected], abs=0.21
    )


@pytest.mark.parametrize("treadmill", [False, True])
def test_reversing_the_film_turns_forward_into_backward(*, treadmill: bool) -> None:
    for leg, turned in ((WALK, Direction.BACKWARD), (BACK, Direction.FORWARD)):
        film = walk(leg, treadmill=treadmill)
        assert directions(taken({n: place[::-1] for n, place in film.items()})) == [turned]


def test_facing_does_not_come_from_travel() -> None:
    """Facing is the same in a film that runs backward."""
    film = walk(WALK)
    there = motion(film).ahead
    back = motion({name: place[::-1] for name, place in film.items()}).ahead
    for part in ("feet", "knees", "head"):
        assert back[part][::-1][10:-10] == pytest.approx(there[part][10:-10], abs=0.01)
        assert (there[part] > 0).all()


def test_who_looks_back_still_goes_where_feet_go() -> None:
    for leg in (WALK, BACK):
        film = walk(leg)
        back = {**film, "nose": film["nose"] - [44, 0]}
        assert directions(taken(back)) == directions(taken(film))


def test_where_nothing_tells_the_facing_it_is_unknown() -> None:
    film = walk(BACK)
    blind = {name: film[name] for name in ("pelvis", "left_ankle", "right_ankle", "neck")}
    legs = {**blind, "left_hip": film["left_hip"], "right_hip": film["right_hip"]}
    legs |= {f"{side}_shoulder": film[f"{side}_shoulder"] for side in ("left", "right")}
    straight = {
        f"{side}_knee": (film[f"{side}_hip"] + film[f"{side}_ankle"]) / 2
        for side in ("left", "right")
    }
    assert set(directions(taken({**legs, **straight}))) <= {Direction.UNKNOWN}


def test_parts_that_contradict_each_other_are_not_sure() -> None:
    """Feet that point against the knees: one of them is not where it seems."""
    film = without(walk(BACK), "nose", "ear")
    turned = dict(film)
    for side in ("left", "right"):
        ankle, toe = film[f"{side}_ankle"], film[f"{side}_toe"]
        turned[f"{side}_toe"] = toe + (ankle - toe) * [2, 0]
    (sure,), (torn,) = clues(taken(film)), clues(taken(turned))
    whole = slice(0, 60)
    assert sure.certainty(whole, State.BACKWARD) > 0.98
    assert torn.certainty(whole, State.FORWARD) < 0.9


def test_from_the_front_nothing_is_told() -> None:
    for leg in (WALK, BACK):
        assert directions(taken(seen_from_the_front(walked(leg, rate_hz=60.0)))) == [
            Direction.UNKNOWN
        ]


def test_keypoints_nobody_is_sure_of_show_nothing() -> None:
    for nothing in (0.0, np.nan):
        assert bouts(taken(walk(WALK), confidence=nothing)) == ()


def test_two_people_in_turns_are_nobody() -> None:
    """Keypoints that jump from one body to another and back belong to neither."""
    one, other = walk(WALK, treadmill=True), walk(BACK, treadmill=True)
    first = (np.arange(len(one["pelvis"])) // 12) % 2 == 0
    mixed = {n: np.where(first[:, None], one[n], other[n] + [400, 0]) for n in one}
    assert bouts(taken(mixed)) == ()


def test_another_body_does_not_lengthen_the_first_ones_walk() -> None:
    one, other = walk(WALK, treadmill=True), walk(BACK, treadmill=True)
    after = {n: np.concatenate([one[n], other[n] + [400, 0]]) for n in one}
    assert directions(taken(after)) == [Direction.FORWARD, Direction.BACKWARD]


def test_a_still_picture_of_somebody_is_still() -> None:
    """In any posture: in the middle of a stride as well."""
    for frame in (0, 13, 40):
        stopped = {
            name: np.repeat(place[frame : frame + 1], 300, axis=0)
            for name, place in walk(WALK).items()
        }
        assert directions(taken(stopped)) == [Direction.STILL]


def test_noise_dropouts_and_swaps_leave_the_answer() -> None:
    """2 px of noise, a tenth of the points missing, a twentieth of the frames swapped."""
    random = np.random.default_rng(3)
    film = walk(*THERE_AND_BACK)
    other = swapped(film)
    wrong = np.repeat(random.random(len(film["pelvis"]) // 3 + 1) < 0.05, 3)[: len(film["pelvis"])]
    seen = {}
    for name, place in film.items():
        seen[name] = np.where(wrong[:, None], other[name], place)
        seen[name] = seen[name] + random.normal(0, 2, place.shape)
        seen[name][random.random(len(place)) < 0.1] = np.nan
    assert directions(taken(seen)) == directions(taken(film))


def test_swapped_legs_are_put_back_and_counted() -> None:
    """But for frames in which legs pass each other, where it makes no difference."""
    film = walk(WALK)
    other = swapped(film)
    wrong = np.zeros(len(film["pelvis"]), dtype=np.bool_)
    wrong[[50, 51, 52, 120, 200, 201, 300, 301, 302, 303]] = True
    seen = {name: np.where(wrong[:, None], other[name], place) for name, place in film.items()}
    mended, whole = picture(seen), picture(film)
    assert whole.swapped == 0
    assert mended.swapped == pytest.approx(wrong.mean(), abs=0.01)
    for name in ("left_ankle", "right_toe", "left_knee"):
        off = np.linalg.norm(mended.point(name) - whole.point(name), axis=1)
        assert off.max() < 0.1


def test_speed_is_that_of_a_body_of_assumed_stature() -> None:
    """The made body's trunk and legs are those of somebody of 1.7 m, within a tenth."""
    for treadmill in (False, True):
        found = motion(walk(WALK, treadmill=treadmill))
        assert np.median(found.speed_mps) == pytest.approx(1.2, rel=0.25)
        assert bool(found.camera_rests[60:-60].all()) is not treadmill


@pytest.mark.parametrize("frames", [0, 1, 2, 20])
def test_too_few_frames_show_nothing(frames: int) -> None:
    film = {name: place[:frames] for name, place in walk(WALK).items()}
    track = taken(film)
    assert sensed(clues(track), 1.0) is None


def test_endless_coordinates_and_doubled_times_do_no_harm() -> None:
    whole = taken(walk(WALK))
    values, t_s = whole.values.copy(), whole.t_s.copy()
    values[50, ::3] = np.inf
    values[60, 1::3] = 1e300
    t_s[70:75] = t_s[70]
    assert directions(Track(whole.name, t_s, values, whole.columns)) == [Direction.FORWARD]


def test_a_track_without_known_keypoints_shows_nothing() -> None:
    empty = Track("keypoints", np.arange(100) / 30, np.zeros((100, 1)), ("keypoint:tail.x",))
    assert clues(empty) == []


def codes(keypoints: Keypoints) -> list[str]:
    return [notice.code for notice in notices_of(films_of(taken(keypoints)))]


def test_what_is_assumed_mended_and_not_told_is_said() -> None:
    film = walk(WALK)
    assert codes(film) == ["stature_assumed"]
    wrong = (np.arange(len(film["pelvis"])) % 40 < 3)[:, None]
    other = swapped(film)
    mixed = {name: np.where(wrong, other[name], place) for name, place in film.items()}
    assert codes(mixed) == ["stature_assumed", "legs_swapped"]
    ahead = seen_from_the_front(walked(WALK, rate_hz=60.0))
    assert codes(ahead) == ["stature_assumed", "not_from_the_side"]
    short = {name: place[:5] for name, place in film.items()}
    assert codes(short) == ["keypoints_not_used"]


def test_clues_lie_on_the_clock_of_the_recording() -> None:
    """Film that begins late begins late on the common clock."""
    film = taken(walk(WALK))
    late = Track(film.name, film.t_s + 7.0, film.values, film.columns)
    (one,) = clues(late)
    assert one.first == 70
    assert len(one) == pytest.approx(60, abs=1)
    assert one.seen.all()
