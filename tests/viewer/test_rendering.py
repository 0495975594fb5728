"""What templates print of strangers' texts: escaped, bounded, without what a reader would not see."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from pipelines.article import CHANGES, Outcome
from pipelines.history.revisions import State
from tests.table import table
from viewer import labels, rendering
from viewer.http import Request
from viewer.rendering import _DIGESTS, ASSETS, asset, asset_url

HOSTILE = "<script>alert('1')</script>\x00\u202e&\"{{ 7*7 }}"


@table(
    ("text", "shown"),
    [
        (None, ""),
        ("", ""),
        (7, "7"),
        ("a\u00a0b\u2009c\td\ne", "a\u00a0b\u2009c\td\ne"),
        ("a\x00b\x07c\x7fd\x85e\r\nf", "abcde\nf"),
        ("a\u202eb\u2066c\u2069d\u200fe\ufeff", "abcde"),
        ("سلام \u200c\u200d", "سلام \u200c\u200d"),
        ("\ud800x\ufffe", "x"),
        ("tag\U000e0041s", "tags"),
        ("👩\u200d🚒 ok", "👩\u200d🚒 ok"),
    ],
)
def test_plain(text: object, shown: str) -> None:
    assert rendering.plain(text) == shown


def test_plain_is_bounded_and_says_so() -> None:
    assert rendering.plain("x" * 20, 8) == "xxxxxxxx […]"
    assert len(rendering.plain("x" * 600_000)) < 500_010


@table(
    ("text", "shown"),
    [
        (None, ""),
        (
            "2025-03-07T08:05:00Z",
            '<time datetime="2025-03-07T08:05:00Z" title="7 Mar 2025, 08:05:00 UTC">7 Mar 2025, 08:05</time>',
        ),
        ("2025-03-07", '<time datetime="2025-03-07">7 Mar 2025</time>'),
        ("soon <b>", "soon &lt;b&gt;"),
    ],
)
def test_moment(text: str | None, shown: str) -> None:
    assert rendering.moment(text) == Markup(shown)


def test_clock_and_day() -> None:
    said = '<time datetime="2025-03-07T08:05:00Z" title="7 Mar 2025, 08:05:00 UTC">08:05</time>'
    assert rendering.clock("2025-03-07T08:05:00Z") == said
    assert rendering.day("2025-03-07T08:05:00Z") == '<time datetime="2025-03-07">Friday, 7 March 2025</time>'


@table(
    ("zone", "moment", "clock", "within"),
    [
        ("Europe/London", "10 May 2025, 00:30 BST", "10 May, 00:30 BST", "between 10 May, 00:10 and 10 May, 00:30 BST"),
        ("America/Sao_Paulo", "9 May 2025, 20:30 UTC-03", "20:30 UTC-03", "between 20:10 and 20:30 UTC-03"),
        ("No/Where", "9 May 2025, 23:30", "23:30", "between 23:10 and 23:30"),
        (None, "9 May 2025, 23:30", "23:30", "between 23:10 and 23:30"),
    ],
)
def test_times_are_by_the_clock_of_the_paper(zone: str | None, moment: str, clock: str, within: str) -> None:
    rendering.set_page_context("", "", {"paper": zone}.get)
    at = "2025-05-09T23:30:00Z"
    assert rendering.moment(at, "paper").striptags() == moment
    assert rendering.clock(at, "paper").striptags() == clock
    assert rendering.within(at, "2025-05-09T23:10:00Z", "2025-05-09", "paper").striptags() == within
    assert 'title="9 May 2025, 23:30:00 UTC"' in rendering.moment(at, "paper")
    assert rendering.moment(at, "another").striptags() == "9 May 2025, 23:30"
    assert rendering.moment("2025-05-09", "paper") == '<time datetime="2025-05-09">9 May 2025</time>'
    assert rendering.moment("0001-01-01T00:00:00Z", "paper").striptags()


@table(
    ("not_before", "on", "said"),
    [
        (None, "", "first seen 7 Mar 2025, 09:30"),
        (None, "2025-03-07", "first seen 09:30"),
        ("2025-03-07T09:00:00Z", "", "between 7 Mar 2025, 09:00 and 09:30"),
        ("2025-03-07T09:00:00Z", "2025-03-07", "between 09:00 and 09:30"),
        ("2025-03-06T23:00:00Z", "2025-03-07", "between 6 Mar 2025, 23:00 and 7 Mar 2025, 09:30"),
    ],
)
def test_an_edit_is_told_with_its_bounds(not_before: str | None, on: str, said: str) -> None:
    assert rendering.within("2025-03-07T09:30:00Z", not_before, on).striptags() == said


@table(
    ("url", "link"),
    [
        ('https://paper.example/ä?a="<b>', "https://paper.example/%C3%A4?a=%22%3Cb%3E"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (" https://x", ""),
        ("//x.example/", ""),
        (None, ""),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str | None, link: str) -> None:
    assert rendering.web(url) == link


@table(
    ("tag", "said"), [("en-GB", "en-GB"), ("ar", "ar"), ("zh-Hant-TW", "zh-Hant-TW"), ("", ""), (None, ""), ('en" onload="x', "")]
)
def test_language(tag: str | None, said: str) -> None:
    assert rendering.language(tag) == said


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_an_address_in_a_path_is_visible_ascii_and_comes_back(url: str) -> None:
    path = rendering.article_path(url)
    assert all("!" <= char <= "~" for char in path)
    assert not set(path) & set('#"<>`\\')
    if "%" not in url and url.isascii():
        assert unquote(path) == url


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_filters_take_any_text(text: str) -> None:
    for one in (rendering.moment, rendering.clock, rendering.day, rendering.host, rendering.language, rendering.web):
        one(text)
    assert rendering.plain(rendering.plain(text)) == rendering.plain(text)


def test_all_that_a_template_prints_is_escaped() -> None:
    page = rendering.render("error.html", "", number=404, title="x", why=HOSTILE)
    assert "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&#34;{{ 7*7 }}" in page
    assert "49" not in page


def test_a_missing_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(Exception, match="why"):
        rendering.render("error.html", "", number=404, title="x")


def test_files_are_kept_for_good_under_the_digest_of_what_they_hold() -> None:
    link = asset_url("viewer.css", "/news")
    assert link == f"/news{ASSETS}viewer.css?{_DIGESTS['viewer.css']}"
    found = asset(Request("GET", link.removeprefix("/news"), {}))
    assert found is not None
    assert dict(found.headers)["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in dict(found.headers)["Cache-Control"]
    stale = asset(Request("GET", f"{ASSETS}viewer.css?0123456789ab", {}))
    assert stale is not None
    assert dict(stale.headers)["Cache-Control"] == "no-cache"


@table("name", ["", "none.css", "../rendering.py", "../templates/base.html", "viewer.css/", "%2e%2e/words.py"])
def test_no_other_files_are_handed_out(name: str) -> None:
    assert asset(Request("GET", ASSETS + name, {})) is None


def test_every_term_has_words() -> None:
    assert set(labels.CHANGES) == {str(change) for change in CHANGES}
    assert set(labels.OUTCOMES) == {str(outcome) for outcome in Outcome}
    assert set(labels.STATES) >= {str(state) for state in State}


@table(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_listed(parts: list[str], said: str) -> None:
    assert labels.listed(parts) == said


@table(("minutes", "said"), [(-5, "0 min"), (0, "0 min"), (59, "59 min"), (61, "1 h 1 min"), (1440, "1 d"), (1505, "1 d 1 h")])
def test_lasted(minutes: int, said: str) -> None:
    assert labels.lasted(minutes) == said


@table(
    ("text", "shown"),
    [
        (" ", "␣"),
        ("   ", "␣␣␣"),
        ("\u00a0", "␣"),
        ("end \n\nnext word", "end␣\n\nnext word"),
        (" word ", " word "),
        ("\n\n", "\n\n"),
    ],
)
def test_blanks_that_nobody_would_see_are_marked(text: str, shown: str) -> None:
    assert rendering.blanks(text) == shown
