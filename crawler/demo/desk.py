"""Routes of the demo paper: the response of each address at a moment of the paper's clock. Pure: no socket, no clock, no
state.

`paper` answers control addresses (`/_clock`, `/_log`).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from xml.sax.saxutils import escape

from crawler.demo.look import SECTIONS, TITLE, PageRequest
from crawler.demo.stories import events, state_at
from crawler.demo.story import ZONE, Event, EventKind, PageState, Template, at
from crawler.demo.templates import (
    E_PAPER_PATH,
    PRIVATE_PATH,
    PUZZLE_PATH,
    absent_page,
    amp_page,
    article_page,
    e_paper,
    front_page,
    private_page,
    puzzle_page,
    section_front,
)

_UNLISTED = frozenset({EventKind.EDITED_SILENTLY, EventKind.CACHE_SLIPPED, EventKind.CACHE_MENDED})
"""Events that sitemap, feed and fronts do not show."""

_PICTURE = re.compile(r"/pictures/([\w-]+)\.png")
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_PRESS_START = at("00:00", -7)
"""Earlier than any event: `Last-Modified` of what never changes."""


@dataclass(frozen=True, slots=True)
class DemoResponse:
    """A response before compression, and before `If-None-Match` and `If-Modified-Since` are applied."""

    body: bytes
    content_type: str = _HTML
    status: int = 200
    etag: str | None = None
    last_modified: datetime | None = None
    location: str | None = None


def answer(path: str, now: datetime, serial: int, base: str) -> DemoResponse:
    """The response to a GET of `path` (without query); `serial` counts requests, `base` is the paper's own address."""
    others = listed_at(now)
    request = PageRequest(serial, now, base, others)
    machine = _machine_page(path, request)
    if machine:
        return machine
    front = _front_pages().get(path)
    if front:
        return _html(front(request))
    return _story_page(path, request) or _html(absent_page(request, 404), status=404)


def listed_at(now: datetime) -> tuple[PageState, ...]:
    """The pages that sitemap, feed and fronts name at a moment, newest first. An old copy from the cache does not change it."""
    pages = _latest(event for event in events() if event.at <= now and event.what not in _UNLISTED).values()
    return tuple(sorted((page for page in pages if page.listed), key=lambda page: page.published, reverse=True))


def changed_at(now: datetime, *, archived: bool = False) -> datetime:
    """When the listings last changed; `archived`: the listing of pages from before the day."""
    moments = [
        event.at
        for event in events()
        if event.at <= now and event.what not in _UNLISTED and (is_archived(event.page) or not archived)
    ]
    return max(moments, default=_PRESS_START)


@cache
def picture(name: str) -> bytes:
    """A real PNG of 64 by 36 pixels: a sky whose colours depend on the name."""
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
    """robots.txt, sitemaps, the feed and pictures: all with validators, and byte for byte the same until something listed
    changes."""
    changed, archive_changed = changed_at(request.now), changed_at(request.now, archived=True)
    image = _PICTURE.fullmatch(path)
    if image:
        return _validated(picture(image[1]), "image/png", _PRESS_START)
    match path:
        case "/robots.txt":
            return _validated(robots_txt(request.base), "text/plain; charset=utf-8", _PRESS_START)
        case "/sitemap.xml":
            return _validated(sitemap_index(request.base, changed, archive_changed), _XML, changed)
        case "/sitemaps/news.xml":
            return _validated(news_sitemap(request.base, request.others, request.now), _XML, changed)
        case "/sitemaps/archive.xml":
            return _validated(archive_sitemap(request.base, request.others), _XML, archive_changed)
        case "/rss.xml":
            feed = rss_feed(request.base, request.others, changed)
            return _validated(feed, "application/rss+xml; charset=utf-8", changed)
    return None


@cache
def _front_pages() -> dict[str, Callable[[PageRequest], str]]:
    pages: dict[str, Callable[[PageRequest], str]] = {
        "/": front_page,
        PUZZLE_PATH: puzzle_page,
        E_PAPER_PATH: e_paper,
        PRIVATE_PATH: private_page,
    }
    for name, path in SECTIONS.items():
        pages[path] = lambda request, name=name: section_front(name, request)  # type: ignore[misc]
    return pages


def _story_page(path: str, request: PageRequest) -> DemoResponse | None:
    """The story whose page, former page or AMP page is at `path`."""
    for story, page in state_at(request.now).items():
        if path in page.former_paths:
            return DemoResponse(b"", status=301, location=request.url(page.path))
        if path not in (page.path, page.amp_path):
            continue
        if page.status != 200:
            return _html(absent_page(request, page.status), status=page.status)
        changed = max(event.at for event in events() if event.story == story and event.at <= request.now)
        if path == page.amp_path:
            return _validated(amp_page(page, request), _HTML, changed)
        html = article_page(page, _without_itself(page, request))
        if page.template is Template.PRINTED:
            # Weak: the boilerplate changes with each request, the story does not.
            return DemoResponse(html.encode(), etag=f'W/"{_digest(repr(page).encode())}"', last_modified=changed)
        return _html(html)
    return None


def _without_itself(page: PageState, request: PageRequest) -> PageRequest:
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


NEWS_WINDOW = timedelta(hours=48)
"""Age up to which a news sitemap names a page."""

FEED_LENGTH = 20

_XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots_txt(base: str) -> str:
    return f"User-agent: *\nDisallow: /private/\nDisallow: /adverts/\n\nSitemap: {base}/sitemap.xml\n"


def sitemap_index(base: str, changed: datetime, archive_changed: datetime) -> str:
    """`changed`: when a listed page last changed; `archive_changed`: the same for pages from before the day."""
    children = (("news", changed), ("archive", archive_changed))
    rows = "".join(
        f"<sitemap><loc>{base}/sitemaps/{name}.xml</loc><lastmod>{_w3c(moment)}</lastmod></sitemap>\n"
        for name, moment in children
    )
    return f'{_XML_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'


def news_sitemap(base: str, pages: Iterable[PageState], now: datetime) -> str:
    rows = "".join(_news(base, page) for page in pages if now - page.published <= NEWS_WINDOW)
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    return f'{_XML_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:news="{news}">\n{rows}</urlset>\n'


def archive_sitemap(base: str, pages: Iterable[PageState]) -> str:
    """Pages published before the day, and pages that are not articles."""
    rows = [f"<url><loc>{base}/news/</loc></url>\n", f"<url><loc>{base}{PUZZLE_PATH}</loc></url>\n"]
    rows += [
        f"<url><loc>{base}{page.path}</loc><lastmod>{page.lastmod:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        for page in pages
        if is_archived(page)
    ]
    return f'{_XML_HEAD}<urlset xmlns="{_SITEMAP}">\n{"".join(rows)}</urlset>\n'


def is_archived(page: PageState) -> bool:
    return page.published < at("00:00")


def rss_feed(base: str, pages: Iterable[PageState], changed: datetime) -> str:
    """RSS 2.0 as papers make it: shortened titles, links with tracking, the AMP address if there is one."""
    items = "".join(_item(base, page) for page in list(pages)[:FEED_LENGTH])
    return (
        f'{_XML_HEAD}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel><title>{TITLE}</title><link>{base}/</link><description>News from Haughmere</description>"
        f"<language>en-gb</language><lastBuildDate>{_rfc(changed)}</lastBuildDate>\n"
        f'<atom:link href="{base}/rss.xml" rel="self" type="application/rss+xml"/>\n{items}</channel></rss>\n'
    )


def _news(base: str, page: PageState) -> str:
    return (
        f"<url><loc>{base}{page.path}</loc><lastmod>{_w3c(page.lastmod)}</lastmod>\n"
        f"<news:news><news:publication><news:name>{TITLE}</news:name><news:language>en</news:language>"
        f"</news:publication><news:publication_date>{_w3c(page.published)}</news:publication_date>"
        f"<news:title>{escape(page.headline)}</news:title></news:news></url>\n"
    )


def _item(base: str, page: PageState) -> str:
    title = page.headline if len(page.headline) <= 48 else page.headline[:45] + "..."
    link = f"{base}{page.amp_path or page.path}?utm_source=rss&utm_medium=feed#0"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{escape(page.path.rstrip("/").rsplit("/", 1)[-1])}</guid>'
        f"<pubDate>{_rfc(page.published)}</pubDate><atom:updated>{_w3c(page.lastmod)}</atom:updated>"
        f"<description><![CDATA[<p>{escape(page.standfirst)}</p>]]></description>"
        f"<category>{escape(page.section)}</category></item>\n"
    )


def _w3c(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def _rfc(moment: datetime) -> str:
    return format_datetime(moment.astimezone(ZONE))
