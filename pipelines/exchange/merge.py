"""Merge of two ledgers: another's articles are taken into this one, without doubles, histories interleaved by time, sealed.

Whole articles are written together, and what is known already is not written again: a merge that was killed is simply run
again, and one that is run twice changes nothing. Pages are not copied: pointers name the folder under which they are to be put.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from pipelines.article import Article
from pipelines.exchange.merge_writer import MergedArticle, MergeSource
from pipelines.history.revisions import State, same_story
from pipelines.store.chain import Subject, seal
from pipelines.store.crawls import CrawlOutcome
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup
from pipelines.store.rows import moment

_TOGETHER = 25
"""Articles that are written in one transaction. More: crawls wait longer for their turn; fewer: the search index is dearer."""

_ROUNDS = 4
"""A history that was widened may judge a sight otherwise: it is joined until nothing changes, nearly always once."""


@dataclass(slots=True)
class Merged:
    """What came of it."""

    articles: int = 0
    revisions: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """Articles by what became of them: `new`, `joined`, `known`, `withdrawn`."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Revisions that were written, by kind of change."""


def merge(
    store: Store, other: Store, origin: MergeSource, now: datetime, advance: Callable[[int], None] = lambda _: None
) -> Merged:
    """Take in all articles of `other`; `advance(n)` is told of progress."""
    return _Merge(store, other, origin, now).run(advance)


class _Merge:
    def __init__(self, store: Store, other: Store, origin: MergeSource, now: datetime) -> None:
        self._store, self._other, self._origin, self._now = store, other, origin, now
        self._base = store.value("SELECT max(id) FROM revisions") or 0
        self._sites: set[str] = set()
        self._crawls: dict[int | None, int] = {}
        self._merged = Merged()

    def run(self, advance: Callable[[int], None]) -> Merged:
        """All articles, then what leads from one to another, then the counts of the crawls that were written."""
        ids = self._ids("articles")
        while some := list(islice(ids, _TOGETHER)):
            with self._store.transaction():
                for article_id in some:
                    self._article(self._other.row("SELECT * FROM articles WHERE id = ?", (article_id,)) or {})
            self._merged.articles += len(some)
            advance(len(some))
        self._moves()
        self._count()
        return self._merged

    def _ids(self, table: str) -> Iterator[int]:
        return (row["id"] for row in list(self._other.rows(f"SELECT id FROM {table} ORDER BY id")))  # noqa: S608 - our own names

    def _article(self, theirs: Row) -> None:
        ours = self._match(theirs)
        lookup = Lookup(self._store, theirs["site_id"])
        if Lookup(self._other, "").is_withdrawn(theirs) or (ours and lookup.is_withdrawn(ours)):
            self._merged.counts["withdrawn"] += 1
            return
        if theirs["latest_revision_id"] is None:
            return
        if theirs["site_id"] not in self._sites:
            site = self._other.row("SELECT * FROM sites WHERE id = ?", (theirs["site_id"],)) or {}
            self._store.insert("sites", site, on_conflict="IGNORE")
            self._sites.add(theirs["site_id"])
        written: list[tuple[Subject, int]] = []
        for _ in range(_ROUNDS):
            joined = MergedArticle(self._store, self._other, self._origin, theirs, ours, self._crawl, self._base)
            changes = joined.write()
            written += joined.written
            self._merged.revisions += len(changes)
            self._merged.kinds.update(changes)
            if ours is None or not joined.written:
                break
            ours = self._store.row("SELECT * FROM articles WHERE id = ?", (ours["id"],))
        seal(self._store, written, self._now)
        self._merged.counts["new" if ours is None else "joined" if written else "known"] += 1

    def _match(self, theirs: Row) -> Row | None:
        """Our row of an article: by the owner's id, by its address; by other addresses only where both tell one story."""
        lookup = Lookup(self._store, theirs["site_id"])
        if theirs["external_id"] and (found := lookup.by_external_id(theirs["external_id"])):
            return found
        if found := lookup.by_address(theirs["url"]):
            return found
        theirs_now = Lookup(self._other, theirs["site_id"]).latest(theirs)
        aliases = self._other.rows("SELECT url FROM aliases WHERE article_id = ? ORDER BY first_seen, url", (theirs["id"],))
        for url in (theirs["url"], *(row["url"] for row in aliases)):
            found = lookup.by_alias(url) or (lookup.by_address(url) if url != theirs["url"] else None)
            if found and theirs_now and (lookup.is_withdrawn(found) or self._one_story(lookup.latest(found), theirs_now)):
                return found
        return None

    def _one_story(self, ours: Article | None, theirs: Article) -> bool:
        return ours is not None and (ours.content_hash == theirs.content_hash or same_story(ours, theirs))

    def _crawl(self, crawl_id: int | None) -> int:
        """Our row for a crawl of the other ledger; None is the taking in itself. Written when something of it is."""
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
        """Articles whose address leads to another, once both are here."""
        pairs = """SELECT a.url, b.url AS target FROM articles a JOIN articles b ON b.id = a.moved_to WHERE a.state = 'moved'"""
        lookup = Lookup(self._store, "")
        for row in list(self._other.rows(pairs)):
            moved, target = lookup.by_urls(row["url"]), lookup.by_urls(row["target"])
            if moved and target and moved["id"] != target["id"] and (moved["state"], moved["moved_to"]) == (State.MOVED, None):
                with self._store.transaction():
                    self._store.update("articles", moved["id"], {"moved_to": target["id"]})
                    seal(self._store, [(Subject.ARTICLE, moved["id"])], self._now)

    def _count(self) -> None:
        with self._store.transaction():
            for crawl_id in self._crawls.values():
                outcomes = "SELECT outcome, count(*) AS n FROM fetches WHERE crawl_id = ? GROUP BY outcome"
                counts = {row["outcome"]: row["n"] for row in self._store.rows(outcomes, (crawl_id,))}
                revisions = self._store.value("SELECT count(*) FROM revisions WHERE crawl_id = ?", (crawl_id,))
                row = {"counts": json.dumps(counts), "looks": sum(counts.values()), "revisions": revisions}
                self._store.update("crawls", crawl_id, row)
