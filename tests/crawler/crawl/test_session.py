"""The writing side of one crawl: one decision and one transaction an item; what waited is counted like all else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from crawler.catalogue.site import Site
from crawler.crawl.remote import DispatchError, RemoteWriter
from crawler.crawl.session import CrawlResult, CrawlSession
from crawler.extensions import RemoteSession
from pipelines.article import Article, Outcome
from pipelines.history.anomalies import Readings
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, start_crawl
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store, StoreError
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.store.quarantine import in_quarantine, judge_replayed
from pipelines.store.rows import moment
from tests.factories import BODY, article, at, new_store

PAPER = Site(id="paper", name="The Paper", url="https://paper.example/", timezone="Europe/London")
DECISION = "SELECT id, content_hash, date_modified, date_published, extractor, is_accessible_for_free FROM revisions"
"""How the statement begins that reads what a decision needs, and nothing else reads."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as store:
        yield store


def session_at(store: Store, minute: float) -> CrawlSession:
    return CrawlSession(store, PAPER, start_crawl(store, "paper", "test", at(minute)), at(minute))


def end(session: CrawlSession, minute: float) -> None:
    session.close(CrawlResult(CrawlOutcome.FINISHED, None, at(minute)))


def test_a_changed_article_is_decided_once_and_written_in_one_transaction(store: Store) -> None:
    session = session_at(store, 0)
    session.write(article(seen=0))
    statements: list[str] = []
    store._db.conn.set_trace_callback(statements.append)
    recorded = session.write(article(f"{BODY}\n\nOne more paragraph.", seen=30, modified=20))
    store._db.conn.set_trace_callback(None)
    assert recorded is not None
    assert recorded.outcome is Outcome.UPDATED
    assert sum(statement.startswith("BEGIN") for statement in statements) == 1
    assert sum(statement.startswith("COMMIT") for statement in statements) == 1
    assert sum(statement.startswith(DECISION) for statement in statements) == 1


def test_what_waited_for_the_end_is_counted_like_all_else(store: Store) -> None:
    session = session_at(store, 0)
    session.write(article(seen=0))
    assert session.write(article(seen=30, byline=None, authors=())) is None, "a byline that is lost may be the template's doing"
    assert session.outcomes == {Outcome.NEW: 1}
    end(session, 40)
    assert sum(session.outcomes.values()) == 2
    written = {row["outcome"]: row["n"] for row in store.rows("SELECT outcome, count(*) AS n FROM fetches GROUP BY outcome")}
    assert written == dict(session.outcomes)


def test_a_crawl_that_could_not_write_says_whether_store_or_writer_failed(store: Store) -> None:
    session = session_at(store, 0)
    assert session.stop_reason(StoreError("disk full")) == CodedReason(CrawlReason.STORE_FAILED, "the store failed: disk full")
    remote = RemoteSession(cast("RemoteWriter", None), SiteSnapshot(), None)
    assert remote.stop_reason(StoreError("the page archive is full")).code == CrawlReason.STORE_FAILED
    silent = StoreError("not handed over")
    silent.__cause__ = DispatchError("nobody answers")
    assert remote.stop_reason(silent).code == CrawlReason.WRITER_UNREACHABLE


def test_the_end_of_a_worker_of_an_older_version_has_no_code(store: Store) -> None:
    session_at(store, 0).close(CrawlResult(CrawlOutcome.FAILED, "stopped after 5 s", at(1)))
    assert store.row("SELECT reason, reason_code FROM crawls") == {"reason": "stopped after 5 s", "reason_code": "other"}


@pytest.mark.parametrize("ahead", [20, 180, 60 * 24 * 400])
def test_a_crawl_whose_clock_was_ahead_keeps_no_later_fetch_out(store: Store, ahead: float) -> None:
    """What was seen under the wrong clock stays; what the right one sees comes after it, and nothing goes back and forth."""
    texts = (BODY, f"{BODY}\n\nA second paragraph.", f"{BODY}\n\nA third paragraph.")
    for minute, text in ((0, texts[0]), (ahead, texts[1]), (1, texts[1]), (2, texts[2]), (3, texts[2])):
        session = session_at(store, minute)
        session.write(article(text, seen=minute))
        end(session, minute)
    assert [row["change"] for row in store.rows("SELECT change FROM revisions ORDER BY number")] == ["new", "silent", "silent"]
    outcomes = [row["outcome"] for row in store.rows("SELECT outcome FROM fetches ORDER BY id")]
    assert outcomes == ["new", "silent", "unchanged", "silent", "unchanged"]
    assert store.value("SELECT last_seen FROM articles") == moment(at(3))


def test_what_a_person_accepted_does_not_wait_again_when_an_older_capture_comes(store: Store) -> None:
    text = " ".join(f"word{number}" for number in range(100))
    notice = article("Nothing like it any more.", seen=60)

    def bring(*items: Article) -> list[str]:
        session = CrawlSession(store, PAPER, start_crawl(store, None, "import", at(900)), at(900), imported=at(900))
        for item in items:
            session.write(item)
        session.settle()
        return [row["change"] for row in store.rows("SELECT change FROM revisions ORDER BY number")]

    assert bring(article(text), notice) == ["new"]
    (held,) = in_quarantine(store)
    writers = {held.crawl_id: LedgerWriter(store, PAPER.id, held.crawl_id)}
    judge_replayed(store, writers, [(held, replace(notice, fetch=held.fetch))], Readings(), now=at(950), believe=True)
    assert bring() == ["new", "silent"]
    assert bring(article(f"{text} edited", seen=30)) == ["new", "silent", "silent"]
