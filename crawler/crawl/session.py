"""The writing side of one crawl: what it must know before it asks for anything, where its looks go, and how it ended.

Whoever holds the store opens the books: the crawl itself on one machine, the one writer where many crawl. Knows no Scrapy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from crawler.catalogue.site import Site
from crawler.crawl.block_pages import NOTHING_MORE
from pipelines.article import Article, Fetch
from pipelines.history.revisit import allowance, next_check, window
from pipelines.history.validators import ValidatorTrust
from pipelines.queries.health_metrics import usual_readings
from pipelines.store.crawls import CrawlOutcome, Source, finish_crawl, last_reason, put_source
from pipelines.store.database import Row, Store
from pipelines.store.quarantine import Quarantine
from pipelines.store.snapshot import SiteSnapshot
from pipelines.store.statistics import StatsUpdater, host_of, last_started, load_habits, load_trust, looks_since
from pipelines.store.writer import Keep, Ledger, Recorded

LIES_TOLD = 3
"""A crawl's row names so many pages over which a host lied."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a crawl must know before its first request."""

    past: SiteSnapshot
    allowed: int
    """How many looks at known articles it may ask for."""
    wary_of: str | None = None
    """The host that refused us the last time."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a crawl ended, as it saw it itself."""

    outcome: CrawlOutcome
    reason: str | None
    finished: datetime
    requests: int = 0
    candidates: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False
    """Whether all that its sources named was asked for or passed over for good: the next one may skip what did not move."""
    sources: tuple[Source, ...] = ()
    listed: Mapping[str, str | None] = field(default_factory=dict)
    """Key of an article -> the list that names it now, where that is another than before; None: it was taken out of one."""
    vanished: tuple[str, ...] = ()
    """Keys of articles that a list names no more though it names older ones."""


def briefing(store: Store, site: Site, now: datetime) -> Briefing:
    """What the ledger tells a crawl of a site that begins now; to be drawn up before its own row is opened."""
    last = last_reason(store, site.id) or ""
    began = last_started(store, site.id)
    since_last = now - began if began else None
    spent = looks_since(store, site.id, now - window(since_last))
    return Briefing(
        SiteSnapshot.load(store, site.id),
        allowance(site.rechecks_an_hour, spent, since_last),
        site.host if last.startswith(f"{site.host} ") and NOTHING_MORE in last else None,
    )


class Books:
    """Ledger, lessons and quarantine of one crawl whose row is open."""

    def __init__(self, store: Store, site: Site, crawl_id: int, now: datetime, keep: Keep | None = None) -> None:
        self._store = store
        self._site = site
        self._crawl_id = crawl_id
        self._lessons = StatsUpdater(store, site.id)
        trust = load_trust(store, host_of(site.url)).get(host_of(site.url), ValidatorTrust())
        recheck = partial(next_check, habits=load_habits(store, site.id), cheap=trust.is_good(now))
        self.ledger = Ledger(store, site.id, crawl_id, recheck, self._lessons, keep)
        self.quarantine = Quarantine(store, self.ledger, site.id, crawl_id, usual_readings(store, site.id))

    def take(self, item: Article | Fetch) -> Recorded | None:
        """Record a normalised reading or a look, unless it is doubtful: None for one that waits for the end."""
        admitted = self.quarantine.admit(item)
        return self.ledger.record(admitted) if admitted else None

    def close(self, ending: Ending) -> None:
        """Settle what is in doubt, and write sources and the crawl's end; raises StoreError."""
        self.quarantine.settle()
        for source in ending.sources:
            put_source(self._store, self._site.id, source if ending.whole else _to_read_again(source))
        if ending.whole:
            self._lessons.listings(ending.listed, ending.vanished, self._crawl_id)
        reason = ending.reason
        if ending.outcome is CrawlOutcome.FINISHED and reason is None and self._lessons.lies:
            reason = "; ".join(self._lessons.lies[:LIES_TOLD])
        finish_crawl(
            self._store, self._crawl_id, ending.outcome, ending.finished, reason=reason, requests=ending.requests,
            candidates=ending.candidates, skipped=ending.skipped,
        )  # fmt: skip


def rows_of(sites: Iterable[Site]) -> list[Row]:
    """What the ledger keeps of sites' definitions."""
    columns = ("id", "name", "url", "country", "region", "owner", "platform", "timezone", "language")
    return [{column: getattr(site, column) for column in columns} for site in sites]


def _to_read_again(source: Source) -> Source:
    """A source without what would let the next crawl skip it: not all that it named has been asked for yet."""
    return replace(source, etag=None, last_modified=None, claimed_modified=None)
