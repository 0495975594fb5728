"""JSON-LD: mending, choosing the item about the page, reading its values."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import jsonld
from crawler.extraction.page import parse
from tests.table import table

URL = "https://www.example.org/news/bridge-reopens-1234567"


@table(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('{"a": [1, 2,], "b": 3,}', {"a": [1, 2], "b": 3}),
        ('{"a": 1,, "b": 2}', {"a": 1, "b": 2}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('{"a": 1};', {"a": 1}),
        ('// about\n{"a": 1}', {"a": 1}),
        ('{"a": "it\\\'s"}', {"a": "it\\'s"}),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ("{&quot;a&quot;: 1}", {"a": 1}),
        ("not json", None),
        ("[" * 100_000, None),
    ],
)
def test_loads(text: str, value: Any) -> None:
    assert jsonld.loads(text) == value


@given(st.text(max_size=200))
def test_what_is_loaded_can_be_written_and_loaded_again(text: str) -> None:
    """From any text: never an error, and nothing that is no JSON."""
    value = jsonld.loads(text)
    assert repr(jsonld.loads(json.dumps(value))) == repr(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_sound_json_is_loaded_as_it_is(value: Any) -> None:
    assert jsonld.loads(json.dumps(value)) == value


def items_of(*blocks: str) -> list[jsonld.Item]:
    page = parse("".join(f'<script type="application/ld+json">{block}</script>' for block in blocks) + "<p>x</p>", URL)
    assert page is not None
    return jsonld.items(page)


@table(
    ("blocks", "headline"),
    [
        (['{"@type": "NewsArticle", "headline": "Bridge reopens"}'], "Bridge reopens"),
        (
            [
                (
                    '{"@graph": [{"@type": "WebSite", "name": "Paper"}, {"@type": '
                    '["Article", "NewsArticle"], "headline": "In a graph"}]}'
                )
            ],
            "In a graph",
        ),
        (
            ['[{"@type": "BreadcrumbList"}, {"@type": "http://schema.org/ReportageNewsArticle", "headline": "In a list"}]'],
            "In a list",
        ),
        (['{"@type": "WebPage", "mainEntity": {"@type": "BlogPosting", "headline": "Within"}}'], "Within"),
        (
            [
                '{"@type": "NewsArticle", "headline": "Another story", "url": "https://www.example.org/news/another-7654321"}',
                '{"@type": "NewsArticle", "headline": "This story", "mainEntityOfPage": {"@id": "https://m.example.org/news/bridge-reopens-1234567"}}',
            ],
            "This story",
        ),
        (
            [
                (
                    '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", '
                    '"headline": "Teaser", "datePublished": "2025-01-01"}]}'
                ),
                '{"@type": "NewsArticle", "headline": "The one"}',
            ],
            "The one",
        ),
        (['{"@type": "VideoObject", "name": "A clip", "uploadDate": "2019-01-01"}'], None),
        (['{"@type": "NewsMediaOrganization", "name": "Paper"}'], None),
    ],
)
def test_the_item_about_the_page(blocks: list[str], headline: str | None) -> None:
    item = jsonld.main_item(items_of(*blocks), URL, "This story about a bridge that reopens")
    assert (item or {}).get("headline") == headline


@table(
    ("value", "names"),
    [
        ("Ann Miller", ["Ann Miller"]),
        ({"@type": "Person", "name": "Ann Miller"}, ["Ann Miller"]),
        ([{"@type": "Person", "name": "Ann Miller"}, "Bo Lind"], ["Ann Miller", "Bo Lind"]),
        ({"@type": "Person", "name": ["Ann Miller", "Bo Lind"]}, ["Ann Miller", "Bo Lind"]),
        ({"@type": "Person", "givenName": "Ann", "familyName": "Miller"}, ["Ann Miller"]),
        ({"@type": "Organization", "name": "The Paper"}, []),
        ("https://www.example.org/authors/ann", []),
        (7, []),
    ],
)
def test_names(value: Any, names: list[str]) -> None:
    assert jsonld.names(value) == names


@table(
    ("value", "words"),
    [
        ("roads, bridges , Telford", ["roads", "bridges", "Telford"]),
        ("roads;bridges, old", ["roads", "bridges, old"]),
        (["roads", {"@type": "DefinedTerm", "name": "bridges"}, 3], ["roads", "bridges"]),
        (None, []),
    ],
)
def test_words(value: Any, words: list[str]) -> None:
    assert jsonld.words(value) == words


def test_plain_text_has_no_codes_and_tags() -> None:
    assert jsonld.plain("It&amp;#8217;s <b>5 &lt; 6</b>") == "It’s 5 < 6"
