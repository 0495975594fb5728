"""What queries of sites and crawls give: frozen values. Times are strings as the store has them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site as the catalogue described it when it was last crawled; of one that is not in the ledger the id alone."""

    id: str
    name: str
    url: str | None = None
    country: str | None = None
    region: str | None = None
    owner: str | None = None
    platform: str | None = None
    timezone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SiteCrawls:
    """A site with its last crawl."""

    id: str
    name: str
    region: str | None
    country: str | None
    crawl_id: int | None
    outcome: str | None
    """Of the last crawl, as `reason` and `reason_code`; None where there was none."""
    reason: str | None
    reason_code: str | None
    last_finished: str | None
    """When the last crawl that finished did so."""
    quarantined: int
    """Readings that are in quarantine."""
    imported: int = 0
    """1 where all that there is of it was imported."""
    paused: str | None = None
    """Since when its last pause lasts, or lasted."""
    paused_until: str | None = None
    """When that ends, or ended; None: when somebody resumes it."""
    next_crawl: str | None = None
    """Its next planned start, as of the end of its last crawl."""

    def is_paused(self, now: str) -> bool:
        """Whether the pause holds at a stored time."""
        return self.paused is not None and (self.paused_until is None or self.paused_until > now)


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """A crawl in the list of a site."""

    id: int
    trigger: str
    planned: str | None
    started: str | None
    """None where it did not begin."""
    finished: str | None
    outcome: str
    reason: str | None
    reason_code: str | None
    requests: int
    bytes: int
    candidates: int
    looks: int
    revisions: int
    errors: int


@dataclass(frozen=True, slots=True)
class DayCounts:
    """How many revisions a site had on a day, in all and of each kind of change."""

    day: str
    revisions: int
    new: int
    updated: int
    silent: int
    restamped: int
    reverted: int
    restored: int


@dataclass(frozen=True, slots=True)
class SiteSums:
    """How much there is of a site; edits are all revisions but the first ones and mere new stamps."""

    articles: int = 0
    revisions: int = 0
    edits: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a site or of the ledger: articles by state, revisions by kind of change."""

    articles: int
    revisions: int
    live: int
    suspected: int
    gone: int
    moved: int
    new: int
    updated: int
    silent: int
    restamped: int
    reverted: int
    restored: int
    paywall: int


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a filter of changes can choose from."""

    sites: tuple[SiteRecord, ...]
    """By name."""
    regions: tuple[str, ...]
    countries: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrawlChange:
    """A revision that a crawl wrote."""

    url: str
    site_id: str
    number: int
    change: str
    changed_fields: tuple[str, ...]
    headline: str | None
    first_seen: str


@dataclass(frozen=True, slots=True)
class CrawlStateChange:
    """A step of an article's state that a crawl led to."""

    url: str
    state: str
    reason: str | None
