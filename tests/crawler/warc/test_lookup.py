"""An archived answer at its place: unpacked, with its headers; nothing where there is nothing whole."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

from crawler.warc.reader import answer_at
from crawler.warc.writer import ArchiveWriter, RepeatedRecord
from pipelines.article import Exchange

NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)


def test_an_answer_is_read_at_its_place(tmp_path: Path) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Odd", "caf\u00e9"))
    exchange = Exchange("https://paper.example/", (), 203, headers, gzip.compress(b"<p>said</p>"))
    archive = ArchiveWriter(tmp_path, "paper")
    place, again = archive.write(exchange, NOON), archive.write(exchange, NOON, RepeatedRecord("https://paper.example/", NOON))
    archive.close()
    found = answer_at(tmp_path, place.file, place.offset)
    assert found is not None
    assert (found.status, found.body) == (203, b"<p>said</p>")
    assert [name for name, _ in found.headers] == ["Content-Type", "Content-Encoding", "X-Odd"]
    assert answer_at(tmp_path, again.file, again.offset) is None, "a revisit has no body"
    assert answer_at(tmp_path, place.file, place.offset + 1) is None
    assert answer_at(tmp_path, place.file, 10_000_000) is None
    assert answer_at(tmp_path, "../paper", 0) is None
    assert answer_at(tmp_path, "paper/none.warc.gz", 0) is None
