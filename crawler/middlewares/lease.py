"""Last before the wire: on a worker no request leaves without the host's lease, and a lease that is lost ends the crawl."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.crawl.remote import LEASE_LOST, RemoteWriter, scope_of
from crawler.middlewares.throttle import HostSuspended
from pipelines.reasons import FetchReason, coded


class LeaseMiddleware:
    """Stands behind `ThrottleMiddleware`, whose waits may outlast a lease."""

    def __init__(self, crawler: Crawler, remote_writer: RemoteWriter) -> None:
        self._crawler = crawler
        self._remote_writer = remote_writer
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Nothing to do for a crawl that has its store at hand: its lock is the machine's."""
        return cls(crawler, remote_writer_of(crawler))

    def process_request(self, request: Request) -> None:
        """Raises HostSuspended."""
        if self._remote_writer.may_request():
            return
        if self._crawler.engine and self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=LEASE_LOST))
        raise HostSuspended(coded(FetchReason.LEASE_LOST))


def remote_writer_of(crawler: Crawler) -> RemoteWriter:
    """Who takes the looks of a crawl; NotConfigured where it keeps its own ledger."""
    scope = scope_of(crawler)
    if scope is None or scope.remote_writer is None:
        raise NotConfigured
    return scope.remote_writer
