"""Paths of the misbehaving paper whose bodies are bad: cut, packed, mislabelled, or no articles. Each does what its name says."""

from __future__ import annotations

import gzip

import bad_pages as pages
from bad_server import ENDLESS_BYTES, HTML, Visit, route


@route("/truncated")
def truncated(visit: Visit) -> None:
    """Content-Length promises twice the body, then the connection closes."""
    body = pages.article().encode()
    visit.start(200, HTML, 2 * len(body), Connection="close")
    visit.raw(body)


@route("/garbage")
def garbage(visit: Visit) -> None:
    """Random bytes as HTML, the same at each request."""
    visit.send(pages.garbage())


@route("/empty")
def empty(visit: Visit) -> None:
    """200, and no body."""
    visit.send(b"")


@route(r"/huge/(\d+)", "/huge/20")
def huge(visit: Visit, megabytes: str) -> None:
    """An article page of so many megabytes."""
    visit.pour(pages.huge(min(int(megabytes) << 20, ENDLESS_BYTES)))


@route("/gzip-bomb")
def gzip_bomb(visit: Visit) -> None:
    """100 KB of gzip that unpack to 100 MB."""
    visit.send(pages.gzip_bomb(), Content_Encoding="gzip")


@route("/brotli-bomb")
def brotli_bomb(visit: Visit) -> None:
    """165 bytes of brotli that unpack to 100 MB."""
    visit.send(pages.brotli_bomb(), Content_Encoding="br")


@route("/gzip-cut-off")
def gzip_cut_off(visit: Visit) -> None:
    """Half a gzip stream."""
    packed = gzip.compress(pages.article().encode(), mtime=0)
    visit.send(packed[: len(packed) // 2], Content_Encoding="gzip")


@route("/brotli-cut-off")
def brotli_cut_off(visit: Visit) -> None:
    """The beginning of a brotli stream."""
    visit.send(pages.brotli_bomb()[:24], Content_Encoding="br")


@route("/gzip-lie")
def gzip_lie(visit: Visit) -> None:
    """Says gzip, is plain."""
    visit.send(pages.article(), Content_Encoding="gzip")


@route("/wrong-charset")
def wrong_charset(visit: Visit) -> None:
    """Windows-1252 that is said to be UTF-8."""
    text = pages.article("Café’s “bridge” – naïve?").replace('<meta charset="utf-8">', "")
    visit.send(text.encode("cp1252"), HTML)


@route("/utf16-as-utf8")
def utf16_as_utf8(visit: Visit) -> None:
    """UTF-16 without a mark, that is said to be UTF-8."""
    visit.send(pages.article().encode("utf-16-le"), HTML)


@route("/unknown-charset")
def unknown_charset(visit: Visit) -> None:
    """A charset that nobody knows."""
    visit.send(pages.article(), "text/html; charset=klingon")


@route("/no-content-type")
def no_content_type(visit: Visit) -> None:
    """An article without Content-Type."""
    visit.send(pages.article(), None)


@route("/binary-as-html")
def binary_as_html(visit: Visit) -> None:
    """The start of a PNG, said to be HTML."""
    visit.send(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0" + bytes(500))


@route("/html-as-binary")
def html_as_binary(visit: Visit) -> None:
    """An article, said to be application/octet-stream."""
    visit.send(pages.article(), "application/octet-stream")


@route("/nul-bytes")
def nul_bytes(visit: Visit) -> None:
    """An article with NUL after every sentence."""
    visit.send(pages.article().replace(".", ".\0"))


@route("/deep-nesting")
def deep_nesting(visit: Visit) -> None:
    """100,000 nested elements after the article."""
    visit.send(pages.deep_nesting())


@route("/million-tags")
def million_tags(visit: Visit) -> None:
    """A million empty elements after the article."""
    visit.send(pages.million_tags())


@route("/duplicate-ids")
def duplicate_ids(visit: Visit) -> None:
    """One id on 600 elements."""
    visit.send(pages.duplicate_ids())


@route("/two-articles")
def two_articles(visit: Visit) -> None:
    """A page whose data describe two stories."""
    visit.send(pages.two_articles())


@route("/soft-404")
def soft_404(visit: Visit) -> None:
    """200, and a page that says it is not found."""
    visit.send(pages.soft_404())


@route("/login-wall")
def login_wall(visit: Visit) -> None:
    """200, and a form where the article should be."""
    visit.send(pages.login_wall())
