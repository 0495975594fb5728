"""Records and other rows as files: JSON lines with everything, CSV and Excel for spreadsheets. See docs/export.md."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines import MissingExtraError
from pipelines.article import revision_key

if TYPE_CHECKING:  # whoever only prints JSON needs no more of this package
    from pipelines.exchange.export import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters at the beginning of a cell that a spreadsheet may read as a formula, or as the end of a text cell."""

MAX_EXCEL_CHARS = 32_767
"""Excel's own limit for a cell."""
MAX_EXCEL_NUMBER = 10**15
"""From here on Excel would round."""

_ARTICLE = ("url", "external_id", "state")
_SITE = ("site_name", "country", "region", "timezone")
_SEEN = ("first_seen", "last_seen", "revision_count")
_REVISION = (
    *("number", "change", "changed_fields", "reverted_to", "headline", "description", "body", "byline", "authors", "section"),
    *("topics", "kind", "language", "is_accessible_for_free", "canonical_url", "images", "date_published", "date_published_raw"),
    *("date_modified", "date_modified_raw", "first_seen", "last_seen", "not_before", "content_hash", "extractor", "warc_file"),
    *("warc_offset", "payload_hash", "reads_as"),
)
COLUMNS = ("site_id", *_ARTICLE, *(f"article_{name}" for name in _SEEN), "aliases", *_REVISION, "key", *_SITE)
"""The columns of a table of revisions, in order."""


_C0 = re.compile(r"[\x00-\x08\x0b-\x1f]")
_CONTROL = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
"""In addition to those below a space, which JSON escapes: C1, marks that change the direction of text, invisible ones, lone
surrogates."""


def visible(text: str) -> str:
    """A text without control characters except tabs and line breaks, and without marks that change its direction."""
    return _CONTROL.sub("", _C0.sub("", text))


def flat(record: Record) -> dict[str, Any]:
    """A record as one row of a table; lists stay lists."""
    article = record["article"]
    return {
        "site_id": record["site"]["id"],
        **{column: article[column] for column in _ARTICLE},
        **{f"article_{column}": article[column] for column in _SEEN},
        "aliases": [alias["url"] for alias in article["aliases"]],
        **{column: record["revision"][column] for column in _REVISION},
        "key": revision_key(record["revision"]["content_hash"], record["revision"]["first_seen"]),
        **{column: record["site"][column.removeprefix("site_")] for column in _SITE},
    }


def json_text(value: object, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """JSON with every control character escaped; `json` alone leaves some that control a terminal."""
    separators = separators or ((",", ":") if indent is None else None)
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, default=str)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_jsonl(records: Iterable[Record]) -> Iterator[bytes]:
    """A JSON object a line, UTF-8."""
    for record in records:
        yield f"{json_text(record)}\n".encode()


def as_csv(records: Iterable[Record]) -> Iterator[bytes]:
    """Records as CSV; see `csv_rows`."""
    return csv_rows(COLUMNS, map(flat, records))


def csv_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """CSV (RFC 4180), UTF-8, with a header line; lists as JSON. No cell is a formula in any spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row[column]) for column in columns])
        yield out.getvalue().encode("utf-8", "replace")
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def cell(value: object) -> str:
    """A value as the text of a cell; one that could be read as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool | list | tuple | dict):
        return json_text(value)
    text = str(value)
    is_formula = isinstance(value, str) and (text.startswith(FORMULA) or visible(text).startswith(FORMULA))
    return f"'{text}" if is_formula else text


def excel_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A workbook of one sheet, with bold names; numbers are numbers, everything else is text and no formula. Raises
    MissingExtraError."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("excel", "xlsxwriter") from error
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for place, row in enumerate(rows, 1):
            for column, name in enumerate(columns):
                value = row[name]
                if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_EXCEL_NUMBER:
                    sheet.write_number(place, column, value)
                elif value is not None:
                    text = value if isinstance(value, str) else cell(value)
                    sheet.write_string(place, column, text[:MAX_EXCEL_CHARS])
    yield out.getvalue()


def json_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One JSON list of objects."""
    yield f"{json_text([{name: row[name] for name in columns} for row in rows], indent=2)}\n".encode()


def jsonl_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A JSON object a line."""
    return as_jsonl({name: row[name] for name in columns} for row in rows)


TABLES: Mapping[str, tuple[str, Callable[[Sequence[str], Iterable[Mapping[str, Any]]], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_rows),
    "json": ("application/json; charset=utf-8", json_rows),
    "jsonl": ("application/jsonl; charset=utf-8", jsonl_rows),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", excel_rows),
}
"""Formats for a table with any columns: file name extension -> (media type, writer)."""
