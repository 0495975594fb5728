"""Paragraphs that stayed, changed, came, went, split, joined and moved: told as an editor would, and exactly."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff.model import ChangeKind, Op, Paragraph, Piece, apply, restore
from pipelines.diff.sentences import body_changes, pieces_of, word_pieces
from tests.table import table

FIRE = "Firefighters were called to Cross Mill on the ring road at 4.10am on Friday."
CREWS = "Crews from three towns fought the blaze until dawn, and two people were hurt. One of them is still in hospital."
ROAD = "Station Road was shut for six hours while engineers looked at the chimney of the mill."
CALL = "Anyone who was nearby and saw something is asked to call the brigade."

PARTS = st.sampled_from([FIRE, CREWS, CREWS.replace("two", "three"), ROAD, CALL, "Read more", "x", "\n", "\n\n", " ", "", "火事"])
TEXTS = st.one_of(
    st.lists(PARTS, max_size=10).map("\n\n".join), st.lists(PARTS, max_size=14).map("".join), st.text("ab .\n", max_size=40)
)


SAME, ADDED, REMOVED, CHANGED = ChangeKind.SAME, ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.CHANGED
MOVED_FROM, MOVED_TO = ChangeKind.MOVED_FROM, ChangeKind.MOVED_TO


def body(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def told(before: str, after: str) -> list[tuple[ChangeKind, int | None, int | None]]:
    return [(one.kind, one.number_before, one.number_after) for one in body_changes(before, after)]


@given(TEXTS, TEXTS)
def test_exact_both_ways(before: str, after: str) -> None:
    shown = body_changes(before, after)
    assert apply(before, shown) == after
    assert restore(after, shown) == before
    pieces = pieces_of(shown)
    assert "".join(piece.text for piece in pieces if piece.op is not Op.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.op is not Op.REMOVED) == after


@given(TEXTS, TEXTS)
def test_places_refer_to_each_other_and_numbers_go_up(before: str, after: str) -> None:
    shown = body_changes(before, after)
    for index, one in enumerate(shown):
        assert (one.moved is not None) == (one.kind in (ChangeKind.MOVED_FROM, ChangeKind.MOVED_TO))
        if one.moved is not None:
            other = shown[one.moved]
            assert (other.moved, {one.kind, other.kind}) == (index, {ChangeKind.MOVED_FROM, ChangeKind.MOVED_TO})
            assert (one.number_before, one.number_after) == (other.number_before, other.number_after)
    assert all("\n" not in piece.text or not piece.text.strip("\n") for one in shown for piece in one.pieces)
    befores, afters = [one.number_before for one in shown if one.stood], [one.number_after for one in shown if one.stands]
    assert None not in befores + afters
    assert befores == sorted(set(befores), key=lambda number: number or 0)
    assert afters == sorted(set(afters), key=lambda number: number or 0)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(one.kind is ChangeKind.SAME for one in body_changes(text, text))


def test_a_difference_of_another_text_is_refused() -> None:
    shown = body_changes(body(FIRE, ROAD), body(FIRE, CALL))
    for text in ("", FIRE, body(FIRE, ROAD, CALL), body(FIRE, CREWS)):
        with pytest.raises(ValueError, match="difference"):
            apply(text, shown)


@table(
    ("before", "after", "expected"),
    [
        (body(FIRE, ROAD), body(FIRE, CREWS, ROAD), [(SAME, 1, 1), (ADDED, None, 2), (SAME, 2, 3)]),
        (body(FIRE, CREWS, ROAD), body(FIRE, ROAD), [(SAME, 1, 1), (REMOVED, 2, None), (SAME, 3, 2)]),
        (body(FIRE, CREWS), body(FIRE, CREWS, ROAD), [(SAME, 1, 1), (SAME, 2, 2), (ADDED, None, 3)]),
        (body(FIRE, ROAD), body(FIRE, CALL), [(SAME, 1, 1), (REMOVED, 2, None), (ADDED, None, 2)]),
        (
            body(FIRE, CREWS, ROAD, CALL), body(CREWS, ROAD, CALL, FIRE),
            [(MOVED_FROM, 1, 4), (SAME, 2, 1), (SAME, 3, 2), (SAME, 4, 3), (MOVED_TO, 1, 4)],
        ),
        ("Read more\n\n" + FIRE, FIRE + "\n\nRead more", [(REMOVED, 1, None), (SAME, 2, 1), (ADDED, None, 2)]),
        ("", FIRE, [(ADDED, None, 1)]),
        ("", "", []),
    ],
    ids=["added", "removed", "at the end", "another", "moved", "too short to have moved", "from nothing", "nothing"],
)  # fmt: skip
def test_what_became_of_paragraphs(before: str, after: str, expected: list[tuple[ChangeKind, int | None, int | None]]) -> None:
    assert told(before, after) == expected


def test_one_that_moved_and_was_edited_says_both() -> None:
    edited = CREWS.replace("two people", "three people")
    shown = body_changes(body(CREWS, FIRE, ROAD), body(FIRE, ROAD, edited))
    assert shown[0] == Paragraph(ChangeKind.MOVED_FROM, (Piece(Op.SAME, CREWS),), 1, 3, 3, break_before="\n\n")
    assert shown[3].kind is ChangeKind.MOVED_TO
    assert [piece for piece in shown[3].pieces if piece.op is not Op.SAME] == [
        Piece(Op.REMOVED, "two"), Piece(Op.ADDED, "three"),
    ]  # fmt: skip


def test_splitting_and_joining_are_shown_as_a_break_that_came_or_went() -> None:
    one, two = CREWS.split(" One of them")
    apart = body(FIRE, one, f"One of them{two}", ROAD)
    (changed,) = [each for each in body_changes(body(FIRE, CREWS, ROAD), apart) if each.kind is not ChangeKind.SAME]
    assert [piece for piece in changed.pieces if piece.op is not Op.SAME] == [Piece(Op.REMOVED, " "), Piece(Op.ADDED, "\n\n")]
    assert (changed.kind, changed.number_before, changed.number_after) == (ChangeKind.CHANGED, 2, 2)
    (changed,) = [each for each in body_changes(apart, body(FIRE, CREWS, ROAD)) if each.kind is not ChangeKind.SAME]
    assert [piece for piece in changed.pieces if piece.op is not Op.SAME] == [Piece(Op.REMOVED, "\n\n"), Piece(Op.ADDED, " ")]


def test_word_pieces_run_paragraphs_together() -> None:
    assert word_pieces(body(FIRE, ROAD), body(FIRE, ROAD, CALL)) == (
        Piece(Op.SAME, body(FIRE, ROAD)), Piece(Op.ADDED, f"\n\n{CALL}"),
    )  # fmt: skip
    assert word_pieces("old words", "new terms") == (Piece(Op.REMOVED, "old words"), Piece(Op.ADDED, "new terms"))


@table("unit", ["word ", "word. ", "a b ", "one line\n\n", ".", "\n", " ", "火"])
def test_what_repeats_without_end_is_no_trap(unit: str) -> None:
    before = unit * (200_000 // len(unit))
    after = before[: len(before) // 2] + "changed" + before[len(before) // 2 + 100 :]
    began = time.process_time()
    shown = body_changes(before, after)
    assert time.process_time() - began < 5, "a second at the very most on an idle machine"
    assert apply(before, shown) == after


def test_a_long_rewrite_is_exact_and_bounded() -> None:
    rng = random.Random(1)
    words = [f"w{number}" for number in range(3000)]
    before = "\n\n".join(" ".join(rng.choices(words, k=60)) for _ in range(150))
    after = " ".join(word if rng.random() < 0.6 else rng.choice(words) for word in before.split(" "))
    shown = body_changes(before, after)
    assert (apply(before, shown), restore(after, shown)) == (after, before)


def test_apply_takes_unchanged_words_from_the_text_at_hand() -> None:
    (shown,) = body_changes(FIRE, FIRE.replace("4.10am", "5am"))
    forged = replace(shown, pieces=(Piece(Op.SAME, shown.pieces[0].text.upper()), *shown.pieces[1:]))
    with pytest.raises(ValueError, match="does not fit"):
        apply(FIRE, (forged,))
