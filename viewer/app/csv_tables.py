"""Tables, views and queries as CSV: all rows, from one cursor over one moment of the ledger; a failure breaks the connection.

Datasette pages a table through OFFSET, each page under its time limit, and ends silently at a page that takes longer, as if
the table ended there. Here Datasette only supplies the statement of a page, which is then run without a limit of rows.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from pipelines.exchange.formats import cell
from pipelines.queries.questions import questions
from pipelines.queries.search_terms import match_of
from pipelines.store.visitor_sql import SqlError, SqlProcess
from viewer.app.security import App, Receive, Scope, Send

STREAMS = 2
"""Tables sent at the same time; a further request gets status 503 and a Retry-After."""
TABLE_SECONDS = 900
"""Time limit of a table that is requested without the visitor's own SQL."""
STATEMENT_ONLY: ContextVar[bool] = ContextVar("statement_only", default=False)
"""Set while Datasette is asked for the statement of a page: rows are not needed, and a view that groups everything would take
too long."""
_CSV_PARAMETERS = frozenset({"_stream", "_dl", "_size", "_labels", "_header", "_next", "_nofacet", "_nocount", "_shape"})
"""Parameters that say how rows are sent, not which rows."""
_LIMIT = re.compile(r"\s+limit\s+\d+\s*\Z", re.IGNORECASE)


class CsvTables:
    """Answers `/ledger.csv?sql=` and `/ledger/TABLE.csv`; every other request goes on to `app`."""

    def __init__(self, app: App, datasette: Any, db: Path, name: str, is_query: Callable[[str], bool]) -> None:
        """`is_query`: whether Datasette accepts a statement."""
        self._app = app
        self._datasette = datasette
        self._db = db
        self._is_query = is_query
        self._path = re.compile(rf"/{re.escape(name)}(?P<table>/[^/]+)?\.csv", re.ASCII)
        self._streams = ThreadPoolExecutor(STREAMS, thread_name_prefix="csv")
        self._free = threading.Semaphore(STREAMS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope["type"] == "http" and scope["method"] == "GET"
        found = self._path.fullmatch(scope["raw_path"].decode("latin-1")) if is_get else None
        asked = await self._statement(found, scope["query_string"].decode("latin-1")) if found else None
        if found is None or asked is None:
            await self._app(scope, receive, send)
        elif not self._free.acquire(blocking=False):
            await _refuse(send, 503, "Two tables are being sent already; come again.", (b"retry-after", b"10"))
        else:
            try:
                named = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
                name = unquote((found["table"] or "/query")[1:])
                await self._send(asked, named, name, receive, send)
            finally:
                self._free.release()

    async def _statement(self, found: re.Match[str], query: str) -> tuple[str, Any, int] | None:
        """The statement, its values and its time limit in milliseconds; None if Datasette is to report what is wrong."""
        limit = int(self._datasette.setting("sql_time_limit_ms"))
        given = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _CSV_PARAMETERS]
        if found["table"] is None:
            sql = dict(given).get("sql", "")
            if not self._is_query(sql) or not self._datasette.setting("default_allow_sql"):
                return None
            return sql.strip().rstrip(";"), {name: value for name, value in given if name != "sql"}, limit
        more = [*given, ("_size", "1"), ("_nofacet", "1"), ("_nocount", "1"), ("_shape", "objects")]
        told_only = STATEMENT_ONLY.set(True)
        try:
            answer = await self._datasette.client.get(f"{found[0].removesuffix('.csv')}.json?{urlencode(more)}")
        finally:
            STATEMENT_ONLY.reset(told_only)
        if answer.status_code != 200:
            return None
        told = json.loads(answer.text)["query"]
        own = any(name == "_where" for name, _ in given)
        sql = told["sql"] if unquote(found["table"][1:]) in questions() else _LIMIT.sub("", told["sql"])
        return sql, told["params"], limit if own else TABLE_SECONDS * 1000

    async def _send(self, asked: tuple[str, Any, int], named: dict[str, str], name: str, receive: Receive, send: Send) -> None:
        sql, values, milliseconds = asked
        process = SqlProcess(self._db, match_of)
        batches = process.stream(sql, values, milliseconds=milliseconds, whole=True)
        disconnected = asyncio.ensure_future(_is_gone(receive))
        loop = asyncio.get_running_loop()
        is_begun = False
        try:
            while (part := await loop.run_in_executor(self._streams, next, batches, None)) and not disconnected.done():
                if not is_begun:
                    kind = b"text/csv" if "_dl" in named else b"text/plain"
                    headers = [(b"content-type", kind + b"; charset=utf-8")]
                    if "_dl" in named:
                        file = f"attachment; filename*=UTF-8''{quote(name)}.csv"
                        headers.append((b"content-disposition", file.encode("ascii")))
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                rows = [part[0], *part[1]] if not is_begun and named.get("_header") != "off" else part[1]
                is_begun = True
                await send({"type": "http.response.body", "body": _csv(rows), "more_body": True})
            if is_begun:
                await send({"type": "http.response.body", "body": b""})
        except SqlError as error:
            if is_begun:  # break the connection: the client must not take a part for the whole table
                raise
            await _refuse(send, 400, f"This query cannot be run: {error}.")
        finally:
            disconnected.cancel()
            await loop.run_in_executor(self._streams, _close, batches, process)


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([f"({len(one)} bytes)" if isinstance(one, bytes) else cell(one) for one in row] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def _close(batches: Iterator[Any], process: SqlProcess) -> None:
    batches.close()  # type: ignore[attr-defined]  # it is a generator
    process.close()


async def _is_gone(receive: Receive) -> None:
    """Wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int, why: str, *headers: tuple[bytes, bytes]) -> None:
    body = f"{why}\n".encode("utf-8", "replace")
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode("ascii")), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
