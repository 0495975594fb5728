"""Archived pages that mean harm: what of them may reach a client, and under which name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.table import table
from viewer.pages.replay import MAX_HEADERS, POLICY, replay


@dataclass(frozen=True)
class Archived:
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def kind_of(content_type: str | None) -> str:
    told = (("content-type", content_type),) if content_type is not None else ()
    return dict(replay(Archived(told), shown=True)[0])["Content-Type"]


@table(
    ("archived", "served"),
    [
        ("text/html; charset=windows-1252", "text/html; charset=windows-1252"),
        ('text/html;charset="UTF-8"', "text/html; charset=UTF-8"),
        ("TEXT/HTML", "text/html"),
        (None, "text/html"),
        ("application/xhtml+xml; charset=utf-8", "text/html; charset=utf-8"),
        ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xml", "application/octet-stream"),
        ("text/html; charset=\u212aoi8-r", "text/html"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("x" * 100_000, "application/octet-stream"),
    ],
)
def test_only_text_is_shown_and_in_its_own_letters(archived: str | None, served: str) -> None:
    assert kind_of(archived) == served


def test_no_header_of_the_page_is_obeyed() -> None:
    theirs = (("Set-Cookie", "a=1"), ("Content-Security-Policy", "default-src *"), ("Link", "<http://x>; rel=preload"),
              ("Refresh", "0;url=http://x"), ("Content-Encoding", "gzip"), ("Location", "http://x"), ("Bad name", "x"),
              ("X", "a\r\nb: c\u2028d"))  # fmt: skip
    headers, _ = replay(Archived(theirs), shown=True)
    ours = [name for name, _ in headers if not name.startswith("X-Archive-Orig-")]
    assert ours == [
        "Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "X-DNS-Prefetch-Control", "Referrer-Policy",
        "Cross-Origin-Resource-Policy",
    ]  # fmt: skip
    told = dict(headers)
    assert told["Content-Security-Policy"] == POLICY
    assert (told["X-Archive-Orig-Set-Cookie"], told["X-Archive-Orig-X"]) == ("a=1", "ab: cd")
    assert "X-Archive-Orig-Bad name" not in told


def test_headers_are_bounded() -> None:
    headers, _ = replay(Archived(tuple((f"X-{number}", "y" * 100_000) for number in range(1_000))), shown=False)
    assert len(headers) < MAX_HEADERS + 10
    assert sum(len(value) for _, value in headers) < 300_000


PAGES = [
    b"<link rel=preconnect href=//x>", b"<LiNk\nrel=preconnect>", b"<iframe src=//x>", b"<frame src=//x>", b"<object data=//x>",
    b"<embed src=//x>", b"<svg><foreignObject><iframe/src=//x>",
    "<link rel=preconnect><iframe src=//x>".encode("utf-16"), "<link rel=preconnect><iframe src=//x>".encode("utf-16-be"),
]  # fmt: skip


@table("page", PAGES)
def test_what_opens_connections_is_disarmed_where_pages_are_shown(page: bytes) -> None:
    headers, body = replay(Archived((("Content-Type", "text/html"),), page), shown=True)
    assert len(body) == len(page)
    assert not re.search(rb"<(link|iframe|frame|object|embed)", body.replace(b"\0", b""), re.IGNORECASE)
    assert "X-Archive-Changed" in dict(headers)
    assert replay(Archived((("Content-Type", "text/html"),), page), shown=False)[1] == page


@table("charset", ["iso-2022-jp", "ISO-2022-KR", "", "none-such"])
def test_escapes_that_a_charset_takes_out_hide_no_element(charset: str) -> None:
    """A browser that obeys the charset would read the words whole."""
    page = b"<meta charset=iso-2022-jp><p>Ferry</p><li\x1b(Bnk rel=preconnect href=//x><ifr\x1b(Bame src=//x>"
    content_type = f"text/html; charset={charset}" if charset else "text/html"
    headers, body = replay(Archived((("Content-Type", content_type),), page), shown=True)
    assert dict(headers)["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(rb"<(link|iframe)", body)
    assert b"<p>Ferry</p>" in body
    assert b"\x1b" not in body


HARBOUR = "<p>Harbour ♥</p><link rel=preconnect href=//x.example><iframe src=//x.example></iframe>"
NO_CHARSETS = {"idna", "punycode", "undefined", "rot13", "base64"}
"""Codecs of Python that browsers know nothing of."""
PLAIN = HARBOUR.replace(" ♥", "")


@dataclass(frozen=True)
class Shape:
    body: bytes
    charset: str | None = None
    says: str = "<p>Harbour"


@table(
    "shape",
    [
        Shape(b"<p>Harbour</p><\x1b(Blink rel=preconnect><i\x1b(Jframe>", "iso-2022-jp"),
        Shape(b"<p>Harbour</p><\x1b$B\x1b(Blink rel=preconnect>", "csISO2022JP"),
        Shape(b"<p>Harbour</p><l\x1b(Bink rel=preconnect>"),
        Shape(b"<p>Harbour</p><\x0f\x0flink rel=preconnect><li\x0fnk rel=preconnect>", "iso-2022-kr"),
        Shape(PLAIN.encode().replace(b"<", b"+ADw-").replace(b">", b"+AD4-"), "utf-7"),
        Shape(b"<meta charset=utf-7>" + PLAIN.encode().replace(b"<", b"+ADw-")),
        Shape(b"<p>Harbour</p><li~{~}nk rel=preconnect><if~\nrame src=//x.example>", "hz-gb-2312"),
        Shape(b"<meta charset=hz-gb-2312><p>Harbour</p><li~{~}nk rel=preconnect>"),
        Shape(HARBOUR.encode("utf-16"), "utf-8"),
        Shape(HARBOUR.encode("utf-16")),
        Shape(b"\xfe\xff" + HARBOUR.encode("utf-16-be"), "iso-2022-jp"),
        Shape(HARBOUR.encode("utf-16-le"), "utf-16"),
        Shape(HARBOUR.encode("utf-16-le"), "utf-16le"),
        Shape(HARBOUR.encode("utf-16-be"), "utf-16be"),
        Shape((HARBOUR + "\x1b").encode("utf-16-be"), "utf-16be"),
        Shape(HARBOUR.encode("utf-32"), "utf-32"),
        Shape(PLAIN.encode("cp037"), "ibm037"),
        Shape(b"\xef\xbb\xbf" + HARBOUR.encode(), "utf-7"),
        Shape(b"<meta charset=utf-16><p>Harbour</p><li\x1b(Bnk rel=preconnect>"),
        Shape(b"<p>Harbour</p><li\x1b(Bnk rel=preconnect><link>", "idna"),
        Shape(b"<p>Harbour</p><link rel=preconnect>", "punycode"),
        Shape(b"<p>Harbour</p><link rel=preconnect>", "undefined"),
        Shape(b"<p>Harbour</p><link rel=preconnect>", "rot13"),
        Shape(b"<p>Harbour</p><link rel=preconnect>", "base64"),
    ],
)
def test_no_charset_hides_an_element(shape: Shape) -> None:
    """Read as the answer says, by a mark before the header, as browsers do."""
    content_type = f"text/html; charset={shape.charset}" if shape.charset else "text/html"
    headers, body = replay(Archived((("Content-Type", content_type),), shape.body), shown=True)
    says = dict(headers)["Content-Type"].partition("charset=")[2] or "utf-8"
    says = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8" if body.startswith(b"\xef\xbb\xbf") else says
    read = body.decode("latin-1" if says in NO_CHARSETS else says, "replace")
    assert shape.says in read
    for text in (read, body.decode("latin-1"), body.decode("utf-7", "replace"), body.decode("hz", "replace")):
        assert not re.search(r"<(link|i?frame|object|embed)(?![\w-])", text.replace("\0", ""), re.IGNORECASE)
    assert replay(Archived((("Content-Type", content_type),), shape.body), shown=False)[1] == shape.body


def test_nothing_else_is_touched() -> None:
    page = b"<linked><frameset><embedded><p>&lt;link&gt; link <object-x></p><a href='/iframe'>"
    headers, body = replay(Archived((("Content-Type", "text/html"),), page), shown=True)
    assert body == page
    assert "X-Archive-Changed" not in dict(headers)
    plain = Archived((("Content-Type", "text/plain"),), b"<link>")
    assert replay(plain, shown=True)[1] == b"<link>"


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=60)), max_size=5), st.binary(max_size=200), st.booleans())
@settings(max_examples=100)
def test_any_answer_can_be_sent(headers: list[tuple[str, str]], body: bytes, shown: bool) -> None:
    made, sent = replay(Archived(tuple(headers), body), shown=shown)
    assert len(sent) == len(body) or dict(made)["Content-Type"] == "text/html; charset=utf-8"
    for name, value in made:
        assert re.fullmatch(r"[!-~]+", name)
        assert not re.search(r"[\r\n\0]", value)
        value.encode("latin-1")
