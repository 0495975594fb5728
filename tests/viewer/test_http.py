"""Requests as they come, answers as they go."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table import table
from viewer.http import COMMON, LOCKED, POLICY, Query, Request, document, html, redirect


@table(
    ("target", "pairs"),
    [
        ("/", ()),
        ("/?", ()),
        ("/?site=a&site=b&site=a", (("site", "a"), ("site", "b"), ("site", "a"))),
        ("/search?q=council+leader%20%22x%22", (("q", 'council leader "x"'),)),
        ("/?q=%ff&b", (("q", "\ufffd"),)),
        ("/?site=%00&q=a%0d%0ab", (("site", ""), ("q", "a b"))),
        ("/?q=a?b#c", (("q", "a?b"),)),
    ],
)
def test_query(target: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert Request("GET", target, {}).query() == Query(pairs)


def test_values_of_a_name() -> None:
    query = Request("GET", "/?site=a&site=b&site=a&q=", {}).query()
    assert (query.one("site"), query.one("q"), query.one("x")) == ("a", None, None)


def test_the_url_behind_a_prefix_keeps_its_query() -> None:
    request = Request("GET", "/history/https://paper.example/a?b=1&c=/history/", {})
    assert request.path == "/history/https://paper.example/a"
    assert request.below("/history/") == "https://paper.example/a?b=1&c=/history/"


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_target_has_a_query(text: str) -> None:
    query = Request("GET", f"/?{text}", {}).query()
    assert len(query.pairs) <= 50
    assert all(len(value) <= 1_000 for _, value in query.pairs)


def test_a_long_query_is_cut() -> None:
    assert len(Request("GET", "/?" + "&".join(f"a{n}=1" for n in range(9_000)), {}).query().pairs) == 50
    assert len(Request("GET", "/?q=" + "x" * 9_000, {}).query().one("q") or "") == 1_000


def test_pages_may_load_nothing_from_elsewhere() -> None:
    page = html(200, "<p>ü", ("Vary", "accept"))
    assert page.body == "<p>ü".encode()
    assert page.headers == (
        ("Vary", "accept"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", POLICY),
        *COMMON,
    )
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_other_answers_are_locked() -> None:
    found = (document(200, "x", "text/plain"), redirect("/x"))
    assert [dict(one.headers)["Content-Security-Policy"] for one in found] == [LOCKED] * 2
    assert (found[1].status, dict(found[1].headers)["Location"], found[1].body) == (302, "/x", b"")


def test_lone_surrogates_do_not_break_an_answer() -> None:
    assert html(200, "\ud800").body == b"?"
