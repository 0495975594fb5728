"""What a crawl costs at a title that has been crawled for twelve days, a year and ten years: its cost must not grow with age.

    python benchmarks/age.py [--known 1000 --known 30000 --known 300000] [--rounds 3] [--folder DIR] [--json]

A title of 82 articles a day, crawled every half hour; SQL makes its ledger, with each article's fetches, text and search index.
Real crawls of it are then run against a server that costs them nothing: one whose feed has not changed and where nothing is due,
and one of 30 new articles and 60 that are due. CPU is that of the crawl's process, user and system; of the rounds the least.
The bytes are those of the second crawl on the stream of a cluster: question and both answers.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.one_crawl import Done, crawl, site
from crawler.catalogue import load_sites
from crawler.cluster.messages import QuestionAsked, encode, encode_answer, encode_context
from crawler.crawl.session import load_context
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.frontier import question_of
from pipelines.store.crawls.snapshot import look_up
from pipelines.store.database import Store
from pipelines.store.rows import moment

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
FIRST = 1_000_000
"""Addresses are as long at any age."""
A_DAY, LISTED, NEW, DUE = 82, 50, 30, 60
MOST_GROWTH = 0.1
MOST_GROWTH_OF_BYTES = 0.25
"""They are packed, and dates of ten years and longer numbers pack less well."""
_MADE = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :crawls)
INSERT INTO crawls (id, site_id, trigger, planned, started, finished, outcome, requests, looks, revisions, counts)
SELECT i, 'twin', 'schedule', t, t, t, 'finished', 9, 8, 2, '{"unchanged": 6, "new": 2}'
FROM (SELECT i, strftime('%Y-%m-%dT%H:%M:%SZ', :now, ((i - :crawls) * 30 - 10) || ' minutes') AS t FROM n);

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :known)
INSERT INTO articles (id, site_id, url, url_key, kind, date_published, first_seen, last_seen, last_checked, next_check,
    revision_count, latest_revision_id, etag, validators_url)
SELECT i, 'twin', :url || 'news/' || (:first + i), :host || '/news/' || (:first + i), 'article', t, t, t, t,
    strftime('%Y-%m-%dT%H:%M:%SZ', :now, (1 + abs(i * 7919 % 30)) || ' days'), 1, i, '"1"', :url || 'news/' || (:first + i)
FROM (SELECT i, strftime('%Y-%m-%dT%H:%M:%SZ', :now, ((i - :known - 1) * 86400 / 82) || ' seconds') AS t FROM n);

INSERT INTO revisions (id, article_id, number, change, headline, body, kind, date_published, first_seen, last_seen, content_hash,
    extractor, crawl_id)
SELECT id, id, 1, 'new', 'Bridge ' || id || ' to open in week ' || (id % 53), 'The council of ward '
        || (id % 997) || ' has agreed to open bridge '
        || id || ' to lorries of less than ' || (id % 41) || ' tonnes.',
    'article', date_published, first_seen, last_seen, lower(hex(randomblob(32))), 'generic/1', 1 + (id - 1) * :crawls / :known
FROM articles;

INSERT INTO fetches (crawl_id, article_id, url, fetched, status, outcome, bytes, content_hash)
SELECT min(:crawls, 1 + (a.id - 1) * :crawls / :known + k.value * 40), a.id, a.url,
    strftime('%Y-%m-%dT%H:%M:%SZ', a.first_seen, (k.value * 20) || ' hours'), iif(k.value, 304, 200),
    iif(k.value, 'not_modified', 'new'), 5000, NULL
FROM articles a, json_each('[0, 1, 2, 3]') k;

INSERT INTO fetches (crawl_id, url, fetched, status, outcome, bytes)
SELECT i, :url || 'puzzles/' || (i % 5000), started, 200, iif(i % 40, 'not_article', 'error'), 900
FROM (SELECT id AS i, started FROM crawls WHERE id % 4 = 0);

INSERT INTO dead_ends SELECT DISTINCT url, :host || substr(url, length(:url)) FROM fetches WHERE article_id IS NULL;
INSERT INTO aliases (url, article_id, reason, first_seen, url_key)
SELECT :url || 's/' || (:first + id), id, 'redirect', first_seen, :host || '/s/' || (:first + id) FROM articles WHERE id % 10 = 0;
INSERT INTO states (article_id, at, state, reason) SELECT id, first_seen, 'live', 'first seen' FROM articles;
INSERT INTO search_texts (revision_id, headline, body) SELECT id, headline, body FROM revisions;
INSERT INTO hosts (host, passed) VALUES (:host, 400);
INSERT INTO story_progress (id, revision_id, reading_id) VALUES (1, :known, 0)
    ON CONFLICT (id) DO UPDATE SET revision_id = excluded.revision_id;
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One line of the table."""

    known: int
    unchanged_cpu_seconds: float
    unchanged_peak_mb: int
    busy_cpu_seconds: float
    busy_peak_mb: int
    stream_bytes: int


class Paper:
    """A feed of the newest articles, and their pages: 304 for whoever has them."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tag = f'"{paper.newest}"' if self.path == "/feed" else '"1"'
                is_known = self.headers.get("If-None-Match") == tag
                is_there = self.path.startswith(("/feed", "/news/"))
                body = paper.page(self.path).encode() if is_there and not is_known else b""
                self.send_response(304 if is_known else 200 if is_there else 404)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed" else "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def listed(self) -> list[str]:
        return [f"{self.url}news/{number}" for number in range(self.newest, self.newest - LISTED, -1)]

    def page(self, path: str) -> str:
        if path == "/feed":
            items = "".join(f"<item><link>{url}</link><title>Bridge</title></item>" for url in self.listed())
            return f"<rss version='2.0'><channel><title>Twin</title>{items}</channel></rss>"
        number = path.rpartition("/")[2]
        head = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": f"Bridge {number} to open",
                "datePublished": moment(NOW)}  # fmt: skip
        text = "".join(
            f"<p>Sentence {n} of story {number} says that ward {n} will see lorries of {n} tonnes.</p>" for n in range(12)
        )
        return (f"<html><head><script type='application/ld+json'>{json.dumps(head)}</script></head><body><article>"
                f"<h1>Bridge {number} to open</h1>{text}</article></body></html>")  # fmt: skip


def make_ledger(path: Path, url: str, known: int) -> None:
    """A title at `url` with so many articles, the last of them of now."""
    Store(path).close()
    host = url.partition("//")[2].rstrip("/")
    values = {"known": known, "first": FIRST, "crawls": known * 48 // A_DAY, "now": moment(NOW), "url": url, "host": host}
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("INSERT INTO sites (id, name, url) VALUES ('twin', 'Twin', ?)", (url,))
        db.execute("BEGIN")
        for statement in _MADE.split(";\n"):
            db.execute(statement, values)
        db.execute("COMMIT")
        db.executescript("PRAGMA analysis_limit = 1000; ANALYZE;")


class Title:
    """One title's ledger, and crawls of it."""

    def __init__(self, folder: Path, known: int) -> None:
        self.folder, self.now = folder, NOW
        self.paper = Paper(FIRST + known)
        (folder / "sites.toml").write_text(site(self.paper.url, feeds='["/feed"]', recheck_per_hour="3600", archive='"off"'))
        make_ledger(folder / "news.db", self.paper.url, known)
        self.run()  # the feed is known from now on
        self.postpone()

    def run(self) -> Done:
        self.now += timedelta(minutes=30)
        done = crawl(self.folder, now=moment(self.now))
        if done.code:
            raise SystemExit(done.stderr)
        return done

    def expect(self, **counts: object) -> None:
        with Store(self.folder / "news.db", readonly=True) as store:
            found = json.loads(store.value("SELECT counts FROM crawls ORDER BY id DESC LIMIT 1"))
        if {key: found.get(key, 0) for key in counts} != counts:
            raise SystemExit(f"the crawl was to find {counts}, and found {found}")

    def unchanged(self) -> Done:
        done = self.run()
        self.expect(new=0, not_modified=0, unchanged=0)
        return done

    def busy(self) -> Done:
        """30 new articles, and 60 of any age that are due; some are asked for in full, to audit the host's 304s."""
        self.news()
        done = self.run()
        self.expect(new=NEW, skipped={"not_changed": LISTED - NEW})
        return done

    def postpone(self) -> None:
        """Nothing is due."""
        later = moment(self.now + timedelta(days=5))
        with closing(sqlite3.connect(self.folder / "news.db")) as db, db:
            db.execute("UPDATE articles SET next_check = ?1 WHERE next_check < ?1", (later,))

    def news(self) -> None:
        self.paper.newest += NEW
        some = "SELECT id FROM articles ORDER BY id * 7919 % 10007 LIMIT ?1"
        due = moment(self.now)
        self.postpone()
        with closing(sqlite3.connect(self.folder / "news.db")) as db, db:
            db.execute(f"UPDATE articles SET next_check = ?2 WHERE id IN ({some})", (DUE, due))

    def stream_bytes(self) -> int:
        """What a worker would send and be sent for such a crawl, but for its items."""
        self.news()
        (twin,) = load_sites(self.folder / "sites.toml")
        now = self.now + timedelta(minutes=30)
        with Store(self.folder / "news.db", readonly=True) as store:
            context = load_context(store, twin, now)
            candidates = [Candidate(url, SourceKind.FEED) for url in self.paper.listed()]
            question = question_of(candidates, twin, now, lists=[f"{self.paper.url}feed"])
            asked = encode(QuestionAsked("0" * 32, 2, question, "newsledger:reply:x"))
            answer = encode_answer(look_up(store, twin.id, question))
            return len(encode_context(1, context)) + sum(map(len, asked.values())) + len(answer)


def _least(done: list[Done]) -> tuple[float, int]:
    return round(min(one.cpu_seconds for one in done), 2), min(one.peak_mb for one in done)


def measured(folder: Path, known: int, rounds: int) -> Cost:
    """Make a ledger and crawl it."""
    folder.mkdir(parents=True, exist_ok=True)
    title = Title(folder, known)
    unchanged = _least([title.unchanged() for _ in range(rounds)])
    busy = _least([title.busy() for _ in range(rounds)])
    return Cost(known, *unchanged, *busy, title.stream_bytes())


def main() -> None:
    """Print the table; 1 where a cost has grown by more than a tenth."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--known", type=int, action="append", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        costs = [measured(folder / str(known), known, options.rounds) for known in options.known or [1_000, 30_000, 300_000]]
    if options.json:
        print(json.dumps([asdict(cost) for cost in costs]))
    else:
        print(f"{'known':>8}  {'unchanged':>16}  {'30 new, 60 due':>16}  {'stream':>9}")
        for cost in costs:
            print(f"{cost.known:>8}  {cost.unchanged_cpu_seconds:>6.2f} s {cost.unchanged_peak_mb:>4} MB  "
                  f"{cost.busy_cpu_seconds:>6.2f} s {cost.busy_peak_mb:>4} MB  {cost.stream_bytes:>7} B")  # fmt: skip
    first = asdict(costs[0])
    most = {key: value * (1 + (MOST_GROWTH_OF_BYTES if key == "stream_bytes" else MOST_GROWTH)) for key, value in first.items()}
    sys.exit(any(asdict(cost)[key] > most[key] for cost in costs for key in first if key != "known"))


if __name__ == "__main__":
    main()
