"""Known traps of regional publishers, one after another, on pages of invented news: who sets them is said beside each.

Those that need a family stand in its own file; here are the ones that the general readers must not fall into.
"""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from crawler.extraction.families import READERS
from pipelines.article import Article, Author, AuthorKind, Kind
from tests.table import table

HEADLINE = "Goat elected mayor of a village that had asked for none"
BODY = [
    "A goat was elected mayor of Nether Barrow on Thursday by forty-one votes to nil, after both other candidates withdrew.",
    "The village had not asked for a mayor, the returning officer said, and the paper on which it was told so has been eaten.",
    '"She has a way with a hedge," said Dilys Garraway, who keeps the shop and the register, and who counted the votes twice.',
]
P = [f"<p>{text}</p>" for text in BODY]
BYLINE = '<div class="byline">By Wilf Ottershaw</div>'
TIME = '<time datetime="2025-03-07T12:30:00Z">7 March 2025</time>'
URL = "https://www.example.co.uk/news/goat-elected-mayor-4512111"


def page(
    before: str = "",
    *,
    middle: str = "",
    after: str = "",
    head: str = "",
    byline: str = BYLINE,
    time: str = TIME,
    language: str = "en-GB",
) -> str:
    return f"""<html lang="{language}"><head><title>{HEADLINE}</title>{head}</head><body><main><article><h1>{HEADLINE}</h1>
{byline}{time}<div class="content">{before}{P[0]}{middle}{P[1]}{P[2]}{after}</div></article></main></body></html>"""


def read(html: str, url: str = URL) -> Article:
    return extract(html, url)


def ld(**values: str) -> str:
    marked = "".join(f',"{key}":{value}' for key, value in values.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{HEADLINE}"{marked}}}</script>'


def persons(article: Article) -> list[str]:
    return [author.name for author in article.authors if author.kind is AuthorKind.PERSON]


@table(
    "markup",
    [
        pytest.param("<p>Sorry, we are not accepting comments on this article.</p>", id="Midland News: notice on comments"),
        pytest.param(
            "<div>Watch more of our videos on Shots! and live on Freeview channel 276</div>", id="National World: Shots!"
        ),
        pytest.param(
            "<p>Watch more of our videos on ShotsTV.com and on Freeview 262 or Freely 565</p>", id="National World: ShotsTV"
        ),
        pytest.param("<p>Visit Shots! now</p>", id="National World: Visit Shots!"),
        pytest.param("<div>Notification Settings</div>", id="Midland News: settings"),
        pytest.param("<div>Plus</div>", id="Midland News: badge alone"),
        pytest.param("<div>Advertisement</div><div>Hide Ad</div>", id="National World: label of an advertisement"),
        pytest.param("<div><div>Advertisement Hide Ad</div></div>", id="National World: label joined"),
        pytest.param("<div>Sign up</div><div>Thank you for signing up!</div><div>Submitting...</div>", id="National World: form"),
        pytest.param("<div>News you can trust since 1877</div>", id="National World: motto"),
        pytest.param('<p>Related topics:<a href="/topic/goats">Goats</a></p>', id="National World: topics"),
        pytest.param('<p>READ MORE: <a href="/news/1.cat/">Cat refuses knighthood</a></p>', id="Newsquest: READ MORE"),
        pytest.param(
            '<p><strong>Read more:</strong></p><ul><li><a href="/news/2">Dog sits on jury</a></li></ul>', id="Iliffe: list"
        ),
        pytest.param(
            '<div class="interstitial"><a href="/news/3">Hen crosses road in both directions, and is asked why</a></div>',
            id="Arc: promotion between paragraphs",
        ),
        pytest.param(
            "<figure><img src='/g.jpg' alt='Mayoral goat'><figcaption>The goat (PA)</figcaption></figure>", id="caption"
        ),
        pytest.param(
            '<div id="disqus-comment-section"><p>I voted for the goat, and would again tomorrow.</p></div>', id="Disqus"
        ),
        pytest.param('<div class="viafoura"><p>I did not vote for the goat, but I do respect the goat.</p></div>', id="Viafoura"),
        pytest.param(
            "<div><p>Comment Guidelines National World encourages reader discussion on our stories.</p></div>", id="guidelines"
        ),
    ],
)
def test_what_is_no_part_of_the_text(markup: str) -> None:
    assert read(page(middle=markup)).body.split("\n\n") == BODY
    assert read(page(after=markup)).body.split("\n\n") == BODY


def test_the_writers_block_below_the_text() -> None:
    """Midland News: name, handle and job once more at the end."""
    block = "<div><p>By Wilf Ottershaw</p><p>@WOttershaw_Star</p><p>Chief Reporter</p></div>"
    article = read(page(after=block))
    assert article.body.split("\n\n") == BODY
    assert [author.name for author in article.authors] == ["Wilf Ottershaw"]


def test_a_first_paragraph_in_capitals_is_text() -> None:
    """Newsquest."""
    first = BODY[0].replace("A goat", "A GOAT WITH A CHAIN")
    assert read(page().replace(BODY[0], first)).body.split("\n\n") == [first, *BODY[1:]]


@table(
    ("byline", "expected"),
    [
        # Midland News and PA.
        ("By contributor Wilf Ottershaw, PA Political Correspondent", [("Wilf Ottershaw", "Political Correspondent", "PA")]),
        ("By contributor Wilf Ottershaw, PA", [("Wilf Ottershaw", None, "PA")]),
        ("By PA News Agency", []),
        ("By PA Reporters", []),
        # Local democracy.
        ("By Wilf Ottershaw, Local Democracy Reporter", [("Wilf Ottershaw", "Local Democracy Reporter", "LDRS")]),
        ("By Wilf Ottershaw, Local Democracy Reporting Service", [("Wilf Ottershaw", None, "LDRS")]),
        # Desks and jobs.
        ("By The Newsroom", []),
        ("By Court Reporter", []),
        ("By Staff Reporter", []),
        ("By Example Star", []),
    ],
)
def test_printed_bylines(byline: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    head = '<meta property="og:site_name" content="Example Star">'
    article = read(page(byline=f'<div class="byline">{byline}</div>', head=head))
    names = [(author.name, author.agency) for author in article.authors if author.kind is AuthorKind.PERSON]
    assert names == [(name, agency) for name, _, agency in expected]


@table(
    ("marked", "printed", "names"),
    [
        # Structured data types jobs and papers as persons.
        ('{"@type":"Person","name":"Court Reporter"}', "", []),
        ('{"@type":"Person","name":"Antrim Court Reporter"}', "", []),
        ('{"@type":"Person","name":"Example Star"}', "By Wilf Ottershaw", ["Wilf Ottershaw"]),
        ('{"@type":"Organization","name":"Example Star"}', "By Wilf Ottershaw", ["Wilf Ottershaw"]),
        # A page, not a name.
        ('"https://www.facebook.com/examplestar"', "By Wilf Ottershaw", ["Wilf Ottershaw"]),
        (
            '[{"@type":"Person","name":"Wilf Ottershaw"},{"@type":"Person","name":"Ada Penhallow"}]',
            "",
            ["Wilf Ottershaw", "Ada Penhallow"],
        ),
    ],
)
def test_told_bylines(marked: str, printed: str, names: list[str]) -> None:
    head = ld(author=marked) + '<meta property="og:site_name" content="Example Star">'
    article = read(page(byline=f'<div class="byline">{printed}</div>', head=head))
    assert persons(article) == names


def test_the_writers_portrait_repeats_the_name() -> None:
    """National World: the alt text of the portrait, the byline, a line with the job."""
    byline = """<div class="author"><img src="/w.jpg" alt="Wilf Ottershaw"><div class="byline">By Wilf Ottershaw</div>
<div>Rural affairs correspondent</div></div>"""
    assert [author.name for author in read(page(byline=byline)).authors] == ["Wilf Ottershaw"]


@table(
    ("markup", "caption", "credit"),
    [
        ("<figcaption>The goat on Thursday (Una Frith/PA)</figcaption>", "The goat on Thursday", "Una Frith/PA"),
        ("<figcaption>The goat on Thursday | Una Frith</figcaption>", "The goat on Thursday", "Una Frith"),
        ("<figcaption>The goat on Thursday. Picture: Una Frith</figcaption>", "The goat on Thursday.", "Una Frith"),
        ("<figcaption>The goat on Thursday (Image: SWNS)</figcaption>", "The goat on Thursday", "SWNS"),
        # standard.co.uk and others: the credit in a line of its own.
        ("<figcaption>The goat on Thursday <span class='credit'>PA Wire</span></figcaption>", "The goat on Thursday", "PA Wire"),
        # Reach since 2025: named parts.
        (
            "<figcaption><b class='caption-title'>The goat</b><b class='caption-credit'>(Image: SWNS)</b></figcaption>",
            "The goat",
            "SWNS",
        ),
        # PA's own date belongs to the caption.
        (
            "<figcaption>The goat. Picture date: Friday March 7, 2025.</figcaption>",
            "The goat. Picture date: Friday March 7, 2025.",
            None,
        ),
        # National World, Mediahuis: printed three times.
        (
            "<p>The goat on Thursday | Una Frith</p><figcaption>The goat on Thursday | Una Frith</figcaption>",
            "The goat on Thursday",
            "Una Frith",
        ),
    ],
)
def test_captions(markup: str, caption: str, credit: str | None) -> None:
    article = read(page(middle=f"<figure><img src='/g.jpg' alt='The goat on Thursday'>{markup}</figure>"))
    assert [(image.caption, image.credit) for image in article.images] == [(caption, credit)]
    assert article.body.split("\n\n") == BODY


def test_alt_lines_printed_as_text_are_not_the_body() -> None:
    """Midland News: what is said of a picture to those who do not see it, then its caption with the credit."""
    pictures = "".join(
        f"<figure><img src='/{n}.jpg' alt='Mayoral election {n}'><span>Mayoral election {n}</span>"
        f"<figcaption>The count, table {n} (Una Frith/PA)</figcaption></figure>"
        for n in (1, 2)
    )
    article = read(page(pictures))
    assert article.body.split("\n\n") == BODY
    assert [image.caption for image in article.images] == ["The count, table 1", "The count, table 2"]


@table(
    ("html", "published", "modified"),
    [
        # National World: after an update only the printed line keeps the first publication.
        (
            page(
                head=ld(datePublished='"2023-11-08T20:14:24Z"', dateModified='"2023-11-08T20:14:24Z"'),
                time="<div>Published 8th Nov 2023, 18:58 GMT</div><div>Updated 8th Nov 2023, 20:14 GMT</div>",
            ),
            "2023-11-08T18:58:00Z",
            "2023-11-08T20:14:24Z",
        ),
        # National World: zone letters of the wrong season.
        (page(time="<div>Published 21st Feb 2025, 08:29 BST</div>"), "2025-02-21T08:29:00Z", "None"),
        # National World: a video's time is not the article's.
        (
            page(
                time="",
                head=ld(datePublished='"2025-03-07T12:30:00Z"')
                + '<script type="application/ld+json">{"@type":"VideoObject","name":"Goat","uploadDate":"2019-01-01"}</script>',
            ),
            "2025-03-07T12:30:00Z",
            "None",
        ),
        # Newsquest, Stuttgart: an empty element of a template before the one that is filled.
        (page(time=f"<time datetime=''></time>{TIME}"), "2025-03-07T12:30:00Z", "None"),
        # Midland News: labels whose times a script fills in, the day in the address (below).
        (page(time="<p>Published</p><p>Last updated</p>"), "None", "None"),
        # Reach: no zero before the hour or the day, capitals, London's summer.
        (page(time="<div class='time-container'>7:34, 3 JUL 2023</div>"), "2023-07-03T06:34:00Z", "None"),
        (
            page(time="<div class='date'>Published 07:10, 06 Jan 2026</div><div class='date'>Updated 08:41, 06 Jan 2026</div>"),
            "2026-01-06T07:10:00Z",
            "2026-01-06T08:41:00Z",
        ),
        # Freie Presse: midnight of a bare day, with the time printed.
        (
            page(
                language="de",
                head=ld(datePublished='"2025-03-07T00:00:00+01:00"'),
                time="<time>Erschienen am 07.03.2025, 13:30 Uhr</time>",
            ),
            "2025-03-07T12:30:00Z",
            "None",
        ),
        # Die Presse: the analytics' time is local time marked Z; JSON-LD is right.
        (
            page(
                language="de-AT",
                time="",
                head='<meta name="cXenseParse:recs:publishtime" content="2025-06-05T14:46:12Z">'
                + ld(datePublished='"2025-06-05T14:46:12+02:00"'),
            ),
            "2025-06-05T12:46:12Z",
            "None",
        ),
        # MDR, NDR: naive local time in meta.
        (
            page(language="de-DE", time="", head='<meta name="date" content="2025-06-05T14:46:12">').replace(
                "example.co.uk", "example.de"
            ),
            "2025-06-05T12:46:12Z",
            "None",
        ),
        # JSON-LD in epoch milliseconds.
        (page(time="", head=ld(datePublished="1741350600000")), "2025-03-07T12:30:00Z", "None"),
    ],
)
def test_times(html: str, published: str, modified: str) -> None:
    url = "https://www.example.de/nachrichten/ziege-4512111" if 'lang="de' in html else URL
    article = read(html, url)
    assert (str(article.date_published), str(article.date_modified)) == (published, modified)


def test_the_day_in_the_address_where_nothing_else_tells() -> None:
    article = read(
        page(time="<p>Published</p><p>Last updated</p>"), "https://www.example.co.uk/uk-news/2025/03/07/goat-elected-mayor"
    )
    assert str(article.date_published) == "2025-03-07"


def test_the_headline_is_the_printed_one() -> None:
    """Newsquest: og:title is another headline, and og:type calls the article a website."""
    head = '<meta property="og:title" content="Goat mayor: what we know"><meta property="og:type" content="website">'
    article = read(page(head=head))
    assert (article.headline, article.kind) == (HEADLINE, Kind.ARTICLE)


def test_the_printed_paragraphs_rather_than_those_that_data_has_joined() -> None:
    """National World: `articleBody` is the text on one line."""
    assert read(page(head=ld(articleBody=f'"{" ".join(BODY[:2])}"'))).body.split("\n\n") == BODY


@table(
    ("markup", "names"),
    [
        # VirtualCMS.
        (
            f"""<h1 itemprop="headline name">{HEADLINE}</h1><span class="author_name_value">Wilf Ottershaw</span>
<span itemprop="datePublished" content="2025-03-07T12:30:00Z"></span>
<div itemprop="text">{"".join(f"<div>{t}</div>" for t in BODY)}</div>""",
            ["Wilf Ottershaw"],
        ),
        # Bullivant.
        (
            f"""<h1 class="np-single_title">{HEADLINE}</h1><div class="np-single_author">By Wilf Ottershaw</div>{TIME}
<div class="np-single_content">{"".join(P)}</div>""",
            ["Wilf Ottershaw"],
        ),
        # Archant, before Newsquest.
        (
            f"""<h1 class="article__title">{HEADLINE}</h1><div class="article__author">Wilf Ottershaw</div>
<div class="article__published">Published: 12:30 PM March 7, 2025</div><div class="article__detail-text">{"".join(P)}</div>""",
            ["Wilf Ottershaw"],
        ),
        # Midland News in 2022.
        (
            f"""<h1 class="story-headline">{HEADLINE}</h1><div class="story-byline">By Wilf Ottershaw</div>{TIME}
<div class="story-content">{"".join(f'<div class="row">{p}</div>' for p in P)}</div><div class="story-tag-list"></div>""",
            ["Wilf Ottershaw"],
        ),
        # Mediahuis: labels of a gallery and of the subscription among the lines.
        (
            f"""<h1>{HEADLINE}</h1><div>Premium</div><figure><img src="/g.jpg" alt="The goat">
<button>Expand</button><button>Close</button>
<figcaption>The goat</figcaption></figure><div class="byline">Wilf Ottershaw</div>{TIME}<div>{"".join(P)}</div>""",
            ["Wilf Ottershaw"],
        ),
    ],
)
def test_platforms_without_a_family(markup: str, names: list[str]) -> None:
    article = read(f'<html lang="en-GB"><head><title>{HEADLINE}</title></head><body><article>{markup}</article></body></html>')
    assert article.extractor == f"generic/{READERS}"
    assert article.headline == HEADLINE
    assert article.body.split("\n\n") == BODY
    assert [author.name for author in article.authors] == names
    assert str(article.date_published) == "2025-03-07T12:30:00Z"


def test_a_canonical_address_at_a_sister_title_is_told_as_it_is() -> None:
    """National World, Northern Ireland; identity is decided elsewhere."""
    head = '<link rel="canonical" href="https://www.northern-sister.example/news/goat-elected-mayor-4512111">'
    assert read(page(head=head)).canonical_url == "https://www.northern-sister.example/news/goat-elected-mayor-4512111"


def test_a_gallerys_numbered_captions() -> None:
    """National World: many pictures, numbered captions, no text to speak of; no body is no failure."""
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{n}. The count Votes on table {n}. Photo: Una Frith</figcaption></figure>"
        for n in range(1, 8)
    )
    html = (
        f'<html lang="en-GB"><body><article><h1>{HEADLINE}, in seven pictures</h1>{BYLINE}{TIME}{figures}</article></body></html>'
    )
    article = read(html, "https://www.example.co.uk/news/people/goat-in-pictures-4512112")
    assert article.kind is Kind.GALLERY
    assert [image.credit for image in article.images] == ["Una Frith"] * 7


def test_the_author_of_two_sources_keeps_role_and_agency() -> None:
    article = read(
        page(
            byline='<div class="byline">By Wilf Ottershaw, PA Rural Affairs Correspondent</div>',
            head=ld(author='{"@type":"Person","name":"Wilf Ottershaw"}'),
        )
    )
    assert article.authors == (Author("Wilf Ottershaw", "Rural Affairs Correspondent", "PA"),)
