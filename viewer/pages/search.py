"""Search page: finds words in every revision, shows which revisions contain them, and whether the article still does."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipelines.queries import changes, search
from pipelines.queries.facets import facets_named
from pipelines.queries.results import CHANGES, Facet, Hit, row_of
from pipelines.store.rows import moment
from pipelines.store.saved_searches import saved_searches
from viewer import labels
from viewer.downloads import FILE_ROWS, columns_of, download
from viewer.filters import Wanted, wanted
from viewer.http import Request, Response, redirect
from viewer.pages.home import summary
from viewer.rendering import article_path, page
from viewer.repository import Repository

ROWS = 20
MAX_PAGE = 50
"""Last page of hits. Nobody reads past the first thousand hits; a narrower search finds more."""
FACETS = ("site", "change", "year", "month")
SHOWN = 12
"""Values that a facet offers."""
_PAGE = re.compile(r"[1-9]\d?", re.ASCII)
_FACET_TITLES = {"site": "Sites", "change": "Kinds of change", "year": "Years", "month": "Months"}


def respond(request: Request, ledger: Repository, root: str) -> Response:
    """The page; a search for the address of an article is redirected to its history."""
    asked = replace(wanted(request.query_string), url=None, before=None, region=None, country=None, facet=None)
    words = asked.words or ""
    if words.startswith(("http://", "https://")) and (held := ledger.find(words)) and not held.withdrawn:
        return redirect(f"{root}/history/{article_path(held.article.url)}")
    number = page_number(request.query().one("page"))
    rows = FILE_ROWS if request.form else ROWS
    found = search.search(
        ledger.store,
        words,
        sites=asked.sites,
        changes=asked.changes,
        since=asked.since,
        until=asked.until,
        limit=rows,
        offset=(number - 1) * ROWS,
        by_article=True,
    )
    has_more = len(found.hits) == rows and (found.is_more or (number - 1) * ROWS + rows < found.articles)
    if request.form:
        page_after = number + rows // ROWS
        following = f"{asked.query()}&page={page_after}" if has_more and page_after <= MAX_PAGE else ""
        return download(request.form, "search", columns_of(Hit), map(_table_row, found.hits), following)
    choices = changes.filters(ledger.store)
    narrowed = replace(asked, words=None)
    return page(
        "search.html",
        root,
        asked=asked,
        told=words,
        of_name=facets_named(ledger.store, words) if words and len(words) <= labels.MAX_NAME_CHARS else [],
        found=found,
        hits=[row_of(hit) | {"others": hit.also} for hit in found.hits],
        facets=[(name, _FACET_TITLES[name], facet(asked, name, found.facets.get(name, ()))) for name in FACETS],
        choices=choices,
        kinds=[{"id": one, "name": labels.CHANGES.get(one, one)} for one in CHANGES],
        said=summary(narrowed, choices),
        saved=saved_searches(ledger.store) if not words else [],
        number=number,
        first=(number - 1) * ROWS + 1,
        has_more=has_more,
        last=MAX_PAGE,
        query=asked.query(),
        permanent_query=replace(asked, until=asked.until or moment(ledger.now)).query(),
        all_of_it=Wanted(words=words).query(),
    )


def _table_row(hit: Hit) -> dict[str, Any]:
    """A hit as a row of a table: the snippet as text, other revisions as numbers."""
    return row_of(hit) | {"snippet": "".join(text for text, _ in hit.snippet), "also": [one.number for one in hit.also]}


def page_number(text: str | None) -> int:
    """The requested page of hits, from 1."""
    return min(int(text), MAX_PAGE) if text and _PAGE.fullmatch(text) else 1


def facet(asked: Wanted, name: str, values: Sequence[Facet]) -> list[dict[str, Any]]:
    """The values of a facet: each with its count, the query that narrows to it, and whether it is chosen."""
    return [{"name": shown, "count": count, **_facet_link(asked, name, value)} for value, shown, count in values[:SHOWN]]


def _facet_link(asked: Wanted, name: str, value: str) -> dict[str, Any]:
    if name == "site":
        chosen = asked.sites == (value,)
        return {"is_chosen": chosen, "query": replace(asked, sites=() if chosen else (value,)).query()}
    if name == "change":
        chosen = asked.changes == (value,)
        return {"is_chosen": chosen, "query": replace(asked, changes=() if chosen else (value,)).query()}
    first, last = span(value)
    chosen = (asked.since, asked.until) == (first, last)
    since, until = (None, None) if chosen else (first, last)
    return {"is_chosen": chosen, "query": replace(asked, since=since, until=until).query()}


def span(value: str) -> tuple[str, str]:
    """First and last day of a year ("2025") or a month ("2025-03")."""
    year, month = int(value[:4]), int(value[5:7] or 0)
    return f"{year:04}-{month or 1:02}-01", f"{year:04}-{month or 12:02}-{monthrange(year, month or 12)[1]:02}"
