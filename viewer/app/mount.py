"""Our pages mounted in front of another ASGI application: the dispatcher answers ours, every other request goes on to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from viewer.app.dispatcher import Dispatcher
from viewer.app.security import App, Receive, Scope, Send, header
from viewer.http import Request, Response, redirect
from viewer.rendering import refusal

TABLES = "/ledger"
"""Path of the tables, to which our pages link."""
_UNSAFE = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")


class MountedPages:
    """The application in front of `app`. `dispatcher` is called at the first request; it returns None if there is no ledger to
    show."""

    def __init__(self, app: App, dispatcher: Callable[[], Dispatcher | None], theirs: re.Pattern[str] | None = None) -> None:
        """`theirs`: the paths that go on to `app` if they are not ours; any other path is answered with 404. By default all go
        on."""
        self._app = app
        self._dispatcher = dispatcher
        self._theirs = theirs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        dispatcher = self._dispatcher() if scope["type"] == "http" else None
        if dispatcher is None:
            await self._app(scope, receive, send)
            return
        below = _without_prefix(scope, dispatcher.shown.prefix)
        found = await self._answer(below, dispatcher)
        if found is None:
            await self._app(below, receive, send)
        else:
            await _send(send, found)

    async def _answer(self, scope: Scope, dispatcher: Dispatcher) -> Response | None:
        shown = dispatcher.shown
        path, query = (scope[part].decode("latin-1") for part in ("raw_path", "query_string"))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        base = shown.base_url or f"{scope['scheme']}://{header(scope, b'host') or 'localhost'}{shown.prefix}"
        found = await dispatcher.answer(Request(scope["method"], f"{path}?{query}" if query else path, headers), base)
        if found is None and self._theirs and not self._theirs.fullmatch(path):
            return refusal(404, "There is nothing at this address.", shown.prefix)
        if found is None and path == TABLES and shown.tables != TABLES:  # this Datasette names its database otherwise
            return redirect(f"{shown.prefix}{shown.tables}")
        return found


def _without_prefix(scope: Scope, prefix: str) -> Scope:
    """The request without our prefix: a proxy may have kept the prefix in the path, and Datasette needs the path without it."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode("ascii")
    raw = raw.partition(b"?")[0]
    path: str = scope["path"]
    if prefix and (raw + b"/").startswith(prefix.encode("ascii", "replace") + b"/"):
        raw, path = raw[len(prefix) :] or b"/", path.removeprefix(prefix) or "/"
    return {**scope, "raw_path": raw, "path": path}


async def _send(send: Send, found: Response) -> None:
    headers = [(name.lower().encode("latin-1"), _UNSAFE.sub("", value).encode("latin-1")) for name, value in found.headers]
    if found.status != 304:  # in a 304 it would be the length of a body that is not sent
        headers.append((b"content-length", str(len(found.body)).encode("ascii")))
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": found.body})
