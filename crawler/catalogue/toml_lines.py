"""Line numbers of the tables and keys in a TOML text, because `tomllib` gives values without positions.

It reads only text that `tomllib` has accepted, so it need not validate; it must only not be misled by an equals
sign in a string, a bracket in a comment, or a list over several lines. It does not know what a key means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

# What can hide a bracket or a line end (strings, comments), then brackets and line ends themselves.
_TOKEN = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}\n]"
)
_KEY = re.compile(r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^='"\n])+=""")


@dataclass(frozen=True, slots=True)
class TableLines:
    """Line numbers, from 1, of a table's header and of its keys (for a sub-table: the line of its header)."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def of(self, key: str) -> int:
        """The key's line, or the header's if the table does not have the key."""
        return self.keys.get(key, self.line)


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
    """(line, text) of each header and each key with its value, without comments and empty lines."""
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
