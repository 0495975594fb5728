"""When articles are looked at again, and which of the due go first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import Outcome
from pipelines.history.edit_rates import AGES_HOURS, CLAIMS, PRIOR, Count, EditRateModel, Traits
from pipelines.history.revisions import State
from pipelines.history.revisit import (
    LEAST_STEP,
    NOT_MODIFIED_COST,
    ORDINARY,
    PRICES,
    RARELY,
    Due,
    allowance,
    audit_step,
    claim_is_due,
    dead_end_due,
    in_order,
    next_check,
    price_of,
    window,
)
from tests.factories import T0, at
from tests.table import table

HOUR = 60
DAY = 24 * HOUR
NEW_SITE = EditRateModel()
FREQUENCIES = ("first", "edited once", "edited often", "followed", "any", "followed soon")
WATCHED = 2_000.0


def row(age: int, frequency: int = 0) -> str:
    """Its name, by the place of its age."""
    older = age == len(AGES_HOURS) - 1
    return f"{FREQUENCIES[frequency]}, {'older' if older else f'under {AGES_HOURS[age]:.0f} h'}"


KNOWN = EditRateModel(
    {
        row(age, frequency): Count(WATCHED, WATCHED * PRIOR[frequency][age])
        for age in range(len(AGES_HOURS))
        for frequency in range(len(PRIOR))
    }
)
"""A site that was watched for long enough to know that it edits as the prior says."""
AGES = [timedelta(minutes=n) for n in (0, 30, HOUR, 5 * HOUR, DAY, 3 * DAY, 10 * DAY, 60 * DAY)]


@table(
    ("outcome", "state", "age", "minutes"),
    [
        (Outcome.UNCHANGED, State.LIVE, 400 * DAY, 30 * DAY),
        (Outcome.NOT_MODIFIED, State.LIVE, 29 * DAY, 7 * DAY),
        (Outcome.STALE, State.LIVE, 400 * DAY, 20),
        (Outcome.ERROR, State.LIVE, 0, HOUR),
        (Outcome.RESERVED, State.LIVE, 0, DAY),
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
    assert next_check(outcome, state, T0, at(age), ORDINARY, KNOWN) == expected


def steps(habits: EditRateModel, edits: int = 0) -> list[timedelta]:
    return [audit_step(age, Traits(edits), habits) for age in AGES]


def test_steps_grow_with_the_time_since_the_last_change() -> None:
    assert steps(KNOWN) == sorted(steps(KNOWN))
    assert steps(KNOWN)[-1] == RARELY


def test_what_was_edited_often_is_looked_at_sooner() -> None:
    assert all(hot <= cold for hot, cold in zip(steps(KNOWN, 5), steps(KNOWN), strict=True))
    assert audit_step(timedelta(hours=5), Traits(5), KNOWN) < audit_step(timedelta(hours=5), ORDINARY, KNOWN)


def test_steps_follow_what_the_site_has_shown() -> None:
    """A site that edits silently between 3 and 8 hours, and never at once, is looked at then."""
    late = EditRateModel({row(2): Count(2_000, 60), row(0): Count(5_000, 0)})
    assert audit_step(timedelta(hours=4), ORDINARY, late) < audit_step(timedelta(hours=4), ORDINARY, KNOWN)
    assert audit_step(timedelta(minutes=30), ORDINARY, late) > audit_step(timedelta(minutes=30), ORDINARY, KNOWN)


def test_a_section_whose_old_articles_are_edited_is_looked_at_oftener() -> None:
    counts = {**KNOWN.counts, "section sport, old": Count(2, 30), "section crime, old": Count(30, 2)}
    site = EditRateModel(counts)
    assert audit_step(timedelta(days=8), Traits(0, "article", "Sport"), site) < audit_step(timedelta(days=8), ORDINARY, site)
    assert audit_step(timedelta(days=3), ORDINARY, site) < audit_step(timedelta(days=3), Traits(0, "article", "Crime"), site)
    young = timedelta(hours=2)
    assert audit_step(young, Traits(0, "article", "Sport"), site) == audit_step(young, ORDINARY, site)


@pytest.mark.parametrize("age", AGES)
def test_the_setting_and_the_hosts_304s_change_how_often(age: timedelta) -> None:
    found = [audit_step(age, ORDINARY, KNOWN, PRICES[one]) for one in ("thorough", "balanced", "thrifty")]
    assert found == sorted(found)
    assert audit_step(age, ORDINARY, KNOWN, price_of("balanced", cheap=True)) <= found[1]
    assert price_of("balanced", cheap=True) == PRICES["balanced"] * NOT_MODIFIED_COST


def test_a_late_edit_is_worth_a_look_a_day() -> None:
    """Where old articles are edited at all, no edit is left for longer than a day."""
    age = timedelta(days=4)
    site = EditRateModel({**KNOWN.counts, row(5): Count(5_000, 5)})
    assert audit_step(age, ORDINARY, site) <= timedelta(days=1) < audit_step(2 * age, ORDINARY, KNOWN)


@given(
    st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=9_000)),
    st.integers(0, 100),
    st.dictionaries(
        st.sampled_from(["first, under 1 h", "edited often, under 24 h", "first, older", CLAIMS]),
        st.builds(Count, st.floats(0, 1e7), st.floats(0, 1e5)),
    ),
)
def test_no_step_is_out_of_bounds_whatever_a_site_has_shown(age: timedelta, edits: int, counts: dict[str, Count]) -> None:
    assert LEAST_STEP <= audit_step(age, Traits(edits), EditRateModel(counts)) <= RARELY


def test_a_new_site_is_watched_at_every_age_before_its_old_articles_are_left_alone() -> None:
    assert max(steps(NEW_SITE)) < timedelta(hours=12) < timedelta(days=1) < max(steps(KNOWN))
    age = timedelta(days=4)
    watched = EditRateModel({row(5): Count(WATCHED, 0)})
    assert audit_step(age, ORDINARY, watched) >= timedelta(hours=23)
    assert audit_step(timedelta(days=20), ORDINARY, watched) <= timedelta(days=1)


def test_a_site_that_edits_its_old_articles_is_known_after_a_few_edits() -> None:
    """The prior, of which thousands of hours say that old articles rest, does not outweigh what was seen."""
    age = timedelta(days=4)
    busy = EditRateModel({row(5): Count(600, 5)})
    assert audit_step(age, ORDINARY, busy) < timedelta(hours=8) < timedelta(hours=22) < audit_step(age, ORDINARY, KNOWN)


def test_the_cost_of_an_article_that_never_changes() -> None:
    looks, now = 0, T0
    while now - T0 < timedelta(days=90):
        now = next_check(Outcome.UNCHANGED, State.LIVE, T0, now, ORDINARY, KNOWN) or now
        looks += 1
    assert 15 <= looks <= 25


def test_a_missing_article_is_sure_within_26_hours() -> None:
    now, looks = T0, 1
    while now - T0 < timedelta(hours=24):
        now = next_check(Outcome.SUSPECTED, State.SUSPECTED, T0, now) or now
        looks += 1
    assert (looks >= 3, now - T0 <= timedelta(hours=26)) == (True, True)


@pytest.mark.parametrize(("found", "minutes", "due"), [(100, 1, True), (0, 59, False), (0, 75, True)])
def test_claims_that_never_come_true_wait(found: float, minutes: float, due: bool) -> None:
    assert claim_is_due(T0, at(100), at(minutes), EditRateModel({CLAIMS: Count(100, found)})) is due


@table(
    ("since_last", "spent", "allowed"),
    [
        (None, 0, 60),
        (timedelta(minutes=15), 0, 60),
        (timedelta(minutes=15), 45, 15),
        (timedelta(minutes=15), 99, 0),
        (timedelta(hours=6), 10, 350),
        (timedelta(days=9), 0, 24 * 60),
    ],
)
def test_the_allowance_of_an_hour(since_last: timedelta | None, spent: int, allowed: int) -> None:
    assert allowance(60, spent, since_last) == allowed


def test_the_window_is_an_hour_to_a_day() -> None:
    spans = (None, timedelta(minutes=15), timedelta(hours=6), timedelta(days=9))
    assert [window(one) / timedelta(hours=1) for one in spans] == [1, 1, 6, 24]


def due(key: str, looked: float, changed: float, *, urgent: bool = False, edits: int = 0) -> Due:
    return Due(key, at(looked + 30), at(looked), at(changed), Traits(edits), urgent)


def test_within_the_allowance_what_has_waited_longest_goes_first() -> None:
    waiting = [due("b", 20, 0), due("a", 10, 0), due("urgent", 30, 0, urgent=True)]
    assert [one.key for one in in_order(waiting, 3, at(99), KNOWN)] == ["urgent", "a", "b"]


def test_beyond_it_the_likeliest_edit_goes_first_and_nobody_starves() -> None:
    now = 40 * DAY
    old = [due(f"old-{n}", 10 * DAY + n, 0) for n in range(9)]
    young = [due(f"young-{n}", now - HOUR, now - HOUR - n) for n in range(9)]
    missing = due("missing", now - HOUR, 0, urgent=True)
    chosen = [one.key for one in in_order([*old, *young, missing], 5, at(now), KNOWN)]
    assert chosen == ["missing", "young-0", "young-1", "young-2", "old-0"]
    assert [one.key for one in in_order([*old, missing], 0, at(now), KNOWN)] == ["missing"]


def test_an_overload_leaves_nobody_unlooked() -> None:
    """Twelve looks are due at each crawl and four allowed: each article is looked at all the same."""
    looked: dict[str, datetime] = {f"{n}": T0 for n in range(40)}
    seen: set[str] = set()
    for crawl in range(1, 60):
        now = at(crawl * HOUR)
        waiting = [Due(key, when + timedelta(hours=3), when, when - timedelta(hours=int(key))) for key, when in looked.items()]
        for one in in_order([one for one in waiting if one.due <= now], 4, now, KNOWN):
            looked[one.key] = now
            seen.add(one.key)
    assert seen == set(looked)


def test_dead_ends_are_tried_ever_more_seldom() -> None:
    assert not dead_end_due(Outcome.NOT_ARTICLE, 1, T0, at(DAY - 1))
    assert dead_end_due(Outcome.NOT_ARTICLE, 1, T0, at(DAY))
    assert not dead_end_due(Outcome.NOT_ARTICLE, 2, T0, at(DAY))
    assert dead_end_due(Outcome.NOT_ARTICLE, 99, T0, at(30 * DAY))
    assert dead_end_due(Outcome.UNCHANGED, 1, T0, at(HOUR))


def test_the_prior_has_a_rate_for_each_age() -> None:
    assert {len(rates) for rates in PRIOR} == {len(AGES_HOURS)}
