"""Ten thousand titles: what the schedule of a cluster takes to plan and queue their crawls, what pages and figures of all cost.

    python -m benchmarks.titles [--sites 10000] [--folder DIR] [--only plan] [--only pages]

`plan`: a real Redis and a real `newsledger schedule --redis`; crawls are stubs, taken from the queue by this process, which
writes their rows. Once with nothing crawled yet, so that all are due at once (`--once`); then as it runs, for a minute; then
killed, and started again. `pages`: /sites, health, /metrics and status over a ledger of as many sites with five crawls each.
Seconds are of a processor, unless it is said that they are of a clock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import watch
from benchmarks.pages import _page
from crawler.cluster.queue import queue_of
from crawler.monitoring.collector import MeasurementReader
from pipelines.store.crawls import CrawlOutcome, finish_crawl, start_crawl
from pipelines.store.database import Store
from tests.crawler.cluster.real_redis import RedisServer

CRAWLS_A_SITE = 5
SITE = """[[site]]
id = "site-{n:04}"
name = "Site {n}"
url = "https://s{n}.example/"
country = "GB"
timezone = "Europe/London"
language = "en-GB"
every = "30 min"

"""
RUN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Of a process that ended, or runs."""

    seconds: float
    mb: float


def usage(pid: int) -> Usage:
    """Processor time and peak memory of a process that runs."""
    stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines())
    return Usage((int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"), int(status["VmHWM"].split()[0]) / 1000)


class World:
    """A ledger, a catalogue, a Redis."""

    def __init__(self, folder: Path, sites: int, redis: RedisServer) -> None:
        self.db, self.sites, self.redis = folder / "plan.db", sites, redis
        self.catalogue = folder / "sites.toml"
        self.catalogue.write_text("".join(SITE.format(n=n) for n in range(sites)), encoding="utf-8")
        self.log = folder / "schedule.log"
        self.client = redis.client()

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """A schedule."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
        command = [sys.executable, "-m", "crawler", "schedule", "--redis", self.redis.url, "--db", str(self.db), "--sites",
                   str(self.catalogue), "--log", "json", *more]  # fmt: skip
        with self.log.open("wb") as log:
            return subprocess.Popen(command, env=clean, stdout=log, stderr=log, cwd=Path(__file__).parents[1])

    def queued(self) -> int:
        """Jobs that wait."""
        return int(self.client.llen("rq:queue:newsledger"))

    def said(self, text: str) -> bool:
        """Whether the schedule has logged it."""
        return text in self.log.read_text("utf-8", "replace")

    def work_off(self) -> int:
        """Take all jobs from the queue and write a crawl's row for each; how many."""
        queue, now, done = queue_of(self.client), datetime.now(UTC), 0
        with Store(self.db) as store, store.transaction():
            for job_id in queue.get_job_ids():
                job = queue.fetch_job(job_id)
                if job is None:
                    continue
                planned = datetime.fromisoformat(job.order.planned)  # type: ignore[attr-defined]
                crawl = start_crawl(store, job_id, "schedule", now, planned, worker="stub", job=f"{job_id}-{planned}")
                finish_crawl(store, crawl, CrawlOutcome.FINISHED, now, requests=3, candidates=40)
                queue.remove(job)
                job.delete()
                done += 1
        return done


def wait(fact: Any, seconds: float) -> float:
    """Seconds of the clock until it is true."""
    begun = time.monotonic()
    while not fact():
        if time.monotonic() - begun > seconds:
            raise SystemExit("it did not come true in time")
        time.sleep(0.05)
    return time.monotonic() - begun


@contextmanager
def killed(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """A process that is killed at the end."""
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def plan(folder: Path, sites: int) -> None:
    """The schedule."""
    with RedisServer(folder / "redis", appendfsync="everysec") as redis:
        world = World(folder, sites, redis)
        before = world.client.info("memory")["used_memory"]
        with killed(process := world.start("--once")) as pid:
            took = wait(lambda: world.queued() > 0, 600)
            first = usage(pid)
            took_all, last = 0.0, first
            begun = time.monotonic()
            while process.poll() is None and world.queued() < sites:
                last = usage(pid)
                time.sleep(0.1)
            took_all = time.monotonic() - begun
        memory = world.client.info("memory")["used_memory"] - before
        cpu = last.seconds - first.seconds
        print(
            f"all due at once: first after {took:.1f} s of the clock ({first.seconds:.1f} s), then {world.queued():,} queued in "
            f"{took_all:.1f} s ({cpu:.1f} s: {cpu / sites * 1000:.2f} ms a start); {last.mb:.0f} MB; "
            f"Redis {memory / 1e6:.1f} MB, {memory / sites:,.0f} bytes a job",
            flush=True,
        )
        print(f"stub crawls: {world.work_off():,} made")
        with killed(world.start()) as pid:
            took = wait(lambda: world.said("sites are scheduled"), 600)
            begun = usage(pid)
            made, ends = 0, time.monotonic() + RUN_SECONDS
            while time.monotonic() < ends:
                time.sleep(5)
                made += world.work_off()
            ended = usage(pid)
        print(
            f"running: ready after {took:.1f} s of the clock ({begun.seconds:.1f} s); {made} starts in {RUN_SECONDS:.0f} s of "
            f"the clock, {sites / 30:.0f} a minute are planned; {ended.seconds - begun.seconds:.1f} s, {ended.mb:.0f} MB",
            flush=True,
        )
        time.sleep(5)
        with killed(world.start()) as pid:
            took = wait(lambda: world.said("sites are scheduled"), 600)
            again = usage(pid)
            to_first = took + wait(lambda: world.queued() > 0, 60)
        missed = next(line for line in world.log.read_text("utf-8").splitlines() if "starts were missed" in line)
        print(
            f"killed and started again: ready after {took:.1f} s of the clock ({again.seconds:.1f} s), first start after "
            f"{to_first:.1f} s; {missed[:160]}",
            flush=True,
        )


def pages(folder: Path, sites: int) -> None:
    """Whatever shows all sites."""
    db = folder / "sites.db"
    if not db.exists():
        watch.generate(db, sites, sites * CRAWLS_A_SITE * 5, CRAWLS_A_SITE)
    now = watch.BEGIN + timedelta(minutes=30 * CRAWLS_A_SITE)
    with Store(db, readonly=True) as store:
        for target in ("/sites", "/sites", "/sites?sort=silent&page=50", "/sites?q=site-99", "/", "/stories", "/takedowns",
                       "/site/site-0007", "/feed.atom", "/search?q=story"):  # fmt: skip
            _page(store, target, now) if target != "/sites" else None
            begun, wall = time.process_time(), time.perf_counter()
            _page(store, target, now)
            cpu, took = 1000 * (time.process_time() - begun), 1000 * (time.perf_counter() - wall)
            print(f"{target}: {cpu:.0f} ms of a processor, {took:.0f} of the clock", flush=True)
    for verb in (("health",), ("status",)):
        command = [sys.executable, "-m", "crawler", *verb, "--db", str(db)]
        catalogue = folder / "sites.toml"
        catalogue.write_text("".join(SITE.format(n=n) for n in range(sites)), encoding="utf-8")
        more = ["--sites", str(catalogue)] if verb[0] == "health" else []
        with subprocess.Popen([*command, *more], stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[1]) as process:
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        print(f"newsledger {verb[0]}: {used.ru_utime + used.ru_stime:.1f} s, {used.ru_maxrss / 1000:.0f} MB", flush=True)
    reader = MeasurementReader(str(db), timedelta(hours=24))
    watch.measure("/metrics, the first reading", db, now, reader)
    watch.measure("/metrics, the next", db, now, reader)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", action="append", choices=("plan", "pages"), default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for of, measure in (("plan", plan), ("pages", pages)):
            if not options.only or of in options.only:
                measure(folder, options.sites)


if __name__ == "__main__":
    main()
