"""Snippets: the part of a text with the most search terms, with each match marked.

Made here and not by FTS5: its index holds texts as pairs of characters or with other letters, which nobody wants to read.
"""

from __future__ import annotations

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

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u00ad\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
_RUN_OF = folding.RUN.pattern[1:-2]
_TOKEN = re.compile(f"[{_RUN_OF}]|(?:[^\\W_{_RUN_OF}]+|[{_MARKS}])+")
"""A word, or one character of a script without spaces."""


@dataclass(frozen=True, slots=True)
class _SearchedTerm:
    """The words of a term in the form in which they are compared with a text."""

    words: tuple[str, ...]
    is_beginning: bool
    term: int
    """Index of the term: its spellings count as one."""


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    term: int
    """Index of the term that matches here."""


def snippet(texts: Sequence[str | None], terms: Sequence[Term]) -> Snippet:
    """The best part of these texts, in pieces, with matches marked; of two equal ones the one in the earlier text."""
    sought = [
        _SearchedTerm(tuple(key for key, _, _ in _tokens(spelling)), term.is_beginning, number)
        for number, term in enumerate(terms)
        for spelling in term.spellings()
    ]
    best: tuple[int, str, list[_Place], int] | None = None
    for text in texts:
        places = _places(text or "", sought)
        for place in places:
            count = len({one.term for one in places if place.start <= one.start and one.end <= place.start + LENGTH - BEFORE})
            if best is None or count > best[0]:
                best = count, text or "", places, place.start
    if best is None:
        return _cut(next((text for text in texts if text), ""), [], 0)
    _, text, places, start = best
    return _cut(text, places, start)


def _places(text: str, sought: Sequence[_SearchedTerm]) -> list[_Place]:
    tokens = _tokens(text)
    found: list[_Place] = []
    first = {one.words[0] for one in sought if one.words}
    has_beginnings = any(one.is_beginning for one in sought)
    for at, (key, start, _) in enumerate(tokens):
        if not has_beginnings and key not in first:
            continue
        for one in sought:
            last = at + len(one.words) - 1
            if one.words and last < len(tokens) and _matches_at(one, key, tokens[at : last + 1]):
                found.append(_Place(start, tokens[last][2], one.term))
        if len(found) >= MAX_PLACES:
            break
    return found


def _matches_at(one: _SearchedTerm, key: str, tokens: Sequence[tuple[str, int, int]]) -> bool:
    if len(one.words) == 1:
        return key == one.words[0] or (one.is_beginning and key.startswith(one.words[0]))
    if key != one.words[0]:
        return False
    *middle, (last, _, _) = tokens
    wanted = one.words[-1]
    return [token for token, _, _ in middle] == list(one.words[:-1]) and (
        last == wanted or (one.is_beginning and last.startswith(wanted))
    )


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(_key(token[0]), *token.span()) for token in _TOKEN.finditer(text)]


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    return folding.key(word)


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
