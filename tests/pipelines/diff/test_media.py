"""Pictures and people find each other across two readings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import Author, Image
from pipelines.diff.media import author_changes, image_changes
from pipelines.diff.model import ChangeKind, Op, Piece

MILL = Image("https://paper.example/1.jpg", None, "Smoke over the mill on Friday", "Ann Other")
ROAD = Image("https://paper.example/2.jpg", None, "Station Road was shut", "Bob Any/PA")
BARE = Image("https://paper.example/3.jpg", "a bare picture", None, None)

TEXT = st.sampled_from([None, "Smoke over the mill", "Smoke over the old mill", "Ann", "Ann Other", "Bob"])
IMAGES = st.lists(st.builds(Image, TEXT, TEXT, TEXT, TEXT), max_size=6)
AUTHORS = st.lists(st.builds(Author, st.sampled_from(["Ann Other", "ann other", "Ann Any", "Bob", ""]), TEXT, TEXT), max_size=5)


def same(*texts: str | None) -> tuple[Piece, ...]:
    return tuple(Piece(Op.SAME, text) for text in texts if text)


def test_pictures_are_compared_one_by_one() -> None:
    edited = Image("https://paper.example/big/1.jpg", None, "Smoke over the old mill on Friday", "Ann Other")
    added = Image(None, None, "The mill in 1920", "Museum")
    found = image_changes((MILL, BARE, ROAD), (edited, added))
    assert [(one.kind, one.number_before, one.number_after) for one in found] == [
        (ChangeKind.CHANGED, 1, 1), (ChangeKind.REMOVED, 2, None), (ChangeKind.ADDED, None, 2),
    ]  # fmt: skip
    assert found[0].caption == (Piece(Op.SAME, "Smoke over the "), Piece(Op.ADDED, "old "), Piece(Op.SAME, "mill on Friday"))
    assert found[0].credit == same("Ann Other")
    assert found[1].credit == (Piece(Op.REMOVED, "Bob Any/PA"),)


def test_one_address_is_one_picture_whatever_its_caption() -> None:
    (found,) = image_changes((MILL,), (Image(MILL.url, None, "Quite something else", "Ann Other"),))
    assert found.kind is ChangeKind.CHANGED


def test_pictures_change_places() -> None:
    third = Image(None, None, "The chimney", None)
    found = image_changes((MILL, ROAD, third), (ROAD, third, MILL))
    assert [(one.kind, one.number_before, one.number_after) for one in found] == [
        (ChangeKind.SAME, 2, 1), (ChangeKind.SAME, 3, 2), (ChangeKind.MOVED_TO, 1, 3),
    ]  # fmt: skip


def test_people_come_go_and_are_renamed() -> None:
    before = (Author("Ann Other"), Author("Bob Any", "Reporter"), Author("Cy Young"))
    after = (Author("Ann Other-Smith"), Author("Bob Any", "Editor"), Author("Di Vine", None, "PA"))
    found = author_changes(before, after)
    assert [(one.kind, one.before and one.before.name, one.after and one.after.name) for one in found] == [
        (ChangeKind.CHANGED, "Ann Other", "Ann Other-Smith"), (ChangeKind.CHANGED, "Bob Any", "Bob Any"),
        (ChangeKind.REMOVED, "Cy Young", None), (ChangeKind.ADDED, None, "Di Vine"),
    ]  # fmt: skip
    assert found[1].pieces == (Piece(Op.SAME, "Bob Any, "), Piece(Op.REMOVED, "Reporter"), Piece(Op.ADDED, "Editor"))


@given(IMAGES, IMAGES)
def test_every_picture_with_words_is_told_once(before: list[Image], after: list[Image]) -> None:
    found = image_changes(before, after)
    for side, images in ((lambda one: one.before, before), (lambda one: one.after, after)):
        told = [side(one) for one in found if side(one) is not None]
        assert sorted(map(repr, told)) == sorted(repr(image) for image in images if image.caption or image.credit)
    for one in found:
        assert (one.kind is ChangeKind.ADDED) == (one.before is None)
        assert (one.kind is ChangeKind.REMOVED) == (one.after is None)


@given(AUTHORS, AUTHORS)
def test_everybody_is_told_once(before: list[Author], after: list[Author]) -> None:
    found = author_changes(before, after)
    assert sorted(repr(one.before) for one in found if one.before) == sorted(map(repr, before))
    assert [one.after for one in found if one.after] == after
