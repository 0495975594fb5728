"""Boxes that ask for an address, found by what they hold."""

from __future__ import annotations

import pytest

from crawler.extraction import extract

PROSE = (
    "The council voted on Thursday evening to close the bridge for six weeks from the first of May, after a long debate.",
    "Engineers told the meeting that two of its nine piers had been worn by the winter floods and must be cased in concrete.",
    "Traders on the far side said that they feared for their summer, and asked for a ferry to be paid for by the county.",
)


def page(box: str) -> str:
    first, second, third = (f"<p>{text}</p>" for text in PROSE)
    return f"<html><body><main><article><h1>Bridge to close</h1>{first}{box}{second}{third}</article></main></body></html>"


@pytest.mark.parametrize(
    "box",
    [
        '<div class="x1f"><p>Never miss a story</p><p>The day in your inbox.</p><input type="email"><button>Go</button></div>',
        '<div class="q7"><h3>Der Tag</h3><p>Jeden Morgen kostenlos.</p><a href="/newsletter/tag">Jetzt anmelden</a></div>',
        '<section><div><p>Las noticias del día</p></div><form><input type="EMAIL"></form></section>',
    ],
)
def test_a_box_that_asks_for_an_address_is_no_text(box: str) -> None:
    assert extract(page(box), "https://paper.example/news/bridge").body == "\n\n".join(PROSE)


def test_a_link_to_a_newsletter_within_a_paragraph_costs_it_nothing() -> None:
    told = f"<p>{PROSE[0][:-1]}, as <a href='/newsletters/council'>our letter on the council</a> reported first last week.</p>"
    assert "our letter on the council" in extract(page(told), "https://paper.example/news/bridge").body
