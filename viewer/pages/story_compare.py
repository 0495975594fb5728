"""A paper's version of a story laid against the source's: what it kept, what it cut, what it added of its own.

It is held against what the source said when this version was first seen: what the source changed later, the paper did not cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.article import Article
from pipelines.diff import ChangeKind, Op, Paragraph, body_changes
from pipelines.queries import articles
from pipelines.queries.results import Story, StoryMember, row_of
from pipelines.store.resolver import Lookup
from viewer.charts.charts import shares
from viewer.http import Response, redirect
from viewer.labels import counted
from viewer.pages.diff import FoldedBlock
from viewer.pages.errors import refusal
from viewer.pages.home import headline_pieces
from viewer.rendering import page
from viewer.repository import Holdings

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


@dataclass(frozen=True, slots=True)
class Kept:
    """Words of a source and of what a paper made of it."""

    kept: int
    cut: int
    added: int
    moved: int
    """Paragraphs that stand elsewhere."""

    @property
    def said(self) -> str:
        """In a sentence or two."""
        before, after = self.kept + self.cut, self.kept + self.added
        if not before or not after:
            return "One of the two has no text to compare."
        told = f"Of the source’s {counted(before, 'word')}, {self.kept:,} are kept ({self.kept / before:.0%})"
        told += f" and {self.cut:,} are cut." if self.cut else "; nothing is cut."
        own = f" {counted(self.added, 'word')} of {after:,} ({self.added / after:.0%}) are the paper’s own." if self.added else ""
        moved = f" {counted(self.moved, 'paragraph')} moved." if self.moved else ""
        return told + (own or " Nothing is added.") + moved


def respond(story: Story, article_id: int, ledger: Holdings, root: str) -> Response:
    """The page."""
    rows = {one.article_id: one for one in story.members}
    source, row = story.members[0], rows.get(article_id)
    if row is None:
        return refusal(404, "This story has no such article.", root)
    if row is source:
        return redirect(f"{root}/story/{story.head.story_id}")
    if articles.withdrawn_among(ledger.store, (source.article_id, article_id)):
        return refusal(451, "This article was withdrawn.", root, ("X-Archive-Reason", "withdrawn"))
    version = articles.latest_revision(ledger.store, article_id)
    taken = articles.revision_at(ledger.store, source.article_id, version["first_seen"]) if version else None
    if version is None or taken is None:
        return refusal(404, "One of the two articles has no revision.", root)
    lookup = Lookup(ledger.store, "")
    before, after = lookup.revision(taken["id"], source.url), lookup.revision(version["id"], row.url)
    paragraphs = body_changes(before.body, after.body)
    found = kept(paragraphs)
    others = [one for one in story.members if one is not source]
    place = others.index(row)
    return page(
        "carried.html",
        root,
        head=story.head,
        source=_told(source, before),
        row=_told(row, after),
        taken=taken,
        version=version,
        headline=headline_pieces(before.headline, after.headline),
        standfirst=headline_pieces(before.description, after.description) if before.description or after.description else (),
        blocks=[FoldedBlock(is_folded=False, paragraphs=tuple(enumerate(paragraphs)))] if paragraphs else [],
        paragraphs=paragraphs,
        found=found,
        drawn=shares(found.kept, found.cut, found.added),
        previous=others[place - 1] if place else None,
        following=others[place + 1] if place + 1 < len(others) else None,
    )


def kept(paragraphs: Iterable[Paragraph]) -> Kept:
    """How many words stayed, went and came; a paragraph that moved is counted where it stands now."""
    count = dict.fromkeys(Op, 0)
    moved = 0
    for paragraph in paragraphs:
        if paragraph.kind is ChangeKind.MOVED_FROM:
            moved += 1
            continue
        for piece in paragraph.pieces:
            count[piece.op] += len(_WORD.findall(piece.text))
    return Kept(count[Op.SAME], count[Op.REMOVED], count[Op.ADDED], moved)


def _told(member: StoryMember, article: Article) -> dict[str, Any]:
    return row_of(member) | {"byline": article.byline, "language": article.language}
