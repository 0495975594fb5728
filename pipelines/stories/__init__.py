"""Stories: articles of several sites that carry the same copy, found as revisions arrive. This module: queries, with rows as
results.

sketch.py       a text -> its words, and the few hashes by which it is found; pure
matching.py     two texts -> how much of each is in the other, and whether that makes them the same copy; pure
index.py        sketches in the store, and which articles share some of theirs
grouping.py     which story an article joins, and the figures of the story
update.py       processes revisions that are new since the last time
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pipelines.queries.results import value_of
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import by_number, joined, newest, over_all
from pipelines.stories.results import HeadlineChange, Story, StoryHead, StoryMember, StoryOfArticle

LONGEST_LIST = 500
"""Maximum number of stories from `latest`, and of articles from `story`."""

_CURSOR = re.compile(r"([0-9TZ:-]{20})~([0-9]{1,18})")
_NAMES = (
    "story_id headline agency agency_is articles sites first_seen first_site_id source_article_id source_site_id source_url "
    "date_published last_changed edited found"
)
_COLUMNS = ", ".join(f"v.{name}" for name in _NAMES.split())
_MEMBERS = "SELECT * FROM story_articles WHERE story_id = ? ORDER BY is_source DESC, first_seen, article_id LIMIT ?"
_CHANGED = """
SELECT article_id, changed_fields FROM revisions
WHERE article_id IN (SELECT value FROM json_each(?)) AND number > 1 AND reads_as IS NULL ORDER BY article_id, number
"""

_EDITS = """
SELECT r.article_id, r.first_seen FROM json_each(?) k CROSS JOIN revisions r
WHERE r.article_id = k.value AND r.number > 1 AND r.reads_as IS NULL ORDER BY r.article_id, r.number
"""
_HEADLINES = """
SELECT h.article_id, h.url, h.number, h.change, h.headline_before, h.headline_after, h.not_before, h.first_seen
FROM json_each(?) k CROSS JOIN headline_changes h WHERE h.article_id = k.value ORDER BY h.first_seen, h.revision_id LIMIT 100
"""
# In the ledger's order of articles: of a story that a hundred papers carry no more is read than is shown.
_CARRIERS = "SELECT site_id FROM story_members WHERE story_id = ? ORDER BY article_id LIMIT ?"
# From one agency to the next along story_heads_by_agency: the cost does not grow with the stories.
_AGENCIES = """
WITH RECURSIVE found (agency) AS (
    SELECT min(agency) FROM story_heads WHERE sites > 1
    UNION ALL
    SELECT (SELECT min(agency) FROM story_heads WHERE sites > 1 AND agency > found.agency)
    FROM found WHERE found.agency IS NOT NULL
)
SELECT agency FROM found WHERE agency IS NOT NULL LIMIT ?
"""

_BY_ALL = """
SELECT story_id FROM story_members
WHERE site_id IN (SELECT value FROM json_each(:sites)) AND story_seen >= :since AND story_seen <= :until
GROUP BY story_id HAVING count(DISTINCT site_id) = :n ORDER BY max(story_seen) DESC, story_id DESC LIMIT :limit
"""
_COMPARED = """
SELECT p.* FROM json_each(:ids) k CROSS JOIN paper_comparison p ON p.story_id = k.value
WHERE p.site_id IN (SELECT value FROM json_each(:sites)) ORDER BY p.first_seen, p.article_id
"""


@over_all(newest("first_seen", "story_id"))
def latest(store: Store, *, limit: int, before: str | None = None, site: str | None = None, agency: str | None = None,
           since: str | None = None, until: str | None = None) -> list[StoryHead]:  # fmt: skip
    """Stories, newest first; only those that `site` carries, or of an `agency` (its short name).

    `before` is the `cursor` of the previous page's last story; an invalid one is ignored. `since` and
    `until` are days or moments, both included.
    """
    found = _CURSOR.fullmatch(before or "")
    seen, number = min((found[1], int(found[2])) if found else ("~", 0), (f"{until or ''}~", 0))
    wanted = {"seen": seen, "number": number, "site": site, "agency": agency, "since": since or "",
              "limit": max(0, min(limit, LONGEST_LIST))}  # fmt: skip
    return [_head(row) for row in store.rows(_listing(site, agency), wanted)]


def story(store: Store, story_id: int) -> Story | None:
    """A story with its articles; None if there is none with this number, or all of it is from one site."""
    head = store.row(f"SELECT {_COLUMNS} FROM stories v WHERE v.story_id = ?", (story_id,))  # noqa: S608 - our own columns
    if head is None:
        return None
    members = list(store.rows(_MEMBERS, (story_id, LONGEST_LIST)))
    changed: dict[int, dict[str, None]] = {}
    for row in store.rows(_CHANGED, (json.dumps([member["article_id"] for member in members]),)):
        changed.setdefault(row["article_id"], {}).update(dict.fromkeys(json.loads(row["changed_fields"])))
    return Story(
        _head(head),
        tuple(
            value_of(
                StoryMember,
                row | {"is_source": bool(row["is_source"]), "changed_fields": tuple(changed.get(row["article_id"], ()))},
            )
            for row in members
        ),
    )


def of_article(store: Store, article_id: int) -> StoryOfArticle | None:
    """The story that an article carries; None if no other site is known to carry the same."""
    row = store.row(
        f"""SELECT {_COLUMNS}, m.shared, v.source_article_id = m.article_id AS is_source
        FROM story_members m JOIN stories v ON v.story_id = m.story_id WHERE m.article_id = ?""",  # noqa: S608 - our own columns
        (article_id,),
    )
    return StoryOfArticle(_head(row), row["shared"], bool(row["is_source"])) if row else None


def carried_by_all(store: Store, sites: Sequence[str], since: str, until: str, limit: int) -> list[list[Row]]:
    """The latest stories that all of these sites carry: for each the articles of these sites, as in `paper_comparison`."""
    values = {"sites": json.dumps(sites), "n": len(sites), "since": since, "until": f"{until}~", "limit": limit}
    ids = [row["story_id"] for row in store.rows(_BY_ALL, values)]
    rows = list(store.rows(_COMPARED, values | {"ids": json.dumps(ids)}))
    return [[row for row in rows if row["story_id"] == story_id] for story_id in ids]


def edits_of(store: Store, article_ids: Sequence[int]) -> dict[int, list[str]]:
    """When each edit of these articles was first seen, in order, by article; articles without edits are left out."""
    found: dict[int, list[str]] = {}
    for row in store.rows(_EDITS, (json.dumps(article_ids),)):
        found.setdefault(row["article_id"], []).append(row["first_seen"])
    return found


def headline_changes(store: Store, article_ids: Sequence[int]) -> list[HeadlineChange]:
    """The first hundred headline changes of these articles, oldest first."""
    return [value_of(HeadlineChange, row) for row in store.rows(_HEADLINES, (json.dumps(article_ids),))]


@over_all(by_number)
def carriers(store: Store, story_id: int, limit: int) -> list[str]:
    """Ids of the sites of a story's first articles."""
    return [row["site_id"] for row in store.rows(_CARRIERS, (story_id, limit))]


@over_all(joined)
def agencies(store: Store, limit: int) -> list[str]:
    """Short names of agencies with stories, sorted."""
    return [row["agency"] for row in store.rows(_AGENCIES, (limit,))]


def _head(row: Row) -> StoryHead:
    return value_of(StoryHead, row | {"cursor": f"{row['first_seen']}~{row['story_id']}"})


def _listing(site: str | None, agency: str | None) -> str:
    """Each variant reads one index backwards: by site, by agency, or by time alone. A site's articles of one story are
    adjacent."""
    if site is not None:
        return f"""SELECT {_COLUMNS} FROM story_members m JOIN stories v ON v.story_id = m.story_id
            WHERE m.site_id = :site AND m.story_seen >= :since AND (m.story_seen, m.story_id) < (:seen, :number)
                AND (:agency IS NULL OR v.agency = :agency)
            GROUP BY m.story_seen, m.story_id ORDER BY m.story_seen DESC, m.story_id DESC LIMIT :limit"""  # noqa: S608 - our own columns
    which = "h.agency = :agency AND" if agency is not None else ""
    return f"""SELECT {_COLUMNS} FROM story_heads h JOIN stories v ON v.story_id = h.id
        WHERE {which} h.sites > 1 AND h.first_seen >= :since AND (h.first_seen, h.id) < (:seen, :number)
        ORDER BY h.first_seen DESC, h.id DESC LIMIT :limit"""  # noqa: S608 - our own columns
