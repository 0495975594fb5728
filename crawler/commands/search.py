"""`newsledger search WORDS`"""

from __future__ import annotations

import click

from crawler.commands.options import db_option, json_option, open_ledger
from crawler.commands.terminal import console, plain, print_json, when, word
from pipelines import queries


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--site", default=None, metavar="ID", help="Only this site.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most so many revisions.")
@db_option
@json_option
def command(words: tuple[str, ...], site: str | None, limit: int, db: str, as_json: bool) -> None:
    """Find revisions, old ones too, that hold all the words.

    "A phrase" in quotes stays together; word* finds all that begin so. Accents and case do not matter.
    """
    with open_ledger(db) as store:
        rows = queries.search(store, " ".join(words), site=site, limit=limit)
    if as_json:
        print_json(rows)
        return
    out = console()
    for row in rows:
        latest = "" if row["latest"] else "  (since changed)"
        out.print(f"{when(row['first_seen'])}  ", word(row["change"]), f"  {row['site_id']}{latest}", sep="")
        out.print(plain(row["headline"]), style="bold", markup=False)
        out.print(plain(f"{row['snippet']}\n{row['url']}  revision {row['number']}\n"), markup=False)
    if not rows:
        out.print("Nothing found.")
