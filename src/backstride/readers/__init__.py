"""Bytes -> Recording: one format, one file, and READERS is the table of them.

Content decides the format; a file's suffix breaks ties, and decides who reports what is wrong with
content that nobody knows. A reader module has two functions::

    sniff(head: bytes) -> bool
    read(data: bytes, source: Source) -> tuple[Recording, ...]

and raises nothing but ReadError. Nothing else in Backstride opens recordings.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from backstride.errors import ReadError, UnknownFormatError, printable
from backstride.readers import limits
from backstride.recording import Notice, Recording, Source

if TYPE_CHECKING:
    from backstride.readers.archive import Unpacked
    from backstride.readers.column_map import ColumnMap

__all__ = ["READERS", "Reader", "read", "read_many", "recordings_in"]


@dataclass(frozen=True)
class Reader:
    """One format: who knows it, who reads it, and how its files are usually called."""

    format: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Callable[[bytes, Source], tuple[Recording, ...]]


def _reader(format_name: str, module: str, *suffixes: str) -> Reader:
    """A format whose module is imported when its first file comes."""

    def sniff(head: bytes) -> bool:
        return bool(import_module(f"backstride.readers.{module}").sniff(head))

    def read_all(data: bytes, source: Source) -> tuple[Recording, ...]:
        recordings: tuple[Recording, ...]
        recordings = import_module(f"backstride.readers.{module}").read(data, source)
        return recordings

    return Reader(format_name, suffixes, sniff, read_all)


READERS: tuple[Reader, ...] = (
    _reader("fit", "fit", ".fit"),
    _reader("tcx", "tcx", ".tcx"),
    _reader("gpx", "gpx", ".gpx"),
    _reader("csv", "csv_table", ".csv", ".tsv"),
    _reader("bvh", "bvh", ".bvh"),
    _reader("trc", "trc", ".trc"),
    _reader("imu", "imu_log", ".txt"),
)
_SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)
#: A suffix that says nothing of the content.
_ANY_TEXT = ".txt"
_FILE_SUFFIXES = (*_SUFFIXES, *(f"{suffix}.gz" for suffix in _SUFFIXES), ".zip")

#: Beginnings of what people give by mistake.
_STRANGERS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a database"),
    (b"PK", "an archive inside an archive of one file"),
    (b"\x1f\x8b", "packed twice"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)
_FORMATS_HINT = (
    "Backstride reads FIT, TCX, GPX and CSV, BVH and TRC motion capture, and inertial logs, "
    "also in .gz and .zip"
)


def read(path: str | Path, *, columns: "ColumnMap | None" = None) -> Recording:
    """The one recording in a file, or in an archive of one.

    Parameters
    ----------
    columns
        What the columns of a CSV table are; other formats have no use for it.

    Raises
    ------
    ReadError
        The file cannot be read, or does not hold exactly one recording.
    """
    two = list(islice(read_many(path, columns=columns), 2))
    if isinstance(two[0], ReadError):
        raise two[0]
    if len(two) > 1:
        raise ReadError(path, None, "holds several recordings", "use read_many, or unpack it")
    return two[0]


def read_many(
    path: str | Path, *, columns: "ColumnMap | None" = None
) -> Iterator[Recording | ReadError]:
    """Every recording in a file or archive, one at a time; what cannot be read, as its error.

    Raises nothing for any file: one bad member stops nothing. Memory holds one member at a time.
    There is always at least one outcome. ``Source.path`` of a member is ``archive.zip!member``,
    ``Source.sha256`` that of its unpacked bytes.
    """
    try:
        with _opened(path) as file:
            yield from _outcomes(file, printable(path), columns)
    except ReadError as error:
        yield error


def recordings_in(folder: str | Path, *, columns: "ColumnMap | None" = None) -> list[Path]:
    """Files under a folder that could be recordings, by their suffix, sorted.

    Hidden files and folders, and those that systems leave behind, are skipped; so are tables and
    texts of something else, such as the index of an export.

    Raises
    ------
    ReadError
        There is no such folder.
    """
    from backstride.readers.archive import is_junk

    root = Path(folder)
    if not root.is_dir():
        raise ReadError(folder, None, "is not a folder", "give a folder of recordings, or a file")
    found = []
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not is_junk(name)]
        found += [Path(place, name) for name in names if not is_junk(name)]
    return sorted(
        path
        for path in found
        if path.name.lower().endswith(_FILE_SUFFIXES) and not _is_other_table(path, columns)
    )


def _is_other_table(path: Path, columns: "ColumnMap | None") -> bool:
    """Whether a file is a table or text that can be read and is no recording."""
    if not _is_table(path.name):
        return False
    try:
        with _opened(path) as file:
            head = _bytes_of(file, str(path), limits.HEAD_BYTES)
    except ReadError:
        return False
    if not head:  # what is meant as a table and empty is a fault to be shown
        return path.name.lower().endswith(_ANY_TEXT)
    return not _is_recorded_table(head, columns)


def _opened(path: str | Path) -> BinaryIO:
    """The file, opened; an ordinary file and nothing else, for a pipe could be waited on for ever.

    Raises
    ------
    ReadError
        There is no such file, or it may not be read.
    """
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise ReadError(path, None, "is a folder", "give its files, or `analyze` the folder")
        if not stat.S_ISREG(mode):
            raise ReadError(path, None, "is not an ordinary file", "copy it to a file first")
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise ReadError(path, None, "no such file", "check the name and the folder") from error
    except PermissionError as error:
        hint = "give yourself the right to read it"
        raise ReadError(path, None, "may not be read", hint) from error
    except (OSError, ValueError) as error:
        reason = f"cannot be opened: {getattr(error, 'strerror', None) or error}"
        raise ReadError(path, None, reason, "check the name and the disk") from error


def _outcomes(
    file: BinaryIO, path: str, columns: "ColumnMap | None"
) -> Iterator[Recording | ReadError]:
    """What is in an open file.

    Raises
    ------
    ReadError
        Nothing could be read.
    """
    from backstride.readers import archive

    head = _bytes_of(file, path, limits.HEAD_BYTES)
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    if not head:
        raise UnknownFormatError(path, 0, "is empty", "copy it from the watch again")
    if archive.is_zip(head):
        yield from _members(archive.unzip(file, size, path, _FILE_SUFFIXES), path, columns)
    elif archive.is_gzip(head):
        unpacked = archive.gunzip(file, size, path)
        yield from _recordings(unpacked, path, columns)
    elif size > limits.MAX_FILE_BYTES:
        raise limits.refuse(path, None, f"is larger than {limits.MAX_FILE_BYTES:,} bytes")
    else:
        data = _bytes_of(file, path, limits.MAX_FILE_BYTES)
        yield from _recordings(archive.Unpacked(path, path, data), path, columns)


def _bytes_of(file: BinaryIO, path: str, most: int) -> bytes:
    try:
        return file.read(most)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise ReadError(path, None, reason, "check the disk it is on") from error


def _members(
    members: "Iterator[Unpacked | ReadError]", path: str, columns: "ColumnMap | None"
) -> Iterator[Recording | ReadError]:
    """Recordings of an archive, and what of it could not be read."""
    count = 0
    for member in members:
        if isinstance(member, ReadError):
            count += 1
            yield member
        elif _is_wanted(member, columns):
            count += 1
            try:
                yield from _recordings(member, member.path, columns)
            except ReadError as error:
                yield error
    if not count:
        raise UnknownFormatError(path, None, "an archive without recordings", _FORMATS_HINT)


def _is_wanted(member: "Unpacked", columns: "ColumnMap | None") -> bool:
    """Whether a member is meant as a recording; exports are full of tables of other things."""
    return not _is_table(member.member.removesuffix(".gz")) or _is_recorded_table(
        member.data[: limits.HEAD_BYTES], columns
    )


def _is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".tsv", _ANY_TEXT))


def _is_recorded_table(head: bytes, columns: "ColumnMap | None") -> bool:
    from backstride.readers import csv_table

    known = csv_table.sniff(head) if columns is None else csv_table.fits(head, columns)
    return known or any(reader.sniff(head) for reader in READERS if reader.format != "csv")


def _recordings(
    unpacked: "Unpacked", path: str, columns: "ColumnMap | None"
) -> tuple[Recording, ...]:
    """Recordings of one file that is no archive.

    Raises
    ------
    ReadError
        Nothing could be read.
    """
    data = unpacked.data
    if not data:
        raise UnknownFormatError(path, 0, "is empty", "copy it from the watch again")
    reader = _reader_for(data[: limits.HEAD_BYTES], unpacked.member, path)
    if columns is not None and reader.format == "csv":
        from backstride.readers import csv_table

        reader = replace(reader, read=partial(csv_table.read, columns=columns))
    source = Source(path, hashlib.sha256(data).hexdigest(), reader.format)
    recordings = reader.read(data, source)
    return tuple(_with_context(recording, unpacked) for recording in recordings)


def _with_context(recording: Recording, unpacked: "Unpacked") -> Recording:
    """The recording with what its archive knows of it: a title, a loss."""
    title = unpacked.titles.of(unpacked.member, recording.start_utc) or recording.source.title
    notices: tuple[Notice, ...] = (*unpacked.notices, *recording.notices)
    return replace(recording, source=replace(recording.source, title=title), notices=notices)


def _reader_for(head: bytes, name: str, path: str) -> Reader:
    """Who reads content that begins so; the suffix of `name` breaks ties.

    Raises
    ------
    UnknownFormatError
        Nobody does.
    """
    plain = name.lower().removesuffix(".gz")
    by_suffix = [reader for reader in READERS if plain.endswith(reader.suffixes)]
    by_content = [reader for reader in READERS if reader.sniff(head)]
    agreed = [reader for reader in by_content if reader in by_suffix]
    for reader in (*agreed, *by_content):
        return reader
    stranger = next((what for magic, what in _STRANGERS if head.startswith(magic)), None)
    if by_suffix and stranger is None and not plain.endswith(_ANY_TEXT):
        return by_suffix[0]
    is_text = b"\0" not in head and stranger is None
    what = stranger or ("a text that is no recording" if is_text else "content of no known format")
    raise UnknownFormatError(path, 0, f"is {what}", _FORMATS_HINT)
