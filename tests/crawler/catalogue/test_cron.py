"""Cron: what is accepted means one thing, to crontab(5) and to the scheduler."""

from __future__ import annotations

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.catalogue.cron import read_cron


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*/20 6-23 * * *", "*/20 6-23 * * *"),
        ("0  6,18\t* * *", "0 6,18 * * *"),
        ("0 6 * JAN-MAR/2,dec *", "0 6 * 1-3/2,12 *"),
        ("5/15 * 1,15 * *", "5-59/15 * 1,15 * *"),
        ("0 6 * * 0", "0 6 * * sun"),
        ("0 6 * * 7", "0 6 * * sun"),
        ("0 6 * * 1-5", "0 6 * * mon,tue,wed,thu,fri"),
        ("0 6 * * mon-fri", "0 6 * * mon,tue,wed,thu,fri"),
        ("0 6 * * sat-sun", "0 6 * * sat,sun"),
        ("0 6 * * 5-7", "0 6 * * fri,sat,sun"),
        ("0 6 * * 0-6", "0 6 * * *"),
        ("0 6 * * */2", "0 6 * * tue,thu,sat,sun"),
    ],
)
def test_read_cron(written: str, read: str) -> None:
    assert read_cron(written) == read == read_cron(read)


@given(
    st.from_regex(r"([*]|[0-9]{1,2}|mon|jan)(-([0-9]{1,2}|sun))?(/[0-9]{1,2})?( ([*]|[0-9]{1,2}|fri)){4}", fullmatch=True)
    | st.text("0123456789*/-, monfri", max_size=30)
)
@settings(max_examples=100, deadline=None)
def test_what_is_read_means_something_to_the_scheduler(text: str) -> None:
    try:
        read = read_cron(text)
    except ValueError:
        return
    CronTrigger.from_crontab(read, timezone="UTC")
    assert read_cron(read) == read
