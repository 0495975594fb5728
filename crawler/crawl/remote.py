"""Whose pages a crawl requests and for whom, and the remote writer of one whose store is on another machine: takes its items, and
answers what it must know. Shared by the spider's side and the cluster, which do not import each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crawler.catalogue.site import Site
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.article import Article, Fetch
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.snapshot import SiteSnapshot, SnapshotQuestion

LEASE_LOST = CodedReason(CrawlReason.LEASE_LOST, "the host's lease was lost")
"""Why a crawl ended that was cut off."""
UNREACHED = CodedReason(CrawlReason.WRITER_UNREACHABLE, "the writer could not be reached")


class DispatchError(Exception):
    """What was to be sent could not be: the crawl has to end. The message says why."""


class RetryClock(Protocol):
    """How long hosts want nothing to be asked, kept from one crawl to the next."""

    def read(self, host: str) -> float:
        """Seconds that are left; 0 where nothing is known."""

    def write(self, host: str, seconds: float) -> None:
        """From now on."""


class RemoteWriter(Protocol):
    """One crawl's connection to the writer of the store."""

    @property
    def waits(self) -> RetryClock:
        """Kept from crawl to crawl."""

    def open(self, site: Site, trigger: str, planned: datetime | None, started: datetime) -> tuple[int, CrawlContext]:
        """Begin a crawl: its id, and what it must know. Raises DispatchError where nobody answers."""

    def may_request(self) -> bool:
        """Whether a request may leave now."""

    def holds_host(self) -> bool:
        """Whether the host is still ours to ask; if not, what is under way is cut off."""

    def look_up(self, question: SnapshotQuestion) -> SiteSnapshot:
        """What the store knows of what the sources name, and of what is due. Raises DispatchError."""

    def send(self, item: Article | Fetch) -> None:
        """Send one item; waits while the writer is behind. Raises DispatchError."""

    def end(self, result: CrawlResult) -> None:
        """Send how the crawl ended. Raises DispatchError."""


@dataclass(slots=True)
class CrawlScope:
    """Whose pages a crawl requests, and for whom: all that middlewares and extensions know of its spider."""

    site: Site
    remote_writer: RemoteWriter | None = None
    """Takes the items of a crawl whose store is elsewhere."""
    wary_of: str | None = None
    """The host that refused us the last time; known once the crawl's row is open."""
    on_this_machine: bool = False
    """A title on loopback is probed: the other loopback hosts that it names are its own, and no private address of a stranger."""


def set_scope(crawler: object, scope: CrawlScope) -> None:
    """Set the scope of a crawl on Scrapy's crawler; done once, by its spider, before middlewares are made."""
    crawler.newsledger_scope = scope  # type: ignore[attr-defined]


def scope_of(crawler: object) -> CrawlScope | None:
    """The scope of a crawl; None where its spider is none of ours (`scrapy shell`)."""
    scope: CrawlScope | None = getattr(crawler, "newsledger_scope", None)
    return scope
