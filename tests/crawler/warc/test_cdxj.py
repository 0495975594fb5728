"""The index beside a closed file: what replay tools look captures up by."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from crawler.warc.cdxj import index_of, lines, surt
from crawler.warc.reader import problem_of
from crawler.warc.records import record_at
from crawler.warc.writer import ArchiveWriter, CrawlerIdentity, RepeatedRecord, close_files, erase, locate
from pipelines.article import Exchange
from pipelines.store.pages import ArchivedPage
from tests.crawler.processes import environment
from tests.table import table

NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)
FERRY = "https://www.paper.example/News/Ferry?b=2&a=1"
HTML = (("Content-Type", "Text/HTML; charset=utf-8"),)


def exchange(url: str, body: bytes = b"<p>The ferry sails.</p>", status: int = 200, *led: Exchange) -> Exchange:
    return Exchange(url, (("Host", "paper.example"),), status, HTML, body, redirects=led)


@table(
    ("url", "key"),
    [
        ("https://www.Paper.example/News/Ferry?b=2&a=1#top", "example,paper)/news/ferry?a=1&b=2"),
        ("http://paper.example:80", "example,paper)/"),
        ("https://paper.example:8443/a//b/./c/../d/", "example,paper:8443)/a/b/d"),
        ("http://reader:word@www2.paper.example./x?", "example,paper)/x"),
        ("https://b\u00fccher.example/\u00fc/%C3%BC", "example,xn--bcher-kva)/%c3%bc/%c3%bc"),
        ("http://127.0.0.1:8000/news", "1,0,0,127:8000)/news"),
        ("https://paper.example/%257Eann/a b|c", "example,paper)/~ann/a%20b|c"),
        ("https://paper.example/x?PHPSESSID=0123456789abcdef0123456789abcdef&page=2", "example,paper)/x?page=2"),
        ("https://paper.example/x?b&a&=", "example,paper)/x?=&a&b"),
        ("https://paper.example/../x", "example,paper)/../x"),
        ("https://paper.example:port/x", "example,paper)/x"),
        ("https://a..b.example/x", "example,b,a)/x"),
    ],
)
def test_an_address_has_the_key_that_the_tools_give_it(url: str, key: str) -> None:
    """As the `surt` package of the Internet Archive gives it, but for a port that is none."""
    assert surt(url) == key


def test_each_capture_is_found_where_the_index_says(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "paper")
    archive.write(exchange(FERRY), NOON)
    archive.write(exchange("https://paper.example/a", b"", 410), NOON + timedelta(minutes=1))
    archive.write(exchange(FERRY), NOON + timedelta(hours=1), RepeatedRecord(FERRY, NOON))
    archive.close()
    assert not list(tmp_path.rglob("*.cdxj")), "an open file may grow still"
    (path,), busy = close_files(tmp_path / "paper")
    assert (path.name, busy) == ("paper-20250307-01.warc.gz", [])
    lines = index_of(path).read_text().splitlines()
    assert lines == sorted(lines)
    found = [(line.split(" ", 2)[:2], json.loads(line.split(" ", 2)[2])) for line in lines]
    assert [(key, facts["mime"], facts["status"]) for (key, _), facts in found] == [
        ("example,paper)/a", "text/html", "410"),
        ("example,paper)/news/ferry?a=1&b=2", "text/html", "200"),
        ("example,paper)/news/ferry?a=1&b=2", "warc/revisit", "200"),
    ]
    assert [at for (_, at), _ in found] == ["20250307120100", "20250307120000", "20250307130000"]
    whole = path.read_bytes()
    for _, facts in found:
        offset, length = int(facts["offset"]), int(facts["length"])
        assert facts["filename"] == path.name
        part = tmp_path / "part.warc.gz"
        part.write_bytes(whole[offset : offset + length])
        with part.open("rb") as stream:
            (record,) = ArchiveIterator(stream)
            headers = record.rec_headers
        assert headers.get_header("WARC-Target-URI") == facts["url"]
        assert headers.get_header("WARC-Payload-Digest") == facts.get("digest")


def test_a_withdrawn_page_leaves_the_index(tmp_path: Path) -> None:
    archive = ArchiveWriter(tmp_path, "paper")
    archive.write(exchange("https://paper.example/stays"), NOON)
    place = archive.write(exchange("https://paper.example/secret"), NOON)
    archive.close()
    (path,), _ = close_files(tmp_path / "paper")
    assert erase(tmp_path, place.file, [place.offset], NOON) == 1
    assert [line.partition(" ")[0] for line in index_of(path).read_text().splitlines()] == ["example,paper)/stays"]


def test_what_led_there_stands_behind_it(tmp_path: Path) -> None:
    hops = [exchange(f"https://paper.example/{number}", b"", 301) for number in (1, 2)]
    archive = ArchiveWriter(tmp_path, "paper")
    archive.write(exchange(FERRY, b"<p>There.</p>", 200, *hops), NOON)
    archive.write(exchange("https://paper.example/next"), NOON)
    archive.close()
    with (tmp_path / "paper" / "paper-20250307-01.warc.gz.open").open("rb") as stream:
        records = [
            (one.rec_type, one.rec_headers)
            for one in ArchiveIterator(stream, check_digests="raise")
            if one.content_stream().read() is not None
        ]
    assert [kind for kind, _ in records] == ["warcinfo", *["response", "request"] * 4]
    answer = records[1][1]
    assert answer.get_header("Newsledger-Redirects") == "2"
    assert [head.get_header("WARC-Target-URI") for _, head in records[3:7:2]] == [hop.url for hop in hops]
    assert {head.get_header("WARC-Concurrent-To") for _, head in records[3:7:2]} == {answer.get_header("WARC-Record-ID")}
    assert all(request.get_header("WARC-Concurrent-To") == response.get_header("WARC-Record-ID")
               for (_, response), (_, request) in zip(records[1::2], records[2::2], strict=True))  # fmt: skip


CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "an address": lambda record: record.replace(b"paper.example/1", b"paper.example/9"),
    "an HTTP header": lambda record: record.replace(b"Text/HTML", b"Text/HTMX"),
    "a body": lambda record: record.replace(b"elsewhere", b"somewhere"),
    "a request": lambda record: record.replace(b"GET /2 ", b"GET /3 "),
    "one is left out": lambda record: b"" if b"paper.example/2" in record else record,
    "all are left out": lambda record: b"",
}


def test_what_led_there_is_known_by_the_answer(tmp_path: Path) -> None:
    """Its digest stands in the answer's head, of which the ledger keeps and seals the hash."""
    hops = [exchange(f"https://paper.example/{number}", b"<p>elsewhere</p>", 301) for number in (1, 2)]
    archive = ArchiveWriter(tmp_path, "paper")
    place = archive.write(exchange(FERRY, b"<p>There.</p>", 200, *hops), NOON)
    archive.close()
    page = ArchivedPage(place.file, place.offset, place.payload_hash, place.archived)
    assert problem_of(tmp_path, page) is None
    path = locate(tmp_path, place.file)
    assert path is not None
    members, rest = [], path.read_bytes()
    while rest:
        stream = zlib.decompressobj(31)
        plain = stream.decompress(rest)
        members.append((plain, rest[: len(rest) - len(stream.unused_data)]))
        rest = stream.unused_data
    for what, change in CHANGED.items():
        changed = [packed for plain, packed in members if FERRY.encode() in plain or b"warcinfo" in plain]
        path.write_bytes(b"".join([*changed, *(gzip.compress(new) for plain, _ in members[3:] if (new := change(plain)))]))
        assert problem_of(tmp_path, page) == "what led to its page in the archive is not as it was", what
    path.write_bytes(b"".join(packed for _, packed in members))
    assert problem_of(tmp_path, page) is None


def test_a_file_says_who_asked_and_records_bear_both_digests(tmp_path: Path) -> None:
    archive = ArchiveWriter(
        tmp_path, "paper", identity=CrawlerIdentity("desk@paper.example\r\nrobots: none", "Newsledger/9 (+x)", "press-1")
    )
    place = archive.write(exchange(FERRY), NOON)
    archive.close()
    with (tmp_path / "paper" / "paper-20250307-01.warc.gz.open").open("rb") as stream:
        records = iter(ArchiveIterator(stream, check_digests="raise"))
        said = dict(line.split(": ", 1) for line in next(records).raw_stream.read().decode().splitlines() if line)
        answer = next(records).rec_headers
    assert (said["operator"], said["robots"]) == ("desk@paper.example robots: none", "obey")
    assert (said["http-header-user-agent"], said["hostname"]) == ("Newsledger/9 (+x)", "press-1")
    assert said["software"].startswith("newsledger/")
    assert answer.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert answer.get_header("Newsledger-Payload-SHA256") == place.payload_hash


CLOSER = """
import random, sys
from datetime import timedelta
from pathlib import Path
from crawler.warc.writer import ArchiveWriter, close_files
from tests.crawler.warc.test_cdxj import FERRY, NOON, exchange
folder, made = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
while True:
    archive = ArchiveWriter(folder, "paper")
    for _ in range(3):
        place = archive.write(exchange(FERRY, made.randbytes(made.randrange(200, 60_000))), NOON)
        print(place.file, place.offset, place.payload_hash, flush=True)
    archive.close()
    close_files(folder / "paper")
"""


def test_killed_while_files_are_closed_each_place_holds_and_each_index_is_whole(tmp_path: Path) -> None:
    told: list[list[str]] = []
    for seed in range(5):
        command = [sys.executable, "-c", CLOSER, str(tmp_path), str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as child:
            assert child.stdout is not None
            told += [child.stdout.readline().split() for _ in range(3 * (1 + seed))]
            child.kill()
            told += [line.split() for line in child.stdout if line.endswith("\n")]
    close_files(tmp_path / "paper")
    indexed = {}
    for path in (tmp_path / "paper").glob("*.warc.gz"):
        assert sorted(lines(path)) == index_of(path).read_text().splitlines()
        for line in lines(path):
            facts = json.loads(line.split(" ", 2)[2])
            indexed[f"paper/{facts['filename']}", facts["offset"]] = path
    assert not list(tmp_path.rglob("*.open"))
    for file, offset, digest in told:
        record = record_at(indexed[file, offset], int(offset))
        assert record is not None
        assert record.header("Newsledger-Payload-SHA256") == digest
