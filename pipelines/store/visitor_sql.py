"""Runs visitors' SQL in separate processes: each has limited memory and time, and is ended if it exceeds them.

Within a process SQLite cannot be stopped reliably: it checks the time between the steps of its virtual machine, and one step,
such as LIKE over a long text, has no time limit. So each statement runs in a child process that holds nothing but a read-only
connection; it stops by itself in time, or is killed soon after.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MEMORY_BYTES = 256_000_000
"""Maximum memory of a child, in addition to what it needs at its start."""
ANSWER_BYTES = 32_000_000
"""Maximum size of an answer that is not streamed."""
FILE_BYTES = 1_000_000_000
"""Maximum size of a file in which SQLite sorts what is too large for memory."""
MAX_TEXT, MAX_SQL, MAX_LIKE = 20_000_000, 100_000, 200
"""Maximum bytes of a value, of a statement, and of a LIKE pattern."""
BATCH_ROWS, BATCH_BYTES = 500, 1_000_000
NICENESS = 15
"""Lower priority than the server's own pages. Higher: a busy machine answers statements last; lower: four slow every page."""
GRACE_SECONDS = 0.5
"""A child that has not answered this long after its time limit is killed."""
START_SECONDS = 30.0

_FIRST_USE = """
SELECT c.revision_id FROM revisions_fts CROSS JOIN changes c ON c.revision_id = revisions_fts.rowid
WHERE revisions_fts MATCH ? AND c.shown ORDER BY c.first_seen, c.revision_id LIMIT 1
"""
Values = Sequence[object] | Mapping[str, object]
Spell = Callable[[str], str]
"""Words as people type them -> query of the full-text index."""
_CONTEXT = multiprocessing.get_context("spawn")


class SqlError(Exception):
    """SQLite's error about a statement; it names no file."""


class SqlInterruptedError(SqlError):
    """A statement needed more time or memory than allowed."""


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """Rows, and whether there were more than requested."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool


class SqlProcess:
    """A child process with a connection to one ledger; only for one thread at a time. It starts at the first statement."""

    def __init__(self, db: Path, spell: Spell) -> None:
        """`spell`, a function of a module, is `escape_fts` in SQL, and also reads the words of `first_use`."""
        self._db = db
        self._spell = spell
        self._child: Any = None
        self._pipe: Connection | None = None

    def run(self, sql: str, values: Values, *, rows: int | None, milliseconds: int) -> SqlAnswer:
        """At most `rows` rows of a statement. Raises SqlError."""
        columns: tuple[str, ...] = ()
        found: list[tuple[Any, ...]] = []
        for columns, batch in self.stream(sql, values, milliseconds=milliseconds, rows=None if rows is None else rows + 1):  # noqa: B007
            found += batch
        is_cut = rows is not None and len(found) > rows
        return SqlAnswer(columns, found[:rows], is_cut)

    def stream(self, sql: str, values: Values, *, milliseconds: int, rows: int | None = None,
               whole: bool = False) -> Iterator[tuple[tuple[str, ...], list[tuple[Any, ...]]]]:  # fmt: skip
        """Columns and rows in batches, all of one moment of the ledger; at least one batch. Raises SqlError.

        `whole`: without the limit of ANSWER_BYTES.
        """
        pipe = self._connection()
        is_done = False
        ends = time.monotonic() + milliseconds / 1000 + GRACE_SECONDS
        try:
            pipe.send((sql, values, milliseconds, rows, None if whole else ANSWER_BYTES))
            while True:
                if not pipe.poll(max(0.0, ends - time.monotonic())):
                    raise SqlInterruptedError("interrupted")
                kind, *told = pipe.recv()
                if kind == "rows":
                    yield told[0], told[1]
                    continue
                is_done = True
                if kind == "end":
                    return
                raise (SqlInterruptedError if kind == "interrupted" else SqlError)(told[0])
        except (EOFError, OSError) as error:  # the child ended because it got no more memory
            raise SqlInterruptedError("takes more memory than is allowed") from error
        finally:
            if not is_done:
                self.close()

    def close(self) -> None:
        """Kill the child, whatever it does."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._child is not None:
            self._child.kill()
            self._child.join()
            self._child.close()
            self._child = None

    def _connection(self) -> Connection:
        if self._pipe is not None and self._child.is_alive():
            return self._pipe
        self.close()
        self._pipe, theirs = _CONTEXT.Pipe()
        self._child = _CONTEXT.Process(target=_serve, args=(theirs, str(self._db), self._spell), daemon=True)
        self._child.start()
        theirs.close()
        if not self._pipe.poll(START_SECONDS):
            self.close()
            raise SqlInterruptedError("no process could be started")
        self._pipe.recv()
        return self._pipe


def connect(db: Path | str, spell: Spell) -> sqlite3.Connection:
    """A connection for statements from strangers."""
    conn = sqlite3.connect(f"{Path(db).absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
    conn.text_factory = lambda raw: str(raw, "utf-8", "replace")
    conn.create_function("escape_fts", 1, lambda words: spell(str(words)) or '""', deterministic=True)  # Datasette's name for it
    conn.create_function("first_use", 1, lambda words: _first_use(conn, spell(str(words)) if words else ""))
    _restrict(conn)
    return conn


def columns_alone(sql: str) -> str:
    """A statement with the columns of another, and no rows."""
    return f"SELECT * FROM ({sql}) LIMIT 0"  # noqa: S608 - it is run where a visitor's is


def _first_use(conn: sqlite3.Connection, words: str) -> int | None:
    """The first shown revision that contains the words."""
    row = conn.execute(_FIRST_USE, (words,)).fetchone() if words else None
    return int(row[0]) if row else None


def _serve(pipe: Connection, db: str, spell: Spell) -> None:
    """Main function of the child: runs one statement after another, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    pipe.send("ready")
    with suppress(EOFError, OSError), closing(connect(db, spell)) as conn:
        conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _limit()
        while True:
            sql, values, milliseconds, rows, most = pipe.recv()
            try:
                for columns, batch in _batches(conn, sql, values, milliseconds, rows, most):
                    pipe.send(("rows", columns, batch))
                pipe.send(("end",))
            except (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError, TypeError) as error:
                pipe.send(("interrupted" if str(error) == "interrupted" else "error", str(error)))
            except MemoryError:
                pipe.send(("interrupted", "takes more memory than is allowed"))


def _batches(conn: sqlite3.Connection, sql: str, values: Values, milliseconds: int, rows: int | None,
             most: int | None) -> Iterator[tuple[tuple[str, ...], list[tuple[Any, ...]]]]:  # fmt: skip
    ends = time.monotonic() + milliseconds / 1000
    conn.set_progress_handler(lambda: time.monotonic() > ends, 1_000)
    with closing(conn.execute(sql, values)) as cursor:  # one statement sees one moment of the ledger
        columns = tuple(column[0] for column in cursor.description or ())
        batch: list[tuple[Any, ...]] = []
        size = sent = 0
        for count, row in enumerate(cursor, 1):
            batch.append(row)
            size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
            if most is not None and sent + size > most:
                raise MemoryError
            if count == rows:
                break
            if size > BATCH_BYTES or len(batch) == BATCH_ROWS:
                yield columns, batch
                batch, sent, size = [], sent + size, 0
        yield columns, batch


def _limit() -> None:
    """Limit the process to its present memory plus MEMORY_BYTES, and its files to FILE_BYTES; lower its priority."""
    os.nice(NICENESS)
    used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES,) * 2)


def _restrict(conn: sqlite3.Connection) -> None:
    """Make a connection safe for statements from strangers: it only reads, attaches no other file, and no value, statement or
    LIKE pattern is longer than the limits.
    """
    conn.execute("PRAGMA query_only = ON")
    conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
    conn.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_LIKE)
    conn.set_authorizer(_authorize)


_FORBIDDEN = frozenset({"fts3_tokenizer", "load_extension", "readfile", "writefile", "edit", "fsdir"})
"""Functions that return or take addresses in the process's memory, or that access files."""

_TABLES = ("foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo", "table_info", "table_xinfo")
_PRAGMAS = frozenset({*_TABLES, "data_version", "schema_version"})
"""Pragmas that only describe tables, and those that FTS5 and Datasette use; others change the connection, or name the file."""


def _authorize(action: int, first: str | None, name: str | None, _database: str | None, _trigger: str | None) -> int:
    if action in (sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT):  # a transaction left open would affect later statements
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (name or "").lower() in _FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
