"""The ladder of looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.schedule.recheck import LADDER, dead_end_due, next_check
from pipelines.article import Outcome
from pipelines.revisions import State
from tests.pipelines.making import T0, at

HOUR = 60
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("outcome", "state", "age", "minutes"),
    [
        (Outcome.NEW, State.LIVE, 0, 30),
        (Outcome.UNCHANGED, State.LIVE, 3 * HOUR - 1, 30),
        (Outcome.UNCHANGED, State.LIVE, 3 * HOUR, HOUR),
        (Outcome.NOT_MODIFIED, State.LIVE, 6 * HOUR, 3 * HOUR),
        (Outcome.UNCHANGED, State.LIVE, DAY, 12 * HOUR),
        (Outcome.UNCHANGED, State.LIVE, 3 * DAY, DAY),
        (Outcome.UNCHANGED, State.LIVE, 400 * DAY, 30 * DAY),
        (Outcome.STALE, State.LIVE, 400 * DAY, 20),
        (Outcome.ERROR, State.LIVE, 0, HOUR),
        (Outcome.SUSPECTED, State.SUSPECTED, 0, HOUR),
        (Outcome.SUSPECTED, State.SUSPECTED, 2 * HOUR, 8 * HOUR),
        (Outcome.SUSPECTED, State.SUSPECTED, 12 * HOUR, 16 * HOUR),
        (Outcome.GONE, State.GONE, DAY, 7 * DAY),
        (Outcome.GONE, State.GONE, 60 * DAY, 30 * DAY),
        (Outcome.MOVED, State.MOVED, 0, None),
    ],
)
def test_next_check(outcome: Outcome, state: State, age: float, minutes: float | None) -> None:
    expected = None if minutes is None else at(age + minutes)
    assert next_check(outcome, state, T0, at(age)) == expected


def test_steps_grow_with_age() -> None:
    assert [list(column) for column in zip(*LADDER, strict=True)] == [sorted(column) for column in zip(*LADDER, strict=True)]


def test_the_cost_of_a_ladder_is_what_its_comment_says() -> None:
    looks, now = 0, T0
    while now - T0 < timedelta(days=90):
        now = next_check(Outcome.UNCHANGED, State.LIVE, T0, now) or now
        looks += 1
    assert looks == 36


def test_a_missing_article_is_sure_within_26_hours() -> None:
    now, looks = T0, 1
    while now - T0 < timedelta(hours=24):
        now = next_check(Outcome.SUSPECTED, State.SUSPECTED, T0, now) or now
        looks += 1
    assert (looks >= 3, now - T0 <= timedelta(hours=26)) == (True, True)


def test_dead_ends_are_tried_ever_more_seldom() -> None:
    assert not dead_end_due(Outcome.NOT_ARTICLE, 1, T0, at(DAY - 1))
    assert dead_end_due(Outcome.NOT_ARTICLE, 1, T0, at(DAY))
    assert not dead_end_due(Outcome.NOT_ARTICLE, 2, T0, at(DAY))
    assert dead_end_due(Outcome.NOT_ARTICLE, 99, T0, at(30 * DAY))
    assert dead_end_due(Outcome.UNCHANGED, 1, T0, at(HOUR))
