"""Crawls as child processes: started, bounded in time, ended, and accounted for. Knows no timetable."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime

from crawler.clock import Clock
from crawler.sites import Site
from pipelines.crawls import CrawlOutcome, close_left_open, note_crawl
from pipelines.rows import moment
from pipelines.store import Store

logger = logging.getLogger(__name__)

STOP_SECONDS = 45.0
"""How long a crawl that was asked to stop may take: one request under way (30 s at most) and its bookkeeping."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What every crawl of a schedule has in common."""

    db: str
    sites: str = ""
    time_limit_seconds: float = 3600.0
    """A crawl that takes longer is stopped, then killed. Shorter cuts off first crawls of big sites; longer lets one hang."""


class Children:
    """The crawls that run now. Thread-safe."""

    def __init__(self, orders: Orders, clock: Clock) -> None:
        self._orders = orders
        self._clock = clock
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._ended = False

    def crawl(self, site: Site, planned: datetime) -> None:
        """Run one crawl to its end, and see that its planned start is a row, however it ended."""
        with self._lock:
            if self._ended:
                return
            child = subprocess.Popen(self._command(site, planned), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
            self._running[site.id] = child
        reason = self._wait(child)
        with self._lock:
            del self._running[site.id]
        self._account(site, planned, child, reason)

    def stop(self) -> None:
        """Ask all crawls to end, and start no more. Their threads wait for them within STOP_SECONDS."""
        with self._lock:
            self._ended = True
            for child in self._running.values():
                child.terminate()

    def _wait(self, child: subprocess.Popen[bytes]) -> str | None:
        try:
            child.wait(self._orders.time_limit_seconds)
        except subprocess.TimeoutExpired:
            reason = f"stopped after {self._orders.time_limit_seconds:g} s"
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                return f"killed after {self._orders.time_limit_seconds:g} s and {STOP_SECONDS:g} s of patience"
            return reason
        return None

    def _account(self, site: Site, planned: datetime, child: subprocess.Popen[bytes], reason: str | None) -> None:
        """A row for a crawl that wrote none, an end for one that could not write its own."""
        now = self._clock()
        with Store(self._orders.db) as store:
            ended = f"its process ended with {child.returncode}"
            close_left_open(store, child.pid, CrawlOutcome.FAILED if reason else CrawlOutcome.LOST, reason or ended, now)
            known = store.value("SELECT 1 FROM crawls WHERE site_id = ? AND planned = ?", (site.id, moment(planned)))
            if not known:
                why = f"the crawl did not begin: {ended}"
                note_crawl(store, site.id, "schedule", CrawlOutcome.FAILED, planned, now, why)
        if child.returncode:
            logger.warning("%s: the crawl planned for %s ended with %s", site.id, moment(planned), child.returncode)

    def _command(self, site: Site, planned: datetime) -> list[str]:
        where = ["--db", self._orders.db, *(["--sites", self._orders.sites] if self._orders.sites else [])]
        said = ["--trigger", "schedule", "--planned", planned.isoformat(), "--parent", str(os.getpid())]
        return [sys.executable, "-m", "crawler", "crawl", site.id, *where, "--json", *said]
