"""Monotonic counters: crawls, fetches and revisions by site and kind, for metrics that only grow.

Counting continues after the last counted row, along primary keys: a reading costs only the new rows, and rows that `compact`
deletes later stay counted. Reads only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Row, Store
from pipelines.store.rows import instant_of

BATCH = 50_000
"""Ids in one query: each query holds its snapshot of the ledger, and so the write-ahead log, for only some 50 ms."""

VERSION = 2
"""Version of the file. Version 1 counted `passed_over` by sentences."""
KINDS = ("crawls", "fetches", "responses", "fetched_bytes", "revisions", "requests", "crawl_seconds", "passed_over")

_FETCHES = """
SELECT c.site_id, f.outcome, coalesce(f.status / 100, 0) AS class, count(*) AS n, sum(coalesce(f.bytes, 0)) AS bytes
FROM fetches f LEFT JOIN crawls c ON c.id = f.crawl_id WHERE f.id > ? AND f.id <= ? GROUP BY c.site_id, f.outcome, class
"""
_REVISIONS = """
SELECT a.site_id, r.change, count(*) AS n FROM revisions r JOIN articles a ON a.id = r.article_id
WHERE r.id > ? AND r.id <= ? GROUP BY a.site_id, r.change
"""
_CRAWLS = """
SELECT id, site_id, trigger, outcome, planned, started, finished, requests, json_extract(counts, '$.skipped') AS skipped
FROM crawls WHERE id > ? AND id <= ?
"""
_OPEN = """
SELECT id, site_id, trigger, outcome, planned, started, finished, requests, json_extract(counts, '$.skipped') AS skipped
FROM crawls WHERE id IN (SELECT value FROM json_each(?))
"""

Key = tuple[str, ...]


@dataclass(slots=True)
class Tallies:
    """Running counts. Keys: (site, ...) with the labels of `docs/operate/metrics.md`; for `passed_over` only the reason."""

    counted: dict[str, int] = field(default_factory=dict)
    """Table -> the greatest counted id."""
    running: set[int] = field(default_factory=set)
    """Crawls that had not ended when they were read."""
    counts: dict[str, Counter[Key]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    last_success: dict[str, str] = field(default_factory=dict)
    """Site -> when a crawl last finished."""
    ended: set[str] = field(default_factory=set)
    """Sites with crawls that ended since the caller last emptied this set."""
    lost: list[tuple[str, str]] = field(default_factory=list)
    """(site, when it was found) of lost crawls; the caller removes old ones."""

    def read_on(self, store: Store) -> None:
        """Count the new rows of the ledger. If the ledger has fewer rows than were counted, it is another ledger: all is
        counted again."""
        last = {table: store.value(f"SELECT max(id) FROM {table}") or 0 for table in ("fetches", "revisions", "crawls")}  # noqa: S608
        if any(last[table] < self.counted.get(table, 0) for table in last):
            self.counted, self.running, self.last_success = {}, set(), {}
            self.counts = {kind: Counter() for kind in KINDS}
        for low, high in self._steps("fetches", last):
            for row in store.rows(_FETCHES, (low, high)):
                self._fetch(row)
        for low, high in self._steps("revisions", last):
            for row in store.rows(_REVISIONS, (low, high)):
                self.counts["revisions"][row["site_id"], row["change"]] += row["n"]
        still = json.dumps(sorted(self.running))
        self.running = set()
        for row in store.rows(_OPEN, (still,)):
            self._crawl(row)
        for low, high in self._steps("crawls", last):
            for row in store.rows(_CRAWLS, (low, high)):
                self._crawl(row)

    def to_json(self) -> dict[str, Any]:
        counts = {kind: [[*key, n] for key, n in counter.items()] for kind, counter in self.counts.items()}
        return {"version": VERSION, "counted": self.counted, "running": sorted(self.running), "counts": counts,
                "last_success": self.last_success, "lost": self.lost}  # fmt: skip

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The counts from a file; raises LookupError, TypeError or ValueError if `to_json` of this version did not write it."""
        if stored["version"] != VERSION:
            raise ValueError("tallies of another version")
        counts = {kind: Counter({tuple(key): n for *key, n in stored["counts"][kind]}) for kind in KINDS}
        lost = [(str(site), str(at)) for site, at in stored["lost"]]
        return cls(dict(stored["counted"]), set(stored["running"]), counts, dict(stored["last_success"]), lost=lost)

    def _steps(self, table: str, last: Mapping[str, int]) -> Iterator[tuple[int, int]]:
        begin = self.counted.get(table, 0)
        for low in range(begin, last[table], BATCH):
            high = min(low + BATCH, last[table])
            yield low, high
            self.counted[table] = high

    def _fetch(self, row: Row) -> None:
        site = row["site_id"] or ""
        self.counts["fetches"][site, row["outcome"]] += row["n"]
        self.counts["responses"][site, f"{row['class']}xx" if row["class"] else "none"] += row["n"]
        self.counts["fetched_bytes"][site,] += row["bytes"]

    def _crawl(self, row: Row) -> None:
        if row["outcome"] == CrawlOutcome.RUNNING:
            self.running.add(row["id"])
            return
        site = row["site_id"] or ""
        self.counts["crawls"][site, row["trigger"], row["outcome"]] += 1
        self.counts["requests"][site,] += row["requests"]
        if row["started"] and row["finished"]:
            took = instant_of(row["finished"]) - instant_of(row["started"])
            self.counts["crawl_seconds"][site,] += max(int(took.total_seconds()), 0)
            self.ended.add(site)
        if row["outcome"] == CrawlOutcome.LOST and row["finished"]:
            self.lost.append((site, row["finished"]))
        if row["outcome"] == CrawlOutcome.FINISHED and row["finished"]:
            self.last_success[site] = max(row["finished"], self.last_success.get(site, ""))
        for reason, n in json.loads(row["skipped"] or "{}").items():
            if isinstance(n, int):
                self.counts["passed_over"][reason,] += n
