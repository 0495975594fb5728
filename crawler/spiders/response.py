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
from crawler.extraction.extract import reason_of, with_ids
from crawler.middlewares.download_handler import CAPTURED_EXCHANGE
from crawler.middlewares.failures import MAX_REASON, RequestRefused, failure_reason
from crawler.middlewares.robots import RobotsDisallowed
from crawler.middlewares.tdmrep import FOUND
from pipelines.article import Article, Exchange, Fetch, Kind, Outcome, Payload
from pipelines.reasons import CodedReason, FetchReason, because, coded
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
        return because(fetch, Outcome.GONE, coded(FetchReason.GONE, response.status))
    refusal = refusal_of(response.status, headers, response.body)
    if refusal:
        return because(fetch, Outcome.REFUSED, refusal)
    if 300 <= response.status < 400:
        where = (response.headers.get(b"Location") or b"nowhere").decode("latin-1")[:200]
        return because(fetch, Outcome.REFUSED, coded(FetchReason.MOVED, where))
    if not 200 <= response.status < 300:
        return because(fetch, Outcome.ERROR, coded(FetchReason.HTTP_ERROR, response.status))
    content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
    if content_type and not any(kind in content_type.lower() for kind in _TEXTUAL):
        return because(fetch, Outcome.NOT_ARTICLE, coded(FetchReason.NOT_HTML, content_type[:80]))
    reserved = _reserved(fetch, site)
    if reserved:
        return because(fetch, Outcome.RESERVED, reserved)
    article = extract(response.body, fetch.url, site, content_type=content_type or None, fetched=now)
    if article.kind is Kind.NOT_ARTICLE:
        return _no_article(fetch, planned, reason_of(article))
    return with_ids(article, fetch, site)


def outcome_of_failure(failure: Failure) -> tuple[Outcome, CodedReason]:
    """Outcome and reason of a request that brought no answer."""
    error = failure.value
    if isinstance(error, RequestRefused):
        outcome = Outcome.ROBOTS if isinstance(error, RobotsDisallowed) else Outcome.REFUSED
        return outcome, _bounded(error.reason)
    return Outcome.ERROR, failure_reason(error) if error else coded(FetchReason.NO_ANSWER)


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


def _reserved(fetch: Fetch, site: Site) -> CodedReason | None:
    """Why the site's policy passes a page over, unread; None where it does not."""
    if site.tdm == "skip" and fetch.tdm and fetch.tdm.startswith("1"):
        policy = fetch.tdm[2:]
        return _bounded(coded(FetchReason.MINING_RESERVED, f", policy {policy}" if policy else ""))
    if site.noarchive == "skip" and fetch.robots and forbids_copies(fetch.robots):
        return _bounded(coded(FetchReason.NO_COPY, fetch.robots))
    return None


def _bounded(reason: CodedReason) -> CodedReason:
    """One line of what others may have written."""
    return replace(reason, text=reason.text.partition("\n")[0].strip()[:MAX_REASON])


def _no_article(fetch: Fetch, planned: PlannedRequest, reason: CodedReason) -> Fetch:
    """A known article that leads to no article any more is missing; an unknown URL just is none."""
    if planned.known and (fetch.requested_url or reason.code == FetchReason.SOFT_404):
        where = coded(FetchReason.LEADS_ELSEWHERE, fetch.url, reason) if fetch.requested_url else reason
        return because(fetch, Outcome.SUSPECTED, where)
    return because(fetch, Outcome.NOT_ARTICLE, reason)


def _text(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None
