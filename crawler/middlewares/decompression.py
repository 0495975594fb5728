"""Unpacking of answers, where half of one is no answer: Scrapy's own hands on whatever a broken stream still gave.

Half an article would be kept as an edit that took the other half away.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from crawler.warc.decode import codings_of, decode

STAYS_PACKED = "newsledger_stays_packed"
"""Key of a request's meta: that whoever asked unpacks the answer, and no more of it than is needed."""
_ACCEPTED = b"gzip, deflate, br, zstd"
_END = b"</html"


class NotWholeError(IgnoreRequest):
    """The packed answer is cut off, damaged, larger than the bound, or packed in an unknown way; the message says which."""


class DecompressionMiddleware:
    """Asks for packed answers and unpacks them."""

    def __init__(self, max_bytes: int) -> None:
        """`max_bytes` bounds the unpacked answer."""
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads DOWNLOAD_MAXSIZE."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say which codings can be read."""
        request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The unpacked answer; raises NotWholeError. A page that ends with its last tag is whole, whatever its stream lacks."""
        codings = _codings(response)
        if not codings or request.method == "HEAD" or request.meta.get(STAYS_PACKED):
            return response
        unpacked = decode(response.body, codings, self._max_bytes)
        if unpacked.problem and not ("cut off" in unpacked.problem and _END in unpacked.body[-2000:].lower()):
            raise NotWholeError(f"{response.url}: {unpacked.problem}")
        del response.headers["Content-Encoding"]  # else its type is guessed from the body
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=unpacked.body)
        return response.replace(cls=kind, body=unpacked.body)


def first_bytes(response: Response, limit: int) -> bytes:
    """The first bytes of an answer that stayed packed; raises ValueError where none can be unpacked."""
    found = decode(response.body, _codings(response), limit)
    if found.problem and not found.body:
        raise ValueError(found.problem)
    return found.body


def _codings(response: Response) -> tuple[str, ...]:
    return codings_of([value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")])
