"""Files made to hurt: refused, in one clear line, in bounded memory.

Each file is read in a process of its own, whose peak of resident memory is what is bounded: the
bytes of the file itself, which a reader may hold once or twice, and 96 MiB.
"""

import gzip
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.fuzz import seeds
from tests.fuzz.seeds import zipped

MEBIBYTE = 1024 * 1024
ALLOWED_BYTES = 96 * MEBIBYTE

PROBE = """
import json, resource, sys
from backstride.readers import read_many
from backstride.errors import ReadError
from backstride.readers import archive, column_map, csv_table, gpx, samples, tcx
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
list(read_many(sys.argv[1]))
before = peak()
outcomes = list(read_many(sys.argv[2]))
print(json.dumps({
    "bytes": peak() - before,
    "kinds": [type(got).__name__ for got in outcomes],
    "lines": [str(got) for got in outcomes if isinstance(got, ReadError)],
}))
"""


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of each format, so that whatever is loaded once is loaded before measuring."""
    path = tmp_path_factory.mktemp("harmless") / "all.zip"
    path.write_bytes(zipped({f"a.{name}": seed() for name, seed in seeds.SEEDS.items()}))
    return path


def probe(path: Path, harmless: Path) -> dict[str, list[str]]:
    """Kinds of outcomes and lines of errors, once memory is seen to be bounded."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, str(harmless), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    got = json.loads(run.stdout)
    allowed = 2 * path.stat().st_size + ALLOWED_BYTES
    assert got["bytes"] < allowed, f"{got['bytes'] / MEBIBYTE:.0f} MiB for {path.name}"
    return got


def refused(path: Path, harmless: Path, reason: str) -> None:
    got = probe(path, harmless)
    assert got["kinds"] == ["RefusedFileError"]
    assert reason in got["lines"][0]


TCX_ROOT = b"<TrainingCenterDatabase>"
POINT = b"<TrainingCenterDatabase><Activities><Activity><Lap><Track><Trackpoint>"


def laughs() -> bytes:
    """Ten entities of ten, nine deep: a billion."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    return b'<!DOCTYPE x [<!ENTITY l0 "lol">' + entities + b"]>" + TCX_ROOT + b"&l9;"


HOSTILE_XML = {
    "a billion laughs": (laughs(), "declares a document type"),
    "an external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + TCX_ROOT + b"<Id>&e;</Id>",
        "declares a document type",
    ),
    "an external document type": (
        b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1/gpx.dtd"><gpx>',
        "declares a document type",
    ),
    "a million levels": (TCX_ROOT + b"<a>" * 1_000_000, "nested deeper"),
    "a huge attribute": (TCX_ROOT + b'<a b="' + b"x" * 500_000 + b'"/>', "attribute"),
    "an endless attribute": (TCX_ROOT + b'<a b="' + b"x" * (40 * MEBIBYTE) + b'"/>', "endless"),
    "an endless comment": (TCX_ROOT + b"<!--" + b"x" * (40 * MEBIBYTE) + b"-->", "endless"),
    "an endless tag": (TCX_ROOT + b"<" + b"x" * (40 * MEBIBYTE) + b"/>", "endless"),
    "a huge value": (POINT + b"<Time>" + b"2" * (40 * MEBIBYTE) + b"</Time>", "too long"),
    "a hundred thousand names": (
        TCX_ROOT + b"".join(b"<a%d/>" % i for i in range(100_000)),
        "different names",
    ),
    "a hundred thousand attributes": (
        TCX_ROOT + b"<a " + b" ".join(b'a%d=""' % i for i in range(100_000)) + b"/>",
        "different names",
    ),
    "a million laps": (
        b"<TrainingCenterDatabase><Activity>" + b"<Lap/>" * 1_000_000,
        "more laps",
    ),
    "a million tracks": (b"<gpx>" + b"<trk/>" * 1_000_000, "more tracks"),
    "a million cells to a point": (
        POINT + b"</Trackpoint><Trackpoint>" * 400_000 + b"</Trackpoint>" + b"<Trackpoint>"
        b"" + b"".join(b"<c%d>1</c%d>" % (i, i) for i in range(200)) + b"</Trackpoint>",
        "more values",
    ),
}


@pytest.mark.parametrize("name", HOSTILE_XML)
def test_hostile_xml_is_refused(name: str, tmp_path: Path, harmless: Path) -> None:
    data, reason = HOSTILE_XML[name]
    path = tmp_path / "bad.xml"
    path.write_bytes(b'<?xml version="1.0"?>' + data)
    refused(path, harmless, reason)


def test_text_that_goes_on_between_elements_is_not_kept(tmp_path: Path, harmless: Path) -> None:
    """Forty megabytes of text where none belongs cost no memory, and the rest is read."""
    path = tmp_path / "run.tcx"
    path.write_bytes(seeds.tcx().replace(b"<Notes>M", b"x" * (40 * MEBIBYTE) + b"<Notes>M"))
    assert probe(path, harmless)["kinds"] == ["Recording"]


def test_a_gzip_bomb_is_refused(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "bomb.fit.gz"
    path.write_bytes(gzip.compress(b"\0" * (256 * MEBIBYTE), 6))
    refused(path, harmless, "times its size")


def test_a_gzip_inside_a_gzip_is_not_unpacked(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "run.tcx.gz"
    path.write_bytes(gzip.compress(gzip.compress(seeds.tcx())))
    assert "is packed twice" in probe(path, harmless)["lines"][0]


def test_a_zip_bomb_is_refused(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"a.fit": b"\0" * (256 * MEBIBYTE)}))
    refused(path, harmless, "times its size")


def test_a_gzip_bomb_in_a_zip_is_refused(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "bomb.zip"
    bomb = gzip.compress(b"\0" * (256 * MEBIBYTE), 6)
    path.write_bytes(zipped({"a.fit.gz": bomb}, zipfile.ZIP_STORED))
    refused(path, harmless, "times its size")


def test_zips_are_not_opened_for_ever(tmp_path: Path, harmless: Path) -> None:
    """Two deep is what exports are; the third is refused, and its neighbour is read."""
    deep = zipped({"a.zip": zipped({"a.tcx": seeds.tcx()}), "b.tcx": seeds.tcx()})
    path = tmp_path / "deep.zip"
    path.write_bytes(zipped({"a.zip": deep}))
    got = probe(path, harmless)
    assert got["kinds"] == ["RefusedFileError", "Recording"]
    assert "nested too deep" in got["lines"][0]


def test_a_bomb_of_many_small_members_is_refused(tmp_path: Path, harmless: Path) -> None:
    """Each member stays below every limit of a member; all together do not."""
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({f"{i}.fit": b"\0" * (3 * MEBIBYTE) for i in range(60)}))
    got = probe(path, harmless)
    assert got["kinds"][-1] == "RefusedFileError"
    assert "far more than an export" in got["lines"][-1]
    assert len(got["kinds"]) < 60


def overlapping(members: int) -> bytes:
    """A zip whose directory names one member's bytes again and again."""
    one = zipped({"0.fit": b"\0" * (3 * MEBIBYTE)})
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    directory = one[start:end] * members
    tail = struct.pack(
        "<4s4H2LH",
        b"PK\x05\x06",
        0,
        0,
        members & 0xFFFF,
        members & 0xFFFF,
        len(directory),
        start,
        0,
    )
    return one[:start] + directory + tail


def test_a_bomb_of_overlapping_members_is_refused(tmp_path: Path, harmless: Path) -> None:
    """What is unpacked again and again counts again and again, so that most is never unpacked."""
    path = tmp_path / "bomb.zip"
    path.write_bytes(overlapping(2000))
    got = probe(path, harmless)
    assert "Recording" not in got["kinds"]


@pytest.mark.parametrize(
    ("members", "reason"), [(60_000, "holds more than 50,000"), (200_000, "too long list")]
)
def test_an_endless_directory_is_refused(
    tmp_path: Path, harmless: Path, members: int, reason: str
) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(overlapping(members))
    refused(path, harmless, reason)


def test_four_gigabytes_that_a_zip_only_declares_cost_nothing(
    tmp_path: Path, harmless: Path
) -> None:
    """The sizes in a directory are claims; what counts is what comes out."""
    data = bytearray(zipped({"a.tcx": seeds.tcx()}, zipfile.ZIP_STORED))
    central = data.index(b"PK\x01\x02")
    data[central + 20 : central + 28] = struct.pack("<2L", 0xFFFFFFF0, 0xFFFFFFF0)
    path = tmp_path / "claims.zip"
    path.write_bytes(data)
    assert len(probe(path, harmless)["kinds"]) == 1


def test_a_directory_that_claims_four_gigabytes_costs_nothing(
    tmp_path: Path, harmless: Path
) -> None:
    data = bytearray(zipped({"a.tcx": seeds.tcx()}))
    end = data.index(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<L", 0xFFFFFFF0)
    path = tmp_path / "claims.zip"
    path.write_bytes(data)
    got = probe(path, harmless)
    assert got["kinds"] == ["DamagedFileError"]


def test_a_sparse_file_of_gigabytes_is_refused(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "huge.tcx"
    with path.open("wb") as file:
        file.write(seeds.tcx())
        file.truncate(4 * 1024 * MEBIBYTE)
    got = probe(path, harmless)
    assert got["kinds"] == ["RefusedFileError"]
    assert "is larger than" in got["lines"][0]


def test_a_fit_file_that_declares_four_gigabytes_costs_nothing(
    tmp_path: Path, harmless: Path
) -> None:
    """Its header promises 4 GB of records; 200 bytes of noise follow."""
    path = tmp_path / "claims.fit"
    header = struct.pack("<BBHL4sH", 14, 0x20, 2140, 0xFFFFFFF0, b".FIT", 0)
    path.write_bytes(header + bytes(range(200)))
    assert probe(path, harmless)["kinds"] == ["DamagedFileError"]


def test_a_table_of_a_hundred_thousand_columns_is_no_recording(
    tmp_path: Path, harmless: Path
) -> None:
    path = tmp_path / "wide.csv"
    header = b"time_s,heart_rate_bpm," + b",".join(b"c%d" % i for i in range(100_000))
    path.write_bytes(header + b"\n" + b"1," * 100_000 + b"1\n")
    assert probe(path, harmless)["kinds"] != ["Recording"]


def test_an_endless_cell_costs_nothing(tmp_path: Path, harmless: Path) -> None:
    path = tmp_path / "endless.csv"
    rows = b"time_s,heart_rate_bpm\n0,100\n1,101\n2,"
    path.write_bytes(rows + b'"' + b"9" * (40 * MEBIBYTE))
    got = probe(path, harmless)
    assert got["kinds"] == ["Recording"]
