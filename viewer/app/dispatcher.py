"""Dispatcher: answers several requests at the same time from one ledger, each in a thread with its own connection, in bounded
time.

Knows no socket and no Datasette. A connection is kept for the next request (opening costs 3 ms, as much as a page). It is
opened again if the file or its schema has changed since.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.store.database import Store, StoreError, TooSlowError
from pipelines.store.ledgers import Ledgers
from pipelines.store.pages import NO_FILE, ArchivedPage
from viewer.app import routes
from viewer.http import Request, Response
from viewer.rendering import refusal
from viewer.repository import ReadPage, Repository

logger = logging.getLogger(__name__)

READERS = 8
"""Requests answered at the same time. Each may hold one archived page (12 MB) in memory."""
MAX_WAITING = 200
"""Requests that wait for a reader; a further one gets status 503 and a Retry-After."""
PAGE_SECONDS = 5.0
"""Time limit of all queries of one page together: ten times what our slowest page takes with a million articles."""


RespondOverAll = Callable[[Request, Repository, str, Ledgers], Response | None]


def _refuse(_request: Request, _repository: Repository, base: str, _ledgers: Ledgers) -> Response:
    return refusal(404, "Several ledgers are not shown here.", urlsplit(base).path.rstrip("/"))


def nothing_archived(_page: ArchivedPage) -> str:
    """The default of `DispatcherConfig.page`: there is no archive."""
    return NO_FILE


@dataclass(frozen=True, slots=True)
class DispatcherConfig:
    """The ledger that a dispatcher shows, and the addresses of its pages."""

    db: Path
    clock: Callable[[], datetime]
    page: ReadPage = nothing_archived
    tables: str = ""
    """Path of all tables below our own path: "/ledger"."""
    base_url: str | None = None
    """Public address behind a proxy, without a final slash; default: the host that the client named."""
    prefix: str = ""
    """The path before all of our paths: "/news"."""
    more: tuple[Path, ...] = ()
    """Other ledgers that are read together with `db`, as one."""


class Dispatcher:
    """Answers requests from a ledger until it is closed."""

    def __init__(self, shown: DispatcherConfig, over_all: RespondOverAll = _refuse) -> None:
        """`over_all` answers if there are several ledgers."""
        self.shown = shown
        self._over_all = over_all
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._kept = threading.local()
        self._waiting = 0

    async def answer(self, request: Request, base: str) -> Response | None:
        """The response of one of our pages; None if the address is not ours. No request and no state of the ledger makes it
        raise."""
        if self._waiting >= MAX_WAITING:
            return refusal(503, "Too many ask at once.", self.shown.prefix, ("Retry-After", "5"))
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, self._answer, request, base)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Wait for the readers' last responses, then end them."""
        self._readers.shutdown()

    def _answer(self, request: Request, base: str) -> Response | None:
        root = urlsplit(base).path.rstrip("/")
        try:
            reader = self._reader()
            store, ledgers = reader.store, reader.ledgers
            with store.snapshot(), store.limited(PAGE_SECONDS):
                repository = Repository(store, self.shown.page, self.shown.clock(), self.shown.tables)
                return (
                    self._over_all(request, repository, base, ledgers) if ledgers else routes.respond(request, repository, base)
                )
        except TooSlowError:
            logger.warning("%s: took longer than %s s", request.target[:200], PAGE_SECONDS)
            return refusal(503, "This takes longer than a page may take. Ask for less, such as fewer days or rarer words.", root)
        except StoreError as error:
            self._close_reader()
            logger.warning("%s: %s", request.target[:200], error)
            return refusal(503, "The ledger cannot be read now.", root, ("Retry-After", "5"))
        except Exception:  # the boundary: one request must not take the thread's traceback to the client
            self._close_reader()
            logger.exception("%s %s", request.method, request.target[:200])
            return refusal(500, "This page could not be made; the server's log says why.", root)

    def _reader(self) -> _Reader:
        kept: _Reader | None = getattr(self._kept, "reader", None)
        if kept is not None and kept.is_current():
            return kept
        self._close_reader()
        self._kept.reader = _Reader(self.shown.db, self.shown.more)
        reader: _Reader = self._kept.reader
        return reader

    def _close_reader(self) -> None:
        kept: _Reader | None = getattr(self._kept, "reader", None)
        self._kept.reader = None
        if kept is not None:
            kept.store.close()


class _Reader:
    """One or several open ledgers, with file and schema version as they were when opened."""

    def __init__(self, db: Path, more: tuple[Path, ...]) -> None:
        self.ledgers = Ledgers((db, *more)) if more else None
        self.store = self.ledgers or Store(db, readonly=True)
        self._each = self.ledgers.each if self.ledgers else (self.store,)
        self._was = self._is()

    def is_current(self) -> bool:
        """Whether each path still leads to the file that is open, with the same schema version."""
        try:
            return self._is() == self._was
        except (OSError, StoreError):
            return False

    def _is(self) -> list[tuple[int, int, int]]:
        files = [store.path.stat() for store in self._each]
        with self.store.snapshot():  # so that errors are StoreErrors
            versions = [store.schema_version() for store in self._each]
        return [(file.st_dev, file.st_ino, version) for file, version in zip(files, versions, strict=True)]
