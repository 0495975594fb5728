"""Pairs of pictures and authors in two readings, and the changes in their captions, credits and names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipelines.article import Author, Image
from pipelines.diff.lcs import longest_increasing
from pipelines.diff.model import ChangeKind, Piece, key_of, words_of
from pipelines.diff.sentences import word_pieces


@dataclass(frozen=True, slots=True)
class ImageChange:
    """A picture with words: its caption and its credit word by word. A picture with only another URL counts as unchanged."""

    kind: ChangeKind
    """MOVED_TO for one that changed its position among the others; its old position is `number_before`."""
    before: Image | None
    after: Image | None
    caption: tuple[Piece, ...]
    credit: tuple[Piece, ...]
    number_before: int | None = None
    """Its former number among the pictures with words, from 1."""
    number_after: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorChange:
    """A person of the byline: name, role and agency as one line, word by word."""

    kind: ChangeKind
    """CHANGED for one who was renamed, or has another role or agency."""
    before: Author | None
    after: Author | None
    pieces: tuple[Piece, ...]


ALIKE = 0.5
"""Share of letters in common words from which on two captions count as one that was edited."""


def image_changes(before: Sequence[Image], after: Sequence[Image]) -> tuple[ImageChange, ...]:
    """All pictures with a caption or a credit, in page order, removed ones at their former position."""
    one, other = [each for each in before if image_line(each)], [each for each in after if image_line(each)]
    pairs = _pairs(one, other, _SAME_IMAGE, lambda left, right: _likeness(image_line(left), image_line(right)))
    order = set(_longest_in_order(pairs))
    found = []
    for i, j in _in_display_order(len(one), len(other), pairs):
        left, right = (None if i is None else one[i]), (None if j is None else other[j])
        caption = word_pieces((left and left.caption) or "", (right and right.caption) or "")
        credit = word_pieces((left and left.credit) or "", (right and right.credit) or "")
        is_same = left is not None and right is not None and image_line(left) == image_line(right)
        kind = _kind(i, j, is_same=is_same)
        if i is not None and j is not None and i not in order:
            kind = ChangeKind.MOVED_TO
        found.append(ImageChange(kind, left, right, caption, credit, _number(i), _number(j)))
    return tuple(found)


def author_changes(before: Sequence[Author], after: Sequence[Author]) -> tuple[AuthorChange, ...]:
    """All authors in the order of the byline, removed ones at their former position. Another order is no change."""
    pairs = _pairs(before, after, _SAME_AUTHOR, lambda left, right: _likeness(left.name, right.name))
    found = []
    for i, j in _in_display_order(len(before), len(after), pairs):
        left, right = (None if i is None else before[i]), (None if j is None else after[j])
        pieces = word_pieces(author_line(left) if left else "", author_line(right) if right else "")
        found.append(AuthorChange(_kind(i, j, is_same=left == right), left, right, pieces))
    return tuple(found)


def image_line(image: Image) -> str:
    """The words of a picture on one line: caption, then credit in brackets."""
    return " ".join(filter(None, (image.caption, f"[{image.credit}]" if image.credit else None)))


def author_line(author: Author) -> str:
    """Name, role and agency, as far as known."""
    return ", ".join(filter(None, (author.name, author.role, author.agency)))


T = TypeVar("T")

_SAME_IMAGE: tuple[Callable[[Image], object], ...] = (
    lambda image: (image.caption, image.credit),
    lambda image: image.caption,
    lambda image: image.url,
)
"""Rules by which two pictures are the same, the surest first; None and empty values never match."""

_SAME_AUTHOR: tuple[Callable[[Author], object], ...] = (
    lambda author: (author.name, author.role, author.agency),
    lambda author: author.name,
    lambda author: author.name.casefold(),
)


def _pairs(
    one: Sequence[T], other: Sequence[T], same: Sequence[Callable[[T], object]], likeness: Callable[[T, T], float]
) -> dict[int, int]:
    """Index before -> index after of items that match by the first possible rule, then of similar ones."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for key_for in same:
        places: dict[object, list[int]] = {}
        for j in reversed(range(len(other))):
            if j not in taken and key_for(other[j]):
                places.setdefault(key_for(other[j]), []).append(j)
        for i in range(len(one)):
            if i not in pairs and places.get(key_for(one[i])):
                pairs[i] = places[key_for(one[i])].pop()
                taken.add(pairs[i])
    free, open_to = [i for i in range(len(one)) if i not in pairs], [j for j in range(len(other)) if j not in taken]
    alike = sorted(
        (-round(likeness(one[i], other[j]), 2), abs(i - j), i, j) for i in free[:MOST_ALIKE] for j in open_to[:MOST_ALIKE]
    )
    for score, _, i, j in alike:
        if -score >= ALIKE and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


MOST_ALIKE = 40
"""Limit of unmatched items that are compared with each other."""


def _likeness(one: str, other: str) -> float:
    """The share of letters in words that are in both."""
    left, right = set(map(key_of, words_of(one))), set(map(key_of, words_of(other)))
    letters = sum(len(word) for word in left) + sum(len(word) for word in right)
    return 2 * sum(len(word) for word in left & right) / letters if letters else 0.0


def _longest_in_order(pairs: dict[int, int]) -> Iterator[int]:
    befores = sorted(pairs)
    return (befores[position] for position in longest_increasing([pairs[i] for i in befores]))


def _in_display_order(before: int, after: int, pairs: dict[int, int]) -> Iterator[tuple[int | None, int | None]]:
    """Pairs in the new order; removed ones follow their former predecessor."""
    sources = {j: i for i, j in pairs.items()}
    gone_behind: dict[int, list[int]] = {}
    last = -1
    for i in range(before):
        if i in pairs:
            last = pairs[i]
        else:
            gone_behind.setdefault(last, []).append(i)
    for j in range(-1, after):
        if j >= 0:
            yield sources.get(j), j
        yield from ((i, None) for i in gone_behind.get(j, ()))


def _kind(i: int | None, j: int | None, *, is_same: bool) -> ChangeKind:
    if i is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if j is None else ChangeKind.SAME if is_same else ChangeKind.CHANGED


def _number(index: int | None) -> int | None:
    return None if index is None else index + 1
