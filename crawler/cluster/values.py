"""Frozen dataclasses as plain JSON and back, by their annotations: what does not fit them is refused. Pure.

A field that has its default is left out. A field that is not known is refused, for it would be lost without a word: the reading
side is brought up to date before the sending one.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any

LARGEST_INT = 2**63 - 1
"""What SQLite can keep."""

Read = Callable[[Any], Any]
"""Plain JSON -> the value; raises ValueError, TypeError, KeyError or ArithmeticError where it is none."""

UNREADABLE = (ValueError, TypeError, KeyError, ArithmeticError, RecursionError)
"""What reading strangers' JSON raises."""


def dumped(value: object) -> bytes:
    """Values as JSON in UTF-8; lone surrogates are kept as they are."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def loaded(text: bytes) -> Any:
    """The JSON value that UTF-8 holds; raises one of UNREADABLE."""
    return json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_no_number)


@cache
def reader(kind: Any) -> Read:
    """Makes values of an annotation: dataclass, enum, moment, plain value, tuple, mapping by text, or one of them or None."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [one for one in arguments if one is not types.NoneType]
        return _or_none(reader(inner))
    if origin is tuple:
        return _many(reader(arguments[0])) if arguments[1:] == (...,) else _row(tuple(map(reader, arguments)))
    if origin in (dict, Mapping):
        return _mapping(reader(arguments[1]))
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _PLAIN[kind]


def _plain(value: Any) -> object:
    kind: Any = type(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if is_dataclass(value):
        return {
            name: found
            for name, default in _defaults(kind)
            if (found := getattr(value, name)) is not default and (found != default or type(found) is not type(default))
        }
    raise TypeError(f"{kind.__name__} has no place in a message")


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    """Fields that its constructor takes, each with its default."""
    return tuple(
        (one.name, one.default_factory() if one.default_factory is not MISSING else one.default)
        for one in fields(kind)
        if one.init
    )


def _record(kind: Any) -> Read:
    hints = typing.get_type_hints(kind)
    readers = {one.name: reader(hints[one.name]) for one in fields(kind) if one.init}

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise ValueError(f"no {kind.__name__}")
        return kind(**{name: readers[name](found) for name, found in value.items()})

    return read


def _or_none(inner: Read) -> Read:
    return lambda value: None if value is None else inner(value)


def _many(inner: Read) -> Read:
    return lambda value: tuple([inner(one) for one in _list(value)])


def _row(inner: tuple[Read, ...]) -> Read:
    return lambda value: tuple([read(one) for read, one in zip(inner, _list(value), strict=True)])


def _mapping(inner: Read) -> Read:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise ValueError("no mapping")
        return {key: inner(found) for key, found in value.items()}

    return read


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise ValueError("no list")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("no text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST_INT:
        raise ValueError("no whole number")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _no_bytes(_: Any) -> bytes:
    raise ValueError("bytes do not travel in JSON")


_PLAIN: Mapping[Any, Read] = {
    str: _text, int: _whole, float: _number, bool: _flag, datetime: _moment, bytes: _no_bytes,
}  # fmt: skip
