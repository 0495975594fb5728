"""The words and signs of a byline line, with their places in it; the possible meanings of runs; the words around names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import read_words, word_set


@dataclass(frozen=True, slots=True)
class BylineWords:
    """The sections of words.txt, case-folded."""

    by_anywhere: frozenset[str]
    """Words that open a byline anywhere in a line; what came before was a label or a breadcrumb."""
    by_first: frozenset[str]
    """Words that open a byline only at the start of a line or after a label; elsewhere they are part of names or sentences."""
    by_also_names: frozenset[str]
    """Openers that also begin names; they are removed only if a full name or an agency remains."""
    writer_labels: frozenset[str]
    """Labels of writers."""
    other_labels: frozenset[str]
    """Labels of other work: pictures, editing, translation. The people after them are left out."""
    texts: frozenset[str]
    pictures: frozenset[str]
    """Labels that separate writer and photographer without a sign: "Words Ann Lee Pictures Bob Kay"."""
    genres: frozenset[str]
    """Kinds of writing in the place of a job title: "Kommentar von", "Analysis by"."""
    articles: frozenset[str]
    """Small words before a desk or a job title: "a Local Democracy Reporter", "dal nostro inviato"."""
    ands: frozenset[str]
    """Words between people. Single letters and prepositions count only in lower case and between two names."""
    house_openers: frozenset[str]
    """Words before the outlet that a person writes for: "For Dailymail.Com"."""
    locatives: frozenset[str]
    """Words before the place that a person writes from."""
    bio_verbs: frozenset[str]
    """A sentence about the writer starts here: the byline has ended."""
    dropped: frozenset[str]
    """Toolbar words; a line is split at them."""
    nobody: frozenset[str]
    """What systems and outlets print if no one is named."""
    months: frozenset[str]
    days: frozenset[str]


@cache
def byline_words() -> BylineWords:
    return read_words(Path(__file__).with_name("words.txt"), BylineWords)


class TokenKind(StrEnum):
    """The function of a token in a line."""

    WORD = "word"
    AND = "and"
    COMMA = "comma"
    COLON = "colon"
    SLASH = "slash"
    OPEN = "open"
    CLOSE = "close"


class Mark(StrEnum):
    """The meaning of a run of words."""

    PERSON = "person"
    MONONYM = "mononym"
    ROLE = "role"
    AGENCY = "agency"
    GENRE = "genre"


@dataclass(frozen=True, slots=True)
class Token:
    """A word without the quotation marks and full stops around it, or a sign. `start` and `end` are offsets in the line."""

    text: str
    folded: str
    kind: TokenKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` (exclusive) are one job title or one agency; `text` is the agency's short name."""

    start: int
    end: int
    mark: Mark
    text: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line with its meaning. `text` is as printed; for an agency, its short name."""

    mark: Mark
    text: str = ""
    people: tuple[list[str], ...] = ()


_TOKEN = re.compile(r"[,;،()\[\]{}/:：&+]|[^\s,;،()\[\]{}/:：&+]+")
_SIGNS = {
    ",": TokenKind.COMMA,
    ";": TokenKind.COMMA,
    "،": TokenKind.COMMA,
    ":": TokenKind.COLON,
    "：": TokenKind.COLON,
    "/": TokenKind.SLASH,
    "(": TokenKind.OPEN,
    "[": TokenKind.OPEN,
    "{": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    "]": TokenKind.CLOSE,
    "}": TokenKind.CLOSE,
    "&": TokenKind.AND,
    "+": TokenKind.AND,
}
_QUOTES = '"“”„«»‘…*!?<>|='
_STOP_STAYS = frozenset(("jr", "sr", "st", "ste", "dr", "no", "mr", "mrs"))
_PARTICLE_ANDS = word_set("y e i a en et")
_NOBLE = word_set("von zu")
_CAPITAL_ANDS = word_set("and und with et")


def tokens_of(line: str) -> list[Token]:
    """The tokens of one line, in order."""
    found = [_token(match) for match in _TOKEN.finditer(line)]
    tokens = [token for token in found if token.text]
    return [
        Token(token.text, token.folded, TokenKind.WORD, token.start, token.end)
        if token.kind is TokenKind.AND and _is_inside(tokens, at)
        else token
        for at, token in enumerate(tokens)
    ]


def _token(match: re.Match[str]) -> Token:
    text = match[0]
    if text in _SIGNS:
        return Token(text, text, _SIGNS[text], match.start(), match.end())
    text = text.strip(_QUOTES).strip("'’" if text.startswith(("'", "’")) and text.endswith(("'", "’")) else "")
    folded = text.casefold().rstrip(".").replace("’", "'")
    if text.endswith(".") and len(folded) > 2 and "." not in folded and folded not in _STOP_STAYS:
        text = text.rstrip(".")
    is_and = folded in byline_words().ands and (text.islower() or folded in _CAPITAL_ANDS)
    return Token(
        text, folded, TokenKind.AND if is_and else TokenKind.WORD, match.start(), match.start() + len(match[0].rstrip(_QUOTES))
    )


def _is_inside(tokens: list[Token], at: int) -> bool:
    """Whether an "and" is part of a name ("von und zu Weiden") or a preposition ("corresponsal en Roma")."""
    folded = tokens[at].folded
    if folded == "und":
        return 0 < at < len(tokens) - 1 and {tokens[at - 1].folded, tokens[at + 1].folded} == _NOBLE
    return folded in _PARTICLE_ANDS and not _parts_names(tokens, at)


def _parts_names(tokens: list[Token], at: int) -> bool:
    """Whether a small "and" is between two names of two words, not inside one name ("Ortega y Gasset")."""
    after = tokens[at + 1 : at + 3]
    return at > 1 and len(after) == 2 and all(token.kind is TokenKind.WORD for token in (*after, tokens[at - 1], tokens[at - 2]))


def all_capitals(tokens: list[Token]) -> bool:
    """Whether the words are printed all in capitals, so that capitals carry no information."""
    return not any(token.text[:1].isupper() and not token.text.isupper() for token in tokens if token.kind is TokenKind.WORD)
