"""All sites in a table: their problems, their last finished crawl, what they publish and how they edit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from pipelines.queries import activity
from pipelines.queries.results import row_of
from pipelines.queries.site_results import SiteCrawls, SiteSums
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from viewer import charts
from viewer.downloads import download
from viewer.http import Request, Response
from viewer.labels import lasted
from viewer.rendering import page
from viewer.repository import Repository
from viewer.site_health_cache import Judged, SiteHealthCache, counted

ROWS = 100
"""Sites on a page."""
DAYS = 14
"""Days of the sparklines."""
EDITS = 60
"""Latest edits of which the median delay is computed."""
COLUMNS = (
    *("id", "name", "region", "country", "health", "last_finished"),
    *("articles", "revisions", "edits", "silent", "silent_share"),
)
"""Columns of the list as a file, which has all chosen sites."""
Row = dict[str, Any]
Found = tuple[Judged, SiteSums]
ORDERS: dict[str, tuple[str, Callable[[Found], Any] | None]] = {
    "health": ("Health", None),  # as the cache has them
    "name": ("Site", lambda found: found[0].site.name.casefold()),
    "country": ("Country", lambda found: _place(found[0].site)),
    "crawled": ("Last crawled", lambda found: found[0].site.last_finished or ""),
    "articles": ("Articles", lambda found: -found[1].articles),
    "revisions": ("Revisions", lambda found: -found[1].revisions),
    "silent": ("Silent", lambda found: -found[1].silent / max(found[1].edits, 1)),
}
"""Value of `sort` -> its column, and the sort key; the first is the default."""
_cache = SiteHealthCache()


def respond(request: Request, ledger: Repository, root: str) -> Response:
    query = request.query()
    asked = {name: query.one(name) or "" for name in ("q", "country", "health", "sort")}
    found = _cache.sites(ledger.store, ledger.now)
    sums, none = activity.sums_by_site(ledger.store), SiteSums()
    chosen = [(one, sums.get(one.site.id, none)) for one in found if _is_wanted(one, asked)]
    if order := ORDERS.get(asked["sort"], ORDERS["health"])[1]:
        chosen.sort(key=order)
    if request.form:
        return download(request.form, "sites", COLUMNS, (_row(*one) for one in chosen))
    pages = max(1, -(-len(chosen) // ROWS))
    number = min(_number(query.one("page")), pages)
    return page(
        "sites.html",
        root,
        sites=[entry(ledger.store, _row(*one), ledger.now) for one in chosen[(number - 1) * ROWS : number * ROWS]],
        verdicts=counted(found),
        countries=sorted({one.site.country for one in found if one.site.country}),
        asked=asked,
        chosen=urlencode(_without_blanks(asked)),
        orders=[(name, label, urlencode(_without_blanks({**asked, "sort": name}))) for name, (label, _) in ORDERS.items()],
        number=number,
        pages=pages,
    )


def _row(one: Judged, sums: SiteSums) -> Row:
    share = sums.silent / sums.edits if sums.edits else None
    return row_of(one.site) | row_of(sums) | {"health": one.verdict, "findings": one.findings, "silent_share": share}


def _is_wanted(one: Judged, asked: dict[str, str]) -> bool:
    site, words = one.site, asked["q"].casefold()
    if words and words not in f"{site.name} {site.id} {site.region or ''}".casefold():
        return False
    return asked["country"] in ("", site.country) and asked["health"] in ("", one.verdict)


def _place(site: SiteCrawls) -> tuple[str, str, str]:
    return site.country or "~", site.region or "~", site.name.casefold()


def _without_blanks(asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}


def entry(store: Store, row: Row, now: datetime) -> Row:
    """A site as the table shows it."""
    today = now.date()
    since = today - timedelta(days=DAYS - 1)
    counts = {day.day: day.revisions for day in activity.days(store, row["id"], since.isoformat(), today.isoformat())}
    daily = [counts.get((since + timedelta(days=day)).isoformat(), 0) for day in range(DAYS)]
    last, delays = row["last_finished"], activity.delays(store, row["id"], EDITS)
    return row | {
        "age": lasted(int((now - instant_of(last)).total_seconds() // 60)) if last else None,
        "delay": lasted(int(median(delays))) if delays else None,
        "spark": charts.sparkline(daily, f"Revisions a day, {DAYS} days"),
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text) else 1
