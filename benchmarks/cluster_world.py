"""A little cluster on one machine for the benchmarks beside: Redis, a writer, workers, and many papers on addresses of their own.

Everything is a real process, started here and ended here; whoever measures may kill any of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from overlap import SITE, children_of

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site
from crawler.cluster.lease import SINCE
from crawler.cluster.queue import connect, put, queue_of
from crawler.cluster.stream import ITEMS
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import Row

HERE = Path(__file__).resolve().parent
__all__ = ["World", "children_of", "cpu_of", "end", "ending", "wait_until"]

Process = subprocess.Popen[bytes]


class World:
    """A folder with a ledger, its papers, and whoever crawls them."""

    def __init__(self, folder: Path, hosts: int, pages: int, delay: float) -> None:
        self.folder = folder
        self.db = folder / "news.db"
        self.edition = folder / "edition"
        self.edition.write_text("1", encoding="ascii")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
        self.environment = clean | {"PYTHONPATH": str(HERE.parent), "NEWSLEDGER_REDIS": self.url}
        self._kiosk = subprocess.Popen(
            [sys.executable, str(HERE / "kiosk.py"), "--hosts", str(hosts), "--pages", str(pages), "--edition", str(self.edition),
             "--log", str(folder / "kiosk.log")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._kiosk.stdout is not None
        addresses = json.loads(self._kiosk.stdout.readline())["hosts"]
        text = "".join(SITE.format(n=n, host=host, delay=delay) for n, host in enumerate(addresses))
        (folder / "sites.toml").write_text(text, encoding="utf-8")
        self.sites: tuple[Site, ...] = load_sites(folder / "sites.toml")
        self.redis = connect(self.url)
        self.made = 0

    def run(self, name: str, *arguments: str) -> Process:
        """A command of ours; what it says goes into a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "crawler", *arguments], env=self.environment, cwd=self.folder,
                                    stdout=log, stderr=log)  # fmt: skip

    def start_redis(self) -> Process:
        """With its file, so that it may be killed; returns when it answers."""
        with (self.folder / "redis.log").open("ab") as log:
            process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                 "--appendonly", "yes", "--appendfsync", "always", "--save", ""], stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(self.answers, 30)
        return process

    def answers(self) -> bool:
        """Whether Redis does."""
        with contextlib.suppress(Exception):
            return bool(self.redis.ping())
        return False

    def wait_grown_up(self) -> None:
        """Until Redis has run so long that it grants leases."""
        self.redis.set(SINCE, 0)  # it has long known of leases
        wait_until(lambda: self.redis.info("server")["uptime_in_seconds"] > 21, 60)

    def start_writer(self) -> Process:
        return self.run("writer", "writer", "--db", str(self.db))

    def start_worker(self) -> Process:
        self.made += 1
        return self.run("workers", "worker", "--name", f"w{self.made}", "--warc", str(self.folder / "pages"))

    def enqueue(self, site: Site) -> bool:
        """Whether it stands on the queue now by this call."""
        return put(queue_of(self.redis), site, planned=None, time_limit_seconds=600.0) is None

    def finished(self) -> dict[str, int]:
        """Site -> how many of its crawls have finished."""
        try:
            with Store(self.db, readonly=True) as store:
                return {row["site_id"]: row["n"] for row in store.rows(
                    "SELECT site_id, count(*) AS n FROM crawls WHERE outcome = 'finished' GROUP BY site_id")}  # fmt: skip
        except StoreError:
            return {}

    def waiting(self) -> int:
        """Entries on the stream."""
        return int(self.redis.xlen(ITEMS))

    def requests(self) -> list[Row]:
        """What the papers saw, in order."""
        lines = (self.folder / "kiosk.log").read_text(encoding="utf-8").splitlines()
        return sorted((one for one in map(json.loads, lines) if one["kind"] == "request"), key=lambda one: one["begin"])

    def close(self) -> None:
        assert self._kiosk.stdin is not None
        self._kiosk.stdin.close()
        self._kiosk.wait(20)


@contextmanager
def ending(*processes: Process) -> Iterator[None]:
    """Ask them to end at the end."""
    try:
        yield
    finally:
        end(*processes)


def end(*processes: Process) -> None:
    """Ask processes to end; kill those that do not."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_until(fact: Callable[[], object], seconds: float = 600) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")
