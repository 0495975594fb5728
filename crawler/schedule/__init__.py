"""When a site is crawled: the times of its crawls. Pure: a site in, datetimes out.

The starts of an interval are counted from the epoch and shifted by a hash of the site's id: so a thousand sites are spread
evenly, a restart computes the same starts, and missed ones can be counted. `crawler.schedule.cron` computes the starts of cron
rules, which are shifted here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from crawler.catalogue.site import Site
from crawler.schedule import cron

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CRON_SPREAD = timedelta(minutes=2)
"""Cron starts of different sites are shifted by up to this much, because many papers' rules are for the full hour."""


def offset(site_id: str, span: timedelta) -> timedelta:
    """A site's shift within a time span: the same at each start, evenly distributed over sites; whole seconds."""
    seconds = max(int(span.total_seconds()), 1)
    return timedelta(seconds=int.from_bytes(hashlib.sha256(site_id.encode()).digest()[:8], "big") % seconds)


def grid_start(site_id: str, interval: timedelta) -> datetime:
    """The first start of a site; all others are whole intervals later."""
    return EPOCH + offset(site_id, interval)


def next_start(site: Site, after: datetime) -> datetime | None:
    """The first planned start after a time, in UTC; None for a cron rule that never matches."""
    if site.cron:
        moved = offset(site.id, CRON_SPREAD)
        found = cron.next_start(site.cron, site.timezone, after - moved)
        return found + moved if found else None
    interval = _interval(site)
    begin = grid_start(site.id, interval)
    return begin + ((after - begin) // interval + 1) * interval


def missed_starts(site: Site, after: datetime, until: datetime) -> list[datetime]:
    """First and last start (one or both the same) between two times, both excluded; empty if there is none."""
    first = next_start(site, after)
    if first is None or first >= until:
        return []
    if site.cron:
        moved = offset(site.id, CRON_SPREAD)
        last = cron.last_start(site.cron, site.timezone, until - moved, after - moved)
        return [first, last + moved] if last else []
    interval = _interval(site)
    return [first, first + (until - first - timedelta.resolution) // interval * interval]


def _interval(site: Site) -> timedelta:
    if site.interval is None:
        raise ValueError(f"{site.id}: neither every nor cron")
    return site.interval
