"""What may go with time, and what never does: on real ledgers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import pipelines.store.removal.retention as retention
from pipelines.article import Fetch, Outcome
from pipelines.proof.verify import verify
from pipelines.store.crawls import CrawlOutcome, finish_crawl, put_sites, start_crawl
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Store
from pipelines.store.late_captures.replay import LedgerWriter
from pipelines.store.removal.retention import PruneResult, RetentionPolicy, compact, count_prunable
from pipelines.store.writer import RevisionWriter
from tests.factories import T0, URL, article, at, new_store

DAY = 24 * 60
NOW = at(400 * DAY)
TERMS = RetentionPolicy(NOW - timedelta(days=90), NOW - timedelta(days=365), 3)
OTHER = "https://paper.example/ten-pictures"


def crawl(store: Store, day: float, *items: object, site: str = "paper", outcome: CrawlOutcome = CrawlOutcome.FINISHED) -> int:
    crawl_id = start_crawl(store, site, "test", at(day * DAY))
    ledger = RevisionWriter(store, site, crawl_id)
    for item in items:
        ledger.record(item)  # type: ignore[arg-type]
    finish_crawl(store, crawl_id, outcome, at(day * DAY + 5))
    return crawl_id


def unchanged(day: float, url: str = URL) -> Fetch:
    return Fetch(url, at(day * DAY), status=304, outcome=Outcome.NOT_MODIFIED)


def nowhere(day: float, url: str = OTHER, outcome: Outcome = Outcome.NOT_ARTICLE) -> Fetch:
    return Fetch(url, at(day * DAY), status=200, outcome=outcome, reason="too few words")


def left(store: Store) -> list[tuple[str, str]]:
    """(day, outcome) of the fetches that there are."""
    rows = store.rows("SELECT julianday(fetched) - julianday('2025-03-07T08:00:00Z') AS day, outcome FROM fetches ORDER BY id")
    return [(f"{row['day']:.0f}", row["outcome"]) for row in rows]


def test_looks_that_nothing_leans_on_go(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        crawl(store, 0, article(), unchanged(1), unchanged(2))
        crawl(store, 3, article("Two were hurt.", seen=3 * DAY, modified=3 * DAY), unchanged(4), unchanged(300))
        crawl(store, 350, unchanged(350), unchanged(351))
        assert count_prunable(store, TERMS) == PruneResult(fetches=3)
        assert compact(store, TERMS) == PruneResult(fetches=3)
        assert left(store) == [
            ("0", "new"), ("2", "not_modified"), ("3", "updated"), ("350", "not_modified"), ("351", "not_modified"),
        ]  # fmt: skip
        assert compact(store, TERMS) == PruneResult(), "once is enough"
        assert list(verify(store)) == [], "each revision's last sight is still that of a look on record"


def test_a_look_whose_page_is_archived_stays(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        page = {"warc_file": "paper/a.warc.gz", "warc_offset": 7, "payload_hash": "ab" * 32}
        missing = [Fetch(URL, at(day * DAY), status=404, outcome=Outcome.SUSPECTED, **page) for day in (1, 2)]  # type: ignore[arg-type]
        crawl(store, 0, article(), *missing, unchanged(3), unchanged(4), unchanged(5))
        compact(store, TERMS)
        kept = ["new", "suspected", "suspected", "not_modified", "not_modified"]
        assert [outcome for _, outcome in left(store)] == kept, "so does the one at which it answered again"
        assert list(verify(store)) == []


def test_the_last_look_of_each_url_stays_however_old(tmp_path: Path) -> None:
    moved = "https://paper.example/news/mill-fire-is-out"
    with new_store(tmp_path) as store:
        crawl(store, 0, article(), unchanged(1), unchanged(2))
        crawl(store, 3, article(seen=3 * DAY, url=moved, fetch={"requested_url": URL}), unchanged(4, moved), unchanged(5, moved))
        compact(store, TERMS)
        assert left(store) == [("0", "new"), ("3", "moved"), ("5", "not_modified")]


def test_dead_ends_are_not_forgotten(tmp_path: Path) -> None:
    """The ladder counts looks: as many stay as it can tell apart; and each site counts its own."""
    with new_store(tmp_path) as store:
        put_sites(store, [{"id": "sister", "name": "Sister", "url": "https://paper.example/sister/"}])
        crawl(store, 0, *(nowhere(day) for day in range(6)), nowhere(6, outcome=Outcome.ERROR))
        crawl(store, 10, *(nowhere(day) for day in range(10, 15)), site="sister")
        before = {site: SiteSnapshot.load(store, site).dead_ends for site in ("paper", "sister")}
        assert compact(store, TERMS) == PruneResult(fetches=6)
        assert left(store) == [
            ("4", "not_article"),
            ("5", "not_article"),
            ("6", "error"),
            *((str(day), "not_article") for day in (12, 13, 14)),
        ]
        for site, dead_ends in before.items():
            (look,) = SiteSnapshot.load(store, site).dead_ends.values()
            (known,) = dead_ends.values()
            assert (look.fetched, look.outcome, look.looks) == (known.fetched, known.outcome, 3)


def test_reserved_articles_are_not_forgotten(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        looks = [nowhere(day, URL, Outcome.RESERVED) for day in (1, 2, 10, 40)]
        crawl(store, 0, article(), unchanged(0.5), *looks[:1], unchanged(1.5), *looks[1:])
        before = SiteSnapshot.load(store, "paper").articles
        assert compact(store, TERMS) == PruneResult(fetches=2), "the last sight stays, and so do the looks since"
        assert SiteSnapshot.load(store, "paper").articles == before
        assert next(iter(before.values())).reserved.looks == 3  # type: ignore[union-attr]


def test_crawls_that_left_nothing_go(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        ids = {
            "has a revision": crawl(store, 0, article()),
            "had looks that go": crawl(store, 1, unchanged(1), unchanged(2)),
            "did nothing": crawl(store, 3),
            "saw a state": crawl(store, 4, Fetch(URL, at(4 * DAY), status=404, outcome=Outcome.GONE)),
            "failed": crawl(store, 5, outcome=CrawlOutcome.FAILED),
            "failed last": crawl(store, 6, outcome=CrawlOutcome.FAILED),
            "is young": crawl(store, 100),
            "is the last": crawl(store, 101, unchanged(399)),
        }
        store.update(
            "crawls", start_crawl(store, None, "import", T0), {"outcome": "finished", "finished": "2025-03-07T08:00:00Z"}
        )
        expected = PruneResult(fetches=2, crawls=3)
        assert count_prunable(store, TERMS) == expected
        assert compact(store, TERMS) == expected
        kept = {row["id"] for row in store.rows("SELECT id FROM crawls WHERE site_id IS NOT NULL")}
        assert [name for name, crawl_id in ids.items() if crawl_id not in kept] == ["had looks that go", "did nothing", "failed"]
        assert store.integrity_problems() == []


def test_a_late_capture_meets_the_same_history_as_before(tmp_path: Path) -> None:
    """Looks that found nothing make an article suspected, then gone; the one that found it made it live again."""
    told = []
    for name in ("whole", "compacted"):
        (tmp_path / name).mkdir()
        with new_store(tmp_path / name) as store:
            missing = [Fetch(URL, at(day * DAY), status=404, outcome=Outcome.GONE) for day in (10, 11, 12)]
            again = [unchanged(day) for day in (3, 4, 5)]
            first = Fetch(URL, at(2 * DAY), status=404, outcome=Outcome.GONE)
            crawl(store, 0, article(), unchanged(1), first, *again, *missing, *(unchanged(day) for day in (20, 21, 22)))
            if name == "compacted":
                assert compact(store, TERMS) == PruneResult(fetches=4)
            LedgerWriter(store, "paper", None).record(article("Two were hurt.", seen=DAY / 2, modified=None), NOW)
            states = [(row["at"], row["state"]) for row in store.rows("SELECT at, state FROM states ORDER BY id")]
            told.append((states, list(store.rows("SELECT number, change, first_seen, last_seen FROM revisions ORDER BY number"))))
            assert list(verify(store)) == []
    assert told[0] == told[1]
    assert [state for _, state in told[0][0]] == ["live", "suspected", "live", "suspected", "gone", "live"]


def test_history_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but `fetches` and `crawls` is row for row what it was, and a second writer may come between the steps."""
    monkeypatch.setattr(retention, "BATCH", 2)
    with new_store(tmp_path) as store, Store(tmp_path / "news.db") as other:
        crawl(store, 0, article(), *(unchanged(day) for day in range(1, 9)), nowhere(2))
        crawl(store, 9, article("Two.", seen=9 * DAY, modified=9 * DAY, url=URL + "-2", fetch={"requested_url": URL}))
        tables = ("articles", "revisions", "revision_authors", "revision_images", "aliases", "states", "readings", "sites")
        before = {table: list(store.rows(f"SELECT * FROM {table}")) for table in tables}
        counted = count_prunable(store, TERMS)
        crawl(other, 395, nowhere(395))
        assert compact(store, TERMS) == counted
        assert {table: list(store.rows(f"SELECT * FROM {table}")) for table in tables} == before


def test_each_step_walks_indexes(tmp_path: Path) -> None:
    with new_store(tmp_path) as store:
        parameters = retention._parameters(store, TERMS) | {"after": 0, "until": 5}
        for sql in (retention._FETCHES, retention._CRAWLS):
            plan = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            assert [step for step in plan if step.startswith("SCAN") and "json_each" not in step and "subquery" not in step] == []
