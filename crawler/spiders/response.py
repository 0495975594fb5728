"""HTTP response, or failure, -> item: an Article with its Fetch, or a Fetch alone with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue.site import Site
from crawler.crawl.block_pages import plain_headers, refusal_of
from crawler.crawl.rights import forbids_copies, reservations_of
from crawler.discovery.frontier import PlannedRequest
from crawler.extraction import extract
from crawler.extraction.extract import with_ids
from crawler.middlewares.download_handler import CAPTURED_EXCHANGE
from crawler.middlewares.failures import MAX_REASON, failure_reason
from crawler.middlewares.robots import RobotsDisallowed
from crawler.middlewares.ssrf import AddressRefused
from crawler.middlewares.tdmrep import FOUND
from crawler.middlewares.throttle import HostSuspended
from pipelines.article import Article, Exchange, Fetch, Kind, Outcome, Payload
from pipelines.text.urls import amp_to_article, canonicalize

_ABSENCES = frozenset({404, 410})
_TEXTUAL = ("html", "xml", "text/plain")


def item_from_response(response: Response, planned: PlannedRequest, site: Site, now: datetime) -> Article | Fetch:
    """What an answer says. Only a page that reads as an article becomes one; all else keeps its reason."""
    fetch = _fetch_of(response, planned, now)
    headers = plain_headers(response.headers.items())
    if response.status == 304:
        return replace(fetch, outcome=Outcome.NOT_MODIFIED)
    if response.status in _ABSENCES:
        return replace(fetch, outcome=Outcome.GONE, reason=f"status {response.status}")
    refusal = refusal_of(response.status, headers, response.body)
    if refusal:
        return replace(fetch, outcome=Outcome.REFUSED, reason=refusal)
    if 300 <= response.status < 400:
        where = (response.headers.get(b"Location") or b"nowhere").decode("latin-1")[:200]
        return replace(fetch, outcome=Outcome.REFUSED, reason=f"redirects to {where}")
    if not 200 <= response.status < 300:
        return replace(fetch, outcome=Outcome.ERROR, reason=f"status {response.status}")
    content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
    if content_type and not any(kind in content_type.lower() for kind in _TEXTUAL):
        return replace(fetch, outcome=Outcome.NOT_ARTICLE, reason=f"a file of type {content_type[:80]}")
    reserved = _reserved(fetch, site)
    if reserved:
        return replace(fetch, outcome=Outcome.RESERVED, reason=reserved[:MAX_REASON])
    article = extract(response.body, fetch.url, site, content_type=content_type or None, fetched=now)
    if article.kind is Kind.NOT_ARTICLE:
        return _no_article(fetch, planned, article.reason or "no article")
    return with_ids(article, fetch, site)


def outcome_of_failure(failure: Failure) -> tuple[Outcome, str]:
    """Outcome and one-line reason of a request that brought no answer."""
    error = failure.value
    text = str(error).partition("\n")[0].strip()
    if isinstance(error, RobotsDisallowed):
        return Outcome.ROBOTS, text[:MAX_REASON]
    if isinstance(error, AddressRefused | HostSuspended):
        return Outcome.REFUSED, text[:MAX_REASON]
    return Outcome.ERROR, failure_reason(error) if error else "no answer"


def _fetch_of(response: Response, planned: PlannedRequest, now: datetime) -> Fetch:
    url = canonicalize(response.url) or response.url
    redirected = bool(response.request and response.request.meta.get("redirect_urls"))
    length = response.headers.get(b"Content-Length") or b""
    said = reservations_of(plain_headers(response.headers.items()), response.body)
    tdm = said.tdm or (response.request.meta.get(FOUND) if response.request else None)
    return Fetch(
        url=url,
        fetched=now,
        requested_url=planned.url if redirected and planned.url != url else None,
        status=response.status,
        bytes=int(length) if length.isdigit() else len(response.body),
        etag=_text(response, b"ETag"),
        last_modified=_text(response, b"Last-Modified"),
        claimed_modified=planned.claimed_modified,
        aliases=(*planned.aliases, *(((url, "amp"),) if amp_to_article(url) else ())),
        robots=", ".join(said.robots) or None,
        tdm=str(tdm) if tdm else None,
        payload=Payload(response.body, _text(response, b"Content-Type"), _exchange(response)),
    )


def _exchange(response: Response) -> Exchange | None:
    return response.request.meta.get(CAPTURED_EXCHANGE) if response.request else None


def _reserved(fetch: Fetch, site: Site) -> str | None:
    """Why the site's policy passes a page over, unread; None where it does not."""
    if site.tdm == "skip" and fetch.tdm and fetch.tdm.startswith("1"):
        policy = fetch.tdm[2:]
        return f"text and data mining is reserved{f', policy {policy}' if policy else ''}"
    if site.noarchive == "skip" and fetch.robots and forbids_copies(fetch.robots):
        return f"no copy is wanted: {fetch.robots}"
    return None


def _no_article(fetch: Fetch, planned: PlannedRequest, reason: str) -> Fetch:
    """A known article that leads to no article any more is missing; an unknown URL just is none."""
    if planned.known and (fetch.requested_url or reason.startswith("soft 404")):
        where = f"leads to {fetch.url}: {reason}" if fetch.requested_url else reason
        return replace(fetch, outcome=Outcome.SUSPECTED, reason=where)
    return replace(fetch, outcome=Outcome.NOT_ARTICLE, reason=reason)


def _text(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None
