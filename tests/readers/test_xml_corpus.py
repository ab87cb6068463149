"""Real TCX and GPX files: what is read equals what two independent decoders and the manifest say.

The decoders share nothing with the reader: one builds a tree with xml.etree, one counts with plain
regular expressions.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from backstride.errors import ReadError
from backstride.readers import read

TCX_FILES = ("roznet__connectstats__activity_234979239.tcx", "vkurup__python-tcxparser__no_hr.tcx")
NAMESPACE = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"


@dataclass(frozen=True)
class Facts:
    records: int
    heart_rates: int
    heart_rate_sum: float
    laps: int
    distance_m: float
    positions: int


def by_tree(path: Path) -> Facts:
    root = ET.parse(path).getroot()  # noqa: S314 - files of the corpus are trusted
    points = root.findall(f".//{NAMESPACE}Trackpoint")
    beats = root.findall(f".//{NAMESPACE}Trackpoint/{NAMESPACE}HeartRateBpm/{NAMESPACE}Value")
    laps = root.findall(f".//{NAMESPACE}Lap")
    distances = [float(lap.findtext(f"{NAMESPACE}DistanceMeters") or "nan") for lap in laps]
    positions = root.findall(f".//{NAMESPACE}Trackpoint/{NAMESPACE}Position")
    heart_rates = [float(beat.text or "nan") for beat in beats]
    return Facts(
        len(points), len(beats), sum(heart_rates), len(laps), sum(distances), len(positions)
    )


def by_pattern(path: Path) -> Facts:
    text = path.read_text()
    points = re.findall(r"<Trackpoint>.*?</Trackpoint>", text, re.DOTALL)
    inside = "".join(points)
    beats = re.findall(r"<HeartRateBpm[^>]*>\s*<Value>\s*(\d+)", inside)
    outside = re.sub(r"<Trackpoint>.*?</Trackpoint>", "", text, flags=re.DOTALL)
    distances = re.findall(r"<DistanceMeters>([^<]*)<", outside)
    return Facts(
        len(points),
        len(beats),
        float(sum(map(int, beats))),
        len(re.findall(r"<Lap ", text)),
        sum(map(float, distances)),
        inside.count("<Position>"),
    )


def by_reader(path: Path) -> Facts:
    recording = read(path)
    track = recording.track("record")
    assert track is not None
    beats = track.column("heart_rate_bpm")
    return Facts(
        len(track),
        int(np.isfinite(beats).sum()),
        float(np.nansum(beats)),
        len(recording.laps),
        sum(lap.distance_m or 0 for lap in recording.laps),
        int(np.isfinite(track.column("latitude_deg")).sum()),
    )


@pytest.mark.parametrize("name", TCX_FILES)
def test_a_real_tcx_file_reads_as_two_other_decoders_read_it(data_dir: Path, name: str) -> None:
    path = data_dir / "activity-corpus" / name
    mine, tree, pattern = by_reader(path), by_tree(path), by_pattern(path)
    assert mine == tree
    assert mine == pattern


@pytest.mark.parametrize("name", TCX_FILES)
def test_a_real_tcx_file_has_what_the_manifest_lists(data_dir: Path, name: str) -> None:
    folder = data_dir / "activity-corpus"
    with (folder / "manifest.csv").open(newline="") as file:
        listed = next(row for row in csv.DictReader(file) if row["file"] == name)
    recording = read(folder / name)
    track = recording.track("record")
    assert track is not None
    counts = {
        "records": len(track),
        "hr": int(np.isfinite(track.column("heart_rate_bpm")).sum()),
        "cadence": int(np.isfinite(track.column("cadence_spm")).sum()),
        "speed": int(np.isfinite(track.column("speed_mps")).sum()),
        "gps": int(np.isfinite(track.column("latitude_deg")).sum()),
        "laps": len(recording.laps),
    }
    assert counts == {key: int(listed[key]) for key in counts}
    assert recording.source.sha256 == listed["sha256"]
    assert str(recording.device) == listed["product"] or listed["product"] in str(recording.device)


def test_tcx_and_fit_of_one_run_agree(data_dir: Path) -> None:
    """The same run, exported twice by its service: heart rate and cadence are the same."""
    folder = data_dir / "activity-corpus"
    tcx, fit = (
        read(folder / f"roznet__connectstats__activity_234979239.{kind}") for kind in ("tcx", "fit")
    )
    a, b = tcx.track("record"), fit.track("record")
    assert a is not None
    assert b is not None
    assert tcx.start_utc == fit.start_utc
    assert a.t_s.tolist() == b.t_s.tolist()
    for column, tolerance in {"heart_rate_bpm": 0, "distance_m": 0.011, "speed_mps": 2e-3}.items():
        assert np.allclose(a.column(column), b.column(column), atol=tolerance, equal_nan=True)


def test_the_gpx_without_times_says_that_it_is_no_recording(data_dir: Path) -> None:
    """Its two decoders agree on one point of a track and not one time."""
    path = data_dir / "activity-malformed" / "tkrajina__gpxpy__track_with_dilution_errors.gpx"
    text = path.read_text()
    root = ET.fromstring(text)  # noqa: S314 - files of the corpus are trusted
    assert [e.tag.endswith("trkpt") for e in root.iter()].count(True) == 1
    assert len(re.findall("<trkpt", text)) == 1
    assert not [e for e in root.iter() if e.tag.endswith("time")]
    with pytest.raises(ReadError, match="positions but no times") as caught:
        read(path)
    assert caught.value.hint == "export the recorded activity, with its times"
