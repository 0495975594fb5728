"""Changes to a file of sites as a person would make them: sets a line, adds a table, changes an id, and leaves the rest as
written.

Only keys on a line of their own are changed, so comments, order and layout need no parser of their own
(docs/decisions/0045). The result is validated by the catalogue's own reader before it replaces the file.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crawler.catalogue import CatalogueError, EditError, load_sites
from crawler.catalogue.toml_lines import TableLines, find_lines

Value = str | bool | int | float | tuple[str, ...]

_VALUE = re.compile(r"""^([^=]*=[ \t]*)('[^'\n]*'|"(?:[^"\\\n]|\\.)*"|[^#\n]*?)([ \t]*(?:#[^\n]*)?)$""")
"""A line of a key: up to its value, the value, and the rest."""


class SiteFile:
    """The text of a file of `[[site]]` tables, existing or new."""

    def __init__(self, path: Path, base: Path | None) -> None:
        """`base`: the file is complete by itself (itself), or adds to the shipped catalogue (None). Raises EditError."""
        self.path = path
        self._alone = base is not None
        try:
            self.text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise EditError(f"{path}: {error}") from error
        self.before = self.text if path.exists() else None

    def has(self, site_id: str) -> bool:
        """Whether the file has a table of this id."""
        return self._table(site_id) is not None

    def set(self, site_id: str, key: str, value: Value) -> None:
        """Set a key of a site's table; a missing table is added, and overrides the shipped one."""
        table = self._table(site_id)
        if table is None:
            self.add({"id": site_id, key: value})
            return
        lines = self.text.split("\n")
        end = "\r" if lines[table.keys["id"] - 1].endswith("\r") else ""
        if key in table.keys:
            at = table.keys[key] - 1
            match = _VALUE.match(lines[at].rstrip("\r"))
            if match is None or not _is_whole(match[0]):
                raise EditError(f"{self.path}:{at + 1}: {key} is written in a way that only a person should change")
            lines[at] = f"{match[1]}{toml(value)}{match[3]}{end}"
        else:
            lines.insert(table.keys["id"], f"{key} = {toml(value)}{end}")
        self.text = "\n".join(lines)

    def add(self, values: Mapping[str, Value], comment: str = "") -> None:
        """Add a table at the end of the file."""
        body = "".join(f"{key} = {toml(value)}\n" for key, value in values.items())
        note = "".join(f"# {line}\n" for line in comment.splitlines())
        between = "\n" if self.text.strip() else ""
        self.text = f"{self.text.rstrip()}{chr(10) if between else ''}{between}{note}[[site]]\n{body}"

    def save(self) -> None:
        """Validate the result, and replace the file atomically; raises EditError or CatalogueError."""
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.toml")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(self.text, encoding="utf-8", errors="replace", newline="")
            try:
                load_sites(partial) if self._alone else load_sites(None, partial)
            except CatalogueError as error:
                raise EditError(str(error).replace(str(partial), str(self.path))) from error
            if self.path.exists():
                partial.chmod(self.path.stat().st_mode & 0o7777)
            partial.replace(self.path)
        except OSError as error:
            raise EditError(f"{self.path}: {error.strerror}") from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def put_back(self) -> None:
        """Restore the file as it was before `save`."""
        if self.before is None:
            self.path.unlink(missing_ok=True)
        else:
            self.path.write_text(self.before, encoding="utf-8", newline="")

    def _table(self, site_id: str) -> TableLines | None:
        wanted = re.compile(rf"""^\s*["']?id["']?\s*=\s*["']{re.escape(site_id)}["']\s*(#.*)?$""")
        lines = self.text.replace("\r\n", "\n").split("\n")
        for table in find_lines(self.text, "site")[1]:
            if "id" in table.keys and wanted.match(lines[table.keys["id"] - 1]):
                return table
        return None


def toml(value: Value) -> str:
    """A value in TOML; a pattern with backslashes is in single quotes."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        is_literal = "\\" in value and "'" not in value and value.isprintable()
        return f"'{value}'" if is_literal else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _is_whole(line: str) -> bool:
    """Whether a line holds a key with its complete value."""
    try:
        return len(tomllib.loads(line)) == 1
    except tomllib.TOMLDecodeError:
        return False
