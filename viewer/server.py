"""A small server in front of `viewer.memento`: bounded threads, bounded requests, loopback names unless told otherwise.

The only file of the viewer that opens a socket.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from viewer.memento import Request, Response

logger = logging.getLogger(__name__)

MAX_THREADS = 16
"""Requests answered at once; others wait to be accepted. Each may hold one archived page (12 MB) in memory."""
CLIENT_SECONDS = 10.0
"""So long may a client stay silent."""
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_UNSAFE = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")
_REACHED_BY_NAME = ("localhost", "127.0.0.1", "[::1]")

Answer = Callable[[Request, str], Response]
"""A request and where we are reached -> the answer. Called by several threads at once."""


class Server(ThreadingHTTPServer):
    """Answers until `shutdown`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, answer: Answer, base_url: str | None = None) -> None:
        """`base_url`: where we are reached through a proxy; else whatever name the client asked by. Raises OSError."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.answer = answer
        self._base_url = base_url.rstrip("/") if base_url else None
        self._slots = BoundedSemaphore(MAX_THREADS)
        super().__init__((host.strip("[]"), port), _Handler)
        self.url = f"http://[{host.strip('[]')}]:{self.server_port}" if ":" in host else f"http://{host}:{self.server_port}"
        self._is_local = _is_loopback(host)

    def base(self, host: str | None) -> str | None:
        """Where the client reached us, by its Host header; None where it must not be believed.

        On loopback only loopback's names are: a page elsewhere whose name leads here (DNS rebinding) reads nothing.
        """
        if host is not None and not _HOST.fullmatch(host):
            return None
        allowed = {f"{name}:{self.server_port}" for name in _REACHED_BY_NAME} | {urlsplit(self.url).netloc}
        if self._base_url:
            allowed.add(urlsplit(self._base_url).netloc)
        if self._is_local and host is not None and host.lower() not in allowed:
            return None
        return self._base_url or (f"http://{host}" if host else self.url)

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread a request, and never more than there are slots."""
        self._slots.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """What the thread does."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell of."""
        logger.debug("a client went away", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS
    server: Server
    server_version = "newsledger"
    sys_version = ""

    def do_GET(self) -> None:
        base = self.server.base(self.headers.get("Host"))
        if base is None:
            self.send_error(421)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        target = self.path.encode("latin-1", "replace").decode("utf-8", "replace")  # the library reads each byte as a letter
        try:
            found = self.server.answer(Request(self.command, target, headers), base)
        except Exception:  # a door: one request must not take the thread's traceback to the client
            logger.exception("%s %s", self.command, self.path)
            self.send_error(500)
            return
        self._send(found)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - the library's names

    def _send(self, found: Response) -> None:
        self.send_response(found.status)
        for name, value in found.headers:
            self.send_header(name, _UNSAFE.sub("", value))
        self.send_header("Content-Length", str(len(found.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what could not be read as a request, without repeating any of it."""
        self.send_response(code)
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Requests are not worth a line each."""


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host.strip("[]") == "::1"
