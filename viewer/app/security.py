"""Security middleware: allowed hosts and methods, and the headers of every response, around our pages and Datasette's.

Requests: only GET and HEAD, for a host name that leads only here, and a path of valid form and length. Responses: a policy
under which a page loads and runs nothing from strangers, whatever it contains. Knows no ledger.

Datasette's own pages get the strictest policy under which they still work: hashes allow its few inline scripts. Inline styles
are allowed there, because each table's page has styles made of its column names. They can load nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from viewer.http import COMMON, LOCKED

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_TARGET = 16_000
"""Bytes of path and query: the longest URL that the ledger keeps, with each character encoded, and a reserve."""
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The host names that a request may use.

    On loopback only loopback's names are trusted, so that another site's page whose name resolves to here (DNS rebinding)
    reads nothing.
    """

    url: str
    """Address at which the server listens: "http://127.0.0.1:8001"."""
    base_url: str | None = None
    """Public address behind a proxy."""
    is_local: bool = True
    allowed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        port = urlsplit(self.url).port
        names = {f"{name}:{port}" for name in _LOCAL} | {urlsplit(self.url).netloc}
        names |= set(_LOCAL) if port == 80 else set()
        object.__setattr__(self, "allowed", frozenset(names | ({urlsplit(self.base_url).netloc} if self.base_url else set())))

    def base(self, host: str | None) -> str | None:
        """The address at which the client reached the viewer, from its Host header; None if that must not be trusted."""
        if host is not None and (not _HOST.fullmatch(host) or (self.is_local and host.lower() not in self.allowed)):
            return None
        return self.base_url or (f"http://{host}" if host else self.url)


class SecurityMiddleware:
    """The application around `app`; `policy` is the Content-Security-Policy of pages that bring none themselves."""

    def __init__(self, app: App, names: AllowedHosts, policy: str) -> None:
        self._app = app
        self._names = names
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = self._refused(scope)
        if status:
            await _refuse(send, status)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_security_headers(message.get("headers", ()), self._policy)}
            await send(message)

        try:
            await self._app(self._with_own_host(scope), receive, guarded)
        except asyncio.CancelledError:
            raise
        except Exception:  # the boundary: an error must neither reach the client nor end the server
            logger.exception("%s %s", scope["method"], scope["path"][:200])
            if started:
                raise
            await _refuse(send, 500)

    def _refused(self, scope: Scope) -> int:
        """The status with which a request is refused; 0 if it is allowed."""
        path = scope["raw_path"]
        if self._names.base(header(scope, b"host")) is None:
            return 421
        if scope["method"] not in ("GET", "HEAD"):
            return 405
        if not path.startswith(b"/") or path.startswith(b"//"):
            return 400
        return 414 if len(path) + len(scope["query_string"]) > MAX_TARGET else 0

    def _with_own_host(self, scope: Scope) -> Scope:
        """The request with scheme and host as the proxy received them, for addresses in responses; only our own names are
        possible."""
        base = urlsplit(self._names.base(header(scope, b"host")) or self._names.url)
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        return {**scope, "scheme": base.scheme, "headers": [(b"host", base.netloc.encode("ascii")), *others]}


def header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def with_security_headers(headers: Any, policy: str) -> list[tuple[bytes, bytes]]:
    """The headers of a response, with those that every response carries; headers that the response sets itself stay."""
    given = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    names = {name for name, _ in given}
    is_page = any(name == b"content-type" and value.lower().startswith(b"text/html") for name, value in given)
    ours = (
        ("content-security-policy", policy if is_page else LOCKED),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        *((name.lower(), value) for name, value in COMMON),
    )
    return given + [(name.encode(), value.encode("latin-1")) for name, value in ours if name.encode() not in names]


async def _refuse(send: Send, status: int) -> None:
    """Refuse a request without repeating any of it."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]
    headers += [(b"allow", b"GET, HEAD")] if status == 405 else []
    await send({"type": "http.response.start", "status": status, "headers": with_security_headers(headers, LOCKED)})
    await send({"type": "http.response.body", "body": b""})


_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SWITCH = "{{ datasette_allow_facet }}"
"""The one template value in an inline script: true or false."""


def of_tables() -> str:
    """The policy for the Datasette that is installed. Raises ModuleNotFoundError if none is."""
    installed = files("datasette")
    folders = (installed.joinpath("templates"), files("viewer").joinpath("tables"))
    pages = (item for folder in folders for item in folder.iterdir() if item.name.endswith(".html"))
    templates = [page.read_text("utf-8") for page in pages]
    told_of_slow_queries = installed.joinpath("views", "base.py").read_text("utf-8")
    return policy([*templates, told_of_slow_queries])


def policy(templates: Iterable[str]) -> str:
    """The policy under which the inline scripts of these templates may run, and no others."""
    hashes = sorted({f"'sha256-{_digest(script)}'" for template in templates for script in inline_scripts(template)})
    return (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def inline_scripts(template: str) -> Iterator[str]:
    """The inline scripts of a template as they reach the browser; scripts that cannot be known beforehand are left out."""
    found = _INLINE.findall(template)
    for script in found + [textwrap.dedent(script) for script in found]:
        for variant in {script.replace(_SWITCH, "true"), script.replace(_SWITCH, "false")}:
            if "{{" not in variant and "{%" not in variant:
                yield variant


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
