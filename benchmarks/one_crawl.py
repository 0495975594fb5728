"""One crawl of one local site in a process of its own, what it cost and what it left. For faults.py, faults_of_machines.py
and age.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.store.database import Row, Store

HERE = Path(__file__).resolve().parent
MOST_MB = 250


@dataclass(frozen=True, slots=True)
class Ended:
    """One line of the table."""

    fault: str
    row: str
    said: str
    peak_mb: int
    wrong: str = ""
    """What is not as it should be; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Done:
    """A crawl's process that has ended."""

    code: int
    stderr: str
    peak_mb: int
    cpu_seconds: float = 0.0

    @property
    def died(self) -> str:
        own = self.stderr.replace("while verifying certificate\nTraceback", "")  # Twisted tells of a certificate in full
        return "a traceback" if "Traceback" in own else f"it ended with {self.code}" if self.code not in (0, 1) else ""

    def line(self, word: str) -> str:
        """The first line of the log that has a word, without its time and place."""
        found = next((line for line in self.stderr.splitlines() if word in line), "")
        return found.partition("WARNING: ")[2] or found.partition("ERROR: ")[2] or found


def site(url: str, **keys: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    delay = int(".invalid" in url)  # 0 is for this machine only
    head = f'[[site]]\nid = "twin"\nname = "Twin"\nurl = "{url}"\ntimezone = "Europe/London"\n'
    return f"{head}delay_seconds = {delay}\n{lines}"


def crawl(folder: Path, *, now: str = "", before: Callable[[], None] | None = None, scrapy: bool = False) -> Done:
    """By `newsledger crawl`, or by `scrapy crawl`, whose settings make time-outs short; waited for as the kernel counts."""
    names = {"NEWSLEDGER_DB": str(folder / "news.db"), "NEWSLEDGER_SITES": str(folder / "sites.toml")}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
    environment = clean | names | {"PYTHONPATH": str(HERE.parent)} | ({"NEWSLEDGER_NOW": now} if now else {})
    command = [sys.executable, "-m", "crawler", "crawl", "twin", "--json"]
    if scrapy:
        command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=twin", "-s", "DOWNLOAD_TIMEOUT=3"]
        command += ["-s", "LOG_LEVEL=WARNING"]
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, cwd=HERE.parent, env=environment, stdout=log, stderr=log, preexec_fn=before)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        return Done(child.returncode, log.read().decode("utf-8", "replace"), used.ru_maxrss // 1024,
                    used.ru_utime + used.ru_stime)  # fmt: skip


def looks_of(folder: Path) -> tuple[Row, dict[str, Row], dict[str, Row], list[str]]:
    """The last crawl, the looks and the sources by path, and what is wrong with the file."""
    with Store(folder / "news.db") as store:
        last = store.row("SELECT id, outcome, reason FROM crawls ORDER BY id DESC") or {}
        looks = {urlsplit(row["url"]).path: row for row in store.rows("SELECT * FROM fetches ORDER BY id")}
        sources = {urlsplit(row["url"]).path: row for row in store.rows("SELECT * FROM sources")}
        return last, looks, sources, store.integrity_problems()


def judged(done: Done, last: Row, looks: dict[str, Row], problems: list[str], sound: tuple[str, ...]) -> str:
    """The first thing that is wrong, of what must hold for every fault."""
    lost = [path for path in sound if looks.get(path, {}).get("outcome") != "new"]
    if problems:
        return f"the ledger is damaged: {problems[0]}"
    if lost:
        return f"lost: {', '.join(lost)}"
    if last.get("outcome") not in ("finished", "failed"):
        return f"the crawl is {last.get('outcome')}"
    if done.peak_mb > MOST_MB:
        return f"more than {MOST_MB} MB"
    return done.died
