"""`newsledger history URL`"""

from __future__ import annotations

from dataclasses import asdict

import click

from crawler.commands.at import tell_at
from crawler.commands.options import db_option, json_option, open_ledger
from crawler.commands.terminal import console, plain, print_json, table, when, word
from pipelines import queries
from pipelines.store import Row
from pipelines.withdrawal import withdrawal_of


@click.command("history")
@click.argument("url")
@click.option("--at", default=None, metavar="TIME", help="Only what it said then: 2025-03-07T14:05, or 14:05; the site's clock.")
@db_option
@json_option
def command(url: str, at: str | None, db: str, as_json: bool) -> None:
    """What an article said, when, and what changed.

    URL may be any address that ever led to the article: an old slug, an AMP page, with or without www.
    """
    with open_ledger(db) as store:
        article = queries.find_article(store, url)
        if article is None:
            raise click.ClickException(f"the ledger has no article at {url}")
        withdrawn = withdrawal_of(store, article["id"])
        if at is not None:
            tell_at(store, article, at, as_json=as_json)
            return
        revisions = queries.history(store, article["id"])
        states = queries.states(store, article["id"])
        aliases = queries.aliases(store, article["id"])
        before = queries.moved_from(store, article["id"])
    if as_json:
        keep = (
            "url",
            "site_id",
            "kind",
            "state",
            "date_published",
            "first_seen",
            "last_seen",
            "last_checked",
            "next_check",
        )
        print_json(
            {
                **{key: article[key] for key in keep},
                "withdrawn": asdict(withdrawn) if withdrawn else None,
                "revisions": revisions,
                "states": states,
                "aliases": aliases,
                "moved_from": before,
            }
        )
        return
    if withdrawn:
        console().print(str(withdrawn), style="bold red", markup=False)
    _print(article, revisions, states, aliases)
    if before:
        rows = [(row["url"], row["revision_count"], when(row["first_seen"]), when(row["last_seen"])) for row in before]
        console().print(table(("moved here from", "revisions", "first seen", "last seen"), rows))


def _print(article: Row, revisions: list[Row], states: list[Row], aliases: list[Row]) -> None:
    out = console()
    out.print(plain(revisions[-1]["headline"]) if revisions else "", style="bold", markup=False)
    out.print(article["url"], markup=False)
    seen = f"first seen {when(article['first_seen'])}, last seen {when(article['last_seen'])}"
    following = f"next look {when(article['next_check']) or 'never'}"
    out.print(f"{article['site_id']}, {article['kind']}, ", word(article["state"]), f"; {seen}, {following}", sep="")
    out.print()
    rows = [
        (row["number"], word(row["change"]), _bounds(row), when(row["date_modified"]), _what(row), row["headline"])
        for row in revisions
    ]
    out.print(table(("no", "change", "when it happened", "page says updated", "what changed", "headline"), rows))
    if len(states) > 1:
        out.print()
        steps = [(when(row["at"]), word(row["state"]), row["status"], row["reason"]) for row in states]
        out.print(table(("when", "state", "status", "why"), steps))
    if aliases:
        out.print()
        out.print(table(("also at", "because"), [(row["url"], row["reason"]) for row in aliases]))


def _bounds(row: Row) -> str:
    """The time between which two looks an edit happened; a first revision was only first seen."""
    if row["not_before"] is None:
        return f"seen {when(row['first_seen'])}"
    before, after = when(row["not_before"]), when(row["first_seen"])
    return f"{before} … {after[11:] if before[:10] == after[:10] else after}"


def _what(row: Row) -> str:
    back = f"back to {row['reverted_to']}: " if row["reverted_to"] else ""
    return back + ", ".join(row["changed_fields"])
