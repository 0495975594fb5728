"""Planned starts without a crawl: skipped, missed, or failed before the crawl began.

They are kept in memory until the crawl before them has its own row. So the rows of a site are written in the order of their
starts, and whatever dies in between, the last row says up to when all starts are recorded; the next start finds the rest
missing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.catalogue.site import Site
from crawler.clock import Clock
from crawler.schedule import missed_starts
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, last_planned, note_crawl, rows_of_start, starts_waited
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import moment

logger = logging.getLogger(__name__)

GONE = CodedReason(CrawlReason.NOT_BEGUN, "its job is gone from the queue")


@dataclass(frozen=True, slots=True)
class MissedRun:
    """One future row: its `planned` is the last of the starts that it covers."""

    outcome: CrawlOutcome
    planned: datetime
    reason: CodedReason


class MissedRuns:
    """The starts of all sites that are not recorded yet. Thread-safe."""

    def __init__(self, db: str, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._waiting: dict[str, list[MissedRun]] = {}
        self._lock = threading.Lock()

    def put(self, site_id: str, outcome: CrawlOutcome, starts: Sequence[datetime], reason: CodedReason) -> None:
        """Add starts without a crawl: one row, with the first and the last if they are several."""
        span = f", from {moment(starts[0])} to {moment(starts[-1])}" if len(starts) > 1 else ""
        with self._lock:
            self._waiting.setdefault(site_id, []).append(MissedRun(outcome, starts[-1], replace(reason, text=reason.text + span)))

    def write_waiting(self, site_id: str) -> None:
        """Write the rows of a site. If the store cannot be written, this is logged, and tried again the next time."""
        with self._lock:
            missed = self._waiting.pop(site_id, [])
        if not missed:
            return
        try:
            with Store(self._db) as store, store.transaction():
                for missed_run in missed:
                    self._write(store, site_id, missed_run)
        except StoreError as error:
            logger.error("%s: %d starts are not yet accounted for: %s", site_id, len(missed), error, extra={"site": site_id})
            with self._lock:
                self._waiting[site_id] = missed + self._waiting.get(site_id, [])

    def _write(self, store: Store, site_id: str, missed_run: MissedRun) -> None:
        if missed_run.outcome is CrawlOutcome.FAILED and rows_of_start(store, site_id, missed_run.planned):
            return  # its crawl told of itself before what came after it failed
        note_crawl(store, site_id, "schedule", missed_run.outcome, missed_run.planned, self._clock(), missed_run.reason)


def note_gone(store: Store, site: Site, promised: Callable[[str], datetime | None], now: datetime) -> int:
    """Write a row for a start that was lost with the queue while no schedule ran, which later starts waited for; returns how
    many."""
    accounted, waited = starts_waited(store, site.id)
    before = missed_starts(site, accounted, waited - timedelta.resolution) if accounted and waited else []
    if not before or promised(site.id):
        return 0
    note_crawl(store, site.id, "schedule", CrawlOutcome.FAILED, before[-1], now, GONE)
    return 1


def note_pause(db: str, site: Site, since: datetime, until: datetime, now: datetime) -> None:
    """Write one row for all starts within a pause; if a ledger has two schedules, only one of them writes it."""
    with Store(db) as store, store.transaction():
        last = last_planned(store, site.id, until, by_hand=False)
        starts = missed_starts(site, max(last or since, since), until)
        if starts:
            why = CodedReason(CrawlReason.PAUSED, f"the site was paused, from {moment(starts[0])} to {moment(starts[-1])}")
            note_crawl(store, site.id, "schedule", CrawlOutcome.SKIPPED, starts[-1], now, why)
