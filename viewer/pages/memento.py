"""TimeGates, TimeMaps and mementos (RFC 7089) of the ledger's articles: request -> response.

    /timegate/URL                       302 to the memento of Accept-Datetime, or the most recent
    /timemap/link/URL  /timemap/json/URL
    /memento/20250307140500/URL         a revision as a readable page, with all that is known of it
    /memento/20250307140500id_/URL      the archived page that it was read from; if_: as frames show it, for every client
    /memento/202503/URL                 302 to the memento that was current at the end of that month (or year, day, hour, minute)

A URL is everything that follows, with its query; the target must be as in the request line, not percent-decoded.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from pipelines.proof.citation import KEY, cite, find_revision
from pipelines.proof.memento import (
    LINK_FORMAT,
    Link,
    Memento,
    TimeMap,
    around,
    choose_memento,
    http_date,
    json_format,
    link_format,
    parse_http_date,
    write_links,
)
from pipelines.queries.activity import site_of
from pipelines.queries.results import ArticleRecord, Revision, row_of
from pipelines.store.pages import NO_FILE, NOT_THERE
from pipelines.store.rows import instant_of
from pipelines.text.dates import digits_of, parse_digits
from pipelines.text.urls import MAX_URL
from viewer import labels
from viewer.http import Request, Response, document, redirect
from viewer.pages.replay import replay
from viewer.rendering import article_path, base_url, page, plain, refusal
from viewer.repository import Repository, RevisionText

PREFIX = "/revision/"
"""Path prefix of the permanent addresses of revisions."""
_NAMED = re.compile(rf"{PREFIX}({KEY})/(.*)", re.ASCII | re.DOTALL)


def to_revision(request: Request, ledger: Repository, root: str) -> Response:
    """Redirect from the permanent address of a revision to its page in this ledger."""
    named = _NAMED.fullmatch(request.target)
    article = ledger.article(named[2]) if named else None
    if named is None or article is None:
        return refusal(404, "A revision is named by its text’s hash, its time and its article’s URL.", root)
    revision = find_revision(ledger.store, article, named[1])
    if revision is None:
        return refusal(404, "The ledger has this article, but no revision with this text.", root)
    return redirect(f"{root}/memento/{digits_of(instant_of(revision.first_seen))}/{article_path(article.url)}")


def memento_page(
    ledger: Repository,
    article: ArticleRecord,
    read: RevisionText,
    found: TimeMap,
    memento: Memento,
    root: str,
    *headers: tuple[str, str],
) -> Response:
    place = found.mementos.index(memento)
    revision, text = read
    return page(
        "revision.html",
        root,
        *headers,
        article=article,
        site=site_of(ledger.store, article.site_id),
        row=row_of(revision) | {"body": text.body},
        number=memento.number,
        images=[image for image in text.images if image.caption or image.credit],
        facts=_facts(article, revision, [author.name for author in text.authors]),
        cited=cite(ledger.store, article, revision, base_url(), ledger.now),
        original=found.original,
        here=digits_of(memento.at),
        before=digits_of(found.mementos[place - 1].at) if place else "",
        after=digits_of(found.mementos[place + 1].at) if place + 1 < len(found.mementos) else "",
    )


def _facts(article: ArticleRecord, revision: Revision, authors: list[str]) -> list[tuple[str, str]]:
    """What is known of the revision, as name and text; an empty text means unknown. Times as they are stored."""
    back = f", back to revision {revision.reverted_to}" if revision.reverted_to else ""
    stamps = (("published", revision.date_published), ("updated", revision.date_modified))
    archived = f"{revision.warc_file}, at byte {revision.warc_offset}" if revision.warc_file else "not archived"
    facts = [
        ("Revision", f"{revision.number} of {article.revision_count}: {revision.change}{back}"),
        ("What changed", labels.fields(revision.changed_fields) if revision.changed_fields else ""),
        ("When", f"between {revision.not_before} and {revision.first_seen}" if revision.not_before else ""),
        ("Seen", f"{revision.first_seen} to {revision.last_seen}"),
        ("Page says", ", ".join(f"{name} {at}" for name, at in stamps if at)),
        ("Authors", ", ".join(authors)),
        ("Content", f"sha256 {revision.content_hash}"),
        ("Page received", f"sha256 {revision.payload_hash}" if revision.payload_hash else ""),
        ("Archived in", archived),
        ("Read by", revision.extractor),
    ]
    return [(name, plain(text)) for name, text in facts if text]


_ROUTE = re.compile(r"/(timegate|timemap/link|timemap/json|memento/(\d{1,14})(id_|if_)?)/(.*)", re.ASCII | re.DOTALL)
FULL = 14
"""Digits of a full time; fewer digits name a period."""
_VARY = ("Vary", "accept-datetime")


def respond(request: Request, repository: Repository, base: str) -> Response:
    """The response to a request; `base` is the viewer's address ("http://127.0.0.1:8001"). No request makes it raise."""
    root = urlsplit(base).path.rstrip("/")
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Only GET and HEAD are answered here.", root, ("Allow", "GET, HEAD"))
    match = _ROUTE.fullmatch(request.target)
    if match is None:
        return refusal(404, "There is nothing at this address.", root)
    what, digits, as_received, url = match.groups()
    if len(url) > MAX_URL * 3:  # each character may be encoded
        return refusal(414, "This URL is longer than any that the ledger keeps.", root)
    held = repository.find(url)
    found = repository.time_map(held.article, base) if held else None
    if held is None or found is None:
        return refusal(404, "The ledger has no article at this URL.", root, *([_VARY] if what == "timegate" else []))
    if held.withdrawn:
        return refusal(451, "This article was withdrawn.", root, ("X-Archive-Reason", "withdrawn"))
    if what == "timegate":
        return _timegate(request, found, root)
    if what == "timemap/link":
        return document(200, link_format(found), LINK_FORMAT)
    if what == "timemap/json":
        return document(200, json_format(found), "application/json")
    return _memento(request, repository, held.article, found, digits or "", as_received or "")


def _timegate(request: Request, found: TimeMap, root: str) -> Response:
    wanted = request.headers.get("accept-datetime")
    at = parse_http_date(wanted) if wanted is not None else None
    if wanted is not None and at is None:
        return refusal(400, "Accept-Datetime is no RFC 1123 date, such as: Fri, 07 Mar 2025 14:05:00 GMT", root, _VARY)
    memento = choose_memento(found.mementos, at)
    return redirect(memento.uri, _VARY, ("Link", _links(found, memento, Link(found.original, "original"))))


def _memento(
    request: Request, repository: Repository, article: ArticleRecord, found: TimeMap, digits: str, as_received: str
) -> Response:
    root = urlsplit(found.timegate).path.partition("/timegate/")[0]
    at = _last_moment(digits)
    memento = next((one for one in found.mementos if one.at == at), None)
    if at is None:
        return refusal(404, "A memento is named by 14 digits or fewer: year, month, day, hour, minute, second, UTC.", root)
    if memento is None or len(digits) < FULL:
        return redirect(_with_suffix(choose_memento(found.mementos, at).uri, as_received))
    links = _links(found, memento, Link(found.original, "original"), Link(found.timegate, "timegate"))
    headers = (("Memento-Datetime", http_date(memento.at)), ("Link", links))
    revision = repository.revision(article, memento.number)
    if revision is None:
        raise KeyError(memento.number)  # cannot happen: it was read in this snapshot
    if not as_received:
        return memento_page(repository, article, revision, found, memento, root, *headers)
    answer = repository.page(revision[0])
    if isinstance(answer, str):
        why = (
            "The page of this revision is not archived" if answer in (NO_FILE, NOT_THERE) else f"The page is not shown: {answer}"
        )
        return refusal(404, f"{why}.", root)
    shown, body = replay(answer, shown=as_received == "if_" or "text/html" in request.headers.get("accept", ""))
    return Response(200, (*headers, ("Vary", "accept"), *shown), body)


def _last_moment(digits: str) -> datetime | None:
    """The second that 14 digits name; with fewer digits, the last second of that year, month, day, hour or minute. None if
    invalid."""
    if len(digits) % 2 or len(digits) < len("2025"):
        return None
    ends = (parse_digits(digits + f"    12{day}235959"[len(digits) :]) for day in (31, 30, 29, 28))
    return next(filter(None, ends), None)


def _with_suffix(uri: str, suffix: str) -> str:
    """The URI of a memento; with `id_` or `if_`, the URI of its archived page."""
    return re.sub(r"(/memento/\d{14})/", rf"\g<1>{suffix}/", uri, count=1)


def _links(found: TimeMap, memento: Memento, *more: Link) -> str:
    return write_links([*more, Link(found.link_format, "timemap", type=LINK_FORMAT), *around(found, memento)])
