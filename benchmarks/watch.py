"""What a reading of the metrics costs: a generated ledger of many sites and looks, read the first time, again, and after an hour.

python benchmarks/watch.py [--sites 1000] [--fetches 1000000] [--db PATH]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

from crawler.monitoring.collector import MeasurementReader
from crawler.monitoring.exporter import render
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from pipelines.store.rows import moment

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CRAWLS_A_SITE = 200
REVISIONS_A_SITE = 100
OUTCOMES = ("unchanged",) * 8 + ("not_modified",) * 5 + ("updated", "new", "error", "gone", "not_article", "silent")


def generate(path: Path, sites: int, fetches: int, crawls: int = CRAWLS_A_SITE) -> None:
    """Fill a new ledger; `search_texts` stays empty and so the full-text index, for nothing here reads it."""
    each = max(fetches // (sites * crawls), 1)
    with Store(path) as store:
        put_sites(store, [{"id": f"site-{n:04}", "name": f"Site {n}", "url": f"https://s{n}.example/"} for n in range(sites)])
        for number in range(crawls):
            with store.transaction():
                for n in range(sites):
                    add_crawl(store, n, BEGIN + timedelta(minutes=30 * number), each, number < REVISIONS_A_SITE)


def add_crawl(store: Store, n: int, at: datetime, looks: int, revises: bool) -> None:
    """One crawl of a site, with its looks and perhaps a new article."""
    when, skipped = moment(at), {"skipped": {"not_changed": 40}, "unchanged": looks}
    crawl = store.insert("crawls", {"site_id": f"site-{n:04}", "trigger": "schedule", "planned": when, "started": when,
                                    "finished": moment(at + timedelta(seconds=40)), "outcome": "finished", "requests": looks + 3,
                                    "looks": looks, "counts": json.dumps(skipped)})  # fmt: skip
    article = None
    if revises:
        url = f"https://s{n}.example/{crawl}"
        article = store.insert("articles", {"site_id": f"site-{n:04}", "url": url, "url_key": url, "kind": "article",
                                            "first_seen": when, "last_seen": when, "last_checked": when})  # fmt: skip
        revision = {"article_id": article, "number": 1, "change": "new", "headline": "A headline", "kind": "article",
                    "body": "Some words of a story. " * 120, "first_seen": when, "last_seen": when, "content_hash": str(crawl),
                    "extractor": "bench/1", "crawl_id": crawl}  # fmt: skip
        store.insert("revisions", revision)
    for look in range(looks):
        outcome = OUTCOMES[(crawl + look) % len(OUTCOMES)]
        store.insert("fetches", {"crawl_id": crawl, "article_id": article, "url": f"https://s{n}.example/{look}", "fetched": when,
                                 "status": 404 if outcome == "gone" else 200, "outcome": outcome, "bytes": 80_000})  # fmt: skip


def measure(name: str, db: Path, at: datetime, reader: MeasurementReader, seconds: float = inf) -> None:
    """One reading, rendered."""
    wall, cpu = time.perf_counter(), time.process_time()
    reading = reader.read(at, lambda _: True, seconds=seconds)
    read = time.perf_counter() - wall
    text = render(reading)
    took, burnt = time.perf_counter() - wall, time.process_time() - cpu
    lines = sum(not line.startswith(b"#") for line in text.splitlines())
    print(
        f"{name:42} read {read:7.3f} s, rendered {took - read:6.3f} s, CPU {burnt:6.3f} s; {lines} samples, {len(text) >> 10} KB"
    )


def main() -> None:
    """Generate, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--fetches", type=int, default=1_000_000)
    parser.add_argument("--db", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = said.db or Path(folder) / "news.db"
        if not db.exists():
            begun = time.perf_counter()
            generate(db, said.sites, said.fetches)
            print(f"generated in {time.perf_counter() - begun:.0f} s, {db.stat().st_size >> 20} MB")
        at = BEGIN + timedelta(minutes=30 * CRAWLS_A_SITE)
        reader = MeasurementReader(str(db), timedelta(hours=24))
        measure("first, all of it", db, at, reader)
        measure("again, nothing new", db, at, reader)
        reader.save()
        reader = MeasurementReader(str(db), timedelta(hours=24))
        measure("a new process, from what was kept", db, at, reader)
        with Store(db) as store, store.transaction():
            for n in range(min(8, said.sites)):
                add_crawl(store, n, at, 5, revises=True)
        measure("after 15 s of 1,000 sites every 30 minutes", db, at, reader, seconds=2.0)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


if __name__ == "__main__":
    main()
