"""The meaning of each table, view and column, inside the ledger: rows of `documentation`, read from docs/schema.md.

That page is the one source: a checkout has it under docs/, a wheel beside this module. The heading of a section names a table,
or under Views a view; its first paragraph describes the table, its rows or items describe columns.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SECTION = re.compile(r"^(?:## ([a-z_]+)|### ([a-z_]+))\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (.*) \|$", re.MULTILINE)
_ITEM = re.compile(r"^- ((?:`\w+`(?:,\s+)?)+): (.*(?:\n  .*)*)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@cache
def documentation() -> tuple[tuple[str, str | None, str], ...]:
    """Table or view, column (None: all of it), and the meaning, in the order of docs/schema.md."""
    here = Path(__file__).parent
    page = here / "schema.md"
    text = (page if page.exists() else here.parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
    views = {name.strip("`"): meaning for name, meaning in _ROW.findall(text.partition("\n## Views\n")[2])}
    found: list[tuple[str, str | None, str]] = []
    for table, view, section in _SECTION.findall(text):
        found.append((table or view, None, _plain(views[view] if view else section.strip().partition("\n\n")[0])))
        for group, meaning in (_ITEM if view else _ROW).findall(section):
            names = re.findall(r"\w+", group)
            explained = _plain(meaning if len(names) == 1 else f"{', '.join(names)}: {meaning}")
            found += [(table or view, name, explained) for name in names]
    return tuple(found)


def _plain(text: str) -> str:
    """Markdown as one line of text; links become their text."""
    return " ".join(_LINK.sub(r"\1", text).replace("**", "").split())
