"""Sections that a page's path of links or its address tells, and links that are no topics."""

from __future__ import annotations

import json

from crawler.extraction import extract
from tests.table import table

PROSE = "".join(
    f"<p>The heron has stood by the weir for {n} days now, and nobody has seen it catch a thing.</p>" for n in range(5)
)
ARTICLE = f"<title>A grey heron has come to stay by the weir</title><article><h1>The heron stays</h1>{PROSE}"


def path(*names: str) -> str:
    entries = [{"@type": "ListItem", "position": n, "item": {"name": name}} for n, name in enumerate(names, 1)]
    marked = json.dumps({"@type": "BreadcrumbList", "itemListElement": entries})
    return f'<script type="application/ld+json">{marked}</script>'


@table(
    ("url", "head", "section"),
    [
        ("/politik/berlin/haushalt-12345.html", "", "Politik"),
        ("/en/life-style/the-heron", "", "Life style"),
        ("/news/the-heron", "", None),
        ("/the-heron", "", None),
        ("/2025/03/07/the-heron", "", None),
        ("/news/local/the-heron", "", "Local"),
        ("/news/the-heron", path("Home", "Nature", "The heron stays"), "Nature"),
        ("/news/the-heron", path("Home", "Nature"), "Nature"),
        ("/news/the-heron", path("Home", "A grey heron has come to stay by the weir"), None),
        ("/news/the-heron", path("Home"), None),
        # What machines are told of the article itself comes first.
        ("/nature/the-heron", path("Home", "Nature") + '<meta property="article:section" content="Birds">', "Birds"),
    ],
)
def test_section(url: str, head: str, section: str | None) -> None:
    assert extract(f"{head}{ARTICLE}</article>", f"https://www.example.org{url}").section == section


def test_a_link_into_the_page_is_no_topic() -> None:
    tags = "<div class=tags><a href=/x#comments>12 remarks</a><a rel=tag href=/tag/heron>Heron</a></div></article>"
    assert extract(ARTICLE + tags, "https://www.example.org/x").topics == ("Heron",)


def test_an_article_named_for_its_tags_is_no_row() -> None:
    article = ARTICLE.replace("<article", "<article class='post tag-heron'").replace(
        "</h1>", "</h1><a href=/author/x>Quay Mail</a>"
    )
    tags = "<a href=/x/a rel=tag>Heron</a> <a href=/x/b rel=tag>Weir</a>"
    assert extract(f"{article}<p>{tags}</p></article>", "https://www.example.org/x").topics == ("Heron", "Weir")


def test_a_printed_row_is_believed_before_a_long_list_by_machines() -> None:
    words = ",".join(f"word{number}" for number in range(18))
    head = f'<script type=\'application/ld+json\'>{{"@type":"NewsArticle","keywords":"heron,{words}"}}</script>'
    tags = "<meta property='article:tag' content=Heron><meta property='article:tag' content=Weir>"
    row = "<p class=tags><a href=/x/a>Heron</a> <a href=/x/b>Weir</a></p>"
    assert extract(f"{head}{tags}{ARTICLE}{row}</article>", "https://www.example.org/x").topics == ("Heron", "Weir")


def test_labels_inside_keywords_are_cut() -> None:
    head = '<meta name="keywords" content="section:news,tag:heron,topic: weir">'
    assert extract(f"{head}{ARTICLE}</article>", "https://www.example.org/x").topics == ("heron", "weir")


def test_keywords_that_run_together_are_taken_where_they_are_parted() -> None:
    item = '{"@type":"NewsArticle","headline":"The heron stays","keywords":["weir heron town"]}'
    head = f'<script type="application/ld+json">{item}</script><meta name="keywords" content="heron,weir,town">'
    assert extract(f"{head}{ARTICLE}</article>", "https://www.example.org/x").topics == ("heron", "weir", "town")


@table(
    "row",
    [
        "<div>Tópicos: <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div><a href='/search?q=%23heron'>#Heron</a> <a href='/search?q=%23weir'>#Weir</a></div>",
        "<div>関連タグ <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div>キーワード: <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div>태그 <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div>תגיות: <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div>الوسوم: <a href=/x/a>Heron</a> <a href=/x/b>Weir</a></div>",
        "<div><a href=/etiket/a>Heron</a> <a href=/etiket/b>Weir</a></div>",
        "<div><a href=/cimke/a>Heron</a> <a href=/cimke/b>Weir</a></div>",
    ],
)
def test_rows_of_topics_in_more_languages(row: str) -> None:
    assert extract(f"{ARTICLE}{row}</article>", "https://www.example.org/x").topics == ("Heron", "Weir")
