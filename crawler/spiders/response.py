"""HTTP response, or failure, -> item: an Article with its Fetch, or only a Fetch with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.catalogue.site import Site
from crawler.crawl.block_pages import Headers, plain_headers
from crawler.crawl.rights import TDM_FOUND
from crawler.discovery.frontier import PlannedRequest
from crawler.middlewares import MAX_REASON, RequestRefused, RobotsDisallowed, failure_reason
from crawler.middlewares.download_handler import CAPTURED_EXCHANGE
from crawler.spiders.capture import Capture, first, read_capture
from crawler.warc.decode import decode_undeclared
from pipelines.article import Article, Fetch, Outcome, Payload
from pipelines.reasons import CodedReason, FetchReason, coded
from pipelines.text.urls import amp_to_article, canonicalize

_AGE_DIGITS = 9
"""Thirty years: a longer Age is invalid."""
_ENDED_BY_CLOSING = "partial"
"""Scrapy's flag for a response without a length, which ended with the connection."""


def item_from_response(response: Response, planned: PlannedRequest, site: Site, now: datetime) -> Article | Fetch:
    """The item of a response. Only a page that reads as an article becomes one; all others keep their reason."""
    request = response.request
    url = canonicalize(response.url) or response.url
    redirected = bool(request and request.meta.get("redirect_urls"))
    headers = plain_headers(response.headers.items())
    tdm, exchange = (request.meta.get(TDM_FOUND), request.meta.get(CAPTURED_EXCHANGE)) if request else (None, None)
    length = first(headers, "content-length") or ""
    unpacked = decode_undeclared(response.body)
    capture = Capture(
        url,
        now,
        response.status,
        headers,
        unpacked.body,
        unpacked.problem,
        is_end_known=_ENDED_BY_CLOSING not in response.flags,
        is_conditional=request is None or bool({b"If-None-Match", b"If-Modified-Since"} & request.headers.keys()),
    )
    fetch = Fetch(
        url=url,
        fetched=now,
        requested_url=planned.url if redirected and planned.url != url else None,
        status=response.status,
        bytes=int(length) if length.isdigit() and len(length) < 12 else len(response.body),
        etag=_validator(headers, "etag"),
        last_modified=_validator(headers, "last-modified"),
        claimed_modified=planned.claimed_modified,
        aliases=(*planned.aliases, *(((url, "amp"),) if amp_to_article(url) else ())),
        tdm=str(tdm) if tdm else None,
        payload=Payload(unpacked.body, first(headers, "content-type"), exchange),
    )
    item = read_capture(capture, site, fetch)
    doubt = _old_copy(headers, planned, now) if isinstance(item, Article) and item.fetch and not item.fetch.doubt else None
    return replace(item, fetch=replace(item.fetch, doubt=doubt)) if isinstance(item, Article) and item.fetch and doubt else item


def _old_copy(headers: Headers, planned: PlannedRequest, now: datetime) -> str | None:
    """The reason to doubt a copy that a cache made (RFC 9111, 5.1) before the page was last fetched: it may have an older
    text."""
    age = first(headers, "age") or ""
    looked = planned.known.looked if planned.known else None
    if looked is None or not age.isdigit() or len(age) > _AGE_DIGITS or now - timedelta(seconds=int(age)) > looked:
        return None
    return f"a cache's copy of {age} s, from before the last fetch"


def outcome_of_failure(failure: Failure) -> tuple[Outcome, CodedReason]:
    """Outcome and reason of a request without a response."""
    error = failure.value
    if isinstance(error, RequestRefused):
        outcome = Outcome.ROBOTS if isinstance(error, RobotsDisallowed) else Outcome.REFUSED
        return outcome, _bounded(error.reason)
    return Outcome.ERROR, failure_reason(error) if error else coded(FetchReason.NO_ANSWER)


def _bounded(reason: CodedReason) -> CodedReason:
    """One line of untrusted text."""
    return replace(reason, text=reason.text.partition("\n")[0].strip()[:MAX_REASON])


def _validator(headers: Headers, name: str) -> str | None:
    return (first(headers, name) or "")[:500] or None
