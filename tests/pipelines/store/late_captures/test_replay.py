"""Late captures by name: articles that turn out to be one, what is taken out, what stays, and what is known already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.article import Fetch, Outcome
from pipelines.proof.verify import verify
from pipelines.reasons import FetchReason, because, coded
from pipelines.store.database import Row, Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.store.rows import moment
from pipelines.stories.update import catch_up
from tests.factories import BODY, URL, article, at, new_ledger, new_store, only_article


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as store:
        yield store
        assert [str(fault) for fault in verify(store)] == []
        assert not store.values("SELECT 1 FROM search_texts WHERE address IS NULL"), "found by the words of its address"


@pytest.fixture
def ledger(store: Store) -> LedgerWriter:
    return new_ledger(store)


def redirect(url: str, target: str, seen: float) -> Fetch:
    fetch = Fetch(url, at(seen), status=301, answered_url=target)
    return because(fetch, Outcome.MOVED, coded(FetchReason.MOVED, target))


def history(store: Store) -> list[tuple[int, str, str]]:
    rows = store.rows("SELECT number, change, first_seen FROM revisions ORDER BY article_id, number")
    return [(row["number"], row["change"], row["first_seen"][11:16]) for row in rows]


def everything(store: Store) -> dict[str, list[Row]]:
    tables = ("articles", "aliases", "revisions", "readings", "states", "fetches", "chain")
    return {table: list(store.rows(f"SELECT * FROM {table}")) for table in tables}


def test_a_late_redirect_makes_two_articles_one(store: Store, ledger: LedgerWriter) -> None:
    ledger.record(article())
    ledger.record(article("The bridge is shut.", seen=70, url=URL + "-bridge", headline="Bridge", description=None))
    ledger.record(article("The bridge is shut until May.", seen=200, url=URL + "-bridge-2", headline="Bridge", description=None))
    catch_up(store, at(300))
    assert store.value("SELECT count(*) FROM articles") == 3
    assert ledger.record(redirect(URL + "-bridge", URL + "-bridge-2", 199)).outcome is Outcome.MOVED
    catch_up(store, at(400))
    urls = [row["url"] for row in store.rows("SELECT url FROM articles ORDER BY id")]
    assert urls == [URL, URL + "-bridge-2"]
    assert store.value("SELECT reason FROM aliases WHERE url = ?", (URL + "-bridge",)) == "redirect"
    taken_out = store.rows("SELECT DISTINCT subject FROM chain WHERE digest = ? ORDER BY subject", ("0" * 64,))
    assert "article" in {row["subject"] for row in taken_out}


def test_what_is_known_already_changes_nothing(store: Store, ledger: LedgerWriter) -> None:
    items = [article(), article("Edited.", seen=20), Fetch(URL, at(30), status=304, outcome=Outcome.NOT_MODIFIED),
             because(Fetch(URL, at(40), status=404), Outcome.GONE, coded(FetchReason.GONE, 404))]  # fmt: skip
    for item in items:
        ledger.record(item)
    before = everything(store)
    for item in items:
        ledger.record(item)
    assert everything(store) == before
    assert ledger.record(article("Edited", seen=20, extractor="test/9")).outcome is Outcome.UNCHANGED
    assert everything(store) == before


def test_a_reading_that_was_put_aside_is_told_again(store: Store, ledger: LedgerWriter) -> None:
    ledger.record(article(seen=60))
    ledger.record(article(seen=90))
    ledger.record(article(BODY + "\n\nIt was out by noon.", seen=30))
    assert history(store) == [(1, "new", "08:30"), (2, "silent", "09:00")]
    assert only_article(store)["last_seen"] == moment(at(90))


def test_a_late_absence_is_over_when_the_page_answers_again(store: Store, ledger: LedgerWriter) -> None:
    ledger.record(article())
    ledger.record(article("Back again, and longer.", seen=600, modified=590))
    ledger.record(because(Fetch(URL, at(300), status=410), Outcome.GONE, coded(FetchReason.GONE, 410)))
    steps = [(row["state"], row["at"][11:16]) for row in store.rows("SELECT * FROM states ORDER BY id")]
    assert steps == [("live", "08:00"), ("gone", "13:00"), ("live", "18:00")]
    assert history(store) == [(1, "new", "08:00"), (2, "restored", "18:00")]
    assert only_article(store)["state"] == "live"


def test_a_clock_that_was_ahead_keeps_no_later_capture_out(store: Store, ledger: LedgerWriter) -> None:
    now: datetime = at(2000)
    ledger.record(article())
    ledger.record(article("Of the year to come.", seen=500_000), at(500_000))
    assert ledger.record(article("Now.", seen=1000), now).outcome is Outcome.SILENT
    assert ledger.record(article("Before that.", seen=900), now).outcome in (Outcome.SILENT, Outcome.STALE)
    assert ledger.record(article("And now.", seen=1500), now).outcome is Outcome.SILENT
    assert store.value("SELECT body FROM revisions ORDER BY number DESC") == "And now."


def test_nothing_of_a_withdrawn_article_comes_back(store: Store, ledger: LedgerWriter) -> None:
    ledger.record(article(seen=60))
    store.insert("withdrawals", {"article_id": 1, "at": moment(at(99)), "who": "a", "reason": "b", "revisions": 1})
    assert ledger.record(article("Older.", seen=30)).outcome is Outcome.REFUSED
    assert len(history(store)) == 1
    store.execute("DELETE FROM withdrawals")
    store.execute("UPDATE changes SET shown = 1")
