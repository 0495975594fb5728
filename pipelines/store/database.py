"""The one file that opens SQLite: opening, migrating, transactions, statements. It does not know what the rows mean.

Every connection: WAL, `synchronous=NORMAL`, foreign keys on, a busy timeout. Writers begin IMMEDIATE, so that a writer waits
for its turn at the start and never fails half way because its snapshot is out of date.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from pipelines.store.schema import LATEST, label, migrations

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_SECONDS = 30.0
"""How long a writer waits for another. Transactions take milliseconds; a longer wait means a stuck process."""

STEPS_BETWEEN_LOOKS = 2_000
"""Steps of SQLite's virtual machine between two checks of a time limit: some 50 µs."""

READER_CACHE_KB = 32_000
"""Page cache of a reader. SQLite's default of 2 MB loses the inner pages of a large ledger's indexes between two queries."""

_NOT_SEARCHED = """
SELECT count(*) FROM revisions r WHERE NOT EXISTS (SELECT 1 FROM search_texts t WHERE t.revision_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.article_id = r.article_id)
"""
_REPAIR = "put back a copy that `newsledger backup` made"
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NOT_WRITABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
"""Also raised to a reader that cannot make the small file beside the ledger that WAL needs, as on a read-only medium."""

Row = dict[str, Any]


class StoreError(Exception):
    """The store cannot be opened, read or migrated; the message says which file and why."""


class RefusedRowError(StoreError):
    """The schema refuses a row, for example because its key is taken."""


class TooSlowError(StoreError):
    """A statement takes longer than the caller allows."""


class Store:
    """An open ledger file. Use it as a context manager, or `close()` it."""

    def __init__(self, path: Path | str, *, readonly: bool = False) -> None:
        """Open the file at `path`; a writer creates it if it is missing, and migrates it if it is older.

        Raises StoreError if the file is missing (readonly), is not a ledger, was written by a newer version, or cannot be
        written.
        """
        self.path = Path(path)
        self.readonly = readonly
        self._committed: Store | None = None
        try:
            self._db = self._open()
            self._prepare()
        except sqlite3.Error as error:
            if not readonly or _code(error) not in _NOT_WRITABLE:
                raise self._translated(error) from error
            self._open_immutable()

    def close(self) -> None:
        """Close the connection; the last writer's close moves the write-ahead log into the file."""
        if self._committed:
            self._committed.close()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def committed(self) -> Store:
        """The ledger without what the open transaction has written: another, read-only connection."""
        if self._committed is None:
            self._committed = Store(self.path, readonly=True)
        return self._committed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nested use joins the outer one."""
        if self._db.conn.in_transaction:
            yield
            return
        conn = self._db.conn
        try:
            conn.execute("BEGIN IMMEDIATE")
            yield
            conn.execute("COMMIT")
        except BaseException as error:
            if conn.in_transaction:
                conn.rollback()
            if isinstance(error, sqlite3.Error):
                raise self._translated(error) from error
            raise

    def rows(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> Iterator[Row]:
        """The rows of a query, one at a time."""
        try:
            cursor = self._db.conn.execute(sql, parameters)  # type: ignore[arg-type]
            names = [column[0] for column in cursor.description or ()]
            for values in cursor:
                yield dict(zip(names, values, strict=True))
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def values(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query as tuples of their values; faster for many small rows."""
        try:
            return self._db.conn.execute(sql, parameters).fetchall()  # type: ignore[arg-type]
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def row(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> Row | None:
        """The first row of a query."""
        return next(self.rows(sql, parameters), None)

    def value(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> Any:
        """The first column of the first row, or None."""
        try:
            row = self._db.conn.execute(sql, parameters).fetchone()  # type: ignore[arg-type]
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error
        return row[0] if row else None

    def text(self, sql: str, parameters: Iterable[object] | Mapping[str, object] = ()) -> str | None:
        """As `value`, for a column of texts."""
        found: str | None = self.value(sql, parameters)
        return found

    def execute(self, sql: str, parameters: Iterable[object] = ()) -> int:
        """Run one statement; return the number of changed rows."""
        return self._run(sql, tuple(parameters)).rowcount

    def insert(self, table: str, row: Row, *, on_conflict: str = "ABORT") -> int:
        """Insert a row, and return its id. `table` and the keys of `row` are our own names, never input from strangers."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT OR {on_conflict} INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names are our own
        try:
            return self._run(sql, tuple(row.values())).lastrowid or 0
        except (sqlite3.IntegrityError, OverflowError) as error:
            raise RefusedRowError(f"{self.path}: {error}") from error

    def update(self, table: str, row_id: int | str, row: Row) -> None:
        pairs = ", ".join(f"{column} = ?" for column in row)
        self._run(f"UPDATE {table} SET {pairs} WHERE id = ?", (*row.values(), row_id))  # noqa: S608 - as above

    def _run(self, sql: str, parameters: tuple[object, ...]) -> sqlite3.Cursor:
        """Run one statement that writes. IntegrityError is left to the caller; any other error becomes a StoreError."""
        try:
            return self._db.conn.execute(sql, parameters)
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def upsert(self, table: str, rows: Iterable[Row], key: str | tuple[str, ...]) -> None:
        """Insert rows, or set the given columns of rows whose key exists; in one transaction."""
        with self.transaction():
            self._db.table(table).upsert_all(rows, pk=key)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within see one moment of the ledger, whatever others write at the same time."""
        try:
            self._db.conn.execute("BEGIN")
            yield
        except sqlite3.Error as error:
            raise self._translated(error) from error
        finally:
            self._db.conn.rollback()

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Limit the time of all statements within together. At its end the running one raises TooSlowError, and so do later ones.

        One step of the full-text index counts as one step, however long it takes: the caller must bound its queries.
        """
        ends = time.monotonic() + seconds
        self._db.conn.set_progress_handler(lambda: time.monotonic() > ends, STEPS_BETWEEN_LOOKS)
        try:
            yield
        except sqlite3.Error as error:
            raise self._translated(error) from error
        finally:
            self._db.conn.set_progress_handler(None, 0)

    @contextmanager
    def lenient(self) -> Iterator[None]:
        """Within, bytes that are not UTF-8 are read as lone surrogates, and do not end the reading."""
        self._db.conn.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            yield
        finally:
            self._db.conn.text_factory = str

    def schema_version(self) -> int:
        """A number that changes when any process changes a table, an index or a view."""
        return int(self.value("PRAGMA schema_version"))

    def backup(self, target: Path) -> None:
        """Write a complete, consistent copy of the ledger to `target`, while others write; raises StoreError.

        The copy is one file without write-ahead log, so that it can be read in a read-only folder.
        """
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                self._db.conn.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise StoreError(f"{target}: {error}") from error

    def tidy(self, *, vacuum: bool = False) -> None:
        """Update the planner's statistics, and move the write-ahead log into the file if readers allow; raises StoreError.

        `vacuum` rewrites the whole file, to return free space to the disk: it needs the same space again, and other writers
        wait, or fail, until it is done.
        """
        conn = self._db.conn
        try:
            if vacuum:
                conn.execute("VACUUM")
            conn.execute("PRAGMA optimize").fetchall()
            conn.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if vacuum else 'PASSIVE'})").fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error

    @contextmanager
    def overwriting(self) -> Iterator[None]:
        """Within, deleted or replaced content is overwritten in the file, the full-text index and the log, not only released.

        Readers can prevent that the log is emptied; then the last connection to close empties it.
        """
        conn = self._db.conn
        conn.execute("PRAGMA secure_delete = ON")
        try:
            yield
            conn.execute("INSERT INTO revisions_fts (revisions_fts) VALUES ('optimize')")
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error
        finally:
            conn.execute("PRAGMA secure_delete = OFF")

    def integrity_problems(self) -> list[str]:
        """Problems that SQLite's own checks find; empty if there are none."""
        try:
            found = [str(row[0]) for row in self._db.conn.execute("PRAGMA integrity_check") if row[0] != "ok"]
            return found + [f"foreign key: {row}" for row in self._db.conn.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:  # too damaged for the checks
            return [str(error)]

    def search_problem(self) -> str | None:
        """The problem of the full-text index compared with the texts; None if there is none. Needs a writable store.

        Raises StoreError if the index cannot be checked.
        """
        try:
            with self.transaction():
                self._db.conn.execute("INSERT INTO revisions_fts (revisions_fts, rank) VALUES ('integrity-check', 1)")
        except StoreError as error:
            if "malformed" in str(error):
                return "does not hold what the revisions say"
            raise
        missing = self.value(_NOT_SEARCHED)
        return f"lacks {missing} revision{'s' if missing != 1 else ''}" if missing else None

    def _open(self, *, immutable: bool = False) -> Database:
        if self.readonly and not holds_something(self.path):
            raise StoreError(f"{self.path}: there is no ledger here yet; `newsledger crawl` or `newsledger demo` makes one")
        if not self.readonly:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{self.path}: {error.strerror}") from error
        mode = ("ro&immutable=1" if immutable else "ro") if self.readonly else "rwc"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        conn = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, cached_statements=512)
        return Database(conn, execute_plugins=False)

    def _open_immutable(self) -> None:
        """Open as a file that nobody changes; only if its log holds nothing that would be missed."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if holds_something(log):
            raise StoreError(f"{self.path}: {log.name} holds what was written last, and cannot be read where nothing may be "
                             "written: copy both files to a place that can be written to")  # fmt: skip
        try:
            self._db = self._open(immutable=True)
            self._prepare()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _prepare(self) -> None:
        """Check, set up and migrate; the connection is closed if that fails."""
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise

    def _set_up(self) -> None:
        conn = self._db.conn
        conn.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")
        conn.execute("PRAGMA foreign_keys = ON")
        applied = [migration.name for migration in migrations.applied(self._db)]
        if not applied and self._db.table_names():
            raise StoreError(f"{self.path}: an SQLite file, but no ledger")
        if applied and max(applied) > LATEST:
            raise StoreError(f"{self.path}: written by a newer version ({max(applied)}); update newsledger to open it")
        conn.execute("CREATE VIRTUAL TABLE temp.revision_words USING fts5vocab(main, revisions_fts, row)")  # the index's words
        if self.readonly:
            if migrations.pending(self._db):
                raise StoreError(f"{self.path}: written by an older version; `newsledger upgrade` brings it up to date")
            conn.execute("PRAGMA query_only = ON")
            conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
            return
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = NORMAL")
        self._migrate()

    def _migrate(self) -> None:
        """Migrate the file in one transaction; a ledger that is not empty is first copied to a file beside it."""
        pending = migrations.pending(self._db)
        if not pending and label(self._db):
            return
        if pending and migrations.applied(self._db):
            copy = self.path.with_name(f"{self.path.name}.before-{pending[0].name}")
            self.backup(copy)
            logger.warning("%s: migrated to %s; the file as it was is kept as %s", self.path, pending[-1].name, copy.name)
        with self.transaction():
            migrations.apply(self._db)
            label(self._db)

    def _translated(self, error: sqlite3.Error) -> StoreError:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return TooSlowError(f"{self.path}: takes longer than is allowed")
        if _code(error) == sqlite3.SQLITE_NOTADB:
            return StoreError(f"{self.path}: {error}: no ledger, or one whose first page is damaged; then {_REPAIR}")
        if _code(error) == sqlite3.SQLITE_CORRUPT:
            return StoreError(f"{self.path} is damaged ({error}): `newsledger verify` tells where; {_REPAIR}")
        if _code(error) in _BUSY:
            held = f"another process has kept it locked for {BUSY_TIMEOUT_SECONDS:g} s"
            return StoreError(f"{self.path}: {held} ({error}); `fuser {self.path}` names it")
        if _code(error) in _NOT_WRITABLE:
            who = "run as the user that owns them, or give them to this one"
            return StoreError(f"{self.path}: the file or its folder may only be read, or not even that ({error}); {who}")
        return StoreError(f"{self.path}: {error}")


def holds_something(path: Path) -> bool:
    """Whether the file exists and is not empty; for SQLite, too, an empty file is the same as none."""
    return path.is_file() and path.stat().st_size > 0


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, without its extension."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
