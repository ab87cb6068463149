"""Tables of inertial sensors whose columns a person names, or that one phone wrote together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.seeds import zipped

from backstride.errors import ReadError, RequestError
from backstride.readers import csv_table, read, read_many, recordings_in
from backstride.readers.column_map import Column, ColumnMap
from backstride.readers.told import Told
from backstride.recording import Recording, Source, Track

SOURCE = Source("run/RightFoot.csv", "0" * 64, "csv")
G = 9.80665
ROWS = 60


def felt(place: str = "", unit: str = "", turning: str = "") -> dict[str, Column]:
    """Columns ax … wz of one sensor; with a place their headers begin with it."""
    before = f"{place} " if place else ""
    return {
        f"{before}{letter}{axis}": Column(quantity.format(axis), said, place)
        for letter, quantity, said in (
            ("a", "acceleration_{}_mps2", unit),
            ("w", "angular_velocity_{}_radps", turning),
        )
        for axis in "xyz"
    }


def table(columns: dict[str, np.ndarray | float]) -> bytes:
    values = np.column_stack([np.broadcast_to(value, ROWS) for value in columns.values()])
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in values)]).encode()


def movement(gravity: float = G, turning: float = 3.0) -> dict[str, np.ndarray | float]:
    return {
        "ax": 0.0,
        "ay": 0.0,
        "az": gravity,
        "wx": turning * np.sin(np.arange(ROWS)),
        "wy": 0.0,
        "wz": 0.0,
    }


CLOCK = np.arange(ROWS) / 100


def one(data: bytes, columns: ColumnMap) -> Recording:
    (recording,) = csv_table.read(data, SOURCE, Told(columns))
    return recording


def sensor(recording: Recording, name: str) -> Track:
    found = recording.track(name)
    assert found is not None, [track.name for track in recording.tracks]
    return found


def messages(recording: Recording, code: str) -> list[str]:
    return [notice.message for notice in recording.notices if notice.code == code]


def test_a_map_makes_a_track_of_a_sensor_whose_place_is_the_maps_or_the_files_name() -> None:
    columns = {"t": Column("time_s"), **felt()}
    data = table({"t": CLOCK, **movement()})
    for place, name in (("", "right_foot"), ("left foot", "left_foot"), ("wrist", "wrist")):
        recording = one(data, ColumnMap(columns, place=place))
        (track,) = recording.tracks
        assert track.name == f"imu:{name}"
        assert np.allclose(track.column("acceleration_z_mps2"), G)
        assert np.allclose(track.t_s, CLOCK)
        assert recording.notices == ()


def test_several_sensors_in_one_table_are_a_track_each_beside_what_a_watch_measured() -> None:
    places = ("left_foot", "pelvis")
    columns = {"t": Column("time_s"), "hr": Column("heart_rate_bpm")}
    values: dict[str, np.ndarray | float] = {"t": CLOCK, "hr": 120.0}
    for at, place in enumerate(places):
        columns |= felt(place, "g", "deg/s")
        values |= {f"{place} {name}": v for name, v in movement(1.0 + 0.1 * at, 300).items()}
    recording = one(table(values), ColumnMap(columns))
    assert [track.name for track in recording.tracks] == ["record", "imu:left_foot", "imu:pelvis"]
    for at, place in enumerate(places):
        track = sensor(recording, f"imu:{place}")
        assert np.allclose(track.column("acceleration_z_mps2"), G * (1 + 0.1 * at))
        expected = np.radians(300 * np.sin(np.arange(ROWS)))
        assert np.allclose(track.column("angular_velocity_x_radps"), expected)
    assert messages(recording, "unit_found") == []


@given(
    acceleration=st.sampled_from([("m/s2", 1.0), ("g", 1 / G), ("mg", 1000 / G)]),
    turning=st.sampled_from([("rad/s", 1.0), ("deg/s", 180 / np.pi)]),
    said=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_units_are_as_said_or_found_and_then_named(
    acceleration: tuple[str, float], turning: tuple[str, float], *, said: bool
) -> None:
    """A foot's 20 rad/s are over a thousand in degrees, and gravity is one g."""
    columns = {
        "t": Column("time_s"),
        **felt(unit=acceleration[0] if said else "", turning=turning[0] if said else ""),
    }
    data = table({"t": CLOCK, **movement(G * acceleration[1], 20 * turning[1])})
    recording = one(data, ColumnMap(columns))
    track = sensor(recording, "imu:right_foot")
    assert np.allclose(track.column("acceleration_z_mps2"), G)
    turned = 20 * np.sin(np.arange(ROWS))
    assert np.allclose(track.column("angular_velocity_x_radps"), turned)
    odd = (acceleration[1] != 1) + (turning[1] != 1)
    assert len(messages(recording, "unit_found")) == (0 if said else odd)


def test_a_unit_that_cannot_be_is_replaced_and_named() -> None:
    columns = {"t": Column("time_s"), **felt(unit="g")}
    recording = one(table({"t": CLOCK, **movement()}), ColumnMap(columns))
    track = sensor(recording, "imu:right_foot")
    assert np.allclose(track.column("acceleration_z_mps2"), G)
    assert "given as g" in messages(recording, "unit_found")[0]


@pytest.mark.parametrize(
    ("place", "radians"), [("pelvis", False), ("left_foot", True), ("right_foot", True)]
)
def test_a_trunk_turns_slower_than_a_foot(place: str, *, radians: bool) -> None:
    """A peak of 30 is 30 degrees a second at the pelvis; at a foot it may be radians."""
    columns = {"t": Column("time_s"), **felt()}
    recording = one(table({"t": CLOCK, **movement(G, 30)}), ColumnMap(columns, place=place))
    turned = sensor(recording, f"imu:{place}").column("angular_velocity_x_radps")
    assert np.max(np.abs(turned)) == pytest.approx(30 if radians else np.radians(30), rel=0.01)


def test_acceleration_without_gravity_is_refused() -> None:
    columns = {"t": Column("time_s"), **felt()}
    with pytest.raises(ReadError, match="gravity in no known unit"):
        one(table({"t": CLOCK, **movement(1e-4)}), ColumnMap(columns))


def test_axes_in_several_units_are_refused() -> None:
    columns = {"t": Column("time_s"), **felt(), "ax": Column("acceleration_x_mps2", "g")}
    with pytest.raises(ReadError, match="in several units"):
        one(table({"t": CLOCK, **movement()}), ColumnMap(columns))


def test_a_table_without_times_needs_a_rate_and_takes_it_from_the_map() -> None:
    data = table(movement())
    with pytest.raises(ReadError, match="no column that is known as a time"):
        one(data, ColumnMap(felt()))
    track = sensor(one(data, ColumnMap(felt(), rate_hz=200)), "imu:right_foot")
    assert np.allclose(track.t_s, np.arange(ROWS) / 200)


def test_times_that_repeat_or_go_back_are_named() -> None:
    clock = CLOCK.copy()
    clock[10] = clock[9]
    clock[30:32] = clock[[31, 30]]
    recording = one(table({"t": clock, **movement()}), ColumnMap({"t": Column("time_s"), **felt()}))
    assert "went back 1 times" in messages(recording, "clock_went_back")[0]
    assert "2 samples" in messages(recording, "times_repeat")[0]  # of each triple one
    assert len(sensor(recording, "imu:right_foot")) == ROWS


def test_rows_read_at_once_are_as_rows_read_one_by_one() -> None:
    """A row that is not whole makes the difference; it may not make one in the others."""
    columns = {"t": Column("time_s", "ms"), "d": Column("distance_m", "km"), **felt()}
    data = table({"t": 1000 * CLOCK, "d": 0.01, **movement(), "x": 7.0})
    at_once, one_by_one = (one(each, ColumnMap(columns)) for each in (data, data + b"\n600,1"))
    for name, column in (
        ("record", "distance_m"),
        ("record", "csv:x"),
        ("imu:right_foot", "angular_velocity_x_radps"),
    ):
        mine, theirs = (sensor(each, name) for each in (at_once, one_by_one))
        assert np.allclose(mine.column(column), theirs.column(column)[:ROWS])
        assert np.allclose(mine.t_s, theirs.t_s[:ROWS])


MAP = """
place = "left foot"
rate_hz = 100
[columns]
"ax" = { quantity = "acceleration_x_mps2", unit = "g" }
"ay" = { quantity = "acceleration_y_mps2", unit = "g" }
"az" = { quantity = "acceleration_z_mps2", unit = "g" }
"""


def test_a_map_wins_over_a_layout_that_is_known(tmp_path: Path) -> None:
    """These headers are Physics Toolbox's too, whose w is in radians."""
    (tmp_path / "map.toml").write_text(
        '[columns]\n"time" = "time_s"\n"gFx" = { quantity = "acceleration_x_mps2", unit = "g" }\n'
    )
    data = table(
        {"time": CLOCK, "gFx": 1.0, "gFy": 0.0, "gFz": 0.0, "wx": 0.1, "wy": 0.0, "wz": 0.0}
    )
    (tmp_path / "phone.csv").write_bytes(data)
    told = Told(ColumnMap.from_toml(tmp_path / "map.toml"))
    assert read(tmp_path / "phone.csv", told).source.format == "csv"
    assert read(tmp_path / "phone.csv").source.format == "imu"


def test_a_map_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "log.txt").write_bytes(table(movement(1.0)))
    told = Told(ColumnMap.from_toml(tmp_path / "map.toml"))
    (track,) = read(tmp_path / "log.txt", told).tracks
    assert track.name == "imu:left_foot"
    assert recordings_in(tmp_path, told) == [tmp_path / "log.txt"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[columns]\nt = { quantity = "speed_mps", place = "pelvis" }', "no inertial sensor"),
        ('place = 3\n[columns]\nt = "time_s"', "place = 3"),
        ('rate_hz = "fast"\n[columns]\nt = "time_s"', "rate_hz = 'fast'"),
        ('rate_hz = -1\n[columns]\nt = "time_s"', "rate_hz = -1"),
        ('[columns]\na = "heart_rate_bpm"\nb = "heart_rate_bpm"', "several columns are heart"),
        ('[columns]\na = { quantity = "acceleration_x_mps2", unit = "km/h" }', "cannot be in"),
    ],
)
def test_a_wrong_map_is_said_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(RequestError, match=reason) as caught:
        ColumnMap.from_toml(tmp_path / "map.toml")
    assert caught.value.hint


# tables of one phone

EPOCH_NS = 1_714_545_000_000_000_000


def logger(values: np.ndarray, late_s: float = 0.0) -> bytes:
    """A table of Sensor Logger: z, y, x; each sensor has times of its own."""
    lines = ["time,seconds_elapsed,z,y,x"]
    for k, (x, y, z) in enumerate(values):
        seconds = 0.01 * k + late_s
        lines.append(f"{EPOCH_NS + round(1e9 * seconds)},{seconds:.4f},{z},{y},{x}")
    return "\n".join(lines).encode()


def about(platform: str, *, standardised: bool = False) -> bytes:
    said = "true" if standardised else "false"
    return f"version,platform,appVersion,standardisation\n3,{platform},1.64,{said}\n".encode()


LINEAR = np.column_stack([np.sin(np.arange(ROWS)), np.zeros(ROWS), np.zeros(ROWS)])
PULL = np.tile([0.0, 0.0, G], (ROWS, 1))
TURNING = np.column_stack([np.cos(np.arange(ROWS)), np.zeros((ROWS, 2))])
GYROSCOPE = {"Gyroscope.csv": logger(TURNING, late_s=0.004)}
ANDROID = {
    "Accelerometer.csv": logger(LINEAR),
    "TotalAcceleration.csv": logger(LINEAR + PULL),
    "Gravity.csv": logger(PULL),
    "Metadata.csv": about("android"),
    **GYROSCOPE,
}
IPHONE = {
    "Accelerometer.csv": logger(-LINEAR),
    "Gravity.csv": logger(-PULL),
    "Metadata.csv": about("ios"),
    **GYROSCOPE,
}
SESSIONS = {
    "Android": ANDROID,
    "an iPhone": IPHONE,
    "an iPhone whose axes are standardised": {
        "Accelerometer.csv": logger(LINEAR),
        "Gravity.csv": logger(PULL),
        "Metadata.csv": about("ios", standardised=True),
        **GYROSCOPE,
    },
    "an iPhone's raw acceleration": {
        "AccelerometerUncalibrated.csv": logger(-(LINEAR + PULL) / G),
        "Metadata.csv": about("ios"),
        **GYROSCOPE,
    },
    "an iPhone's raw acceleration without metadata": {
        "AccelerometerUncalibrated.csv": logger(-(LINEAR + PULL) / G),
        **GYROSCOPE,
    },
}


def write(folder: Path, members: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in members.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", SESSIONS)
@pytest.mark.parametrize("zipped_up", [False, True])
def test_a_phones_tables_are_one_sensor_whose_acceleration_points_up_at_rest(
    tmp_path: Path, name: str, *, zipped_up: bool
) -> None:
    members = SESSIONS[name]
    path = write(tmp_path / "session", members)
    if zipped_up:
        path = tmp_path / "session.zip"
        path.write_bytes(zipped(members))
    recording = read(path)
    track = sensor(recording, "imu:unknown")
    assert recording.device.manufacturer == "Sensor Logger"
    assert recording.start_utc is not None
    acceleration = np.column_stack([track.column(f"acceleration_{a}_mps2") for a in "xyz"])
    felt_at = np.isfinite(acceleration).all(axis=1)
    assert np.allclose(acceleration[felt_at], LINEAR + PULL, atol=1e-6)
    turning = track.column("angular_velocity_x_radps")
    assert np.allclose(turning[np.isfinite(turning)], TURNING[:, 0])
    assert np.allclose(track.t_s[np.isfinite(turning)] - track.t_s[felt_at], 0.004)


def test_acceleration_of_unknown_sign_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    members = {name: data for name, data in IPHONE.items() if name != "Metadata.csv"}
    recording = read(write(tmp_path, members))
    assert messages(recording, "sign_unknown")
    assert not any(name.startswith("acceleration") for name in recording.tracks[0].columns)


def test_where_the_phone_was_is_a_track_on_the_same_clock(tmp_path: Path) -> None:
    lines = ["time,seconds_elapsed,bearing,speed,altitude,longitude,latitude"]
    lines += [
        f"{EPOCH_NS + s * 10**9 + 500_000_000},{s + 0.5},0,{2.5 if s else -1},50,0,0"
        for s in range(4)
    ]
    members = {**ANDROID, "Location.csv": "\n".join(lines).encode()}
    recording = read(write(tmp_path, members))
    assert [track.name for track in recording.tracks] == ["record", "imu:unknown"]
    record = sensor(recording, "record")
    assert record.t_s.tolist() == [0.5, 1.5, 2.5, 3.5]
    speeds = record.column("speed_mps")
    assert np.isnan(speeds[0])
    assert speeds[1:].tolist() == [2.5] * 3


def phyphox(name: str, unit: str, values: np.ndarray) -> bytes:
    header = ",".join(['"Time (s)"', *(f'"{name} {axis} ({unit})"' for axis in "xyz")])
    rows = (f"{0.01 * k + 3}," + ",".join(map(str, row)) for k, row in enumerate(values))
    return "\n".join([header, *rows]).encode()


PHYPHOX = {
    "Accelerometer.csv": phyphox("Acceleration", "m/s^2", LINEAR + PULL),
    "Gyroscope.csv": phyphox("Gyroscope", "rad/s", TURNING),
}


def test_phyphox_tables_of_a_folder_are_one_sensor(tmp_path: Path) -> None:
    write(tmp_path / "meta", {"device.csv": b"property,value\nversion,1\n"})
    recording = read(write(tmp_path, PHYPHOX))
    (track,) = recording.tracks
    assert recording.device.manufacturer == "phyphox"
    assert np.isfinite(track.column("acceleration_x_mps2")).sum() == ROWS
    assert recordings_in(tmp_path) == [tmp_path]


def test_tables_that_could_be_two_sessions_stay_apart(tmp_path: Path) -> None:
    members = {f"{k} {name}": data for name, data in PHYPHOX.items() for k in (1, 2)}
    write(tmp_path, members)
    assert len(recordings_in(tmp_path)) == 4


def test_sessions_of_two_archives_in_an_archive_are_two_recordings(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({"1.zip": zipped(ANDROID), "2.zip": zipped(IPHONE)}))
    names = [one.source.path.rpartition("all.zip")[2] for one in read_many(path)]
    assert names == ["!1.zip!*.csv", "!2.zip!*.csv"]


def test_metadata_alone_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({"Metadata.csv": about("ios")}))
    (got,) = read_many(path)
    assert isinstance(got, ReadError)
    assert "archive without recordings" in str(got)
