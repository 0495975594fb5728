"""Kinds of pages, and the reasons why some are none."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from pipelines.article import Kind

HOST = "https://www.example.org"
TEXT = "<p>" + "A sentence of some length about a thing that happened, with a comma. " * 6 + "</p>"
TEASERS = "".join(f'<div class="card"><a href="/news/{n}"><h3>A headline number {n} of the day</h3></a></div>' for n in range(30))


@pytest.mark.parametrize(
    ("path", "html", "kind", "reason"),
    [
        ("/news/a-thing-happened-here", f"<h1>A thing happened here</h1>{TEXT}", Kind.ARTICLE, None),
        ("/news/x", "", Kind.NOT_ARTICLE, "empty page"),
        ("/news/x", "<div></div>", Kind.NOT_ARTICLE, "no headline and no text"),
        ("/", f"<h1>The Paper</h1>{TEXT}", Kind.NOT_ARTICLE, "front page"),
        ("/news/", f'<meta property="og:type" content="website"><h1>News</h1>{TEASERS}', Kind.NOT_ARTICLE, "section front"),
        (
            "/news/gone-story-12345",
            "<h1>Page not found</h1><p>Sorry, the page you wanted is not here any more, it seems.</p>",
            Kind.NOT_ARTICLE,
            "soft 404",
        ),
        (
            "/lokales/weg-12345",
            "<title>Seite nicht gefunden</title><p>Leider gibt es diese Seite nicht mehr, das tut uns leid.</p>",
            Kind.NOT_ARTICLE,
            "soft 404",
        ),
        (
            "/news/a-story-here",
            "<title>Just a moment...</title><p>Checking your browser.</p>",
            Kind.NOT_ARTICLE,
            "a wall against robots",
        ),
        ("/news/a-story-here", "<h1>Log in to continue</h1><form><input type=password></form>", Kind.NOT_ARTICLE, "log-in wall"),
        ("/puzzles/sudoku/", "<h1>Sudoku</h1><p>Play our daily sudoku.</p>", Kind.NOT_ARTICLE, "puzzle page"),
        ("/search/?q=mill", f"<h1>Results</h1>{TEASERS}", Kind.NOT_ARTICLE, "search page"),
        ("/epaper/2025-01-01", "<h1>Today's edition</h1>", Kind.NOT_ARTICLE, "e-paper"),
        ("/author/jo-fenwick/", f"<h1>Jo Fenwick</h1>{TEASERS}", Kind.NOT_ARTICLE, "author page"),
        (
            "/news/live-updates-here",
            f'<script type="application/ld+json">{{"@type": "LiveBlogPosting", "headline": "Live"}}</script><h1>Live</h1>{TEXT}',
            Kind.LIVE,
            None,
        ),
        ("/sponsored/the-best-beds", f"<h1>The best beds of all</h1>{TEXT}", Kind.SPONSORED, None),
        (
            "/news/in-pictures-fair",
            "<h1>The fair in pictures</h1>" + "<figure><img src=a.jpg><figcaption>At the fair</figcaption></figure>" * 6,
            Kind.GALLERY,
            None,
        ),
        (
            "/video/news/the-fair",
            '<meta property="og:type" content="video.other"><h1>The fair from above</h1><p>Watch it here, in full.</p>',
            Kind.VIDEO,
            None,
        ),
        (
            "/uk-news/",
            "<h1>UK News</h1><p>Friday 9 May 2025, by the river since 1871</p><div class=card><h2><a href=/a>A</a></h2></div>",
            Kind.NOT_ARTICLE,
            "section front",
        ),
        (
            "/news/quick-crossword-4512090",
            "<h1>Quick crossword</h1><p>Across: 1 River bird (4)</p>",
            Kind.NOT_ARTICLE,
            "puzzle page",
        ),
        (
            "/about/our-history-4512091",
            '<meta property="og:type" content="website"><h1>Our history in brief</h1><p>We were founded in 1871.</p>',
            Kind.NOT_ARTICLE,
            "little text",
        ),
        (
            "/news/undated-4512092",
            '<meta property="og:type" content="website"><h1>Undated</h1><p class=byline>By Una Pell</p><p>So it was.</p>',
            Kind.ARTICLE,
            None,
        ),
        (
            "/news/story-12345",
            f'<meta property="og:type" content="article"><h1>Hotel guest not found for days</h1>{TEXT * 3}',
            Kind.ARTICLE,
            None,
        ),
    ],
)
def test_kind(path: str, html: str, kind: Kind, reason: str | None) -> None:
    article = extract(html, HOST + path)
    assert article.kind is kind
    assert (article.reason or "").startswith(reason) if reason else article.reason is None
