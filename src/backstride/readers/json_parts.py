"""JSON taken apart element by element: what is sound before damage is kept, and memory is small."""

import json
import re
from collections.abc import Collection, Iterator

_BLANK = re.compile(r"[ \t\r\n]*")
#: Numbers are floats, for a file may write any number with any number of digits.
_DECODER = json.JSONDecoder(parse_int=float)
_BOM = b"\xef\xbb\xbf"

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None


def text_of(data: bytes) -> str:
    """The text of a JSON file, with a mark for what is no text."""
    return data.removeprefix(_BOM).decode("utf-8", errors="replace")


def parts(text: str, split: Collection[str]) -> Iterator[tuple[str, Json]]:
    """Elements of the outermost list, each under ""; or values of the outermost object, by key.

    A part is given once what follows it is sound, so a number that was cut short is not given.

    Parameters
    ----------
    split
        Keys of the outermost object whose lists are given one element at a time.

    Raises
    ------
    ValueError
        At the first damage, after all parts before it.
    """
    here = _Place(text)
    opening = here.mark()
    if opening == "[":
        yield from (("", element) for element in here.elements())
    elif opening == "{":
        for key in here.names():
            if key in split and here.mark() == "[":
                yield from ((key, element) for element in here.elements())
            else:
                value = here.value()
                here.expect(",}")
                yield key, value
    else:
        raise ValueError("neither a list nor an object")


class _Place:
    """A place in a text that goes on as values are taken from it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def mark(self) -> str:
        """The next character that is not blank; "" at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def expect(self, marks: str) -> str:
        """The next character, which must be one of these, and stays."""
        mark = self.mark()
        if not mark or mark not in marks:
            raise ValueError(f"no {marks} at {self._at}")
        return mark

    def value(self) -> Json:
        """The value that begins here."""
        self.mark()
        value: Json
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except RecursionError:
            raise ValueError("nested too deep") from None
        return value

    def elements(self) -> Iterator[Json]:
        """Elements of the list that begins here."""
        self._at += 1
        if self.mark() == "]":
            self._at += 1
            return
        while True:
            element = self.value()
            ending = self.expect(",]")
            self._at += 1
            yield element
            if ending == "]":
                return

    def names(self) -> Iterator[str]:
        """Names in the object that begins here; each one's value is taken before the next name."""
        self._at += 1
        if self.mark() == "}":
            return
        while True:
            key = self.value()
            self.expect(":")
            self._at += 1
            if not isinstance(key, str):
                raise ValueError("a key that is no text")  # noqa: TRY004 - damage, no misuse
            yield key
            if self.expect(",}") == "}":
                return
            self._at += 1
