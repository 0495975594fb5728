"""Boxes that ask for an address or a vote, found by what they hold."""

from __future__ import annotations

import pytest

from crawler.extraction import extract
from tests.table import table

PROSE = (
    "The council voted on Thursday evening to close the bridge for six weeks from the first of May, after a long debate.",
    "Engineers told the meeting that two of its nine piers had been worn by the winter floods and must be cased in concrete.",
    "Traders on the far side said that they feared for their summer, and asked for a ferry to be paid for by the county.",
)


def page(box: str) -> str:
    first, second, third = (f"<p>{text}</p>" for text in PROSE)
    return f"<html><body><main><article><h1>Bridge to close</h1>{first}{box}{second}{third}</article></main></body></html>"


@table(
    "box",
    [
        '<div class="x1f"><p>Never miss a story</p><p>The day in your inbox.</p><input type="email"><button>Go</button></div>',
        '<div class="q7"><h3>Der Tag</h3><p>Jeden Morgen kostenlos.</p><a href="/newsletter/tag">Jetzt anmelden</a></div>',
        '<section><div><p>Las noticias del día</p></div><form><input type="EMAIL"></form></section>',
        '<div class="k2"><p>Is the council right?</p><button>Yes 41 %</button><button>No 59 %</button><i>312</i></div>',
        '<div><p>Wer siegt?</p><label><input type="radio">Die Stadt</label><label><input type="radio">Der Kreis</label></div>',
    ],
)
def test_a_box_that_asks_is_no_text(box: str) -> None:
    assert extract(page(box), "https://paper.example/news/bridge").body == "\n\n".join(PROSE)


def test_a_link_to_a_newsletter_within_a_paragraph_costs_it_nothing() -> None:
    marked = f"<p>{PROSE[0][:-1]}, as <a href='/newsletters/council'>our letter on the council</a> reported first last week.</p>"
    assert "our letter on the council" in extract(page(marked), "https://paper.example/news/bridge").body


def test_a_box_takes_no_short_paragraph_beside_it() -> None:
    short = "<div><p>Traders were told of it by letter in March.</p></div>"
    box = '<div><p>Never miss a story of the town</p><a href="/newsletters/town">Sign up</a></div>'
    got = extract(page(f"<div>{short}{box}</div>"), "https://paper.example/news/bridge").body
    assert got == "\n\n".join((PROSE[0], "Traders were told of it by letter in March.", *PROSE[1:]))


@pytest.mark.parametrize(
    "kept",
    [
        "<div><p>What comes next?</p><button>Share</button></div>",
        '<div><p>The town keeps its ferry until June.</p><input type="radio"><input type="radio"></div>',
    ],
)
def test_buttons_alone_ask_nothing(kept: str) -> None:
    said = kept.partition("<p>")[2].partition("</p>")[0]
    assert said in extract(page(kept), "https://paper.example/news/bridge").body
