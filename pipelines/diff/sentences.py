"""Two texts of paragraphs: which stayed, changed, were added, removed or moved, and the words of each.

A removed passage comes before its replacement. Knows only texts; `pipelines.diff` handles the fields of an article. Within a
passage sentences are compared first, then their words. What is marked is exact and whole: a number, a word with its apostrophe, a
rewritten sentence is one change, not a scatter of letters that happen to be alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipelines.diff.lcs import Steps, common_runs
from pipelines.diff.model import (
    ChangeKind,
    Op,
    Paragraph,
    Piece,
    joined,
    key_of,
    paragraphs_of,
    sentences_of,
    text_after,
    text_before,
    words_of,
)
from pipelines.diff.paragraphs import MOST_LETTERS, Aligner, Alignment, ParagraphBlock

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
        for paragraph in self._paragraphs_in_order(alignment):
            number = paragraph.number_before if paragraph.kind is ChangeKind.MOVED_FROM else paragraph.number_after
            places[paragraph.kind, number or 0] = len(found)
            found.append(paragraph)
        for i, j in alignment.moved:
            source, target = places[ChangeKind.MOVED_FROM, i + 1], places[ChangeKind.MOVED_TO, j + 1]
            found[source] = replace(found[source], moved=target)
            found[target] = replace(found[target], moved=source)
        return tuple(found)

    def _paragraphs_in_order(self, alignment: Alignment) -> Iterator[Paragraph]:
        sources, targets = dict(alignment.moved), {j: i for i, j in alignment.moved}
        a = c = 0
        for block in (*alignment.blocks, ParagraphBlock(len(self.one), len(self.one), len(self.other), len(self.other))):
            yield from (self._removed_paragraph(i, sources.get(i)) for i in range(a, block.a))
            yield from (self._added_paragraph(j, targets.get(j)) for j in range(c, block.c))
            if block.a < block.b:
                yield self._kept_paragraph(block)
            a, c = block.b, block.d

    def _removed_paragraph(self, i: int, target: int | None) -> Paragraph:
        text, following = self.one[i]
        if target is None:
            return Paragraph(ChangeKind.REMOVED, _single_piece(Op.REMOVED, text), i + 1, break_before=following)
        return Paragraph(ChangeKind.MOVED_FROM, _single_piece(Op.SAME, text), i + 1, target + 1, break_before=following)

    def _added_paragraph(self, j: int, source: int | None) -> Paragraph:
        text, following = self.other[j]
        if source is None:
            return Paragraph(ChangeKind.ADDED, _single_piece(Op.ADDED, text), None, j + 1, break_after=following)
        pieces = joined(worded(self.one[source][0], text, self.steps))
        return Paragraph(ChangeKind.MOVED_TO, pieces, source + 1, j + 1, break_after=following)

    def _kept_paragraph(self, block: ParagraphBlock) -> Paragraph:
        before, break_before = _joined_paragraphs(self.one[block.a : block.b])
        after, break_after = _joined_paragraphs(self.other[block.c : block.d])
        pieces = (
            _single_piece(Op.SAME, before) if before == after else _split_at_breaks(joined(worded(before, after, self.steps)))
        )
        kind = ChangeKind.SAME if before == after else ChangeKind.CHANGED
        return Paragraph(kind, pieces, block.a + 1, block.c + 1, None, break_before, break_after)


def _split_at_breaks(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Breaks within a passage as pieces of their own."""
    return tuple(Piece(piece.op, part) for piece in pieces for part in _BREAKS.split(piece.text) if part)


_BREAKS = re.compile(r"(\n+)")


def _single_piece(op: Op, text: str) -> tuple[Piece, ...]:
    return (Piece(op, text),) if text else ()


def _joined_paragraphs(paragraphs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Their text with the breaks inside, and the break after it."""
    return "".join(text + following for text, following in paragraphs)[: -len(paragraphs[-1][1]) or None], paragraphs[-1][1]


REWRITTEN = 0.35
"""A passage of which less than this share of letters stays is shown as replaced: words that happen to be in both only confuse."""
SPLINTER_CHARS = 6
"""An unchanged piece of at most one word up to this length between two changes is shown as changed with them, unless both
changes only add or only remove: "man{+, 54,+} dies{+ after fall+}" reads well."""
SPLINTER_SHARE = 2
"""So is a longer one if the changes on both sides are at least this many times as long."""
LONG_CHARS = 300
"""From this length on a passage is compared sentence by sentence."""
SLIDE_CHARS = 400
"""How far a removed or added run is moved along equal words, to a position where it reads as a unit."""

SENTENCE_SPACES = 3
"""Blanks within a replaced sentence from which on its full stop belongs to it."""
MARK_CHARS = 12
_FULL_STOP = re.compile(r"[.!?…。！？]{1,4}[\"'”’»›)\]]{0,3}(?:\s{1,4}|$)")
ENDS = ".!?…。！？"
CLOSING = ('"', "”", "’", "»", "“", "」", "』", ")")
PAUSES = (*CLOSING, ",", ";", ":", "–", "—", "、", "，")
OPENING = '“«„(["「『'

Found = tuple[str, str, str]
"""Removed, added, and the unchanged text after them."""


@dataclass(slots=True)
class _Change:
    removed: str
    added: str
    same: str

    @property
    def size(self) -> int:
        return max(sum(map(_weight, words_of(text))) for text in (self.removed, self.added))

    @property
    def is_replaced(self) -> bool:
        return bool(self.removed and self.added)


def worded(before: str, after: str, steps: Steps) -> Iterator[tuple[Op, str]]:
    """Same and removed pieces joined are the old text, same and added pieces the new text."""
    changes = _without_splinters(_merged(_compared(before, after, steps)))
    for position, change in enumerate(changes[1:], 1):
        _slide(changes[position - 1], change)
        if position + 1 == len(changes) or len(change.same) > MARK_CHARS:
            _with_full_stop(changes[position - 1], change)
    for change in changes:
        yield from ((Op.REMOVED, change.removed), (Op.ADDED, change.added), (Op.SAME, change.same))


def _compared(before: str, after: str, steps: Steps) -> Iterator[Found]:
    if max(len(before), len(after)) < LONG_CHARS:
        yield from _words(words_of(before), words_of(after), steps)
        return
    firsts, seconds = sentences_of(before), sentences_of(after)
    a = c = 0
    for block in Aligner(firsts, seconds).alignment().blocks:
        yield from _passage(firsts[a : block.a], seconds[c : block.c], steps)
        yield from _passage(firsts[block.a : block.b], seconds[block.c : block.d], steps)
        a, c = block.b, block.d
    yield from _passage(firsts[a:], seconds[c:], steps)


def _passage(one: Sequence[str], other: Sequence[str], steps: Steps) -> Iterator[Found]:
    if one == other:
        yield "", "", "".join(one)
    else:
        yield from _words(words_of("".join(one)), words_of("".join(other)), steps)


def _words(one: Sequence[str], other: Sequence[str], steps: Steps) -> Iterator[Found]:
    """One passage word by word; as a whole if little of it stays."""
    keys, other_keys = [key_of(word) for word in one], [key_of(word) for word in other]
    runs = common_runs(keys, other_keys, steps) if one and other else []
    kept = sum(_weight(key) for i, _, size in runs for key in keys[i : i + size])
    if 2 * kept < REWRITTEN * (sum(map(_weight, keys)) + sum(map(_weight, other_keys))):
        runs = []
    a = c = 0
    for i, j, size in runs:
        removed, added = "".join(one[a:i]), "".join(other[c:j])
        a, c = i + size, j + size
        if one[i:a] == other[j:c]:
            yield removed, added, "".join(one[i:a])
            continue
        for word, other_word in zip(one[i:a], other[j:c], strict=True):
            if word != other_word:  # the same word after other white space
                same = key_of(word) if word.strip() else ""
                removed, added = removed + word.removesuffix(same), added + other_word.removesuffix(same)
                yield removed, added, same
            else:
                yield removed, added, word
            removed = added = ""
    yield "".join(one[a:]), "".join(other[c:]), ""


def _weight(word: str) -> int:
    """Letters of a word, limited for long ones: a changed address does not make everything around it new."""
    return min(len(word), MOST_LETTERS)


def _merged(found: Iterable[Found]) -> list[_Change]:
    """Neighbours joined if nothing lies between; the first has only the unchanged beginning, empty or not."""
    changes = [_Change("", "", "")]
    unchanged: list[str] = []
    for removed, added, same in found:
        if removed or added:
            changes[-1].same += "".join(unchanged)
            unchanged = []
            if changes[-1].same or len(changes) == 1:
                changes.append(_Change("", "", ""))
            changes[-1].removed += removed
            changes[-1].added += added
        unchanged.append(same)
    changes[-1].same += "".join(unchanged)
    return changes


def _without_splinters(changes: Sequence[_Change]) -> list[_Change]:
    kept = [changes[0]]
    for change in changes[1:]:
        while len(kept) > 1 and _is_splinter(kept[-1], change):
            last = kept.pop()
            removed, added = last.removed + last.same + change.removed, last.added + last.same + change.added
            change = _Change(removed, added, change.same)
        kept.append(change)
    return kept


def _is_splinter(change: _Change, following: _Change) -> bool:
    """Whether the unchanged piece between two changes is too short to show."""
    size, words = len(change.same), change.same.split()
    if size <= SPLINTER_CHARS and len(words) <= 1:
        is_word = any(map(str.isalnum, change.same))
        return not is_word or change.is_replaced or following.is_replaced
    return size * SPLINTER_SHARE <= min(change.size, following.size)


def _slide(left: _Change, change: _Change) -> None:
    """Move a pure addition or removal along equal words to where it begins and ends like a sentence or a clause."""
    if not change.is_replaced:
        text = change.removed or change.added
        whole = left.same + text + change.same
        start = len(left.same) + _best_shift(left.same[-SLIDE_CHARS:], text, change.same[:SLIDE_CHARS])
        left.same, text, change.same = whole[:start], whole[start : start + len(text)], whole[start + len(text) :]
        space = text[: len(text) - len(text.lstrip(" "))]
        if space and change.same.startswith(space):  # "the[- old-] mill" -> "the [-old -]mill"
            left.same, text, change.same = left.same + space, text[len(space) :] + space, change.same[len(space) :]
        change.removed, change.added = (text, "") if change.removed else ("", text)
    elif change.removed[0] == change.added[0] == " ":
        left.same, change.removed, change.added = left.same + " ", change.removed[1:], change.added[1:]


def _with_full_stop(left: _Change, change: _Change) -> None:
    """Add to a replaced sentence the full stop that both versions end in."""
    begins = not left.same or left.same.rstrip()[-1:] in (*ENDS, *CLOSING, "\n", "")
    found = _FULL_STOP.match(change.same)
    if change.is_replaced and begins and found and min(change.removed.count(" "), change.added.count(" ")) >= SENTENCE_SPACES:
        change.removed, change.added = change.removed + found.group(), change.added + found.group()
        change.same = change.same[found.end() :]


def _best_shift(left: str, text: str, right: str) -> int:
    """How many characters to move `text` between its neighbours; 0 if it is best in place or cannot move."""
    before, own, after = words_of(left)[1:], words_of(text), words_of(right)[:-1]
    words, size = before + own + after, len(own)
    first = last = len(before)
    while first and words[first - 1] == words[first + size - 1]:
        first -= 1
    while last + size < len(words) and words[last] == words[last + size]:
        last += 1
    if first == last:
        return 0
    ends = [0, *accumulate(map(len, words))]
    at = len(before)
    best = max(
        range(first, last + 1),
        key=lambda place: (_pause_before(words, place) + _pause_before(words, place + size), -abs(place - at)),
    )
    return ends[best] - ends[at]


def _pause_before(words: Sequence[str], place: int) -> int:
    """The length of the pause before a word: 0 within a clause, 3 between sentences."""
    if not 0 < place < len(words):
        return 1
    mark = words[place - 1][-1]
    if "\n" in mark or "\n" in words[place]:
        return 5
    if words[place - 1] in CLOSING and place > 1 and words[place - 2][-1] in ENDS:
        return 4
    return 3 if mark in ENDS else 1 if words[place - 1] in PAUSES else -1 if mark in OPENING else 0
