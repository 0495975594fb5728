"""Facets: the revisions of one author, topic or section, counted by kind, paper and day.

An index gives them, the newest first, at most MAX_REVISIONS. If there are more, as for an agency that signs everything, the
rest is left out and `is_cut` says so. Read-only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.store.database import Row, Store
from pipelines.store.ledgers import Ledgers, joined, over_all

FACETS = ("author", "topic", "section")
MAX_REVISIONS = 10_000
"""The newest revisions that are counted. Higher: a name that is on everything takes longer than a page may."""
_CHECKED = 50
"""Newest revisions of a name, of which one must be shown for a search to offer its page."""

_NAMED = {
    "author": "SELECT DISTINCT revision_id FROM revision_authors WHERE name = :name ORDER BY revision_id DESC LIMIT :most",
    "topic": "SELECT revision_id FROM revision_topics WHERE name = :name ORDER BY revision_id DESC LIMIT :most",
    "section": """SELECT r.id AS revision_id FROM (
            SELECT id FROM revisions WHERE section = :name AND number = 1 ORDER BY first_seen DESC LIMIT :most) first
        CROSS JOIN changes c ON c.revision_id = first.id CROSS JOIN revisions r ON r.article_id = c.article_id LIMIT :most""",
}
OF_FACET = """({named}) named CROSS JOIN changes c ON c.revision_id = named.revision_id
WHERE c.shown AND (:sites IS NULL OR c.site_id IN (SELECT value FROM json_each(:sites))) AND c.first_seen >= :since"""
"""The rest of a query after `SELECT c.… FROM`: revisions of a facet and of sites, from a time on."""
_FOUND = f"""SELECT c.article_id, c.site_id, c.change, substr(c.first_seen, 1, 10)
FROM {OF_FACET.format(named="SELECT value AS revision_id FROM json_each(:ids)")} AND c.first_seen <= :until"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """Counts of an author, a topic or a section."""

    articles: int
    changes: Mapping[str, int]
    """Kind of change -> number of revisions."""
    sites: tuple[tuple[str, int], ...]
    """Id of a site and its number of revisions; the greatest number first."""
    days: tuple[Mapping[str, str | int], ...]
    """In order: `day`, and a number for each kind of change that occurred on it."""
    is_cut: bool
    """Whether there may be more revisions than were counted."""


def named(facet: tuple[str, str]) -> tuple[str, Row]:
    """A query for the ids of the newest revisions of a facet (kind, name), and its values."""
    kind, name = facet
    return _NAMED[kind], {"name": name, "most": MAX_REVISIONS}


def _counts_of_ledgers(ledgers: Ledgers, query: Callable[..., FacetCounts], *given: Any) -> FacetCounts:
    """The sums of the counts of several ledgers."""
    found = [query(store, *given) for store in ledgers.each]
    changes, sites, days = Counter[str](), Counter[str](), dict[str, Row]()
    for one in found:
        changes.update(one.changes)
        sites.update(dict(one.sites))
        for counts in one.days:
            day = days.setdefault(str(counts["day"]), {"day": counts["day"]})
            day.update({change: day.get(change, 0) + n for change, n in counts.items() if change != "day"})
    in_order = tuple(days[day] for day in sorted(days))
    articles, is_cut = sum(one.articles for one in found), any(one.is_cut for one in found)
    return FacetCounts(articles, changes, tuple(sites.most_common()), in_order, is_cut)


@over_all(_counts_of_ledgers)
def facet_counts(store: Store, facet: tuple[str, str], sites: Sequence[str] | None = None, since: str | None = None,
                 until: str | None = None) -> FacetCounts:  # fmt: skip
    """Counts of a facet, over some sites or all (None); `until` is included completely, whether it is a day or a second."""
    sql, values = named(facet)
    ids = [revision for (revision,) in store.values(sql, values)]
    values = {"ids": json.dumps(ids), "sites": None if sites is None else json.dumps(sites)}
    values |= {"since": since or "", "until": f"{until or ''}~"}
    articles, by_change, by_site, by_day = set[int](), Counter[str](), Counter[str](), dict[str, Row]()
    for article_id, site_id, change, on in store.values(_FOUND, values):
        articles.add(article_id)
        by_change[change] += 1
        by_site[site_id] += 1
        day = by_day.setdefault(on, {"day": on})
        day[change] = day.get(change, 0) + 1
    days = tuple(by_day[day] for day in sorted(by_day))
    return FacetCounts(len(articles), by_change, tuple(by_site.most_common()), days, len(ids) >= MAX_REVISIONS)


@over_all(joined)
def facets_named(store: Store, name: str) -> list[str]:
    """The kinds of facet that have exactly this name."""
    found = []
    for kind in FACETS:
        sql, values = named((kind, name))
        values |= {"most": _CHECKED, "sites": None, "since": ""}
        if store.row(f"SELECT 1 FROM {OF_FACET.format(named=sql)} LIMIT 1", values):  # noqa: S608 - our own words
            found.append(kind)
    return found
