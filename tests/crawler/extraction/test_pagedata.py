"""Texts that stand in the data of a page's scripts only."""

from __future__ import annotations

import json
from typing import Any

from crawler.extraction import explain
from crawler.extraction.declared.pagedata import MIN_TEXT
from pipelines.article import Kind
from tests.table import table

URL = "https://www.example.org/news/2025/03/04/the-lock-keeper-retires-4410021"
TITLE = "The lock keeper of Tarn Weir retires"
LINES = (
    "The lock keeper of Tarn Weir retires on Friday after thirty-one years in which he missed two mornings, both for snow.",
    "He opened the gates by hand until 2009, when the county put in a motor that he says has never been as punctual.",
    "“I know every boat by its sound,” said the keeper, whose father and grandfather kept the same lock before him.",
    "His cottage will be let to visitors from May, and the bell that hung beside the door goes to the museum in the town.",
)
OTHERS = tuple(line.replace("lock", "toll").replace("keeper", "gatherer").replace("Tarn Weir", "the bridge") for line in LINES)
MARKUP = "".join(f"<p>{line.replace('Friday', '<b>Friday</b>')}</p>" for line in LINES)


def read(script: str, inside: str = "<div id=root></div>") -> tuple[str, str]:
    head = f"<meta property=og:type content=article><title>{TITLE}</title><meta property='og:title' content='{TITLE}'>"
    article = explain(f"<html><head>{head}{script}</head><body>{inside}</body></html>", URL)
    return article.article.body, article.verdicts["body"].source if article.verdicts else ""


def data(value: Any, of_type: str = "application/json") -> str:
    return f"<script type='{of_type}' id=__NEXT_DATA__>{json.dumps(value)}</script>"


def linked_data(**more: Any) -> str:
    item = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, "datePublished": "2025-03-04T06:00:00Z"}
    return data(item | more, "application/ld+json")


BLOCKS = [{"type": "paragraph", "data": {"text": line}} for line in LINES]
TEXT = "\n\n".join(LINES)
FOUND = {
    "the body of its JSON-LD": linked_data(articleBody=TEXT),
    "the body of its JSON-LD, as markup": linked_data(articleBody=MARKUP),
    "props of a page": data({"props": {"pageProps": {"article": {"title": TITLE, "body": [{"text": line} for line in LINES]}}}}),
    "markup in the props": data({"props": {"pageProps": {"story": {"headline": TITLE, "content": MARKUP}}}}),
    "a list of texts": data({"post": {"title": {"rendered": TITLE}, "name": TITLE, "paragraphs": list(LINES)}}),
    "the state of a store": f"<script>window.__STATE__ = {json.dumps({'a': {'title': TITLE, 'text': MARKUP}})};</script>",
    "a state in quotes": f"<script>var s = JSON.parse({json.dumps(json.dumps({'title': TITLE, 'html': MARKUP}))});</script>",
}


@table("name", FOUND)
def test_a_text_that_is_not_printed_is_read(name: str) -> None:
    assert read(FOUND[name]) == (TEXT, "data")


WITHHELD = {
    "a text of another article": data({"article": {"title": "The toll gatherer goes", "body": list(OTHERS)}}),
    "other articles beside it": data(
        {"article": {"title": TITLE, "related": [{"title": "The toll gatherer", "body": list(OTHERS)}]}}
    ),
    "what is paid for": linked_data(articleBody=TEXT, isAccessibleForFree=False),
    "a line": linked_data(articleBody=LINES[0]),
    "settings": data({"title": TITLE, "labels": {f"label{number}": "Sign up" for number in range(200)}}),
    "not even JSON": f"<script type=application/json>{{title: '{TITLE}', body: [</script>",
}


@table("name", WITHHELD)
def test_all_else_is_not(name: str) -> None:
    assert read(WITHHELD[name]) == ("", "")


def test_what_is_printed_goes_first() -> None:
    printed = "".join(f"<p>{line}</p>" for line in LINES[:3])
    assert sum(map(len, LINES[:3])) < MIN_TEXT
    assert read(linked_data(articleBody=TEXT), f"<article><h1>{TITLE}</h1>{printed}</article>")[1] == "printed"


def test_a_text_in_a_dense_script_needs_fewer_characters() -> None:
    title = "古い水門の番人が三十一年の勤めを終えて退く"
    lines = [
        "川の水門を三十一年にわたって守ってきた番人が金曜日に退職する。休んだのは雪の朝の二日だけだった。",
        "番人は二〇〇九年まで手で門を開けていたが、その後に県が電動の装置を取り付けた。",
        "「どの舟も音で分かる」と語る番人の父と祖父も、同じ水門の番人だった。",
        "番人の家は五月から旅行者に貸し出され、戸口に掛かっていた古い鐘は町の博物館に移される。",
    ]
    page = f"<title>{title}</title><meta property=og:type content=article>{data({'title': title, 'body': lines})}"
    article = explain(f"<html><head>{page}</head><body><h1>{title}</h1></body></html>", URL).article
    assert article.body == "\n\n".join(lines)


def test_a_page_whose_text_is_in_its_data_is_an_article() -> None:
    found = explain(f"<html><head><title>{TITLE}</title>{FOUND['markup in the props']}</head><body></body></html>", URL)
    assert found.article.kind is Kind.ARTICLE


@table(
    ("article", "head", "topics"),
    [
        ({"title": TITLE, "tags": [{"name": "Locks", "slug": "l"}, {"name": "Tarn Weir"}]}, "", ("Locks", "Tarn Weir")),
        ({"title": TITLE, "meta": {"keywords": ["Locks", "Tarn Weir"]}}, "", ("Locks", "Tarn Weir")),
        # What is declared comes first; lists of other stories and of codes are not the article's.
        ({"title": TITLE, "tags": ["Tarn Weir"]}, "<meta name=keywords content='lock,weir'>", ("lock", "weir")),
        ({"title": "The fair moves", "tags": ["Tarn Weir"]}, "", ()),
        ({"title": TITLE, "related": [{"tags": ["Tarn Weir"]}]}, "", ()),
        ({"title": TITLE, "tags": ["serversidehawk", "onecolumn"]}, "", ()),
    ],
)
def test_topics_of_the_article_in_the_data(article: dict[str, Any], head: str, topics: tuple[str, ...]) -> None:
    html = f"<title>{TITLE}</title>{head}{data({'props': article})}<article><h1>{TITLE}</h1>{MARKUP}</article>"
    assert explain(html, URL).article.topics == topics
