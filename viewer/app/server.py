"""Server of `newsledger serve`: Datasette over the ledger, our pages in front of it, the security middleware, and uvicorn.

Both our connections and Datasette's open the ledger read-only, whatever plugins are installed.
"""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from asgi_gzip import GZipMiddleware
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.plugins import pm
from datasette.utils import InvalidSql, sqlite3, validate_sql_select

from pipelines.queries.questions import questions
from pipelines.queries.search_terms import match_of
from pipelines.store.visitor_sql import SqlAnswer, SqlError, SqlInterruptedError, SqlProcess, columns_alone, connect
from viewer.app.csv_tables import STATEMENT_ONLY, CsvTables
from viewer.app.dispatcher import Dispatcher, DispatcherConfig
from viewer.app.federated import LedgerApps, respond
from viewer.app.http_protocol import MAX_HEAD, SlowClientProtocol
from viewer.app.mount import TABLES, MountedPages
from viewer.app.plugin import DISPATCHERS, PLUGIN
from viewer.app.security import AllowedHosts, App, Receive, Scope, SecurityMiddleware, Send, of_tables

NAME = TABLES.strip("/")
"""Name of the database in Datasette."""
COMPRESSION = 5
"""Level of gzip. Higher: a page is a few per cent smaller, and takes twice as long to compress."""
MAX_CONNECTIONS = 256
"""Connections at the same time; a further one gets status 503."""
STOPPING_SECONDS = 5
"""Time limit for unfinished responses after a request to stop."""
THEIRS = re.compile(
    rf"/{NAME}(\.\w+)?(/.*)?|/-/(static|static-plugins)/.{{0,200}}|/-/(metadata|versions|plugins|settings)(\.json)?|/favicon\.ico"
)
"""The paths of Datasette that are shown. Paths that reveal the machine, or who is logged in, are not."""
_NEVER = re.compile(r"(?!)")
SQL_PROCESSES = 3
"""Statements that run at the same time; others wait."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Limits of a query at the tables."""

    sql: bool = True
    """Whether visitors may write their own SQL."""
    sql_time_ms: int = 2_000
    rows: int = 1_000


class Row(tuple[Any, ...]):
    """A row as Datasette reads it: by position and by name."""

    columns: tuple[str, ...]

    def keys(self) -> list[str]:
        return list(self.columns)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.columns.index(key) if isinstance(key, str) else key)


class LedgerDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """The ledger as Datasette opens it: always read-only; statements run in processes that can be ended."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._askers = ThreadPoolExecutor(SQL_PROCESSES, thread_name_prefix="sql")
        self._of_thread = threading.local()

    async def execute(self, sql: str, params: Any = None, truncate: bool = False, custom_time_limit: int | None = None,
                      page_size: int | None = None, log_sql_errors: bool = True) -> Any:  # fmt: skip
        """As Datasette's method, but in another process. Nothing is logged: visitors' wrong statements are no news."""
        if truncate and STATEMENT_ONLY.get():
            sql = columns_alone(sql)
        rows = self.ds.max_returned_rows + (self.ds.max_returned_rows == (page_size or self.ds.page_size)) if truncate else None
        limit = min(self.ds.sql_time_limit_ms, custom_time_limit or self.ds.sql_time_limit_ms)
        values = dict(params) if isinstance(params, Mapping) else params or {}  # Datasette's own mappings cannot be sent
        ask = partial(self._run, sql, values, rows, limit)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._askers, ask)
        except SqlInterruptedError as error:
            raise QueryInterrupted(error, sql, params) from error
        except SqlError as error:
            raise sqlite3.OperationalError(str(error)) from error
        named = type("NamedRow", (Row,), {"columns": found.columns})
        return Results([named(row) for row in found.rows], found.is_cut, [(name, *(None,) * 6) for name in found.columns])

    async def attached_databases(self) -> list[Any]:
        """None: nothing can be attached, and the paths of files are not shown."""
        return []

    def _run(self, sql: str, values: Any, rows: int | None, milliseconds: int) -> SqlAnswer:
        if not hasattr(self._of_thread, "process"):
            self._of_thread.process = SqlProcess(Path(self.path), match_of)
        process: SqlProcess = self._of_thread.process
        return process.run(sql, values, rows=rows, milliseconds=milliseconds)

    def connect(self, write: bool = False) -> Any:
        """A read-only connection; raises PermissionError if `write` is set."""
        if write:
            raise PermissionError("the ledger is only read here")
        conn = connect(self.path, match_of)
        self._all_file_connections.append(conn)
        return conn


def tables(shown: DispatcherConfig, limits: QueryLimits) -> Datasette:
    pm.get_plugin("datasette.handle_exception").rich = None  # or each wrong address prints a traceback with all locals
    if not pm.has_plugin("newsledger"):  # from a checkout that is not installed
        pm.register(PLUGIN, "newsledger")
    settings = {
        "base_url": f"{shown.prefix}/",
        "sql_time_limit_ms": limits.sql_time_ms,
        "max_returned_rows": limits.rows,
        "default_allow_sql": limits.sql,
        "default_cache_ttl": 0,
        "allow_download": False,
        "suggest_facets": False,  # a query for each column, to offer twenty links that nobody asked for; the gears have them
        "truncate_cells_html": 600,
    }
    about = {"title": "Newsledger", "about": "Latest revisions", "about_url": f"{shown.prefix}/",
             "databases": {NAME: {"queries": canned_queries()}}}  # fmt: skip
    made = Datasette(settings=settings, metadata=about, template_dir=str(Path(__file__).parents[1] / "tables"))
    made.remove_database("_memory")
    made.add_database(LedgerDatabase(made, str(shown.db)), name=NAME)
    DISPATCHERS[made] = None  # its dispatcher is in front of it
    return made


def canned_queries() -> dict[str, dict[str, Any]]:
    """The cookbook's questions as Datasette's canned queries, each with its form fields."""
    return {
        one.name: {
            "sql": one.for_visitors,
            "title": one.title,
            "description": f"{one.text} The first {one.first}." if one.first else one.text,
            "params": list(one.parameters),
        }
        for one in questions().values()
    }


def is_query(sql: str) -> bool:
    """Whether Datasette accepts a statement: one that selects, without a pragma that it does not know."""
    try:
        validate_sql_select(sql)
    except InvalidSql:
        return False
    return True


def application(dispatcher: Dispatcher, names: AllowedHosts, limits: QueryLimits) -> App:
    """The whole viewer as one ASGI application."""
    datasette = tables(dispatcher.shown, limits)
    all_tables: App = CsvTables(datasette.app(), datasette, dispatcher.shown.db, NAME, is_query)
    within: App = MountedPages(all_tables, lambda: dispatcher, THEIRS)
    return _compressed(within, names)


def _compressed(within: App, names: AllowedHosts) -> App:
    return SecurityMiddleware(GZipMiddleware(within, compresslevel=COMPRESSION), names, of_tables())


def application_over(shown: DispatcherConfig, alone: Mapping[str, DispatcherConfig], names: AllowedHosts,
                     limits: QueryLimits) -> tuple[App, list[Dispatcher]]:  # fmt: skip
    """The application over several ledgers, with each ledger's application below its name; and the dispatchers, which the
    caller closes."""
    dispatchers = [Dispatcher(shown, respond), *map(Dispatcher, alone.values())]
    over_all = _compressed(MountedPages(_no_application, lambda: dispatchers[0], _NEVER), names)
    each = {name: application(one, names, limits) for name, one in zip(alone, dispatchers[1:], strict=True)}
    return LedgerApps(over_all, each, shown.prefix), dispatchers


async def _no_application(scope: Scope, receive: Receive, send: Send) -> None:
    """The end of the chain: behind the pages over several ledgers there is no other application."""


def listen(host: str, port: int) -> socket.socket:
    """A bound, listening socket; port 0 takes a free port. Raises OSError, and UnicodeError if `host` is not a host name."""
    host.encode("idna")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family, backlog=128)


def url_of(listening: socket.socket, host: str) -> str:
    port = listening.getsockname()[1]
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_local(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host.strip("[]") == "::1"


def serve(app: App, listening: socket.socket, started: Callable[[], None]) -> None:
    """Answer at a socket until SIGTERM or SIGINT; a second signal does not wait for unfinished responses."""
    server = GracefulServer(configured(app))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    started()
    asyncio.run(server.serve(sockets=[listening]))


def configured(app: App) -> uvicorn.Config:
    """uvicorn's configuration: only HTTP/1.1, without logs, trusting no header of a proxy, bounded."""
    return uvicorn.Config(
        app,
        http=SlowClientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=STOPPING_SECONDS,
        h11_max_incomplete_event_size=MAX_HEAD,
    )


class GracefulServer(uvicorn.Server):
    """uvicorn's server, which ends as asked and does not send the signal to itself again."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit, self.should_exit = self.should_exit, True


def prefix_of(base_url: str | None) -> str:
    """The path of the viewer's public address behind a proxy."""
    return urlsplit(base_url).path.rstrip("/") if base_url else ""
