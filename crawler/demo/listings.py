"""The demo paper's robots.txt, sitemaps and feed. The same bytes until something listed changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from crawler.demo.fronts import PUZZLE_PATH
from crawler.demo.shell import TITLE
from crawler.demo.story import ZONE, PageState, at

NEWS_WINDOW = timedelta(hours=48)
"""A news sitemap names what is no older than this."""

FEED_LENGTH = 20

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots_txt(base: str) -> str:
    return f"User-agent: *\nDisallow: /private/\nDisallow: /adverts/\n\nSitemap: {base}/sitemap.xml\n"


def sitemap_index(base: str, changed: datetime, archive_changed: datetime) -> str:
    """`changed`: when a listed page last changed; `archive_changed`: the same of pages from before the day."""
    children = (("news", changed), ("archive", archive_changed))
    rows = "".join(
        f"<sitemap><loc>{base}/sitemaps/{name}.xml</loc><lastmod>{_w3c(moment)}</lastmod></sitemap>\n"
        for name, moment in children
    )
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'


def news_sitemap(base: str, pages: Iterable[PageState], now: datetime) -> str:
    rows = "".join(_news(base, page) for page in pages if now - page.published <= NEWS_WINDOW)
    news = "http://www.google.com/schemas/sitemap-news/0.9"
    return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="{news}">\n{rows}</urlset>\n'


def archive_sitemap(base: str, pages: Iterable[PageState]) -> str:
    """What was published before the day, and pages that are no articles."""
    rows = [f"<url><loc>{base}/news/</loc></url>\n", f"<url><loc>{base}{PUZZLE_PATH}</loc></url>\n"]
    rows += [
        f"<url><loc>{base}{page.path}</loc><lastmod>{page.lastmod:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        for page in pages
        if is_archived(page)
    ]
    return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{"".join(rows)}</urlset>\n'


def is_archived(page: PageState) -> bool:
    return page.published < at("00:00")


def rss_feed(base: str, pages: Iterable[PageState], changed: datetime) -> str:
    """RSS 2.0 as papers make it: titles cut short, links with tracking, an AMP address where there is one."""
    items = "".join(_item(base, page) for page in list(pages)[:FEED_LENGTH])
    return (
        f'{_XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
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
