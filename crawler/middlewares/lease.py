"""On a worker no request is sent without its host's lease, and none outlasts it. Inactive if the crawl has its own store.

`LeaseMiddleware` comes last before the download, after `ThrottleMiddleware`, whose waits may outlast a lease.
"""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.crawl.remote import LEASE_LOST, RemoteWriter, scope_of
from crawler.middlewares import HostSuspended
from crawler.middlewares.download_handler import NoRetryHandler
from pipelines.items import stop_crawl
from pipelines.reasons import FetchReason, coded

STEP_SECONDS = 0.5
"""How often a running request checks that the host is still leased."""


def remote_writer_of(crawler: Crawler) -> RemoteWriter:
    """The remote writer of a crawl; NotConfigured if it has its own ledger."""
    scope = scope_of(crawler)
    if scope is None or scope.remote_writer is None:
        raise NotConfigured
    return scope.remote_writer


class LeaseMiddleware:
    """Sends no request that might still be running at the end of the lease."""

    def __init__(self, crawler: Crawler, remote_writer: RemoteWriter) -> None:
        self._crawler = crawler
        self._remote_writer = remote_writer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured for a crawl with its own store: it holds the machine's lock."""
        return cls(crawler, remote_writer_of(crawler))

    def process_request(self, request: Request) -> None:
        """Raises HostSuspended."""
        if not self._remote_writer.may_request():
            raise _lease_lost(self._crawler)


class LeasedHandler(NoRetryHandler):
    """Cuts off a request if its host is given to another crawl before it has answered."""

    async def download_request(self, request: Request) -> Response:
        """The response. Raises HostSuspended."""
        scope = scope_of(self._crawler)
        if scope is None or scope.remote_writer is None:
            return await super().download_request(request)
        answer = asyncio.ensure_future(super().download_request(request))
        while not (await asyncio.wait({answer}, timeout=STEP_SECONDS))[0]:
            if not scope.remote_writer.holds_host():
                answer.cancel()  # closes the connection
                raise _lease_lost(self._crawler)
        return answer.result()


def _lease_lost(crawler: Crawler) -> HostSuspended:
    stop_crawl(crawler, LEASE_LOST)
    return HostSuspended(coded(FetchReason.LEASE_LOST))
