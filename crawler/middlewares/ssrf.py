"""No request is sent to a place to which a page must not be able to lead us.

Refused: other schemes; loopback, private and link-local addresses (in any spelling that a resolver accepts) unless the site
itself is defined there, with that host and port; redirects that leave the site. Each refusal becomes a fetch with its reason.
"""

from __future__ import annotations

import logging
from typing import Any, Self, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IHostnameResolver

from crawler.catalogue.site import Site, host_of, is_loopback, place_of
from crawler.crawl.remote import scope_of
from crawler.middlewares import RequestRefused
from pipelines.reasons import CodedReason, FetchReason, coded
from pipelines.text.hosts import is_private_address, is_private_host

logger = logging.getLogger(__name__)

LEAVES_THE_SITE = "newsledger_leaves_the_site"
"""Key of a request's meta: its redirects may lead to any public host."""

_private_places: set[tuple[str, int]] = set()
"""Name and port of the sites of this process."""
_refused_places: set[tuple[str, int]] = set()
"""Name and port of places that last resolved to a private address, and must not be connected to."""


class AddressRefused(RequestRefused):
    """A request was not sent because of its target."""


class SsrfMiddleware:
    """Comes before robots.txt is read, so that not even that is requested from a refused host."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads the crawl's scope, at each request."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises AddressRefused."""
        scope = scope_of(self._crawler)
        redirected = bool(request.meta.get("redirect_urls")) and not request.meta.get(LEAVES_THE_SITE)
        if scope and scope.on_this_machine and is_loopback(host_of(request.url)):
            allow_place(*place_of(request.url))
            return
        reason = refusal(request.url, scope.site if scope else None, redirected=redirected)
        if reason:
            raise AddressRefused(reason)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises AddressRefused instead of the resolver's error for a refused name."""
        if place_of(request.url) in _refused_places:
            raise AddressRefused(coded(FetchReason.PRIVATE_ADDRESS, host_of(request.url))) from exception


def refusal(url: str, site: Site | None, *, redirected: bool = False) -> CodedReason | None:
    """Why a URL must not be requested; None if it may. Names are checked elsewhere: see `GuardedResolver`."""
    host = host_of(url)
    if not host:
        return coded(FetchReason.NOT_WEB_ADDRESS, url[:200])
    name, port = place_of(url)
    if is_private_host(name) and not (site and (name, port) in site.own_places):
        return coded(FetchReason.PRIVATE_ADDRESS, host)
    if redirected and site and not (host in site.own_hosts or site.same_site(url) or site.same_name(url)):
        return coded(FetchReason.OFF_SITE, host)
    return None


def allow_private_places(site: Site) -> None:
    """Allow the names of a site's own addresses to resolve to private addresses, at their ports and in this process."""
    _private_places.update(site.own_places)


def allow_place(name: str, port: int) -> None:
    """Allow a name to resolve to a private address at one port of this process, for a proxy. Port 0 is Twisted's "no port"."""
    _private_places.update({(name, port), (name, 0)})


class GuardedResolver(CachingHostnameResolver):
    """A resolver that does not resolve an untrusted name into our own network, nor a site's own name at a port that is not the
    site's. Used at each connection, so that a name which changes its address between two lookups gains nothing."""

    def install_on_reactor(self) -> None:
        """Install it behind the check of each address. Both families are resolved: some hosts have only IPv6."""
        super().install_on_reactor()
        self.reactor.installNameResolver(cast("IHostnameResolver", _PortGuard(self.reactor.nameResolver)))


class _PortGuard:
    """Resolves a name for a port, without private addresses unless a site is defined there. Method names are Twisted's."""

    def __init__(self, resolver: Any) -> None:
        self._resolver = resolver

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, *more: Any, **named: Any) -> Any:  # noqa: N802, N803
        receiver = _PlacesReceiver(resolutionReceiver, hostName, portNumber)
        return self._resolver.resolveHostName(receiver, hostName, portNumber, *more, **named)


class _PlacesReceiver:
    """Passes on the addresses that may be connected to."""

    def __init__(self, receiver: Any, name: str, port: int) -> None:
        self._receiver = receiver
        self._place = (name.lower(), port)

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if may_connect(address.host, *self._place):
            _refused_places.discard(self._place)
            self._receiver.addressResolved(address)
        else:
            _refused_places.add(self._place)
            logger.warning("%s:%d resolves to the private address %s: not asked", *self._place, address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


def may_connect(address: str, name: str, port: int) -> bool:
    return not is_private_address(address) or (name, port) in _private_places
