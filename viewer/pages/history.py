"""An article's page: every revision with the bounds of its edit, the authors, other places of the text, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines import stories
from pipelines.history.revisions import State
from pipelines.proof.citation import address
from pipelines.queries import articles, changes
from pipelines.queries.activity import site_of
from pipelines.queries.missed import fetches_of
from pipelines.queries.results import ArticleRecord, Change, Revision, StateChange, row_of
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from viewer import labels
from viewer.downloads import columns_of, download
from viewer.http import Request, Response
from viewer.rendering import base_url, page, refusal
from viewer.repository import Repository

PREFIX = "/history/"
REVISIONS = 100
"""The newest revisions that are listed one by one, besides the first; a live page may have hundreds."""
SIZED = 40
"""The newest revisions whose words are counted; their texts are read for it."""
FETCHES = 20
LISTED = 30
"""Topics, papers, states and addresses that are listed; the page says how many more there are."""


def respond(request: Request, ledger: Repository, root: str) -> Response:
    article = ledger.article(request.below(PREFIX))
    store = ledger.store
    revisions = timeline(store, article)
    if not revisions:
        return refusal(404, "This article was never read: the ledger knows its address, and no revision.", root)
    if request.form:
        all_revisions = articles.history(store, article.article_id)
        rows = [row_of(one) | {"address": address(base_url(), article.url, one)} for one in all_revisions]
        return download(request.form, "history", columns_of(Revision, "address"), rows)
    found = articles.article_view(store, article)
    story = stories.of_article(store, article.article_id)
    full_story = stories.story(store, story.head.story_id) if story else None
    states = found.states
    return page(
        "history.html",
        root,
        article=found,
        site=site_of(store, article.site_id),
        latest=revisions[0],
        revisions=revisions,
        left_out=max(0, article.revision_count - len(revisions)),
        authors=found.latest.authors if found.latest else (),
        topics=found.latest.topics if found.latest else (),
        images=found.latest.images if found.latest else (),
        states=states,
        missing_since=missing_since(states) if found.state in (State.SUSPECTED, State.GONE) else None,
        next_look=next_look(found.next_check, ledger.now),
        missed=labels.missed(fetches_of(store, article.article_id, ledger.now).missed),
        aliases=found.aliases,
        moved_here=found.moved_from,
        fetches=articles.fetches(store, article.article_id, FETCHES),
        story=story.head if story else None,
        papers=[one for one in (full_story.members if full_story else ()) if one.article_id != article.article_id],
        most=LISTED,
    )


def timeline(store: Store, article: ArticleRecord) -> list[dict[str, Any]]:
    """The revisions as the page shows them, newest first; with the words added and removed, if they are counted."""
    found = articles.history(store, article.article_id, after=article.revision_count - REVISIONS)[::-1]
    ids = [revision.revision_id for revision in found]
    sized = {change.revision_id: change for change in changes.of_revisions(store, ids[:SIZED])}
    seals = articles.seals(store, ids)
    return [entry(one, sized.get(one.revision_id)) | {"seal": seals.get(one.revision_id)} for one in found]


def entry(revision: Revision, sized: Change | None) -> dict[str, Any]:
    also = [name for name in revision.changed_fields if name not in ("headline", "date_modified")]
    before = revision.headline_before if "headline" in revision.changed_fields else None
    return row_of(revision) | {
        "pieces": labels.headline_pieces(before, revision.headline),
        "also": labels.fields(also) if also else "",
        "stamp": stamp(revision.number, revision.date_modified, revision.date_modified_before),
        "words_added": sized.words_added if sized else None,
        "words_removed": sized.words_removed if sized else None,
    }


def stamp(number: int, modified: str | None, before: str | None) -> str:
    """What the page's own update stamp did, as the beginning of a phrase; "" if there is nothing to say."""
    if number == 1:
        return "the page says updated" if modified else ""
    if modified is None:
        return "the page shows no update stamp"
    return "the page’s stamp still says" if modified == before else "the page says updated"


def missing_since(states: Sequence[StateChange]) -> str | None:
    """Time of the first fetch that did not find the article since it was last there; None while it is there."""
    since = None
    for step in reversed(states):
        if step.state not in (State.SUSPECTED, State.GONE):
            break
        since = step.at
    return since


def next_look(next_check: str | None, now: datetime) -> str:
    """When the article is fetched next: "in 3 h 10 min"; the page shows the time itself beside it."""
    if next_check is None:
        return "not by itself: only if the site names it as changed"
    minutes = int((instant_of(next_check) - now).total_seconds() // 60)
    return f"in {labels.lasted(minutes)}" if minutes > 0 else "due, with the next crawl"
