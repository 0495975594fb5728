"""Crawls that archive: each revision's page comes back as it was sent, and reads as it read."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from crawler.catalogue import load_sites
from crawler.cli import main
from crawler.demo.press import Paper, Press, site_toml
from crawler.demo.stories import at
from crawler.extraction import extract
from crawler.extraction.extract import with_ids
from crawler.warc import reader
from crawler.warc.holdings import absence
from crawler.warc.records import record_at
from crawler.warc.writer import MARKER, locate
from pipelines.article import Fetch
from pipelines.proof.verify import verify
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from pipelines.text.normalise import normalise
from tests.crawler.processes import crawl, newsledger, site_table

NOON = at("12:00")


@pytest.fixture(scope="module")
def archived(gazette: Paper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of two crawls of the demo paper, four hours apart, and its archive."""
    folder = tmp_path_factory.mktemp("archived")
    (folder / "sites.toml").write_text(site_toml(gazette.url), encoding="utf-8")
    for now in (NOON, NOON + timedelta(hours=4)):
        gazette.set_clock(now)
        crawl(folder, "demo-gazette", now=now, recheck="all")
    return folder


def rows(folder: Path, sql: str) -> list[dict[str, Any]]:
    with Store(folder / "news.db", readonly=True) as store:
        return list(store.rows(sql))


def test_each_revision_has_its_page_and_reads_from_it_again(archived: Path) -> None:
    (site,) = load_sites(archived / "sites.toml")
    sql = """SELECT r.*, f.url AS asked FROM revisions r JOIN fetches f ON f.article_id = r.article_id
        AND f.fetched = r.first_seen AND f.payload_hash = r.payload_hash"""
    found = rows(archived, sql)
    assert len(found) == rows(archived, "SELECT count(*) AS n FROM revisions")[0]["n"] > 10
    for row in found:
        path = locate(archived / "warc", row["warc_file"])
        assert path is not None
        entry = next(entry for entry in reader.index(path).entries if entry.offset == row["warc_offset"])
        capture = reader.read(entry)
        assert capture is not None
        assert capture.payload_hash == row["payload_hash"]
        seen = instant_of(row["first_seen"])
        assert capture.captured == seen
        article = extract(capture.body, entry.url, site, content_type=capture.header("Content-Type"), fetched=seen)
        again = normalise(with_ids(article, Fetch(entry.url, seen), site))
        assert (again.content_hash, again.extractor) == (row["content_hash"], row["extractor"])


def test_its_end_brings_stories_up_to_date(archived: Path) -> None:
    (done,) = rows(archived, "SELECT revision_id AS of_stories, (SELECT max(id) FROM revisions) AS last FROM story_progress")
    assert done["of_stories"] == done["last"] > 10


def test_the_record_verifies(archived: Path) -> None:
    done = newsledger("verify", "--all", "--db", str(archived / "news.db"))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Nothing is wrong.")


def test_another_tool_finds_the_archive_in_order(archived: Path) -> None:
    for path in sorted((archived / "warc").rglob("*.warc.gz*")):
        done = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_archive_makes_the_same_revisions(archived: Path, tmp_path: Path) -> None:
    files = [str(path) for path in sorted((archived / "warc").rglob("*.warc.gz*"))]
    done = newsledger("import", *files, "--db", str(tmp_path / "news.db"), "--sites", str(archived / "sites.toml"))
    assert done.returncode == 0, done.stderr
    sql = "SELECT DISTINCT first_seen, content_hash FROM revisions ORDER BY 1, 2"
    assert rows(tmp_path, sql) == rows(archived, sql)


def test_a_page_that_asks_for_no_copy_is_not_archived(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin)
    crawl(tmp_path, twin.url + "reserved/noarchive", twin.url + "ok/1", now=NOON)
    kept = {row["url"].rpartition("/")[2]: row["payload_hash"] for row in rows(tmp_path, "SELECT url, payload_hash FROM fetches")}
    assert kept["noarchive"] is None
    assert kept["1"] is not None


def test_what_is_kept_is_the_sites_policy(twin: Press, tmp_path: Path) -> None:
    for hours, (policy, records) in enumerate((("off", 0), ("revisions", 0), ("on", 1))):
        define(tmp_path, twin, archive=policy)
        crawl(tmp_path, twin.url + "ok/1", now=NOON + timedelta(hours=hours))
        found = [entry for path in (tmp_path / "warc").rglob("*.warc.gz*") for entry in reader.index(path).entries]
        assert len(found) == records, f"{policy}: the page was new under the first policy alone"
    with Store(tmp_path / "news.db") as store:
        assert list(verify(store)) == []


def test_what_led_to_a_page_is_archived_exported_and_imported(twin: Press, tmp_path: Path) -> None:
    define(tmp_path, twin)
    crawl(tmp_path, twin.url + "redirect-chain/2", now=NOON)
    answers = exported(tmp_path)
    led = [twin.url + path for path in ("ok/1", "redirect-chain/2", "redirect-chain/1")]
    assert [(url, status) for url, status, _ in answers] == [(led[0], "200"), (led[1], "301"), (led[2], "301")]
    assert [location for *_, location in answers[1:]] == ["/redirect-chain/1", "/ok/1"]
    assert newsledger("verify", "--all", "--db", str(tmp_path / "news.db")).returncode == 0
    again = tmp_path / "again"
    again.mkdir()
    done = newsledger(
        "import", str(tmp_path / "out.warc.gz"), "--db", str(again / "news.db"), "--sites", str(tmp_path / "sites.toml")
    )
    assert done.returncode == 0, done.stderr
    sql = "SELECT a.url, a.revision_count, r.content_hash FROM articles a JOIN revisions r ON r.article_id = a.id"
    assert rows(again, sql) == rows(tmp_path, sql)


def test_an_archive_whose_disk_is_away_is_noticed_before_anything_is_asked(archived: Path, tmp_path: Path) -> None:
    for name in ("news.db", "sites.toml"):
        shutil.copy(archived / name, tmp_path)
    db, where, later = tmp_path / "news.db", tmp_path / "warc", NOON + timedelta(hours=5)
    where.mkdir()  # the mount point
    (row,) = crawl(tmp_path, "demo-gazette", now=later, code=1)
    assert (row["outcome"], row["reason_code"], row["requests"]) == ("failed", "archive_missing", 0)
    assert "mount its disk" in row["reason"]
    assert list(where.iterdir()) == []
    options = ("--db", str(db), "--sites", str(tmp_path / "sites.toml"))
    for verb, told in (("health", "mount its disk"), ("doctor", "mount its disk"), ("metrics", "newsledger_archive_present 0.0")):
        done = CliRunner().invoke(main, [verb, *options], env={"NEWSLEDGER_NOW": later.isoformat()})
        assert told in " ".join(done.output.split()), (verb, done.output)
        assert done.exit_code == (verb != "metrics")
    with Store(db, readonly=True) as store:
        assert absence(archived / "warc", store) is None
        assert absence(where, store)
        (where / MARKER).touch()
        assert absence(where, store) is None, "all of it was pruned: the marker stays"
    assert (archived / "warc" / MARKER).exists()


def test_takedown_pages_are_archived_and_exported(paper: Paper, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text(site_toml(paper.url), encoding="utf-8")
    for hours in (0, 2):
        paper.set_clock(NOON + timedelta(hours=hours))
        crawl(tmp_path, "demo-gazette", now=NOON + timedelta(hours=hours), recheck="all")
    taken = rows(tmp_path, "SELECT url, status FROM fetches WHERE outcome IN ('gone', 'suspected') AND article_id IS NOT NULL")
    assert 410 in {row["status"] for row in taken}
    missing = {(row["url"], str(row["status"])) for row in taken} - {(url, status) for url, status, _ in exported(tmp_path)}
    assert missing == set()


def exported(folder: Path) -> list[tuple[str, str, str | None]]:
    """URL, status and Location of the answers that `export warc` copies, all of whose digests hold."""
    target = folder / "out.warc.gz"
    done = newsledger("export", "warc", "-o", str(target), "--db", str(folder / "news.db"))
    assert done.returncode == 0, done.stderr
    found = []
    with target.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            record.content_stream().read()
            if record.rec_type == "response":
                http = record.http_headers
                found.append(
                    (record.rec_headers.get_header("WARC-Target-URI"), http.get_statuscode(), http.get_header("Location"))
                )
    return found


def define(folder: Path, press: Press, **keys: Any) -> None:
    (folder / "sites.toml").write_text(site_table("twin", press.url, **keys), encoding="utf-8")


def test_a_body_is_kept_as_the_server_packed_it(archived: Path) -> None:
    path = next((archived / "warc").rglob("*.warc.gz*"))
    blocks = [found.block for entry in reader.index(path).entries if (found := record_at(path, entry.offset))]
    packed = [block.partition(b"\r\n\r\n")[2] for block in blocks]
    assert any(body.startswith(b"\x1f\x8b") and gzip.decompress(body).lstrip().startswith(b"<") for body in packed)


def test_a_manifest_holds_and_a_rewritten_chain_does_not(archived: Path, tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    done = newsledger("backup", str(db), "--db", str(archived / "news.db"))
    assert done.returncode == 0, done.stderr
    line = newsledger("verify", "--manifest", NOON.date().isoformat(), "--db", str(db)).stdout
    check = ("verify", "--no-pages", "--against", line, "--db", str(db), "--json")
    assert json.loads(newsledger(*check).stdout) == []
    with Store(db) as store, store.transaction():
        store.execute("UPDATE chain SET link = digest WHERE id = (SELECT max(id) FROM chain)")
    done = newsledger(*check)
    assert done.returncode == 1
    assert "seal" in json.loads(done.stdout)[0]["where"]
