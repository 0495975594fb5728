"""No request leaves for a place that a page should not be able to lead us to.

Refused: other schemes, loopback, private and link-local addresses (in any spelling that a resolver accepts) unless the site
itself is defined there, and redirects that leave the site. Each refusal becomes a fetch with its reason.
"""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.catalogue.site import Site, host_of
from pipelines.text.hosts import is_private_address, is_private_host

LEAVES_THE_SITE = "newsledger_leaves_the_site"
"""Key of a request's meta: that its redirects may lead to any public host."""

_private_names: set[str] = set()


class AddressRefused(IgnoreRequest):
    """A request was not sent; the message says why in one line."""


class SsrfMiddleware:
    """Stands before robots.txt is read, so that not even that is asked of a refused host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `spider.site` (Site)."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused."""
        site: Site | None = getattr(self._crawler.spider, "site", None)
        redirected = bool(request.meta.get("redirect_urls")) and not request.meta.get(LEAVES_THE_SITE)
        reason = refusal(request.url, site, redirected=redirected)
        if reason:
            raise AddressRefused(reason)


def refusal(url: str, site: Site | None, *, redirected: bool = False) -> str | None:
    """Why a URL may not be asked for, or None. Names are resolved elsewhere: see `GuardedResolver`."""
    host = host_of(url)
    if not host:
        return f"not a web address: {url[:200]}"
    if site and host in site.own_hosts:
        return None
    name = urlsplit(url).hostname or ""
    if is_private_host(name):
        return f"leads to a private address: {host}"
    if redirected and site and not (site.same_site(url) or site.same_name(url)):
        return f"leads away from the site, to {host}"
    return None


def allow_private_names(site: Site) -> None:
    """Let the names of a site's own hosts resolve to private addresses, in this process."""
    _private_names.update(host.rpartition(":")[0] or host for host in site.own_hosts)
    _private_names.update(site.own_hosts)


class GuardedResolver(CachingThreadedResolver):
    """A resolver that will not resolve a stranger's name into our own network. Asked at each connection, so that a name
    which changes its address between two questions gains nothing."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Deferred address; fails with DNSLookupError where it is private."""
        return super().getHostByName(name, timeout).addCallback(_public, name)


def _public(address: str, name: str) -> str:
    if is_private_address(address) and name not in _private_names:
        raise DNSLookupError(f"{name} resolves to the private address {address}")
    return address
