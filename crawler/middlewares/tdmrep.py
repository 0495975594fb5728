"""`/.well-known/tdmrep.json`, fetched for the first page that says nothing of mining itself: once a host and crawl, and
once an hour for sites that share a host.

Fetched during the page's own turn, so that there is still one request at a time. The result is put into `meta` for the fetch.
"""

from __future__ import annotations

import logging
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.crawl.block_pages import plain_headers, refusal_of
from crawler.crawl.rights import TDM_FOUND, TDM_WANTED, TdmRule, reservations_of, rule_for, tdm_rules
from crawler.crawl.robots_txt import MAX_BYTES
from crawler.middlewares.robots import shared_files
from crawler.schedule.processes import HostFiles

logger = logging.getLogger(__name__)


class TdmrepMiddleware:
    """Reads the file for pages with `meta[TDM_WANTED]`."""

    def __init__(self, crawler: Crawler, shared: HostFiles | None = None) -> None:
        self._crawler = crawler
        self._shared = shared
        self._rules: dict[str, tuple[TdmRule, ...]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NEWSLEDGER_DB (the shared files are beside it); the spider marks the pages."""
        return cls(crawler, shared_files(crawler))

    async def process_response(self, request: Request, response: Response) -> Response:
        """The same response; `meta[TDM_FOUND]` is set if it was wanted. Not fetched for a page that says it itself."""
        if request.meta.get(TDM_WANTED) and response.status == 200:
            headers, parts = plain_headers(response.headers.items()), urlsplit(response.url)
            host = f"{parts.scheme}://{parts.netloc}"
            is_wanted = host in self._rules or reservations_of(headers, response.body).tdm is None
            if is_wanted and not refusal_of(response.status, headers, response.body):
                request.meta[TDM_FOUND] = rule_for(await self._rules_of_host(host), response.url)
        return response

    async def _rules_of_host(self, host: str) -> tuple[TdmRule, ...]:
        if host not in self._rules:
            self._rules[host] = ()
            self._rules[host] = await self._read(f"{host}/.well-known/tdmrep.json")
        return self._rules[host]

    async def _read(self, url: str) -> tuple[TdmRule, ...]:
        known = self._shared.read(url) if self._shared else None
        if known is not None:
            return tdm_rules(known)
        request = Request(url, priority=1_000, meta={"dont_retry": True, "neutral": True}, callback=NO_CALLBACK)
        engine = self._crawler.engine
        try:
            response = await engine.download_async(request) if engine else None
        except Exception as error:  # whatever keeps it from us, nothing is reserved there
            logger.info("%s could not be read: %s", url, str(error).partition("\n")[0] or type(error).__name__)
            return ()
        body = response.body if response is not None and response.status == 200 else b""
        if self._shared and response is not None and response.status in (200, 404, 410) and len(body) <= MAX_BYTES:
            self._shared.write(url, body)
        return tdm_rules(body)
