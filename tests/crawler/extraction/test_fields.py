"""One field at a time: what wins where the sources of a page disagree."""

from __future__ import annotations

from crawler.catalogue.site import Site
from crawler.extraction import explain, extract
from pipelines.article import Author
from tests.table import table

URL = "https://www.example.co.uk/news/local/lantern-parade-returns-to-the-quay-7654321"
TEXT = "<p>" + "The lantern parade came back to the quay on Saturday, after four years away. " * 4 + "</p>"
HEADING = "<h1>Lantern parade returns to the quay</h1>"


def page(head: str = "", top: str = "", heading: str = HEADING, bottom: str = "") -> str:
    return (
        f"<html lang=en-GB><head>{head}</head><body><article>{heading}{top}<div "
        f"class=story-body>{TEXT}{TEXT}</div>{bottom}</article></body></html>"
    )


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {fields}}}</script>'


@table(
    ("html", "headline"),
    [
        (page('<meta property="og:title" content="Parade is back">'), "Lantern parade returns to the quay"),
        (
            page(
                heading="<h1>The Quay Mail</h1>",
                head='<meta property="og:site_name" content="The Quay Mail">' + ld('"headline": "Parade is back"'),
            ),
            "Parade is back",
        ),
        (page(heading="", head="<title>Lantern parade returns | The Quay Mail</title>"), "Lantern parade returns"),
        (
            page(heading="<div itemprop=headline>Lantern parade returns</div>", head="<title>Parade is back</title>"),
            "Lantern parade returns",
        ),
        (page(heading="", head='<meta property="og:title" content="It&amp;#8217;s back - Mail">'), "It’s back"),
        (
            page(
                heading="<h1>Logo text</h1><h2>Lantern parade returns</h2>",
                head='<meta property="og:title" content="Lantern parade returns">',
            ),
            "Lantern parade returns",
        ),
    ],
)
def test_headline(html: str, headline: str) -> None:
    assert extract(html, URL).headline == headline


_OTHER = (
    "<a itemprop=url href=/other><b itemprop=headline>The bridge reopens</b></a><i itemprop=author>Ann Moore</i>"
    "<meta itemprop=dateModified content=2024-02-01T08:00Z><time itemprop=datePublished datetime=2024-01-11T08:00Z>11 Jan</time>"
)
_NAMED = f"<section itemscope itemtype='https://schema.org/NewsArticle'>{_OTHER}</section>"
_LINKED = (
    "<div itemscope itemtype='http://schema.org/Article'><a href=/other>The bridge reopens</a>"
    "<meta itemprop=datePublished content=2024-01-11T08:00Z><meta itemprop=author content='Ann Moore'></div>"
)
_RDFA = (
    "<div about=/other typeof='schema:Article'><h2 property='schema:name'>The bridge reopens</h2>"
    "<span property='schema:dateCreated' content=2024-01-11T08:00Z></span></div>"
)


@table("teaser", [_NAMED, _LINKED, _RDFA])
def test_microdata_of_another_story_is_not_believed(teaser: str) -> None:
    head, day = "<title>Lantern parade returns to the quay</title>", "<p>3 May 2025</p>"
    for html in (page(head, top=f"{teaser}{day}"), page(head, top=day, bottom=teaser)):
        article = extract(html, URL)
        assert (article.authors, str(article.date_published), article.date_modified) == ((), "2025-05-03", None)


@table(
    ("markup", "published", "modified"),
    [
        (
            "<p class=when aria-label='Published: 9:05 a.m. UTC March 4, 2025 Updated: 11:30 a.m. UTC March 5, 2025'></p>",
            "2025-03-04T09:05:00Z",
            "2025-03-05T11:30:00Z",
        ),
        ("<span class=x9 data-tooltip='4 March 2025, 09:05 UTC'>4 Mar</span>", "2025-03-04T09:05:00Z", "None"),
        ("<a href=#x aria-label='The fair of 4 March 2025 in pictures'>More</a>", "None", "None"),
    ],
)
def test_times_in_labels_for_screen_readers(markup: str, published: str, modified: str) -> None:
    article = extract(page(top=markup), URL)
    assert (str(article.date_published), str(article.date_modified)) == (published, modified)


@table(
    ("markup", "standfirst"),
    [
        ('<div class="teaser-text"><p>It had been away for four years.</p></div>', "It had been away for four years."),
        ('<div class="teaser-text"><a href=/x>It had been away for four years.</a></div>', None),
    ],
)
def test_standfirst_in_a_box_named_teaser(markup: str, standfirst: str | None) -> None:
    assert extract(page(top=markup), URL).description == standfirst


def test_the_first_paragraph_named_as_a_lead_is_the_standfirst_if_none_is_declared() -> None:
    lead = "The lantern parade is back, after four years away, and the quay was full."
    text = f"<html><body><article>{HEADING}<p class=lead>{lead}</p>{TEXT}{TEXT}</article></body></html>"
    assert extract(text, URL).description == lead
    assert extract(f'<meta name="description" content="A parade is back.">{text}', URL).description == "A parade is back."


PRINTED = '<div class="byline">By Nia Vaughan</div>'


@table(
    ("html", "names"),
    [
        (page(ld('"author": {"@type": "Person", "name": "Nia Vaughan"}')), ["Nia Vaughan"]),
        (page('<meta name="author" content="Nia Vaughan">'), ["Nia Vaughan"]),
        (page(top=PRINTED), ["Nia Vaughan"]),
        # The paper as a person in the data, the reporter on the page.
        (
            page(
                '<meta property="og:site_name" content="The Quay Mail">'
                + ld('"author": {"@type": "Person", "name": "The Quay Mail"}'),
                PRINTED,
            ),
            ["Nia Vaughan"],
        ),
        (
            page(
                top=(
                    '<div class="byline">By <a href="/authors/nia-vaughan/">Nia '
                    'Vaughan</a> <time datetime="2025-01-04">4 January</time></div>'
                )
            ),
            ["Nia Vaughan"],
        ),
        (page('<meta property="article:author" content="https://www.facebook.com/quaymail">'), []),
        # A name in a teaser or under a picture is not the author's.
        (page(top='<div class="related"><span class="author">Bo Lind</span></div>'), []),
        (page(top='<figure><img src=a.jpg><figcaption>Lanterns <span class="author">Bo Lind</span></figcaption></figure>'), []),
    ],
)
def test_authors(html: str, names: list[str]) -> None:
    assert [author.name for author in extract(html, URL).authors] == names


def test_role_and_agency_of_a_printed_byline() -> None:
    article = extract(page(top="<p>By contributor Nia Vaughan, PA Arts Correspondent</p>"), URL)
    assert article.authors == (Author("Nia Vaughan", "Arts Correspondent", "PA"),)
    assert article.byline == "By contributor Nia Vaughan, PA Arts Correspondent"


@table(
    ("html", "published", "modified"),
    [
        (
            page(ld('"datePublished": "2025-07-05T20:10:30+01:00", "dateModified": "2025-07-06T08:00:00Z"')),
            "2025-07-05T19:10:30Z",
            "2025-07-06T08:00:00Z",
        ),
        # Printed local time, in the zone of the country.
        (page(top='<p class="date">Published: 5 July 2025, 20:10</p>'), "2025-07-05T19:10:00Z", None),
        # The data moved with the update; the page still prints the first publication.
        (
            page(
                ld('"datePublished": "2025-07-06T08:00:00Z", "dateModified": "2025-07-06T08:00:00Z"'),
                '<p class="date">Published 5th Jul 2025, 20:10 BST</p>',
            ),
            "2025-07-05T19:10:00Z",
            "2025-07-06T08:00:00Z",
        ),
        # Local time marked Z: the epoch value on the same element has no zone to get wrong.
        (
            page(
                ld('"datePublished": "2025-07-05T20:10:30Z"'),
                '<time datetime="2025-07-05 20:10:30" data-timestamp="1751742630">5th July</time>',
            ),
            "2025-07-05T19:10:30Z",
            None,
        ),
        # Sentinels are missing, not wrong.
        (
            page(
                ld('"datePublished": "0001-01-01T00:00:00Z"')
                + '<meta property="article:published_time" content="2025-07-05T19:10:30Z">'
            ),
            "2025-07-05T19:10:30Z",
            None,
        ),
        (page(top='<time class="updated" datetime="2025-07-06T08:00:00Z">Updated</time>'), None, "2025-07-06T08:00:00Z"),
        # A time in the text, or of another article, is not the page's.
        (page(bottom='<div class="related"><time datetime="2020-01-01T00:00:00Z">x</time></div>'), None, None),
    ],
)
def test_times(html: str, published: str | None, modified: str | None) -> None:
    article = extract(html, URL)
    assert (article.date_published and str(article.date_published), article.date_modified and str(article.date_modified)) == (
        published,
        modified,
    )


def test_a_stamp_tells_where_it_was_found() -> None:
    stamp = extract(page(ld('"datePublished": "2025-07-05T20:10:30+01:00"')), URL).date_published
    assert stamp is not None
    assert (stamp.source, stamp.raw) == ("jsonld.datePublished", "2025-07-05T20:10:30+01:00")


def test_the_zone_of_the_site_reads_printed_times() -> None:
    site = Site(id="x", name="X", url="https://www.example.com/", timezone="America/Chicago")
    article = extract(
        page(top='<p class="date">Published: July 5, 2025 8:10 p.m.</p>'), "https://www.example.com/a/b-c-d-e", site
    )
    assert str(article.date_published) == "2025-07-06T01:10:00Z"


@table(
    ("html", "description"),
    [
        (
            page(top='<p class="standfirst">Four hundred lanterns lit the water for the first time since 2021.</p>'),
            "Four hundred lanterns lit the water for the first time since 2021.",
        ),
        (page('<meta name="description" content="Lanterns lit the water.">'), "Lanterns lit the water."),
        (
            page(
                '<meta property="og:description" content="Four hundred lanterns lit the water for the first...">'
                '<meta name="description" content="Four hundred lanterns lit the water for the first time since 2021.">'
            ),
            "Four hundred lanterns lit the water for the first time since 2021.",
        ),
        (page(top='<p class="subtitle">Lantern parade returns to the quay</p>'), None),
        (
            # The box around heading and standfirst has a name that sounds like furniture; what machines are told is older.
            page(
                '<meta property="og:description" content="Four hundred lanterns lit the water for the first time since 2021.">',
                heading='<div class="share-frame"><h1>Lantern parade returns to the quay</h1>'
                "<p>Five hundred lanterns lit the water for the first time since 2021.</p></div>",
            ),
            "Five hundred lanterns lit the water for the first time since 2021.",
        ),
    ],
)
def test_description(html: str, description: str | None) -> None:
    assert extract(html, URL).description == description


@table(
    ("html", "topics"),
    [
        (page(ld('"keywords": ["Parades", "Quay"]')), ("Parades", "Quay")),
        (
            page('<meta property="article:tag" content="Parades"><meta property="article:tag" content="Quay">'),
            ("Parades", "Quay"),
        ),
        (
            page(bottom='<ul class="article-tags"><li><a href="/x">Parades</a></li><li><a href="/y">Quay</a></li></ul>'),
            ("Parades", "Quay"),
        ),
        (page(ld('"keywords": ["parade", "nlp:entity:quay", "8f507083-bac4-423a-9015-2eb31e1bce50", "123"]')), ("parade",)),
        # Words for search engines of which the article says nothing.
        (page('<meta name="keywords" content="news, weather, sport, cinema, jobs">'), ()),
    ],
)
def test_topics(html: str, topics: tuple[str, ...]) -> None:
    assert extract(html, URL).topics == topics


@table(
    ("link", "canonical"),
    [
        (URL, URL),
        (
            "https://sister.example.com/news/local/lantern-parade-returns-to-the-quay-7654321",
            "https://sister.example.com/news/local/lantern-parade-returns-to-the-quay-7654321",
        ),
        ("https://www.example.co.uk/", None),
        ("https://www.example.co.uk/news", None),
        ("javascript:void(0)", None),
    ],
)
def test_canonical(link: str, canonical: str | None) -> None:
    assert extract(page(f'<link rel="canonical" href="{link}">'), URL).canonical_url == canonical


@table(("value", "free"), [("false", False), ('"False"', False), ("true", True), ('"True"', True), ("null", None)])
def test_accessible_for_free(value: str, free: bool | None) -> None:
    assert extract(page(ld(f'"isAccessibleForFree": {value}')), URL).is_accessible_for_free is free


@table(
    ("below", "free"),
    [
        ("<div class=x1f><p>Subscribe to continue reading this article.</p><a href=/subscribe>See the offers</a></div>", False),
        ("<h3>Abonnez-vous pour lire la suite</h3>", False),
        ("<div class=ad></div><div><strong>続きを読むには会員登録が必要です</strong></div>", False),
        ("<div style='display:none'><p>Subscribe to continue reading this article.</p></div>", None),
        ("<div hidden><div><p>Subscribe to continue reading this article.</p></div></div>", None),
        ("<section class=comments><p>Log in to continue reading</p></section>", None),
        ("<p>Subscribe to our newsletter</p>", None),
        ("<footer><p>Subscribe to continue reading</p></footer>", None),
    ],
)
def test_a_wall_that_is_printed_below_the_text(below: str, free: bool | None) -> None:
    assert extract(page(bottom=below), URL).is_accessible_for_free is free


def test_pictures_with_caption_and_credit() -> None:
    figures = (
        '<figure><img src="/a.jpg" alt="Lanterns"><figcaption>Lanterns on the water (Bo Lind/PA)</figcaption></figure>'
        '<div class="photo"><img data-src="/b.jpg" src="data:,"><p class="caption">The band plays</p></div>'
        '<figure><img src="/logo.png"></figure>'
    )
    images = extract(page(top=figures), URL).images
    assert [(image.url, image.caption, image.credit) for image in images] == [
        ("https://www.example.co.uk/a.jpg", "Lanterns on the water", "Bo Lind/PA"),
        ("https://www.example.co.uk/b.jpg", "The band plays", None),
        ("https://www.example.co.uk/logo.png", None, None),
    ]


def test_explain_keeps_what_was_proposed() -> None:
    explanation = explain(page('<meta property="og:title" content="Parade is back">'), URL)
    assert {(one.source, one.value) for one in explanation.proposals.headlines} == {
        ("meta.og:title", "Parade is back"),
        ("printed.h1", "Lantern parade returns to the quay"),
    }
    assert explanation.article == extract(page('<meta property="og:title" content="Parade is back">'), URL)


def test_the_pictures_of_a_gallery_lose_their_numbers() -> None:
    figures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{n}. Boat number {n} on the river. Photo: Una Pell</figcaption></figure>"
        for n in range(1, 6)
    )
    captions = [image.caption for image in extract(f"<article><h1>The boats</h1>{figures}</article>", URL).images]
    assert captions == [f"Boat number {n} on the river." for n in range(1, 6)]


def test_a_caption_that_begins_with_a_figure_keeps_it() -> None:
    figures = "".join(f"<figure><img src=/{n}.jpg><figcaption>{n}. FC Bury at home</figcaption></figure>" for n in (1, 1))
    assert extract(f"<article><h1>The match</h1>{figures}</article>", URL).images[0].caption == "1. FC Bury at home"


TOPICS = {
    "the first list": ({"keywords": "Boats, Rivers"}, ["Boats", "Rivers"]),
    "the editor's choice of many": (
        {"article:tag": "", "parsely-tags": "Boats, Rivers, Ferries, Desk Team", "news_keywords": "Boats, Rivers, Ferries"},
        ["Boats", "Rivers", "Ferries"],
    ),
    "the longer list that holds a short one": (
        {"parsely-tags": "Boats", "keywords": "Boats, Rivers, Ferries"},
        ["Boats", "Rivers", "Ferries"],
    ),
    "words of the whole site": ({"keywords": "News, Sport, Weather, Business, Opinion"}, []),
}


@table("name", TOPICS)
def test_topics_of_several_lists(name: str) -> None:
    metas, topics = TOPICS[name]
    head = "".join(f'<meta name="{key}" content="{value}">' for key, value in metas.items() if value)
    html = f"{head}<h1>Boats on two rivers</h1><p>The ferries cross both rivers, and the boats follow them, said the boatmen.</p>"
    assert list(extract(html, URL).topics) == topics
