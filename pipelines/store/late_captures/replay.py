"""Puts late captures into their place: the articles that they affect are rewritten, in order of time, by the code of a crawl.

The known captures of those articles (`pipelines.store.late_captures.events`) and the new ones are written into a scratch
ledger, and the differences are brought back. Rows that stay keep their ids, numbers may change, a row that is no longer a
revision is deleted, and all of it is sealed. So a ledger is a function of its captures, not of the order of their arrival.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from pipelines.article import CHANGES, Article, Outcome
from pipelines.history.anomalies import Readings
from pipelines.reasons import because
from pipelines.store.chain import Cause, Subject, is_sealed, seal
from pipelines.store.database import Row, Store
from pipelines.store.judgement import Judgement, Recorded
from pipelines.store.late_captures.events import (
    HistoryEvent,
    Neighbourhood,
    events_of,
    in_order,
    neighbourhood,
    repeated,
    unresolved,
)
from pipelines.store.late_captures.rewrite import Rewrite
from pipelines.store.quarantine import Quarantine
from pipelines.store.statistics import host_of
from pipelines.store.writer import RevisionWriter


class LedgerWriter(RevisionWriter):
    """A writer whose items may arrive in any order."""

    _in_order = False

    def late(self, judged: Judgement) -> HistoryEvent:
        """A late capture as an event for `replay`; many events in one call cost less than each by itself."""
        item = replace(judged.item, fetch=judged.fetch) if isinstance(judged.item, Article) else judged.fetch
        return HistoryEvent(item, self._site_id, self._crawl_id)

    def believe(self, article: Article, now: datetime) -> Recorded:
        """Record a quarantined reading at its own time, which may be long ago."""
        return replay(self._store, [HistoryEvent(article, self._site_id, self._crawl_id, is_believed=True)], now).recorded[0]

    def apply(self, judged: Judgement, now: datetime | None = None) -> Recorded:
        """Write a judged item; if it is late, by a replay of its articles."""
        return replay(self._store, [self.late(judged)], now).recorded[0] if judged.is_late else super().apply(judged, now)


@dataclass(frozen=True, slots=True)
class Replayed:
    """Result of a replay."""

    recorded: list[Recorded]
    """One for each event."""
    articles: int = 0
    changes: tuple[str, ...] = ()
    """What was added: `articles` is the number of new articles, `changes` the change kinds of new revisions."""
    is_changed: bool = False


def replay(store: Store, events: Sequence[HistoryEvent], now: datetime | None,
           adopt: Callable[[HistoryEvent], HistoryEvent] = lambda event: event) -> Replayed:  # fmt: skip
    """Write captures, and rewrite all that they affect, in one transaction; captures that it has already change nothing.

    `adopt` converts an event of another ledger to this one; it is called only for events that are new here.
    """
    with store.transaction(), ExitStack() as stack:
        around = neighbourhood(store, events)
        known = events_of(store, around, now)
        believed = {event.identity for event in events if event.is_believed}
        known = [event for event in known if event.identity not in believed]
        rows = _rows_of(events, known) | _refused(store, around, events)
        fresh: dict[tuple[str, ...], HistoryEvent] = {}
        for event in events:
            if event.identity not in rows and event.identity not in fresh:
                fresh[event.identity] = adopt(event)
        if not fresh:
            return Replayed([_recorded_already(rows[event.identity]) for event in events])
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="newsledger-"))
        file = Path(folder) / "scratch.db"
        file.write_bytes(_empty_ledger())
        scratch = stack.enter_context(Store(file))
        site_id = events[0].site_id
        captures = (event if event.site_id else replace(event, site_id=site_id) for event in known)
        written = in_order((*captures, *fresh.values()))
        with scratch.transaction():
            results = _Scratch(store, scratch, around, written).write(now)
        articles = [row for row in scratch.rows("SELECT * FROM articles ORDER BY id") if row["id"] not in around.withdrawn]
        rewrite = Rewrite(store, scratch, around, articles, list(scratch.rows("SELECT * FROM fetches ORDER BY id")), written)
        rewrite.write()
        at = now or max(event.fetch.fetched for event in written)
        seal(store, rewrite.changed(), at, Cause.ORDER, rewrite.taken_out)
        became = {event.identity: rewrite.recorded(result) for event, result in zip(written, results, strict=True)}
        recorded = [became.get(event.identity) or _recorded_already(rows[event.identity]) for event in events]
        return Replayed(recorded, rewrite.articles, tuple(rewrite.changes), is_changed=True)


@cache
def _empty_ledger() -> bytes:
    """The file of a ledger without rows: making it takes some 40 ms, opening a copy 3."""
    with tempfile.TemporaryDirectory(prefix="newsledger-") as folder:
        copy = Path(folder) / "copy.db"
        with Store(Path(folder) / "made.db") as made:
            made.backup(copy)
        return copy.read_bytes()


def resolve_revisits(store: Store, sites: Mapping[str, str], now: datetime) -> list[Recorded]:
    """Record the revisits that arrived before the captures that they repeat; `sites`: host (without www) -> site id."""
    with store.transaction():
        events, sealed = [], []
        for row, revisit in unresolved(store):
            site_id = sites.get(host_of(revisit.url))
            item = repeated(store, row["payload_digest"], revisit) if site_id else None
            if site_id and item:
                if is_sealed(store, Subject.FETCH, row["id"]):
                    sealed.append((Subject.FETCH, row["id"]))
                store.execute("DELETE FROM fetches WHERE id = ?", (row["id"],))
                events.append(HistoryEvent(item, site_id, row["crawl_id"]))
        seal(store, (), now, Cause.ORDER, sealed)
        return replay(store, events, now).recorded if events else []


def _rows_of(events: Iterable[HistoryEvent], known: Iterable[HistoryEvent]) -> dict[tuple[str, ...], Row | None]:
    """Identity -> row of the captures that the ledger has already, perhaps read by another extractor."""
    known = list(known)
    rows = {event.identity: event.row for event in known}
    read = {event.place: event for event in known if event.extractor}
    for event in events:
        same = read.get(event.place)
        if event.identity not in rows and event.extractor and same and same.extractor != event.extractor:
            rows[event.identity] = same.row
    return rows


def _refused(store: Store, around: Neighbourhood, events: Iterable[HistoryEvent]) -> dict[tuple[str, ...], Row | None]:
    """Identity -> row of captures that were refused before because their article is withdrawn."""
    sql = "SELECT * FROM fetches WHERE article_id IN (SELECT value FROM json_each(?))"
    rows = {}
    if around.withdrawn:
        for row in store.rows(sql, (json.dumps(list(around.withdrawn)),)):
            rows[row["fetched"], row["answered_url"] or row["url"]] = row
    return {event.identity: rows[event.place] for event in events if event.place in rows}


def _recorded_already(row: Row | None) -> Recorded:
    """The result of a capture that the ledger has already."""
    row = row or {}
    return Recorded(Outcome.UNCHANGED if row["outcome"] in CHANGES else Outcome(row["outcome"]), row["article_id"])


class _ScratchWriter(RevisionWriter):
    _seals = False


class _Scratch:
    """An empty ledger into which events are written in order, each as its crawl or import would have written it."""

    def __init__(self, store: Store, scratch: Store, around: Neighbourhood, events: Sequence[HistoryEvent]) -> None:
        self._scratch = scratch
        self._events = events
        self._writers: dict[tuple[str, int | None], tuple[RevisionWriter, Quarantine]] = {}
        for name in list(scratch.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'revisions_fts_%'")):
            scratch.execute(f"DROP TRIGGER {name['name']}")  # the scratch ledger is never searched
        scratch.execute("PRAGMA defer_foreign_keys = ON")
        sites = {event.site_id for event in events} | {row["site_id"] for row in around.withdrawn.values()}
        _copy(store, scratch, "sites", "id", sorted(sites))
        _copy(store, scratch, "crawls", "id", sorted({event.crawl_id for event in events if event.crawl_id is not None}))
        for row in around.withdrawn.values():
            scratch.insert("articles", row | {"latest_revision_id": None, "moved_to": None})
        for table in ("aliases", "withdrawals"):
            _copy(store, scratch, table, "article_id", sorted(around.withdrawn))

    def write(self, now: datetime | None) -> list[Recorded]:
        """Write all events; one result each."""
        return [self._write(event, now) for event in self._events]

    def _write(self, event: HistoryEvent, now: datetime | None) -> Recorded:
        writer, quarantine = self._writer_of(event)
        judged = writer.judge(event.item, now)
        if not event.is_believed and (waits := quarantine.second_look(judged)):
            held, reason = waits
            aside = because(replace(held.fetch, content_hash=held.hash), Outcome.QUARANTINED, reason)
            recorded = writer.apply(writer.judge(aside, now), now)
            quarantine.keep(held, aside, reason, recorded.article_id)
            return recorded
        recorded = writer.apply(judged, now)
        if recorded.revision_id and isinstance(event.item, Article):
            quarantine.accept(event.item, judged.fetch)
        return recorded

    def _writer_of(self, event: HistoryEvent) -> tuple[RevisionWriter, Quarantine]:
        key = event.site_id, event.crawl_id
        if key not in self._writers:
            quarantine = Quarantine(self._scratch, *key, Readings())
            self._writers[key] = _ScratchWriter(self._scratch, *key), quarantine
        return self._writers[key]


def _copy(store: Store, scratch: Store, table: str, column: str, keys: Iterable[object]) -> None:
    sql = f"SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names
    for row in list(store.rows(sql, (json.dumps(list(keys)),))):
        scratch.insert(table, row)
