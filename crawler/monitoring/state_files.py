"""Small JSON files beside the ledger: what must outlive a process and is no part of the archive. Written whole or not at all.

Two are read by other processes. The heartbeat tells them whether the schedule lives, and what it has to do: it is written only
while the schedule's clock ticks, so an old beat means a schedule that hangs, was stopped, or died. The other holds which alerts
were sent.
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

from crawler.monitoring.alert_state import AlertState
from pipelines.store.rows import instant_of, moment

logger = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024 * 1024
"""A longer file is none of ours. A thousand sites make about 2 MB."""


PROBE_BYTES = 64 * 1024
"""As much as a crawl's transaction writes, or so: with less room it would fail."""


def path_beside(db: str, name: str) -> Path:
    """The file of this name beside the ledger; ledgers that share a folder have each their own."""
    path = Path(db).absolute()
    return path.with_name(f"{path.stem}-{name}.json")


def read_state(path: Path) -> dict[str, Any]:
    """What the file holds; nothing where it is missing, or not what we wrote."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too long")
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s is begun anew: %s", path, error)
        return {}
    return told if isinstance(told, dict) else {}


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replace the file in one step; raises OSError."""
    write_text(path, json.dumps(state, ensure_ascii=True, separators=(",", ":")))


def try_room(folder: Path) -> None:
    """Write a little, and take it away again: raises OSError where the disk is full, or nothing may be written there."""
    probe = folder / f".room.{os.getpid()}.partial"
    try:
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file in one step, so that no reader ever meets half of it; raises OSError. `mode`: else as the umask says."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            partial.chmod(mode)
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


SCHEDULE = "schedule"
LONGEST_SILENCE = timedelta(seconds=60)
"""So old may a beat be. It comes every ten seconds; less calls a machine that is busy for a moment dead."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a schedule is at."""

    at: str
    """UTC, ISO 8601."""
    pid: int
    sites: int
    queued: int
    """Starts that came due and wait for their turn."""
    running: int
    """Crawls under way."""
    peak: int = 0
    """Bytes that the largest crawl since its start has held at once."""

    def fresh(self, now: datetime) -> bool:
        """Whether the schedule that wrote it can be taken to live."""
        return now - instant_of(self.at) <= LONGEST_SILENCE


def write_heartbeat(db: str, now: datetime, *, pid: int, sites: int, queued: int, running: int, peak: int = 0) -> Heartbeat:
    """Leave a beat beside the ledger; raises OSError."""
    heartbeat = Heartbeat(moment(now), pid, sites, queued, running, peak)
    write_state(path_beside(db, SCHEDULE), asdict(heartbeat))
    return heartbeat


def read_heartbeat(db: str) -> Heartbeat | None:
    """The last beat; None where no schedule ever ran here, or what stands there is no beat."""
    told = read_state(path_beside(db, SCHEDULE))
    try:
        numbers = {key: int(told[key]) for key in ("pid", "sites", "queued", "running")}
        return Heartbeat(moment(instant_of(str(told["at"]))), **numbers, peak=int(told.get("peak", 0)))
    except (LookupError, TypeError, ValueError):
        return None


PLAN = "plan"


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """What a schedule goes by: the catalogue as it was last read soundly, and what is wrong with it now."""

    sites: tuple[str, ...]
    """Ids of the sites on the timetable: those that are judged."""
    loaded: str
    """When they were read. UTC, ISO 8601."""
    problem: str | None = None
    """What is wrong with the files as they are now; None where nothing is."""


def write_plan(db: str, plan: SchedulePlan) -> None:
    """Leave it beside the ledger, for commands that judge; raises OSError."""
    write_state(path_beside(db, PLAN), asdict(plan))


def read_plan(db: str) -> SchedulePlan | None:
    """The last one; None where no schedule ever ran here, or what stands there is none."""
    stored = read_state(path_beside(db, PLAN))
    try:
        problem = stored["problem"]
        return SchedulePlan(tuple(map(str, stored["sites"])), moment(instant_of(str(stored["loaded"]))), problem and str(problem))
    except (LookupError, TypeError, ValueError):
        return None


ALERTS = "alerts"


def read_alert_state(path: Path) -> AlertState:
    """The book in a file; an empty one where there is none, or none of ours."""
    told = read_state(path)
    try:
        return AlertState.from_json(told) if told else AlertState()
    except (LookupError, TypeError, ValueError, AttributeError):
        logger.warning("%s is begun anew: it is no book of alerts", path)
        return AlertState()
