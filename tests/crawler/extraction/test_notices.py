"""Notices in place of a page, with status 200: what they say in many languages, and stories about the same things."""

from __future__ import annotations

import json
import re

from crawler.extraction import extract
from crawler.extraction.kinds.notices import KINDS, Notice, notice_in, notices
from pipelines.article import Article, Kind
from pipelines.reasons import FetchReason
from tests.table import table

URL = "https://www.example.org/news/bridge-reopens-1234567"
FRAME = (
    "<html><head><title>{title}</title><meta property=og:site_name content='The Teme Post'></head><body class='{names}'><header>"
    "<a href=/>The Teme Post</a><ul><li><a href=/news>News</a><li><a href=/sport>Sport</a></ul></header><main>{main}</main>"
    "<footer><p>Copyright the Teme Post, all rights reserved.</p></footer></body></html>"
)


def framed(main: str, title: str = "The Teme Post", names: str = "") -> Article:
    return extract(FRAME.format(title=title, main=main, names=names), URL)


@table("notice", notices(), ids=lambda notice: f"{notice.kind} {notice.language}")
def test_examples_are_what_they_are_examples_of(notice: Notice) -> None:
    for pattern in (*notice.names, *notice.says):
        assert re.compile(pattern), pattern
        assert pattern == pattern.replace("’", "'")
    for example in notice.examples:
        assert notice_in(example) == notice.kind, example


def test_every_kind_has_notices() -> None:
    assert {one.kind for one in notices()} == set(KINDS)
    for one in notices():
        for patterns in (one.names, one.says, one.examples):
            assert len(set(patterns)) == len(patterns), one.language


@table("notice", notices(), ids=lambda notice: f"{notice.kind} {notice.language}")
def test_a_notice_is_seen_in_the_frame_of_a_paper(notice: Notice) -> None:
    """As heading, as title over an empty page, and as the text below a heading that says nothing."""
    for example in notice.examples:
        for article in (
            framed(f"<h1>{example}</h1><p>The Teme Post, every day.</p>"),
            framed("<div id=app></div>", title=f"{example} | The Teme Post"),
            framed(f"<h1>Dear reader</h1><div><p>{example}</p></div>"),
        ):
            assert article.kind is Kind.NOT_ARTICLE, example


OWN_WORDS = {
    "repairs": ("maintenance", "Back in a moment", "The site is being upgraded. Thank you for your patience."),
    "repairs, nothing of it in the heading": ("maintenance", "The Teme Post", "Our website is offline for some repairs."),
    "German repairs": ("maintenance", "Kurze Pause", "Unsere Website ist derzeit nicht erreichbar, wir sind bald wieder da."),
    "French repairs": ("maintenance", "Un instant", "Notre journal est en maintenance. Merci de réessayer dans une heure."),
    "too fast": ("rate_limit", "Hold your horses", "You have made too many requests. Slow down and try later."),
    "queue": ("waiting_room", "Almost there", "You are now in line. Your estimated wait time is 3 minutes."),
    "crowd": ("waiting_room", "Busy", "We are experiencing unusually high traffic. Please wait a moment."),
    "Europe": ("region_wall", "Dear visitor", "We are sorry, this site is not available to readers in the European Union."),
    "rights": ("region_wall", "Video", "Because of rights issues this content is not available in your country."),
    "law": ("region_wall", "451", "Unavailable for legal reasons."),
    "advertising": ("ad_block_wall", "Support us", "We see that you are using an ad blocker. Please allow ads on our site."),
    "German advertising": ("ad_block_wall", "Moment", "Bitte schalten Sie Ihren Adblocker aus, um weiterzulesen."),
    "browser": ("browser_notice", "Time for a change", "This browser is no longer supported. Use a newer browser to read on."),
    "Polish browser": ("browser_notice", "Uwaga", "Twoja przeglądarka nie jest wspierana."),
    "age": ("age_wall", "Wine and spirits", "You must be 18 or over to enter. Confirm your age below."),
    "Spanish age": ("age_wall", "Atención", "Debes ser mayor de edad para ver esta página."),
    "app": ("app_wall", "There is more", "The rest of this story is only in our free app. Install it to read on."),
    "Italian app": ("app_wall", "Ancora di più", "Questo articolo si legge solo nella nostra app. Scarica l’app."),
    "error": ("error_page", "Oh dear", "An unexpected error has occurred. Reference id: 7f3a99b1."),
    "Dutch error": ("error_page", "Helaas", "Er is een onbekende fout opgetreden."),
    "database": ("error_page", "Error establishing a database connection", ""),
    "scripts": ("script_notice", "The Teme Post", "You need to enable JavaScript to run this app."),
    "cookies": ("script_notice", "Cookies required", "Please enable cookies in your browser and reload."),
    "not found, WordPress": ("soft_404", "Nothing here", "It seems we can’t find what you need. Try searching."),
    "not found, Drupal": ("soft_404", "Page not found", "The requested page could not be found."),
    "not found, Joomla": ("soft_404", "404 - Error: 404", "The requested page can't be found. Try one of the pages below."),
    "not found, in a joke": ("soft_404", "Whoops!", "The page you are looking for has been moved, or was never here."),
    "Finnish not found": ("soft_404", "Hups", "Etsimääsi sivua ei löydy."),
    "domain": ("server_page", "example.org", "This domain name is for sale. Buy this domain today."),
}  # fmt: skip


@table("case", OWN_WORDS.values(), ids=OWN_WORDS)
def test_other_words_for_the_same(case: tuple[str, str, str]) -> None:
    code, heading, text = case
    for page in (
        f"<h1>{heading}</h1><p>{text}</p>",
        f"<article><h2>{heading}</h2><div>{text}</div></article>",
        f"<section class=error-page><h1>{heading}</h1><p>{text}</p><p><a href=/>Home</a></p></section>",
    ):
        article = framed(page, title=f"{heading} – The Teme Post")
        assert (article.kind, article.reason_code) == (Kind.NOT_ARTICLE, code), article.reason


@table("names", ["error404", "page-404 de", "path-frontpage system-404", "not-found"])
def test_templates_name_what_is_missing(names: str) -> None:
    assert framed("<h1>Nous voilà bien</h1><p>Essayez le menu.</p>", names=names).reason_code is FetchReason.SOFT_404


def test_a_page_of_scripts_tells_robots_its_status() -> None:
    page = f"<meta name=prerender-status-code content=404><h1>Dear reader</h1><p>{'Have a look at our other pages. ' * 9}</p>"
    assert extract(page, URL).reason_code is FetchReason.SOFT_404


def test_a_notice_in_words_that_nobody_listed_is_too_little_for_an_article() -> None:
    assert framed("<h1>Ez da ezer</h1><p>Barkatu, orri hau ez dago.</p>").reason_code is FetchReason.LITTLE_TEXT


def test_a_wall_in_place_of_the_text_under_the_articles_own_head() -> None:
    data = {"@type": "NewsArticle", "headline": "Bridge reopens", "datePublished": "2025-03-07T10:00:00Z"}
    head = f"<title>Bridge reopens</title><script type='application/ld+json'>{json.dumps(data)}</script>"
    for main in (
        "<h1>Bridge reopens</h1><p>This content is not available in your region.</p>",
        "<h1>Bridge reopens</h1><p>Please turn off your ad blocker to read this story. It is free thanks to advertisers.</p>",
        "<h1>Oh dear</h1><p>It is us, not you. We are having trouble loading this page.</p>",
    ):
        assert extract(f"{head}<body><main>{main}</main>", URL).kind is Kind.NOT_ARTICLE, main
    for main in (
        "<h1>Bridge reopens</h1><p>The bridge is open again. The council said: sorry for the inconvenience.</p>",
        "<h1>Bridge reopens</h1><p>Fairgoers waited in line for an hour, and the app that told them so broke down.</p>",
    ):
        assert extract(f"{head}<body><main>{main}</main>", URL).kind is Kind.ARTICLE, main


TOPICS = {
    "Ferry firm's website down for maintenance": "Nobody could book: the website was down for maintenance on Friday.",
    "Too many requests: council limits questions": "The council said that it had had too many requests under the law.",
    "You are in the queue: a day at the passport office": "People wait for hours, and a sign tells their place in the queue.",
    "Not available in your country: why films vanish": "Rights are sold by country, so a film is not available in your region.",
    "Please turn off your ad blocker, publishers say": "Publishers ask readers to turn off ad blockers.",
    "Your browser is out of date, watchdog warns": "Two in five used a browser that is no longer supported.",
    "Are you over 18? Shops to ask everybody": "Shops must verify the age of all who buy wine, said the minister.",
    "Page not found: the library that lost its books": "Four hundred pages were not found when the book was opened.",
    "Something went wrong at the mill": "An unexpected error occurred in the mill's control room, the inquiry heard.",
    "Cookies required for the village fete": "Bakers are needed: without cookies there is no fete, said the vicar.",
    "Error 404 beer wins prize": "The brewery named its ale after the error 404, and won.",
    "Captcha inventor speaks in town": "He proved that you are human for a living, he said.",
}
SPEECHES = "".join(
    f"<p>Speaker {n} told the meeting at length what had come of it, and what was to be done in week {n}.</p>" for n in range(12)
)


@table("case", TOPICS.items(), ids=TOPICS)
def test_a_story_about_such_things_is_a_story(case: tuple[str, str]) -> None:
    headline, lead = case
    signed = "<p class=byline>By Una Pell</p><time datetime=2025-03-07T10:00:00Z>7 March 2025, 10am</time>"
    data = json.dumps({"@type": "NewsArticle", "headline": headline, "datePublished": "2025-03-07T10:00:00Z"})
    for page in (
        f"<h1>{headline}</h1><p>{lead}</p>{SPEECHES}",
        f"<h1>{headline}</h1>{signed}<p>{lead}</p>",
        f"<script type='application/ld+json'>{data}</script><h1>{headline}</h1><p>On Friday it came to this. {lead}</p>",
    ):
        article = framed(page, title=f"{headline} | The Teme Post")
        assert article.kind is Kind.ARTICLE, (headline, article.reason)
