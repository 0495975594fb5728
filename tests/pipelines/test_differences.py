"""Differences are exact, and find what a reader would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.differences import FieldDifference, Op, Piece, differences, word_pieces
from tests.pipelines.making import article

WORDS = st.lists(st.sampled_from(["the", "mill", "fire", "5", ".", "\n\n", " ", "“not”", "é"]), max_size=60).map("".join)


@given(WORDS, WORDS)
def test_pieces_are_exact(before: str, after: str) -> None:
    pieces = list(word_pieces(before, after))
    assert "".join(piece.text for piece in pieces if piece.op is not Op.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.op is not Op.REMOVED) == after
    assert all(piece.text for piece in pieces)


def test_one_word() -> None:
    assert list(word_pieces("It was 5 am.", "It was 6 am.")) == [
        Piece(Op.SAME, "It was "), Piece(Op.REMOVED, "5"), Piece(Op.ADDED, "6"), Piece(Op.SAME, " am."),
    ]  # fmt: skip


def test_only_what_differs_is_listed() -> None:
    found = differences(article(), article(headline="Fire at the mill", authors=()))
    assert [one.field for one in found] == ["headline", "authors"]
    assert found[1] == FieldDifference("authors", (Piece(Op.REMOVED, "Ann Other"),))
    assert differences(article(), article()) == ()


def test_a_long_rewrite_is_shown_whole() -> None:
    before, after = "old words " * 3000, "new terms " * 3000
    assert [piece.op for piece in word_pieces(before, after)] == [Op.REMOVED, Op.ADDED]
