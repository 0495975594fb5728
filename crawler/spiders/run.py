"""Running crawls: one site in this process, or several as child processes. Scrapy is started here and nowhere else."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from twisted.internet.base import ReactorBase
from twisted.internet.error import ReactorNotRunning

from crawler import settings as ours
from crawler.catalogue.site import Site, host_of, is_loopback
from crawler.clock import clock
from crawler.crawl.remote import RemoteWriter
from crawler.crawl.robots_txt import RobotsRules
from crawler.crawl.session import CrawlContext, rows_of
from crawler.extraction.markup.page import collect_seldom
from crawler.logs import install, keep_lines
from crawler.middlewares.robots import RobotsMiddleware
from crawler.schedule.processes import hold_everywhere, locks_of
from crawler.spiders.news import NewsSpider
from crawler.spiders.page import FetchedPage, PageSpider
from crawler.spiders.probe import Probe, ProbeSpider
from crawler.spiders.site_check import ARTICLES, SITEMAPS, Answers, SiteCheck, failed, judge_answers
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, made_already, note_crawl, put_sites
from pipelines.store.crawls.open_crawls import worker_at
from pipelines.store.database import Store
from pipelines.store.rows import Row

_Result = TypeVar("_Result")

PROBE_DELAY_SECONDS = 1.0
"""Between two requests of a probe, as `delay_seconds` of a site without that key."""
CHECK_SECONDS = 900.0
"""Time limit for the check of one site: a dozen requests, a minute apart if robots.txt asks for that."""

COMPONENT_LISTS = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES")
COMPONENTS = ("STATS_CLASS", "LOG_FORMATTER", "REQUEST_FINGERPRINTER_CLASS", "DUPEFILTER_CLASS", "SCHEDULER_PRIORITY_QUEUE",
              "SCHEDULER_MEMORY_QUEUE")  # fmt: skip
"""Settings that name Scrapy's and our components."""


@dataclass(frozen=True, slots=True)
class Options:
    """A person's options for a crawl."""

    db: str
    recheck: str = "due"
    urls: tuple[str, ...] = ()
    trigger: str = "hand"
    log_level: str = "WARNING"
    sites: str = ""
    """Path of the catalogue, for child processes; empty: the shipped one."""
    now: str = ""
    """A frozen clock, for the demo and tests; empty: the real one."""
    planned: str = ""
    """When a schedule planned the start, ISO 8601; empty by hand."""
    log: str = "text"
    """The format of log lines: "text", which is Scrapy's own, or "json"."""
    warc: str = ""
    """The folder of archived pages; empty: as in the settings."""

    def with_urls(self, urls: Sequence[str]) -> Self:
        return replace(self, urls=tuple(urls))


def crawl_site(site: Site, options: Options, watch: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Crawl one site to its end; returns the id of its row in `crawls`. Once a process: the reactor does not restart.

    `watch(done, total)` is called for each fetch, once the total is known. If another process crawls the same
    host, the row says `skipped`, and nothing is requested.
    """
    with hold_everywhere(locks_of(options.db), site.politeness_group, is_local=is_loopback(site.host)) as holder:
        if holder is not None:
            running = f"another crawl of {site.politeness_group} is running (process {holder or 'unknown'})"
            return _skip(site, options, CodedReason(CrawlReason.HOST_BUSY, running))
        why_not = _why_not(site, options)
        if why_not:
            return _skip(site, options, why_not)
        return _crawl_alone(site, options, watch)


def preload() -> None:
    """Import what Scrapy loads by name for each crawl, so that a process that forks crawls has it once. Loads no reactor."""
    settings = settings_for(Options(db=""))
    for name in COMPONENT_LISTS:
        for component in settings.getwithbase(name):
            load_object(component)
    for name in COMPONENTS:
        load_object(settings[name])


def crawl_for(
    site: Site, options: Options, remote_writer: RemoteWriter, opened_as: tuple[int, CrawlContext], seconds: float
) -> None:
    """Crawl one site whose store is elsewhere; `opened_as` is the answer of `remote_writer.open`. Stopped after `seconds`.

    Once a process, like `crawl_site`.
    """
    settings = settings_for(options)
    overrides = {"NEWSLEDGER_TIME_LIMIT": seconds / 60, "LOG_INSTALL_ROOT_HANDLER": False}  # the worker's is there
    settings.setdict(overrides, priority="cmdline")
    crawl_id, context = opened_as
    if options.log == "json":
        install("json", options.log_level, lambda: {"site": site.id, "crawl": crawl_id})
    for handler in logging.root.handlers:
        handler.setLevel(options.log_level)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(NewsSpider)

    def opened(spider: NewsSpider) -> None:
        spider.crawl_id = crawl_id
        spider.use_context(context)

    crawler.signals.connect(opened, signals.spider_opened, weak=False)
    collect_seldom()
    process.crawl(crawler, site=site, remote_writer=remote_writer, recheck=options.recheck, trigger=options.trigger,
                  planned=options.planned)  # fmt: skip
    process.start()


def _why_not(site: Site, options: Options) -> CodedReason | None:
    """Why a crawl must not run although no process of this machine crawls the host; None if it may."""
    with Store(options.db) as store:
        worker = worker_at(store, site.politeness_group)
        if worker:
            return CodedReason(CrawlReason.HOST_BUSY, f"worker {worker} crawls {site.politeness_group}")
        planned = datetime.fromisoformat(options.planned) if options.planned else None
        made = made_already(store, site.id, planned, clock(options.now)()) if planned else None
        return CodedReason(CrawlReason.ALREADY_MADE, f"another schedule made this start already (crawl {made})") if made else None


def _skip(site: Site, options: Options, reason: CodedReason) -> int:
    now = clock(options.now)()
    planned = datetime.fromisoformat(options.planned) if options.planned else now
    with Store(options.db) as store:
        put_sites(store, rows_of([site]))
        return note_crawl(store, site.id, options.trigger, CrawlOutcome.SKIPPED, planned, now, reason)


def _crawl_alone(site: Site, options: Options, watch: Callable[[int, int], None]) -> int:
    spider: NewsSpider | None = None

    def context() -> dict[str, object]:
        return {"site": site.id} | ({"crawl": spider.crawl_id} if spider and spider.crawl_id else {})

    if options.log == "json":
        install("json", options.log_level, context)
    process = AsyncCrawlerProcess(settings_for(options))
    keep_lines(options.db, site.id, context)
    crawler = process.create_crawler(NewsSpider)
    collect_seldom()
    done = 0

    def scraped(**_: Any) -> None:
        nonlocal done
        done += 1
        if isinstance(crawler.spider, NewsSpider):
            watch(done, crawler.spider.planned)

    def opened(**_: Any) -> None:
        nonlocal spider
        spider = crawler.spider if isinstance(crawler.spider, NewsSpider) else None

    crawler.signals.connect(opened, signals.spider_opened, weak=False)
    crawler.signals.connect(scraped, signals.item_scraped, weak=False)
    arguments = {"recheck": options.recheck, "urls": ",".join(options.urls), "trigger": options.trigger}
    process.crawl(crawler, site=site, planned=options.planned, **arguments)
    process.start()
    return crawler.spider.crawl_id if isinstance(crawler.spider, NewsSpider) else 0


def crawl_in_turn(site: Site, moments: Iterable[datetime], options: Options, before: Callable[[datetime], None],
                  after: Callable[[datetime, int], None]) -> None:  # fmt: skip
    """Crawl one site again and again in this process, with the clock stopped at each moment in turn: a day in seconds.

    `before(moment)` prepares the site, `after(moment, crawl_id)` sees the result; their exceptions end the run and are raised
    here.
    """
    process = AsyncCrawlerProcess(settings_for(options))

    async def day() -> None:
        for moment in moments:
            before(moment)
            crawler = Crawler(NewsSpider, settings_for(replace(options, now=moment.isoformat())))
            await process.crawl(crawler, site=site, recheck=options.recheck, trigger=options.trigger)
            after(moment, crawler.spider.crawl_id if isinstance(crawler.spider, NewsSpider) else 0)

    task = asyncio.get_event_loop().create_task(day())
    task.add_done_callback(_stop)
    process.start(stop_after_crawl=False)
    if not task.cancelled():
        task.result()


def crawl_sites(sites: Sequence[Site], options: Options, urls: Mapping[str, Sequence[str]], jobs: int,
                advance: Callable[[], None]) -> list[int]:  # fmt: skip
    """Crawl sites as child processes, at most `jobs` in parallel and those of one host one after the other; returns their
    crawl ids."""
    return _in_children(
        sites, jobs, lambda site: _crawl_in_child(site, options.with_urls(urls.get(site.id, ()))), lambda _: advance()
    )


def check_sites(sites: Sequence[Site], db: str, catalogue: str, jobs: int, on_result: Callable[[Row], None]) -> list[Row]:
    """As `check_site`, for several, as child processes; `on_result` receives each result."""
    return _in_children(sites, jobs, lambda site: _check_in_child(site, db, catalogue), on_result)


def _in_children(
    sites: Sequence[Site], jobs: int, run: Callable[[Site], _Result], on_result: Callable[[_Result], None]
) -> list[_Result]:
    groups: dict[str, list[Site]] = {}
    for site in sites:
        groups.setdefault(site.politeness_group, []).append(site)

    def run_group(group: list[Site]) -> list[_Result]:
        results = []
        for site in group:
            results.append(run(site))
            on_result(results[-1])
        return results

    with ThreadPoolExecutor(jobs) as pool:
        return [result for results in pool.map(run_group, groups.values()) for result in results]


def check_site(site: Site, db: str) -> SiteCheck:
    """Fetch a site's sources and a few articles, and store nothing. Once a process, like `crawl_site`.

    `db`: the ledger beside which crawls hold their locks, so that only one process requests a host at a time.
    """
    if not Path(db).is_file():
        return _check_alone(site)
    with hold_everywhere(locks_of(db), site.politeness_group, is_local=is_loopback(site.host)) as holder:
        if holder is not None:
            return failed(site, "host_busy", f"a crawl of {site.politeness_group} is running (process {holder or 'unknown'})")
        return _check_alone(site)


def _check_alone(site: Site) -> SiteCheck:
    settings = settings_for(Options(db="", log_level="CRITICAL"))
    bounds = {"NEWSLEDGER_MAX_PAGES": ARTICLES, "NEWSLEDGER_MAX_SITEMAPS": SITEMAPS, "RETRY_TIMES": 0}
    settings.setdict(bounds, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(NewsSpider)
    items: list[object] = []
    rules: RobotsRules | None = None

    def closing(**_: Any) -> None:
        nonlocal rules
        robots = crawler.get_downloader_middleware(RobotsMiddleware)
        rules = robots.read_of(site.url) if robots else None

    crawler.signals.connect(lambda item: items.append(item), signals.item_scraped, weak=False)
    crawler.signals.connect(closing, signals.spider_closed, weak=False)
    process.crawl(crawler, site=site, recheck="none")
    process.start()
    spider = crawler.spider
    if not isinstance(spider, NewsSpider):
        return failed(site, "not_begun", "the check did not begin")
    requests = crawler.stats.get_value("downloader/request_count", 0) if crawler.stats else 0
    sources = tuple(spider.sources_read.values())
    return judge_answers(site, Answers(rules, sources, items, spider.planned, spider.skipped, requests))


def probe_site(url: str, watch: Callable[[str], None]) -> Probe:
    """Find out how the title at an address is defined; `watch` is called for each request. Once a process, like `crawl_site`."""
    delay = 0.0 if is_loopback(host_of(url)) else PROBE_DELAY_SECONDS
    site = Site("probe", "probe", url, "UTC", delay_seconds=delay)
    settings = settings_for(Options(db="", log_level="CRITICAL"))
    settings.setdict({"RETRY_TIMES": 0, "DOWNLOAD_DELAY": delay}, priority="cmdline")
    found: list[Probe] = []
    process = AsyncCrawlerProcess(settings)
    process.crawl(ProbeSpider, site=site, on_result=found.append, on_request=watch)
    process.start()
    return found[0] if found else Probe(url, {}, problem="the probe did not begin")


def fetch_pages(site: Site, urls: tuple[str, ...]) -> list[FetchedPage]:
    """Fetch pages of a site and store nothing. Once a process, like `crawl_site`."""
    pages: list[FetchedPage] = []
    process = AsyncCrawlerProcess(settings_for(Options(db="")))
    process.crawl(PageSpider, site=site, urls=urls, on_page=pages.append)
    process.start()
    return pages


def settings_for(options: Options) -> Settings:
    """Our settings module, with this crawl's options."""
    settings = Settings()
    settings.setmodule(ours, priority="project")
    overrides = {"NEWSLEDGER_DB": options.db, "LOG_LEVEL": options.log_level, "LOG_INSTALL_ROOT_HANDLER": options.log == "text"}
    more = {"NEWSLEDGER_NOW": options.now, "NEWSLEDGER_WARC": options.warc}
    settings.setdict(overrides | {key: value for key, value in more.items() if value}, priority="cmdline")
    return settings


def _stop(_: object) -> None:
    from twisted.internet import reactor  # only now is the right one installed

    with suppress(ReactorNotRunning):
        cast("ReactorBase", reactor).stop()


def _crawl_in_child(site: Site, options: Options) -> int:
    """The crawl id that the child printed, or 0 if it died before it had one."""
    command = [sys.executable, "-m", "crawler", "crawl", *(options.urls or (site.id,)), "--db", options.db,
               "--recheck", options.recheck, "--log", options.log, "--log-level", options.log_level, "--json"]  # fmt: skip
    child = subprocess.run(  # noqa: S603 - our own command
        [*command, *(["--sites", options.sites] if options.sites else [])], stdout=subprocess.PIPE, check=False
    )
    try:
        return int(json.loads(child.stdout)[0]["id"])
    except (ValueError, LookupError, TypeError):
        return 0


def _check_in_child(site: Site, db: str, catalogue: str) -> Row:
    command = [sys.executable, "-m", "crawler", "sites", "check", site.id, "--json", "--db", db]
    command += ["--sites", catalogue] if catalogue else []
    try:
        child = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=CHECK_SECONDS)  # noqa: S603 - our own command
        row: Row = json.loads(child.stdout)[0]
    except subprocess.TimeoutExpired:
        return failed(site, "too_slow", f"its answers took more than {CHECK_SECONDS / 60:g} min").as_row()
    except (ValueError, LookupError, TypeError):
        return failed(site, "not_begun", f"the check ended with {child.returncode}").as_row()
    return row
