"""robots.txt by RFC 9309: 4xx allows all, 5xx and no answer forbid all; read once a host and crawl, for all sites of the host.

It replaces Scrapy's own, which takes an error page for rules and an unreachable file for permission. The spider gets the
host's sitemaps from it, and the downloader its Crawl-delay.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Self
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.catalogue.site import host_of
from crawler.crawl.remote import scope_of
from crawler.crawl.robots_txt import MAX_BYTES, RobotsRules, read_robots
from crawler.middlewares import HostSuspended, RobotsDisallowed, failure_reason
from crawler.middlewares.decompression import STAYS_PACKED, first_bytes
from crawler.middlewares.ssrf import LEAVES_THE_SITE
from crawler.schedule.processes import HostFiles, locks_of
from pipelines.reasons import FetchReason, coded

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY_SECONDS = 60.0
"""Limit for a Crawl-delay: with a longer one a crawl of a paper would not end within a day. It is logged."""

_META = {"dont_obey_robotstxt": True, STAYS_PACKED: True, LEAVES_THE_SITE: True, "download_maxsize": 0}
"""Meta of a request for robots.txt, which has its own limit: Scrapy's would discard the whole file."""


class RobotsMiddleware:
    """Obeys robots.txt before each request, redirects included."""

    def __init__(self, crawler: Crawler, agent: str, shared: HostFiles | None = None) -> None:
        """`shared`: files read by crawls of other sites on the same hosts."""
        self._crawler = crawler
        self._agent = agent
        self._shared = shared
        self._rules: dict[str, asyncio.Future[RobotsRules]] = {}
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self.received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads ROBOTSTXT_OBEY, ROBOTSTXT_USER_AGENT and NEWSLEDGER_DB (the shared files are beside it)."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"], shared_files(crawler))

    def read_of(self, url: str) -> RobotsRules | None:
        """The rules of the URL's host, if they have been read."""
        future = self._rules.get(_host(url))
        return future.result() if future and future.done() else None

    async def process_request(self, request: Request) -> None:
        """Raises RobotsDisallowed, or HostSuspended."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.rules(request.url)
        if rules.unreadable and rules.unasked:
            raise HostSuspended(rules.unreadable)
        if rules.unreadable:
            raise RobotsDisallowed(coded(FetchReason.ROBOTS_UNREADABLE, rules.unreadable))
        if not rules.parser.can_fetch(request.url, "*"):
            raise RobotsDisallowed(coded(FetchReason.ROBOTS_FORBIDS))

    async def rules(self, url: str) -> RobotsRules:
        """The rules of the URL's host; a second caller waits for the first."""
        host = _host(url)
        if host not in self._rules:
            future: asyncio.Future[RobotsRules] = asyncio.get_running_loop().create_future()
            self._rules[host] = future
            address = f"{host}/robots.txt"
            known = self._shared.read(address) if self._shared else None
            rules = await self._fetch(address) if known is None else self._read(address, known)
            self._keep_delay(urlsplit(url).hostname or "", rules)
            future.set_result(rules)
        return await self._rules[host]

    def received(self, data: bytes, request: Request) -> None:
        """Raises StopDownload once enough of a robots.txt has arrived."""
        if STAYS_PACKED in request.meta:
            self._received[request] = self._received.get(request, 0) + len(data)
            if self._received[request] > MAX_BYTES:
                raise StopDownload(fail=False)

    async def _fetch(self, url: str) -> RobotsRules:
        """Redirects are followed to any host, and the rules apply to the original one (RFC 9309, 2.3.1.2)."""
        headers = {"Accept-Encoding": "gzip, deflate"}
        request = Request(url, headers=headers, priority=1_000, meta=_META, callback=NO_CALLBACK)
        engine = self._crawler.engine
        try:
            if engine is None:
                raise RuntimeError("robots.txt is read by a running crawl only")
            response = await engine.download_async(request)
            return self._parse(url, response)
        except HostSuspended as error:
            return RobotsRules(Protego.parse(""), unreadable=error.reason, unasked=True)
        except Exception as error:  # any way not to reach it means the same: nothing is allowed
            reason = failure_reason(error)
            logger.warning("%s could not be read: %s", url, reason)
            return RobotsRules(Protego.parse(""), unreadable=reason)

    def _parse(self, url: str, response: Response) -> RobotsRules:
        if response.status >= 500 or response.status == 429:
            return RobotsRules(Protego.parse(""), unreadable=coded(FetchReason.HTTP_ERROR, response.status))
        body = first_bytes(response, MAX_BYTES + 1) if 200 <= response.status < 300 else b""
        if self._shared:
            self._shared.write(url, body)
        return self._read(url, body)

    def _read(self, url: str, body: bytes) -> RobotsRules:
        parser = read_robots(body, self._agent)
        sitemaps = (web_address(url, sitemap) for sitemap in parser.sitemaps)
        return RobotsRules(parser, tuple(address for address in sitemaps if address), parser.crawl_delay("*"))

    def _keep_delay(self, hostname: str, rules: RobotsRules) -> None:
        """Set the longer of our delay and theirs, for the host's present slot and for later ones."""
        engine = self._crawler.engine
        delay_wanted = rules.delay_seconds
        if engine is None or delay_wanted is None:
            return
        if delay_wanted > MAX_CRAWL_DELAY_SECONDS:
            logger.warning("%s asks for %s s between requests; kept to %s s", hostname, delay_wanted, MAX_CRAWL_DELAY_SECONDS)
        delay = max(self._crawler.settings.getfloat("DOWNLOAD_DELAY"), min(delay_wanted, MAX_CRAWL_DELAY_SECONDS))
        downloader = engine.downloader
        downloader.per_slot_settings[hostname] = {"delay": delay, "concurrency": 1, "jitter": 0.0}
        if hostname in downloader.slots:
            downloader.slots[hostname].delay = delay


def shared_files(crawler: Crawler) -> HostFiles | None:
    """Files read by crawls of other sites on the same hosts; None if nothing is shared."""
    db, scope = crawler.settings.get("NEWSLEDGER_DB"), scope_of(crawler)
    return HostFiles(locks_of(db), scope.site.id) if db and scope else None


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def web_address(base: str, reference: str) -> str | None:
    """The target of a reference from `base`; None if it is no http(s) URL, which cannot be requested."""
    try:
        address = urljoin(base, reference)
    except ValueError:
        return None
    return address if host_of(address) else None
