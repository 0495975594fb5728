"""Lengths of time and stored moments as a person says them. Knows no clock: who asks brings both ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.store.rows import instant_of

_STEPS = ((timedelta(days=2), timedelta(days=1), "day"), (timedelta(hours=2), timedelta(hours=1), "h"))
"""(from this long on, the unit, its name); below two hours minutes are told."""


def span(length: timedelta) -> str:
    """ "45 min", "7 h", "12 days": one unit, rounded down; a negative length is told as its size."""
    size = abs(length)
    for at_least, unit, name in _STEPS:
        if size >= at_least:
            count = size // unit
            return f"{count} {name}s" if name == "day" else f"{count} {name}"
    return f"{size // timedelta(minutes=1)} min"


def told(stamp: str, now: datetime) -> str:
    """A stored moment and how far it is from `now`: "2025-03-07 08:10Z (20 min ago)", "... (in 3 h)"."""
    when = instant_of(stamp)
    away = f"in {span(when - now)}" if when > now else f"{span(now - when)} ago"
    return f"{stamp if len(stamp) == 10 else f'{stamp[:10]} {stamp[11:16]}Z'} ({away})"
