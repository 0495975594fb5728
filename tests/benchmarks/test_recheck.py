"""On small traces of fixed seeds our rule keeps what docs/benchmarks.md says of it; the traces are as they are said to be."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

sys.path.append(str(ROOT / "benchmarks"))  # scripts, no package: they find each other beside them
edits = importlib.import_module("edits")
recheck = importlib.import_module("recheck")

OURS, THEIRS = recheck.POLICIES["newsledger"], recheck.POLICIES["diffengine, 1/5"]
SCENARIOS = {one.name: one for one in edits.SCENARIOS}


@pytest.mark.parametrize(
    ("name", "policy"), [("daily", "newsledger"), pytest.param("no lastmod", "newsledger, thrifty", marks=pytest.mark.slow)]
)
def test_half_the_looks_find_nearly_as_many_silent_edits(name: str, policy: str) -> None:
    """Where sources tell nothing, every edit is an untold one, and more looks are worth it: there it is the thrifty setting."""
    scenario, rules = SCENARIOS[name], (recheck.POLICIES[policy], THEIRS)
    ours, theirs = (recheck.summary(recheck.measure(one, scenario, seed) for seed in range(4)) for one in rules)
    assert ours["looks"][0] <= 0.62 * theirs["looks"][0]
    assert ours["silent 24 h"][0] >= 0.94 * theirs["silent 24 h"][0]
    assert ours["takedowns"][0] == 1
    assert ours["declared"][0] >= (0.985 if scenario.lastmod else 0.9)


def test_where_every_age_is_edited_nearly_all_is_seen_from_the_first_week_on() -> None:
    scenario = replace(SCENARIOS["any age, rarely"], articles_a_day=8, backlog=100, hourly=0.004)
    found = recheck.measure(OURS, scenario, 0)
    assert all(found[f"seen {week}"] >= 0.88 * found[f"edits {week}"] for week in scenario.weeks)


@pytest.mark.parametrize(
    ("name", "share", "cost"), [("first day, any age", 0.85, 1.0), ("first day, any age, true 304s", 0.93, 2.5)]
)
def test_a_new_site_that_edits_whatever_the_age_is_known_within_hours(name: str, share: float, cost: float) -> None:
    ours, theirs = (recheck.summary(recheck.measure(one, SCENARIOS[name], seed) for seed in range(6)) for one in (OURS, THEIRS))
    assert ours["silent ever"][0] >= max(share, theirs["silent ever"][0])
    assert ours["cost"][0] <= cost * theirs["cost"][0]


def test_a_new_site_where_nothing_is_edited_is_left_alone_soon() -> None:
    scenario = replace(SCENARIOS["first day, daily"], edited=0, breaking=0, days=2)
    assert recheck.measure(OURS, scenario, 0)["looks"] < 0.3 * recheck.measure(THEIRS, scenario, 0)["looks"]


def test_the_oracle_sees_more_than_a_fixed_rule_at_the_same_cost() -> None:
    scenario = SCENARIOS["live pages"]
    cost = recheck.measure(THEIRS, scenario, 0)
    oracle = recheck.curve([recheck.Oracle(price) for price in (0.003, 0.0005)], scenario, (0,))
    assert recheck.at_cost(oracle, sum(cost[f"cost {week}"] for week in scenario.weeks)) > sum(
        cost[f"seen {week}"] for week in scenario.weeks
    )


def test_no_look_for_a_claim_is_wasted_where_claims_are_true() -> None:
    assert recheck.measure(OURS, SCENARIOS["daily"], 0)["wasted"] == 0


@pytest.mark.slow
def test_true_304s_spare_most_pages_and_false_ones_cost_few_edits() -> None:
    true, false = (recheck.measure(OURS, SCENARIOS[name], 0) for name in ("daily, true 304s", "lying 304s"))
    assert true["full"] < 0.2 * true["looks"]
    assert false["full"] > 0.9 * false["looks"]
    assert false["silent 24 h"] > 0.8


def test_a_budget_is_kept_and_what_is_put_off_is_counted() -> None:
    cramped = replace(SCENARIOS["daily"], per_hour=10)
    found, free = recheck.measure(OURS, cramped, 0), recheck.measure(OURS, SCENARIOS["daily"], 0)
    assert found["put off"] > 0
    assert found["looks"] < 0.8 * free["looks"]
    assert (found["takedowns"], found["declared"] > 0.95) == (1, True)


def test_the_traces_are_what_they_are_said_to_be() -> None:
    scenario = replace(SCENARIOS["daily"], articles_a_day=1_000, breaking=0)
    trace = edits.stories(scenario, 0)
    edited = [story for story in trace if story.edits]
    all_edits = [(edit.at - story.published) / edits.HOUR for story in trace for edit in story.edits]
    assert 0.28 <= len(edited) / len(trace) <= 0.35
    assert len(all_edits) / len(edited) == pytest.approx(1.94, abs=0.12)
    assert sum(after <= 24 for after in all_edits) / len(all_edits) == pytest.approx(0.82, abs=0.02)
    assert sum(edit.silent for story in trace for edit in story.edits) / len(all_edits) == pytest.approx(0.23, abs=0.02)
    assert sum(any(edit.headline for edit in story.edits) for story in trace) / len(trace) == pytest.approx(0.065, abs=0.01)
    gone = [story.deleted - story.published for story in trace if story.deleted is not None]
    assert len(gone) / len(trace) == pytest.approx(0.016, abs=0.004)
    assert sum(after <= edits.DAY for after in gone) / len(gone) == pytest.approx(0.42, abs=0.1)
