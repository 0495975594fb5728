"""Stories: copy that several sites carry, the latest first; filtered by site or agency."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipelines import stories
from pipelines.queries.activity import site_names
from pipelines.queries.results import row_of
from pipelines.store.database import Store
from pipelines.stories.results import StoryHead
from viewer.downloads import FILE_ROWS, columns_of, download
from viewer.filters import paging, wanted
from viewer.http import Request, Response
from viewer.labels import counted
from viewer.rendering import page
from viewer.repository import Repository

ROWS = 40
"""Stories on a page."""
MAX_AGENCIES = 100
CARRIERS = 8
"""Papers named in a row."""


def respond(request: Request, ledger: Repository, root: str) -> Response:
    query = request.query()
    site, agency, before = query.one("site"), query.one("agency"), query.one("before")
    asked = wanted(request.query_string)
    names = site_names(ledger.store)
    rows = FILE_ROWS if request.form else ROWS
    found = stories.latest(ledger.store, limit=rows + 1, before=before, site=site, agency=agency, since=asked.since,
                           until=asked.until)  # fmt: skip
    shown = found[:rows]
    cursor = shown[-1].cursor if len(found) > rows else None
    pages = paging({"site": site, "agency": agency, **asked.times()}, before, cursor)
    if request.form:
        return download(request.form, "stories", columns_of(StoryHead), map(row_of, shown), pages["older"])
    return page(
        "stories.html",
        root,
        days=[
            (day, [entry(ledger.store, head, names) for head in heads])
            for day, heads in groupby(shown, key=lambda head: head.first_seen[:10])
        ],
        **pages,
        names=names,
        site=site,
        asked=asked,
        agency=agency,
        agencies=agencies(ledger.store),
    )


def entry(store: Store, head: StoryHead, names: dict[str, str]) -> dict[str, Any]:
    """A story as the list shows it, with some of the papers that carried it."""
    carriers = [names.get(site, site) for site in stories.carriers(store, head.story_id, CARRIERS)]
    named = list(dict.fromkeys(carriers))
    return row_of(head) | {
        "first_site": names.get(head.first_site_id, head.first_site_id),
        "whose": agency_known_by(head),
        "wide": spread_in_words(head.articles, head.sites),
        "times": times(head.edited),
        "carriers": named,
        "more_carriers": max(0, head.sites - len(named)),
    }


def agency_known_by(head: StoryHead) -> str:
    """How the agency is known: by its own byline, or only by what other papers print."""
    return {"named": "named in the byline", "implied": "named by other papers"}.get(head.agency_is or "", "")


def spread_in_words(articles: int, sites: int) -> str:
    """How far a story spread: "5 papers", or "6 articles in 5 papers" if one carried it twice."""
    papers = counted(sites, "paper")
    return papers if articles == sites else f"{counted(articles, 'article')} in {papers}"


def times(count: int) -> str:
    """A number of times: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def agencies(store: Store) -> dict[str, str]:
    return {agency: agency for agency in stories.agencies(store, MAX_AGENCIES)}
