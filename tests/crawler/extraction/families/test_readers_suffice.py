"""Traps of single publishers for which the general readers need no family."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extraction import extract
from pipelines.article import Article
from tests.table import table

BODY = [
    "A tortoise that walked out of a garden in 1987 was handed in on Thursday, four streets away and in excellent health.",
    "The animal, called Gladstone, was known by a notch in its shell and by its liking for the leaves of the runner bean.",
    '"We had given up leaving the gate open," said Maud Ellery, who was nine years old when he went and is a judge now.',
]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)
HEADLINE = "Tortoise comes home after thirty-eight years"


def html(body: str, head: str = "", language: str = "en-GB") -> str:
    return f'<html lang="{language}"><head><title>{HEADLINE}</title>{head}</head><body>{body}</body></html>'


def story(times: str = "", language: str = "en-GB", head: str = "") -> str:
    return html(
        f"<article><h1>{HEADLINE}</h1><p class='byline'>By Percy Lockwood</p>{times}{PARAGRAPHS}</article>", head, language
    )


def json_ld(published: str, modified: str = "") -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{HEADLINE}",'
        f'"datePublished":"{published}","dateModified":"{modified}"}}</script>'
    )


def read(page: str, url: str) -> Article:
    return extract(page, url)


def stamps(article: Article) -> tuple[str, str]:
    return str(article.date_published), str(article.date_modified)


@table(
    ("page", "url", "expected"),
    [
        # BreakingNews.ie: a 24-hour clock with PM, a bare day in the element.
        (
            story('<time datetime="2023-11-08">08/11/2023 | 20:26 PM</time>', "en-IE"),
            "https://www.breakingnews.ie/ireland/tortoise-comes-home-1549512.html",
            ("2023-11-08T20:26:00Z", "None"),
        ),
        # Gannett: a sentinel in JSON-LD is no time; the printed one is.
        (
            story(
                "<div class='timestamp'>Published 11:11 PM EST Nov 19, 2019</div>",
                "en-US",
                json_ld("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ),
            "https://www.detroitnews.com/story/news/2019/11/19/tortoise-comes-home/4240001002/",
            ("2019-11-20T04:11:00Z", "None"),
        ),
        # NBC: an RFC 2822 date in JSON-LD.
        (
            story("", "en-US", json_ld("Mon, 18 Nov 2019 16:07:38 -0600", "Mon, 18 Nov 2019 17:00:00 -0600")),
            "https://www.nbcdfw.com/news/local/tortoise-comes-home/2012345/",
            ("2019-11-18T22:07:38Z", "2019-11-18T23:00:00Z"),
        ),
        # JPIMedia, before National World: an ordinal day and a clock of twelve hours.
        (
            story('<div id="native-content-pub-date">Thursday, 22nd July 2021, 6:55 pm</div>'),
            "https://www.lep.co.uk/news/people/tortoise-comes-home-3321234",
            ("2021-07-22T17:55:00Z", "None"),
        ),
        # iNews: the meta element has the draft's time.
        (
            story(
                "<time>January 28, 2025 11:30 am</time>",
                head='<meta property="article:published_time" content="2025-01-28T02:39:19+00:00">'
                + json_ld("2025-01-28T11:30:00+00:00"),
            ),
            "https://inews.co.uk/news/tortoise-comes-home-3501234",
            ("2025-01-28T11:30:00Z", "None"),
        ),
        # Kleine Zeitung: local time marked as UTC in meta, right in JSON-LD.
        (
            story(
                "<time>30. Juni 2025, 15:59 Uhr</time>",
                "de-AT",
                '<meta property="article:published_time" content="2025-06-30T15:59:00+00:00">'
                + json_ld("2025-06-30T15:59:00+02:00"),
            ),
            "https://www.kleinezeitung.at/steiermark/19850001/schildkroete",
            ("2025-06-30T13:59:00Z", "None"),
        ),
        # Epoch milliseconds in a meta element.
        (
            story("", "en-ZA", '<meta property="article:published_time" content="1750680000000">'),
            "https://durbanlocal.co.za/news/tortoise-comes-home/",
            ("2025-06-23T12:00:00Z", "None"),
        ),
        # Epoch seconds in a data attribute.
        (
            story('<span class="date" data-date="1750680000">23 June</span>'),
            "https://www.example.co.uk/news/tortoise-comes-home/",
            ("2025-06-23T12:00:00Z", "None"),
        ),
        # Metro: published_time is local time marked as UTC; JSON-LD and modified_time have the right offset.
        (
            story(
                "<time>Jul 17, 2024, 11:21am</time>",
                head='<meta property="article:published_time" content="2024-07-17T11:21:03+0000">'
                '<meta property="article:modified_time" content="2024-07-17T18:39:23+0100">'
                + json_ld("2024-07-17T11:21:03+01:00", "2024-07-17T18:39:23+01:00"),
            ),
            "https://metro.co.uk/2024/07/17/tortoise-comes-home-21234567/",
            ("2024-07-17T10:21:03Z", "2024-07-17T17:39:23Z"),
        ),
    ],
)
def test_times_of_single_publishers(page: str, url: str, expected: tuple[str, str]) -> None:
    assert stamps(read(page, url)) == expected


def test_a_scheduled_piece_was_changed_before_it_was_published() -> None:
    """Funke, CBC: dateModified earlier than datePublished; the publication stands."""
    page = story("", "de", json_ld("2025-11-05T17:00:00.000Z", "2025-11-05T12:16:55.000Z"))
    assert str(read(page, "https://www.waz.de/lokales/article410001/schildkroete.html").date_published) == "2025-11-05T17:00:00Z"


def test_relative_text_needs_the_time_of_the_fetch() -> None:
    page = story("<time>6 hours ago</time>")
    url = "https://www.example.co.uk/news/tortoise-comes-home/"
    assert extract(page, url).date_published is None
    fetched = datetime(2025, 6, 23, 18, tzinfo=UTC)
    assert (extract(page, url, fetched=fetched).date_published or fetched) is not fetched
