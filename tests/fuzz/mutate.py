"""Mutations of bytes: what disks, cables, editors and enemies do to files."""

from collections.abc import Callable
from random import Random

#: Bytes that mean something to one format or another.
_TOKENS = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f", b"\x80", b"<", b">", b"&", b'"', b"</", b"/>",
    b"<!--", b"<![CDATA[", b"<!DOCTYPE x>", b"&amp;", b"&#0;", b"&#x110000;", b"nan", b"inf",
    b"-1", b"1e308", b"1e999", b"99999999999999999999", b"0", b"-0.0", b",", b";", b"\t", b"\n",
    b"\r", b'""', b"9999-12-31T23:59:59-23:59", b"0001-01-01T00:00:00+14:00", b"24:00:00",
    b".FIT", b"PK\x03\x04", b"PK\x01\x02", b"\x1f\x8b\x08", b"\xef\xbb\xbf", b"\xff\xfe",
)  # fmt: skip


def _flip(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    token = chance.choice(_TOKENS)
    data[at : at + len(token)] = token


def _insert(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(_TOKENS)


def _noise(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    data[at : at + 8] = chance.randbytes(chance.randrange(1, 9))


def _remove(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 64)]


def _repeat(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randrange(1, 256)]


def _move(data: bytearray, chance: Random) -> None:
    at = chance.randrange(len(data))
    piece = data[at : at + chance.randrange(1, 256)]
    to = chance.randrange(len(data))
    data[to : to + len(piece)] = piece


def _cut(data: bytearray, chance: Random) -> None:
    del data[chance.randrange(len(data)) :]


_MUTATIONS: tuple[Callable[[bytearray, Random], None], ...] = (
    _flip, _flip, _overwrite, _overwrite, _insert, _noise, _remove, _repeat, _move, _cut,
)  # fmt: skip


def mutated(data: bytes, chance: Random) -> bytes:
    """These bytes after one to eight mutations, the same for the same state of `chance`."""
    changed = bytearray(data)
    for _ in range(1 << chance.randrange(4)):
        if changed:
            chance.choice(_MUTATIONS)(changed, chance)
    return bytes(changed)
