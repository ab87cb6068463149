"""The command line from words to text, and what it says when something is wrong."""

import gzip
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from validation.worn import bouts, worn

from backstride.cli import main
from backstride.recording import Recording
from backstride.simulation import backward, demo_session, forward, runners, simulate
from backstride.writers import fit
from tests.fuzz import keypoint_seeds

RUNNER = runners(1, seed=3)[0]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.fit"
    path.write_bytes(fit.write(demo_session().recording))
    return path


@pytest.fixture(scope="module")
def forward_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forward") / "forward.fit"
    path.write_bytes(fit.write(simulate([forward(2.8, 1200)], RUNNER, seed=5).recording))
    return path


def analyzed(path: Path, *options: object) -> dict[str, Any]:
    result = run("analyze", path, "--json", "-", *options)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)["recordings"][0]
    return document


def test_analyze_prints_what_was_run_backward_and_ten_answers(demo_file: Path) -> None:
    result = run("analyze", demo_file)
    assert result.exit_code == 0
    assert "You went backward 6 times: 1.20 km" in result.stdout
    assert "SIMULATED" in result.stdout
    for title in ("Variety", "Posture", "Core", "Calories", "Mood"):
        assert title in result.stdout


def test_frames_of_keypoints_ask_for_their_rate_and_are_read_with_it(tmp_path: Path) -> None:
    for frame in range(keypoint_seeds.FRAMES):
        name = f"clip_{frame:012d}_keypoints.json"
        (tmp_path / name).write_bytes(keypoint_seeds.openpose_frame(frame))
    (tmp_path / "package.json").write_text('{"name": "x", "people": []}')
    asked = run("analyze", tmp_path)
    assert asked.exit_code == 1
    assert "--frame-rate 30" in " ".join(asked.stderr.split())
    document = analyzed(tmp_path, "--frame-rate", "25", "--image-size", "1000x500")
    assert [track["name"] for track in document["tracks"]] == ["keypoints", "keypoints:2"]
    assert document["tracks"][0]["rate_hz"] == 25


@pytest.mark.parametrize(
    "words", [("--frame-rate", "0"), ("--image-size", "wide"), ("--image-size", "1x1")]
)
def test_a_camera_that_cannot_be_is_wrong_usage(tmp_path: Path, words: tuple[str, str]) -> None:
    result = run("analyze", tmp_path, *words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_json_on_standard_output_is_only_json(demo_file: Path) -> None:
    result = run("analyze", demo_file, "--json", "-")
    document = json.loads(result.stdout)
    assert document["schema"] == "backstride/analysis-1"
    assert len(document["recordings"][0]["findings"]) == 10
    assert document["failures"] == []
    assert document["recordings"][0]["simulated"] is True


def test_the_report_and_the_tables_are_written(demo_file: Path, tmp_path: Path) -> None:
    report, tables, data = tmp_path / "a" / "r.html", tmp_path / "t", tmp_path / "r.json"
    result = run("analyze", demo_file, "--report", report, "--export", tables, "--json", data)
    assert result.exit_code == 0
    assert "<html" in report.read_text()
    assert json.loads(data.read_text())["recordings"]
    (folder,) = tables.iterdir()
    written = {path.name for path in folder.iterdir()}
    assert {"record.parquet", "record.csv", "bouts.csv", "findings.parquet"} <= written
    assert "dictionary.csv" in written


def test_what_was_run_backward_can_be_declared(forward_file: Path) -> None:
    document = analyzed(forward_file, "--backward", "2:00-5:00", "--backward", "10:00-11:00")
    declared = [b for b in document["bouts"] if b["direction"] == "backward"]  # type: ignore[attr-defined]  # JSON
    assert [(b["start_s"], b["end_s"], b["origin"]) for b in declared] == [
        (120, 300, "declared"),
        (600, 660, "declared"),
    ]


def test_laps_can_alternate(demo_file: Path) -> None:
    bouts = analyzed(demo_file, "--laps-alternate", "backward")["bouts"]
    assert bouts[0]["direction"] == "backward"  # type: ignore[index]  # JSON
    assert bouts[0]["origin"] == "declared"  # type: ignore[index]  # JSON


def test_an_athlete_file_makes_kilocalories(demo_file: Path, tmp_path: Path) -> None:
    athlete = tmp_path / "me.toml"
    athlete.write_text("mass_kg = 80\n")
    heavy = analyzed(demo_file, "--athlete", athlete)["findings"][6]  # type: ignore[index]  # JSON
    athlete.write_text("mass_kg = 40\n")
    light = analyzed(demo_file, "--athlete", athlete)["findings"][6]  # type: ignore[index]  # JSON
    assert heavy["unit"] == "kcal"
    assert heavy["value"] == pytest.approx(2 * light["value"], rel=1e-3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--backward", "5:00-2:00"], "ends before it starts"),
        (["--backward", "nonsense"], "is not a range of times"),
        (["--backward", "5:61-7:00"], "is not a range of times"),
        (["--laps-alternate", "sideways"], "is not one of"),
        (["--athlete", "nowhere.toml"], "No such file"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_status_2(
    demo_file: Path, options: list[str], said: str
) -> None:
    result = run("analyze", demo_file, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        (["50:00-51:00"], "outside"),
        (["1:00-2:00", "1:30-3:00"], "overlap"),
    ],
)
def test_a_range_that_does_not_fit_the_recording_is_said(
    demo_file: Path, ranges: list[str], said: str
) -> None:
    words = [word for one in ranges for word in ("--backward", one)]
    result = run("analyze", demo_file, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("mass_kg = 700", "mass_kg = 700 is not possible"),
        ("wings = 2", "unknown key wings"),
        ("sex = 'yes'", "sex = 'yes'"),
        ("resting_heart_rate_bpm = 100\nmax_heart_rate_bpm = 95", "not below"),
        ("mass_kg = '70'", "not a number"),
        ("mass_kg = ", "not a TOML file"),
        ("birth_year = 3000", "birth_year = 3000 is not possible"),
    ],
)
def test_an_impossible_athlete_is_refused(
    demo_file: Path, tmp_path: Path, toml: str, said: str
) -> None:
    athlete = tmp_path / "me.toml"
    athlete.write_text(toml)
    result = run("analyze", demo_file, "--athlete", athlete)
    assert result.exit_code == 2
    assert said in result.stderr
    assert str(athlete) in result.stderr


def test_what_cannot_be_read_is_named_and_the_rest_is_done(demo_file: Path, tmp_path: Path) -> None:
    shutil.copy(demo_file, tmp_path / "good.fit")
    (tmp_path / "empty.fit").touch()
    (tmp_path / "text.gpx").write_text("not a track")
    result = run("analyze", tmp_path, tmp_path / "absent.fit", "--json", "-")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert len(document["recordings"]) == 1
    assert len(document["failures"]) == 3
    for name in ("empty.fit", "text.gpx", "absent.fit"):
        assert name in result.stderr
    assert all(failure["hint"] for failure in document["failures"])


def test_a_folder_without_recordings_is_said(tmp_path: Path) -> None:
    result = run("analyze", tmp_path)
    assert result.exit_code == 1
    assert "no recordings in this folder" in result.stderr


def test_no_file_is_wrong_usage() -> None:
    assert run("analyze").exit_code == 2


def test_backward_times_of_several_files_are_refused(demo_file: Path, forward_file: Path) -> None:
    result = run("analyze", demo_file, forward_file, "--backward", "1:00-2:00")
    assert result.exit_code == 2
    assert "2 files were given" in result.stderr


@pytest.fixture(scope="module")
def sensors(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Back and left foot of one body, the foot's file begun 3.2 s later, and a stranger's foot."""
    folder = tmp_path_factory.mktemp("sensors")
    body, stranger = (bouts(np.random.default_rng(seed), 150) for seed in (5, 6))
    made = {
        "lower_back.csv": worn(body, "lower_back"),
        "left_foot.csv": worn(body, "left_foot", start_s=3.2, seed=1),
        "right_foot.csv": worn(stranger, "right_foot", seed=2),
    }
    for name, recording in made.items():
        track = recording.tracks[0]
        header = "Time (s)," + ",".join(f"Acceleration {axis} (m/s^2)" for axis in "xyz")
        table = np.column_stack([track.t_s, track.values])
        np.savetxt(folder / name, table, "%.4f", ",", header=header, comments="")
    return [folder / name for name in made]


def test_files_of_one_session_are_put_on_one_clock_and_the_shift_is_shown(
    sensors: list[Path],
) -> None:
    back, foot, _ = sensors
    result = run("analyze", foot, back, "--one-session", "--json", "-")
    assert result.exit_code == 0, result.output
    (document,) = json.loads(result.stdout)["recordings"]
    lead, part = document["parts"]
    assert Path(lead["path"]).name == "lower_back.csv"
    assert part["offset_s"] == pytest.approx(3.2, abs=4 * part["offset_sd_s"])
    assert (part["found_by"], part["format"]) == ("steps", "imu")
    assert {track["name"] for track in document["tracks"]} == {"imu:lower_back", "imu:left_foot"}
    assert "+ left_foot.csv: clock +3." in run("analyze", foot, back, "--one-session").stdout


def test_a_shift_can_be_said(sensors: list[Path]) -> None:
    back, foot, _ = sensors
    said = f"{foot.name}=−1,5"
    result = run("analyze", back, foot, "--one-session", "--offset", said, "--json", "-")
    part = json.loads(result.stdout)["recordings"][0]["parts"][1]
    assert (part["offset_s"], part["offset_sd_s"], part["found_by"]) == (-1.5, None, "given")


def test_a_stranger_is_left_out_of_the_session_with_what_to_do(sensors: list[Path]) -> None:
    result = run("analyze", *sensors, "--one-session")
    assert result.exit_code == 1
    assert "right_foot.csv cannot be put on the clock of lower_back.csv" in result.stderr
    assert "--offset right_foot.csv=" in result.stderr
    assert "left_foot.csv: clock +3." in result.stdout


def test_without_the_option_files_stay_separate(sensors: list[Path]) -> None:
    result = run("analyze", *sensors[:2], "--json", "-")
    documents = json.loads(result.stdout)["recordings"]
    assert [document["parts"] for document in documents] == [[], []]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--offset", "left_foot.csv=3.2"), "--one-session"),
        (("--one-session", "--offset", "left_foot.csv"), "is not a file and seconds"),
        (("--one-session", "--offset", "left_foot.csv=soon"), "is not a file and seconds"),
        (("--one-session", "--offset", "nobody.csv=1"), "no file is called nobody.csv"),
    ],
)
def test_an_offset_that_cannot_be_meant_is_wrong_usage(
    sensors: list[Path], options: tuple[str, ...], said: str
) -> None:
    result = run("analyze", *sensors[:2], *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_of_two_files_of_one_run_the_richer_one_is_used(demo_file: Path, tmp_path: Path) -> None:
    recording = demo_session().recording
    track = recording.track("record")
    assert track is not None
    few = ("distance_m", "speed_mps", "heart_rate_bpm")
    values = track.values[:, [track.columns.index(name) for name in few]]
    poor: Recording = replace(recording, tracks=(replace(track, values=values, columns=few),))
    poorer = tmp_path / "poorer.fit"
    poorer.write_bytes(fit.write(poor))
    for order in ((poorer, demo_file), (demo_file, poorer)):
        result = run("analyze", *order, "--json", "-")
        (kept,) = json.loads(result.stdout)["recordings"]
        assert kept["source"]["path"] == str(demo_file)
        assert any("poorer.fit" in w["message"] for w in kept["warnings"])


def test_a_packed_file_and_many_files_over_all_cores(tmp_path: Path) -> None:
    """Eight different runs, one of them packed: enough for worker processes."""
    for day in range(8):
        recording = simulate([forward(2.8, 200), backward(2.2, 60)], RUNNER, seed=day).recording
        moved = replace(recording, start_utc=recording.start_utc.replace(day=1 + day))  # type: ignore[union-attr]  # simulated runs have a date
        data = fit.write(moved)
        name = tmp_path / f"{day}.fit"
        if day:
            name.write_bytes(data)
        else:
            name.with_suffix(".fit.gz").write_bytes(gzip.compress(data))
    result = run("analyze", tmp_path, "--json", "-")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert len(document["recordings"]) == 8
    assert len(document["together"]["findings"]) == 10


def test_demo_writes_a_recording_and_a_report_that_say_simulated(tmp_path: Path) -> None:
    result = run("demo", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "SIMULATED" in result.stdout
    assert "imulated" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "simulated-6x200m-backward.fit").stat().st_size > 10_000


def test_evidence_lists_the_claims_and_shows_one_with_its_studies() -> None:
    listed = run("evidence")
    assert "muscle_balance" in listed.stdout
    shown = run("evidence", "calories")
    assert shown.exit_code == 0
    for word in ("rasica2020", "energy.cost_ratio_running", "one more person", "left out"):
        assert word in shown.stdout, word


def test_evidence_check_passes_and_an_unknown_benefit_is_refused() -> None:
    assert run("evidence", "--check").exit_code == 0
    refused = run("evidence", "wings")
    assert refused.exit_code == 2
    assert "one of: variety" in refused.stderr


def test_miles_are_shown_where_asked_for(demo_file: Path) -> None:
    assert "/mi" in run("analyze", demo_file, "--imperial").stdout


def test_a_report_that_cannot_be_written_is_said(demo_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("analyze", demo_file, "--report", tmp_path / "file" / "r.html")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("option", ["--json", "--report"])
def test_an_output_never_overwrites_what_is_read(demo_file: Path, option: str) -> None:
    before = demo_file.read_bytes()
    result = run("analyze", demo_file, option, demo_file)
    assert result.exit_code == 2
    assert "written over" in result.stderr
    assert demo_file.read_bytes() == before


def test_two_outputs_need_two_places_and_a_page_a_file(demo_file: Path, tmp_path: Path) -> None:
    same = tmp_path / "same"
    assert run("analyze", demo_file, "--json", same, "--report", same).exit_code == 2
    assert run("analyze", demo_file, "--report", "-").exit_code == 2
    assert not same.exists()


def test_an_empty_name_is_not_the_whole_folder() -> None:
    result = run("analyze", "")
    assert result.exit_code == 2
    assert "empty name" in result.stderr


def test_names_with_markup_or_broken_text_are_shown_and_written(
    demo_file: Path, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"l\xffuf[bold]\x1b[31m.fit")
    shutil.copy(demo_file, odd)
    page = tmp_path / "r[/].html"
    data = tmp_path / "all.json"
    result = run("analyze", odd, "--report", page, "--json", data)
    assert result.exit_code == 0, result.output
    assert "\x1b[31m" not in result.output
    assert f"wrote {page}" in result.stderr
    assert json.loads(data.read_text())["recordings"][0]["source"]["path"].endswith(".fit")


def test_tables_that_cannot_be_written_do_not_cost_the_analysis(
    demo_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = run("analyze", demo_file, "--export", tmp_path / "file" / "t")
    assert result.exit_code == 1
    assert "You went backward 6 times" in result.stdout
    assert "tables could not be written" in result.stderr


def test_evidence_shows_the_choices_behind_a_trend_over_weeks() -> None:
    assert "benefits.trend_weeks" in run("evidence", "FITNESS").stdout
