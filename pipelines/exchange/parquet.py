"""Records of revisions as Parquet: the only module with pyarrow, from the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

from pipelines import MissingExtraError
from pipelines.exchange.export import FORMAT, Record
from pipelines.exchange.formats import COLUMNS, flat
from pipelines.store.rows import optional_instant

BATCH = 2_000
"""Rows of a row group. More: smaller files, and more memory."""

_TIMES = ("first_seen", "last_seen", "not_before", "article_first_seen", "article_last_seen")
_STAMPS = ("date_published", "date_modified")
_INTEGERS = ("number", "reverted_to", "reads_as", "warc_offset", "article_revision_count")


def write_parquet(records: Iterable[Record], stream: IO[bytes]) -> None:
    """Write a table of records; raises MissingExtraError if pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("parquet", "pyarrow") from error
    schema = _schema(pa)
    rows = iter(records)
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while batch := [_typed_row(flat(record)) for record in islice(rows, BATCH)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _schema(pa: Any) -> Any:
    """Each column's type; times are UTC. `..._day_only` is true for a stamp without a time."""
    text, texts = pa.string(), pa.list_(pa.string())
    special = {
        "is_accessible_for_free": pa.bool_(), "changed_fields": texts, "topics": texts, "aliases": texts,
        "authors": pa.list_(pa.struct([(name, text) for name in ("name", "role", "agency", "kind")])),
        "images": pa.list_(pa.struct([(name, text) for name in ("url", "alt", "caption", "credit")])),
        **dict.fromkeys(_TIMES + _STAMPS, pa.timestamp("s", tz="UTC")),
        **dict.fromkeys(_INTEGERS, pa.int64()),
    }  # fmt: skip
    fields = []
    for column in COLUMNS:
        fields.append((column, special.get(column, text)))
        if column in _STAMPS:
            fields.append((f"{column}_day_only", pa.bool_()))
    return pa.schema(fields, metadata={"format": FORMAT})


def _typed_row(row: dict[str, Any]) -> dict[str, Any]:
    days = {f"{column}_day_only": len(row[column]) == 10 if row[column] else None for column in _STAMPS}
    return row | days | {column: optional_instant(row[column]) for column in _TIMES + _STAMPS}
