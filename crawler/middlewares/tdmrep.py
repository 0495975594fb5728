"""`/.well-known/tdmrep.json`, asked for once a host and crawl: when the first page comes that says nothing of mining itself.

Asked inside the page's own turn, so that there is still one request at a time. What it says is left in `meta` for the look.
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
from crawler.crawl.rights import TdmRule, reservations_of, rule_for, tdm_rules

logger = logging.getLogger(__name__)

WANTED = "mining_wanted"
"""Key of `meta` that asks for the host's rules."""
FOUND = "mining"
"""Key of `meta` under which they are left: a Mining, or None."""


class TdmrepMiddleware:
    """Reads the file for pages that want it (`meta[WANTED]`)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, tuple[TdmRule, ...]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads no setting: the spider says for which pages."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The same response; `meta[FOUND]` set where it was wanted and the page says nothing itself."""
        if request.meta.get(WANTED) and response.status == 200:
            headers = plain_headers(response.headers.items())
            reservation = reservations_of(headers, response.body).tdm
            if reservation is None and not refusal_of(response.status, headers, response.body):
                request.meta[FOUND] = rule_for(await self._of_host(response.url), response.url)
        return response

    async def _of_host(self, url: str) -> tuple[TdmRule, ...]:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = ()
            self._rules[host] = await self._read(f"{host}/.well-known/tdmrep.json")
        return self._rules[host]

    async def _read(self, url: str) -> tuple[TdmRule, ...]:
        request = Request(url, priority=1_000, meta={"dont_retry": True, "neutral": True}, callback=NO_CALLBACK)
        engine = self._crawler.engine
        try:
            response = await engine.download_async(request) if engine else None
        except Exception as error:  # whatever keeps it from us, nothing is reserved there
            logger.info("%s could not be read: %s", url, str(error).partition("\n")[0] or type(error).__name__)
            return ()
        return tdm_rules(response.body) if response is not None and response.status == 200 else ()
