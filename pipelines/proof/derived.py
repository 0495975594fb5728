"""What a ledger derives from its record is what the migrations and the revisions make it: views, triggers, lists and counts.

Reads only. None of it is sealed, for all of it can be made again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.store.database import Store, StoreError

_OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view', 'trigger')"
_OF = "FROM revisions r JOIN articles a ON a.id = r.article_id"
# ruff: noqa: S608 - all of it our own words
# Table -> what it holds, and what it ought to hold. Places in a day's counts only ever widen, and are none of it.
_MADE = {
    "changes": (
        "SELECT revision_id, article_id, site_id, change, first_seen, shown FROM changes",
        f"""SELECT r.id, r.article_id, a.site_id, r.change, r.first_seen,
            r.reads_as IS NULL AND r.article_id NOT IN (SELECT article_id FROM withdrawals) {_OF}""",
    ),
    "day_counts": (
        "SELECT site_id, day, change, n FROM day_counts WHERE n <> 0",
        f"""SELECT a.site_id, substr(r.first_seen, 1, 10), r.change, count(*) {_OF} WHERE r.reads_as IS NULL GROUP BY 1, 2, 3""",
    ),
    "days": (
        "SELECT day, n FROM days WHERE n <> 0",
        "SELECT substr(first_seen, 1, 10), count(*) FROM revisions WHERE reads_as IS NULL GROUP BY 1",
    ),
    "site_counts": (
        "SELECT site_id, counted, kind, n FROM site_counts WHERE n <> 0",
        f"""SELECT site_id, 'articles', state, count(*) FROM articles GROUP BY 1, 3 UNION ALL
            SELECT a.site_id, 'revisions', iif(r.reads_as IS NULL, r.change, 'reads_as'), count(*) {_OF} GROUP BY 1, 3""",
    ),
    # Sums of five digits behind the point, added up in another order.
    "sites": (
        "SELECT id, round(edits_missed, 3), round(edits_unseen, 3) FROM sites WHERE edits_missed + edits_unseen > 0.0005",
        """SELECT site_id, round(sum(edits_missed), 3), round(sum(iif(state = 'live', edits_unseen, 0)), 3) FROM articles
            GROUP BY 1 HAVING sum(edits_missed + iif(state = 'live', edits_unseen, 0)) > 0.0005""",
    ),
}


def schema_problems(store: Store) -> Iterator[tuple[str, str]]:
    """(object, what is wrong with it): views and triggers are those that the migrations make. Views of your own may be there.

    Raises StoreError where a table is missing, for nothing can be read then.
    """
    with tempfile.TemporaryDirectory(prefix="newsledger-") as folder, Store(Path(folder) / "new.db") as new:
        made = _objects(new)
    found = _objects(store)
    if lost := sorted(name for kind, name in made.keys() - found.keys() if kind == "table"):
        raise StoreError(f"{store.path}: no whole ledger: it has no table {', '.join(lost)}")
    for kind, name in sorted(made.keys() | found.keys()):
        if kind == "table":
            continue
        if (kind, name) not in found:
            yield f"{kind} {name}", "is missing"
        elif (kind, name) not in made:
            if kind == "trigger":
                yield f"{kind} {name}", "is none of ours"
        elif found[kind, name] != made[kind, name]:
            yield f"{kind} {name}", "is not what the migrations made"


def count_problems(store: Store) -> Iterator[tuple[str, str]]:
    """(table, what is wrong with it): lists and counts are those of the revisions and articles that there are."""
    for table, (kept, made) in _MADE.items():
        differs = "SELECT 1 FROM (SELECT * FROM ({}) EXCEPT SELECT * FROM ({})) LIMIT 1"
        if store.value(differs.format(kept, made)) or store.value(differs.format(made, kept)):
            yield table, "does not hold what the revisions say"


def _objects(store: Store) -> dict[tuple[str, str], str]:
    return {(row["type"], row["name"]): row["sql"] for row in store.rows(_OBJECTS)}
