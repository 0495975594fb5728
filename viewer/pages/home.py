"""The latest revisions as a feed: what changed, in which words, how much; by site, place and kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from pipelines.queries import changes
from pipelines.queries.results import Change, row_of
from pipelines.queries.site_results import FilterChoices
from viewer import labels
from viewer.downloads import columns_of, download
from viewer.filters import FilterError, Wanted, wanted
from viewer.http import Request, Response
from viewer.rendering import page, refusal
from viewer.repository import Repository

ROWS = 60
"""Revisions on a page."""
JUMPS = 9
"""Days that can be jumped to at once; the form takes any."""


def respond(request: Request, ledger: Repository, root: str) -> Response:
    """The page."""
    try:
        asked = replace(wanted(request.target.partition("?")[2]), words=None, url=None)
    except FilterError as error:
        return refusal(400, str(error), root)
    found = changes.latest(ledger.store, filter_of(asked), limit=ROWS + 1, before=asked.before)
    shown, choices = found[:ROWS], changes.filters(ledger.store)
    if request.form:
        return download(request.form, "revisions", columns_of(Change), map(row_of, shown))
    return page(
        "today.html",
        root,
        days=[(day, list(map(entry, rows))) for day, rows in groupby(shown, key=lambda row: row.first_seen[:10])],
        asked=asked.query(before=None),
        wanted=asked,
        choices=choices,
        said=summary(asked, choices),
        jumps=jumps(asked, ledger.now.date(), shown[0].first_seen[:10] if shown else None),
        older=asked.query(before=shown[-1].cursor) if len(found) > ROWS else "",
    )


def jumps(asked: Wanted, today: date, shown: str | None) -> list[dict[str, Any]]:
    """The days around the newest that is shown, or the last ones, each with the query that asks for it alone."""
    middle = date.fromisoformat(shown) if shown else today
    last = min(today.toordinal(), middle.toordinal() + JUMPS // 2)
    days = [date.fromordinal(max(last - back, 1)) for back in range(JUMPS)]
    return [
        {
            "label": f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else ""),
            "query": asked.query(before=None, since=day.isoformat(), until=day.isoformat()),
            "is_shown": (asked.since or "")[:10] == (asked.until or "")[:10] == day.isoformat(),
        }
        for day in days
    ]


def filter_of(asked: Wanted) -> changes.Filter:
    """What is asked for as the ledger's question."""
    return changes.Filter(
        sites=asked.sites,
        region=asked.region,
        country=asked.country,
        changes=asked.changes,
        since=asked.since,
        until=asked.until,
        facet=asked.facet,
    )


def entry(change: Change) -> dict[str, Any]:
    """A revision as the list shows it: its headline in pieces, and what else changed in words."""
    also = [name for name in change.changed_fields if name not in ("headline", "date_modified")]
    pieces = labels.headline_pieces(change.headline_before, change.headline)
    also_said = labels.fields(also) if also else ""
    return row_of(change) | {"pieces": pieces, "also": also_said, "signed": labels.signed(change.byline, change.authors)}


def summary(asked: Wanted, choices: FilterChoices) -> str:
    """What is shown where something is left out: "only “put back”, of the Star"; "" where all is."""
    names = {site.id: site.name for site in choices.sites}
    kinds = labels.listed(f"“{labels.CHANGES[one]}”" for one in asked.changes)
    of = labels.listed(names.get(one, one) for one in asked.sites)
    places = [asked.region and f"in {asked.region}", asked.country and f"in {asked.country}"]
    times = [asked.since and f"from {asked.since}", asked.until and f"to {asked.until}"]
    facet = asked.facet and labels.FACETS[asked.facet[0]].format(asked.facet[1])
    return ", ".join(part for part in (kinds and f"only {kinds}", of and f"of {of}", facet, *places, *times) if part)
