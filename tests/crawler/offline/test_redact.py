"""An article is withdrawn: no byte of it is left, its hashes are, the record verifies, and no crawl brings it back."""

from __future__ import annotations

import fcntl
import gzip
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.warc import reader
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Exchange, Outcome
from pipelines.store.database import Store
from tests.crawler.offline.test_reprocess import Relaid
from tests.crawler.processes import crawl, environment, newsledger, site_table
from tests.factories import T0, article, new_ledger
from tests.papers.relaid import COUNT

MORNING, NOON, EVENING, NIGHT = (T0 + timedelta(hours=hours) for hours in (0, 4, 10, 16))
SECRETS = (
    b"Plans for the library",
    b"sent the plans for the library",
    b"Librarya Penhallow",
    b"library committee wants",
    b"October",
)
"""What its pages and its rows say, and nobody else's."""


@pytest.fixture(scope="module")
def paper() -> Iterator[Relaid]:
    with Relaid() as paper:
        yield paper


@pytest.fixture(scope="module")
def crawled(paper: Relaid, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls, between which article 2, of the library, was edited; and a record of it to which nobody points."""
    folder = tmp_path_factory.mktemp("crawled")
    table = site_table("courier", paper.url, article_url=r"-(?P<id>\d{7})$", robots_sitemaps=False, sitemaps=["/sitemap.xml"])
    (folder / "sites.toml").write_text(table, encoding="utf-8")
    crawl(folder, "courier", now=MORNING)
    paper.say(2, "The committee meets again in October.")
    crawl(folder, "courier", now=NOON, recheck="all")
    archive = ArchiveWriter(folder / "warc", "courier")
    archive.write(
        Exchange(f"{paper.url}news/library-4500002", (), 200, (("Content-Type", "text/html"),), b"October, " * 200), NOON
    )
    archive.close()
    return folder


@pytest.fixture
def ledger(crawled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    for name in ("sites.toml", "news.db"):
        shutil.copy(crawled / name, tmp_path / name)
    shutil.copytree(crawled / "warc", tmp_path / "warc")
    return tmp_path


def run(folder: Path, *arguments: str, now: Any = EVENING) -> Result:
    where = ["--db", str(folder / "news.db")]
    return CliRunner().invoke(main, [*arguments, *where], env={"NEWSLEDGER_NOW": now.isoformat()})


def library(folder: Path) -> str:
    return str(rows(folder, "SELECT url FROM articles WHERE url LIKE '%4500002'")[0]["url"])


def withdraw(folder: Path, *more: str, code: int = 0) -> dict[str, Any]:
    done = run(folder, "withdraw", library(folder), "--reason", "court order 17", "--by", "Ann", "--yes", "--json", *more)
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(folder: Path, sql: str) -> list[dict[str, Any]]:
    with Store(folder / "news.db", readonly=True) as store:
        return list(store.rows(sql))


def verifies(folder: Path) -> None:
    done = run(folder, "verify", "--all", now=NIGHT + timedelta(days=1))
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Nothing is wrong.")


def found_in(folder: Path) -> list[bytes]:
    """Which of its words are anywhere in the ledger's files or in the archive, unpacked twice."""
    texts = [path.read_bytes() for path in folder.glob("news.db*")]
    for path in (folder / "warc").rglob("*.warc.gz*"):
        texts.append(gzip.decompress(path.read_bytes()))
        texts += [reader.read(entry).body for entry in reader.index(path).entries]  # type: ignore[union-attr]
    return [secret for secret in SECRETS if any(secret in text for text in texts)]


def test_no_byte_is_left_and_the_hashes_stay(ledger: Path) -> None:
    hashes = "SELECT number, change, first_seen, last_seen, content_hash, payload_hash, extractor FROM revisions ORDER BY id"
    before, others = rows(ledger, hashes), rows(ledger, OTHERS)
    assert len(found_in(ledger)) == len(SECRETS)
    told = withdraw(ledger)
    assert (told["erased"], told["shared"], told["left"]) == (3, 0, [])
    assert found_in(ledger) == []
    assert rows(ledger, hashes) == before
    assert rows(ledger, OTHERS) == others, "nothing else was touched"
    assert [dict(row, id=0, article_id=0) for row in rows(ledger, "SELECT * FROM withdrawals")] == [
        {"id": 0, "article_id": 0, "at": "2025-03-07T18:00:00Z", "who": "Ann", "reason": "court order 17", "revisions": 2}
    ]
    verifies(ledger)


OTHERS = "SELECT r.* FROM revisions r JOIN articles a ON a.id = r.article_id WHERE a.url NOT LIKE '%4500002' ORDER BY r.id"


def test_it_is_said_instead_of_the_text(ledger: Path) -> None:
    withdraw(ledger)
    url = library(ledger)
    said = "withdrawn 2025-03-07T18:00:00Z by Ann: court order 17"
    assert said in run(ledger, "history", url).stdout
    assert json.loads(run(ledger, "history", url, "--json").stdout)["withdrawn"]["reason"] == "court order 17"
    diff = run(ledger, "diff", url)
    assert (diff.exit_code, said in diff.output) == (1, True)
    assert "Nothing found." in run(ledger, "search", "library").stdout
    why = run(ledger, "why", url, "--sites", str(ledger / "sites.toml")).stdout
    assert f"It was {said}. It is never asked for again" in " ".join(why.split())


def test_twice_changes_nothing(ledger: Path) -> None:
    withdraw(ledger)
    chain = rows(ledger, "SELECT * FROM chain")
    again = withdraw(ledger, "--reason", "another")
    assert (again["erased"], again["withdrawn"]["reason"]) == (0, "court order 17")
    assert rows(ledger, "SELECT * FROM chain") == chain


def test_no_later_crawl_brings_it_back(paper: Relaid, ledger: Path) -> None:
    withdraw(ledger)
    (crawled,) = crawl(ledger, "courier", now=NIGHT, recheck="all")
    assert crawled["counts"]["skipped"]["withdrawn"] >= 1
    assert crawled["counts"]["unchanged"] == COUNT - 1
    crawl(ledger, library(ledger), now=NIGHT + timedelta(hours=1))
    assert found_in(ledger) == []
    assert rows(ledger, "SELECT max(fetched) AS last FROM fetches WHERE url LIKE '%4500002'")[0]["last"] < "2025-03-07T13"
    verifies(ledger)


def test_the_ledger_itself_refuses_what_leads_to_it(tmp_path: Path) -> None:
    """A crawl that began before, an import, a page in quarantine: whoever comes with its text is turned away."""
    other = "https://paper.example/news/mill-fire-again"
    with Store(tmp_path / "news.db") as store:
        store.upsert("sites", [{"id": "paper", "name": "The Paper", "url": "https://paper.example/"}], "id")
        new_ledger(store).record(article())
    done = run(tmp_path, "withdraw", article().url, "--reason", "asked", "--yes")
    assert done.exit_code == 0, done.output
    with Store(tmp_path / "news.db") as store:
        ledger = new_ledger(store)
        looks = [
            article("Edited.", seen=60, modified=50),
            article(seen=90, url=other, canonical_url=article().url),
            article("Edited once more.", seen=120, url=other, fetch={"requested_url": article().url}),
        ]
        assert [ledger.judge(look).outcome for look in looks] == [Outcome.REFUSED] * 3
        assert [ledger.record(look).outcome for look in looks] == [Outcome.REFUSED] * 3
        assert [store.value(f"SELECT count(*) FROM {table}") for table in ("articles", "revisions")] == [1, 1]
        reasons = list(store.rows("SELECT outcome, reason FROM fetches WHERE id > 1"))
    assert reasons == [{"outcome": "refused", "reason": "withdrawn"}] * 3
    verifies(tmp_path)


def test_a_file_that_a_crawl_writes_is_left_for_the_next_time(ledger: Path) -> None:
    (path,) = (ledger / "warc").rglob("*.open")
    with path.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        told = withdraw(ledger, code=1)
    assert told["left"][0].endswith("is being written by another process")
    assert rows(ledger, "SELECT body FROM revisions WHERE headline IS NULL") == [{"body": ""}, {"body": ""}], "the text is gone"
    said = " ".join(run(ledger, "history", library(ledger)).stdout.split())
    assert "2 of its pages are not erased yet: withdraw it again" in said
    verifies(ledger)
    assert withdraw(ledger)["erased"] == 3
    assert found_in(ledger) == []
    verifies(ledger)


KILLED = """
import os, signal, sys
from crawler.cli import main

left, fsync = int(sys.argv.pop(1)), os.fsync
def counted(handle):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(handle)
os.fsync = counted
main()
"""


@pytest.mark.parametrize("sync", [1, 2, 3, 4])
def test_killed_anywhere_the_same_command_goes_on(ledger: Path, sync: int) -> None:
    """Killed where the file, its folder or the notes of what is to be done are brought to the disk."""
    arguments = [
        "withdraw",
        library(ledger),
        "--reason",
        "court order 17",
        "--by",
        "Ann",
        "--yes",
        "--db",
        str(ledger / "news.db"),
    ]
    command = [sys.executable, "-c", KILLED, str(sync), *arguments]
    killed = subprocess.run(command, env=environment(EVENING), capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert "withdrawn" in run(ledger, "history", library(ledger)).stdout
    assert withdraw(ledger)["withdrawn"]["pages"] == 0
    assert found_in(ledger) == []
    verifies(ledger)


def test_pages_that_are_not_there_are_not_forgotten_by_mistake(ledger: Path) -> None:
    """The wrong folder was named: where the pages were must still be known."""
    assert withdraw(ledger, "--warc", str(ledger / "elsewhere"), code=1)["left"]
    assert withdraw(ledger)["erased"] == 3
    assert rows(ledger, "SELECT count(*) AS n FROM revisions WHERE warc_file IS NULL") == [{"n": 2}]


def test_it_goes_when_the_files_are_gone(ledger: Path) -> None:
    shutil.rmtree(ledger / "warc")
    withdraw(ledger, code=1)
    assert withdraw(ledger, "--forget-missing")["left"] == []
    assert rows(ledger, "SELECT count(*) AS n FROM revisions WHERE warc_file IS NULL") == [{"n": 2}]


def test_a_person_is_asked(ledger: Path) -> None:
    """Where nobody can be, it is refused; nothing has happened."""
    done = newsledger("withdraw", library(ledger), "--reason", "asked", "--db", str(ledger / "news.db"))
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert rows(ledger, "SELECT * FROM withdrawals") == []
    assert run(ledger, "withdraw", "https://paper.example/none", "--reason", "asked", "--yes").exit_code == 1
    assert run(ledger, "withdraw", library(ledger), "--reason", " ", "--yes").exit_code == 2


def test_what_was_put_aside_or_corrected_goes_too(ledger: Path) -> None:
    with Store(ledger / "news.db") as store, store.transaction():
        article_id = store.value("SELECT id FROM articles WHERE url LIKE '%4500002'")
        revision = store.value("SELECT latest_revision_id FROM articles WHERE id = ?", (article_id,))
        row = {"revision_id": revision, "replaced": "2025-03-07T13:00:00Z", "extractor": "old/1", "content_hash": "ab"}
        store.insert("readings", {**row, "article": '{"body": "Librarya Penhallow"}'})
        aside = {"site_id": "courier", "url": library(ledger), "fetched": "2025-03-07T13:00:00Z", "state": "quarantined"}
        said = {"reason": "the same line: 'October'", "symptoms": "[]", "lines": '["October"]', "reading": "{}", "look": "{}"}
        marks = {"last_seen": "2025-03-07T13:00:00Z", "extractor": "x", "content_hash": "x", "page": b"October"}
        store.insert("quarantine", aside | said | marks)
    withdraw(ledger)
    assert found_in(ledger) == []
    assert rows(ledger, "SELECT content_hash, article FROM readings") == [{"content_hash": "ab", "article": "{}"}]
    assert rows(ledger, "SELECT state, page, lines FROM quarantine") == [{"state": "dropped", "page": None, "lines": "[]"}]
