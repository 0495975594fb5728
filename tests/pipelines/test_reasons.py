"""Codes of reasons: the docs explain each, old ledgers' sentences lead to them, and each has its sentence."""

import json
import re
from pathlib import Path

import pytest

from crawler.cluster.enqueue import GONE
from crawler.cluster.handler import BEGUN_AGAIN
from crawler.cluster.jobs import BROKE_DOWN, NOT_BEGUN
from crawler.crawl.block_pages import NOTHING_MORE
from crawler.crawl.remote import LEASE_LOST, UNREACHED
from pipelines.article import Outcome
from pipelines.reasons import CrawlReason, Skipped, crawl_reason, skipped_after, skipped_sentence
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from pipelines.store.schema.crawls import CRAWLS
from tests.factories import at
from tests.table import table

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"


def documented(heading: str) -> set[str]:
    """The codes of the table below a heading."""
    section = DOCS.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n#")[0]
    firsts = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for first in firsts for code in re.findall(r"`(\w+)`", first)}


def test_the_docs_explain_every_code() -> None:
    assert documented("Why candidates are passed over") == set(Skipped)
    assert documented("Why crawls end") == set(CrawlReason)


@table("code", Skipped)
def test_codes_are_short_and_have_a_sentence(code: Skipped) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+){0,2}", code)
    assert skipped_sentence(code) != code or code is Skipped.WITHDRAWN


def test_a_code_of_a_newer_version_stands_for_itself() -> None:
    assert skipped_sentence("moon_phase") == "moon_phase"


def test_what_led_nowhere_has_the_code_of_its_outcome() -> None:
    assert skipped_after(Outcome.ERROR) is Skipped.WAS_ERROR
    assert skipped_after(Outcome.STALE) is Skipped.OTHER


def test_sentences_of_an_old_ledger_become_codes(tmp_path: Path) -> None:
    old = {skipped_sentence(code): number for number, code in enumerate(Skipped, 1)} | {"an oracle spoke": 7, "it rained": 5}
    path = tmp_path / "news.db"
    with Store(path) as store:
        for skipped in (old, {}, {"withdrawn": 2}):
            finish_crawl(store, start_crawl(store, None, "test", at(0)), CrawlOutcome.FINISHED, at(1), skipped=skipped)
        with store.transaction():
            store.execute("ALTER TABLE crawls DROP COLUMN reason_code")
            store.execute("DELETE FROM _sqlite_migrations WHERE name >= 'm014'")
    with Store(path) as store:
        found = [json.loads(row["counts"]).get("skipped") for row in store.rows("SELECT counts FROM crawls ORDER BY id")]
    codes = {str(code): number for number, code in enumerate(Skipped, 1)}
    sentence_of_two = codes.pop("was_reserved")  # an article's and a dead end's: the sentence was one
    codes["reserved"] = sentence_of_two
    codes["other"] += 12
    assert found == [codes, None, {"withdrawn": 2}]


SENTENCES = [
    (f"paper.example refused 5 times (status 403): {NOTHING_MORE}", CrawlReason.HOST_SUSPENDED),
    ("no source could be read; https://paper.example/feed: status 404", CrawlReason.NO_SOURCE),
    ("the store failed: database or disk is full", CrawlReason.STORE_FAILED),
    (LEASE_LOST, CrawlReason.LEASE_LOST),
    (UNREACHED, CrawlReason.WRITER_UNREACHABLE),
    ("stopped after 3600 s", CrawlReason.TIME_LIMIT),
    ("the crawl before it has not ended, from 2025-03-07T09:00:00Z to 2025-03-07T09:30:00Z", CrawlReason.PREVIOUS_RUNNING),
    ("another schedule made this start already (crawl 1)", CrawlReason.ALREADY_MADE),
    ("another crawl of paper.example is running (process 7)", CrawlReason.HOST_BUSY),
    (BEGUN_AGAIN, CrawlReason.HOST_BUSY),
    ("the site has left the catalogue", CrawlReason.SITE_REMOVED),
    ("nobody was there from 2025-03-07T09:00:00Z to 2025-03-07T09:30:00Z", CrawlReason.SCHEDULE_DOWN),
    ("the crawl did not begin: its process ended with 2", CrawlReason.NOT_BEGUN),
    (GONE, CrawlReason.NOT_BEGUN),
    ("its process ended with -9", CrawlReason.PROCESS_DIED),
    (BROKE_DOWN, CrawlReason.PROCESS_DIED),
    ("shutdown", CrawlReason.ASKED_TO_END),
    (NOT_BEGUN, CrawlReason.ASKED_TO_END),
    ("it rained", CrawlReason.OTHER),
    (None, None),
]


@pytest.mark.parametrize(("sentence", "code"), SENTENCES)
def test_the_reason_of_a_crawl_has_a_code(sentence: str | None, code: CrawlReason | None, tmp_path: Path) -> None:
    """Where its row is written, and where an old ledger's row is migrated."""
    assert crawl_reason(sentence) is code
    with Store(tmp_path / "news.db") as store:
        finish_crawl(store, start_crawl(store, None, "test", at(0)), CrawlOutcome.FAILED, at(1), reason=sentence)
        assert store.row("SELECT reason, reason_code FROM crawls") == {"reason": sentence, "reason_code": code}
        with store.transaction():
            store.execute("ALTER TABLE crawls DROP COLUMN reason_code")
            for statement in CRAWLS.split(";\n")[:2]:
                store.execute(statement)
        assert store.row("SELECT reason, reason_code FROM crawls") == {"reason": sentence, "reason_code": code}
