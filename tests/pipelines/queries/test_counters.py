"""Running counts: exact, cheap, and never smaller than they were."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.article import Fetch, Outcome
from pipelines.queries import counters
from pipelines.queries.counters import Tallies
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, close_left_open, finish_crawl, note_crawl, put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.removal.retention import RetentionPolicy, compact
from tests.factories import URL, article, at, new_ledger, new_store
from tests.table import table


def busy_store(folder: Path) -> Store:
    """A crawl that read, met an error and an unchanged page, and passed things over; one lost, one skipped, one by hand."""
    store = new_store(folder)
    ledger = new_ledger(store)
    ledger.record(article())
    ledger.record(article("Another text.", seen=5, modified=5))
    ledger.record(Fetch(f"{URL}-2", at(6), status=503, outcome=Outcome.ERROR, reason="status 503", bytes=100))
    crawl = store.value("SELECT max(id) FROM crawls")
    finish_crawl(store, crawl, CrawlOutcome.FINISHED, at(10), requests=7, skipped={"recheck_budget": 3, "not_changed": 40})
    start_crawl(store, "paper", "schedule", at(30), pid=7)
    close_left_open(store, 7, CrawlOutcome.LOST, CodedReason(CrawlReason.PROCESS_DIED, "killed"), at(31))
    note_crawl(store, "paper", "schedule", CrawlOutcome.SKIPPED, at(60), at(60), CodedReason(CrawlReason.HOST_BUSY, "busy"))
    return store


EXPECTED = {
    "crawls": {("paper", "test", "finished"): 1, ("paper", "schedule", "lost"): 1, ("paper", "schedule", "skipped"): 1},
    "fetches": {("paper", "new"): 1, ("paper", "updated"): 1, ("paper", "error"): 1},
    "responses": {("paper", "2xx"): 2, ("paper", "5xx"): 1},
    "revisions": {("paper", "new"): 1, ("paper", "updated"): 1},
    "requests": {("paper",): 7},
    "crawl_seconds": {("paper",): 660},
    "passed_over": {("recheck_budget",): 3, ("not_changed",): 40},
}


def told(found: Tallies) -> dict[str, dict[tuple[str, ...], int]]:
    return {kind: dict(+found.counts[kind]) for kind in EXPECTED}


@pytest.mark.parametrize("batch", [1, 2, 50_000])
def test_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(counters, "BATCH", batch)
    found = Tallies()
    with busy_store(tmp_path) as store:
        found.read_on(store)
        assert told(found) == EXPECTED
        assert found.counts["fetched_bytes"]["paper",] >= 100
        assert (found.last_success, found.ended) == ({"paper": "2025-03-07T08:10:00Z"}, {"paper"})
        assert found.lost == [("paper", "2025-03-07T08:31:00Z")]
        found.read_on(store)
        assert told(found) == EXPECTED, "nothing is counted twice"


def test_what_is_kept_is_counted_on(tmp_path: Path) -> None:
    """A crawl that ran when it was met is counted when it has ended, by another process too."""
    with busy_store(tmp_path) as store:
        crawl = start_crawl(store, "paper", "hand", at(90))
        first = Tallies()
        first.read_on(store)
        assert (told(first), first.running) == (EXPECTED, {crawl})
        finish_crawl(store, crawl, CrawlOutcome.STOPPED, at(91), requests=2)
        second = Tallies.from_json(json.loads(json.dumps(first.to_json())))
        second.read_on(store)
        whole = Tallies()
        whole.read_on(store)
    assert second.counts == whole.counts
    assert second.counts["crawls"]["paper", "hand", "stopped"] == 1
    assert second.running == set()


def test_what_compact_deletes_stays_counted(tmp_path: Path) -> None:
    with busy_store(tmp_path) as store:
        for minute in range(5):
            new_ledger(store).record(Fetch(URL, at(100 + minute), status=304, outcome=Outcome.NOT_MODIFIED))
        found = Tallies()
        found.read_on(store)
        before = Counter(found.counts["fetches"])
        gone = compact(store, RetentionPolicy(at(9_000), at(9_000), dead_end_fetches=1))
        assert gone.fetches > 0
        found.read_on(store)
        assert found.counts["fetches"] == before


def test_another_ledger_is_counted_anew(tmp_path: Path) -> None:
    found = Tallies()
    (tmp_path / "other").mkdir()
    with busy_store(tmp_path) as store:
        found.read_on(store)
    with new_store(tmp_path / "other") as other:
        put_sites(other, [{"id": "b", "name": "B", "url": "https://b.example/"}])
        found.read_on(other)
    assert not any(found.counts.values())


@table("broken", [{}, {"version": 0}, {"version": 1}, {"version": 1, "counts": {"crawls": [[1]]}}])
def test_what_is_none_of_ours_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        Tallies.from_json(broken)


@pytest.mark.parametrize("sql", [counters._FETCHES, counters._REVISIONS, counters._CRAWLS])
def test_each_query_goes_along_the_primary_key(tmp_path: Path, sql: str) -> None:
    with new_store(tmp_path) as store:
        plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", (0, 1))]
    assert "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan[0]
    assert not any(step.startswith("SCAN") for step in plan), plan
