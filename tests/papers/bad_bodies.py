"""Paths of the misbehaving paper whose bodies are bad: cut, packed, mislabelled, or no articles. Each does what its name says."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

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


@route("/packed-without-a-header")
def packed_without_a_header(visit: Visit) -> None:
    """An article as gzip, which only its Content-Type and its first bytes tell."""
    visit.send(gzip.compress(pages.article().encode(), mtime=0), "application/gzip")


@route("/packed-without-a-header-and-cut-off")
def packed_without_a_header_and_cut_off(visit: Visit) -> None:
    """Half of that, said to be HTML."""
    packed = gzip.compress(pages.article().encode(), mtime=0)
    visit.send(packed[: len(packed) // 2])


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


# -- sound at the first and the third visit, and something else at the second ------------------------------------------


def _unlengthed(visit: Visit) -> None:
    """Half the page by HTTP/1.0 without a length: nothing but its missing end says that it is cut."""
    visit.raw(f"HTTP/1.0 200 OK\r\nContent-Type: {HTML}\r\n\r\n".encode() + _half(visit))


def _half(visit: Visit) -> bytes:
    page = pages.story_of(visit.path).encode()
    return page[: page.index(b"</p>") + 4]


def _cut(packed: bytes) -> bytes:
    return packed[: len(packed) * 2 // 3]


SECOND: dict[str, Callable[[Visit], None]] = {
    "unlengthed": _unlengthed,
    "part": lambda visit: visit.send(_half(visit), status=206, Content_Range="bytes 0-399/2000"),
    "accepted": lambda visit: visit.send(
        pages.plain("Queued", "<h1>Queued</h1><p>Your page is being made ready.</p>"), status=202
    ),
    "transformed": lambda visit: visit.send(pages.story_of(visit.path).replace("Tuesday", "tue."), status=203),
    "deflate": lambda visit: visit.send(_cut(zlib.compress(pages.story_of(visit.path).encode())), Content_Encoding="deflate"),
    "twice-packed": lambda visit: visit.send(
        gzip.compress(_cut(gzip.compress(pages.story_of(visit.path).encode()))), Content_Encoding="gzip, gzip"
    ),
    "unasked": lambda visit: visit.send("", status=304),
    "maintenance": lambda visit: visit.send(
        pages.plain("Back soon", "<h1>Back soon</h1><p>We are making our site better. Please come again in an hour.</p>")
    ),
    "app": lambda visit: visit.send(
        pages.plain("Read on", "<h1>Read on in our app</h1><p>Open the app to go on reading, or get it from your store.</p>")
    ),
    "trouble": lambda visit: visit.send(
        pages.plain("Oops", "<h1>Something went wrong</h1><p>We could not load this. Try again, or go back to the start.</p>")
    ),
}
"""What stands in for the page at its second visit."""


@route(r"/second/([\w-]+)", "/second/part")
def second(visit: Visit, kind: str) -> None:
    """A story, but at the second visit what its name says; 404 where there is no such name."""
    if kind not in SECOND:
        return visit.send(pages.plain("404", "<h1>404</h1>"), status=404)
    if visit.count == 2:
        return SECOND[kind](visit)
    return visit.send(pages.story_of(visit.path))
