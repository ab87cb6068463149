"""MOT: headers old and new, units said or found, what is no joint, and real joint angles."""

from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError, RefusedFileError
from backstride.readers import mot
from backstride.readers import read as read_path
from backstride.recording import Recording, Source, Track

SOURCE = Source("sample", "0" * 64, "mot")
TEXT = seeds.mot().decode()


def read(text: str) -> Recording:
    (recording,) = mot.read(text.encode(), SOURCE)
    return recording


def joints(recording: Recording) -> Track:
    (track,) = recording.tracks
    assert track.name == "joints"
    return track


def said(recording: Recording) -> dict[str, str]:
    return {notice.code: notice.message for notice in recording.notices}


EXPECTED = joints(read(TEXT)).values


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("Coordinates", "\ufeffCoordinates"),
        ("endheader\n", "endheader\n\n"),
        ("endheader", "  EndHeader  "),
        ("\t", "   "),
        (
            f"version=1\nnRows={seeds.FRAMES}\nnColumns=6\n",
            f"datacolumns 6\ndatarows {seeds.FRAMES}\nrange 0 1\n",
        ),
    ],
    ids=["Windows", "a mark of byte order", "an empty line", "spelling", "blanks", "SIMM"],
)
def test_ways_to_write_it_that_mean_the_same(old: str, new: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new)
    assert mot.sniff(text.encode())
    recording = read(text)
    assert np.allclose(joints(recording).values, EXPECTED, equal_nan=True)
    assert said(recording) == {}


def in_radians(text: str) -> str:
    head, _, body = text.partition("endheader\n")
    names, *rows = body.splitlines()
    turned = []
    for row in rows:
        cells = row.split("\t")
        for at in (1, 4):
            cells[at] = f"{np.radians(float(cells[at])):.8f}"
        turned.append("\t".join(cells))
    return "\n".join([f"{head}endheader", names, *turned, ""])


@pytest.mark.parametrize("header", ["inDegrees=yes", "inDegrees=no", ""])
@pytest.mark.parametrize("radians", [False, True])
def test_angles_are_as_said_or_found_and_then_named(header: str, *, radians: bool) -> None:
    text = in_radians(TEXT) if radians else TEXT
    text = text.replace("inDegrees=yes", header)
    recording = read(text)
    right = header == ("inDegrees=no" if radians else "inDegrees=yes")
    if radians and header == "inDegrees=yes":
        return  # somebody who hardly moves is possible
    assert np.allclose(joints(recording).values, EXPECTED, atol=1e-6, equal_nan=True)
    assert ("unit_found" in said(recording)) != right


def test_angles_that_may_be_either_are_refused() -> None:
    lines = TEXT.replace("inDegrees=yes\n", "").splitlines()
    start = lines.index("endheader") + 2
    for k in range(start, len(lines)):
        cells = lines[k].split("\t")
        cells[4] = "5.0"
        lines[k] = "\t".join(cells)
    with pytest.raises(ReadError, match="may be degrees or radians") as caught:
        read("\n".join([*lines, ""]))
    assert "inDegrees" in caught.value.hint


def test_millimetres_are_found_by_the_height_of_the_pelvis() -> None:
    head, _, body = TEXT.partition("endheader\n")
    names, *rows = body.splitlines()
    large = []
    for row in rows:
        t, facing, x, y, *rest = row.split("\t")
        large.append("\t".join([t, facing, f"{1000 * float(x):.1f}", f"{1000 * float(y)}", *rest]))
    recording = read("\n".join([f"{head}endheader", names, *large, ""]))
    assert np.allclose(joints(recording).values, EXPECTED, atol=1e-4, equal_nan=True)
    assert "millimetres" in said(recording)["unit_found"]


def table(title: str, names: str, rows: int = 3) -> str:
    width = len(names.split())
    lines = [f"{0.01 * k}\t" + "\t".join(["0.5"] * (width - 1)) for k in range(rows)]
    return "\n".join([title, f"nRows={rows}", "inDegrees=no", "endheader", names, *lines, ""])


def test_forces_are_a_track_of_their_own() -> None:
    (track,) = read(table("Forces", "time ground_force_vy ground_force_px ground_torque_y")).tracks
    assert track.name == "forces"
    assert track.columns == (
        "mot:ground_force_vy",
        "mot:ground_force_px",
        "mot:ground_torque_y",
    )


def test_moments_and_speeds_are_no_angles() -> None:
    names = "time knee_angle_r knee_angle_r_moment pelvis_tx_force soleus_r"
    names += " /jointset/hip_r/hip_flexion_r/value /jointset/hip_r/hip_flexion_r/speed"
    track = joints(read(table("Results", names)))
    assert track.columns == (
        "joint:knee_angle_r",
        "joint:hip_flexion_r",
        "mot:knee_angle_r_moment",
        "mot:pelvis_tx_force",
        "mot:soleus_r",
        "mot:/jointset/hip_r/hip_flexion_r/speed",
    )


def test_activations_of_muscles_are_neither_joints_nor_forces() -> None:
    with pytest.raises(ReadError, match="neither joint angles nor forces"):
        read(table("Activations", "time soleus_r soleus_l"))


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("Coordinates\nnRows=1\n", DamagedFileError, "no header that ends"),
        ("Coordinates\nnRows=1\nendheader\n", DamagedFileError, "before its names"),
        (table("Coordinates", "time knee_angle_r", rows=0), DamagedFileError, "has no rows"),
        (table("Coordinates", "t knee_angle_r"), DamagedFileError, "no column of times"),
        (table("Coordinates", " ".join(["time", *map(str, range(300))])), RefusedFileError, "more"),
    ],
)
def test_what_is_no_table_is_said(text: str, error: type[ReadError], reason: str) -> None:
    with pytest.raises(error, match=reason):
        read(text)


def test_odd_rows_are_left_out_and_a_row_cut_short_is_no_row() -> None:
    lines = TEXT.splitlines()
    lines[12] = lines[12].rpartition("\t")[0]
    recording = read("\n".join([*lines, ""]))
    assert len(joints(recording)) == seeds.FRAMES - 1
    assert "1 of 24 rows" in said(recording)["rows_unreadable"]
    cut = read(TEXT[:-12])
    assert len(joints(cut)) == seeds.FRAMES - 1
    assert "rows_miscounted" in said(cut)


@pytest.mark.parametrize("name", ["run0350cms", "run0500cms", "run0700cms", "run0900cms"])
def test_a_real_runner_faces_where_he_runs(data_dir: Path, name: str) -> None:
    """OpenSim's axes are as documented: facing and travel of a forward run agree."""
    path = data_dir / "biomech-dorn-ja1-run" / f"{name}.mot"
    if not path.exists():
        pytest.skip("no joint angles of a real run")
    track = joints(read_path(path))
    beta = track.column("joint:knee_angle_r_beta")
    assert np.allclose(track.column("joint:knee_angle_r"), beta, atol=1e-6)
    x, z = (np.gradient(track.column(f"joint:pelvis_{a}"), track.t_s) for a in ("tx", "tz"))
    off = np.arctan2(-z, x) - track.column("joint:pelvis_rotation")
    assert abs(np.degrees(np.median(off))) < 5
    assert np.degrees(np.abs(off)).max() < 25
