"""Missed edits: how many edits that no source told of have probably been made between two looks and overwritten, or not been seen
yet.

Each look leaves on its article how many it expects to have missed (`pipelines.store.statistics`) and how many are expected by the
next one; the ledger adds both up for each site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.history.edit_rates import likely_range
from pipelines.store.database import Store
from pipelines.store.rows import moment

# Of what is expected by the next look the part that has passed; twice as much where a look is long overdue.
_PENDING = """CASE WHEN a.state <> 'live' THEN 0 ELSE coalesce(a.edits_unseen * min(2, max(0,
    (julianday(:now) - julianday(a.last_checked)) / max(julianday(a.next_check) - julianday(a.last_checked), 0.0001))), 0) END"""


@dataclass(frozen=True, slots=True)
class MissedEdits:
    """Edits that nobody saw, as far as one can tell."""

    expected: float
    low: int
    """Nine times in ten it is between these two."""
    high: int

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class ArticleFetches:
    """How often one article was fetched, and what that may have missed."""

    fetches: int
    first: str
    last: str
    missed: MissedEdits


def missed_by_site(store: Store, site_id: str | None = None) -> dict[str, MissedEdits]:
    """Of each site that has any, or of one alone. Fetches of a site's articles are spread over time, so that of what is expected
    by the next ones half has not been seen yet, whenever it is asked."""
    sql = "SELECT id, edits_missed + edits_unseen / 2 AS expected FROM sites WHERE ? IS NULL OR id = ?"
    return {row["id"]: _missed(max(row["expected"], 0)) for row in store.rows(sql, (site_id, site_id))}


def fetches_of(store: Store, article_id: int, now: datetime) -> ArticleFetches:
    """Of one article."""
    sql = f"""SELECT a.first_seen, a.last_checked, a.edits_missed + {_PENDING} AS expected,
        (SELECT count(*) FROM fetches f WHERE f.article_id = a.id) AS fetches
        FROM articles a WHERE a.id = :article"""  # noqa: S608 - our own words
    row = store.row(sql, {"now": moment(now), "article": article_id})
    if row is None:
        raise KeyError(article_id)
    return ArticleFetches(row["fetches"], row["first_seen"], row["last_checked"], _missed(row["expected"]))


def _missed(expected: float) -> MissedEdits:
    return MissedEdits(round(expected, 2), *likely_range(expected))
