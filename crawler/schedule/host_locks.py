"""One crawl of a host at a time on this machine, whoever starts it: a file lock that dies with its process. And what the host
said to the crawl before: when it may be asked again.

The lock is `flock`: it is held by the open file, so a crawl that is killed gives it up, and no stale file blocks the next.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SCHEDULES = "schedules"
"""No host is called that: this lock is shared by all schedules of a ledger."""


class RetryAfterFile:
    """Before when each host of a ledger wants nothing to be asked, kept from one crawl to the next, whatever ended the first.

    A file a host beside its lock; moments are seconds since the epoch. Written at each request and answer, and never flushed to
    the disk: a machine that starts anew has waited long enough.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, host: str) -> float:
        """0 where nothing is known."""
        try:
            return float(self._path(host).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def write(self, host: str, moment: float) -> None:
        """Whole or not at all; what cannot be written is only forgotten."""
        path = self._path(host)
        new = path.with_suffix(".new")
        with suppress(OSError):
            new.write_text(f"{moment:.3f}", encoding="ascii")
            new.replace(path)

    def _path(self, host: str) -> Path:
        return self._folder / f"{_file_name(host)}.wait"


@contextmanager
def hold(folder: Path, group: str) -> Iterator[str | None]:
    """Hold the lock of a politeness group. Yields None where it is ours, else who has it (a process id as text, or "")."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_file_name(group)}.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read(20).strip()
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield None


class SchedulerLock:
    """The presence of a schedule at a ledger, until it is closed or its process ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{_SCHEDULES}.lock").open("a", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.alone = True
            """Whether no other schedule was there when this one came: then what lies behind it is its to account for."""
        except BlockingIOError:
            self.alone = False
        if not self.alone:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def welcome(self) -> None:
        """Let others come: what was missed has been told."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Leave."""
        self._file.close()


def _file_name(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", host)[:150]
