"""Snapshot of a site: what the store knows of all that a crawl can meet. It suffices to plan the requests, and to see that a
page is unchanged, without reading the store again.

It is loaded in two steps: the sources at the start; the articles when all sources have answered, by one question about what
they name and what is due. So the cost depends on what a crawl meets, not on all that the site ever published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from pipelines.article import Article, Outcome
from pipelines.history.edit_rates import EditRateModel
from pipelines.history.revisions import Known
from pipelines.history.revisit import RETRIED_FOR
from pipelines.history.validators import ValidatorTrust
from pipelines.store.crawls import Source
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of, known_of, last_change, moment, traits_of
from pipelines.store.statistics import host_of, load_edit_rates, load_trust
from pipelines.text.urls import amp_to_article, article_key

_ARTICLES = """
SELECT a.id, a.url, a.url_key, a.external_id, a.state, a.next_check, a.etag, a.last_modified, a.validators_url,
    a.claimed_modified, a.stale_hash, a.stale_since, a.revision_count,
    EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = a.id) AS withdrawn,
    EXISTS (SELECT 1 FROM aliases s WHERE s.article_id = a.id AND s.reason = 'canonical')
        AND NOT EXISTS (SELECT 1 FROM fetches f WHERE f.article_id = a.id AND f.url = a.url) AS claimed,
    a.last_checked, a.listed_in, r.number, r.first_seen, r.content_hash, r.date_modified, r.date_published, r.extractor,
    r.is_accessible_for_free, r.section, a.kind, coalesce(a.date_published, a.first_seen) AS published,
    (SELECT group_concat(i.url, ' ') FROM revision_images i WHERE i.revision_id = r.id AND i.caption IS NOT NULL) AS pictures
FROM articles a JOIN revisions r ON r.id = a.latest_revision_id WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id
"""
_EARLIER = """
SELECT r.id, r.article_id, r.content_hash, r.date_modified FROM articles a JOIN revisions r ON r.article_id = a.id
WHERE a.id IN (SELECT value FROM json_each(?)) AND a.revision_count > 1 AND r.id <> a.latest_revision_id
ORDER BY r.article_id, r.number
"""
_RESERVED = """
SELECT f.article_id, f.url, max(f.fetched) AS fetched, count(*) AS looks FROM articles a JOIN fetches f ON f.article_id = a.id
WHERE f.outcome = 'reserved' AND a.id IN (SELECT value FROM json_each(?)) AND f.fetched > a.last_seen GROUP BY f.article_id
"""
_OWNERS = """
SELECT id FROM articles WHERE site_id = :site AND url_key IN (SELECT value FROM json_each(:some))
UNION SELECT a.id FROM aliases s JOIN articles a ON a.id = s.article_id
    WHERE s.url_key IN (SELECT value FROM json_each(:some)) AND a.site_id = :site
"""
_KEYS = """
SELECT url_key FROM articles WHERE id IN (SELECT value FROM json_each(:some))
UNION SELECT url_key FROM aliases WHERE article_id IN (SELECT value FROM json_each(:some))
"""
_ALIASES = """
SELECT s.url_key, s.article_id FROM aliases s JOIN articles a ON a.id = s.article_id
WHERE s.url_key IN (SELECT value FROM json_each(:some)) AND a.site_id = :site ORDER BY s.url
"""
_BY_ID = "SELECT id FROM articles WHERE site_id = :site AND external_id IN (SELECT value FROM json_each(:some))"
_LISTED = "SELECT id FROM articles WHERE site_id = :site AND listed_in IN (SELECT value FROM json_each(:some))"
_DUE = "SELECT id FROM articles WHERE site_id = ? AND next_check <= ?"
_ELSEWHERE = "SELECT url_key FROM articles WHERE url_key IN (SELECT value FROM json_each(:some)) AND site_id <> :site"
_FAILED = """
SELECT DISTINCT f.url FROM crawls c CROSS JOIN fetches f INDEXED BY fetches_failed ON f.crawl_id = c.id
WHERE c.site_id = ? AND c.started > ? AND f.article_id IS NULL AND f.outcome = 'error'
"""
_ENDS = "SELECT url FROM dead_ends WHERE url_key IN (SELECT value FROM json_each(:some))"
_ATTEMPTS = """
SELECT f.url, max(f.fetched) AS fetched, f.outcome, count(*) AS looks
FROM fetches f INDEXED BY fetches_without_article CROSS JOIN crawls c ON c.id = f.crawl_id
WHERE f.article_id IS NULL AND f.url IN (SELECT value FROM json_each(:some)) AND c.site_id = :site GROUP BY f.url
"""
_BATCH = 500
"""Number of keys or ids in one statement."""
LONGEST_CRAWL = timedelta(days=1)

_ARCHIVED = """
SELECT url, fetched, payload_hash FROM fetches WHERE article_id = ? AND payload_hash IS NOT NULL AND warc_file IS NOT NULL
ORDER BY fetched DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class LastArchived:
    """The last response of an article that is in the archive."""

    url: str
    fetched: datetime
    payload_hash: str


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The last fetch of a URL that led to no article, and how many there were."""

    url: str
    fetched: datetime
    outcome: Outcome
    looks: int


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """One article as of the crawl's start. Times are in the store's form."""

    url: str
    known: Known
    next_check: str | None
    etag: str | None
    last_modified: str | None
    validators_url: str | None
    """The URL that sent the validators; they are not valid for another."""
    claimed_modified: str | None
    reserved: LastAttempt | None = None
    """The last fetch at which it was reserved, if it has been reserved since it was last read."""
    looked: datetime | None = None
    """Time of its last fetch, whatever the outcome; the name is a key of the cluster's messages."""
    changed: datetime | None = None
    edits: int = 0
    """Number of changes seen."""
    listed_in: str | None = None
    """The sitemap or feed that named it when that was last read."""
    withdrawn: bool = False
    """An operator has withdrawn it: it is never fetched again."""
    pictures: str = ""
    """Pictures of the latest revision; see `pictures_of`."""
    is_claimed: bool = False
    """Its URL was only named by another page as canonical and never read itself: the page there may be another article."""
    kind: str = "article"
    section: str | None = None
    changed_after: float = 0.0
    """Hours from its publication to its last change; 0 if it has none."""


@dataclass(frozen=True, slots=True)
class SnapshotQuestion:
    """What a crawl needs to know about its site once its sources have answered."""

    keys: tuple[str, ...] = ()
    """Keys of the URLs that the sources name."""
    external_ids: tuple[str, ...] = ()
    """The owner's ids in those URLs."""
    lists: tuple[str, ...] = ()
    """Sitemaps and feeds that were read completely: what they named before may be missing now."""
    until: datetime | None = None
    """Rechecks that are due until this time; None: nothing is rechecked."""
    everything: bool = False
    """All articles of the site."""


@dataclass(slots=True)
class SiteSnapshot:
    """Articles by key of URL (aliases too) and by owner's id; URLs that led nowhere; sources. Only what a crawl can meet."""

    articles: dict[str, KnownArticle] = field(default_factory=dict)
    by_external_id: dict[str, KnownArticle] = field(default_factory=dict)
    dead_ends: dict[str, LastAttempt] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    edit_rates: EditRateModel = field(default_factory=EditRateModel)
    trust: dict[str, ValidatorTrust] = field(default_factory=dict)
    """Validator trust by host; see `trust_in`."""

    elsewhere: set[str] = field(default_factory=set)
    """Keys of URLs that belong to another site's article: titles of one owner share hosts and stories."""

    @classmethod
    def begin(cls, store: Store, site_id: str) -> SiteSnapshot:
        """What a crawl needs before its first request: the sources, and how often the site edits. It has no articles yet."""
        snapshot = cls(edit_rates=load_edit_rates(store, site_id))
        for row in store.rows("SELECT * FROM sources WHERE site_id = ?", (site_id,)):
            del row["site_id"]
            snapshot.sources[row["url"]] = Source(**{**row, "fetched": instant_of(row["fetched"])})
        return snapshot

    @classmethod
    def load(cls, store: Store, site_id: str) -> SiteSnapshot:
        """All that is known of a site, however old; no crawl needs it."""
        snapshot = cls.begin(store, site_id)
        keys = tuple(row[0] for row in store.values("SELECT DISTINCT url_key FROM dead_ends"))
        snapshot.add(look_up(store, site_id, SnapshotQuestion(keys, everything=True)))
        return snapshot

    def add(self, other: SiteSnapshot) -> None:
        """Add the result of `look_up`."""
        self.articles |= other.articles
        self.by_external_id |= other.by_external_id
        self.dead_ends |= other.dead_ends
        self.trust |= other.trust
        self.elsewhere |= other.elsewhere

    def find(self, url: str, external_id: str | None = None) -> KnownArticle | None:
        found = self.by_external_id.get(external_id) if external_id else None
        return found or self.articles.get(article_key(url))

    def trust_in(self, url: str) -> ValidatorTrust:
        """How reliable the validators of the URL's host are."""
        return self.trust.get(host_of(url), ValidatorTrust())

    def due(self, now: datetime) -> list[KnownArticle]:
        """Articles whose next fetch is due, those due longest first."""
        limit = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        waiting = [article for article in self.all() if article.next_check and article.next_check <= limit]
        return sorted(waiting, key=lambda article: article.next_check or "")

    def all(self) -> list[KnownArticle]:
        """Each article once."""
        return list({id(article): article for article in self.articles.values()}.values())


def look_up(store: Store, site_id: str, question: SnapshotQuestion) -> SiteSnapshot:
    """The answer to a question, without sources and edit rates. Its size depends on the question, not on the ledger."""
    find = _Finder(store, site_id)
    if question.everything:
        ids = {row[0] for row in store.values("SELECT id FROM articles WHERE site_id = ?", (site_id,))}
    else:
        ids = {*find(_OWNERS, question.keys), *find(_BY_ID, question.external_ids), *find(_LISTED, question.lists)}
    if question.until:
        ids.update(row[0] for row in store.values(_DUE, (site_id, moment(question.until))))
    keys = {*question.keys, *find(_KEYS, ids)}
    ids.update(find(_OWNERS, keys))
    snapshot = SiteSnapshot(elsewhere=set(find(_ELSEWHERE, question.keys)), dead_ends=_dead_ends(store, site_id, question, find))
    by_id: dict[int, KnownArticle] = {}
    for row, article in _articles(store, ids):
        by_id[row["id"]] = article
        if row["url_key"] in keys:
            is_other = row["url_key"] in snapshot.articles and amp_to_article(row["url"])  # its address only looks like AMP
            snapshot.articles[row["url"] if is_other else row["url_key"]] = article
        if row["external_id"]:
            snapshot.by_external_id[row["external_id"]] = article
    for key, article_id in find.pairs(_ALIASES, keys):
        snapshot.articles.setdefault(key, by_id[article_id])
    snapshot.trust = load_trust(store, {host_of(article.url) for article in by_id.values()})
    return snapshot


class _Finder:
    """Runs one statement for many keys or ids of a site, in batches."""

    def __init__(self, store: Store, site_id: str) -> None:
        self._store = store
        self._site_id = site_id

    def __call__(self, sql: str, about: Iterable[str | int]) -> Iterator[Any]:
        return (row[0] for row in self.pairs(sql, about))

    def pairs(self, sql: str, about: Iterable[str | int]) -> Iterator[tuple[Any, ...]]:
        for batch in _batches(about):
            yield from self._store.values(sql, {"site": self._site_id, "some": json.dumps(batch)})


def _batches(values: Iterable[str | int]) -> Iterator[list[Any]]:
    """The values in order, in batches for one statement each."""
    ordered: list[Any] = sorted(values)
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))


def _articles(store: Store, ids: Iterable[int]) -> Iterator[tuple[Row, KnownArticle]]:
    for some in _batches(ids):
        about = (json.dumps(some),)
        earlier: dict[int, list[Row]] = {}
        for row in store.rows(_EARLIER, about):
            earlier.setdefault(row["article_id"], []).append(row)
        reserved = {row.pop("article_id"): row for row in store.rows(_RESERVED, about)}
        for row in store.rows(_ARTICLES, about):
            yield row, _known_article(row, earlier.get(row["id"], ()), reserved.get(row["id"]))


def _dead_ends(store: Store, site_id: str, question: SnapshotQuestion, find: _Finder) -> dict[str, LastAttempt]:
    """Dead ends among the named URLs, and those that failed recently and may be fetched again."""
    named = set(question.keys)
    keys = set(named)
    if question.until:
        since = moment(question.until - RETRIED_FOR - LONGEST_CRAWL)
        keys |= {article_key(url) for (url,) in store.values(_FAILED, (site_id, since))}
    found = {}
    for url, fetched, outcome, looks in sorted(find.pairs(_ATTEMPTS, set(find(_ENDS, keys)))):
        found[article_key(url)] = LastAttempt(url, instant_of(fetched), Outcome(outcome), looks)
    return {key: one for key, one in found.items() if one.outcome is Outcome.ERROR or key in named}


def last_archived(store: Store, article_id: int | None) -> LastArchived | None:
    row = store.row(_ARCHIVED, (article_id,))
    return LastArchived(row["url"], instant_of(row["fetched"]), row["payload_hash"]) if row else None


def pictures_of(article: Article) -> str:
    """A short hash that is the same while an article has the same pictures with captions."""
    return _pictures(image.url for image in article.images if image.caption and image.url)


def _pictures(urls: Iterable[str]) -> str:
    text = " ".join(sorted(filter(None, urls)))
    return blake2b(text.encode(), digest_size=6).hexdigest() if text else ""


def _known_article(row: Row, earlier: Iterable[Row], reserved: Row | None) -> KnownArticle:
    return KnownArticle(
        url=row["url"],
        known=known_of(row, row, earlier),
        next_check=row["next_check"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        validators_url=row["validators_url"],
        claimed_modified=row["claimed_modified"],
        reserved=LastAttempt(reserved["url"], instant_of(reserved["fetched"]), Outcome.RESERVED, reserved["looks"])
        if reserved
        else None,
        looked=instant_of(row["last_checked"]),
        changed=last_change(row),
        edits=row["revision_count"] - 1,
        kind=row["kind"],
        section=row["section"],
        changed_after=traits_of(row | {"date_published": row["published"]}, last_change(row), None).changed_after,
        listed_in=row["listed_in"],
        withdrawn=bool(row["withdrawn"]),
        pictures=_pictures((row["pictures"] or "").split(" ")),
        is_claimed=bool(row["claimed"]),
    )
