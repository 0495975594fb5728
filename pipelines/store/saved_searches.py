"""Searches with a name: their words, and the last revision about which somebody was notified."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pipelines.store.database import Store
from pipelines.store.ledgers import Ledgers, joined, over_all
from pipelines.store.rows import moment

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_ALL = "SELECT name, words, created, told_revision_id FROM saved_searches"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with a name."""

    name: str
    words: str
    """As typed, including `site:`, `change:` and other filters."""
    created: str
    told_revision_id: int
    """The last revision of the ledger at the last notification."""


class SearchNameError(ValueError):
    """No saved search has this name, or the name is not allowed."""


def save(store: Store, name: str, words: str, now: datetime) -> None:
    """Save a search under a name, and replace the one that has it. Present revisions count as notified."""
    if not _NAME.fullmatch(name):
        raise SearchNameError(f"{name[:60]!r}: a name has small letters, digits and hyphens")
    last = store.value("SELECT coalesce(max(id), 0) FROM revisions")
    row = {"name": name, "words": words, "created": moment(now), "told_revision_id": last}
    store.insert("saved_searches", row, on_conflict="REPLACE")


def forget(store: Store, name: str) -> None:
    """Delete the search of this name; raises SearchNameError."""
    if not store.execute("DELETE FROM saved_searches WHERE name = ?", (name,)):
        raise SearchNameError(f"no search is called {name[:60]!r}")


def mark_reported(store: Store, name: str, revision_id: int) -> None:
    """Record that somebody was notified of all revisions up to this one."""
    store.execute("UPDATE saved_searches SET told_revision_id = ? WHERE name = ?", (revision_id, name))


def _first(ledgers: Ledgers, query: Callable[[Store, str], SavedSearch], name: str) -> SavedSearch:
    """The search of the first ledger that has the name."""
    for store in ledgers.each[:-1]:
        with suppress(SearchNameError):
            return query(store, name)
    return query(ledgers.each[-1], name)


@over_all(_first)
def saved_search(store: Store, name: str) -> SavedSearch:
    """The search of this name; raises SearchNameError."""
    row = store.row(f"{_ALL} WHERE name = ?", (name,))
    if row is None:
        raise SearchNameError(f"no search is called {name[:60]!r}")
    return SavedSearch(**row)


@over_all(joined)
def saved_searches(store: Store) -> list[SavedSearch]:
    """All saved searches, by name; none in a ledger that an older version wrote."""
    if not store.value("SELECT 1 FROM sqlite_master WHERE name = 'saved_searches'"):
        return []
    return [SavedSearch(**row) for row in store.rows(f"{_ALL} ORDER BY name")]
