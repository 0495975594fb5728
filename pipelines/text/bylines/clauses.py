"""Splits a byline into its statements: "Words by A, photographs by B" has two, and only the first names a writer."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.text.bylines.tokens import Token, TokenKind, byline_words
from pipelines.text.lexicons import is_given_name
from pipelines.text.lexicons.agencies import agency_length
from pipelines.text.lexicons.names import is_name, name_words
from pipelines.text.lexicons.roles import is_desk, is_head

_LONGEST_BREADCRUMB = 4
_LONGEST_NAME = 3


@dataclass(slots=True)
class Clause:
    """The tokens after one "by" or label. A dropped clause names photographers, editors or a breadcrumb."""

    tokens: list[Token] = field(default_factory=list)
    dropped: bool = False
    genre: str | None = None
    opened: bool = False

    @property
    def labels_what_follows(self) -> bool:
        """Whether the clause is "Photos by" or "Photos" alone; then the next line is dropped."""
        if self.tokens:
            return not self.opened and all(_is_other(token) for token in self.tokens)
        return self.dropped and self.opened


def clauses_of(tokens: list[Token]) -> list[Clause]:
    """The clauses of one line."""
    known = byline_words()
    clauses = [Clause()]
    for at, token in enumerate(tokens):
        current = clauses[-1]
        if token.kind is TokenKind.COLON:
            if current.opened and not current.tokens:
                continue
            labels = _pop_labels(current)
            if not labels and _is_columnist(current.tokens):
                # "Ann Lee: why I love rain"
                clauses.append(Clause(dropped=len(tokens) - at > _LONGEST_BREADCRUMB, opened=True))
                continue
            if not labels and len(current.tokens) <= _LONGEST_BREADCRUMB:
                current.dropped = True
            clauses.append(_opened(labels))
        elif token.folded in known.pictures and len(current.tokens) > 2 and current.tokens[0].folded in known.texts:
            clauses.append(Clause(dropped=True, opened=True))
        elif _opens(tokens, at, current):
            labels = _pop_labels(current)
            if not labels and token.folded in known.by_anywhere and not _has_agency(current):
                current.dropped = True
            clauses.append(_opened(labels))
        else:
            current.tokens.append(token)
    return clauses


def _opens(tokens: list[Token], at: int, current: Clause) -> bool:
    """Whether the token is a "by" here, and not a particle of a name or a preposition."""
    token, rest, known = tokens[at], tokens[at + 1 :], byline_words()
    if token.kind is not TokenKind.WORD and token.folded not in known.by_first:
        return False
    if token.folded in known.by_anywhere:
        return True
    if token.folded not in known.by_first:
        return False
    after_label = bool(current.tokens) and _is_label(current.tokens[-1])
    if current.tokens and not after_label:
        return False
    if after_label or token.folded not in known.by_also_names or not rest:
        return True
    if rest[0].folded in name_words().particles and not is_desk(rest[-1].folded):
        return False
    return len(rest) > 1 or bool(agency_length([rest[0].folded])) or is_desk(rest[0].folded) or is_head(rest[0].folded)


def _is_columnist(tokens: list[Token]) -> bool:
    """Whether the words before a colon are a person, not a section."""
    words = [token.text for token in tokens]
    return 1 < len(words) <= _LONGEST_NAME and is_given_name(tokens[0].folded) and is_name(words)


def _is_label(token: Token) -> bool:
    known = byline_words()
    return token.folded in known.writer_labels or token.folded in known.other_labels or token.folded in known.genres


def _is_other(token: Token) -> bool:
    known = byline_words()
    return token.folded in known.other_labels and token.folded not in known.writer_labels


def _pop_labels(clause: Clause) -> list[Token]:
    """Take the labels off the end, including those before an "and": "Words and pictures by"."""
    labels: list[Token] = []
    while clause.tokens and _is_label(clause.tokens[-1]):
        labels.insert(0, clause.tokens.pop())
        if labels and len(clause.tokens) > 1 and clause.tokens[-1].folded in byline_words().ands and _is_label(clause.tokens[-2]):
            labels.insert(0, clause.tokens.pop())
    return labels


def _opened(labels: list[Token]) -> Clause:
    words = [label.folded for label in labels]
    if any(map(_is_other, labels)):
        shares = any(word in byline_words().ands for word in words) and not all(map(_is_other, labels[::2]))
        return Clause(dropped=not shares and "text" not in words and "words" not in words, opened=True)
    genre = next((label.text for label in labels if label.folded in byline_words().genres), None)
    return Clause(genre=genre, opened=True)


def _has_agency(clause: Clause) -> bool:
    folded = [token.folded for token in clause.tokens]
    return any(agency_length(folded[at : at + 5]) for at in range(len(folded)))
