"""A little town for tests of whole crawls: papers on addresses of their own that note who asked what and when; its commands."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawler.cluster.consumer import WRITER
from crawler.cluster.queue import connect
from pipelines.store.database import Row, Store, StoreError
from tests import forkserver
from tests.crawler.processes import TESTS, environment, site_table

ROOT = TESTS.parent
COMMANDS = (sys.executable, "-m", "tests.crawler.cluster.quick")
Process = subprocess.Popen[str]


def eventually(what: Callable[[], Any], seconds: float = 60, *, every: float = 0.2) -> Any:
    """What it comes to, once that is true."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "not within the time"
        time.sleep(every)
    return found


class Town:
    """Its papers, and a folder with its ledger."""

    def __init__(self, folder: Path, redis_url: str, *, hosts: int, pages: int, keys: str = "") -> None:
        self.folder = folder
        self.db = folder / "news.db"
        self.pages = folder / "pages"
        self.sites = folder / "sites.toml"
        self.redis_url = redis_url
        self.environment = environment() | {"NEWSLEDGER_REDIS": redis_url, "NEWSLEDGER_CLUSTER_KEYS": keys}
        self._log = folder / "kiosk.log"
        edition = folder / "edition"
        edition.write_text("1", encoding="ascii")
        self._kiosk = forkserver.Process(
            [sys.executable, str(ROOT / "benchmarks" / "kiosk.py"), "--hosts", str(hosts), "--pages", str(pages),
             "--edition", str(edition), "--log", str(self._log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._kiosk.stdout is not None
        self.hosts: list[str] = json.loads(self._kiosk.stdout.readline())["hosts"]

    def close(self) -> None:
        self._kiosk.communicate()

    def catalogue(self, sites: dict[str, str], delay: float) -> None:
        """Site -> its host."""
        tables = [site_table(name, f"http://{host}/", delay_seconds=delay, every="1 min") for name, host in sites.items()]
        self.sites.write_text("".join(tables), encoding="utf-8")

    @contextmanager
    def running(self, *arguments: str, redis_url: str = "", name: str = "") -> Iterator[Process]:
        """A command of ours that goes on until it is asked to end; what it says is in a file of the folder."""
        env = self.environment | {"NEWSLEDGER_CONTACT": f"here is {name}"}
        env |= {"NEWSLEDGER_REDIS": redis_url} if redis_url else {}
        with (self.folder / f"{name or arguments[0]}.log").open("a", encoding="utf-8") as log:
            process = forkserver.Process([*COMMANDS, *arguments], env=env, cwd=ROOT, stdout=log, stderr=log, text=True)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def writer(self) -> Iterator[Process]:
        """A writer that has the stream: before it has, a worker postpones its crawls."""
        with self.running("writer", "--db", str(self.db)) as process, connect(self.redis_url, seconds=5) as redis:
            eventually(lambda: redis.exists(WRITER))
            yield process

    def worker(self, name: str, redis_url: str = "") -> Any:
        return self.running("worker", "--name", name, "--warc", str(self.pages), redis_url=redis_url, name=name)

    def once(self, *arguments: str, code: int = 0) -> str:
        """A command that ends by itself; what it printed."""
        env = self.environment
        done = forkserver.run([*COMMANDS, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stderr
        return done.stdout

    def schedule(self) -> None:
        """Put what is due on the queue."""
        self.once("schedule", "--once", "--db", str(self.db), "--sites", str(self.sites))

    def rows(self, sql: str, db: Path | None = None) -> list[Row]:
        try:
            with Store(db or self.db, readonly=True) as store:
                return list(store.rows(sql))
        except StoreError:
            return []

    def outcomes(self) -> list[str]:
        """Of all crawls, in order."""
        return [row["outcome"] for row in self.rows("SELECT outcome FROM crawls ORDER BY id")]

    def requests(self, host: str | None = None) -> list[dict[str, Any]]:
        """What the papers saw, in order."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        seen = [one for one in map(json.loads, lines) if one["kind"] == "request" and host in (None, one["host"])]
        return sorted(seen, key=lambda one: one["begin"])

    def of_worker(self, host: str, name: str) -> list[dict[str, Any]]:
        """What a worker asked a host for."""
        return [one for one in self.requests(host) if f"here is {name})" in one["agent"]]

    def gaps(self, host: str) -> list[float]:
        """Seconds from each answer of a host to the next request."""
        return [after["begin"] - before["end"] for before, after in pairwise(self.requests(host))]
