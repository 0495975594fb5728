"""Cache of site health: all sites with their verdicts, the ill ones first, in bounded time.

Reading the health metrics of a site takes a tenth of a millisecond if its last crawl stored them, and up to ten otherwise. So
a request reads those of some sites only: first of those that look worst, then of those whose metrics are the oldest. The
others are judged by what was read before, and by their last finished crawl, which is cheap to read for all.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.queries.activity import sites_and_crawls
from pipelines.queries.health import Finding, HealthMetrics, is_ill, judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.queries.site_results import SiteCrawls
from pipelines.store.database import Store
from pipelines.store.ledgers import Ledgers
from pipelines.store.rows import instant_of, moment

SITES_A_REQUEST = 2_000
SECONDS_A_REQUEST = 0.05
"""Limits of sites whose metrics are read again for one page, and of the processor time for it. Higher: the page takes longer;
lower: more pages until all are known."""

JUDGED_FOR = timedelta(minutes=1)
"""How long a verdict is kept if nothing new is known of the site. Longer: the end of a pause is noticed later."""

_Mark = tuple[object, ...]
_NO_TROUBLE = (None, "finished", "running")


@dataclass(frozen=True, slots=True)
class Judged:
    """A site with its last crawls, and the verdict on its health."""

    site: SiteCrawls
    findings: tuple[Finding, ...] = ()
    verdict: str = "unknown"
    """ "ill", "unsure" (too little to tell), "well", "paused", "imported", or "unknown": not gathered yet, nor known to be
    ill."""


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: _Mark
    metrics: HealthMetrics
    turn: int
    """Running number of this reading, over all sites."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    of: Judged
    kept: _Kept | None
    at: datetime


class SiteHealthCache:
    """Health metrics and verdicts of the sites of one or several ledgers."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._judgements: dict[tuple[str, str], _Judgement] = {}
        self._turns = 0

    def sites(self, store: Store, now: datetime, limit: int = SITES_A_REQUEST) -> list[Judged]:
        """All sites, the ill ones first and the worst of them at the top; the metrics of at most `limit` are read again."""
        if isinstance(store, Ledgers):
            share = max(1, limit // len(store.each))
            return sorted((site for one in store.each for site in self.sites(one, now, share)), key=_severity)
        sites = sites_and_crawls(store)
        behind = [site for site in sites if self._is_behind(store, site)]
        until = time.thread_time() + SECONDS_A_REQUEST
        for site in sorted(behind, key=lambda site: self._urgency(store, site))[:limit]:
            if time.thread_time() > until:
                break
            for metrics in health_metrics(store, now, site.id):
                self._turns += 1
                self._kept[(str(store.path), site.id)] = _Kept(_mark(site), metrics, self._turns)
        return sorted((self._cached_judgement(store, site, now) for site in sites), key=_severity)

    def _is_behind(self, store: Store, site: SiteCrawls) -> bool:
        kept = self._kept.get((str(store.path), site.id))
        return kept is None or kept.mark != _mark(site)

    def _urgency(self, store: Store, site: SiteCrawls) -> tuple[bool, int, str]:
        """Sort key: first sites whose last crawl did not finish or that have quarantined readings and were never read; then
        the never read; then the oldest."""
        kept = self._kept.get((str(store.path), site.id))
        is_calm = site.outcome in _NO_TROUBLE and (not site.quarantined or kept is not None)
        return is_calm, kept.turn if kept else 0, site.last_finished or ""

    def _cached_judgement(self, store: Store, site: SiteCrawls, now: datetime) -> Judged:
        """The verdict from within JUDGED_FOR if nothing is known since; otherwise a new one."""
        key = str(store.path), site.id
        kept, last = self._kept.get(key), self._judgements.get(key)
        if last and last.kept is kept and last.of.site == site and timedelta() <= now - last.at < JUDGED_FOR:
            return last.of
        self._judgements[key] = _Judgement(self._judge(site, kept, now), kept, now)
        return self._judgements[key].of

    def _judge(self, site: SiteCrawls, kept: _Kept | None, now: datetime) -> Judged:
        success = site.last_finished
        age = now - instant_of(success) if success else None
        paused = site.paused if site.is_paused(moment(now)) else None
        if kept is not None and kept.mark == _mark(site):
            metrics = kept.metrics
        else:
            metrics = replace(
                kept.metrics if kept else HealthMetrics(site.id, crawls=site.crawl_id is not None),
                last_outcome=site.outcome,
                last_reason=site.reason,
                last_reason_code=site.reason_code,
                last_success=success,
            )
        updated = replace(
            metrics,
            success_age=age,
            imported=bool(site.imported),
            paused=paused,
            paused_until=site.paused_until if paused else None,
        )
        findings = judge(updated)
        known = findings if kept else tuple(one for one in findings if one.ill)
        return Judged(site, known, _verdict(site, known, gathered=kept is not None))


def _verdict(site: SiteCrawls, findings: tuple[Finding, ...], *, gathered: bool) -> str:
    if site.imported:
        return "imported"
    if is_ill(findings):
        return "ill"
    if not gathered:
        return "unknown"
    return ("paused" if findings[0].code == "paused" else "unsure") if findings else "well"


def counted(sites: Iterable[Judged]) -> dict[str, int]:
    """How many sites have each verdict."""
    found = dict.fromkeys(("ill", "unsure", "well", "paused", "imported", "unknown"), 0)
    for site in sites:
        found[site.verdict] += 1
    return found


def _mark(site: SiteCrawls) -> _Mark:
    """The facts on which a site's metrics depend."""
    return site.crawl_id, site.outcome, site.quarantined


def _severity(one: Judged) -> tuple[int, int, str, str]:
    order = ("ill", "unknown", "unsure", "well", "paused", "imported").index(one.verdict)
    return order, -len(one.findings), one.site.last_finished or "", one.site.id
