"""Archives: gzip, zip, and what Strava and Garmin export, with the titles that only they know."""

import gzip
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fuzz import seeds
from tests.fuzz.seeds import zipped

from backstride.errors import DamagedFileError, ReadError, RefusedFileError, UnknownFormatError
from backstride.readers import limits, read, read_many
from backstride.readers.archive import Titles, is_junk
from backstride.recording import Recording


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def recordings(path: Path) -> list[Recording]:
    outcomes = list(read_many(path))
    assert not [got for got in outcomes if isinstance(got, ReadError)]
    return [got for got in outcomes if isinstance(got, Recording)]


STRAVA_HEADER = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Filename"
)


def strava(header: str = STRAVA_HEADER) -> dict[str, bytes]:
    index = (
        f"{header}\n"
        '7,"May 1, 2024, 6:30:00 AM","Backward, at last",Run,,activities/7.tcx.gz\n'
        '8,"May 2, 2024, 6:30:00 AM",Evening,Run,,activities/8.gpx\n'
        '9,"May 3, 2024, 6:30:00 AM",Typed in,Run,,\n'
    )
    return {
        "activities.csv": index.encode(),
        "profile.csv": b"Athlete ID,Email Address\n1,a@b.c\n",
        "media/1.jpg": b"\xff\xd8\xff",
        "activities/7.tcx.gz": gzip.compress(seeds.tcx()),
        "activities/8.gpx": seeds.gpx(),
    }


@pytest.mark.parametrize("name", ["tcx", "gpx", "csv"])
def test_any_format_may_be_gzipped(tmp_path: Path, name: str) -> None:
    plain = read(written(tmp_path, f"a.{name}", seeds.SEEDS[name]()))
    packed = read(written(tmp_path, f"a.{name}.gz", gzip.compress(seeds.SEEDS[name]())))
    assert packed.source.format == name
    assert packed.source.sha256 == plain.source.sha256
    assert packed.source.path.endswith(f"a.{name}.gz")


def test_content_decides_what_is_an_archive_whatever_it_is_called(tmp_path: Path) -> None:
    assert read(written(tmp_path, "run.tcx", gzip.compress(seeds.tcx()))).source.format == "tcx"
    assert read(written(tmp_path, "run.gpx", zipped({"a.gpx": seeds.gpx()}))).source.format == "gpx"
    assert read(written(tmp_path, "run.zip", seeds.tcx())).source.format == "tcx"


def test_a_strava_export_gives_its_activities_with_their_names(tmp_path: Path) -> None:
    path = written(tmp_path, "export.zip", zipped(strava()))
    got = {r.source.path: r.source.title for r in recordings(path)}
    assert got == {
        f"{path}!activities/7.tcx.gz": "Backward, at last",
        f"{path}!activities/8.gpx": "Evening",
    }


def test_a_strava_export_is_known_in_other_languages_and_in_a_folder(tmp_path: Path) -> None:
    header = "Aktivitäts-ID,Datum,Name,Typ,Beschreibung,Dateiname"
    members = {f"export_1/{name}": data for name, data in strava(header).items()}
    titles = [r.source.title for r in recordings(written(tmp_path, "x.zip", zipped(members)))]
    assert titles == ["Backward, at last", "Evening"]


def test_a_garmin_export_gives_its_activities_with_their_names(tmp_path: Path) -> None:
    """Titles are found by start, for the export's own ids are not in its file names."""
    start_ms = (seeds.START + timedelta(seconds=1)).timestamp() * 1000
    index = [{"summarizedActivitiesExport": [{"name": "Retro", "startTimeGmt": start_ms}, {}]}]
    folder = "DI_CONNECT/DI-Connect-"
    members = {
        f"{folder}Uploaded-Files/UploadedFiles_0-_Part1.zip": zipped({"a@b.c_1.tcx": seeds.tcx()}),
        f"{folder}Fitness/a_0_summarizedActivities.json": json.dumps(index).encode(),
    }
    path = written(tmp_path, "garmin.zip", zipped(members))
    (recording,) = recordings(path)
    assert recording.source.title == "Retro"
    part = f"{folder}Uploaded-Files/UploadedFiles_0-_Part1.zip"
    assert recording.source.path == f"{path}!{part}!a@b.c_1.tcx"


@pytest.mark.parametrize("text", [b"[", b"[" * 100_000, b"{}", b"[3]", b'[{"x":1}]', b"\xff"])
def test_a_broken_index_of_titles_costs_only_the_titles(tmp_path: Path, text: bytes) -> None:
    members = {"summarizedActivities.json": text, "a.tcx": seeds.tcx()}
    (recording,) = recordings(written(tmp_path, "a.zip", zipped(members)))
    assert recording.source.title == "Morning run"


def test_a_title_is_found_by_member_then_by_a_start_two_seconds_off() -> None:
    second = round(seeds.START.timestamp())
    titles = Titles({"a.fit": "A"}, {second: "B", second + 2: "C"})
    assert titles.of("a.fit", seeds.START) == "A"
    assert titles.of("b.fit", seeds.START) == "B"
    assert titles.of("b.fit", seeds.START + timedelta(seconds=3)) == "C"
    assert titles.of("b.fit", seeds.START + timedelta(seconds=9)) == ""
    assert titles.of("b.fit", None) == ""


def test_one_bad_member_stops_nothing(tmp_path: Path) -> None:
    members = {"1.tcx": seeds.tcx(), "2.gpx": b"<gpx>", "3.tcx": b"", "4.csv": seeds.csv()}
    outcomes = list(read_many(written(tmp_path, "a.zip", zipped(members))))
    kinds = [Recording, DamagedFileError, UnknownFormatError, Recording]
    assert [type(got) for got in outcomes] == kinds
    assert "a.zip!2.gpx" in str(outcomes[1])


def test_members_are_read_only_when_they_are_asked_for(tmp_path: Path) -> None:
    """The first member is given though the second is broken beyond all reading."""
    members = {"1.tcx": seeds.tcx(), "2.tcx": b"<" * 5_000_000}
    first = next(read_many(written(tmp_path, "a.zip", zipped(members, zipfile.ZIP_STORED))))
    assert isinstance(first, Recording)


def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path) -> None:
    members = {"../../evil.tcx": seeds.tcx(), "/etc/evil.tcx": seeds.tcx()}
    path = written(tmp_path, "a.zip", zipped(members))
    assert len(recordings(path)) == 2
    assert [p.name for p in tmp_path.rglob("*")] == ["a.zip"]


def test_a_member_with_control_characters_in_its_name_is_shown_harmlessly(tmp_path: Path) -> None:
    path = written(tmp_path, "a.zip", zipped({"\x1b[31mred\n.gpx": b"<gpx>"}))
    (got,) = read_many(path)
    assert str(got).isprintable()


def encrypted() -> bytes:
    data = bytearray(zipped({"a.tcx": seeds.tcx()}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def packed_by(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a.tcx", seeds.tcx())
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encrypted(), "is encrypted"),
        (packed_by(zipfile.ZIP_LZMA), "packed in an unusual way"),
        (zipped({}), "an archive without recordings"),
        (zipped({"a.txt": b"x", "notes.csv": b"a,b\n"}), "an archive without recordings"),
        (b"PK\x03\x04" + b"x" * 100, "damaged zip"),
        (zipped({"a.tcx": seeds.tcx()})[:-30], "damaged zip"),
        (b"\x1f\x8b", "damaged gzip"),
        (b"\x1f\x8b\x08" + b"x" * 100, "damaged gzip"),
        (gzip.compress(b"", mtime=0), "an empty file in a gzip"),
        (gzip.compress(zipped({"a.tcx": seeds.tcx()})), "an archive inside an archive"),
    ],
)
def test_what_cannot_be_unpacked_is_said_in_one_line(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(ReadError, match=reason) as caught:
        read(written(tmp_path, "a.zip", data))
    assert caught.value.hint


def test_a_gzip_that_breaks_off_gives_what_came_out(tmp_path: Path) -> None:
    packed = gzip.compress(seeds.tcx())
    recording = read(written(tmp_path, "a.tcx.gz", packed[: len(packed) - 200]))
    assert [notice.code for notice in recording.notices] == ["damaged", "damaged"]
    assert "archive is damaged after" in recording.notices[0].message
    assert 0 < len(recording.tracks[0]) < len(seeds.SECONDS)


def test_a_member_with_a_wrong_checksum_gives_what_came_out(tmp_path: Path) -> None:
    data = zipped({"a.tcx": seeds.tcx()}, zipfile.ZIP_STORED)
    data = data.replace(b"<Value>121</Value>", b"<Value>122</Value>")
    recording = read(written(tmp_path, "a.zip", data))
    assert recording.notices[0].code == "damaged"
    assert "CRC" in recording.notices[0].message


def test_an_archive_of_several_is_not_one_recording(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="holds several recordings") as caught:
        read(written(tmp_path, "export.zip", zipped(strava())))
    assert "read_many" in caught.value.hint


def test_an_archive_of_too_many_members_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_ZIP_MEMBERS", 3)
    path = written(tmp_path, "a.zip", zipped({f"{i}.tcx": b"" for i in range(4)}))
    (got,) = read_many(path)
    assert isinstance(got, RefusedFileError)


def test_a_member_beyond_the_size_of_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 1000)
    path = written(tmp_path, "a.zip", zipped({"a.tcx": seeds.tcx()}, zipfile.ZIP_STORED))
    (got,) = read_many(path)
    assert isinstance(got, RefusedFileError)
    assert "more than any recording takes" in str(got)


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        ("activities/1.fit", False),
        ("../1.fit", False),
        ("__MACOSX/a/._1.fit", True),
        ("a/.hidden/1.fit", True),
        ("._1.fit", True),
        ("folder.fit/", True),
        ("a\\.b\\1.fit", True),
    ],
)
def test_what_systems_leave_behind_is_junk(name: str, junk: bool) -> None:
    assert is_junk(name) is junk


@pytest.mark.parametrize("member", [b"\0" * 5_000_000, gzip.compress(b"\0" * 5_000_000)])
def test_a_bomb_among_members_is_refused_and_the_next_is_read(
    tmp_path: Path, member: bytes
) -> None:
    path = written(tmp_path, "a.zip", zipped({"a.fit": member, "b.tcx": seeds.tcx()}))
    bomb, good = read_many(path)
    assert isinstance(bomb, RefusedFileError)
    assert "a.zip!a.fit" in str(bomb)
    assert isinstance(good, Recording)


def test_an_archive_that_unpacks_without_end_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 20_000)
    path = written(tmp_path, "a.zip", zipped({f"{i}.tcx": seeds.tcx() for i in range(9)}))
    kinds = [type(got) for got in read_many(path)]
    assert kinds == [Recording, Recording, RefusedFileError]


def test_zips_inside_zips_inside_zips_are_refused(tmp_path: Path) -> None:
    inner = zipped({"a.zip": zipped({"a.tcx": seeds.tcx()}), "b.tcx": seeds.tcx()})
    deep, near = read_many(written(tmp_path, "a.zip", zipped({"a.zip": inner})))
    assert isinstance(deep, RefusedFileError)
    assert "a.zip!a.zip!a.zip: archives are nested too deep" in str(deep)
    assert isinstance(near, Recording)


def test_a_list_of_members_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_ZIP_DIRECTORY_BYTES", 200)
    path = written(tmp_path, "a.zip", zipped({f"{i}.tcx": b"" for i in range(9)}))
    (got,) = read_many(path)
    assert isinstance(got, RefusedFileError)
    assert "too long list" in str(got)


def test_an_index_that_cannot_be_unpacked_costs_only_the_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = strava()
    broken = files.pop("activities.csv")
    whole = zipped(files | {"activities.csv": broken}, zipfile.ZIP_STORED)
    data = whole.replace(broken[:20], b"\0" * 20)
    assert {r.source.title for r in recordings(written(tmp_path, "a.zip", data))} == {"Morning run"}
    monkeypatch.setattr(limits, "MAX_INDEX_BYTES", 10)
    assert {r.source.title for r in recordings(written(tmp_path, "a.zip", whole))} == {
        "Morning run"
    }
