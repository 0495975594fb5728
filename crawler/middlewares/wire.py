"""The HTTP client, kept from asking behind our back: beneath all middlewares, where one request must be one request."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class OnceOnly(HTTP11DownloadHandler):
    """Scrapy's handler without Twisted's own retry, which sends a request anew, at once and unrecorded, where a kept connection
    was closed without an answer. The retries that remain wait and count."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
