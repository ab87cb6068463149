"""Archives: gzip, zip and zips of zips, unpacked in memory, one member at a time.

Nothing is extracted to disk, so the names of members are only names: absolute paths and ``..`` lead
nowhere. (A large zip inside a zip waits in a file without a name.) What an archive may unpack to
is bounded per member, per archive and by its ratio to what it was packed in.
"""

import csv
import gzip
import io
import json
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits
from backstride.readers.samples import one_line
from backstride.recording import Notice

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
#: Small, for what a piece held is lost where the archive is damaged in it.
_PIECE_BYTES = 4096
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
#: What the standard library raises for damaged archives.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
)
_STRAVA_INDEX = "activities.csv"
_GARMIN_INDEX = "summarizedActivities.json"
#: A FIT file's own start may differ from Garmin's index of titles by so much.
_SAME_START_S = 2


_Source = BinaryIO | tempfile.SpooledTemporaryFile[bytes]
_Sink = io.BytesIO | tempfile.SpooledTemporaryFile[bytes]


@dataclass(frozen=True)
class Titles:
    """Titles that an export gives its activities: by member, or by start in seconds since 1970."""

    by_member: Mapping[str, str] = field(default_factory=dict)
    by_start: Mapping[int, str] = field(default_factory=dict)

    def of(self, member: str, start_utc: datetime | None) -> str:
        """The title of a member whose recording starts then; "" where there is none."""
        title = self.by_member.get(member, "")
        if title or start_utc is None or not self.by_start:
            return title
        second = round(start_utc.timestamp())
        near = sorted(range(-_SAME_START_S, _SAME_START_S + 1), key=abs)
        return next((self.by_start[second + d] for d in near if second + d in self.by_start), "")


@dataclass(frozen=True)
class Unpacked:
    """A file out of an archive; `notices` where not all of it came out."""

    path: str
    member: str
    data: bytes
    titles: Titles = field(default_factory=Titles)
    notices: tuple[Notice, ...] = ()


class _Budget:
    """What one archive, with all archives in it, may still unpack to."""

    def __init__(self, path: str, packed_bytes: int) -> None:
        free = 16 * limits.FREE_UNPACKED_BYTES
        self.packed_bytes = packed_bytes
        self._path = path
        self._left = min(limits.MAX_UNPACKED_BYTES, max(free, limits.MAX_RATIO * packed_bytes))

    def spend(self, unpacked_bytes: int) -> None:
        self._left -= unpacked_bytes
        if self._left < 0:
            raise limits.refuse(self._path, None, "unpacks to far more than an export can hold")

    @property
    def is_spent(self) -> bool:
        return self._left < 0


def is_gzip(head: bytes) -> bool:
    """Whether a file that begins so is gzip."""
    return head.startswith(GZIP_MAGIC)


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip."""
    return head.startswith(ZIP_MAGICS)


def gunzip(packed: BinaryIO, packed_bytes: int, path: str) -> Unpacked:
    """The one file in a gzip.

    Raises
    ------
    DamagedFileError
        Nothing could be unpacked.
    RefusedFileError
        It unpacks to more than the limits allow.
    """
    data, problem = _gunzip(packed, packed_bytes, path, _Budget(path, packed_bytes))
    return Unpacked(path, path.removesuffix(".gz"), data, notices=_loss(problem, data))


Wanted = Callable[[str, bytes], bool]


def unzip(
    packed: BinaryIO, packed_bytes: int, path: str, suffixes: Sequence[str], wanted: Wanted
) -> Iterator[Unpacked | ReadError]:
    """Members that could be recordings, by their suffix, one at a time; gzip in them is undone.

    A member that cannot be unpacked is given as its error, and the next one follows.

    Parameters
    ----------
    wanted
        Whether a member of that name that begins so is meant as a recording; of others no more
        than the beginning is unpacked.
    """
    choice = _Choice(tuple(suffixes), wanted)
    return _unzip(packed, path, choice, 1, _Budget(path, packed_bytes), Titles())


@dataclass(frozen=True)
class _Choice:
    """Which members could be recordings."""

    suffixes: tuple[str, ...]
    wanted: Wanted

    def by_name(self, name: str) -> bool:
        """Whether a member's name allows it."""
        plain = name.lower()
        known = plain.endswith(self.suffixes) and PurePosixPath(plain).name != _STRAVA_INDEX
        return known and not is_junk(plain)

    def by_content(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
        """Whether its beginning allows it; what cannot be unpacked is shown as a fault."""
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            return True
        try:
            with archive.open(info) as stream:
                head = stream.read(limits.HEAD_BYTES)
            if is_gzip(head):
                head = zlib.decompressobj(wbits=31).decompress(head, limits.HEAD_BYTES)
        except _DAMAGE:
            return True
        return self.wanted(info.filename, head)


def _unzip(
    packed: _Source,
    path: str,
    choice: _Choice,
    depth: int,
    budget: _Budget,
    titles: Titles,
) -> Iterator[Unpacked | ReadError]:
    try:
        archive = zipfile.ZipFile(_Guarded(packed, path))
    except ReadError as error:
        yield error
        return
    except _DAMAGE as error:
        yield DamagedFileError(path, None, f"damaged zip: {one_line(str(error))}", "copy it again")
        return
    with archive:
        members = archive.infolist()
        if len(members) > limits.MAX_ZIP_MEMBERS:
            yield limits.refuse(path, None, f"holds more than {limits.MAX_ZIP_MEMBERS:,} files")
            return
        titles = _titles(archive, members, path, budget) or titles
        # Folder by folder, so that what belongs together follows each other.
        for info in sorted(members, key=lambda info: PurePosixPath(info.filename).parent):
            if budget.is_spent or not choice.by_name(info.filename):
                continue
            try:
                if not info.filename.lower().endswith(".zip"):
                    if choice.by_content(archive, info):
                        yield replace(_member(archive, info, path, budget), titles=titles)
                elif depth < limits.MAX_ZIP_DEPTH:
                    with tempfile.SpooledTemporaryFile(limits.SPOOLED_BYTES) as inner:
                        place = _unpack(archive, info, path, budget, inner)[0]
                        yield from _unzip(inner, place, choice, depth + 1, budget, titles)
                else:
                    place = f"{path}!{one_line(info.filename)}"
                    yield limits.refuse(place, None, "archives are nested too deep")
            except ReadError as error:
                yield error


def is_junk(name: str) -> bool:
    """Whether a path is hidden, a folder, or what systems leave behind."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return name.endswith("/") or any(
        part in ("__MACOSX", "@eaDir", "$RECYCLE.BIN")
        or (part.startswith(".") and part not in (".", ".."))
        for part in parts
    )


class _Guarded(io.BufferedIOBase):
    """A file that gives no more at once than an honest directory of members takes."""

    def __init__(self, file: _Source, path: str) -> None:
        self._file = file
        self._path = path

    def read(self, size: int | None = -1, /) -> bytes:
        most = limits.MAX_ZIP_DIRECTORY_BYTES + 1
        data = self._file.read(most if size is None or size < 0 else min(size, most))
        if len(data) > limits.MAX_ZIP_DIRECTORY_BYTES:
            raise limits.refuse(self._path, None, "has a far too long list of files")
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: _Budget
) -> Unpacked:
    """Unpack one member, and the gzip that it may be.

    Raises
    ------
    ReadError
        Encrypted, damaged, or beyond the limits.
    """
    into = io.BytesIO()
    place, problem = _unpack(archive, info, path, budget, into)
    data = into.getvalue()
    notices = _loss(problem, data)
    if is_gzip(data):
        data, problem = _gunzip(io.BytesIO(data), len(data), place, budget)
        notices += _loss(problem, data)
    return Unpacked(place, info.filename, data, notices=notices)


def _unpack(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    path: str,
    budget: _Budget,
    into: _Sink,
) -> tuple[str, str]:
    """Unpack one member; where it is, and why not all of it came out ("" for all).

    Raises
    ------
    ReadError
        Encrypted, damaged, or beyond the limits.
    """
    place = f"{path}!{one_line(info.filename)}"
    if info.flag_bits & _ENCRYPTED:
        raise ReadError(place, None, "is encrypted", "unpack the archive with its password first")
    if info.compress_type not in _METHODS:
        hint = "unpack the archive, and pack it again as an ordinary zip"
        raise ReadError(place, None, "is packed in an unusual way", hint)
    packed_bytes = min(info.compress_size, budget.packed_bytes)
    try:
        with archive.open(info) as stream:
            member = cast("zipfile.ZipExtFile", stream)  # what it is, beyond its declared type
            problem = _drain(member, packed_bytes, place, budget, into)
    except _DAMAGE as error:
        problem = one_line(str(error))
    if problem and not into.tell():
        raise DamagedFileError(place, None, f"damaged zip: {problem}", "copy or export it again")
    return place, problem


def _gunzip(packed: BinaryIO, packed_bytes: int, path: str, budget: _Budget) -> tuple[bytes, str]:
    """What a gzip holds, and why not all of it came out ("" for all).

    Raises
    ------
    ReadError
        Nothing came out, or more than the limits allow.
    """
    into = io.BytesIO()
    with gzip.GzipFile(fileobj=packed) as stream:
        problem = _drain(stream, packed_bytes, path, budget, into)
    if not into.tell():
        reason = f"damaged gzip: {problem}" if problem else "an empty file in a gzip"
        raise DamagedFileError(path, None, reason, "copy or export it again")
    return into.getvalue(), problem


def _drain(
    stream: gzip.GzipFile | zipfile.ZipExtFile,
    packed_bytes: int,
    path: str,
    budget: _Budget,
    into: _Sink,
) -> str:
    """Unpack all that can be; why it was not more ("" for all)."""
    is_archive = path.lower().endswith(".zip")
    most = limits.MAX_INNER_ZIP_BYTES if is_archive else limits.MAX_FILE_BYTES
    size = 0
    while True:
        try:
            piece = stream.read1(_PIECE_BYTES)
            into.write(piece)
        except _DAMAGE as error:
            return one_line(str(error))
        if not piece:
            return ""
        size += len(piece)
        budget.spend(len(piece))
        if size > most:
            raise limits.refuse(path, None, "unpacks to more than any recording takes")
        if size > max(limits.FREE_UNPACKED_BYTES, limits.MAX_RATIO * packed_bytes):
            reason = f"unpacks to more than {limits.MAX_RATIO} times its size"
            raise limits.refuse(path, None, reason)


def _loss(problem: str, data: bytes) -> tuple[Notice, ...]:
    if not problem:
        return ()
    message = f"the archive is damaged after {len(data):,} unpacked bytes: {problem}"
    return (Notice("damaged", message),)


def _titles(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], path: str, budget: _Budget
) -> Titles | None:
    """Titles from the indices of a Strava or Garmin export, if this is one."""
    names = {info.filename for info in members}
    by_member: dict[str, str] = {}
    by_start: dict[int, str] = {}
    for info in members:
        name = PurePosixPath(info.filename).name
        if not (name == _STRAVA_INDEX or name.endswith(_GARMIN_INDEX)) or is_junk(info.filename):
            continue
        if info.file_size > limits.MAX_INDEX_BYTES:
            continue
        try:
            text = _member(archive, info, path, budget).data.decode("utf-8-sig", errors="replace")
        except ReadError:
            continue  # recordings without titles are better than none
        if name == _STRAVA_INDEX:
            by_member |= _strava_titles(text, info.filename.removesuffix(name), names)
        else:
            by_start |= _garmin_titles(text)
    return Titles(by_member, by_start) if by_member or by_start else None


def _strava_titles(text: str, folder: str, names: set[str]) -> dict[str, str]:
    """Member -> activity name. The headers come in the athlete's language, in a fixed order."""
    titles = {}
    try:
        for cells in csv.reader(io.StringIO(text, newline="")):
            files = [folder + cell for cell in cells[3:] if folder + cell in names]
            if files and len(cells) > 2:
                titles[files[0]] = one_line(cells[2])
    except csv.Error:
        pass  # the titles up to here are sound
    return titles


def _garmin_titles(text: str) -> dict[int, str]:
    """Start in seconds since 1970 -> activity name."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    titles = {}
    for export in document if isinstance(document, list) else []:
        activities = export.get("summarizedActivitiesExport") if isinstance(export, dict) else []
        for activity in activities if isinstance(activities, list) else []:
            if not isinstance(activity, dict):
                continue
            name, start = activity.get("name"), activity.get("startTimeGmt")
            if isinstance(name, str) and isinstance(start, int | float) and abs(start) < 1e15:
                titles[round(start / 1000)] = one_line(name)
    return titles
