"""The HTTP client without hidden requests: below all middlewares, where one request must be one request."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from pipelines.article import Exchange

CAPTURE_EXCHANGE, CAPTURED_EXCHANGE = "newsledger_tap", "newsledger_tapped"
"""Keys of a request's meta: that its exchange must be kept as received, and that exchange."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NoRetryHandler(HTTP11DownloadHandler):
    """Scrapy's handler without Twisted's own retry, which repeats a request immediately and unrecorded if a persistent
    connection was closed without an answer. The other retries wait and are counted."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False


class ExchangeCapture:
    """Keeps the exchange as received with the request, before anything decompresses it."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The unchanged response."""
        if request.meta.get(CAPTURE_EXCHANGE):
            earlier = request.meta.get(CAPTURED_EXCHANGE)  # of the request that this one redirects or tries again
            redirects = () if earlier is None else _redirects(earlier)
            request.meta[CAPTURED_EXCHANGE] = replace(exchange_of(request, response), redirects=redirects)
        return response


def _redirects(earlier: Exchange) -> tuple[Exchange, ...]:
    """The redirects that led to the request after an exchange, the exchange included if it redirects."""
    last = (replace(earlier, redirects=()),) if earlier.status in _REDIRECTS else ()
    return earlier.redirects + last


def exchange_of(request: Request, response: Response) -> Exchange:
    """The exchange as sent and received, except for what the HTTP client does not pass on: the case of header names, `Host`
    and `Connection` of the request, the transfer coding of the response."""
    host = (("Host", urlsplit(request.url).netloc.rpartition("@")[2]),)
    address = response.ip_address
    return Exchange(
        url=request.url,
        request_headers=host + _lines(request.headers),
        status=response.status,
        headers=_lines(response.headers),
        body=response.body,
        ip_address=str(address) if address and not request.meta.get("proxy") else None,  # else the proxy's
    )


def _lines(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Header lines, repeated ones separately; no value can end its line."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1").replace("\r", " ").replace("\n", " "))
        for name, values in headers.items()
        if name != b"Proxy-Authorization"  # for the proxy, which takes it away
        for value in values
    )
