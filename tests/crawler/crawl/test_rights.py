"""What pages and hosts reserve: headers, the head of a page, and tdmrep.json in; one value out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.crawl.block_pages import Headers
from crawler.crawl.rights import Reservations, TdmReservation, TdmRule, forbids_copies, reservations_of, rule_for, tdm_rules
from tests.table import table

POLICY = "https://paper.example/terms/mining"


@table(
    ("values", "robots"),
    [
        ((), ()),
        (("all",), ()),
        (("index, follow, max-image-preview:large",), ()),
        (("noarchive",), ("noarchive",)),
        (("NoArchive , NOINDEX",), ("noarchive", "noindex")),
        (("noarchive", "noarchive, nosnippet"), ("noarchive", "nosnippet")),
        (("otherbot: noindex, noarchive",), ()),
        (("newsledger: noarchive",), ("noarchive",)),
        (("NewsLedger: noindex, nosnippet",), ("noindex", "nosnippet")),
        (("noarchive, otherbot: noindex, newsledger: nosnippet",), ("noarchive", "nosnippet")),
        (("max-snippet: 50, noarchive",), ("noarchive",)),
        (("unavailable_after: 25 Jun 2025 15:00:00 GMT",), ("unavailable_after: 25 jun 2025 15:00:00 gmt",)),
        (("unavailable_after: Wednesday, 25-Jun-25 15:00:00 GMT, noarchive",),
         ("unavailable_after: wednesday, 25-jun-25 15:00:00 gmt", "noarchive")),
        (("unavailable_after:",), ()),
        ((",,: ,:noarchive",), ()),
    ],
)  # fmt: skip
def test_robots_header(values: tuple[str, ...], robots: tuple[str, ...]) -> None:
    assert reservations_of({"x-robots-tag": values}).robots == robots


@table(
    ("head", "found"),
    [
        ("", Reservations()),
        ('<meta name="robots" content="noarchive,max-image-preview:large">', Reservations(("noarchive",))),
        ("<META content='noarchive' NAME=robots >", Reservations(("noarchive",))),
        ('<meta name="otherbot" content="noarchive">', Reservations()),
        ('<meta name="newsledger" content="noindex">', Reservations(("noindex",))),
        ('<!-- <meta name="robots" content="noarchive"> --><meta name="robots" content="none">', Reservations(("none",))),
        ('<script>var a = \'<meta name="tdm-reservation" content="1">\'</script>', Reservations()),
        ('<meta name="tdm-reservation" content="1">', Reservations((), TdmReservation(True))),
        (f'<meta name="tdm-reservation" content="1"/><meta name="tdm-policy" content="{POLICY}"/>',
         Reservations((), TdmReservation(True, POLICY))),
        ('<meta name="tdm-reservation" content="0">', Reservations((), TdmReservation(False))),
        ('<meta name="tdm-reservation" content="perhaps">', Reservations()),
        ('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="javascript:alert(1)">',
         Reservations((), TdmReservation(True))),
        ('</head><body><meta name="tdm-reservation" content="1">', Reservations()),
    ],
)  # fmt: skip
def test_head(head: str, found: Reservations) -> None:
    assert reservations_of({}, f"<!doctype html><html><head><title>A</title>{head}</head><body>".encode()) == found


@table(
    ("headers", "head", "tdm"),
    [
        ({"tdm-reservation": ("1",)}, b"", TdmReservation(True)),
        ({"tdm-reservation": (" 1 ",), "tdm-policy": (POLICY,)}, b"", TdmReservation(True, POLICY)),
        ({"tdm-reservation": ("0",)}, b"", TdmReservation(False)),
        ({"tdm-reservation": ("0",)}, b'<meta name="tdm-reservation" content="1">', TdmReservation(True)),
        ({"tdm-reservation": ("1",)}, b'<meta name="tdm-reservation" content="0">', TdmReservation(True)),
        ({"tdm-policy": (POLICY,)}, b"", None),
    ],
)
def test_mining_in_header_and_page(headers: Headers, head: bytes, tdm: TdmReservation | None) -> None:
    assert reservations_of(headers, head).tdm == tdm


@pytest.mark.parametrize(
    ("mining", "text"), [(TdmReservation(True), "1"), (TdmReservation(False), "0"), (TdmReservation(True, POLICY), f"1 {POLICY}")]
)
def test_mining_as_it_is_kept(mining: TdmReservation, text: str) -> None:
    assert str(mining) == text


@table(
    ("robots", "forbids"), [("noarchive", True), ("noindex, nocache", True), ("noindex", False), ("unavailable_after: x", False)]
)
def test_copies(robots: str, forbids: bool) -> None:
    assert forbids_copies(robots) is forbids


@table(
    ("body", "rules"),
    [
        (b"", ()),
        (b"<!doctype html>", ()),
        (b"{}", ()),
        (b"[1, null, {}]", ()),
        (b'[{"location": "/", "tdm-reservation": 2}]', ()),
        (b'[{"location": 7, "tdm-reservation": 1}]', ()),
        (b'[{"location": "/", "tdm-reservation": 1}]', (TdmRule("/", TdmReservation(True)),)),
        (json.dumps([{"location": "/news/*", "tdm-reservation": "1", "tdm-policy": POLICY}]).encode(),
         (TdmRule("/news/*", TdmReservation(True, POLICY)),)),
        (b"[" * 100_000, ()),
        (b" " * 300_000 + b"[]", ()),
    ],
)  # fmt: skip
def test_file(body: bytes, rules: tuple[TdmRule, ...]) -> None:
    assert tdm_rules(body) == rules


@table(
    ("location", "path", "fits"),
    [
        ("/", "/news/a", True),
        ("/news", "/news/a", True),
        ("/news", "/sport/a", False),
        ("/news/*", "/news/a", True),
        ("*", "/a", True),
        ("/*.html", "/a/b.html?x=1", True),
        ("/*.html$", "/a/b.html", True),
        ("/*.html$", "/a/b.html?x=1", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a*b*c$", "/a-b-c", True),
        ("/a*bb$", "/ab", False),
        ("/" + "*a" * 240 + "$", "/" + "a" * 2000 + "b", False),
    ],
)
def test_locations(location: str, path: str, fits: bool) -> None:
    rules = (TdmRule(location, TdmReservation(True)),)
    assert rule_for(rules, f"https://paper.example{path}") == (TdmReservation(True) if fits else None)


def test_the_longest_location_counts() -> None:
    rules = (
        TdmRule("/", TdmReservation(True)),
        TdmRule("/open/", TdmReservation(False)),
        TdmRule("/open/", TdmReservation(True, POLICY)),
    )
    assert rule_for(rules[:2], "https://paper.example/open/a") == TdmReservation(False)
    assert rule_for(rules, "https://paper.example/open/a") == TdmReservation(True, POLICY)
    assert rule_for(rules, "https://paper.example/news") == TdmReservation(True)
    assert rule_for(rules, "http://[bad") is None


PIECES = st.sampled_from([
    "<meta ", "name=", "content=", '"', "'", "robots", "tdm-reservation", "1", ">", "<!--", "-->", "<script",
    ",", ":", "noarchive",
])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.binary(max_size=200), st.text(max_size=60))
def test_nothing_raises(page: str, body: bytes, value: str) -> None:
    found = reservations_of({"x-robots-tag": (value, page), "tdm-reservation": (value,)}, page.encode() + body)
    assert all(directive == directive.lower() for directive in found.robots)
    rule_for((TdmRule(value or "/", TdmReservation(True)),), f"https://paper.example/{page}")
    tdm_rules(body)
