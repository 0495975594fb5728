"""Archived pages that the ledger points at: where each is, and what is known of it, so that no other record is taken for it.

Reads only, and knows no archive: whoever reads a record asks `ArchivedPage.refusal` whether it is the one.
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
"""What a reason begins with; day and policy follow."""
_RECEIVED = "its page in the archive is not the one that was received"
_OTHER = "its record in the archive is of another page, or of another time"
_CHANGED = "its record in the archive is not as it was: its headers differ"
_REQUEST = "its request in the archive is not the one that was sent"

# Of a revision `r` of an article `a`, each along an index: what the fetch that brought it knows of its record; the addresses of
# the article and of the fetch that first saw it; when its text was there.
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


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """An archived record that a revision or a fetch points at."""

    file: str
    offset: int
    payload_hash: str | None = None
    record: ArchivedRecord | None = None
    """None where an older version wrote the pointer."""
    addresses: frozenset[str] = frozenset()
    """Keys (`article_key`) of the addresses at which it may have been captured."""
    seen: tuple[tuple[str, str], ...] = ()
    """From when to when it may have been captured. Both say something only where nothing better is known."""

    def refusal(self, found: ArchivedRecord, payload_hash: str | None) -> str | None:
        """Why the record that stands there is not the one; None where it is."""
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
    """The page that a revision was read from, where it is archived."""
    row = store.row(_REVISION, (revision_id,))
    return page_of(row) if row else None


def newest_page(store: Store) -> str | None:
    """The file of the newest page that a crawl of this machine archived, of the last 1,000 revisions; None: of them none is."""
    found = store.value(_NEWEST)
    return str(found) if found else None


def page_of(row: Row) -> ArchivedPage:
    """Of a revision's row with `EVIDENCE`."""
    urls, seen = json.loads(row["urls"]), json.loads(row["seen"])
    return ArchivedPage(
        *place_of(row), row["payload_hash"], archived_of(json.loads(row["archived"])) if row["archived"] else None,
        frozenset(article_key(url) for url in urls if url), tuple((first, last) for first, last in seen),
    )  # fmt: skip


def page_of_fetch(row: Row) -> ArchivedPage:
    """Of a fetch's row."""
    urls = (row["url"], row["answered_url"])
    return ArchivedPage(*place_of(row), row["payload_hash"], archived_of(row),
                        frozenset(article_key(url) for url in urls if url), ((row["fetched"], row["fetched"]),))  # fmt: skip


def page_of_export(record: Mapping[str, Any]) -> ArchivedPage | None:
    """Of a revision as `export` has it."""
    article, revision, fetches = record["article"], record["revision"], record["looks"]
    if revision["warc_file"] is None or revision["warc_offset"] is None:
        return None
    known = (archived_of(row) for row in fetches if place_of(row) == place_of(revision))
    urls = {article["url"], revision["canonical_url"], *(row["url"] for row in (*article["aliases"], *fetches))}
    keys, seen = frozenset(article_key(url) for url in urls if url), (revision["first_seen"], revision["last_seen"])
    return ArchivedPage(*place_of(revision), revision["payload_hash"], next(filter(None, known), None), keys, (seen,))


def place_of(row: Row) -> tuple[str, int]:
    """File and offset; a pointer that is damaged leads to no file."""
    file, offset = row["warc_file"], row["warc_offset"]
    return (file, offset) if isinstance(file, str) and isinstance(offset, int) else ("", 0)
