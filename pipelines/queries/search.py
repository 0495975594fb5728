"""Full-text search over all revisions: bounded whatever the query; the result says what was left out. Writes nothing.

Sorting reads every match, and relevance costs ten times as much again. So matches are counted first, no further than EXACT. Where
there are no more, all are filtered and sorted, by relevance if few are left. Where there are more, the index is walked back from
what was recorded last until there is enough, and totals and facets are told to be of what was walked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from pipelines.queries.changes import Filter, keys
from pipelines.queries.results import Facet, Hit, Hits, Snippet, value_of
from pipelines.queries.search_terms import affordable, are_common, terms_of
from pipelines.store.database import Row, Store

EXACT = 10_000
"""Matches up to which all of them are looked at."""
RANKED = 2_000
"""Hits up to which they are sorted by relevance."""
WALKED = 60_000
"""Matches that are walked where there are more than EXACT."""
FACETED = 1_000
"""Hits over which facets are counted where matches are walked."""
FEW = 1_000
"""Revisions of a selection up to which each is asked by itself whether it holds the words."""
FEW_SITES = 40
MAX_LIMIT, MAX_OFFSET = 10_000, 10_000

_CHOSEN = """c.shown AND c.first_seen >= :since AND c.first_seen <= :until
    AND (:sites IS NULL OR c.site_id IN (SELECT value FROM json_each(:sites)))
    AND (:changes IS NULL OR c.change IN (SELECT value FROM json_each(:changes)))"""
_HIT = "c.revision_id, c.first_seen, c.site_id, c.change"
_MATCHING = "revisions_fts MATCH :words AND revisions_fts.rowid BETWEEN :first AND :last"
_MATCHES = f"SELECT rowid FROM revisions_fts WHERE {_MATCHING} LIMIT :most"  # noqa: S608 - our own words
# CROSS JOIN keeps the order of the loops: matches as the index gives them, and what each is by its id.
_ALL = f"""
SELECT {_HIT} FROM json_each(:ids) one CROSS JOIN changes c ON c.revision_id = one.value WHERE {_CHOSEN}
"""  # noqa: S608 - our own words
_WALK = f"""
SELECT {_HIT} FROM (SELECT rowid FROM revisions_fts WHERE {_MATCHING} ORDER BY rowid DESC LIMIT :walked) walked
CROSS JOIN changes c ON c.revision_id = walked.rowid WHERE {_CHOSEN} LIMIT :most
"""  # noqa: S608 - our own words
_EACH = f"""
SELECT {_HIT} FROM json_each(:ids) one CROSS JOIN revisions_fts CROSS JOIN changes c ON c.revision_id = one.value
WHERE revisions_fts MATCH :words AND revisions_fts.rowid = one.value AND {_CHOSEN}
"""  # noqa: S608 - our own words
_SUMS = """
WITH hits AS MATERIALIZED ({hits})
SELECT 'site' AS facet, site_id AS id, count(*) AS n FROM hits GROUP BY site_id
UNION ALL SELECT 'change', change, count(*) FROM hits GROUP BY change
UNION ALL SELECT 'month', substr(first_seen, 1, 7), count(*) FROM hits GROUP BY substr(first_seen, 1, 7)
UNION ALL SELECT * FROM (SELECT 'newest', revision_id, 0 FROM hits ORDER BY first_seen DESC, revision_id DESC LIMIT :shown)
"""
_BEST = f"""
SELECT c.revision_id FROM revisions_fts CROSS JOIN changes c ON c.revision_id = revisions_fts.rowid
WHERE {_MATCHING} AND {_CHOSEN}
ORDER BY bm25(revisions_fts, 6.0, 3.0, 1.0, 2.0), c.first_seen DESC, c.revision_id DESC LIMIT :shown
"""  # noqa: S608 - our own words
_DETAILS = """
SELECT a.site_id, s.name AS site_name, a.url, a.id AS article_id, r.id AS revision_id, r.number, r.change, r.headline, r.byline,
    r.language, r.first_seen, r.id = a.latest_revision_id AS latest,
    snippet(revisions_fts, -1, char(1), char(2), '…', 24) AS snippet
FROM json_each(:ids) one CROSS JOIN revisions_fts CROSS JOIN revisions r ON r.id = one.value
CROSS JOIN articles a ON a.id = r.article_id CROSS JOIN sites s ON s.id = a.site_id
WHERE revisions_fts MATCH :words AND revisions_fts.rowid = one.value ORDER BY one.key
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


def search(store: Store, words: str, *, sites: Iterable[str] = (), changes: Iterable[str] = (), since: str | None = None,
           until: str | None = None, limit: int = 20, offset: int = 0) -> Hits:  # fmt: skip
    """Revisions that hold all the words; `"a phrase"` stays together, `word*` finds beginnings; all else is plain words.

    `since` and `until`: first and last day or moment, both included. Any text is a question; none is an error.
    """
    terms, whole = affordable(store, terms_of(words))
    wanted = Filter(sites=tuple(sites), changes=tuple(changes), since=since, until=until)
    limit, offset = max(0, min(limit, MAX_LIMIT)), max(0, min(offset, MAX_OFFSET))
    values = _values(store, " ".join(terms), wanted)
    if not terms or values is None:
        return Hits(whole=tuple(whole))
    values |= {"shown": offset + limit, "most": EXACT + 1, "walked": WALKED}
    matches = [row["rowid"] for row in store.rows(_MATCHES, values)]
    is_more, ids = False, None
    if len(matches) <= EXACT:
        sums = list(store.rows(_SUMS.format(hits=_ALL), values | {"ids": json.dumps(matches)}))
        ids = _best(store, terms, values) if _total(sums) <= RANKED else None
    elif (values["n"] or EXACT) <= FEW:
        sums = list(store.rows(_SUMS.format(hits=_EACH), values | {"ids": json.dumps(keys(store, wanted, FEW))}))
    else:
        is_more, most = True, max(FACETED, offset + limit + 1)
        sums = list(store.rows(_SUMS.format(hits=_WALK), values | {"most": most, "walked": max(WALKED, 2 * most)}))
    total = counted = _total(sums)
    if is_more and not (wanted.sites or wanted.changes or since or until):
        total = max(total, EXACT)
    ranked = "newest" if ids is None else "best"
    shown = (ids or [row["id"] for row in sums if row["facet"] == "newest"])[offset:]
    return Hits(_hits(store, shown, values["words"]), total, is_more, ranked, _facets(store, sums), counted, tuple(whole))


def pieces(marked: str | None) -> Snippet:
    """A snippet in which U+0001 and U+0002 stand around what was searched for, as pieces."""
    found: list[tuple[str, bool]] = []
    is_hit = False
    for part in re.split("([\x01\x02])", marked or ""):
        if part in ("\x01", "\x02"):
            is_hit = part == "\x01"
        elif part:
            found.append((part, is_hit))
    return tuple(found)


def _values(store: Store, words: str, wanted: Filter) -> Row | None:
    """The parameters of all statements; None where the ledger has nothing that is wanted.

    `first` and `last` bound the ids of what is wanted, `n` its number, as days are counted: None where that is not known.
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


def _best(store: Store, terms: list[str], values: Row) -> list[int] | None:
    """Ids of the hits that are shown, the most relevant first; None where that is too dear."""
    if len(terms) > 1 and are_common(store, terms):
        return None
    return [row["revision_id"] for row in store.rows(_BEST, values)]


def _total(sums: list[Row]) -> int:
    return sum(row["n"] for row in sums if row["facet"] == "change")


def _hits(store: Store, ids: list[int], words: str) -> tuple[Hit, ...]:
    found = store.rows(_DETAILS, {"ids": json.dumps(ids), "words": words})
    return tuple(value_of(Hit, row | {"latest": bool(row["latest"]), "snippet": pieces(row["snippet"])}) for row in found)


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
