"""Files of one frame each in folders and archives, and other JSON that lies about."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import keypoint_seeds as seeds
from tests.fuzz.seeds import zipped

from backstride.errors import ReadError, RefusedFileError
from backstride.readers import keypoints, limits, read, read_many, recordings_in
from backstride.readers.told import Told
from backstride.recording import Recording, Track

RATE = Told(frame_rate_hz=seeds.FRAME_RATE_HZ)


def track(recording: Recording) -> Track:
    found = recording.track("keypoints")
    assert found is not None
    return found


def assert_is_the_subject(one: Track) -> None:
    assert np.allclose(one.t_s, np.arange(seeds.FRAMES) / seeds.FRAME_RATE_HZ, atol=1e-6)
    places = [seeds.place_of("left_hip", frame) for frame in range(seeds.FRAMES)]
    assert one.column("keypoint:left_hip.x").tolist() == [place[0] for place in places if place]


def write_clip(folder: Path, name: str = "clip_{:012d}_keypoints.json", start: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(seeds.FRAMES):
        (folder / name.format(start + frame)).write_bytes(seeds.openpose_frame(frame))


@pytest.mark.parametrize(
    "name", ["clip_{:012d}_keypoints.json", "blaze_clip.{:05d}.json", "{}.json"]
)
def test_a_folder_of_frames_is_one_recording(tmp_path: Path, name: str) -> None:
    write_clip(tmp_path, name, start=95)
    recording = read(tmp_path, RATE)
    assert_is_the_subject(track(recording))
    assert "*" in Path(recording.source.path).name
    assert recordings_in(tmp_path) == [tmp_path]


def test_frames_of_two_cameras_in_one_folder_are_two_recordings(tmp_path: Path) -> None:
    write_clip(tmp_path, "cam1_{:05d}_keypoints.json")
    write_clip(tmp_path, "cam2_{:05d}_keypoints.json")
    names = sorted(Path(one.source.path).name for one in read_many(tmp_path, RATE))
    assert names == ["cam1_*_keypoints.json", "cam2_*_keypoints.json"]


def test_missing_frames_are_a_gap_and_broken_ones_show_nobody(tmp_path: Path) -> None:
    write_clip(tmp_path, "clip_{:05d}.json")
    (tmp_path / "clip_00003.json").unlink()
    (tmp_path / "clip_00007.json").write_bytes(b'{"version":1.3,"people":[{"pose')
    recording = read(tmp_path, RATE)
    one = track(recording)
    assert len(one) == seeds.FRAMES - 1
    assert np.max(np.diff(one.t_s)) == pytest.approx(2 / seeds.FRAME_RATE_HZ)
    assert np.isnan(one.column("keypoint:left_hip.x")).sum() == 1
    said = {notice.code: notice.message for notice in recording.notices}
    assert "1 of 11 frames are damaged" in said["frames_unreadable"]


def test_frames_in_an_archive_are_one_recording_each_folder(tmp_path: Path) -> None:
    members = {
        f"{folder}/clip_{frame:05d}_keypoints.json": seeds.openpose_frame(frame)
        for folder in ("a", "b")
        for frame in range(seeds.FRAMES)
    }
    path = tmp_path / "clips.zip"
    path.write_bytes(
        zipped({**members, "index.json": b'{"people": 2}', "one.json": seeds.myogait()})
    )
    recordings = list(read_many(path, RATE))
    assert all(isinstance(one, Recording) for one in recordings)
    assert sorted(one.source.path.rpartition("!")[2] for one in recordings) == [
        "a/clip_*_keypoints.json",
        "b/clip_*_keypoints.json",
        "one.json",
    ]


STRANGERS = {
    "a package": {"name": "x", "version": "1.0", "people": {"author": 1}},
    "people with names": {"people": [{"name": "Ann"}], "version": 1},
    "people of nobody knows what": {"people": []},
    "a summary of activities": [{"summarizedActivitiesExport": [{"name": "x"}]}],
    "a place": {"landmarks": [{"name": "tower", "lat": 1.0}]},
    "an empty list of landmarks": {"landmarks": []},
    "categories of COCO": {"categories": [{"keypoints": ["nose", "left_eye"]}]},
    "events": {"LeftFootEvents": [[460, 499]], "Subject": 7},
    "numbers": [1, 2, 3],
    "frames of a game": {"frames": [{"x": 1, "y": 2}], "meta": {"size": {"w": 64, "h": 64}}},
    "a word": "keypoints",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_json_of_something_else_is_not_taken(tmp_path: Path, name: str) -> None:
    data = json.dumps(STRANGERS[name]).encode()
    assert not keypoints.sniff(data)
    path = tmp_path / "x_01.json"
    path.write_bytes(data)
    (tmp_path / "x_02.json").write_bytes(data)
    assert recordings_in(tmp_path) == []
    (got,) = read_many(path)
    assert isinstance(got, ReadError)
    assert got.hint


def test_a_folder_that_is_no_clip_is_still_no_file(tmp_path: Path) -> None:
    (tmp_path / "a_1.json").write_text("{}")
    (got,) = read_many(tmp_path)
    assert isinstance(got, ReadError)
    assert "is a folder" in str(got)


def test_a_clip_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_clip(tmp_path)
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 5000)
    (got,) = read_many(tmp_path, RATE)
    assert isinstance(got, RefusedFileError)
