"""How long a regular expression may run: Python's engine tries every way in which a text can be divided among repetitions.

The pattern is turned into its positions (Glushkov): each matches one character, and knows which may follow it. Two ways through
the same positions for the same text double with each round of a repetition ("(a+)+"): refused. Repetitions one after the other
that can share a text ("/.+/.+-") multiply its length with itself: as many as a short text allows are accepted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]  # what re.compile reads a pattern into has no public name
from typing import Any, NamedTuple

MAX_SEARCHED_CHARS = 2048
"""A longer path and query is not an article's. Higher: a slow pattern costs more; lower: long slugs lose their id."""
SEARCHED_CHARS_OF_SLOW = 256
"""The same for a pattern with three repetitions that can share a text: 8 s for 2048 characters, 15 ms for 256."""
_MOST_SHARING = 3
_MOST_POSITIONS = 600
_MOST_OPTIONS = 16
_MOST_STEPS = 100_000
_SAMPLE = "".join(map(chr, range(128))) + "é£中"
_LONG_RANGE = 4
"""From here on a repetition between two numbers counts as one without an end."""


class _Part(NamedTuple):
    """Where a part of the pattern may begin and end, and whether it may match nothing."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    empty: bool = True


class _Positions:
    def __init__(self) -> None:
        self.chars: list[frozenset[str]] = []
        self.follow: list[set[int]] = []
        self.steps = 0
        self.options: Counter[str] = Counter()
        """How many parts that may be left out, as "\\d{6,9}" has three, begin with each character."""
        self.doubled = False
        """Whether one position follows another in two ways: a repetition of a repetition."""

    def add(self, chars: Iterable[str]) -> _Part:
        self.chars.append(frozenset(chars))
        self.follow.append(set())
        if len(self.chars) > _MOST_POSITIONS:
            raise ValueError(f"is too large: its repetitions written out have more than {_MOST_POSITIONS} characters")
        only = frozenset([len(self.chars) - 1])
        return _Part(only, only, empty=False)

    def joined(self, left: _Part, right: _Part) -> _Part:
        for end in left.last:
            self.follow[end] |= right.first
        return _Part(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def looped(self, part: _Part) -> _Part:
        for end in part.last:
            self.doubled |= not self.follow[end].isdisjoint(part.first)
            self.follow[end] |= part.first
        return part

    def sequence(self, nodes: Any, state: Any) -> _Part:
        whole = _Part()
        for node in nodes:
            whole = self.joined(whole, self.node(node, state))
        return whole

    def either(self, branches: Sequence[Any], state: Any) -> _Part:
        parts = [self.sequence(branch, state) for branch in branches]
        return _Part(
            frozenset().union(*(part.first for part in parts)),
            frozenset().union(*(part.last for part in parts)),
            any(part.empty for part in parts),
        )

    def node(self, node: Any, state: Any) -> _Part:
        kind, value = node
        match str(kind):
            case "AT":
                return _Part()
            case "SUBPATTERN":
                return self.sequence(value[-1], state)
            case "ATOMIC_GROUP":
                return self.sequence(value, state)
            case "ASSERT" | "ASSERT_NOT":
                self.sequence(value[1], state)
                return _Part()
            case "BRANCH":
                return self.either(value[1], state)
            case "GROUPREF_EXISTS":
                return self.either([value[1], value[2] or ()], state)
            case "GROUPREF":
                return self.looped(self.add(_SAMPLE))._replace(empty=True)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self.repeated(value, state)
        alone = _compiler.compile(_parser.SubPattern(state, [node]), state.flags)
        return self.add(found[0] for found in alone.finditer(_SAMPLE))

    def repeated(self, bounds: Any, state: Any) -> _Part:
        least, most, body = bounds
        choice = any(
            str(kind) == "BRANCH" or (str(kind).endswith("REPEAT") and value[0] != value[1]) for kind, value in _inner(body)
        )
        endless = most - least >= _LONG_RANGE or (choice and (most > max(least, 1) or least >= _LONG_RANGE))
        whole = _Part()
        for copy in range(least if endless else most):
            part = self.sequence(body, state)
            self.doubled |= most > 1 and part.empty and bool(part.first)
            if copy >= least:
                self.options.update(char for place in part.first for char in self.chars[place])
                part = part._replace(empty=True)
            whole = self.joined(whole, self.looped(part) if endless and copy == least - 1 else part)
        if endless and not least:
            part = self.looped(self.sequence(body, state))
            self.doubled |= part.empty
            whole = part._replace(empty=True)
        return whole

    def ahead(self, *places: int) -> Iterator[tuple[int, ...]]:
        """Where readers at these positions can be after one more character, the same for all."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise ValueError("is too complicated: how long a search takes has no known bound")
        for after in product(*(self.follow[place] for place in places)):
            if frozenset.intersection(*(self.chars[place] for place in after)):
                yield after

    def reach(
        self, starts: Iterable[tuple[int, ...]], *within: frozenset[int] | None
    ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Each step that readers can make from the starts on, the n-th inside of the n-th set: from where, to where."""
        left, found = list(starts), set(starts)
        while left:
            before = left.pop()
            for after in self.ahead(*before):
                if all(inside is None or place in inside for place, inside in zip(after, within, strict=True)):
                    yield before, after
                    if after not in found:
                        found.add(after)
                        left.append(after)

    def loops(self) -> list[frozenset[int]]:
        """The positions of each repetition: those that follow each other in both directions."""
        later = {one: {after for _, (after,) in self.reach([(one,)], None)} for one in range(len(self.chars))}
        return sorted({frozenset(two for two in later[one] if one in later[two]) for one in later} - {frozenset()}, key=min)

    def doubles(self, loop: frozenset[int]) -> bool:
        """Whether two readers can part in the repetition and meet again after the same text."""
        return any(x != y and v == w for (x, y), (v, w) in self.reach([(one, one) for one in loop], loop, loop))

    def share(self, one: frozenset[int], two: frozenset[int]) -> bool:
        """Whether a text can end the first repetition and begin the second at each of several places."""
        return any((p, q, q) == after for p, q in product(one, two) for _, after in self.reach([(p, p, q)], one, None, two))


def _inner(nodes: Any) -> Iterator[Any]:
    """All nodes of a part of the pattern, with those inside of them."""
    for node in nodes if isinstance(nodes, (list, tuple, _parser.SubPattern)) else ():
        if isinstance(node, tuple) and node and isinstance(node[0], _constants._NamedIntConstant):
            yield node
        yield from _inner(node)


@lru_cache(maxsize=4096)
def searched_chars(pattern: str) -> int:
    """The longest text in which the pattern may be searched; raises ValueError for one that may take minutes."""
    parsed = _parser.parse(pattern)
    positions = _Positions()
    anywhere = _Part() if re.match(r"(?:\(\?[a-z]+\))?(?:\^|\\A)", pattern) else positions.looped(positions.add(_SAMPLE))
    positions.joined(anywhere, positions.sequence(parsed, parsed.state))
    loops = positions.loops()
    if positions.doubled or max(positions.options.values(), default=0) > _MOST_OPTIONS or any(map(positions.doubles, loops)):
        raise ValueError("can match the same text in ever more ways, which takes for ever: it repeats what is repeated already")
    most = [1] * len(loops)
    for late in range(len(loops)):
        for early in range(late):
            if most[early] >= most[late] and positions.share(loops[early], loops[late]):
                most[late] = most[early] + 1
    if max(most, default=1) > _MOST_SHARING:
        raise ValueError(f"takes too long: {max(most)} repetitions can share a text; write [^/]+ where .+ or .* stands")
    return SEARCHED_CHARS_OF_SLOW if max(most, default=1) == _MOST_SHARING else MAX_SEARCHED_CHARS
