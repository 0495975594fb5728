"""Finds job titles in a line of tokens: where each begins and ends.

A title grows from its head noun to the left over beats, ranks and places, and to the right over what it covers ("for
Kent", "in der Lokalredaktion Kassel", ", in Seoul"). If a name would be too short without some of these words, the title gives
them back. `taken` marks tokens that already belong to an agency; `floor` is the end of the previous title.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipelines.text.bylines.tokens import Mark, Span, Token, TokenKind, all_capitals, byline_words
from pipelines.text.lexicons import is_given_name, is_place
from pipelines.text.lexicons.agencies import is_outlet, is_outlet_ending
from pipelines.text.lexicons.names import is_initial, is_name, looks_capital, name_words, strip_titles
from pipelines.text.lexicons.roles import is_desk, is_head, is_last_head, is_modifier, role_words

_LONGEST_ACRONYM = 5
_FULL_NAME = 2
_TWO_NAMES = 4
_WHATS = ("what's", "whats")
"""The first word of "What's On Reporter", a beat that contains a small word."""


@cache
def _not_in_titles() -> frozenset[str]:
    known = byline_words()
    return known.articles | known.bio_verbs | role_words().connectors | known.locatives | known.writer_labels


@cache
def _no_owners() -> frozenset[str]:
    known = byline_words()
    return known.articles | known.writer_labels | known.nobody


def title_spans(tokens: list[Token], taken: list[bool]) -> Iterator[Span]:
    """All job titles of a clause, in order."""
    done = 0
    for at, token in enumerate(tokens):
        if at < done or taken[at] or token.kind is not TokenKind.WORD or not _is_head_here(tokens, at):
            continue
        end = _right_end(tokens, at, taken)
        start = _left_end(tokens, at, done, taken)
        if _is_label_of_name(tokens, start, end):
            continue
        owned = _with_owner(tokens, start, end, done, taken)
        start = start if owned == start else _left_end(tokens, owned, done, taken)
        yield Span(start, end, Mark.ROLE)
        done = end


def _is_head_here(tokens: list[Token], at: int) -> bool:
    folded = tokens[at].folded
    if is_head(folded):
        return True
    if folded in role_words().authors:
        return at > 0 and (tokens[at - 1].folded in role_words().hard_modifiers or tokens[at - 1].folded == "guest")
    if folded == "special" and at + 1 < len(tokens) and tokens[at + 1].folded in ("to", "for"):
        return True
    if not is_last_head(folded):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after and after.kind is TokenKind.WORD and not _opens_tail(after) and not is_desk(folded):
        return False
    if is_desk(folded) or (after and after.folded == "of"):
        return True
    before = tokens[at - 1] if at and tokens[at - 1].kind is TokenKind.WORD else None
    return bool(not before or (before.text.isupper() or is_modifier(before.folded) or is_head(before.folded)))


def _opens_tail(token: Token) -> bool:
    return token.text.islower() and token.folded in role_words().tail_openers


def _is_label_of_name(tokens: list[Token], start: int, end: int) -> bool:
    """ "contributor Ellen Corby": the word says that she is not on the staff, not what she does."""
    if end - start != 1 or tokens[start].folded not in ("contributor", "contributors") or end == len(tokens):
        return False
    return tokens[end].kind in (TokenKind.WORD, TokenKind.COLON)


def _left_end(tokens: list[Token], head: int, floor: int, taken: list[bool]) -> int:
    start, listed = head, False
    while start > floor and not taken[start - 1]:
        before = tokens[start - 1]
        if before.kind is TokenKind.WORD and _qualifies(tokens, start - 1, floor):
            start -= 1
        elif _connects(tokens, start, floor, taken, listed=listed):
            listed = listed or before.kind is TokenKind.AND
            start -= 2
        else:
            break
    return _given_back(tokens, start, head, floor, taken)


def _qualifies(tokens: list[Token], at: int, floor: int) -> bool:
    token = tokens[at]
    if is_modifier(token.folded) or is_head(token.folded) or is_last_head(token.folded):
        return True
    if token.folded == "on" and at > floor and tokens[at - 1].folded in _WHATS:
        return True
    if token.text.islower() and at > floor:
        return token.folded not in _not_in_titles()  # names are capitalised: "trends editor"
    if at > floor and tokens[at - 1].kind is TokenKind.WORD and is_place(f"{tokens[at - 1].folded} {token.folded}"):
        return True
    if at + 1 < len(tokens) and is_place(f"{token.folded} {tokens[at + 1].folded}"):
        return True
    return token.text.isupper() and token.text.isalpha() and 1 < len(token.text) <= _LONGEST_ACRONYM and not all_capitals(tokens)


def _connects(tokens: list[Token], start: int, floor: int, taken: list[bool], *, listed: bool) -> bool:
    """Whether the sign or small word before `start` joins it to another beat: "Health, Science and Environment"."""
    if start - 2 < floor or taken[start - 2] or tokens[start - 2].kind is not TokenKind.WORD:
        return False
    sign, before = tokens[start - 1], tokens[start - 2]
    joins = sign.kind in (TokenKind.AND, TokenKind.SLASH) or (sign.kind is TokenKind.COMMA and listed)
    if not joins and sign.folded not in role_words().connectors:
        return False
    if (
        is_modifier(before.folded)
        or is_head(before.folded)
        or (before.folded == "on" and tokens[max(0, start - 3)].folded in _WHATS)
    ):
        return not (sign.kind is TokenKind.SLASH and is_head(before.folded))
    # "Homes and Property Editor", "Ann Lee Agenda and trends editor": a word that "and" joins to a beat is a beat, unless it is a
    # name
    words = _run_before(tokens, start - 1, floor, taken)
    return sign.kind is TokenKind.AND and (
        len(words) == 1 or (len(words) > _FULL_NAME and not is_given_name(words[1].casefold()))
    )


def _run_before(tokens: list[Token], end: int, floor: int, taken: list[bool]) -> list[str]:
    start = end
    while start > floor and tokens[start - 1].kind is TokenKind.WORD and not taken[start - 1]:
        start -= 1
    return [token.text for token in tokens[start:end]]


def _given_back(tokens: list[Token], start: int, head: int, floor: int, taken: list[bool]) -> int:
    """The start of a title after words that are also surnames are given back to a lone given name: "Basil Field | Reporter"."""
    words = _run_before(tokens, start, floor, taken)
    if not words or not is_given_name(words[0].casefold()):
        return start
    while start < head and sum(not is_initial(word) for word in words) < _FULL_NAME:
        token = tokens[start]
        if token.kind is not TokenKind.WORD or token.folded in role_words().hard_modifiers or not looks_capital(token.text):
            break
        words.append(token.text)
        start += 1
    return start


def _with_owner(tokens: list[Token], start: int, end: int, floor: int, taken: list[bool]) -> int:
    """The start of a title with the words before it that are not a person: "HNN Staff", "Kent Messenger reporter"."""
    words = _run_before(tokens, start, floor, taken)
    while words and words[0].casefold() in _no_owners():
        words = words[1:]
    if not words or not all(looks_capital(word) or word.isdigit() for word in words):
        return start
    opening = start - len(words)
    name = strip_titles(words)
    if is_given_name(name[0].casefold()):
        return start - _owned(words, name, tokens[end - 1].folded)
    if _is_behind_comma(tokens, opening) or _names_follow(tokens, end):
        return opening  # "Ann Lee, Page One Editor", "City Hall Editor Ann Lee"
    return opening if is_outlet(words) or not is_name(name) else start


def _owned(words: list[str], name: list[str], last: str) -> int:
    """The number of last words that belong to the following title, if the first words are a person's name."""
    if len(words) >= _TWO_NAMES and last in role_words().english_heads and _is_plain_pair(words):
        return len(words) - _FULL_NAME
    if (
        len(words) > _FULL_NAME
        and is_outlet_ending(words[-1])
        and is_name(words[:-1])
        and not is_given_name(words[-2].casefold())
    ):
        return 1
    if not is_outlet(words) and is_name(name):
        return 0
    for length in range(len(words) - 1, 1, -1):
        rest = words[length:]
        if is_name(words[:length]) and (is_outlet(rest) or not is_name([words[0], *rest])):
            return len(rest)
    return len(words)


def _is_behind_comma(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].kind in (TokenKind.COMMA, TokenKind.SLASH)


def _names_follow(tokens: list[Token], end: int) -> bool:
    return end < len(tokens) and tokens[end].kind is TokenKind.WORD and is_given_name(tokens[end].folded)


def _is_plain_pair(words: list[str]) -> bool:
    """ "Lewis Bower Aston Villa": a name of two plain words, then words that are not a second person."""
    if not is_name(words[:2]) or is_given_name(words[1].casefold()) or is_given_name(words[2].casefold()):
        return False
    return all(looks_capital(word) and not is_initial(word) and word.casefold() not in name_words().particles for word in words)


def _right_end(tokens: list[Token], head: int, taken: list[bool]) -> int:
    end = head + 1
    while end < len(tokens) and not taken[end]:
        token = tokens[end]
        if token.kind is TokenKind.OPEN:
            return _bracket_end(tokens, end, taken)
        if token.kind is TokenKind.COMMA:
            return _place_end(tokens, end, taken)
        if token.kind is TokenKind.AND or token.kind is TokenKind.SLASH:
            step = _second_title(tokens, end + 1, taken)
            if step == end + 1:
                return end
            end = step
        elif token.kind is not TokenKind.WORD:
            return end
        elif _opens_tail(token):
            return _tail_end(tokens, end, taken)
        elif _continues(tokens, end, taken) or (is_desk(tokens[head].folded) and not is_given_name(token.folded)):
            end += 1
        else:
            return end
    return end


def _continues(tokens: list[Token], at: int, taken: list[bool]) -> bool:
    """Whether a word continues the title: a further head, a small adjective ("envoyé spécial"), or a last place or beat
    ("Korrespondentin Brüssel")."""
    token = tokens[at]
    if is_head(token.folded) or is_last_head(token.folded) or token.folded in role_words().hard_modifiers:
        return True
    if token.text.islower() and is_modifier(token.folded):
        return True
    rest = at
    while rest < len(tokens) and tokens[rest].kind is TokenKind.WORD and not taken[rest] and is_modifier(tokens[rest].folded):
        rest += 1
    return rest == len(tokens) or (rest > at and tokens[rest].kind in (TokenKind.COMMA, TokenKind.CLOSE))


def _second_title(tokens: list[Token], at: int, taken: list[bool]) -> int:
    """The end of a second title after "and" ("reporter and presenter"), or `at` if none follows."""
    for end in range(at, len(tokens)):
        if tokens[end].kind is not TokenKind.WORD or taken[end]:
            break
        if is_head(tokens[end].folded):
            return end + 1
        if not is_modifier(tokens[end].folded):
            break
    return at


def _tail_end(tokens: list[Token], at: int, taken: list[bool]) -> int:
    """The end of what a title covers or where it is based: the next sign, or an "and" that a full name follows."""
    end = at
    while end < len(tokens) and not taken[end]:
        kind = tokens[end].kind
        if kind is TokenKind.AND:
            following = [token.text for token in tokens[end + 1 : end + 3] if token.kind is TokenKind.WORD]
            if is_name(following):
                break
        elif kind is not TokenKind.WORD or (end > at + 1 and _starts_name(tokens, end)):
            break
        end += 1
    if end < len(tokens) and tokens[end].kind is TokenKind.COMMA:
        return _place_end(tokens, end, taken)
    return end if end > at + 1 else at


def _starts_name(tokens: list[Token], at: int) -> bool:
    """ "Head of Content Ann Lee": whether a given name and one more word begin here."""
    words = [token.text for token in tokens[at : at + 2] if token.kind is TokenKind.WORD]
    return len(words) == _FULL_NAME and is_given_name(words[0].casefold()) and is_name(words)


def _place_end(tokens: list[Token], comma: int, taken: list[bool]) -> int:
    """The end of ", in Seoul", which belongs to the title before it; `comma` if there is no place."""
    at = comma + 1
    if at + 1 >= len(tokens) or tokens[at].folded not in byline_words().locatives or not tokens[at].text.islower() or taken[at]:
        return comma
    end = at + 1
    while end < len(tokens) and tokens[end].kind is TokenKind.WORD and not taken[end]:
        end += 1
    return end


def _bracket_end(tokens: list[Token], opening: int, taken: list[bool]) -> int:
    """The end of a bracket after a title: "Volontär (Sport)". It belongs to the title unless it contains an agency or a
    person."""
    end = opening + 1
    while end < len(tokens) and tokens[end].kind is not TokenKind.CLOSE:
        if taken[end]:
            return opening
        end += 1
    inside = [token.text for token in tokens[opening + 1 : end]]
    return opening if end == len(tokens) or is_name(inside) or not inside else end + 1
