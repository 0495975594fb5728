"""Bytes to one tree: charsets, declarations, scripts, bounds."""

from __future__ import annotations

import gc
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import extract
from crawler.extraction.markup.charset import decode
from crawler.extraction.markup.page import MAX_NODES, parse, text_of
from tests.crawler.extraction.quality import CORPUS
from tests.table import table

URL = "https://www.example.org/news/a-story"


@table(
    ("data", "content_type", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", None, "café"),
        ("café".encode("utf-16"), None, "café"),
        (b"caf\xc3\xa9", "text/html; charset=iso-8859-1", "café"),
        (b"caf\xe9", "text/html; charset=iso-8859-1", "café"),
        (b"\x93quoted\x94", "text/html; charset=ISO-8859-1", "“quoted”"),
        (b'<meta charset="windows-1250">\xb9', None, '<meta charset="windows-1250">ą'),
        (b"<meta http-equiv=Content-Type content='text/html; charset=gb2312'>\xd6\xd0", None, None),
        (b"\x93\xfa\x96{", "text/html; charset=Shift_JIS", "日本"),
        (b"caf\xe9", None, "café"),
        (b"caf\xc3\xa9 \xe2\x80", "text/html; charset=utf-8", "café \ufffd"),
        (b"\x1b$BF|K\\\x1b(B", "text/html; charset=iso-2022-jp", "日本"),
        (b"caf\xc3\xa9", "text/html; charset=klingon", "café"),
        (b"x", "text/html; charset=unicode_escape", "x"),
        (b"x", "text/html; charset=base64", "x"),
    ],
)
def test_decode(data: bytes, content_type: str | None, text: str | None) -> None:
    read = decode(data, content_type)
    assert read == text if text is not None else read.endswith("中")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_decode_never_raises(data: bytes, label: str) -> None:
    assert isinstance(decode(data, f"text/html; charset={label}"), str)


@table("html", [b"", b"  \n ", "", "\ufeff", b"\x00\x00", "<?xml version='1.0'?>"])
def test_nothing_is_no_page(html: bytes | str) -> None:
    assert parse(html, URL) is None


def test_scripts_leave_the_tree_and_their_text_stays() -> None:
    page = parse("<p>one<script>var a = '<b>';</script>two<!-- x --><style>p{}</style> three</p>", URL)
    assert page is not None
    assert text_of(page.body) == "onetwo three"
    assert [script.text for script in page.scripts] == ["var a = '<b>';"]


def test_an_xml_declaration_in_text_is_no_error() -> None:
    page = parse('<?xml version="1.0" encoding="utf-16"?><html><body><p>Héllo</p></body></html>', URL)
    assert page is not None
    assert text_of(page.body) == "Héllo"


def test_what_no_page_has_is_cut() -> None:
    page = parse("<b>x</b>" * (MAX_NODES * 2), URL)
    assert page is not None
    assert sum(1 for _ in page.root.iter()) <= MAX_NODES


def test_links_become_absolute_or_nothing() -> None:
    page = parse("<p>x</p>", URL)
    assert page is not None
    links = ["/a", "b?c=1", "//cdn.example.org/x.jpg", "data:image/gif;base64,R0", "javascript:void(0)", "http://[::1", "", None]
    assert [page.absolute(link) for link in links] == [
        "https://www.example.org/a",
        "https://www.example.org/news/b?c=1",
        "https://cdn.example.org/x.jpg",
        *[None] * 5,
    ]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.html"))[::7], ids=lambda path: path.stem)
def test_what_was_read_is_freed_at_once(path: Path) -> None:
    """A tree in a cycle of references waits for the garbage collector, and a crawl holds dozens of them."""
    page = path.read_bytes()
    extract(page, "https://example.org/a-1234567")
    gc.collect()
    gc.freeze()  # all else that the tests hold is no concern of this one, and takes long to go through
    gc.disable()
    try:
        extract(page, "https://example.org/a-1234567")
        assert gc.collect() < 10
    finally:
        gc.enable()
        gc.unfreeze()


@table("start", ["<!---->", "<!-- -->  \n", '<?xml version="1.0"?><!---->'])
def test_a_hundred_comments_before_a_page_take_no_time(start: str) -> None:
    begun = process_time()
    assert parse((start * 100 + "<html><body><p>The bridge will close.</p></body></html>").encode(), URL) is not None
    assert process_time() - begun < 2
