"""The grid of starts: spread, stable, and complete."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.site import Site
from crawler.schedule import CRON_SPREAD, EPOCH, grid_start, missed_starts, next_start, offset
from tests.factories import T0, at
from tests.table import table

HALF_HOUR = timedelta(minutes=30)


def test_a_thousand_sites_are_spread_evenly() -> None:
    minutes = Counter(int(offset(f"site-{n}", HALF_HOUR).total_seconds() // 60) for n in range(1000))
    assert len(minutes) == 30
    assert max(minutes.values()) <= 60, "no minute of the half hour has twice its share"


PAPER = Site("paper", "The Paper", "https://paper.example/", "Europe/London", every="30 min")
MOVED = offset("paper", CRON_SPREAD)


def by_cron(rule: str, zone: str = "Europe/London") -> Site:
    return Site("paper", "The Paper", "https://paper.example/", zone, cron=rule)


def starts(site: Site, begin: datetime, until: datetime) -> list[datetime]:
    found = []
    following = next_start(site, begin)
    while following and following < until:
        found.append(following)
        following = next_start(site, following)
    return found


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_missed_starts_are_those_of_the_grid(begin: int, minutes: int) -> None:
    after, until = EPOCH + timedelta(minutes=begin), EPOCH + timedelta(minutes=begin + minutes)
    grid = grid_start("paper", HALF_HOUR)
    steps = [grid + n * HALF_HOUR for n in range(-1, 800)]
    inside = [step for step in steps if after < step < until]
    assert missed_starts(PAPER, after, until) == ([inside[0], inside[-1]] if inside else [])


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["30 6 * * *", "*/20 * * * *", "0 6-23/3 * * mon,fri", "15 1,2 1 * *", "0 0 29 2 *"]),
    st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/Havana", "UTC"]),
    st.integers(0, 900_000),
    st.timedeltas(timedelta(minutes=1), timedelta(days=1)),
)
def test_missed_starts_of_cron_are_those_that_would_have_been(rule: str, zone: str, minutes: int, span: timedelta) -> None:
    site, after = by_cron(rule, zone), T0 + timedelta(minutes=minutes)
    inside = starts(site, after, after + span)
    assert inside == sorted(set(inside))
    assert missed_starts(site, after, after + span) == ([inside[0], inside[-1]] if inside else [])


def test_no_start_of_a_month_is_lost_or_doubled() -> None:
    found = starts(PAPER, T0, T0 + timedelta(days=30))
    assert len(found) == 30 * 48
    assert {later - earlier for earlier, later in pairwise(found)} == {HALF_HOUR}


SPRING, AUTUMN, SUMMER = date(2025, 3, 30), date(2025, 10, 26), date(2025, 6, 1)


@table(
    ("rule", "zone", "day", "expected"),
    [
        ("30 6 * * *", "Europe/London", SPRING, ["05:30"]),
        ("30 6 * * *", "Europe/London", AUTUMN, ["06:30"]),
        ("30 6 * * *", "Europe/London", SUMMER, ["05:30"]),
        # 01:30 is skipped: it comes behind the gap, at 02:30 summer time
        ("30 1 * * *", "Europe/London", SPRING, ["01:30"]),
        ("30 1 * * *", "Europe/London", AUTUMN, ["00:30"]),
        ("0 1,2 * * *", "Europe/London", SPRING, ["01:00"]),
        # what runs through keeps its pace: an hour less in spring, an hour more in autumn
        ("30 * * * *", "Europe/London", SPRING, [f"{hour:02}:30" for hour in range(23)]),
        ("30 * * * *", "Europe/London", AUTUMN, ["23:30", *(f"{hour:02}:30" for hour in range(24))]),
        ("0,30 0-3 * * *", "Europe/London", AUTUMN, ["23:00", "23:30", "00:00", "00:30", "01:00", "01:30", "02:00", "02:30",
                                                     "03:00", "03:30"]),
        ("0,30 0-3 * * *", "Europe/London", SPRING, ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30"]),
        ("30 2 * * *", "Europe/Berlin", SPRING, ["01:30"]),
        # half an hour, and at midnight
        ("15 2 * * *", "Australia/Lord_Howe", date(2025, 10, 5), ["15:45"]),
        ("30 0 * * *", "America/Havana", date(2025, 3, 9), ["05:30"]),
        ("30 0 * * *", "America/Havana", date(2025, 11, 2), ["04:30"]),
        ("0 7 * * sun", "Europe/London", SPRING, ["06:00"]),
        ("0 7 * * mon,tue", "Europe/London", SPRING, []),
        ("0 */6 30 3,6 *", "Europe/London", SPRING, ["00:00", "05:00", "11:00", "17:00"]),
    ],
)  # fmt: skip
def test_cron_across_changes_of_the_clock(rule: str, zone: str, day: date, expected: list[str]) -> None:
    """The starts of one local day, as UTC times of day."""
    place = ZoneInfo(zone)
    begin = datetime.combine(day, time(), place).astimezone(UTC) - timedelta(microseconds=1)
    until = datetime.combine(day + timedelta(days=1), time(), place).astimezone(UTC)
    found = starts(by_cron(rule, zone), begin + MOVED, until + MOVED)
    assert [(start - MOVED).strftime("%H:%M") for start in found] == expected
    assert missed_starts(by_cron(rule, zone), begin + MOVED, until + MOVED) == ([found[0], found[-1]] if found else [])


def test_a_rule_that_never_comes_true_has_no_start() -> None:
    assert next_start(by_cron("0 0 31 2 *"), T0) is None
    assert missed_starts(by_cron("0 0 31 2 *"), T0, T0 + timedelta(days=400)) == []
    assert next_start(by_cron("0 0 29 2 *", "UTC"), datetime(2097, 1, 1, tzinfo=UTC)) == datetime(2104, 2, 29, tzinfo=UTC) + MOVED


def test_a_site_just_crawled_is_not_due() -> None:
    assert missed_starts(PAPER, at(0), at(0)) == []
