"""Latest changes, newest first, filtered, with keyset pagination. Read-only.

A page takes two steps, so that no filter reads the whole ledger: first the ids of its revisions (from narrow indexes only),
then the details of those few. Left out: revisions of withdrawn articles, and revisions whose difference only an older parser
saw.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.diff.model import changed_words, words_changed
from pipelines.queries.facets import OF_FACET, named
from pipelines.queries.results import CHANGES, Change, value_of
from pipelines.queries.site_results import FilterChoices, SiteRecord
from pipelines.store.database import Row, Store
from pipelines.store.ledgers import STEP, Ledgers, newest, numbered, over_all

MAX_LIMIT = 500
COUNTED_CHARS = 200_000
"""Characters of a body in which words are counted: so a page of the longest texts is still fast."""

GLIMPSE = 14
"""Number of words named in `came`, and in `went`."""

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?)~(\d{1,18})", re.ASCII)
_FIRST_CURSOR = ("~", 0)
"""A position after all others in time."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters of revisions; an empty value or None filters nothing."""

    sites: tuple[str, ...] = ()
    region: str | None = None
    country: str | None = None
    changes: tuple[str, ...] = ()
    """Kinds of change."""
    article_id: int | None = None
    since: str | None = None
    """First day or moment, ISO 8601 UTC."""
    until: str | None = None
    """Last day or moment, included."""
    facet: tuple[str, str] | None = None
    """A kind from `pipelines.queries.facets.FACETS`, and a name."""


# A place is a kind of change at a site. The newest n revisions come from at most n places, those n with the newest newest
# revision, and none of them is older than the newest one of the last of these places. So each place is asked once for its newest
# revision, and those n places for what is not too old. CROSS JOIN and `IN (SELECT ... LIMIT)` keep SQLite to this order.
_AT_PLACE = """SELECT {what} FROM changes
    WHERE site_id = {place}.site_id AND change = {place}.change AND shown AND first_seen >= :since
        AND first_seen <= :at AND (first_seen < :at OR revision_id < :id)
    ORDER BY first_seen DESC, revision_id DESC LIMIT {most}"""
_PLACES = f"""
SELECT site_id, change, ({_AT_PLACE.format(what="first_seen", place="one", most=1)}) AS newest
FROM (SELECT s.value AS site_id, k.value AS change FROM json_each(:sites) s CROSS JOIN json_each(:changes) k) one
WHERE newest IS NOT NULL ORDER BY newest DESC
"""  # noqa: S608 - our own words
_BY_SITE = f"""
SELECT c.revision_id
FROM (SELECT p.value ->> 0 AS site_id, p.value ->> 1 AS change FROM json_each(:places) p) place CROSS JOIN changes c
WHERE c.revision_id IN ({_AT_PLACE.format(what="revision_id", place="place", most=":limit")})
ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit
"""  # noqa: S608 - our own words
_BY_TIME = """
SELECT r.id AS revision_id FROM revisions r CROSS JOIN changes c ON c.revision_id = r.id
WHERE c.shown AND r.first_seen >= :since AND r.first_seen <= :at AND (r.first_seen < :at OR r.id < :id)
ORDER BY r.first_seen DESC, r.id DESC LIMIT :limit
"""
_BY_CHANGE = """
SELECT c.revision_id FROM json_each(:changes) k CROSS JOIN changes c
WHERE c.revision_id IN (
    SELECT r.id FROM revisions r CROSS JOIN changes x ON x.revision_id = r.id
    WHERE r.change = k.value AND x.shown AND r.first_seen >= :since
        AND r.first_seen <= :at AND (r.first_seen < :at OR r.id < :id)
    ORDER BY r.first_seen DESC, r.id DESC LIMIT :limit)
ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit
"""
_BY_ARTICLE = """
SELECT c.revision_id FROM revisions r CROSS JOIN changes c ON c.revision_id = r.id
WHERE r.article_id = :article AND c.shown AND c.change IN (SELECT value FROM json_each(:changes))
    AND (:sites IS NULL OR c.site_id IN (SELECT value FROM json_each(:sites)))
    AND c.first_seen >= :since AND c.first_seen <= :at AND (c.first_seen < :at OR c.revision_id < :id)
ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit
"""
_BY_FACET = f"""
SELECT c.revision_id FROM {OF_FACET} AND c.change IN (SELECT value FROM json_each(:changes))
    AND c.first_seen <= :at AND (c.first_seen < :at OR c.revision_id < :id)
ORDER BY c.first_seen DESC, c.revision_id DESC LIMIT :limit
"""  # noqa: S608 - our own words
_DETAILS = f"""
SELECT r.id AS revision_id, r.article_id, a.url, a.site_id, s.name AS site_name, s.region, s.country, r.number, r.change,
    r.changed_fields, r.headline, before.headline AS headline_before, r.byline, r.language, r.first_seen, r.not_before,
    a.date_published, r.date_modified, a.state, a.revision_count, r.section,
    (SELECT json_group_array(name) FROM (
        SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
    (SELECT m.story_id FROM story_members m WHERE m.article_id = r.article_id
        AND (SELECT h.sites FROM story_heads h WHERE h.id = m.story_id) > 1) AS story_id,
    r.description AS description, substr(r.body, 1, {COUNTED_CHARS}) AS body,
    before.description AS description_before, substr(before.body, 1, {COUNTED_CHARS}) AS body_before, before.id AS id_before
FROM json_each(:ids) wanted CROSS JOIN revisions r ON r.id = wanted.value
JOIN articles a ON a.id = r.article_id JOIN sites s ON s.id = a.site_id
LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
ORDER BY wanted.key
"""  # noqa: S608 - our own figure


def _changes_of_ledgers(ledgers: Ledgers, query: Callable[..., list[Change]], revision_ids: Sequence[int]) -> list[Change]:
    """Revisions of several ledgers, by the ids that distinguish ledgers."""
    own: dict[int, list[int]] = {}
    for number in revision_ids:
        own.setdefault(number % STEP, []).append(number // STEP)
    found = [numbered(one, place) for place, ids in own.items() for one in query(ledgers.each[place], ids)]
    by_id = {one.revision_id: one for one in found}
    return [by_id[number] for number in revision_ids if number in by_id]


def _all_filters(ledgers: Ledgers, query: Callable[[Store], FilterChoices]) -> FilterChoices:
    """The choices of several ledgers; a site that is in two of them appears once."""
    found = [query(store) for store in ledgers.each]
    sites = {site.id: site for one in reversed(found) for site in one.sites}
    regions, countries = ({name for one in found for name in getattr(one, field)} for field in ("regions", "countries"))
    in_order = tuple(sorted(sites.values(), key=lambda site: (site.name, site.id)))
    return FilterChoices(in_order, tuple(sorted(regions)), tuple(sorted(countries)), CHANGES)


def _all_sites(ledgers: Ledgers, query: Callable[..., list[str] | None], wanted: Filter) -> list[str] | None:
    found = [query(store, wanted) for store in ledgers.each]
    return None if None in found else list(dict.fromkeys(site for one in found for site in one or ()))


@over_all(newest("first_seen", "revision_id"))
def latest(store: Store, wanted: Filter, *, limit: int = 60, before: str | None = None) -> list[Change]:
    """The newest revisions that pass the filter, newest first; `before`: only those after the change with this `cursor`.

    `words_added` and `words_removed` count words of headline, standfirst and body by which one text exceeds the other; for a
    first revision, all words. An invalid cursor is ignored.
    """
    return of_revisions(store, keys(store, wanted, max(1, min(limit, MAX_LIMIT)), before=before))


@over_all(_changes_of_ledgers)
def of_revisions(store: Store, revision_ids: Sequence[int]) -> list[Change]:
    """These revisions as `latest` returns them, in the given order."""
    return [_change(row) for row in store.rows(_DETAILS, {"ids": json.dumps(revision_ids)})]


@over_all(_all_filters)
def filters(store: Store) -> FilterChoices:
    """The values that filters can choose from."""
    sites = tuple(value_of(SiteRecord, row) for row in store.rows("SELECT * FROM sites ORDER BY name, id"))
    regions, countries = {site.region for site in sites if site.region}, {site.country for site in sites if site.country}
    return FilterChoices(sites, tuple(sorted(regions)), tuple(sorted(countries)), CHANGES)


def keys(store: Store, wanted: Filter, limit: int, *, before: str | None = None) -> list[int]:
    """Ids of the newest revisions that pass the filter, newest first."""
    sites = sites_of(store, wanted)
    changes = [change for change in CHANGES if not wanted.changes or change in wanted.changes]
    at, revision_id = _start(wanted.until, before)
    values: Row = {"since": wanted.since or "", "at": at, "id": revision_id, "limit": limit, "changes": json.dumps(changes)}
    values |= {"sites": None if sites is None else json.dumps(sites), "article": wanted.article_id}
    if wanted.article_id is not None:
        sql = _BY_ARTICLE
    elif wanted.facet is not None:
        source, named_values = named(wanted.facet)
        sql, values = _BY_FACET.format(named=source), values | named_values
    elif sites is not None:
        places = list(store.rows(_PLACES, values))
        if len(places) > limit:  # places with the same time as the last one stay
            values["since"] = places[limit - 1]["newest"]
            places = [place for place in places if place["newest"] >= values["since"]]
        values["places"] = json.dumps([(place["site_id"], place["change"]) for place in places])
        sql = _BY_SITE
    else:
        sql = _BY_CHANGE if wanted.changes else _BY_TIME
    return [row["revision_id"] for row in store.rows(sql, values)]


@over_all(_all_sites)
def sites_of(store: Store, wanted: Filter) -> list[str] | None:
    """Ids of the sites that pass the filter; None if all do."""
    if not (wanted.sites or wanted.region or wanted.country):
        return None
    sql = """SELECT id FROM sites WHERE (:region IS NULL OR region = :region) AND (:country IS NULL OR country = :country)
        AND (:sites IS NULL OR id IN (SELECT value FROM json_each(:sites)))"""
    chosen = json.dumps(wanted.sites) if wanted.sites else None
    values = {"region": wanted.region or None, "country": wanted.country or None, "sites": chosen}
    return [row["id"] for row in store.rows(sql, values)]


def _start(until: str | None, before: str | None) -> tuple[str, int]:
    """(first_seen, revision_id) before which all wanted rows are; `until` is included completely, whether it is a day or a
    second."""
    end = (f"{until}~", 0) if until else _FIRST_CURSOR
    cursor = _CURSOR.fullmatch(before or "")
    return min(end, (cursor[1], int(cursor[2]))) if cursor else end


def _change(row: Row) -> Change:
    first = row["id_before"] is None
    after = _parts(row["headline"], row["description"], row["body"])
    before = _parts(row["headline_before"], row["description_before"], row["body_before"])
    added, removed = words_changed(before, after)
    come, gone = changed_words(before[1:], after[1:], GLIMPSE)
    computed = {
        "changed_fields": json.loads(row["changed_fields"]),
        "authors": tuple(json.loads(row["authors"])),
        "headline_before": None if first else row["headline_before"],
        "words_added": added,
        "words_removed": removed,
        "came": "" if first else come,
        "went": "" if first else gone,
        "cursor": f"{row['first_seen']}~{row['revision_id']}",
    }
    return value_of(Change, row | computed)


def _parts(headline: str | None, description: str | None, body: str | None) -> list[str]:
    return [headline or "", description or "", *(body or "").split("\n\n")]
