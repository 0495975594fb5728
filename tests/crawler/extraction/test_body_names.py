"""The words that a name is cut into."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.markup.roles import words_in
from tests.table import table


@table(
    ("name", "words"),
    [
        ("body", {"body"}),
        ("read-more", {"read", "more", "readmore"}),
        ("article__text", {"article", "text", "", "articletext"}),
        ("ArticleMeta__PublishedDate", {"article", "meta", "published", "date", "articlemetapublisheddate"}),
        ("css-17eu0tb", {"css", "css17eu0tb"}),
        ("slide-65ad1ad9", {"slide", "slide65ad1ad9"}),
        ("block-id-gYADzRq", {"block", "id", "blockidgyadzrq"}),
        ("WXYNewsBody", {"wxy", "news", "body", "wxynewsbody"}),
        ("storyBody2", {"story", "body", "2", "storybody2"}),
        ("has-sidebar", set()),
        ("page-with-sidebar", set()),
        ("md:hidden", set()),
        ("what-the-next-weather-warning-means-for-you", set()),
    ],
)
def test_words(name: str, words: set[str]) -> None:
    assert words_in(name) == words


@settings(max_examples=100)
@given(st.text(max_size=400))
def test_any_name_has_words_or_none(name: str) -> None:
    assert all(word == word.lower() for word in words_in(name) if word.isascii())
