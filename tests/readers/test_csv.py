"""CSV: tables that explain themselves, tables that need a column map, and what is no table."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError, RequestError
from backstride.readers import csv_table, read, read_many
from backstride.readers.column_map import Column, ColumnMap
from backstride.readers.told import Told
from backstride.recording import Recording, Source, Track
from backstride.vocabulary import Sport

SOURCE = Source("run.csv", "0" * 64, "csv")


def one(text: str | bytes, columns: ColumnMap | None = None) -> Recording:
    data = text.encode() if isinstance(text, str) else text
    (recording,) = csv_table.read(data, SOURCE, Told(columns))
    return recording


def record(recording: Recording) -> Track:
    track = recording.track("record")
    assert track is not None
    return track


def codes(recording: Recording) -> list[str]:
    return [notice.code for notice in recording.notices]


@pytest.mark.parametrize(
    ("header", "cell", "quantity", "value"),
    [
        ("speed_mps", "2.5", "speed_mps", 2.5),
        ("Speed (km/h)", "9", "speed_mps", 2.5),
        ("speed_kmh", "9", "speed_mps", 2.5),
        ("kph", "9", "speed_mps", 2.5),
        ("Pace [min/km]", "6:40", "speed_mps", 2.5),
        ("Pace [min/mi]", "10:43.7376", "speed_mps", 2.5),
        ("Distance (km)", "1.5", "distance_m", 1500),
        ("distance (mi)", "1", "distance_m", 1609.344),
        ("Altitude (ft)", "100", "elevation_m", 30.48),
        ("ele", "-3", "elevation_m", -3),
        ("HR", "150", "heart_rate_bpm", 150),
        ("Heart Rate", "150", "heart_rate_bpm", 150),
        ("Cadence (rpm)", "85", "cadence_spm", 170),
        ("cadence_spm", "85", "cadence_spm", 85),
        ("Temperature (°F)", "50", "temperature_c", 10),
        ("Ground Contact Time (ms)", "250", "contact_s", 0.25),
        ("Vertical Oscillation (cm)", "8", "vertical_oscillation_m", 0.08),
        ("Vertical Oscillation (mm)", "80", "vertical_oscillation_m", 0.08),
        ("Watts", "250", "power_w", 250),
        ("lng", "-0.5", "longitude_deg", -0.5),
    ],
)
def test_well_known_headers_are_recognized_with_their_unit(
    header: str, cell: str, quantity: str, value: float
) -> None:
    recording = one(f"time_s,{header}\n0,{cell}\n")
    assert record(recording).columns == (quantity,)
    assert record(recording).values[0, 0] == pytest.approx(value)


@pytest.mark.parametrize("header", ["speed", "Distance", "altitude", "Mood", "speed (furlongs)"])
def test_a_header_whose_unit_or_meaning_is_unknown_is_kept_as_it_is_and_said(header: str) -> None:
    """A guess would be a number that is wrong by a factor; the map is for that."""
    recording = one(f"time_s,hr,{header}\n0,100,12\n")
    assert record(recording).columns == ("heart_rate_bpm", f"csv:{header}")
    assert codes(recording) == ["columns_not_recognized"]
    assert repr(header) in recording.notices[0].message


@pytest.mark.parametrize(
    ("cells", "start", "t_s"),
    [
        (["0", "1.5"], None, [0, 1.5]),
        (["100", "101"], None, [0, 1]),
        (["0:00", "1:30"], None, [0, 90]),
        (["23:59:59", "00:00:01"], None, [0, 2]),
        (["1714545000", "1714545001"], seeds.START, [0, 1]),
        (["1714545000000", "1714545000500"], seeds.START, [0, 0.5]),
        (["2024-05-01T06:30:00Z", "2024-05-01T08:30:02+02:00"], seeds.START, [0, 2]),
        (["2024-05-01 06:30:00", "2024-05-01 06:30:01.25"], seeds.START, [0, 1.25]),
    ],
)
def test_a_time_is_a_date_unix_time_a_clock_or_seconds(
    cells: list[str], start: datetime | None, t_s: list[float]
) -> None:
    recording = one("time,hr\n" + "".join(f"{cell},100\n" for cell in cells))
    assert recording.start_utc == start
    assert record(recording).t_s.tolist() == t_s


def test_an_empty_cell_is_missing_and_zero_is_a_value() -> None:
    track = record(one("time_s,hr,ele\n0,,0\n1,100,\n"))
    assert np.array_equal(track.values, [[np.nan, 0], [100, np.nan]], equal_nan=True)


def test_a_semicolon_table_may_have_decimal_commas() -> None:
    assert record(one("time_s;hr;ele\n0,5;100;1,25\n1;101;2\n")).column("elevation_m").tolist() == [
        1.25,
        2,
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_come_in_several_encodings(encoding: str) -> None:
    track = record(one("time_s,hr,Höhe\n0,100,7\n".encode(encoding)))
    assert track.columns == ("heart_rate_bpm", "csv:Höhe")


def test_comments_and_empty_lines_are_no_rows() -> None:
    assert len(record(one("# from my watch\n\ntime_s,hr\n0,100\n\n# end\n1,101\n"))) == 2


def test_ragged_rows_and_words_among_numbers_are_counted() -> None:
    recording = one("time_s,hr,ele\n0,100\n1,high,3,4\n2,102,5\n")
    assert codes(recording) == ["ragged_rows", "unreadable_values"]
    assert record(recording).column("elevation_m").tolist()[1:] == [3, 5]


def test_text_of_unknown_columns_stays_reachable() -> None:
    table = one("time_s,hr,mood\n0,100,\n1,101,glad\n").raw["row:csv:mood"]
    assert (table.columns["row"].tolist(), table.columns["text"].tolist()) == ([1], ["glad"])


def test_a_lap_column_cuts_laps_and_names_them_unless_it_only_counts() -> None:
    recording = one("time_s,hr,lap\n0,100,1\n1,100,1\n2,100,backward\n3,100,backward\n")
    assert [(lap.start_s, lap.end_s, lap.name) for lap in recording.laps] == [
        (0, 2, ""),
        (2, 3, "backward"),
    ]


def test_cadence_without_a_unit_is_told_apart_and_it_is_said() -> None:
    recording = one("time_s,cadence\n0,80\n1,82\n")
    assert record(recording).column("cadence_spm").tolist() == [160, 164]
    assert codes(recording) == ["cadence_assumed"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a table"),
        ("just a line of prose", "is not a table"),
        ("hr,ele\n100,3\n", "no column that is known as a time"),
        ("time_s,hr\n", "no row has a time and a value"),
        ("time_s,hr\nx,100\n", "no row has a time and a value"),
    ],
)
def test_what_is_no_recording_is_said_with_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(ReadError, match=reason) as caught:
        one(text)
    assert "column map" in caught.value.hint


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"time_s\n1\n",
        b"name,age\nx,3\n",
        b"time,place\n",
        b"\x00\x01time_s,hr",
        b"Activity ID,Activity Date,Activity Name,Filename\n",
    ],
)
def test_only_a_table_with_a_time_and_a_quantity_is_taken_for_a_recording(head: bytes) -> None:
    assert not csv_table.sniff(head)


GERMAN = """
sport = "running"
[columns]
"Zeit" = { quantity = "time_s", unit = "min" }
"HF" = "heart_rate_bpm"
"Tempo" = { quantity = "speed_mps", unit = "km/h" }
"Runde" = "lap"
"""


def test_a_column_map_from_a_file_says_what_columns_are(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(GERMAN, encoding="utf-8")
    (tmp_path / "lauf.csv").write_text("Zeit;HF;Tempo;Runde;x\n0;100;9;vor;1\n1,5;;18;zurück;2\n")
    recording = read(tmp_path / "lauf.csv", Told(ColumnMap.from_toml(tmp_path / "map.toml")))
    track = record(recording)
    assert track.t_s.tolist() == [0, 90]
    assert track.column("speed_mps").tolist() == pytest.approx([2.5, 5])
    assert track.column("csv:x").tolist() == [1, 2]
    assert [lap.name for lap in recording.laps] == ["vor", "zurück"]
    assert recording.sport is Sport.RUNNING
    assert recording.notices == ()


def test_a_date_column_may_be_unix_time() -> None:
    columns = ColumnMap({"t": Column("date", "ms"), "h": Column("heart_rate_bpm")})
    recording = one("t,h\n1714545000000,100\n", columns)
    assert recording.start_utc == datetime(2024, 5, 1, 6, 30, tzinfo=UTC)


def test_a_column_map_for_other_columns_names_those_that_are_there(tmp_path: Path) -> None:
    columns = ColumnMap({"t": Column("time_s"), "h": Column("heart_rate_bpm")})
    (tmp_path / "a.csv").write_text("time_s,hr\n0,100\n")
    (got,) = read_many(tmp_path / "a.csv", Told(columns))
    assert isinstance(got, ReadError)
    assert "no column 't', 'h'" in str(got)
    assert got.hint == "its columns are 'time_s', 'hr'"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns", "not a TOML file"),
        ("x = 1", r"no table \[columns\]"),
        ("columns = {}", r"no table \[columns\]"),
        ('[columns]\nt = "tyme"', "'tyme' is no quantity"),
        ('[columns]\nt = {quantity = "speed_mps", unit = "knots"}', "cannot be in 'knots'"),
        ("[columns]\nt = 3", "'t' is not understood"),
        ('[columns]\nt = {quantity = "time_s", scale = 2}', "'t' is not understood"),
        ('sport = "curling"\n[columns]\nt = "time_s"', "sport = 'curling'"),
        ('colour = "red"\n[columns]\nt = "time_s"', "unknown key colour"),
    ],
)
def test_a_wrong_column_map_is_said_in_one_line_with_what_to_do(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(RequestError, match=reason) as caught:
        ColumnMap.from_toml(path)
    assert caught.value.hint


def test_a_missing_column_map_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="No such file"):
        ColumnMap.from_toml(tmp_path / "map.toml")


def test_a_cell_without_end_ends_the_table_there() -> None:
    recording = one('time_s,hr\n0,100\n1,"' + "9" * 200_000)
    assert len(record(recording)) == 1
    assert codes(recording) == ["damaged"]


def test_a_table_of_no_sensible_width_is_none() -> None:
    with pytest.raises(ReadError, match="is not a table"):
        one("time_s,hr" + ",x" * 5000 + "\n0,100\n")


def test_nothing_sound_is_a_damaged_file() -> None:
    with pytest.raises(DamagedFileError):
        one("time_s,hr\n,\n")
