"""Whether a large ledger's answers are whole, and what they cost: all rows as CSV, searches, the cookbook, a visitor's worst SQL.

    python -m benchmarks.big_ledger /tmp/big/news.db
    python -m benchmarks.answers --db /tmp/big/news.db                 # all four
    python -m benchmarks.answers --db /tmp/big/news.db --only search --only ask

`csv`: every view from a running `newsledger serve`, its rows beside those that the view has. `search`: 200 queries in ten
languages (words, phrases, runs of characters) drawn from texts; recall is beside a scan of all texts that knows nothing of the
index. `ask`: each question of the cookbook over the last 30 days. `sql`: statements without end, of too much memory or of too
many rows, four at once, while other pages are asked for. Seconds and MB are those of the server and its children; exits 1 where
a goal is missed.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import io
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from overlap import children_of

from pipelines.queries.questions import answer, questions
from pipelines.queries.search import EXACT, search
from pipelines.queries.search_terms import match_of
from pipelines.store.database import Store
from pipelines.store.schema import searching

QUERIES = 200
RARE, COMMON = 20.0, 200.0
"""Milliseconds that searches may take: of up to RARE_MATCHES revisions, of more."""
RARE_MATCHES = 1_000
PAGE_MS = 200.0
UNSPACED = ("ja", "zh", "th", "ko")
"""Languages in which a piece of a run of characters is asked for too."""
_PUNCTUATION = ".,:;!?()[]“”\"'"
_DEEP = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
WORST = (
    f"{_DEEP}SELECT max(x) FROM c",
    f"{_DEEP}SELECT x FROM c",
    "SELECT count(*) FROM fetches a, fetches b",
    "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
    "SELECT DISTINCT randomblob(1000000) FROM revisions a, revisions b",
    "SELECT group_concat(body) FROM revisions",
    "SELECT body FROM revisions ORDER BY lower(body)",
    "SELECT count(*) FROM revisions WHERE body LIKE '%a%b%c%d%e%f%g%h%'",
    "SELECT zeroblob(900000000)",
    "SELECT article_id, group_concat(body), count(DISTINCT body) FROM revisions GROUP BY article_id % 3",
    "SELECT * FROM revisions_fts WHERE revisions_fts MATCH 'a* OR b* OR c* OR d* OR e*' ORDER BY rank",
)
"""Statements of a visitor who wants the server to fall."""


@contextmanager
def served(db: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running `newsledger serve`: where it is reached, and its process."""
    command = [sys.executable, "-m", "crawler", "serve", "--port", "0", "--db", str(db)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout is not None
        try:
            yield re.findall(r"http://\S+", process.stdout.readline())[-1].rstrip("/"), process
        finally:
            process.terminate()


class Watch(threading.Thread):
    """The most memory that a process and its children hold together, and what they have worked."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_mb, self.largest_mb, self.is_over = pid, 0.0, 0.0, threading.Event()
        self._cpu: dict[int, float] = {}

    def run(self) -> None:
        """Look twenty times a second."""
        while not self.is_over.wait(0.05):
            sizes = [size for pid in family(self.pid) if (size := self._look(pid)) is not None]
            self.peak_mb = max(self.peak_mb, sum(sizes))
            self.largest_mb = max(self.largest_mb, *sizes[1:], 0.0)

    def cpu(self) -> float:
        """Seconds of all that were seen."""
        return sum(self._cpu.values())

    def _look(self, pid: int) -> float | None:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
            self._cpu[pid] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
            return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
        except (OSError, ValueError):
            return None


def family(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    for one in found:
        found += children_of(one)
    return found


@contextmanager
def watched(pid: int) -> Iterator[Watch]:
    """Watch a process meanwhile."""
    watch = Watch(pid)
    watch.start()
    try:
        yield watch
    finally:
        watch.is_over.set()
        watch.join()


def measure_csv(store: Store, db: Path) -> bool:
    """All rows of every view."""
    names = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]
    print("| view | rows | seconds | CPU s | peak MB | whole |\n|---|---|---|---|---|---|")
    is_well = True
    for name in names:
        expected = store.value(f"SELECT count(*) FROM {name}")
        with served(db) as (url, process), watched(process.pid) as watch:
            begun, rows = time.perf_counter(), -1
            with urllib.request.urlopen(f"{url}/ledger/{name}.csv?_stream=1", timeout=3_600) as answered:
                try:
                    rows = sum(1 for _ in csv.reader(io.TextIOWrapper(answered, "utf-8", newline=""))) - 1
                    told = "yes" if rows == expected else "**no**"
                except (OSError, http.client.HTTPException) as error:
                    told = f"broken: {type(error).__name__}"
            took = time.perf_counter() - begun
            time.sleep(0.1)
        is_well &= rows == expected
        print(
            f"| {name} | {rows:,} of {expected:,} | {took:.1f} | {watch.cpu():.1f} | {watch.peak_mb:.0f} | {told} |", flush=True
        )
    return is_well


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for."""

    language: str
    kind: str
    text: str

    def is_in(self, text: str) -> bool:
        """Whether a text holds it, by reading it: of words as they stand, in scripts without spaces anywhere."""
        return self.text in text if self.kind == "run" else f" {self.text} " in text


def plain(text: str, language: str) -> str:
    """A text for reading: words parted by one space, without punctuation and case."""
    if language in UNSPACED[:3]:
        return text
    return f" {' '.join(word.strip(_PUNCTUATION) for word in text.lower().split())} "


def drawn(store: Store, seed: int = 3) -> list[Query]:
    """Queries from texts of the ledger, as many of each language."""
    rng, found = random.Random(seed), []
    languages = [row["language"] for row in store.rows("SELECT DISTINCT language FROM sites ORDER BY language")][:12]
    last = store.value("SELECT max(id) FROM revisions")
    each = -(-QUERIES // len(languages))
    for language in languages:
        known: dict[str, Query] = {}
        while len(known) < each:
            sql = """SELECT r.body FROM revisions r WHERE r.id >= ? AND r.language = ? LIMIT 1"""
            body = store.value(sql, (rng.randrange(1, last), language))
            query = _query(rng, language, body) if body else None
            if query:
                known[query.text] = query
        found += known.values()
    return found[:QUERIES] if len(languages) > 10 else found


def _query(rng: random.Random, language: str, body: str) -> Query | None:
    if language in UNSPACED[:3]:
        runs = [run for run in re.findall(r"[^\W\d_a-z]{6,}", body) if run]
        if not runs:
            return None
        run, size = rng.choice(runs), rng.choice((2, 2, 2, 3, 4, 6))
        start = rng.randrange(len(run) - size + 1)
        return Query(language, "run", run[start : start + size])
    words = plain(body, language).split()
    start, size = rng.randrange(max(1, len(words) - 3)), rng.choice((1, 1, 1, 2, 3))
    text = " ".join(words[start : start + size])
    return Query(language, "word" if size == 1 else "phrase", text) if text.replace(" ", "").isalnum() else None


def measure_search(store: Store, *, has_scan: bool = True) -> bool:
    """Recall beside a scan of all texts, and milliseconds."""
    queries = drawn(store)
    typed = {query: f'"{query.text}"' if query.kind == "phrase" else query.text for query in queries}
    matches = {
        query: {
            row["rowid"]
            for row in store.rows("SELECT rowid FROM revisions_fts WHERE revisions_fts MATCH ?", (match_of(typed[query]),))
        }
        for query in queries
    }
    wanted, missed = dict.fromkeys(queries, 0), dict.fromkeys(queries, 0)
    by_language: dict[str, list[Query]] = {}
    for query in queries:
        by_language.setdefault(query.language, []).append(query)
    for row in store.rows("SELECT id, language, headline, description, body FROM revisions") if has_scan else ():
        these = by_language.get(row["language"], [])
        text = plain(f"{row['headline']} \n | {row['description']} \n | {row['body']}", row["language"]) if these else ""
        for query in these:
            if query.is_in(text):
                wanted[query] += 1
                missed[query] += row["id"] not in matches[query]
    took: dict[str, list[float]] = {"rare": [], "usual": [], "common": []}
    cpu: dict[str, list[float]] = {"rare": [], "usual": [], "common": []}
    for query in queries:
        size = len(matches[query])
        kind = "rare" if size <= RARE_MATCHES else "usual" if size <= EXACT else "common"
        begun, worked = time.perf_counter(), time.process_time()
        found = search(store, typed[query], by_article=True)
        took[kind].append((time.perf_counter() - begun) * 1000)
        cpu[kind].append((time.process_time() - worked) * 1000)
        assert found.is_more or found.total <= size, (query, found.total, size)
    print("| language | kind | queries | in texts | missed by the index | found beside |\n|---|---|---|---|---|---|")
    for language, kind in dict.fromkeys((query.language, query.kind) for query in queries if has_scan):
        of = [query for query in queries if (query.language, query.kind) == (language, kind)]
        sums = sum(wanted[one] for one in of), sum(missed[one] for one in of), sum(len(matches[one]) for one in of)
        print(f"| {language} | {kind} | {len(of)} | {sums[0]:,} | {sums[1]:,} | {sums[2] - sums[0] + sums[1]:,} |")
    print("\n| matches | queries | median ms | p95 ms | median CPU ms | p95 CPU ms |\n|---|---|---|---|---|---|")
    for kind, times in took.items():
        if times:
            figures = " | ".join(
                f"{value:.1f}" for of in (times, cpu[kind]) for value in (statistics.median(of), quantile(of, 0.95))
            )
            print(f"| {kind} | {len(times)} | {figures} |")
    index, beside, count = (
        store.value(f"SELECT {what}")
        for what in (
            "(SELECT sum(length(block)) FROM revisions_fts_data) + (SELECT sum(length(sz)) FROM revisions_fts_docsize)",
            f"sum({' + '.join(f'coalesce(length({name}), 0)' for name in searching.FILLED[1:])}) FROM search_texts",
            "count(*) FROM revisions",
        )
    )
    print(f"\nindex {index / count:,.0f} bytes a revision, and {beside / count:,.0f} characters of other spellings beside")
    late = [kind for kind, most in (("rare", RARE), ("common", COMMON)) if cpu[kind] and quantile(cpu[kind], 0.95) > most]
    return not any(missed.values()) and not late


def quantile(values: list[float], share: float) -> float:
    """The value that this share of them does not pass."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure_ask(store: Store) -> bool:
    """Each question of the cookbook."""
    newest = store.value("SELECT max(first_seen) FROM revisions")
    now, last = datetime.fromisoformat(newest).astimezone(UTC), store.value("SELECT max(id) FROM articles")
    body = store.value("SELECT body FROM revisions WHERE id = ?", (last // 2,))
    sites = [row["site_id"] for row in store.rows("SELECT site_id FROM articles GROUP BY site_id ORDER BY count(*) DESC")]
    given = {
        "site": sites[len(sites) // 3],
        "url": store.value("SELECT url FROM articles ORDER BY revision_count DESC LIMIT 1"),
        "at": newest,
        "words": next(word for word in body.split() if len(word) > 4),
    }
    print("| question | lines of SQL | rows | seconds | CPU s |\n|---|---|---|---|---|")
    for name, one in questions().items():
        begun, worked = time.perf_counter(), time.process_time()
        _, rows = answer(store, name, {key: given[key] for key in one.parameters if key in given}, now)
        took, cpu = time.perf_counter() - begun, time.process_time() - worked
        print(f"| {name} | {len(one.sql.splitlines())} | {len(rows):,} | {took:.3f} | {cpu:.3f} |", flush=True)
    return True


def measure_sql(db: Path) -> bool:
    """What a visitor's worst statements take, and what other pages take meanwhile."""
    pages: list[float] = []
    with served(db) as (url, process), watched(process.pid) as watch:
        targets = ("/", "/stories", "/takedowns", "/feed.atom")
        alone = [_ms(f"{url}{target}") for target in targets * 5][len(targets) :]
        queue, ends = list(WORST), threading.Event()
        lock, lines = threading.Lock(), []

        def visit() -> None:
            while True:
                with lock:
                    sql = queue.pop(0) if queue else None
                if sql is None:
                    return
                begun = time.perf_counter()
                status = _status(f"{url}/ledger.json?{urlencode({'sql': sql})}")
                lines.append((sql, status, time.perf_counter() - begun))

        def read() -> None:
            while not ends.is_set():
                pages.extend(_ms(f"{url}{target}") for target in targets)

        visitors = [threading.Thread(target=visit) for _ in range(4)]
        reader = threading.Thread(target=read)
        for thread in (*visitors, reader):
            thread.start()
        for thread in visitors:
            thread.join()
        ends.set()
        reader.join()
    print("| statement | status | seconds |\n|---|---|---|")
    for sql, status, took in lines:
        print(f"| `{sql.replace('|', chr(92) + '|')}` | {status} | {took:.2f} |")
    print(f"\nserver and children {watch.peak_mb:.0f} MB at most, the largest child {watch.largest_mb:.0f} MB")
    figures = ", ".join(
        f"{name} {statistics.median(of):.0f} (p95 {quantile(of, 0.95):.0f})"
        for name, of in (("alone", alone), ("meanwhile", pages))
    )
    print(f"pages, ms: {figures}, {len(pages)} of them")
    return max(took for _, _, took in lines) < 10 and statistics.median(pages) <= PAGE_MS


def _ms(url: str) -> float:
    begun = time.perf_counter()
    urllib.request.urlopen(url, timeout=60).read()
    return (time.perf_counter() - begun) * 1000


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=120) as answered:
            answered.read()
            return int(answered.status)
    except urllib.error.HTTPError as error:
        return error.code


def main() -> None:
    """Measure, print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--only", action="append", choices=("csv", "search", "ask", "sql"), default=[])
    parser.add_argument("--scan", action=argparse.BooleanOptionalAction, default=True, help="read all texts, to tell the recall")
    options = parser.parse_args()
    with Store(options.db, readonly=True) as store:
        measures = {
            "csv": lambda: measure_csv(store, options.db), "search": lambda: measure_search(store, has_scan=options.scan),
            "ask": lambda: measure_ask(store), "sql": lambda: measure_sql(options.db),
        }  # fmt: skip
        is_well = [measure() for name, measure in measures.items() if not options.only or name in options.only]
    sys.exit(not all(is_well))


if __name__ == "__main__":
    main()
