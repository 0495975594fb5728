"""Past crawls, and what became of one. Writes nothing."""

from __future__ import annotations

import json

from pipelines.store.database import Store
from pipelines.store.rows import Row

_FAILED = "('failed', 'lost', 'missed')"
_QUIET = "('new', 'updated', 'silent', 'restamped', 'reverted', 'restored', 'paywall', 'unchanged', 'not_modified', 'reread')"
"""Outcomes of fetches that are as they should be."""


def past_crawls(store: Store, site_id: str | None = None, *, failed: bool = False, since: str | None = None,
                limit: int = 20) -> list[Row]:  # fmt: skip
    """The newest crawls and planned starts, of one site or all; `since` is a stored time of their beginning, or of their plan."""
    where = ["1" if site_id is None else "site_id = :site", *([f"outcome IN {_FAILED}"] if failed else [])]
    where += ["coalesce(started, planned, finished) >= :since"] if since else []
    sql = f"SELECT * FROM crawls WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT :limit"  # noqa: S608 - our own words
    rows = store.rows(sql, {"site": site_id, "since": since, "limit": limit})
    return [{**row, "counts": json.loads(row["counts"])} for row in rows]


def crawl_log(store: Store, crawl_id: int) -> list[Row]:
    """The fetches of a crawl that were not as they should be, in their order: when, what, why."""
    sql = f"""SELECT fetched, url, status, outcome, reason, reason_code FROM fetches
        WHERE crawl_id = ? AND outcome NOT IN {_QUIET} ORDER BY id"""  # noqa: S608 - our own words
    return list(store.rows(sql, (crawl_id,)))
