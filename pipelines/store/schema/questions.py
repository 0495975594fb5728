"""Facts for analysts about a revision that SQL cannot compute: words, the local hour, a note of correction (`revision_facts`).

Views join everything else. An empty text is NULL there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.article import instant_of
from pipelines.text.zones import zone_of

Row = dict[str, Any]

MAX_CHARS = 200_000
"""Maximum length of a body in which words are counted."""
MAX_NOTE = 1_000

# These words may also begin a sentence about something else, so a colon, dash, bracket, digit or the end must follow.
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

REVISIONS = f"""
SELECT r.id AS revision_id, r.first_seen, s.timezone, r.headline, r.description, substr(r.body, 1, {MAX_CHARS}) AS body,
    before.id AS before_id, before.headline AS headline_before, before.description AS description_before,
    substr(before.body, 1, {MAX_CHARS}) AS body_before
FROM revisions r JOIN articles a ON a.id = r.article_id JOIN sites s ON s.id = a.site_id
LEFT JOIN revisions before ON before.article_id = r.article_id AND before.number = r.number - 1
"""  # noqa: S608 - our own words
"""Query for what `fact` needs of revisions."""
PUT_FACT = """
INSERT INTO revision_facts (revision_id, words, words_added, words_removed, local_hour, note)
VALUES (:revision_id, :words, :words_added, :words_removed, :local_hour, :note)
"""


def facts(names: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """The rows of `revision_facts` for rows of REVISIONS with columns of these names."""
    names = tuple(names)
    return (fact(dict(zip(names, row, strict=True))) for row in rows)


def fact(revision: Row) -> Row:
    """The row of `revision_facts` for a row of REVISIONS. A first revision has no words added or removed, and no note."""
    after = _parts(revision, "")
    before = _parts(revision, "_before") if revision["before_id"] else None
    added, removed = None, None
    if before is not None:
        from pipelines.diff.model import words_changed  # loaded late: a first crawl does not need it

        added, removed = words_changed(before, after)
    return {
        "revision_id": revision["revision_id"],
        **words_and_note(revision),
        "words_added": added,
        "words_removed": removed,
        "local_hour": _hour(revision["first_seen"], revision["timezone"]),
    }


def words_and_note(revision: Row) -> Row:
    """Number of words of a revision, and the note of correction that it added."""
    after = _parts(revision, "")
    came_in = note(_parts(revision, "_before"), after) if revision["before_id"] else None
    return {"words": sum(len(part.split()) for part in after), "note": came_in}


def note(before: Iterable[str], after: Iterable[str]) -> str | None:
    """The added paragraph that says that something was corrected."""
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
