"""Two histories become one, and the table of changes is right for what they make."""

from __future__ import annotations

import json
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.history.revisions import State
from pipelines.history.timeline import History, MergedHistory, RevisionRecord, StateStep, TimelineEntry, interleave
from pipelines.store.rows import moment
from tests.factories import article, at
from tests.table import table

Look = tuple[str, float, float, float]
"""(text, first seen, last seen, the page's stamp), in minutes."""


def history(looks: list[Look], *, own: bool, gone: list[float] = [], extractor: str = "test/1") -> History:  # noqa: B006
    """What one ledger tells; its judgements are marked as its own."""
    who = "own" if own else "other"
    record = [
        RevisionRecord(
            own,
            number,
            article(f"Text {text}.", modified=stamped, extractor=extractor),
            moment(at(first)),
            moment(at(last)),
            f"{who} {number}",
        )
        for number, (text, first, last, stamped) in enumerate(looks, 1)
    ]
    return History(record, [StateStep(own, moment(at(minutes)), State.GONE) for minutes in gone])


def minutes(text: str) -> float:
    return (datetime.fromisoformat(text) - at(0)).total_seconds() / 60


def shown(joint: MergedHistory) -> list[tuple[str, float, float, str]]:
    return [(e.record.article.body[5], minutes(e.first_seen), minutes(e.last_seen), str(e.change)) for e in joint.entries]


CASES: dict[str, tuple[list[Look], list[Look], list[tuple[str, float, float, str]]]] = {
    "what is only theirs is taken as they say": (
        [],
        [("a", 0, 10, 0), ("b", 20, 30, 15)],
        [("a", 0, 10, "other 1"), ("b", 20, 30, "other 2")],
    ),
    "what both have is widened": (
        [("a", 5, 10, 0), ("b", 25, 30, 15)],
        [("a", 0, 12, 0), ("b", 20, 28, 15)],
        [("a", 0, 12, "own 1"), ("b", 20, 30, "own 2")],
    ),
    "they know how it went on": (
        [("a", 0, 10, 0)],
        [("a", 5, 20, 0), ("b", 30, 40, 25)],
        [("a", 0, 20, "own 1"), ("b", 30, 40, "other 2")],
    ),
    "they know how it began": (
        [("b", 20, 30, 15)],
        [("a", 0, 10, 0), ("b", 18, 25, 15)],
        [("a", 0, 10, "other 1"), ("b", 18, 30, "other 2")],
    ),
    "they saw what was between": (
        [("a", 0, 10, 0), ("c", 40, 50, 35)],
        [("b", 20, 30, 15)],
        [("a", 0, 10, "own 1"), ("b", 20, 30, "updated"), ("c", 40, 50, "updated")],
    ),
    "a silent edit between": (
        [("a", 0, 10, 0), ("c", 40, 50, 0)],
        [("b", 20, 30, 0)],
        [("a", 0, 10, "own 1"), ("b", 20, 30, "silent"), ("c", 40, 50, "silent")],
    ),
    "a text that was there before and after another was there twice": (
        [("a", 0, 40, 0)],
        [("b", 20, 30, 0)],
        [("a", 0, 0, "own 1"), ("b", 20, 30, "silent"), ("a", 40, 40, "reverted")],
    ),
    "an old copy under an old stamp is a cache's": (
        [("a", 0, 40, 0)],
        [("b", 20, 30, 15)],
        [("a", 0, 0, "own 1"), ("b", 20, 30, "updated")],
    ),
    "our edit is their edit undone": (
        [("a", 0, 10, 0), ("c", 40, 50, 0)],
        [("c", 20, 30, 0), ("a", 35, 38, 0)],
        [("a", 0, 10, "own 1"), ("c", 20, 30, "silent"), ("a", 35, 38, "reverted"), ("c", 40, 50, "reverted")],
    ),
    "what is stamped anew": (
        [("a", 0, 10, 0)],
        [("a", 20, 30, 12)],
        [("a", 0, 10, "own 1"), ("a", 20, 30, "restamped")],
    ),
}


@table("name", CASES)
def test_interleave(name: str) -> None:
    own, other, expected = CASES[name]
    assert shown(interleave(history(own, own=True), history(other, own=False))) == expected


def test_numbers_of_reverts_point_into_the_joint_history() -> None:
    joint = interleave(history([("a", 0, 40, 0)], own=True), history([("b", 20, 30, 0)], own=False))
    assert [entry.reverted_to for entry in joint.entries] == [None, None, 0]
    assert [entry.not_before and minutes(entry.not_before) for entry in joint.entries] == [None, 0, 30]
    assert [entry.stays for entry in joint.entries] == [True, False, False]
    assert joint.entries[2].changed_fields == ("body",)


def test_after_a_takedown_that_only_we_saw_their_edit_is_a_return() -> None:
    own, other = history([("a", 0, 10, 0)], own=True, gone=[20]), history([("a", 0, 9, 0), ("b", 30, 40, 25)], own=False)
    joint = interleave(own, other)
    assert shown(joint) == [("a", 0, 10, "own 1"), ("b", 30, 40, "restored")]
    assert [(minutes(step.at), step.state) for step in joint.steps] == [(20, "gone"), (30, "live")]


def test_another_reader_of_the_same_page_is_no_edit() -> None:
    own = history([("a", 10, 20, 0)], own=True)
    other = history([("b", 5, 30, 0)], own=False, extractor="test/0")
    joint = interleave(own, other)
    assert [(text, first, last) for text, first, last, _ in shown(joint)] == [("a", 5, 30)]
    assert [entry.stays for entry in joint.entries] == [True]


looks = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90), st.integers(0, 30)), max_size=5)


def made(drawn: list[tuple[str, int, int]], shift: int) -> list[Look]:
    """Looks in order: each begins when the one before has ended, and stamps grow or stay."""
    found: list[Look] = []
    now = shift
    for text, length, stamped in drawn:
        if found and found[-1][0] == text:
            continue
        found.append((text, now, now + length, max([one[3] for one in found], default=0) + stamped // 16))
        now += length + stamped
    return found


@given(looks, looks, st.integers(0, 60), st.sampled_from([[], [45.0]]), st.sampled_from([[], [80.0]]))
@settings(max_examples=150, deadline=None)
def test_ours_are_never_lost_and_twice_is_once(first: list[tuple[str, int, int]], second: list[tuple[str, int, int]], shift: int,
                                               ours: list[float], theirs: list[float]) -> None:  # fmt: skip
    mine, yours = made(first, 0), made(second, shift)
    own, other = history(mine, own=True, gone=ours if mine else []), history(yours, own=False, gone=theirs if yours else [])
    joint = interleave(own, other)
    assert [entry.record.number for entry in joint.entries if entry.stays] == list(range(1, len(mine) + 1))
    for before, after in zip(joint.entries, joint.entries[1:], strict=False):
        assert before.first_seen <= before.last_seen <= after.first_seen <= after.last_seen
        assert after.not_before is not None
        assert before.last_seen <= after.not_before <= after.first_seen
    assert all(entry.reverted_to is None or entry.reverted_to < place for place, entry in enumerate(joint.entries))
    again = joint
    for _ in range(3):  # nearly always at once; see `merging`
        joint, again = again, again_with(again, other)
    assert shown(again) == shown(joint)
    assert [(s.at, s.state) for s in again.steps] == [(s.at, s.state) for s in joint.steps]
    assert all(entry.stays for entry in again.entries)
    json.dumps(shown(joint))


def again_with(joint: MergedHistory, other: History) -> MergedHistory:
    entries = [ours_now(number, entry) for number, entry in enumerate(joint.entries, 1)]
    return interleave(History(entries, [as_own(step) for step in joint.steps]), other)


def ours_now(number: int, entry: TimelineEntry) -> RevisionRecord:
    back = entry.reverted_to + 1 if entry.reverted_to is not None else None
    seen, change = (entry.first_seen, entry.last_seen), str(entry.change)
    return RevisionRecord(True, number, entry.record.article, *seen, change, entry.changed_fields, back, entry.not_before)


def as_own(step: StateStep) -> StateStep:
    return StateStep(True, step.at, step.state, step.status, step.reason)
