"""Schema of the store (tables, indexes, views, full-text search): numbered migrations, SQL files. Their first line says why.

A migration that has landed is never edited; a change is a new file. If SQL cannot compute the content of a new column or
table, a function of `FILLS` does. docs/schema.md describes every column, and so does the ledger itself (documentation); a test
checks that. Times are UTC, ISO 8601 with `Z`; if a page gave only a day, the day alone.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database, Migrations

from pipelines.store.schema import documentation, questions, searching
from pipelines.text.urls import article_key

_FOLDER = Path(__file__).with_name("migrations")
_FILLED_HERE = "-- Filled here, by a function."
"""The line of a migration at which its function of `FILLS` is called."""
APPLICATION_ID = 0x4E4C4447
"""`NLDG`: lets `file` and other programs distinguish a ledger from other SQLite files."""


def _suspended_hosts(db: Database) -> None:
    """The sentence about a suspended host begins with the host; one that is not the site's own gets another code."""
    for site_id, url in db.execute("SELECT id, url FROM sites").fetchall():
        own = f"{urlsplit(url).netloc.lower()} "
        sql = """UPDATE crawls SET reason_code = 'other_host_suspended'
            WHERE site_id = :site AND reason_code = 'host_suspended' AND substr(reason, 1, :length) <> :own"""
        db.execute(sql, {"site": site_id, "own": own, "length": len(own)})


def _search_texts(db: Database) -> None:
    db.conn.executemany(searching.PUT_TEXT, searching.search_texts(db.execute(searching.REVISIONS)))


def _other_spellings(db: Database) -> None:
    """Write the other spellings of texts that have any; each such text is indexed again."""
    db.conn.execute("CREATE TEMP TABLE spelled (revision_id INTEGER PRIMARY KEY, letters TEXT)")
    found = (
        (row["revision_id"], row["letters"]) for row in searching.search_texts(db.execute(searching.REVISIONS)) if row["letters"]
    )
    db.conn.executemany("INSERT INTO temp.spelled VALUES (?, ?)", found)
    db.execute("""UPDATE search_texts SET letters = s.letters FROM temp.spelled s
        WHERE s.revision_id = search_texts.revision_id AND s.letters IS NOT search_texts.letters""")
    db.execute("DROP TABLE temp.spelled")


def _facts(db: Database) -> None:
    found = db.execute(questions.REVISIONS)
    db.conn.executemany(questions.PUT_FACT, questions.facts((column[0] for column in found.description), found))


def _dead_ends(db: Database) -> None:
    urls = db.execute("SELECT DISTINCT url FROM fetches WHERE article_id IS NULL").fetchall()
    db.conn.executemany("INSERT INTO dead_ends VALUES (?, ?)", ((url, article_key(url)) for (url,) in urls))


FILLS: dict[str, Callable[[Database], None]] = {
    "m019_suspended_hosts": _suspended_hosts,
    "m023_search_in_every_script": _search_texts,
    "m030_questions": _facts,
    "m036_snapshot_question": _dead_ends,
    "m041_other_spellings": lambda _: None,  # m044 does the same with more spellings
    "m044_more_spellings": _other_spellings,
}


def script(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def meaning(name: str) -> str:
    return script(name).partition("\n")[0].removeprefix("-- ")


def statements(name: str) -> Iterator[str]:
    """The statements of a migration one at a time, because `executescript` would commit its transaction."""
    statement = ""
    for line in script(name).splitlines(keepends=True):
        if line.startswith("--"):
            if line.strip() == _FILLED_HERE:
                yield _FILLED_HERE
            continue
        statement += line
        if statement.rstrip().endswith("END;" if "CREATE TRIGGER" in statement else ";"):
            yield statement.strip()
            statement = ""


def _migrate(name: str, db: Database) -> None:
    for statement in statements(name):
        if statement == _FILLED_HERE:
            FILLS[name](db)
        else:
            db.execute(statement)


migrations = Migrations("newsledger")
for _name in sorted(file.stem for file in _FOLDER.glob("m*.sql")):
    migrations(name=_name)(partial(_migrate, _name))  # type: ignore[type-var] # its own name is not asked for
    LATEST = _name
"""Name of the last migration; names sort by number, so a greater name is from a newer version."""
NUMBER = int(LATEST[1:4])
"""Number of the last migration, as in `user_version` of the file."""


def steps_of(path: Path) -> tuple[list[str], list[str], int]:
    """The migrations that a file has, those that it lacks, and its number of revisions; reads only.

    Raises ValueError if it cannot be read; a file without migrations is not a ledger.
    """
    is_fixed = not os.access(path.absolute().parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_fixed else ''}"  # on read-only media no log can be made
        with closing(sqlite3.connect(uri, uri=True)) as conn:
            db = Database(conn, execute_plugins=False)
            applied = [migration.name for migration in migrations.applied(db)]
            pending = [migration.name for migration in migrations.pending(db)]
            return applied, pending, int(conn.execute("SELECT count(*) FROM revisions").fetchone()[0]) if applied else 0
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error


def label(db: Database) -> bool:
    """Whether the file already has its labels: its application id, the number of its last migration and its documentation.

    Within a transaction, writes them if they are missing.
    """
    conn = db.conn
    is_labelled = (
        conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        and conn.execute("PRAGMA user_version").fetchone()[0] == NUMBER
        and tuple(conn.execute("SELECT relation, column_name, meaning FROM documentation ORDER BY rowid"))
        == documentation.documentation()
    )
    if is_labelled or not conn.in_transaction:
        return is_labelled
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    conn.execute(f"PRAGMA user_version = {NUMBER}")
    conn.execute("DELETE FROM documentation")
    conn.executemany("INSERT INTO documentation VALUES (?, ?, ?)", documentation.documentation())
    return True
