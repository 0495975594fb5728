"""APScheduler meets our code here: when each site's crawls start, kept in memory and built anew from the catalogue.

APScheduler keeps the timetable; a queue a host keeps sites of one host apart; `Children` runs the crawls. Every planned start
becomes a row of `crawls`: by the crawl itself, or here as `skipped` (the one before still runs) or `missed` (nobody was there).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.clock import Clock
from crawler.schedule.children import Children
from crawler.schedule.plan import CRON_SPREAD, grid_start, missed_starts, offset
from crawler.sites import Site
from pipelines.crawls import CrawlOutcome, last_planned, note_crawl
from pipelines.rows import moment
from pipelines.store import Store

logger = logging.getLogger(__name__)


class Moved(BaseTrigger):  # type: ignore[misc]
    """Another trigger's moments, each later by the same little: cron rules of many sites name the same minute."""

    def __init__(self, inner: BaseTrigger, by: Any) -> None:
        self._inner = inner
        self._by = by

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The inner trigger's next moment, moved."""
        before = previous_fire_time - self._by if previous_fire_time else None
        following: datetime | None = self._inner.get_next_fire_time(before, now - self._by)
        return following + self._by if following else None


def trigger_of(site: Site) -> BaseTrigger:
    """A site's timetable: cron in the site's own zone (so right across changes of the clock), or its grid."""
    if site.cron:
        return Moved(CronTrigger.from_crontab(site.cron, timezone=site.timezone), offset(site.id, CRON_SPREAD))
    interval = site.interval
    if interval is None:
        raise ValueError(f"{site.id}: neither every nor cron")
    return IntervalTrigger(seconds=int(interval.total_seconds()), start_date=grid_start(site.id, interval), timezone=UTC)


class HostQueues(BaseExecutor):  # type: ignore[misc]
    """Runs submitted crawls in threads, at most `jobs` at once, and those of one host one after the other."""

    def __init__(self, children: Children, sites: dict[str, Site], jobs: int) -> None:
        super().__init__()
        self._children = children
        self._sites = sites
        self._jobs = jobs
        self._waiting: dict[str, deque[tuple[str, datetime]]] = {}
        self._busy: set[str] = set()
        self._changed = threading.Condition()

    def submit(self, site: Site, planned: datetime) -> None:
        """Queue a crawl of a site, for a start planned at a moment."""
        with self._changed:
            self._waiting.setdefault(site.politeness_group, deque()).append((site.id, planned))
            self._begin()

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self.submit(self._sites[job.id], run_times[-1])

    def _begin(self) -> None:
        """Start what may start; called with the lock held."""
        for group in [group for group in self._waiting if group not in self._busy]:
            if len(self._busy) >= self._jobs:
                return
            site_id, planned = self._waiting[group].popleft()
            if not self._waiting[group]:
                del self._waiting[group]
            self._busy.add(group)
            threading.Thread(target=self._run, args=(group, site_id, planned), name=f"crawl-{site_id}", daemon=True).start()

    def _run(self, group: str, site_id: str, planned: datetime) -> None:
        try:
            self._children.crawl(self._sites[site_id], planned)
        except Exception:  # the one door of a crawl's thread: its failure must not stop the schedule
            logger.exception("%s: the crawl planned for %s failed", site_id, moment(planned))
        finally:
            if self._instances.get(site_id):
                self._run_job_success(site_id, [])
            with self._changed:
                self._busy.discard(group)
                self._begin()
                self._changed.notify_all()

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Until nothing runs and nothing waits; False at the timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._waiting, timeout)

    def forget_waiting(self) -> None:
        """Drop what has not begun; its planned starts are missed ones at the next start."""
        with self._changed:
            self._waiting.clear()

    def shutdown(self, wait: bool = True) -> None:
        """Nothing to close: threads end with their crawls."""


class Schedule:
    """The timetable of all enabled sites, and the crawls that it starts."""

    def __init__(self, db: str, children: Children, clock: Clock, jobs: int) -> None:
        self._db = db
        self._clock = clock
        self._sites: dict[str, Site] = {}
        self.queues = HostQueues(children, self._sites, jobs)
        self._scheduler = BackgroundScheduler(
            executors={"default": self.queues},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._skipped, EVENT_JOB_MAX_INSTANCES)

    @property
    def size(self) -> int:
        """How many sites are scheduled."""
        return len(self._sites)

    def start(self) -> None:
        """Begin to keep time."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more."""
        self.queues.forget_waiting()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def replace(self, sites: Iterable[Site]) -> None:
        """Take over a catalogue: new sites are added, changed ones moved, others dropped. Running crawls go on."""
        enabled = {site.id: site for site in sites if site.enabled}
        for gone in self._sites.keys() - enabled.keys():
            self._scheduler.remove_job(gone)
        for site in enabled.values():
            if self._sites.get(site.id) != site:
                self._sites[site.id] = site
                self._scheduler.add_job(_never_called, trigger_of(site), id=site.id, name=site.name, replace_existing=True)
        for gone in self._sites.keys() - enabled.keys():
            del self._sites[gone]

    def note_missed(self) -> int:
        """A row for each site whose starts lay in a time when no scheduler ran; how many there were."""
        noted = 0
        now = self._clock()
        with Store(self._db) as store:
            for site in self._sites.values():
                last = last_planned(store, site.id)
                if last is None or site.interval is None:
                    continue
                starts = missed_starts(site.id, site.interval, last, now)
                if starts:
                    why = f"nobody was there from {moment(starts[0])} to {moment(starts[-1])}"
                    note_crawl(store, site.id, "schedule", CrawlOutcome.MISSED, starts[-1], now, why)
                    noted += 1
        return noted

    def due(self, now: datetime) -> list[tuple[Site, datetime]]:
        """Sites whose last planned start is a whole interval or more ago, or that were never crawled; with their start."""
        found = []
        with Store(self._db) as store:
            for site in self._sites.values():
                last = last_planned(store, site.id)
                following = trigger_of(site).get_next_fire_time(last, last) if last else now
                if last is None or (following and following <= now):
                    found.append((site, now))
        return found

    def _skipped(self, event: JobSubmissionEvent) -> None:
        """A start while the one before still runs or waits."""
        with Store(self._db) as store:
            for planned in event.scheduled_run_times:
                why = "the crawl before it has not ended"
                note_crawl(store, event.job_id, "schedule", CrawlOutcome.SKIPPED, planned, self._clock(), why)


def _never_called() -> None:
    """APScheduler wants a function for a job; `HostQueues` runs crawls by the job's id instead."""
