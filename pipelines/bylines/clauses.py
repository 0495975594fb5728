"""Where one statement of a byline ends and the next begins: "Words by A, photographs by B" are two, and only one counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.bylines import words as known
from pipelines.bylines.tokens import Kind, Token
from pipelines.vocabulary.agencies import agency_length
from pipelines.vocabulary.names import PARTICLES
from pipelines.vocabulary.roles import is_desk, is_head

_LONGEST_BREADCRUMB = 4


@dataclass(slots=True)
class Clause:
    """The tokens under one "by" or label. A dropped clause names photographers, editors or a breadcrumb."""

    tokens: list[Token] = field(default_factory=list)
    dropped: bool = False
    genre: str | None = None
    opened: bool = False

    @property
    def labels_what_follows(self) -> bool:
        """Whether it is "Photos by" or "Photos" alone, so that the next line is left out."""
        if self.tokens:
            return not self.opened and all(_is_other(token) for token in self.tokens)
        return self.dropped and self.opened


def clauses_of(tokens: list[Token]) -> list[Clause]:
    """The clauses of one line."""
    clauses = [Clause()]
    for at, token in enumerate(tokens):
        current = clauses[-1]
        if token.kind is Kind.COLON:
            if current.opened and not current.tokens:
                continue
            labels = _pop_labels(current)
            if not labels and len(current.tokens) <= _LONGEST_BREADCRUMB:
                current.dropped = True
            clauses.append(_opened(labels))
        elif _opens(tokens, at, current):
            labels = _pop_labels(current)
            if not labels and token.folded in known.BY_ANYWHERE and not _has_agency(current):
                current.dropped = True
            clauses.append(_opened(labels))
        else:
            current.tokens.append(token)
    return clauses


def _opens(tokens: list[Token], at: int, current: Clause) -> bool:
    """Whether the token is a "by" here, not a particle of a name or a preposition."""
    token, rest = tokens[at], tokens[at + 1 :]
    if token.kind is not Kind.WORD and token.folded not in known.BY_FIRST:
        return False
    if token.folded in known.BY_ANYWHERE:
        return True
    if token.folded not in known.BY_FIRST:
        return False
    after_label = bool(current.tokens) and _is_label(current.tokens[-1])
    if current.tokens and not after_label:
        return False
    if after_label or token.folded not in known.BY_ALSO_NAMES or not rest:
        return True
    if rest[0].folded in PARTICLES and not is_desk(rest[-1].folded):
        return False
    return len(rest) > 1 or bool(agency_length([rest[0].folded])) or is_desk(rest[0].folded) or is_head(rest[0].folded)


def _is_label(token: Token) -> bool:
    return token.folded in known.WRITER_LABELS or token.folded in known.OTHER_LABELS or token.folded in known.GENRES


def _is_other(token: Token) -> bool:
    return token.folded in known.OTHER_LABELS and token.folded not in known.WRITER_LABELS


def _pop_labels(clause: Clause) -> list[Token]:
    labels: list[Token] = []
    while clause.tokens and _is_label(clause.tokens[-1]):
        labels.insert(0, clause.tokens.pop())
    return labels


def _opened(labels: list[Token]) -> Clause:
    words = [label.folded for label in labels]
    if any(map(_is_other, labels)):
        return Clause(dropped="text" not in words and "words" not in words, opened=True)
    genre = next((label.text for label in labels if label.folded in known.GENRES), None)
    return Clause(genre=genre, opened=True)


def _has_agency(clause: Clause) -> bool:
    folded = [token.folded for token in clause.tokens]
    return any(agency_length(folded[at : at + 5]) for at in range(len(folded)))
