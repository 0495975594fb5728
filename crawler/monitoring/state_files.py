"""Small JSON files beside the ledger: state that must survive a process and is not part of the archive. Written atomically.

Other processes read two of them. The heartbeat says whether the schedule is alive, and what it is doing: it is written only
while the schedule's clock ticks, so an old one means that the schedule hangs, was stopped, or died. The other holds the alerts
that were sent.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.files import PARTIAL, replacing, sync
from crawler.monitoring.alert_state import AlertState
from pipelines.store.rows import instant_of, moment

logger = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024 * 1024
"""A longer file is not ours. A thousand sites make about 2 MB."""


PROBE_BYTES = 64 * 1024
"""About the size of a crawl's transaction, which would fail with less space."""


def path_beside(db: str, name: str) -> Path:
    """The file of this name beside the ledger; ledgers in one folder have files of their own."""
    path = Path(db).absolute()
    return path.with_name(f"{path.stem}-{name}.json")


def read_state(path: Path) -> dict[str, Any]:
    """The content of the file; empty if it is missing, or not ours."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too long")
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s is begun anew: %s", path, error)
        return {}
    return stored if isinstance(stored, dict) else {}


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replace the file atomically; raises OSError."""
    write_text(path, json.dumps(state, ensure_ascii=True, separators=(",", ":")))


def try_room(folder: Path) -> None:
    """Write a small file and delete it: raises OSError if the disk is full or the folder read-only."""
    probe = folder / f".room.{os.getpid()}{PARTIAL}"
    try:
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
            sync(file)
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file atomically, so that no reader ever sees half of it; raises OSError. `mode`: default by the umask."""
    with replacing(path, path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}"), mode=mode) as file:
        file.write(text.encode())


SCHEDULE = "schedule"
LONGEST_SILENCE = timedelta(seconds=60)
"""Maximum age of a heartbeat. It is written every ten seconds; with less, a briefly busy machine would count as dead."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The state of a schedule at one moment."""

    at: str
    """UTC, ISO 8601."""
    pid: int
    sites: int
    queued: int
    """Starts that are due and wait for their turn."""
    running: int
    """Running crawls."""
    peak: int = 0
    """Peak memory of the largest crawl since the schedule started, in bytes."""

    def fresh(self, now: datetime) -> bool:
        """Whether the schedule that wrote it counts as alive."""
        return now - instant_of(self.at) <= LONGEST_SILENCE


def write_heartbeat(db: str, now: datetime, *, pid: int, sites: int, queued: int, running: int, peak: int = 0) -> Heartbeat:
    """Write a heartbeat beside the ledger; raises OSError."""
    heartbeat = Heartbeat(moment(now), pid, sites, queued, running, peak)
    write_state(path_beside(db, SCHEDULE), asdict(heartbeat))
    return heartbeat


def read_heartbeat(db: str) -> Heartbeat | None:
    """The last heartbeat; None if no schedule ever ran here, or the file is not ours."""
    stored = read_state(path_beside(db, SCHEDULE))
    try:
        numbers = {key: int(stored[key]) for key in ("pid", "sites", "queued", "running")}
        return Heartbeat(moment(instant_of(str(stored["at"]))), **numbers, peak=int(stored.get("peak", 0)))
    except (LookupError, TypeError, ValueError):
        return None


PLAN = "plan"


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """The schedule's plan: the catalogue as last read without faults, and the present fault."""

    sites: tuple[str, ...]
    """Ids of the scheduled sites: those that are judged."""
    loaded: str
    """When they were read. UTC, ISO 8601."""
    problem: str | None = None
    """The fault of the files as they are now; None if there is none."""


def write_plan(db: str, plan: SchedulePlan) -> None:
    """Write it beside the ledger, for commands that judge sites; raises OSError."""
    write_state(path_beside(db, PLAN), asdict(plan))


def read_plan(db: str) -> SchedulePlan | None:
    """The last plan; None if no schedule ever ran here, or the file is not ours."""
    stored = read_state(path_beside(db, PLAN))
    try:
        problem = stored["problem"]
        return SchedulePlan(tuple(map(str, stored["sites"])), moment(instant_of(str(stored["loaded"]))), problem and str(problem))
    except (LookupError, TypeError, ValueError):
        return None


ALERTS = "alerts"


def read_alert_state(path: Path) -> AlertState:
    """The alert state in a file; empty if there is none, or it is not ours."""
    stored = read_state(path)
    try:
        return AlertState.from_json(stored) if stored else AlertState()
    except (LookupError, TypeError, ValueError, AttributeError):
        logger.warning("%s is begun anew: it is no book of alerts", path)
        return AlertState()
