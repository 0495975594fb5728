"""A site's definition as proposed by its pages: feeds, sections, name, language, country, zone, the pattern of articles'
addresses.

Pure: pages and addresses in, proposals out. Unknown values are left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.discovery.markup import html_tree
from crawler.discovery.shape import Shape, article_shape, names_no_news
from pipelines.text.dates import Timestamp
from pipelines.text.urls import canonicalize

FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
USUAL_FEEDS: Final = ("/feed/", "/rss.xml", "/rss", "/feed.json", "/atom.xml", "/feed.xml", "/index.xml")
"""Usual places of feeds that no page links to, the most usual first."""
USUAL_SITEMAPS: Final = (
    *("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml", "/sitemap.xml.gz"),
    *("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml"),
)
_NO_NEWS_FEED: Final = re.compile(r"/comments?/|/author/|/tag/|/search|podcast|\?s=|/wp-json/|/oembed", re.IGNORECASE)
_LIKE_A_FEED: Final = re.compile(r"[/._=-](?:rss|atom|feeds?|rdf)(?:[/._?=-]|\d*$)|\.xml$", re.IGNORECASE)
"""In path and query of a footer's "RSS" link: a feed, or a page that lists the feeds."""
_CALLED_A_FEED: Final = re.compile(r"\b(?:rss|atom|(?:xml|news)[- ]?feeds?)\b", re.IGNORECASE)
"""In the words of such a link, whatever its address."""
MOST_WORDS_OF_A_MENU: Final = 3
_NEWS_FIRST: Final = re.compile(r"news|local|latest|aktuell|actualit|notici|cronaca|nyheter|nieuws", re.IGNORECASE)
_WITH_OFFSET: Final = re.compile(r"\d([+-])(\d\d):?(\d\d)$")
_SUMMER, _WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_SUFFIX_COUNTRY: Final = {"uk": "GB"}
_GENERIC: Final = frozenset(
    [
        "ai",
        "app",
        "biz",
        "co",
        "com",
        "edu",
        "eu",
        "fm",
        "info",
        "int",
        "io",
        "me",
        "media",
        "net",
        "news",
        "online",
        "org",
        "press",
        "site",
        "tv",
    ]
)
_LANGUAGE: Final = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{2}))?(?![a-zA-Z])")
_ENOUGH_FOR_A_PATTERN: Final = 5
"""Articles' addresses that must agree. Fewer: accidental patterns that later articles do not match, which are then lost."""
_MAINLAND: Final = re.compile(r"most|mainland|peninsula")

_IDS: Final = (
    r"-(?P<id>\d{{{low},{high}}})/?$",
    r"/(?P<id>\d{{{low},{high}}})\.[^/]+/?$",
    r"(?:/a|-)(?P<id>\d{{{low},{high}}})\.html$",
    r"[-/.](?P<id>\d{{{low},{high}}})\.(?:s?html?|php|aspx?)$",
    r"/(?P<id>\d{{{low},{high}}})/[^/]+/?$",
    r"/(?P<id>\d{{{low},{high}}})-[^/]+/?$",
    r"/(?P<id>\d{{{low},{high}}})/?$",
    r"[?&](?:id|story|storyid|artid|articleid|p)=(?P<id>\d{{{low},{high}}})(?!\d)",
)
"""Positions of the article's number in addresses, the surest first."""
_DATED: Final = r"/\d{4}/\d{2}/(?:\d{2}/)?[^/]+/?$"
FEWEST_DIGITS, FEWEST_IN_A_QUERY, MOST_DIGITS = 5, 3, 12
"""Digits of a number. Fewer are years and pages of a list; a query says what its number is."""


@dataclass(frozen=True, slots=True)
class FrontPage:
    """A site's description of itself on its front page."""

    name: str = ""
    language: str = ""
    """BCP 47."""
    feeds: tuple[str, ...] = ()
    """Linked from its head, without those of comments and authors; if there are none, other links to feeds on the page."""
    sitemaps: tuple[str, ...] = ()
    """Linked from its head."""
    sections: tuple[str, ...] = ()
    """Addresses in its menus that do not look like articles: those of news first, standing pages and queries last."""
    generator: str = ""
    links: int = 0
    """Number of links to the same site."""


def needs_script(body: bytes, content_type: str | None = None) -> bool:
    """Whether a page has almost no text until its scripts have run: the shell of an application."""
    tree = html_tree(body, content_type) if _SCRIPT.search(body) else None
    if tree is None or len("".join("".join(tree.xpath("//body//text()")).split())) > MOST_OF_A_SHELL:
        return False
    return bool(_SCRIPT_NOTICE.search(body) or tree.xpath(_ROOTS))


_SCRIPT: Final = re.compile(rb"<script[\s>]", re.IGNORECASE)
_SCRIPT_NOTICE: Final = re.compile(rb"<noscript(?:(?!</noscript).){0,2000}java\s?script", re.IGNORECASE | re.DOTALL)
_ROOTS: Final = """//body//*[contains(name(), '-') or contains(' root app main-app __next __nuxt ___gatsby svelte q-app ember ',
    concat(' ', @id, ' '))][string-length(normalize-space()) < 50]"""
"""Elements in which applications draw: custom elements, and ids of frameworks; still empty."""
MOST_OF_A_SHELL: Final = 200
"""Characters. More: a page with text of its own; a shell has at most a menu and "Loading"."""


def read_front_page(body: bytes, url: str, content_type: str | None = None) -> FrontPage:
    """The front page of a site, at the address that answered."""
    tree = html_tree(body, content_type)
    if tree is None:
        return FrontPage()
    host = urlsplit(url).netloc.lower().removeprefix("www.")

    def own(addresses: Iterable[str | None]) -> list[str]:
        found = (canonicalize(urljoin(url, address)) for address in addresses if address and not address.startswith("#"))
        return list(dict.fromkeys(one for one in found if one and urlsplit(one).netloc.lower().removeprefix("www.") == host))

    metas = {(one.get("property") or one.get("name") or "").lower(): one.get("content") or "" for one in tree.iter("meta")}
    alternates = [one.get("href") for one in tree.iter("link") if _is_feed(one.get("rel"), one.get("type"))]
    feeds = [urljoin(url, href) for href in alternates if href and not _NO_NEWS_FEED.search(href)]
    anchors = [(href.partition("#")[0], _words_of(one)) for one in tree.iter("a") if (href := one.get("href"))]
    links = own(href for href, _ in anchors)
    if not feeds:
        named = ((urljoin(url, href), words) for href, words in anchors if href)
        likely = [one for one, words in named if _LIKE_A_FEED.search(_searched(one)) or _CALLED_A_FEED.search(words)]
        feeds = [one for one in likely if article_shape(one) < Shape.SPELLED and not _NO_NEWS_FEED.search(one)]
    maps = [urljoin(url, one.get("href") or "") for one in tree.iter("link") if (one.get("rel") or "").lower() == "sitemap"]
    menu = own(one.get("href") for holder in tree.iter("nav", "header", "menu") for one in holder.iter("a"))
    sections = [one for one in menu if _may_be_section(one)]
    if not sections:  # a menu without an element that says so
        brief = own(href for href, words in anchors if len(words.split()) <= MOST_WORDS_OF_A_MENU)
        sections = [one for one in brief if _may_be_section(one)]
    title = next((text for one in tree.iter("title") if (text := " ".join("".join(one.itertext()).split()))), "")
    name = metas.get("og:site_name") or metas.get("application-name") or re.split(r"\s[|–—:-]\s", title)[0]
    language = next((one.get("lang") or "" for one in tree.iter("html")), "") or metas.get("og:locale", "")
    return FrontPage(
        " ".join(name.split())[:100], language_of(language), tuple(dict.fromkeys(feeds)), tuple(dict.fromkeys(maps)),
        tuple(sorted(sections, key=_order_of_section)),
        metas.get("generator", "")[:100], len(links),
    )  # fmt: skip


def _words_of(anchor: etree._Element) -> str:
    """What a link says, on one line; for a picture what describes it."""
    described = (part.get(name) for part in anchor.iter() for name in ("title", "aria-label", "alt"))
    return " ".join("".join(anchor.itertext()).split()) or next((text for text in described if text), "")


def _may_be_section(url: str) -> bool:
    return article_shape(url) < Shape.SPELLED and bool(_searched(url).strip("/"))


def _order_of_section(url: str) -> int:
    if _NEWS_FIRST.search(urlsplit(url).path):
        return 0
    return 2 if "?" in url or names_no_news(url) else 1


def language_of(text: str) -> str:
    """A BCP 47 tag from a `lang` attribute or a locale: "en_gb" -> "en-GB"; empty if it is none."""
    match = _LANGUAGE.match(text.strip())
    if not match:
        return ""
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")


def country_of(host: str, language: str) -> str:
    """The country of the top-level domain, otherwise of the language's region; empty if neither names one."""
    suffix = host.partition(":")[0].rpartition(".")[2].lower()
    if suffix in _SUFFIX_COUNTRY or (len(suffix) == 2 and suffix.isalpha() and suffix not in _GENERIC):
        return _SUFFIX_COUNTRY.get(suffix, suffix.upper())
    return language.partition("-")[2]


def zone_of(country: str, stamps: Iterable[Timestamp]) -> tuple[str, str | None]:
    """A country's IANA zone that agrees with the offsets in its articles' times; and what is uncertain about it."""
    zones = _zones().get(country, ())
    if not zones:
        return "UTC", "time zone: nothing says in which country the title is; UTC until you know better"
    offsets = [(stamp.instant, offset) for stamp in stamps if (offset := _offset(stamp.raw))]
    fitting = [zone for zone in zones if all(_offset_of(zone, moment) == offset for moment, offset in offsets)]
    if not fitting:
        return zones[0], f"time zone: {country} has none that its articles' times are written in"
    moments = [moment for moment, _ in offsets] or [stamp.instant for stamp in stamps] or [_SUMMER, _WINTER]
    if any(
        _offset_of(zone, moment) != _offset_of(fitting[0], moment) for zone in fitting for moment in (*moments, _SUMMER, _WINTER)
    ):
        return fitting[0], f"time zone: {country} has others beside {fitting[0]}; printed times tell which"
    return fitting[0], None


def _offset_of(zone: str, moment: datetime) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


def _offset(raw: str) -> timedelta | None:
    """The offset in a time as written; None for UTC, in which machines of any zone write."""
    match = _WITH_OFFSET.search(raw)
    if not match or match[2] == match[3] == "00":
        return None
    return (1 if match[1] == "+" else -1) * timedelta(hours=int(match[2]), minutes=int(match[3]))


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """Country -> its zones in the order of the tz database, roughly by population; those of counties last."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *comment = line.split("\t")
            is_narrow = "(" in "".join(comment) and not _MAINLAND.search("".join(comment))
            found.setdefault(country, []).append((is_narrow, zone))
    return {country: tuple(zone for _, zone in sorted(zones, key=lambda one: one[0])) for country, zones in found.items()}


def article_pattern(articles: Iterable[str], others: Iterable[str], folder: str = "") -> str | None:
    """A pattern with a group `id` that all these addresses match, each with its own number, and none of the others.

    Without numbers, dated paths; None if they share nothing, or are too few: a pattern that is too narrow loses articles.
    `folder`: the path below which a title has its part of a host; the pattern then holds no address elsewhere.
    """
    pattern = _shared_form(articles, others)
    if not folder:
        return pattern
    above = re.escape(folder.rstrip("/"))
    return f"^{above}(?:/.*)?{pattern}" if pattern else f"^{above}/."


def _shared_form(articles: Iterable[str], others: Iterable[str]) -> str | None:
    paths = [_searched(url) for url in dict.fromkeys(articles)]
    others = [_searched(url) for url in others]
    if len(paths) < _ENOUGH_FOR_A_PATTERN:
        return None
    for form in _IDS:
        fewest = FEWEST_IN_A_QUERY if form.startswith("[?&]") else FEWEST_DIGITS
        pattern = re.compile(form.format(low=fewest, high=MOST_DIGITS))
        matches = [pattern.search(path) for path in paths]
        numbers = [match["id"] for match in matches if match]
        if len(numbers) < len(paths) or len(set(numbers)) < len(paths) or all(map(_is_day, numbers)):
            continue
        lengths = [len(number) for number in numbers]
        bounded = form.format(low=max(min(lengths), fewest) - 1, high=max(lengths) + 1)
        if not any(re.search(bounded, path) for path in (*others, "/")):
            return bounded
    if all(re.search(_DATED, path) for path in paths) and not any(re.search(_DATED, path) for path in others):
        return _DATED
    return None


def site_id_of(name: str, url: str) -> str:
    """An id in the catalogue's form: from the name, otherwise from the host."""
    host = re.sub(r"^www\.|:\d+$", "", urlsplit(url).netloc.lower())
    for text in (name, host):
        plain = text.encode("ascii", "ignore").decode().lower().replace("'", "")
        if found := re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-"):
            return found
    return "site"


def platform_of(generator: str) -> str:
    return next((name for name in ("wordpress", "drupal", "joomla") if name in generator.lower()), "generic")


def _searched(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_day(number: str) -> bool:
    return len(number) == 8 and number[:2] in ("19", "20") and 1 <= int(number[4:6]) <= 12 and 1 <= int(number[6:]) <= 31


def _is_feed(rel: str | None, kind: str | None) -> bool:
    form = (kind or "").partition(";")[0].strip().lower()
    return "alternate" in (rel or "").lower().split() and (form in FEED_TYPES or form == "application/json")
