"""Control of a running schedule through a socket beside the ledger: next, run, cancel, pause, resume.

A Unix socket that only its owner can open; no network port. A request is one line of JSON, and so is the answer:

    {"version": 1, "verb": "pause", "sites": ["a"], "until": "2025-03-07T14:05:00Z"}
    {"version": 1, "sites": [{"site": "a", "state": "paused", "next": null, ...}], "problems": []}

Keys are only added; the answer to an unknown request has `error`. The length of a line and its time are limited.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.clock import Clock
from crawler.schedule.processes import hold, locks_of
from crawler.schedule.service import Schedule
from crawler.schedule.subprocess_runner import CrawlRunner
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import Pause, pause_site
from pipelines.store.database import Store, StoreError
from pipelines.store.rows import instant_of, moment, optional_moment

logger = logging.getLogger(__name__)

VERSION = 1
MAX_REQUEST_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 16 * 1024 * 1024
SECONDS = 5.0
"""Time limit for a client to send its request, or to read the answer. The next client waits meanwhile."""
ANSWER_SECONDS = 60.0
"""Time limit for an answer: a pause is written to the ledger, which others may have locked."""

LAST = "9999"
"""Sort key of a site without a next start."""


class NotPossibleError(Exception):
    """The schedule cannot do what was requested; the message says why."""


class ScheduleControl:
    """The requests that a schedule answers, without the socket."""

    def __init__(self, schedule: Schedule, crawls: CrawlRunner, db: str, clock: Clock) -> None:
        self._schedule = schedule
        self._crawls = crawls
        self._db = db
        self._clock = clock

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request; a problem with one site does not affect the others."""
        verbs: dict[str, Callable[[str], None]] = {
            "run": self._run,
            "cancel": self._cancel,
            "pause": lambda site_id: self._pause(site_id, request.get("until")),
            "resume": self._resume,
        }
        verb, wanted = request.get("verb"), request.get("sites", [])
        if request.get("version") != VERSION:
            return {"error": f"version {request.get('version')!r} is not understood; this schedule speaks {VERSION}"}
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            return {"error": "sites is no list of ids"}
        if verb == "list":
            return {"sites": self.listed(wanted or None), "problems": []}
        if verb not in verbs:
            return {"error": f"there is no {verb!r}"}
        problems = []
        for site_id in dict.fromkeys(wanted):
            try:
                if not self._schedule.has(site_id):
                    raise NotPossibleError(f"{site_id} is not on the timetable: switched off, retired, or in no catalogue")
                verbs[verb](site_id)
                logger.info("%s: %s, asked for by hand", site_id, verb, extra={"site": site_id})
            except (NotPossibleError, StoreError, ValueError) as error:
                problems.append({"site": site_id, "problem": str(error)})
        return {"sites": self.listed(wanted), "problems": problems}

    def listed(self, wanted: Sequence[str] | None = None) -> list[dict[str, str | None]]:
        """The state of each site, in order of the next start: "running", "waiting" for its turn, "paused" or "idle"."""
        pauses = self._schedule.pauses
        rows = []
        for site_id, start in self._schedule.starts().items():
            if wanted is not None and site_id not in wanted:
                continue
            rows.append(row_of_site(site_id, start, pauses.get(site_id), self._schedule.queues.under_way(site_id)))
        return sorted(rows, key=lambda row: (row["next"] or LAST, str(row["site"])))

    def _run(self, site_id: str) -> None:
        site, state = self._schedule.site(site_id), self._schedule.queues.under_way(site_id)
        if state:
            raise NotPossibleError(f"a crawl of {site_id} is {state} already")
        if site:
            self._schedule.queues.submit(site, self._clock(), "hand")

    def _cancel(self, site_id: str) -> None:
        dropped = self._schedule.queues.drop(site_id, CodedReason(CrawlReason.CANCELLED, "cancelled by hand"))
        if not self._crawls.cancel(site_id) and not dropped:
            raise NotPossibleError(f"no crawl of {site_id} runs here")

    def _pause(self, site_id: str, until: object) -> None:
        set_pause(self._db, site_id, self._clock(), instant_of(str(until)) if until else None)
        self._schedule.follow_pauses()

    def _resume(self, site_id: str) -> None:
        if site_id not in self._schedule.pauses:
            raise NotPossibleError(f"{site_id} is not paused")
        end_pause(self._db, site_id, self._clock(), self._schedule.pauses[site_id])
        self._schedule.follow_pauses()


def row_of_site(site_id: str, start: datetime | None, pause: Pause | None, state: str | None = None) -> dict[str, str | None]:
    """The state of a site, in the form of an answer."""
    return {
        "site": site_id,
        "state": state or ("paused" if pause else "idle"),
        "next": optional_moment(start),
        "paused": moment(pause.since) if pause else None,
        "paused_until": optional_moment(pause.until) if pause else None,
    }


def set_pause(db: str, site_id: str, now: datetime, until: datetime | None) -> None:
    """Write a pause to the ledger, where every schedule finds it; raises StoreError, or ValueError for an end in the past."""
    if until and until <= now:
        raise ValueError(f"{moment(until)} is over")
    with Store(db) as store:
        pause_site(store, site_id, Pause(now, until))


def end_pause(db: str, site_id: str, now: datetime, pause: Pause) -> None:
    with Store(db) as store:
        pause_site(store, site_id, Pause(min(pause.since, now), now))


class ControlServer:
    """Answers at the socket, one connection after the other, in its own thread, until it is closed."""

    def __init__(self, db: str, control: ScheduleControl) -> None:
        self._path = socket_path(db)
        self._control = control
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)

    def start(self) -> None:
        """Start to answer; if another schedule of the ledger answers, once that has exited."""
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(SECONDS * 2)

    def _serve(self) -> None:
        while not self._closing.is_set():
            with hold(locks_of(self._path), self._path.name) as holder:
                if holder is None:
                    self._listen()
            self._closing.wait(SECONDS)

    def _listen(self) -> None:
        try:
            self._path.unlink(missing_ok=True)  # of a schedule that died: ours is the lock
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as listener:
                os.fchmod(listener.fileno(), 0o600)  # before it has a name: nobody else ever finds it open
                with _short_address(self._path) as address:
                    listener.bind(address)
                self._path.chmod(0o600)
                listener.listen(8)
                listener.settimeout(0.5)
                while not self._closing.is_set():
                    with suppress(TimeoutError):
                        self._answer(listener.accept()[0])
        except OSError as error:
            logger.error("%s: nobody can ask the schedule for anything: %s", self._path, error)
            self._closing.wait(60)
        finally:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(SECONDS)
                connection.sendall(_line(self._reply(_read_line(connection, MAX_REQUEST_BYTES))))
            except OSError as error:
                logger.warning("a question to the schedule got no answer: %s", error)

    def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"error": "the request is no line of JSON"}
        try:
            return self._control.answer(request) if isinstance(request, dict) else {"error": "the request is no object"}
        except Exception as error:  # the boundary of this thread: one request must not cost the next
            logger.exception("a question to the schedule failed")
            return {"error": f"{type(error).__name__}: {error}"}


def request(db: str, verb: str, sites: Sequence[str] = (), **more: str | None) -> dict[str, Any] | None:
    """The answer of the ledger's running schedule; None if none runs. Raises NotPossibleError."""
    path = socket_path(db)
    wanted = {"version": VERSION, "verb": verb, "sites": list(sites), **more}
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _short_address(path) as address:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(address)
            connection.sendall(_line(wanted))
            answer = json.loads(_read_line(connection, MAX_ANSWER_BYTES))
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except PermissionError as error:
        raise NotPossibleError(f"{path}: the schedule runs as another user, who alone may ask it") from error
    except (OSError, ValueError) as error:
        raise NotPossibleError(f"{path}: the schedule did not answer: {error}") from error
    if not isinstance(answer, dict) or "error" in answer:
        raise NotPossibleError(str(answer.get("error")) if isinstance(answer, dict) else "the schedule did not answer")
    return answer


def socket_path(db: str) -> Path:
    """The socket of a ledger's schedule, beside it."""
    path = Path(db).absolute()
    return path.with_name(f"{path.stem}-schedule.sock")


@contextmanager
def _short_address(path: Path) -> Iterator[str]:
    """An address of the socket within the system's limit of 107 bytes: through the open folder if the path is longer."""
    if len(os.fsencode(path)) <= 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps({"version": VERSION, **value}).encode() + b"\n"


def _read_line(connection: socket.socket, limit: int) -> bytes:
    """Read up to the end of the line; raises OSError if it is longer, or incomplete."""
    read = bytearray()
    deadline = time.monotonic() + (connection.gettimeout() or SECONDS)
    while not read.endswith(b"\n"):
        connection.settimeout(max(deadline - time.monotonic(), 0.01))
        part = connection.recv(64 * 1024)
        read += part
        if not part or len(read) > limit:
            raise OSError("a line that breaks off" if not part else f"a line of more than {limit} bytes")
    return bytes(read)
