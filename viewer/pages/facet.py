"""An author, a topic or a section: its number of articles, its papers and days, and its latest changes.

/author/Ann%20Other   /topic/Fire   /section/News?site=paper      since= and until= narrow; lists and feeds are the first page's
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from pipelines.queries import changes
from pipelines.queries.activity import site_names
from pipelines.queries.facets import FACETS, FacetCounts, facet_counts
from viewer import charts, labels
from viewer.filters import Wanted, wanted
from viewer.http import Request, Response
from viewer.pages import home
from viewer.rendering import page, refusal
from viewer.repository import Repository

DAYS, FEWEST_DAYS = 60, 14
"""Days of the chart if no period is given: at most the first number, at least the second."""
CHANGES, SITES = 12, 20
"""Rows of the lists."""
_EDITS = ("updated", "silent", "reverted", "restored")
_PATH = re.compile(rf"/({'|'.join(FACETS)})/([^/?#]{{1,2000}})/?")


def respond(request: Request, ledger: Repository, root: str) -> Response:
    match = _PATH.fullmatch(request.path)
    name = unquote(match[2]).strip() if match else ""
    if match is None or not 0 < len(name) <= labels.MAX_NAME_CHARS:
        return refusal(404, "No author, topic or section is called so.", root)
    asked = replace(wanted(request.query_string), facet=(match[1], name))
    store = ledger.store
    found = facet_counts(store, (match[1], name), changes.sites_of(store, asked), asked.since, asked.until)
    if not found.articles and not (asked.sites or asked.since or asked.until):
        return refusal(404, f"The ledger has no revision of this {match[1]}.", root)
    names = site_names(store)
    latest = changes.latest(store, asked, limit=CHANGES)
    edits = sum(found.changes.get(change, 0) for change in _EDITS)
    return page(
        "facet.html",
        root,
        kind=match[1],
        name=name,
        asked=asked,
        found=found,
        edits=edits,
        silent=found.changes.get("silent", 0),
        drawn=charts.days(found.days, *_shown(found, asked, ledger.now.date())),
        sites=[
            {
                "id": site,
                "name": names.get(site, site),
                "count": count,
                "query": replace(asked, facet=None, sites=(site,)).query(),
            }
            for site, count in found.sites[:SITES]
        ],
        more_sites=max(0, len(found.sites) - SITES),
        said=labels.listed(_filters_in_words(asked, names)),
        latest=[(day, list(map(home.entry, rows))) for day, rows in groupby(latest, key=lambda row: row.first_seen[:10])],
        query=asked.query(),
        silent_query=replace(asked, changes=("silent",)).query(),
    )


def _filters_in_words(asked: Wanted, names: dict[str, str]) -> list[str]:
    parts: list[Any] = [names.get(site, site) for site in asked.sites]
    parts += [asked.since and f"from {asked.since}", asked.until and f"to {asked.until}"]
    return [part for part in parts if part]


def _shown(found: FacetCounts, asked: Wanted, today: date) -> tuple[date, date]:
    """First and last day of the chart: the requested period; by default the last days with any changes."""
    first, last = (date.fromisoformat(str(found.days[place]["day"])) for place in (0, -1)) if found.days else (today, today)
    until = date.fromisoformat(asked.until[:10]) if asked.until else min(last, today)
    fewest = until - timedelta(days=FEWEST_DAYS - 1)
    since = date.fromisoformat(asked.since[:10]) if asked.since else max(until - timedelta(days=DAYS - 1), first)
    return (since, until) if asked.since else (min(since, fewest), until)
