"""One crawl of a host at a time on this machine, whoever starts it: a file lock that dies with its process.

The lock is `flock`: it is held by the open file, so a crawl that is killed gives it up, and no stale file blocks the next.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold(folder: Path, group: str) -> Iterator[str | None]:
    """Hold the lock of a politeness group. Yields None where it is ours, else who has it (a process id as text, or "")."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]', '_', group)[:150]}.lock"
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
