"""A site's days, edits, crawls and sums, as rows for its page. Writes nothing."""

from __future__ import annotations

import json

from pipelines.queries.changes import CHANGES
from pipelines.store.database import Row, Store

_EDITS = ("updated", "silent", "reverted", "restored")

_DAYS = """
SELECT day, revisions, new, updated, silent, restamped, reverted, restored FROM daily_counts
WHERE site_id = ? AND day >= ? AND day <= ? ORDER BY day
"""
_DELAYS = """
SELECT CAST(round((julianday(edit.first_seen) - julianday(a.date_published)) * 1440) AS INTEGER) AS minutes
FROM (SELECT c.revision_id, c.first_seen FROM json_each(:changes) k CROSS JOIN changes c
    WHERE c.revision_id IN (SELECT revision_id FROM changes WHERE site_id = :site AND change = k.value AND shown
        ORDER BY first_seen DESC LIMIT :limit)
    ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit) edit
CROSS JOIN revisions r ON r.id = edit.revision_id CROSS JOIN articles a ON a.id = r.article_id
WHERE length(a.date_published) > 10
"""
_CRAWLS = """
SELECT id, trigger, planned, started, finished, outcome, reason, requests, bytes, candidates, looks, revisions, errors
FROM crawls WHERE site_id = ? ORDER BY id DESC LIMIT ?
"""
_COUNTS = "SELECT counted, kind, sum(n) AS n FROM site_counts WHERE :site IS NULL OR site_id = :site GROUP BY counted, kind"


def days(store: Store, site_id: str, since_day: str, until_day: str) -> list[Row]:
    """A row a day that has any revision: `day`, `revisions`, and how many of each kind of change."""
    return list(store.rows(_DAYS, (site_id, since_day, until_day)))


def delays(store: Store, site_id: str, limit: int = 500) -> list[int]:
    """Minutes from publication to each of the latest edits, newest first; articles that tell only a day are left out."""
    values = {"site": site_id, "limit": limit, "changes": json.dumps(_EDITS)}
    return [row["minutes"] for row in store.rows(_DELAYS, values) if row["minutes"] >= 0]


def crawls(store: Store, site_id: str, limit: int = 20) -> list[Row]:
    """A site's last crawls, newest first."""
    return list(store.rows(_CRAWLS, (site_id, limit)))


def totals(store: Store, site_id: str | None = None) -> Row:
    """Sums of a site, or of the ledger: `articles`, how many of each state, `revisions`, how many of each kind of change."""
    counts = {(row["counted"], row["kind"]): row["n"] for row in store.rows(_COUNTS, {"site": site_id})}
    found: Row = {counted: sum(n for (of, _), n in counts.items() if of == counted) for counted in ("articles", "revisions")}
    found |= {state: counts.get(("articles", state), 0) for state in ("live", "suspected", "gone", "moved")}
    return found | {change: counts.get(("revisions", change), 0) for change in CHANGES}
