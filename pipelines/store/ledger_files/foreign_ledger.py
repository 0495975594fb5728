"""Reads a ledger that somebody else made, as an untrusted file: only tables, only our columns, each once and in one pass.

Nothing in its schema is run: no view, trigger, generated column or virtual table is read, its own indexes are not
trusted, and only SELECT of named columns is authorised. Each row has a time limit, so that no file can block the reader.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.store.database import STEPS_BETWEEN_LOOKS, Row, StoreError
from pipelines.store.schema import LATEST

SECONDS_FOR_A_ROW = 30.0
"""Maximum time for a row, including a wait for a lock. Lower: a slow disk ends a merge; higher: a bomb takes longer."""
MAX_VALUE_BYTES = 32_000_000
"""Maximum size of a value or row; larger ones are reported and skipped. A body has at most half a million characters."""
MOST_PROBLEMS = 10_000
"""Maximum number of problems that are kept. Higher: a ledger that has only wrong rows fills the memory."""
_LEAST_ROW_BYTES = 3
"""Minimum size of a row in a file: more rows than that are possible only if pages are referenced twice."""
_FIRST = -(2**63)
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_TOO_LARGE, _INTERRUPTED = "SQLITE_TOOBIG", "SQLITE_INTERRUPT"


class ForeignLedger:
    """An open ledger of somebody else, and the problems found in it. Use it as a context manager."""

    def __init__(self, path: Path, tables: Iterable[str]) -> None:
        """`tables` are those that may be read.

        Raises StoreError if the file cannot be read, is not a ledger, or was written by a newer version.
        """
        self.path = path
        self.problems: list[str] = []
        self.untold = 0
        """Number of problems beyond `MOST_PROBLEMS`, which are only counted."""
        self._deadline = 0.0
        if not path.is_file():
            raise StoreError(f"{path}: no file")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        try:
            self._conn = sqlite3.connect(uri, uri=True, timeout=SECONDS_FOR_A_ROW, isolation_level=None)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error
        try:
            self._restrict()
            self._columns = self._read_schema((*tables, "_sqlite_migrations"))
        except sqlite3.Error as error:
            self._conn.close()
            raise StoreError(f"{path}: {error}") from error
        except StoreError:
            self._conn.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._conn.close()

    def tell(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.untold += 1

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of a table, ordered by `id` if that is among the columns; a column that the table lacks is None.

        Bytes that are not UTF-8 become lone surrogates. What cannot be read is reported in `problems`.
        """
        have = self._columns.get(table)
        if have is None:
            self.tell(f"{table}: no such table")
            return
        chosen = ", ".join(column if column in have else "NULL" for column in columns)
        sql = f"SELECT {chosen} FROM {table} NOT INDEXED"  # noqa: S608 - our own names
        reading = self._by_id(table, sql, columns.index("id")) if "id" in columns and "id" in have else self._scan(sql)
        left = self.path.stat().st_size // _LEAST_ROW_BYTES
        try:
            for values in reading:
                left -= 1
                if left < 0:
                    raise sqlite3.DatabaseError("more rows than the file has room for")
                yield dict(zip(columns, values, strict=True))
        except sqlite3.Error as error:
            self.tell(f"{table}: the rest cannot be read: {_error_text(error)}")

    def _scan(self, sql: str, *parameters: object) -> Iterator[Sequence[Any]]:
        self._deadline = time.monotonic() + SECONDS_FOR_A_ROW
        with closing(self._conn.execute(sql, parameters)) as cursor:
            for values in cursor:
                yield values
                self._deadline = time.monotonic() + SECONDS_FOR_A_ROW

    def _by_id(self, table: str, sql: str, place: int) -> Iterator[Sequence[Any]]:
        """Rows in order of their ids; a row that is too large is reported, and those after it are still read."""
        last: Any = None
        while True:
            try:
                found = (
                    self._scan(f"{sql} WHERE id > ? ORDER BY id", last) if last is not None else self._scan(f"{sql} ORDER BY id")
                )
                for values in found:
                    if last is not None and type(values[place]) is type(last) and values[place] <= last:
                        raise sqlite3.DatabaseError("its rows are out of order")
                    last = values[place]
                    yield values
                return
            except sqlite3.DataError as error:
                if error.sqlite_errorname != _TOO_LARGE or not isinstance(last, int | None):
                    raise
            # The driver reads one row ahead, so the row before one that is too large is lost with it. So each is read by itself.
            following = f"SELECT id FROM {table} NOT INDEXED WHERE id > ? ORDER BY id LIMIT 1"  # noqa: S608 - our own names
            while True:
                last = next((row[0] for row in self._scan(following, _FIRST if last is None else last)), None)
                if not isinstance(last, int):
                    return
                try:
                    yield from self._scan(f"{sql} WHERE id = ? LIMIT 1", last)
                except sqlite3.DataError:
                    self.tell(f"{table}, row {last}: larger than {MAX_VALUE_BYTES:,} bytes")
                    break

    def _restrict(self) -> None:
        conn = self._conn
        conn.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            conn.execute(f"PRAGMA {pragma}")
        conn.set_progress_handler(lambda: time.monotonic() > self._deadline, STEPS_BETWEEN_LOOKS)
        self._deadline = time.monotonic() + SECONDS_FOR_A_ROW

    def _read_schema(self, tables: Sequence[str]) -> dict[str, frozenset[str]]:
        """The stored columns of each ordinary table; afterwards only reading them is authorised."""
        conn = self._conn
        ordinary = "SELECT 1 FROM sqlite_schema WHERE name = ? AND type = 'table' AND rootpage > 0"
        stored = "SELECT lower(name) FROM pragma_table_xinfo(?) WHERE hidden = 0"
        found = {
            name: frozenset(row[0] for row in conn.execute(stored, (name,)))
            for name in tables
            if conn.execute(ordinary, (name,)).fetchone()
        }
        conn.set_authorizer(_authorise)
        if not {"migration_set", "name"} <= found.get("_sqlite_migrations", frozenset()):
            raise StoreError(f"{self.path}: an SQLite file, but no ledger")
        applied = list(self._scan("SELECT name FROM _sqlite_migrations WHERE migration_set = 'newsledger'"))
        newest = max((str(name) for (name,) in applied), default="")
        if newest > LATEST:
            raise StoreError(f"{self.path}: written by a newer version ({newest[:40]!a}); update newsledger to open it")
        return found


def _authorise(action: int, _first: str | None, _second: str | None, _schema: str | None, within: str | None) -> int:
    """Allow only reading, and nothing on behalf of a view or a trigger."""
    return sqlite3.SQLITE_OK if action in _READING and within is None else sqlite3.SQLITE_DENY


def _error_text(error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorname", None) == _INTERRUPTED:
        return f"a row took longer than {SECONDS_FOR_A_ROW:.0f} seconds"
    return str(error)
