"""Snippets: the part of a text with the most search terms, with each match marked.

Made here and not by FTS5: its index holds texts as pairs of characters or with other letters, which nobody wants to read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.queries.results import Snippet
from pipelines.queries.search_terms import Term
from pipelines.text import folding

BEFORE, LENGTH = 60, 180
"""Characters that are shown before the first match, and in all."""
MAX_PLACES = 300
"""Matches of a text that are considered."""

_RUN = folding.RUN.pattern[1:-2]
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u00ad\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
_LETTER = f"(?:[^\\W_{_RUN}]|[{_MARKS}])"
_TOKEN = re.compile(f"[{_RUN}]|{_LETTER}+")
"""A word, or one character of a script without spaces."""
_BETWEEN = f"(?:(?![{_MARKS}{_RUN}])[\\W_])*"
"""What may stand between the words of a phrase."""


class _Folded(dict[int, str]):
    """A table for `str.translate`: characters -> their keys; those whose key is not one character are `uneven`."""

    MOST = 20_000

    def __init__(self) -> None:
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = folding.key(chr(code))
        if len(self) < self.MOST:
            self[code] = folded
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


_FOLDED = _Folded()


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    term: int
    """Index of the term that matches here."""


def snippet(texts: Sequence[str | None], terms: Sequence[Term]) -> Snippet:
    """The best part of these texts, in pieces, with matches marked; of two equal ones the one in the earlier text."""
    patterns = _patterns(tuple(terms))
    for places_in in (_places, _respelled_places):
        best: tuple[int, str, list[_Place], int] | None = None
        for text in filter(None, texts):
            places = places_in(text, patterns)
            for at, place in enumerate(places):
                count = _terms_from(places, at)
                if best is None or count > best[0]:
                    best = count, text, places, place.start
                if count == len(terms):
                    break
        if best is not None:
            _, text, places, start = best
            return _cut(text, places, start)
    return _cut(next(filter(None, texts), ""), [], 0)


def weighted_counts(texts: Iterable[tuple[str | None, float]], terms: Sequence[Term]) -> list[float]:
    """How often each term is in texts of these weights."""
    found, patterns = [0.0] * len(terms), _patterns(tuple(terms))
    for text, weight in texts:
        folded = (text or "").translate(_FOLDED)
        for term, spelled in enumerate(patterns):
            found[term] += weight * sum(len(pattern.findall(folded)) for pattern in spelled)
    return found


def _terms_from(places: Sequence[_Place], at: int) -> int:
    """The number of terms in the snippet that begins with a place."""
    end = places[at].start + LENGTH - BEFORE
    terms = set[int]()
    for place in itertools.islice(places, at, None):
        if place.start >= end:
            break
        if place.end <= end:
            terms.add(place.term)
    return len(terms)


@lru_cache(maxsize=64)
def _patterns(terms: tuple[Term, ...]) -> list[tuple[re.Pattern[str], ...]]:
    """For each term, what finds its spellings in a folded text."""
    return [
        tuple(re.compile(one) for one in dict.fromkeys(_pattern(spelling, term) for spelling in term.spellings()) if one)
        for term in terms
    ]


def _pattern(spelling: str, term: Term) -> str:
    """What finds a spelling: with its first letters first, because such patterns are searched fastest."""
    words = [token[0] for token in _TOKEN.finditer(folding.key(spelling))]
    whole = [word if folding.RUN.match(word) else f"{word}(?<!{_LETTER}{word})(?!{_LETTER})" for word in map(re.escape, words)]
    if whole and term.is_beginning:
        whole[-1] = whole[-1].removesuffix(f"(?!{_LETTER})")
    return _BETWEEN.join(whole)


def _places(text: str, patterns: Sequence[tuple[re.Pattern[str], ...]]) -> list[_Place]:
    folded = text.translate(_FOLDED)
    found = [
        _Place(*match.span(), term)
        for term, spelled in enumerate(patterns)
        for pattern in spelled
        for match in itertools.islice(pattern.finditer(folded), MAX_PLACES)
    ]
    if found and not _FOLDED.uneven.isdisjoint(text):
        places = [place for place, char in enumerate(text) for _ in char.translate(_FOLDED)]
        found = [_Place(places[one.start], places[one.end - 1] + 1, one.term) for one in found]
    return sorted(found, key=lambda one: (one.start, one.term))


def _respelled_places(text: str, patterns: Sequence[tuple[re.Pattern[str], ...]]) -> list[_Place]:
    """What is found by another spelling."""
    return [
        _Place(start, end, term)
        for spelling, start, end in itertools.islice(folding.respelled(text), MAX_PLACES)
        for term, spelled in enumerate(patterns)
        if any(pattern.fullmatch(folding.key(spelling)) for pattern in spelled)
    ]


def _cut(text: str, places: Sequence[_Place], at: int) -> Snippet:
    """The text around a match, in whole words."""
    low = max(0, at - BEFORE)
    high = min(len(text), low + LENGTH)
    if low:
        low = next((token.start() for token in _TOKEN.finditer(text, low, at) if not _is_within(text, token.start())), at)
    if high < len(text):
        high = max((token.end() for token in _TOKEN.finditer(text, low, high) if not _is_within(text, token.end())), default=high)
    pieces: list[tuple[str, bool]] = [("…", False)] if low else []
    here = low
    for place in places:
        if place.start >= here and place.end <= high:
            pieces += [(text[here : place.start], False), (text[place.start : place.end], True)]
            here = place.end
    pieces += [(text[here:high], False), ("…" if high < len(text) else "", False)]
    return _joined(pieces)


def _is_within(text: str, place: int) -> bool:
    """Whether a position is in the middle of a word."""
    around = text[place - 1 : place + 1]
    return len(around) == 2 and around.isalnum() and not folding.RUN.search(around)


def _joined(pieces: Iterable[tuple[str, bool]]) -> Snippet:
    found: list[tuple[str, bool]] = []
    for text, is_hit in pieces:
        if not text:
            continue
        if found and not is_hit and not found[-1][1]:
            found[-1] = found[-1][0] + text, False
        else:
            found.append((text, is_hit))
    return tuple(found)
