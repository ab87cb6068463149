"""Inertial logs: each layout gives the same movement; units are found and named."""

from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import ReadError
from backstride.readers import read, read_many, recordings_in
from backstride.readers.imu_log import read as read_log
from backstride.readers.imu_log import sniff
from backstride.recording import Recording, Source


def recording_of(data: bytes, path: str = "sample.csv") -> Recording:
    (recording,) = read_log(data, Source(path, "0" * 64, "imu"))
    return recording


def table(headers: str, rows: np.ndarray) -> bytes:
    return "\n".join([headers, *(",".join(map(str, row)) for row in rows.tolist())]).encode()


def codes(recording: Recording) -> set[str]:
    return {notice.code for notice in recording.notices}


XSENS = "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
PHONE = "time,gFx,gFy,gFz,wx,wy,wz"
MAKERS = ("phyphox", "phyphox", "Physics Toolbox", "Sensor Logger", "Xsens", "Xsens")


@pytest.mark.parametrize(("at", "maker"), list(enumerate(MAKERS)))
def test_every_layout_gives_the_same_movement(at: int, maker: str) -> None:
    """Clock, gravity and angular velocity of the simulated sensor, whoever wrote the table."""
    data = seeds.other_logs()[at]
    assert sniff(data)
    recording = recording_of(data, "TotalAcceleration.csv")
    track = recording.tracks[0]
    assert recording.device.manufacturer == maker
    clock = [seeds.sample_s(k) for k in range(seeds.SAMPLES)]
    assert np.allclose(track.t_s, clock, atol=1e-5)
    gravity = track.column("acceleration_z_mps2")
    assert np.allclose(gravity[np.isfinite(gravity)], seeds.GRAVITY_MPS2, atol=0.01)
    assert np.isfinite(gravity).sum() >= seeds.SAMPLES // 2
    if maker != "Sensor Logger":
        turning = track.column("angular_velocity_x_radps")
        expected = np.array([seeds.turning_radps(k) for k in range(seeds.SAMPLES)])
        seen = np.isfinite(turning)
        assert seen.sum() >= seeds.SAMPLES // 2
        assert np.allclose(turning[seen], expected[seen], atol=1e-5)


def test_sensor_logger_knows_its_date_and_its_sensor_by_the_files_name() -> None:
    """Its tables have the same headers; without gravity a table is no acceleration."""
    data = seeds.other_logs()[3]
    whole = recording_of(data, "TotalAcceleration.csv")
    assert whole.start_utc == seeds.START
    assert "acceleration_x_mps2" in whole.tracks[0]
    assert (
        "angular_velocity_x_radps"
        in recording_of(data.replace(b",9.81,", b",1,"), "walk/Gyroscope.csv").tracks[0]
    )
    without = recording_of(data, "Accelerometer.csv").tracks[0]
    assert without.columns == ("imu:z", "imu:y", "imu:x")


def test_linear_acceleration_is_no_acceleration_with_gravity() -> None:
    headers = '"Time (s)","Linear Acceleration x (m/s^2)","Linear Acceleration y (m/s^2)"'
    headers += ',"Linear Acceleration z (m/s^2)"'
    assert not sniff(table(headers, np.zeros((5, 4))))


@pytest.mark.parametrize(("factor", "unit"), [(1 / 9.81, "g"), (1000 / 9.81, "mg")])
def test_another_unit_of_acceleration_is_found_by_gravity_and_named(
    factor: float, unit: str
) -> None:
    rows = np.zeros((50, 8))
    rows[:, 1] = 100 * np.arange(50)
    rows[:, 4] = 9.81 * factor
    recording = recording_of(table(XSENS, rows))
    assert np.allclose(recording.tracks[0].column("acceleration_z_mps2"), 9.81, atol=0.01)
    said = [notice.message for notice in recording.notices if notice.code == "unit_found"]
    assert len(said) == 1
    assert f"gravity in {unit}" in said[0]


def test_degrees_per_second_are_found_by_how_fast_a_foot_can_turn() -> None:
    rows = np.zeros((50, 7))
    rows[:, 0] = 0.01 * np.arange(50)
    rows[:, 3] = 1.0
    rows[:, 4] = np.linspace(-500, 500, 50)
    recording = recording_of(table(PHONE, rows))
    turning = recording.tracks[0].column("angular_velocity_x_radps")
    assert np.allclose(turning, np.radians(rows[:, 4]))
    assert "unit_found" in codes(recording)


@pytest.mark.parametrize(
    ("gravity", "turning", "said"),
    [(0.01, 0.0, "gravity in no known unit"), (1.0, 1e5, "which nothing reaches")],
)
def test_what_is_plausible_in_no_unit_is_refused(gravity: float, turning: float, said: str) -> None:
    rows = np.zeros((50, 7))
    rows[:, 0] = 0.01 * np.arange(50)
    rows[:, 3], rows[:, 4] = gravity, turning
    with pytest.raises(ReadError, match=said):
        recording_of(table(PHONE, rows))


def test_a_counter_without_a_rate_is_refused() -> None:
    rows = np.column_stack([np.arange(20), np.full((20, 1), np.nan), np.full((20, 6), 9.0)])
    with pytest.raises(ReadError, match="how many there are in a second"):
        recording_of(table(XSENS, rows))


def test_times_that_repeat_stay_and_times_that_go_back_are_put_in_order() -> None:
    rows = np.zeros((6, 7))
    rows[:, 0] = [0, 0.01, 0.01, 0.03, 0.02, 0.04]
    rows[:, 3] = [1, 1, 1, 1.3, 1.2, 1]
    recording = recording_of(table(PHONE, rows))
    track = recording.tracks[0]
    assert track.t_s.tolist() == [0, 0.01, 0.01, 0.02, 0.03, 0.04]
    assert np.allclose(track.column("acceleration_z_mps2")[3:5] / 9.80665, [1.2, 1.3])
    assert "clock_went_back" in codes(recording)


def test_a_time_of_day_counts_seconds() -> None:
    """Physics Toolbox may write 13:05:10:123."""
    lines = [
        PHONE,
        "13:05:10:120,0,0,1,0,0,0",
        "13:05:10:130,0,0,1,0,0,0",
        "13:05:11.5,0,0,1,0,0,0",
    ]
    assert recording_of("\n".join(lines).encode()).tracks[0].t_s.tolist() == [0, 0.01, 1.38]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("1-1_lf.txt", "left_foot"),
        ("run/RightFoot 3.csv", "right_foot"),
        ("a.zip!b/2-3_lb.txt", "lower_back"),
        ("RightShank_2.csv", "right_shank"),
        ("left_shank.csv", "left_shank"),
        ("shank.csv", "shank"),
        ("Pocket.csv", "pocket"),
        ("selfie.csv", "unknown"),
    ],
)
def test_the_files_name_says_where_the_sensor_was(name: str, place: str) -> None:
    assert recording_of(seeds.imu(), name).tracks[0].name == f"imu:{place}"


def test_folders_and_archives_give_logs_and_leave_other_texts_out(tmp_path: Path) -> None:
    (tmp_path / "1_lf.txt").write_bytes(seeds.imu())
    (tmp_path / "phone.csv").write_bytes(seeds.other_logs()[0])
    (tmp_path / "README.txt").write_text("About these recordings")
    assert [path.name for path in recordings_in(tmp_path)] == ["1_lf.txt", "phone.csv"]
    archive = tmp_path / "all.zip"
    archive.write_bytes(
        seeds.zipped({"1_lf.txt": seeds.imu(), "README.txt": b"About these recordings"})
    )
    (outcome,) = read_many(archive)
    assert isinstance(outcome, Recording)
    assert outcome.tracks[0].name == "imu:left_foot"


def test_every_real_table_is_read_in_si_units(data_dir: Path) -> None:
    """All of Voisard's tables: three sensors, both triples, gravity within a tenth of g."""
    folder = data_dir / "imu-voisard-forward" / "GaitData"
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        pytest.skip("no inertial recordings")
    for path in paths:
        track = read(path).tracks[0]
        assert track.name in ("imu:left_foot", "imu:right_foot", "imu:lower_back")
        assert track.rate_hz == pytest.approx(100)
        rest = np.column_stack([track.column(f"acceleration_{axis}_mps2")[:100] for axis in "xyz"])
        assert abs(np.median(np.linalg.norm(rest, axis=1)) - 9.81) < 1
        assert np.isfinite(track.column("angular_velocity_z_radps")).all()
