"""Extraction is total: any input gives an article in bounded time, and never an exception."""

from __future__ import annotations

import gzip
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction import extract
from pipelines.article import Article, Kind

URL = "https://www.example.org/news/a-story-about-a-thing"
PAGES = Path(__file__).parent / "pages"
OWN = Path(__file__).resolve().parents[2] / "corpus"
CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus/pages"
MAX_SECONDS = 2.0
PROSE = "<p>" + "A sentence with many words in it, and commas too. " * 5 + "</p>"

TAGS = [
    "p",
    "div",
    "h1",
    "h2",
    "a",
    "ul",
    "li",
    "figure",
    "figcaption",
    "article",
    "time",
    "span",
    "br",
    "table",
    "td",
    "script",
    "aside",
    "meta",
]
NAMES = [
    "byline",
    "date published",
    "caption",
    "image",
    "article-body",
    "related",
    "tags",
    "live",
    "hidden",
    "standfirst",
    "comments",
    "widget",
]
soup = st.lists(
    st.one_of(
        st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
        st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
        st.tuples(st.sampled_from(TAGS), st.sampled_from(NAMES)).map(
            lambda pair: f'<{pair[0]} class="{pair[1]}" datetime="2025-01-01" href="/x">'
        ),
        st.text(max_size=40),
        st.just(PROSE),
        st.just(
            '<script type="application/ld+json">{"@type": "NewsArticle", "author": '
            '[[{"name": {}}]], "keywords": 1, "datePublished": []}</script>'
        ),
    ),
    max_size=40,
).map("".join)


def check(article: Article) -> None:
    assert not (article.reason or "").startswith("unreadable")
    assert (article.reason is not None) == (article.kind is Kind.NOT_ARTICLE)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    check(extract(data, URL))


@settings(max_examples=100, deadline=None)
@given(soup, st.text(max_size=60))
def test_any_soup_under_any_address(html: str, url: str) -> None:
    check(extract(html, url))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(PAGES.glob("*.html"))), st.integers(0, 2**32))
def test_pages_cut_spliced_and_flipped(path: Path, seed: int) -> None:
    check(extract(damaged(path.read_bytes(), random.Random(seed)), URL))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The page with its end cut off, its halves swapped, or bytes of it flipped."""
    cut = chance.randrange(len(data) + 1)
    match chance.randrange(3):
        case 0:
            return data[:cut]
        case 1:
            return data[cut:] + data[:cut]
        case _:
            flipped = bytearray(data)
            for _ in range(30):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            return bytes(flipped)


HOSTILE: dict[str, Callable[[], str]] = {
    "pictures and words in one box": lambda: (
        f"<h1>A</h1>{PROSE * 5}<div>" + "<img src=/a.jpg width=600 height=400> some words " * 20_000
    ),
    "pictures alone": lambda: f"<h1>A</h1>{PROSE * 5}<div>" + "<picture><source srcset=a.jpg><img src=a.jpg></picture>" * 20_000,
    "pictures in boxes": lambda: f"<h1>A</h1>{PROSE * 5}" + f"<div><img src=a.jpg>A line</div>{PROSE}" * 8_000,
    "topics": lambda: f"<h1>A</h1>{PROSE * 5}<p>" + "<a rel=tag href=/tag/x>Topic</a> " * 20_000,
    "deep": lambda: "<div>" * 20_000 + PROSE,
    "deep and named": lambda: '<div class="byline image caption">' * 240 + "x",
    "wide": lambda: PROSE * 8_000,
    "links": lambda: "<a href=x>hello there</a>" * 60_000,
    "bylines": lambda: '<div class="byline">By Ann Miller</div>' * 20_000,
    "times": lambda: '<time datetime="2020-01-01T10:00:00Z">x</time>' * 20_000 + PROSE,
    "headings": lambda: "<h1>Words of a heading here</h1>" * 10_000 + PROSE,
    "pictures": lambda: "<figure><img src=a.jpg><figcaption>A caption (PA)</figcaption></figure>" * 8_000,
    "pictures without lines": lambda: PROSE + "<p><img src=a.jpg></p>" * 8_000,
    "pictures in one box": lambda: PROSE + "<div>" + "<span><img src=a.jpg></span>" * 8_000 + "</div>",
    "empty captions": lambda: PROSE + "<div>" + "<div class=caption></div>" * 8_000 + "</div>",
    "names": lambda: '<div class="' + "ad " * 200_000 + '">' + PROSE,
    "one word": lambda: "<p>" + "a" * 3_000_000,
    "title": lambda: "<title>" + "a | " * 200_000 + "</title>" + PROSE,
    "json brackets": lambda: '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + PROSE,
    "json commas": lambda: '<script type="application/ld+json">{' + ", \n" * 200_000 + "}</script>" + PROSE,
    "json comments": lambda: '<script type="application/ld+json">{' + "/*" * 200_000 + "}</script>" + PROSE,
    "attributes": lambda: "<p " + " ".join(f"a{n}" for n in range(500_000)) + ">" + PROSE,
    "attributes in quotes": lambda: "<p " + " ".join(f'a{n}=">"' for n in range(300_000)) + ">" + PROSE,
    "attributes in many tags": lambda: ("<p " + " ".join(f"{n:x}" for n in range(50)) + ">x</p>") * 40_000 + PROSE,
    "brackets": lambda: "<" * 5_000_000 + PROSE,
    "tags": lambda: "<p>" * 2_000_000 + PROSE,
    "open drawings": lambda: "<svg>" * 1_000_000 + PROSE,
    "open comments": lambda: "<!-" * 1_000_000 + PROSE,
    "open quotes": lambda: '<p a="' * 500_000 + PROSE,
    "open scripts": lambda: "<script " * 500_000 + PROSE,
    "scripts in values": lambda: "<p a='<script><\\/script>'>" * 100_000 + PROSE,
    "an article of scraps": lambda: (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A", "datePublished": "2025-01-01"}</script>'
        + "<div><span>A few words, here</span><ul><li>and there</li></ul></div>" * 600
    ),
    "an article of nothing": lambda: (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A", "datePublished": "2025-01-01"}</script>'
        + "<div>" * 200
        + "<b>one</b> <i>two</i> " * 1000
    ),
    "flight": lambda: '<script>self.__next_f.push([1,"' + "a:T1," * 100_000 + '"])</script>' + PROSE,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_in_time(name: str) -> None:
    """A core that others fight for takes twice the time now and then: the best of three is what the page costs."""

    page = HOSTILE[name]()

    def cost() -> float:
        start = time.process_time()
        check(extract(page, URL))
        return time.process_time() - start

    assert any(cost() < MAX_SECONDS for _ in range(3))


def test_own_pages_damaged() -> None:
    paths = sorted(OWN.glob("*.html"))
    assert len(paths) >= 60
    chance = random.Random(20)
    for path in paths:
        check(extract(damaged(path.read_bytes(), chance), URL))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real pages is not beside this checkout")
def test_real_pages_damaged() -> None:
    paths = sorted(CORPUS.glob("*.html.gz"))[::29]
    chance = random.Random(20)
    for path in paths:
        data = gzip.decompress(path.read_bytes())
        check(extract(damaged(data, chance), URL))
