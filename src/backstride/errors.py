"""Every exception that Backstride raises on purpose, in one tree.

::

    BackstrideError             something a person can act on; carries `hint`: what to do
    ├── ReadError               a file could not be read; carries `path`, `offset`, `reason`
    │   ├── UnknownFormatError  no reader knows this content
    │   ├── DamagedFileError    the format is known, but nothing in it is sound
    │   └── RefusedFileError    reading on would cost too much memory, time or trust
    ├── RequestError            a range, option or column map that does not fit the recording
    ├── AthleteError            an athlete file with an unknown key or an impossible value
    ├── EvidenceError           a constant, source or claim that breaks the rules of evidence
    └── MissingExtraError       an optional library is needed; names the extra to install

The tree drawn here is compared with the real one in tests/contracts.
"""

from pathlib import Path


def printable(path: str | Path) -> str:
    """A path as it can be shown and written anywhere: no control characters, no broken text."""
    text = str(path).encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


class BackstrideError(Exception):
    """Base of the tree: one line that says what is wrong, and `hint`, what to do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class ReadError(BackstrideError):
    """A file that could not be read.

    Parameters
    ----------
    path
        The file, or ``archive.zip!member`` for a member of an archive.
    offset
        Byte at which reading stopped, or None where no place can be named.
    reason
        What was wrong, in words that a runner understands.
    hint
        What to do about it.
    """

    def __init__(self, path: str | Path, offset: int | None, reason: str, hint: str) -> None:
        place = "" if offset is None else f" (at byte {offset:,})"
        super().__init__(f"{printable(path)}: {reason}{place}", hint=hint)
        self.path = printable(path)
        self.offset = offset
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from all four arguments, so that it crosses to another process whole."""
        return type(self), (self.path, self.offset, self.reason, self.hint)


class UnknownFormatError(ReadError):
    """No reader knows this content."""


class DamagedFileError(ReadError):
    """The format is known, but nothing in the file is sound."""


class RefusedFileError(ReadError):
    """Reading on would cost more memory, time or trust than a recording can be worth."""


class RequestError(BackstrideError):
    """A range, option or column map that does not fit the recording."""


class AthleteError(BackstrideError):
    """An athlete file with an unknown key or an impossible value."""


class EvidenceError(BackstrideError):
    """A constant, source or claim that breaks the rules of evidence."""


class MissingExtraError(BackstrideError):
    """An optional library is needed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the optional part '{extra}'",
            hint=f"install it with: pip install 'backstride[{extra}]'",
        )
        self.extra = extra
        self.purpose = purpose

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from both arguments, so that it crosses to another process whole."""
        return type(self), (self.extra, self.purpose)
