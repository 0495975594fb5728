"""`newsledger diff URL`"""

from __future__ import annotations

import click

from crawler.commands.options import db_option, json_option, open_ledger
from crawler.commands.terminal import console, difference, print_json, when, word
from pipelines import queries
from pipelines.differences import differences
from pipelines.store import Row
from pipelines.withdrawal import withdrawal_of


@click.command("diff")
@click.argument("url")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[FROM [TO]]")
@db_option
@json_option
def command(url: str, numbers: tuple[int, ...], db: str, as_json: bool) -> None:
    """Show word by word what changed between two revisions of an article.

    FROM and TO are numbers as `history` prints them. Without them the latest change is shown; with one, that revision against
    the latest.
    """
    if len(numbers) > 2:
        raise click.UsageError("at most two revision numbers")
    with open_ledger(db) as store:
        article = queries.find_article(store, url)
        if article is None:
            raise click.ClickException(f"the ledger has no article at {url}")
        withdrawn = withdrawal_of(store, article["id"])
        if withdrawn:
            raise click.ClickException(f"{article['url']} was {withdrawn}")
        revisions = queries.history(store, article["id"])
        first, second = _pick(numbers, len(revisions))
        before, after = (queries.revision(store, article, number) for number in (first, second))
    if before is None or after is None:
        raise click.UsageError(f"there are revisions 1 to {len(revisions)} only")
    found = differences(before, after)
    rows = revisions[first - 1], revisions[second - 1]
    if as_json:
        fields = {one.field: [{"op": piece.op, "text": piece.text} for piece in one.pieces] for one in found}
        print_json({"url": article["url"], "from": rows[0], "to": rows[1], "differences": fields})
        return
    out = console()
    out.print(article["url"], markup=False)
    for row in dict.fromkeys(row["number"] for row in rows):
        out.print(*_line(revisions[row - 1]), sep="")
    for one in found:
        out.print()
        out.print(difference(one, coloured=out.is_terminal))
    if not found:
        alone = len(revisions) == 1
        out.print("\nThere is one revision only: nothing to compare it with." if alone else "\nNothing differs.")


def _pick(numbers: tuple[int, ...], count: int) -> tuple[int, int]:
    if not numbers:
        return max(count - 1, 1), count
    return (numbers[0], count) if len(numbers) == 1 else (numbers[0], numbers[1])


def _line(row: Row) -> tuple[object, ...]:
    return (f"{row['number']:>3}  ", word(row["change"]), f"  {when(row['first_seen'])}")
