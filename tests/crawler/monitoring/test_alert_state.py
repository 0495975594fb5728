"""When trouble is told: once, again while it lasts, and once when it is over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.monitoring.alert_state import (
    GAP,
    MAX_LINES,
    MAX_MESSAGES,
    AlertState,
    CurrentProblems,
    Problem,
    next_due,
    one_line,
    problems_of,
    sent,
    update,
)
from pipelines.queries.health import Finding
from tests.factories import T0, at

AGAIN = timedelta(hours=24)
STALE = Problem("site/paper/stale", "paper: the last success is 30 h old")
LOST = Problem("lost/paper", "paper: a crawl was lost", lasts=False)


def titles(*rounds: tuple[float, CurrentProblems]) -> list[tuple[float, str]]:
    """The letters of rounds at minutes, each sent at once."""
    state, told = AlertState(), []
    for minute, current in rounds:
        state = update(state, current, at(minute), AGAIN, ("mark",))
        while message := next_due(state, at(minute)):
            told.append((minute, message.title.removeprefix("Newsledger: ")))
            state = sent(state, message, (), at(minute))
        state = AlertState.from_json(json.loads(json.dumps(state.to_json())))
    return told


ILL, WELL = CurrentProblems((STALE,)), CurrentProblems()


def test_told_once_and_again_and_well() -> None:
    assert titles((0, ILL), (1, ILL), (60, ILL), (24 * 60, ILL), (24 * 60 + 1, ILL), (25 * 60, WELL), (26 * 60, WELL)) == [
        (0, "1 new"), (24 * 60, "1 still so"), (25 * 60, "1 well again"),
    ]  # fmt: skip


def test_ill_once_more_is_told_once_more() -> None:
    assert titles((0, ILL), (10, WELL), (20, ILL)) == [(0, "1 new"), (10, "1 well again"), (20, "1 new")]


def test_letters_keep_a_distance_and_gather() -> None:
    other = Problem("store", "the ledger cannot be written")
    found = titles(
        (0, ILL),
        (1, CurrentProblems((STALE, other))),
        (2, CurrentProblems((other,))),
        (4.9, CurrentProblems((other,))),
        (5, CurrentProblems((other,))),
    )
    assert found == [(0, "1 new"), (5, "1 new, 1 well again")]


def test_what_was_over_before_it_was_told_is_not_told() -> None:
    other = Problem("store", "the ledger cannot be written")
    assert titles((0, ILL), (1, CurrentProblems((STALE, other))), (2, ILL), (6, ILL)) == [(0, "1 new")]


def test_what_came_back_before_it_was_told_to_be_over_is_one_trouble() -> None:
    assert titles((0, ILL), (1, WELL), (2, ILL), (6, ILL)) == [(0, "1 new")]


def test_a_round_that_did_not_look_at_all_ends_nothing() -> None:
    assert titles((0, ILL), (10, CurrentProblems(whole=False)), (20, ILL)) == [(0, "1 new")]


def test_an_event_is_told_and_not_taken_back() -> None:
    lost = CurrentProblems((LOST,))
    assert titles((0, lost), (10, WELL), (20, lost), (25 * 60, WELL), (26 * 60, lost)) == [(0, "1 new"), (26 * 60, "1 new")]
    assert titles((0, ILL), (1, CurrentProblems((STALE, LOST))), (6, ILL)) == [(0, "1 new"), (6, "1 new")], (
        "an event waits for its letter"
    )


def test_a_clock_that_jumps_back_does_not_silence() -> None:
    assert titles((600, ILL), (0, CurrentProblems((STALE, LOST)))) == [(600, "1 new"), (0, "1 new")]


def test_the_letter() -> None:
    state = update(AlertState(), CurrentProblems((STALE, LOST)), at(0), AGAIN, ("a", "b"))
    (message,) = state.messages
    assert (message.title, message.body) == ("Newsledger: 2 new", f"{STALE.text}\n{LOST.text}")
    assert message.left == ("a", "b")
    later = update(replace(state, messages=()), WELL, at(90), AGAIN, ("a",))
    assert later.messages[0].body == f"well again, after 90 min: {STALE.text}"


def test_a_letter_is_bounded() -> None:
    many = CurrentProblems(tuple(Problem(f"site/{n}/lost_{n}", f"{n}: " + "x" * 5_000) for n in range(1_000)))
    (message,) = update(AlertState(), many, at(0), AGAIN, ("a",)).messages
    lines = message.body.splitlines()
    assert (len(lines), lines[-1]) == (MAX_LINES + 1, "and 960 more; `newsledger health` tells all")
    assert max(map(len, lines)) <= 300
    alike = CurrentProblems(tuple(Problem(f"site/{n}/stale", f"{n}: is old") for n in range(1_000)))
    (message,) = update(AlertState(), alike, at(0), AGAIN, ("a",)).messages
    assert (len(message.body.splitlines()), len(message.body) <= 300) == (1, True)


def test_what_was_not_taken_is_tried_again_ever_more_seldom() -> None:
    state = update(AlertState(), ILL, at(0), AGAIN, ("a", "b"))
    tries, minute = [], 0.0
    while minute < 26 * 60:
        message = next_due(state, at(minute))
        if message:
            tries.append(minute)
            state = sent(state, message, ("b",), at(minute))
            assert all(one.left == ("b",) for one in state.messages), "only those who have not got it"
        minute += 0.5
    assert tries[:6] == [0, 1, 3, 7, 15, 31]
    assert len(tries) < 60
    assert state.messages == (), "given up after a day"


def test_letters_that_wait_are_bounded() -> None:
    state = AlertState()
    for n in range(100):
        state = update(state, CurrentProblems((Problem(str(n), "x"),)), at(n * 10), AGAIN, ("a",))
    assert len(state.messages) == MAX_MESSAGES


def test_findings_become_problems() -> None:
    findings = (
        Finding("stale", "old"),
        Finding("too_little", "too little to tell", ill=False),
        Finding("quarantined", "3 readings"),
    )
    assert [(one.key, one.text) for one in problems_of("paper", findings)] == [
        ("site/paper/stale", "paper: old"), ("site/paper/quarantined", "paper: 3 readings"),
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text())
def test_a_line_is_a_line(text: str) -> None:
    assert one_line(text).isprintable()
    assert len(one_line(text)) <= 300


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 5_000), st.sets(st.sampled_from("abcdef"))), max_size=30))
def test_never_more_than_twelve_letters_an_hour(rounds: list[tuple[float, set[str]]]) -> None:
    rounds.sort(key=lambda one: one[0])
    told = titles(*((minute, CurrentProblems(tuple(Problem(key, key) for key in sorted(keys)))) for minute, keys in rounds))
    gaps = [after - before for (before, _), (after, _) in pairwise(told)]
    assert all(gap >= GAP.total_seconds() / 60 - 0.05 for gap in gaps)


def test_a_muted_site_is_told_of_when_its_time_is_over() -> None:
    """What lasts; an event, and what came and went, is history then. Others are told as ever."""
    other = Problem("site/other/stale", "other: the last success is 30 h old")
    state = replace(AlertState(), mutes={"paper": at(60)})
    told = []
    for minute, problems in (
        (0, (STALE, LOST, other)),
        (10, (STALE, LOST, other)),
        (30, (other,)),
        (50, (STALE, other)),
        (61, (STALE, other)),
    ):
        state = update(state, CurrentProblems(problems), at(minute), AGAIN, ("mark",))
        while message := next_due(state, at(minute)):
            told.append((minute, message.body, message.is_recovery))
            state = sent(state, message, (), at(minute))
        state = AlertState.from_json(json.loads(json.dumps(state.to_json())))
    assert told == [(0, other.text, False), (61, STALE.text, False)]
    assert state.mutes == {}


def test_what_is_only_well_again_is_a_recovery() -> None:
    state = update(AlertState(), ILL, at(0), AGAIN, ("mark",))
    state = update(replace(state, messages=()), WELL, at(10), AGAIN, ("mark",))
    assert [message.is_recovery for message in state.messages] == [True]


def test_many_sites_alike_are_one_line_and_what_is_critical_stands_first() -> None:
    stale = [Problem(f"site/paper-{n}/stale", f"paper-{n}: the last success is 30 h old") for n in range(6)]
    other = Problem("site/paper-1/failing", "paper-1: 5 crawls in a row did not finish")
    store = Problem("store", "the ledger cannot be written: disk full")
    state = update(AlertState(), CurrentProblems((*stale, other, store)), T0, timedelta(hours=24), ("x",))
    (message,) = state.messages
    assert message.title == "Newsledger: 8 new"
    assert message.body.splitlines() == [
        "the ledger cannot be written: disk full",
        "paper-0: the last success is 30 h old; so are 5 more: paper-1, paper-2, paper-3, paper-4, paper-5",
        "paper-1: 5 crawls in a row did not finish",
    ]
    assert message.is_critical
    assert AlertState.from_json(state.to_json()) == state
    (alone,) = update(AlertState(), CurrentProblems((other,)), T0, timedelta(hours=24), ("x",)).messages
    assert not alone.is_critical
