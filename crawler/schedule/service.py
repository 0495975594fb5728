"""The only module with APScheduler: when each site's crawls start, kept in memory and rebuilt from the catalogue.

APScheduler keeps the timetable; a queue for each host keeps its sites apart; `CrawlRunner` runs the crawls. Every planned start
becomes a row of `crawls`: by the crawl itself, or by `MissedRuns` as `skipped` or `missed`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.catalogue.site import Site
from crawler.clock import Clock
from crawler.schedule import missed_starts, next_start
from crawler.schedule.missed_runs import MissedRuns, note_gone, note_pause
from crawler.schedule.processes import SchedulerLock, locks_of
from crawler.schedule.subprocess_runner import CrawlRunner, NoCrawlError
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, Pause, last_planned, note_crawl, note_next, pauses
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import moment

logger = logging.getLogger(__name__)

TICK_SECONDS = 10
"""How often the timetable's thread shows that it is alive."""
_TICK = "Pulse"
"""Id of that job; no site's id has a capital letter."""

JUMP = timedelta(seconds=30)
"""If the clock is set back by more than this, every site is planned again; less is a normal correction."""


class SiteTrigger(BaseTrigger):  # type: ignore[misc]
    """The starts of a site, as in `crawler.schedule`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The start after the previous one, or after now if there was none."""
        return next_start(self._site, previous_fire_time or now)


class HostQueues(BaseExecutor):  # type: ignore[misc]
    """Runs submitted crawls in threads, at most `jobs` at the same time, and those of one host one after the other."""

    def __init__(self, crawls: CrawlRunner, sites: dict[str, Site], jobs: int, missed_runs: MissedRuns) -> None:
        super().__init__()
        self._crawls = crawls
        self._missed_runs = missed_runs
        self._sites = sites
        self._jobs = jobs
        self.ended: Callable[[str], None] = lambda site_id: None
        """Called with the site after each crawl, in the crawl's thread."""
        self._waiting: dict[str, deque[tuple[str, datetime, str]]] = {}
        self._busy: set[str] = set()
        self._running: set[str] = set()
        self._changed = threading.Condition()

    def submit(self, site: Site, planned: datetime, trigger: str = "schedule") -> None:
        """Queue a crawl of a site for its planned start."""
        with self._changed:
            self._waiting.setdefault(site.politeness_group, deque()).append((site.id, planned, trigger))
            self._begin()

    def drop(self, site_id: str, why: CodedReason) -> bool:
        """Remove a site's waiting starts from the queue, and record why; returns whether there were any."""
        with self._changed:
            dropped = [planned for queue in self._waiting.values() for queued, planned, _ in queue if queued == site_id]
            left = {group: deque(one for one in queue if one[0] != site_id) for group, queue in self._waiting.items()}
            self._waiting = {group: queue for group, queue in left.items() if queue}
        if dropped:
            self._missed_runs.put(site_id, CrawlOutcome.SKIPPED, dropped, why)
            self._missed_runs.write_waiting(site_id)
            self._release(site_id)
        return bool(dropped)

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        if len(run_times) > 1:  # the machine slept, or its clock was set forward
            text = "%s: %d starts have passed in which nobody kept time; the last of them is made now"
            logger.warning(text, job.id, len(run_times), extra={"site": job.id})
            why = CodedReason(CrawlReason.SCHEDULE_DOWN, "nobody kept time")
            self._missed_runs.put(job.id, CrawlOutcome.MISSED, run_times[:-1], why)
        self.submit(self._sites[job.id], run_times[-1])

    def under_way(self, site_id: str) -> str | None:
        """The state of the site's crawl: "running", "waiting" for its turn, or None."""
        with self._changed:
            if site_id in self._running:
                return "running"
            return "waiting" if any(site_id == one[0] for queue in self._waiting.values() for one in queue) else None

    def _begin(self) -> None:
        """Start the crawls that can start; call it with the lock held."""
        free = max(0, self._jobs - len(self._busy))
        for group in list(islice((group for group in self._waiting if group not in self._busy), free)):
            site_id, planned, trigger = self._waiting[group].popleft()
            if not self._waiting[group]:
                del self._waiting[group]
            self._busy.add(group)
            self._running.add(site_id)
            arguments = (group, site_id, planned, trigger)
            threading.Thread(target=self._run, args=arguments, name=f"crawl-{site_id}", daemon=True).start()

    def _run(self, group: str, site_id: str, planned: datetime, trigger: str) -> None:
        site = self._sites.get(site_id)
        try:
            self._missed_runs.write_waiting(site_id)
            if site:
                self._crawls.crawl(site, planned, trigger)
                self.ended(site_id)
            else:
                why = CodedReason(CrawlReason.SITE_REMOVED, "the site has left the catalogue")
                self._missed_runs.put(site_id, CrawlOutcome.SKIPPED, [planned], why)
        except NoCrawlError as error:
            self._missed_runs.put(site_id, error.outcome, [planned], error.reason)
        except Exception as error:  # the boundary of a crawl's thread: its failure must not stop the schedule
            log = logger.error if isinstance(error, StoreError) else logger.exception
            log("%s: the crawl planned for %s failed: %s", site_id, moment(planned), error)
            why = CodedReason(CrawlReason.NOT_BEGUN, f"the crawl did not begin: {error}")
            self._missed_runs.put(site_id, CrawlOutcome.FAILED, [planned], why)
        finally:
            try:
                self._release(site_id)
                with self._changed:
                    self._running.discard(site_id)
                self._missed_runs.write_waiting(site_id)
            finally:  # whatever went wrong: a host that stayed busy would be crawled no more
                with self._changed:
                    self._busy.discard(group)
                    self._begin()
                    self._changed.notify_all()

    def _release(self, site_id: str) -> None:
        """Let the timetable start the site again; crawls submitted by hand were never counted."""
        if self._lock is None:
            return
        with self._lock:  # the timetable counts a start after it has handed it over, and a crawl may end before that
            if self._instances.get(site_id):
                self._run_job_success(site_id, [])

    @property
    def queued(self) -> int:
        """Starts that are due and have not begun."""
        with self._changed:
            return sum(len(queue) for queue in self._waiting.values())

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Wait until nothing runs and nothing waits; False at the timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._waiting, timeout)

    def forget_waiting(self) -> None:
        """Drop waiting crawls; their planned starts count as missed after a restart."""
        with self._changed:
            self._waiting.clear()

    def shutdown(self, wait: bool = True) -> None:
        """Nothing to close: threads end with their crawls."""


class TickExecutor(BaseExecutor):  # type: ignore[misc]
    """Runs the job that only shows that the scheduler's own thread is alive; in that thread."""

    last_tick = 0.0
    """Its last run, by `time.monotonic`."""

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self.last_tick = time.monotonic()
        self._run_job_success(job.id, [])


class Schedule:
    """The timetable of all enabled sites, and the crawls that it starts."""

    def __init__(self, db: str, crawls: CrawlRunner, clock: Clock, jobs: int) -> None:
        self._db = db
        self._crawls = crawls
        self._clock = clock
        self._sites: dict[str, Site] = {}
        self._missed_runs = MissedRuns(db, clock)
        self._scheduler_lock: SchedulerLock | None = None
        self._accounted_until = clock()
        self._planned_from: dict[str, datetime] = {}
        self.pauses: dict[str, Pause] = {}
        """Pauses by site; a paused site is off the timetable."""
        self._pausing = threading.RLock()
        self._clocks_read = (clock(), time.monotonic())
        self.queues = HostQueues(crawls, self._sites, jobs, self._missed_runs)
        self.queues.ended = self._note_next
        self._ticks = TickExecutor()
        self._scheduler = BackgroundScheduler(
            executors={"default": self.queues, _TICK: self._ticks},
            # Not coalesced: starts that came due together are recorded here one by one. One of them runs.
            job_defaults={"coalesce": False, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._skipped, EVENT_JOB_MAX_INSTANCES)

    @property
    def size(self) -> int:
        """Number of scheduled sites."""
        return len(self._sites)

    @property
    def site_ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._sites))

    @property
    def is_second(self) -> bool:
        """Whether another schedule of the ledger was running when this one started."""
        return self._scheduler_lock is not None and not self._scheduler_lock.alone

    def has(self, site_id: str) -> bool:
        return site_id in self._sites

    def site(self, site_id: str) -> Site | None:
        return self._sites.get(site_id)

    @property
    def keeps_time(self) -> bool:
        """Whether the scheduler's thread was alive within the last minute."""
        return time.monotonic() - self._ticks.last_tick < TICK_SECONDS * 6

    def start(self) -> None:
        self._ticks.last_tick = time.monotonic()
        self._scheduler.add_job(_never_called, IntervalTrigger(seconds=TICK_SECONDS), id=_TICK, executor=_TICK)
        for site in self._sites.values():  # from where the missed starts end, so that none falls between
            begin = self._planned_from.pop(site.id, self._accounted_until - timedelta.resolution)
            start = None if site.id in self.pauses else next_start(site, begin)
            self._scheduler.modify_job(site.id, next_run_time=start)
        self._scheduler.start()
        self._note_next(*self._sites)

    def stop(self) -> None:
        """Start nothing more."""
        self.queues.forget_waiting()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._scheduler_lock:
            self._scheduler_lock.close()

    def replace(self, sites: Iterable[Site]) -> None:
        """Load a new catalogue: new sites are added, changed ones planned again, others removed. Running crawls continue."""
        enabled = {site.id: site for site in sites if site.enabled}
        for removed in self._sites.keys() - enabled.keys():
            self._scheduler.remove_job(removed)
        for site in enabled.values():
            if self._sites.get(site.id) != site:
                self._sites[site.id] = site
                self.pauses.pop(site.id, None)  # its new job is off the timetable as soon as pauses are followed
                self._scheduler.add_job(_never_called, SiteTrigger(site), id=site.id, name=site.name, replace_existing=True)
        for removed in self._sites.keys() - enabled.keys():
            del self._sites[removed]
            self.pauses.pop(removed, None)
        self.follow_pauses()

    def follow_pauses(self) -> None:
        """Take paused sites off the timetable, put those whose pause is over back, and record the starts that fell into it.

        Call it every few seconds: the pauses in the ledger apply to each of its schedules.
        """
        with self._pausing:
            try:
                with Store(self._db, readonly=True) as store:
                    found = pauses(store)
                self._follow(found, self._clock())
            except StoreError as error:
                logger.error("what the ledger says of pauses could not be followed: %s", error)

    def _follow(self, found: dict[str, Pause], now: datetime) -> None:
        held = {site_id: pause for site_id, pause in found.items() if site_id in self._sites and pause.holds(now)}
        resumed = [self._sites[site_id] for site_id in self.pauses if site_id not in held]
        paused = [site_id for site_id in held if site_id not in self.pauses]
        self.pauses = held
        for site_id in paused:
            self._scheduler.modify_job(site_id, next_run_time=None)
            self.queues.drop(site_id, CodedReason(CrawlReason.PAUSED, "the site was paused"))
        for site in resumed:
            self._scheduler.modify_job(site.id, next_run_time=next_start(site, now))
            since, until = (found[site.id].since, found[site.id].until or now) if site.id in found else (now, now)
            note_pause(self._db, site, since, min(until, now), now)
        if paused or resumed:
            names = [", ".join(sites) or "none" for sites in (paused, [site.id for site in resumed])]
            logger.info("paused: %s; crawled again: %s", *names)

    def starts(self) -> dict[str, datetime | None]:
        """The next planned start of each site; None if it is paused, or its cron rule never matches."""
        return {job.id: getattr(job, "next_run_time", None) for job in self._scheduler.get_jobs() if job.id != _TICK}

    def _note_next(self, *site_ids: str) -> None:
        jobs = filter(None, map(self._scheduler.get_job, site_ids))  # each by itself: a crawl's end must not walk all sites
        starts = {job.id: getattr(job, "next_run_time", None) for job in jobs}
        try:
            with Store(self._db) as store:
                note_next(store, starts)
        except StoreError as error:
            logger.warning("the next starts could not be written: %s", error)

    def follow_clock(self) -> bool:
        """If the clock was set back, plan all sites again, which would otherwise wait for the old time; returns whether it was.

        Call it every few seconds. A clock that is set forward needs nothing: starts that came due are made and recorded.
        """
        now, steady = self._clock(), time.monotonic()
        before, self._clocks_read = self._clocks_read, (now, steady)
        ahead = (now - before[0]) - timedelta(seconds=steady - before[1])
        if ahead > -JUMP:
            return False
        logger.warning("the clock was set back by %.0f s; all sites are planned anew", -ahead.total_seconds())
        for job in self._scheduler.get_jobs():
            if job.id in self.pauses:
                continue
            job.modify(next_run_time=now if job.id == _TICK else job.trigger.get_next_fire_time(None, now))
        return True

    def note_missed(self) -> int:
        """Write a row for each site with starts in a period when no schedule of this ledger ran; returns how many."""
        if self._scheduler_lock is None:
            self._scheduler_lock = SchedulerLock(locks_of(self._db))
        self._accounted_until = self._clock()
        try:
            return self._note_missed() if self._scheduler_lock.alone else self._take_over_starts()
        finally:
            self._scheduler_lock.admit_others()

    def _take_over_starts(self) -> int:
        """Take over starts that another schedule has planned but not recorded: it may die with them. Those that it runs have
        rows."""
        with Store(self._db, readonly=True) as store:
            last_starts = {site_id: last_planned(store, site_id, self._accounted_until, by_hand=False) for site_id in self._sites}
        self._planned_from.update({site_id: last for site_id, last in last_starts.items() if last})
        return 0

    def _note_missed(self) -> int:
        noted = 0
        now = self._accounted_until
        with Store(self._db) as store:
            for site in self._sites.values():
                if site.id in self.pauses:
                    continue  # its starts are told of when it is resumed
                last = last_planned(store, site.id, now, by_hand=False)
                starts = missed_starts(site, last, now) if last else []
                promised = self._crawls.promised(site.id) if starts else None
                noted += note_gone(store, site, self._crawls.promised, now)
                if last and promised:
                    starts = missed_starts(site, max(last, promised), now)
                if starts:
                    text = f"nobody was there from {moment(starts[0])} to {moment(starts[-1])}"
                    why = CodedReason(CrawlReason.SCHEDULE_DOWN, text)
                    note_crawl(store, site.id, "schedule", CrawlOutcome.MISSED, starts[-1], now, why)
                    noted += 1
        return noted

    def due(self, now: datetime) -> list[tuple[Site, datetime]]:
        """Sites whose last planned start is at least an interval ago, or that were never crawled; with their start."""
        found = []
        with Store(self._db) as store:
            for site in self._sites.values():
                if site.id in self.pauses:
                    continue
                last = last_planned(store, site.id, now)
                following = next_start(site, last) if last else now
                if last is None or (following and following <= now):
                    found.append((site, now))
        return found

    def _skipped(self, event: JobSubmissionEvent) -> None:
        """A start while the previous one still runs or waits."""
        if event.job_id == _TICK:
            return
        starts = list(event.scheduled_run_times)
        why = CodedReason(CrawlReason.PREVIOUS_RUNNING, "the crawl before it has not ended")
        self._missed_runs.put(event.job_id, CrawlOutcome.SKIPPED, starts, why)
        if not self.queues.under_way(event.job_id):
            self._missed_runs.write_waiting(event.job_id)


def _never_called() -> None:
    """APScheduler needs a function for a job; `HostQueues` runs crawls by the job's id instead."""
