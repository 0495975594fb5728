"""Section pages: which links are articles, with and without the site's own form of address."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.site import Site
from crawler.discovery.candidate import Candidate, Listing, SourceKind
from crawler.discovery.section import MAX_CANDIDATES, MAX_PAGE_BYTES, parse_section
from tests.table import table

URL = "https://www.example.com/news/"

PAGE = """<!DOCTYPE html><html class="nav-open"><head><meta charset="utf-8"><title>News</title>
<link rel="alternate" type="application/rss+xml" title="News" href="/news/rss/?source=web">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
<link rel="alternate" type="application/feed+json" href="https://feeds.example.net/all.json">
<link rel="alternate" hreflang="cy" href="/cy/news/">
<link rel="stylesheet alternate" type="text/css" href="/x.css"></head>
<body class="has-menu">
<header class="site-header"><a href="/"><img alt="The Example Gazette" src="/logo.png"></a>
 <nav><a href="/news/">News</a> <a href="/news/crime/">Crime</a>
  <a href="/news/things-to-do-this-weekend/">Things to do this weekend</a>
  <a href="/news/mayor-resigns-after-vote-1000009">Mayor resigns after vote</a></nav></header>
<main id="page-nav">
 <article class="card"><a class="thumb" href="/news/fair-opens-today-1000001?utm_source=home"><img alt="Crowds at a fair"></a>
  <h2><a href="https://example.com/news/fair-opens-today-1000001">Fair opens <em>today</em> in the town square</a></h2>
  <a href="/news/fair-opens-today-1000001#comments">3 comments</a> <a href="/author/jane-doe">Jane Doe</a>
  <a href="/tag/fairs-and-markets-of-the-county/">fairs and markets of the county</a></article>
 <div class="teaser"><a href="two-held-1000002"><span class="kicker">Crime</span><h3>Two held
   after a raid on the old mill</h3><style>.a{}</style><p>Long text of the teaser</p></a></div>
 <div><a href="//m.example.com/news/bridge-shut-1000003/amp/"><img alt="A bridge that is shut"></a></div>
 <div><a href="/news/why-the-old-mill-matters-to-us-all/">Why the old mill matters to us all</a></div>
 <div><a href="/news/gallery.jpg">x</a> <a href="https://other.example/news/other-story-1000004">Other</a>
  <a href="javascript:void(0)">x</a> <a href="mailto:desk@example.com">x</a> <a>x</a> <a href="/news/?page=2">Next</a></div>
</main>
<footer><a href="/privacy-policy/">Privacy</a><a href="/how-we-check-our-facts-here/">How we check our facts</a></footer>
</body></html>"""

LATER = "https://www.example.com/news/?page=2"
FAIR = Candidate(
    "https://www.example.com/news/fair-opens-today-1000001", SourceKind.SECTION, "Fair opens today in the town square"
)
HELD = Candidate("https://www.example.com/news/two-held-1000002", SourceKind.SECTION, "Two held after a raid on the old mill")
BRIDGE = Candidate("https://m.example.com/news/bridge-shut-1000003/", SourceKind.SECTION, "A bridge that is shut")
MILL = Candidate(
    "https://www.example.com/news/why-the-old-mill-matters-to-us-all/",
    SourceKind.SECTION,
    "Why the old mill matters to us all",
)
MAYOR = Candidate("https://www.example.com/news/mayor-resigns-after-vote-1000009", SourceKind.SECTION, "Mayor resigns after vote")


@table(
    "href",
    [
        "www.example.com/news/two-held-1000002",
        "https://www.example.com/https://www.example.com/news/two-held-1000002",
        "/news/\n   two-held-1000002",
        "https:/www.example.com/news/two-held-1000002",
    ],
)
def test_links_are_mended(href: str) -> None:
    page = (
        f"<main><h2><a href='{href}'>Two held after a raid on the old mill</a></h2><a href='other.example/x-1000003'>x</a></main>"
    )
    assert parse_section(page, URL).candidates == (HELD,)


def test_the_general_judge() -> None:
    assert parse_section(PAGE, URL) == Listing((MAYOR, FAIR, HELD, BRIDGE, MILL), next_page=LATER)
    assert parse_section(PAGE.encode(), URL) == Listing((MAYOR, FAIR, HELD, BRIDGE, MILL), next_page=LATER)


def test_a_known_form_of_address_decides_alone() -> None:
    site = Site("a", "A", "https://www.example.com/", "Europe/London", article_url=re.compile(r"-(?P<id>\d{7})$"))
    assert parse_section(PAGE, URL, is_article=site.looks_like_article) == Listing((MAYOR, FAIR, HELD), next_page=LATER)
    paged = replace(site, article_url=re.compile(r"^/news/\?page=\d$"))
    assert parse_section(PAGE, URL, is_article=paged.looks_like_article).candidates == (
        Candidate("https://www.example.com/news/?page=2", SourceKind.SECTION, "Next"),
    )


def test_whose_links_count_is_the_callers_to_say() -> None:
    listing = parse_section(PAGE, URL, same_site=lambda url: url.startswith("https://other.example/"))
    assert [candidate.url for candidate in listing.candidates] == ["https://other.example/news/other-story-1000004"]


def test_base_href() -> None:
    page = '<head><base href="/archive/"></head><a href="fair-opens-1000001">Fair opens</a>'
    assert [one.url for one in parse_section(page, URL).candidates] == ["https://www.example.com/archive/fair-opens-1000001"]


def test_where_articles_are_numbered_spelled_out_addresses_are_none() -> None:
    numbered = "".join(f"<h3><a href='/news/story-{number}'>A story of the day</a></h3>" for number in range(10**6, 10**6 + 12))
    campaign = "<h3><a href='/backing-our-high-street-shops/'>Backing our high street shops</a></h3>"
    assert len(parse_section(campaign, URL).candidates) == 1
    assert len(parse_section(numbered + campaign, URL).candidates) == 12


@table(
    ("link", "title"),
    [
        ("<a href='/x-1000001'>Plain words of a link</a>", "Plain words of a link"),
        ("<a href='/x-1000001' aria-label='Spoken words'><img alt='Picture words'></a>", "Spoken words"),
        ("<a href='/x-1000001'><img alt='Picture words'></a>", "Picture words"),
        ("<a href='/x-1000001'><svg><title>icon</title></svg>More</a>", "More"),
        ("<a href='/x-1000001'></a>", None),
        ("<a href='/x-1000001'>Read on now</a><h4><a href='/x-1000001'>Fair</a></h4>", "Fair"),
        ("<a href='/x-1000001'><div class='c-headline__text'>Fair &amp; square</div>2 hours ago by someone</a>", "Fair & square"),
        ("<h2><a href='/x-1000001'>日本の新聞</a></h2>", "日本の新聞"),
    ],
)
def test_titles(link: str, title: str | None) -> None:
    assert parse_section(link, URL).candidates == (Candidate("https://www.example.com/x-1000001", SourceKind.SECTION, title),)


@table(
    ("markup", "found"),
    [
        ("<nav><a href='/four-words-of-section/'>Four words of section</a></nav>", False),
        ("<div role='navigation'><a href='/four-words-of-section/'>Four words of section</a></div>", False),
        ("<div class='main-menu'><a href='/four-words-of-section/'>Four words of section</a></div>", False),
        ("<div class='menu-open'><h3><a href='/four-words-of-headline/'>Four words of headline</a></h3></div>", True),
        ("<p><a href='/four-words-of-headline/'>Four words of headline</a></p>", True),
        ("<p><a href='/four-words-of-section/'>Section</a></p>", False),
        ("<h3><a href='/three-word-slug/'>Headlines are longer than that</a></h3>", True),
        ("<h3><a href='/three-word-slug/'>Three word slug</a></h3>", False),
        ("<p><a href='/three-word-slug/'>Headlines are longer than that</a></p>", False),
        ("<nav><a href='/2025/03/07/fair-opens/'>Fair</a></nav>", True),
    ],
)
def test_the_place_on_the_page_counts(markup: str, found: bool) -> None:
    assert bool(parse_section(markup, URL).candidates) is found


@table(
    "first, here, markup, expected",
    [
        ("/news/", "", "<link rel=next href='/news/older'>", "/news/older"),
        ("/news/", "", "<a rel='nofollow next' href='?after=88'>Older</a>", "/news/?after=88"),
        ("/news/", "", "<a rel=next href='https://elsewhere.example/news/page/2'>Older</a>", None),
        ("/news/", "", "<a rel=next href='/news/'>Older</a>", None),
        ("/news/", "", "<nav><a href='/news/page/3/'>3</a><a href='/news/page/2/'>2</a></nav>", "/news/page/2/"),
        ("/news/", "/news/page/2/", "<a href='/news/'>1</a><a href='/news/page/3/'>3</a>", "/news/page/3/"),
        ("/news/", "/news/page/3/", "<a href='/news/page/2/'>2</a>", None),
        ("/news", "", "<a href='/news?page=2'>2</a>", "/news?page=2"),
        ("/?cat=3", "", "<a href='/?cat=4'>Sport</a><a href='/?cat=3&paged=2'>Older</a>", "/?cat=3&paged=2"),
        ("/news/", "", "<a href='/news/p2/'>»</a>", "/news/p2/"),
        ("/news/", "", "<a href='/news/2/'>»</a>", "/news/2/"),
        ("/ward-12/", "", "<a href='/ward-13/'>Ward 13</a><a href='/news/page/2/'>2</a>", None),
        ("/news/", "", "<a href='/news/2026/'>2026</a><a href='/news/fixtures/22'>x</a>", None),
    ],
)
def test_the_next_page(first: str, here: str, markup: str, expected: str | None) -> None:
    host, page = "https://www.example.org", f"<h2><a href='/news/weir-to-be-repaired-1000001'>Weir</a></h2>{markup}"
    found = parse_section(page, host + (here or first), first=host + first if here else "").next_page
    assert found == (expected and host + expected)


def test_limits() -> None:
    links = "".join(f"<a href='/story-{number}'>x</a>" for number in range(10**6, 10**6 + MAX_CANDIDATES + 9))
    assert len(parse_section(links, URL).candidates) == MAX_CANDIDATES
    assert parse_section(b" " * (MAX_PAGE_BYTES + 1), URL).problems == ("page of 10000001 bytes is over the limit of 10000000",)
    assert parse_section("", URL).problems == ("no page: no markup in it, or far too much",)
    assert parse_section("<p>Please enable scripts", URL).problems == ("no links of this site on the page",)


@table(
    "page",
    [
        "<a href='/x-1000001'>" * 50_000,
        "<div>" * 200_000 + "<a href='/x-1000001'>x</a>",
        "<a href='/x-1000001'>" + "<b>x</b>" * 90_000 + "</a>",
        "<a href='" + "a" * 3_000_000 + "'>x</a>",
        "<a href='/x-1000001' " + " ".join(f"a{number}" for number in range(200_000)) + ">x</a>",
        "<link rel=alternate>" * 100_000,
    ],
)
def test_hostile_pages_are_got_through(page: str) -> None:
    assert len(parse_section(page, URL).candidates) <= 1


def test_cut_off_anywhere() -> None:
    for end in range(0, len(PAGE), 47):
        assert isinstance(parse_section(PAGE[:end], URL), Listing)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="<>/&;!a href='n123-w\"=", max_size=300), st.text(max_size=40))
def test_never_raises(page: bytes | str, url: str) -> None:
    for address in (URL, url):
        listing = parse_section(page, address, is_article=lambda url: "a" in url)
        assert isinstance(parse_section(page, address), Listing)
        assert all(candidate.url.startswith("http") for candidate in listing.candidates)
