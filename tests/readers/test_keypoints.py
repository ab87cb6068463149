"""Keypoints: every layout gives the same people; what a file lacks is asked for, not guessed."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz import keypoint_seeds as seeds

from backstride.errors import DamagedFileError, ReadError, RefusedFileError, RequestError
from backstride.readers import keypoints, limits
from backstride.readers.told import Told
from backstride.recording import Recording, Source, Track

SOURCE = Source("sample", "0" * 64, "keypoints")
RATE = Told(frame_rate_hz=seeds.FRAME_RATE_HZ)
ALL_TOLD = Told(frame_rate_hz=seeds.FRAME_RATE_HZ, image_size_px=(seeds.WIDTH_PX, seeds.HEIGHT_PX))


def read(data: bytes | list[Any] | dict[str, Any], told: Told = ALL_TOLD) -> Recording:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    (recording,) = keypoints.read(content, SOURCE, told)
    return recording


def track(recording: Recording, name: str = "keypoints") -> Track:
    found = recording.track(name)
    assert found is not None, [one.name for one in recording.tracks]
    return found


def notices(recording: Recording) -> dict[str, str]:
    return {notice.code: notice.message for notice in recording.notices}


def frames_of(data: bytes) -> list[Any]:
    frames: list[Any] = json.loads(data)
    return frames


def assert_is_the_subject(one: Track) -> None:
    clock = np.arange(seeds.FRAMES) / seeds.FRAME_RATE_HZ
    assert np.allclose(one.t_s, clock, atol=1e-6)
    for point in {"nose", "left_hip", "right_ankle", "left_toe"}:
        if f"keypoint:{point}.x" not in one:
            assert point == "left_toe", f"{point} is lost"
            continue
        places = [seeds.place_of(point, frame) for frame in range(seeds.FRAMES)]
        theirs = np.array([place or (np.nan, np.nan) for place in places])
        mine = np.column_stack([one.column(f"keypoint:{point}.{axis}") for axis in "xy"])
        assert np.allclose(mine, theirs, atol=1e-6, equal_nan=True), point
        sure = one.column(f"keypoint:{point}.confidence")
        assert sure.tolist() == [seeds.CONFIDENCE if place else 0 for place in places]


LAYOUTS: dict[str, Callable[[], bytes]] = {
    "OpenPose, a list of frames": seeds.openpose_list,
    "OpenPose with 18 points": lambda: seeds.openpose_list("OpenPose COCO-18"),
    "Pose2Sim with Halpe points": lambda: seeds.openpose_list("Halpe-26"),
    "Pose2Sim with BlazePose points": lambda: seeds.openpose_list("BlazePose-33"),
    "COCO results": seeds.coco_results,
    "AlphaPose with Halpe points": lambda: seeds.coco_results("Halpe-26"),
    "AlphaPose with numbers of people": lambda: seeds.coco_results(tracked=True),
    "AlphaPose in OpenPose's form": seeds.alphapose_as_openpose,
    "MMPose's demo": seeds.mmpose,
    "MMPose's inferencer": lambda: seeds.mmpose(with_meta=False),
    "MediaPipe's landmarks": seeds.mediapipe,
    "myogait": seeds.myogait,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_same_subject(name: str) -> None:
    recording = read(LAYOUTS[name]())
    assert_is_the_subject(track(recording))
    assert recording.start_utc is None
    alone = name in ("myogait", "MediaPipe's landmarks")
    assert len(recording.tracks) == (1 if alone else 2)
    assert ("one person" if alone else "2 people") in notices(recording)["people_found"]


def test_somebody_else_has_a_track_as_long_as_he_is_there() -> None:
    other = track(read(seeds.openpose_list()), "keypoints:2")
    assert len(other) == seeds.OTHER_GONE_AT
    assert (np.diff(other.column("keypoint:left_hip.x")) == seeds.OTHER_GLIDE_PX).all()


# what is asked for


@pytest.mark.parametrize("layout", [seeds.openpose_list, seeds.coco_results, seeds.mmpose])
def test_without_a_frame_rate_it_is_asked_for(layout: Callable[[], bytes]) -> None:
    with pytest.raises(ReadError, match="how many frames") as caught:
        read(layout(), Told())
    assert "--frame-rate" in caught.value.hint


def test_a_frame_rate_that_was_told_wins_over_the_files_own_and_both_are_said() -> None:
    recording = read(seeds.myogait(), Told(frame_rate_hz=100))
    assert track(recording).rate_hz == pytest.approx(100)
    assert "the file says 25" in notices(recording)["keypoints_found"]


@pytest.mark.parametrize(
    ("key", "scale"),
    [("time_s", 1), ("timestamp_ms", 1000), ("timestamp", 1), ("timestamp", 1000), ("time", 1e6)],
)
def test_times_of_frames_are_a_clock_in_the_unit_that_fits(key: str, scale: float) -> None:
    frames = frames_of(seeds.mediapipe())
    for frame in frames:
        frame[key] = scale * frame.pop("timestamp") / 1000
    recording = read(frames, Told(image_size_px=ALL_TOLD.image_size_px))
    assert_is_the_subject(track(recording))


def test_times_in_no_unit_that_fits_are_no_clock() -> None:
    frames = frames_of(seeds.mediapipe())
    for frame in frames:
        frame["timestamp"] *= 1e12
    with pytest.raises(ReadError, match="how many frames"):
        read(frames, Told(image_size_px=ALL_TOLD.image_size_px))


def test_shares_of_a_picture_need_its_size() -> None:
    with pytest.raises(ReadError, match="shares of a picture") as caught:
        read(seeds.mediapipe(), RATE)
    assert "--image-size" in caught.value.hint


def test_the_size_of_the_pictures_stays_reachable() -> None:
    columns = read(seeds.myogait()).raw["image"].columns
    assert {name: values.tolist() for name, values in columns.items()} == {
        "width_px": [seeds.WIDTH_PX],
        "height_px": [seeds.HEIGHT_PX],
    }


@pytest.mark.parametrize(
    "told",
    [{"frame_rate_hz": 0.0}, {"frame_rate_hz": float("nan")}, {"image_size_px": (0.0, 100.0)}],
)
def test_what_no_camera_has_cannot_be_told(told: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="not possible") as caught:
        Told(**told)
    assert caught.value.hint


def test_places_centred_on_the_body_are_no_places_in_a_picture() -> None:
    frames = frames_of(seeds.mediapipe())
    for frame in frames:
        for point in frame["landmarks"]:
            point["x"] -= 0.6
            point["y"] -= 0.6
    with pytest.raises(ReadError, match="neither pixels nor shares"):
        read(frames)


def test_a_picture_upside_down_is_refused() -> None:
    frames = frames_of(seeds.openpose_list())
    for frame in frames:
        for person in frame["people"]:
            flat = person["pose_keypoints_2d"]
            flat[1::3] = [600 - y if y else 0 for y in flat[1::3]]
    with pytest.raises(ReadError, match="feet above their trunk"):
        read(frames)


LIMBS = (
    ("knee", 20, 80),
    ("eye", 20, -210),
    ("ear", 0, -205),
    ("elbow", -20, -80),
    ("wrist", 30, -60),
)
HEAD = {"neck": (0, -150), "head": (5, -230)}


def test_points_in_another_order_are_refused() -> None:
    """25 points may be BODY_25B, which begins as COCO does."""
    order = [*seeds.points_of("COCO-17"), "neck", "head", *["left_toe"] * 3, *["right_toe"] * 3]
    limbs = {f"{side}_{part}": (x, y) for side in ("left", "right") for part, x, y in LIMBS}
    flat = [v for point in order for v in (*({**seeds.BODY, **HEAD, **limbs})[point], 0.9)]
    flat[0::3] = [400 + x for x in flat[0::3]]
    frames = [{"version": 1.3, "people": [{"pose_keypoints_2d": flat}]}] * 5
    with pytest.raises(ReadError, match="is not between the"):
        read(frames)


def test_a_number_of_points_that_nobody_knows_is_refused() -> None:
    frames = [{"people": [{"pose_keypoints_2d": [1.0] * 33}], "version": 1}] * 3
    with pytest.raises(ReadError, match="people of 11 points"):
        read(frames)


# odd and broken files


def test_one_frame_is_a_recording_and_needs_no_rate() -> None:
    recording = read(seeds.openpose_frame(0), Told())
    assert [len(one) for one in recording.tracks] == [1]
    assert recording.duration_s == 0


@pytest.mark.parametrize(
    "frames",
    [
        [{"version": 1.3, "people": []}] * 5,
        [{"version": 1.3, "people": [{"pose_keypoints_2d": [0] * 75}]}] * 5,
        [{"frame": k, "landmarks": None} for k in range(5)],
        [{"frame": 1, "landmarks": {"left_hip": {"x": float("nan"), "y": 1.0}}}],
    ],
)
def test_a_file_that_shows_nobody_says_so(frames: list[Any]) -> None:
    with pytest.raises(DamagedFileError, match=r"shows nobody|no frames of people"):
        read(frames)


def test_a_frame_in_which_nobody_is_seen_is_a_row_without_places() -> None:
    frames = frames_of(seeds.openpose_list())
    frames[4]["people"] = []
    one = track(read(frames))
    assert len(one) == seeds.FRAMES
    assert np.isnan(one.column("keypoint:left_hip.x")).tolist() == [
        k == 4 for k in range(seeds.FRAMES)
    ]
    assert one.column("keypoint:left_hip.confidence")[4] == 0


def test_a_file_cut_short_keeps_its_beginning() -> None:
    data = seeds.openpose_list()
    recording = read(data[: 2 * len(data) // 3])
    rows = len(track(recording))
    assert 4 <= rows < seeds.FRAMES
    assert "damaged" in notices(recording)


def test_a_rate_that_was_cut_short_is_not_taken() -> None:
    """Its digits would be another rate."""
    text = json.dumps({"frames": json.loads(seeds.openpose_list()), "fps": 25}).encode()
    with pytest.raises(ReadError, match="how many frames"):
        read(text[:-2], Told())


def test_confidences_above_one_are_clipped_and_absent_ones_assumed_with_a_word() -> None:
    frames = frames_of(seeds.openpose_list())
    frames[0]["people"][1]["pose_keypoints_2d"][2] = 5.5
    recording = read(frames)
    assert "reach 5.5" in notices(recording)["confidence_clipped"]
    assert track(recording).column("keypoint:nose.confidence")[0] == 1
    unsure = frames_of(seeds.mediapipe())
    for frame in unsure:
        for point in frame["landmarks"]:
            del point["visibility"]
    recording = read(unsure)
    assert "confidence_assumed" in notices(recording)
    assert track(recording).column("keypoint:left_hip.confidence").tolist() == [1] * seeds.FRAMES


def test_pictures_that_were_mirrored_for_the_estimator_are_turned_back() -> None:
    """myogait mirrors who walks left, and swaps the names of sides."""
    document = json.loads(seeds.myogait())
    for frame in document["frames"]:
        frame["landmarks"] = {
            name.replace("LEFT", "#").replace("RIGHT", "LEFT").replace("#", "RIGHT"): {
                **point,
                "x": 1 - point["x"],
            }
            for name, point in frame["landmarks"].items()
        }
    document["extraction"] = {"was_flipped": True}
    recording = read(document, Told())
    assert_is_the_subject(track(recording))
    assert "mirrored_back" in notices(recording)


def test_toes_that_were_worked_out_from_the_shank_are_left_out() -> None:
    """They point where the shank leans, not where the body faces."""
    document = json.loads(seeds.myogait())
    for frame in document["frames"]:
        frame["foot_landmarks_source"] = "estimated"
        frame["landmarks"]["LEFT_FOOT_INDEX"]["visibility"] = 0.5
    recording = read(document, Told())
    assert "feet_guessed" in notices(recording)
    assert "keypoint:left_toe.x" not in track(recording)
    assert np.isfinite(track(recording).column("keypoint:right_toe.x")).all()


def test_too_many_people_or_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = json.loads(seeds.openpose_frame(0))
    frame["people"] *= 101
    with pytest.raises(RefusedFileError, match="more than 200 people"):
        read([frame])
    monkeypatch.setattr(limits, "MAX_CELLS", 100)
    with pytest.raises(RefusedFileError, match="more numbers"):
        read(seeds.openpose_list())


def test_ten_hours_are_read() -> None:
    """At one frame in two seconds, so that the test is short."""
    one = seeds.coco_results()
    people = [p for p in frames_of(one) if p["image_id"] == "11.jpg"]
    results = [{**person, "image_id": frame} for frame in range(18_000) for person in people]
    recording = read(results, Told(frame_rate_hz=0.5))
    assert recording.duration_s == pytest.approx(36_000, abs=3)
    assert len(track(recording)) == 18_000


# who is who


def person(x: float, y: float, size: float = 1.0) -> list[float]:
    flat: list[float] = []
    for point in seeds.points_of("COCO-17"):
        right, down = seeds.BODY.get(point, (0, 0))
        flat += [x + size * right, y + size * down, 1.0] if point in seeds.BODY else [0, 0, 0]
    return flat


def clip(*ways: Callable[[int], tuple[float, float] | None], swap: int = 1) -> list[Any]:
    """Frames of people on these ways, in an order that changes."""
    frames = []
    for frame in range(60):
        places = [place for way in ways if (place := way(frame))]
        places = places if frame % (swap + 1) else places[::-1]
        people = [{"pose_keypoints_2d": person(*place)} for place in places]
        frames.append({"version": 1.3, "people": people})
    return frames


def steps(one: Track) -> np.ndarray:
    x = one.column("keypoint:left_hip.x")
    return np.unique(np.round(np.diff(x[np.isfinite(x)])))


@given(swap=st.integers(1, 7), apart=st.integers(-40, 40))
@settings(max_examples=20, deadline=None)
def test_two_who_cross_keep_their_ways(swap: int, apart: int) -> None:
    frames = clip(lambda k: (200 + 8 * k, 300), lambda k: (700 - 7 * k, 300 + apart), swap=swap)
    recording = read(frames)
    assert sorted(tuple(steps(one)) for one in recording.tracks) == [(-7,), (8,)]


def test_who_is_hidden_for_a_moment_is_found_again_where_the_way_leads() -> None:
    recording = read(clip(lambda k: None if 20 <= k < 30 else (200 + 8 * k, 300)))
    assert [len(one) for one in recording.tracks] == [60]
    assert np.isnan(track(recording).column("keypoint:left_hip.x")).sum() == 10


def test_who_is_gone_for_long_is_somebody_new() -> None:
    frames = clip(lambda k: None if 20 <= k < 55 else (200 + 8 * k, 300))
    assert len(read(frames).tracks) == 2


def test_the_files_own_numbers_win_over_closeness() -> None:
    frames = clip(lambda k: (200 + 8 * k, 300), lambda _: (900, 300))
    for k, frame in enumerate(frames):
        for one in frame["people"]:
            near = one["pose_keypoints_2d"][0] < 900
            one["person_id"] = [int(near) if k < 30 else 2 + int(near)]
    recording = read(frames)
    assert [len(one) for one in recording.tracks] == [30] * 4
    assert "by the file's own numbers" in notices(recording)["people_found"]


@pytest.mark.parametrize("number", [lambda k, at: 2 * k + at, lambda k, at: k * at * 0 + 1])
def test_numbers_that_do_not_tell_people_apart_are_not_used(
    number: Callable[[int, int], int],
) -> None:
    frames = clip(lambda k: (200 + 8 * k, 300), lambda k: (700 - 7 * k, 300))
    for k, frame in enumerate(frames):
        for at, one in enumerate(frame["people"]):
            one["person_id"] = [number(k, at)]
    assert len(read(frames).tracks) == 2


def test_ghosts_and_passers_by_are_counted_and_left_out() -> None:
    frames = clip(lambda k: (200 + 8 * k, 300), lambda k: (900, 300) if k == 40 else None)
    recording = read(frames)
    assert len(recording.tracks) == 1
    assert "1 seen for moments" in notices(recording)["people_found"]


@given(dx=st.floats(-100, 300), dy=st.floats(-50, 300), scale=st.floats(0.5, 4))
@settings(max_examples=25, deadline=None)
def test_moving_or_scaling_the_picture_moves_and_scales_the_people(
    dx: float, dy: float, scale: float
) -> None:
    frames = frames_of(seeds.openpose_list())
    for frame in frames:
        for one in frame["people"]:
            flat = one["pose_keypoints_2d"]
            flat[0::3] = [
                scale * x + dx if c else 0 for x, c in zip(flat[0::3], flat[2::3], strict=True)
            ]
            flat[1::3] = [
                scale * y + dy if c else 0 for y, c in zip(flat[1::3], flat[2::3], strict=True)
            ]
    plain, moved = read(seeds.openpose_list()), read(frames)
    assert [one.name for one in moved.tracks] == [one.name for one in plain.tracks]
    for name, shift in (("x", dx), ("y", dy)):
        column = f"keypoint:left_ankle.{name}"
        expected = scale * track(plain).column(column) + shift
        assert np.allclose(track(moved).column(column), expected)
