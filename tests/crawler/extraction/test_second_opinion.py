"""When trafilatura is asked, and when it is believed."""

from __future__ import annotations

from crawler.extraction import explain
from crawler.extraction.page import parse
from crawler.extraction.second_opinion import MAX_ELEMENTS, second_opinion
from tests.table import table

URL = "https://www.example.org/news/the-weir-holds"
LINES = tuple(
    f"The weir held through flood number {word}, and the mill below it stayed dry to the last plank." for word in "abcd"
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)


def opinion(html: str, own_length: int = 0) -> tuple[str, ...]:
    page = parse(f"<html><body>{html}</body></html>", URL)
    assert page is not None
    return second_opinion(page, own_length)


def test_prose_is_believed() -> None:
    assert opinion(f"<article><h1>The weir holds</h1><div>{TEXT}</div></article>") == LINES


@table(
    "html",
    [
        "",
        "<article><p>Two words.</p></article>",
        "<ul>"
        + "".join(f"<li><a href='/{n}'>A headline of another story, number {n}, as a link.</a></li>" for n in range(30))
        + "</ul>",
        f"<article>{'<i></i>' * MAX_ELEMENTS}{TEXT}</article>",
        f"<article hidden>{TEXT}</article>".replace("<p>", "<p hidden>"),
    ],
)
def test_all_else_is_not(html: str) -> None:
    assert opinion(html) == ()


def test_it_must_be_clearly_more_than_ours() -> None:
    assert opinion(f"<article>{TEXT}</article>", own_length=300) == ()


def test_it_is_not_asked_where_our_reading_is_good() -> None:
    found = explain(f"<article><h1>The weir holds</h1><div>{TEXT}</div></article>", URL)
    assert [proposal.source for proposal in found.proposals.bodies] == ["printed"]
