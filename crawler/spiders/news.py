"""The news spider: reads a site's sources, fetches the articles of the plan, and yields one item for each fetch.

It handles the network side of a fetch (status, redirects, validators) and decides nothing else: `discovery` reads sources,
the frontier chooses URLs, `extraction` reads pages, `pipelines` judges what they mean.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue import load_sites
from crawler.catalogue.site import Site
from crawler.clock import Clock, clock
from crawler.crawl.remote import CrawlScope, RemoteWriter, set_scope
from crawler.crawl.rights import TDM_WANTED
from crawler.crawl.session import CrawlContext
from crawler.discovery import sources
from crawler.discovery.candidate import Candidate, Listing, SitemapRef, SourceKind
from crawler.discovery.delisting import SourceListing, find_delisted, listing_of
from crawler.discovery.frontier import PlannedRequest, RecheckMode, are_mostly_new, is_source_due, plan_requests, question_of
from crawler.middlewares import HostSuspended
from crawler.middlewares.download_handler import CAPTURE_EXCHANGE
from crawler.middlewares.robots import RobotsMiddleware
from crawler.middlewares.ssrf import allow_private_places
from crawler.spiders.response import item_from_response, outcome_of_failure
from pipelines.article import Article, Fetch
from pipelines.history.revisions import canonical_url
from pipelines.items import session_of, stop_crawl
from pipelines.reasons import CodedReason, CrawlReason, Skipped, SourceProblem, because
from pipelines.store.crawls import Source
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion
from pipelines.store.database import StoreError
from pipelines.text.urls import amp_to_article, canonicalize

logger = logging.getLogger(__name__)


_PROBE_PRIORITY = 100
MAX_LATER_PAGES = 5
"""Of one section, in one crawl. More: a longer break is made up for, and a new title's first crawl reaches further back."""
_PRIORITY = {SourceKind.SITEMAP: 30, SourceKind.FEED: 20, SourceKind.SECTION: 10}


class UnknownSiteError(ValueError):
    """No site of the catalogue has this id."""


class NewsSpider(Spider):
    """`scrapy crawl news -a site=ID [-a recheck=due|all|none] [-a urls=URL,URL]`."""

    name = "news"
    snapshot: SiteSnapshot
    look_up: Callable[[SnapshotQuestion], SiteSnapshot] = staticmethod(lambda _: SiteSnapshot())
    """Queries the store; raises StoreError."""

    def __init__(
        self, *, site: Site, recheck: str = RecheckMode.DUE, urls: str = "", trigger: str = "hand", planned: str = "",
        remote_writer: RemoteWriter | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """With `urls` (comma-separated) only these are fetched, and no source; with `remote_writer` the store is elsewhere."""
        super().__init__(**kwargs)
        self.site = site
        self.scope = CrawlScope(site, remote_writer)
        self.recheck = RecheckMode(recheck)
        self.named = tuple(url for url in urls.split(",") if url)
        self.trigger = trigger
        self.planned_start = datetime.fromisoformat(planned) if planned else None
        self.snapshot = SiteSnapshot()
        self.crawl_id = 0
        self.planned = 0
        self.sources_read: dict[str, Source] = {}
        self.skipped: dict[str, int] = {}
        self.problem: CodedReason | None = None
        self.allowed: int | None = None
        self.lists: list[SourceListing] = []
        self.vanished: tuple[str, ...] = ()
        self._candidates: list[Candidate] = []
        self._read_whole: list[tuple[str, SourceKind, tuple[Candidate, ...]]] = []
        self._named_by: dict[str, set[str]] = {}
        self._next_pages: list[tuple[str, str, str, int, tuple[Candidate, ...]]] = []
        """The section, its address after redirects, that of its next page, its number, and what the page before it lists."""
        self._pending = 0
        self._failures: list[str] = []
        self._unreadable: set[str] = set()
        self._sitemaps_left = 0
        self._limit = 0
        self.clock: Clock = clock()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """`site` is a Site or the id of one. Its delay and language become settings of this crawl.

        Reads NEWSLEDGER_SITES, NEWSLEDGER_OWN_SITES, NEWSLEDGER_RECHECK, NEWSLEDGER_NOW, NEWSLEDGER_MAX_PAGES,
        NEWSLEDGER_MAX_SITEMAPS.
        """
        settings = crawler.settings
        site = kwargs.pop("site", None)
        if not isinstance(site, Site):
            catalogue = (settings.get(f"NEWSLEDGER_{key}") for key in ("SITES", "OWN_SITES", "RECHECK"))
            site = _site(str(site or ""), *catalogue)
        settings.set("DOWNLOAD_DELAY", site.delay_seconds, priority="spider")
        headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), "Accept-Language": f"{site.language or 'en'},*;q=0.5"}
        settings.set("DEFAULT_REQUEST_HEADERS", headers, priority="spider")
        allow_private_places(site)
        spider = super().from_crawler(crawler, *args, site=site, **kwargs)
        set_scope(crawler, spider.scope)
        spider.clock = clock(settings.get("NEWSLEDGER_NOW"))
        spider._sitemaps_left = settings.getint("NEWSLEDGER_MAX_SITEMAPS")
        spider._limit = settings.getint("NEWSLEDGER_MAX_PAGES")
        return spider

    def use_context(self, context: CrawlContext) -> None:
        """Use what the store knows of the site, before the first request."""
        self.snapshot, self.allowed, self.scope.wary_of = context.snapshot, context.allowed, context.wary_of
        self.scope.archived_by_workers = context.archived_by_workers

    @property
    def candidate_count(self) -> int:
        """Number of different URLs in the sources."""
        return len({candidate.key for candidate in self._candidates})

    async def start(self) -> AsyncIterator[Any]:
        """Request all sources first; after the last response, the articles."""
        if self.scope.wary_of and not self.named:
            yield Request(self.site.url, callback=self.probed, errback=self.probed, priority=_PROBE_PRIORITY, dont_filter=True)
        requests = [] if self.named else await self._source_requests()
        self._pending = len(requests)
        for request in requests or self._article_requests():
            yield request

    def probed(self, _: Response | Failure) -> Iterator[Any]:
        """The front page of a host that refused us the last time: `ThrottleMiddleware` has recorded the answer."""
        yield from ()

    # --- sources -----------------------------------------------------------------------------------------------------

    async def _source_requests(self) -> list[Request]:
        sitemaps = list(self.site.sitemaps)
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots and not sitemaps and self.site.robots_sitemaps:
            sitemaps += (await robots.rules(self.site.url)).sitemaps
        wanted = [(url, SourceKind.SITEMAP, None) for url in sitemaps[: self._sitemaps_left]]
        now, remembered = self.clock(), self.snapshot.sources
        for kind, urls in ((SourceKind.FEED, self.site.feeds), (SourceKind.SECTION, self.site.sections)):
            for url in urls:
                if is_source_due(remembered.get(url), remembered.values(), now):
                    wanted.append((url, kind, None))
                else:
                    logger.debug("%s: the sitemaps tell all it tells; asked again within the hour", url)
        if not wanted:
            # No source is defined: the usual place, and what the front page links to.
            wanted += [
                (urljoin(self.site.url, "/sitemap.xml"), SourceKind.SITEMAP, None),
                (self.site.url, SourceKind.SECTION, None),
            ]
        self._sitemaps_left -= min(len(sitemaps), self._sitemaps_left)
        return [self._source_request(url, kind, claimed) for url, kind, claimed in dict.fromkeys(wanted)]

    def _source_request(self, url: str, kind: SourceKind, claimed: str | None) -> Request:
        return Request(
            url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=_validators(self.snapshot.sources.get(url)),
            priority=_PRIORITY[kind],
            dont_filter=True,
            cb_kwargs={"url": url, "kind": kind, "claimed": claimed},
        )

    def parse_source(self, response: Response, url: str, kind: SourceKind, claimed: str | None) -> Iterator[Any]:
        """Read what one source lists; sitemaps of an index are requested in turn."""
        known = self.snapshot.sources.get(url)
        if response.status == 304 and known:
            self.sources_read[url] = replace(known, fetched=self.clock(), claimed_modified=claimed, contributed=0)
            if known.problem:
                logger.info("%s: %s still", url, known.problem)
        elif response.status == 200:
            yield from self._read_source(response, url, kind, claimed)
        else:
            self._source_problem(url, kind, f"status {response.status}", response.status)
        yield from self._source_done()

    def _read_source(self, response: Response, url: str, kind: SourceKind, claimed: str | None) -> Iterator[Request]:
        listing = sources.read(kind, response.body, response.url, self.site, _header(response, b"Content-Type"))
        for problem in listing.problems:
            self._warn(url, listing.problems[0], "%s: %s", url, problem)
        is_silent = not listing.candidates and not any(self.site.same_site(child.url) for child in listing.sitemaps)
        code, reason = self._why_silent(url, listing) if is_silent else (None, None)
        if kind is not SourceKind.SECTION and listing.candidates and not listing.problems:
            self._read_whole.append((url, kind, listing.candidates))
        self._note(url, response.url, listing, 1)
        etag, last_modified = _header(response, b"ETag"), _header(response, b"Last-Modified")
        if is_silent and listing.problems:
            etag = last_modified = None  # asked in full until it is what it should be
        self.sources_read[url] = Source(
            url, kind, self.clock(), response.status, etag, last_modified, claimed, candidates=len(listing.candidates),
            dated=sum(c.claimed_modified is not None for c in listing.candidates), problem_code=code, problem=reason,
        )  # fmt: skip
        for child in self._children(listing.sitemaps):
            self._pending += 1
            yield self._source_request(child.url, SourceKind.SITEMAP, str(child.claimed_modified or "") or None)

    def _note(self, url: str, first: str, listing: Listing, page: int) -> None:
        if listing.next_page and page <= MAX_LATER_PAGES and not self._named_by.keys() >= {one.key for one in listing.candidates}:
            self._next_pages.append((url, first, listing.next_page, page + 1, listing.candidates))
        self._candidates += listing.candidates
        for candidate in listing.candidates:
            self._named_by.setdefault(candidate.key, set()).add(url)

    def _later_pages(self) -> Iterator[Request]:
        """The next page of each section whose last page lists mostly new articles that no sitemap does: those of a new title, or
        after a break."""
        pages, self._next_pages = self._next_pages, []
        pages = [one for one in pages if not all(self._by_sitemap(self._named_by[each.key]) for each in one[-1])]
        if not pages or self.candidate_count >= self._limit:
            return
        now = self.clock()
        question = question_of((each for one in pages for each in one[-1]), self.site, now, recheck=RecheckMode.NONE)
        try:
            self.snapshot.add(self.look_up(question))
        except StoreError:
            return  # the question before the articles meets the same, and ends the crawl
        for section, first, address, number, candidates in pages:
            if are_mostly_new(candidates, self.snapshot, self.site, now):
                values = {"section": section, "first": first, "number": number}
                parse, failed = self.parse_later_page, self.later_page_failed
                yield Request(address, parse, errback=failed, cb_kwargs=values, dont_filter=True)

    def parse_later_page(self, response: Response, section: str, first: str, number: int) -> Iterator[Any]:
        """Read a later page of a section: all that it lists is named by the section."""
        if response.status == 200:
            content_type = _header(response, b"Content-Type")
            listing = sources.read(SourceKind.SECTION, response.body, response.url, self.site, content_type, first)
            self._note(section, first, listing, number)
        yield from self._source_done()

    def later_page_failed(self, failure: Failure) -> Iterator[Any]:
        """The list ends here in this crawl."""
        logger.info("%s: %s", failure.request.url, outcome_of_failure(failure)[1])  # type: ignore[attr-defined]
        yield from self._source_done()

    def _why_silent(self, url: str, listing: Listing) -> tuple[SourceProblem, str]:
        """Why a source that answered lists nothing; recorded if it is no such document at all."""
        if not listing.problems:
            problem = f"it names sitemaps of another site: {listing.sitemaps[0].url}" if listing.sitemaps else "it names nothing"
            self._warn(url, problem, "%s: %s", url, problem)
            return SourceProblem.EMPTY, problem
        self._failures.append(f"{url}: {listing.problems[0]}")
        self._unreadable.add(url)
        is_defined = url in (*self.site.feeds, *self.site.sitemaps, *self.site.sections)
        return SourceProblem.UNREADABLE if is_defined else SourceProblem.PASSED_OVER, listing.problems[0]

    def _warn(self, url: str, problem: str, text: str, *values: object) -> None:
        """Warn of a source's new problem; while it lasts, crawl after crawl, it is only logged at INFO. The fault of a source
        that lists articles anyway is not stored, and a warning is given when the source is first read."""
        known = self.snapshot.sources.get(url)
        is_new = known is None or (known.problem != problem and not known.candidates)
        logger.log(logging.WARNING if is_new else logging.INFO, text, *values)

    def _children(self, listing_of: tuple[SitemapRef, ...]) -> list[SitemapRef]:
        """Sitemaps of an index to fetch: newest first, without those whose `lastmod` in the index is unchanged."""
        wanted = []
        for child in sources.newest_first(listing_of):
            known = self.snapshot.sources.get(child.url)
            if child.url in self.sources_read or not self.site.same_site(child.url):
                continue
            was_read = known and known.status == 200 and known.problem_code != SourceProblem.PASSED_OVER
            if known and was_read and known.claimed_modified and known.claimed_modified == str(child.claimed_modified):
                self.sources_read[child.url] = known
            else:
                wanted.append(child)
        kept = wanted[: self._sitemaps_left]
        self._sitemaps_left -= len(kept)
        if len(wanted) > len(kept):
            logger.info("%s: %d older sitemaps are left unread", self.site.id, len(wanted) - len(kept))
        return kept

    def source_failed(self, failure: Failure) -> Iterator[Any]:
        """A source without an answer: a problem of this source only."""
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]
        self._source_problem(arguments["url"], arguments["kind"], str(outcome_of_failure(failure)[1]))
        yield from self._source_done()

    def _source_problem(self, url: str, kind: SourceKind, reason: str, status: int | None = None) -> None:
        self._warn(url, reason, "%s: %s could not be read: %s", self.site.id, url, reason)
        self._failures.append(f"{url}: {reason}")
        self.sources_read[url] = Source(url, kind, self.clock(), status, problem_code=SourceProblem.NO_ANSWER, problem=reason)

    def _source_done(self) -> Iterator[Request]:
        self._pending -= 1
        if self._pending == 0 and self._next_pages:
            requests = list(self._later_pages())
            self._pending = len(requests)
            yield from requests
        if self._pending == 0:
            readable = (url for url, source in self.sources_read.items() if source.status in (200, 304))
            if self._failures and self._unreadable.issuperset(readable):
                self.problem = CodedReason(CrawlReason.NO_SOURCE, f"no source could be read; {self._failures[0]}")
            yield from self._article_requests()

    # --- articles ----------------------------------------------------------------------------------------------------

    def _article_requests(self) -> Iterator[Request]:
        now, recheck = self.clock(), RecheckMode.NONE if self.named else self.recheck
        lists = (url for url, _, _ in self._read_whole)
        question = question_of(self._candidates, self.site, now, recheck=recheck, named=self.named, lists=lists)
        try:
            self.snapshot.add(self.look_up(question))
        except StoreError as error:
            session = session_of(self.crawler)
            if session:
                stop_crawl(self.crawler, session.stop_reason(error))
            return
        self.lists = [listing_of(url, kind, candidates, self.snapshot) for url, kind, candidates in self._read_whole]
        self.vanished = find_delisted(self.lists, self.snapshot)
        plan = plan_requests(
            self._candidates, self.snapshot, self.site, now, recheck=recheck, named=self.named, limit=self._limit,
            delisted=self.vanished, allowed=None if self.recheck is RecheckMode.ALL else self.allowed,
        )  # fmt: skip
        self.skipped = {str(code): count for code, count in plan.skipped.items()}
        self.planned = len(plan.requests)
        self._credit(plan.fresh)
        counts = self.candidate_count, len(plan.requests), self.skipped
        logger.info("%s: %d candidates, %d to ask for; passed over: %s", self.site.id, *counts)
        for planned in plan.requests:
            yield self._article_request(planned)

    def _article_request(self, planned: PlannedRequest) -> Request:
        headers = _validators(planned.known) if planned.conditional and planned.known else {}
        return Request(
            planned.url,
            callback=self.parse_article,
            errback=self.article_failed,
            headers=headers,
            dont_filter=True,
            meta={TDM_WANTED: self.site.tdm == "skip", CAPTURE_EXCHANGE: self.site.archive != "off"},
            cb_kwargs={"planned": planned},
        )

    def parse_article(self, response: Response, planned: PlannedRequest) -> Iterator[Article | Fetch | Request]:
        """The item of one response; an AMP page is followed by the page that it is a copy of."""
        item = item_from_response(response, planned, self.site, self.clock())
        if isinstance(item, Article) and amp_to_article(item.url) and canonical_url(item) != item.url and not planned.aliases:
            full_page = replace(planned, url=canonical_url(item), conditional=False, aliases=((item.url, "amp"),))
            yield self._article_request(full_page)
        else:
            yield item

    def article_failed(self, failure: Failure) -> Iterator[Fetch]:
        """No usable response: recorded with the reason."""
        if isinstance(failure.value, HostSuspended):  # no fetch: counted, and planned again at the next crawl
            code = str(Skipped.HOST_SUSPENDED)
            self.skipped[code] = self.skipped.get(code, 0) + 1
            return
        planned: PlannedRequest = failure.request.cb_kwargs["planned"]  # type: ignore[attr-defined]
        outcome, reason = outcome_of_failure(failure)
        url = canonicalize(failure.request.url) or planned.url  # type: ignore[attr-defined]
        yield because(Fetch(url, self.clock(), planned.url if url != planned.url else None), outcome, reason)

    def _credit(self, fresh: frozenset[str]) -> None:
        """Note which feeds and sections listed new articles that no sitemap did."""
        for url, source in list(self.sources_read.items()):
            if source.kind != SourceKind.SITEMAP and source.status == 200:
                alone = sum(
                    url in named_by and not self._by_sitemap(named_by) for key, named_by in self._named_by.items() if key in fresh
                )
                self.sources_read[url] = replace(source, contributed=alone)

    def _by_sitemap(self, urls: set[str]) -> bool:
        return any(self.sources_read[url].kind == SourceKind.SITEMAP for url in urls)


def _site(site_id: str, path: str | None, own: str | None, recheck: str) -> Site:
    for site in load_sites(Path(path) if path else None, Path(own) if own else None, recheck=recheck):
        if site.id == site_id:
            return site
    raise UnknownSiteError(f"no site {site_id!r} in the catalogue")


def _validators(known: Any) -> dict[str, str]:
    """Conditional headers from anything with `etag` and `last_modified`."""
    pairs = {"If-None-Match": getattr(known, "etag", None), "If-Modified-Since": getattr(known, "last_modified", None)}
    return {name: value for name, value in pairs.items() if value}


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None
