"""Clock: the only place that reads the time. Everything else receives `now`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def clock(frozen: str | None = None) -> Clock:
    """A clock in aware UTC. `frozen` (ISO 8601 with zone) stops it at a moment, as the demo does."""
    if frozen:
        moment = datetime.fromisoformat(frozen).astimezone(UTC)
        return lambda: moment
    return lambda: datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds of a monotonic clock that continues while the machine sleeps; meaningless after a reboot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
