"""The misbehaving paper as a server: two ports, one log, a table of routes, and ways to answer well or badly."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import bad_pages as pages

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
LONGEST_SECONDS = 60.0
ENDLESS_BYTES = 200 << 20


class Twin(ThreadingHTTPServer):
    """One port of the paper. Both ports share the log and the counters."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, options: argparse.Namespace, sibling: Twin | None = None) -> None:
        super().__init__(("127.0.0.1", 0 if sibling else options.port), Visit)
        self.options = options
        self.other = sibling or self
        self.log: list[dict[str, object]] = sibling.log if sibling else []
        self.seen: Counter[str] = sibling.seen if sibling else Counter()
        self.refused_at: dict[str, float] = {}
        self.lock = threading.Lock()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


Route = Callable[..., None]
ROUTES: list[tuple[re.Pattern[str], str, Route]] = []


def route(pattern: str, example: str | None = None) -> Callable[[Route], Route]:
    """`pattern` matches a whole path; `example` is a path to show and to list where the pattern itself is none."""

    def add(function: Route) -> Route:
        ROUTES.append((re.compile(pattern), example or pattern, function))
        return function

    return add


class Visit(BaseHTTPRequestHandler):
    """One request, and the ways to answer it well or badly."""

    server: Twin
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 60

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/_log":
            return self.send(json.dumps(self.server.log), "application/json")
        entry: dict[str, object] = {
            "time": time.monotonic(),
            "port": self.server.server_address[1],
            "method": self.command,
        }
        entry |= {"path": self.path, "host": self.headers.get("Host", "")}
        wanted = ("If-None-Match", "If-Modified-Since", "User-Agent", "Cookie", "Referer", "Authorization")
        self.server.log.append(entry | {name: self.headers[name] for name in wanted if name in self.headers})
        with self.server.lock:
            self.server.seen[path] += 1
        for pattern, _, function in ROUTES:
            match = pattern.fullmatch(path)
            if match:
                return function(self, *match.groups())
        return self.send(pages.plain("404", "<h1>404</h1>"), status=404)

    def do_DELETE(self) -> None:
        self.server.log.clear()
        self.server.seen.clear()
        self.server.refused_at.clear()
        self.send("", status=204)

    @property
    def base(self) -> str:
        return self.server.base

    @property
    def count(self) -> int:
        """How often this path has been asked for, this time included."""
        return self.server.seen[urlsplit(self.path).path]

    def query(self, name: str) -> list[str]:
        """The comma-separated values of a parameter."""
        return [value for text in parse_qs(urlsplit(self.path).query).get(name, []) for value in text.split(",")]

    def send(self, body: str | bytes, content_type: str | None = HTML, status: int = 200, **headers: str) -> None:
        """A correct answer with this body; header names are written with underscores."""
        data = body.encode() if isinstance(body, str) else body
        self.start(status, content_type, None if status in (204, 304) else len(data), **headers)
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(data)

    def start(self, status: int, content_type: str | None, length: int | None, **headers: str) -> None:
        self.send_response(status, "Told")
        if content_type:
            self.send_header("Content-Type", content_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def redirect(self, target: str, status: int = 302, **headers: str) -> None:
        self.send("", status=status, Location=target, **headers)

    def raw(self, data: bytes) -> None:
        """Bytes straight to the wire, after which the connection is closed."""
        self.close_connection = True
        self.wfile.write(data)

    def pour(self, pieces: Iterable[bytes], pause: float = 0.0) -> None:
        """Chunks, until the reader goes away or the minute is over; with a pause after each."""
        self.close_connection = True
        self.start(200, HTML, None, Transfer_Encoding="chunked", Connection="close")
        self.trickle((b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), pause)
        self.raw(b"0\r\n\r\n")

    def trickle(self, pieces: Iterable[bytes], pause: float) -> None:
        started = time.monotonic()
        for piece in pieces:
            self.wfile.write(piece)
            if pause:
                self.wfile.flush()
                time.sleep(pause)
            if time.monotonic() - started > LONGEST_SECONDS:
                break

    def handle(self) -> None:
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True  # the reader went away, which is what many of these paths are for

    def finish(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal: the log is read at `/_log`."""
