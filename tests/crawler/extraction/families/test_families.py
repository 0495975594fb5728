"""What holds of every family: it is asked in the site's order, and no page makes it raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.declared.proposals import Proposals
from crawler.extraction.extract import explain
from crawler.extraction.families import FAMILIES, READERS, recognise
from crawler.extraction.markup.page import parse
from tests.table import table

URL = "https://www.example.co.uk/news/a-story-1234567"
GENERATIONS = {
    "midland-news": ("wordpress", "2018", "2025-02", "2026-05"),
    "national-world": ("2023-11", "2026-05"),
    "newsquest": ("2020", "2022"),
    "reach": ("2020", "2025-11"),
    "bbc": ("2023",),
    "arc-xp": ("2019",),
    "iliffe": ("2022",),
    "dc-thomson": ("2022",),
    "wordpress": ("2008", "2018"),
}
NAMES = (
    *("mar-article__headline", "mar-article__timestamp", "article-timestamp", "article-first-paragraph", "p402_hide"),
    *("author-information-container", "byline", "author", "time-info", "Byline_byline__x", "Badge_b", "BoxStyles_commercial"),
    *("ArticleMeta__x", "Markup__x", "PremiumContent", "byline-date", "bg-gradient-to-b", "bg-plus-1", "prose", "content-times"),
    *("PageStory", "PageContent", "CatKey", "lightbox-content", "post-timestamp__published", "byline__name", "postid-7 single"),
    *("archive category category-7", "error404", "sharedaddy", "wp-block-quote", "pmpro_content_message", "access-restricted"),
)
TEST_IDS = ("byline", "byline-contributors-contributor-0", "commercial-1", "article-page", "article-content-wrapper", "body")
SCRIPTS = (
    "Fusion.globalContent={%s}",
    'self.__next_f.push([1,"{\\"story\\":{%s}}"])',
    '{"firstPublished":%s,"lastUpdated":99999999999999}',
)
texts = st.text(max_size=30)
tags = st.sampled_from(["div", "p", "time", "span", "a", "article", "ul", "b", "i", "section", "h1"])
attributes = st.dictionaries(
    st.sampled_from(["class", "id", "data-testid", "data-component", "datetime", "data-timestamp", "itemprop", "href"]),
    st.one_of(
        st.sampled_from(
            [*NAMES, *TEST_IDS, "headline-block", "text-block", "links-block", "article-body", "subscription-content"]
        ),
        texts,
        st.integers(-(10**18), 10**18).map(str),
    ),
    max_size=3,
)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def join(tag: str, names: dict[str, str], children: list[str]) -> str:
        marks = "".join(f' {name}="{value.replace(chr(34), "")}"' for name, value in names.items())
        return f"<{tag}{marks}>{''.join(children)}</{tag}>"

    return st.builds(join, tags, attributes, st.lists(inner, max_size=3))


markup = st.recursive(texts, element, max_leaves=12)
scripts = st.builds(lambda form, text: f"<script>{form.replace('%s', text)}</script>", st.sampled_from(SCRIPTS), texts)


@settings(max_examples=100, deadline=None)
@given(body=markup, script=scripts)
def test_no_page_makes_a_family_raise(body: str, script: str) -> None:
    html = f"<html><body>{body}{script}</body></html>"
    for family in FAMILIES:
        for generation in GENERATIONS[family.name]:
            page = parse(html, URL)
            if page is None:
                continue
            assert family.generation(page) in (None, *GENERATIONS[family.name])
            family.propose(page, generation, Proposals())
    assert "unreadable" not in (explain(html, URL).article.reason or "")


def test_the_family_that_the_site_names_is_asked_first() -> None:
    """A page that two families know, as after a title has moved from one to the other."""
    html = '<article data-testid="article-page"><div class="author-information-container"></div></article>'
    page = parse(html, URL)
    assert page is not None
    for platform, extractor in (
        ("reach", f"reach/1.{READERS}:2020"),
        ("national-world", f"national-world/1.{READERS}:2026-05"),
        (None, None),
    ):
        match = recognise(page, platform)
        assert match is not None
        assert extractor is None or match.extractor == extractor


@table("platform", [None, "reach", "wordpress", "no-such-platform"])
def test_a_plain_page_is_of_no_family(platform: str | None) -> None:
    page = parse("<html><body><article><h1>A story</h1><p>Its text.</p></article></body></html>", URL)
    assert page is not None
    assert recognise(page, platform) is None
