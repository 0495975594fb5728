"""Captions and credits as pages lay them out: beside the picture, in parts, told only in attributes, or of something else."""

from __future__ import annotations

from crawler.extraction import extract
from tests.table import table

URL = "https://www.example.org/news/the-heron"
PROSE = "".join(
    f"<p>The heron has stood by the weir for {n} days now, and nobody has seen it catch a thing.</p>" for n in range(5)
)
TOP = "<figure><img src=/top.jpg><figcaption>The weir at noon.</figcaption></figure>"
FIRST = ("The weir at noon.", None)


def pictures(markup: str, top: str = "") -> list[tuple[str | None, str | None]]:
    html = f"<title>The heron</title><article><h1>The heron stays</h1>{top}<div class=body>{PROSE}{markup}{PROSE}</div></article>"
    return [(image.caption, image.credit) for image in extract(html, URL).images]


@table(
    ("markup", "found"),
    [
        # The caption stands beside its figure: one picture.
        (
            (
                "<div class=media><figure><img src=/a.jpg></figure><div class=caption><figcaption>At the weir. Foto: Bo Lind"
                "</figcaption></div></div>"
            ),
            [("At the weir.", "Bo Lind")],
        ),
        # The same picture for two widths of screen.
        ("<figure><img src=/a.jpg><figcaption>The heron at dusk.</figcaption></figure>" * 2, [("The heron at dusk.", None)]),
        # Two pictures with one caption.
        (
            "".join(f"<figure><img src=/{n}.jpg><figcaption>The heron at dusk.</figcaption></figure>" for n in "ab"),
            [("The heron at dusk.", None)] * 2,
        ),
        # The credit in the figure, beside the caption, its box named by a build tool.
        (
            (
                "<figure><div class=e_by><img src=/a.jpg><span class=e_bz>Foto: Bo Lind, Weir Post</span></div>"
                "<figcaption>The heron at dusk.</figcaption></figure>"
            ),
            [("The heron at dusk.", "Bo Lind, Weir Post")],
        ),
        # "View 6 Images" is a button.
        (
            "<figure><img src=/a.jpg><span>View 6 Images</span><figcaption>The heron at dusk.</figcaption></figure>",
            [("The heron at dusk.", None)],
        ),
        # The credit and its house in two parts.
        (
            (
                "<figure><img src=/a.jpg><figcaption><span class=caption>The heron at dusk.</span> "
                "<span class=credit>Photo by bo lind</span> /<span class=distributor>Weir News</span></figcaption></figure>"
            ),
            [("The heron at dusk.", "bo lind/Weir News")],
        ),
        # A credit on its own line.
        (
            "<figure><img src=/a.jpg><figcaption><span>Getty Images</span><br>The heron was seen at dusk.</figcaption></figure>",
            [("The heron was seen at dusk.", "Getty Images")],
        ),
        # A caption that is marked up as a heading.
        (
            "<figure><img src=/a.jpg><figcaption><h2 class=image__caption>The heron at dusk.</h2></figcaption></figure>",
            [("The heron at dusk.", None)],
        ),
        # One box is named caption, and holds picture and text.
        ("<p class=caption><span><img src=/a.jpg></span><span>The heron at dusk.</span></p>", [("The heron at dusk.", None)]),
        # The alternative text, printed below in a box of no name.
        (
            "<div class=f4><img src=/a.jpg alt='The heron at dusk'></div><div class=a5><span>The heron at dusk</span></div>",
            [("The heron at dusk", None)],
        ),
        # The title says the alternative text and goes on with the credit.
        (
            (
                "<figure><img src=/a.jpg alt='A heron at dusk' title='A heron at dusk | Foto: Bo Lind'>"
                "<figcaption>It has come to stay.</figcaption></figure>"
            ),
            [("It has come to stay.", "Bo Lind")],
        ),
        # A caption in a box of its own, far more text below it.
        (
            (
                f"<div class=item><h4>The weir</h4><div><img src=/w.jpg></div><p class=caption-text>It has come to stay.</p>"
                f"<p>{'Nobody has seen it catch a thing. ' * 40}</p></div>"
            ),
            [("It has come to stay.", None)],
        ),
        # A name behind the caption, in an element of its own.
        (
            "<figure><img src=/a.jpg><figcaption><b>At the weir.</b><span class=q_m>Bo Lind</span></figcaption></figure>",
            [("At the weir.", "Bo Lind")],
        ),
        # The maker and the house in parts of their own, with a sign between them.
        (
            (
                "<figure><img src=/a.jpg><div class=credit>Bo Lind</div><div class=parts>/</div><div class=house>Quay FM</div>"
                "<figcaption>The heron stood at the weir all day.</figcaption></figure>"
            ),
            [("The heron stood at the weir all day.", "Bo Lind/Quay FM")],
        ),
        # A line that names the maker makes a figure of any short box, and of the paragraph after a picture.
        (
            "<div class=mb-4><span class=block>Photo: Bo Lind</span><img src=/a.jpg><p>The heron at the weir.</p></div>",
            [("The heron at the weir.", "Bo Lind")],
        ),
        ("<p><img src=/a.jpg><br><em>The heron at the weir. Photo: Bo Lind</em></p>", [("The heron at the weir.", "Bo Lind")]),
        ("<p><img src=/a.jpg></p><p>The heron at the weir. Photo: Bo Lind</p>", [("The heron at the weir.", "Bo Lind")]),
        ("<p><img src=/a.jpg></p><p>It has come to stay, says a photo in the paper.</p>", [(None, None)]),
        (
            (
                "<div class=slide><img src=/a.jpg><div class=t><p>It came in 2019.</p><i class=credit>Bo Lind</i></div></div>"
                "<div class=slide><img src=/b.jpg><div class=t><p>It sat there.</p><i class=credit>Bo Lind</i></div></div>"
            ),
            [("It came in 2019.", "Bo Lind"), ("It sat there.", "Bo Lind")],
        ),
        (
            "<figure><img src=/a.jpg><figcaption>At the weir. <a href=/p/anna>Anna Lind</a></figcaption></figure>",
            [("At the weir.", "Anna Lind")],
        ),
        (
            "<figure><img src=/a.jpg><figcaption>At the weir. <a href=/y>Watch on Quay TV</a></figcaption></figure>",
            [("At the weir. Watch on Quay TV", None)],
        ),
        # A picture that the style shows.
        (
            "<div class=photo style='background-image:url(/a.jpg)'></div><div class=caption>At the weir.</div>",
            [("At the weir.", None)],
        ),
        # A writer's portrait, whose alternative text is the name beside it.
        ("<div><img src=/w.jpg alt='Anna Lindqvist'><p>Anna Lindqvist</p></div>", []),
        # A table is no picture, and the label of an advertisement no caption.
        ("<figure><table><tr><td>Friday</td><td>two fish</td></tr></table></figure>", []),
        ("<div class=image-caption><img src=/a.jpg><p>Advertisement:</p></div>", []),
        # A figure by its form alone, as build tools name it.
        (
            (
                f"<p>{'It stood there all day. ' * 6}</p><div class=sc-9x><div class=sc-8k><img src=/f.jpg width=900></div>"
                f"<div class=sc-7m>It has come to stay.</div></div><p>{'It did not move at all. ' * 6}</p>"
            ),
            [("It has come to stay.", None)],
        ),
        # Large, between the paragraphs or in one of them.
        (f"<p>{'It stood there. ' * 9}</p><img src=/a.jpg width=900 alt=Heron><p>{'It did not move. ' * 9}</p>", [(None, None)]),
        (f"<p>{'It stood there. ' * 9}</p><p><img src=/a.jpg width=900> It did not move at all.</p>", [(None, None)]),
        (f"<p>{'It stood there. ' * 9}</p><div><a href=/b><img src=/a.jpg width=900> It moves</a></div>", []),
        # Who said it, under a quotation.
        ("<div class=Quote><p>It does not move.</p><figcaption><img src=/q.svg>Bo Lind</figcaption></div>", []),
        # How long it takes to read, beside the writer's portrait.
        ("<figure><img src=/a.jpg><figcaption>Reading time: 3 min read</figcaption></figure>", []),
    ],
)
def test_picture(markup: str, found: list[tuple[str | None, str | None]]) -> None:
    assert pictures(markup) == found


@table(
    "markup",
    [
        # A film further down is a piece of its own.
        "<figure class=video-wrapper><img src=/v.jpg><figcaption>How the weir was built</figcaption></figure>",
        "<figure data-video-id=1><img src=/v.jpg><figcaption>How the weir was built</figcaption></figure>",
        # A caption that is but a link to another page of the site.
        "<figure><img src=/v.jpg><figcaption><a href=/news/weir>How the weir was built in a year</a></figcaption></figure>",
        # A card whose heading is the alternative text.
        "<a href=/news/weir><div><img src=/v.jpg alt='The weir was built'></div><span>The weir was built</span></a>",
    ],
)
def test_what_is_of_another_story(markup: str) -> None:
    assert [found for found in pictures(markup, TOP) if found[0]] == [FIRST]


def test_a_film_on_top_is_the_picture_of_the_article() -> None:
    top = "<figure class=video-wrapper><img src=/v.jpg><figcaption>The heron at dusk.</figcaption></figure>"
    assert pictures("", top) == [("The heron at dusk.", None)]


def test_a_link_to_the_whole_picture_is_no_teaser() -> None:
    markup = "<figure><img src=/a.jpg><figcaption><a href=/big/a.jpg>The heron at dusk by the weir.</a></figcaption></figure>"
    assert pictures(markup) == [("The heron at dusk by the weir.", None)]


def test_a_picture_more_below_a_paragraph_makes_no_caption_of_it() -> None:
    text = f"The heron has not moved since the lock keeper saw it{', or so he wrote,' * 9} and he has a book for such things."
    for below in ("", "<div><a href=/x><img src=/x.jpg>The weir was built</a></div>"):
        html = f"<article><h1>The heron stays</h1><div class=media-object><p>{text}</p>{below}</div></article>"
        article = extract(f"<title>The heron</title>{html}", URL)
        assert (article.body, [image.caption for image in article.images if image.caption]) == (text, [])


def test_a_credit_below_the_headline_is_of_no_picture_above_it() -> None:
    html = f"<article><figure><img src=/a.jpg></figure><h1>The heron stays</h1><p class=credit>Weir Post</p>{PROSE}</article>"
    assert [image.credit for image in extract(f"<title>The heron</title>{html}", URL).images] == [None]


def about(image: str) -> str:
    item = f'{{"@type":"NewsArticle","headline":"The heron stays","image":{image}}}'
    return f'<script type="application/ld+json">{item}</script>'


@table(
    ("head", "urls"),
    [
        ('<meta property="og:image" content="/big/heron.jpg">', ["https://www.example.org/big/heron.jpg"]),
        ('<meta property="og:image" content="/img/site-logo.png">', []),
        ('<meta property="og:image" content="data:image/png;base64,AAAA">', []),
        (about('[{"@type":"ImageObject","url":"/heron.jpg","caption":"A heron"}]'), ["https://www.example.org/heron.jpg"]),
        (about("[]"), []),
        (about('[{"url":7}]'), []),
    ],
)
def test_where_no_picture_is_printed_the_one_machines_are_told_is_kept_without_words(head: str, urls: list[str]) -> None:
    found = extract(f"<title>The heron</title>{head}<article><h1>The heron stays</h1>{PROSE}</article>", URL).images
    assert [(image.url, image.caption, image.credit) for image in found] == [(url, None, None) for url in urls]
