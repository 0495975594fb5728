"""A real redis-server for tests, on a free port of loopback, with its append-only file in a folder of the test's."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis
from redis.exceptions import RedisError

from crawler.cluster.queue import connect

PROGRAM = shutil.which("redis-server")
START_SECONDS = 20.0


class RedisServer:
    """Started by `with`, or `start`; it may be killed and started again, and has then what its file has.

    That is all that it said yes to with `appendfsync` "always". With "everysec" a kill may lose the last two seconds: while a
    flush to the disk is under way, Redis keeps back what it would write.
    """

    def __init__(self, folder: Path, *, appendfsync: str = "always") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._appendfsync = appendfsync
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def client(self) -> Redis:
        """A connection that answers or fails within seconds."""
        return connect(self.url, seconds=5)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "appendonly": "yes", "save": "",
                   "appendfsync": self._appendfsync, "logfile": self._folder / "redis.log"}  # fmt: skip
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        self._process = subprocess.Popen([str(PROGRAM), *arguments], stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except RedisError:
                    if time.monotonic() > until or self._process.poll() is not None:
                        raise
                    time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It answers nothing until `resume`, though it is there."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """kill -9, and start again on the same port with the same file."""
        self.kill()
        self.start()
