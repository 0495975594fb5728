"""Arc XP's traps, on pages of invented news: The Irish Times' markup and the content that every Arc page carries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author
from tests.table import table

URL = "https://www.irishtimes.com/ireland/2023/11/03/last-mail-boat-leaves-the-island/"
TEXTS = [
    "The last mail boat left the island on Friday with eleven letters, two parcels and a goat whose owner had moved away.",
    "From Monday the post will come by drone, weather permitting, which on this coast it does on about half the days.",
    "“We will miss the boat, and we will miss the talk,” said Nuala Brannock, who has kept the post office for forty years.",
]
STORY: dict[str, Any] = {
    "_id": "AB12CD34",
    "type": "story",
    "headlines": {"basic": "Last mail boat leaves the island "},
    "subheadlines": {"basic": "From Monday the post will come by drone, weather permitting"},
    "first_publish_date": "2023-11-03T06:55:04.529Z",
    "publish_date": "2023-11-03T08:50:11.810Z",
    "display_date": "2023-11-03T07:33:10.690Z",
    "created_date": "2023-11-02T18:23:38.559Z",
    "last_updated_date": "2023-11-03T08:50:12.234Z",
    "content_restrictions": {"content_code": "free"},
    "source": {"name": "Reuters", "source_type": "wires"},
    "credits": {"by": [{"name": "Tadhg Kilbride", "additional_properties": {"original": {"byline": "Tadhg P Kilbride"}}}]},
    "content_elements": [
        {"type": "text", "content": TEXTS[0]},
        {"type": "interstitial_link", "content": "Ferry to the mainland cancelled for the ninth day running", "url": "/x/"},
        {"type": "image", "caption": "The boat"},
        {"type": "text", "content": f"<b>{TEXTS[1]}</b>"},
        {"type": "header", "content": "What she said"},
        {"type": "list", "items": [{"type": "text", "content": TEXTS[2]}]},
    ],
}
BYLINE = """<div class="flex byline-text"><div class="author-byline"><span class="author-name"><a href="/author/tadhg-kilbride/">
Tadhg Kilbride</a></span><span class="author-beat"> Marine Correspondent, in Burtonport</span></div>
<div class="byline-date">Fri Nov  3 2023 - 07:33</div></div>"""
JSON_LD = """<script type="application/ld+json">{"@type":"NewsArticle","headline":"Last mail boat leaves the island",
"datePublished":"2023-11-03T06:55:04.529Z","dateModified":"2023-11-03T07:33:10.690Z","author":[{"@type":"Person",
"name":"Tadhg Kilbride"}],
"isAccessibleForFree":false,"hasPart":{"cssSelector":".paywall","isAccessibleForFree":false}}</script>"""


def page(story: dict[str, Any] | None, head: str = "", texts: list[str] = TEXTS, byline: str = BYLINE) -> str:
    script = (
        "" if story is None else f"<script>window.Fusion=window.Fusion||{{}};Fusion.globalContent={json.dumps(story)};</script>"
    )
    body = "".join(f'<p class="c-paragraph paywall">{text}</p>' for text in texts)
    return f"""<html lang="en"><head><title>Last mail boat leaves the island – The Irish Times</title>
<meta name="robots" content="noarchive">{head}{script}</head><body><main><h1 class="custom-headline">Last mail boat leaves the
island</h1><h2 class="custom-subheadline">From Monday the post will come by drone, weather permitting</h2>{byline}
<article class="article-body-wrapper">{body}</article></main></body></html>"""


def read(html: str, url: str = URL) -> Article:
    return extract(html, url)


def test_irish_times() -> None:
    article = read(page(STORY | {"content_restrictions": {"content_code": "metered"}}, JSON_LD))
    assert article.extractor == f"arc-xp/1.{READERS}:2019"
    assert article.headline == "Last mail boat leaves the island"
    assert article.description == "From Monday the post will come by drone, weather permitting"
    # The agency of the content's source is not the writer's, who is of the staff.
    assert [(author.name, author.agency) for author in article.authors] == [("Tadhg Kilbride", None)]
    assert (article.authors[0].role or "").startswith("Marine Correspondent")
    assert article.byline == "Tadhg Kilbride Marine Correspondent, in Burtonport"
    assert (str(article.date_published), str(article.date_modified)) == ("2023-11-03T06:55:04Z", "2023-11-03T07:33:10Z")
    assert article.is_accessible_for_free is False
    assert article.body.split("\n\n") == TEXTS


def test_times_from_the_content_alone() -> None:
    """The printed time is that of the update."""
    article = read(page(STORY))
    assert (str(article.date_published), str(article.date_modified)) == ("2023-11-03T06:55:04Z", "2023-11-03T07:33:10Z")
    shown_first = STORY | {"display_date": STORY["first_publish_date"]}
    assert str(read(page(shown_first, byline="")).date_modified) == "2023-11-03T08:50:12Z"


def test_a_page_that_a_script_fills_is_read_from_its_free_content() -> None:
    article = read(page(STORY, texts=[], byline=""))
    assert article.body.split("\n\n") == [TEXTS[0], TEXTS[1], "What she said", TEXTS[2]]
    assert article.authors == (Author("Tadhg P Kilbride"),)
    assert article.is_accessible_for_free is None


@table("code", ["metered", "premium", "Paid", "subscriber"])
def test_paid_text_in_the_content_is_not_read(code: str) -> None:
    article = read(page(STORY | {"content_restrictions": {"content_code": code}}, texts=TEXTS[:1]))
    assert article.is_accessible_for_free is False
    assert article.body == TEXTS[0]


@pytest.mark.parametrize("code", ["yellow", "comun", "green"])
def test_a_groups_own_word_says_nothing_and_opens_nothing(code: str) -> None:
    article = read(page(STORY | {"content_restrictions": {"content_code": code}}, texts=TEXTS[:1]))
    assert article.is_accessible_for_free is None
    assert article.body == TEXTS[0]


def test_text_that_the_page_withholds_without_a_word_is_not_read() -> None:
    assert read(page(STORY | {"content_restrictions": None}, texts=TEXTS[:1])).body == TEXTS[0]
    assert read(page(STORY | {"content_restrictions": None}, texts=[])).body.startswith(TEXTS[0])


def test_free_content_is_not_read_where_the_page_says_paid() -> None:
    assert read(page(STORY, JSON_LD, texts=TEXTS[:1])).body == TEXTS[0]


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "section-front"},
        {"content_elements": "none"},
        {"headlines": None},
    ],
)
def test_content_of_another_shape_is_left_alone(broken: dict[str, Any]) -> None:
    article = read(page(STORY | broken, JSON_LD))
    assert article.extractor == f"generic/{READERS}"
    assert article.body.split("\n\n") == TEXTS


@table(
    "odd",
    [
        {"first_publish_date": 5, "display_date": [], "last_updated_date": {}},
        {"credits": {"by": [None, 3, {"name": ["x"]}, {"additional_properties": {"original": 7}}]}},
        {"credits": {"by": {"name": "x"}}, "content_restrictions": "metered", "subheadlines": {"basic": 9}},
        {"content_elements": [None, 4, {"type": ["text"]}, {"type": "text", "content": {"a": 1}}, {"type": "list", "items": 3}]},
    ],
)
def test_odd_values_are_passed_over(odd: dict[str, Any]) -> None:
    article = read(page(STORY | odd, JSON_LD))
    assert article.extractor == f"arc-xp/1.{READERS}:2019"
    assert article.body.split("\n\n") == TEXTS
    assert str(article.date_published) == "2023-11-03T06:55:04Z"
