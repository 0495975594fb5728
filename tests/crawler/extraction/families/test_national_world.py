"""National World's traps, on pages of invented news in the shape of its templates."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author

URL = "https://www.thestar.co.uk/news/people/band-plays-on-flooded-bandstand-4396001"
STANDFIRST = "A brass band played its whole programme on Sunday with the water up to the trombones' shins."
BODY = [
    "The players of Loxholme Silver had tuned up on dry boards at noon; by the second march the river had come over the lawn.",
    "Nobody left, said the conductor, Harriet Dunmore, because the next piece was the one that they had practised since May.",
    "An audience of sixty stood on benches to hear it, and gave the cornets a cheer each time they emptied their instruments.",
]
AD = """<div class="helper__AdContainer-sc-12-0"><div class="MarkupAds__Container-sc-1a-0"><div id="ad-header-container">
<p id="advertisement-text">Advertisement</p><a id="hide-ad-link">Hide Ad</a></div></div></div>"""
NEWSLETTER = """<div class="NewsletterSignup__Wrapper-sc-1d-0"><form><h2>Sign up to the weekly Slow Reads newsletter.</h2>
<p>Thank you for signing up! Did you know that with a subscription you can get unlimited access to the website, and more?</p>
</form></div>"""
TEASER = """<div class="ReadmoreTeaser__Wrapper-sc-2-0"><p>Read More</p><p>Choir sings in a lift for five hours after the power
fails between the second floor and the third, and asks for nothing but tea.</p></div>"""
PAYWALL = '<div class="PianoArticlePaywall__Wrapper-sc-10-0"></div>'


def page(published: str, updated: str = "", *, stamp: str = "", premium: str = "NonPremiumContent", head: str = "") -> str:
    metas = f"""<meta property="article:published_time" content="{stamp}">
<meta property="article:modified_time" content="{stamp}">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Band plays on flooded bandstand","datePublished":"{stamp}",
"dateModified":"{stamp}","author":{{"@type":"Person","name":"Sibyl Arkwright"}},"isAccessibleForFree":"False",
"keywords":["brass band","river"],"articleBody":"The players of Loxholme Silver had tuned up."}}</script>
<script type="application/ld+json">{{"@type":"VideoObject","name":"The Don in flood",
"uploadDate":"2019-11-08T10:00:00Z"}}</script>"""
    spans = "".join(
        f'<div class="ArticleMeta__PublishedDate-sc-ej-5"><span class="published-date-ago" data-date="{{epoch}}">{text}</span>'
        "</div>"
        for text in (published, updated)
        if text
    )
    texts = [f'<div class="Markup__ParagraphWrapper-sc-13-0"><p>{text}</p></div>' for text in BODY]
    return f"""<html lang="en"><head><title>Band plays on flooded bandstand</title>
<meta property="og:type" content="article"><meta name="description" content="{STANDFIRST}">
<link rel="canonical" href="https://www.northernirelandworld.com/news/people/band-plays-on-flooded-bandstand-4396001">
<meta name="parsely-post-id" content="onecms:0a1b2c3d-0000-4000-8000-0123456789ab">{metas if stamp else ""}{head}</head>
<body><article class="ArticleINews__ArticleWrapper-sc-y3-2"><div id="content-wrapper"><div class="article-header">
<h1 class="sc-ik cFK">Band plays on flooded bandstand</h1><div class="sc-him hIL">{STANDFIRST}</div></div>
<div class="ArticleMeta__Wrapper-sc-ej-0"><div class="ArticleMeta__AuthorDate-sc-ej-10"><div class="ArticleMeta__Author-sc-ej-7">
<span>By <span>Sibyl Arkwright</span></span></div>{spans}</div></div>
<div class="ContentRoot__{premium}-sc-hu-1 article-content"><div class="sc-fX"><div>Watch more of our videos on Shots! <br> and
live on Freeview channel 276</div><a id="shots-tv-banner">Visit Shots! now</a></div>
<figure class="metroArticleImage"><picture><img src="/band.jpg" alt="The cornets carry on">
<span class="responsive-img-fallback"><picture><img class="placeholder" alt="The cornets carry on"></picture></span></picture>
<figcaption class="image-caption">The cornets carry on | Enid Foxley</figcaption></figure>
{texts[0]}{AD}{texts[1]}{NEWSLETTER}{TEASER}{texts[2]}{PAYWALL}</div>
<div class="Topics__TopicWrapper-sc-1k-0"><span class="related">Related topics:</span><span class="article-tag">
<a href="/topic/sheffield">Sheffield</a></span></div><div class="OUTBRAIN"></div></div></article></body></html>"""


def read(html: str, url: str = URL) -> Article:
    return extract(html, url)


def test_the_2023_template() -> None:
    stamp = "2023-11-03T09:25:18.000Z"
    article = read(page("Published 3rd Nov 2023, 09:25 GMT - 3 min read", stamp=stamp))
    assert article.extractor == f"national-world/1.{READERS}:2023-11"
    assert article.description == STANDFIRST
    assert article.authors == (Author("Sibyl Arkwright"),)
    # Not the video's, which is of 2019.
    assert str(article.date_published) == "2023-11-03T09:25:18Z"
    assert article.body.split("\n\n") == BODY
    # Printed as alt twice and as caption once.
    assert [(image.caption, image.credit) for image in article.images] == [("The cornets carry on", "Enid Foxley")]
    assert article.topics == ("brass band", "river")
    # "False" on every page of the platform, free or not.
    assert article.is_accessible_for_free is None
    # Titles share stories: the canonical address may be a sister's.
    assert article.canonical_url == "https://www.northernirelandworld.com/news/people/band-plays-on-flooded-bandstand-4396001"


def test_after_an_update_only_the_printed_line_keeps_the_first_time() -> None:
    html = page("Published 8th Nov 2023, 18:58 GMT", "Updated 8th Nov 2023, 20:14 GMT", stamp="2023-11-08T20:14:24.000Z")
    article = read(html.replace("{epoch}", "1699474464"))
    assert (str(article.date_published), str(article.date_modified)) == ("2023-11-08T18:58:00Z", "2023-11-08T20:14:24Z")


def test_zone_letters_are_advice() -> None:
    html = page("Published 21st Feb 2025, 08:29 BST", stamp="2025-02-21T08:29:12.000Z").replace("{epoch}", "1740126552")
    assert str(read(html).date_published) == "2025-02-21T08:29:12Z"


def test_the_meta_named_date_is_the_last_update() -> None:
    html = page("Published 3rd Nov 2023, 09:25 GMT", head='<meta name="date" content="2023-11-03T14:02:33.000Z">')
    article = read(html.replace(' data-date="{epoch}"', ""))
    assert (str(article.date_published), str(article.date_modified)) == ("2023-11-03T09:25:00Z", "2023-11-03T14:02:33Z")


@pytest.mark.parametrize("host", ["www.scotsman.com", "www.northernirelandworld.com"])
def test_printed_times_are_london_time_on_any_domain(host: str) -> None:
    html = page("Published 3rd Jul 2024, 09:25").replace(' data-date="{epoch}"', "")
    assert (
        str(read(html, f"https://{host}/news/people/band-plays-on-flooded-bandstand-4396001").date_published)
        == "2024-07-03T08:25:00Z"
    )


def test_the_wrapper_tells_premium_content() -> None:
    assert read(page("Published 3rd Nov 2023, 09:25 GMT", premium="PremiumContent")).is_accessible_for_free is False


def test_local_titles_have_markup_without_a_hash() -> None:
    html = page("Published 3rd Nov 2023, 09:25 GMT").replace("Markup__ParagraphWrapper-sc-13-0", "markup")
    article = read(html)
    assert article.extractor == f"national-world/1.{READERS}:2023-11"
    assert article.body.split("\n\n") == BODY
