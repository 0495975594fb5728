"""All that the ledger holds of one article, for the page of its history. Reads only; each question goes by an index."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines import stories
from pipelines.queries import articles, changes
from pipelines.queries.activity import site_of
from pipelines.queries.results import Change, StoryHead, StoryMember
from pipelines.store.database import Row, Store

REVISIONS = 100
"""The newest that are told one by one, and the first; a live page may have hundreds."""
SIZED = 40
"""The newest whose words are counted: their texts are read for it."""
LOOKS = 20
ALIASES = 50
STATES = 50
PAPERS = 30


@dataclass(frozen=True, slots=True)
class Dossier:
    """An article's history as rows."""

    article: Row
    site: Row
    revisions: tuple[Row, ...]
    """Newest first; with `words_added` and `words_removed` where they were counted, else None, and with `seal`."""
    left_out: int
    """Revisions between the first and the oldest of the others, that are not told."""
    authors: tuple[Row, ...]
    """Of the latest revision, as `images`."""
    images: tuple[Row, ...]
    states: tuple[Row, ...]
    aliases: tuple[Row, ...]
    looks: tuple[Row, ...]
    """The last, newest first."""
    moved_to: str | None
    """The address of the article to which its address leads."""
    moved_here: tuple[Row, ...]
    """Articles whose addresses lead to this one."""
    story: StoryHead | None
    papers: tuple[StoryMember, ...]
    """The other articles of its story."""


def dossier(store: Store, article: Row) -> Dossier:
    """Gather it."""
    revisions = _revisions(store, article)
    latest = revisions[0]["revision_id"] if revisions else None
    story = stories.of_article(store, article["id"])
    told = stories.story(store, story.head.story_id) if story else None
    return Dossier(
        article=article,
        site=site_of(store, article["site_id"]),
        revisions=revisions,
        left_out=max(0, article["revision_count"] - len(revisions)),
        authors=tuple(articles.authors(store, latest)),
        images=tuple(articles.images(store, latest)),
        states=tuple(articles.states(store, article["id"])[-STATES:]),
        aliases=tuple(articles.aliases(store, article["id"])[:ALIASES]),
        looks=tuple(articles.fetches(store, article["id"], LOOKS)),
        moved_to=articles.url_of(store, article["moved_to"]),
        moved_here=tuple(articles.moved_from(store, article["id"])[:ALIASES]),
        story=story.head if story else None,
        papers=tuple(one for one in (told.members if told else ()) if one.article_id != article["id"])[:PAPERS],
    )


def _revisions(store: Store, article: Row) -> tuple[Row, ...]:
    found = articles.history(store, article["id"], after=article["revision_count"] - REVISIONS)
    rows = [asdict(revision) for revision in reversed(found)]
    ids = [row["revision_id"] for row in rows]
    sized = {change.revision_id: change for change in changes.of_revisions(store, ids[:SIZED])}
    seals = articles.seals(store, ids)
    return tuple(_told(row, sized.get(row["revision_id"]), seals.get(row["revision_id"])) for row in rows)


def _told(row: Row, sized: Change | None, seal: Row | None) -> Row:
    sizes = {name: getattr(sized, name, None) for name in ("words_added", "words_removed")}
    return {**row, **sizes, "seal": seal}
