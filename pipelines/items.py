"""The Scrapy item pipeline: normalises an article, and has the crawl's session write it.

Items are `Article` (a page was read) and `Fetch` (it led to no article). The session is set once on the crawler, when the
crawl's row is opened: the store's own on one machine, a connection to the writer if the store is elsewhere.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Protocol, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem

from pipelines.article import Article, Fetch, Outcome
from pipelines.history.revisions import State, canonical_url, is_unchanged
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls.snapshot import SiteSnapshot, pictures_of
from pipelines.store.database import StoreError
from pipelines.store.judgement import Recorded
from pipelines.text.normalise import normalise


class Session(Protocol):
    """The writing side of one crawl, as the pipeline uses it."""

    @property
    def snapshot(self) -> SiteSnapshot:
        """What was known of the site before the first request."""

    @property
    def is_remote(self) -> bool:
        """Whether writing waits for another process: then it runs outside the event loop."""

    def write(self, item: Article | Fetch) -> Recorded | None:
        """Record a normalised item; None if that happens later. Raises StoreError, ValueError, KeyError."""

    def stop_reason(self, error: StoreError) -> CodedReason:
        """Why the crawl ends after this error."""


def open_session(crawler: Crawler, session: Session) -> None:
    """Set the session of a crawl; once."""
    crawler.newsledger_session = session  # type: ignore[attr-defined]


def session_of(crawler: Crawler) -> Session | None:
    """The session of a crawl; None if nothing is stored (scrapy shell, `extract`)."""
    session: Session | None = getattr(crawler, "newsledger_session", None)
    return session


def stop_crawl(crawler: Crawler, reason: CodedReason) -> None:
    """End a running crawl, once: `stopped_for` has the first reason."""
    if crawler.engine and stopped_for(crawler) is None:
        crawler.newsledger_stopped_for = reason  # type: ignore[attr-defined]
        ending = asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason.text))
        crawler.newsledger_ending = ending  # type: ignore[attr-defined] # the loop keeps none alive


def refused(crawler: Crawler, reason: CodedReason) -> CloseSpider:
    """The exception that a handler of `spider_opened` raises to prevent all requests; `stopped_for` has the reason."""
    crawler.newsledger_stopped_for = reason  # type: ignore[attr-defined]
    return CloseSpider(reason.text)


def stopped_for(crawler: Crawler) -> CodedReason | None:
    """Why we stop the crawl ourselves; None if we do not."""
    reason: CodedReason | None = getattr(crawler, "newsledger_stopped_for", None)
    return reason


OUT_OF_MEMORY = CodedReason(CrawlReason.OUT_OF_MEMORY, "it needed more memory than it may take (setting `crawl_memory`)")


class WriteItems:
    """Write items through the session. An error of the store, or of memory, ends the crawl; an error in one item
    ends only that item."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self.callback_failed, signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Article | Fetch -> the same, normalised; raises DropItem if it could not be written."""
        if isinstance(item, Article):
            item = normalise(item)
        session = session_of(self._crawler)
        if session is None or not isinstance(item, Article | Fetch):
            return item
        if isinstance(item, Article) and item.fetch:
            item = confirm(session.snapshot, item, item.fetch)
        try:
            if session.is_remote:
                await asyncio.to_thread(session.write, item)
            else:
                session.write(item)
        except StoreError as error:
            stop_crawl(self._crawler, session.stop_reason(error))  # pages that cannot be kept are not requested
            raise DropItem(f"{item.url}: not recorded: {error}", log_level="ERROR") from error
        except MemoryError as error:
            stop_crawl(self._crawler, OUT_OF_MEMORY)
            raise DropItem(f"{item.url}: not recorded: no memory was left", log_level="ERROR") from error
        except (ValueError, KeyError) as error:
            if self._crawler.stats:
                self._crawler.stats.inc_value("ledger/failed")
            raise DropItem(f"{item.url}: not recorded: {error!r}", log_level="ERROR") from error
        return item

    def callback_failed(self, failure: Any) -> None:
        """A callback of the spider raised an exception: its page is unknown."""
        if failure.check(MemoryError):
            stop_crawl(self._crawler, OUT_OF_MEMORY)


def confirm(snapshot: SiteSnapshot, article: Article, fetch: Fetch) -> Article | Fetch:
    """The bare Fetch if a normalised article equals what the snapshot has of it at the same address; otherwise the article."""
    found = snapshot.find(article.url, fetch.external_id)
    if found is None or found.known.state is not State.LIVE or found.known.stale_hash:
        return article
    if not found.url == article.url == canonical_url(article):
        return article  # a confirmation does not say what the page named as its address
    if fetch.requested_url and snapshot.find(fetch.requested_url) is not found:
        return article  # another address leads here now, and the ledger must hear of it
    stamp = article.date_modified.isoformat() if article.date_modified else None
    if stamp != found.known.date_modified:
        return article  # a stamp that is gone, or an older one, is the text's should it come back
    if not is_unchanged(found.known, article, fetch.fetched) or found.pictures != pictures_of(article):
        return article  # sizes of one picture are told apart by the writer
    return replace(fetch, outcome=Outcome.UNCHANGED, content_hash=article.content_hash, date_modified=stamp,
                   canonical_url=article.canonical_url)  # fmt: skip
