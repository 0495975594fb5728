"""Extensions that open and close a crawl's session and its row: in the store of this machine, or at a remote writer.

`RemoteRecord` replaces `CrawlRecord` on a worker; the rest of the crawl is the same. `ArchivePolicy` decides which responses
are archived, and as which record.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import socket
import threading
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.logformatter import LogFormatter, LogFormatterResult

from crawler.catalogue.site import Site, is_loopback
from crawler.crawl.remote import UNREACHED, DispatchError, RemoteWriter
from crawler.crawl.rights import forbids_copies
from crawler.crawl.session import CrawlResult, CrawlSession, load_context, rows_of
from crawler.discovery.delisting import fallen_out, where_listed
from crawler.middlewares.lease import remote_writer_of
from crawler.middlewares.throttle import ThrottleMiddleware
from crawler.schedule.processes import hold_everywhere, is_running, locks_of
from crawler.spiders.news import NewsSpider
from crawler.warc.holdings import absence, absence_of
from crawler.warc.writer import ArchiveWriter, CrawlerIdentity, RepeatedRecord
from pipelines.article import CHANGES, Article, Fetch, Outcome
from pipelines.items import open_session, refused, stop_crawl, stopped_for
from pipelines.reasons import CodedReason, CrawlReason, Skipped
from pipelines.store.crawls import CrawlOutcome, lose_dead, put_sites, start_crawl
from pipelines.store.crawls.open_crawls import worker_at
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion, last_archived, look_up
from pipelines.store.database import Store, StoreError
from pipelines.stories.update import catch_up

_NEWS = CHANGES | {Outcome.GONE, Outcome.SUSPECTED}


class ArchivePolicy:
    """Called by the ledger for each fetch, inside its transaction."""

    def __init__(self, archive: ArchiveWriter, store: Store | None, *, keeps_all: bool, obeys_noarchive: bool,
                 under: str = "") -> None:  # fmt: skip
        """Without a store, if another process writes the ledger, a repeated response is archived whole.

        `under`: the folder of this archive among those of other machines.
        """
        self._under = under
        self._archive = archive
        self._store = store
        self._keeps_all = keeps_all
        self._obeys_noarchive = obeys_noarchive

    def __call__(self, fetch: Fetch, outcome: Outcome, article_id: int | None) -> Fetch:
        """The fetch with its location in the archive, or unchanged if its response is not archived; StoreError if that fails."""
        exchange = fetch.payload.exchange if fetch.payload else None
        if exchange is None or not (outcome in _NEWS or (self._keeps_all and article_id is not None)):
            return fetch
        if self._obeys_noarchive and fetch.robots and forbids_copies(fetch.robots):
            return fetch
        try:
            place = self._archive.write(exchange, fetch.fetched, None if outcome in _NEWS else self._earlier(fetch, article_id))
        except OSError as error:
            raise StoreError(f"the page archive cannot be written: {error}") from error
        file = f"{self._under}/{place.file}" if self._under else place.file
        return replace(fetch, warc_file=file, warc_offset=place.offset, payload_hash=place.payload_hash, archived=place.archived)

    def _earlier(self, fetch: Fetch, article_id: int | None) -> RepeatedRecord | None:
        """The archived response that this one repeats byte for byte, or according to the server (304)."""
        last = last_archived(self._store, article_id) if self._store else None
        exchange = fetch.payload.exchange if fetch.payload else None
        if last is None or exchange is None:
            return None
        if fetch.status != 304 and hashlib.sha256(exchange.body).hexdigest() != last.payload_hash:
            return None
        return RepeatedRecord(last.url, last.fetched, by_server=fetch.status == 304)


logger = logging.getLogger(__name__)

REVISIONS_AT_ONCE = 2_000
"""Revisions whose stories are searched at the end of a crawl: about ten seconds. A backlog takes several crawls."""

MAX_DELISTED = 50_000
"""Articles that a crawl marks as no longer listed. An older version kept all that were ever listed."""

_REQUESTED_ENDS = frozenset({"shutdown", "cancelled"})
"""Scrapy's reasons for a requested end."""
_STOPPED = frozenset({CrawlReason.ASKED_TO_END, CrawlReason.LEASE_LOST, CrawlReason.WRITER_UNREACHABLE})


class BriefLogFormatter(LogFormatter):
    """Scrapy's log lines; for an item that could not be recorded only the reason with its URL, not the whole article."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> LogFormatterResult:
        line = super().dropped(item, exception, response, spider)
        return {**line, "msg": "Dropped: %(exception)s", "args": {"exception": exception}}


class CrawlRecord:
    """Opens the session of a crawl with a local store; records the crawl's end, whatever the process's exit code is."""

    def __init__(self, crawler: Crawler, store: Store) -> None:
        self._crawler = crawler
        self._store = store
        self._session: CrawlSession | None = None
        self._archive: ArchiveWriter | None = None
        self._lock = ExitStack()
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NEWSLEDGER_DB; inactive without it, or for a spider without a ledger.

        Opens the store here, where an error still prevents the crawl; raises StoreError.
        """
        db = crawler.settings.get("NEWSLEDGER_DB")
        if not db or not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        return cls(crawler, Store(db))

    def spider_opened(self, spider: NewsSpider) -> None:
        """Open the crawl's row, and load the snapshot of its site; if that fails, nothing is requested from the site."""
        try:
            self._begin(spider)
        except StoreError as error:
            logger.error("%s: the crawl did not begin: %s", spider.site.id, error)
            raise CloseSpider(str(error)) from error

    def _begin(self, spider: NewsSpider) -> None:
        store, site = self._store, spider.site
        self._hold_host(site)
        put_sites(store, rows_of([site]))
        context = load_context(store, site, spider.clock())
        spider.use_context(context)
        with store.transaction():
            lose_dead(store, spider.clock(), is_running)
            spider.crawl_id = start_crawl(store, site.id, spider.trigger, spider.clock(), spider.planned_start, pid=os.getpid())
        folder = Path(self._crawler.settings.get("NEWSLEDGER_WARC") or store.path.absolute().parent / "warc")
        absent = absence(folder, store) if site.archive != "off" else None
        if site.archive != "off" and not absent:
            self._archive = ArchiveWriter(folder, site.id, identity=identity_of(self._crawler))
        keep = archive_policy_of(site, self._archive, store) if self._archive else None
        self._session = CrawlSession(store, site, spider.crawl_id, spider.clock(), keep, context.snapshot)
        open_session(self._crawler, self._session)
        if absent:
            raise refused(self._crawler, CodedReason(CrawlReason.ARCHIVE_MISSING, absent))
        spider.look_up = lambda question: look_up(store, site.id, question)

    def _hold_host(self, site: Site) -> None:
        """Take the host's lock if the caller did not (`scrapy crawl news`). Raises StoreError if another crawl has it."""
        group, locks = site.politeness_group, locks_of(self._store.path)
        holder = self._lock.enter_context(hold_everywhere(locks, group, is_local=is_loopback(site.host)))
        worker = worker_at(self._store, group)
        if worker or holder not in (None, str(os.getpid())):
            raise StoreError(f"another crawl of {group} is running ({f'worker {worker}' if worker else f'process {holder}'})")

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Judge held readings, write sources and the crawl's end, and close the store."""
        try:
            if self._session:
                self._session.close(crawl_result_of(self._crawler, spider, reason))
        except StoreError as error:
            logger.error("%s: how the crawl ended could not be recorded: %s", spider.site.id, error)
        if self._session:
            self._find_stories(spider)
        self._store.close()
        if self._archive:
            self._archive.close()
        self._lock.close()

    def _find_stories(self, spider: NewsSpider) -> None:
        """After the crawl's row is written: an error is logged, and the next crawl continues from there."""
        try:
            catch_up(self._store, spider.clock(), at_most=REVISIONS_AT_ONCE)
        except StoreError as error:
            logger.error("%s: which stories its articles tell was not worked out: %s", spider.site.id, error)
        except Exception:
            logger.exception("%s: which stories its articles tell was not worked out", spider.site.id)


def archive_policy_of(site: Site, archive: ArchiveWriter, store: Store | None, under: str = "") -> ArchivePolicy:
    """Which responses of a site are archived, by its definition."""
    return ArchivePolicy(archive, store, keeps_all=site.archive == "on", obeys_noarchive=site.noarchive != "ignore", under=under)


def identity_of(crawler: Crawler) -> CrawlerIdentity:
    """The crawler, for the archive's files."""
    settings = crawler.settings
    return CrawlerIdentity(settings.get("NEWSLEDGER_CONTACT") or "", settings.get("USER_AGENT") or "", socket.gethostname())


def crawl_result_of(crawler: Crawler, spider: NewsSpider, reason: str) -> CrawlResult:
    """The end of a crawl; `reason` is Scrapy's."""
    throttle = crawler.get_downloader_middleware(ThrottleMiddleware)
    spider.problem = (throttle and throttle.ended) or spider.problem
    why: CodedReason | None = spider.problem if reason == "finished" else _why_closed(crawler, reason)
    outcome = CrawlOutcome.FAILED if why else CrawlOutcome.FINISHED
    if why and why.code in _STOPPED:
        outcome = CrawlOutcome.STOPPED
    requests = crawler.stats.get_value("downloader/request_count", 0) if crawler.stats else 0
    return CrawlResult(
        outcome, why.text if why else None, spider.clock(), requests, spider.candidate_count, spider.skipped,
        whole=reason == "finished" and Skipped.CRAWL_LIMIT not in spider.skipped and not spider.problem,
        sources=tuple(spider.sources_read.values()), listed=_changed_listings(spider), vanished=spider.vanished,
        reason_code=why.code if why else None,
    )  # fmt: skip


def _why_closed(crawler: Crawler, reason: str) -> CodedReason:
    """Why a crawl was cut off: by ourselves, or by Scrapy for a reason of its own."""
    stopped = stopped_for(crawler)
    if stopped and stopped.text == reason:
        return stopped
    return CodedReason(CrawlReason.ASKED_TO_END if reason in _REQUESTED_ENDS else CrawlReason.OTHER, reason)


def _changed_listings(spider: NewsSpider) -> dict[str, str | None]:
    """Key of an article -> the list that contains it now, if that has changed; None: it was removed from one."""
    delisted = islice(fallen_out(spider.lists, spider.snapshot), MAX_DELISTED)
    found: dict[str, str | None] = dict.fromkeys((*spider.vanished, *delisted))
    for key, source in where_listed(spider.lists).items():
        known = spider.snapshot.articles.get(key)
        if key not in spider.snapshot.dead_ends and (known is None or known.listed_in != source):
            found[key] = source
    return found


class RemoteRecord:
    """Starts and ends a crawl with a `RemoteWriter`."""

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
        """Reads NEWSLEDGER_TIME_LIMIT (minutes); inactive for a crawl with its own ledger."""
        return cls(crawler, remote_writer_of(crawler), crawler.settings.getfloat("NEWSLEDGER_TIME_LIMIT") * 60.0)

    def spider_opened(self, spider: NewsSpider) -> None:
        """Open the session of a worker's crawl; if its archive is not there, nothing is requested from the site."""
        spider.look_up = self._look_up
        self._alarm = asyncio.get_running_loop().call_later(self._seconds, self._end_at_limit)
        machine = machine_name()
        folder = Path(self._crawler.settings.get("NEWSLEDGER_WARC") or "data/warc") / machine
        keep, absent = None, None
        if spider.site.archive != "off":
            pages = (page for page in spider.scope.archived_by_workers if page.startswith(f"{machine}/"))
            absent = absence_of(folder, next(pages, None))
            self._archive = ArchiveWriter(folder, spider.site.id, identity=identity_of(self._crawler))
            keep = archive_policy_of(spider.site, self._archive, None, machine)
        open_session(self._crawler, RemoteSession(self._remote_writer, spider.snapshot, keep))
        if absent:
            raise refused(self._crawler, CodedReason(CrawlReason.ARCHIVE_MISSING, f"on {machine}: {absent}"))

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Report the end of the crawl."""
        if self._alarm:
            self._alarm.cancel()
        try:
            self._remote_writer.end(crawl_result_of(self._crawler, spider, reason))
        except DispatchError as error:
            logger.error("%s: how the crawl ended could not be told: %s", spider.site.id, error)
        if self._archive:
            self._archive.close()

    def _look_up(self, question: SnapshotQuestion) -> SiteSnapshot:
        try:
            return self._remote_writer.look_up(question)
        except DispatchError as error:
            raise StoreError(f"not answered: {error}") from error

    def _end_at_limit(self) -> None:
        stop_crawl(self._crawler, CodedReason(CrawlReason.TIME_LIMIT, f"stopped after {self._seconds:g} s"))


class RemoteSession:
    """The session of a crawl with a `RemoteWriter`: archives possible news, and sends each item."""

    is_remote = True

    def __init__(self, remote_writer: RemoteWriter, snapshot: SiteSnapshot, archive: ArchivePolicy | None) -> None:
        self.snapshot = snapshot
        self._remote_writer = remote_writer
        self._archive = archive
        self._archiving = threading.Lock()
        """Items are sent from several threads; the archive is one file."""

    def write(self, item: Article | Fetch) -> None:
        """Send an item; waits while the writer is behind. Raises StoreError: it will be fetched again."""
        try:
            with self._archiving:
                item = archived_item(item, self.snapshot, self._archive)
            self._remote_writer.send(item)
        except DispatchError as error:
            raise StoreError(f"not handed over: {error}") from error

    def stop_reason(self, error: StoreError) -> CodedReason:
        """Why the crawl ends after this error."""
        return UNREACHED if isinstance(error.__cause__, DispatchError) else CodedReason(CrawlReason.STORE_FAILED, str(error))


def machine_name() -> str:
    """This machine's name as a folder's name: archives of all machines are put side by side once they are collected."""
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())[:60] or "worker"


def archived_item(item: Article | Fetch, snapshot: SiteSnapshot, keep: ArchivePolicy | None) -> Article | Fetch:
    """The item with its location in this worker's archive, and with its page only if its reading may still be doubted.

    The worker judges by what it knows; the writer, who decides, may find less in the item, and never more.
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
