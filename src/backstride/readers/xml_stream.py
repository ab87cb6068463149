"""XML from strangers, streamed: no DOCTYPE, no entities, no depth, no giant; local names only.

The standard library's expat parses piece by piece, so memory is bounded by what a listener keeps.
Where the XML is damaged, reading goes on at the next point, in the elements open at that place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from backstride.errors import RefusedFileError
from backstride.readers import limits
from backstride.recording import Notice

_PIECE_BYTES = 64 * 1024
_IS_LAST = True
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Listener(Protocol):
    """What a format takes from the stream.

    `containers` are the elements whose beginning and end it wants; of all others it gets those
    without children, as text.
    """

    containers: frozenset[str]

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        """A container begins."""

    def leaf(self, name: str, parent: str, text: str) -> None:
        """An element without children ended."""

    def closed(self, name: str) -> None:
        """A container ends."""

    def interrupted(self) -> None:
        """What is half read is lost."""


@dataclass(frozen=True)
class Damage:
    """A stretch of bytes that could not be read."""

    start: int
    stop: int
    reason: str


def begins_with_element(head: bytes, local_name: str) -> bool:
    """Whether `head` is text in which an element of that name begins, in any namespace."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            head = head.decode(encoding, errors="ignore").encode()
    pattern = rb"<(?:[\w.-]+:)?" + local_name.encode() + rb"(?=[\s/>])"
    return b"\0" not in head and re.search(pattern, head) is not None


def stream(data: bytes, listener: Listener, path: str, resume_at: bytes) -> tuple[Damage, ...]:
    """Tell `listener` the elements of `data`; what was damaged, in order.

    Parameters
    ----------
    resume_at
        Local name of the element at which reading can go on behind damage.

    Raises
    ------
    RefusedFileError
        A DOCTYPE, an entity, or anything beyond the limits.
    """
    parse = _Parse(listener, path)
    marker = re.compile(rb"<(?:[\w.-]+:)?" + resume_at + rb"(?=[\s/>])")
    damages: list[Damage] = []
    at = 0
    while (failure := parse.feed(data, at)) is not None:
        offset, reason = failure
        listener.interrupted()
        following = marker.search(data, max(offset, at + 1))
        if following is None or not parse.open_elements:
            damages.append(Damage(offset, len(data), reason))
            break
        if len(damages) >= limits.MAX_XML_RESUMES:
            damages.append(Damage(offset, len(data), "damaged in too many places"))
            break
        at = following.start()
        damages.append(Damage(offset, at, reason))
        parse.leave(resume_at.decode())
    return tuple(damages)


def damage_notices(damages: tuple[Damage, ...], total_bytes: int) -> tuple[Notice, ...]:
    """What was lost and where, in one line; nothing where nothing was."""
    if not damages:
        return ()
    first, last = damages[0], damages[-1]
    lost = sum(damage.stop - damage.start for damage in damages)
    share = 100 * lost / max(1, total_bytes)
    places = "" if len(damages) == 1 else f" in {len(damages)} places"
    message = (
        f"damaged{places}, first at byte {first.start:,} of {total_bytes:,} ({first.reason}); "
        f"about {lost:,} bytes ({share:.1f} %) could not be read"
    )
    if last.stop == total_bytes:
        message += f", and the file breaks off at byte {last.start:,}"
    return (Notice("damaged", message),)


class _Parse:
    """One file's parse, which survives damage: open elements and what was spent so far."""

    def __init__(self, listener: Listener, path: str) -> None:
        self.open_elements: list[str] = []
        self._listener = listener
        self._path = path
        self._local: dict[str, str] = {}
        self._elements = 0
        self._events = 0
        self._is_leaf = False
        self._text: list[str] = []
        self._text_chars = 0
        self._position = 0

    def leave(self, local_name: str) -> None:
        """Close that element and all in it, unseen by the listener."""
        names = [self._local[name] for name in self.open_elements]
        if local_name in names:
            del self.open_elements[names.index(local_name) :]
        self._is_leaf = False

    def feed(self, data: bytes, at: int) -> tuple[int, str] | None:
        """Parse from byte `at`; where and why it stopped before the end, or None."""
        parser = expat.ParserCreate()
        prologue = "".join(f"<{name}>" for name in self.open_elements).encode() if at else b""
        self._position = at
        try:
            parser.Parse(prologue)
            self._listen_with(parser)
            quiet_since, events = at, self._events
            for start in range(at, len(data), _PIECE_BYTES):
                self._position = start
                parser.Parse(data[start : start + _PIECE_BYTES])
                if self._events != events:
                    quiet_since, events = start, self._events
                elif start - quiet_since > limits.MAX_XML_TOKEN_BYTES:
                    raise self._refusal("holds one piece of markup that is endless")
            parser.Parse(b"", _IS_LAST)
        except expat.ExpatError as error:
            offset = min(max(parser.ErrorByteIndex - len(prologue) + at, at), len(data))
            return offset, expat.ErrorString(error.code)
        except (LookupError, ValueError):
            # expat asks Python for encodings that it does not know itself
            return at, "text in an unknown encoding"
        return None

    def _listen_with(self, parser: expat.XMLParserType) -> None:
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.CommentHandler = self._comment

    def _refusal(self, reason: str) -> RefusedFileError:
        return limits.refuse(self._path, self._position, reason)

    def _doctype(self, *_: object) -> None:
        raise self._refusal("declares a document type or entities, which recordings never do")

    def _comment(self, _: str) -> None:
        self._events += 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._events += 1
        self._elements += 1
        local = self._local.get(name) or self._learn(name)
        self.open_elements.append(name)
        if len(self.open_elements) > limits.MAX_XML_DEPTH:
            raise self._refusal(f"is nested deeper than {limits.MAX_XML_DEPTH} elements")
        if self._elements > limits.MAX_XML_ELEMENTS:
            raise self._refusal(f"holds more than {limits.MAX_XML_ELEMENTS:,} elements")
        if attributes:
            self._check(attributes)
        if local in self._listener.containers:
            self._listener.opened(local, attributes)
        self._is_leaf = True
        self._text_chars = 0
        self._text.clear()

    def _learn(self, name: str) -> str:
        if len(self._local) >= limits.MAX_XML_NAMES:
            raise self._refusal(f"uses more than {limits.MAX_XML_NAMES} different names")
        return self._local.setdefault(name, name.rpartition(":")[2] or name)

    def _check(self, attributes: dict[str, str]) -> None:
        self._elements += len(attributes)
        for name in attributes:
            if name not in self._local:
                self._learn(name)
        if sum(map(len, attributes.values())) > limits.MAX_XML_TEXT_CHARS:
            raise self._refusal("holds an attribute that is far too long")

    def _characters(self, text: str) -> None:
        self._events += 1
        if self._is_leaf:
            self._text_chars += len(text)
            if self._text_chars > limits.MAX_XML_TEXT_CHARS:
                raise self._refusal("holds a value that is far too long")
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._events += 1
        self.open_elements.pop()
        local = self._local[name]
        if local in self._listener.containers:
            self._listener.closed(local)
        elif self._is_leaf:
            parent = self._local[self.open_elements[-1]] if self.open_elements else ""
            self._listener.leaf(local, parent, "".join(self._text).strip())
        self._is_leaf = False
