"""Which sitemaps of a robots.txt can be asked for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request

from crawler.middlewares.robots import web_address
from tests.table import table

ROBOTS = "https://paper.example/robots.txt"


@table(
    ("reference", "address"),
    [
        ("https://paper.example/a.xml", "https://paper.example/a.xml"),
        ("/a.xml?x=1", "https://paper.example/a.xml?x=1"),
        ("a.xml", "https://paper.example/a.xml"),
        ("//cdn.example/a.xml", "https://cdn.example/a.xml"),
        ("ftp://paper.example/a.xml", None),
        ("javascript:void(0)", None),
        ("see: below", None),
        ("http://[::1", None),
        ("http://paper.example:99999/", None),
        ("http:///a.xml", None),
    ],
)
def test_addresses(reference: str, address: str | None) -> None:
    assert web_address(ROBOTS, reference) == address


PIECES = st.sampled_from(
    ("http://", "https:", "//", "[", "]", "::1", "%", "%zz", "ä", ".", ":80", ":-1", "@", "?", "#", "\\", "x.example", "⑧")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=40))
def test_a_request_can_be_made_of_each(reference: str) -> None:
    address = web_address(ROBOTS, reference)
    assert address is None or Request(address).url
