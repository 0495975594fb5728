"""What two readings of an article differ in, word by word, as data: terminals and pages render it.

The pieces of a field are exact: same and removed joined give the text before, same and added the text after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from pipelines.article import Article

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MAX_WORD_PAIRS = 4_000_000
"""Beyond this product of word counts a rewritten passage is shown whole: comparing words takes time in proportion to it."""

SPLINTER_CHARS = 6
"""Unchanged words up to this length between two changes are shown as changed with them; else a rewritten sentence is confetti."""

REWRITTEN = 0.45
"""Passages less alike than this (spaces count) are shown whole: words that happen to occur in both only confuse."""


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what became of it."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs."""

    field: str
    pieces: tuple[Piece, ...]


def differences(before: Article, after: Article) -> tuple[FieldDifference, ...]:
    """The fields in which two articles differ, in reading order."""
    found = []
    for field, one, other in zip(_FIELDS, _texts(before), _texts(after), strict=True):
        if one != other and field in _WHOLE:
            found.append(FieldDifference(field, tuple(_runs([(Op.REMOVED, one), (Op.ADDED, other)]))))
        elif one != other:
            found.append(FieldDifference(field, tuple(word_pieces(one, other))))
    return tuple(found)


def word_pieces(before: str, after: str) -> Iterator[Piece]:
    """Two texts as pieces: whole paragraphs are matched first, then words within those that changed."""
    if before == after:
        yield from _runs([(Op.SAME, before)])
        return
    one, other = _paragraphs(before), _paragraphs(after)
    yield from _runs(_paragraph_steps(one, other))


def _paragraph_steps(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Op, str]]:
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Op.SAME, "".join(one[a:b])
        else:
            yield from _word_steps("".join(one[a:b]), "".join(other[c:d]))


def _word_steps(before: str, after: str) -> Iterator[tuple[Op, str]]:
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(one) * len(other) > MAX_WORD_PAIRS:
        yield Op.REMOVED, before
        yield Op.ADDED, after
        return
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < REWRITTEN:
        yield Op.REMOVED, before
        yield Op.ADDED, after
        return
    codes = matcher.get_opcodes()
    removed = added = ""
    for position, (tag, a, b, c, d) in enumerate(codes):
        text = "".join(one[a:b])
        if tag == "equal" and not (0 < position < len(codes) - 1 and _is_splinter(text)):
            yield from ((Op.REMOVED, removed), (Op.ADDED, added), (Op.SAME, text))
            removed = added = ""
        else:
            removed += text
            added += "".join(other[c:d])
    yield from ((Op.REMOVED, removed), (Op.ADDED, added))


def _is_splinter(text: str) -> bool:
    """An unchanged bit between two changes that is not worth a reader's eye: a space, a comma, a lone short word."""
    return len(text) <= SPLINTER_CHARS and len(text.split()) <= 1


def _runs(steps: Sequence[tuple[Op, str]] | Iterator[tuple[Op, str]]) -> Iterator[Piece]:
    """Pieces without empty ones, neighbours of one kind joined."""
    kept: list[tuple[Op, str]] = []
    for op, text in steps:
        if not text:
            continue
        if kept and kept[-1][0] is op:
            kept[-1] = (op, kept[-1][1] + text)
        else:
            kept.append((op, text))
    for op, text in kept:
        yield Piece(op, text)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs with the breaks that follow them, so that joined they give the text."""
    return re.findall(r"[^\n]*\n+|[^\n]+", text)


_WHOLE = frozenset({"date_published", "date_modified"})
"""Fields whose words mean nothing alone."""

_FIELDS = (
    "headline",
    "description",
    "byline",
    "authors",
    "section",
    "date_published",
    "date_modified",
    "images",
    "body",
)


def _texts(article: Article) -> tuple[str, ...]:
    captions = [
        " ".join(filter(None, (image.caption, f"[{image.credit}]" if image.credit else None))) for image in article.images
    ]
    authors = [", ".join(filter(None, (author.name, author.role, author.agency))) for author in article.authors]
    return (
        article.headline or "",
        article.description or "",
        article.byline or "",
        "; ".join(authors),
        article.section or "",
        str(article.date_published or ""),
        str(article.date_modified or ""),
        "\n".join(filter(None, captions)),
        article.body,
    )
