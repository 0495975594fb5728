"""An HTTP proxy for requests, and cookies for sites that loop without them.

The proxy is the setting `proxy`, otherwise that of the environment (`http_proxy`, `https_proxy`); `no_proxy` applies too. With
a proxy it is the proxy that resolves names, without `GuardedResolver`: so each name is also resolved here, if possible,
and refused if it leads into our own network. Names that cannot be resolved here are up to the proxy to refuse.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from crawler.catalogue.site import host_of, place_of
from crawler.middlewares.ssrf import AddressRefused, allow_place, may_connect
from pipelines.reasons import FetchReason, coded

RESOLVE_SECONDS = 5.0
"""A name that takes longer counts as unresolvable: behind many proxies there is no resolver at all."""

MAX_COOKIES = 100
"""Limit for a crawl. With more, a site that sets one a page would make each request longer than the previous one."""

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Returns the addresses of a name; empty if it cannot be resolved."""


async def addresses_of(name: str, port: int) -> tuple[str, ...]:
    """The addresses of a name by this machine's resolver."""
    try:
        found = await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo(name, port), RESOLVE_SECONDS)
    except (OSError, TimeoutError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class GuardedProxy(HttpProxyMiddleware):
    """Scrapy's middleware with our setting and our guard."""

    def __init__(self, proxy: str = "", resolve: Resolve = addresses_of) -> None:
        super().__init__()
        if proxy:
            self.proxies = {scheme: self._get_proxy(proxy, scheme) for scheme in ("http", "https")}
        self.proxies = {scheme: found for scheme, found in self.proxies.items() if scheme in ("http", "https")}
        self._resolve = resolve
        self._judged: dict[tuple[str, int], bool] = {}
        for _, url in self.proxies.values():  # the one place of our own network that a crawl may connect to
            allow_place(*place_of(url))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NEWSLEDGER_PROXY; inactive if neither it nor the environment names a proxy."""
        made = cls(crawler.settings.get("NEWSLEDGER_PROXY", ""))
        if not made.proxies:
            raise NotConfigured
        return made

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:  # type: ignore[override]
        """Raises AddressRefused for a name that leads into our own network."""
        super().process_request(request)
        if not request.meta.get("proxy"):
            return
        place = place_of(request.url)
        if place not in self._judged:
            self._judged[place] = all(may_connect(address, *place) for address in await self._resolve(*place))
        if not self._judged[place]:
            raise AddressRefused(coded(FetchReason.PRIVATE_ADDRESS, host_of(request.url)))


class SiteCookies:
    """A cookie jar in memory for one crawl of a site with `cookies = true`; never stored."""

    def __init__(self, spider: Spider | None = None) -> None:
        self._jar = CookieJar()
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Inactive for other sites, except for a probe, which finds out whether its site wants cookies."""
        spider = crawler.spider
        if not (_wants_cookies(spider) or getattr(spider, "may_want_cookies", False)):
            raise NotConfigured
        return cls(spider)

    def process_request(self, request: Request) -> None:
        """Add the host's cookies; a redirected request keeps the earlier ones."""
        request.headers.pop("Cookie", None)
        if self._spider is None or _wants_cookies(self._spider):
            self._jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the host's cookies."""
        if len(self._jar) < MAX_COOKIES:
            self._jar.extract_cookies(response, request)
        return response


def _wants_cookies(spider: Spider | None) -> bool:
    return bool(getattr(getattr(spider, "site", None), "cookies", False))
