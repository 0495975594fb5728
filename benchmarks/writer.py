"""What the one writer of a cluster carries: looks a second from a Redis Stream into the ledger, full-text search and all.

    python benchmarks/writer.py [--looks 3000] [--rounds 3] [--batch 1 --batch 100] [--profile] [--json]
    python benchmarks/writer.py --kills 200

Starts a Redis of its own. `bare` is what there is to beat: the same entries written as they are into a table without any index,
a hundred in a transaction. CPU is that of the writer's process alone; Redis has its own.
With `--kills` the writer is killed (-9) so often while it writes, and the ledger held against the one of an undisturbed writer.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from redis import Redis
from redis.exceptions import RedisError

from crawler.catalogue.site import Site
from crawler.clock import clock
from crawler.cluster import consumer as loop
from crawler.cluster.consumer import StreamConsumer
from crawler.cluster.messages import CrawlEnded, CrawlOpened, ItemFetched, Message, encode
from crawler.cluster.queue import connect
from crawler.cluster.stream import ITEMS
from crawler.crawl.session import CrawlResult
from pipelines.article import Article, Author, Fetch, Image, Outcome, Payload
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Row, Store
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise

T0 = datetime(2025, 3, 7, 8, tzinfo=UTC)
SITES = 8
WORDS = 350
PARAGRAPH = 35
VOCABULARY = 30_000
PAGE_BYTES = 100_000
MIX = {"edit": 0.08, "new": 0.12, "confirm": 0.50, "304": 0.27, "error": 0.03}
"""What a crawl that looks again finds: most of it says nothing new."""


class Press:
    """Titles and their articles, words as rare as in a language (Zipf), the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._lot = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgk"
        self._words = ["".join(self._lot.choices(letters, k=self._lot.randint(2, 11))) for _ in range(VOCABULARY)]
        weights = [1 / (rank + 3) for rank in range(VOCABULARY)]
        self._totals = [sum(weights[:1])]
        for weight in weights[1:]:
            self._totals.append(self._totals[-1] + weight)
        self.sites = [Site(f"title-{n}", f"Title {n}", f"https://title{n}.example/", "Europe/London", every="30 min")
                      for n in range(SITES)]  # fmt: skip

    def words(self, count: int) -> str:
        return " ".join(self._lot.choices(self._words, cum_weights=self._totals, k=count)).capitalize()

    def article(self, site: Site, number: int, moment: datetime) -> Article:
        """A page read for the first time."""
        url, published = f"{site.url}news/{number}", moment - timedelta(minutes=self._lot.randint(5, 300))
        return normalise(Article(
            url, headline=self.words(9), description=self.words(20), byline="By Ann Other", authors=(Author("Ann Other"),),
            body="\n\n".join(f"{self.words(PARAGRAPH)}." for _ in range(WORDS // PARAGRAPH)), canonical_url=url,
            date_published=Timestamp(published, raw=published.isoformat(), source="jsonld.datePublished"),
            date_modified=Timestamp(published, raw=published.isoformat(), source="jsonld.dateModified"), section="News",
            topics=tuple(self.words(2) for _ in range(5)), language="en-GB", extractor="generic/6",
            images=(Image(f"{url}.jpg", self.words(8), self.words(12), "Ann Other"),), fetch=self.fetch(url, moment),
        ))  # fmt: skip

    def edited(self, before: Article, moment: datetime) -> Article:
        """The same with another paragraph, and a stamp that says so."""
        stamp = Timestamp(moment - timedelta(minutes=3), raw=moment.isoformat(), source="jsonld.dateModified")
        body = f"{before.body}\n\n{self.words(PARAGRAPH)}."
        return normalise(replace(before, body=body, date_modified=stamp, fetch=self.fetch(before.url, moment)))

    def fetch(self, url: str, moment: datetime, status: int | None = 200, outcome: Outcome | None = None) -> Fetch:
        tag = f'"{self._lot.getrandbits(64):x}"'
        return Fetch(url, moment, status=status, outcome=outcome, bytes=PAGE_BYTES, etag=tag)

    def chance(self) -> str:
        """One of MIX."""
        return self._lot.choices(list(MIX), list(MIX.values()))[0]


@dataclass
class Crawl:
    """One crawl of a worker: its messages, numbered."""

    site: Site
    number: int
    moment: datetime
    serial: int = 0

    def say(self, make: Callable[[str, int], Message]) -> Message:
        self.serial += 1
        return make(f"{self.number:032x}", self.serial)

    def open(self) -> Message:
        return self.say(
            lambda crawl, serial: CrawlOpened(
                crawl, serial, self.site, "schedule", self.moment, self.moment, "worker", self.number, f"newsledger:reply:{crawl}"
            )
        )

    def look(self, item: Article | Fetch) -> Message:
        return self.say(lambda crawl, serial: ItemFetched(crawl, serial, item))

    def end(self) -> Message:
        return self.say(
            lambda crawl, serial: CrawlEnded(crawl, serial, CrawlResult(CrawlOutcome.FINISHED, None, self.moment, whole=True))
        )


def first_crawls(press: Press, looks: int) -> tuple[list[Message], list[Message], dict[str, list[Article]]]:
    """Crawls of sites never seen: how they begin, what they find, and the articles there are then. Sites take turns."""
    crawls = [Crawl(site, number + 1, T0) for number, site in enumerate(press.sites)]
    begun, found, articles = [crawl.open() for crawl in crawls], [], {site.id: [] for site in press.sites}  # type: ignore[var-annotated]
    for number in range(looks):
        crawl = crawls[number % SITES]
        read = press.article(crawl.site, number, T0 + timedelta(seconds=number))
        articles[crawl.site.id].append(read)
        found.append(crawl.look(read))
    return begun, found + [crawl.end() for crawl in crawls], articles


def next_crawls(press: Press, looks: int, articles: dict[str, list[Article]], mixed: bool) -> tuple[list[Message], list[Message]]:
    """Crawls that look again: at pages that say what they said, or at what a day brings."""
    start = T0 + timedelta(hours=12 if mixed else 6)
    crawls = [Crawl(site, 100 + number, start) for number, site in enumerate(press.sites)]
    begun, found = [crawl.open() for crawl in crawls], []
    for number in range(looks):
        crawl, moment = crawls[number % SITES], start + timedelta(seconds=number)
        known = articles[crawl.site.id]
        place = (number // SITES) % len(known)
        what = press.chance() if mixed else "confirm"
        if what == "new":
            found.append(crawl.look(press.article(crawl.site, 10**6 + number, moment)))
        elif what == "edit":
            known[place] = press.edited(known[place], moment)
            found.append(crawl.look(known[place]))
        else:
            found.append(crawl.look(_confirmation(press, known[place], moment, what)))
    return begun, found + [crawl.end() for crawl in crawls]


def _confirmation(press: Press, known: Article, moment: datetime, what: str) -> Fetch:
    if what == "error":
        return replace(press.fetch(known.url, moment, None, Outcome.ERROR), reason="timed out")
    if what == "304":
        return press.fetch(known.url, moment, 304, Outcome.NOT_MODIFIED)
    stamp = known.date_modified.isoformat() if known.date_modified else None
    fetch = press.fetch(known.url, moment, 200, Outcome.UNCHANGED)
    return replace(fetch, content_hash=known.content_hash, date_modified=stamp, payload=None)


# --- Redis, and what writes -----------------------------------------------------------------------------------------------------


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """A Redis of our own, with its append-only file."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--port", str(port), "--dir", str(folder), "--appendonly", "yes", "--save", "")
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    redis = connect(f"redis://127.0.0.1:{port}/0", seconds=30)
    try:
        for _ in range(500):
            try:
                redis.ping()
                break
            except RedisError:
                time.sleep(0.02)
        yield redis
    finally:
        redis.close()
        process.terminate()
        process.wait()


def fill(redis: Redis, messages: list[Message]) -> None:
    """Put all on the stream."""
    for start in range(0, len(messages), 500):
        pipe = redis.pipeline(transaction=False)
        for message in messages[start : start + 500]:
            pipe.xadd(ITEMS, encode(message))  # type: ignore[arg-type]
        pipe.execute()


def write(redis: Redis, db: Path) -> None:
    """Until nothing waits, with what a moment without work brings left out."""
    loop.BLOCK_MS = 1
    loop.catch_up = lambda *_, **__: 0  # type: ignore[assignment]
    with Store(db) as store:
        StreamConsumer(redis, store, clock()).run(threading.Event(), once=True)


def write_bare(redis: Redis, db: Path) -> None:
    """Stream to table, nothing else."""
    with Store(db) as store:
        store.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, entry TEXT, message TEXT)")
        after = "0"
        while entries := redis.xread({ITEMS: after}, count=100):
            found = entries[ITEMS.encode()][0] if isinstance(entries, dict) else entries[0][1]
            with store.transaction():
                for entry_id, fields in found:
                    store.insert("bare", {"entry": entry_id, "message": fields[b"m"]})
            after = found[-1][0]
    redis.delete(ITEMS)


@dataclass
class Figure:
    """Looks a second by the wall's clock, and CPU milliseconds of the writer for each."""

    looks_a_second: float
    cpu_ms: float


def measured(run: Callable[[], None], looks: int) -> Figure:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Figure(looks / (time.perf_counter() - wall), (time.process_time() - cpu) * 1000 / looks)


def measure(redis: Redis, folder: Path, looks: int, seed: int) -> dict[str, Figure]:
    """Each kind of look once, on ledgers of their own."""
    press, db, figures = Press(seed), folder / f"{seed}.db", {}
    begun, found, articles = first_crawls(press, looks)
    fill(redis, [*begun, *found])
    figures["bare"] = measured(lambda: write_bare(redis, folder / "bare.db"), looks + 2 * SITES)
    for name, messages in (("new", found), ("confirm", None), ("mixed", None)):
        if messages is None:
            mixed = name == "mixed"
            number = (len(figures) + 1) * 10_000
            begun, messages = next_crawls(press, looks, articles, mixed)
            for message in (*begun, *messages):
                object.__setattr__(message, "crawl", f"{number + int(message.crawl, 16):032x}")
        fill(redis, begun)
        write(redis, db)
        fill(redis, messages)
        figures[name] = measured(lambda: write(redis, db), looks)
    with Store(db) as store:
        assert store.value("SELECT count(*) FROM open_books") == 0
        assert store.value("SELECT count(*) FROM crawls WHERE outcome = 'finished'") == 3 * SITES
        assert store.search_problem() is None
    return figures


# --- killed ----------------------------------------------------------------------------------------------------------


def contents(db: Path) -> dict[str, list[Row]]:
    """What must be the same however often the writer was killed."""
    tables = (
        "articles",
        "revisions",
        "revision_authors",
        "revision_images",
        "fetches",
        "states",
        "crawls",
        "chain",
        "quarantine",
    )
    with Store(db) as store:
        problems = store.integrity_problems()
        assert not problems, problems
        assert store.search_problem() is None
        learned = {"next_check", "watched", "found", "edits_missed", "edits_unseen"}  # by the rates known when books are opened
        return {table: [{key: value for key, value in row.items() if key not in learned}
                        for row in store.rows(f"SELECT * FROM {table}")] for table in tables}  # fmt: skip


def kill(redis: Redis, folder: Path, looks: int, kills: int, seed: int) -> int:
    """How often the writer was killed, until all was written; the ledgers must be equal."""
    lot, press = random.Random(seed), Press(seed)
    begun, found, articles = first_crawls(press, looks)
    again_begun, again = next_crawls(press, looks, articles, mixed=True)
    messages = [*begun, *found, *again_begun, *doubtful(again, lot)]
    fill(redis, messages)
    write(redis, folder / "whole.db")
    fill(redis, messages)
    db, killed = folder / "killed.db", 0
    Store(db).close()
    loop.ENTRIES_PER_READ = 20
    while killed < kills and redis.xlen(ITEMS):
        child = os.fork()
        if child == 0:
            write(connect(f"redis://127.0.0.1:{redis.connection_pool.connection_kwargs['port']}/0", seconds=30), db)
            os._exit(0)
        time.sleep(lot.uniform(0.01, 0.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
    write(redis, db)
    whole, disturbed = contents(folder / "whole.db"), contents(db)
    for table, rows in whole.items():
        if rows != disturbed[table]:
            sys.exit(f"{table} differs: {len(rows)} rows, and {len(disturbed[table])} after {killed} kills")
    print({table: len(rows) for table, rows in whole.items()})
    return killed


def doubtful(messages: list[Message], lot: random.Random) -> list[Message]:
    """The same, where every tenth article has lost its text: such looks wait until their crawl ends."""
    changed = []
    for message in messages:
        if isinstance(message, ItemFetched) and isinstance(message.item, Article) and message.item.fetch and lot.random() < 0.1:
            fetch = replace(message.item.fetch, payload=Payload(b"<html></html>" * 1000, "text/html"))
            message = replace(message, item=normalise(replace(message.item, body="", fetch=fetch)))
        changed.append(message)
    return changed


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--looks", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, action="append", help="entries in a transaction; may be given again")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, redis_server(Path(name)) as redis:
        folder = Path(name)
        if said.kills:
            print(f"killed {kill(redis, folder, said.looks, said.kills, 1)} times: the ledger is the same")
            return
        results: dict[int, dict[str, Figure]] = {}
        profile = cProfile.Profile()
        for batch in said.batch or [loop.ENTRIES_PER_READ]:
            loop.ENTRIES_PER_READ = batch
            rounds = []
            for number in range(said.rounds):
                if said.profile:
                    profile.enable()
                rounds.append(measure(redis, folder, said.looks, batch * 100 + number))
                profile.disable()
            results[batch] = {
                what: Figure(median(one[what].looks_a_second for one in rounds), median(one[what].cpu_ms for one in rounds))
                for what in rounds[0]
            }
        tell(results, as_json=said.json)
        if said.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def tell(results: dict[int, dict[str, Figure]], *, as_json: bool) -> None:
    """A line for each kind of look."""
    if as_json:
        print(json.dumps({batch: {what: vars(one) for what, one in found.items()} for batch, found in results.items()}))
        return
    print(f"{'batch':>6} {'looks':<10} {'a second':>9} {'CPU ms each':>12}")
    for batch, found in results.items():
        for what, one in found.items():
            print(f"{batch:>6} {what:<10} {one.looks_a_second:>9.0f} {one.cpu_ms:>12.3f}")


if __name__ == "__main__":
    main()
