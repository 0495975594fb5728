"""`newsledger status`"""

from __future__ import annotations

import click

from crawler.commands.options import db_option, json_option, open_ledger
from crawler.commands.terminal import console, print_json, table, when, word
from pipelines import queries


@click.command("status")
@db_option
@json_option
def command(db: str, as_json: bool) -> None:
    """The ledger at a glance: what it holds, and how the last crawl of each site went."""
    with open_ledger(db) as store:
        found = queries.status(store)
    if as_json:
        print_json(found)
        return
    out = console()
    out.print(f"{db}: {found['articles']} articles of {found['sites']} sites, {found['revisions']} revisions, "
              f"{found['gone']} gone; last fetch {when(found['last_fetch']) or 'never'}", markup=False)  # fmt: skip
    changes = ", ".join(f"{count} {change}" for change, count in sorted(found["changes"].items()))
    out.print(f"changes: {changes or 'none yet'}\n", markup=False)
    columns = ("site", "last crawl", "finished", "articles", "revisions", "gone", "errors", "last new article", "why")
    out.print(table(columns, [
        (row["site_id"], word(row["last_outcome"]), when(row["last_finished"]), row["articles"], row["revisions"], row["gone"],
         row["last_errors"], when(row["last_new_article"]), row["last_reason"]) for row in found["per_site"]
    ]))  # fmt: skip
