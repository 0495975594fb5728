"""All sites at a glance: which are ill and why, when they were last crawled through, what they bring."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipelines.queries import activity
from pipelines.queries.results import row_of
from pipelines.store.database import Store
from pipelines.store.rows import instant_of, moment
from viewer import charts
from viewer.downloads import download
from viewer.http import Request, Response
from viewer.labels import lasted
from viewer.pages.site import totals
from viewer.rendering import page
from viewer.repository import Repository
from viewer.site_health_cache import Judged, SiteHealthCache, counted

ROWS = 50
"""Sites on a page."""
DAYS = 14
"""Days of the little charts."""
COLUMNS = (
    "id",
    "name",
    "region",
    "country",
    "health",
    "last_finished",
    "articles",
    "revisions",
    "edits",
    "silent",
    "silent_share",
)
"""Of the list as a file, which holds all sites."""
_cache = SiteHealthCache()


def respond(request: Request, ledger: Repository, root: str) -> Response:
    """The page."""
    number = _number(request.query().one("page"))
    found = _cache.sites(ledger.store, ledger.now)
    if request.form:
        return download(request.form, "sites", COLUMNS, [row(ledger.store, one) for one in found])
    pages = max(1, -(-len(found) // ROWS))
    number = min(number, pages)
    shown = found[(number - 1) * ROWS : number * ROWS]
    return page(
        "sites.html",
        root,
        sites=[entry(ledger.store, one, ledger.now) for one in shown],
        verdicts=counted(found),
        number=number,
        pages=pages,
    )


def row(store: Store, one: Judged) -> dict[str, Any]:
    """A site as a row of a file."""
    return row_of(one.site) | totals(store, one.site.id) | {"health": one.verdict}


def entry(store: Store, one: Judged, now: datetime) -> dict[str, Any]:
    """A site as the list shows it."""
    today = now.date()
    since = today - timedelta(days=DAYS - 1)
    counts = {day.day: day.revisions for day in activity.days(store, one.site.id, since.isoformat(), today.isoformat())}
    each = [counts.get((since + timedelta(days=day)).isoformat(), 0) for day in range(DAYS)]
    last = one.site.last_finished
    return row_of(one.site) | {
        "verdict": one.verdict,
        "findings": one.findings,
        "next_crawl": one.site.next_crawl if one.verdict != "paused" and (one.site.next_crawl or "") > moment(now) else None,
        "age": lasted(int((now - instant_of(last)).total_seconds() // 60)) if last else None,
        "totals": totals(store, one.site.id),
        "spark": charts.sparkline(each, f"Revisions a day, {DAYS} days"),
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) else 1
