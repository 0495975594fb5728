"""The crawl's own row, and the store while the crawl runs: opened before the first request, closed after the last item."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.choosing import OVER_LIMIT
from crawler.middlewares.patience import NOTHING_MORE, Manners
from crawler.schedule.recheck import next_check
from crawler.sites import Site
from crawler.spiders.news import NewsSpider
from pipelines.crawls import CrawlOutcome, Source, finish_crawl, last_reason, put_sites, put_source, start_crawl
from pipelines.ledger import Ledger
from pipelines.past import Past
from pipelines.store import Row, Store, StoreError

logger = logging.getLogger(__name__)

_OUTCOMES = {"finished": CrawlOutcome.FINISHED, "shutdown": CrawlOutcome.STOPPED, "cancelled": CrawlOutcome.STOPPED}


class CrawlRecord:
    """Gives the spider its `past` and its `ledger`; writes how the crawl ended, whatever the process's exit code says."""

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self._crawler = crawler
        self._store = store
        self._crawl_id = 0
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NEWSLEDGER_DB; nothing to do without it, or for a spider that keeps no ledger.

        Opens the store here, where an error still keeps the crawl from starting; raises StoreError.
        """
        db = crawler.settings.get("NEWSLEDGER_DB")
        if not db or not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        return cls(crawler, Store(db))

    def spider_opened(self, spider: NewsSpider) -> None:
        """Open the crawl's row, and draw up the past."""
        store = self._store
        put_sites(store, [site_row(spider.site)])
        last = last_reason(store, spider.site.id) or ""
        spider.wary_of = spider.site.host if last.startswith(f"{spider.site.host} ") and NOTHING_MORE in last else None
        self._crawl_id = start_crawl(store, spider.site.id, spider.trigger, spider.clock(), spider.planned_start)
        spider.past = Past.load(store, spider.site.id)
        spider.ledger = Ledger(store, spider.site.id, self._crawl_id, next_check)
        spider.store = store

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Write sources and the crawl's end, and close the store."""
        try:
            self._finish(spider, reason)
        except StoreError as error:
            logger.error("%s: how the crawl ended could not be recorded: %s", spider.site.id, error)
        self._store.close()

    def _finish(self, spider: NewsSpider, reason: str) -> None:
        store, stats = self._store, self._crawler.stats
        manners = self._crawler.get_downloader_middleware(Manners)
        spider.trouble = (manners and manners.ended) or spider.trouble
        whole = reason == "finished" and OVER_LIMIT not in spider.skipped and not spider.trouble
        for source in spider.sources_read.values():
            put_source(store, spider.site.id, source if whole else _to_read_again(source))
        outcome = _OUTCOMES.get(reason, CrawlOutcome.FAILED)
        why = None if reason == "finished" else reason
        if outcome is CrawlOutcome.FINISHED and spider.trouble:
            outcome, why = CrawlOutcome.FAILED, spider.trouble
        requests = stats.get_value("downloader/request_count", 0) if stats else 0
        finish_crawl(
            store, self._crawl_id, outcome, spider.clock(), reason=why, requests=requests, candidates=spider.candidate_count,
            skipped=spider.skipped,
        )  # fmt: skip
        spider.crawl_id = self._crawl_id


def _to_read_again(source: Source) -> Source:
    """A source without what would let the next crawl skip it: not all that it named has been asked for yet."""
    return replace(source, etag=None, last_modified=None, claimed_modified=None)


def site_row(site: Site) -> Row:
    """What the ledger keeps of a site's definition."""
    columns = ("id", "name", "url", "country", "region", "owner", "platform", "timezone", "language")
    return {column: getattr(site, column) for column in columns}
