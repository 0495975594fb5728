"""Merge of two ledgers: another's articles are added to this one, without duplicates, histories combined by time, sealed.

Articles are written whole, and known ones are not written again: after a kill run the merge again;
merging twice changes nothing. Pages are not copied: pointers name the folder in which they must be put.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from pipelines.article import Article
from pipelines.history.revisions import State
from pipelines.reasons import FetchReason
from pipelines.store.addresses import put_fetch
from pipelines.store.chain import Cause, Subject, seal
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Row, Store
from pipelines.store.late_captures.events import HistoryEvent, Neighbourhood, events_of, neighbourhood
from pipelines.store.late_captures.replay import replay, resolve_revisits
from pipelines.store.late_captures.rewrite import Adopt, Rewrite
from pipelines.store.resolver import Lookup
from pipelines.store.rows import moment
from pipelines.store.statistics import host_of

_BATCH = 25
"""Articles in one transaction. More: crawls wait longer for their turn; fewer: the search index costs more."""


@dataclass(frozen=True, slots=True)
class MergeSource:
    """The source of a merge, and how it is recorded."""

    name: str
    """Its name for people: the file's name."""
    trigger: str
    """Trigger of the crawls that are written: `merge` or `import`."""
    warc_under: str = ""
    """Prefix of the names of archived files: the folder, in our archive, of the other's files."""


@dataclass(slots=True)
class Merged:
    """The result of a merge."""

    articles: int = 0
    revisions: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """Number of articles by result: `new`, `joined`, `known`, `withdrawn`."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Number of written revisions, by kind of change."""


def merge(
    store: Store, other: Store, origin: MergeSource, now: datetime, advance: Callable[[int], None] = lambda _: None
) -> Merged:
    """Add all articles of `other`; `advance(n)` is called with the progress."""
    return _Merge(store, other, origin, now).run(advance)


class _Merge:
    def __init__(self, store: Store, other: Store, origin: MergeSource, now: datetime) -> None:
        self._store, self._other, self._origin, self._now = store, other, origin, now
        self._base = store.value("SELECT max(id) FROM revisions") or 0
        self._put: set[str] = set()
        self._done: set[int] = set()
        """Ids of finished articles in the other ledger; of fetches without an article, below zero."""
        self._crawls: dict[int | None, int] = {}
        self._merged = Merged()

    def run(self, advance: Callable[[int], None]) -> Merged:
        """Merge all articles, then the references between them, then the counts of the crawls that were written."""
        ids = self._ids("articles")
        while batch := list(islice(ids, _BATCH)):
            with self._store.transaction():
                self._articles(batch)
            self._merged.articles += len(batch)
            advance(len(batch))
        self._merge_loose_fetches()
        sites = {host_of(row["url"]): row["id"] for row in self._store.rows("SELECT id, url FROM sites")}
        resolve_revisits(self._store, sites, self._now)
        self._moves()
        self._count()
        return self._merged

    def _ids(self, table: str) -> Iterator[int]:
        return (row["id"] for row in list(self._other.rows(f"SELECT id FROM {table} ORDER BY id")))  # noqa: S608 - our own names

    def _articles(self, ids: list[int]) -> None:
        """Merge articles together with all that may be the same; finished ones are skipped."""
        for article_id in ids:
            if article_id not in self._done:
                url = self._other.value("SELECT url FROM articles WHERE id = ?", (article_id,))
                self._merge_neighbourhood(neighbourhood(self._other, urls=[url]))

    def _merge_neighbourhood(self, theirs: Neighbourhood) -> None:
        withdrawn = theirs.withdrawn.keys() - self._done
        self._done |= theirs.articles.keys() | theirs.withdrawn.keys() | {-row_id for row_id in theirs.loose}
        self._counted(withdrawn=len(withdrawn))
        with_text = [row for row in theirs.articles.values() if row["latest_revision_id"]]
        if not with_text:
            return
        self._sites({row["site_id"] for row in with_text})
        events = events_of(self._other, theirs, self._now, self._origin.name)
        ours = neighbourhood(self._store, events)
        if ours.withdrawn and not ours.articles:
            self._counted(withdrawn=len(with_text))
        elif ours.articles or ours.loose or not self._is_whole(with_text):
            done = replay(self._store, events, self._now, self._event_here)
            new = min(done.articles, len(with_text))
            self._counted(done.changes, new=new, **{"joined" if done.is_changed else "known": len(with_text) - new})
        else:
            adopt = Adopt(self._crawl, self._page, self._base)
            rows = [row for event in events if (row := event.row)]
            rewrite = Rewrite(
                self._store, self._other, ours, with_text, rows, [self._unrecorded(event) for event in events], adopt
            )
            rewrite.write()
            seal(self._store, rewrite.changed(), self._now, Cause.MERGE)
            self._counted(rewrite.changes, new=len(with_text))

    def _is_whole(self, articles: Sequence[Row]) -> bool:
        """Whether rows can be copied as they are: no revision is missing, as in an excerpt, and no fetch is doubted."""
        sql = """SELECT count(*) = max(number) AND NOT EXISTS (SELECT 1 FROM fetches f WHERE f.article_id = :id
            AND f.outcome = 'stale' AND f.fetched > :seen) FROM revisions WHERE article_id = :id"""
        return all(self._other.value(sql, {"id": row["id"], "seen": row["last_seen"]}) for row in articles)

    def _merge_loose_fetches(self) -> None:
        """Merge fetches without an article that matter for an address: redirects, and missing pages."""
        sql = """SELECT * FROM fetches WHERE article_id IS NULL AND (outcome IN ('gone', 'not_modified')
            OR (reason_code = ? AND answered_url IS NOT NULL) OR reason_code IN (?, ?, ?)) ORDER BY id"""
        codes = FetchReason.MOVED, FetchReason.LEADS_ELSEWHERE, FetchReason.SOFT_404, FetchReason.ORIGINAL_UNKNOWN
        rows = [row for row in self._other.rows(sql, codes) if -row["id"] not in self._done]
        for start in range(0, len(rows), _BATCH):
            loose = Neighbourhood(loose={row["id"]: row for row in rows[start : start + _BATCH]})
            events = events_of(self._other, loose, self._now)
            with self._store.transaction():
                ours = neighbourhood(self._store, events)
                if ours.articles:
                    site_id = next(iter(ours.articles.values()))["site_id"]
                    replay(self._store, [replace(event, site_id=site_id) for event in events], self._now, self._event_here)
                    continue
                known = {event.identity for event in events_of(self._store, ours, self._now)}
                for event in events:
                    if event.identity not in known and event.row:
                        known.add(event.identity)
                        adopt = Adopt(self._crawl, self._page)
                        put_fetch(self._store, {**adopt.row(event.row), "id": None})

    def _event_here(self, event: HistoryEvent) -> HistoryEvent:
        """An event of the other ledger in terms of this one."""
        fetch = replace(event.fetch, warc_file=self._page(event.fetch.warc_file))
        item = replace(event.item, fetch=fetch) if isinstance(event.item, Article) else fetch
        return replace(self._unrecorded(event), item=item, crawl_id=self._crawl(event.crawl_id))

    def _unrecorded(self, event: HistoryEvent) -> HistoryEvent:
        return replace(event, row={**event.row, "id": None, "article_id": None} if event.row else None)

    def _page(self, warc_file: str | None) -> str | None:
        under = self._origin.warc_under
        return f"{under}/{warc_file}" if warc_file and under else warc_file

    def _counted(self, changes: Sequence[str] = (), **articles: int) -> None:
        self._merged.counts.update({what: count for what, count in articles.items() if count})
        self._merged.revisions += len(changes)
        self._merged.kinds.update(changes)

    def _sites(self, ids: set[str]) -> None:
        for site_id in ids - self._put:
            site = self._other.row("SELECT * FROM sites WHERE id = ?", (site_id,)) or {}
            sums = {"edits_missed": 0, "edits_unseen": 0}  # come with its articles
            self._store.insert("sites", site | sums, on_conflict="IGNORE")
            self._put.add(site_id)

    def _crawl(self, crawl_id: int | None) -> int:
        """Our row for a crawl of the other ledger; None is the merge itself. Written when something of it is."""
        if crawl_id not in self._crawls:
            at = moment(self._now)
            row: Row = {"trigger": self._origin.trigger, "started": at, "finished": at, "outcome": CrawlOutcome.FINISHED,
                        "reason": f"from {self._origin.name}"}  # fmt: skip
            theirs = self._other.row("SELECT * FROM crawls WHERE id = ?", (crawl_id,)) if crawl_id is not None else None
            if theirs:
                running = theirs["outcome"] == CrawlOutcome.RUNNING
                row |= {column: theirs[column] for column in ("started", "finished", "requests", "bytes", "candidates", "errors")}
                row["outcome"] = CrawlOutcome.LOST if running else theirs["outcome"]
                row["reason"] += f": crawl {crawl_id} of {theirs['site_id'] or 'an archive'}, by {theirs['trigger']}"
            same = "SELECT id FROM crawls WHERE trigger = ? AND reason = ? AND started IS ?"
            found = self._store.value(same, (row["trigger"], row["reason"], row["started"]))
            self._crawls[crawl_id] = found or self._store.insert("crawls", row)
        return self._crawls[crawl_id]

    def _moves(self) -> None:
        """Merge the articles that have moved to another, once both are here."""
        pairs = """SELECT a.url, b.url AS target FROM articles a JOIN articles b ON b.id = a.moved_to WHERE a.state = 'moved'"""
        lookup = Lookup(self._store, "")
        for row in list(self._other.rows(pairs)):
            moved, target = lookup.by_urls(row["url"]), lookup.by_urls(row["target"])
            if moved and target and moved["id"] != target["id"] and (moved["state"], moved["moved_to"]) == (State.MOVED, None):
                with self._store.transaction():
                    self._store.update("articles", moved["id"], {"moved_to": target["id"]})
                    seal(self._store, [(Subject.ARTICLE, moved["id"])], self._now, Cause.MERGE)

    def _count(self) -> None:
        with self._store.transaction():
            for crawl_id in self._crawls.values():
                outcomes = "SELECT outcome, count(*) AS n FROM fetches WHERE crawl_id = ? GROUP BY outcome"
                counts = {row["outcome"]: row["n"] for row in self._store.rows(outcomes, (crawl_id,))}
                revisions = self._store.value("SELECT count(*) FROM revisions WHERE crawl_id = ?", (crawl_id,))
                row = {"counts": json.dumps(counts), "looks": sum(counts.values()), "revisions": revisions}
                self._store.update("crawls", crawl_id, row)
