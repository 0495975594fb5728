"""The viewer's addresses: request -> response. TimeGates, TimeMaps and mementos (RFC 7089) of what the ledger holds.

    /                                   the latest revisions
    /timegate/URL                       302 to the memento of Accept-Datetime, or the most recent
    /timemap/link/URL  /timemap/json/URL
    /memento/20250307140500/URL         a revision as a readable page, with all that is known of it
    /memento/20250307140500id_/URL      the archived page that it was read from

Knows no socket: a server, or a plugin of another, hands requests in. A URL is all that follows, with its query; the
target must come as it stood in the request line, not unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.memento import (
    LINK_FORMAT,
    Link,
    Memento,
    TimeMap,
    around,
    choose,
    http_date,
    json_format,
    link_format,
    parse_digits,
    parse_http_date,
    time_map,
    write_links,
)
from pipelines.urls import MAX_URL
from viewer import pages
from viewer.holdings import Held, Holdings
from viewer.replay import replay

Headers = tuple[tuple[str, str], ...]

_ROUTE = re.compile(r"/(timegate|timemap/link|timemap/json|memento/(\d{1,14})(id_)?)/(.*)", re.ASCII | re.DOTALL)
_COMMON = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
_VARY = ("Vary", "accept-datetime")


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `headers` have lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. A server that was asked with HEAD sends all but the body."""

    status: int
    headers: Headers
    body: bytes


def respond(request: Request, holdings: Holdings, base: str) -> Response:
    """Answer a request; `base` is where the viewer is reached ("http://127.0.0.1:8001"). Raises for nothing in the request."""
    if request.method not in ("GET", "HEAD"):
        return _refusal(405, "Only GET and HEAD are answered here.", ("Allow", "GET, HEAD"))
    if request.target.partition("?")[0] == "/":
        return _page(200, pages.start(holdings.latest(), urlsplit(base).path))
    match = _ROUTE.fullmatch(request.target)
    if match is None:
        return _refusal(404, "There is nothing at this address.")
    what, digits, as_received, url = match.groups()
    if len(url) > MAX_URL * 3:  # each character may be encoded
        return _refusal(414, "This URL is longer than any that the ledger keeps.")
    held = holdings.find(url)
    found = time_map(held.article["url"], held.revisions, base) if held else None
    if held is None or found is None:
        return _refusal(404, "The ledger has no article at this URL.", _VARY if what == "timegate" else None)
    if held.withdrawn:
        return _refusal(451, "This article was withdrawn.", ("X-Archive-Reason", "withdrawn"))
    if what == "timegate":
        return _timegate(request, found)
    if what == "timemap/link":
        return _plain(200, link_format(found), LINK_FORMAT)
    if what == "timemap/json":
        return _plain(200, json_format(found), "application/json")
    return _memento(request, holdings, held, found, digits or "", as_received or "")


def _timegate(request: Request, found: TimeMap) -> Response:
    wanted = request.headers.get("accept-datetime")
    at = parse_http_date(wanted) if wanted is not None else None
    if wanted is not None and at is None:
        return _refusal(400, "Accept-Datetime is no RFC 1123 date, such as: Fri, 07 Mar 2025 14:05:00 GMT", _VARY)
    memento = choose(found.mementos, at)
    links = _links(found, memento, Link(found.original, "original"))
    return Response(302, (("Location", memento.uri), _VARY, ("Link", links), *_text(), *_COMMON), b"")


def _memento(request: Request, holdings: Holdings, held: Held, found: TimeMap, digits: str, as_received: str) -> Response:
    at = parse_digits(digits)
    memento = next((one for one in found.mementos if one.at == at), None)
    if at is None:
        return _refusal(404, "A memento is named by 14 digits: year, month, day, hour, minute, second, UTC.")
    if memento is None:
        near = _as(choose(found.mementos, at).uri, as_received)
        return Response(302, (("Location", near), *_text(), *_COMMON), b"")
    links = _links(found, memento, Link(found.original, "original"), Link(found.timegate, "timegate"))
    headers = (("Memento-Datetime", http_date(memento.at)), ("Link", links))
    revision = holdings.revision(held, memento.number)
    if not as_received:
        return _page(200, pages.revision(held.article, revision, found, memento, _root(found)), *headers)
    answer = holdings.page(revision)
    if answer is None:
        return _refusal(404, "The page of this revision is not archived.")
    shown, body = replay(answer, shown="text/html" in request.headers.get("accept", ""))
    return Response(200, (*headers, ("Vary", "accept"), *shown), body)


def _root(found: TimeMap) -> str:
    """The path below which the viewer is reached, which its pages' links need."""
    return urlsplit(found.timegate).path.partition("/timegate/")[0]


def _as(uri: str, suffix: str) -> str:
    """The URI of a memento, or with `id_` of its archived page."""
    return re.sub(r"(/memento/\d{14})/", rf"\g<1>{suffix}/", uri, count=1)


def _links(found: TimeMap, memento: Memento, *more: Link) -> str:
    return write_links([*more, Link(found.link_format, "timemap", type=LINK_FORMAT), *around(found, memento)])


def _refusal(status: int, why: str, header: tuple[str, str] | None = None) -> Response:
    return _page(status, pages.refusal(status, why), *([header] if header else []))


def _page(status: int, html: str, *headers: tuple[str, str]) -> Response:
    body = html.encode("utf-8", "replace")
    ours = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", pages.POLICY))
    return Response(status, (*headers, *ours, *_COMMON), body)


def _plain(status: int, text: str, content_type: str) -> Response:
    return Response(status, (("Content-Type", content_type), *_locked(), *_COMMON), text.encode("utf-8", "replace"))


def _text() -> Headers:
    return (("Content-Type", "text/plain; charset=utf-8"), *_locked())


def _locked() -> Headers:
    return (("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),)
