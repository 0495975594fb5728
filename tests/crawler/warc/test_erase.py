"""Records taken out of a WARC file: nothing behind them moves, and what was interrupted is done again."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import reader
from crawler.warc.erase import TEXT, Erasure, UnerasableError, erasure_for, notes_of
from crawler.warc.writer import OPEN, ArchiveBusyError, ArchiveWriter, RecordLocation, erase, locate
from pipelines.article import Exchange
from tests.crawler.warc.test_writer import NOON, exchange

RECORD_ID = "<urn:uuid:12345678-1234-1234-1234-123456789abc>"
SHORTEST = 18 + 5 + 189


@given(st.one_of(st.integers(SHORTEST, 70_000), st.integers(60_000, 400_000)))
def test_a_blank_is_exactly_as_long_as_its_place(length: int) -> None:
    packed = Erasure(0, length, RECORD_ID, "2025-03-07T12:00:00Z").member()
    assert len(packed) == length
    (record,) = ArchiveIterator(BytesIO(packed), check_digests="raise")
    assert (record.rec_type, record.rec_headers.get_header("WARC-Record-ID")) == ("metadata", RECORD_ID)


def test_a_place_that_is_too_short_is_refused() -> None:
    with pytest.raises(UnerasableError):
        Erasure(0, SHORTEST - 1, RECORD_ID, "2025-03-07T12:00:00Z").member()


def written(folder: Path, count: int = 3) -> list[RecordLocation]:
    """Pages of many sizes in one file; one of them larger than a deflate block."""
    archive, made = ArchiveWriter(folder, "paper"), random.Random(5)
    places = [archive.write(exchange(made.randbytes(size), packed=False), NOON) for size in (300, 180_000, 9_000)[:count]]
    archive.close()
    return places


def the_file(folder: Path) -> Path:
    path = locate(folder, "paper/paper-20250307-01.warc.gz")
    assert path is not None
    return path


def page_of(path: Path, place: RecordLocation) -> bytes | None:
    entries = {entry.offset: entry for entry in reader.index(path).entries}
    found = reader.read(entries[place.offset]) if place.offset in entries else None
    return found.body if found else None


def kinds(path: Path) -> list[tuple[str, int]]:
    with path.open("rb") as stream:
        archive = ArchiveIterator(stream)
        return [(record.rec_type, archive.get_record_offset()) for record in archive]


@pytest.mark.parametrize("closed", [False, True])
def test_what_is_erased_is_gone_and_nothing_moves(tmp_path: Path, closed: bool) -> None:
    places = written(tmp_path)
    path = the_file(tmp_path)
    if closed:
        path = path.rename(path.with_name(path.name.removesuffix(OPEN)))
    before, size, page = kinds(path), path.stat().st_size, page_of(path, places[1])
    assert page is not None
    assert erase(tmp_path, places[1].file, [places[1].offset], NOON) == 1
    assert path.stat().st_size == size
    assert kinds(path) == [(kind if at != places[1].offset else "metadata", at) for kind, at in before]
    assert page[:64] not in path.read_bytes()
    assert page_of(path, places[1]) is None
    assert page_of(path, places[2]) is not None
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert erase(tmp_path, places[1].file, [places[1].offset], NOON) == 0, "once is enough"
    assert not notes_of(path).exists()


def test_each_of_several_records_goes(tmp_path: Path) -> None:
    places = written(tmp_path)
    assert erase(tmp_path, places[0].file, [place.offset for place in places], NOON) == 3
    assert [entry.offset for entry in reader.index(the_file(tmp_path)).entries] == []


def test_a_place_that_is_no_record_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    places = written(tmp_path)
    before = the_file(tmp_path).read_bytes()
    for wrong in (places[1].offset + 1, 0, len(before)):
        with pytest.raises(UnerasableError):
            erase(tmp_path, places[0].file, [places[0].offset, wrong], NOON)
    assert the_file(tmp_path).read_bytes() == before


def test_a_record_that_is_too_short_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "short.warc.gz"
    path.write_bytes(
        gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:a>\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    )
    before = path.read_bytes()
    with pytest.raises(UnerasableError, match="too short"):
        erase(tmp_path, path.name, [0], NOON)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [(path.name, before)]


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    (place,) = written(tmp_path, 1)
    writer = ArchiveWriter(tmp_path, "paper")
    writer.write(exchange(), NOON)
    with pytest.raises(ArchiveBusyError, match="paper-20250307-01"):
        erase(tmp_path, place.file, [place.offset], NOON)
    writer.close()
    assert erase(tmp_path, place.file, [place.offset], NOON) == 1


@pytest.mark.parametrize("done", [0, 1, 40, 5_000])
def test_killed_half_way_the_next_writer_finishes_it_before_it_cuts(tmp_path: Path, done: int) -> None:
    """A broken member in the middle would else be taken for a broken end, and all behind it be cut off."""
    places = written(tmp_path)
    path = the_file(tmp_path)
    with path.open("r+b") as stream:
        erasure = erasure_for(stream, places[1].offset, NOON)
        assert erasure is not None
        notes_of(path).write_text(json.dumps([asdict(erasure)]), encoding="utf-8")
        stream.seek(erasure.offset)
        stream.write(erasure.member()[:done])
    writer = ArchiveWriter(tmp_path, "paper")
    added = writer.write(exchange(), NOON)
    writer.close()
    assert [entry.offset for entry in reader.index(path).entries] == [places[0].offset, places[2].offset, added.offset]
    assert reader.index(path).problems == ()
    assert not notes_of(path).exists()
    with path.open("rb") as stream:
        stream.seek(places[1].offset)
        record = next(iter(ArchiveIterator(stream)))
        assert record.content_stream().read().decode().strip() == TEXT


def test_what_led_to_a_page_goes_with_it(tmp_path: Path) -> None:
    """A redirect's address and text may say what the page said."""
    led = tuple(Exchange(f"https://paper.example/{n}", (), 301, (("Location", "/secret"),), b"to the secret") for n in (1, 2))
    archive = ArchiveWriter(tmp_path, "paper")
    pages = [Exchange(f"https://paper.example/{name}", (), 200, (), name.encode() * 50) for name in ("stays", "secret", "next")]
    places = [archive.write(replace(page, redirects=led[: number * 2]), NOON) for number, page in enumerate(pages[:2])]
    places.append(archive.write(replace(pages[2], redirects=led[:1]), NOON))
    archive.close()
    assert erase(tmp_path, places[1].file, [places[1].offset], NOON) == 3
    path = locate(tmp_path, places[0].file)
    assert path is not None
    left = [entry.url.rpartition("/")[2] for entry in reader.index(path).entries]
    assert left == ["stays", "next", "1"], "what led to another page stays"
    assert erase(tmp_path, places[1].file, [places[1].offset], NOON) == 0
