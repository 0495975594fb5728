"""Sites with their days, edits, crawls and totals. Read-only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from pipelines import article
from pipelines.article import Outcome
from pipelines.queries.results import CHANGES, value_of
from pipelines.queries.site_results import CrawlSummary, DayCounts, SiteCrawls, SiteRecord, SiteSums, Totals
from pipelines.store.crawls import IMPORTED, CrawlOutcome
from pipelines.store.database import Store
from pipelines.store.ledgers import Ledgers, by_site, joined, over_all
from pipelines.store.rows import Row

_FAILED = json.dumps([CrawlOutcome.FAILED, CrawlOutcome.LOST, CrawlOutcome.MISSED])
_SUCCESSFUL_OUTCOMES = json.dumps(sorted(article.CHANGES | {Outcome.UNCHANGED, Outcome.NOT_MODIFIED, Outcome.REREAD}))
"""Outcomes of fetches that are as expected and need no report."""
_CRAWL_LIST = """
SELECT * FROM crawls
WHERE (:site IS NULL OR site_id = :site)
    AND (:since IS NULL OR coalesce(started, planned, finished) >= :since)
    AND (NOT :failed OR outcome IN (SELECT value FROM json_each(:failures)))
ORDER BY id DESC LIMIT :limit
"""
_EDITS = ("updated", "silent", "reverted", "restored")

_DAYS = """
SELECT day, revisions, new, updated, silent, restamped, reverted, restored FROM daily_counts
WHERE site_id = ? AND day >= ? AND day <= ? ORDER BY day
"""
_A_DAY = """
SELECT d.day, sum(d.n) AS n FROM sites s CROSS JOIN day_counts d ON d.site_id = s.id AND d.day >= :first AND d.day <= :last
WHERE (:sites IS NULL OR s.id IN (SELECT value FROM json_each(:sites))) AND d.change IN (SELECT value FROM json_each(:changes))
GROUP BY d.day
"""
_DELAYS = """
SELECT CAST(round((julianday(edit.first_seen) - julianday(a.date_published)) * 1440) AS INTEGER) AS minutes
FROM (SELECT c.article_id, c.first_seen FROM json_each(:changes) k CROSS JOIN changes c
    WHERE c.revision_id IN (SELECT revision_id FROM changes WHERE site_id = :site AND change = k.value AND shown
        ORDER BY first_seen DESC LIMIT :limit)
    ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit) edit
CROSS JOIN articles a ON a.id = edit.article_id
WHERE length(a.date_published) > 10
"""
_CRAWLS = """
SELECT id, trigger, planned, started, finished, outcome, reason, reason_code, requests, bytes, candidates, looks, revisions,
    errors
FROM crawls WHERE site_id = ? ORDER BY id DESC LIMIT ?
"""
_COUNTS = "SELECT counted, kind, sum(n) AS n FROM site_counts {} GROUP BY counted, kind"
_SUMS = f"""
SELECT site_id, sum(iif(counted = 'articles', n, 0)), sum(iif(counted = 'revisions', n, 0)),
    sum(iif(counted = 'revisions' AND kind IN {_EDITS}, n, 0)), sum(iif(counted = 'revisions' AND kind = 'silent', n, 0))
FROM site_counts GROUP BY site_id
"""  # noqa: S608 - our own words

_SITES = f"""
SELECT s.id, s.name, s.region, s.country, c.id, c.outcome, c.reason, c.reason_code,
    (SELECT max(f.finished) FROM crawls f WHERE f.site_id = s.id AND f.outcome = 'finished'),
    (SELECT count(*) FROM quarantine q WHERE q.site_id = s.id AND q.state = 'quarantined'),
    {IMPORTED.format("s.id")}, s.paused, s.paused_until, s.next_crawl
FROM sites s LEFT JOIN crawls c ON c.id = (SELECT max(id) FROM crawls WHERE site_id = s.id)
"""  # noqa: S608 - our own words


def site_of(store: Store, site_id: str) -> SiteRecord:
    """A site; if the ledger does not have it, a record with its id as its name, and nothing else."""
    return site(store, site_id) or SiteRecord(site_id, site_id)


@over_all(by_site)
def site(store: Store, site_id: str) -> SiteRecord | None:
    """A site of the ledger; None if there is no such site."""
    row = store.row("SELECT * FROM sites WHERE id = ?", (site_id,))
    return value_of(SiteRecord, row) if row else None


@over_all(joined)
def site_names(store: Store) -> dict[str, str]:
    """Names of sites by id, in the order of the names."""
    return {row["id"]: row["name"] for row in store.rows("SELECT id, name FROM sites ORDER BY name, id")}


def sites_and_crawls(store: Store) -> list[SiteCrawls]:
    """Each site with its last crawl, its last success and its number of quarantined readings."""
    return [SiteCrawls(*row) for row in store.values(_SITES)]


def first_and_last_day(store: Store, site_id: str) -> tuple[str | None, str | None]:
    """First and last day with revisions of a site; None if it has none."""
    ends = "SELECT (SELECT {}(day) FROM day_counts WHERE site_id = ?)"
    first, last = (store.value(ends.format(end), (site_id,)) for end in ("min", "max"))
    return first, last


def past_crawls(store: Store, site_id: str | None = None, *, failed: bool = False, since: str | None = None,
                limit: int = 20) -> list[Row]:  # fmt: skip
    """The newest crawls and planned starts, of one site or all; `since`: only those that began, or were planned, at that time
    or later."""
    wanted = {"site": site_id, "since": since, "failed": failed, "failures": _FAILED, "limit": limit}
    return [{**row, "counts": json.loads(row["counts"])} for row in store.rows(_CRAWL_LIST, wanted)]


def failed_fetches(store: Store, crawl_id: int) -> list[Row]:
    """The fetches of a crawl with an unexpected outcome, in their order: when, which URL, why."""
    sql = """SELECT fetched, url, status, outcome, reason, reason_code FROM fetches
        WHERE crawl_id = ? AND outcome NOT IN (SELECT value FROM json_each(?)) ORDER BY id"""
    return list(store.rows(sql, (crawl_id, _SUCCESSFUL_OUTCOMES)))


def running_crawls(store: Store) -> int:
    return int(store.value("SELECT count(*) FROM crawls WHERE outcome = 'running'"))


def article_count(store: Store) -> int:
    """The number of articles, counted row by row."""
    return int(store.value("SELECT count(*) FROM articles"))


def revision_count(store: Store) -> int:
    """The number of revisions, counted row by row."""
    return int(store.value("SELECT count(*) FROM revisions"))


def has_archived_pages(store: Store) -> bool:
    return bool(store.value("SELECT 1 FROM revisions WHERE warc_file IS NOT NULL"))


@over_all(by_site)
def days(store: Store, site_id: str, since_day: str, until_day: str) -> list[DayCounts]:
    """The days from `since_day` to `until_day`, both included, that have revisions."""
    return [value_of(DayCounts, row) for row in store.rows(_DAYS, (site_id, since_day, until_day))]


def _daily_sums_of_ledgers(ledgers: Ledgers, query: Callable[..., dict[str, int]], *given: Any) -> dict[str, int]:
    """The sums per day of several ledgers."""
    found = Counter[str]()
    for store in ledgers.each:
        found.update(query(store, *given))
    return dict(found)


@over_all(_daily_sums_of_ledgers)
def revisions_a_day(store: Store, sites: Sequence[str] | None, kinds: Sequence[str], first: str, last: str) -> dict[str, int]:
    """Day -> number of revisions first seen on it; of some sites or all (None), of some kinds of change or all (empty)."""
    if sites is None and not kinds:
        rows = store.rows("SELECT day, n FROM days WHERE day >= ? AND day <= ?", (first, last))
        return {row["day"]: row["n"] for row in rows}
    values = {
        "sites": None if sites is None else json.dumps(sites),
        "changes": json.dumps(kinds or CHANGES),
        "first": first,
        "last": last,
    }
    return {row["day"]: row["n"] for row in store.rows(_A_DAY, values)}


@over_all(by_site)
def delays(store: Store, site_id: str, limit: int = 500) -> list[int]:
    """Minutes from publication to each of the latest edits, newest first; articles that give only a day are left out."""
    values = {"site": site_id, "limit": limit, "changes": json.dumps(_EDITS)}
    return [minutes for (minutes,) in store.values(_DELAYS, values) if minutes >= 0]


def crawls(store: Store, site_id: str, limit: int = 20) -> list[CrawlSummary]:
    """A site's last crawls, newest first."""
    return [value_of(CrawlSummary, row) for row in store.rows(_CRAWLS, (site_id, limit))]


def recent_revisions(store: Store, today: date, days: int) -> dict[str, tuple[int, int]]:
    """Site -> its revisions of the last `days` days, and the number of those days since its first one."""
    sql = "SELECT site_id, min(day) AS first, sum(n) AS n FROM day_counts WHERE day > ? AND day <= ? GROUP BY site_id"
    rows = store.rows(sql, ((today - timedelta(days=days)).isoformat(), today.isoformat()))
    return {row["site_id"]: (row["n"], (today - date.fromisoformat(row["first"])).days + 1) for row in rows}


@over_all(joined)
def sums_by_site(store: Store) -> dict[str, SiteSums]:
    """Site -> the totals that a list of all sites shows; sites without any are left out."""
    return {row[0]: SiteSums(*row[1:]) for row in store.values(_SUMS)}


@over_all(by_site)
def totals(store: Store, site_id: str | None = None) -> Totals:
    sql = _COUNTS.format("" if site_id is None else "WHERE site_id = :site")
    counts = {(row["counted"], row["kind"]): row["n"] for row in store.rows(sql, {"site": site_id})}
    found = {counted: sum(n for (of, _), n in counts.items() if of == counted) for counted in ("articles", "revisions")}
    found |= {state: counts.get(("articles", state), 0) for state in ("live", "suspected", "gone", "moved")}
    return Totals(**found, **{change: counts.get(("revisions", change), 0) for change in CHANGES})
