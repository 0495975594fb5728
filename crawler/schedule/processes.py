"""What processes of one machine share through the operating system: locks, the death of a parent, a supervisor's
notifications.

One crawl of a host at a time, whoever starts it: the lock is `flock`, held by the open file, so a killed crawl releases it,
and no stale file blocks the next. Beside it is the file with the host's wait, from the previous crawl. A crawl
that a schedule started ends when the schedule dies: Linux sends it the signal to stop. systemd is notified
(sd_notify(3)) that the schedule is ready, alive or stopping, if it asked for that.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import re
import resource
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from crawler.catalogue.site import is_loopback
from crawler.clock import clock, steady_seconds
from pipelines.store.database import StoreError

_real_time = clock()

_SCHEDULES = "schedules"
"""Name of the lock that all schedules of a ledger share; no host has it."""


HOST_FILE_SECONDS = 3600.0
"""How long a file read by one crawl is valid for crawls of the host's other sites; RFC 9309 (2.4) allows a day for robots.txt."""


class RetryAfterFile:
    """How long each host must not be requested, stored between crawls, however the first one ended.

    One file a host beside its lock, and one in the folder that all ledgers of the machine share: how many seconds, and since
    when, by the monotonic clock. The wall clock is used only after a restart of the machine, and then a time in the future
    counts as now. So a wrong clock never makes a wait longer. Never flushed to the disk.
    """

    def __init__(self, folder: Path, shared: Path | None = None) -> None:
        """`shared`: see `machine_folder`. Hosts of this machine have no file there."""
        self._folder = folder
        self._shared = shared

    def read(self, host: str) -> float:
        """Seconds left, from this ledger or others of the machine; 0 if unknown."""
        return max(map(self._seconds_left, self._paths(host)))

    def write(self, host: str, seconds: float) -> None:
        """Store a wait from now on, atomically; a wait that cannot be written is only forgotten."""
        for path in self._paths(host):
            _write_wait(path, seconds)

    def _seconds_left(self, path: Path) -> float:
        try:
            wanted, steady, wall, started = path.read_text(encoding="ascii").split()
            seconds = float(wanted)
            elapsed = steady_seconds() - float(steady) if started == _boot_id() else _real_time().timestamp() - float(wall)
        except (OSError, ValueError):
            return 0.0
        if elapsed < 0:
            _write_wait(path, seconds)
            return seconds
        return max(seconds - elapsed, 0.0)

    def _paths(self, host: str) -> list[Path]:
        folders = [self._folder, *([self._shared] if self._shared and not is_loopback(host) else [])]
        return [folder / f"{_file_name(host)}.wait" for folder in folders]


def _write_wait(path: Path, seconds: float) -> None:
    new = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        new.write_text(f"{seconds:.3f} {steady_seconds():.3f} {_real_time().timestamp():.3f} {_boot_id()}", encoding="ascii")
        new.replace(path)


class HostFiles:
    """The robots.txt and tdmrep.json of each host, as a crawl has just read them, for crawls of its other sites.

    A crawl never uses what its own site wrote: a site alone on its host reads them every time, and of 53 that
    share one, each round reads them once. Each host leaves a few KB behind.
    """

    def __init__(self, folder: Path, site_id: str) -> None:
        self._folder = folder
        self._site = site_id.encode()

    def read(self, url: str) -> bytes | None:
        """The body, empty if the host has no such file; None if no crawl of another site fetched it within HOST_FILE_SECONDS."""
        path = self._path(url)
        try:
            is_recent = 0 <= _real_time().timestamp() - path.stat().st_mtime < HOST_FILE_SECONDS
            site, stored_url, body = path.read_bytes().split(b"\n", 2)
        except (OSError, ValueError):
            return None
        return body if is_recent and site != self._site and stored_url == url.encode() else None

    def write(self, url: str, body: bytes) -> None:
        """Store it atomically; a file that cannot be written is fetched again."""
        path = self._path(url)
        new = path.with_suffix(f".{os.getpid()}")  # of hosts that only have feeds no lock is held
        with suppress(OSError):
            new.write_bytes(b"\n".join((self._site, url.encode(), body)))
            new.replace(path)

    def _path(self, url: str) -> Path:
        return self._folder / f"{_file_name(url)}.host-file"


def locks_of(db: str | Path) -> Path:
    """The folder of a ledger's locks, beside it."""
    return Path(db).absolute().parent / "locks"


@contextmanager
def hold(folder: Path, group: str) -> Iterator[str | None]:
    """Hold the lock of a politeness group. Yields None if it is ours, otherwise its holder (a process id as text, or "").

    Raises OSError if it cannot be created or written, as on a full disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_file_name(group)}.lock"
    with path.open("ab+", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read(20).decode("ascii", "replace").strip()
            return
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        yield None


def machine_folder() -> Path | None:
    """The folder of locks and waits of hosts that all ledgers of this user on this machine share; created if missing.

    So two of them never crawl one host at the same time, nor too soon after each other. None if it cannot be used, or belongs
    to somebody else.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    shared = Path(runtime, "newsledger") if runtime else Path(tempfile.gettempdir(), f"newsledger-{os.getuid()}")
    try:
        shared.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shared.stat().st_uid == os.getuid() and not shared.is_symlink():
            return shared
    except OSError as error:
        logger.debug("%s: crawls of other ledgers are not known: %s", shared, error)
    return None


@contextmanager
def hold_everywhere(folder: Path, group: str, *, is_local: bool) -> Iterator[str | None]:
    """As `hold`, also against crawls of other ledgers; `is_local`: hosts of this machine need no protection.

    A shared folder that cannot be used, or belongs to somebody else, is ignored. Raises StoreError if our own cannot be used.
    """
    with ExitStack() as stack:
        try:
            holder = stack.enter_context(hold(folder, group))
        except OSError as error:
            raise StoreError(f"{folder}: no lock can be made there: {error.strerror}") from error
        if holder is None and not is_local and (shared := machine_folder()):
            with suppress(OSError):
                holder = stack.enter_context(hold(shared, group))
        yield holder


class SchedulerLock:
    """The presence of a schedule at a ledger, until it is closed or its process ends."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / f"{_SCHEDULES}.lock").open("a", encoding="ascii")
        except OSError as error:
            raise StoreError(f"{folder}: no lock can be made there: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.alone = True
            """Whether no other schedule was there when this one started: then it accounts for missed starts."""
        except BlockingIOError:
            self.alone = False
        if not self.alone:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def admit_others(self) -> None:
        """Let other schedules start: missed starts are recorded."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        self._file.close()


@cache
def _boot_id() -> str:
    """An id of the machine's boot; if there is none, one for each process, so that the wall clock counts."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"process-{os.getpid()}"


def _file_name(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", host)[:150]


_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8


def is_running(pid: int) -> bool:
    """Whether a process with this number runs, even if the number was reused."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop_event() -> threading.Event:
    """An event that SIGTERM and SIGINT set, instead of ending this process."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def end_with(parent: int) -> None:
    """Have this process receive SIGTERM when `parent` dies. Does nothing if the system cannot."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGTERM)


def share_heaps() -> None:
    """Limit all threads of this process to two heaps, if the C library is glibc.

    By default it keeps up to eight a core, each as large as its fullest moment: a schedule with a thread a crawl held 1 MB
    more after each thousand crawls, without using it.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def limit_memory(megabytes: int) -> None:
    """Limit the memory of this process: an allocation beyond it fails, and with it only this crawl.

    Linux counts private writable memory (RLIMIT_DATA), not mapped files. Does nothing if the system cannot.
    """
    with suppress(ValueError, OSError):  # a limit of the service's that is lower holds
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))


def peak_of_children() -> int:
    """Peak resident memory of the largest child so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


logger = logging.getLogger(__name__)

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


def notify_systemd(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send a state to the socket in NOTIFY_SOCKET; returns whether it was sent. Never raises."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
    except OSError as error:
        logger.debug("systemd could not be told %s: %s", state, error)
        return False
    return True
