"""The history of an article as one HTML page of a bundle: its revisions, states and differences. Pure; loads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from pipelines.article import Article
from pipelines.diff import ChangeKind, Op, Piece, body_changes, differences
from pipelines.diff.media import author_line
from pipelines.queries.results import Revision, StateChange
from pipelines.store.rows import moment

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
table { border-collapse: collapse; font-size: 85%; margin: 1em 0 }
td, th { text-align: left; padding: .2em .8em .2em 0; vertical-align: top }
h2 { border-top: 1px solid #888; padding-top: .6em; break-after: avoid } p { white-space: pre-line; overflow-wrap: anywhere }
.field { font-size: 85%; color: #555; margin-bottom: 0 }
ins { background: #d6f5d6 } del { background: #fbdada } code { overflow-wrap: anywhere }
@media print {
  body { max-width: none; margin: 0; font-size: 11pt }
  ins { background: none; text-decoration: underline } del { background: none }
}
"""
_TAGS = {Op.SAME: "{}", Op.REMOVED: "<del>{}</del>", Op.ADDED: "<ins>{}</ins>"}
_MARKS = {ChangeKind.MOVED_FROM: "(moved from here) ", ChangeKind.MOVED_TO: "(moved here) "}


def history_page(url: str, revisions: Sequence[tuple[Revision, Article]], states: Sequence[StateChange], now: datetime) -> str:
    """The page; `revisions` oldest first."""
    title = f"{revisions[-1][1].headline or url}: {len(revisions)} revisions"
    return "\n".join((
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>", f"<h1>{escape(title)}</h1>",
        f"<p>{escape(url)}<br>As newsledger held it on {moment(now)}. Times are UTC.</p>",
        *_overview(revisions, states), *_revisions(revisions), "</body></html>\n",
    ))  # fmt: skip


def _overview(revisions: Sequence[tuple[Revision, Article]], states: Sequence[StateChange]) -> Iterator[str]:
    yield "<table><tr><th>revision</th><th>kind</th><th>first seen</th><th>last seen</th><th>the page's own date</th></tr>"
    for one, _ in revisions:
        cells = (one.number, one.change, one.first_seen, one.last_seen, one.date_modified_raw or one.date_published_raw or "")
        yield f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in cells)}</tr>"
    yield "</table><table><tr><th>at</th><th>state</th><th>because</th></tr>"
    for state in states:
        yield f"<tr><td>{escape(state.at)}</td><td>{escape(state.state)}</td><td>{escape(state.reason or '')}</td></tr>"
    yield "</table>"


def _revisions(revisions: Sequence[tuple[Revision, Article]]) -> Iterator[str]:
    before: Article | None = None
    for one, article in revisions:
        yield f"<h2>Revision {one.number}: {escape(one.change)}</h2>"
        bounds = f"between {one.not_before} and {one.first_seen}" if one.not_before else f"first seen {one.first_seen}"
        yield f"<p>{escape(bounds)}. Hash of the text: <code>{one.content_hash}</code></p>"
        yield from _text(article) if before is None else _changes(before, article)
        before = article


def _text(article: Article) -> Iterator[str]:
    names = "; ".join(map(author_line, article.authors))
    for field, text in (("headline", article.headline), ("description", article.description), ("authors", names)):
        if text:
            yield f'<p class="field">{field}</p><p>{escape(text)}</p>'
    yield '<p class="field">body</p>'
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in article.body.split("\n\n"))


def _changes(before: Article, after: Article) -> Iterator[str]:
    found = differences(before, after)
    if not found:
        yield "<p>Nothing that is shown differs.</p>"
    for one in found:
        yield f'<p class="field">{escape(one.field)}</p>'
        if one.field != "body":
            yield f"<p>{_pieces(one.pieces)}</p>"
            continue
        for paragraph in body_changes(before.body, after.body):
            pieces = paragraph.pieces
            if paragraph.kind in (ChangeKind.REMOVED, ChangeKind.ADDED):
                op = Op.REMOVED if paragraph.kind is ChangeKind.REMOVED else Op.ADDED
                pieces = tuple(Piece(op, piece.text) for piece in pieces)
            yield f"<p>{_MARKS.get(paragraph.kind, '')}{_pieces(pieces)}</p>"


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(_TAGS[piece.op].format(escape(piece.text)) for piece in pieces)
