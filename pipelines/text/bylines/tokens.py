"""The words and signs of a byline line, with their places in it, and what runs of them can mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pipelines.text.bylines.words import byline_words
from pipelines.text.lexicons.lexicon import word_set


class TokenKind(StrEnum):
    """What a token does in a line."""

    WORD = "word"
    AND = "and"
    COMMA = "comma"
    COLON = "colon"
    SLASH = "slash"
    OPEN = "open"
    CLOSE = "close"


class Mark(StrEnum):
    """What a run of words is."""

    PERSON = "person"
    MONONYM = "mononym"
    ROLE = "role"
    AGENCY = "agency"
    GENRE = "genre"


@dataclass(frozen=True, slots=True)
class Token:
    """A word without the quotation marks and stops around it, or a sign. `start` and `end` are offsets in the line."""

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
    """A stretch of a line with its meaning. `text` is as printed; of an agency, its short name."""

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
    """Whether a small "and" stands between two names of two words, not inside one ("Ortega y Gasset")."""
    after = tokens[at + 1 : at + 3]
    return at > 1 and len(after) == 2 and all(token.kind is TokenKind.WORD for token in (*after, tokens[at - 1], tokens[at - 2]))


def all_capitals(tokens: list[Token]) -> bool:
    """Whether the words are printed in capitals, so that capitals say nothing."""
    return not any(token.text[:1].isupper() and not token.text.isupper() for token in tokens if token.kind is TokenKind.WORD)
