"""Decompression of responses, which refuses incomplete ones: Scrapy's own passes on whatever a broken stream gave.

Half an article would be recorded as an edit that removed the other half.
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
"""Key of a request's meta: the spider decompresses the response itself, and only as much as it needs."""
_ACCEPTED = b"gzip, deflate, br, zstd"
_END = b"</html"


class NotWholeError(IgnoreRequest):
    """The compressed response is cut off, damaged, too large, or in an unknown coding; the message says which."""


class DecompressionMiddleware:
    """Requests compressed responses and decompresses them."""

    def __init__(self, max_bytes: int) -> None:
        """`max_bytes` limits the decompressed response."""
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads DOWNLOAD_MAXSIZE."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Set the accepted codings."""
        request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The decompressed response; raises NotWholeError. A page that ends with its last tag is complete, even if its stream
        is not."""
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
    """The first bytes of a response that is still compressed; raises ValueError if none can be decompressed."""
    found = decode(response.body, _codings(response), limit)
    if found.problem and not found.body:
        raise ValueError(found.problem)
    return found.body


def _codings(response: Response) -> tuple[str, ...]:
    return codings_of([value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")])
