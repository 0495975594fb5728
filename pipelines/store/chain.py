"""The chain: a digest seals each row of the record whenever it is written or rewritten, and each seal covers the one before.

A change to a sealed row, a deleted row or a seal that is inserted later breaks it. What it proves and what not: docs/proof.md.
Null columns are not part of a digest, so that a migration may add columns (which must be null in old rows).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipelines.article import CHANGES
from pipelines.store.database import Row, Store
from pipelines.store.rows import moment

logger = logging.getLogger(__name__)

START = "0" * 64
"""The link before the first one."""


class Subject(StrEnum):
    """Kind of a sealed row: one of the table of that name in the plural, with its dependent rows."""

    ARTICLE = "article"
    REVISION = "revision"
    READING = "reading"
    STATE = "state"
    FETCH = "fetch"
    WITHDRAWAL = "withdrawal"
    PRUNING = "pruning"


class Cause(StrEnum):
    """Why a row was sealed."""

    CAPTURE = "capture"
    """A page was fetched or imported."""
    ORDER = "order"
    """A late capture arrived, and the history of its articles was rewritten."""
    READING = "reading"
    """A page was read differently than before, or showed another picture; the former revision is in `readings`."""
    MERGE = "merge"
    """An article came from another ledger."""
    WITHDRAWAL = "withdrawal"
    """An article was withdrawn, or its pages were erased."""
    PRUNING = "pruning"
    """Records were removed from the page archive by a policy."""
    SITE = "site"
    """The article's site got another id, or was merged with another."""
    BEGINNING = "beginning"
    """The ledger is older than the chain, and this is its first seal."""


AGAIN = {
    Subject.ARTICLE: frozenset(Cause) - {Cause.BEGINNING, Cause.PRUNING},
    Subject.REVISION: frozenset({Cause.ORDER, Cause.READING, Cause.WITHDRAWAL}),
    Subject.READING: frozenset({Cause.WITHDRAWAL}),
    Subject.STATE: frozenset({Cause.ORDER}),
    Subject.FETCH: frozenset({Cause.ORDER, Cause.WITHDRAWAL}),
    Subject.WITHDRAWAL: frozenset[Cause](),
    Subject.PRUNING: frozenset[Cause](),
}
"""The causes for which a row may be sealed again. A row may be taken out only for ORDER."""

# Columns that change with every fetch are not sealed; `verify` checks them against the fetches themselves.
_ARTICLE = "id, site_id, url, external_id, kind, date_published, first_seen, state, moved_to, revision_count, latest_revision_id"
_ROWS = {
    Subject.ARTICLE: f"SELECT {_ARTICLE} FROM articles WHERE id = ?",  # noqa: S608 - our own columns
    Subject.REVISION: "SELECT * FROM revisions WHERE id = ?",
    Subject.READING: "SELECT * FROM readings WHERE id = ?",
    Subject.STATE: "SELECT * FROM states WHERE id = ?",
    Subject.FETCH: "SELECT * FROM fetches WHERE id = ?",
    Subject.WITHDRAWAL: "SELECT * FROM withdrawals WHERE id = ?",
    Subject.PRUNING: "SELECT * FROM prunings WHERE id = ?",
}
_PARTS = {
    Subject.ARTICLE: {"aliases": "SELECT url, reason, first_seen FROM aliases WHERE article_id = ? ORDER BY url"},
    Subject.REVISION: {
        "authors": """SELECT position, name, role, agency, nullif(kind, 'person') AS kind FROM revision_authors
            WHERE revision_id = ? ORDER BY position""",
        "images": "SELECT position, url, alt, caption, credit FROM revision_images WHERE revision_id = ? ORDER BY position",
    },
}
_MUTABLE_COLUMNS = {
    Subject.REVISION: ("last_seen",),
    Subject.FETCH: ("reason_code", "answered_url", "content_hash", "date_modified", "external_id", "doubt", "canonical_url"),
}
"""Columns that are not sealed: `last_seen` changes with every fetch; the code of a fetch follows from its reason, which is
sealed, and was added by a migration to rows that were sealed before; what a fetch read is sealed with the revision."""
TAKEN_OUT = "0" * 64
"""Digest of a deleted row: two histories that became one both had it, or an older capture showed it to be wrong."""


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=repr)  # damage may leave bytes
_LAST_SEAL = "SELECT digest FROM chain WHERE subject = ? AND subject_id = ? ORDER BY id DESC LIMIT 1"
_CHAIN_ADDED_LATER = """SELECT julianday(max(applied_at)) - julianday(min(applied_at)) > 1.0 / 1440 FROM _sqlite_migrations
    WHERE migration_set = 'newsledger' AND name IN ('m001_tables', 'm009_chain')"""
"""Whether a version without a chain made the ledger: then the chain's migration was applied later than the first."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    length: int = 0
    link: str = START


def seal(store: Store, subjects: Iterable[tuple[Subject, int]], now: datetime, cause: Cause,
         taken_out: Collection[tuple[Subject, int]] = (), made: Collection[tuple[Subject, int]] = ()) -> None:  # fmt: skip
    """In the caller's transaction, append a seal for each row that differs from its last seal, and for each `taken_out` row.

    A row that differed from its seal before this transaction is not sealed, only logged: a new seal would vouch for a change
    from outside. Rows `made` in this transaction did not exist before, unless a row with their id is sealed. The first seal of
    a ledger that is older than the chain covers all that it holds.
    """
    start = head(store)
    if not start.length and store.value(_CHAIN_ADDED_LATER):
        subjects, cause = (*_all_subjects(store), *subjects), Cause.BEGINNING
    link, at = start.link, moment(now)
    for subject, row_id in dict.fromkeys((*subjects, *taken_out)):
        last = store.value(_LAST_SEAL, (subject, row_id))
        is_new = (subject, row_id) in made and last in (None, TAKEN_OUT)
        if cause is not Cause.BEGINNING and not is_new and not _was_as_sealed(store.committed, subject, row_id):
            logger.warning("%s: %s %d was not what was sealed, and is not sealed anew", store.path, subject, row_id)
            continue
        found = digest(store, subject, row_id)
        if found is None:
            if (subject, row_id) not in taken_out:
                raise KeyError(f"{subject} {row_id}")
            found = TAKEN_OUT
        if found == last:
            continue
        link = link_of(link, at, subject, row_id, found, cause)
        row = {"at": at, "subject": subject, "subject_id": row_id, "digest": found, "link": link, "cause": cause}
        store.insert("chain", row)


def is_sealed(store: Store, subject: Subject, row_id: int) -> bool:
    return store.value(_LAST_SEAL, (subject, row_id)) is not None


def is_forged(store: Store, subject: Subject, row_id: int) -> bool:
    """Whether a sealed row differs from its last seal."""
    last = store.value(_LAST_SEAL, (subject, row_id))
    return last is not None and digest(store, subject, row_id) != last


def _was_as_sealed(before: Store, subject: Subject, row_id: int) -> bool:
    """Whether a row agreed with its last seal; a fetch may have none, since most fetches find nothing new."""
    last = before.value(_LAST_SEAL, (subject, row_id))
    if last is None and subject is Subject.FETCH:
        return True
    return digest(before, subject, row_id) == (None if last == TAKEN_OUT else last)


def head(store: Store) -> Head:
    """The last link, and the number of seals."""
    row = store.row("SELECT id, link FROM chain ORDER BY id DESC LIMIT 1")
    return Head(row["id"], row["link"]) if row else Head()


def link_of(before: str, at: str, subject: str, row_id: int, found: str, cause: str | None) -> str:
    """A link: SHA-256 (hex) over the link before it, the time, the subject and its id, its digest, and the cause, one a line."""
    return digest_of("".join(f"{line}\n" for line in (before, at, subject, row_id, found, cause) if line is not None))


def digest(store: Store, subject: Subject, row_id: int) -> str | None:
    """SHA-256 (hex) over a row and its dependent rows; None if the row does not exist."""
    text = sealed_json(store, subject, row_id)
    return None if text is None else digest_of(text)


def sealed_json(store: Store, subject: Subject, row_id: int) -> str | None:
    """The text that is hashed: a row and its dependent rows as JSON with sorted keys and no spaces; None without such a row.

    Bytes, which only damage puts there, are written as Python's `repr`.
    """
    row = store.row(_ROWS[subject], (row_id,))
    if row is None:
        return None
    moving = _MUTABLE_COLUMNS.get(subject, ())
    facts: Row = {column: value for column, value in row.items() if value is not None and column not in moving}
    facts |= {name: [_sealed(part) for part in store.rows(sql, (row_id,))] for name, sql in _PARTS.get(subject, {}).items()}
    return _JSON.encode(facts)


def _sealed(part: Row) -> Row:
    """A dependent row without a null `kind`: that column is newer than the first seals, and a person's kind is not sealed."""
    return {column: value for column, value in part.items() if column != "kind" or value}


def _all_subjects(store: Store) -> list[tuple[Subject, int]]:
    changes = ", ".join(f"'{outcome}'" for outcome in sorted(CHANGES))
    rows = {
        Subject.ARTICLE: "SELECT id FROM articles",
        Subject.REVISION: "SELECT id FROM revisions",
        Subject.READING: "SELECT id FROM readings",
        Subject.STATE: "SELECT id FROM states",
        Subject.FETCH: f"SELECT id FROM fetches WHERE outcome IN ({changes})",  # noqa: S608 - our own words
    }
    return [(subject, row["id"]) for subject, sql in rows.items() for row in store.rows(f"{sql} ORDER BY id")]


def digest_of(text: str) -> str:
    """SHA-256 (hex) over a text as UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
