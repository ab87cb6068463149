"""HTML and SVG from plain values, escaped by construction."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TypeAlias

Value: TypeAlias = "str | float | None"
Attributes: TypeAlias = Mapping[str, Value]

_VOID = frozenset({"br", "col", "link", "meta", "wbr"})

# What HTML forbids in text; halves of surrogate pairs, which no file can hold (names of files that
# are not UTF-8 arrive with them); and signs that turn the direction in which the rest is read.
_FORBIDDEN = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], "\ufffd"),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"),
    **{ord(space): space for space in "\t\n"},
}


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"


def escaped(text: str) -> Markup:
    """Any text as HTML that shows it, in elements and in quoted attributes."""
    return Markup(escape(text.translate(_FORBIDDEN)))


def tag(name: str, attributes: Attributes | None = None, *children: Child) -> Markup:
    """An element; attributes that are None are left out, children that are `str` are escaped."""
    given = (attributes or {}).items()
    written = "".join(f' {key}="{_text(value)}"' for key, value in given if value is not None)
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{together(children)}</{name}>")


def together(children: Iterable[Child]) -> Markup:
    """Children one after another."""
    return Markup("".join(_flat(children)))


def isolated(text: str) -> Markup:
    """Words of a person or device: their writing direction cannot reorder the page around them."""
    return tag("bdi", None, text)


def breakable(text: str) -> Markup:
    """The same for a name of a file, which has no spaces but may break after its underlines."""
    return tag("bdi", None, ((part, tag("wbr")) for part in re.split("(?<=_)(?=[^_])", text)))


def compact(value: float) -> str:
    """A coordinate to a tenth, in as few characters as that takes."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _text(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else f"{value:.7g}"


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            yield child if isinstance(child, Markup) else escaped(child)
        else:
            yield from _flat(child)
