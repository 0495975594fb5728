"""Health: the judgement as a table, and the facts from a real ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import pipelines.queries.health_metrics as gathering
from pipelines.article import Fetch, Outcome
from pipelines.history.anomalies import FIELDS, Readings
from pipelines.queries.health import FetchCounts, Finding, HealthMetrics, is_ill, judge
from pipelines.queries.health_metrics import health_metrics, keep_health_metrics
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from pipelines.store.rows import moment
from pipelines.store.writer import RevisionWriter
from tests.factories import article, at, new_store
from tests.table import table

HOUR = timedelta(hours=1)
FULL = Readings(500, dict.fromkeys(FIELDS, 490) | {"authors": 300}, 2_000)
RECENT = Readings(50, dict.fromkeys(FIELDS, 49) | {"authors": 30}, 1_900)
WELL = HealthMetrics(
    "paper", crawls=200, last_success="2025-03-07T08:00:00Z", success_age=HOUR, last_outcome="finished", articles_last_day=18,
    articles_a_day=(20,) * 14, recent=RECENT, baseline=FULL, last_looks=FetchCounts(30, {"new": 28, "error": 2}),
    usual_looks=FetchCounts(3_000, {"new": 2_900, "error": 60, "not_article": 40}),
)  # fmt: skip


UNREAD = HealthMetrics("paper", crawls=3, last_success="2025-03-07T08:00:00Z", success_age=HOUR, last_outcome="finished")


def recent(**filled: int) -> Readings:
    return replace(RECENT, filled={**RECENT.filled, **filled})


def looks(count: int, **outcomes: int) -> FetchCounts:
    return FetchCounts(count, outcomes)


@table(
    ("health_metrics", "codes"),
    [
        (WELL, []),
        (HealthMetrics("paper"), ["never_crawled"]),
        (replace(WELL, success_age=25 * HOUR), ["stale"]),
        (replace(WELL, success_age=24 * HOUR), []),
        (replace(WELL, success_age=None, last_outcome="failed"), ["no_success"]),
        (replace(WELL, failures=2), []),
        (replace(WELL, failures=3, last_outcome="failed", last_reason="no source could be read"), ["failing"]),
        # fields: a drop that matters and that chance does not explain
        (replace(WELL, recent=recent(headline=42)), []),
        (replace(WELL, recent=recent(headline=41)), ["lost_headline"]),
        (replace(WELL, recent=recent(body=0)), ["lost_body"]),
        (replace(WELL, recent=recent(authors=18)), []),
        (replace(WELL, recent=recent(authors=14)), ["lost_authors"]),
        (replace(WELL, recent=recent(date_published=50)), []),
        (replace(WELL, without={"date_published": 8}, recent=recent(date_published=42)), ["lost_date_published"]),
        (replace(WELL, without={"date_published": 7}), []),
        (replace(WELL, without={"authors": 12}), []),
        # bodies
        (replace(WELL, recent=replace(RECENT, body_chars=999)), ["short_bodies"]),
        (replace(WELL, recent=replace(RECENT, body_chars=1_000)), []),
        (replace(WELL, recent=replace(RECENT, body_chars=5_001)), ["long_bodies"]),
        (replace(WELL, recent=replace(RECENT, body_chars=None)), []),
        # looks
        (replace(WELL, last_looks=looks(30, new=15, error=15)), ["more_error"]),
        (replace(WELL, last_looks=looks(30, new=25, error=5)), []),
        (replace(WELL, last_looks=looks(25, refused=25)), ["more_refused"]),
        (replace(WELL, last_looks=looks(25, not_article=25)), ["more_not_article"]),
        (replace(WELL, last_looks=looks(19, refused=19)), []),
        (replace(WELL, last_looks=looks(30, refused=28), usual_looks=looks(900, refused=880)), []),
        # sources
        (replace(WELL, unreadable_sources=("https://paper.example/feed: no feed",)), ["unreadable_sources"]),
        # articles a day
        (replace(WELL, articles_last_day=3), ["few_articles"]),
        (replace(WELL, articles_last_day=4), []),
        (replace(WELL, articles_last_day=0, articles_a_day=(4,) * 14), []),
        (replace(WELL, articles_last_day=0, articles_a_day=(20,) * 6), []),
        # nothing could ever be read
        (replace(UNREAD, last_looks=looks(3, not_article=2, error=1)), ["nothing_read"]),
        (replace(UNREAD, last_looks=looks(2, not_article=2)), ["too_little"]),
        (replace(UNREAD, last_looks=looks(3, quarantined=3), quarantined=3), ["quarantined"]),
        (replace(UNREAD, recent=Readings(1), last_looks=looks(9, not_article=9)), ["too_little"]),
        # too little to tell
        (replace(WELL, recent=recent(headline=0), baseline=replace(FULL, count=49)), ["too_little"]),
        (replace(WELL, success_age=None, baseline=Readings()), ["no_success"]),
        # several at once, the gravest first
        (
            replace(WELL, success_age=30 * HOUR, recent=recent(body=0), articles_last_day=0),
            ["stale", "lost_body", "few_articles"],
        ),
    ],
)
def test_judge(health_metrics: HealthMetrics, codes: list[str]) -> None:
    found = judge(health_metrics)
    assert [finding.code for finding in found] == codes
    assert is_ill(found) == any(code not in ("never_crawled", "too_little") for code in codes)


def test_findings_are_told_in_words() -> None:
    ill = replace(WELL, success_age=50 * HOUR, last_outcome="failed", last_reason="status 503", recent=recent(body=10))
    assert judge(ill, 36 * HOUR) == (
        Finding("stale", "the last success is 2 days old, more than 36 h; the last crawl: failed: status 503"),
        Finding("lost_body", "body is filled in 20% of the newest 50 revisions, usually 98%"),
    )
    assert judge(ill, 60 * HOUR)[0].code == "lost_body"


DAY = 24 * 60


def crawled(store: Store, day: int, count: int, outcome: CrawlOutcome = CrawlOutcome.FINISHED, **fields: object) -> None:
    """A crawl of one day that finds `count` new articles, and an error."""
    crawl_id = start_crawl(store, "paper", "test", at(day * DAY))
    ledger = RevisionWriter(store, "paper", crawl_id)
    for number in range(count):
        url = f"https://paper.example/news/{day}-{number}"
        ledger.record(article(f"Text {day} {number}.", url=url, seen=day * DAY + number, **fields))  # type: ignore[arg-type]
    ledger.record(Fetch("https://paper.example/x", at(day * DAY + 1), outcome=Outcome.ERROR, reason="no answer"))
    why = None if outcome == "finished" else CodedReason(CrawlReason.OTHER, "status 503")
    finish_crawl(store, crawl_id, outcome, at(day * DAY + 30), reason=why)


@pytest.fixture
def ledger(tmp_path: Path) -> Store:
    store = new_store(tmp_path)
    for day in range(20):
        crawled(store, day, 6 if day else 40)
    return store


def test_vitals_of_a_real_ledger(ledger: Store) -> None:
    with ledger as store:
        crawled(store, 20, 7, authors=(), headline=None)
        crawled(store, 21, 0, CrawlOutcome.FAILED)
        start_crawl(store, "paper", "test", at(22 * DAY))
        (found,) = health_metrics(store, at(22 * DAY))
    assert (found.crawls, found.last_outcome, found.last_reason, found.failures) == (22, "failed", "status 503", 1)
    assert (found.last_success, found.success_age) == ("2025-03-27T08:30:00Z", timedelta(days=1, hours=23, minutes=30))
    assert (found.articles_last_day, found.articles_a_day, found.usual_articles) == (7, (6,) * 14, 6)
    assert found.recent == Readings(50, {"headline": 43, "body": 50, "authors": 43, "date_published": 50}, 10)
    assert found.baseline.count == 40 + 19 * 6 + 7 - 50
    assert found.without == {"headline": 7, "body": 0, "authors": 7, "date_published": 0}
    assert found.last_looks == FetchCounts(23, {"error": 4, "new": 19})
    assert [finding.code for finding in judge(found)] == ["stale"]


def test_a_layout_that_breaks_is_caught_within_one_crawl(ledger: Store) -> None:
    with ledger as store:
        assert [judge(one) for one in health_metrics(store, at(19.5 * DAY))] == [()]
        crawled(store, 20, 8, authors=())
        (found,) = health_metrics(store, at(20.5 * DAY))
    assert [finding.code for finding in judge(found)] == ["lost_authors"]


def test_starts_that_led_to_no_crawl(ledger: Store) -> None:
    with ledger as store:
        for day, outcome in ((20, "failed"), (21, "skipped"), (22, "failed"), (23, "failed")):
            row = {"site_id": "paper", "trigger": "schedule", "planned": moment(at(day * DAY)), "outcome": outcome}
            store.insert("crawls", {**row, "reason": "the lock cannot be written"})
        (found,) = health_metrics(store, at(20 * DAY))
    assert (found.crawls, found.failures, found.last_reason) == (23, 3, "the lock cannot be written")
    assert [finding.code for finding in judge(found)] == ["failing"]


def test_sites_without_crawls_and_one_site_only(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        assert list(health_metrics(store, at(0))) == [HealthMetrics("paper")]
        assert list(health_metrics(store, at(0), "other")) == []


def test_queries_walk_indexes(ledger: Store) -> None:
    queries: dict[str, object] = {
        gathering._CRAWLS_THAT_WROTE: ("paper", 2_000),
        gathering._REVISIONS: ("[1]", 550),
        gathering._CRAWLS: {"site": "paper", "limit": 200},
        gathering._SUCCESS: ("paper",),
        gathering._DAYS: ("paper", "2025", "2026", 14),
    }
    with ledger as store:
        for sql, parameters in queries.items():
            plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]  # type: ignore[arg-type]
            scans = [step for step in plan if step.startswith("SCAN") and "subquery" not in step]
            assert [step for step in scans if not step.startswith("SCAN c ")] == [], plan


def test_what_a_crawl_left_is_read_until_something_happens(tmp_path: Path) -> None:
    """As it would be worked out anew, at any later time; and no longer once there is another crawl."""
    with new_store(tmp_path) as store:
        crawl = start_crawl(store, "paper", "schedule", at(0))
        writer = RevisionWriter(store, "paper", crawl)
        for number in range(3):
            writer.record(article(url=f"https://paper.example/{number}", seen=number))
        finish_crawl(store, crawl, CrawlOutcome.FINISHED, at(5))
        (worked_out,) = health_metrics(store, at(90))
        keep_health_metrics(store, "paper", crawl, at(5))
        assert list(health_metrics(store, at(90), "paper")) == [worked_out]
        assert worked_out.success_age == timedelta(minutes=85)
        store.execute("UPDATE health_metrics SET metrics = json_set(metrics, '$.failures', 7)")
        assert [one.failures for one in health_metrics(store, at(90))] == [7], "it is read"
        finish_crawl(store, start_crawl(store, "paper", "schedule", at(95)), CrawlOutcome.FAILED, at(96))
        assert [one.failures for one in health_metrics(store, at(99))] == [1], "of the crawl before"
        keep_health_metrics(store, "paper", crawl + 1, at(-90))
        assert store.value("SELECT crawl_id FROM health_metrics") == crawl, "what lies in the future is none to keep"
