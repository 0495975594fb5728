"""A site: its health and problems, its changes per day, the delay of its edits, and its latest changes and takedowns."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import groupby
from statistics import median
from typing import Any
from urllib.parse import unquote

from pipelines.queries import activity, changes
from pipelines.queries.health import judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.queries.missed import missed_by_site
from pipelines.queries.removed import takedowns as removed
from pipelines.queries.results import row_of
from pipelines.queries.site_results import CrawlSummary, DayCounts
from pipelines.store.crawls import kept_lines
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from viewer import charts, labels
from viewer.downloads import columns_of, download
from viewer.http import Request, Response
from viewer.pages import home, takedowns
from viewer.rendering import page, refusal
from viewer.repository import Repository

DAYS, FEWEST_DAYS = 60, 14
"""Days of the chart: at most the first number; for a younger site its own days, at least the second number."""
EDITS = 500
"""Latest edits whose delay is shown."""
CRAWLS, CHANGES, GONE = 10, 8, 5
"""Rows of the lists."""
LINES = 200
"""Log lines of a crawl on the page; `newsledger crawls show ID --json` has all."""
_NUMBER = re.compile(r"^[0-9]{1,15}$")
_ID = re.compile(r"/site/([^/?#]{1,600})/?")


def respond(request: Request, ledger: Repository, root: str) -> Response:
    match = _ID.fullmatch(request.path)
    site = activity.site(ledger.store, unquote(match[1])) if match else None
    if site is None:
        return refusal(404, "The ledger has no such site.", root)
    store, site_id = ledger.store, site.id
    number = _NUMBER.match(request.query().one("crawl") or "")
    since, until = _shown(ledger.now.date(), *activity.first_and_last_day(store, site_id))
    if request.form:
        days = activity.days(store, site_id, "", "9")
        return download(request.form, f"site-{site_id}", columns_of(DayCounts), map(row_of, days))
    delays = activity.delays(store, site_id, EDITS)
    (vital,) = health_metrics(store, ledger.now, site_id)
    latest = changes.latest(store, changes.Filter(sites=(site_id,)), limit=CHANGES)
    missing = removed(store, site=site_id, limit=GONE)
    return page(
        "site.html",
        root,
        site=site,
        vital=vital,
        findings=judge(vital),
        age=labels.lasted(int(vital.success_age.total_seconds() // 60)) if vital.success_age is not None else None,
        totals=totals(store, site_id),
        missed=labels.missed(missed_by_site(store, site_id).get(site_id)),
        median=labels.lasted(int(median(delays))) if delays else None,
        drawn=[
            charts.days(
                [row_of(day) for day in activity.days(store, site_id, since.isoformat(), until.isoformat())], since, until
            ),
            charts.delays(delays),
        ],
        until=until if until < ledger.now.date() else None,
        latest=[(day, list(map(home.entry, rows))) for day, rows in groupby(latest, key=lambda row: row.first_seen[:10])],
        gone=[takedowns.entry(row) for row in missing.takedowns],
        crawls=[crawl(one) for one in activity.crawls(store, site_id, CRAWLS)],
        shown=number and number[0],
        lines=kept_lines(store.path, site_id, int(number[0])) if number else [],
        most_lines=LINES,
    )


def totals(store: Store, site_id: str) -> dict[str, Any]:
    """A site's totals, with its edits (all revisions except first ones and mere new stamps) and the share of silent edits."""
    found = activity.totals(store, site_id)
    edits = found.updated + found.silent + found.reverted + found.restored
    return row_of(found) | {"edits": edits, "silent_share": found.silent / edits if edits else None}


def crawl(one: CrawlSummary) -> dict[str, Any]:
    """A crawl as a list shows it: its start, or planned start, and its duration."""
    began = one.started or one.planned
    took = instant_of(one.finished) - instant_of(one.started) if one.started and one.finished else None
    return row_of(one) | {"began": began, "seconds": int(took.total_seconds()) if took is not None else None}


def _shown(today: date, first: str | None, last: str | None) -> tuple[date, date]:
    """First and last day of the chart. It ends today, or on the last day with any changes if today's chart would not reach it."""
    if first is None or last is None:
        return today - timedelta(days=FEWEST_DAYS - 1), today
    until = min(date.fromisoformat(last), today)
    until = today if today - until < timedelta(days=DAYS) else until
    longest, fewest = until - timedelta(days=DAYS - 1), until - timedelta(days=FEWEST_DAYS - 1)
    return min(max(longest, date.fromisoformat(first)), fewest), until
