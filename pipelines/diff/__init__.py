"""The difference between two readings of an article, as data: field by field, word by word. Terminals and pages render it.

These are the package's public functions, also for the body paragraph by paragraph, and for pictures and authors in pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.article import Article
from pipelines.diff.media import AuthorChange, ImageChange, author_changes, author_line, image_changes, image_line
from pipelines.diff.model import ChangeKind, Op, Paragraph, Piece, apply, joined, restore
from pipelines.diff.sentences import body_changes, pieces_of, word_pieces

__all__ = [
    "AuthorChange",
    "ChangeKind",
    "FieldDifference",
    "ImageChange",
    "Op",
    "Paragraph",
    "Piece",
    "apply",
    "author_changes",
    "body_changes",
    "differences",
    "image_changes",
    "markdown",
    "pieces_of",
    "restore",
    "word_pieces",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that differs."""

    field: str
    pieces: tuple[Piece, ...]
    """Exact: same and removed joined give the field before, same and added the field after."""


def differences(before: Article, after: Article) -> tuple[FieldDifference, ...]:
    """The fields in which two articles differ, in reading order."""
    found = []
    for field, one, other in zip(_FIELDS, _texts(before), _texts(after), strict=True):
        if one != other and field in _FIELDS_COMPARED_WHOLE:
            found.append(FieldDifference(field, joined([(Op.REMOVED, one), (Op.ADDED, other)])))
        elif one != other:
            found.append(FieldDifference(field, word_pieces(one, other)))
    return tuple(found)


_MARKUP = re.compile(r"([\\`*_~\[\]#|!])")


def markdown(before: Article, after: Article) -> str:
    """The difference as Markdown: removed ~~struck out~~, added **bold**; of the body only paragraphs that differ."""
    lines = [f"# {_escaped(after.headline or before.headline or '(no headline)')}"]
    for one in differences(before, after):
        if one.field != "body":
            lines.append(f"**{one.field.replace('_', ' ').capitalize()}**: {_marked(one.pieces)}")
            continue
        lines.append("## Text")
        for paragraph in body_changes(before.body, after.body):
            if paragraph.kind is not ChangeKind.SAME:
                place = f" from {paragraph.number_before} to {paragraph.number_after}" if paragraph.moved is not None else ""
                kind = "moved" if paragraph.moved is not None else str(paragraph.kind)
                number = "" if place else f" {paragraph.number_after or paragraph.number_before}"
                if paragraph.kind is not ChangeKind.MOVED_FROM:
                    lines.append(f"*Paragraph{number} {kind}{place}:* {_marked(paragraph.pieces)}")
    return "\n\n".join(lines) + "\n"


def _marked(pieces: Iterable[Piece]) -> str:
    marks = {Op.SAME: "", Op.REMOVED: "~~", Op.ADDED: "**"}
    made = []
    for piece in pieces:
        inner = " ".join(piece.text.split())
        start, end = (" " if piece.text[:1].isspace() else ""), (" " if piece.text[-1:].isspace() else "")
        made.append(f"{start}{marks[piece.op]}{_escaped(inner)}{marks[piece.op]}{end}" if inner else piece.text[:1] and " ")
    return "".join(made).strip()


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text).replace("<", "&lt;")


_FIELDS_COMPARED_WHOLE = frozenset({"date_published", "date_modified"})
"""Fields whose single words have no meaning."""

_FIELDS = ("headline", "description", "byline", "authors", "section", "date_published", "date_modified", "images", "body")


def _texts(article: Article) -> tuple[str, ...]:
    return (
        article.headline or "",
        article.description or "",
        article.byline or "",
        "; ".join(map(author_line, article.authors)),
        article.section or "",
        str(article.date_published or ""),
        str(article.date_modified or ""),
        "\n".join(filter(None, map(image_line, article.images))),
        article.body,
    )
