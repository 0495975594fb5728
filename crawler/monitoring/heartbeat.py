"""The schedule's heartbeat: a small file beside the ledger that tells other processes whether it lives, and what it has to do.

It is written only while the schedule's clock ticks, so an old beat means a schedule that hangs, was stopped, or died.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from crawler.monitoring.json_files import beside, read_state, write_state
from pipelines.store.rows import instant_of, moment

logger = logging.getLogger(__name__)

NAME = "schedule"
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

    def fresh(self, now: datetime) -> bool:
        """Whether the schedule that wrote it can be taken to live."""
        return now - instant_of(self.at) <= LONGEST_SILENCE


def write_beat(db: str, now: datetime, *, pid: int, sites: int, queued: int, running: int) -> Heartbeat:
    """Leave a beat beside the ledger; raises OSError."""
    beat = Heartbeat(moment(now), pid, sites, queued, running)
    write_state(beside(db, NAME), asdict(beat))
    return beat


def read_beat(db: str) -> Heartbeat | None:
    """The last beat; None where no schedule ever ran here, or what stands there is no beat."""
    told = read_state(beside(db, NAME))
    try:
        numbers = {key: int(told[key]) for key in ("pid", "sites", "queued", "running")}
        return Heartbeat(moment(instant_of(str(told["at"]))), **numbers)
    except (LookupError, TypeError, ValueError):
        return None
