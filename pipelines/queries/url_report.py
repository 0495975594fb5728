"""Report of one URL: the article it leads to, its fetches, and the crawls that could have fetched it.

Facts only, each from a few index look-ups; other modules explain what they mean for the next crawl.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from pipelines.queries.removed import Withdrawal, withdrawal_of
from pipelines.store.crawls import is_imported
from pipelines.store.database import Row, Store
from pipelines.store.resolver import Lookup
from pipelines.store.rows import instant_of, last_change
from pipelines.text.urls import article_key, canonicalize

FETCHES_SHOWN = 5
CRAWLS_SHOWN = 3

_FETCHES = """
SELECT url, fetched, status, outcome, reason, reason_code, robots, tdm, crawl_id FROM fetches WHERE {}
ORDER BY fetched DESC, id DESC LIMIT ?
"""
_COLUMNS = "number, change, headline, section, first_seen, date_published, date_modified"
_RESERVED = """
SELECT max(fetched) AS fetched, count(*) AS looks, reason, reason_code FROM fetches
WHERE article_id = ? AND outcome = 'reserved' AND fetched > ? HAVING count(*) > 0
"""
# A dead end counts for the site whose crawl found it; one from an archive (site null) counts for no site.
_DEAD_ENDS = """
SELECT c.site_id, f.url, max(f.fetched) AS fetched, f.outcome, f.status, f.reason, f.reason_code, count(*) AS looks
FROM fetches f LEFT JOIN crawls c ON c.id = f.crawl_id
WHERE f.article_id IS NULL AND f.url = ? GROUP BY c.site_id
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything the ledger knows of one URL."""

    url: str
    """The URL of the report, canonical if possible."""
    article: Row | None = None
    """The row of `articles` that the URL is or leads to."""
    alias: str | None = None
    """Why the URL leads there ("redirect", "slug", ...), if it is not the article's own address."""
    latest: Row | None = None
    """The article's latest revision: number, change, headline, section, stamps."""
    changed: datetime | None = None
    """When the article last changed: at its latest revision; for a first one, when it says it was published or updated."""
    moved_to: str | None = None
    withdrawn: Withdrawal | None = None
    """Set if an operator has withdrawn the article."""
    reserved: Row | None = None
    """The last fetch that found the article reserved, and the number of such fetches since it was last read."""
    looks: tuple[Row, ...] = ()
    """The last fetches, newest first."""
    dead_ends: tuple[Row, ...] = ()
    """One row for each site whose crawls found no article there: the last such fetch, and the number of them."""


def trace(store: Store, url: str) -> Trace:
    """The report of a URL, in any spelling."""
    lookup = Lookup(store, "")
    address = canonicalize(url) or url
    found = lookup.by_urls(url, address)
    if found is None:
        fetches, dead_ends = _fetches_without_article(store, url)
        return Trace(address, looks=fetches, dead_ends=dead_ends)
    if is_imported(store, found["site_id"]):
        found = {**found, "next_check": None}
    sql = f"SELECT {_COLUMNS} FROM revisions WHERE id = ?"  # noqa: S608 - our own columns
    latest = store.row(sql, (found["latest_revision_id"],))
    moved = store.value("SELECT url FROM articles WHERE id = ?", (found["moved_to"],)) if found["moved_to"] else None
    own = article_key(found["url"]) == article_key(address)
    return Trace(
        url=address,
        article=found,
        alias=None if own else _alias(store, found["id"], url, address),
        latest=latest,
        changed=last_change(latest) if latest else None,
        moved_to=moved,
        withdrawn=withdrawal_of(store, found["id"]),
        reserved=store.row(_RESERVED, (found["id"], found["last_seen"])),
        looks=tuple(store.rows(_FETCHES.format("article_id = ?"), (found["id"], FETCHES_SHOWN))),
    )


def last_crawls(store: Store, site_id: str) -> tuple[Row, ...]:
    """The last crawls of a site and its last planned start without a crawl, newest first; `counts` as a mapping."""
    began = "SELECT * FROM crawls WHERE site_id = ? AND started IS NOT NULL ORDER BY started DESC, id DESC LIMIT ?"
    never = "SELECT * FROM crawls WHERE site_id = ? AND started IS NULL ORDER BY id DESC LIMIT 1"
    rows = (*store.rows(began, (site_id, CRAWLS_SHOWN)), *store.rows(never, (site_id,)))
    return tuple({**row, "counts": json.loads(row["counts"])} for row in sorted(rows, key=lambda row: -int(row["id"])))


def sources_of(store: Store, site_id: str) -> tuple[Row, ...]:
    """What the ledger knows of a site's feeds, sitemaps and sections."""
    sql = "SELECT url, kind, fetched, status, candidates, problem_code, problem FROM sources WHERE site_id = ? ORDER BY url"
    return tuple(store.rows(sql, (site_id,)))


def _alias(store: Store, article_id: int, *urls: str) -> str | None:
    for url in urls:
        sql = "SELECT reason FROM aliases WHERE article_id = ? AND (url = ? OR url_key = ?)"
        if reason := store.value(sql, (article_id, url, article_key(url))):
            return str(reason)
    return None


def _fetches_without_article(store: Store, url: str) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Fetches that led to no article, under every spelling of the URL; and for each site the latest."""
    fetches: list[Row] = []
    dead_ends: dict[str | None, Row] = {}
    for spelling in spellings(url):
        fetches += store.rows(_FETCHES.format("article_id IS NULL AND url = ?"), (spelling, FETCHES_SHOWN))
        for row in store.rows(_DEAD_ENDS, (spelling,)):
            other = dead_ends.get(row["site_id"])
            if other is None or instant_of(row["fetched"]) > instant_of(other["fetched"]):
                dead_ends[row["site_id"]] = row
    fetches.sort(key=lambda row: str(row["fetched"]), reverse=True)
    return tuple(fetches[:FETCHES_SHOWN]), tuple(dead_ends.values())


def spellings(url: str) -> tuple[str, ...]:
    """A URL as given, canonical, and with and without `www.`, TLS and final slash: at most ten, for exact look-ups."""
    address = canonicalize(url)
    if address is None:
        return (url,)
    rest = address.partition("://")[2].removeprefix("www.")
    page, mark, query = rest.partition("?")
    bare = page.rstrip("/") if "/" in page.rstrip("/") else f"{page.rstrip('/')}/"
    pages = dict.fromkeys((bare, bare if bare.endswith("/") else f"{bare}/"))
    variants = (f"{scheme}://{www}{one}{mark}{query}" for scheme in ("https", "http") for www in ("", "www.") for one in pages)
    return tuple(dict.fromkeys((url, address, *variants)))
