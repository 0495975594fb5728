"""Changes of a site in the ledger when its definition gets another id, is merged with another, or is retired.

An article keeps its id, its URLs and its whole history: only its site changes, and the article is sealed again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from pipelines.store.chain import Cause, Subject, seal
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import moment

_BY_SITE = ("crawls", "articles", "quarantine", "story_members", "changes", "open_books")
"""Tables with a site column in which the rows of two sites never share a key."""
_COUNTED = {
    "day_counts": (
        "day, change",
        "n = n + excluded.n, first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)",
    ),
    "site_counts": ("counted, kind", "n = n + excluded.n"),
    "habits": ("habit", "watched = watched + excluded.watched, found = found + excluded.found"),
    "sources": ("url", "site_id = site_id"),
    "boilerplate_lines": ("line", "site_id = site_id"),
}
"""Table -> its key without the site, and how two rows of both sites with that key are merged."""


def has_site(store: Store, site_id: str) -> bool:
    """Whether the ledger has ever had such a site."""
    return store.value("SELECT 1 FROM sites WHERE id = ?", (site_id,)) is not None


def under_way(store: Store, site_ids: Iterable[str]) -> str | None:
    """One of these sites with a running crawl; None if there is none."""
    sql = "SELECT site_id FROM crawls WHERE outcome = 'running' AND site_id IN (SELECT value FROM json_each(?))"
    return store.text(sql, (json.dumps(list(site_ids)),))


def rename_site(store: Store, old: str, new: str, now: datetime) -> int:
    """Give a site another id, in the caller's transaction; return its number of articles. StoreError if the id is taken."""
    if has_site(store, new):
        raise StoreError(f"{store.path}: the ledger has a site {new} already; `newsledger sites merge {old} {new}` joins them")
    row = store.row("SELECT * FROM sites WHERE id = ?", (old,)) or {}
    store.insert("sites", {**row, "id": new, "edits_missed": 0, "edits_unseen": 0})  # moved with the articles
    return merge_site(store, old, new, now)


def merge_site(store: Store, old: str, into: str, now: datetime) -> int:
    """Move everything of one site to another, in the caller's transaction; return the number of moved articles.

    If both have an article with the same owner's id, the one of `into` keeps it: they stay two articles.
    """
    moved = [row["id"] for row in store.rows("SELECT id FROM articles WHERE site_id = ? ORDER BY id", (old,))]
    both = "external_id IN (SELECT external_id FROM articles WHERE site_id = ?)"
    store.execute(f"UPDATE articles SET external_id = NULL WHERE site_id = ? AND {both}", (old, into))  # noqa: S608 - our own words
    for table in _BY_SITE:
        store.execute(f"UPDATE {table} SET site_id = ? WHERE site_id = ?", (into, old))  # noqa: S608 - our own names
    for table, (key, merged) in _COUNTED.items():
        columns = [row["name"] for row in store.rows("SELECT name FROM pragma_table_info(?) WHERE name <> 'site_id'", (table,))]
        listed = ", ".join(columns)
        sql = f"INSERT INTO {table} (site_id, {listed}) SELECT ?, {listed} FROM {table} WHERE site_id = ? "  # noqa: S608 - as above
        store.execute(f"{sql} ON CONFLICT (site_id, {key}) DO UPDATE SET {merged}", (into, old))
        store.execute(f"DELETE FROM {table} WHERE site_id = ?", (old,))  # noqa: S608 - as above
    stories = "id IN (SELECT story_id FROM story_members WHERE site_id = ?)"
    count = "(SELECT count(DISTINCT m.site_id) FROM story_members m WHERE m.story_id = story_heads.id)"
    store.execute(f"UPDATE story_heads SET sites = {count} WHERE {stories}", (into,))  # noqa: S608 - as above
    store.execute("UPDATE story_members SET story_seen = NULL WHERE story_id IN (SELECT id FROM story_heads WHERE sites < 2)")
    store.execute("DELETE FROM health_metrics WHERE site_id IN (?, ?)", (old, into))
    store.execute("DELETE FROM sites WHERE id = ?", (old,))
    seal(store, ((Subject.ARTICLE, article_id) for article_id in moved), now, Cause.SITE)
    return len(moved)


def retire_site(store: Store, site_id: str, at: datetime | None) -> None:
    """Mark a site as retired at a time, or, without a time, as active again; in the caller's transaction."""
    store.execute("UPDATE sites SET retired = ? WHERE id = ?", (moment(at) if at else None, site_id))
