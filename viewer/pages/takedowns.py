"""Takedowns: articles that disappeared from their site: when, the site's response, how long they were up, whether they came
back."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipelines.history.revisions import State
from pipelines.queries import removed
from pipelines.queries.activity import site_names
from pipelines.queries.results import Takedown, row_of
from viewer.downloads import FILE_ROWS, columns_of, download
from viewer.filters import paging, wanted
from viewer.http import Request, Response
from viewer.labels import lasted, minutes_between
from viewer.rendering import page
from viewer.repository import Repository

ROWS = 50
"""Takedowns on a page."""
STATES = {"gone": State.GONE, "suspected": State.SUSPECTED}
_ANSWERS = {404: "404, not found", 410: "410, gone for good", 451: "451, not available for legal reasons"}


def respond(request: Request, ledger: Repository, root: str) -> Response:
    query = request.query()
    site, before = query.one("site"), query.one("before")
    asked = wanted(request.query_string)
    state = STATES.get(query.one("state") or "")
    names = site_names(ledger.store)
    rows = FILE_ROWS if request.form else ROWS
    found = removed.takedowns(ledger.store, site=site, state=state, limit=rows, before=before, since=asked.since,
                              until=asked.until)  # fmt: skip
    pages = paging({"site": site, "state": state, **asked.times()}, before, found.older)
    if request.form:
        return download(request.form, "takedowns", columns_of(Takedown), map(row_of, found.takedowns), pages["older"])
    return page(
        "takedowns.html",
        root,
        days=[(day, list(map(entry, of_day))) for day, of_day in groupby(found.takedowns, key=lambda one: one.at[:10])],
        searched=found.searched,
        **pages,
        site=site,
        asked=asked,
        names=names,
        state=state,
    )


def entry(one: Takedown) -> dict[str, Any]:
    """A takedown as a list shows it: the site's response, how long the article was up, and how long it was away."""
    since = one.missing_since
    up_from = min(filter(None, (_instant(one.date_published), one.first_seen)))
    up_to = one.last_answered or since
    return row_of(one) | {
        "answer": (_ANSWERS.get(one.status) if one.status else None) or one.reason or f"status {one.status}",
        "up": lasted(minutes_between(up_from, up_to)) if up_from < up_to else None,
        "away": lasted(minutes_between(since, one.restored)) if one.restored else None,
    }


def _instant(stamp: str | None) -> str | None:
    """A moment; None for a bare day, because the article may have been published at its end."""
    return stamp if stamp and len(stamp) > len("2025-03-07") else None
