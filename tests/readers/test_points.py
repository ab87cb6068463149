"""Axes, units and sides of motion capture: found from the body, said, and never guessed."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError
from backstride.readers.points import UNITS, Capture, recording_of
from backstride.readers.skeleton import Naming, points_of
from backstride.recording import Recording, Source

SOURCE = Source("sample", "0" * 64, "sample")
NAMES = tuple(seeds.BODY)
FRAMES = 12
#: All 48 ways to name, order and point three axes: half of them are left-handed.
AXES = [
    np.eye(3)[list(order)] * np.array(signs)[:, None]
    for order in permutations(range(3))
    for signs in product((1, -1), repeat=3)
]


def body() -> np.ndarray:
    """Shape (points, 3, frames), in our axes and metres: it goes backward along x and bends."""
    offsets = np.array([seeds.BODY[name] for name in NAMES])
    pelvis = np.array([seeds.pelvis_at(frame) for frame in range(FRAMES)])
    return (offsets[:, None, :] + pelvis[None]).transpose(0, 2, 1)


def capture(positions: np.ndarray, unit: str = "", names: tuple[str, ...] = NAMES) -> Capture:
    return Capture(Naming.MARKERS, names, positions, np.arange(positions.shape[2]) / 25, unit)


def read_back(recording: Recording) -> np.ndarray:
    """Shape (points, 3, frames), as recorded."""
    track = recording.track("points")
    assert track is not None
    return np.array([[track.column(f"point:{name}.{axis}") for axis in "xyz"] for name in NAMES])


def codes(recording: Recording) -> set[str]:
    return {notice.code for notice in recording.notices}


def distances(positions: np.ndarray) -> np.ndarray:
    return np.linalg.norm(positions[:, None] - positions[None], axis=2)


def leftness(positions: np.ndarray) -> np.ndarray:
    """Positive where the left hip is to the left of where the feet point, with z up."""
    place = {name: positions[k] for k, name in enumerate(NAMES)}
    leftward = place["left_hip"] - place["right_hip"]
    facing = place["left_toe"] - place["left_ankle"]
    return facing[0] * leftward[1] - facing[1] * leftward[0]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("axes", AXES, ids=str)
def test_any_axes_in_any_unit_give_the_same_body(axes: np.ndarray, unit: str) -> None:
    """Upright, as large as it was, left on its left; a left-handed file is mended and says so."""
    there = np.einsum("ij,kjn->kin", axes, body()) / UNITS[unit]
    recording = recording_of(capture(there), SOURCE)
    found = read_back(recording)
    assert np.allclose(distances(found), distances(body()))
    assert np.allclose(found[:, 2], body()[:, 2]), "not upright"
    assert (leftness(found) > 0).all(), "mirrored"
    assert ("mirrored" in codes(recording)) == (np.linalg.det(axes) < 0)
    said = next(n.message for n in recording.notices if n.code == "axes_and_units_found")
    assert f"lengths are in {unit} " in said


#: Radians that a body may tilt, and still be understood.
UNDERSTOOD_TILT = 0.5


@settings(max_examples=150, deadline=None)
@given(
    heading=st.floats(-np.pi, np.pi),
    lean=st.floats(-0.6, 0.6),
    roll=st.floats(-0.6, 0.6),
    shift=st.tuples(*[st.floats(-50, 50)] * 3),
)
def test_heading_lean_and_place_of_a_body_do_not_matter(
    heading: float, lean: float, roll: float, shift: tuple[float, float, float]
) -> None:
    """People lean, turn and stand anywhere: no turn of the body is taken for a mirror.

    One that tilts so far that another axis could be up is refused, and never laid on its side.
    """
    turn = Rotation.from_euler("xyz", [roll, lean, heading]).as_matrix()
    there = np.einsum("ij,kjn->kin", turn, body()) + np.array(shift)[None, :, None]
    try:
        recording = recording_of(capture(there), SOURCE)
    except ReadError:
        assert np.arccos(turn[2, 2]) > UNDERSTOOD_TILT, "refuses a body that stands"
        return
    assert "mirrored" not in codes(recording)
    found = read_back(recording)
    # Our axes may be turned about the vertical: distances and heights are what must stay.
    assert np.allclose(distances(found), distances(there))
    assert np.allclose(found[:, 2], there[:, 2])


def test_a_clip_in_reverse_keeps_its_sides_and_turns_its_travel_round() -> None:
    """Time turns backward into forward; it makes no mirror image."""
    forward = recording_of(capture(body()[:, :, ::-1]), SOURCE)
    backward = recording_of(capture(body()), SOURCE)
    assert codes(forward) == codes(backward) == {"axes_and_units_found"}
    travel = [np.diff(read_back(one)[0, 0]).mean() for one in (forward, backward)]
    assert travel[0] == pytest.approx(-travel[1])
    assert travel[1] < 0


def test_heel_and_toe_exchanged_are_refused() -> None:
    """Feet that point against the knees would turn forward into backward."""
    positions = body()
    for side in ("left", "right"):
        toe, ankle = NAMES.index(f"{side}_toe"), NAMES.index(f"{side}_ankle")
        positions[toe, 0] = 2 * positions[ankle, 0] - positions[toe, 0]
    with pytest.raises(ReadError, match="knees bend against its feet"):
        recording_of(capture(positions), SOURCE)


def test_names_exchanged_between_left_and_right_are_taken_for_left_handed_axes() -> None:
    names = tuple(
        name.replace("left", "#").replace("right", "left").replace("#", "right") for name in NAMES
    )
    recording = recording_of(capture(body(), names=names), SOURCE)
    assert "mirrored" in codes(recording)
    assert (leftness(read_back(recording)) > 0).all()


def test_a_body_whose_facing_nothing_shows_is_kept_and_says_so() -> None:
    names = ("head", "pelvis", "left_ankle", "right_ankle", "left_hip", "right_hip")
    positions = body()[[NAMES.index(name) for name in names]]
    recording = recording_of(capture(positions, "m", names), SOURCE)
    assert "sides_not_checked" in codes(recording)


@pytest.mark.parametrize("declared", ["m", "cm"])
def test_a_wrong_unit_in_the_file_is_found_and_named(declared: str) -> None:
    recording = recording_of(capture(body() * 1000, declared), SOURCE)
    assert np.allclose(read_back(recording), body())
    assert any(f"in mm (not {declared}, as the file says" in n.message for n in recording.notices)


def test_a_child_is_as_small_as_the_file_says() -> None:
    """Below what is taken for human without a word of the file, above what can be."""
    child = body() * 0.6
    assert np.allclose(read_back(recording_of(capture(child, "m"), SOURCE)), child)
    with pytest.raises(ReadError, match="human in no unit") as caught:
        recording_of(capture(child), SOURCE)
    assert "scale it to metres" in caught.value.hint


def test_no_two_units_ever_fit_one_body() -> None:
    """A body as tall as the shortest in one unit must be taller than the tallest in the next."""
    for tall in np.linspace(0.5, 3000, 20_000):
        fitting = [unit for unit, scale in UNITS.items() if 1.2 <= tall * scale <= 2.2]
        assert len(fitting) <= 1


def test_a_body_that_lies_half_of_the_time_has_no_known_up() -> None:
    positions = body()
    positions[:, :, FRAMES // 2 :] = positions[:, [2, 1, 0], FRAMES // 2 :]
    with pytest.raises(ReadError, match="which way is up"):
        recording_of(capture(positions), SOURCE)


def test_unknown_names_are_refused_in_words() -> None:
    names = tuple(f"marker {k}" for k in range(len(NAMES)))
    with pytest.raises(ReadError, match="names of no known skeleton"):
        recording_of(capture(body(), names=names), SOURCE)


def test_a_body_that_nobody_saw_is_refused() -> None:
    with pytest.raises(DamagedFileError, match="no frame shows a body"):
        recording_of(capture(np.full_like(body(), np.nan)), SOURCE)


def test_a_body_seen_in_few_of_many_frames_is_found() -> None:
    """What axes and units are found from are frames that show something."""
    positions = np.full((len(NAMES), 3, 20_000), np.nan)
    positions[:, :, 12_345 : 12_345 + FRAMES] = body()
    assert codes(recording_of(capture(positions), SOURCE)) == {"axes_and_units_found"}


def test_a_floor_elsewhere_is_kept_and_said() -> None:
    recording = recording_of(capture(body() + np.array([[0], [0], [0.5]])), SOURCE)
    assert "floor_elsewhere" in codes(recording)
    assert np.allclose(read_back(recording)[:, 2], body()[:, 2] + 0.5)


def test_other_markers_keep_their_names_and_namesakes_get_numbers() -> None:
    positions = np.concatenate([body(), body()[:3]])
    names = (*NAMES, "Stick", "Stick", "head")
    recording = recording_of(capture(positions, names=names), SOURCE)
    track = recording.track("points")
    assert track is not None
    extra = [c.removesuffix(".x") for c in track.columns[3 * len(NAMES) :: 3]]
    assert extra == ["point:Stick", "point:Stick (2)", "point:head (2)"]
    assert "names_doubled" in codes(recording)


BANDAI = """joint_Root Hips Spine Chest Neck Head Shoulder_L UpperArm_L LowerArm_L Hand_L
    UpperLeg_L LowerLeg_L Foot_L Toes_L Shoulder_R UpperArm_R UpperLeg_R LowerLeg_R Foot_R Toes_R"""
CMU = """Hips LHipJoint LeftUpLeg LeftLeg LeftFoot LeftToeBase RHipJoint RightUpLeg LowerBack Spine
    Spine1 Neck Neck1 Head LeftShoulder LeftArm LeftForeArm LeftHand RightArm"""
STYLE_100 = """Hips Chest Chest2 Neck Head LeftCollar LeftShoulder LeftElbow LeftWrist
    RightShoulder LeftHip LeftKnee LeftAnkle LeftToe RightHip"""
SMPL = "Pelvis L_Hip L_Knee L_Ankle L_Foot R_Hip Spine2 Neck Head L_Collar L_Shoulder L_Elbow"
PLUG_IN_GAIT = """LASI RASI LPSI RPSI LKNE LANK LHEE LTOE LSHO RSHO LELB LWRA LWRB C7 T10
    LFHD RFHD LBHD RBHD"""
OPENSIM = "R.ASIS L.ASIS V.Sacral L.Knee.Lat L.Knee.Med L.Ankle.Lat L.Heel L.Toe.Tip Top.Head"
BODY_25 = "Nose Neck RShoulder LShoulder MidHip RHip LHip LKnee LAnkle LBigToe LSmallToe LHeel"


@pytest.mark.parametrize(
    ("naming", "names", "expected"),
    [
        (Naming.JOINTS, BANDAI, "UpperLeg_L LowerLeg_L Foot_L Toes_L UpperArm_L Hips UpperLeg_R"),
        (Naming.JOINTS, CMU, "LeftUpLeg LeftLeg LeftFoot LeftToeBase LeftArm Hips RightUpLeg"),
        (Naming.JOINTS, STYLE_100, "LeftHip LeftKnee LeftAnkle LeftToe LeftShoulder Hips RightHip"),
        (Naming.JOINTS, SMPL, "L_Hip L_Knee L_Ankle L_Foot L_Shoulder Pelvis R_Hip"),
        (Naming.MARKERS, PLUG_IN_GAIT, "LASI LKNE LANK LTOE LSHO LASI+RASI+LPSI+RPSI RASI"),
        (
            Naming.MARKERS,
            OPENSIM,
            "L.ASIS L.Knee.Lat+L.Knee.Med L.Ankle.Lat L.Toe.Tip - L.ASIS+R.ASIS+V.Sacral R.ASIS",
        ),
        (Naming.MARKERS, BODY_25, "LHip LKnee LAnkle LBigToe LShoulder MidHip RHip"),
    ],
    ids=["Bandai-Namco", "CMU", "100STYLE", "SMPL", "Plug-in-Gait", "OpenSim", "BODY_25"],
)
def test_joints_and_markers_of_common_skeletons_are_known(
    naming: Naming, names: str, expected: str
) -> None:
    """A "LeftShoulder" is a collar bone where there is a "LeftArm", and a shoulder elsewhere."""
    left = [f"left_{name}" for name in ("hip", "knee", "ankle", "toe", "shoulder")]
    points = [*left, "pelvis", "right_hip"]
    words = names.split()
    found = points_of(words, naming).indices
    for point, choice in zip(points, expected.split(), strict=True):
        taken = {words[place] for place in found.get(point, ())}
        assert taken == set(choice.split("+")) - {"-"}, point


def test_prefixes_of_rigs_and_subjects_are_no_part_of_a_name() -> None:
    names = ["mixamorig:LeftUpLeg", "mixamorigLeftLeg", "Bip01 L Foot", "Anna:LeftToeBase"]
    found = points_of(names, Naming.JOINTS).indices
    assert found == {"left_hip": (0,), "left_knee": (1,), "left_ankle": (2,), "left_toe": (3,)}


def test_both_hips_are_the_same_kind_of_marker() -> None:
    """A joint's centre on one side and the pelvis's front on the other would turn the facing."""
    points = points_of(["L_HJC_reg", "r.ASIS_study", "L.ASIS_study"], Naming.MARKERS)
    assert points.indices["left_hip"] == (2,)
    assert points.indices["right_hip"] == (1,)
    assert points.stand_ins == {"left_hip", "right_hip"}
