"""What a site has shown of its edits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.history.edit_rates import AGES_HOURS, CLAIMS, FORGET_AT, PRIOR, VANISHED, Count, EditRateModel, counted, rate_name
from tests.table import table

HOUR = timedelta(hours=1)


@table(
    ("age", "waited", "edits", "name"),
    [
        (0, 1, 0, "first, under 1 h"),
        (0, 2, 1, "edited once, under 3 h"),
        (20, 20, 7, "edited often, under 72 h"),
        (9_000, 9_000, 0, "first, older"),
        (-5, 1, 0, "first, under 1 h"),
    ],
)
def test_a_look_counts_for_the_middle_of_what_it_looks_back_over(age: float, waited: float, edits: int, name: str) -> None:
    assert rate_name(age * HOUR, waited * HOUR, edits) == name


def test_a_young_site_is_judged_by_the_prior_and_an_old_one_by_itself() -> None:
    assert EditRateModel().rates == PRIOR
    shown = EditRateModel({"first, under 1 h": Count(10_000, 3_000)})
    assert shown.rates[0][0] == pytest.approx(0.3, rel=0.05)
    assert shown.general > 5
    assert shown.rates[0][1] > PRIOR[0][1], "a site that edits much is expected to at other ages too"


def test_a_few_edits_move_it_little() -> None:
    assert EditRateModel({"first, under 1 h": Count(20, 2)}).rates[0][0] == pytest.approx(PRIOR[0][0], rel=0.5)


@given(st.floats(0, 5_000), st.floats(0.001, 0.5), st.integers(0, 3))
def test_waiting_for_a_chance_gives_that_chance(age: float, chance: float, edits: int) -> None:
    habits = EditRateModel()
    waited = habits.wait_for(chance, age * HOUR, edits)
    if waited < 9e5 * HOUR:
        assert habits.chance(age * HOUR, waited, edits) == pytest.approx(chance - chance**2 / 2, rel=0.2)
    assert 0 <= habits.chance(age * HOUR, waited, edits) <= 1


def test_old_counts_are_forgotten_by_halves() -> None:
    count = Count()
    for _ in range(10_000):
        count = counted(count, "first, under 1 h", 1.0, True)
    assert count.watched * PRIOR[0][0] < FORGET_AT
    assert count.found == pytest.approx(count.watched)


@pytest.mark.parametrize("told", [CLAIMS, VANISHED])
def test_what_sources_tell_is_believed_until_it_fails_often(told: str) -> None:
    truths = [EditRateModel({told: Count(heard, 0)}).precision(told) for heard in (0, 4, 8, 9, 50)]
    assert [precision >= 0.5 for precision in truths] == [True, True, True, False, False]
    assert EditRateModel({told: Count(100, 100)}).precision(told) > 0.95


def test_the_last_age_is_open() -> None:
    assert AGES_HOURS[-1] == float("inf")
