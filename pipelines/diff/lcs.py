"""Longest common subsequence: the common items of two sequences, in a limited number of steps.

Knows nothing of words or paragraphs. Comparing two sequences takes time in proportion to the product of their lengths if
items are repeated, so every step is counted; when none are left, the rest is not matched.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

LONG = 300
"""From this length on a range is first cut at items that occur once on both sides: that is faster, and better than its longest
run."""


@dataclass(slots=True)
class Steps:
    """Number of comparisons left; one object for a whole difference, passed from passage to passage."""

    left: int


Run = tuple[int, int, int]
"""(index before, index after, length) of equal items."""


def common_runs(one: Sequence[Hashable], other: Sequence[Hashable], steps: Steps) -> list[Run]:
    """Runs of equal items in order, none crossing another; neighbours joined."""
    found: list[Run] = []
    ranges = [(0, len(one), 0, len(other))]
    while ranges:
        a, b, c, d = ranges.pop()
        head = _shared_head(one, other, a, b, c, d)
        if head:
            found.append((a, c, head))
            a, c = a + head, c + head
        tail = _shared_tail(one, other, a, b, c, d)
        if tail:
            found.append((b - tail, d - tail, tail))
            b, d = b - tail, d - tail
        steps.left -= head + tail
        if a == b or c == d or steps.left <= 0:
            continue
        is_long = max(b - a, d - c) > LONG
        anchors = _anchors(one, other, (a, b, c, d), steps) if is_long else []
        if not anchors:
            run = _longest(one, other, (a, b, c, d), steps)
            anchors = [run] if run[2] else []
        for i, j, size in anchors:
            ranges.append((a, i, c, j))
            found.append((i, j, size))
            a, c = i + size, j + size
        if anchors:
            ranges.append((a, b, c, d))
    return _joined(found)


def _shared_head(one: Sequence[Hashable], other: Sequence[Hashable], a: int, b: int, c: int, d: int) -> int:
    size = 0
    for left, right in zip(range(a, b), range(c, d), strict=False):
        if one[left] != other[right]:
            break
        size += 1
    return size


def _shared_tail(one: Sequence[Hashable], other: Sequence[Hashable], a: int, b: int, c: int, d: int) -> int:
    size = 0
    while a < b - size and c < d - size and one[b - size - 1] == other[d - size - 1]:
        size += 1
    return size


def _anchors(one: Sequence[Hashable], other: Sequence[Hashable], bounds: tuple[int, int, int, int], steps: Steps) -> list[Run]:
    """Items that occur once on both sides, if their order is the same: where patience diff cuts."""
    a, b, c, d = bounds
    steps.left -= b - a + d - c
    once = {item for item, count in Counter(one[a:b]).items() if count == 1}
    counts = Counter(other[c:d])
    places = {other[j]: j for j in range(c, d) if counts[other[j]] == 1}
    pairs = [(i, places[one[i]]) for i in range(a, b) if one[i] in once and one[i] in places]
    return [(pairs[k][0], pairs[k][1], 1) for k in longest_increasing([j for _, j in pairs])]


def _longest(one: Sequence[Hashable], other: Sequence[Hashable], bounds: tuple[int, int, int, int], steps: Steps) -> Run:
    """The longest run on both sides, the earliest of equal ones; of length 0 if there is none or no step is left."""
    a, b, c, d = bounds
    places: dict[Hashable, list[int]] = {}
    for j in range(c, d):
        places.setdefault(other[j], []).append(j)
    steps.left -= b - a + d - c
    best = (a, c, 0)
    if (b - a) * (d - c) > steps.left:
        cost = sum(len(places.get(one[i], ())) for i in range(a, b))
        if cost > steps.left:
            return best
    ending: dict[int, int] = {}
    for i in range(a, b):
        following: dict[int, int] = {}
        found = places.get(one[i], ())
        steps.left -= len(found)
        for j in found:
            size = following[j] = ending.get(j - 1, 0) + 1
            if size > best[2]:
                best = (i - size + 1, j - size + 1, size)
        ending = following
    return best


def longest_increasing(values: Sequence[int]) -> list[int]:
    """The positions of a longest increasing subsequence of distinct values."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(tails, value)
        previous.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            ends.append(position)
        else:
            tails[length], ends[length] = value, position
    chain = []
    position = ends[-1] if ends else -1
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]


def heaviest_increasing(values: Sequence[int], weights: Sequence[float]) -> list[int]:
    """The positions of an increasing subsequence of the greatest weight; values are distinct."""
    ranks = {value: rank for rank, value in enumerate(sorted(values), 1)}
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(values) + 1)
    previous = []
    best = (0.0, -1)
    for position, value in enumerate(values):
        rank = ranks[value]
        below, place = (0.0, -1), rank - 1
        while place:
            if tree[place] > below:
                below = tree[place]
            place &= place - 1
        previous.append(below[1])
        here = (below[0] + weights[position], position)
        best = max(best, here)
        while rank < len(tree):
            if here > tree[rank]:
                tree[rank] = here
            rank += rank & -rank
    chain = []
    position = best[1]
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]


def _joined(runs: Iterable[Run]) -> list[Run]:
    kept: list[Run] = []
    for i, j, size in sorted(runs):
        if kept and kept[-1][0] + kept[-1][2] == i and kept[-1][1] + kept[-1][2] == j:
            kept[-1] = (kept[-1][0], kept[-1][1], kept[-1][2] + size)
        else:
            kept.append((i, j, size))
    return kept
