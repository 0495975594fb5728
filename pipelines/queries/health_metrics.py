"""Health metrics of sites, read from the store: as stored at a crawl's end, otherwise by a few bounded queries per site."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import takewhile
from statistics import median
from typing import Any

from pipelines.history.anomalies import FIELDS, Readings
from pipelines.history.revisit import RARELY
from pipelines.queries.health import BASELINE_REVISIONS, ENOUGH_LOOKS, RECENT_REVISIONS, USUAL_DAYS, FetchCounts, HealthMetrics
from pipelines.store.crawls import CrawlOutcome, Pause, is_imported, pauses, put_health_metrics
from pipelines.store.database import Row, Store
from pipelines.store.resolver import CLOCK_AHEAD
from pipelines.store.rows import instant_of, moment, optional_moment

CRAWLS_READ = 200
"""Latest crawls of a site whose counts are read."""
CRAWLS_SEARCHED = 2_000
"""Latest crawls of a site with revisions, in which its newest revisions are searched."""
DAYS_SEARCHED = 60

_FAILURES = frozenset({CrawlOutcome.FAILED, CrawlOutcome.LOST})
_ENDED = frozenset({CrawlOutcome.FINISHED, CrawlOutcome.STOPPED, *_FAILURES})
"""Outcomes of crawls that began and ended; a planned start that was skipped says nothing about the site."""

# A crawl's row counts what it wrote; a crawl that did not end has no count, but may have written.
_CRAWLS_THAT_WROTE = """
SELECT id, revisions FROM crawls WHERE site_id = ? AND started IS NOT NULL AND (revisions > 0 OR outcome IN ('running', 'lost'))
ORDER BY started DESC LIMIT ?
"""
_REVISIONS = """
SELECT r.headline IS NOT NULL AND r.headline <> '' AS headline, r.body <> '' AS body, length(r.body) AS chars,
    r.date_published IS NOT NULL AS date_published,
    EXISTS (SELECT 1 FROM revision_authors w WHERE w.revision_id = r.id AND w.kind IS NOT 'organisation') AS authors
FROM revisions r WHERE r.crawl_id = ? ORDER BY r.id DESC LIMIT ?
"""
# Starts that led to no crawl (skipped, missed, failed before they began) have no `started`.
_CRAWLS = """
SELECT * FROM (SELECT id, outcome, reason, reason_code, finished, counts FROM crawls WHERE site_id = :site AND started IS NOT NULL
    ORDER BY started DESC LIMIT :limit)
UNION ALL SELECT * FROM (SELECT id, outcome, reason, reason_code, finished, counts FROM crawls
    WHERE site_id = :site AND started IS NULL
    ORDER BY id DESC LIMIT :limit)
ORDER BY id DESC
"""
# Along indexes. No interval to the next fetch is longer than a month, so a later `next_check` comes from a fetch in the future.
_FUTURE = """
SELECT (SELECT count(*) FROM crawls WHERE site_id = :site AND started > :limit)
    + (SELECT count(*) FROM articles WHERE site_id = :site AND first_seen > :limit)
    + (SELECT count(*) FROM articles WHERE site_id = :site AND next_check > :next AND last_checked > :limit
        AND first_seen <= :limit)
    + (SELECT count(*) FROM revisions r CROSS JOIN articles a ON a.id = r.article_id
        WHERE r.first_seen > :limit AND a.site_id = :site)
"""
_QUARANTINED = "SELECT count(*) FROM quarantine WHERE site_id = ? AND state = 'quarantined'"
_NEWEST_QUARANTINED = "SELECT reason FROM quarantine WHERE site_id = ? AND state = 'quarantined' ORDER BY id DESC LIMIT 1"
# Only of the last day in which sources were read: a source that has left the site's definition is no longer read.
_UNREADABLE = """
SELECT url, problem FROM sources WHERE site_id = :site AND problem_code = 'unreadable'
    AND fetched >= strftime('%Y-%m-%dT%H:%M:%SZ', (SELECT max(fetched) FROM sources WHERE site_id = :site), '-1 day')
ORDER BY url
"""
# A person may release readings from quarantine between two crawls: a site that has any is always computed, never read as stored.
_KEPT = """
SELECT metrics FROM health_metrics WHERE site_id = :site AND crawl_id = (SELECT max(id) FROM crawls WHERE site_id = :site)
    AND NOT EXISTS (SELECT 1 FROM quarantine WHERE site_id = :site AND state = 'quarantined')
"""
_SUCCESS = "SELECT max(finished) FROM crawls WHERE site_id = ? AND outcome = 'finished'"
_DAYS = """
SELECT substr(first_seen, 1, 10) AS day, count(*) AS n FROM articles WHERE site_id = ? AND first_seen > ? AND first_seen < ?
GROUP BY day ORDER BY day DESC LIMIT ?
"""


def health_metrics(store: Store, now: datetime, site: str | None = None) -> Iterator[HealthMetrics]:
    """The health metrics of all sites in the ledger, or of one; in the order of ids."""
    last_pauses, where = pauses(store, site), "" if site is None else " WHERE id = :site"
    for row in store.rows(f"SELECT id, retired FROM sites{where} ORDER BY id", {"site": site}):  # noqa: S608 - our own words
        found = _stored_metrics(store, row["id"], now) or _health_metrics(store, row["id"], now)
        found = with_pause(found, last_pauses.get(row["id"]), now)
        yield replace(found, retired=row["retired"], imported=is_imported(store, row["id"]))


def keep_health_metrics(store: Store, site_id: str, crawl_id: int, now: datetime) -> None:
    """Store a site's health metrics at the end of a crawl, for readers of many sites."""
    found = _health_metrics(store, site_id, now)
    if not found.in_the_future and not found.quarantined:
        put_health_metrics(store, site_id, crawl_id, as_stored(found))


def _stored_metrics(store: Store, site_id: str, now: datetime) -> HealthMetrics | None:
    """The metrics that the site's last crawl stored; None if something has happened since."""
    stored = store.value(_KEPT, {"site": site_id})
    return aged(metrics_of(json.loads(stored)), now) if stored else None


def as_stored(metrics: HealthMetrics) -> dict[str, Any]:
    """The metrics to store, without those that change between crawls."""
    return {**asdict(metrics), "success_age": None, "paused": None, "paused_until": None, "resumed_age": None}


def metrics_of(stored: Mapping[str, Any]) -> HealthMetrics:
    """Stored metrics; raises LookupError or TypeError if another version stored them."""
    values = {**stored, **{key: tuple(stored[key]) for key in ("articles_a_day", "unreadable_sources")}}
    values |= {key: Readings(**stored[key]) for key in ("recent", "baseline")}
    values |= {key: FetchCounts(**stored[key]) for key in ("last_looks", "usual_looks")}
    return HealthMetrics(**values)


def aged(metrics: HealthMetrics, now: datetime) -> HealthMetrics:
    """The metrics as of now: only the age changes between crawls."""
    return replace(metrics, success_age=now - instant_of(metrics.last_success)) if metrics.last_success else metrics


def with_pause(metrics: HealthMetrics, pause: Pause | None, now: datetime) -> HealthMetrics:
    """The metrics with the site's last pause, as of now."""
    if pause is None or not pause.holds(now):
        age = now - pause.until if pause and pause.until else None
        return replace(metrics, paused=None, paused_until=None, resumed_age=age)
    return replace(metrics, paused=moment(pause.since), paused_until=optional_moment(pause.until))


def usual_readings(store: Store, site_id: str) -> Readings:
    """The fields that a site's newest revisions have, over as many revisions as its health is judged by."""
    return _readings(_newest(store, site_id, RECENT_REVISIONS + BASELINE_REVISIONS))


def _newest(store: Store, site_id: str, limit: int) -> list[Row]:
    """A site's newest revisions, from as many crawls as are needed."""
    found: list[Row] = []
    for crawl in store.rows(_CRAWLS_THAT_WROTE, (site_id, CRAWLS_SEARCHED)):
        found += store.rows(_REVISIONS, (crawl["id"], limit - len(found)))
        if len(found) >= limit:
            break
    return found


def _health_metrics(store: Store, site_id: str, now: datetime) -> HealthMetrics:
    read = list(store.rows(_CRAWLS, {"site": site_id, "limit": CRAWLS_READ}))
    ended = [row for row in read if row["outcome"] in _ENDED]
    limit = now + CLOCK_AHEAD
    future = store.value(_FUTURE, {"site": site_id, "limit": moment(limit), "next": moment(limit + RARELY)})
    if not ended:
        return HealthMetrics(site_id, in_the_future=future)
    # The last success may be before the crawls that were read; only then are all crawls searched.
    finished = [row["finished"] for row in ended if row["outcome"] == CrawlOutcome.FINISHED and row["finished"]]
    success = max(finished) if finished else store.value(_SUCCESS, (site_id,))
    found = HealthMetrics(
        site_id,
        crawls=len(ended),
        last_success=success,
        success_age=now - instant_of(success) if success else None,
        last_outcome=ended[0]["outcome"],
        last_reason=ended[0]["reason"],
        last_reason_code=ended[0]["reason_code"],
        failures=len(list(takewhile(lambda row: row["outcome"] in _FAILURES, ended))),
        in_the_future=future,
        quarantined=store.value(_QUARANTINED, (site_id,)),
        quarantine_reason=store.value(_NEWEST_QUARANTINED, (site_id,)),
        unreadable_sources=tuple(f"{row['url']}: {row['problem']}" for row in store.rows(_UNREADABLE, {"site": site_id})),
    )
    return _with_revisions(store, _with_fetches(_with_articles(store, found), ended))


def _with_articles(store: Store, found: HealthMetrics) -> HealthMetrics:
    """Add new articles, counted back from the last success: having none since then is another finding."""
    if not found.last_success:
        return found
    until = instant_of(found.last_success)
    since = until - timedelta(days=1)
    last = "SELECT count(*) FROM articles WHERE site_id = ? AND first_seen > ? AND first_seen <= ?"
    # Whole days only: a bare day sorts before all moments of that day.
    before = (found.site_id, moment(since - timedelta(days=DAYS_SEARCHED)), moment(since)[:10], USUAL_DAYS)
    days = [row["n"] for row in store.rows(_DAYS, before)]
    return replace(
        found, articles_last_day=store.value(last, (found.site_id, moment(since), moment(until))), articles_a_day=tuple(days)
    )


def _with_fetches(found: HealthMetrics, ended: Sequence[Row]) -> HealthMetrics:
    """Add the outcomes of the fetches of the last crawls, as many as are enough for a share, and of the crawls before."""
    last: Counter[str] = Counter()
    usual: Counter[str] = Counter()
    for row in ended:
        counts = {key: n for key, n in json.loads(row["counts"]).items() if isinstance(n, int)}
        (last if last.total() < ENOUGH_LOOKS else usual).update(counts)
    return replace(found, last_looks=FetchCounts(last.total(), dict(last)), usual_looks=FetchCounts(usual.total(), dict(usual)))


def _with_revisions(store: Store, found: HealthMetrics) -> HealthMetrics:
    limit = RECENT_REVISIONS + BASELINE_REVISIONS
    rows = _newest(store, found.site_id, limit)
    return replace(
        found,
        recent=_readings(rows[:RECENT_REVISIONS]),
        baseline=_readings(rows[RECENT_REVISIONS:]),
        without={name: _run_without(rows, name) for name in FIELDS},
    )


def _readings(rows: Sequence[Row]) -> Readings:
    lengths = [row["chars"] for row in rows if row["chars"]]
    filled = {name: sum(1 for row in rows if row[name]) for name in FIELDS}
    return Readings(len(rows), filled, median(lengths) if lengths else None)


def _run_without(rows: Iterable[Row], name: str) -> int:
    return sum(1 for _ in takewhile(lambda row: not row[name], rows))
