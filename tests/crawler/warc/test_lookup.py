"""The record that a pointer of the ledger leads to: unpacked, with its headers; refused where it is another one."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.warc.reader import ArchivedCapture, answer, problem_of, recorded
from crawler.warc.writer import ArchiveWriter, RecordLocation, RepeatedRecord
from pipelines.article import Exchange
from pipelines.store.pages import NO_FILE, NOT_THERE, ArchivedPage

NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)
ASKED = (("User-Agent", "Newsledger/1.0"),)
HEADERS = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Odd", "caf\u00e9"))
EXCHANGE = Exchange("https://paper.example/", ASKED, 203, HEADERS, gzip.compress(b"<p>said</p>"))


@pytest.fixture
def places(tmp_path: Path) -> tuple[RecordLocation, RecordLocation]:
    """An answer, and another that repeats it."""
    archive = ArchiveWriter(tmp_path, "paper")
    repeated = RepeatedRecord("https://paper.example/", NOON)
    written = archive.write(EXCHANGE, NOON), archive.write(EXCHANGE, NOON, repeated)
    archive.close()
    return written


def page_of(place: RecordLocation) -> ArchivedPage:
    return ArchivedPage(place.file, place.offset, place.payload_hash, place.archived)


def test_an_answer_is_read_at_its_place(tmp_path: Path, places: tuple[RecordLocation, RecordLocation]) -> None:
    page, again = map(page_of, places)
    found = answer(tmp_path, page)
    assert isinstance(found, ArchivedCapture)
    assert (found.status, found.body) == (203, b"<p>said</p>")
    assert [name for name, _ in found.headers] == ["Content-Type", "Content-Encoding", "X-Odd"]
    assert replace(found.archived, file_id=page.record and page.record.file_id) == page.record
    assert answer(tmp_path, again) == NOT_THERE, "a revisit has no body"
    assert problem_of(tmp_path, again) is None, "and is there"


def test_a_pointer_that_leads_nowhere(tmp_path: Path, places: tuple[RecordLocation, RecordLocation],
                                      subtests: pytest.Subtests) -> None:  # fmt: skip
    page = page_of(places[0])
    (tmp_path / "round").symlink_to("round")
    for offset in (page.offset + 1, 10_000_000, -1, 2**63 - 1, 2**70):
        with subtests.test(offset=offset):
            assert answer(tmp_path, replace(page, offset=offset)) == NOT_THERE
    names = ("../paper", "paper/none.warc.gz", "", "paper", "a\0b", "a" * 300, "a/" * 600, "/etc/passwd", "round", "\udcff")
    for name in names:
        with subtests.test(name=name[:20]):
            assert answer(tmp_path, replace(page, file=name)) == NO_FILE


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_byte_that_differs_is_told(tmp_path: Path, places: tuple[RecordLocation, RecordLocation], is_repeated: bool,
                                     subtests: pytest.Subtests) -> None:  # fmt: skip
    """In the WARC headers, the HTTP headers, the request, and the body."""
    page = page_of(places[is_repeated])
    path = next((tmp_path / "paper").iterdir())
    packed = path.read_bytes()
    plain = path.with_name("plain.warc")
    record = gzip.decompress(packed[page.offset :])
    changes = {
        r"WARC-Date: 2025": "WARC-Date: 2024", r"paper\.example/\r": "paper.example/?\r", r"X-Odd: c": "X-Odd: k",
        r"HTTP/1\.1 203": "HTTP/1.1 200", r"Newsledger/1\.0": "Newsledger/1.1",
        r"WARC-Block-Digest: sha1:.": "WARC-Block-Digest: sha1:8",  # base32 has no 8
    }  # fmt: skip
    plain.write_bytes(record)
    assert problem_of(tmp_path, replace(page, file="paper/plain.warc", offset=0)) is None, "packed or not"
    for pattern, text in changes.items():
        with subtests.test(pattern):
            changed = re.sub(pattern.encode(), text.encode(), record, count=1)
            assert changed != record
            plain.write_bytes(changed)
            assert problem_of(tmp_path, replace(page, file="paper/plain.warc", offset=0))
    plain.write_bytes(record[: record.index(b"WARC/1.1", 9)])
    assert isinstance(recorded(tmp_path, replace(page, file="paper/plain.warc", offset=0)), str), "without its request"
