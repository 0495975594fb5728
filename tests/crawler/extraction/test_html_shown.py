"""What browsers show and a parser of documents would lose; what is struck out; files of pictures."""

from __future__ import annotations

import time

from crawler.extraction import extract
from crawler.extraction.markup.html_shown import with_shown
from pipelines.article import Article
from tests.table import table

URL = "https://www.fjordpost.example/kultur/the-choir-sings-again-88213"
LINES = (
    "The choir of the old chapel will sing again in May, after three years in which its hall was closed.",
    "Its leader said that two hundred people had asked for tickets within the first hour of the sale.",
    "The council has paid for a new roof, and the parish for the organ, which was built in 1871.",
    "A second evening will follow in June if the first one sells out, the leader told this paper.",
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)


def read(inside: str) -> Article:
    head = "<!doctype html><html lang=en><head><title>The choir sings again</title></head>"
    return extract(f"{head}<body><main><article>{inside}</article></main></body></html>", URL)


HEADING = "<h1>The choir sings again</h1>"


@table(
    "inside",
    [
        f"<choir-story><template shadowrootmode=open>{TEXT}</template></choir-story>",
        f"<choir-story><template shadowrootmode='closed' shadowrootclonable><div>{TEXT}</div></template></choir-story>",
        f"<div><template shadowroot=open><section>{TEXT}</section></template></div>",
        f"<x-page><template shadowrootmode=open><x-t><template shadowrootmode=open>{TEXT}</template></x-t></template></x-page>",
        f"<x-page><template shadowrootmode=open><template><p>A card to be filled.</p></template>{TEXT}</template></x-page>",
        f"<noscript>{TEXT}</noscript>",
        f"<div class=text><noscript class=n><div>{TEXT}</div></noscript></div>",
    ],
)
def test_what_is_shown_is_read(inside: str) -> None:
    body = read(HEADING + inside).body
    assert body == "\n\n".join(LINES)


@table(
    "inside",
    [
        "<template><p>A card to be filled by a script, with a sentence in it.</p></template>",
        "<noscript><p>Please switch on JavaScript in your browser to read our site in full.</p></noscript>",
        "<noscript><img src='https://count.example/p.gif?id=8' width=1 height=1></noscript>",
    ],
)
def test_what_is_not_shown_is_not_read(inside: str) -> None:
    article = read(HEADING + TEXT + inside)
    assert (article.body, article.images) == ("\n\n".join(LINES), ())


@table(
    "before",
    [
        "<header><button class=menu>Menu<div class=bars><div></button></header>",
        "<nav><ul class=menu><li><a href=/sport>Sport</a><div></ul></nav>",
        "<nav><ul><li><div><a href=/a>Town</a><li><div><a href=/b>County</a></ul></nav>",
        "<header><div title='a > b'><nav><div class=top></nav></div></header>",
        "<aside class=related><div><p>The mayor will open the new bridge on Friday, the town hall said.</aside>",
        "<footer class=nav><section><div></section></footer>",
        "<NAV><DIV><DIV></NAV>",
        "<header><nav><ul><li><a href=/a>Town</a><li><button>Menu<span></span>",
        "<header><div><button>Menu</div><nav><ol><li><a href=/a>Town</a>",
        "<aside><ul><li><a href=/a>Town</a></ul><footer>",
    ],
)
def test_a_box_that_is_never_closed_ends_with_what_is_around_it(before: str) -> None:
    page = f"<!doctype html><html lang=en><title>The choir sings again</title><body>{before}<main>{HEADING}{TEXT}</main></body>"
    assert extract(page, URL).body == "\n\n".join(LINES)


def test_a_table_keeps_its_cells_where_a_box_in_one_is_never_closed() -> None:
    row = "<table><tr><td><div>Tickets</td><td>12 pounds</td></tr></table>"
    assert with_shown(row.encode()) == b"<table><tr><td><div>Tickets</div></td><td>12 pounds</td></tr></table>"


@table("tags", ["<div>" * 60_000 + "</nav>" * 30_000, "<li><div>" * 40_000, '<div a="' * 50_000, "<div " + "a='' " * 50_000])
def test_boxes_without_end_take_no_time(tags: str) -> None:
    began = time.process_time()
    with_shown(tags.encode())
    assert time.process_time() - began < 20


@table(
    "marked,shown,glued",
    [
        ("built in <del>1817</del><ins>1871</ins>.", "1817 1871.", "18171871"),
        ("by Anna <s>Holm</s>Holt, who", "Holm Holt, who", "HolmHolt"),
        ("by Anna <strike>Holm</strike> Holt", "Holm Holt", "HolmHolt"),
        ("in <b><del>1817</del></b><b><ins>1871</ins></b>.", "1817 1871.", "18171871"),
        ('for <span class="strikethrough">80</span><span>90</span> pounds', "80 90 pounds", "8090"),
        ("<ins>ninety</ins><del>eighty</del> seats", "ninety eighty seats", "ninetyeighty"),
        ("<del><b>Monday</b></del><b>Friday</b>", "Monday Friday", "MondayFriday"),
        ('for <span style="text-decoration: line-through">80</span>90 pounds', "80 90 pounds", "8090"),
        ("sold <del>(out)</del>, they said", "(out), they", "(out) ,"),
    ],
)
def test_struck_out_text_stands_apart(marked: str, shown: str, glued: str) -> None:
    article = read(f"<h1>Choir: {marked}</h1>{TEXT}<p>It was said on Monday: {marked} That is what the leader told us.</p>")
    for text in (article.body, article.headline or ""):
        assert shown.rstrip(".") in text
        assert glued not in text


@table("marked", ["<b>W</b>inter", "w<sup>2</sup>", "un<em>believ</em>able", "choir<ins>s</ins>", "<span>Win</span>ter"])
def test_words_in_several_elements_stay_words(marked: str) -> None:
    body = read(f"{HEADING}{TEXT}<p>It was said on Monday that {marked} would be sung by all of them.</p>").body
    assert (
        marked.replace("<", " <").split("<")[0].strip() + "".join(part.partition(">")[2] for part in marked.split("<")[1:])
        in body
    )


@table(
    "picture,file",
    [
        ("<figure><img srcset='/s-300.jpg 300w, /s-900.jpg 900w, /s-600.jpg 600w' alt=x></figure>", "/s-900.jpg"),
        ("<figure><img srcset='/one.jpg 1x, /two.jpg 2x'></figure>", "/two.jpg"),
        ("<figure><img srcset='/i/w_3,c_a/s.jpg 3w, /i/w_9,c_a/s.jpg 9w'></figure>", "/i/w_9,c_a/s.jpg"),
        ("<figure><picture><source srcset='/s.webp 800w' type=image/webp><img alt=x></picture></figure>", "/s.webp"),
        ("<figure><picture><source data-srcset='/s.webp'><img src='data:image/gif;base64,R0lGOD'></picture></figure>", "/s.webp"),
        ("<figure><picture><source srcset='/small.webp'><img src='/main-file.jpg'></picture></figure>", "/main-file.jpg"),
        ("<figure><a href='/whole.jpg'><img src='data:image/gif;base64,R0lGOD'></a></figure>", "/whole.jpg"),
        ("<figure><lazy-image src='/late.webp'></lazy-image><figcaption>A heron at dusk.</figcaption></figure>", "/late.webp"),
        ("<figure><div data-bg='/behind.jpg'></div><figcaption>A heron at dusk.</figcaption></figure>", "/behind.jpg"),
        ("<figure><img data-lazy-srcset='/s-300.jpg 300w, /s-800.jpg 800w' src='/placeholder.gif'></figure>", "/s-800.jpg"),
        ("<figure><img data-hires='/photos/s-big.jpg' src='data:image/gif;base64,R0lGOD'></figure>", "/photos/s-big.jpg"),
        ("<figure><img src='data:image/gif;base64,R0'><noscript><img src='/photos/s.jpg'></noscript></figure>", "/photos/s.jpg"),
        ("<figure><noscript><img src='/photos/s.jpg' alt=x></noscript></figure>", "/photos/s.jpg"),
        ("<figure><img data-src='/photos/s.jpg'><noscript><img src='/photos/other.jpg'></noscript></figure>", "/photos/s.jpg"),
        ("<p><img src='/photos/s.jpg' width=640 height=400></p>", "/photos/s.jpg"),
        ("<p><a href='/photos/s-big.jpg'><img src='/photos/s.jpg'></a></p>", "/photos/s.jpg"),
        ("<div><img class='alignnone size-large wp-image-8' src='/photos/s.jpg'></div>", "/photos/s.jpg"),
    ],
)  # fmt: skip
def test_the_file_of_a_picture(picture: str, file: str) -> None:
    article = read(HEADING + f"<p>{LINES[0]}</p>" + picture + TEXT)
    assert [image.url for image in article.images] == ["https://www.fjordpost.example" + file]


@table(
    "picture",
    [
        "<img src='https://count.example/p.gif' width=1 height=1>",
        "<p><img src='/anna.jpg' width=80 height=80></p>",
        "<div class=author><img src='/anna.jpg' width=400 height=400></div>",
        "<p><a href='/kultur/another-story-88214'><img src='/photos/t.jpg' width=640 height=400></a></p>",
        "<p><img src='/img/divider.gif'></p>",
        "<p>Share <img src='/img/arrow.png'></p>",
        "<aside class=related><img src='/photos/t.jpg' width=640 height=400></aside>",
    ],
)
def test_what_is_no_picture_of_the_story(picture: str) -> None:
    assert read(HEADING + f"<p>{LINES[0]}</p>" + picture + TEXT).images == ()


@table("head", ["<title>Tides</title>", "<!doctype html><html><head><meta charset=utf-8><title>Tides</title></head>"])
def test_an_article_without_a_tag_of_the_body_is_none_of_the_head(head: str) -> None:
    prose = "<p>The tide came in at four in the morning, an hour before the pilots had told the harbour master to expect it.</p>"
    assert extract(f"{head}<article><h1>Tides</h1>{prose}</article>", "https://www.example.org/news/tides").body == prose[3:-4]
