"""`/metrics` and `/healthz` on a loopback port. Serves the last reading: a scrape causes none.

Loopback only: the numbers are not secret, but they are not public either; a proxy or an agent on the machine passes them on.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

logger = logging.getLogger(__name__)

CLIENT_SECONDS = 10.0
"""Time limit for a client's request and for reading the answer."""

Text = Callable[[], tuple[bytes, str] | None]
"""The metrics and their content type; None before the first reading."""
FindProblems = Callable[[], list[str]]
"""The present problems, one a line; empty if all is well."""


class WatchServer:
    """A server in its own thread."""

    def __init__(self, address: str, text: Text, find_problems: FindProblems) -> None:
        """`address`: "127.0.0.1:9464", "localhost:9464" or "[::1]:9464"; port 0 takes a free one. Raises OSError."""
        host, _, port = address.rpartition(":")
        self._server = _Server(host.strip("[]"), int(port), _handler(text, find_problems))
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    @property
    def url(self) -> str:
        """Its address, with a final slash."""
        host, port = self._server.server_address[:2]
        return f"http://[{host!s}]:{port}/" if ":" in str(host) else f"http://{host!s}:{port}/"

    def start(self) -> None:
        self._thread.start()
        logger.info("metrics are served at %smetrics", self.url)

    def stop(self) -> None:
        """Stop answering, and free the port."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""
        logger.debug("a client of the metrics went away", exc_info=True)


def _handler(text: Text, find_problems: FindProblems) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = CLIENT_SECONDS
        server_version = "newsledger"
        sys_version = ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                drawn_up = text()
                if drawn_up is None:
                    self._answer(503, b"nothing was read yet\n", "text/plain; charset=utf-8")
                else:
                    self._answer(200, *drawn_up)
            elif path == "/healthz":
                wrong = find_problems()
                body = "".join(f"{line}\n" for line in wrong) or "well\n"
                self._answer(503 if wrong else 200, body.encode(), "text/plain; charset=utf-8")
            else:
                self._answer(404, b"/metrics and /healthz are here\n", "text/plain; charset=utf-8")

        do_HEAD = do_GET  # noqa: N815 - the library's name

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Do not log scrapes."""

    return Handler
