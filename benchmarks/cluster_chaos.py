"""A cluster whose workers, writer and Redis are killed at random: what did the papers see, and what does the ledger hold?

    python benchmarks/cluster_chaos.py [--kills 60] [--hosts 24] [--workers 4] [--seed 1]
    python benchmarks/cluster_chaos.py --away 60        # instead: Redis is away so long in the middle of a round

The papers of kiosk.py bring out three editions; in each, every site is put on the queue once, while processes are killed -9 at
random (Redis is started again a few seconds later, the others at once). Then one machine crawls the very same editions, and:

- every site's crawl of every edition was made in the end
- no host saw two requests closer than its delay, whoever asked
- both ledgers hold the same articles and the same revisions, with the same changes; nothing doubled, nothing lost
- the chain of the cluster's ledger holds, nothing waits on the stream or in the waiting room

Prints the figures; exits 1 where anything was not so. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from cluster_world import World, children_of, end, wait_until

from crawler.catalogue.site import Site
from pipelines.store.database import Store
from pipelines.store.rows import Row

EDITIONS = 3
DELAY = 0.5
PAGES = 5
_ARTICLES = "SELECT url, state, kind, revision_count FROM articles ORDER BY url"
_REVISIONS = """
SELECT a.url, r.number, r.change, r.changed_fields, r.headline, r.body, r.byline, r.content_hash, r.date_published,
    r.date_modified FROM revisions r JOIN articles a ON a.id = r.article_id ORDER BY a.url, r.number
"""


class Chaos:
    """The cluster, and who is killed next."""

    def __init__(self, world: World, workers: int, rng: random.Random) -> None:
        self.world = world
        self.rng = rng
        self.killed: Counter[str] = Counter()
        self.redis = world.start_redis()
        self.writer = world.start_writer()
        world.wait_grown_up()
        self.workers = [world.start_worker() for _ in range(workers)]

    def tend(self) -> None:
        """Start again whoever died."""
        if self.redis.poll() is not None:
            self.redis = self.world.start_redis()
        if self.writer.poll() is not None:
            self.writer = self.world.start_writer()
        self.workers = [each if each.poll() is None else self.world.start_worker() for each in self.workers]

    def kill(self) -> None:
        """One of them: most often a worker, or the process that it crawls with."""
        kind = self.rng.choices(("worker", "crawl", "writer", "redis"), (5, 3, 3, 1))[0]
        if kind == "redis":
            self._strike(kind, self.redis.pid)
            self.redis.wait()
            time.sleep(self.rng.uniform(0.5, 3))
        elif kind == "writer":
            self._strike(kind, self.writer.pid)
            self.writer.wait()
        else:
            worker = self.rng.choice(self.workers)
            horses = children_of(worker.pid)
            if kind == "crawl" and horses:
                self._strike(kind, self.rng.choice(horses))
            else:
                self._strike("worker", worker.pid)
                worker.wait()

    def _strike(self, kind: str, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[kind] += 1

    def end(self) -> None:
        end(*self.workers)
        end(self.writer)
        end(self.redis)


def live(chaos: Chaos, edition: int, kills: int) -> float:
    """One edition, crawled to its end under so many kills; seconds."""
    world, rng = chaos.world, chaos.rng
    world.edition.write_text(str(edition), encoding="ascii")
    begun, before = time.monotonic(), world.finished()
    wanted = {site.id: before.get(site.id, 0) + 1 for site in world.sites}
    queued: set[str] = set()

    def queue_all() -> None:
        for site in world.sites:
            if site.id not in queued and tried(world, site):
                queued.add(site.id)

    def done() -> bool:
        found = world.finished()
        return all(found.get(site, 0) >= count for site, count in wanted.items())

    queue_all()
    for _ in range(kills):
        time.sleep(rng.uniform(0.5, 4))
        chaos.kill()
        chaos.tend()
        queue_all()
    wait_until(lambda: (chaos.tend(), queue_all(), done())[-1], 1200)
    return time.monotonic() - begun


def tried(world: World, site: Site) -> bool:
    """Put it on the queue; False where Redis is away just now."""
    with contextlib.suppress(Exception):
        world.enqueue(site)
        return True
    return False


def away(chaos: Chaos, seconds: float) -> float:
    """One edition, in whose middle Redis is away; seconds it took."""
    world = chaos.world
    begun = time.monotonic()
    for site in world.sites:
        world.enqueue(site)
    wait_until(lambda: len(world.requests()) > 3 * len(chaos.workers), 120)  # in the middle of crawls
    chaos.redis.send_signal(signal.SIGKILL)
    chaos.redis.wait()
    chaos.killed["redis"] += 1
    time.sleep(seconds)
    chaos.tend()
    wait_until(lambda: (chaos.tend(), len(world.finished()) == len(world.sites))[-1], 1200)
    return time.monotonic() - begun


def one_machine(world: World, editions: int) -> Path:
    """The ledger that one machine makes of the same editions."""
    path = world.folder / "alone" / "news.db"
    for edition in range(1, editions + 1):
        world.edition.write_text(str(edition), encoding="ascii")
        subprocess.run(
            [sys.executable, "-m", "crawler", "crawl", "--all", "--jobs", "6", "--json", "--db", str(path), "--sites",
             str(world.folder / "sites.toml")], env=world.environment, stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    return path


def rows(path: Path, sql: str) -> list[Row]:
    with Store(path, readonly=True) as store:
        return list(store.rows(sql))


def judge(chaos: Chaos, editions: int, seen: list[Row]) -> dict[str, Any]:
    """The figures; `wrong` names what was not so."""
    world, wrong = chaos.world, []
    alone = one_machine(world, editions)
    finished = world.finished()
    if any(finished.get(site.id, 0) < editions for site in world.sites):
        wrong.append("a crawl is missing")
    gaps = [round(after["begin"] - before["begin"], 3) for before, after in pairs(seen)]
    near = [gap for gap in gaps if gap < DELAY]
    if near:
        wrong.append(f"{len(near)} requests came too soon: {min(near)}")
    for what, sql in (("articles", _ARTICLES), ("revisions", _REVISIONS)):
        if rows(world.db, sql) != rows(alone, sql):
            wrong.append(f"the {what} differ")
    left = {table: rows(world.db, f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in ("held_looks", "open_books")}
    if any(left.values()):
        wrong.append(f"left over: {left}")
    command = [sys.executable, "-m", "crawler", "verify", "--db", str(world.db), "--warc", str(world.folder / "pages")]
    verified = subprocess.run(command, env=world.environment, capture_output=True, text=True, check=False)  # fmt: skip
    if verified.returncode:
        wrong.append(f"verify: {verified.stdout[-300:]}{verified.stderr[-300:]}")
    outcomes = Counter(row["outcome"] for row in rows(world.db, "SELECT outcome FROM crawls"))
    return {"killed": dict(chaos.killed), "crawls": dict(outcomes), "revisions": len(rows(world.db, _REVISIONS)),
            "requests": len(seen), "smallest_gap": min(gaps), "wrong": wrong}  # fmt: skip


def pairs(seen: list[Row]) -> list[tuple[Row, Row]]:
    """Requests to one host that followed one another."""
    by_host: dict[str, list[Row]] = {}
    for request in seen:
        by_host.setdefault(request["host"], []).append(request)
    return [pair for requests in by_host.values() for pair in pairwise(requests)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--hosts", type=int, default=24)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--away", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        world = World(folder, options.hosts, PAGES, DELAY)
        chaos = Chaos(world, options.workers, random.Random(options.seed))
        if options.away:
            editions, took = 1, [away(chaos, options.away)]
        else:
            editions = EDITIONS
            took = [live(chaos, edition, options.kills // EDITIONS) for edition in range(1, EDITIONS + 1)]
        wait_until(lambda: world.answers() and world.waiting() == 0, 120)
        chaos.end()
        found = judge(chaos, editions, world.requests())
        world.close()
    print(json.dumps({**found, "seconds": [round(each) for each in took]}, indent=1))
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()
