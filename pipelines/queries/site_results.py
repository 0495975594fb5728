"""Results of queries of sites and crawls as frozen values. Times are strings as stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site as the catalogue described it at its last crawl; a site that is not in the ledger has only its id."""

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
    """Outcome of the last crawl, like `reason` and `reason_code`; None if there was none."""
    reason: str | None
    reason_code: str | None
    last_finished: str | None
    """When the last finished crawl finished."""
    quarantined: int
    """Number of readings in quarantine."""
    imported: int = 0
    """1 if everything of the site was imported."""
    paused: str | None = None
    """When its last pause began."""
    paused_until: str | None = None
    """When that pause ends or ended; None: when a person resumes the site."""
    next_crawl: str | None = None
    """Its next planned start, as known at the end of its last crawl."""

    def is_paused(self, now: str) -> bool:
        """Whether the pause is in force at a stored time."""
        return self.paused is not None and (self.paused_until is None or self.paused_until > now)


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """A crawl in a site's list."""

    id: int
    trigger: str
    planned: str | None
    started: str | None
    """None if it did not begin."""
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
    """A site's number of revisions on one day, in all and of each kind of change."""

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
    """Totals of a site; edits are all revisions except first ones and mere new stamps."""

    articles: int = 0
    revisions: int = 0
    edits: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a site or of the ledger: articles by state, revisions by kind of change."""

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
    """The values that filters of changes can choose from."""

    sites: tuple[SiteRecord, ...]
    """In the order of their names."""
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
    """A change of an article's state from a crawl."""

    url: str
    state: str
    reason: str | None
