"""`python tests/papers/misbehaving.py`: a newspaper whose paths are named for what they do; each does exactly that.

Prints one line `{"url": ..., "other": ...}` when ready: its address, and a second port of the same paper to which
nobody should be led. Ends on SIGTERM or when the pipe on its standard input closes. `GET /` lists all paths, and
`GET /_log` tells every request to either port (which one is in "port"); `DELETE /_log` forgets them and all counts.
Nothing runs for more than a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import threading

import bad_bodies  # noqa: F401 - fills the table of routes
import bad_directions  # noqa: F401 - likewise
import bad_routes  # noqa: F401 - likewise
from bad_server import Twin

ROBOTS = (
    "ok", "missing", "forbidden", "error", "busy", "slow", "disallow-all", "html", "crawl-delay", "redirect-loop", "endless",
    "bomb", "second-hand", "elsewhere",
)  # fmt: skip


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the misbehaving newspaper on a loopback port.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--robots", choices=ROBOTS, default="ok", help="how robots.txt behaves")
    parser.add_argument("--robots-seconds", type=float, default=3.0, help="how slow a slow robots.txt is")
    parser.add_argument("--paths", type=lambda text: text.split(","), default=["/ok/1", "/ok/2", "/ok/3"])
    return parser.parse_args()


def main() -> None:
    twin = Twin(options())
    twin.other = Twin(twin.options, twin)
    ended = threading.Event()

    def watch(pipe: int) -> None:
        while os.read(pipe, 1024):
            pass
        ended.set()

    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    stdin = sys.stdin.fileno()
    if stat.S_ISFIFO(os.fstat(stdin).st_mode):
        threading.Thread(target=watch, args=(stdin,), daemon=True).start()
    for server in (twin, twin.other):
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(json.dumps({"url": twin.base + "/", "other": twin.other.base + "/"}) + "\n")
    sys.stdout.flush()
    ended.wait()
    for server in (twin, twin.other):
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
