"""A story: who had it first, who carried it when, how much of it, and under which headlines.

/story/7        the story
/story/7/43     an article of it, laid against the source: see viewer.pages.story_compare
"""

from __future__ import annotations

import re
from typing import Any

from pipelines import stories
from pipelines.queries import articles
from pipelines.queries.results import Story, row_of
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from pipelines.stories import queries
from viewer.charts.charts import Arrival, spread
from viewer.http import Request, Response
from viewer.labels import lasted
from viewer.pages import story_compare
from viewer.pages.errors import refusal
from viewer.pages.home import headline_pieces
from viewer.pages.stories import times, whose, wide
from viewer.rendering import page
from viewer.repository import Holdings

MEMBERS = 200
"""Articles that a page lists."""
_PATH = re.compile(r"/story/(\d{1,18})(?:/(\d{1,18}))?/?", re.ASCII)


def respond(request: Request, ledger: Holdings, root: str) -> Response:
    """The page of a story, or of an article of it."""
    match = _PATH.fullmatch(request.path)
    found = stories.story(ledger.store, int(match[1])) if match else None
    if match is None or found is None:
        return refusal(404, "The ledger has no such story.", root)
    if match[2]:
        return story_compare.respond(found, int(match[2]), ledger, root)
    members = told(ledger.store, found)
    edits = queries.edits_of(ledger.store, _ids(found))
    names = {row["article_id"]: row["site_name"] for row in members}
    changes = queries.headline_changes(ledger.store, _ids(found))
    return page(
        "story.html",
        root,
        head=found.head,
        whose=whose(found.head),
        wide=wide(found.head.articles, found.head.sites),
        edited=times(found.head.edited),
        last_edit=max((at for times_of in edits.values() for at in times_of), default=None),
        source=members[0],
        members=members,
        left_out=max(0, len(found.members) - MEMBERS),
        drawn=spread([arrival(row, edits.get(row["article_id"], []), found.head.first_seen) for row in members]),
        variants=variants(members, articles.first_headline(ledger.store, members[0]["article_id"])),
        rewritten=[
            row_of(change)
            | {
                "site_name": names[change.article_id],
                "pieces": headline_pieces(change.headline_before, change.headline_after),
            }
            for change in changes
        ],
    )


def told(store: Store, found: Story) -> list[dict[str, Any]]:
    """The members as a page shows them, the source first, with what each is behind it; those withdrawn say nothing."""
    withdrawn = articles.withdrawn_among(store, _ids(found))
    rows = []
    for one in found.members[:MEMBERS]:
        behind = minutes_after(found.head.first_seen, one.first_seen)
        state = "withdrawn" if one.article_id in withdrawn else one.state
        rows.append(row_of(one) | {"behind": behind, "after": lasted(behind) if behind > 0 else None, "state": state})
    return rows


def arrival(row: dict[str, Any], edits: list[str], start: str) -> Arrival:
    """A member as a point of the chart; `edits`: when each was first seen."""
    after = tuple(max(0, minutes_after(start, at)) for at in edits)
    return Arrival(row["site_name"], max(0, row["behind"]), after, bool(row["is_source"]))


def minutes_after(start: str, at: str) -> int:
    """Whole minutes from one stored moment to another."""
    return int((instant_of(at) - instant_of(start)).total_seconds() // 60)


def variants(members: list[dict[str, Any]], first: str | None) -> list[dict[str, Any]]:
    """The headlines that papers have now, after the one that the source began with, and who has each."""
    found = {first or "": _variant(first, first)}
    for row in members:
        if row["state"] != "withdrawn":
            found.setdefault(row["headline"] or "", _variant(first, row["headline"]))["members"].append(row)
    return list(found.values())


def _variant(first: str | None, headline: str | None) -> dict[str, Any]:
    pieces = headline_pieces(None if headline == first else first, headline)
    return {"headline": headline, "pieces": pieces, "members": [], "is_first": headline == first}


def _ids(found: Story) -> list[int]:
    return [one.article_id for one in found.members[:MEMBERS]]
