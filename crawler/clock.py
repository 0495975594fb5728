"""Clock: the one place that reads the time. Everything else gets `now` passed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def clock(frozen: str | None = None) -> Clock:
    """A clock in aware UTC. `frozen` (ISO 8601 with zone) stops it at a moment: the demo lives through a day that way."""
    if frozen:
        moment = datetime.fromisoformat(frozen).astimezone(UTC)
        return lambda: moment
    return lambda: datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps; of no meaning once it starts anew."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
