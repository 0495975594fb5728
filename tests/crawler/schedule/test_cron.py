"""Cron rules: what the catalogue accepts has starts, and the last one before a moment is one of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.tables import read_table
from crawler.schedule.cron import last_start, next_start
from tests.factories import T0
from tests.table import table

ZONES = ["Europe/London", "Australia/Lord_Howe", "America/Havana", "Antarctica/Troll", "UTC"]


def read_cron(rule: str) -> str:
    """The rule of a site as it is read; ValueError says what is wrong with it."""
    wrong: list[str] = []
    table = {"id": "paper", "name": "The Paper", "url": "https://paper.example/", "timezone": "Europe/London", "cron": rule}
    site = read_table(table, lambda key, what: wrong.append(f"{key} {what}"))
    if site is None:
        raise ValueError("; ".join(wrong))
    assert site.cron is not None
    return site.cron


@table(
    ("written", "read"),
    [
        ("*/20 6-23 * * *", "*/20 6-23 * * *"),
        ("0  6,18 * * *", "0 6,18 * * *"),
        ("0 6 * JAN-MAR/2,dec *", "0 6 * jan-mar/2,dec *"),
        ("0 6 * * mon-FRI", "0 6 * * mon-fri"),
        ("0 6 * * sat-sun", "0 6 * * sat-7"),
        ("0 6 1 * 0-6", "0 6 1 * *"),
        ("0 6 1-31 * 1-7", "0 6 * * *"),
        ("0 6 1-31 * mon", "0 6 * * mon"),
    ],
)
def test_read_cron(written: str, read: str) -> None:
    assert read_cron(written) == read == read_cron(read)


@table(
    ("one", "other"),
    [
        ("5/15 * 1,15 * *", "5-59/15 * 1,15 * *"),
        ("0 6 * JAN-MAR/2,dec *", "0 6 * 1,3,12 *"),
        ("0 6 * * 0", "0 6 * * sun"),
        ("0 6 * * 7", "0 6 * * sun"),
        ("0 6 * * 1-5", "0 6 * * mon,tue,wed,thu,fri"),
        ("0 6 * * sat-sun", "0 6 * * sat,sun"),
        ("0 6 * * 5-7", "0 6 * * fri,sat,sun"),
        ("0 6 * * 0-6", "0 6 * * *"),
        ("0 6 * * */2", "0 6 * * tue,thu,sat,sun"),
    ],
)
def test_two_ways_to_say_one_thing(one: str, other: str) -> None:
    """As crontab(5) has it: Sunday is 0 and 7, Monday 1."""
    start = end = T0
    for _ in range(40):
        following = next_start(read_cron(one), "UTC", start)
        assert following is not None
        assert following == next_start(read_cron(other), "UTC", start)
        start = following
    while end < start:
        following = next_start(read_cron(one), "UTC", end)
        assert following is not None
        end = following
    assert end == start


@given(
    st.from_regex(r"([*]|[0-9]{1,2}|mon|jan)(-([0-9]{1,2}|sun))?(/[0-9]{1,2})?( ([*]|[0-9]{1,2}|fri)){4}", fullmatch=True)
    | st.text("0123456789*/-, monfriL#", max_size=30),
    st.sampled_from(ZONES),
    st.integers(0, 900_000),
)
@settings(max_examples=100, deadline=None)
def test_what_is_read_has_starts(text: str, zone: str, minutes: int) -> None:
    try:
        read = read_cron(text)
    except ValueError:
        return
    assert read_cron(read) == read
    after = T0 + timedelta(minutes=minutes)
    first = next_start(read, zone, after)
    assert first is not None
    assert first > after
    assert last_start(read, zone, first + timedelta.resolution, after) == first
