"""Import of records: what `export` wrote goes into an empty ledger of its own, from which `merge` takes it in.

What comes from a file is a stranger's: each record is checked whole before anything of it is written, and is refused with a
reason. The ledger that they are put into is a heap, not a record: nothing is judged, sealed or indexed there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pipelines.article import CHANGES, Kind, Outcome
from pipelines.exchange.export import ARTICLE, FETCH, FORMAT, READING, REVISION, SITE, Record
from pipelines.history.revisions import State
from pipelines.store.database import Row, Store
from pipelines.store.rows import article_of
from pipelines.text.normalise import content_hash
from pipelines.text.urls import article_key

MAX_LINE = 32_000_000
"""Characters of one record; a body is at most half a million, and each revision may have a reading or two."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")
_CODE = re.compile(r"[a-z0-9_]{1,40}")
_HASH = re.compile(r"[0-9a-f]{64}")
_INTEGERS = {"number", "reverted_to", "reads_as", "warc_offset", "status", "bytes", "suspected_looks", "revision_count"}
_MOMENTS = {"first_seen", "last_seen", "last_checked", "at", "fetched", "replaced", "next_check", "suspected_since", "not_before"}
_STAMPS = {"date_published", "date_modified"}
_LISTS = {"changed_fields", "topics"}
_CHOICES: dict[str, frozenset[str]] = {
    "change": frozenset(CHANGES), "state": frozenset(State), "outcome": frozenset(Outcome),
    "kind": frozenset(Kind) - {Kind.NOT_ARTICLE},
}  # fmt: skip
_NEEDED = {
    *("id", "name", "url", "kind", "first_seen", "last_seen", "last_checked", "state", "number", "change", "changed_fields"),
    *("body", "topics", "content_hash", "extractor", "fetched", "outcome", "at", "replaced"),
}
_PARTS = {"revision_authors": ("name", "role", "agency"), "revision_images": ("url", "alt", "caption", "credit")}


class RecordError(ValueError):
    """A record that is not taken; the message says why."""


class Staging:
    """The ledger into which records are put."""

    def __init__(self, store: Store) -> None:
        """`store` is empty, and is used for nothing else."""
        self._store = store
        store.execute("PRAGMA synchronous = OFF")
        store.execute("DROP TRIGGER revisions_fts_insert")
        store.execute("CREATE TABLE points (revision_id INTEGER, reverted_to INTEGER, reads_as INTEGER)")
        store.execute("CREATE TABLE moves (article_id INTEGER, url TEXT)")

    def put(self, lines: Iterable[str]) -> list[str | None]:
        """Put records, a line each, in one transaction; for each why it was refused, or None."""
        with self._store.transaction():
            return [self._line(line) for line in lines]

    def link_references(self) -> None:
        """When all are in: what points from one row to another. What is not in the file is not pointed at."""
        last = "SELECT id FROM revisions r WHERE r.article_id = articles.id ORDER BY number DESC LIMIT 1"
        target = "SELECT b.id FROM moves m JOIN articles b ON b.url = m.url WHERE m.article_id = articles.id"
        with self._store.transaction():
            self._store.execute(f"UPDATE articles SET latest_revision_id = ({last})")  # noqa: S608 - our own statement
            self._store.execute(f"UPDATE articles SET moved_to = ({target}) WHERE id IN (SELECT article_id FROM moves)")  # noqa: S608
            for row in list(self._store.rows("SELECT p.*, r.article_id FROM points p JOIN revisions r ON r.id = p.revision_id")):
                numbers = (row["article_id"], row["reverted_to"]), (row["article_id"], row["reads_as"])
                same = "SELECT id FROM revisions WHERE article_id = ? AND number = ?"
                back, like = (self._store.value(same, pair) for pair in numbers)
                self._store.update("revisions", row["revision_id"], {"reverted_to": back, "reads_as": like})

    def _line(self, line: str) -> str | None:
        try:
            self._record(read(line))
        except RecordError as error:
            return str(error)
        return None

    def _record(self, record: Record) -> None:
        article_id = self._article(record)
        given = record["revision"]
        if self._store.value("SELECT 1 FROM revisions WHERE article_id = ? AND number = ?", (article_id, given["number"])):
            raise RecordError(f"revision {given['number']} of {record['article']['url']} comes twice")
        revision_id = self._store.insert("revisions", {"article_id": article_id, **_row(given)})
        if given["reverted_to"] or given["reads_as"]:
            points = {"reverted_to": given["reverted_to"], "reads_as": given["reads_as"]}
            self._store.insert("points", {"revision_id": revision_id, **points})
        for table, columns in _PARTS.items():
            for position, part in enumerate(given[table.removeprefix("revision_")]):
                self._store.insert(table, {"revision_id": revision_id, "position": position, **{c: part[c] for c in columns}})
        for reading in record["readings"]:
            row = {**reading, "article": json.dumps(reading["article"]), "revision_id": revision_id}
            self._store.insert("readings", row)
        for fetch in record["looks"]:
            same = "SELECT 1 FROM fetches WHERE article_id = ? AND fetched = ? AND url = ? AND outcome = ?"
            if not self._store.value(same, (article_id, fetch["fetched"], fetch["url"], fetch["outcome"])):
                self._store.insert("fetches", {"article_id": article_id, **fetch})

    def _article(self, record: Record) -> int:
        """The row of the article, made from the first record of it that comes."""
        given = record["article"]
        found = self._store.value("SELECT id FROM articles WHERE url = ?", (given["url"],))
        if found:
            return int(found)
        self._store.insert("sites", record["site"], on_conflict="IGNORE")
        row = {column: given[column] for column in ARTICLE if column != "revision_count"}
        more = {
            "site_id": record["site"]["id"],
            "url_key": article_key(given["url"]),
            "suspected_looks": row["suspected_looks"] or 0,
        }
        if row["external_id"] is not None:
            same = "SELECT 1 FROM articles WHERE site_id = ? AND external_id = ?"
            if self._store.value(same, (more["site_id"], row["external_id"])):
                raise RecordError(f"{given['url']}: its owner's id is another's already")
        article_id = self._store.insert("articles", row | more)
        for alias in given["aliases"]:
            alias_row = {**alias, "article_id": article_id, "url_key": article_key(alias["url"])}
            self._store.insert("aliases", alias_row, on_conflict="IGNORE")
        for state in given["states"]:
            self._store.insert("states", {"article_id": article_id, **state})
        if given["moved_to"]:
            self._store.insert("moves", {"article_id": article_id, "url": given["moved_to"]})
        return article_id


def read(line: str) -> Record:
    """The record of a line, checked and whole: what it leaves out is None or empty. Raises RecordError."""
    if len(line) > MAX_LINE:
        raise RecordError("a line longer than any record")
    try:
        line.encode()
        record = json.loads(line)
        json.dumps(record, ensure_ascii=False).encode() if "\\u" in line else None
    except (ValueError, RecursionError) as error:
        raise RecordError(f"no JSON: {str(error)[:100]}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise RecordError(f"no record of {FORMAT}")
    site, article = _facts(record, "site", SITE), _facts(record, "article", (*ARTICLE, "moved_to"))
    aliases, states = ("url", "reason", "first_seen"), ("at", "state", "status", "reason")
    article["aliases"] = _many(record["article"], "aliases", aliases, also_needed="reason")
    article["states"] = _many(record["article"], "states", states)
    revision = _facts(record, "revision", REVISION)
    revision["authors"] = _many(record["revision"], "authors", _PARTS["revision_authors"], also_needed="name", free=True)
    revision["images"] = _many(record["revision"], "images", _PARTS["revision_images"], free=True)
    readings, fetches = _many(record, "readings", READING), _many(record, "looks", FETCH)
    _check(article, revision)
    return {"site": site, "article": article, "revision": revision, "readings": readings, "looks": fetches}


def _check(article: Row, revision: Row) -> None:
    """Times in order, and the text that the hash is of."""
    for row, what in ((article, "article"), (revision, "revision")):
        if row["first_seen"] > row["last_seen"]:
            raise RecordError(f"{what}: last seen before it was first seen")
    if article["last_seen"] > article["last_checked"]:
        raise RecordError("article: seen after it was last looked at")
    if revision["number"] < 1:
        raise RecordError("revision.number: revisions are numbered from 1")
    try:
        found = content_hash(article_of(_row(revision), revision["authors"], revision["images"], article["url"]))
    except ValueError as error:
        raise RecordError(f"revision: {error}") from error
    if found != revision["content_hash"]:
        raise RecordError("revision: its text is not the one of its hash")


def _row(revision: Row) -> Row:
    """The columns of `revisions`; other revisions are pointed at later."""
    row = {column: revision[column] for column in REVISION if column not in ("reverted_to", "reads_as")}
    return {**row, **{column: json.dumps(revision[column], ensure_ascii=column != "topics") for column in _LISTS}}


def _facts(record: Mapping[str, Any], name: str, columns: Iterable[str], needed: Iterable[str] = _NEEDED, *,
           free: bool = False) -> Row:  # fmt: skip
    given = record.get(name)
    if not isinstance(given, dict):
        raise RecordError(f"{name} is missing")
    return {column: _value(f"{name}.{column}", column, given.get(column), needed, free=free) for column in columns}


def _many(given: Any, name: str, columns: tuple[str, ...], *, also_needed: str = "", free: bool = False) -> list[Row]:
    found = given.get(name, [])
    if not isinstance(found, list) or len(found) > 10_000:
        raise RecordError(f"{name} is no list")
    needed = {also_needed} if free else _NEEDED | {also_needed}
    return [_facts({name: one}, name, columns, needed, free=free) for one in found]


def _value(where: str, column: str, value: Any, needed: Iterable[str], *, free: bool) -> Any:
    """A value of the kind that its column holds; `free` columns are plain texts, whatever their name."""
    if value is None:
        if column in needed:
            raise RecordError(f"{where} is missing")
        return None
    if not free and not _fits(where, column, value):
        raise RecordError(f"{where} is not what it should be: {str(value)[:60]!r}")
    if free and not isinstance(value, str):
        raise RecordError(f"{where} is no text")
    return value


def _fits(where: str, column: str, value: Any) -> bool:
    if column in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    if column == "is_accessible_for_free":
        return isinstance(value, bool)
    if column in _LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if where == "readings.article":
        return isinstance(value, dict)
    if not isinstance(value, str):
        return False
    if column == "reason_code":
        return bool(_CODE.fullmatch(value))
    if column in _CHOICES:
        return value in _CHOICES[column]
    if column in _MOMENTS or column in _STAMPS:
        return _is_time(value, _MOMENT if column in _MOMENTS else _STAMP)
    if column == "url" and not where.startswith("images"):
        return value.startswith(("http://", "https://"))
    return bool(_HASH.fullmatch(value)) if column in ("content_hash", "payload_hash") else True


def _is_time(text: str, form: re.Pattern[str]) -> bool:
    try:
        return bool(form.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False
