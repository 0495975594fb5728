"""What a crawl has that runs where the store is not: somebody who takes its looks, and tells it what it must know.

Known to the spider's side and to the cluster, which know nothing of each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from crawler.catalogue.site import Site
from crawler.crawl.session import CrawlContext, CrawlResult
from pipelines.article import Article, Fetch

LEASE_LOST = "the host's lease was lost"
"""Why a crawl ended that was cut off."""
UNREACHED = "the writer could not be reached"


class DispatchError(Exception):
    """What was to be sent could not be: the crawl has to end. The message says why."""


class Waiting(Protocol):
    """How long hosts want nothing to be asked, kept from one crawl to the next."""

    def read(self, host: str) -> float:
        """Seconds that are left; 0 where nothing is known."""

    def write(self, host: str, seconds: float) -> None:
        """From now on."""


class Dispatch(Protocol):
    """One crawl's line to the writer."""

    @property
    def waits(self) -> Waiting:
        """Kept from crawl to crawl."""

    def open(self, site: Site, trigger: str, planned: datetime | None, started: datetime) -> tuple[int, CrawlContext]:
        """Begin a crawl: its id, and what it must know. Raises DispatchError where nobody answers."""

    def may_ask(self) -> bool:
        """Whether a request may leave now."""

    def elsewhere(self, urls: set[str]) -> set[str]:
        """Which of the URLs another site's article has; none where nobody answers."""

    def send(self, item: Article | Fetch) -> None:
        """Hand over one look; waits while the writer is behind. Raises DispatchError."""

    def end(self, ending: CrawlResult) -> None:
        """Hand over how the crawl ended. Raises DispatchError."""


@runtime_checkable
class Remote(Protocol):
    """A spider that can crawl for a ledger elsewhere."""

    dispatch: Dispatch | None
    """None: its ledger is at hand."""
