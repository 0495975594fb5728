"""The starts of a cron rule in a site's own zone, right when the clocks change. Pure: rule, zone and moment in, moments out.

A rule that names single hours starts once a day, every day: an hour that is skipped in spring moves the start behind the gap, an
hour that comes twice in autumn has it the first time only. A rule that runs through (the hours before and after are in it too)
keeps its pace: nothing is added in spring, and the hour that comes twice has its starts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MAX_DAYS = 366 * 8 + 1
"""So far ahead the next start is looked for: from one 29 February to the next over a year 2100."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Five cron fields as the numbers that they allow."""

    minutes: tuple[int, ...]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """Monday is 0."""

    def allows(self, day: date) -> bool:
        """Whether a day has starts."""
        return day.month in self.months and day.day in self.days and day.weekday() in self.weekdays

    def runs_through(self, hour: int) -> bool:
        """Whether an hour is one of several on end."""
        return (hour - 1) % 24 in self.hours and (hour + 1) % 24 in self.hours


@lru_cache(maxsize=4096)
def read_rule(cron: str) -> Rule:
    """A rule in the form in which `crawler.catalogue.cron` leaves it; ValueError where it has no five fields."""
    minutes, hours, days, months, weekdays = cron.split()
    names = frozenset(range(7)) if weekdays == "*" else frozenset(_WEEKDAYS.index(name) for name in weekdays.split(","))
    return Rule(
        tuple(sorted(_numbers(minutes, 0, 59))), _numbers(hours, 0, 23), _numbers(days, 1, 31), _numbers(months, 1, 12), names
    )  # fmt: skip


def next_start(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first start later than a moment, in UTC; None where there is none within `MAX_DAYS`."""
    rule, place = read_rule(cron), ZoneInfo(zone)
    first = after.astimezone(place).date()
    for number in range(-1, MAX_DAYS):
        found = [start for start in _starts_of_day(rule, place, first + number * _DAY) if start > after]
        if found:
            return min(found)
    return None


def last_start(cron: str, zone: str, before: datetime, after: datetime) -> datetime | None:
    """The last start earlier than one moment and later than another, in UTC; None where there is none."""
    rule, place = read_rule(cron), ZoneInfo(zone)
    day, end = before.astimezone(place).date() + _DAY, after.astimezone(place).date() - _DAY
    while day >= end:
        found = [start for start in _starts_of_day(rule, place, day) if after < start < before]
        if found:
            return max(found)
        day -= _DAY
    return None


def _starts_of_day(rule: Rule, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """In no order; one moment may come twice, where a start was moved behind a gap onto another."""
    if not rule.allows(day):
        return
    for hour in rule.hours:
        for minute in rule.minutes:
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            again = local.replace(fold=1)
            early, late = local.utcoffset(), again.utcoffset()
            if early == late or early is None or late is None:
                yield local.astimezone(UTC)
            elif early > late:  # this hour comes twice
                yield local.astimezone(UTC)
                if rule.runs_through(hour):
                    yield again.astimezone(UTC)
            elif not rule.runs_through(hour):  # this hour is skipped; the offset before the gap leads behind it
                yield local.astimezone(UTC)


def _numbers(field: str, low: int, high: int) -> frozenset[int]:
    """ "*", "*/20", "6", "6-23", "6-23/2", and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin, end = (low, high) if first == "*" else (int(first), int(last or first))
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)
