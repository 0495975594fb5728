"""`newsledger diff URL`: differences between two revisions: fields, people, pictures, and the body paragraph by paragraph.

On a terminal with colours and columns; otherwise each paragraph is one line, for searching and for pipes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.commands import article_at, db_option, json_option, open_ledger, options
from crawler.commands.console import bounds, console, has_colours, print_json, word
from crawler.logs import plain
from pipelines.article import Article
from pipelines.diff import FieldDifference, ImageChange, author_changes, body_changes, differences, image_changes
from pipelines.diff.model import ChangeKind, Op, Paragraph, Piece, text_before, words_changed
from pipelines.queries import articles
from pipelines.queries.removed import withdrawal_of

_CONTEXT_CHARS = 90


def difference(found: FieldDifference, *, coloured: bool) -> Text:
    """The difference in one field, below its name."""
    return Text(f"{found.field}\n", style="bold").append_text(marked(found.pieces, coloured=coloured))


def marked(pieces: Sequence[Piece], *, coloured: bool) -> Text:
    """Removed text struck through in red, added text in green; without colour [-removed-] and {+added+}. Long unchanged runs
    are cut."""
    text = Text()
    for position, piece in enumerate(pieces):
        if piece.op is Op.SAME:
            shown = _context(plain(piece.text), first=position == 0, last=position == len(pieces) - 1)
            text.append(shown, style="not bold")
        elif piece.op is Op.REMOVED:
            text.append(*((plain(piece.text), "not bold red strike") if coloured else (f"[-{plain(piece.text)}-]", "not bold")))
        else:
            text.append(*((plain(piece.text), "bold green") if coloured else (f"{{+{plain(piece.text)}+}}", "not bold")))
    return text


def _context(text: str, *, first: bool, last: bool) -> str:
    """Enough of an unchanged run to recognise the place, in whole words if there are any."""
    if len(text) <= 2 * _CONTEXT_CHARS + 10:
        return text
    head, tail = text[:_CONTEXT_CHARS], text[-_CONTEXT_CHARS:]
    head = head[: head.rfind(" ") + 1 or None].rstrip(" ")
    tail = tail[tail.find(" ") + 1 :]
    return " ".join((*(() if first else (head,)), "[…]", *(() if last else (tail,))))


@click.command("diff")
@click.argument("url")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[FROM [TO]]")
@options(db_option, json_option)
def command(url: str, numbers: tuple[int, ...], db: str, as_json: bool) -> None:
    """Show word by word what changed between two revisions of an article.

    FROM and TO are numbers as `history` prints them. Without them the latest change is shown; with one, that revision against
    the latest. Paragraphs are numbered as they now stand; ~ changed, + added, - removed, > moved here, < moved away.
    """
    if len(numbers) > 2:
        raise click.UsageError("at most two revision numbers")
    with open_ledger(db) as store:
        article = article_at(store, url)
        withdrawn = withdrawal_of(store, article.article_id)
        if withdrawn:
            raise click.ClickException(f"{article.url} was {withdrawn}")
        revisions = [articles.facts(one) for one in articles.history(store, article.article_id)]
        first, second = _pick(numbers, len(revisions))
        before, after = (articles.revision(store, article.article_id, article.url, number) for number in (first, second))
    if before is None or after is None:
        raise click.UsageError(f"there are revisions 1 to {len(revisions)} only")
    rows = revisions[first - 1], revisions[second - 1]
    if as_json:
        print_json({"url": article.url, "from": rows[0], "to": rows[1], **_facts(before, after)})
        return
    out = console()
    out.print(plain(after.headline), style="bold")
    out.print(article.url)
    for row in rows[: 1 if first == second else 2]:
        out.print(f"{row['number']:>3}  ", word(row["change"]), f"  {bounds(row)}", sep="")
    if not print_differences(out, before, after):
        alone = len(revisions) == 1
        out.print("\nThere is one revision only: nothing to compare it with." if alone else "\nNothing differs.")


def _facts(before: Article, after: Article) -> dict[str, object]:
    """The differences by field; if they differ, also people, pictures and the body in parts."""
    fields = {one.field: _pieces(one.pieces) for one in differences(before, after)}
    facts: dict[str, object] = {"differences": fields}
    if "authors" in fields:
        facts["authors"] = [
            {"kind": one.kind, "pieces": _pieces(one.pieces)} for one in author_changes(before.authors, after.authors)
        ]
    if "images" in fields:
        facts["images"] = [
            {**_numbers(one), "caption": _pieces(one.caption), "credit": _pieces(one.credit)}
            for one in image_changes(before.images, after.images)
        ]
    if "body" in fields:
        facts["paragraphs"] = [
            {**_numbers(one), "moved": one.moved, "pieces": _pieces(one.pieces)} for one in body_changes(before.body, after.body)
        ]
    return facts


def _numbers(one: Paragraph | ImageChange) -> dict[str, object]:
    return {"kind": one.kind, "number_before": one.number_before, "number_after": one.number_after}


def _pieces(pieces: tuple[Piece, ...]) -> list[dict[str, str]]:
    return [{"op": piece.op, "text": piece.text} for piece in pieces]


def _pick(numbers: tuple[int, ...], count: int) -> tuple[int, int]:
    if not numbers:
        return max(count - 1, 1), count
    return (numbers[0], count) if len(numbers) == 1 else (numbers[0], numbers[1])


MAX_WIDTH = 100
"""Greatest width of a text, in columns, on any terminal."""
NARROW = 50
"""On a terminal with fewer columns a text uses the whole line, below its number."""
EXCERPT_CHARS = 60
"""Characters shown of a paragraph at the place that it has left."""

MARKS = {
    ChangeKind.SAME: " ",
    ChangeKind.CHANGED: "~",
    ChangeKind.REMOVED: "-",
    ChangeKind.ADDED: "+",
    ChangeKind.MOVED_FROM: "<",
    ChangeKind.MOVED_TO: ">",
}
STYLES = {
    ChangeKind.REMOVED: "red",
    ChangeKind.ADDED: "green",
    ChangeKind.MOVED_FROM: "dim",
    ChangeKind.MOVED_TO: "blue",
    ChangeKind.CHANGED: "yellow",
}
_NAMES = {ChangeKind.CHANGED: "changed", ChangeKind.REMOVED: "removed", ChangeKind.ADDED: "added", ChangeKind.MOVED_TO: "moved"}


def print_differences(out: Console, before: Article, after: Article) -> bool:
    found = differences(before, after)
    for one in found:
        out.print()
        if one.field == "body":
            _body(out, body_changes(before.body, after.body), words_changed(before.body.split("\n\n"), after.body.split("\n\n")))
        elif rows := list(_rows(out, one.field, before, after)):
            out.print(one.field, style="bold")
            for kind, number, text in rows:
                _line(out, kind, number, text)
        else:
            out.print(difference(one, coloured=has_colours(out)))
    return bool(found)


def _rows(out: Console, field: str, before: Article, after: Article) -> Iterator[tuple[ChangeKind, str, Text]]:
    """People or pictures, one per line; nothing for other fields, or if only their order changed."""
    coloured = has_colours(out)
    if field == "authors":
        for author in author_changes(before.authors, after.authors):
            if author.kind is not ChangeKind.SAME:
                yield author.kind, "", marked(author.pieces, coloured=coloured)
    elif field == "images":
        for image in image_changes(before.images, after.images):
            if image.kind is not ChangeKind.SAME:
                text = Text(f"(was {image.number_before}) " if image.kind is ChangeKind.MOVED_TO else "", style="blue")
                text.append_text(marked(image.caption, coloured=coloured))
                if image.credit:
                    text.append_text(Text.assemble(" [", marked(image.credit, coloured=coloured), "]"))
                yield image.kind, str(image.number_after or image.number_before), text


def _body(out: Console, paragraphs: tuple[Paragraph, ...], words: tuple[int, int]) -> None:
    counts = Counter(paragraph.kind for paragraph in paragraphs)
    summary = ", ".join(f"{counts[kind]} {name}" for kind, name in _NAMES.items() if counts[kind])
    added, removed = words
    out.print(Text.assemble(("body", "bold"), f"  {summary or 'line breaks only'}; +{added} -{removed} words"))
    for kind, group in groupby(paragraphs, key=lambda paragraph: paragraph.kind):
        if kind is ChangeKind.SAME:
            count = len(list(group))
            _line(out, kind, "", Text("… 1 paragraph as it was" if count == 1 else f"… {count} paragraphs as they were", "dim"))
            continue
        for paragraph in group:
            _line(out, kind, str(paragraph.number_after if paragraph.stands else paragraph.number_before), _shown(out, paragraph))


def _shown(out: Console, paragraph: Paragraph) -> Text:
    if paragraph.kind is ChangeKind.MOVED_FROM:
        text = plain(text_before(paragraph.pieces))
        excerpt = text if len(text) <= EXCERPT_CHARS else text[:EXCERPT_CHARS].rpartition(" ")[0] + " …"
        return Text.assemble((f"now {paragraph.number_after}: ", "blue"), (excerpt, "dim"))
    pieces = [Piece(piece.op, piece.text.replace("\n\n", "¶ ").replace("\n", "¶ ")) for piece in paragraph.pieces]
    shown = marked(pieces, coloured=has_colours(out))
    return Text.assemble((f"was {paragraph.number_before}: ", "blue"), shown) if paragraph.kind is ChangeKind.MOVED_TO else shown


def _line(out: Console, kind: ChangeKind, number: str, text: Text) -> None:
    mark = Text(MARKS[kind], style=STYLES.get(kind, ""))
    if not out.is_terminal:
        out.print(Text.assemble(f"{number:>4} ", mark, " ", text))
    elif out.width < NARROW:
        out.print(Text.assemble(mark, f" {number} " if number else " ", text))
    else:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=4, justify="right", style="dim")
        grid.add_column(width=1)
        grid.add_column(overflow="fold", max_width=MAX_WIDTH)
        grid.add_row(number, mark, text)
        out.print(grid)
