"""Where on the clock a site's crawls stand. Pure: a site's id and interval in, moments out.

The starts of an interval lie on a grid that is counted from the epoch and shifted by a hash of the site's id: so a thousand
sites are spread evenly, a restart finds the same grid, and what was missed meanwhile can be told.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CRON_SPREAD = timedelta(minutes=2)
"""Cron starts of different sites are moved apart by up to this much, for many papers' rules say "at the full hour"."""


def offset(site_id: str, span: timedelta) -> timedelta:
    """A site's place within a span: the same at each start, evenly spread over sites; whole seconds."""
    seconds = max(int(span.total_seconds()), 1)
    return timedelta(seconds=int.from_bytes(hashlib.sha256(site_id.encode()).digest()[:8], "big") % seconds)


def grid_start(site_id: str, interval: timedelta) -> datetime:
    """The first moment of a site's grid; all others are whole intervals later."""
    return EPOCH + offset(site_id, interval)


def missed_starts(site_id: str, interval: timedelta, after: datetime, until: datetime) -> list[datetime]:
    """First and last start (one or both the same) that lay between two moments, both excluded; empty where there is none."""
    begin = grid_start(site_id, interval)
    first = begin + ((after - begin) // interval + 1) * interval
    last = begin + (-((begin - until) // interval) - 1) * interval
    return [first, last] if first <= last else []
