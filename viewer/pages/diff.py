"""The differences between two revisions of an article, for reading: words, paragraphs, captions, names and stamps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines import diff
from pipelines.article import Article
from pipelines.diff import ChangeKind, Paragraph, Piece, author_changes, body_changes, image_changes, word_pieces
from pipelines.diff.model import words_changed
from pipelines.proof.citation import KEY, Citation, cite, find_revision, plain_text
from pipelines.queries.activity import site_of
from pipelines.queries.results import ArticleRecord
from pipelines.store.rows import Row, json_of
from viewer import labels
from viewer.downloads import markdown
from viewer.http import Request, Response, redirect
from viewer.rendering import article_path, base_url, page, refusal
from viewer.repository import Repository, RevisionText

PREFIX = "/diff/"
CONTEXT = 1
"""Unchanged paragraphs that are shown next to a change; longer runs are folded."""
FOLDED = 3
"""The shortest run of paragraphs that is folded."""
_PAIR = re.compile(rf"(\d{{1,6}}|{KEY})\.\.(\d{{1,6}}|{KEY})(/side)?/(.*)", re.ASCII | re.DOTALL)
"""Two numbers or two permanent keys of revisions, the form of the page, and the URL."""
_MARKDOWN_SPECIAL = re.compile(r"[\\`\[\]]")
"""Characters that make links and pictures in Markdown. Addresses contain none of them and stay unchanged."""
_PLAIN_FIELDS = ("section", "kind", "date_published", "date_modified", "language", "is_accessible_for_free")
"""Fields that are shown as before and after, not word by word."""
_PAYWALL_LABELS = {0: "behind a paywall", 1: "free to read"}


@dataclass(frozen=True, slots=True)
class FoldedBlock:
    """A stretch of the body: paragraphs that are shown, or unchanged ones that are folded."""

    is_folded: bool
    paragraphs: tuple[tuple[int, Paragraph], ...]
    """Paragraphs, each with its index in the difference, which connects the two places of a paragraph that moved."""


def respond(request: Request, ledger: Repository, root: str) -> Response:
    """The page; a form's request with two numbers and a URL is redirected to it."""
    if request.path == PREFIX and "?" in request.target:
        return _redirect_to_pair(request, root)
    rest = request.below(PREFIX)
    named = _PAIR.fullmatch(rest)
    article = ledger.article(named[4] if named else rest)
    count = article.revision_count
    first, second = (_number(ledger, article, one) for one in named.groups()[:2]) if named else (max(1, count - 1), count)
    if first is None or second is None:
        return refusal(404, "The ledger has this article, but no revision with this text.", root)
    if first == second:
        why = "An article of one revision has no differences." if count == 1 else "A revision does not differ from itself."
        return refusal(404, why, root)
    one, other = (ledger.revision(article, number) for number in (first, second))
    if one is None or other is None:
        return refusal(404, f"This article has {labels.counted(count, 'revision')}.", root)
    if request.form == "md":
        source = _MARKDOWN_SPECIAL.sub(r"\\\g<0>", plain_text(_cited(ledger, article, one, other))).replace("<", "&lt;")
        lines = "\n> ".join(source.splitlines())
        return markdown("difference", f"{diff.markdown(one[1], other[1])}\n> {lines}\n")
    return _page(ledger, article, one, other, root, is_side=bool(named and named[3]))


def _number(ledger: Repository, article: ArticleRecord, name: str) -> int | None:
    """The number of the revision that an address names by number or key."""
    if name.isdigit():
        return int(name)
    found = find_revision(ledger.store, article, name)
    return found.number if found else None


def _cited(ledger: Repository, article: ArticleRecord, first: RevisionText, second: RevisionText) -> Citation:
    return cite(ledger.store, article, second[0], base_url(), ledger.now, first[0])


def _redirect_to_pair(request: Request, root: str) -> Response:
    query = request.query()
    url, first, second = (query.one(name) or "" for name in ("url", "from", "to"))
    numbers = re.compile(r"\d{1,6}", re.ASCII)
    if not url or not numbers.fullmatch(first) or not numbers.fullmatch(second):
        return refusal(400, "Two numbers of revisions and the address of an article are wanted.", root)
    return redirect(f"{root}{PREFIX}{int(first)}..{int(second)}/{article_path(url)}")


def _page(
    ledger: Repository, article: ArticleRecord, first: RevisionText, second: RevisionText, root: str, *, is_side: bool
) -> Response:
    (before, one), (after, other) = first, second
    body = body_changes(one.body, other.body)
    added, removed = size(one, other)
    return page(
        "diff.html",
        root,
        article=article,
        site=site_of(ledger.store, article.site_id),
        before=before,
        after=after,
        is_side=is_side,
        is_next=after.number == before.number + 1,
        fields={name: pieces(getattr(one, name), getattr(other, name)) for name in ("headline", "description", "byline")},
        authors=[change for change in author_changes(one.authors, other.authors) if one.authors != other.authors],
        images=image_changes(one.images, other.images),
        blocks=blocks(body),
        body=body,
        plain=[(name, *values) for name in _PLAIN_FIELDS if (values := plainly(name, json_of(one), json_of(other)))],
        size={"number": 0, "words_added": added, "words_removed": removed},
        cited=_cited(ledger, article, first, second),
        is_same=all(paragraph.kind is ChangeKind.SAME for paragraph in body),
    )


def pieces(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """One line of text before and after, word by word."""
    return tuple(word_pieces(before or "", after or ""))


def plainly(name: str, before: Row, after: Row) -> tuple[str, str] | None:
    """A field before and after, if it differs."""
    one, other = before[name], after[name]
    if one == other:
        return None
    if name == "is_accessible_for_free":
        return _PAYWALL_LABELS.get(one, "not said"), _PAYWALL_LABELS.get(other, "not said")
    return str(one or ""), str(other or "")


def size(before: Article, after: Article) -> tuple[int, int]:
    """Words added and removed, counted as in the lists: a paragraph that moved is not counted."""
    one, other = ([article.headline or "", article.description or "", *article.body.split("\n\n")] for article in (before, after))
    return words_changed(one, other)


def blocks(body: Sequence[Paragraph]) -> list[FoldedBlock]:
    """The body with long unchanged runs folded, except the paragraphs next to a change."""
    near = {
        place + step
        for place, paragraph in enumerate(body)
        if paragraph.kind is not ChangeKind.SAME
        for step in range(-CONTEXT, CONTEXT + 1)
    }
    found: list[tuple[bool, list[tuple[int, Paragraph]]]] = []
    for place, paragraph in enumerate(body):
        is_folded = place not in near
        if not found or found[-1][0] is not is_folded:
            found.append((is_folded, []))
        found[-1][1].append((place, paragraph))
    return [FoldedBlock(is_folded and len(run) >= FOLDED, tuple(run)) for is_folded, run in found]
