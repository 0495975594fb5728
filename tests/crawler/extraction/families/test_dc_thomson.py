"""DC Thomson's traps, on pages of invented news with the names of its theme."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Author, Kind

URL = "https://www.thecourier.co.uk/fp/news/angus-mearns/5312345/tortoise-comes-home/"
HEADLINE = "Tortoise comes home after thirty-eight years"
BODY = [
    "A tortoise that walked out of a garden in 1987 was handed in on Thursday, four streets away and in excellent health.",
    "The animal, called Gladstone, was known by a notch in its shell and by its liking for the leaves of the runner bean.",
    '"We had given up leaving the gate open," said Maud Ellery, who was nine years old when he went and is a judge now.',
]


def page(count: int, names: str = "", after: str = "") -> str:
    return f"""<html lang="en-GB"><head><title>{HEADLINE}</title></head><body class="{names}">
<article><h1 class="title">{HEADLINE}</h1>
<div class="byline"><span class="byline__name">Percy Lockwood</span></div><div class="post-timestamp">
<span class="post-timestamp__published">August 14 2025, 11:20am</span></div>
<div class="lightbox-content">{"".join(f"<p>{text}</p>" for text in BODY[:count])}{after}</div></article>
<div class="newsletter-signup"><p>Sign up to our morning briefing, and read what matters before your tea.</p></div>
</body></html>"""


@pytest.mark.parametrize("count", [1, 3])
def test_a_box_named_lightbox_holds_the_text(count: int) -> None:
    article = extract(page(count, "single single-post postid-5312345"), URL)
    assert article.extractor == f"dc-thomson/1.{READERS}:2022"
    assert article.body.split("\n\n") == BODY[:count]
    assert article.authors == (Author("Percy Lockwood"),)
    assert str(article.date_published) == "2025-08-14T10:20:00Z"
    assert article.is_accessible_for_free is None


def test_what_holds_of_wordpress_holds_here() -> None:
    share = '<div class="sharedaddy"><p>Share this story with the one person who will never read it.</p></div>'
    assert extract(page(3, after=share), URL).body.split("\n\n") == BODY
    article = extract(page(1, "archive category category-12"), URL)
    assert (article.kind, article.reason) == (Kind.NOT_ARTICLE, "section front")
