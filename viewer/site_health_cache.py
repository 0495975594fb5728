"""All sites judged, the ill ones first, in bounded time: what was found of a site is kept for the pages that follow.

Gathering a site's vital signs takes about ten milliseconds; of a thousand sites a page would take many seconds. So a request
gathers those of some sites only: first of those that look worst, then of those whose signs are the oldest. The others are judged
by what was found before, and by when they were last crawled through, which is cheap to know of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.queries.activity import sites_and_crawls
from pipelines.queries.health import Finding, HealthMetrics, is_ill, judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.store.database import Row, Store
from pipelines.store.rows import instant_of

SITES_A_REQUEST = 10
"""Sites whose signs are gathered anew for one page. Higher: the page takes longer; lower: more pages until all are known."""

_Mark = tuple[object, ...]
_NO_TROUBLE = (None, "finished", "running")


@dataclass(frozen=True, slots=True)
class Judged:
    """A site as its crawls left it."""

    row: Row
    """id, name, region, country, last_finished."""
    findings: tuple[Finding, ...] = ()
    gathered: bool = False
    """Whether its vital signs were ever gathered, not only when it was crawled."""

    @property
    def verdict(self) -> str:
        """ "ill", "unsure" (too little to tell), "well", or "unknown": not gathered yet, and not known to be ill."""
        if is_ill(self.findings):
            return "ill"
        if not self.gathered:
            return "unknown"
        return "unsure" if self.findings else "well"


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: _Mark
    vital: HealthMetrics
    turn: int
    """Which gathering it was, of all."""


class Rounds:
    """What was found of the sites of some ledgers."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._turns = 0

    def sites(self, store: Store, now: datetime, limit: int = SITES_A_REQUEST) -> list[Judged]:
        """All sites, the ill ones first and the gravest of them at the top; at most `limit` are gathered anew."""
        rows = sites_and_crawls(store)
        behind = [row for row in rows if self._is_behind(store, row)]
        for row in sorted(behind, key=lambda row: self._urgency(store, row))[:limit]:
            for vital in health_metrics(store, now, row["id"]):
                self._turns += 1
                self._kept[(str(store.path), row["id"])] = _Kept(_mark(row), vital, self._turns)
        return sorted((self._judged(store, row, now) for row in rows), key=_gravity)

    def _is_behind(self, store: Store, row: Row) -> bool:
        kept = self._kept.get((str(store.path), row["id"]))
        return kept is None or kept.mark != _mark(row)

    def _urgency(self, store: Store, row: Row) -> tuple[bool, int, str]:
        """Those first whose last crawl did not finish or whose readings are not believed; then those never gathered, then the
        oldest."""
        kept = self._kept.get((str(store.path), row["id"]))
        is_calm = row["outcome"] in _NO_TROUBLE and (not row["quarantined"] or kept is not None)
        return is_calm, kept.turn if kept else 0, row["last_finished"] or ""

    def _judged(self, store: Store, row: Row, now: datetime) -> Judged:
        kept = self._kept.get((str(store.path), row["id"]))
        success = row["last_finished"]
        age = now - instant_of(success) if success else None
        if kept is not None and kept.mark == _mark(row):
            vital = replace(kept.vital, success_age=age)
        else:
            outcome = {"last_outcome": row["outcome"], "last_reason": row["reason"], "last_success": success, "success_age": age}
            vital = replace(kept.vital if kept else HealthMetrics(row["id"], crawls=row["crawl_id"] is not None), **outcome)
        findings = judge(vital)
        return Judged(row, findings, True) if kept else Judged(row, tuple(one for one in findings if one.ill))


def counted(sites: Iterable[Judged]) -> dict[str, int]:
    """How many there are of each verdict."""
    found = dict.fromkeys(("ill", "unsure", "well", "unknown"), 0)
    for site in sites:
        found[site.verdict] += 1
    return found


def _mark(row: Row) -> _Mark:
    """What a site's signs hang on."""
    return row["crawl_id"], row["outcome"], row["quarantined"]


def _gravity(site: Judged) -> tuple[int, int, str, str]:
    order = ("ill", "unknown", "unsure", "well").index(site.verdict)
    return order, -len(site.findings), site.row["last_finished"] or "", site.row["id"]
