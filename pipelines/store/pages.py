"""Archived pages to which the ledger points: the place of each, and facts by which no other record can be mistaken for it.

Reads only the ledger, never the archive: the reader of a record asks `ArchivedPage.refusal` whether it is the right one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.article import ArchivedRecord
from pipelines.store.database import Row, Store
from pipelines.store.rows import ARCHIVED, archived_of
from pipelines.text.urls import article_key, canonicalize

NO_FILE = "its file is not in the archive"
NOT_THERE = "its page is not in the archive"
PRUNED = "its page was pruned"
"""Beginning of a reason; day and policy follow."""
_RECEIVED = "its page in the archive is not the one that was received"
_OTHER = "its record in the archive is of another page, or of another time"
_CHANGED = "its record in the archive is not as it was: its headers differ"
_REQUEST = "its request in the archive is not the one that was sent"

# For a revision `r` of an article `a`, each with an index: what the fetch that created it says about its record; the URLs of the
# article and of the fetch that first saw it; the times in which its text was seen.
EVIDENCE = f"""
    (SELECT json_object({", ".join(f"'{column}', {column}" for column in ARCHIVED)}) FROM fetches WHERE article_id = a.id
        AND warc_file = r.warc_file AND warc_offset = r.warc_offset AND record_hash IS NOT NULL LIMIT 1) AS archived,
    (SELECT json_group_array(url) FROM (SELECT a.url UNION SELECT r.canonical_url
        UNION SELECT url FROM aliases WHERE article_id = a.id
        UNION SELECT url FROM fetches WHERE article_id = a.id AND fetched = r.first_seen)) AS urls,
    (SELECT json_group_array(json_array(first_seen, last_seen)) FROM revisions
        WHERE article_id = a.id AND content_hash = r.content_hash) AS seen
"""  # noqa: S608 - our own columns
_REVISION = f"""SELECT r.warc_file, r.warc_offset, r.payload_hash, {EVIDENCE}
    FROM revisions r JOIN articles a ON a.id = r.article_id
    WHERE r.id = ? AND r.warc_file IS NOT NULL AND r.warc_offset IS NOT NULL"""  # noqa: S608 - our own columns


_NEWEST = """
SELECT r.warc_file FROM revisions r JOIN crawls c ON c.id = r.crawl_id WHERE r.id > (SELECT max(id) FROM revisions) - 1000
    AND r.warc_file IS NOT NULL AND c.worker IS NULL AND c.trigger NOT IN ('import', 'merge') ORDER BY r.id DESC LIMIT 1
"""
_NEWEST_OF_WORKERS = """
SELECT r.warc_file, max(r.id) FROM revisions r JOIN crawls c ON c.id = r.crawl_id
    WHERE r.id > (SELECT max(id) FROM revisions) - 1000 AND instr(r.warc_file, '/') AND c.worker IS NOT NULL
    GROUP BY substr(r.warc_file, 1, instr(r.warc_file, '/'))
"""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """An archived record to which a revision or a fetch points."""

    file: str
    offset: int
    payload_hash: str | None = None
    record: ArchivedRecord | None = None
    """None if an older version wrote the pointer."""
    addresses: frozenset[str] = frozenset()
    """Keys (`article_key`) of the URLs at which it may have been captured; used only without `record` and `payload_hash`."""
    seen: tuple[tuple[str, str], ...] = ()
    """Periods (first, last) in which it may have been captured; used only without `record`."""

    def refusal(self, found: ArchivedRecord, payload_hash: str | None) -> str | None:
        """Why the record that was found is not the right one; None if it is."""
        if self.payload_hash and payload_hash != self.payload_hash:
            return _RECEIVED
        if self.record is None:
            at_its_time = any(first <= found.date <= last for first, last in self.seen)
            known = self.payload_hash or article_key(canonicalize(found.uri) or found.uri) in self.addresses
            return None if at_its_time and known else _OTHER
        if (found.uri, found.date) != (self.record.uri, self.record.date):
            return _OTHER
        if found.record_hash != self.record.record_hash:
            return _CHANGED
        return _REQUEST if found.request_hash != self.record.request_hash else None


def page_of_revision(store: Store, revision_id: int) -> ArchivedPage | None:
    """The page from which a revision was read; None if it is not archived."""
    row = store.row(_REVISION, (revision_id,))
    return page_of(row) if row else None


def newest_page(store: Store) -> str | None:
    """The file of the newest page that a crawl of this machine archived; None if it is in none of the last 1,000 revisions."""
    return store.text(_NEWEST)


def newest_pages_of_workers(store: Store) -> tuple[str, ...]:
    """The file of the newest page that workers archived, for each machine whose pages are in the last 1,000 revisions."""
    return tuple(str(row["warc_file"]) for row in store.rows(_NEWEST_OF_WORKERS))


def page_of(row: Row) -> ArchivedPage:
    """The page of a revision's row with `EVIDENCE`."""
    urls, seen = json.loads(row["urls"]), json.loads(row["seen"])
    return ArchivedPage(
        *place_of(row), row["payload_hash"], archived_of(json.loads(row["archived"])) if row["archived"] else None,
        frozenset(article_key(url) for url in urls if url), tuple((first, last) for first, last in seen),
    )  # fmt: skip


def page_of_fetch(row: Row) -> ArchivedPage:
    urls = (row["url"], row["answered_url"])
    return ArchivedPage(*place_of(row), row["payload_hash"], archived_of(row),
                        frozenset(article_key(url) for url in urls if url), ((row["fetched"], row["fetched"]),))  # fmt: skip


def page_of_export(record: Mapping[str, Any]) -> ArchivedPage | None:
    """The page of a revision in the form of `export`."""
    article, revision, fetches = record["article"], record["revision"], record["looks"]
    if revision["warc_file"] is None or revision["warc_offset"] is None:
        return None
    known = (archived_of(row) for row in fetches if place_of(row) == place_of(revision))
    urls = {article["url"], revision["canonical_url"], *(row["url"] for row in (*article["aliases"], *fetches))}
    keys, seen = frozenset(article_key(url) for url in urls if url), (revision["first_seen"], revision["last_seen"])
    return ArchivedPage(*place_of(revision), revision["payload_hash"], next(filter(None, known), None), keys, (seen,))


def place_of(row: Row) -> tuple[str, int]:
    """File and offset; a damaged pointer gives a file name that no file has."""
    file, offset = row["warc_file"], row["warc_offset"]
    return (file, offset) if isinstance(file, str) and isinstance(offset, int) else ("", 0)
