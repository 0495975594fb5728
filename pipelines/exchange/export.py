"""Export of revisions as records, selected by site, time, kind of change or words, in order of their ids.

A record is complete: the revision with its parts, and its article and site. docs/export.md
explains each field. Reads a window of ids at a time, so that memory use is constant. Withdrawn articles are in none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.queries.search_terms import match_of
from pipelines.store.database import Row, Store
from pipelines.store.rows import ARCHIVED, moment

FORMAT = "newsledger-revision/1"
"""Name of the format. An added field keeps it; a removed or redefined field makes it /2."""

Record = dict[str, Any]

WINDOW = 500
"""Ids in a window. More: more memory; fewer: more statements."""

SITE = ("id", "name", "url", "country", "region", "owner", "platform", "timezone", "language")
ARTICLE = (
    *("url", "external_id", "kind", "date_published", "first_seen", "last_seen", "last_checked", "next_check", "state"),
    *("suspected_since", "suspected_looks", "revision_count"),
)
REVISION = (
    *("number", "change", "changed_fields", "reverted_to", "headline", "description", "body", "byline", "section", "topics"),
    *("kind", "language", "is_accessible_for_free", "canonical_url", "date_published", "date_published_raw", "date_modified"),
    *("date_modified_raw", "first_seen", "last_seen", "not_before", "content_hash", "extractor", "warc_file", "warc_offset"),
    *("payload_hash", "reads_as"),
)
FETCH = (
    *("fetched", "url", "status", "outcome", "bytes", "reason", "reason_code", "warc_file", "warc_offset", "payload_hash"),
    *("robots", "tdm", "answered_url", "content_hash", "date_modified", "external_id", "doubt", "canonical_url"),
    *ARCHIVED,
)
READING = ("replaced", "extractor", "content_hash", "article")

# CROSS JOIN and NOT INDEXED make SQLite read by id, in order: with any other index it would sort all of them first.
_SELECTED_REVISIONS = """
SELECT r.*, back.number AS reverted_to_number, same.number AS reads_as_number FROM revisions r {index}
CROSS JOIN articles a ON a.id = r.article_id
LEFT JOIN revisions back ON back.id = r.reverted_to LEFT JOIN revisions same ON same.id = r.reads_as
WHERE r.id > :after AND r.id <= :until AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = r.article_id) {and_what}
ORDER BY r.id
"""
_AUTHORS = (
    "SELECT revision_id, name, role, agency, kind FROM revision_authors WHERE revision_id IN {ids} ORDER BY revision_id, position"
)
_IMAGES = """SELECT revision_id, url, alt, caption, credit FROM revision_images WHERE revision_id IN {ids}
    ORDER BY revision_id, position"""
_READINGS = "SELECT * FROM readings WHERE revision_id IN {ids} ORDER BY id"
# Fetches that concern the article, from the revision's first to the next revision's first; with the first revision also what its
# address answered before it was known, and redirects that led to it.
_FETCHES = """SELECT r.id AS revision_id, f.* FROM revisions r JOIN fetches f ON f.article_id = r.article_id
    AND f.fetched >= r.first_seen AND f.fetched < coalesce(
        (SELECT n.first_seen FROM revisions n WHERE n.article_id = r.article_id AND n.number = r.number + 1), '~')
    AND f.outcome NOT IN ('robots', 'refused', 'reserved', 'error', 'quarantined', 'not_article')
    WHERE r.id IN {ids}
    UNION SELECT r.id, f.* FROM revisions r CROSS JOIN articles a ON a.id = r.article_id
    CROSS JOIN fetches f ON f.article_id IS NULL AND f.answered_url = a.url AND f.outcome = 'moved'
    WHERE r.id IN {ids} AND r.number = 1
    UNION SELECT r.id, f.* FROM revisions r CROSS JOIN articles a ON a.id = r.article_id
    CROSS JOIN fetches f ON f.article_id IS NULL AND f.url = a.url AND f.outcome IN ('moved', 'gone', 'not_modified')
    WHERE r.id IN {ids} AND r.number = 1 ORDER BY fetched, id"""
_ARTICLES = """SELECT a.*, other.url AS moved_to_url FROM articles a LEFT JOIN articles other ON other.id = a.moved_to
    WHERE a.id IN {ids}"""
_ALIASES = "SELECT article_id, url, reason, first_seen FROM aliases WHERE article_id IN {ids} ORDER BY first_seen, url"
_STATES = "SELECT article_id, at, state, status, reason FROM states WHERE article_id IN {ids} ORDER BY id"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which revisions; a filter that is not set matches all."""

    sites: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    """First seen at or after `since`, and before `until`; aware."""
    changes: tuple[str, ...] = ()
    words: str = ""
    """All of these are in the revision; `"a phrase"` stays together, `word*` finds prefixes."""
    latest: bool = False
    """Only the latest revision of each article."""
    article_id: int | None = None


def count(store: Store, selection: Selection) -> int:
    sql, parameters = _statement(selection)
    everything: dict[str, object] = {**parameters, "after": 0, "until": _last_revision_id(store)}
    return int(store.value(f"SELECT count(*) FROM ({sql})", everything))  # noqa: S608 - our own statement


def records(store: Store, selection: Selection) -> Iterator[Record]:
    """The selected revisions as records, by id. The caller decides whether all are of one moment (`Store.snapshot`)."""
    sql, parameters = _statement(selection)
    for after in range(0, _last_revision_id(store), WINDOW):
        window: dict[str, object] = {**parameters, "after": after, "until": after + WINDOW}
        found = list(store.rows(sql, window))
        if found:
            yield from _records_of(store, found)


def _last_revision_id(store: Store) -> int:
    return int(store.value("SELECT max(id) FROM revisions") or 0)


def _statement(selection: Selection) -> tuple[str, dict[str, object]]:
    """The statement of one window, and its parameters without the window's."""
    parts, parameters = [], dict[str, object]()
    if selection.sites:
        parts.append("a.site_id IN (SELECT value FROM json_each(:sites))")
        parameters["sites"] = json.dumps(selection.sites)
    if selection.changes:
        parts.append("r.change IN (SELECT value FROM json_each(:changes))")
        parameters["changes"] = json.dumps(selection.changes)
    if selection.since:
        parts.append("r.first_seen >= :since")
        parameters["since"] = moment(selection.since)
    if selection.until:
        parts.append("r.first_seen < :before")
        parameters["before"] = moment(selection.until)
    if selection.words:
        within = "rowid > :after AND rowid <= :until"
        parts.append(f"r.id IN (SELECT rowid FROM revisions_fts WHERE revisions_fts MATCH :words AND {within})")  # noqa: S608
        parameters["words"] = match_of(selection.words) or '""'
    if selection.latest:
        parts.append("r.id = a.latest_revision_id")
    if selection.article_id is not None:
        parts.append("r.article_id = :article")
        parameters["article"] = selection.article_id
    index = "NOT INDEXED" if selection.article_id is None else ""
    return _SELECTED_REVISIONS.format(index=index, and_what="".join(f" AND {part}" for part in parts)), parameters


def _records_of(store: Store, found: list[Row]) -> Iterator[Record]:
    """The records of several rows of `revisions`, whose parts are read together."""
    revisions, articles = [row["id"] for row in found], sorted({row["article_id"] for row in found})
    authors, images, readings, fetches = (
        _grouped(store, sql, revisions, "revision_id") for sql in (_AUTHORS, _IMAGES, _READINGS, _FETCHES)
    )
    aliases, states = (_grouped(store, sql, articles, "article_id") for sql in (_ALIASES, _STATES))
    by_id = {row["id"]: row for row in _rows_for_ids(store, _ARTICLES, articles)}
    sites = {
        row["id"]: row
        for row in _rows_for_ids(store, "SELECT * FROM sites WHERE id IN {ids}", {r["site_id"] for r in by_id.values()})
    }
    for row in found:
        article = by_id[row["article_id"]]
        moved = {"moved_to": article["moved_to_url"]}
        related = {"aliases": aliases[article["id"]], "states": states[article["id"]]}
        yield {
            "format": FORMAT,
            "site": _selected_columns(sites[article["site_id"]], SITE),
            "article": {**_selected_columns(article, ARTICLE), **moved, **related},
            "revision": {**_revision(row), "authors": authors[row["id"]], "images": images[row["id"]]},
            "readings": [
                {**_selected_columns(one, READING), "article": json.loads(one["article"])} for one in readings[row["id"]]
            ],
            "looks": [{**_selected_columns(one, FETCH), **_archive_location(one)} for one in fetches[row["id"]]],
        }


def _revision(row: Row) -> Row:
    """A row of `revisions` in portable form: lists as lists, other revisions by their numbers."""
    free = row["is_accessible_for_free"]
    return {
        **_selected_columns(row, REVISION),
        **_archive_location(row),
        "changed_fields": json.loads(row["changed_fields"]),
        "topics": json.loads(row["topics"]),
        "is_accessible_for_free": None if free is None else bool(free),
        "reverted_to": row["reverted_to_number"],
        "reads_as": row["reads_as_number"],
    }


def _archive_location(row: Row) -> Row:
    """The location of a row's page in the archive; None if the pointer is damaged."""
    file, offset = row["warc_file"], row["warc_offset"]
    is_sound = isinstance(file, str | None) and isinstance(offset, int | None)
    return {"warc_file": file if is_sound else None, "warc_offset": offset if is_sound else None}


def _selected_columns(row: Row, columns: Iterable[str]) -> Row:
    return {column: row[column] for column in columns}


def _rows_for_ids(store: Store, sql: str, ids: Iterable[object]) -> Iterator[Row]:
    return store.rows(sql.format(ids="(SELECT value FROM json_each(:ids))"), {"ids": json.dumps(list(ids))})


def _grouped(store: Store, sql: str, ids: Iterable[int], key: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in _rows_for_ids(store, sql, ids):
        groups[row.pop(key)].append(row)
    return groups
