"""Finds agencies in a line of tokens: where each begins and ends, and where the same letters are a person's name."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.text.bylines.tokens import Mark, Span, Token, TokenKind, all_capitals
from pipelines.text.lexicons import is_given_name, is_place, word_set
from pipelines.text.lexicons.agencies import agency_length, agency_name, is_ambiguous_agency
from pipelines.text.lexicons.names import looks_capital
from pipelines.text.lexicons.roles import is_desk, is_head, is_modifier, role_words

_BROADCASTERS = ("BBC",)
_UNITS = word_set("news sport radio online world live newsnight panorama breakfast verify monitoring look service ni")
"""Words after a broadcaster's name that are no job title: "BBC News", "BBC Radio WM"."""
_LONGEST_NAME = 6


def agency_spans(tokens: list[Token]) -> Iterator[Span]:
    """All agencies of a clause, in order."""
    at = 0
    while at < len(tokens):
        length = agency_length(_words_from(tokens, at)) if tokens[at].kind is TokenKind.WORD else 0
        if length and _is_agency_here(tokens, at, at + length):
            name = agency_name(" ".join(token.folded for token in tokens[at : at + length])) or ""
            length = _without_beat(tokens, at, length)
            end = _with_units(tokens, at + length) if name in _BROADCASTERS else at + length
            yield Span(at, end, Mark.AGENCY, name)
            at = end
        else:
            at += 1


def _without_beat(tokens: list[Token], at: int, length: int) -> int:
    """ "PA Entertainment Reporter": if a title follows, the last word of the agency's desk is the beat of that title."""
    end = at + length
    last, after = tokens[end - 1].folded, tokens[end].folded if end < len(tokens) else ""
    follows = is_head(after) or is_desk(after) or is_modifier(after)
    beat = length > 1 and (last in role_words().hard_modifiers or is_place(last)) and agency_length([tokens[at].folded])
    return 1 if follows and beat else length


def _with_units(tokens: list[Token], at: int) -> int:
    """The end of a broadcaster's units ("BBC News NI political editor"), or `at` if the last is the beat ("BBC Sport
    reporter")."""
    end = at
    while end < len(tokens) and (tokens[end].folded in _UNITS or is_place(tokens[end].folded)):
        end += 1
    return at if end < len(tokens) and tokens[end].kind is TokenKind.WORD and is_head(tokens[end].folded) else end


def _words_from(tokens: list[Token], at: int) -> list[str]:
    words = []
    for token in tokens[at : at + _LONGEST_NAME]:
        if token.kind is not TokenKind.WORD and token.folded not in ("&", "and"):
            break
        words.append(token.folded)
    return words


def _is_agency_here(tokens: list[Token], start: int, end: int) -> bool:
    """Whether the words are the agency, not a person's name: "Sid Lowe", "Michael Bloomberg"."""
    first = tokens[start]
    opens = start == 0 or tokens[start - 1].kind is not TokenKind.WORD
    closes = end == len(tokens) or tokens[end].kind is not TokenKind.WORD
    if end - start == 1 and is_ambiguous_agency(first.folded):
        before_title = not closes and (
            is_modifier(tokens[end].folded) or is_head(tokens[end].folded) or is_desk(tokens[end].folded)
        )
        if opens and first.text.isupper() and not all_capitals(tokens):
            return True
        return (closes or before_title) and (opens or first.text.isupper())
    if end - start == 1 and not opens and first.text.istitle():
        lone = start == 1 or tokens[start - 2].kind is not TokenKind.WORD
        return not (lone and is_given_name(tokens[start - 1].folded))
    return True


def stretched(span: Span, tokens: list[Token], taken: list[bool]) -> Span:
    """A broadcaster's name with its units and stations ("BBC Radio Oxford Sport"), up to the next title or sign."""
    if span.mark is not Mark.AGENCY or span.text not in _BROADCASTERS:
        return span
    end = span.end
    while end < len(tokens) and tokens[end].kind is TokenKind.WORD and not taken[end] and looks_capital(tokens[end].text):
        end += 1
    return Span(span.start, end, span.mark, span.text)
