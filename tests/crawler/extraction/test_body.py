"""The body: the container, what is cut out of it, what is kept. Each case is a shape that pages really have."""

from __future__ import annotations

from crawler.extraction import extract
from tests.table import table

URL = "https://www.example.org/news/the-mill-on-the-hill-burns-down"
ONE = "The old mill on the hill burned down on Monday night, and with it a century of carefully kept account books."
TWO = "Firefighters from four villages came, but the pond had been dry since July and the nearest hydrant is a mile away."
THREE = "“There was nothing we could do but watch,” said the miller, whose family had run it since the reign of Queen Anne."
H1 = "<h1>The mill on the hill burns down</h1>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body_of(html: str) -> list[str]:
    article = extract(f"<html><body>{html}</body></html>", URL)
    return article.body.split("\n\n") if article.body else []


FURNITURE = {
    "read more": '<p>READ MORE: <a href="/x">Ten other mills that burned down this year in the county</a></p>',
    "promotion in capitals": '<p><strong><a href="/x">WHY MILLS BURN: OUR EXPERT EXPLAINS ALL YOU NEED TO KNOW</a></strong></p>',
    "newsletter box": (
        '<div class="newsletter-signup"><p>Sign up to our morning newsletter, and get the news of the county every day.</p></div>'
    ),
    "related list": (
        '<div class="related"><h3>Related</h3><ul><li><a href="/a">A mill in the next valley, too</a></li></ul></div>'
    ),
    "teaser card": (
        '<div class="teaser"><a href="/a"><h3>Pond dries up</h3><p>The pond dried '
        "up in July, and nobody noticed until now.</p></a></div>"
    ),
    "share bar": '<ul class="social-share"><li><a href="#">Facebook</a></li><li><a href="#">Email</a></li></ul>',
    "figure": (
        "<figure><img src=a.jpg><figcaption>The mill as it was in 1911, with "
        "the miller's great-grandfather.</figcaption></figure>"
    ),
    "caption in a div": (
        '<div class="image"><img src=a.jpg><p class="caption">The mill as it was in 1911, with its miller in front.</p></div>'
    ),
    "ad label": "<div>Advertisement</div>",
    "script and style": (
        "<script>var x = 'A sentence in a script, with commas, and a full stop.';</script><style>p { color: red }</style>"
    ),
    "hidden": '<p style="display: none">This sentence is hidden from every reader, although it is as long as any other here.</p>',
    "cookie notice": (
        "<div><p>This website uses cookies to improve your experience; you can accept them or change your settings.</p></div>"
    ),
    "comments": (
        '<div id="comments"><p>I remember that mill well, my uncle worked there, and he always said that it would burn.</p></div>'
    ),
    "linked heading": '<h3><a href="/x">Also in this valley: the forge that floods</a></h3>',
    "notice of the house": "<p>Sorry, we are not accepting comments on this article.</p>",
    "label and link": '<p>From Upper Harbourside: <a href="/x">School choir to sing in July</a></p>',
    "title over links": '<h3>Nearby</h3><ul><li><a href="/x">Choir to sing</a></li><li><a href="/y">Fair moves</a></li></ul>',
    "plug without a link": "<p>Join our WhatsApp community and get the news of the valley first.</p>",
    "counters": "<p>💬 12 comments · 30 shares</p>",
    "german read more": '<p>Lesen Sie auch: <a href="/x">Wie Mühlen früher gelöscht wurden</a></p>',
}


@table("name", FURNITURE)
def test_furniture_leaves_the_body(name: str) -> None:
    assert body_of(f"{H1}<article>{p(ONE)}{FURNITURE[name]}{p(TWO, THREE)}</article>") == [ONE, TWO, THREE]


SHAPES = {
    "paragraphs in a named div": f'{H1}<div class="article-body">{p(ONE, TWO, THREE)}</div>',
    "no names at all": f"{H1}<div><div>{p(ONE, TWO, THREE)}</div></div>",
    "parted by advertisements": (
        f'{H1}<div><div class="txt">{p(ONE)}</div><div class="ad">Ad</div><div class="txt">{p(TWO, THREE)}</div></div>'
    ),
    "a div for every paragraph": (
        f'{H1}<div id=c><div class="markup">{ONE}</div><div class="markup">{TWO}</div><div class="markup">{THREE}</div></div>'
    ),
    "line breaks for paragraphs": f"{H1}<div>{ONE}<br><br>{TWO}<br/> <br/>{THREE}</div>",
    "a frame named for its sidebar": f'<div class="content with-sidebar"><main>{H1}{p(ONE, TWO, THREE)}</main></div>',
    "a frame named for its advertisements": (
        f'<div class="ad-wrapper">{H1}<div class="ads-container">{p(ONE, TWO, THREE)}</div></div>'
    ),
    "text in widgets": f'{H1}<div><div class="text-widget">{p(ONE)}</div><div class="text-widget">{p(TWO, THREE)}</div></div>',
    "a form around the page": f"<form id=aspnet>{H1}<div>{p(ONE, TWO, THREE)}</div></form>",
    "streamed in hidden": f'{H1}<div hidden id="S:0">{p(ONE, TWO, THREE)}</div>',
    "the next article below": (
        f"<article>{H1}{p(ONE, TWO, THREE)}</article><article><h1>Pond dries "
        f"up</h1>{p(TWO + ' x', ONE + ' y', THREE + ' z', ONE)}</article>"
    ),
    "unclosed tags": f"{H1}<div><p>{ONE}<p>{TWO}<p>{THREE}",
    "a short article below a header with its standfirst": (
        f'<article><div class="article-header">{H1}<div class="x1">{THREE[:80]}.</div></div>'
        f'<div class="x2">{p(ONE, TWO, THREE)}</div></article>'
    ),
    "a table for layout": (
        f"<table><tr><td>{H1}{p(ONE, TWO, THREE)}</td><td><a href=/a>One</a> <a href=/b>Two</a></td></tr></table>"
    ),
}


@table("name", SHAPES)
def test_the_body_is_found(name: str) -> None:
    assert body_of(SHAPES[name]) == [ONE, TWO, THREE]


@table("line", ("What the owner said", '<span class="grey">What the owner said</span>'))
def test_a_line_between_two_sentences_of_one_box_stays(line: str) -> None:
    body = body_of(f"{H1}<div>{ONE}<br><br>{line}<br><br>{TWO}<br><br>{THREE}</div>")
    assert body == [ONE, "What the owner said", TWO, THREE]


FOUR = "The insurers will come on Thursday, and until then nobody may cross the yard, where a part of the roof still hangs."
AD = "<div class=slot>Advertisement</div>"
MISNAMED = {
    "every paragraph is named for other articles": "".join(
        f'<p class="related-text">{text}</p>' for text in (ONE, TWO, "Nobody was hurt.", THREE, FOUR)
    ),
    "every paragraph is in a box for promotion": "".join(
        f'<div class="promo-block"><div class=col><p>{text}</p></div></div>'
        for text in (ONE, TWO, "Nobody was hurt.", THREE, FOUR)
    ),
    "the beginning is": f'<div class="promo-box">{p(ONE, TWO)}</div>{AD}{p("Nobody was hurt.", THREE, FOUR)}',
    "the middle is": f'{p(ONE)}<section class="widget-teaser">{p(TWO, "Nobody was hurt.", THREE)}</section>{p(FOUR)}',
    "subscribers' part in an aside": f"{p(ONE)}<aside class=more>{p(TWO, 'Nobody was hurt.', THREE)}</aside>{p(FOUR)}",
    "boxes of other names with advertisements between": (
        f"<div class=a>{p(ONE, TWO)}</div>{AD}<div class=b>{p('Nobody was hurt.', THREE)}</div>{AD}<div class=c>{p(FOUR)}</div>"
    ),
    "boxes in boxes": "".join(
        f'<div class="part-{place}"><div><div class=in>{p(*texts)}</div></div></div>{AD}'
        for place, texts in enumerate(((ONE, TWO), ("Nobody was hurt.", THREE), (FOUR,)))
    ),
}


@table("name", MISNAMED)
def test_a_name_hides_no_text(name: str) -> None:
    html = f"<nav><a href=/>Home</a></nav><main>{H1}<div class=page>{MISNAMED[name]}</div></main><footer><p>{TWO}</p></footer>"
    assert body_of(html) == [ONE, TWO, "Nobody was hurt.", THREE, FOUR]


BESIDE = {
    "an offer with a list": (
        "<section class=promo-offer><h2>Read on with the Valley Pass</h2><p>Four weeks for one pound, and you may leave "
        "when you like, by letter or by telephone.</p><ul><li>All articles, and the paper as it is printed</li>"
        "<li>The puzzle of the day</li></ul></section>"
    ),
    "one paragraph": "<div class=promo-box><p>The valley in a letter of our own, with the pictures of the week.</p></div>",
    "teasers": (
        "<div class=related-box><p><a href=/a>The pond that dried up in July is to be dug a yard deeper, they say.</a></p>"
        "<p><a href=/b>The forge in the next valley floods for the third time in as many years, and closes.</a></p></div>"
    ),
}


@table("name", BESIDE)
def test_what_stands_between_paragraphs_is_no_text_by_that(name: str) -> None:
    assert body_of(f"<main>{H1}<div class=page>{p(ONE, TWO)}{BESIDE[name]}{p(THREE, FOUR)}</div></main>") == [
        ONE,
        TWO,
        THREE,
        FOUR,
    ]


def test_subheadings_lists_and_quotes_stay() -> None:
    html = (
        f"{H1}<article>{p(ONE)}<h2>What is lost</h2><ul><li>Two millstones</li><li>Ninety "
        f"ledgers</li></ul><blockquote>{THREE}</blockquote>{p(TWO)}<h2>Most read</h2></article>"
    )
    assert body_of(html) == [ONE, "What is lost", "Two millstones", "Ninety ledgers", THREE, TWO]


def test_plugs_and_biographies_leave_the_end_only() -> None:
    subscribe = (
        "<p>He had asked readers to subscribe to a fund for the pond, and eleven of them did so within the week, he said.</p>"
    )
    tail = (
        "<p>Jo Fenwick is a reporter covering mills and water.</p><p>Follow us on Facebook for more.</p><p>© 2025 The Paper</p>"
    )
    assert body_of(f"{H1}<article>{p(ONE)}{subscribe}{p(TWO)}{tail}</article>") == [ONE, subscribe[3:-4], TWO]
