"""`newsledger diff URL`"""

from __future__ import annotations

import click

from crawler.commands.console import bounds, console, plain, print_json, word
from crawler.commands.diff_output import tell
from crawler.commands.options import db_option, json_option, open_ledger
from pipelines.article import Article
from pipelines.diff import ImageChange, Paragraph, Piece, author_changes, body_changes, differences, image_changes
from pipelines.queries import articles
from pipelines.store.withdrawals import withdrawal_of


@click.command("diff")
@click.argument("url")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[FROM [TO]]")
@db_option
@json_option
def command(url: str, numbers: tuple[int, ...], db: str, as_json: bool) -> None:
    """Show word by word what changed between two revisions of an article.

    FROM and TO are numbers as `history` prints them. Without them the latest change is shown; with one, that revision against
    the latest. Paragraphs are numbered as they now stand; ~ changed, + added, - removed, > moved here, < moved away.
    """
    if len(numbers) > 2:
        raise click.UsageError("at most two revision numbers")
    with open_ledger(db) as store:
        article = articles.find_article(store, url)
        if article is None:
            raise click.ClickException(f"the ledger has no article at {url}")
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
    out.print(plain(after.headline), style="bold", markup=False)
    out.print(article.url, markup=False)
    for row in rows[: 1 if first == second else 2]:
        out.print(f"{row['number']:>3}  ", word(row["change"]), f"  {bounds(row)}", sep="")
    if not tell(out, before, after):
        alone = len(revisions) == 1
        out.print("\nThere is one revision only: nothing to compare it with." if alone else "\nNothing differs.")


def _facts(before: Article, after: Article) -> dict[str, object]:
    """What differs, by field; people, pictures and the body in parts too, where they differ."""
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
