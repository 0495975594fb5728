"""Newsquest's traps, on pages of invented news in the shape of its templates."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author

URL = "https://www.theargus.co.uk/news/18712345.pier-lamps-lit-first-time-war/"
HEAD = """<title>Pier lamps lit again | The Argus</title><meta property="og:type" content="website">
<meta property="og:title" content="Pier lamps lit again as crowds gather on the front">
<link rel="canonical" href="https://www.theargus.co.uk/news/18712345.pier-lamps-lit-first-time-war/">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Pier lamps lit for first time since the war",
"datePublished":"%s","dateModified":"%s","author":{"@type":"Person","name":"Olive Harkness"}}</script>"""
EMPTY = """<article class="article-wrapper"><h1 class="headline"></h1><time class="article-timestamp" datetime=""
data-timestamp="" itemprop="datePublished"></time><address class="author-details"><span class="author-name"></span></address>
<p class="image-caption"></p><p class="hero-caption"></p><div class="article-body"></div></article>"""
STORY = """<p>THE LAMPS
of the old pier burned again on Sunday, for the first time since they were put out in the autumn of 1939.</p>
<p>READ MORE: <a href="/news/18700001.other/">What the pier looked like before the war, in pictures</a></p>
<p>Some four hundred people stood on the beach when the harbour master turned the key at eight minutes past seven.</p>
<p>"I was six when they went out," said Winifred Astley, who came with three of her grandchildren to see them lit.</p>
<p><a href="/subscribe/">Want our best stories with fewer ads and alerts when the biggest news drops? Download our app.</a></p>
<p>The lamps will burn every night until the end of October, when the engineers come back to look at the wiring.</p>"""
BODY = [
    "THE LAMPS of the old pier burned again on Sunday, for the first time since they were put out in the autumn of 1939.",
    "Some four hundred people stood on the beach when the harbour master turned the key at eight minutes past seven.",
    '"I was six when they went out," said Winifred Astley, who came with three of her grandchildren to see them lit.',
    "The lamps will burn every night until the end of October, when the engineers come back to look at the wiring.",
]


def page_of_2020(published: str, modified: str, time: str, twins: str = EMPTY) -> str:
    return f"""<html lang="en"><head>{HEAD % (published, modified)}</head><body>{twins}
<article id="article" class="article-wrapper"><h1 class="headline">Pier lamps lit for first time since the war</h1>
{time}<address class="author-details"><span class="author-name">By Olive Harkness</span>
<span class="author-job">Chief Reporter</span></address>
<img src="/resources/images/11/?type=responsive-gallery" alt=""><p class="hero-caption">The lamps on Sunday night</p>
<div class="article-body">{STORY}</div></article>{twins}</body></html>"""


def read(page: str, url: str = URL) -> Article:
    return extract(page, url)


SUMMER = (
    '<time class="article-timestamp" itemprop="datePublished" datetime="2020-09-06 19:23:03" data-timestamp="1599416583"'
    ' full-date="06.09.2020">6th September</time>'
)


def test_the_seconds_are_right_where_json_ld_and_datetime_are_local_time() -> None:
    article = read(page_of_2020("2020-09-06T19:23:03Z", "2020-09-06T20:10:00Z", SUMMER))
    assert article.extractor == f"newsquest/2.{READERS}:2020"
    assert str(article.date_published) == "2020-09-06T18:23:03Z"
    assert str(article.date_modified) == "2020-09-06T19:10:00Z"


def test_json_ld_that_is_right_stays() -> None:
    article = read(page_of_2020("2020-09-06T18:23:03Z", "2020-09-06T19:10:00Z", SUMMER))
    assert (str(article.date_published), str(article.date_modified)) == ("2020-09-06T18:23:03Z", "2020-09-06T19:10:00Z")


def test_in_winter_local_time_is_utc() -> None:
    time = SUMMER.replace("2020-09-06 19:23:03", "2020-12-06 19:23:03").replace("1599416583", "1607282583")
    article = read(page_of_2020("2020-12-06T19:23:03Z", "2020-12-06T19:40:00Z", time))
    assert (str(article.date_published), str(article.date_modified)) == ("2020-12-06T19:23:03Z", "2020-12-06T19:40:00Z")


def test_a_naive_datetime_alone_is_london_time_on_any_domain() -> None:
    time = (
        '<time class="article-timestamp" itemprop="datePublished" datetime="2020-09-06 19:23:03" data-timestamp="">6 Sep</time>'
    )
    page = page_of_2020("", "", time)
    article = read(page, "https://www.heraldscotland.com/news/18712345.pier-lamps-lit-first-time-war/")
    assert str(article.date_published) == "2020-09-06T18:23:03Z"


@pytest.mark.parametrize("twins", ["", EMPTY])
def test_the_first_part_that_is_not_empty_is_read(twins: str) -> None:
    article = read(page_of_2020("2020-09-06T19:23:03Z", "", SUMMER, twins))
    # og:title is the web's title, the h1 the paper's.
    assert article.headline == "Pier lamps lit for first time since the war"
    assert article.authors == (Author("Olive Harkness", "Chief Reporter"),)
    assert article.body.split("\n\n") == BODY
    assert [image.caption for image in article.images] == ["The lamps on Sunday night"]


def page_of_2022(hidden: str = "p402_hide", head: str = "") -> str:
    first, rest = STORY.split("</p>", 1)
    return f"""<html lang="en-GB"><head>{HEAD % ("2025-07-02T05:00:00+01:00", "2025-07-02T09:30:00+01:00")}{head}</head><body>
<article><h1 class="mar-article__headline">Pier lamps lit for first time since the war</h1>
<div class="mar-article__timestamp"><time datetime="2025-07-02 05:00:00">2nd July</time></div>
<div class="author-details__name-container"><a class="author-name" href="/author/profile/1.Olive_Harkness/">Olive Harkness</a>
<p class="author-no-job">Chief Reporter</p></div>
<div class="article-body">{first.replace("<p>", '<p class="article-first-paragraph">')}</p>
<div id="subscription-content" class="{hidden}">{rest}</div></div></article>
<div id="comments-list"><p>I remember them well, and the band that played below them every Saturday in summer.</p></div>
</body></html>"""


def test_the_metered_template() -> None:
    article = read(page_of_2022())
    assert article.extractor == f"newsquest/2.{READERS}:2022"
    assert article.is_accessible_for_free is False
    assert (str(article.date_published), str(article.date_modified)) == ("2025-07-02T04:00:00Z", "2025-07-02T08:30:00Z")
    assert [author.name for author in article.authors] == ["Olive Harkness"]
    assert article.body.split("\n\n") == BODY


def test_a_plug_of_which_only_the_end_is_a_link() -> None:
    plug = '<p>Want our best stories with fewer ads and alerts? <a href="/app">Download our app now</a></p>'
    about = 'He said: "Download our app" was all that <a href="/x">the robot</a> would say for the whole of the afternoon.'
    page = page_of_2022().replace("<p>Some four", f"{plug}<p>{about}</p><p>Some four")
    assert read(page).body.split("\n\n") == [BODY[0], about.replace('<a href="/x">', "").replace("</a>", ""), *BODY[1:]]


def test_a_page_that_says_it_is_free_is_not_metered() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Pier lamps lit for first time since the war",'
    head += '"datePublished":"2025-07-02T05:00:00+01:00","author":{"name":"Olive Harkness"},"isAccessibleForFree":true}</script>'
    page = page_of_2022().replace(page_of_2022()[page_of_2022().index("<script") : page_of_2022().index("</script>") + 9], head)
    assert read(page).is_accessible_for_free is True


def test_what_the_markup_hides_is_not_read() -> None:
    page = page_of_2022().replace('class="p402_hide"', 'class="p402_hide" style="display: none"')
    assert read(page).body == BODY[0]


def test_the_meter_of_another_publisher_is_no_mark() -> None:
    page = f'<html><body><article><h1>Pier lamps lit again</h1><div class="p402_hide">{STORY}</div></article></body></html>'
    article = read(page, "https://www.example.com/news/pier-lamps-lit-again")
    assert (article.extractor, article.is_accessible_for_free) == (f"generic/{READERS}", None)
    assert article.body.split("\n\n") == BODY
