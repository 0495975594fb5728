"""Missed edits: how many edits that no source announced were probably overwritten between two fetches, or are not seen yet.

Each fetch stores with its article how many edits it probably missed (`pipelines.store.statistics`), and how many are expected
before the next fetch; the ledger adds up both for each site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.history.edit_rates import likely_range
from pipelines.store.database import Store
from pipelines.store.rows import moment

# The elapsed part of the edits expected before the next fetch; at most twice as many if the fetch is long overdue.
_PENDING = """CASE WHEN a.state <> 'live' THEN 0 ELSE coalesce(a.edits_unseen * min(2, max(0,
    (julianday(:now) - julianday(a.last_checked)) / max(julianday(a.next_check) - julianday(a.last_checked), 0.0001))), 0) END"""


@dataclass(frozen=True, slots=True)
class MissedEdits:
    """An estimate of the edits that nobody saw."""

    expected: float
    low: int
    """The number is between `low` and `high` nine times in ten."""
    high: int

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class ArticleFetches:
    """How often one article was fetched, and the edits that were probably missed."""

    fetches: int
    first: str
    last: str
    missed: MissedEdits


def missed_by_site(store: Store, site_id: str | None = None) -> dict[str, MissedEdits]:
    """Missed edits of each site, or of one. A site's fetches are spread over time: at any moment half of the edits expected
    before the next fetches are not seen yet."""
    sql = "SELECT id, edits_missed + edits_unseen / 2 AS expected FROM sites WHERE ? IS NULL OR id = ?"
    return {row["id"]: _missed(max(row["expected"], 0)) for row in store.rows(sql, (site_id, site_id))}


def fetches_of(store: Store, article_id: int, now: datetime) -> ArticleFetches:
    sql = f"""SELECT a.first_seen, a.last_checked, a.edits_missed + {_PENDING} AS expected,
        (SELECT count(*) FROM fetches f WHERE f.article_id = a.id) AS fetches
        FROM articles a WHERE a.id = :article"""  # noqa: S608 - our own words
    row = store.row(sql, {"now": moment(now), "article": article_id})
    if row is None:
        raise KeyError(article_id)
    return ArticleFetches(row["fetches"], row["first_seen"], row["last_checked"], _missed(row["expected"]))


def _missed(expected: float) -> MissedEdits:
    return MissedEdits(round(expected, 2), *likely_range(expected))
