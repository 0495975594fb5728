"""`newsledger crawls [SITE]` and `newsledger crawls show ID`: lists past crawls, and describes one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from crawler.commands import db_option, json_option, open_ledger, options, parse_time
from crawler.commands.console import console, print_json, table, when, word
from pipelines.queries import articles
from pipelines.queries.activity import failed_fetches, past_crawls
from pipelines.queries.results import row_of
from pipelines.reasons import skipped_sentence
from pipelines.store.crawls import kept_lines
from pipelines.store.database import Store
from pipelines.store.rows import Row, instant_of, optional_moment, span

SHOWN = 50
"""Changes, fetches without a change, and log lines that are printed of one crawl; --json has all."""


@click.command("crawls")
@click.argument("words", nargs=-1, metavar="[SITE | show ID]")
@click.option("--failed", is_flag=True, help="Only those that failed, were lost or missed.")
@click.option("--since", metavar="TIME", help="Only those that began, or were planned, at this time or later.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most this many, the newest.")
@options(db_option, json_option)
def command(words: tuple[str, ...], failed: bool, since: str | None, limit: int, db: str, as_json: bool) -> None:
    """List past crawls, of all sites or of one; `show ID` describes one: its counts, sources, what it wrote, what went wrong.

    Planned starts that led to no crawl are listed too, with the reason.
    """
    with open_ledger(db) as store:
        if words[:1] == ("show",):
            if len(words) != 2 or not words[1].isdigit():
                raise click.UsageError("say the number of one crawl: `newsledger crawls show ID`")
            _show(store, db, int(words[1]), as_json)
            return
        if len(words) > 1:
            raise click.UsageError("name one site, or none")
        found = past_crawls(
            store, words[0] if words else None, failed=failed, since=optional_moment(parse_time(since)), limit=limit
        )
    if as_json:
        print_json(found)
        return
    out = console()
    columns = ("id", "site", "by", "began", "took", "outcome", "requests", "fetches", "revisions", "errors", "why")
    out.print(table(columns, map(_cells, found)) if found else "No such crawl.")


def _cells(row: Row) -> tuple[object, ...]:
    began = when(row["started"]) or f"planned {when(row['planned'])}"
    return (row["id"], row["site_id"], row["trigger"], began, _duration(row), word(row["outcome"]), row["requests"], row["looks"],
            row["revisions"], row["errors"], row["reason"])  # fmt: skip


def _duration(row: Row) -> str:
    if not row["started"] or not row["finished"]:
        return ""
    took = instant_of(row["finished"]) - instant_of(row["started"])
    return span(took) if took >= timedelta(minutes=1) else f"{took.seconds} s"


def _show(store: Store, db: str, crawl_id: int, as_json: bool) -> None:
    row = articles.crawl(store, crawl_id)
    if row is None:
        raise click.ClickException(f"the ledger has no crawl {crawl_id}; `newsledger crawls` lists those that it has")
    changes = articles.revisions_of_crawl(store, crawl_id)
    silent = articles.silent_sources(store, row["site_id"], row["started"]) if row["started"] else []
    fetches = failed_fetches(store, crawl_id)
    lines = kept_lines(Path(db), row["site_id"], crawl_id) if row["site_id"] else []
    if as_json:
        facts = {"changes": [row_of(change) for change in changes], "silent_sources": silent, "fetches": fetches, "log": lines}
        print_json({**row, **facts})
        return
    out = console()
    counts = dict(row["counts"])
    skipped = counts.pop("skipped", {})
    out.print(f"crawl {row['id']} of {row['site_id']}, by {row['trigger']}: ", word(row["outcome"]), sep="")
    if row["reason"]:
        out.print(f"why: {row['reason']}", style="yellow")
    began = (
        f"began {when(row['started'])}, took {_duration(row) or 'no time that is known'}" if row["started"] else "did not begin"
    )
    planned = f"planned {when(row['planned'])}" if row["planned"] else "not planned by a schedule"
    out.print(f"{planned}; {began}")
    outcomes = ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "nothing fetched"
    out.print(f"{row['requests']} requests, {row['candidates']} candidates, {row['bytes']:,} bytes; {outcomes}")
    for code, count in sorted(skipped.items(), key=lambda one: -one[1]):
        out.print(f"passed over: {count} {skipped_sentence(code)}")
    for source in silent:
        out.print(f"named nothing: {source['url']}: {source['problem']}")
    if changes:
        wrote = [(word(one.change), ", ".join(one.changed_fields), one.headline, one.url) for one in changes[:SHOWN]]
        out.print(table(("change", "what changed", "headline", "url"), wrote))
    if fetches:
        rows = [(when(one["fetched"]), one["outcome"], one["status"], one["reason"], one["url"]) for one in fetches[:SHOWN]]
        out.print(table(("at", "outcome", "status", "why", "url"), rows))
    for line in lines[:SHOWN]:
        out.print(f"{str(line['time'])[11:19]} {line['level']} {line['message']}")
    for left in (len(changes) - SHOWN, len(fetches) - SHOWN, len(lines) - SHOWN):
        if left > 0:
            out.print(f"and {left} more; --json has all")
