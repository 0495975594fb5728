"""An archive becomes a ledger: real WARC files, through the command."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from crawler.commands.extract import PROPOSED_IN
from crawler.warc import reader
from pipelines.article import Article
from pipelines.store.database import Store
from pipelines.store.rows import json_of
from tests.crawler.processes import newsledger

NOON = datetime(2025, 3, 7, 12, tzinfo=UTC)
URL = "https://paper.example/news/bridge-to-close"


def page(text: str, *, modified: str = "2025-03-07T09:00:00Z", url: str = URL) -> bytes:
    """A plain article page."""
    times = {"datePublished": "2025-03-07T08:00:00Z", "dateModified": modified}
    data = {"@type": "NewsArticle", "headline": "Bridge to close", **times}
    paragraphs = [text, "The bridge carries four thousand cars a day, the county council told a meeting on Thursday evening."]
    paragraphs.append("Work is to begin after Easter and should take about six weeks, weather and the river allowing.")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en"><head><title>Bridge to close</title><link rel="canonical" href="{url}">'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
        f"<body><main><article><h1>Bridge to close</h1>{body}</article></main></body></html>"
    ).encode()


def write(path: Path, records: Iterable[tuple[str, str, float, bytes, str]]) -> Path:
    """Records (kind, url, hours after noon, payload, HTTP status) as a WARC file, packed one by one where its name says so."""
    packed = [record(*values) for values in records]
    path.write_bytes(b"".join(map(gzip.compress, packed) if path.suffix == ".gz" else packed))
    return path


def record(kind: str, url: str, hours: float, payload: bytes, status: str) -> bytes:
    """One record by the letter of ISO 28500; a revisit has the headers of the answer and the digest of what it repeats."""
    digest = "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()
    answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode()
    block = {"response": answer + payload, "revisit": answer, "resource": payload}[kind]
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "WARC-Target-URI": url,
        "WARC-Date": (NOON + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "WARC-Payload-Digest": digest,
        **({"WARC-Profile": profile} if kind == "revisit" else {}),
        "Content-Type": "text/html; charset=utf-8" if kind == "resource" else "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def run(folder: Path, *files: Path, jobs: int = 1) -> dict[str, object]:
    done = newsledger("import", *map(str, files), "--db", str(folder / "news.db"), "--jobs", str(jobs), "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


def history(folder: Path) -> list[tuple[object, ...]]:
    with Store(folder / "news.db") as store:
        assert store.integrity_problems() == []
        rows = store.rows("SELECT number, change, first_seen, last_seen FROM revisions ORDER BY article_id, number")
        return [tuple(row.values()) for row in rows]


FIRST, SECOND = (
    page("The bridge will close on Monday."),
    page("The bridge will close on Tuesday.", modified="2025-03-07T13:30:00Z"),
)
DAY = [
    ("response", URL, 0, FIRST, "200 OK"),
    ("revisit", URL, 1, FIRST, "200 OK"),
    ("response", URL, 2, SECOND, "200 OK"),
    ("resource", URL, 3, SECOND, ""),
    ("revisit", URL, 4, FIRST, "200 OK"),
    ("response", URL, 5, b"", "410 Gone"),
]
LEDGER = [
    (1, "new", "2025-03-07T12:00:00Z", "2025-03-07T13:00:00Z"),
    (2, "updated", "2025-03-07T14:00:00Z", "2025-03-07T15:00:00Z"),
]


@pytest.mark.parametrize("name", ["day.warc.gz", "day.warc"])
def test_records_of_all_kinds(tmp_path: Path, name: str) -> None:
    report = run(tmp_path, write(tmp_path / name, DAY))
    assert report["outcomes"] == {"new": 1, "unchanged": 2, "updated": 1, "stale": 1, "gone": 1}
    assert history(tmp_path) == LEDGER


def test_again_adds_no_revision(tmp_path: Path) -> None:
    file = write(tmp_path / "day.warc.gz", DAY)
    run(tmp_path, file)
    run(tmp_path, file)
    assert history(tmp_path) == LEDGER


def test_files_are_taken_in_order_of_time_by_many_processes(tmp_path: Path) -> None:
    """The later file first, and enough pages that worker processes are worth starting."""
    urls = [f"https://paper.example/news/story-{n}" for n in range(60)]
    others = [("response", url, n / 100, page(f"Story {n}.", url=url), "200 OK") for n, url in enumerate(urls)]
    late, early = write(tmp_path / "a.warc.gz", [*DAY[2:], *others]), write(tmp_path / "b.warc.gz", DAY[:2])
    report = run(tmp_path, late, early, jobs=2)
    assert report["captures"] == 66
    with Store(tmp_path / "news.db", readonly=True) as store:
        changes = [row["change"] for row in store.rows("SELECT change FROM revisions r JOIN articles a ON a.id = r.article_id "
                                                       "WHERE a.url = ? ORDER BY number", (URL,))]  # fmt: skip
    assert changes == ["new", "updated"]


def test_each_revision_names_its_record(tmp_path: Path) -> None:
    file = write(tmp_path / "day.warc.gz", DAY)
    run(tmp_path, file)
    with Store(tmp_path / "news.db", readonly=True) as store:
        rows = list(store.rows("SELECT warc_file, warc_offset, body FROM revisions ORDER BY number"))
    entries = {entry.offset: entry for entry in reader.index(file).entries}
    for row, payload in zip(rows, (FIRST, SECOND), strict=True):
        capture = reader.read(entries[row["warc_offset"]])
        assert capture is not None
        assert (row["warc_file"], capture.body) == ("day.warc.gz", payload)


@pytest.mark.parametrize("cut", [0, 10, 300, 700, 1500])
def test_a_cut_off_archive_gives_what_is_whole(tmp_path: Path, cut: int) -> None:
    file = write(tmp_path / "day.warc.gz", DAY)
    file.write_bytes(file.read_bytes()[:cut])
    assert isinstance(run(tmp_path, file)["captures"], int)


def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "letter.warc.gz"
    file.write_bytes(b"Dear editor, this is no archive.")
    report = run(tmp_path, file)
    assert report["captures"] == 0
    assert "letter.warc.gz: no WARC records in it" in str(report["problems"])


def test_extract_reads_an_archive_line_by_line(tmp_path: Path) -> None:
    file = write(tmp_path / "day.warc.gz", DAY[:3])
    done = newsledger("extract", str(file), cwd=tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["url"], line["kind"], line["headline"]) for line in lines] == [(URL, "article", "Bridge to close")] * 2
    assert list(lines[0]) == list(json_of(Article(URL)))
    assert [path.name for path in tmp_path.iterdir()] == ["day.warc.gz"]


def test_extract_explains_what_it_chose_from(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(FIRST)
    done = newsledger("extract", str(file), "--url", URL, "--explain", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    blocks = {block.splitlines()[0]: block.splitlines()[1:] for block in done.stdout.split("\n\n")}
    assert blocks["headline"] == [
        "         Bridge to close",
        "  why    printed.h1: the printed heading",
        "  other  jsonld.headline: Bridge to close",
        "  other  title: Bridge to close",
    ]
    assert blocks["date_modified"][0].strip() == "2025-03-07T09:00:00Z"
    assert blocks["date_modified"][1].startswith("  why    jsonld.dateModified: ")


def test_extract_explains_as_json_too(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(FIRST)
    done = newsledger("extract", str(file), "--url", URL, "--explain", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (told["url"], told["kind"], told["reason"]) == (URL, "article", None)
    assert told["fields"]["headline"] == {
        "value": "Bridge to close",
        "source": "printed.h1",
        "why": "the printed heading",
        "proposals": [{"source": source, "value": "Bridge to close"} for source in ("jsonld.headline", "title", "printed.h1")],
    }
    assert set(told["fields"]) == set(PROPOSED_IN)
