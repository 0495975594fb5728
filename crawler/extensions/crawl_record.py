"""Extension that opens the session of a crawl whose store is here, before the first request, and closes it at the end."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.catalogue.site import Site
from crawler.crawl.remote import LEASE_LOST, UNREACHED
from crawler.crawl.session import CrawlResult, CrawlSession, load_context, rows_of
from crawler.discovery.delisting import where_listed
from crawler.middlewares.throttle import ThrottleMiddleware
from crawler.schedule.processes import is_running
from crawler.spiders.news import NewsSpider
from crawler.warc.policy import ArchivePolicy
from crawler.warc.writer import ArchiveWriter
from pipelines.items import open_session
from pipelines.reasons import Skipped
from pipelines.store.crawls import CrawlOutcome, lose_dead, put_sites, start_crawl
from pipelines.store.database import Store, StoreError
from pipelines.store.snapshot import kept_elsewhere
from pipelines.stories.update import catch_up

logger = logging.getLogger(__name__)

TAKEN_UP = 2_000
"""Revisions whose stories are looked for at the end of a crawl: some ten seconds. Longer arrears take several crawls."""

_STOPPED = ("shutdown", "cancelled", LEASE_LOST, UNREACHED)


class CrawlRecord:
    """Opens the session of a crawl whose store is here; writes how the crawl ended, whatever the process's exit code says."""

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self._crawler = crawler
        self._store = store
        self._session: CrawlSession | None = None
        self._archive: ArchiveWriter | None = None
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
        """Open the crawl's row, and load the snapshot of its site."""
        store, site = self._store, spider.site
        put_sites(store, rows_of([site]))
        context = load_context(store, site, spider.clock())
        spider.use_context(context)
        with store.transaction():
            lose_dead(store, spider.clock(), is_running)
            spider.crawl_id = start_crawl(store, site.id, spider.trigger, spider.clock(), spider.planned_start, pid=os.getpid())
        if site.archive != "off":
            folder = self._crawler.settings.get("NEWSLEDGER_WARC") or store.path.absolute().parent / "warc"
            self._archive = ArchiveWriter(Path(folder), site.id)
        keep = archive_policy_of(site, self._archive, store) if self._archive else None
        self._session = CrawlSession(store, site, spider.crawl_id, spider.clock(), keep, context.snapshot)
        open_session(self._crawler, self._session)
        spider.kept_elsewhere = lambda urls: kept_elsewhere(store, site.id, urls)

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Judge the readings that are held, write sources and the crawl's end, and close the store."""
        try:
            if self._session:
                self._session.close(crawl_result_of(self._crawler, spider, reason))
        except StoreError as error:
            logger.error("%s: how the crawl ended could not be recorded: %s", spider.site.id, error)
        self._count_outcomes()
        self._find_stories(spider)
        self._store.close()
        if self._archive:
            self._archive.close()

    def _count_outcomes(self) -> None:
        """Of all that was recorded, also of what waited until now."""
        for outcome, count in (self._session.outcomes if self._session else {}).items():
            if self._crawler.stats:
                self._crawler.stats.set_value(f"ledger/outcome/{outcome}", count)

    def _find_stories(self, spider: NewsSpider) -> None:
        """The crawl is over and its row written: what goes wrong here is told, and the next crawl goes on from where it was."""
        try:
            catch_up(self._store, spider.clock(), at_most=TAKEN_UP)
        except Exception:
            logger.exception("%s: which stories its articles tell was not worked out", spider.site.id)


def archive_policy_of(site: Site, archive: ArchiveWriter, store: Store | None, under: str = "") -> ArchivePolicy:
    """Which answers of a site are archived, by its definition."""
    return ArchivePolicy(archive, store, keeps_all=site.archive == "on", heeds_noarchive=site.noarchive != "ignore", under=under)


def crawl_result_of(crawler: Crawler, spider: NewsSpider, reason: str) -> CrawlResult:
    """How a crawl ended; `reason` is Scrapy's."""
    throttle = crawler.get_downloader_middleware(ThrottleMiddleware)
    spider.problem = (throttle and throttle.ended) or spider.problem
    outcome = CrawlOutcome.STOPPED if reason in _STOPPED else CrawlOutcome.FAILED
    if reason == "finished":
        outcome = CrawlOutcome.FINISHED
    why = None if reason == "finished" else reason
    if outcome is CrawlOutcome.FINISHED and spider.problem:
        outcome, why = CrawlOutcome.FAILED, spider.problem
    requests = crawler.stats.get_value("downloader/request_count", 0) if crawler.stats else 0
    return CrawlResult(
        outcome, why, spider.clock(), requests, spider.candidate_count, spider.skipped,
        whole=reason == "finished" and Skipped.CRAWL_LIMIT not in spider.skipped and not spider.problem,
        sources=tuple(spider.sources_read.values()), listed=_now_in(spider), vanished=spider.vanished,
    )  # fmt: skip


def _now_in(spider: NewsSpider) -> dict[str, str | None]:
    """Key of an article -> the list that names it now, where that is another than before; None: it was taken out of one."""
    found: dict[str, str | None] = dict.fromkeys(spider.vanished)
    for key, source in where_listed(spider.lists).items():
        known = spider.snapshot.articles.get(key)
        if key not in spider.snapshot.dead_ends and (known is None or known.listed_in != source):
            found[key] = source
    return found
