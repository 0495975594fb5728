"""Full-text search over all revisions, bounded for every query; the result says what was left out. Read-only.

Sorting reads every match, and relevance costs ten times as much again. So matches are counted first, up to EXACT. If there are
no more, all are filtered and sorted, by relevance if at most RANKED are left. Otherwise the index is read backwards from the
newest recorded revision until there are enough, and the result says that its totals and facets are only of what was read.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from pipelines.queries.changes import Filter, keys
from pipelines.queries.results import Facet, Hit, Hits, RevisionTime, value_of
from pipelines.queries.search_terms import Question, Term, affordable, are_common, question
from pipelines.queries.snippets import snippet, weighted_counts
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import Ledgers, numbered, over_all

EXACT = 10_000
"""Number of matches up to which all of them are read."""
RANKED = 2_000
"""Number of hits up to which they are sorted by relevance."""
READ = 100
"""Matches of phrases or of several words, up to which relevance is computed from the texts: the index would find them thrice."""
WALKED = 60_000
"""Newest matches that are read if there are more than EXACT."""
FACETED = 1_000
"""Hits over which facets are counted if only the newest matches are read."""
FEW = 1_000
"""Number of revisions that pass the filters, up to which each is checked for the words one by one."""
FEW_SITES = 40
MAX_LIMIT, MAX_OFFSET = 10_000, 10_000

_FILTERS = """c.shown AND c.first_seen >= :since AND c.first_seen <= :until
    AND (:sites IS NULL OR c.site_id IN (SELECT value FROM json_each(:sites)))
    AND (:changes IS NULL OR c.change IN (SELECT value FROM json_each(:changes)))"""
_HIT = "c.revision_id, c.article_id, c.first_seen, c.site_id, c.change"
_MATCHING = "revisions_fts MATCH :words AND revisions_fts.rowid BETWEEN :first AND :last"
_MATCHES = f"SELECT rowid FROM revisions_fts WHERE {_MATCHING} LIMIT :most"  # noqa: S608 - our own words
# CROSS JOIN fixes the order of the loops: matches from the index first, then the details of each by its id.
_ALL = f"""
SELECT {_HIT} FROM json_each(:ids) one CROSS JOIN changes c ON c.revision_id = one.value WHERE {_FILTERS}
"""  # noqa: S608 - our own words
_WALK = f"""
SELECT {_HIT} FROM (SELECT rowid FROM revisions_fts WHERE {_MATCHING} ORDER BY rowid DESC LIMIT :walked) walked
CROSS JOIN changes c ON c.revision_id = walked.rowid WHERE {_FILTERS} LIMIT :most
"""  # noqa: S608 - our own words
_MATCHING_IDS = f"""
SELECT {_HIT} FROM json_each(:ids) one CROSS JOIN revisions_fts CROSS JOIN changes c ON c.revision_id = one.value
WHERE revisions_fts MATCH :words AND revisions_fts.rowid = one.value AND {_FILTERS}
"""  # noqa: S608 - our own words
_SUMS = """
WITH hits AS MATERIALIZED ({hits})
SELECT 'site' AS facet, site_id AS id, count(*) AS n FROM hits GROUP BY site_id
UNION ALL SELECT 'change', change, count(*) FROM hits GROUP BY change
UNION ALL SELECT 'month', substr(first_seen, 1, 7), count(*) FROM hits GROUP BY substr(first_seen, 1, 7)
UNION ALL SELECT 'articles', NULL, count(DISTINCT article_id) FROM hits
UNION ALL SELECT * FROM (SELECT 'newest', json_group_array(revision_id), 0 FROM hits GROUP BY {one}
    ORDER BY max(first_seen) DESC, max(revision_id) DESC LIMIT :shown)
"""
WEIGHTS = {"headline": 6, "description": 3, "body": 1, "byline": 2, "authors": 2, "topics": 2, "captions": 1, "url": 0.5}
"""What a word in each column of the index counts for."""
_BEST = f"""
SELECT c.revision_id, c.article_id FROM revisions_fts CROSS JOIN changes c ON c.revision_id = revisions_fts.rowid
WHERE {_MATCHING} AND {_FILTERS}
ORDER BY bm25(revisions_fts, {", ".join(map(str, WEIGHTS.values()))}, 0), c.first_seen DESC, c.revision_id DESC
"""  # noqa: S608 - our own words
_DETAILS = """
SELECT a.site_id, s.name AS site_name, a.url, a.id AS article_id, r.id AS revision_id, r.number, r.change, r.headline, r.byline,
    r.language, r.first_seen, a.latest_revision_id, r.body, r.description,
    (SELECT group_concat(value, ', ') FROM json_each(iif(json_valid(r.topics), r.topics, '[]'))) AS topics,
    (SELECT group_concat(name, ', ') FROM revision_authors WHERE revision_id = r.id) AS authors,
    (SELECT group_concat(concat_ws, char(10)) FROM (SELECT coalesce(caption, '') || ' ' || coalesce(credit, '') || ' '
        || coalesce(alt, '') AS concat_ws FROM revision_images WHERE revision_id = r.id)) AS captions
FROM json_each(:ids) one CROSS JOIN revisions r ON r.id = one.value
CROSS JOIN articles a ON a.id = r.article_id CROSS JOIN sites s ON s.id = a.site_id ORDER BY one.key
"""
_TIMES = """
SELECT id AS revision_id, number, first_seen FROM revisions WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY number DESC
"""
_OF_SITES = """
SELECT sum(n) AS n, min(first_id) AS first, max(last_id) AS last FROM day_counts
WHERE site_id IN (SELECT value FROM json_each(:sites)) AND day >= substr(:since, 1, 10) AND day <= substr(:until, 1, 10)
    AND (:changes IS NULL OR change IN (SELECT value FROM json_each(:changes)))
"""
_OF_DAYS = """
SELECT sum(n) AS n, min(first_id) AS first, max(last_id) AS last FROM days
WHERE day >= substr(:since, 1, 10) AND day <= substr(:until, 1, 10)
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """The result before its details are read: the revisions of each hit, its own first."""

    groups: Sequence[Sequence[int]]
    sums: list[Row]
    is_more: bool
    ranked: str


def _hits_of_ledgers(
    ledgers: Ledgers, query: Callable[..., Hits], words: str, *, limit: int = 20, offset: int = 0, **more: Any
) -> Hits:
    """The hits of several ledgers: by time if all of them rank by time, otherwise by the rank in their own ledger."""
    found = [query(store, words, limit=offset + limit, **more) for store in ledgers.each]
    is_newest = all(one.ranked == "newest" for one in found if one.hits)
    hits = [
        ((0 if is_newest else -rank, hit.first_seen, -place), numbered(hit, place))
        for place, one in enumerate(found)
        for rank, hit in enumerate(one.hits)
    ]
    hits.sort(key=lambda one: one[0], reverse=True)
    unknown = [name for name in found[0].unknown if all(name in one.unknown for one in found)]
    return Hits(
        hits=tuple(hit for _, hit in hits[offset : offset + limit]),
        total=sum(one.total for one in found),
        is_more=any(one.is_more for one in found),
        ranked="newest" if is_newest else "best",
        facets={name: _added(name, [one.facets.get(name, ()) for one in found]) for name in ("site", "change", "year", "month")},
        counted=sum(one.counted for one in found),
        whole=tuple(dict.fromkeys(word for one in found for word in one.whole)),
        articles=sum(one.articles for one in found),
        as_words=found[0].as_words,
        unknown=tuple(unknown),
    )


def _added(name: str, facets: Sequence[Sequence[Facet]]) -> tuple[Facet, ...]:
    """A facet summed over several ledgers."""
    counts, names = Counter[str](), dict[str, str]()
    for one, shown, count in (value for facet in facets for value in facet):
        counts[one] += count
        names.setdefault(one, shown)
    of_time = name in ("year", "month")
    in_order = sorted(counts, reverse=True) if of_time else sorted(counts, key=lambda one: (-counts[one], names[one], one))
    return tuple((one, names[one], counts[one]) for one in in_order)


@over_all(_hits_of_ledgers)
def search(store: Store, words: str, *, sites: Iterable[str] = (), changes: Iterable[str] = (), since: str | None = None,
           until: str | None = None, limit: int = 20, offset: int = 0, by_article: bool = False,
           newer_than: int = 0) -> Hits:  # fmt: skip
    """Revisions that contain the words; `pipelines.queries.search_terms` describes the syntax.

    `since` and `until`: first and last day or moment, both included. `by_article`: one hit per article, with its other
    revisions that contain the words; `limit` and `offset` then count articles. `newer_than`: only revisions recorded after
    this one. Every text is a valid query.
    """
    typed = question(words)
    asked, whole = affordable(store, typed)
    wanted, unknown = _combined_filters(
        store, typed, Filter(sites=tuple(sites), changes=tuple(changes), since=since, until=until)
    )
    limit, offset = max(0, min(limit, MAX_LIMIT)), max(0, min(offset, MAX_OFFSET))
    values = _values(store, asked.match(), wanted) if wanted else None
    remarks: Row = {"whole": tuple(whole), "as_words": typed.as_words, "unknown": unknown}
    if not asked.wanted or values is None or wanted is None:
        return Hits(**remarks)
    values["first"] = max(values["first"], newer_than + 1)
    found = _find(store, asked, wanted, values | {"shown": offset + limit}, by_article=by_article)
    total = counted = _total(found.sums)
    if found.is_more and not (wanted.sites or wanted.changes or wanted.since or wanted.until):
        total = max(total, EXACT)
    return Hits(
        hits=_hits(store, found.groups[offset : offset + limit], asked.terms()),
        total=total,
        is_more=found.is_more,
        ranked=found.ranked,
        facets=_facets(store, found.sums),
        counted=counted,
        articles=next((row["n"] for row in found.sums if row["facet"] == "articles"), 0),
        **remarks,
    )


def _find(store: Store, asked: Question, wanted: Filter, values: Row, *, by_article: bool) -> _Found:
    """The hits of a query, found in the cheapest way."""
    one = "article_id" if by_article else "revision_id"
    values |= {"most": EXACT + 1, "walked": WALKED}
    matches = [rowid for (rowid,) in store.values(_MATCHES, values)]
    if not matches:
        return _Found([], [], is_more=False, ranked="best")
    if len(matches) <= EXACT:
        sums = list(store.rows(_SUMS.format(hits=_ALL, one=one), values | {"ids": json.dumps(matches)}))
        rank = _read_and_ranked if len(matches) <= READ and _is_slow(asked.terms()) else _best_ids
        best = rank(store, asked.terms(), values, matches, by_article=by_article) if _total(sums) <= RANKED else None
        return _Found(_newest(sums) if best is None else best, sums, is_more=False, ranked="newest" if best is None else "best")
    if (values["n"] or EXACT) <= FEW:
        sums = list(store.rows(_SUMS.format(hits=_MATCHING_IDS, one=one), values | {"ids": json.dumps(keys(store, wanted, FEW))}))
        return _Found(_newest(sums), sums, is_more=False, ranked="newest")
    most = max(FACETED, values["shown"] + 1)
    while True:
        sums = list(store.rows(_SUMS.format(hits=_WALK, one=one), values | {"most": most, "walked": max(WALKED, 2 * most)}))
        groups = _newest(sums)
        if len(groups) >= values["shown"] or _total(sums) < most or most >= WALKED:
            return _Found(groups, sums, is_more=True, ranked="newest")
        most *= 8  # more are needed: one article has most of the newest hits


def _combined_filters(store: Store, typed: Question, wanted: Filter) -> tuple[Filter | None, tuple[str, ...]]:
    """The filters from parameters and from the typed text together, None if nothing can pass them; and the unknown names of
    sites."""
    named = [_sites_named(store, name) for name in typed.sites]
    unknown = tuple(name for name, sites in zip(typed.sites, named, strict=True) if not sites)
    sites = [site for found in named for site in found]
    if typed.sites:
        sites = [site for site in sites if site in wanted.sites] if wanted.sites else sites
    changes = [change for change in typed.changes if not wanted.changes or change in wanted.changes]
    if (typed.sites and not sites) or (typed.changes and not changes):
        return None, unknown
    since = max(filter(None, (typed.since, wanted.since)), default=None)
    until = min(filter(None, (typed.until, wanted.until)), default=None)
    return Filter(sites=tuple(sites) or wanted.sites, changes=tuple(changes) or wanted.changes, since=since, until=until), unknown


def _sites_named(store: Store, name: str) -> list[str]:
    """Ids of the sites with this id or this host."""
    host = name.lower().removeprefix("www.")
    rows = store.rows("SELECT id, url FROM sites")
    return [row["id"] for row in rows if row["id"] == name or (urlsplit(row["url"]).hostname or "").removeprefix("www.") == host]


def _values(store: Store, words: str, wanted: Filter) -> Row | None:
    """The parameters of all statements; None if no revision of the ledger passes the filters.

    `first` and `last` bound the ids of the revisions that pass the filters, `n` is their number, from the counts per day; None
    if unknown.
    """
    values: Row = {
        "words": words, "since": wanted.since or "", "until": f"{wanted.until or ''}~", "n": None, "first": 0, "last": 2**62,
        "sites": json.dumps(wanted.sites) if wanted.sites else None,
        "changes": json.dumps(wanted.changes) if wanted.changes else None,
    }  # fmt: skip
    bounds: Row | None = None
    if wanted.sites and len(wanted.sites) <= FEW_SITES:
        bounds = store.row(_OF_SITES, values)
    elif wanted.since or wanted.until:
        bounds = store.row(_OF_DAYS, values)
    if bounds is None:
        return values
    return {**values, **bounds} if bounds["n"] else None


def _best_ids(store: Store, terms: list[Term], values: Row, _: list[int], *, by_article: bool) -> list[list[int]] | None:
    """Ids of the hits, the most relevant first; None if that costs too much."""
    if len(terms) > 1 and are_common(store, terms):
        return None
    return _grouped(store.rows(_BEST, values), by_article=by_article)


def _is_slow(terms: list[Term]) -> bool:
    """Whether the index must compare the places of words to find these terms; not if they are sought in some columns only."""
    return (len(terms) > 1 or " " in terms[0].words()[0]) and not any(term.columns for term in terms)


def _read_and_ranked(store: Store, terms: list[Term], values: Row, matches: list[int], *, by_article: bool) -> list[list[int]]:
    """Ids of the hits, the most relevant first, by BM25 over the hits themselves."""
    hits = [row["revision_id"] for row in store.rows(_ALL, values | {"ids": json.dumps(matches)})]
    rows = sorted(store.rows(_DETAILS, {"ids": json.dumps(hits)}), key=itemgetter("first_seen", "revision_id"), reverse=True)
    counts = [weighted_counts(((row[name], weight) for name, weight in WEIGHTS.items()), terms) for row in rows]
    held = [1 + sum(count > 0 for count in of_term) for of_term in zip(*counts, strict=True)]
    mean = sum(len(row["body"]) for row in rows) / len(rows) or 1 if rows else 1
    scores = {
        row["revision_id"]: sum(
            math.log(1 + len(rows) / n) * count / (count + 0.3 + 0.9 * len(row["body"]) / mean)
            for count, n in zip(of_row, held, strict=True)
        )
        for row, of_row in zip(rows, counts, strict=True)
    }
    return _grouped(sorted(rows, key=lambda row: -scores[row["revision_id"]]), by_article=by_article)


def _grouped(rows: Iterable[Row], *, by_article: bool) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(row["article_id"] if by_article else row["revision_id"], []).append(row["revision_id"])
    return list(groups.values())


def _newest(sums: list[Row]) -> list[list[int]]:
    return [sorted(json.loads(row["id"]), reverse=True) for row in sums if row["facet"] == "newest"]


def _total(sums: list[Row]) -> int:
    return sum(row["n"] for row in sums if row["facet"] == "change")


def _hits(store: Store, groups: Sequence[Sequence[int]], terms: Sequence[Term]) -> tuple[Hit, ...]:
    others = [one for group in groups for one in group[1:]]
    times = {row["revision_id"]: value_of(RevisionTime, row) for row in store.rows(_TIMES, {"ids": json.dumps(others)})}
    found = store.rows(_DETAILS, {"ids": json.dumps([group[0] for group in groups])})
    return tuple(_hit(row, [times[one] for one in group[1:]], terms) for row, group in zip(found, groups, strict=True))


def _hit(row: Row, also: Sequence[RevisionTime], terms: Sequence[Term]) -> Hit:
    texts = [row.pop(name) for name in ("body", "description", "captions", "authors", "topics")]
    marked = snippet((*texts, row["byline"], row["headline"], row["url"]), terms)
    in_order = tuple(sorted(also, key=lambda one: one.number))
    last = row["latest_revision_id"]
    is_current = last in (row["revision_id"], *(one.revision_id for one in also))
    return value_of(Hit, row | {"latest": last == row["revision_id"], "snippet": marked, "also": in_order, "stands": is_current})


def _facets(store: Store, sums: list[Row]) -> dict[str, tuple[Facet, ...]]:
    counts = {facet: {row["id"]: row["n"] for row in sums if row["facet"] == facet} for facet in ("site", "change", "month")}
    sql = "SELECT id, name FROM sites WHERE id IN (SELECT value FROM json_each(?))"
    names = {row["id"]: row["name"] for row in store.rows(sql, (json.dumps(list(counts["site"])),))}
    years: Counter[str] = Counter()
    for month, n in counts["month"].items():
        years[month[:4]] += n
    return {
        "site": tuple(sorted(((one, names[one], n) for one, n in counts["site"].items()), key=lambda of: (-of[2], of[1], of[0]))),
        "change": tuple(sorted(((one, one, n) for one, n in counts["change"].items()), key=lambda of: (-of[2], of[0]))),
        "year": tuple((year, year, years[year]) for year in sorted(years, reverse=True)),
        "month": tuple((month, month, counts["month"][month]) for month in sorted(counts["month"], reverse=True)),
    }
