"""Ledgers that are empty, damaged, locked by somebody else, or on a medium that is read-only: a line that says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.demo.press import Press
from pipelines.store.crawls import CrawlOutcome, finish_crawl
from tests.crawler.processes import MISBEHAVING, environment, newsledger, site_table
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table

READING = (("status",), ("health",), ("search", "mill"), ("history", URL), ("diff", URL), ("why", URL), ("export", "jsonl"),
           ("stories",), ("timemap", URL), ("metrics",), ("quarantine", "list"), ("verify", "--no-pages"))  # fmt: skip
WRITING = (("compact",), ("stories", "--rebuild"), ("quarantine", "replay"), ("reprocess", "--all", "--jobs", "1"),
           ("withdraw", URL, "--reason", "asked for", "--yes"))  # fmt: skip
IMPATIENT = "import pipelines.store.database as d; d.BUSY_TIMEOUT_SECONDS = 0.3; from crawler.cli import main; main()"
"""The command, which waits for no more than that for a lock."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of one article with two revisions, its log folded in."""
    folder = tmp_path_factory.mktemp("sound")
    with new_store(folder) as store:
        writer = new_ledger(store)
        writer.record(article())
        writer.record(article("Two were hurt at the mill.", seen=10, modified=9))
        finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FINISHED, at(11))
        store.tidy()
    return folder / "news.db"


def run(db: Path, *verb: str) -> Result:
    return CliRunner().invoke(main, [*verb, "--db", str(db)])


def is_one_line(done: Result) -> bool:
    """Exit code 1, no traceback, and on standard error one line that names the file."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return isinstance(done.exception, SystemExit) and done.exit_code == 1 and len(lines) == 1 and "news.db" in lines[0]


def test_a_file_of_no_bytes_is_a_new_ledger(tmp_path: Path) -> None:
    """As SQLite has it, and as `touch` or a full disk leave one: nothing is old, and nothing is brought up to date."""
    db = tmp_path / "news.db"
    db.touch()
    for verb in (*READING, *WRITING):
        done = run(db, *verb)
        assert is_one_line(done), (verb, done.output)
        assert "there is no ledger here yet" in done.stderr
    assert db.stat().st_size == 0
    with new_store(tmp_path) as store:
        new_ledger(store).record(article())
    assert run(db, "history", URL).exit_code == 0, "who writes makes it a ledger"


@pytest.mark.slow
@table(
    "damaged",
    ["articles", "revisions", "fetches", "crawls", "sites", "aliases", "revisions_fts_data", "articles_by_site", "chain"],
)
def test_a_damaged_page_is_one_line(damaged: str, sound: Path, tmp_path: Path) -> None:
    """Whatever a verb meets: it does without the page, or says in a line which file is damaged."""
    db = tmp_path / "news.db"
    damage(sound, db, damaged)
    seen = 0
    for verb in READING:
        done = run(db, *verb)
        assert done.exit_code == 0 or is_one_line(done) or (verb[0] == "verify" and done.exit_code == 1), (
            verb,
            done.output,
            done.exception,
        )
        seen += done.exit_code
    assert seen or damaged == "revisions_fts_data", "one of them needs it"
    for verb in WRITING:
        damage(sound, db, damaged)
        done = run(db, *verb)
        assert done.exit_code == 0 or is_one_line(done), (verb, done.output, done.exception)


def damage(sound: Path, db: Path, name: str) -> None:
    for left in db.parent.glob(f"{db.name}-*"):
        left.unlink()
    shutil.copy(sound, db)
    with closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    with db.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes((place * 53 + 7) % 249 for place in range(size)))


@pytest.mark.parametrize(
    "text", ["no database, but a text that is long enough to be taken for one\n" * 90, "SQLite format 3\0" + "\xff" * 900]
)
def test_a_file_that_is_no_database(text: str, tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    db.write_text(text, encoding="latin-1")
    for verb in (("status",), ("compact",), ("verify",)):
        done = run(db, *verb)
        assert is_one_line(done), (verb, done.output, done.exception)


@contextmanager
def locked(db: Path) -> Iterator[None]:
    """Somebody else's transaction that does not end."""
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.slow
def test_a_lock_that_is_held_is_one_line(sound: Path, tmp_path: Path) -> None:
    """Readers read; whoever writes says who is in the way; and a crawl asks nothing of a site that it could not record."""
    db = tmp_path / "news.db"
    shutil.copy(sound, db)
    with Press(MISBEHAVING) as paper:
        (tmp_path / "sites.toml").write_text(site_table("paper", paper.url), encoding="utf-8")
        where = ("--db", str(db), "--sites", str(tmp_path / "sites.toml"))
        with locked(db):
            assert newsledger("status", "--db", str(db)).returncode == 0
            for verb in (("compact", "--db", str(db)), ("schedule", "--once", *where), ("crawl", "paper", *where)):
                command = [sys.executable, "-c", IMPATIENT, *verb]
                done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False, timeout=60)
                assert done.returncode == 1
                (line,) = (line for line in done.stderr.splitlines() if line.strip())
                assert "another process has kept it locked" in line
        assert paper.log() == [], "nothing was asked"
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("SELECT count(*) FROM crawls WHERE site_id = 'paper'").fetchone()[0] == 1


UNSHARE = ("unshare", "--user", "--map-root-user", "--mount")


@pytest.fixture
def read_only(sound: Path, tmp_path: Path) -> list[str]:
    """The beginning of a command that runs where the ledger's folder is mounted read-only."""
    shutil.copy(sound, tmp_path / "news.db")
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    command = [*UNSHARE, "sh", "-c", script, str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no folder can be mounted read-only here")
    return command


@pytest.mark.slow
def test_a_medium_that_is_read_only(read_only: list[str], tmp_path: Path) -> None:
    """What reads works, as on a DVD or a snapshot; what writes says so in a line."""
    db = tmp_path / "news.db"

    def there(*verb: str) -> subprocess.CompletedProcess[str]:
        command = [*read_only, sys.executable, "-m", "crawler", *verb, "--db", str(db)]
        return subprocess.run(command, env=environment(at(60)), capture_output=True, text=True, check=False, cwd=os.sep)

    for verb in (
        ("status",),
        ("search", "mill"),
        ("history", URL),
        ("export", "jsonl"),
        ("quarantine", "list"),
    ):
        done = there(*verb)
        assert (done.returncode, done.stderr) == (0, ""), verb
    for verb in (("compact",), ("quarantine", "replay")):
        done = there(*verb)
        assert done.returncode == 1
        assert "may only be read" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    done = there("verify", "--no-pages")
    assert (done.returncode, "its full-text index is not held against the texts" in done.stderr) == (0, True)
    (tmp_path / "news.db-wal").write_bytes(b"what was written last" * 9)
    done = there("status")
    assert done.returncode == 1
    assert "copy both files to a place that can be written to" in done.stderr
