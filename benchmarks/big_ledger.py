"""A ledger of a million articles, to time pages and searches on: invented, seeded, as skewed as a real one of a year.

    nice -n 10 python -m benchmarks.big_ledger /tmp/big/news.db      # 1,000,000 articles, 1,500,000 revisions, 1,000 sites
    python -m benchmarks.big_ledger /tmp/small/news.db --articles 20000 --sites 50

Bodies are lognormal (median 350 words), of sentences drawn over a Zipf vocabulary, with a word in each paragraph that is met
hardly anywhere else: a third of the sites in English, the others in eleven languages (benchmarks/languages.py). One site has a
fifth of all articles, one has been quiet for a year, one has none; one article has 200 revisions; some are wire copy that several
sites carry. Rows are put in without triggers and indexes, in order of time, with what is worked out of each; then the full-text
index is built once, indexes are made, and what triggers keep is filled by the migration's own statements; triggers come last.
No chain is written, as `newsledger verify` would say.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.languages import SCRIPTS, Language
from pipelines.store.database import Store
from pipelines.store.rows import moment
from pipelines.store.schema import questions, searching, statements
from pipelines.text.urls import article_key

ARTICLES, EDITS_AN_ARTICLE, SITES = 1_000_000, 0.5, 1_000
START, DAYS = datetime(2024, 12, 31, tzinfo=UTC), 365
VOCABULARY, SENTENCES = 200_000, 200_000
"""Of English; of each of the others a tenth."""
WORDS_A_SENTENCE = 17
MEDIAN_WORDS, SIGMA, MOST_WORDS = 350, 0.6, 6_000
BATCH = 5_000
SECTIONS = ("news", "sport", "business", "politics", "culture", "crime", "transport")
KINDS = (("updated", 72), ("silent", 15), ("restamped", 8), ("reverted", 3), ("restored", 2))
FIELDS = (["body"], ["headline"], ["headline", "body"], ["body", "description"], ["images"])

_STORIES = """
UPDATE story_heads SET (articles, sites, edited, last_changed) = (
    SELECT count(*), count(DISTINCT m.site_id), sum(a.revision_count - 1), max(r.first_seen) FROM story_members m
    JOIN articles a ON a.id = m.article_id JOIN revisions r ON r.id = a.latest_revision_id WHERE m.story_id = story_heads.id);
UPDATE story_members SET story_seen = (SELECT first_seen FROM story_heads WHERE id = story_id AND sites > 1);
UPDATE story_progress SET revision_id = (SELECT max(id) FROM revisions);
"""
Values = tuple[Any, ...]
Stories = dict[int, list[tuple[int, str, str]]]
"""A story's articles: id, site, when first seen."""


@dataclass(slots=True)
class Text:
    """What an article says at the moment."""

    headline: str
    paragraphs: list[str]
    left: int
    """How many more revisions it will have."""
    number: int = 0
    latest: int = 0
    first_seen: str = ""
    last_seen: str = ""
    published: str = ""


class World:
    """The words, the sites and the plan, all from one seed."""

    def __init__(self, articles: int, sites: int, seed: int = 1, words: int = MEDIAN_WORDS) -> None:
        self.articles, self.rng = articles, random.Random(seed)
        self.median = math.log(words)
        self.languages = {
            tag: Language(script, self.rng, VOCABULARY // most, SENTENCES // most)
            for tag, script in SCRIPTS.items()
            for most in (1 if tag == "en-GB" else 10,)
        }
        self.vocabulary = self.languages["en-GB"].words
        self.sites = [self._site(n, sites) for n in range(sites)]

    def _site(self, number: int, sites: int) -> dict[str, Any]:
        name = self.vocabulary[200 + number].capitalize()
        town = self.vocabulary[5_000 + number % max(1, sites // 8)].capitalize()
        tags = list(SCRIPTS)
        tag = tags[max(0, number % (len(tags) + 5) - 5)]
        country = ("GB", "GB", "IE", "US")[number % 4] if tag == "en-GB" else SCRIPTS[tag].country
        return {
            "id": f"{name.lower()}-{number}", "name": f"The {town} {name}", "url": f"https://{name.lower()}-{number}.example/",
            "country": country, "region": f"{town}shire", "owner": f"Group {number % 23}",
            "platform": "generic", "timezone": SCRIPTS[tag].timezone, "language": tag,
        }  # fmt: skip

    def plan(self) -> list[tuple[float, int, int]]:
        """(second, article, site) of all revisions, in order of time."""
        rng, sites = self.rng, len(self.sites)
        weights = [0.0] + [1 / (n + 5) ** 0.7 for n in range(1, sites)]
        quiet, weights[-1] = sites - 2, 0.0
        weights[0] = sum(weights) / 4
        of = rng.choices(range(sites), weights, k=self.articles)
        begun = [rng.random() * (2 if site == quiet else DAYS) * 86_400 for site in of]
        events = [(second, article, site) for article, (second, site) in enumerate(zip(begun, of, strict=True))]
        edited = rng.sample(range(self.articles), k=int(self.articles * 0.27))
        more = int(self.articles * EDITS_AN_ARTICLE) - len(edited)
        often = edited[:1] * min(199, more // 4)
        events.extend(
            (begun[article] + 600 + min(rng.lognormvariate(9, 1.6), 20 * 86_400), article, of[article])
            for article in edited + often + rng.choices(edited[: len(edited) // 4], k=more - len(often))
        )
        events.sort()
        return events

    def text(self, language: Language) -> list[str]:
        """Paragraphs of a new article."""
        words = min(MOST_WORDS, int(self.rng.lognormvariate(self.median, SIGMA)))
        found, sentences = [], max(1, round(words / WORDS_A_SENTENCE))
        while sentences > 0:
            size = min(sentences, self.rng.randint(1, 4))
            found.append(language.paragraph(size))
            sentences -= size
        return found


@dataclass(slots=True)
class Wire:
    """Copy that several sites carry."""

    story: int = 0
    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    sites: set[int] = field(default_factory=set)
    left: int = 0


class Maker:
    """Fills the tables, in order of time."""

    def __init__(self, db: sqlite3.Connection, world: World) -> None:
        self.db, self.world = db, world
        self.rng = world.rng
        self.waiting: dict[str, list[Values]] = {}
        self.open: dict[int, Text] = {}
        self.wires: dict[str, Wire] = {}
        self.wired = 0
        self.stories: Stories = {}

    def put(self, table: str, *values: Any) -> None:
        rows = self.waiting.setdefault(table, [])
        rows.append(values)
        if len(rows) >= BATCH:
            self.flush(table)

    def flush(self, table: str) -> None:
        rows = self.waiting.pop(table, [])
        if rows:
            name = table.partition("(")[0]
            marks = ", ".join("?" * len(rows[0]))
            self.db.executemany(f"INSERT INTO {name} {table[len(name) :]} VALUES ({marks})", rows)

    def fill(self, events: list[tuple[float, int, int]]) -> None:
        edits: dict[int, int] = {}
        for _, article, _ in events:
            edits[article] = edits.get(article, -1) + 1
        self._sites()
        begun = time.monotonic()
        for number, (second, article, site) in enumerate(events, 1):
            self._revision(number, START + timedelta(seconds=second), article, site, edits[article])
            if number % 50_000 == 0:
                rate = number / (time.monotonic() - begun)
                print(f"{number:,} of {len(events):,} revisions, {rate:,.0f}/s", file=sys.stderr, flush=True)
        for table in list(self.waiting):
            self.flush(table)

    def _sites(self) -> None:
        for site in self.world.sites:
            self.put(f"sites({', '.join(site)})", *site.values())
        for number, site in enumerate(self.world.sites):
            for day in range(DAYS + 1):
                at = moment(START + timedelta(days=day, hours=4, minutes=number % 60))
                self.put(
                    "crawls(id, site_id, trigger, planned, started, finished, outcome, requests, looks, revisions, counts)",
                    self._crawl(number, day), site["id"], "schedule", at, at, at, "finished" if (number + day) % 97 else "failed",
                    60, 50, 4, '{"unchanged": 46, "new": 3, "updated": 1}',
                )  # fmt: skip

    def _crawl(self, site: int, day: int) -> int:
        return 1 + min(day, DAYS) * len(self.world.sites) + site

    def _revision(self, revision_id: int, when: datetime, article: int, site: int, edits: int) -> None:
        rng, world, at = self.rng, self.world, moment(when)
        tag, zone = world.sites[site]["language"], world.sites[site]["timezone"]
        language, text = world.languages[tag], self.open.get(article)
        before = _texts(text, "_before")
        if text is None:
            text = self.open[article] = self._begin(article, site, at, edits)
            text.first_seen = at
            text.published = moment(when - timedelta(minutes=rng.randint(1, 200)))
            change, fields = "new", "[]"
        else:
            change = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
            told = rng.choice(FIELDS)
            fields = json.dumps(told)
            if "headline" in told:
                text.headline = language.headline()
            text.paragraphs[rng.randrange(len(text.paragraphs))] = language.paragraph(rng.randint(1, 4))
            if rng.random() < 0.02:
                text.paragraphs = [*text.paragraphs, f"Correction: an earlier version said {language.headline()}."]
            text.left -= 1
        text.number += 1
        texts = _texts(text)
        body, headline = texts["body"], text.headline
        digest = hashlib.sha256(body.encode()).hexdigest()
        last_seen = moment(when + timedelta(hours=rng.randint(1, 40)))
        crawl = self._crawl(site, (when - START).days)
        names = language.words
        author = f"{names[700 + article % 3_000].capitalize()} {names[4_000 + article % 5_000].capitalize()}"
        topics = json.dumps(sorted({names[300 + article % n] for n in (211, 31)}), ensure_ascii=False)
        offset = rng.randrange(10**9)
        self.put(
            "revisions(id, article_id, number, change, changed_fields, headline, description, body, byline, section, topics,"
            "kind, language, canonical_url, date_published, date_published_raw, date_modified, date_modified_raw, first_seen,"
            "last_seen, not_before, content_hash, extractor, crawl_id, warc_file, warc_offset, payload_hash)",
            revision_id, article + 1, text.number, change, fields, headline, texts["description"], body, f"By {author}",
            SECTIONS[article % 7], topics, "article", tag, None, text.published, text.published, at, at, at, last_seen,
            text.last_seen or None, digest, "generic/7", crawl, f"2025/{site}/{at[:10]}.warc.gz", offset, digest,
        )  # fmt: skip
        self.put("revision_authors(revision_id, position, name)", revision_id, 0, author)
        picture = f"https://img.example/{digest[:24]}.jpg"
        self.put("revision_images(revision_id, position, url, caption, credit)", revision_id, 0, picture, headline, author)
        self.put("fetches(crawl_id, article_id, url, fetched, status, outcome, bytes)", crawl, article + 1,
                 self._url(article, site), at, 200, change, 80_000)  # fmt: skip
        row = {"revision_id": revision_id, "url": self._url(article, site), **texts, "byline": f"By {author}", "topics": topics,
               "authors": json.dumps([author]), "captions": json.dumps([headline, author])}  # fmt: skip
        self.put(f"search_texts({', '.join(searching.FILLED)})", *map(searching.search_text(row).get, searching.FILLED))
        row |= {"first_seen": at, "timezone": zone, "before_id": text.latest or None, **before}
        known = questions.fact(row)
        self.put(f"revision_facts({', '.join(known)})", *known.values())
        text.last_seen, text.latest = last_seen, revision_id
        if text.left == 0:
            self._article(article, site, self.open.pop(article), crawl)

    def _begin(self, article: int, site: int, at: str, edits: int) -> Text:
        """A new article: its own copy, or what the wire has sent to others just before."""
        rng, world, of = self.rng, self.world, self.world.sites[site]
        language, wire = world.languages[of["language"]], self.wires.setdefault(of["language"], Wire())
        if wire.left == 0 and rng.random() < 0.02:
            self.wired += 1
            wire = self.wires[of["language"]] = Wire(
                self.wired, language.headline(), world.text(language), set(), rng.randint(2, 9)
            )
        if wire.left == 0 or (wire.sites and rng.random() < 0.7):
            return Text(language.headline(), world.text(language), edits)
        wire.left -= 1
        wire.sites.add(site)
        self.stories.setdefault(wire.story, []).append((article + 1, of["id"], at))
        return Text(wire.headline, [*wire.paragraphs, language.paragraph(1)], edits)

    def _url(self, article: int, site: int) -> str:
        slug = "-".join(self.world.vocabulary[(article * k) % 30_000] for k in (3, 7, 11, 13, 17))
        return f"{self.world.sites[site]['url']}{SECTIONS[article % 7]}/{slug}-{4_000_000 + article}"

    def _article(self, article: int, site: int, text: Text, crawl: int) -> None:
        """The article's own row, its states, an alias for some, and a last look that found nothing new."""
        state = self.rng.choices(("live", "gone", "suspected", "moved"), (9_790, 160, 30, 20))[0]
        url, site_id = self._url(article, site), self.world.sites[site]["id"]
        self.put(
            "articles(id, site_id, url, url_key, external_id, kind, date_published, first_seen, last_seen, last_checked, state,"
            "revision_count, latest_revision_id)",
            article + 1, site_id, url, article_key(url), str(4_000_000 + article), "article", text.published, text.first_seen,
            text.last_seen, text.last_seen, state, text.number, text.latest,
        )  # fmt: skip
        self.put("states(article_id, at, state, reason)", article + 1, text.first_seen, "live", "first seen")
        if state in ("gone", "suspected"):
            for step in ("suspected", "gone")[: 1 + (state == "gone")]:
                self.put("states(article_id, at, state, status, reason)", article + 1, text.last_seen, step, 404, "HTTP 404")
        self.put("fetches(crawl_id, article_id, url, fetched, status, outcome, bytes)", crawl, article + 1, url, text.last_seen,
                 200, "unchanged", 80_000)  # fmt: skip
        if article % 10 == 0:
            old = url.replace("-", "_", 1)
            self.put("aliases(url, article_id, reason, first_seen, url_key)", old, article + 1, "slug", text.first_seen,
                     article_key(old))  # fmt: skip


def _texts(text: Text | None, of: str = "") -> dict[str, Any]:
    """What an article says, under the names that the store has for it."""
    if text is None:
        return dict.fromkeys(f"{name}{of}" for name in ("headline", "description", "body"))
    return {
        f"headline{of}": text.headline,
        f"description{of}": text.paragraphs[0][:140],
        f"body{of}": "\n\n".join(text.paragraphs),
    }


def make(path: Path, articles: int, sites: int, seed: int = 1, words: int = MEDIAN_WORDS) -> Stories:
    """Write the ledger at `path`; one that is there is replaced."""
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        name.unlink(missing_ok=True)
    Store(path).close()
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF;"
    )
    kept = list(db.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"))
    triggers = [sql for kind, _, sql in kept if kind == "trigger"]
    for kind, name, _ in kept:
        db.execute(f"DROP {kind} {name}")
    world = _timed("words and sites", lambda: World(articles, sites, seed, words))
    events = _timed("the plan", world.plan)
    maker = Maker(db, world)
    db.execute("BEGIN")
    _timed("rows", lambda: maker.fill(events))
    db.execute("COMMIT")
    _timed("full-text search", lambda: run(db, "m023_search_in_every_script", "INSERT INTO revisions_fts (revisions_fts"))
    _timed("indexes", lambda: [db.execute(sql) for kind, _, sql in kept if kind == "index"])
    _timed("stories", lambda: put_stories(db, maker.stories))
    _timed("what triggers keep", lambda: put_changes(db))
    _timed("statistics", lambda: db.executescript("PRAGMA analysis_limit = 1000; ANALYZE; PRAGMA journal_mode = WAL;"))
    for sql in triggers:
        db.execute(sql)
    db.close()
    return maker.stories


def put_changes(db: sqlite3.Connection) -> None:
    """What triggers keep, as the migrations fill it."""
    run(db, "m012_feed", "INSERT")
    run(db, "m024_article_of_change", "UPDATE")


def run(db: sqlite3.Connection, migration: str, beginning: str) -> None:
    """Those statements of a migration that begin so."""
    for statement in statements(migration):
        if statement.startswith(beginning):
            db.execute(statement)


def put_stories(db: sqlite3.Connection, stories: Stories) -> None:
    """The stories that were invented, as if they had been found; of the texts nothing is sketched."""
    db.execute("BEGIN")
    for story, members in stories.items():
        first, _, at = members[0]
        agency = ("PA", "Reuters", None)[story % 3]
        head = (story, at, first, first, at, at, 0, 0, 0, agency, agency and "named")
        columns = "id, found, source_id, first_id, first_seen, last_changed, articles, sites, edited, agency, agency_is"
        db.execute(f"INSERT INTO story_heads ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", head)
        rows = [(article, story, site, 0.95) for article, site, _ in members]
        db.executemany("INSERT INTO story_members (article_id, story_id, site_id, shared) VALUES (?, ?, ?, ?)", rows)
    db.execute("COMMIT")
    db.executescript(_STORIES)


def sizes(path: Path) -> Iterator[str]:
    """How large the file is, and what of it is what."""
    db = sqlite3.connect(path)
    articles, revisions = (db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("articles", "revisions"))
    whole = path.stat().st_size
    yield f"{articles:,} articles, {revisions:,} revisions, {whole / 1e9:.2f} GB: {whole / revisions:,.0f} bytes a revision"
    try:
        parts = db.execute("SELECT name, sum(pgsize) FROM dbstat WHERE aggregate GROUP BY name ORDER BY 2 DESC LIMIT 20")
        yield from (f"{size / revisions:>8,.0f}  {name}" for name, size in parts)
    except sqlite3.OperationalError:
        yield "(this SQLite cannot say what of it is what)"
    db.close()


def _timed(what: str, work: Any) -> Any:
    begun = time.monotonic()
    cpu, result = time.process_time(), work()
    took, spent = time.monotonic() - begun, time.process_time() - cpu
    print(f"{took:8.1f} s, {spent:8.1f} s of CPU  {what}", file=sys.stderr, flush=True)
    return result


def main() -> None:
    """Make the ledger and say what it is like."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--sites", type=int, default=SITES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--words", type=int, default=MEDIAN_WORDS, help="in half of all articles (%(default)s); fewer are made faster"
    )
    options = parser.parse_args()
    begun = time.monotonic()
    options.path.parent.mkdir(parents=True, exist_ok=True)
    make(options.path, options.articles, options.sites, options.seed, options.words)
    print(f"{time.monotonic() - begun:,.0f} s in all")
    print("\n".join(sizes(options.path)))


if __name__ == "__main__":
    main()
