"""Lists of articles in many shapes of markup, and articles with many teasers beside them."""

from __future__ import annotations

import json

from crawler.extraction import extract
from pipelines.article import Article, Kind
from tests.table import table

HOST = "https://www.example.org"
LINES = (
    ("Ferry to the island sails on Sundays again", "The harbour board has found more pilots, and the winter timetable ends."),
    ("Bakers on strike over the price of flour", "Forty ovens stayed cold on Friday, and the mill says that it cannot help it."),
    ("Choir sings for the lighthouse keeper", "He came ashore after nine years, and the whole school stood on the quay."),
    ("New bus lane opens beside the canal", "Cyclists may use it too, and nobody can say yet where it will lead one day."),
    ("Owl found asleep in the court's archive", "The clerk heard it first, between two boxes of deeds that nobody had opened."),
    ("Mill pond to be drained for repairs", "Anglers will carry the carp to the lower pond before the sluice is opened."),
)  # fmt: skip
SHAPES = {
    "articles": "<article><h2><a href='{url}'>{headline}</a></h2><p>{text}</p><time datetime={time}>{day}</time></article>",
    "sections": "<section><h3><a href='{url}'>{headline}</a></h3><time datetime={time}>{day}</time><p>{text}</p></section>",
    "items of a list": "<li><time datetime={time}>{day}</time> <a href='{url}'>{headline}</a><p>{text}</p></li>",
    "divs": "<div class=c{n}><img src=/{n}.jpg><div><h4><a href='{url}'>{headline}</a></h4><p>{text}</p></div></div>",
    "links around all": "<a class=tile href='{url}'><h3>{headline}</h3><p>{text}</p><time datetime={time}>{day}</time></a>",
    "signed": "<article><h2><a href='{url}'>{headline}</a></h2><p class=byline>By Una Pell</p><p>{text}</p></article>",
    "headings in a row": "<h3><a href='{url}'>{headline}</a></h3><p>{text}</p>",
    "rows of a table": "<table><tr><td>{day}<td><h3><a href='{url}'>{headline}</a></h3><p>{text}</p></table>",
    "labels ahead": "<article><i>Port</i><h2><a href='{url}'>{headline}</a></h2><p>{text} <a href='{url}'>On</a></p></article>",
    "bold lines in cells": "<table><tr><td><strong><a href='{url}'>{headline}</a></strong><p>{text}</p></td></tr></table>",
    "spans in definitions": "<dl><dd class=s><span><a href='{url}'>{headline}</a></span><p>{text}</p><i>{day}</i></dd></dl>",
    "links around all, no heading": "<a href='{url}'><img src=/{n}.jpg><b>{headline}</b><p>{text}</p></a>",
    "microdata": "<div><h2><a href='{url}'>{headline}</a></h2><meta itemprop=datePublished content={time}>{text}</div>",
}  # fmt: skip


def teasers(shape: str) -> str:
    cards = [
        shape.format(
            url=f"/news/story-{n}-44{n}0",
            headline=headline,
            text=text,
            n=n,
            time=f"2025-03-0{n + 1}T09:00:00Z",
            day=f"{n + 1} March",
        )
        for n, (headline, text) in enumerate(LINES)
    ]
    return "".join(cards)


def framed(main: str, path: str, head: str = "") -> Article:
    frame = "<html><head><title>The Teme Post</title>{}</head><body><nav><a href=/>Home</a></nav><main>{}</main></body></html>"
    return extract(frame.format(head, main), HOST + path)


@table("shape", SHAPES.values(), ids=SHAPES)
def test_a_page_of_teasers_is_no_article(shape: str) -> None:
    website, article = (f"<meta property=og:type content={kind}>" for kind in ("website", "article"))
    collection = '<script type="application/ld+json">{"@type": "CollectionPage", "name": "Harbour"}</script>'
    made = '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2021-03-07T10:00:00Z"}</script>'
    for path, head, introduction in (
        ("/news/local/harbour", website, ""),
        ("/news/local/harbour", "", "<p>All that is new from the quays, the ferries and the fish market, every day.</p>"),
        ("/harbour/", article, ""),
        ("/", article, ""),
        ("/es/", article + collection, ""),
        ("/topics/harbour-board-of-the-teme", collection, "<p>What the board decides, and who sits on it.</p>"),
        ("/topics/harbour-board-of-the-teme", article, "<p>What the board decides, and who sits on it.</p>"),
        ("/topics/harbour-board-of-the-teme", website + made, ""),
        ("/news/harbour/page/3", article + made, ""),
        ("/2025/03/", made, ""),
    ):
        page = framed(f"<h1>Harbour</h1>{introduction}{teasers(shape)}", path, head)
        assert page.kind is Kind.NOT_ARTICLE, (path, page.body)


STORY = "".join(
    f"<p>Councillor {name} told the board on Friday that the bridge would stay open until the {season}, whatever it cost.</p>"
    for name, season in (("Marrow", "spring"), ("Pell", "summer"), ("Lind", "autumn"), ("Fenwick", "winter"), ("Amsel", "thaw"))
)
URL = "/news/bridge-stays-open-4410231"
DATA = {"@type": "NewsArticle", "headline": "Bridge stays open", "datePublished": "2025-03-07T10:00:00Z"}
LD = f"<script type='application/ld+json'>{json.dumps(DATA)}</script>"


@table("shape", SHAPES.values(), ids=SHAPES)
def test_teasers_below_a_story_leave_it_a_story(shape: str) -> None:
    signed = "<p class=byline>By Una Pell</p><time datetime=2025-03-07T10:00:00Z>7 March 2025, 10am</time>"
    below = f"<section><h2>More</h2>{teasers(shape)}</section>"
    for main, head in (
        (f"<article><h1>Bridge stays open</h1>{STORY}</article>{below}", ""),
        (f"<article><h1>Bridge stays open</h1>{STORY}{below}</article>", LD),
        (f"<article><h1>Bridge stays open</h1>{signed}<p>It will not close, the board has said.</p></article>{below}", LD),
        (f"<article><h1>Bridge stays open</h1>{signed}{STORY}</article>{below}", "<meta property=og:type content=website>"),
    ):
        page = framed(main, URL, head)
        assert page.kind is Kind.ARTICLE, page.reason
        if "byline" in main and "byline" not in shape:
            assert [author.name for author in page.authors] == ["Una Pell"]


@table("shape", SHAPES.values(), ids=SHAPES)
def test_a_round_up_of_links_is_an_article_where_it_is_dated_as_one(shape: str) -> None:
    page = framed(f"<h1>Bridge stays open</h1><p>Good morning. This is what you need to know today.</p>{teasers(shape)}", URL, LD)
    assert page.kind is Kind.ARTICLE


def test_a_live_page_with_links_is_live() -> None:
    posts = "".join(
        f"<div class=live-post><time datetime=2025-03-07T1{n}:00Z>now</time><h3><a href=/s/{n}>{one}</a></h3><p>{text}</p></div>"
        for n, (one, text) in enumerate(LINES)
    )
    data = LD.replace("NewsArticle", "LiveBlogPosting")
    assert framed(f"<h1>Bridge stays open</h1>{posts}", URL, data).kind is Kind.LIVE
