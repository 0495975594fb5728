"""`python -m crawler.demo.paper`: the demo newspaper as a server on a loopback port.

Prints one line `{"url": "http://127.0.0.1:PORT/"}` when it is ready, and ends on SIGTERM or when the pipe on its standard
input closes, so it never outlives the process that started it. Its clock is fixed until `PUT /_clock` sets it; it never reads
the real time. `GET /_log` returns every request except those to `/_...`; `DELETE /_log` empties the log.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import signal
import stat
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.demo.desk import DemoResponse, answer
from crawler.demo.stories import CRAWL_TIMES

_LOGGED_HEADERS = ("If-None-Match", "If-Modified-Since", "User-Agent", "Accept-Encoding")
_MAX_CLOCK_BYTES = 100


class PaperServer(ThreadingHTTPServer):
    """The paper's state: its clock, the number of requests so far, and the log of them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, access_log: Path | None) -> None:
        super().__init__(("127.0.0.1", port), PaperHandler)
        self.clock = CRAWL_TIMES[0]
        self.serials = count(1)
        self.log: list[dict[str, object]] = []
        self.access_log = access_log
        self.writing = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that disconnects in the middle of a page is not an error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def note(self, entry: dict[str, object]) -> None:
        with self.writing:
            self.log.append(entry)
            if self.access_log:
                with self.access_log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")


class PaperHandler(BaseHTTPRequestHandler):
    """One connection. Responses come from `desk`; this class adds conditional requests, compression and the log."""

    server: PaperServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 60
    server_version = "Gazette"
    sys_version = ""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/_log":
            self._send(200, json.dumps(self.server.log).encode(), {"Content-Type": "application/json"})
        elif path == "/_clock":
            self._send(200, self.server.clock.isoformat().encode(), {"Content-Type": "text/plain"})
        else:
            self._serve(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _MAX_CLOCK_BYTES)).decode("ascii", "replace")
        try:
            moment = datetime.fromisoformat(body)
        except ValueError:
            moment = None
        if urlsplit(self.path).path != "/_clock" or moment is None or moment.tzinfo is None:
            self._send(400, b"PUT /_clock takes an ISO 8601 time with its offset", {"Content-Type": "text/plain"})
            return
        self.server.clock = moment.astimezone(UTC)
        self._send(204, b"", {})

    def do_DELETE(self) -> None:
        if urlsplit(self.path).path == "/_log":
            self.server.log.clear()
        self._send(204, b"", {})

    def _serve(self, path: str) -> None:
        server = self.server
        result = answer(path, server.clock, next(server.serials), server.url.rstrip("/"))
        status, body, headers = result.status, result.body, _headers(result)
        if status == 200 and self._has_already(result):
            status, body = 304, b""
            headers.pop("Content-Type", None)
        elif "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 256 and result.content_type != "image/png":
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        entry: dict[str, object] = {"time": time.monotonic(), "clock": server.clock.isoformat(), "method": self.command}
        entry |= {"path": self.path, "status": status, "bytes": len(body)}
        server.note(entry | {name: self.headers[name] for name in _LOGGED_HEADERS if name in self.headers})
        self._send(status, body, headers)

    def _has_already(self, result: DemoResponse) -> bool:
        """Whether the client's copy is current. RFC 9110, section 13.2.2: if `If-None-Match` is sent, it alone decides."""
        named = self.headers.get("If-None-Match")
        if named is not None:
            tags = {tag.strip().removeprefix("W/") for tag in named.split(",")}
            return result.etag is not None and ("*" in tags or result.etag.removeprefix("W/") in tags)
        since = self.headers.get("If-Modified-Since")
        if since is None or result.last_modified is None:
            return False
        try:
            return result.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since).replace(tzinfo=UTC)
        except ValueError:
            return False

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.clock, usegmt=True)

    def log_message(self, *_: object) -> None:
        """Print nothing on the terminal: the log is read at `/_log`."""


def _headers(result: DemoResponse) -> dict[str, str]:
    headers = {"Content-Type": result.content_type, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if result.etag:
        headers["ETag"] = result.etag
    if result.last_modified:
        headers["Last-Modified"] = format_datetime(result.last_modified, usegmt=True)
    if result.location:
        headers["Location"] = result.location
    return headers


def serve(port: int = 0, access_log: Path | None = None) -> None:
    """Serve until SIGTERM, SIGINT, or the end of a piped standard input."""
    server = PaperServer(port, access_log)

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    def watch() -> None:
        # Not sys.stdin: a thread that waits in a buffered reader aborts the interpreter when that ends.
        while os.read(stdin, 1024):
            pass
        stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    stdin = sys.stdin.fileno()
    if stat.S_ISFIFO(os.fstat(stdin).st_mode):
        threading.Thread(target=watch, daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)
    server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m crawler.demo.paper", description="Serve the demo newspaper.")
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--access-log", type=Path, help="append each request as a line of JSON")
    arguments = parser.parse_args()
    serve(arguments.port, arguments.access_log)


if __name__ == "__main__":
    main()
