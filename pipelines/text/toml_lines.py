"""Where in a TOML text the tables and keys stand, because `tomllib` gives values without positions; and strict reading by it.

The search for lines reads only text that `tomllib` has accepted, so it need not judge; it must only not be misled by an equals
sign in a string, a bracket in a comment, or a list over several lines. Nothing here knows what a key means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

# What may hide a bracket or a line end (strings, comments), then brackets and line ends themselves.
_TOKEN = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}\n]"
)
_AT_LINE = re.compile(r"at line (\d+)")
_KEY = re.compile(r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^='"\n])+=""")


Reader = Callable[[Any], Any]
"""Turns a value of TOML into one of ours; ValueError says what it must be."""


class TomlError(ValueError):
    """A file that its reader cannot take. The message begins with file and line."""


@dataclass(frozen=True, slots=True)
class TableLines:
    """Line numbers, from 1, of a table's header and of its keys (of a sub-table: the header that names it)."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def of(self, key: str) -> int:
        """The key's line, or the header's where the table does not have the key."""
        return self.keys.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Table:
    """A table and where it stands."""

    file: Path
    values: Mapping[str, Any]
    find: Callable[[], TableLines]
    """Its lines, which are looked for only where something is wrong: that takes twice as long as `tomllib` does."""

    def error(self, what: str, key: str) -> TomlError:
        return TomlError(f"{self.file}:{self.find().of(key)}: {key}: {what}")

    def read(self, readers: Mapping[str, Reader], needed: Iterable[str]) -> dict[str, Any]:
        """The values by key; refuses keys that have no reader, values that theirs refuses, and what is missing."""
        if missing := [key for key in needed if key not in self.values]:
            raise self.error("is missing", missing[0])
        found = {}
        for key, value in self.values.items():
            if key not in readers:
                raise self.error("there is no such key here", key)
            try:
                found[key] = readers[key](value)
            except ValueError as error:
                raise self.error(str(error), key) from error
        return found


def read_tables(file: Path, name: str) -> tuple[Table, list[Table]]:
    """The top level without the `[[name]]` tables, and each of these."""
    text = file.read_text(encoding="utf-8")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        raise TomlError(f"{file}:{line[1] if line else text.count(chr(10)) + 1}: {error}") from error
    tables = values.pop(name, [])
    below = [Table(file, table, partial(_lines_of, text, name, at)) for at, table in enumerate(tables)]
    return Table(file, values, partial(_lines_of, text, name, None)), below


def _lines_of(text: str, name: str, at: int | None) -> TableLines:
    """Of the table at a place in the list; None: of the top level."""
    top, below = find_lines(text, name)
    return top if at is None else below[at]


def is_text(value: Any) -> str:
    """A reader of text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"must be text that is not empty, not {value!r}")
    return value


def list_of(read: Reader) -> Reader:
    """A reader of lists that name nothing twice, as tuples."""

    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"must be a list, not {value!r}")
        found = tuple(map(read, value))
        if len(set(found)) < len(found):
            raise ValueError("names something twice")
        return found

    return read_all


def find_lines(text: str, table: str) -> tuple[TableLines, list[TableLines]]:
    """Lines of the top level (its header is line 1), and of each `[[table]]` in order."""
    top = TableLines(1)
    tables: list[TableLines] = []
    open_table: TableLines | None = top
    for line, source in _statements(text.replace("\r\n", "\n")):
        path = _path(source)
        if not path:
            continue
        if not source.startswith("["):
            if open_table is not None:
                open_table.keys.setdefault(path[0], line)
        elif path == [table] and source.startswith("[["):
            open_table = TableLines(line)
            tables.append(open_table)
        else:
            below = tables[-1].keys if path[0] == table and tables else top.keys
            below.setdefault(path[1] if path[0] == table and len(path) > 1 else path[0], line)
            open_table = None  # the keys that follow belong to a table we have no name for
    return top, tables


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each header and each key with its value, comments and empty lines left out."""
    depth, start, line = 0, 0, 1
    for token in (*_TOKEN.finditer(text), None):
        mark = token[0] if token else "\n"
        if mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
        elif mark == "\n" and depth == 0:
            end = token.end() if token else len(text)
            source = text[start:end]
            if source.strip() and not source.lstrip().startswith("#"):
                yield line, source.strip()
            line += source.count("\n")
            start = end


def _path(source: str) -> list[str]:
    """Names of a header or key: `[[site]]` -> ["site"], `a."b c" = 1` -> ["a", "b c"]. TOML reads the quoting."""
    key = _KEY.match(source)
    found: object = tomllib.loads(source if source.startswith("[") else f"{key[0]}0" if key else "")
    path = []
    while isinstance(found, dict | list) and found:
        if isinstance(found, dict):
            name, found = next(iter(found.items()))
            path.append(name)
        else:
            found = found[0]
    return path
