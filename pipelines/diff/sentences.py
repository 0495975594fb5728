"""Two texts of paragraphs: which stayed, changed, were added, removed or moved, and the words of each.

A removed passage comes before its replacement. Knows only texts; `pipelines.diff` handles the fields of an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelines.diff.lcs import Steps
from pipelines.diff.model import ChangeKind, Op, Paragraph, Piece, joined, paragraphs_of, text_after, text_before
from pipelines.diff.paragraphs import Aligner, Alignment, ParagraphBlock
from pipelines.diff.words import worded

MIN_STEPS, STEPS_A_CHARACTER = 400_000, 4
"""Number of word comparisons that a difference may take; when they are used up, the rest is shown as replaced."""


def body_changes(before: str, after: str) -> tuple[Paragraph, ...]:
    """The paragraphs of both texts in reading order, each with its change and that of its words."""
    return _Reading(before, after).paragraphs()


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Pieces of all paragraphs: same and removed joined give the old text, same and added the new text."""
    return pieces_of(body_changes(before, after))


def pieces_of(paragraphs: Iterable[Paragraph]) -> tuple[Piece, ...]:
    """The same for given paragraphs: a moved one is removed at one position and added at the other."""
    return joined(step for paragraph in paragraphs for step in _steps(paragraph))


def _steps(paragraph: Paragraph) -> Iterator[tuple[Op, str]]:
    if paragraph.kind is ChangeKind.MOVED_FROM:
        yield Op.REMOVED, text_before(paragraph.pieces) + paragraph.break_before
    elif paragraph.kind is ChangeKind.MOVED_TO:
        yield Op.ADDED, text_after(paragraph.pieces) + paragraph.break_after
    else:
        yield from ((piece.op, piece.text) for piece in paragraph.pieces)
        shared = min(paragraph.break_before, paragraph.break_after, key=len)
        yield Op.SAME, shared
        yield Op.REMOVED, paragraph.break_before[len(shared) :]
        yield Op.ADDED, paragraph.break_after[len(shared) :]


class _Reading:
    """One comparison."""

    def __init__(self, before: str, after: str) -> None:
        self.one, self.other = paragraphs_of(before), paragraphs_of(after)
        self.steps = Steps(MIN_STEPS + STEPS_A_CHARACTER * (len(before) + len(after)))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        alignment = Aligner([text for text, _ in self.one], [text for text, _ in self.other]).alignment()
        found: list[Paragraph] = []
        places: dict[tuple[ChangeKind, int], int] = {}
        for paragraph in self._in_turn(alignment):
            number = paragraph.number_before if paragraph.kind is ChangeKind.MOVED_FROM else paragraph.number_after
            places[paragraph.kind, number or 0] = len(found)
            found.append(paragraph)
        for i, j in alignment.moved:
            source, target = places[ChangeKind.MOVED_FROM, i + 1], places[ChangeKind.MOVED_TO, j + 1]
            found[source] = replace(found[source], moved=target)
            found[target] = replace(found[target], moved=source)
        return tuple(found)

    def _in_turn(self, alignment: Alignment) -> Iterator[Paragraph]:
        sources, targets = dict(alignment.moved), {j: i for i, j in alignment.moved}
        a = c = 0
        for block in (*alignment.blocks, ParagraphBlock(len(self.one), len(self.one), len(self.other), len(self.other))):
            yield from (self._gone(i, sources.get(i)) for i in range(a, block.a))
            yield from (self._come(j, targets.get(j)) for j in range(c, block.c))
            if block.a < block.b:
                yield self._stayed(block)
            a, c = block.b, block.d

    def _gone(self, i: int, target: int | None) -> Paragraph:
        text, following = self.one[i]
        if target is None:
            return Paragraph(ChangeKind.REMOVED, _one(Op.REMOVED, text), i + 1, break_before=following)
        return Paragraph(ChangeKind.MOVED_FROM, _one(Op.SAME, text), i + 1, target + 1, break_before=following)

    def _come(self, j: int, source: int | None) -> Paragraph:
        text, following = self.other[j]
        if source is None:
            return Paragraph(ChangeKind.ADDED, _one(Op.ADDED, text), None, j + 1, break_after=following)
        pieces = joined(worded(self.one[source][0], text, self.steps))
        return Paragraph(ChangeKind.MOVED_TO, pieces, source + 1, j + 1, break_after=following)

    def _stayed(self, block: ParagraphBlock) -> Paragraph:
        before, break_before = _together(self.one[block.a : block.b])
        after, break_after = _together(self.other[block.c : block.d])
        pieces = _one(Op.SAME, before) if before == after else _apart(joined(worded(before, after, self.steps)))
        kind = ChangeKind.SAME if before == after else ChangeKind.CHANGED
        return Paragraph(kind, pieces, block.a + 1, block.c + 1, None, break_before, break_after)


def _apart(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Breaks within a passage as pieces of their own."""
    return tuple(Piece(piece.op, part) for piece in pieces for part in _BREAKS.split(piece.text) if part)


_BREAKS = re.compile(r"(\n+)")


def _one(op: Op, text: str) -> tuple[Piece, ...]:
    return (Piece(op, text),) if text else ()


def _together(paragraphs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Their text with the breaks inside, and the break after it."""
    return "".join(text + following for text, following in paragraphs)[: -len(paragraphs[-1][1]) or None], paragraphs[-1][1]
