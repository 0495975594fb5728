"""Sketches in the store: an article's hashes, and the articles that share some with it. What a lookup reads is bounded.

Runs inside the caller's transaction. Knows nothing of stories but that articles of one count once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipelines.store.database import Row, Store
from pipelines.stories.attribution import credited_agency, named_agency
from pipelines.stories.sketch import TextWords, pack, sketch, unpack

POSTINGS = 48
"""Articles that are looked at for one hash, the newest: of what thousands share, these tell as much."""

COMMON = 4
"""A hash that stands in so many stories and lone articles is boilerplate, background or a set phrase, and no evidence."""

LEAST_SHARED = 2
"""Hashes that are no boilerplate which two articles must share to be compared."""

CANDIDATES = 10
OF_ONE_STORY = 3
"""Articles that are compared word by word, and how many of them may be of one story."""

_POSTINGS = """
SELECT h.article_id, m.story_id, m.site_id FROM sketch_hashes h LEFT JOIN story_members m ON m.article_id = h.article_id
WHERE h.hash = ? ORDER BY h.article_id DESC LIMIT ?
"""
_AGENCIES = "SELECT agency FROM revision_authors WHERE revision_id = ? AND agency IS NOT NULL ORDER BY position"
_CREDITS = "SELECT credit FROM revision_images WHERE revision_id = ? AND credit IS NOT NULL ORDER BY position LIMIT 20"


@dataclass(frozen=True, slots=True)
class StoryCandidate:
    """An article that may carry the same copy."""

    article_id: int
    story_id: int | None
    common: float
    """Of the hashes that both have, the share that stands in all sorts of articles."""


def put_sketch(store: Store, article: Row, words: TextWords) -> tuple[int, ...]:
    """Sketch an article (`id`, `latest_revision_id`, `byline`, `body`) anew; its hashes."""
    article_id, revision_id = article["id"], article["latest_revision_id"]
    old, new = _hashes(store, article_id), sketch(words)
    _unlist(store, article_id, set(old) - set(new))
    _list(store, article_id, sorted(set(new) - set(old)))
    authors = [row["agency"] for row in store.rows(_AGENCIES, (revision_id,))]
    credited = [row["credit"] for row in store.rows(_CREDITS, (revision_id,))]
    named = {"agency": named_agency(article["byline"], authors, article["body"]), "credited": credited_agency(credited)}
    row = {"article_id": article_id, "revision_id": revision_id, "words": words.count, **named, "hashes": pack(new)}
    store.insert("sketches", row, on_conflict="REPLACE")
    return new


def drop_sketch(store: Store, article_id: int) -> None:
    """Take an article out of what can be found."""
    _unlist(store, article_id, set(_hashes(store, article_id)))
    store.execute("DELETE FROM sketches WHERE article_id = ?", (article_id,))


def candidates(store: Store, article_id: int, hashes: tuple[int, ...]) -> list[StoryCandidate]:
    """The articles that share most with one, best first; a bounded number, of which few are of one story."""
    common, shared, stories = set(), Counter[int](), dict[int, int | None]()
    for value in hashes:
        found = [posting for posting in store.values(_POSTINGS, (value, POSTINGS)) if posting[0] != article_id]
        if len(found) >= COMMON and _spread(found) >= COMMON:
            common.add(value)
            continue
        for other, story_id, _ in found:
            shared[other] += 1
            stories[other] = story_id
    taken, chosen = Counter[int](), list[StoryCandidate]()
    for other, count in sorted(shared.items(), key=lambda item: (-item[1], -item[0])):
        story_id = stories[other]
        if count < LEAST_SHARED or len(chosen) == CANDIDATES:
            break
        if story_id is None or taken[story_id] < OF_ONE_STORY:
            taken[story_id or 0] += 1
            chosen.append(StoryCandidate(other, story_id, _common_share(store, other, common, count)))
    return chosen


def _spread(found: list[tuple[int, int | None, str | None]]) -> int:
    """In how many stories and lone articles a hash stands; a story counts as often as one paper is in it."""
    papers = Counter((story_id, site_id) for _, story_id, site_id in found if story_id)
    if not papers:
        return len(found)
    most: dict[int | None, int] = {}
    for (story_id, _), count in papers.items():
        most[story_id] = max(count, most.get(story_id, 0))
    return sum(most.values()) + len(found) - papers.total()


def _common_share(store: Store, other: int, common: set[int], rare: int) -> float:
    if not common:
        return 0.0
    both = len(common.intersection(_hashes(store, other)))
    return both / (both + rare)


def _hashes(store: Store, article_id: int) -> tuple[int, ...]:
    return unpack(store.value("SELECT hashes FROM sketches WHERE article_id = ?", (article_id,)) or b"")


def _list(store: Store, article_id: int, values: list[int]) -> None:
    if values:
        marks = ", ".join(["(?, ?)"] * len(values))
        pairs = [number for value in values for number in (value, article_id)]
        store.execute(f"INSERT OR IGNORE INTO sketch_hashes (hash, article_id) VALUES {marks}", pairs)  # noqa: S608 - marks only


def _unlist(store: Store, article_id: int, values: set[int]) -> None:
    for value in values:
        store.execute("DELETE FROM sketch_hashes WHERE hash = ? AND article_id = ?", (value, article_id))
