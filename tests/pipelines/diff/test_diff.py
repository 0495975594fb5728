"""Differences are exact, and find what a reader would."""

from __future__ import annotations

from dataclasses import replace

from pipelines.article import Author, Image
from pipelines.diff import ChangeKind, FieldDifference, body_changes, differences
from pipelines.diff.model import Op, Piece
from tests.factories import article


def test_only_what_differs_is_listed() -> None:
    found = differences(article(), article(headline="Fire at the mill", authors=()))
    assert [one.field for one in found] == ["headline", "authors"]
    assert found[1] == FieldDifference("authors", (Piece(Op.REMOVED, "Ann Other"),))
    assert differences(article(), article()) == ()


def test_a_time_is_shown_whole() -> None:
    (found,) = differences(article(modified=0), article(modified=5))
    assert [piece.op for piece in found.pieces] == [Op.REMOVED, Op.ADDED]


def test_what_no_reader_sees_is_no_difference() -> None:
    one = article()
    other = replace(one, images=(replace(one.images[0], url="https://paper.example/1-large.jpg"),), topics=("fire",))
    assert differences(one, other) == ()


def test_every_field_with_words_is_compared() -> None:
    other = article(
        "Another body.", description="Another.", byline="By A. Other", section="News", images=(Image(None, None, "Ash", None),),
        authors=(Author("Bob Any", None, "PA"),), headline="Another", modified=7, published=1,
    )  # fmt: skip
    assert [one.field for one in differences(article(), other)] == [
        "headline", "description", "byline", "authors", "section", "date_published", "date_modified", "images", "body",
    ]  # fmt: skip


def test_a_long_word_that_changes_leaves_its_paragraph_as_it_was() -> None:
    one, other = (f"They met at noon: https://paper.example/{'x' * 200}/{end}" for end in ("first", "second"))
    (paragraph,) = body_changes(one, other)
    assert paragraph.kind is ChangeKind.CHANGED
    assert paragraph.pieces[0].text.startswith("They met at noon: ")
