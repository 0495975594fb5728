"""Server of `newsledger serve`: Datasette over the ledger, our pages in front of it, the security middleware, and uvicorn.

The ledger is opened for reading only, by ours and by Datasette's connections, whatever plugins are installed.
"""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from datasette.utils import sqlite3

from pipelines.store.database import restrict
from viewer.app.dispatcher import Dispatcher, DispatcherConfig
from viewer.app.http_protocol import MAX_HEAD, SlowClientProtocol
from viewer.app.mount import TABLES, MountedPages
from viewer.app.plugin import DISPATCHERS, PLUGIN
from viewer.app.security import AllowedHosts, App, SecurityMiddleware, of_tables

NAME = TABLES.strip("/")
"""Of the database."""
MAX_CONNECTIONS = 256
"""At once; who comes then is told to come again."""
STOPPING_SECONDS = 5
"""So long may answers that are on their way take, once we are asked to stop."""
THEIRS = re.compile(
    rf"/{NAME}(\.\w+)?(/.*)?|/-/(static|static-plugins)/.*|/-/(metadata|versions|plugins|settings)(\.json)?|/favicon\.ico"
)
"""The paths of Datasette that are shown. Those that tell of the machine, or of who is logged in, are not."""
MAX_TEXT, MAX_SQL, MAX_LIKE = 20_000_000, 100_000, 200
"""Bytes of one value, of a statement, of a LIKE pattern: what one SQL statement may ask of memory and time."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What a query at the tables may cost."""

    sql: bool = True
    """Whether own SQL may be asked."""
    sql_time_ms: int = 2_000
    rows: int = 1_000
    csv_mb: int = 100
    """Of a whole table as CSV."""


class LedgerDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """The ledger as Datasette opens it: for reading only, whoever asks."""

    def connect(self, write: bool = False) -> Any:
        """A connection; PermissionError for one that would write."""
        if write:
            raise PermissionError("the ledger is only read here")
        conn = sqlite3.connect(f"{Path(self.path).absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        restrict(conn, value_bytes=MAX_TEXT, statement_bytes=MAX_SQL, pattern_bytes=MAX_LIKE)
        self._all_file_connections.append(conn)
        return conn


def tables(shown: DispatcherConfig, limits: QueryLimits) -> Datasette:
    """A Datasette over the ledger."""
    pm.get_plugin("datasette.handle_exception").rich = None  # or each wrong address prints a traceback with all locals
    if not pm.has_plugin("newsledger"):  # from a checkout that is not installed
        pm.register(PLUGIN, "newsledger")
    settings = {
        "base_url": f"{shown.prefix}/",
        "sql_time_limit_ms": limits.sql_time_ms,
        "max_returned_rows": limits.rows,
        "max_csv_mb": limits.csv_mb,
        "default_allow_sql": limits.sql,
        "default_cache_ttl": 0,
        "allow_download": False,
        "truncate_cells_html": 600,
    }
    about = {"title": "Newsledger", "about": "Latest revisions", "about_url": f"{shown.prefix}/"}
    made = Datasette(settings=settings, metadata=about)
    made.remove_database("_memory")
    made.add_database(LedgerDatabase(made, str(shown.db)), name=NAME)
    DISPATCHERS[made] = None  # the desk stands before it
    return made


def application(dispatcher: Dispatcher, names: AllowedHosts, limits: QueryLimits) -> App:
    """All of it as one ASGI application."""
    within: App = MountedPages(tables(dispatcher.shown, limits).app(), lambda: dispatcher, THEIRS)
    return SecurityMiddleware(within, names, of_tables())


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound and waits; port 0 takes a free one. Raises OSError, and UnicodeError for what is no name."""
    host.encode("idna")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family, backlog=128)


def url_of(listening: socket.socket, host: str) -> str:
    """Where a socket is reached."""
    port = listening.getsockname()[1]
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_local(host: str) -> bool:
    """Whether a host is this machine's loopback."""
    return host == "localhost" or host.startswith("127.") or host.strip("[]") == "::1"


def serve(app: App, listening: socket.socket, started: Callable[[], None]) -> None:
    """Answer at a socket until SIGTERM or SIGINT; a second one does not wait for answers on their way."""
    server = GracefulServer(configured(app))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    started()
    asyncio.run(server.serve(sockets=[listening]))


def configured(app: App) -> uvicorn.Config:
    """uvicorn's configuration: HTTP/1.1 alone, quiet, trusting no header of a proxy, bounded."""
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
    """uvicorn's server, which ends as asked and does not send itself the signal again."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit, self.should_exit = self.should_exit, True


def prefix_of(base_url: str | None) -> str:
    """The path of the address at which a proxy is reached."""
    return urlsplit(base_url).path.rstrip("/") if base_url else ""
