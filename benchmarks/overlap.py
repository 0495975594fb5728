"""Two schedules and a person over the same papers, killed -9 at random: what did the papers see?

    python benchmarks/overlap.py [--kills 100] [--hosts 6] [--seed 1]

The papers of kiosk.py (moody: slow, busy, some with a Crawl-delay) are crawled every minute by two `newsledger schedule` on one
ledger, and by hand again and again. Schedules, their crawls and crawls by hand are killed at random moments; a killed schedule is
started anew. Then all is left to end, and read from the papers' own log, the ledger and the plan:

- no two processes ever had business with one host at the same time, and no host had two connections at once
- no gap between two requests to a host is under its delay, whoever asked; Retry-After was kept; nothing disallowed was asked for
- every start that the plan names, from the first minute to the last, has its row, and led to one crawl at most
- the ledger is sound, and nothing in it is doubled

Prints the figures; exits 1 where anything was not so. Linux only: processes are known by /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawler.catalogue import load_sites
from crawler.demo.press import Press
from crawler.schedule import next_start
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of

HERE = Path(__file__).resolve().parent
DELAY = 0.5
CRAWL_DELAY = 2.0  # as kiosk.py says, for every third paper
SITE = """[[site]]
id = "paper-{n}"
name = "Paper {n}"
url = "http://{host}/"
timezone = "Europe/London"
every = "1 min"
delay_seconds = {delay}
"""
Process = subprocess.Popen[bytes]


class Crowd:
    """Those who crawl, and who is killed next."""

    def __init__(self, folder: Path, sites: int, rng: random.Random) -> None:
        self.folder = folder
        self.sites = sites
        self.rng = rng
        self.schedules: list[Process] = []
        self.people: list[Process] = []
        self.killed: Counter[str] = Counter()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
        self.environment = clean | {"PYTHONPATH": str(HERE.parent)}

    def run(self, *arguments: str) -> Process:
        where = ("--db", str(self.folder / "news.db"), "--sites", str(self.folder / "sites.toml"))
        command = [sys.executable, "-m", "crawler", *arguments, *where]
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log)

    def tend(self) -> None:
        """Two schedules and one person, whoever died."""
        self.schedules = [each for each in self.schedules if each.poll() is None]
        self.people = [each for each in self.people if each.poll() is None]
        while len(self.schedules) < 2:
            self.schedules.append(self.run("schedule", "--jobs", "2"))
        if not self.people:
            self.people.append(self.run("crawl", f"paper-{self.rng.randrange(self.sites)}", "--recheck", "all"))

    def kill(self) -> None:
        """One of them: most often a crawl that is asking, seldom a schedule or what has only begun to load."""
        with Store(self.folder / "news.db") as store:
            asking = [row["pid"] for row in store.rows("SELECT pid FROM crawls WHERE outcome = 'running'") if alive(row["pid"])]
        started = [pid for each in self.schedules for pid in children_of(each.pid)]
        kinds = [("asking crawl", asking)] * 6 + [("crawl of a schedule", started)]
        kinds += [("schedule", [each.pid for each in self.schedules]), ("crawl by hand", [each.pid for each in self.people])]
        kind, pids = self.rng.choice(kinds)
        if not pids:
            return
        with suppress(ProcessLookupError):
            os.kill(self.rng.choice(pids), signal.SIGKILL)
            self.killed[kind] += 1

    def said(self, words: str) -> int:
        """How often one of them said so."""
        return (self.folder / "log.txt").read_text(encoding="utf-8").count(words)

    def known(self) -> bool:
        """Whether every site has its first row."""
        with Store(self.folder / "news.db") as store:
            return bool(store.value("SELECT count(DISTINCT site_id) FROM crawls WHERE trigger = 'schedule'") == self.sites)

    def end(self) -> None:
        """Let all end, and let one schedule account for what was left."""
        for each in self.schedules:
            each.send_signal(signal.SIGTERM)
        for each in (*self.schedules, *self.people):
            each.wait(120)
        told = self.said("sites are scheduled")
        last = self.run("schedule", "--jobs", "2")
        wait_until(lambda: self.said("sites are scheduled") > told)
        last.send_signal(signal.SIGTERM)
        last.wait(120)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


def children_of(pid: int) -> list[int]:
    """Processes that a process started, by any of its threads."""
    found: list[int] = []
    with suppress(OSError):  # the process has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # the thread has ended
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def wait_until(fact: Any, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.05)


# -- what the papers saw ----------------------------------------------------------------------------------------------


def read_log(path: Path) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Requests and connections by host, in the order in which they began."""
    kinds: dict[str, dict[str, list[Row]]] = {"request": defaultdict(list), "connection": defaultdict(list)}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        kinds[entry["kind"]][entry["host"]].append(entry)
    for hosts in kinds.values():
        for entries in hosts.values():
            entries.sort(key=lambda entry: float(entry["begin"]))
    return kinds["request"], kinds["connection"]


def spans(requests: list[Row]) -> list[tuple[float, float, int]]:
    """When the first and the last request of each process came; in order."""
    by_process: dict[int, list[Row]] = defaultdict(list)
    for entry in requests:
        by_process[entry["pid"] or -entry["port"]].append(entry)
    found = [(mine[0]["begin"], max(float(entry["begin"]) for entry in mine), pid) for pid, mine in by_process.items()]
    return sorted(found)


def judge_papers(folder: Path) -> int:
    """Print what the papers saw; how many things were not as they should be."""
    requests, connections = read_log(folder / "kiosk.log")
    overlaps = sum(second[0] <= first[1] for mine in requests.values() for first, second in pairwise(spans(mine)))
    crawls = sum(len(spans(mine)) for mine in requests.values())
    at_once = sum(later["begin"] < earlier["end"] for mine in connections.values() for earlier, later in pairwise(mine))
    gaps: list[tuple[float, float]] = []
    early = waits = 0
    between: list[float] = []
    for number, host in enumerate(sorted(requests, key=lambda host: int(host.split(":")[0].rpartition(".")[2])), start=1):
        slow = False
        for before, after in pairwise(requests[host]):
            same = before["pid"] == after["pid"]
            slow = number % 3 == 0 and same and (slow or before["path"] == "/robots.txt")
            gap = after["begin"] - before["begin"]
            gaps.append((gap / (CRAWL_DELAY if slow else DELAY), gap))
            between += [] if same else [gap]
            if before["wait"]:
                waits += 1
                early += gap < before["wait"]
    disallowed = sum(entry["path"].startswith("/private/") for mine in requests.values() for entry in mine)
    total = sum(len(mine) for mine in requests.values())
    under = sum(share < 1 for share, _ in gaps)
    print(f"{total} requests of {crawls} crawls to {len(requests)} hosts over {sum(map(len, connections.values()))} connections")
    print(f"crawls of one host that overlap: {overlaps}; connections of one host at once: {at_once}")
    print(f"gaps under the host's delay: {under} of {len(gaps)}; the least is {min(gaps)[0]:.3f} times the delay")
    print(f"gaps from one process to the next: {len(between)}, the least {min(between, default=0):.3f} s (delay {DELAY} s)")
    print(f"Retry-After: {waits} asked for, {early} not kept; disallowed pages asked for: {disallowed}")
    return int(overlaps + at_once + under + early + disallowed)


# -- what the ledger and the plan say ---------------------------------------------------------------------------------


def judge_ledger(folder: Path, begin: datetime, until: datetime) -> int:
    """Print what became of each planned start; how many have no row, two crawls, or are still open."""
    with Store(folder / "news.db", readonly=True) as store:
        rows = list(store.rows("SELECT site_id, planned, started, outcome, reason FROM crawls WHERE trigger = 'schedule'"))
        by_hand = list(store.rows("SELECT outcome, count(*) AS n FROM crawls WHERE trigger = 'hand' GROUP BY outcome"))
        problems = store.integrity_problems()
        doubled = "SELECT count(*) FROM (SELECT 1 FROM {} GROUP BY {} HAVING count(*) > 1)"
        twice = store.value(doubled.format("revisions", "article_id, content_hash"))
        twice += store.value(doubled.format("articles", "url"))
        running = store.value("SELECT count(*) FROM crawls WHERE outcome = 'running'")
        kept = store.value("SELECT count(*) FROM revisions")
    starts = lost = made_twice = 0
    for site in load_sites(folder / "sites.toml"):
        mine = [row for row in rows if row["site_id"] == site.id]
        missed = [row["reason"].split() for row in mine if row["outcome"] == "missed"]
        spans = [(instant_of(words[-3]), instant_of(words[-1])) for words in missed if len(words) > 3]
        start = next_start(site, begin)
        while start and start < until:
            told = [row for row in mine if instant_of(row["planned"]) == start]
            lost += not told and not any(first <= start <= last for first, last in spans)
            ran = [row for row in told if row["outcome"] in ("finished", "failed", "stopped") and row["started"]]
            made_twice += len(ran) > 1
            starts += 1
            start = next_start(site, start)
    print(f"{starts} planned starts: {lost} without a row, {made_twice} crawled to an end twice, {running} rows still open")
    print("rows of the schedules: " + counted(Counter(row["outcome"] for row in rows)))
    print("crawls by hand: " + counted(Counter({row["outcome"]: row["n"] for row in by_hand})))
    print(f"{kept} revisions, {twice} doubled; the ledger is sound: {not problems}")
    return int(lost + made_twice + running + twice + len(problems))


def counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--hosts", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the ledger and the logs; else a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(HERE / "kiosk.py"), "--hosts", str(options.hosts), "--moody"]
        with Press([*command, "--log", str(folder / "kiosk.log")], {"PYTHONPATH": str(HERE.parent)}) as kiosk:
            tables = [SITE.format(n=n, host=host, delay=DELAY) for n, host in enumerate(kiosk.ready["hosts"])]
            (folder / "sites.toml").write_text("\n".join(tables), encoding="utf-8")
            crowd = Crowd(folder, options.hosts, random.Random(options.seed))
            crowd.tend()
            # The starts that count are those after the first row of each site: before it a site has no past to miss.
            wait_until(crowd.known, 300)
            begin = datetime.now(UTC) + timedelta(seconds=1)
            while crowd.killed.total() < options.kills:
                crowd.tend()
                time.sleep(crowd.rng.uniform(0.5, 5.0))
                crowd.kill()
            crowd.tend()
            until = datetime.now(UTC)
            crowd.end()
        print("killed -9: " + counted(crowd.killed))
        wrong = judge_papers(folder) + judge_ledger(folder, begin, until)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
