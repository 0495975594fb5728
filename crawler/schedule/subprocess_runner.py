"""Crawls as child processes: starts them, limits their time, ends them, and records their ends. Knows no timetable."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

from crawler.catalogue import as_definition
from crawler.catalogue.site import Site
from crawler.clock import Clock
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, close_left_open, last_of_start, note_crawl, rows_of_start
from pipelines.store.database import Store
from pipelines.store.rows import moment

logger = logging.getLogger(__name__)

STOP_SECONDS = 45.0
"""How long a crawl may take to stop: its current request (at most 30 s) and its last writes."""


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """What all crawls of a schedule have in common."""

    db: str
    time_limit_seconds: float = 3600.0
    """A crawl that takes longer is stopped, then killed. Shorter cuts off first crawls of big sites; longer lets one hang."""
    log: str = "text"
    """The format of the crawls' log lines."""
    program: tuple[str, ...] = (sys.executable, "-m", "crawler")
    """The program of a crawl; it receives the arguments of `newsledger crawl`."""


@dataclass(frozen=True, slots=True)
class _EndedCrawl:
    """A crawl whose process has ended."""

    site: Site
    planned: datetime
    trigger: str
    child: subprocess.Popen[bytes]
    stop_requested: bool
    """Whether it was told to end."""
    reason: CodedReason | None
    """Why the schedule ended it; None if it did not."""


class NoCrawlError(Exception):
    """A start led to no crawl, without an error of ours; the message says why."""

    def __init__(self, outcome: CrawlOutcome, code: CrawlReason, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = CodedReason(code, reason)


class CrawlRunner(Protocol):
    """Turns a schedule's starts into crawls: child processes here, jobs of workers elsewhere."""

    def crawl(self, site: Site, planned: datetime, trigger: str) -> None:
        """Run it; may return before it has ended. Raises NoCrawlError."""

    def cancel(self, site_id: str) -> bool:
        """Tell the crawl of a site to end gracefully; False if none runs that can be reached."""

    def promised(self, site_id: str) -> datetime | None:
        """A planned start without a row that will run even if the schedule restarts; None if there is none."""

    def stop(self) -> None:
        """End the runner with the schedule."""

    @property
    def running(self) -> int:
        """Number of running crawls."""


Relay = Callable[[IO[bytes], str], None]
"""Forwards a crawl's standard error until it ends; called with the site."""


class SubprocessRunner:
    """The running crawls. Thread-safe."""

    def __init__(self, config: RunnerConfig, clock: Clock, relay: Relay | None = None) -> None:
        """`relay`: without it crawls write to our own standard error."""
        self._config = config
        self._relay = relay
        self._clock = clock
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def crawl(self, site: Site, planned: datetime, trigger: str = "schedule") -> None:
        """Run one crawl to its end, and make sure that its planned start has a row, however it ended."""
        with Store(self._config.db, readonly=True) as store:
            earlier = rows_of_start(store, site.id, planned)
        with self._lock:
            if self._is_stopped:
                return
            stderr = subprocess.PIPE if self._relay else None
            child = subprocess.Popen(  # noqa: S603 - our own command
                self._command(site, planned, trigger), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
            )
            self._running[site.id] = child
        if self._relay and child.stderr:
            threading.Thread(target=self._relay_lines, args=(child.stderr, site.id), name=f"log-{site.id}", daemon=True).start()
        reason = self._wait(child)
        with self._lock:
            del self._running[site.id]
            stop_requested = self._is_stopped or site.id in self._cancelled
            self._cancelled.discard(site.id)
        self._note_missed_run(_EndedCrawl(site, planned, trigger, child, stop_requested, reason), earlier)

    def cancel(self, site_id: str) -> bool:
        """Tell the crawl of a site to end; it is killed if it does not within STOP_SECONDS."""
        with self._lock:
            child = self._running.get(site_id)
            if child is None:
                return False
            self._cancelled.add(site_id)
            child.terminate()
        timer = threading.Timer(STOP_SECONDS, child.kill)
        timer.daemon = True
        timer.start()
        return True

    def promised(self, _: str) -> None:
        """None: children end with their schedule."""

    def stop(self) -> None:
        """Tell all crawls to end, and start no more. Their threads wait for them within STOP_SECONDS."""
        with self._lock:
            self._is_stopped = True
            for child in self._running.values():
                child.terminate()

    @property
    def running(self) -> int:
        with self._lock:
            return len(self._running)

    def _relay_lines(self, stream: IO[bytes], site_id: str) -> None:
        with stream:
            if self._relay:
                self._relay(stream, site_id)

    def _wait(self, child: subprocess.Popen[bytes]) -> CodedReason | None:
        try:
            child.wait(self._config.time_limit_seconds)
        except subprocess.TimeoutExpired:
            reason = f"stopped after {self._config.time_limit_seconds:g} s"
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                reason = f"killed after {self._config.time_limit_seconds:g} s and {STOP_SECONDS:g} s more"
            return CodedReason(CrawlReason.TIME_LIMIT, reason)
        return None

    def _note_missed_run(self, crawl: _EndedCrawl, earlier: int) -> None:
        """Write a row for a crawl that wrote none, and an end for one that could not write its own. `earlier`: number of rows
        before."""
        site, planned, child, reason = crawl.site, crawl.planned, crawl.child, crawl.reason
        now = self._clock()
        with Store(self._config.db) as store:
            ended = CodedReason(CrawlReason.PROCESS_DIED, f"its process ended with {child.returncode}")
            outcome = CrawlOutcome.FAILED if reason else CrawlOutcome.LOST
            if crawl.stop_requested and child.returncode in (1, -signal.SIGTERM, -signal.SIGKILL):  # it loaded still, or hung
                outcome = CrawlOutcome.STOPPED
                ended = CodedReason(CrawlReason.ASKED_TO_END, "it was asked to end before it asked for anything")
            close_left_open(store, child.pid, outcome, reason or ended, now)
            if rows_of_start(store, site.id, planned) == earlier:
                outcome = CrawlOutcome.FAILED if outcome is CrawlOutcome.LOST else outcome
                why = CodedReason(CrawlReason.NOT_BEGUN, f"the crawl did not begin: {ended}")
                note_crawl(store, site.id, crawl.trigger, outcome, planned, now, why)
            ended_as = last_of_start(store, site.id, planned)
        if ended_as:
            text = "%s: %s; %d requests, %d fetches, %d revisions, %d errors%s"
            because = f": {ended_as['reason']}" if ended_as["reason"] else ""
            numbers = (ended_as[name] for name in ("requests", "looks", "revisions", "errors"))
            logger.info(text, site.id, ended_as["outcome"], *numbers, because, extra={"site": site.id, "crawl": ended_as["id"]})
        if child.returncode:
            text = "%s: the crawl planned for %s ended with %s"
            logger.warning(text, site.id, moment(planned), child.returncode, extra={"site": site.id})

    def _command(self, site: Site, planned: datetime, trigger: str) -> list[str]:
        options = [
            "--definition",
            as_definition(site),
            "--log",
            self._config.log,
            "--trigger",
            trigger,
            "--planned",
            planned.isoformat(),
            "--parent",
            str(os.getpid()),
        ]
        return [*self._config.program, "crawl", site.id, "--db", self._config.db, "--json", *options]
