"""The one place that asks what time it is. Everything else is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def clock(frozen: str | None = None) -> Clock:
    """A clock in aware UTC. `frozen` (ISO 8601 with zone) stops it at a moment: the demo lives through a day that way."""
    if frozen:
        moment = datetime.fromisoformat(frozen).astimezone(UTC)
        return lambda: moment
    return lambda: datetime.now(UTC)
