"""Redaction of an article (a legal request): its text is deleted for good; its row, times, hashes and the reason stay.

The store is changed first, in one transaction. The places of the archived pages stay in it until the pages are overwritten, so
that an interrupted withdrawal can be continued by the next one. Knows no archive: see `crawler.offline.redact`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from pipelines.reasons import FetchReason
from pipelines.store.chain import Cause, Subject, is_sealed, seal
from pipelines.store.database import Row, Store
from pipelines.store.quarantine import QuarantineState
from pipelines.store.rows import moment
from pipelines.text.urls import article_key

_TEXTS = ("headline", "description", "byline", "section", "date_published_raw", "date_modified_raw")
_ERASED_COLUMNS: Row = {**dict.fromkeys(_TEXTS), "body": "", "topics": "[]"}
_URLS = """
SELECT url FROM articles WHERE id = :id UNION SELECT url FROM aliases WHERE article_id = :id
UNION SELECT url FROM fetches WHERE article_id = :id
"""


Forget = Callable[[Store, int, datetime], None]
"""Removes an article from all that is derived from its text, in the caller's transaction."""


def withdraw(store: Store, article: Row, who: str, reason: str, now: datetime, forget: Forget) -> None:
    """In one transaction, record the withdrawal, and delete all of the article's text that the store holds.

    An article that was withdrawn before stays as it is. `forget` is `pipelines.stories.update.forget`: `pipelines.stories`
    imports the store, not the other way round.
    """
    with store.transaction():
        if store.value("SELECT 1 FROM withdrawals WHERE article_id = ?", (article["id"],)):
            return
        row = {"article_id": article["id"], "at": moment(now), "who": who, "reason": reason}
        made = store.insert("withdrawals", {**row, "revisions": article["revision_count"]})
        written = [(Subject.WITHDRAWAL, made), *_erase_revisions(store, article["id"]), *_erase_readings(store, article["id"])]
        written += _erase_quarantine(store, article["id"], now)
        store.execute("DELETE FROM boilerplate_lines WHERE site_id = ?", (article["site_id"],))
        forget(store, article["id"], now)
        store.update("articles", article["id"], {"next_check": None, "stale_hash": None, "stale_since": None})
        seal(store, [*written, (Subject.ARTICLE, article["id"])], now, Cause.WITHDRAWAL)


def shared(store: Store, article_id: int, place: tuple[str, int]) -> bool:
    """Whether another article points to the same archived record too, as imports may if pages are alike."""
    sql = "SELECT 1 FROM {} WHERE warc_file = ? AND warc_offset = ? AND article_id IS NOT ?"
    return any(store.value(sql.format(table), (*place, article_id)) for table in ("revisions", "fetches"))


def forget_records(store: Store, article_id: int, file: str, now: datetime) -> None:
    """In one transaction, remove an article's pointers into a file whose records of it are gone. The hashes stay."""
    written = []
    with store.transaction():
        for table, subject in (("revisions", Subject.REVISION), ("fetches", Subject.FETCH)):
            for row in list(store.rows(f"SELECT * FROM {table} WHERE article_id = ? AND warc_file = ?", (article_id, file))):  # noqa: S608 - our own names
                store.update(table, row["id"], {"warc_file": None, "warc_offset": None})
                if is_sealed(store, subject, row["id"]):
                    written.append((subject, row["id"]))
        seal(store, written, now, Cause.WITHDRAWAL)


def keys_of(store: Store, article_id: int) -> frozenset[str]:
    """Keys of all URLs at which the article ever answered, except those that are another article's now."""
    keys = {article_key(row["url"]) for row in store.rows(_URLS, {"id": article_id})}
    taken = "SELECT 1 FROM articles WHERE url_key = ? AND id <> ?"
    return frozenset(key for key in keys if not store.value(taken, (key, article_id)))


def _erase_revisions(store: Store, article_id: int) -> Iterable[tuple[Subject, int]]:
    ids = [row["id"] for row in store.rows("SELECT id FROM revisions WHERE article_id = ?", (article_id,))]
    for revision_id in ids:
        store.update("revisions", revision_id, dict(_ERASED_COLUMNS))
        for table in ("revision_authors", "revision_images", "search_texts", "revision_facts"):
            store.execute(f"DELETE FROM {table} WHERE revision_id = ?", (revision_id,))  # noqa: S608 - our own names
    return [(Subject.REVISION, revision_id) for revision_id in ids]


def _erase_readings(store: Store, article_id: int) -> Iterable[tuple[Subject, int]]:
    sql = "SELECT g.id FROM readings g JOIN revisions r ON r.id = g.revision_id WHERE r.article_id = ?"
    ids = [row["id"] for row in store.rows(sql, (article_id,))]
    for reading_id in ids:
        store.update("readings", reading_id, {"article": "{}"})
    return [(Subject.READING, reading_id) for reading_id in ids]


def _erase_quarantine(store: Store, article_id: int, now: datetime) -> list[tuple[Subject, int]]:
    """Erase quarantined readings of this article or at one of its URLs, and reasons of fetches, which may quote a line."""
    keys = keys_of(store, article_id)
    for row in list(store.rows("SELECT id, url, article_id, state FROM quarantine")):
        if row["article_id"] == article_id or article_key(row["url"]) in keys:
            erased: Row = {"reading": "{}", "lines": "[]", "page": None}
            erased |= {"reason": "withdrawn", "reason_code": FetchReason.WITHDRAWN}
            if row["state"] == QuarantineState.QUARANTINED:
                erased |= {"state": QuarantineState.DROPPED, "settled": moment(now)}
            store.update("quarantine", row["id"], erased)
    rows = list(store.rows("SELECT id FROM fetches WHERE article_id = ? AND outcome = 'quarantined'", (article_id,)))
    for row in rows:
        store.update("fetches", row["id"], {"reason": None, "reason_code": None})
    return [(Subject.FETCH, row["id"]) for row in rows if is_sealed(store, Subject.FETCH, row["id"])]
