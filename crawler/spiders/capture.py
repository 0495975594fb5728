"""The gate for captures: what a response is, from whatever source - a crawl, a WARC file, a page that is read again.

One pure function maps a capture to an Article with its Fetch, or to only a Fetch with its reason. A page becomes an article
only if it is complete, is no notice of the server, and reads as an article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.catalogue.site import Site
from crawler.crawl.block_pages import Headers, refusal_of
from crawler.crawl.rights import forbids_copies, reservations_of
from crawler.extraction import extract
from crawler.extraction.extract import reason_of, with_ids
from pipelines.article import Article, Fetch, Kind, Outcome
from pipelines.reasons import CodedReason, FetchReason, because, coded
from pipelines.text.urls import canonicalize

MAX_FACT = 200
"""Characters of a fact in a reason."""
_ABSENCES = frozenset({404, 410})
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"})
"""Content types of pages; others that contain "html" are accepted too."""
_PACKINGS = frozenset({"application/gzip", "application/x-gzip", "application/zstd", "application/x-brotli"})
_PARTS = {202: "accepted, and not done yet", 204: "no content", 205: "no content", 206: "a part of the page"}
_TRANSFORMED = 203
_END = b"</html"
_TAIL = 2_000
"""Bytes at the end of a page in which its last tag is searched: comments and counters may follow it."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as received, by a crawl or from an archive."""

    url: str
    """The address that answered, after redirects."""
    captured: datetime
    """Aware; when the response came."""
    status: int
    headers: Headers
    """Names in lower case."""
    body: bytes
    """Transfer and content codings decoded."""
    problem: str | None = None
    """Why this is not the complete response."""
    is_end_known: bool = True
    """Whether the protocol marks the end of the body; otherwise it ended with the connection."""
    is_conditional: bool = True
    """Whether the request had a validator, as far as is known."""


def read_capture(capture: Capture, site: Site, fetch: Fetch, *, is_catalogued: bool = True) -> Article | Fetch:
    """What a capture is; `fetch` has what its source knows: URLs, aliases, time, status, location in an archive.

    A `site` that was made up for a host (`is_catalogued` False) gives the readers no information about its pages.
    """
    if capture.problem:
        return because(fetch, Outcome.ERROR, CodedReason(FetchReason.NOT_WHOLE, f"not whole: {capture.problem}"))
    if capture.status == 304:
        if capture.is_conditional:
            return replace(fetch, outcome=Outcome.NOT_MODIFIED)
        return because(fetch, Outcome.ERROR, coded(FetchReason.UNASKED_304))
    if capture.status in _ABSENCES:
        return because(fetch, Outcome.GONE, coded(FetchReason.GONE, capture.status))
    refusal = refusal_of(capture.status, capture.headers, capture.body)
    if refusal:
        return because(fetch, Outcome.REFUSED, refusal)
    if 300 <= capture.status < 400:
        return _redirect(capture, fetch)
    if capture.status in _PARTS:
        problem = f"status {capture.status}: {_PARTS[capture.status]}"
        return because(fetch, Outcome.ERROR, CodedReason(FetchReason.NOT_WHOLE, problem))
    if not 200 <= capture.status < 300:
        return because(fetch, Outcome.ERROR, coded(FetchReason.HTTP_ERROR, capture.status))
    content_type = first(capture.headers, "content-type")
    if content_type and _names_packing(content_type) and capture.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        content_type = None
    if content_type and not _is_page(content_type):
        return because(fetch, Outcome.NOT_ARTICLE, coded(FetchReason.NOT_HTML, content_type[:80]))
    reservations = reservations_of(capture.headers, capture.body)
    tdm = str(reservations.tdm) if reservations.tdm else fetch.tdm
    fetch = replace(fetch, robots=", ".join(reservations.robots) or None, tdm=tdm)
    reserved = _reserved(fetch, site)
    if reserved:
        return because(fetch, Outcome.RESERVED, reserved)
    article = extract(
        capture.body, fetch.url, site if is_catalogued else None, content_type=content_type, fetched=capture.captured
    )
    if article.kind is Kind.NOT_ARTICLE:
        return _no_article(fetch, reason_of(article))
    return with_ids(article, replace(fetch, doubt=_reason_to_doubt(capture)), site)


def first(headers: Headers, name: str) -> str | None:
    """The first header with a name; None if there is none, or it is empty."""
    return next(iter(headers.get(name, ())), None) or None


def _is_page(content_type: str) -> bool:
    """Whether a Content-Type is one of pages; one that cannot be parsed may be."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _PAGES or "html" in kind or "/" not in kind


def _names_packing(content_type: str) -> bool:
    """Whether it names the compression instead of the type."""
    return content_type.partition(";")[0].strip().lower() in _PACKINGS


def _redirect(capture: Capture, fetch: Fetch) -> Fetch:
    """An unfollowed redirect, which only archives have. To a front page: the redirected article is missing."""
    location = (first(capture.headers, "location") or "").strip()
    try:
        target = canonicalize(urljoin(capture.url, location)) if location else None
    except ValueError:
        target = None
    if target is None:
        return because(fetch, Outcome.REFUSED, coded(FetchReason.MOVED, location[:200] or "nowhere"))
    fetch = replace(fetch, answered_url=target)
    is_missing = _is_front(target) and not _is_front(fetch.url)
    return because(fetch, Outcome.SUSPECTED if is_missing else Outcome.MOVED, coded(FetchReason.MOVED, target[:200]))


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def _reserved(fetch: Fetch, site: Site) -> CodedReason | None:
    """Why the site's policy skips a page, unread; None if it does not."""
    if site.tdm == "skip" and fetch.tdm and fetch.tdm.startswith("1"):
        policy = fetch.tdm[2:][:MAX_FACT]
        return coded(FetchReason.MINING_RESERVED, f", policy {policy}" if policy else "")
    if site.noarchive == "skip" and fetch.robots and forbids_copies(fetch.robots):
        return coded(FetchReason.NO_COPY, fetch.robots[:MAX_FACT])
    return None


def _no_article(fetch: Fetch, reason: CodedReason) -> Fetch:
    """A known article is missing now; an unknown URL is just not an article: the store knows which."""
    if fetch.requested_url:
        return because(fetch, Outcome.SUSPECTED, coded(FetchReason.LEADS_ELSEWHERE, fetch.url[:MAX_FACT], reason.text))
    return because(fetch, Outcome.SUSPECTED if reason.code is FetchReason.SOFT_404 else Outcome.NOT_ARTICLE, reason)


def _reason_to_doubt(capture: Capture) -> str | None:
    """Why it is uncertain whether this is the page as on its server."""
    if capture.status == _TRANSFORMED:
        return "status 203: somebody between the server and us changed it"
    if not capture.is_end_known and _END not in capture.body[-_TAIL:].lower():
        return "the connection ended, and nothing says that the page did"
    return None
