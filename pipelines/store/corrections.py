"""Correcting a revision in place: a newer extractor reads the same page better, and nobody edited the article.

The former reading goes to `readings`; number, times and archived page of the revision stay. Never adds a revision. What
depends on the revision is updated with it: the changed fields of its neighbours, and which revisions read the same as another.
Knows no extraction: the caller brings the new reading. Everything happens in the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.article import Article, Author, Fetch, Image, Outcome
from pipelines.history.anomalies import GRAVE, Readings, find_anomaly
from pipelines.history.revisions import changed_fields
from pipelines.store.chain import Cause, Subject, is_forged, seal
from pipelines.store.database import Row, Store
from pipelines.store.pages import EVIDENCE, ArchivedPage, page_of
from pipelines.store.resolver import Lookup
from pipelines.store.rows import json_of, moment, revision_row
from pipelines.store.schema import questions
from pipelines.store.schema.searching import REVISIONS, search_text
from pipelines.text.normalise import content_of

BATCH = 500
"""Revisions listed at a time: others can write between two batches, and memory stays flat."""

Touch = Callable[[Subject, int], None]
_KEPT_COLUMNS = ("first_seen", "last_seen", "warc_file", "warc_offset", "payload_hash")
_WITHDRAWN = "SELECT 1 FROM withdrawals w JOIN revisions r ON r.article_id = w.article_id WHERE r.id = ?"
_NOT_READ = ("url", "reason", "extractor")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which revisions are to be read again; a bound that is None excludes nothing."""

    extraction: str
    """Name of the present extraction: pages that it has already read again are skipped."""
    current: frozenset[str] = frozenset()
    """Extractors (without their generation) that are current and would be chosen again: what they read is skipped."""
    site_id: str | None = None
    family: str | None = None
    since: str | None = None
    until: str | None = None
    """`since` and `until`: days, both inclusive, on which the revisions were first seen."""


@dataclass(frozen=True, slots=True)
class PageLocation:
    """The archived page from which a revision was read."""

    revision_id: int
    site_id: str
    page: ArchivedPage


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a rereading."""

    corrected: bool = False
    reason: str | None = None
    """Why the revision was left as it is although the new reading differs or failed."""


def count(store: Store, scope: Scope) -> tuple[int, int]:
    """How many revisions are to be read again, and how many cannot be because their pages are not archived."""
    where, values = _conditions(scope)
    kept, lost = "r.warc_file IS NOT NULL", "r.warc_file IS NULL"
    sql = f"SELECT count(*) FROM revisions r JOIN articles a ON a.id = r.article_id WHERE {where} AND "  # noqa: S608 - our own words
    return int(store.value(sql + kept, values)), int(store.value(sql + lost, values))


def page_locations(store: Store, scope: Scope) -> Iterator[PageLocation]:
    """The pages of those revisions, in order of revision ids. Revisions may be written during the iteration."""
    where, values = _conditions(scope)
    sql = f"""SELECT r.id, a.site_id, r.warc_file, r.warc_offset, r.payload_hash, {EVIDENCE} FROM revisions r
        JOIN articles a ON a.id = r.article_id WHERE r.warc_file IS NOT NULL AND {where} AND r.id > :after
        ORDER BY r.id LIMIT {BATCH}"""  # noqa: S608 - our own words
    after = 0
    while rows := list(store.rows(sql, values | {"after": after})):
        yield from (PageLocation(row["id"], row["site_id"], page_of(row)) for row in rows)
        after = rows[-1]["id"]


def compare(store: Store, revision_id: int, reading: Article) -> tuple[Article, Result]:
    """A revision as it is, and the result that a new normalised reading of its page would have. Writes nothing.

    A reading that has lost its headline or its text is not better: the page is the same, so the extractor is at fault.
    """
    before, reading = revision_of(store, revision_id), with_later_pictures(store, revision_id, reading)
    if _facts(before) == _facts(reading):
        return before, Result()
    worse = find_anomaly(before, reading, Readings(), declared=True).symptoms & GRAVE
    return before, Result(reason=", ".join(sorted(worse))) if worse else Result(corrected=True)


def reread(store: Store, revision_id: int, reading: Article | str, extraction: str, now: datetime) -> Result:
    """In one transaction, correct a revision by a new reading of its page, or record why not (`reading` is then the reason).

    Also records that this extraction has read it, so that it is not read again.
    """
    written: list[tuple[Subject, int]] = []
    with store.transaction():
        if store.value(_WITHDRAWN, (revision_id,)):
            return Result(reason="withdrawn")
        if is_forged(store, Subject.REVISION, revision_id):
            return Result(reason="it is not what was sealed")
        result = Result(reason=reading) if isinstance(reading, str) else None
        if isinstance(reading, Article):
            reading = with_later_pictures(store, revision_id, reading)
            before, result = compare(store, revision_id, reading)
            if result.corrected:
                correct(store, revision_id, before, reading, now, lambda subject, row_id: written.append((subject, row_id)))
            elif not result.reason and before.extractor != reading.extractor:
                # It reads the same with the present extractor. With its name the next crawl can tell an edit from a rereading.
                store.update("revisions", revision_id, {"extractor": reading.extractor})
                written.append((Subject.REVISION, revision_id))
        result = result or Result()
        row = {"revision_id": revision_id, "extraction": extraction, "at": moment(now), "reason": result.reason}
        store.insert("rereadings", row, on_conflict="REPLACE")
        seal(store, written, now, Cause.READING)
    return result


def with_later_pictures(store: Store, revision_id: int, reading: Article) -> Article:
    """A new reading of a revision's page; pictures that were later swapped under the same text are kept."""
    before = revision_of(store, revision_id)
    same = "SELECT 1 FROM readings WHERE revision_id = ? AND content_hash = ? AND extractor = ?"
    was_swapped = store.value(same, (revision_id, before.content_hash, before.extractor))
    if was_swapped and content_of(before, "images") == content_of(reading, "images"):
        return replace(reading, images=before.images)
    return reading


def correct(store: Store, revision_id: int, before: Article, after: Article, replaced: datetime, touch: Touch) -> None:
    """Write a reading over a revision, store the former one in `readings`, and update what depends on it in the article."""
    reading = {"extractor": before.extractor, "content_hash": before.content_hash, "article": json.dumps(json_of(before))}
    reading_id = store.insert("readings", {"revision_id": revision_id, "replaced": moment(replaced), **reading})
    touch(Subject.READING, reading_id)
    row = revision_row(after, after.fetch or Fetch(after.url, replaced))
    store.update("revisions", revision_id, {column: value for column, value in row.items() if column not in _KEPT_COLUMNS})
    write_parts(store, revision_id, after)
    touch(Subject.REVISION, revision_id)
    _update_neighbours(store, revision_id, touch)


def write_parts(store: Store, revision_id: int, article: Article, place: tuple[int, int] | None = None) -> None:
    """Write authors, pictures, search text and facts of a revision; those that it had are replaced.

    `place`: article id and number of a revision that has just been written and has none of them yet.
    """
    tables: dict[str, tuple[Author | Image, ...]] = {"revision_authors": article.authors, "revision_images": article.images}
    for table, parts in tables.items():
        if place is None:
            store.execute(f"DELETE FROM {table} WHERE revision_id = ?", (revision_id,))  # noqa: S608 - our own names
        for position, part in enumerate(parts):
            facts = {name: getattr(part, name) for name in part.__slots__}
            store.insert(table, {"revision_id": revision_id, "position": position, **facts})
    index_text(store, revision_id, is_new=place is not None)
    if place is None:
        (place,) = store.values("SELECT article_id, number FROM revisions WHERE id = ?", (revision_id,))
    put_facts(store, *place)


def index_text(store: Store, revision_id: int, *, is_new: bool = False) -> None:
    """Replace the search text of a revision; triggers update the index."""
    if not is_new:
        store.execute("DELETE FROM search_texts WHERE revision_id = ?", (revision_id,))
    for row in list(store.rows(f"{REVISIONS} WHERE r.id = ?", (revision_id,))):
        store.insert("search_texts", search_text(row))


def put_facts(store: Store, article_id: int, since: int = 1) -> None:
    """Replace the `revision_facts` of an article's revisions from this number on."""
    for row in list(store.rows(f"{questions.REVISIONS} WHERE r.article_id = ? AND r.number >= ?", (article_id, since))):
        store.execute("DELETE FROM revision_facts WHERE revision_id = ?", (row["revision_id"],))
        store.insert("revision_facts", questions.fact(row))


def revision_of(store: Store, revision_id: int) -> Article:
    url = store.value("SELECT a.url FROM articles a JOIN revisions r ON r.article_id = a.id WHERE r.id = ?", (revision_id,))
    return Lookup(store, "").revision(revision_id, url)


def _update_neighbours(store: Store, revision_id: int, touch: Touch) -> None:
    """Update what a corrected revision changes in its article: changed fields, `reads_as`, and the article's date and kind."""
    columns = "id, article_id, number, change, content_hash, changed_fields, reads_as, kind, date_published"
    sql = f"SELECT {columns} FROM revisions WHERE article_id = (SELECT article_id FROM revisions WHERE id = ?) ORDER BY number"  # noqa: S608 - our own columns
    revisions = list(store.rows(sql, (revision_id,)))
    before: Row | None = None
    for row in revisions:
        changes: Row = {"reads_as": _reads_as(before, row)}
        if before and revision_id in (row["id"], before["id"]):
            fields = changed_fields(revision_of(store, before["id"]), revision_of(store, row["id"]))
            changes["changed_fields"] = json.dumps(fields)
        if any(row[column] != value for column, value in changes.items()):
            store.update("revisions", row["id"], changes)
            touch(Subject.REVISION, row["id"])
        before = {**row, **changes}
    dates = {"date_published": revisions[0]["date_published"]} if revision_id == revisions[0]["id"] else {}
    dates |= {"kind": revisions[-1]["kind"]} if revision_id == revisions[-1]["id"] else {}
    article = store.row("SELECT id, kind, date_published FROM articles WHERE id = ?", (revisions[0]["article_id"],)) or {}
    if any(article[column] != value for column, value in dates.items()):
        store.update("articles", article["id"], dates)
        touch(Subject.ARTICLE, article["id"])


def _reads_as(before: Row | None, row: Row) -> int | None:
    """Id of the first preceding revision that reads the same as this one. A new time stamp over the same text is a change."""
    if before is None or row["change"] == Outcome.RESTAMPED or row["content_hash"] != before["content_hash"]:
        return None
    return int(before["reads_as"] or before["id"])


def _conditions(scope: Scope) -> tuple[str, Row]:
    marks = {f"current{position}": name for position, name in enumerate(sorted(scope.current))}
    names = ", ".join(f":{mark}" for mark in marks) or "''"
    where = f"""(:site_id IS NULL OR a.site_id = :site_id)
        AND (:family IS NULL OR substr(r.extractor, 1, instr(r.extractor || '/', '/') - 1) = :family)
        AND (:since IS NULL OR r.first_seen >= :since) AND (:until IS NULL OR substr(r.first_seen, 1, 10) <= :until)
        AND substr(r.extractor, 1, instr(r.extractor || ':', ':') - 1) NOT IN ({names})
        AND r.article_id NOT IN (SELECT article_id FROM withdrawals)
        AND NOT EXISTS (SELECT 1 FROM rereadings x WHERE x.revision_id = r.id AND x.extraction = :extraction)"""  # noqa: S608 - our own words
    bounds: Row = {"site_id": scope.site_id, "family": scope.family, "since": scope.since, "until": scope.until}
    return where, {**bounds, "extraction": scope.extraction, **marks}


def _facts(article: Article) -> Row:
    """All fields of a reading but URL, reason and extractor."""
    return {key: value for key, value in json_of(article).items() if key not in _NOT_READ}
