"""Messages of a FIT file as columns: bytes are gathered per layout, layouts of one kind merged.

Types and invalid values are those of the Flexible and Interoperable Data Transfer (FIT) Protocol.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.readers import limits
from backstride.readers.fit import profile as fit_profile
from backstride.readers.fit.frame import NO_TIME, TIMESTAMP, FieldSpec, Layout
from backstride.readers.fit.wire import Group, Offsets
from backstride.readers.samples import one_line
from backstride.recording import Floats, Table

RECORD = 20
_FIELD_DESCRIPTION = 206
_COMPRESSED = 0x80

_STRING = 7
_BYTE = 13
#: By number of the base type: NumPy's code, and the stored value that means "none".
_CODES = (
    *("u1", "i1", "u1", "i2", "u2", "i4", "u4", "S", "f4", "f8"),
    *("u1", "u2", "u4", "u1", "i8", "u8", "u8"),
)
_INVALID: tuple[int, ...] = (
    *(0xFF, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0, 0, 0),
    *(0, 0, 0, 0xFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0),
)
_FLOATS = (8, 9)


class Key(NamedTuple):
    """A field of a kind of message; `developer` is the index of the app it comes from."""

    number: int
    developer: int | None = None


class _Type(NamedTuple):
    """Base type and how many of it a field holds in a row; of a string, one."""

    base: int
    width: int


class _Stored(NamedTuple):
    """Values of a field as they are stored, shape (m, width), and the rows that they belong to."""

    rows: npt.NDArray[np.intp]
    values: npt.NDArray[np.generic]
    base: int


@dataclass(frozen=True)
class Description:
    """What an app says of its developer field."""

    name: str
    units: str
    base: int


class Kind:
    """All messages of one global number, in the order of the file; n rows, none if it has none."""

    def __init__(self, number: int, groups: Sequence[Group], messages: "Messages") -> None:
        self.number = number
        self._messages = messages
        self._groups = groups
        every = np.concatenate([offsets for _, offsets in groups] or [np.empty(0, np.int64)])
        order = np.argsort(every, kind="stable")
        #: shape (n,), where each message begins in the file.
        self.offsets: Offsets = every[order]
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
        edges = np.cumsum([0, *(len(offsets) for _, offsets in groups)])
        self._rows = [places[a:b] for a, b in pairwise(edges)]

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def _uses(self) -> Mapping[Key, list[tuple[int, FieldSpec]]]:
        """Key -> which groups have it, and where."""
        uses: dict[Key, list[tuple[int, FieldSpec]]] = {}
        for index, (layout, _) in enumerate(self._groups):
            taken = set()
            for spec in layout.fields:
                key = Key(spec.number, spec.developer)
                if spec.size and key not in taken:
                    taken.add(key)
                    uses.setdefault(key, []).append((index, spec))
        return uses

    @property
    def keys(self) -> Sequence[Key]:
        """Fields that any message has, in the order they appear."""
        return tuple(self._uses)

    def _type(self, index: int, spec: FieldSpec) -> _Type:
        """The type of a field; bytes where its size does not fit the type that was declared."""
        base = spec.base
        if base is None:
            said = self._messages.description(self._groups[index][0], spec)
            base = said.base if said else _BYTE
        if base == _STRING:
            return _Type(base, 1)
        size = np.dtype(_CODES[base]).itemsize
        return _Type(base, spec.size // size) if spec.size % size == 0 else _Type(_BYTE, spec.size)

    def _specs(self, key: Key) -> list[tuple[int, FieldSpec]]:
        """Which groups have a field, and where."""
        if key.developer is not None:
            return self._uses.get(key, [])
        found = (
            (index, layout.field(key.number)) for index, (layout, _) in enumerate(self._groups)
        )
        return [(index, spec) for index, spec in found if spec is not None and spec.size]

    def _stored(self, key: Key) -> list[_Stored]:
        """A field's values by layout, gathered from the file's bytes."""
        data = self._messages.data
        stored = []
        for index, spec in self._specs(key):
            layout, offsets = self._groups[index]
            base, width = self._type(index, spec)
            order = ">" if layout.is_big else "<"
            code = np.dtype(f"S{spec.size}" if base == _STRING else order + _CODES[base])
            every: npt.NDArray[np.generic] = np.ndarray(
                (len(data) - spec.offset - spec.size + 1, width),
                dtype=code,
                buffer=data,
                offset=spec.offset,
                strides=(1, code.itemsize),
            )
            stored.append(_Stored(self._rows[index], every[offsets], base))
        return stored

    def type_of(self, key: Key) -> _Type:
        """Base type and the largest width of a field; strings where it is one anywhere."""
        types = [self._type(index, spec) for index, spec in self._specs(key)]
        bases = {one.base for one in types}
        base = _STRING if _STRING in bases else types[0].base
        return _Type(base, max(one.width for one in types))

    def is_text(self, key: Key) -> bool:
        """Whether a field holds text."""
        return self.type_of(key).base == _STRING

    def numbers(self, key: Key, width: int | None = None) -> Floats:
        """Stored numbers of a field, shape (n, width), all of them by default; NaN for none."""
        stored = self._stored(key)
        if width is None:
            width = max((values.shape[1] for _, values, _ in stored), default=1)
        out = np.full((len(self), width), np.nan)
        for rows, values, base in stored:
            if base == _STRING:
                continue
            values = values[:, :width]
            with np.errstate(invalid="ignore"):  # a signalling NaN is as missing as any other
                floats = values.astype(np.float64)
            if base in _FLOATS:
                floats[np.isinf(floats)] = np.nan
            else:
                floats[values == _INVALID[base]] = np.nan
            if floats.shape == out.shape and len(stored) == 1:
                return floats
            out[rows, : floats.shape[1]] = floats
        return out

    def value(self, number: int) -> Floats:
        """Values of a field of the profile in the profile's unit, shape (n,); NaN for none."""
        field = fit_profile.field_of(self.number, number)
        stored = self.numbers(Key(number), 1)[:, 0]
        return stored if field.divisor == 1 and not field.minus else self._scaled(field, stored)

    @staticmethod
    def _scaled(field: fit_profile.FieldName, stored: Floats) -> Floats:
        return np.asarray(stored / field.divisor - field.minus)

    def scaled(self, key: Key) -> Floats:
        """Values of a field, shape (n, width), in the profile's unit, or the app's."""
        stored = self.numbers(key)
        if key.developer is not None:
            return stored
        return self._scaled(fit_profile.field_of(self.number, key.number), stored)

    def texts(self, key: Key) -> list[str]:
        """A text for each message, "" where it has none."""
        texts = [""] * len(self)
        for rows, values, base in self._stored(key):
            if base == _STRING:
                for row, value in zip(rows.tolist(), values[:, 0].tolist(), strict=True):
                    texts[row] = value.partition(b"\0")[0].decode("utf-8", "replace")
        return texts

    def text(self, number: int) -> list[str]:
        """Texts of a field of the profile, fit to be shown."""
        return [one_line(text) for text in self.texts(Key(number))]

    def times(self) -> Floats:
        """Seconds on the file's clock, shape (n,); NaN for none."""
        times = self.value(TIMESTAMP)
        headers = np.frombuffer(self._messages.data, dtype=np.uint8)[self.offsets]
        rows = np.flatnonzero(headers & _COMPRESSED)
        if len(rows):
            known = self._messages.compressed_times
            packed = known.times[np.searchsorted(known.offsets, self.offsets[rows])]
            times[rows] = np.where(np.isnan(times[rows]), packed, times[rows])
        return times

    def names(self) -> Mapping[Key, str]:
        """What each field is called; no two alike."""
        names: dict[Key, str] = {}
        taken: set[str] = set()
        for key in sorted(
            self.keys, key=lambda k: (k.developer is not None, k.developer, k.number)
        ):
            name = self._name(key)
            if key.developer is not None:
                label = name
                for place in ("", f"#{key.developer}", f"#{key.developer}.{key.number}"):
                    name = f"developer{place}:{label}"
                    if name not in taken:
                        break
            taken.add(name)
            names[key] = name
        return {key: names[key] for key in self.keys}

    def _name(self, key: Key) -> str:
        if key.developer is None:
            return fit_profile.field_of(self.number, key.number).name
        index, spec = self._uses[key][0]
        said = self._messages.description(self._groups[index][0], spec)
        if said is None or not said.name:
            return f"unknown_{key.number}"
        return f"{said.name} [{said.units}]" if said.units else said.name

    def raw(self, key: Key) -> npt.NDArray[np.generic]:
        """A field as it is stored, shape (n,) or (n, width).

        A message without the field has the type's invalid value. Text is of type object. Where
        definitions disagree about the type, all is float64 with NaN for none.
        """
        if self.is_text(key):
            return np.array(self.texts(key), dtype=object)
        base, width = self.type_of(key)
        stored = self._stored(key)
        if any(one.base != base for one in stored):
            column: npt.NDArray[np.generic] = self.numbers(key)
        else:
            none = np.nan if base in _FLOATS else _INVALID[base]
            column = np.full((len(self), width), none, dtype=_CODES[base])
            for rows, values, _ in stored:
                column[rows, : values.shape[1]] = values
        return column[:, 0] if width == 1 else column

    def table(self) -> Table:
        """Every field as it is stored, and the time that a compressed header gives."""
        columns = {name: self.raw(key) for key, name in self.names().items()}
        if "timestamp" not in columns:
            times = self.times()
            if not np.isnan(times).all():
                columns["timestamp"] = np.where(np.isnan(times), NO_TIME, times).astype(np.uint32)
        return Table(columns)


class _Compressed(NamedTuple):
    """Messages whose header holds their time: where they are, sorted, and when."""

    offsets: Offsets
    times: Floats


class Messages:
    """The messages of a file, or of several that belong together."""

    def __init__(self, data: bytes, groups: Iterable[Group]) -> None:
        self.data = data
        self._groups: dict[int, list[Group]] = {}
        for layout, offsets in groups:
            if len(offsets):
                self._groups.setdefault(layout.kind, []).append((layout, offsets))
        self._kinds: dict[int, Kind] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._groups

    def __iter__(self) -> Iterator[int]:
        return iter(self._groups)

    @property
    def groups(self) -> list[Group]:
        """All layouts with their offsets."""
        return [group for groups in self._groups.values() for group in groups]

    def kind(self, number: int) -> Kind:
        """All messages of one global number."""
        if number not in self._kinds:
            self._kinds[number] = Kind(number, self._groups.get(number, []), self)
        return self._kinds[number]

    def without(self, offsets: Offsets) -> "Messages":
        """All but the messages that begin there."""
        kept = ((one, places[~np.isin(places, offsets)]) for one, places in self.groups)
        return Messages(self.data, kept)

    def check_size(self, path: str) -> None:
        """Make sure that every table fits into memory.

        Raises
        ------
        RefusedFileError
            More values than a recording can hold.
        """
        for number, groups in self._groups.items():
            rows = sum(len(offsets) for _, offsets in groups)
            if rows * sum(layout.size for layout, _ in groups) <= limits.MAX_CELLS:
                continue
            values: dict[Key, int] = {}
            for layout, _ in groups:
                for spec in layout.fields:
                    code = "u1" if spec.base is None else _CODES[spec.base]
                    width = 1 if code == "S" else -(-spec.size // np.dtype(code).itemsize)
                    key = Key(spec.number, spec.developer)
                    values[key] = max(values.get(key, 0), width)
            if rows * sum(values.values()) > limits.MAX_CELLS:
                name = fit_profile.message_name(number)
                raise limits.refuse(
                    path, None, f"holds more values than any recording has ({name})"
                )

    @cached_property
    def _descriptions(self) -> Mapping[tuple[int, int, int], Description]:
        """File of the chain, index of the app, number of the field -> what the app says of it."""
        found: dict[tuple[int, int, int], Description] = {}
        groups = self._groups.get(_FIELD_DESCRIPTION, [])
        for chained in {layout.chained for layout, _ in groups}:
            kind = Kind(_FIELD_DESCRIPTION, [g for g in groups if g[0].chained == chained], self)
            columns = (kind.value(0), kind.value(1), kind.value(2), kind.text(3), kind.text(8))
            for app, number, base, name, units in zip(*columns, strict=True):
                if app == app and number == number:
                    known = int(base) & 31 if base == base else _BYTE
                    said = Description(name, units, known if known < len(_CODES) else _BYTE)
                    found[chained, int(app), int(number)] = said
        return found

    def description(self, layout: Layout, spec: FieldSpec) -> Description | None:
        """What is said of a developer field."""
        if spec.developer is None:
            return None
        return self._descriptions.get((layout.chained, spec.developer, spec.number))

    @cached_property
    def compressed_times(self) -> _Compressed:
        """Times of all messages with compressed headers, after the first time written whole."""
        bytes_ = np.frombuffer(self.data, dtype=np.uint8)
        places, values, whole = [], [], []
        for layout, offsets in self.groups:
            headers = bytes_[offsets]
            packed = headers & _COMPRESSED != 0
            places.append(offsets[packed])
            values.append((headers[packed] & 31).astype(np.int64))
            whole.append(np.zeros(len(places[-1]), dtype=bool))
            if layout.time_offset:
                times = Kind(layout.kind, [(layout, offsets)], self).value(TIMESTAMP)
                known = ~np.isnan(times) & ~packed
                places.append(np.sort(offsets)[known])
                values.append(times[known].astype(np.int64))
                whole.append(np.ones(len(places[-1]), dtype=bool))
        if not places:
            return _Compressed(np.empty(0, np.int64), np.empty(0))
        at, is_whole = np.concatenate(places), np.concatenate(whole)
        order = np.argsort(at, kind="stable")
        at, is_whole = at[order], is_whole[order]
        seconds = unrolled(np.concatenate(values)[order], is_whole, 5).astype(np.float64)
        seconds[np.cumsum(is_whole) == 0] = np.nan
        return _Compressed(at[~is_whole], seconds[~is_whole])


class RawTables(Mapping[str, Table]):
    """Every kind of message by its name, decoded when it is asked for."""

    def __init__(self, messages: Messages) -> None:
        self._data, self._groups = messages.data, messages.groups
        self._numbers = {fit_profile.message_name(number): number for number in messages}

    def __getitem__(self, name: str) -> Table:
        return Messages(self._data, self._groups).kind(self._numbers[name]).table()

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def unrolled(
    values: npt.NDArray[np.int64], whole: npt.NDArray[np.bool_], bits: int
) -> npt.NDArray[np.int64]:
    """A counter of which mostly only the lowest `bits` were written.

    Parameters
    ----------
    values
        shape (n,), in the order they were written.
    whole
        shape (n,), where all of the counter was written.

    Returns
    -------
    shape (n,), the whole counter, which never goes back between two whole values; before the first
    whole value it counts from the first value.
    """
    low = values & ((1 << bits) - 1)
    steps = np.zeros_like(values)
    steps[1:] = (low[1:] - low[:-1]) & ((1 << bits) - 1)
    steps[whole] = 0
    total = np.cumsum(steps)
    anchors = np.maximum.accumulate(np.where(whole, np.arange(len(values)), 0))
    return np.asarray(values[anchors] + total - total[anchors], dtype=np.int64)
