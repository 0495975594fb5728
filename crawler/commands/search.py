"""`newsledger search WORDS`"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from crawler.commands import change_ledger, configuration, db_option, json_option, now, open_ledger, options
from crawler.commands.console import console, echo, print_json, table, when, word
from crawler.logs import plain
from pipelines.queries import search
from pipelines.queries.articles import newest_revision
from pipelines.queries.results import CHANGES, Facet, Hit, Hits, row_of
from pipelines.store import saved_searches
from pipelines.store.database import Row

DAY = click.DateTime(["%Y-%m-%d"])
HITS_IN_MESSAGE = 50
"""New hits in one message."""
SHOWN = 6
"""Printed values of a facet."""


def _words(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words, which may include `-word`; an unknown option is an error and not a word."""
    for one in words:
        if one.startswith("--"):
            raise click.NoSuchOption(one)
    return words


@click.command("search", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})  # `-h...` is a word
@click.argument("words", nargs=-1, type=click.UNPROCESSED, callback=_words)
@click.option("--site", "sites", multiple=True, metavar="ID", help="Only this site; again for more.")
@click.option("--change", "changes", multiple=True, type=click.Choice(CHANGES), help="Only this kind of change; again for more.")
@click.option("--since", type=DAY, metavar="DAY", help="Only revisions first seen on this day (UTC) or later.")
@click.option("--until", type=DAY, metavar="DAY", help="Only revisions first seen on this day (UTC) or earlier.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most this many.")
@click.option("--facets", is_flag=True, help="With --json: an object with the rows, how many there are in all, and their facets.")
@click.option("--save", metavar="NAME", help="Give the search a name. It stays in the ledger.")
@click.option("--saved", metavar="NAME", help="Search as the search of this name does.")
@click.option("--tell", "is_report", is_flag=True,
              help="Of a saved search: what came since the last time, sent to the addresses of `alerts` too.")  # fmt: skip
@click.option("--forget", "forgotten", metavar="NAME", help="Take a saved search away.")
@options(db_option, json_option)
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...], sites: tuple[str, ...], changes: tuple[str, ...], since: object,
            until: object, limit: int, facets: bool, save: str | None, saved: str | None, is_report: bool,
            forgotten: str | None, db: str, as_json: bool) -> None:  # fmt: skip
    """Find articles by the words of any of their revisions, and show where they occur and when.

    All words must occur. "A phrase" in quotes stays together; word* finds all words with this beginning; OR, NOT and -word work
    as usual; headline:, author:, body:, caption:, topic: and url: search only there; site:, change:, after: and before: filter.
    Accents and case do not matter, nor do letters such as ß and ss. The best come first or, if there are very many, the newest.
    Without words, saved searches are listed.
    """
    try:
        if saved or save or forgotten or not words:
            words = _saved_search(ctx, words, save, saved, forgotten, db, is_report=is_report, as_json=as_json)
    except saved_searches.SearchNameError as error:
        raise click.UsageError(str(error)) from error
    if not words:
        return
    first, last = (str(day)[:10] if day else None for day in (since, until))
    with open_ledger(db) as store:
        found = search.search(
            store, " ".join(words), sites=sites, changes=changes, since=first, until=last, limit=limit, by_article=not as_json
        )  # fmt: skip
    if as_json:
        rows = [_plain_row(hit) for hit in found.hits]
        print_json({"rows": rows, **{name: value for name, value in row_of(found).items() if name != "hits"}} if facets else rows)
        return
    out = console()
    for hit in found.hits:
        _print(out, hit)
    out.print(_summary(found))
    for line in _facets(found):
        out.print(line, style="dim")


def _saved_search(ctx: click.Context, words: tuple[str, ...], save: str | None, saved: str | None, forgotten: str | None,
                  db: str, *, is_report: bool, as_json: bool) -> tuple[str, ...]:  # fmt: skip
    """Save, forget, list or report saved searches as requested; return the words that are still to be searched for."""
    if save:
        if not words:
            raise click.UsageError("--save wants words")
        with change_ledger(db) as store:
            saved_searches.save(store, save, " ".join(words), now())
        return words
    if forgotten:
        with change_ledger(db) as store:
            saved_searches.forget(store, forgotten)
        return ()
    if saved and is_report:
        _report_new_hits(saved, configuration(ctx).secrets("alerts"), db, as_json=as_json)
        return ()
    with open_ledger(db) as store:
        if saved:
            return (saved_searches.saved_search(store, saved).words, *words)
        found = saved_searches.saved_searches(store)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        console().print(table(("name", "words", "saved"), ((one.name, one.words, when(one.created)) for one in found)))
    return ()


def _report_new_hits(name: str, addresses: Sequence[str], db: str, *, as_json: bool) -> None:
    """Send and print what a saved search found since it was last reported."""
    with change_ledger(db) as store:
        known = saved_searches.saved_search(store, name)
        last = newest_revision(store)
        found = search.search(store, known.words, limit=search.MAX_LIMIT, newer_than=known.told_revision_id).hits
        new = sorted(found, key=lambda hit: hit.revision_id)
        lines = [f"{when(hit.first_seen)} {hit.site_name}: {plain(hit.headline)} ({hit.change})\n{plain(hit.url)}" for hit in new]
        if new and addresses:
            from crawler.monitoring.alerts import send

            title = f"Newsledger: {len(new)} new for {name}"
            if left := send(addresses, title, "\n\n".join(lines[:HITS_IN_MESSAGE])):
                raise click.ClickException(f"could not be sent to {', '.join(left)}; nothing is marked as sent")
        saved_searches.mark_reported(store, name, last)
    if as_json:
        print_json([_plain_row(hit) for hit in new])
    else:
        for line in lines:
            echo(line)


def _plain_row(hit: Hit) -> Row:
    """A hit for programs: the snippet as text with matches in square brackets, `latest` and `stands` as 0 or 1."""
    snippet = "".join(f"[{text}]" if is_hit else text for text, is_hit in hit.snippet)
    row = row_of(hit) | {"latest": int(hit.latest), "stands": int(hit.stands), "snippet": snippet}
    return {name: value for name, value in row.items() if name != "also"}


def _print(out: Console, hit: Hit) -> None:
    latest = "" if hit.stands else "  (since changed)"
    out.print(f"{when(hit.first_seen)}  ", word(hit.change), f"  {hit.site_name}{latest}", sep="")
    out.print(plain(hit.headline), style="bold")
    snippet = Text()
    for text, is_hit in hit.snippet:
        shown = plain(text).replace("\n\n", " ¶ ").replace("\n", " ")
        snippet.append(f"[{shown}]" if is_hit and not out.is_terminal else shown, style="bold yellow" if is_hit else "")
    out.print(snippet)
    also = f", also {', '.join(str(one.number) for one in hit.also)}" if hit.also else ""
    out.print(f"{hit.url}  revision {hit.number}{also}\n", style="dim")


def _summary(found: Hits) -> str:
    if not found.total and not found.is_more:
        return "Nothing found." + _remarks(found)
    if not found.total:
        return "Nothing found in the newest of very many: a rarer word or a time (--since, --until) finds more." + _remarks(found)
    many = "more than " if found.is_more else ""
    order = "the best first" if found.ranked == "best" else "the newest first"
    of_articles = f" of {found.articles:,} article{'s' if found.articles != 1 else ''}" if found.articles != found.total else ""
    shown = "" if len(found.hits) == found.articles else f", {len(found.hits)} shown"
    return f"{many}{found.total:,} revision{'s' if found.total != 1 else ''}{of_articles}{shown}, {order}" + _remarks(found)


def _remarks(found: Hits) -> str:
    """One line for each part of the query that was searched in another way than typed."""
    lines = [f"Too much begins with {', '.join(map(plain, found.whole))}: taken as whole words."] if found.whole else []
    lines += [f"Taken as words: {', '.join(map(plain, found.as_words))}"] if found.as_words else []
    lines += [f"No site is called {name}." for name in map(plain, found.unknown)]
    return "".join(f"\n{line}" for line in lines)


def _facets(found: Hits) -> list[str]:
    """One line for each facet with several values; with the number of counted hits, if not all are counted."""
    lines = []
    for name, values in found.facets.items():
        if len(values) > 1:
            of = f" (of the newest {found.counted:,})" if found.is_more else ""
            more = f", and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
            lines.append(f"by {name}{of}: " + ", ".join(_value(one) for one in values[:SHOWN]) + more)
    return lines


def _value(one: Facet) -> str:
    return f"{plain(one[1])} {one[2]:,}"
