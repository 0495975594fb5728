"""Session of one crawl with the store: its context before the first request, the writing of its items, and its end.

The process with the store opens the session: the crawl itself on one machine, the writer of a cluster. Knows no Scrapy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from crawler.catalogue.site import Site
from pipelines.article import Article, Fetch, Outcome
from pipelines.history.anomalies import Readings
from pipelines.history.revisit import allowance, price_of, window
from pipelines.history.validators import ValidatorTrust
from pipelines.queries.health_metrics import keep_health_metrics, usual_readings
from pipelines.reasons import CodedReason, CrawlReason, because
from pipelines.store.crawls import CrawlOutcome, Source, finish_crawl, last_reason_code, put_source
from pipelines.store.crawls.snapshot import SiteSnapshot
from pipelines.store.database import Row, Store, StoreError
from pipelines.store.judgement import Judgement, Recorded, fetch_of
from pipelines.store.late_captures.events import HistoryEvent
from pipelines.store.late_captures.replay import LedgerWriter, replay, resolve_revisits
from pipelines.store.quarantine import HeldReading, Quarantine
from pipelines.store.statistics import StatsUpdater, host_of, last_started, load_trust, rechecks_since

LATE_TOGETHER = 500
"""Late captures of an import are collected, so that a history is rewritten once for all of them."""
VIOLATIONS_NAMED = 3
"""Pages named in a crawl's row whose validators said "unchanged" of a changed text."""


@dataclass(frozen=True, slots=True)
class CrawlContext:
    """What a crawl must know before its first request."""

    snapshot: SiteSnapshot
    allowed: int
    """How many known articles it may fetch again."""
    wary_of: str | None = None
    """The host that refused us the last time."""
    archived_by_workers: tuple[str, ...] = ()
    """The newest archived file of each machine of a cluster: a worker without its archive does not begin a crawl."""


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """The end of a crawl as reported by itself."""

    outcome: CrawlOutcome
    reason: str | None
    finished: datetime
    requests: int = 0
    candidates: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False
    """Whether everything that its sources listed was fetched or skipped for good: the next crawl may skip unchanged sources."""
    sources: tuple[Source, ...] = ()
    listed: Mapping[str, str | None] = field(default_factory=dict)
    """Key of an article -> the list that contains it now, if that has changed; None: it was removed from one."""
    vanished: tuple[str, ...] = ()
    """Keys of delisted articles: a list no longer contains them although it contains older ones."""
    reason_code: str | None = None
    """A `CrawlReason`, or one of a newer version; None also from a worker of an older version."""

    @property
    def why(self) -> CodedReason | None:
        return CodedReason(self.reason_code or CrawlReason.OTHER, self.reason) if self.reason else None


def load_context(store: Store, site: Site, now: datetime) -> CrawlContext:
    """The context of a crawl that starts now; load it before its own row is opened."""
    began = last_started(store, site.id)
    since_last = now - began if began else None
    rechecked = rechecks_since(store, site.id, now - window(since_last))
    return CrawlContext(
        SiteSnapshot.begin(store, site.id),
        allowance(site.rechecks_an_hour, rechecked, since_last),
        site.host if last_reason_code(store, site.id) == CrawlReason.HOST_SUSPENDED else None,
    )


class PageArchive(Protocol):
    """Archives pages as received, by the site's policy."""

    def __call__(self, fetch: Fetch, outcome: Outcome, article_id: int | None) -> Fetch:
        """The fetch with its location in the archive, or unchanged if its page is not archived; StoreError if that fails."""


class CrawlSession:
    """The writing side of one crawl whose row is open: judgement, quarantine, archive and ledger."""

    is_remote = False

    def __init__(self, store: Store, site: Site, crawl_id: int, now: datetime, archive: PageArchive | None = None,
                 snapshot: SiteSnapshot | None = None, imported: datetime | None = None) -> None:  # fmt: skip
        """Without `archive` no page is archived; `snapshot` is the one that the crawl was given.

        With `imported` (the start of an import) the items are those of an archive: they teach nothing about the site's edits
        or its host's reliability, are not held back, and their next checks count from then.
        """
        self.snapshot = snapshot or SiteSnapshot()
        self.outcomes: Counter[Outcome] = Counter()
        """Outcomes of all recorded items, also of those that had to wait."""
        self._store = store
        self._site = site
        self._crawl_id = crawl_id
        self._archive = archive
        self._statistics = StatsUpdater(store, site.id)
        self._imported = imported
        self._late: list[HistoryEvent] = []
        self._now = now
        if imported:
            self._writer = LedgerWriter(store, site.id, crawl_id)
            self.quarantine = Quarantine(store, site.id, crawl_id, Readings())
            return
        trust = load_trust(store, {host_of(site.url)}).get(host_of(site.url), ValidatorTrust())
        price, edit_rates = price_of(site.recheck, cheap=trust.is_good(now)), self._statistics.edit_rates
        self._writer = LedgerWriter(store, site.id, crawl_id, self._statistics, edit_rates=edit_rates, price=price)
        self.quarantine = Quarantine(store, site.id, crawl_id, usual_readings(store, site.id))

    def write(self, item: Article | Fetch) -> Recorded | None:
        """Record a normalised item in one transaction; None if it waits, because it is doubtful or is a late capture of an
        import."""
        recorded = None
        now = self._now = self._imported or fetch_of(item).fetched  # what a crawl fetches is of now
        with self._writer.transaction(now):
            judged = self._writer.judge(item, now)
            if not self._imported and (own := self.quarantine.boilerplate.without(judged)) is not judged.item:
                judged = self._writer.judge(own, now)
            if self._imported and judged.is_late:
                self._late.append(self._writer.late(judged))
            elif waits := self.quarantine.second_look(judged):
                recorded = self._put_aside(*waits)
            elif (admitted := item if self._imported else self.quarantine.screen(judged)) is not None:
                recorded = self._record(judged if admitted is judged.item else self._writer.judge(admitted, now))
                if recorded.revision_id and isinstance(item, Article):
                    self.quarantine.accept(item, judged.fetch)
        if recorded:
            self.outcomes[recorded.outcome] += 1
        if self.quarantine.is_full:
            self._judge_held()
        if len(self._late) >= LATE_TOGETHER:
            self._replay_late()
        return recorded

    def settle(self) -> None:
        """Put an import's late captures into the history, and resolve its revisits; call it at the end."""
        self._replay_late()
        hosts = {host.removeprefix("www.") for host in self._site.own_hosts}
        for recorded in resolve_revisits(self._store, dict.fromkeys(hosts, self._site.id), self._now):
            self.outcomes[recorded.outcome] += 1

    def _replay_late(self) -> None:
        if self._late and self._imported:
            for recorded in replay(self._store, self._late, self._imported).recorded:
                self.outcomes[recorded.outcome] += 1
            self._late.clear()

    def stop_reason(self, error: StoreError) -> CodedReason:
        """Why a crawl ends after this error."""
        return CodedReason(CrawlReason.STORE_FAILED, f"the store failed: {error}")

    def close(self, result: CrawlResult) -> None:
        """Record waiting items or put them into quarantine, and write sources and the crawl's end; raises StoreError."""
        self._judge_held()
        self.settle()
        for source in result.sources:
            put_source(self._store, self._site.id, source if result.whole else _to_read_again(source))
        if result.whole:
            self._statistics.record_listings(result.listed, result.vanished, self._crawl_id)
        reason = result.why
        if result.outcome is CrawlOutcome.FINISHED and reason is None and self._statistics.violations:
            named = "; ".join(self._statistics.violations[:VIOLATIONS_NAMED])
            reason = CodedReason(CrawlReason.VALIDATORS_LIED, named)
        finish_crawl(
            self._store, self._crawl_id, result.outcome, result.finished, reason=reason, requests=result.requests,
            candidates=result.candidates, skipped=result.skipped,
        )  # fmt: skip
        keep_health_metrics(self._store, self._site.id, self._crawl_id, result.finished)

    def _record(self, judged: Judgement) -> Recorded:
        """Archive the page if it is to be kept, and write. An archived page is on the disk before a row points at it."""
        if self._archive and judged.may_archive:
            judged = replace(judged, fetch=self._archive(judged.fetch, judged.outcome, judged.article_id))
        return self._writer.apply(judged, self._now if self._imported or judged.is_late else None)

    def _judge_held(self) -> None:
        """Record the held readings that are trusted by now, each in one transaction, and put the others into quarantine."""
        for held, reason in self.quarantine.verdicts():
            with self._writer.transaction(held.fetch.fetched):
                if reason is None:
                    recorded = self._record(self._writer.judge(held.item, self._now))
                    self.quarantine.accept(held.article, held.fetch)
                else:
                    recorded = self._put_aside(held, reason)
            self.outcomes[recorded.outcome] += 1
        self.quarantine.expire()

    def _put_aside(self, held: HeldReading, reason: CodedReason) -> Recorded:
        """Record the fetch of an untrusted reading, and keep the reading."""
        fetch = because(replace(held.fetch, content_hash=held.hash), Outcome.QUARANTINED, reason)
        recorded = self._record(self._writer.judge(fetch, self._now))
        if recorded.outcome is fetch.outcome:  # else it has been withdrawn meanwhile
            self.quarantine.keep(held, fetch, reason, recorded.article_id)
        return recorded


def rows_of(sites: Iterable[Site]) -> list[Row]:
    """The ledger's rows of site definitions."""
    columns = ("id", "name", "url", "country", "region", "owner", "platform", "timezone", "language")
    return [{column: getattr(site, column) for column in columns} for site in sites]


def _to_read_again(source: Source) -> Source:
    """A source without validators, so that the next crawl reads it: not everything that it listed has been fetched yet."""
    return replace(source, etag=None, last_modified=None, claimed_modified=None)
