"""An article's page: every revision with the bounds of its edit, who wrote it, where else it stood, and how we know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines.history.revisions import State
from pipelines.store.database import Row
from pipelines.store.rows import instant_of
from pipelines.text.urls import MAX_URL
from viewer import labels
from viewer.article_view import dossier
from viewer.http import Request, Response
from viewer.rendering import page, refusal
from viewer.repository import Held, Holdings

PREFIX = "/history/"


def respond(request: Request, ledger: Holdings, root: str) -> Response:
    """The page."""
    held = held_at(request.below(PREFIX), ledger, root)
    if isinstance(held, Response):
        return held
    found = dossier(ledger.store, held.article)
    if not found.revisions:
        return refusal(404, "This article was never read: the ledger knows its address, and no revision.", root)
    return page(
        "history.html",
        root,
        found=found,
        article=found.article,
        latest=found.revisions[0],
        revisions=[entry(row) for row in found.revisions],
        missing_since=missing_since(found.states) if found.article["state"] in (State.SUSPECTED, State.GONE) else None,
        next_look=next_look(found.article, ledger.now),
    )


def held_at(url: str, ledger: Holdings, root: str) -> Held | Response:
    """The article at a URL, in whatever spelling; or the page that says why there is none."""
    if len(url) > MAX_URL * 3:  # each character may be encoded
        return refusal(414, "This URL is longer than any that the ledger keeps.", root)
    held = ledger.find(url) if url else None
    if held is None:
        return refusal(404, "The ledger has no article at this URL.", root)
    if held.withdrawn:
        return refusal(451, "This article was withdrawn.", root, ("X-Archive-Reason", "withdrawn"))
    return held


def entry(row: Row) -> dict[str, Any]:
    """A revision as the timeline shows it."""
    also = [name for name in row["changed_fields"] if name not in ("headline", "date_modified")]
    before = row["headline_before"] if "headline" in row["changed_fields"] else None
    pieces = labels.headline_pieces(before, row["headline"])
    return {**row, "pieces": pieces, "also": labels.fields(also) if also else "", "stamp": stamp(row)}


def stamp(row: Row) -> str:
    """What the page's own stamp did, as the beginning of a phrase; "" where there is nothing to tell."""
    if row["number"] == 1:
        return "the page says updated" if row["date_modified"] else ""
    if row["date_modified"] is None:
        return "the page shows no update stamp"
    if row["date_modified"] == row["date_modified_before"]:
        return "the page’s stamp still says"
    return "the page says updated"


def missing_since(states: Sequence[Row]) -> str | None:
    """When the look was that first did not find the article, of those since it was last there; None while it is there."""
    since = None
    for step in reversed(states):
        if step["state"] not in (State.SUSPECTED, State.GONE):
            break
        since = str(step["at"])
    return since


def next_look(article: Row, now: datetime) -> str:
    """When the article is looked at next: "in 3 h 10 min"; the time itself stands beside it."""
    if article["next_check"] is None:
        return "not by itself: only if the site names it as changed"
    minutes = int((instant_of(article["next_check"]) - now).total_seconds() // 60)
    return f"in {labels.lasted(minutes)}" if minutes > 0 else "due, with the next crawl"
