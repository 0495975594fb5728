"""Many little newspapers in one process, each on an address of its own, and a log of who asked what, when, and for how long.

    python benchmarks/kiosk.py --hosts 30 --log FILE [--pages 6] [--moody] [--edition FILE]

Prints `{"url": ..., "hosts": [...]}` when ready; ends when its standard input closes. Hosts are 127.0.1.1, 127.0.1.2, ... on one
port (Linux: all of 127.0.0.0/8 is this machine), so a crawler takes each for a host. A paper's texts change every four minutes.
With `--edition` they change when the number in that file does, so that two runs can see the same.
`--moody`: some answers are slow, about one in fifteen is 429 with Retry-After, every third paper has a Crawl-delay.

The log has one JSON line a request (`begin`, `end`, `status`, `wait` where one was asked for) and one a connection. Times are
the server's own, and `end` is when the body goes out, before anybody can have it; `pid` is the process that holds the other end
of the connection, as the kernel tells it when it is accepted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import selectors
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

EDITION_SECONDS = 240
EPOCH = 1_760_000_000
"""When the first edition came out that a file names."""
CRAWL_DELAY = 2
RETRY_SECONDS = 3
STREETS = ("Mill Lane", "Castle Street", "Station Road", "Ferry Quay", "Market Square", "Church Hill", "Dock Walk")


class Log:
    """Lines of JSON, written whole."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        with self._lock:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()


class Paper(ThreadingHTTPServer):
    """One newspaper."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, number: int, port: int, options: argparse.Namespace, log: Log) -> None:
        super().__init__((f"127.0.1.{number}", port), Visit)
        self.number = number
        self.options = options
        self.log = log
        self.random = random.Random(number)
        self.opened = time.time() if options.edition is None else float(EPOCH)

    @property
    def host(self) -> str:
        return f"{self.server_address[0]!s}:{self.server_address[1]}"

    def edition(self) -> int:
        if self.options.edition is not None:
            return int(self.options.edition.read_text(encoding="ascii"))
        return int((time.time() - self.opened + self.number * 7) // EDITION_SECONDS)


class Visit(BaseHTTPRequestHandler):
    """One connection."""

    server: Paper
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def setup(self) -> None:
        super().setup()
        self.pid = owner(*self.client_address[:2])
        self.opened = time.time()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        host, port = self.server.host, self.client_address[1]
        self.server.log.write(kind="connection", host=host, pid=self.pid, port=port, begin=self.opened, end=time.time())

    def do_GET(self) -> None:
        begin, paper = time.time(), self.server
        mood = paper.random.random() if paper.options.moody else 1.0
        wait = None
        if mood < 0.07 and self.path != "/robots.txt":
            status, kind, body = 429, "text/plain", "later"
            wait = RETRY_SECONDS
        else:
            if mood > 0.85 and paper.options.moody:
                time.sleep(paper.random.uniform(0.1, 1.5))
            status, kind, body = page(paper, self.path)
        data = body.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if wait:
                self.send_header("Retry-After", str(wait))
            self.end_headers()
            end = time.time()
            self.wfile.write(data)
        except OSError:  # the reader was killed
            end = time.time()
            self.close_connection = True
        port = self.client_address[1]
        paper.log.write(kind="request", host=paper.host, pid=self.pid, port=port, path=self.path, begin=begin, end=end,
                        status=status, wait=wait, agent=self.headers.get("User-Agent"))  # fmt: skip

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """The log is a file."""


def page(paper: Paper, path: str) -> tuple[int, str, str]:
    """Status, type and text of an address."""
    base = f"http://{paper.host}"
    if path == "/robots.txt":
        delay = f"Crawl-delay: {CRAWL_DELAY}\n" if paper.options.moody and paper.number % 3 == 0 else ""
        return 200, "text/plain", f"User-agent: *\nDisallow: /private/\n{delay}Sitemap: {base}/sitemap.xml\n"
    if path == "/sitemap.xml":
        apart = 7 if paper.options.edition is None else 9_000  # further than what one moment is taken for
        edited = paper.opened + (paper.edition() - 1) * EDITION_SECONDS * (apart // 7)
        paths = [*(f"/news/story-{n}" for n in range(paper.options.pages)), "/private/story-1"]
        stamps = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(edited + apart * n)) for n in range(len(paths))]
        rows = "".join(
            f"<url><loc>{base}{path}</loc><lastmod>{stamp}</lastmod></url>" for path, stamp in zip(paths, stamps, strict=True)
        )
        return 200, "application/xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    if path.startswith(("/news/story-", "/private/")):
        return 200, "text/html; charset=utf-8", story(paper.number, path, paper.edition())
    return 404, "text/html", "<h1>Not found</h1>"


def story(number: int, path: str, edition: int) -> str:
    """An article; each edition of it has a text of its own."""
    place, seed = STREETS[(number + len(path)) % len(STREETS)], random.Random(f"{number} {path} {edition}")
    lines = [
        f"Work on {place} will cost {seed.randrange(10_000, 99_999)} pounds, the council said in statement {edition}.",
        f"About {seed.randrange(100, 999)} people signed a petition that asks for {seed.randrange(2, 40)} more benches there.",
        "A meeting of all who live near is to be held in the town hall, and the minutes will be printed in this paper.",
        f"The surveyor counted {seed.randrange(1000, 9999)} cars in a week, more than in any week of the year before.",
    ]
    text = "".join(f"<p>{line}</p>" for line in lines)
    title = f"Plans for {place} are on show, {path.rpartition('-')[2]}"
    return (
        f'<html lang="en-GB"><head><title>{title}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2025-05-09T07:30:00+01:00"></head>'
        f"<body><article><h1>{title}</h1><p>By Ada Marsh</p>{text}</article></body></html>"
    )


def owner(address: str, port: int) -> int:
    """The process that holds a socket of this machine, or 0 where it has none any more."""
    mark = "".join(f"{int(part):02X}" for part in reversed(address.split("."))) + f":{port:04X}"
    inode = ""
    with Path("/proc/net/tcp").open(encoding="ascii") as lines:
        for line in lines:
            fields = line.split()
            if fields[1] == mark:
                inode = f"socket:[{fields[9]}]"
    for folder in Path("/proc").iterdir() if inode else ():
        if folder.name.isdigit():
            try:
                if any(str(entry.readlink()) == inode for entry in (folder / "fd").iterdir()):
                    return int(folder.name)
            except OSError:
                continue
    return 0


def serve(papers: list[Paper]) -> None:
    """Accept for all papers in one thread; each connection has its own."""
    with selectors.DefaultSelector() as selector:
        for paper in papers:
            selector.register(paper, selectors.EVENT_READ, paper)
        while True:
            for key, _ in selector.select():
                key.data._handle_request_noblock()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--moody", action="store_true")
    parser.add_argument("--edition", type=Path)
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args()
    log = Log(options.log)
    papers = [Paper(1, 0, options, log)]
    port = int(papers[0].server_address[1])
    papers += [Paper(number, port, options, log) for number in range(2, options.hosts + 1)]
    threading.Thread(target=serve, args=(papers,), daemon=True).start()
    print(json.dumps({"url": f"http://{papers[0].host}/", "hosts": [paper.host for paper in papers]}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
