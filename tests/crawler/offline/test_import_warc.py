"""An archive becomes a ledger: real WARC files, through the command."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from crawler.commands.extract import PROPOSED_IN
from crawler.warc import reader
from pipelines.article import Article
from pipelines.proof.verify import verify
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
    """Import files; the exit code says whether something could not be read."""
    done = newsledger("import", *map(str, files), "--db", str(folder / "news.db"), "--jobs", str(jobs), "--json")
    report: dict[str, object] = json.loads(done.stdout)
    assert done.returncode == (1 if report["problems"] else 0), done.stderr
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
    assert "letter.warc.gz: at byte 0: not a WARC record: it begins with b'Dear editor" in str(report["problems"])


def changed(
    payload: bytes, status: str = "200 OK", head: str = "", http: str = "", hours: float = 1, kind: str = "response"
) -> bytes:
    """A record whose header, or the header of the answer in it, has more lines; its lengths are true."""
    block = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{http}\r\n".encode() + payload
    date = (NOON + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = f"WARC-Type: {kind}\r\nWARC-Target-URI: {URL}\r\nWARC-Date: {date}\r\n{head}Content-Length: {len(block)}\r\n"
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


HALF = SECOND[: SECOND.index(b"Work is to begin")]
BROKEN = {
    "cut by its crawler": gzip.compress(changed(HALF, head="WARC-Truncated: disconnect\r\n")),
    "a member that is cut": gzip.compress(changed(SECOND))[:-30],
    "shorter than its answer says": gzip.compress(changed(HALF, http=f"Content-Length: {len(SECOND)}\r\n")),
    "a stream that is cut": gzip.compress(changed(gzip.compress(SECOND)[:-40], http="Content-Encoding: gzip\r\n")),
    "a deflate stream that is cut": gzip.compress(changed(zlib.compress(SECOND)[:-40], http="Content-Encoding: deflate\r\n")),
    "a part": gzip.compress(changed(HALF, "206 Partial Content")),
    "accepted": gzip.compress(changed(HALF, "202 Accepted")),
    "of the digest of another": gzip.compress(
        changed(HALF, head="WARC-Payload-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n")
    ),
    "a status that is none": gzip.compress(changed(SECOND, "2" * 23 + " OK")),
    "of the future": gzip.compress(changed(SECOND, hours=24 * 365 * 90)),
    "before all time": gzip.compress(changed(SECOND).replace(b"2025-03-07T13:00:00Z", b"0001-01-01T00:00:00+14:00")),
    "undated": gzip.compress(changed(SECOND).replace(b"WARC-Date: 2025", b"WARC-Day: 2025")),
}


@pytest.mark.slow
def test_what_is_not_whole_or_dated_wrongly_is_told_and_makes_no_edit(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Between two whole captures of one text."""
    for number, (name, broken) in enumerate(BROKEN.items()):
        with subtests.test(name):
            folder = tmp_path / str(number)
            folder.mkdir()
            file = folder / "a.warc.gz"
            whole = [gzip.compress(record("response", URL, hours, FIRST, "200 OK")) for hours in (0, 2)]
            file.write_bytes(whole[0] + broken + whole[1])
            report = run(folder, file)
            assert history(folder) == [(1, "new", "2025-03-07T12:00:00Z", "2025-03-07T14:00:00Z")]
            assert str(report["problems"]).count("a.warc.gz: at byte ") == 1


def test_files_that_are_no_pages_are_no_articles(tmp_path: Path) -> None:
    kinds = ("application/javascript", "image/svg+xml; charset=utf-8", "application/pdf", "font/woff2")
    records = [changed(FIRST, hours=n).replace(b"text/html", kind.encode()) for n, kind in enumerate(kinds)]
    file = tmp_path / "a.warc"
    file.write_bytes(b"".join(_with_length(record) for record in records))
    report = run(tmp_path, file)
    assert report["outcomes"] == {"not_article": len(kinds)}
    assert report["refused_codes"] == {"not_html": len(kinds)}
    assert sum(report["refused"].values()) == len(kinds)


def _with_length(record: bytes) -> bytes:
    head, _, rest = record.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    return b"\r\n".join([*lines, b"Content-Length: %d" % (len(rest) - 4)]) + b"\r\n\r\n" + rest


def revisit(digest: str, hours: float, head: str = "") -> bytes:
    profile = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"
    return changed(b"", head=f"{profile}WARC-Payload-Digest: {digest}\r\n{head}", hours=hours, kind="revisit")


def test_a_revisit_is_resolved_by_digest_in_any_spelling(tmp_path: Path, subtests: pytest.Subtests) -> None:
    digest = hashlib.sha1(FIRST).digest()
    base32 = base64.b32encode(digest).decode()
    spelled = (f"sha1:{base32}", f"sha1:{base32.lower()}", f"sha1:{digest.hex()}", f"SHA-1:{digest.hex().upper()}", base32)
    for number, text in enumerate(spelled):
        with subtests.test(text):
            folder = tmp_path / str(number)
            folder.mkdir()
            records = [record("response", URL, 0, FIRST, "200 OK"), record("response", URL, 1, SECOND, "200 OK")]
            file = folder / "a.warc.gz"
            file.write_bytes(b"".join(map(gzip.compress, [*records, revisit(text, 24)])))
            assert run(folder, file)["outcomes"] == {"new": 1, "updated": 1, "stale": 1}


def test_a_revisit_whose_original_came_before_is_resolved_by_what_it_names(tmp_path: Path) -> None:
    """The ledger knows what the page said then; of a time at which nobody looked it says nothing, nor does the revisit."""
    run(tmp_path, write(tmp_path / "a.warc.gz", [DAY[0], DAY[2]]))
    named = f"WARC-Refers-To-Target-URI: {URL}\r\nWARC-Refers-To-Date: %s\r\n"
    file = tmp_path / "b.warc.gz"
    file.write_bytes(gzip.compress(revisit("sha1:" + "A" * 32, 5, named % "2025-03-07T14:00:00Z")))
    assert run(tmp_path, file)["outcomes"] == {"unchanged": 1}
    assert history(tmp_path)[-1] == (2, "updated", "2025-03-07T14:00:00Z", "2025-03-07T17:00:00Z")
    file.write_bytes(gzip.compress(revisit("sha1:" + "A" * 32, 6, named % "2025-03-07T14:00:01Z")))
    report = run(tmp_path, file)
    assert report["outcomes"] == {"error": 1}
    assert "nobody knows what it repeats" in str(report["problems"])
    assert history(tmp_path)[-1] == (2, "updated", "2025-03-07T14:00:00Z", "2025-03-07T17:00:00Z")


def digests_of(body: bytes) -> dict[str, str]:
    sha1, sha256 = hashlib.sha1(body).digest(), hashlib.sha256(body).digest()
    return {
        "base32": "sha1:" + base64.b32encode(sha1).decode(),
        "lower base32": base64.b32encode(sha1).decode().lower(),
        "hex": "SHA-1:" + sha1.hex().upper(),
        "sha256 in hex": "sha256:" + sha256.hex(),
        "sha256 in base32": "SHA-256:" + base64.b32encode(sha256).decode().strip("="),
        "md5": "md5:" + hashlib.md5(body).hexdigest(),
    }


ORIGINALS = {
    "base32": {"base32", "lower base32", "hex", "sha256 in hex", "sha256 in base32"},
    "sha256 in hex": {"base32", "lower base32", "hex", "sha256 in hex", "sha256 in base32"},
    "": {"base32", "lower base32", "hex", "sha256 in hex", "sha256 in base32"},
    "md5": {"sha256 in hex", "sha256 in base32", "md5"},
}
"""How a record of the first import names its payload -> how a revisit of the second may name it."""


@pytest.mark.slow
def test_a_revisit_is_resolved_by_digest_through_the_ledger(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """The page is back at the text that an earlier import brought."""
    digests = digests_of(FIRST)
    for number, (said, known) in enumerate(ORIGINALS.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        head = f"WARC-Payload-Digest: {digests[said]}\r\n" if said else ""
        records = [changed(FIRST, head=head, hours=0), changed(SECOND, hours=1)]
        (folder / "a.warc").write_bytes(b"".join(records))
        run(folder, folder / "a.warc")
        for hours, (name, text) in enumerate(digests.items(), 24):
            with subtests.test(original=said, revisit=name):
                (folder / "b.warc").write_bytes(revisit(text, hours))
                outcomes = run(folder, folder / "b.warc")["outcomes"]
                assert ("error" in outcomes) is (name not in known)
        with Store(folder / "news.db") as store:
            rows = list(store.rows("SELECT DISTINCT warc_offset FROM fetches WHERE id > 2 AND outcome <> 'error'"))
        assert [row["warc_offset"] for row in rows] == [0], "its evidence is the record that it repeats"


@pytest.mark.slow
def test_a_revisit_speaks_once_its_original_comes(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Whether the original came first, with it, or last: the first text under its old stamp is a cache's copy."""
    digests = digests_of(FIRST)
    (tmp_path / "texts.warc").write_bytes(changed(FIRST, hours=0) + changed(SECOND, hours=1))
    (tmp_path / "original.warc").write_bytes(changed(FIRST, hours=0))
    (tmp_path / "edit.warc").write_bytes(changed(SECOND, hours=1))
    orders = [("texts", "revisit"), ("revisit", "texts"), ("edit", "revisit", "original"), ("revisit", "original", "edit")]
    for name in ("base32", "sha256 in hex"):
        (tmp_path / "revisit.warc").write_bytes(revisit(digests[name], 24))
        told = []
        for number, order in enumerate(orders):
            folder = tmp_path / f"{name} {number}"
            folder.mkdir()
            for file in order:
                run(folder, tmp_path / f"{file}.warc")
            with Store(folder / "news.db") as store:
                assert [str(fault) for fault in verify(store)] == []
                looks = list(store.rows("SELECT fetched, outcome, payload_hash FROM fetches ORDER BY fetched"))
            told.append((history(folder), looks))
            with subtests.test(digest=name, order=order):
                assert (told[-1], told[-1][1][-1]["outcome"]) == (told[0], "stale")


def test_a_revisit_repeats_what_was_no_article_too(tmp_path: Path) -> None:
    gone, notice = b"<p>It is gone.", b"<html><p>Ask again later"
    first = [
        record("response", URL, 0, FIRST, "200 OK"),
        record("response", URL + "-2", 1, gone, "410 Gone"),
        record("response", URL + "-3", 1, notice, "200 OK"),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(first))
    run(tmp_path, tmp_path / "a.warc")
    later = [revisit(digests_of(gone)["hex"], 2), revisit(digests_of(notice)["base32"], 3), revisit(digests_of(b"")["hex"], 4)]
    (tmp_path / "b.warc").write_bytes(b"".join(later))
    assert run(tmp_path, tmp_path / "b.warc")["outcomes"] == {"gone": 1, "not_article": 1, "error": 1}


def test_a_revisit_of_a_withdrawn_page_brings_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record("response", URL, 0, FIRST, "200 OK"))
    run(tmp_path, tmp_path / "a.warc")
    where = ("--db", str(tmp_path / "news.db"))
    done = newsledger("withdraw", URL, "--reason", "asked to", "--by", "the editor", "--yes", "--forget-missing", *where)
    assert done.returncode == 0, done.stderr
    elsewhere = revisit(digests_of(FIRST)["hex"], 2).replace(URL.encode(), URL.encode() + b"-2")
    (tmp_path / "b.warc").write_bytes(elsewhere)
    assert run(tmp_path, tmp_path / "b.warc")["outcomes"] == {"error": 1}


def test_a_revisit_by_the_word_of_the_server_is_no_revisit_of_nothing(tmp_path: Path) -> None:
    """Its digest is that of an empty body, which an empty 404 of the file has too."""
    empty = "sha1:" + base64.b32encode(hashlib.sha1(b"").digest()).decode()
    profile = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified\r\n"
    not_modified = changed(b"", "304 Not Modified", f"{profile}WARC-Payload-Digest: {empty}\r\n", hours=3, kind="revisit")
    other = record("response", "https://paper.example/news/none", 2, b"", "404 Not Found")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"".join(map(gzip.compress, [record("response", URL, 0, FIRST, "200 OK"), other, not_modified])))
    assert run(tmp_path, file)["outcomes"] == {"new": 1, "gone": 1, "not_modified": 1}
    assert history(tmp_path) == [(1, "new", "2025-03-07T12:00:00Z", "2025-03-07T15:00:00Z")]


def test_an_imported_record_is_known_by_all_of_it(tmp_path: Path) -> None:
    file = write(tmp_path / "day.warc.gz", DAY)
    run(tmp_path, file)
    with Store(tmp_path / "news.db", readonly=True) as store:
        rows = list(store.rows("SELECT * FROM fetches ORDER BY id"))
        revision = store.row("SELECT payload_hash FROM revisions WHERE number = 1")
    by_offset = {entry.offset: entry for entry in reader.index(file).entries}
    for row in rows:
        entry = by_offset[row["warc_offset"]]
        assert (row["warc_uri"], row["warc_date"]) == (URL, f"{entry.captured:%Y-%m-%dT%H:%M:%SZ}")
        assert row["warc_file_id"].startswith("sha256:")
        assert row["warc_record_id"].startswith("<urn:uuid:")
        assert len(row["record_hash"]) == 64
    assert revision == {"payload_hash": hashlib.sha256(FIRST).hexdigest()}
    assert rows[0]["payload_digest"] == f"sha1:{hashlib.sha1(FIRST).hexdigest()}"
    assert rows[4]["record_hash"] == rows[0]["record_hash"], "a revisit is evidence by what it repeats"
    assert rows[5]["payload_digest"] is None, "nothing is no payload"


def test_verify_covers_imported_files_where_they_are(tmp_path: Path) -> None:
    file = write(tmp_path / "day.warc", DAY)
    run(tmp_path, file)
    checked = verified(tmp_path)
    assert checked.startswith("Nothing is wrong. ")
    assert "Not checked: 6 pages of files that were imported" in checked
    assert "; 6 archived pages." in verified(tmp_path, "--warc", str(tmp_path))
    file.write_bytes(file.read_bytes().replace(b"charset=utf-8", b"charset=utf-9", 1))
    differs = "its record in the archive is not as it was: its headers differ (day.warc at 0)"
    assert verified(tmp_path, "--warc", str(tmp_path)).startswith(f"revision 1: {differs}")


def verified(folder: Path, *options: str) -> str:
    done = newsledger("verify", "--db", str(folder / "news.db"), *options)
    assert done.returncode == (not done.stdout.startswith("Nothing is wrong.")), done.stderr
    return " ".join(done.stdout.split())


def test_another_file_of_the_name_is_no_evidence(tmp_path: Path) -> None:
    """For none that reads pages back; each is told by revision."""
    folder = tmp_path / "warc"
    folder.mkdir()
    run(tmp_path, write(tmp_path / "day.warc.gz", DAY[:1]))
    write(folder / "day.warc.gz", [("response", URL, 1, SECOND, "200 OK")])
    where = ("--db", str(tmp_path / "news.db"))
    refused = "its page in the archive is not the one that was received"
    assert verified(tmp_path).startswith(f"revision 1: {refused} (day.warc.gz at 0)")
    done = newsledger("reprocess", "--all", "--again", "--jobs", "1", "--json", *where)
    assert json.loads(done.stdout)["left"] == {refused: 1}
    done = newsledger("export", "warc", "-o", str(tmp_path / "out.warc.gz"), *where)
    assert done.returncode == 1
    assert f"{URL} revision 1: {refused} (day.warc.gz at 0)" in done.stderr
    write(folder / "day.warc.gz", DAY[:1])
    assert refused not in verified(tmp_path)


POINTERS = (
    ("a\0b.warc.gz", 0), ("a" * 300, 0), ("../day.warc", 0), ("/etc/passwd", 0), (b"\xff\xfe", 0), (7, 0), ("day.warc", "x"),
    ("day.warc", -5), ("day.warc", 2**62), ("day.warc", 1.5),
)  # fmt: skip
READERS = {
    "verify": (("verify", "--all"), 1),
    "reprocess": (("reprocess", "--all", "--again", "--jobs", "1"), 0),
    "export warc": (("export", "warc", "-o", "{}/out.warc.gz"), 1),
    "export jsonl": (("export", "jsonl", "-o", "{}/out.jsonl"), 0),
    "export parquet": (("export", "parquet", "-o", "{}/out.parquet"), 0),
    "why": (("why", URL + "-0"), 0),
    "history": (("history", URL + "-4", "--json"), 0),
    "withdraw": (("withdraw", URL + "-4", "--reason", "x", "--yes"), 1),
}
"""Whatever reads pages, or where they are -> the command, and its exit code."""


def test_a_damaged_pointer_costs_its_row(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """One row each; two rows are sound, and are read."""
    count = len(POINTERS) + 2
    urls = [f"{URL}-{number}" for number in range(count)]
    write(tmp_path / "day.warc", [("response", url, 0, page(f"Of {url}.", url=url), "200 OK") for url in urls])
    run(tmp_path, tmp_path / "day.warc")
    (tmp_path / "warc").mkdir()
    (tmp_path / "day.warc").rename(tmp_path / "warc" / "day.warc")
    with Store(tmp_path / "news.db") as store:
        for row_id, (file, offset) in enumerate(POINTERS, 1):
            for table in ("revisions", "fetches"):
                store.update(table, row_id, {"warc_file": file, "warc_offset": offset})
    said = {}
    for name, (command, code) in READERS.items():
        with subtests.test(name):
            done = newsledger(*(word.format(tmp_path) for word in command), "--db", str(tmp_path / "news.db"))
            said[name] = done.stdout + done.stderr
            assert done.returncode == code, said[name]
    assert f"{count} pages read: 0 revisions corrected, 2 read as they did" in said["reprocess"]
    assert "2 copied" in said["export warc"]
    assert f"{URL}-3 revision 1: its file is not in the archive (/etc/passwd at 0)" in said["export warc"]
    faults = {line.partition(":")[0] for line in said["verify"].splitlines() if "in the archive (" in line}
    damaged = {f"revision {number}" for number in range(1, len(POINTERS) + 1)}
    assert faults == damaged - {"revision 6"}, "7 may be the name of a file that was imported"
    with Store(tmp_path / "news.db") as store:
        store.execute("UPDATE fetches SET warc_file = CAST(x'ff' AS TEXT) WHERE id = 12")
        assert "fetch 12" in {fault.where for fault in verify(store)}, "and so does a text that is none"


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
