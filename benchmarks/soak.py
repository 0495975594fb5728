"""A schedule that runs for a while over many local papers: do its memory, its files and its threads stay as they are?

    python -m benchmarks.soak [--minutes 20] [--hosts 30] [--every 2] [--disturbed]

`newsledger schedule` as ops start it, with real crawls of the papers of kiosk.py. Every few seconds the schedule's process is
looked at in /proc: resident memory, its private part, open files, threads, and the largest crawl. After a warm-up the slope of
each is drawn by regression. Prints a table; exits 1 where memory grows by more than `MOST_KB_AN_HOUR`, or files or threads by
more than one. `--disturbed`: with metrics that are read at each look, alerts to a webhook, papers that refuse and are slow, a
backup and the kill of a crawl every minute, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from overlap import children_of

from crawler.demo.press import Press
from pipelines.store.database import Store
from tests.crawler.webhook import Webhook

HERE = Path(__file__).resolve().parent
LOOK_SECONDS = 5.0
DISTURBED_SECONDS = 30.0
"""So often a backup is taken, or a crawl is killed."""
WARM_UP = 0.25
"""This share of the time is passed over: caches fill, and each site has been crawled once."""
MOST_KB_AN_HOUR = 1024.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the process."""

    seconds: float
    rss_kb: int
    private_kb: int
    files: int
    threads: int
    largest_crawl_kb: int
    """The most that one child has held at once so far; 0 where none runs."""


def peak_kb(pid: int) -> int:
    """0 where it has ended meanwhile."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return 0


def look(pid: int, begun: float) -> Look:
    largest = max(map(peak_kb, children_of(pid)), default=0)
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines())
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    rss, own = (int(status[key].split()[0]) for key in ("VmRSS", "RssAnon"))
    return Look(time.monotonic() - begun, rss, own, files, int(status["Threads"]), largest)


def slope_an_hour(points: list[tuple[float, float]]) -> float:
    """By least squares; seconds in, units an hour out."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return 3600 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def sites_toml(hosts: list[str], every: int) -> str:
    tables = [
        f'[[site]]\nid = "paper-{n}"\nname = "Paper {n}"\nurl = "http://{host}/"\ntimezone = "Europe/London"\n'
        f'every = "{every} min"\ndelay_seconds = 0.2\n'
        for n, host in enumerate(hosts)
    ]
    return "\n".join(tables)


class Disturbance:
    """What goes on beside a schedule: its metrics are read, and in turn a backup is taken and a crawl is killed."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self._folder = folder
        self._env = env
        self._random = random.Random(1)
        self._last = time.monotonic()
        self._backup: subprocess.Popen[bytes] | None = None
        self.kills = self.backups = self.failed_backups = self.scrapes = 0
        self._run("backup", "--init", str(folder / "backups")).wait()

    def go_on(self, pid: int) -> None:
        log = (self._folder / "schedule.log").read_text(encoding="utf-8", errors="replace")[:20_000]
        if served := re.search(r"served at (http://[0-9.:]+/)metrics", log):
            with urlopen(f"{served[1]}metrics", timeout=60) as answer:
                self.scrapes += b"newsledger_" in answer.read()
        if time.monotonic() - self._last < DISTURBED_SECONDS:
            return
        self._last = time.monotonic()
        if self._backup and self._backup.poll() is not None:
            self.failed_backups += self._backup.returncode != 0
            self._backup = None
        if self.kills > self.backups and self._backup is None:
            self._backup = self._run("backup", "--keep", "2", str(self._folder / "backups"))
            self.backups += 1
        elif crawls := children_of(pid):
            os.kill(self._random.choice(crawls), signal.SIGKILL)
            self.kills += 1

    def end(self) -> str:
        if self._backup:
            self.failed_backups += self._backup.wait() != 0
        done = self._run("restore", "--check", str(self._folder / "backups"))
        return (
            f"{self.kills} crawls killed, {self.backups} backups of which {self.failed_backups} failed, the last is "
            f"{'sound' if done.wait() == 0 else 'NOT SOUND'}, metrics read {self.scrapes} times"
        )

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "crawler", *arguments, "--db", str(self._folder / "news.db")]
        with (self._folder / "others.log").open("ab") as log:
            return subprocess.Popen(command, env=self._env, stdout=log, stderr=log)


def run(options: argparse.Namespace, folder: Path, hosts: list[str]) -> list[Look]:
    """The schedule, for so many minutes; what was seen of it."""
    (folder / "sites.toml").write_text(sites_toml(hosts, options.every), encoding="utf-8")
    where = ["--db", str(folder / "news.db"), "--sites", str(folder / "sites.toml")]
    command = [sys.executable, "-m", "crawler", "schedule", *where, "--jobs", "4", "--log", "json"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
    env |= {"PYTHONPATH": str(HERE.parent)}
    hook = Webhook()
    if options.disturbed:
        env |= {"NEWSLEDGER_ALERTS": hook.url}
        command += ["--metrics", "127.0.0.1:0"]
    with (folder / "schedule.log").open("wb") as log:
        schedule = subprocess.Popen(command, env=env, stderr=log)
        begun, looks = time.monotonic(), []
        disturbance = Disturbance(folder, env) if options.disturbed else None
        while time.monotonic() - begun < options.minutes * 60 and schedule.poll() is None:
            time.sleep(LOOK_SECONDS)
            looks.append(look(schedule.pid, begun))
            if disturbance:
                disturbance.go_on(schedule.pid)
        schedule.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        code = schedule.wait(90)
        print(f"asked to stop, it left after {time.monotonic() - asked:.1f} s with {code}")
        if disturbance:
            print(f"{disturbance.end()}; {len(hook.told)} letters")
    return looks


def report(looks: list[Look], folder: Path) -> int:
    """The table; how many things grow."""
    with Store(folder / "news.db", readonly=True) as store:
        outcomes = list(store.rows("SELECT outcome, count(*) AS n FROM crawls GROUP BY outcome ORDER BY n DESC"))
        kept = store.value("SELECT count(*) FROM revisions")
        problems = store.integrity_problems()
    told = ", ".join(f"{row['n']} {row['outcome']}" for row in outcomes)
    print(f"crawls: {told}; {kept} revisions; sound: {not problems}")
    count, written = sum(row["n"] for row in outcomes), (folder / "schedule.log").stat().st_size
    largest = max(each.largest_crawl_kb for each in looks)
    print(f"log: {written} bytes, {written // max(count, 1)} a crawl; the largest crawl: {largest} kB")
    settled = [each for each in looks if each.seconds >= WARM_UP * looks[-1].seconds]
    grows = 0
    print("\n| | at warm-up | in the end | least | most | slope an hour |\n|---|---|---|---|---|---|")
    for name, bound in (("rss_kb", MOST_KB_AN_HOUR), ("private_kb", MOST_KB_AN_HOUR), ("files", 1.0), ("threads", 1.0)):
        values = [float(getattr(each, name)) for each in settled]
        slope = slope_an_hour([(each.seconds, float(getattr(each, name))) for each in settled])
        print(f"| {name} | {values[0]:.0f} | {values[-1]:.0f} | {min(values):.0f} | {max(values):.0f} | {slope:+.1f} |")
        grows += slope > bound and values[-1] > values[0]
    return grows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--every", type=int, default=2, help="minutes between two crawls of a site")
    parser.add_argument("--disturbed", action="store_true", help="with metrics, alerts, backups and kills")
    parser.add_argument("--keep", type=Path, help="a folder for the ledger, the logs and the looks; else a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(HERE / "kiosk.py"), "--hosts", str(options.hosts), "--log", str(folder / "kiosk.log")]
        command += ["--moody"] if options.disturbed else []
        with Press(command, {"PYTHONPATH": str(HERE.parent)}) as kiosk:
            looks = run(options, folder, kiosk.ready["hosts"])
        lines = [[each.seconds, each.rss_kb, each.private_kb, each.files, each.threads, each.largest_crawl_kb] for each in looks]
        (folder / "looks.json").write_text(json.dumps(lines), encoding="utf-8")
        sys.exit(1 if report(looks, folder) else 0)


if __name__ == "__main__":
    main()
