"""The way in: which file is which format, and one clear line for every file that is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz import seeds

from backstride.errors import ReadError, RefusedFileError, UnknownFormatError
from backstride.readers import READERS, limits, read, read_many, recordings_in
from backstride.recording import Recording


def test_content_decides_the_format_whatever_the_suffix_says(tmp_path: Path) -> None:
    for name, seed in seeds.SEEDS.items():
        path = tmp_path / "wrong.fit"
        path.write_bytes(seed())
        assert read(path).source.format == name


def test_a_file_without_suffix_is_read(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_bytes(seeds.tcx())
    assert isinstance(read(str(path)), Recording)


STRANGERS = {
    "empty.fit": (b"", "is empty"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(100), "is a JPEG picture"),
    "photo.fit": (b"\xff\xd8\xff\xe0" + bytes(100), "is a JPEG picture"),
    "notes.txt": (b"Ran backward today. Glad.\n", "is a text that is no recording"),
    "page.html": (b"<html><body>404</body></html>", "is a text that is no recording"),
    "noise.bin": (bytes(range(256)), "is content of no known format"),
    "page.tcx": (b"<html><body>404</body></html>", "without any lap or point"),
    "words.csv": (b"no table at all", "is not a table"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_recording_is_said_in_one_line_with_what_to_do(
    tmp_path: Path, name: str
) -> None:
    data, reason = STRANGERS[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError, match=reason) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert caught.value.hint


def test_a_missing_file_a_folder_and_a_device_are_said_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    expected = {
        tmp_path / "none.fit": "no such file",
        tmp_path: "is a folder",
        tmp_path / "pipe": "is not an ordinary file",
        Path("a\0b"): "cannot be opened",
        tmp_path / ("x" * 5000): "cannot be opened",
    }
    for path, reason in expected.items():
        (got,) = read_many(path)
        assert isinstance(got, ReadError)
        assert reason in str(got)
        assert got.hint


def test_a_file_that_may_not_be_read_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated, for tests may run as a user who may read everything."""
    path = tmp_path / "a.fit"
    path.write_bytes(b"x")

    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(ReadError, match="may not be read"):
        read(path)


def test_a_disk_that_fails_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.fit"
    path.write_bytes(b"x")

    class Failing:
        def __enter__(self) -> "Failing":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, _: int) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", lambda *_: Failing())
    with pytest.raises(ReadError, match="Input/output error"):
        read(path)


def test_a_file_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 100)
    path = tmp_path / "a.tcx"
    path.write_bytes(seeds.tcx())
    with pytest.raises(RefusedFileError, match="is larger than 100 bytes"):
        read(path)


def test_a_folder_gives_the_files_that_could_be_recordings(tmp_path: Path) -> None:
    names = [
        "b.FIT",
        "a/1.tcx.gz",
        "a/2.gpx",
        "c.csv",
        "export.zip",
        ".hidden.fit",
        ".cache/x.fit",
        "__MACOSX/a.fit",
        "a/._2.gpx",
        "notes.txt",
        "photo.jpg",
        "backup.tar.gz",
    ]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in recordings_in(tmp_path)]
    assert found == ["a/1.tcx.gz", "a/2.gpx", "b.FIT", "c.csv", "export.zip"]


def test_what_is_no_folder_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is not a folder"):
        recordings_in(tmp_path / "none")


def test_no_two_formats_share_a_suffix() -> None:
    suffixes = [suffix for reader in READERS for suffix in reader.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_importing_the_readers_imports_no_format() -> None:
    """Command-line help must not wait for parsers."""
    code = (
        "import sys, backstride.readers as r; print(sorted(m for m in sys.modules if "
        "m.startswith('backstride.readers.') or m in ('zipfile', 'gzip', 'csv', 'pyexpat')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(eval(run.stdout))  # noqa: S307 - the list that the line above printed
    assert loaded & {"backstride.readers.fit", "backstride.readers.tcx", "pyexpat"} == set()


def test_unknown_formats_have_their_own_error(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello")
    with pytest.raises(UnknownFormatError) as caught:
        read(path)
    assert caught.value.offset == 0
    assert "FIT, TCX, GPX and CSV" in caught.value.hint
