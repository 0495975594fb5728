"""Routes of the demo paper: the answer of each address at a moment of the paper's clock. Pure: no socket, no clock, no memory.

Control addresses (`/_clock`, `/_log`) are answered by `paper`.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256

from crawler.demo import fronts, listings
from crawler.demo.look import PageRequest
from crawler.demo.shell import SECTIONS
from crawler.demo.stories import events, state_at
from crawler.demo.story import Event, EventKind, PageState, Template, at
from crawler.demo.templates import amp_page, article_page

_UNLISTED = frozenset({EventKind.EDITED_SILENTLY, EventKind.CACHE_SLIPPED, EventKind.CACHE_MENDED})
"""Events that sitemap, feed and fronts know nothing of."""

_PICTURE = re.compile(r"/pictures/([\w-]+)\.png")
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_PRESS_START = at("00:00", -7)
"""Older than any event: what never changes was last modified then."""


@dataclass(frozen=True, slots=True)
class DemoResponse:
    """A response before compression and before `If-None-Match` and `If-Modified-Since` are looked at."""

    body: bytes
    content_type: str = _HTML
    status: int = 200
    etag: str | None = None
    last_modified: datetime | None = None
    location: str | None = None


def answer(path: str, now: datetime, serial: int, base: str) -> DemoResponse:
    """The answer to a GET of `path` (query removed); `serial` counts requests, `base` is the paper's own address."""
    others = listed_at(now)
    request = PageRequest(serial, now, base, others)
    machine = _machine_page(path, request)
    if machine:
        return machine
    front = _fronts().get(path)
    if front:
        return _html(front(request))
    return _story_page(path, request) or _html(fronts.absent_page(request, 404), status=404)


def listed_at(now: datetime) -> tuple[PageState, ...]:
    """What sitemap, feed and fronts name at a moment, newest first. A cache that slips does not change it."""
    pages = _latest(event for event in events() if event.at <= now and event.what not in _UNLISTED).values()
    return tuple(sorted((page for page in pages if page.listed), key=lambda page: page.published, reverse=True))


def changed_at(now: datetime, *, archived: bool = False) -> datetime:
    """When the listings last changed; `archived`: the one of pages from before the day."""
    moments = [
        event.at
        for event in events()
        if event.at <= now and event.what not in _UNLISTED and (listings.is_archived(event.page) or not archived)
    ]
    return max(moments, default=_PRESS_START)


@cache
def picture(name: str) -> bytes:
    """A real PNG of 64 by 36 pixels: a sky whose colours are the name's own."""
    red, green, blue, *_ = sha256(name.encode()).digest()
    rows = bytearray()
    for y in range(36):
        rows.append(0)
        for x in range(64):
            shade = (x + 2 * y) / 136
            rows += bytes(int(110 + (tone % 120) * (1 - shade) + 20 * shade) for tone in (red, green, blue))
    header = struct.pack(">IIBBBBB", 64, 36, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _machine_page(path: str, request: PageRequest) -> DemoResponse | None:
    """robots.txt, sitemaps, the feed and pictures: all with validators, all alike until something listed changes."""
    changed, archive_changed = changed_at(request.now), changed_at(request.now, archived=True)
    image = _PICTURE.fullmatch(path)
    if image:
        return _validated(picture(image[1]), "image/png", _PRESS_START)
    match path:
        case "/robots.txt":
            return _validated(listings.robots_txt(request.base), "text/plain; charset=utf-8", _PRESS_START)
        case "/sitemap.xml":
            return _validated(listings.sitemap_index(request.base, changed, archive_changed), _XML, changed)
        case "/sitemaps/news.xml":
            return _validated(listings.news_sitemap(request.base, request.others, request.now), _XML, changed)
        case "/sitemaps/archive.xml":
            return _validated(listings.archive_sitemap(request.base, request.others), _XML, archive_changed)
        case "/rss.xml":
            feed = listings.rss_feed(request.base, request.others, changed)
            return _validated(feed, "application/rss+xml; charset=utf-8", changed)
    return None


@cache
def _fronts() -> dict[str, Callable[[PageRequest], str]]:
    pages: dict[str, Callable[[PageRequest], str]] = {
        "/": fronts.front_page,
        fronts.PUZZLE_PATH: fronts.puzzle_page,
        fronts.E_PAPER_PATH: fronts.e_paper,
        fronts.PRIVATE_PATH: fronts.private_page,
    }
    for name, path in SECTIONS.items():
        pages[path] = lambda request, name=name: fronts.section_front(name, request)  # type: ignore[misc]
    return pages


def _story_page(path: str, request: PageRequest) -> DemoResponse | None:
    """The story that stands at `path`, stood there once, or has its AMP twin there."""
    for story, page in state_at(request.now).items():
        if path in page.former_paths:
            return DemoResponse(b"", status=301, location=request.url(page.path))
        if path not in (page.path, page.amp_path):
            continue
        if page.status != 200:
            return _html(fronts.absent_page(request, page.status), status=page.status)
        changed = max(event.at for event in events() if event.story == story and event.at <= request.now)
        if path == page.amp_path:
            return _validated(amp_page(page, request), _HTML, changed)
        html = article_page(page, _without(page, request))
        if page.template is Template.PRINTED:
            # Weak: the furniture moves on, the story does not.
            return DemoResponse(html.encode(), etag=f'W/"{_digest(repr(page).encode())}"', last_modified=changed)
        return _html(html)
    return None


def _without(page: PageState, request: PageRequest) -> PageRequest:
    others = tuple(other for other in request.others if other.path != page.path)
    return PageRequest(request.serial, request.now, request.base, others)


def _latest(events: Iterable[Event]) -> dict[str, PageState]:
    return {event.story: event.page for event in events}


def _html(text: str, status: int = 200) -> DemoResponse:
    return DemoResponse(text.encode(), status=status)


def _validated(content: str | bytes, content_type: str, changed: datetime) -> DemoResponse:
    body = content.encode() if isinstance(content, str) else content
    return DemoResponse(body, content_type, etag=f'"{_digest(body)}"', last_modified=changed)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:20]
