"""Downloader middlewares of Scrapy. This module: why no response came, from an exception to a code and one line of text.

The exception is ours, for a request that was not sent, or one of Twisted, Scrapy or the TLS library.

ssrf.py         no request reaches a private address that the catalogue does not name
proxy.py        an HTTP proxy; a site's cookies
robots.py       robots.txt (RFC 9309), before each request
tdmrep.py       reservations in a host's /.well-known/tdmrep.json
throttle.py     rate limit, back-off and circuit breaker of each host
lease.py        on a worker, the host's lease
decompression.py   decompresses a response within limits, or refuses it: half of one is no response
download_handler.py   one request is one request; the exchange is kept as received
"""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from pipelines.reasons import CodedReason, FetchReason, coded

MAX_REASON = 300

_CODES = (
    ("unpacks to more than", FetchReason.UNPACKS_TOO_LARGE),
    ("DownloadCancelled", FetchReason.TOO_LARGE),
    ("max redirections", FetchReason.TOO_MANY_REDIRECTS),
    ("Timeout", FetchReason.TIMEOUT),
    ("DataLoss", FetchReason.NOT_WHOLE),
    ("stream is cut off", FetchReason.NOT_WHOLE),
    ("NotWholeError", FetchReason.BAD_ENCODING),
    ("Invalid IPv6 URL", FetchReason.BAD_ADDRESS),
    ("CONNECT tunnel", FetchReason.PROXY_REFUSED),
    ("DNSLookup", FetchReason.NAME_UNRESOLVED),
    ("CannotResolveHost", FetchReason.NAME_UNRESOLVED),
    ("ConnectionRefused", FetchReason.CONNECTION_REFUSED),
    ("certificate verify failed", FetchReason.BAD_CERTIFICATE),
    ("CertificateError", FetchReason.BAD_CERTIFICATE),
    ("ConnectionDone", FetchReason.CONNECTION_CLOSED),
    ("ConnectionLost", FetchReason.CONNECTION_LOST),
    *((mark, FetchReason.NOT_HTTP) for mark in ("BadResponse", "ParseError", "InvalidHeader", "Failure builtins.ValueError")),
)
"""A part of an exception's name or text, and its code; the first match counts."""


class RequestRefused(IgnoreRequest):
    """A request that we did not send; `reason` says why."""

    def __init__(self, reason: CodedReason) -> None:
        super().__init__(reason.text)
        self.reason = reason


class HostSuspended(RequestRefused):
    """A request is not sent: its host's circuit is open, or the crawl was told to stop."""


class RobotsDisallowed(RequestRefused):
    """robots.txt forbids the URL, or could not be read; the message says which."""


def failure_reason(error: BaseException) -> CodedReason:
    """One line, at most `MAX_REASON` long; an unexpected exception keeps its own text."""
    if isinstance(error, RequestRefused):
        return error.reason
    name, text = type(error).__name__, str(error).partition("\n")[0].strip()
    for mark, code in _CODES:
        if mark in name or mark in text:
            return coded(code)
    return coded(FetchReason.OTHER, f"{name}: {text}"[:MAX_REASON] if text else name)
