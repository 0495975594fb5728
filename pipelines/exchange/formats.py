"""Records of revisions as files: JSON lines that lose nothing, and CSV for spreadsheets. See docs/export.md."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # whoever only prints JSON needs no more of this package
    from pipelines.exchange.export import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for a formula, or for the end of what it was told is text, at the beginning of a cell."""

_ARTICLE = ("url", "external_id", "state")
_SEEN = ("first_seen", "last_seen", "revision_count")
_REVISION = (
    *("number", "change", "changed_fields", "reverted_to", "headline", "description", "body", "byline", "authors", "section"),
    *("topics", "kind", "language", "is_accessible_for_free", "canonical_url", "images", "date_published", "date_published_raw"),
    *("date_modified", "date_modified_raw", "first_seen", "last_seen", "not_before", "content_hash", "extractor", "warc_file"),
    *("warc_offset", "payload_hash", "reads_as"),
)
COLUMNS = ("site_id", *_ARTICLE, *(f"article_{name}" for name in _SEEN), "aliases", *_REVISION)
"""The columns of a table of revisions, in order."""


_CONTROL = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
"""Beside those below a space, which JSON escapes: C1, marks that turn the direction of text, invisible ones, lone surrogates."""


def flat(record: Record) -> dict[str, Any]:
    """A record as one row of a table; lists stay lists."""
    article = record["article"]
    return {
        "site_id": record["site"]["id"],
        **{column: article[column] for column in _ARTICLE},
        **{f"article_{column}": article[column] for column in _SEEN},
        "aliases": [alias["url"] for alias in article["aliases"]],
        **{column: record["revision"][column] for column in _REVISION},
    }


def json_text(value: object, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """JSON in which every control character is an escape; `json` leaves some that steer a terminal as they are."""
    separators = separators or ((",", ":") if indent is None else None)
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, default=str)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_jsonl(records: Iterable[Record]) -> Iterator[bytes]:
    """A JSON object a line, UTF-8."""
    for record in records:
        yield f"{json_text(record)}\n".encode()


def as_csv(records: Iterable[Record]) -> Iterator[bytes]:
    """CSV (RFC 4180), UTF-8, with a line of names; lists as JSON. No cell is a formula to any spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in records:
        row = flat(record)
        writer.writerow([cell(row[column]) for column in COLUMNS])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def cell(value: object) -> str:
    """A value as the text of a cell; one that could be taken for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
