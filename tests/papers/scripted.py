"""`python tests/papers/scripted.py FOLDER`: a newspaper that answers what FOLDER/routes.json says when it is asked.

A route is `{"body": ..., "type": ..., "status": ..., "headers": {...}}`, all but the body with a default; `{base}` in it is the
paper's own address, `{other}` the same under the name of localhost, whose own routes begin with `//localhost/`. Who sends a
cookie gets the route `cookie:PATH` if there is one. What has no route is 404. Prints `{"url": ...}` when ready; `GET /_log` tells
every request, `DELETE /_log` forgets them. Ends when the pipe on its standard input closes.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

asked: list[dict[str, str]] = []
folder = Path(sys.argv[1])


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/_log":
            self.answer({"body": json.dumps(asked), "type": "application/json"})
            return
        asked.append({"path": self.path, "agent": self.headers.get("User-Agent", "")})
        routes = json.loads((folder / "routes.json").read_text(encoding="utf-8"))
        host = self.headers.get("Host", "").partition(":")[0]
        of_cookie = routes.get(f"cookie:{self.path}") if self.headers.get("Cookie") else None
        found = of_cookie or routes.get(f"//{host}{self.path}") or routes.get(self.path)
        self.answer(found or {"status": 404, "body": "nothing here"})

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def do_DELETE(self) -> None:
        asked.clear()
        self.answer({"body": ""})

    def answer(self, route: dict[str, object]) -> None:
        port = self.server.server_address[1]

        def filled(text: str) -> str:
            return text.replace("{base}", f"http://127.0.0.1:{port}").replace("{other}", f"http://localhost:{port}")

        body = filled(str(route["body"])).encode()
        self.send_response(int(str(route.get("status", 200))))
        self.send_header("Content-Type", str(route.get("type", "text/html; charset=utf-8")))
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(route.get("headers", {})).items():  # type: ignore[call-overload]
            self.send_header(name, filled(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The log is for whoever asks."""


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{server.server_address[1]}/"}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
