"""`newsledger history URL --at TIME`: what an article said at a time, and how sure that is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from crawler.commands.console import console, plain, print_json, when, word
from crawler.commands.options import now
from pipelines.history.as_of import ABSENT, AsOf, Certainty, describe, parse_moment, state_as_of
from pipelines.queries import articles
from pipelines.queries.activity import site_of
from pipelines.queries.results import ArticleRecord, row_of
from pipelines.store.database import Row, Store
from pipelines.store.rows import json_of, moment, optional_moment
from pipelines.store.withdrawals import Withdrawal, withdrawal_of
from pipelines.text.zones import zone_of

_SAID = ("headline", "description", "body", "byline", "section", "date_published", "date_modified")


def tell_at(store: Store, article: ArticleRecord, text: str, *, as_json: bool) -> None:
    """Print it. A time that is none is a usage error."""
    name = site_of(store, article.site_id).timezone or "UTC"
    at = parse_moment(text, zone_of(name), now())
    if at is None:
        raise click.UsageError(f"--at: {text!r} is no time such as 2025-03-07T14:05, 2025-03-07T14:05Z or 14:05")
    revisions = [{**articles.facts(one), "reads_as": one.reads_as} for one in articles.history(store, article.article_id)]
    said = state_as_of(revisions, map(row_of, articles.states(store, article.article_id)), at)
    withdrawn = withdrawal_of(store, article.article_id)
    stood = [] if withdrawn else [_revision(store, article, row) for row in revisions if row["number"] in said.numbers]
    clock = f"{at.astimezone(zone_of(name)).isoformat(timespec='seconds')} {name}"
    if as_json:
        print_json(_facts(article, said, describe(said, revisions), withdrawn, stood) | {"clock": clock})
    else:
        _print(article, f"{describe(said, revisions)} ({clock})", withdrawn, said, stood)


def _revision(store: Store, article: ArticleRecord, row: Row) -> Row:
    read = articles.revision(store, article.article_id, article.url, row["number"])
    texts = {key: value for key, value in json_of(read).items() if key in _SAID} if read else {}
    return {**row, **texts}


def _facts(article: ArticleRecord, said: AsOf, sentence: str, withdrawn: Withdrawal | None, stood: list[Row]) -> dict[str, Any]:
    return {
        "url": article.url, "at": moment(said.at), "certainty": said.certainty, "since": optional_moment(said.since),
        "until": optional_moment(said.until), "absent": ABSENT in said.numbers, "sentence": sentence,
        "withdrawn": asdict(withdrawn) if withdrawn else None, "revisions": stood,
    }  # fmt: skip


def _print(article: ArticleRecord, sentence: str, withdrawn: Withdrawal | None, said: AsOf, stood: list[Row]) -> None:
    out = console()
    out.print(article.url, markup=False)
    out.print(sentence[:1].upper() + sentence[1:] + ".", markup=False)
    if withdrawn:
        out.print(str(withdrawn), style="bold red", markup=False)
    for row in stood:
        out.print()
        out.print(f"Revision {row['number']}, ", word(row["change"]), f", {_bounds(row)}", sep="")
        out.print(plain(row["headline"]), style="bold", markup=False)
        if said.certainty is not Certainty.BETWEEN:
            text = "\n\n".join(filter(None, (row["description"], row["byline"], row["body"])))
            out.print(f"\n{plain(text)}", markup=False)
    if len(stood) > 1:
        numbers = " ".join(str(row["number"]) for row in stood)
        out.print(f"\nWhat differs: newsledger diff {article.url} {numbers}", markup=False)


def _bounds(row: Row) -> str:
    seen = f"seen {when(row['first_seen'])} to {when(row['last_seen'])}"
    return f"edited between {when(row['not_before'])} and {when(row['first_seen'])}, {seen}" if row["not_before"] else seen
