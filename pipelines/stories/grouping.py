"""Articles -> stories: which one an article joins, when two are one, and the figures of a story.

One copy links two articles; a story is more than a chain of links. An article that joins must share something with at least
half of the members that it is compared with, so that an article with two stories in it does not join them. Runs inside the
caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from pipelines.store.database import Row, Store
from pipelines.store.rows import moment
from pipelines.stories.matching import Overlap, overlap
from pipelines.stories.sketch import TextWords

HELD_AGAINST = 5
"""Members of a story that an article is compared with."""

OF_ONE_PAPER = 3
"""From this many articles of one paper in a story on, its others must be repetitions of one of them."""

CROSSED = 4
"""Members of each of two stories that are compared with each other before the two are merged."""

_SAMPLE_OF_MEMBERS = """
SELECT article_id FROM story_members WHERE story_id = :story
ORDER BY article_id = (SELECT source_id FROM story_heads WHERE id = :story) DESC, article_id DESC LIMIT :limit
"""
_MEMBERS_OF_SITE = """
SELECT article_id FROM story_members
WHERE story_id = :story AND site_id = (SELECT site_id FROM articles WHERE id = :article) LIMIT 8
"""
_MEMBERS = """
SELECT m.article_id, m.site_id, m.shared, m.kept, m.agency AS agency_before, m.agency_is AS agency_is_before,
    m.shared AS shared_before, m.kept AS kept_before,
    m.story_seen AS story_seen_before, a.first_seen, a.date_published, a.revision_count, r.first_seen AS last_changed,
    k.agency AS named, k.credited
FROM story_members m JOIN articles a ON a.id = m.article_id JOIN revisions r ON r.id = a.latest_revision_id
LEFT JOIN sketches k ON k.article_id = m.article_id
WHERE m.story_id = ? ORDER BY m.article_id
"""
_SET_MEMBER = "UPDATE story_members SET agency = ?, agency_is = ?, story_seen = ?, shared = ?, kept = ? WHERE article_id = ?"
FORMER = "former_stories"
_FORMER = f"""
SELECT f.story_id FROM {FORMER} f WHERE f.article_id = :article AND f.story_id NOT IN (SELECT id FROM story_heads)
"""  # noqa: S608 - our own name


@dataclass(frozen=True, slots=True)
class CopyMatch:
    """A known article that carries the same copy, or a part of it."""

    article_id: int
    story_id: int | None
    found: Overlap


class Stories:
    """Puts articles into stories. `words` returns an article's text.

    `former`: the temporary table FORMER says which article was in which story, so that stories keep their numbers.
    """

    def __init__(self, store: Store, words: Callable[[int], TextWords], now: datetime, *, former: bool = False) -> None:
        self._store, self._words, self._now, self._former = store, words, now, former

    def place(self, article_id: int, matches: list[CopyMatch]) -> None:
        """Put an article without a story into that of its copies; then related articles that fit there too."""
        nearest = sorted(matches, key=lambda match: -match.found.strength)
        story_id = self._join(article_id, [match for match in nearest if match.found.is_copy])
        if story_id is None:
            return
        for match in nearest:
            current = self._story_of(match.article_id)
            if current is None:
                known = article_id if match.found.is_copy else self._copied(story_id, match.article_id)
                if known and self._belongs(story_id, match.article_id, known):
                    self._put(story_id, match.article_id)
            elif current != story_id and match.found.is_copy and self._are_one_story(story_id, current, article_id):
                story_id = self._merge(story_id, current)
        self.refresh(story_id)

    def leave(self, article_id: int) -> None:
        """Take an article out of its story; a single remaining article is no story."""
        story_id = self._story_of(article_id)
        if story_id is None:
            return
        self._store.execute("DELETE FROM story_members WHERE article_id = ?", (article_id,))
        self.refresh(story_id)

    def refresh(self, story_id: int, *revised: int) -> None:
        """Update the figures of a story from its members, some of them revised; a story of one article is dissolved."""
        members = list(self._store.rows(_MEMBERS, (story_id,)))
        if len(members) < 2:
            self._store.execute("DELETE FROM story_members WHERE story_id = ?", (story_id,))
            self._store.execute("DELETE FROM story_heads WHERE id = ?", (story_id,))
            return
        source, first = min(members, key=appeared), min(members, key=lambda row: (row["first_seen"], row["article_id"]))
        before = self._store.value("SELECT source_id FROM story_heads WHERE id = ?", (story_id,))
        agency, how = agency_of(source, members)
        head = {
            "source_id": source["article_id"], "first_id": first["article_id"], "first_seen": first["first_seen"],
            "last_changed": max(row["last_changed"] for row in members), "articles": len(members),
            "sites": len({row["site_id"] for row in members}),
            "edited": sum(max(0, row["revision_count"] - 1) for row in members), "agency": agency, "agency_is": how,
        }  # fmt: skip
        self._store.update("story_heads", story_id, head)
        moved = before != source["article_id"] or source["article_id"] in revised
        seen = first["first_seen"] if head["sites"] > 1 else None
        for row in members:
            computed = {
                "agency": row["named"] or agency,
                "agency_is": "named" if row["named"] else "implied" if agency else None,
                "story_seen": seen,
                "shared": row["shared"],
                "kept": row["kept"],
            }
            if moved or row["shared"] is None or row["article_id"] in revised:
                computed["shared"], computed["kept"] = self._shared_parts(source["article_id"], row["article_id"])
            if any(row[f"{column}_before"] != value for column, value in computed.items()):
                self._store.execute(_SET_MEMBER, (*computed.values(), row["article_id"]))

    def _shared_parts(self, source_id: int, article_id: int) -> tuple[float, float]:
        """The shared part of an article and the source, of the shorter of them and of the source."""
        if source_id == article_id:
            return 1.0, 1.0
        found = self._overlap(source_id, article_id)
        is_shorter = len(self._words(source_id).words) <= len(self._words(article_id).words)
        return round(found.shorter, 3), round(found.shorter if is_shorter else found.longer, 3)

    def _join(self, article_id: int, copies: list[CopyMatch]) -> int | None:
        """The story of the best copy that the article fits, or a new one with a copy that had none."""
        for match in copies:
            if match.story_id is None or self._belongs(match.story_id, article_id, match.article_id):
                story_id = match.story_id or self._new_story(match.article_id)
                self._put(story_id, article_id)
                return story_id
        return None

    def _belongs(self, story_id: int, article_id: int, known: int) -> bool:
        """Whether an article that carries the copy of a `known` member shares something with another, and with half of
        several.

        A paper with several articles in a story adds only repetitions: many of its articles share boilerplate, forms or
        background.
        """
        own = [row["article_id"] for row in self._store.rows(_MEMBERS_OF_SITE, {"story": story_id, "article": article_id})]
        if len(own) >= OF_ONE_PAPER and not any(self._overlap(article_id, other).is_reissue for other in own):
            return False
        others = [other for other in self._sample_of_members(story_id, HELD_AGAINST) if other != known]
        kin = sum(self._overlap(article_id, other).is_kin for other in others)
        return not others or (kin > 0 and 2 * (kin + 1) >= len(others) + 1)

    def _copied(self, story_id: int, article_id: int) -> int | None:
        """One of several members of a story that carries an article's copy."""
        sample = self._sample_of_members(story_id, HELD_AGAINST)
        return next((member for member in sample if self._overlap(article_id, member).is_copy), None)

    def _are_one_story(self, story_id: int, other: int, bridge: int) -> bool:
        """Whether an article carries the copy of half of the members of both stories, and most of those are related to each
        other.

        Two stories in one roundup are not.
        """
        sides = [
            [one for one in self._sample_of_members(side, CROSSED + 1) if one != bridge][:CROSSED] for side in (story_id, other)
        ]
        for side in sides:
            if 2 * sum(self._overlap(bridge, one).is_copy for one in side) < len(side):
                return False
        kin = [self._overlap(one, two).is_kin for one, two in product(*sides)]
        return 2 * sum(kin) > len(kin)

    def _overlap(self, one: int, other: int) -> Overlap:
        return overlap(self._words(one), self._words(other))

    def _sample_of_members(self, story_id: int, limit: int) -> list[int]:
        """Some members of a story: its source, and the newest."""
        return [row["article_id"] for row in self._store.rows(_SAMPLE_OF_MEMBERS, {"story": story_id, "limit": limit})]

    def _story_of(self, article_id: int) -> int | None:
        found: int | None = self._store.value("SELECT story_id FROM story_members WHERE article_id = ?", (article_id,))
        return found

    def _new_story(self, article_id: int) -> int:
        head = {"found": moment(self._now), "source_id": article_id, "first_id": article_id, "first_seen": "", "last_changed": "",
                "articles": 1, "sites": 1, "edited": 0}  # fmt: skip
        number = self._store.value(_FORMER, {"article": article_id}) if self._former else None
        story_id = self._store.insert("story_heads", {**({"id": number} if number else {}), **head})
        self._put(story_id, article_id)
        return story_id

    def _put(self, story_id: int, article_id: int) -> None:
        self._store.execute(
            "INSERT INTO story_members (article_id, story_id, site_id) SELECT id, ?, site_id FROM articles WHERE id = ?",
            (story_id, article_id),
        )

    def _merge(self, one: int, other: int) -> int:
        """Merge two stories under the older number."""
        kept, gone = sorted((one, other))
        self._store.execute("UPDATE story_members SET story_id = ? WHERE story_id = ?", (kept, gone))
        self._store.execute("DELETE FROM story_heads WHERE id = ?", (gone,))
        return kept


def appeared(member: Row) -> tuple[str, int]:
    """When a member first appeared, by its page or when it was first seen, whichever is earlier; a day without a time counts
    as its end."""
    stated = member["date_published"] or "~"
    return min(member["first_seen"], f"{stated}T23:59:59Z" if len(stated) == len("2025-03-07") else stated), member["article_id"]


def agency_of(source: Row, members: list[Row]) -> tuple[str | None, str | None]:
    """A story's agency, and how it is known: `named` by the source, or only `implied`, by others or by two sites' pictures."""
    if source["named"]:
        return source["named"], "named"
    named = Counter(row["named"] for row in members if row["named"])
    if named:
        return named.most_common(1)[0][0], "implied"
    credited = Counter(agency for _, agency in {(row["site_id"], row["credited"]) for row in members if row["credited"]})
    if credited and credited.most_common(1)[0][1] > 1:
        return credited.most_common(1)[0][0], "implied"
    return None, None
