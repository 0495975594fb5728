"""Snapshot of a site: what the store knows of it, loaded once at the start of a crawl. Enough to plan the requests, and to see
that a page is unchanged, without reading the store again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from pipelines.article import Article, Outcome
from pipelines.history.edit_rates import EditRateModel
from pipelines.history.revisions import Known
from pipelines.history.validators import ValidatorTrust
from pipelines.store.crawls import Source
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of, known_of, last_change
from pipelines.store.statistics import host_of, load_edit_rates, load_trust
from pipelines.text.urls import amp_to_article, article_key

_ARTICLES = """
SELECT a.id, a.url, a.url_key, a.external_id, a.state, a.next_check, a.etag, a.last_modified, a.validators_url,
    a.claimed_modified, a.stale_hash, a.stale_since, a.revision_count,
    EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = a.id) AS withdrawn,
    EXISTS (SELECT 1 FROM aliases s WHERE s.article_id = a.id AND s.reason = 'canonical')
        AND NOT EXISTS (SELECT 1 FROM fetches f WHERE f.article_id = a.id AND f.url = a.url) AS claimed,
    a.last_checked, a.listed_in, r.number, r.first_seen, r.content_hash, r.date_modified, r.date_published, r.extractor,
    r.is_accessible_for_free,
    (SELECT group_concat(i.url, ' ') FROM revision_images i WHERE i.revision_id = r.id AND i.caption IS NOT NULL) AS pictures
FROM articles a JOIN revisions r ON r.id = a.latest_revision_id WHERE a.site_id = ?
"""
_EARLIER = """
SELECT r.id, r.article_id, r.content_hash FROM revisions r JOIN articles a ON a.id = r.article_id
WHERE a.site_id = ? AND a.revision_count > 1 AND r.id <> a.latest_revision_id ORDER BY r.article_id, r.number
"""
_REFUSED = """
SELECT f.url, max(f.fetched) AS fetched, f.outcome, count(*) AS looks FROM fetches f JOIN crawls c ON c.id = f.crawl_id
WHERE f.article_id IS NULL AND c.site_id = ? GROUP BY f.url
"""
_RESERVED = """
SELECT f.article_id, f.url, max(f.fetched) AS fetched, count(*) AS looks FROM fetches f JOIN articles a ON a.id = f.article_id
WHERE f.outcome = 'reserved' AND a.site_id = ? AND f.fetched > a.last_seen GROUP BY f.article_id
"""

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
    """One article as of the crawl's start. Stamps are in the store's form."""

    url: str
    known: Known
    next_check: str | None
    etag: str | None
    last_modified: str | None
    validators_url: str | None
    """The URL that sent the validators; they mean nothing to another."""
    claimed_modified: str | None
    reserved: LastAttempt | None = None
    """Where it has been reserved since it was last read: the last such fetch."""
    looked: datetime | None = None
    """When it was last fetched, whatever came of it; the name is a key of the cluster's messages."""
    changed: datetime | None = None
    edits: int = 0
    """How often it has been seen to change."""
    listed_in: str | None = None
    """The sitemap or feed that named it when that was last read."""
    withdrawn: bool = False
    """An operator has withdrawn it: it is never fetched again."""
    pictures: str = ""
    """Of the latest revision; see `pictures_of`."""
    is_claimed: bool = False
    """Its address is one that another page named as canonical and that was never read itself: that may be another article."""


@dataclass(slots=True)
class SiteSnapshot:
    """Articles by key of URL (aliases too) and by owner's id; URLs that led nowhere; sources."""

    articles: dict[str, KnownArticle] = field(default_factory=dict)
    by_external_id: dict[str, KnownArticle] = field(default_factory=dict)
    dead_ends: dict[str, LastAttempt] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    edit_rates: EditRateModel = field(default_factory=EditRateModel)
    trust: dict[str, ValidatorTrust] = field(default_factory=dict)
    """By host; see `trust_in`."""

    @classmethod
    def load(cls, store: Store, site_id: str) -> SiteSnapshot:
        """Read it from the store; a handful of queries, whatever the number of articles."""
        snapshot = cls(edit_rates=load_edit_rates(store, site_id), trust=load_trust(store))
        earlier: dict[int, list[Row]] = {}
        for row in store.rows(_EARLIER, (site_id,)):
            earlier.setdefault(row["article_id"], []).append(row)
        by_id: dict[int, KnownArticle] = {}
        reserved = {row.pop("article_id"): row for row in store.rows(_RESERVED, (site_id,))}
        for row in store.rows(_ARTICLES, (site_id,)):
            article = _known_article(row, earlier.get(row["id"], ()), reserved.get(row["id"]))
            by_id[row["id"]] = article
            is_other = row["url_key"] in snapshot.articles and amp_to_article(
                row["url"]
            )  # an article whose address only looks like AMP
            snapshot.articles[row["url"] if is_other else row["url_key"]] = article
            if row["external_id"]:
                snapshot.by_external_id[row["external_id"]] = article
        aliases = "SELECT s.url_key, s.article_id FROM aliases s JOIN articles a ON a.id = s.article_id WHERE a.site_id = ?"
        for row in store.rows(aliases, (site_id,)):
            snapshot.articles.setdefault(row["url_key"], by_id[row["article_id"]])
        for row in store.rows(_REFUSED, (site_id,)):
            attempt = LastAttempt(row["url"], instant_of(row["fetched"]), Outcome(row["outcome"]), row["looks"])
            snapshot.dead_ends[article_key(row["url"])] = attempt
        for row in store.rows("SELECT * FROM sources WHERE site_id = ?", (site_id,)):
            del row["site_id"]
            snapshot.sources[row["url"]] = Source(**{**row, "fetched": instant_of(row["fetched"])})
        return snapshot

    def find(self, url: str, external_id: str | None = None) -> KnownArticle | None:
        """The article that a URL, or the owner's id, stands for."""
        found = self.by_external_id.get(external_id) if external_id else None
        return found or self.articles.get(article_key(url))

    def trust_in(self, url: str) -> ValidatorTrust:
        """How far the URL's host is trusted."""
        return self.trust.get(host_of(url), ValidatorTrust())

    def due(self, now: datetime) -> list[KnownArticle]:
        """Articles whose next fetch is due, the longest due first."""
        limit = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        waiting = [article for article in self.all() if article.next_check and article.next_check <= limit]
        return sorted(waiting, key=lambda article: article.next_check or "")

    def all(self) -> list[KnownArticle]:
        """Each article once."""
        return list({id(article): article for article in self.articles.values()}.values())


def kept_elsewhere(store: Store, site_id: str, urls: Iterable[str]) -> set[str]:
    """Those of the URLs that another site's article has: titles of one owner share hosts and stories."""
    sql = "SELECT 1 FROM articles WHERE url_key = ? AND site_id <> ?"
    return {url for url in urls if store.value(sql, (article_key(url), site_id))}


def last_archived(store: Store, article_id: int | None) -> LastArchived | None:
    """The last response of an article that is in the archive."""
    row = store.row(_ARCHIVED, (article_id,))
    return LastArchived(row["url"], instant_of(row["fetched"]), row["payload_hash"]) if row else None


def pictures_of(article: Article) -> str:
    """A short word that is the same while an article has the same pictures with captions."""
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
        listed_in=row["listed_in"],
        withdrawn=bool(row["withdrawn"]),
        pictures=_pictures((row["pictures"] or "").split(" ")),
        is_claimed=bool(row["claimed"]),
    )
