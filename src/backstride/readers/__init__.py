"""Bytes -> Recording: one format, one file, and READERS is the table of them.

Content decides the format; a file's suffix breaks ties, and decides who reports what is wrong with
content that nobody knows. A reader module has two functions::

    sniff(head: bytes) -> bool
    read(data: bytes, source: Source) -> tuple[Recording, ...]

and raises nothing but ReadError; a format whose files lack what a person can tell takes `told` too.
Nothing else in Backstride opens recordings.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import groupby, islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

from backstride.errors import ReadError, UnknownFormatError, printable
from backstride.readers import limits, together
from backstride.readers.together import Together
from backstride.readers.told import NOTHING_TOLD, Told
from backstride.recording import Notice, Recording, Source

if TYPE_CHECKING:
    from backstride.readers.archive import Unpacked

__all__ = ["READERS", "Reader", "Told", "read", "read_many", "recordings_in"]


class Reading(Protocol):
    """Content, where it is from and what was told of it, to recordings."""

    def __call__(
        self, data: bytes, source: Source, told: Told = ..., /
    ) -> tuple[Recording, ...]: ...  # pragma: no cover - a type only


@dataclass(frozen=True)
class Reader:
    """One format: who knows it, who reads it, and how its files are usually called."""

    format: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Reading


def _reader(format_name: str, module: str, *suffixes: str, asks: bool = False) -> Reader:
    """A format whose module is imported when its first file comes; `asks` if it takes `told`."""

    def sniff(head: bytes) -> bool:
        return bool(import_module(f"backstride.readers.{module}").sniff(head))

    def read_all(data: bytes, source: Source, told: Told = NOTHING_TOLD) -> tuple[Recording, ...]:
        read_one = import_module(f"backstride.readers.{module}").read
        recordings: tuple[Recording, ...]
        recordings = read_one(data, source, told) if asks else read_one(data, source)
        return recordings

    return Reader(format_name, suffixes, sniff, read_all)


READERS: tuple[Reader, ...] = (
    _reader("fit", "fit", ".fit"),
    _reader("tcx", "tcx", ".tcx"),
    _reader("gpx", "gpx", ".gpx"),
    _reader("csv", "csv_table", ".csv", ".tsv", asks=True),
    _reader("bvh", "bvh", ".bvh"),
    _reader("trc", "trc", ".trc"),
    _reader("c3d", "c3d", ".c3d", asks=True),
    _reader("mot", "mot", ".mot", ".sto"),
    _reader("imu", "imu_log", ".txt"),
    _reader("keypoints", "keypoints", together.FRAME_SUFFIX, asks=True),
)
_SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)
#: Suffixes that say little of the content, and of them those that say nothing.
_ANY_TABLE = (".csv", ".tsv", ".txt", ".json")
_ANY_TEXT = (".txt", ".json")
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
    "Backstride reads FIT, TCX, GPX and CSV, motion capture (BVH, TRC, C3D, MOT), keypoints in "
    "JSON, and inertial logs, also in .gz and .zip"
)


def read(path: str | Path, told: Told = NOTHING_TOLD) -> Recording:
    """The one recording in a file, in an archive of one, or in a folder of frames of one clip.

    Parameters
    ----------
    told
        What a person says of the file that it does not say itself.

    Raises
    ------
    ReadError
        The file cannot be read, or does not hold exactly one recording.
    """
    two = list(islice(read_many(path, told), 2))
    if isinstance(two[0], ReadError):
        raise two[0]
    if len(two) > 1:
        raise ReadError(path, None, "holds several recordings", "use read_many, or unpack it")
    return two[0]


def read_many(path: str | Path, told: Told = NOTHING_TOLD) -> Iterator[Recording | ReadError]:
    """Every recording in a file or archive, one at a time; what cannot be read, as its error.

    Raises nothing for any file: one bad member stops nothing. Memory holds one member at a time.
    There is always at least one outcome. ``Source.path`` of a member is ``archive.zip!member``,
    ``Source.sha256`` that of its unpacked bytes. Files of a folder, or of one in an archive, that
    are one recording together (frames of a clip, tables of one phone) are given as one.
    """
    try:
        if groups := _together_in(path):
            yield from _put_together(groups, _content_of_file, told)
        else:
            with _opened(path) as file:
                yield from _outcomes(file, printable(path), told)
    except ReadError as error:
        yield error


def recordings_in(folder: str | Path, told: Told = NOTHING_TOLD) -> list[Path]:
    """Files under a folder that could be recordings, by their suffix, sorted.

    Hidden files and folders, and those that systems leave behind, are skipped; so are tables and
    texts of something else, such as the index of an export. In place of files that are one
    recording together their folder is given.

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
        groups = _together_in(place)
        parts = {name for group in groups for name in group.files}
        files = [Path(place, name) for name in names if not is_junk(name)]
        found += [path for path in files if str(path) not in parts]
        found += [Path(place)] if groups else []
    return sorted(
        path
        for path in found
        if path.is_dir()
        or (path.name.lower().endswith(_FILE_SUFFIXES) and not _is_other_table(path, told))
    )


def _is_other_table(path: Path, told: Told) -> bool:
    """Whether a file is a table or text that can be read and is no recording."""
    if not path.name.lower().endswith(_ANY_TABLE):
        return False
    try:
        with _opened(path) as file:
            head = _bytes_of(file, str(path), limits.HEAD_BYTES)
    except ReadError:
        return False
    if not head:  # what is meant as a table and empty is a fault to be shown
        return path.name.lower().endswith(_ANY_TEXT)
    return not _is_recorded_table(head, told)


def _together_in(folder: str | Path) -> list[Together]:
    """Files of this folder that are one recording together; none where it is no folder."""
    from backstride.readers.archive import is_junk

    try:
        names = [e.path for e in os.scandir(folder) if e.is_file() and not is_junk(e.name)]
    except (OSError, ValueError):
        return []
    return list(together.in_folder(names, _head_of_file))


def _head_of_file(path: str) -> bytes:
    """How a file begins; nothing where it cannot be read."""
    try:
        with _opened(path) as file:
            return _bytes_of(file, path, limits.HEAD_BYTES)
    except ReadError:
        return b""


def _content_of_file(path: str) -> bytes:
    with _opened(path) as file:
        return _bytes_of(file, path, limits.MAX_FILE_BYTES)


def _put_together(
    groups: Iterable[Together], content: Callable[[str], bytes], told: Told
) -> Iterator[Recording | ReadError]:
    for group in groups:
        try:
            yield replace(group, name=printable(group.name)).read(content, told)
        except ReadError as error:
            yield error


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


def _outcomes(file: BinaryIO, path: str, told: Told) -> Iterator[Recording | ReadError]:
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
        wanted = partial(_is_wanted, told=told)
        yield from _members(archive.unzip(file, size, path, _FILE_SUFFIXES, wanted), path, told)
    elif archive.is_gzip(head):
        unpacked = archive.gunzip(file, size, path)
        yield from _recordings(unpacked, path, told)
    elif size > limits.MAX_FILE_BYTES:
        raise limits.refuse(path, None, f"is larger than {limits.MAX_FILE_BYTES:,} bytes")
    else:
        data = _bytes_of(file, path, limits.MAX_FILE_BYTES)
        yield from _recordings(archive.Unpacked(path, path, data), path, told)


def _bytes_of(file: BinaryIO, path: str, most: int) -> bytes:
    try:
        return file.read(most)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise ReadError(path, None, reason, "check the disk it is on") from error


def _members(
    members: "Iterator[Unpacked | ReadError]", path: str, told: Told
) -> Iterator[Recording | ReadError]:
    """Recordings of an archive, and what of it could not be read.

    Members come folder by folder; what is one recording together is given at the end of its folder.
    """
    nothing = True
    for outcome in _folder_by_folder(members, told):
        nothing = False
        yield outcome
    if nothing:
        raise UnknownFormatError(path, None, "an archive without recordings", _FORMATS_HINT)


def _folder_by_folder(
    members: "Iterator[Unpacked | ReadError]", told: Told
) -> Iterator[Recording | ReadError]:
    for _, group in groupby(members, key=_folder_of):
        parts: dict[str, Unpacked] = {}
        for member in group:
            if isinstance(member, ReadError):
                yield member
            elif together.may_be_part(member.path, member.data[: limits.HEAD_BYTES]):
                parts[member.path] = member
            else:
                yield from _recordings_or_error(member, member.path, told)
        yield from _parts(parts, told)


def _folder_of(member: "Unpacked | ReadError") -> tuple[str, PurePosixPath]:
    """The archive and the folder in it that a member is in."""
    archive, _, name = member.path.rpartition("!")
    return archive, PurePosixPath(name).parent


def _parts(parts: "Mapping[str, Unpacked]", told: Told) -> Iterator[Recording | ReadError]:
    """Members of one folder: those that are one recording together, and the others each."""
    groups = list(together.in_folder(parts, lambda name: parts[name].data[: limits.HEAD_BYTES]))
    yield from _put_together(groups, lambda name: parts[name].data, told)
    joined = {name for group in groups for name in group.files}
    for name, member in parts.items():
        if name not in joined and _is_recording(name, member.data[: limits.HEAD_BYTES], told):
            yield from _recordings_or_error(member, name, told)


def _recordings_or_error(
    member: "Unpacked", path: str, told: Told
) -> Iterator[Recording | ReadError]:
    try:
        yield from _recordings(member, path, told)
    except ReadError as error:
        yield error


def _is_wanted(name: str, head: bytes, *, told: Told) -> bool:
    """Whether a member is meant as a recording or as a part of one."""
    return _is_recording(name, head, told) or together.may_be_part(name, head)


def _is_recording(name: str, head: bytes, told: Told) -> bool:
    """Whether a member is meant as a recording; exports are full of tables of other things."""
    doubtful = name.lower().removesuffix(".gz").endswith(_ANY_TABLE)
    return not doubtful or _is_recorded_table(head, told)


def _is_recorded_table(head: bytes, told: Told) -> bool:
    from backstride.readers import csv_table

    known = csv_table.sniff(head) if told.columns is None else csv_table.fits(head, told.columns)
    return known or any(reader.sniff(head) for reader in READERS if reader.format != "csv")


def _recordings(unpacked: "Unpacked", path: str, told: Told) -> tuple[Recording, ...]:
    """Recordings of one file that is no archive.

    Raises
    ------
    ReadError
        Nothing could be read.
    """
    data = unpacked.data
    if not data:
        raise UnknownFormatError(path, 0, "is empty", "copy it from the watch again")
    head = data[: limits.HEAD_BYTES]
    reader = _reader_told(head, told) or _reader_for(head, unpacked.member, path)
    source = Source(path, hashlib.sha256(data).hexdigest(), reader.format)
    recordings = reader.read(data, source, told)
    return tuple(_with_context(recording, unpacked) for recording in recordings)


def _with_context(recording: Recording, unpacked: "Unpacked") -> Recording:
    """The recording with what its archive knows of it: a title, a loss."""
    title = unpacked.titles.of(unpacked.member, recording.start_utc) or recording.source.title
    notices: tuple[Notice, ...] = (*unpacked.notices, *recording.notices)
    return replace(recording, source=replace(recording.source, title=title), notices=notices)


def _reader_told(head: bytes, told: Told) -> Reader | None:
    """The reader of tables, for one whose columns a person has named; None for any other file."""
    from backstride.readers import csv_table

    if told.columns is None or not csv_table.fits(head, told.columns):
        return None
    return next(reader for reader in READERS if reader.format == "csv")


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
