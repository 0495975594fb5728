"""Finds the row of `articles` to which a page belongs: by its own URL, by the owner's id in it, or by what leads to it.

The URL that answered is certain, and so is the id in its path. A canonical link, an alias, an AMP form or a redirect is only a
claim, and is trusted only if both texts are the same story: otherwise one article's text would become a revision of another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from pipelines.article import CHANGES, Article, Fetch, Image, Outcome
from pipelines.history.revisions import canonical_url, same_story
from pipelines.reasons import FetchReason
from pipelines.store.database import Row, Store
from pipelines.store.rows import LAST_RANK, article_of, instant_of, moment, rank_of, rank_of_row
from pipelines.text.urls import amp_to_article, article_key

CLOCK_AHEAD = timedelta(minutes=5)
"""A time that is later than now by more than this comes from a wrong clock."""
REDIRECT_WINDOW = timedelta(minutes=15)
"""A redirect and its target that were captured separately are one fetch if they are at most this far apart. Archives put the
target into a queue; after a longer time a site may have given the URL to another page."""
MAX_REDIRECTS = 5
_PAGE_READ = (*CHANGES, Outcome.UNCHANGED, Outcome.REREAD, Outcome.STALE, Outcome.MOVED)
_MARKS = ", ".join("?" * len(_PAGE_READ))
LED = """article_id IS NOT NULL
    AND (outcome NOT IN ('unchanged', 'not_modified') OR answered_url IS NOT NULL OR canonical_url <> url)"""
"""SQL condition for `fetches` that show that a URL led to an article; also the condition of an index."""
_LATER = f"""SELECT 1 FROM articles WHERE url_key IN ({{keys}}) AND last_checked BETWEEN :after AND :until
UNION ALL SELECT 1 FROM aliases s JOIN articles a ON a.id = s.article_id
    WHERE s.url_key IN ({{keys}}) AND a.last_checked BETWEEN :after AND :until
UNION ALL SELECT 1 FROM fetches INDEXED BY fetches_without_article WHERE article_id IS NULL AND url IN ({{urls}})
    AND fetched BETWEEN :at AND :until AND NOT (fetched = :at AND (outcome = 'moved' OR :is_last))
UNION ALL SELECT 1 FROM fetches WHERE url IN ({{urls}}) AND fetched BETWEEN :after AND :until AND {LED}
UNION ALL SELECT 1 FROM fetches WHERE canonical_url IN ({{urls}})
    AND canonical_url <> coalesce(answered_url, url) AND fetched BETWEEN :after AND :until
LIMIT 1"""  # noqa: S608 - our own words


@lru_cache
def _later(keys: int, urls: int) -> str:
    """SQL with placeholders instead of a list in JSON, which would be slower: it runs for nearly every fetch."""
    marks = (", ".join(f":{name}{number}" for number in range(count)) for name, count in (("key", keys), ("url", urls)))
    return _LATER.format(**dict(zip(("keys", "urls"), marks, strict=True)))


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a page belongs: the row of its article (None if it is unknown), and the URL that the article gets."""

    url: str
    found: Row | None = None
    displaced: Row | None = None
    """Another article that only a canonical link had filed under the page's URL: it returns to its own URL."""


class Lookup:
    """Finds articles of a store; reads only."""

    def __init__(self, store: Store, site_id: str) -> None:
        self._store = store
        self._site_id = site_id

    def place(self, article: Article, fetch: Fetch) -> Resolution:
        """Where a page that was read belongs."""
        url, own = canonical_url(article), self.by_address(article.url)
        found = self._at_same_url(article, own)
        if found and (self._identifies(found, article) or not self._is_claimed(found)):
            return Resolution(url, found)
        place = self._by_what_leads_here(article, fetch, url, own)
        is_other = found and (place.found is None or place.found["id"] != found["id"])
        return replace(place, displaced=found) if is_other else place

    def _by_what_leads_here(self, article: Article, fetch: Fetch, url: str, own: Row | None) -> Resolution:
        """Where a page belongs whose URL is no article's own: decided by the owner's id, or by what leads to the page."""
        if fetch.external_id and (found := self.by_external_id(fetch.external_id)):
            return Resolution(url, found)
        taken = self.by_address(url) or self.by_alias(url) if url != article.url else None
        if taken and not self._identifies(taken, article):
            return Resolution(article.url)
        if taken:
            return Resolution(url, taken)
        for lead in filter(None, dict.fromkeys((url, article.url, fetch.requested_url))):
            found = (own if lead == article.url else self.by_address(lead)) or self.by_alias(lead)
            if found and self._identifies(found, article):
                return Resolution(url, found)
        return Resolution(url)

    def by_external_id(self, external_id: str) -> Row | None:
        """The article of this site that has this owner's id."""
        sql = "SELECT * FROM articles WHERE site_id = ? AND external_id = ?"
        return self._store.row(sql, (self._site_id, external_id))

    def by_address(self, url: str) -> Row | None:
        """The article with this URL, or with another spelling of it (www, scheme, final slash, AMP)."""
        return self._store.row("SELECT * FROM articles WHERE url = ?", (url,)) or self._store.row(
            "SELECT * FROM articles WHERE url_key = ? ORDER BY id", (article_key(url),)
        )

    def by_alias(self, url: str) -> Row | None:
        """The article to which this URL has led before."""
        sql = "SELECT a.* FROM aliases s JOIN articles a ON a.id = s.article_id WHERE s.{} = ?"
        return self._store.row(sql.format("url"), (url,)) or self._store.row(sql.format("url_key"), (article_key(url),))

    def by_urls(self, *urls: str | None) -> Row | None:
        """The article of the first of these URLs that is an article's own or leads to one."""
        for url in urls:
            if url and (found := self.by_address(url) or self.by_alias(url)):
                return found
        return None

    def led(self, fetch: Fetch) -> Fetch:
        """A fetch with the URL from which redirects led to it, if these were captured separately shortly before."""
        url = fetch.url
        if not self._store.value("SELECT 1 FROM fetches WHERE answered_url = ?", (url,)):
            return fetch
        at, passed = moment(fetch.fetched), {url}
        sql = """SELECT url, fetched FROM fetches WHERE answered_url = ? AND fetched BETWEEN ? AND ? AND outcome = ?
            AND reason_code = ? ORDER BY fetched DESC, url"""
        while len(passed) <= MAX_REDIRECTS:
            since = moment(instant_of(at) - REDIRECT_WINDOW)
            row = self._store.row(sql, (url, since, at, Outcome.MOVED, FetchReason.MOVED))
            if row is None or row["url"] in passed:
                break
            url, at = row["url"], row["fetched"]
            passed.add(url)
        return fetch if url == fetch.url else replace(fetch, requested_url=url)

    def is_overtaken(self, found: Row | None, item: Article | Fetch, fetch: Fetch, now: datetime | None) -> bool:
        """Whether the ledger knows something later than a capture about its article, or about a URL that leads to it.

        Within one second, redirects come before pages, and pages before all else (`rank_of`).
        """
        at = moment(fetch.fetched)
        if found and (at < found["last_checked"] or (at == found["last_checked"] and self._is_after(found["id"], at, item))):
            return True
        addresses = {fetch.url, fetch.requested_url}
        target = fetch.answered_url if fetch.outcome is Outcome.MOVED else None
        if isinstance(item, Article):
            addresses |= {item.url, canonical_url(item) if item.canonical_url else None}
        elif target:
            addresses.add(target)
        elif found is None:
            return False  # the capture changes nothing
        urls = sorted(url for url in addresses if url and not (found and url == found["url"]))
        if not urls:
            return False
        keys, until = sorted({article_key(url) for url in urls}), moment(now + CLOCK_AHEAD) if now else "~"
        after = at if target else moment(fetch.fetched + timedelta(seconds=1))
        found_later = {
            **{f"key{number}": key for number, key in enumerate(keys)},
            **{f"url{number}": url for number, url in enumerate(urls)},
            "after": after,
            "at": at,
            "until": until,
            "is_last": rank_of(item) == LAST_RANK,
        }
        return self._store.value(_later(len(keys), len(urls)), found_later) is not None

    def _is_after(self, article_id: int, at: str, item: Article | Fetch) -> bool:
        rank = rank_of(item)
        sql = "SELECT outcome, reason_code, content_hash, answered_url FROM fetches WHERE article_id = ? AND fetched = ?"
        return any(rank_of_row(row) >= rank for row in self._store.rows(sql, (article_id, at)))

    def seen_at(self, url: str, at: datetime) -> Article | None:
        """What a page said in the fetch at a time, to the second; None if no fetch read it at that time."""
        found = self.by_urls(url)
        read = [*CHANGES, Outcome.UNCHANGED, Outcome.NOT_MODIFIED, Outcome.REREAD, Outcome.MOVED]
        sql = f"SELECT 1 FROM fetches WHERE article_id = ? AND fetched = ? AND outcome IN ({', '.join('?' * len(read))})"  # noqa: S608 - marks
        if found is None or not self._store.value(sql, (found["id"], moment(at), *read)):
            return None
        sql = "SELECT id FROM revisions WHERE article_id = ? AND first_seen <= ? ORDER BY number DESC"
        revision_id = self._store.value(sql, (found["id"], moment(at)))
        return self.revision(revision_id, found["url"]) if revision_id else None

    def is_withdrawn(self, found: Row) -> bool:
        """Whether an operator has withdrawn the article."""
        return bool(self._store.value("SELECT 1 FROM withdrawals WHERE article_id = ?", (found["id"],)))

    def latest(self, found: Row) -> Article | None:
        """The latest revision as an `Article`; None while there is none."""
        return self.revision(found["latest_revision_id"], found["url"]) if found["latest_revision_id"] else None

    def pictures(self, found: Row, article: Article) -> Article:
        """The article with the pictures of the latest revision instead of its own, if it has captions."""
        if not any(image.caption for image in article.images):
            return article
        rows = self._store.rows("SELECT * FROM revision_images WHERE revision_id = ?", (found["latest_revision_id"],))
        return replace(article, images=tuple(Image(row["url"], row["alt"], row["caption"], row["credit"]) for row in rows))

    def revision(self, revision_id: int, url: str) -> Article:
        authors = self._store.rows("SELECT * FROM revision_authors WHERE revision_id = ? ORDER BY position", (revision_id,))
        images = self._store.rows("SELECT * FROM revision_images WHERE revision_id = ? ORDER BY position", (revision_id,))
        row = self._store.row("SELECT * FROM revisions WHERE id = ?", (revision_id,))
        if row is None:
            raise KeyError(revision_id)
        return article_of(row, authors, images, url)

    def _at_same_url(self, article: Article, found: Row | None) -> Row | None:
        """The article at exactly the URL that was read: "/amp/reviews/valve" need not be the AMP form of "/reviews/valve"."""
        if not found or found["url"] == article.url or self._identifies(found, article):
            return found
        return found if bool(amp_to_article(found["url"])) is bool(amp_to_article(article.url)) else None

    def _is_claimed(self, found: Row) -> bool:
        """Whether only a canonical link filed an article under its URL, and no page was ever read there."""
        sql = f"""SELECT 1 FROM fetches WHERE article_id = ? AND coalesce(answered_url, url) = ? AND reason_code IS NOT 'moved'
            AND outcome IN ({_MARKS})"""  # noqa: S608 - marks
        return not self._store.value(sql, (found["id"], found["url"], *_PAGE_READ)) and self.origin(found) is not None

    def origin(self, found: Row) -> str | None:
        """The URL at which a page was first read that a canonical link filed under another URL."""
        sql = "SELECT url FROM aliases WHERE article_id = ? AND reason = 'canonical' ORDER BY first_seen, url"
        origin = self._store.value(sql, (found["id"],))
        return str(origin) if origin else None

    def _identifies(self, found: Row, article: Article) -> bool:
        if self.is_withdrawn(found):
            return True  # its text is gone and cannot be compared: whatever leads to it belongs to it
        before = self.latest(found)
        return before is None or before.content_hash == article.content_hash or same_story(before, article)
