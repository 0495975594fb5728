"""Which heading is the headline, and which of its words."""

from __future__ import annotations

from crawler.extraction import extract
from tests.table import table

URL = "https://www.example.co.uk/news/local-news/lantern-parade-returns-to-the-quay-7654321"
TEXT = "<p>" + "The lantern parade came back to the quay on Saturday, after four years away. " * 4 + "</p>"
TOLD = '<meta property="og:title" content="Lantern parade returns to the quay"><title>Lantern parade returns | Quay Mail</title>'


def headline(top: str, head: str = TOLD) -> str | None:
    return extract(f"<html lang=en><head>{head}</head><body>{top}{TEXT * 3}</body></html>", URL).headline


@table(
    ("top", "expected"),
    [
        # a kicker or a label in the heading, where machines are told it without
        ("<h1><span class=roof>Harbour</span> Lantern parade returns to the quay</h1>", "Lantern parade returns to the quay"),
        (
            "<h1><span>Harbour</span><span class=off> - </span><span>Lantern parade returns to the quay</span></h1>",
            "Lantern parade returns to the quay",
        ),
        ("<h1>Lantern parade returns to the quay <b class=tag>Plus</b></h1>", "Lantern parade returns to the quay"),
        # the headings of the site and of the section are none
        ("<h1><a href='/'>Quay</a></h1><h2>Lantern parade returns to the quay</h2>", "Lantern parade returns to the quay"),
        ("<h1>Local News</h1>", "Lantern parade returns to the quay"),
        ("<h1><a href='/news/'>All our stories</a></h1>", "Lantern parade returns to the quay"),
        ("<h1>{{ article.title }}</h1>", "Lantern parade returns to the quay"),
        # bytes lost on the way, and entities coded twice
        ("<h1>Lantern parade ret\ufffdrns to the quay</h1>", "Lantern parade returns to the quay"),
        ("<h1>Parade &amp;amp; fair are back</h1>", "Parade & fair are back"),
        # an article's own h1 may link to itself
        (f"<h1><a href='{URL}'>Parade is back</a></h1>", "Parade is back"),
        # a sub-heading is not the headline for saying a part of it
        ("<h1>Quay sees its lanterns again</h1><h3>The quay</h3>", "Quay sees its lanterns again"),
    ],
)
def test_headline(top: str, expected: str) -> None:
    assert headline(top) == expected


@table(
    "h1",
    [
        "<h1><span class=roof>Harbour:</span> Lanterns come back to the quay</h1>",
        "<h1><small>Harbour</small>Lanterns come back to the quay</h1>",
        "<h1><span class=sr-only>Article: </span>Lanterns come back to the quay</h1>",
    ],
)
def test_a_kicker_that_the_title_element_lacks_goes(h1: str) -> None:
    assert headline(h1, "<title>Lanterns come back to the quay | Quay Mail</title>") == "Lanterns come back to the quay"


def test_the_h1_that_equals_the_declared_name_stands_before_a_longer_one() -> None:
    two = "<h1>Lantern parade returns to the quay</h1><h1>In pictures: Lantern parade returns to the quay</h1>"
    assert headline(two) == "Lantern parade returns to the quay"


def test_a_second_half_stays_where_the_title_has_it_too() -> None:
    head = "<meta property='og:title' content='Lanterns are back again'><title>Lanterns are back again: and so is rain</title>"
    assert headline("<h1>Lanterns are back again: <i class=sub>and so is rain</i></h1>", head) == (
        "Lanterns are back again: and so is rain"
    )


def test_the_h2_that_heads_the_article_stands_for_a_social_headline() -> None:
    html = (
        "<html><head><meta property='og:title' content='You will not believe this'></head><body>"
        f"<article><header><h2>Council opens new quay</h2></header>{TEXT * 3}</article></body></html>"
    )
    assert extract(html, URL).headline == "Council opens new quay"
