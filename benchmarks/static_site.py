"""A static local newspaper of realistic weight, made up from a seed, and a server for it that costs almost nothing.

The pages weigh what pages of local news weigh (median about 225 KB, 60 KB gzipped, 1,000 elements): some prose, and
around it navigation, teasers, pictures, inline data and scripts. Every text is invented. All is rendered and compressed
before the server says it is ready, so that serving takes no processor time from a crawler, of which it knows nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import statistics
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from itertools import islice
from random import Random
from typing import cast
from zoneinfo import ZoneInfo

from lxml import etree, html

PAPER = "Marnbury Courier"
LONDON = ZoneInfo("Europe/London")
LAST_DAY = datetime(2026, 3, 31, tzinfo=UTC)
"""When the youngest article was printed, unless the caller says otherwise: fixed, so that pages come out the same."""
SITEMAP_URLS, LISTED_STORIES = 250, 50
TEASERS, RECORDS, PREVIEW_BYTES, SPREAD = 49, 185, 410, 0.35
"""The dials for the weight of a page: teasers, records of inline data, the preview that each picture carries, and the
sigma of the lognormal weight (pages of many papers taken together scatter about twice as much)."""

SECTIONS = ("news", "crime", "politics", "business", "sport", "education", "farming", "culture")
NAMES = ("Alma Ashdown", "Bridie Crowther", "Callum Dunmore", "Dilys Ellery", "Farida Hesketh", "Lorcan Jessop")
TOWNS = ("Aldbury", "Brenfield", "Corham", "Dunwick", "Fernham", "Keltwick", "Oskfield", "Thornbury", "Yarham")
BODIES = ("parish council", "residents' group", "highways team", "planning committee", "hospital trust", "rowing club")
DEEDS = ("has agreed to", "is preparing to", "voted narrowly to", "says it can no longer afford to")
AIMS = ("reopen the footbridge", "repair the library roof", "extend the market hall", "restock the mill pond")
TAILS = ("after months of argument", "at a cost of £{n},000", "in time for the {there} fair")
SENTENCES = (
    "The {body} in {here} {deed} {aim} {tail}.",
    "“We have waited {n} years for this in {here},” said {person}, of the {body}.",
    "“People in {there} tell me that the {body} must {aim},” said {person}, who counted {n} lorries in one morning.",
    "Work near {here} is expected to take {n} days, and the road to {there} will stay open throughout.",
    "Figures published this week put the total at {n}, and nobody in {here} expects it to fall {tail}.",
)


@dataclass(frozen=True, slots=True)
class Story:
    """One invented article before it is dressed as a page."""

    path: str
    section: str
    headline: str
    standfirst: str
    author: str
    paragraphs: tuple[str, ...]
    published: datetime
    modified: datetime


def sentence(rng: Random) -> str:
    words = {"body": rng.choice(BODIES), "deed": rng.choice(DEEDS), "aim": rng.choice(AIMS)}
    facts = {"here": rng.choice(TOWNS), "there": rng.choice(TOWNS), "n": rng.randint(3, 900)}
    facts["person"] = rng.choice(NAMES)
    return rng.choice(SENTENCES).format(tail=rng.choice(TAILS).format(**facts), **words, **facts)


def write_story(seed: int, number: int, last_day: datetime) -> Story:
    rng = Random(f"{seed}:story:{number}")
    section = rng.choice(SECTIONS)
    headline = f"{rng.choice(TOWNS)} {rng.choice(BODIES)} to {rng.choice(AIMS)} near {rng.choice(TOWNS)}"
    slug = headline.lower().replace(" ", "-").replace("'", "")
    published = last_day - timedelta(minutes=37 * number + 36, seconds=rng.randint(0, 59))
    return Story(
        path=f"/{section}/{slug}-{4_000_000 + number}",
        section=section,
        headline=headline,
        standfirst=sentence(rng),
        author=rng.choice(NAMES),
        paragraphs=tuple(" ".join(sentence(rng) for _ in range(rng.randint(1, 3))) for _ in range(rng.randint(8, 25))),
        published=published,
        modified=published + timedelta(minutes=rng.choice((0, 0, 5, 35))),
    )


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f'<time datetime="{iso(moment)}">{local.day} {local:%B %Y at %H:%M} {local.tzname()}</time>'


def token(rng: Random, digits: int = 32) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def icon(rng: Random, points: int) -> str:
    steps = "".join(f"{rng.choice('lcsqth')}{rng.uniform(-9, 9):.2f} {rng.uniform(-9, 9):.2f}" for _ in range(points))
    return f'<svg aria-hidden="true" class="icon" viewBox="0 0 24 24"><path d="M12 12{steps}z"/></svg>'


def picture(rng: Random, alt: str) -> str:
    name, preview = f"/images/{token(rng)}.jpg", b64encode(rng.randbytes(PREVIEW_BYTES)).decode()
    sizes = ", ".join(f"{name}?w={width}&amp;fit=crop {width}w" for width in (320, 640, 960, 1280))
    return (
        f'<picture><source media="(min-width: 60em)" srcset="{sizes}"><source srcset="{sizes}">'
        f'<img alt="{alt}" data-src="{name}" src="data:image/webp;base64,{preview}" width="640"></picture>'
    )


def figure(rng: Random, story: Story) -> str:
    caption = f"{rng.choice(TOWNS)} on the morning of the vote. Picture: {rng.choice(NAMES)}"
    return f"<figure>{picture(rng, story.headline)}<figcaption><span>{caption}</span></figcaption></figure>"


def teaser(rng: Random, story: Story) -> str:
    media = f"{picture(rng, story.headline)}<span>{icon(rng, 6)}</span>"
    return (
        f'<li class="teaser" data-tracking="{token(rng)}"><div class="media"><a href="{story.path}">{media}</a></div>'
        f'<div class="text"><a class="kicker" href="/{story.section}/">{story.section.title()}</a><h3 class="title">'
        f'<a href="{story.path}">{escape(story.headline)}</a></h3>{stamp(story.published)}</div></li>'
    )


@dataclass(frozen=True, slots=True)
class Furniture:
    """What all pages of the site share: style and scripts, navigation, foot."""

    head: str
    top: str
    foot: str

    def page(self, title: str, head: str, main: str) -> bytes:
        return (
            f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)} | {PAPER}</title>'
            f"{head}{self.head}</head><body>{self.top}<main>{main}</main>{self.foot}</body></html>"
        ).encode()


def furnish(seed: int) -> Furniture:
    rng = Random(f"{seed}:furniture")
    rules = (f".c-{token(rng, 6)}{{margin:{n % 48}px;color:#{token(rng, 6)};opacity:.9}}" for n in range(300))
    calls = (f"function a{n}(e,t){{return e.x{token(rng, 5)}(t)||{n * n}<t.length&&w.push(e)}}" for n in range(440))
    scripts = [f"<script>!function(w){{{''.join(islice(calls, 55))}}}(this)</script>" for _ in range(8)]
    menus = ""
    for section in SECTIONS:
        places = "".join(f'<li><a href="/{section}/?near={place}">{place}</a></li>' for place in rng.sample(TOWNS, 6))
        menus += f'<li><a href="/{section}/">{section.title()}{icon(rng, 5)}</a><ul>{places}</ul></li>'
    offices = "".join(f'<li><a href="/about/{place}">Our {place} office</a></li>' for place in TOWNS)
    return Furniture(
        head=f"<style>{''.join(rules)}</style>{''.join(scripts)}",
        top=f'<header><a href="/">{icon(rng, 60)}<span>{PAPER}</span></a><nav><ul>{menus}</ul></nav></header>',
        foot=f"<footer><ul>{offices}</ul><p>An invented newspaper.</p></footer>",
    )


def page_data(rng: Random, others: list[Story], records: int) -> str:
    """The inline data that a front-end framework leaves in a page; half of it ids and hashes that never repeat."""
    items = [
        {"id": token(rng), "headline": other.headline, "href": other.path, "publishedAt": iso(other.published)}
        | {"image": {"id": token(rng), "focus": [rng.random(), rng.random()]}, "premium": False, "sponsored": None}
        for other in rng.choices(others, k=records)
    ]
    data = json.dumps({"items": items}, separators=(",", ":"))
    return f'<script id="__DATA__" type="application/json">{data}</script>'


def article_head(rng: Random, story: Story, url: str) -> str:
    linked: dict[str, object] = {"@context": "https://schema.org", "@type": "NewsArticle", "mainEntityOfPage": url}
    linked |= {"headline": story.headline, "description": story.standfirst, "articleSection": story.section}
    linked |= {"datePublished": iso(story.published), "dateModified": iso(story.modified)}
    linked |= {"author": [{"@type": "Person", "name": story.author}], "image": f"/images/{token(rng)}.jpg"}
    meta = {"og:title": story.headline, "og:description": story.standfirst, "og:type": "article", "og:url": url}
    meta |= {"article:published_time": iso(story.published), "article:modified_time": iso(story.modified)}
    tags = "".join(f'<meta content="{escape(value)}" property="{name}">' for name, value in meta.items())
    tags += "".join(f'<link as="script" href="/static/{token(rng)}.js" rel="preload">' for _ in range(24))
    return (
        f'<link href="{url}" rel="canonical"><meta content="{escape(story.standfirst)}" name="description">{tags}'
        f'<script type="application/ld+json">{json.dumps(linked)}</script>'
    )


def article_page(seed: int, story: Story, stories: list[Story], base_url: str, furniture: Furniture) -> bytes:
    rng = Random(f"{seed}:page:{story.path}")
    weight = min(max(rng.lognormvariate(0, SPREAD), 0.4), 4)
    others = rng.choices(stories, k=round(TEASERS * (3 + weight) / 4))
    blocks = [f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in story.paragraphs]
    for _ in range(rng.randint(0, 3)):
        blocks.insert(rng.randint(2, len(blocks)), figure(rng, story))
    blocks.insert(4, f'<aside><h4>Read more</h4><a href="{others[0].path}">{escape(others[0].headline)}</a></aside>')
    main = (
        f'<article><h1>{escape(story.headline)}</h1><p class="standfirst">{escape(story.standfirst, quote=False)}</p>'
        f'<div class="byline">By <a href="/author/{story.author[:4].lower()}">{story.author}</a></div>'
        f'<p class="times">Published {stamp(story.published)} Last updated {stamp(story.modified)}</p>'
        f'{figure(rng, story)}<div class="article-body">{"".join(blocks)}</div></article>'
        f"<section><h2>More from us</h2><ul>{''.join(teaser(rng, other) for other in others)}</ul></section>"
        f"{page_data(rng, others, round(RECORDS * weight))}"
    )
    return furniture.page(story.headline, article_head(rng, story, base_url + story.path), main)


@dataclass(frozen=True, slots=True)
class Document:
    """One URL of the site as it is kept for serving."""

    fields: dict[str, str]
    packed: bytes
    """The body, gzipped; a client that takes no gzip gets it unpacked on the spot."""
    is_article: bool


def pack(content_type: str, body: bytes, changed: datetime, is_article: bool = False) -> Document:
    validators = {"ETag": f'"{sha256(body).hexdigest()[:20]}"', "Last-Modified": format_datetime(changed, usegmt=True)}
    return Document({"Content-Type": content_type} | validators, gzip.compress(body, 6, mtime=0), is_article)


def sitemap(root: str, entry: str, rows: list[tuple[str, datetime]]) -> bytes:
    body = "".join(f"<{entry}><loc>{url}</loc><lastmod>{iso(changed)}</lastmod></{entry}>" for url, changed in rows)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?><{root} xmlns="{namespace}">{body}</{root}>'.encode()


def feed(stories: list[Story], base_url: str) -> bytes:
    items = "".join(
        f"<item><title>{escape(story.headline)}</title><link>{base_url}{story.path}</link>"
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
        for story in stories[:LISTED_STORIES]
    )
    channel = f"<title>{PAPER}</title><link>{base_url}/</link><description>Invented news</description>{items}"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


def listings(seed: int, stories: list[Story], base_url: str, furniture: Furniture) -> Iterator[tuple[str, Document]]:
    """All that names articles: robots.txt, sitemaps, the feed, the front page and the section pages."""
    newest = max(story.modified for story in stories)
    robots = f"User-agent: *\nDisallow: /search\nSitemap: {base_url}/sitemap.xml\n"
    yield "/robots.txt", pack("text/plain", robots.encode(), newest)
    index: list[tuple[str, datetime]] = []
    for start in range(0, len(stories), SITEMAP_URLS):
        rows = [(base_url + story.path, story.modified) for story in stories[start : start + SITEMAP_URLS]]
        path, changed = f"/sitemap-{len(index) + 1}.xml", max(changed for _, changed in rows)
        yield path, pack("application/xml", sitemap("urlset", "url", rows), changed)
        index.append((base_url + path, changed))
    yield "/sitemap.xml", pack("application/xml", sitemap("sitemapindex", "sitemap", index), newest)
    yield "/rss.xml", pack("application/rss+xml", feed(stories, base_url), newest)
    for path in ("/", *(f"/{section}/" for section in SECTIONS)):
        rng = Random(f"{seed}:list:{path}")
        listed = [story for story in stories if story.path.startswith(path)][:LISTED_STORIES]
        teasers = "".join(teaser(rng, story) for story in listed)
        yield path, pack("text/html; charset=utf-8", furniture.page(path, "", f"<ul>{teasers}</ul>"), newest)


def build(base_url: str, pages: int, seed: int = 1, last_day: datetime = LAST_DAY) -> dict[str, Document]:
    """The whole site by path. The same arguments give the same bytes; `base_url` has no slash at its end."""
    furniture = furnish(seed)
    stories = [write_story(seed, number, last_day) for number in range(pages)]
    site = dict(listings(seed, stories, base_url, furniture))
    for story in stories:
        body = article_page(seed, story, stories, base_url, furniture)
        site[story.path] = pack("text/html; charset=utf-8", body, story.modified, is_article=True)
    return site


def measure(site: dict[str, Document]) -> dict[str, int]:
    """Medians over the article pages; elements over a hundred of them, as lxml counts them."""
    packed = [document.packed for document in site.values() if document.is_article]
    raw = [len(gzip.decompress(body)) for body in packed]
    elements = [len(list(html.document_fromstring(gzip.decompress(body)).iter(etree.Element))) for body in packed[:100]]
    figures = {"raw_bytes": raw, "gzip_bytes": list(map(len, packed)), "elements": elements}
    return {name: round(statistics.median(values)) for name, values in figures.items()}


class Connection(asyncio.Protocol):
    """One keep-alive connection, for GET alone. `/_served` tells what was sent so far, and is itself not counted."""

    def __init__(self, site: dict[str, Document], served: Counter[str]) -> None:
        self.site, self.served, self.waiting = site, served, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *requests, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
        for request in requests:
            line, *fields = request.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
            self.transport.write(self.answer(line.split(" ")[1], headers))
            if headers.get("connection", "").lower() == "close":
                self.transport.close()

    def answer(self, target: str, headers: dict[str, str]) -> bytes:
        if target == "/_served":
            return response("200 OK", {"Content-Type": "application/json"}, json.dumps(self.served).encode())
        self.served["requests"] += 1
        document = self.site.get(target.partition("?")[0])
        if document is None:
            return response("404 Not Found", {"Content-Type": "text/plain"}, b"no such page\n")
        etag, date = headers.get("if-none-match"), headers.get("if-modified-since")
        if etag == document.fields["ETag"] or (etag is None and date == document.fields["Last-Modified"]):
            self.served["not_modified"] += 1
            return response("304 Not Modified", document.fields)
        packed = "gzip" in headers.get("accept-encoding", "")
        body = document.packed if packed else gzip.decompress(document.packed)
        self.served.update(articles=document.is_article, bytes=len(body))
        return response("200 OK", document.fields | ({"Content-Encoding": "gzip"} if packed else {}), body)


def response(status: str, fields: dict[str, str], body: bytes | None = None) -> bytes:
    """Without a body no length is told either: that of a 304 would have to be the page's."""
    lines = [f"HTTP/1.1 {status}", "Vary: Accept-Encoding", *(f"{name}: {value}" for name, value in fields.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "\r\n"]).encode() + (body or b"")


async def serve(port: int, pages: int, last_day: datetime) -> None:
    site: dict[str, Document] = {}
    served = Counter(requests=0, articles=0, not_modified=0, bytes=0)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(site, served), "127.0.0.1", port)
    base_url = "http://{}:{}".format(*server.sockets[0].getsockname())
    site.update(build(base_url, pages, last_day=last_day))
    print(json.dumps({"url": base_url + "/", "pages": pages, "median": measure(site)}), flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--serve", action="store_true", help="serve until interrupted; else print what the pages weigh")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--last-day", type=datetime.fromisoformat, default=LAST_DAY, help="ISO 8601, with an offset")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.port, options.pages, options.last_day))
    else:
        print(json.dumps(measure(build("http://paper.test", options.pages))))


if __name__ == "__main__":
    main()
