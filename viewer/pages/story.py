"""A story: who had it first, who carried it when, how much of it, and under which headlines.

/story/7        the story; permanently /story/URL, by the URL of an article that carries it
/story/7/43     an article of it, compared with the source: what it kept, what it cut, what it added

An article is compared with the source's text at the time when this version was first seen: the paper did not cut what the
source changed later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines import stories
from pipelines.article import Article
from pipelines.diff import ChangeKind, Op, Paragraph, body_changes
from pipelines.queries import articles
from pipelines.queries.results import row_of
from pipelines.store.database import Store
from pipelines.store.resolver import Lookup
from pipelines.stories.results import Story, StoryMember
from viewer.charts import Arrival, shares, spread
from viewer.downloads import columns_of, download
from viewer.http import Request, Response, redirect
from viewer.labels import counted, headline_pieces, lasted, minutes_between
from viewer.pages.diff import FoldedBlock
from viewer.pages.stories import agency_known_by, spread_in_words, times
from viewer.rendering import page, refusal
from viewer.repository import Repository

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


@dataclass(frozen=True, slots=True)
class Kept:
    """Counts of words, for a source and a paper's version of it."""

    kept: int
    cut: int
    added: int
    moved: int
    """Paragraphs that are at another place."""

    @property
    def summary(self) -> str:
        """The counts in one or two sentences."""
        before, after = self.kept + self.cut, self.kept + self.added
        if not before or not after:
            return "One of the two has no text to compare."
        summary = f"Of the source’s {counted(before, 'word')}, {self.kept:,} are kept ({self.kept / before:.0%})"
        summary += f" and {self.cut:,} are cut." if self.cut else "; nothing is cut."
        own = f" {counted(self.added, 'word')} of {after:,} ({self.added / after:.0%}) are the paper’s own." if self.added else ""
        moved = f" {counted(self.moved, 'paragraph')} moved." if self.moved else ""
        return summary + (own or " Nothing is added.") + moved


def comparison(story: Story, article_id: int, ledger: Repository, root: str) -> Response:
    rows = {one.article_id: one for one in story.members}
    source, row = story.members[0], rows.get(article_id)
    if row is None:
        return refusal(404, "This story has no such article.", root)
    if row is source:
        return redirect(f"{root}/story/{story.head.story_id}")
    if articles.withdrawn_among(ledger.store, (source.article_id, article_id)):
        return refusal(451, "This article was withdrawn.", root, ("X-Archive-Reason", "withdrawn"))
    version = articles.latest_revision(ledger.store, article_id)
    taken = articles.revision_at(ledger.store, source.article_id, version.first_seen) if version else None
    if version is None or taken is None:
        return refusal(404, "One of the two articles has no revision.", root)
    lookup = Lookup(ledger.store, "")
    before, after = lookup.revision(taken.revision_id, source.url), lookup.revision(version.revision_id, row.url)
    paragraphs = body_changes(before.body, after.body)
    found = kept(paragraphs)
    others = [one for one in story.members if one is not source]
    place = others.index(row)
    return page(
        "carried.html",
        root,
        head=story.head,
        source=_member_row(source, before),
        row=_member_row(row, after),
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
    """How many words were kept, cut and added; a paragraph that moved is counted at its new place."""
    count = dict.fromkeys(Op, 0)
    moved = 0
    for paragraph in paragraphs:
        if paragraph.kind is ChangeKind.MOVED_FROM:
            moved += 1
            continue
        for piece in paragraph.pieces:
            count[piece.op] += len(_WORD.findall(piece.text))
    return Kept(count[Op.SAME], count[Op.REMOVED], count[Op.ADDED], moved)


def _member_row(member: StoryMember, article: Article) -> dict[str, Any]:
    return row_of(member) | {"byline": article.byline, "language": article.language}


MEMBERS = 200
"""Articles that a page lists."""
_PATH = re.compile(r"/story/(\d{1,18})(?:/(\d{1,18}))?/?", re.ASCII)


def respond(request: Request, ledger: Repository, root: str) -> Response:
    """The page of a story, or of an article of it."""
    if (url := request.below("/story/")).startswith(("http:", "https:")):
        return _redirect_from_article(url, ledger, root)
    match = _PATH.fullmatch(request.path)
    found = stories.story(ledger.store, int(match[1])) if match else None
    if match is None or found is None:
        return refusal(404, "The ledger has no such story.", root)
    if match[2]:
        return comparison(found, int(match[2]), ledger, root)
    members = members_of(ledger.store, found)
    if request.form:
        return download(request.form, f"story-{found.head.story_id}", columns_of(StoryMember, "behind"), members)
    edits = stories.edits_of(ledger.store, _ids(found))
    papers = {row["article_id"]: {"site_id": row["site_id"], "site_name": row["site_name"]} for row in members}
    changes = stories.headline_changes(ledger.store, _ids(found))
    return page(
        "story.html",
        root,
        head=found.head,
        whose=agency_known_by(found.head),
        wide=spread_in_words(found.head.articles, found.head.sites),
        edited=times(found.head.edited),
        last_edit=max((at for moments in edits.values() for at in moments), default=None),
        source=members[0],
        members=members,
        left_out=max(0, len(found.members) - MEMBERS),
        drawn=spread([arrival(row, edits.get(row["article_id"], []), found.head.first_seen) for row in members]),
        variants=variants(members, articles.first_headline(ledger.store, members[0]["article_id"])),
        rewritten=[
            row_of(change)
            | papers[change.article_id]
            | {"pieces": headline_pieces(change.headline_before, change.headline_after)}
            for change in changes
        ],
    )


def _redirect_from_article(url: str, ledger: Repository, root: str) -> Response:
    """Redirect from the permanent address of a story, the URL of an article that carries it, to its page in this ledger."""
    article = ledger.article(url)
    story = stories.of_article(ledger.store, article.article_id)
    if story is None:
        return refusal(404, "No other paper is known to carry this article.", root)
    return redirect(f"{root}/story/{story.head.story_id}")


def members_of(store: Store, found: Story) -> list[dict[str, Any]]:
    """The members as a page shows them, the source first, each with its delay after the first; withdrawn ones have that state."""
    withdrawn = articles.withdrawn_among(store, _ids(found))
    rows = []
    for one in found.members[:MEMBERS]:
        delay = minutes_between(found.head.first_seen, one.first_seen)
        state = "withdrawn" if one.article_id in withdrawn else one.state
        rows.append(row_of(one) | {"behind": delay, "after": lasted(delay) if delay > 0 else None, "state": state})
    return rows


def arrival(row: dict[str, Any], edits: list[str], start: str) -> Arrival:
    """A member as a row of the chart; `edits`: when each was first seen."""
    after = tuple(max(0, minutes_between(start, at)) for at in edits)
    return Arrival(row["site_name"], max(0, row["behind"]), after, bool(row["is_source"]))


def variants(members: list[dict[str, Any]], first: str | None) -> list[dict[str, Any]]:
    """The papers' current headlines, each with the papers that have it; the source's first headline comes first."""
    found = {first or "": _variant(first, first)}
    for row in members:
        if row["state"] != "withdrawn":
            found.setdefault(row["headline"] or "", _variant(first, row["headline"]))["members"].append(row)
    return list(found.values())


def _variant(first: str | None, headline: str | None) -> dict[str, Any]:
    pieces = headline_pieces(None if headline == first else first, headline)
    return {"headline": headline, "pieces": pieces, "members": [], "is_first": headline == first}


def _ids(found: Story) -> list[int]:
    return [one.article_id for one in found.members[:MEMBERS]]
