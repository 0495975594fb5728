"""Where no request may go."""

from __future__ import annotations

import pytest
from twisted.internet.error import DNSLookupError

from crawler.catalogue.site import Site
from crawler.middlewares.ssrf import _public, allow_private_names, refusal
from tests.table import table

PUBLIC = Site(
    "paper", "The Paper", "https://www.paper.co.uk/", "Europe/London", feeds=("https://feeds.agency.example/paper.xml",)
)
LOCAL = Site("local", "Local", "http://127.0.0.1:8000/", "Europe/London")


@table(
    ("url", "redirected", "reason"),
    [
        ("https://www.paper.co.uk/news/a", False, None),
        ("https://m.paper.co.uk/news/a", True, None),
        ("https://feeds.agency.example/paper.xml", True, None),
        ("https://www.paper.com/news/a", True, None),
        ("https://paper.evil.com/news/a", True, "leads away from the site, to paper.evil.com"),
        ("https://elsewhere.example/a", False, None),
        ("https://elsewhere.example/a", True, "leads away from the site, to elsewhere.example"),
        ("file:///etc/passwd", True, "not a web address: file:///etc/passwd"),
        ("ftp://paper.co.uk/a", False, "not a web address: ftp://paper.co.uk/a"),
        ("data:text/html,hello", False, "not a web address: data:text/html,hello"),
        ("http://127.0.0.1/", False, "leads to a private address: 127.0.0.1"),
        ("http://127.1:8000/", True, "leads to a private address: 127.1:8000"),
        ("http://2130706433/", False, "leads to a private address: 2130706433"),
        ("http://0x7f.1/", False, "leads to a private address: 0x7f.1"),
        ("http://[::1]:9/", False, "leads to a private address: [::1]:9"),
        ("http://[::ffff:10.0.0.1]/", False, "leads to a private address: [::ffff:10.0.0.1]"),
        ("http://169.254.169.254/latest/meta-data/", True, "leads to a private address: 169.254.169.254"),
        ("http://192.168.1.1/", False, "leads to a private address: 192.168.1.1"),
        ("http://localhost:8000/", False, "leads to a private address: localhost:8000"),
        ("http://printer.local/", False, "leads to a private address: printer.local"),
    ],
)
def test_refusal(url: str, redirected: bool, reason: str | None) -> None:
    assert refusal(url, PUBLIC, redirected=redirected) == reason


def test_a_local_site_may_be_asked_but_not_its_neighbours() -> None:
    assert refusal("http://127.0.0.1:8000/news", LOCAL) is None
    assert refusal("http://127.0.0.1:8001/news", LOCAL, redirected=True) == "leads to a private address: 127.0.0.1:8001"
    assert refusal("http://localhost:8000/", LOCAL) == "leads to a private address: localhost:8000"


def test_a_name_that_resolves_into_our_own_network_is_not_resolved() -> None:
    assert _public("93.184.216.34", "paper.example") == "93.184.216.34"
    for address in ("127.0.0.1", "10.1.2.3", "192.168.0.7", "169.254.169.254", "100.64.0.1", "0.0.0.0"):
        with pytest.raises(DNSLookupError, match="private"):
            _public(address, "rebinding.example")
    allow_private_names(Site("lan", "Lan", "http://news.lan:8080/", "UTC"))
    assert _public("192.168.0.7", "news.lan") == "192.168.0.7"
