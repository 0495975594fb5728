"""Extension that opens the session of a crawl whose store is elsewhere: its items are sent to the remote writer.

Takes the place of `CrawlRecord`; the rest of the crawl is the same.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.crawl.remote import UNREACHED, DispatchError, RemoteWriter
from crawler.extensions.crawl_record import archive_policy_of, crawl_result_of
from crawler.middlewares.lease import remote_writer_of
from crawler.spiders.news import NewsSpider
from crawler.warc.policy import ArchivePolicy
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Article, Fetch, Outcome
from pipelines.items import open_session
from pipelines.store.database import StoreError
from pipelines.store.snapshot import SiteSnapshot

logger = logging.getLogger(__name__)


class RemoteRecord:
    """Begins and ends a crawl that has a `RemoteWriter`."""

    def __init__(self, crawler: Crawler, remote_writer: RemoteWriter, seconds: float) -> None:
        self._crawler = crawler
        self._remote_writer = remote_writer
        self._seconds = seconds
        self._archive: ArchiveWriter | None = None
        self._alarm: asyncio.TimerHandle | None = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NEWSLEDGER_TIME_LIMIT (minutes); nothing to do for a crawl that keeps its own ledger."""
        return cls(crawler, remote_writer_of(crawler), crawler.settings.getfloat("NEWSLEDGER_TIME_LIMIT") * 60.0)

    def spider_opened(self, spider: NewsSpider) -> None:
        """Hand the spider what it needs."""
        spider.kept_elsewhere = self._remote_writer.elsewhere
        self._alarm = asyncio.get_running_loop().call_later(self._seconds, self._late)
        folder = self._crawler.settings.get("NEWSLEDGER_WARC") or "data/warc"
        keep = None
        if spider.site.archive != "off":
            machine = machine_name()
            self._archive = ArchiveWriter(Path(folder) / machine, spider.site.id)
            keep = archive_policy_of(spider.site, self._archive, None, machine)
        open_session(self._crawler, RemoteSession(self._remote_writer, spider.snapshot, keep))

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Tell how it ended."""
        if self._alarm:
            self._alarm.cancel()
        try:
            self._remote_writer.end(crawl_result_of(self._crawler, spider, reason))
        except DispatchError as error:
            logger.error("%s: how the crawl ended could not be told: %s", spider.site.id, error)
        if self._archive:
            self._archive.close()

    def _late(self) -> None:
        if self._crawler.engine:
            reason = f"stopped after {self._seconds:g} s"
            self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))


class RemoteSession:
    """The session of a crawl that has a `RemoteWriter`: archives what may be news, and hands each item over."""

    is_remote = True

    def __init__(self, remote_writer: RemoteWriter, snapshot: SiteSnapshot, archive: ArchivePolicy | None) -> None:
        self.snapshot = snapshot
        self._remote_writer = remote_writer
        self._archive = archive

    def write(self, item: Article | Fetch) -> None:
        """Hand over an item; waits while the writer is behind. Raises StoreError: it will be requested again."""
        try:
            self._remote_writer.send(kept(item, self.snapshot, self._archive))
        except DispatchError as error:
            raise StoreError(f"not handed over: {error}") from error

    def stop_reason(self, error: StoreError) -> str:
        """Why the crawl ends after this error."""
        return UNREACHED if isinstance(error.__cause__, DispatchError) else str(error)


def machine_name() -> str:
    """This machine's name as that of a folder: archives of all machines stand side by side once they are collected."""
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())[:60] or "worker"


def kept(item: Article | Fetch, snapshot: SiteSnapshot, keep: ArchivePolicy | None) -> Article | Fetch:
    """The item with its place in this worker's archive, and with its page only where its reading may yet be doubted.

    What it comes to is judged by what the worker knows; the writer, who decides, may find less in it, and never more.
    """
    fetch = item.fetch if isinstance(item, Article) else item
    if fetch is None:
        return item
    known = snapshot.find(fetch.url) or (snapshot.find(fetch.requested_url) if fetch.requested_url else None)
    outcome = fetch.outcome or Outcome.ERROR
    if isinstance(item, Article):
        outcome = Outcome.UPDATED if known else Outcome.NEW
    if keep and (known or isinstance(item, Article)):
        fetch = keep(fetch, outcome, 0)
    doubtful = isinstance(item, Article) or (outcome is Outcome.NOT_ARTICLE and known is not None)
    payload = replace(fetch.payload, exchange=None) if fetch.payload and doubtful else None
    fetch = replace(fetch, payload=payload)
    return replace(item, fetch=fetch) if isinstance(item, Article) else fetch
