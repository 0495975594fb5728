"""Checks what a ledger derives from its record against what migrations and revisions make: schema, lists, counts, search text.

Reads only. Nothing derived is sealed, because all of it can be made again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.store.database import Row, Store, StoreError
from pipelines.store.schema import questions, searching

# SQLite's own tables are not checked; the table of sqlite-utils depends on its version.
_OBJECTS = """SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger')
    AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '_sqlite_migrations'"""
_ADDRESSES = """SELECT a.url FROM aliases a JOIN revisions r USING (article_id) WHERE r.id = :id
    UNION SELECT f.url FROM fetches f JOIN revisions r USING (article_id) WHERE r.id = :id"""
_NOT_WITHDRAWN = "r.article_id NOT IN (SELECT article_id FROM withdrawals)"
_FROM_REVISIONS = "FROM revisions r JOIN articles a ON a.id = r.article_id"
# ruff: noqa: S608 - all of it our own words
# Table -> query for what it holds, query for what it should hold. The id ranges of a day's counts only ever widen, so only
# a range that is too narrow is wrong.
_RECOMPUTED = {
    "changes": (
        "SELECT revision_id, article_id, site_id, change, first_seen, shown FROM changes",
        f"""SELECT r.id, r.article_id, a.site_id, r.change, r.first_seen,
            r.reads_as IS NULL AND r.article_id NOT IN (SELECT article_id FROM withdrawals) {_FROM_REVISIONS}""",
    ),
    "day_counts": (
        "SELECT site_id, day, change, n FROM day_counts WHERE n <> 0",
        f"""SELECT a.site_id, substr(r.first_seen, 1, 10), r.change, count(*) {_FROM_REVISIONS}
            WHERE r.reads_as IS NULL GROUP BY 1, 2, 3""",
    ),
    "places in day_counts and days": (
        "SELECT 1 WHERE 0",
        f"""SELECT r.id {_FROM_REVISIONS} LEFT JOIN days d ON d.day = substr(r.first_seen, 1, 10)
            LEFT JOIN day_counts c ON (c.site_id, c.day, c.change) = (a.site_id, d.day, r.change) WHERE r.reads_as IS NULL
            AND NOT (r.id BETWEEN c.first_id AND c.last_id AND r.id BETWEEN d.first_id AND d.last_id)""",
    ),
    "days": (
        "SELECT day, n FROM days WHERE n <> 0",
        "SELECT substr(first_seen, 1, 10), count(*) FROM revisions WHERE reads_as IS NULL GROUP BY 1",
    ),
    "site_counts": (
        "SELECT site_id, counted, kind, n FROM site_counts WHERE n <> 0",
        f"""SELECT site_id, 'articles', state, count(*) FROM articles GROUP BY 1, 3 UNION ALL
            SELECT a.site_id, 'revisions', iif(r.reads_as IS NULL, r.change, 'reads_as'), count(*)
            {_FROM_REVISIONS} GROUP BY 1, 3""",
    ),
    "revision_topics": (
        "SELECT revision_id, name FROM revision_topics",
        "SELECT r.id, t.value FROM revisions r JOIN json_each(iif(json_valid(r.topics), r.topics, '[]')) t ON t.type = 'text'",
    ),
    # Sums of five decimal places, added in another order: compared rounded to three.
    "sites": (
        "SELECT id, round(edits_missed, 3), round(edits_unseen, 3) FROM sites WHERE edits_missed + edits_unseen > 0.0005",
        """SELECT site_id, round(sum(edits_missed), 3), round(sum(iif(state = 'live', edits_unseen, 0)), 3) FROM articles
            GROUP BY 1 HAVING sum(edits_missed + iif(state = 'live', edits_unseen, 0)) > 0.0005""",
    ),
}


def schema_problems(store: Store) -> Iterator[tuple[str, str]]:
    """Yield (object, its problem) for tables, views and triggers unlike the migrations' own. More tables and views are allowed.

    Raises StoreError if a table is missing, because then nothing can be read.
    """
    with tempfile.TemporaryDirectory(prefix="newsledger-") as folder, Store(Path(folder) / "new.db") as new:
        made = _objects(new)
    found = _objects(store)
    if lost := sorted(name for kind, name in made.keys() - found.keys() if kind == "table"):
        raise StoreError(f"{store.path}: no whole ledger: it has no table {', '.join(lost)}")
    for kind, name in sorted(made.keys() | found.keys()):
        if (kind, name) not in found:
            yield f"{kind} {name}", "is missing"
        elif (kind, name) not in made:
            if kind == "trigger":
                yield f"{kind} {name}", "is not one that the migrations make"
        elif found[kind, name] != made[kind, name]:
            yield f"{kind} {name}", "is not what the migrations made"


def count_problems(store: Store) -> Iterator[tuple[str, str]]:
    """Yield (table, its problem) for lists and counts that differ from the revisions and articles."""
    for table, (kept, made) in _RECOMPUTED.items():
        differs = "SELECT 1 FROM (SELECT * FROM ({}) EXCEPT SELECT * FROM ({})) LIMIT 1"
        if store.value(differs.format(kept, made)) or store.value(differs.format(made, kept)):
            yield table, "does not hold what the revisions say"


def text_problems(store: Store) -> Iterator[tuple[str, str]]:
    """Yield (revision, its problem): its search text, its number of words and its correction note must be those of its text;
    nothing of a withdrawn text may be left.
    """
    for row in store.rows(f"{searching.REVISIONS} WHERE {_NOT_WITHDRAWN}"):
        found = store.row("SELECT * FROM search_texts WHERE revision_id = ?", (row["revision_id"],))
        if found and not _is_damaged(row) and not _is_text_of(store, found, row):
            yield f"revision {row['revision_id']}", "is found by other words than it has"
    for row in store.rows(f"{questions.REVISIONS} WHERE {_NOT_WITHDRAWN}"):
        found = store.row("SELECT words, note FROM revision_facts WHERE revision_id = ?", (row["revision_id"],))
        if not _is_damaged(row) and found != questions.words_and_note(row):
            yield f"revision {row['revision_id']}", "has other words or another correction in revision_facts than in its text"
    for table in ("search_texts", "revision_facts"):
        of_withdrawn = f"SELECT t.revision_id FROM {table} t JOIN revisions r ON r.id = t.revision_id WHERE NOT {_NOT_WITHDRAWN}"
        for row in store.rows(of_withdrawn):
            yield f"revision {row['revision_id']}", f"was withdrawn, and {table} holds words of it"


def _is_damaged(row: Row) -> bool:
    """Whether a text column holds bytes; the check of the seals reports it."""
    return any(isinstance(value, bytes) for value in row.values())


def _is_text_of(store: Store, found: Row, row: Row) -> bool:
    """Whether a row of `search_texts` was made from a revision, at its present URL or an earlier one. It may lack the URL: an
    older version lost it when a late capture arrived.
    """
    urls = [url for (url,) in store.values(_ADDRESSES, {"id": row["revision_id"]})] if found["address"] else [""]
    return found == searching.search_text(row) or any(found == searching.search_text(row | {"url": url}) for url in urls)


def _objects(store: Store) -> dict[tuple[str, str], str]:
    return {(row["type"], row["name"]): row["sql"] for row in store.rows(_OBJECTS)}
