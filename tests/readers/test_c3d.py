"""C3D: every processor and kind of number, what is no place, forces, events, and damage."""

import io
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from tests.fuzz import c3d_seeds, seeds

from backstride.errors import DamagedFileError, ReadError, RefusedFileError
from backstride.readers import c3d
from backstride.readers.told import Told
from backstride.recording import Recording, Source, Track

SOURCE = Source("sample", "0" * 64, "c3d")
LABELS = [
    "MidHip",
    "Head",
    "LHip",
    "LKnee",
    "LAnkle",
    "LBigToe",
    "RHip",
    "RKnee",
    "RAnkle",
    "RBigToe",
]


def read(data: bytes, told: Told | None = None) -> Recording:
    (recording,) = c3d.read(data, SOURCE, told or Told())
    return recording


def points(recording: Recording) -> Track:
    track = recording.track("points")
    assert track is not None
    return track


def written(positions: np.ndarray | None = None, **options: Any) -> bytes:
    places = seeds.body_positions() if positions is None else positions
    options = {"labels": LABELS, "rate_hz": float(seeds.FRAME_RATE_HZ), **options}
    return c3d_seeds.c3d(places, **options)


def said(recording: Recording) -> dict[str, str]:
    return {notice.code: notice.message for notice in recording.notices}


EXPECTED = points(read(written())).values


@pytest.mark.parametrize("processor", [c3d_seeds.INTEL, c3d_seeds.DEC, c3d_seeds.MIPS])
@pytest.mark.parametrize("scale", [0.5, -1.0])
def test_every_processor_and_kind_of_number_gives_the_same_movement(
    processor: int, scale: float
) -> None:
    forces = np.arange(seeds.FRAMES * 8).reshape(seeds.FRAMES, 4, 2) * 6.0
    recording = read(written(processor=processor, scale=scale, forces=forces))
    assert np.allclose(points(recording).values, EXPECTED, atol=1e-3, equal_nan=True)
    track = recording.track("forces")
    assert track is not None
    assert track.columns == ("c3d:Fx1 [N]", "c3d:Fy1 [N]")
    assert np.allclose(track.values, forces.reshape(-1, 2))
    assert np.allclose(track.t_s, np.arange(4 * seeds.FRAMES) / (4 * seeds.FRAME_RATE_HZ))


@pytest.mark.parametrize(("unit", "factor"), [("m", 0.001), ("cm", 0.1), ("", 1.0)])
def test_units_are_the_files_or_found(unit: str, factor: float) -> None:
    data = written(factor * seeds.body_positions(), unit=unit or "furlong", scale=-1.0)
    assert np.allclose(points(read(data)).values, EXPECTED, atol=1e-3, equal_nan=True)


def test_results_of_a_model_are_no_places() -> None:
    places = np.concatenate([seeds.body_positions(), np.full((seeds.FRAMES, 1, 3), 90.0)], axis=1)
    more = [("POINT", "ANGLES", ["LKneeAngles"])]
    recording = read(written(places, labels=[*LABELS, "LKneeAngles"], more=more))
    assert not any("Angles" in column for column in points(recording).columns)
    assert "1 of its points are results" in said(recording)["no_places"]


def test_labels_go_on_where_one_parameter_is_full() -> None:
    data = written(labels=LABELS[:4], more=[("POINT", "LABELS2", LABELS[4:])])
    assert np.allclose(points(read(data)).values, EXPECTED, equal_nan=True)


def test_points_without_a_label_have_a_number() -> None:
    places = np.concatenate([seeds.body_positions(), np.full((seeds.FRAMES, 1, 3), 90.0)], axis=1)
    assert "point:*10.x" in points(read(written(places)))


def test_events_are_on_the_clock_of_the_frames() -> None:
    """They count from the trial's start, frames from the first that was kept."""
    more = [
        ("EVENT", "TIMES", [0.0, 2.5, 1.0, 0.5]),
        ("EVENT", "LABELS", ["Foot Strike", "Foot Off"]),
        ("EVENT", "CONTEXTS", ["Left", "Right"]),
    ]
    table = read(written(first=26, more=more)).raw["c3d:events"].columns
    assert table["time_s"].tolist() == [1.5, 59.5]
    assert table["label"].tolist() == ["Foot Strike", "Foot Off"]
    assert table["context"].tolist() == ["Left", "Right"]


def test_more_frames_than_the_header_can_count_are_all_read() -> None:
    count = 70_000
    places = np.repeat(seeds.body_positions()[:1], count, axis=0)
    data = bytearray(written(places[:10], scale=-1.0))
    data[8:10] = struct.pack("<H", 65535)
    start = 512 * (struct.unpack_from("<H", data, 16)[0] - 1)
    frame = bytes(data[start : start + 16 * len(LABELS)])
    assert len(points(read(bytes(data[:start]) + frame * count))) == count


def test_a_file_cut_short_keeps_its_frames() -> None:
    data = written()
    recording = read(data[: len(data) - 512 - 900])
    assert 0 < len(points(recording)) < seeds.FRAMES
    assert f"says that it has {seeds.FRAMES} frames" in said(recording)["frames_miscounted"]


def test_a_rate_that_is_missing_is_asked_for() -> None:
    with pytest.raises(ReadError, match="how many frames") as caught:
        read(written(rate_hz=0.0))
    assert "--frame-rate" in caught.value.hint
    assert points(read(written(rate_hz=0.0), Told(frame_rate_hz=50))).rate_hz == pytest.approx(50)


@pytest.mark.parametrize(
    ("at", "bytes_", "error", "reason"),
    [
        (1, b"\x51", DamagedFileError, "no header"),
        (0, b"\xff", DamagedFileError, "no header"),
        (2, b"\x00\x00", RefusedFileError, "no points"),
        (2, b"\xff\xff", RefusedFileError, "more points"),
        (16, b"\xff\xff", DamagedFileError, "no frames"),
        (16, b"\x00\x00", DamagedFileError, "how its numbers"),
    ],
)
def test_a_header_that_cannot_be_is_an_error(
    at: int, bytes_: bytes, error: type[ReadError], reason: str
) -> None:
    data = bytearray(written())
    data[at : at + len(bytes_)] = bytes_
    with pytest.raises(error, match=reason):
        read(bytes(data))


def test_dimensions_beyond_the_file_reserve_no_memory() -> None:
    data = bytearray(written())
    at = data.index(b"LABELS") + len(b"LABELS") + 2
    assert data[at] == 255  # text
    data[at + 1 : at + 9] = bytes([7, *[255] * 7])
    with pytest.raises(ReadError, match="no known skeleton"):
        read(bytes(data))


def test_another_reader_sees_the_same() -> None:
    """An independent library reads what our seeds write, and writes what we read."""
    library = pytest.importorskip("c3d", reason="the library to compare with is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for processor in (c3d_seeds.INTEL, c3d_seeds.DEC, c3d_seeds.MIPS):
            theirs = library.Reader(io.BytesIO(written(scale=-1.0, processor=processor)))
            places = np.array([frame[:, :3] for _, frame, _ in theirs.read_frames()])
            seen = np.isfinite(seeds.body_positions())
            assert np.allclose(places[seen], seeds.body_positions()[seen], rtol=1e-6)
        writer = library.Writer(point_rate=float(seeds.FRAME_RATE_HZ), point_scale=-1.0)
        for places in seeds.body_positions():
            frame = np.zeros((len(LABELS), 5))
            frame[:, :3] = np.nan_to_num(places)
            frame[:, 3] = np.where(np.isfinite(places[:, 0]), 0, -1)
            writer.add_frames([(frame, np.array([[]]))])
        writer.set_point_labels(LABELS)
        file = io.BytesIO()
        writer.write(file)
    assert np.allclose(points(read(file.getvalue())).values, EXPECTED, atol=1e-3, equal_nan=True)
