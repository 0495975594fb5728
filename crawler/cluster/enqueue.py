"""Runner for a schedule with a cluster: puts each start on the queue as a job, and records the result in the store."""

from __future__ import annotations

import threading
from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError

from crawler.catalogue.site import Site
from crawler.clock import Clock
from crawler.cluster.keys import KeyRing
from crawler.cluster.queue import planned_of, put, queue_of
from crawler.schedule.missed_runs import GONE
from crawler.schedule.subprocess_runner import NoCrawlError
from pipelines.reasons import CrawlReason
from pipelines.store.crawls import CrawlOutcome, made_already, note_crawl, rows_of_start
from pipelines.store.database import Store


class QueuedRunner:
    """Replaces `crawler.schedule.subprocess_runner.SubprocessRunner` of one machine. Thread-safe."""

    def __init__(self, redis: Redis, db: str, clock: Clock, time_limit_seconds: float, keys: KeyRing | None = None) -> None:
        self._queue = queue_of(redis, keys)
        self._db = db
        self._clock = clock
        self._seconds = time_limit_seconds
        self._made: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def crawl(self, site: Site, planned: datetime, trigger: str = "schedule") -> None:
        """Put it on the queue. Raises NoCrawlError if the previous one is still there, or Redis is away."""
        self._check_made(site, planned)
        try:
            self._note_missed_run(site)
            doing = put(self._queue, site, planned=planned, time_limit_seconds=self._seconds)
        except RedisError as error:
            text = f"the crawl could not be queued: {error}"
            raise NoCrawlError(CrawlOutcome.FAILED, CrawlReason.NOT_BEGUN, text) from error
        if doing:
            raise NoCrawlError(CrawlOutcome.SKIPPED, CrawlReason.PREVIOUS_RUNNING, f"the crawl before it {doing}")
        with self._lock:
            self._made[site.id] = planned

    def cancel(self, _: str) -> bool:
        """False: crawls run on workers, which cannot be reached from here."""
        return False

    def stop(self) -> None:
        """Do nothing: queued crawls belong to the workers."""

    @property
    def running(self) -> int:
        """How many crawls run; 0 if Redis does not answer."""
        try:
            return int(self._queue.started_job_registry.count)
        except RedisError:
            return 0

    def promised(self, site_id: str) -> datetime | None:
        """The planned start that is queued or running; None if there is none, or Redis does not answer."""
        try:
            found = planned_of(self._queue, site_id)
        except RedisError:
            return None
        if found:
            with self._lock:
                self._made[site_id] = found
        return found

    def _check_made(self, site: Site, planned: datetime) -> None:
        with Store(self._db, readonly=True) as store:
            made = made_already(store, site.id, planned, self._clock())
        if made:
            text = f"another schedule made this start already (crawl {made})"
            raise NoCrawlError(CrawlOutcome.SKIPPED, CrawlReason.ALREADY_MADE, text)

    def _note_missed_run(self, site: Site) -> None:
        """Record a start that was lost with the queue: its job is over, but no crawl has a row for it."""
        with self._lock:
            before = self._made.get(site.id)
        if before is None or planned_of(self._queue, site.id):
            return
        with Store(self._db) as store:
            if not rows_of_start(store, site.id, before):
                note_crawl(store, site.id, "schedule", CrawlOutcome.FAILED, before, self._clock(), GONE)
        with self._lock:
            del self._made[site.id]
