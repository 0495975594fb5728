"""Codec: frozen dataclasses as JSON and back, by msgspec; values that do not fit their annotations are refused. Pure.

msgspec ignores unknown fields of a dataclass and does not limit its numbers; so a struct is made from each dataclass, and that
is read and written. A field with its default value is left out. An unknown field is refused, because it would be lost
without a warning: upgrade the reading side before the sending one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

LARGEST_INT = 2**63 - 1
"""The largest integer in SQLite."""

UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError)
"""Exceptions from reading untrusted JSON."""

Value = TypeVar("Value")
_PLAIN = {int: Annotated[int, Meta(ge=-LARGEST_INT, le=LARGEST_INT)], datetime: Annotated[datetime, Meta(tz=True)]}


def dumped(value: object) -> bytes:
    """Structs and plain values as JSON; raises one of UNREADABLE."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # a lone surrogate: the reading side refuses this message alone, and the crawl goes on
        return json.dumps(msgspec.to_builtins(value)).encode()


def loaded(text: bytes, kind: Any = Any) -> Any:
    """The JSON value of the type `kind` in UTF-8 bytes; raises one of UNREADABLE."""
    return msgspec.json.decode(text, type=kind)


def to_struct(value: object, struct: Any) -> Any:
    """A dataclass's value as its struct; raises one of UNREADABLE."""
    return msgspec.convert(value, struct, from_attributes=True)


def from_struct(structs: Any, kind: type[Value]) -> Value:
    """The dataclass's value from its struct, or from a collection of them; raises one of UNREADABLE."""
    return msgspec.convert(structs, kind, from_attributes=True)


@cache
def struct_of(kind: type, tag: str | None = None, **changed: Any) -> Any:
    """The struct of a dataclass, with other annotations for the fields in `changed`; `tag` is `kind` in its JSON.

    Its datetimes are aware, its integers limited. Fields that are not compared are left out.
    """
    hints = get_type_hints(kind, include_extras=True)
    return msgspec.defstruct(
        kind.__name__, list(_fields(kind, hints | changed)), namespace={"__post_init__": _to_utc},
        tag=tag, tag_field="kind" if tag else None, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True,
    )  # fmt: skip


def _fields(kind: Any, hints: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for one in fields(kind):
        if not one.compare:
            continue
        if one.default_factory is not MISSING:
            yield one.name, bounded(hints[one.name]), msgspec.field(default_factory=one.default_factory)
        elif one.default is not MISSING:
            yield one.name, bounded(hints[one.name]), one.default
        else:
            yield one.name, bounded(hints[one.name])


def bounded(hint: Any) -> Any:
    """An annotation with its dataclasses replaced by structs."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        return struct_of(hint)
    arguments = tuple(map(bounded, get_args(hint)))
    if isinstance(hint, UnionType):
        return reduce(or_, arguments)
    origin = get_origin(hint)
    return hint if origin is None or origin is Annotated else origin[arguments]


def _to_utc(struct: Struct) -> None:
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, datetime) and value.tzinfo is not UTC:
            msgspec.structs.force_setattr(struct, name, value.astimezone(UTC))
