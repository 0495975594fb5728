"""The parts of a difference, as data: pieces of text, and the paragraphs that contain them. Terminals and pages render it.

Below them, how a text is cut into what a reader compares: words with the white space before them, sentences, paragraphs;
nothing is lost. A difference is exact: `apply` makes the new text from the old text and what is shown, `restore` does the
reverse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """The kind of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and its kind."""

    op: Op
    text: str


class ChangeKind(StrEnum):
    """The change of a paragraph, a picture or an author."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    MOVED_FROM = "moved_from"
    """Its former position; words that changed on the way are shown at the new one."""
    MOVED_TO = "moved_to"
    """Its new position."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a difference, in reading order; removed ones come before their replacement."""

    kind: ChangeKind
    pieces: tuple[Piece, ...]
    """Exact, without the line breaks that follow. A paragraph that was split or joined contains that break as an added or a
    removed piece of its own, newlines only. At the former position of a moved one: the old text, as one unchanged piece."""
    number_before: int | None = None
    """Its former number, from 1; of joined ones the first. None if it is new."""
    number_after: int | None = None
    """Its present number; if it was split the first. None if it was removed."""
    moved: int | None = None
    """For a moved one: the index, in the same tuple, of its other position."""
    break_before: str = ""
    """The line breaks that followed it before; not shown."""
    break_after: str = ""
    """The line breaks that follow it now."""

    @property
    def stood(self) -> bool:
        """Whether it has a position in the old text."""
        return self.kind not in (ChangeKind.ADDED, ChangeKind.MOVED_TO)

    @property
    def stands(self) -> bool:
        """Whether it has a position in the new text."""
        return self.kind not in (ChangeKind.REMOVED, ChangeKind.MOVED_FROM)

    @property
    def is_edited(self) -> bool:
        """Whether some of its words changed, in place or on the way."""
        return any(piece.op is not Op.SAME for piece in self.pieces)


def text_before(pieces: Iterable[Piece]) -> str:
    """The old text of pieces."""
    return "".join(piece.text for piece in pieces if piece.op is not Op.ADDED)


def text_after(pieces: Iterable[Piece]) -> str:
    """The new text of pieces."""
    return "".join(piece.text for piece in pieces if piece.op is not Op.REMOVED)


def apply(before: str, paragraphs: Sequence[Paragraph]) -> str:
    """The new text, made from the old text and what is shown as added. ValueError: the difference is not of this text."""
    return _rebuilt(before, paragraphs, Op.REMOVED, Op.ADDED)


def restore(after: str, paragraphs: Sequence[Paragraph]) -> str:
    """The old text, made from the new text and what is shown as removed. ValueError: the difference is not of this text."""
    return _rebuilt(after, paragraphs, Op.ADDED, Op.REMOVED)


def _rebuilt(text: str, paragraphs: Sequence[Paragraph], gone: Op, come: Op) -> str:
    """Unchanged text comes from the given text, never from the difference."""
    forth = come is Op.ADDED
    sources = {}
    offset = 0
    for place, paragraph in enumerate(paragraphs):
        if paragraph.stood if forth else paragraph.stands:
            own = paragraph.pieces if paragraph.moved is None else _whole(paragraphs, paragraph)
            expected = text_before(own) if forth else text_after(own)
            expected += paragraph.break_before if forth else paragraph.break_after
            if not text.startswith(expected, offset):
                raise ValueError(f"paragraph {place + 1} of the difference does not fit the text at {offset}")
            sources[place] = offset
            offset += len(expected)
    if offset != len(text):
        raise ValueError(f"the difference ends at {offset} of {len(text)}")
    made: list[str] = []
    for place, paragraph in enumerate(paragraphs):
        if paragraph.stands if forth else paragraph.stood:
            start = sources.get(place if paragraph.moved is None else paragraph.moved, 0)
            pieces = paragraph.pieces if paragraph.moved is None else _whole(paragraphs, paragraph)
            made.extend(_pieces_of_version(text, start, pieces, gone, come))
            made.append(paragraph.break_after if forth else paragraph.break_before)
    return "".join(made)


def _whole(paragraphs: Sequence[Paragraph], paragraph: Paragraph) -> tuple[Piece, ...]:
    """The word pieces of a moved paragraph, which are at its new position."""
    if paragraph.kind is ChangeKind.MOVED_FROM and paragraph.moved is not None:
        return paragraphs[paragraph.moved].pieces
    return paragraph.pieces


def _pieces_of_version(text: str, start: int, pieces: Iterable[Piece], gone: Op, come: Op) -> Iterator[str]:
    for piece in pieces:
        if piece.op is come:
            yield piece.text
        else:
            if piece.op is not gone:
                yield text[start : start + len(piece.text)]
            start += len(piece.text)


def joined(steps: Iterable[tuple[Op, str]]) -> tuple[Piece, ...]:
    """Pieces without empty ones, neighbours of one kind joined."""
    kept: list[tuple[Op, str]] = []
    for op, text in steps:
        if not text:
            continue
        if kept and kept[-1][0] is op:
            kept[-1] = (op, kept[-1][1] + text)
        else:
            kept.append((op, text))
    return tuple(Piece(op, text) for op, text in kept)


_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese): each letter is a word."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d\ufe0f"
)
"""Combining marks, and scripts that are full of them; never separated from their letter."""
_LETTER = rf"[^\W{_UNSPACED}]"
_LETTERS = rf"{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*"
_WORD = (
    rf"\d+(?:[.,:/’']\d+)*(?:{_LETTERS})?"  # 1,200  4.30pm  7/3/2025
    rf"|{_LETTERS}(?:['’]{_LETTERS})*"  # didn't  l'homme
    rf"|[{_UNSPACED}][{_MARKS}]*"
)
_BARE = re.compile(_WORD)
_TOKEN = re.compile(rf"[^\S\n]*(?:{_WORD}|\n+|[^\w\s]|\s)")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»›)\]]*\s+|[。！？]+[”’」』)）]*\s*|\n+")
_PARAGRAPH = re.compile(r"([^\n]+)(\n*)|(\n+)")


def words_of(text: str) -> list[str]:
    """Words, whole numbers and single marks, each with the white space before it; a paragraph break is one too."""
    return _TOKEN.findall(text)


def bare_words_of(text: str) -> list[str]:
    """Only words and numbers."""
    return _BARE.findall(text)


def key_of(word: str) -> str:
    """A word without its white space."""
    return word.strip() or ("\n" if "\n" in word else " ")


def sentences_of(text: str) -> list[str]:
    """Sentences with the white space after them. A sentence may end at an abbreviation, which does no harm."""
    parts, start = [], 0
    for end in (found.end() for found in _SENTENCE_END.finditer(text)):
        parts.append(text[start:end])
        start = end
    return [*parts, text[start:]] if start < len(text) else parts


def paragraphs_of(text: str) -> list[tuple[str, str]]:
    """Paragraphs, each with the line breaks after it; breaks at the beginning of a text belong to an empty paragraph."""
    return [(found[0], found[1] or found[2]) for found in _PARAGRAPH.findall(text)]


def words_changed(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Number of words added to and removed from the parts of a text, wherever they are.

    Parts in both are skipped as a whole: the words of the rest differ by the same numbers.
    """
    one, other = Counter(before), Counter(after)
    gone, come = (Counter(" ".join(parts.elements()).split()) for parts in (one - other, other - one))
    same = (gone & come).total()
    return come.total() - same, gone.total() - same


def changed_words(before: Sequence[str], after: Sequence[str], limit: int) -> tuple[str, str]:
    """The first added and removed words, at most `limit` of each, in the order of the text: a preview, not a difference."""
    one, other = Counter(before), Counter(after)
    return _only_in(other - one, one - other, after, limit), _only_in(one - other, other - one, before, limit)


def _only_in(parts: Counter[str], others: Counter[str], text: Sequence[str], limit: int) -> str:
    left = Counter(" ".join(parts.elements()).split()) - Counter(" ".join(others.elements()).split())
    found = []
    for word in (word for part in text if part in parts for word in part.split()):
        if left[word] > 0:
            left[word] -= 1
            found.append(word)
    return " ".join(found[:limit]) + (" …" if len(found) > limit else "")
