"""Searches that have a name: what is searched for, and up to which revision someone was told of it."""

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
    """As they are typed, with `site:`, `change:` and the like among them."""
    created: str
    told_revision_id: int
    """The last revision of the ledger when somebody was last told."""


class SearchNameError(ValueError):
    """A name that no saved search has, or none that one can have."""


def save(store: Store, name: str, words: str, now: datetime) -> None:
    """Give a search a name, in place of the one that has it. What there is already counts as told."""
    if not _NAME.fullmatch(name):
        raise SearchNameError(f"{name[:60]!r}: a name has small letters, digits and hyphens")
    last = store.value("SELECT coalesce(max(id), 0) FROM revisions")
    row = {"name": name, "words": words, "created": moment(now), "told_revision_id": last}
    store.insert("saved_searches", row, on_conflict="REPLACE")


def forget(store: Store, name: str) -> None:
    """Take the name away."""
    if not store.execute("DELETE FROM saved_searches WHERE name = ?", (name,)):
        raise SearchNameError(f"no search is called {name[:60]!r}")


def tell(store: Store, name: str, revision_id: int) -> None:
    """Remember that someone was told of all up to this revision."""
    store.execute("UPDATE saved_searches SET told_revision_id = ? WHERE name = ?", (revision_id, name))


def _first(ledgers: Ledgers, query: Callable[[Store, str], SavedSearch], name: str) -> SavedSearch:
    """That of the first ledger that has one of the name."""
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
    """All, by name; none in a ledger that an older version wrote."""
    if not store.value("SELECT 1 FROM sqlite_master WHERE name = 'saved_searches'"):
        return []
    return [SavedSearch(**row) for row in store.rows(f"{_ALL} ORDER BY name")]
