"""Search terms as typed -> a query of FTS5, and what they cost. Nothing that is typed is ever FTS5's query language."""

from __future__ import annotations

import re
import unicodedata

from pipelines.store.database import Store

MAX_CHARS = 1_000
MAX_TERMS = 32
SHORTEST_BEGINNING = 2
MAX_BEGINNING = 60_000
"""Words in all texts that may begin so (`word*`): FTS5 draws all their places together before it gives the first."""
MAX_COMMON = 300_000
"""Revisions that hold the terms of a query, added up, for which relevance is worked out: it counts each term in all texts."""

_TERM = re.compile(r'"[^"]*"|\S+')
_WORD = re.compile(r"\w+")
_BEGINNING = "SELECT cnt FROM temp.revision_words WHERE term >= ? AND term < ?"
_HOLDING = "SELECT count(*) FROM (SELECT 1 FROM revisions_fts WHERE revisions_fts MATCH ? LIMIT ?)"


def match_of(words: str) -> str:
    """What people type as a query of FTS5: all the words and phrases, at most 32; empty where there is none."""
    return " ".join(terms_of(words))


def terms_of(words: str) -> list[str]:
    """The words and phrases of what people type, each quoted for FTS5."""
    text = words[:MAX_CHARS].encode("utf-8", "replace").decode()  # lone surrogates are no text
    return [_quoted(term) for term in _TERM.findall(text)[:MAX_TERMS]]


def affordable(store: Store, terms: list[str]) -> tuple[list[str], list[str]]:
    """Terms that can be asked for at once, and which beginnings (`a*`) were taken as whole words because too much begins so."""
    left, kept, whole = MAX_BEGINNING, [], []
    for term in terms:
        if term.endswith("*"):
            cost = _cost_of_beginning(store, term, left)
            left -= cost
            if left < 0:
                left += cost
                whole.append(term[:-1].strip('"').replace('""', '"') + "*")
                term = term[:-1]
        kept.append(term)
    return kept, whole


def are_common(store: Store, terms: list[str]) -> bool:
    """Whether terms are in so many texts that relevance would take longer than people wait."""
    left = MAX_COMMON
    for term in terms:
        left -= store.value(_HOLDING, (term, left + 1))
        if left < 0:
            return True
    return False


def _cost_of_beginning(store: Store, term: str, most: int) -> int:
    """How many words of all texts begin so; counted until it is more than `most`."""
    words = _WORD.findall(_folded(term))
    if not words:
        return 0
    if len(words[-1]) < SHORTEST_BEGINNING:
        return most + 1
    found = 0
    for row in store.rows(_BEGINNING, (words[-1], words[-1] + "\U0010ffff")):
        found += row["cnt"]
        if found > most:
            break
    return found


def _folded(text: str) -> str:
    """As near as need be to what the index makes of a word: small letters without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))


def _quoted(term: str) -> str:
    """A word or phrase quoted for FTS5, so that what people type is never its query language, but for a final `*`."""
    bare, star = (term[:-1], "*") if term.endswith("*") and len(term) > 1 else (term, "")
    return '"' + bare.replace("\0", " ").strip('"').replace('"', '""') + '"' + star
