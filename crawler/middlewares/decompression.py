"""Unpacking of answers, where half of one is no answer: Scrapy hands on whatever a broken stream still gave.

Half an article would be kept as an edit that took the other half away.
"""

from __future__ import annotations

import importlib
import zlib
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

STAYS_PACKED = "newsledger_stays_packed"
"""Key of a request's meta: that whoever asked unpacks the answer, and no more of it than is needed."""

_STEP = 1 << 16
_END = b"</html"


class TruncatedStream(IgnoreRequest):
    """The packed stream ended before its end."""


class DecompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's own, and a look whether the stream was whole where the page does not say so itself by its last tag."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The unpacked answer; raises TruncatedStream."""
        if request.meta.get(STAYS_PACKED):
            return response
        packing = (response.headers.get(b"Content-Encoding") or b"").strip().lower()
        answer = super().process_response(request, response)
        unpacked = isinstance(answer, Response) and answer is not response
        if unpacked and _END not in answer.body[-2000:].lower() and is_cut_off(response.body, packing):
            raise TruncatedStream(f"{response.url}: the packed answer was cut off")
        return answer


def first_bytes(response: Response, limit: int) -> bytes:
    """The first bytes of an answer that stayed packed; raises zlib.error and ValueError where they cannot be unpacked."""
    body = response.body[:limit]
    for packing in reversed(b",".join(response.headers.getlist(b"Content-Encoding")).lower().split(b",")):
        if packing.strip() in (b"gzip", b"x-gzip", b"deflate"):
            try:
                body = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(body, limit)
            except zlib.error:  # some servers leave the wrapper of deflate away
                body = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit)
        elif packing.strip() not in (b"", b"identity"):
            raise ValueError(f"packed in a way that was not asked for: {packing!r}")
    return body


def is_cut_off(body: bytes, packing: bytes) -> bool:
    """Whether a stream of gzip or brotli, which unpacks within the bound on size, lacks its end. Others tell it themselves."""
    if not body:
        return False
    if packing in (b"gzip", b"x-gzip"):
        return _gzip_lacks_end(body)
    if packing == b"br":
        return _brotli_lacks_end(body)
    return False


def _gzip_lacks_end(body: bytes) -> bool:
    """Several members may follow one another, and padding may follow them."""
    while body:
        stream = zlib.decompressobj(31)
        try:
            stream.decompress(body, _STEP)
            while stream.unconsumed_tail and not stream.eof:
                stream.decompress(stream.unconsumed_tail, _STEP)
        except zlib.error:
            return False
        if not stream.eof:
            return True
        body = stream.unused_data if stream.unused_data[:2] == b"\x1f\x8b" else b""
    return False


def _brotli_lacks_end(body: bytes) -> bool:
    for name in ("brotli", "brotlicffi"):
        try:
            brotli: Any = importlib.import_module(name)
        except ImportError:
            continue
        stream = brotli.Decompressor()
        try:
            piece = stream.process(body, output_buffer_limit=_STEP)
            while piece and not stream.is_finished():
                piece = stream.process(b"", output_buffer_limit=_STEP)
        except brotli.error:
            return False
        return not stream.is_finished()
    return False
