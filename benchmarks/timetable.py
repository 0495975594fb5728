"""A thousand sites on an accelerated clock: is any start lost or doubled, are they spread evenly, does memory stay flat?

    python benchmarks/timetable.py [--sites 1000] [--rounds 10] [--every 60] [--speed 40] [--jobs 8]

The real `Schedule`, with APScheduler, queues, threads, child processes and ledger; only two things are not as in earnest. The
clock goes `--speed` times as fast: ours is a value, and APScheduler is given the same one in place of `datetime.now` and of how
long it waits. And each crawl is `shortest_crawl.py`, a process that writes its row and ends. One site in ten has a cron rule.

At the end the clock stands still, all that came due is left to end, and the rows of `crawls` are laid beside the plan. Prints the
figures; exits 1 where a start is lost or doubled, or memory grows by more than `MOST_KB` in a thousand starts.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.schedulers.background
import apscheduler.schedulers.base

from crawler.catalogue.site import Site
from crawler.crawl.session import rows_of
from crawler.schedule import next_start
from crawler.schedule.service import Schedule
from crawler.schedule.subprocess_runner import RunnerConfig, SubprocessRunner
from pipelines.store.crawls import put_sites
from pipelines.store.database import Store
from pipelines.store.rows import instant_of

HERE = Path(__file__).resolve().parent
MOST_KB = 64.0
LEAST_STARTS = 5000
"""A shorter run says nothing of memory: what is loaded and cached at the start is all that it sees."""
ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")


@dataclass
class FastClock:
    """Aware UTC, so many times as fast as it is, until it is stopped."""

    speed: float
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    steady: float = field(default_factory=time.monotonic)
    stopped: datetime | None = None

    def __call__(self) -> datetime:
        return self.stopped or self.begun + timedelta(seconds=(time.monotonic() - self.steady) * self.speed)

    def stop(self) -> datetime:
        self.stopped = self()
        return self.stopped

    @property
    def described(self) -> str:
        return f"{self.begun.timestamp()} {self.steady} {self.speed}"


@contextmanager
def given_to_apscheduler(clock: FastClock) -> Iterator[None]:
    """Its `datetime.now`, and the event on which its thread waits, go by our clock."""

    class Fast(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock().astimezone(tz)

    class Hasty(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(None if timeout is None else min(timeout / clock.speed, 1.0))

    base, background = apscheduler.schedulers.base, apscheduler.schedulers.background
    kept = base.datetime, background.Event
    base.datetime, background.Event = Fast, Hasty
    try:
        yield
    finally:
        base.datetime, background.Event = kept


def sites_of(count: int, every: int) -> list[Site]:
    """Nine in ten with an interval, each tenth with a cron rule of its own zone; each on a host of its own."""
    made = []
    for n in range(count):
        zone, url = ZONES[n // 10 % len(ZONES)], f"https://paper-{n}.example/"
        by_cron = n % 10 == 9
        every_so = None if by_cron else f"{every} min"
        made.append(Site(f"paper-{n}", f"Paper {n}", url, zone, every=every_so, cron="0 * * * *" if by_cron else None))
    return made


def own_state() -> tuple[int, int, int]:
    """Resident kB, open files and threads of this process."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(status["VmRSS"].split()[0]), sum(1 for _ in Path("/proc/self/fd").iterdir()), int(status["Threads"])


def run(sites: list[Site], options: argparse.Namespace, db: Path) -> tuple[datetime, datetime, list[tuple[int, int, int, int]]]:
    """From when to when time was kept; and after every fiftieth part of the starts: how many there were, and `own_state`."""
    with Store(db) as store:
        put_sites(store, rows_of(sites))
    clock = FastClock(options.speed)
    os.environ["CLOCK"] = clock.described
    program = (sys.executable, "-S", "-E", str(HERE / "shortest_crawl.py"))
    schedule = Schedule(str(db), SubprocessRunner(RunnerConfig(str(db), program=program), clock), clock, options.jobs)
    schedule.replace(sites)
    wanted, seen = len(sites) * options.rounds, []
    with given_to_apscheduler(clock), Store(db, readonly=True) as store:
        begin, done = clock(), 0
        schedule.note_missed()  # nothing: but time is kept from here on
        schedule.start()
        while clock() < begin + timedelta(minutes=options.every * options.rounds):
            time.sleep(0.5)
            made = store.value("SELECT count(*) FROM crawls")
            if made - done >= wanted / 50:
                done = made
                seen.append((made, *own_state()))
        end = clock.stop()
        time.sleep(2.5)  # its thread looks once more at the clock that stands still
        schedule.queues.wait_idle()
        schedule.stop()
    return begin, end, seen


def judge(sites: list[Site], begin: datetime, end: datetime, db: Path, speed: float) -> int:
    """The rows beside the plan; how many starts are lost or doubled."""
    with Store(db, readonly=True) as store:
        rows = list(store.rows("SELECT site_id, planned, started, outcome FROM crawls"))
        sound = not store.integrity_problems()
    told = Counter((row["site_id"], instant_of(row["planned"])) for row in rows)
    planned: list[tuple[Site, datetime]] = []
    for site in sites:
        start = next_start(site, begin)
        while start and start <= end:
            planned.append((site, start))
            start = next_start(site, start)
    names = {(site.id, start) for site, start in planned}
    lost, doubled, unplanned = len(names - told.keys()), sum(n > 1 for n in told.values()), len(told.keys() - names)
    outcomes = Counter(row["outcome"] for row in rows)
    print(f"{len(planned)} planned starts, {len(rows)} rows: " + ", ".join(f"{n} {name}" for name, n in outcomes.most_common()))
    print(f"lost {lost}, doubled {doubled}, not planned {unplanned}; the ledger is sound: {sound}")
    minutes = Counter(int((start - begin).total_seconds() // 60) for site, start in planned if site.every)
    whole = range(1, int((end - begin).total_seconds() // 60))
    counts = [minutes[minute] for minute in whole]
    mean = sum(counts) / len(counts)
    uneven = sum((count - mean) ** 2 for count in counts) / len(counts) / mean
    print(f"starts a minute: mean {mean:.1f}, least {min(counts)}, most {max(counts)}; variance / mean {uneven:.2f} (chance: 1)")
    late = sorted(
        (instant_of(row["started"]) - instant_of(row["planned"])).total_seconds() / speed for row in rows if row["started"]
    )
    median, most = late[len(late) // 2], late[len(late) * 99 // 100]
    print(f"late, in real seconds: median {median:.2f}, 99 in 100 {most:.2f}, most {late[-1]:.2f}")
    return lost + doubled + unplanned + (not sound)


def grows(seen: list[tuple[int, int, int, int]]) -> bool:
    """Print what was seen of the process; whether its memory grows."""
    settled = seen[len(seen) // 4 :]
    mean_x, mean_y = (sum(look[n] for look in settled) / len(settled) for n in (0, 1))
    spread = sum((look[0] - mean_x) ** 2 for look in settled)
    slope = 1000 * sum((look[0] - mean_x) * (look[1] - mean_y) for look in settled) / spread if spread else 0.0
    for name, n in (("resident kB", 1), ("files", 2), ("threads", 3)):
        values = [look[n] for look in settled]
        print(f"{name}: {values[0]} after {settled[0][0]} starts, {values[-1]} after {settled[-1][0]}, most {max(values)}")
    print(f"memory grows by {slope:+.1f} kB in a thousand starts")
    return slope > MOST_KB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--every", type=int, default=60, help="minutes of the accelerated clock")
    parser.add_argument("--speed", type=float, default=40)
    parser.add_argument("--jobs", type=int, default=8)
    options = parser.parse_args()
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    sites = sites_of(options.sites, options.every)
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "news.db"
        begin, end, seen = run(sites, options, db)
        wrong = judge(sites, begin, end, db, options.speed)
    growing = bool(seen) and seen[-1][0] >= LEAST_STARTS and grows(seen)
    sys.exit(1 if wrong or growing else 0)


if __name__ == "__main__":
    main()
