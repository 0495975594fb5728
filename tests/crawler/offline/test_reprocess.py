"""Archived pages read again: better readings correct revisions in place, and no edit is invented by it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.catalogue import load_sites
from crawler.cli import main
from crawler.demo.press import Press
from crawler.extraction.families import READERS
from crawler.offline.reprocess import reprocess, scope_of
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Exchange
from pipelines.store.chain import Cause, Subject, seal
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from tests.crawler.processes import TESTS, crawl, newsledger, site_table
from tests.factories import T0
from tests.papers.relaid import COUNT

MORNING, NOON, EVENING, NIGHT = (T0 + timedelta(hours=hours) for hours in (0, 4, 10, 16))
LAST = "Nobody expects the committee before September."
STAYS = "id, article_id, number, change, crawl_id, first_seen, last_seen, not_before, warc_file, warc_offset, payload_hash"


class Relaid(Press):
    """The paper whose words can be changed, in a child process."""

    def __init__(self) -> None:
        super().__init__((sys.executable, str(TESTS / "papers" / "relaid.py")))

    def say(self, number: int, text: str) -> None:
        self._ask("PUT", "/_words", f"{number}={text}")


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The ledger and archive of two crawls by older code, which kept a paragraph that stands there twice; ours does not.

    Between them the page of article 3 gets such a double, article 5 is edited, and article 7 is edited and gets one.
    """
    folder = tmp_path_factory.mktemp("archived")
    old = an_older_version(folder)
    with Relaid() as paper:
        table = site_table("courier", paper.url, article_url=r"-(?P<id>\d{7})$", robots_sitemaps=False, sitemaps=["/sitemap.xml"])
        (folder / "sites.toml").write_text(table, encoding="utf-8")
        where = ("--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"))
        paper.say(3, LAST)
        for now in (MORNING, NOON):
            done = newsledger("crawl", "courier", "--recheck", "all", *where, now=now, cwd=old, packages=old)
            assert done.returncode == 0, done.stderr
            paper.say(3, f"{LAST}</p><p>{LAST}")
            paper.say(5, "The committee meets again in October.")
            paper.say(7, "The committee is sorry.</p><p>The committee is sorry.")
        (folder / "url").write_text(paper.url, encoding="utf-8")
        yield folder


@pytest.fixture
def ledger(archived: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    for name in ("sites.toml", "news.db"):
        shutil.copy(archived / name, tmp_path / name)
    shutil.copytree(archived / "warc", tmp_path / "warc")
    return tmp_path


def an_older_version(folder: Path) -> Path:
    """Our own code before it knew doubles, and under another version."""
    root = folder / "older"
    for package in ("crawler", "pipelines"):
        shutil.copytree(TESTS.parent / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TESTS.parent / "docs" / "schema.md", root / "pipelines" / "store" / "schema")  # as a wheel has it
    normalise = root / "pipelines" / "text" / "normalise.py"
    text = normalise.read_text(encoding="utf-8")
    assert "if not repeated and " in text
    normalise.write_text(text.replace("if not repeated and ", "if "), encoding="utf-8")
    families = root / "crawler" / "extraction" / "families" / "__init__.py"
    text = families.read_text(encoding="utf-8")
    assert "\nREADERS = " in text
    families.write_text(text.replace("\nREADERS = ", "\nREADERS = -"), encoding="utf-8")
    return root


def told(folder: Path, *arguments: str) -> Any:
    where = ("--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml"), "--jobs", "1", "--json")
    done = CliRunner().invoke(main, ["reprocess", *arguments, *where], env={"NEWSLEDGER_NOW": EVENING.isoformat()})
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def rows(folder: Path, sql: str) -> list[dict[str, Any]]:
    with Store(folder / "news.db", readonly=True) as store:
        return list(store.rows(sql))


def everything(folder: Path) -> dict[str, list[dict[str, Any]]]:
    tables = ("articles", "revisions", "revision_authors", "revision_images", "readings", "chain", "rereadings")
    return {table: rows(folder, f"SELECT * FROM {table}") for table in tables}


def verifies(folder: Path) -> None:
    done = newsledger("verify", "--all", "--db", str(folder / "news.db"))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Nothing is wrong.")


def test_revisions_are_corrected_in_place(ledger: Path) -> None:
    before = everything(ledger)
    assert len(before["revisions"]) == COUNT + 3
    stays = rows(ledger, f"SELECT {STAYS} FROM revisions")
    report = told(ledger, "--all")
    assert report == {"read": COUNT + 3, "corrected": 2, "left": {}, "unarchived": 0}
    assert rows(ledger, f"SELECT {STAYS} FROM revisions") == stays
    assert {row["extractor"].partition(":")[0] for row in rows(ledger, "SELECT extractor FROM revisions")} == {
        f"generic/{READERS}"
    }
    found = rows(ledger, "SELECT rowid AS id FROM revisions_fts WHERE revisions_fts MATCH '\"september nobody expects\"'")
    assert found == [], "the full-text index follows"
    kept = rows(ledger, "SELECT revision_id, replaced, extractor, content_hash, article FROM readings ORDER BY revision_id")
    by_id = {row["id"]: row for row in before["revisions"]}
    assert [row["content_hash"] for row in kept] == [by_id[row["revision_id"]]["content_hash"] for row in kept]
    assert all(json.loads(row["article"])["body"] == by_id[row["revision_id"]]["body"] for row in kept)
    assert {row["extractor"] for row in kept} == {f"generic/-{READERS}"}
    verifies(ledger)


def test_what_only_the_older_code_told_apart_is_marked_and_no_edit(ledger: Path) -> None:
    assert len(rows(ledger, "SELECT * FROM silent_edits")) == 3
    told(ledger, "--all")
    (first, second) = rows(ledger, HISTORY.format("4500003"))
    assert (first["reads_as"], second["reads_as"], second["changed_fields"]) == (None, first["id"], "[]")
    assert first["content_hash"] == second["content_hash"]
    (first, second) = rows(ledger, HISTORY.format("4500007"))
    assert (second["reads_as"], second["changed_fields"], second["change"]) == (None, '["body"]', "silent")
    edits = rows(ledger, "SELECT url FROM silent_edits")
    assert {row["url"][-1] for row in edits} == {"5", "7"}
    assert rows(ledger, "SELECT silent FROM daily_counts") == [{"silent": 2}]
    assert len(rows(ledger, "SELECT * FROM edit_delays")) == 2


HISTORY = """SELECT r.* FROM revisions r JOIN articles a ON a.id = r.article_id WHERE a.url LIKE '%{}' ORDER BY r.number"""


def test_twice_changes_nothing(ledger: Path) -> None:
    told(ledger, "--all")
    once = everything(ledger)
    assert told(ledger, "--all") == {"read": 0, "corrected": 0, "left": {}, "unarchived": 0}
    assert everything(ledger) == once
    again = told(ledger, "--all", "--again", "--dry-run")
    assert (again["read"], again["corrected"]) == (COUNT + 3, 0), "each page reads as the ledger says"


def test_a_dry_run_shows_and_writes_nothing(ledger: Path) -> None:
    before = everything(ledger)
    report = told(ledger, "--all", "--dry-run")
    assert (report["read"], report["corrected"]) == (COUNT + 3, 2)
    one = next(found for found in report["differences"] if found["url"].endswith("4500003"))
    assert one["number"] == 2
    assert one["from"] == f"generic/-{READERS}"
    removed = "".join(piece["text"] for piece in one["fields"]["body"] if piece["op"] == "removed")
    assert removed.strip() == LAST
    done = newsledger("reprocess", "--all", "--dry-run", "--db", str(ledger / "news.db"), "--sites", str(ledger / "sites.toml"))
    assert f"[-{LAST}" in done.stdout.replace("\n", "")
    assert "2 revisions would be corrected" in done.stdout
    assert everything(ledger) == before


def test_many_processes_do_what_one_does(ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("sites.toml", "news.db"):
        shutil.copy(ledger / name, other / name)
    (other / "warc").symlink_to(ledger / "warc")
    told(ledger, "--all")
    told(other, "--all", "--jobs", "3")
    assert everything(other) == everything(ledger)


def test_what_is_narrowed_is_read_alone_and_the_rest_later(ledger: Path) -> None:
    assert newsledger("reprocess", "--db", str(ledger / "news.db")).returncode == 2
    assert told(ledger, "--site", "herald")["read"] == 0
    assert told(ledger, "--family", "newsquest")["read"] == 0
    assert told(ledger, "--until", "2025-03-06")["read"] == 0
    with Store(ledger / "news.db") as store, store.transaction():
        store.execute("INSERT INTO rereadings SELECT id, 'an older one', first_seen, NULL FROM revisions")
    assert told(ledger, "--since", MORNING.date().isoformat(), "--family", "generic")["read"] == COUNT + 3
    assert told(ledger, "--all")["read"] == 0


def test_what_is_interrupted_goes_on_where_it_was(ledger: Path) -> None:
    times = iter([EVENING] * 5)
    sites = load_sites(ledger / "sites.toml")
    with Store(ledger / "news.db") as store, pytest.raises(StopIteration):
        reprocess(store, ledger / "warc", sites, scope_of(), lambda: next(times))
    verifies(ledger)
    assert told(ledger, "--all")["read"] == COUNT + 3 - 5
    assert told(ledger, "--all", "--again", "--dry-run")["corrected"] == 0
    verifies(ledger)


def test_a_page_that_is_lost_or_reads_as_none_leaves_its_revision_as_it_is(ledger: Path) -> None:
    archive = ArchiveWriter(ledger / "warc", "courier")
    empty = Exchange("https://paper.example/", (), 200, (("Content-Type", "text/html"),), b"<html><body></body></html>")
    (fourth,) = rows(ledger, "SELECT first_seen FROM revisions WHERE id = 4")
    place = archive.write(empty, instant_of(fourth["first_seen"]))
    archive.close()
    with Store(ledger / "news.db") as store, store.transaction():
        store.execute("UPDATE revisions SET warc_offset = 1000000000 WHERE id = 1")
        store.execute("UPDATE revisions SET payload_hash = ? WHERE id = 2", ("ab" * 32,))
        store.execute("UPDATE revisions SET warc_file = NULL WHERE id = 3")
        there = {"warc_file": place.file, "warc_offset": place.offset, "payload_hash": place.payload_hash}
        store.update("revisions", 4, there)
        seal(store, [(Subject.REVISION, row_id) for row_id in (1, 2, 3, 4)], EVENING, Cause.READING)
    before = rows(ledger, "SELECT * FROM revisions WHERE id <= 4")
    report = told(ledger, "--all")
    (nothing,) = (reason for reason in report["left"] if reason.startswith("reads as no article: "))
    assert report["left"] == {
        "its page is not in the archive": 1,
        "its page in the archive is not the one that was received": 1,
        nothing: 1,
    }
    assert (report["read"], report["unarchived"]) == (COUNT + 2, 1)
    assert rows(ledger, "SELECT * FROM revisions WHERE id <= 4") == before
    assert told(ledger, "--all")["read"] == 0, "and they are not read for ever"


def test_the_next_crawl_finds_nothing_to_do(archived: Path, ledger: Path) -> None:
    """What was corrected is what the next look reads: no reread, no edit."""
    told(ledger, "--all")
    before = everything(ledger)["revisions"]
    (crawled,) = crawl(ledger, "courier", now=NIGHT, recheck="all")
    assert {"unchanged": COUNT}.items() <= crawled["counts"].items()
    after = everything(ledger)["revisions"]
    assert [row | {"last_seen": ""} for row in after] == [row | {"last_seen": ""} for row in before]
    verifies(ledger)
