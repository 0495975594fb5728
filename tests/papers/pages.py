"""Pages, feeds and sitemaps of invented newspapers, as the routes of `scripted.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

HEADLINE = "Footbridge at Nether Wick shut for week {} as piers dry"
SENTENCE = "The parish council of Nether Wick heard on {day} that the footbridge by the old kiln would stay shut for now."
DAYS = ("Monday", "Tuesday", "Friday", "Sunday")


def article(number: int, *, byline: str | None = "Oda Fenwright", dated: bool = True, text: bool = True, zone: str = "Z",
            head: str = "") -> dict[str, Any]:  # fmt: skip
    """The page of one article."""
    headline = HEADLINE.format(number)
    data: dict[str, Any] = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": headline}
    if dated:
        data["datePublished"] = f"2026-03-{number % 27 + 1:02d}T09:{number % 60:02d}:00{zone}"
    if byline:
        data["author"] = [{"@type": "Person", "name": byline}]
    printed = f"<p class=byline>By {byline}</p>" if byline else ""
    paragraphs = "".join(f"<p>{SENTENCE.format(day=day)} Note {number}.{day}.</p>" for day in DAYS) if text else ""
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    return _page(headline, f"{head}{script}", f"<article><h1>{headline}</h1>{printed}{paragraphs}</article>")


def _page(title: str, head: str, body: str) -> dict[str, Any]:
    return {"body": f"<!doctype html><html lang=en-GB><head><title>{title}</title>{head}</head><body>{body}</body></html>"}


def robots(*lines: str) -> dict[str, Any]:
    """robots.txt."""
    return {"body": "\n".join(lines or ("User-agent: *", "Allow: /")), "type": "text/plain"}


def sitemap(paths: Iterable[str]) -> dict[str, Any]:
    """A sitemap of these paths."""
    entries = "".join(
        f"<url><loc>{{base}}{path}</loc><lastmod>2026-03-0{n % 9 + 1}</lastmod></url>" for n, path in enumerate(paths)
    )
    return {"body": f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>', "type": "application/xml"}


def index(paths: Iterable[str]) -> dict[str, Any]:
    """An index of sitemaps."""
    entries = "".join(f"<sitemap><loc>{{base}}{path}</loc></sitemap>" for path in paths)
    return {
        "body": f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>',
        "type": "application/xml",
    }


def rss(paths: Iterable[str]) -> dict[str, Any]:
    """An RSS feed."""
    items = "".join(
        f"<item><title>Footbridge shut, part {n}</title><link>{{base}}{path}</link></item>" for n, path in enumerate(paths)
    )
    return {
        "body": f'<rss version="2.0"><channel><title>News</title><link>{{base}}/</link>{items}</channel></rss>',
        "type": "application/rss+xml",
    }


def front(links: Iterable[str], head: str = "", nav: Iterable[str] = ()) -> dict[str, Any]:
    """A front or section page with headlines that link to articles."""
    lines = [f"<article><h2><a href='{path}'>{HEADLINE.format(number)}</a></h2></article>" for number, path in enumerate(links)]
    menu = "".join(f"<li><a href='{path}'>{path.strip('/').title()}</a></li>" for path in nav)
    return _page("The Wick Echo", head, f"<nav><ul>{menu}</ul></nav><main>{''.join(lines)}</main>")
