"""BVH: forward kinematics against a slow and plain one, what custom is divided on, and damage."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from tests.fuzz import seeds

from backstride.app.recordings import Request, analyze_files
from backstride.errors import DamagedFileError, ReadError, RefusedFileError
from backstride.readers import bvh
from backstride.recording import Recording, Source, Track

SOURCE = Source("sample", "0" * 64, "bvh")
SAMPLE = seeds.bvh()
TEXT = SAMPLE.decode()


def read(text: str | bytes) -> Recording:
    (recording,) = bvh.read(text.encode() if isinstance(text, str) else text, SOURCE)
    return recording


def points(recording: Recording) -> Track:
    track = recording.track("points")
    assert track is not None
    return track


def point(recording: Recording, name: str) -> np.ndarray:
    return np.array([points(recording).column(f"point:{name}.{axis}") for axis in "xyz"])


def codes(recording: Recording) -> set[str]:
    return {notice.code for notice in recording.notices}


#: Joints as (name, parent, offset); a body in metres, y up, facing z.
BONES = (
    ("Hips", -1, (0.0, 0.0, 0.0)),
    ("Head", 0, (0.0, 0.7, 0.0)),
    ("LeftUpLeg", 0, (0.1, -0.05, 0.0)),
    ("LeftLeg", 2, (0.0, -0.4, 0.02)),
    ("LeftFoot", 3, (0.0, -0.4, 0.0)),
    ("LeftToeBase", 4, (0.0, -0.05, 0.15)),
    ("RightUpLeg", 0, (-0.1, -0.05, 0.0)),
    ("RightLeg", 6, (0.0, -0.4, 0.02)),
    ("RightFoot", 7, (0.0, -0.4, 0.0)),
    ("RightToeBase", 8, (0.0, -0.05, 0.15)),
)
POINTS = ("pelvis", "head", "left_hip", "left_knee", "left_ankle", "left_toe", "right_hip",
          "right_knee", "right_ankle", "right_toe")  # fmt: skip


def hierarchy(orders: list[str]) -> str:
    """The bones with three rotations each, in the order given, as "ZXY"."""

    def joint(at: int) -> str:
        name, parent, offset = BONES[at]
        turns = " ".join(f"{axis}rotation" for axis in orders[at])
        places = "6 Xposition Yposition Zposition" if parent < 0 else "3"
        inner = "".join(joint(k) for k, bone in enumerate(BONES) if bone[1] == at)
        inner = inner or "End Site\n{\nOFFSET 0 0 0\n}\n"
        kind = "ROOT" if parent < 0 else "JOINT"
        numbers = " ".join(map(str, offset))
        return f"{kind} {name}\n{{\nOFFSET {numbers}\nCHANNELS {places} {turns}\n{inner}}}\n"

    return f"HIERARCHY\n{joint(0)}"


def plain_kinematics(
    orders: list[str], root: tuple[float, float, float], angles: list[list[float]]
) -> np.ndarray:
    """Positions by matrices, one joint after another, in the file's axes; shape (joints, 3)."""
    places, turns = [], []
    for (_, parent, offset), order, degrees in zip(BONES, orders, angles, strict=True):
        own = Rotation.from_euler(order, degrees, degrees=True).as_matrix()
        if parent < 0:
            places.append(np.array(root))
            turns.append(own)
        else:
            places.append(places[parent] + turns[parent] @ np.array(offset))
            turns.append(turns[parent] @ own)
    return np.array(places)


@settings(max_examples=60, deadline=None)
@given(
    orders=st.lists(st.permutations("XYZ").map("".join), min_size=len(BONES), max_size=len(BONES)),
    heading=st.floats(-180, 180),
    angles=st.lists(
        st.lists(st.floats(-15, 15), min_size=3, max_size=3),
        min_size=len(BONES),
        max_size=len(BONES),
    ),
)
def test_positions_are_those_of_plain_kinematics(
    orders: list[str], heading: float, angles: list[list[float]]
) -> None:
    """Any order of channels, any heading: as matrices give it, with y for up turned to z."""
    angles = [[heading if axis == "Y" else 0.0 for axis in orders[0]], *angles[1:]]
    root = (3.0, 0.95, -2.0)
    numbers = [*root, *(angle for three in angles for angle in three)]
    line = " ".join(f"{value:.9f}" for value in numbers)
    recording = read(f"{hierarchy(orders)}MOTION\nFrames: 1\nFrame Time: 0.01\n{line}\n")
    expected = plain_kinematics(orders, root, angles)[:, [2, 0, 1]]
    mine = np.array([point(recording, name)[:, 0] for name in POINTS])
    assert np.allclose(mine, expected, atol=1e-7)


def test_a_knee_bent_by_hand() -> None:
    """Ninety degrees about x, the left: the shank of a body that faces z goes back."""
    channels = [0.0] * (3 + 3 * len(BONES))
    channels[1] = 0.9
    channels[3 + 3 * 3] = 90.0
    line = " ".join(map(str, channels))
    text = f"{hierarchy(['XYZ'] * len(BONES))}MOTION\nFrames: 1\nFrame Time: 0.01\n{line}\n"
    recording = read(text)
    shank = point(recording, "left_ankle") - point(recording, "left_knee")
    assert np.allclose(shank[:, 0], (-0.4, 0, 0))
    other = point(recording, "right_ankle") - point(recording, "right_knee")
    assert np.allclose(other[:, 0], (0, 0, -0.4))


def with_positions_everywhere(*, added: bool) -> str:
    """The sample with six channels in every joint, as either custom writes them."""
    offsets = re.findall(r"(?:ROOT|JOINT) .*\n\{\nOFFSET (.*)\n", TEXT)
    text = TEXT.replace("CHANNELS 3 ", "CHANNELS 6 Xposition Yposition Zposition ")
    head, lines = text.split("Frame Time: 0.04\n")
    changed = []
    for line in lines.splitlines():
        words = line.split()
        places = ["0 0 0" if added else offset for offset in offsets[1:]]
        changed.append(" ".join([*words[:6], *(f"{place} 0 0 0" for place in places)]))
    return f"{head}Frame Time: 0.04\n" + "\n".join(changed) + "\n"


@pytest.mark.parametrize("added", [True, False])
def test_positions_of_joints_replace_offsets_or_are_added_to_them(added: bool) -> None:
    """Both customs give the same body, told apart by what the numbers are."""
    mine = points(read(with_positions_everywhere(added=added)))
    expected = points(read(TEXT))
    assert mine.columns == expected.columns
    assert np.allclose(mine.values, expected.values, equal_nan=True)


def test_ends_of_limbs_are_points_unless_they_are_where_their_joint_is() -> None:
    assert "point:Head end.x" in points(read(TEXT))
    none = TEXT.replace("OFFSET 0 9 0", "OFFSET 0 0 0")
    assert "point:Head end.x" not in points(read(none))


@pytest.mark.parametrize(
    ("written", "rate_hz"),
    [("0.0333333", 30), ("0.008333", 120), ("0.016667", 60), ("0.0417083", 1 / 0.0417083)],
)
def test_frame_times_of_few_digits_are_whole_rates(written: str, rate_hz: float) -> None:
    """0.008333 s is 120 a second: taken literally, ten minutes would end 24 ms early."""
    recording = read(TEXT.replace("Frame Time: 0.04", f"Frame Time: {written}"))
    clock = points(recording).t_s
    assert np.allclose(clock, np.arange(seeds.FRAMES) / rate_hz, atol=1e-12)


@pytest.mark.parametrize("written", ["0", "-0.04", "nan", "inf", "1e-9", "40", "soon"])
def test_a_frame_time_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(DamagedFileError, match="frame time"):
        read(TEXT.replace("Frame Time: 0.04", f"Frame Time: {written}"))


@pytest.mark.parametrize("declared", ["7", "999999999999", "-3", "many", "nan"])
def test_frames_are_counted_and_not_believed(declared: str) -> None:
    recording = read(TEXT.replace(f"Frames: {seeds.FRAMES}", f"Frames: {declared}"))
    assert len(points(recording)) == seeds.FRAMES
    assert "frames_miscounted" in codes(recording)


def test_a_frame_cut_within_is_left_out() -> None:
    """Without the end of its line nobody knows whether 12 was 1234; a whole last line is kept."""
    assert len(points(read(SAMPLE[:-1]))) == seeds.FRAMES
    assert len(points(read(SAMPLE[:-2]))) == seeds.FRAMES - 1
    last = SAMPLE.rindex(b"\n", 0, -1)
    assert len(points(read(SAMPLE[: last + 20]))) == seeds.FRAMES - 1
    assert len(points(read(SAMPLE[:last]))) == seeds.FRAMES - 2


@pytest.mark.parametrize("spoiled", ["1 2 3", "x " * 33, "0 " * 34, "1e999 " * 33])
def test_a_spoiled_line_is_a_frame_that_nobody_saw(spoiled: str) -> None:
    """It keeps its place in time, and no other frame moves."""
    lines = TEXT.splitlines()
    lines[-3] = spoiled
    recording = read("\n".join([*lines, ""]))
    expected = points(read(TEXT)).values.copy()
    expected[-3] = np.nan
    assert np.allclose(points(recording).values, expected, equal_nan=True)
    assert any("2 of 24 frames cannot be read" in n.message for n in recording.notices)


def test_rotations_in_radians_are_refused() -> None:
    """A body that travels far while no joint turns by more than six degrees is not in degrees."""
    lines = [f"{100 * k} 90 0 0 0 -1.5 " + "0.1 0 0 " * 9 for k in range(24)]
    with pytest.raises(ReadError, match="radians") as caught:
        read(TEXT.split("Frame Time: 0.04\n")[0] + "Frame Time: 0.04\n" + "\n".join(lines))
    assert caught.value.hint == "use degrees"


def test_several_skeletons_are_refused() -> None:
    skeleton = TEXT[len("HIERARCHY\n") : TEXT.index("MOTION")]
    with pytest.raises(ReadError, match="several skeletons"):
        read(TEXT.replace("MOTION", f"{skeleton}MOTION"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("JOINT Head\n{", "JOINT Head\n"),
        ("MOTION", "}\nMOTION"),
        ("CHANNELS 3 Zrotation", "CHANNELS 4 Zrotation"),
        ("CHANNELS 3 Zrotation", "CHANNELS 3 Wrotation"),
        ("Zrotation Xrotation Yrotation", "Zrotation Xrotation Zrotation"),
        ("OFFSET 0 70 0", "OFFSET 0 70"),
        ("OFFSET 0 70 0", "OFFSET 0 nan 0"),
        ("OFFSET 0 70 0", "OFFSET 0 1e30 0"),
        ("OFFSET 0 70 0", "LIMITS 0 70 0"),
        ("Frames:", "Pictures:"),
    ],
)
def test_a_damaged_skeleton_is_said_to_be_damaged(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(DamagedFileError):
        read(TEXT.replace(old, new, 1))


MOTION = "MOTION\nFrames: 1\nFrame Time: 0.01\n"
ENDLESS = {
    "levels": "HIERARCHY\nROOT a\n{\n" + "JOINT a\n{\n" * 5000 + MOTION,
    "joints": "HIERARCHY\nROOT a\n{\nCHANNELS 1 Xposition\n"
    + "JOINT a\n{\nOFFSET 0 0 0\n}\n" * 5000
    + "}\n"
    + MOTION,
    "hierarchy": "HIERARCHY\n" + "\n" * 2_000_000 + MOTION,
    "a line": TEXT.replace(MOTION, "") + "0 " * 1_000_000,
    "frames": TEXT + "\n" * 1_000_000,
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_is_endless_is_refused(kind: str) -> None:
    with pytest.raises(RefusedFileError):
        read(ENDLESS[kind])


@pytest.mark.parametrize("frames", ["", "\n\n", " \t", "\x1c", "\x0b\n", "\0", "nan"])
def test_a_clip_without_frames_is_damaged(frames: str) -> None:
    with pytest.raises(DamagedFileError):
        read(f"{TEXT.split('Frame Time: 0.04')[0]}Frame Time: 0.04\n{frames}")


def test_one_frame_is_a_recording() -> None:
    head, lines = TEXT.split("Frame Time: 0.04\n")
    recording = read(f"{head}Frame Time: 0.04\n{lines.splitlines()[0]}\n")
    assert points(recording).t_s.tolist() == [0.0]
    assert recording.duration_s == 0


def test_a_clip_is_analyzed_like_any_file(tmp_path: Path) -> None:
    """It has no speed, heart rate or date, and nothing of the program minds."""
    path = tmp_path / "clip.bvh"
    path.write_bytes(SAMPLE)
    results = analyze_files(Request((path,)))
    assert results.failures == ()
    assert [shown.document["source"]["path"] for shown in results.recordings] == [str(path)]
