"""Starts the demo newspaper, or any server that announces itself in the same way, in another process.

Talks to it only by `http.client`; shares no memory with it.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from crawler.demo.look import TITLE

READY_SECONDS = 20.0
"""Time limit for a server to announce its address. Less fails on a machine that is busy with other tests."""

STOP_SECONDS = 5.0


class PressError(RuntimeError):
    """The server did not start, or refused a control request."""


class Press:
    """A server in a child process that prints `{"url": ...}` when ready and ends when its standard input closes."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """`environment` is added to this process's own."""
        self.command = tuple(command)
        self.environment = {**os.environ, **(environment or {})}
        self.ready: dict[str, Any] = {}
        """The line that the server printed when it was ready."""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server's address, with a final slash."""
        return str(self.ready["url"])

    @property
    def pid(self) -> int:
        if self._process is None:
            raise PressError("not started")
        return self._process.pid

    def start(self) -> None:
        """Start the server. Raises `PressError` if no ready line comes within `READY_SECONDS`."""
        self._process = subprocess.Popen(  # noqa: S603 - the caller names its own server
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment, text=True, encoding="utf-8"
        )
        try:
            self.ready = json.loads(self._first_line(self._process))
        except (PressError, ValueError) as error:
            self.stop()
            raise PressError(f"{self.command}: {error}") from error

    def stop(self) -> None:
        """End the server; a second call does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()

    def log(self) -> list[dict[str, Any]]:
        """Every request so far, oldest first."""
        log: list[dict[str, Any]] = json.loads(self._ask("GET", "/_log"))
        return log

    def forget_log(self) -> None:
        self._ask("DELETE", "/_log")

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=READY_SECONDS)
        try:
            connection.request(method, path, body=body)
            response = connection.getresponse()
            content = response.read()
            if response.status >= 400:
                raise PressError(f"{method} {path}: {response.status} {content[:200]!r}")
            return content
        finally:
            connection.close()

    @staticmethod
    def _first_line(process: subprocess.Popen[str]) -> str:
        if process.stdout is None:
            raise PressError("no standard output")
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(READY_SECONDS):
                raise PressError(f"not ready after {READY_SECONDS:g} s")
        return process.stdout.readline()


class Paper(Press):
    """The demo newspaper in a child process; the caller sets its clock."""

    def __init__(self, port: int = 0) -> None:
        """On a free loopback port; `port` names another one."""
        # The child must find the package wherever this process found it, and from whatever folder it is started.
        paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        super().__init__((sys.executable, "-m", "crawler.demo.paper", "--port", str(port)), environment)

    def set_clock(self, moment: datetime) -> None:
        """From now on the paper shows what the script says for `moment` (aware)."""
        self._ask("PUT", "/_clock", moment.isoformat())


def site_toml(
    url: str,
    *,
    feeds: Sequence[str] = ("/rss.xml",),
    sitemaps: Sequence[str] = (),
    sections: Sequence[str] = ("/news/", "/uk-news/", "/sport/", "/business/", "/whats-on/", "/sponsored/"),
) -> str:
    """The definition of the paper at `url`. Without `sitemaps`, the crawler uses those in its robots.txt."""
    lists = "\n".join(
        f"{name} = {json.dumps(list(paths))}"
        for name, paths in (("feeds", feeds), ("sitemaps", sitemaps), ("sections", sections))
    )
    return f"""[[site]]
id = "demo-gazette"
name = "{TITLE}"
url = "{url}"
country = "GB"
region = "Wenshire"
owner = "Nobody"
platform = "generic"
timezone = "Europe/London"
language = "en-GB"
{lists}
article_url = '(?:-(?P<id>\\d{{7}})|/\\d{{4}}/\\d\\d/\\d\\d/[^/]+/)$'
every = "70 min"
delay_seconds = 0
enabled = true
"""
