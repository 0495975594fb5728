"""What a crawl asks of its ledger costs the same at any age: counted in steps of SQLite, not in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from benchmarks.age import FIRST, LISTED, NOW, make_ledger
from crawler.catalogue.site import Site
from crawler.crawl.session import CrawlResult, CrawlSession, load_context
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.frontier import question_of
from pipelines.store.crawls import CrawlOutcome, start_crawl
from pipelines.store.crawls.snapshot import look_up
from pipelines.store.database import Store
from pipelines.stories.update import catch_up

YOUNG, OLD = 4_500, 9_000
"""Articles of 55 days and of 110: failures are looked for over 46."""
URL = "https://twin.example/"
SITE = Site("twin", "Twin", URL, "Europe/London")


def steps(path: Path, known: int) -> int:
    """Of all that a crawl asks at its start, once its sources have answered, and at its end."""
    make_ledger(path, URL, known)
    count, now = 0, NOW + timedelta(hours=1)

    def step() -> None:
        nonlocal count
        count += 1

    with Store(path) as store:
        store._db.conn.set_progress_handler(step, 1)
        context = load_context(store, SITE, now)
        crawl_id = start_crawl(store, SITE.id, "test", now)
        session = CrawlSession(store, SITE, crawl_id, now, snapshot=context.snapshot)
        feed = [Candidate(f"{URL}news/{FIRST + number}", SourceKind.FEED) for number in range(known, known - LISTED, -1)]
        found = look_up(store, SITE.id, question_of(feed, SITE, now, lists=[f"{URL}feed"]))
        assert len(found.all()) >= LISTED
        session.close(CrawlResult(CrawlOutcome.FINISHED, None, now, listed={f"twin.example/news/{FIRST}": f"{URL}feed"}))
        catch_up(store, now)
    return count


def test_a_crawl_asks_no_more_of_an_old_ledger(tmp_path: Path) -> None:
    young, old = steps(tmp_path / "young.db", YOUNG), steps(tmp_path / "old.db", OLD)
    assert young > 10_000
    assert old < 1.1 * young
