"""The crawl's own row, and the store while the crawl runs: opened before the first request, closed after the last item."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.archive import Archive
from crawler.choosing import OVER_LIMIT
from crawler.keeping import Keeper
from crawler.middlewares.patience import NOTHING_MORE, Manners
from crawler.schedule.recheck import allowance, next_check, window
from crawler.sites import Site
from crawler.spiders.news import NewsSpider
from crawler.vanishing import where_listed
from pipelines.crawls import CrawlOutcome, Source, finish_crawl, last_reason, put_sites, put_source, start_crawl
from pipelines.learning import Lessons, last_started, looks_since
from pipelines.ledger import Ledger
from pipelines.past import Past
from pipelines.quarantine import Quarantine
from pipelines.store import Row, Store, StoreError
from pipelines.vitals import usual_readings

logger = logging.getLogger(__name__)

LIES_TOLD = 3
"""A crawl's row names so many pages over which a host lied."""

_OUTCOMES = {"finished": CrawlOutcome.FINISHED, "shutdown": CrawlOutcome.STOPPED, "cancelled": CrawlOutcome.STOPPED}


class CrawlRecord:
    """Gives the spider its `past` and its `ledger`; writes how the crawl ended, whatever the process's exit code says."""

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self._crawler = crawler
        self._store = store
        self._crawl_id = 0
        self._lessons: Lessons | None = None
        self._archive: Archive | None = None
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
        last_began = last_started(store, spider.site.id)
        self._crawl_id = start_crawl(store, spider.site.id, spider.trigger, spider.clock(), spider.planned_start)
        spider.crawl_id = self._crawl_id
        spider.past = Past.load(store, spider.site.id)
        spider.allowed = _allowed(store, spider.site, last_began, spider.clock())
        self._lessons = Lessons(store, spider.site.id)
        cheap = spider.past.trust_in(spider.site.url).is_good(spider.clock())
        recheck = partial(next_check, habits=spider.past.habits, cheap=cheap)
        spider.ledger = Ledger(store, spider.site.id, self._crawl_id, recheck, self._lessons, self._keeper(spider.site))
        spider.quarantine = Quarantine(
            store, spider.ledger, spider.site.id, self._crawl_id, usual_readings(store, spider.site.id)
        )
        spider.store = store

    def _keeper(self, site: Site) -> Keeper | None:
        if site.archive == "off":
            return None
        folder = self._crawler.settings.get("NEWSLEDGER_WARC") or self._store.path.absolute().parent / "warc"
        self._archive = Archive(Path(folder), site.id)
        return Keeper(self._archive, self._store, keeps_all=site.archive == "on", heeds_noarchive=site.noarchive != "ignore")

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Settle what is in doubt, write sources and the crawl's end, and close the store."""
        try:
            if spider.quarantine:
                spider.quarantine.settle()
            self._finish(spider, reason)
        except StoreError as error:
            logger.error("%s: how the crawl ended could not be recorded: %s", spider.site.id, error)
        self._store.close()
        if self._archive:
            self._archive.close()

    def _finish(self, spider: NewsSpider, reason: str) -> None:
        store, stats = self._store, self._crawler.stats
        manners = self._crawler.get_downloader_middleware(Manners)
        spider.trouble = (manners and manners.ended) or spider.trouble
        whole = reason == "finished" and OVER_LIMIT not in spider.skipped and not spider.trouble
        for source in spider.sources_read.values():
            put_source(store, spider.site.id, source if whole else _to_read_again(source))
        if whole and self._lessons:
            self._lessons.listings(_now_in(spider), spider.vanished, self._crawl_id)
        outcome = _OUTCOMES.get(reason, CrawlOutcome.FAILED)
        why = None if reason == "finished" else reason
        if outcome is CrawlOutcome.FINISHED and spider.trouble:
            outcome, why = CrawlOutcome.FAILED, spider.trouble
        elif outcome is CrawlOutcome.FINISHED and self._lessons and self._lessons.lies:
            why = "; ".join(self._lessons.lies[:LIES_TOLD])
        requests = stats.get_value("downloader/request_count", 0) if stats else 0
        finish_crawl(
            store, self._crawl_id, outcome, spider.clock(), reason=why, requests=requests, candidates=spider.candidate_count,
            skipped=spider.skipped,
        )  # fmt: skip


def _now_in(spider: NewsSpider) -> dict[str, str | None]:
    """Key of an article -> the list that names it now, where that is another than before; None: it was taken out of one."""
    found: dict[str, str | None] = dict.fromkeys(spider.vanished)
    for key, source in where_listed(spider.lists).items():
        known = spider.past.articles.get(key)
        if key not in spider.past.dead_ends and (known is None or known.listed_in != source):
            found[key] = source
    return found


def _allowed(store: Store, site: Site, last_began: datetime | None, now: datetime) -> int:
    """How many looks at known articles the crawl may ask for."""
    since_last = now - last_began if last_began else None
    spent = looks_since(store, site.id, now - window(since_last))
    return allowance(site.rechecks_an_hour, spent, since_last)


def _to_read_again(source: Source) -> Source:
    """A source without what would let the next crawl skip it: not all that it named has been asked for yet."""
    return replace(source, etag=None, last_modified=None, claimed_modified=None)


def site_row(site: Site) -> Row:
    """What the ledger keeps of a site's definition."""
    columns = ("id", "name", "url", "country", "region", "owner", "platform", "timezone", "language")
    return {column: getattr(site, column) for column in columns}
