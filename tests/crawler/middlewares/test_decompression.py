"""Answers are unpacked whole, or not at all."""

from __future__ import annotations

import gzip
import zlib

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.middlewares import failure_reason
from crawler.middlewares.decompression import DecompressionMiddleware, NotWholeError
from pipelines.reasons import FetchReason

URL = "https://gazette.example/news/ferry"
PAGE = b"<html><body>" + b"<p>The ferry is to be mended.</p>" * 10_000 + b"</body></html>"
REQUEST = Request(URL)


def answer(body: bytes, coding: str) -> Response:
    return Response(URL, body=body, headers={"Content-Encoding": coding, "Content-Type": "text/html"})


def test_what_is_whole_is_unpacked() -> None:
    found = DecompressionMiddleware(len(PAGE)).process_response(REQUEST, answer(gzip.compress(PAGE), "gzip"))
    assert isinstance(found, HtmlResponse)
    assert (found.body, found.headers.get("Content-Encoding")) == (PAGE, None)
    plain = Response(URL, body=PAGE)
    assert DecompressionMiddleware(100).process_response(REQUEST, plain) is plain


def test_a_page_that_ends_with_its_last_tag_is_whole_whatever_its_stream_lacks() -> None:
    found = DecompressionMiddleware(len(PAGE)).process_response(REQUEST, answer(gzip.compress(PAGE)[:-8], "gzip"))
    assert found.body == PAGE


def test_what_is_not_whole_is_no_answer(subtests: pytest.Subtests) -> None:
    packed = gzip.compress(PAGE)
    cases = [
        ("cut", packed[: len(packed) // 2], "gzip", FetchReason.NOT_WHOLE),
        ("a deflate stream cut", zlib.compress(PAGE)[:-30], "deflate", FetchReason.NOT_WHOLE),
        ("noise in it", packed[:200] + bytes(50) + packed[250:], "gzip", FetchReason.BAD_ENCODING),
        ("a wrong sum over a whole page", packed[:-8] + bytes(8), "gzip", FetchReason.BAD_ENCODING),
        ("too large", gzip.compress(PAGE * 2), "gzip", FetchReason.UNPACKS_TOO_LARGE),
        ("packed in a way nobody knows", packed, "pack200-gzip", FetchReason.BAD_ENCODING),
    ]
    for name, body, coding, code in cases:
        with subtests.test(name):
            with pytest.raises(NotWholeError) as caught:
                DecompressionMiddleware(len(PAGE)).process_response(REQUEST, answer(body, coding))
            assert failure_reason(caught.value).code is code


def test_requests_say_which_codings_can_be_read() -> None:
    request = Request(URL)
    DecompressionMiddleware(100).process_request(request)
    assert request.headers["Accept-Encoding"] == b"gzip, deflate, br, zstd"
