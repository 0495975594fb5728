"""A stranger's ledger copied into an empty one of our own, from which `merge` adds it: each row is checked like a record.

Invalid rows are reported by table and number and left out, with their dependent rows; row numbers stay as they are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from pipelines.article import Outcome
from pipelines.exchange.checks import (
    LISTS,
    NEEDED,
    PARTS,
    RecordError,
    check_article,
    check_revision,
    facts,
    latest_of,
    refuse_future,
)
from pipelines.exchange.export import ARTICLE, FETCH, READING, REVISION, SITE
from pipelines.reasons import FetchReason
from pipelines.store.database import RefusedRowError, Row, Store
from pipelines.store.ledger_files.foreign_ledger import ForeignLedger
from pipelines.text.urls import article_key

_BATCH = 500
_INFORMATIVE_OUTCOMES = frozenset({Outcome.GONE, Outcome.NOT_MODIFIED})
_INFORMATIVE_CODES = frozenset({FetchReason.SOFT_404, FetchReason.ORIGINAL_UNKNOWN})
"""Outcomes and reasons of fetches without an article that matter for an article whose older captures may still come."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the other ledger: its name among the parts of a record, and the columns that are read."""

    part: str
    columns: tuple[str, ...]
    needed: frozenset[str] = NEEDED
    keys: tuple[str, ...] = ()
    """Required row numbers."""
    references: tuple[str, ...] = ()
    """Optional row numbers."""
    free: bool = False


_TABLES = {
    "sites": _Table("site", SITE),
    "crawls": _Table(
        "crawls", ("site_id", "trigger", "started", "finished", "outcome", "reason", "requests", "bytes", "candidates", "errors"),
        frozenset({"trigger", "outcome", "requests", "bytes", "candidates", "errors"}), ("id",),
    ),
    "articles": _Table(
        "article", ("site_id", *(column for column in ARTICLE if column != "revision_count")), NEEDED | {"site_id"}, ("id",),
        ("moved_to",),
    ),
    "aliases": _Table("aliases", ("url", "reason", "first_seen"), NEEDED | {"reason"}, ("article_id",)),
    "revisions": _Table(
        "revision", tuple(column for column in REVISION if column not in ("reverted_to", "reads_as")), NEEDED,
        ("id", "article_id"), ("crawl_id", "reverted_to", "reads_as"),
    ),
    "revision_authors": _Table("authors", PARTS["revision_authors"], frozenset({"name"}), ("revision_id", "position"), free=True),
    "revision_images": _Table("images", PARTS["revision_images"], frozenset(), ("revision_id", "position"), free=True),
    "readings": _Table("readings", READING, NEEDED | {"article"}, ("id", "revision_id")),
    "fetches": _Table("looks", FETCH, NEEDED - {"content_hash"}, ("id",), ("crawl_id", "article_id")),
    "states": _Table("states", ("at", "state", "status", "reason"), NEEDED, ("id", "article_id"), ("crawl_id",)),
    "withdrawals": _Table("withdrawals", ("at", "who", "reason", "revisions"), NEEDED | {"who", "reason", "revisions"},
                          ("id", "article_id")),
}  # fmt: skip

# Which rows depend on which; in this order, so that removed rows take their dependent rows with them.
_PARENTS = (
    ("articles", "site_id", "sites"), ("revisions", "article_id", "articles"), ("aliases", "article_id", "articles"),
    ("fetches", "article_id", "articles"), ("states", "article_id", "articles"), ("withdrawals", "article_id", "articles"),
    ("revision_authors", "revision_id", "revisions"), ("revision_images", "revision_id", "revisions"),
    ("readings", "revision_id", "revisions"),
)  # fmt: skip
_POINTERS = (
    "UPDATE articles SET moved_to = NULL WHERE moved_to NOT IN (SELECT id FROM articles)",
    "UPDATE revisions SET crawl_id = NULL WHERE crawl_id NOT IN (SELECT id FROM crawls)",
    "UPDATE fetches SET crawl_id = NULL WHERE crawl_id NOT IN (SELECT id FROM crawls)",
    "UPDATE states SET crawl_id = NULL WHERE crawl_id NOT IN (SELECT id FROM crawls)",
    """UPDATE revisions SET reverted_to = NULL
        WHERE reverted_to NOT IN (SELECT id FROM revisions r WHERE r.article_id = revisions.article_id)""",
    """UPDATE revisions SET reads_as = NULL
        WHERE reads_as NOT IN (SELECT id FROM revisions r WHERE r.article_id = revisions.article_id)""",
    """UPDATE articles SET
        latest_revision_id = (SELECT id FROM revisions r WHERE r.article_id = articles.id ORDER BY number DESC LIMIT 1),
        revision_count = (SELECT count(*) FROM revisions r WHERE r.article_id = articles.id)""",
)
"""References to a row that is missing become NULL."""


@contextmanager
def checked_ledger(
    path: Path, now: datetime, problems: list[str], read: Callable[[int], None] = lambda _: None
) -> Iterator[Store]:
    """A ledger in the system's temporary folder with all valid rows of the one at `path`; `read(n)` is called with the
    progress.

    Adds the others to `problems`. Raises StoreError if the file is no ledger.
    """
    with (
        ForeignLedger(path, _TABLES) as foreign,
        tempfile.TemporaryDirectory(prefix="newsledger-") as folder,
        Store(Path(folder) / "checked.db") as store,
    ):
        intake = _Intake(store, foreign, now)
        for table in _TABLES:
            intake.copy(table, read)
        intake.settle()
        problems += foreign.problems
        if foreign.untold:
            problems.append(f"and {foreign.untold} more")
        yield store


class _Intake:
    def __init__(self, store: Store, foreign: ForeignLedger, now: datetime) -> None:
        self._store, self._foreign, self._latest = store, foreign, latest_of(now)
        store.execute("PRAGMA synchronous = OFF")
        store.execute("PRAGMA foreign_keys = OFF")
        for row in list(store.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'")):
            store.execute(f"DROP TRIGGER {row['name']}")

    def copy(self, name: str, read: Callable[[int], None]) -> None:
        """Copy the rows of a table that are valid by themselves."""
        table = _TABLES[name]
        rows = self._foreign.rows(name, (*table.keys, *table.references, *table.columns))
        while batch := list(islice(rows, _BATCH)):
            with self._store.transaction():
                for row in batch:
                    try:
                        self._put(name, table, row)
                    except (RecordError, RefusedRowError) as error:
                        self._tell(name, row, str(error))
            read(len(batch))

    def _put(self, name: str, table: _Table, row: Row) -> None:
        if (
            name == "fetches"
            and row["article_id"] is None
            and not (row["answered_url"] or row["outcome"] in _INFORMATIVE_OUTCOMES or row["reason_code"] in _INFORMATIVE_CODES)
        ):
            return  # it says nothing of any article
        for column in (*table.keys, *table.references):
            number = row[column]
            if type(number) is not int and not (number is None and column in table.references):
                raise RecordError(f"{column} is no number of a row")
        facts({table.part: _decoded(row)}, table.part, table.columns, table.needed, free=table.free)
        if name not in ("articles", "revisions"):
            refuse_future("what it tells", row, self._latest)
        if "url" in row and name in ("articles", "aliases"):
            row = {**row, "url_key": article_key(row["url"])}
        if name == "articles":
            row = {**row, "suspected_looks": row["suspected_looks"] or 0}
        self._store.insert(name, row)

    def settle(self) -> None:
        """Check what needs all rows: texts against their hashes, times, rows that depend on missing ones."""
        with self._store.transaction():
            self._orphans()
            self._check("articles", self._article)
            self._orphans()
            self._check("revisions", self._revision)
            self._orphans()
            for statement in _POINTERS:
                self._store.execute(statement)

    def _orphans(self) -> None:
        for name, column, parent in _PARENTS:
            lost = f"FROM {name} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {parent})"  # noqa: S608 - our own names
            for row in self._store.rows(f"SELECT * {lost} LIMIT 100"):
                self._tell(name, row, f"hangs on what is not there, or was left out: {column} {row[column]}")
            self._store.execute(f"DELETE {lost}")

    def _check(self, name: str, judge: Callable[[Row], str | None]) -> None:
        last = 0
        while batch := list(self._store.rows(f"SELECT * FROM {name} WHERE id > ? ORDER BY id LIMIT {_BATCH}", (last,))):  # noqa: S608
            last = batch[-1]["id"]
            for row in batch:
                seen = dict(row)
                try:
                    problem = judge(row)
                except RecordError as error:
                    self._tell(name, row, str(error))
                    self._store.execute(f"DELETE FROM {name} WHERE id = ?", (row["id"],))  # noqa: S608 - our own names
                    continue
                if problem:
                    self._tell(name, row, problem)
                if row != seen:
                    self._store.update(name, row["id"], row)

    def _article(self, row: Row) -> str | None:
        return check_article(row, self._latest)

    def _revision(self, row: Row) -> str | None:
        authors, images = (
            list(self._store.rows(f"SELECT * FROM {table} WHERE revision_id = ? ORDER BY position", (row["id"],)))  # noqa: S608
            for table in PARTS
        )
        url = self._store.value("SELECT url FROM articles WHERE id = ?", (row["article_id"],))
        return check_revision(row, authors, images, url, self._latest)

    def _tell(self, name: str, row: Row, what: str) -> None:
        place = next((row[key] for key in ("id", "revision_id", "url", "article_id") if row.get(key) is not None), "?")
        self._foreign.tell(f"{name}, row {str(place)[:80]}: {what}")


def _decoded(row: Row) -> Row:
    """A row in a record's form: lists and objects instead of JSON, booleans instead of numbers."""
    found = dict(row)
    for column in (*LISTS, "article"):
        if isinstance(row.get(column), str):
            try:
                found[column] = json.loads(row[column])
            except (ValueError, RecursionError) as error:
                raise RecordError(f"{column} is no JSON: {str(error)[:100]}") from error
    if row.get("is_accessible_for_free") in (0, 1):
        found["is_accessible_for_free"] = bool(row["is_accessible_for_free"])
    return found
