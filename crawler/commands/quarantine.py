"""`newsledger quarantine list|replay|accept|drop`"""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands import change_ledger, db_option, json_option, load_catalogue, now, open_ledger, options, sites_option
from crawler.commands.console import console, echo, print_json, table, when
from crawler.offline.reprocess import replay as replay_pages
from pipelines.store.quarantine import QuarantinedReading, QuarantineState, close, in_quarantine
from pipelines.store.rows import moment

site_option = click.option("--site", metavar="ID", help="Only this site.")


@click.group("quarantine")
def command() -> None:
    """Readings that are not trusted, because a changed template may be read wrongly, and are kept out of the history."""


@command.command("list")
@options(site_option, db_option, sites_option, json_option)
def list_quarantine(site: str | None, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Print what is in quarantine, and why; and of which sites no catalogue knows how to read them again."""
    known = {one.id for one in load_catalogue(sites_path)}
    with open_ledger(db) as store:
        found = list(in_quarantine(store, site))
    if as_json:
        print_json([_facts(one) | {"in_catalogue": one.site_id in known} for one in found])
        return
    out = console()
    if found:
        out.print(table(("id", "site", "fetched", "looks", "headline", "why", "url"), [_row(one) for one in found]))
    sites = len({one.site_id for one in found})
    out.print(f"\n{len(found)} readings of {sites} sites are not believed" if found else "Nothing is in quarantine.")
    for left in sorted({one.site_id for one in found} - known):
        out.print(f"{left} is in no catalogue: its pages cannot be read again")


@command.command("replay")
@options(site_option, db_option, sites_option, json_option)
def replay(site: str | None, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Read the kept pages again with the installed extraction, and record those that now read soundly, each at its own time."""
    _replay(site, db, sites_path, as_json, believe=False)


@command.command("accept")
@click.option("--site", required=True, metavar="ID", help="The site whose pages are as they read.")
@options(db_option, sites_option, json_option)
def accept(site: str, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Confirm that a site has really changed and that its pages are as they read."""
    _replay(site, db, sites_path, as_json, believe=True)


@command.command("drop")
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@options(site_option, db_option, sites_option, json_option)
def drop(ids: tuple[int, ...], site: str | None, db: str, sites_path: Path | None, as_json: bool) -> None:
    """Discard readings for good: their pages are deleted, their rows stay. Needs no catalogue; --site limits it to one site."""
    with change_ledger(db) as store:
        waiting = {one.id for one in in_quarantine(store, site)}
        wrong = [row_id for row_id in ids if row_id not in waiting]
        if wrong:
            raise click.UsageError(f"not in quarantine{f' of {site}' if site else ''}: {', '.join(map(str, wrong))}")
        for row_id in dict.fromkeys(ids):
            close(store, row_id, QuarantineState.DROPPED, now())
    if as_json:
        print_json({"dropped": len(set(ids))})
    else:
        echo(f"{len(set(ids))} dropped")


def _replay(site: str | None, db: str, sites_path: Path | None, as_json: bool, *, believe: bool) -> None:
    sites = load_catalogue(sites_path)
    with change_ledger(db) as store:
        unknown = sorted({one.site_id for one in in_quarantine(store, site)} - {one.id for one in sites})
        counts = replay_pages(store, sites, now(), site_id=site, believe=believe)
    recorded, left = counts[QuarantineState.REPLAYED], counts[QuarantineState.QUARANTINED]
    if as_json:
        print_json({"recorded": recorded, "left": left} | ({"in_no_catalogue": unknown} if unknown else {}))
        return
    echo(f"{recorded} readings went into the ledger, {left} are still not believed")
    for one in unknown:
        echo(f"{one} is in no catalogue: its pages cannot be read again", err=True)


def _row(one: QuarantinedReading) -> tuple[object, ...]:
    return one.id, one.site_id, when(moment(one.fetch.fetched)), one.looks, one.headline, one.reason, one.url


def _facts(one: QuarantinedReading) -> dict[str, object]:
    return {
        "id": one.id, "site": one.site_id, "url": one.url, "fetched": moment(one.fetch.fetched), "looks": one.looks,
        "headline": one.headline, "symptoms": list(one.symptoms), "reason": one.reason, "reason_code": one.reason_code,
        "page_kept": one.fetch.payload is not None,
    }  # fmt: skip
