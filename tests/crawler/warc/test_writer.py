"""The page archive: what is written comes back byte for byte, and a killed writer leaves nothing that dangles."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.warc import reader
from crawler.warc.writer import OPEN, ArchiveWriter, locate, whole_length
from pipelines.article import Exchange
from tests.crawler.processes import environment

NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)
PAGE = "<html><body><h1>Weir repaired</h1><p>It holds again, after £4,000 and nine days.</p></body></html>".encode()


def exchange(body: bytes = PAGE, *, packed: bool = True, url: str = "https://paper.example/news/weir?page=2") -> Exchange:
    sent = gzip.compress(body, mtime=0) if packed else body
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    encoding = (("Content-Encoding", "gzip"),) if packed else ()
    return Exchange(url, (("Host", "paper.example"), ("User-Agent", "Newsledger")), 200, headers + encoding, sent, "192.0.2.7")


def test_a_page_comes_back_as_it_came(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "paper")
    first = archive.write(exchange(), NOON)
    second = archive.write(exchange(b"<p>another</p>", packed=False), NOON + timedelta(minutes=3))
    archive.close()
    path = locate(tmp_path, second.file)
    assert path == tmp_path / "paper" / "paper-20250307-01.warc.gz.open"
    assert (first.file, first.payload_hash) == ("paper/paper-20250307-01.warc.gz", hashlib.sha256(exchange().body).hexdigest())
    index = reader.index(path)
    assert index.problems == ()
    assert [(entry.offset, entry.captured) for entry in index.entries] == [
        (first.offset, NOON),
        (second.offset, NOON + timedelta(minutes=3)),
    ]
    capture = reader.read(index.entries[0])
    assert capture is not None
    assert (capture.body, capture.status, capture.header("Content-Type")) == (PAGE, 200, "text/html; charset=utf-8")


def test_every_record_says_what_the_standard_asks_for(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "paper")
    archive.write(exchange(), NOON)
    archive.close()
    records = []
    with (tmp_path / "paper" / "paper-20250307-01.warc.gz.open").open("rb") as stream:
        for record in ArchiveIterator(stream, no_record_parse=False, check_digests="raise"):
            headers = dict(record.rec_headers.headers)
            body = record.raw_stream.read()
            records.append((record.rec_type, headers, record.http_headers, body))
    kinds = [kind for kind, *_ in records]
    assert kinds == ["warcinfo", "response", "request"]
    _, response, http, body = records[1]
    assert (response["WARC-Target-URI"], response["WARC-Date"]) == (
        "https://paper.example/news/weir?page=2",
        "2025-03-07T12:00:00Z",
    )
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert all(response[f"WARC-{what}-Digest"].startswith("sha1:") for what in ("Payload", "Block"))
    assert [value for name, value in http.headers if name == "Set-Cookie"] == ["a=1", "b=2"], "repeated headers are all kept"
    assert body == exchange().body, "the packing is the server's own"
    _, request, asked, _ = records[2]
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert asked.to_str().startswith("GET /news/weir?page=2 HTTP/1.1")


def test_files_are_closed_by_day_and_by_size(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "paper", max_file_bytes=2_000)
    pages = [random.Random(n).randbytes(1_500) for n in range(3)]
    places = [archive.write(exchange(page, packed=False), NOON) for page in pages]
    places.append(archive.write(exchange(), NOON + timedelta(days=1)))
    archive.close()
    names = sorted(path.name for path in (tmp_path / "paper").iterdir())
    assert [place.file for place in places[:2]] == ["paper/paper-20250307-01.warc.gz", "paper/paper-20250307-02.warc.gz"]
    assert [name for name in names if name.endswith(OPEN)] == ["paper-20250308-01.warc.gz.open"]
    assert all(locate(tmp_path, place.file) for place in places), "a pointer holds after its file has been closed"


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    one, other = ArchiveWriter(tmp_path, "paper"), ArchiveWriter(tmp_path, "paper")
    places = [one.write(exchange(), NOON), other.write(exchange(), NOON)]
    one.close()
    other.close()
    assert len({place.file for place in places}) == 2


@pytest.mark.parametrize("cut", [1, 20, 150, 300])
def test_what_was_left_half_written_is_cut_off(tmp_path: Path, cut: int) -> None:
    archive = ArchiveWriter(tmp_path, "paper")
    first, second = archive.write(exchange(), NOON), archive.write(exchange(), NOON)
    archive.close()
    path = tmp_path / "paper" / "paper-20250307-01.warc.gz.open"
    with path.open("a+b") as stream:
        stream.truncate(second.offset + cut)
    assert whole_length(path) <= second.offset + cut
    writer = ArchiveWriter(tmp_path, "paper")
    again = writer.write(exchange(), NOON)
    writer.close()
    index = reader.index(path)
    assert index.problems == ()
    assert [entry.offset for entry in index.entries] == [first.offset, again.offset]


def test_a_name_never_leads_out_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "warc").mkdir()
    assert locate(tmp_path / "warc", "../secret") is None
    assert locate(tmp_path / "warc", "paper/none.warc.gz") is None


WRITER = """
import sys
from pathlib import Path
from tests.crawler.warc.test_writer import NOON, ArchiveWriter, exchange
import random
archive, made = ArchiveWriter(Path(sys.argv[1]), "paper"), random.Random(int(sys.argv[2]))
while True:
    place = archive.write(exchange(made.randbytes(made.randrange(200, 60_000)), packed=False), NOON)
    print(place.file, place.offset, place.payload_hash, flush=True)
"""


def test_killed_at_any_moment_each_place_that_was_told_holds(tmp_path: Path) -> None:
    told = []
    for seed in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as child:
            assert child.stdout is not None
            told += [child.stdout.readline().split() for _ in range(3 + seed)]
            os.kill(child.pid, signal.SIGKILL)
            told += [line.split() for line in child.stdout if line.endswith("\n") and len(line.split()) == 3]
    for file, offset, digest in told:
        path = locate(tmp_path, file)
        assert path is not None
        with path.open("rb") as stream:
            stream.seek(int(offset))
            record = next(iter(ArchiveIterator(stream)))
            assert hashlib.sha256(record.raw_stream.read()).hexdigest() == digest
