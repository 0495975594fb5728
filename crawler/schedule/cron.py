"""The starts of a cron rule in a site's own zone, correct at clock changes. Pure: rule, zone and time in, times out.

cronsim computes the local times of a rule; this module maps them to UTC (docs/decisions/0017 says why). A rule
for single hours starts once a day, every day: in spring a start in the skipped hour moves behind the gap, in autumn a start in
the repeated hour happens only the first time. A repeating rule (its hours before and after match too) keeps
its pace: nothing is added in spring, and the repeated hour has its starts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_LONGEST_CHANGE = timedelta(hours=3)
"""No clock change is longer: starts whose local times are farther apart keep their order."""


def next_start(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first start after a time, in UTC; None if there is none within 50 years."""
    place, found = ZoneInfo(zone), None
    for local, start in _starts(cron, place, _local(after, place) - _LONGEST_CHANGE):
        if found and local > _local(found, place) + _LONGEST_CHANGE:
            break
        if start > after and (found is None or start < found):
            found = start
    return found


def last_start(cron: str, zone: str, before: datetime, after: datetime) -> datetime | None:
    """The last start before one time and after another, in UTC; None if there is none."""
    place, found = ZoneInfo(zone), None
    for local, start in _starts(cron, place, _local(before, place) + _LONGEST_CHANGE, reverse=True):
        if local < _local(found or after, place) - _LONGEST_CHANGE:
            break
        if after < start < before and (found is None or start > found):
            found = start
    return found


def _local(moment: datetime, place: ZoneInfo) -> datetime:
    return moment.astimezone(place).replace(tzinfo=None)


def _starts(cron: str, place: ZoneInfo, begin: datetime, *, reverse: bool = False) -> Iterator[tuple[datetime, datetime]]:
    """Local times after one (before it, if reverse) in their order, each with its start in UTC."""
    try:
        rule = CronSim(cron, begin, reverse)
    except CronSimError:  # 31 February: read as a rule, and never true
        return
    for local in rule:
        first, second = local.replace(tzinfo=place), local.replace(tzinfo=place, fold=1)
        early, late = first.utcoffset(), second.utcoffset()
        runs_through = {(local.hour - 1) % 24, (local.hour + 1) % 24} <= rule.hours
        if early == late or early is None or late is None:
            yield local, first.astimezone(UTC)
        elif early > late:  # this hour comes twice
            yield local, first.astimezone(UTC)
            if runs_through:
                yield local, second.astimezone(UTC)
        elif not runs_through:  # this hour is skipped; the offset before the gap leads behind it
            yield local, first.astimezone(UTC)
