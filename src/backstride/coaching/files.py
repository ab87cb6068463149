"""Wishes, plans and logs as JSON text and back; the text is all there is, no file is touched here.

A wish is written within its plan, and alone under ``backstride/wish-1``. Reading checks everything
before anything is made, and names the field that is wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from backstride.coaching.wish import Log, Plan, Wish
from backstride.errors import BackstrideError, RequestError

WISH, PLAN, LOG = "backstride/wish-1", "backstride/plan-1", "backstride/log-1"

T = TypeVar("T")


def wish_to_json(wish: Wish) -> str:
    """A wish as text."""
    return _text(WISH, wish)


def wish_from_json(text: str) -> Wish:
    """A wish from text.

    Raises
    ------
    RequestError
        The text is not JSON, not of this schema, or a field is missing, unknown or impossible.
    """
    return _read(WISH, Wish, text)


def plan_to_json(plan: Plan) -> str:
    """A plan with its wish and its log as text."""
    return _text(PLAN, plan)


def plan_from_json(text: str) -> Plan:
    """A plan from text.

    Raises
    ------
    RequestError
        The text is not JSON, not of this schema, or a field is missing, unknown or impossible.
    """
    return _read(PLAN, Plan, text)


def log_to_json(log: Log) -> str:
    """A log as text."""
    return _text(LOG, log)


def log_from_json(text: str) -> Log:
    """A log from text.

    Raises
    ------
    RequestError
        The text is not JSON, not of this schema, or a field is missing, unknown or impossible.
    """
    return _read(LOG, Log, text)


def plain(value: object) -> Any:
    """A noun as what JSON and TOML can hold: tables, lists, words and numbers; None is left out."""
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {
            field.name: plain(inner)
            for field in fields(value)
            if (inner := getattr(value, field.name)) is not None
        }
    if isinstance(value, Mapping):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value


def made(kind: type[T], value: object, where: str) -> T:
    """A noun from what `plain` gives.

    Raises
    ------
    RequestError
        A field is missing, unknown or impossible.
    """
    return _made(kind, value, where)  # type: ignore[no-any-return]


def _text(schema: str, value: object) -> str:
    return json.dumps({"schema": schema, **plain(value)}, indent=1, ensure_ascii=False) + "\n"


def _read(schema: str, kind: type[T], text: str) -> T:
    try:
        table = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"not JSON: {error}", hint="give a file that was written so") from error
    name = schema.split("/")[1].split("-")[0]
    if not isinstance(table, dict) or table.get("schema") != schema:
        found = table.get("schema") if isinstance(table, dict) else type(table).__name__
        raise RequestError(f"{found!r} is not {schema}", hint=f"give a {name} of that schema")
    return made(kind, {key: value for key, value in table.items() if key != "schema"}, name)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _key(key: object) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def _wrong(where: str, what: str) -> RequestError:
    return RequestError(f"{where}: {what}", hint="compare with docs/coaching.md")


def _made(kind: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        kinds = [each for each in inner if each is not NoneType]
        return None if value is None else _made(kinds[0], value, where)
    if origin is tuple or origin is frozenset:
        if not isinstance(value, list):
            raise _wrong(where, "must be a list")
        return origin(_made(inner[0], each, f"{where}[{k}]") for k, each in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise _wrong(where, "must be a table")
        return {
            _made(inner[0], _number(key) if inner[0] is int else key, where): _made(
                inner[1], each, f"{where}.{key}"
            )
            for key, each in value.items()
        }
    if is_dataclass(kind):
        return _noun(kind, value, where)
    return _plain_made(kind, value, where)


def _number(key: str) -> object:
    return int(key) if key.isdecimal() else key


def _plain_made(kind: Any, value: Any, where: str) -> Any:
    if issubclass(kind, Enum):
        members = {member.name.lower(): member for member in kind}
        if not isinstance(value, str) or value not in members:
            raise _wrong(where, f"{value!r} is none of {', '.join(members)}")
        return members[value]
    if kind is date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise _wrong(where, f"{value!r} is no date like 2027-01-31") from error
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise _wrong(where, f"{value!r} is not {_WORDS[kind]}")
    return value


_WORDS = {float: "a number", int: "a whole number", str: "words", bool: "true or false"}


def _noun(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, "must be a table")
    hints = get_type_hints(kind)
    if unknown := sorted(set(value) - set(hints)):
        raise _wrong(where, f"has an unknown field {', '.join(unknown)}")
    given = {name: _made(hints[name], each, f"{where}.{name}") for name, each in value.items()}
    try:
        return kind(**given)
    except TypeError as error:
        missing = str(error).partition(": ")[2] or str(error)
        raise _wrong(where, f"lacks {missing}") from error
    except BackstrideError as error:
        raise RequestError(f"{where}: {error.message}", hint=error.hint) from error
