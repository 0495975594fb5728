"""The starts of a cron rule in a site's own zone, right when the clocks change. Pure: rule, zone and moment in, moments out.

cronsim tells which local times a rule names; this module tells which moments those are (docs/decisions/0017 says why). A rule
that names single hours starts once a day, every day: an hour that is skipped in spring moves the start behind the gap, an hour
that comes twice in autumn has it the first time only. A rule that runs through (the hours before and after are in it too) keeps
its pace: nothing is added in spring, and the hour that comes twice has its starts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_LONGEST_CHANGE = timedelta(hours=3)
"""No clock is moved by so much: starts whose local times are farther apart keep their order."""


def next_start(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first start later than a moment, in UTC; None where there is none within 50 years."""
    place, found = ZoneInfo(zone), None
    for local, start in _starts(cron, place, _local(after, place) - _LONGEST_CHANGE):
        if found and local > _local(found, place) + _LONGEST_CHANGE:
            break
        if start > after and (found is None or start < found):
            found = start
    return found


def last_start(cron: str, zone: str, before: datetime, after: datetime) -> datetime | None:
    """The last start earlier than one moment and later than another, in UTC; None where there is none."""
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
    """Local times after one (before it, if reverse) in their order, each with the start that it stands for."""
    try:
        rule = CronSim(cron, begin, reverse)
    except CronSimError:  # 31 February: read as a rule, and never true
        return
    for local in rule:
        first, again = local.replace(tzinfo=place), local.replace(tzinfo=place, fold=1)
        early, late = first.utcoffset(), again.utcoffset()
        runs_through = {(local.hour - 1) % 24, (local.hour + 1) % 24} <= rule.hours
        if early == late or early is None or late is None:
            yield local, first.astimezone(UTC)
        elif early > late:  # this hour comes twice
            yield local, first.astimezone(UTC)
            if runs_through:
                yield local, again.astimezone(UTC)
        elif not runs_through:  # this hour is skipped; the offset before the gap leads behind it
            yield local, first.astimezone(UTC)
