"""The latest revisions as a list: what changed, in which words, how much; by site, place and kind."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from pipelines.queries import activity, changes
from pipelines.queries.results import Change, row_of
from pipelines.queries.site_results import FilterChoices
from viewer import labels
from viewer.downloads import FILE_ROWS, columns_of, download
from viewer.filters import Wanted, wanted
from viewer.http import Request, Response
from viewer.rendering import page
from viewer.repository import Repository

ROWS = 60
"""Revisions on a page."""
BRIEF = ("new", "restamped", "paywall")
"""Kinds of change that take one line: nothing in the text was edited."""


def respond(request: Request, ledger: Repository, root: str) -> Response:
    asked = replace(wanted(request.query_string), words=None, url=None)
    rows = FILE_ROWS if request.form else ROWS
    found = changes.latest(ledger.store, asked, limit=rows + 1, before=asked.before)
    shown, choices = found[:rows], changes.filters(ledger.store)
    older = asked.query(before=shown[-1].cursor) if len(found) > rows else ""
    if request.form:
        return download(request.form, "revisions", columns_of(Change), map(row_of, shown), older)
    return page(
        "today.html",
        root,
        days=[(day, grouped(rows)) for day, rows in groupby(shown, key=lambda row: row.first_seen[:10])],
        asked=asked.query(before=None),
        wanted=asked,
        choices=choices,
        said=summary(asked, choices),
        month=month(asked, ledger, shown[0].first_seen if shown else None),
        brief=BRIEF,
        older=older,
    )


def month(asked: Wanted, ledger: Repository, shown: str | None) -> dict[str, Any]:
    """The calendar month of the newest day that is shown: its days in weeks, each with its count and the query for that day.

    The counts are of the requested sites and kinds; for an author, a topic or a section there are none.
    """
    middle = date.fromisoformat((asked.until or asked.since or shown or ledger.now.date().isoformat())[:10])
    first = middle.replace(day=1)
    days = [date.fromordinal(first.toordinal() + place) for place in range(monthrange(first.year, first.month)[1])]
    counts: dict[str, int] = {}
    if asked.facet is None:
        sites = changes.sites_of(ledger.store, asked)
        counts = activity.revisions_a_day(ledger.store, sites, asked.changes, days[0].isoformat(), days[-1].isoformat())
    cells: list[dict[str, Any] | None] = [None] * days[0].weekday()
    cells += [{"number": one.day, "day": one.isoformat(), "query": _days_query(asked, one, one),
               "count": counts.get(one.isoformat(), 0),
               "is_shown": (asked.since or "")[:10] == (asked.until or "")[:10] == one.isoformat()} for one in days]  # fmt: skip
    cells += [None] * (-len(cells) % 7)
    before, after = max(days[0].toordinal() - 1, 1), min(days[-1].toordinal() + 1, date.max.toordinal())
    return {
        "name": f"{first:%B} {first.year}",
        "query": _days_query(asked, days[0], days[-1]),
        "weeks": [cells[place : place + 7] for place in range(0, len(cells), 7)],
        "before": _month_of(asked, date.fromordinal(before)),
        "after": _month_of(asked, date.fromordinal(after)) if after <= ledger.now.date().toordinal() else None,
    }


def _month_of(asked: Wanted, day: date) -> tuple[str, str]:
    return f"{day:%B} {day.year}", _days_query(asked, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def _days_query(asked: Wanted, first: date, last: date) -> str:
    return asked.query(before=None, since=first.isoformat(), until=last.isoformat())


def grouped(rows: Iterable[Change]) -> list[dict[str, Any]]:
    """The entries of a day, one per article: its newest revision, with the earlier ones of that day as `earlier`."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(entry(row))
    return [{**first, "earlier": earlier} for first, *earlier in found.values()]


def entry(change: Change) -> dict[str, Any]:
    """A revision as the list shows it: its headline in pieces, and the other changed fields in words."""
    also = [name for name in change.changed_fields if name not in ("headline", "date_modified")]
    pieces = labels.headline_pieces(change.headline_before, change.headline)
    also_said = labels.fields(also) if also else ""
    return row_of(change) | {"pieces": pieces, "also": also_said, "signed": labels.signed(change.byline, change.authors)}


def summary(asked: Wanted, choices: FilterChoices) -> str:
    """The active filters in words: "only “put back”, of the Star"; "" without filters."""
    names = {site.id: site.name for site in choices.sites}
    kinds = labels.listed(f"“{labels.CHANGES[one]}”" for one in asked.changes)
    sites = labels.listed(names.get(one, one) for one in asked.sites)
    places = [asked.region and f"in {asked.region}", asked.country and f"in {asked.country}"]
    times = [asked.since and f"from {asked.since}", asked.until and f"to {asked.until}"]
    facet = asked.facet and labels.FACETS[asked.facet[0]].format(asked.facet[1])
    return ", ".join(part for part in (kinds and f"only {kinds}", sites and f"of {sites}", facet, *places, *times) if part)
