"""`newsledger export`, `merge` and the door of `import` for records, as a person types them, on real files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from warcio.archiveiterator import ArchiveIterator

from crawler.cli import main
from crawler.warc.subset import copy
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Exchange, Fetch, Outcome
from pipelines.exchange import export
from pipelines.exchange.export import FORMAT, Record
from pipelines.exchange.formats import COLUMNS, FORMULA, as_csv, cell, flat
from pipelines.proof.verify import verify
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from tests.factories import URL, article, at, new_ledger, new_store
from tests.forkserver import Process

ROOT = Path(__file__).resolve().parents[3]
WEIR = "https://paper.example/news/the-weir"
WEEKLY = "https://weekly.example/fair"


def kept(archive: ArchiveWriter, url: str, body: str, minutes: float) -> dict[str, Any]:
    """A page put into the archive, as the fields of its fetch."""
    place = archive.write(
        Exchange(url, (("Host", "paper.example"),), 200, (("Content-Type", "text/html"),), body.encode()), at(minutes)
    )
    return {"warc_file": place.file, "warc_offset": place.offset, "payload_hash": place.payload_hash}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two papers, four articles, of which one has been withdrawn, one taken down; two pages archived."""
    archive = ArchiveWriter(tmp_path / "warc", "paper")
    with new_store(tmp_path) as store:
        put_sites(store, [{"id": "weekly", "name": "The Weekly", "url": "https://weekly.example/"}])
        paper, weekly = new_ledger(store), new_ledger(store, "weekly")
        paper.record(article(fetch=kept(archive, URL, "<p>one", 0)))
        paper.record(article("Two were hurt.", seen=10, modified=9, fetch=kept(archive, URL, "<p>two", 10)))
        weekly.record(article("The fair opens at noon.", url=WEEKLY, headline='=HYPERLINK("x")', seen=12, byline="@ann"))
        paper.record(article("Three were hurt.", seen=20, modified=9))
        paper.record(article("The weir holds.", url=WEIR, headline="The weir", seen=30))
        paper.record(Fetch(WEIR, at(40), status=410, outcome=Outcome.GONE, reason="status 410"))
        secret = "https://paper.example/secret"
        paper.record(article("A secret.", url=secret, headline="Secret", seen=50, fetch=kept(archive, secret, "<p>secret", 50)))
        gone = store.value("SELECT id FROM articles WHERE url LIKE '%secret'")
        store.insert("withdrawals", {"article_id": gone, "at": "2025-03-08T00:00:00Z", "who": "x", "reason": "y", "revisions": 1})
    archive.close()
    return tmp_path / "news.db"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def exported(db: Path, *options: object) -> list[Record]:
    done = run("export", "jsonl", "--db", db, *options)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_record_stands_for_itself(ledger: Path) -> None:
    first, second, *_ = exported(ledger)
    assert list(first) == ["format", "site", "article", "revision", "readings", "looks"]
    assert (first["format"], first["site"]["id"], first["article"]["url"]) == (FORMAT, "paper", URL)
    assert first["revision"]["authors"] == [{"name": "Ann Other", "role": None, "agency": None, "kind": "person"}]
    assert (second["revision"]["number"], second["revision"]["change"]) == (2, "updated")
    assert second["revision"]["changed_fields"] == ["body", "date_modified"]
    assert [look["fetched"] for look in second["looks"]] == ["2025-03-07T08:10:00Z"]
    assert second["revision"]["payload_hash"] == second["looks"][0]["payload_hash"]


SELECTIONS: list[tuple[list[str], list[tuple[str, int]]]] = [
    ([], [(URL, 1), (URL, 2), (WEEKLY, 1), (URL, 3), (WEIR, 1)]),
    (["--site", "weekly"], [(WEEKLY, 1)]),
    (["--site", "weekly", "--site", "paper", "--latest"], [(WEEKLY, 1), (URL, 3), (WEIR, 1)]),
    (["--change", "silent", "--change", "updated"], [(URL, 2), (URL, 3)]),
    (["--since", "2025-03-07T08:12", "--until", "2025-03-07T08:20"], [(WEEKLY, 1)]),
    (["--since", "2025-03-08"], []),
    (["--query", "hurt two"], [(URL, 2)]),
    (["--query", '"no one was hurt"'], [(URL, 1)]),
    (["--query", "hur* NOT"], []),
    (["--query", "secret"], []),
    (["--url", "http://www.paper.example/news/mill-fire/"], [(URL, 1), (URL, 2), (URL, 3)]),
]


@pytest.mark.parametrize(("options", "expected"), SELECTIONS, ids=[" ".join(options) or "all" for options, _ in SELECTIONS])
def test_selections(ledger: Path, options: list[str], expected: list[tuple[str, int]]) -> None:
    assert [(record["article"]["url"], record["revision"]["number"]) for record in exported(ledger, *options)] == expected


@pytest.mark.parametrize(("options", "code", "why"), [
    (["--since", "yesterday"], 2, "is no time"),
    (["--url", "https://paper.example/never"], 1, "no article at"),
    (["--change", "edited"], 2, "is not one of"),
    (["-o", "/nowhere/at/all.jsonl"], 1, "No such file"),
])  # fmt: skip
def test_wrong_requests(ledger: Path, options: list[str], code: int, why: str) -> None:
    done = run("export", "jsonl", "--db", ledger, *options)
    assert (done.exit_code, why in done.output) == (code, True), done.output


def test_wacz_is_whole_and_comes_back(ledger: Path, tmp_path: Path) -> None:
    file, back = tmp_path / "some.wacz", tmp_path / "back" / "news.db"
    done = run("export", "wacz", "-o", file, "--site", "paper", "--db", ledger)
    assert (done.exit_code, "2 copied" in done.output) == (0, True), done.output
    with zipfile.ZipFile(file) as package:
        described, digest = package.read("datapackage.json"), json.loads(package.read("datapackage-digest.json"))
        assert digest == {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
        facts = json.loads(described)
        assert facts["wacz_version"] == "1.1.1"
        for one in facts["resources"]:
            content = package.read(one["path"])
            assert (one["hash"], one["bytes"]) == (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()][1:]
        assert [(page["url"], page["ts"]) for page in pages] == [(URL, "2025-03-07T08:00:00Z"), (URL, "2025-03-07T08:10:00Z")]
        head, block = package.read("indexes/index.idx").decode().splitlines()
        place = json.loads(block.split(" ", 2)[2])
        packed = package.read("indexes/index.cdx.gz")[place["offset"] :][: place["length"]]
        assert (head.startswith("!meta 0 "), len(gzip.decompress(packed).splitlines())) == (True, 2)
        assert package.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
    back.parent.mkdir()
    done = run("import", file, "--db", back, "--json")
    assert (done.exit_code, json.loads(done.stdout)["captures"]) == (0, 2), done.output
    assert run("verify", "--db", back).output.endswith("2 archived pages.\n"), "the copy is in the archive"
    assert run("import", file, "--db", back).exit_code == 0
    assert len(list(back.parent.rglob("*.warc.gz"))) == 1
    assert run("export", "wacz", "--db", ledger).exit_code == 2


def test_a_bag_holds_all_with_its_hashes(ledger: Path, tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "warc", "weekly").close()
    bag = tmp_path / "bag"
    done = run("export", "bagit", "-o", bag, "--db", ledger)
    assert (done.exit_code, done.output) == (0, "3 files\n"), "ledger, page archive and its marker"
    assert (bag / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    for name in ("manifest", "tagmanifest"):
        for algorithm in ("sha256", "sha512"):
            lines = (bag / f"{name}-{algorithm}.txt").read_text().splitlines()
            assert lines
            for line in lines:
                digest, path = line.split("  ", 1)
                assert hashlib.new(algorithm, (bag / path).read_bytes()).hexdigest() == digest, path
    payload = [path for path in (bag / "data").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in payload)
    assert f"Payload-Oxum: {size}.{len(payload)}\n" in (bag / "bag-info.txt").read_text()
    premis = tmp_path / "check.xml"
    done = run("verify", "--db", bag / "data" / "news.db", "--premis", premis)
    assert "1 sealed" not in done.output
    root = etree.parse(premis).getroot()
    told = {
        name: root.findtext(f".//{{{root.nsmap[None]}}}{name}") for name in ("eventType", "eventOutcome", "objectIdentifierValue")
    }
    assert told == {"eventType": "fixity check", "eventOutcome": "success" if done.exit_code == 0 else "fail",
                    "objectIdentifierValue": "news.db"}  # fmt: skip
    assert "revisions" in (root.findtext(f".//{{{root.nsmap[None]}}}eventOutcomeDetailNote") or "")
    assert run("export", "bagit", "-o", bag, "--db", ledger).exit_code == 1, "it is there already"
    assert run("export", "bagit", "-o", tmp_path / "x", "--site", "paper", "--db", ledger).exit_code == 2
    assert sorted(path.name for path in tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_jsonl_comes_back_as_it_was(ledger: Path, tmp_path: Path, name: str) -> None:
    file, back = tmp_path / name, tmp_path / "back.db"
    assert run("export", "jsonl", "-o", file, "--db", ledger).exit_code == 0
    done = run("import", file, "--db", back, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["records"], found["revisions"], found["by_outcome"]) == (5, 5, {"new": 3})
    assert run("export", "jsonl", "-o", tmp_path / "again.jsonl", "--db", back).exit_code == 0
    opened = gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes()
    assert (tmp_path / "again.jsonl").read_bytes() == opened
    with Store(back) as store:
        assert [str(fault) for fault in verify(store)] == []
        assert store.value("SELECT count(*) FROM revisions_fts WHERE revisions_fts MATCH 'hurt'") == 3
    assert json.loads(run("import", file, "--db", back, "--json").stdout)["by_outcome"] == {"known": 3}
    assert sorted(path.name for path in tmp_path.glob("*.partial")) == []


def test_an_excerpt_is_a_history_of_its_own(ledger: Path, tmp_path: Path) -> None:
    """A revision without those before it is the first that is known; the rest comes in before it later."""
    part, whole, back = tmp_path / "part.jsonl", tmp_path / "whole.jsonl", tmp_path / "back.db"
    run("export", "jsonl", "--latest", "-o", part, "--db", ledger)
    run("export", "jsonl", "-o", whole, "--db", ledger)
    assert run("import", part, "--db", back).exit_code == 0
    assert [(r["revision"]["number"], r["revision"]["change"]) for r in exported(back, "--url", URL)] == [(1, "new")]
    assert run("import", whole, "--db", back).exit_code == 0
    ordered = sorted((r["revision"]["number"], r["revision"]["change"]) for r in exported(back, "--url", URL))
    assert ordered == [(1, "new"), (2, "updated"), (3, "silent")]
    with Store(back) as store:
        assert [str(fault) for fault in verify(store)] == []


def test_damaged_records_are_told_and_the_others_come_in(ledger: Path, tmp_path: Path) -> None:
    lines = run("export", "jsonl", "--db", ledger).stdout.splitlines()
    file = tmp_path / "some.jsonl"
    file.write_bytes("\n".join([lines[0], lines[1].replace("Two", "Ten"), lines[2]]).encode() + b"\n\xff\xfe{}\n")
    done = run("import", file, "--db", tmp_path / "back.db")
    assert done.exit_code == 1
    assert "some.jsonl: record 2: revision: its text is not the one of its hash" in done.output
    assert "some.jsonl: record 4: no JSON" in done.output
    assert len(exported(tmp_path / "back.db")) == 2


def test_a_cut_file_brings_what_it_has(ledger: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl.gz"
    run("export", "jsonl", "-o", file, "--db", ledger)
    file.write_bytes(file.read_bytes()[:-20])
    done = run("import", file, "--db", tmp_path / "back.db")
    assert (done.exit_code, "cut or damaged" in done.output) == (1, True)


def test_csv(ledger: Path) -> None:
    out = run("export", "csv", "--db", ledger).stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["content_hash"] for row in rows] == [record["revision"]["content_hash"] for record in exported(ledger)]
    assert (rows[2]["headline"], rows[2]["byline"]) == ('\'=HYPERLINK("x")', "'@ann")
    assert json.loads(rows[0]["authors"])[0]["name"] == "Ann Other"
    assert out.count("\r\n") == 6
    assert "\n\n" in rows[0]["body"]


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.sampled_from(["=1+1", "\t=1", "＝1+1", "\u200e\x00=1", "\ufeff@a", "\r\n@a", "-2", "+x", '"=1"']),
    )
)
@settings(max_examples=200, deadline=None)
def test_no_cell_is_a_formula_and_every_text_comes_back(text: str) -> None:
    assert not cell(text).startswith(FORMULA)
    told = flat_record(text)
    (names, row) = list(csv.reader(io.StringIO(b"".join(as_csv([told])).decode(), newline="")))
    found = dict(zip(names, row, strict=True))
    assert (found["headline"], found["body"]) == (cell(text), cell(text))
    assert found["headline"].removeprefix("'") == text.removeprefix("'")
    assert json.loads(found["topics"]) == [text]


def flat_record(text: str) -> Record:
    facts = dict.fromkeys((name.removeprefix("article_") for name in COLUMNS), None)
    site = dict.fromkeys(("name", "country", "region", "timezone"))
    told = {"headline": text, "body": text, "topics": [text], "content_hash": "0" * 64, "first_seen": "2025-03-07T08:00:00Z"}
    return {"site": {"id": "x", **site}, "article": {**facts, "aliases": []}, "revision": {**facts, **told}}


def test_parquet(ledger: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    file = tmp_path / "all.parquet"
    assert run("export", "parquet", "-o", file, "--db", ledger).exit_code == 0
    table = parquet.read_table(file)
    rows = table.to_pylist()
    assert [row["content_hash"] for row in rows] == [record["revision"]["content_hash"] for record in exported(ledger)]
    assert set(COLUMNS) <= set(table.column_names)
    assert rows[0]["first_seen"] == datetime(2025, 3, 7, 8, 0, tzinfo=UTC)
    assert rows[0]["date_published_day_only"] is False
    assert rows[0]["authors"] == [{"name": "Ann Other", "role": None, "agency": None, "kind": "person"}]
    assert table.schema.metadata[b"format"] == FORMAT.encode()
    assert parquet.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"


def test_warc_copies_records_byte_for_byte(ledger: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.warc.gz"
    done = run("export", "warc", "-o", file, "--db", ledger)
    assert done.exit_code == 0, done.output
    assert "2 copied" in done.output
    archived = next((tmp_path / "warc" / "paper").iterdir()).read_bytes()
    with file.open("rb") as stream:
        found = ArchiveIterator(stream)
        kinds = []
        for one in found:
            body = one.raw_stream.read()
            kinds.append((one.rec_type, body))
            start, length = found.get_record_offset(), found.get_record_length()
            if one.rec_type != "warcinfo":
                assert file.read_bytes()[start : start + length] in archived
    assert [kind for kind, _ in kinds] == ["warcinfo", "response", "request", "response", "request"]
    assert [body for kind, body in kinds if kind == "response"] == [b"<p>one", b"<p>two"]
    assert b"secret" not in gzip.decompress(file.read_bytes())


def test_a_page_that_is_missing_is_told(ledger: Path, tmp_path: Path) -> None:
    next((tmp_path / "warc" / "paper").iterdir()).unlink()
    done = run("export", "warc", "-o", tmp_path / "some.warc.gz", "--db", ledger)
    assert (done.exit_code, "2 missing" in done.output) == (1, True)


@pytest.mark.parametrize("content", [
    b"", b"WARC/1.1\r\n", b"WARC/1.1\r\nContent-Length: 99\r\n\r\nshort", b"\x1f\x8b\x08", b"plain",
    gzip.compress(b"no warc", mtime=0), gzip.compress(b"WARC/1.1\r\n", mtime=0)[:-3],
])  # fmt: skip
def test_what_is_no_whole_record_is_not_copied(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.warc.gz"
    file.write_bytes(content)
    assert copy(file, 0) == []


def test_a_record_of_a_plain_file_is_packed(tmp_path: Path) -> None:
    record = b"WARC/1.0\r\nWARC-Type: response\r\ncontent-length: 5\r\n\r\nhello\r\n\r\n"
    (tmp_path / "x.warc").write_bytes(b"before" + record + b"after")
    (member,) = copy(tmp_path / "x.warc", 6)
    assert gzip.decompress(member) == record


def test_a_reader_who_has_enough_may_go(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        writer = new_ledger(store)
        for number in range(40):
            writer.record(article("word " * 5_000, url=f"{URL}-{number}", headline=f"Story {number}", seen=number))
    command = [sys.executable, "-m", "crawler", "export", "jsonl", "--db", str(tmp_path / "news.db")]
    child = Process(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.read(10)
    child.stdout.close()
    said = child.stderr.read()
    child.stderr.close()
    assert (child.wait(), said) == (0, b"")


@pytest.mark.parametrize("window", [1, 2, 5, 6])
def test_windows_hold_all_ids_once(ledger: Path, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    expected = exported(ledger)
    monkeypatch.setattr(export, "WINDOW", window)
    assert exported(ledger) == expected


def test_merge(ledger: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    with Store(mine) as store:
        put_sites(store, [{"id": "paper", "name": "The Paper", "url": "https://paper.example/"}])
        new_ledger(store).record(article(seen=5))
    done = run("merge", ledger, "--db", mine, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found == {"articles": 4, "by_outcome": {"joined": 1, "new": 2, "withdrawn": 1}, "revisions": 4,
                     "by_change": {"updated": 1, "silent": 1, "new": 2}, "problems": []}  # fmt: skip
    again = run("merge", ledger, "--db", mine)
    assert (again.exit_code, "known" in again.output) == (0, True)
    with Store(mine) as store:
        assert [str(fault) for fault in verify(store)] == []
        assert store.value("SELECT warc_file FROM revisions WHERE warc_file IS NOT NULL").startswith("news/paper/")


@pytest.mark.parametrize(("options", "code", "why"), [
    (["news.db", "--db", "news.db"], 2, "into itself"),
    (["news.db", "--db", "mine.db", "--warc", "../x"], 2, "within the archive's"),
    (["none.db", "--db", "news.db"], 2, "does not exist"),
    (["text.db", "--db", "mine.db"], 1, "not a database"),
])  # fmt: skip
def test_wrong_merges(ledger: Path, tmp_path: Path, options: list[str], code: int, why: str) -> None:
    (tmp_path / "text.db").write_text("This is a text and no ledger, long enough to be looked at." * 20, encoding="utf-8")
    arguments = [str(tmp_path / one) if one.endswith(".db") else one for one in options]
    done = run("merge", *arguments)
    assert (done.exit_code, why in done.output) == (code, True), done.output


def test_flat_has_each_column(ledger: Path) -> None:
    assert tuple(flat(exported(ledger)[0])) == COLUMNS


def test_no_file_is_written_through_a_link(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / "out.jsonl.partial").symlink_to(tmp_path / "mine")
    assert run("export", "jsonl", "-o", tmp_path / "out.jsonl", "--db", ledger).exit_code == 1
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
