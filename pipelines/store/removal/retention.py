"""Retention: deletes old fetches to which nothing refers, and crawls that left nothing; lists archived pages that must stay.

History is never changed. These rows stay: revisions, states and aliases; each fetch without which one of them would differ
after a replay; the fetch that last saw a revision; sealed fetches and those whose page is archived; the last fetch of a URL.
Of a URL that led to no article as many fetches stay as the revisit policy counts. Crawls may run at the same time: rows are
deleted in small transactions.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.article import CHANGES, Outcome
from pipelines.reasons import FetchReason
from pipelines.store.chain import Cause, Subject, seal
from pipelines.store.database import Row, Store
from pipelines.store.pages import place_of
from pipelines.store.rows import moment

BATCH = 5_000
"""Range of row ids in one transaction. Higher: crawls wait longer for their turn to write; lower: the whole run takes longer."""

_INFORMATIVE_OUTCOMES = {
    *CHANGES,
    Outcome.MOVED,
    Outcome.GONE,
    Outcome.SUSPECTED,
    Outcome.STALE,
    Outcome.QUARANTINED,
    Outcome.REREAD,
}
"""Outcomes of fetches that a replay (`pipelines.store.late_captures.replay`) needs: such a fetch may make an article suspected or
gone, a cache's copy a reversion, or a doubtful reading a revision. The others only confirm, or say nothing."""
_INFORMATIVE_CODES = {
    FetchReason.LEADS_ELSEWHERE,
    FetchReason.SOFT_404,
    FetchReason.ORIGINAL_UNKNOWN,
    FetchReason.PICTURE_SWAPPED,
}
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in sorted(_INFORMATIVE_OUTCOMES))
_CODES = ", ".join(f"'{code}'" for code in sorted(_INFORMATIVE_CODES))
# Fetches of an article that has been reserved since it was last read all stay: the snapshot counts them; there is one a month.
# Fetches of a dead end count for the site whose crawl made them, as in the snapshot.
_PRUNABLE_FETCH = f"""
f.fetched < :fetches_before AND f.outcome NOT IN ({_OUTCOMES}) AND coalesce(f.reason_code, '') NOT IN ({_CODES})
AND f.warc_file IS NULL AND NOT EXISTS (SELECT 1 FROM chain s WHERE s.subject = 'fetch' AND s.subject_id = f.id)
AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = f.article_id AND f.fetched IN (r.first_seen, r.last_seen))
AND NOT EXISTS (SELECT 1 FROM states s WHERE s.article_id = f.article_id AND s.at = f.fetched)
AND NOT EXISTS (SELECT 1 FROM aliases s WHERE s.article_id = f.article_id AND s.first_seen = f.fetched)
AND CASE WHEN f.article_id IS NOT NULL THEN
    EXISTS (SELECT 1 FROM fetches n WHERE n.article_id = f.article_id AND n.url = f.url AND (n.fetched, n.id) > (f.fetched, f.id))
    AND NOT (f.outcome = 'reserved' AND EXISTS (SELECT 1 FROM articles a WHERE a.id = f.article_id AND a.last_seen < f.fetched))
ELSE :dead_end_looks <= (SELECT count(*) FROM (
    SELECT 1 FROM fetches n LEFT JOIN crawls c ON c.id = n.crawl_id
    WHERE n.article_id IS NULL AND n.url = f.url AND (n.fetched, n.id) > (f.fetched, f.id)
        AND c.site_id IS (SELECT site_id FROM crawls WHERE id = f.crawl_id)
    LIMIT :dead_end_looks))
END
"""  # noqa: S608 - all of it our own words, as below
_FETCHES = f"SELECT f.id FROM fetches f WHERE f.id > :after AND f.id <= :until AND {_PRUNABLE_FETCH}"  # noqa: S608
_CRAWLS = f"""
SELECT k.id FROM crawls k WHERE k.id > :after AND k.id <= :until
    AND coalesce(k.finished, k.started, k.planned) < :crawls_before AND k.outcome <> 'running'
    AND k.id NOT IN (SELECT value FROM json_each(:kept))
    AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.crawl_id = k.id)
    AND NOT EXISTS (SELECT 1 FROM states s WHERE s.crawl_id = k.id)
    AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.crawl_id = k.id)
    AND NOT EXISTS (SELECT 1 FROM fetches f WHERE f.crawl_id = k.id AND NOT ({_PRUNABLE_FETCH}))
"""  # noqa: S608
# The last crawl of each outcome and the last planned one stay, for each site: status, health and schedule read them.
_KEPT = """
SELECT max(id) AS id FROM crawls GROUP BY site_id, outcome
UNION SELECT id FROM (SELECT id, max(coalesce(planned, started)) FROM crawls GROUP BY site_id)
"""


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """What may be deleted: fetches before one time (aware), and crawls before another."""

    fetches_before: datetime
    crawls_before: datetime
    dead_end_fetches: int
    """Number of fetches that stay of a URL that led to no article, for each site."""


@dataclass(frozen=True, slots=True)
class PruneResult:
    """Number of rows that were deleted, or would be."""

    fetches: int = 0
    crawls: int = 0


def count_prunable(store: Store, policy: RetentionPolicy) -> PruneResult:
    """What `compact` would delete now; writes nothing."""
    with store.snapshot():
        parameters = _parameters(store, policy)
        counts = {table: sum(len(_ids(store, table, parameters | step)) for step in _steps(store, table)) for table in _PRUNABLE}
    return PruneResult(**counts)


def compact(store: Store, policy: RetentionPolicy) -> PruneResult:
    """Delete all that the policy allows; return how many rows were deleted. A killed run has deleted less, and nothing else."""
    parameters = _parameters(store, policy)
    counts = dict.fromkeys(_PRUNABLE, 0)
    for table in _PRUNABLE:
        delete = f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        for step in _steps(store, table):
            with store.transaction():
                ids = _ids(store, table, parameters | step)
                counts[table] += store.execute(delete, (json.dumps(ids),)) if ids else 0
    return PruneResult(**counts)


_PRUNABLE = {"fetches": _FETCHES, "crawls": _CRAWLS}
"""Table -> query for the ids that may be deleted; fetches before crawls, because a crawl is deleted only after its last fetch."""


def _ids(store: Store, table: str, parameters: dict[str, object]) -> list[int]:
    return [row["id"] for row in store.rows(_PRUNABLE[table], parameters)]


def _steps(store: Store, table: str) -> Iterator[dict[str, object]]:
    last = store.value(f"SELECT max(id) FROM {table}") or 0  # noqa: S608
    for after in range(0, last, BATCH):
        yield {"after": after, "until": after + BATCH}


def _parameters(store: Store, policy: RetentionPolicy) -> dict[str, object]:
    return {
        "fetches_before": moment(policy.fetches_before),
        "crawls_before": moment(policy.crawls_before),
        "dead_end_looks": policy.dead_end_fetches,
        "kept": json.dumps([row["id"] for row in store.rows(_KEPT)]),
    }


# The last answer of each article stays because the next fetch may repeat it: a revisit record would name it.
_LAST_ANSWERS = """SELECT warc_file, warc_offset FROM (SELECT warc_file, warc_offset, row_number() OVER (
    PARTITION BY article_id ORDER BY fetched DESC, id DESC) AS place FROM fetches
    WHERE article_id IS NOT NULL AND warc_file IS NOT NULL AND payload_hash IS NOT NULL) WHERE place = 1"""
_EVIDENCE = f"""SELECT warc_file, warc_offset FROM revisions WHERE warc_file IS NOT NULL
    UNION SELECT warc_file, warc_offset FROM fetches WHERE warc_file IS NOT NULL
        AND (outcome IN ({_OUTCOMES}) OR coalesce(reason_code, '') IN ({_CODES}))"""  # noqa: S608 - our own words


def kept_pages(store: Store, *, with_evidence: bool = True) -> dict[str, set[int]]:
    """File -> offsets of archived records that stay: evidence of revisions and states, and the last answer of each article."""
    found: dict[str, set[int]] = defaultdict(set)
    for sql in (_LAST_ANSWERS, _EVIDENCE) if with_evidence else (_LAST_ANSWERS,):
        for row in store.rows(sql):
            file, offset = place_of(row)
            found[file].add(offset)
    return found


def record_pruning(store: Store, now: datetime, policy: str, file: str, offsets: Sequence[int], size: int) -> None:
    """Record that records are removed from a file of the archive; called before they are removed."""
    row = {"at": moment(now), "policy": policy, "file": file, "offsets": json.dumps(list(offsets)), "bytes": size}
    with store.transaction():
        seal(store, [(Subject.PRUNING, store.insert("prunings", row))], now, Cause.PRUNING)


def prunings(store: Store) -> Iterator[tuple[Row, list[int]]]:
    """All prunings, oldest first: the row, and the offsets of the removed records."""
    for row in store.rows("SELECT * FROM prunings ORDER BY id"):
        yield row, json.loads(row["offsets"])
