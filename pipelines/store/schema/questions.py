"""Migration 30: what analysts ask of a revision, worked out once: words, the local hour, a note of correction; and views of them.

`revision_facts` holds what SQL cannot work out; all else is joined in views. A text that is empty is NULL there. Landed: never
edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.article import instant_of
from pipelines.text.zones import zone_of

Row = dict[str, Any]

MAX_CHARS = 200_000
"""Of a body, over which words are counted."""
MAX_NOTE = 1_000

# Where a word may also begin a sentence about something else, a colon, a dash or a bracket must follow.
_NOTE_WORDS = (
    "correction|corrections|clarification|editor['’]s note|berichtigung|korrektur|korrigendum|anmerkung der redaktion|"
    "correctif|rectificatif|erratum|corrección|fe de erratas|fe de errores|correção|errata corrige|errata|rettifica|"
    "rettelse|rättelse|retting|oikaisu|rectificatie|correctie|sprostowanie|düzeltme"
)
_NOTE_PHRASES = (
    "this (?:article|story|report|piece|headline)(?: was| has been) (?:amended|corrected|updated to correct)|"
    "an? (?:earlier|previous) version of this|in einer früheren (?:version|fassung)|une (?:première|précédente) version de|"
    "une version (?:précédente|antérieure)|una versión anterior|una versione precedente|"
    "en tidligere version|i en tidigare version"
)
_NOTE = re.compile(rf"[\W_]*(?:(?:{_NOTE_WORDS})\s*(?:[:—–(\[-]|\d|$)|(?:{_NOTE_PHRASES})\b)", re.IGNORECASE)

TABLES = """
CREATE TABLE revision_facts (
    revision_id INTEGER PRIMARY KEY REFERENCES revisions(id), words INTEGER NOT NULL, words_added INTEGER, words_removed INTEGER,
    local_hour INTEGER, note TEXT
);
CREATE TRIGGER revision_facts_gone BEFORE DELETE ON revisions BEGIN
    DELETE FROM revision_facts WHERE revision_id = old.id;
END;
CREATE INDEX revisions_first_by_day ON revisions(substr(first_seen, 1, 10)) WHERE number = 1;
CREATE INDEX fetches_swapped ON fetches(fetched) WHERE reason_code = 'picture_swapped';
"""

_LISTED = "(SELECT group_concat(value, ', ') FROM json_each(iif(json_valid(r.topics), r.topics, '[]')))"
_BEFORE = "LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1"
_MINUTES = """CASE WHEN length(a.date_published) > 10
        THEN round((julianday(r.first_seen) - julianday(a.date_published)) * 1440) END AS minutes_after_publication"""
_HAS_IMAGES = "EXISTS (SELECT 1 FROM json_each(r.changed_fields) WHERE value = 'images')"

VIEWS = f"""
CREATE VIEW revision_details AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, r.kind, nullif(r.headline, '') AS headline,
        nullif(before.headline, '') AS headline_before, nullif(r.description, '') AS description,
        (SELECT group_concat(name, ', ') FROM (
            SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
        (SELECT agency FROM revision_authors WHERE revision_id = r.id AND agency <> '' ORDER BY position LIMIT 1) AS agency,
        {_LISTED} AS topics, nullif(r.section, '') AS section, nullif(r.language, '') AS language, r.is_accessible_for_free,
        f.words, f.words_added, f.words_removed, f.note, r.number > 1 AND r.headline IS NOT before.headline AS headline_changed,
        {_HAS_IMAGES} AS picture_changed, a.date_published, {_MINUTES}, f.local_hour, r.not_before, r.first_seen
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN revision_facts f ON f.revision_id = r.id {_BEFORE}
    WHERE r.reads_as IS NULL;
CREATE VIEW corrections AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, nullif(r.headline, '') AS headline, f.note,
        {_MINUTES}, r.not_before, r.first_seen
    FROM revisions r CROSS JOIN revision_facts f ON f.revision_id = r.id JOIN articles a ON a.id = r.article_id
    WHERE f.note IS NOT NULL AND r.number > 1 AND r.reads_as IS NULL;
CREATE VIEW night_edits AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, r.change, nullif(r.headline, '') AS headline,
        f.words_added, f.words_removed, f.local_hour, {_MINUTES}, r.not_before, r.first_seen
    FROM revisions r CROSS JOIN revision_facts f ON f.revision_id = r.id JOIN articles a ON a.id = r.article_id
    WHERE r.number > 1 AND (f.local_hour >= 22 OR f.local_hour < 6) AND r.change <> 'restamped' AND r.reads_as IS NULL;
CREATE VIEW images_swapped AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, a.url, r.number, nullif(r.headline, '') AS headline,
        old.url AS picture_before, new.url AS picture_after, nullif(old.caption, '') AS caption_before,
        nullif(new.caption, '') AS caption_after, r.not_before, r.first_seen
    FROM revisions r JOIN articles a ON a.id = r.article_id {_BEFORE}
    LEFT JOIN revision_images old ON old.revision_id = before.id AND old.position = 0
    LEFT JOIN revision_images new ON new.revision_id = r.id AND new.position = 0
    WHERE r.number > 1 AND {_HAS_IMAGES} AND old.url IS NOT new.url AND r.reads_as IS NULL
    UNION ALL
    SELECT r.id, r.article_id, a.site_id, a.url, r.number, nullif(r.headline, ''),
        (SELECT json_extract(g.article, '$.images[0].url') FROM readings g
            WHERE g.revision_id = r.id AND g.replaced = f.fetched AND json_valid(g.article) ORDER BY g.id LIMIT 1), new.url,
        nullif(new.caption, ''), nullif(new.caption, ''), NULL, f.fetched
    FROM fetches f JOIN articles a ON a.id = f.article_id JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_images new ON new.revision_id = r.id AND new.position = 0
    WHERE f.reason_code = 'picture_swapped';
CREATE VIEW authors_activity AS
    SELECT w.name AS author, a.site_id, count(DISTINCT r.article_id) AS articles,
        count(*) - count(DISTINCT r.article_id) AS later_revisions, min(r.first_seen) AS first_seen,
        max(r.first_seen) AS last_seen
    FROM revision_authors w JOIN revisions r ON r.id = w.revision_id JOIN articles a ON a.id = r.article_id
    WHERE w.kind IS NOT 'organisation' AND r.reads_as IS NULL
    GROUP BY w.name, a.site_id;
CREATE VIEW topic_trends AS
    SELECT substr(r.first_seen, 1, 10) AS day, t.value AS topic, a.site_id, count(*) AS articles
    FROM revisions r JOIN articles a ON a.id = r.article_id
    JOIN json_each(iif(json_valid(r.topics), r.topics, '[]')) t
    WHERE r.number = 1
    GROUP BY substr(r.first_seen, 1, 10), t.value, a.site_id;
CREATE VIEW paper_comparison AS
    SELECT m.story_id, m.article_id, m.site_id, s.name AS site_name, a.url, nullif(r.headline, '') AS headline,
        m.article_id = h.source_id AS is_source, a.first_seen,
        round((julianday(a.first_seen) - julianday(h.first_seen)) * 1440) AS minutes_behind, f.words, m.shared, m.kept,
        a.revision_count - 1 AS edits, a.state, r.is_accessible_for_free, m.agency
    FROM story_members m JOIN story_heads h ON h.id = m.story_id JOIN articles a ON a.id = m.article_id
    JOIN sites s ON s.id = m.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id
    WHERE h.sites > 1;
"""  # noqa: S608 - our own words

_STAMPS = ", ".join(
    f"""CASE WHEN length({stamp}) = 10 THEN {stamp} || 'T00:00:00Z' ELSE {stamp} END AS {name},
        length({stamp}) = 10 AS {name}_day_only"""
    for name, stamp in (("published", "a.date_published"), ("modified", "r.date_modified"))
)
LATER = f"""
DROP VIEW revision_details;
CREATE VIEW revision_details AS
    SELECT r.id AS revision_id, r.article_id, a.site_id, s.name AS site_name, s.country, s.region,
        s.timezone, a.url, r.number, r.change, r.kind, nullif(r.headline, '') AS headline,
        nullif(before.headline, '') AS headline_before, nullif(r.description, '') AS description,
        nullif(r.byline, '') AS byline,
        (SELECT group_concat(name, ', ') FROM (
            SELECT name FROM revision_authors WHERE revision_id = r.id ORDER BY position)) AS authors,
        (SELECT agency FROM revision_authors WHERE revision_id = r.id AND agency <> '' ORDER BY position LIMIT 1) AS agency,
        {_LISTED} AS topics, nullif(r.section, '') AS section, nullif(r.language, '') AS language, r.is_accessible_for_free,
        f.words, f.words_added, f.words_removed, f.note, r.number > 1 AND r.headline IS NOT before.headline AS headline_changed,
        {_HAS_IMAGES} AS picture_changed, a.date_published, r.date_modified, {_STAMPS},
        {_MINUTES}, f.local_hour, r.not_before, r.first_seen, r.last_seen, r.content_hash
    FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN sites s ON s.id = a.site_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id {_BEFORE}
    WHERE r.reads_as IS NULL;
DROP VIEW paper_comparison;
CREATE VIEW paper_comparison AS
    SELECT m.story_id, m.article_id, m.site_id, s.name AS site_name, a.url, nullif(r.headline, '') AS headline,
        m.article_id = h.source_id AS is_source, a.first_seen, h.first_seen AS story_first_seen,
        round((julianday(a.first_seen) - julianday(h.first_seen)) * 1440) AS minutes_behind, f.words, m.shared, m.kept,
        a.revision_count - 1 AS edits, a.state, r.is_accessible_for_free, m.agency
    FROM story_members m JOIN story_heads h ON h.id = m.story_id JOIN articles a ON a.id = m.article_id
    JOIN sites s ON s.id = m.site_id LEFT JOIN revisions r ON r.id = a.latest_revision_id
    LEFT JOIN revision_facts f ON f.revision_id = r.id
    WHERE h.sites > 1;
CREATE INDEX revisions_first_by_section ON revisions(section, first_seen) WHERE number = 1;
CREATE TABLE saved_searches (
    name TEXT PRIMARY KEY, words TEXT NOT NULL, created TEXT NOT NULL, told_revision_id INTEGER NOT NULL
);
"""  # noqa: S608 - our own words
"""Migration 39: more columns of two views, what stands in a section, and searches by name."""

REVISIONS = f"""
SELECT r.id AS revision_id, r.first_seen, s.timezone, r.headline, r.description, substr(r.body, 1, {MAX_CHARS}) AS body,
    before.id AS before_id, before.headline AS headline_before, before.description AS description_before,
    substr(before.body, 1, {MAX_CHARS}) AS body_before
FROM revisions r JOIN articles a ON a.id = r.article_id JOIN sites s ON s.id = a.site_id {_BEFORE}
"""  # noqa: S608 - our own words
"""What `fact` needs of revisions."""
PUT_FACT = """
INSERT INTO revision_facts (revision_id, words, words_added, words_removed, local_hour, note)
VALUES (:revision_id, :words, :words_added, :words_removed, :local_hour, :note)
"""


def facts(names: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The rows of `revision_facts`, of rows of REVISIONS with columns of these names."""
    names = tuple(names)
    return (fact(dict(zip(names, row, strict=True))) for row in rows)


def fact(revision: Row) -> Row:
    """A row of `revision_facts`, of a row of REVISIONS. To a first revision nothing was added, and no note came in later."""
    after = _parts(revision, "")
    before = _parts(revision, "_before") if revision["before_id"] else None
    added, removed = None, None
    if before is not None:
        from pipelines.diff.model import words_changed  # no first crawl needs it

        added, removed = words_changed(before, after)
    return {
        "revision_id": revision["revision_id"],
        "words": sum(len(part.split()) for part in after),
        "words_added": added,
        "words_removed": removed,
        "local_hour": _hour(revision["first_seen"], revision["timezone"]),
        "note": note(before, after) if before is not None else None,
    }


def note(before: Iterable[str], after: Iterable[str]) -> str | None:
    """The paragraph that came in and says that something was corrected."""
    known = set(before)
    return next((part[:MAX_NOTE] for part in after if part not in known and _NOTE.match(part)), None)


def _parts(revision: Row, which: str) -> list[str]:
    texts = [revision[f"{name}{which}"] or "" for name in ("headline", "description", "body")]
    return [*texts[:2], *texts[2].split("\n\n")]


def _hour(first_seen: str, zone: str | None) -> int | None:
    try:
        return instant_of(first_seen).astimezone(zone_of(zone or "UTC")).hour
    except (ValueError, OverflowError):
        return None
