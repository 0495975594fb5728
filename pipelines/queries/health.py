"""Health of a site, judged by its own history: health metrics in, findings out. Pure; knows no database and no clock.

A site is compared only with itself: one that never prints authors is not ill because it has none. Rules that compare shares
need a drop that chance does not explain (SURE standard deviations) and that is large enough to matter (the thresholds below).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt
from statistics import median

from pipelines.history.anomalies import ENOUGH_REVISIONS, FIELDS, NEARLY_ALWAYS, Readings
from pipelines.reasons import CrawlReason
from pipelines.store.rows import span

FAILURE_OUTCOMES = ("error", "refused", "reserved", "not_article")

RECENT_REVISIONS = 50
"""The newest revisions, which are compared. More: a break is diluted and seen later; fewer: chance alone raises alarms."""
BASELINE_REVISIONS = 500
"""The revisions before them, the baseline. More: the site's former ways count longer; fewer: the baseline itself varies."""
SURE = 4.0
"""Standard deviations beyond which a share has changed. Higher: breaks are seen later; lower: healthy sites are called ill,
about one in 300 at 3 for each share compared, one in 30,000 at 4."""
FIELD_DROP = 0.15
"""The smallest fall of a field's share that is a finding, however sure. Higher: partial breaks (one template of several) stay
unseen."""
RUN_WITHOUT = 8
"""Length of a run of newest revisions without a field that the site nearly always fills, which is a break: seen within one
crawl. Higher: seen later; lower: a few odd pages are enough."""
SHRUNK, SWOLLEN = 0.5, 2.5
"""Ratios of the median body to the baseline, below or above which extraction is suspected: half a text lost, or page furniture
included. Closer to 1: a big news day or a week of briefs is called ill."""
FAILURE_RISE = 0.2
"""A rise in the share of errors, refusals, reservations or pages that are not articles. Lower: a site's bad hour is an alarm."""
NOTHING_READ = 3
"""Pages without a single article among them that make a site ill. Fewer: a site is ill before it has an article at all."""
ENOUGH_LOOKS = 20
"""Fetches of the last crawls that are enough for a share. Higher: small crawls are judged later."""
USUAL_DAYS = 14
ENOUGH_DAYS = 7
FEW_ARTICLES = 0.2
"""Fraction of the usual articles a day, below which the site's sources are suspected. Higher: Sundays and holidays are alarms."""
BUSY_SITE = 5
"""Usual articles a day; if a site has fewer, a day without any means nothing."""
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class FetchCounts:
    """The fetches of some crawls, and how many had each outcome."""

    count: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)

    def share(self, outcome: str) -> float:
        return self.outcomes.get(outcome, 0) / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class HealthMetrics:
    """What the ledger knows of one site's health."""

    site_id: str
    crawls: int = 0
    """Crawls that ended, among the last CRAWLS_READ."""
    last_success: str | None = None
    success_age: timedelta | None = None
    """Time since the last crawl that finished; None if none ever did."""
    last_outcome: str | None = None
    last_reason: str | None = None
    last_reason_code: str | None = None
    failures: int = 0
    """Crawls in a row, including the last one, that failed or were lost."""
    articles_last_day: int = 0
    """New articles in the 24 h before the last success."""
    articles_a_day: tuple[int, ...] = ()
    """New articles of each earlier day that had any, at most USUAL_DAYS."""
    recent: Readings = field(default_factory=Readings)
    baseline: Readings = field(default_factory=Readings)
    without: Mapping[str, int] = field(default_factory=dict)
    """Field -> number of newest revisions in a row without it."""
    last_looks: FetchCounts = FetchCounts()
    usual_looks: FetchCounts = FetchCounts()
    quarantined: int = 0
    """Quarantined readings, which wait for more evidence or for a person."""
    quarantine_reason: str | None = None
    """Why the newest of them is quarantined."""
    in_the_future: int = 0
    """Articles, revisions and crawls with a time later than now."""
    imported: bool = False
    """Whether everything of the site was imported, without a crawl here."""
    retired: str | None = None
    """When the site was retired; None if it is not."""
    paused: str | None = None
    """When the current pause began; None if the site is not paused."""
    paused_until: str | None = None
    """When the pause ends; None if it has no end, or if there is no pause."""
    resumed_age: timedelta | None = None
    """Time since the last pause ended; None if there was none, or if it still lasts."""
    unreadable_sources: tuple[str, ...] = ()
    """Feeds, sitemaps and sections of the site's definition that were something else when last read: URL and what they were."""

    @property
    def usual_articles(self) -> float | None:
        """The median of the days; None if there are too few days."""
        return median(self.articles_a_day) if len(self.articles_a_day) >= ENOUGH_DAYS else None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of judging a site; if `ill` is false, it only says that nothing can be said."""

    code: str
    text: str
    ill: bool = True


@dataclass(frozen=True, slots=True)
class SiteHealth:
    """Whether a site is crawled and read as usual."""

    site_id: str
    metrics: HealthMetrics
    """The figures behind the findings."""
    findings: tuple[Finding, ...]

    @property
    def is_ill(self) -> bool:
        return is_ill(self.findings)


def judge(metrics: HealthMetrics, max_age: timedelta = timedelta(hours=24)) -> tuple[Finding, ...]:
    """What is wrong with a site, the worst first; nothing, or one finding that is not `ill`, for a site that is well."""
    if metrics.retired:
        return (Finding("retired", f"retired on {metrics.retired[:10]}: history, and not judged", ill=False),)
    if metrics.paused:
        until = f"until {metrics.paused_until[:16]}Z" if metrics.paused_until else "until somebody resumes it"
        return (Finding("paused", f"paused since {metrics.paused[:16]}Z, {until}: not judged", ill=False),)
    if metrics.imported:
        return (Finding("imported", "imported, and never crawled here: not judged", ill=False),)
    if not metrics.crawls and not metrics.in_the_future:
        return (Finding("never_crawled", "too little to tell: no crawl has ended yet", ill=False),)
    found = (
        *_future(metrics),
        *(_crawls(metrics, max_age) if metrics.crawls else ()),
        *_no_page_read(metrics),
        *_quarantine(metrics),
        *_sources(metrics),
        *_failures_above_usual(metrics),
        *_fields(metrics),
        *_bodies(metrics),
        *_articles(metrics),
    )
    if not found and metrics.baseline.count < ENOUGH_REVISIONS:
        return (
            Finding("too_little", f"too little to tell: {metrics.recent.count + metrics.baseline.count} revisions", ill=False),
        )
    return found


def is_ill(findings: tuple[Finding, ...]) -> bool:
    return any(finding.ill for finding in findings)


def _future(metrics: HealthMetrics) -> Iterator[Finding]:
    if metrics.in_the_future:
        are = "row lies" if metrics.in_the_future == 1 else "rows lie"
        text = f"{metrics.in_the_future} {are} in the future: a clock was ahead; `newsledger verify --all` names them"
        yield Finding("in_the_future", text)


def _crawls(metrics: HealthMetrics, max_age: timedelta) -> Iterator[Finding]:
    last = f"{metrics.last_outcome}{f': {metrics.last_reason}' if metrics.last_reason else ''}"
    if metrics.success_age is None:
        yield Finding("no_success", f"no crawl has ever finished; the last: {last}")
    elif min(metrics.success_age, metrics.resumed_age or metrics.success_age) > max_age:
        yield Finding(
            "stale", f"the last success is {span(metrics.success_age)} old, more than {span(max_age)}; the last crawl: {last}"
        )
    elif metrics.last_reason_code == CrawlReason.NOT_BEGUN:
        yield Finding("not_begun", f"the last start led to no crawl: {metrics.last_reason}")
    elif metrics.failures >= FAILURES_IN_A_ROW:
        yield Finding("failing", f"{metrics.failures} crawls in a row did not finish; the last: {last}")


def _no_page_read(metrics: HealthMetrics) -> Iterator[Finding]:
    """Pages came, but none ever became a revision: that is a problem, not a lack of data."""
    fetches = metrics.last_looks
    if metrics.recent.count + metrics.baseline.count == 0 and fetches.count >= NOTHING_READ and not metrics.quarantined:
        most = max(fetches.outcomes, key=lambda outcome: fetches.outcomes[outcome])
        yield Finding("nothing_read", f"none of its pages was ever read as an article; the last {fetches.count}: mostly {most}")


def _quarantine(metrics: HealthMetrics) -> Iterator[Finding]:
    if metrics.quarantined:
        are = "reading is" if metrics.quarantined == 1 else "readings are"
        yield Finding("quarantined", f"{metrics.quarantined} {are} not believed; the newest: {metrics.quarantine_reason}")


def _sources(metrics: HealthMetrics) -> Iterator[Finding]:
    if metrics.unreadable_sources:
        count = len(metrics.unreadable_sources)
        are = "source is" if count == 1 else "sources are"
        yield Finding("unreadable_sources", f"{count} {are} not what the site's definition says: {metrics.unreadable_sources[0]}")


def _failures_above_usual(metrics: HealthMetrics) -> Iterator[Finding]:
    last, usual = metrics.last_looks, metrics.usual_looks
    if last.count < ENOUGH_LOOKS or usual.count < ENOUGH_LOOKS:
        return
    for outcome in FAILURE_OUTCOMES:
        now, before = last.share(outcome), usual.share(outcome)
        if now - before >= max(FAILURE_RISE, SURE * _deviation(before, last.count)):
            count = f"{last.outcomes.get(outcome, 0)} of the last {last.count} looks"
            yield Finding(f"more_{outcome}", f"{count} were {outcome}, usually {before:.0%}")


def _fields(metrics: HealthMetrics) -> Iterator[Finding]:
    recent, baseline = metrics.recent, metrics.baseline
    if baseline.count < ENOUGH_REVISIONS:
        return
    for name in FIELDS:
        now, before = recent.share(name), baseline.share(name)
        run = metrics.without.get(name, 0)
        if before - now >= max(FIELD_DROP, SURE * _deviation(before, recent.count)):
            text = f"{name} is filled in {now:.0%} of the newest {recent.count} revisions, usually {before:.0%}"
            yield Finding(f"lost_{name}", text)
        elif run >= RUN_WITHOUT and before >= NEARLY_ALWAYS:
            yield Finding(f"lost_{name}", f"the newest {run} revisions have no {name}, usually {before:.0%} have")


def _bodies(metrics: HealthMetrics) -> Iterator[Finding]:
    now, before = metrics.recent.body_chars, metrics.baseline.body_chars
    if metrics.baseline.count < ENOUGH_REVISIONS or metrics.recent.count < RECENT_REVISIONS or not now or not before:
        return
    if not SHRUNK <= now / before <= SWOLLEN:
        code = "short_bodies" if now < before else "long_bodies"
        yield Finding(code, f"the median body has {now:.0f} characters, usually {before:.0f}")


def _articles(metrics: HealthMetrics) -> Iterator[Finding]:
    usual = metrics.usual_articles
    if usual and usual >= BUSY_SITE and metrics.articles_last_day < FEW_ARTICLES * usual:
        text = f"{metrics.articles_last_day} new articles in the day before the last success, usually {usual:.0f}"
        yield Finding("few_articles", text)


def _deviation(share: float, count: int) -> float:
    """The standard deviation of a share found in `count` draws; a share is limited to 0.02 to 0.98, so none is quite certain."""
    sound = min(max(share, 0.02), 0.98)
    return sqrt(sound * (1 - sound) / count) if count else 1.0
