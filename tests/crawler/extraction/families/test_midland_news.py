"""Midland News: its origin's addresses, and what marks Plus and what does not."""

from __future__ import annotations

import json

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author
from tests.table import table

PATH = "uk-news/2025/03/07/bell-ringers-keep-going/"
BODY = [
    "Bell ringers at the priory kept going for nine hours on Friday after the door of their tower had blown shut behind them.",
    "They were let out by a verger who had noticed that the peal, announced for the afternoon, went on into the evening.",
    "“We thought that somebody would tire of it in the end,” said their captain, Oswin Tranter, “and somebody did.”",
]


def flight(*paragraphs: str) -> str:
    """The page's data, with a picture among the items."""
    items = [{"type": "img"}, *({"type": "p", "content": text} for text in paragraphs)]
    story = {"headline": "Bell ringers keep going", "content": items, "publishDate": "2025-03-07T18:20:00Z"}
    payload = f"5:{json.dumps(['$', 'main', None, {'story': story}], separators=(',', ':'))}"
    return f"<script>self.__next_f.push({json.dumps([1, payload])})</script>"


def page(before: str = "", after: str = "", end: str = "", *, printed: list[str] = BODY, data: list[str] = BODY) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in printed)
    return f"""<html lang="en-GB"><head><title>Bell ringers keep going</title></head><body><main><article>
<h1>Bell ringers keep going</h1><span>By Dora Wenlock</span><span>Published</span><span>Last updated</span>{before}
<div class="prose">{paragraphs}{after}</div>{end}</article></main>{flight(*data)}</body></html>"""


def read(html: str, host: str = "www.shropshirestar.com") -> Article:
    return extract(html, f"https://{host}/{PATH}")


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("cdn-www.shropshirestar.mna.arcpublishing.com", "www.shropshirestar.com"),
        ("cdn-www.expressandstar.mna.arcpublishing.com", "www.expressandstar.com"),
    ],
)
def test_the_origins_address_is_the_public_sites(host: str, public: str) -> None:
    article = read(page(), host)
    assert article.extractor == f"midland-news/1.{READERS}:2025-02"
    assert (article.canonical_url or "").rstrip("/") == f"https://{public}/{PATH}".rstrip("/")


@table(
    ("html", "free"),
    [
        (page(), None),
        (page(before='<div class="bg-plus-500">Plus</div>'), False),
        (page(after='<div class="absolute bg-gradient-to-b from-transparent"></div>'), False),
        (page(end='<div class="bg-gradient-to-b"></div>'), False),
        # The same fade over a picture is decoration.
        (page(before='<figure><img src="/a.jpg" alt=""><div class="bg-gradient-to-b"></div></figure>'), None),
        (page(before='<a class="bg-plus-100" href="/plus">What is Plus?</a>'), None),
    ],
)
def test_plus(html: str, free: bool | None) -> None:
    article = read(html)
    assert article.is_accessible_for_free is free
    assert article.body.split("\n\n") == BODY


def test_a_page_that_a_script_fills_is_read_from_its_data() -> None:
    assert read(page(printed=[])).body.split("\n\n") == BODY


def test_data_of_a_page_that_prints_its_beginning_is_not_read() -> None:
    """Even where no flag is known: what is not shown is withheld."""
    more = "Only subscribers read what the verger told the ringers, at great length and with many words of advice."
    article = read(page(printed=BODY[:1], data=[BODY[0], *[more] * 9]))
    assert article.extractor == f"midland-news/1.{READERS}:2025-02"
    assert article.body == BODY[0]


def test_the_writers_block_at_the_end_is_no_text() -> None:
    article = read(page(end="<div class='author'><p>By Dora Wenlock</p><p>@DWenlock_Star</p><p>Chief Reporter</p></div>"))
    assert article.body.split("\n\n") == BODY
    assert [author.name for author in article.authors] == [Author("Dora Wenlock").name]
    assert str(article.date_published) == "2025-03-07T18:20:00Z"
