"""The Scrapy item pipelines: four thin shells around pure functions and the ledger.

    Normalise    Article -> Article, in the one form in which articles are compared
    Deduplicate  an Article that says what the ledger says -> the Fetch that confirms it
    Doubt        an Article that may be misread waits until the crawl's other readings are in
    Record       Article | Fetch -> the ledger, one transaction each

Items are `Article` (a page was read) and `Fetch` (a look that led to no article).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from pipelines.article import Article, Fetch, Outcome
from pipelines.history.identity import address
from pipelines.history.revisions import State, decide
from pipelines.store.database import StoreError
from pipelines.store.quarantine import Quarantine
from pipelines.store.snapshot import SiteSnapshot
from pipelines.store.writer import Ledger
from pipelines.text.normalise import normalise


class Normalise:
    """Bring articles into their one form."""

    def process_item(self, item: Any) -> Any:
        """Any -> the same kind."""
        return normalise(item) if isinstance(item, Article) else item


class _OfCrawler:
    """A stage that asks its crawl's spider for what it needs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)


class Deduplicate(_OfCrawler):
    """Turn an article that is no news into a bare confirmation, by `spider.past` (Past), loaded before the first request."""

    def process_item(self, item: Any) -> Any:
        """Article -> Article, or a Fetch with outcome unchanged."""
        past = getattr(self._crawler.spider, "past", None)
        if not isinstance(item, Article) or not isinstance(past, SiteSnapshot) or item.fetch is None:
            return item
        return confirm(past, item, item.fetch)


class Doubt(_OfCrawler):
    """Hold back what may be no edit but a template that changed.

    Uses `spider.quarantine` where there is one; what it holds is recorded when the crawl ends.
    """

    def process_item(self, item: Any) -> Any:
        """Article | Fetch -> the same, or the Fetch that it comes to; raises DropItem for one that waits."""
        quarantine: Quarantine | None = getattr(self._crawler.spider, "quarantine", None)
        if quarantine is None or not isinstance(item, Article | Fetch):
            return item
        try:
            admitted = quarantine.admit(item)
        except StoreError:
            return item  # Record meets the same store, and knows what to do
        if admitted is None:
            raise DropItem(f"{item.url}: held until the crawl's other readings are in", log_level="DEBUG")
        return admitted


class Record:
    """Write items into the ledger. A store that fails ends the crawl; a fault in one item ends with that item."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Needs NEWSLEDGER_DB; without it (scrapy shell, `extract`) nothing is kept."""
        if not crawler.settings.get("NEWSLEDGER_DB"):
            raise NotConfigured
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """Article | Fetch -> the same; raises DropItem where it could not be written."""
        ledger: Ledger | None = getattr(self._crawler.spider, "ledger", None)
        if ledger is None or not isinstance(item, Article | Fetch):
            return item
        try:
            recorded = ledger.record(item)
        except StoreError as error:
            self._stop(f"the store failed: {error}")
            raise DropItem(f"{item.url}: not recorded: {error}", log_level="ERROR") from error
        except (ValueError, KeyError) as error:
            self._count("ledger/failed")
            raise DropItem(f"{item.url}: not recorded: {error!r}", log_level="ERROR") from error
        self._count(f"ledger/outcome/{recorded.outcome}")
        return item

    def _stop(self, reason: str) -> None:
        """End the crawl: pages that cannot be kept are not asked for."""
        if self._crawler.engine and self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))

    def _count(self, key: str) -> None:
        if self._crawler.stats:
            self._crawler.stats.inc_value(key)


def confirm(past: SiteSnapshot, article: Article, fetch: Fetch) -> Article | Fetch:
    """The bare Fetch where a normalised article is what the past says of it and stands where it stood; else the article."""
    found = past.find(article.url, fetch.external_id)
    if found is None or found.known.state is not State.LIVE or found.known.stale_hash or found.url != address(article):
        return article
    if fetch.requested_url and past.find(fetch.requested_url) not in (None, found):
        return article  # another article's address leads here now, and the ledger must hear of it
    if decide(found.known, article, fetch.fetched).outcome is not Outcome.UNCHANGED:
        return article
    return replace(
        fetch, outcome=Outcome.UNCHANGED, content_hash=found.known.content_hash, date_modified=found.known.date_modified
    )
