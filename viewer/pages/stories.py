"""Stories: copy that several sites carry, the latest first; of one site or one agency."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from pipelines import stories
from pipelines.queries.activity import site_names
from pipelines.store.database import Row, Store
from pipelines.stories import queries
from viewer.http import Request, Response
from viewer.labels import counted
from viewer.pages.errors import refusal
from viewer.rendering import page
from viewer.repository import Holdings

ROWS = 40
"""Stories on a page."""
MAX_AGENCIES = 100
CARRIERS = 8
"""Papers that a row names."""


def respond(request: Request, ledger: Holdings, root: str) -> Response:
    """The page."""
    query = request.query()
    site, agency, before = query.one("site"), query.one("agency"), query.one("before")
    names = site_names(ledger.store)
    if site is not None and site not in names:
        return refusal(404, f"The ledger has no site “{site}”.", root)
    found = stories.latest(ledger.store, limit=ROWS + 1, before=before, site=site, agency=agency)
    shown = found[:ROWS]
    same = {name: value for name, value in (("site", site), ("agency", agency)) if value}
    return page(
        "stories.html",
        root,
        days=[
            (day, [entry(ledger.store, row, names) for row in rows])
            for day, rows in groupby(shown, key=lambda row: str(row["first_seen"])[:10])
        ],
        older=urlencode({**same, "before": shown[-1]["cursor"]}) if len(found) > ROWS else "",
        newest=urlencode(same) if before else None,
        names=names,
        site=site,
        agency=agency,
        agencies=agencies(ledger.store),
    )


def entry(store: Store, row: Row, names: dict[str, str]) -> dict[str, Any]:
    """A story as the list shows it, with some of the papers that carried it."""
    carriers = [names.get(site, site) for site in queries.carriers(store, row["story_id"], CARRIERS)]
    named = list(dict.fromkeys(carriers))
    return {
        **row,
        "first_site": names.get(row["first_site_id"], row["first_site_id"]),
        "whose": whose(row),
        "wide": wide(row),
        "times": times(row["edited"]),
        "carriers": named,
        "more_carriers": max(0, row["sites"] - len(named)),
    }


def whose(row: Row) -> str:
    """How the agency is known: its own byline, or only what other papers print."""
    return {"named": "named in the byline", "implied": "named by other papers"}.get(row["agency_is"] or "", "")


def wide(row: Row) -> str:
    """How far a story went: "5 papers", or "6 articles in 5 papers" where one carried it twice."""
    papers = counted(row["sites"], "paper")
    return papers if row["articles"] == row["sites"] else f"{counted(row['articles'], 'article')} in {papers}"


def times(count: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def agencies(store: Store) -> dict[str, str]:
    """The agencies whose stories there are, by name: what a filter offers."""
    return {agency: agency for agency in queries.agencies(store, MAX_AGENCIES)}
