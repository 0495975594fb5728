"""The grid of starts: spread, stable, and complete."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule.plan import EPOCH, grid_start, missed_starts, offset
from crawler.schedule.service import trigger_of
from crawler.sites import Site
from tests.pipelines.making import T0, at

HALF_HOUR = timedelta(minutes=30)


def test_a_thousand_sites_are_spread_evenly() -> None:
    minutes = Counter(int(offset(f"site-{n}", HALF_HOUR).total_seconds() // 60) for n in range(1000))
    assert len(minutes) == 30
    assert max(minutes.values()) <= 60, "no minute of the half hour has twice its share"


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_missed_starts_are_those_of_the_grid(begin: int, minutes: int) -> None:
    after, until = EPOCH + timedelta(minutes=begin), EPOCH + timedelta(minutes=begin + minutes)
    grid = grid_start("paper", HALF_HOUR)
    steps = [grid + n * HALF_HOUR for n in range(-1, 800)]
    inside = [step for step in steps if after < step < until]
    assert missed_starts("paper", HALF_HOUR, after, until) == ([inside[0], inside[-1]] if inside else [])


def fired(site: Site, begin: datetime, until: datetime) -> list[datetime]:
    trigger, found, previous = trigger_of(site), [], None
    now = begin
    while (following := trigger.get_next_fire_time(previous, now)) and following < until:
        found.append(following)
        previous, now = following, following
    return found


def test_no_start_of_a_month_is_lost_or_doubled() -> None:
    site = Site("paper", "The Paper", "https://paper.example/", "Europe/London", every="30 min")
    starts = fired(site, T0, T0 + timedelta(days=30))
    assert len(starts) == 30 * 48
    assert {later - earlier for earlier, later in pairwise(starts)} == {HALF_HOUR}


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (datetime(2025, 3, 29, 12, tzinfo=UTC), 23),
        (datetime(2025, 10, 25, 11, tzinfo=UTC), 25),
        (datetime(2025, 6, 1, 11, tzinfo=UTC), 24),
    ],
)
def test_cron_stays_at_its_local_hour_when_the_clocks_change(day: datetime, hours: int) -> None:
    site = Site("paper", "The Paper", "https://paper.example/", "Europe/London", cron="30 6 * * *")
    first, second = fired(site, day, day + timedelta(hours=45))[:2]
    moved = offset("paper", timedelta(minutes=2))
    assert second - first == timedelta(hours=24)
    assert {(start - moved).astimezone(first.tzinfo).strftime("%H:%M") for start in (first, second)} == {"06:30"}
    before = fired(site, day - timedelta(hours=24), day)[-1]
    assert (first.astimezone(UTC) - before.astimezone(UTC)) == timedelta(hours=hours)


def test_a_site_just_crawled_is_not_due() -> None:
    assert missed_starts("paper", HALF_HOUR, at(0), at(0)) == []
