"""Real motion capture: what is read equals what plain decoders read, and moves as clips are named.

The decoders here share nothing with the readers: one composes 4 x 4 matrices for single frames of
BVH, one splits lines of TRC.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from backstride.readers import read
from backstride.readers.points import Capture, recording_of
from backstride.readers.skeleton import Naming
from backstride.recording import Recording, Source, Track

BANDAI = "mocap-bandai-namco-1"
DORN = "biomech-dorn-ja1-run"
STYLE_100 = "mocap-100style-walkingstickleft/WalkingStickLeft_BR.npz"
#: Metres a second that the sprinter was asked for, as the files are named.
DORN_SPEEDS = {"run0350cms": 3.5, "run0500cms": 5.0, "run0700cms": 7.0, "run0900cms": 9.0}


def track_of(recording: Recording) -> Track:
    track = recording.track("points")
    assert track is not None
    return track


def point(track: Track, name: str) -> np.ndarray:
    """Shape (3, n)."""
    return np.array([track.column(f"point:{name}.{axis}") for axis in "xyz"])


def codes(recording: Recording) -> set[str]:
    return {notice.code for notice in recording.notices}


def travel(track: Track) -> tuple[float, float]:
    """Median speed of the pelvis (forward, left), as seen from where the hips face."""
    leftward = (point(track, "left_hip") - point(track, "right_hip"))[:2]
    leftward = leftward / np.linalg.norm(leftward, axis=0)
    velocity = np.gradient(point(track, "pelvis")[:2], track.t_s, axis=1)
    forward = velocity[0] * leftward[1] - velocity[1] * leftward[0]
    return float(np.nanmedian(forward)), float(np.nanmedian(np.sum(velocity * leftward, axis=0)))


def turning(axis: str, degrees: float) -> np.ndarray:
    """A 4 x 4 turn about an axis."""
    at = "XYZ".index(axis)
    a, b = (at + 1) % 3, (at + 2) % 3
    matrix = np.eye(4)
    angle = np.deg2rad(degrees)
    matrix[a, a] = matrix[b, b] = np.cos(angle)
    matrix[b, a], matrix[a, b] = np.sin(angle), -np.sin(angle)
    return matrix


def plain_bvh(text: str, frame: int) -> dict[str, np.ndarray]:
    """Joint -> where it is in one frame, in centimetres and y up; positions replace offsets."""
    head, _, motion = text.partition("MOTION")
    numbers = iter(map(float, motion.splitlines()[3 + frame].split()))
    places: dict[str, np.ndarray] = {}
    stack: list[np.ndarray] = [np.eye(4)]
    name = ""
    for words in map(str.split, head.splitlines()):
        if words[0] in ("ROOT", "JOINT"):
            name = words[1]
        elif words[0] == "End":
            name = ""
        elif words[0] == "OFFSET":
            stack.append(np.eye(4))
        elif words[0] == "CHANNELS":
            local = np.eye(4)
            for channel in words[2:]:
                value = next(numbers)
                if channel.endswith("position"):
                    local["XYZ".index(channel[0]), 3] = value
                else:
                    local = local @ turning(channel[0], value)
            stack[-1] = stack[-2] @ local
            places[name] = stack[-1][:3, 3]
        elif words[0] == "}":
            stack.pop()
    assert next(numbers, None) is None
    return places


OUR_NAMES = {"Hips": "pelvis", "Head": "head", "Foot_L": "left_ankle", "Toes_R": "right_toe",
             "LowerLeg_R": "right_knee", "Hand_L": "left_wrist"}  # fmt: skip


@pytest.mark.parametrize("name", ["run_active", "walk-back_old", "dash_giant", "walk-left_happy"])
def test_real_clips_are_where_plain_matrices_put_them(data_dir: Path, name: str) -> None:
    path = data_dir / BANDAI / f"dataset-1_{name}_001.bvh"
    track = track_of(read(path))
    text = path.read_text()
    for frame in (0, len(track) // 2, len(track) - 1):
        for joint, (x, y, z) in plain_bvh(text, frame).items():
            if joint in OUR_NAMES:
                expected = np.array([z, x, y]) / 100
                assert np.allclose(point(track, OUR_NAMES[joint])[:, frame], expected, atol=1e-6)


def clips(data_dir: Path) -> list[Path]:
    return sorted((data_dir / BANDAI).glob("*.bvh"))


def test_every_real_clip_is_read_with_its_frames_rate_unit_and_axes(data_dir: Path) -> None:
    """The publisher says: 30 a second, centimetres, y up; no clip is damaged or mirrored."""
    assert len(clips(data_dir)) == 105
    for path in clips(data_dir):
        recording = read(path)
        track = track_of(recording)
        assert codes(recording) == {"axes_and_units_found"}, path.name
        said = recording.notices[0].message
        assert "30 frames a second; lengths are in cm (" in said, path.name
        assert "; +y points up" in said, path.name
        frames = re.search(r"Frames:\s*(\d+)", path.read_text())
        assert frames is not None
        assert len(track) == int(frames[1]), path.name
        assert track.rate_hz == pytest.approx(30)
        assert not np.isnan(track.values).any(), path.name


def test_bones_of_real_clips_do_not_stretch_and_feet_are_on_the_floor(data_dir: Path) -> None:
    for path in clips(data_dir):
        track = track_of(read(path))
        for bone in (("left_hip", "left_knee"), ("right_knee", "right_ankle")):
            lengths = np.linalg.norm(point(track, bone[0]) - point(track, bone[1]), axis=0)
            assert np.ptp(lengths) < 1e-3, path.name
        lowest = min(float(np.min(point(track, f"{side}_toe")[2])) for side in ("left", "right"))
        assert -0.05 < lowest < 0.1, path.name


def test_real_clips_travel_as_they_are_named(data_dir: Path) -> None:
    """Left is left and forward forward in all 105, so nothing is mirrored or turned around."""
    for path in clips(data_dir):
        forward, left = travel(track_of(read(path)))
        kind = path.name.split("_")[1]
        if kind == "walk-back":
            assert forward < -0.3, path.name
        elif kind in ("walk", "run", "dash"):
            assert forward > 0.3, path.name
        elif kind == "walk-left":
            assert left > 0.05, path.name
        else:
            assert kind == "walk-right", path.name
            assert left < -0.05, path.name


@pytest.mark.parametrize("name", DORN_SPEEDS)
def test_real_markers_are_where_the_lines_put_them(data_dir: Path, name: str) -> None:
    path = data_dir / DORN / f"{name}.trc"
    lines = path.read_text().splitlines()
    names = [cell for cell in lines[3].split("\t") if cell][2:]
    rows = [line.split("\t") for line in lines[5:] if line]
    recording = read(path)
    track = track_of(recording)
    assert len(track) == len(rows) == int(lines[2].split("\t")[2])
    assert track.rate_hz == pytest.approx(250)
    for marker, ours in {"LHEEL": "left_heel", "RTOE": "right_toe", "T7": "spine"}.items():
        at = 2 + 3 * names.index(marker)
        x, y, z = (np.array([float(row[at + k] or "nan") for row in rows]) / 1000 for k in range(3))
        assert np.allclose(point(track, ours), [z, x, y], equal_nan=True)
    assert codes(recording) == {"axes_and_units_found", "hips_from_pelvis"}
    assert "lengths are in mm (as the file says" in recording.notices[0].message
    assert "; +y points up" in recording.notices[0].message


@pytest.mark.parametrize("name", DORN_SPEEDS)
def test_a_real_sprinter_runs_forward_as_fast_as_the_file_is_named(
    data_dir: Path, name: str
) -> None:
    forward, left = travel(track_of(read(data_dir / DORN / f"{name}.trc")))
    assert forward == pytest.approx(DORN_SPEEDS[name], rel=0.05)
    assert abs(left) < 0.15 * forward


def test_another_real_skeleton_is_understood(data_dir: Path) -> None:
    """Positions of a retargeted 100STYLE clip, metres and y up, with joints of other names."""
    path = data_dir / STYLE_100
    with np.load(path, allow_pickle=False) as clip:
        names, rate = tuple(map(str, clip["bone_names"])), float(clip["framerate"])
        positions = clip["positions"].astype(np.float64).transpose(1, 2, 0)
    clock = np.arange(positions.shape[2]) / rate
    source = Source(str(path), "0" * 64, "npz")
    recording = recording_of(Capture(Naming.JOINTS, names, positions, clock), source)
    assert codes(recording) == {"axes_and_units_found"}
    assert "lengths are in m (the body" in recording.notices[0].message
    assert "; +y points up" in recording.notices[0].message
    assert "18 points of the body" in recording.notices[0].message
