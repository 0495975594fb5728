"""Writers named outside of byline boxes, roles that only print tells, and names that are none."""

from __future__ import annotations

from crawler.extraction import extract
from pipelines.article import Author
from tests.table import table

URL = "https://www.example.org/news/the-ferry-is-back"
LINES = (
    "The ferry across the estuary is running again after eleven weeks, and the first boat was full on Tuesday.",
    "Its new engine came by rail from Antwerp, because the lorry that was to bring it did not fit under the bridge.",
    "“I had forgotten how long the road is,” said Moyra Tansley, who crosses the river twice a day to teach the piano.",
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)


def page(before: str = "", after: str = "", head: str = "", text: str = TEXT) -> str:
    return (
        f"<html><head><title>The ferry is back</title>{head}</head><body>"
        f"<article><h1>The ferry is back</h1>{before}<div class='article-body'>{text}</div>{after}</article></body></html>"
    )


def json_ld(author: str) -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"The ferry is back","author":{author}}}</script>'
    )


NAMED = {
    "a link in a column beside the text": (
        page("<aside><div><a rel='author' href='/profile/una-pell'>Una Pell</a></div></aside>"),
        ["Una Pell"],
    ),
    "a name in bold above the text": (page(text=f"<p><b>Una Pell</b></p>{TEXT}"), ["Una Pell"]),
    "two names in bold above the text": (page(text=f"<p><b>Una Pell/Idris Fenwick</b></p>{TEXT}"), ["Una Pell", "Idris Fenwick"]),
    "a line below the text": (page(text=f"{TEXT}<p><em>Von Una Pell</em></p>"), ["Una Pell"]),
    "a part of the line below the heading": (page("<p><span>11.06.2026</span><span>Von Una Pell</span></p>"), ["Una Pell"]),
    "after a bar": (page("<p>11 June 2026 | By Una Pell</p>"), ["Una Pell"]),
    "after time and source, in Chinese": (page("<p>2026年06月11日 07:40 来源：海港网 作者：林玉</p>"), ["林玉"]),
    "after a label in Russian": (page("<p>Текст: Вера Лис</p>"), ["Вера Лис"]),
    "a last line in brackets, in Japanese": (page(text=f"{TEXT}<p>（佐藤花）</p>"), ["佐藤花"]),
    "no name in brackets": (page(text=f"{TEXT}<p>（敬称略）</p>"), []),
    "a last line in Korean": (page(text=f"{TEXT}<p>정하늘 기자 sky@example.kr</p>"), ["정하늘"]),
    "a place in bold is no writer": (page(text=f"<p><b>Antwerp</b></p>{TEXT}"), []),
    "a sentence in bold is no writer": (page(text=f"<p><b>the boat sails at nine</b></p>{TEXT}"), []),
    "machines are believed before the edge": (
        page(text=f"{TEXT}<p><em>Von Idris Fenwick</em></p>", head=json_ld('{"name":"Una Pell"}')),
        ["Una Pell"],
    ),
    "who pays is no writer": (page("<p class='byline'>Sponsored by Amber Lane</p>"), []),
    "links to writers of other stories": (
        page(after="<aside class='related'><a rel='author' href='/author/x'>Idris Fenwick</a></aside>"),
        [],
    ),
}


@table("name", NAMED)
def test_writers(name: str) -> None:
    html, names = NAMED[name]
    assert [author.name for author in extract(html, URL).authors] == names


def test_the_printed_role_joins_the_name_that_machines_are_told() -> None:
    html = page("<p class='byline'>By contributor Una Pell, PA Political Correspondent</p>", head=json_ld('{"name":"Una Pell"}'))
    article = extract(html, URL)
    assert article.authors == (Author("Una Pell", "Political Correspondent", "PA"),)
    assert article.byline == "By contributor Una Pell, PA Political Correspondent"


def test_the_words_of_a_toolbar_are_no_writers() -> None:
    bar = "<div class='byline'>By <b>Una Pell</b>, <i>Rate Story</i>, <i>Font Size</i>, <i>Abc Small</i>, <i>Abc Large</i></div>"
    assert [author.name for author in extract(page(bar, head=json_ld('{"name":"Una Pell"}')), URL).authors] == ["Una Pell"]
