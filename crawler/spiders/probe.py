"""Spider that finds out how a title is defined, from its address alone: for `newsledger sites probe|add`. Stores nothing.

One request after the other, at the pace of a crawl, at most MAX_REQUESTS: robots.txt, the front page, the feeds and sitemaps
that they name or else the usual places, the pages of its menus, and a few articles. `crawler.discovery.proposal` reads them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.response import get_meta_refresh

from crawler.catalogue.site import Site, is_loopback
from crawler.clock import clock
from crawler.crawl.remote import scope_of
from crawler.crawl.robots_txt import RobotsRules
from crawler.discovery import sources
from crawler.discovery.candidate import Candidate, Listing, SourceKind
from crawler.discovery.frontier import PlannedRequest
from crawler.discovery.proposal import (
    USUAL_FEEDS,
    USUAL_SITEMAPS,
    FrontPage,
    article_pattern,
    country_of,
    language_of,
    needs_script,
    platform_of,
    read_front_page,
    site_id_of,
    zone_of,
)
from crawler.discovery.shape import Shape, article_shape
from crawler.middlewares import failure_reason
from crawler.middlewares.robots import RobotsMiddleware
from crawler.middlewares.ssrf import LEAVES_THE_SITE
from crawler.spiders.page import OneSiteSpider
from crawler.spiders.response import item_from_response
from crawler.spiders.site_check import ARTICLES, NEEDS_SCRIPT, ArticleCheck, RobotsCheck, SourceCheck, article_check, robots_check
from pipelines.article import Article
from pipelines.reasons import FetchReason
from pipelines.store.rows import Row
from pipelines.text.normalise import normalise
from pipelines.text.urls import canonicalize

MAX_REQUESTS = 40
"""In all, except robots.txt. More: more titles are understood, with more requests to a host that did not ask for them."""
MAX_FEEDS = MAX_SECTIONS = 6
MAX_CHILDREN = 3
MENU_PAGES_BESIDE_A_SITEMAP = 2
"""If they name nothing new, the sitemap names all; more are requested if they do."""
MOST_OF_A_REFRESH_SECONDS = 30
"""A front page that refreshes sooner leads elsewhere; later, it only reloads itself."""
FEWEST_ON_A_PAGE = 3
"""Number of articles that make a menu's page a section; at least one of them is new, beside a sitemap as many."""
MOST_BEYOND_ITS_FOLDER = 0.1
"""Share of the articles on the front page of a title that has a part of its host, of which it shows some of the others'."""

Value = str | bool | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about a title."""

    url: str
    definition: dict[str, Value]
    """Keys of a `[[site]]` table, in the order in which they are written."""
    robots: RobotsCheck | None = None
    sources: tuple[SourceCheck, ...] = ()
    articles: tuple[ArticleCheck, ...] = ()
    doubts: tuple[str, ...] = ()
    problem: str | None = None
    """Why no definition can be proposed."""
    requests: int = 0

    def as_row(self) -> Row:
        return asdict(self)


class ProbeSpider(OneSiteSpider):
    """Passes its findings to `on_result`, once."""

    name = "probe"
    may_want_cookies = True

    def __init__(
        self, *, site: Site, on_result: Callable[[Probe], None], on_request: Callable[[str], None], **kwargs: Any
    ) -> None:
        """`site`: the address, under a placeholder id. `on_request` is called for each request."""
        super().__init__(**kwargs)
        self.site = site
        self._on_result = on_result
        self._on_request = on_request
        self._clock = clock()
        self._requests = 0
        self._front_url = ""
        self._folder = ""
        """Path below which the title has its part of the host."""
        self._is_cut = False
        """Whether sitemaps were left unread."""
        self._sources: list[SourceCheck] = []
        self._named: dict[str, dict[str, Candidate]] = {}
        """Address of a source -> what it lists, by key."""
        self._listed_feeds: list[str] = []
        """Addresses that pages link to as feeds, and that were requested as feeds."""
        self._doubts: list[str] = []

    async def start(self) -> AsyncIterator[Any]:
        """All steps, one after the other."""
        try:
            self._on_result(replace(await self._probe(), requests=self._requests))
        except _StopProbeError as error:
            self._on_result(Probe(self.site.url, {}, None, tuple(self._sources), problem=str(error), requests=self._requests))
        requests: tuple[Request, ...] = ()  # all have been made
        for request in requests:
            yield request

    async def _probe(self) -> Probe:
        if scope := scope_of(self.crawler):
            scope.on_this_machine = is_loopback(self.site.host)
        rules, first_host = await self._rules(), self.site.host
        front = await self._front_page(rules)
        if self.site.host != first_host:  # "example.org" leads to "www.example.org", which has rules of its own
            rules = await self._rules()
        feeds = await self._feeds(front)
        sitemaps = await self._sitemaps(rules, front)
        has_sitemap = any(source.kind == SourceKind.SITEMAP and self._names_articles(source.url) for source in self._sources)
        sections = [] if has_sitemap and self._is_cut else await self._sections(front, has_sitemap)
        if not self._named:
            raise _StopProbeError("no feed, sitemap or page of its menus names articles")
        items = await self._articles()
        read = [item for item in items if isinstance(item, Article) and item.headline]
        language = next((language_of(one.language) for one in read if one.language), "") or front.language
        country = country_of(self.site.host, front.language or language)
        zone, doubt = zone_of(country, [one.date_published for one in read if one.date_published])
        pattern = self._pattern(front)
        checks = tuple(map(article_check, items))
        self._doubts += [doubt] if doubt else []
        self._doubts += (
            [] if pattern else ["article_url: its addresses share no number, so that each is taken for what its page says"]
        )
        self._doubts += [] if country else ["country: neither its domain nor its language says it"]
        self._doubts += [f"{one.url}: {one.problem}" for one in checks if one.problem]
        self._doubts += ["no byline was read on any of its articles"] if read and not any(one.byline for one in checks) else []
        delay = max(self.site.delay_seconds, rules.delay_seconds or 0.0)
        values: dict[str, Value] = {
            "id": site_id_of(front.name, self.site.url),
            "name": front.name or self.site.host,
            "url": self.site.url,
            "country": country,
            "platform": platform_of(front.generator),
            "timezone": zone,
            "language": language,
            "feeds": tuple(feeds),
            "sitemaps": tuple(sitemaps),
            "sections": tuple(sections),
            "article_url": pattern or "",
            "delay_seconds": delay,
            "cookies": "" if not self.site.cookies else True,
        }
        problem = None if read else "no page that its sources name reads as an article"
        return Probe(self.site.url, {key: value for key, value in values.items() if value not in ("", ())},
                     robots_check(self.site, rules), tuple(self._sources), checks, tuple(self._doubts), problem)  # fmt: skip

    async def _rules(self) -> RobotsRules:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots is None:
            raise _StopProbeError("robots.txt is not obeyed by these settings")
        self._on_request("robots.txt")
        rules = await robots.rules(self.site.url)
        if rules.unreadable:
            raise _StopProbeError(f"robots.txt could not be read, so nothing may be asked: {rules.unreadable.text}")
        return rules

    async def _front_page(self, rules: RobotsRules) -> FrontPage:
        """The front page, wherever it is now: a title with a new domain is found under the old one."""
        response = await self._get(self.site.url, may_leave=True)
        if isinstance(response, HtmlResponse):
            seconds, onward = get_meta_refresh(response)
            if onward and onward != response.url and (seconds or 0) < MOST_OF_A_REFRESH_SECONDS:
                response = await self._get(onward, may_leave=True)
        if isinstance(response, str):
            if rules.parser.can_fetch(self.site.url, "*"):
                raise _StopProbeError(f"the front page did not answer: {response}")
            self._doubts.append("robots.txt keeps us from the front page: name, language and feeds are not known")
            return FrontPage()
        if response.status != 200:
            raise _StopProbeError(f"the front page answers with status {response.status}")
        if urlsplit(response.url).netloc != urlsplit(self.site.url).netloc:
            self.site = replace(self.site, url=urljoin(response.url, "/"))
        self._front_url = response.url
        self._front_body = response.body
        self._folder = self._folder_of_its_own()
        if needs_script(response.body, _content_type(response)):
            self._doubts.append(f"the front page {NEEDS_SCRIPT}")
        return read_front_page(response.body, response.url, _content_type(response))

    def _folder_of_its_own(self) -> str:
        """The path of the front page, if the address has one and the articles on the page are below it: a title of several on
        one host."""
        path = urlsplit(self._front_url).path
        folder = path.rpartition("/")[0] + "/" if "." in path.rpartition("/")[2] else path.rstrip("/") + "/"
        if folder == "/" or urlsplit(self.site.url).path == "/":
            return ""
        named = sources.read(SourceKind.SECTION, self._front_body, self._front_url, self.site, "text/html").candidates
        beyond = [one for one in named if not urlsplit(one.url).path.startswith(folder)]
        return folder if len(named) >= FEWEST_ON_A_PAGE and len(beyond) <= MOST_BEYOND_ITS_FOLDER * len(named) else ""

    async def _feeds(self, front: FrontPage) -> list[str]:
        """The feeds that the front page or a page of feeds links to, without those that list what others did; otherwise the
        first of the usual places."""
        found = [url for url in front.feeds[:MAX_FEEDS] if await self._read(url, SourceKind.FEED)]
        listed = dict.fromkeys(self._listed_feeds[:MAX_FEEDS])
        found += [url for url in listed if await self._read(url, SourceKind.FEED)]
        for place in () if found else USUAL_FEEDS:
            if await self._read(urljoin(self.site.url, place), SourceKind.FEED):
                return [urljoin(self.site.url, place)]
        return found

    async def _sitemaps(self, rules: RobotsRules, front: FrontPage) -> list[str]:
        """If robots.txt names none, the sitemap in the front page's head or in a usual place: what it lists need not be in the
        definition."""
        named = [url for url in rules.sitemaps[:MAX_CHILDREN] if await self._read(url, SourceKind.SITEMAP)]
        self._is_cut |= len(rules.sitemaps) > MAX_CHILDREN
        if rules.sitemaps:
            if not named:
                self._doubts.append("the sitemaps that robots.txt names name no article")
            return []
        for place in (*front.sitemaps, *USUAL_SITEMAPS):
            if await self._read(urljoin(self.site.url, place), SourceKind.SITEMAP):
                return [urljoin(self.site.url, place)]
        return []

    def _names_articles(self, source: str) -> bool:
        """Whether it is more than a list of standing pages, whose addresses have one or two words."""
        return any(article_shape(one.url) >= Shape.SPELLED for one in self._named.get(source, {}).values())

    async def _sections(self, front: FrontPage, has_sitemap: bool) -> list[str]:
        """Pages of the menus that list articles which no other source did, and the front page if it does."""
        found: list[str] = []
        wanted = dict.fromkeys((self._front_url or self.site.url, *filter(self._is_own, front.sections)))
        for count, url in enumerate(wanted):
            may_end = has_sitemap and not found and count > MENU_PAGES_BESIDE_A_SITEMAP
            if may_end or len(found) > MAX_SECTIONS or self._requests >= MAX_REQUESTS - 2 * ARTICLES:
                break
            if await self._read(url, SourceKind.SECTION, FEWEST_ON_A_PAGE if has_sitemap else 1):
                found.append(url)
        return found

    def _is_own(self, url: str) -> bool:
        return urlsplit(url).path.startswith(self._folder)

    async def _read(self, url: str, kind: SourceKind, fewest_new: int = 1) -> bool:
        """Fetch a source; returns whether it lists articles that none before it did. For an index its newest sitemaps are
        fetched too."""
        if any(source.url == url for source in self._sources):
            return False
        listing, status, problem = await self._listing(url, kind)
        named = {one.key: one for one in listing.candidates}
        children = sources.newest_first(listing.sitemaps)
        self._is_cut |= len(children) > MAX_CHILDREN
        for child in children[:MAX_CHILDREN]:
            more, _, child_problem = await self._listing(child.url, kind)
            grandchildren = sources.newest_first(more.sitemaps)
            self._is_cut |= len(grandchildren) > 1
            for grandchild in grandchildren[:1]:
                more = (await self._listing(grandchild.url, kind))[0]
            named |= {one.key: one for one in more.candidates}
            problem = problem or child_problem
        known = {key for others in self._named.values() for key in others}
        named = {key: one for key, one in named.items() if self._is_own(one.url)}
        fewest = FEWEST_ON_A_PAGE if kind is SourceKind.SECTION else 1
        is_new = len(named) >= fewest and len(named.keys() - known) >= fewest_new
        self._sources.append(SourceCheck(url, kind, status, len(named), None if named else problem or "it names nothing", is_new))
        if is_new:
            self._named[url] = named
        return is_new

    async def _listing(self, url: str, kind: SourceKind) -> tuple[Listing, int | None, str | None]:
        if url == self._front_url:
            listing = sources.read(kind, self._front_body, url, self.site, "text/html")
            return listing, 200, next(iter(listing.problems), None)
        response = await self._get(url)
        if isinstance(response, str):
            return Listing(), None, response
        if response.status != 200:
            return Listing(), response.status, f"status {response.status}"
        listing = sources.read(kind, response.body, response.url, self.site, _content_type(response))
        if kind is SourceKind.FEED and not listing.candidates:
            self._listed_feeds += read_front_page(response.body, response.url, _content_type(response)).feeds
        return listing, 200, next(iter(listing.problems), None)

    async def _articles(self) -> list[Any]:
        """A few articles, from different sources if there are several, the first of each first."""
        lists = [list(named.values()) for named in self._named.values()]
        mixed = [named[place] for place in range(max(map(len, lists))) for named in lists if place < len(named)]
        likely = sorted(mixed, key=lambda one: article_shape(one.url) < Shape.SPELLED)
        items: list[Any] = []
        for candidate in list({one.key: one for one in likely}.values())[: ARTICLES * 2]:
            response = await self._get(candidate.url)
            if not isinstance(response, str):
                item = item_from_response(response, PlannedRequest(candidate.url, "named"), self.site, self._clock())
                items.append(normalise(item) if isinstance(item, Article) else item)
            if sum(isinstance(item, Article) and bool(item.headline) for item in items) == ARTICLES:
                break
        return items

    def _pattern(self, front: FrontPage) -> str | None:
        naming = [source for source in self._named if self._names_articles(source)] or list(self._named)
        articles = [one.url for source in naming for one in self._named[source].values()]
        return article_pattern(articles, (self.site.url, *front.sections), self._folder)

    async def _get(self, url: str, *, may_leave: bool = False) -> Response | str:
        """A response, or why there is none. `may_leave`: its redirects may lead to another title's host."""
        engine = self.crawler.engine
        if engine is None or self._requests >= MAX_REQUESTS:
            return f"not asked: {MAX_REQUESTS} requests are enough"
        self._requests += 1
        self._on_request(url)
        try:
            meta = {LEAVES_THE_SITE: True} if may_leave else {}
            request = Request(canonicalize(url) or url, dont_filter=True, callback=NO_CALLBACK, meta=meta)
            return await engine.download_async(request)
        except Exception as error:  # a named boundary: one request that brought no answer, for whatever reason
            reason = failure_reason(error)
        if reason.code != FetchReason.TOO_MANY_REDIRECTS or self.site.cookies:
            return reason.text
        self.site = replace(self.site, cookies=True)  # it may lead in a circle until its cookie comes back
        response = await self._get(url, may_leave=may_leave)
        if isinstance(response, str):
            self.site = replace(self.site, cookies=False)
        return response


class _StopProbeError(Exception):
    """Nothing more can be found out; the message says why."""


def _content_type(response: Response) -> str | None:
    return (response.headers.get(b"Content-Type") or b"").decode("latin-1") or None
