"""What a reader may spend on one file. Beyond any of these it is refused, not read on.

An honest recording is far below each of them: ten hours at one sample a second are 36,000 rows,
2 MB of FIT or 25 MB of TCX.
"""

from pathlib import Path

from backstride.errors import RefusedFileError

MEBIBYTE = 1024 * 1024

#: Of a recording's own bytes, unpacked.
MAX_FILE_BYTES = 256 * MEBIBYTE
#: As much of the beginning as a format is known by.
HEAD_BYTES = 64 * 1024

#: Rows times columns of one file; 8 bytes each.
MAX_CELLS = 10_000_000
#: Different names of values in one file; the rest is left out with a notice.
MAX_COLUMNS = 256
#: Characters of text values in one file (labels, sensor states).
MAX_TEXT_CHARS = 8_000_000
#: Characters of one title, label or note that are kept.
MAX_LABEL_CHARS = 500
#: A sample further from the middle one than this has a broken clock.
MAX_SPAN_S = 14 * 86400.0
#: Recordings in one file that is no archive.
MAX_RECORDINGS = 5_000
#: Laps and segments of one file.
MAX_PARTS = 100_000

MAX_XML_DEPTH = 64
MAX_XML_ELEMENTS = 10_000_000
MAX_XML_NAMES = 4096
#: Of one value, and of all attributes of one element.
MAX_XML_TEXT_CHARS = 64 * 1024
#: Of input without one complete element, comment or piece of text.
MAX_XML_TOKEN_BYTES = MEBIBYTE
#: How often reading goes on behind damage.
MAX_XML_RESUMES = 100

#: Zips inside a zip: an export's archive of archives, no deeper.
MAX_ZIP_DEPTH = 2
MAX_ZIP_MEMBERS = 50_000
MAX_ZIP_DIRECTORY_BYTES = 8 * MEBIBYTE
#: Of a zip inside a zip; what is beyond `SPOOLED_BYTES` of it waits on disk.
MAX_INNER_ZIP_BYTES = 4 * 1024 * MEBIBYTE
SPOOLED_BYTES = 32 * MEBIBYTE
#: Of all members together.
MAX_UNPACKED_BYTES = 32 * 1024 * MEBIBYTE
#: Unpacked over packed, once more than `FREE_UNPACKED_BYTES` came out; XML of a device reaches 60.
MAX_RATIO = 200
FREE_UNPACKED_BYTES = 4 * MEBIBYTE
#: Of an index of titles inside an export.
MAX_INDEX_BYTES = 16 * MEBIBYTE


def refuse(path: str | Path, offset: int | None, reason: str) -> RefusedFileError:
    """The error for a file that goes beyond a limit."""
    return RefusedFileError(
        path, offset, reason, "this is not what a watch writes; export the activity again"
    )
