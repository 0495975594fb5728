"""WordPress's traps, on pages of invented news with the names of its core and its plug-ins."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author, Kind
from tests.table import table

URL = "https://www.shropshirelive.com/news/2025/08/14/tortoise-comes-home/"
HEADLINE = "Tortoise comes home after thirty-eight years"
BODY = [
    "A tortoise that walked out of a garden in 1987 was handed in on Thursday, four streets away and in excellent health.",
    "The animal, called Gladstone, was known by a notch in its shell and by its liking for the leaves of the runner bean.",
    '"We had given up leaving the gate open," said Maud Ellery, who was nine years old when he went and is a judge now.',
]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)
TIME = '<time class="entry-date published updated" datetime="2025-08-14T11:20:00+01:00">14 August 2025</time>'
POST = "post-99 post type-post status-publish format-standard hentry category-news"
SINGLE = "post-template-default single single-post postid-99 single-format-standard"


def page(content: str, *, names: str = SINGLE, head: str = "", post: str = POST, byline: str = "") -> str:
    return f"""<html lang="en-GB"><head><title>{HEADLINE}</title>{head}</head><body class="{names}">
<article id="post-99" class="{post}"><header class="entry-header"><h1 class="entry-title">{HEADLINE}</h1>
<div class="entry-meta"><span class="posted-on">{TIME}</span>
{byline}</div></header><div class="entry-content">{content}</div></article></body></html>"""


def read(html: str) -> Article:
    return extract(html, URL)


@table(
    ("html", "extractor"),
    [
        (page(PARAGRAPHS), f"wordpress/1.{READERS}:2008"),
        (page(f'{PARAGRAPHS}<blockquote class="wp-block-quote"><p>Well.</p></blockquote>'), f"wordpress/1.{READERS}:2018"),
        (page(PARAGRAPHS, names="x", head='<meta name="generator" content="WordPress 6.7.2">'), f"wordpress/1.{READERS}:2008"),
        (page(PARAGRAPHS, names="x", head='<link rel="https://api.w.org/" href="/wp-json/">'), f"wordpress/1.{READERS}:2008"),
        # A site that only keeps its pictures with it, or that calls its articles singles.
        (page(f'<img src="/wp-content/uploads/a.jpg">{PARAGRAPHS}', names="single article"), f"generic/{READERS}"),
    ],
)
def test_signs(html: str, extractor: str) -> None:
    assert read(html).extractor == extractor


def test_post() -> None:
    byline = (
        '<span class="byline">By <span class="author vcard"><a class="url fn n" href="/author/percy/">Percy Lockwood</a></span>'
    )
    figure = """<figure class="wp-caption alignnone"><img src="/t.jpg"><figcaption class="wp-caption-text">Gladstone on Thursday.
Picture: Una Frith</figcaption></figure>"""
    article = read(page(figure + PARAGRAPHS, byline=byline))
    assert article.kind is Kind.ARTICLE
    assert article.headline == HEADLINE
    assert article.body.split("\n\n") == BODY
    assert article.authors == (Author("Percy Lockwood"),)
    assert str(article.date_published) == "2025-08-14T10:20:00Z"
    assert [(image.caption, image.credit) for image in article.images] == [("Gladstone on Thursday.", "Una Frith")]


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By a Local Democracy Reporter", (Author("Local Democracy Reporter", None, "LDRS"),)),
        ("By Percy Lockwood, Local Democracy Reporter", (Author("Percy Lockwood", None, "LDRS"),)),
    ],
)
def test_a_byline_inside_the_text(line: str, authors: tuple[Author, ...]) -> None:
    article = read(page(f"<p>{line}</p>{PARAGRAPHS}"))
    assert article.body.split("\n\n") == BODY
    assert [(one.name, one.agency) for one in article.authors] == [(one.name, one.agency) for one in authors]


@table(
    "names",
    [
        "sharedaddy sd-sharing-enabled",
        "jp-relatedposts",
        "yarpp yarpp-related",
        "rp4wp-related-posts",
        "addtoany_share_save_container",
        "essb_links",
        "mc4wp-form",
        "saboxplugin-wrap",
        "newspack-popup-container",
        "wp-block-latest-posts",
        "ez-toc-v2 ez-toc-container",
    ],
)
def test_boxes_of_plug_ins_are_no_text(names: str) -> None:
    box = f'<div class="{names}"><p>Three other stories that readers of this one have opened and mostly finished, too.</p></div>'
    assert read(page(f"<p>{BODY[0]}</p>{box}<p>{BODY[1]}</p><p>{BODY[2]}</p>{box}")).body.split("\n\n") == BODY


APPEAL = """<p>Since you have come to the end, we have a small favour to ask of you, who can read for so long.</p>
<p>If you believe that tortoises matter, think of pitching in what you can, for the lettuce and for the running of us.</p>"""
OTHER = """<p>A ferret has been made a freeman of the borough, at a meeting that went on until the candles were gone.</p>
<p>It bit the mace bearer, who said that he had been expecting as much since the day on which it was proposed.</p>"""


@table(
    "markup",
    [
        pytest.param(f'<section id="block-4" class="below-content widget widget_block">{APPEAL}</section>', id="widget"),
        pytest.param(f'<article id="post-98" class="post-98 post type-post hentry">{OTHER}</article>', id="another post"),
        pytest.param(f'<div class="post-98 type-post">{OTHER}</div>', id="another post as a box"),
    ],
)
def test_widgets_and_other_posts_are_no_text(markup: str) -> None:
    assert read(page(PARAGRAPHS + markup)).body.split("\n\n") == BODY
    assert read(page(PARAGRAPHS).replace("</article>", f"</article>{markup}")).body.split("\n\n") == BODY


def test_the_category_is_the_section() -> None:
    links = '<a href="/category/%s/" rel="category tag">%s</a>'
    widget = f'<aside class="widget widget_recent">{links % ("pets", "Pets")}</aside>'
    head = f'<span class="cat-links">{links % ("news", "News")}, {links % ("barrow", "Barrow")}</span>'
    html = page(PARAGRAPHS, byline=head).replace("<article", f"{widget}<article", 1)
    assert read(html).section == "News"
    assert read(html.replace("<head>", '<head><meta property="article:section" content="Local">')).section == "Local"


def test_a_page_builder_keeps_the_text_in_widgets() -> None:
    html = page(f'<div class="panel-layout"><div class="so-panel widget widget_sow-editor">{PARAGRAPHS}</div></div>')
    assert read(html).body.split("\n\n") == BODY


@table(
    ("names", "reason"),
    [
        ("error404 wp-theme-x", "soft 404: the page says that it was not found"),
        ("search search-results", "search page"),
        ("archive author author-percy author-3", "author page"),
        ("archive tag tag-tortoise tag-9", "topic page"),
        ("archive category category-news category-2", "section front"),
        ("archive date", "section front"),
        ("home blog wp-embed-responsive", "front page"),
        ("single single-tribe_events postid-12", "listing of events"),
        (SINGLE, None),
        # Themes add words of their own.
        (f"{SINGLE} archive category author", None),
        ("page-template-default page page-id-7", None),
    ],
)
def test_the_core_says_what_a_page_is(names: str, reason: str | None) -> None:
    html = page(f"<p>{BODY[0]}</p>", names=names, head='<meta name="generator" content="WordPress 6.7.2">')
    article = read(html)
    assert (article.kind, article.reason) == (Kind.NOT_ARTICLE if reason else Kind.ARTICLE, reason)


def test_an_unsigned_page_of_the_core_is_a_standing_one() -> None:
    """Plug-ins write a date and Open Graph's "article" on its pages, as on its posts."""
    dated = '{"@type": "WebPage", "datePublished": "2024-02-02T10:00:00+00:00"}'
    head = f'<meta property="og:type" content="article"><script type="application/ld+json">{dated}</script>'
    for names, kind in (("page page-id-7", Kind.NOT_ARTICLE), (SINGLE, Kind.ARTICLE)):
        html = page(PARAGRAPHS * 9, names=names, head=head).replace(TIME, "").replace("entry-meta", "").replace("posted-on", "")
        assert read(html).kind is kind


def test_a_dated_article_with_much_text_is_one_whatever_its_theme_calls_it() -> None:
    head = '<meta property="og:type" content="article"><link rel="https://api.w.org/" href="/wp-json/">'
    more = "".join(
        f"<p>On day {day} of his travels he was seen by nobody, though a lettuce went missing.</p>" for day in range(12)
    )
    assert read(page(PARAGRAPHS + more, names="archive date", head=head)).kind is Kind.ARTICLE


@table(
    ("html", "free"),
    [
        (page(PARAGRAPHS), None),
        (page(PARAGRAPHS, post=f"{POST} membership-content access-restricted"), False),
        (page(PARAGRAPHS, post=f"{POST} membership-content access-granted"), None),
        (page(f'{PARAGRAPHS}<div class="pmpro_content_message"><p>Members only: join us to read on today.</p></div>'), False),
        (
            page(f'{PARAGRAPHS}<div class="leaky_paywall_message_wrap"><p>Join us to read on, from a pound a week.</p></div>'),
            False,
        ),
    ],
)
def test_a_membership_plug_in_closes_a_post(html: str, free: bool | None) -> None:
    """The flag is recorded, the notice leaves, what is printed stays."""
    article = read(html)
    assert article.is_accessible_for_free is free
    assert article.body.split("\n\n") == BODY
