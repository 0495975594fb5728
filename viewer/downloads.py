"""A page's content as a file: a list as CSV, JSON, JSON lines or Excel, a difference as Markdown.

    /search.csv?q=council     the list of /search?q=council, its page and its filters; /revisions.csv is the list of /

A page passes its rows here if a file was requested (`Request.form`). Each page decides its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pipelines import MissingExtraError
from pipelines.exchange.formats import TABLES, visible
from viewer.http import COMMON, LOCKED, Response, document

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


FILE_ROWS = 400
"""Rows of a file at most, if the list has pages."""


def columns_of(kind: type[DataclassInstance], *more: str) -> tuple[str, ...]:
    """The field names of a dataclass as columns, except `cursor`, and `more`."""
    return (*(one.name for one in fields(kind) if one.name != "cursor"), *more)


def download(form: str, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], following: str = "") -> Response:
    """Rows as a file; `following` is the query of the file with the next rows, which a header names."""
    kind, write = TABLES[form]
    try:
        body = b"".join(write(columns, rows if form.startswith("json") else map(_visible, rows)))
    except MissingExtraError as error:
        return document(404, f"{error}\n", "text/plain; charset=utf-8")
    return _file(f"{name}.{form}", kind, body, *([("Link", f'<?{following}>; rel="next"')] if following else []))


def markdown(name: str, text: str) -> Response:
    return _file(f"{name}.md", "text/markdown; charset=utf-8", visible(text).encode("utf-8", "replace"))


def _visible(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: visible(value) if isinstance(value, str) else value for name, value in row.items()}


def _file(name: str, kind: str, body: bytes, *more: tuple[str, str]) -> Response:
    name = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)
    headers = (
        ("Content-Type", kind),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("Content-Security-Policy", LOCKED),
    )
    return Response(200, (*headers, *more, *COMMON), body)
