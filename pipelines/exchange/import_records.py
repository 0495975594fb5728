"""Import of records: those of `export` go into an empty ledger of their own, from which `merge` adds them.

Files are untrusted: each record is checked completely before anything of it is written, and is refused with a
reason. The temporary ledger is only a collection: nothing is judged, sealed or indexed there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipelines.exchange.checks import (
    PARTS,
    RecordError,
    check_article,
    check_revision,
    facts,
    is_future,
    latest_of,
    many,
    revision_columns,
)
from pipelines.exchange.export import ARTICLE, FETCH, FORMAT, READING, REVISION, SITE, Record
from pipelines.store.database import Store
from pipelines.text.urls import article_key

MAX_LINE = 32_000_000
"""Maximum length of one record; a body has at most half a million characters, and a revision may have several readings."""


class Staging:
    """The temporary ledger for records."""

    def __init__(self, store: Store, now: datetime) -> None:
        """`store` is empty, and has no other use; records dated after `now` are refused."""
        self._store = store
        self._latest = latest_of(now)
        store.execute("PRAGMA synchronous = OFF")
        store.execute("CREATE TABLE points (revision_id INTEGER, reverted_to INTEGER, reads_as INTEGER)")
        store.execute("CREATE TABLE moves (article_id INTEGER, url TEXT)")

    def put(self, lines: Iterable[str]) -> list[str | None]:
        """Add records, one a line, in one transaction; returns for each its fault, or None."""
        with self._store.transaction():
            return [self._line(line) for line in lines]

    def link_references(self) -> None:
        """After the last record, set the references between rows. A reference to something outside the file is dropped."""
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
            record, problem = read(line, self._latest)
            self._record(record)
        except RecordError as error:
            return str(error)
        return problem

    def _record(self, record: Record) -> None:
        article_id = self._article(record)
        given = record["revision"]
        if self._store.value("SELECT 1 FROM revisions WHERE article_id = ? AND number = ?", (article_id, given["number"])):
            raise RecordError(f"revision {given['number']} of {record['article']['url']} comes twice")
        revision_id = self._store.insert("revisions", {"article_id": article_id, **revision_columns(given)})
        if given["reverted_to"] or given["reads_as"]:
            points = {"reverted_to": given["reverted_to"], "reads_as": given["reads_as"]}
            self._store.insert("points", {"revision_id": revision_id, **points})
        for table, columns in PARTS.items():
            for position, part in enumerate(given[table.removeprefix("revision_")]):
                self._store.insert(table, {"revision_id": revision_id, "position": position, **{c: part[c] for c in columns}})
        for reading in record["readings"]:
            row = {**reading, "article": json.dumps(reading["article"]), "revision_id": revision_id}
            self._store.insert("readings", row)
        for fetch in record["looks"]:
            same = "SELECT 1 FROM fetches WHERE article_id IS ? AND fetched = ? AND url = ? AND outcome = ?"
            before = fetch["fetched"] < record["article"]["first_seen"]  # it led to no article that was known
            of = (
                None
                if before or (fetch["answered_url"] == record["article"]["url"] and fetch["outcome"] == "moved")
                else article_id
            )
            if not self._store.value(same, (of, fetch["fetched"], fetch["url"], fetch["outcome"])):
                self._store.insert("fetches", {"article_id": of, **fetch})

    def _article(self, record: Record) -> int:
        """The row of the article, created from its first record."""
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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON without repeated names: readers differ in which of two they use."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def read(line: str, latest: str) -> tuple[Record, str | None]:
    """The record of a line, checked and completed: missing values are None or empty; and what was left out of it, or
    corrected, because it is dated after `latest`. Raises RecordError.
    """
    if len(line) > MAX_LINE:
        raise RecordError("a line longer than any record")
    try:
        line.encode()
        record = json.loads(line, object_pairs_hook=_once)
        json.dumps(record, ensure_ascii=False).encode() if "\\u" in line else None
    except (ValueError, RecursionError) as error:
        raise RecordError(f"no JSON: {str(error)[:100]}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise RecordError(f"no record of {FORMAT}")
    site, article = facts(record, "site", SITE), facts(record, "article", (*ARTICLE, "moved_to"))
    aliases, states = ("url", "reason", "first_seen"), ("at", "state", "status", "reason")
    article["aliases"] = many(record["article"], "aliases", aliases, also_needed="reason")
    article["states"] = many(record["article"], "states", states)
    revision = facts(record, "revision", REVISION)
    revision["authors"] = many(record["revision"], "authors", PARTS["revision_authors"], also_needed="name", free=True)
    revision["images"] = many(record["revision"], "images", PARTS["revision_images"], free=True)
    found: Record = {
        "site": site, "article": article, "revision": revision,
        "readings": many(record, "readings", READING), "looks": many(record, "looks", FETCH, without="content_hash"),
    }  # fmt: skip
    problem = check_article(article, latest)
    row = revision_columns(revision)
    problem = check_revision(row, revision["authors"], revision["images"], article["url"], latest) or problem
    revision["last_seen"] = row["last_seen"]
    for part, name in ((article, "aliases"), (article, "states"), (found, "readings"), (found, "looks")):
        kept = [one for one in part[name] if not is_future(one, latest)]
        if len(kept) < len(part[name]):
            problem, part[name] = f"{name} of the future are left out", kept
    return found, problem
