"""The scope of a crawl, and the interface of the remote writer for one whose store is on another machine: it takes the crawl's
items and answers its questions. Shared by the spider's side and the cluster, which do not import each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crawler.catalogue.site import Site
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.article import Article, Fetch
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls.snapshot import SiteSnapshot, SnapshotQuestion

LEASE_LOST = CodedReason(CrawlReason.LEASE_LOST, "the host's lease was lost")
"""Why a crawl was cut off."""
UNREACHED = CodedReason(CrawlReason.WRITER_UNREACHABLE, "the writer could not be reached")


class DispatchError(Exception):
    """A message could not be sent: the crawl has to end. The text says why."""


class RetryClock(Protocol):
    """When each host may be requested next, stored between crawls."""

    def read(self, host: str) -> float:
        """Seconds left; 0 if unknown."""

    def write(self, host: str, seconds: float) -> None:
        """Store a wait from now on."""


class RemoteWriter(Protocol):
    """One crawl's connection to the writer of the store."""

    @property
    def waits(self) -> RetryClock:
        """The stored waits of hosts."""

    def open(self, site: Site, trigger: str, planned: datetime | None, started: datetime) -> tuple[int, CrawlContext]:
        """Open a crawl: its id and its context. Raises DispatchError if there is no answer."""

    def may_request(self) -> bool:
        """Whether a request may be sent now."""

    def holds_host(self) -> bool:
        """Whether the host is still leased; if not, running requests are cut off."""

    def look_up(self, question: SnapshotQuestion) -> SiteSnapshot:
        """What the store knows of listed and due articles. Raises DispatchError."""

    def send(self, item: Article | Fetch) -> None:
        """Send one item; waits while the writer is behind. Raises DispatchError."""

    def end(self, result: CrawlResult) -> None:
        """Report the end of the crawl. Raises DispatchError."""


@dataclass(slots=True)
class CrawlScope:
    """The site of a crawl and its writer: all that middlewares and extensions know of its spider."""

    site: Site
    remote_writer: RemoteWriter | None = None
    """Takes the items of a crawl whose store is elsewhere."""
    wary_of: str | None = None
    """The host that refused us the last time; known once the crawl's row is open."""
    archived_by_workers: tuple[str, ...] = ()
    """The newest archived file of each machine of a cluster; known once the crawl's row is open."""
    on_this_machine: bool = False
    """A title on loopback is probed: other loopback hosts that it names belong to it, and are no private addresses to refuse."""


def set_scope(crawler: object, scope: CrawlScope) -> None:
    """Set the scope of a crawl on Scrapy's crawler; the spider does this once, before middlewares are created."""
    crawler.newsledger_scope = scope  # type: ignore[attr-defined]


def scope_of(crawler: object) -> CrawlScope | None:
    """The scope of a crawl; None if its spider is not ours (`scrapy shell`)."""
    scope: CrawlScope | None = getattr(crawler, "newsledger_scope", None)
    return scope
