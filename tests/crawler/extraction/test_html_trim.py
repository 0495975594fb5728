"""What is taken out of a page before it is parsed, and what must never be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction.markup.html_trim import MAX_MARKUP_BYTES, trim, without_swarms
from tests.table import table


@table(
    ("data", "kept"),
    [
        (b"<p>a<script>if (a<b) c = '<p>'</script>b", b"<p>ab"),
        (b"<SCRIPT type=x>1</script ><p>b", b"<p>b"),
        (b"<p>a<script src=x></script>b</p><script>never closed <p>", b"<p>ab</p>"),
        (b"<script src='x'/><p>b", b"<script src='x'/><p>b"),
        (b"<scripture>a</scripture>", b"<scripture>a</scripture>"),
        (b"a<style>p > a { b: '<p>' }</style>b", b"ab"),
        (b"a<!-- <p> -- > --!>b<!-->c<!--->d", b"abcd"),
        (b"a<!-- never closed <p>", b"a"),
        (b"a<svg><path d='x'/><title>t</title></svg>b", b"ab"),
        (b"a<svg class=x />b</svg>", b"ab</svg>"),
        (b"a<svg>never closed <p>b", b"a<svg>never closed <p>b"),
        (
            rb"""<p data-a='<script src=x><\/script>'>c</p><script>1</script>d""",
            rb"""<p data-a='<script src=x><\/script>'>c</p>d""",
        ),
        (b"a < b, c<d", b"a < b, c<d"),
        (b"", b""),
    ],
)
def test_what_is_not_shown_goes(data: bytes, kept: bytes) -> None:
    assert trim(data).data == kept


def test_scripts_are_kept_apart() -> None:
    markup = trim(b'<script type="application/ld+json" id=a>{"a": "<p>"}</script><p>b</p><script>1</script>')
    assert markup.scripts == ((b' type="application/ld+json" id=a', b'{"a": "<p>"}'), (b"", b"1"))


def test_a_tag_with_attributes_by_the_thousand_loses_them() -> None:
    swarm = b"<div " + b" ".join(b"a%d" % number for number in range(1000)) + b"><a href='/x' title=it's>b</a>"
    assert trim(swarm).data == b"<div><a href='/x' title=it's>b</a>"
    quoted = b"<div " + b" ".join(b'a%d=">"' % number for number in range(1000)) + b">b"
    assert trim(quoted).data == b"<div>b"
    slashed = b"<div/" + b"/".join(b"a%d" % number for number in range(1000)) + b">b"
    assert trim(slashed).data == b"<div>b"
    joined = b"<div " + b"".join(b'a%d="1"' % number for number in range(1000)) + b">b"
    assert trim(joined).data == b"<div>b"


@table(
    ("data", "kept"),
    [
        (b"<nav id=a title='>'><ul><li><a href=/b>B</a></ul></nav>c", b"<nav id=a title='>'></nav>c"),
        (b"<nav><div><nav><a>b</a></nav>c</div></nav>", b"<nav><div><nav></nav>c</div></nav>"),
        (b"<nav><input type=search><p>Menu</p></nav>", b"<nav></nav>"),
        (b"<navigation-bar>a</navigation-bar>", b"<navigation-bar>a</navigation-bar>"),
        *(
            (whole, whole)
            for whole in (
                b"<nav><a>b</a>",
                b"a</nav>",
                b"<nav><a>b</a></div></nav>",
                b"<nav><h1>The bridge is open</h1></nav>",
                b"<nav><time datetime=2025-03-01>1 March</time></nav>",
                b"<nav><p>Whoever forgets the end of a menu prints the whole story in it.</p></nav>",
                b"<nav><input type='password'></nav>",
            )
        ),
    ],
)
def test_menus_are_emptied(data: bytes, kept: bytes) -> None:
    assert trim(data).data == kept


def test_a_tag_with_a_long_value_keeps_it() -> None:
    long = b'<div class="body" data-state="' + b"a = 'b' / c > d " * 500 + b'">text</div>'
    assert trim(long).data == long


def test_a_page_is_cut_in_the_end() -> None:
    assert len(trim(b"<p>" * 2_000_000).data) == MAX_MARKUP_BYTES


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([b"<", b">", b"script", b"/script", b"<!--", b"-->", b"svg", b"/", b"'", b'"', b"=", b" a"])))
def test_any_markup(parts: list[bytes]) -> None:
    data = b"".join(parts)
    markup = trim(data)
    assert len(markup.data) <= len(data)
    assert without_swarms(data) == data
