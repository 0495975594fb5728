"""JSON-LD: mending, choosing the item about the page, reading its values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import extract
from crawler.extraction.declared import jsonld
from crawler.extraction.markup.page import parse
from pipelines.article import Article, Kind
from tests.table import table

URL = "https://www.example.org/news/bridge-reopens-1234567"
PAGE = jsonld.Identity((URL,), ("This story about a bridge that reopens",))


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
    item = jsonld.main_item(items_of(*blocks), PAGE)
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


OTHER = "https://www.example.org/news/mayor-resigns-7654321"
ARTICLE = (
    "<html><head><title>{title}</title>{head}<script type='application/ld+json'>{data}</script></head><body><article>"
    "<h1>Bridge reopens after floods</h1>{top}"
    "<p>The old bridge was opened again on Friday, a year after the flood had taken two of its arches.</p>"
    "<p>Buses will cross it from Monday, and walkers may use it at once, the county's engineer told the council.</p>"
    "<p>Its stones were found a mile down the river and numbered by pupils of the school before masons set them again.</p>"
)
FOREIGN = {
    "address and headline": {"url": OTHER, "headline": "Mayor resigns over parking fines"},
    "the main entity of another page": {"mainEntityOfPage": {"@type": "WebPage", "@id": OTHER}, "headline": "Mayor resigns"},
    "an identifier": {"@id": f"{OTHER}#article", "headline": "Mayor resigns over parking fines"},
    "an address alone": {"url": OTHER},
    "a headline alone, where title and heading agree": {"headline": "Mayor resigns over parking fines"},
    "words in common, as any two headlines have": {"url": OTHER, "headline": "Mayor resigns after the vote"},
    "another headline in a script without spaces": {"url": OTHER, "headline": "市長が駐車違反で辞任"},
}
OWN = {
    "a short link": {"url": "https://www.example.org/a/1234567", "headline": "Bridge reopens after floods"},
    "a headline for search engines": {"headline": "Old bridge over the Teme: when it reopens", "url": URL},
    "another headline at the page's address": {"headline": "Crossing in use again", "@id": f"{URL}#article"},
    "neither address nor headline": {},
    "the address of the whole site": {"url": "https://www.example.org/", "headline": "Bridge reopens after floods"},
    "a mobile address": {"mainEntityOfPage": URL.replace("www.", "m."), "headline": "Crossing in use again"},
}
DATA = {"@type": "NewsArticle", "datePublished": "2025-01-01T10:00:00Z", "author": {"@type": "Person", "name": "Al Other"}}


def read(data: dict[str, Any], top: str = "") -> Article:
    page = ARTICLE.format(title="Bridge reopens after floods | Example", head="", data=json.dumps({**DATA, **data}), top=top)
    return extract(page, URL)


@table("data", FOREIGN.values(), ids=FOREIGN)
def test_an_item_about_another_page_tells_nothing_of_this_one(data: dict[str, Any]) -> None:
    article = read(data)
    assert (article.kind, article.headline) == (Kind.ARTICLE, "Bridge reopens after floods")
    assert (article.authors, article.date_published) == ((), None)


@table("data", FOREIGN.values(), ids=FOREIGN)
def test_what_the_page_prints_stands_beside_an_item_about_another(data: dict[str, Any]) -> None:
    article = read(data, "<p class=byline>By Una Pell</p><time datetime='2025-03-05T09:00:00Z'>5 March 2025, 9am</time>")
    assert [author.name for author in article.authors] == ["Una Pell"]
    assert article.date_published is not None
    assert article.date_published.instant == datetime(2025, 3, 5, 9, tzinfo=UTC)


@table("data", OWN.values(), ids=OWN)
def test_an_item_of_other_words_may_be_the_pages_own(data: dict[str, Any]) -> None:
    assert [author.name for author in read(data).authors] == ["Al Other"]


def test_a_canonical_link_is_an_address_of_the_page() -> None:
    head = f"<link rel=canonical href='{OTHER}'>"
    data = json.dumps({**DATA, "url": OTHER, "headline": "Crossing in use again"})
    article = extract(ARTICLE.format(title="Bridge reopens after floods", head=head, data=data, top=""), URL)
    assert [author.name for author in article.authors] == ["Al Other"]


@table(
    "blocks",
    [
        ['{"@graph":[{"@type":"NewsArticle","headline":"H","author":{"@id":"#w"}},{"@id":"#w","name":"Ida Lund"}]}'],
        [
            '{"@type":"Person","@id":"https://x.example/#w","name":"Ida Lund"}',
            '{"@type":"Article","headline":"H","author":{"@id":"#w"}}',
        ],
        ['[{"@id":"_:b0","@type":"Person","name":"Ida Lund"},{"@type":"Article","headline":"H","author":[{"@id":"_:b0"}]}]'],
        ['{"@type":"Article","headline":"H","author":"https://x.example/#w"}', '{"@id":"#w","@type":"Person","name":"Ida Lund"}'],
        [
            '{"@type":"Article","headline":"H","author":{"@list":[{"@id":"#w"}]}}',
            '{"@id":"#w","@type":"Person","name":"Ida Lund"}',
        ],
        [
            '{"@type":"Article","headline":"H","author":{"@id":"#p"}}',
            '{"@type":"ProfilePage","@id":"#p","mainEntity":{"@type":"Person","name":"Ida Lund"}}',
        ],
        [
            '{"@type":"Article","headline":"H","author":{"@id":"/by/ida%20lund"}}',
            '{"@type":"Person","@id":"/by/ida lund","name":"Ida Lund"}',
        ],
        ['{"type":"Article","headline":"H","author":{"id":"#w"}}', '{"id":"#w","type":"Person","name":"Ida Lund"}'],
        [
            '{"@type":"schema:Article","schema:headline":"H","schema:author":{"@id":"#w"}}',
            '{"@id":"#w","@type":"schema:Person","schema:name":"Ida Lund"}',
        ],
        ['{"@type":"Article","headline":"H","@id":"#a"}', '{"@id":"#a","author":{"@type":"Person","name":"Ida Lund"}}'],
        [
            '{"@type":"WebPage","author":{"@id":"#w","name":"Ida Lund"}}',
            '{"@type":"Article","headline":"H","creator":{"@id":"#w"}}',
        ],
        [
            '{"@type":"Article","headline":"H","author":{"@id":"#w","@type":"Person"}}',
            '{"@id":"#w","@type":"Person","givenName":"Ida","familyName":"Lund"}',
        ],
    ],
)
def test_references_are_followed(blocks: list[str]) -> None:
    scripts = "".join(f"<script type='application/ld+json'>{block}</script>" for block in blocks)
    page = parse(f"<html><head><title>H</title>{scripts}</head><body><p>x</p></body></html>", "https://x.example/")
    assert page is not None
    article = next(one for one in jsonld.items(page) if one.get("headline") == "H")
    assert jsonld.names(article.get("author") or article.get("creator")) == ["Ida Lund"]


OF_PAGE = {"@type": "WebPage", "@id": URL, "datePublished": "2024-05-03T08:10:00Z", "author": {"@id": "#w"}}


@table(
    "article,of_page,told",
    [
        ({}, OF_PAGE, ("Ida Lund", "2024-05-03 08:10")),
        ({}, {**OF_PAGE, "@id": f"{URL}#page"}, ("Ida Lund", "2024-05-03 08:10")),
        ({"datePublished": "2024-05-03"}, OF_PAGE, ("Ida Lund", "2024-05-03 08:10")),
        ({"datePublished": "2024-05-01", "author": "Al Other"}, OF_PAGE, ("Al Other", "2024-05-01 00:00")),
        ({}, {**OF_PAGE, "@id": OTHER}, ("", "")),
        ({}, {**OF_PAGE, "@type": "CollectionPage", "@id": OTHER}, ("", "")),
    ],
)
def test_the_item_of_the_page_completes_that_of_its_article(
    article: dict[str, Any], of_page: dict[str, Any], told: tuple[str, str]
) -> None:
    person = {"@type": "Person", "@id": "#w", "name": "Ida Lund"}
    data = json.dumps(
        {"@graph": [{"@type": "NewsArticle", "headline": "Bridge reopens after floods", **article}, of_page, person]}
    )
    found = extract(ARTICLE.format(title="Bridge reopens after floods", head="", data=data, top=""), URL)
    published = f"{found.date_published.instant:%Y-%m-%d %H:%M}" if found.date_published else ""
    assert (" ".join(author.name for author in found.authors), published) == told


@table("author", ['{"@id":"#nobody"}', '{"@id":"#house"}', '"#nobody"', '{"@id":7}', '[{"@id":"#a"}]', "{}"])
def test_references_to_no_person_name_nobody(author: str) -> None:
    block = f'{{"@graph":[{{"@type":"Article","@id":"#a","headline":"H","author":{author}}},'
    block += '{"@id":"#house","@type":"Organization","name":"The House"}]}'
    page = parse(f"<html><script type='application/ld+json'>{block}</script><body><p>x</p></body></html>", "https://x.example/")
    assert page is not None
    assert [name for name in jsonld.names(jsonld.items(page)[0].get("author")) if name != "#nobody"] == []
