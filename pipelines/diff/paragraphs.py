"""Which paragraphs (or sentences) of one text became which of another: kept, edited, split, joined, moved.

Equal ones are matched first, then those that share most of their words. Those that kept their order stay in place;
of the others, those that are clearly the same have moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.diff.lcs import heaviest_increasing
from pipelines.diff.model import bare_words_of

ALIKE = 0.5
"""Share of letters in common words from which on two passages count as one that was edited."""
PERHAPS = 0.3
"""The same between two matched neighbours, if nothing else competes."""
MOVED = 0.6
"""The same for a passage at another position."""
MOVED_WORDS = 4
"""Shorter passages never count as moved: "Read more" is everywhere."""
PART = 0.6
"""Share of a passage's letters that must be in its neighbour's other version if it was split off or joined on."""
MOST_LETTERS = 12
"""Letters of a word that count: a changed address or compound does not make the passage a different one."""
MOST_WEIGHT = 1_000
"""Characters, of both versions, from which on a longer passage has no more weight in deciding which of two has moved."""
COMMON = 12
"""A word in this many passages identifies none of them."""
CANDIDATES = 3
"""Passages that are compared with one, the likeliest first."""
WHOLE_PARTS = 6
"""Maximum number of passages that one is split into, or joined from."""


@dataclass(frozen=True, slots=True)
class ParagraphBlock:
    """`one[a:b]` became `other[c:d]`; neither is empty, and one of them is a single passage."""

    a: int
    b: int
    c: int
    d: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Blocks in order, none crossing another, and pairs (index before, index after) that moved."""

    blocks: tuple[ParagraphBlock, ...]
    moved: tuple[tuple[int, int], ...]


class _Bag:
    """The words of a passage, counted; weighted by their letters, because short ones are in every passage."""

    def __init__(self, text: str) -> None:
        self.counts = Counter(bare_words_of(text))
        self.weight = sum(min(len(word), MOST_LETTERS) * count for word, count in self.counts.items())

    def shared(self, other: _Bag) -> int:
        one, two = self.counts, other.counts
        return sum(len(word) * min(one[word], two[word]) for word in one.keys() & two.keys())

    def likeness(self, other: _Bag) -> float:
        return 2 * self.shared(other) / (self.weight + other.weight or 1)


class Aligner:
    """One comparison of two lists of passages; costly values are computed once and only for those that differ."""

    def __init__(self, one: Sequence[str], other: Sequence[str]) -> None:
        self.one, self.other = one, other
        self.before: dict[int, int] = {}
        """Index before -> index after, of all matched ones."""
        self.after: dict[int, int] = {}
        self._bags: dict[str, _Bag] = {}

    def alignment(self) -> Alignment:
        self._pair_equal()
        doubtful = self._pair_alike()
        kept, moved = self._kept_and_moved()
        kept = self._add_between_neighbours(kept, doubtful)
        return Alignment(tuple(self._with_parts(kept)), tuple(moved))

    def _pair(self, i: int, j: int) -> None:
        self.before[i], self.after[j] = j, i

    def _bag(self, text: str) -> _Bag:
        if text not in self._bags:
            self._bags[text] = _Bag(text)
        return self._bags[text]

    def _pair_equal(self) -> None:
        """Match equal ones at both ends, then those that occur once, then their equal neighbours, then the others in order."""
        one, other = self.one, self.other
        head, limit = 0, min(len(one), len(other))
        while head < limit and one[head] == other[head]:
            self._pair(head, head)
            head += 1
        tail = 0
        while tail < limit - head and one[-1 - tail] == other[-1 - tail]:
            tail += 1
            self._pair(len(one) - tail, len(other) - tail)
        places: dict[str, list[int]] = {}
        for j in range(head, len(other) - tail):
            places.setdefault(other[j], []).append(j)
        seen = Counter(one[head : len(one) - tail])
        repeated = []
        for i in range(head, len(one) - tail):
            found = places.get(one[i], [])
            if len(found) == 1 == seen[one[i]]:
                self._pair(i, found[0])
            elif found:
                repeated.append(i)
        for i in (*repeated, *reversed(repeated)):
            self._pair_beside(i)
        turn = {text: iter(found) for text, found in places.items()}
        for i in repeated:
            if i not in self.before:
                free = next((j for j in turn[one[i]] if j not in self.after), None)
                if free is not None:
                    self._pair(i, free)

    def _pair_beside(self, i: int) -> None:
        for side in (-1, 1):
            j = self.before.get(i + side)
            if i in self.before or j is None or j - side in self.after or not 0 <= j - side < len(self.other):
                continue
            if self.other[j - side] == self.one[i]:
                self._pair(i, j - side)

    def _pair_alike(self) -> list[tuple[int, int]]:
        """Match those that are clearly similar, the most similar first; returns possible matches in the same order."""
        found = sorted(self._candidates(), key=lambda each: (-round(each[0], 2), abs(each[1] - each[2]), each))
        doubtful = []
        for likeness, i, j in found:
            if i not in self.before and j not in self.after:
                if likeness >= ALIKE:
                    self._pair(i, j)
                elif likeness >= PERHAPS:
                    doubtful.append((i, j))
        return doubtful

    def _candidates(self) -> Iterator[tuple[float, int, int]]:
        """(likeness, index before, index after) of passages with rare words in common; a common word would compare all with
        all."""
        holding: dict[str, list[int]] = {}
        for j in range(len(self.other)):
            if j not in self.after:
                for word in self._bag(self.other[j]).counts:
                    holding.setdefault(word, []).append(j)
        telling = {word: places for word, places in holding.items() if len(places) <= COMMON}
        for i in range(len(self.one)):
            if i in self.before:
                continue
            bag = self._bag(self.one[i])
            scores: dict[int, int] = {}
            for word in bag.counts.keys() & telling.keys():
                for j in telling[word]:
                    scores[j] = scores.get(j, 0) + len(word)
            for j in sorted(scores, key=lambda j: (-scores[j], j))[:CANDIDATES]:
                yield bag.likeness(self._bag(self.other[j])), i, j

    def _kept_and_moved(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The pairs that kept their order and those that moved, as few as possible, and preferably short; others are separated
        again."""
        pairs = sorted(self.before.items())
        weights = [1 + min(len(self.one[i]) + len(self.other[j]), MOST_WEIGHT) / (4 * MOST_WEIGHT) for i, j in pairs]
        chain = set(heaviest_increasing([j for _, j in pairs], weights))
        kept = [pair for position, pair in enumerate(pairs) if position in chain]
        moved = []
        for position, (i, j) in enumerate(pairs):
            if position not in chain:
                if self._has_moved(i, j):
                    moved.append((i, j))
                else:
                    del self.before[i], self.after[j]
        return kept, moved

    def _has_moved(self, i: int, j: int) -> bool:
        bag = self._bag(self.one[i])
        return bag.counts.total() >= MOVED_WORDS and bag.likeness(self._bag(self.other[j])) >= MOVED

    def _add_between_neighbours(self, kept: list[tuple[int, int]], doubtful: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Add possible pairs if both are between the same neighbours."""
        firsts, seconds = [i for i, _ in kept], [j for _, j in kept]
        for i, j in doubtful:
            gap = bisect_left(firsts, i)
            if i not in self.before and j not in self.after and gap == bisect_left(seconds, j):
                self._pair(i, j)
                kept.insert(gap, (i, j))
                firsts.insert(gap, i)
                seconds.insert(gap, j)
        return kept

    def _with_parts(self, kept: Sequence[tuple[int, int]]) -> Iterator[ParagraphBlock]:
        """Blocks of the pairs, with the parts that were split off or joined on."""
        for i, j in kept:
            a, b, c, d = i, i + 1, j, j + 1
            if self.one[i] != self.other[j]:
                c, d = self._parts(self.one[i], self.other, j, self.after)
                if d - c == 1:
                    a, b = self._parts(self.other[j], self.one, i, self.before)
                self.after.update(dict.fromkeys(range(c, d), i))
                self.before.update(dict.fromkeys(range(a, b), j))
            yield ParagraphBlock(a, b, c, d)

    def _parts(self, whole: str, texts: Sequence[str], centre: int, taken: Mapping[int, int]) -> tuple[int, int]:
        """The range around a passage whose parts are in `whole`: each adds most of its own words to those found already."""
        start, end, bag = centre, centre + 1, self._bag(whole)
        shared = bag.shared(self._bag(texts[centre]))
        for side in (1, -1):
            while end - start < WHOLE_PARTS:
                place = end if side == 1 else start - 1
                if not 0 <= place < len(texts) or place in taken:
                    break
                wider = _Bag(" ".join(texts[min(start, place) : max(end, place + 1)]))
                weight, more = self._bag(texts[place]).weight, bag.shared(wider)
                if not weight or more - shared < PART * weight:
                    break
                start, end, shared = min(start, place), max(end, place + 1), more
        return start, end
