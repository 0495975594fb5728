"""When trafilatura is asked, and when it is believed."""

from __future__ import annotations

from crawler.extraction import explain
from tests.table import table

URL = "https://www.example.org/news/the-weir-holds"
LINES = tuple(
    f"The weir held through flood number {word}, and the mill below it stayed dry to the last plank." for word in "abcd"
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)
LEFT = "A box beside the weir tells of the flood of 1911, when the mill lost its wheel and the miller lost both of his cows."
HIDING = {
    "one name on all of it": f"<div class=promo>{'<hr>'.join(f'<p class=teaser>{line}</p>' for line in LINES * 2)}</div>",
    "names of many kinds": "".join(f"<div class='{name}'><p>{line}</p></div>" for name, line in zip(
        ("promo", "related", "newsletter", "teaser", "widget", "share", "sidebar", "footer"), LINES * 2, strict=False
    )),
}  # fmt: skip


@table("name", HIDING)
def test_a_page_is_read_by_its_form_where_names_leave_most_of_it_out(name: str) -> None:
    found = explain(f"<main><h1>The weir holds</h1><div class=text><p>{LEFT}</p></div>{HIDING[name]}</main>", URL)
    assert found.article.body.split("\n\n")[-4:] == list(LINES)


def test_what_other_pages_say_is_not_read_because_there_is_more_of_it() -> None:
    own = "".join(f"<p>{line}</p>" for line in LINES)
    cards = "".join(
        f"<li class=related><h3><a href=/{number}>Another story, number {number}, of the valley</a></h3>"
        f"<p>In story number {number} the bridge over the Tarn is closed, and the ferry goes twice a day.</p></li>"
        for number in range(12)
    )
    found = explain(f"<main><article><h1>The weir holds</h1><div>{own}</div></article><ul>{cards}</ul></main>", URL)
    assert found.article.body.split("\n\n") == list(LINES)


def test_it_is_not_asked_where_our_reading_is_good() -> None:
    found = explain(f"<article><h1>The weir holds</h1><div>{TEXT}</div></article>", URL)
    assert [proposal.source for proposal in found.proposals.bodies] == ["printed"]
