"""A real browser on an archived page that tries everything: no script of it runs, and nothing so much as knocks elsewhere."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.viewer.ledgers import URL, make, page, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")]


@contextmanager
def elsewhere() -> Iterator[tuple[int, list[int]]]:
    """A port that belongs to others, and who knocked: a connection counts though nothing is said on it."""
    knocks: list[int] = []

    def listen() -> None:
        while True:
            try:
                connection, address = listener.accept()
            except OSError:
                return
            with connection:
                knocks.append(address[1])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield listener.getsockname()[1], knocks
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def dom(folder: Path, url: str) -> str:
    """The page as it stands after some seconds in the browser."""
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--timeout=2000",
               f"--user-data-dir={folder / 'profile'}", "--dump-dom", url]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=True).stdout


def test_an_archived_page_is_shown_and_does_nothing(tmp_path: Path) -> None:
    with elsewhere() as (port, knocks):
        make(tmp_path, port).close()
        with serving(tmp_path) as base:
            shown = dom(tmp_path, f"{base}/memento/20250307080000id_/{URL}")
    assert "Fire at Cross Mill £5" in shown, "it is shown, in its own letters"
    assert "<title>Fire</title>" in shown, "no script ran"
    assert knocks == [], "nobody was asked for anything"


def test_our_own_page_is_shown_and_does_nothing(tmp_path: Path) -> None:
    with elsewhere() as (port, knocks):
        make(tmp_path, port).close()
        with serving(tmp_path) as base:
            shown = dom(tmp_path, f"{base}/memento/20250307080000/{URL}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in shown
    assert knocks == []


def test_the_trap_works(tmp_path: Path) -> None:
    """The same page from a server that takes no care does run, and does knock."""
    with elsewhere() as (port, knocks):

        class Careless(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=windows-1252")
                self.end_headers()
                self.wfile.write(page(port))

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Careless) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            dom(tmp_path, f"http://127.0.0.1:{server.server_port}/")
            server.shutdown()
            thread.join(5)
    assert knocks
